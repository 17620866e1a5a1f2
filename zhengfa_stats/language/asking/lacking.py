"""What is not there: units without any (哪几家还没搞过), all but that unit (别的单位), and what contradicts itself."""

from __future__ import annotations

from dataclasses import replace

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood, listed, terms_of
from zhengfa_stats.language.asking.words import Habits
from zhengfa_stats.query import Blank, In, Not, Or

_OTHERS = (
    "其他",
    "其余",
    "其它",
    "其他单位",
    "其余单位",
    "别的单位",
    "其它单位",
    "其他部门",
    "其他几家",
    "其余几家",
    "别的",
    "其余各家",
    "其他各家",
    "其他各单位",
    "其余各单位",
)
_LEFT = ("剩", "剩下", "还剩", "剩余", "余下")


def lacking(s: Sentence, frame: Frame) -> Frame:
    """哪几家还没搞过英模教育: the units that have none, where 没 stands before the doing of it."""
    if len(frame.by) != 1 or frame.form != "number":
        return frame
    for j in list(s.free("not")):
        k = s.skip_idle(j + 1)
        asked_before = any(s.has(i, "which", "which_many") and i in s.used for i in range(j))
        of_those = any(
            s.has(i, "axis") and i in s.used and s.tokens[i - 1].text == "的" for i in range(j, len(s.tokens))
        )
        if not ((asked_before or of_those) and k < len(s.tokens)):
            continue
        _check_none(s, frame, j, k)
        if frame.by[0].field == s.habits.unit and (_is_doing(s, k) or _is_any(s, j, k)):
            s.use(j)
            return replace(frame, form="lacking")
    return frame


def _check_none(s: Sentence, frame: Frame, j: int, k: int) -> None:
    """哪些单位没有查结的线索: those with none that is closed, or with some that is not; 哪些来源没有在查的: no list of sources."""
    word, behind = s.tokens[j].text, s.skip_idle(k + 1)
    is_noun = behind < len(s.tokens) and bool(s.tokens[behind].of("noun", s.ledger))
    is_closed = any(m.where == s.habits.closed for m in s.choices(k))
    asks = any(t.roles & {"ask", "most", "least"} for t in s.tokens)
    if word == "没有" and is_closed and is_noun and not asks:
        s.is_evident = True
        said = s.tokens[k].text
        choices = (f"还有没{said}的", f"一件{said}的也没有")
        raise NotUnderstood([word], f"“{word}{said}的”是说{choices[0]}，还是{choices[1]}？请换一种说法", choices)
    if frame.by[0].field != s.habits.unit and not is_closed and _is_any(s, j, k):
        s.is_evident = True
        raise NotUnderstood([word], "一个也没有的，只能按单位问；别的请问“各多少”")


def _is_any(s: Sentence, j: int, k: int) -> bool:
    """没有人受处分, 没有来信举报: none of what is said behind; 没有办结 may be what they are."""
    if s.tokens[j].text not in ("没", "没有", "没有过", "从未", "从没", "还没有", "还没"):
        return False
    if s.has(k, "people") and not s.choices(k):
        return True
    return any(m.where != s.habits.closed and m.kind == "condition" for m in s.choices(k))


def _is_doing(s: Sentence, k: int) -> bool:
    """A verb or noun of the ledger; where a noun is a sort of record (警示教育), that."""
    token = s.tokens[k]
    if s.choices(k):
        return not s.habits.verbs_tell
    return bool(token.of("verb", s.ledger) or token.of("noun", s.ledger))


def beside(s: Sentence, found: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions with what is said beside them: 别的单位, 只, 加一块儿."""
    if any(c.is_negated for c in found):
        s.use(*s.free("only"))
    if any(c.is_negated and c.kind == "unit" for c in found):
        s.use(*(i for i in s.free("except_end") if s.tokens[i].text in _OTHERS))
    if any(c.is_negated for c in found):
        s.use(*(i for i in s.free("except_end") if s.tokens[i].text.endswith(("来源", "渠道", "类别", "类"))))
    if any(c.is_negated for c in found):  # 剔除群众举报之后，其余线索
        s.use(*(i for i in s.free("except_end") if s.tokens[i].text in ("其余", "其他", "其它", "别的", "其余的")))
    if any(len(terms_of(c.where)) > 1 or "|" in c.slot for c in found):
        s.use(*s.free("sum"))
    found = _by_all(s, found)
    if (rest := _rest(s, found)) is not None:
        return (*found, rest)
    about = [c for c in found if s.habits.about_unit and c.slot == s.habits.about_unit and not c.is_negated]
    places = list(s.free("elsewhere"))
    if not places or len(about) != 1 or not (terms := terms_of(about[0].where)):
        return found
    s.use(*places)
    unit = s.habits.unit
    said = f"{about[0].said}以外的单位"
    return (*found, Condition(unit, (Not(In(unit, terms)),), said, places[0], "unit", True, places[0] + 1))


def _by_all(s: Sentence, found: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """法院和检察院联合搞的: each of them took part."""
    also = s.habits.also_unit
    joint = [c for c in found if also and c.where == (Not(Blank(also)),)]
    units = [c for c in found if c.kind == "unit" and not c.is_negated and len(listed(c)) > 1]
    if not joint or len(units) != 1:
        return found
    each = tuple(Or((In(s.habits.unit, (t,)), In(also, (t,)))) for t in listed(units[0]))
    return tuple(replace(c, where=each) if c is units[0] else c for c in found)


def _rest(s: Sentence, found: tuple[Condition, ...]) -> Condition | None:
    """公安局几条，其余单位几条: all but the units of the question before."""
    places = [i for i in s.free("except_end") if s.tokens[i].text in _OTHERS]
    before = [c for c in s.carried if c.kind == "unit" and not c.is_negated]
    if not places or len(before) != 1 or any(c.kind == "unit" for c in found) or len(before[0].where) != 1:
        return None
    s.use(*places)
    where = (Not(before[0].where[0]),)
    return Condition(before[0].slot, where, f"{before[0].said}以外的单位", places[0], "unit", True, places[0] + 1)


def check_states(frame: Frame, habits: Habits) -> None:
    """Nothing is both closed and under way, or so and not so."""
    wheres = {c.where: c.said for c in frame.conditions}
    wheres |= {(w,): c.said for c in frame.conditions for w in c.where}
    for (where, *_), this in list(wheres.items()):
        if that := wheres.get((Not(where),)):
            raise NotUnderstood([this, that], f"“{this}”和“{that}”不会同时成立，请分开问")
    if habits.open and habits.closed and habits.open in wheres and habits.closed in wheres:
        said = (wheres[habits.closed], wheres[habits.open])
        raise NotUnderstood(said, f"“{said[0]}”和“{said[1]}”不会同时成立，请分开问")


def check_counted(s: Sentence, frame: Frame) -> None:
    """剩下 beside 去掉 may be the rest, or what is under way."""
    others = {c.where for c in frame.conditions if c.said not in _LEFT}
    left = [c.said for c in frame.conditions if c.said in _LEFT and c.where not in others]
    if left and any(c.is_negated for c in frame.conditions):
        raise NotUnderstood(left, f"“{left[0]}”是说除开后其余的，还是说没有办结的？请说“其余”或“没有办结”")


def of_items(s: Sentence, frame: Frame) -> Frame:
    """公安局征文占多少: what is called by its papers is counted in papers; NotUnderstood of groups, and of two sorts."""
    sorts = [t for c in frame.conditions for t in terms_of(c.where) if c.where == (In(c.slot, terms_of(c.where)),)]
    units = {s.habits.of_items[t] for t in sorts if t in s.habits.of_items}
    if not units or frame.measure or frame.unit or frame.form in ("lacking", "exists", "all", "none", "rows"):
        return frame
    if frame.by or len(units) > 1 or not all(t in s.habits.of_items for t in sorts):
        unit = sorted(units)[0]
        raise NotUnderstood(["最多"], f"请说明是比次数还是比{unit}数，如“哪个单位{unit}数最多”")
    (unit,) = units
    return replace(frame, measure=f"sum {s.habits.sums[unit]}", unit=unit)
