"""Multiples and ratios of two numbers that a sentence states: 城镇是农村的2倍, 是5月份80件的3倍, 男女比例为1.2:1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import WRONG, Finding, found, plain
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence

_TIMES_OF, _OF_NUMBER, _RATIO = re.compile(words.TIMES_OF), re.compile(words.TIMES_OF_NUMBER), re.compile(words.RATIO)
_OF_PART = re.compile(words.RATIO_OF_PART)
_PAIRS = [(re.compile(one), re.compile(other)) for one, other in words.RATIO_PAIRS]


def check_multiples(sentence: Sentence) -> Iterator[Finding]:
    """The multiples and ratios of a sentence whose two numbers are plain from its words."""
    for i, mention in enumerate(sentence.mentions):
        if mention.quantity.kind == "multiple" and mention.quantity.unit == "倍":
            yield from _check_times(sentence, i)
    yield from _check_ratio(sentence)


def _check_times(sentence: Sentence, i: int) -> Iterator[Finding]:
    times, pair = sentence.mentions[i], _named_pair(sentence, i) or _number_before(sentence, i)
    if pair is None or not pair[1].low > 0:
        return
    one, other = pair
    if one.low / other.high > times.high or times.low > one.high / other.low:
        says = f"{one.written}÷{other.written}＝{plain(one.quantity.value / other.quantity.value, 2)}倍，文中写{times.said}"
        yield found(times, pair, WRONG, "倍数", says)


def _levels(sentence: Sentence, until: int) -> list[Mention]:
    before = (m for m in sentence.mentions[:until] if m.sense in ("level", "mean") and m.quantity.unit)
    return [m for m in before if m.quantity.kind in ("count", "duration") and m.high.is_finite()]


def _named_pair(sentence: Sentence, i: int) -> tuple[Mention, Mention] | None:
    """城镇30000元，农村15000元，城镇是农村的2倍: the one number that bears each name."""
    said = _TIMES_OF.search(sentence.mentions[i].clause)
    if said is None:
        return None
    ones, others = ([m for m in _levels(sentence, i) if _bears(m, said[name])] for name in ("one", "other"))
    if len(ones) == len(others) == 1 and ones[0].kind == others[0].kind and ones != others:
        return ones[0], others[0]
    return None


def _bears(m: Mention, name: str) -> bool:
    bare = re.sub("(?<=..)[额数量]$", "", name)
    return bool(re.search(f"(?<!\\d){re.escape(bare)}", m.lead + m.tail))


def _number_before(sentence: Sentence, i: int) -> tuple[Mention, Mention] | None:
    """240件，是5月份80件的3倍: the number right before 的, and the one before it."""
    if i < 2 or not re.fullmatch("的(?:近|约|整整)?", sentence.mentions[i].lead):
        return None
    one, other = sentence.mentions[i - 2 : i]
    if one.sense != "level" or one.kind != other.kind or other.old or not _OF_NUMBER.search(other.clause):
        return None
    return one, other


def _check_ratio(sentence: Sentence) -> Iterator[Finding]:
    """男生1260人，女生1050人，男女比例为1.2:1: the two numbers before it, whichever way round."""
    for said in _RATIO.finditer(sentence.text):
        before = [m for m in sentence.mentions if m.quantity.until - sentence.start <= said.start("one")]
        levels = _levels(sentence, len(before))
        if len(levels) != 2 or levels[0].kind != levels[1].kind or not _is_told(said["name"], levels):
            continue
        if _OF_PART.search(sentence.text[levels[-1].quantity.until - sentence.start : said.start("one")]):
            continue
        one, other = levels
        ratios = [(a.low / b.high, a.high / b.low) for a, b in ((one, other), (other, one)) if b.low > 0]
        low, high = _bounds(said)
        if ratios and not any(least <= high and low <= most for least, most in ratios):
            value = plain(
                max(one.quantity.value, other.quantity.value) / min(one.quantity.value, other.quantity.value), 2
            )
            stated = said[0][said.start("one") - said.start() :]
            says = f"{one.said}与{other.said}之比约为{value}，文中写{stated}"
            at = next((m for m in sentence.mentions if m.quantity.start - sentence.start == said.start("one")), other)
            yield found(at, levels, WRONG, "比例", says)


def _is_told(name: str, levels: list[Mention]) -> bool:
    """Whether the ratio's name says that it is of these two: 收入比 of two 收入, or 男女 of 男生 and 女生."""
    one, other = (m.lead + m.tail for m in levels)
    noun = name[-2:]
    if len(noun) == 2 and noun in one and (noun in other or levels[1].listed):
        return True
    return any(
        a.search(name)
        and b.search(name)
        and ((a.search(one) and b.search(other)) or (a.search(other) and b.search(one)))
        for a, b in _PAIRS
    )


def _bounds(said: re.Match[str]) -> tuple[Decimal, Decimal]:
    """What 2.24 or 1:15 may be rounded from; a whole 1 is what the other is told against."""
    (low, high), (least, most) = (_rounded(said[name] or "1") for name in ("one", "other"))
    return low / most, high / least


def _rounded(text: str) -> tuple[Decimal, Decimal]:
    value = Decimal(text)
    half = Decimal(0) if value == 1 else Decimal(1).scaleb(-len(text.partition(".")[2])) / 2
    return value - half, value + half
