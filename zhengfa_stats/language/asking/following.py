"""What a follow-up takes over from the question before it: all that it does not say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood, Versus, listed
from zhengfa_stats.language.asking.shares import whole_beside
from zhengfa_stats.language.asking.timing import grain
from zhengfa_stats.language.asking.tokens import Token
from zhengfa_stats.language.periods import PeriodSaid

_PLACES = ("unit", "region")
_CITY = ("全市", "全市的", "全市总的", "整个市", "全市上下", "全市范围", "全市范围内", "全市各单位")


def says_city(tokens: Sequence[Token]) -> bool:
    """全市呢: of no unit any more."""
    return any(t.text in _CITY for t in tokens) and not any("share" in t.roles for t in tokens)


def carried(before: Frame, said: Frame, *, of_city: bool = False) -> Frame:
    """The frame before with what the follow-up says put in its place; all that it does not say carries over."""
    _check_one_of(before, said)
    before = opened(before, said)
    slots = {c.slot for c in said.conditions}
    left = {c.kind for c in said.conditions} & {*_PLACES} or not of_city
    kept = tuple(c for c in before.conditions if c.slot not in slots and (left or c.kind not in _PLACES))
    frame = replace(before, conditions=(*kept, *said.conditions), versus=_versus(before, said))
    if not left and before.share_of is not None:
        frame = replace(frame, share_of=tuple(c for c in before.share_of if c.kind not in _PLACES))
    if said.indicator:
        frame = replace(frame, indicator=said.indicator)
    if said.period is not None and not (_is_now(said.period) and (said.conditions or said.measure)):
        frame = replace(frame, period=said.period, dated=said.dated)
    frame = replace(frame, received=before.received or said.received)
    frame = replace(frame, is_receipt_carried=before.received and not said.received)
    if said.per:
        frame = replace(frame, per=said.per)
    if said.measure:
        frame = replace(frame, measure=said.measure, unit=said.unit)
    if said.share_of is not None:
        whole = said.share_of if said.of_all else (*kept, *said.share_of)
        frame = replace(frame, share_of=whole, of_all=said.of_all)
    elif before.share_of is not None and said.conditions:
        frame = replace(frame, share_of=_whole(before, said))
    if said.by:
        return replace(frame, by=said.by, form=said.form, take=said.take, is_least=said.is_least)
    if said.form != "number":
        return replace(frame, form=said.form, by=())
    return frame


def opened(before: Frame, said: Frame) -> Frame:
    """公安局收到几条，哪家最多: which of all is asked, and no more of the one that was named; nor of its month."""
    which = said.form in ("label", "nth") or said.take != 0
    fields = {b.field for b in said.by}

    def is_left(c: Condition) -> bool:
        is_one = c.slot in fields and not c.is_negated and len(listed(c)) == 1
        return not (is_one and (which or c.kind == "unit"))

    share = None if before.share_of is None else tuple(filter(is_left, before.share_of))
    period = before.period
    if which and period is not None and grain(period) in {b.level for b in said.by}:
        period = None
    return replace(before, conditions=tuple(filter(is_left, before.conditions)), share_of=share, period=period)


def _check_one_of(before: Frame, said: Frame) -> None:
    """哪个单位线索最多，公安局呢: the one that is named is not the most of itself."""
    fields = {b.field for b in before.by}
    if before.form in ("label", "nth") and not said.by and (own := [c for c in said.conditions if c.slot in fields]):
        words = [c.said for c in own]
        raise NotUnderstood(words, f"前面问的是哪个最多，没有听清“{words[0]}”问的是什么；请把问题说完整")


def _whole(before: Frame, said: Frame) -> tuple[Condition, ...] | None:
    """群众举报占比多少，公安局的呢: of its own; NotUnderstood where the part may be meant or the whole."""
    known = {c.slot for c in before.conditions}
    if strange := [c.said for c in said.conditions if c.slot not in known and c.kind not in _PLACES]:
        raise NotUnderstood(strange, f"没有听清“{strange[0]}”是说占的，还是说被占的；请把比例说完整")
    return whole_beside(before, said.conditions)


def _versus(before: Frame, said: Frame) -> Versus | None:
    """5月比4月多几条，公安局呢: still of the two; NotUnderstood where one of them is what is said anew."""
    versus = before.versus
    if said.versus is not None or versus is None or said.measure or said.indicator:
        return said.versus
    if said.form not in ("number", "table"):
        raise NotUnderstood(["比"], "前面问的是两个数相比，接着这样问不清楚；请把问题说完整")
    beside = {c.slot for c in versus.conditions}
    words = [c.said for c in said.conditions if c.slot in beside]
    if said.period is not None and (versus.period or versus.months):
        words.append("时段")
    if words:
        raise NotUnderstood(words, "前面问的是两个数相比，没有听清现在是谁和谁比；请把两边说完整")
    return versus


def _is_now(period: PeriodSaid) -> bool:
    """到现在, 目前: beside other words only that it is asked of how things stand."""
    return (period.since, period.as_of, period.months) == (None, None, 0)
