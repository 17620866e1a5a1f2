"""A text → the places that cite a number, or leave one open, and the expression that each of them means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from zhengfa_stats.errors import QueryError
from zhengfa_stats.language import tags as tagging
from zhengfa_stats.language.citing.binding import Binder
from zhengfa_stats.language.citing.cells import in_cell
from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.clauses import clauses_of
from zhengfa_stats.language.citing.discourse import Discourse
from zhengfa_stats.language.citing.levels import PLACES, Found, narrows
from zhengfa_stats.language.citing.lists import dealt, listed
from zhengfa_stats.language.citing.relations import arrived, base_of, is_related, points_back, relate, sum_of, total_of
from zhengfa_stats.language.citing.spots import Spot, spots_of
from zhengfa_stats.language.citing.words import LIST, RELATION, Said, Words
from zhengfa_stats.language.passages import Passage, Tagged
from zhengfa_stats.language.periods import months_of
from zhengfa_stats.language.quantities.finding import Quantity
from zhengfa_stats.query import At, Clock, Expr, Formula
from zhengfa_stats.schema import Schema

_CLAUSE_END = re.compile(r"[，,；;。！!？?\n]")
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|第[一二三四五六七八九十]+[章部节])")
_LONGEST_HEADING = 30
_REFERS = re.compile("详见|见附|见表|附后|下同|如[表图]")
_PLANS = re.compile(r"下步|下一步|打算|工作计划|工作安排|努力方向|工作思路|工作目标|任务目标|今后")


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a passage that cites a figure: [start, end) is the number as written, with 余, 近 or 约.

    `quantity` is None for a blank; `expr` None where it is not bound, and `why` says so. `key` is the tag by which the
    figure may be named, None where no tag says it. `unit` is of the figure: "%" for a rate. A number that several
    figures share (均为) has several citations.
    """

    passage: int
    start: int
    end: int
    where: str
    context: str
    stated: str
    quantity: Quantity | None
    expr: Expr | None
    key: str | None
    unit: str = ""
    why: str = ""
    falls: bool = False  # 下降, 减少: what is stated is how far the expression's value lies below zero
    rises: bool = False  # 增长, 多, 高: the sentence says that it lies above
    measured: bool = True  # whether a measure word or % stands behind the place, or 百分之 before it
    figure: bool = True  # False: a blank where no figure belongs


def cite(
    passages: Sequence[Passage],
    schema: Schema,
    clock: Clock,
    *,
    regions: Iterable[str] = (),
    city: str = "",
    tags: Mapping[int, Sequence[Tagged]] | None = None,
) -> tuple[Citation, ...]:
    """Every place that cites a number or leaves one open, in the order of the passages.

    What a content control's tag or `{{…}}` names is bound by it; all else by what is said around it.
    """
    binder = binder_of(schema, tuple(regions), city)
    found: list[Citation] = []
    is_plan = False
    heading = ""
    for n, passage in enumerate(passages):
        if _HEADING.match(passage.text):
            is_plan = bool(_PLANS.search(passage.text))
        if _is_heading(passage):
            heading = passage.text.strip()
        found += _of_passage(n, passage, binder, clock, (tags or {}).get(n, ()), is_plan, heading)
    return tuple(found)


def _is_heading(passage: Passage) -> bool:
    """Whether a passage only names what the next ones are about."""
    text = passage.text.strip()
    return (
        0 < len(text) <= _LONGEST_HEADING
        and not passage.heads
        and not re.search("[。；;，,]", text)
        and not spots_of(text)
    )


_PREPARED: dict[tuple[int, tuple[str, ...], str], Binder] = {}
_KEPT = 4  # schemas that are kept prepared


def binder_of(schema: Schema, regions: tuple[str, ...] = (), city: str = "") -> Binder:
    """The figures of a schema by their words, prepared once."""
    at = (id(schema), regions, city)
    known = _PREPARED.get(at)
    if known is None or known.schema is not schema:
        while len(_PREPARED) >= _KEPT:
            _PREPARED.pop(next(iter(_PREPARED)))
        _PREPARED[at] = known = Binder(schema, Words(schema, regions, city))
    return known


def _of_passage(
    n: int, passage: Passage, binder: Binder, clock: Clock, tagged: Sequence[Tagged], is_plan: bool, heading: str
) -> list[Citation]:
    found = [_by_tag(n, passage, t, binder) for t in tagged]
    spots = [s for s in spots_of(passage.text) if not any(t.start < s.until and s.start < t.end for t in tagged)]
    if spots:
        told = list(in_cell(passage, spots, binder, clock) or _told(passage.text, binder, clock, heading))
        kept = {s.start for s in spots}
        found += [_citation(n, passage, f, binder, is_plan) for f in told if f.spot.start in kept]
    return sorted(found, key=lambda c: (c.start, c.end))


def _by_tag(n: int, passage: Passage, tagged: Tagged, binder: Binder) -> Citation:
    """The one citation of a content control, by its tag whatever stands in it."""
    inside = next((s.quantity for s in spots_of(passage.text) if tagged.start <= s.start < tagged.end), None)
    stated = passage.text[tagged.start : tagged.end]
    context = context_of(passage.text, tagged.start, tagged.end)
    blank = Citation(n, tagged.start, tagged.end, passage.where, context, stated, inside, None, None)
    return _tagged(blank, tagged.tag, passage.text, binder)


def _tagged(citation: Citation, tag: str, text: str, binder: Binder) -> Citation:
    try:
        read = tagging.read(tag, binder.schema)
    except QueryError as error:
        return replace(citation, why=str(error))
    way = _way(text, citation.start, binder.words) if _is_change(read.expr) else ""
    falls = way == "降" or (not way and read.falls)
    key = tagging.name(read.expr, read.key, binder.schema, falls=falls) or read.key
    return replace(citation, expr=read.expr, key=key, unit=read.unit, falls=falls, rises=way == "升")


def _way(text: str, start: int, words: Words) -> str:
    """Which way a place's clause says that it goes: 升, 降, or neither."""
    before = max((m.end() for m in _CLAUSE_END.finditer(text, 0, start)), default=0)
    ways = [w.value for w in words.read(text, before, start) if w.facet == RELATION and w.value in ("升", "降")]
    return ways[-1] if ways else ""


def _is_change(expr: Expr) -> bool:
    while isinstance(expr, At):
        expr = expr.of
    return isinstance(expr, Formula) and expr.op in ("growth", "difference")


def _citation(n: int, passage: Passage, found: Found, binder: Binder, is_plan: bool) -> Citation:
    spot = found.spot
    stated = passage.text[spot.start : spot.end]
    context = context_of(passage.text, spot.start, spot.until)
    bare = Citation(
        n,
        spot.start,
        spot.end,
        passage.where,
        context,
        stated,
        spot.quantity,
        None,
        None,
        why=found.why,
        measured=_measured(spot),
    )
    if spot.blank and spot.blank.tag:
        return _tagged(replace(bare, why=""), spot.blank.tag, passage.text, binder)
    if spot.kind == "blank":
        return replace(bare, figure=False)
    if found.expr is None:
        return bare
    if is_plan:
        return replace(bare, why="这一部分说的是下一步的打算，不是已有的数")
    key = found.key or tagging.name(found.expr, found.base, binder.schema, falls=found.falls)
    rises = _is_change(found.expr) and not found.falls
    return replace(bare, expr=found.expr, key=key, unit=found.unit, falls=found.falls, rises=rises)


def _measured(spot: Spot) -> bool:
    """Whether what is put there needs no measure word or sign of its own."""
    bare = spot.until == spot.end and spot.blank is not None and spot.blank.start == spot.start  # no 百分之 before it
    return spot.measure is not None and not (spot.measure == "%" and bare)


def context_of(text: str, start: int, end: int) -> str:
    """The clause that a place stands in.

    >>> context_of("共收到线索311条，已查结236条。", 14, 17)
    '已查结236条'
    """
    before = max((m.end() for m in _CLAUSE_END.finditer(text, 0, start)), default=0)
    after = _CLAUSE_END.search(text, end)
    return text[before : after.start() if after else len(text)].strip()


# ── prose ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _told(text: str, binder: Binder, clock: Clock, heading: str = "") -> Iterator[Found]:
    """What each number of a text under a heading is, in order."""
    discourse = Discourse(binder, clock)
    for clause in clauses_of(heading, binder.words, clock, {}):
        discourse.enter(clause)
    discourse.barred = ""
    clauses = clauses_of(text, binder.words, clock, binder.schema.periods)
    for clause, following in zip(clauses, [*clauses[1:], None], strict=True):
        discourse.ahead = following
        if (whole := discourse.enter(clause)) is not None:
            discourse.remark = _remark(following)
            discourse.following = (
                following.said if following and not following.spots and following.sep in ("，", ",") else ()
            )
            found = list(_numbers(discourse, whole))
            yield from found
            discourse.state(found, compared=is_related(whole, whole.spots[0]))
            discourse.new_sentence = False


def _remark(following: Clause | None) -> str:
    """What a bracket without numbers adds to the number before it: 查结68条（含以前月份收到的线索）."""
    if following is None or "（" not in following.sep.replace("(", "（") or following.spots:
        return ""
    only = not following.said and not following.marks and not following.unknown
    return "" if only or _REFERS.match(following.text) else following.text


def _numbers(told: Discourse, clause: Clause) -> Iterator[Found]:
    first = clause.spots[0]
    if first.kind == "back":
        yield points_back(told, clause, first)
    elif is_related(clause, first):
        yield from relate(told, clause)
    elif (reached := arrived(told, clause, first)) is not None:
        yield reached
    elif len(clause.spots) > 1:
        yield from _several(told, clause)
    elif clause.marked("均") and (each := listed(clause) or _of_group(told, clause)):
        yield from _each(told, clause, [first] * len(each), each)
    elif why := _of_which(told, clause):
        yield Found(first, why=why)
    elif (found := base_of(told, clause, first) or total_of(told, clause, first)) is not None:
        yield found
    elif (sum_ := sum_of(told, clause, first)) is not None:
        yield sum_
    else:
        yield told.tell(clause, first, clause.said)


def _several(told: Discourse, clause: Clause) -> Iterator[Found]:
    """The numbers of a list: each of a word of it, or of a month."""
    spots = clause.spots
    each = dealt(clause, len(spots), told.binder.schema)
    periods = clause.periods if each is None else ()
    if len(periods) == 1 and clause.marked("分别"):
        periods = tuple(months_of(periods[0]))  # 1月至6月分别为…
    if len(periods) == len(spots):
        before = told.frames, told.new_sentence
        for spot, period in zip(spots, periods, strict=True):
            told.frames, told.new_sentence = before
            told.period = told.clock_of((period,))
            yield told.tell(replace(clause, periods=(period,)), spot, clause.said)
        told.period, told.last = None, None
        return
    if each is None and clause.marked("分别") and len(told.run) == len(spots):
        each = _as_before(told, clause)
    if not clause.marked("分别") and any(w.facet == LIST for w in clause.said):
        each = None
    yield from _each(told, clause, spots, each)


def _as_before(told: Discourse, clause: Clause) -> list[tuple[Said, ...]] | None:
    """What is said of each number of a list that goes by the one before it: 媒体反映2条、自查发现19条，分别查结1条、17条."""
    now = {w.facet for w in clause.said}
    all_ = all(w.facet in PLACES for w in clause.said)  # 公安局合格率、优秀率分别为…，法院分别为…
    each = [
        (*(w for w in f.said if not clause.said or ((all_ or narrows(w)) and w.facet not in now)), *clause.said)
        for f in told.run
    ]
    return each if len({frozenset(w.value for w in said) for said in each}) == len(each) else None


def _of_group(told: Discourse, clause: Clause) -> list[tuple[Said, ...]]:
    """What is said of each unit that was listed before: 法院、检察院均已清零，查结率均为100%."""
    if any(w.facet in PLACES for w in clause.said):
        return []
    if told.group or not clause.said or not clause.is_each:
        return [(*clause.said, *unit) for unit in _units(told.group)]
    each = {  # 甲县14条，乙县9条，查结率均为100%
        tuple(w.value for w in f.said if narrows(w)): tuple(w for w in f.said if narrows(w)) for f in told.run
    }
    several = len(each) > 1 and all(each) and not clause.marked("全")
    return [(*clause.said, *words) for words in each.values()] if several else []


def _units(group: Sequence[Said]) -> list[tuple[Said, ...]]:
    """The units of a list, each with its region: 甲县法院、乙县法院."""
    units: list[tuple[Said, ...]] = []
    for word in group:
        if units and all(w.facet != word.facet for w in units[-1]):
            units[-1] = (*units[-1], word)
        else:
            units.append((word,))
    return units if len({len(unit) for unit in units}) == 1 else []  # 甲县、乙县法院: of one, or of both


def _of_which(told: Discourse, clause: Clause) -> str:
    """Why 均 can't be told where several units stand before it, and it is not clear which it is of."""
    open_ = clause.is_each and told.is_of_several and not any(w.facet in PLACES for w in clause.said)
    rate = any(s.measure == "%" for s in clause.spots) and not clause.marked("全")
    before = bool(told.group) or not told.new_sentence
    return "“均”说的是前面哪几个单位，程序认不准" if open_ and rate and before else ""


def _each(
    told: Discourse, clause: Clause, spots: Sequence[Spot], each: Sequence[tuple[object, ...]] | None
) -> Iterator[Found]:
    """The numbers of a list, all read after what stands before the list."""
    if each is None:
        for spot in spots:
            yield Found(spot, why="几个数排在一起，与所列的项对不上")
        told.last = None
        return
    before, ahead = told.frames, told.new_sentence
    found = []
    for spot, said in zip(spots, each, strict=True):
        told.frames, told.new_sentence = before, ahead
        found.append(told.tell(clause, spot, said))  # type: ignore[arg-type]
    yield from found
    told.run = tuple(found) if all(f.expr is not None for f in found) else ()
    if told.frames:
        told.frames = (*told.frames[:-1], replace(told.frames[-1], n_siblings=len(each) + 1))
    told.last = None
