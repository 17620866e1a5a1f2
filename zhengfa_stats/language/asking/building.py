"""A Frame becomes an expression of Queries at the clock that it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import Literal

from zhengfa_stats.counting.clocks import shift_month
from zhengfa_stats.language.asking.counted import Counted
from zhengfa_stats.language.asking.fields import fields_of
from zhengfa_stats.language.asking.frame import Asked, Condition, Frame, NotUnderstood
from zhengfa_stats.language.asking.outranking import check_outranked
from zhengfa_stats.language.asking.per_span import number_of
from zhengfa_stats.language.asking.placing import Placer, within
from zhengfa_stats.language.asking.shares import whole_beside
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.language.periods import PeriodSaid
from zhengfa_stats.query import (
    OF_ONE,
    At,
    Between,
    Clock,
    Expr,
    Formula,
    Not,
    Where,
    queries,
)
from zhengfa_stats.schema import Ledger, Schema


@dataclass(frozen=True, slots=True)
class Other:
    """What a question may mean as well: its period being that of the closing, or ending on the day that is asked of."""

    asked: Asked
    sort: Literal["closed", "stood", "below"]


@dataclass(frozen=True)
class Builder:
    """Builds expressions over a schema at a project's clock."""

    schema: Schema
    words: Words
    clock: Clock

    @property
    def counted(self) -> Counted:
        return Counted(self.schema, self.words)

    @cached_property
    def placer(self) -> Placer:
        return Placer(self.schema, self.words, self.clock)

    def build(self, frame: Frame) -> Asked:
        """The expression of a Frame; NotUnderstood where no expression says it."""
        if frame.form == "none":
            return replace(self.build(replace(frame, form="number")), form="all")
        check_outranked(frame.conditions, self.schema.ledgers[frame.ledger])
        expr = self._expr(self._opposite(frame))
        n = number_of(frame.per, self.placer.clock_of(frame.period) if frame.period else self.clock) if frame.per else 0
        return Asked(expr, frame.form, frame.take, frame.is_least, frame.side, frame.level, frame.per, n, frame.group)

    def _opposite(self, frame: Frame) -> Frame:
        """都办结了吗 counts what is not; any other Frame as it is."""
        if frame.form != "all":
            return frame
        *rest, last = frame.conditions
        opposite = self._negated(last, self.words.habits[frame.ledger])
        return replace(frame, conditions=(*rest, replace(last, where=opposite)))

    def _expr(self, frame: Frame) -> Expr:
        if frame.versus:
            return self._compared(frame)
        if frame.share_of is None or frame.share_period is None:
            return self._timed(frame, frame.period)
        if frame.by or frame.indicator:
            raise NotUnderstood(["占"], "两个时段的比例不能再分组，请分开问")
        part = self._timed(replace(frame, share_of=None), frame.period)
        whole = self._timed(replace(frame, share_of=None, conditions=frame.share_of), frame.share_period)
        if part == whole:
            raise NotUnderstood(["占"], "占的和被占的是同一个数，没有听清是谁占谁的比例")
        return Formula("ratio", part, whole)

    def other(self, frame: Frame) -> Other | None:
        """What else a period may mean, beside its being that of receipt, or a number; None where words or habit settle it."""
        if any(c.or_else for c in frame.conditions):
            return Other(self.build(_or_else(frame)), "below")
        ledger, habits = self.schema.ledgers[frame.ledger], self.words.habits[frame.ledger]
        closed_on = habits.dates.get("closed", "")
        if not (ledger.date and closed_on) or frame.versus or frame.indicator:
            return None
        asked = self.build(frame)
        if frame.is_receipt_carried:
            expr = self._expr(replace(self._opposite(frame), received=False))
            return Other(replace(asked, expr=expr), "closed") if expr != asked.expr else None
        if frame.received or frame.period is None or frame.period.since is None:
            return None
        return self._beside_receipt(asked, self._opposite(frame), self.placer.clock_of(frame.period))

    def _beside_receipt(self, asked: Asked, frame: Frame, clock: Clock) -> Other | None:
        """The same of what was closed within, or as it stood at the end."""
        ledger, habits = self.schema.ledgers[frame.ledger], self.words.habits[frame.ledger]
        expr = self.counted.of(frame)
        if any(q.period for q in queries(expr)) or self.placer.date_of(frame):
            return None
        if self._is_of_closing(expr, ledger, habits):
            closed_on = habits.dates["closed"]
            return Other(replace(asked, expr=within(expr, Between(closed_on, clock.since, clock.as_of))), "closed")
        facts = {w for q in queries(expr) for w in (*q.where, *q.having)}
        if not facts & {*habits.open, *habits.closed}:
            return None
        as_of = None if clock.as_of == self.clock.as_of else clock.as_of
        return Other(replace(asked, expr=At(expr, as_of=as_of) if as_of else expr), "stood")

    def _is_of_closing(self, expr: Expr, ledger: Ledger, habits: Habits) -> bool:
        """5月平均办理天数, 5月查实的: of what is told when a record is closed."""
        measured = any(q.measure.field == habits.days for q in queries(expr) if q.measure.kind in OF_ONE)
        asked = {f for q in queries(expr) for w in (*q.where, *q.having) for f in fields_of(w, ledger)}
        return measured or any(f in ledger.fields and ledger.fields[f].known_from for f in asked)

    def _negated(self, condition: Condition, habits: Habits) -> tuple[Where, ...]:
        if condition.where == habits.closed and habits.open:
            return habits.open
        *given, last = condition.where
        if condition.where == habits.usual:
            given = [*habits.absent]
        return (*given, Not(last))

    # ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _timed(self, frame: Frame, period: PeriodSaid | None) -> Expr:
        return self.placer.timed(self.counted.of(frame), frame, period)

    # ── compared ─────────────────────────────────────────────────────────────────────────────────────────────────
    def _compared(self, frame: Frame) -> Expr:
        versus = frame.versus
        assert versus is not None
        if frame.period is None and (versus.months == "before" or (versus.period and versus.period.since)):
            raise NotUnderstood(["比"], "没有听清是哪个时段和它比；请说成“6月比5月多多少”“6月环比”这样")
        here = self._timed(frame, frame.period)
        if versus.months or (versus.period and versus.period.months):
            there = self._shifted(frame, self._months(frame))
        else:
            slots = {c.slot for c in versus.conditions}
            kept = tuple(c for c in frame.conditions if c.slot not in slots)
            alike = set(self.words.habits[frame.ledger].alike)
            if slots and slots <= alike and len(kept) == len(frame.conditions):  # 党纪处分的比政务处分的多几人
                kept = tuple(c for c in frame.conditions if c.slot not in alike)
            if versus.measure:
                frame = replace(frame, measure=versus.measure)
            if slots and len(kept) == len(frame.conditions):
                raise NotUnderstood([c.said for c in versus.conditions], "没有听清是什么和它比")
            whole = whole_beside(frame, versus.conditions)
            other = replace(frame, conditions=(*kept, *versus.conditions), versus=None, share_of=whole)
            there = self._timed(other, versus.period or frame.period)
        if here == there:
            raise NotUnderstood(["比"], "比较的两边是同一个数；请说明和什么比")
        if versus.is_swapped:
            here, there = there, here
        if versus.op == "decline":
            return Formula("ratio", Formula("difference", there, here), there)
        return Formula(versus.op, here, there)

    def _months(self, frame: Frame) -> int:
        """How far back the other side lies: 同比 a year, 环比 one period of the same length."""
        versus = frame.versus
        assert versus is not None
        if versus.months == "year":
            return -12
        if versus.period and versus.period.months:
            return versus.period.months
        clock = self.placer.clock_of(frame.period) if frame.period else self.clock
        after = clock.as_of + timedelta(1)
        length = (after.year - clock.since.year) * 12 + after.month - clock.since.month
        if clock.since.day != 1 or after.day != 1 or length not in (1, 3, 6):
            raise NotUnderstood(["环比"], "“环比”要和上一个月、季度或半年比，请说明是哪个时段，如“5月环比”")
        return -length

    def _shifted(self, frame: Frame, months: int) -> Expr:
        base = self.counted.of(replace(frame, versus=None))
        ledger = self.schema.ledgers[frame.ledger]
        if not ledger.date:
            raise NotUnderstood(["同期"], f"《{ledger.name}》没有按日期统计的字段，不能和别的时段比")
        period = frame.period
        clock = self.placer.clock_of(period) if period else self.clock
        if clock == self.clock or period is None:
            return At(base, months=months)
        since, as_of = shift_month(clock.since, months), shift_month(clock.as_of, months, keep_end=True)
        if period.since is None or period.months:
            return At(base, since, as_of)
        return self._timed(replace(frame, versus=None), replace(period, since=since, as_of=as_of))


def _or_else(frame: Frame) -> Frame:
    """The Frame with what its conditions may mean as well."""

    def other(found: Sequence[Condition]) -> tuple[Condition, ...]:
        return tuple(replace(c, where=c.or_else or c.where) for c in found)

    whole = None if frame.share_of is None else other(frame.share_of)
    return replace(frame, conditions=other(frame.conditions), share_of=whole)
