"""The accounting of a build: what became of every row of every sheet, and of every record of every table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from zhengfa_stats.reading.file import FileRead, SheetRead, TableRead
from zhengfa_stats.reading.merging import Lines
from zhengfa_stats.records import SheetAccount, TableAccount

Rows = dict[tuple[str, str, int], set[int]]  # (file, sheet, ordinal of the table) → rows
_LINE = ("source_file", "source_sheet", "source_table", "source_row")


def account(
    files: Sequence[FileRead], frames: Mapping[str, pd.DataFrame], fallen: Mapping[str, Iterable[Lines]]
) -> list[SheetAccount]:
    """Account for every sheet; AccountingError if a row or a record is lost.

    `frames` hold the rows that stay; `fallen` the lines that were `merged` or `superseded`. A record of several
    persons stays if one of them does.
    """
    stays = _staying(frames)
    merged, superseded = (_of_tables(fallen[fate]) for fate in ("merged", "superseded"))
    accounts = []
    for read in files:
        for sheet in read.sheets:
            tables = []
            for i, table in enumerate(sheet.tables, start=1):
                where = (read.file, sheet.name, i)
                tables.append(_table(table, stays[where], merged[where], superseded[where]))
            accounts.append(_sheet(read.file, sheet, tables))
    for one in accounts:
        one.check()
    return accounts


def _staying(frames: Mapping[str, pd.DataFrame]) -> Rows:
    rows: Rows = defaultdict(set)
    for frame in frames.values():
        for file, sheet, table, row in (
            zip(*(frame[name].tolist() for name in _LINE), strict=True) if len(frame) else ()
        ):
            rows[file, sheet, table].add(row)
    return rows


def _of_tables(lines: Iterable[Lines]) -> Rows:
    rows: Rows = defaultdict(set)
    for file, sheet, table, row in lines:
        rows[file, sheet, table].add(row)
    return rows


def _table(table: TableRead, stays: set[int], merged: set[int], superseded: set[int]) -> TableAccount:
    return TableAccount(
        range=table.range,
        ledger=table.ledger,
        rows=table.rows,
        records=table.records,
        kept=len(stays),
        merged=len(merged - stays),
        superseded=len(superseded - stays - merged),
        set_aside=table.set_aside,
    )


def _sheet(file: str, sheet: SheetRead, tables: Iterable[Any]) -> SheetAccount:
    return SheetAccount(file, sheet.name, sheet.used, sheet.outside, tuple(tables), sheet.inside)
