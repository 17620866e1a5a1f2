"""The rows of one identity fold into one: some fields as in its earliest row, some at their heaviest."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import narwhals as nw

from zhengfa_stats.counting.compile import Folded, Scope, held
from zhengfa_stats.counting.frames import PLACE, TABLE, Frame, N, last_day, type_of
from zhengfa_stats.errors import QueryError
from zhengfa_stats.schema import Each

_LATE, _ORDER, _NTH = "__late", "__order", "__nth"


def columns(scope: Scope, unit: Folded, each: Each) -> dict[str, nw.Expr]:
    """What folding needs of every row: the identity, and every field that was asked of the folded rows."""
    found = {held(each.identity): scope.read(each.identity)}
    for field_id in unit.fields:
        found[held(field_id)] = scope.read(field_id)
        if scope.is_date(field_id):
            found[held(last_day(field_id))] = scope.last(field_id)
    order = scope.read(each.order)
    return found | {_LATE: order.is_null(), _ORDER: order}  # engines differ on where blanks sort: say it


def fold(frame: Frame, scope: Scope, unit: Folded, each: Each, spans: Sequence[str] = ()) -> Frame:
    """One row an identity, and a span of time, of rows that have `columns` and their `spans`.

    Ties between rows of one day go by file, sheet and row.
    """
    identity, first = held(each.identity), [_LATE, _ORDER, *PLACE, TABLE]
    keys = [identity, *spans]
    heavy = [f for f in unit.fields if f in each.heaviest and f != each.identity]
    if heavy:
        frame = frame.with_columns(*(_weight(scope, f).alias(held(f)) for f in heavy))
    weighed = {c for f in heavy for c in (held(f), held(last_day(f)))}
    kept = [c for c in columns(scope, unit, each) if c not in (identity, _LATE, _ORDER)]
    frame, earliest = _earliest(frame, keys, first)
    frame = frame.group_by(*keys).agg(
        *(nw.col(c).max() if c in weighed else earliest(c) for c in kept), nw.len().alias(N)
    )
    return frame.with_columns(*(_unweight(scope, f).alias(held(f)) for f in heavy)) if heavy else frame


def _earliest(frame: Frame, keys: Sequence[str], order: list[str]) -> tuple[Frame, Callable[[str], nw.Expr]]:
    """What a column holds in the first row of an identity; Spark knows no first by an order, so its rows are numbered."""
    if not frame.implementation.is_spark_like():
        return frame, lambda c: nw.col(c).first(order_by=order)
    frame = frame.with_columns(nw.lit(1).alias(_NTH))
    frame = frame.with_columns(nw.col(_NTH).cum_sum().over(*keys, order_by=order))
    return frame, lambda c: nw.when(nw.col(_NTH) == 1).then(nw.col(c)).any_value(ignore_nulls=True).alias(c)


def _weight(scope: Scope, field_id: str) -> nw.Expr:
    """How heavy a row's value is: a term's place in its vocabulary, of a list the heaviest; else the value."""
    value, terms = nw.col(held(field_id)), _terms(scope, field_id)
    if not terms:
        return value
    if not scope.is_list(field_id):
        return value.replace_strict(terms, list(range(len(terms))), default=None, return_dtype=nw.Int64)
    weight: nw.Expr = nw.lit(-1)  # no term: pandas has no integer that is blank
    for i, term in enumerate(terms):
        weight = nw.when(value.list.contains(term).fill_null(False)).then(nw.lit(i)).otherwise(weight)
    return weight


def _unweight(scope: Scope, field_id: str) -> nw.Expr:
    value, terms = nw.col(held(field_id)), _terms(scope, field_id)
    if not terms:
        return value
    return value.replace_strict(list(range(len(terms))), terms, default=None, return_dtype=nw.String)


def _terms(scope: Scope, field_id: str) -> list[str]:
    """The terms by weight, lightest first; none for what has a size of its own: flags, numbers, dates."""
    field, vocabulary = scope.field(field_id), scope.vocabulary(field_id)
    if vocabulary:
        return [t.name for t in vocabulary.terms]
    if field.when:  # the first case is the heaviest; no case, the lightest
        return [t for t in reversed(dict.fromkeys((*(c.term for c in field.when), field.otherwise))) if t]
    if type_of(field) in ("text", "list"):
        raise QueryError(f"“{field.name}”没有词表，分不出轻重", scope.place, "请换一个有词表的栏目")
    return []
