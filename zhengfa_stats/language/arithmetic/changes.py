"""Changes between two numbers that the sentence states: 增加, 同比, 个百分点, 翻番, 比…多; and % written for 个百分点."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, exchanged, found, plain, say
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence
from zhengfa_stats.numerals import parse

_FROM, _ARRIVES = re.compile(words.FROM), re.compile(words.ARRIVES)
_YEARLY, _MONTHLY = re.compile(words.YEARLY), re.compile(words.MONTHLY)
_OF_RATES = re.compile(words.RATES_OF_RATES)
_YEARS = [re.compile(words.YEARS_BESIDE)]
_STEPS = [re.compile(step) for step in words.STEPS]
_UP, _DOWN, _EXTREMES = re.compile(words.UP), re.compile(words.DOWN), re.compile(words.EXTREMES)
_IS_NOW = re.compile(words.IS_NOW)
_LEVELS = ("level", "rate", "share")


@dataclass(frozen=True, slots=True)
class Episode:
    """A number as it now is, what it was, and what is said of the way between: by how many, by what per cent."""

    new: Mention
    old: Mention | None
    changes: tuple[Mention, ...]
    alone: bool  # the only number of its kind in the sentence that may be meant


def check_changes(sentence: Sentence) -> Iterator[Finding]:
    """The changes of a sentence against its new and old numbers; none where what changed isn't plain."""
    for episode in _episodes(sentence):
        yield from _check_episode(sentence, episode)
    yield from _check_aligned(sentence)
    yield from _check_directions(sentence)
    yield from _check_extremes(sentence)


def _check_directions(sentence: Sentence) -> Iterator[Finding]:
    """由62人增加到9人: what is said to grow to a number can't be more than it before; 增加到 where 增加了 is meant."""
    for old, new in zip(sentence.mentions, sentence.mentions[1:], strict=False):
        if new.sense != "level" or old.kind != new.kind or not _starts_from((old, new), 0):
            continue
        match = _ARRIVES.search(new.clause)
        grows = bool(match and _UP.match(match[0]))
        falls = bool(match and _DOWN.match(match[0]))
        if (grows and new.high < old.low) or (falls and new.low > old.high):
            verb = "增加" if grows else "减少"
            says = f"由{old.said}变为{new.said}不是{verb}；{new.said}如果是{verb}的数，应写“{verb}了”"
            yield found(new, [old], WRONG, "增减", says)


def _check_extremes(sentence: Sentence) -> Iterator[Finding]:
    """分别为91.2%、93.5%和95.8%，最高与最低相差4.6个百分点: the greatest less the least of the list right before it."""
    mentions = sentence.mentions
    for i, gap in enumerate(mentions):
        run = _listed_runs(mentions[:i])[-1] if i and _EXTREMES.search(gap.clause) else []
        like = "percent" if gap.quantity.kind == "points" else gap.quantity.kind
        if len(run) < 2 or any(m.quantity.kind != like for m in run):
            continue
        least, *_, most = sorted(run, key=lambda m: m.quantity.value)
        if most.low - least.high > gap.high or gap.low > most.high - least.low:
            value = plain(most.quantity.value - least.quantity.value)
            says = f"{most.written}－{least.written}＝{value}，文中写{gap.said}"
            yield found(gap, [most, least], WRONG, "相差", says)


def _check_aligned(sentence: Sentence) -> Iterator[Finding]:
    """受理、审结分别为1200件、1100件，上年分别为1000件、1000件，同比分别增长20%、10%: each with each."""
    runs = _listed_runs(sentence.mentions)
    for i, changes in enumerate(runs):
        if changes[0].sense != "change" or len(changes) < 2 or i < 2:
            continue
        one, other = runs[i - 2 : i]
        new, old = (other, one) if one[0].old else (one, other)
        if old[0].old and not new[0].old and len(new) == len(old) == len(changes) and new[0].sense == "level":
            for now, was, change in zip(new, old, changes, strict=True):
                if now.kind == was.kind:
                    yield from _check_episode(sentence, Episode(now, was, (change,), True))


def _listed_runs(mentions: Sequence[Mention]) -> list[list[Mention]]:
    runs: list[list[Mention]] = []
    for m in mentions:
        if m.listed and runs and m.sense == runs[-1][-1].sense:
            runs[-1].append(m)
        else:
            runs.append([m])
    return runs


def _episodes(sentence: Sentence) -> Iterator[Episode]:
    mentions = sentence.mentions
    for i, new in enumerate(mentions):
        if (
            (new.sense not in _LEVELS and not _is_compared_mean(mentions, i))
            or new.old
            or new.quantity.kind not in ("count", "percent", "duration")
            or _starts_from(mentions, i)
        ):
            continue
        after = _until_next(mentions, i)
        old = _old_value(mentions, i, after)
        changes = tuple(m for m in after if m.sense in ("change", "times"))
        if changes and not any(m.listed or "分别" in m.clause for m in changes):
            yield Episode(new, old, changes, _is_alone(mentions, i))
    for old, change, new in zip(mentions, mentions[1:], mentions[2:], strict=False):
        if old.old and change.sense == "change" and old.kind == new.kind and _IS_NOW.search(new.clause):
            yield Episode(new, old, (change,), True)
    yield from _told_first(mentions)


def _told_first(mentions: Sequence[Mention]) -> Iterator[Episode]:
    """同比下降20%，由去年的1200起降至960起: the change before the two numbers, where nothing else is said of them."""
    for i, (change, old, new) in enumerate(zip(mentions, mentions[1:], mentions[2:], strict=False)):
        alone = not any(m.sense in _LEVELS for m in mentions[:i]) and not _until_next(mentions, i + 2)
        told = change.sense == "change" and change.quantity.kind == "percent" and change.segment == new.segment
        if alone and told and _starts_from(mentions, i + 1) and new.quantity.kind != "percent":
            yield Episode(new, old, (change,), True)


def _is_compared_mean(mentions: Sequence[Mention], i: int) -> bool:
    """人均结案231件，比全省平均的198件高33件: a mean with what it is compared with right behind it."""
    if i + 2 >= len(mentions) or mentions[i].sense != "mean":
        return False
    old, change = mentions[i + 1 : i + 3]
    return old.old and change.sense == "change" and mentions[i].kind == old.kind == change.kind


def _starts_from(mentions: Sequence[Mention], i: int) -> bool:
    """由1000件增加到1200件: the first of the two is the old number."""
    if i + 1 == len(mentions):
        return False
    here, there = mentions[i], mentions[i + 1]
    return here.kind == there.kind and bool(_ARRIVES.search(there.clause) and (_FROM.search(here.clause) or here.old))


def _until_next(mentions: Sequence[Mention], i: int) -> list[Mention]:
    """What is said of a number before the next one of its own rank; a bracket between them says something else."""
    after: list[Mention] = []
    for m in mentions[i + 1 :]:
        if m.aside and not mentions[i].aside and not m.old and m.sense in _LEVELS:
            continue
        if m.aside < mentions[i].aside:
            break
        if (m.sense in (*_LEVELS, "mean") and not m.old) or m.segment != mentions[i].segment or m.opener:
            break
        after.append(m)
    return after


def _old_value(mentions: Sequence[Mention], i: int, after: Sequence[Mention]) -> Mention | None:
    new = mentions[i]
    if i and _is_told_of(mentions[i - 1], new) and (_starts_from(mentions, i - 1) or mentions[i - 1].old):
        return mentions[i - 1]
    if i and _is_step_before(_STEPS, mentions[i - 1], new) and any("环比" in m.lead for m in after):
        return mentions[i - 1]
    if i and _is_step_before(_YEARS, mentions[i - 1], new) and not any(re.search("[同环]比", m.lead) for m in after):
        return mentions[i - 1]
    olds = [m for m in after if m.old and m.kind == new.kind and not _is_longer(m, mentions[: i + 1])]
    return olds[0] if len(olds) == 1 else None


def _is_told_of(old: Mention, new: Mention) -> bool:
    """立案2680起（去年同期3001起）；破案1340起: what a bracket or a ； closes belongs to the number before it."""
    return old.kind == new.kind and old.segment == new.segment and old.aside in (0, new.aside)


def _is_step_before(steps: Sequence[re.Pattern[str]], old: Mention, new: Mention) -> bool:
    """4月份72条，5月份95条: the month, the quarter or the year before."""
    if old.kind != new.kind or old.segment != new.segment or old.sense != new.sense:
        return False
    for pattern in steps:
        said = [pattern.findall(m.lead) for m in (old, new)]
        at = [parse(found[0]) for found in said if len(found) == 1]
        if len(at) == 2 and at[0] and at[1] and at[1].value == at[0].value + 1:
            return True
    return False


def _is_longer(old: Mention, said: Sequence[Mention]) -> bool:
    """去年全年查处41件 beside half a year's number is what nothing was compared with, unless 比 says so."""
    return "全年" in old.clause and not re.search("[比较]", old.clause) and not any("全年" in m.lead for m in said)


def _is_alone(mentions: Sequence[Mention], i: int) -> bool:
    new = mentions[i]
    rivals = [m for m in mentions[:i] if m.sense in _LEVELS and not m.old and m.kind == new.kind]
    return not rivals or (i > 0 and rivals == [mentions[i - 1]] and _starts_from(mentions, i - 1))


def _check_episode(sentence: Sentence, e: Episode) -> Iterator[Finding]:
    deltas = [m for m in e.changes if m.kind == e.new.kind and m.sense == "change"]
    rates = [m for m in e.changes if m.quantity.kind == "percent" and m not in deltas]
    points = [m for m in e.changes if m.quantity.kind == "points"]
    times = [m for m in e.changes if m.quantity.kind == "multiple"]
    if e.new.quantity.kind == "percent":
        yield from _check_of_rate(e, [m for m in e.changes if m.quantity.kind in ("points", "percent")])
        return
    yield from _check_points_of_count(sentence, e, points)
    if e.old and len(deltas) == 1 and _same_clock(e.old, deltas[0]):
        yield from _check_delta(e, e.old, deltas[0])
    if len(rates) == 1 and len(deltas) <= 1:
        yield from _check_growth(e, rates[0], deltas[0] if deltas else None)
    if e.old and len(times) == 1:
        yield from _check_times(e, e.old, times[0])


def _same_clock(old: Mention, change: Mention) -> bool:
    """同比 goes with 上年, 环比 with 上月."""
    was, said = old.lead, change.lead
    return not (
        (_YEARLY.search(was) and _MONTHLY.search(said) and not _YEARLY.search(said))
        or (_MONTHLY.search(was) and _YEARLY.search(said) and not _YEARLY.search(was))
    )


def _grave(e: Episode) -> str:
    return WRONG if e.alone else DOUBTFUL


def _check_delta(e: Episode, old: Mention, delta: Mention) -> Iterator[Finding]:
    low, high = e.new.low - old.high, e.new.high - old.low
    if delta.sign < 0:
        low, high = -high, -low
    if low > delta.high or delta.low > high:
        first, second = (e.new, old) if delta.sign > 0 else (old, e.new)
        value = first.quantity.value - second.quantity.value
        says = f"{first.written}－{second.written}＝{say(value, first)}，文中写{_verb(delta)}{delta.said}"
        yield found(delta, [e.new, old], _grave(e), "增减", says)


def _verb(change: Mention) -> str:
    return "增加" if change.sign > 0 else "减少"


def _check_growth(e: Episode, rate: Mention, delta: Mention | None) -> Iterator[Finding]:
    """增长 = (new − old) ÷ old, the old number said or left by the difference."""
    if e.old and _same_clock(e.old, rate):
        was_low, was_high, others = e.old.low, e.old.high, [e.new, e.old]
    elif delta and _same_breath(delta, rate):
        was_low, was_high = e.new.low - delta.sign * delta.high, e.new.high - delta.sign * delta.low
        was_low, was_high, others = min(was_low, was_high), max(was_low, was_high), [e.new, delta]
        if not (e.new.quantity.exact and delta.quantity.exact):
            return
    else:
        return
    if was_low <= 0 or not was_high.is_finite() or not e.new.high.is_finite():
        return
    low, high = (_signed(rate.sign, v) for v in (e.new.low / was_high - 1, e.new.high / was_low - 1))
    low, high = min(low, high) * 100, max(low, high) * 100
    wrong = _wrong_growth(e, rate, others)
    if not (low <= rate.high and rate.low <= high):
        yield wrong
    elif (
        exchanged(round(abs(_growth(e, others)), rate.quantity.places), rate.quantity.value) and not rate.quantity.word
    ):
        yield replace(wrong, kind=DOUBTFUL)  # only rounding makes it true, and two figures are exchanged


def _same_breath(delta: Mention, rate: Mention) -> bool:
    """同比增加200件，增长20%: one comparison; a second 同比 or 环比 starts another."""
    if rate.segment != delta.segment or rate.sign != delta.sign:
        return False
    second = max(rate, delta, key=lambda m: m.quantity.start)
    clocks = (_YEARLY, _MONTHLY)
    return not re.search("同比|环比|比|较", second.lead) or any(
        c.search(rate.lead) and c.search(delta.lead) for c in clocks
    )


def _signed(sign: int, value: Decimal) -> Decimal:
    return value if sign > 0 else -value


def _wrong_growth(e: Episode, rate: Mention, others: list[Mention]) -> Finding:
    now, was, growth = e.new.quantity.value, _was(e, others), _growth(e, others)
    more, less = (now, was) if growth >= 0 else (was, now)
    working = f"（{say(more, e.new)}－{say(less, e.new)}）÷{say(was, e.new)}＝{plain(abs(growth), 2)}%"
    says = f"{working}，是{'增长' if growth >= 0 else '下降'}，文中写{_change_said(rate)}"
    step = Decimal(1).scaleb(-rate.quantity.places)
    cut = (abs(growth) / step).to_integral_value(ROUND_DOWN) * step
    if growth * rate.sign > 0 and cut == rate.quantity.value and not rate.quantity.word:
        return found(rate, others, DOUBTFUL, "增长率", f"{says}：像是截去了尾数，没有四舍五入")
    return found(rate, others, _grave(e), "增长率", says)


def _was(e: Episode, others: list[Mention]) -> Decimal:
    other = others[1].quantity.value
    return other if others[1] is e.old else e.new.quantity.value - others[1].sign * other


def _growth(e: Episode, others: list[Mention]) -> Decimal:
    """By how many per cent the numbers as written differ."""
    was = _was(e, others)
    return (e.new.quantity.value - was) / was * 100


def _change_said(rate: Mention) -> str:
    return f"{'增长' if rate.sign > 0 else '下降'}{rate.said}"


def _check_of_rate(e: Episode, changes: list[Mention]) -> Iterator[Finding]:
    """由85%提高到92%: by 7个百分点; 7% would be something else, 8.2% may be meant."""
    if e.old is None or len(changes) != 1 or not _same_clock(e.old, changes[0]):
        return
    change, old = changes[0], e.old
    low, high = e.new.low - old.high, e.new.high - old.low
    low, high = (low, high) if change.sign > 0 else (-high, -low)
    fits = low <= change.high and change.low <= high
    value = plain(abs(e.new.quantity.value - old.quantity.value))
    says = f"{e.new.written}%与{old.written}%相差{value}个百分点，文中写{_change_said(change)}"
    if change.quantity.kind == "points":
        if fits and _is_off_by_one(e, old, change):
            yield found(change, [e.new, old], DOUBTFUL, "百分点", says)
        elif not fits:
            yield found(change, [e.new, old], _grave(e), "百分点", says)
    elif fits:
        kind = DOUBTFUL if _is_relative_as_written(e, old, change) else _grave(e)
        yield found(change, [e.new, old], kind, "百分点", f"{says}：两个百分率之差应写“个百分点”")
    elif not _is_relative(e, old, change):
        yield found(change, [e.new, old], _grave(e), "百分点", says)


def _is_off_by_one(e: Episode, old: Mention, change: Mention) -> bool:
    """Whole percentages a whole point out: rounding could do it, but a slip is likelier; with decimals rounding is likelier."""
    numbers = (e.new.quantity, old.quantity, change.quantity)
    exact = all(q.places == 0 and not q.word for q in numbers)
    return exact and abs(e.new.quantity.value - old.quantity.value) != change.quantity.value


def _is_relative(e: Episode, old: Mention, change: Mention) -> bool:
    if old.low <= 0:
        return True
    low, high = e.new.low / old.high - 1, e.new.high / old.low - 1
    low, high = sorted((_signed(change.sign, low) * 100, _signed(change.sign, high) * 100))
    return low <= change.high and change.low <= high


def _is_relative_as_written(e: Episode, old: Mention, change: Mention) -> bool:
    """Whether the numbers as written make the growth to its last digit: 97.5% to 98.3% is 0.8 points and grows by 0.8%."""
    growth = abs(e.new.quantity.value / old.quantity.value - 1) * 100 if old.quantity.value else change.quantity.value
    return change.low <= growth <= change.high


def _check_points_of_count(sentence: Sentence, e: Episode, points: list[Mention]) -> Iterator[Finding]:
    """受理1200件，同比上升5.2个百分点: a number of cases grows by per cent, not by points."""
    for point in points:
        before = sentence.text[: point.quantity.start - sentence.start]
        if not _OF_RATES.search(before):
            says = f"{e.new.said}不是比率，它的增减应写“%”，不写“个百分点”，请核对"
            yield found(point, [e.new], DOUBTFUL, "百分点", says)


def _check_times(e: Episode, old: Mention, times: Mention) -> Iterator[Finding]:
    """翻一番 is twice; 增长1.5倍 is two and a half times; 是上年的2.5倍 as well."""
    if old.low <= 0:
        return
    low, high = e.new.low / old.high, e.new.high / old.low
    grown = times.sense == "change" and times.quantity.unit != "番"
    ends = (low - 1, high - 1) if grown else (low, high)
    if ends[0] <= times.high and times.low <= ends[1]:
        return
    ratio = plain(e.new.quantity.value / old.quantity.value, 2)
    says = f"{e.new.written}÷{old.written}＝{ratio}倍，文中写{times.said if times.quantity.unit != '番' else times.written}"
    if grown and low <= times.high and times.low <= high:
        yield found(times, [e.new, old], DOUBTFUL, "倍数", f"{says}：“增长N倍”不含原数，“是原来的N倍”才含，请核对")
    else:
        yield found(times, [e.new, old], _grave(e), "倍数", says)
