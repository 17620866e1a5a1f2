"""Limits that a clause lifts: 哪年收的都算, 不管哪个月处理的, 重复的也算; what is left of the question, and whether it is so."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from zhengfa_stats.language.asking.fields import fields_of
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.language.asking.words import Words
from zhengfa_stats.query import Expr, Fact, queries
from zhengfa_stats.schema import Schema

_WHEN = r"(?:哪一?年|哪个?年份?|哪一?个?月份?|几月份?|什么时候|什么时间|何时|啥时候|哪天|哪一?个?季度)"
_NO_MATTER = r"(?:不管|不论|无论|甭管|别管)"
_COUNT = r"(?:[也都均全]+(?:算|计|行|可以|统计|计入|要)(?:进去|进来|在内|上|数|入)?)"
_EDGE = r"(?=[，,；;。？?！!）)]|$)"
_DATES = re.compile(
    rf"(?P<no>{_NO_MATTER})?(?:是|它是|是在|在)?{_WHEN}(?P<verb>收到|接到|收|接|来|受理|登记|立案|处理|查结|办结|处分)(?:了|过|来|进来)?的?(?:线索|人)?(?P<count>{_COUNT})?{_EDGE}"
)
_REPEATED = re.compile(
    rf"(?:{_NO_MATTER}(?:是不是|是否)?(?:重复|有没有重复)(?:举报|件)?的?{_COUNT}?|(?:连|把)?重复(?:举报|件|线索)?的?{_COUNT})(?:的话)?{_EDGE}"
)
_VERBS = {"收": "收到", "接": "收到", "来": "收到", "登记": "收到"}


@dataclass(frozen=True)
class Lifted:
    """The question without what lifts a limit, the events whose dates are of no matter, and whether repeats count."""

    text: str
    events: tuple[str, ...] = ()
    with_repeats: str = ""


def lifted(text: str) -> Lifted:
    """A question and the limits that it lifts."""
    events: list[str] = []

    def date(match: re.Match[str]) -> str:
        if not (match["no"] or match["count"]):
            return match[0]
        events.append(_VERBS.get(match["verb"], match["verb"]))
        return " " * len(match[0])

    text = _DATES.sub(date, text)
    repeats = _REPEATED.search(text)
    if repeats:
        text = text[: repeats.start()] + " " * len(repeats[0]) + text[repeats.end() :]
    return Lifted(text, tuple(events), repeats[0] if repeats else "")


def with_repeats(frame: Frame | None, said: str, words: Words) -> Frame:
    """重复的也算: of what leaves repeats out, all that was registered."""
    habits = words.habits[frame.ledger] if frame else None
    if (
        frame is None
        or habits is None
        or not (habits.always and habits.acts)
        or frame.measure not in ("", "rows", "acts")
    ):
        raise NotUnderstood([said], f"“{said}”在这里没有听清；要连重复举报一起数，请问“件次”")
    if frame.indicator or frame.share_of is not None or frame.versus or frame.form not in ("number", "table"):
        raise NotUnderstood([said], f"“{said}”在这里不能这样问；要连重复举报一起数，请问“件次”")
    return replace(frame, measure="acts")


def check_lifted(expr: Expr, events: tuple[str, ...], schema: Schema, words: Words) -> None:
    """NotUnderstood where a date that is said to be of no matter still limits what is counted."""
    for event in events:
        for query in queries(expr):
            ledger = schema.ledgers[query.ledger]
            field = words.habits[query.ledger].events.get(event, "")
            dates = {query.period.field} if query.period else {ledger.date}
            wheres = [w for w in (*query.where, *query.having) if not isinstance(w, Fact)]
            conditions = {f for w in wheres for f in fields_of(w, ledger)}
            if not field or field in dates or field in conditions:
                raise NotUnderstood(
                    [event], f"“哪年{event}的都算”在这里没有听清：这个数正是按{event}的时间统计的；请换一种问法"
                )
