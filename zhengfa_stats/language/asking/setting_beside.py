"""What a question sets beside what it asks of: 5月比4月多多少, 同比, 与3月底相比提高了几个百分点."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.conditions import conditions_of
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood, Versus
from zhengfa_stats.language.asking.numbers import measure_of
from zhengfa_stats.language.periods import PeriodSaid


def versus_of(s: Sentence) -> Versus | None:
    """5月比4月多多少, 同比, 公安局和法院相比差多少."""
    if (i := _multiplied(s)) is not None:
        return _as_multiple(s, i)
    months: Literal["", "year", "before"] = ""
    said = [i for i in s.free("than") if not s.has(i, "year_on_year", "month_on_month") and _has_period(s, i)]
    if said and (again := list(s.free("month_on_month"))):  # 二季度较一季度环比
        s.use(*again)
    if (i := next(s.free("year_on_year"), None)) is not None:
        months = "year"
    elif (i := next(s.free("month_on_month"), None)) is not None:
        months = "before"
    elif (i := next(s.free("than"), None)) is None:
        return _apart_by(s)
    _check_proportion(s, i)
    if _is_sorted_by(s, i):
        s.use(i, *(j for j in s.free("by") if j < i))
        return None
    s.use(i)
    if not months and _is_the_one_before(s, i):
        months = "before"
    for j in list(s.free("than")):
        s.use(j)
    if months:
        if (j := i + 1) < len(s.tokens) and (p := s.tokens[j].period) and p.months == -12 and months == "year":
            s.use(j)
        return _operation(s, i, Versus("difference", months=months))
    period, conditions = _other_side(s, i)
    measure = "" if period or conditions else _other_measure(s, i)
    if period is None and not conditions and not measure:
        raise NotUnderstood([s.tokens[i].text], "没有听清和什么比；请说成“5月比4月多多少条”“公安局比法院多多少条”这样")
    return _operation(s, i, Versus("difference", period, conditions, measure=measure))


def _check_proportion(s: Sentence, than: int) -> None:
    """立案人数和留置人数之比: so many to so many, which is no one number."""
    behind = s.skip_idle(than + 1)
    ends = behind == len(s.tokens) or s.has(behind, "ask") or s.tokens[behind].start > s.tokens[behind - 1].end
    if s.tokens[than].text == "比" and than and ends and s.tokens[than - 1].text in ("之", "的"):
        s.is_evident = True
        hint = "“之比”问的是几比几，答不了；可以问“公安局的线索是法院的几倍”或“公安局比法院多多少条”"
        raise NotUnderstood(["之比"], hint)


def _has_period(s: Sentence, than: int) -> bool:
    """Whether a stretch of time stands right behind 比."""
    period = s.tokens[than + 1].period if than + 1 < len(s.tokens) else None
    return period is not None and bool(period.since) and not period.months


def _multiplied(s: Sentence) -> int | None:
    """Where 是 stands in 公安局的线索是法院的几倍, or 相当于 in …相当于法院的百分之几."""
    asked = next(s.free("times"), None)
    if asked is None:
        return next((i for i in s.free("equals") if any(s.has(j, *_PARTS) for j in range(i, len(s.tokens)))), None)
    if any(s.has(j, "more", "less", "change", "growth", "than") for j in range(asked)):
        raise NotUnderstood([s.tokens[asked].text], "是多出几倍，还是是它的几倍？请说成“公安局的线索是法院的几倍”这样")
    return next((i for i in range(asked - 1, -1, -1) if s.tokens[i].text in ("是", "为") or s.has(i, "equals")), None)


_PARTS = ("times", "share", "growth", "percent")


def _as_multiple(s: Sentence, than: int) -> Versus:
    """The one number divided by the other."""
    s.use(than, *s.free("times"), *(i for i in s.free(*_PARTS, "ask") if i > than))
    period, conditions = _other_side(s, than)
    measure = "" if period or conditions else _other_measure(s, than)
    if period is None and not conditions and not measure:
        raise NotUnderstood([s.tokens[than].text], "没有听清和什么比；请说成“公安局的线索是法院的几倍”这样")
    return Versus("ratio", period, conditions, measure=measure)


def multiplied(s: Sentence, frame: Frame) -> Frame:
    """几倍 asks how many times the one number is the other; 百分之几 leaves it in per cent."""
    if frame.versus is None or frame.versus.op != "ratio":
        return frame
    if frame.by or frame.form != "number" or frame.share_of is not None:
        raise NotUnderstood(["倍"], "几倍、相当于百分之几，只能问两个数之间的，请分开问")
    return replace(frame, form="times") if any("times" in t.roles for t in s.tokens) else frame


def _other_measure(s: Sentence, than: int) -> str:
    """处理人次比处理人数多多少: what is counted behind 比, where another is counted before it; its word is used."""
    named = [[j for j in side if _is_measure(s, j)] for side in (range(than), _behind(s, than))]
    if any(len(places) != 1 for places in named):
        return ""
    here, there = (measure_of(s, places[0]) for places in named)
    if here == there:
        return ""
    s.use(named[1][0])
    return there


def _behind(s: Sentence, than: int) -> range:
    stop = next((j for j in range(than + 1, len(s.tokens)) if s.has(j, *_OPERATIONS)), len(s.tokens))
    return range(than + 1, stop)


def _is_measure(s: Sentence, j: int) -> bool:
    return len(s.tokens[j].text) > 1 and s.has(j, "persons", "acts") and bool(measure_of(s, j))


def _is_the_one_before(s: Sentence, than: int) -> bool:
    """5月比上月: the month before that one; the word is used."""
    j = than + 1
    said = any(t.period and t.period.since and t.period.as_of for t in s.tokens[:than])
    if said and j < len(s.tokens) and s.tokens[j].period and s.tokens[j].text.removesuffix("份") in _BEFORE:
        s.use(j)
        return True
    return False


_BEFORE = (
    "上月",
    "上个月",
    "上一个月",
    "前一个月",
    "上一月",
    "上季度",
    "上个季度",
    "上一季度",
    "上一个季度",
    "前一季度",
)


def _is_sorted_by(s: Sentence, than: int) -> bool:
    """哪家最快？按平均办理天数比: says by what they are compared, and sets nothing beside them."""
    start = max((j for j in range(than + 1) if not j or s.tokens[j].start > s.tokens[j - 1].end), default=0)
    is_last = than + 1 == len(s.tokens) or s.tokens[than + 1].start > s.tokens[than].end
    return is_last and any(s.has(j, "by") for j in range(start, than))


def _apart_by(s: Sentence) -> Versus | None:
    """公安局和法院差几条: two that are joined, and how far they lie apart; the larger less the smaller."""
    i = next((i for i in s.free("change") if s.tokens[i].text.startswith(_DIFFER)), None)
    joint = next((j for j in range(i - 1, 0, -1) if s.has(j, "and")), None) if i is not None else None
    if i is None or joint is None or not _is_pair(s, joint):
        return None
    period, conditions = _other_side(s, i)
    if period is None and not conditions:
        return None
    s.use(i, *(j for j in s.free("ask") if j > i))
    return Versus("difference", period, conditions, is_either=True)


def _is_pair(s: Sentence, joint: int) -> bool:
    """Whether the same sort of thing stands on both sides: two units, two periods."""
    behind = s.skip_idle(joint + 1)
    before, after = s.tokens[joint - 1], s.tokens[behind] if behind < len(s.tokens) else None
    if after is None:
        return False
    slots = [{(m.kind, m.slot) for m in s.choices(k)} for k in (joint - 1, behind)]
    return bool(slots[0] & slots[1]) or (before.period is not None and after.period is not None)


_DIFFER = ("差", "相差")


def _other_side(s: Sentence, than: int) -> tuple[PeriodSaid | None, tuple[Condition, ...]]:
    """What stands after 比 and before what is asked of the difference; with 相比 at the end, what stands before it."""
    stop = than + 1
    while stop < len(s.tokens) and not s.has(stop, *_OPERATIONS, "ask", "which"):
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
    joint = start - 1
    if joint > 0 and joint != than and s.tokens[joint - 1].end == s.tokens[joint].start and _is_pair(s, joint):
        stop = s.skip_idle(start) + 1  # 公安局和法院没办结的线索: what follows is said of both
    places = [j for j in range(start, stop) if s.tokens[j].period is not None]
    s.use(*places[:1])
    period = s.tokens[places[0]].period if places else None
    return period, conditions_of(s, start, stop)


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
_OPERATIONS = ("growth", "decline", "more", "less", "change", "times")


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
        apart = bool(words) and all(s.tokens[i].text.startswith(_DIFFER) for i in words)
        versus = replace(versus, is_either=apart and s.tokens[than].text in _BESIDE and not versus.months)
    both = kinds >= {"more", "less"}
    return replace(versus, is_swapped=bool(kinds & {"less", "decline"}) and not both)


def _check_direction(s: Sentence, than: int, versus: Versus) -> None:
    """一季度与二季度相比有什么变化: said the earlier first, it is not told which is taken from which."""
    here = next((t.period for t in s.tokens[:than] if t.period and (t.period.since or t.period.as_of)), None)
    there = versus.period
    ends = [(p.since, p.as_of) for p in (here, there) if p]
    if len(ends) == 2 and any(a is not None and b is not None and a < b for a, b in zip(*ends, strict=True)):
        raise NotUnderstood([s.tokens[than].text], "没有听清谁比谁；请说成“二季度比一季度多多少”这样")


def _counts_behind(s: Sentence, i: int) -> bool:
    """Whether a number of records is asked for: 增长了多少条."""
    j = s.skip_idle(i + 1)
    return s.has(j, "ask") and s.has(j + 1, "rows", "persons", "acts")
