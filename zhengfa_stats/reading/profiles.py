"""What the ordinary rows beneath a header look like: how many cells they fill, of which kinds, and where they are numbered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.grid import Box, Grid, Kind, kind_of, text_of
from zhengfa_stats.reading.headers_of import Head
from zhengfa_stats.reading.labelness import reads_as_labels
from zhengfa_stats.reading.sheets import Cell

_RICH = 40  # rows that the profile is drawn from


@dataclass(frozen=True)
class Profile:
    """What an ordinary row of a table looks like: how many cells it fills, of which kinds, and where it is numbered."""

    window: Box  # the table's columns, from the first row of the header
    head: Head
    kinds: dict[int, Kind]
    usual: int  # cells that an ordinary row fills
    serial: int | None
    numbered: bool  # ordinary rows have a serial number
    named: list[int]  # columns that have a name
    first_cells: tuple[tuple[int, Cell], ...]  # the first cells of the header, by which it is known again

    @cached_property
    def figures(self) -> list[int]:
        """The named columns that usually hold no texts."""
        return [c for c in self.named if self.kinds.get(c, "text") != "text"]

    @property
    def thin(self) -> int:
        """Rows with no more cells than this are looked at closely."""
        return max(2, self.usual // 3)

    def fits(self, kinds: Mapping[int, Kind]) -> bool:
        """The kinds of a row's cells by column are an ordinary row's: it fills most named columns, with their kinds."""
        named = [(c, kinds[c]) for c in self.named if c in kinds]
        if not named or len(named) < min(max(2, 0.5 * self.usual), len(self.named)):
            return False
        return [self.kinds[c] == kind for c, kind in named].count(True) >= 0.6 * len(named)


def stands_on_figures(n_texts: int, n: int) -> bool:
    """Texts stand in a row's cells in columns of figures, or it has none there: what nearly no row of a body shows."""
    return not n or n_texts >= 0.7 * n


def profile_of(grid: Grid, window: Box, head: Head) -> Profile:
    """The profile of the rows beneath a header, from the first rows that hold more than one value."""
    named = [c for c, parts in head.names.items() if parts]
    rich: list[dict[int, Cell]] = []
    for row in range(head.bottom + 1, min(window.bottom + 1, head.bottom + 1 + 4 * _RICH)):
        values = grid.fill(row, window)
        if len(values) >= 2:
            if len(rich) >= 2 and _ends_sample(grid, window, row):
                break
            rich.append(values)
            if len(rich) == _RICH:
                break
    kinds = {c: _usual_kind([row[c] for row in rich if c in row]) for c in range(window.left, window.right + 1)}
    fills = sorted(len(row) for row in rich)
    usual = fills[len(fills) // 2] if fills else len(named)
    serial = _serial_column(grid, window, head, rich)
    numbered = serial is not None and sum(is_number(row.get(serial)) for row in rich) >= 0.5 * len(rich)
    first = tuple((f.column, f.value) for f in grid.found(head.top, window)[:4])
    return Profile(window, head, kinds, usual, serial, numbered, sorted(named), first)


def _ends_sample(grid: Grid, window: Box, row: int) -> bool:
    """Rows after a total, a signature or another header may be anything."""
    values = grid.own(row, window)
    first = next((v for v in values if isinstance(v, str)), "")
    odd = not marks.is_plain(first) and (marks.is_total_label(first) or marks.FOOTER.fullmatch(marks.squeeze(first)))
    return bool(odd) or reads_as_labels(values)


def _usual_kind(values: list[Cell]) -> Kind:
    return Counter(map(kind_of, values)).most_common(1)[0][0] if values else "text"


def _serial_column(grid: Grid, window: Box, head: Head, rich: list[dict[int, Cell]]) -> int | None:
    """The column that numbers the rows: named so, or one of the first two that counts by one."""
    first = [c for c in range(window.left, window.right + 1) if head.names.get(c)][:2]
    for column in first:
        if head.names[column] and marks.SERIAL.fullmatch(marks.squeeze(head.names[column][-1])):
            return column
    for column in first:
        below = [grid.rows[r][column] for r in range(head.bottom + 1, min(window.bottom + 1, head.bottom + 40))]
        numbers = [int(float(text_of(v))) for v in below if is_number(v) and marks.ONLY_NUMBER.fullmatch(text_of(v))]
        steps = [b - a for a, b in pairwise(numbers)]
        if len(numbers) >= 3 and steps.count(1) >= 0.8 * len(steps):
            return column
    return None


def is_number(value: Cell) -> bool:
    if isinstance(value, str):
        return value.strip().isdecimal() and len(value) < 7
    return isinstance(value, (int, float)) and not isinstance(value, bool)
