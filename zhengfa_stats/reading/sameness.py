"""Which rows of a ledger are one record: identical rows of one sender, rows alike in key and identity, transferred ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from zhengfa_stats.reading.cleaning.normal import skeleton
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Ledger

Frame: TypeAlias = pd.DataFrame
_SERIAL = 4  # digits; a longer number bears the mark of who gave it out


def without(frame: Frame, rows: Sequence[int]) -> Frame:
    """A frame without some rows, numbered anew; where there are none to leave out, the frame itself: a copy takes long."""
    return frame.drop(index=rows).reset_index(drop=True) if len(rows) else frame


def identical(frame: Frame) -> list[list[int]]:
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


def same_records(frame: Frame, ledger: Ledger) -> tuple[list[list[int]], list[Problem]]:
    """Groups of rows that are one record by the ledger's key, and numbers that stand for several records."""
    groups: list[list[int]] = []
    problems: list[Problem] = []
    for members in _candidates(frame, ledger, _keys(frame, ledger)) if ledger.key else ():
        clusters = _cluster(frame, ledger, members)
        groups += [c for c in clusters if len(c) > 1]
        if len(clusters) > 1 and ledger.agree:
            problems.append(_clash(frame, ledger, [c[0] for c in clusters]))
    return groups, problems


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
    """Part rows that share a number into those that are one record, whatever the order of the rows.

    A row that agrees with two others that do not agree with each other makes all three one.
    """
    clusters: list[list[int]] = []
    for i in members:
        homes = [c for c in clusters if _fits(frame, ledger, c, i)]
        homes = homes if ledger.agree else homes[:1]
        joined = sorted([*(j for c in homes for j in c), i])
        clusters = [*(c for c in clusters if c not in homes), joined]
    return sorted(clusters)


def _fits(frame: Frame, ledger: Ledger, cluster: Sequence[int], i: int) -> bool:
    if any(differs(frame, name, i, j) for j in cluster for name in ledger.compatible):
        return False
    return not ledger.agree or any(_agree(frame, ledger, i, j) for j in cluster)


def _agree(frame: Frame, ledger: Ledger, i: int, j: int) -> bool:
    """One of the fields is alike, or none of them is known on both sides to differ.

    A bare serial number (3, 017) is each sender's own: between two senders the first field must not differ. What was
    handed on has another date in each hand: there the date does not speak against it.
    """
    told = {name: _alike(frame, name, i, j) for name in ledger.agree}
    if (
        told[ledger.agree[0]] is False
        and frame["sender"].iat[i] != frame["sender"].iat[j]
        and _is_serial(frame, ledger, i)
    ):
        return False
    if is_handed_on(frame, ledger, i, j) or is_handed_on(frame, ledger, j, i):
        told = {name: alike for name, alike in told.items() if alike or name not in ledger.origin}
    return True in told.values() or False not in told.values()


def is_handed_on(frame: Frame, ledger: Ledger, i: int, j: int) -> bool:
    """Whether row j names the number of row i, and has another itself: it was handed on from i to j."""
    if not ledger.also_known_by:
        return False
    number, other = frame[ledger.key[0]].iat[i], frame[ledger.key[0]].iat[j]
    if not isinstance(number, str) or number == other:
        return False
    return any(skeleton(earlier) == skeleton(number) for earlier in frame[ledger.also_known_by].iat[j] or ())


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


def differs(frame: Frame, name: str, i: int, j: int) -> bool:
    return _alike(frame, name, i, j) is False


def is_blank(value: object) -> bool:
    return value is None or value == () or value == "" or (not isinstance(value, tuple) and bool(pd.isna(value)))


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
