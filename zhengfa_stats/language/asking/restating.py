"""An expression as one canonical Chinese sentence; restating_reading reads it back to the same expression.

The sentence is a controlled language: 《》 hold ledgers, 「」 fields, facts and terms, 〔〕 group. Whatever an expression
can hold can be said, and whatever is said so is read back to an equal value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from zhengfa_stats.counting.clocks import clock_of
from zhengfa_stats.counting.frames import FOLDED, ORIGIN
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.errors import QueryError
from zhengfa_stats.language.asking.frame import Asked
from zhengfa_stats.language.asking.per_span import SPANS
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.query import (
    And,
    AsOf,
    At,
    Before,
    Between,
    Blank,
    Bound,
    By,
    Clock,
    Expr,
    Fact,
    Formula,
    In,
    Linked,
    Not,
    Or,
    Query,
    Since,
    Where,
)
from zhengfa_stats.schema import Ledger, Schema

BETWEEN = {"ratio": "占", "difference": "减去", "growth": "比", "sum": "加上"}
BEHIND = {"ratio": "的百分比", "difference": "的差", "growth": "增长的百分比", "sum": "的和"}
MEASURES = {
    "distinct": "不同值的个数",
    "sum": "之和",
    "mean": "的平均数",
    "median": "的中位数",
    "max": "的最大值",
    "min": "的最小值",
}
LEVELS = {"top": "", "term": "的细项", "month": "的月份", "quarter": "的季度", "year": "的年份"}
SIDES = {"at_least": "不低于", "over": "高于", "at_most": "不高于", "under": "低于"}
FORMS = {
    "number": "是多少？",
    "table": "各是多少？",
    "rows": "列出各行。",
    "exists": "是不是有？",
    "all": "是不是零？",
    "label": "是哪一组？",
    "reaches": "是不是这样？",
    "lacking": "哪些组没有？",
    "those": "哪些组是这样？",
    "how_many": "有几组是这样？",
    "nth": "其中最后的是哪一组？",
    "place": "排第几？",
    "times": "是几倍？",
    "average": "平均每组是多少？",
}


def restate(asked: Asked | Expr, schema: Schema, clock: Clock) -> str:
    """The canonical sentence of what is asked; the dates in round brackets are for people and are not read back."""
    asked = asked if isinstance(asked, Asked) else Asked(asked)
    say = _Writer(schema)
    ends = "".join(_ending(asked))
    return f"{say.expression(asked.expr, clock)}，{ends}"


def _ending(asked: Asked) -> tuple[str, str]:
    side = "最少" if asked.is_least else "最多"
    take = f"取{side}的{asked.take}组，" if asked.take > 0 else f"从{side}的排起，" if asked.take < 0 else ""
    if not take and asked.is_least:
        take = "从少看起，"
    if asked.side:
        take += f"以{SIDES[asked.side]}{_bound(asked.level)}为线，"
    if asked.per:
        take += f"平摊到{_bound(asked.n)}个{SPANS[asked.per]}，"
    return take + (f"看「{asked.group}」，" if asked.group else ""), FORMS[asked.form]


def say_condition(where: Where, ledger: Ledger) -> str:
    """One condition on a ledger in the words of the canonical sentence."""
    schema = Schema({ledger.id: ledger}, {}, {}, {})
    return _Writer(schema).where(where, Names(schema, ledger))


class Names:
    """The Chinese names of a ledger's fields and facts, each meaning one thing only."""

    def __init__(self, schema: Schema, ledger: Ledger) -> None:
        self.ledger = ledger
        fields = {f.id: f.name for f in ledger.fields.values()} | {
            id_: f.name for id_, f in {**ORIGIN, **FOLDED}.items() if id_ not in ledger.fields
        }
        self.field = _one_to_one(fields)
        self.fact = _one_to_one({f.id: f.name for f in ledger.facts.values()})
        self.each = _one_to_one({id_: self.field.get(e.identity, id_) for id_, e in ledger.each.items()})


def _one_to_one(names: dict[str, str]) -> dict[str, str]:
    """id → name; where two have one name, or a name has brackets, the id stands for itself."""
    texts = list(names.values())
    return {
        id_: name if texts.count(name) == 1 and name not in names and not re.search("[「」〔〕]", name) else id_
        for id_, name in names.items()
    }


class _Writer:
    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._names: dict[str, Names] = {}

    def names(self, ledger: str) -> Names:
        if ledger not in self._names:
            self._names[ledger] = Names(self.schema, self.schema.ledgers[ledger])
        return self._names[ledger]

    def expression(self, expr: Expr, clock: Clock) -> str:
        match expr:
            case Query():
                return f"统计期（{say_period(clock)}）内，{self.query(expr)}"
            case At(of):
                try:
                    inner = clock_of(expr, clock)
                except QueryError:
                    inner = clock  # it can be said, though not counted
                return f"{_moved(expr)}（{say_period(inner)}），{self._side(of, inner)}"
            case Formula(op, left, right):
                return f"{self._bracketed(left, clock)}{BETWEEN[op]}{self._bracketed(right, clock)}{BEHIND[op]}"

    def _side(self, expr: Expr, clock: Clock) -> str:
        return self.query(expr) if isinstance(expr, Query) else self._bracketed(expr, clock)

    def _bracketed(self, expr: Expr, clock: Clock) -> str:
        return f"〔{self.expression(expr, clock)}〕"

    def query(self, query: Query) -> str:
        names = self.names(query.ledger)
        period = f"，看{self._period(query.period, names)}" if query.period else ""
        chosen = f"中{self._all(query.where, names)}的" if query.where else "中的"
        folded = ""
        if query.each:
            having = f"，其中{self._all(query.having, names)}的" if query.having else ""
            folded = f"，每个「{names.each[query.each]}」归并为一行{having}"
        by = f"，按{'、'.join(self._by(b, names) for b in query.by)}分组" if query.by else ""
        return f"《{names.ledger.name}》{chosen}{period}{folded}，{self._measure(query, names)}{by}"

    def _period(self, period: Between, names: Names) -> str:
        return f"「{names.field[period.field]}」{_range(period)}期间"

    def _measure(self, query: Query, names: Names) -> str:
        if query.measure.kind == "rows":
            return "人数" if query.each else f"{names.ledger.unit or '行'}数"
        return f"「{names.field[query.measure.field]}」{MEASURES[query.measure.kind]}"

    def _by(self, by: By, names: Names) -> str:
        edges = f"以{'、'.join(_bound(e) for e in by.edges)}分段" if by.edges else ""
        return f"「{names.field[by.field]}」{LEVELS[by.level]}{edges}"

    def _all(self, wheres: Sequence[Where], names: Names) -> str:
        return "、".join(self.where(w, names) for w in wheres)

    def where(self, where: Where, names: Names) -> str:
        match where:
            case In(field, terms):
                return f"「{names.field[field]}」{_terms(terms)}"
            case Not(In(field, terms)):
                return f"「{names.field[field]}」不{_terms(terms)}"
            case Between(field):
                return f"「{names.field[field]}」{_range(where)}"
            case Blank(field):
                return f"「{names.field[field]}」空着"
            case Not(Blank(field)):
                return f"「{names.field[field]}」不空"
            case Before(field, other):
                return f"「{names.field[field]}」早于「{names.field[other]}」"
            case Fact(name):
                return f"属「{names.fact[name]}」"
            case Not(Fact(name)):
                return f"不属「{names.fact[name]}」"
            case Linked(ledger, on, inner):
                linked = self.names(ledger)
                among = f"且{self._all(inner, linked)}" if inner else ""
                return f"《{linked.ledger.name}》里有同一「{names.field[on]}」〔{among}〕"
            case Not(of):
                return f"不〔{self.where(of, names)}〕"
            case Or(of):
                return f"任一〔{'；'.join(self.where(w, names) for w in of)}〕"
            case And(of):
                return f"全是〔{'；'.join(self.where(w, names) for w in of)}〕"


def _terms(terms: Sequence[str | bool]) -> str:
    word = "为" if any(isinstance(t, bool) for t in terms) else "是"
    return word + ("或".join(("是" if t else "否") if isinstance(t, bool) else f"「{t}」" for t in terms) or "无")


def _range(between: Between) -> str:
    match between.low, between.high:
        case None, None:
            return "有值"
        case low, None:
            return f"从{_bound(low)}起"
        case None, high:
            return f"到{_bound(high)}为止"
        case low, high:
            return f"从{_bound(low)}到{_bound(high)}"
    raise AssertionError(between)


def _bound(bound: Bound) -> str:
    match bound:
        case date():
            return chinese_day(bound)
        case Since(days):
            return "起始日" + _days(days)
        case AsOf(days):
            return "截止日" + _days(days)
        case None:
            return "无"
        case number:
            return f"{int(number)}" if float(number).is_integer() else repr(float(number))


def _days(days: int) -> str:
    return "" if not days else f"前{-days}天" if days < 0 else f"后{days}天"


def _moved(at: At) -> str:
    """截至5月31日, 自3月1日起, 早12个月."""
    parts = [f"早{-at.months}个月" if at.months < 0 else f"晚{at.months}个月"] if at.months else []
    if at.since and at.as_of:
        parts.append(f"{chinese_day(at.since)}至{chinese_day(at.as_of)}")
    elif at.since:
        parts.append(f"自{chinese_day(at.since)}起")
    elif at.as_of:
        parts.append(f"截至{chinese_day(at.as_of)}")
    return "、".join(parts) or "原时段"
