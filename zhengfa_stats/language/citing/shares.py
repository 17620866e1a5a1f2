"""Shares: 占…的百分之几 → the ratio of the figure said before it to the whole that it names, or is a part of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.discourse import Discourse
from zhengfa_stats.language.citing.levels import PLACES, Found, Frame, is_condition, without_places
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.times import at
from zhengfa_stats.language.citing.words import Said, Sense
from zhengfa_stats.query import Expr, Formula, In, Query, Where, canonical

_THINGS = ("物", "人", "activities.kind")
_TOTAL = re.compile("总(?:量|数|体)|全部的")
_UNCLEAR = "占的是什么的比例，前后文没有说清"


def share_of(told: Discourse, clause: Clause, spot: Spot) -> Found:
    """The share that a number states."""
    share = next(r for r in clause.relations if r.value == "占")
    before = tuple(w for w in clause.said if w.end <= share.start)
    after = tuple(w for w in clause.said if w.start >= share.end)
    marks = [m.value for m in clause.marks if m.start >= share.end]
    before = before or told.subject  # 其次是法院，占17.6%
    frames, last = told.frames, told.last
    if not before and clause.marked("共") and "全" not in marks and not after and len(told.run) > 1:
        return Found(spot, why="占的是哪几个数的合计，程序认不准")
    if before:
        part = replace(clause, relations=(), marks=tuple(m for m in clause.marks if m.start < share.start))
        last = told.tell(part, replace(spot, measure=None), before)
        frames = told.frames
    if last is None or last.bare is None:
        return Found(spot, why=last.why if last and last.why else _UNCLEAR)
    of, of_its = clause.periods_after(share.end), "其" in clause.text[share.end - clause.start :]
    own = None if of else canonical(last.bare)  # what a share is of may differ in time alone
    whole = _whole(told, last, after, "全" in marks, of_its, own)
    if whole is None and of and not after and "全" not in marks and told.clock_of(of) != last.clock:
        whole = last.bare  # 二季度开展25次，占上半年的
    if whole is None and not after and _TOTAL.match(clause.text[share.end - clause.start :]):
        whole = _whole_of_kind(told, last)
    if whole is None and not after and "全" not in marks:
        whole = _parent(told, frames, last) or _same_whole(told, last) or _parted_whole(told, last)
    if whole is None:
        return Found(spot, why=_UNCLEAR)
    if not of and canonical(whole) == canonical(last.bare):
        return Found(spot, why=_UNCLEAR)
    told.whole = (last.base, whole, told.sentence)
    if of:
        clock = told.clock_of(of) or told.clock
        ratio = Formula("ratio", at(last.bare, last.clock, told.clock), at(whole, clock, told.clock))
        return Found(spot, ratio, told.binder.keys.get(canonical(ratio)), "%", bare=ratio)
    ratio = Formula("ratio", last.bare, whole)
    return told.timed(Found(spot, ratio, told.binder.keys.get(canonical(ratio)), "%", bare=ratio))


def _whole(
    told: Discourse, last: Found, said: tuple[Said, ...], of_all: bool, of_its: bool, own: object
) -> Expr | None:
    """The whole that 占…的 names: 全市的, 其承办线索的; None where it names none, or it may be more than one."""
    if of_all and not said:
        return _only(told, last, [without_places(last.said)], own)
    if not said:
        return None
    places = tuple(w for w in last.said if w.facet in PLACES)
    ways = list(_said_of_whole(last, said))
    if of_its:
        ways = [(*places, *way) for way in ways]
    elif places and not of_all and not any(w.facet in PLACES for w in said):
        ways += [(*places, *way) for way in ways]
    found = _only(told, last, ways, own)
    return found if found is not None or of_all else _first_level(told, said, own)


def _said_of_whole(last: Found, said: tuple[Said, ...]) -> Iterator[tuple[Said, ...]]:
    """占收到总数的 names no thing, 占全部线索的 nothing that is done: that of the part holds."""
    things = tuple(w for w in last.said if w.facet in _THINGS)
    yield said
    if not any(w.facet in _THINGS for w in said):
        yield (*things, *said)
    elif all(w.facet in _THINGS for w in said) and any(w.has("做", "收到") for w in last.said):
        yield (*(w for w in without_places(last.said) if not is_condition(w)), *said)
    elif all(w.facet in _THINGS for w in said) and not any(w.facet in ("做", "率") for w in last.said):
        yield (*said, replace(said[0], senses=(Sense("做", "收到"),)))


def _only(told: Discourse, last: Found, ways: Sequence[tuple[Said, ...]], own: object) -> Expr | None:
    fits = {canonical(b.expr): b for way in ways for b in told.binder.fits(way, None)}
    exprs = [b.expr for key, b in fits.items() if b.signature.measures & last.measures and key != own]
    return exprs[0] if len(exprs) == 1 else None


def _first_level(told: Discourse, said: Sequence[Said], own: object) -> Expr | None:
    """The first figure that was told, where no more is said than what it is of: 占线索的…"""
    first = told.frames[0] if told.frames else None
    senses = {s for w in first.said for s in w.senses or ()} if first and first.known else set()
    persons = first is not None and first.first is not None and first.first.unit == "人"
    known = all(set(w.senses or ()) & senses or (persons and w.has("人", "干警")) for w in said)
    if first and first.first and first.first.bare and known:
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


def _parted_whole(told: Discourse, last: Found) -> Expr | None:
    """从线索来源看，群众举报占…: of all of which the parts are told."""
    return _whole_of_kind(told, last) if told.parted else None


def _whole_of_kind(told: Discourse, last: Found) -> Expr | None:
    """The figure of whatever source, category or class, of which the last is a part."""
    if not isinstance(last.bare, Query):
        return None
    kinds = told.binder.words.citing.narrows.get(last.bare.ledger, frozenset())

    def others(wheres: tuple[Where, ...]) -> tuple[Where, ...]:
        return tuple(w for w in wheres if not (isinstance(w, In) and w.field in kinds))

    whole = replace(last.bare, where=others(last.bare.where), having=others(last.bare.having))
    return whole if whole != last.bare and canonical(whole) in told.binder.keys else None


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
