"""Totals that senders reported instead of rows: which of them a query takes, whose rows they stand for, who is lacking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import narwhals as nw

from zhengfa_stats.counting.cells import Office, ReportedCell, choose
from zhengfa_stats.counting.frames import CITY_LEVEL, Frame, Native, collect, with_columns
from zhengfa_stats.counting.groups import Label, axis
from zhengfa_stats.counting.status import speaks_for
from zhengfa_stats.counting.tally import Group, Tally
from zhengfa_stats.query import OF_ONE, And, By, Clock, In, Not, Query, Since, Where, queries
from zhengfa_stats.schema import BY_AREA, Indicator, Ledger, Schema

_FIELDS = ("indicator", "unit", "region", "period_from", "period_to", "is_cumulative", "value", "undated")
_PLACE = ("source_file", "source_sheet", "source_row", "source_table", "sender", "cells")
_MANY = 8  # offices that a remark names


@dataclass(frozen=True, slots=True)
class Lacking:
    """An office that a figure lacks, and why."""

    office: Office
    why: str

    def __str__(self) -> str:
        return f"{self.office.name}（{self.why}）"


@dataclass(frozen=True, slots=True)
class Share:
    """What a query takes of the totals: the cells, what leaves out the rows that they stand for, and who is lacking."""

    cells: tuple[ReportedCell, ...] = ()
    instead: tuple[Where, ...] = ()
    lacking: tuple[Lacking, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def total(self) -> float:
        return sum(c.value for c in self.cells)

    @property
    def offices(self) -> frozenset[Office]:
        return frozenset(c.office for c in self.cells)


Count = Callable[[Query], float | None]  # what the rows of a query come to


@dataclass(frozen=True)
class Reported:
    """All reported totals of a project, ready to be asked; `barred` are offices that a formula can't compare."""

    frames: Mapping[str, Native]
    schema: Schema
    project: Clock
    cells: tuple[ReportedCell, ...] = ()
    barred: frozenset[Office] = frozenset()
    _senders: dict[str, frozenset[tuple[str, str, str]]] = field(default_factory=dict, repr=False, compare=False)

    def without(self, offices: Iterable[Office]) -> Reported:
        """The same without some offices' totals."""
        return replace(self, barred=self.barred | frozenset(offices))

    def share(self, query: Query, clock: Clock, count: Count) -> Share:
        """What a query takes at a clock; nothing where no totals are reported of its ledger."""
        about = self._about.get(query.ledger)
        if not about:
            return Share()
        known = self._indicator_of(query)
        ledger = self.schema.ledgers[query.ledger]
        result: list[tuple[Office, tuple[ReportedCell, ...], bool]] = []
        lacking: list[Lacking] = []
        for office in sorted(about, key=lambda o: (bool(o.unit), o)):
            if any(taken.holds(office) for taken, _, _ in result) or self.is_listed(office, ledger):
                continue
            if known is None and self._is_covered(office, ledger):
                continue
            if known is None:
                lacking.append(Lacking(office, "只报了汇总数，没有这一项"))
                continue
            indicator, rest = known
            fits = _fits(office, (*rest, *query.by), ledger)
            if fits is False:
                continue
            found = self._chosen(office, indicator, clock) if fits else "汇总数没有分到这一步"
            if isinstance(found, str) and self._is_covered(office, ledger):
                continue
            if isinstance(found, str):
                lacking.append(Lacking(office, found))
                continue
            among = self._has_rows(office, ledger)
            if among and (count(_narrowed(query, scope_of(office, ledger))) or 0) >= sum(c.value for c in found):
                continue  # the rows that others sent of it already come to as much
            result.append((office, found, among))
        cells = tuple(c for _, found, _ in result for c in found)
        instead = tuple(Not(scope_of(office, ledger)) for office, _, among in result if among)
        remarks = _remarks(known[0], cells, [o for o, _, among in result if among]) if known and cells else ()
        for office, _, _ in result:
            if counties := self.counties_beside(office, ledger):
                remarks += (f"{office.name}的报表数与{'、'.join(counties)}另报的数相加；报表数如已含县区，就重了",)
        return Share(cells, instead, tuple(lacking), remarks)

    # -- what was reported

    @cached_property
    def _about(self) -> dict[str, dict[Office, dict[str, list[ReportedCell]]]]:
        """Ledger → office → indicator → its cells."""
        found: dict[str, dict[Office, dict[str, list[ReportedCell]]]] = defaultdict(dict)
        for cell in self.cells:
            if indicator := self.schema.indicators.get(cell.indicator):
                for ledger in {q.ledger for q in queries(indicator.of)}:
                    found[ledger].setdefault(cell.office, defaultdict(list))[cell.indicator].append(cell)
        return found

    def _indicator_of(self, query: Query) -> tuple[Indicator, tuple[Where, ...]] | None:
        """The indicator that a query counts, and the conditions that narrow it further."""
        if query.measure.kind in OF_ONE:
            return None
        best: tuple[Indicator, tuple[Where, ...]] | None = None
        for indicator in self.schema.indicators.values():
            of = indicator.of
            if not isinstance(of, Query) or _bare(of) != _bare(query):
                continue
            if set(of.where) <= set(query.where) and set(of.having) <= set(query.having):
                rest = tuple(w for w in query.where if w not in of.where)
                rest += tuple(w for w in query.having if w not in of.having)
                if best is None or len(rest) < len(best[1]):
                    best = indicator, rest
        return best

    def _chosen(self, office: Office, indicator: Indicator, clock: Clock) -> tuple[ReportedCell, ...] | str:
        """The cells that make an office's figure at a clock, or why it has none."""
        cells = self._about[indicator_ledger(indicator)][office].get(indicator.key, [])
        if office in self.barred:
            return "有的项没有报，不能相比"
        if not cells:
            return "汇总表没有报这一项"
        if clock.since != self.project.since and self._rests_on_since(indicator):
            cells = [c for c in cells if c.first]
        return choose(cells, indicator, clock, self.project) if cells else "累计数没有写明从哪天起"

    def _rests_on_since(self, indicator: Indicator) -> bool:
        """Whether a figure differs by the first day of the period: then a 累计 is of the project's own period only."""
        query = queries(indicator.of)[0]
        main = self.schema.ledgers[query.ledger].date
        return isinstance(query.period.low if query.period else Since() if main else None, Since)

    def counties_beside(self, office: Office, ledger: Ledger) -> tuple[str, ...]:
        """The counties' bureaux of a line that report by themselves, where the city's bureau reports its own total."""
        own = self._about[ledger.id].get(office, {})
        if not office.unit or office.region or not any(c.sender == office.name for cs in own.values() for c in cs):
            return ()
        listed = {
            sender for sender, unit, region in self.senders(ledger) if unit == office.unit and sender == region + unit
        }
        totals = {
            other.name
            for other, found in self._about[ledger.id].items()
            if other.unit == office.unit and any(c.sender == other.name for cs in found.values() for c in cs)
        }
        return tuple(sorted((listed | totals) - {office.name}))

    # -- who sent rows

    def is_listed(self, office: Office, ledger: Ledger) -> bool:
        """Whether the office sent rows of its own, or the bureau or region that reports its totals sent its rows."""
        filers = {c.sender for found in self._about[ledger.id][office].values() for c in found}
        for sender, unit, region in self.senders(ledger):
            if sender == office.name:
                return True
            own = (office.unit and sender.endswith(office.unit)) or (office.region and sender.startswith(office.region))
            if own and sender in filers and _is_of(office, unit, region):
                return True
        return False

    def _has_rows(self, office: Office, ledger: Ledger) -> bool:
        return any(_is_of(office, unit, region) for _, unit, region in self.senders(ledger))

    def _is_covered(self, office: Office, ledger: Ledger) -> bool:
        """Whether the city's bureau of its line, or its county, sent rows of an office: then they count, with no total."""
        by_area = {office.region + unit for unit in self.schema.vocabularies["unit"].of_sort(BY_AREA) if office.region}
        return any(
            _is_of(office, unit, region) and (speaks_for(sender, office.name) if office.unit else sender in by_area)
            for sender, unit, region in self.senders(ledger)
        )

    def senders(self, ledger: Ledger) -> frozenset[tuple[str, str, str]]:
        """The distinct (sender, unit, region) of a ledger's rows."""
        if ledger.id not in self._senders:
            found: frozenset[tuple[str, str, str]] = frozenset()
            if ledger.id in self.frames:
                wanted = ("sender", unit := unit_field(ledger), "region")
                frame: Frame = nw.from_native(with_columns(self.frames[ledger.id], wanted)).lazy()
                columns = [c for c in wanted if c and c in frame.collect_schema().names()]
                rows = collect(frame.select(*columns).unique())
                found = frozenset((_text(r.get("sender")), _text(r.get(unit)), _text(r.get("region"))) for r in rows)
            self._senders[ledger.id] = found
        return self._senders[ledger.id]


def read_reported(frames: Mapping[str, Native], schema: Schema, project: Clock) -> Reported:
    """The totals among the stored ledgers."""
    tabulated = [id_ for id_, ledger in schema.ledgers.items() if ledger.tabulated and id_ in frames]
    cells = tuple(cell for id_ in tabulated for cell in _cells(frames[id_]))
    return Reported(frames, schema, project, cells)


def _cells(native: Native) -> Iterator[ReportedCell]:
    frame: Frame = nw.from_native(with_columns(native, (*_FIELDS, *_PLACE))).lazy()
    for row in collect(frame.select(*_FIELDS, *_PLACE).sort(*_PLACE[:4], "cells")):
        yield ReportedCell(
            indicator=row["indicator"],
            office=Office(_text(row["unit"]), _text(row["region"])),
            first=_day(row["period_from"]),
            last=None if row["undated"] else _day(row["period_to"]),
            is_cumulative=bool(row["is_cumulative"]),
            value=float(row["value"]),
            file=row["source_file"],
            sheet=row["source_sheet"],
            row=int(row["source_row"]),
            table=int(row["source_table"]),
            cell=dict(part.split(":", 1) for part in row["cells"].split("|"))["value"],
            sender=_text(row["sender"]),
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _day(value: Any) -> date | None:
    return date(value.year, value.month, value.day) if value is not None else None


# -- offices and rows


def unit_field(ledger: Ledger) -> str:
    """The field that says whose row it is; "" where the ledger has none."""
    if ledger.handler:
        return ledger.handler
    return next((f.id for f in ledger.stored if f.kind == "unit" and f.default == "sender" and not f.many), "")


def indicator_ledger(indicator: Indicator) -> str:
    """The ledger that an indicator counts first."""
    return queries(indicator.of)[0].ledger


def scope_of(office: Office, ledger: Ledger) -> Where:
    """The rows that an office's totals are about."""
    unit = unit_field(ledger)
    region = In("region", (office.region or CITY_LEVEL,))
    return And((In(unit, (office.unit,)), region)) if office.unit and unit else And((region,))


def _is_of(office: Office, unit: str, region: str) -> bool:
    return office.region == region and office.unit in ("", unit)


def _bare(query: Query) -> Query:
    """A query without what narrows or groups it."""
    return replace(query, where=(), having=(), by=())


def _narrowed(query: Query, where: Where) -> Query:
    return replace(query, where=(*query.where, where), by=())


def _fits(office: Office, rest: Sequence[Where | By], ledger: Ledger) -> bool | None:
    """Whether an office meets conditions on unit, region or sender; None where its totals are too coarse to tell."""
    told: list[bool | None] = []
    for part in rest:
        match part:
            case By("region"):
                told.append(True)
            case By(name) if name == unit_field(ledger):
                told.append(True if office.unit else None)
            case In("region", terms):
                told.append((office.region or CITY_LEVEL) in terms)
            case In("sender", terms):
                told.append(office.name in terms)
            case In(name, terms) if name == unit_field(ledger):
                told.append(office.unit in terms if office.unit else None)
            case _:
                told.append(None)
    return False if False in told else None if None in told else True


def with_totals(groups: Sequence[Group], tally: Tally, cells: Sequence[ReportedCell]) -> tuple[Group, ...]:
    """Groups by unit or region, with the totals of each added to its rows."""
    found = {g.labels: g for g in groups}
    for cell in cells:
        labels = [_label(by, cell.office, tally) for by in tally.query.by]
        order, names = tuple(o for o, _ in labels), tuple(text for _, text in labels)
        old = found.get(names)
        found[names] = Group(order, names, cell.value + ((old.value or 0) if old else 0))
    return tuple(sorted(found.values(), key=lambda g: g[:2]))


def _label(by: By, office: Office, tally: Tally) -> Label:
    key = (office.region or CITY_LEVEL) if by.field == "region" else office.unit
    vocabulary = tally.scope.vocabulary(by.field)
    return axis(by, tally.unit).label(vocabulary.tops.get(key, key) if vocabulary and by.level == "top" else key)


def _remarks(indicator: Indicator, cells: Sequence[ReportedCell], among: Sequence[Office]) -> tuple[str, ...]:
    """What stands beside the figure: 其中X为报表数."""
    offices = list(dict.fromkeys(c.office.name for c in cells))
    named = "、".join(offices[:_MANY]) + (f"等{len(offices)}家" if len(offices) > _MANY else "")
    total = sum(c.value for c in cells)
    said = [f"{indicator.key}：其中{total:g}{indicator.unit}为报表数（{named}）"]
    if among:
        said.append(f"{'、'.join(o.name for o in among)}的报表数已含别处明细里属于它的行，这些行不另计")
    if undated := list(dict.fromkeys(c.office.name for c in cells if c.last is None)):
        said.append(f"{'、'.join(undated)}的汇总表没有写明截至日期，按属于统计期计入")
    return tuple(said)
