"""What a question asks, taken apart: the ledger, the conditions, what is measured, by what, when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from zhengfa_stats.language.periods import PeriodSaid
from zhengfa_stats.query import By, Expr, In, Not, Or, Where

Form = Literal[
    "number",
    "rows",
    "exists",
    "all",
    "none",
    "reaches",
    "label",
    "those",
    "table",
    "lacking",
    "overview",
    "nth",
    "place",
    "how_many",
    "times",
    "average",
]
Op = Literal["difference", "growth", "decline", "ratio"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that the rows must be: what it is about, the conditions, and the words that said so."""

    slot: str
    where: tuple[Where, ...]
    said: str
    at: int = 0  # the first token
    kind: Literal["unit", "region", "condition", "number"] = "condition"
    is_negated: bool = False
    until: int = 0  # the token after the last
    or_else: tuple[Where, ...] = ()  # what it may mean as well: 90分以下, without 90


@dataclass(frozen=True, slots=True)
class Versus:
    """The other side of a comparison: another period, or other conditions, and whether the sides change places."""

    op: Op
    period: PeriodSaid | None = None
    conditions: tuple[Condition, ...] = ()
    months: Literal["", "year", "before"] = ""  # 同比, 环比
    measure: str = ""  # 人次比人数多多少: what else is counted of the same
    is_swapped: bool = False  # 少多少: the other side less this one
    is_either: bool = False  # 相差多少: the larger less the smaller


@dataclass(frozen=True, slots=True)
class Frame:
    """A question about one ledger; follow-ups replace parts of it."""

    ledger: str
    conditions: tuple[Condition, ...] = ()
    measure: str = ""  # "", rows, persons, acts, or kind and field: mean score
    by: tuple[By, ...] = ()
    period: PeriodSaid | None = None
    versus: Versus | None = None
    share_of: tuple[Condition, ...] | None = None  # the conditions of the whole that a share is of
    share_period: PeriodSaid | None = None  # 占上半年的: the period of the whole, where it is another
    of_all: bool = False  # the whole is said to be all: 占全市
    apart: tuple[Condition, ...] = ()  # those of the conditions that are asked for one by one
    periods: tuple[PeriodSaid, ...] = ()  # those that are asked for one by one: 一季度和二季度的人数
    state_on: PeriodSaid | None = None  # the day by which a state is asked for of what came in within `period`
    per: str = ""  # month, quarter, week, day: the number is spread over the period's
    indicator: str = ""
    form: Form = "number"
    take: int = 0  # how many groups are wanted
    is_least: bool = False
    group: str = ""  # whose place among all is asked for
    side: str = ""  # over, under, at_least, at_most: how `level` is to be reached
    level: float = 0.0
    received: bool = False  # 收到 was said: a period is when the record came in
    is_receipt_carried: bool = False  # it was said in the question before, and not of those alone: 收到几条，办结几条
    dated: str = ""  # the date that the period is of, where the words behind it say so: 5月查结的
    counted_by: str = ""  # the date that is said to be counted by: 按查结日期算
    unit: str = ""  # the measure word that was used


@dataclass(frozen=True, slots=True)
class Asked:
    """What is evaluated, and what of the result is the answer.

    `form` all: whether no row is left that `expr` counts; exists: whether there is one. `take` groups are the
    answer, 0 all as they come, -1 all in the order of their values; `side`, `level` what values are to reach;
    `per` month: values are divided by the period's `n` months; `group` is the one whose place is asked for.
    """

    expr: Expr
    form: Form = "number"
    take: int = 0
    is_least: bool = False
    side: str = ""
    level: float = 0.0
    per: str = ""
    n: float = 0
    group: str = ""


class NotUnderstood(Exception):
    """A question that is not answered: the words in question, why, and what to do."""

    def __init__(self, unknown: Sequence[str], hint: str, choices: Sequence[str] = ()) -> None:
        self.unknown, self.hint, self.choices = tuple(unknown), hint, tuple(choices)
        super().__init__(hint)


def terms_of(where: tuple[Where, ...]) -> tuple[str, ...]:
    match where:
        case (In(_, terms),) | (Not(In(_, terms)),):
            return tuple(t for t in terms if isinstance(t, str))
    return ()


def listed(condition: Condition) -> tuple[str, ...]:
    """The terms that a condition lists."""
    match condition.where:
        case (In(_, terms),) | (Or((In(_, terms), *_)),):
            return tuple(str(t) for t in terms)
    return ()
