"""The places of a text that are left open for a number: ***, ××, ____, {{tag}}."""

from __future__ import annotations

import re
from dataclasses import dataclass

from zhengfa_stats.language.quantities import words as words
from zhengfa_stats.language.quantities.text import UNIT, folded, named


@dataclass(frozen=True, slots=True)
class Blank:
    """A place left open: `tag` is the key of {{key}}; word and unit as for a quantity (***余名)."""

    start: int
    end: int
    text: str
    kind: str  # stars | crosses | lines | circles | tag
    tag: str = ""
    word: str = ""
    unit: str = ""
    unit_end: int = 0


_BLANK = re.compile(
    r"\{\{\s*(?P<tag>[^{}]*?)\s*\}\}|(?P<stars>[*＊]+)|(?P<crosses>[×Ⅹ]+|(?<![A-Za-z0-9])(?:[Xx]+|[Ｘｘ]+)(?![A-Za-z0-9]))|"
    r"(?P<lines>[_＿]+)|(?P<circles>○{2,}|〇{2,}|□+|◯+|●{2,})"
)
_LONE = {"×", "X", "x", "Ｘ", "ｘ", "Ⅹ"}


def find_blanks(text: str) -> tuple[Blank, ...]:
    """The places left open, in order; a lone × or X only before a measure word.

    >>> [(b.text, b.word, b.unit, b.tag) for b in find_blanks("收到线索***条，{{处理.总人数}}人，××市，3×4，约__余名")]
    [('***', '', '条', ''), ('{{处理.总人数}}', '', '人', '处理.总人数'), ('××', '', '', ''), ('__', '余', '名', '')]
    """
    plain = folded(text)
    return tuple(blank for m in _BLANK.finditer(text) if (blank := _blank(plain, m)))


def _blank(plain: str, match: re.Match[str]) -> Blank | None:
    end = match.end()
    word = next((w for w in words.INSIDE if plain.startswith(w, end)), "")
    unit = UNIT.match(plain, end + len(word))
    unit = None if unit and unit[0].strip() in words.PLACES else unit
    name, _ = named(unit)
    kind = match.lastgroup or ""
    if match[0] in _LONE and unit is None:
        return None
    if kind == "crosses" and plain[match.start() - 1 : match.start()].isdigit():
        return None
    unit_end = unit.end() if unit else end + len(word)
    return Blank(match.start(), end, match[0], kind, match["tag"] or "", word if unit else "", name, unit_end)
