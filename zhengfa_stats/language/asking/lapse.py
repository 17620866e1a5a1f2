"""The days from one date of a record to another: 从立案到处理平均多少天, 立案到处理最长隔了几天."""

from __future__ import annotations

from dataclasses import replace

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood

_UNTIL = ("到", "至", "到了", "直到")
_FROM = ("从", "自", "由")
_SORTS = {"mean": "mean", "median": "median", "max": "max", "min": "min", "most": "max", "least": "min"}
_DAYS = ("天", "日", "天数", "时间", "时长", "间隔", "相隔", "用时", "耗时", "多久", "多长时间", "周期")


def lapsed(s: Sentence, frame: Frame) -> Frame:
    """The Frame that measures the days between two events, where one stands on either side of 到; its words are used."""
    for at, token in enumerate(s.tokens):
        if token.text in _UNTIL and at not in s.used and (found := _between(s, at)):
            first, last, field = found
            sorts = list(s.free("mean", "median")) or list(s.free(*_SORTS))
            days = [i for i, t in enumerate(s.tokens) if t.text in _DAYS or s.has(i, "lapse")]
            if not days:
                return frame
            s.is_evident = True
            if len(sorts) != 1 or (not s.has(sorts[0], "mean", "median") and any("which" in t.roles for t in s.tokens)):
                said = "".join(t.text for t in s.tokens[first : last + 1])
                raise NotUnderstood([said], f"“{said}”每一条的天数不同，请问平均、最长还是最短多少天")
            s.use(*range(first, last + 1), *sorts, *days, *s.free("ask"))
            s.score += 3
            kind = next(_SORTS[r] for r in s.tokens[sorts[0]].roles if r in _SORTS)
            return replace(frame, measure=f"{kind} {field}", unit="天")
    return frame


def _between(s: Sentence, at: int) -> tuple[int, int, str] | None:
    """Where the first event begins and the second ends, and the field of the days between them."""
    first, last = at - 1, at + 1
    while first >= 0 and not s.tokens[first].of("event", s.ledger) and s.is_idle(first):
        first -= 1
    while last < len(s.tokens) and not s.tokens[last].of("event", s.ledger) and s.is_idle(last):
        last += 1
    if first < 0 or last >= len(s.tokens):
        return None
    starts, ends = ({m.slot for m in s.tokens[i].of("event", s.ledger)} for i in (first, last))
    fields = [
        f.id
        for f in s.schema.ledgers[s.ledger].fields.values()
        if f.days and {f.days[0]} == starts and {f.days[1]} == ends
    ]
    if len(fields) != 1:
        return None
    return (first - 1 if first and s.tokens[first - 1].text in _FROM else first), last, fields[0]
