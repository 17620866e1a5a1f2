"""Whatever an expression can hold is said in a sentence, and the sentence is read back to an equal expression."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengfa_stats.counting.frames import FOLDED, ORIGIN
from zhengfa_stats.declared import load_schema
from zhengfa_stats.language.asking.frame import Asked
from zhengfa_stats.language.asking.per_span import SPANS
from zhengfa_stats.language.asking.restating import FORMS, SIDES, restate
from zhengfa_stats.language.asking.restating_reading import read
from zhengfa_stats.language.asking.units import python_of
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
    Where,
)

SCHEMA = load_schema()
VOCABULARY = [t.name for v in SCHEMA.vocabularies.values() for t in v.terms]
CLOCK = Clock(date(2021, 1, 1), date(2021, 6, 30))
DAYS = st.dates(date(2018, 1, 1), date(2023, 12, 31))
BOUNDS = st.one_of(
    st.none(),
    DAYS,
    st.integers(-400, 400).map(Since),
    st.integers(-400, 400).map(AsOf),
    st.floats(0, 1000).map(lambda x: round(x, 3)),
)


def names(ledger: str) -> st.SearchStrategy[str]:
    return st.sampled_from([*SCHEMA.ledgers[ledger].fields, *ORIGIN, *FOLDED])


def terms(ledger: str) -> st.SearchStrategy[tuple[str | bool, ...]]:
    return st.one_of(
        st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=3).map(tuple), st.sampled_from([(True,), (False,)])
    )


def wheres(ledger: str, depth: int = 2) -> st.SearchStrategy[Where]:
    field = names(ledger)
    found: list[st.SearchStrategy[Where]] = [
        st.builds(In, field, terms(ledger)),
        st.builds(Between, field, BOUNDS, BOUNDS),
        st.builds(Blank, field),
        st.builds(Before, field, field),
    ]
    if facts := list(SCHEMA.ledgers[ledger].facts):
        found.append(st.builds(Fact, st.sampled_from(facts)))
    simple = st.one_of(found)
    if not depth:
        return simple
    inner = st.deferred(lambda: wheres(ledger, depth - 1))
    several: st.SearchStrategy[tuple[Where, ...]] = st.lists(inner, max_size=3).map(tuple)
    linked = st.sampled_from(list(SCHEMA.ledgers)).flatmap(
        lambda other: st.builds(Linked, st.just(other), field, st.lists(wheres(other, 0), max_size=2).map(tuple))
    )
    return st.one_of(simple, st.builds(Not, inner), st.builds(Or, several), st.builds(And, several), linked)


@st.composite
def query(draw: Callable[..., object]) -> Query:
    ledger = draw(st.sampled_from(list(SCHEMA.ledgers)))
    assert isinstance(ledger, str)
    where = st.lists(wheres(ledger), max_size=3).map(tuple)
    field = names(ledger)
    each = draw(st.sampled_from(["", *SCHEMA.ledgers[ledger].each]))
    measure = st.one_of(
        st.just(Measure()),
        st.builds(Measure, st.sampled_from(["distinct", "sum", "mean", "median", "max", "min"]), field),
    )
    level = st.sampled_from(["top", "term", "month", "quarter", "year"])
    by = st.builds(By, field, level, st.lists(BOUNDS.filter(lambda b: b is not None), max_size=2).map(tuple))
    period = st.one_of(st.none(), st.builds(Between, field, BOUNDS, BOUNDS))
    return Query(
        ledger,
        draw(where),  # type: ignore[arg-type]
        draw(measure),  # type: ignore[arg-type]
        draw(st.lists(by, max_size=2).map(tuple)),  # type: ignore[arg-type]
        draw(period),  # type: ignore[arg-type]
        str(each),
        draw(where) if each else (),  # type: ignore[arg-type]
    )


def expressions() -> st.SearchStrategy[Expr]:
    def more(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        day = st.one_of(st.none(), DAYS)
        at = st.builds(At, inner, day, day, st.integers(-24, 24))
        ops = st.sampled_from(["ratio", "difference", "growth", "sum"])
        return st.one_of(at, st.builds(Formula, ops, inner, inner))

    return st.recursive(query(), more, max_leaves=4)


LEVELS = st.floats(-1000, 1000).map(lambda x: round(x, 3))
SPREAD = st.one_of(st.just(("", 0.0)), st.tuples(st.sampled_from(list(SPANS)), LEVELS.map(abs).filter(bool)))
REACHED = st.one_of(st.just(("", 0.0)), st.tuples(st.sampled_from(list(SIDES)), LEVELS))


@st.composite
def asked(draw: Callable[..., Any]) -> Asked:
    """Every form with groups, levels, stretches of time and whose place is asked."""
    (side, level), (per, n) = draw(REACHED), draw(SPREAD)
    form, group = draw(st.sampled_from(list(FORMS))), draw(st.sampled_from(["", *VOCABULARY[:5]]))
    return Asked(draw(expressions()), form, draw(st.integers(-1, 5)), draw(st.booleans()), side, level, per, n, group)


ASKED = asked()


@settings(max_examples=60)
@given(asked=ASKED)
def test_a_sentence_says_the_expression(asked: Asked) -> None:
    sentence = restate(asked, SCHEMA, CLOCK)
    assert read(sentence, SCHEMA) == asked, sentence


@settings(max_examples=30)
@given(expr=expressions())
def test_python_text_says_the_expression(expr: Expr) -> None:
    import zhengfa_stats.query as q

    assert eval(python_of(expr), {**vars(q), "date": date}) == expr


@pytest.mark.parametrize("key", SCHEMA.indicators)
def test_every_figure_is_said_and_understood_again(key: str) -> None:
    asked = Asked(SCHEMA.indicators[key].of)
    assert read(restate(asked, SCHEMA, CLOCK), SCHEMA) == asked


@pytest.mark.parametrize(
    "text",
    ["", "公安局有多少条线索", "统计期内，《线索台账》中的条数", "统计期（x）内，《没有的台账》中的，条数，是多少？"],
)
def test_other_texts_are_no_canonical_sentences(text: str) -> None:
    assert read(text, SCHEMA) is None
