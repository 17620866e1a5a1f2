"""Section rows: what each says of the rows beneath it, for fields that have no column of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhengfa_stats.reading.cleaning.result import Cleaned
from zhengfa_stats.reading.headers import tidy
from zhengfa_stats.reading.sheets import Cell
from zhengfa_stats.schema import Field, Vocabulary

_LEVELS = (  # how a section is numbered says how deep it stands
    re.compile(r"\s*(?:[一二三四五六七八九十]+[、.．]|第[一二三四五六七八九十\d]+[部章类])"),
    re.compile(r"\s*[（(][一二三四五六七八九十]+[）)]"),
    re.compile(r"\s*\d+[、.．]"),
    re.compile(r"\s*(?:[（(]\d+[）)]|[①-⑳])"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What holds from one section row to the next: field → (the row that says it, the value).

    `unknown`: the row itself is not understood; `lost`: it or one that it stands in is not.
    """

    row: int
    values: Mapping[str, tuple[int, Any]] = field(default_factory=dict)
    lost: bool = False
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class Teller:
    """A field that sections may give, and how its values are read."""

    field: Field
    clean: Callable[[Cell], Cleaned[Any]]
    vocabulary: Vocabulary | None = None
    expected: bool = False  # the table was recognised as giving it by sections: then a term within a text will do

    def read(self, text: str) -> Any:
        """The value that a section's text gives; None if it is none of this field's."""
        cleaned = self.clean(text)
        if cleaned.value is not None and cleaned.fault is None:
            return cleaned.value
        term = _only_term(text, self.vocabulary) if self.expected and self.vocabulary else ""
        return self.clean(term).value if term else None


def read_sections(sections: Mapping[int, str], tellers: Iterable[Teller]) -> list[Said]:
    """What each section row says, in order; nothing if no section is understood.

    A section ends those that stand as deep as it or deeper. One that is not understood ends them too, unless it is
    only a part of one that is.
    """
    texts = {row: unnumbered(text) for row, text in sorted(sections.items())}
    told = _assigned(texts, list(tellers))
    if not told:
        return []
    said: list[Said] = []
    state: dict[str, tuple[int, int, Any]] = {}  # field → level, row, value
    lost: int | None = None  # how deep the section stands that was not understood
    for row in texts:
        level = level_of(sections[row])
        known = told.get(row)
        if known is None and any(at < level for at, _, _ in state.values()):
            said.append(Said(row, _values(state), lost is not None))
            continue
        state = {name: held for name, held in state.items() if held[0] < level}
        lost = lost if lost is not None and lost < level else None
        if known is None:
            lost = level
        else:
            state[known[0]] = (level, row, known[1])
        said.append(Said(row, _values(state), lost is not None, known is None))
    return said


def _values(state: Mapping[str, tuple[int, int, Any]]) -> dict[str, tuple[int, Any]]:
    return {name: (row, value) for name, (_, row, value) in state.items()}


def _assigned(texts: Mapping[int, str], tellers: list[Teller]) -> dict[int, tuple[str, Any]]:
    """Each section row's field and value: of several fields that know the text, the one that knows most sections."""
    read = {t.field.id: {row: v for row, text in texts.items() if (v := t.read(text)) is not None} for t in tellers}
    first = {t.field.id: (t.expected, t.field.required, t.field.default == "sender") for t in tellers}
    weight = {name: (len(values), first[name]) for name, values in read.items()}
    told: dict[int, tuple[str, Any]] = {}
    for row in texts:
        able = sorted((name for name, values in read.items() if row in values), key=lambda n: weight[n], reverse=True)
        if able and Counter(weight[name] for name in able)[weight[able[0]]] == 1:
            told[row] = able[0], read[able[0]][row]
    return told


def level_of(text: str) -> int:
    """How deep a section stands by its number; one without a number stands at the top.

    >>> [level_of(t) for t in ("一、公安局", "（二）来信", "3.来访", "公安局")]
    [0, 1, 2, 0]
    """
    return next((i for i, pattern in enumerate(_LEVELS) if pattern.match(text)), 0)


def unnumbered(text: str) -> str:
    """A section's text without its number and remarks.

    >>> unnumbered("（二）市公安局（12件）"), unnumbered("3月份"), unnumbered("一、红色教育：")
    ('市公安局', '3月份', '红色教育')
    """
    text = re.sub(r"^\s*(?:[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十\d]+[、.．]|[①-⑳])\s*", "", text)
    return re.sub(r"\s*(?:[（(][^（）()]*[）)]\s*[:：]?|[:：]|\d+[件条人次份篇个项])$", "", text.strip()).strip()


def _only_term(text: str, vocabulary: Vocabulary) -> str:
    """The only term that is written somewhere in a text, longer forms first; "" where none or several are."""
    text, found = tidy(text), set()
    for written in sorted(vocabulary.written, key=len, reverse=True):
        if len(written) > 1 and tidy(written) in text:
            found.add(vocabulary.written[written])
            text = text.replace(tidy(written), "\n")
    return found.pop() if len(found) == 1 else ""
