"""Plain formatted workbooks: a header that stays, widths, filters; no cell runs as a formula, the bytes never vary."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from zhengfa_stats.store import replacing

_FIXED = datetime(2000, 1, 1)
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HEADER = Font(name="等线", bold=True, color="FFFFFF")
_BODY = Font(name="等线")
_FILL = PatternFill("solid", fgColor="1F4E79")
_LINE = 15  # points
_EDGE = Side(style="thin", color="D9D9D9")


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet to write: its title, header, rows, and column widths in characters."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    widths: Sequence[float]


def write_workbook(path: Path, pages: Sequence[Page]) -> None:
    """Write the pages as one .xlsx; the same pages give the same bytes."""
    book = Workbook(write_only=True)
    for page in pages:
        _write_page(book, page)
    buffer = io.BytesIO()
    book.save(buffer)
    with replacing(path) as temporary:
        temporary.write_bytes(_settled(buffer.getvalue()))


def _write_page(book: Workbook, page: Page) -> None:
    sheet = book.create_sheet(page.title)
    for i, width in enumerate(page.widths, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"  # all set before the first row: a write-only sheet writes its head then
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.append([_cell(sheet, name, is_header=True) for name in page.header])
    n = 1
    for n, row in enumerate(page.rows, start=2):
        sheet.row_dimensions[n].height = _LINE * max(map(_lines, row, page.widths))
        sheet.append([_cell(sheet, value) for value in row])
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(page.header))}{n}"


def _lines(value: Any, width: float) -> int:
    """How many lines a text takes in a column: not every program fits the height of a row by itself."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, -(-_wide(line) // int(width - 1))) for line in value.split("\n"))


def _wide(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _cell(sheet: Any, value: Any, *, is_header: bool = False) -> Any:
    if isinstance(value, str):
        value = _ILLEGAL.sub("", value)[:32767]
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # text stays text, even if it begins with = + - @
    if isinstance(value, float) and not value.is_integer():
        cell.number_format = "0.00"
    cell.font = _HEADER if is_header else _BODY
    cell.alignment = Alignment(vertical="center" if is_header else "top", wrap_text=True)
    cell.border = Border(bottom=_EDGE)
    if is_header:
        cell.fill = _FILL
    return cell


def _settled(data: bytes) -> bytes:
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
