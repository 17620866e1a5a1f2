"""A question in Chinese → an expression of Queries and its Reply, or a refusal that names what was not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from zhengfa_stats.counting.frames import CITY_LEVEL
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.errors import QueryError
from zhengfa_stats.language.asking.across import part_and_whole
from zhengfa_stats.language.asking.building import Builder, Other
from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.data import Known
from zhengfa_stats.language.asking.either import which_of_two
from zhengfa_stats.language.asking.following import carried, says_city
from zhengfa_stats.language.asking.frame import Asked, Frame, NotUnderstood, listed
from zhengfa_stats.language.asking.grammar import read_frame
from zhengfa_stats.language.asking.lacking import check_states
from zhengfa_stats.language.asking.lifting import Lifted, check_lifted, lifted, with_repeats
from zhengfa_stats.language.asking.listing import Groups, listed_figures
from zhengfa_stats.language.asking.parts import (
    Part,
    check_those,
    context,
    is_share,
    joined,
    parts_of,
)
from zhengfa_stats.language.asking.placing import clock_at
from zhengfa_stats.language.asking.reading import Tokens, without_asides
from zhengfa_stats.language.asking.refusing import Refusing
from zhengfa_stats.language.asking.restating import restate
from zhengfa_stats.language.asking.restating_reading import read
from zhengfa_stats.language.asking.shared_words import check_carried, check_shared
from zhengfa_stats.language.asking.tokens import Token
from zhengfa_stats.language.asking.words import load_words
from zhengfa_stats.language.lexicon import Lexicon
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.query import Clock, Expr, Formula, Query, queries
from zhengfa_stats.schema import Schema

_SENTENCE = re.compile(r"[^？。]+[？。]")
_SLACK = 31  # days after the beginning of a period by which its first record should have come in


@dataclass(frozen=True)
class Understood:
    """A question understood: what is asked, in one canonical sentence, and the frame that follow-ups change."""

    text: str
    asked: Asked
    restated: str
    frame: Frame | None
    parts: tuple[Understood, ...] = ()  # of a sentence that asks several things
    opposite: Asked | None = (
        None  # 相差多少: the same with its sides changed, asked where the value would be below zero
    )
    other: Other | None = None  # what it may mean as well: to be asked back where that comes to another value


class Asker:
    """Understands questions about a schema's ledgers at a clock; nothing is counted here."""

    def __init__(
        self,
        schema: Schema,
        clock: Clock,
        *,
        regions: Sequence[str] = (),
        city: str = "",
        project: Path | None = None,
        known: Known | None = None,
        units: frozenset[str] = frozenset(),
        values: Mapping[tuple[str, str], Iterable[str]] | None = None,
        disputed: Mapping[str, Sequence[frozenset[str]]] | None = None,
        texts: Mapping[tuple[str, str], Sequence[str]] | None = None,
    ) -> None:
        """`units` are those that the data name: of another nothing is known, and so not that it has none.

        `values` (ledger, field) are what text columns hold that can be told, `texts` all of it; `disputed` (ledger) of which two units each
        have a record in their list.
        """
        self.schema, self.clock, self._known = schema, clock, known
        self.words = load_words(schema, project)
        self._units, self.disputed, self._texts = units, disputed or {}, texts or {}
        self._city = city if any(r and r != CITY_LEVEL for r in regions) else ""
        self.tokens = Tokens(schema, Lexicon(schema, regions, city, self.words.also), self.words, values or {})
        self._refusing = Refusing(schema, self.words, self.tokens, units)
        self.builder = Builder(schema, self.words, clock)

    def understand(self, text: str, before: Frame | None = None) -> Understood:
        """What a question asks; `before` is the frame of the question that this one follows.

        NotUnderstood where a word is left over, or means several things.
        """
        if (asked := read(text, self.schema)) is not None:
            return Understood(text, asked, text.strip(), None)
        canonical = [(part, read(part, self.schema)) for part in _SENTENCE.findall(text)]
        if len(canonical) > 1 and all(asked for _, asked in canonical):
            parts = tuple(Understood(part, asked, part, None) for part, asked in canonical if asked)
            return replace(parts[-1], text=text, parts=parts)
        limits = lifted(text)
        if limits.text != text:
            return self._without_limits(text, limits, before)
        text = without_asides(text)
        tokens = self.tokens.read(text, self.clock)
        if two_of := which_of_two(text, tokens):
            return replace(self.understand(two_of, before), text=text)
        if before is None and (two := part_and_whole(text, tokens, self.words)) is not None:
            return self._across(text, *two)
        if figures := listed_figures(text, tokens, self.schema, self.words, bare=True):
            return self._listed(text, figures, before)
        try:
            return self._as_parts(text, parts_of(text, tokens), before)
        except NotUnderstood:
            if figures := listed_figures(text, tokens, self.schema, self.words, bare=False):
                return self._listed(text, figures, before)
            raise

    def _as_parts(self, text: str, parts: Sequence[Part], before: Frame | None) -> Understood:
        """One question, or else as many as the sentence asks."""
        if len(parts) < 2:
            return replace(self._one(parts[0].text if parts else text, before), text=text)
        if any(p.is_compared or p.is_again for p in parts[1:]):
            return self._several(text, parts, before)
        try:
            return self._one(text, before)
        except NotUnderstood:
            return self._several(text, parts, before)

    def _without_limits(self, text: str, limits: Lifted, before: Frame | None) -> Understood:
        """哪年收的都算, 重复的也算: what the rest asks, where those limits are none."""
        found = self.understand(limits.text, before)
        if limits.with_repeats:
            if found.parts:
                raise NotUnderstood([limits.with_repeats], "一次问几个数的，请分开问是不是连重复的也算")
            found = self._part(text, with_repeats(found.frame, limits.with_repeats, self.words))
        for part in found.parts or (found,):
            check_lifted(part.asked.expr, limits.events, self.schema, self.words)
        return replace(found, text=text)

    def _across(self, text: str, part: str, whole: str) -> Understood:
        """受处理人数占干警总数的百分之几: what one ledger counts of what another does."""
        a, b = self._one(part, None), self._one(whole, None)
        if not (a.asked.form == b.asked.form or b.asked.form == "number") or a.asked.form not in ("number", "table"):
            raise NotUnderstood([whole], "没有听清是谁占谁的比例；请说成“受处理的人占全部干警的百分之几”这样")
        if a.asked.take or b.asked.take or a.parts or b.parts:
            raise NotUnderstood([whole], "占比请只问一个数或各组的数，请分开问")
        asked = replace(a.asked, expr=Formula("ratio", a.asked.expr, b.asked.expr))
        return Understood(text, asked, restate(asked, self.schema, self.clock), None)

    def _listed(self, text: str, figures: Sequence[tuple[str, str]], before: Frame | None) -> Understood:
        """收到线索数、查结数和查结率: a question for each figure of a list."""
        parts = [replace(self._one(asked, before), text=said) for said, asked in figures]
        plain = all(p.asked.form in ("number", "table") and not (p.asked.take or p.parts) for p in parts)
        many = [c.said for p in parts if p.frame for c in p.frame.conditions if len(listed(c)) > 1]
        if not plain or many or len({p.asked for p in parts}) < len(parts):  # 收到、查结的线索，属实、不属实各多少
            raise NotUnderstood([said for said, _ in figures], "没有听清这几个数各是什么；请分开问")
        return replace(parts[-1], text=text, parts=tuple(parts))

    def _several(self, text: str, parts: Sequence[Part], before: Frame | None) -> Understood:
        """A sentence that asks several things, each understood on its own or as of those before it."""
        found = [self._one(parts[0].text, before)]
        groups = Groups(parts[0], self._tokens(parts[0])) if found[0].asked.form == "table" else None
        for i, part in enumerate(parts[1:]):
            if i and part.is_share:
                raise NotUnderstood([part.text], "没有听清占的是前面哪一个数的；请分开问")
            if part.is_again and any(not p.is_again for p in parts[1 : i + 1]):
                raise NotUnderstood([part.text], f"“{part.text.strip('，,。？? ')}”问的是前面的哪一个数？请分开问")
            first = found[-1 if part.is_within else 0].frame
            assert first is not None
            check_those(self._tokens(part))
            check_shared(self._tokens(parts[i]), self._tokens(part))
            asked = groups.asked(parts[i], part, self._tokens(part)) if groups else part.text
            if not groups and first.form not in ("number", "exists", "all", "label"):
                raise NotUnderstood([parts[0].text], "前后两问里有要分组或列出的，请分开问")
            found.append(replace(self._one(asked, context(first, part), (first, part)), text=part.text))
            if groups:
                groups.check(first, found[-1].frame)
            if any(f.asked == found[-1].asked for f in found[:-1]):
                raise NotUnderstood([part.text], "前后两问是同一个数；请说明问的还有什么，或分开问")
            check_carried([f.frame for f in found if f.frame], part)
        if groups:
            found[0] = replace(found[0], text=groups.without(parts[0].text))
        return replace(found[-1], text=text, parts=tuple(found))

    def _tokens(self, part: Part) -> tuple[Token, ...]:
        return self.tokens.read(part.text, self.clock)

    def _one(self, text: str, before: Frame | None, after: tuple[Frame, Part] | None = None) -> Understood:
        tokens = self.tokens.read(text, self.clock)
        self._refusing.check(tokens)
        frame = self._frame(tokens, before, of_before=before is not None and is_share(tokens))
        if after is not None and before is not None:
            first, part = after
            frame = joined(first, frame, part, before, self.words.habits[first.ledger], self.schema)
            check_states(frame, self.words.habits[frame.ledger])
        if frame.form == "overview":
            return self._overview(text, frame)
        if frame.apart or frame.periods:
            return self._one_by_one(text, frame)
        return self._part(text, frame)

    def _one_by_one(self, text: str, frame: Frame) -> Understood:
        """党纪处分和政务处分各多少人, 一季度和二季度的人数: as many questions as conditions or periods are said."""
        names = [c.said for c in frame.apart] or [text[p.start : p.end] for p in frame.periods]
        plain = frame.form == "number" and not (frame.by or frame.versus or frame.share_of is not None)
        if not plain or (frame.apart and frame.periods):
            raise NotUnderstood(names, f"“{'”“'.join(names)}”请分开问")
        others = tuple(c for c in frame.conditions if c not in frame.apart)
        own = [replace(frame, conditions=(*others, one), apart=()) for one in frame.apart] or [
            replace(frame, period=one, periods=()) for one in frame.periods
        ]
        parts = [self._part(name, one) for name, one in zip(names, own, strict=True)]
        return replace(parts[-1], text=text, parts=tuple(parts))

    def _part(self, text: str, frame: Frame) -> Understood:
        asked = self.builder.build(frame)
        self._check_known(asked.expr)
        said, other = restate(asked, self.schema, self.clock), self.builder.other(frame)
        if frame.versus is None or not frame.versus.is_either:
            return Understood(text, asked, said, frame, other=other)
        swapped = replace(frame.versus, is_swapped=not frame.versus.is_swapped)
        return Understood(text, asked, said, frame, (), self.builder.build(replace(frame, versus=swapped)), other)

    def _overview(self, text: str, frame: Frame) -> Understood:
        """The figures that words.toml gives for how things stand, each as an answer of its own."""
        parts = []
        for key in self.words.habits[frame.ledger].overview:
            parts.append(self._part(key.replace(".", ""), replace(frame, indicator=key, form="number")))
        return replace(parts[-1], text=text, frame=frame, parts=tuple(parts))

    # ── choosing the ledger ──────────────────────────────────────────────────────────────────────────────────────
    def _frame(self, tokens: Sequence[Token], before: Frame | None, *, of_before: bool = False) -> Frame:
        """The reading that uses every word; of several, the one that the words speak for most."""
        whole: list[tuple[float, Frame]] = []
        failed: list[tuple[int, Callable[[], NotUnderstood]]] = []
        for ledger in self._ledgers(tokens, before):
            sentence = Sentence(tokens, ledger, self.words.habits[ledger], self.schema, self.words)
            sentence.is_follow_up = before is not None
            sentence.is_share_of_before = of_before
            sentence.carried = before.conditions if before is not None and before.ledger == ledger else ()
            sentence.city, sentence.texts = self._city, self._texts
            sentence.as_of, sentence.clock = self._as_of(tokens), self.clock
            try:
                frame = read_frame(sentence)
            except NotUnderstood as error:
                if sentence.is_evident or sentence.speaks():
                    weight = -20 if sentence.is_doubtful else self._strange(tokens, ledger)
                    failed.append((weight, partial(_same, error)))
                continue
            left = sentence.leftovers()
            if before is not None and before.ledger == ledger and not left:
                whole.append((sentence.score + 4, carried(before, frame, of_city=says_city(tokens))))
            elif left or not sentence.is_evident:
                weight = len(left) + (0 if sentence.is_evident else 2)
                failed.append((weight, partial(self._refusing.left_over, left, ledger)))
            else:
                whole.append((sentence.score, frame))
        if not whole:
            raise min(failed, key=lambda f: f[0])[1]() if failed else self._refusing.left_over([], "")
        return self._best(whole)

    def _as_of(self, tokens: Sequence[Token]) -> date:
        """The cut-off date of the one period that is said, no later than the project's."""
        ends = {p.as_of for t in tokens if (p := t.period) is not None and p.as_of is not None}
        return min(*ends, self.clock.as_of) if len(ends) == 1 else self.clock.as_of

    def _strange(self, tokens: Sequence[Token], ledger: str) -> int:
        """How many words mean something, and nothing in this ledger."""
        return sum(
            bool(t.meanings) and not t.roles and not any(m.ledger in ("", ledger) for m in t.meanings) for t in tokens
        )

    def _ledgers(self, tokens: Sequence[Token], before: Frame | None) -> list[str]:
        """The ledgers that a word may speak of; all, where none does."""
        tabulated = [id_ for id_, ledger in self.schema.ledgers.items() if not ledger.tabulated]
        named = {m.ledger for t in tokens for m in t.meanings} | ({before.ledger} if before is not None else set())
        figures = {m.value for t in tokens for m in t.meanings if m.kind == "indicator"}
        named |= {q.ledger for key in figures for q in queries(self.schema.indicators[key].of)}
        texts = {t.text for t in tokens}
        found = [id_ for id_ in tabulated if id_ in named or self._says_itself(id_, tokens, texts)]
        return found or tabulated

    def _says_itself(self, ledger: str, tokens: Sequence[Token], texts: set[str]) -> bool:
        """Whether a word without a meaning of its own speaks of a ledger: 人次, 干警, 反映."""
        habits = self.words.habits[ledger]
        people = ledger == self.words.people_ledger and any(t.roles & {"people", "persons"} for t in tokens)
        about = bool(habits.about_unit) and any("about" in t.roles for t in tokens)
        return people or about or bool(texts & {*habits.acts})

    def _best(self, whole: list[tuple[float, Frame]]) -> Frame:
        top = max(score for score, _ in whole)
        best = [frame for score, frame in whole if score == top]
        if len(best) > 1:
            names = [f"《{self.schema.ledgers[f.ledger].name}》" for f in best]
            raise NotUnderstood([], f"不清楚问的是哪一类：{'、'.join(names)}；请在问题里说明", names)
        return best[0]

    # ── refusing ─────────────────────────────────────────────────────────────────────────────────────────────────
    @property
    def units(self) -> tuple[str, ...]:
        """The units that the data name, in the order of the vocabulary."""
        return tuple(t.name for t in self.schema.vocabularies["unit"].terms if t.name in self._units)

    def _check_known(self, expr: Expr) -> None:
        """A period before the first record of its ledger can't be counted: nothing there is not none there."""
        if self._known is None:
            return
        for query, clock in _clocks(expr, self.clock):
            ledger = self.schema.ledgers[query.ledger]
            date_field = query.period.field if query.period is not None else ledger.date
            if not date_field:
                continue
            until = query.period.high if query.period and isinstance(query.period.high, date) else clock.as_of
            since = query.period.low if query.period and isinstance(query.period.low, date) else clock.since
            span = self._known(query.ledger, date_field)
            partly = span and since < self.clock.since and since + timedelta(_SLACK) < span[0]
            if span and (until < span[0] or partly):
                said = say_period(Clock(since, until))
                what = (
                    f"《{ledger.name}》最早的记录在{chinese_day(span[0])}，{said}的数据{'不全' if partly else '没有'}"
                )
                raise NotUnderstood([said], what)


def _same(error: NotUnderstood) -> NotUnderstood:
    return error


def _clocks(expr: Expr, clock: Clock) -> list[tuple[Query, Clock]]:
    try:
        return clock_at(expr, clock)
    except QueryError:  # 去年收到的，到6月30日还没查结的: the day is taken for one of that year
        raise NotUnderstood(["时段"], "没有听清时段的起止，起始日晚于截止日；请把年月日写全") from None
