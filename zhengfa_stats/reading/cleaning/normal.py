"""One way of writing for what is typed in several: an explicit table of full-width signs and odd spaces, never NFKC."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

from zhengfa_stats.reading.cleaning.result import Cleaned, Fault
from zhengfa_stats.reading.sheets import Cell, CellError, NoValue

_WIDE = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
_WIDE_SIGNS = "（）［］｛｝．／－：％＋＝～＃＆＊＠＿｜＼＜＞＇"
_NARROW = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NARROW_SIGNS = "()[]{}./-:%+=~#&*@_|\\<>'"
_SPACES = "\u3000\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"
_TABLE = str.maketrans(_WIDE + _WIDE_SIGNS + _SPACES, _NARROW + _NARROW_SIGNS + " " * len(_SPACES), _INVISIBLE)

NOTHING = frozenset({
    "", "无", "没有", "空", "暂无", "暂缺", "不详", "未知", "不清", "待定", "待补", "/", "//", "\\", "-", "--", "---", "—", "——",
    "―", "–", "−", "一一", "×", "╳", "否", "未", "N/A", "n/a", "NA", "null", "NULL", "None", "none", "nan", "(空)", "(无)", "无。", "…",
})  # fmt: skip
EMPTY_RULE = "空值：写法表示没有"

_ODD = re.compile(f"[{''.join(map(re.escape, map(chr, _TABLE)))}]")  # what the table has an answer to
_SIGNS = re.compile(r"[\W_]+")


def narrow(text: str) -> str:
    """Full-width digits, letters, brackets and signs as half-width ones, odd spaces as plain ones, invisible signs gone.

    >>> narrow("２０２１（一）"), narrow("12①")
    ('2021(一)', '12①')
    """
    return text.translate(_TABLE) if not text.isascii() and _ODD.search(text) else text


def tight(text: str) -> str:
    """The text narrow and without any space.

    >>> tight(" 张　三 ")
    '张三'
    """
    return "".join(narrow(text).split())


def skeleton(text: str) -> str:
    """What is left without spaces, punctuation and case: for comparing, never for storing.

    >>> skeleton("违反防止干预司法“三个规定”"), skeleton("有案不立、压案不查")
    ('违反防止干预司法三个规定', '有案不立压案不查')
    """
    plain = narrow(text)
    return (plain if plain.isalnum() else _SIGNS.sub("", plain)).upper()


def is_nothing(text: str) -> bool:
    """Whether a tight text is a general way of writing that there is nothing: 无, /, —."""
    return text in NOTHING


def unusable(value: Cell, expected: str) -> Cleaned[Any] | None:
    """The result for a blank cell, an error cell and a formula without its result; None for all other values."""
    if value is None:
        return Cleaned(None)
    if isinstance(value, CellError):
        return _fault("错误单元格", f"单元格是错误值{value}", expected, "请改正公式，或直接填写内容")
    if isinstance(value, NoValue):
        return _fault("公式无结果", "公式没有保存计算结果", expected, "请用Excel或WPS打开、重新计算并保存后再报送")
    return None


def nature(value: Cell) -> str:
    """What a value is, in a word, for messages that must not show the value itself."""
    match value:
        case bool():
            return "逻辑值"
        case int() | float():
            return "数字"
        case date():
            return "日期"
        case time() | timedelta():
            return "时间"
        case _:
            return "文字"


def _fault(kind: str, what: str, expected: str, do: str) -> Cleaned[Any]:
    return Cleaned(None, "", Fault("error", kind, what, expected, do))
