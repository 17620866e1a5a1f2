"""Plain formatted workbooks: a header that stays, widths, filters; no cell runs as a formula, the bytes never vary."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties

from zhengfa_stats.files import replacing

_FIXED = datetime(2000, 1, 1)
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEADER = Font(name="等线", bold=True, color="FFFFFF")
_BODY = Font(name="等线")
_BOLD = Font(name="等线", bold=True)
_TITLE = Font(name="等线", bold=True, size=14, color="12305A")
_SMALL = Font(name="等线", size=9, color="5A6673")
_LINK = Font(name="等线", underline="single", color="1F4E79")
_FILL = PatternFill("solid", fgColor="1F4E79")
_LINE = 15  # points
_EDGE = Side(style="thin", color="D9D9D9")
_EDGE_DARK = Side(style="thin", color="1F4E79")

Styles = dict[tuple[bool, str], Any]  # is it a header, its number format → what such a cell looks like in one workbook


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet to write: its title, header, rows, and column widths in characters.

    `above` are lines over the header, the first one large; `notes` stand below the rows, of which the last `n_totals`
    are totals. `formats` are number formats by column; `links` say of a column which sheet each of its rows leads to.
    """

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[float]
    above: Sequence[str] = ()
    notes: Sequence[str] = ()
    formats: Sequence[str] = ()
    n_totals: int = 0
    links: Mapping[int, Sequence[str]] = field(default_factory=dict)


def write_workbook(path: Path, pages: Sequence[Page]) -> None:
    """Write the pages as one .xlsx; the same pages give the same bytes."""
    book, styles = Workbook(write_only=True), Styles()
    for page in pages:
        _write_page(book, page, styles)
    buffer = io.BytesIO()
    book.save(buffer)
    with replacing(path) as temporary:
        temporary.write_bytes(settled(buffer.getvalue()))


def _write_page(book: Workbook, page: Page, styles: Styles) -> None:
    sheet = book.create_sheet(page.title)
    for i, width in enumerate(page.widths, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = width
    top = len(page.above) + 1
    sheet.freeze_panes = f"A{top + 1}"
    sheet.print_title_rows = f"1:{top}"  # all set before the first row: a write-only sheet writes its head then
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for i, line in enumerate(page.above):
        sheet.row_dimensions[i + 1].height = 24 if i == 0 else _LINE
        sheet.append([_line(sheet, line, _TITLE if i == 0 else _SMALL)])
    sheet.row_dimensions[top].height = _LINE * max(map(_lines, page.header, page.widths)) + 3
    sheet.append(_head(sheet, page, styles))
    rows = list(page.rows)
    for n, row in enumerate(rows):
        sheet.row_dimensions[top + 1 + n].height = _LINE * max(map(_lines, row, page.widths))
        sheet.append(_body(sheet, page, row, n, styles, is_total=n >= len(rows) - page.n_totals))
    if not page.notes:
        sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(page.header))}{top + len(rows)}"
    for line in _under(page):
        sheet.append([_line(sheet, line, _SMALL)])


def _head(sheet: Any, page: Page, styles: Styles) -> list[Any]:
    """The names of the columns, those of numbers above their last digits."""
    cells = [_cell(sheet, name, styles, is_header=True) for name in page.header]
    for cell, number_format in zip(cells, page.formats, strict=False):
        if number_format:
            cell.alignment = Alignment(horizontal="right", vertical="center", wrap_text=True)
    return cells


def _under(page: Page) -> list[str]:
    """The notes in lines that are no wider than the table, or half a page: a long line would shrink the print."""
    room, lines = max(sum(page.widths), 70.0), [""] if page.notes else []
    for note in page.notes:
        line = ""
        for char in note:
            if width_of(line + char) > room and char not in "，。、；：）”":
                lines.append(line)
                line = ""
            line += char
        lines.append(line)
    return lines


def _body(sheet: Any, page: Page, row: Sequence[Any], n: int, styles: Styles, *, is_total: bool) -> list[Any]:
    """The cells of one row, in the formats of their columns."""
    cells = [_cell(sheet, value, styles) for value in row]
    for cell, number_format in zip(cells, page.formats, strict=False):
        if number_format:
            cell.number_format = number_format
            cell.alignment = Alignment(horizontal="right", vertical="top")
    for i, targets in page.links.items():
        cells[i].hyperlink = Hyperlink(ref=f"{get_column_letter(i + 1)}{n + 2}", location=f"'{targets[n]}'!A1")
        cells[i].font = _LINK
    for cell in cells if is_total else ():
        cell.font, cell.border = _BOLD, Border(top=_EDGE_DARK, bottom=_EDGE)
    return cells


def _line(sheet: Any, text: str, font: Font) -> Any:
    """A line of text over or under a table; it runs on over the empty cells beside it."""
    cell = WriteOnlyCell(sheet, value=ILLEGAL.sub("", text)[:32767])
    cell.data_type, cell.font = "s", font
    return cell


def _lines(value: Any, width: float) -> int:
    """How many lines a text takes in a column: not every program fits the height of a row by itself."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, -(-width_of(line) // int(width - 1))) for line in value.split("\n"))


def width_of(text: str) -> int:
    """How many columns a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _cell(sheet: Any, value: Any, styles: Styles, *, is_header: bool = False) -> Any:
    if isinstance(value, str):
        value = ILLEGAL.sub("", value)[:32767]
    cell: Any = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # text stays text, even if it begins with = + - @
    if isinstance(value, float) and not value.is_integer():
        cell.number_format = "0.00"
    kind = is_header, cell.number_format
    if kind not in styles:
        _dress(cell, is_header=is_header)
        styles[kind] = cell._style
    cell._style = copy(styles[kind])  # to have openpyxl look up each part of it anew takes ten times as long
    return cell


def _dress(cell: Any, *, is_header: bool) -> None:
    cell.font = _HEADER if is_header else _BODY
    cell.alignment = Alignment(vertical="center" if is_header else "top", wrap_text=True)
    cell.border = Border(bottom=_EDGE)
    if is_header:
        cell.fill = _FILL


def settled(data: bytes) -> bytes:
    """The same workbook without times: openpyxl stamps core.xml and the zip with the hour of saving."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(
                    rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", _FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content
                )
            new.writestr(zipfile.ZipInfo(name, date_time=_FIXED.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
