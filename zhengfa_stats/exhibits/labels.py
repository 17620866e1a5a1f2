"""The names of rows and columns, in their order: months and bins without rows too, 未填 last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

from zhengfa_stats.counting.compile import Scope
from zhengfa_stats.counting.groups import UNFILLED, UNSURE, axis
from zhengfa_stats.exhibits.counted import Counted
from zhengfa_stats.exhibits.declared import Declared
from zhengfa_stats.exhibits.grid import BLANK, Cell
from zhengfa_stats.exhibits.shapes import is_time
from zhengfa_stats.query import Clock, queries
from zhengfa_stats.schema import Schema


def labels_of(of: Declared, found: Sequence[Counted], i: int, schema: Schema, clock: Clock) -> list[str]:
    """The labels at one place of the groupings, in order; months and bins without rows stand there too."""
    present = _merged([_met(c, i) for c in found])
    known: dict[str, None] = {}
    for one in (c for c in found if len(c.by) > i):
        labels, always = _known(one, i, schema, clock)
        known |= dict.fromkeys(label for label in labels if always or of.all_groups or label in present)
    return _last(_first(of.order, _merged([list(known), present])))


def _met(one: Counted, i: int) -> list[str]:
    """The labels that an Answer has at one place; the second place is in no order that means anything but the text's."""
    met = dict.fromkeys(labels[i] for labels in one.cells() if len(labels) > i)
    return sorted(met) if i else list(met)


def _first(order: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The labels that the exhibit names come first, in its order."""
    return [*(label for label in order if label in labels), *(label for label in labels if label not in order)]


def _last(labels: Iterable[str]) -> list[str]:
    """不详 and 未填 come last."""
    return sorted(labels, key=lambda label: (UNSURE, UNFILLED).index(label) + 1 if label in (UNSURE, UNFILLED) else 0)


def _known(one: Counted, i: int, schema: Schema, clock: Clock) -> tuple[list[str], bool]:
    """The groups that there can be, in order, and whether they belong there even without rows: months and bins do."""
    query = queries(one.column.of)[0]
    by, scope = query.by[i], Scope(query.ledger, schema, clock)
    keys: Iterable[object] = ()
    field, vocabulary = scope.field(by.field), scope.vocabulary(by.field)
    if is_time(by):
        keys = range(_nth(clock.since, by.level), _nth(clock.as_of, by.level) + 1)
    elif by.edges:
        n = len(set(by.edges))
        keys = reversed(range(n + 1)) if scope.is_date(by.field) else range(n + 1)
    elif vocabulary:
        keys = [t.name for t in vocabulary.terms if by.level == "term" or not t.parent]
    elif field.kind == "flag":
        keys = (True, False)
    elif field.when:
        keys = dict.fromkeys((*(case.term for case in field.when), *filter(None, (field.otherwise,))))
    label = axis(by, scope).label
    return [label(key)[1] for key in keys], is_time(by) or bool(by.edges)


_PER_YEAR = {"month": 12, "quarter": 4, "year": 1}


def _nth(day: date, level: str) -> int:
    """The number of a month, quarter or year, as groups are keyed."""
    return day.year * _PER_YEAR[level] + (day.month - 1) * _PER_YEAR[level] // 12


def _merged(sequences: Sequence[Sequence[str]]) -> list[str]:
    """Sequences as one that keeps the order of each as far as they agree.

    >>> _merged([["a", "c"], ["a", "b", "c", "d"]])
    ['a', 'b', 'c', 'd']
    """
    merged: list[str] = []
    for sequence in sequences:
        for before, label in pairwise(("", *sequence)):
            if label not in merged:
                merged.insert(
                    merged.index(before) + 1 if before in merged else (0 if not before else len(merged)), label
                )
    return merged


def by_value(labels: Iterable[str], cells: Mapping[tuple[str, ...], Cell]) -> list[str]:
    """The largest first; 未填 stays last."""

    def rank(label: str) -> tuple[bool, float]:
        cell = cells.get((label,), BLANK)
        return label in (UNSURE, UNFILLED), -(cell.value or 0)

    return sorted(labels, key=rank)


def head_of(one: Counted, i: int, schema: Schema) -> str:
    """What the groups are called: the field's name, or the grain of a date."""
    if one.points:
        return {"month": "月份", "quarter": "季度"}[one.column.each]
    query = queries(one.column.of)[0]
    if i >= len(query.by):
        return ""
    by = query.by[i]
    if is_time(by):
        return {"month": "月份", "quarter": "季度", "year": "年份"}[by.level]
    clock = one.answer.clock
    return Scope(query.ledger, schema, clock).field(by.field).name
