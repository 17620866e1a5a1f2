"""One figure however it is come by: asked, cited, tagged, tabulated, for whoever was handled in two units or two counties."""

from __future__ import annotations

import pytest

from zhengfa_stats.documents.tabular import of_office
from zhengfa_stats.exhibits.choosing import Choice, chosen
from zhengfa_stats.language import tags
from zhengfa_stats.language.citing.citations import cite
from zhengfa_stats.language.passages import Passage
from zhengfa_stats.project import Project, open_project
from zhengfa_stats.query import By, Expr, narrow
from zhengfa_stats.reading.cleaning.result import Office

HEAD = "姓名,身份证号,单位,职级,处理时间,处理种类,处分种类,组织处理方式\n"
TWICE = "张某,110101198001010011"
BOOKS = {
    "公安局处理情况.csv": f"{TWICE},公安局,科级,2021-03-01,组织处理,,诫勉\n李某,110101198101010019,公安局,科级,2021-03-02,组织处理,,诫勉\n",
    "法院处理情况.csv": f"{TWICE},法院,处级,2021-05-01,纪律处分,党内警告,\n王某,110101198201010016,法院,科级,2021-05-02,组织处理,,诫勉\n",
    "甲县公安局处理情况.csv": "赵某,110101198301010013,甲县公安局,科级,2021-02-01,组织处理,,诫勉\n",
    "乙县法院处理情况.csv": "赵某,110101198301010013,乙县法院,科级,2021-06-01,组织处理,,诫勉\n",
}
UNITS = {"公安局": 3, "法院": 1}
COUNTIES = {"甲县": 1, "乙县": 0}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    root = tmp_path_factory.mktemp("两处")
    raw = root / "data" / "raw"
    raw.mkdir(parents=True)
    (root / "zhengfa.toml").write_text('city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n', "utf-8")
    for name, rows in BOOKS.items():
        (raw / name).write_text(HEAD + rows, "utf-8")
    return open_project(root)


def value(project: Project, expr: Expr | None) -> float:
    assert expr is not None
    return project.count(expr).value or 0


@pytest.mark.parametrize(("place", "wanted"), [*UNITS.items(), *COUNTIES.items()])
def test_whoever_was_handled_in_two_places_is_of_the_first_everywhere(
    project: Project, place: str, wanted: int
) -> None:
    desk = project.desk()
    field, name = ("unit", "单位") if place in UNITS else ("region", "区划")
    office = Office(place, "") if place in UNITS else Office("", place)
    whole = project.indicator("处理.总人数").of
    (cited,) = cite(
        [Passage("第1段", f"{place}处理干警{wanted}人。")],
        desk.schema,
        desk.clock,
        regions=desk.regions,
        city=desk.city,
    )
    ways = {
        "asked": value(project, project.ask(f"{place}处理了多少人？").answer.expr),
        "cited": value(project, cited.expr),
        "tagged": value(project, tags.read(f"处理.总人数|{name}={place}", desk.schema).expr),
        "in a form": value(project, of_office(whole, office, desk.schema)),
        "chosen in the panel": value(project, chosen(Choice(whole, {field: (place,)}), desk.clock, desk.schema)),
        "tabulated": dict(project.count(narrow(whole, by=(By(field),))).values).get((place,), 0),
    }
    assert ways == dict.fromkeys(ways, wanted)


def test_the_units_and_the_counties_add_up_to_the_total(project: Project) -> None:
    whole = project.indicator("处理.总人数").of
    assert value(project, whole) == 4
    for field in ("unit", "region"):
        assert sum(v or 0 for _, v in project.count(narrow(whole, by=(By(field),))).values) == 4


def test_a_unit_has_nothing_where_all_of_its_own_were_first_handled_elsewhere(project: Project) -> None:
    """The court's one leader was first handled at the police, and is theirs."""
    assert project.ask("法院处理了几个处级干部？").value == 0
    assert "法院" in project.ask("哪些单位没有处级干部受处理？").label.split("、")
