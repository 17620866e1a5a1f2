"""The lines for zhengfa.toml that several problems print for one table, put together: pasted once, they mend them all."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from zhengfa_stats.overlay import TERM
from zhengfa_stats.records import Problem
from zhengfa_stats.toml import dump, joined

_BLOCK = re.compile(r"\n(\[(?:ledgers|vocabularies|indicators)\.[^\n]+\])\n([^\n\[]+ = \[[^\n]*\])\Z")
_TOGETHER = "（几处的写法已写在一起，粘贴一次即可）"


def together(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, those that print the same table with other lines printing all of its lines.

    Two columns of one sheet that may be the same field are alternatives: their lines stay apart.
    """
    problems = list(problems)
    found: dict[str, list[tuple[Problem, Mapping[str, Any]]]] = defaultdict(list)
    for problem in problems:
        if block := _block(problem):
            found[block[0]].append((problem, block[1]))
    whole = {header: _whole(header, several) for header, several in found.items()}
    return [_with_whole(problem, whole) for problem in problems]


def _block(problem: Problem) -> tuple[str, Mapping[str, Any]] | None:
    """The one table that a remedy ends with; none where it offers a choice, or leaves a word to fill in."""
    match = _BLOCK.search(problem.do)
    if match is None or problem.do.count("\n[") > 1:
        return None
    table = tomllib.loads(match[2])
    return None if TERM in table else (match[1], table)


def _whole(header: str, several: list[tuple[Problem, Mapping[str, Any]]]) -> str:
    """All lines of a table; "" where there is nothing to put together, or not all can hold."""
    tables = {repr(table): table for _, table in several}
    if len(tables) < 2:
        return ""
    sheets = {(p.place.file, p.place.sheet, repr(table)) for p, table in several}
    if not header.startswith("[vocabularies.") and len({place[:2] for place in sheets}) < len(sheets):
        return ""
    return dump(header, joined(list(tables.values())))


def _with_whole(problem: Problem, whole: Mapping[str, str]) -> Problem:
    block = _block(problem)
    if block is None or not (lines := whole[block[0]]):
        return problem
    before = problem.do[: problem.do.rindex("\n[")]
    return replace(problem, do=f"{before}{_TOGETHER}\n{lines}")
