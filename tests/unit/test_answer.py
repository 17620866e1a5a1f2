"""What an Answer says: each counting rule on the smallest rows that show it, alike on every engine."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pytest

from tests.unit.answering import ENGINES, HALF_YEAR, SCHEMA, Row, arrow, listed, month, pandas_frame
from zhengfa_stats.counting.answer import Answer, evaluate
from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import (
    And,
    AsOf,
    At,
    Before,
    Between,
    Blank,
    By,
    Clock,
    Expr,
    Fact,
    Formula,
    In,
    Linked,
    Measure,
    Not,
    Or,
    Query,
    Since,
)

MARCH, JUNE = date(2021, 3, 5), date(2021, 6, 10)
CLOSED, OPEN, RECEIVED = Query("clues", (Fact("closed"),)), Query("clues", (Fact("open"),)), Query("clues")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ask(
    engine: str, expr: Expr, clock: Clock = HALF_YEAR, project: Clock | None = None, **ledgers: Sequence[Row]
) -> Answer:
    frames = {name: ENGINES[engine](name, rows) for name, rows in ledgers.items()}
    return evaluate(expr, frames, SCHEMA, clock, project)


def clue(received: date | tuple[date, date] | None = MARCH, **fields: Any) -> dict[str, Any]:
    return dated("received_on", received) | fields


def case(decided: date | tuple[date, date] | None = MARCH, **fields: Any) -> dict[str, Any]:
    return dated("decided_on", decided) | fields


def dated(field: str, day: date | tuple[date, date] | None) -> dict[str, Any]:
    first, last = day if isinstance(day, tuple) else (day, day)
    return {field: first, f"{field}_until": last}


# -- periods: how a clue received so counts from 1 January to 15 June 2021

PERIODS = [
    # received, counted, uncounted
    (date(2020, 12, 31), 0, 0),
    (date(2021, 1, 1), 1, 0),
    (date(2021, 6, 15), 1, 0),
    (date(2021, 6, 16), 0, 0),
    (month(2021, 5), 1, 0),  # the period holds the whole month
    (month(2021, 6), 0, 1),  # the cut-off date cuts it
    (month(2021, 7), 0, 0),
    (month(2020, 12), 0, 0),
    ((date(2021, 1, 1), date(2021, 12, 31)), 0, 1),  # only the year is known
    (None, 0, 1),  # blank in a dated sheet
]


@pytest.mark.parametrize(("received", "counted", "uncounted"), PERIODS)
def test_period(engine: str, received: Any, counted: int, uncounted: int) -> None:
    answer = ask(engine, RECEIVED, Clock(date(2021, 1, 1), date(2021, 6, 15)), clues=[clue(received)])
    assert (answer.value, answer.n_rows, answer.n_uncounted) == (counted, counted, uncounted)


def test_a_ledger_without_a_date_counts_all_its_rows(engine: str) -> None:
    assert (
        ask(
            engine, Query("team", measure=Measure("distinct", "unit")), team=[{"unit": "法院"}, {"unit": "公安局"}]
        ).value
        == 2
    )


def test_a_period_of_another_date(engine: str) -> None:
    rows = [clue(date(2020, 5, 1)) | dated("closed_on", MARCH), clue(), clue() | dated("closed_on", date(2021, 7, 1))]
    answer = ask(engine, Query("clues", period=Between("closed_on", Since(), AsOf())), clues=rows)
    assert (answer.value, answer.n_uncounted) == (1, 0)  # an open clue is not one that could not be judged


# -- cohorts


def test_received_is_closed_and_under_way(engine: str) -> None:
    closed: dict[str, Any] = {"status": "已查结"}
    rows = [
        clue(**closed, **dated("closed_on", MARCH)),
        clue(**closed, **dated("closed_on", date(2021, 7, 2))),
        clue(**closed, **dated("closed_on", month(2021, 6))),
        clue(**closed),
        clue(status="移送", **dated("closed_on", MARCH)),
        clue(),
    ]
    for as_of, n_closed in (
        (date(2021, 3, 4), 0),
        (date(2021, 6, 15), 1),
        (date(2021, 6, 30), 2),
        (date(2021, 7, 2), 3),
    ):
        clock = Clock(date(2021, 1, 1), as_of)
        values = [ask(engine, q, clock, clues=rows).value for q in (RECEIVED, CLOSED, OPEN)]
        n_received = 6 if as_of >= MARCH else 0
        assert values == [n_received, n_closed, n_received - n_closed]


def test_what_is_known_later_reads_as_blank(engine: str) -> None:
    rows = [clue(conclusion="属实", status="已查结", **dated("closed_on", JUNE)), clue(conclusion="属实")]
    true = Query("clues", (In("conclusion", ("属实",)),))
    assert ask(engine, true, clues=rows).value == 1
    assert ask(engine, At(true, as_of=date(2021, 6, 9)), clues=rows).value == 0
    table = ask(engine, Query("clues", by=(By("conclusion"),)), clues=rows)
    assert table.values == ((("属实",), 1), (("未填",), 1))


# -- conditions

ROWS = [
    clue(clue_no="1", source="来信", is_repeat=True, subjects=["甲", "乙"], channels=["来信", "上级交办"], days=10.0),
    clue(clue_no="2", source="上级交办", is_repeat=False, subjects=[], channels=[], days=20.0),
    clue(clue_no="3", **dated("closed_on", date(2021, 3, 1))),
]
CONDITIONS: list[tuple[Any, set[int]]] = [
    (In("source", ("群众举报",)), {1}),  # a term holds those below it
    (In("source", ("来信", "上级交办")), {1, 2}),
    (In("source", ()), set()),
    (Not(In("source", ("群众举报",))), {2, 3}),  # unknown counts as not
    (In("is_repeat", (True,)), {1}),
    (In("is_repeat", (False,)), {2}),
    (Not(In("is_repeat", (True,))), {2, 3}),
    (In("subjects", ("乙",)), {1}),
    (In("channels", ("群众举报",)), {1}),
    (Not(In("channels", ("群众举报",))), {2, 3}),
    (Blank("subjects"), {2, 3}),  # an empty list holds nothing
    (Not(Blank("source")), {1, 2}),
    (Between("days", 10, 19.5), {1}),
    (Between("days"), {1, 2}),
    (Not(Between("days", high=15.0)), {2, 3}),
    (Before("closed_on", "received_on"), {3}),
    (And(()), {1, 2, 3}),
    (Or(()), set()),
    (Or((In("clue_no", ("1",)), And((Blank("source"), Not(Blank("closed_on")))))), {1, 3}),
    (In("sender", ("法院",)), {1, 2, 3}),
]


@pytest.mark.parametrize(("where", "found"), CONDITIONS, ids=[str(w)[:60] for w, _ in CONDITIONS])
def test_conditions(engine: str, where: Any, found: set[int]) -> None:
    answer = ask(engine, Query("clues", (where,)), clues=ROWS)
    assert {int(row["clue_no"]) for row in listed(answer.rows())} == found
    assert answer.value == len(found)


@pytest.mark.parametrize(
    ("closed", "before"),
    [(date(2021, 4, 30), True), (date(2021, 5, 1), False), (month(2021, 4), True), (month(2021, 5), False)],
)
def test_before_is_known_to_be_before(engine: str, closed: Any, before: bool) -> None:
    row = clue(date(2021, 5, 1), **dated("closed_on", closed))
    assert ask(engine, Query("clues", (Before("closed_on", "received_on"),)), clues=[row]).value == before


def test_linked(engine: str) -> None:
    clues = [clue(clue_no="1"), clue(clue_no="2"), clue(clue_no=None)]
    cases = [case(clue_no="1", rank="正科"), case(clue_no="1"), case(clue_no=None, rank="处级")]
    leads_to = Query("clues", (Linked("cases", "clue_no", (In("rank", ("科级",)),)),))
    assert ask(engine, leads_to, clues=clues, cases=cases).value == 1  # two cases, one clue
    assert ask(engine, Query("clues", (Not(Linked("cases", "clue_no")),)), clues=clues, cases=cases).value == 2
    to_itself = Query("clues", (Linked("clues", "clue_no"), Or((Linked("cases", "clue_no"), Blank("source")))))
    assert ask(engine, to_itself, clues=clues, cases=cases).value == 2


# -- measures


def test_measures(engine: str) -> None:
    rows = [clue(days=d, subjects=s) for d, s in ((1.0, ["甲"]), (2.0, ["甲", "乙"]), (6.0, None), (None, []))]
    found = {
        kind: ask(engine, Query("clues", measure=Measure(kind, field)), clues=rows)  # type: ignore[arg-type]
        for kind, field in (("sum", "days"), ("mean", "days"), ("median", "days"), ("distinct", "subjects"))
    }
    assert {k: a.value for k, a in found.items()} == {"sum": 9, "mean": 3, "median": 2, "distinct": 2}
    assert {k: a.n_uncounted for k, a in found.items()} == {"sum": 1, "mean": 1, "median": 1, "distinct": 2}
    assert found["distinct"].n_rows == 2


def test_of_no_rows_a_sum_is_zero_and_a_mean_is_nothing(engine: str) -> None:
    answers = [ask(engine, Query("clues", measure=Measure(k, "days")), clues=[]) for k in ("sum", "mean", "median")]
    assert [a.value for a in answers] == [0, None, None]
    assert "用时" in answers[1].why
    assert ask(engine, Query("clues", measure=Measure("distinct", "clue_no")), clues=[]).value == 0


# -- groups


def groups(answer: Answer) -> str:
    return " ".join(f"{'/'.join(labels)}:{value:g}" for labels, value in answer.values if value is not None)


GROUPED = [
    clue(date(2021, 2, 1), source="来信", channels=["来信", "网络举报", "自查发现"], is_repeat=True, days=60.0),
    clue(date(2021, 2, 28), source="网络举报", days=59.5),
    clue(date(2021, 5, 31), source="自查发现", is_repeat=False, days=95.0, channels=[]),
    clue(month(2021, 5), channels=["来信"]),
]
TABLES = [
    (By("source"), "群众举报:2 自查发现:1 未填:1"),
    (By("source", "term"), "来信:1 网络举报:1 自查发现:1 未填:1"),
    (By("channels"), "群众举报:2 自查发现:1 未填:2"),  # a row counts in each of its groups, once
    (By("channels", "term"), "来信:2 网络举报:1 自查发现:1 未填:2"),
    (By("is_repeat"), "是:1 否:1 未填:2"),
    (By("received_on", "month"), "2021年2月:2 2021年5月:2"),
    (By("received_on", "quarter"), "2021年第1季度:2 2021年第2季度:2"),
    (By("received_on", "year"), "2021年:4"),
    (By("closed_on", "month"), "未填:4"),
    (By("days", edges=(60.0, 90.0)), "不满60:1 60至不满90:1 90及以上:1 未填:1"),
    (By("received_on", edges=(AsOf(-60), AsOf(-30))), "30天及以内:1 31至60天:1 61天及以上:2"),
    (By("received_on", edges=(date(2021, 3, 1),)), "2021年2月28日及以前:2 2021年3月1日及以后:2"),
    (By("outcome"), "未结:4"),
    (By("sender"), "法院:4"),
]


@pytest.mark.parametrize(("by", "expected"), TABLES, ids=[str(b) for b, _ in TABLES])
def test_groups(engine: str, by: By, expected: str) -> None:
    rows = [*GROUPED[:3], clue((date(2021, 5, 2), date(2021, 5, 31)), channels=["来信"])]
    if "天" in expected:
        rows[3] = clue(date(2021, 5, 30))
    assert groups(ask(engine, Query("clues", by=(by,)), clues=rows)) == expected


def test_a_month_that_a_bin_cuts_is_in_none(engine: str) -> None:
    query = Query("clues", by=(By("received_on", edges=(date(2021, 5, 15),)),))
    assert groups(ask(engine, query, clues=GROUPED)) == "2021年5月14日及以前:2 2021年5月15日及以后:1 不详:1"


@pytest.mark.parametrize(
    ("level", "expected"),
    [("month", "2021年2月:2 2021年5月:1 不详:1"), ("quarter", "2021年第1季度:2 2021年第2季度:1 不详:1")],
)
def test_a_date_of_several_months_stands_behind_them(engine: str, level: str, expected: str) -> None:
    rows = [*GROUPED[:3], clue((date(2021, 3, 1), date(2021, 6, 30)))]
    assert groups(ask(engine, Query("clues", by=(By("received_on", level),)), clues=rows)) == expected


def test_two_groups_are_pairs(engine: str) -> None:
    answer = ask(engine, Query("clues", by=(By("source"), By("received_on", "month"))), clues=GROUPED)
    assert groups(answer) == "群众举报/2021年2月:2 自查发现/2021年5月:1 未填/2021年5月:1"
    with pytest.raises(QueryError):
        print(answer.value)


def test_an_exploded_row_is_measured_once_in_a_group(engine: str) -> None:
    query = Query("clues", measure=Measure("sum", "days"), by=(By("channels"),))
    answer = ask(engine, query, clues=GROUPED)
    assert groups(answer) == "群众举报:60 自查发现:60 未填:154.5"
    assert answer.n_rows == 3


# -- one row an identity


PEOPLE = [
    case(date(2021, 2, 1), person="甲", rank="正科", measures=["谈话提醒"], months=6.0),
    case(date(2021, 4, 1), person="甲", rank="处级", discipline="警告", measures=["免职", "诫勉"], is_detained=True),
    case(date(2021, 3, 1), person="乙", rank="处级", discipline="开除党籍", is_detained=False),
    case(date(2021, 3, 1), person="乙", rank="科级", discipline="警告", months=12.0),
    case(date(2021, 5, 1), person=None, rank="处级"),
    case(date(2020, 5, 1), person="丙", rank="处级"),
]


ROWS_OF = Measure()


def per_person(*having: Any, by: tuple[By, ...] = (), measure: Measure = ROWS_OF) -> Query:
    return Query("cases", measure=measure, by=by, each="person", having=having)


def test_folding(engine: str) -> None:
    found = {
        "": per_person(),
        "first rank": per_person(In("rank", ("科级",))),
        "file order breaks a tie": per_person(In("rank", ("处级",))),
        "heaviest of a derived field": per_person(In("handling", ("纪律处分",))),
        "heaviest": per_person(In("discipline", ("警告",))),
        "heaviest of a list": per_person(In("measures", ("免职",))),
        "not the lighter one": per_person(In("measures", ("谈话提醒",))),
        "any true": per_person(In("is_detained", (True,))),
        "none true": per_person(In("is_detained", (False,))),
    }
    values = {name: ask(engine, q, cases=PEOPLE).value for name, q in found.items()}
    expected = (2, 1, 1, 2, 1, 1, 0, 1, 1)
    assert values == dict(zip(found, expected, strict=True))


def test_folded_groups_and_rows(engine: str) -> None:
    assert groups(ask(engine, per_person(by=(By("rank"),)), cases=PEOPLE)) == "处级:1 科级:1"
    assert groups(ask(engine, per_person(by=(By("measures"),)), cases=PEOPLE)) == "免职:1 未填:1"
    answer = ask(engine, per_person(In("rank", ("科级",)), measure=Measure("sum", "months")), cases=PEOPLE)
    assert (answer.value, answer.n_rows) == (6, 2)
    assert [row["source_row"] for row in listed(answer.rows())] == [3, 4]


def test_a_row_without_identity_is_uncounted(engine: str) -> None:
    answer = ask(engine, per_person(), cases=PEOPLE)
    assert answer.n_uncounted == 1
    (row,) = listed(answer.uncounted_rows())
    assert (row["source_row"], row["uncounted_field"], row["uncounted_why"]) == (7, "person", "“姓名”没有填写")


def test_a_person_without_a_measure_is_uncounted(engine: str) -> None:
    people = [*PEOPLE[:2], case(date(2021, 5, 1), person="丁")]
    answer = ask(engine, per_person(measure=Measure("mean", "months")), cases=people)
    assert (answer.value, answer.n_rows, answer.n_uncounted) == (6, 2, 1)


# -- what could not be judged

UNCOUNTED = [
    # row, query, why
    (clue(None), RECEIVED, "“收到日期”没有填写"),
    (clue(None, unread="|received_on|"), RECEIVED, "“收到日期”无法识别"),
    (clue((MARCH, date(2021, 9, 1))), RECEIVED, "“收到日期”只写到月份或年份，无法确定是否在统计期内"),
    (clue(unread="|status|"), CLOSED, "“办理状态”无法识别"),
    (clue(unread="|status|closed_on|"), OPEN, "“办理状态”无法识别"),
    (clue(unread="|status|"), RECEIVED, None),  # not needed
    (clue(None, unread="|status|"), CLOSED, "“收到日期”没有填写"),
    (clue(date(2020, 1, 1), unread="|status|"), CLOSED, None),  # not in the period anyway
    (clue(unread="|status|", source="自查发现"), Query("clues", (In("source", ("来信",)), Fact("closed"))), None),
    (clue(None, source="自查发现"), Query("clues", (In("source", ("来信",)),)), None),  # fails what can be judged
    (clue(None, source="来信"), Query("clues", (In("source", ("来信",)),)), "“收到日期”没有填写"),
    (clue(unread="|conclusion|"), Query("clues", (In("outcome", ("查实",)),)), "“查实情况”无法识别"),  # derived from it
    (clue(unread="|closed_on|"), Query("clues", (Blank("conclusion"),)), "“查结日期”无法识别"),  # known from it
    (clue(unread="|days|"), Query("clues", measure=Measure("sum", "days")), "“用时”无法识别"),
    (clue(), Query("clues", measure=Measure("sum", "days")), "“用时”没有填写"),
    (clue(unread="|days|"), Query("clues", (Between("days", 5),)), "“用时”无法识别"),
    (
        clue(status="已查结", **dated("closed_on", (MARCH, date(2021, 9, 1)))),
        CLOSED,
        "“查结日期”只写到月份或年份，无法与条件比较",
    ),
]


@pytest.mark.parametrize(("row", "query", "why"), UNCOUNTED, ids=range(len(UNCOUNTED)))
def test_uncounted(engine: str, row: Row, query: Query, why: str | None) -> None:
    answer = ask(engine, query, clues=[row, clue(None, source="上级交办", undated=True, days=1.0)])
    found = [r["uncounted_why"] for r in listed(answer.uncounted_rows())]
    assert found == ([why] if why else [])
    assert answer.n_uncounted == len(found)


def test_uncounted_of_a_fold(engine: str) -> None:
    rows = [case(person="甲", unread="|discipline|")]
    assert ask(engine, per_person(In("handling", ("纪律处分",))), cases=rows).n_uncounted == 1
    assert ask(engine, per_person(In("rank", ("科级",))), cases=rows).n_uncounted == 0


# -- undated sheets


def test_undated_rows_count_in_every_period_and_the_answer_says_so(engine: str) -> None:
    answer = ask(engine, RECEIVED, clues=[clue(), clue(None, undated=True)])
    assert (answer.value, answer.n_uncounted) == (2, 0)
    assert answer.remarks == ("《线索台账》有1行所在的表没有“收到日期”一列，按属于统计期计入",)
    assert ask(engine, RECEIVED, clues=[clue()]).remarks == ()


NARROWER = [
    At(RECEIVED, as_of=date(2021, 5, 31)),
    At(RECEIVED, since=date(2021, 2, 1)),
    At(RECEIVED, months=-12),
    Query("clues", period=Between("received_on", high=Since(-1))),
]


@pytest.mark.parametrize("expr", NARROWER)
def test_a_narrower_period_is_refused_if_undated_rows_would_count(engine: str, expr: Expr) -> None:
    rows = [clue(), clue(None, undated=True, source="来信")]
    answer = ask(engine, expr, clues=rows)
    assert answer.value is None
    assert "2021年1月1日至2021年6月30日整个统计期" in answer.why
    assert answer.n_rows == 0
    mine = At(Query("clues", (In("source", ("自查发现",)),)), as_of=date(2021, 5, 31))
    assert ask(engine, mine, clues=rows).value == 0  # none of the undated rows is meant


def test_a_wider_period_is_not_refused(engine: str) -> None:
    until_now = Query("clues", period=Between("received_on", high=AsOf()))
    assert ask(engine, until_now, clues=[clue(), clue(None, undated=True)]).value == 2
    narrow = Clock(date(2021, 2, 1), date(2021, 5, 31))
    assert ask(engine, RECEIVED, narrow, HALF_YEAR, clues=[clue(None, undated=True)]).value is None


# -- what can't be had


def test_an_absent_ledger_is_no_zero(engine: str) -> None:
    answer = ask(engine, RECEIVED, cases=[])
    assert (answer.value, answer.why, answer.n_rows, answer.rows()) == (None, "没有《线索台账》的数据", 0, None)
    linked = ask(engine, Query("clues", (Linked("cases", "clue_no"),)), clues=[clue()])
    assert (linked.value, linked.why) == (None, "没有《处理台账》的数据")
    assert ask(engine, Query("clues", by=(By("source"),))).values == ()


def test_an_empty_ledger_is_zero(engine: str) -> None:
    assert ask(engine, RECEIVED, clues=[]).value == 0
    assert ask(engine, per_person(In("handling", ("纪律处分",))), cases=[]).value == 0
    assert ask(engine, per_person(by=(By("measures"),)), cases=[]).values == ()
    assert ask(engine, RECEIVED, clues=[]).n_uncounted == 0


MEANINGLESS = [
    Query("letters"),
    Query("clues", (In("colour", ("红",)),)),
    Query("clues", (In("content", ("x",)),)),  # private: not kept
    Query("clues", (In("source", ("路边社",)),)),
    Query("clues", (In("outcome", ("重办",)),)),
    Query("clues", (In("is_repeat", ("是",)),)),
    Query("clues", (In("days", ("3",)),)),
    Query("clues", (Between("source", 1),)),
    Query("clues", (Between("received_on", 3),)),
    Query("clues", (Between("days", AsOf()),)),
    Query("clues", (Before("days", "received_on"),)),
    Query("clues", (Fact("lost"),)),
    Query("clues", (Linked("cases", "subjects"),)),
    Query("clues", measure=Measure("sum", "source")),
    Query("clues", by=(By("subjects"),)),
    Query("clues", by=(By("source", "month"),)),
    Query("clues", by=(By("received_on"),)),
    Query("clues", by=(By("received_on", edges=(3.0,)),)),
    Query("cases", each="family"),
    Query("cases", having=(Blank("rank"),)),
    At(RECEIVED, as_of=date(2020, 1, 1)),
]


@pytest.mark.parametrize("expr", MEANINGLESS, ids=range(len(MEANINGLESS)))
def test_what_has_no_meaning_is_refused(expr: Expr) -> None:
    with pytest.raises(QueryError):
        ask("pandas", expr, clues=[clue()], cases=[case()])


def test_a_ledger_stored_before_its_definition_grew_is_refused() -> None:
    with pytest.raises(QueryError, match="zhengfa build"):
        evaluate(CLOSED, {"clues": pandas_frame("clues", [clue()]).drop(columns="status")}, SCHEMA, HALF_YEAR)


# -- clocks


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (At(RECEIVED, as_of=date(2021, 5, 31)), 1),
        (At(RECEIVED, since=date(2020, 1, 1)), 4),
        (At(RECEIVED, months=-1), 1),  # 1 December to 31 May: the cut-off stays a month's last day
        (At(RECEIVED, months=-12), 2),
        (At(At(RECEIVED, months=-6), months=-6), 2),
    ],
)
def test_clocks(engine: str, at: At, value: int) -> None:
    rows = [clue(d) for d in (date(2020, 6, 30), date(2020, 1, 1), date(2021, 5, 31), date(2021, 6, 1))]
    answer = ask(engine, at, clues=rows)
    assert (answer.value, answer.n_rows) == (value, value)
    assert answer.parts[0].clock != HALF_YEAR


# -- formulas


def test_formulas(engine: str) -> None:
    rows = [clue(status="已查结", **dated("closed_on", MARCH)), clue(), clue(), clue(date(2020, 4, 1)), clue(None)]
    rate = ask(engine, Formula("ratio", CLOSED, RECEIVED), clues=rows)
    assert rate.value == pytest.approx(100 / 3)
    assert (rate.n_rows, rate.n_uncounted) == (3, 1)  # rows of both sides count once
    assert [row["source_row"] for row in listed(rate.rows())] == [3, 4, 5]
    assert [p.value for p in rate.parts] == [1, 3]
    assert ask(engine, Formula("difference", RECEIVED, CLOSED), clues=rows).value == 2
    assert ask(engine, Formula("sum", RECEIVED, CLOSED), clues=rows).value == 4
    assert ask(engine, Formula("growth", RECEIVED, At(RECEIVED, months=-12)), clues=rows).value == 200


def test_a_formula_over_two_ledgers_keeps_the_places(engine: str) -> None:
    answer = ask(engine, Formula("sum", RECEIVED, Query("cases")), clues=[clue()], cases=[case(source_file="b.xlsx")])
    assert answer.value == 2
    assert [row["source_file"] for row in listed(answer.rows())] == ["a.xlsx", "b.xlsx"]


def test_a_ratio_to_nothing_can_not_be_had(engine: str) -> None:
    for op, why in (("ratio", "分母为零"), ("growth", "基期为零")):
        answer = ask(engine, Formula(op, CLOSED, RECEIVED), clues=[])  # type: ignore[arg-type]
        assert answer.value is None
        assert why in answer.why
    absent = ask(engine, Formula("sum", RECEIVED, Query("cases")), clues=[clue()])
    assert (absent.value, absent.why) == (None, "没有《处理台账》的数据")


def test_formulas_align_groups(engine: str) -> None:
    rows = [
        clue(source="来信", status="已查结", **dated("closed_on", MARCH)),
        clue(source="网络举报"),
        clue(source="自查发现"),
        clue(date(2020, 2, 1), source="上级交办"),
    ]
    by = (By("source"),)
    rate = Formula("ratio", Query("clues", (Fact("closed"),), by=by), Query("clues", by=by))
    assert groups(ask(engine, rate, clues=rows)) == "群众举报:50 自查发现:0"
    change = Formula("difference", Query("clues", by=by), At(Query("clues", by=by), months=-12))
    assert groups(ask(engine, change, clues=rows)) == "群众举报:2 上级交办:-1 自查发现:1"
    share = Formula("ratio", Query("clues", by=by), RECEIVED)
    assert groups(ask(engine, share, clues=rows)) == "群众举报:66.6667 自查发现:33.3333"


def test_the_months_of_last_year_meet_this_years(engine: str) -> None:
    monthly = Query("clues", by=(By("received_on", "month"),))
    rows = [clue(), clue(), clue(date(2020, 3, 31)), clue(date(2020, 4, 1))]
    answer = ask(engine, Formula("growth", monthly, At(monthly, months=-12)), clues=rows)
    assert answer.values == ((("2021年3月",), 100), (("2021年4月",), -100))


# -- frames


def test_rows_come_in_the_order_of_file_sheet_and_row(engine: str) -> None:
    places = [("b.xlsx", "表1", 4), ("a.xlsx", "表2", 3), ("a.xlsx", "表1", 10), ("a.xlsx", "表1", 9)]
    rows = [clue(source_file=f, source_sheet=s, source_row=r) for f, s, r in places]
    found = [
        (r["source_file"], r["source_sheet"], r["source_row"]) for r in listed(ask(engine, RECEIVED, clues=rows).rows())
    ]
    assert found == sorted(places)


def test_rows_keep_all_their_columns_and_no_others(engine: str) -> None:
    query = Query("clues", (Linked("cases", "clue_no"), Fact("open"), In("channels", ("来信",))))
    answer = ask(engine, query, clues=[clue(clue_no="1", channels=["来信"])], cases=[case(clue_no="1")])
    assert set(listed(answer.rows())[0]) == set(arrow("clues", []).column_names)


@pytest.mark.parametrize("kind", ["objects", "categories"])
def test_pandas_frames_of_other_types(kind: str) -> None:
    frame = pandas_frame("clues", ROWS)
    for name in ("received_on", "received_on_until", "closed_on", "closed_on_until"):
        frame[name] = frame[name].dt.date
    for name in ("source", "clue_no", "status"):
        frame[name] = frame[name].astype("category" if kind == "categories" else object)
    frame.index = pd.Index([5, 5, 5])  # an index says nothing
    for where, found in CONDITIONS:
        assert evaluate(Query("clues", (where,)), {"clues": frame}, SCHEMA, HALF_YEAR).value == len(found)
    by = evaluate(Query("clues", by=(By("channels"), By("source"))), {"clues": frame}, SCHEMA, HALF_YEAR)
    assert len(by.values) == 4


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is None, reason="PySpark is not installed")
def test_pyspark_gives_the_same_answers() -> None:
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    clues = spark.createDataFrame(arrow("clues", ROWS).to_pylist(), schema=_spark_schema(spark))
    for where, found in CONDITIONS:
        assert evaluate(Query("clues", (where,)), {"clues": clues}, SCHEMA, HALF_YEAR).value == len(found)


def _spark_schema(spark: Any) -> Any:
    """PySpark's schema of the stored clues, by way of a Parquet-like empty frame."""
    from pyspark.sql.pandas.types import from_arrow_schema

    return from_arrow_schema(arrow("clues", []).schema)
