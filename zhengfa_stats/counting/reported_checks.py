"""Totals against the rows that the same sender gave: 报表与明细不符 where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from zhengfa_stats.counting.cells import Office, ReportedCell
from zhengfa_stats.counting.compile import Scope
from zhengfa_stats.counting.frames import Native
from zhengfa_stats.counting.reported import Reported, indicator_ledger, read_reported, scope_of
from zhengfa_stats.counting.tally import Tally
from zhengfa_stats.query import AsOf, Between, Clock, In, Or, Query, Since, Where
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Schema

_PLACES = 3  # sheets of a list that a problem names


def check_reported(frames: Mapping[str, Native], schema: Schema, clock: Clock) -> list[Problem]:
    """A problem for each total that differs from the rows of the same office, or that is less than others' rows of it."""
    reported = read_reported(frames, schema, clock)
    found = [problem for cell in reported.cells for problem in _check(cell, reported, clock)]
    found += [*_contradictions(reported), *_lines_and_counties(reported)]
    return list({(p.place, p.what): p for p in found}.values())


def _contradictions(reported: Reported) -> Iterator[Problem]:
    """An office's figure of one period that several cells say differently: none of them is taken."""
    ledger = next((id_ for id_, of in reported.schema.ledgers.items() if of.tabulated), "")
    said: dict[Any, list[ReportedCell]] = defaultdict(list)
    for cell in reported.cells:
        said[cell.indicator, cell.office, cell.first, cell.last, cell.is_cumulative].append(cell)
    for cells in said.values():
        if len({c.value for c in cells}) > 1:
            first, *others = cells
            values = "、".join(f"{c.value:g}" for c in cells)
            what = f"{first.office.name}的{first.indicator}同一时段报了不同的数（{values}），都没有采用"
            also = tuple(Place(c.file, c.sheet, c.cell) for c in others)
            do = "请核实，只留下正确的一处"
            place = Place(first.file, first.sheet, first.cell)
            yield Problem("error", "汇总数不一致", place, what, do, ledger=ledger, also=also, sender=first.office.name)


def _lines_and_counties(reported: Reported) -> Iterator[Problem]:
    """A city bureau's total beside what its county bureaux report by themselves: it may hold them already."""
    for cell in reported.cells:
        indicator = reported.schema.indicators.get(cell.indicator)
        ledger = reported.schema.ledgers[indicator_ledger(indicator)] if indicator else None
        if ledger and (counties := reported.counties_beside(cell.office, ledger)):
            what = f"{cell.office.name}报了《{ledger.name}》的汇总数，{'、'.join(counties)}又另报，现两者相加"
            do = "请核实汇总数是否已含县区；已含的，请改报市本级的数"
            place = Place(cell.file, cell.sheet, f"{cell.row}")
            yield Problem("warning", "汇总数可能重复", place, what, do, ledger=ledger.id, sender=cell.office.name)


def _check(cell: ReportedCell, reported: Reported, clock: Clock) -> Iterator[Problem]:
    indicator = reported.schema.indicators.get(cell.indicator)
    query = indicator.of if indicator else None
    if not isinstance(query, Query) or query.ledger not in reported.frames:
        return
    ledger, at = reported.schema.ledgers[query.ledger], _clock(cell, clock)
    if at is None or (not cell.is_cumulative and at != clock and _moves(query, reported.schema, at)):
        return
    listed = reported.is_listed(cell.office, ledger)
    counts = [
        _count(replace(query, where=(*query.where, w)), reported, at) for w in _whose(cell.office, reported, query)
    ]
    wrong = cell.value not in counts if listed else cell.value < counts[0]
    if not wrong:
        return
    said = f"{cell.indicator}（{at.since}至{at.as_of}）"
    rows = (
        f"{cell.office.name}的明细是{counts[0]:g}" if listed else f"别处明细里属于{cell.office.name}的已有{counts[0]:g}"
    )
    yield Problem(
        "warning",
        "报表与明细不符",
        Place(cell.file, cell.sheet, cell.cell),
        f"{said}报表写的是{cell.value:g}，{rows}，按明细计",
        "请核对：明细漏报的补上，报表写错的改正",
        ledger=ledger.id,
        also=_places(cell.office, reported, query),
        sender=cell.office.name,
    )


def _clock(cell: ReportedCell, project: Clock) -> Clock | None:
    """The period that a total is about; None where it does not say where it begins."""
    if cell.last is None:
        return project
    if cell.first is None and not cell.is_cumulative:
        return None
    since = cell.first or project.since
    return Clock(since, cell.last) if since <= cell.last else None


def _moves(query: Query, schema: Schema, clock: Clock) -> bool:
    """Whether the cut-off date decides which rows count: 查结 of a month is not what was closed in it."""
    scope = Scope(query.ledger, schema, clock)
    dates = scope.dates(*query.where, *query.having)
    return query.period is not None or any(isinstance(b, AsOf | Since) for d in dates for b in (d.low, d.high))


def _whose(office: Office, reported: Reported, query: Query) -> tuple[Where, ...]:
    """The ways in which rows can be an office's: it handles them, it sent them, either."""
    scope, sent = scope_of(office, reported.schema.ledgers[query.ledger]), In("sender", (office.name,))
    return scope, sent, Or((scope, sent))


def _count(query: Query, reported: Reported, clock: Clock) -> float:
    return Tally(query, reported.frames, reported.schema, clock).total() or 0


def _places(office: Office, reported: Reported, query: Query) -> tuple[Place, ...]:
    """The sheets that the office's rows stand in."""
    ledger = reported.schema.ledgers[query.ledger]
    of = Between("source_row", 0) if ledger.date else None
    every = Query(ledger.id, (_whose(office, reported, query)[2],), period=of)
    rows = (
        Tally(every, reported.frames, reported.schema, reported.project).rows(whole=False).collect("pandas").to_native()
    )
    sheets = rows.groupby(["source_file", "source_sheet"], sort=True, as_index=False)["source_row"].agg(["min", "max"])
    found = sheets[["source_file", "source_sheet", "min", "max"]].itertuples(index=False)
    return tuple(Place(file, sheet, f"{low:g}:{high:g}") for file, sheet, low, high in list(found)[:_PLACES])
