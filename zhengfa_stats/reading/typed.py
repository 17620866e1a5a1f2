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


def typed_frame(values: Mapping[str, Objects], ledger: Ledger, source: Source, n: int) -> pd.DataFrame:
    """One line a record: dates by their first and last day, units by line, what identifies a person still to be veiled."""
    data: dict[str, Any] = {}
    region: Objects = np.full(n, None, dtype=object)
    for f in ledger.fields.values():
        if f.id in values and (f.is_stored or f.identifies):
            data |= _typed(f, values[f.id])
            if f.kind == "unit" and f.default == "sender":
                region = _offices(values[f.id])[1]
    frame = pd.DataFrame(data, index=range(n))
    own = values.get("region", np.full(n, None, dtype=object))  # a column of its own says it first
    said = np.where(pd.notna(region), region, source.region)
    frame["region"] = np.where(pd.notna(own), own, said)
    return frame


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
    index, spans = pd.factorize(column)
    return _days([s.first for s in spans], index), _days([s.last for s in spans], index)


def _days(distinct: Sequence[Any], index: Index) -> pd.Series:
    days = np.array([*distinct, None], dtype="datetime64[s]")  # the last one, NaT, is where index is -1
    return pd.Series(days[index])


def _offices(column: Objects) -> tuple[Objects, Objects]:
    """The lines and the regions of a column of Offices."""
    index, offices = pd.factorize(column)
    return spread([o.unit for o in offices], index), spread([o.region for o in offices], index)


def add_source(frame: pd.DataFrame, source: Source, rows: Any, *, undated: bool) -> None:
    """Put on each line where it comes from."""
    frame["source_file"], frame["source_sheet"], frame["source_row"] = source.file, source.sheet, rows
    frame["source_table"] = source.ordinal
    frame["sender"] = source.sender.region + source.sender.unit if source.sender else ""
    frame["data_as_of"] = source.data_as_of
    frame["undated"] = undated


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
        total = total * _STEP + pd.util.hash_array(texts)[index]
    return total
