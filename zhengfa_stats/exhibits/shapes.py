"""What an Answer looks like: the form that its groups ask for, and the unit of what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.query import At, By, Expr, Formula, Query, queries
from zhengfa_stats.schema import Schema

Form = Literal[
    "bars",  # horizontal bars: compare groups
    "columns",  # upright columns: months, or bins in their order
    "lines",  # the course of several groups over time
    "flow",  # columns of what comes in and goes out, below them the stock
    "stacked",  # horizontal bars in parts
    "shares",  # the same as shares of 100 %
    "heat",  # a table whose cells are shaded
    "rates",  # a rate a group, beside a target
    "funnel",  # what is left of a whole, step by step
    "waterfall",  # stock and flow
    "states",  # a table of words: who has sent what
    "table",  # a table alone
]

SHAPES: Mapping[str, tuple[int, int]] = {  # the fewest and the most groupings that a form can show
    "bars": (0, 1),
    "columns": (0, 1),
    "lines": (1, 2),
    "flow": (1, 1),
    "stacked": (2, 2),
    "shares": (2, 2),
    "heat": (2, 2),
    "rates": (1, 1),
    "funnel": (0, 0),
    "waterfall": (0, 0),
    "states": (3, 3),
    "table": (0, 3),
}
_GRAINS = ("month", "quarter", "year")
_FEW = 5  # series that colours can tell apart


def form_of(answer: Answer, schema: Schema) -> Form:
    """How an Answer is best drawn: over time upright, groups side by side, two groupings in parts or as shaded cells."""
    by = queries(answer.expr)[0].by
    is_rate = isinstance(answer.expr, Formula) and answer.expr.op == "ratio"
    is_below = any(value is not None and value < 0 for _, value in answer.values)
    if not by or len(by) > 2:
        return "table"
    if len(by) == 1:
        if is_time(by[0]):
            return "lines" if is_rate else "columns"
        return "rates" if is_rate else "columns" if by[0].edges else "bars"
    few = len({labels[1] for labels, _ in answer.values}) <= _FEW
    if is_time(by[0]) and few:
        return "lines"
    return "stacked" if few and not (is_rate or is_below) and not is_time(by[1]) else "heat"


def misfit(form: str, n: int) -> str:
    """Why a form can't show so many groupings, "" if it can.

    >>> misfit("stacked", 1), misfit("bars", 2), misfit("bars", 1)
    ('stacked 要按两项分组，这里是1项', 'bars 只能按一项分组，这里是2项', '')
    """
    fewest, most = SHAPES[form]
    if fewest <= n <= most:
        return ""
    if not most:
        return f"{form} 不分组，这里按{n}项分组"
    least = "要" if fewest == most > 1 or n < fewest else "只能"
    return f"{form} {least}按{'〇一两三'[fewest if n < fewest else most]}项分组，这里是{n}项"


def measure_name(unit: str, key: str = "") -> str:
    """What a single column of numbers is called.

    >>> measure_name("人"), measure_name("人次"), measure_name("%", "线索.查结率")
    ('人数', '人次', '查结率')
    """
    if unit == "%":
        return key.rpartition(".")[2] or "比率"
    return unit if unit.endswith("次") and len(unit) > 1 else f"{unit}数" if unit else "数值"


def is_unordered(answer: Answer, schema: Schema) -> bool:
    """Whether the first groups stand in no order of their own: units, texts; not months, bins, or terms."""
    query = queries(answer.expr)[0]
    if not query.by or is_time(query.by[0]) or query.by[0].edges:
        return False
    field = schema.ledgers[query.ledger].fields.get(query.by[0].field)
    return field is None or (field.kind in ("unit", "text", "code") and not field.when)


def is_time(by: By) -> bool:
    """Whether groups follow one another in time."""
    return by.level in _GRAINS and not by.edges


def unit_of(of: Expr, schema: Schema) -> str:
    """The unit of a value: per cent, the measure word of a row, of a person; "" where the definitions don't say."""
    match of:
        case At(inner):
            return unit_of(inner, schema)
        case Formula(op, left):
            return "%" if op in ("ratio", "growth") else unit_of(left, schema)
        case Query():
            ledger = schema.ledgers[of.ledger]
            if of.measure.kind == "rows" and not of.each:
                return ledger.unit
            counted = ledger.each[of.each].identity if of.each else of.measure.field
            field = ledger.fields.get(counted)
            return "人" if field is not None and field.kind == "persons" else ""
