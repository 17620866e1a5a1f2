"""Which rows of a ledger are one record: identical rows of one sender, rows alike in key and identity, transferred ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from zhengfa_stats.reading.cleaning.normal import skeleton
from zhengfa_stats.reading.coded import Coded, Index, coded
from zhengfa_stats.reading.stacking import Lines, is_blank, jointly, said, shared
from zhengfa_stats.records import Problem
from zhengfa_stats.schema import Ledger

_SERIAL = 4  # digits; a longer number bears the mark of who gave it out


def identical(lines: Lines) -> list[list[int]]:
    """Rows of one sender that read the same in two files (in one file they may be two events)."""
    groups = []
    for twice in _reading_the_same(lines):
        by_file: dict[str, list[int]] = defaultdict(list)
        for i in twice:
            by_file[lines.at(i, "source_file")].append(i)
        most = max(len(lines) for lines in by_file.values())
        for nth in range(most):
            groups.append([lines[nth] for lines in by_file.values() if nth < len(lines)])
    return [g for g in groups if len(g) > 1]


def _reading_the_same(lines: Lines) -> list[list[int]]:
    """Lines of one sender with the same likeness, those of each person in a cell apart."""
    senders, nth = lines.codes("sender"), lines.numbers("_nth")
    found: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for k, group in enumerate(shared(lines.numbers("_likeness"), senders >= 0)):
        for i in group:
            found[k, senders[i], nth[i]].append(i)
    return sorted(found.values())


def same_records(lines: Lines, ledger: Ledger) -> tuple[list[list[int]], list[Problem]]:
    """Groups of rows that are one record by the ledger's key, and numbers that stand for several records."""
    groups: list[list[int]] = []
    problems: list[Problem] = []
    for members in _candidates(lines, ledger) if ledger.key else ():
        clusters = _cluster(lines, ledger, members)
        groups += [c for c in clusters if len(c) > 1]
        if len(clusters) > 1 and ledger.agree:
            problems.append(_clash(lines, ledger, [c[0] for c in clusters]))
    return groups, problems


def keys_of(lines: Lines, ledger: Ledger) -> Index:
    """A number for each row, the same for rows whose keys say the same; -1 where a part of the key is blank."""
    return jointly([lines.said(name) for name in ledger.key])


def _candidates(lines: Lines, ledger: Ledger) -> list[list[int]]:
    """Rows that share a key, or that another row names as its earlier number."""
    keys = keys_of(lines, ledger)
    links = [(i, group[0]) for group in shared(keys, keys >= 0) for i in group[1:]]
    links += _handed_over(lines, ledger)
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
    return [members for members in groups.values() if len(members) > 1]


def _handed_over(lines: Lines, ledger: Ledger) -> Iterator[tuple[int, int]]:
    """Rows and the first rows that bear their earlier numbers."""
    if not ledger.also_known_by or not lines.filled(ledger.also_known_by).any() or len(ledger.key) > 1:
        return
    numbers = lines[ledger.key[0]]
    assert isinstance(numbers, Coded)
    texts = coded(numbers.index, said(numbers.values)).spread().tolist()
    first = dict(zip(reversed(texts), range(len(texts) - 1, -1, -1), strict=True))
    for i in np.flatnonzero(lines.filled(ledger.also_known_by)).tolist():
        for other in lines.at(i, ledger.also_known_by):
            if (j := first.get(skeleton(other))) is not None:
                yield i, j


def _cluster(lines: Lines, ledger: Ledger, members: Iterable[int]) -> list[list[int]]:
    """Part rows that share a number into those that are one record, whatever the order of the rows.

    A row that agrees with two others that do not agree with each other makes all three one.
    """
    clusters: list[list[int]] = []
    for i in members:
        homes = [c for c in clusters if _fits(lines, ledger, c, i)]
        homes = homes if ledger.agree else homes[:1]
        joined = sorted([*(j for c in homes for j in c), i])
        clusters = [*(c for c in clusters if c not in homes), joined]
    return sorted(clusters)


def _fits(lines: Lines, ledger: Ledger, cluster: Sequence[int], i: int) -> bool:
    if any(differs(lines, name, i, j) for j in cluster for name in ledger.compatible):
        return False
    return not ledger.agree or any(_agree(lines, ledger, i, j) for j in cluster)


def _agree(lines: Lines, ledger: Ledger, i: int, j: int) -> bool:
    """One of the fields is alike, or none of them is known on both sides to differ.

    A bare serial number (3, 017) is each sender's own: between two senders the first field must not differ. What was
    handed on has another date in each hand: there the date does not speak against it.
    """
    told = {name: _alike(lines, name, i, j) for name in ledger.agree}
    if (
        told[ledger.agree[0]] is False
        and lines.at(i, "sender") != lines.at(j, "sender")
        and _is_serial(lines, ledger, i)
    ):
        return False
    if is_handed_on(lines, ledger, i, j) or is_handed_on(lines, ledger, j, i):
        told = {name: alike for name, alike in told.items() if alike or name not in ledger.origin}
    return True in told.values() or False not in told.values()


def is_handed_on(lines: Lines, ledger: Ledger, i: int, j: int) -> bool:
    """Whether row j names the number of row i, and has another itself: it was handed on from i to j."""
    if not ledger.also_known_by:
        return False
    number, other = lines.at(i, ledger.key[0]), lines.at(j, ledger.key[0])
    if not isinstance(number, str) or number == other:
        return False
    return any(skeleton(earlier) == skeleton(number) for earlier in lines.at(j, ledger.also_known_by) or ())


def _is_serial(lines: Lines, ledger: Ledger, i: int) -> bool:
    number = lines.at(i, ledger.key[0])
    return isinstance(number, str) and number.isdigit() and len(number) <= _SERIAL


def _alike(lines: Lines, name: str, i: int, j: int) -> bool | None:
    """Whether two rows agree in a field; None where one of them is blank."""
    name = f"_{name}" if f"_{name}" in lines else name
    a, b = lines.at(i, name), lines.at(j, name)
    if isinstance(a, tuple) or isinstance(b, tuple):
        return bool(set(a) & set(b)) if a and b else None
    if is_blank(a) or is_blank(b):
        return None
    return bool(skeleton(a) == skeleton(b) if isinstance(a, str) else a == b)


def differs(lines: Lines, name: str, i: int, j: int) -> bool:
    return _alike(lines, name, i, j) is False


def _clash(lines: Lines, ledger: Ledger, heads: Sequence[int]) -> Problem:
    names = "、".join(ledger.fields[name].name for name in ledger.agree)
    number = ledger.fields[ledger.key[0]]
    return Problem(
        level="warning",
        kind="编号重复",
        place=lines.place(heads[0]),
        what=f"{number.name}“{lines.at(heads[0], number.id)}”在几处出现，但{names}都不同，按不同的{ledger.name.removesuffix('台账')}计",
        do="若是同一条，请把编号之外的内容改成一致；若不是，请改正编号",
        ledger=ledger.id,
        field=number.id,
        also=tuple(lines.place(i) for i in heads[1:]),
        sender=lines.at(heads[0], "sender"),
    )
