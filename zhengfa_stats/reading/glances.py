"""Rows judged at a glance, by the types of their cells and a few of their texts: most rows of a body need no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import chain, islice
from typing import NamedTuple

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.grid import Grid, kind_of
from zhengfa_stats.reading.profiles import Profile, stands_on_figures
from zhengfa_stats.reading.sheets import Cell

_BLOCK = 64  # rows whose different values are looked at together


class Glance(Enum):
    """What a glance at a row tells."""

    NOTHING = "nothing"  # it is thin, merged or oddly worded: it must be looked at closely
    BODY = "body"  # it is no header, total, example, section or footer, and no table begins with it
    OPENING = "opening"  # the same, but another table may begin with it: texts stand where this one has figures


class _Shape(NamedTuple):
    """What holds of all rows with cells of the same types."""

    texts: list[int]  # where texts stand, by their place within the table's columns
    typed: list[int]  # those in columns of figures: a figure typed as text, or no figure
    figures: int  # cells in columns of figures
    glance: Glance  # of a row where no text in a column of figures reads as one


def glances(grid: Grid, profile: Profile, rows: Iterable[int]) -> Iterator[tuple[int, Glance]]:
    """Each of some rows with what a glance at it tells."""
    rows = iter(rows)
    shapes: dict[tuple[type, ...], _Shape | None] = {}
    while block := [*islice(rows, _BLOCK)]:
        lines = [grid.rows[r][profile.window.left : profile.window.right + 1] for r in block]
        odd = _odd(profile, lines)
        for row, line in zip(block, lines, strict=True):
            types = tuple(map(type, line))
            if types not in shapes:
                shapes[types] = _shape(profile, line)
            shape = shapes[types]
            if shape is None or row in grid.merged or not odd.isdisjoint(line):
                yield row, Glance.NOTHING
            else:
                yield row, _glance(shape, line)


def _odd(profile: Profile, lines: Iterable[Sequence[Cell]]) -> set[Cell]:
    """The values that may make a row a header or a footer wherever in it they stand."""
    values = set(chain.from_iterable(lines))
    header = {value for _, value in profile.first_cells}
    return (header & values) | marks.signing([value for value in values if isinstance(value, str)])


def _shape(profile: Profile, line: Sequence[Cell]) -> _Shape | None:
    """The shape of a row; None of a thin one."""
    if len(line) - line.count(None) <= 2:
        return None
    texts = [i for i, value in enumerate(line) if isinstance(value, str)]
    figures = [i for i in (c - profile.window.left for c in profile.figures) if line[i] is not None]
    typed = [i for i in figures if i in texts]
    return _Shape(texts, typed, len(figures), _told(0, len(figures)))


def _told(n_texts: int, n_figures: int) -> Glance:
    return Glance.OPENING if stands_on_figures(n_texts, n_figures) else Glance.BODY


def _glance(shape: _Shape, line: Sequence[Cell]) -> Glance:
    """Only the texts up to the second that reads as one can make the row a total, a statistic, an example or a footer."""
    read = 0
    for i in shape.texts:
        if not marks.is_plain(str(line[i])):
            return Glance.NOTHING
        read += kind_of(line[i]) == "text"
        if read == 2:
            break
    if not shape.typed:
        return shape.glance
    return _told([kind_of(line[i]) for i in shape.typed].count("text"), shape.figures)
