"""What to write where a number stood: the new value in the old one's manner (余, 百分之, 万, Chinese numerals)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from zhengfa_stats.language.quantities.finding import Quantity, agrees, find_quantities
from zhengfa_stats.numerals import DIGITS, to_chinese

_HUNDRED, _PER = Decimal(100), re.compile("[百千]分之")
_MORE, _NEAR, _ABOUT = ("余", "多", "来"), ("近", "将近", "接近"), ("约", "大约", "大概", "约为", "左右", "上下")
_ABOVE, _BELOW = ("超", "超过", "超出", "逾", "突破", "多于", "上"), ("不足", "不到", "不满", "少于")
_TRAILS = ("左右", "上下", "以上", "以下", "以内")  # stand after the measure word, outside the place
_WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")
_BLANK = re.compile(r"[*＊×xX_＿○〇\s]+|\{\{.*\}\}")
_PAIRED = ("条", "件", "名", "人", "个", "次", "篇", "份", "项", "起", "场", "家", "位")


def written(
    value: float, unit: str = "", like: Quantity | None = None, stated: str = "", *, measured: bool = True
) -> str:
    """The value as it goes into the place of `stated`, which `like` is the reading of (None: a blank).

    Vague words are kept only where they hold: 311 for 300余 is 300余, 310 for 300余 is 300余, 300 is 300. A rate without
    a sign behind the place (`measured` False) brings its own %.

    >>> written(311, "人", None, "***余"), written(310, "人", None, "***余"), written(100, "%", None, "百分之***")
    ('310余', '310', '百分之百')
    >>> written(97.1875, "%"), written(97.1875, "%", None, "百分之***"), written(12, "条", find_quantities("二十条")[0], "二十")
    ('97.19', '百分之九十七点一九', '十二')
    """
    stated = stated or (like.text if like else "")
    number = Decimal(repr(float(value)))
    if unit in ("%", "个百分点"):
        return _rate(number, like, stated, unit == "%" and not measured)
    return _count(number, unit, like, stated)


# ── rates ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rate(number: Decimal, like: Quantity | None, stated: str, signed: bool) -> str:
    if like and like.kind == "fraction":
        return stated if agrees(like, float(number) / 100) else f"{_rounded(number, 2)}%"
    if like and not like.measure and not _PER.search(stated):  # 百分百, 九成五: nothing behind them says per cent
        return stated if agrees(like, float(number)) and not like.word else f"{_rounded(number, like.places)}%"
    scale = like.scale if like else Decimal("0.1" if "千分之" in stated else 1)
    number, whole = number / scale, 100 / scale
    like = replace(like, value=like.value / scale, places=like.places + scale.adjusted()) if like else None
    if like and like.word and like.word not in _TRAILS:
        vague = _vague(number, like, stated, lambda n: _percent(f"{n.normalize():f}", stated))
        told = find_quantities(vague if _PER.search(vague) else vague + "%")
        if told and agrees(told[0], float(number * told[0].scale)):
            return vague
    places = like.places if like else 2
    way = {"以上": ROUND_FLOOR, "以下": ROUND_CEILING, "以内": ROUND_CEILING}.get(
        like.word if like else "", ROUND_HALF_UP
    )
    text = _rounded(number, places, trimmed=like is None, way=way, whole=whole)
    return _percent(text, stated) + ("%" if signed and not _PER.search(stated) else "")


def _rounded(
    number: Decimal, places: int, trimmed: bool = True, way: str = ROUND_HALF_UP, whole: Decimal = _HUNDRED
) -> str:
    """Rounded half up; the whole (100 %, 10 成) and 0 only where they are exact, one more place else."""
    rounded = number.quantize(Decimal(1).scaleb(-places), way)
    if places < 4 and ((rounded == whole and number != whole) or (rounded == 0 and number != 0)):
        return _rounded(number, places + 1, trimmed, way, whole)
    text = f"{rounded:f}"
    if number == number.to_integral_value():
        text = f"{number.to_integral_value():f}" if trimmed or number == whole else text
    return text.rstrip("0").rstrip(".") if trimmed and "." in text else text


def _percent(text: str, stated: str) -> str:
    """In digits, or in Chinese behind 百分之 and where a Chinese numeral stood (四成)."""
    per = _PER.search(stated)
    rest = _BLANK.sub("", stated[per.end() :] if per else stated)
    if re.search(r"[\d０-９]", rest) or not (per or re.search(rf"[{DIGITS}十]", rest)):
        return (per[0] if per else "") + (text.translate(_WIDE) if _is_wide(rest) else text)
    return (per[0] if per else "") + ("百" if per and per[0] + text == "百分之100" else chinese(text))


def chinese(text: str) -> str:
    """A decimal number in Chinese.

    >>> chinese("97.19"), chinese("12")
    ('九十七点一九', '十二')
    """
    whole, _, fraction = text.partition(".")
    return to_chinese(int(whole)) + ("点" + "".join(DIGITS[int(d)] for d in fraction) if fraction else "")


# ── counts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _count(number: Decimal, unit: str, like: Quantity | None, stated: str) -> str:
    style = _style(stated, unit)
    word = like.word if like else next((w for w in _MORE if stated.endswith(w)), "")
    if word and word not in _TRAILS and (vague := _vague(number, like, stated, style, word)):
        told = find_quantities(f"{vague}{unit or '个'}")
        if told and agrees(told[0], float(number)):
            return vague
    if "万" in stated and number >= 10000 and like:
        return _in_wan(number, like, stated)
    return style(number)


def _style(stated: str, unit: str) -> Callable[[Decimal], str]:
    """How numbers are written there: digits, digits in groups, full width, Chinese."""
    bare = _BLANK.sub("", stated)
    if bare and re.search(rf"[{DIGITS}两十百千]", bare) and not re.search(r"[\d０-９]", bare):
        return lambda n: "两" if n == 2 and unit in _PAIRED else chinese(_plain(n))
    group = re.search(r"\d([,，\u2009\u202f\u00a0])\d{3}", bare)
    if group:
        return lambda n: f"{int(n):,}".replace(",", group[1]) if n == n.to_integral_value() else _plain(n)
    if _is_wide(stated):
        return lambda n: _plain(n).translate(_WIDE)
    return _plain


def _plain(number: Decimal) -> str:
    text = f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_wide(stated: str) -> bool:
    return bool(re.search("[０-９]", stated))


def _in_wan(number: Decimal, like: Quantity, stated: str) -> str:
    """1.2万 for 12345: at the places that were stated."""
    shown = re.search(r"\d(?:\.(\d+))?\s*万", stated)
    places = len(shown[1]) if shown and shown[1] else 0
    step = Decimal(1).scaleb(-places)
    wan = number / 10000
    floor = wan.quantize(step, ROUND_FLOOR if like.word in _MORE else ROUND_HALF_UP)
    more = like.word if like.word in _MORE and floor != wan else ""
    return f"{floor:f}万{more}"


def _vague(number: Decimal, like: Quantity | None, stated: str, style: Callable[[Decimal], str], word: str = "") -> str:
    """The number as vaguely as it was said, where that holds; "" where it can't be."""
    word = word or (like.word if like else "")
    if "万" in stated and like:
        return _in_wan(number, like, stated) if word in _MORE and number >= 10000 else ""
    step = _step(number, like)
    if step <= 1 and not (
        like and like.scale > 1
    ):  # nothing lies between whole numbers; between 九成 and 十成 there is
        return ""
    floor, ceiling = ((number / step).to_integral_value(way) * step for way in (ROUND_FLOOR, ROUND_CEILING))
    if number in (floor, ceiling):
        return style(number)
    if word in _MORE:
        return style(floor) + word
    if word in _ABOVE:
        return word + style(floor)
    if word in _NEAR or word in _BELOW:
        return word + style(ceiling)
    if word in _ABOUT:
        return word + style((number / step).to_integral_value(ROUND_HALF_UP) * step)
    return ""


def _step(number: Decimal, like: Quantity | None) -> Decimal:
    """The round numbers that are meant: tens up to a thousand, hundreds to ten thousand; or as they were stated."""
    if like is not None and like.value and like.value % 10 == 0:
        digits = len(str(int(like.value))) - len(str(int(like.value)).rstrip("0"))
        if (step := Decimal(10) ** digits) <= number:
            return step
    if number < 10:
        return Decimal(1)
    return Decimal(10) ** max(1, len(str(int(number))) - 2)


# ── what a clause leaves out, and clauses of nothing ──────────────────────────────────────────────────────────────


def left_out(
    cited: Sequence[str], totals: Sequence[Sequence[str]], values: Mapping[str, float | None]
) -> list[tuple[str, float]]:
    """The parts that a sentence does not cite though it cites the whole and some of its parts, and they are not empty."""
    found: dict[str, float] = {}
    for whole, *parts in totals:
        told = [p for p in parts if p in cited]
        if whole in cited and len(told) > 1:
            found |= {p: v for p in parts if p not in cited and (v := values.get(p))}
    return list(found.items())


def clause_without(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span to take out so that the clause of a zero is gone; None where the sentence would lose its subject.

    >>> text = "共处理干警85人，其中科级干部12人，留置0人。"
    >>> clause_without(text, 20, 21)
    (18, 23)
    """
    before = max(text.rfind(c, 0, start) for c in "，,；;、。\n")
    after = min((i for c in "，,；;、。（）()\n" if (i := text.find(c, end)) >= 0), default=len(text))
    if before < 0 or text[before] in "。\n":
        return None
    return before, after
