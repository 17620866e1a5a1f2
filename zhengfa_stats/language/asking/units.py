"""What a Reply says of its expression: the unit of its value, and the expression as Python."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from zhengfa_stats.language.asking.fields import fields_of
from zhengfa_stats.language.asking.words import Words
from zhengfa_stats.query import OF_ONE, At, Expr, Formula, In, Query
from zhengfa_stats.schema import Schema

# ── units ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def unit_of(expr: Expr, schema: Schema, words: Words) -> str:
    """The unit of an expression's value: 条, 人, 人次, %, 个百分点, 天, 分, 篇."""
    match expr:
        case At(of):
            return unit_of(of, schema, words)
        case Formula("ratio" | "growth"):
            return "%"
        case Formula("difference", left):
            unit = unit_of(left, schema, words)
            return "个百分点" if unit == "%" else unit
        case Formula(_, left):
            return unit_of(left, schema, words)
        case Query():
            return _unit_of_query(expr, schema, words)


def _unit_of_query(query: Query, schema: Schema, words: Words) -> str:
    ledger, habits = schema.ledgers[query.ledger], words.habits[query.ledger]
    field = ledger.fields.get(query.measure.field)
    if query.each or (query.measure.kind == "distinct" and field is not None and field.kind == "persons"):
        return "人"
    if query.measure.kind == "rows":
        told = {f for w in habits.always for f in fields_of(w, ledger)}
        is_acts = habits.always and not any(told & fields_of(w, ledger) for w in query.where)
        return habits.acts[0] if habits.acts and is_acts else ledger.unit
    if query.measure.kind == "distinct":
        return "个"
    if query.measure.field == habits.attending:
        return "人" if query.measure.kind in OF_ONE else "人次"
    kinds = [str(t) for w in query.where if isinstance(w, In) for t in w.terms]
    if query.measure.field in habits.sums.values():
        units = {habits.of_items.get(kind, "") for kind in kinds}
        return units.pop() if len(units) == 1 else ""
    if field is not None and field.days:
        return "天"
    return next((unit for unit, name in habits.numbers.items() if name == query.measure.field), "")


def counts(expr: Expr) -> bool:
    """Whether it counts or adds up, so that a group without rows has none."""
    match expr:
        case At(of):
            return counts(of)
        case Query(measure=measure):
            return measure.kind not in OF_ONE
    return False


# ── as Python ─────────────────────────────────────────────────────────────────────────────────────────────────────


def python_of(value: Any) -> str:
    """A query value as Python text that evaluates to an equal value, defaults left out.

    >>> from zhengfa_stats.query import By, Fact
    >>> python_of(Query("clues", (Fact("open"),), by=(By("handler"),)))
    "Query('clues', (Fact('open'),), by=(By('handler'),))"
    """
    if isinstance(value, tuple):
        inner = ", ".join(map(python_of, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    if not is_dataclass(value):
        return repr(value)
    parts: list[str] = []
    skipped = False
    for f in fields(value):
        own = getattr(value, f.name)
        if own == f.default and type(own) is type(f.default):
            skipped = True
            continue
        parts.append(f"{f.name}={python_of(own)}" if skipped else python_of(own))
    return f"{type(value).__name__}({', '.join(parts)})"
