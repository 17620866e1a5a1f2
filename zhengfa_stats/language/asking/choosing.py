"""Which of those named (公安和法院谁的多), none at all (没有人被处理吧), those with nothing left (哪几家全部办结了)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from zhengfa_stats.language.asking.axes import axis_of
from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood, listed, terms_of
from zhengfa_stats.language.asking.negating import NONE, asks_of_none, asks_whether
from zhengfa_stats.language.asking.timing import axis_of_periods
from zhengfa_stats.query import By, Fact, Not, Where, leaves

_ENDS = ("more", "less", "most", "least")
_ASKED = ("which", "who")


def chosen(s: Sentence) -> str:
    """most or least, where two or more that are named are set beside each other: 谁的线索多, 哪家查结率高; else ""."""
    asked = list(s.free(*_ASKED))
    ends = [i for i in s.free(*_ENDS) if asked and i > asked[0]]
    if any(True for _ in s.free("ask")) and not _asks_behind(s, ends):
        return ""
    named = [i for i in range(len(s.tokens)) if s.choices(i) or s.tokens[i].period is not None]
    if not ends or len([i for i in named if i < asked[0]]) < 2 or not _stand_together(s, named, asked[0]):
        return ""
    if by_how_much := [i for i in ends[1:] if s.has(i, "more", "less") and s.has(i + 1, "ask")]:
        said = f"{s.tokens[by_how_much[0]].text}{s.tokens[by_how_much[0] + 1].text}"
        raise NotUnderstood([said], f"先问哪个，再问“{said}”，请分开问")
    s.use(*asked, *ends, *s.free("ask"))
    s.use(*(i for i in s.free("than") if not s.has(i, "year_on_year", "month_on_month")))
    kinds = {r for i in ends for r in s.tokens[i].roles & set(_ENDS)}
    if len(kinds & {"more", "most"}) and len(kinds & {"less", "least"}):
        raise NotUnderstood([s.tokens[i].text for i in ends], "最多和最少请分开问")
    s.use(*(i for i in range(asked[0], min(asked[0] + 3, len(s.tokens))) if s.has(i, "axis") and not s.choices(i)))
    return "least" if kinds & {"less", "least"} else "most"


def _asks_behind(s: Sentence, ends: list[int]) -> bool:
    """谁的线索多，各多少条: the numbers are asked for beside."""
    return bool(ends) and all(i > ends[0] for i in s.free("ask"))


def _stand_together(s: Sentence, named: list[int], stop: int) -> bool:
    """公安局和法院, 公安跟法院比: two that are joined before what asks for one of them."""
    return any(
        b < stop and all(s.has(j, "and", "or", "not") or s.is_idle(j) for j in range(a + 1, b)) and b > a + 1
        for a, b in pairwise(named)
    )


def choice(s: Sentence, frame: Frame, end: str) -> Frame:
    """The Frame grouped by what the listed terms are of, the one with the most wanted."""
    if frame.take > 1:
        raise NotUnderstood([f"前{frame.take}"], "几个里面只问最多或最少的一个；要前几名请不要再列出单位")
    many = [c for c in frame.conditions if len(listed(c)) > 1]
    if frame.by and many:
        raise NotUnderstood([c.said for c in many], "要在几个里面比，请不要再分组")
    if frame.by:
        return replace(frame, take=1, form="label", is_least=end == "least")
    for condition in frame.conditions:
        terms = listed(condition)
        if len(terms) > 1 and (by := axis_of(s, condition.slot, terms)):
            s.use(*s.free("apart"))
            return replace(frame, by=(by,), take=1, form="label", is_least=end == "least")
    if not many and (by := axis_of_periods(s)) is not None:
        return replace(frame, by=(by,), take=1, form="label", is_least=end == "least")
    words = [c.said for c in frame.conditions]
    raise NotUnderstood(words, "没有听清在哪几个里面比；请说成“公安局和法院哪个线索多”这样")


def is_none(s: Sentence, frame: Frame) -> bool:
    """一月份没有人被处理吧: whether there is none of what is said; the word for not is used."""
    for i in list(s.free("not")):
        behind = s.skip_idle(i + 1)
        of_records = s.has(behind, "people") or bool(behind < len(s.tokens) and s.tokens[behind].of("noun", s.ledger))
        first = next((j for j in range(i + 1, len(s.tokens)) if s.choices(j)), None)
        of_records = of_records or (first is not None and asks_of_none(s, i, first))
        is_said = s.tokens[i].text in NONE
        plain = not (frame.by or frame.versus or frame.share_of is not None or frame.measure.startswith("mean"))
        if is_said and of_records and plain and asks_whether(s):
            s.use(i, *s.free("whether"))
            return True
    return False


def full(s: Sentence, frame: Frame) -> Frame | None:
    """哪几家的线索已经全部办结了, 几家全部办结: the groups of which all are closed; None where that is not asked."""
    which = [
        i for i, t in enumerate(s.tokens) if (i in s.used and t.roles & {"which", "which_many"}) or t.text[0] == "哪"
    ]
    if frame.measure == f"distinct {s.habits.unit}":
        asked = [i for i, t in enumerate(s.tokens) if i in s.used and "ask" in t.roles]
        frame, form = replace(frame, measure="", by=(By(s.habits.unit),)), "how_many"
    else:
        asked, form = which if frame.by and not _asks_else(s) else [], "those"
    every = [i for i, t in enumerate(s.tokens) if "all" in t.roles and i not in s.used]
    every += [c.at for c in frame.conditions if c.said.startswith("全") and c.where == s.habits.closed]  # 全部完成
    every = [i for i in every if asked and (i > asked[0] or form == "those")]
    states = [c for c in frame.conditions if every and c.kind == "condition" and c.until > every[0]]
    if not states or frame.form != "number":
        return None
    state = states[-1]
    if len(frame.by) != 1 or state.where != s.habits.closed or frame.measure or frame.indicator:
        raise NotUnderstood(
            [s.tokens[every[0]].text, state.said], f"“都{state.said}”是哪几家，只能问全部办结、全部完成的"
        )
    s.use(*every)
    whole = tuple(c for c in frame.conditions if c is not state)
    return replace(frame, form=form, side="at_least", level=100.0, share_of=whole)  # type: ignore[arg-type]


def _asks_else(s: Sentence) -> bool:
    return any(t.roles & {"ask", "most", "least"} for t in s.tokens)


def including(s: Sentence) -> list[tuple[str, set[str]]]:
    """科级以上的，含科级: what is said to be held already; it sets no condition, and check_included looks whether it is so."""
    found: list[tuple[str, set[str]]] = []
    for i in list(s.free("including")):
        j = s.skip_idle(i + 1)
        meanings = s.tokens[j].of("condition", s.ledger) if j < len(s.tokens) and j not in s.used else ()
        if s.habits.acts and any([*leaves(*m.where)] == _left_out(s) for m in meanings):
            s.use(i, j, *(k for k in range(j + 1, min(j + 3, len(s.tokens))) if s.tokens[k].text in ("在内", "的在内")))
            found.append(("", set()))
        elif named := {str(t) for m in meanings for t in terms_of(m.where)}:
            s.use(i, j)
            found.append((s.tokens[j].text, named))
    return found


def _left_out(s: Sentence) -> list[Where]:
    """What goes without saying that a count leaves out: repeat reports."""
    facts = s.schema.ledgers[s.ledger].facts
    wheres = [w for a in s.habits.always if isinstance(a, Fact) for w in facts[a.name].where]
    return [leaf for w in wheres if isinstance(w, Not) for leaf in leaves(w)]


def check_included(said: list[tuple[str, set[str]]], frame: Frame) -> None:
    held = {t for c in frame.conditions if not c.is_negated for t in terms_of(c.where)}
    for text, named in said:
        if text and not named & held:
            raise NotUnderstood([text], f"没有听清“含{text}”是在什么里面含")
