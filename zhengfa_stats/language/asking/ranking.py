"""Which end of the groups is wanted: 最多, 前三名, 排名, 排第二的; and where one of them stands: 法院排第几."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood, listed

COUNTED = ("名", "位", "个", "家", "类", "种", "项", "几")
_ONE = ("哪个", "哪家", "谁家", "哪类", "哪种", "哪月", "哪年", "哪季")
_BARE_ENDS = tuple(
    f"{a}{end}{b}" for end in "多少高低大小长短快慢" for a, b in (("", ""), ("更", ""), ("", "些"), ("", "一些"))
)
_WHOM = ("谁", "哪个", "哪家", "哪一个", "哪一家", "谁家")
_RANKED = ("名", "位", "家")


def is_of_whom(s: Sentence, extremes: Sequence[int]) -> bool:
    """查结率最低的是谁, 线索前三名, 查结率排名, 法院排第几: of units, where nothing else is said to be compared."""
    asked = [i for i in s.free("who", "which") if s.tokens[i].text in _WHOM]
    counted = any(
        s.tokens[j].text in _RANKED and s.tokens[j - 1].number is not None
        for i in extremes
        for j in range(i + 1, min(i + 4, len(s.tokens)))
    )
    s.use(*asked)
    return bool(asked) or counted or any(s.has(i, "rank", "which_place") for i in extremes)


def ranked(s: Sentence, frame: Frame) -> Frame:
    """最多 takes one group, 前三 three, 第二 the second; 排名 all of them in order."""
    if places := list(s.free("which_place")):
        return _place(s, frame, places)
    most, least = list(s.free("most")), list(s.free("least"))
    if not (most or least) and not any(True for _ in s.free("than", "year_on_year", "month_on_month")):
        most, least = _compared(s, "more"), _compared(s, "less")  # 哪个单位线索多
    top, bottom, nth = list(s.free("top")), list(s.free("bottom")), list(s.free("ordinal"))
    n = 0 if nth else _number_of_groups(s, (*top, *bottom, *most, *least))
    ranks = list(s.free("rank"))
    if not (most or least or top or bottom or ranks or nth):
        return frame
    s.use(*s.free("which", "who"))
    of_least = least and not most and not bottom and least[-1] < min(top, default=0)  # 最低的前两家
    if (most or top) and (least or bottom) and not of_least:
        raise NotUnderstood([s.tokens[i].text for i in (*most, *least)], "最多和最少请分开问")
    if len(most) > 1 or len(least) > 1 or len(nth) > 1:
        raise NotUnderstood([s.tokens[i].text for i in (*most, *least, *nth)], "一次只能问一样的最多或最少，请分开问")
    s.use(*most, *least, *ranks, *nth)
    s.use(*(i for i in (*top, *bottom) if n or nth))
    is_least = bool(least or bottom) or any(_is_from_below(s, i) for i in (*nth, *ranks))
    if nth:
        return replace(frame, take=int(s.tokens[nth[0]].number or 0), form="nth", is_least=is_least)
    if n > 1:
        return replace(frame, take=n, form="table", is_least=is_least)
    if most or least or n:
        return replace(frame, take=1, form="label", is_least=is_least)
    return replace(frame, take=-1, form="table", is_least=is_least)


def _is_from_below(s: Sentence, i: int) -> bool:
    """倒数第二, 第三低; 从低到高."""
    text = s.tokens[i].text
    return "倒数" in text or text[1:2] in ("少", "低", "小", "短") or text.endswith(("少", "低", "小")) > ("到" in text)


def _place(s: Sentence, frame: Frame, places: Sequence[int]) -> Frame:
    """法院的查结率排第几: where one of the groups stands among all; placed() finds which one."""
    s.use(*places, *s.free("rank", "most"))
    is_least = any(_is_from_below(s, i) for i in places)
    return replace(frame, take=-1, form="place", is_least=is_least)


def placed(frame: Frame) -> Frame:
    """The group whose place is asked for is no condition: all groups are counted."""
    if frame.form != "place":
        return frame
    named = [c for c in frame.conditions if any(b.field == c.slot for b in frame.by) and len(listed(c)) == 1]
    if len(named) != 1 or len(frame.by) != 1 or named[0].is_negated or frame.versus:
        raise NotUnderstood(["第几"], "没有听清谁排第几；请说成“法院的查结率排第几”这样")
    rest = tuple(c for c in frame.conditions if c is not named[0])
    share = None if frame.share_of is None else tuple(c for c in frame.share_of if c is not named[0])
    return replace(frame, conditions=rest, share_of=share, group=listed(named[0])[0])


def _compared(s: Sentence, role: str) -> list[int]:
    """哪家的线索多: more stands for most where one of all is asked for."""
    asked = [i for i, t in enumerate(s.tokens) if i in s.used and ("which" in t.roles or t.text[:2] in _ONE)]
    return [i for i in s.free(role) if asked and i > asked[0] and s.tokens[i].text in _BARE_ENDS]


def _number_of_groups(s: Sentence, places: tuple[int, ...]) -> int:
    """The number beside 前, 后 or 最多: 前三名, 最多的三个单位; said twice (前三的是哪三类), it is the same."""
    asked = tuple(i for i, t in enumerate(s.tokens) if i in s.used and t.roles & {"which", "which_many"})
    found = 0
    for i in (*places, *asked):
        j = i + 1
        while j < len(s.tokens) and s.tokens[j].text in ("的", "是"):
            j += 1
        if (
            j < len(s.tokens)
            and (number := s.tokens[j].number) is not None
            and j not in s.used
            and found in (0, number)
        ):
            s.use(j)
            if j + 1 < len(s.tokens) and s.tokens[j + 1].text in COUNTED:
                s.use(j + 1)
            found = int(number)
    return found
