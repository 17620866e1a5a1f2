"""A list without rows says nought: the totals that its sender reports of the same period do not count beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from zhengfa_stats.query import queries
from zhengfa_stats.reading.file import FileRead
from zhengfa_stats.reading.stacking import Line, Lines
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Schema


@dataclass(slots=True)
class Silenced:
    """The ledgers without the totals that a list of nought stands against."""

    ledgers: dict[str, Lines]
    superseded: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def silence(ledgers: Mapping[str, Lines], files: Sequence[FileRead], schema: Schema) -> Silenced:
    """Drop, on record, what a 汇总表 reports of a unit and a cut-off date of which the unit's own list has no rows.

    Only lists do so: a letter (零报告) may be about one month of what the totals are about.
    """
    result = Silenced(dict(ledgers))
    empty = {key: place for key, place in _empty_lists(files) if not _has_rows(ledgers, *key[:2])}
    for id_, lines in ledgers.items() if empty else ():
        if not schema.ledgers[id_].tabulated:
            continue
        gone = {
            i: place
            for i in range(len(lines))
            if (place := empty.get(_told(lines, i, schema))) and lines.at(i, "value")
        }
        result.problems += [_problem(lines, i, place, id_) for i, place in gone.items()]
        result.superseded += [lines.source(i) for i in gone]
        result.ledgers[id_] = lines.without(list(gone))
    return result


def _empty_lists(files: Sequence[FileRead]) -> Iterator[tuple[tuple[str, str, date | None], Place]]:
    """Sender, ledger and cut-off date of every table of a ledger that holds no record."""
    for read in files:
        for sheet in read.sheets:
            for table in sheet.tables:
                if table.ledger and table.sender and table.records == table.set_aside and not table.zero_units:
                    yield (table.sender, table.ledger, table.data_as_of), Place(read.file, sheet.name, str(table.range))


def _has_rows(ledgers: Mapping[str, Lines], sender: str, ledger: str) -> bool:
    return ledger in ledgers and sender in ledgers[ledger].distinct("sender").spread()


def _told(lines: Lines, i: int, schema: Schema) -> tuple[str, str, date | None]:
    """The office, the ledger and the last day of a reported figure."""
    indicator = schema.indicators.get(lines.at(i, "indicator"))
    last = lines.at(i, "period_to")
    return _office(lines, i), queries(indicator.of)[0].ledger if indicator else "", last and last.date()


def _office(lines: Lines, i: int) -> str:
    return (lines.at(i, "region") or "") + (lines.at(i, "unit") or "")


def _problem(lines: Lines, i: int, place: Place, ledger: str) -> Problem:
    office, key, value = _office(lines, i), lines.at(i, "indicator"), lines.at(i, "value")
    what = f"{key}报表写的是{value:g}，{office}的明细却没有一行（零报告），按明细计"
    return Problem(
        level="warning",
        kind="报表与明细不符",
        place=replace(lines.place(i), cell=str(lines.at(i, "cells")).removeprefix("value:")),
        what=what,
        do="请核对：明细漏报的补上，报表写错的改正",
        ledger=ledger,
        field="value",
        also=(place,),
        sender=lines.at(i, "sender") or office,
    )
