"""Several changes in a row: 分别增长20%、下降10%; which way each goes, and of which figures they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.words import citing

_JOINT = re.compile("[、，,和与及]|以及")
_WAYS = ("升", "降")


def are_changes(text: str, one: Spot, other: Spot) -> bool:
    """Whether two numbers are changes in a row, each right after the way that it goes: 增长20%、下降10%."""
    between = text[one.until : other.start].strip()
    joint = _JOINT.match(between)
    words = tuple(word for way in _WAYS for word in (way, *citing().said["关系"][way]))
    return joint is not None and between[joint.end() :] in words and text[: one.start].rstrip().endswith(words)


def each_way(clause: Clause) -> Iterator[Clause]:
    """The clause of each of its numbers: with the way that stands last before it, and no other."""
    ways = [r for r in clause.relations if r.value in _WAYS]
    others = tuple(r for r in clause.relations if r.value not in _WAYS)
    for spot in clause.spots:
        before = [r for r in ways if r.end <= spot.start]
        yield replace(clause, spots=(spot,), relations=(*others, *before[-1:]))


def has_own_ways(clause: Clause) -> bool:
    """Whether a later number has a way of its own, so that no two are of one figure at one time."""
    first = clause.spots[0]
    return any(r.value in _WAYS and r.start > first.start for r in clause.relations)
