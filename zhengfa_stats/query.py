"""Queries as pure values: what is counted, under which conditions, by what, over which dates. No engine is imported."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

TIMES = "times"  # of folded rows: how many were folded into one
MeasureKind = Literal["rows", "distinct", "sum", "mean", "median", "max", "min"]
OF_ONE = ("mean", "median", "max", "min")  # measures that say what one is like, and say nothing where there is none
Level = Literal["top", "term", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Clock:
    """The period that an expression is evaluated at; both days are included."""

    since: date
    as_of: date


@dataclass(frozen=True, slots=True)
class Since:
    """The clock's first day, shifted by days: 上期末 is Since(-1)."""

    days: int = 0


@dataclass(frozen=True, slots=True)
class AsOf:
    """The cut-off date, shifted by days: open longer than 60 days is received_on ≤ AsOf(-61)."""

    days: int = 0


Bound = date | float | Since | AsOf | None


@dataclass(frozen=True, slots=True)
class In:
    """The field holds one of the terms or a descendant of one."""

    field: str
    terms: tuple[str | bool, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """The field lies between two bounds, both included; a blank does not."""

    field: str
    low: Bound = None
    high: Bound = None


@dataclass(frozen=True, slots=True)
class Blank:
    """The field holds nothing."""

    field: str


@dataclass(frozen=True, slots=True)
class Before:
    """The field's date is known to lie before the other field's date."""

    field: str
    other: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A condition that the ledger's definition names, e.g. closed."""

    name: str


@dataclass(frozen=True, slots=True)
class Linked:
    """The row's `on` occurs in another ledger among rows that meet `where` (clue → case)."""

    ledger: str
    on: str
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The condition is not known to hold: two-valued, unknown counts as not."""

    of: Where


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the conditions holds."""

    of: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All of the conditions hold."""

    of: tuple[Where, ...]


Where = In | Between | Blank | Before | Fact | Linked | Not | Or | And


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured over the rows; `field` is needed by all kinds but rows."""

    kind: MeasureKind = "rows"
    field: str = ""


@dataclass(frozen=True, slots=True)
class By:
    """What the rows are grouped by: a term's level, a date's grain, or bins that begin at `edges`."""

    field: str
    level: Level = "top"
    edges: tuple[Bound, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A figure, a table or a chart before it is counted.

    `where` chooses rows. With `each`, the chosen rows are folded into one an identity by the rule that
    the ledger declares (first rank, heaviest measure), and `having` chooses among the folded ones.
    `period` None means the ledger's date within the clock; an undated ledger has none.
    """

    ledger: str
    where: tuple[Where, ...] = ()
    measure: Measure = Measure()
    by: tuple[By, ...] = ()
    period: Between | None = None
    each: str = ""
    having: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class At:
    """The same expression at another clock: 截至5月底 (as_of), 去年同期 (months=-12)."""

    of: Expr
    since: date | None = None
    as_of: date | None = None
    months: int = 0


@dataclass(frozen=True, slots=True)
class Formula:
    """率, 占比 (ratio, in per cent), 比…多 (difference), 增长 (growth, in per cent), 之和 (sum); groups of both sides are aligned."""

    op: Literal["ratio", "difference", "growth", "sum"]
    left: Expr
    right: Expr


Expr = Query | At | Formula


def queries(expr: Expr) -> tuple[Query, ...]:
    """Every Query in an expression, from left to right."""
    match expr:
        case Query():
            return (expr,)
        case At(of):
            return queries(of)
        case Formula(_, left, right):
            return queries(left) + queries(right)


def leaves(*wheres: Where) -> Iterator[Where]:
    """The simple conditions that conditions are made of."""
    for where in wheres:
        match where:
            case Not(of):
                yield from leaves(of)
            case Or(of) | And(of):
                yield from leaves(*of)
            case _:
                yield where


def fields_named(leaf: Where) -> tuple[str, ...]:
    """The fields that a simple condition names by themselves; a fact names none."""
    match leaf:
        case In(name) | Between(name) | Blank(name) | Linked(_, name):
            return (name,)
        case Before(name, other):
            return (name, other)
        case _:
            return ()


def links(*wheres: Where) -> tuple[Linked, ...]:
    """The links to other ledgers among conditions."""
    return tuple(leaf for leaf in leaves(*wheres) if isinstance(leaf, Linked))


def narrow(expr: Expr, *where: Where, by: tuple[By, ...] | None = None, period: Between | None = None) -> Expr:
    """The same expression with more conditions, or another `by` or `period`, on every Query in it."""
    match expr:
        case Query():
            return replace(
                expr,
                where=expr.where + where,
                by=expr.by if by is None else by,
                period=expr.period if period is None else period,
            )
        case At():
            return replace(expr, of=narrow(expr.of, *where, by=by, period=period))
        case Formula():
            return replace(
                expr,
                left=narrow(expr.left, *where, by=by, period=period),
                right=narrow(expr.right, *where, by=by, period=period),
            )


def canonical(expr: Expr) -> Hashable:
    """The same for two expressions whose conditions differ only in their order."""
    match expr:
        case Query():
            return (
                "query",
                expr.ledger,
                frozenset(expr.where),
                frozenset(expr.having),
                expr.measure,
                expr.by,
                expr.period,
                expr.each,
            )
        case At():
            return ("at", canonical(expr.of), expr.since, expr.as_of, expr.months)
        case Formula():
            return (expr.op, canonical(expr.left), canonical(expr.right))
