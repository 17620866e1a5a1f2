"""A number taken up again in its own sentence: 问卷5214份，这5300余份问卷…."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, add, found
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence

_THESE, _ALL_OF_THEM = re.compile(words.THESE), re.compile(words.ALL_OF_THEM)
_NOUN = re.compile(r"[\u4e00-\u9fff]{2}")
_NEAR = 7  # a seventh over: still the same number, misstated


def check_restated(sentence: Sentence) -> Iterator[Finding]:
    """What a sentence takes up with 这 or by its name and misstates; nothing where a sum of its numbers may be meant."""
    for i, again in enumerate(sentence.mentions):
        if again.sense != "level" or again.quantity.kind != "count" or not again.quantity.unit:
            continue
        before = [m for m in sentence.mentions[:i] if m.kind == again.kind and m.quantity.kind == "count"]
        if _THESE.search(again.clause):
            yield from _check_these(sentence, again, before)
        elif len(before) == 1 and again.quantity.word:
            yield from _check_named(sentence, again, before[0])


def _check_these(sentence: Sentence, again: Mention, before: Sequence[Mention]) -> Iterator[Finding]:
    """对这近1700处隐患: what 这 points at is one of the numbers before, or a sum of the last of them."""
    sums = (add(before[first:]) for first in range(len(before)))
    earlier = sentence.before.mentions if sentence.before else ()
    if not before or any(m.low <= again.high and again.low <= m.high for m in (*before, *earlier)):
        return
    if any(total.meets(again) for total in sums):
        return
    kind = WRONG if len(before) == 1 else DOUBTFUL
    yield found(again, [before[-1]], kind, "前后不一", f"前面写{before[-1].said}，这里写{again.said}")


def _check_named(sentence: Sentence, again: Mention, first: Mention) -> Iterator[Finding]:
    """案件48326件，4.9万余件案件已全部录入: the same things by their name, all of them, and more than there are."""
    noun = _NOUN.match(again.tail)
    behind = sentence.text[again.quantity.until - sentence.start :]
    named = noun and noun[0] in first.clause + first.tail
    if again.clause or not named or not _ALL_OF_THEM.search(behind) or not first.quantity.exact:
        return
    if again.low > first.high and again.low - first.high <= first.quantity.value / _NEAR:
        yield found(again, [first], WRONG, "前后不一", f"前面写{first.said}，这里写{again.said}")
