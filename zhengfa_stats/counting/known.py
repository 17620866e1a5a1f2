"""What is found out about a stored ledger once, for every later question: what went unread, what is undated, how many rows."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

import narwhals as nw
from narwhals.dependencies import is_pandas_dataframe

from zhengfa_stats.counting.frames import UNREAD, Frame, Native, collect, is_pandas, with_columns
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Schema


@dataclass
class Known:
    """Counts of one frame's rows, each found at most once; those that depend on the cut-off date, once a clock."""

    native: Callable[[], Native]
    counts: dict[tuple[str, Clock], int] = field(default_factory=dict)
    columns: dict[tuple[str, Clock], Any] = field(default_factory=dict)  # pandas arrays of facts and derived fields

    @cached_property
    def unread(self) -> Mapping[str, int]:
        """How many rows say of a field that it could not be read (`source`), or that its sheet has no column for it (`~source`)."""
        frame: Frame = nw.from_native(with_columns(self.native(), [UNREAD])).lazy()
        found: Counter[str] = Counter()
        for row in collect(frame.group_by(UNREAD).agg(nw.len().alias("n"))):
            if isinstance(row[UNREAD], str):
                found.update(dict.fromkeys(filter(None, row[UNREAD].split("|")), row["n"]))
        return found

    @cached_property
    def n(self) -> int:
        """How many rows there are."""
        native = self.native()
        if is_pandas(native):
            return len(native)
        frame: Frame = nw.from_native(native).lazy()
        return int(collect(frame.select(nw.len().alias("n")))[0]["n"])

    def counted(
        self, names: Mapping[str, Any], clock: Clock, count: Callable[[list[str]], Mapping[str, int]]
    ) -> dict[str, int]:
        """The counts of these names at a clock; `count` finds those that are not known yet."""
        if new := [name for name in names if (name, clock) not in self.counts]:
            self.counts |= {(name, clock): n for name, n in count(new).items()}
        return {name: self.counts[name, clock] for name in names}


_KNOWN: dict[tuple[int, int], tuple[weakref.ref[Any], Schema, tuple[int, ...], Known]] = {}


def known_of(native: Native, schema: Schema) -> Known:
    """What is known of a frame; one that has changed its size, or that can't be watched, is looked at afresh.

    Only a pandas frame tells its size at no cost: another engine would count its rows each time.
    """
    key, shape = (id(native), id(schema)), native.shape if is_pandas_dataframe(native) else ()
    if entry := _KNOWN.get(key):
        watched, same, size, known = entry
        if watched() is native and same is schema and size == shape:
            return known
    try:
        watched = weakref.ref(native, partial(_forget, key))
    except TypeError:  # an engine's own frame
        return Known(partial(_itself, native))
    known = Known(watched)
    _KNOWN[key] = (watched, schema, shape, known)
    return known


def _forget(key: tuple[int, int], _: object) -> None:
    _KNOWN.pop(key, None)


def _itself(native: Native) -> Native:
    return native
