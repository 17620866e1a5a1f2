"""The words that a question may be made of, each with its roles and meanings: from the lexicon, words.toml and the data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from zhengfa_stats.language.asking.tokens import Meaning
from zhengfa_stats.language.asking.word_forms import either_of_verb, forms_of_not, forms_of_verb
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.language.lexicon import Lexicon, Sense, is_word, plain
from zhengfa_stats.query import Blank, Fact, In, Not, Query, Where
from zhengfa_stats.schema import Indicator, Schema


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word says: its roles, its meanings, or why it can't be answered."""

    roles: frozenset[str] = frozenset()
    meanings: tuple[Meaning, ...] = ()
    refused: str = ""


_Parts = tuple[set[str], dict[Meaning, None], str]  # roles, meanings in order, why refused


class Entries:
    """Every known word with what it says; `either` are verbs as 开没开过."""

    def __init__(
        self,
        schema: Schema,
        lexicon: Lexicon,
        words: Words,
        values: Mapping[tuple[str, str], Iterable[str]] | None = None,
    ) -> None:
        self._schema, self._said = schema, words
        entries: dict[str, _Parts] = {}

        def entry(text: str) -> _Parts:
            return entries.setdefault(plain(text), (set(), {}, ""))

        for text, senses in lexicon.words.items():
            entry(text)
            for sense in senses:
                for meaning in self._meanings(text, sense):
                    entry(text)[1].setdefault(meaning)
        for text, meaning in self._habitual():
            entry(text)[1].setdefault(meaning)
        for table in (
            words.roles,
            words.measures,
            {w: {"axis"} for w in words.axes},
            {w: {"people"} for w in words.people},
            {w: {"span"} for w in words.spans},
        ):
            for text, roles in table.items():
                entry(text)[0].update(roles)
        for text, why in self._narrower():
            if text in entries and not entries[text][0] and not entries[text][1]:
                entries[text] = (set(), {}, why)
        for text, why in words.refused.items():
            entries[plain(text)] = (set(), {}, why)
        for text in [t for t in entries if _is_made_of_others(t, entries) or _says_it_is(t, entries)]:
            del entries[text]
        for text, meaning in [*self._more_forms(entries), *_of_values(values or {})]:
            entry(text)[1].setdefault(meaning)
            if meaning.kind == "verb" and text in self.either:
                entry(text)[0].add("exists")
        self.words: Mapping[str, Entry] = {
            text: Entry(frozenset(r), tuple(m), why) for text, (r, m, why) in entries.items() if r or m or why
        }

    def _meanings(self, text: str, sense: Sense) -> Iterator[Meaning]:
        weight = 2 if sense.is_name else 1
        habits = self._said.habits.get(sense.ledger, Habits())
        match sense.kind:
            case "term" | "flag":
                vocabulary = self._schema.ledgers[sense.ledger].fields[sense.field].vocabulary
                if text in self._said.barred.get(vocabulary, ()) or text in self._said.narrower.get(vocabulary, ()):
                    return
                yield _condition(sense.ledger, sense.field, sense.value, habits, weight)
            case "fact":
                if is_word(text):
                    yield Meaning("condition", sense.ledger, "fact", (Fact(str(sense.value)),), weight=weight)
            case "unit":
                if not text.endswith(tuple(self._said.barred.get("unit", ()))):
                    yield Meaning("unit", value=str(sense.value), weight=weight)
            case "region":
                yield Meaning("region", slot="region", value=str(sense.value), weight=weight)
            case "ledger" if sense.is_name or sense.ledger not in self._said.told:
                yield Meaning("noun", sense.ledger, weight=weight)
            case "private":
                yield Meaning("private", sense.ledger, sense.field, weight=weight)
            case "field":
                field = self._schema.ledgers[sense.ledger].fields[sense.field]
                yield Meaning("number" if field.kind == "number" else "axis", sense.ledger, sense.field, weight=weight)
            case "indicator":
                indicator = self._schema.indicators[str(sense.value)]
                if text in spoken(indicator):
                    yield Meaning("indicator", value=indicator.key, weight=weight + 2)

    def _narrower(self) -> Iterator[tuple[str, str]]:
        """The ways of writing that say more than their term, each with why it can't be asked for."""
        for name, texts in self._said.narrower.items():
            vocabulary = self._schema.vocabularies.get(name)
            for term in vocabulary.terms if vocabulary else ():
                for text in {term.name, *term.aliases} & texts:
                    yield plain(text), f"台账里归在“{term.name}”，分不出来；可以问“{term.name}”"

    def _habitual(self) -> Iterator[tuple[str, Meaning]]:
        for ledger, habits in self._said.habits.items():
            if self._schema.ledgers[ledger].tabulated:
                continue
            yield from ((text, Meaning("noun", ledger, weight=3)) for text in habits.nouns)
            yield from ((text, Meaning("verb", ledger)) for text in habits.verbs)
            for text, where in habits.means.items():
                yield text, Meaning("condition", ledger, slot_of(where), where, weight=4)
            yield from ((text, Meaning("axis", ledger, name, weight=4)) for text, name in habits.axes.items())
            yield from ((text, Meaning("number", ledger, name, weight=4)) for text, name in habits.numbers.items())
            yield from ((text, Meaning("event", ledger, name)) for text, name in habits.events.items())
        for indicator in self._schema.indicators.values():
            yield from ((text, Meaning("indicator", value=indicator.key, weight=2)) for text in spoken(indicator))
        for text, units in self._said.together.items():
            yield text, Meaning("unit", value="、".join(units), weight=3)
        for text, key in self._said.figures.items():
            yield text, Meaning("indicator", value=key, weight=4)

    def _more_forms(self, entries: Mapping[str, _Parts]) -> list[tuple[str, Meaning]]:
        """Verbs with 了, 过 and as 开没开过; what is not done, as not done yet."""
        found: list[tuple[str, Meaning]] = []
        self.either: set[str] = set()
        for text, (_, meanings, why) in entries.items():
            for meaning in () if why else meanings:
                if meaning.kind == "verb":
                    either = [t for t in either_of_verb(text) if t not in entries]
                    self.either.update(either)
                    found += [(t, meaning) for t in (*forms_of_verb(text), *either)]
                elif meaning.kind == "condition":
                    found += [(t, meaning) for t in forms_of_not(text) if t not in entries]
        return found


def _of_values(values: Mapping[tuple[str, str], Iterable[str]]) -> Iterator[tuple[str, Meaning]]:
    for (ledger, field), texts in values.items():
        yield from ((text, Meaning("value", ledger, field, (In(field, (text,)),))) for text in sorted(texts))


def _says_it_is(text: str, entries: Mapping[str, _Parts]) -> bool:
    """Whether a field's name only asserts a condition: 是班子成员."""
    roles, meanings, why = entries[text]
    plain_of = entries.get(text[1:]) if text[:1] == "是" else None
    of_condition = plain_of is not None and any(m.kind == "condition" for m in plain_of[1])
    return of_condition and not roles and not why and all(m.kind == "axis" for m in meanings)


def _is_made_of_others(text: str, entries: Mapping[str, _Parts]) -> bool:
    """Whether a header says no more than its parts: 征文篇数 is a condition and a measure word, 办结情况 a condition and 情况."""
    roles, meanings, why = entries[text]
    if roles or why or any(m.weight > 1 or m.kind not in ("axis", "number") for m in meanings):
        return False
    for end in range(2, len(text)):
        first, second = entries.get(text[:end]), entries.get(text[end:])
        if not (first and second):
            continue
        if any(m.kind in ("condition", "noun", "axis") for m in first[1]) and second[0] & {
            "rows",
            "persons",
            "acts",
            "idle",
            "by",
        }:
            return True
    return False


def _condition(ledger: str, field: str, value: str | bool, habits: Habits, weight: int) -> Meaning:
    """A term or flag as a condition, or what words.toml puts in its place."""
    written = f"{field}={str(value).lower() if isinstance(value, bool) else value}"
    if where := habits.instead.get(written):
        return Meaning("condition", ledger, slot_of(where), where, weight=weight + 1)
    return Meaning("condition", ledger, field, (In(field, (value,)),), weight=weight)


def slot_of(where: tuple[Where, ...]) -> str:
    """What conditions are about: the field of the first, "fact" of a named one."""
    match where[0]:
        case In(field) | Blank(field):
            return field
        case Not(of):
            return slot_of((of,))
        case Fact():
            return "fact"
        case other:
            fields = getattr(other, "of", ())
            return slot_of(tuple(fields)) if fields else getattr(other, "field", "")


def spoken(indicator: Indicator) -> frozenset[str]:
    """The names by which a figure is asked for outright: rates, and counts over a period of their own (上期结转).

    All other figures are put together from their words, so that 群众举报线索 is two conditions and not a name.
    """
    parts = indicator.key.split(".")
    names = {parts[-1], "".join(parts)}
    if isinstance(indicator.of, Query):
        return frozenset(n for n in names if is_word(n)) if indicator.of.period else frozenset()
    cited = {c.replace("{}", "") for c in indicator.cited_as if c.endswith("{}")}
    return frozenset(n for n in names | cited if is_word(n))
