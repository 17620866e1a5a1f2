"""Ledgers as Parquet: a file, or a folder of parts when large; read back a column at a time, as they are asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from zhengfa_stats.errors import ProjectError
from zhengfa_stats.files import replacing
from zhengfa_stats.schema import Field, Ledger

ROWS_A_PART = 1_000_000  # a ledger of more is a folder of files of so many rows, in the order of file, sheet and row
_ROWS_A_GROUP = 122_880  # what engines read side by side, and skip where its least and greatest value say that they may
_FEW = 50_000  # rows that are read whole at once: to open a file for each column would take longer

BESIDES: Mapping[str, pa.DataType] = {  # what every stored row carries besides its fields
    "source_file": pa.string(),
    "source_sheet": pa.string(),
    "source_row": pa.int64(),
    "source_table": pa.int64(),
    "sender": pa.string(),
    "region": pa.string(),
    "data_as_of": pa.timestamp("s"),
    "undated": pa.bool_(),
    "unread": pa.string(),
    "cells": pa.string(),
    "also": pa.list_(pa.string()),
}
_TYPES: Mapping[str, pa.DataType] = {
    "code": pa.string(),
    "text": pa.string(),
    "term": pa.string(),
    "unit": pa.string(),
    "persons": pa.string(),
    "date": pa.timestamp("s"),
    "number": pa.float64(),
    "flag": pa.bool_(),
}


def columns_of(ledger: Ledger) -> dict[str, pa.DataType]:
    """The columns of a stored ledger: its fields (dates with their last possible day), then BESIDES."""
    columns: dict[str, pa.DataType] = {}
    for f in ledger.stored:
        columns[f.id] = _type(f)
        if f.kind == "date":
            columns[f"{f.id}_until"] = _type(f)
    return {**columns, **BESIDES}


def _type(f: Field) -> pa.DataType:
    return pa.list_(_TYPES[f.kind]) if f.many else _TYPES[f.kind]


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as one Parquet file; of columns told by places among values no more is spread at once than a group of rows."""
    schema = plain(table.slice(0, 0)).schema
    with replacing(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        for start in range(0, max(table.num_rows, 1), _ROWS_A_GROUP):
            writer.write_table(plain(table.slice(start, _ROWS_A_GROUP)), _ROWS_A_GROUP)


def plain(table: pa.Table) -> pa.Table:
    """A table with the values themselves where columns tell them by their places among the distinct ones."""
    return pa.table([_plain(column) for column in table.columns], table.column_names)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if not pa.types.is_dictionary(column.type):
        return column
    return pa.chunked_array([c.dictionary.take(c.indices) for c in column.chunks], column.type.value_type)


def write_ledger(table: pa.Table, folder: Path, id_: str) -> None:
    """Write a ledger as `ledgers/<id>.parquet`: a file, or when it is large a folder of parts, 00000.parquet, 00001.parquet …

    The parts depend on the rows alone. pandas, pyarrow, DuckDB and Spark open the one as they open the other.
    """
    path = folder / "ledgers" / f"{id_}.parquet"
    if table.num_rows <= ROWS_A_PART:
        write_parquet(table, path)
        return
    for i, start in enumerate(range(0, table.num_rows, ROWS_A_PART)):
        write_parquet(table.slice(start, ROWS_A_PART), path / f"{i:05d}.parquet")


def parts_of(path: Path) -> list[Path]:
    """The files that a stored ledger consists of, in the order of its rows; none where it was not built."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path] * path.is_file()


def ledgers_in(folder: Path) -> dict[str, list[Path]]:
    """The files of every stored ledger, by its id."""
    return {path.stem: parts_of(path) for path in sorted((folder / "ledgers").glob("*.parquet"))}


def read_ledger(folder: Path, ledger: Ledger) -> Stored | None:
    """A stored ledger; None if it was not built."""
    parts = parts_of(folder / "ledgers" / f"{ledger.id}.parquet")
    return Stored(parts) if parts else None


class Columnar(ABC):
    """A ledger: `len`, `columns`, `name in it`, and like a frame `[name]` or `[[names]]`, each made when first asked for."""

    columns: tuple[str, ...]

    def __init__(self) -> None:
        self._held: dict[str, pd.Series[Any]] = {}

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def _frame(self, names: list[str]) -> pd.DataFrame:
        """These columns at least."""

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    @overload
    def __getitem__(self, names: str) -> pd.Series[Any]: ...
    @overload
    def __getitem__(self, names: list[str]) -> pd.DataFrame: ...
    def __getitem__(self, names: str | list[str]) -> pd.Series[Any] | pd.DataFrame:
        if isinstance(names, str):
            return self[[names]][names]
        self._hold(names)
        index = pd.RangeIndex(len(self))
        return pd.DataFrame({name: self._held[name] for name in names}, index, copy=False)

    def _hold(self, names: Iterable[str]) -> None:
        missing = [name for name in dict.fromkeys(names) if name not in self._held]
        if unknown := [name for name in missing if name not in self]:
            raise KeyError(*unknown)
        if missing:
            self._held |= dict(self._frame(missing).items())

    def whole(self) -> pd.DataFrame:
        """All columns."""
        return self[list(self.columns)]


class Held(Columnar):
    """A ledger as it is built, before it is stored."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__()
        self._table = table
        self.columns = tuple(table.column_names)

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def _frame(self, names: list[str]) -> pd.DataFrame:
        return as_frame(self._table.select(names))


class Stored(Columnar):
    """A stored ledger.

    ProjectError where its files were replaced since it was opened: columns of two builds make no rows.
    """

    def __init__(self, parts: Sequence[Path]) -> None:
        super().__init__()
        self._parts = [str(path) for path in parts]
        self._were = self._are()
        heads = [pq.read_metadata(path) for path in self._parts]
        self.columns = tuple(heads[0].schema.to_arrow_schema().names)
        self._n: int = sum(head.num_rows for head in heads)

    def __len__(self) -> int:
        return self._n

    def head(self, n: int) -> pd.DataFrame:
        """The first rows, of all columns; no others are read."""
        return as_frame(ds.dataset(self._parts, format="parquet").head(n))

    def _frame(self, names: list[str]) -> pd.DataFrame:
        wanted = list(self.columns) if self._n <= _FEW else names
        self._demand_same()
        frame = as_frame(pq.read_table(self._parts, columns=wanted, partitioning=None))
        self._demand_same()
        return frame

    def _demand_same(self) -> None:
        if self._are() != self._were:
            raise ProjectError("打开项目之后，台账又重新整理过", do="请重新打开项目再用")

    def _are(self) -> list[tuple[int, ...]]:
        """What tells the files from others that take their place."""
        there = (Path(path) for path in self._parts)
        return [(s.st_ino, s.st_mtime_ns, s.st_size) for s in (path.stat() for path in there if path.is_file())]


def as_frame(table: pa.Table) -> pd.DataFrame:
    """A stored table as a pandas frame: flags nullable, lists as Arrow lists."""
    return plain(table).to_pandas(types_mapper=_pandas_type)


def _pandas_type(type_: pa.DataType) -> Any:
    if pa.types.is_list(type_):
        return pd.ArrowDtype(type_)
    return pd.BooleanDtype() if pa.types.is_boolean(type_) else None
