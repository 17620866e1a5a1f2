"""An expression in its period: at another clock, by the date that the period is of, or as it stood on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhengfa_stats.counting.clocks import clock_of
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.language.periods import PeriodSaid, clock_said, say_period
from zhengfa_stats.query import (
    OF_ONE,
    AsOf,
    At,
    Between,
    Blank,
    Clock,
    Expr,
    Fact,
    Formula,
    In,
    Query,
    Since,
    Where,
    leaves,
    queries,
)
from zhengfa_stats.schema import Ledger, Schema


@dataclass(frozen=True)
class Placer:
    """Puts expressions into periods, at a project's clock."""

    schema: Schema
    words: Words
    clock: Clock

    def timed(self, expr: Expr, frame: Frame, period: PeriodSaid | None) -> Expr:
        """The expression of a Frame in the period that is said; as it is, where none is."""
        if frame.state_on is not None and period is not None:
            return self._stood(expr, frame, period, frame.state_on)
        if self._is_of_event(expr, frame, period):
            clock, ledger = self.clock_of(period) if period else self.clock, self.schema.ledgers[frame.ledger]
            date = self.date_of(frame)
            return within(_by_date(expr, ledger.date, date), Between(date, clock.since, clock.as_of))
        if period is None or (period.since, period.as_of, period.months) == (None, None, 0):
            return self._each_month(expr, frame)
        clock = self.clock_of(period)
        if clock == self.clock:
            return self._each_month(expr, frame)
        return self._placed(expr, frame, period, clock)

    def _is_of_event(self, expr: Expr, frame: Frame, period: PeriodSaid | None) -> bool:
        """今年立案的, 5月1日前立案的, 按查结日期算: the period is of another date than the ledger's own."""
        ledger, date = self.schema.ledgers[frame.ledger], self.date_of(frame)
        if date in ("", ledger.date) or any(q.period for q in queries(expr)):
            return False
        if period is None or not (period.since or period.as_of):
            return bool(frame.counted_by)
        if period.months:
            return False
        is_closing = date == self.words.habits[frame.ledger].dates.get("closed")
        return bool(frame.counted_by) or not is_closing or (not ledger.date and period.since is not None)

    def _stood(self, expr: Expr, frame: Frame, period: PeriodSaid, then: PeriodSaid) -> Expr:
        """一季度收到的，到5月底: what came in within the one period, as it stood at the end of the other."""
        if any(q.period for q in queries(expr)):
            raise NotUnderstood([frame.indicator], f"“{frame.indicator}”有自己的时段，不能这样问")
        came, stood = self.clock_of(period), self.clock_of(then)
        date = self.schema.ledgers[frame.ledger].date
        return At(within(expr, Between(date, came.since, min(came.as_of, stood.as_of))), as_of=stood.as_of)

    def _each_month(self, expr: Expr, frame: Frame) -> Expr:
        """每个月办结多少: by the month in which it was closed, within the period; 各月立案人数 by that of filing."""
        ledger = self.schema.ledgers[frame.ledger]
        grains = [b.field for b in frame.by if b.level in ("month", "quarter", "year")]
        in_time = ledger.date in grains or self.words.habits[frame.ledger].dates.get("closed") in grains
        date = self.date_of(frame) if in_time and not any(q.period for q in queries(expr)) else ""
        if date in ("", ledger.date):
            return expr
        return within(_by_date(expr, ledger.date, date), Between(date, Since(), AsOf()))

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
        ledger = self.schema.ledgers[frame.ledger]
        own = any(q.period for q in queries(expr))
        date = "" if own or period.since is None or period.months else self.date_of(frame)
        if date not in ("", ledger.date):
            return within(_by_date(expr, ledger.date, date), Between(date, clock.since, clock.as_of))
        if period.is_before and frame.received and not own and ledger.date:
            return within(expr, Between(ledger.date, clock.since, clock.as_of))
        if period.since is None or period.months or own or not self.has_state(expr, ledger) or not ledger.date:
            return self.at(expr, ledger, period, clock)
        return within(expr, Between(ledger.date, clock.since, clock.as_of))

    def date_of(self, frame: Frame) -> str:
        """The date that a period is of: 5月查结的, 5月立案的; "" for the ledger's own. NotUnderstood where the whole has none."""
        if frame.counted_by:
            return frame.counted_by
        habits = self.words.habits[frame.ledger]
        dates, closed_on = set(habits.dates.values()), habits.dates.get("closed", "")
        said = [c for c in frame.conditions if c.slot in dates or (closed_on and c.where == habits.closed)]
        if frame.indicator or not said:
            return ""
        if frame.dated:
            if frame.dated != self.schema.ledgers[frame.ledger].date:
                _check_whole(said, frame)
            return frame.dated
        if filed := [c for c in said if c.slot in dates]:
            _check_whole(filed, frame)
            return filed[0].slot
        return closed_on if not frame.received and self.is_flow(frame, habits) else ""

    def at(self, expr: Expr, ledger: Ledger, period: PeriodSaid, clock: Clock) -> Expr:
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

    def is_flow(self, frame: Frame, habits: Habits) -> bool:
        """5月查结了多少: what was closed in May, whenever it came in; of a share, the whole as well."""
        wholes = [frame.conditions] if frame.share_of is None else [frame.conditions, frame.share_of]
        closed = all(any(c.where == habits.closed for c in whole) for whole in wholes)
        return closed and not frame.measure.startswith(OF_ONE)

    def has_state(self, expr: Expr, ledger: Ledger) -> bool:
        """Whether a condition depends on the cut-off date: closed by then, known by then."""
        return any(_is_state(w, ledger) for q in queries(expr) for w in (*q.where, *q.having))


def within(expr: Expr, period: Between) -> Expr:
    """The same, of the records whose date lies within."""
    match expr:
        case Query():
            return replace(expr, period=period)
        case At():
            return replace(expr, of=within(expr.of, period))
        case Formula():
            return replace(expr, left=within(expr.left, period), right=within(expr.right, period))


def _by_date(expr: Expr, old: str, new: str) -> Expr:
    """The same, grouped by another date."""
    match expr:
        case Query():
            return replace(expr, by=tuple(replace(b, field=new) if b.field == old else b for b in expr.by))
        case At():
            return replace(expr, of=_by_date(expr.of, old, new))
        case Formula():
            return replace(expr, left=_by_date(expr.left, old, new), right=_by_date(expr.right, old, new))


def _check_whole(said: Sequence[Condition], frame: Frame) -> None:
    """5月立案的占处理人数的比例: the period is of the part's date, and the whole has another."""
    whole = frame.share_of
    if whole is not None and not any(c.where == w.where for c in said for w in whole):
        words = [c.said for c in said]
        raise NotUnderstood(words, f"“{words[0]}”和占的总数看的不是同一个日期，没有听清总数是哪个时段的；请分开问")


def _is_state(where: Where, ledger: Ledger) -> bool:
    for leaf in leaves(where):
        if isinstance(leaf, Fact) and any(_is_state(w, ledger) for w in ledger.facts[leaf.name].where):
            return True
        if isinstance(leaf, Between) and any(isinstance(b, AsOf) for b in (leaf.low, leaf.high)):
            return True
        if (
            isinstance(leaf, In | Between | Blank)
            and leaf.field in ledger.fields
            and ledger.fields[leaf.field].known_from
        ):
            return True
    return False


def clock_at(expr: Expr, clock: Clock) -> list[tuple[Query, Clock]]:
    """Every query of an expression with the clock that it is evaluated at."""
    match expr:
        case Query():
            return [(expr, clock)]
        case At(of):
            return clock_at(of, clock_of(expr, clock))
        case Formula(_, left, right):
            return clock_at(left, clock) + clock_at(right, clock)
