"""A table's columns between its reading and its ledger: each as its distinct values and every line's place among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, count, islice, zip_longest
from typing import Any, SupportsIndex, TypeAlias

import numpy as np
import numpy.typing as npt

Objects = npt.NDArray[np.object_]
Index = npt.NDArray[np.signedinteger[Any]]

_BLOCK = 2048  # rows looked through at once: their cells lie together, those of a long column far apart in memory


@dataclass(frozen=True, slots=True)
class Coded:
    """A column: values, and each line's place among them, -1 where it holds nothing; no place leads to None."""

    index: Index  # of any whole numbers: as small as they are where it was packed
    values: Sequence[Any]

    def __reduce__(self) -> tuple[Any, ...]:
        """Packed with places as small as they are, and with texts as one: each for itself costs ten times as much."""
        return _unpacked, (small(self.index, len(self.values)), *_packed(self.values))

    def __len__(self) -> int:
        return len(self.index)

    @property
    def filled(self) -> npt.NDArray[np.bool_]:
        """Whether each line holds a value."""
        return self.index >= 0

    def at(self, line: SupportsIndex) -> Any:
        """The value of one line, None where it holds nothing."""
        place = self.index[line]
        return None if place < 0 else self.values[place]

    def take(self, lines: Index | npt.NDArray[np.bool_]) -> Coded:
        """The column of some of the lines."""
        return Coded(self.index[lines], self.values)

    def holds(self, wanted: Set[Any]) -> npt.NDArray[np.bool_]:
        """Whether each line holds one of some values."""
        met = np.fromiter(chain(map(wanted.__contains__, self.values), (False,)), bool, len(self.values) + 1)
        return met[self.index]

    def lines_of(self, wanted: Set[Any]) -> Index:
        """The lines that hold one of some values."""
        return np.flatnonzero(self.holds(wanted))

    def replaced(self, by: Mapping[Any, Any]) -> Coded:
        """With other values in the place of some."""
        return coded(self.index, [by.get(value, value) for value in self.values])

    def map(self, of: Callable[[Any], Any]) -> Coded:
        """What a function makes of each value, worked out once for each."""
        return coded(self.index, [None if value is None else of(value) for value in self.values])

    def patched(self, others: Mapping[Any, Any]) -> Coded:
        """With other values in some lines."""
        if not others:
            return self
        index = self.index.astype(np.intp)
        index[list(others)] = np.arange(len(self.values), len(self.values) + len(others))
        return coded(index, [*self.values, *others.values()])

    def overlaid(self, lines: Index | npt.NDArray[np.bool_], other: Coded) -> Coded:
        """With another column's values in some of the lines."""
        index = self.index.astype(np.intp)
        index[lines] = np.where(other.filled, other.index.astype(np.intp) + len(self.values), -1)[lines]
        return Coded(index, [*self.values, *other.values])

    def or_else(self, other: Coded) -> Coded:
        """With another column's values in the lines that hold nothing."""
        return other if not len(self.values) else self.overlaid(~self.filled, other)

    def spread(self) -> Objects:
        """The value of every line, None where there is none."""
        return np.fromiter([*self.values, None], dtype=object, count=len(self.values) + 1)[self.index]


_MARK, _MANY = "\0", 1000


def _packed(values: Sequence[Any]) -> tuple[Any, Any]:
    """Values, with many texts put together; where each value is several texts, also of how many."""
    kinds = set(map(type, values)) if len(values) > _MANY else set()
    if kinds == {str}:
        return _joined(values), None
    if kinds == {tuple} and set(map(type, texts := [*chain.from_iterable(values)])) == {str}:
        sizes = np.fromiter(map(len, values), np.intp, len(values))
        return _joined(texts), small(sizes, int(sizes.max()))
    return values, None


def _joined(texts: Sequence[str]) -> str | Sequence[str]:
    joined = _MARK.join(texts)
    return joined if joined.count(_MARK) == len(texts) - 1 else texts


def _unpacked(index: Index, packed: Any, sizes: Index | None) -> Coded:
    values = packed.split(_MARK) if isinstance(packed, str) else packed
    if sizes is None:
        return Coded(index, values)
    if sizes.min() == 1 == sizes.max():
        return Coded(index, list(zip(values, strict=True)))
    texts = iter(values)
    return Coded(index, [tuple(islice(texts, size)) for size in sizes.tolist()])


Column: TypeAlias = Coded | npt.NDArray[Any]  # plain arrays for numbers and days
Columns: TypeAlias = Mapping[str, Column]  # of one length


def distinguish(cells: Sequence[Any]) -> Coded:
    """A column as its distinct values, in the order in which they stand; of equal ones (1 and TRUE) the first."""
    places = _places()
    index = np.fromiter(map(places.__getitem__, cells), dtype=np.intp, count=len(cells))
    return Coded(index, list(places)[1:])


def columns_of(rows: Sequence[Sequence[Any]]) -> list[Coded]:
    """Every column of some rows, as `distinguish` gives it; a row that ends early holds nothing beyond."""
    width = max(map(len, rows), default=0)
    index = np.full((width, len(rows)), -1, dtype=np.intp)
    places = [_places() for _ in range(width)]
    for top in range(0, len(rows), _BLOCK):
        for at, cells in enumerate(zip_longest(*rows[top : top + _BLOCK])):
            index[at, top : top + len(cells)] = np.fromiter(map(places[at].__getitem__, cells), np.intp, len(cells))
    return [Coded(line, list(found)[1:]) for line, found in zip(index, places, strict=True)]


def _places() -> defaultdict[Any, int]:
    """Gives every value that it is asked for the next place, None none."""
    return defaultdict(count().__next__, {None: -1})


def distinct(column: Coded) -> Coded:
    """A column with each value once among its values."""
    told = distinguish(column.values)
    return Coded(np.append(told.index, -1)[column.index], told.values)


def coded(index: Index, values: Sequence[Any]) -> Coded:
    """A column of values among which there may be None."""
    nothing = [place for place, value in enumerate(values) if value is None]
    if not nothing:
        return Coded(index, values)
    blank = np.zeros(len(values) + 1, dtype=bool)
    blank[nothing] = True
    return Coded(np.where(blank[index], -1, index), values)


def constant(n: int, value: Any) -> Coded:
    """n lines of one value; None is nothing."""
    return Coded(np.full(n, -1 if value is None else 0, dtype=np.intp), [value])


def small(index: Index, n: int) -> Index:
    """Places among n values as small as they can be told."""
    return index.astype(_kind(n))


def _kind(n: int) -> Any:
    return np.min_scalar_type(-max(1, n))


def end_to_end(columns: Iterable[Coded]) -> Coded:
    """Columns one beneath another, with places as small as they can be told."""
    columns = list(columns)
    if not columns:
        return constant(0, None)
    values = list(chain.from_iterable([column.values for column in columns]))
    kind, starts = _kind(len(values)), np.cumsum([0, *(len(column.values) for column in columns[:-1])])
    index: Index = np.concatenate([column.index for column in columns], dtype=kind)
    blank = index < 0
    index += np.repeat(starts.astype(kind), [len(column.index) for column in columns])
    index[blank] = -1
    return Coded(index, values)


def as_columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Columns:
    """Rows of few values as columns."""
    each = np.arange(len(rows))
    return {name: coded(each, [row[i] for row in rows]) for i, name in enumerate(names)}


def selected(columns: Columns, lines: Index | npt.NDArray[np.bool_]) -> Columns:
    """All columns of some of the lines."""
    return {name: c.take(lines) if isinstance(c, Coded) else c[lines] for name, c in columns.items()}


def height(columns: Columns) -> int:
    """How many lines the columns have."""
    return len(next(iter(columns.values()), ()))
