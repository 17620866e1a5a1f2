"""Disagreements that an independent truth city found between lists by line, lists by area and totals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.unit.summaries import City, write
from zhengfa_stats.counting.answer import Answer, evaluate
from zhengfa_stats.query import Clock

CLUES = ("线索编号", "收到日期", "被反映人", "承办单位", "办理状态", "查结日期")


def list_of(folder: Path, sender: str, *rows: tuple[str | None, ...]) -> None:
    write(folder / f"{sender}.xlsx", [(f"{sender}线索台账（截至2021年6月30日）",), CLUES, *rows])


def totals_of(folder: Path, sender: str, *rows: tuple[object, ...], title: str = "截至2021年6月30日") -> None:
    header = ("单位", "收到线索（累计）", "查结（累计）")
    write(folder / f"{sender}汇总.xlsx", [(f"线索情况汇总表（{title}）",), (f"填报单位：{sender}",), header, *rows])


def since(city: City, key: str, day: date) -> Answer:
    schema, clock = city.config.schema, city.config.clock
    return evaluate(schema.indicators[key].of, city.built.frames, schema, Clock(day, clock.as_of), project=clock)


def test_the_citys_bureau_is_not_the_countys(tmp_path: Path) -> None:
    """Neither file is the handler's own: the row that is further along decides."""
    list_of(tmp_path, "市公安局", ("X1-2021", "2021-03-01", "张一", "东岭县公安局", "正在核查", None))
    list_of(tmp_path, "东岭县政法委", ("X1-2021", "2021-03-01", "张一", "县公安局", "已查结", "2021-06-17"))
    city = City(tmp_path)
    assert (city.figure("线索.收到").value, city.figure("线索.查结").value) == (1, 1)


def test_a_cumulative_total_without_a_first_day_is_of_the_projects_period_only(tmp_path: Path) -> None:
    list_of(tmp_path, "市公安局", ("X1", "2021-03-01", "张一", None, "正在核查", None))
    totals_of(tmp_path, "市法院", ("法院", 8, 6))
    city = City(tmp_path)
    assert city.figure("线索.收到").value == 9
    for day in (date(2021, 2, 1), date(2018, 1, 1)):
        answer = since(city, "线索.收到", day)
        assert (answer.value, [str(m) for m in answer.lacking]) == (1, ["法院（累计数没有写明从哪天起）"])


def test_a_state_is_the_same_from_whatever_day_on(tmp_path: Path) -> None:
    header = ("单位", "上期结转", "本期新收", "本期查结", "期末在查")
    rows = [("线索情况汇总表（截至2021年6月30日）",), ("填报单位：市法院",), header, ("法院", 3, 8, 6, 5)]
    write(tmp_path / "法院汇总.xlsx", rows)
    list_of(tmp_path, "市公安局", ("X1", "2021-03-01", "张一", None, "正在核查", None))
    assert since(City(tmp_path), "线索.期末在查", date(2021, 2, 1)).value == 6


def test_a_unit_whose_rows_came_by_line_lacks_nothing(tmp_path: Path) -> None:
    list_of(tmp_path, "市公安局", ("X1", "2021-03-01", "张一", "西河县公安局", "正在核查", None))
    totals_of(tmp_path, "西河县政法委", ("西河县公安局", 4, 1), ("西河县法院", 2, 2))
    april = City(tmp_path).figure("线索.收到", date(2021, 4, 30))
    assert [str(m) for m in april.lacking] == ["西河县法院（没有截至2021-04-30的汇总数）"]


def test_a_county_whose_list_came_lacks_nothing(tmp_path: Path) -> None:
    list_of(tmp_path, "东岭县政法委", ("X1", "2021-03-01", "张一", "东岭县司法局", "正在核查", None))
    totals_of(tmp_path, "市政法委", ("东岭县", 1, 0), ("西河县", 2, 2))
    repeats = City(tmp_path).figure("线索.件次")
    assert [m.office.name for m in repeats.lacking] == ["西河县"]


def test_two_totals_of_one_period_that_differ_are_a_problem(tmp_path: Path) -> None:
    totals_of(tmp_path, "市法院", ("法院", 8, 6))
    (tmp_path / "市法院汇总.xlsx").rename(tmp_path / "法院汇总1.xlsx")
    totals_of(tmp_path, "市法院", ("法院", 9, 6))
    city = City(tmp_path)
    (problem,) = (p for p in city.built.problems if p.kind == "汇总数不一致")
    assert [str(p) for p in (problem.place, *problem.also)] == [
        "市法院汇总.xlsx · Sheet · B4",
        "法院汇总1.xlsx · Sheet · B4",
    ]
    assert "8、9" in problem.what or "9、8" in problem.what


def in_folder(folder: Path, unit: str) -> City:
    """A list of a county's bureau, put into the county's folder."""
    (folder / "甲县").mkdir()
    write(
        folder / "甲县" / "线索台账.xlsx",
        [(f"{unit}线索台账",), CLUES, ("X1", "2021-03-01", "张一", None, "正在核查", None)],
    )
    return City(folder)


def test_a_countys_folder_names_the_county(tmp_path: Path) -> None:
    for unit, region in (("县公安局", "甲县"), ("公安局", "甲县"), ("市公安局", "市本级"), ("乙县公安局", "乙县")):
        (folder := tmp_path / unit).mkdir()
        assert in_folder(folder, unit).grouped("线索.收到", "region") == {region: 1}


def test_a_county_that_is_not_named_is_never_the_city(tmp_path: Path) -> None:
    list_of(tmp_path, "县公安局", ("X1", "2021-03-01", "张一", None, "正在核查", None))
    city = City(tmp_path)
    assert city.grouped("线索.收到", "region") == {"某县": 1}
    assert "区划不明" in city.kinds()


def test_a_bureaus_total_beside_its_countys_list_is_told(tmp_path: Path) -> None:
    list_of(tmp_path, "甲县公安局", ("X1", "2021-03-01", "张一", None, "正在核查", None))
    totals_of(tmp_path, "市公安局", ("公安局", 10, 5))
    city = City(tmp_path)
    answer = city.figure("线索.收到")
    assert answer.value == 11
    assert "公安局的报表数与甲县公安局另报的数相加；报表数如已含县区，就重了" in answer.remarks
    (problem,) = (p for p in city.built.problems if p.kind == "汇总数可能重复")
    assert (problem.place.file, problem.sender) == ("市公安局汇总.xlsx", "公安局")


def test_lines_of_one_table_are_told_apart(tmp_path: Path) -> None:
    totals_of(tmp_path, "市政法委", ("市公安局", 10, 5), ("甲县公安局", 3, 1))
    city = City(tmp_path)
    assert city.figure("线索.收到").value == 13
    assert "汇总数可能重复" not in city.kinds()


def grouped(folder: Path, *below: str) -> City:
    """A summary with a group 已办结 over columns of results."""
    blanks = (None,) * (len(below) - 1)
    rows = [
        ("线索情况汇总表（截至2021年6月30日）",),
        ("填报单位：市政法委",),
        ("单位", "收到线索", "已办结", *blanks),
        (None, None, *below),
        ("甲县", 20, *range(1, len(below) + 1)),
        ("乙县", 30, *range(1, len(below) + 1)),
    ]
    write(folder / "a.xlsx", rows, ("A3:A4", "B3:B4", f"C3:{'CDEF'[len(below) - 1]}3"))
    return City(folder)


def test_parts_without_their_whole_are_not_added(tmp_path: Path) -> None:
    city = grouped(tmp_path, "属实", "部分属实", "不属实")
    assert city.figure("线索.查结").value is None
    assert city.kinds().count("分项没有合计") == 3
    assert "表头未识别" not in city.kinds()


def test_parts_beside_their_whole_are_not_added_again(tmp_path: Path) -> None:
    city = grouped(tmp_path, "合计", "属实", "不属实")
    assert city.figure("线索.查结").value == 2
    assert city.kinds().count("分项数") == 2


def test_an_excellent_result_below_90_is_told(tmp_path: Path) -> None:
    header = ("姓名", "警号", "参训", "成绩", "考核结果", "培训日期")
    rows = [("张一", "F001", "是", 85, "优秀", "2021-03-01"), ("张二", "F002", "是", 90, "优秀", "2021-03-01")]
    write(tmp_path / "轮训.xlsx", [("市公安局政治轮训台账",), header, *rows])
    city = City(tmp_path)
    (problem,) = (p for p in city.built.problems if p.kind == "轮训.优秀低分")
    assert problem.place.cell in ("D3", "E3")
    assert city.figure("轮训.优秀人数").value == 2


def test_a_list_without_rows_is_nought_whatever_the_total_says(tmp_path: Path) -> None:
    list_of(tmp_path, "市法院")
    totals_of(tmp_path, "市法院", ("法院", 3, 1))
    list_of(tmp_path, "市公安局", ("X1", "2021-03-01", "张一", None, "正在核查", None))
    city = City(tmp_path)
    assert city.figure("线索.收到").value == 1
    found = [p for p in city.built.problems if p.kind == "报表与明细不符"]
    assert [p.place.cell for p in found] == ["B4", "C4"]
    fates = [(t.ledger, t.kept, t.superseded) for s in city.built.sheets for t in s.tables if t.ledger == "reported"]
    assert fates == [("reported", 0, 1)]


def test_a_list_without_rows_of_another_day_silences_nothing(tmp_path: Path) -> None:
    write(tmp_path / "法院.xlsx", [("市法院线索台账（截至2021年5月31日）",), CLUES])
    totals_of(tmp_path, "市法院", ("法院", 3, 1))
    assert City(tmp_path).figure("线索.收到").value == 3


def test_a_rate_of_attendance_is_refused_where_totals_tell_no_persons(tmp_path: Path) -> None:
    header = ("单位", "应训人数", "参训人数")
    write(
        tmp_path / "a.xlsx",
        [("政治轮训情况汇总表（截至2021年6月30日）",), ("填报单位：市政法委",), header, ("甲县", 20, 18)],
    )
    city = City(tmp_path)
    assert (city.figure("轮训.应训人数").value, city.figure("轮训.参训人数").value) == (20, 18)
    rate = city.figure("轮训.参与率")
    assert rate.value is None and rate.why
    assert "表头未识别" not in city.kinds()
