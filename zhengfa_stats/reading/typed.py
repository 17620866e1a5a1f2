"""Values of a table's fields → the columns of the stored ledger, and where each row comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from zhengfa_stats.reading.coded import Coded, Columns, Index, constant
from zhengfa_stats.reading.columns import shown
from zhengfa_stats.reading.plan import Source
from zhengfa_stats.schema import Field, Ledger

_STEP = np.uint64(1099511628211)  # the prime of FNV-1a, 64 bits
_BLOCK = 4096  # texts hashed at once: what is made of them on the way fits into a processor's cache
_MIXERS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))  # those of MurmurHash3
_EPOCH = date(1970, 1, 1).toordinal()
_NO_DAY = np.iinfo(np.int64).min


def typed_columns(values: Mapping[str, Coded], ledger: Ledger, source: Source, n: int) -> dict[str, Any]:
    """One entry a record: dates by their first and last day, units by line, what identifies a person still to be veiled."""
    data: dict[str, Any] = {}
    region = constant(n, None)
    for f in ledger.fields.values():
        if f.id in values and (f.is_stored or f.identifies):
            data |= _typed(f, values[f.id])
            if f.kind == "unit" and f.default == "sender":
                region = values[f.id].map(lambda office: office.region)
    own = values.get("region", constant(n, None))  # a column of its own says it first
    return data | {"region": own.or_else(region.or_else(constant(n, source.region)))}


def _typed(f: Field, column: Coded) -> Columns:
    match f.kind:
        case "date":
            return {f.id: _days(column, 0), f"{f.id}_until": _days(column, 1)}
        case "unit" if f.many:
            return {f.id: column.map(lambda offices: tuple(o.unit for o in offices))}
        case "unit":
            return {f.id: column.map(lambda office: office.unit)}
        case "code" if f.identifies:
            return {f"_{f.identifies}": column}
        case _:
            return {f.id: column}


def _days(column: Coded, end: int) -> npt.NDArray[np.datetime64]:
    """The first or the last days of a column of Spans."""
    return days([*(span and span[end] for span in column.values), None])[column.index]


def days(of: Iterable[date | None]) -> npt.NDArray[np.datetime64]:
    """Days as numpy has them; it takes a tenth of the time that numpy itself takes for dates."""
    seconds = [_NO_DAY if day is None else (day.toordinal() - _EPOCH) * 86400 for day in of]
    return np.array(seconds, dtype=np.int64).view("datetime64[s]")


def source_columns(source: Source, rows: Any, *, undated: bool) -> dict[str, Any]:
    """Where each line comes from."""
    n = len(rows)
    return {
        "source_file": constant(n, source.file),
        "source_sheet": constant(n, source.sheet),
        "source_row": np.array(rows, dtype=np.int64),
        "source_table": np.full(n, source.ordinal),
        "sender": constant(n, source.sender.region + source.sender.unit if source.sender else ""),
        "data_as_of": constant(n, source.data_as_of),
        "undated": np.full(n, undated),
    }


def unread_text(unread: Mapping[str, Index], without_column: Sequence[str], n: int) -> Coded:
    """For each line the fields that were written but could not be read, and `~` those that no column tells: `|status|~source|`."""
    untold = "".join(f"|~{name}" for name in without_column) + "|" * bool(without_column)
    texts: dict[int, str] = {}
    for name in sorted(unread):
        for i in unread[name].tolist():
            texts[i] = f"{texts.get(i, untold) or '|'}{name}|"
    return constant(n, untold).patched(texts)


def likeness(columns: Iterable[Coded], n: int) -> Any:
    """A number a row, the same for rows whose every cell reads the same; held in memory only."""
    columns = list(columns)
    told = hashes([*(w if isinstance(w, str) else shown(w) for column in columns for w in column.values), ""])
    total, at = np.zeros(n, dtype=np.uint64), 0
    for column in columns:
        total = total * _STEP + told[np.where(column.filled, column.index + at, -1)]
        at += len(column.values)
    return total


def hashes(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A number a text, 64 bits: the same in every process, unlike Python's own.

    >>> len(set(hashes(["", "a", "b", "ab", "ba", "aa"]).tolist()))
    6
    """
    blocks = [_hashes(texts[at : at + _BLOCK]) for at in range(0, len(texts), _BLOCK)]
    return np.concatenate([np.empty(0, dtype=np.uint64), *blocks])


def _hashes(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    sizes = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))
    signs = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    starts = np.cumsum(sizes) - sizes
    powers = np.cumprod(np.full(sizes.max(initial=0) + 1, _STEP))
    terms = np.append(powers[np.arange(len(signs)) - np.repeat(starts, sizes)] * signs, np.uint64(0))
    sums = np.where(sizes > 0, np.add.reduceat(terms, starts), np.uint64(0)) + sizes.astype(np.uint64)
    return _mixed(sums)


def _mixed(sums: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Every bit spread over all: what stands in one column must not make up for what stands in the next."""
    for factor in _MIXERS:
        sums = (sums ^ (sums >> np.uint64(33))) * factor
    return sums ^ (sums >> np.uint64(33))
