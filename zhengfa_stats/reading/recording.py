"""What is remembered while a table is read: changed cells, cells that took another's value, problems, what went unread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from zhengfa_stats.reading.cleaning.result import Fault
from zhengfa_stats.reading.columns import Index, Reading, shown, spread
from zhengfa_stats.reading.plan import Source
from zhengfa_stats.reading.sheets import Cell, Rows
from zhengfa_stats.records import Place, Problem, address, letters
from zhengfa_stats.schema import Field, Ledger


class Changed(NamedTuple):
    """Changes of one column: for each cell the field, what was written, what became of it, and by which rule."""

    cell: Sequence[str]
    field: Sequence[str]
    before: Sequence[str]
    after: Sequence[str]
    rule: Sequence[str]


class Recorder:
    """The record of one table; `at` are the sheet's rows of its body."""

    def __init__(self, ledger: Ledger, source: Source, rows: Rows, at: Any) -> None:
        self.ledger, self.source, self.rows, self.at = ledger, source, rows, at
        self.overrides: dict[int, list[str]] = {}  # row position → `field:cell` where the cell is not the usual one
        self.problems: list[Problem] = []
        self.changes: list[Changed] = []
        self.unread: dict[str, Index] = {}

    def _note_fills(self, f: Field, at: int, taken: list[tuple[int, str]], cells: list[Cell]) -> None:
        for i, origin in taken:
            self.overrides.setdefault(i, []).append(f"{f.id}:{origin}")
        after = ["" if f.is_secret else shown(cells[i]) for i, _ in taken]
        before = ["" if f.is_secret else shown(self.rows[self.at[i] - 1][at - 1]) for i, _ in taken]
        rules = [f"合并或同上：取自 {origin}" for _, origin in taken]
        self._change(f, at, np.array([i for i, _ in taken]), before, after, rules)

    def _change(self, f: Field, at: int, rows: Index, before: Any, after: Any, rules: Any) -> None:
        column = letters(at)
        cells = [f"{column}{row}" for row in self.at[rows].tolist()]
        told = (([text] * len(cells) if isinstance(text, str) else text) for text in (f.id, before, after, rules))
        self.changes.append(Changed(cells, *told))

    def changed(self) -> pd.DataFrame:
        """Every change, in the order in which they were made."""
        columns = {name: [v for part in self.changes for v in part[i]] for i, name in enumerate(Changed._fields)}
        n = len(columns["cell"])
        named = {"file": [self.source.file] * n, "sheet": [self.source.sheet] * n}
        return pd.DataFrame({**named, **columns}, dtype=object)

    def _record(self, reading: Reading) -> None:
        """Put on record what the cleaning of a column changed and what it could not read."""
        changed = reading.rows_where(lambda c: bool(c.rule))
        if len(changed):
            which = reading.index[changed]
            secret = reading.field.is_secret
            before = "" if secret else spread([shown(w) for w in reading.written], which)
            after = "" if secret else spread([shown(c.value) for c in reading.cleaned], which)
            self._change(
                reading.field, reading.at, changed, before, after, spread([c.rule for c in reading.cleaned], which)
            )
        if reading.field.kind == "date" and not reading.field.planned:
            self._late(reading)
        faulty = reading.rows_where(lambda c: c.fault is not None)
        for i in faulty:
            fault = reading.cleaned[reading.index[i]].fault
            assert fault is not None
            self._problem(fault, self._place(int(self.at[i]), reading.at), reading.field)
        lost = reading.rows_where(lambda c: c.fault is not None and c.fault.level == "error")
        if len(lost):
            self.unread[reading.field.id] = np.union1d(self.unread.get(reading.field.id, lost), lost)

    def _late(self, reading: Reading) -> None:
        """What happened can't have happened after the day that the sheet reports."""
        limit = self.source.reported_on
        if limit is None:
            return
        for i in reading.rows_where(lambda c: c.value is not None and c.value.first > limit):
            written = shown(reading.cleaned[reading.index[i]].value)
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
