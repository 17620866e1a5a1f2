"""A text made ready for the finders: half width, every character in its place, what is no quantity hidden; measure words."""

from __future__ import annotations

import re

from zhengfa_stats.language.quantities import words as words

_FOLD = str.maketrans("０１２３４５６７８９．％‰－−〇", "0123456789.%‰--零")
_GAPPED = re.compile(r"(?<!\d)(?<!\d[.,，])(?<!\d )\d{1,3}(?:(?:，\d{3})+|(?: \d{3})+)(?![\d，,])(?! \d)")
_COPULAS = ("为", "达", "到", "至", "计")
_VAGUE_OR_SCALE = re.compile("[余多万亿]|\\.\\d")
CLAUSE = re.compile("[。；;！？!?\n]")


def _guarded(measures: dict[str, str]) -> str:
    """One alternative a measure word, the longest first, each with what may not follow it."""
    ordered = sorted(measures, key=len, reverse=True)
    return "|".join(re.escape(m) + (f"(?![{re.escape(measures[m])}])" if measures[m] else "") for m in ordered)


UNIT = re.compile(
    rf"\s?(?:(?P<points>{'|'.join(words.POINTS)})|(?P<percent>%)|(?P<permille>‰)|(?P<multiple>倍(?![增受感加])|番)|"
    rf"(?P<tenths>成(?:(?P<more>[一二三四五六七八九半])(?=$|[，。；、,;）)]|以上|左右))?(?![{words.NOT_TENTHS}]))|(?P<duration>{_guarded(words.TIMED)})|(?P<count>{_guarded(words.COUNTED)}))"
)
_NOT = re.compile("|".join(f"(?:{pattern})" for pattern in words.NO_QUANTITY.values()))


def folded(text: str) -> str:
    """Half-width digits and signs, every character in its place; a full-width comma or a space inside one number made a separator."""
    return _GAPPED.sub(
        lambda m: m[0].replace("，", ",").replace(" ", "\u2009") if _is_one(m) else m[0], text.translate(_FOLD)
    )


def _is_one(match: re.Match[str]) -> bool:
    """1，200件 and 3 200人 are one number; 达236，120件 and 分别为120，236件 are two."""
    text = match.string
    if "，" in match[0] and (
        "分别" in CLAUSE.split(text[max(0, match.start() - 200) : match.start()])[-1]
        or text[match.start() - 1 : match.start()] in _COPULAS
    ):
        return False
    return bool(UNIT.match(text, match.end()) or _VAGUE_OR_SCALE.match(text, match.end()))


def hidden_places(plain: str) -> bytearray:
    """Which characters belong to a date, an ordinal, a set phrase …: 1 where no quantity may stand."""
    hidden = bytearray(len(plain))
    for match in _NOT.finditer(plain):
        hidden[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    return hidden


def named(unit: re.Match[str] | None) -> tuple[str, str]:
    """A measure word and the kind of quantity that it makes."""
    if unit is None or unit.lastgroup is None:
        return "", "count"
    kind = {"permille": "percent"}.get(unit.lastgroup, unit.lastgroup)
    return "个百分点" if kind == "points" else unit[0].strip(), kind
