"""Figures of rows and reported totals: never added for one thing, never summed when cumulative, told where they lack."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.unit.summaries import City, clue_list, write
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.query import Clock

MAY, JUNE = date(2021, 5, 31), date(2021, 6, 30)
CLOSED = ("X1", "2021-03-01", "张一", "来信", "已查结", "2021-04-01")
OPEN = ("X2", "2021-06-02", "张二", "来信", "正在核查", None)


def totals(
    path: Path, sender: str, *rows: Any, said: str = "截至2021年6月30日", header: Any = ("单位", "收到线索", "查结")
) -> None:
    write(path, [(f"线索情况汇总表（{said}）",), (f"填报单位：{sender}",), header, *rows])


def test_rows_and_totals_make_one_figure(tmp_path: Path) -> None:
    clue_list(tmp_path / "公安局.xlsx", "市公安局", CLOSED, OPEN)
    totals(tmp_path / "法院.xlsx", "市法院", ("法院", 8, 6))
    city = City(tmp_path)
    answer = city.figure("线索.收到")
    assert (answer.value, answer.n_rows, len(answer.reported)) == (10, 2, 1)
    assert "线索.收到：其中8条为报表数（法院）" in answer.remarks
    assert str(answer.reported[0]) == "法院.xlsx · Sheet · B4"
    assert city.figure("线索.查结率").value == pytest.approx(70)


def test_a_list_and_a_total_of_one_sender_are_never_added(tmp_path: Path) -> None:
    clue_list(tmp_path / "公安局.xlsx", "市公安局", CLOSED, OPEN)
    totals(tmp_path / "汇总.xlsx", "市公安局", ("公安局", 3, 1))
    city = City(tmp_path)
    assert (city.figure("线索.收到").value, city.figure("线索.查结").value) == (2, 1)
    (problem,) = (p for p in city.built.problems if p.kind == "报表与明细不符")
    assert (problem.place.file, problem.place.cell) == ("汇总.xlsx", "B4")
    assert [(p.file, p.cell) for p in problem.also] == [("公安局.xlsx", "4:5")]


def test_the_other_cut_off_has_its_own_total(tmp_path: Path) -> None:
    totals(tmp_path / "五月.xlsx", "甲县公安局", ("甲县公安局", 5, 2), said="截至2021年5月31日")
    totals(tmp_path / "六月.xlsx", "甲县公安局", ("甲县公安局", 8, 6))
    clue_list(tmp_path / "法院.xlsx", "市法院", CLOSED)
    city = City(tmp_path)
    assert [city.figure("线索.收到", at).value for at in (MAY, JUNE)] == [6, 9]
    april = city.figure("线索.收到", date(2021, 4, 30))
    assert (april.value, [str(m) for m in april.lacking]) == (1, ["甲县公安局（没有截至2021-04-30的汇总数）"])


def test_values_of_periods_are_added_where_they_tile(tmp_path: Path) -> None:
    header = ("单位", "收到线索")
    totals(tmp_path / "一季度.xlsx", "法院", ("法院", 4), said="2021年第一季度", header=header)
    totals(tmp_path / "四月.xlsx", "法院", ("法院", 2), said="2021年4月", header=header)
    totals(tmp_path / "六月.xlsx", "法院", ("法院", 1), said="2021年6月", header=header)
    clue_list(tmp_path / "公安局.xlsx", "市公安局", CLOSED)
    city = City(tmp_path)
    assert city.figure("线索.收到").value == 1  # May is lacking
    assert city.figure("线索.收到", date(2021, 4, 30)).value == 7
    totals(tmp_path / "五月.xlsx", "法院", ("法院", 5), said="2021年5月", header=header)
    assert City(tmp_path).figure("线索.收到").value == 13


def test_totals_of_one_period_that_disagree_are_not_used(tmp_path: Path) -> None:
    totals(tmp_path / "a.xlsx", "法院", ("法院", 8, 6))
    totals(tmp_path / "b.xlsx", "法院", ("法院", 9, 6))
    city = City(tmp_path)
    assert city.figure("线索.收到").value is None
    assert "几处报的数不一致" in str(city.figure("线索.收到").lacking[0])
    assert city.figure("线索.查结").value == 6


def test_without_a_date_it_counts_in_the_projects_period_only(tmp_path: Path) -> None:
    totals(tmp_path / "a.xlsx", "法院", ("法院", 8, 6), said="草表")
    city = City(tmp_path)
    assert city.figure("线索.收到").value == 8
    assert any("没有写明截至日期" in r for r in city.figure("线索.收到").remarks)
    assert city.figure("线索.收到", MAY).value is None


def test_a_rate_compares_the_same_senders(tmp_path: Path) -> None:
    clue_list(tmp_path / "公安局.xlsx", "市公安局", CLOSED, OPEN)
    totals(tmp_path / "法院.xlsx", "市法院", ("法院", 8), header=("单位", "收到线索"))
    city = City(tmp_path)
    rate = city.figure("线索.查结率")
    assert rate.value == pytest.approx(50)
    assert {m.office.name for m in rate.lacking} == {"法院"}
    assert city.figure("线索.收到").value == 10


def test_rows_of_others_within_a_total_are_not_added(tmp_path: Path) -> None:
    write(
        tmp_path / "政法委.xlsx",
        [("政法委线索台账（截至2021年6月30日）",), ("线索编号", "收到日期", "被反映人", "承办单位", "办理状态"),
         ("X1", "2021-03-01", "张一", "法院", "正在核查"), ("X2", "2021-03-02", "张二", "公安局", "正在核查")],
    )  # fmt: skip
    totals(tmp_path / "法院.xlsx", "市法院", ("法院", 8, 6))
    city = City(tmp_path)
    answer = city.figure("线索.收到")
    assert (answer.value, answer.n_rows) == (9, 1)
    assert any("不另计" in r for r in answer.remarks)


def test_an_areas_total_holds_its_units(tmp_path: Path) -> None:
    totals(tmp_path / "政法委.xlsx", "市委政法委", ("甲县", 20, 9), ("乙县", 5, 1), header=("县区", "收到线索", "查结"))
    totals(tmp_path / "甲县公安局.xlsx", "甲县公安局", ("甲县公安局", 8, 6))
    assert City(tmp_path).figure("线索.收到").value == 25


def test_a_part_of_a_figure_by_unit_and_region(tmp_path: Path) -> None:
    clue_list(tmp_path / "公安局.xlsx", "市公安局", CLOSED, OPEN)
    totals(tmp_path / "县.xlsx", "公安局汇总组", ("甲县公安局", 8, 6), ("甲县法院", 3, 1), ("乙县法院", 2, 1))
    city = City(tmp_path)
    assert city.figure("线索.收到").value == 15
    assert [city.figure("线索.收到", handler=u).value for u in ("公安局", "法院")] == [10, 5]
    assert [city.figure("线索.收到", region=r).value for r in ("甲县", "乙县")] == [11, 2]
    assert city.grouped("线索.收到", "handler") == {"公安局": 10, "法院": 5}
    assert city.grouped("线索.收到", "region") == {"市本级": 2, "甲县": 11, "乙县": 2}
    assert city.figure("线索.收到", category="违规经商办企业").value == 0
    assert len(city.figure("线索.收到", category="违规经商办企业").lacking) == 3


def test_a_state_of_several_months_is_the_last_ones(tmp_path: Path) -> None:
    header = ("单位", "收到线索", "在查")
    for month in range(1, 7):
        totals(tmp_path / f"{month}.xlsx", "法院", ("法院", 2, month), said=f"2021年{month}月", header=header)
    city = City(tmp_path)
    assert (city.figure("线索.收到").value, city.figure("线索.在查").value) == (12, 6)


def test_a_cumulative_total_counts_from_the_projects_first_day_only(tmp_path: Path) -> None:
    totals(tmp_path / "法院.xlsx", "市法院", ("法院", 8, 6))
    city = City(tmp_path)
    later = Clock(date(2021, 4, 1), JUNE)
    answer = evaluate(
        city.config.schema.indicators["线索.收到"].of,
        city.built.frames,
        city.config.schema,
        later,
        project=city.config.clock,
    )
    assert answer.value is None and "累计数没有写明从哪天起" in str(answer.lacking[0])


def test_rows_that_a_bureau_sends_of_its_county_count_and_its_total_of_them_does_not(tmp_path: Path) -> None:
    header = ("线索编号", "收到日期", "被反映人", "承办单位", "办理状态")
    rows = [(f"X{n}", "2021-03-01", f"张{n}", "甲县公安局", "正在核查") for n in "一二"]
    write(tmp_path / "台账.xlsx", [("线索台账（截至2021年6月30日）",), ("填报单位：市公安局",), header, *rows])
    totals(tmp_path / "汇总.xlsx", "市公安局", ("甲县公安局", 3, 1), ("乙县公安局", 5, 1))
    city = City(tmp_path)
    answer = city.figure("线索.收到")
    assert (answer.value, answer.n_rows) == (7, 2)
    assert [c.office.name for c in answer.reported] == ["乙县公安局"]
