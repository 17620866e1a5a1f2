"""What the folded row of a person holds: its earliest row's, or the heaviest of all its rows, alike on every engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.answering import CASES, ENGINES, HALF_YEAR, SCHEMA, Row, month
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import Between, Blank, By, In, Measure, Not, Query
from zhengfa_stats.schema import Case, Field, Schema

CLASS = Field(
    "class", "轻重", "text", when=(Case("重", In("discipline", ("开除党籍",))), Case("轻", Not(Blank("discipline"))))
)
PARTS = Field("parts", "分类", "text", when=(*CLASS.when, Case("重", In("rank", ("处级",)))), otherwise="其他")


def heaviest(*names: str) -> Schema:
    """The schema where these fields, too, are held at their heaviest."""
    each = CASES.each["person"]
    each = replace(each, heaviest=(*each.heaviest, *names))
    fields = {**CASES.fields, "class": CLASS, "parts": PARTS}
    return replace(SCHEMA, ledgers={**SCHEMA.ledgers, "cases": replace(CASES, fields=fields, each={"person": each})})


def case(person: str | None, day: date | tuple[date, date] | None, **fields: object) -> Row:
    first, last = day if isinstance(day, tuple) else (day, day)
    return {"person": person, "decided_on": first, "decided_on_until": last, **fields}


APRIL, MAY = date(2021, 4, 1), date(2021, 5, 1)
ROWS = [
    case("甲", APRIL, discipline="开除党籍", rank="科级"),
    case("甲", MAY, discipline="警告", rank="处级", months=6.0),
    case("甲", APRIL, discipline="严重警告"),
    case("乙", MAY, discipline="警告", rank="处级", source_file="b.xlsx"),
    case("乙", MAY, rank="科级", source_file="a.xlsx", months=3.0),
    case("丙", APRIL),
    case("丙", month(2021, 5), rank="一级调研员"),
    case("丁", APRIL, source_row=9, source_table=2, rank="处级"),
    case("丁", APRIL, source_row=9, source_table=1, rank="正科"),
]
GROUPS = [
    # held heaviest, by, what is in each group
    ((), By("rank"), "处级:0 科级:3 未填:1"),  # 甲, 乙 and 丁: the first by date, file, sheet, row and table
    (("class",), By("class"), "重:1 轻:1 未填:2"),  # the first case is the heaviest; no case is none
    (("parts",), By("parts"), "其他:0 轻:1 重:3"),  # a term of two cases weighs as the first of them
    (("rank",), By("rank", "term"), "处级:0 一级调研员:1 科级:2 正科:1"),  # what stands last in the vocabulary
    ((), By("decided_on", "month"), "2021年4月:3 2021年5月:3"),  # each month folds by itself: 甲 and 丙 are in both
    (("decided_on",), By("decided_on", "month"), "2021年4月:3 2021年5月:3"),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("names", "by", "expected"), GROUPS, ids=[str(by) + "".join(n) for n, by, _ in GROUPS])
def test_what_a_folded_row_holds(engine: str, names: tuple[str, ...], by: By, expected: str) -> None:
    query = Query("cases", by=(by,), each="person")
    answer = evaluate(query, {"cases": ENGINES[engine]("cases", ROWS)}, heaviest(*names), HALF_YEAR)
    found = {label: n for (label,), n in answer.values if n}
    assert found == {label: int(n) for label, n in (g.split(":") for g in expected.split()) if n != "0"}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("query", "value", "n_rows"),
    [
        (Query("cases", each="person"), 4, 9),
        (Query("cases", each="person", measure=Measure("sum", "months")), 9, 5),
        (Query("cases", each="person", having=(Between("decided_on", MAY),)), 1, 2),
        (Query("cases", each="person", having=(Between("months", 4),)), 1, 3),
    ],
)
def test_what_is_counted_of_folded_rows(engine: str, query: Query, value: int, n_rows: int) -> None:
    answer = evaluate(query, {"cases": ENGINES[engine]("cases", ROWS)}, SCHEMA, HALF_YEAR)
    assert (answer.value, answer.n_rows) == (value, n_rows)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_last_day_of_a_month_is_held_with_its_first(engine: str) -> None:
    """The heaviest of a date's days: a month that is known no better, after a day in it."""
    rows = [case("甲", date(2021, 5, 3)), case("甲", month(2021, 5))]
    for high, value in ((date(2021, 5, 30), 0), (date(2021, 5, 31), 1)):
        query = Query("cases", each="person", having=(Between("decided_on", None, high),))
        answer = evaluate(query, {"cases": ENGINES[engine]("cases", rows)}, heaviest("decided_on"), HALF_YEAR)
        assert answer.value == value


def test_what_has_no_weight_is_refused() -> None:
    query = Query("cases", each="person", having=(Blank("case_no"),))
    with pytest.raises(QueryError, match="没有词表"):
        evaluate(query, {"cases": ENGINES["pandas"]("cases", ROWS)}, heaviest("case_no"), HALF_YEAR)
