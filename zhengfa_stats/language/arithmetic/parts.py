"""Parts that a word opens: 其中, 含, 分为, 其余, a colon, a bracket; what must add up, and what need not."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, Sum, add, found
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence
from zhengfa_stats.language.quantities.words import MEASURED
from zhengfa_stats.numerals import parse

OPENING = ("among", "within", "divided", "valued", "viewed")
_TOTAL_SAID, _RECEIVED, _SCOPES = re.compile(words.TOTAL_SAID), re.compile(words.RECEIVED), re.compile(words.SCOPES)
_OPEN_ENDED = re.compile(words.OPEN_ENDED)
_LISTED = re.compile(words.LISTED)
_SAYS_MORE = re.compile(f"[，,、：:]|{words.ACTS}|{words.STAGES}|{words.DONE}|{words.RECEIVED}")
_COMPOSED, _COMPOSED_END = re.compile(words.COMPOSED), re.compile(words.COMPOSED_END)
_NAMED_TOO = re.compile(words.NAMED_TOO)
_COUNTED_BEHIND, _FAR = re.compile(words.COUNTED_BEHIND), Decimal("0.2")


@dataclass(frozen=True, slots=True)
class Group:
    """The parts that a word opened, with what may be nested in them, and the wholes that they may be parts of, the likeliest first."""

    opener: str
    wholes: tuple[Mention, ...]
    readings: tuple[tuple[Mention, ...], ...]
    is_open: bool
    here: bool  # the wholes stand in the same sentence
    is_counted: bool = False  # …三部分 behind the last: as many as are listed

    @property
    def parts(self) -> tuple[Mention, ...]:
        return self.readings[0]

    @property
    def is_exhaustive(self) -> bool:
        return not self.is_open and (
            self.is_counted
            or self.opener in ("divided", "composed", "valued", "listed")
            or any(p.opener == "rest" for p in self.parts)
        )


def check_parts(sentence: Sentence) -> Iterator[Finding]:
    """What the parts that a sentence opens contradict; nothing where the words leave a way to be true."""
    for group in _groups(sentence):
        yield from _check_parts(group)
        yield from _check_whole(group)


def _groups(sentence: Sentence) -> Iterator[Group]:
    mentions = sentence.mentions
    for i, mention in enumerate(mentions):
        if mention.opener in OPENING or (mention.opener == "rest" and not _is_opened(mentions[:i])):
            first = i if mention.opener != "rest" else _first_part(mentions, i)
            if group := _group(sentence, first, mention.opener):
                yield group
        elif i and _COMPOSED.search(mention.lead) and _is_composed(sentence, i):
            if group := _group(sentence, i, "composed"):
                yield group
        elif i and not mention.opener and _LISTED.search(mention.lead) and mentions[i - 1].kind == mention.kind:
            group = _group(sentence, i, "listed")
            if group and len(group.parts) > 1:
                yield group


def _is_composed(sentence: Sentence, first: int) -> bool:
    """11人，由法院4人、检察院7人组成: the list ends in 组成, and that is no name for something else (组成的专班)."""
    last = sentence.mentions[first]
    for m in sentence.mentions[first + 1 :]:
        if not (m.listed or "、" in m.lead or re.search("和|及|与", m.lead)) or re.search("[，,；;。]", m.lead):
            break
        last = m
    return bool(_COMPOSED_END.search(sentence.text[last.quantity.until - sentence.start :]))


def _is_opened(before: Sequence[Mention]) -> bool:
    return any(m.opener in OPENING for m in before)


def _first_part(mentions: Sequence[Mention], rest: int) -> int:
    """236条，147条已查结，其余89条…: the parts start after the first number of the kind."""
    alike = [i for i, m in enumerate(mentions[: rest + 1]) if is_alike(m, mentions[rest])]
    return alike[1] if len(alike) > 1 else rest


def is_alike(one: Mention, other: Mention) -> bool:
    return (one.kind, one.sense, one.old) == (other.kind, other.sense, other.old)


def with_parts(
    mentions: Sequence[Mention], is_part: Callable[[Mention], bool]
) -> Iterator[tuple[Mention, tuple[Mention, ...]]]:
    """Each number with those right behind it that count the same and that `is_part` takes; two at least."""
    for i, whole in enumerate(mentions):
        run: list[Mention] = []
        for m in mentions[i + 1 :]:
            if not (is_alike(m, whole) and is_part(m)):
                break
            run.append(m)
        if len(run) > 1:
            yield whole, tuple(run)


def is_told_whole(whole: Mention) -> bool:
    """Whether the words of a number say that it is of all there is: 共, 收到, 全市."""
    said = whole.clause + whole.tail
    return any(pattern.search(said) for pattern in (_TOTAL_SAID, _RECEIVED, _SCOPES))


def _group(sentence: Sentence, first: int, opener: str) -> Group | None:
    mentions = sentence.mentions
    head = mentions[first]
    if head.sense not in ("level", "change") or head.quantity.kind != "count" or not head.quantity.unit:
        return None
    if opener == "composed":
        wholes, here = _wholes(mentions[first - 1 : first], head), True
    elif opener == "viewed":
        wholes, here = _viewed_wholes(sentence, first), False
    elif opener == "valued":  # 分别为 may list what is no part: only the number right before it can be the whole
        wholes, here = _wholes(mentions[max(0, first - 1) : first], head), True
    else:
        wholes, here = _wholes(mentions[:first], head), True
    wholes = tuple(m for m in wholes if m.segment == head.segment) or wholes
    if not wholes and sentence.before and opener not in ("listed", "valued", "composed"):
        wholes, here = _wholes_before(sentence.before, head), False
    here = here and bool(wholes) and wholes[0].segment == head.segment
    if opener == "valued" and not here:
        return None
    readings = _readings(mentions, first)
    if not wholes:
        return None
    last = readings[0][-1]
    text = sentence.text[
        max(0, wholes[0].quantity.until - sentence.start if here else 0) : last.quantity.start - sentence.start
    ]
    is_open = bool(_OPEN_ENDED.search(text + last.lead + _after(sentence, last)))
    is_open = is_open or may_overlap(readings[0]) or sentence.has_blanks
    is_open = is_open or (opener == "composed" and bool(_NAMED_TOO.search(_after(sentence, last))))
    return Group(opener, wholes, readings, is_open, here, _counted_behind(sentence, last) == len(readings[0]))


def _counted_behind(sentence: Sentence, last: Mention) -> int:
    """包括土建8.2亿元、设备3.1亿元和其他1.4亿元三部分: how many parts are said to stand before."""
    said = _COUNTED_BEHIND.match(sentence.text, last.quantity.until - sentence.start)
    number = parse(said["number"]) if said else None
    return int(number.value) if number else 0


def _after(sentence: Sentence, last: Mention) -> str:
    """The words between a group's last number and the next mark: …和其他案件3件等."""
    at = last.quantity.until - sentence.start
    return re.split("[。；;，,]", sentence.text[at : at + 12])[0]


def _wholes(before: Sequence[Mention], head: Mention) -> tuple[Mention, ...]:
    return tuple(m for m in reversed(before) if is_alike(m, head) and m.aside in (0, head.aside))


def _wholes_before(before: Sentence, head: Mention) -> tuple[Mention, ...]:
    """生产总值1605.1亿元。总量突破1600亿元。其中…: what is only said about is no whole, if the exact number stands before it."""
    wholes = _wholes(before.mentions, head)
    if wholes and before.before and all(m.quantity.word for m in wholes):
        return tuple(m for m in _wholes(before.before.mentions, head) if not m.quantity.word) or wholes
    return wholes


def _viewed_wholes(sentence: Sentence, first: int) -> tuple[Mention, ...]:
    """收到236条。从来源看，…；从办理看，…: each view divides what was said before the first of them, a few paragraphs back at most."""
    at: Sentence | None = sentence
    head, before = sentence.mentions[first], sentence.mentions[:first]
    for _ in range(5):
        plain = tuple(itertools.takewhile(lambda m: m.opener not in OPENING, before))
        if found_in := _wholes(plain, head):
            return found_in
        at = (at.before or at.prior) if at else None
        before = at.mentions if at else ()
    return ()


def _readings(mentions: Sequence[Mention], first: int) -> tuple[tuple[Mention, ...], ...]:
    """The ways to take what follows as parts: a number after 含 or a second 其中 is nested, and so may be what is listed after it."""
    flat, nested = _flat(mentions, first)
    run = tuple(m for i, m in enumerate(flat) if all("、" in n.lead or n.listed for n in flat[1 : i + 1]))
    if not nested:
        return (tuple(flat), run)
    one = tuple(m for m in flat if m not in nested)
    runs = tuple(m for m in flat if m not in nested and not (m.listed and _follows(flat, m, nested)))
    cut = flat.index(nested[0])
    return tuple(dict.fromkeys(reading for reading in (one, runs, run, tuple(flat[:cut]), tuple(flat)) if reading))


def _follows(flat: list[Mention], mention: Mention, nested: list[Mention]) -> bool:
    i = flat.index(mention)
    while i and flat[i].listed:
        i -= 1
    return flat[i] in nested


def _flat(mentions: Sequence[Mention], first: int) -> tuple[list[Mention], list[Mention]]:
    head = mentions[first]
    flat, nested = [head], []
    for m in mentions[first + 1 :]:
        if m.aside != head.aside:
            if head.aside:
                break
            continue
        if (
            m.opener in ("besides", "viewed")
            or _TOTAL_SAID.search(m.clause)
            or (m.segment != head.segment and not _goes_on(mentions, head, m))
        ):
            break
        if not is_alike(m, head):
            continue
        if m.opener in OPENING:
            nested.append(m)
        flat.append(m)
    return flat, nested


def _goes_on(mentions: Sequence[Mention], head: Mention, m: Mention) -> bool:
    """其中，甲12人；乙3人；丙2人: a list whose items ； parts, each with one number of the kind."""
    alike = [n for n in mentions if is_alike(n, head) and head.segment <= n.segment <= m.segment]
    counts = [sum(n.segment == s for n in alike) for s in range(head.segment + 1, m.segment + 1)]
    in_first = sum(n.segment == head.segment and n.quantity.start >= head.quantity.start for n in alike)
    leads = [n.lead.replace(";", "；").rpartition("；")[2] for n in alike if n.segment > head.segment]
    return in_first == 1 and all(c == 1 for c in counts) and not any(_SAYS_MORE.search(lead) for lead in leads)


def may_overlap(parts: Sequence[Mention]) -> bool:
    """One person may get both 党纪 and 政务处分: such parts may exceed their whole."""
    names = "".join(m.lead + m.tail for m in parts)
    return any(re.search(one, names) and re.search(other, names) for one, other in words.OVERLAPPING)


def _check_parts(group: Group) -> Iterator[Finding]:
    """No part exceeds its whole; what another view counts need not be a part."""
    for part in group.parts:
        if part.segment != group.parts[0].segment or group.opener in ("viewed", "valued"):
            continue
        if part.opener == "within" and not group.wholes[0].listed and part.low > group.wholes[0].high:
            whole = group.wholes[0]
            yield found(
                part,
                [whole],
                WRONG if group.here else DOUBTFUL,
                "部分大于全部",
                f"含{part.said}，比前面的{whole.said}还多",
            )
        elif all(part.low > whole.high for whole in group.wholes):
            whole = group.wholes[0]
            says = f"其中一部分{part.said}，比全部的{whole.said}还多"
            yield found(part, [whole], WRONG if group.here else DOUBTFUL, "部分大于全部", says)


def _check_whole(group: Group) -> Iterator[Finding]:
    if len(group.parts) < 2:
        return
    if _fits(group):
        yield from _check_second_list(group)
        return
    whole, total = group.wholes[0], add(group.parts)
    if group.is_exhaustive and (group.opener not in ("listed", "valued") or not is_far(total, whole)):
        yield found(whole, group.parts, WRONG, "分项之和", total.against(whole))
        return
    sums = [add(r) for r in group.readings if len(r) > 1]
    near = next((s for s in sums if s.is_near(whole) or (_may_slip(group, s) and s.is_slip(whole))), None)
    total = near or total
    if not group.is_open and (group.is_exhaustive or near):
        yield found(whole, total.terms, DOUBTFUL, "分项之和", total.beside(whole))


def _may_slip(group: Group, total: Sum) -> bool:
    """Views divide all there is, and sums of money have no part in common: there one figure tells a slip."""
    is_measured = group.parts[0].quantity.unit in MEASURED
    return group.opener == "viewed" or (is_measured and total.exceeds(group.wholes[0]))


def _check_second_list(group: Group) -> Iterator[Finding]:
    """共53人，其中科级12人，一般干警41人，纪律处分30人，组织处理24人: once the whole is full, what follows divides it again."""
    whole, parts = group.wholes[0], () if group.is_open else group.parts
    full = next((n for n in range(2, len(parts)) if add(parts[:n]).meets(whole)), len(parts))
    rest = parts[full:]
    if len(rest) > 1 and not may_overlap(rest) and not any(add(rest[:n]).meets(whole) for n in range(1, len(rest) + 1)):
        total = add(rest)
        if total.is_near(whole):
            yield found(whole, rest, DOUBTFUL, "分项之和", total.beside(whole))


def _fits(group: Group) -> bool:
    """Whether any reading makes any whole; 排查6803件，发现213件，整改198件，其余15件: or what stands between is the whole."""
    rest = next((n for n, p in enumerate(group.parts) if p.opener == "rest"), 0) + 1
    inner = group.parts[:rest]
    if any(add(inner[n + 1 :]).meets(inner[n]) for n in range(len(inner) - 1)):
        return True
    return any(
        add(reading[:n]).meets(whole)
        for reading in group.readings
        for n in range(1, len(reading) + 1)
        for whole in group.wholes
    )


def is_far(total: Sum, whole: Mention) -> bool:
    gap = max(total.low - whole.high, whole.low - total.high)
    return gap > whole.quantity.value * _FAR and not total.is_near(whole)
