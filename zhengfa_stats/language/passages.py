"""Passage: a piece of a document with where it stands; what citations, arithmetic and documents pass on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, a table's cell or a note; `heads` are the row and column heads of a table's cell, the row's first."""

    where: str
    text: str
    heads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tagged:
    """A content control in a passage: where its text stands, and its tag, which says what figure it holds."""

    start: int
    end: int
    tag: str
