"""An expression over ledgers becomes an Answer: a value, or one a group, that knows the rows it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import narwhals as nw

from zhengfa_stats.counting.cells import Office, ReportedCell
from zhengfa_stats.counting.clocks import clock_of
from zhengfa_stats.counting.doubts import n_uncounted, uncounted
from zhengfa_stats.counting.frames import ORIGIN, PLACE, TABLE, Frame, Native, height, sort_rows, to_native
from zhengfa_stats.counting.groups import Order, chinese_day, moved
from zhengfa_stats.counting.reported import Lacking, Reported, read_reported, with_totals
from zhengfa_stats.counting.tally import Labels, Tally
from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import OF_ONE, At, Clock, Expr, Formula, Query, queries
from zhengfa_stats.schema import Indicator, Schema

Values = tuple[tuple[Labels, float | None], ...]


@dataclass(frozen=True)
class Answer:
    """What an expression comes to at a clock: one (group labels, value) a group, a single one with () if ungrouped.

    A value is None where it can't be had, never 0 instead, and `why` says in Chinese why. Rates are unrounded,
    in per cent. `parts` are the Answers of a formula's two sides, or of what an At is the same as.
    Rows are collected only when they are asked for.
    """

    expr: Expr
    clock: Clock
    values: Values
    parts: tuple[Answer, ...] = ()
    why: str = ""
    remarks: tuple[str, ...] = ()  # Chinese sentences that belong beside the figure
    reported: tuple[ReportedCell, ...] = ()  # totals that stand for rows that were not sent
    lacking: tuple[Lacking, ...] = ()  # offices that sent only totals, and none that fit
    indicator: Indicator | None = None  # the named figure that was asked for, if one was
    missing: tuple[str, ...] = ()  # who has not sent what it needs, or whose data end before the cut-off date
    _orders: tuple[tuple[Order, ...], ...] = field(default=(), repr=False, compare=False)
    _tally: Tally | None = field(default=None, repr=False, compare=False)

    @property
    def value(self) -> float | None:
        """The value of an ungrouped Answer."""
        if is_grouped(self.expr):
            raise QueryError("这是分组统计的结果，没有单一的数值", do="请逐组取用")
        return self.values[0][1]

    @cached_property
    def n_rows(self) -> int:
        """How many rows are counted; a row that both sides of a formula count is one."""
        tallies = self._tallies()
        tallies = [t for i, t in enumerate(tallies) if not any(t.is_within(u) for u in tallies[i + 1 :])]
        if len(tallies) == 1:
            return tallies[0].n_rows
        return height(_union(tallies, lambda t: t.rows(whole=False))) if tallies else 0

    @cached_property
    def n_uncounted(self) -> int:
        """How many rows could not be judged, for want of something that the expression needs."""
        tallies = [t for t in self._tallies() if n_uncounted(t)]
        if len(tallies) == 1:
            return n_uncounted(tallies[0])
        return height(_union(tallies, lambda t: uncounted(t, whole=False))) if tallies else 0

    @property
    def schema(self) -> Schema | None:
        """The definitions that it was counted by; None where nothing could be counted."""
        return next((tally.scope.schema for tally in self._tallies()), None)

    def rows(self) -> Native:
        """The counted rows, in the engine's own frame, by file, sheet and row; None where a ledger is absent.

        Of a formula over two ledgers, only what says where the rows came from.
        """
        return self._native(lambda t: t.rows())

    def uncounted_rows(self) -> Native:
        """The rows that could not be judged, with the reason `uncounted_why` in Chinese and its `uncounted_field`."""
        return self._native(uncounted)

    def leaves(self) -> tuple[Answer, ...]:
        """The Answers of the queries in the expression, from left to right."""
        return tuple(leaf for part in self.parts for leaf in part.leaves()) if self.parts else (self,)

    def _native(self, rows: Callable[[Tally], Frame]) -> Native:
        tallies = self._tallies()
        if not tallies:
            return None
        then = tallies[0].then_by if len({t.query.ledger for t in tallies}) == 1 else ()
        return to_native(sort_rows(_union(tallies, rows), *then))

    def _tallies(self) -> list[Tally]:
        """What was counted for the queries in the expression, from left to right."""
        return [leaf._tally for leaf in self.leaves() if leaf._tally]


def evaluate(
    expr: Expr,
    frames: Mapping[str, Native],
    schema: Schema,
    clock: Clock,
    project: Clock | None = None,
) -> Answer:
    """The Answer of an expression over stored ledgers, one native frame a ledger, all of one engine.

    `project` is the project's own clock, which undated sheets are taken to lie within (default: `clock`).
    A ledger that is not in `frames` gives None and `why`; a frame without rows gives 0. QueryError when the
    expression speaks of what the schema does not have.
    """
    return Session(frames, schema, project or clock).evaluate(expr, clock)


class Session:
    """The same frames asked again and again: a query that several figures rest on is counted once."""

    def __init__(self, frames: Mapping[str, Native], schema: Schema, project: Clock) -> None:
        self.reported = read_reported(frames, schema, project)
        self._counted: dict[tuple[Query, Clock, frozenset[Office]], Answer] = {}

    def evaluate(self, expr: Expr, clock: Clock) -> Answer:
        """The Answer of an expression, as `evaluate` gives it."""
        return _evaluate(expr, clock, self.reported, self._count)

    def _count(self, query: Query, clock: Clock, reported: Reported) -> Answer:
        key = query, clock, reported.barred
        if key not in self._counted:
            self._counted[key] = _count(query, clock, reported)
        return self._counted[key]


Counter = Callable[[Query, Clock, Reported], Answer]


def _evaluate(expr: Expr, clock: Clock, reported: Reported, count: Counter) -> Answer:
    match expr:
        case Query():
            return count(expr, clock, reported)
        case At():
            inner = _evaluate(expr.of, clock_of(expr, clock), reported, count)
            return replace(inner, expr=expr, clock=clock, parts=(inner,), _tally=None)
        case Formula():
            left, right = (_evaluate(side, clock, reported, count) for side in (expr.left, expr.right))
            if expr.op != "sum" and (barred := _on_one_side(left, right)):
                return _evaluate(expr, clock, reported.without(barred), count)
            return _combine(expr, clock, left, right)


def _on_one_side(left: Answer, right: Answer) -> set[Office]:
    """Offices whose totals one side has and the other lacks: what they report can't be compared."""
    sides = [({c.office for c in a.reported}, {m.office for m in a.lacking}) for a in (left, right)]
    return (sides[0][0] & sides[1][1]) | (sides[1][0] & sides[0][1])


def is_grouped(expr: Expr) -> bool:
    """Whether an expression gives one value a group."""
    return any(q.by for q in queries(expr))


# -- queries


def _count(query: Query, clock: Clock, reported: Reported) -> Answer:
    frames, schema = reported.frames, reported.schema
    share = reported.share(query, clock, lambda q: Tally(q, frames, schema, clock).total())
    tally = Tally(replace(query, where=query.where + share.instead), frames, schema, clock)
    answer = Answer(query, clock, (), reported=share.cells, lacking=share.lacking)
    if share.cells and query.ledger not in frames and not query.by:
        return replace(answer, values=(((), share.total),), remarks=share.remarks)
    if why := _absent(tally) or _untold(tally) or _refusal(tally, reported.project):
        return replace(answer, values=_none(query), why=why, reported=())
    remarks = (*_remarks(tally), *share.remarks)
    if query.by:
        groups = with_totals(tally.groups(), tally, share.cells)
        values, orders = tuple((g.labels, g.value) for g in groups), tuple(g.order for g in groups)
        return replace(answer, values=values, remarks=remarks, _orders=orders, _tally=tally)
    value = tally.total()
    why = "" if value is not None else f"没有可以计算的行：符合条件的行都没有填写“{tally.name(query.measure.field)}”"
    whole = value if value is None or not share.cells else value + share.total
    return replace(answer, values=(((), whole),), why=why, remarks=remarks, _tally=tally)


def _none(expr: Expr) -> Values:
    return () if is_grouped(expr) else (((), None),)


def _absent(tally: Tally) -> str:
    """Which ledgers were not sent at all."""
    ledgers = tally.scope.schema.ledgers
    absent = [f"《{ledgers[n].name}》" for n in tally.ledgers if n not in tally.frames]
    return f"没有{'、'.join(absent)}的数据" if absent else ""


def _untold(tally: Tally) -> str:
    """Which columns no sheet of the ledger has, though the query rests on them."""
    dated = (tally.scope.ledger.date,) if tally.is_dated else ()
    needs = (*dated, *tally.scope.needs(*tally.query.where, *tally.query.having))
    known = tally.of_ledger
    missing = [f"“{tally.name(name)}”" for name in needs if known.n and known.unread.get(f"~{name}") == known.n]
    return f"《{tally.scope.ledger.name}》没有{'、'.join(missing)}一列，无从统计" if missing else ""


def _refusal(tally: Tally, project: Clock) -> str:
    """Why rows of undated sheets can't be counted: the period does not hold the project's whole period."""
    if tally.covers(project) or not tally.n_undated:
        return ""
    return (
        f"{_undated_rows(tally)}，只能按{chinese_day(project.since)}至{chinese_day(project.as_of)}"
        "整个统计期计数，无法判断是否属于所问的时段"
    )


def _remarks(tally: Tally) -> tuple[str, ...]:
    return (f"{_undated_rows(tally)}，按属于统计期计入",) if tally.n_undated else ()


def _undated_rows(tally: Tally) -> str:
    ledger = tally.scope.ledger
    return f"《{ledger.name}》有{tally.n_undated}行所在的表没有“{tally.name(ledger.date)}”一列"


# -- formulas


def _combine(expr: Formula, clock: Clock, left: Answer, right: Answer) -> Answer:
    """Both sides group by group; an ungrouped side goes with every group of the other."""
    answer = Answer(
        expr,
        clock,
        _none(expr),
        (left, right),
        left.why or right.why,
        tuple(dict.fromkeys(left.remarks + right.remarks)),
        tuple(dict.fromkeys(left.reported + right.reported)),
        tuple(dict.fromkeys(left.lacking + right.lacking)),
    )
    if answer.why:
        return answer
    if not is_grouped(expr):
        value, why = _apply(expr, left.value, right.value)
        return replace(answer, values=(((), value),), why=why)
    rows = _align(expr, left, right)
    values = tuple((labels, _apply(expr, a, b)[0]) for _, labels, a, b in rows)
    orders = tuple(order for order, *_ in rows)
    return replace(answer, values=values, _orders=orders)


Aligned = tuple[tuple[Order, ...], Labels, float | None, float | None]


def _align(expr: Formula, left: Answer, right: Answer) -> list[Aligned]:
    """Every group of either side with both values, in order; a count of no rows is 0."""
    sides = (_by_labels(left, 0), _by_labels(right, _months(expr.left) - _months(expr.right)))
    found = {labels: order for side in reversed(sides) for labels, (order, _) in side.items() if labels}
    blank = [_of_no_rows(expr.left), _of_no_rows(expr.right)]

    def value(i: int, labels: Labels) -> float | None:
        side = sides[i] if is_grouped((expr.left, expr.right)[i]) else {labels: sides[i][()]}
        return side[labels][1] if labels in side else blank[i]

    return [(order, ls, value(0, ls), value(1, ls)) for ls, order in sorted(found.items(), key=lambda x: (x[1], x[0]))]


def _by_labels(answer: Answer, months: int) -> dict[Labels, tuple[tuple[Order, ...], float | None]]:
    """Values by labels; months, quarters and years moved, so that the same month of last year meets this year's."""
    orders = answer._orders or ((),) * len(answer.values)
    by = queries(answer.expr)[0].by
    found = {}
    for order, (labels, value) in zip(orders, answer.values, strict=True):
        new = [moved(b, o, text, months) for b, o, text in zip(by, order, labels, strict=True)] if labels else []
        found[tuple(text for _, text in new)] = (tuple(o for o, _ in new), value)
    return found


def _months(expr: Expr) -> int:
    return expr.months if isinstance(expr, At) and not (expr.since or expr.as_of) else 0


def _of_no_rows(expr: Expr) -> float | None:
    match expr:
        case Query():
            return None if expr.measure.kind in OF_ONE else 0
        case At(of):
            return _of_no_rows(of)
        case Formula(op, left, right):
            sides = (_of_no_rows(left), _of_no_rows(right))
            return 0 if op in ("difference", "sum") and None not in sides else None


def _apply(expr: Formula, left: float | None, right: float | None) -> tuple[float | None, str]:
    if left is None or right is None:
        return None, "两边有一边没有数值，无法计算"
    match expr.op:
        case "difference":
            return left - right, ""
        case "sum":
            return left + right, ""
        case "ratio":
            return (100 * left / right, "") if right else (None, "分母为零，无法计算比率")
        case "growth":
            return (100 * (left - right) / right, "") if right else (None, "基期为零，无法计算增长率")


# -- rows of several queries


def _union(tallies: list[Tally], rows: Callable[[Tally], Frame]) -> Frame:
    """The rows of all queries, each once."""
    frames = [rows(t) for t in tallies]
    if len(frames) == 1:
        return frames[0]
    if len({t.query.ledger for t in tallies}) == 1:
        return nw.concat(frames).unique(subset=list(tallies[0].place), keep="any")
    key = [*PLACE, TABLE]
    origin = [c for c in dict.fromkeys((*key, *ORIGIN)) if all(c in f.collect_schema() for f in frames)]
    return nw.concat([f.select(*origin) for f in frames]).unique(subset=key, keep="any")
