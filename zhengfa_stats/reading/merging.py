"""Duplicates across files: rows that are one record fold into the row that decides, each on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from zhengfa_stats.reading.sameness import (
    comparable,
    differs,
    identical,
    is_blank,
    is_handed_on,
    place_of,
    same_records,
    without,
)
from zhengfa_stats.records import Problem
from zhengfa_stats.schema import Field, Ledger, Schema

Frame: TypeAlias = pd.DataFrame
ORDER = ["source_file", "source_sheet", "source_row", "_nth"]
Lines = tuple[str, str, int, int]  # file, sheet, table, row


@dataclass(slots=True)
class Merged:
    """A ledger after merging: its rows, the lines that were folded into others, what changed and what is doubtful."""

    frame: Frame
    gone: list[Lines] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    changes: list[dict[str, str]] = field(default_factory=list)


def merge(frame: Frame, ledger: Ledger, schema: Schema) -> Merged:
    """Fold identical rows of one sender, then rows that the ledger's identity says are the same."""
    if "_nth" not in frame:
        frame["_nth"] = 0
    frame = frame.sort_values(ORDER, kind="stable", ignore_index=True)
    frame["also"] = _no_lists(len(frame))
    result = Merged(frame)
    _fold(result, identical(frame), ledger, schema, quiet=True)
    groups, clashes = same_records(result.frame, ledger)
    result.problems += clashes
    _fold(result, groups, ledger, schema, quiet=False)
    _suspect(result, ledger)
    _suspect_incomplete(result, ledger)
    return result


def _no_lists(n: int) -> Any:
    return np.fromiter(((),) * n, dtype=object, count=n)


def _fold(result: Merged, groups: Sequence[Sequence[int]], ledger: Ledger, schema: Schema, *, quiet: bool) -> None:
    """Fold each group into the row that decides; its blanks are filled from the others, disagreement is on record."""
    frame, drop = result.frame, []
    for group in groups:
        first, *others = sorted(group, key=lambda i: _weight(frame, ledger, schema, group, i))
        if not quiet:
            _trace_back(result, ledger, group, first)
        for i in others:
            if not quiet:
                _compare(result, ledger, schema, group, first, i)
                _fill(result, ledger, first, i)
            frame.at[first, "also"] = (*frame.at[first, "also"], str(place_of(frame, i)), *frame.at[i, "also"])
        drop += others
    result.gone += [line_of(frame, i) for i in drop]
    result.frame = without(frame, drop)


def line_of(frame: Frame, i: int) -> Lines:
    row = frame.iloc[i]
    return row["source_file"], row["source_sheet"], int(row["source_table"]), int(row["source_row"])


def _weight(frame: Frame, ledger: Ledger, schema: Schema, group: Sequence[int], i: int) -> tuple[Any, ...]:
    """Least first: the last in a chain of transfers, the handler's own file, the row further along, the handler again, the order."""
    handlers = {frame[ledger.handler].iat[j] for j in group} - {None} if ledger.handler else set()
    own = bool(ledger.handler) and _is_own(frame, ledger, i)
    return (
        _is_passed_on(frame, ledger, group, i),
        not (own and len(handlers) == 1),
        *(-_progress(frame, ledger, schema, name, i) for name in ledger.progress),
        not own,
        i,
    )


def _is_own(frame: Frame, ledger: Ledger, i: int) -> bool:
    handler = frame[ledger.handler].iat[i]
    region = frame["region"].iat[i] or ""
    return isinstance(handler, str) and frame["sender"].iat[i] == region + handler


def _is_passed_on(frame: Frame, ledger: Ledger, group: Sequence[int], i: int) -> bool:
    """Whether another row of the group names this row's number as its earlier one."""
    return any(is_handed_on(frame, ledger, i, j) for j in group)


def _trace_back(result: Merged, ledger: Ledger, group: Sequence[int], first: int) -> None:
    """What was handed on came when its first receiver got it: `origin` fields are those of the earliest row, on record."""
    frame = result.frame
    passed = [i for i in group if i != first and _is_passed_on(frame, ledger, group, i)]
    dated = [i for i in (*passed, first) if not is_blank(frame.at[i, ledger.date])] if passed else []
    dated.sort(key=lambda i: (frame.at[i, ledger.date], i))
    if any(f"|{ledger.date}|" in frame.at[i, "unread"] for i in passed):
        return  # when it came first can't be told: the handler's row stands
    for name in ledger.origin:
        earliest = next((i for i in dated if not is_blank(frame.at[i, name])), first)
        if earliest != first and frame.at[earliest, name] != frame.at[first, name]:
            rule = "重复记录补空" if is_blank(frame.at[first, name]) else "移送的记录看最先收到的一行"
            _take(result, ledger.fields[name], first, earliest, f"{rule}：取自 {place_of(frame, earliest)}")


def _take(result: Merged, f: Field, first: int, other: int, rule: str) -> None:
    """Put another row's value into the deciding row, on record."""
    frame, place = result.frame, place_of(result.frame, first)
    mine, theirs = frame.at[first, f.id], frame.at[other, f.id]
    frame.at[first, f.id] = theirs
    frame.at[first, "unread"] = frame.at[first, "unread"].replace(f"|~{f.id}|", "|").replace(f"|{f.id}|", "|")
    if (until := f"{f.id}_until") in frame:
        frame.at[first, until] = frame.at[other, until]
    result.changes.append(
        {
            "file": place.file,
            "sheet": place.sheet,
            "cell": place.cell,
            "field": f.id,
            "before": "" if f.is_secret or is_blank(mine) else _shown(mine),
            "after": "" if f.is_secret else _shown(theirs),
            "rule": rule,
        }
    )


def _progress(frame: Frame, ledger: Ledger, schema: Schema, name: str, i: int) -> float:
    """How far along a row is by one field: a later term of the vocabulary, a later date; blank is least."""
    value = frame[name].iat[i]
    if value is None or pd.isna(value):
        return -1.0
    vocabulary = schema.vocabulary_of(ledger.id, name)
    return float(vocabulary.order[value]) if vocabulary else float(value.timestamp())


def _compare(result: Merged, ledger: Ledger, schema: Schema, group: Sequence[int], first: int, other: int) -> None:
    """Put on record where two rows of one record disagree."""
    frame, expected = result.frame, _expected_to_differ(result.frame, ledger, schema, group, first, other)
    names = [
        _named(frame, f, first, other)
        for f in ledger.stored
        if f.id in frame and not f.reads and f.id not in expected and differs(frame, f.id, first, other)
    ]
    if names:
        result.problems.append(
            Problem(
                level="note",
                kind="重复记录不一致",
                place=place_of(frame, first),
                what=f"同一条记录报了两次，{'、'.join(names)}不一致，以本行为准",
                do="请核对两处，改成一致",
                ledger=ledger.id,
                also=(place_of(frame, other),),
                sender=frame["sender"].iat[first],
            )
        )


def _named(frame: Frame, f: Field, first: int, other: int) -> str:
    """The field's name; of a unit, whose the two rows say that the record is: 制定单位（政法委、公安局）."""
    units = [frame.at[i, f.id] for i in (first, other)] if f.kind == "unit" and not f.many else []
    return f"{f.name}（{'、'.join(map(str, units))}）" if units and not any(map(is_blank, units)) else f.name


def _expected_to_differ(
    frame: Frame, ledger: Ledger, schema: Schema, group: Sequence[int], first: int, other: int
) -> set[str]:
    """The fields in which a row that was handed on differs by itself: numbers, handler, first receipt, a state less far along."""
    if not _is_passed_on(frame, ledger, group, other):
        return set()
    further = [_progress(frame, ledger, schema, name, i) for name in ledger.progress[:1] for i in (other, first)]
    behind = ledger.progress if further and further[0] < further[1] else ()
    return {*ledger.key, ledger.also_known_by, ledger.handler, *ledger.origin, *behind}


def _fill(result: Merged, ledger: Ledger, first: int, other: int) -> None:
    """Fill the deciding row's blanks from another row, on record."""
    frame = result.frame
    settled = any(differs(frame, name, first, other) for name in ledger.progress)  # 在查 takes no closing date
    for f in ledger.stored:
        if f.id not in frame or (f.id in ledger.agree and f"_{f.id}" in frame) or (settled and f.id in ledger.progress):
            continue
        mine, theirs = frame.at[first, f.id], frame.at[other, f.id]
        if not is_blank(mine) or is_blank(theirs) or f"|{f.id}|" in frame.at[first, "unread"]:
            continue
        _take(result, f, first, other, f"重复记录补空：取自 {place_of(frame, other)}")


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _suspect(result: Merged, ledger: Ledger) -> None:
    """Report rows without a number that look like others: they are counted until a person decides."""
    frame = result.frame
    if not ledger.agree or not ledger.key or frame[ledger.key[0]].notna().all():
        return
    known = [f"_{name}" if f"_{name}" in frame else name for name in ledger.agree]
    lacking = pd.concat([frame[name].map(is_blank) for name in known], axis=1).any(axis=1)
    some = frame[~lacking]
    bare = some[ledger.key[0]].isna()
    for _, part in some[some.duplicated(known, keep=False)].groupby(known, sort=False):
        blank = [i for i in part.index if bare[i]]
        if not blank or len(part) < 2:
            continue
        others = [i for i in part.index if i != blank[0]]
        result.problems.append(
            Problem(
                level="warning",
                kind="疑似重复",
                place=place_of(frame, blank[0]),
                what=f"没有{ledger.fields[ledger.key[0]].name}，但{'、'.join(ledger.fields[n].name for n in ledger.agree)}与别的行相同，暂各计一条",
                do="若是同一条，请补填相同的编号",
                ledger=ledger.id,
                field=ledger.key[0],
                also=tuple(place_of(frame, i) for i in others),
                sender=frame["sender"].iat[blank[0]],
            )
        )


def _suspect_incomplete(result: Merged, ledger: Ledger) -> None:
    """Report rows of several files that agree in all of a key but one part, which none of them says."""
    frame = result.frame
    if ledger.agree or len(ledger.key) < 3:
        return
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for i, key in enumerate(zip(*(comparable(frame[name]) for name in ledger.key), strict=True)):
        if key.count(None) == 1:
            alike[key].append(i)
    for key, lines in alike.items():
        if frame["source_file"].iloc[lines].nunique() < 2:
            continue
        lacking = ledger.fields[ledger.key[key.index(None)]]
        same = "、".join(ledger.fields[name].name for name in ledger.key if name != lacking.id)
        result.problems.append(
            Problem(
                level="warning",
                kind="疑似重复",
                place=place_of(frame, lines[0]),
                what=f"没有写明{lacking.name}，{same}与别的文件里的行相同，暂各计一次",
                do=f"请补填{lacking.name}；若是同一次，请填得一致",
                ledger=ledger.id,
                field=lacking.id,
                also=tuple(place_of(frame, i) for i in lines[1:]),
                sender=frame["sender"].iat[lines[0]],
            )
        )
