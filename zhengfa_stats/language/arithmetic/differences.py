"""Differences of two numbers that the sentence states: 甲县比乙县多286件, 净增286人, 相差1.8个百分点."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import WRONG, Finding, found, say
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence

_DIFFERENCE, _BETWEEN = re.compile(words.DIFFERENCE), re.compile(words.BETWEEN_TWO)
_NOT_BETWEEN, _ONLY_MORE = re.compile(words.NOT_BETWEEN), re.compile(words.ONLY_MORE)


def check_differences(sentence: Sentence) -> Iterator[Finding]:
    """甲县687件，乙县401件，甲县比乙县多286件."""
    mentions = sentence.mentions
    for i, gap in enumerate(mentions):
        if gap.quantity.kind not in ("count", "points") or not gap.quantity.unit or gap.old:
            continue
        like = "percent" if gap.quantity.kind == "points" else "count"
        bare = _ONLY_MORE.search(gap.clause) is not None  # 今年96人，去年80人，多26人
        near = [m for m in mentions[:i] if m.segment == gap.segment and (bare or not m.old)]
        two = [m for m in near if m.sense in ("level", "rate") and m.quantity.kind == like]
        two = [m for m in two if like == "percent" or m.kind == gap.kind]
        if bare and len(two) == 2 and two[1].old and not two[0].old and two == list(mentions[i - 2 : i]):
            yield from _check_difference(gap, two, WRONG)
            continue
        kind = _kind_of_difference(gap, two) if len(two) == 2 else ""
        if kind:
            yield from _check_difference(gap, two, kind)


def _kind_of_difference(gap: Mention, two: Sequence[Mention]) -> str:
    if _DIFFERENCE.search(gap.clause) and not _NOT_BETWEEN.search(gap.clause):
        return WRONG
    match = _BETWEEN.search(gap.clause)
    if not match or gap.quantity.kind == "points" or _NOT_BETWEEN.search(gap.clause):
        return ""
    return WRONG if any(match["other"][:2] in m.clause + m.tail for m in two) else ""


def _check_difference(gap: Mention, two: Sequence[Mention], kind: str) -> Iterator[Finding]:
    more, less = sorted(two, key=lambda m: -m.quantity.value)
    low, high = more.low - less.high, more.high - less.low
    if low > gap.high or gap.low > high:
        value = say(more.quantity.value - less.quantity.value, more)
        yield found(gap, two, kind, "相差", f"{more.written}－{less.written}＝{value}，文中写{gap.said}")
