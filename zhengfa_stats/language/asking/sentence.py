"""The sentence of a Reply: what one would write into a document."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from zhengfa_stats.counting.clocks import clock_of
from zhengfa_stats.language.asking.per_span import SPANS
from zhengfa_stats.language.asking.restating import SIDES, say_condition
from zhengfa_stats.language.asking.units import unit_of
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.language.wording import said
from zhengfa_stats.query import (
    TIMES,
    At,
    Between,
    Blank,
    Clock,
    Expr,
    Fact,
    Formula,
    In,
    Not,
    Or,
    Query,
    Where,
    queries,
)
from zhengfa_stats.schema import Ledger

if TYPE_CHECKING:
    from zhengfa_stats.language.asking.replying import Reply


_OF_ONE = {"mean": ("平均", ""), "median": ("", "中位数"), "max": ("最大", ""), "min": ("最小", "")}


def sentence(reply: Reply) -> str:
    """Period, subject, value: 2021年1月1日至6月30日，公安局在查的线索共2条。"""
    if reply.why:
        return f"{reply.text}。"
    expr = reply.understood.asked.expr
    frame = reply.understood.frame
    is_versus = frame is not None and frame.versus is not None and frame.versus.op == "ratio"
    if isinstance(expr, Formula) and (expr.op in ("difference", "growth") or is_versus):
        return _compared(reply, expr)
    when = _when(expr, reply.answer.clock if not isinstance(expr, At) else reply.asker.clock)
    subject = _subject(expr, reply)
    match reply.kind:
        case "table":
            return f"{when}，{subject}：{'，'.join(f'{label}{said(v, reply.unit)}' for label, v in reply.table)}。"
        case "label" if reply.understood.asked.form == "lacking":
            return f"{when}，没有{subject}的单位：{reply.text}。"
        case "label" if reply.understood.asked.form == "those":
            line = f"{SIDES[reply.understood.asked.side]}{said(reply.understood.asked.level, reply.unit)}"
            return f"{when}，{subject}{line}的：{reply.text}。"
        case "number" if reply.understood.asked.form == "place":
            return f"{when}，{subject}{reply.understood.asked.group}排{reply.text}。"
        case "number" if reply.understood.asked.form == "average":
            return f"{when}，{subject}平均每个单位{said(reply.value, reply.unit)}。"
        case "number" if reply.understood.asked.form == "how_many":
            line = f"{SIDES[reply.understood.asked.side]}{said(reply.understood.asked.level, unit_of(expr, reply.asker.schema, reply.asker.words))}"
            return f"{when}，{subject}{line}的有{reply.text}。"
        case "label":
            n = reply.understood.asked.take if reply.understood.asked.form == "nth" else 1
            side = "最少" if reply.understood.asked.is_least else "最多"
            side = side.replace("多", "高").replace("少", "低") if reply.unit == "%" else side
            return f"{when}，{subject}{side if n < 2 else f'{side[1:]}到第{n}位'}的是{reply.label}，为{said(reply.value, reply.unit)}。"
        case "yes_no" if reply.understood.asked.form == "all" and reply.value:
            return f"{when}，没有{subject}。"
        case "yes_no" if not reply.answer.value:
            return f"{when}，没有{subject}。"
    if per := reply.understood.asked.per:
        return f"{when}，{subject}平均每{SPANS[per]}{said(reply.value, reply.unit)}。"
    joint = "为" if reply.unit in ("%", "天", "分") else "共"
    return f"{when}，{subject}{joint}{said(reply.answer.value, reply.unit)}。"


def _compared(reply: Reply, expr: Formula) -> str:
    clock = reply.asker.clock
    a, b = (f"{_when(side, clock)}{_subject(side, reply)}" for side in (expr.left, expr.right))
    if reply.kind != "number":
        return f"{a}比{b}：{reply.text}。"
    value = float(reply.answer.value or 0)
    if expr.op == "ratio":
        word = "是" if reply.unit == "倍" else "相当于"
        return f"{a}{word}{b}的{said(reply.value, reply.unit)}。"
    if expr.op == "growth":
        word = "增长" if value >= 0 else "下降"
        return f"{a}比{b}{word}{said(abs(value), '%')}。"
    if not value:
        return f"{a}与{b}持平。"
    return f"{a}比{b}{'多' if value > 0 else '少'}{said(abs(value), reply.unit)}。"


def _when(expr: Expr, clock: Clock) -> str:
    match expr:
        case At(of):
            return _when(of, clock_of(expr, clock))
        case Formula(_, left):
            return _when(left, clock)
        case Query():
            low, high = (expr.period.low, expr.period.high) if expr.period else (None, None)
            if isinstance(low, date) and isinstance(high, date):
                return say_period(Clock(low, high))
            return say_period(clock)


def _subject(expr: Expr, reply: Reply) -> str:
    """What is counted, in the words of documents: 公安局科级、受纪律处分的干警."""
    frame = reply.understood.frame
    query = queries(expr)[0]
    ledger = reply.asker.schema.ledgers[query.ledger]
    habits = reply.asker.words.habits[query.ledger]
    wheres = [w for w in (*query.where, *query.having) if w not in habits.always and w not in habits.usual]
    if frame is not None and frame.indicator:
        own = {w for q in queries(reply.asker.schema.indicators[frame.indicator].of) for w in (*q.where, *q.having)}
        more = sorted((w for w in wheres if w not in own), key=lambda w: not _is_unit(w, habits.unit))
        return f"{''.join(_said(w, ledger) for w in more)}{frame.indicator.replace('.', '')}"
    units = [_said(w, ledger) for w in wheres if _is_unit(w, habits.unit)]
    others = [_said(w, ledger) for w in wheres if not _is_unit(w, habits.unit)]
    of = f"{'、'.join(others)}的" if others else ""
    subject = f"{''.join(units)}{of}{habits.called or ledger.name}"
    match query.measure.kind:
        case "mean" | "median" | "max" | "min":
            before, behind = _OF_ONE[query.measure.kind]
            subject += f"的{before}{ledger.fields[query.measure.field].name}{behind}"
    if isinstance(expr, Formula) and expr.op == "ratio":
        return f"{subject}占{_subject(expr.right, reply)}的比例"
    return subject


def _is_unit(where: Where, unit: str) -> bool:
    match where:
        case In(field) | Not(In(field)) | Or((In(field), *_)):
            return field == unit
    return False


def _said(where: Where, ledger: Ledger) -> str:
    """A condition in a few words."""
    match where:
        case In(field, ()):
            return f"没有这样的{ledger.fields[field].name}"
        case In(field, terms):
            name = ledger.fields[field].name if field in ledger.fields else field
            if any(isinstance(t, bool) for t in terms):
                return name if terms == (True,) else f"非{name}"
            return name.removeprefix("是") if terms == ("是",) else "、".join(map(str, terms))
        case Fact(name):
            return ledger.facts[name].name
        case Between(name, float() | int() as low, None) if name == TIMES:
            return f"受处理{low:g}次以上"
        case Or((In() as first, *_)):
            return _said(first, ledger)
        case Not(Blank(field)):
            return f"有{ledger.fields[field].name}"
        case Blank(field):
            return f"未写{ledger.fields[field].name}"
        case Not(of):
            return f"非{_said(of, ledger)}"
    return _long(where, ledger)


def _long(where: Where, ledger: Ledger) -> str:
    return say_condition(where, ledger)
