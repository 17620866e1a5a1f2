"""The time that is spoken of, carried from clause to clause: a period, one passing mention, what is compared with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhengfa_stats.counting.clocks import clock_of, shift_month
from zhengfa_stats.language.citing.binding import Binder
from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.levels import Found
from zhengfa_stats.language.periods import PeriodSaid, clock_said
from zhengfa_stats.query import At, Clock, Expr, canonical

_SO_FAR = re.compile(r"\s*(?:至此|迄今|至今|到目前)")
_PAUSES = "；;。！!？?\n"


@dataclass
class Times:
    """What is carried of time, at the clock of the project."""

    binder: Binder
    clock: Clock
    period: Clock | None = None  # None: the clock's own
    against: PeriodSaid | Clock | int | None = None  # what the sentence compares with
    barred: str = ""  # why nothing in the sentence is told
    unsure: str = ""  # why this number's time can't be told
    timed_here: bool = False  # whether the clause says its time itself
    contrast: bool = False  # whether this number is only set beside those before it: 去年同期为95人
    _passing: tuple[Clock | None] | None = None  # the period to come back to
    _after_contrast: bool = False

    def time(self, clause: Clause, *, told_before: bool) -> None:
        """Take in what a clause with numbers says of time; `told_before`: a number of the sentence stands before it."""
        before = self.period
        if self._passing is not None:
            self.period, self._passing = self._passing[0], None
        self.unsure, self.contrast = "", False
        own = [p for p in clause.periods if not clause.is_compared(p) and not clause.is_of_share(p)]
        if own and _SO_FAR.match(clause.text):
            own, self.period = [], None
        if own or any(c in _PAUSES for c in clause.sep):
            self._after_contrast = False
        elif self._after_contrast and not (clause.related("升", "降", "占") and not clause.related("至")):
            self.unsure = "前面拿另一时期作比，这里说的是哪一时期没有说清"
        self.timed_here = bool(own)
        if own:
            self._own(clause, own, before, told_before)

    def _own(self, clause: Clause, own: Sequence[PeriodSaid], before: Clock | None, told_before: bool) -> None:
        several = len(own) > 1 and len(own) == len(clause.spots)
        period = None if several else self.clock_of(own)
        if clause.is_from:  # 由去年同期的200条增加到…: for this number only
            self._passing = (self.period,)
        elif told_before and period is not None and period.as_of < self.clock.since and period != before:
            self._passing, self.contrast, self._after_contrast = (self.period,), True, True
        elif told_before and before and not period and _is_now(own) and not clause.marked("共"):
            self.unsure = "前面说的是另一时段，“目前”的数算不算那一时段的没有说清"
        self.period = period

    def clock_of(self, periods: Sequence[PeriodSaid]) -> Clock | None:
        """The one clock that periods mean, None for the project's own; with several, the sentence is barred."""
        clocks = {c for p in periods if (c := within(clock_said(p, self.clock), self.clock)) != self.clock}
        if len(clocks) > 1:
            self.barred = "一句话里说了几个时段，分不清是哪一个"
        return next(iter(clocks), None)

    def timed(self, found: Found) -> Found:
        """The figure at the period that is said."""
        if self.period is None or found.expr is None:
            return found
        if self.period.since > self.clock.as_of:
            return Found(found.spot, why="说的时段晚于截止日，台账里还没有")
        if self.period.since > self.period.as_of:
            return Found(found.spot, why="说的时段早于统计起始日，分不清从哪一天算起")
        if isinstance(found.expr, At):
            if clock_of(found.expr, self.clock) == self.period:
                return found
            return Found(found.spot, why=f"“{found.key}”有自己的统计期，与这里说的时段不同")
        expr = at(found.expr, self.period, self.clock)
        return replace(found, expr=expr, key=self.binder.keys.get(canonical(expr)))


def at(expr: Expr, period: Clock | None, clock: Clock) -> Expr:
    """The expression at a period: an end that is the clock's own stays open, 去年同期 is said as that."""
    if period is None or period == clock:
        return expr
    if period == moved(clock, -12):
        return At(expr, months=-12)
    since = None if period.since == clock.since else period.since
    return At(expr, since, None if period.as_of == clock.as_of else period.as_of)


def moved(clock: Clock, months: int) -> Clock:
    return Clock(shift_month(clock.since, months), shift_month(clock.as_of, months, keep_end=True))


def _is_now(periods: Sequence[PeriodSaid]) -> bool:
    return all(p.since is None and p.as_of is None and not p.months for p in periods)


def within(said: Clock, clock: Clock) -> Clock:
    """A period without what lies after the cut-off date."""
    return replace(said, as_of=clock.as_of) if said.as_of > clock.as_of >= said.since else said
