"""Line and region: both are asked and grouped by; the same rows by line and by area are counted once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.unit.answering import ENGINES, HALF_YEAR, SCHEMA
from tests.unit.sending import CASES, CLUES, clue, opened, sheet
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.project import Project
from zhengfa_stats.query import By, In, Query
from zhengfa_stats.reading.cleaning.units import clean, clean_region
from zhengfa_stats.schema import Vocabulary

DAY = "2021-03-05"


def by(project: Project, *fields: str, ledger: str = "clues") -> dict[tuple[str, ...], float | None]:
    return dict(project.count(Query(ledger, by=tuple(By(f) for f in fields))).values)


def test_lines_and_regions_are_asked_and_grouped_by(tmp_path: Path) -> None:
    rows = [
        clue("X1", DAY, "甲县公安局"),
        clue("X2", DAY, "市公安局"),
        clue("X3", DAY, "乙区法院"),
        clue("X4", DAY, "公安局甲县分局"),
    ]
    sheet(tmp_path, "a.xlsx", ["示例市线索台账"], CLUES, *rows)
    project = opened(tmp_path)
    assert by(project, "region") == {("市本级",): 1, ("乙区",): 1, ("甲县",): 2}
    assert next(iter(by(project, "region"))) == ("市本级",)
    assert by(project, "handler") == {("公安局",): 3, ("法院",): 1}
    assert by(project, "handler", "region")["公安局", "甲县"] == 2
    assert project.count(Query("clues", where=(In("region", ("甲县",)),))).value == 2
    assert project.count(Query("clues", where=(In("region", ("市本级",)),))).value == 1
    assert project.count(Query("clues", where=(In("handler", ("法院",)), In("region", ("乙区",))))).value == 1


def test_an_indicator_may_ask_for_a_region(tmp_path: Path) -> None:
    sheet(tmp_path, "a.xlsx", ["示例市线索台账"], CLUES, clue("X1", DAY, "甲县公安局"), clue("X2", DAY, "市公安局"))
    own = '[indicators."线索.甲县"]\nunit = "条"\ndefinition = "甲县的线索。"\nquery = { ledger = "clues", where = { region = "甲县" } }\n'
    assert opened(tmp_path, own).figure("线索.甲县").value == 1


@pytest.mark.parametrize("title", ["甲县政法委线索台账", "甲县线索台账", "示例市甲县政法单位线索台账"])
def test_a_countys_file_is_about_its_county(tmp_path: Path, title: str) -> None:
    rows = [
        clue("X1", DAY, "公安局"),
        clue("X2", DAY, "县法院"),
        clue("X3", DAY, "市公安局"),
        clue("X4", DAY, "乙县公安局"),
    ]
    sheet(tmp_path, "a.xlsx", [title], CLUES, *rows)
    assert by(opened(tmp_path), "region") == {("市本级",): 1, ("乙县",): 1, ("甲县",): 2}


def test_a_column_of_counties_says_the_region(tmp_path: Path) -> None:
    header = ("线索编号", "收到日期", "被反映人", "县区", "办理状态")
    rows = [
        ("X1", DAY, "张一", "甲县", "正在核查"),
        ("X2", DAY, "张二", "市本级", None),
        ("X3", DAY, "张三", "示例市乙县", None),
    ]
    sheet(tmp_path, "a.xlsx", ["市公安局线索台账"], header, *rows)
    project = opened(tmp_path)
    assert by(project, "region", "handler") == {("市本级", "公安局"): 1, ("乙县", "公安局"): 1, ("甲县", "公安局"): 1}


@pytest.mark.parametrize("area", ["甲县政法委线索台账（截至2021年6月30日）", "甲县线索台账"])
@pytest.mark.parametrize("handler", ["甲县公安局", "市公安局", None])
def test_rows_by_line_and_by_area_are_counted_once(tmp_path: Path, area: str, handler: str | None) -> None:
    line = [clue("X1", DAY, handler), clue("X2", DAY, "乙县公安局")]
    sheet(tmp_path, "line.xlsx", ["市公安局线索台账（截至2021年6月30日）"], CLUES, *line)
    sheet(tmp_path, "area.xlsx", [area], CLUES, clue("X1", DAY, "公安局"), clue("X9", DAY, "法院"))
    project = opened(tmp_path)
    assert project.figure("线索.收到").value == 3
    (twice,) = (row for row in project.trace("线索.收到")["rows"] if row["also"])
    assert {twice["file"], twice["also"][0].split(" · ")[0]} == {"area.xlsx", "line.xlsx"}
    merged = [t["merged"] for s in project.manifest["sheets"] for t in s["tables"]]
    assert sum(merged) == 1


def test_a_person_by_line_and_by_area_is_one(tmp_path: Path) -> None:
    def case(unit: str) -> tuple[Any, ...]:
        return (None, "张三", None, unit, "民警", "科员", "诫勉", None, None, DAY)

    sheet(tmp_path, "line.xlsx", ["市公安局处理台账"], CASES, case("甲县公安局"), case("乙县公安局"))
    sheet(tmp_path, "area.xlsx", ["甲县政法委处理台账"], CASES, case("公安局"))
    project = opened(tmp_path)
    assert project.figure("处理.总人数").value == 2  # 甲县's 张三 once, 乙县's 张三 another
    assert by(project, "region", ledger="cases") == {("乙县",): 1, ("甲县",): 1}


def test_a_city_bureaus_sheet_about_a_county_stays_its_own(tmp_path: Path) -> None:
    sheet(tmp_path, "甲县.xlsx", ["示例市公安局线索台账"], CLUES, clue("X1", DAY))
    project = opened(tmp_path)
    assert [s["unit"] for s in project.status()["senders"]] == ["公安局"]
    assert by(project, "handler", "region") == {("公安局", "甲县"): 1}


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("公安局", "甲县"),
        ("县公安局", "甲县"),
        ("乙区公安局", "乙区"),
        ("市公安局", ""),
        ("示例市公安局", ""),
        ("市中院", ""),
    ],
)
def test_whose_unit_it_is_in_a_countys_sheet(schema_units: Vocabulary, written: str, region: str) -> None:
    office = clean(written, schema_units, "示例市", "甲县").value
    assert office is not None
    assert office.region == region


@pytest.mark.parametrize(
    ("written", "region"), [("甲县", "甲县"), ("市直", ""), ("甲县法院", "甲县"), ("/", None), (None, None)]
)
def test_regions(written: str | None, region: str | None) -> None:
    assert clean_region(written, "示例市").value == region


@pytest.fixture
def schema_units(tmp_path: Path) -> Vocabulary:
    return opened(tmp_path).schema.vocabularies["unit"]


@pytest.mark.parametrize("engine", ENGINES)
def test_regions_alike_on_every_engine(engine: str) -> None:
    rows = [
        {"clue_no": str(i), "received_on": date(2021, 3, 1), "region": r}
        for i, r in enumerate(("甲县", "", None, "甲县"))
    ]
    frames = {"clues": ENGINES[engine]("clues", rows)}
    grouped = evaluate(Query("clues", by=(By("region"),)), frames, SCHEMA, HALF_YEAR)
    assert grouped.values == ((("市本级",), 2), (("甲县",), 2))
    city = Query("clues", where=(In("region", ("市本级",)),))
    assert evaluate(city, frames, SCHEMA, HALF_YEAR).value == 2
