"""The body of a table by column: its distinct values, and each row's place among them."""

from __future__ import annotations

from functools import cached_property
from itertools import compress

import numpy as np

from zhengfa_stats.reading.coded import Coded, Index, distinguish
from zhengfa_stats.reading.sheets import Role, Sheet, Table

_PART = 4  # a body of so many times fewer rows than its sheet is looked through by itself


class Body:
    """The body rows of a table; `at` are their 1-based places on the sheet."""

    def __init__(self, table: Table, sheet: Sheet) -> None:
        self.rows, self.at = sheet.rows, np.array(table.rows_of(Role.BODY), dtype=np.int64)
        self._columns, self._known = sheet.columns, dict[int, Coded]()
        self._is_most = len(self.at) > len(self.rows) / _PART

    @cached_property
    def _others(self) -> Index:
        return np.delete(np.arange(len(self.rows)), self.at - 1)

    def column(self, at: int) -> Coded:
        """A 1-based column as it is written, looked up once."""
        if at not in self._known:
            self._known[at] = self._within(at) if self._is_most else self._anew(at)
        return self._known[at]

    def _anew(self, at: int) -> Coded:
        """A column of one table of many costs what the table costs, not what the sheet does."""
        return distinguish([self.rows[row - 1][at - 1] for row in self.at.tolist()])

    def _within(self, at: int) -> Coded:
        """What the body holds of a column of the sheet; of equal values (1 and TRUE) the one that stands first in it."""
        whole = self._columns[at - 1]
        index = whole.index[self.at - 1]
        holds = np.zeros(len(whole.values) + 1, dtype=bool)
        holds[index] = True
        holds[-1] = False
        places = np.where(holds, np.cumsum(holds) - 1, -1)
        column = Coded(places[index], list(compress(whole.values, holds.tolist())))
        return self._as_first_written(column, at, {*places[whole.index[self._others]].tolist()} - {-1})

    def _as_first_written(self, column: Coded, at: int, places: set[int]) -> Coded:
        if places:
            firsts = dict(zip(*(found.tolist() for found in np.unique(column.index, return_index=True)), strict=True))
            own = {place: self.rows[self.at[firsts[place]] - 1][at - 1] for place in places}
            return Coded(column.index, [own.get(place, value) for place, value in enumerate(column.values)])
        return column
