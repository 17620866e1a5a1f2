"""The lines of one ledger from all files, one beneath another: columns as they came, of which few cells are ever changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from zhengfa_stats.reading.cleaning.normal import skeleton
from zhengfa_stats.reading.coded import (
    Coded,
    Column,
    Columns,
    Index,
    coded,
    constant,
    distinct,
    distinguish,
    end_to_end,
    height,
    selected,
)
from zhengfa_stats.records import Place

Line: TypeAlias = tuple[str, str, int, int]  # file, sheet, table, row
Chosen: TypeAlias = Index | npt.NDArray[np.bool_]


class Lines:
    """A ledger's lines by number; a value that is not there is None, a day is a datetime."""

    def __init__(self, columns: Columns) -> None:
        self._columns = dict(columns)
        self._put: dict[str, dict[int, Any]] = {}  # what cells hold instead
        self._said: dict[str, Index] = {}

    def __len__(self) -> int:
        return height(self._columns)

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __getitem__(self, name: str) -> Column:
        if put := self._put.pop(name, None):
            self._columns[name] = _patched(self._columns[name], put)
        return self._columns[name]

    def __setitem__(self, name: str, column: Column) -> None:
        self._put.pop(name, None)
        self._said.pop(name, None)
        self._columns[name] = column

    def distinct(self, name: str) -> Coded:
        """A column with each value once among its values; one of blanks where there is no such column."""
        column = self[name] if name in self else constant(len(self), None)
        return distinct(_coded(column, len(self)))

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """A column of numbers or days; noughts where there is no such column."""
        column = self[name] if name in self else np.zeros(len(self), dtype=np.int64)
        assert isinstance(column, np.ndarray)
        return column

    def codes(self, name: str) -> Index:
        """A number for each line, the same where they hold the same; -1 where a line says nothing."""
        return codes(self[name])

    def said(self, name: str) -> Index:
        """A number for each line, the same where they say the same: texts without spaces and punctuation."""
        if name not in self._said:  # editions ask for it, and merging again
            self._said[name] = same_said(self[name])
        return self._said[name]

    def filled(self, name: str) -> npt.NDArray[np.bool_]:
        """Whether each line holds anything."""
        column = self[name]
        if isinstance(column, Coded):
            return column.filled
        return ~np.isnat(column) if column.dtype.kind == "M" else np.ones(len(column), dtype=bool)

    def at(self, line: int, name: str) -> Any:
        """What a line holds."""
        if (put := self._put.get(name)) and line in put:
            return put[line]
        column = self._columns[name]
        return column.at(line) if isinstance(column, Coded) else column[line].item()

    def put(self, line: int, name: str, value: Any) -> None:
        """Have a line hold something else."""
        self._put.setdefault(name, {})[line] = value
        self._said.pop(name, None)

    def place(self, line: int) -> Place:
        """Where a line stands."""
        file, sheet, _, row = self.source(line)
        return Place(file, sheet, str(row))

    def source(self, line: int) -> Line:
        """Where a line stands, and of which table of its sheet it is."""
        file, sheet, table, row = (self.at(line, f"source_{name}") for name in ("file", "sheet", "table", "row"))
        return file, sheet, table, row

    def having(self, columns: Columns) -> Lines:
        """The lines with other columns."""
        return Lines({name: self[name] for name in self} | dict(columns))

    def take(self, lines: Chosen) -> Lines:
        """Some of the lines, numbered anew."""
        return Lines(selected({name: self[name] for name in self}, lines))

    def without(self, lines: Sequence[int]) -> Lines:
        """All lines but some, numbered anew; where there are none to leave out, these."""
        return self.take(np.delete(np.arange(len(self)), lines)) if len(lines) else self

    def in_order(self, *names: str) -> Lines:
        """The lines in the order of some columns, those that are alike there as they stood."""
        keys = [_ranks(self[name]) for name in names]
        return self if _stand(keys) else self.take(np.lexsort(keys[::-1]))

    def as_table(self, types: Mapping[str, pa.DataType]) -> pa.Table:
        """Some columns as Arrow has them, the values once and each line's place among them; one that is not there is blank."""
        n = len(self)
        arrays = [_array(self[name], type_) if name in self else pa.nulls(n, type_) for name, type_ in types.items()]
        return pa.table(arrays, names=list(types))


def stacked(tables: Sequence[Columns]) -> Lines:
    """Tables one beneath another; what a table has no column for is blank in its lines."""
    names = dict.fromkeys(name for table in tables for name in table)
    if len(tables) == 1:
        return Lines(tables[0])
    sizes = [height(table) for table in tables]
    return Lines({name: _beneath([table.get(name) for table in tables], sizes) for name in names})


def _beneath(parts: Sequence[Any], sizes: Sequence[int]) -> Column:
    if set(map(type, parts)) == {np.ndarray}:
        return np.concatenate(parts)
    return end_to_end([p if isinstance(p, Coded) else _coded(p, n) for p, n in zip(parts, sizes, strict=True)])


def _coded(part: Column | None, n: int) -> Coded:
    if part is None:
        return constant(n, None)
    return part if isinstance(part, Coded) else coded(np.arange(n), part.tolist())


def _patched(column: Column, put: Mapping[int, Any]) -> Column:
    if isinstance(column, Coded):
        return column.patched(put)
    column = column.copy()
    column[list(put)] = np.array(list(put.values()), dtype=column.dtype)
    return column


def _array(column: Column, type_: pa.DataType) -> pa.Array:
    if not isinstance(column, Coded):
        return pa.array(column, type_, from_pandas=True)
    places = pa.array(column.index, mask=~column.filled)
    return pa.DictionaryArray.from_arrays(places, pa.array(column.values, type_))


def _ranks(column: Column) -> npt.NDArray[Any]:
    """Numbers that sort as the values do; of lines that hold nothing, last."""
    if not isinstance(column, Coded):
        return column
    told = distinct(column)
    last = len(told.values)
    ranks = np.full(last + 1, last)
    ranks[sorted(range(last), key=told.values.__getitem__)] = np.arange(last)
    return ranks[told.index]


def _stand(keys: Sequence[npt.NDArray[Any]]) -> bool:
    """Whether lines stand in the order of these keys already."""
    alike = np.ones(max(len(keys[0]) - 1, 0), dtype=bool)  # each line and the next, as far as looked
    for key in keys:
        if (alike & (key[1:] < key[:-1])).any():
            return False
        alike &= key[1:] == key[:-1]
    return True


# -- which lines are alike


def codes(column: Column) -> Index:
    """A number for each line, the same where they hold the same; -1 where a line says nothing."""
    if isinstance(column, Coded):
        return _numbered([None if is_blank(value) else value for value in column.values])[column.index]
    numbers: Index = np.unique(column, return_inverse=True)[1]
    return np.where(np.isnat(column), -1, numbers) if column.dtype.kind == "M" else numbers


def same_said(column: Column) -> Index:
    """A number for each line, the same where they say the same: texts without spaces and punctuation."""
    return _numbered(said(column.values))[column.index] if isinstance(column, Coded) else codes(column)


def _numbered(values: Sequence[Any]) -> Index:
    """A number for each value, the same for the same, -1 for None; at the end the -1 of lines that hold nothing."""
    if set(map(type, values)) == {str}:  # Arrow numbers texts in half the time
        numbers: Index = pa.array(values, pa.string()).dictionary_encode().indices.to_numpy()
    else:
        numbers = distinguish(values).index
    return np.append(numbers, -1)


def said(values: Sequence[Any]) -> Sequence[Any]:
    """What is the same where values say the same; None where nothing is left of a text."""
    if set(map(type, values)) == {str} and "" not in values and _is_bare("".join(values)):
        return values
    return [skeleton(value) or None if isinstance(value, str) else value for value in values]


def _is_bare(texts: str) -> bool:
    """Whether nothing would be left out of texts, nor changed: most numbers are plain."""
    return texts.isascii() and texts.isalnum() and texts.upper() == texts


def is_blank(value: object) -> bool:
    """Whether a value says nothing."""
    return value is None or value == () or value == ""


def jointly(columns: Sequence[Index]) -> Index:
    """One number for several columns' numbers; -1 where one of them is."""
    first, *others = columns
    for other in others:
        blank = (first < 0) | (other < 0)
        both = _renumbered(np.where(blank, 0, first * (other.max(initial=0) + 1) + other))
        first = np.where(blank, -1, both)
    return first


def _renumbered(numbers: Index) -> Index:
    """Numbers without gaps, in their order; few different ones need not be sorted for it."""
    if numbers.max(initial=0) > 4 * len(numbers):
        found: Index = np.unique(numbers, return_inverse=True)[1]
        return found
    there = np.bincount(numbers, minlength=1) > 0
    return (np.cumsum(there) - 1)[numbers]


def shared(keys: npt.NDArray[Any], among: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Groups of lines, among some, that have the same key, in the order of their first lines."""
    ordered = np.sort(keys[among])
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return []
    groups: dict[Any, list[int]] = defaultdict(list)
    lines = np.flatnonzero(among & np.isin(keys, twice))
    for line, key in zip(lines.tolist(), keys[lines].tolist(), strict=True):
        groups[key].append(line)
    return list(groups.values())


def shown(day: datetime) -> str:
    """A day as people read it."""
    return str(day.date())
