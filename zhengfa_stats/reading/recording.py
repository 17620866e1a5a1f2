"""What is remembered while a table is read: changed cells, cells that took another's value, problems, what went unread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from zhengfa_stats.reading.cleaning.result import Cleaned, Fault
from zhengfa_stats.reading.coded import Coded, Columns, Index, as_columns, constant, end_to_end
from zhengfa_stats.reading.columns import Reading, shown
from zhengfa_stats.reading.plan import Source
from zhengfa_stats.reading.sheets import Cell, Rows
from zhengfa_stats.records import Place, Problem, address, letters
from zhengfa_stats.schema import Field, Ledger

_CHANGE = ("file", "sheet", "column", "field", "before", "after", "rule")


def as_changes(changes: Sequence[Sequence[str]]) -> Columns:
    """Changes told one by one (file, sheet, cell, field, before, after, rule) as the columns of a table's record.

    There a cell is its `column` and `row`, for they are many; here the column is all of it, and the row -1.
    """
    return {**as_columns(_CHANGE, changes), "row": np.full(len(changes), -1, dtype=np.int32)}


class Recorder:
    """The record of one table; `at` are the sheet's rows of its body."""

    def __init__(self, ledger: Ledger, source: Source, rows: Rows, at: Any) -> None:
        self.ledger, self.source, self.rows, self.at = ledger, source, rows, at
        self.overrides: dict[int, list[str]] = {}  # row position → `field:cell` where the cell is not the usual one
        self.problems: list[Problem] = []
        self.changes: list[dict[str, Coded]] = []
        self.changed_rows: list[Index] = []
        self.unread: dict[str, Index] = {}

    def _note_fills(self, f: Field, at: int, taken: list[tuple[int, str]], cells: list[Cell]) -> None:
        for i, origin in taken:
            self.overrides.setdefault(i, []).append(f"{f.id}:{origin}")
        each = np.arange(len(taken))
        after = Coded(each, ["" if f.is_secret else shown(cells[i]) for i, _ in taken])
        before = Coded(each, ["" if f.is_secret else shown(self.rows[self.at[i] - 1][at - 1]) for i, _ in taken])
        rules = Coded(each, [f"合并或同上：取自 {origin}" for _, origin in taken])
        self._change(f, at, np.array([i for i, _ in taken]), before, after, rules)

    def _change(self, f: Field, at: int, rows: Index, before: Coded, after: Coded, rules: Coded) -> None:
        column, n = letters(at), len(rows)
        told = (constant(n, text) for text in (self.source.file, self.source.sheet, column, f.id))
        self.changes.append(dict(zip(_CHANGE, (*told, before, after, rules), strict=True)))
        self.changed_rows.append(self.at[rows].astype(np.int32))

    def changed(self) -> Columns:
        """Every change, in the order in which they were made."""
        told = {name: end_to_end(part[name] for part in self.changes) for name in _CHANGE}
        return {**told, "row": np.concatenate([*self.changed_rows, np.empty(0, np.int32)])}

    def _record(self, reading: Reading) -> None:
        """Put on record what the cleaning of a column changed and what it could not read."""
        self._record_changes(reading)
        if reading.field.kind == "date" and not reading.field.planned:
            self._late(reading)
        faults = {place: c.fault for place, c in reading.remarked.items() if c.fault}
        for i in reading.rows_of([*faults]):
            self._problem(faults[reading.written.index[i]], self._place(int(self.at[i]), reading.at), reading.field)
        lost = reading.rows_of([place for place, fault in faults.items() if fault.level == "error"])
        if len(lost):
            self.unread[reading.field.id] = np.union1d(self.unread.get(reading.field.id, lost), lost)

    def _record_changes(self, reading: Reading) -> None:
        """Put on record the cells whose value is not what is written; of no others is anything kept."""
        changed = [place for place, c in reading.remarked.items() if c.rule]
        if not changed:
            return
        which = np.full(len(reading.values) + 1, -1, dtype=np.intp)
        which[changed] = np.arange(len(changed))
        place = which[reading.written.index]
        rows = np.flatnonzero(place >= 0)
        told = [self._told(reading.field, reading.written.values[i], reading.remarked[i]) for i in changed]
        before, after, rules = (Coded(place[rows], texts) for texts in zip(*told, strict=True))
        self._change(reading.field, reading.at, rows, before, after, rules)

    def _told(self, f: Field, written: Cell, cleaned: Cleaned[Any]) -> tuple[str, str, str]:
        return ("", "", cleaned.rule) if f.is_secret else (shown(written), shown(cleaned.value), cleaned.rule)

    def _late(self, reading: Reading) -> None:
        """What happened can't have happened after the day that the sheet reports."""
        limit = self.source.reported_on
        if limit is None:
            return
        late = [place for place, value in enumerate(reading.values) if value is not None and value.first > limit]
        for i in reading.rows_of(late):
            written = shown(reading.values[reading.written.index[i]])
            fault = Fault(
                "warning",
                "日期晚于截至日",
                f"{written} 晚于本表的截至或填报日期 {limit}",
                do="请核对这个日期和表上的截至日期",
            )
            self._problem(fault, self._place(int(self.at[i]), reading.at), reading.field)

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
