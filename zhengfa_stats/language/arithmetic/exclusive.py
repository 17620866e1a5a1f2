"""Parts that no one can be in twice: opposites (男, 女), parts said not to overlap, and those counted twice by what is said."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, add, found, plain
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence
from zhengfa_stats.language.arithmetic.parts import OPENING, is_alike, is_told_whole, with_parts
from zhengfa_stats.numerals import parse

_OPPOSITES = [(re.compile(o.one), re.compile(o.other), o.is_all) for o in words.OPPOSITES]
_NAME_FILLERS = re.compile(words.NAME_FILLERS)
_DISJOINT, _TWICE = re.compile(words.DISJOINT), re.compile(words.COUNTED_TWICE)
_TOTAL_SAID = re.compile(words.TOTAL_SAID)
_OPEN_ENDED = re.compile(words.OPEN_ENDED)
_GRADED = re.compile(words.GRADED)
_LISTED = re.compile(words.LISTED)
_FAMILIES = [re.compile(f"^(?:{family})") for family in words.FAMILIES]
_COMPLEMENT, _HUNDRED = re.compile(words.COMPLEMENT), Decimal(100)


def check_exclusive(sentence: Sentence) -> Iterator[Finding]:
    """What exclusive parts contradict; nothing where another whole may be meant."""
    if sentence.has_blanks:
        return
    yield from _check_opposites(sentence)
    yield from _check_graded(sentence)
    yield from _check_disjoint(sentence)
    yield from _check_counted_twice(sentence)
    yield from _check_families(sentence)
    yield from _check_acts(sentence)
    yield from _check_complements(sentence)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two opposite parts that stand side by side; `is_all`: there is no third."""

    one: Mention
    other: Mention
    is_all: bool


def _check_opposites(sentence: Sentence) -> Iterator[Finding]:
    """查处67人，其中男性59人，女性11人: two opposites never exceed their whole; where there is no third, they are the whole."""
    mentions = sentence.mentions
    for i, (one, other) in enumerate(itertools.pairwise(mentions)):
        pair = _pair(one, other)
        if pair is None:
            continue
        wholes = [m for m in reversed(mentions[:i]) if is_alike(m, one) and m.aside in (0, one.aside)]
        is_next = pair.is_all and wholes[:1] == [mentions[i - 1]] and not one.lead.lstrip().startswith("、")
        if wholes and (is_next or _is_whole_of(wholes[0], one)) and wholes[0].segment == one.segment:
            yield from _check_pair(sentence, pair, wholes)


def _check_graded(sentence: Sentence) -> Iterator[Finding]:
    """受理64件，属实17件、部分属实9件、不属实38件: the grades of one thing never exceed it."""
    counted = [m for m in sentence.mentions if m.quantity.kind == "count"]
    for whole, parts in with_parts(counted, lambda m: bool(_grade(m))):
        stems, names = {_grade(m) for m in parts}, {_name(m) for m in parts}
        if len(stems) > 1 or len(names) < len(parts) or _grade(whole):
            continue
        total = add(parts)
        if _is_whole_of(whole, parts[0]) and total.exceeds(whole):
            yield found(whole, parts, WRONG, "分项之和", total.against(whole))


def _grade(m: Mention) -> str:
    match = _GRADED.fullmatch(_name(m))
    return match["stem"] if match else ""


def _pair(one: Mention, other: Mention) -> Pair | None:
    if not is_alike(one, other) or one.quantity.kind != "count" or one.segment != other.segment:
        return None
    for first, second in ((_name(one), _name(other)), (_name(other), _name(one))):
        for is_one, is_other, is_all in _OPPOSITES:
            if is_one.fullmatch(first) and is_other.fullmatch(second):
                return Pair(one, other, is_all)
        if first and second == f"非{first}":
            return Pair(one, other, True)
    return None


def _name(m: Mention) -> str:
    """What a part is called, by the words before it alone or, where it opens its clause, by those after it."""
    return _NAME_FILLERS.sub("", m.clause) or _NAME_FILLERS.sub("", "" if m.runs_on else m.tail)


def _is_whole_of(whole: Mention, part: Mention) -> bool:
    return is_told_whole(whole) or part.opener in OPENING or bool(_LISTED.search(part.lead)) or _is_all_of(whole)


def _is_all_of(whole: Mention) -> bool:
    """236条线索中，or 236条线索中属实118条."""
    return whole.tail.endswith("中") or (whole.runs_on and "中" in whole.tail)


def _check_pair(sentence: Sentence, pair: Pair, wholes: Sequence[Mention]) -> Iterator[Finding]:
    total = add([pair.one, pair.other])
    if any(total.meets(whole) or (not pair.is_all and total.low <= whole.high) for whole in wholes):
        return
    whole = wholes[0]
    if all(total.exceeds(w) for w in wholes) or (pair.is_all and _is_closed(sentence, pair, whole)):
        yield found(whole, total.terms, WRONG, "分项之和", total.against(whole))


def _is_closed(sentence: Sentence, pair: Pair, whole: Mention) -> bool:
    """Whether the two stand right behind the whole with no word of more."""
    between = sentence.text[whole.quantity.until - sentence.start : pair.other.quantity.until - sentence.start + 6]
    at = sentence.mentions.index(pair.one)
    return sentence.mentions[at - 1] is whole and not _OPEN_ENDED.search(between)


def _check_families(sentence: Sentence) -> Iterator[Finding]:
    """处理96人，其中处级3人、科级25人、一般干警78人: what is of one family is no more than its whole."""
    named = [(m, _called(m)) for m in sentence.mentions]
    for family in _FAMILIES:
        of = [m for m, name in named if family.search(name)]
        for whole, run in with_parts(sentence.mentions, of.__contains__) if len(of) > 1 else ():
            is_one_each = len({_called(m) for m in run}) == len(run) and whole not in of
            opened = is_one_each and run[0].opener in OPENING and not whole.listed
            if opened and add(run).exceeds(whole) and not add(run).is_near(whole):
                yield found(whole, run, WRONG, "分项之和", add(run).against(whole))
                return


def _called(m: Mention) -> str:
    return m.clause.removeprefix("其中") or m.tail


def _check_acts(sentence: Sentence) -> Iterator[Finding]:
    """处理96人次、103人: no more persons than times."""
    for one, other in itertools.pairwise(sentence.mentions):
        acts, persons = (one, other) if one.quantity.unit == "人次" else (other, one)
        side_by_side = other.listed and one.sense == other.sense == "level"
        if side_by_side and acts.quantity.unit == "人次" and persons.kind == "count:人" and persons.low > acts.high:
            yield found(
                other, [one], WRONG, "人数与人次", f"{persons.said}比{acts.said}还多：一人可以几次，人数不能比人次多"
            )


def _check_complements(sentence: Sentence) -> Iterator[Finding]:
    """查结率95%，未查结率6%: a rate and its opposite make no more than 100%, 未 makes just that."""
    rates = [m for m in sentence.mentions if m.quantity.kind == "percent" and m.sense == "rate"]
    for one, other in itertools.pairwise(rates):
        for rate, opposite in ((one, other), (other, one)):
            said = _COMPLEMENT.search(opposite.clause)
            if not said or not re.search(f"(?<![未不]){said['rate']}率", rate.clause) or one.segment != other.segment:
                continue
            total = add([one, other])
            if total.low > _HUNDRED or (said["all"] and total.high < _HUNDRED):
                value = plain(one.quantity.value + other.quantity.value)
                yield found(
                    other, [one], WRONG, "互补的率", f"{one.written}＋{other.written}＝{value}，两个率之和应为100%"
                )


def _check_disjoint(sentence: Sentence) -> Iterator[Finding]:
    """其中甲类35件、乙类62件，两类互不重叠: what is said not to overlap may be added, and never exceeds the whole."""
    said = _DISJOINT.search(sentence.text)
    if said is None:
        return
    before = [m for m in sentence.mentions if m.quantity.until - sentence.start <= said.start() and m.sense == "level"]
    for i, whole in enumerate(before):
        parts = [m for m in before[i + 1 :] if is_alike(m, whole)]
        if len(parts) < 2:
            continue
        number = parse(said["number"]) if said["number"] else None
        is_plain = number is None or number.value == len(parts)
        total = add(parts)
        if total.exceeds(whole):
            kind = WRONG if is_plain else DOUBTFUL
            yield found(whole, parts, kind, "互不重叠", f"{total.against(whole)}：互不重叠的各部分相加不能超过全部")
        return


def _check_counted_twice(sentence: Sentence) -> Iterator[Finding]:
    """党纪21人、政务18人，既受党纪又受政务9人，共处分30人: the total counts those with both once."""
    twice = [m for m in sentence.mentions if _TWICE.search(m.clause) and m.sense == "level"]
    if len(twice) != 1:
        return
    both = twice[0]
    alike = [m for m in sentence.mentions if is_alike(m, both) and m is not both]
    wholes = [m for m in (*alike[:1], *alike[-1:]) if _TOTAL_SAID.search(m.clause) and not m.opener]
    if len(wholes) != 1 or len(alike) < 3:
        return
    whole = wholes[0]
    parts = [m for m in alike if m is not whole]
    if len({m.segment for m in (*alike, both)}) > 1 or any(_TOTAL_SAID.search(p.clause) for p in parts):
        return
    total = add(parts)
    low, high = total.low - both.high, total.high - both.low
    if low > whole.high or whole.low > high:
        value = plain(sum(p.quantity.value for p in parts) - both.quantity.value)
        says = f"{'＋'.join(p.written for p in parts)}－{both.written}＝{value}，文中写{whole.written}"
        yield found(whole, [*parts, both], WRONG if len(parts) == 2 else DOUBTFUL, "重复计算", says)
