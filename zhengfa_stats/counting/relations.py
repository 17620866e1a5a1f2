"""Checks between rows, ledgers and figures (勾稽关系): expressions like any other, each broken one a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import replace
from math import isclose
from typing import Any, TypeAlias

from zhengfa_stats.counting.answer import Answer, Session
from zhengfa_stats.counting.frames import Native, whole
from zhengfa_stats.query import And, Between, Clock, Expr, Linked, Not, Or, Query, Where, links
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Ledger, Relation, Schema

Frames: TypeAlias = Mapping[str, Native]
Columns = Mapping[str, Mapping[str, str]]  # `file|sheet|table` → field → letters
Ask = Callable[[Expr], Answer]


def check_relations(
    frames: Frames, schema: Schema, clock: Clock, columns: Columns, unsure: Set[str] = frozenset()
) -> list[Problem]:
    """Every broken relation, with the addresses of both sides; one whose ledgers are absent is not checked.

    `unsure` are persons of whom it can't be told who they are: that they are linked to nothing says nothing more.
    """
    session, problems = Session(frames, schema, clock), list[Problem]()

    def ask(expr: Expr) -> Answer:
        return session.evaluate(expr, clock)

    for relation in schema.relations.values():
        if relation.total:
            problems += _total(relation, schema, ask)
        elif relation.balance:
            problems += _balance(relation, schema, ask)
        elif relation.matches:
            problems += _matches(relation, frames, schema, columns)
        else:
            problems += _never(relation, frames, schema, ask, columns, unsure)
    return problems


def _never(
    relation: Relation, frames: Frames, schema: Schema, ask: Ask, columns: Columns, unsure: Set[str]
) -> Iterator[Problem]:
    """Rows that meet what may never be, whatever their date."""
    if relation.ledger not in frames or any(link.ledger not in frames for link in links(*relation.never)):
        return
    ledger = schema.ledgers[relation.ledger]
    always = Between("source_row", 0) if ledger.date else None
    answer = ask(Query(ledger.id, relation.never, period=always))
    if not answer.n_rows:  # or no sheet has the column that it rests on
        return
    names = tuple(dict.fromkeys(name for w in relation.never for name in _fields(w, ledger)))
    joined = {link.on for link in links(*relation.never)}
    for _, row in answer.rows().iterrows():
        if not any(isinstance(row[name], str) and row[name] in unsure for name in joined):
            yield _problem(relation, row, names, columns)


def _fields(where: Where, ledger: Ledger) -> Iterator[str]:
    """The written fields that a condition rests on."""
    match where:
        case Not(of):
            yield from _fields(of, ledger)
        case And(parts) | Or(parts):
            for part in parts:
                yield from _fields(part, ledger)
        case Linked(_, on):
            yield on
        case _:
            for name in (getattr(where, "field", ""), getattr(where, "other", "")):
                f = ledger.fields.get(name)
                if f is not None and f.is_derived:
                    yield from f.days
                    for case in f.when:
                        yield from _fields(case.where, ledger)
                elif f is not None:
                    yield f.reads or name


def _problem(relation: Relation, row: Any, names: tuple[str, ...], columns: Columns, said: str = "") -> Problem:
    cells = dict.fromkeys(place for name in names if (place := _place(row, name, columns)))
    places = list(cells) or [Place(row["source_file"], row["source_sheet"], str(row["source_row"]))]
    return Problem(
        level=relation.level,
        kind=relation.id,
        place=places[0],
        what=relation.says + said,
        do=relation.do,
        ledger=relation.ledger,
        field=names[0] if names else "",
        also=tuple(places[1:]),
        sender=row["sender"] or "",
    )


def _place(row: Any, name: str, columns: Columns) -> Place | None:
    """The cell of a stored row's field."""
    for override in filter(None, row["cells"].split("|")):
        field_id, _, cell = override.partition(":")
        if field_id == name:
            return Place(row["source_file"], row["source_sheet"], cell)
    letter = columns.get(f"{row['source_file']}|{row['source_sheet']}|{row['source_table']}", {}).get(name)
    return Place(row["source_file"], row["source_sheet"], f"{letter}{row['source_row']}") if letter else None


def _matches(relation: Relation, frames: Frames, schema: Schema, columns: Columns) -> Iterator[Problem]:
    """Rows whose fields differ from those of the linked row in the other ledger; a blank differs from nothing."""
    if relation.ledger not in frames or relation.matches not in frames:
        return
    mine, theirs = whole(frames[relation.ledger]), whole(frames[relation.matches]).drop_duplicates(relation.on)
    place = [c for c in ("source_file", "source_sheet", "source_row", "source_table", "cells") if c in theirs]
    both = mine.merge(theirs[[relation.on, *relation.fields, *place]], on=relation.on, suffixes=("", "_other"))
    ledger = schema.ledgers[relation.ledger]
    for name in relation.fields:
        differs = both[name].notna() & both[f"{name}_other"].notna() & (both[name] != both[f"{name}_other"])
        for _, row in both[differs].iterrows():
            other = _place({c: row[f"{c}_other"] for c in place}, name, columns)
            said = f"：{ledger.fields[name].name}本表写“{row[name]}”，花名册写“{row[f'{name}_other']}”"
            problem = _problem(relation, row, (name,), columns, said)
            yield _with_other(problem, other)


def _with_other(problem: Problem, other: Place | None) -> Problem:
    return replace(problem, also=(*problem.also, *([other] if other else ())))


def _total(relation: Relation, schema: Schema, ask: Ask) -> Iterator[Problem]:
    """A figure that is not the sum of its parts."""
    answers = [ask(schema.indicators[key].of) for key in relation.total]
    total, *parts = (answer.value for answer in answers)
    known = [p for p in parts if p is not None]
    if total is None or len(known) < len(parts) or total == sum(known) or _not_alike(answers):
        return
    said = f"{relation.says}，实为 {total:g} ≠ {'＋'.join(f'{p:g}' for p in known)}"
    yield Problem(relation.level, relation.id, Place(), said, relation.do or "请查看相关指标的口径和问题清单")


def _not_alike(answers: Iterable[Answer]) -> bool:
    """Whether some sender reported a total of one figure and none of another: then they need not add up."""
    return len({frozenset(cell.office for cell in answer.reported) for answer in answers}) > 1


def _balance(relation: Relation, schema: Schema, ask: Ask) -> Iterator[Problem]:
    """Two sums of figures that should come to the same; not checked where one of them can't be had."""
    sides = [[ask(schema.indicators[key].of) for key in side] for side in relation.balance]
    values = [[answer.value for answer in side if answer.value is not None] for side in sides]
    if any(len(had) < len(side) for had, side in zip(values, sides, strict=True)) or isclose(*map(sum, values)):
        return
    if _not_alike(answer for side in sides for answer in side):
        return
    said = " ≠ ".join("＋".join(f"{value:g}" for value in side) for side in values)
    n = max(answer.n_uncounted for side in sides for answer in side)
    open_rows = f"；其中有的数另有{n}行未能计入，补全后再核对" if n else ""
    do = relation.do or "请查看相关指标的口径和问题清单"
    yield Problem(relation.level, relation.id, Place(), f"{relation.says}，实为 {said}{open_rows}", do)
