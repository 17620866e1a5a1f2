"""Wholes without an opening word: 已查结 and 正在核查, 合计 after its parts, and lists right after a total."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, add, add_finely, found
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence, is_carried_over
from zhengfa_stats.language.arithmetic.parts import OPENING, is_alike, is_far, is_told_whole, may_overlap
from zhengfa_stats.language.arithmetic.periods import is_one_act
from zhengfa_stats.numerals import parse

_TOTAL_ALONE, _TOTAL_LAST = re.compile(words.TOTAL_ALONE), re.compile(words.TOTAL_LAST)
_TOTAL_SAID, _EACH = re.compile(words.TOTAL_SAID), re.compile(words.EACH)
_DONE, _UNDONE, _RECEIVED = re.compile(words.DONE), re.compile(words.UNDONE), re.compile(words.RECEIVED)
_CLUES, _GIVEN = "count:条", re.compile(words.GIVEN)
_THINGS, _SCOPES = re.compile(words.THINGS), re.compile(words.SCOPES)
_OPEN_ENDED = re.compile(words.OPEN_ENDED)
_DUE = re.compile(words.DUE)
_SUM_NAMED = re.compile(words.SUM_NAMED)
_TIMES_SAID = re.compile(words.TIMES_SAID)
_BODIES, _ACTS = re.compile(words.BODIES), re.compile(words.ACTS)
_FILLERS, _PERIODS, _STOCKS = re.compile(words.FILLERS), re.compile(words.PERIODS), re.compile(words.STOCKS)


def check_totals(sentence: Sentence) -> Iterator[Finding]:
    """What a sentence's totals contradict; nothing where the words leave a way to be true."""
    if sentence.has_blanks:
        return
    yield from _check_done_and_undone(sentence)
    yield from _check_done_within(sentence)
    yield from _check_due(sentence)
    yield from _check_totals_after(sentence)
    yield from _check_lists_after(sentence)


def _levels(sentence: Sentence) -> list[Mention]:
    counted = [m for m in sentence.mentions if m.sense == "level" and m.quantity.kind == "count" and m.quantity.unit]
    return [m for m in counted if not m.old and not m.aside]


def _check_done_and_undone(sentence: Sentence) -> Iterator[Finding]:
    """收到236条，已查结147条，89条正在核查: what is done and what is not make up what was received."""
    if is_carried_over(sentence.text):
        return
    mentions = _levels(sentence)
    for i, whole in enumerate(mentions):
        if whole.opener or state(whole) or not _is_received(whole):
            continue
        top = _unnested([m for m in mentions[i + 1 :] if m.kind == whole.kind and m.segment <= whole.segment + 2])
        done, undone = ([m for m in top if state(m) == kind] for kind in ("done", "undone"))
        if done and undone:
            yield from _check_states(whole, done, undone, [m for m in top if not state(m)])
            return


def _check_done_within(sentence: Sentence) -> Iterator[Finding]:
    """收到线索100条，查结180条: more than there were, unless some came over from before, as cases of a court do."""
    if is_carried_over(sentence.text):
        return
    for whole, done in itertools.pairwise(_levels(sentence)):
        alike = is_alike(whole, done) and whole.segment == done.segment and whole.kind == _CLUES
        stages = _is_plainly_received(whole) and state(done) == "done" and not done.opener
        if alike and stages and done.low > whole.high:
            yield found(done, [whole], DOUBTFUL, "办结与收到", f"{done.said}比收到的{whole.said}还多，请核对")


def _check_due(sentence: Sentence) -> Iterator[Finding]:
    """应签820份，已签760份，还有60份未签: what is due is what is done and what is not, by one verb."""
    levels = _levels(sentence)
    for whole, done, undone in zip(levels, levels[1:], levels[2:], strict=False):
        due = _DUE.search(whole.clause)
        if not due or len({m.kind for m in (whole, done, undone)}) > 1 or whole.segment != undone.segment:
            continue
        is_said = f"已{due['verb']}" in done.clause and f"未{due['verb']}" in undone.clause + undone.tail
        total = add([done, undone])
        if is_said and not total.meets(whole):
            yield found(whole, total.terms, WRONG, "办结与未结", total.against(whole))


def _is_plainly_received(whole: Mention) -> bool:
    return bool(_RECEIVED.search(whole.clause + whole.tail)) and not state(whole) and not whole.opener


def _is_received(whole: Mention) -> bool:
    return is_told_whole(whole) or bool(_GIVEN.search(whole.clause + whole.tail) or _THINGS.search(whole.tail))


def state(m: Mention) -> str:
    """Whether a number is of what is done or of what is still to do; "" for neither."""
    said = m.clause if m.runs_on else m.clause + m.tail
    return "undone" if _UNDONE.search(said) else "done" if _DONE.search(said) else ""


def _unnested(after: Sequence[Mention]) -> list[Mention]:
    """Without what 其中 or 含 opened: those are parts of a part; a state word (查结, 在查) brings the chain back."""
    top: list[Mention] = []
    is_nested = False
    for m in after:
        is_nested = m.opener in OPENING or (is_nested and not state(m))
        if not is_nested:
            top.append(m)
    return top


def _check_states(
    whole: Mention, done: list[Mention], undone: list[Mention], others: list[Mention]
) -> Iterator[Finding]:
    terms = sorted([done[0], undone[0]], key=lambda m: m.quantity.start)
    every = sorted({*done, *undone, *others}, key=lambda m: m.quantity.start)
    options = [terms, [*terms, *others], every, *([*terms, other] for other in others)]
    if any(add(option).meets(whole) for option in options):
        return
    total = add(terms)
    if len(every) > 2 and add(every).is_near(whole):
        total = add(every)
    is_plain = len(every) == 2 and terms[1].segment == whole.segment and not is_far(total, whole)
    if is_plain or total.is_near(whole):
        kind = WRONG if is_plain else DOUBTFUL
        yield found(whole, total.terms, kind, "办结与未结", total.against(whole))


def _check_totals_after(sentence: Sentence) -> Iterator[Finding]:
    """群众举报147条、上级交办89条，合计236条."""
    mentions = sentence.mentions
    for i, whole in enumerate(mentions):
        if whole.sense != "level" or whole.opener or whole.quantity.kind != "count" or whole.old:
            continue
        before = [m for m in mentions[:i] if is_alike(m, whole) and m.aside == whole.aside and m.quantity.unit]
        # 一审案件中，甲6200件、乙3900件，共计…: 中 opens what has no whole before
        is_alone = bool(_TOTAL_ALONE.search(whole.clause))
        kept = [m for i, m in enumerate(before) if m.opener not in ("among", "within") or (is_alone and not i)]
        parts = _within_reach(whole, kept)
        named = (
            _TOTAL_SAID.search(whole.clause)
            or _TOTAL_LAST.search(whole.clause)
            or (len(parts) > 2 and _is_one_list(parts) and _SUM_NAMED.search(whole.clause))
        )
        if len(parts) > 1 and named and not _is_mixed(mentions[:i], parts):
            yield from _check_total_after(whole, parts, is_counted=_counts_them(mentions[i - 1], whole, len(parts)))


def _within_reach(whole: Mention, parts: list[Mention]) -> list[Mention]:
    """甲12件；乙13件；合计25件: beyond a ； only where each ； parts one number, and the total stands alone."""
    here = [m for m in parts if m.segment == whole.segment]
    segments = [m.segment for m in parts]
    return parts if not here and _TOTAL_ALONE.search(whole.clause) and len(set(segments)) == len(segments) else here


def _is_mixed(before: Sequence[Mention], parts: Sequence[Mention]) -> bool:
    """13个市州、91个省直单位、48所高校，共计…: what is listed has several measure words, and the whole counts them all."""
    inside = before[before.index(parts[0]) + 1 :]
    return any("、" in m.lead and m.quantity.kind == "count" and m.kind != parts[0].kind for m in inside)


def _counts_them(before: Mention, whole: Mention, n: int) -> bool:
    """三类活动共102场 after three of them."""
    q = before.quantity
    return q.unit in ("类", "项", "种", "个", "家") and q.value == n and not re.search("[，,；;：:]", whole.lead)


def _check_total_after(whole: Mention, parts: list[Mention], *, is_counted: bool) -> Iterator[Finding]:
    if _EACH.search(parts[-1].clause) or any(_TOTAL_SAID.search(p.clause) for p in parts[1:]) or may_overlap(parts):
        return
    total = add(parts)
    if _OPEN_ENDED.search(re.split("[，,；;：:]", whole.lead)[0]) and not total.exceeds(whole):
        return  # …、组织部9人等，共25人
    if any(add(parts[k:]).meets(whole) for k in range(len(parts))):
        if _is_one_list(parts) and not any(add_finely(parts[k:]).meets(whole) for k in range(len(parts))):
            yield found(whole, parts, DOUBTFUL, "合计", total.against(whole))
        return
    if (
        is_counted
        or _counted(whole.clause) == len(parts)
        or (_is_one_list(parts) and _is_their_total(whole, parts))
        or _is_their_period(whole, parts)
    ):
        yield found(whole, parts, WRONG, "合计", total.against(whole))
    elif total.is_near(whole):
        kind = WRONG if _TOTAL_ALONE.search(whole.clause) else DOUBTFUL
        says = total.against(whole) if kind == WRONG else total.beside(whole)
        yield found(whole, parts, kind, "合计", says)


def _is_one_list(parts: Sequence[Mention]) -> bool:
    return all(p.listed or "、" in p.lead for p in parts[1:])


def _is_their_total(whole: Mention, parts: Sequence[Mention]) -> bool:
    """合计 alone, 民辅警总数, 三年累计 after three numbers, or the same act again: 处理…、处理…，共处理."""
    if _TOTAL_ALONE.search(whole.clause) or _TOTAL_LAST.search(whole.clause):
        return True
    act = _FILLERS.sub("", whole.clause)
    is_said = all(p.clause.endswith(act) for p in parts if not p.listed) or parts[0].clause.startswith(act)
    return len(act) > 1 and is_said


def _is_their_period(whole: Mention, parts: Sequence[Mention]) -> bool:
    """上半年办理5412件，下半年办理6088件，全年共办理11500件: one act in the periods that make up another; stocks are no sums."""
    named = _listed_names(parts) or [m.clause for m in parts]
    said = tuple("".join(_PERIODS.findall(name)) for name in named)
    wholes = [name for name, of in words.PARTS_OF_PERIODS if of == said]
    return is_one_act((whole, *parts)) and any(name in whole.clause for name in wholes)


def _check_lists_after(sentence: Sentence) -> Iterator[Finding]:
    """处理干警71人，公安41人、法院11人、检察院6人、司法行政12人: a slip rather than parts left out."""
    mentions = _levels(sentence)
    for i, whole in enumerate(mentions):
        if whole.opener or whole.listed or state(whole):
            continue
        times = _times_said(sentence, whole)
        run = _run_after(mentions, i, times)
        if not run or run[0].lead.lstrip().startswith("、"):
            continue  # 红色教育12次、警示教育8次、英模教育5次: the first of a list is no whole
        total = add(run)
        if any(add(run[:n]).meets(whole) for n in range(1, len(run) + 1)):
            continue
        if times == len(run) and not is_far(total, whole):
            yield found(whole, run, WRONG, "分项之和", total.against(whole))
            return
        if (total.is_near(whole) and not may_overlap(run)) or (_listed_names(run) and total.exceeds(whole)):
            yield found(whole, run, DOUBTFUL, "分项之和", total.beside(whole))
            return


def _times_said(sentence: Sentence, whole: Mention) -> int:
    """How many parts the clause of a total says that it has: 三个县共收到110条; 0 where it says none."""
    clause = re.split("[，,；;：:]", sentence.text[: whole.quantity.start - sentence.start])[-1]
    return _counted(clause) if _TOTAL_SAID.search(whole.clause) else 0


def _counted(clause: str) -> int:
    said = _TIMES_SAID.search(clause)
    times = parse(said["times"]) if said else None
    return int(times.value) if times else 0


def _run_after(mentions: Sequence[Mention], i: int, times: int) -> tuple[Mention, ...]:
    """The list that may be a whole's parts: bodies of one sort, as many as are said, or, for a total said, any list after ；."""
    whole = mentions[i]
    after = [m for m in mentions[i + 1 :] if m.kind == whole.kind]
    if any(m.opener or _TOTAL_SAID.search(m.clause) for m in after if m.segment == whole.segment):
        after = [m for m in after if m.segment != whole.segment]
    run = tuple(m for m in after if m.segment == after[0].segment)
    if len(run) < 2 or any(m.opener or _TOTAL_SAID.search(m.clause) or state(m) for m in run):
        return ()
    told = bool(_TOTAL_SAID.search(whole.clause)) and run[0].segment == whole.segment + 1
    here = whole.segment == run[0].segment
    return run if told or (here and (_is_one_sort(run) or (times == len(run) and "分别" in run[0].clause))) else ()


def _listed_names(run: Sequence[Mention]) -> list[str]:
    """甲县、乙县、丙县分别收到25条、30条、45条: the names that stand before 分别, one for each number."""
    if "分别" not in run[0].clause or not all(m.listed for m in run[1:]):
        return []
    said = re.split("[，,；;：:。]", run[0].lead)[-1].partition("分别")[0]
    names = re.split("、|和|及|与", re.sub(r"[两三四五六七八九十\d]+个[\u4e00-\u9fff]{1,3}$", "", said))
    return names if len(names) == len(run) else []


def _is_one_sort(run: Sequence[Mention]) -> bool:
    """Bodies, areas, quarters: 公安局…、法院…; or names that end alike: 公安系统…、法院系统…; or 甲县、乙县分别…."""
    names = _listed_names(run) or [m.name for m in run]
    if any(_ACTS.search(n) for n in names):
        return False
    return all(_BODIES.search(n) for n in names) or (
        len({n[-2:] for n in names}) == 1 and len(set(names)) == len(names)
    )
