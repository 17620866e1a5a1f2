"""Persons who had something more than once: 被处理不止一次的, 受到两次以上处理的."""

from __future__ import annotations

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood
from zhengfa_stats.language.asking.numbers import side_of
from zhengfa_stats.query import TIMES, Between

_TIMES = ("次", "回", "遍")
_LEAST = {"over": 1, "at_least": 0}


def repeated(s: Sentence) -> tuple[Condition, ...]:
    """How many times it was at least, where persons are counted who can be told from one another."""
    for i, token in enumerate(s.tokens[:-1]):
        if token.number is None or i in s.used or s.tokens[i + 1].text not in _TIMES or not s.habits.each:
            continue
        side, places = side_of(s, i - 1, i + 2)
        n = int(token.number)
        if side == "at_least" and n == 1:
            raise NotUnderstood([f"{token.text}次以上"], "“一次以上”是一次就算，还是不止一次？请说“不止一次”")
        if side in _LEAST:
            s.use(i, i + 1, *places)
            s.is_evident |= s.speaks()
            where = (Between(TIMES, n + _LEAST[side], None),)
            return (Condition(TIMES, where, f"{token.text}{s.tokens[i + 1].text}", i, "number", until=i + 2),)
    return ()


def check_repeated(frame: Frame, s: Sentence) -> None:
    """受党纪处分两次以上: of one sort of handling it is not told how often; NotUnderstood."""
    if not any(c.slot == TIMES for c in frame.conditions):
        return
    each = s.schema.ledgers[s.ledger].each[s.habits.each]
    of_person = {TIMES, *each.first}
    others = [
        c.said
        for c in frame.conditions
        if c.slot not in of_person or (c.kind == "condition" and c.slot in each.heaviest)
    ]
    if others or frame.measure not in ("", "persons") or frame.versus:
        raise NotUnderstood(others or ["次"], "台账数得出一个人一共处理过几次，分不出其中哪几次；请只问处理过几次的人")
