"""Rows and columns of cells: what a table shows and a chart draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from zhengfa_stats.language.wording import said

FEWEST = 5  # a rate of fewer is shown as counts
TOTAL = "合计"


class Cell(NamedTuple):
    """A value, None where it can't be had; of a rate, the counts that it is made of."""

    value: float | None
    part: float | None = None
    whole: float | None = None

    @property
    def is_small(self) -> bool:
        """Whether it is a rate of so few that the counts say more."""
        return self.whole is not None and self.whole < FEWEST


BLANK = Cell(None)


def counts(cell: Cell) -> str:
    """The counts of a rate.

    >>> counts(Cell(75.0, 3, 4)), counts(Cell(None))
    ('3/4', '—')
    """
    return f"{said(cell.part, '')}/{said(cell.whole, '')}" if cell.part is not None else "—"


class Extra(NamedTuple):
    """A column of another figure beside a cross table: the median beside the bins."""

    name: str
    unit: str
    cells: tuple[Cell, ...]
    bottom: Cell = BLANK


@dataclass(frozen=True)
class Grid:
    """Rows by columns, with the totals that were counted as such: never a sum of cells.

    `words` are what stands in the cells of a table of words. `whys` says of columns why they have no values.
    """

    head: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    units: tuple[str, ...]
    bottom: tuple[Cell, ...] | None = None
    right: tuple[Cell, ...] | None = None
    corner: Cell = BLANK
    extras: tuple[Extra, ...] = ()
    whys: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    across: str = ""  # what the columns are, where they are groups of one figure
    is_time: bool = False
    is_time_across: bool = False
    is_ordered: bool = False
    is_funnel: bool = False
    adds: tuple[bool, ...] = ()  # of each column, whether its numbers add up: counts do, rates and medians do not

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see: no group, or nothing but zeros and blanks."""
        return not self.words and not any(c.value for row in self.cells for c in row) and not any(self.rates)

    @property
    def rates(self) -> list[Cell]:
        """The rates that could be had: 0 % is something to see."""
        return [c for row in self.cells for c in row if c.whole and c.value is not None]

    def column(self, i: int) -> list[Cell]:
        return [row[i] for row in self.cells]

    @property
    def sums(self) -> list[tuple[float, float]]:
        """What the cells of each row and column come to, beside the counted total; of numbers that add up."""
        rows = zip(self.cells, self.right or (), strict=False) if all(self.adds) else ()
        columns = ((self.column(i), total) for i, total in enumerate(self.bottom or ()) if self.adds and self.adds[i])
        pairs = [(cells, total) for cells, total in (*rows, *columns) if total.value is not None]
        return [(sum(c.value or 0 for c in cells), total.value or 0) for cells, total in pairs]

    @property
    def overlaps(self) -> bool:
        """Whether something counts in several groups, so that these come to more than their total."""
        return any(parts > total for parts, total in self.sums)

    @property
    def falls_short(self) -> bool:
        """Whether a total holds what nobody has broken down: figures of those who report only totals."""
        return any(parts < total for parts, total in self.sums)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the numbers themselves call for."""
        small = any(c.is_small and c.part is not None for row in self.cells for c in row)
        share = f"括号里是占“{self.rows[0]}”的比例。" if self.is_funnel and not self.is_empty else ""
        told = f"分母不足{FEWEST}的不算比率，写作“分子/分母”。" if small else ""
        several = f"{self._one}可以计入几组，各组之和大于合计。" if self.overlaps else ""
        short = "合计含只报总数、没有分组的数，大于各组之和。" if self.falls_short else ""
        return tuple(filter(None, (share, told, several, short)))

    @property
    def _one(self) -> str:
        """一人, 一条: one of what is counted."""
        return f"一{self.units[0]}" if self.units and self.units[0] not in ("", "%") else "一项"
