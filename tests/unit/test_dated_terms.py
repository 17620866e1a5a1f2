"""Terms that count as others on some days: evaluated on the row's date, said in the definitions that they change."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.unit.summaries import City, write
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.declared import load_schema
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.query import By, Query

HEADER = ("姓名", "警号", "单位", "职级", "组织处理", "处理日期")
JUDGE = {"vocabularies": {"rank": {"四级高级法官": {"dated": [{"as": "科级", "from": date(2021, 3, 1)}]}}}}


def handled(folder: Path, *rows: tuple[str, str], **settings: Any) -> City:
    lines = [(f"张{i}", f"F{i:03}", "市法院", rank, "批评教育", day) for i, (rank, day) in enumerate(rows)]
    write(folder / "处理.xlsx", [("市法院处理台账（截至2021年6月30日）",), HEADER, *lines])
    return City(folder, **settings)


def classes(city: City) -> list[float | None]:
    return [city.figure(f"处理.{c}").value for c in ("总人数", "科级", "员额单列", "职级未定")]


ROWS = (("四级高级法官", "2021-02-28"), ("四级高级法官", "2021-03-01"), ("一级科员", "2021-03-02"))


def test_a_term_counts_as_another_from_its_day_on(tmp_path: Path) -> None:
    assert classes(handled(tmp_path, *ROWS)) == [3, 0, 2, 0]
    assert classes(City(tmp_path, **JUDGE)) == [3, 1, 1, 0]


def test_until_a_day(tmp_path: Path) -> None:
    dated = {"vocabularies": {"rank": {"四级高级法官": {"dated": [{"as": "处级", "until": date(2021, 2, 28)}]}}}}
    city = handled(tmp_path, *ROWS, **dated)
    assert (city.figure("处理.处级").value, city.figure("处理.员额单列").value) == (1, 1)


def test_a_month_counts_by_its_first_day(tmp_path: Path) -> None:
    assert classes(handled(tmp_path, ("四级高级法官", "2021年3月"), **JUDGE)) == [1, 1, 0, 0]


def test_a_grade_of_the_old_scale_is_shown_as_the_new_one(tmp_path: Path) -> None:
    dated = {"vocabularies": {"rank": {"主任科员": {"dated": [{"as": "一级主任科员", "from": date(2021, 3, 1)}]}}}}
    city = handled(
        tmp_path, ("主任科员", "2021-02-01"), ("主任科员", "2021-04-01"), ("一级主任科员", "2021-04-02"), **dated
    )
    by_rank = Query("cases", by=(By("rank", "term"),))
    for frames in (city.built.frames, {"cases": duckdb.from_df(city.built.frames["cases"].drop(columns="also"))}):
        found = evaluate(by_rank, frames, city.config.schema, city.config.clock)
        assert dict(found.values) == {("主任科员",): 1, ("一级主任科员",): 2}


def test_the_definition_says_so_where_it_changes_the_figure() -> None:
    schema = load_schema(config=JUDGE)
    said = "2021年3月1日起，“四级高级法官”按“科级”计（看处理日期）。"
    changed = {key for key, i in schema.indicators.items() if said in i.definition}
    assert changed == {"处理.科级", "处理.科级.班子成员", "处理.员额单列"}


@pytest.mark.parametrize(
    ("dated", "says"),
    [
        ([{"as": "科及", "from": date(2021, 3, 1)}], "科及"),
        ([{"as": "科级"}], "从哪天起"),
        ([{"as": "科级", "from": "2021-03-01"}], "不加引号"),
        ([{"as": "科级", "from": date(2021, 3, 1), "until": date(2021, 2, 1)}], "晚于"),
        ([{"as": "科级", "from": date(2021, 3, 1)}, {"as": "处级", "from": date(2021, 5, 1)}], "重叠"),
    ],
)
def test_what_has_no_meaning_is_refused(dated: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        load_schema(config={"vocabularies": {"rank": {"四级高级法官": {"dated": dated}}}})


def test_a_list_of_terms_takes_no_dated_ones() -> None:
    cause = {"违反工作纪律": {"dated": [{"as": "其他违法", "from": date(2021, 3, 1)}]}}
    with pytest.raises(DefinitionError, match="一格多值"):
        load_schema(config={"vocabularies": {"cause": cause}})
