"""How many a month: 平均每月收到多少条, 月均, 每周平均; a count of a period divided by its months, quarters, weeks or days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.query import OF_ONE, Clock

SPANS = {"month": "月", "quarter": "季度", "week": "周", "day": "天"}
_MONTHS = {"month": 1, "quarter": 3}
_DAYS = {"day": 1, "week": 7}


def per_span(s: Sentence, frame: Frame) -> Frame:
    """The Frame with the stretch of time that its number is spread over evenly; the word for it is used."""
    found = list(s.free("per_month", "per_quarter", "per_week", "per_day"))
    if not found:
        return frame
    if len(found) > 1:
        raise NotUnderstood([s.tokens[i].text for i in found], "一次只能问一种平均，请分开问")
    s.use(*found)
    (role,) = (r for r in s.tokens[found[0]].roles if r.startswith("per_"))
    return replace(frame, per=role.removeprefix("per_"))


def number_of(per: str, clock: Clock) -> float:
    """How many months, quarters, weeks or days a period has; NotUnderstood where they are not whole months.

    >>> from datetime import date
    >>> number_of("month", Clock(date(2021, 1, 1), date(2021, 6, 30)))
    6
    """
    if per in _DAYS:
        return ((clock.as_of - clock.since).days + 1) / _DAYS[per]
    after = clock.as_of + timedelta(1)
    months = (after.year - clock.since.year) * 12 + after.month - clock.since.month
    if clock.since.day != 1 or after.day != 1 or months % _MONTHS[per] or not months:
        name = SPANS[per]
        raise NotUnderstood([f"每{name}"], f"{say_period(clock)}不是整{name}，得不出每{name}平均；请换一个时段")
    return months // _MONTHS[per]


def check_per(frame: Frame) -> None:
    """Only what adds up over time can be spread over it."""
    adds_up = not frame.measure.startswith((*OF_ONE, "distinct")) and not frame.indicator
    plain = frame.share_of is None and frame.versus is None and frame.form in ("number", "table")
    if frame.per and not (adds_up and plain and not frame.take):
        name = SPANS[frame.per]
        raise NotUnderstood([f"每{name}平均"], f"只有条数、人数、次数这样的数能按{name}平均，请分开问")
