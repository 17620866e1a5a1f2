"""Who a line of a 汇总表 is about: a unit, a county's unit, all units of an area, the city's own, or everybody."""

from __future__ import annotations

import re

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.cleaning import units
from zhengfa_stats.reading.cleaning.normal import is_nothing
from zhengfa_stats.reading.cleaning.result import Office
from zhengfa_stats.schema import Vocabulary

CITY = Office("", "市本级")  # the city's own units together
_CITY_OWN = re.compile(r"(?:市|本)(?:本级|直|级)(?:单位|机关|部门|政法单位|政法机关)?|本级")
_AREA = re.compile(r"[\u4e00-\u9fff]{1,8}(?:自治县|开发区|管理区|高新区|新区|县|区|市|旗)")
_BRANCH = re.compile(rf"({_AREA.pattern})(?:(?:公安)?分局|局|院)")  # 甲县局: of the line that reports
_WHOLE = re.compile(r"全[市县区州盟旗省](?:合计|总计|汇总)?|.{0,6}(?:合计|总计|共计|小计)")


def office_in(text: str, vocabulary: Vocabulary, city: str) -> Office | None:
    """The office that a tight text names; an area without a unit is all its units, or the county's of whoever reports."""
    if not text or is_nothing(text):
        return None
    rest = text.removeprefix(city) if text != city else text
    if _CITY_OWN.fullmatch(rest):
        return CITY
    if (office := units.read(text, vocabulary, city)) is not None:
        return office
    if match := _BRANCH.fullmatch(rest):
        return Office("公安局" if "分局" in rest else "", match[1])
    return Office("", rest) if _AREA.fullmatch(rest) and not is_whole(rest, city) else None


def is_whole(text: str, city: str) -> bool:
    """Whether a text names everybody: 全市, 合计, the city itself.

    >>> [is_whole(t, "示例市") for t in ("全市", "合计", "各县区合计", "示例市", "甲县", "市本级")]
    [True, True, True, True, False, False]
    """
    return bool(text) and (text == city or bool(_WHOLE.fullmatch(text)) or marks.is_total_label(text))
