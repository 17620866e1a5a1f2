"""Numbers that compare two figures: 占…%, 同比增长…%, 比去年同期多…条, 提高…个百分点."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.comparing import beside
from zhengfa_stats.language.citing.discourse import Discourse
from zhengfa_stats.language.citing.levels import PLACES, Found, is_condition
from zhengfa_stats.language.citing.lists import dealt, listed
from zhengfa_stats.language.citing.refusing import refusal
from zhengfa_stats.language.citing.shares import share_of
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.times import at, moved
from zhengfa_stats.language.citing.ways import each_way, has_own_ways
from zhengfa_stats.language.citing.words import Said, citing
from zhengfa_stats.language.periods import PeriodSaid, clock_said
from zhengfa_stats.query import At, Clock, Expr, Formula, canonical

_HELD = re.compile("(?:开展|举办|组织|召开|办)了?$")
_ADDS = re.compile("合计|共|相加|加起来|之和")
_SLACK = 4  # days by which months differ, and quarters
_ANY = Said(0, 0, "", ())


def is_related(clause: Clause, spot: Spot) -> bool:
    """Whether a clause's number compares: it says 占, or 增长, 多, 少 beside what it compares with."""
    if clause.related("差"):
        return True
    if clause.related("占"):
        return spot.measure == "%" or (len(clause.spots) == 2 and clause.spots[1].measure == "%")
    if not clause.related("升", "降") or clause.related("至"):
        return False
    words = [r for r in clause.relations if r.value in ("升", "降")]
    if spot.kind == "points":
        return bool(words)
    ends = {spot.start, *(w.start for w in clause.said if w.facet == "做" and w.end <= spot.start)}  # 多处理35人
    if (held := _HELD.search(clause.text, 0, spot.start - clause.start)) is not None:
        ends.add(clause.start + held.start())  # 多开展5次
    return any((len(r.text) > 1 and r.start < spot.start) or r.end in ends for r in words)


def relate(told: Discourse, clause: Clause) -> Iterator[Found]:
    """The comparison that each number states, of the figure said beside or just before it."""
    run, n = told.run, len(clause.spots)
    if n == 2 and clause.related("占") and clause.spots[0].measure != "%":
        yield from whole_and_share(told, clause)
        return
    deals = clause.marked("分别") or has_own_ways(clause)
    if deals and len(run) != n and not clause.said:
        run = told.stated
    if clause.is_each and not clause.said and len(run) < 2:
        run = told.stated  # 收到线索312条、处理干警126人，均同比增长20%
    if n == 1 and clause.marked("分别") and not clause.said:
        told.last, told.run = None, ()
        yield Found(clause.spots[0], why="“分别”说的是哪几个数，程序认不准")
    elif deals and n > 1 and clause.related("同比") and clause.related("环比"):
        yield from (Found(spot, why="几个比较的数排在一起，程序认不准") for spot in clause.spots)
    elif n == 1 and clause.is_each and not clause.said and len(run) > 1:
        frames = told.frames
        for last in run:  # 甲县、乙县各收到10条，均占全市的20%
            told.last, told.frames = last, frames
            yield _related(told, clause, clause.spots[0])
    elif n == 1:
        yield _related(told, clause, clause.spots[0])
    elif len(run) == n and (deals or clause.related("占")):
        frames = told.frames
        for one, last in zip(each_way(clause), run, strict=True):  # 纪律处分31人、组织处理54人，分别占…
            told.last, told.frames = last, frames
            yield _related(told, one, one.spots[0])
    elif clause.marked("分别") and (each := dealt(clause, n, told.binder.schema)) is not None:
        before, ahead = told.frames, told.new_sentence
        for one, said in zip(each_way(clause), each, strict=True):  # 参训率、合格率分别提高…
            told.frames, told.new_sentence, told.last = before, ahead, None
            yield _related(told, replace(one, said=said), one.spots[0])
    else:
        yield from (Found(spot, why="几个比较的数排在一起，程序认不准") for spot in clause.spots)


def whole_and_share(told: Discourse, clause: Clause) -> Iterator[Found]:
    """占全部线索128条的68%: the whole's own number is of whatever the share is of."""
    number, share = clause.spots
    last = told.last
    found = _related(told, replace(clause, spots=(share,)), share)
    whole = found.expr.right if isinstance(found.expr, Formula) and found.expr.op == "ratio" else None
    if whole is None or last is None or number.measure not in last.measures:
        yield Found(number, why=found.why or "占的是什么的比例，前后文没有说清")
    else:
        yield _found(told, number, whole, last.unit)
    yield found


def _related(told: Discourse, clause: Clause, spot: Spot) -> Found:
    share = clause.related("占")
    if why := told.barred or refusal(
        clause if share else replace(clause, unknown=()), spot, clause.said or (_ANY,) if share else (_ANY,)
    ):
        return Found(spot, why=why)
    return share_of(told, clause, spot) if share else _change(told, clause, spot)


# ── 增长, 下降 ────────────────────────────────────────────────────────────────────────────────────────────────────


def _change(told: Discourse, clause: Clause, spot: Spot) -> Found:
    if (found := beside(told, clause, spot)) is not None:
        return found
    if why := refusal(replace(clause, unknown=()), spot, clause.said):
        return Found(spot, why=why)
    before = _before(told, clause)
    if before is None:
        return Found(spot, why="没有说与哪一时期相比")
    base = told.last
    if clause.said:
        if clause.unknown:
            return Found(spot, why=refusal(clause, spot, clause.said))
        measure = None if spot.measure in ("%", "个百分点") else spot.measure
        base = told.tell(replace(clause, relations=()), replace(spot, measure=measure, kind="count"), clause.said)
        told.against = before
    if base is None or base.bare is None or isinstance(base.bare, At):
        return Found(spot, why="增减的是哪个数，前后文没有说清")
    told.changed = base if clause.said else None
    op = "growth" if spot.kind == "percent" else "difference"
    is_rate = base.unit == "%"
    if (spot.kind == "points") != is_rate and op == "difference":
        return Found(spot, why=f"“{spot.measure}”与所比的数“{base.key or ''}”的单位不合")
    if op == "difference" and not is_rate and spot.measure not in base.measures:
        return Found(spot, why=f"“{spot.measure}”与所比的数“{base.key or ''}”的单位不合")
    if not _is_as_long(told, before):
        return Found(spot, why="两个时期的长短不一样，分不清比的是哪两个数")
    now, then = at(base.bare, told.period, told.clock), _moved(base.bare, told, before)
    if now == then:
        return Found(spot, why="没有说与哪一时期相比")
    expr = Formula("growth" if op == "growth" else "difference", now, then)
    unit = "%" if op == "growth" else "个百分点" if is_rate else base.unit
    return Found(spot, expr, None, unit, falls=clause.related("降"))


def _before(told: Discourse, clause: Clause) -> PeriodSaid | Clock | int | None:
    """What a clause compares with: a period, how many months back, or the time of the same figure before it."""
    compared = [p for p in clause.periods if clause.is_compared(p)]
    last = told.last
    if not compared and clause.periods and last and last.clock and last.clock != told.period and not clause.said:
        return last.clock  # 5月底为81.2%，到6月底提升了9.5个百分点
    if len(compared) == 1:
        told.against = compared[0]
    elif clause.related("同比", "环比"):
        told.against = clause.compared_with(told.period or told.clock)
    return told.against


def _is_as_long(told: Discourse, before: PeriodSaid | Clock | int) -> bool:
    """Whether a period may be compared with the one spoken of: a month with a month; 上月 says nothing beside a half-year."""
    if not isinstance(before, PeriodSaid) or before.months or before.since is None or before.as_of is None:
        return True
    now = told.period or told.clock
    return abs((before.as_of - before.since).days - (now.as_of - now.since).days) <= _SLACK


def _moved(expr: Expr, told: Discourse, before: PeriodSaid | Clock | int) -> Expr:
    """The figure at the time that is compared with."""
    if isinstance(before, Clock):
        return at(expr, before, told.clock)
    months = before if isinstance(before, int) else before.months
    if months or isinstance(before, int):
        return at(expr, moved(told.period or told.clock, months), told.clock)
    return at(expr, clock_said(before, told.clock), told.clock)


def _found(told: Discourse, spot: Spot, expr: Expr, unit: str) -> Found:
    return told.timed(Found(spot, expr, told.binder.keys.get(canonical(expr)), unit, bare=expr))


# ── 合计 ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def sum_of(told: Discourse, clause: Clause, spot: Spot) -> Found | None:
    """The sum that 红色教育、警示教育共20次 states; None where no list of kinds has one number, or 等 leaves it open."""
    each = [said for said in listed(clause) if any(w.facet.endswith(".kind") for w in said)]
    if len(each) < 2 or "等" in clause.text or told.barred or refusal(clause, spot, clause.said):
        return None
    found = [told.binder.fits(said, spot.measure) for said in each]
    if any(len(bounds) != 1 for bounds in found):
        return None
    exprs = [bounds[0].expr for bounds in found]
    told.frames, told.last = (), None
    return _sum(told, spot, exprs, found[0][0].indicator.unit)


def total_of(told: Discourse, clause: Clause, spot: Spot) -> Found | None:
    """What 合计 adds up: the whole of which the classes just listed are parts, or the units and regions listed."""
    total, told.total = told.total, None
    if total is not None and clause.marked("共") and not clause.said and not told.barred:
        fits = spot.measure in total.measures
        return replace(total, spot=spot) if fits else Found(spot, why=f"“{spot.measure}”与前面几个数的单位不合")
    adds = any(m.value == "共" and m.text in citing().totals for m in clause.marks)
    others = [w for w in clause.said if w.facet not in ("做", "人")]
    if not adds or others or len(told.run) < 2 or not told.frames or told.barred or refusal(clause, spot, (_ANY,)):
        return None
    if any(spot.measure not in f.measures for f in told.run):
        return None
    if all(any(w.facet.endswith(".kind") for w in f.said) for f in told.run):
        return _sum(told, spot, [f.bare for f in told.run if f.bare is not None], told.run[0].unit)
    if any(w.facet in PLACES for w in told.frames[-1].said):
        if told.frames[0].first is None:
            return Found(spot, why="是这几个数的和，还是全部的数，分不清")
        return _sum(told, spot, [f.bare for f in told.run if f.bare is not None], told.run[0].unit)
    said = {w: None for f in told.frames for w in (*f.said, *clause.said) if not is_condition(w)}
    found = told.binder.fits(tuple(said), spot.measure)
    if len(found) != 1 or told.frames[0].first is not told.run[0]:
        return Found(spot, why="加起来的是哪几个数，前后文没有说清")
    return _found(told, spot, found[0].expr, found[0].indicator.unit)


def _sum(told: Discourse, spot: Spot, exprs: Sequence[Expr], unit: str) -> Found:
    expr = exprs[0]
    for more in exprs[1:]:
        expr = Formula("sum", expr, more)
    return _found(told, spot, expr, unit)


def arrived(told: Discourse, clause: Clause, spot: Spot) -> Found | None:
    """参训率比去年同期提高0.8个百分点，达到99.3%: the figure itself, of which only the change was said."""
    changed, told.changed = told.changed, None
    if changed is None or changed.bare is None or not clause.restates or told.barred:
        return None
    fits = spot.measure == changed.unit or spot.measure in changed.measures
    told.last = told.timed(replace(changed, spot=spot, expr=changed.bare))
    return told.last if fits else Found(spot, why=f"“{spot.measure}”与所比的数“{changed.key or ''}”的单位不合")


def points_back(told: Discourse, clause: Clause, spot: Spot) -> Found:
    """两县合计…: the number only counts the figures before it, of which what follows is the sum."""
    run, n = told.run, spot.quantity.value if spot.quantity else 0
    exprs = [f.bare for f in run if f.bare is not None]
    of_each = len(exprs) == len(run) == n and all(any(w.facet in PLACES for w in f.said) for f in run)
    if not _ADDS.match(told.ahead.text if told.ahead else ""):
        return Found(spot, why="只是指前后的几个数")
    if of_each:
        total = _sum(told, spot, exprs, run[0].unit)
        told.total = replace(total, said=run[0].said, measures=run[0].measures, base=run[0].base)
        told.last = told.total
    else:
        told.last, told.run = None, ()
    return Found(spot, why="只是指前后的几个数")


def base_of(told: Discourse, clause: Clause, spot: Spot) -> Found | None:
    """The number of the period that is compared with: 较去年同期的14件增加7件."""
    before, last = clause.base, told.last
    if before is not None and last is None and told.ahead is not None:
        bounds = told.binder.fits(told.ahead.said, spot.measure)  # 与去年同期的462条相比，今年收到线索540条
        last = Found(spot, bare=bounds[0].expr, measures=bounds[0].signature.measures) if len(bounds) == 1 else None
    if before is None or last is None or last.bare is None or isinstance(last.bare, At):
        return None if before is None else Found(spot, why="比的是哪个数，前后文没有说清")
    if spot.measure not in last.measures:
        return Found(spot, why=f"“{spot.measure}”与所比的数“{last.key or ''}”的单位不合")
    told.against = before
    expr = _moved(last.bare, told, before)
    return Found(spot, expr, None, last.unit, bare=expr, base=last.base)
