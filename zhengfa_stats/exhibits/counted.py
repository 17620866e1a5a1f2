"""The columns of an exhibit with their Answers."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.exhibits.declared import Column
from zhengfa_stats.exhibits.grid import Cell
from zhengfa_stats.query import At, By, Clock, Expr, Formula, narrow, queries
from zhengfa_stats.schema import Schema

Count = Callable[[Expr], Answer]


@dataclass(frozen=True)
class Counted:
    """A column with its Answer; or with one Answer a month, by the month's label."""

    column: Column
    answer: Answer
    points: tuple[tuple[str, Answer], ...] = ()

    @property
    def answers(self) -> tuple[Answer, ...]:
        return tuple(a for _, a in self.points) or (self.answer,)

    @property
    def by(self) -> tuple[By, ...]:
        return queries(self.column.of)[0].by

    @property
    def why(self) -> str:
        return next((a.why for a in self.answers if a.why and not _has_values(a)), "")

    def cells(self) -> dict[tuple[str, ...], Cell]:
        """The values by labels."""
        if self.points:
            return {(label,): Cell(answer.value) for label, answer in self.points}
        return cells_of(self.answer)


def _has_values(answer: Answer) -> bool:
    return any(value is not None for _, value in answer.values)


def cells_of(answer: Answer) -> dict[tuple[str, ...], Cell]:
    """An Answer's values by labels; those of a ratio with both its sides."""
    if answer.parts and isinstance(answer.expr, At):
        inner = cells_of(answer.parts[0])
        return {labels: inner.get(labels, Cell(value)) for labels, value in answer.values}
    if isinstance(answer.expr, Formula) and answer.expr.op == "ratio" and len(answer.parts) == 2:
        left, right = (dict(part.values) for part in answer.parts)
        return {
            labels: Cell(value, left.get(labels, 0 if left else None), right.get(labels))
            for labels, value in answer.values
        }
    return {labels: Cell(value) for labels, value in answer.values}


def counted(column: Column, count: Count, schema: Schema, clock: Clock) -> Counted:
    """The column's Answer; that of the indicator which stands in for it, where a ledger is absent."""
    if column.each:
        points = tuple((label, count(At(column.of, as_of=day))) for label, day in ends(clock, column.each))
        return Counted(column, points[-1][1], points)
    answer = count(column.of)
    stand_in = schema.indicators[column.key].otherwise if column.key in schema.indicators else ""
    if answer.why and stand_in and not _has_values(answer):
        other = count(narrow(schema.indicators[stand_in].of, by=queries(column.of)[0].by))
        if not other.why:
            remark = f"{answer.why}，改用“{stand_in}”：{schema.indicators[stand_in].definition}"
            return Counted(column, replace(other, remarks=(*other.remarks, remark)))
    return Counted(column, answer)


def ends(clock: Clock, each: str) -> Iterator[tuple[str, date]]:
    """The last days of the months or quarters of a period, with their labels; the last ends at the cut-off date.

    >>> [f"{label} {day}" for label, day in ends(Clock(date(2021, 5, 10), date(2021, 6, 12)), "month")]
    ['2021年5月 2021-05-31', '2021年6月 2021-06-12']
    """
    step = 3 if each == "quarter" else 1
    first, last = (d.year * 12 + d.month - 1 for d in (clock.since, clock.as_of))
    for n in range(first // step, last // step + 1):
        year, month = divmod(n * step + step - 1, 12)
        end = date(year, month + 1, monthrange(year, month + 1)[1])
        label = f"{year}年第{month // 3 + 1}季度" if each == "quarter" else f"{year}年{month + 1}月"
        yield label, min(end, clock.as_of)
