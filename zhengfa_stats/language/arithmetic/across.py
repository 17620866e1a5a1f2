"""Totals whose parts are paragraphs of their own: 全市共查处120件，各县区情况如下： — 甲县35件； — 乙县45件."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, add, found
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence

_BREAKS_DOWN, _VIEWED = re.compile(words.BREAKS_DOWN), re.compile(words.VIEWED_FIRST)
_BODY, _OPEN_ENDED = re.compile(words.BODY), re.compile(words.OPEN_ENDED)


def check_across(sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """The total of a paragraph against the paragraphs behind it, one body each; nothing where they need not be all."""
    for i, (whole_in, first) in enumerate(pairwise(sentences)):
        if whole_in.passage == first.passage or whole_in.has_blanks:
            continue
        opened = _BREAKS_DOWN.search(whole_in.text) or _VIEWED.search(first.text)
        levels = [m for m in whole_in.mentions if m.sense == "level" and m.quantity.kind == "count" and not m.old]
        if opened and levels and not levels[-1].opener:
            yield from _check(levels[-1], _parts(levels[-1], sentences[i + 1 :]))


def _parts(whole: Mention, after: Sequence[Sentence]) -> list[Mention]:
    """The first number of the kind in each paragraph that starts with a body's name, and all say the same of theirs."""
    parts: dict[str, Mention] = {}
    acts: set[str] = set()
    last = whole.passage
    for sentence in after:
        if sentence.passage == last:
            continue  # a paragraph's first sentence has its number
        said = _BODY.match(_VIEWED.sub("", sentence.text[: _at(sentence, whole)]))
        if sentence.passage != last + 1 or not said or said["body"] in parts or sentence.has_blanks:
            break
        part = next(m for m in sentence.mentions if m.kind == whole.kind)
        parts[said["body"]], last = part, sentence.passage
        acts.add(said["act"])
    return list(parts.values()) if len(acts) == 1 else []


def _at(sentence: Sentence, whole: Mention) -> int:
    """Where the first number of the kind stands in its sentence; 0 where there is none, or another stands before it."""
    first = next((m for m in sentence.mentions if m.quantity.kind == "count"), None)
    told = first and first.kind == whole.kind and first.sense == "level" and not first.quantity.word
    return first.quantity.start - sentence.start if first and told else 0


def _check(whole: Mention, parts: Sequence[Mention]) -> Iterator[Finding]:
    total = add(parts)
    if len(parts) < 2 or any(add(parts[:n]).meets(whole) for n in range(1, len(parts) + 1)):
        return
    if total.exceeds(whole):
        yield found(whole, parts, WRONG, "分项之和", total.against(whole))
    elif total.is_near(whole) or total.is_slip(whole):
        yield found(whole, parts, DOUBTFUL, "分项之和", total.beside(whole))
