"""A sheet is looked through once: its columns are what its rows hold, whatever is cleaned, cut or taken of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.reading.body import Body
from zhengfa_stats.reading.coded import distinguish
from zhengfa_stats.reading.formats.cells import tidy
from zhengfa_stats.reading.sheets import CellError, NoValue, Role, Sheet, Table
from zhengfa_stats.reading.zero import zero_rows
from zhengfa_stats.records import Range

CELL = st.one_of(
    st.sampled_from([None, "", " ", "甲", "甲\u200b", " 甲", "\u200b", "1", "无", "本月无新增线索", "#N/A"]),
    st.sampled_from([1.0, 0.0, True, False, NoValue(""), NoValue("甲"), CellError("甲"), CellError("#N/A")]),
)
ROWS = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8)


def exactly(cells: Iterable[Any]) -> list[tuple[type, Any]]:
    """The cells with their types: 1 is not TRUE here, and an error is no text."""
    return [(type(cell), cell) for cell in cells]


@given(st.lists(st.lists(CELL, max_size=3), max_size=8))
def test_the_columns_of_a_tidied_sheet_are_those_of_its_rows(rows: list[list[Any]]) -> None:
    sheet, fresh = Sheet("a", [list(row) for row in rows]), Sheet("a", [])
    tidy(sheet)
    fresh.rows = sheet.rows
    assert [list(c.spread()) for c in sheet.columns] == [list(c.spread()) for c in fresh.columns]
    assert set(sheet.texts) == {cell for row in sheet.rows for cell in row if isinstance(cell, str)}
    assert sheet.used() == {i for i, row in enumerate(sheet.rows, 1) if any(cell is not None for cell in row)}
    for row in sheet.rows:
        assert not any(type(cell) is str and (not cell.strip() or "\u200b" in cell) for cell in row)


def table_of(rows: list[list[Any]], body: list[bool]) -> Table:
    roles = tuple(Role.BODY if is_body else Role.TOTAL for is_body in body)
    return Table(Range(1, 1, len(rows), 3), roles, ())


@given(ROWS, st.lists(st.booleans(), min_size=8, max_size=8))
def test_a_body_holds_what_its_rows_hold_the_first_of_equal_values(rows: list[list[Any]], picked: list[bool]) -> None:
    body = Body(table_of(rows, picked[: len(rows)]), Sheet("a", rows))
    for at in (1, 2, 3):
        cells = [rows[row - 1][at - 1] for row in body.at]
        column, plain = body.column(at), distinguish(cells)
        assert exactly(column.spread()) == exactly(plain.spread())
        assert sorted(exactly(column.values), key=str) == sorted(exactly(plain.values), key=str)


@given(ROWS)
def test_a_row_that_says_nothing_does_so_whatever_stands_in_the_others(rows: list[list[Any]]) -> None:
    body = Body(table_of(rows, [True] * len(rows)), Sheet("a", rows))
    alone = [Body(table_of([row], [True]), Sheet("a", [row])) for row in rows]
    assert [*zero_rows(body, [1, 2, 3], [])] == [i for i, one in enumerate(alone, 1) if zero_rows(one, [1, 2, 3], [])]
