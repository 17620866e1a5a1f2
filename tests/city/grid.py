"""A sheet as it is drawn: cells, merges, and the role of each row, remembered as the table is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.city.messy import Value


@dataclass(frozen=True)
class Column:
    """A column: the key that rows use, and its header from the uppermost group down."""

    key: str
    path: tuple[str, ...]


def column(key: str, *path: str) -> Column:
    return Column(key, path)


@dataclass(frozen=True)
class Laid:
    """The truth about one table: where it stands, what each row is, how many records it holds (1-based, ends included)."""

    file: str
    sheet: str
    ledger: str
    range: tuple[int, int, int, int]  # top, left, bottom, right
    roles: tuple[str, ...]
    headers: tuple[str, ...]

    @property
    def records(self) -> int:
        return self.roles.count("body")

    def rows_of(self, role: str) -> tuple[int, ...]:
        return tuple(self.range[0] + i for i, r in enumerate(self.roles) if r == role)


@dataclass
class Page:
    """One sheet."""

    name: str
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    struck_rows: set[int] = field(default_factory=set)
    tables: list[Laid] = field(default_factory=list)

    def put(self, row: int, col: int, value: Value) -> None:
        if value is not None and value != "":
            self.cells[row, col] = value

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.merges.append((top, left, bottom, right))

    @property
    def extent(self) -> tuple[int, int]:
        return max((r for r, _ in self.cells), default=0), max((c for _, c in self.cells), default=0)


@dataclass
class Book:
    """One file: `kind` is what its bytes are, which its name may belie."""

    file: str
    kind: str
    pages: list[Page]

    def laid(self) -> list[Laid]:
        return [
            Laid(self.file, page.name, t.ledger, t.range, t.roles, t.headers)
            for page in self.pages
            for t in page.tables
        ]


def aside(name: str, *lines: Sequence[Value]) -> Page:
    """A sheet that is no ledger: a cover, a pivot, notes."""
    page = Page(name)
    for r, line in enumerate(lines, 1):
        for c, value in enumerate(line, 1):
            page.put(r, c, value)
    return page


class Pen:
    """Writes one table from a corner downwards; `gaps` are keys before which an empty column is left."""

    def __init__(
        self, page: Page, ledger: str, columns: Sequence[Column], top: int = 1, left: int = 1, gaps: Sequence[str] = ()
    ) -> None:
        self.page, self.ledger, self.columns = page, ledger, columns
        self.top, self.left, self.row = top, left, top
        self.roles: list[str] = []
        self.at: dict[str, int] = {}
        at = left
        for c in columns:
            at += c.key in gaps
            self.at[c.key] = at
            at += 1
        self.right = at - 1
        self.n = 0

    def _next(self, role: str) -> int:
        self.roles.append(role)
        self.row += 1
        return self.row - 1

    def title(self, text: str, merged: bool = True) -> None:
        row = self._next("title")
        self.page.put(row, self.left, text)
        if merged:
            self.page.merge(row, self.left, row, self.right)

    def note(self, *texts: str, role: str = "note") -> None:
        """Notes are spread over the width of the table."""
        row = self._next(role)
        step = max((self.right - self.left + 1) // len(texts), 1)
        for i, text in enumerate(texts):
            self.page.put(row, min(self.left + i * step, self.right), text)

    def footer(self, *texts: str) -> None:
        self.note(*texts, role="footer")

    def header(self) -> None:
        """The header once; groups are merged across, single names down."""
        depth = max(len(c.path) for c in self.columns)
        top = self.row
        for level in range(depth):
            row = self._next("header")
            i = 0
            while i < len(self.columns):
                path = self.columns[i].path
                j = i + 1
                if level < len(path) - 1:
                    while j < len(self.columns) and self.columns[j].path[: level + 1] == path[: level + 1]:
                        j += 1
                if level < len(path):
                    left, right = self.at[self.columns[i].key], self.at[self.columns[j - 1].key]
                    bottom = top + depth - 1 if level == len(path) - 1 else row
                    self.page.put(row, left, path[level])
                    self.page.merge(row, left, bottom, right)
                i = j

    def body(self, values: Mapping[str, Value]) -> int:
        """One record; a `serial` column numbers itself. Returns the row."""
        self.n += 1
        row = self._next("body")
        for key, at in self.at.items():
            self.page.put(row, at, values.get(key, self.n if key == "serial" else None))
        return row

    def section(self, text: str, merged: bool = True) -> None:
        row = self._next("section")
        self.page.put(row, self.left, text)
        if merged:
            self.page.merge(row, self.left, row, self.right)

    def total(self, label: str, values: Mapping[str, Value], at: str = "") -> None:
        row = self._next("total")
        self.page.put(row, self.at[at] if at else self.left, label)
        for key, value in values.items():
            self.page.put(row, self.at[key], value)

    def prenumbered(self, count: int) -> None:
        for i in range(count):
            self.page.put(self._next("prenumbered"), self.at["serial"], self.n + 1 + i)

    def blank(self) -> None:
        self._next("blank")

    def down(self, key: str, first: int, last: int) -> None:
        """Merge a column's cells of body rows; the first one's value holds for all."""
        for row in range(first + 1, last + 1):
            self.page.cells.pop((row, self.at[key]), None)
        self.page.merge(first, self.at[key], last, self.at[key])

    def done(self) -> Laid:
        """Put the table on the page's record."""
        headers = tuple("/".join(c.path) for c in self.columns)
        area = (self.top, self.left, self.row - 1, self.right)
        laid = Laid("", self.page.name, self.ledger, area, tuple(self.roles), headers)
        self.page.tables.append(laid)
        return laid
