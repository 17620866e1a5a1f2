"""The rows of a Query that could not be judged, and why: they are reported, and change no value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial, reduce
from operator import and_, or_
from typing import NamedTuple

import narwhals as nw

from zhengfa_stats.counting.frames import Frame, bare, height
from zhengfa_stats.counting.tally import LACKING, Tally
from zhengfa_stats.query import Blank, Where

WHY, FIELD = "uncounted_why", "uncounted_field"

_BLANK = "没有填写"
_UNREAD = "无法识别"
_NO_COLUMN = "没有这一列"
_UNPLACED = "只写到月份或年份，无法确定是否在统计期内"
_UNCOMPARABLE = "只写到月份或年份，无法与条件比较"


class Doubt(NamedTuple):
    """Why a row could not be judged: the rows it holds for, the fields it may lie in, and what is said of them."""

    holds: nw.Expr
    fields: tuple[str, ...]
    says: str


def n_uncounted(tally: Tally) -> int:
    """How many rows could not be judged."""
    if tally.n_uncounted is None:
        lacks = tally.each and tally.measured
        tally.n_uncounted = height(uncounted(tally, whole=False)) if lacks or _causes(tally) else 0
    return tally.n_uncounted


def uncounted(tally: Tally, *, whole: bool = True) -> Frame:
    """The rows that lack what the query needs, with the reason and the field that it lies in; unsorted.

    Without `whole`, only the columns that tell rows apart. A row that another, readable condition of the query
    excludes anyway is none of them.
    """
    scope, within, causes, looks = tally.scope, tally.in_period, _causes(tally), _looks(tally)
    period, doubts, meets = list(_of_period(tally, causes)), list(_of_units(tally, causes)), []
    for where in tally.query.where:
        own = list(_of_condition(tally, where, _UNCOMPARABLE, causes))
        doubts += own
        meets.append(_any(own, scope.holds(where)))
    outside = [d._replace(holds=d.holds & ~within) for d in period]  # what lies within for certain is in no doubt
    judged = reduce(and_, meets, _any(outside, within & _any(doubts, ~scope.true)))
    reasons = _reasons(tally, [*outside, *doubts]) if whole else []
    lacking = [~nw.col(LACKING).is_null()] if tally.each and tally.measured else []
    told = [_is_told(tally, causes)] if any(c[0] in "!~" for c in causes) else []
    suspect = reduce(or_, [*told, *(looks[c]() for c in sorted(causes & looks.keys())), *lacking], ~scope.true)
    tally.need_place()
    frame = tally.with_lacking(scope.frame(tally.frames, whole=whole))
    frame = frame.filter(suspect).filter(judged)  # few rows are suspect: the others are spared the long look
    return bare(frame.with_columns(*reasons)) if whole else frame.select(*tally.place)


def _causes(tally: Tally) -> frozenset[str]:
    """What may leave a row open: `!field` unread, `~field` without a column, `field?` vague, `field` blank; few sheets have any."""
    wheres, unread = _wheres(tally), tally.of_ledger.unread
    told = {f"!{name}" for name in tally.scope.uses(*wheres) if name in unread}
    told |= {f"~{name}" for name in tally.scope.needs(*wheres) if f"~{name}" in unread}
    return frozenset(told | {name for name, n in tally.known(_looks(tally)).items() if n})


def _wheres(tally: Tally) -> tuple[Where, ...]:
    """All conditions that a query rests on; what it folds and measures by must not be blank."""
    query = tally.query
    fields = (*tally.measured, *((tally.each.identity, tally.each.order) if tally.each else ()))
    return (*query.where, *query.having, *([tally.period] if tally.period else ()), *(Blank(f) for f in fields))


def _looks(tally: Tally) -> dict[str, Callable[[], nw.Expr]]:
    """The rows that a doubt may be about, by cause: `field?` where it is vague, `field` where it is blank."""
    scope = tally.scope
    vague = {date.field for date in scope.dates(*_wheres(tally))}
    blank = {*tally.measured, *([tally.each.identity] if tally.each else []), *([scope.ledger.date] * tally.is_dated)}
    looks: dict[str, Callable[[], nw.Expr]] = {f"{n}?": partial(scope.is_vague, n) for n in sorted(vague)}
    return looks | {name: partial(scope.is_blank, name) for name in sorted(blank)}


def _is_told(tally: Tally, causes: frozenset[str]) -> nw.Expr:
    """Whether a row says of one of the fields that it could not be read, or that it has no column."""
    names = {c[1:] for c in causes if c[0] in "!~"}
    return tally.scope.is_unread(*names, *(f"~{name}" for name in names))


def _of_period(tally: Tally, causes: frozenset[str]) -> Iterator[Doubt]:
    """Why a row may or may not lie in the period."""
    if tally.period is None:
        return
    yield from _of_condition(tally, tally.period, _UNPLACED, causes)
    if tally.is_dated:
        yield from _of_blank(tally, tally.scope.ledger.date, causes)


def _of_units(tally: Tally, causes: frozenset[str]) -> Iterator[Doubt]:
    """Why a row within the period can't be folded, judged as folded, or measured."""
    fold = [tally.each.identity, tally.each.order] if tally.each else []
    for where in (*tally.query.having, *(Blank(f) for f in (*fold, *tally.measured))):
        yield from _of_condition(tally, where, _UNCOMPARABLE, causes)
    for field_id in fold[:1] or tally.measured:
        yield from _of_blank(tally, field_id, causes)
    if tally.each and tally.measured:
        yield Doubt(~nw.col(LACKING).is_null(), tuple(tally.measured), _BLANK)


def _of_condition(tally: Tally, where: Where, cut: str, causes: frozenset[str]) -> Iterator[Doubt]:
    """Why a condition may hold or not: fields that could not be read, a month that a bound cuts."""
    if fields := tuple(name for name in tally.scope.uses(where) if f"!{name}" in causes):
        yield Doubt(tally.scope.is_unread(*fields), fields, _UNREAD)
    if needs := tuple(name for name in tally.scope.needs(where) if f"~{name}" in causes):
        yield Doubt(tally.scope.is_without_column(*needs), needs, _NO_COLUMN)
    for date in tally.scope.dates(where):
        if f"{date.field}?" in causes:
            yield Doubt(tally.scope.is_cut(date), (date.field,), cut)


def _of_blank(tally: Tally, field_id: str, causes: frozenset[str]) -> Iterator[Doubt]:
    if field_id in causes:
        yield Doubt(tally.scope.is_blank(field_id), (field_id,), _BLANK)


def _any(doubts: list[Doubt], start: nw.Expr) -> nw.Expr:
    return reduce(or_, [d.holds for d in doubts], start)


def _reasons(tally: Tally, doubts: list[Doubt]) -> list[nw.Expr]:
    """The first reason of a row in Chinese, and its field."""
    why: nw.Expr = nw.lit("")
    field: nw.Expr = nw.lit("")
    for doubt in reversed(doubts):
        for name in reversed(doubt.fields):
            own = tally.scope.is_unread(name) | tally.scope.is_without_column(name)
            holds = doubt.holds & own if len(doubt.fields) > 1 else doubt.holds
            why = nw.when(holds).then(nw.lit(f"“{tally.name(name)}”{doubt.says}")).otherwise(why)
            field = nw.when(holds).then(nw.lit(name)).otherwise(field)
    return [why.alias(WHY), field.alias(FIELD)]
