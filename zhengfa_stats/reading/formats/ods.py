"""OpenDocument spreadsheets (.ods): read from content.xml, one row at a time.

calamine gives an ods neither errors, merges, hidden nor struck rows, so the whole is read here. Had: values, dates,
error cells, formulas without a result, hidden sheets and rows, struck-through rows (cell style or text spans), merges,
shown leading zeros. Not had: comments, hidden columns; a time below one day is a time of day, longer ones durations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO

from lxml import etree

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats.beside import texts_of_pages
from zhengfa_stats.reading.formats.cells import Spot, check_area, damaged, guarded, put, struck_rows
from zhengfa_stats.reading.formats.package import Package, forbid_doctype
from zhengfa_stats.reading.sheets import Cell, CellError, NoValue, Rows, Sheet
from zhengfa_stats.records import Range

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _OFFICE, _TEXT, _STYLE = (f"{{{_URN}{n}:1.0}}" for n in ("table", "office", "text", "style"))
_CALCEXT = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_ERROR = re.compile(r"#[A-Z/0-9]+[!?]?|Err:\d{3}")
_DURATION = re.compile(r"(-?)P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?")
_PADDED = re.compile(r"0\d+")


def read(data: bytes, file: str) -> tuple[list[Sheet], list[str]]:
    """The sheets of an ods file; it gives no remarks."""
    package = Package(data, file)
    if b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise WorkbookError("文件有打开密码，.ods 的加密不支持", file, "请用 WPS 或 LibreOffice 去掉密码后另存为 .xlsx")
    content = package.read("content.xml")
    forbid_doctype(content, file)
    with guarded(file):
        sheets = list(_sheets(content, _styles(package, content), file))
        if sheets:
            sheets[0].beside += tuple(texts_of_pages(package))
        return sheets, []


class _Styles:
    """The names of the styles that matter here."""

    def __init__(self) -> None:
        self.struck: set[str] = set()
        self.hidden: set[str] = set()


def _styles(package: Package, content: bytes) -> _Styles:
    styles = _Styles()
    for part in (package.read("styles.xml"), content):
        for _, element in _walk(part, f"{_STYLE}style"):
            name = element.get(f"{_STYLE}name", "")
            text = element.find(f"{_STYLE}text-properties")
            line = "none" if text is None else text.get(f"{_STYLE}text-line-through-style", "none")
            if line != "none" or (text is None and element.get(f"{_STYLE}parent-style-name") in styles.struck):
                styles.struck.add(name)
            table = element.find(f"{_STYLE}table-properties")
            if table is not None and table.get(f"{_TABLE}display") == "false":
                styles.hidden.add(name)
    return styles


def _walk(part: bytes, *tags: str, start: bool = False) -> Iterator[tuple[str, etree._Element]]:
    events = ("start", "end") if start else ("end",)
    if part:
        yield from etree.iterparse(BytesIO(part), events, tag=tags, resolve_entities=False, no_network=True)


class _Grid:
    """The sheet that is being read; blank rows are counted and only made when content follows."""

    def __init__(self, table: etree._Element, styles: _Styles, file: str) -> None:
        self.name = table.get(f"{_TABLE}name", "")
        self.hidden = table.get(f"{_TABLE}style-name") in styles.hidden
        self.styles, self.file = styles, file
        self.rows: Rows = []
        self.row = 0
        self.merges: list[Range] = []
        self.hidden_rows: set[int] = set()
        self.struck: list[Spot] = []

    def sheet(self) -> Sheet:
        struck = struck_rows(self.rows, self.struck)
        return Sheet(self.name, self.rows, tuple(self.merges), self.hidden, frozenset(self.hidden_rows), struck)

    def add(self, row: etree._Element) -> None:
        """Take a row, as often as it is repeated."""
        times = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
        cells = list(self._cells(row))
        if cells:
            check_area(self.file, self.name, self.row + times, cells[-1][0])
            self._fill(row, cells, times)
        self.row += times

    def _fill(self, row: etree._Element, cells: list[tuple[int, Cell, bool]], times: int) -> None:
        hidden = row.get(f"{_TABLE}visibility", "visible") != "visible"
        for r in range(self.row + 1, self.row + times + 1):
            for column, value, is_struck in cells:
                put(self.rows, (r, column), value)
                if is_struck:
                    self.struck.append((r, column))
            if hidden:
                self.hidden_rows.add(r)

    def _cells(self, row: etree._Element) -> Iterator[tuple[int, Cell, bool]]:
        """Column, value and whether it is struck through, for the cells that hold something."""
        column, style = 0, row.get(f"{_TABLE}default-cell-style-name", "")
        for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            self._merge(cell, column + 1)
            value = _value(cell)
            if value is not None:
                struck = cell.get(f"{_TABLE}style-name", style) in self.styles.struck or self._spans_struck(cell)
                check_area(self.file, self.name, self.row + 1, column + times)
                yield from ((c, value, struck) for c in range(column + 1, column + times + 1))
            column += times

    def _merge(self, cell: etree._Element, column: int) -> None:
        down = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        across = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        if down > 1 or across > 1:
            self.merges.append(Range(self.row + 1, column, self.row + down, column + across - 1))

    def _spans_struck(self, cell: etree._Element) -> bool:
        struck = "".join(
            "".join(_pieces(s))
            for s in cell.iterfind(f"{_TEXT}p/{_TEXT}span")
            if s.get(f"{_TEXT}style-name") in self.styles.struck
        )
        return bool(struck) and "".join(struck.split()) == "".join(_text(cell).split())


def _sheets(content: bytes, styles: _Styles, file: str) -> Iterator[Sheet]:
    if not content:
        raise damaged(file, "缺少内容")
    grid: _Grid | None = None
    for event, element in _walk(content, f"{_TABLE}table", f"{_TABLE}table-row", start=True):
        if element.tag == f"{_TABLE}table" and event == "start" and grid is None:
            grid = _Grid(element, styles, file)
        elif element.tag == f"{_TABLE}table" and event == "end" and grid and element.get(f"{_TABLE}name") == grid.name:
            yield grid.sheet()
            grid = None
        elif event == "end" and grid:
            grid.add(element)
            element.clear()


def _value(cell: etree._Element) -> Cell:
    kind = cell.get(f"{_OFFICE}value-type", "")
    formula = cell.get(f"{_TABLE}formula")
    text = _text(cell) if len(cell) else ""
    if cell.get(f"{_CALCEXT}value-type") == "error" or (formula and _ERROR.fullmatch(text)):
        return CellError(text or "#VALUE!")
    if formula and not kind:
        return NoValue(formula[formula.find("=") :])
    if kind in {"float", "percentage", "currency"}:
        return _number(cell.get(f"{_OFFICE}value", ""), text)
    if kind == "date":
        return _date(cell.get(f"{_OFFICE}date-value", ""), text)
    if kind == "time":
        return _time(cell.get(f"{_OFFICE}time-value", ""), text)
    if kind == "boolean":
        return bool(cell.get(f"{_OFFICE}boolean-value") == "true")
    return str(cell.get(f"{_OFFICE}string-value") or text) or None


def _number(value: str, text: str) -> Cell:
    number = float(value)
    return text if _PADDED.fullmatch(text) and number.is_integer() and int(text) == number else number


def _date(value: str, text: str) -> Cell:
    """A date; one that no calendar has stays the text that is shown."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return text or value
    return (
        moment if "T" in value and moment.time() != datetime.min.time() else date(moment.year, moment.month, moment.day)
    )


def _time(value: str, text: str) -> Cell:
    match = _DURATION.fullmatch(value)
    if not match:
        return text or value
    days, hours, minutes = (int(match[n] or 0) for n in (2, 3, 4))
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=float((match[5] or "0").replace(",", ".")))
    if match[1] or span >= timedelta(days=1):
        return -span if match[1] else span
    return (datetime.min + span).time()


def _text(cell: etree._Element) -> str:
    """The shown text: its paragraphs, without comments."""
    return "\n".join("".join(_pieces(p)) for p in cell.iterchildren(f"{_TEXT}p"))


def _pieces(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " " * int(child.get(f"{_TEXT}c", "1"))
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif child.tag not in {f"{_OFFICE}annotation", f"{_TEXT}ruby-text"}:
            yield from _pieces(child)
        yield child.tail or ""
