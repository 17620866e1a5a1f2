"""The accounting of a build: what became of every row of every sheet, and of every record of every table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from zhengfa_stats.reading.file import FileRead, SheetRead, TableRead
from zhengfa_stats.reading.stacking import Line, Lines, jointly
from zhengfa_stats.records import SheetAccount, TableAccount

Rows = dict[tuple[str, str, int], set[int]]  # (file, sheet, ordinal of the table) → rows
_TABLE = ("source_file", "source_sheet", "source_table")


def account(
    files: Sequence[FileRead], ledgers: Mapping[str, Lines], fallen: Mapping[str, Iterable[Line]]
) -> list[SheetAccount]:
    """Account for every sheet; AccountingError if a row or a record is lost.

    `ledgers` hold the rows that stay; `fallen` the lines that were `merged` or `superseded`. A record of several
    persons stays if one of them does.
    """
    stays = _staying(ledgers.values())
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


def _staying(ledgers: Iterable[Lines]) -> Rows:
    rows: Rows = defaultdict(set)
    for lines in ledgers:
        for part in _tables(lines):
            file, sheet, table, _ = lines.source(part[0])
            rows[file, sheet, table].update(lines.numbers("source_row")[part].tolist())
    return rows


def _tables(lines: Lines) -> Iterator[Any]:
    """The lines of each table."""
    if len(lines):
        tables = jointly([lines.codes(name) for name in _TABLE])
        order = np.argsort(tables, kind="stable")
        yield from np.split(order, np.flatnonzero(np.diff(tables[order])) + 1)


def _of_tables(lines: Iterable[Line]) -> Rows:
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
