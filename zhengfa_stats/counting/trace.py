"""The rows and cells behind a figure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import narwhals as nw

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.counting.cells import ReportedCell
from zhengfa_stats.counting.frames import Frame, collect
from zhengfa_stats.counting.matching import plain
from zhengfa_stats.query import Query
from zhengfa_stats.schema import Ledger, Schema

Columns = Mapping[str, Mapping[str, str]]  # `file|sheet|table` → field → letters


def cells_of(row: Mapping[str, Any], ledger: Ledger, columns: Columns) -> dict[str, str]:
    """The address of each field of a stored row that holds a value."""
    table = f"{row['source_file']}|{row['source_sheet']}|{row['source_table']}"
    usual = {name: f"{letters}{row['source_row']}" for name, letters in columns.get(table, {}).items()}
    elsewhere = dict(o.split(":", 1) for o in (row["cells"] or "").split("|") if o)
    return {name: cell for name, cell in {**usual, **elsewhere}.items() if _is_shown(name, row, ledger)}


def _is_shown(name: str, row: Mapping[str, Any], ledger: Ledger) -> bool:
    if name not in ledger.fields or not ledger.fields[name].is_stored or ledger.fields[name].reads:
        return False
    return plain(row.get(name)) not in (None, "")


def trace(answer: Answer, schema: Schema, columns: Columns) -> list[dict[str, Any]]:
    """One entry a counted row, of every query in the answer, in the order of file, sheet and row; a row counted twice stands once; then the reported totals."""
    seen: dict[tuple[Any, ...], dict[str, Any]] = {}
    for leaf in answer.leaves():
        for entry in _leaf(leaf, schema, columns):
            seen.setdefault((entry["ledger"], entry["file"], entry["sheet"], entry["row"], entry["nth"]), entry)
    order = sorted(seen, key=lambda k: (k[1], k[2], k[3], k[4]))
    rows = [{k: v for k, v in seen[key].items() if k != "nth"} for key in order]
    return [*rows, *(_reported(cell, schema) for cell in answer.reported)]


def _reported(cell: ReportedCell, schema: Schema) -> dict[str, Any]:
    """A total that stands for rows that were not sent."""
    return {
        "ledger": next(ledger.id for ledger in schema.ledgers.values() if ledger.tabulated),
        "file": cell.file,
        "sheet": cell.sheet,
        "row": cell.row,
        "cells": {"value": cell.cell},
        "also": [],
        "indicator": cell.indicator,
        "value": cell.value,
    }


def _leaf(leaf: Answer, schema: Schema, columns: Columns) -> Iterator[dict[str, Any]]:
    rows = leaf.rows()
    if rows is None:
        return
    query = leaf.expr
    assert isinstance(query, Query)  # a leaf is one
    ledger = schema.ledgers[query.ledger]
    met: dict[tuple[Any, ...], int] = {}
    frame: Frame = nw.from_native(rows).lazy()
    for row in collect(frame):
        place = (row["source_file"], row["source_sheet"], row["source_row"])
        met[place] = met.get(place, -1) + 1
        yield {
            "ledger": ledger.id,
            "file": row["source_file"],
            "sheet": row["source_sheet"],
            "row": int(row["source_row"]),
            "cells": cells_of(row, ledger, columns),
            "also": list(row["also"]) if row["also"] is not None else [],
            "nth": met[place],
        }
