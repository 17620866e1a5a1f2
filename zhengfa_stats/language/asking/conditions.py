"""The conditions that a sentence sets: a term, a unit, what is said to be so or not so."""

from __future__ import annotations

from typing import Literal

from zhengfa_stats.counting.frames import CITY_LEVEL
from zhengfa_stats.language.asking.clause import OF_SORT, Sentence
from zhengfa_stats.language.asking.excluding import excluded
from zhengfa_stats.language.asking.frame import Condition, NotUnderstood
from zhengfa_stats.language.asking.joining import coordinated
from zhengfa_stats.language.asking.negating import scopes
from zhengfa_stats.language.asking.tokens import Meaning
from zhengfa_stats.query import In, Or, Where
from zhengfa_stats.reading.cleaning.units import names_city


def conditions_of(s: Sentence, start: int = 0, end: int | None = None) -> tuple[Condition, ...]:
    """The conditions that the unused tokens set, joined where they stand side by side."""
    places = [i for i in range(start, len(s.tokens) if end is None else end) if _sets(s, i)]
    negated = scopes(s, places)
    found = [_condition(s, i, s.choices(i)) for i in places]
    return tuple(coordinated(s, excluded(s, found, negated)))


def _sets(s: Sentence, i: int) -> bool:
    """Whether a token sets a condition that has not been read yet."""
    return i not in s.used and bool(s.choices(i)) and not s.tokens[i].roles >= {"axis", "idle"}


def _condition(s: Sentence, i: int, meanings: tuple[Meaning, ...]) -> Condition:
    token = s.tokens[i]
    if len(meanings) > 1:
        s.is_evident |= any(m.slot not in s.habits.weak for m in meanings)
        s.is_doubtful = True
        names = [_named(s, m, token.text) for m in meanings]
        raise NotUnderstood([token.text], f"“{token.text}”有几种意思，请说明是哪一种：{'；'.join(names)}", names)
    meaning = meanings[0]
    s.use(i)
    s.score += meaning.weight
    kind: Literal["unit", "region", "condition"] = "condition"
    match meaning.kind:
        case "unit":
            kind, (slot, where) = "unit", _unit(s, i, meaning.value)
        case "region":
            kind, slot, where = "region", "region", (In("region", (meaning.value,)),)
        case _:
            slot, where = meaning.slot, meaning.where
            s.is_evident |= slot not in s.habits.weak and token.text not in s.habits.borrowed
    end = i + 1
    if end < len(s.tokens) and s.tokens[end].text in OF_SORT and end not in s.used:
        s.use(end)
    if meaning.kind == "condition" and (upward := _upward(s, i, meaning)):
        where, end = upward, i + 2
    return Condition(slot, where, token.text, i, kind, False, end)


def _upward(s: Sentence, i: int, meaning: Meaning) -> tuple[Where, ...]:
    """科级以上, 记过以上: the term and those that outrank it, in a vocabulary that is a scale."""
    if not (i + 1 < len(s.tokens) and s.tokens[i + 1].text in ("以上", "及以上", "或以上", "以上的")):
        return ()
    fields = s.schema.ledgers[s.ledger].fields
    vocabulary = s.schema.vocabulary_of(s.ledger, meaning.slot) if meaning.slot in fields else None
    match meaning.where:
        case (In(name, (str(term),)),) if vocabulary and vocabulary.by_name[term].parent == "":
            tops = [t.name for t in vocabulary.terms if not t.parent]
            kin = [f for f in fields.values() if f.vocabulary == vocabulary.id]
            falling, rising = any(f.highest for f in kin), any(f.heaviest for f in kin)
            if falling or rising:
                s.use(i + 1)
                at = tops.index(term)
                return (In(name, tuple(tops[: at + 1] if falling else tops[at:])),)
    return ()


def _named(s: Sentence, meaning: Meaning, text: str) -> str:
    """A meaning as one would say it: 党纪处分的警告."""
    fields = s.schema.ledgers[s.ledger].fields
    name = fields[meaning.slot].name if meaning.slot in fields else ""
    return f"{name}为{text}" if name else text


def _unit(s: Sentence, i: int, value: str) -> tuple[str, tuple[Where, ...]]:
    """Which unit field is meant: who handles it, or whom it is about."""
    field_id = s.habits.unit
    behind = s.skip_idle(i + 1)
    if s.has(behind, "handed"):
        said = f"{s.tokens[i].text}{s.tokens[behind].text}"
        raise NotUnderstood(
            [said], f"“{said}”：台账登记由谁承办，不登记由哪个单位转来；可以按来源问，如“部门移送的线索”"
        )
    if s.habits.about_unit:
        before = [j for j in range(max(0, i - 2), i) if s.has(j, "about")]
        behind = s.skip_idle(i + 1)
        person = behind < len(s.tokens) and s.has(behind, "people")
        after = [j for j in range(behind, min(behind + 4, len(s.tokens))) if s.has(j, "about")]
        passive = [behind] if s.has(behind, "about") and s.tokens[behind].text[0] == "被" else []  # 公安局被举报的
        after = after or passive
        if before or passive or (person and after):
            s.use(*before, *after)
            field_id = s.habits.about_unit
    units = tuple(value.split("、"))  # 法检两院
    one: Where = In(field_id, units)
    if s.habits.also_unit and (led := [j for j in (behind, i - 1) if s.has(j, "led")]):
        s.use(*led)
    elif s.habits.also_unit:
        one = Or((one, In(s.habits.also_unit, units)))
    if s.city and s.fits(Meaning("region")) and names_city(s.tokens[i].text, s.city):
        return field_id, (one, In("region", (CITY_LEVEL,)))
    return field_id, (one,)
