"""Words of a vocabulary: through aliases to the canonical term; likeness only proposes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Literal, Protocol, overload

from zhengfa_stats.overlay import TERM as PLACEHOLDER
from zhengfa_stats.reading.cleaning.normal import EMPTY_RULE, is_nothing, nature, skeleton, tight, unusable
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault
from zhengfa_stats.reading.privacy import mask
from zhengfa_stats.reading.sheets import Cell


class _Term(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> str: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


class Terms(Protocol):
    """What a vocabulary must offer here."""

    @property
    def id(self) -> str: ...
    @property
    def terms(self) -> Sequence[_Term]: ...
    @property
    def nothing(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class _Index:
    """A vocabulary turned for looking up: `folded` forms lead to terms, `tops` to the topmost ancestor."""

    vocabulary: Terms
    names: frozenset[str]
    folded: Mapping[str, str]
    nothing: frozenset[str]
    tops: Mapping[str, str]


_SEPARATORS = re.compile(r"[、，,；;。|+＋＆&/\n\r\t]+|\s+|并处|以及")
_JOINTS = re.compile(r"和|及|与|并|兼")
_ITEM_MARK = re.compile(r"^(?:[(（]?[0-9一二三四五六七八九十]{1,2}[)）.、．]|[①-⑩])(?=\D)")
_HOW_LONG = "[一二两三四五六七八九十0-9]+(?:年半?|个半?月|个半)"
_REMARK = re.compile(
    rf"[(（](?:[0-9.\-/年月日号至人件次份\s]+|(?:期限|为期)?{_HOW_LONG})[)）]$|(?:期限|为期)?{_HOW_LONG}$"
)
# 影响期18个月, in brackets or behind a comma: how long a measure has effect is no part of its name
_EFFECT = re.compile(r"[(（][^()（）]*影响期[^()（）]*[)）]|[，,；;、\s]*影响期[^，,；;、()（）\n]*")
_BRACKETED = re.compile(r"(.+?)[(（]([^()（）]+)[)）]")
_LEVELS = str.maketrans("12345", "一二三四五")
_MANY_TERMS = 8
_ALIKE = 80  # of 100: one character more or less in a short word; less alike is another word
_TELLING = re.compile("[未不无非没否免拟待0-9一二三四五六七八九十正副上下内外]")  # they turn a word's meaning
_SHOWN, _SHORT = 24, 12


@overload
def clean(
    value: Cell, vocabulary: Terms, *, strip: Sequence[str] = (), many: Literal[False] = False
) -> Cleaned[str]: ...
@overload
def clean(
    value: Cell, vocabulary: Terms, *, strip: Sequence[str] = (), many: Literal[True]
) -> Cleaned[tuple[str, ...]]: ...
@overload
def clean(
    value: Cell, vocabulary: Terms, *, strip: Sequence[str] = (), many: bool
) -> Cleaned[str] | Cleaned[tuple[str, ...]]: ...
def clean(
    value: Cell, vocabulary: Terms, *, strip: Sequence[str] = (), many: bool = False
) -> Cleaned[str] | Cleaned[tuple[str, ...]]:
    """The canonical term that a cell writes; with `many`, all of them.

    `strip` are words that may stand before or after a term (给予, 处分). Two terms in a cell for one are a fault unless
    one lies below the other. An unknown word is a fault with the nearest term and the line to write in zhengfa.toml.
    """
    index = _index(vocabulary)
    if isinstance(value, str) and value in index.names:
        return _tupled(value) if many else Cleaned(value)
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    read = _without_text(value, index) or _written(text, index, strip)
    if isinstance(read, Cleaned):
        return read
    found = Cleaned(tuple(read), _rule(read, text)) if read else _unknown(text, index, strip)
    return found if many else _single(found, index)


def _tupled(name: str) -> Cleaned[tuple[str, ...]]:
    return Cleaned((name,))


def lookup(written: str, vocabulary: Terms, strip: Sequence[str] = ()) -> str | None:
    """The term that a text writes, whatever its spaces, punctuation, width and the words to strip; None if unknown."""
    return _find(written, _index(vocabulary), strip)


def split(text: str) -> list[str]:
    """The parts of a cell that holds several terms; a term that itself holds a separator is cut too.

    >>> split("党内严重警告、政务记过"), split("1.谈话提醒；2.批评教育")
    (['党内严重警告', '政务记过'], ['谈话提醒', '批评教育'])
    """
    parts = (_ITEM_MARK.sub("", part.strip()) for part in _SEPARATORS.split(text))
    return [part for part in parts if part]


def toml_line(vocabulary: str, term: str, alias: str) -> str:
    """The advice to make a word an alias."""
    return f"在zhengfa.toml中写：\n[vocabularies.{vocabulary}]\n{_quoted(term)} = [{_quoted(alias)}]"


def propose(vocabulary: Terms, written: str) -> tuple[str, str]:
    """What to do about an unknown word, and which terms are expected: the nearest term is proposed, never taken."""
    index = _index(vocabulary)
    near = _nearest(written, index)
    expected = _expected(index)
    word = f"请改为“{near}”等规范写法" if near else f"请改为规范写法，可填：{expected}等"
    if not may_show(written, near):
        return word, expected
    hint = "" if near else f"（把“{PLACEHOLDER}”换成它所指的词）"
    lines = toml_line(vocabulary.id, near or PLACEHOLDER, tight(written)).replace("中写", f"中写{hint}", 1)
    return f"{word}；若这种写法可用，{lines}", expected


def shown(written: str, vocabulary: Terms | None = None) -> str:
    """A written word for a message: on one line, and only if it is plainly a word: short, or like a known one."""
    near = _nearest(written, _index(vocabulary)) if vocabulary else ""
    return f"“{tight(written)}”" if may_show(written, near) else "所填文字"


def may_show(written: str, near: str = "") -> bool:
    """Whether a message may quote what was written: short (less so where it is `near` a term), no private number."""
    return len(tight(written)) <= (_SHOWN if near else _SHORT) and not mask(written)[1]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_INDEXES: dict[int, _Index] = {}


def _index(vocabulary: Terms) -> _Index:
    """Built once a vocabulary; kept by identity, as hashing a vocabulary would cost more than a look-up."""
    index = _INDEXES.get(id(vocabulary))
    if index is None or index.vocabulary is not vocabulary:
        index = _INDEXES[id(vocabulary)] = _turn(vocabulary)
    return index


def _turn(vocabulary: Terms) -> _Index:
    folded: dict[str, str] = {}
    parents = {term.name: term.parent for term in vocabulary.terms}
    for term in vocabulary.terms:
        folded |= {_fold(alias): term.name for alias in term.aliases}
    folded |= {_fold(name): name for name in parents}
    nothing = frozenset(map(_fold, vocabulary.nothing))
    return _Index(vocabulary, frozenset(parents), folded, nothing, {name: _top(name, parents) for name in parents})


def _top(name: str, parents: Mapping[str, str]) -> str:
    while parents.get(name):
        name = parents[name]
    return name


def _fold(text: str) -> str:
    """A form alike for all ways of typing one word; a word of signs only (√) stays as it is."""
    tidy = tight(text)
    bare = skeleton(tidy) or tidy.upper()
    return re.sub("[1-5](?=级)", lambda m: m[0].translate(_LEVELS), bare)


def _find(text: str, index: _Index, strip: Sequence[str]) -> str | None:
    for form in _forms(text, strip):
        if (name := index.folded.get(form)) is not None:
            return name
    return None


def _forms(text: str, strip: Sequence[str]) -> Iterator[str]:
    """The text folded, then with one affix less at a time, longest words first."""
    form = _fold(text)
    yield form
    words = sorted((_fold(word) for word in strip), key=len, reverse=True)
    while word := next((w for w in words if w and w != form and (form.startswith(w) or form.endswith(w))), ""):
        form = form.removeprefix(word) if form.startswith(word) else form.removesuffix(word)
        yield form


def _without_text(value: Cell, index: _Index) -> Cleaned[str] | None:
    """The result for a cell that holds no text to look up."""
    expected = _expected(index)
    if isinstance(value, date | time | timedelta | bool):
        return Cleaned(
            None, "", Fault("error", "词语无法识别", f"这里应填词语，却是{nature(value)}", expected, "请填规范词语")
        )
    return unusable(value, expected)


def _written(text: str, index: _Index, strip: Sequence[str]) -> list[str] | Cleaned[str]:
    """The terms that a text writes (none: unknown), or the result where it writes that there is nothing."""
    found = _find(text, index, strip)
    if found is not None:
        return [found]
    if is_nothing(tight(text)) or any(form in index.nothing for form in _forms(text, strip)):
        return Cleaned(None, EMPTY_RULE if tight(text) else "")
    text = _EFFECT.sub("", text.strip())
    found = _find(_ITEM_MARK.sub("", text), index, strip) or _find(
        _ITEM_MARK.sub("", _REMARK.sub("", text)), index, strip
    )
    return [found] if found is not None else _segments(text, index, strip)


def _expected(index: _Index) -> str:
    return "、".join(list(dict.fromkeys(index.tops.values()))[:_MANY_TERMS])


def _segments(text: str, index: _Index, strip: Sequence[str]) -> list[str]:
    """All terms of a cell that is made of terms only, longest runs first; [] if any part is unknown."""
    for pieces in (split(text), split(_JOINTS.sub("、", text)), split(_BRACKETED.sub(r"\1、\2、", text))):
        found = _tile(pieces, index, strip) if len(pieces) > 1 else []
        if found:
            return list(dict.fromkeys(found))
    return []


def _tile(pieces: Sequence[str], index: _Index, strip: Sequence[str]) -> list[str]:
    found: list[str] = []
    at = 0
    while at < len(pieces):
        for end in range(len(pieces), at, -1):
            run = "".join(pieces[at:end])
            if (name := _find(run, index, strip)) is not None:
                found.append(name)
                break
            if end == at + 1 and (_fold(run) in index.nothing or is_nothing(run)):
                break
        else:
            return []
        at = end
    return found


def _rule(read: Sequence[str], written: str) -> str:
    if len(read) > 1:
        return "词语：一格多词分开"
    if _fold(read[0]) == _fold(written):
        return "词语：统一标点和空格"
    return "词语：别名换为规范词"


def _single(found: Cleaned[tuple[str, ...]], index: _Index) -> Cleaned[str]:
    if found.value is None:
        return Cleaned(None, found.rule, found.fault)
    narrowest = [n for n in found.value if not any(_is_under(other, n, index) for other in found.value)]
    if len(narrowest) == 1:
        return Cleaned(narrowest[0], found.rule, found.fault)
    what = f"一格里写了{len(narrowest)}个词：{'、'.join(narrowest)}"
    if len({index.tops[n] for n in narrowest}) == 1:  # 正科级（一级主任科员）: the class at least is certain
        fault = Fault("warning", "一格多词", f"{what}，取第一个", "只填一个词", "请只留一个")
        return Cleaned(narrowest[0], "词语：一格多词取第一个", fault)
    return Cleaned(None, "", Fault("error", "一格多词", what, "只填一个词", "请只留一个，或分行填写"))


def _is_under(name: str, above: str, index: _Index) -> bool:
    parents = {term.name: term.parent for term in index.vocabulary.terms}
    while name := parents.get(name, ""):
        if name == above:
            return True
    return False


def _unknown(written: str, index: _Index, strip: Sequence[str]) -> Cleaned[tuple[str, ...]]:
    pieces = [p for p in split(written) if _find(p, index, strip) is None]
    word = pieces[0] if len(pieces) < len(split(written)) and pieces else written
    do, expected = propose(index.vocabulary, word)
    return Cleaned(None, "", Fault("error", "词语无法识别", f"{shown(word, index.vocabulary)}不在词表中", expected, do))


def _nearest(written: str, index: _Index) -> str:
    """The term most like a word, if very much like it and with the same negations and levels; "" otherwise."""
    form = _fold(written)
    if not 2 <= len(form) <= _SHOWN:
        return ""
    from rapidfuzz import fuzz, process  # only when something is unknown

    alike = process.extract(form, index.folded.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None)
    same = (known for known, *_ in alike if _TELLING.findall(known) == _TELLING.findall(form))
    return next((index.folded[known] for known in same), "")
