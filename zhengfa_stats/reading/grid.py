"""A sheet as layout looks at it: 0-based cells without white-space-only text, and what its merges cover."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.coded import Coded, distinguish
from zhengfa_stats.reading.sheets import Cell, Rows, Sheet

Kind = Literal["number", "date", "text"]
_NUMBER = re.compile(
    r"[-+(（]?[¥￥$]?\s*[\d０-９][\d０-９,，]*(?:[.．][\d０-９]+)?(?:[eE][-+]?\d+)?\s*[%％‰)）]?|[-—–]+|[/／]|√|[×xX✓]"
)
_DATE = re.compile(
    r"(?:\d{2}|\d{4})\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*[日号]?\.?)?月?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?|\d{1,2}:\d{2}(?::\d{2})?|\d{1,2}月\d{1,2}[日号]?"
)


class Box(NamedTuple):
    """A rectangle of cells, 0-based, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def width(self) -> int:
        return self.right - self.left + 1

    @property
    def height(self) -> int:
        return self.bottom - self.top + 1


class Found(NamedTuple):
    """A non-blank cell of a row that is not covered by a merge."""

    column: int
    value: Cell
    box: Box  # its merge, or the cell itself


def text_of(value: Cell) -> str:
    """A cell as header text: outer white space and newlines removed, whole numbers without a point.

    >>> text_of("推荐\\n排序 "), text_of(2014.0), text_of(None)
    ('推荐排序', '2014', '')
    """
    if isinstance(value, str):
        return value if value.isalnum() else value.replace("\r", "").replace("\n", "").strip(" \t\u3000\xa0")
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime():
            return str(value.date()) if value.time() == time() else str(value)
        case _:
            return str(value)


def kind_of(value: Cell) -> Kind:
    """What sort of value a non-blank cell holds; numbers and dates typed as text count as such."""
    if isinstance(value, str):
        # What begins with a Chinese character or with two letters is neither number nor date: told at once of most texts.
        is_word = "\u3400" <= value < "\ua000" or (value[:2].isalpha() and len(value) > 1)
        return "text" if is_word else _kind_of_text(value)
    return "date" if isinstance(value, (date, time, timedelta)) else "number"


@lru_cache(maxsize=65536)
def _kind_of_text(text: str) -> Kind:
    plain = text.strip()
    if _NUMBER.fullmatch(plain):
        return "number"
    return "date" if _DATE.fullmatch(plain) else "text"


_ODD = marks.DITTO | marks.DITTO_LEFT | {""}
_SPACE = frozenset(" \t\r\n\u3000\xa0\u200b\ufeff")


def _odd_values(texts: Iterable[str]) -> frozenset[str]:
    """The white-space-only texts and the ditto marks."""
    if _ODD.isdisjoint(map(str.strip, texts)):
        return frozenset()
    return frozenset(v for v in texts if (len(v) < 5 or v[0] in _SPACE) and v.strip() in _ODD)


def _places(rows: Rows, values: frozenset[str]) -> list[tuple[int, int]]:
    return [
        (r, c) for r, row in enumerate(rows) if not values.isdisjoint(row) for c, v in enumerate(row) if v in values
    ]


@dataclass(slots=True)
class Grid:
    """Cells and merges of one sheet. `covered` maps each cell under a merge, its anchor apart, to the merge."""

    rows: Rows
    width: int
    anchors: dict[tuple[int, int], Box] = field(default_factory=dict)
    covered: dict[tuple[int, int], Box] = field(default_factory=dict)
    dittos: tuple[tuple[int, int], ...] = ()  # in reading order
    by_top: list[Box] = field(default_factory=list)
    merged: frozenset[int] = frozenset()  # the rows that some merge reaches
    _columns: Sequence[Coded] | None = None
    _found: dict[tuple[int, int, int], list[Found]] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def columns(self) -> Sequence[Coded]:
        """The cells by column, the distinct ones and each row's place among them; looked up once."""
        if self._columns is None:
            self._columns = [distinguish(cells) for cells in zip(*self.rows, strict=True)]
        return self._columns

    @property
    def whole(self) -> Box:
        return Box(0, 0, self.height - 1, self.width - 1)

    def found(self, row: int, window: Box) -> list[Found]:
        """The row's own cells within the window's columns, from left to right; looked up once, for a row is asked many things."""
        key = row, window.left, window.right
        if key not in self._found:
            self._found[key] = self._cells(row, window)
        return self._found[key]

    def _cells(self, row: int, window: Box) -> list[Found]:
        line = self.rows[row][window.left : window.right + 1]
        if not self.anchors:
            return [Found(c, v, Box(row, c, row, c)) for c, v in enumerate(line, window.left) if v is not None]
        return [
            Found(c, v, self.anchors.get((row, c)) or Box(row, c, row, c))
            for c, v in enumerate(line, window.left)
            if v is not None and (row, c) not in self.covered
        ]

    def own(self, row: int, window: Box) -> list[Cell]:
        """The values of the row's own cells, those of `found`."""
        if row in self.merged:
            return [f.value for f in self.found(row, window)]
        return [v for v in self.rows[row][window.left : window.right + 1] if v is not None]

    def fill(self, row: int, window: Box) -> dict[int, Cell]:
        """The row's values by column, with those that merges bring down from above, each merge counted once."""
        line = self.rows[row]
        cells = line[window.left : window.right + 1]
        values: dict[int, Cell] = {c: v for c, v in enumerate(cells, window.left) if v is not None}
        if self.covered:
            for c in range(window.left, window.right + 1):
                box = self.covered.get((row, c))
                if c not in values and box and box.top < row and c == max(box.left, window.left):
                    value = self.rows[box.top][box.left]
                    if value is not None:
                        values[c] = value
        return values

    def is_blank(self, row: int, window: Box) -> bool:
        """No cell of the row within the window holds anything."""
        line = self.rows[row]
        if window.left or window.right + 1 < len(line):
            line = line[window.left : window.right + 1]
        return line.count(None) == len(line)

    def merges_between(self, top: int, bottom: int) -> list[Box]:
        """The merges whose first row lies within these rows, both included."""
        return self.by_top[bisect_left(self.by_top, (top,)) : bisect_left(self.by_top, (bottom + 1,))]

    def dittos_between(self, top: int, bottom: int) -> tuple[tuple[int, int], ...]:
        """The ditto marks within these rows, both included, in reading order."""
        return self.dittos[bisect_left(self.dittos, (top,)) : bisect_left(self.dittos, (bottom + 1,))]


def grid_of(sheet: Sheet) -> Grid:
    """The sheet as a grid; its own rows are left as they are."""
    widths = set(map(len, sheet.rows))
    width = max(widths, default=0)
    rows = [*sheet.rows] if len(widths) < 2 else [[*row, *([None] * (width - len(row)))] for row in sheet.rows]
    odd = _odd_values(sheet.texts)
    places = _places(rows, odd) if odd else []
    rows, dittos = _without_spaces(rows, places)
    grid = Grid(rows, width, dittos=dittos, _columns=sheet.columns if len(dittos) == len(places) else None)
    _place_merges(grid, (Box(m.top - 1, m.left - 1, m.bottom - 1, m.right - 1) for m in sheet.merges))
    return grid


def _without_spaces(rows: Rows, odd: Iterable[tuple[int, int]]) -> tuple[Rows, tuple[tuple[int, int], ...]]:
    dittos, copied = [], set()
    for r, c in odd:
        if str(rows[r][c]).strip():
            dittos.append((r, c))
            continue
        if r not in copied:
            copied.add(r)
            rows[r] = list(rows[r])
        rows[r][c] = None
    return rows, tuple(dittos)


def _place_merges(grid: Grid, boxes: Iterable[Box]) -> None:
    """Record merges, cut to the grid; of overlapping ones (damaged files) the first stands."""
    for whole in boxes:
        box = Box(whole.top, whole.left, min(whole.bottom, grid.height - 1), min(whole.right, grid.width - 1))
        if box.height < 1 or box.width < 1 or box.height * box.width == 1:
            continue
        cells = [(r, c) for r in range(box.top, box.bottom + 1) for c in range(box.left, box.right + 1)]
        if (box.top, box.left) in grid.covered or any(cell in grid.anchors for cell in cells):
            continue
        grid.anchors[box.top, box.left] = box
        for cell in cells[1:]:
            grid.covered.setdefault(cell, box)
    grid.by_top = sorted(grid.anchors.values())
    grid.merged = frozenset(row for box in grid.by_top for row in range(box.top, box.bottom + 1))
