"""A sent workbook, marked: its sheets as they were, doubtful cells coloured and commented, a list in front."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname, range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from zhengfa_stats.documents.package import read_by
from zhengfa_stats.errors import DocumentError
from zhengfa_stats.excel import ILLEGAL, settled, width_of
from zhengfa_stats.files import replacing
from zhengfa_stats.reading.sheets import OURS, Sheet
from zhengfa_stats.reading.workbook import open_workbook
from zhengfa_stats.records import LEVELS, Problem
from zhengfa_stats.schema import Schema

LIST = "退回核实清单"
_AUTHOR = "政法统计"
_FILLS = {"error": "F8CBAD", "warning": "FFE699", "note": "DDEBF7"}
_HEADER = ("序号", "工作表", "位置", "级别", "问题", "说明", "应为", "怎么办", "核实结果")
_WIDTHS = (6, 18, 10, 8, 18, 46, 20, 36, 28)
_LINE = Side(style="thin", color="BFBFBF")
_EDGE = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WRAP = Alignment(wrap_text=True, vertical="top")
_HEAD = 5  # the row of the list's header
_OPENPYXL = (".xlsx", ".xlsm")


@dataclass(slots=True)
class Marked:
    """A workbook to be marked; `kept_format` is false where it had to be drawn anew as .xlsx."""

    book: Workbook
    kept_format: bool
    remark: str = ""


def as_sent(path: Path, file: str, sheets: frozenset[str] | None, password: str | None) -> Marked:
    """The workbook as it was sent, with only some of its sheets; what openpyxl can't write back is drawn anew."""
    seen = open_workbook(path, file=file, password=password)
    may_be_kept = seen.kind == "xlsx" and path.suffix.lower() in _OPENPYXL and not seen_encrypted(path)
    if may_be_kept and (same := _opened(path, [sheet.name for sheet in seen.sheets])) is not None:
        return Marked(_only(same, sheets, path), True)
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for sheet in seen.sheets:
        if sheets is None or sheet.name in sheets:
            _draw(book, sheet)
    return Marked(
        book, False, f"原文件 {file} 不能直接批注，这里是同样版式的 .xlsx；请在这里改好，用它替换原文件报回。"
    )


def _opened(path: Path, names: list[str]) -> Workbook | None:
    """The workbook as openpyxl has it; None where it stumbles over what our readers take, or opens it without its sheets."""
    try:
        book = read_by(
            lambda: openpyxl.load_workbook(path, keep_vba=path.suffix.lower() == ".xlsm", rich_text=True), ""
        )
    except DocumentError:
        return None
    return book if book.sheetnames == names else None  # a Strict file opens without sheets


def seen_encrypted(path: Path) -> bool:
    """Whether the file is no plain zip: then it was opened with a password."""
    with path.open("rb") as f:
        return f.read(2) != b"PK"


def _only(book: Workbook, sheets: frozenset[str] | None, path: Path) -> Workbook:
    """The book without the sheets of others, and without what may still hold their data."""
    gone = [name for name in book.sheetnames if sheets is not None and name not in sheets]
    if not gone:
        return book
    values = openpyxl.load_workbook(path, data_only=True)
    for sheet in book.worksheets:
        if sheet.title not in gone:
            _settle_links(sheet, values[sheet.title], gone)
            sheet._pivots = []  # type: ignore[attr-defined]
    for name in gone:
        book.remove(book[name])
    book.defined_names.clear()
    book._external_links = []  # type: ignore[attr-defined]
    return book


def _settle_links(sheet: Worksheet, values: Worksheet, gone: Sequence[str]) -> None:
    """A formula over a sheet that is not returned becomes the value that it had."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f" and any(name in str(cell.value) for name in gone):
                cell.value = values[cell.coordinate].value


def _draw(book: Workbook, sheet: Sheet) -> None:
    """A sheet in the layout that it was read in: values, merges, widths that fit."""
    drawn = book.create_sheet(sheet.name)
    for r, row in enumerate(sheet.rows, start=1):
        for c, value in enumerate(row, start=1):
            if value is not None:
                _put(drawn.cell(r, c), value)
    for merge in sheet.merges:
        drawn.merge_cells(str(merge))
    for r in sheet.hidden_rows:
        drawn.row_dimensions[r].hidden = True
    if sheet.hidden:
        drawn.sheet_state = "hidden"
    for c, width in _widths(sheet).items():
        drawn.column_dimensions[get_column_letter(c)].width = width


def _widths(sheet: Sheet) -> dict[int, float]:
    """A width for every column, by what stands in it; a title merged over several columns says nothing of any."""
    wide = {(m.top, m.left) for m in sheet.merges if m.right > m.left}
    found: dict[int, float] = {}
    for r, row in enumerate(sheet.rows, start=1):
        alone = sum(value is not None for value in row) == 1
        for c, value in enumerate(row, start=1):
            if value is not None and (r, c) not in wide and not alone:
                found[c] = min(40, max(found.get(c, 8), width_of(_shown(value)) + 2))
    return found


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _put(cell: Cell, value: object) -> None:
    """A value as it was: text stays text, a date is shown as one."""
    match value:
        case str():
            cell.value = ILLEGAL.sub("", value)
            cell.data_type = "s"
        case datetime() | date() | time() | timedelta() | bool() | int() | float():
            cell.value = value
            if isinstance(value, datetime | date):
                is_day = not isinstance(value, datetime) or value.time() == time()
                cell.number_format = "yyyy-mm-dd" if is_day else "yyyy-mm-dd hh:mm"
    cell.border = _EDGE


# -- marking


def write_marked(marked: Marked, target: Path, sender: str, problems: Sequence[Problem], schema: Schema) -> None:
    """Colour and comment the cells, put the list in front, and write; the same input gives the same bytes."""
    book = marked.book
    by_cell: dict[tuple[str, str], list[Problem]] = defaultdict(list)
    for p in problems:
        by_cell[p.place.sheet, p.place.cell].append(p)
    for (name, spot), found in by_cell.items():
        if name in book.sheetnames and spot:
            _mark(book[name], spot, found)
    _list(book, marked, sender, problems, schema)
    buffer = io.BytesIO()
    book.save(buffer)
    with replacing(target) as temporary:
        temporary.write_bytes(settled(buffer.getvalue()))


def _mark(sheet: Worksheet, spot: str, problems: Sequence[Problem]) -> None:
    worst = next(level for level in LEVELS if any(p.level == level for p in problems))
    cells = list(_cells(sheet, spot))
    for cell in cells:
        cell.fill = PatternFill("solid", fgColor=_FILLS[worst])
    if cells:
        cells[0].comment = _comment(cells[0], problems)


def _comment(cell: Cell, problems: Sequence[Problem]) -> Comment:
    text = "\n\n".join(_told(p) for p in problems)
    if cell.comment is not None:  # the department's own stays
        text = f"{cell.comment.text}\n\n{text}"
    lines = sum(1 + width_of(line) // 44 for line in text.split("\n"))
    return Comment(text, _AUTHOR, height=24 + 18 * lines, width=320)


def _told(p: Problem) -> str:
    parts = (f"【{LEVELS[p.level]}】{p.kind}", p.what, f"应为：{p.expected}" if p.expected else "", p.do)
    return "\n".join(part for part in parts if part)


def _cells(sheet: Worksheet, spot: str) -> Iterator[Cell]:
    """The cells of an address, a range or a row number; of a merged one, its first."""
    if spot.isdigit():
        columns = range(1, sheet.max_column + 1)
        filled = [sheet.cell(int(spot), c) for c in columns]
        yield from (c for c in filled if isinstance(c, Cell) and c.value is not None)
        return
    left, top, right, bottom = range_boundaries(spot)
    for row in sheet.iter_rows(min_row=top, max_row=bottom, min_col=left, max_col=right):
        for cell in row:
            yield _anchor(sheet, cell) if isinstance(cell, MergedCell) else cell


def _anchor(sheet: Worksheet, cell: MergedCell) -> Cell:
    merged = next(m for m in sheet.merged_cells.ranges if cell.coordinate in m)
    found = sheet.cell(merged.min_row, merged.min_col)
    assert isinstance(found, Cell)
    return found


def _list(book: Workbook, marked: Marked, sender: str, problems: Sequence[Problem], schema: Schema) -> None:
    """The list of problems, linked to their cells, with a column for the answer."""
    name = LIST if LIST not in book.sheetnames else f"{LIST}（本次）"
    sheet = book.create_sheet(name, 0)
    book.active = 0
    intro = [
        (OURS, Font(name="等线", size=9, color="808080")),
        (f"{LIST}　{sender}", Font(name="等线", size=16, bold=True)),
        (
            "请在各工作表里直接改正标了颜色的单元格，并在“核实结果”里写明：已改正，或者确认无误。改好后用原文件名报回；这张清单不必删去。",
            Font(name="等线"),
        ),
        (marked.remark, Font(name="等线", color="C00000")),
    ]
    for r, (text, font) in enumerate(intro, start=1):
        cell = _text(sheet, r, 1, text, font)
        cell.alignment = Alignment(wrap_text=r > 2, vertical="center")
        sheet.merge_cells(start_row=r, end_row=r, start_column=1, end_column=len(_HEADER))
        sheet.row_dimensions[r].height = (14, 30, 22, 22 if marked.remark else 4)[r - 1]
    for c, (title, width) in enumerate(zip(_HEADER, _WIDTHS, strict=True), start=1):
        cell = _text(sheet, _HEAD, c, title, Font(name="等线", bold=True, color="FFFFFF"))
        cell.fill = PatternFill("solid", fgColor="1F4E79")
        sheet.column_dimensions[get_column_letter(c)].width = width
    for n, p in enumerate(sorted(problems, key=lambda p: (list(LEVELS).index(p.level), p.place)), start=1):
        _line(sheet, n, p, book, schema)
    sheet.freeze_panes = f"A{_HEAD + 1}"
    sheet.print_title_rows = f"{_HEAD}:{_HEAD}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _line(sheet: Worksheet, n: int, p: Problem, book: Workbook, schema: Schema) -> None:
    ledger = schema.ledgers.get(p.ledger)
    field = ledger.fields[p.field].name if ledger and p.field in ledger.fields else ""
    what = p.what if not field or p.what.startswith(field) else f"{field}：{p.what}"
    where = f"第{p.place.cell}行" if p.place.cell.isdigit() else p.place.cell
    values = (n, p.place.sheet, where, LEVELS[p.level], p.kind, what, p.expected, p.do, "")
    for c, value in enumerate(values, start=1):
        cell = _text(sheet, _HEAD + n, c, value, Font(name="等线"))
        cell.alignment, cell.border = _WRAP, _EDGE
    sheet.cell(_HEAD + n, 4).fill = PatternFill("solid", fgColor=_FILLS[p.level])
    heights = (-(-width_of(str(v)) // max(1, int(w) - 1)) for v, w in zip(values, _WIDTHS, strict=True))
    sheet.row_dimensions[_HEAD + n].height = 15 * max(1, *heights) + 3
    if p.place.sheet in book.sheetnames and p.place.cell:
        link = sheet.cell(_HEAD + n, 3)
        first = f"A{p.place.cell}" if p.place.cell.isdigit() else p.place.cell.split(":")[0]
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"{quote_sheetname(p.place.sheet)}!{first}")
        link.font = Font(name="等线", color="0563C1", underline="single")


def _text(sheet: Worksheet, row: int, column: int, value: Any, font: Font) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, str):
        cell.value = ILLEGAL.sub("", value)
        cell.data_type = "s" if value else cell.data_type
    else:
        cell.value = value
    cell.font = font
    return cell
