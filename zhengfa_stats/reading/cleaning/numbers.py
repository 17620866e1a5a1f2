"""Written quantities → numbers: 95分, 约50人, 12篇, 二十, １２, 1,200, 95%."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from zhengfa_stats import numerals
from zhengfa_stats.reading.cleaning.normal import EMPTY_RULE, is_nothing, narrow, nature, unusable
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault
from zhengfa_stats.reading.privacy import mask
from zhengfa_stats.reading.sheets import Cell
from zhengfa_stats.records import Level

Value = float | int

ABSENT = frozenset(
    {"缺考", "免考", "未考", "缓考", "缺席", "未参加", "请假", "未测", "未参考", "免试", "待考", "不适用"}
)
_COUNTERS = "人次|件次|人|名|位|件|条|篇|份|次|场|场次|期|期次|项|个|本|册|批|批次|户|家|起|宗|例|套|幅|张|处|所|支|学时|课时|小时|个小时|节|分|万元|元"
_WRITTEN = re.compile(
    rf"(?P<before>约|大约|近|超|超过|逾|共|共计|计|合计|累计|不足|不到|至少|最多)?(?P<number>.+?)(?P<after>余|多|左右|以上|以下|上下)?"
    rf"(?P<unit>{_COUNTERS})?(?P<late>余|多|左右|以上|以下|上下)?"
)
_NOTE = re.compile(r"(?<=.)\([^()]*\)$")
_ABOUT: dict[str, Level] = {"约": "note", "大约": "note", "左右": "note", "上下": "note"}
_TOTAL = frozenset({"共", "共计", "计", "合计", "累计"})
_EXPECTED = "一个数字，如12"
_COUNTABLE = 10**9  # whoever counts to more may have typed a phone or a card number


def clean(value: Cell) -> Cleaned[Value]:
    """A number, whole where it is; per cents hold the figure before the sign.

    约50 and 50余 keep 50 with a fault that says so; a range, a sum, 分钟 or 天 is refused: which number would be meant?

    >>> clean("95分").value, clean("二十").value, clean("1,200").value, clean("50—60人").fault.kind
    (95, 20, 1200, '数字无法识别')
    """
    found = _read(value)
    if found.value is not None and found.value >= _COUNTABLE and mask(f"{found.value:.0f}")[1]:
        return _refused("数字像是电话号码或证件号码，没有保存", "请改填数字")
    return found


def _read(value: Cell) -> Cleaned[Value]:
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _from_number(value)
    if (settled := unusable(value, _EXPECTED)) is not None:
        return settled
    if isinstance(value, str):
        return Cleaned(int(value)) if value.isascii() and value.isdecimal() else _from_text(value)
    return _refused(f"这里应是数字，却是{nature(value)}", "请改为数字；若被自动转成日期，请把单元格设为“常规”后重填")


def _from_number(value: Value) -> Cleaned[Value]:
    if not math.isfinite(value):
        return _refused("不是有效的数字", "请核对后填写")
    return Cleaned(int(value) if value == int(value) else value)


def _from_text(written: str) -> Cleaned[Value]:
    bare = narrow(written).strip()
    text = re.sub(r"\s+", "", bare)
    if is_nothing(text) or text in ABSENT:
        return Cleaned(None, EMPTY_RULE if text else "")
    if re.search(r"[0-9] +[0-9]", bare) and not re.fullmatch(r"[0-9]{1,3}( [0-9]{3})+(\.[0-9]+)?", bare):
        return _refused("数字中间有空格", "若是一个数，请去掉空格；若是几个数，请分行填写")
    plain = _NOTE.sub("", text)
    found = _measure(plain.rstrip("。.;；"))
    if found is None:
        return _refused("不是一个可以识别的数字", "请只填一个阿拉伯数字")
    number, doubt = found
    rule = _rule(written, text, plain, number, doubt)
    return Cleaned(_plain(number.value), rule, doubt or _remark(text, plain))


def _measure(text: str) -> tuple[numerals.Number, Fault | None] | None:
    whole = numerals.parse(text)
    if whole is not None:
        return whole, None
    match = _WRITTEN.fullmatch(text)
    number = numerals.parse(match["number"]) if match else None
    if match is None or number is None:
        return None
    words = [w for w in (match["before"], match["after"], match["late"]) if w and w not in _TOTAL]
    return number, _doubt(words) if words else None


def _doubt(words: list[str]) -> Fault:
    level: Level = "note" if all(w in _ABOUT for w in words) else "warning"
    return Fault(level, "约数", f"写的是约数（{'、'.join(words)}），按其中的数字计", _EXPECTED, "请填写准确数字")


def _remark(text: str, plain: str) -> Fault | None:
    if text == plain:
        return None
    return Fault("note", "数字带说明", "数字后面有括号说明，没有计入", _EXPECTED, "请把说明写进备注栏")


def _rule(written: str, text: str, plain: str, number: numerals.Number, doubt: Fault | None) -> str:
    if doubt:
        return "数字：约数按写出的数"
    if text != plain:
        return "数字：略去括号说明"
    if number.is_percent:
        return "数字：百分数取百分号前的数"
    if re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", written.strip()):
        return ""
    return "数字：去单位或换算写法"


def _plain(value: Decimal) -> Value:
    return int(value) if value == value.to_integral_value() else float(value)


def _refused(what: str, do: str) -> Cleaned[Value]:
    return Cleaned(None, "", Fault("error", "数字无法识别", what, _EXPECTED, do))
