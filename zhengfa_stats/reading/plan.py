"""What is read of a table, and what its surroundings say of all its rows, settled before any cell is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhengfa_stats.reading.cleaning import dates
from zhengfa_stats.reading.cleaning.result import Cleaned, Office
from zhengfa_stats.reading.recognise import Recognised
from zhengfa_stats.reading.sheets import Role, Rows, Table
from zhengfa_stats.schema import Field, Ledger

_LOOKED_AT = 20  # cells of a column


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
    region: str = ""  # the county or district of rows that name none


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
    open_dates: bool = False  # a column of dates could not be bound: the table is dated, though not readably


def plain_columns(found: Recognised, ledger: Ledger) -> dict[int, Field]:
    """The columns that hold one field each."""
    return {b.at: ledger.fields[b.fields[0]] for b in found.columns if b.kind == "field"}


def has_open_dates(found: Recognised, table: Table, rows: Rows) -> bool:
    """Whether a column that was bound to nothing holds mostly dates: such a table is not undated."""
    body = table.rows_of(Role.BODY)
    for header in found.unknown:
        cells = [
            c for row in body if (c := rows[row - 1][header.at - 1]) is not None and not isinstance(c, int | float)
        ]
        read = [dates.clean(cell).value for cell in cells[:_LOOKED_AT]]
        if read and 2 * sum(span is not None for span in read) > len(read):
            return True
    return False


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
    """The fields that section rows may give: terms, the unit of the record, its region and its date, where no column holds them."""
    read = {name for b in found.columns for name in b.fields}
    free = (f for f in ledger.stored if f.id not in read and not f.reads and not f.many)
    return tuple(
        f
        for f in free
        if f.kind == "term" or (f.kind == "unit" and (f.default or f.required)) or f.id in (ledger.date, "region")
    )
