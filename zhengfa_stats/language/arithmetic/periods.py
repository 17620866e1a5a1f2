"""Periods: one act in months that follow each other (截至5月底229条，6月份58条，累计287条), and how long what was done took."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import WRONG, Finding, add, found
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence

_RUNNING, _MONTH = re.compile(words.RUNNING), re.compile(words.ONE_MONTH)
_WHEN = re.compile(f"{words.RUNNING}|{words.ONE_MONTH}|{words.PERIODS}")
_FILLERS, _STOCKS = re.compile(words.FILLERS), re.compile(words.STOCKS)
_SPAN, _LENGTH = re.compile(words.DAYS_FROM_TO), re.compile(words.LENGTH_SAID)
_PERSONS = "count:人"
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def check_periods(sentence: Sentence) -> Iterator[Finding]:
    """What a sentence's periods contradict: a running total and its months, the days from one date to another."""
    if not sentence.has_blanks:
        yield from _check_running(sentence)
    yield from _check_days(sentence)


def is_one_act(mentions: Sequence[Mention]) -> bool:
    """Whether all say the same act, of which what was said once may be left out (完成投资42亿元，完成58亿元); a stock is no act."""
    acts = [re.sub("共|新|其中|分别", "", _FILLERS.sub("", _WHEN.sub("", m.clause))) for m in mentions]
    act = max(acts, key=len)
    return bool(act) and all(act.startswith(one) for one in acts) and not _STOCKS.search(act)


def _check_running(sentence: Sentence) -> Iterator[Finding]:
    """截至5月底查结229条，6月份新查结58条，累计查结297条: the total so far and the next month's make the next total."""
    until: dict[int, list[Mention]] = defaultdict(list)
    within: dict[int, list[Mention]] = defaultdict(list)
    last = 0
    for m in sentence.mentions:
        if m.sense != "level" or m.quantity.kind != "count" or not m.quantity.unit or m.old:
            continue
        if running := _RUNNING.search(m.lead):
            until[int(running["end"] or running["until"])].append(m)
        elif single := _MONTH.search(m.lead):
            last = int(single["month"])
            within[last].append(m)
        elif last and "累计" in m.clause:
            until[last].append(m)
    for month, (first, *more) in within.items():
        terms = [*until[month - 1], first, *until[month]]
        if not more and len(until[month - 1]) == len(until[month]) == 1 and _may_be_added(terms):
            total = add(terms[:2])
            if not total.meets(terms[2]):
                yield found(terms[2], total.terms, WRONG, "合计", total.against(terms[2]))


def _may_be_added(terms: Sequence[Mention]) -> bool:
    """One act of one kind of thing; a person may come twice."""
    return len({m.kind for m in terms}) == 1 and terms[0].kind != _PERSONS and is_one_act(terms)


def _check_days(sentence: Sentence) -> Iterator[Finding]:
    """5月10日至5月24日，为期20天: with the first day or without it."""
    spans = list(_SPAN.finditer(sentence.text))
    said = [m for m in sentence.mentions if m.quantity.unit in ("天", "日") and _LENGTH.search(m.clause)]
    if len(spans) != 1 or len(said) != 1 or spans[0].end() > said[0].quantity.start - sentence.start:
        return
    span, length = spans[0], said[0]
    first, last = int(span["month"]), int(span["last_month"] or span["month"])
    days = sum(_MONTH_DAYS[m - 1] for m in range(first, last)) + int(span["last_day"]) - int(span["day"])
    least = days - (first <= 2 < last)  # February may have 28 days
    if 1 <= first <= last <= 12 and days >= 0 and (length.high < least or length.low > days + 1):
        says = f"{span[0]}是{days + 1}天，文中写{length.said}"
        yield found(length, [], WRONG, "天数", says)
