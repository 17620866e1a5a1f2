"""A list without rows says nought: the totals that its sender reports of the same period do not count beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import pandas as pd

from zhengfa_stats.query import queries
from zhengfa_stats.reading.file import FileRead
from zhengfa_stats.reading.merging import Lines, line_of
from zhengfa_stats.reading.sameness import without
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Schema

Frame: TypeAlias = pd.DataFrame


@dataclass(slots=True)
class Silenced:
    """The ledgers without the totals that a list of nought stands against."""

    frames: dict[str, Frame]
    superseded: list[Lines] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def silence(frames: Mapping[str, Frame], files: Sequence[FileRead], schema: Schema) -> Silenced:
    """Drop, on record, what a 汇总表 reports of a unit and a cut-off date of which the unit's own list has no rows.

    Only lists do so: a letter (零报告) may be about one month of what the totals are about.
    """
    result = Silenced(dict(frames))
    empty = {key: place for key, place in _empty_lists(files) if not _has_rows(frames, *key[:2])}
    for id_, frame in frames.items() if empty else ():
        if not schema.ledgers[id_].tabulated or frame.empty:
            continue
        gone = [
            (i, place) for i in frame.index if (place := empty.get(_told(frame, i, schema))) and frame.at[i, "value"]
        ]
        result.problems += [_problem(frame, i, place, id_) for i, place in gone]
        result.superseded += [line_of(frame, i) for i, _ in gone]
        result.frames[id_] = without(frame, [i for i, _ in gone])
    return result


def _empty_lists(files: Sequence[FileRead]) -> Iterator[tuple[tuple[str, str, date | None], Place]]:
    """Sender, ledger and cut-off date of every table of a ledger that holds no record."""
    for read in files:
        for sheet in read.sheets:
            for table in sheet.tables:
                if table.ledger and table.sender and table.records == table.set_aside and not table.zero_units:
                    yield (table.sender, table.ledger, table.data_as_of), Place(read.file, sheet.name, str(table.range))


def _has_rows(frames: Mapping[str, Frame], sender: str, ledger: str) -> bool:
    return ledger in frames and bool((frames[ledger]["sender"] == sender).any())


def _told(frame: Frame, i: int, schema: Schema) -> tuple[str, str, date | None]:
    """The office, the ledger and the last day of a reported figure."""
    row = frame.loc[i]
    indicator = schema.indicators.get(row["indicator"])
    last = None if pd.isna(row["period_to"]) else row["period_to"].date()
    unit = row["unit"] if isinstance(row["unit"], str) else ""
    return (row["region"] or "") + unit, queries(indicator.of)[0].ledger if indicator else "", last


def _problem(frame: Frame, i: int, place: Place, ledger: str) -> Problem:
    row = frame.loc[i]
    cell = str(row["cells"]).removeprefix("value:")
    office = (row["region"] or "") + (row["unit"] if isinstance(row["unit"], str) else "")
    what = f"{row['indicator']}报表写的是{row['value']:g}，{office}的明细却没有一行（零报告），按明细计"
    return Problem(
        level="warning",
        kind="报表与明细不符",
        place=Place(row["source_file"], row["source_sheet"], cell),
        what=what,
        do="请核对：明细漏报的补上，报表写错的改正",
        ledger=ledger,
        field="value",
        also=(place,),
        sender=row["sender"] or office,
    )
