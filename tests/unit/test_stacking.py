"""Lines of a ledger: whatever is asked of columns and places is what going from line to line would say."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.reading.cleaning.normal import skeleton
from zhengfa_stats.reading.coded import Columns, coded
from zhengfa_stats.reading.stacking import Lines, jointly, said, same_said, shared, stacked

TEXTS = st.sampled_from([None, "", "甲-1", "甲1", "乙"])
DAYS = st.sampled_from([None, datetime(2021, 1, 2), datetime(2021, 3, 4)])
Row = tuple[Any, Any, Any, int]
ROWS = st.lists(st.tuples(TEXTS, st.sampled_from([None, (), ("丙",)]), DAYS, st.integers(0, 3)), max_size=8)
NAMES = ("no", "who", "on", "row")


def table(rows: list[Row]) -> Columns:
    """A table of which some values stand more than once among those of a column."""
    each = np.arange(len(rows))
    return {
        "no": coded(each, [row[0] for row in rows]),
        "who": coded(each, [row[1] for row in rows]),
        "on": np.array([row[2] for row in rows], dtype="datetime64[s]"),
        "row": np.array([row[3] for row in rows], dtype=np.int64),
    }


def held(lines: Lines) -> list[Row]:
    return [tuple(lines.at(i, name) for name in NAMES) for i in range(len(lines))]  # type: ignore[misc]


def grouped(keys: list[Any]) -> list[list[int]]:
    """Lines of one key, in the order of the first ones; None is no key."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        if key is not None:
            groups[key].append(i)
    return [lines for lines in groups.values() if len(lines) > 1]


@given(ROWS, ROWS, ROWS)
def test_tables_stand_one_beneath_another(one: list[Row], other: list[Row], short: list[Row]) -> None:
    without = {name: column for name, column in table(short).items() if name not in ("who", "on")}
    assert held(stacked([table(one), table(other)])) == one + other
    blank = [(no, None, None, row) for no, _, _, row in short]
    assert held(stacked([table(one), without, table(other)])) == one + blank + other


@given(ROWS, st.data())
def test_what_is_put_is_there_and_nothing_else_changes(rows: list[Row], data: st.DataObject) -> None:
    given, told = table(rows), list(rows)
    lines = Lines(given)
    for i in data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=4)) if rows else ():
        told[i] = ("丁", ("戊",), data.draw(DAYS), 9)
        for name, value in zip(NAMES, told[i], strict=True):
            lines.put(i, name, value)
    assert held(lines) == told == held(lines.without([])) and held(Lines(given)) == rows
    assert held(lines.without([0])) == told[1:] if rows else True
    assert [lines[name] for name in NAMES] and held(lines) == told


@given(ROWS)
def test_lines_are_sorted_as_python_sorts(rows: list[Row]) -> None:
    full = [(no, who, on or datetime(2020, 1, 1), row) for no, who, on, row in rows]
    told = sorted(full, key=lambda r: (r[0] is None, r[0] or "", r[2], r[3]))
    assert held(Lines(table(full)).in_order("no", "on", "row")) == told


@given(ROWS)
def test_lines_that_hold_or_say_the_same_have_one_number(rows: list[Row]) -> None:
    lines = Lines(table(rows))
    for at, name in enumerate(NAMES):
        codes = lines.codes(name)
        assert shared(codes, codes >= 0) == grouped(
            [row[at] if row[at] not in (None, "", ()) else None for row in rows]
        )
        assert list(lines.distinct(name).spread()) == [row[at] for row in rows]
        assert len(set(lines.distinct(name).values)) == len(lines.distinct(name).values)
    number = same_said(lines["no"])
    assert shared(number, number >= 0) == grouped([row[0].replace("-", "") if row[0] else None for row in rows])
    both = jointly([lines.codes("no"), lines.codes("on"), lines.codes("row")])
    assert shared(both, both >= 0) == grouped([(r[0], *r[2:]) if r[0] and r[2] else None for r in rows])


@given(ROWS)
def test_arrow_has_what_the_lines_hold(rows: list[Row]) -> None:
    types = {
        "no": pa.string(),
        "who": pa.list_(pa.string()),
        "on": pa.timestamp("s"),
        "row": pa.int64(),
        "x": pa.string(),
    }
    found = Lines(table(rows)).as_table(types).to_pylist()
    assert found == [
        {"no": no, "who": who and list(who) if who != () else [], "on": on, "row": row, "x": None}
        for no, who, on, row in rows
    ]


@given(
    st.lists(st.sampled_from([None, "", "XS-1", "XS1", "xs1", "ＸＳ１", "甲", "〔1〕", 1.0, ("甲",)]), max_size=6),
    st.booleans(),
)
def test_what_is_said_alike_is_told_value_by_value(values: list[Any], texts: bool) -> None:
    values = [value for value in values if isinstance(value, str)] if texts else values
    assert list(said(values)) == [skeleton(v) or None if isinstance(v, str) else v for v in values]
    found = same_said(coded(np.arange(len(values)), values))
    assert shared(found, found >= 0) == grouped(list(said(values)))


def test_what_was_asked_before_is_not_kept_of_what_was_changed() -> None:
    lines = Lines(table([("甲", None, None, 1), ("乙", None, None, 2)]))
    assert len(set(lines.said("no").tolist())) == 2
    lines.put(1, "no", "甲")
    assert len(set(lines.said("no").tolist())) == 1
    lines["no"] = coded(np.arange(2), ["丙", "丁"])
    assert len(set(lines.said("no").tolist())) == 2
