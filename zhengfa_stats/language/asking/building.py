"""A Frame becomes an expression of Queries at the clock that it means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from zhengfa_stats.counting.clocks import shift_month
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.language.asking.counted import Counted
from zhengfa_stats.language.asking.frame import Asked, Condition, Frame, NotUnderstood
from zhengfa_stats.language.asking.per_span import number_of
from zhengfa_stats.language.asking.placing import by_date, is_state, within
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.language.periods import PeriodSaid, clock_said, say_period
from zhengfa_stats.query import (
    OF_ONE,
    AsOf,
    At,
    Between,
    Clock,
    Expr,
    Formula,
    Not,
    Since,
    Where,
    queries,
)
from zhengfa_stats.schema import Ledger, Schema


@dataclass(frozen=True)
class Builder:
    """Builds expressions over a schema at a project's clock."""

    schema: Schema
    words: Words
    clock: Clock

    @property
    def counted(self) -> Counted:
        return Counted(self.schema, self.words)

    def build(self, frame: Frame) -> Asked:
        """The expression of a Frame; NotUnderstood where no expression says it."""
        if frame.form == "none":
            return replace(self.build(replace(frame, form="number")), form="all")
        if frame.form == "all":
            *rest, last = frame.conditions
            opposite = self._negated(last, self.words.habits[frame.ledger])
            frame = replace(frame, conditions=(*rest, replace(last, where=opposite)))
        expr = self._expr(frame)
        n = number_of(frame.per, self.clock_of(frame.period) if frame.period else self.clock) if frame.per else 0
        return Asked(expr, frame.form, frame.take, frame.is_least, frame.side, frame.level, frame.per, n, frame.group)

    def _expr(self, frame: Frame) -> Expr:
        if frame.versus:
            return self._compared(frame)
        if frame.share_of is None or frame.share_period is None:
            return self._timed(frame, frame.period)
        if frame.by or frame.indicator:
            raise NotUnderstood(["占"], "两个时段的比例不能再分组，请分开问")
        part = self._timed(replace(frame, share_of=None), frame.period)
        whole = replace(frame, share_of=None, conditions=frame.share_of)
        return Formula("ratio", part, self._timed(whole, frame.share_period))

    def other(self, frame: Frame) -> Asked | None:
        """What else a state in a narrower period may mean: not as it is now, but as it was when the period ended."""
        period, ledger = frame.period, self.schema.ledgers[frame.ledger]
        if period is None or period.since is None or frame.received or frame.versus or not ledger.date:
            return None
        clock = self.clock_of(period)
        expr = self.counted.of(frame)
        if (
            clock.as_of == self.clock.as_of
            or not self._depends(expr, ledger, frame)
            or any(q.period for q in queries(expr))
        ):
            return None
        return replace(self.build(frame), expr=self._at(expr, ledger, period, clock))

    def _depends(self, expr: Expr, ledger: Ledger, frame: Frame) -> bool:
        """Whether it counts what is closed, or under way, by the cut-off date, and is no count of what was closed within."""
        habits = self.words.habits[frame.ledger]
        facts = {w for q in queries(expr) for w in (*q.where, *q.having)}
        named = any(w in facts for w in (*habits.open, *habits.closed))
        return named and not (self._is_flow(frame, habits) and not frame.indicator and habits.dates.get("closed"))

    def _negated(self, condition: Condition, habits: Habits) -> tuple[Where, ...]:
        if condition.where == habits.closed and habits.open:
            return habits.open
        *given, last = condition.where
        return (*given, Not(last))

    # ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _timed(self, frame: Frame, period: PeriodSaid | None) -> Expr:
        expr = self.counted.of(frame)
        if frame.state_on is not None and period is not None:
            return self._stood(expr, frame, period, frame.state_on)
        if period is None or (period.since, period.as_of, period.months) == (None, None, 0):
            return self._each_month(expr, frame)
        clock = self.clock_of(period)
        if clock == self.clock:
            return self._each_month(expr, frame)
        return self._placed(expr, frame, period, clock)

    def _stood(self, expr: Expr, frame: Frame, period: PeriodSaid, then: PeriodSaid) -> Expr:
        """一季度收到的，到5月底: what came in within the one period, as it stood at the end of the other."""
        if any(q.period for q in queries(expr)):
            raise NotUnderstood([frame.indicator], f"“{frame.indicator}”有自己的时段，不能这样问")
        came, stood = self.clock_of(period), self.clock_of(then)
        date = self.schema.ledgers[frame.ledger].date
        return At(within(expr, Between(date, came.since, min(came.as_of, stood.as_of))), as_of=stood.as_of)

    def _each_month(self, expr: Expr, frame: Frame) -> Expr:
        """每个月办结多少: by the month in which it was closed, within the period."""
        ledger, habits = self.schema.ledgers[frame.ledger], self.words.habits[frame.ledger]
        date = habits.dates.get("closed", "")
        in_time = any(b.field == ledger.date and b.level in ("month", "quarter", "year") for b in frame.by)
        if not (date and in_time and not frame.received and not frame.indicator and self._is_flow(frame, habits)):
            return expr
        return within(by_date(expr, ledger.date, date), Between(date, Since(), AsOf()))

    def clock_of(self, period: PeriodSaid) -> Clock:
        """The clock that a period means, no later than the project's cut-off date; NotUnderstood for the future."""
        clock = clock_said(period, self.clock)
        if clock.since > self.clock.as_of:
            raise NotUnderstood(
                [say_period(clock)], f"{say_period(clock)}在统计截止日{chinese_day(self.clock.as_of)}之后，还没有数据"
            )
        if clock.since > clock.as_of and period.since is None:
            clock = Clock(clock.as_of.replace(month=1, day=1), clock.as_of)
        return Clock(clock.since, min(clock.as_of, self.clock.as_of))

    def _placed(self, expr: Expr, frame: Frame, period: PeriodSaid, clock: Clock) -> Expr:
        """The expression in a period: at that clock, or, of what has a state, with the state as it is at the cut-off."""
        ledger, habits = self.schema.ledgers[frame.ledger], self.words.habits[frame.ledger]
        own = [q for q in queries(expr) if q.period]
        dated = [c.slot for c in frame.conditions if c.slot in habits.dates.values()]
        if dated and period.since and not period.months and not own:
            return within(expr, Between(dated[0], clock.since, clock.as_of))
        if period.is_before and frame.received and not own and ledger.date:
            return within(expr, Between(ledger.date, clock.since, clock.as_of))
        if period.since is None or period.months or own or not self._has_state(expr, ledger):
            return self._at(expr, ledger, period, clock)
        date = habits.dates.get("closed", "")
        if not frame.received and not frame.indicator and date and self._is_flow(frame, habits):
            return within(by_date(expr, ledger.date, date), Between(date, clock.since, clock.as_of))
        if not ledger.date:
            return self._at(expr, ledger, period, clock)
        return within(expr, Between(ledger.date, clock.since, clock.as_of))

    def _at(self, expr: Expr, ledger: Ledger, period: PeriodSaid, clock: Clock) -> Expr:
        if not ledger.date and (period.since or period.months):
            what = f"《{ledger.name}》没有按日期统计的字段，不能只问{say_period(clock)}"
            raise NotUnderstood([say_period(clock)], f"{what}；可以问“截至某日”的情况")
        if period.months:
            return At(expr, months=period.months)
        return At(
            expr,
            None if clock.since == self.clock.since else clock.since,
            None if clock.as_of == self.clock.as_of else clock.as_of,
        )

    def _is_flow(self, frame: Frame, habits: Habits) -> bool:
        """5月查结了多少: what was closed in May, whenever it came in."""
        closed = [c for c in frame.conditions if c.where == habits.closed]
        return bool(closed) and frame.share_of is None and not frame.measure.startswith(OF_ONE)

    def _has_state(self, expr: Expr, ledger: Ledger) -> bool:
        """Whether a condition depends on the cut-off date: closed by then, known by then."""
        return any(is_state(w, ledger) for q in queries(expr) for w in (*q.where, *q.having))

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
            if versus.measure:
                frame = replace(frame, measure=versus.measure)
            if slots and len(kept) == len(frame.conditions):
                raise NotUnderstood([c.said for c in versus.conditions], "没有听清是什么和它比")
            other = replace(frame, conditions=(*kept, *versus.conditions), versus=None)
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
        clock = self.clock_of(frame.period) if frame.period else self.clock
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
        clock = self.clock_of(frame.period) if frame.period else self.clock
        if clock == self.clock:
            return At(base, months=months)
        since = shift_month(clock.since, months)
        return At(base, since, shift_month(clock.as_of, months, keep_end=True))
