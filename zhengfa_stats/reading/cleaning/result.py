"""What a cleaner gives back for one written value."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, NamedTuple, TypeVar

from zhengfa_stats.records import Level

V = TypeVar("V")


class Span(NamedTuple):
    """A date with its precision: the first and the last day that it may mean (one day: both alike)."""

    first: date
    last: date


class Crew(NamedTuple):
    """The persons a cell names; `others` are known only by number (张三等3人 → one name, two others)."""

    names: tuple[str, ...]
    others: int = 0


class Office(NamedTuple):
    """A unit in two parts: its line (公安局) and its region (甲县; "" where none is said)."""

    unit: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a value could not be read, or is doubtful; texts are Chinese and hold no private value."""

    level: Level
    kind: str
    what: str
    expected: str = ""
    do: str = ""


@dataclass(
    slots=True, unsafe_hash=True
)  # there is one for every distinct cell, and a frozen one takes three times as long
class Cleaned(Generic[V]):
    """A value as stored, the rule that made it differ from what was written, and what is wrong with it.

    value None: blank, a nothing-value, or unreadable (then `fault` says so). `rule` is "" when the stored
    value says the same as what was written (a real date, "2021-03-05", a canonical term).
    """

    value: V | None
    rule: str = ""
    fault: Fault | None = None


class Sure(NamedTuple):
    """Which texts a cleaner takes as they stand, told at a glance: they match whole, and `store` is all that becomes of one."""

    pattern: re.Pattern[str]
    store: Callable[[str], Any] = str
