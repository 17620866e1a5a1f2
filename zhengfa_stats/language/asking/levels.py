"""A number that is to be reached: 查结率是否达到95%, 哪些单位线索超过20条, 公安局比法院多吗; and those of which all are so."""

from __future__ import annotations

from dataclasses import replace

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.query import OF_ONE, By

_SIDES = ("over", "under", "at_least", "at_most")
_REACHED = ("到", "够", "有", "到了", "够了", "过", "突破", "破", "超")
_MISSED = ("没到", "没达到", "未达到", "没有达到", "未达", "没有到", "没超过", "没过", "达不到", "不到", "不够")


def reached(s: Sentence, frame: Frame) -> Frame | None:
    """The Frame with the level that its number, or those of its groups, are to reach; None where none is said."""
    if frame.measure == f"distinct {s.habits.unit}":
        return _how_many(s, replace(frame, measure="", by=(By(s.habits.unit),)))
    found = [i for i in s.free("number") if _is_level(s, i, frame)]
    if not found:
        return None
    i = found[0]
    side, places = _side(s, i)
    asked_of_groups = bool(frame.by) and any(s.tokens[j].text[:1] == "哪" or _stands_behind(s, i, j) for j in s.used)
    is_asked = any(True for _ in s.free("whether", "exists")) or s.tokens[-1].text in (
        "吗",
        "么",
        "嘛",
        "没",
        "没有",
        "吧",
    )
    if not side or len(found) > 1 or frame.take or any(True for _ in s.free("ask")):
        return None
    number = s.tokens[i].number
    assert number is not None
    if asked_of_groups and not is_asked:
        _check_below(s, frame, side, i)
        s.use(i, *places, *s.free("all", "list"))
        if _asks_how_many(s, i):
            return _of_units(s, replace(frame, form="how_many", side=side, level=float(number)))
        return replace(frame, form="those", side=side, level=float(number))
    if frame.by or not is_asked:
        return None
    if every := [t.text for t in s.tokens if t.text in ("都", "全都", "均", "统统")]:
        choices = ("全市总的达到没有", "哪些单位没有达到")
        raise NotUnderstood(every, f"“{every[0]}”是问总的，还是每个单位？请说“{'”或“'.join(choices)}”", choices)
    s.use(i, *places, *s.free("whether", "exists"))
    if s.tokens[-1].text in ("没", "没有"):
        s.use(len(s.tokens) - 1)
    return replace(frame, form="reaches", side=side, level=float(number))


def _check_below(s: Sentence, frame: Frame, side: str, i: int) -> None:
    """不到20条的单位: the units that have none are known, other groups that have none are not; NotUnderstood."""
    if side not in ("under", "at_most") or _is_rate(s, frame) or frame.measure.startswith(OF_ONE):
        return
    if len(frame.by) != 1 or frame.by[0].field != s.habits.unit or s.habits.also_unit:
        raise NotUnderstood([s.tokens[i].text], "一个也没有的不在数据里，不能这样问；可以问“各…多少”")


def _asks_how_many(s: Sentence, i: int) -> bool:
    """线索超过20条的单位有几个, 单位数: how many of the groups there are, asked behind what they are to reach."""
    return any(s.has(j, "ask") or s.tokens[j].text.endswith(("数", "数量")) for j in range(i + 2, len(s.tokens)))


def _of_units(s: Sentence, frame: Frame) -> Frame:
    """The Frame, where what is counted are units: NotUnderstood of months and of records that several hold."""
    if len(frame.by) != 1 or frame.by[0].field != s.habits.unit or s.habits.also_unit:
        raise NotUnderstood(["几个"], "这样的有几个数不清；请问“哪些”")
    return frame


def _how_many(s: Sentence, frame: Frame) -> Frame | None:
    """查结率没到90%的有几家: how many of the groups reach a level."""
    found = [i for i in s.free("number") if _is_level(s, i, frame)]
    side, places = _side(s, found[0]) if len(found) == 1 else ("", [])
    if not side:
        return None
    _check_below(s, frame, side, found[0])
    s.use(found[0], *places, *s.free("which", "which_many"))
    return replace(frame, form="how_many", side=side, level=float(s.tokens[found[0]].number or 0))


def _stands_behind(s: Sentence, i: int, j: int) -> bool:
    """低于95%的单位: the axis is behind the level."""
    return i < j <= i + 3 and s.has(j, "axis")


def _is_rate(s: Sentence, frame: Frame) -> bool:
    unit = s.schema.indicators[frame.indicator].unit if frame.indicator else ""
    return frame.share_of is not None or unit == "%"


def _is_level(s: Sentence, i: int, frame: Frame) -> bool:
    """95% of a rate, 30条 of a count."""
    if _is_rate(s, frame):
        return s.has(i, "rate")
    if frame.measure.startswith(OF_ONE):
        named = {m.slot for m in s.tokens[i + 1].of("number", s.ledger)} if i + 1 < len(s.tokens) else set[str]()
        return frame.measure.partition(" ")[2] in named
    return not s.has(i, "rate") and s.has(i + 1, "rows", "persons", "acts") and frame.measure in ("", "rows", "persons")


def _side(s: Sentence, i: int) -> tuple[str, list[int]]:
    """Whether it is to be reached or passed, and the words that say so with the measure word behind."""
    end = i + 1 if s.has(i, "rate") else i + 2
    places = [] if s.has(i, "rate") else [i + 1]
    if s.has(i, "over"):
        return "over", places
    for j in (i - 1, i - 2, end):
        if not 0 <= j < len(s.tokens) or (j == i - 2 and not s.is_idle(i - 1)):
            continue
        for side in _SIDES:
            if s.has(j, side):
                return side, [*places, j]
        if j < i and s.tokens[j].text in _MISSED:
            return "at_most" if s.tokens[j].text in ("没超过", "没过") else "under", [*places, j]
        if j < i and s.tokens[j].text in ("是不是", "是") and s.tokens[i].number == 100:
            return "at_least", [*places, j]
        if j < i and s.tokens[j].text in _REACHED:
            return "over" if s.tokens[j].text in ("过", "突破", "破", "超") else "at_least", [*places, j]
    return "", []
