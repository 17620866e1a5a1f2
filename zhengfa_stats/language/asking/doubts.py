"""What stands against a number: rows that leave blank what is asked of them, records that several units held together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NoReturn

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.language.asking.building import Other
from zhengfa_stats.language.asking.fields import fields_of
from zhengfa_stats.language.asking.frame import NotUnderstood
from zhengfa_stats.language.asking.placing import clock_at
from zhengfa_stats.language.asking.questions import Asker, Understood
from zhengfa_stats.language.asking.units import unit_of
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.language.wording import said
from zhengfa_stats.query import OF_ONE, At, Between, Blank, Expr, In, Measure, Not, Or, Query, Where, leaves, queries

Count = Callable[[Expr], Answer]
Unfilled = tuple[str, float, float]  # in words, how many, of how many


def unfilled(answer: Answer, asker: Asker, count: Count, *, ranks: bool = False) -> tuple[Unfilled, ...]:
    """How many that might have counted do not fill in what is asked of them, in words; their number; of how many.

    `ranks`: groups are set against each other, and a row without a group may belong to any.
    """
    if answer.why:
        return ()
    found: list[Unfilled] = []
    for query, clock in clock_at(answer.expr, asker.clock):
        if not query.each:
            at = At(query, clock.since, clock.as_of)
            named = dict.fromkeys(f for w in query.where for f in _asked_of(w, query.ledger, asker))
            if query.measure.kind in OF_ONE:
                named[query.measure.field] = None
            if ranks:
                fields = asker.schema.ledgers[query.ledger].fields
                named.update({b.field: None for b in query.by if fields[b.field].kind in ("term", "unit", "text")})
            found += [text for name in named if (text := _without(query, name, at, asker, count))]
    return tuple(dict.fromkeys(found))


def _asked_of(where: Where, ledger: str, asker: Asker) -> Sequence[str]:
    """The field that a condition asks for, if rows may leave it blank."""
    match where:
        case Not(of):
            return _asked_of(of, ledger, asker)
        case In(name) | Between(name) if name in asker.schema.ledgers[ledger].fields:
            field = asker.schema.ledgers[ledger].fields[name]
            told = field.kind in ("term", "number", "unit", "text") and name != asker.words.habits[ledger].unit
            return (name,) if told and not field.is_derived and not field.reads else ()
    return ()


def _without(query: Query, name: str, at: At, asker: Asker, count: Count) -> Unfilled | None:
    """What is left blank among the rows that meet all other conditions."""
    field = asker.schema.ledgers[query.ledger].fields[name]
    known = (Not(Blank(field.known_from)),) if field.known_from else ()
    others = tuple(w for w in query.where if name not in _asked_of(w, query.ledger, asker))
    measure = query.measure if query.measure.kind == "distinct" else Measure()
    whole, blank = (
        count(replace(at, of=replace(query, by=(), where=(*others, *known, *more), measure=measure))).value or 0
        for more in ((), (Blank(name),))
    )
    unit = unit_of(replace(query, measure=measure), asker.schema, asker.words)
    return (f"另有{said(blank, unit)}没有填写“{field.name}”，未计入", blank, whole) if blank else None


def check_owners(expr: Expr, asker: Asker) -> None:
    """公安局出台了几项制度: NotUnderstood where it and another unit list the same record, which stands under one alone."""
    for query in queries(expr):
        ledger, habits = asker.schema.ledgers[query.ledger], asker.words.habits[query.ledger]
        grouped = any(b.field == habits.unit for b in query.by)
        named = {str(t) for w in query.where for leaf in leaves(w) if isinstance(leaf, In) for t in leaf.terms}
        told = any(
            habits.unit in fields_of(w, ledger) and not (habits.also_unit and isinstance(w, Or)) for w in query.where
        )
        two = [units for units in asker.disputed.get(query.ledger, ()) if grouped or (told and units & named)]
        if two and not (grouped and habits.also_unit):  # jointly() says why
            name = ledger.fields[habits.unit].name
            units = "、".join(sorted({u for units in two for u in units}))
            what = f"有{len(two)}{ledger.unit}是{units}里两家各报了一次的，“{name}”说不清是哪家，分单位会数错"
            raise NotUnderstood([name], f"{what}；请先按问题清单核对“重复记录不一致”，或问全市的总数")


def jointly(expr: Expr, asker: Asker, count: Count) -> str:
    """Why it can't be told by units: some were held by several together, and count for each of them."""
    for query in queries(expr):
        habits = asker.words.habits[query.ledger]
        if habits.also_unit and any(b.field == habits.unit for b in query.by):
            shared = replace(query, by=(), where=(*query.where, Not(Blank(habits.also_unit))))
            if n := count(shared).value:
                what = f"有{said(n, unit_of(query, asker.schema, asker.words))}是几家联合开展的"
                return f"{what}，分到各单位会重复计算；请逐个单位问，如“公安局开展了多少次”"
    return ""


def ask_back(understood: Understood, other: Other, asker: Asker) -> NoReturn:
    """NotUnderstood with the two things that a period may mean."""
    frame = understood.frame
    assert frame is not None
    for c in frame.conditions if other.sort == "below" else ():
        if c.or_else:
            choices = (f"不到{c.said}", f"{c.said}及以下")
            raise NotUnderstood(
                [f"{c.said}以下"], f"“{c.said}以下”含不含{c.said}？请说“{'”或“'.join(choices)}”", choices
            )
    said = understood.text[frame.period.start : frame.period.end] if frame.period else ""
    if frame.period is None or frame.is_receipt_carried:  # said in the question before
        said = say_period(asker.builder.placer.clock_of(frame.period)) if frame.period else "各月"
    if other.sort == "closed":
        choices = (f"{said}收到的", f"{said}查结的")
        raise NotUnderstood([said], f"“{said}”是指{'，还是'.join(choices)}？请说明", choices)
    assert frame.period is not None
    day = chinese_day(asker.builder.placer.clock_of(frame.period).as_of)
    choices = (f"{said}收到的线索，现在的情况", f"截至{day}的情况")
    hint = f"“{said}”是指{choices[0]}，还是到{day}为止的情况？请说“{said}收到的…”或“截至{day}…”"
    raise NotUnderstood([said], hint, choices)
