"""The processed folder: ledgers and changes as Parquet, the problems as a workbook, the manifest, each replaced whole."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from zhengfa_stats.files import replacing
from zhengfa_stats.schema import Field, Ledger

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


def as_table(frame: pd.DataFrame, ledger: Ledger) -> pa.Table:
    """A ledger's frame with exactly the stored columns and types, in the order of file, sheet and row."""
    columns = columns_of(ledger)
    arrays = [_array(frame.get(name), type_, len(frame)) for name, type_ in columns.items()]
    return pa.table(arrays, names=list(columns))


def _array(column: pd.Series | None, type_: pa.DataType, n: int) -> pa.Array:
    if column is None:
        return pa.nulls(n, type_)
    if pa.types.is_list(type_) and not isinstance(column.dtype, pd.ArrowDtype):
        return pa.array(list(column), type_)
    return pa.Array.from_pandas(column, type=type_)


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as one Parquet file."""
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_ledger(folder: Path, ledger: Ledger) -> pd.DataFrame | None:
    """A stored ledger as a pandas frame; None if it was not built."""
    path = folder / "ledgers" / f"{ledger.id}.parquet"
    if not path.is_file():
        return None
    return as_frame(pq.read_table(path))


def as_frame(table: pa.Table) -> pd.DataFrame:
    """A stored table as a pandas frame: flags nullable, lists as Arrow lists."""
    return table.to_pandas(types_mapper=_pandas_type)


def _pandas_type(type_: pa.DataType) -> Any:
    if pa.types.is_list(type_):
        return pd.ArrowDtype(type_)
    return pd.BooleanDtype() if pa.types.is_boolean(type_) else None
