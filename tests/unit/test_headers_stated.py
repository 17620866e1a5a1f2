"""What title, notes, sheet and file name state of a table."""

from __future__ import annotations

import pytest

from zhengfa_stats.declared import load_schema
from zhengfa_stats.reading.sheets import Column, Role, Sheet, Table
from zhengfa_stats.reading.stated import Stated, stated
from zhengfa_stats.records import Range

SCHEMA = load_schema()


def state(title: str = "", *notes: str, sheet: str = "Sheet1", file: str = "表.xlsx") -> Stated:
    table = Table(Range(1, 1, 1, 1), (Role.HEADER,), (Column(1, "编号", ("编号",)),), title, notes)
    return stated(table, Sheet(sheet, [["编号"]]), file, SCHEMA)


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        (state("", "填报单位：示例市公安局"), "示例市公安局"),
        (state("", "填报单位（盖章）：示例市公安局      填报日期：2021年7月2日"), "示例市公安局"),
        (state("", "报送单位:市检察院　　单位：件"), "市检察院"),
        (state("", "填报单位：", "市司法局"), "市司法局"),
        (state("", "单位名称：甲县人民法院"), "甲县人民法院"),
        (state("", "单位：市检察院"), "市检察院"),
        (state("", "单位：人"), ""),
        (state("", "单位：件、人次"), ""),
        (state("", "（单位：万元）"), ""),
        (state("", "单位:件/人"), ""),
        (state("示例市公安局2021年上半年线索台账"), "示例市公安局"),
        (state("关于示例市公安局线索办理情况的台账"), "示例市公安局"),
        (state("中共示例市委政法委员会线索台账"), "中共示例市委政法委员会"),
        (state("甲县公安局处理台账"), "甲县公安局"),
        (state("全市政法队伍教育整顿线索台账"), ""),
        (state("线索台账", sheet="法院"), "法院"),
        (state("线索台账", file="市公安局2021年上半年线索台账.xlsx"), "市公安局"),
        (state("线索台账", file="司法局/线索.xlsx"), ""),
        (state("市纪委监委移交线索台账", file="市公安局.xlsx"), "市公安局"),
        (state("移送法院线索台账", sheet="检察院"), "检察院"),
        (state("法院线索台账", "填报单位：检察院"), "检察院"),
        (state("公安局、检察院线索台账"), ""),
    ],
)
def test_the_sender_is_found(said: Stated, unit: str) -> None:
    assert said.unit_text == unit


def test_two_units_in_one_text_are_a_doubt_not_a_choice() -> None:
    said = state("公安局、检察院线索台账")
    assert len(said.doubts) == 1 and "公安局" in said.doubts[0] and "检察院" in said.doubts[0]
    assert not state("公安局、检察院线索台账", "填报单位：公安局").doubts


@pytest.mark.parametrize(
    ("said", "as_of"),
    [
        (state("线索台账（截至2021年6月30日）"), "2021年6月30日"),
        (state("线索台账", "（截至6月底）"), "6月底"),
        (state("线索台账", "截止日期：2021-06-30"), "2021-06-30"),
        (state("线索台账", "统计截至：2021.6.30"), "2021.6.30"),
        (state("线索台账", "数据截止时间：2021年6月30日"), "2021年6月30日"),
        (state(file="线索台账截至0630.xlsx"), "0630"),
        (state(file="线索台账20210630.xlsx"), "20210630"),
        (state(file="线索台账（2021.6.30）.xlsx"), "2021.6.30"),
        (state(sheet="截至6月30日"), "6月30日"),
        (state("", "填报日期：2021年7月2日"), ""),
        (state("线索台账（截至5月底）", "截至2021年6月30日", file="台账20210701.xls"), "2021年6月30日"),
        (state("2021年6月线索台账"), ""),
    ],
)
def test_the_cut_off_is_found(said: Stated, as_of: str) -> None:
    assert said.as_of_text == as_of


@pytest.mark.parametrize(
    ("said", "year", "months"),
    [
        (state("2021年上半年线索台账"), 2021, (1, 6)),
        (state("2021年下半年线索台账"), 2021, (7, 12)),
        (state("2021年第二季度"), 2021, (4, 6)),
        (state("2021年二季度活动台账"), 2021, (4, 6)),
        (state("2021年6月线索台账"), 2021, (6, 6)),
        (state("线索台账", sheet="6月份"), None, (6, 6)),
        (state("线索台账", sheet="十二月"), None, (12, 12)),
        (state("2021年1-6月线索台账"), 2021, (1, 6)),
        (state("2021年1月至6月线索台账"), 2021, (1, 6)),
        (state("2021年度线索台账"), 2021, (1, 12)),
        (state("线索台账", file="2021-06线索.xlsx"), 2021, (6, 6)),
        (state("线索台账", file="线索202106.xlsx"), 2021, (6, 6)),
        (state("线索台账（截至2021年6月30日）"), 2021, None),
        (state("线索台账", "填报日期：2022年1月5日"), None, None),
        (state("12337平台线索台账"), None, None),
        (state("党的十九大以来线索台账"), None, None),
        (state("“三个规定”学习台账"), None, None),
    ],
)
def test_the_period_is_found(said: Stated, year: int | None, months: tuple[int, int] | None) -> None:
    assert (said.period_year, said.period_months) == (year, months)


def test_a_period_of_one_month_is_a_month() -> None:
    assert state("2021年6月线索台账").period_month == 6
    assert state("2021年上半年线索台账").period_month is None


@pytest.mark.parametrize(
    ("said", "region"),
    [
        (state("甲县公安局线索台账"), "甲县"),
        (state("示例市乙区2021年上半年线索台账"), "乙区"),
        (state("全县线索台账"), ""),
        (state("线索台账", sheet="甲县"), "甲县"),
        (state("各县区线索台账"), ""),
        (state("辖区内社区矫正台账"), ""),
        (state("甲县、乙县线索台账"), ""),
    ],
)
def test_the_region_is_found(said: Stated, region: str) -> None:
    assert said.region_text == region


def test_each_finding_has_its_origin_and_notes_weigh_most() -> None:
    said = state("2021年上半年线索台账", "填报单位：公安局", sheet="5月", file="法院2020年截至0630.xlsx")
    assert said.origins == {"unit_text": "note", "period_year": "title", "period_months": "title", "as_of_text": "file"}
    assert (said.period_year, said.unit_text) == (2021, "公安局")


def test_a_filling_date_is_no_cut_off() -> None:
    said = state("", "填报日期：2021年7月2日")
    assert (said.filled_text, said.as_of_text, said.period_year) == ("2021年7月2日", "", None)


def test_tables_side_by_side_have_each_their_own_title() -> None:
    sheet = Sheet("两院", [["法院处理名单", None, "检察院处理名单"], ["姓名", None, "姓名"]])
    for left, unit in ((1, "法院"), (3, "检察院")):
        column = Column(left, "姓名", ("姓名",))
        table = Table(Range(1, left, 2, left), (Role.TITLE, Role.HEADER), (column,), "法院处理名单\n检察院处理名单")
        assert stated(table, sheet, "表.xlsx", SCHEMA).unit_text == unit
