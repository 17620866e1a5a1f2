"""The periods of a question: the one that is said, several one by one, when it came in and how it stood later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood, listed
from zhengfa_stats.language.periods import PeriodSaid
from zhengfa_stats.numerals import parse
from zhengfa_stats.query import Between, By


def timed(s: Sentence, frame: Frame) -> Frame:
    """The Frame with its period; with several that are asked for one by one; with the day of which a state is asked."""
    found = [i for i, t in enumerate(s.tokens) if t.period is not None and i not in s.used]
    if len(narrow := [i for i in found if _is_narrow(_said(s, i))]) == 2:
        for pair in (narrow, narrow[::-1]):
            if (both := _received_and_state(s, frame, *pair)) is not None:
                s.use(*found)
                return both
    together = _counted_again(s, narrow)
    s.use(*found)
    said = [_said(s, i) for i in found]
    periods = [_said(s, i) for i in narrow] or said[:1]
    if len(periods) < 2:
        dated = _dated(s, frame, narrow[0]) if narrow and not frame.counted_by else ""
        return replace(frame, period=periods[0] if periods else None, dated=dated)
    if len(periods) == 2 and (one := _together(*periods) or _until_now(periods, s)):
        return replace(frame, period=one)
    joints = [j for a, b in pairwise(narrow) for j in range(a + 1, b) if s.has(j, "and")]
    are_joined = all(all(s.has(j, "and") for j in range(a + 1, b)) for a, b in pairwise(narrow))
    apart = any(True for _ in s.free("apart", "each")) or any(s.has(i, "most", "least", "more", "less") for i in s.used)
    exists = together and any(True for _ in s.free("exists", "whether"))
    if (apart or exists or _is_total(s)) and are_joined and (one := _in_a_row(periods)):
        s.use(*joints)
        return replace(frame, period=one)
    if are_joined and not _is_total(s) and not any(p.months for p in periods):
        s.use(*joints, *s.free("apart"))
        return replace(frame, period=periods[0], periods=tuple(periods))
    words = [s.tokens[i].text for i in found]
    raise NotUnderstood(words, f"问题里有两个时段“{'”“'.join(words)}”，不清楚各管什么；请一次只问一个时段")


_AGAIN = re.compile("(?:这|那)?(?P<n>[一二两三四五六]|[1-6])(?:个月|个月份|个季度|季度)(?:里|间|内)?")


def _counted_again(s: Sentence, periods: Sequence[int]) -> bool:
    """3月和4月这两个月, 5月这一个月: as many as are said, said of them once more; the words are used."""
    start = periods[-1] + 1 if periods else len(s.tokens)
    for end in range(start + 4, start, -1):
        said = s.tokens[start:end]
        match = _AGAIN.fullmatch("".join(t.text for t in said))
        if match and len(said) == end - start and (n := parse(match["n"])) and n.value == len(periods):
            s.use(*range(start, end))
            return True
    return False


def _said(s: Sentence, i: int) -> PeriodSaid:
    period = s.tokens[i].period
    assert period is not None
    return period


def _is_narrow(p: PeriodSaid) -> bool:
    return bool(p.since or p.as_of or p.months)


def _is_total(s: Sentence) -> bool:
    return any(t.text in TOTALS or "sum" in t.roles for t in s.tokens)


TOTALS = ("共", "一共", "总共", "共计", "合计", "总计", "累计", "共有", "拢共", "统共", "加起来", "全部")


# ── when it came in, and how it stood ─────────────────────────────────────────────────────────────────────────────


def _received_and_state(s: Sentence, frame: Frame, came: int, stood: int) -> Frame | None:
    """一季度收到的，到5月底办结了几条: came in within the one, closed or not by the other; None for anything else."""
    first, then = _said(s, came), _said(s, stood)
    states = (s.habits.open, s.habits.closed)
    has_state = bool(frame.indicator) or any(c.where in states for c in frame.conditions)
    until = then.since is None and then.as_of is not None and not then.months and (has_state or not then.is_before)
    if first.since is None or first.months or then.as_of is None:
        return None
    if until and s.clock is not None and _is_own(first, s):
        return replace(frame, period=replace(then, is_before=False))
    closed_on = s.habits.dates.get("closed", "")
    if not (closed_on and _tells_receipt(s, came)):
        return None
    if until and has_state and first.since <= then.as_of:
        return replace(frame, period=first, received=True, state_on=then)
    behind = s.skip_idle(stood + 1)
    is_closing = behind < len(s.tokens) and any(m.where == s.habits.closed for m in s.tokens[behind].meanings)
    if then.since and not then.months and is_closing and not frame.indicator:
        closing = (*s.habits.closed, Between(closed_on, then.since, then.as_of))
        said = f"{s.tokens[stood].text}{s.tokens[behind].text}"
        others = tuple(c for c in frame.conditions if c.where != s.habits.closed)
        condition = Condition(f"on {closed_on}", closing, said, stood, until=behind + 1)
        return replace(frame, period=first, received=True, conditions=(*others, condition))
    return None


def _is_own(p: PeriodSaid, s: Sentence) -> bool:
    """今年, 上半年: the project's own period."""
    assert s.clock is not None
    return p.since == s.clock.since and (p.as_of is None or p.as_of >= s.clock.as_of)


def _tells_receipt(s: Sentence, i: int) -> bool:
    """一季度收到的, 一季度的线索: the period is of what comes in."""
    j = i + 1
    while j < len(s.tokens) and (s.is_idle(j) or s.tokens[j].of("unit", s.ledger)) and not _is_verb(s, j):
        j += 1
    return _is_verb(s, j) or (j < len(s.tokens) and bool(s.tokens[j].of("noun", s.ledger)))


def _is_verb(s: Sentence, j: int) -> bool:
    return j < len(s.tokens) and bool(s.tokens[j].of("verb", s.ledger))


def period_behind(s: Sentence, share_at: int | None) -> PeriodSaid | None:
    """二季度的占上半年的多少: the period of the whole, where one stands before 占 and one behind."""
    if share_at is None:
        return None
    said = [i for i, t in enumerate(s.tokens) if t.period is not None and i not in s.used]
    behind = [i for i in said if i > share_at]
    if len(behind) != 1 or len(said) != 2:
        return None
    s.use(behind[0])
    return s.tokens[behind[0]].period


def _dated(s: Sentence, frame: Frame, i: int) -> str:
    """The date that a period is said to be of by the words behind it: 5月查结的, 5月立案的, 5月处理的人中立案的; else ""."""
    dates, closed_on = set(s.habits.dates.values()), s.habits.dates.get("closed", "")
    for j in range(i + 1, len(s.tokens)):
        meanings = s.choices(j)
        if closed_on and any(m.where == s.habits.closed for m in meanings):
            of_sort = any(m.kind == "condition" for k in range(i + 1, j) for m in s.choices(k))
            is_of_records = of_sort and s.tokens[i + 1].text == "的"  # 4月的来信查结了几条
            return s.schema.ledgers[s.ledger].date if is_of_records else closed_on
        if found := [m.slot for m in meanings if m.slot in dates]:
            _check_both(s, j)
            return found[0]
        if s.has(j, "within_part") or _is_verb(s, j) or s.tokens[j].of("noun", s.ledger):
            filed = any(c.slot in dates for c in frame.conditions)
            return s.schema.ledgers[s.ledger].date if filed or _is_of_records(s, frame, i, j) else ""
        if not (s.is_idle(j) or s.has(j, "people", "by_unit", "rows") or meanings):
            return ""
    return ""


def _is_of_records(s: Sentence, frame: Frame, i: int, j: int) -> bool:
    """二季度的线索中查结的, 3月份群众举报的线索查结了几件: the period is said of the records, which came in then."""
    if not s.habits.dates.get("closed") or not any(c.where == s.habits.closed for c in frame.conditions):
        return False
    parted = j + 1 < len(s.tokens) and (s.tokens[j + 1].start > s.tokens[j].end or s.has(j + 1, "within_part"))
    return parted or any(t.text.endswith("的") for t in s.tokens[i + 1 : j])


def _check_both(s: Sentence, j: int) -> None:
    """一季度立案并处理的: of two dates of a record it is not told whether both lie within; NotUnderstood."""
    k = s.skip_idle(j + 1)
    joined = s.has(k, "and", "both") and k + 1 < len(s.tokens)
    if joined and any(m.slot == s.schema.ledgers[s.ledger].date for m in s.tokens[k + 1].of("event", s.ledger)):
        said = "".join(t.text for t in s.tokens[j : k + 2])
        raise NotUnderstood(
            [said], f"“{said}”是两个日期都在这个时段，还是其中一个？请分开写，如“立案日期在…、处理日期在…”"
        )


# ── several ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_a_row(said: Sequence[PeriodSaid]) -> PeriodSaid | None:
    """4月和5月各…: whole months, or quarters, that follow one another, as one period."""
    said = sorted(said, key=lambda p: p.since or date.min)
    ends = [(p.since, p.as_of) for p in said]
    if any(since is None or as_of is None for since, as_of in ends) or len({grain(p) for p in said}) > 1:
        return None
    for (_, last), (first, _) in pairwise(ends):
        if last is None or first is None or last + timedelta(1) != first:
            return None
    return replace(said[0], end=said[-1].end, as_of=said[-1].as_of) if grain(said[0]) else None


def grain(p: PeriodSaid) -> str:
    """month or quarter, where a period is one."""
    if p.since is None or p.as_of is None or p.since.day != 1 or (p.as_of + timedelta(1)).day != 1:
        return ""
    months = (p.as_of.year - p.since.year) * 12 + p.as_of.month - p.since.month + 1
    return {1: "month", 3: "quarter"}.get(months, "")


def by_periods(s: Sentence, frame: Frame) -> Frame:
    """一季度和二季度各多少: by quarter, where the period was put together of several."""
    apart = list(s.free("apart"))
    by = axis_of_periods(s)
    if not apart or frame.versus or by is None or any(b.field == by.field for b in frame.by):
        return frame
    if not any(len(listed(c)) > 1 for c in frame.conditions):
        s.use(*apart)
    return replace(frame, by=(*frame.by, by))


def axis_of_periods(s: Sentence) -> By | None:
    """By month or by quarter, where several that follow one another are said."""
    said = [t.period for t in s.tokens if t.period is not None and t.period.since and t.period.as_of]
    field = s.schema.ledgers[s.ledger].date
    if len(said) < 2 or not field or _in_a_row(said) is None:
        return None
    return By(field, grain(said[0]))  # type: ignore[arg-type]


def _until_now(said: Sequence[PeriodSaid], s: Sentence) -> PeriodSaid | None:
    """今年收到的，截至6月30日…: the cut-off date itself, said beside a period that it ends or lies in."""
    for wide, tight in (said, said[::-1]):
        ends = tight.as_of == s.as_of and tight.since is None and not (tight.months or wide.months)
        if ends and wide.since and wide.as_of and tight.as_of and wide.since <= tight.as_of <= wide.as_of:
            return replace(wide, as_of=tight.as_of)
    return None


def _together(a: PeriodSaid, b: PeriodSaid) -> PeriodSaid | None:
    """今年 … 5月: the narrower of two, where one lies within the other; 截至 with a beginning before it."""
    if a.months or b.months:
        return None
    if a.since and not a.as_of and b.as_of and not b.since:
        return replace(a, as_of=b.as_of) if a.since <= b.as_of else None
    if b.since and not b.as_of and a.as_of and not a.since:
        return replace(b, as_of=a.as_of) if b.since <= a.as_of else None
    for wide, tight in ((a, b), (b, a)):
        begins = wide.since and tight.since and wide.since <= tight.since
        if begins and tight.as_of and (wide.as_of is None or tight.as_of <= wide.as_of):
            return tight
    return None
