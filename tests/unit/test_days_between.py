"""A number of days between two dates, declared in a ledger: a measure, a condition, a bin like any other number."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.summaries import City, clue_list
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.counting.frames import day_number
from zhengfa_stats.declared import load_schema
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.query import Between, By, Clock, Measure, Query

import narwhals as nw  # isort: skip


@settings(deadline=None)  # a busy machine takes its time
@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.integers(0, 800))
def test_days_are_counted_over_months_and_leap_years(day: date, n: int) -> None:
    frame = pd.DataFrame(
        {"a": pd.to_datetime([day]).astype("datetime64[s]"), "b": pd.to_datetime([day + timedelta(n)])}
    )
    found = nw.from_native(frame).select(x=day_number(nw.col("b")) - day_number(nw.col("a")))
    assert found["x"].to_list() == [n]


@pytest.fixture
def city(tmp_path: Path) -> City:
    closed = ("2021-03-11", "2021-05-10", None, "2021年4月", "2021-02-20")
    rows = [
        (f"X{i}", "2021-03-01", f"张{i}", "来信", "已查结" if day else "正在核查", day) for i, day in enumerate(closed)
    ]
    clue_list(tmp_path / "线索.xlsx", "市公安局", *rows)
    return City(tmp_path)


def ask(city: City, query: Query, as_of: date = date(2021, 6, 30)) -> list[tuple[tuple[str, ...], float | None]]:
    frames = city.built.frames
    clock = Clock(date(2021, 1, 1), as_of)
    found = evaluate(query, frames, city.config.schema, clock, project=clock).values
    elsewhere = {"clues": duckdb.from_df(frames["clues"].drop(columns=["also", "subjects", "other_nos"]))}
    assert evaluate(query, elsewhere, city.config.schema, clock, project=clock).values == found
    return list(found)


def test_mean_over_what_is_known_to_the_day(city: City) -> None:
    assert ask(city, Query("clues", measure=Measure("mean", "days_to_close"))) == [((), 40.0)]


def test_what_closed_after_the_cut_off_is_not_known_yet(city: City) -> None:
    assert ask(city, Query("clues", measure=Measure("mean", "days_to_close")), date(2021, 4, 30)) == [((), 10.0)]


def test_longer_than(city: City) -> None:
    assert ask(city, Query("clues", where=(Between("days_to_close", 61),))) == [((), 1)]


def test_in_bins(city: City) -> None:
    groups = dict(ask(city, Query("clues", by=(By("days_to_close", edges=(30, 60)),))))
    assert groups == {("29天及以内",): 1, ("60天及以上",): 1, ("未填",): 3}


def test_two_dates_are_needed() -> None:
    days = {"name": "天数", "kind": "number", "days": ["received_on", "source"]}
    with pytest.raises(DefinitionError, match="两个日期字段"):
        load_schema(config={"ledgers": {"clues": {"fields": {"days_open": days}}}})
