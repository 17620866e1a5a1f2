"""Shares of numbers that the sentence states: 占62.3%; and shares that fill a whole or are added up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, found, plain
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence
from zhengfa_stats.language.arithmetic.ratios import HUNDRED, check_ratio, counted
from zhengfa_stats.numerals import parse

_SHARE, _OF_NUMBER = re.compile(words.SHARE), re.compile(words.SHARE_OF_NUMBER)
_WHOLE_SAID, _SUMMED = re.compile(words.WHOLE_SAID), re.compile(words.SUMMED_SHARE)
_SUM_OF_SHARES, _ALL_SAID = re.compile(words.SUM_OF_SHARES), re.compile(words.ALL_SAID)
_POPULATION, _DEALT_WITH = re.compile(words.POPULATIONS), re.compile(words.DEALT_WITH)


def check_shares(sentence: Sentence) -> Iterator[Finding]:
    """The shares of a sentence against the numbers they are of; none where the base isn't plain."""
    wrong = list(_check_each(sentence))
    yield from wrong or _check_hundred(sentence)


def _check_each(sentence: Sentence) -> Iterator[Finding]:
    for i, mention in enumerate(sentence.mentions):
        if mention.sense == "share" and not mention.listed:
            yield from _check_run(sentence, i)
        elif i > 1 and mention.quantity.kind in ("percent", "fraction") and _is_of_number(sentence, i):
            part, whole = sentence.mentions[i - 2 : i]
            if part.kind == whole.kind and not _SUMMED.search(whole.clause):
                yield from check_ratio(mention, part, [whole], WRONG, "占比")


def _is_of_number(sentence: Sentence, i: int) -> bool:
    return bool(_OF_NUMBER.search(sentence.mentions[i].lead) and "占" in sentence.mentions[i - 1].clause)


def _check_run(sentence: Sentence, i: int) -> Iterator[Finding]:
    """One share of the number before it, or 分别占 of the numbers listed before them."""
    mentions = sentence.mentions
    run = [mentions[i]]
    for m in mentions[i + 1 :]:
        if not (m.listed and m.sense == "share"):
            break
        run.append(m)
    levels = counted(mentions[:i])
    if own := _own_subject(mentions[i]):
        yield from _check_named(sentence, i, own)
        return
    if _SUMMED.search(mentions[i].clause) or len(levels) < len(run) or ("分别" in mentions[i].clause and len(run) == 1):
        return
    parts = levels[-len(run) :]
    alone = not any(m.kind == parts[0].kind for m in levels[: -len(run)])
    if alone and len(run) > 1 and all(p.listed or "、" in p.lead for p in parts[1:]):
        yield from _check_one_whole(run, parts)
    if (
        len({p.kind for p in parts}) > 1
        or not all(p.listed for p in parts[1:])
        or _stands_apart(mentions, parts[-1], i)
    ):
        return
    told = [
        f
        for share, part in zip(run, parts, strict=True)
        for f in _check_share(sentence, share, part, mentions[i].clause, parts)
    ]
    yield from told


def _check_one_whole(run: Sequence[Mention], parts: Sequence[Mention]) -> Iterator[Finding]:
    """37人、59人，分别占38.5%、71.5%: whatever the whole is, it is one."""
    spans = [(p.low / s.high, p.high / s.low, s, p) for s, p in zip(run, parts, strict=True) if s.low > 0]
    if len(spans) < 2 or any(not p.high.is_finite() for *_, p in spans):
        return
    low, high = max(spans, key=lambda s: s[0]), min(spans, key=lambda s: s[1])
    if low[0] > high[1]:
        says = "，".join(
            f"{p.written}÷{s.said}≈{plain(p.quantity.value / s.quantity.value * HUNDRED, 1)}"
            for *_, s, p in (low, high)
        )
        yield found(spans[-1][2], [*parts, *run[:-1]], DOUBTFUL, "占比", f"{says}，说的不是同一个总数，请核对")


def _own_subject(share: Mention) -> str:
    """Whose share it is where the clause says so: 合格以上 of 合格以上占98%."""
    return re.sub(r"其|约|共|仅|也|均|分别|\s", "", _SHARE.sub("", share.clause))


def _check_named(sentence: Sentence, i: int, own: str) -> Iterator[Finding]:
    """办理236件，其中涉恶224件，涉恶案件占比94.9%: the number of that very name, if there is one."""
    levels = counted(sentence.mentions[:i])
    parts = [
        m
        for m in levels
        if len(name := _name(m)) > 1 and (own.startswith(name) or name.endswith(own) or _holds(name, own))
    ]
    if len(parts) == 1 and parts[0].opener in ("", "among"):
        wholes = [m for m in levels if m is not parts[0] and m.kind == parts[0].kind and m.high >= parts[0].low]
        if wholes:
            yield from check_ratio(sentence.mentions[i], parts[0], wholes, DOUBTFUL, "占比")


def _name(m: Mention) -> str:
    return re.sub("其中|，|含", "", m.clause)


def _holds(name: str, own: str) -> bool:
    """获优秀等次 for 优秀: the very words, with no 不 or 未 before them."""
    return len(own) > 1 and bool(re.search(f"(?<![不未非]){re.escape(own)}", name))


def _stands_apart(mentions: Sequence[Mention], part: Mention, i: int) -> bool:
    """Whether another number stands between a part and its share: then the share is of something else."""
    between = [m for m in mentions[mentions.index(part) + 1 : i] if m.aside == mentions[i].aside]
    return any(m.sense in ("level", "change") for m in between) or part.segment != mentions[i].segment


def _check_share(
    sentence: Sentence, share: Mention, part: Mention, clause: str, parts: Sequence[Mention]
) -> Iterator[Finding]:
    match = _SHARE.search(clause)
    of = match["of"] if match else ""
    core = _WHOLE_SAID.sub("", of)
    here = [m for m in counted(sentence.mentions) if _may_hold(m, part, core) and m not in parts]
    here = [m for m in here if part.opener or not _has_share(sentence.mentions, m)]
    earlier = [m for m in counted(sentence.before.mentions if sentence.before else ()) if _may_hold(m, part, core)]
    before = [m for m in here if m.quantity.start < part.quantity.start]
    bases = [m for m in before if m.segment == part.segment]
    if not bases and _is_opened_list(sentence, part):
        opening = _opening(sentence, part)
        bases = [m for m in before if opening.segment - 1 <= m.segment and m.quantity.start < opening.quantity.start]
    linked = bool(sentence.mentions[0].opener) and _is_opened_list(sentence, part)
    if not bases and not (linked and earlier):
        yield from _check_total_behind(share, part, core, here)
        return
    if any(_is_of_one_whole(sentence, share, part, base) for base in bases):
        return
    certain = (len(bases) == 1 or part.opener == "among") and not core and share.aside == part.aside
    yield from check_ratio(
        share, part, [*reversed(bases), *reversed(earlier), *here], WRONG if certain else DOUBTFUL, "占比"
    )


def _is_of_one_whole(sentence: Sentence, share: Mention, part: Mention, base: Mention) -> bool:
    """60岁以上78366人，占13.53%，其中65岁以上53403人，占9.22%: both shares may be of the whole that the first tells."""
    i = sentence.mentions.index(base)
    told = sentence.mentions[i + 1] if _has_share(sentence.mentions, base) else None
    if told is None or told.low <= 0 or told is share:
        return False
    return part.low / base.high * told.low <= share.high and share.low <= part.high / base.low * told.high


def _check_total_behind(share: Mention, part: Mention, core: str, here: Sequence[Mention]) -> Iterator[Finding]:
    """一审结案4200件，占结案总数的80%，全院共结案5250件: the total by its name comes last."""
    after = [m for m in here if m.quantity.start > share.quantity.start and m.segment == part.segment]
    if core and len(after) == 1 and _SUMMED.search(after[0].clause) and core in after[0].clause:
        yield from check_ratio(share, part, after, WRONG, "占比")


def _opening(sentence: Sentence, part: Mention) -> Mention:
    """The mention that last opened parts, up to this one; the part itself where none did."""
    before = [m for m in sentence.mentions if m.quantity.start <= part.quantity.start]
    return next((m for m in reversed(before) if m.opener), part)


def _is_opened_list(sentence: Sentence, part: Mention) -> bool:
    """其中科级12人，占22.6%；一般干警41人，占77.4%: every ； since the opening word parts a number and its share."""
    opening = _opening(sentence, part)
    between = range(opening.segment, part.segment + 1)
    shared = {m.segment for m in sentence.mentions if m.sense == "share"}
    return bool(opening.opener) and all(segment in shared for segment in between)


def _has_share(mentions: Sequence[Mention], whole: Mention) -> bool:
    """A number with a share of its own is another part, not the whole."""
    after = mentions[mentions.index(whole) + 1 :]
    return bool(after) and after[0].sense == "share" and after[0].segment == whole.segment


def _may_hold(whole: Mention, part: Mention, core: str) -> bool:
    named = core in _WHOLE_SAID.sub("", whole.lead + whole.tail) or core in whole.lead + whole.tail
    if _POPULATION.search(core) and _DEALT_WITH.search(whole.clause):
        return False
    return whole.kind == part.kind and whole.high >= part.low and named and whole is not part


def _check_hundred(sentence: Sentence) -> Iterator[Finding]:
    """Shares that all but fill the whole should fill it: 99.9 and 100.1 are rounding, 101 of three whole shares is not."""
    percents = [m for m in sentence.mentions if m.quantity.kind == "percent" and m.sense in ("share", "level")]
    summed = [m for m in percents if _sum_said(sentence, m)]
    shares = [m for m in percents if m.sense == "share"]
    shares = [m for m in shares if m not in summed]
    if len(shares) < 2 or any(m.quantity.word for m in shares):
        return
    if len(summed) == 1:
        yield from _check_summed(sentence, shares, summed[0])
        return
    low, high = sum(m.low for m in shares), sum(m.high for m in shares)
    value = sum((m.quantity.value for m in shares), Decimal(0))
    said = _says_all(sentence, shares)
    least = 98 if len(shares) > 2 else 100  # two shares may well leave a third unsaid
    if not low <= HUNDRED <= high and (said or least <= value <= 102):
        terms = "＋".join(m.written for m in shares)
        says = f"各项占比{terms}＝{plain(value)}，不是100%"
        kind, says = (WRONG, says) if said else (DOUBTFUL, f"{says}，请核对")
        yield found(shares[-1], shares[:-1], kind, "占比之和", says)


def _says_all(sentence: Sentence, shares: Sequence[Mention]) -> bool:
    """三项构成全部来源: whether the sentence says that these shares are all there is."""
    said = _ALL_SAID.search(sentence.text)
    if (
        said is None
        or said.start() < shares[-1].quantity.start - sentence.start
        or len({m.segment for m in shares}) > 1
    ):
        return False
    number = parse(said["number"]) if said["number"] else None
    return number is None or number.value == len(shares)


def _sum_said(sentence: Sentence, m: Mention) -> re.Match[str] | None:
    """三类合计占: what a clause says of adding shares; 三类 stands before the number's own clause."""
    return _SUM_OF_SHARES.search(re.split("[，,；;：:]", sentence.text[: m.quantity.start - sentence.start])[-1])


def _check_summed(sentence: Sentence, shares: Sequence[Mention], total: Mention) -> Iterator[Finding]:
    """分别占30.1%、20.2%，两项合计占50.3%: the sum of as many shares as are said, right before it."""
    said = _sum_said(sentence, total)
    number = parse(said["number"]) if said and said["number"] else None
    terms = [m for m in shares if m.quantity.start < total.quantity.start and m.segment == total.segment]
    is_all = number is None and total.low == HUNDRED
    if len(terms) < 2 or not (is_all or (number is not None and number.value == len(terms))):
        return
    low, high = sum(m.low for m in terms), sum(m.high for m in terms)
    if low > total.high or total.low > high:
        value = plain(sum((m.quantity.value for m in terms), Decimal(0)))
        says = f"{'＋'.join(m.written for m in terms)}＝{value}，文中写{total.said}"
        yield found(total, terms, WRONG, "占比之和", says)
