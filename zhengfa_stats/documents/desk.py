"""What fill and verify ask of a project: its definitions, its clock, and any figure, each counted once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pandas as pd

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.counting.frames import CITY_LEVEL
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.errors import ZhengfaError
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.query import Clock, Expr
from zhengfa_stats.schema import Schema


@dataclass(frozen=True)
class Desk:
    """A project as a document sees it; `whole` is the project's own period, `clock` the one asked for."""

    schema: Schema
    clock: Clock
    whole: Clock
    city: str
    count: Callable[[Expr], Answer]
    figure: Callable[[str], Answer]
    regions_of: Mapping[str, frozenset[str]] = field(default_factory=dict)  # ledger → the regions of its rows
    exhibit: Callable[[str], Any] | None = None  # a chart with its table
    words: Mapping[str, str] = field(default_factory=dict)  # what else a tag may name: 文稿.截至
    _known: dict[Expr, Answer] = field(default_factory=dict, repr=False, compare=False)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that the ledgers name."""
        return tuple(sorted({r for found in self.regions_of.values() for r in found}))

    def regions_in(self, ledger: str) -> frozenset[str]:
        return self.regions_of.get(ledger, frozenset())

    def answer(self, expr: Expr) -> Answer:
        """The Answer of an expression; an indicator's own with what stands in for it."""
        if expr not in self._known:
            key = self._keys().get(expr)
            self._known[expr] = self.figure(key) if key else self.count(expr)
        return self._known[expr]

    def value(self, expr: Expr) -> tuple[float | None, str]:
        """The value of an expression, or why there is none."""
        try:
            answer = self.answer(expr)
            return answer.value, answer.why
        except ZhengfaError as error:
            return None, error.what

    def _keys(self) -> Mapping[Expr, str]:
        return {indicator.of: key for key, indicator in reversed(list(self.schema.indicators.items()))}


def words_of(city: str, clock: Clock) -> dict[str, str]:
    """The words, besides figures, that a tag may name: {{文稿.截至}}."""
    last = clock.as_of
    return {
        "城市": city,
        "截至": chinese_day(last),
        "起始": chinese_day(clock.since),
        "统计期": period_name(clock),
        "年份": f"{last.year}年",
        "年月": f"{last.year}年{last.month}月",
    }


def period_name(clock: Clock) -> str:
    """A period as a document names it.

    >>> from datetime import date
    >>> period_name(Clock(date(2021, 1, 1), date(2021, 6, 30))), period_name(Clock(date(2021, 1, 1), date(2021, 5, 31)))
    ('2021年上半年', '2021年1—5月')
    """
    since, last = clock.since, clock.as_of
    whole_months = since.day == 1 and (last + timedelta(days=1)).day == 1 and since.year == last.year
    if not whole_months:
        return say_period(clock)
    named = {(1, 12): "", (1, 6): "上半年", (7, 12): "下半年"}
    months = f"{since.month}月" if since.month == last.month else f"{since.month}—{last.month}月"
    return f"{since.year}年{named.get((since.month, last.month), months)}"


def regions_of(frames: Mapping[str, pd.DataFrame]) -> dict[str, frozenset[str]]:
    """The regions that each ledger's rows name; rows that name none are the city's own."""
    return {
        id_: frozenset(map(_region, frame["region"].unique())) for id_, frame in frames.items() if "region" in frame
    }


def _region(value: object) -> str:
    return value if isinstance(value, str) and value else CITY_LEVEL
