"""Rates against the counts that the sentence states: 合格率97.5%, 查结率82.5%，40条中已查结33条, 结案率均为90%, 达去年全年的56%."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, add, found, plain
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence, is_carried_over
from zhengfa_stats.language.arithmetic.ratios import check_ratio, counted, meets

_RATE, _WIDE = re.compile(words.RATE), re.compile(words.WIDE_RATES)
_RECEIVED, _TOTAL_SAID = re.compile(words.RECEIVED), re.compile(words.TOTAL_SAID)
_NO_PART = re.compile("[不未应]|率")
_REACHED, _FAILING = re.compile(words.REACHED), re.compile(words.FAILING)
_TARGET, _COMPLETED = re.compile(words.TARGET), re.compile(words.COMPLETED)


def check_rates(sentence: Sentence) -> Iterator[Finding]:
    """The rates of a sentence against the numbers that they are of; none where the base isn't plain."""
    for i, mention in enumerate(sentence.mentions):
        if mention.sense == "rate":
            yield from _check_each(sentence, i) if "均" in mention.clause else _check_rate(sentence, i)
        elif mention.quantity.kind == "points" and mention.sense == "level" and _RATE.search(mention.clause):
            says = f"比率本身应写“%”，“个百分点”只用来说两个比率之差，文中写{mention.said}，请核对"
            yield found(mention, [], DOUBTFUL, "百分点", says)
        elif mention.quantity.kind == "percent" and mention.sense == "level":
            yield from _check_reached(sentence, mention)


def _stem(rate: Mention) -> str:
    """The pattern of the words that name what stands above the line; "" where none can be told."""
    match = _RATE.search(rate.clause)
    if match is None:
        return ""
    if failing := re.search("[不未非].*", match["rate"]):
        return re.escape(failing[0]) if _FAILING.search(failing[0]) else ""
    stem = match["rate"].removesuffix("均")[-2:]
    return words.RATE_STEMS.get(stem, re.escape(stem))


def _bears(m: Mention, stem: str) -> bool:
    said = m.clause + m.tail
    return bool(re.search(stem, said)) and (bool(_FAILING.search(stem)) or not _NO_PART.search(said))


def _check_rate(sentence: Sentence, i: int) -> Iterator[Finding]:
    """参加测试236人，合格230人，合格率97.5%: the number that bears the rate's name over one of the others."""
    rate, stem = sentence.mentions[i], _stem(sentence.mentions[i])
    if not stem or is_carried_over(sentence.text):
        return
    levels = [m for m in counted(sentence.mentions[:i]) if m.segment == rate.segment]
    parts = [m for m in levels if _bears(m, stem)]
    if not parts:
        yield from _check_rate_before(sentence, i, stem)
        return
    part = parts[-1]
    wholes = [m for m in levels if m is not part and m.kind == part.kind and m.high >= part.low]
    if not wholes:
        yield from _check_whole_after(sentence, i, part)
        return
    earlier = [m for m in counted(sentence.before.mentions if sentence.before else ()) if m.kind == part.kind]
    if any(_meets_beside(sentence, rate, part, whole) or _meets_better(rate, part, whole, levels) for whole in wholes):
        return
    kind = WRONG if len(wholes) == 1 and not _is_wide(rate, part, wholes[0]) else DOUBTFUL
    yield from check_ratio(rate, part, [*reversed(wholes), *earlier], kind, "比率")


def _meets_beside(sentence: Sentence, rate: Mention, part: Mention, whole: Mention) -> bool:
    """办结397件483人，适用374件439人，适用率90.9%: the rate may be of the persons that stand right beside the cases."""
    mentions = sentence.mentions
    one, other = (mentions[mentions.index(m) + 1] for m in (part, whole))
    beside = one.kind == other.kind != part.kind and not one.lead.strip() and not other.lead.strip()
    return beside and meets(rate, one, other)


def _meets_better(rate: Mention, part: Mention, whole: Mention, levels: Sequence[Mention]) -> bool:
    """优秀126件、良好210件、合格80件，合格率99%: the better grades listed before it may count too."""
    between = [m for m in levels if whole.quantity.start < m.quantity.start <= part.quantity.start]
    sums = [add(between[n:]) for n in range(len(between) - 1) if {m.kind for m in between} == {whole.kind}]
    return any(s.low / whole.high * 100 <= rate.high and rate.low <= s.high / whole.low * 100 for s in sums)


def _is_wide(rate: Mention, part: Mention, whole: Mention) -> bool:
    """Whether the rate may well be of another base than the number stated: cases carry over, clues and questions hardly do."""
    if re.search("应|申请", whole.clause):
        return False
    match = _RATE.search(rate.clause)
    is_case = part.kind == "count:件" or not re.search("查结|办结|整改|化解", rate.clause)
    return bool(match and _WIDE.search(match["rate"][-2:])) and is_case


def _check_rate_before(sentence: Sentence, i: int, stem: str) -> Iterator[Finding]:
    """查结率82.5%，40条中已查结33条: the two numbers right behind the rate, the whole and what bears its name."""
    rate, *behind = sentence.mentions[i : i + 3]
    if (
        len(behind) < 2
        or behind[0].opener
        or len({m.segment for m in (rate, *behind)}) > 1
        or len({m.kind for m in behind}) > 1
    ):
        return
    whole, part = behind
    is_named = _bears(part, stem) and ("应" in whole.clause or not re.search(stem, whole.clause))
    if is_named and whole.sense == part.sense == "level" and whole.high >= part.low:
        yield from check_ratio(rate, part, [whole], WRONG, "比率")


def _check_whole_after(sentence: Sentence, i: int, part: Mention) -> Iterator[Finding]:
    """已办结57条，办结率为76%，共收到75条: the whole comes last."""
    rate = sentence.mentions[i]
    after = [m for m in counted(sentence.mentions[i + 1 :]) if m.segment == rate.segment and m.kind == part.kind]
    wholes = [m for m in after if m.high >= part.low and _TOTAL_SAID.search(m.clause) and _RECEIVED.search(m.clause)]
    if len(wholes) == len(after) == 1 and sentence.mentions[i - 1] is part:
        kind = DOUBTFUL if _is_wide(rate, part, wholes[0]) else WRONG
        yield from check_ratio(rate, part, wholes, kind, "比率")


def _check_each(sentence: Sentence, i: int) -> Iterator[Finding]:
    """甲院收案400件、结案360件，乙院收案250件、结案225件，结案率均为90%: each of the pairs."""
    rate, stem = sentence.mentions[i], _stem(sentence.mentions[i])
    levels = [m for m in counted(sentence.mentions[:i]) if not m.opener]
    if not stem or len(levels) < 4 or len(levels) % 2 or len({m.kind for m in levels}) > 1:
        return
    pairs = list(zip(levels[::2], levels[1::2], strict=True))
    if any(_bears(whole, stem) or not _bears(part, stem) or part.low > whole.high for whole, part in pairs):
        return
    at_least = "达" in rate.clause
    wrong = [(w, p) for w, p in pairs if not meets(rate, p, w) and not (at_least and p.low / w.high * 100 > rate.high)]
    if wrong and not is_carried_over(sentence.text):
        whole, part = wrong[0]
        ratio = plain(part.quantity.value / whole.quantity.value * 100, max(2, rate.quantity.places + 1))
        says = f"{part.written}÷{whole.written}＝{ratio}%，文中写{'均达' if at_least else '均为'}{rate.said}"
        others = [m for pair in pairs for m in pair]
        yield found(
            rate, others, WRONG if len(wrong) < len(pairs) or not _WIDE.search(stem) else DOUBTFUL, "均为", says
        )


def _check_reached(sentence: Sentence, rate: Mention) -> Iterator[Finding]:
    """今年上半年办案2016件，已达去年全年的56%; 完成年度任务的75%，年度任务160件，已完成120件."""
    match = _REACHED.search(rate.clause)
    if match is None:
        return
    levels = [m for m in sentence.mentions if m.sense == "level" and m.quantity.kind == "count" and m.quantity.unit]
    wholes = [m for m in levels if _names(match["of"], m)]
    rest = [m for m in levels if m not in wholes]
    parts = [m for m in rest if _COMPLETED.search(m.clause)] if _TARGET.search(match["of"]) else rest
    if len(wholes) == len(parts) == 1 and wholes[0].kind == parts[0].kind:
        yield from check_ratio(rate, parts[0], wholes, WRONG, "比率")


def _names(of: str, m: Mention) -> bool:
    """Whether a number is what 去年全年的 or 年度任务的 means."""
    said = m.clause + m.tail
    target = _TARGET.search(of)
    return target[0] in said if target else of in said
