"""What is read of a table, and what its surroundings say of all its rows, settled before any cell is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhengfa_stats.reading.cleaning.result import Cleaned, Office
from zhengfa_stats.reading.recognise import Recognised
from zhengfa_stats.schema import Field, Ledger


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table stands and what its surroundings say of all its rows."""

    file: str
    sheet: str
    ordinal: int  # which table of the sheet, from 1
    sender: Office | None
    data_as_of: date | None
    reported_on: date | None = None  # 截至, else the day when the form was filled in: nothing in it can be later
    said: Mapping[str, Cleaned[Any]] = field(default_factory=dict)  # field → value that title, sheet or file name gives


@dataclass(frozen=True, slots=True)
class Ticks:
    """Tick columns of one field: 1-based column → the term that a tick in it means."""

    field: Field
    terms: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """Which columns of a table are read for which fields."""

    plain: Mapping[int, Field]
    shared: Mapping[int, tuple[Field, ...]] = field(default_factory=dict)
    ticks: tuple[Ticks, ...] = ()
    leads: tuple[Field, ...] = ()  # fields that read another field's column
    sections: tuple[Field, ...] = ()  # fields without a column, which section rows may give
    by_section: tuple[str, ...] = ()  # of these, what the table was recognised by
    ignored: tuple[int, ...] = ()  # serial numbers: no part of a row's likeness


def plain_columns(found: Recognised, ledger: Ledger) -> dict[int, Field]:
    """The columns that hold one field each."""
    return {b.at: ledger.fields[b.fields[0]] for b in found.columns if b.kind == "field"}


def plan_of(found: Recognised, ledger: Ledger) -> Plan:
    """Columns by what they are read for; private columns are not read at all, but for a person's card."""
    plain = {at: f for at, f in plain_columns(found, ledger).items() if not f.private or f.identifies}
    shared = {b.at: tuple(ledger.fields[n] for n in b.fields) for b in found.columns if b.kind == "shared"}
    ticks: dict[str, dict[int, str]] = {}
    for b in found.columns:
        if b.kind == "tick":
            ticks.setdefault(b.field, {})[b.at] = b.term
    return Plan(
        plain=plain,
        shared=shared,
        ticks=tuple(Ticks(ledger.fields[name], columns) for name, columns in ticks.items()),
        leads=tuple(f for f in ledger.fields.values() if f.reads),
        sections=_section_fields(found, ledger),
        by_section=found.by_section,
        ignored=tuple(b.at for b in found.columns if b.kind == "serial"),
    )


def _section_fields(found: Recognised, ledger: Ledger) -> tuple[Field, ...]:
    """The fields that section rows may give: terms, units and the ledger's date that no column holds."""
    read = {name for b in found.columns for name in b.fields}
    return tuple(
        f
        for f in ledger.stored
        if f.id not in read and not f.reads and not f.many and (f.kind in ("term", "unit") or f.id == ledger.date)
    )
