"""A recognised table → typed rows, changes and problems; every body row becomes a record or is set aside by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from zhengfa_stats.reading.cleaning.result import Cleaned, Fault
from zhengfa_stats.reading.columns import (
    Cleaners,
    Index,
    Objects,
    Reading,
    SharedColumn,
    distinguish,
    read_column,
    shown,
    spread,
)
from zhengfa_stats.reading.plan import Plan, Source, Ticks
from zhengfa_stats.reading.sheets import Cell, Role, Rows, Table
from zhengfa_stats.reading.typed import add_source, likeness, typed_frame, unread_text
from zhengfa_stats.records import Place, Problem, address, letters, parse_address
from zhengfa_stats.schema import Field, Ledger

CHANGE_COLUMNS = ("file", "sheet", "cell", "field", "before", "after", "rule")


@dataclass(slots=True)
class Harvest:
    """What one table gave: one line a record (or person) in `frame`, and what is remembered about it."""

    frame: pd.DataFrame
    records: int
    set_aside: int
    changes: pd.DataFrame
    problems: list[Problem]
    columns: dict[str, str]  # field → the letters of its main column


class Reaper:
    """Reads one table; its parts share the body rows and where each value came from."""

    def __init__(
        self, ledger: Ledger, table: Table, rows: Rows, source: Source, cleaners: Cleaners, key: bytes
    ) -> None:
        self.ledger, self.table, self.source, self.cleaners, self.key = ledger, table, source, cleaners, key
        self.rows = rows
        self.at = np.array(table.rows_of(Role.BODY), dtype=np.int64)
        self.position = {int(row): i for i, row in enumerate(self.at)}
        self.fills = _by_column(table.fills)
        self.overrides: dict[int, list[str]] = {}  # row position → `field:cell` where the cell is not the usual one
        self.problems: list[Problem] = []
        self.changes: list[pd.DataFrame] = []
        self.unread: dict[str, Index] = {}
        self.main: dict[str, int] = {}

    def reap(self, plan: Plan) -> Harvest:
        """Read all fields of the plan."""
        values: dict[str, Objects] = {}
        for reading in self._readings(plan):
            self._record(reading)
            self._lay(values, reading)
        for ticks in plan.ticks:
            self._tick(values, ticks)
        if plan.section is not None:
            self._sections(values, plan.section)
        self._complete(values)
        self._imply(values)
        return self._harvest(values, plan)

    def _readings(self, plan: Plan) -> Iterator[Reading]:
        for at, f in plan.plain.items():
            cells = self._cells(at, (f, *(g for g in plan.leads if g.reads == f.id)))
            yield read_column(cells, at, f, self.cleaners.of(self.ledger.id, f))
            for lead in plan.leads:
                if lead.reads == f.id:
                    yield read_column(cells, at, lead, self.cleaners.of(self.ledger.id, lead))
        for at, fields in plan.shared.items():
            yield from self._shared(at, fields, plan.leads)

    def _cells(self, at: int, fields: Sequence[Field]) -> list[Cell]:
        """A column's body cells; a merged or ditto cell takes the value of the cell it repeats, on record."""
        cells, taken = self._repeated(at)
        for f in fields if taken else ():
            self._note_fills(f, at, taken, cells)
        return cells

    def _repeated(self, at: int) -> tuple[list[Cell], list[tuple[int, str]]]:
        """A column's body cells with repeated values in place, and which rows took theirs from which cell."""
        column = at - 1
        cells = [self.rows[row - 1][column] for row in self.at]
        taken: list[tuple[int, str]] = []
        for row, (from_row, from_at) in self.fills.get(at, {}).items():
            if (i := self.position.get(row)) is not None:
                cells[i] = self.rows[from_row - 1][from_at - 1]
                taken.append((i, address(from_row, from_at)))
        return cells, taken

    def _note_fills(self, f: Field, at: int, taken: list[tuple[int, str]], cells: list[Cell]) -> None:
        rows = np.array([i for i, _ in taken])
        for i, origin in taken:
            self.overrides.setdefault(i, []).append(f"{f.id}:{origin}")
        after = ["" if self._is_secret(f) else shown(cells[i]) for i, _ in taken]
        before = ["" if self._is_secret(f) else shown(self.rows[self.at[i] - 1][at - 1]) for i, _ in taken]
        rules = [f"合并或同上：取自 {origin}" for _, origin in taken]
        self._change(f, at, rows, before, after, rules)

    @staticmethod
    def _is_secret(f: Field) -> bool:
        return f.private or f.kind == "persons" or bool(f.identifies)

    def _change(self, f: Field, at: int, rows: Index, before: Any, after: Any, rules: Any) -> None:
        column = letters(at)
        frame = pd.DataFrame(
            {
                "cell": [f"{column}{row}" for row in self.at[rows]],
                "field": f.id,
                "before": before,
                "after": after,
                "rule": rules,
            }
        )
        frame.insert(0, "sheet", self.source.sheet)
        frame.insert(0, "file", self.source.file)
        self.changes.append(frame)

    def _record(self, reading: Reading) -> None:
        """Put on record what the cleaning of a column changed and what it could not read."""
        changed = reading.rows_where(lambda c: bool(c.rule))
        if len(changed):
            which = reading.index[changed]
            secret = self._is_secret(reading.field)
            before = "" if secret else spread([shown(w) for w in reading.written], which)
            after = "" if secret else spread([shown(c.value) for c in reading.cleaned], which)
            self._change(
                reading.field, reading.at, changed, before, after, spread([c.rule for c in reading.cleaned], which)
            )
        faulty = reading.rows_where(lambda c: c.fault is not None)
        for i in faulty:
            fault = reading.cleaned[reading.index[i]].fault
            assert fault is not None
            self._problem(fault, self._place(int(self.at[i]), reading.at), reading.field)
        lost = reading.rows_where(lambda c: c.fault is not None and c.fault.level == "error")
        if len(lost):
            self.unread[reading.field.id] = np.union1d(self.unread.get(reading.field.id, lost), lost)

    def _place(self, row: int, at: int) -> Place:
        return Place(self.source.file, self.source.sheet, address(row, at))

    def _problem(self, fault: Fault, place: Place, f: Field | None = None) -> None:
        sender = self.source.sender.region + self.source.sender.unit if self.source.sender else ""
        self.problems.append(
            Problem(
                level=fault.level,
                kind=fault.kind,
                place=place,
                what=fault.what if f is None else f"{f.name}：{fault.what}",
                do=fault.do,
                expected=fault.expected,
                ledger=self.ledger.id,
                field=f.id if f else "",
                sender=sender,
            )
        )

    def _lay(self, values: dict[str, Objects], reading: Reading) -> None:
        """Lay a column's values under its field; a second column fills blanks, and a disagreement is a problem."""
        new, name = reading.values(), reading.field.id
        if name not in values:
            values[name] = new
            self.main[name] = reading.at
            return
        old = values[name]
        has_old, has_new = pd.notna(old), pd.notna(new)
        fresh = np.flatnonzero(has_new & ~has_old)
        for i in fresh:
            self.overrides.setdefault(int(i), []).append(f"{name}:{address(int(self.at[i]), reading.at)}")
        for i in np.flatnonzero(has_old & has_new):
            if old[i] != new[i]:
                other = address(int(self.at[i]), self.main[name])
                fault = Fault(
                    "warning", "两列不一致", f"与 {other} 写的不一样，以 {other} 为准", do="请核对两处，改成一致"
                )
                self._problem(fault, self._place(int(self.at[i]), reading.at), reading.field)
        merged = old.copy()
        merged[fresh] = new[fresh]
        values[name] = merged

    def _shared(self, at: int, fields: tuple[Field, ...], leads: Sequence[Field]) -> Iterator[Reading]:
        cells = self._cells(at, fields)
        index, written = distinguish(cells)
        column = SharedColumn(fields, [self.cleaners.of(self.ledger.id, f) for f in fields])
        told = [column.clean(value) for value in written]
        for f in fields:
            cleaned: list[Cleaned[Any]] = [t.get(f.id, Cleaned(None)) for t in told]
            yield Reading(f, at, index, written, cleaned)
            for lead in leads:
                if lead.reads == f.id:
                    yield Reading(lead, at, index, written, [Cleaned(c.value) for c in cleaned])
        unknown: list[Cleaned[Any]] = [t.get("", Cleaned(None)) for t in told]
        self._record(Reading(fields[0], at, index, written, unknown))
        lost = np.flatnonzero(np.array([u.fault is not None for u in unknown] + [False])[index])
        for f in fields[1:] if len(lost) else ():
            self.unread[f.id] = np.union1d(self.unread.get(f.id, lost), lost)

    def _tick(self, values: dict[str, Objects], ticks: Ticks) -> None:
        """Tick columns become one term field; two ticks in a row are a problem."""
        flag = Field(ticks.field.id, ticks.field.name, "flag")
        result: Objects = np.full(len(self.at), None, dtype=object)
        taken = np.zeros(len(self.at), dtype=np.int64)
        for at, term in ticks.terms.items():
            reading = read_column(self._cells(at, (ticks.field,)), at, flag, self.cleaners.tick)
            self._record(reading)
            ticked = reading.rows_where(lambda c: c.value is True)
            for i in ticked[taken[ticked] > 0]:
                fault = Fault(
                    "error", "勾选冲突", f"同一行既勾了“{result[i]}”又勾了“{term}”", "一行只勾一项", "请只保留一处勾选"
                )
                self._problem(fault, self._place(int(self.at[i]), at), ticks.field)
            free = ticked[taken[ticked] == 0]
            result[free] = term
            taken[free] = at
            both = ticked[taken[ticked] != at]
            result[both] = None
            if len(both):
                self.unread[ticks.field.id] = np.union1d(self.unread.get(ticks.field.id, both), both)
        for i in np.flatnonzero(taken):
            self.overrides.setdefault(int(i), []).append(f"{ticks.field.id}:{address(int(self.at[i]), int(taken[i]))}")
        name = ticks.field.id
        if name in values:
            result = np.where(pd.notna(values[name]), values[name], result)
        values[name] = result
        self.main.setdefault(name, min(ticks.terms))

    def _sections(self, values: dict[str, Objects], f: Field) -> None:
        """A section row's text gives the field's value to the rows below it."""
        starts = sorted(self.table.sections)
        clean = self.cleaners.of(self.ledger.id, f)
        spoken = [clean(_unnumbered(self.table.sections[s])) for s in starts]
        index = np.searchsorted(np.array(starts), self.at, side="right") - 1
        given = spread([c.value if c.fault is None else None for c in spoken], index)
        for i in np.flatnonzero(pd.notna(given)):
            self.overrides.setdefault(int(i), []).append(f"{f.id}:{address(starts[index[i]], self.table.range.left)}")
        old = values.get(f.id)
        values[f.id] = given if old is None else np.where(pd.notna(old), old, given)

    def _complete(self, values: dict[str, Objects]) -> None:
        """Give absent columns what the surroundings or the definition say of them."""
        n = len(self.at)
        for f in self.ledger.stored:
            said = self.source.said.get(f.id)
            if f.id not in values:
                values[f.id] = np.full(n, None, dtype=object)
                if said is not None and said.value is not None:
                    values[f.id] = _filled(n, said.value)
                elif f.default is not None and f.default != "sender":
                    values[f.id] = _filled(n, f.default)
            if f.default == "sender" and self.source.sender is not None:
                blank = pd.isna(values[f.id])
                if f.id in self.unread:
                    blank[self.unread[f.id]] = False
                values[f.id][blank] = _filled(int(blank.sum()), self.source.sender)

    def _imply(self, values: dict[str, Objects]) -> None:
        """A field left blank where another is written says what the definition declares: closed on a day, so closed."""
        for f in self.ledger.stored:
            if f.implied is None or (by := f.implied[0]) not in self.main:
                continue
            implied = pd.isna(values[f.id]) & pd.notna(values[by])
            implied[self.unread.get(f.id, [])] = False
            rows = np.flatnonzero(implied)
            if not len(rows):
                continue
            values[f.id][rows] = f.implied[1]
            rule = f"按{self.ledger.fields[by].name}推定"
            self._change(f, self.main.get(f.id, self.main[by]), rows, "", f.implied[1], rule)
            for i in rows if f.id not in self.main else ():
                self.overrides.setdefault(int(i), []).append(f"{f.id}:{address(int(self.at[i]), self.main[by])}")

    def _harvest(self, values: dict[str, Objects], plan: Plan) -> Harvest:
        empty = self._empty_records(values)
        for i in np.flatnonzero(empty):
            what = "这一行没有任何可用的内容，没有作为记录"
            place = Place(self.source.file, self.source.sheet, str(self.at[i]))
            self._problem(Fault("warning", "空记录", what, do="若是记录请补全，若不是请删去此行"), place)
        self._required(values, empty)
        frame = self._frame(values, plan)[~empty]
        return Harvest(
            frame=frame.reset_index(drop=True),
            records=len(self.at),
            set_aside=int(empty.sum()),
            changes=pd.concat(self.changes, ignore_index=True)
            if self.changes
            else pd.DataFrame(columns=CHANGE_COLUMNS),
            problems=self.problems,
            columns={name: letters(at) for name, at in self.main.items()},
        )

    def _empty_records(self, values: Mapping[str, Objects]) -> Any:
        """Rows in which no column that was read holds a value."""
        empty = np.ones(len(self.at), dtype=bool)
        for name in self.main:
            empty &= pd.isna(values[name])
        for rows in self.unread.values():
            empty[rows] = False
        return empty

    def _required(self, values: Mapping[str, Objects], empty: Any) -> None:
        """A blank where a value is required: the row can't be counted in what needs it."""
        names = {f.id for f in self.ledger.fields.values() if f.required} | {self.ledger.date} - {""}
        for name in sorted(names & self.main.keys()):
            blank = pd.isna(values[name]) & ~empty
            if name in self.unread:
                blank[self.unread[name]] = False
            f = self.ledger.fields[name]
            for i in np.flatnonzero(blank):
                fault = Fault("error", "必填项空缺", "没有填写", "必填", "请补填；补填之前，需要它的指标不计这一行")
                self._problem(fault, self._place(int(self.at[i]), self.main[name]), f)

    def _frame(self, values: Mapping[str, Objects], plan: Plan) -> pd.DataFrame:
        n, date = len(self.at), self.ledger.date
        frame = typed_frame(values, self.ledger, self.source, n)
        undated = bool(date) and date not in self.main and date not in self.source.said
        add_source(frame, self.source, self.at, undated=undated)
        frame["unread"] = unread_text(self.unread, n)
        frame["cells"] = ["|".join(self.overrides.get(i, ())) for i in range(n)]
        seen = (self._repeated(c.at)[0] for c in self.table.columns if c.at not in plan.ignored)
        frame["_likeness"] = likeness(seen, n)
        return frame


def _by_column(fills: Mapping[str, str]) -> dict[int, dict[int, tuple[int, int]]]:
    """Fills as column → row → the (row, column) that the value stands in."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for cell, origin in fills.items():
        row, column = parse_address(cell)
        found.setdefault(column, {})[row] = parse_address(origin)
    return found


def _filled(n: int, value: Any) -> Objects:
    """n times the same value, which may itself be a tuple."""
    column = np.empty(n, dtype=object)
    for i in range(n):
        column[i] = value
    return column


def _unnumbered(text: str) -> str:
    """A section's text without its number: 一、公安局 → 公安局.

    >>> _unnumbered("（二）市公安局（12件）")
    '市公安局'
    """
    text = re.sub(r"^[\s（(]*[一二三四五六七八九十\d]+[）)、.．\s]+", "", text)
    return re.sub(r"[（(][^（）()]*[）)]\s*[:：]?$|[:：]$", "", text).strip()
