"""Sentences as chains of mentions: each number with its clause and what its words make of it (a part, a change, an old value)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.passages import Passage
from zhengfa_stats.language.quantities.finding import Quantity, find_blanks, find_quantities

_LONG = 600  # a bracket left open can hold no more than this
_STOP = re.compile(r"[。！!？?\n]")
_CLAUSE = re.compile(r"[，,；;：:（()）、]")
_CHANGE = re.compile(words.CHANGE)
_NOT_CHANGE = re.compile(words.NOT_CHANGE)
_ARRIVES = re.compile(words.ARRIVES)
_COMPARED, _MORE = re.compile(words.COMPARED), re.compile(words.MORE)
_WITH = re.compile(words.WITH)
_OLD, _COMPARED_WITH = re.compile(words.OLD), re.compile(words.COMPARED_WITH)
_STOCK, _OLD_ASIDE = re.compile(f"{words.CARRIED_OVER}|{words.AT_FIRST}"), re.compile(words.OLD_ASIDE)
_SHARE = re.compile(words.SHARE)
_RATE = re.compile(words.RATE)
_MEAN = re.compile(words.MEAN)
_OPENERS = [(name, re.compile(pattern)) for name, pattern in words.OPENERS.items()]
_CLOSED = re.compile("[（(][^（）()]*[）)]")
_AREAS = re.compile(words.AREAS)
_LIST = re.compile(r"^\s*(?:、|和|及|与|以及|，|,)\s*$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in its sentence. `lead` is the text before it since the last number, `clause` its last clause, `tail` what follows.

    `sense` is what the number is: level | change | share | rate | mean; `sign` the direction of a change; `opener` how it opens
    parts (among, within, divided, rest, besides); `aside` counts the bracket it stands in, 0 for none; `old`: last period's.
    """

    passage: int
    quantity: Quantity
    kind: str  # what its measure word counts: numbers of two kinds are never added
    lead: str
    clause: str
    tail: str
    sense: str
    sign: int = 0
    opener: str = ""
    aside: int = 0
    segment: int = 0
    old: bool = False
    listed: bool = False  # follows the number before it by 、 or 和 alone
    runs_on: bool = False  # what follows it belongs to the next number: 62个问题已整改58个

    @property
    def name(self) -> str:
        return self.clause or self.tail

    @property
    def low(self) -> Decimal:
        return self.quantity.low

    @property
    def high(self) -> Decimal:
        return self.quantity.high

    @property
    def written(self) -> str:
        """The number as it is said in a reason: 147, 1.2万, 310余."""
        return self.quantity.text

    @property
    def said(self) -> str:
        q = self.quantity
        return self.written if q.unit and q.end == q.unit_end else self.written + q.measure


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage with its mentions.

    `before` is the sentence that stands before it in the same passage, `prior` the last one of the paragraph before.
    """

    passage: int
    start: int
    text: str
    mentions: tuple[Mention, ...]
    before: Sentence | None = None
    prior: Sentence | None = None

    @property
    def has_blanks(self) -> bool:
        """Whether a number is still to be filled in: then no sum of the others tells anything."""
        return bool(find_blanks(self.text))


def sentences(passages: Sequence[Passage]) -> Iterator[Sentence]:
    """The sentences that state numbers, in order; a table's cells are none."""
    last: Sentence | None = None
    for index, passage in enumerate(passages):
        if passage.heads:
            last = None
            continue
        found = [q for q in find_quantities(passage.text) if not q.indefinite]
        text = _AREAS.sub(lambda m: words.AREA * len(m[0]), passage.text)
        starts = [q.start for q in found]
        before, prior = None, last
        for start, end in _spans(text):
            inside = found[bisect_left(starts, start) : bisect_left(starts, end)]
            mentions = _mentions(index, text, start, end, inside)
            last = before = Sentence(index, start, text[start:end], mentions, before, prior)
            yield last


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences lie; a full stop inside brackets ends none."""
    start = 0
    for stop in [*(m.start() for m in _STOP.finditer(text)), len(text)]:
        inside = text.count("（", start, stop) > text.count("）", start, stop)
        if stop < len(text) and inside and text[stop] != "\n" and stop - start < _LONG:
            continue
        if text[start:stop].strip():
            yield start, stop
        start = stop + 1


def _mentions(index: int, text: str, start: int, end: int, found: list[Quantity]) -> tuple[Mention, ...]:
    mentions: list[Mention] = []
    at = start
    for i, q in enumerate(found):
        stop = found[i + 1].start if i + 1 < len(found) else end
        lead, tail = text[at : q.start], _CLAUSE.split(text[q.until : stop], maxsplit=1)[0].strip()
        after = text[q.until : stop]
        last, is_followed = mentions[-1] if mentions else None, i + 1 < len(found)
        mentions.append(_mention(index, q, lead, tail, after, text[start : q.start], last, is_followed=is_followed))
        at = q.until
    return tuple(mentions)


def _mention(
    index: int, q: Quantity, lead: str, tail: str, after: str, said: str, last: Mention | None, *, is_followed: bool
) -> Mention:
    clause = _CLAUSE.split(lead)[-1].strip()
    listed = bool(last and _LIST.match(lead) and last.quantity.kind == q.kind)
    sense, sign = _sense(q, lead, clause, after)
    if sense == "level" and (is_up := _is_more_than(last, lead)) is not None:
        sense, sign = "change", 1 if is_up else -1
    if listed and last and sense in ("level", "rate") and last.sense != "mean":
        sense, sign = last.sense, last.sign
    opening = _CLOSED.sub("", lead)  # （含上期积存）批准158件: what a closed bracket says opens nothing behind it
    opener = next((name for name, pattern in _OPENERS if pattern.search(opening)), "")
    aside = _aside(said)
    if aside and _OLD_ASIDE.search(lead):  # 比上年（26.7%）高5.4个百分点
        sense, clause = "level", lead.rstrip(" （(")
    is_old = _COMPARED_WITH.search(clause) or (_OLD.search(clause) and not _STOCK.search(clause))
    old = sense in ("level", "rate") and bool(is_old or _WITH.search(clause + tail))
    kind = f"{q.kind}:{words.SAME_KIND.get(q.unit, q.unit)}"
    segment, runs_on = len(re.findall("[；;]", said)), bool(after) and tail == after.strip() and is_followed
    return Mention(index, q, kind, lead, clause, tail, sense, sign, opener, aside, segment, old, listed, runs_on)


def _aside(said: str) -> int:
    """The number of the bracket that is open here, 0 where none is."""
    opened, closed = len(re.findall("[（(]", said)), len(re.findall("[）)]", said))
    return opened if opened > closed else 0


def _sense(q: Quantity, lead: str, clause: str, after: str) -> tuple[str, int]:
    if q.kind in ("percent", "fraction") and (_SHARE.search(clause) or _is_in_brackets(lead, after)):
        return "share", 0
    if _ARRIVES.search(clause):
        return "level", 0
    change = _CHANGE.search(clause)
    if change and not _NOT_CHANGE.search(clause) and _is_compared(change, q, lead):
        return "change", 1 if change["up"] else -1
    if _MEAN.search(clause):
        return "mean", 0
    if q.kind == "percent" and _RATE.search(clause):
        return "rate", 0
    if q.kind == "multiple":
        return "times", 0
    return "level", 0


def _is_more_than(last: Mention | None, lead: str) -> bool | None:
    """比城西法庭的367件多45件: whether what follows the number compared with says more; None where it is no comparison."""
    if last is None or not _COMPARED_WITH.search(last.clause):
        return None
    match = _MORE.fullmatch(lead.lstrip("）)"))
    return bool(match["more"]) if match else None


def _is_in_brackets(lead: str, after: str) -> bool:
    """群众举报147条（62.3%）: a percentage alone in its brackets is a share, unless the text says otherwise."""
    return lead.strip() in ("（", "(") and after.lstrip()[:1] in ("）", ")")


def _is_compared(change: re.Match[str], q: Quantity, lead: str) -> bool:
    verb = change["up"] or change["down"]
    if verb in words.NEEDS_COMPARISON:
        return bool(_COMPARED.search(lead)) or q.kind in ("percent", "points")
    return True


def is_carried_over(text: str) -> bool:
    return bool(re.search(words.CARRIED_OVER, text))
