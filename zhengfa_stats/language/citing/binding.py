"""What a clause says → the figure that it means: an indicator whose phrase it fits, narrowed by what else it says."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from zhengfa_stats.language.citing.words import LIST, MARK, OWN, REGION, RELATION, UNIT, Said, Sense, Words, citing
from zhengfa_stats.language.tags import folds
from zhengfa_stats.query import At, Expr, Formula, In, Query, Where, canonical, queries
from zhengfa_stats.schema import Indicator, Schema

_DONE = ("做", "率")
_ACTS = frozenset(("人次", "件次"))  # never meant where no measure word stands
_OFFICES = ("个", "家")
_HOLE = "{}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One phrase of an indicator: what must be said for it, and the measure words that may follow the number."""

    indicator: Indicator
    needs: frozenset[Sense]
    measures: frozenset[str]
    stands_alone: bool = True  # it says all that tells it from other figures, whatever stands before it

    @property
    def is_bare(self) -> bool:
        """Whether it only names a class, so that what it is a class of must not be in doubt: 科级干部12人."""
        return all(s.facet in citing().classes for s in self.needs)

    @property
    def says_what_is_done(self) -> bool:
        return any(s.facet in _DONE for s in self.needs)


@dataclass(frozen=True, slots=True)
class Bound:
    """A figure that a clause may mean."""

    expr: Expr
    signature: Signature
    key: str | None  # of the indicator that is this very expression, if there is one

    @property
    def indicator(self) -> Indicator:
        return self.signature.indicator

    @property
    def measured_otherwise(self) -> bool:
        """Whether the number has another measure word than the figure: 立案3件 counts persons."""
        return self.indicator.unit not in self.signature.measures

    @property
    def ledger(self) -> str:
        return queries(self.indicator.of)[0].ledger


class Binder:
    """The figures of a schema by what is said of them."""

    def __init__(self, schema: Schema, words: Words) -> None:
        self.schema, self.words = schema, words
        for indicator in schema.indicators.values():
            for phrase in indicator.cited_as:
                words.learn(phrase.replace(_HOLE, "，"))
        read = [self._signature(i, phrase) for i in schema.indicators.values() for phrase in i.cited_as]
        read = list({(s.indicator.key, s.needs, s.measures): s for s in read}.values())
        self.signatures = tuple(replace(s, stands_alone=_stands_alone(s, read)) for s in read)
        self.keys: Mapping[Hashable, str] = {
            canonical(i.of): i.key for i in reversed(tuple(schema.indicators.values()))
        }

    # ── phrases ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _signature(self, indicator: Indicator, phrase: str) -> Signature:
        ledger = queries(indicator.of)[0].ledger
        before, _, after = phrase.partition(_HOLE)
        measure = _measure(after, indicator.unit, self.words.citing.measures)
        after = after.removeprefix(measure)
        senses = [self._own_sense(w, ledger) for part in (before, after) for w in self.words.read(part) if w.senses]
        needs = frozenset(s for s in senses if s.facet not in (MARK, RELATION))
        return Signature(indicator, needs, _alike(measure, self.words.citing.measures))

    def _own_sense(self, said: Said, ledger: str) -> Sense:
        """Of several meanings of a word in a phrase, the one in the phrase's own ledger."""
        senses = said.senses or ()
        return next((s for s in senses if s.facet.startswith(f"{ledger}.")), senses[0])

    def things_of(self, key: str) -> frozenset[Sense]:
        """What goes without saying after a figure: the thing that all figures of its ledger are of."""
        if key not in self.schema.indicators:
            return frozenset()
        ledger = queries(self.schema.indicators[key].of)[0].ledger
        named = [s for s in self.signatures if queries(s.indicator.of)[0].ledger == ledger]
        things = {sense for s in named for sense in s.needs if sense.facet == "物"}
        return frozenset(things) if len(things) == 1 else frozenset()

    def _is_idle(self, sense: Sense, text: str, ledger: str) -> bool:
        idle = self.words.citing.of.get(ledger, frozenset())
        return sense.value in idle or text in idle or (ledger == "team" and sense.facet == UNIT)

    @cached_property
    def _implied(self) -> Mapping[str, frozenset[Sense]]:
        """What goes without saying for an indicator: the words for the wider ones that it is a part of."""
        return {key: self._words_of_wider(indicator) for key, indicator in self.schema.indicators.items()}

    def _words_of_wider(self, indicator: Indicator) -> frozenset[Sense]:
        of = indicator.of
        sides = (of.left, of.right) if isinstance(of, Formula) else (of,)
        wider = (s for s in self.signatures if any(_is_part(side, s.indicator.of) for side in sides))
        return frozenset(sense for s in wider for sense in s.needs)

    # ── fitting ──────────────────────────────────────────────────────────────────────────────────────────────────
    def fits(self, said: Sequence[Said], measure: str | None) -> list[Bound]:
        """The figures that fit what is said, nothing of it contradicted or left over; None: no measure word stands there."""
        told = {s for w in said for s in w.senses or ()}
        fitting = [s for s in self.signatures if s.needs <= told]
        fitting = [s for s in fitting if (measure in s.measures if measure else not s.measures & _ACTS)]
        of_offices = measure in _OFFICES and any(w.has("成员") for w in said)  # 单位有3个
        bound = [b for s in fitting if (b := self._fit(s, said, of_offices))]
        found: dict[Hashable, Bound] = {}
        for b in bound:
            if not any(b.indicator is o.indicator and b.signature.needs < o.signature.needs for o in bound):
                found.setdefault(canonical(b.expr), b)
        return list(found.values())

    def _fit(self, signature: Signature, said: Sequence[Said], of_offices: bool = False) -> Bound | None:
        indicator = signature.indicator
        ledger = queries(indicator.of)[0].ledger
        if ledger == "clues" and _comes_from_place(said):
            return None
        if of_offices and ledger != "team":
            return None
        more: dict[tuple[str, str], list[str]] = {}
        for word in said:
            if word.facet == LIST:
                continue
            if any(s in signature.needs or s in self._implied[indicator.key] for s in word.senses or ()):
                continue
            if all(self._is_idle(s, word.text, ledger) for s in word.senses or ()):
                if word.facet in _DONE and not signature.says_what_is_done and ledger == "clues":
                    return None  # 核查群众举报线索 is not 收到群众举报线索
                continue
            narrowing = self._narrowing(word, ledger, signature)
            if narrowing is None:
                return None
            more.setdefault(narrowing[:2], []).append(narrowing[2])
        expr = self.narrowed(indicator.of, more)
        return None if expr is None else Bound(expr, signature, self.keys.get(canonical(expr)))

    def _narrowing(self, word: Said, ledger: str, signature: Signature) -> tuple[str, str, str] | None:
        """(ledger, field, term) of the one condition that a word adds; None where it adds none or leaves a choice."""
        within, named = self.words.citing.within, {s.value for s in signature.needs}
        fields = {
            f for f in self.words.citing.narrows.get(ledger, ()) if within.get(f"{ledger}.{f}", "") in ("", *named)
        }
        found = {
            (ledger, s.facet.partition(".")[2], s.value)
            for s in word.senses or ()
            if s.facet in {f"{ledger}.{f}" for f in fields}
        }
        found |= {("", s.facet, s.value) for s in word.senses or () if s.facet in (UNIT, REGION)}
        return found.pop() if len(found) == 1 else None

    def narrowed(self, expr: Expr, more: Mapping[tuple[str, str], Sequence[str]]) -> Expr | None:
        """The expression under more conditions, each on every query in it; None where a query can't have one."""
        for (ledger, facet), terms in more.items():
            for query in queries(expr):
                if (ledger and query.ledger != ledger) or (
                    facet == UNIT and query.ledger not in self.words.citing.units
                ):
                    return None
            expr = self._with(expr, facet, tuple(dict.fromkeys(terms)))
        return expr

    def _with(self, expr: Expr, facet: str, terms: tuple[str, ...]) -> Expr:
        match expr:
            case At():
                return replace(expr, of=self._with(expr.of, facet, terms))
            case Formula():
                return replace(
                    expr, left=self._with(expr.left, facet, terms), right=self._with(expr.right, facet, terms)
                )
            case Query():
                return self._query_with(expr, facet, terms)

    def _query_with(self, query: Query, facet: str, terms: tuple[str, ...]) -> Query:
        field = {UNIT: self.words.citing.units.get(query.ledger, ""), REGION: "region"}.get(facet, facet)
        folded = folds(query, field, self.schema)
        old = query.having if folded else query.where
        new = _narrower(old, In(field, terms), self.schema, query.ledger)
        return replace(query, having=new) if folded else replace(query, where=new)


def _comes_from_place(said: Sequence[Said]) -> bool:
    """法院转来线索5条: who hands a clue over is not who handles it."""
    handed = next((w.start for w in said if w.text in citing().origins), None)
    return handed is not None and any(w.facet in (UNIT, REGION) and w.start < handed for w in said)


def _stands_alone(signature: Signature, among: Sequence[Signature]) -> bool:
    """Whether a phrase names its thing, and what is done with it where other figures are of the same thing."""
    things = [s for s in signature.needs if s.facet in ("物", "人", OWN) or s.facet.endswith(".kind")]
    if not things:
        return any(s.value in citing().alone for s in signature.needs)
    shared = any(set(things) & s.needs and s.indicator is not signature.indicator for s in among)
    return signature.says_what_is_done or not shared


def _narrower(old: tuple[Where, ...], more: In, schema: Schema, ledger: str) -> tuple[Where, ...]:
    """The conditions with one more; one on the same field that holds the new terms anyway gives way to it."""
    vocabulary = schema.vocabulary_of(ledger, more.field) if more.field in schema.ledgers[ledger].fields else None
    kept = []
    for where in old:
        if isinstance(where, In) and where.field == more.field:
            wide = {t for term in where.terms for t in (vocabulary.descendants(str(term)) if vocabulary else (term,))}
            if set(where.terms) <= set(more.terms):
                return old
            if set(more.terms) <= wide:
                continue
        kept.append(where)
    return (*kept, more)


def _measure(after: str, unit: str, sets: Mapping[str, frozenset[str]]) -> str:
    """The measure word of a phrase: what stands right behind the number, else the indicator's own."""
    known = sorted({w for words in sets.values() for w in words} | {unit}, key=len, reverse=True)
    return next((w for w in known if after.startswith(w)), unit)


def _alike(measure: str, sets: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The measure words that may stand for one: the set that is named by it, else those that hold it."""
    held = [words for words in sets.values() if measure in words]
    return frozenset({measure}).union(*([sets[measure]] if measure in sets else held))


def _is_part(part: Expr, whole: Expr) -> bool:
    """Whether one query is another, or that with more conditions."""
    if not isinstance(part, Query) or not isinstance(whole, Query):
        return False
    if (part.ledger, part.measure, part.each, part.period) != (whole.ledger, whole.measure, whole.each, whole.period):
        return False
    return set(whole.where) <= set(part.where) and set(whole.having) <= set(part.having)
