"""One number told twice in a document: the same total in the same words, by its name, or what is left of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, Finding, found, plain, slipped
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence
from zhengfa_stats.language.arithmetic.totals import state

_SCOPES, _FILLERS, _PERIODS = re.compile(words.SCOPES), re.compile(words.FILLERS), re.compile(words.PERIODS)
_ACTS, _AGAIN, _NAMED = re.compile(words.MANY_TIMES), re.compile(words.AGAIN), re.compile(words.AGAIN_NAMED)
_RUNNING, _THIS_YEAR = re.compile(words.RUNNING), re.compile(words.THIS_YEAR)
_DONE = re.compile(words.DONE)
_BACK = 2000  # how far back in its paragraph the words that tell a number's period may stand
_FIGURES = 100  # of two figures, one mistyped is as likely another number


@dataclass(frozen=True, slots=True)
class Told:
    """What a number counts, by the words; `sure` where they are the whole's own, so that two numbers can't both be true.

    `act` is the core without the thing's name, of a number that is told by its name: 立案审查 of 立案审查的281件案件.
    """

    mention: Mention
    core: str
    when: frozenset[str]
    sure: bool
    act: str = ""


def check_repeats(sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """The same total said twice for the same period, with numbers that can't both be true, or of which one is mistyped."""
    earlier: dict[str, list[Told]] = defaultdict(list)
    seen: dict[int, str] = defaultdict(str)
    for sentence in sentences:
        for told in _told(sentence, seen[sentence.passage]):
            first = next((t for t in earlier[told.mention.kind] if _is_same(t, told)), None)
            if first is None:
                earlier[told.mention.kind].append(told)
            elif _differ(first, told):
                says = f"同一个数前面写{first.mention.said}，这里写{told.mention.said}，请核对"
                yield found(told.mention, [first.mention], DOUBTFUL, "前后不一", says)
        seen[sentence.passage] += sentence.text
    yield from _check_left(sentences)


def _is_same(one: Told, other: Told) -> bool:
    ends = not other.sure and one.core.endswith(other.core) and "›" not in one.core
    is_named = one.core in (other.core, other.act) or ends
    return is_named and (one.when == other.when or (not (one.sure and other.sure) and _meet(one.when, other.when)))


def _meet(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two may be one period: one isn't told, or 今年以来 and 截至6月底."""
    so_far = all(w == "今年" or w.startswith("至") for w in one | other)
    return not one or not other or (so_far and "今年" in one | other)


def _differ(one: Told, other: Told) -> bool:
    first, again = one.mention, other.mention
    if not (first.low > again.high or again.low > first.high):
        return False
    is_plain = not (first.quantity.word or again.quantity.word) and first.quantity.value >= _FIGURES
    is_slip = is_plain and slipped(first.quantity.value, again.quantity.value)
    return is_slip or (one.sure and other.sure and one.core == other.core)


def _told(sentence: Sentence, before: str) -> Iterator[Told]:
    """The totals of a sentence: the whole's (全市共收到236条), what is said of it (查结147条), and those told by their name."""
    head = ""
    for m in sentence.mentions:
        if m.sense != "level" or m.old or m.opener or m.aside or not m.quantity.unit or m.quantity.kind != "count":
            continue
        core = _FILLERS.sub("", _PERIODS.sub("", _RUNNING.sub("", m.clause)))
        act, noun = _by_name(m)
        named, is_head = act + noun, bool(_SCOPES.search(m.clause)) and len(core) > 1
        head = core if is_head and not named else head
        said = named or (head if is_head else f"{head}›{core}" if head and len(core) > 1 else "")
        if said:
            when = _when((before + sentence.text[: m.quantity.start - sentence.start])[-_BACK:])
            is_sure = is_head and not named and len(core) > 3 and not _ACTS.search(core)
            yield Told(m, said, when, is_sure, act if len(act) > 3 else "")


def _by_name(m: Mention) -> tuple[str, str]:
    """受理 and 案件 for 在受理的18260件案件中; "" where a number isn't told by its name."""
    again, noun = _AGAIN.match(m.clause), _NAMED.match(m.tail)
    act = _FILLERS.sub("", again["act"]) if again else ""
    return (act, noun["noun"]) if noun and len(act) > 1 else ("", "")


def _when(text: str) -> frozenset[str]:
    """The periods that a text names: 至6月 for 上半年 and 截至6月底 alike."""
    said = {f"至{m['end'] or m['until']}月" for m in _RUNNING.finditer(text)}
    rest = _RUNNING.sub("", text)
    said |= {"今年"} if _THIS_YEAR.search(rest) else set()
    for word in _PERIODS.findall(_THIS_YEAR.sub("", rest)):
        if word != "以来":
            said.add(f"至{words.SO_FAR[word]}月" if word in words.SO_FAR else word)
    return frozenset(said)


def _check_left(sentences: Sequence[Sentence]) -> Iterator[Finding]:
    """236条线索已办结147条。对尚未办结的98条线索…: what a later sentence says is left of a whole, mistyped."""
    parted: dict[str, tuple[Mention, Mention]] = {}
    for sentence in sentences:
        counted = [m for m in sentence.mentions if m.sense == "level" and m.quantity.exact and m.quantity.unit]
        for m in counted[:1]:
            whole, done = parted.get(m.kind, (None, None))
            if whole and done and state(m) == "undone" and m.clause.endswith("的") and not m.old:
                left = whole.quantity.value - done.quantity.value
                if left != m.quantity.value and slipped(left, m.quantity.value):
                    says = f"{whole.written}－{done.written}＝{plain(left)}，这里写{m.said}，请核对"
                    yield found(m, [whole, done], DOUBTFUL, "前后不一", says)
        if (
            len(counted) > 1
            and counted[0].kind == counted[1].kind
            and not _DONE.search(counted[0].clause)
            and state(counted[1]) == "done"
        ):
            parted[counted[0].kind] = (counted[0], counted[1])
