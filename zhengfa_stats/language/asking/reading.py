"""A question → tokens, each with all that it may mean: the fewest words that cover the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from zhengfa_stats.language.asking.word_forms import either_of_verb, forms_of_not, forms_of_verb
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.language.lexicon import Lexicon, Sense, is_word, plain
from zhengfa_stats.language.periods import PeriodSaid, find_periods
from zhengfa_stats.numerals import parse
from zhengfa_stats.query import Blank, Clock, Fact, In, Not, Query, Where
from zhengfa_stats.schema import Indicator, Schema

MeaningKind = Literal["noun", "verb", "condition", "unit", "region", "axis", "number", "indicator", "private", "value"]


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


@dataclass(frozen=True, slots=True)
class _Entry:
    roles: frozenset[str] = frozenset()
    meanings: tuple[Meaning, ...] = ()
    refused: str = ""


_RATE = re.compile(
    r"百分之(?:百|[零一二三四五六七八九十百点两\d.]+)|\d+(?:\.\d+)?%|(?P<tenths>[一二三四五六七八九])成(?!绩|果|立)|(?P<half>一半|半数)"
)
_ORDINAL = re.compile(
    r"(?:排名|排在|排到|名列|位列|位居|排|居)?(?:倒数)?第(?:(?P<n>[二三四五六七八九十]|\d+)(?![种季条次批期项\d十])|(?P<ask>几))(?:名|位|多|少|高|低)?的?"
)  # 第二, 排第二的, 倒数第二; 排第几
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[零一二三四五六七八九十百千两]+")
_PASSED = re.compile("(?:过|超|破)(?P<n>[百千])(?![分\\d一二三四五六七八九十百千])")  # 参加人数过百
_PLACES = {"百": Decimal(100), "千": Decimal(1000)}
_SPACE = re.compile(r"[\s,，。？?！!；;：:“”\"'‘’（）()《》<>【】\[\]…~～—-]+")
_OUTSIDE = re.compile(r"[一-鿿]{1,4}(?:局|厅|委员会)")
_UNKNOWN, _KNOWN, _CHEAP = 100.0, 10.0, 1.0
_Parts = tuple[set[str], dict[Meaning, None], str]  # roles, meanings in order, why refused


class Tokens:
    """Everything a question may be made of; `read` cuts a text into tokens."""

    def __init__(
        self,
        schema: Schema,
        lexicon: Lexicon,
        words: Words,
        values: Mapping[tuple[str, str], Iterable[str]] | None = None,
    ) -> None:
        self.schema, self.words = schema, words
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
            if meaning.kind == "verb" and text in self._either:
                entry(text)[0].add("exists")
        self._entries: Mapping[str, _Entry] = {
            text: _Entry(frozenset(r), tuple(m), why) for text, (r, m, why) in entries.items() if r or m or why
        }
        lengths: dict[str, set[int]] = {}
        for text in self._entries:
            lengths.setdefault(text[0], set()).add(len(text))
        self._last: tuple[tuple[str, Clock] | None, tuple[Token, ...]] = (None, ())
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @property
    def known(self) -> tuple[str, ...]:
        """Every word with a meaning, for proposals."""
        return tuple(t for t, e in self._entries.items() if any(m.kind != "value" for m in e.meanings))

    # ── entries ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _meanings(self, text: str, sense: Sense) -> Iterator[Meaning]:
        weight = 2 if sense.is_name else 1
        habits = self.words.habits.get(sense.ledger, Habits())
        match sense.kind:
            case "term" | "flag":
                vocabulary = self.schema.ledgers[sense.ledger].fields[sense.field].vocabulary
                if text in self.words.barred.get(vocabulary, ()) or text in self.words.narrower.get(vocabulary, ()):
                    return
                yield _condition(sense.ledger, sense.field, sense.value, habits, weight)
            case "fact":
                if is_word(text):
                    yield Meaning("condition", sense.ledger, "fact", (Fact(str(sense.value)),), weight=weight)
            case "unit":
                if not text.endswith(tuple(self.words.barred.get("unit", ()))):
                    yield Meaning("unit", value=str(sense.value), weight=weight)
            case "region":
                yield Meaning("region", slot="region", value=str(sense.value), weight=weight)
            case "ledger" if sense.is_name or sense.ledger not in self.words.told:
                yield Meaning("noun", sense.ledger, weight=weight)
            case "private":
                yield Meaning("private", sense.ledger, sense.field, weight=weight)
            case "field":
                field = self.schema.ledgers[sense.ledger].fields[sense.field]
                yield Meaning("number" if field.kind == "number" else "axis", sense.ledger, sense.field, weight=weight)
            case "indicator":
                indicator = self.schema.indicators[str(sense.value)]
                if text in spoken(indicator):
                    yield Meaning("indicator", value=indicator.key, weight=weight + 2)

    def _narrower(self) -> Iterator[tuple[str, str]]:
        """The ways of writing that say more than their term, each with why it can't be asked for."""
        for name, texts in self.words.narrower.items():
            vocabulary = self.schema.vocabularies.get(name)
            for term in vocabulary.terms if vocabulary else ():
                for text in {term.name, *term.aliases} & texts:
                    yield plain(text), f"台账里归在“{term.name}”，分不出来；可以问“{term.name}”"

    def _habitual(self) -> Iterator[tuple[str, Meaning]]:
        for ledger, habits in self.words.habits.items():
            if self.schema.ledgers[ledger].tabulated:
                continue
            yield from ((text, Meaning("noun", ledger, weight=3)) for text in habits.nouns)
            yield from ((text, Meaning("verb", ledger)) for text in habits.verbs)
            for text, where in habits.means.items():
                yield text, Meaning("condition", ledger, slot_of(where), where, weight=4)
            yield from ((text, Meaning("axis", ledger, name, weight=4)) for text, name in habits.axes.items())
            yield from ((text, Meaning("number", ledger, name, weight=4)) for text, name in habits.numbers.items())
        for indicator in self.schema.indicators.values():
            yield from ((text, Meaning("indicator", value=indicator.key, weight=2)) for text in spoken(indicator))
        for text, units in self.words.together.items():
            yield text, Meaning("unit", value="、".join(units), weight=3)
        for text, key in self.words.figures.items():
            yield text, Meaning("indicator", value=key, weight=4)

    def _more_forms(self, entries: Mapping[str, _Parts]) -> list[tuple[str, Meaning]]:
        """Verbs with 了, 过 and as 开没开过; what is not done, as not done yet."""
        found: list[tuple[str, Meaning]] = []
        self._either: set[str] = set()
        for text, (_, meanings, why) in entries.items():
            for meaning in () if why else meanings:
                if meaning.kind == "verb":
                    either = [t for t in either_of_verb(text) if t not in entries]
                    self._either.update(either)
                    found += [(t, meaning) for t in (*forms_of_verb(text), *either)]
                elif meaning.kind == "condition":
                    found += [(t, meaning) for t in forms_of_not(text) if t not in entries]
        return found

    # ── cutting ──────────────────────────────────────────────────────────────────────────────────────────────────
    def read(self, text: str, clock: Clock) -> tuple[Token, ...]:
        """The tokens of a text: as little as possible is left unknown, then as few tokens as possible."""
        if self._last[0] == (text, clock):
            return self._last[1]
        self._last = (text, clock), self._read(text, clock)
        return self._last[1]

    def forget(self) -> None:
        """Read the next text anew, were it the same as the last: what a benchmark times."""
        self._last = None, ()

    def _read(self, text: str, clock: Clock) -> tuple[Token, ...]:
        text = _STANDING.sub("截至", _OR_NOT.sub(_asked, without_asides(text)))
        even = plain(text)
        periods = {p.start: p for p in find_periods(text, clock, self.schema.periods)}
        best: list[tuple[float, Token | None]] = [(float("inf"), None) for _ in range(len(even) + 1)]
        best[0] = (0.0, None)
        for i in range(len(even)):
            for cost, token in self._at(text, even, i, periods):
                total = best[i][0] + cost
                if total < best[token.end][0]:
                    best[token.end] = (total, token)
        return _joined(_not_lone(_backwards(best)), text)

    def _at(self, text: str, even: str, i: int, periods: Mapping[int, PeriodSaid]) -> Iterator[tuple[float, Token]]:
        if match := _SPACE.match(even, i):
            yield 0.0, Token(i, match.end(), "", frozenset({"space"}))
        if (match := _EITHER.match(even, i)) and match[1] != "有":
            entry = self._entries.get(match[0]) if match[0] in self._either else None
            roles, meanings = (entry.roles, entry.meanings) if entry else (frozenset[str](), ())
            yield 0.0, Token(i, match.end(), text[i : match.end()], roles, meanings, known=entry is not None)
        if period := periods.get(i):
            yield _CHEAP, Token(i, period.end, text[i : period.end], frozenset({"period"}), period=period)
        for length in self._lengths.get(even[i], ()):
            entry = self._entries.get(even[i : i + length])
            if entry and i + length <= len(even):
                end = i + length
                cost = (
                    (0.3 if _is_heading(entry) else 0.0)
                    + _KNOWN
                    - (0.01 + 0.0001 * (len(even) - i) / len(even)) * length * length
                )
                yield cost, Token(i, end, text[i:end], entry.roles, entry.meanings, refused=entry.refused)
        if (match := _RATE.match(even, i)) and (value := _rate(match)) is not None:
            yield (
                _KNOWN - 0.5,
                Token(i, match.end(), text[i : match.end()], frozenset({"number", "rate"}), number=value),
            )
        if match := _ORDINAL.match(even, i):
            yield _ordinal(match, text)
        if match := _PASSED.match(even, i):
            yield _KNOWN, Token(i, i + 2, text[i : i + 2], frozenset({"number", "over"}), number=_PLACES[match["n"]])
        if (match := _NUMBER.match(even, i)) and (number := parse(match[0])):
            token = Token(i, match.end(), text[i : match.end()], frozenset({"number"}), number=number.value)
            yield _KNOWN + 0.5, token
        yield _UNKNOWN, Token(i, i + 1, text[i], known=False)


_ASIDE = re.compile(
    r"(?:(?<=[，,；;。])|^)(?:(?:不管|不论|无论|甭管|别管)[^，,；;。？?！!]*?(?:哪|什么|谁|几|多少|怎|啥|有没有|是不是|还是|[一-鿿][没不][一-鿿])[^，,；;。？?！!]*"
    r"|[^，,；;。？?！!]*(?:不用说|不用管|不用列|不用报|先不说|不必说|先不管|不用细说)了?)(?=[，,；;。？?！!]|$)"
)  # 不管是哪个月收的; 哪家最多不用说
_CALLED = re.compile(
    r"^(?:[小老][一-鿿]|[一-鿿](?:科长|主任|处长|书记|科|处|主任科员)|同志们?)(?:啊|呀)?[，,、：: ]"
)  # 小王，…


def without_asides(text: str) -> str:
    """The text as long as it was, without what is said to be of no matter, and without who is spoken to."""
    for pattern in (_CALLED, _ASIDE):
        text = pattern.sub(lambda m: " " * len(m[0]), text)
    return text


def _ordinal(match: re.Match[str], text: str) -> tuple[float, Token]:
    """第二 with its number, or 第几, which asks for it."""
    number = parse(match["n"]) if match["n"] else None
    role = "ordinal" if number else "which_place"
    said = text[match.start() : match.end()]
    return _KNOWN - 0.01 * len(said) ** 2, Token(
        match.start(), match.end(), said, frozenset({role}), number=number.value if number else None
    )


def _rate(match: re.Match[str]) -> Decimal | None:
    """95%, 百分之百, 八成, 一半 in per cent."""
    if match["half"]:
        return Decimal(50)
    if match["tenths"]:
        return Decimal(10 * ("一二三四五六七八九".index(match["tenths"]) + 1))
    number = parse(match[0])
    return number.value if number else None


_STANDING = re.compile("站在(?=.{1,10}[日号底末初])")  # 站在5月31日那天看
_CLOSE = re.compile(r"[呢啊呀]?(?:$|[，,；;。？?！!])")
_OR_NOT = re.compile(r"(?<![该应当])([一-鿿]{1,3})(?:没有|没|未)\1(?!有)")  # 办完没办完, 结没结
_EITHER = re.compile(
    r"(?<![该应当])([一-鿿])(?:没有|没|未)\1(?:过|了)?(?!有)"
)  # 搞没搞: in the middle of a clause it is not told what


def _asked(match: re.Match[str]) -> str:
    """办完没办完 as 办完了没有, as long as it was; a single verb only where the clause ends with it: 结没结."""
    if match[1] == "有" or (len(match[1]) == 1 and not _CLOSE.match(match.string, match.end())):
        return match[0]
    tail = "了没有" if len(match[1]) > 1 else "了没"
    return (match[1] + tail).ljust(len(match[0]))[: len(match[0])]


def _is_heading(entry: _Entry) -> bool:
    """Whether a word is only another name of a column's header: 参训人 in 参训人次 is none."""
    kinds = ("private", "axis", "number")
    return not entry.roles and not entry.refused and all(m.weight < 2 and m.kind in kinds for m in entry.meanings)


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


def _not_lone(tokens: list[Token]) -> list[Token]:
    """Single characters that say nothing alone, side by side, are a word that nobody knows: 本地, 上会."""
    bare = [t for t in tokens if "lone" in t.roles and "within_part" not in t.roles]
    ends = {t.start for t in bare} & {t.end for t in bare}
    return [
        replace(t, known=False, roles=frozenset()) if t in bare and (t.start in ends or t.end in ends) else t
        for t in tokens
    ]


def _backwards(best: list[tuple[float, Token | None]]) -> list[Token]:
    found: list[Token] = []
    end = len(best) - 1
    while end > 0:
        token = best[end][1]
        assert token is not None  # every place can be reached by unknown characters
        found.append(token)
        end = token.start
    return found[::-1]


def _joined(tokens: Iterable[Token], text: str) -> tuple[Token, ...]:
    """Without spaces; unknown characters that stand together as one token."""
    found: list[Token] = []
    for token in tokens:
        if "space" in token.roles:
            continue
        last = found[-1] if found else None
        if last and not token.known and not last.known and last.end == token.start:
            found[-1] = replace(last, end=token.end, text=text[last.start : token.end])
        else:
            found.append(token)
    return tuple(found)


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
