"""What is remembered about a cell, a row, a table: places, problems, and the accounting of rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal, NamedTuple

from zhengfa_stats.errors import AccountingError

Level = Literal["error", "warning", "note"]
LEVELS: Mapping[Level, str] = {"error": "错误", "warning": "警告", "note": "提示"}


def letters(column: int) -> str:
    """The letters of a 1-based column.

    >>> letters(1), letters(26), letters(27), letters(16384)
    ('A', 'Z', 'AA', 'XFD')
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def address(row: int, column: int) -> str:
    """The A1 address of a 1-based row and column.

    >>> address(3, 28)
    'AB3'
    """
    return f"{letters(column)}{row}"


_A1 = re.compile(r"([A-Za-z]{1,3})([1-9]\d{0,6})")


def parse_address(text: str) -> tuple[int, int]:
    """The 1-based (row, column) of an A1 address; ValueError when it is none.

    >>> parse_address("AB3")
    (3, 28)
    """
    match = _A1.fullmatch(text.strip().replace("$", ""))
    if not match:
        raise ValueError(text)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]), column


class Range(NamedTuple):
    """A rectangle of cells, 1-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file (relative to data/raw), its sheet, a cell, a row or a range."""

    file: str = ""
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return " · ".join(p for p in (self.file, self.sheet, self.cell) if p)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person must look at; every text is Chinese and free of private values.

    error: the row can't be counted in what needs it; warning: counted, but doubtful; note: for information.
    """

    level: Level
    kind: str  # a short fixed name, e.g. 日期无法识别
    place: Place
    what: str
    do: str = ""
    expected: str = ""
    ledger: str = ""
    field: str = ""
    also: tuple[Place, ...] = ()  # the other side of a broken relation or a duplicate
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose stored value says something else than was written, and the rule that made it so."""

    place: Place
    field: str
    before: str
    after: str
    rule: str


@dataclass(frozen=True, slots=True)
class RowCount:
    """How the rows of one table's range divide; `title` includes the notes under the title."""

    title: int = 0
    header: int = 0
    body: int = 0
    section: int = 0
    prenumbered: int = 0
    total: int = 0
    footer: int = 0
    blank: int = 0

    def __int__(self) -> int:
        return sum(getattr(self, f.name) for f in fields(self))

    def as_dict(self) -> dict[str, int]:
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class TableAccount:
    """The accounting of one table: its rows by role, and what became of its records."""

    range: Range
    ledger: str
    rows: RowCount
    records: int
    kept: int
    merged: int = 0
    superseded: int = 0
    set_aside: int = 0

    def check(self, where: str) -> None:
        """Raise AccountingError unless rows fill the range and records all went somewhere."""
        height = self.range.bottom - self.range.top + 1
        if int(self.rows) != height:
            raise AccountingError(f"表格{self.range}有{height}行，各类行合计却是{int(self.rows)}行", where, _OURS)
        went = self.kept + self.merged + self.superseded + self.set_aside
        if went != self.records:
            raise AccountingError(f"表格{self.range}有{self.records}条记录，去向合计却是{went}条", where, _OURS)


@dataclass(frozen=True, slots=True)
class SheetAccount:
    """The accounting of one sheet: each non-empty row lies in a table or is named as outside."""

    file: str
    sheet: str
    used: int
    outside: tuple[int, ...] = ()
    tables: tuple[TableAccount, ...] = ()
    inside: frozenset[int] = field(default=frozenset(), repr=False)  # non-empty rows that lie in a table

    def check(self) -> None:
        """Raise AccountingError if a non-empty row is neither in a table nor outside, or is both."""
        where = f"{self.file} · {self.sheet}"
        if self.inside & set(self.outside) or len(self.inside) + len(self.outside) != self.used:
            raise AccountingError(
                f"有内容的行共{self.used}行，表内{len(self.inside)}行、表外{len(self.outside)}行，对不上", where, _OURS
            )
        for table in self.tables:
            table.check(where)


_OURS = "这是程序的缺陷，结果没有保存；请把该文件的版式反馈给开发者"
