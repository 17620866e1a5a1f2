"""Values of a table's fields → a frame with the columns of the stored ledger, and where each row comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from zhengfa_stats.reading.columns import Index, Objects, shown, spread
from zhengfa_stats.reading.plan import Source
from zhengfa_stats.reading.sheets import Cell
from zhengfa_stats.schema import Field, Ledger

_STEP = np.uint64(1099511628211)


def typed_columns(values: Mapping[str, Objects], ledger: Ledger, source: Source, n: int) -> dict[str, Any]:
    """One entry a record: dates by their first and last day, units by line, what identifies a person still to be veiled."""
    data: dict[str, Any] = {}
    region: Objects = np.full(n, None, dtype=object)
    for f in ledger.fields.values():
        if f.id in values and (f.is_stored or f.identifies):
            data |= _typed(f, values[f.id])
            if f.kind == "unit" and f.default == "sender":
                region = _offices(values[f.id])[1]
    own = values.get("region", np.full(n, None, dtype=object))  # a column of its own says it first
    said = np.where(pd.notna(region), region, source.region)
    return data | {"region": np.where(pd.notna(own), own, said)}


def _typed(f: Field, column: Objects) -> dict[str, Any]:
    match f.kind:
        case "date":
            first, last = _ends(column)
            return {f.id: first, f"{f.id}_until": last}
        case "unit" if f.many:
            return {f.id: [None if c is None else tuple(o.unit for o in c) for c in column]}
        case "unit":
            return {f.id: _offices(column)[0]}
        case "code" if f.identifies:
            return {f"_{f.identifies}": column}
        case _:
            return {f.id: column}


def _ends(column: Objects) -> tuple[pd.Series, pd.Series]:
    """The first and last days of a column of Spans."""
    index, spans = _distinct(column)
    return _days([s and s.first for s in spans], index), _days([s and s.last for s in spans], index)


def _distinct(column: Objects) -> tuple[Index, list[Any]]:
    """A column's distinct objects, None among them, and each row's place in them; alike is what is one object.

    The rows of one written value share one object, and to compare a hundred thousand tuples takes long.
    """
    numbers = np.fromiter(map(id, column), dtype=np.int64, count=len(column))
    index, found = pd.factorize(numbers)
    objects = dict(zip(numbers.tolist(), column, strict=True))
    return index, [objects[n] for n in found.tolist()]


def _days(distinct: Sequence[Any], index: Index) -> pd.Series:
    return pd.Series(np.array(distinct, dtype="datetime64[s]")[index])


def _offices(column: Objects) -> tuple[Objects, Objects]:
    """The lines and the regions of a column of Offices."""
    index, offices = _distinct(column)
    return spread([o and o.unit for o in offices], index), spread([o and o.region for o in offices], index)


def source_columns(source: Source, rows: Any, *, undated: bool) -> dict[str, Any]:
    """Where each line comes from."""
    return {
        "source_file": source.file,
        "source_sheet": source.sheet,
        "source_row": rows,
        "source_table": source.ordinal,
        "sender": source.sender.region + source.sender.unit if source.sender else "",
        "data_as_of": source.data_as_of,
        "undated": undated,
    }


def unread_text(unread: Mapping[str, Index], without_column: Sequence[str], n: int) -> Objects:
    """For each line the fields that were written but could not be read, and `~` those that no column tells: `|status|~source|`."""
    text: Objects = np.full(
        n, "".join(f"|~{name}" for name in without_column) + "|" * bool(without_column), dtype=object
    )
    for name in sorted(unread):
        for i in unread[name]:
            text[i] = f"{text[i] or '|'}{name}|"
    return text


def likeness(columns: Iterable[tuple[Index, Sequence[Cell]]], n: int) -> Any:
    """A number a row, the same for rows whose every cell reads the same; held in memory only."""
    total = np.zeros(n, dtype=np.uint64)
    for index, written in columns:
        texts = np.array([*(w if isinstance(w, str) else shown(w) for w in written), ""], dtype=object)
        total = total * _STEP + pd.util.hash_array(texts, categorize=False)[index]  # they are distinct
    return total
