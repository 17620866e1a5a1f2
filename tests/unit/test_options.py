"""The options of zhengfa.toml at every setting: what they count, and what the definitions then say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.sending import CASES, opened, sheet
from zhengfa_stats.project import Project

DAY = "2021-03-05"


def case(number: int, **cells: Any) -> tuple[Any, ...]:
    """One decision: by field, in the order of CASES."""
    usual = {
        "person": f"张{'一二三四五六七八九'[number - 1]}",
        "staff_no": f"0{number:05d}",
        "unit": "公安局",
        "decided_on": DAY,
    }
    row = {"case_no": f"C{number}-{cells.get('decided_on', DAY)}", **usual, **cells}
    order = (
        "case_no",
        "person",
        "staff_no",
        "unit",
        "post",
        "rank",
        "measure",
        "discipline",
        "four_forms",
        "decided_on",
    )
    return tuple(row.get(name) for name in order)


def project_of(folder: Path, option: str, chosen: str, *rows: tuple[Any, ...]) -> Project:
    sheet(folder, "a.xlsx", ["公安局处理台账"], CASES, *rows)
    return opened(folder, f'[options]\n"{option}" = "{chosen}"\n')


def values(project: Project, *keys: str) -> list[float | None]:
    return [project.figure(f"处理.{key}").value for key in keys]


RANKS = ("处级", "科级", "一般干警", "职级未定")


@pytest.mark.parametrize(
    ("chosen", "counted"),
    [
        ("就高", [2, 2, 1, 1]),
        ("职级", [2, 2, 1, 1]),
        ("领导职务", [1, 3, 1, 1]),
    ],
)
def test_rank_by_chooses_the_term_of_its_sort(tmp_path: Path, chosen: str, counted: list[int]) -> None:
    project = project_of(
        tmp_path,
        "rank_by",
        chosen,
        case(1, rank="正科级、四级调研员"),  # 领导职务: 科级
        case(2, rank="副处级"),
        case(3, rank="一级警长"),
        case(4, rank="正科级（一级主任科员）"),
        case(5, rank="科员"),
        case(6),
    )
    assert values(project, *RANKS) == counted
    assert values(project, "总人数") == [sum(counted)]
    assert f"职级口径：{chosen}" in project.indicator("处理.处级").definition


@pytest.mark.parametrize(
    ("chosen", "counted"),
    [
        ("就高", [3, 1, 0, 1]),
        ("职级", [1, 3, 0, 1]),
        ("领导职务", [2, 2, 0, 1]),
    ],
)
def test_rank_by_chooses_between_post_and_rank(tmp_path: Path, chosen: str, counted: list[int]) -> None:
    project = project_of(
        tmp_path,
        "rank_by",
        chosen,
        case(1, post="副处级", rank="一级主任科员"),
        case(2, post="正科级", rank="四级调研员"),
        case(3, rank="科级"),
        case(4, post="副局长"),
        case(5, post="副处级", rank="三级警长"),
    )
    assert values(project, *RANKS) == counted


@pytest.mark.parametrize(("chosen", "counted"), [("宽", [1, 3, 0]), ("严", [1, 1, 2])])
def test_organisational_handling(tmp_path: Path, chosen: str, counted: list[int]) -> None:
    project = project_of(
        tmp_path,
        "组织处理",
        chosen,
        case(1, discipline="警告", measure="诫勉"),
        case(2, measure="谈话提醒"),
        case(3, measure="批评教育"),
        case(4, measure="免职"),
    )
    assert values(project, "纪律处分", "组织处理", "批评教育帮助") == counted
    assert sum(counted) == project.figure("处理.总人数").value
    assert f"组织处理口径：{chosen}" in project.indicator("处理.组织处理").definition
    assert not [kind for kind in project.manifest["problems_by_sender"] if kind == "（未写明单位）"]  # totals add up


@pytest.mark.parametrize(("chosen", "unit", "counted"), [("人", "人", [1, 1, 0, 0]), ("人次", "人次", [3, 1, 0, 0])])
def test_four_forms_in_persons_or_acts(tmp_path: Path, chosen: str, unit: str, counted: list[int]) -> None:
    project = project_of(
        tmp_path,
        "四种形态",
        chosen,
        case(1, measure="谈话提醒", four_forms="第一种"),
        case(1, measure="批评教育", four_forms="第一种", decided_on="2021-04-01"),
        case(2, measure="诫勉", four_forms="第一种"),
        case(2, discipline="警告", four_forms="第二种", decided_on="2021-04-02"),
    )
    assert values(project, *(f"第{n}种形态" for n in "一二三四")) == counted
    indicator = project.indicator("处理.第一种形态")
    assert indicator.unit == unit
    assert f"四种形态口径：{chosen}" in indicator.definition
    assert any(phrase.endswith(f"{{}}{unit}") for phrase in indicator.cited_as)
