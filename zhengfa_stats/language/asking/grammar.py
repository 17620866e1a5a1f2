"""The grammar of asking: a sentence of tokens, read for one ledger, becomes a Frame; what it can't use stays left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from zhengfa_stats.language.asking.axes import axes, axis_of
from zhengfa_stats.language.asking.frame import Condition, Form, Frame, NotUnderstood, Sentence, Versus
from zhengfa_stats.language.asking.lacking import beside, check_counted, check_states, lacking
from zhengfa_stats.language.asking.numbers import measured, thresholds, unfilled
from zhengfa_stats.language.periods import PeriodSaid
from zhengfa_stats.query import By, In, Or, queries


def read_frame(s: Sentence) -> Frame:
    """The Frame of a sentence; NotUnderstood where it has two meanings or contradicts itself."""
    frame = Frame(s.ledger, indicator=_indicator(s), received=_received(s))
    blanks = unfilled(s)
    versus, share_at = _versus(s), _share(s)
    frame = lacking(s, axes(s, frame))
    nouns(s)
    frame = replace(frame, conditions=(*thresholds(s), *blanks))
    frame = measured(s, frame)
    conditions = beside(s, (*s.conditions(), *frame.conditions))
    frame = replace(frame, conditions=conditions, period=_period(s), versus=versus)
    check_states(frame, s.habits)
    check_counted(s, frame)
    frame = _finer(s, _listed_groups(s, _by_periods(s, frame)))
    if share_at is not None:
        frame = _shared(frame, share_at, s)
    s.use(*(i for i in s.free("within_part") if i or s.is_follow_up))
    _check_speed(s, frame)
    return _formed(s, frame)


def _check_speed(s: Sentence, frame: Frame) -> None:
    """最快 and 最慢 are about days, and no count answers them."""
    words = [t.text for t in s.tokens if t.text in _SPEED]
    if words and not frame.measure.startswith(("mean", "median")):
        raise NotUnderstood(words, f"“{words[0]}”比的是平均办理天数，请说成“哪个单位平均办理天数最短”这样")


# ── what the sentence is about ────────────────────────────────────────────────────────────────────────────────────


def _indicator(s: Sentence) -> str:
    """The figure that is named outright, if it is one of this ledger."""
    found: dict[str, int] = {}
    for i, token in enumerate(s.tokens):
        for meaning in token.of("indicator", s.ledger):
            first = next(iter(queries(s.schema.indicators[meaning.value].of)))
            if first.ledger == s.ledger:
                found.setdefault(meaning.value, i)
    if not found:
        return ""
    places = set(found.values())
    if len(found) > 1 and len(places) == 1:
        raise NotUnderstood(
            [s.tokens[places.pop()].text], f"有几个指标都这样说，请写全：{'、'.join(found)}", list(found)
        )
    if len(found) > 1:
        raise NotUnderstood([s.tokens[i].text for i in places], "一次只能问一个指标，请分开问")
    ((key, i),) = found.items()
    s.use(i)
    s.score, s.is_evident = s.score + 5, True
    return key


def nouns(s: Sentence) -> None:
    """The words that only say which ledger is meant, and the people that are counted."""
    for i, token in enumerate(s.tokens):
        if i in s.used:
            continue
        if found := token.of("noun", s.ledger):
            if s.choices(i):
                continue
            s.use(i)
            s.score += max(m.weight for m in found)
            s.is_evident = True
        elif token.of("verb", s.ledger) and not s.choices(i) and not token.roles & {"about"}:
            s.use(i)
            s.score += 1
            s.is_spoken_of = s.habits.verbs_tell
        elif "people" in token.roles:
            s.score += 0.5 if s.ledger == s.words.people_ledger else 0
            s.is_evident |= s.ledger == s.words.people_ledger and "persons" not in token.roles
    if s.habits.about_unit:
        s.use(*s.free("about", "by_unit"))


def _received(s: Sentence) -> bool:
    """Whether the question says that records came in."""
    return any(t.of("verb", s.ledger) for t in s.tokens)


# ── when ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _period(s: Sentence) -> PeriodSaid | None:
    """The one period that is left; two months side by side are one."""
    found = [i for i, t in enumerate(s.tokens) if t.period is not None and i not in s.used]
    s.use(*found)
    said = [p for i in found if (p := s.tokens[i].period) is not None]
    narrow = [p for p in said if p.since or p.as_of or p.months] or said[:1]
    if not narrow:
        return None
    if len(narrow) == 1:
        return narrow[0]
    if len(narrow) == 2 and (both := _together(*narrow)):
        return both
    if any(True for _ in s.free("apart")) and (joined := _in_a_row(narrow)):
        return joined
    words = [s.tokens[i].text for i in found]
    raise NotUnderstood(words, f"问题里有两个时段“{'”“'.join(words)}”，不清楚各管什么；请一次只问一个时段")


def _in_a_row(said: Sequence[PeriodSaid]) -> PeriodSaid | None:
    """4月和5月各…: whole months, or quarters, that follow one another, as one period."""
    ends = [(p.since, p.as_of) for p in said]
    if any(since is None or as_of is None for since, as_of in ends) or len({_grain(p) for p in said}) > 1:
        return None
    for (_, last), (first, _) in pairwise(ends):
        if last is None or first is None or last + timedelta(1) != first:
            return None
    return replace(said[0], end=said[-1].end, as_of=said[-1].as_of) if _grain(said[0]) else None


def _grain(p: PeriodSaid) -> str:
    """month or quarter, where a period is one."""
    if p.since is None or p.as_of is None or p.since.day != 1 or (p.as_of + timedelta(1)).day != 1:
        return ""
    months = (p.as_of.year - p.since.year) * 12 + p.as_of.month - p.since.month + 1
    return {1: "month", 3: "quarter"}.get(months, "")


def _by_periods(s: Sentence, frame: Frame) -> Frame:
    """一季度和二季度各多少: by quarter, where the period was put together of several."""
    said = [t.period for t in s.tokens if t.period is not None and t.period.since and t.period.as_of]
    date = s.schema.ledgers[s.ledger].date
    apart = list(s.free("apart"))
    if len(said) < 2 or frame.versus or frame.by or not apart or not date or _in_a_row(said) is None:
        return frame
    s.use(*apart)
    return replace(frame, by=(By(date, _grain(said[0])),))  # type: ignore[arg-type]


def _together(a: PeriodSaid, b: PeriodSaid) -> PeriodSaid | None:
    """今年 … 5月: the narrower of two, where one lies within the other; 截至 with a beginning before it."""
    if a.months or b.months:
        return None
    if a.since and not a.as_of and b.as_of and not b.since:
        return replace(a, as_of=b.as_of) if a.since <= b.as_of else None
    if b.since and not b.as_of and a.as_of and not a.since:
        return replace(b, as_of=a.as_of) if b.since <= a.as_of else None
    for wide, tight in ((a, b), (b, a)):
        begins = wide.since and tight.since and wide.since <= tight.since
        if begins and tight.as_of and (wide.as_of is None or tight.as_of <= wide.as_of):
            return tight
    return None


# ── compared with what ────────────────────────────────────────────────────────────────────────────────────────────


def _versus(s: Sentence) -> Versus | None:
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
    if not any(s.tokens[j].period or s.choices(j) for j in inside):
        joint = next((j for j in range(than - 1, -1, -1) if s.has(j, "and", "not")), None)
        if joint is None:
            return None, ()
        s.use(joint)
        start, stop = joint + 1, than
    places = [j for j in range(start, stop) if s.tokens[j].period is not None]
    s.use(*places[:1])
    period = s.tokens[places[0]].period if places else None
    return period, s.conditions(start, stop)


_SPEED = ("最快", "最慢", "最长", "最久", "最短")
_OPERATIONS = ("growth", "decline", "more", "less", "change")


def _operation(s: Sentence, than: int, versus: Versus) -> Versus:
    """多多少, 少多少, 增长百分之几; without a word for it, the difference."""
    words = [i for i in s.free(*_OPERATIONS)]
    s.use(*words)
    kinds = {r for i in words for r in s.tokens[i].roles & set(_OPERATIONS)}
    percent = any(s.has(i, "percent") for i in range(than, len(s.tokens))) or any(
        "百分" in s.tokens[i].text or s.tokens[i].text in ("增长率", "增幅", "涨幅", "增速", "升幅", "增长幅度")
        for i in words
    )
    if percent and kinds & {"decline", "less"} and not kinds & {"growth", "more"}:
        raise NotUnderstood(["下降"], "请问“增长百分之几”：下降的，答数是负数")
    if any(s.tokens[i].text in ("降幅", "下降幅度") for i in words):
        raise NotUnderstood(["降幅"], "请问“增长百分之几”：下降的，答数是负数")
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


# ── shares ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _share(s: Sentence) -> int | None:
    """Where 占 or 占比 stands; the ask words that go with it are used."""
    found = list(s.free("share"))
    if not found:
        return None
    if any(s.has(i, "ask") for i in range(found[0])):
        s.is_evident = s.is_doubtful = any(t.of("noun", s.ledger) or t.of("condition", s.ledger) for t in s.tokens)
        raise NotUnderstood([s.tokens[found[0]].text], "一次只能问一个数，请把多少和占比分开问")
    s.use(*found)
    for i in range(found[0], len(s.tokens)):
        if s.has(i, "ask", "percent") or "百分" in s.tokens[i].text or "growth" in s.tokens[i].roles:
            s.use(i)
    return found[0]


def _shared(frame: Frame, at: int, s: Sentence) -> Frame:
    """The share that the conditions make of a whole: what 占 or 中 says, else all but the one thing asked about."""
    before = tuple(c for c in frame.conditions if c.at < at)
    behind = tuple(c for c in frame.conditions if c.at > at)
    if behind or _says_all(s, at):
        whole = behind
        if behind and not any(c.kind == "unit" for c in behind):
            whole = (*(c for c in before if c.kind == "unit"), *behind)
        part = (*before, *(c for c in behind if c.slot not in {b.slot for b in before}))
        return replace(frame, conditions=part, share_of=whole, of_all=not behind)
    if (cut := _within(s, before)) is not None:
        return replace(frame, share_of=tuple(c for c in before if c.at < cut))
    if frame.by and not before:
        return replace(frame, share_of=())
    narrow = [c for c in before if c.kind == "condition"] or [c for c in before if c.kind in ("unit", "number")]
    if len(narrow) != 1:
        words = [c.said for c in narrow] or [s.tokens[at].text]
        raise NotUnderstood(words, "没有听清是谁占谁的比例；请说成“群众举报占全部线索的比例”这样")
    return _of_given(s, frame, narrow[0], tuple(c for c in before if c is not narrow[0]))


def _of_given(s: Sentence, frame: Frame, part: Condition, others: tuple[Condition, ...]) -> Frame:
    """来了几成 is of those expected, 合格占几成 of those tested: what the part takes for granted limits the whole."""
    given = part.where[:-1] if part.kind == "condition" else ()
    if part.where == s.habits.usual and s.habits.absent:
        given = s.habits.absent
        part_too = replace(part, where=(*given, *part.where))
        frame = replace(frame, conditions=tuple(part_too if c is part else c for c in frame.conditions))
    whole = (*others, replace(part, where=given)) if given else others
    return replace(frame, share_of=whole)


def _says_all(s: Sentence, at: int) -> bool:
    words = ("全市", "全部", "所有", "总数", "总量", "全", "总", "整个", "一共", "全体")
    return any(t.text in words for t in s.tokens[at + 1 :]) or s.tokens[at].text in ("占全部", "占总数")


def _within(s: Sentence, found: Sequence[Condition]) -> int | None:
    """Where 中 or 里 parts the whole from the part of it."""
    for i, token in enumerate(s.tokens):
        if "within_part" in token.roles and any(c.at > i for c in found):
            s.use(i)
            return i
    return None


# ── what shape the answer has ─────────────────────────────────────────────────────────────────────────────────────


def _listed_groups(s: Sentence, frame: Frame) -> Frame:
    """公安局、法院各多少: by the field that the list is of."""
    apart = list(s.free("apart"))
    if not apart or frame.by:
        return frame
    for condition in frame.conditions:
        terms = _list_of(condition)
        if len(terms) > 1 and (by := axis_of(s, condition.slot, terms)):
            s.use(*apart)
            return replace(frame, by=(by,))
    return frame


def _finer(s: Sentence, frame: Frame) -> Frame:
    """群众举报按来源分: within one term, by the terms below it."""
    slots = {c.slot for c in frame.conditions if not c.is_negated and len(_list_of(c)) == 1}
    return replace(
        frame,
        by=tuple(replace(b, level="term") if b.level == "top" and _has_terms(s, b, slots) else b for b in frame.by),
    )


def _has_terms(s: Sentence, by: By, slots: set[str]) -> bool:
    return by.field in slots and s.schema.vocabulary_of(s.ledger, by.field) is not None


def _list_of(condition: Condition) -> tuple[str, ...]:
    match condition.where:
        case (In(_, terms),) | (Or((In(_, terms), *_)),):
            return tuple(str(t) for t in terms)
    return ()


def _formed(s: Sentence, frame: Frame) -> Frame:
    """number, rows, exists, all, label or table; the words that say so are used."""
    form: Form = "table" if frame.by and frame.form == "number" else frame.form
    asks = list(s.free("ask"))
    s.use(*asks)
    exists, whether = list(s.free("exists")), list(s.free("whether"))
    if frame.form == "lacking":
        return frame
    if (exists or whether) and any("ask" in t.roles for t in s.tokens):
        raise NotUnderstood([s.tokens[(exists or whether)[0]].text], "“有没有”和“多少”请只问一样")
    if (exists or whether) and (frame.share_of is not None or frame.measure.startswith(("mean", "median"))):
        raise NotUnderstood([s.tokens[(exists or whether)[0]].text], "一次只能问一样，请把“有没有”和比例、平均数分开问")
    if frame.by:
        ends = [i for i, t in enumerate(s.tokens) if t.roles & {"most", "least"}]
        if form == "label" and any("ask" in t.roles for t in s.tokens[: ends[0]] if ends):
            raise NotUnderstood([s.tokens[ends[0]].text], "一次只能问一个，请把多少和最多分开问")
        s.use(*s.free("list"))
        return replace(frame, form=form)
    if s.tokens and s.tokens[-1].text in ("没有", "没") and not asks and frame.conditions:
        s.use(len(s.tokens) - 1)
    if exists or _ends_asking(s, whether, asks):
        s.use(*exists, *whether)
        is_all = not exists and bool(frame.conditions) and not _has_to_be(s)
        if is_all and not _is_state(frame.conditions[-1], s):
            is_all = any(s.has(i, "all") for i in range(len(s.tokens)))
            if is_all and frame.conditions[-1].kind != "condition":
                raise NotUnderstood(["都"], "没有听清问的是不是都怎么样；请说成“线索都办结了吗”这样")
        return replace(frame, form="all" if is_all else "exists")
    roles = (
        ("list", "who", "which_many", "which") if s.habits.count_by == "persons" else ("list", "which_many", "which")
    )
    rows = list(s.free(*roles))
    if rows and not asks and not frame.versus:
        s.use(*rows)
        return replace(frame, form="rows")
    return frame


def _ends_asking(s: Sentence, whether: Sequence[int], asks: Sequence[int]) -> bool:
    last = s.tokens[-1].text if s.tokens else ""
    return not asks and (bool(whether) or last in ("吗", "么", "嘛", "没有", "没"))


def _has_to_be(s: Sentence) -> bool:
    """有人被留置吗: asks whether there is one, not whether all are."""
    return any(t.text in ("有", "还有", "存在", "有过", "现有", "有着", "是不是有") for t in s.tokens)


def _is_state(condition: Condition, s: Sentence) -> bool:
    """Whether a condition is a state that all can have reached: closed, done."""
    return condition.where == s.habits.closed
