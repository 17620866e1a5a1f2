"""Rows judged at a glance, many at a time, by the kinds of their cells and a few of their texts: most of a body needs no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.coded import Coded, Index
from zhengfa_stats.reading.grid import Grid, kind_of
from zhengfa_stats.reading.profiles import Profile, stands_on_figures
from zhengfa_stats.reading.sheets import Cell

_FIRST, _MORE = 200, 4  # rows looked at together, and how many times as many after them: a table may end soon

Lines = NDArray[np.bool_]  # of each row, whether something holds of it


class Glance(Enum):
    """What a glance at a row tells."""

    NOTHING = "nothing"  # it is thin, merged or oddly worded: it must be looked at closely
    BODY = "body"  # it is no header, total, example, section or footer, and no table begins with it
    OPENING = "opening"  # the same, but another table may begin with it: texts stand where this one has figures


def glances(grid: Grid, profile: Profile, rows: Iterable[int]) -> Iterator[tuple[int, Glance]]:
    """Each of some rows with what a glance at it tells."""
    rows, n = iter(rows), _FIRST
    while some := [*islice(rows, n)]:
        yield from zip(some, _glances(grid, profile, np.array(some, dtype=np.intp)), strict=True)
        n *= _MORE


def _glances(grid: Grid, profile: Profile, rows: Index) -> Iterator[Glance]:
    """Looked at closely are merged and thin rows, those with cells of the header's, and those that may be a footer or the like."""
    columns = {c: _of(grid.columns[c], rows) for c in range(profile.window.left, profile.window.right + 1)}
    close = np.fromiter(map(grid.merged.__contains__, rows.tolist()), bool, len(rows))
    close |= _how_many(columns.values(), len(rows)) <= 2
    for c, value in profile.first_cells:
        if value in columns[c].values:
            close |= columns[c].holds({value})
    for column in columns.values():
        if signing := marks.signing(_texts(column.values)):
            close |= column.holds(signing)
    close |= _odd_first(columns.values(), len(rows))
    figures = [columns[c] for c in profile.figures]
    counts = zip(_texts_among(figures, len(rows)).tolist(), _how_many(figures, len(rows)).tolist(), strict=True)
    for looked_at, (n_texts, n) in zip(close.tolist(), counts, strict=True):
        opening = Glance.OPENING if stands_on_figures(n_texts, n) else Glance.BODY
        yield Glance.NOTHING if looked_at else opening


def _of(column: Coded, rows: Index) -> Coded:
    """The column of some rows, without most values that none of them holds."""
    column = column.take(rows)
    if len(column.values) <= 2 * len(rows):
        return column
    places, index = np.unique(np.append(column.index, -1), return_inverse=True)
    return Coded(index[:-1] - 1, [column.values[place] for place in places[1:]])


def _how_many(columns: Iterable[Coded], n: int) -> Index:
    """How many of the columns hold something in each of n rows."""
    return sum((column.filled.astype(np.intp) for column in columns), np.zeros(n, dtype=np.intp))


def _texts(values: Iterable[Cell]) -> list[str]:
    return [value for value in values if isinstance(value, str)]


def _odd_first(columns: Iterable[Coded], n: int) -> Lines:
    """The rows that may be totals, statistics, examples or footers, by their texts up to the second that reads as one."""
    odd, read = np.zeros(n, dtype=bool), np.zeros(n, dtype=np.intp)
    for column in columns:
        asked = column.filled & (read < 2)
        if not asked.any():
            continue
        texts = _texts(column.values[place] for place in {*column.index[asked].tolist()})
        if not_plain := {text for text in texts if not marks.is_plain(text)}:
            odd |= asked & column.holds(not_plain)
        if words := {text for text in texts if kind_of(text) == "text"}:
            read += asked & column.holds(words)
    return odd


def _texts_among(columns: Iterable[Coded], n: int) -> Index:
    """How many of the columns hold in each row a text that reads as one."""
    found = np.zeros(n, dtype=np.intp)
    for column in columns:
        if words := {text for text in _texts(column.values) if kind_of(text) == "text"}:
            found += column.holds(words)
    return found
