"""Duplicates across files: found by the ledger's identity, folded into the row that decides, each on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from zhengfa_stats.reading.cleaning.normal import skeleton
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Ledger, Schema

Frame: TypeAlias = pd.DataFrame
_SERIAL = 4  # digits; a longer number bears the mark of who gave it out
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
    _fold(result, _identical(frame), ledger, schema, quiet=True)
    _fold(result, _same(result, ledger), ledger, schema, quiet=False)
    _suspect(result, ledger)
    _suspect_incomplete(result, ledger)
    return result


def _no_lists(n: int) -> Any:
    return np.fromiter(((),) * n, dtype=object, count=n)


def _identical(frame: Frame) -> list[list[int]]:
    """Rows of one sender that read the same in two files (in one file they may be two events)."""
    keys = ["sender", "_likeness", "_nth"]
    twice = frame[frame.duplicated(keys, keep=False) & frame["sender"].ne("")]
    groups = []
    for _, part in twice.groupby(keys, sort=False):
        by_file: dict[str, list[int]] = defaultdict(list)
        for i, file in zip(part.index, part["source_file"], strict=True):
            by_file[file].append(i)
        most = max(len(lines) for lines in by_file.values())
        for nth in range(most):
            groups.append([lines[nth] for lines in by_file.values() if nth < len(lines)])
    return [g for g in groups if len(g) > 1]


def _same(result: Merged, ledger: Ledger) -> list[list[int]]:
    """Groups of rows that are one record by the ledger's key."""
    if not ledger.key:
        return []
    frame, groups = result.frame, []
    keys = _keys(frame, ledger)
    for members in _candidates(frame, ledger, keys):
        clusters = _cluster(frame, ledger, members)
        groups += [c for c in clusters if len(c) > 1]
        if len(clusters) > 1 and ledger.agree:
            result.problems.append(_clash(frame, ledger, [c[0] for c in clusters]))
    return groups


def _keys(frame: Frame, ledger: Ledger) -> list[Any]:
    """The key of each row in a form that compares, None where a part is blank."""
    columns = [comparable(frame[name]) for name in ledger.key]
    return [k if all(v is not None for v in k) else None for k in zip(*columns, strict=True)]


def comparable(column: pd.Series) -> list[Any]:
    """Values that compare alike when they say the same: texts without spaces and punctuation."""
    index, distinct = pd.factorize(column.to_numpy(dtype=object))
    plain = [skeleton(v) if isinstance(v, str) else v for v in distinct]
    return [plain[i] if i >= 0 and plain[i] != "" else None for i in index]


def _candidates(frame: Frame, ledger: Ledger, keys: Sequence[Any]) -> list[list[int]]:
    """Rows that share a key, or that another row names as its earlier number."""
    first: dict[Any, int] = {}
    links = [(i, j) for i, key in enumerate(keys) if key is not None and (j := first.setdefault(key, i)) != i]
    links += _handed_over(frame, ledger, first)
    parent = {i: i for link in links for i in link}

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, j in links:
        parent[root(i)] = root(j)
    groups: dict[int, list[int]] = defaultdict(list)
    for i in sorted(parent):
        groups[root(i)].append(i)
    return [lines for lines in groups.values() if len(lines) > 1]


def _handed_over(frame: Frame, ledger: Ledger, first: Mapping[Any, int]) -> list[tuple[int, int]]:
    """Rows and the rows that bear their earlier numbers."""
    if not ledger.also_known_by:
        return []
    column = frame[ledger.also_known_by]
    named = [(i, other) for i in np.flatnonzero(column.notna()) for other in column.iat[i]]
    return [(int(i), j) for i, other in named if (j := first.get((skeleton(other),))) is not None]


def _cluster(frame: Frame, ledger: Ledger, members: Iterable[int]) -> list[list[int]]:
    """Part rows that share a number into those that are one record."""
    clusters: list[list[int]] = []
    for i in members:
        home = next((c for c in clusters if _fits(frame, ledger, c, i)), None)
        if home is None:
            clusters.append([i])
        else:
            home.append(i)
    return clusters


def _fits(frame: Frame, ledger: Ledger, cluster: Sequence[int], i: int) -> bool:
    if any(_differs(frame, name, i, j) for j in cluster for name in ledger.compatible):
        return False
    return not ledger.agree or any(_agree(frame, ledger, i, j) for j in cluster)


def _agree(frame: Frame, ledger: Ledger, i: int, j: int) -> bool:
    """One of the fields is alike, or none of them is known on both sides to differ.

    A bare serial number (3, 017) is each sender's own: between two senders the first field must not differ.
    """
    told = [_alike(frame, name, i, j) for name in ledger.agree]
    if told[0] is False and frame["sender"].iat[i] != frame["sender"].iat[j] and _is_serial(frame, ledger, i):
        return False
    return True in told or False not in told


def _is_serial(frame: Frame, ledger: Ledger, i: int) -> bool:
    number = frame[ledger.key[0]].iat[i]
    return isinstance(number, str) and number.isdigit() and len(number) <= _SERIAL


def _alike(frame: Frame, name: str, i: int, j: int) -> bool | None:
    """Whether two rows agree in a field; None where one of them is blank."""
    column = frame[f"_{name}"] if f"_{name}" in frame else frame[name]
    a, b = column.iat[i], column.iat[j]
    if isinstance(a, tuple) or isinstance(b, tuple):
        return bool(set(a) & set(b)) if a and b else None
    if is_blank(a) or is_blank(b):
        return None
    return bool(skeleton(a) == skeleton(b) if isinstance(a, str) else a == b)


def _differs(frame: Frame, name: str, i: int, j: int) -> bool:
    return _alike(frame, name, i, j) is False


def place_of(frame: Frame, i: int) -> Place:
    return Place(frame["source_file"].iat[i], frame["source_sheet"].iat[i], str(frame["source_row"].iat[i]))


def _clash(frame: Frame, ledger: Ledger, heads: Sequence[int]) -> Problem:
    names = "、".join(ledger.fields[name].name for name in ledger.agree)
    number = ledger.fields[ledger.key[0]]
    return Problem(
        level="warning",
        kind="编号重复",
        place=place_of(frame, heads[0]),
        what=f"{number.name}“{frame[number.id].iat[heads[0]]}”在几处出现，但{names}都不同，按不同的{ledger.name.removesuffix('台账')}计",
        do="若是同一条，请把编号之外的内容改成一致；若不是，请改正编号",
        ledger=ledger.id,
        field=number.id,
        also=tuple(place_of(frame, i) for i in heads[1:]),
        sender=frame["sender"].iat[heads[0]],
    )


def _fold(result: Merged, groups: Sequence[Sequence[int]], ledger: Ledger, schema: Schema, *, quiet: bool) -> None:
    """Fold each group into the row that decides; its blanks are filled from the others, disagreement is on record."""
    frame, drop = result.frame, []
    for group in groups:
        first, *others = sorted(group, key=lambda i: _weight(frame, ledger, schema, group, i))
        for i in others:
            if not quiet:
                _compare(result, ledger, group, first, i)
                _fill(result, ledger, first, i)
            frame.at[first, "also"] = (*frame.at[first, "also"], str(place_of(frame, i)), *frame.at[i, "also"])
        drop += others
    result.gone += [line_of(frame, i) for i in drop]
    result.frame = frame.drop(index=drop).reset_index(drop=True)


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
    return isinstance(handler, str) and frame["sender"].iat[i] in (handler, region + handler)


def _is_passed_on(frame: Frame, ledger: Ledger, group: Sequence[int], i: int) -> bool:
    """Whether another row of the group names this row's number as its earlier one."""
    if not ledger.also_known_by:
        return False
    number = frame[ledger.key[0]].iat[i]
    numbers = {frame[ledger.key[0]].iat[j] for j in group} - {number}
    return bool(numbers) and any(number in (frame[ledger.also_known_by].iat[j] or ()) for j in group if j != i)


def _progress(frame: Frame, ledger: Ledger, schema: Schema, name: str, i: int) -> float:
    """How far along a row is by one field: a later term of the vocabulary, a later date; blank is least."""
    value = frame[name].iat[i]
    if value is None or pd.isna(value):
        return -1.0
    vocabulary = schema.vocabulary_of(ledger.id, name)
    return float(vocabulary.order[value]) if vocabulary else float(value.timestamp())


def _compare(result: Merged, ledger: Ledger, group: Sequence[int], first: int, other: int) -> None:
    frame = result.frame
    handed_on = {*ledger.key, ledger.also_known_by, ledger.handler}  # a clue that was handed on has others of these
    names = [
        f.name
        for f in ledger.stored
        if f.id in frame and not f.reads and _differs(frame, f.id, first, other)
        if not (f.id in handed_on and _is_passed_on(frame, ledger, group, other))
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


def _fill(result: Merged, ledger: Ledger, first: int, other: int) -> None:
    """Fill the deciding row's blanks from another row, on record."""
    frame = result.frame
    settled = any(_differs(frame, name, first, other) for name in ledger.progress)  # 在查 takes no closing date
    for f in ledger.stored:
        if f.id not in frame or (f.id in ledger.agree and f"_{f.id}" in frame) or (settled and f.id in ledger.progress):
            continue
        mine, theirs = frame.at[first, f.id], frame.at[other, f.id]
        if not is_blank(mine) or is_blank(theirs) or f"|{f.id}|" in frame.at[first, "unread"]:
            continue
        frame.at[first, f.id] = theirs
        frame.at[first, "unread"] = frame.at[first, "unread"].replace(f"|~{f.id}|", "|")
        if (until := f"{f.id}_until") in frame:
            frame.at[first, until] = frame.at[other, until]
        place, origin = place_of(frame, first), place_of(frame, other)
        secret = f.kind == "persons"
        result.changes.append(
            {
                "file": place.file,
                "sheet": place.sheet,
                "cell": place.cell,
                "field": f.id,
                "before": "",
                "after": "" if secret else _shown(theirs),
                "rule": f"重复记录补空：取自 {origin}",
            }
        )


def is_blank(value: object) -> bool:
    return value is None or value == () or value == "" or (not isinstance(value, tuple) and bool(pd.isna(value)))


def _shown(value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _suspect(result: Merged, ledger: Ledger) -> None:
    """Report rows without a number that look like others: they are counted until a person decides."""
    frame = result.frame
    if not ledger.agree or not ledger.key or frame.empty:
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
