"""Every quantity in Chinese prose, with its place, its interval and its measure word; and the blanks where one belongs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal

from zhengfa_stats.language.quantities import numbers as numbers
from zhengfa_stats.language.quantities import words as words
from zhengfa_stats.language.quantities.blanks import Blank, find_blanks
from zhengfa_stats.language.quantities.text import CLAUSE, UNIT, folded, hidden_places, named

__all__ = ["Blank", "Quantity", "agrees", "find_blanks", "find_quantities", "truncated"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number stated in a text: [start, end) is the number with 近, 约, 余 as written; the measure word ends at unit_end.

    `value` is the number written (a percentage is the figure before the sign, 万 is multiplied out); low ≤ n ≤ high is what the
    words allow; `until` is where 以上 or 左右 after the measure word ends; `indefinite` marks 一个 that need not count; `scale`
    is how many per cent one of what is written makes: 10 of 成, a tenth of ‰ and of 千分之.
    """

    start: int
    end: int
    text: str
    low: Decimal
    high: Decimal
    value: Decimal
    exact: bool
    word: str
    unit: str
    unit_end: int
    places: int
    kind: str  # count | percent | points | multiple | fraction | duration
    indefinite: bool = False
    until: int = 0
    scale: Decimal = Decimal(1)

    @property
    def measure(self) -> str:
        """The measure word as it is written: 条, %, 成; none where the number says it itself (百分之九十, 九成五)."""
        if self.kind != "percent":
            return self.unit
        return "" if "分" in self.text or "成" in self.text else _SIGNS[self.scale.adjusted()]


_SIGNS = {1: "成", 0: "%", -1: "‰"}
_DIGITS = r"\d{1,3}(?:[,\u2009\u202f\u00a0]\d{3})+(?!\d)|\d+"
_SCALE = r"(?:[余多]?(?:[十百千]?万亿|[百千]?万|亿)|千(?![克米瓦字卡余多]?[克米瓦字卡])|百(?!分))"
_ARABIC = rf"(?:\d+亿\d+万|\d+万\d千|\d+万\d{{4}}(?!\d)|(?:{_DIGITS})(?:\.\d+)?(?:\s?{_SCALE})?)"
_HAN = "零一二两三四五六七八九十百千万亿廿卅"
_CHINESE = rf"[{_HAN}]+(?:点[零一二三四五六七八九]+[万亿]?|[余多几][万亿])?"
_NUMBER = re.compile(
    rf"(?P<per>[百千]分之)(?P<of>\d+(?:\.\d+)?|[{_HAN}]+(?:点[零一二三四五六七八九]+)?)|"
    rf"(?P<below>\d+|[{_HAN}]+)分之(?P<above>\d+(?:\.\d+)?|[{_HAN}]+(?:点[零一二三四五六七八九]+)?)|(?P<half>一半|半数|(?<=[近过])半(?![年月天个小]))|"
    rf"翻了?(?P<doubled>[一二两三四五六七八九1-9])?番|百分(?P<all>百)|(?P<arabic>{_ARABIC})|(?P<chinese>{_CHINESE})"
)
_HALF_BEFORE = {"近": "近", "过": "超", "超": "超", "超过": "超过"}


_BEFORE = [(word, words.BEFORE[word]) for word in sorted(words.BEFORE, key=len, reverse=True)]
_AFTER = re.compile(
    rf"\s?(?:\(含\)|（含）)?(?P<word>{'|'.join(sorted(words.AFTER, key=len, reverse=True))})(?!年)(?:(?<!多)|(?!\s?[\d{_HAN}近约出了达]))"
)  # 367件多45件: more by 45
_LABEL = re.compile(f"(?:{words.LABELS})")
_JOIN = re.compile(r"\s*(?:、|和|及|与|以及|或)\s*")
_COMMA = re.compile(r"\s*[，,]\s*")
_TO = re.compile(r"\s*(?:至|到|[-—–―~～]+)\s*")
_SIGNED = re.compile(r"(?:^|[^\dA-Za-z%)）]\s*)-$|(?:^|[为达是至到从由和与：:，,、（(])负$")
_COUNTED_ONE = re.compile("(?:共|仅|仅有|只有|共计|总计|合计|分别为|各|均为)$")
_NEAR = 16  # how far back the words that tell a number may reach
_PERSONS = ("人", "名", "件", "起", "条", "元", "倍", "成")


def find_quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text, in order; dates, ordinals, numbers of documents, ages, telephones and set phrases are none.

    >>> [(q.text, q.unit, int(q.low), int(q.high)) for q in find_quantities("组织310余名干警，开展三次，参训率98%，2021年")]
    [('310余', '名', 310, 319), ('三', '次', 3, 3), ('98', '%', 97, 98)]
    >>> find_quantities("第3次会议印发〔2021〕3号文件，增强“四个意识”，拨打12337")
    ()
    """
    plain = folded(text)
    hidden = hidden_places(plain)
    found = [
        q for m in _NUMBER.finditer(plain) if not any(hidden[m.start() : m.end()]) and (q := _quantity(text, plain, m))
    ]
    return tuple(q for q in _inherited(plain, _ranges(text, plain, found)) if _is_cited(plain, q))


def agrees(q: Quantity, actual: float) -> bool:
    """Whether a value fits what is stated, at the precision stated; a fraction (三分之一) takes a share of one.

    >>> [agrees(find_quantities(t)[0], v) for t, v in [("310余名", 311), ("310余名", 320), ("97.2%", 97.1875), ("100%", 99.99)]]
    [True, False, True, False]
    """
    slack = Decimal("1e-9")
    return q.low - slack <= Decimal(repr(float(actual))) <= q.high + slack


def truncated(q: Quantity, actual: float) -> bool:
    """Whether what is stated is the value cut off where it should have been rounded: 97.18% for 97.1875%.

    >>> truncated(find_quantities("97.18%")[0], 97.1875), truncated(find_quantities("97.19%")[0], 97.1875)
    (True, False)
    """
    if agrees(q, actual) or q.word:
        return False
    step = Decimal(1).scaleb(-q.places)
    return (Decimal(repr(float(actual))) / step).to_integral_value(ROUND_FLOOR) * step == q.value


def _quantity(text: str, plain: str, match: re.Match[str]) -> Quantity | None:
    if match["per"] or match["all"]:
        return _per(text, plain, match)
    if match["below"] or match["half"]:
        return _fraction(text, plain, match)
    if match[0].startswith("翻"):
        return _doubled(text, match)
    return _plain(text, plain, match)


def _plain(text: str, plain: str, match: re.Match[str]) -> Quantity | None:
    end = match.end()
    reading = numbers.read(match[0])
    if reading is None:
        return None
    inside = next((w for w in words.INSIDE if plain.startswith(w, end)), "")
    inside = inside if UNIT.match(plain, end + len(inside)) or not match["chinese"] else ""
    within = next((w for w in ("余", "多") if w in match[0]), "")
    end += len(inside)
    unit = UNIT.match(plain, end)
    start, before = _before(plain, match.start(), reading.bare)
    if match["chinese"] and plain[match.start() - 1 : match.start()] in ("几", "数", "多", "整"):
        return None
    if match["chinese"] and not _may_count(match[0], unit, reading, inside or before or within):
        return None
    return _made(text, plain, (start, end), reading, unit, inside or within or before)


def _may_count(number: str, unit: re.Match[str] | None, reading: numbers.Reading, vague: str) -> bool:
    """A Chinese numeral counts only before a measure word: 百余名 but not 百名法官; 二人 but not 二期."""
    if unit is None or number in ("零", "○") or (reading.bare and not vague):
        return False
    return number != "二" or unit[0].strip() in _PERSONS


def _made(
    text: str, plain: str, span: tuple[int, int], reading: numbers.Reading, unit: re.Match[str] | None, word: str
) -> Quantity:
    start, end = span
    unit_end = unit.end() if unit else end
    after = _AFTER.match(plain, unit_end)
    name, kind = named(unit)
    if after and after["word"] in ("多", "余") and kind == "count" and unit and name not in words.MEASURED:
        after = None  # 比219件多办结303件: after a thing's measure word it opens a comparison
    until = after.end() if after and not word else unit_end
    word = word or (after["word"] if after else "")
    scale = Decimal(10) if kind == "tenths" else Decimal("0.1") if name == "‰" else Decimal(1)
    if scale != 1:
        reading, name, kind = numbers.scaled(reading, scale), "%", "percent"
    if unit and unit["more"]:  # 九成五: the number holds its measure word
        more = numbers.read(unit["more"].replace("半", "五"))
        assert more
        reading, end, scale = replace(more, value=reading.value + more.value), unit_end, Decimal(1)
    if kind in ("percent", "points") and _SIGNED.search(plain[max(0, start - _NEAR) : start]):
        start, reading = start - 1, replace(reading, value=-reading.value)
    return replace(_stated(text, (start, end, unit_end, until), reading, name, kind, word), scale=scale)


def _stated(
    text: str, at: tuple[int, int, int, int], reading: numbers.Reading, unit: str, kind: str, word: str
) -> Quantity:
    start, end, unit_end, until = at
    measured = kind != "count" or unit in words.MEASURED or (reading.places > 0 and not reading.rounded)
    if kind == "percent" and not word and reading.value in (0, 100) and not reading.rounded:
        measured = False  # 100% is said only where it is exact
    low, high = numbers.interval(reading, words.SENSES.get(word, ""), not measured and kind == "count", measured)
    high = min(high, Decimal(1)) if kind == "fraction" else high
    exact = not word and not reading.rounded and reading.high is None
    indefinite = (
        text[start:end] == "一" and kind == "count" and not _COUNTED_ONE.search(text[max(0, start - _NEAR) : start])
    )
    stated = text[start:end]
    return Quantity(
        start,
        end,
        stated,
        low,
        high,
        reading.value,
        exact,
        word,
        unit,
        unit_end,
        reading.places,
        kind,
        indefinite,
        until,
    )


def _before(plain: str, start: int, bare: bool) -> tuple[int, str]:
    """Where the number starts with the vague word before it, and that word; 上 only before a bare 百, 千, 万."""
    for word, after in _BEFORE:
        at = start - len(word)
        if (
            plain.startswith(word, max(at, 0))
            and at >= 0
            and not (at and plain[at - 1] in after)
            and (word != "上" or bare)
        ):
            return at, word
    return start, ""


def _per(text: str, plain: str, match: re.Match[str]) -> Quantity | None:
    reading = numbers.read(
        "一百" if match["all"] else match["of"].replace("百", "一百") if match["of"] == "百" else match["of"]
    )
    if reading is None or reading.high is not None:
        return None
    scale = Decimal("0.1") if match["per"] == "千分之" else Decimal(1)
    reading = numbers.scaled(reading, scale)
    inside = next((w for w in words.INSIDE if plain.startswith(w, match.end())), "")
    start, before = _before(plain, match.start(), False)
    end = match.end() + len(inside)
    after = _AFTER.match(plain, end)
    word = inside or before or (after["word"] if after else "")
    until = after.end() if after and word == after["word"] else end
    return replace(_stated(text, (start, end, end, until), reading, "%", "percent", word), scale=scale)


def _fraction(text: str, plain: str, match: re.Match[str]) -> Quantity | None:
    value = Decimal("0.5")
    if match["below"]:
        below, above = numbers.read(match["below"]), numbers.read(match["above"])
        if below is None or above is None or not below.value or above.value > below.value:
            return None
        value = round(above.value / below.value, 4)
    start, word = _before(plain, match.start(), False)
    if match["half"] and not word and plain[start - 1 : start] in _HALF_BEFORE:
        start, word = start - 1, _HALF_BEFORE[plain[start - 1]]
    after = _AFTER.match(plain, match.end())
    word, until = (word or after["word"], after.end()) if after else (word, match.end())
    reading = numbers.Reading(value, Decimal("0.2"), Decimal("0.04"))
    return _stated(text, (start, match.end(), match.end(), until), reading, "", "fraction", word)


def _doubled(text: str, match: re.Match[str]) -> Quantity | None:
    """翻两番 is four times; 翻番 and 翻一番 are twice."""
    times = numbers.read(match["doubled"]) if match["doubled"] else None
    value = Decimal(2) ** int(times.value if times else 1)
    return _stated(
        text,
        (match.start(), match.end(), match.end(), match.end()),
        numbers.Reading(value, value / 10, value / 10),
        "番",
        "multiple",
        "",
    )


def _ranges(text: str, plain: str, found: list[Quantity]) -> list[Quantity]:
    """10至12人, 10%～15%: one quantity where two numbers stand for a range."""
    merged: list[Quantity] = []
    for q in found:
        last = merged[-1] if merged else None
        if last and _TO.fullmatch(plain, last.unit_end, q.start) and _spans(plain, last, q):
            q = replace(
                q,
                start=last.start,
                text=text[last.start : q.end],
                low=last.low,
                exact=False,
                word="至",
                value=last.value,
            )
            merged[-1] = q
        else:
            merged.append(q)
    return merged


def _spans(plain: str, low: Quantity, high: Quantity) -> bool:
    alike = low.unit in ("", high.unit) and bool(high.unit)
    from_to = plain[max(low.start - 1, 0) : low.start] in ("从", "由", "自")
    return alike and not from_to and not low.word and not high.word and low.value < high.value


def _inherited(plain: str, found: list[Quantity]) -> Iterator[Quantity]:
    """分别为12、13和15件: a number without a measure word takes the next one's; yields in order."""
    for i in range(len(found) - 2, -1, -1):
        here, there = found[i], found[i + 1]
        if (
            not here.unit
            and here.kind == "count"
            and here.end == here.unit_end
            and there.unit
            and _listed(plain, here, there)
        ):
            found[i] = _as(here, there)
    yield from found


def _listed(plain: str, here: Quantity, there: Quantity) -> bool:
    if _JOIN.fullmatch(plain, here.end, there.start):
        return True
    clause = CLAUSE.split(plain[max(0, here.start - 200) : here.start])[-1]
    return "分别" in clause and bool(_COMMA.fullmatch(plain, here.end, there.start))


def _as(here: Quantity, there: Quantity) -> Quantity:
    measured = there.kind != "count" or there.unit in words.MEASURED or here.places > 0
    half = Decimal(1).scaleb(-here.places) / 2 if measured else Decimal(0)
    low, high = (here.value - half, here.value + half) if here.exact else (here.low, here.high)
    return replace(here, unit=there.unit, kind=there.kind, low=low, high=high)


def _is_cited(plain: str, q: Quantity) -> bool:
    """A bare number is a quantity unless it looks like a year, a label or a code."""
    if q.unit or q.kind != "count" or q.word:
        return True
    if plain.strip() == plain[q.start : q.end].strip():
        return True
    digits = plain[q.start : q.end]
    if digits.isdigit() and (len(digits) > 6 or (len(digits) > 1 and digits[0] == "0")):
        return False
    is_year = digits.isdigit() and len(digits) == 4 and digits[:2] in ("19", "20")
    return not is_year and not _LABEL.search(plain[max(0, q.start - _NEAR) : q.start])
