"""Levels of what has been said: the whole, a part of it, a part of the part; and how a clause stands among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.words import OWN, REGION, UNIT, Said
from zhengfa_stats.query import Clock, Expr

PLACES = (UNIT, REGION)
_EITHER = {"cases.administrative_discipline": "cases.party_discipline"}  # 警告 is of either
_GROUPS = {"率": "做", "activities.kind": "物", "cases.措施": "cases.handling", "cases.处分": "cases.handling"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a number was found to be: a figure, or why it could not be told."""

    spot: Spot
    expr: Expr | None = None
    key: str | None = None
    unit: str = ""
    falls: bool = False  # 下降, 减少: the number is how far the expression's value lies below zero
    why: str = ""
    bare: Expr | None = None  # the expression without the period that is said
    measures: frozenset[str] = frozenset()
    base: str = ""  # the indicator that the expression narrows
    said: tuple[Said, ...] = ()  # all that was said of it, with what was carried
    clock: Clock | None = None  # the period that is said


@dataclass(frozen=True)
class Frame:
    """What has been said at one level: the whole, a part of it, a part of the part."""

    said: tuple[Said, ...]
    n_siblings: int = 1
    known: bool = True
    abroad: bool = False  # what it counts is ours, but not where: 全省处理干警…
    sentence: int = 0
    first: Found | None = None  # the first figure of the level, of which later ones may be parts
    last: Found | None = None


@dataclass(frozen=True)
class Context:
    """A way to read a clause: what is said with what is carried, and the levels that stand after it."""

    said: tuple[Said, ...]
    frames: tuple[Frame, ...]  # the last is the clause's own


def _group(word: Said) -> str:
    return _GROUPS.get(word.facet, _exactly(word))


def _exactly(word: Said) -> str:
    return _EITHER.get(word.facet, word.facet)


def _shares(word: Said, said: Sequence[Said]) -> bool:
    return any(s in (w.senses or ()) for w in said for s in word.senses or ())


def same(words: Sequence[Said], said: Sequence[Said]) -> bool:
    return all(_shares(w, said) for w in words)


def conflict(frames: Sequence[Frame], said: Sequence[Said], exact: bool = False) -> int | None:
    """The deepest level that says otherwise on something that is said now."""
    facet = _exactly if exact else _group
    now = {facet(w) for w in said} - {OWN}
    levels = (i for i, f in enumerate(frames) if any(facet(w) in now and not _shares(w, said) for w in f.said))
    return max(levels, default=None)


def merged(frames: Sequence[Frame], said: Sequence[Said], exact: bool = False) -> tuple[Said, ...]:
    """What is said now, and what stood before on other matters."""
    facet = _exactly if exact else _group
    now = {facet(w) for w in said}
    facets = {w.facet for f in frames[1:] for w in f.said} | {w.facet for w in said}
    gone = {"率"} if "做" in facets else set()  # 参训率100%，其中公安局参训1740人
    gone |= {UNIT} if any(w.facet == REGION for w in said) else set()  # 公安局收到265条，甲县收到133条
    before = (w for f in frames for w in f.said if facet(w) not in now and w.facet not in gone)
    return (*before, *said)


def level(frames: tuple[Frame, ...], n: int, said: tuple[Said, ...], exact: bool = False) -> Context:
    """A clause that takes the place of the deepest of the first n levels that says otherwise, else a part of the n-th."""
    frames = frames[:n]
    k = conflict(frames, said, exact)
    if k is None:
        return Context(merged(frames, said, exact), (*frames, Frame(said)))
    more = any(narrows(w) for w in said)  # 公安局…，法院…; but not 收到…，查结…
    own = replace(frames[k], said=merged(frames[k : k + 1], said, exact), n_siblings=frames[k].n_siblings + more)
    return Context(merged(frames[: k + 1], said, exact), (*frames[:k], own))


def part_of(frames: tuple[Frame, ...], said: tuple[Said, ...]) -> Context:
    """A clause that 其中, 含 or brackets open: one more of the last parts, else a part of the last."""
    if len(frames) > 1 and conflict(frames[-1:], said, exact=True) is not None:
        return level(frames, len(frames), said, exact=True)
    return Context(merged(frames, said, exact=True), (*frames, Frame(said)))


def narrows_more(said: Sequence[Said], than: Sequence[Said]) -> bool:
    """Whether more conditions are carried than the clause says itself."""
    return any(is_condition(w) and not _shares(w, than) for w in said)


def narrows(word: Said) -> bool:
    return is_condition(word) or word.facet in PLACES


def is_condition(word: Said) -> bool:
    return "." in word.facet and not word.facet.endswith(".kind")


def without_places(said: Sequence[Said]) -> tuple[Said, ...]:
    return tuple(w for w in said if w.facet not in PLACES)
