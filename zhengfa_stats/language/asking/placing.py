"""Expressions put in a period: over another date, within it, and whether a state on the cut-off date is in them."""

from __future__ import annotations

from dataclasses import replace

from zhengfa_stats.counting.clocks import clock_of
from zhengfa_stats.query import (
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
    Where,
    leaves,
)
from zhengfa_stats.schema import Ledger


def clock_at(expr: Expr, clock: Clock) -> list[tuple[Query, Clock]]:
    """Every query of an expression with the clock that it is evaluated at."""
    match expr:
        case Query():
            return [(expr, clock)]
        case At(of):
            return clock_at(of, clock_of(expr, clock))
        case Formula(_, left, right):
            return clock_at(left, clock) + clock_at(right, clock)


def within(expr: Expr, period: Between) -> Expr:
    """The expression with every query in it over a date within a period."""
    match expr:
        case Query():
            return replace(expr, period=period)
        case At():
            return replace(expr, of=within(expr.of, period))
        case Formula():
            return replace(expr, left=within(expr.left, period), right=within(expr.right, period))


def by_date(expr: Expr, old: str, new: str) -> Expr:
    """The same, grouped by another date."""
    if not isinstance(expr, Query):
        return expr
    return replace(expr, by=tuple(replace(b, field=new) if b.field == old else b for b in expr.by))


def is_state(where: Where, ledger: Ledger) -> bool:
    for leaf in leaves(where):
        if isinstance(leaf, Fact) and any(is_state(w, ledger) for w in ledger.facts[leaf.name].where):
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
