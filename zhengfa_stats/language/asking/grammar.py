"""The grammar of asking: a sentence of tokens, read for one ledger, becomes a Frame; what it can't use stays left over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from zhengfa_stats.language.asking.axes import axes
from zhengfa_stats.language.asking.building import fields_of
from zhengfa_stats.language.asking.choosing import check_included, choice, chosen, including
from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.language.asking.lacking import beside, check_counted, check_states, lacking
from zhengfa_stats.language.asking.numbers import measured, thresholds, unfilled
from zhengfa_stats.language.asking.setting_beside import versus_of
from zhengfa_stats.language.asking.shaping import finer, formed, listed_groups
from zhengfa_stats.language.asking.shares import find_share, shared
from zhengfa_stats.language.asking.timing import by_periods, period_behind, period_of
from zhengfa_stats.query import OF_ONE, queries

_SPEED = ("最快", "最慢", "最长", "最久", "最短")


def read_frame(s: Sentence) -> Frame:
    """The Frame of a sentence; NotUnderstood where it has two meanings or contradicts itself."""
    frame = Frame(s.ledger, indicator=_indicator(s), received=_received(s))
    blanks = unfilled(s)
    end = chosen(s)
    versus, share_at = None if end else versus_of(s), find_share(s)
    frame = lacking(s, axes(s, frame))
    nouns(s)
    frame = replace(frame, conditions=(*thresholds(s), *blanks))
    frame = measured(s, frame)
    included = including(s)
    if any(not text for text, _ in included):
        frame = replace(frame, measure="acts")
    conditions = beside(s, (*s.conditions(), *frame.conditions))
    s.use(*s.free("both"), *_loose_ands(s))
    whole = period_behind(s, share_at)
    frame = replace(frame, conditions=conditions, period=period_of(s), share_period=whole, versus=versus)
    if s.apart:
        s.use(*s.free("apart"))
        frame = replace(frame, apart=tuple(s.apart))
    check_states(frame, s.habits)
    check_counted(s, frame)
    if end:
        frame = choice(s, frame, end)
    frame = finer(s, listed_groups(s, by_periods(s, frame)))
    if frame.by:
        s.use(*s.free("apart", "sorted"))
    if versus is not None:
        s.use(*(i for i in s.free("percent") if s.tokens[i].text != "率"))
    _field_names(s, frame)
    if share_at is not None:
        frame = shared(frame, share_at, s)
    s.use(*(i for i in s.free("within_part", "those") if i or s.is_follow_up or not s.has(i, "within_part")))
    if s.is_follow_up or any(c.kind == "unit" for c in conditions):
        s.use(*s.free("whose"))
    check_included(included, frame)
    frame = _by_speed(s, frame)
    return formed(s, frame)


def _loose_ands(s: Sentence) -> Iterator[int]:
    """公安局承办、来源为群众举报的; 收到、尚未查结的: what no list is joined by; the conditions all hold anyway."""
    for i in s.free("and"):
        before = s.tokens[i - 1] if i else None
        if before and (before.period or before.of("verb", s.ledger) or "by_unit" in before.roles):
            yield i


def _field_names(s: Sentence, frame: Frame) -> None:
    """查实情况为不属实的: the field's name beside a term of it says no more than the term."""
    slots = {c.slot for c in frame.conditions}
    slots |= {f for c in frame.conditions for w in c.where for f in fields_of(w, s.schema.ledgers[s.ledger])}
    for i, token in enumerate(s.tokens):
        named = {m.slot for kind in ("axis", "number") for m in token.of(kind, s.ledger)}
        if i not in s.used and named & slots and not s.choices(i):
            s.use(i)


def _by_speed(s: Sentence, frame: Frame) -> Frame:
    """哪家办得最快 is of the mean of the days, where records are closed in days; no count answers it."""
    words = [t.text for t in s.tokens if t.text in _SPEED]
    if not words or frame.measure.startswith(OF_ONE):
        return frame
    others = [c for c in frame.conditions if c.kind != "unit" and c.where != s.habits.closed]
    if s.habits.days and frame.by and frame.take and not frame.measure and not others:
        s.use(*(i for i, t in enumerate(s.tokens) if any(m.slot == s.habits.days for m in t.of("number", s.ledger))))
        s.is_evident |= any(s.habits.days == m.slot for t in s.tokens for m in t.of("number", s.ledger))
        return replace(frame, measure=f"mean {s.habits.days}")
    raise NotUnderstood(words, f"“{words[0]}”比的是平均办理天数，请说成“哪个单位平均办理天数最短”这样")


def _indicator(s: Sentence) -> str:
    """The figure that is named outright, if it is one of this ledger."""
    found: dict[str, int] = {}
    for i, token in enumerate(s.tokens):
        for meaning in token.of("indicator", s.ledger):
            first = next(iter(queries(s.schema.indicators[meaning.value].of)))
            if first.ledger == s.ledger:
                found.setdefault(meaning.value, i)
    if not found:
        return ""
    places = set(found.values())
    if len(found) > 1 and len(places) == 1:
        raise NotUnderstood(
            [s.tokens[places.pop()].text], f"有几个指标都这样说，请写全：{'、'.join(found)}", list(found)
        )
    if len(found) > 1:
        raise NotUnderstood([s.tokens[i].text for i in places], "一次只能问一个指标，请分开问")
    ((key, i),) = found.items()
    s.use(i)
    s.score, s.is_evident = s.score + 5, True
    return key


def nouns(s: Sentence) -> None:
    """The words that only say which ledger is meant, and the people that are counted."""
    for i, token in enumerate(s.tokens):
        if i in s.used:
            continue
        if found := token.of("noun", s.ledger):
            if s.choices(i):
                continue
            s.use(i)
            s.score += max(m.weight for m in found)
            s.is_evident = True
        elif "about" in token.roles and s.habits.about_unit:
            s.is_evident = True
        elif token.of("verb", s.ledger) and not s.choices(i) and not token.roles & {"about"}:
            s.use(i)
            s.score += 1
            s.is_spoken_of = s.habits.verbs_tell
        elif "people" in token.roles:
            s.score += 0.5 if s.ledger == s.words.people_ledger else 0
            s.is_evident |= s.ledger == s.words.people_ledger and "persons" not in token.roles
    if s.habits.about_unit:
        s.use(*s.free("about", "by_unit"))


def _received(s: Sentence) -> bool:
    """Whether the question says that records came in."""
    return any(t.of("verb", s.ledger) for t in s.tokens)
