"""Total rows are never data: each is checked against the rows that it totals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from zhengfa_stats.reading.cleaning import numbers
from zhengfa_stats.reading.cleaning.normal import tight
from zhengfa_stats.reading.sheets import Cell, Role, Sheet, Table
from zhengfa_stats.records import Place, Problem, address
from zhengfa_stats.schema import Field, Ledger

_COUNT = re.compile(r"(?:小计|合计|总计|共计|累计|共)[:：]?(?:共)?(\d+)(?:[条件人次项份篇个名起]|人次|件次)")
_AVERAGE = re.compile(r"平均|均值|比例|占比|率")


def check_totals(
    table: Table, sheet: Sheet, file: str, ledger: Ledger, plain: Mapping[int, Field]
) -> Iterator[Problem]:
    """A problem for each total that is the sum, or the count, of no run of rows above it."""
    numeric = {at: f for at, f in plain.items() if f.kind == "number"}
    for row in table.rows_of(Role.TOTAL):
        cells = sheet.rows[row - 1]
        label = "".join(tight(c) for c in cells if isinstance(c, str))
        if _AVERAGE.search(label):
            continue
        runs = _runs(table, row)
        for at, f in numeric.items():
            stated = _number(cells[at - 1])
            sums = [sum(_number(sheet.rows[r - 1][at - 1]) or 0 for r in run) for run in runs]
            if stated is not None and sums and all(abs(stated - s) > 1e-6 for s in sums):
                yield _problem(
                    file,
                    sheet,
                    address(row, at),
                    ledger,
                    f.id,
                    f"{f.name}的合计写的是{stated:g}，各行之和是{sums[0]:g}",
                )
        if (match := _COUNT.search(label)) and runs and all(int(match[1]) != len(run) for run in runs):
            yield _problem(file, sheet, str(row), ledger, "", f"写的是“{match[0]}”，所含的行数是{len(runs[0])}")


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


def _problem(file: str, sheet: Sheet, cell: str, ledger: Ledger, field: str, what: str) -> Problem:
    do = "合计行不计入数据；请核对是少报了行，还是合计写错"
    return Problem("warning", "合计不符", Place(file, sheet.name, cell), what, do, ledger=ledger.id, field=field)
