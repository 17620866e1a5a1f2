"""Each cited number against the data, and against the other numbers of the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.errors import ZhengfaError
from zhengfa_stats.language import arithmetic
from zhengfa_stats.language.citing.citations import Citation
from zhengfa_stats.language.passages import Passage
from zhengfa_stats.language.prose import written
from zhengfa_stats.language.quantities.finding import agrees, truncated
from zhengfa_stats.language.wording import said
from zhengfa_stats.query import At, Expr, Formula

Kind = Literal["match", "differs", "does_not_add_up", "doubtful", "unbound"]
FAILS: tuple[Kind, ...] = ("differs", "does_not_add_up")
NO_DATA = "没有数据可以核对"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a citation: the actual value (None where it can't be had), and what to write instead ("": nothing)."""

    citation: Citation
    verdict: Kind
    actual: float | None = None
    why: str = ""
    write_instead: str = ""
    answer: Answer | None = None

    @property
    def fails(self) -> bool:
        return self.verdict in FAILS


def verify(
    citations: Sequence[Citation],
    passages: Sequence[Passage],
    answer: Callable[[Expr], Answer] | None,
    *,
    totals: Sequence[Sequence[str]] = (),
) -> tuple[Verdict, ...]:
    """A verdict on every citation; with `answer` None by the arithmetic of the text alone.

    `totals` are the partitions that relations.toml declares: the whole's key, then its parts'. A number that agrees
    with the data stands, whatever the numbers around it say: they are the ones to look at.
    """
    keys = {(c.passage, c.start): c.key for c in citations if c.key}
    findings = arithmetic.check(passages, keys, totals)
    wrong = {(f.passage, f.start): f for f in findings}
    verdicts = [_verdict(c, answer, wrong.get((c.passage, c.start))) for c in citations]
    right = {(v.citation.passage, v.citation.start) for v in verdicts if v.verdict == "match"}
    suspects = {other[:2]: f for f in findings if (f.passage, f.start) in right for other in f.others}
    return tuple(_suspected(v, suspects.get((v.citation.passage, v.citation.start))) for v in verdicts)


def _suspected(v: Verdict, finding: arithmetic.Finding | None) -> Verdict:
    """A number that could not be told, of a sum whose total is right: it is one to look at."""
    if finding is None or v.verdict != "unbound" or v.citation.quantity is None:
        return v
    return replace(v, verdict="doubtful", why=f"{finding.says}（{v.why}）")


def _verdict(c: Citation, answer: Callable[[Expr], Answer] | None, finding: arithmetic.Finding | None) -> Verdict:
    if c.expr is None or answer is None:
        return _by_arithmetic(c, finding, c.why)
    try:
        found = answer(c.expr)
    except ZhengfaError as error:
        return _by_arithmetic(c, finding, str(error))
    if found.value is None or (why := _no_data(c, found)):
        return _by_arithmetic(c, finding, found.why or why, found)
    actual = -found.value if c.falls else found.value
    if c.quantity is None:
        text = written(actual, c.unit, None, c.stated, measured=c.measured)
        why = f"这里还没有填数，应为“{text}”"
        return Verdict(c, "doubtful", actual, why, text, found)
    return _compared(c, actual, found, finding)


def _compared(c: Citation, actual: float, found: Answer, finding: arithmetic.Finding | None) -> Verdict:
    assert c.quantity is not None
    q = c.quantity
    if agrees(q, actual / 100 if q.kind == "fraction" else actual):
        return Verdict(c, "match", actual, answer=found)
    instead = written(actual, c.unit, q, c.stated, measured=c.measured)
    stated = f"{c.stated}{q.measure}"
    if q.kind != "fraction" and truncated(q, actual):
        why = f"按台账是{said(actual, c.unit)}，文中“{stated}”是截去尾数，不是四舍五入"
        return Verdict(c, "doubtful", actual, why, instead, found)
    if actual < 0 and isinstance(c.expr, Formula) and c.expr.op in ("difference", "growth"):
        way = "升高" if c.falls else "下降"
        why = f"按台账是{way}{said(-actual, c.unit)}，文中写的方向相反"
        instead = written(-actual, c.unit, q, c.stated, measured=c.measured)
    else:
        why = f"按台账是{said(actual, c.unit)}，文中写“{stated}”"
    if any(_is_earlier(part.expr, found) for part in (found, *found.parts)):
        why += "；这一时期早于本次统计的起始日，台账里可能不全"
        return Verdict(c, "doubtful", actual, why, "", found)
    if finding is not None:
        why += f"；与前后文也对不上：{finding.says}"
    return Verdict(c, "differs", actual, why, instead, found)


def _by_arithmetic(c: Citation, finding: arithmetic.Finding | None, why: str, answer: Answer | None = None) -> Verdict:
    """Without data, what the text's own numbers say."""
    if finding is None:
        return Verdict(c, "unbound", why=why or NO_DATA, answer=answer)
    kind: Kind = "does_not_add_up" if finding.kind == arithmetic.WRONG else "doubtful"
    return Verdict(c, kind, why=finding.says, answer=answer)


def _no_data(c: Citation, found: Answer) -> str:
    """An earlier period of which the ledgers hold no row at all: nothing can be said of it."""
    sides: Mapping[Expr, Answer] = {part.expr: part for part in (found, *found.parts)}
    for expr, part in sides.items():
        if _is_earlier(expr, found) and not part.n_rows and not part.reported:
            return "所说的时期台账里一行也没有，无从核对"
    return ""


def _is_earlier(expr: Expr, found: Answer) -> bool:
    """Whether an expression speaks of days before the period that the ledgers were sent for."""
    if not isinstance(expr, At):
        return False
    return expr.months < 0 or any(day is not None and day < found.clock.since for day in (expr.since, expr.as_of))
