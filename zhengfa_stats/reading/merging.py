"""Duplicates across files: rows that are one record fold into the row that decides, each on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from zhengfa_stats.reading.coded import constant
from zhengfa_stats.reading.sameness import differs, identical, is_handed_on, same_records
from zhengfa_stats.reading.stacking import Line, Lines, is_blank, jointly, shared
from zhengfa_stats.records import Problem
from zhengfa_stats.schema import Field, Ledger, Schema

ORDER = ("source_file", "source_sheet", "source_row", "_nth")
_BEGIN = datetime(1970, 1, 1)


@dataclass(slots=True)
class Merged:
    """A ledger after merging: its rows, the lines that were folded into others, what changed and what is doubtful."""

    lines: Lines
    gone: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    changes: list[tuple[str, ...]] = field(default_factory=list)  # file, sheet, cell, field, before, after, rule


def merge(lines: Lines, ledger: Ledger, schema: Schema) -> Merged:
    """Fold identical rows of one sender, then rows that the ledger's identity says are the same."""
    lines["_nth"] = lines.numbers("_nth")
    lines = lines.in_order(*ORDER)
    lines["also"] = constant(len(lines), ())
    result = Merged(lines)
    _fold(result, identical(lines), ledger, schema, quiet=True)
    groups, clashes = same_records(result.lines, ledger)
    result.problems += clashes
    _fold(result, groups, ledger, schema, quiet=False)
    _suspect(result, ledger)
    _suspect_incomplete(result, ledger)
    return result


def _fold(result: Merged, groups: Sequence[Sequence[int]], ledger: Ledger, schema: Schema, *, quiet: bool) -> None:
    """Fold each group into the row that decides; its blanks are filled from the others, disagreement is on record."""
    lines, drop = result.lines, []
    for group in groups:
        first, *others = sorted(group, key=lambda i: _weight(lines, ledger, schema, group, i))
        if not quiet:
            _trace_back(result, ledger, group, first)
        for i in others:
            if not quiet:
                _compare(result, ledger, schema, group, first, i)
                _fill(result, ledger, first, i)
            also = (*lines.at(first, "also"), str(lines.place(i)), *lines.at(i, "also"))
            lines.put(first, "also", also)
        drop += others
    result.gone += [lines.source(i) for i in drop]
    result.lines = lines.without(drop)


def _weight(lines: Lines, ledger: Ledger, schema: Schema, group: Sequence[int], i: int) -> tuple[Any, ...]:
    """Least first: the last in a chain of transfers, the handler's own file, the row further along, the handler again, the order."""
    handlers = {lines.at(j, ledger.handler) for j in group} - {None} if ledger.handler else set()
    own = bool(ledger.handler) and _is_own(lines, ledger, i)
    return (
        _is_passed_on(lines, ledger, group, i),
        not (own and len(handlers) == 1),
        *(-_progress(lines, ledger, schema, name, i) for name in ledger.progress),
        not own,
        i,
    )


def _is_own(lines: Lines, ledger: Ledger, i: int) -> bool:
    handler = lines.at(i, ledger.handler)
    region = lines.at(i, "region") or ""
    return isinstance(handler, str) and lines.at(i, "sender") == region + handler


def _is_passed_on(lines: Lines, ledger: Ledger, group: Sequence[int], i: int) -> bool:
    """Whether another row of the group names this row's number as its earlier one."""
    return any(is_handed_on(lines, ledger, i, j) for j in group)


def _trace_back(result: Merged, ledger: Ledger, group: Sequence[int], first: int) -> None:
    """What was handed on came when its first receiver got it: `origin` fields are those of the earliest row, on record."""
    lines = result.lines
    passed = [i for i in group if i != first and _is_passed_on(lines, ledger, group, i)]
    dated = [i for i in (*passed, first) if not is_blank(lines.at(i, ledger.date))] if passed else []
    dated.sort(key=lambda i: (lines.at(i, ledger.date), i))
    if any(f"|{ledger.date}|" in lines.at(i, "unread") for i in passed):
        return  # when it came first can't be told: the handler's row stands
    for name in ledger.origin:
        earliest = next((i for i in dated if not is_blank(lines.at(i, name))), first)
        if earliest != first and lines.at(earliest, name) != lines.at(first, name):
            rule = "重复记录补空" if is_blank(lines.at(first, name)) else "移送的记录看最先收到的一行"
            _take(result, ledger.fields[name], first, earliest, f"{rule}：取自 {lines.place(earliest)}")


def _take(result: Merged, f: Field, first: int, other: int, rule: str) -> None:
    """Put another row's value into the deciding row, on record."""
    lines, place = result.lines, result.lines.place(first)
    mine, theirs = lines.at(first, f.id), lines.at(other, f.id)
    unread = lines.at(first, "unread").replace(f"|~{f.id}|", "|").replace(f"|{f.id}|", "|")
    lines.put(first, f.id, theirs)
    lines.put(first, "unread", unread)
    if (until := f"{f.id}_until") in lines:
        lines.put(first, until, lines.at(other, until))
    before, after = ("" if f.is_secret or is_blank(value) else _shown(value) for value in (mine, theirs))
    result.changes.append((place.file, place.sheet, place.cell, f.id, before, after, rule))


def _progress(lines: Lines, ledger: Ledger, schema: Schema, name: str, i: int) -> float:
    """How far along a row is by one field: a later term of the vocabulary, a later date; blank is least."""
    value = lines.at(i, name)
    if value is None:
        return -1.0
    vocabulary = schema.vocabulary_of(ledger.id, name)
    return float(vocabulary.order[value]) if vocabulary else (value - _BEGIN).total_seconds()


def _compare(result: Merged, ledger: Ledger, schema: Schema, group: Sequence[int], first: int, other: int) -> None:
    """Put on record where two rows of one record disagree."""
    lines, expected = result.lines, _expected_to_differ(result.lines, ledger, schema, group, first, other)
    names = [
        _named(lines, f, first, other)
        for f in ledger.stored
        if f.id in lines and not f.reads and f.id not in expected and differs(lines, f.id, first, other)
    ]
    if names:
        result.problems.append(
            Problem(
                level="note",
                kind="重复记录不一致",
                place=lines.place(first),
                what=f"同一条记录报了两次，{'、'.join(names)}不一致，以本行为准",
                do="请核对两处，改成一致",
                ledger=ledger.id,
                also=(lines.place(other),),
                sender=lines.at(first, "sender"),
            )
        )


def _named(lines: Lines, f: Field, first: int, other: int) -> str:
    """The field's name; of a unit, whose the two rows say that the record is: 制定单位（政法委、公安局）."""
    units = [lines.at(i, f.id) for i in (first, other)] if f.kind == "unit" and not f.many else []
    return f"{f.name}（{'、'.join(map(str, units))}）" if units and not any(map(is_blank, units)) else f.name


def _expected_to_differ(
    lines: Lines, ledger: Ledger, schema: Schema, group: Sequence[int], first: int, other: int
) -> set[str]:
    """The fields in which a row that was handed on differs by itself: numbers, handler, first receipt, a state less far along."""
    if not _is_passed_on(lines, ledger, group, other):
        return set()
    further = [_progress(lines, ledger, schema, name, i) for name in ledger.progress[:1] for i in (other, first)]
    behind = ledger.progress if further and further[0] < further[1] else ()
    return {*ledger.key, ledger.also_known_by, ledger.handler, *ledger.origin, *behind}


def _fill(result: Merged, ledger: Ledger, first: int, other: int) -> None:
    """Fill the deciding row's blanks from another row, on record."""
    lines = result.lines
    settled = any(differs(lines, name, first, other) for name in ledger.progress)  # 在查 takes no closing date
    for f in ledger.stored:
        if f.id not in lines or (f.id in ledger.agree and f"_{f.id}" in lines) or (settled and f.id in ledger.progress):
            continue
        mine, theirs = lines.at(first, f.id), lines.at(other, f.id)
        if not is_blank(mine) or is_blank(theirs) or f"|{f.id}|" in lines.at(first, "unread"):
            continue
        _take(result, f, first, other, f"重复记录补空：取自 {lines.place(other)}")


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return str(value.date())
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _suspect(result: Merged, ledger: Ledger) -> None:
    """Report rows without a number that look like others: they are counted until a person decides."""
    lines = result.lines
    if not ledger.agree or not ledger.key or lines.filled(ledger.key[0]).all():
        return
    known = [f"_{name}" if f"_{name}" in lines else name for name in ledger.agree]
    keys, numbered = jointly([lines.codes(name) for name in known]), lines.filled(ledger.key[0])
    for group in shared(keys, keys >= 0):
        if not (bare := [i for i in group if not numbered[i]]):
            continue
        others = [i for i in group if i != bare[0]]
        result.problems.append(
            Problem(
                level="warning",
                kind="疑似重复",
                place=lines.place(bare[0]),
                what=f"没有{ledger.fields[ledger.key[0]].name}，但{'、'.join(ledger.fields[n].name for n in ledger.agree)}与别的行相同，暂各计一条",
                do="若是同一条，请补填相同的编号",
                ledger=ledger.id,
                field=ledger.key[0],
                also=tuple(lines.place(i) for i in others),
                sender=lines.at(bare[0], "sender"),
            )
        )


def _suspect_incomplete(result: Merged, ledger: Ledger) -> None:
    """Report rows of several files that agree in all of a key but one part, which none of them says."""
    lines = result.lines
    if ledger.agree or len(ledger.key) < 3:
        return
    parts = np.array([lines.said(name) for name in ledger.key])
    lacking, one = (parts < 0).argmax(axis=0), (parts < 0).sum(axis=0) == 1
    for group in shared(jointly([lacking, *(parts + 1)]), one):
        if len({lines.at(i, "source_file") for i in group}) < 2:
            continue
        lacks = ledger.fields[ledger.key[lacking[group[0]]]]
        same = "、".join(ledger.fields[name].name for name in ledger.key if name != lacks.id)
        result.problems.append(
            Problem(
                level="warning",
                kind="疑似重复",
                place=lines.place(group[0]),
                what=f"没有写明{lacks.name}，{same}与别的文件里的行相同，暂各计一次",
                do=f"请补填{lacks.name}；若是同一次，请填得一致",
                ledger=ledger.id,
                field=lacks.id,
                also=tuple(lines.place(i) for i in group[1:]),
                sender=lines.at(group[0], "sender"),
            )
        )
