"""Some values of each column, and what they look like: ticks, counts, 1, 2, 3 …"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal

from zhengfa_stats.reading.header_words import TICKS, UNTICKED
from zhengfa_stats.reading.sheets import Cell, Role, Sheet, Table

_SAMPLE = 60
_MARKS = frozenset(t for t in TICKS if not t.isalnum() and not t[0].isdigit())  # √, ■: no numbers, no words


class Samples:
    """Some non-blank body values of each column, read once."""

    def __init__(self, table: Table, sheet: Sheet) -> None:
        self._sheet = sheet
        self._body = table.rows_of(Role.BODY)
        self._known: dict[int, tuple[Cell, ...]] = {}
        self.judged: dict[tuple[object, ...], bool] = {}  # what was found out about a column

    def of(self, at: int) -> tuple[Cell, ...]:
        """Up to 60 non-blank values of a 1-based column."""
        if at not in self._known:
            self._known[at] = tuple(self._some(at))
        return self._known[at]

    def all(self, at: int) -> Iterator[Cell]:
        """The column's values in all body rows, blanks too."""
        return (self._sheet.rows[row - 1][at - 1] for row in self._body)

    def same(self, at: int, other: int) -> bool:
        """Whether two columns say the same in every body row."""
        return all(a == b for a, b in zip(self.all(at), self.all(other), strict=True))

    def _some(self, at: int) -> list[Cell]:
        rows = self._sheet.rows
        found: list[Cell] = []
        for row in self._body:
            value = rows[row - 1][at - 1]
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            found.append(value)
            if len(found) == _SAMPLE:
                break
        return found


def look_of_ticks(values: Sequence[Cell]) -> Literal["ticks", "empty", "counts", "other"]:
    """Whether a column's values are ticks; one in five may say something else, which the cleaner then reports.

    >>> look_of_ticks(["√", "×"]), look_of_ticks([1, 1.0]), look_of_ticks([1, 3])
    ('ticks', 'ticks', 'counts')
    >>> look_of_ticks([]), look_of_ticks(["三"]), look_of_ticks(["√", "√", "√", "√", 4])
    ('empty', 'other', 'ticks')
    """
    if not values:
        return "empty"
    written = [str(v).strip().casefold() for v in values]
    n_marks = sum(w in _MARKS for w in written)
    n_others = sum(w not in TICKS and w not in UNTICKED for w in written)
    if n_others > (0.2 * len(written) if n_marks else 0):
        return "counts" if any(isinstance(v, int | float) for v in values) and not n_marks else "other"
    return "ticks" if n_marks or not TICKS.isdisjoint(written) else "empty"


def counts_up(values: Sequence[Cell]) -> bool:
    """Whether the values are 1, 2, 3 …"""
    try:
        numbers = [float(str(v)) for v in values]
    except ValueError:
        return False
    return len(numbers) > 1 and numbers[0] in (0, 1) and all(b - a == 1 for a, b in pairwise(numbers))
