"""Columns as distinct values and places: whatever is done to them, every line keeps what it holds."""

from __future__ import annotations

import pickle
from itertools import zip_longest
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.reading.coded import Coded, coded, columns_of, constant, distinguish, end_to_end

CELLS = st.lists(st.sampled_from([None, "甲", "乙", ("丙",), 1.5]), min_size=1, max_size=6)


def column(cells: list[Any]) -> Coded:
    """A column that holds these cells, each with a place of its own."""
    return coded(np.arange(len(cells)), cells)


@given(CELLS)
def test_a_column_holds_what_it_was_made_of_packed_or_not(cells: list[Any]) -> None:
    made = column(cells)
    assert list(made.spread()) == [made.at(i) for i in range(len(made))] == cells
    assert list(made.filled) == [cell is not None for cell in cells]
    assert list(pickle.loads(pickle.dumps(made)).spread()) == cells


@given(CELLS, CELLS)
def test_blanks_are_filled_and_columns_follow_one_another(cells: list[Any], others: list[Any]) -> None:
    assert list(end_to_end([column(cells), column(others)]).spread()) == cells + others
    n = min(len(cells), len(others))
    filled = column(cells[:n]).or_else(column(others[:n]))
    assert list(filled.spread()) == [b if a is None else a for a, b in zip(cells[:n], others[:n], strict=True)]


@given(CELLS)
def test_some_lines_are_changed_and_no_others(cells: list[Any]) -> None:
    assert list(column(cells).patched({0: "丁"}).spread()) == ["丁", *cells[1:]]
    assert list(column(cells).patched({0: None}).spread()) == [None, *cells[1:]]
    doubled = column(cells).map(lambda value: (value, value))
    assert list(doubled.spread()) == [None if cell is None else (cell, cell) for cell in cells]


@given(st.lists(st.sampled_from([None, 1.0, 2.5, "1", "a", "b", True, False])))
def test_distinct_values_are_found_in_their_order(cells: list[Any]) -> None:
    column = distinguish(cells)
    assert list(column.spread()) == cells
    assert column.values == list(dict.fromkeys(cell for cell in cells if cell is not None))


@given(st.lists(st.lists(st.sampled_from([None, "", "甲", "乙", 1.0, True]), max_size=3), max_size=6))
def test_rows_become_columns(rows: list[list[Any]]) -> None:
    found = columns_of(rows)
    assert [list(column.spread()) for column in found] == [list(cells) for cells in zip_longest(*rows)]
    plain = [distinguish(cells) for cells in zip_longest(*rows)]
    assert [list(map(repr, column.values)) for column in found] == [list(map(repr, column.values)) for column in plain]


def test_a_long_sheet_is_looked_through_in_parts() -> None:
    rows = [[i % 7, i] for i in range(5000)]
    sevenths, numbers = columns_of(rows)
    assert sevenths.values == list(range(7)) and sevenths.index.tolist() == [i % 7 for i in range(5000)]
    assert numbers.values == list(range(5000)) == numbers.index.tolist()


@given(CELLS)
def test_values_are_looked_for_and_replaced(cells: list[Any]) -> None:
    found = distinguish(cells)
    assert found.lines_of({"甲", 1.5}).tolist() == [i for i, cell in enumerate(cells) if cell in ("甲", 1.5)]
    by = {"甲": None, "乙": "丁"}
    assert list(found.replaced(by).spread()) == [by.get(cell, cell) for cell in cells]


@given(st.sampled_from(["", "\0", "甲"]), st.lists(st.sampled_from(["", "甲", "\0"]), max_size=3), st.booleans())
def test_many_values_are_packed_whole(text: str, texts: list[str], are_mixed: bool) -> None:
    many = [str(i) for i in range(2000)]
    for values in ([*many, text], [*((one,) for one in many), tuple(texts)], [*((one, one) for one in many), (text,)]):
        found = pickle.loads(pickle.dumps(column([*values, *([1.5] if are_mixed else [])])))
        assert list(found.values) == [*values, *([1.5] if are_mixed else [])] == list(found.spread())


def test_what_was_packed_small_can_still_grow() -> None:
    packed: Coded = pickle.loads(pickle.dumps(constant(3, "甲")))
    more = [str(i) for i in range(300)]
    assert list(end_to_end([packed, column(more), packed]).spread()) == ["甲"] * 3 + more + ["甲"] * 3
    wide = end_to_end([packed.take(np.zeros(300, dtype=np.intp)), packed])
    assert list(wide.patched(dict(enumerate(more))).spread()) == more + ["甲"] * 3
    assert list(packed.overlaid(np.array([1]), column(more[:3])).spread()) == ["甲", "1", "甲"]
