"""What negates a condition: 没有…, 除…外, 去掉…; and what the opposite of a condition is."""

from __future__ import annotations

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.query import Not, Where

_BARE = ("除外", "以外", "之外", "以外的", "之外的")
_BEHIND = ("后", "以后", "之后", "外", "以外", "之外", "的话")


def negation(s: Sentence, i: int) -> tuple[int, bool]:
    """Where the condition at i begins with what negates it: 没有…, 除…外, 去掉…."""
    j = i - 1
    while j >= 0 and s.tokens[j].roles & {"idle", "people", "only"} and not s.has(j, "not", "removing"):
        j -= 1
    after = _end_of_list(s, i)
    if j >= 0 and j not in s.used and s.has(j, "not", "removing"):
        if _is_of_people(s, j, i):
            return i, False
        s.use(j)
        if s.has(j, "removing"):
            s.use(*(k for k in (after,) if k < len(s.tokens) and s.tokens[k].text in _BEHIND))
        return j, True
    opened = [k for k in range(j + 1) if s.has(k, "except") and not _is_closed(s, k, j + 1)]
    if after < len(s.tokens) and s.has(after, "except_end"):
        bare = s.tokens[after].text in _BARE
        shut = bare or (_closes(s, after) and s.has(after, "shut"))
        if opened or (shut and _is_unbroken(s, i, after)):
            s.use(after, *opened[-1:])
            return (opened or [i])[-1], True
    if opened and not (j > opened[-1]) and _ends_clause(s, i):
        s.use(opened[-1])
        return opened[-1], True
    return i, j >= 0 and (_is_in_exception(s, i) or _is_removed_too(s, i))


def _is_of_people(s: Sentence, j: int, i: int) -> bool:
    """没有人被留置: there is nobody who was; the condition itself is not negated."""
    return (
        s.has(j, "not")
        and s.tokens[j].text.startswith(("没", "无"))
        and any(s.has(k, "people") for k in range(j + 1, i))
    )


def _ends_clause(s: Sentence, i: int) -> bool:
    """除了公安局和法院，…: the list ends where the clause does, and more follows."""
    while i + 1 < len(s.tokens) and s.tokens[i + 1].start == s.tokens[i].end:
        i += 1
        if not (s.choices(i) or s.has(i, "and", "or", "people") or s.tokens[i].of("noun", s.ledger) or s.is_idle(i)):
            return False
    return i + 1 < len(s.tokens)


def _is_removed_too(s: Sentence, i: int) -> bool:
    """去掉公安局和法院, 不是公安局和法院的: the later ones of a list that 去掉 or 不是 stands before, in the same clause."""
    k = i - 1
    if not s.has(k, "and", "or"):
        return False
    while k >= 0 and s.tokens[k].end == s.tokens[k + 1].start:
        if s.has(k, "removing", "except", "not") and k in s.used:
            return not any(True for _ in s.free("apart"))
        is_listed = k in s.used and (s.choices(k) or s.tokens[k].of("noun", s.ledger))
        if not (is_listed or s.has(k, "and", "or", "people") or s.is_idle(k)):
            return False
        k -= 1
    return False


def _is_closed(s: Sentence, k: int, stop: int) -> bool:
    """Whether 除 has found its 外 already before a place."""
    return k in s.used and any(s.has(m, "except_end") and m in s.used for m in range(k, stop))


def _is_unbroken(s: Sentence, i: int, end: int) -> bool:
    """Whether nothing parts a list from what shuts it out: in 属实（部分属实不算） it is the latter alone."""
    return all(s.tokens[k].end == s.tokens[k + 1].start for k in range(i, end))


def _closes(s: Sentence, i: int) -> bool:
    """Whether a clause ends behind this token."""
    return i + 1 == len(s.tokens) or s.tokens[i + 1].start > s.tokens[i].end


def _end_of_list(s: Sentence, i: int) -> int:
    """The place after a list of terms that begins here: 公安局和法院."""
    j = i + 1
    while j < len(s.tokens):
        if (
            s.choices(j)
            or s.has(j, "and", "or", "people")
            or s.tokens[j].of("noun", s.ledger)
            or (s.is_idle(j) and not s.has(j, "except_end"))
        ):
            j += 1
        else:
            break
    return j


def _is_in_exception(s: Sentence, i: int) -> bool:
    """Whether 除 stands open before and 外 has been found by an earlier member of the list."""
    for k in range(i - 1, -1, -1):
        if s.has(k, "except") and k in s.used:
            closed = [m for m in range(k, len(s.tokens)) if s.has(m, "except_end") and m in s.used]
            return bool(closed) and closed[0] > i
    return False


def negated_of(s: Sentence, where: tuple[Where, ...]) -> tuple[Where, ...]:
    """The opposite: 没办结 is what is under way, 不合格 is tested and not passed, 没参加 was expected."""
    if where == s.habits.closed and s.habits.open:
        return s.habits.open
    if where == s.habits.open and s.habits.closed:
        return s.habits.closed
    if where == s.habits.usual and s.habits.absent:
        return (*s.habits.absent, Not(where[0]))
    *given, last = where
    return (*given, Not(last))
