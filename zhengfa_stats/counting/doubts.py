"""The rows of a Query that could not be judged, and why: they are reported, and change no value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_
from typing import NamedTuple

import narwhals as nw

from zhengfa_stats.counting.compile import TRUE
from zhengfa_stats.counting.frames import UNREAD, Frame, bare, height
from zhengfa_stats.counting.tally import LACKING, Tally
from zhengfa_stats.query import Blank, Where

WHY, FIELD = "uncounted_why", "uncounted_field"

_BLANK = "没有填写"
_UNREAD = "无法识别"
_UNPLACED = "只写到月份或年份，无法确定是否在统计期内"
_UNCOMPARABLE = "只写到月份或年份，无法与条件比较"


class Doubt(NamedTuple):
    """Why a row could not be judged: the rows it holds for, the field, and a sentence about it."""

    holds: nw.Expr
    field: str
    why: str
    is_unread: bool = False


def uncounted(tally: Tally, *, whole: bool = True) -> Frame:
    """The rows that lack what the query needs, with the reason and the field that it lies in; unsorted.

    Without `whole`, only the columns that tell rows apart. A row that another, readable condition of the query excludes anyway is none of them.
    """
    scope, within = tally.scope, tally.in_period
    period, doubts, meets = list(_of_period(tally)), list(_of_units(tally)), nw.col(TRUE)
    for where in tally.query.where:
        own = list(_of_condition(tally, where, _UNCOMPARABLE))
        doubts += own
        meets = meets & _any(own, scope.holds(where))
    none = ~nw.col(TRUE)
    judged = meets & ((~within & _any(period, none)) | (within & _any(doubts, none)))
    suspect = _any([d for d in period + doubts if not d.is_unread], _has_unread(tally))
    tally.need_place()
    frame = tally.with_lacking(scope.frame(tally.frames, whole=whole))
    frame = frame.filter(suspect).filter(judged)  # few rows are suspect: the rest is spared the second look
    return bare(frame.with_columns(*_reasons(within, period, doubts))) if whole else frame.select(*tally.place)


def n_uncounted(tally: Tally) -> int:
    """How many rows could not be judged."""
    return height(uncounted(tally, whole=False))


def _has_unread(tally: Tally) -> nw.Expr:
    return (tally.scope.column(UNREAD, "text") != "").fill_null(False)


def _of_period(tally: Tally) -> Iterator[Doubt]:
    """Why a row may or may not lie in the period."""
    if tally.period is None:
        return
    yield from _of_condition(tally, tally.period, _UNPLACED)
    if tally.is_dated:
        yield _blank(tally, tally.scope.ledger.date)


def _of_units(tally: Tally) -> Iterator[Doubt]:
    """Why a row within the period can't be folded, judged as folded, or measured."""
    fold = [tally.each.identity, tally.each.order] if tally.each else []
    for where in (*tally.query.having, *(Blank(f) for f in (*fold, *tally.measured))):
        yield from _of_condition(tally, where, _UNCOMPARABLE)
    for field_id in fold[:1] or tally.measured:
        yield _blank(tally, field_id)
    if tally.each and tally.measured:
        yield _doubt(tally, ~nw.col(LACKING).is_null(), tally.measured[0], _BLANK)


def _of_condition(tally: Tally, where: Where, cut: str) -> Iterator[Doubt]:
    """Why a condition may hold or not: a field that could not be read, a month that a bound cuts."""
    for field_id in tally.scope.uses(where):
        yield _doubt(tally, tally.scope.is_unread(field_id), field_id, _UNREAD, is_unread=True)
    for date in tally.scope.dates(where):
        yield _doubt(tally, tally.scope.is_cut(date), date.field, cut)


def _blank(tally: Tally, field_id: str) -> Doubt:
    return _doubt(tally, tally.scope.is_blank(field_id), field_id, _BLANK)


def _doubt(tally: Tally, holds: nw.Expr, field_id: str, what: str, *, is_unread: bool = False) -> Doubt:
    return Doubt(holds, field_id, f"“{tally.name(field_id)}”{what}", is_unread)


def _any(doubts: list[Doubt], start: nw.Expr) -> nw.Expr:
    return reduce(or_, [d.holds for d in doubts], start)


def _reasons(within: nw.Expr, period: list[Doubt], doubts: list[Doubt]) -> list[nw.Expr]:
    """The first reason of a row and its field; doubts about the period matter only to rows not within it."""
    why: nw.Expr = nw.lit("")
    field: nw.Expr = nw.lit("")
    for doubt in reversed([*(d._replace(holds=d.holds & ~within) for d in period), *doubts]):
        why = nw.when(doubt.holds).then(nw.lit(doubt.why)).otherwise(why)
        field = nw.when(doubt.holds).then(nw.lit(doubt.field)).otherwise(field)
    return [why.alias(WHY), field.alias(FIELD)]
