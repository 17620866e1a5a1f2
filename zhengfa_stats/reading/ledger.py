"""A recognised table → typed rows, changes and problems; every body row becomes a record or is set aside by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from zhengfa_stats.reading.body import Body
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault, Office
from zhengfa_stats.reading.coded import Coded, Columns, coded, constant, distinguish, selected
from zhengfa_stats.reading.columns import Clean, Cleaners, Reading, by_column, cleaned_all, shown
from zhengfa_stats.reading.plan import Plan, Source, Ticks
from zhengfa_stats.reading.recording import Recorder
from zhengfa_stats.reading.sections import Teller, read_sections, unnumbered
from zhengfa_stats.reading.sheets import Cell, Table
from zhengfa_stats.reading.typed import likeness, source_columns, typed_columns, unread_text
from zhengfa_stats.reading.zero import zero_rows
from zhengfa_stats.records import Place, Problem, address, letters
from zhengfa_stats.schema import Field, Implied, Kind, Ledger

_SPANNING: frozenset[Kind] = frozenset(
    {"date", "term", "flag", "unit"}
)  # kinds of which one cell may speak for two columns


@dataclass(slots=True)
class Harvest:
    """What one table gave: one line a record in `lines`, and what is remembered about it."""

    lines: Columns
    records: int
    set_aside: int
    changes: Columns
    problems: list[Problem]
    columns: dict[str, str]  # field → the letters of its main column
    sectioned: frozenset[str] = frozenset()  # fields that section rows give
    zero_units: tuple[str, ...] = ()  # units of which a row only says that they have nothing to report


class Reaper(Recorder):
    """Reads one table; its parts share the body rows and where each value came from."""

    def __init__(self, ledger: Ledger, table: Table, body: Body, source: Source, cleaners: Cleaners) -> None:
        super().__init__(ledger, source, body.rows, body.at)
        self.table, self.body, self.cleaners = table, body, cleaners
        self.columns: dict[int, Coded] = {}
        self.fills = by_column(table.fills)
        self.main: dict[str, int] = {}
        self.kinds: dict[int, Kind] = {}  # plain columns
        self.sectioned: set[str] = set()  # fields that section rows give
        self.zero: dict[int, str] = {}  # rows that only say that there is nothing, and the unit that they say it of

    @cached_property
    def position(self) -> dict[int, int]:
        """Each body row's place among them."""
        return {row: i for i, row in enumerate(self.at.tolist())}

    def reap(self, plan: Plan) -> Harvest:
        """Read all fields of the plan."""
        self.kinds = {at: f.kind for at, f in plan.plain.items()}
        units = [at for at, f in plan.plain.items() if f.kind == "unit" and f.default == "sender"]
        self.zero = zero_rows(self.body, [c.at for c in self.table.columns], units)
        values: dict[str, Coded] = {}
        for reading in self._readings(plan):
            self._record(reading)
            self._lay(values, reading)
        for ticks in plan.ticks:
            self._tick(values, ticks)
        if self.table.sections:
            self._sections(values, plan)
        empty = self._empty_records(values)  # before the surroundings fill what a row does not say
        self._complete(values)
        self._imply(values)
        return self._harvest(values, plan, empty)

    def _readings(self, plan: Plan) -> Iterator[Reading]:
        for at, f in plan.plain.items():
            leads = [g for g in plan.leads if g.reads == f.id]
            self._note_repeats(at, (f, *leads))
            for g in (f, *leads):
                yield self._read(at, g, self.cleaners.of(self.ledger.id, g))
        for at, fields in plan.shared.items():
            yield from self._shared(at, fields, plan.leads)

    def _read(self, at: int, f: Field, clean: Clean) -> Reading:
        """Clean a column for a field, each distinct value once."""
        written = self._column(at)
        return Reading(f, at, written, *cleaned_all(written.values, clean, self.cleaners.sure(f)))

    def _column(self, at: int) -> Coded:
        """A column of the body; merged and ditto cells hold what they repeat."""
        if at not in self.fills and not self.zero:
            return self.body.column(at)
        if at not in self.columns:
            self.columns[at] = distinguish(self._repeated(at)[0])
        return self.columns[at]

    def _note_repeats(self, at: int, fields: Sequence[Field]) -> None:
        """Put on record which cells took their value from another."""
        if at in self.fills:
            cells, taken = self._repeated(at)
            for f in fields if taken else ():
                self._note_fills(f, at, taken, cells)

    def _repeated(self, at: int) -> tuple[list[Cell], list[tuple[int, str]]]:
        """A column's body cells with repeated values in place, and which rows took theirs from which cell."""
        cells = [self.rows[row - 1][at - 1] for row in self.at.tolist()]
        taken: list[tuple[int, str]] = []
        for row, (from_row, from_at) in self.fills.get(at, {}).items():
            if (i := self.position.get(row)) is not None and not self._belongs_left(cells[i], at, from_at):
                cells[i] = self.rows[from_row - 1][from_at - 1]
                taken.append((i, address(from_row, from_at)))
        for row in self.zero:
            cells[self.position[row]] = None
        return cells, taken

    def _belongs_left(self, cell: Cell, at: int, from_at: int) -> bool:
        """Whether a cell is blank under a merge across columns of different kinds: what stands there is the first one's."""
        return cell is None and from_at != at and self.kinds.get(at) not in (_SPANNING & {self.kinds.get(from_at)})

    def _lay(self, values: dict[str, Coded], reading: Reading) -> None:
        """Lay a column's values under its field; a second column fills blanks, and a disagreement is a problem."""
        new, name = reading.stored(), reading.field.id
        if name not in values:
            values[name] = new
            self.main[name] = reading.at
            return
        old = values[name]
        has_old, has_new = old.filled, new.filled
        fresh = np.flatnonzero(has_new & ~has_old)
        for i in fresh:
            self.overrides.setdefault(int(i), []).append(f"{name}:{address(int(self.at[i]), reading.at)}")
        for i in np.flatnonzero(has_old & has_new):
            if old.at(i) != new.at(i):
                other = address(int(self.at[i]), self.main[name])
                fault = Fault(
                    "warning", "两列不一致", f"与 {other} 写的不一样，以 {other} 为准", do="请核对两处，改成一致"
                )
                self._problem(fault, self._place(int(self.at[i]), reading.at), reading.field)
        values[name] = old.overlaid(fresh, new)

    def _shared(self, at: int, fields: tuple[Field, ...], leads: Sequence[Field]) -> Iterator[Reading]:
        self._note_repeats(at, fields)
        written = self._column(at)
        told = self.cleaners.shared(self.ledger, fields, written.values)
        for f in fields:
            cleaned: list[Cleaned[Any]] = [t.get(f.id, Cleaned(None)) for t in told]
            yield Reading.of(f, at, written, cleaned)
            for lead in (g for g in leads if g.reads == f.id):
                yield Reading.of(lead, at, written, self.cleaners.again(self.ledger, lead, cleaned))
        unknown: list[Cleaned[Any]] = [t.get("", Cleaned(None)) for t in told]
        any_of_them = replace(fields[0], name="、".join(f.name for f in fields))
        of_none = Reading.of(any_of_them, at, written, unknown)
        self._record(of_none)
        lost = of_none.rows_of([place for place, u in enumerate(unknown) if u.fault])
        for f in fields[1:] if len(lost) else ():
            self.unread[f.id] = np.union1d(self.unread.get(f.id, lost), lost)

    def _tick(self, values: dict[str, Coded], ticks: Ticks) -> None:
        """Tick columns become one term field; two ticks in a row are a problem."""
        flag = Field(ticks.field.id, ticks.field.name, "flag")
        terms = list(ticks.terms.values())
        result = np.full(len(self.at), -1, dtype=np.intp)
        taken = np.zeros(len(self.at), dtype=np.int64)
        for place, (at, term) in enumerate(ticks.terms.items()):
            self._note_repeats(at, (ticks.field,))
            reading = self._read(at, flag, self.cleaners.tick)
            self._record(reading)
            ticked = reading.rows_of([place for place, value in enumerate(reading.values) if value is True])
            for i in ticked[taken[ticked] > 0]:
                fault = Fault(
                    "error",
                    "勾选冲突",
                    f"同一行既勾了“{terms[result[i]]}”又勾了“{term}”",
                    "一行只勾一项",
                    "请只保留一处勾选",
                )
                self._problem(fault, self._place(int(self.at[i]), at), ticks.field)
            free = ticked[taken[ticked] == 0]
            result[free] = place
            taken[free] = at
            both = ticked[taken[ticked] != at]
            result[both] = -1
            if len(both):
                self.unread[ticks.field.id] = np.union1d(self.unread.get(ticks.field.id, both), both)
        for i in np.flatnonzero(taken):
            self.overrides.setdefault(int(i), []).append(f"{ticks.field.id}:{address(int(self.at[i]), int(taken[i]))}")
        name, ticked_terms = ticks.field.id, Coded(result, terms)
        values[name] = values[name].or_else(ticked_terms) if name in values else ticked_terms
        self.main.setdefault(name, min(ticks.terms))

    def _sections(self, values: dict[str, Coded], plan: Plan) -> None:
        """Section rows give the rows below them the values of fields that have no column."""
        said = read_sections(self.table.sections, [self._teller(f, plan) for f in plan.sections])
        if not said:
            return
        index = np.searchsorted(np.array([s.row for s in said]), self.at, side="right") - 1
        for name in dict.fromkeys(name for s in said for name in s.values):
            given = [s.values.get(name) for s in said]
            values[name] = coded(index, [g[1] if g else None for g in given])
            self.sectioned.add(name)
            for i in np.flatnonzero(values[name].filled):
                row = given[index[i]][0]
                self.overrides.setdefault(int(i), []).append(f"{name}:{self._section_cell(row)}")
            lost = np.flatnonzero(np.array([*(s.lost and name not in s.values for s in said), False])[index])
            if len(lost):
                self.unread[name] = lost
        self._unknown_sections([s.row for s in said if s.unknown])

    def _teller(self, f: Field, plan: Plan) -> Teller:
        vocabulary = self.cleaners.schema.vocabulary_of(self.ledger.id, f.id)
        clean = self.cleaners.region if f.id == "region" else self.cleaners.of(self.ledger.id, f)
        return Teller(f, clean, vocabulary, f.id in plan.by_section)

    def _section_cell(self, row: int) -> str:
        cells, left = self.rows[row - 1], self.table.range.left
        return address(row, next((at for at in range(left, len(cells) + 1) if cells[at - 1] is not None), left))

    def _unknown_sections(self, rows: Sequence[int]) -> None:
        for row in rows:
            what = f"看不懂小节标题“{unnumbered(self.table.sections[row])[:20]}”，它下面各行不沿用上一小节"
            do = "请把小节标题写成规范的单位或类别，或在表里加一列写明"
            place = Place(self.source.file, self.source.sheet, str(row))
            self._problem(Fault("warning", "小节标题不明", what, "", do), place)

    def _complete(self, values: dict[str, Coded]) -> None:
        """Give absent columns what the surroundings or the definition say of them."""
        n = len(self.at)
        for f in self.ledger.stored:
            said = self.source.said.get(f.id)
            if f.id not in values:
                default = None if f.default == "sender" else f.default
                values[f.id] = constant(n, default if said is None or said.value is None else said.value)
            if f.default == "sender" and self.source.sender is not None:
                sender = constant(n, Office(self.source.sender.unit, self.source.region))
                values[f.id] = values[f.id].overlaid(self._blank(values, f.id), sender)

    def _blank(self, values: Mapping[str, Coded], name: str) -> Any:
        """The lines in which nothing is written for a field."""
        blank = ~values[name].filled
        blank[self.unread.get(name, [])] = False
        return blank

    def _imply(self, values: dict[str, Coded]) -> None:
        """A field left blank where another is written says what the definition declares: closed on a day, so closed."""
        for f in self.ledger.stored:
            for implied in f.implied:
                if implied.by in self.main:
                    self._imply_one(values, f, implied)

    def _imply_one(self, values: dict[str, Coded], f: Field, implied: Implied) -> None:
        blank = self._blank(values, f.id) & values[implied.by].filled
        rows, at = np.flatnonzero(blank), self.main[implied.by]
        if len(rows):
            values[f.id] = values[f.id].overlaid(rows, constant(len(self.at), implied.term))
            rule = f"按{self.ledger.fields[implied.by].name}推定"
            told = (constant(len(rows), text) for text in ("", shown(implied.term), rule))
            self._change(f, self.main.get(f.id, at), rows, *told)
        for i in rows if f.id not in self.main else ():
            self.overrides.setdefault(int(i), []).append(f"{f.id}:{address(int(self.at[i]), at)}")

    def _harvest(self, values: dict[str, Coded], plan: Plan, empty: Any) -> Harvest:
        self._report_empty(empty)
        self._required(values, empty)
        lines = self._lines(values, plan)
        return Harvest(
            lines=selected(lines, ~empty) if empty.any() else lines,
            records=len(self.at),
            set_aside=int(empty.sum()),
            changes=self.changed(),
            problems=self.problems,
            columns={name: letters(at) for name, at in self.main.items()},
            sectioned=frozenset(self.sectioned),
            zero_units=tuple(filter(None, self.zero.values())),
        )

    def _report_empty(self, empty: Any) -> None:
        """Name the rows that hold nothing; a table of nothing but such rows says that there is nothing to report."""
        if len(empty) and empty.all():
            what = "表里只写了“无”，按零报告处理"
            self._problem(Fault("note", "零报告", what), Place(self.source.file, self.source.sheet))
            return
        for row, unit in self.zero.items():
            what = f"这一行写的是{unit}没有要报的内容（零报告），不作为记录"
            self._problem(Fault("note", "零报告", what), Place(self.source.file, self.source.sheet, str(row)))
        for i in (i for i in np.flatnonzero(empty) if int(self.at[i]) not in self.zero):
            what = "这一行没有任何可用的内容，没有作为记录"
            place = Place(self.source.file, self.source.sheet, str(self.at[i]))
            self._problem(Fault("warning", "空记录", what, do="若是记录请补全，若不是请删去此行"), place)

    def _empty_records(self, values: Mapping[str, Coded]) -> Any:
        """Rows in which no column that was read holds a value."""
        empty = np.ones(len(self.at), dtype=bool)
        for name in self.main:
            empty &= ~values[name].filled
        for rows in self.unread.values():
            empty[rows] = False
        return empty

    def _required(self, values: Mapping[str, Coded], empty: Any) -> None:
        """A blank where a value is required: the row can't be counted in what needs it."""
        names = {f.id for f in self.ledger.fields.values() if f.required} | {self.ledger.date} - {""}
        for name in sorted(names & (self.main.keys() | self.sectioned)):
            f = self.ledger.fields[name]
            for i in np.flatnonzero(self._blank(values, name) & ~empty):
                fault = Fault("error", "必填项空缺", "没有填写", "必填", "请补填；补填之前，需要它的指标不计这一行")
                self._problem(fault, self._place(int(self.at[i]), self.main.get(name, self.table.range.left)), f)

    def _without_column(self) -> list[str]:
        """The needed fields of which the sheet says nothing, neither by a column of theirs nor by one that tells as much."""
        told = self.main.keys() | self.sectioned | self.source.said.keys()
        return [f.id for f in self.ledger.fields.values() if f.needed and not {f.id, *f.or_by} & told]

    def _lines(self, values: Mapping[str, Coded], plan: Plan) -> Columns:
        n, date = len(self.at), self.ledger.date
        undated = bool(date) and date not in self.main.keys() | self.sectioned | self.source.said.keys()
        untold = [*self._without_column(), *[date] * (undated and plan.open_dates)]
        seen = (self._column(c.at) for c in self.table.columns if c.at not in plan.ignored)
        cells = {i: "|".join(told) for i, told in self.overrides.items()}
        return {
            **typed_columns(values, self.ledger, self.source, n),
            **source_columns(self.source, self.at, undated=undated and not plan.open_dates),
            "unread": unread_text(self.unread, untold, n),
            "cells": constant(n, "").patched(cells),
            "_likeness": likeness(seen, n),
        }
