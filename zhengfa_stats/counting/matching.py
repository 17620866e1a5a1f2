"""The rows of one ledger on two sides (two builds, or the same one twice), matched: which row of one is which of the other."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhengfa_stats.counting.frames import PLACE, TABLE
from zhengfa_stats.schema import Field, Ledger

Row = Mapping[str, Any]
Key = Hashable
Grouped = Mapping[Key, Sequence[tuple[int, Row]]]


@dataclass(frozen=True)
class Matched:
    """The rows of both sides by identity; a row that one side lacks is in the other alone."""

    before: Mapping[int, Row] = field(default_factory=dict)
    after: Mapping[int, Row] = field(default_factory=dict)
    ids_before: Mapping[Key, int] = field(default_factory=dict)  # where a row stands → its identity
    ids_after: Mapping[Key, int] = field(default_factory=dict)
    _by: dict[str, tuple[Grouped, Grouped]] = field(default_factory=dict, repr=False, compare=False)

    def by(self, name: str) -> tuple[Grouped, Grouped]:
        """The rows of either side by what a field holds, a row of a list under each; by themselves for ""."""
        if name not in self._by:
            self._by[name] = _grouped(self.before, name), _grouped(self.after, name)
        return self._by[name]


def _grouped(rows: Mapping[int, Row], name: str) -> Grouped:
    found: dict[Key, list[tuple[int, Row]]] = defaultdict(list)
    for i, row in rows.items():
        for key in values_of(row, name) if name else (i,):
            found[key].append((i, row))
    return found


def values_of(row: Row, name: str) -> tuple[Key, ...]:
    """The identities that a row stands for; several where the field holds a list."""
    value = plain(row.get(name))
    return value if isinstance(value, tuple) else () if value is None else (value,)


def match(before: Sequence[Row], after: Sequence[Row], ledger: Ledger) -> Matched:
    """Match by the ledger's key, then by place, then by content; each row with at most one."""
    ids_after = list(range(len(after)))
    ids_before: list[int | None] = [None] * len(before)
    free = set(ids_after)
    for keys in (_by_key, _by_place, _by_content):
        there = {key: i for i, key in enumerate(keys(after, ledger)) if i in free and key is not None}
        for i, key in enumerate(keys(before, ledger)):
            if ids_before[i] is None and key in there:
                ids_before[i] = there.pop(key)
        free -= {i for i in ids_before if i is not None}
    fresh = iter(range(len(after), len(after) + len(before)))
    settled = [next(fresh) if i is None else i for i in ids_before]
    return Matched(
        dict(zip(settled, before, strict=True)),
        dict(zip(ids_after, after, strict=True)),
        dict(zip((place(row, ledger) for row in before), settled, strict=True)),
        dict(zip((place(row, ledger) for row in after), ids_after, strict=True)),
    )


def place(row: Row, ledger: Ledger) -> Key:
    """What tells a row from every other of its side: where it stands, and of several persons in a cell, which."""
    persons = (f.id for f in ledger.stored if f.kind == "persons" and not f.many)
    return tuple(plain(row.get(name)) for name in (*PLACE, TABLE, *persons))


def _by_key(rows: Sequence[Row], ledger: Ledger) -> Iterator[Key | None]:
    """The ledger's key; of rows with one key, the first, the second …"""
    met: Counter[Key] = Counter()
    for row in rows:
        values = tuple(plain(row.get(name)) for name in ledger.key)
        if not values or None in values:
            yield None
            continue
        met[values] += 1
        yield (values, met[values])


def _by_place(rows: Sequence[Row], ledger: Ledger) -> Iterator[Key | None]:
    return (place(row, ledger) for row in rows)


def _by_content(rows: Sequence[Row], ledger: Ledger) -> Iterator[Key | None]:
    names = [f.id for f in ledger.stored]
    met: Counter[Key] = Counter()
    for row in rows:
        values = tuple(plain(row.get(name)) for name in names)
        met[values] += 1
        yield (values, met[values])


def differences(before: Row, after: Row, fields: Sequence[Field]) -> tuple[tuple[Field, Any, Any], ...]:
    """The fields that differ, with both values; None for a blank."""
    pairs = ((f, plain(before.get(f.id)), plain(after.get(f.id))) for f in fields)
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def plain(value: Any) -> Any:
    """A cell's value as a hashable one; None for every way of saying nothing."""
    if hasattr(value, "tolist") and not hasattr(value, "year"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return tuple(map(plain, value)) or None
    if value is None or (value == value) is not True:  # NaN and NaT equal nothing, pandas' NA does not say
        return None
    if hasattr(value, "date") and hasattr(value, "year"):
        return value.date()
    return value
