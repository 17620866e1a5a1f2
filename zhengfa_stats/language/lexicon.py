"""The words that the definitions give: terms with their aliases, units, regions, facts, ledgers, fields, indicators."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from zhengfa_stats.counting.frames import CITY_LEVEL
from zhengfa_stats.schema import Field, Ledger, Schema, Vocabulary

SenseKind = Literal["term", "flag", "unit", "region", "fact", "ledger", "field", "indicator", "private"]


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a word; `ledger` is "" where any ledger may be meant (units, regions).

    `value` is the term, True for a flag, the unit, the region, the fact's id or the indicator's key.
    """

    kind: SenseKind
    ledger: str = ""
    field: str = ""
    value: str | bool = ""
    is_name: bool = False  # the word is the thing's own name, not one of its other names


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the definitions in a text, with all that it may mean; own names first."""

    start: int
    end: int
    text: str
    senses: tuple[Sense, ...]

    @property
    def kind(self) -> SenseKind:
        """The kind of the first sense."""
        return self.senses[0].kind

    def of(self, *kinds: SenseKind, ledger: str = "") -> tuple[Sense, ...]:
        """The senses of these kinds that fit a ledger."""
        return tuple(s for s in self.senses if s.kind in kinds and (not ledger or s.ledger in ("", ledger)))


_WIDTHS = {0xFF01 + i: 0x21 + i for i in range(94)} | {ord("—"): ord("-")}
_PLAIN = re.compile(r"[\W\d_]*.?[\W\d_]*|是的?|有|没有|[无不未非]")
_LEDGER_ENDS = ("台账", "花名册", "名册", "登记表", "登记簿", "汇总表", "报表", "清单", "一览表", "统计表")
_CITY_WORDS = ("市", "本市", "我市", "全市", "市属", "市直")


class Lexicon:
    """All words of a schema, and the regions that the data name; `city` is the city's full name (示例市)."""

    def __init__(
        self,
        schema: Schema,
        regions: Iterable[str] = (),
        city: str = "",
        also: Mapping[str, Mapping[str, Iterable[str]]] | None = None,
    ) -> None:
        """`also` gives more words for a vocabulary's terms: { vocabulary: { term: words } }; none but these for "-"."""
        self.schema, self.city = schema, city
        self._also = also or {}
        senses: dict[str, dict[Sense, None]] = {}
        for text, sense in self._entries(regions):
            senses.setdefault(plain(text), {}).setdefault(sense)
        self.words: Mapping[str, tuple[Sense, ...]] = {
            text: tuple(sorted(found, key=lambda s: not s.is_name)) for text, found in senses.items() if text
        }
        self._lengths: dict[str, tuple[int, ...]] = {}
        for text in self.words:
            self._lengths.setdefault(text[0], ())
        lengths: dict[str, set[int]] = {first: set() for first in self._lengths}
        for text in self.words:
            lengths[text[0]].add(len(text))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def find(self, text: str) -> tuple[Word, ...]:
        """The words of a text from left to right, the longest at each place, none overlapping."""
        even, found, i = plain(text), [], 0
        while i < len(even):
            if word := next(self._at(even, i, text), None):
                found.append(word)
                i = word.end
            else:
                i += 1
        return tuple(found)

    def at(self, text: str, start: int) -> tuple[Word, ...]:
        """Every word that begins at a place, longest first."""
        return tuple(self._at(plain(text), start, text))

    def _at(self, even: str, start: int, text: str) -> Iterator[Word]:
        for length in self._lengths.get(even[start], ()):
            if found := self.words.get(even[start : start + length]):
                end = start + length
                if end <= len(even):
                    yield Word(start, end, text[start:end], found)

    # ── where the words come from ────────────────────────────────────────────────────────────────────────────────
    def _entries(self, regions: Iterable[str]) -> Iterator[tuple[str, Sense]]:
        for ledger in self.schema.ledgers.values():
            if ledger.tabulated:
                continue
            yield from _ledger_words(ledger)
            for field in ledger.fields.values():
                yield from self._field_words(ledger, field)
        yield from self._indicator_words()
        yield from self._region_words(regions)

    def _field_words(self, ledger: Ledger, field: Field) -> Iterator[tuple[str, Sense]]:
        kind: SenseKind = "private" if field.is_secret else "field"
        yield field.name, Sense(kind, ledger.id, field.id, is_name=True)
        for header in field.headers:
            if is_word(header):
                yield header, Sense(kind, ledger.id, field.id)
        if field.is_secret or _is_shadow(field, ledger):
            return
        if field.kind == "flag":
            for text in (field.name, *field.headers):
                if not text.startswith(("是否", "有无")) and not text.endswith(("情况", "状态", "面貌")):
                    yield text, Sense("flag", ledger.id, field.id, True, is_name=text == field.name)
        elif field.vocabulary:
            yield from self._term_words(ledger, field, self.schema.vocabularies[field.vocabulary])

    def _term_words(self, ledger: Ledger, field: Field, vocabulary: Vocabulary) -> Iterator[tuple[str, Sense]]:
        cases = {case.term for case in field.when} | {field.otherwise} if field.is_derived else None
        is_unit = field.kind == "unit"
        also = self._also.get(vocabulary.id, {})
        barred = set(also.get("-", ()))
        for term in vocabulary.terms:
            if cases is not None and term.name not in cases:
                continue
            for text in (term.name, *term.aliases, *also.get(term.name, ())):
                if not is_word(text) or text in barred:
                    continue
                if is_unit:
                    for form in self._unit_forms(text):
                        yield form, Sense("unit", value=term.name, is_name=text == term.name)
                else:
                    yield text, Sense("term", ledger.id, field.id, term.name, is_name=text == term.name)

    def _unit_forms(self, text: str) -> Iterator[str]:
        yield text
        if not text.startswith(("市", "县", "区")):
            cities = (*_CITY_WORDS, self.city, f"{self.city}市" if not self.city.endswith("市") else self.city)
            yield from dict.fromkeys(f"{city}{text}" for city in cities if city)
        if text == "政法委" or text == "政法委员会":
            yield from (f"{c}委{text}" for c in ("市", self.city) if c)
            yield from (f"中共{c}委{text}" for c in ("市", self.city) if c)

    def _indicator_words(self) -> Iterator[tuple[str, Sense]]:
        for key, indicator in self.schema.indicators.items():
            parts = key.split(".")
            names = {"".join(parts), parts[-1], *(n for n in indicator.reported_as if "/" not in n)}
            for text in sorted(names):
                if is_word(text):
                    yield text, Sense("indicator", value=key, is_name=text == "".join(parts))

    def _region_words(self, regions: Iterable[str]) -> Iterator[tuple[str, Sense]]:
        for text in ("市本级", "市直", "市直单位", "市级"):
            yield text, Sense("region", field="region", value=CITY_LEVEL, is_name=text == CITY_LEVEL)
        for region in regions:
            if region and region != CITY_LEVEL:
                yield region, Sense("region", field="region", value=region, is_name=True)
                if len(region) > 2 and region[-1] in "县区":
                    yield region[:-1], Sense("region", field="region", value=region)


def _ledger_words(ledger: Ledger) -> Iterator[tuple[str, Sense]]:
    """The ledger's name with and without 台账, what its sheets are titled, and its facts."""
    short = next((ledger.name.removesuffix(end) for end in _LEDGER_ENDS if ledger.name.endswith(end)), ledger.name)
    for text in dict.fromkeys((ledger.name, short)):
        if is_word(text):
            yield text, Sense("ledger", ledger.id, is_name=True)
    for text in ledger.titles:
        yield text, Sense("ledger", ledger.id)
    for fact in ledger.facts.values():
        yield fact.name, Sense("fact", ledger.id, value=fact.id, is_name=True)


def _is_shadow(field: Field, ledger: Ledger) -> bool:
    """Whether the field reads another's column and a field of its own has the same vocabulary."""
    others = (f for f in ledger.fields.values() if f is not field and not f.reads and f.vocabulary == field.vocabulary)
    return bool(field.reads) and any(others)


def is_word(text: str) -> bool:
    """Whether a written form can be told in running text: a tick, a digit, a single character cannot.

    >>> [is_word(t) for t in ("√", "是", "1", "一", "科级", "12337")]
    [False, False, False, False, True, True]
    """
    return len(text) > 1 and not (_PLAIN.fullmatch(text) and not (text.isdigit() and len(text) > 3))


def plain(text: str) -> str:
    """The text with full-width letters, digits and signs made half-width, character by character."""
    return text.translate(_WIDTHS).replace("，", ",").lower()
