"""A sentence being read for one ledger: which words are used, and the conditions that they set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from zhengfa_stats.counting.frames import CITY_LEVEL
from zhengfa_stats.language.asking.frame import Condition, NotUnderstood, terms_of
from zhengfa_stats.language.asking.reading import Meaning, Token
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.query import And, In, Not, Or, Where
from zhengfa_stats.reading.cleaning.units import names_city
from zhengfa_stats.schema import Schema

_OF_SORT = (
    "类",
    "类的",
    "类型",
    "类型的",
    "方面",
    "方面的",
    "性质",
    "性质的",
    "那类",
    "这类",
    "一类",
    "一类的",
    "之类",
    "这一类",
    "这一块",
    "情形",
)


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
    as_of: date | None = None  # the cut-off date that lengths of time reach back from
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

    def leftovers(self) -> list[Token]:
        """What the question says and this reading has not used."""
        return [t for i, t in enumerate(self.tokens) if i not in self.used and not t.roles & {"idle", "people"}]

    # ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────
    def choices(self, i: int) -> tuple[Meaning, ...]:
        """The conditions that a token may set, the likeliest only; several: it can't be told which."""
        found = self.tokens[i].of("condition", self.ledger)
        found += tuple(m for kind in ("unit", "region") for m in self.tokens[i].of(kind, self.ledger) if self._fits(m))
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

    def _slots_beside(self, i: int) -> set[str]:
        """The fields of what is joined to this by and, or: 警告或严重警告 is about party discipline."""
        found: set[str] = set()
        for step in (-1, 1):
            j = i + step
            if self.has(j, "and", "or") and 0 <= j + step < len(self.tokens):
                slots = {m.slot for m in self.tokens[j + step].of("condition", self.ledger)}
                found |= slots if len(slots) == 1 else set()
        return found

    def _fits(self, meaning: Meaning) -> bool:
        if meaning.kind == "unit":
            return bool(self.habits.unit)
        return "region" in self.schema.ledgers[self.ledger].fields

    def conditions(self, start: int = 0, end: int | None = None) -> tuple[Condition, ...]:
        """The conditions that the unused tokens set, joined where they stand side by side."""
        found: list[Condition] = []
        for i in range(start, len(self.tokens) if end is None else end):
            if i in self.used or not (meanings := self.choices(i)):
                continue
            if "axis" in self.tokens[i].roles and "idle" in self.tokens[i].roles:
                continue
            found.append(self._condition(i, meanings))
        return tuple(self._coordinated(found))

    def _condition(self, i: int, meanings: tuple[Meaning, ...]) -> Condition:
        token = self.tokens[i]
        if len(meanings) > 1:
            self.is_evident |= any(m.slot not in self.habits.weak for m in meanings)
            self.is_doubtful = True
            names = [self._named(m, token.text) for m in meanings]
            raise NotUnderstood([token.text], f"“{token.text}”有几种意思，请说明是哪一种：{'；'.join(names)}", names)
        meaning = meanings[0]
        self.use(i)
        self.score += meaning.weight
        kind: Literal["unit", "region", "condition"] = "condition"
        match meaning.kind:
            case "unit":
                kind, (slot, where) = "unit", self._unit(i, meaning.value)
            case "region":
                kind, slot, where = "region", "region", (In("region", (meaning.value,)),)
            case _:
                slot, where = meaning.slot, meaning.where
                self.is_evident |= slot not in self.habits.weak and token.text not in self.habits.borrowed
        end = i + 1
        if end < len(self.tokens) and self.tokens[end].text in _OF_SORT and end not in self.used:
            self.use(end)
        if meaning.kind == "condition" and (upward := self._upward(i, meaning)):
            where, end = upward, i + 2
        first, negated = self._negation(i)
        if negated and token.text.startswith(("没", "未")):
            said = f"{self.tokens[first].text}{token.text}"
            raise NotUnderstood([said], f"“{said}”有两重否定，请换一种说法")
        if negated:
            where = self._negated(where)
        return Condition(slot, where, token.text, first, kind, negated, end)

    def _upward(self, i: int, meaning: Meaning) -> tuple[Where, ...]:
        """科级以上, 记过以上: the term and those that outrank it, in a vocabulary that is a scale."""
        if not (i + 1 < len(self.tokens) and self.tokens[i + 1].text in ("以上", "及以上", "或以上", "以上的")):
            return ()
        fields = self.schema.ledgers[self.ledger].fields
        vocabulary = self.schema.vocabulary_of(self.ledger, meaning.slot) if meaning.slot in fields else None
        match meaning.where:
            case (In(name, (str(term),)),) if vocabulary and vocabulary.by_name[term].parent == "":
                tops = [t.name for t in vocabulary.terms if not t.parent]
                kin = [f for f in fields.values() if f.vocabulary == vocabulary.id]
                falling, rising = any(f.highest for f in kin), any(f.heaviest for f in kin)
                if falling or rising:
                    self.use(i + 1)
                    at = tops.index(term)
                    return (In(name, tuple(tops[: at + 1] if falling else tops[at:])),)
        return ()

    def _named(self, meaning: Meaning, text: str) -> str:
        """A meaning as one would say it: 党纪处分的警告."""
        fields = self.schema.ledgers[self.ledger].fields
        name = fields[meaning.slot].name if meaning.slot in fields else ""
        return f"{name}为{text}" if name else text

    def _unit(self, i: int, value: str) -> tuple[str, tuple[Where, ...]]:
        """Which unit field is meant: who handles it, or whom it is about."""
        field_id = self.habits.unit
        behind = self.skip_idle(i + 1)
        if self.has(behind, "handed"):
            said = f"{self.tokens[i].text}{self.tokens[behind].text}"
            raise NotUnderstood(
                [said], f"“{said}”：台账登记由谁承办，不登记由哪个单位转来；可以按来源问，如“部门移送的线索”"
            )
        if self.habits.about_unit:
            before = [j for j in range(max(0, i - 2), i) if self.has(j, "about")]
            behind = self.skip_idle(i + 1)
            person = behind < len(self.tokens) and self.has(behind, "people")
            after = [j for j in range(behind, min(behind + 4, len(self.tokens))) if self.has(j, "about")]
            if before or (person and after):
                self.use(*before, *after)
                field_id = self.habits.about_unit
        units = tuple(value.split("、"))  # 法检两院
        one: Where = In(field_id, units)
        if self.habits.also_unit:
            one = Or((one, In(self.habits.also_unit, units)))
        if self.city and self._fits(Meaning("region")) and names_city(self.tokens[i].text, self.city):
            return field_id, (one, In("region", (CITY_LEVEL,)))
        return field_id, (one,)

    # ── not ──────────────────────────────────────────────────────────────────────────────────────────────────────
    def _negation(self, i: int) -> tuple[int, bool]:
        """Where the condition at i begins with what negates it: 没有…, 除…外."""
        j = i - 1
        while j >= 0 and self.tokens[j].roles & {"idle", "people", "only"} and not self.has(j, "not"):
            j -= 1
        if j >= 0 and j not in self.used and self.has(j, "not"):
            self.use(j)
            return j, True
        after = self._end_of_list(i)
        if after < len(self.tokens) and self.has(after, "except_end"):
            opened = [k for k in range(j + 1) if self.has(k, "except") and not self._is_closed(k, j + 1)]
            bare = self.tokens[after].text in ("除外", "以外", "之外", "以外的", "之外的")
            if opened or bare or (self._closes(after) and self.has(after, "shut")):
                self.use(after, *opened[-1:])
                return (opened or [i])[-1], True
        return i, j >= 0 and self._is_in_exception(i)

    def _is_closed(self, k: int, stop: int) -> bool:
        """Whether 除 has found its 外 already before a place."""
        return k in self.used and any(self.has(m, "except_end") and m in self.used for m in range(k, stop))

    def _closes(self, i: int) -> bool:
        """Whether a clause ends behind this token."""
        return i + 1 == len(self.tokens) or self.tokens[i + 1].start > self.tokens[i].end

    def _end_of_list(self, i: int) -> int:
        """The place after a list of terms that begins here: 公安局和法院."""
        j = i + 1
        while j < len(self.tokens):
            if (
                self.choices(j)
                or self.has(j, "and", "or", "people")
                or self.tokens[j].of("noun", self.ledger)
                or (self.is_idle(j) and not self.has(j, "except_end"))
            ):
                j += 1
            else:
                break
        return j

    def _is_in_exception(self, i: int) -> bool:
        """Whether 除 stands open before and 外 has been found by an earlier member of the list."""
        for k in range(i - 1, -1, -1):
            if self.has(k, "except") and k in self.used:
                closed = [m for m in range(k, len(self.tokens)) if self.has(m, "except_end") and m in self.used]
                return bool(closed) and closed[0] > i
        return False

    def _negated(self, where: tuple[Where, ...]) -> tuple[Where, ...]:
        """The opposite: 没办结 is what is under way, 不合格 is tested and not passed, 没参加 was expected."""
        if where == self.habits.closed and self.habits.open:
            return self.habits.open
        if where == self.habits.open and self.habits.closed:
            return self.habits.closed
        if where == self.habits.usual and self.habits.absent:
            return (*self.habits.absent, Not(where[0]))
        *given, last = where
        return (*given, Not(last))

    # ── and, or ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _coordinated(self, found: list[Condition]) -> Iterator[Condition]:
        """Terms of one field side by side are alternatives; of different fields, conditions that all hold."""
        done: list[Condition] = []
        for condition in found:
            last = done[-1] if done else None
            joint = self._joint(last, condition) if last else ""
            if last and joint and (both := self._both(last, condition, joint)):
                done[-1] = both
            else:
                done.append(condition)
        self._check_slots(done)
        self._attributes()
        yield from done

    def _attributes(self) -> None:
        """公安局承办的、反映经商办企业的线索: 的、 only parts what all is said of the same."""
        self.use(
            *(
                j
                for j in self.free("and")
                if self.tokens[j].text == "、" and j and self.tokens[j - 1].text.endswith("的")
            )
        )

    def _joint(self, a: Condition, b: Condition) -> str:
        """How two conditions are joined: or, and, side (nothing between), "" (apart)."""
        between = range(a.until, b.at if b.at >= a.until else b.until - 1)
        kinds = {r for j in between for r in self.tokens[j].roles & {"or", "and", "both"}}
        if any(j in self.used and not self.tokens[j].roles & {"or", "and", "both", "idle"} for j in between):
            return ""
        said_both = self._said_both(a)
        joiners = [j for j in between if self.tokens[j].roles & {"or", "and", "both"}]
        others = [j for j in between if j not in joiners and not self.tokens[j].roles & {"idle", "people", "only"}]
        others = [j for j in others if not self.tokens[j].of("noun", self.ledger)]
        if others:
            return ""
        self.use(*joiners)
        if "or" in kinds:
            return "or"
        if "both" in kinds or said_both:
            return "both"
        return "and" if kinds else "side" if not len(between) else ""

    def _said_both(self, a: Condition) -> bool:
        before = [j for j in range(max(0, a.at - 2), a.at) if self.has(j, "both")]
        self.use(*before)
        return bool(before)

    def _both(self, a: Condition, b: Condition, joint: str) -> Condition | None:
        if a.slot == b.slot and a.is_negated == b.is_negated and joint != "both" and (one := _merged(a, b)):
            return Condition(a.slot, one, f"{a.said}、{b.said}", a.at, a.kind, a.is_negated, b.until)
        if joint == "or":
            either = Or((_one(a.where), _one(b.where)))
            return Condition(f"{a.slot}|{b.slot}", (either,), f"{a.said}或{b.said}", a.at, "condition", False, b.until)
        if joint == "and" and a.kind == b.kind == "condition" and any(True for _ in self.free("apart")):
            self.apart += [c for c in (a, b) if c not in self.apart]
            return None
        if joint == "and" and a.kind == b.kind == "condition" and a.is_negated == b.is_negated:
            said = f"{a.said}和{b.said}"
            choices = (f"{a.said}或者{b.said}", f"既{a.said}又{b.said}")
            raise NotUnderstood([said], f"“{said}”是两样都有，还是有一样就算？请说“{'”或“'.join(choices)}”", choices)
        return None

    def _check_slots(self, found: list[Condition]) -> None:
        """Two conditions about one thing that are not joined can't both be meant, unless one is a part of the other."""
        for i, a in enumerate(found):
            for b in found[i + 1 :]:
                within = set(a.where) <= set(b.where) or set(b.where) <= set(a.where)
                if a.slot == b.slot and not within and a.kind != "number" and not self._is_part(a, b):
                    said = f"{a.said}、{b.said}"
                    raise NotUnderstood([said], f"“{said}”同时出现，不清楚是什么关系；请一次只问一个")

    def _is_part(self, a: Condition, b: Condition) -> bool:
        if a.is_negated != b.is_negated:
            return True
        terms = [terms_of(c.where) for c in (a, b)]
        if set(terms[0]) < set(terms[1]) or set(terms[1]) < set(terms[0]):
            return False  # 查实为属实或者部分属实: the one says more than the other, and is no part of it
        vocabulary = None
        if a.slot in self.schema.ledgers[self.ledger].fields:
            vocabulary = self.schema.vocabulary_of(self.ledger, a.slot)
        if vocabulary is None or not terms[0] or not terms[1]:
            return False
        below = [{d for t in ts for d in vocabulary.descendants(t)} for ts in terms]
        return set(terms[1]) <= below[0] or set(terms[0]) <= below[1]


def _one(where: tuple[Where, ...]) -> Where:
    return where[0] if len(where) == 1 else And(where)


def _merged(a: Condition, b: Condition) -> tuple[Where, ...] | None:
    """Both terms in one condition: 公安局 and 法院 → either; 除公安局、法院外 → neither."""
    match a.where, b.where:
        case (In(f, xs),), (In(g, ys),) if f == g:
            return (In(f, (*xs, *ys)),)
        case (Not(In(f, xs)),), (Not(In(g, ys)),) if f == g:
            return (Not(In(f, (*xs, *ys))),)
        case (Or((In(f, xs), In(f2, xs2))),), (Or((In(g, ys), In(g2, ys2))),) if (f, f2) == (g, g2):
            return (Or((In(f, (*xs, *ys)), In(f2, (*xs2, *ys2)))),)
        case (Not(Or((In(f, xs), In(f2, xs2)))),), (Not(Or((In(g, ys), In(g2, ys2)))),) if (f, f2) == (g, g2):
            return (Not(Or((In(f, (*xs, *ys)), In(f2, (*xs2, *ys2))))),)
    return None
