"""Numbers that name a thing (线索编号, 警号, 文号): text, kept digit for digit."""

from __future__ import annotations

import math
import re
from typing import Literal, overload

from zhengfa_stats.reading.cleaning.normal import EMPTY_RULE, is_nothing, narrow, nature, unusable
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault, Sure
from zhengfa_stats.reading.privacy import SHORTEST, mask_code
from zhengfa_stats.reading.sheets import Cell

_PLAIN = re.compile(r"[0-9A-Za-z_\-\u4e00-\u9fff〔〕]+")  # as it should be: nothing to tidy
_LATIN = r"A-Za-z_\-"
_SIGNS = rf"{_LATIN}\u4e00-\u9fff〔〕"
SURE = Sure(  # codes that are not read as several: tidy, and nobody's number can be among them
    re.compile(
        rf"(?!.{{19}})[{_LATIN}]+[0-9][0-9{_LATIN}]*"  # nothing that a phone number stands beside, too short for a card's
        r"|[0-9]{1,15}"
        rf"|(?!(?:[^0-9]*[0-9]){{11}}|[0-9]+[Ee])[{_SIGNS}]*[0-9][0-9{_SIGNS}]*"  # too few digits
    )
)
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{2,3}", re.ASCII)
_NUMBER_TEXT = re.compile(r"[1-9][0-9]{15,19}", re.ASCII)
_YEAR = re.compile(r"[\[(〔【﹝{]([0-9]{4})[\])〕】﹞}]")
_DASHES = re.compile("[—–―−‐‑]+")
_BETWEEN = re.compile(r"[、;；,，\n\r]+")
_RUN = re.compile(r"(?<=[0-9])(?:至|到|~|～)(?=[0-9A-Za-z])")
_EXACT = 10**15  # Excel keeps 15 digits of a number
_EXPECTED = "编号，按文本填写"


@overload
def clean(value: Cell, *, many: Literal[False] = False) -> Cleaned[str]: ...
@overload
def clean(value: Cell, *, many: Literal[True]) -> Cleaned[tuple[str, ...]]: ...
@overload
def clean(value: Cell, *, many: bool) -> Cleaned[str] | Cleaned[tuple[str, ...]]: ...
def clean(value: Cell, *, many: bool = False) -> Cleaned[str] | Cleaned[tuple[str, ...]]:
    """A code as text; with `many`, the codes of the cell, parted by 、；, a comma, a line or a slash between alike codes.

    >>> clean(7.0).value, clean("ＸＳ－００１").value, clean(1.23457e17).fault.kind
    ('7', 'XS-001', '编号位数丢失')
    >>> clean("XS-001、XS-002", many=True).value
    ('XS-001', 'XS-002')
    """
    return _several(value) if many else _one(value)


def clean_private(value: Cell) -> Cleaned[str]:
    """The code of a private field as it is written: it tells persons apart as the sheet is read, and is never stored."""
    return _code(value)


def _one(value: Cell) -> Cleaned[str]:
    if isinstance(value, str) and len(value) < SHORTEST and _is_tidy(value):
        return Cleaned(value)  # as nearly every code
    if not isinstance(value, str) or (plain := mask_code(value)) == value:
        return _code(value)
    if plain is None:
        what = "编号栏里填的是证件号码，没有保存"
        return _fault("error", "编号栏有个人号码", what, "请改填编号；证件号码请填在“身份证号”一栏")
    return Cleaned(_code(plain).value, "遮盖隐私")


def _code(value: Cell) -> Cleaned[str]:
    if isinstance(value, str):
        return Cleaned(value) if _is_tidy(value) else unusable(value, _EXPECTED) or _from_text(value)
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _from_number(value)
    settled: Cleaned[str] | None = unusable(value, _EXPECTED)
    what = f"编号成了{nature(value)}，原来写的编号已看不出"
    return settled or _fault("error", "编号成了日期或时间", what, "请把单元格设为“文本”后重填编号")


def _is_tidy(text: str) -> bool:
    """The common case, told without looking closer."""
    if not _PLAIN.fullmatch(text) or is_nothing(text) or type(text) is not str:
        return False
    return not text[0].isdigit() or not (_NUMBER_TEXT.fullmatch(text) or _SCIENTIFIC.fullmatch(text))


def _from_number(value: float) -> Cleaned[str]:
    if not math.isfinite(value):
        return _fault("error", "编号无法识别", "不是有效的编号", "请核对后填写")
    if abs(value) >= _EXACT:
        return _lost()
    if value == int(value):
        return Cleaned(str(int(value)))
    what = "编号被存为小数，末尾的0可能已丢失"
    return _fault("warning", "编号存为小数", what, "请把单元格设为“文本”后重填编号", repr(value))


def _from_text(written: str) -> Cleaned[str]:
    text = "".join(narrow(written).split())
    if is_nothing(text):
        return Cleaned(None, EMPTY_RULE if text else "")
    text = _DASHES.sub("-", text).removeprefix("'").rstrip("。")
    text = _YEAR.sub(r"〔\1〕", text)
    if _SCIENTIFIC.fullmatch(text):
        return _lost()
    rule = "编号：统一空格、全角和括号写法" if text != written else ""
    if _NUMBER_TEXT.fullmatch(text) and text.endswith("000"):
        what = "长数字编号末尾是000，可能曾被Excel当作数字而丢失末位"
        return Cleaned(text, rule, Fault("warning", "编号疑似丢位", what, _EXPECTED, "请与原件核对，按文本重填"))
    return Cleaned(text, rule)


def _several(value: Cell) -> Cleaned[tuple[str, ...]]:
    if not isinstance(value, str) or (_is_tidy(value) and not _RUN.search(value)) or unusable(value, _EXPECTED):
        return _tupled(_one(value))
    parts = _parts(narrow(value))
    if len(parts) < 2:
        text = parts[0] if parts else ""
        if _RUN.search(text):
            what = "写的是一段编号（从某号到某号），不知中间有哪些"
            return Cleaned(None, "", Fault("error", "编号成段", what, _EXPECTED, "请逐个写出编号，用顿号隔开"))
        return _tupled(_one(value))
    found = [_one(part) for part in parts]
    fault = next((c.fault for c in found if c.fault), None) or _shortened(parts)
    codes = tuple(dict.fromkeys(c.value for c in found if c.value is not None))
    return Cleaned(codes or None, "编号：一格多号分开", fault)


def _parts(text: str) -> list[str]:
    parts = [p for p in (part.strip() for part in _BETWEEN.split(text)) if p]
    return [piece for part in parts for piece in _slashed(part)]


def _slashed(text: str) -> list[str]:
    """A slash parts codes only where both sides are whole codes of one shape: 2021/15 is one code."""
    pieces = [p.strip() for p in text.split("/")]
    shapes = {re.sub("[A-Za-z]+", "A", re.sub("[0-9]+", "0", p)) for p in pieces}
    return pieces if len(shapes) == 1 and all(len(p) >= 6 for p in pieces) else [text]


def _shortened(parts: list[str]) -> Fault | None:
    """XS-001、002: the second is no whole code."""
    if any(p.isdecimal() and not parts[0].isdecimal() for p in parts[1:]):
        what = "后面的编号像是省写，少了前面的字头"
        return Fault("warning", "编号疑似省写", what, _EXPECTED, "请把每个编号写全")
    return None


def _tupled(one: Cleaned[str]) -> Cleaned[tuple[str, ...]]:
    return Cleaned(None if one.value is None else (one.value,), one.rule, one.fault)


def _lost() -> Cleaned[str]:
    what = "编号被存为数字，超过15位的部分已经丢失"
    return _fault("error", "编号位数丢失", what, "请把单元格设为“文本”，按原件重填编号")


def _fault(level: Literal["error", "warning"], kind: str, what: str, do: str, value: str | None = None) -> Cleaned[str]:
    return Cleaned(value, "", Fault(level, kind, what, _EXPECTED, do))
