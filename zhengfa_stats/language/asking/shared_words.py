"""Words that may be meant of more than the question that they stand in: 来信几条、来访几条没办结, …、参加多少人."""

from __future__ import annotations

from collections.abc import Sequence

from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood
from zhengfa_stats.language.asking.parts import Part
from zhengfa_stats.language.asking.tokens import Token
from zhengfa_stats.query import OF_ONE

_TELLING = ("condition", "noun")


def check_shared(before: Sequence[Token], later: Sequence[Token]) -> None:
    """处级几人、科级几人受处理: what stands behind the last number alone may be said of all."""
    tail = _tail(later)
    if tail and _heads(later) and _heads(before) and not _tail(before) and not _tells(before):
        said = "".join(t.text for t in tail)
        raise NotUnderstood([said], f"“{said}”是前后都问，还是只问后一个？请分开问")


def _asked_at(tokens: Sequence[Token]) -> int:
    return next((i for i, t in enumerate(tokens) if "ask" in t.roles), len(tokens))


def _tail(tokens: Sequence[Token]) -> list[Token]:
    """What tells something behind the word that asks, and what was told before it."""
    at = _asked_at(tokens)
    told = {t.text for t in tokens[:at]}
    behind = tokens[at + 1 :]
    return [t for t in behind if any(m.kind in _TELLING for m in t.meanings) and t.text not in told and not _counts(t)]


def _counts(token: Token) -> bool:
    return bool(token.roles & {"rows", "persons", "acts", "people"})


def _heads(tokens: Sequence[Token]) -> bool:
    """Whether what is asked of stands before the word that asks."""
    kinds = {m.kind for t in tokens[: _asked_at(tokens)] for m in t.meanings}
    return bool(kinds & {"condition", "unit", "region"}) or any(t.period for t in tokens[: _asked_at(tokens)])


def _tells(tokens: Sequence[Token]) -> bool:
    """Whether the question says itself what is counted: 收了, 处理了."""
    return any(m.kind in ("noun", "verb") for t in tokens if not _counts(t) for m in t.meanings)


def check_carried(frames: Sequence[Frame], part: Part) -> None:
    """红色教育几次、警示教育几次、参加多少人: a third question that says nothing of its own may be of either."""
    *before, last = frames
    own = {_told(f) for f in before}
    if len(own) > 1 and not last.indicator and not last.measure.startswith(OF_ONE) and _told(last) == _told(before[0]):
        said = part.text.strip("，,、；;。？?！! ")
        raise NotUnderstood([said], f"不清楚“{said}”问的是前面哪一个的，请分开问")


def _told(frame: Frame) -> frozenset[tuple[str, tuple[object, ...]]]:
    return frozenset((c.slot, c.where) for c in frame.conditions if _is_own(c))


def _is_own(c: Condition) -> bool:
    return c.kind not in ("unit", "region")
