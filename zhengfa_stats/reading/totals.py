"""Total rows are never data: each is checked against the rows that it totals, and so is a section's own count."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from zhengfa_stats.reading.cleaning import numbers
from zhengfa_stats.reading.cleaning.normal import tight
from zhengfa_stats.reading.header_words import TICKS
from zhengfa_stats.reading.plan import Plan
from zhengfa_stats.reading.sections import level_of
from zhengfa_stats.reading.sheets import Cell, Role, Sheet, Table
from zhengfa_stats.records import Place, Problem, address
from zhengfa_stats.schema import Ledger

_UNIT = r"(?:[条件人次项份篇个名起]|人次|件次)"
_COUNT = re.compile(rf"(?:小计|合计|总计|共计|累计|共)[:：]?(?:共)?(\d+){_UNIT}")
_SECTION_COUNT = re.compile(rf"[（(:：共计](\d+){_UNIT}[)）]?$")
_AVERAGE = re.compile(r"平均|均值|比例|占比|率")
_DO = "合计行不计入数据；请核对是少报了行，还是合计写错"

Amount = Callable[[Cell], float]


def check_totals(table: Table, sheet: Sheet, file: str, ledger: Ledger, plan: Plan) -> Iterator[Problem]:
    """A problem for each total that is the sum, or the count, of no run of rows beside it."""
    amounts = {at: (f.id, f.name, _amount) for at, f in plan.plain.items() if f.kind == "number"}
    for ticks in plan.ticks:
        amounts |= {at: (ticks.field.id, term, _tick) for at, term in ticks.terms.items()}
    place = _Places(file, sheet.name, ledger.id)
    for row in table.rows_of(Role.TOTAL):
        cells = sheet.rows[row - 1]
        label = "".join(tight(c) for c in cells if isinstance(c, str))
        runs = _runs(table, row)
        if _AVERAGE.search(label) or not runs:
            continue
        for at, (field, name, amount) in amounts.items():
            stated = _number(cells[at - 1])
            sums = [sum(amount(sheet.rows[r - 1][at - 1]) for r in run) for run in runs]
            if stated is not None and all(abs(stated - s) > 1e-6 for s in sums):
                what = f"{name}的合计写的是{stated:g}，各行之和是{sums[0]:g}"
                yield place.problem(address(row, at), what, field)
        if (match := _COUNT.search(label)) and all(int(match[1]) != len(run) for run in runs):
            yield place.problem(str(row), f"写的是“{match[0]}”，所含的行数是{len(runs[0])}")
    yield from _check_sections(table, place)


def _check_sections(table: Table, place: _Places) -> Iterator[Problem]:
    """一、市公安局（12件）: the rows down to the next section that stands as high."""
    body = table.rows_of(Role.BODY)
    rows = sorted(table.sections)
    for i, row in enumerate(rows):
        if match := _SECTION_COUNT.search(tight(table.sections[row])):
            level = level_of(table.sections[row])
            end = next((r for r in rows[i + 1 :] if level_of(table.sections[r]) <= level), table.range.bottom + 1)
            n = sum(row < r < end for r in body)
            if n != int(match[1]):
                yield place.problem(str(row), f"小节标题写的是{match[1]}，所含的行数是{n}")


def _runs(table: Table, row: int) -> list[Sequence[int]]:
    """The runs of body rows that a total at `row` may total: since the last total, the last section, or all above."""
    body = [r for r in table.rows_of(Role.BODY) if r < row]
    starts = {max((r for r in table.rows_of(role) if r < row), default=0) for role in (Role.TOTAL, Role.SECTION)} | {0}
    runs = [[r for r in body if r > start] for start in sorted(starts, reverse=True)]
    below = [r for r in table.rows_of(Role.BODY) if r > row]  # some totals stand above what they total
    return [run for run in (*runs, below) if run]


def _number(cell: Cell) -> float | None:
    cleaned = numbers.clean(cell)
    return float(cleaned.value) if cleaned.value is not None else None


def _amount(cell: Cell) -> float:
    return _number(cell) or 0.0


def _tick(cell: Cell) -> float:
    return float(str(cell).strip().casefold() in TICKS)


class _Places:
    """Makes the problems of one sheet."""

    def __init__(self, file: str, sheet: str, ledger: str) -> None:
        self.file, self.sheet, self.ledger = file, sheet, ledger

    def problem(self, cell: str, what: str, field: str = "") -> Problem:
        place = Place(self.file, self.sheet, cell)
        return Problem("warning", "合计不符", place, what, _DO, ledger=self.ledger, field=field)
