"""A text → its clauses: the numbers and blanks in each, the words around them, and the periods that are said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from zhengfa_stats.counting.clocks import shift_month
from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.refining import (
    as_part,
    of_which,
    with_attributes,
    with_goals,
    with_handlers,
    with_predicates,
    with_rate,
    without_idle,
)
from zhengfa_stats.language.citing.spots import Spot, spots_of
from zhengfa_stats.language.citing.ways import are_changes
from zhengfa_stats.language.citing.words import MARK, REGION, RELATION, UNIT, Said, Sense, Words, citing
from zhengfa_stats.language.periods import PeriodSaid, find_periods
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Period

_CUT = re.compile(r"[，,；;。！!？?：:（）()\n]|——|\s{2,}")
_JOINT = re.compile(r"\s*(?:[、/]|和|及|与|以及|,|，)\s*")
_LIST = re.compile(r"\s*(?:、|和|及|与|以及)?\s*")
_PLACE_OF = re.compile(
    r"在[^，。；、：\d*]{1,24}?(?:平台|网站|基地|学院|党校|系统|网络|课堂|讲堂|礼堂|会议室|广场|现场|纪念馆|报告厅)(?:上|内|里)?"
)
_CLOSED = re.compile(
    r"(?:[局院委队所县区乡镇站科室处办庭厅部会案]|街道|中心|监狱|公司|学校|系统|行业|领域|地区|期间|专项|行动|斗争|问题|活动中|工作中|过程中)$"
)
_NEAR = 6  # characters in which a word begins that a period belongs to
_LEFT_OVER = re.compile("(?:上年|去年)(?=结转|转下来|遗留|未结)")  # a word, and no period
_MONTHS = re.compile(r"(?:\d{1,2}(?:月份?)?[、和]){1,5}\d{1,2}(?:月份|月(?!\d)|[二两三四五六]个月)(?!底|末|初)")
_COMPARES = re.compile(r"(?:比|较|与|同|跟|超过|高于|低于|[去上前]年.{0,4})\s*$")
_CHANGES = re.compile(r"[^，。；！？]{0,12}?(?:相比|相较|增|减|升|降|高|低|多|少|持平|水平)")
_OF_ALL = re.compile("分别|依次|共|合计|均|都|各")
_RISES = re.compile("(?:增加|增长|上升|提高|提升|升高|下降|降低|减少|回落|攀升|跃升|增|升|降|减|上涨)了?$")
_AMONG = re.compile(r"(?:[当之其]?中|里[面头]?)\s*$")
_LEVEL = re.compile("持平|相当|一致|相同|不变")
_SHARE_OF = re.compile("[^，。；：、]{0,10}的(?:比例|比重)?(?:约?为|达到?|是)?|[^，。；：、]{0,10}的")


def clauses_of(text: str, words: Words, clock: Clock, named: Mapping[str, Period]) -> list[Clause]:
    """The clauses of a text; one with several numbers that are no list is parted between them."""
    spots, periods = spots_of(text), list(find_periods(_LEFT_OVER.sub("  ", text), clock, named))
    for months in _MONTHS.finditer(text):
        spots = [s for s in spots if not months.start() <= s.start < months.end()]
        periods = [p for p in periods if not months.start() <= p.start < months.end()]
        periods += _each_month(months, clock)
    periods = _with_cut_offs([_without_goal(p, text, clock, named) for p in periods], text)
    periods = _with_this_year(sorted(periods, key=lambda p: p.start), text)
    periods = [p for p in periods if not _is_of_now(p, text)]
    found: list[Clause] = []
    for start, end, sep, depth in _stretches(text, spots):
        here = [s for s in spots if start <= s.start < end]
        beside = [s for s in here if _is_apposition(text, words, start, s)]
        own = [s for s in here if s not in beside]
        parts: list[Clause] = []
        for a, b, cut, some in _parted(text, words, (start, end, sep), own):
            skip = [(s.start, s.until) for s in (*some, *beside)]
            within = [_left_over(text, words, p) for p in periods if a <= p.start < b]
            parts.append(_clause(text, words, (a, b, cut, depth), some, within, skip))
        found += _with_shared(parts)
    return [*found[:1], *(_as_part_of(one, then) for one, then in pairwise(found))]


def _as_part_of(one: Clause, then: Clause) -> Clause:
    """21名科级干部里，有班子成员6名: what follows is a part of it."""
    opens = bool(one.spots) and bool(_AMONG.search(one.text)) and then.sep in ("，", ",")
    if not opens or _is_state(one) or then.marked("其中"):
        return then
    return replace(then, marks=(*then.marks, Said(then.start, then.start, "其中", (Sense(MARK, "其中"),))))


def _is_state(clause: Clause) -> bool:
    """15条仍在核查之中: what ends with 中 says how far they are."""
    last = clause.said[-1] if clause.said else None
    return (
        last is not None
        and last.facet == "做"
        and bool(re.fullmatch(r"\S{0,2}", clause.text[last.end - clause.start :]))
    )


def _each_month(months: re.Match[str], clock: Clock) -> list[PeriodSaid]:
    """4、5、6三个月: a period each."""
    found = []
    for number in re.finditer(r"\d+(?!个)(?:月份?)?", months[0]):
        start, end = months.start() + number.start(), months.start() + number.end()
        found += [
            replace(p, start=start, end=end)
            for p in find_periods(f"{int(re.sub('月份?', '', number[0]))}月", clock, {})
        ]
    return [*found[:-1], replace(found[-1], end=months.end())] if found else []


def _with_shared(parts: list[Clause]) -> list[Clause]:
    """12名科级干部、73名一般干警受到处理: what is done to all stands after the last."""
    if (
        len(parts) < 2
        or any(p.sep != "、" for p in parts[1:])
        or any(p.said and p.said[0].start < p.spots[0].start for p in parts)
    ):
        return parts
    shared = tuple(w for w in parts[-1].said if w.facet == "做" and w.start >= parts[-1].spots[-1].until)
    if not shared or any(w.facet == "做" for p in parts[:-1] for w in p.said):
        return parts
    return [*(replace(p, said=p.said + shared) for p in parts[:-1]), parts[-1]]


def _without_goal(period: PeriodSaid, text: str, clock: Clock, named: Mapping[str, Period]) -> PeriodSaid:
    """增加到二季度的12次: 到 is the verb's, and not 截至."""
    if text[period.start] not in "到至" or not _RISES.search(text, 0, period.start):
        return period
    bare = find_periods(text[period.start + 1 : period.end], clock, named)
    return replace(bare[0], start=period.start, end=period.end) if len(bare) == 1 else period


def _with_cut_offs(periods: Sequence[PeriodSaid], text: str) -> list[PeriodSaid]:
    """截至3月31日、6月30日: the second day is one up to which is counted, as the first."""
    found: list[PeriodSaid] = []
    for period in sorted(periods, key=lambda p: p.start):
        before = found[-1] if found else None
        joined_ = before is not None and re.fullmatch(r"[、和及与]", text[before.end : period.start])
        up_to = (
            joined_
            and before is not None
            and before.since is None
            and before.as_of is not None
            and period.since == period.as_of
        )
        found.append(replace(period, since=None) if up_to else period)
    return found


def _with_this_year(periods: Sequence[PeriodSaid], text: str) -> list[PeriodSaid]:
    """去年5月…，今年同期…: the months of the period before it, a year later."""
    found: list[PeriodSaid] = []
    for period in periods:
        before = found[-1] if found else None
        if period.months == -12 and text[: period.start].endswith(("今年", "本年")) and before:
            this = found.pop()
            of = found[-1] if found else None
            moved = [shift_month(d, 12, keep_end=keep) if d else None for d, keep in _ends(of)]
            period = replace(period, start=this.start, since=moved[0], as_of=moved[1], months=0)
        found.append(period)
    return found


def _is_of_now(period: PeriodSaid, text: str) -> bool:
    """Whether 同期 alone is the period in force: 上半年收到…；同期开展…"""
    alone = text[period.start : period.end] == "同期" and period.months == -12
    return alone and not _COMPARES.search(text, 0, period.start) and not _CHANGES.match(text, period.end)


def _ends(period: PeriodSaid | None) -> tuple[tuple[date | None, bool], tuple[date | None, bool]]:
    since, as_of = (period.since, period.as_of) if period else (None, None)
    return (since, False), (as_of, True)


def _left_over(text: str, words: Words, period: PeriodSaid) -> PeriodSaid:
    """上月转下来的线索: left over at the beginning of the period after it."""
    following = words.read(text, period.end, min(period.end + _NEAR, len(text)))
    if not following or following[0].start != period.end or not following[0].has("做", "上期结转"):
        return period
    return replace(period, since=period.as_of + timedelta(days=1), as_of=None) if period.as_of else period


def _is_apposition(text: str, words: Words, start: int, spot: Spot) -> bool:
    """公安局、法院、检察院三家单位分别…: the number only counts the units that are listed before it."""
    counts = spot.kind == "back" or spot.measure in ("部门", "单位") or re.match("单位|部门|机关", text[spot.until :])
    if spot.quantity is None or not counts or not _OF_ALL.search(text[spot.until : spot.until + 8]):
        return False
    read = words.read(text, start, spot.start)
    listed = [{w.value for w in read if w.facet == facet} for facet in (UNIT, REGION)]
    return any(len(places) == spot.quantity.value > 1 for places in listed)


def _stretches(text: str, spots: Sequence[Spot]) -> Iterator[tuple[int, int, str, int]]:
    start, sep, depth = 0, "。", 0
    for cut in _CUT.finditer(text):
        if any(s.start <= cut.start() < s.until for s in spots) or _in_list(text, spots, cut):
            continue
        if cut[0] in "：:" and any(s.start == cut.end() for s in spots):
            continue  # 已查结：236条
        if cut.start() > start:
            yield start, cut.start(), sep, depth
            sep = ""
        depth += (cut[0] in "（(") - (cut[0] in "）)" and depth > 0)
        sep = _graver(sep, cut[0])
        start = cut.end()
    if start < len(text):
        yield start, len(text), sep, depth


def _graver(a: str, b: str) -> str:
    order = "（(）)，,：:；;。！!？?\n"
    b = b if b in order else "。"
    return b if not a or order.index(b) >= order.index(a) else a


def _in_list(text: str, spots: Sequence[Spot], cut: re.Match[str]) -> bool:
    """Whether a comma only stands between the numbers of a list: 分别为100条，80条."""
    if cut[0] not in "，,":
        return False
    before = next((s for s in reversed(spots) if s.until <= cut.start()), None)
    after = next((s for s in spots if s.start >= cut.end()), None)
    if before is None or after is None or before.until != cut.start():
        return False
    if after.start != cut.end():
        dealt = _alike(before, after) or "分别" in re.split("[。；;！？\n]", text[: before.start])[-1]
        return dealt and are_changes(text, before, after)
    clause = re.split("[。；;！？\n]", text[: before.start])[-1]
    return "分别" in clause or "依次" in clause


def _parted(
    text: str, words: Words, at: tuple[int, int, str], spots: Sequence[Spot]
) -> Iterator[tuple[int, int, str, list[Spot]]]:
    """The stretch between two cuts, parted so that each part has one number, or one list of numbers."""
    start, end, sep = at
    groups: list[list[Spot]] = []
    for spot in spots:
        if groups and _goes_with(text, start, groups[-1][-1], spot):
            groups[-1].append(spot)
        else:
            groups.append([spot])
    for one, following in pairwise(groups):
        cut = _between(text, words, start, one, following[0])
        yield start, cut, sep, one
        sep = "、" if text[cut : cut + 1] == "、" else "，"
        start = cut
    yield start, end, sep, groups[-1] if groups else []


def _goes_with(text: str, start: int, one: Spot, other: Spot) -> bool:
    """Whether two numbers stand in one list, or are a whole's own number and the share of it."""
    if _JOINT.fullmatch(text, one.until, other.start):
        return _alike(one, other)
    between = text[one.until : other.start]
    if one.measure != "%" == other.measure and "占" in text[start : one.start]:
        return bool(_SHARE_OF.fullmatch(between))
    return are_changes(text, one, other) and (_alike(one, other) or "分别" in text[start : one.start])


def _alike(one: Spot, other: Spot) -> bool:
    return None in (one.measure, other.measure) or one.measure == other.measure


def _between(text: str, words: Words, start: int, one: Sequence[Spot], following: Spot) -> int:
    """Where the words for one number end and those for the next begin."""
    a, b = one[-1].until, following.start
    if one[-1].kind == "duration":
        return a  # 短短20天就收到来稿134篇
    leads = not any(w.senses for w in words.read(text, start, one[0].start) if w.facet not in (MARK, RELATION))
    if (comma := text.rfind("、", a, b)) >= 0:
        return comma if leads else text.find("、", a, b)
    things = [w for w in words.read(text, a, b) if w.facet in ("物", "人")]
    return things[0].end if things and (leads or things[0].start == a) else a


def _clause(
    text: str,
    words: Words,
    at: tuple[int, int, str, int],
    spots: Sequence[Spot],
    periods: Sequence[PeriodSaid],
    skip: Sequence[tuple[int, int]],
) -> Clause:
    start, end, sep, depth = at
    found = words.read(text, start, end, [*skip, *((p.start, p.end) for p in periods)])
    for spot in spots:  # 六部门: the measure word is what is counted
        found += words.read(text, spot.end, spot.until) if spot.measure in ("部门", "单位") else []
    found = _with_office(found, spots)
    found.sort(key=lambda w: w.start)
    found = with_attributes(with_handlers(without_idle(found, spots, text), text), spots, words.citing)
    for away in _PLACE_OF.finditer(text, start, end):
        found = [
            w for w in found if not (away.start() <= w.start < away.end() and (w.senses is None or w.value == "别的物"))
        ]
    meaning = [w for w in found if w.senses and w.facet not in (MARK, RELATION)]
    found = [as_part(w, meaning) for w in found] + of_which(text, spots)
    found = with_goals(with_predicates(with_rate(found, spots), spots), periods, text)
    meaning = [w for w in found if w.senses and w.facet not in (MARK, RELATION)]
    unknown = [w for w in found if w.senses is None and _matters(w, meaning, spots, text)]
    if any(w.facet == MARK and w.text in citing().rest for w in found):
        unknown = [w for w in unknown if w.start < spots[0].start or _CLOSED.search(w.text)]  # 其余2条案情复杂
    return Clause(
        start,
        end,
        sep,
        depth,
        tuple(spots),
        tuple(meaning),
        tuple(w for w in found if w.facet == MARK),
        tuple(w for w in found if w.facet == RELATION),
        tuple(unknown),
        tuple(w for w in found if w.senses is None),
        tuple(periods),
        text[start:end],
    )


def _with_office(found: list[Said], spots: Sequence[Spot]) -> list[Said]:
    """司法22人: the short name of a unit right before its number."""
    short, at = citing().short, spots[0].start if spots else -1
    return [
        replace(w, senses=(Sense(UNIT, short[w.text]),)) if w.end == at and len(w.text) > 1 and w.text in short else w
        for w in found
    ]


def joined(first: Clause | None, then: Clause) -> Clause:
    """Two clauses without numbers as one, or one without numbers with the one that it leads to."""
    if first is None:
        return then
    sep = first.sep if first.sep else then.sep
    periods = [p for p in first.periods if then.related("升", "降") or not first.changed_since(p)]
    if _LEVEL.search(first.text):
        periods = [p for p in periods if not first.is_compared(p)]  # 与去年同期持平；科级干部31人
    if then.depth and then.periods and not then.spots and not then.said:
        periods = []  # 本周（6月14日至20日）
    return replace(
        then,
        sep=_graver(first.sep, then.sep) if first.sep and then.sep else sep,
        marks=first.marks + then.marks,
        relations=tuple(r for r in first.relations if r.value not in ("升", "降")) + then.relations,
        periods=(*periods, *then.periods),
        versus=(*first.versus, *then.versus, *(p for p in first.periods if first.is_compared(p))),
    )


def _matters(word: Said, meaning: Sequence[Said], spots: Sequence[Spot], text: str) -> bool:
    """Whether a stretch that is not known may change what is counted: whatever stands before the number may."""
    if not spots or word.start < spots[-1].start:
        return bool(spots)
    return not _follows(word, meaning, spots) or bool(_CLOSED.search(word.text))


def _follows(word: Said, meaning: Sequence[Said], spots: Sequence[Spot]) -> bool:
    """Whether a stretch only tells more of a thing that was named and counted before it."""
    before = any(w.end <= spots[0].start and w.facet != "做" for w in meaning)
    return before and not any(w.start >= word.end for w in meaning)
