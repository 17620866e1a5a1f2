"""The values that reading speaks of: a sheet of cells as the file has it, and the tables seen in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain

import numpy as np

from zhengfa_stats.reading.coded import Coded, columns_of
from zhengfa_stats.records import Range, RowCount

OURS = "※ 本页由统计程序生成，报回时不必删去，读台账时跳过"  # the first cell of a page that we put into a department's workbook


class CellError(str):
    """An error cell such as #REF!; told from a blank and from text that merely looks alike."""

    __slots__ = ()


class NoValue(str):
    """A formula that was saved without its result; the string is the formula where it is known."""

    __slots__ = ()


# None: blank; text of nothing but spaces is blank too
Cell = str | float | int | bool | date | datetime | time | timedelta | None
Rows = list[list[Cell]]


@dataclass(slots=True)
class Sheet:
    """One sheet from A1 on: rows[r][c] is the cell at 1-based row r+1, column c+1; rows have one length."""

    name: str
    rows: Rows
    merges: tuple[Range, ...] = ()
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()  # 1-based
    struck_rows: frozenset[int] = frozenset()  # 1-based: every non-blank cell is struck through
    beside: tuple[str, ...] = ()  # what stands in no cell: heads and feet of pages, text boxes, comments; never stored
    _columns: list[Coded] | None = field(default=None, repr=False, compare=False)
    _texts: list[str] | None = field(default=None, repr=False, compare=False)

    @property
    def columns(self) -> list[Coded]:
        """The cells by column, its distinct ones and each row's place among them, looked up once: see `changed`."""
        if self._columns is None:
            self._columns = columns_of(self.rows)
        return self._columns

    @property
    def texts(self) -> list[str]:
        """The texts in the cells, once for each column that they stand in: what holds of texts is asked of these."""
        if self._texts is None:
            self._texts = [value for column in self.columns for value in column.values if isinstance(value, str)]
        return self._texts

    def changed(self, columns: list[Coded] | None = None) -> None:
        """Cells have been written; `columns` are what they are now, where that is known."""
        self._columns, self._texts = columns, None

    def used(self) -> frozenset[int]:
        """The 1-based rows in which a cell holds anything."""
        filled = np.zeros(len(self.rows), dtype=bool)
        for column in self.columns:
            filled |= column.filled
        return frozenset((np.flatnonzero(filled) + 1).tolist())

    @property
    def is_ours(self) -> bool:
        """Whether we put this page into the workbook: a list of problems, or how to fill in a form."""
        return bool(self.rows and self.rows[0]) and self.rows[0][0] == OURS


@dataclass(slots=True)
class Workbook:
    """A file's sheets and what it is by its first bytes: xlsx, xls, xlsb, ods, csv."""

    file: str  # relative to data/raw
    kind: str
    sheets: tuple[Sheet, ...]
    remarks: tuple[str, ...] = ()  # Chinese notes on how it was read (encoding guessed, wrong extension …)


class Role(StrEnum):
    """What one row of a table is."""

    TITLE = "title"
    NOTE = "note"  # 填报单位, 截至, 单位：人 — between title and header
    HEADER = "header"
    BODY = "body"
    SECTION = "section"
    PRENUMBERED = "prenumbered"
    TOTAL = "total"
    FOOTER = "footer"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its 1-based place and its header, `组/列` where the header has groups."""

    at: int
    header: str
    parts: tuple[str, ...] = ()


@dataclass(slots=True)
class Table:
    """A table as laid out: one role a row from range.top to range.bottom, and its columns."""

    range: Range
    roles: tuple[Role, ...]
    columns: tuple[Column, ...]
    title: str = ""
    notes: tuple[str, ...] = ()  # texts of note and footer cells, in reading order
    sections: Mapping[int, str] = field(default_factory=dict)  # section row → its text; it holds until the next one
    fills: Mapping[str, str] = field(default_factory=dict)  # body cell → the cell its value stands in (merge, ditto)
    _by_role: dict[Role, tuple[int, ...]] | None = field(default=None, init=False, repr=False, compare=False)

    def rows_of(self, *roles: Role) -> tuple[int, ...]:
        """The 1-based rows that have one of these roles."""
        found = [self._rows.get(role, ()) for role in roles]
        return found[0] if len(found) == 1 else tuple(sorted(chain.from_iterable(found)))

    @property
    def _rows(self) -> dict[Role, tuple[int, ...]]:
        """The rows by their roles, told apart once: there may be a hundred thousand, asked for a dozen times."""
        if self._by_role is None:
            rows: dict[Role, list[int]] = {role: [] for role in Role}
            for row, role in enumerate(self.roles, self.range.top):
                rows[role].append(row)
            self._by_role = {role: tuple(found) for role, found in rows.items()}
        return self._by_role

    def first_header(self) -> tuple[int, ...]:
        """The rows of the first header only: a repeated header comes after a body row."""
        headers = self.rows_of(Role.HEADER)
        run = [r for i, r in enumerate(headers) if r == headers[0] + i]
        return tuple(run)

    def count(self) -> RowCount:
        """How the rows divide, notes counted with the title."""
        n = {role: len(rows) for role, rows in self._rows.items()}
        return RowCount(
            title=n[Role.TITLE] + n[Role.NOTE],
            header=n[Role.HEADER],
            body=n[Role.BODY],
            section=n[Role.SECTION],
            prenumbered=n[Role.PRENUMBERED],
            total=n[Role.TOTAL],
            footer=n[Role.FOOTER],
            blank=n[Role.BLANK],
        )
