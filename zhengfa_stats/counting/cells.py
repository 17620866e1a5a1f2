"""One reported total, and which of an office's totals make its figure at a clock: one of the whole period, or tiles of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from zhengfa_stats.counting.frames import CITY_LEVEL
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Indicator


class Office(NamedTuple):
    """Who a total is about: a unit, a region's unit, or with no unit all units of the region."""

    unit: str
    region: str

    @property
    def name(self) -> str:
        return self.region + self.unit or CITY_LEVEL

    def holds(self, other: Office) -> bool:
        """Whether the other is one of an area's own units."""
        return not self.unit and bool(other.unit) and self.region == other.region


@dataclass(frozen=True, slots=True)
class ReportedCell:
    """One reported total: an office's figure, the days that it is about, and the cell that it stands in."""

    indicator: str
    office: Office
    first: date | None
    last: date | None
    is_cumulative: bool
    value: float
    file: str
    sheet: str
    row: int
    table: int
    cell: str
    sender: str = ""

    def __str__(self) -> str:
        return f"{self.file} · {self.sheet} · {self.cell}"


def choose(
    cells: Sequence[ReportedCell], indicator: Indicator, clock: Clock, project: Clock
) -> tuple[ReportedCell, ...] | str:
    """The cells that come to the figure at a clock; else why there are none, in Chinese.

    One cumulative value up to the cut-off date, or values of periods that exactly tile the clock's; cumulative values
    are never added, and values of one period that disagree are not used. A state (期末, 期初) is one value.
    """
    if indicator.stock:
        return _state(cells, indicator.stock, clock, project)
    whole = [c for c in cells if _spans(c, clock, project)]
    if whole:
        return _one(whole)
    tiles = _tiling([c for c in cells if c.first and c.last and not c.is_cumulative], clock)
    if tiles is not None:
        return tiles
    return _elsewhere(cells, clock)


def _spans(cell: ReportedCell, clock: Clock, project: Clock) -> bool:
    """Whether a value is about the whole period: an undated one is about the project's."""
    if cell.last is None:
        return cell.is_cumulative and clock == project
    return cell.last == clock.as_of and (cell.first == clock.since or (cell.first is None and cell.is_cumulative))


def _state(cells: Sequence[ReportedCell], stock: str, clock: Clock, project: Clock) -> tuple[ReportedCell, ...] | str:
    """What a table says of the whole period stands before what it says of the last or the first part of it."""
    found = [c for c in cells if _spans(c, clock, project)]
    ends = (c for c in cells if (c.last == clock.as_of if stock == "期末" else c.first == clock.since))
    found = found or list(ends)
    return _one(found) if found else _elsewhere(cells, clock)


def _one(cells: Sequence[ReportedCell]) -> tuple[ReportedCell, ...] | str:
    """The one value that several cells say."""
    if len({c.value for c in cells}) == 1:
        return (cells[0],)
    said = "、".join(f"{c.value:g}（{c}）" for c in cells[:3])
    return f"几处报的数不一致：{said}"


def _tiling(cells: Sequence[ReportedCell], clock: Clock) -> tuple[ReportedCell, ...] | str | None:
    """Values whose periods follow one another from the clock's first day to its last, in the fewest steps."""
    by_first: dict[date, dict[date, list[ReportedCell]]] = defaultdict(lambda: defaultdict(list))
    for c in cells:
        assert c.first and c.last
        by_first[c.first][c.last].append(c)
    ways: dict[date, list[list[ReportedCell]]] = {clock.since: []}
    fresh = [clock.since]
    while fresh:
        day = fresh.pop(0)
        for last, same in sorted(by_first[day].items(), reverse=True):
            after = last + timedelta(1)
            if last <= clock.as_of and after not in ways:
                ways[after] = [*ways[day], same]
                fresh.append(after)
    path = ways.get(clock.as_of + timedelta(1))
    if path is None:
        return None
    chosen = [_one(same) for same in path]
    wrong = next((c for c in chosen if isinstance(c, str)), None)
    return wrong if wrong else tuple(c for one in chosen if not isinstance(one, str) for c in one)


def _elsewhere(cells: Sequence[ReportedCell], clock: Clock) -> str:
    """What there is instead: other cut-off dates, or periods that do not say where they begin."""
    days = sorted({c.last for c in cells if c.last})
    if not days:
        return "汇总表没有写明截至日期"
    if days[-1] > clock.as_of:
        return f"没有截至{clock.as_of}的汇总数"
    vague = all(c.first is None and not c.is_cumulative for c in cells if c.last == days[-1])
    return f"截至{days[-1]}" + ("，没有写明从哪天起" if vague else "")
