"""Shares: 占…的百分之几 → the ratio of the figure said before it to the whole that it names, or is a part of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from zhengfa_stats.language.citing.binding import Bound, canonical
from zhengfa_stats.language.citing.clauses import Clause
from zhengfa_stats.language.citing.discourse import Discourse
from zhengfa_stats.language.citing.levels import PLACES, Found, Frame, without_places
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.words import Said
from zhengfa_stats.query import At, Clock, Expr, Formula, In, Query

_UNCLEAR = "占的是什么的比例，前后文没有说清"


def share_of(told: Discourse, clause: Clause, spot: Spot) -> Found:
    """The share that a number states."""
    at = next(r for r in clause.relations if r.value == "占")
    before = tuple(w for w in clause.said if w.end <= at.start)
    after = tuple(w for w in clause.said if w.start >= at.end)
    marks = [m.value for m in clause.marks if m.start >= at.end]
    frames, last = told.frames, told.last
    if not before and clause.marked("共") and "全" not in marks and not after and len(told.run) > 1:
        return Found(spot, why="占的是哪几个数的合计，程序认不准")
    if before:
        part = replace(clause, relations=(), marks=tuple(m for m in clause.marks if m.start < at.start))
        last = told.tell(part, replace(spot, measure=None), before)
        frames = told.frames
    if last is None or last.bare is None:
        return Found(spot, why=last.why if last and last.why else _UNCLEAR)
    whole, clock = _whole(told, last, after, "全" in marks, "其" in clause.text[at.end - clause.start :]), None
    if whole is None and not after and "全" not in marks:
        whole = _parent(told, frames, last) or _same_whole(told, last)
    if whole is None:
        return Found(spot, why=_UNCLEAR)
    told.whole = (last.base, whole, told.sentence)
    if of := clause.periods_after(at.end):
        clock = told.clock_of(of) or told.clock
        ratio = Formula("ratio", _at(last.bare, last.clock), _at(whole, None if clock == told.clock else clock))
        return Found(spot, ratio, told.binder.keys.get(canonical(ratio)), "%", bare=ratio)
    ratio = Formula("ratio", last.bare, whole)
    return told.timed(Found(spot, ratio, told.binder.keys.get(canonical(ratio)), "%", bare=ratio))


def _at(expr: Expr, clock: Clock | None) -> Expr:
    return expr if clock is None else At(expr, clock.since, clock.as_of)


def _whole(told: Discourse, last: Found, said: tuple[Said, ...], of_all: bool, of_its: bool) -> Expr | None:
    """The whole that 占…的 names: 全市的, 其承办线索的; None where it names none, or it may be more than one."""
    own = canonical(last.bare) if last.bare else None
    places = tuple(w for w in last.said if w.facet in PLACES)
    if of_all and not said:
        return _only(told.binder.fits(without_places(last.said), None), last, own)
    if not said:
        return None
    plain = _only(told.binder.fits(said, None), last, own)
    if of_all or not places or any(w.facet in PLACES for w in said):
        return plain or _first_level(told, said, own)
    narrowed = _only(told.binder.fits((*places, *said), None), last, own)
    if of_its:
        return narrowed
    return plain if narrowed is None else narrowed if plain is None else None


def _only(found: Iterable[Bound], last: Found, own: object) -> Expr | None:
    fits = {canonical(b.expr): b.expr for b in found if b.signature.measures & last.measures}
    fits.pop(own, None)  # type: ignore[call-overload]
    return next(iter(fits.values())) if len(fits) == 1 else None


def _first_level(told: Discourse, said: Sequence[Said], own: object) -> Expr | None:
    """The first figure that was told, where no more is said than what it is of: 占线索的…"""
    first = told.frames[0] if told.frames else None
    senses = {s for w in first.said for s in w.senses or ()} if first and first.known else set()
    if first and first.first and first.first.bare and all(set(w.senses or ()) & senses for w in said):
        return first.first.bare if canonical(first.first.bare) != own else None
    return None


def _parent(told: Discourse, levels: tuple[Frame, ...], last: Found) -> Expr | None:
    """The whole that the figure just said is a part of; None where it may be more than one."""
    if not levels or len(levels) > 2 or not all(f.known for f in levels):
        return None
    of = levels[0].first if len(levels) == 1 else levels[0].last
    if of is None and len(levels) > 1:
        found = {canonical(b.expr): b.expr for b in told.binder.fits(levels[0].said, None)}
        whole = next(iter(found.values())) if len(found) == 1 else None  # 被处理的干警中，科级干部占…
        return whole if _may_hold(whole, last.bare) else None
    return of.bare if of and of is not last and _may_hold(of.bare, last.bare) else None


def _may_hold(whole: Expr | None, part: Expr | None) -> bool:
    """Whether a figure may be a part of another: 一般干警 is none of 科级干部."""
    if not isinstance(whole, Query) or not isinstance(part, Query):
        return True
    told = {w for w in (*part.where, *part.having) if isinstance(w, In)}
    return {w for w in (*whole.where, *whole.having) if isinstance(w, In)} <= told


def _same_whole(told: Discourse, last: Found) -> Expr | None:
    """The whole of the share just before, where it was of the same kind: 占全市的19.4%；检察系统15人，占12.1%."""
    if told.whole is None:
        return None
    base, whole, sentence = told.whole
    alike = base == last.base or _may_hold(whole, last.bare)
    return whole if sentence == told.sentence and alike and _may_hold(whole, last.bare) else None
