"""What can be chosen in a ledger, from its own fields; a choice becomes a Query, and a Query its own Python text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date
from functools import reduce
from typing import Any, Literal

import pandas as pd

from zhengfa_stats.language.tags import with_condition
from zhengfa_stats.query import At, By, Clock, Expr, Fact, In, Measure, Query, narrow
from zhengfa_stats.schema import Field as LedgerField
from zhengfa_stats.schema import Ledger, Schema

_GRAINS = {"month": "月", "quarter": "季度", "year": "年"}


@dataclass(frozen=True, slots=True)
class Filter:
    """A field that can be filtered by, with the values that occur: (label, value), children set in below their parent."""

    field: str
    name: str
    options: tuple[tuple[str, str | bool], ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person has chosen: what is counted, narrowed to terms and facts; nothing chosen for a field is no condition."""

    of: Query
    terms: Mapping[str, Sequence[str | bool]] = field(default_factory=dict)
    facts: Sequence[str] = ()
    by: tuple[By, ...] = ()
    since: date | None = None
    as_of: date | None = None


def filters(ledger: Ledger, schema: Schema, frame: pd.DataFrame) -> list[Filter]:
    """The fields of a ledger that hold terms, units, flags or regions, so far as any value occurs."""
    found = (Filter(f.id, f.name, tuple(_options(f, schema, frame))) for f in ledger.stored if _can_filter(f))
    return [f for f in found if f.options and f.field in frame]


def _can_filter(f: LedgerField) -> bool:
    return not (f.is_secret or f.reads) and (bool(f.vocabulary) or f.kind == "flag" or f.id == "region")


def _options(f: LedgerField, schema: Schema, frame: pd.DataFrame) -> Iterator[tuple[str, str | bool]]:
    if f.id not in frame:
        return
    values = frame[f.id].explode() if f.many else frame[f.id]
    occurring = set(values.dropna().unique())
    if f.kind == "flag":
        yield from ((label, value) for label, value in (("是", True), ("否", False)) if value in occurring)
    elif f.vocabulary:
        yield from _terms(schema.vocabularies[f.vocabulary], occurring)
    else:
        yield from ((value, value) for value in sorted(occurring) if value)


def _terms(vocabulary: Any, occurring: set[Any]) -> Iterator[tuple[str, str | bool]]:
    """The terms that occur and those above them, in the vocabulary's order, set in by their depth."""
    for term in vocabulary.terms:
        if not occurring.isdisjoint(vocabulary.descendants(term.name)):
            yield "　" * _depth(vocabulary, term) + term.name, term.name


def _depth(vocabulary: Any, term: Any) -> int:
    return 1 + _depth(vocabulary, vocabulary.by_name[term.parent]) if term.parent else 0


def facts(ledger: Ledger) -> list[tuple[str, str]]:
    """The ledger's named conditions: (name, id)."""
    return [(fact.name, fact.id) for fact in ledger.facts.values()]


def groupings(ledger: Ledger, schema: Schema, frame: pd.DataFrame) -> list[tuple[str, By | Literal[""]]]:
    """What rows can be grouped by: months and quarters of the ledger's date, then the fields that can be filtered by."""
    dates = [(f"按{name}", By(ledger.date, level)) for level, name in _GRAINS.items()] if ledger.date else []  # type: ignore[arg-type]
    return [("不分组", ""), *dates, *((f"按{f.name}", By(f.field)) for f in filters(ledger, schema, frame))]


def countable(ledger: Ledger, schema: Schema) -> list[tuple[str, Query]]:
    """What can be counted: the indicators that are one query of this ledger, its records, persons, sums and means."""
    named = [(i.key, i.of) for i in schema.indicators.values() if isinstance(i.of, Query) and i.of.ledger == ledger.id]
    measures = [pair for f in ledger.stored for pair in _measures(f)]
    plain = [(name, Query(ledger.id, measure=measure)) for name, measure in measures]
    return [(f"记录数（{ledger.unit or '行'}）", Query(ledger.id)), *named, *plain]


def _measures(f: LedgerField) -> Iterator[tuple[str, Measure]]:
    if f.kind == "persons":
        yield f"{f.name}人数（去重）", Measure("distinct", f.id)
    if f.kind == "number":
        yield f"{f.name}合计", Measure("sum", f.id)
        yield f"{f.name}平均", Measure("mean", f.id)


def chosen(choice: Choice, clock: Clock, schema: Schema) -> Expr:
    """The expression of a choice; at the project's clock unless other days are chosen."""
    terms = (In(name, tuple(values)) for name, values in choice.terms.items() if values)
    narrowed = reduce(lambda query, one: with_condition(query, one, schema), terms, choice.of)
    query = narrow(narrowed, *map(Fact, choice.facts), by=choice.by)
    since = choice.since if choice.since != clock.since else None
    as_of = choice.as_of if choice.as_of != clock.as_of else None
    return At(query, since=since, as_of=as_of) if since or as_of else query


# -- an expression as Python text


def as_cell(expr: Expr) -> str:
    """A cell that counts the expression: what it imports, and the call."""
    dates = "from datetime import date\n\n" if _has_dates(expr) else ""
    return f"{dates}from zhengfa_stats.query import {', '.join(sorted(_names(expr)))}\n\ncity.count({as_python(expr)})"


def as_python(value: Any) -> str:
    """A query value as Python that makes it again, defaults left out.

    >>> as_python(Query("clues", (In("source", ("群众举报",)),), by=(By("received_on", "month"),)))
    "Query('clues', (In('source', ('群众举报',)),), by=(By('received_on', 'month'),))"
    """
    if isinstance(value, tuple):
        return f"({', '.join(map(as_python, value))}{',' if len(value) == 1 else ''})"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if not is_dataclass(value):
        return repr(value)
    return f"{type(value).__name__}({', '.join(_arguments(value))})"


def _arguments(value: Any) -> Iterator[str]:
    """Arguments by position as long as none is left out, then by name."""
    by_name = False
    for f in fields(value):
        given = getattr(value, f.name)
        if given == _default(f):
            by_name = True
            continue
        yield f"{f.name}={as_python(given)}" if by_name else as_python(given)


def _default(f: Field[Any]) -> Any:
    return (
        f.default if f.default is not MISSING else f.default_factory() if f.default_factory is not MISSING else MISSING
    )


def _names(value: Any) -> set[str]:
    if isinstance(value, tuple):
        return set().union(*map(_names, value))
    if not is_dataclass(value):
        return set()
    inner = (_names(getattr(value, f.name)) for f in fields(value) if getattr(value, f.name) != _default(f))
    return {type(value).__name__}.union(*inner)


def _has_dates(expr: Expr) -> bool:
    return "date(" in as_python(expr)
