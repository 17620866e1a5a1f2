"""A question → tokens, each with all that it may mean: the fewest words that cover the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal

from zhengfa_stats.language.asking.entries import Entries, Entry
from zhengfa_stats.language.asking.holding import HOLDS
from zhengfa_stats.language.asking.tokens import Meaning, Token
from zhengfa_stats.language.asking.words import Words
from zhengfa_stats.language.lexicon import Lexicon, plain
from zhengfa_stats.language.periods import PeriodSaid, find_periods
from zhengfa_stats.numerals import parse
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Schema

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


class Tokens:
    """Everything a question may be made of; `read` cuts a text into tokens."""

    def __init__(
        self,
        schema: Schema,
        lexicon: Lexicon,
        words: Words,
        values: Mapping[tuple[str, str], Iterable[str]] | None = None,
    ) -> None:
        """`values` (ledger, field) are what text columns hold."""
        self.schema, self.words = schema, words
        self._known = Entries(schema, lexicon, words, values or {})
        lengths: dict[str, set[int]] = {}
        for text in self._known.words:
            lengths.setdefault(text[0], set()).add(len(text))
        self._last: tuple[tuple[str, Clock] | None, tuple[Token, ...]] = (None, ())
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    @property
    def known(self) -> tuple[str, ...]:
        """Every word with a meaning, for proposals."""
        return tuple(t for t, e in self._known.words.items() if any(m.kind != "value" for m in e.meanings))

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
            entry = self._known.words.get(match[0]) if match[0] in self._known.either else None
            roles, meanings = (entry.roles, entry.meanings) if entry else (frozenset[str](), ())
            yield 0.0, Token(i, match.end(), text[i : match.end()], roles, meanings, known=entry is not None)
        if match := HOLDS.match(text, i):
            held = Meaning("holds", value=match["quoted"] or match["bare"])
            yield _CHEAP, Token(i, match.end(), match[0], frozenset({"holds"}), (held,))
        if period := periods.get(i):
            yield _CHEAP, Token(i, period.end, text[i : period.end], frozenset({"period"}), period=period)
        for length in self._lengths.get(even[i], ()):
            entry = self._known.words.get(even[i : i + length])
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
    r"(?:(?<=[，,；;。？?！!])|^)(?:(?:不管|不论|无论|甭管|别管)[^，,；;。？?！!]*?(?:哪|什么|谁|几|多少|怎|啥|有没有|是不是|还是|[一-鿿][没不][一-鿿])[^，,；;。？?！!]*"
    r"|[^，,；;。？?！!]*(?:哪|什么|谁|何)[^，,；;。？?！!]*(?:都算|都行|都可以|均可|都成|不限|也算|都算数|都算上|都包括|都计|均计)"
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


def _is_heading(entry: Entry) -> bool:
    """Whether a word is only another name of a column's header: 参训人 in 参训人次 is none."""
    kinds = ("private", "axis", "number")
    return not entry.roles and not entry.refused and all(m.weight < 2 and m.kind in kinds for m in entry.meanings)


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
