"""The words of a state: that something is under way, and those that may be a verb: 哪家在办 asks who handles it."""

from __future__ import annotations

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import NotUnderstood

_STILL = ("还", "仍", "仍然", "依然", "依旧", "尚", "现", "目前", "目前还", "眼下", "眼下还", "现在还")
_LONGEST = ("最久", "最长", "最慢")


def verbs_not_states(s: Sentence) -> None:
    """Use the state's words that only are verbs; NotUnderstood where it can't be told which they are."""
    for i in s.free("in_hand"):
        states = {m.where for m in s.choices(i)} & {s.habits.open, s.habits.closed} - {()}
        if states and not _is_term(s, i) and _is_behind_asked(s, i):
            _check_verb(s, i, is_open=s.habits.open in states)
            s.use(i)
            s.is_evident = True
    for i, token in enumerate(s.tokens):
        if token.text in ("拖", "压", "放", "拖了", "压了") and _is_longest(s, i) and _is_said_closed(s, i):
            s.use(i)


def _is_term(s: Sentence, i: int) -> bool:
    """在查线索: the noun stands right behind a state that a figure is called by."""
    named = any(key.endswith(f".{s.tokens[i].text}") for key in s.schema.indicators)
    return named and i + 1 < len(s.tokens) and bool(s.tokens[i + 1].of("noun", s.ledger))


def _is_behind_asked(s: Sentence, i: int) -> bool:
    """哪家在办, 由哪个单位在办, 有几家在办; not 哪家还在办, which can only be the state."""
    j, is_axis = i - 1, False
    while j >= 0 and s.tokens[j].end == s.tokens[j + 1].start and s.tokens[j].text not in _STILL:
        is_counted = is_axis and s.has(j, "ask")
        if is_counted or s.has(j, "which", "which_many", "who") or s.tokens[j].text[0] in "哪谁":
            return True
        is_axis = s.has(j, "axis")
        if not (is_axis or s.is_idle(j)):
            return False
        j -= 1
    return False


def _check_verb(s: Sentence, i: int, *, is_open: bool) -> None:
    """What is under way is the verb at the end of its clause; 哪家在办得最多, 哪家办了 may be either."""
    if is_open and _ends_clause(s, i):
        return
    word = s.tokens[i].text
    s.is_evident = s.is_doubtful = True
    choices = ("承办的", "还没办结的" if is_open else "已办结的")
    raise NotUnderstood([word], f"“{word}”问的是“{'”还是“'.join(choices)}”？请说明", choices)


def _ends_clause(s: Sentence, i: int) -> bool:
    """Whether nothing but idle words stands between here and the next sign."""
    j = i + 1
    while j < len(s.tokens) and s.tokens[j].start == s.tokens[j - 1].end:
        if not s.is_idle(j):
            return False
        j += 1
    return True


def _is_longest(s: Sentence, i: int) -> bool:
    j = i + 1
    while j < len(s.tokens) and s.tokens[j].text in ("得", "的", "了"):
        j += 1
    return j < len(s.tokens) and s.tokens[j].text in _LONGEST


def _is_said_closed(s: Sentence, i: int) -> bool:
    return any(m.where == s.habits.closed for j in range(len(s.tokens)) if j != i for m in s.choices(j))


def use_open(s: Sentence, at: int) -> bool:
    """Find the words that say that it is under way: 没办结, 在办; use them, unless they say what a share is of."""
    for i in range(len(s.tokens)):
        if i in s.used:
            continue
        places = _says_open(s, i)
        if places:
            if not any(s.has(j, "share", "within_part") for j in range(min(i, at), max(i, at))):
                s.use(*places)
            s.is_evident = True
            return True
    return False


def _says_open(s: Sentence, i: int) -> tuple[int, ...]:
    """The words here that say that it is under way; () for others."""
    if any(m.where == s.habits.open for m in s.choices(i)):
        return (i,)
    if any(m.where == s.habits.closed for m in s.choices(i)):
        j = i - 1
        while j >= 0 and s.is_idle(j) and not s.has(j, "not"):
            j -= 1
        return (i, j) if s.has(j, "not") else ()
    return ()
