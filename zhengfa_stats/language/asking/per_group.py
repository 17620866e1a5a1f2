"""How many a unit: 平均每个单位收到多少条, 每家平均处理多少人; the mean over the units of what each has."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from zhengfa_stats.counting.groups import UNFILLED, UNSURE
from zhengfa_stats.language.asking.axes import axis_of
from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.language.wording import said
from zhengfa_stats.query import OF_ONE

_ONE = ("每", "每个", "每一个", "每家", "每一家", "一个", "个", "家", "各")


def per_group(s: Sentence, frame: Frame) -> Frame:
    """The Frame averaged over the units, where 平均 stands beside each of them; no mean of a number of theirs."""
    if any(t.of("number", s.ledger) and not t.roles & {"persons", "rows", "acts"} for t in s.tokens):
        return frame
    for i in s.free("mean"):
        if (places := _units(s, i)) and (by := axis_of(s, s.habits.unit)) is not None:
            s.use(i, *places)
            return replace(frame, by=(by,), form="average")
    return frame


def _units(s: Sentence, mean: int) -> list[int]:
    """平均每个单位, 每个单位平均: the tokens that say of each unit, beside 平均."""
    behind = mean + 1
    while behind < len(s.tokens) and s.tokens[behind].text in _ONE and not s.has(behind, "axis"):
        behind += 1
    if _is_unit(s, behind) and (behind > mean + 1 or s.tokens[behind].text[0] == "每"):
        return [*range(mean + 1, behind + 1)]
    before = mean - 1
    if not _is_unit(s, before):
        return []
    start = before
    while start and s.tokens[start - 1].text in _ONE:
        start -= 1
    return [*range(start, mean)] if start < before or s.tokens[before].text[0] == "每" else []


def _is_unit(s: Sentence, i: int) -> bool:
    return 0 <= i < len(s.tokens) and s.has(i, "axis") and s.words.axes.get(s.tokens[i].text) == "unit"


def check_average(frame: Frame) -> None:
    """Only what is counted or added up can be averaged over units."""
    if frame.form != "average":
        return
    plain = frame.share_of is None and not (frame.versus or frame.indicator or frame.take or frame.per)
    if not plain or len(frame.by) != 1 or frame.measure.startswith((*OF_ONE, "distinct")):
        raise NotUnderstood(["平均每个单位"], "只有条数、人数、次数这样的数能按单位平均，请分开问")


def average(groups: Sequence[tuple[str, float | None]], units: Collection[str], unit: str) -> tuple[float | None, str]:
    """The mean of the groups; or why there is none: some of the `units` have nothing, and may be meant or not."""
    if lost := [label for label, _ in groups if label in (UNFILLED, UNSURE)]:
        return None, f"有的没有写明单位（{lost[0]}），得不出每个单位的平均数"
    total, n = sum(v or 0 for _, v in groups), len(groups)
    without = [u for u in units if u not in dict(groups)]
    if not n:
        return None, "没有可以平均的数"
    if without:
        few, many = said(round(total / n, 2), unit), said(round(total / (n + len(without)), 2), unit)
        return None, f"{'、'.join(without)}一{unit}也没有，算进去平均每个单位{many}，不算平均{few}，没有说清算不算"
    return total / n, ""
