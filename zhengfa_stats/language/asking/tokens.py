"""The words of a question as they are read: each a stretch of it with all that it may mean."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from zhengfa_stats.language.periods import PeriodSaid
from zhengfa_stats.query import Where

MeaningKind = Literal[
    "noun", "verb", "condition", "unit", "region", "axis", "number", "indicator", "private", "value", "event", "holds"
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word may say about one ledger ("": any): the conditions it sets, the field it names, the indicator."""

    kind: MeaningKind
    ledger: str = ""
    slot: str = ""  # what it is about: a later word about the same replaces it or is its alternative
    where: tuple[Where, ...] = ()
    value: str = ""
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the question: a known word, a number, a period, or (known False) what nobody knows."""

    start: int
    end: int
    text: str
    roles: frozenset[str] = frozenset()
    meanings: tuple[Meaning, ...] = ()
    period: PeriodSaid | None = None
    number: Decimal | None = None
    known: bool = True
    refused: str = ""

    def of(self, kind: str, ledger: str) -> tuple[Meaning, ...]:
        """The meanings of a kind that fit a ledger."""
        if not self.meanings:
            return ()
        return tuple(m for m in self.meanings if m.kind == kind and m.ledger in ("", ledger))
