"""Rows of a 汇总表 that contain others: a bureau's own line over its counties' lines is never added to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from zhengfa_stats.reading.cleaning.result import Office

Amounts = Mapping[int, float]  # column → the number that stands there


@dataclass(frozen=True, slots=True)
class Line:
    """A row that names an office, with its numbers; `is_part`: it is marked 其中."""

    at: int
    office: Office
    amounts: Amounts
    is_part: bool = False


@dataclass(slots=True)
class Nesting:
    """Rows that are the sum of the rows beneath them, and rows that are contained in one that holds more."""

    totals: set[int] = field(default_factory=set)
    parts: set[int] = field(default_factory=set)
    offices: dict[int, Office] = field(default_factory=dict)  # rows whose bureau the row above them names


def nest(lines: Sequence[Line], grand: Sequence[Amounts]) -> Nesting:
    """Tell the rows that contain others; `grand` are the table's own total rows, which decide where they can.

    Without 其中 and without a total that decides, a row is a sum only if at least two rows beneath it make it up in
    every column; otherwise all are offices of their own.
    """
    result = Nesting()
    for head, under in _runs(lines):
        marked = any(line.is_part for line in under)
        sums = _sum(under)
        alike = _agree(head.amounts, sums)
        if alike and (marked or (len(under) >= 2 and any(head.amounts.values()) and not _apart(lines, grand))):
            result.totals.add(head.at)
        elif marked or _holds(lines, head, under, grand):
            result.parts.update(line.at for line in under)
        else:
            continue
        result.offices |= {o.at: Office(o.office.unit or head.office.unit, o.office.region) for o in under}
    return result


def _runs(lines: Sequence[Line]) -> Iterator[tuple[Line, list[Line]]]:
    """Each row of a whole bureau, or of an area, with the rows beneath it that may be its own."""
    for i, head in enumerate(lines):
        if head.is_part:
            continue
        under: list[Line] = []
        for line in lines[i + 1 :]:
            if not _may_hold(head.office, line):
                break
            under.append(line)
        if under:
            yield head, under


def _may_hold(head: Office, line: Line) -> bool:
    if line.is_part:
        return True
    if head.unit and not head.region:
        return bool(line.office.region) and line.office.unit in ("", head.unit)
    return bool(head.region and not head.unit and line.office.unit) and line.office.region in ("", head.region)


def _sum(lines: Sequence[Line]) -> dict[int, float]:
    columns = dict.fromkeys(at for line in lines for at in line.amounts)
    return {at: sum(line.amounts.get(at, 0.0) for line in lines) for at in columns}


def _agree(one: Amounts, other: Amounts) -> bool:
    shared = one.keys() & other.keys()
    return bool(shared) and all(abs(one[at] - other[at]) < 1e-6 for at in shared)


def _apart(lines: Sequence[Line], grand: Sequence[Amounts]) -> bool:
    """Whether a total adds every row, the bureau's and its counties'."""
    return any(_agree(total, _sum(lines)) for total in grand)


def _holds(lines: Sequence[Line], head: Line, under: Sequence[Line], grand: Sequence[Amounts]) -> bool:
    """Whether a total leaves the rows beneath the bureau's out: they are in the bureau's."""
    without = [line for line in lines if line not in under]
    return bool(any(_sum(under).values())) and any(_agree(total, _sum(without)) for total in grand)
