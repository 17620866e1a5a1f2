"""The grammar of asking: a sentence of tokens, read for one ledger, becomes a Frame; what it can't use stays left over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from zhengfa_stats.language.asking.axes import axes
from zhengfa_stats.language.asking.choosing import check_included, choice, chosen, including
from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.conditions import conditions_of
from zhengfa_stats.language.asking.containing import containing
from zhengfa_stats.language.asking.dates_said import by_own_date, counted_by, dates_said
from zhengfa_stats.language.asking.fields import fields_of
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.language.asking.handling import verbs_not_states
from zhengfa_stats.language.asking.lacking import beside, check_counted, check_states, lacking, of_items
from zhengfa_stats.language.asking.lapse import lapsed
from zhengfa_stats.language.asking.numbers import measured, thresholds, unfilled
from zhengfa_stats.language.asking.per_group import check_average, per_group
from zhengfa_stats.language.asking.per_span import check_per, per_span
from zhengfa_stats.language.asking.ranking import placed
from zhengfa_stats.language.asking.repeated import check_repeated, repeated
from zhengfa_stats.language.asking.setting_beside import multiplied, versus_of
from zhengfa_stats.language.asking.shaping import finer, formed, listed_groups
from zhengfa_stats.language.asking.shares import find_share, shared
from zhengfa_stats.language.asking.timing import by_periods, period_behind, timed
from zhengfa_stats.query import OF_ONE, queries

_SPEED = ("最快", "最慢", "最长", "最久", "最短")


def read_frame(s: Sentence) -> Frame:
    """The Frame of a sentence; NotUnderstood where it has two meanings or contradicts itself."""
    s.use_errands()
    _as_the_ledger_tells(s)
    frame = Frame(s.ledger, indicator=_indicator(s), received=_received(s))
    verbs_not_states(s)
    s.counted_by = counted_by(s)
    held, blanks, dated = containing(s), unfilled(s), dates_said(s)
    frame = replace(frame, counted_by=s.counted_by)
    frame = per_span(s, frame)
    end = chosen(s)
    versus, share_at = None if end else versus_of(s), find_share(s, is_rate=_is_rate(s, frame))
    frame = lacking(s, axes(s, per_group(s, lapsed(s, frame))))
    nouns(s)
    frame = replace(frame, conditions=(*repeated(s), *thresholds(s), *blanks))
    frame = measured(s, frame)
    included = including(s)
    if any(not text for text, _ in included):
        frame = replace(frame, measure="acts")
    conditions = beside(s, (*conditions_of(s), *frame.conditions))
    s.use(*(s.free("both") if len(conditions) > 1 else ()), *_loose_ands(s))
    whole = period_behind(s, share_at)
    conditions = by_own_date(s, (*conditions, *dated, *held))
    frame = timed(s, replace(frame, conditions=conditions, share_period=whole, versus=versus))
    if s.apart:
        s.use(*s.free("apart"))
        frame = replace(frame, apart=tuple(s.apart))
    check_states(frame, s.habits)
    check_counted(s, frame)
    check_repeated(frame, s)
    if end:
        frame = choice(s, frame, end)
    frame = finer(s, listed_groups(s, by_periods(s, frame)))
    if frame.by:
        s.use(*s.free("apart", "sorted"))
    if versus is not None:
        s.use(*(i for i in s.free("percent") if s.tokens[i].text != "率"))
    if not (frame.by or frame.apart or frame.periods):
        s.use(*(i for i in s.free("sum") if s.tokens[i].text[0] in "加合"))
    _field_names(s, frame)
    s.use(*_loose_ands(s))
    if share_at is not None:
        frame = shared(frame, share_at, s)
    s.use(*(i for i in s.free("within_part", "those") if i or s.is_follow_up or not s.has(i, "within_part")))
    if s.is_follow_up or any(c.kind == "unit" for c in conditions):
        s.use(*s.free("whose"))
    check_included(included, frame)
    frame = multiplied(s, of_items(s, placed(formed(s, _by_speed(s, frame)))))
    check_per(frame)
    check_average(frame)
    _check_growth(s, frame)
    if frame.versus is None and frame.form != "overview":
        _check_figures(s)
    return frame


def _check_growth(s: Sentence, frame: Frame) -> None:
    """查结率比法院高百分之几: of a rate, points may be meant as well as per cent."""
    if frame.versus is not None and frame.versus.op in ("growth", "decline") and (_is_rate(s, frame) or frame.share_of):
        raise NotUnderstood(["百分之几"], "率和比例的增减按百分点说；请说“高几个百分点”", ("高几个百分点",))


def _check_figures(s: Sentence) -> None:
    """收到线索数、查结数: two numbers are asked for, and one would be answered."""
    for i, token in enumerate(s.tokens):
        if "and" in token.roles and i and s.tokens[i - 1].text.endswith(("数", "率")) and i + 1 < len(s.tokens):
            for j in range(i + 1, len(s.tokens)):
                if s.tokens[j].start > s.tokens[j - 1].end and j > i + 1:
                    break
                if s.tokens[j].text.endswith(("数", "率")) and not s.apart:
                    said = [s.tokens[i - 1].text, s.tokens[j].text]
                    raise NotUnderstood(said, f"“{'”“'.join(said)}”是两个数，请分开问")


def _is_rate(s: Sentence, frame: Frame) -> bool:
    """查结率是百分之几: what is asked is a rate already, and no share of anything."""
    return bool(frame.indicator) and s.schema.indicators[frame.indicator].unit == "%"


def _loose_ands(s: Sentence) -> Iterator[int]:
    """公安局承办、来源为群众举报的; 收到、尚未查结的: what no list is joined by; the conditions all hold anyway."""
    for i in s.free("and"):
        before = s.tokens[i - 1] if i else None
        if (before and (before.period or before.of("verb", s.ledger) or "by_unit" in before.roles)) or (
            s.tokens[i].text == "、" and 0 < i < len(s.tokens) - 1 and all(_is_told(s, j) for j in (i - 1, i + 1))
        ):
            yield i


def _is_told(s: Sentence, j: int) -> bool:
    return j in s.used or s.is_idle(j)


def _as_the_ledger_tells(s: Sentence) -> None:
    """按花名册算: says which ledger is meant."""
    for i in s.free("by"):
        named = i + 1 < len(s.tokens) and s.tokens[i + 1].of("noun", s.ledger) and not s.choices(i + 1)
        behind = s.skip_idle(i + 2)
        if named and (behind == len(s.tokens) or s.tokens[behind].start > s.tokens[behind - 1].end):
            s.use(i)
            s.score, s.is_evident = s.score + 3, True


def _field_names(s: Sentence, frame: Frame) -> None:
    """查实情况为不属实的: the field's name beside a term of it says no more than the term."""
    slots = {c.slot for c in frame.conditions}
    ledger = s.schema.ledgers[s.ledger]
    slots |= {f for c in frame.conditions for w in c.where for f in fields_of(w, ledger)}
    sorts = {ledger.fields[f].vocabulary for f in slots if f in ledger.fields} - {"", "unit"}
    slots |= {f.id for f in ledger.fields.values() if f.vocabulary in sorts}  # 处置方式是暂存待查
    for i, token in enumerate(s.tokens):
        named = {m.slot for kind in ("axis", "number") for m in token.of(kind, s.ledger)}
        if i not in s.used and named & slots and not s.choices(i):
            s.use(i)


def _asks_days(s: Sentence) -> bool:
    """用了多少天: a number of days is asked for."""
    return any(
        "ask" in a.roles and any(m.slot == s.habits.days for m in b.of("number", s.ledger))
        for a, b in pairwise(s.tokens)
    )


def _by_speed(s: Sentence, frame: Frame) -> Frame:
    """哪家办得最快 is of the mean of the days, where records are closed in days; no count answers it."""
    words = [t.text for t in s.tokens if t.text in _SPEED]
    if not words or frame.measure.startswith(OF_ONE):
        return frame
    last = max(i for i, t in enumerate(s.tokens) if t.text in _SPEED)
    behind = s.skip_idle(last + 1)
    if behind < len(s.tokens) and (
        s.tokens[behind].of("noun", s.ledger) or s.tokens[behind].text in ("那条", "一条", "那件")
    ):
        raise NotUnderstood(words, f"“{words[0]}”的那一条是哪家的，不能这样问；可以问“哪个单位平均办理天数最长”")
    if frame.by and s.habits.days and _asks_days(s):
        raise NotUnderstood(words, f"“{words[0]}”的是多少天、是哪家的，请分开问；可以问“哪个单位平均办理天数最长”")
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
            negated = s.has(i - 1, "not", "removing", "except", "share") and bool(s.choices(i))
            if first.ledger == s.ledger and not negated:
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
        elif token.of("verb", s.ledger) and not s.choices(i) and not token.roles & {"about", "exists"}:
            s.use(i)
            s.score += 1
            s.is_spoken_of = s.habits.verbs_tell
        elif "people" in token.roles:
            s.score += 0.5 if s.ledger == s.words.people_ledger else 0
            s.is_evident |= s.ledger == s.words.people_ledger and "persons" not in token.roles
    if s.habits.about_unit:
        s.use(*s.free("about", "by_unit"))


def _received(s: Sentence) -> bool:
    """Whether the question says that records came in, or names the date on which they did."""
    date = s.schema.ledgers[s.ledger].date
    return any(t.of("verb", s.ledger) or any(m.slot == date for m in t.of("axis", s.ledger)) for t in s.tokens)
