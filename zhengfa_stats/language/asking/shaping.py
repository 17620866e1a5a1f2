"""What shape an answer has: a number, rows, whether there is one, a table, the overview; the words that say so are used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhengfa_stats.language.asking.axes import axis_of
from zhengfa_stats.language.asking.choosing import full, is_none
from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, Form, Frame, NotUnderstood, listed
from zhengfa_stats.language.asking.levels import reached
from zhengfa_stats.language.asking.timing import TOTALS
from zhengfa_stats.query import OF_ONE, By


def listed_groups(s: Sentence, frame: Frame) -> Frame:
    """公安局、法院各多少: by the fields that the lists are of; 公安局和法院的来信和来访各几条 by both."""
    apart = list(s.free("apart"))
    lists = [c for c in frame.conditions if len(listed(c)) > 1 and all(b.field != c.slot for b in frame.by)]
    found = tuple(by for c in lists if (by := axis_of(s, c.slot, listed(c))))
    if not apart or not found:
        return frame
    if len(frame.by) + len(found) > 2 or (frame.by and frame.take):
        names = [c.said for c in lists]
        raise NotUnderstood(names, f"“{'”“'.join(names)}”要一起分开列，一次最多按两样分；请分开问")
    s.use(*apart)
    return replace(frame, by=(*frame.by, *found))


def finer(s: Sentence, frame: Frame) -> Frame:
    """群众举报按来源分: within one term, by the terms below it."""
    slots = {c.slot for c in frame.conditions if not c.is_negated and len(listed(c)) == 1}
    return replace(
        frame,
        by=tuple(replace(b, level="term") if b.level == "top" and _has_terms(s, b, slots) else b for b in frame.by),
    )


def _has_terms(s: Sentence, by: By, slots: set[str]) -> bool:
    return by.field in slots and s.schema.vocabulary_of(s.ledger, by.field) is not None


def formed(s: Sentence, frame: Frame) -> Frame:
    """number, rows, exists, all, label or table; the words that say so are used."""
    form: Form = "table" if frame.by and frame.form == "number" else frame.form
    asks = list(s.free("ask"))
    s.use(*asks)
    exists, whether = [i for i in s.free("exists") if _is_of_ledger(s, i)], list(s.free("whether"))
    if frame.form == "lacking":
        return frame
    if is_none(s, frame):
        return replace(frame, form="none")
    if (exists or whether) and any("ask" in t.roles for t in s.tokens):
        raise NotUnderstood([s.tokens[(exists or whether)[0]].text], "“有没有”和“多少”请只问一样")
    if (exists or whether) and (frame.share_of is not None or frame.measure.startswith(OF_ONE)):
        raise NotUnderstood([s.tokens[(exists or whether)[0]].text], "一次只能问一样，请把“有没有”和比例、平均数分开问")
    if (all_of_them := full(s, frame)) is not None:
        return all_of_them
    if (leveled := reached(s, frame)) is not None:
        return leveled
    _check_every(s, frame)
    if form == "table" and _asks_which(s, frame):
        return replace(frame, form="those", side="at_least", level=1)
    if frame.by and frame.take > 1 and (frame.share_of is not None or _is_summed(s)):
        _check_each(s, frame)
    if frame.by:
        ends = [i for i, t in enumerate(s.tokens) if i in s.used and t.roles & {"most", "least", "top", "bottom"}]
        if form in ("label", "nth") or frame.take > 0:
            _check_behind(s, frame, ends)
        if form == "label" and ends and any("ask" in t.roles for t in s.tokens[: ends[0]]):
            raise NotUnderstood([s.tokens[ends[0]].text], "一次只能问一个，请把多少和最多分开问")
        s.use(*s.free("list"), *(s.free("which_many") if frame.take > 0 else ()))
        if form == "label" and ends:  # 哪种用得最多，用了多少次: its number stands beside it anyway
            s.use(*(i for i in s.free("rows") if i > ends[0] and s.has(i - 1, "ask")))
        return replace(frame, form=form)
    if s.tokens and s.tokens[-1].text in ("没有", "没") and not asks and frame.conditions:
        s.use(len(s.tokens) - 1)
    if exists or _ends_asking(s, whether):
        _check_not_all(s)
        s.use(*exists, *whether, *s.free("all"))
        if frame.versus is not None:
            if exists or frame.versus.op != "difference":
                raise NotUnderstood([s.tokens[-1].text], "没有听清比的是什么；请说成“公安局比法院多多少条”这样")
            if not any(t.roles & {"more", "less"} for t in s.tokens):
                raise NotUnderstood([s.tokens[-1].text], "没有听清比的是什么；请说成“公安局比法院多多少条”这样")
            return replace(frame, form="reaches", side="over")
        is_all = not exists and bool(frame.conditions) and not _has_to_be(s)
        if is_all and not _is_state(frame.conditions[-1], s):
            is_all = any(s.has(i, "all") for i in range(len(s.tokens)))
            if is_all and frame.conditions[-1].kind != "condition":
                raise NotUnderstood(["都"], "没有听清问的是不是都怎么样；请说成“线索都办结了吗”这样")
        return replace(frame, form="all" if is_all else "exists")
    if _is_overview(s, frame):
        return replace(frame, form="overview")
    roles = (
        ("list", "who", "which_many", "which") if s.habits.count_by == "persons" else ("list", "which_many", "which")
    )
    rows = list(s.free(*roles))
    asks = [i for i in asks if not s.tokens[i].text.endswith("个")]  # 留置的有几个，列出来
    if rows and not asks and not frame.versus:
        _check_what(s, rows)
        if frame.measure.startswith(OF_ONE) or frame.share_of is not None:
            raise NotUnderstood([s.tokens[rows[0]].text], "一次只能问一样，请把数和名单分开问")
        s.use(*rows, *s.free("apart"))
        return replace(frame, form="rows")
    return frame


def _check_behind(s: Sentence, frame: Frame, ends: Sequence[int]) -> None:
    """线索最多的单位办结了几条, 查结率最高的单位的线索数: another number of the first is asked for."""
    grouped = {b.field for b in frame.by}
    behind = [c.said for c in frame.conditions if ends and c.at > ends[0] and c.slot not in grouped]
    of_rate = frame.share_of is not None or frame.indicator or frame.measure.startswith(OF_ONE)
    numbers = [
        s.tokens[i].text
        for i in range(ends[0] if ends else len(s.tokens), len(s.tokens))
        if of_rate and s.tokens[i].of("noun", s.ledger) and _is_number(s, i)
    ]
    if ends and any(t.of("noun", s.ledger) for t in s.tokens[: ends[0]]):
        later = s.tokens[ends[0] + 1 :]
        numbers += [t.text for t in later if t.of("indicator", s.ledger) or t.roles & {"mean", "median"}]
    if behind or numbers:
        raise NotUnderstood([*behind, *numbers], "先问哪个最多，再问它的别的数，请分开问")


def _is_number(s: Sentence, i: int) -> bool:
    """线索数, 线索数量."""
    return s.tokens[i].text.endswith(("数", "量")) or (i + 1 < len(s.tokens) and s.tokens[i + 1].text[0] == "数")


def _check_what(s: Sentence, rows: Sequence[int]) -> None:
    """受了什么处分: the sort is asked for, and who has one would be listed."""
    for i in rows:
        if s.tokens[i].text.endswith(("什么", "哪种", "哪类")) and i + 1 < len(s.tokens) and s.choices(i + 1):
            said = f"{s.tokens[i].text}{s.tokens[i + 1].text}"
            raise NotUnderstood([said], f"“{said}”问的是种类；请说“按种类分各多少”，或者“列出…”", ("按种类分各多少",))


def _check_not_all(s: Sentence) -> None:
    """一个都没留置吗, 没有全部查结吧: none, or not all."""
    for i in range(len(s.tokens) - 1):
        said = f"{s.tokens[i].text}{s.tokens[i + 1].text}"
        one = s.has(i, "not") and s.tokens[i].text[0] == "都"
        if one or (s.has(i, "all") and s.has(i + 1, "not")) or (s.has(i, "not") and s.has(i + 1, "all")):
            raise NotUnderstood([said], f"“{said}”是一个也没有，还是不全是？请问“有没有…”或“有几个没…”")


def _is_summed(s: Sentence) -> bool:
    return any(t.text in TOTALS or "sum" in t.roles for t in s.tokens)


def _check_each(s: Sentence, frame: Frame) -> None:
    """前三家占全市多少, 前三家一共多少: of them together, which is not told; 各占多少 is of each."""
    if _is_summed(s) or not any(t.roles & {"apart", "each"} for t in s.tokens):
        said = f"前{frame.take}"
        raise NotUnderstood([said], f"“{said}”的合计答不了；要每一个的数请说“各多少”“各占多少”", ("各多少", "各占多少"))


def _check_every(s: Sentence, frame: Frame) -> None:
    """各单位线索都办结了吗: yes or no of every group is not told; the groups without can be asked for."""
    asked = [t.text for t in s.tokens[-1:] if t.text in _YES_NO] + [t.text for t in s.tokens if "whether" in t.roles]
    if frame.by and asked and not any(t.roles & {"ask", "most", "least"} for t in s.tokens):
        raise NotUnderstood(asked[:1], "分单位、分类的不答“是不是都”；请问“哪些单位没有…”或“各单位多少”")


_YES_NO = ("吗", "么", "嘛", "没有", "没", "吧")


def _asks_which(s: Sentence, frame: Frame) -> bool:
    """没整改完的是哪家, 哪些单位有没办结的: the groups that have any, where no number and no end of them is asked for."""
    asked = [
        i for i, t in enumerate(s.tokens) if i in s.used and (t.roles & {"which", "which_many"} or t.text[0] == "哪")
    ]
    others = {"ask", "apart", "share", "most", "least", "top", "bottom", "rank", "each", "sorted", "list", "by"}
    told = any(t.roles & others and t.text[0] != "哪" for t in s.tokens)
    plain = not frame.take and frame.share_of is None and not frame.versus and not frame.measure.startswith(OF_ONE)
    of_rate = frame.indicator and s.schema.indicators[frame.indicator].unit == "%"
    is_unit = len(frame.by) == 1 and frame.by[0].field == s.habits.unit
    return bool(asked) and is_unit and plain and not told and not of_rate and not frame.per


def _is_of_ledger(s: Sentence, i: int) -> bool:
    """开没开 asks of what is held, and of no clue."""
    return not s.tokens[i].meanings or bool(s.tokens[i].of("verb", s.ledger))


def _is_overview(s: Sentence, frame: Frame) -> bool:
    """线索情况怎么样: how things stand is asked, and no number of any one thing."""
    plain = not (frame.measure or frame.indicator or frame.versus) and frame.share_of is None
    asks = any(t.roles & {"ask", "list", "who", "which", "which_many", "exists", "whether"} for t in s.tokens)
    said = any("how" in t.roles for t in s.tokens)
    whole = all(c.kind in ("unit", "region") and not c.is_negated for c in frame.conditions)
    timed = frame.period is not None and (frame.period.since or frame.period.as_of or frame.period.months)
    return bool(s.habits.overview) and plain and said and whole and not asks and not timed


def _ends_asking(s: Sentence, whether: Sequence[int]) -> bool:
    """Whether it asks yes or no, and no number: 办结了吗, 都办结了吧; 处理了几个人嘛 asks a number."""
    last = s.tokens[-1].text if s.tokens else ""
    asked = [i for i, t in enumerate(s.tokens) if "ask" in t.roles]
    if asked and last in ("吗", "么") and any(s.has(j, "all") for j in range(asked[0], len(s.tokens))):
        said = s.tokens[asked[0]].text  # 留置的几个人都是科级吗
        raise NotUnderstood([said], f"“{said}”和“都…吗”：不清楚是问有多少，还是问是不是都这样；请只问一样")
    if asked:
        return False
    is_all = any(s.has(i, "all") for i in range(len(s.tokens)))
    return bool(whether) or last in ("吗", "么", "嘛", "没有", "没") or (is_all and last == "吧")


def _has_to_be(s: Sentence) -> bool:
    """有人被留置吗: asks whether there is one, not whether all are."""
    return any(t.text in ("有", "还有", "存在", "有过", "现有", "有着", "是不是有") for t in s.tokens)


def _is_state(condition: Condition, s: Sentence) -> bool:
    """Whether a condition is a state that all can have reached: closed, done."""
    return condition.where == s.habits.closed
