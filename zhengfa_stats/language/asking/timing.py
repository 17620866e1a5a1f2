"""The period of a question: the one that is said, several put together, or what the answer is broken down by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.language.periods import PeriodSaid
from zhengfa_stats.query import By


def period_of(s: Sentence) -> PeriodSaid | None:
    """The one period that is left; two months side by side are one."""
    found = [i for i, t in enumerate(s.tokens) if t.period is not None and i not in s.used]
    s.use(*found)
    said = [p for i in found if (p := s.tokens[i].period) is not None]
    narrow = [p for p in said if p.since or p.as_of or p.months] or said[:1]
    if not narrow:
        return None
    if len(narrow) == 1:
        return narrow[0]
    if len(narrow) == 2 and (both := _together(*narrow) or _until_now(narrow, s)):
        return both
    joints = [j for a, b in pairwise(found) for j in range(a + 1, b) if s.has(j, "and")]
    apart = any(True for _ in s.free("apart", "each")) or any(s.has(i, "most", "least", "more", "less") for i in s.used)
    if (joints or apart) and (joined := _in_a_row(narrow)):
        s.use(*joints)
        return joined
    words = [s.tokens[i].text for i in found]
    raise NotUnderstood(words, f"问题里有两个时段“{'”“'.join(words)}”，不清楚各管什么；请一次只问一个时段")


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


def _in_a_row(said: Sequence[PeriodSaid]) -> PeriodSaid | None:
    """4月和5月各…: whole months, or quarters, that follow one another, as one period."""
    ends = [(p.since, p.as_of) for p in said]
    if any(since is None or as_of is None for since, as_of in ends) or len({_grain(p) for p in said}) > 1:
        return None
    for (_, last), (first, _) in pairwise(ends):
        if last is None or first is None or last + timedelta(1) != first:
            return None
    return replace(said[0], end=said[-1].end, as_of=said[-1].as_of) if _grain(said[0]) else None


def _grain(p: PeriodSaid) -> str:
    """month or quarter, where a period is one."""
    if p.since is None or p.as_of is None or p.since.day != 1 or (p.as_of + timedelta(1)).day != 1:
        return ""
    months = (p.as_of.year - p.since.year) * 12 + p.as_of.month - p.since.month + 1
    return {1: "month", 3: "quarter"}.get(months, "")


def by_periods(s: Sentence, frame: Frame) -> Frame:
    """一季度和二季度各多少: by quarter, where the period was put together of several."""
    said = [t.period for t in s.tokens if t.period is not None and t.period.since and t.period.as_of]
    date = s.schema.ledgers[s.ledger].date
    apart = list(s.free("apart"))
    if len(said) < 2 or frame.versus or frame.by or not apart or not date or _in_a_row(said) is None:
        return frame
    s.use(*apart)
    return replace(frame, by=(By(date, _grain(said[0])),))  # type: ignore[arg-type]


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
