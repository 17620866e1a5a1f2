"""From a sheet of cells to tables: where each one is, what each of its rows is, and what its columns are called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.grid import Box, Grid, grid_of, text_of
from zhengfa_stats.reading.headers_of import Head, Known, header_of_rows
from zhengfa_stats.reading.regions import Region, region_of, regions_in
from zhengfa_stats.reading.sheets import Column, Role, Sheet, Table
from zhengfa_stats.records import Range, address


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of a sheet, and its non-empty rows (1-based) that lie in none."""

    tables: tuple[Table, ...]
    outside: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HeaderPin:
    """What a user says of a sheet: its header's rows and its table's last row (None: as far as it goes), 1-based."""

    header_rows: tuple[int, ...]
    last_row: int | None = None


def _none_known(header: str) -> bool:
    return False


def lay_out(sheet: Sheet, known: Known = _none_known, pin: HeaderPin | None = None) -> Layout:
    """The tables of a sheet in reading order, each row of their ranges with its one role.

    `known` says whether a text is a declared header name: evidence, never a condition. With a pin the sheet is one
    table under the pinned header. A sheet that holds no convincing header gives no table, and all its rows outside.
    """
    grid = grid_of(sheet)
    if not grid.width:
        return Layout((), ())
    regions = _pinned(grid, pin, known) if pin else list(regions_in(grid, grid.whole, known))
    tables = tuple(_table(grid, region) for region in regions)
    _share_titles(tables)
    return Layout(tables, _outside(grid, tables))


def span_of_data(table: Table) -> tuple[int, int] | None:
    """The first and last row of a table's data area, sections at its head included; None for an empty form."""
    body = table.rows_of(Role.BODY)
    if not body:
        return None
    header_end = max(table.first_header(), default=table.range.top)
    return min(r for r in table.rows_of(Role.BODY, Role.SECTION) if r > header_end), body[-1]


def _share_titles(tables: tuple[Table, ...]) -> None:
    """A table beside another takes that one's title where it has none of its own: one title stands over both."""
    for one, other in pairwise(tables):
        beside = one.range.right < other.range.left and other.range.top <= one.range.bottom
        if beside and not other.title:
            other.title = one.title


def _pinned(grid: Grid, pin: HeaderPin, known: Known) -> list[Region]:
    rows = sorted(r - 1 for r in pin.header_rows)
    if not rows or rows[0] < 0 or rows[-1] >= grid.height:
        return []
    head = header_of_rows(grid, grid.whole, range(rows[0], rows[-1] + 1))
    if head is None:
        return []
    last = None if pin.last_row is None else max(rows[-1], min(pin.last_row, grid.height) - 1)
    return [region_of(grid, grid.whole, head, known, last, alone=True)]


def _outside(grid: Grid, tables: Iterable[Table]) -> tuple[int, ...]:
    inside = bytearray(grid.height)
    for table in tables:
        inside[table.range.top - 1 : table.range.bottom] = b"\x01" * (table.range.bottom - table.range.top + 1)
    return tuple(r + 1 for r in range(grid.height) if not inside[r] and not grid.is_blank(r, grid.whole))


def _table(grid: Grid, region: Region) -> Table:
    top, bottom = region.top, region.bottom
    roles = tuple(map(region.roles.__getitem__, range(top, bottom + 1)))
    box = region.window
    columns = _columns(grid, region)
    return Table(
        range=Range(top + 1, box.left + 1, bottom + 1, box.right + 1),
        roles=roles,
        columns=columns,
        title=_title(grid, region),
        notes=_notes(grid, region),
        sections=_sections(grid, region),
        fills=_fills(grid, region, {column.at - 1 for column in columns}),
    )


# ── texts ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _title(grid: Grid, region: Region) -> str:
    """The texts of the title rows above the first header, a line each."""
    lines = []
    for row in region.rows_of(Role.TITLE):
        if row < region.head.top:
            texts = (text_of(f.value) for f in grid.found(row, region.band))
            lines.append(" ".join(t for t in texts if not marks.NOTE.fullmatch(marks.squeeze(t))))
    return "\n".join(line for line in lines if line)


def _notes(grid: Grid, region: Region) -> tuple[str, ...]:
    """The texts of note and footer cells, and of notes that stand beside a title."""
    notes = []
    for row in region.rows_of(Role.TITLE, Role.NOTE, Role.FOOTER):
        is_title = region.roles[row] is Role.TITLE
        for found in grid.found(row, region.band):
            text = found.value.strip() if isinstance(found.value, str) else text_of(found.value)
            if text and (not is_title or (row < region.head.top and marks.NOTE.fullmatch(marks.squeeze(text)))):
                notes.append(text)
    return tuple(notes)


def _sections(grid: Grid, region: Region) -> dict[int, str]:
    rows = region.rows_of(Role.SECTION)
    return {r + 1: " ".join(text_of(f.value) for f in grid.found(r, region.window)) for r in rows}


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _columns(grid: Grid, region: Region) -> tuple[Column, ...]:
    """Named columns, and unnamed ones that hold data: those have header "" and no parts.

    A column under the rest of a merged header (分项工程 over F:G) is named like its first one, and left out when it
    holds nothing of its own.
    """
    body = region.rows.get(Role.BODY, [])
    columns = []
    for at in range(region.window.left, region.window.right + 1):
        parts = region.head.names.get(at, ())
        if (parts and _names_itself(grid, region.head, at)) or _holds_data(grid, body, at):
            columns.append(Column(at + 1, "/".join(parts), parts))
    return tuple(columns)


def _names_itself(grid: Grid, head: Head, column: int) -> bool:
    """Some header cell begins in the column, or the column is one of a group that has parts elsewhere."""
    return any(
        grid.rows[r][column] is not None and (r, column) not in grid.covered for r in range(head.top, head.bottom + 1)
    )


def _holds_data(grid: Grid, body: Iterable[int], column: int) -> bool:
    return any(grid.rows[r][column] is not None and (r, column) not in grid.covered for r in body)


# ── values that stand in another cell ─────────────────────────────────────────────────────────────────────────────


def _fills(grid: Grid, region: Region, columns: set[int]) -> dict[str, str]:
    """Body cells under a merge or with a ditto mark, and the cell that their value stands in."""
    fills: dict[tuple[int, int], tuple[int, int]] = {}
    for box in grid.merges_between(region.head.bottom + 1, region.bottom):
        if box.left <= region.window.right and box.right >= region.window.left:
            fills |= _merged(grid, region, columns, box)
    for row, column in grid.dittos_between(region.head.bottom + 1, region.bottom):
        if column in columns and region.roles.get(row) is Role.BODY:
            source = _source_of_ditto(grid, region, row, column)
            if source is not None:
                fills[row, column] = fills.get(source, source)
    return {_a1(cell): _a1(source) for cell, source in fills.items()}


def _merged(grid: Grid, region: Region, columns: set[int], box: Box) -> dict[tuple[int, int], tuple[int, int]]:
    if grid.rows[box.top][box.left] is None:
        return {}
    return {
        (r, c): (box.top, box.left)
        for r in range(box.top, box.bottom + 1)
        if region.roles.get(r) is Role.BODY
        for c in range(box.left, box.right + 1)
        if c in columns and (r, c) != (box.top, box.left)
    }


def _source_of_ditto(grid: Grid, region: Region, row: int, column: int) -> tuple[int, int] | None:
    """The cell that a ditto mark repeats: the one above among body rows, or the one to the left for 同左."""
    if str(grid.rows[row][column]).strip() in marks.DITTO_LEFT:
        return (row, column - 1) if column > region.window.left else None
    for above in range(row - 1, region.head.bottom, -1):
        if region.roles.get(above) is Role.BODY:
            return above, column
    return None


def _a1(cell: tuple[int, int]) -> str:
    return address(cell[0] + 1, cell[1] + 1)
