"""What a question sets beside what it asks of: 5月比4月多多少, 同比, 与3月底相比提高了几个百分点."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, NotUnderstood, Versus
from zhengfa_stats.language.periods import PeriodSaid


def versus_of(s: Sentence) -> Versus | None:
    """5月比4月多多少, 同比, 公安局和法院相比差多少."""
    months: Literal["", "year", "before"] = ""
    if (i := next(s.free("year_on_year"), None)) is not None:
        months = "year"
    elif (i := next(s.free("month_on_month"), None)) is not None:
        months = "before"
    elif (i := next(s.free("than"), None)) is None:
        return None
    s.use(i)
    for j in list(s.free("than")):
        s.use(j)
    if months:
        if (j := i + 1) < len(s.tokens) and (p := s.tokens[j].period) and p.months == -12 and months == "year":
            s.use(j)
        return _operation(s, i, Versus("difference", months=months))
    period, conditions = _other_side(s, i)
    if period is None and not conditions:
        raise NotUnderstood([s.tokens[i].text], "没有听清和什么比；请说成“5月比4月多多少条”“公安局比法院多多少条”这样")
    return _operation(s, i, Versus("difference", period, conditions))


def _other_side(s: Sentence, than: int) -> tuple[PeriodSaid | None, tuple[Condition, ...]]:
    """What stands after 比 and before what is asked of the difference; with 相比 at the end, what stands before it."""
    stop = than + 1
    while stop < len(s.tokens) and not s.has(stop, "more", "less", "change", "growth", "decline", "ask", "which"):
        stop += 1
    start = than + 1
    inside = range(start, stop)
    before = _before_than(s, than)
    if before:
        s.use(before - 1)
        start, stop = before, than
    elif not any(s.tokens[j].period or s.choices(j) for j in inside):
        joint = next((j for j in range(than - 1, -1, -1) if s.has(j, "and", "not")), None)
        if joint is None:
            return None, ()
        s.use(joint)
        start, stop = joint + 1, than
    places = [j for j in range(start, stop) if s.tokens[j].period is not None]
    s.use(*places[:1])
    period = s.tokens[places[0]].period if places else None
    return period, s.conditions(start, stop)


def _before_than(s: Sentence, than: int) -> int:
    """Where the other side begins, if it stands between 与 and 相比: 与3月底相比，…; else 0."""
    joint = next((j for j in range(than - 1, -1, -1) if s.has(j, "and", "not")), None)
    between = range(0 if joint is None else joint + 1, than)
    is_close = than + 1 >= len(s.tokens) or s.tokens[than + 1].start > s.tokens[than].end
    if joint is None or not between or not (is_close or s.tokens[than].text in _BESIDE):
        return 0
    plain = all(s.tokens[j].period or s.choices(j) or s.is_idle(j) for j in between)
    return between[0] if plain and s.has(joint, "and") else 0


_BESIDE = ("相比", "相较", "相比较", "对比", "比较", "比起来", "相比起来")
_FALLS = ("降幅", "下降幅度", "跌幅", "减幅")
_RISES = ("增长", "增长率", "增幅", "涨幅", "增速", "升幅", "增长幅度", "增长百分之几", "增长百分比")
_OPERATIONS = ("growth", "decline", "more", "less", "change")


def _operation(s: Sentence, than: int, versus: Versus) -> Versus:
    """多多少, 少多少, 增长百分之几; without a word for it, the difference."""
    words = [i for i in s.free(*_OPERATIONS)]
    s.use(*words)
    kinds = {r for i in words if "百分点" not in s.tokens[i].text for r in s.tokens[i].roles & set(_OPERATIONS)}
    percent = any(s.has(i, "percent") and "百分点" not in s.tokens[i].text for i in range(than, len(s.tokens))) or any(
        s.tokens[i].text.startswith(("百分之", "增长百分"))
        or s.tokens[i].text in ("增长率", "增幅", "涨幅", "增速", "升幅", "增长幅度")
        for i in words
    )
    if percent and any(s.has(i, "decline", "less") or s.tokens[i].text in _FALLS for i in words):
        if "more" in kinds or any(s.tokens[i].text in _RISES for i in words):
            raise NotUnderstood([s.tokens[i].text for i in words], "没有听清问的是增长还是下降；请只说一样")
        return replace(versus, op="decline")
    if "growth" in kinds or percent:
        bare = {s.tokens[i].text for i in words} <= {"增长", "下降"} and not percent
        if bare and not _counts_behind(s, words[-1]):
            choices = ("增长百分之几", "增加多少")
            raise NotUnderstood(
                ["增长"], f"“增长”问的是增长百分之几，还是增加多少？请说“{'”或“'.join(choices)}”", choices
            )
        return replace(versus, op="difference" if bare else "growth")
    if not kinds & {"more", "less", "growth", "decline"}:
        _check_direction(s, than, versus)
    both = kinds >= {"more", "less"}
    return replace(versus, is_swapped=bool(kinds & {"less", "decline"}) and not both)


def _check_direction(s: Sentence, than: int, versus: Versus) -> None:
    """一季度与二季度相比有什么变化: said the earlier first, it is not told which is taken from which."""
    here = next((t.period for t in s.tokens[:than] if t.period and t.period.since), None)
    there = versus.period
    if here and there and here.since and there.since and here.since < there.since:
        raise NotUnderstood([s.tokens[than].text], "没有听清谁比谁；请说成“二季度比一季度多多少”这样")


def _counts_behind(s: Sentence, i: int) -> bool:
    """Whether a number of records is asked for: 增长了多少条."""
    j = s.skip_idle(i + 1)
    return s.has(j, "ask") and s.has(j + 1, "rows", "persons", "acts")
