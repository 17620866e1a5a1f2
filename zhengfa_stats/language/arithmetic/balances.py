"""Balances: what was there and what came is what went and what is left (上期结转12件，新收36件，办结40件，未结8件)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, add, found
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence
from zhengfa_stats.language.arithmetic.parts import OPENING

_ROLES = [  # in the order in which they win
    ("last", re.compile("结转至?下|(?<![上去])[年期月]末|(?<![上去])年底|目前|现有")),
    ("first", re.compile(words.AT_FIRST)),
    ("last", re.compile(words.AT_LAST)),
    ("came", re.compile("新")),
    ("went", re.compile(f"{words.DONE}|{words.GOES}")),
    ("came", re.compile(words.COMES)),
]
_PLANNED = re.compile(words.PLANNED)
_OTHER_ENDS, _TOTAL_SAID = re.compile(words.OTHER_ENDS), re.compile(words.TOTAL_SAID)


def check_balances(sentence: Sentence) -> Iterator[Finding]:
    """What a sentence says of a stock from its start to its end; nothing where one of the four is missing or said twice."""
    if sentence.has_blanks:
        return
    moved = [m for m in sentence.mentions if _is_moved(m)]
    roles = {role: [m for m in moved if _role(m) == role] for role in ("first", "came", "went", "last")}
    terms = [of[0] for of in roles.values() if len(of) == 1]
    if len(terms) < len(roles) or len({m.kind for m in terms}) > 1 or any(_PLANNED.search(m.clause) for m in terms):
        return
    first, new, done, left = terms
    came, ends = add([first, new]), [m for m in moved if m.kind == new.kind and _OTHER_ENDS.search(m.clause)]
    went = add([done, left, *(m for m in ends if m not in terms)])
    said = [m for m in moved if m.kind == new.kind and _is_sum_said(m)]
    if any(m.kind == new.kind and m not in (*terms, *ends, *said) for m in moved):
        return  # 收监12人: it may have come or gone
    if len(said) == 1 and not came.meets(said[0]):
        yield found(said[0], came.terms, WRONG, "合计", came.against(said[0]))
    elif came.low > went.high or went.low > came.high:
        kind = DOUBTFUL if _OTHER_ENDS.search(sentence.text) else WRONG
        yield found(left, [first, new, done], kind, "结转", f"{came.working}，{went.working}，收支不平，请核对")


def _is_moved(m: Mention) -> bool:
    """A count, or an increase by so many (今年增加15名); what 其中 opens is a part of one."""
    counted = m.quantity.kind == "count" and m.quantity.unit and m.sense in ("level", "change")
    return bool(counted) and not m.aside and m.opener not in OPENING


def _role(m: Mention) -> str:
    role = next((role for role, pattern in _ROLES if pattern.search(m.clause)), "")
    return "" if role == "came" and _TOTAL_SAID.search(m.clause) else role  # 共受理: what was there and what came


def _is_sum_said(m: Mention) -> bool:
    return bool(_TOTAL_SAID.search(m.clause)) and not m.opener and not _role(m)
