"""What is found out once is never taken for something else: another schema, another clock, an altered frame."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.unit.summaries import City, clue_list
from zhengfa_stats.config import read_config
from zhengfa_stats.counting.answer import Session, evaluate
from zhengfa_stats.query import Clock, Fact, Query

CLOCK = Clock(date(2021, 1, 1), date(2021, 6, 30))
APRIL = Clock(date(2021, 1, 1), date(2021, 4, 30))
CLOSED = Query("clues", (Fact("closed"),))


@pytest.fixture
def city(tmp_path: Path) -> City:
    rows = [
        (f"X{i}", "2021-03-01", f"张{i}", "来信", "已查结", day) for i, day in enumerate(("2021-04-01", "2021-06-01"))
    ]
    clue_list(tmp_path / "线索.xlsx", "市公安局", *rows, ("X9", "三月某日", "张九", "来信", "正在核查", None))
    return City(tmp_path)


def test_another_clock_is_another_state(city: City) -> None:
    session = Session(city.built.frames, city.config.schema, CLOCK)
    assert [session.evaluate(CLOSED, clock).value for clock in (CLOCK, APRIL, CLOCK)] == [2, 1, 2]
    assert session.evaluate(Query("clues"), CLOCK).n_uncounted == 1


def test_another_schema_has_other_facts(city: City) -> None:
    other = read_config(
        {"city": "示例市", "since": CLOCK.since, "as_of": CLOCK.as_of}
        | {"ledgers": {"clues": {"facts": {"closed": {"where": {"status": "正在核查"}}}}}}
    ).schema
    frames = city.built.frames
    found = [
        evaluate(CLOSED, frames, schema, APRIL).value for schema in (city.config.schema, other, city.config.schema)
    ]
    assert found == [1, 0, 1]


def test_a_session_counts_a_query_once_and_says_the_same(city: City) -> None:
    session = Session(city.built.frames, city.config.schema, CLOCK)
    for key, indicator in city.config.schema.indicators.items():
        ours, theirs = session.evaluate(indicator.of, CLOCK), city.figure(key)
        assert (ours.values, ours.why, ours.n_rows, ours.n_uncounted) == (
            theirs.values, theirs.why, theirs.n_rows, theirs.n_uncounted,
        )  # fmt: skip
    assert session.evaluate(CLOSED, CLOCK) is session.evaluate(CLOSED, CLOCK)
