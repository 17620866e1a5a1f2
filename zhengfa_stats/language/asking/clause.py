"""A sentence being read for one ledger: which of its words are used, and what they may mean there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from zhengfa_stats.language.asking.frame import Condition
from zhengfa_stats.language.asking.tokens import Meaning, Token
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Schema

IS = ("是", "为", "在", "定在", "定为", "定", "属于", "属", "写的是", "写着", "填的是", "叫", "于")
OF_SORT = (
    *("类", "类的", "类型", "类型的", "方面", "方面的", "性质", "性质的", "那类", "这类"),
    *("一类", "一类的", "之类", "这一类", "这一块", "情形"),
)  # 群众举报类的线索


@dataclass
class Sentence:
    """The tokens of a question as read for one ledger; what has been understood is in `used`."""

    tokens: Sequence[Token]
    ledger: str
    habits: Habits
    schema: Schema
    words: Words
    used: set[int] = field(default_factory=set)
    score: float = 0.0
    is_evident: bool = False  # some word speaks of this ledger
    city: str = ""  # where the data tell of counties: 市公安局 is then the city's own alone
    is_follow_up: bool = False  # what it does not say, the question before said
    is_doubtful: bool = False  # a word of it has several meanings in this ledger
    clock: Clock | None = None  # the project's own
    as_of: date | None = None  # the cut-off date that lengths of time reach back from
    texts: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)  # all that stands in text columns
    counted_by: str = ""  # the date that is said to be counted by
    is_spoken_of: bool = False  # a verb may speak of it: evidence where the measure word fits as well
    carried: tuple[Condition, ...] = ()  # the conditions of the question before
    apart: list[Condition] = field(default_factory=list)  # 党纪处分和政务处分各多少: each is asked for by itself
    is_share_of_before: bool = False  # 占比多少: of what the question before counted

    def speaks(self) -> bool:
        """Whether a word names this ledger or sets a condition of its own."""
        return any(t.of("noun", self.ledger) or t.of("condition", self.ledger) for t in self.tokens)

    def free(self, *roles: str) -> Iterator[int]:
        """The unused tokens that have one of the roles."""
        wanted = set(roles)
        return (i for i, t in enumerate(self.tokens) if i not in self.used and wanted & t.roles)

    def has(self, i: int, *roles: str) -> bool:
        """Whether there is a token here with one of the roles."""
        return 0 <= i < len(self.tokens) and bool(set(roles) & self.tokens[i].roles)

    def use(self, *places: int) -> None:
        self.used.update(places)

    def skip_idle(self, i: int, *also: str) -> int:
        """The next place from here on whose token is not idle (nor of the roles in `also`)."""
        while i < len(self.tokens) and (self.is_idle(i) or self.has(i, *also)):
            i += 1
        return i

    def is_idle(self, i: int) -> bool:
        token = self.tokens[i]
        return "idle" in token.roles and not self.choices(i)

    def clause_of(self, i: int) -> int:
        """Which clause a token stands in: how many signs stand before it."""
        return sum(a.end < b.start for a, b in pairwise(self.tokens[: i + 1]))

    def use_errands(self) -> None:
        """为起草报告，需要核对一个数据：… the clauses in front that only say what the answer is for."""
        start = 0
        for end in range(1, len(self.tokens) + 1):
            if end < len(self.tokens) and self.tokens[end].start == self.tokens[end - 1].end:
                continue
            if not all(self.has(i, "errand") or self.is_idle(i) for i in range(start, end)):
                return
            if end < len(self.tokens):
                self.use(*(i for i in range(start, end) if self.has(i, "errand")))
            start = end

    def leftovers(self) -> list[Token]:
        """What the question says and this reading has not used."""
        return [t for i, t in enumerate(self.tokens) if i not in self.used and not t.roles & {"idle", "people"}]

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────
    def choices(self, i: int) -> tuple[Meaning, ...]:
        """The conditions that a token may set, the likeliest only; several: it can't be told which."""
        found = self.tokens[i].of("condition", self.ledger)
        found += tuple(m for kind in ("unit", "region") for m in self.tokens[i].of(kind, self.ledger) if self.fits(m))
        found = found or self._values(i)
        if len(found) < 2:
            return found
        top = max(m.weight for m in found)
        best = {(m.slot, m.where, m.value): m for m in found if m.weight == top}
        if len(best) > 1 and (beside := self._slots_beside(i)):
            best = {key: m for key, m in best.items() if m.slot in beside} or best
        if len(best) > 1:
            for slot in self.habits.prefer:
                if chosen := [m for m in best.values() if m.slot == slot]:
                    return tuple(chosen)
        return tuple(best.values())

    def _values(self, i: int) -> tuple[Meaning, ...]:
        """What stands in a text column: behind the column's name, or where the words mean nothing else."""
        found = self.tokens[i].of("value", self.ledger)
        read = {f.reads for f in self.schema.ledgers[self.ledger].fields.values()}  # 职务 has to be named
        if found and not any(m.slot in read for m in found) and self._means_no_more(i):
            return found
        j = i - 1
        while j >= 0 and self.tokens[j].text in IS:
            j -= 1
        named = {m.slot for m in self.tokens[j].of("axis", self.ledger)} if j >= 0 else set()
        return tuple(m for m in found if m.slot in named)

    def _means_no_more(self, i: int) -> bool:
        return not self.tokens[i].roles and all(m.kind == "value" for m in self.tokens[i].meanings)

    def _slots_beside(self, i: int) -> set[str]:
        """The fields of what is joined to this by and, or: 警告或严重警告 is about party discipline."""
        found: set[str] = set()
        for step in (-1, 1):
            j = i + step
            if self.has(j, "and", "or") and 0 <= j + step < len(self.tokens):
                slots = {m.slot for m in self.tokens[j + step].of("condition", self.ledger)}
                found |= slots if len(slots) == 1 else set()
        return found

    def fits(self, meaning: Meaning) -> bool:
        if meaning.kind == "unit":
            return bool(self.habits.unit)
        return "region" in self.schema.ledgers[self.ledger].fields
