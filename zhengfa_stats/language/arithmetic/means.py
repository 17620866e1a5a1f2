"""Means against the totals and counts that the sentence states: 场均, 人均, 平均每个网格, 月均 over 上半年, 每组8人."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, add, exchanged, found, plain
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence
from zhengfa_stats.language.arithmetic.parts import OPENING
from zhengfa_stats.numerals import parse

_MEAN, _PER_GROUP, _DIVIDED = re.compile(words.MEAN), re.compile(words.PER_GROUP), re.compile(words.DIVIDED_INTO)
_DONE, _RECEIVED, _NOT_NAMES = re.compile(words.DONE), re.compile(words.RECEIVED), re.compile(words.NO_NAMES_OF_MEANS)
_SPANS = [(re.compile(pattern), months) for pattern, months in words.SPANS]
_FROM_TO, _YEARS = re.compile(words.FROM_TO), re.compile(words.YEARS)
_DAYS = (Decimal("30.3"), Decimal("30.7"))  # in a month, of whole months from two on
_WORKING = Decimal("0.62")  # a mean by days may be by working days


@dataclass(frozen=True, slots=True)
class Base:
    """What a total is divided by: a count that the sentence states, or the length of its period."""

    low: Decimal
    high: Decimal
    value: Decimal
    said: str
    mention: Mention | None = None
    certain: bool = True


def check_means(sentence: Sentence) -> Iterator[Finding]:
    """The means of a sentence; none where it isn't plain what they are of."""
    for i, mention in enumerate(sentence.mentions):
        if mention.sense == "mean" and mention.quantity.kind == "count":
            yield from _check_mean(sentence, i)
        elif mention.sense == "level" and _PER_GROUP.search(mention.clause):
            yield from _check_groups(sentence, i)


def _levels(sentence: Sentence, mean: Mention) -> list[Mention]:
    """The numbers of the sentence that a mean may be of: those before it, else those after."""
    own = [m for m in sentence.mentions if m.sense == "level" and m.quantity.unit and not m.old and m is not mean]
    own = [m for m in own if m.segment == mean.segment and m.quantity.kind == "count"]
    before = [m for m in own if m.quantity.start < mean.quantity.start]
    return before if any(_scale(m, mean) for m in before) else own


def _scale(total: Mention, mean: Mention) -> int:
    """What a total's unit is in the mean's: 1 for the same, 1000 for 吨 in 公斤, 0 where the one is no sum of the other."""
    return 1 if total.kind == mean.kind else words.SCALES.get((total.kind, mean.kind), 0)


def _check_mean(sentence: Sentence, i: int) -> Iterator[Finding]:
    mean = sentence.mentions[i]
    match = _MEAN.search(mean.clause)
    levels = _levels(sentence, mean)
    if match is None:
        return
    per = match["clock"] or match["per"] or match["each"] or match["by"] or ""
    noun, verb = match["rest"] or "", (match["rest"] or "") + match["suffix"]
    bases = _periods(sentence, mean, per) if per in words.CLOCKS else _counts(levels, per, noun)
    own = _NOT_NAMES.sub("", mean.clause[: match.start()])
    taken = {b.mention for b in bases if b.mention}
    sums = [m for m in levels if _scale(m, mean) and m not in taken and _is_of(m, own, verb)]
    if own and per == "人" and not any(b.mention and own[-2:] in b.mention.clause + b.mention.tail for b in bases):
        return
    yield from _check_quotient(mean, sums, bases)


def _is_of(total: Mention, own: str, verb: str) -> bool:
    """Whether a total is of what the mean says that it is of: 人均结案 is no mean of what was received."""
    said = total.clause + total.tail
    if _DONE.search(verb) and not _DONE.search(said):
        return False
    if re.search("收案|受理|接收", verb) and not _RECEIVED.search(said):
        return False
    return not own or own[-2:] in said or bool(re.search(words.PERSONS_NAMED, own))


def _counts(levels: Sequence[Mention], per: str, noun: str) -> list[Base]:
    """The counts of the thing that the mean is by: the very noun where it is said (每个网格), else the measure word."""
    unit = words.PER_CASE.get(per, per)
    kind = f"count:{words.SAME_KIND.get(unit, unit)}"
    counts = [m for m in levels if m.kind == kind and m.low > 0]
    if not counts and per not in "人元":  # 司法所98个，平均每所3名
        noun, counts = per, [m for m in levels if m.kind == "count:个" and m.low > 0]
        counts = [m for m in counts if m.tail.endswith(per) or m.clause.endswith(per)]
    thing = noun[:2]
    named = [m for m in counts if thing and (m.tail.startswith(thing) or m.clause.endswith(thing))]
    if not named and per == "个" and len(counts) > 1:
        return []
    return [
        Base(m.low, m.high, m.quantity.value, m.written, m, not re.search("现有|在编|目前", m.clause))
        for m in named or counts
    ]


def _periods(sentence: Sentence, mean: Mention, per: str) -> list[Base]:
    """The lengths of the periods that the sentence names before the mean, in what the mean is by."""
    text = sentence.text[: mean.quantity.start - sentence.start]
    lengths = {months for pattern, months in _SPANS if pattern.search(text)}
    lengths |= {12 * (int(m["until"]) - int(m["since"]) + 1) for m in _YEARS.finditer(text)}
    lengths |= {int(m["until"]) - int(m["since"]) + 1 for m in _FROM_TO.finditer(text)}
    for match in re.finditer(words.LAST_YEARS, text):
        number = parse(match["years"] or match["ago"])
        lengths |= {12 * int(number.value)} if number else set()
    return [_length(months, per) for months in sorted(lengths) if months > 0]


def _length(months: int, per: str) -> Base:
    if per in ("天", "日"):
        low, high = months * _DAYS[0], max(months * _DAYS[1], Decimal(31))
        return Base(low * _WORKING, high, Decimal(months * 365) / 12, f"约{months * 365 // 12}天")
    if per == "周":
        return Base(
            months * Decimal("4.2"), months * Decimal("4.5"), Decimal(months * 52) / 12, f"约{months * 52 // 12}周"
        )
    by = Decimal(months) / {"月": 1, "季度": 3, "季": 3, "年": 12}[per]
    return Base(by, by, by, plain(by, 2))


def _check_quotient(mean: Mention, sums: Sequence[Mention], bases: Sequence[Base]) -> Iterator[Finding]:
    """Nothing where any total over any base makes the mean; certain only where there is one of each."""
    if not sums or not bases:
        return
    low, high = _bounds(mean)
    pairs = list(itertools.product(sums, bases))
    fitting = [
        (t, b) for t, b in pairs if t.low * _scale(t, mean) / b.high <= high and low <= t.high * _scale(t, mean) / b.low
    ]
    mistyped = bool(fitting) and all(_is_mistyped(mean, t, b) for t, b in fitting)
    if any(_is_within(b, t) for t, b in pairs) or (fitting and not mistyped):
        return
    together = add(sums)  # 专职1032人、兼职2580人，平均每个网格4.2人
    if len(sums) > 1 and any(together.low / b.high <= high and low <= together.high / b.low for b in bases):
        return
    total, base = pairs[-1]
    certain = len(pairs) == 1 and base.certain and not mistyped
    value = plain(total.quantity.value * _scale(total, mean) / base.value, 2)
    says = f"{total.written}÷{base.said}＝{value}，文中写{mean.said}"
    others = [total, base.mention] if base.mention else [total]
    yield found(mean, others, WRONG if certain else DOUBTFUL, "平均", says)


def _is_mistyped(mean: Mention, total: Mention, base: Base) -> bool:
    """Whether only rounding makes the mean, and the numbers as written make it with two figures exchanged."""
    value = total.quantity.value * _scale(total, mean) / base.value
    counted = base.mention is not None and not mean.quantity.word
    return counted and exchanged(round(value, mean.quantity.places), mean.quantity.value)


def _bounds(mean: Mention) -> tuple[Decimal, Decimal]:
    """A mean is rounded at its last place; with 近, 约 or 余 it is a word more than a number."""
    q = mean.quantity
    if q.word:
        return min(q.low, q.value * Decimal("0.8")), max(q.high, q.value * Decimal("1.2"))
    half = Decimal(1).scaleb(-q.places) / 2
    return q.low - half, q.high + half


def _is_within(base: Base, total: Mention) -> bool:
    """全院2400件，其中30名法官人均76件: what 其中 opens behind a total divides another."""
    m = base.mention
    return m is not None and m.opener in OPENING and total.quantity.start < m.quantity.start


def _check_groups(sentence: Sentence, i: int) -> Iterator[Finding]:
    """24人分为4个小组，每组8人: so many groups of so many are all of them."""
    each = sentence.mentions[i]
    match = _PER_GROUP.search(each.clause)
    groups = sentence.mentions[i - 1] if i > 1 else None
    if match is None or groups is None or groups.kind == each.kind or not groups.tail.endswith(match["per"]):
        return
    whole = sentence.mentions[i - 2]
    if whole.kind != each.kind or whole.sense != "level" or not _DIVIDED.search(groups.clause):
        return
    before = [m for m in sentence.mentions[: i - 1] if m.kind == each.kind and m.sense == "level"]
    sums = [add(before[k:]) for k in range(len(before))]
    low, high = each.low * groups.low, each.high * groups.high
    if any(s.low <= high and low <= s.high for s in sums):
        return
    value = plain(each.quantity.value * groups.quantity.value)
    says = f"{groups.written}×{each.written}＝{value}，文中写{whole.written}"
    yield found(whole, [groups, each], WRONG if len(before) == 1 else DOUBTFUL, "每组", says)
