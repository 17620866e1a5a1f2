"""The words by which a clause says what its number counts: read from citing.toml, the vocabularies and the phrases."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from zhengfa_stats.language.asking.words import narrower_words
from zhengfa_stats.language.lexicon import Lexicon, plain
from zhengfa_stats.schema import Schema

UNIT, REGION = "单位", "区划"
RELATION, MARK, OWN = "关系", "标", "词"
LIST = "列"
_FOREIGN = "别的"
_QUOTED = re.compile(
    r"^\s*[一二三四五六七八九十]{1,3}、|【[^【】]*】|《[^《》]*(?:《[^《》]*》[^《》]*)*》|“[^“”]*”|「[^」]*」|\"[^\"]*\""
)
_JOINT = re.compile(r"[、和及与]")
_THING = "线索"
_FEW = 3  # short names that tell one another: 公、检、法
_SILENT = re.compile(r"[\s\d\W_a-zA-Z]+")


class Sense(NamedTuple):
    """One meaning of a word: a facet (物, 做, clues.source …) and its value."""

    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Said:
    """A word in a text and its meanings; none: it changes nothing. A stretch that is not known has `senses` None."""

    start: int
    end: int
    text: str
    senses: tuple[Sense, ...] | None

    @property
    def facet(self) -> str:
        return self.senses[0].facet if self.senses else ""

    @property
    def value(self) -> str:
        return self.senses[0].value if self.senses else ""

    def has(self, facet: str, value: str = "") -> bool:
        return any(s.facet == facet and value in ("", s.value) for s in self.senses or ())


@dataclass(frozen=True)
class Citing:
    """What citing.toml declares."""

    said: Mapping[str, Mapping[str, Sequence[str]]]
    plain: frozenset[str]
    of: Mapping[str, frozenset[str]]  # ledger → words and values that change nothing in it
    measures: Mapping[str, frozenset[str]]
    narrows: Mapping[str, frozenset[str]]  # ledger → fields by which a figure may be narrowed
    within: Mapping[str, str]  # facet → the class of which alone its terms are parts
    units: Mapping[str, str]  # ledger → the field that a unit's name speaks of
    before: frozenset[str]  # words that may stand right before what is counted and narrow nothing
    before_of: frozenset[str]  # those that may stand before 的 there
    copulas: frozenset[str]  # words that limit, but before a source or a category only say that it is one
    origins: frozenset[str]  # what is done with a clue by whom it comes from
    either: Mapping[str, tuple[str, str]]  # of a cohort → the flow that it may be, and the cohort that it is of
    foremost: frozenset[str]  # words by which a clause without numbers names what the next is of
    unread: frozenset[str]
    short: Mapping[str, str]  # names that are a unit's only beside other units
    ahead: frozenset[str]  # ledgers whose figures may be explained by the clause after the number
    organisers: frozenset[str]  # units that lead what all take part in
    organising: frozenset[str]
    receivers: tuple[str, ...]  # words before a unit to which something is sent
    joins: Mapping[str, Mapping[str, str]]  # 期末 with 在查 is 期末在查
    beside: Mapping[str, Mapping[str, str]]  # what is done, where 上期结转 is said in the sentence
    classes: frozenset[str]  # fields that only say which persons
    passing: frozenset[str]  # things that a clause without numbers only mentions
    totals: frozenset[str]  # words that add up what stands before
    alone: frozenset[str]  # rates that are of one thing only
    shares: Mapping[str, str]  # what is done → the rate that its share is
    remaining: Mapping[str, str]  # ledger → what the rest of it is
    rest: frozenset[str]  # the words for the rest
    strangers: tuple[str, ...]  # how the names of places and offices end


@lru_cache(maxsize=1)
def citing() -> Citing:
    """The declarations of definitions/citing.toml."""
    t: dict[str, Any] = tomllib.loads((files("zhengfa_stats") / "definitions" / "citing.toml").read_text("utf-8"))
    return Citing(
        said=t["said"],
        plain=frozenset(t["words"]["plain"]).union(*t["idle"].values()),
        of={ledger: frozenset(words) for ledger, words in t["words"]["of"].items()},
        measures={name: frozenset(words) for name, words in t["measures"].items()},
        narrows={ledger: frozenset(fields) for ledger, fields in t["narrows"].items()},
        within=t["within"],
        units=t["units"],
        before=frozenset(t["before"]["thing"]).union(t["idle"]["动作"], t["idle"]["副词"]),
        before_of=frozenset(t["before"]["of"]),
        copulas=frozenset(t["copulas"]["words"]),
        origins=frozenset(t["origins"]["words"]),
        either={key: (flow, of) for key, (flow, of) in t["either"].items()},
        foremost=frozenset(t["foremost"]["words"]),
        unread=frozenset(t["unread"]["words"]),
        short=t["short"],
        ahead=frozenset(t["ahead"]["ledgers"]),
        organisers=frozenset(t["organisers"]["units"]),
        organising=frozenset(t["organisers"]["acts"]),
        receivers=tuple(t["receivers"]["before"]),
        joins=t["joins"],
        beside=t["beside"],
        classes=frozenset(t["classes"]["fields"]),
        passing=frozenset(t["passing"]["words"]),
        totals=frozenset(t["totals"]["words"]),
        alone=frozenset(t["alone"]["rates"]),
        shares=t["shares"],
        remaining={ledger: value for ledger, value in t["remaining"].items() if ledger != "words"},
        rest=frozenset(t["remaining"]["words"]),
        strangers=tuple(t["strangers"]["ends"]),
    )


def citing_with(own: Mapping[str, Any]) -> Citing:
    """The declarations with a project's own over them: its words are added to ours."""
    ours = citing()
    if not own:
        return ours
    said = {facet: dict(values) for facet, values in ours.said.items()}
    for facet, values in own.get("said", {}).items():
        for value, texts in values.items():
            said[facet][value] = (*said[facet].get(value, ()), *texts)
    return replace(
        ours,
        said=said,
        plain=ours.plain | set(own.get("plain", ())),
        before=ours.before | set(own.get("plain", ())),
        of=_joined(ours.of, own.get("of", {})),
        measures=_joined(ours.measures, own.get("measures", {})),
        narrows=_joined(ours.narrows, own.get("narrows", {})),
        units={**ours.units, **own.get("units", {})},
    )


def _joined(ours: Mapping[str, frozenset[str]], own: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {name: ours.get(name, frozenset()).union(own.get(name, ())) for name in {**ours, **own}}


class Words:
    """The words of a schema, found in texts: the longest at each place, from the left."""

    def __init__(self, schema: Schema, regions: Iterable[str] = (), city: str = "") -> None:
        self.known: dict[str, dict[Sense, None]] = {}
        self.foreign: set[Sense] = set()  # what no ledger of ours is about
        self._lengths: dict[str, list[int]] = {}
        self.is_county = not city.endswith("市")  # then 全县 is all that the project is about
        self.citing = declared = citing_with(schema.citing)
        for name, values in declared.said.items():
            facet = name.removeprefix(_FOREIGN)
            for value, texts in values.items():
                if facet != name:
                    self.foreign.add(Sense(facet, value))
                for text in (*([value] if _names(facet, value, texts) else ()), *texts):
                    self._add(text, Sense(facet, value))
        ours = set(self.known)
        for text, sense in _of_lexicon(schema, regions, city, declared.narrows):
            if text not in ours and text not in declared.unread:
                self._add(text, sense)
        for words in declared.of.values():
            for text in words - self.known.keys() - declared.plain:
                self._add(text, Sense(OWN, text))
        for text in declared.plain - self.known.keys():
            self._add(text)

    def _add(self, text: str, *senses: Sense) -> None:
        if text not in self.known:
            lengths = self._lengths.setdefault(text[0], [])
            if len(text) not in lengths:
                lengths.append(len(text))
                lengths.sort(reverse=True)
        self.known.setdefault(text, {}).update(dict.fromkeys(senses))

    def learn(self, text: str) -> None:
        """Make the unknown words of a declared phrase known, as words that stand for themselves."""
        for said in self.read(text):
            if said.senses is None:
                self._add(said.text, Sense(OWN, said.text))

    def read(
        self, text: str, start: int = 0, end: int | None = None, skip: Sequence[tuple[int, int]] = ()
    ) -> list[Said]:
        """The words of text[start:end] but what lies in `skip`; what is not known stands between them as it is."""
        even, end = plain(text), len(text) if end is None else end
        names = [
            m.span()
            for m in _QUOTED.finditer(text, start, end)
            if m[0][1:-1] not in self.known or m[0].startswith("【")
        ]
        holes = sorted([*skip, *names])
        found: list[Said] = []
        i = unknown = start
        while i < end:
            hole = next((h for h in holes if h[0] <= i < h[1]), None)
            limit = min([end, *(h[0] for h in holes if h[0] > i)])
            if hole or (length := self._at(even, i, limit)) or _SILENT.fullmatch(text[i]):
                found += self._unknown(text, unknown, i)
                if hole:
                    i = hole[1]
                elif length:
                    found.append(Said(i, i + length, text[i : i + length], tuple(self.known[even[i : i + length]])))
                    i += length
                else:
                    i += 1
                unknown = i
            else:
                i += 1
        found = _with_short(_with_things(found + self._unknown(text, unknown, end), self.known), even)
        return _with_joins(self._with_tails(self._with_rates(found, even), even))

    def _with_rates(self, found: list[Said], text: str) -> list[Said]:
        """参与、合格、优秀率 are three rates."""
        for i in range(len(found) - 2, -1, -1):
            one, following = found[i], found[i + 1]
            rate = self.known.get(f"{one.text}率")
            if rate and following.facet == "率" and text[one.end : following.start] in ("、", "和", "及", "与", ""):
                joined = one.end < following.start or (following.text[:1] in "和及与")
                found[i] = replace(one, senses=tuple(rate)) if joined else one
        return found

    def _with_tails(self, found: list[Said], text: str) -> list[Said]:
        """第三、第四种形态, 红色、警示教育: the first of a list may lack the end that the last has."""
        for i in range(len(found) - 2, -1, -1):
            one, following = found[i], found[i + 1]
            if one.senses is None and _JOINT.fullmatch(text, one.end, following.start):
                found[i], found[i + 1] = self._with_tail(one, following)
        return found

    def _with_tail(self, one: Said, following: Said) -> tuple[Said, Said]:
        whole = one.text[:1] + following.text  # 第三、四种形态
        for word in (following.text, whole):
            facets = {s.facet for s in self.known.get(word, ())}
            for k in range(1, len(word)):
                senses = tuple(s for s in self.known.get(one.text + word[k:], ()) if s.facet in facets)
                if senses and any("." in s.facet for s in senses):
                    last = tuple(s for s in self.known[word] if s.facet in facets)
                    return replace(one, text=one.text + word[k:], senses=senses), replace(following, senses=last)
        return one, following

    def _unknown(self, text: str, start: int, end: int) -> list[Said]:
        return [Said(start, end, text[start:end], None)] if start < end else []

    def _at(self, even: str, start: int, limit: int) -> int:
        for length in self._lengths.get(even[start], ()):
            if start + length <= limit and even[start : start + length] in self.known:
                return length
        return 0


def _with_things(found: Sequence[Said], known: Mapping[str, Iterable[Sense]]) -> list[Said]:
    """上级交办线索 says the thing too, whatever name the vocabulary has."""
    parted: list[Said] = []
    for word in found:
        thing = word.text[-len(_THING) :]
        if thing == _THING != word.text and word.facet.startswith("clues."):
            cut = word.end - len(_THING)
            parted += [
                replace(word, end=cut, text=word.text[: -len(_THING)]),
                Said(cut, word.end, thing, tuple(known[thing])),
            ]
        else:
            parted.append(word)
    return parted


def _with_joins(found: list[Said]) -> list[Said]:
    """期末尚在核查, 本期共查结: a plain word changes what one after it says."""
    joins: Mapping[str, str] = {}
    for i, word in enumerate(found):
        joins = citing().joins.get(word.text, joins)
        if word.facet == "做" and word.value in joins:
            found[i] = replace(word, senses=(Sense("做", joins[word.value]),))
    return found


def _with_short(found: list[Said], text: str) -> list[Said]:
    """公安、法院、检察、司法: beside other units, or several of them, the short names are units too."""
    short = citing().short
    listed = [w.text in short and "、" in (text[w.start - 1 : w.start], text[w.end : w.end + 1]) for w in found]
    if not any(w.facet == UNIT for w in found) and sum(listed) < _FEW:
        return found
    return [
        replace(w, senses=(Sense(UNIT, short[w.text]),)) if is_ else w for w, is_ in zip(found, listed, strict=True)
    ]


def _names(facet: str, value: str, texts: Sequence[str]) -> bool:
    """Whether a value is also a way to say it: 移送司法 alone is not 仅移送司法."""
    return len(value) > 1 and facet != LIST and not any(t.startswith("仅") for t in texts)


def _of_lexicon(
    schema: Schema, regions: Iterable[str], city: str, narrows: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, Sense]]:
    """Terms of the fields by which figures may be narrowed, units and regions."""
    for text, senses in Lexicon(schema, regions, city, narrower_words()).words.items():
        for sense in senses:
            match sense.kind:
                case "term" if sense.field in narrows.get(sense.ledger, ()) or sense.field == "kind":
                    yield text, Sense(f"{sense.ledger}.{sense.field}", str(sense.value))
                case "unit":
                    yield text, Sense(UNIT, str(sense.value))
                case "region":
                    yield text, Sense(REGION, str(sense.value))
