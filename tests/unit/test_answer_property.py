"""Random rows and random queries: every engine must agree with the naive evaluator."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.answering import ENGINES, HALF_YEAR, SCHEMA, Naive, listed, stored
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.query import (
    And,
    AsOf,
    Before,
    Between,
    Blank,
    By,
    Clock,
    Fact,
    In,
    Linked,
    Measure,
    Not,
    Or,
    Query,
    Since,
)

SETTINGS = settings(
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def terms(vocabulary: str) -> st.SearchStrategy[str]:
    return st.sampled_from([t.name for t in SCHEMA.vocabularies[vocabulary].terms])


days = st.integers(0, 270).map(lambda n: date(2020, 12, 1) + timedelta(n))


@st.composite
def spans(draw: st.DrawFn) -> tuple[date, date] | tuple[None, None]:
    """A blank, a day, or a month (sometimes a quarter of days) known only as such."""
    if draw(st.integers(0, 5)) == 0:
        return None, None
    day = draw(days)
    if draw(st.integers(0, 3)):
        return day, day
    first = day.replace(day=1)
    return first, (first + timedelta(31)).replace(day=1) - timedelta(1)


def unread(*fields: str) -> st.SearchStrategy[str]:
    """Mostly nothing; sometimes fields that were written and could not be read."""
    some = st.lists(st.sampled_from(fields), min_size=1, max_size=2, unique=True).map(lambda f: f"|{'|'.join(f)}|")
    return st.one_of(st.just(""), st.just(""), some)


@st.composite
def clue_rows(draw: st.DrawFn) -> dict[str, Any]:
    undated = draw(st.integers(0, 9)) == 0
    received, closed = draw(spans()), draw(spans())
    if undated:
        received = (None, None)
    return {
        "clue_no": draw(maybe(st.sampled_from("甲乙丙丁"))),
        "received_on": received[0],
        "received_on_until": received[1],
        "closed_on": closed[0],
        "closed_on_until": closed[1],
        "source": draw(maybe(terms("source"))),
        "status": draw(maybe(terms("status"))),
        "conclusion": draw(maybe(st.sampled_from(["属实", "不属实"]))),
        "is_repeat": draw(maybe(st.booleans())),
        "subjects": draw(maybe(st.lists(st.sampled_from("abc"), max_size=3))),
        "channels": draw(maybe(st.lists(terms("source"), max_size=3))),
        "days": draw(maybe(st.integers(0, 200).map(lambda n: n / 2))),
        "undated": undated,
        "unread": draw(unread("received_on", "status", "closed_on", "source", "days", "clue_no")),
    }


@st.composite
def case_rows(draw: st.DrawFn) -> dict[str, Any]:
    decided = draw(spans())
    return {
        "case_no": draw(maybe(st.sampled_from("123"))),
        "clue_no": draw(maybe(st.sampled_from("甲乙丙丁"))),
        "person": draw(maybe(st.sampled_from(["p1", "p2", "p3", "p4"]))),
        "rank": draw(maybe(terms("rank"))),
        "decided_on": decided[0],
        "decided_on_until": decided[1],
        "discipline": draw(maybe(terms("discipline"))),
        "measures": draw(maybe(st.lists(terms("measure"), max_size=2))),
        "is_detained": draw(maybe(st.booleans())),
        "months": draw(maybe(st.integers(0, 24).map(float))),
        "unread": draw(unread("decided_on", "discipline", "measures", "person", "months")),
    }


bounds = st.sampled_from([None, Since(), AsOf(), AsOf(-60), Since(-1), date(2021, 3, 1), date(2021, 4, 15)])
clue_leaves = st.one_of(
    st.lists(terms("source"), max_size=2).map(lambda t: In("source", tuple(t))),
    st.lists(terms("source"), min_size=1, max_size=2).map(lambda t: In("channels", tuple(t))),
    terms("status").map(lambda t: In("status", (t,))),
    st.booleans().map(lambda b: In("is_repeat", (b,))),
    st.sampled_from(["a", "c"]).map(lambda s: In("subjects", (s,))),
    st.sampled_from(["查实", "办结", "未结"]).map(lambda t: In("outcome", (t,))),
    st.builds(Between, st.sampled_from(["received_on", "closed_on"]), bounds, bounds),
    st.builds(Between, st.just("days"), maybe(st.sampled_from([10.0, 30.5])), maybe(st.sampled_from([30.5, 80]))),
    st.sampled_from(["source", "conclusion", "subjects", "closed_on", "days", "is_repeat"]).map(Blank),
    st.just(Before("closed_on", "received_on")),
    st.sampled_from(["closed", "open"]).map(Fact),
    st.sampled_from(
        [
            Linked("cases", "clue_no"),
            Linked("cases", "clue_no", (In("rank", ("处级",)),)),
            Linked(
                "cases", "clue_no", (In("handling", ("组织处理", "未写明")), Between("decided_on", Since(), AsOf()))
            ),
        ]
    ),
)
clue_wheres = st.recursive(
    clue_leaves,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, max_size=3).map(lambda ws: Or(tuple(ws))),
        st.lists(inner, max_size=3).map(lambda ws: And(tuple(ws))),
    ),
    max_leaves=4,
)
clue_measures = st.sampled_from(
    [
        Measure(),
        Measure("distinct", "clue_no"),
        Measure("distinct", "subjects"),
        Measure("distinct", "outcome"),
        Measure("sum", "days"),
        Measure("mean", "days"),
        Measure("median", "days"),
    ]
)
clue_bys = st.sampled_from(
    [
        By("source"),
        By("source", "term"),
        By("channels"),
        By("channels", "term"),
        By("is_repeat"),
        By("outcome"),
        By("clue_no"),
        By("received_on", "month"),
        By("closed_on", "quarter"),
        By("closed_on", "year"),
        By("conclusion"),
    ]
)
periods = st.sampled_from([None, None, Between("received_on", None, AsOf()), Between("closed_on", Since(), AsOf())])
clocks = st.sampled_from(
    [HALF_YEAR, Clock(date(2021, 2, 10), date(2021, 5, 20)), Clock(date(2020, 12, 15), date(2021, 9, 1))]
)


@st.composite
def clue_queries(draw: st.DrawFn) -> Query:
    return Query(
        "clues",
        tuple(draw(st.lists(clue_wheres, max_size=3))),
        draw(clue_measures),
        tuple(draw(st.lists(clue_bys, max_size=2))),
        draw(periods),
    )


case_havings = st.lists(
    st.one_of(
        terms("handling").map(lambda t: In("handling", (t,))),
        terms("discipline").map(lambda t: In("discipline", (t,))),
        terms("measure").map(lambda t: In("measures", (t,))),
        terms("rank").map(lambda t: In("rank", (t,))),
        st.booleans().map(lambda b: In("is_detained", (b,))),
        st.sampled_from(["rank", "measures", "discipline", "months"]).map(Blank),
        st.just(Not(Linked("clues", "clue_no", (Fact("closed"),)))),
        st.just(Between("decided_on", Since(), AsOf(-60))),
        st.just(Between("months", 6)),
    ),
    max_size=2,
).map(tuple)


@st.composite
def case_queries(draw: st.DrawFn) -> Query:
    return Query(
        "cases",
        tuple(
            draw(
                st.lists(st.sampled_from([Not(Blank("clue_no")), In("handling", ("纪律处分", "组织处理"))]), max_size=1)
            )
        ),
        draw(
            st.sampled_from(
                [Measure(), Measure("distinct", "case_no"), Measure("sum", "months"), Measure("mean", "months")]
            )
        ),
        tuple(
            draw(
                st.lists(
                    st.sampled_from(
                        [
                            By("rank"),
                            By("handling"),
                            By("discipline"),
                            By("measures"),
                            By("decided_on", "month"),
                            By("is_detained"),
                        ]
                    ),
                    max_size=2,
                )
            )
        ),
        draw(st.sampled_from([None, Between("decided_on", None, AsOf())])),
        "person",
        draw(case_havings),
    )


def hold(engine: str, query: Query, clues: list[Any], cases: list[Any], clock: Clock) -> None:
    rows = {"clues": stored("clues", clues), "cases": stored("cases", cases)}
    frames = {name: ENGINES[engine](name, given_rows) for name, given_rows in (("clues", clues), ("cases", cases))}
    wide = Clock(date(2021, 4, 1), date(2021, 4, 1))  # so that no period is too narrow for undated rows
    naive, answer = Naive(rows, clock), evaluate(query, frames, SCHEMA, clock, wide)
    if answer.why and "所在的表没有" in answer.why:
        assert query.period is not None or not (clock.since <= wide.since and wide.as_of <= clock.as_of)
        return
    if query.by:
        assert dict(answer.values) == pytest.approx(naive.table(query))
        assert len(answer.values) == len(dict(answer.values))
    else:
        assert answer.value == pytest.approx(naive.value(query))
    assert answer.n_rows == len(naive.places(query))
    assert [row["source_row"] for row in listed(answer.rows())] == naive.places(query)
    assert [row["source_row"] for row in listed(answer.uncounted_rows())] == naive.uncounted(query)
    assert answer.n_uncounted == len(naive.uncounted(query))


@pytest.mark.parametrize("engine", ENGINES)
@SETTINGS
@given(
    query=clue_queries(),
    clues=st.lists(clue_rows(), max_size=12),
    cases=st.lists(case_rows(), max_size=5),
    clock=clocks,
)
def test_clues(engine: str, query: Query, clues: list[Any], cases: list[Any], clock: Clock) -> None:
    hold(engine, query, clues, cases, clock)


@pytest.mark.parametrize("engine", ENGINES)
@SETTINGS
@given(
    query=case_queries(),
    clues=st.lists(clue_rows(), max_size=4),
    cases=st.lists(case_rows(), max_size=14),
    clock=clocks,
)
def test_folded_cases(engine: str, query: Query, clues: list[Any], cases: list[Any], clock: Clock) -> None:
    hold(engine, query, clues, cases, clock)
