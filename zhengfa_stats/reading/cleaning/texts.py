"""Plain text: spaces put in order, private values masked."""

from __future__ import annotations

from zhengfa_stats.reading.cleaning.result import Cleaned, Fault
from zhengfa_stats.reading.privacy import mask
from zhengfa_stats.reading.sheets import Cell, CellError, NoValue


def clean(value: Cell) -> Cleaned[str]:
    """Text on one line, without outer spaces; an ID card or phone number in it is masked."""
    if value is None:
        return Cleaned(None)
    if isinstance(value, CellError):
        return Cleaned(
            None, "", Fault("error", "错误单元格", f"单元格是错误值 {value}", "文字", "请改正公式或直接填写")
        )
    if isinstance(value, NoValue):
        return Cleaned(
            None, "", Fault("error", "公式无结果", "公式没有保存计算结果", "文字", "请用 Excel 或 WPS 打开后重新保存")
        )
    written = _plain(value)
    text, masked = mask(" ".join(written.split()))
    if not text:
        return Cleaned(None)
    rule = "遮盖隐私" if masked else "整理空格" if text != written else ""
    return Cleaned(text, rule)


def _plain(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
