"""A Frame becomes an expression of Queries at the clock that it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from zhengfa_stats.counting.clocks import clock_of, shift_month
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.language.asking.fields import fact_fields, fields_of, speaks_of
from zhengfa_stats.language.asking.frame import Condition, Form, Frame, NotUnderstood
from zhengfa_stats.language.asking.per_span import number_of
from zhengfa_stats.language.asking.shares import is_within_groups
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.language.periods import PeriodSaid, clock_said, say_period
from zhengfa_stats.query import (
    OF_ONE,
    And,
    AsOf,
    At,
    Between,
    Blank,
    By,
    Clock,
    Expr,
    Fact,
    Formula,
    In,
    Measure,
    Not,
    Or,
    Query,
    Since,
    Where,
    leaves,
    queries,
)
from zhengfa_stats.schema import Ledger, Schema


@dataclass(frozen=True, slots=True)
class Asked:
    """What is evaluated, and what of the result is the answer.

    `form` all: whether no row is left that `expr` counts; exists: whether there is one. `take` groups are the
    answer, 0 all as they come, -1 all in the order of their values; `side`, `level` what values are to reach;
    `per` month: values are divided by the period's `n` months; `group` is the one whose place is asked for.
    """

    expr: Expr
    form: Form = "number"
    take: int = 0
    is_least: bool = False
    side: str = ""
    level: float = 0.0
    per: str = ""
    n: float = 0
    group: str = ""


@dataclass(frozen=True)
class Builder:
    """Builds expressions over a schema at a project's clock."""

    schema: Schema
    words: Words
    clock: Clock

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
        expr = self._counted(frame)
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

    # ── what is counted ──────────────────────────────────────────────────────────────────────────────────────────
    def _counted(self, frame: Frame) -> Expr:
        if frame.indicator:
            return self._of_indicator(frame)
        whole = self._query(frame)
        if frame.share_of is None:
            return whole
        base = self._query(replace(frame, conditions=frame.share_of))
        return Formula("ratio", whole, base if is_within_groups(frame) else replace(base, by=()))

    def _query(self, frame: Frame) -> Query:
        """The Query of the conditions and the measure; persons are folded where the ledger declares how."""
        ledger, habits = self.schema.ledgers[frame.ledger], self.words.habits[frame.ledger]
        measure = frame.measure or ("rows" if frame.form == "rows" and not habits.each else habits.count_by)
        wheres = [w for c in frame.conditions for w in c.where]
        always = () if measure == "acts" else habits.always
        if any(speaks_of(w, fact_fields(ledger, habits.always)) for w in wheres):
            always = ()
        wheres = [*always, *wheres]
        kind, _, name = measure.partition(" ")
        self._check_items(frame, kind, name, wheres)
        if kind in (*OF_ONE, "sum") and name == habits.days and not _has(wheres, habits.closed):
            wheres.extend(w for w in habits.closed if w not in wheres)
        if habits.usual and not self._says_presence(wheres, ledger, habits):
            wheres = [*habits.usual, *wheres]
        wheres = list(dict.fromkeys(wheres))
        if kind == "persons" and habits.each:
            each = ledger.each[habits.each]
            having = tuple(w for w in wheres if each.settles(fields_of(w, ledger)))
            rest = tuple(w for w in wheres if w not in having)
            return Query(frame.ledger, rest, by=frame.by, each=habits.each, having=having)
        found = {
            "persons": Measure("distinct", habits.person),
            "rows": Measure(),
            "acts": Measure(),
        }.get(kind) or Measure(kind, name)  # type: ignore[arg-type]
        if kind == "persons" and ledger.key == (habits.person,):
            found = Measure()  # a row a person
        return Query(frame.ledger, tuple(wheres), found, frame.by)

    def _check_items(self, frame: Frame, kind: str, name: str, wheres: Sequence[Where]) -> None:
        """篇 and 份 add up within one sort of activity that is counted so, never across sorts."""
        habits = self.words.habits[frame.ledger]
        if kind != "sum" or name not in habits.sums.values():
            return
        sorts = [str(t) for w in wheres if isinstance(w, In) for t in w.terms]
        units = {habits.of_items.get(sort, "") for sort in sorts}
        if len(units) != 1 or frame.unit.removesuffix("数") not in units:
            names = "、".join(f"{sort}（{unit}）" for sort, unit in habits.of_items.items())
            raise NotUnderstood([frame.unit], f"“{frame.unit}”要说明是哪一种：{names}")

    def _says_presence(self, wheres: Iterable[Where], ledger: Ledger, habits: Habits) -> bool:
        """Whether a condition already says who is meant: those expected, tested, absent."""
        fields = {f for w in (*habits.usual, *habits.absent) for f in fields_of(w, ledger)}
        return any(speaks_of(w, fields) or isinstance(w, Fact) for x in wheres for w in leaves(x)) or any(
            fields & fields_of(w, ledger) for w in wheres
        )

    def _of_indicator(self, frame: Frame) -> Expr:
        """The indicator's own expression with the conditions on every query in it."""
        expr = self.schema.indicators[frame.indicator].of
        counted = ("", "rows", "persons") if isinstance(expr, Query) else ("",)
        if frame.measure not in counted or frame.share_of is not None:
            raise NotUnderstood([frame.indicator], f"“{frame.indicator}”是一个指标，不能这样问")
        return self._narrowed(expr, frame)

    def _narrowed(self, expr: Expr, frame: Frame) -> Expr:
        match expr:
            case At():
                return replace(expr, of=self._narrowed(expr.of, frame))
            case Formula():
                left, right = self._narrowed(expr.left, frame), self._narrowed(expr.right, frame)
                return replace(expr, left=left, right=right)
        more = tuple(w for c in frame.conditions for w in self._there(c, frame.ledger, expr.ledger))
        by = tuple(self._axis_there(b, frame.ledger, expr.ledger) for b in frame.by)
        if not expr.each:
            return replace(expr, where=tuple(dict.fromkeys((*expr.where, *more))), by=by)
        each = self.schema.ledgers[expr.ledger].each[expr.each]
        ledger = self.schema.ledgers[expr.ledger]
        having = tuple(w for w in more if each.settles(fields_of(w, ledger)))
        return replace(
            expr, where=(*expr.where, *(w for w in more if w not in having)), having=(*expr.having, *having), by=by
        )

    def _there(self, condition: Condition, here: str, there: str) -> tuple[Where, ...]:
        """A condition on another ledger of the same figure; only units and regions mean the same there."""
        if here == there:
            return condition.where
        if condition.kind == "region":
            return condition.where
        ours, theirs = self.words.habits[here].unit, self.words.habits[there].unit
        if condition.kind == "unit" and condition.slot == ours and theirs:
            return tuple(_renamed(w, ours, theirs) for w in condition.where)
        name = self.schema.ledgers[there].name
        raise NotUnderstood([condition.said], f"这个数还要用到《{name}》，那里没有“{condition.said}”，不能这样细分")

    def _axis_there(self, by: By, here: str, there: str) -> By:
        if here == there:
            return by
        ours, theirs = self.words.habits[here].unit, self.words.habits[there].unit
        if by.field == ours and theirs:
            return replace(by, field=theirs)
        name = self.schema.ledgers[there].name
        raise NotUnderstood([by.field], f"这个数还要用到《{name}》，不能这样分组")

    # ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _timed(self, frame: Frame, period: PeriodSaid | None) -> Expr:
        expr = self._counted(frame)
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
        return At(_within(expr, Between(date, came.since, min(came.as_of, stood.as_of))), as_of=stood.as_of)

    def _each_month(self, expr: Expr, frame: Frame) -> Expr:
        """每个月办结多少: by the month in which it was closed, within the period."""
        ledger, habits = self.schema.ledgers[frame.ledger], self.words.habits[frame.ledger]
        date = habits.dates.get("closed", "")
        in_time = any(b.field == ledger.date and b.level in ("month", "quarter", "year") for b in frame.by)
        if not (date and in_time and not frame.received and not frame.indicator and self._is_flow(frame, habits)):
            return expr
        return _within(_by_date(expr, ledger.date, date), Between(date, Since(), AsOf()))

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
            return _within(expr, Between(dated[0], clock.since, clock.as_of))
        if period.is_before and frame.received and not own and ledger.date:
            return _within(expr, Between(ledger.date, clock.since, clock.as_of))
        if period.since is None or period.months or own or not self._has_state(expr, ledger):
            return self._at(expr, ledger, period, clock)
        date = habits.dates.get("closed", "")
        if not frame.received and not frame.indicator and date and self._is_flow(frame, habits):
            return _within(_by_date(expr, ledger.date, date), Between(date, clock.since, clock.as_of))
        if not ledger.date:
            return self._at(expr, ledger, period, clock)
        return _within(expr, Between(ledger.date, clock.since, clock.as_of))

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
        return any(_is_state(w, ledger) for q in queries(expr) for w in (*q.where, *q.having))

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
        base = self._counted(replace(frame, versus=None))
        ledger = self.schema.ledgers[frame.ledger]
        if not ledger.date:
            raise NotUnderstood(["同期"], f"《{ledger.name}》没有按日期统计的字段，不能和别的时段比")
        clock = self.clock_of(frame.period) if frame.period else self.clock
        if clock == self.clock:
            return At(base, months=months)
        since = shift_month(clock.since, months)
        return At(base, since, shift_month(clock.as_of, months, keep_end=True))


def clock_at(expr: Expr, clock: Clock) -> list[tuple[Query, Clock]]:
    """Every query of an expression with the clock that it is evaluated at."""
    match expr:
        case Query():
            return [(expr, clock)]
        case At(of):
            return clock_at(of, clock_of(expr, clock))
        case Formula(_, left, right):
            return clock_at(left, clock) + clock_at(right, clock)


# ── conditions looked into ────────────────────────────────────────────────────────────────────────────────────────


def _within(expr: Expr, period: Between) -> Expr:
    match expr:
        case Query():
            return replace(expr, period=period)
        case At():
            return replace(expr, of=_within(expr.of, period))
        case Formula():
            return replace(expr, left=_within(expr.left, period), right=_within(expr.right, period))


def _by_date(expr: Expr, old: str, new: str) -> Expr:
    """The same, grouped by another date."""
    if not isinstance(expr, Query):
        return expr
    return replace(expr, by=tuple(replace(b, field=new) if b.field == old else b for b in expr.by))


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


def _has(wheres: Sequence[Where], wanted: tuple[Where, ...]) -> bool:
    return all(w in wheres for w in wanted)


def _renamed(where: Where, old: str, new: str) -> Where:
    match where:
        case In(field, terms) if field == old:
            return In(new, terms)
        case Not(of):
            return Not(_renamed(of, old, new))
        case Or(of):
            return Or(tuple(_renamed(w, old, new) for w in of))
        case And(of):
            return And(tuple(_renamed(w, old, new) for w in of))
    return where
