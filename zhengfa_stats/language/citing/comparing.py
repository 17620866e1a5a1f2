"""Numbers that compare two figures of one time: 比甲县低5.9个百分点, 高出全市0.6个百分点, 两者相差6.6个百分点."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhengfa_stats.language.citing.binding import Bound
from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.discourse import Discourse
from zhengfa_stats.language.citing.levels import PLACES, Found, is_condition, without_places
from zhengfa_stats.language.citing.refusing import refusal
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.words import Said
from zhengfa_stats.query import Formula, canonical

_THAN = re.compile(r"比|较|(?<!参)与")


def beside(told: Discourse, clause: Clause, spot: Spot) -> Found | None:
    """The difference from another figure; None where a clause compares with another time, or with nothing."""
    if clause.related("差"):
        return _between_the_last(told, clause, spot)
    way = next((r for r in clause.relations if r.value in ("升", "降") and r.start < spot.start), None)
    if way is None or any(clause.is_compared(p) for p in clause.periods):
        return None
    than = [m for m in _THAN.finditer(clause.text) if clause.start + m.end() <= way.start]
    cut, end = (clause.start + than[-1].start(), way.start) if than else (way.start, spot.start)
    others = tuple(w for w in clause.said if cut <= w.start and w.end <= end)
    if not than and not any(w.facet in PLACES or is_condition(w) for w in others):
        others = ()  # 多处理干警35人
    of_all = any(m.value == "全" and cut <= m.start and m.end <= end for m in clause.marks)
    if not (others or of_all):
        return None
    own = tuple(w for w in clause.said if w.end <= cut)
    if why := refusal(clause, spot, own) or refusal(clause, spot, others):
        return Found(spot, why=why)
    last = told.tell_without_number(clause, spot, own, cut) if own else told.last
    if last is None or last.bare is None:
        return Found(spot, why=last.why if last and last.why else "比的是哪个数，前后文没有说清")
    other = _other(told, last, others, of_all)
    if other is None:
        return Found(spot, why="与哪个数相比，程序认不准")
    return _difference(told, spot, last, other, falls=way.value == "降")


def _other(told: Discourse, last: Found, others: tuple[Said, ...], of_all: bool) -> Bound | None:
    """The figure compared with: what is said of it in place of what was said of the first."""
    if of_all and not others and any(is_condition(w) for w in last.said):
        return None  # 群众举报线索查结率低于全市平均水平: of those, or of all
    before = without_places(last.said) if of_all else last.said
    for said in (others, merged_with(before, others)):
        found = {canonical(b.expr): b for b in told.binder.fits(said, None) if b.indicator.unit == last.unit}
        found.pop(canonical(last.bare) if last.bare else None, None)
        if len(found) == 1:
            return next(iter(found.values()))
    return None


def merged_with(before: Sequence[Said], said: tuple[Said, ...]) -> tuple[Said, ...]:
    now = {w.facet for w in said}
    return (*(w for w in before if w.facet not in now), *said)


def _difference(told: Discourse, spot: Spot, last: Found, other: Bound, falls: bool) -> Found:
    is_rate = last.unit == "%"
    if spot.kind == "percent" or (spot.kind == "points") != is_rate:
        return Found(spot, why=f"“{spot.measure}”与所比的数“{last.key or ''}”的单位不合")
    if last.bare is None or (not is_rate and spot.measure not in last.measures):
        return Found(spot, why=f"“{spot.measure}”与所比的数“{last.key or ''}”的单位不合")
    expr = Formula("difference", last.bare, other.expr)
    unit = "个百分点" if is_rate else last.unit
    return told.timed(Found(spot, expr, told.binder.keys.get(canonical(expr)), unit, bare=expr, falls=falls))


def _between_the_last(told: Discourse, clause: Clause, spot: Spot) -> Found:
    """两者相差…: of the two figures just said, the larger first."""
    two = [f for f in told.run[-2:] if f.bare is not None and f.spot.quantity is not None]
    if len(two) != 2 or clause.said or clause.unknown or two[0].unit != two[1].unit or two[0].base != two[1].base:
        return Found(spot, why="相差的是哪两个数，前后文没有说清")
    small, large = sorted(two, key=lambda f: f.spot.quantity.value if f.spot.quantity else 0)
    is_rate = large.unit == "%"
    if (spot.kind == "points") != is_rate or small.bare is None or large.bare is None:
        return Found(spot, why=f"“{spot.measure}”与所比的数的单位不合")
    expr = Formula("difference", large.bare, small.bare)
    return told.timed(Found(spot, expr, None, "个百分点" if is_rate else large.unit, bare=expr))
