"""Clocks moved: to another cut-off date, or by whole months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import At, Clock


def clock_of(at: At, clock: Clock) -> Clock:
    """The clock that `at` evaluates its expression at: `since` and `as_of` as given, else moved by `months`.

    QueryError when the period would end before it begins.
    """
    since = at.since or shift_month(clock.since, at.months)
    as_of = at.as_of or shift_month(clock.as_of, at.months, keep_end=True)
    if since > as_of:
        raise QueryError(f"统计期的起始日{since}晚于截止日{as_of}", do="请改正起始日或截止日")
    return Clock(since, as_of)


def shift_month(day: date, months: int, *, keep_end: bool = False) -> date:
    """The same day of another month, its last day where it has no such day.

    `keep_end` is for cut-off dates: the last day of a month becomes the last day of the other.

    >>> shift_month(date(2021, 6, 30), -1), shift_month(date(2021, 6, 30), -1, keep_end=True)
    (datetime.date(2021, 5, 30), datetime.date(2021, 5, 31))
    >>> shift_month(date(2021, 3, 31), -1), shift_month(date(2020, 2, 29), 12)
    (datetime.date(2021, 2, 28), datetime.date(2021, 2, 28))
    """
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    is_end = keep_end and day.day == monthrange(day.year, day.month)[1]
    return date(year, month + 1, last if is_end else min(day.day, last))
