"""Binary workbooks (.xlsb): values by calamine; errors, hidden rows, merges and styles from the BIFF12 records.

Had: values, dates, error cells, hidden sheets and rows, struck-through rows (by cell style), merges, shown leading
zeros. Not had: struck rich text, formulas and their absence of a result (a BIFF12 formula always carries one),
comments, hidden columns. Record numbers and layouts: [MS-XLSB] 2.3.2 and 2.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from struct import unpack_from
from typing import cast

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from zhengfa_stats.reading.formats.cells import Spot, Zeros, check_area, guarded, put, shown, struck_rows, zero_format
from zhengfa_stats.reading.formats.package import Package
from zhengfa_stats.reading.sheets import CellError, Rows, Sheet
from zhengfa_stats.records import Range

_ROW, _CELL_ERROR, _FORMULA_ERROR, _LAST_CELL = 0, 3, 11, 11
_FONT, _FORMAT, _STYLE, _BUNDLE, _MERGE = 43, 44, 47, 156, 176
_STYLES_BEGIN, _STYLES_END = 617, 618
_HIDDEN, _STRIKE = 0x10, 0x08

_ERRORS = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}


@dataclass(slots=True)
class _Found:
    errors: dict[Spot, str] = field(default_factory=dict)
    styles: dict[Spot, int] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[Range] = field(default_factory=list)
    bottom: int = 0
    right: int = 0


def read(data: bytes, file: str) -> tuple[list[Sheet], list[str]]:
    """The worksheets of an xlsb file; it gives no remarks."""
    package = Package(data, file)
    with guarded(file):
        zeros, struck = _styles(package.read("xl/styles.bin"))
        parts = _parts(package)
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        return [
            _sheet(book, meta.name, meta.visible != SheetVisibleEnum.Visible, package, parts, zeros, struck)
            for meta in book.sheets_metadata
            if meta.typ == SheetTypeEnum.WorkSheet
        ], []


def _sheet(
    book: CalamineWorkbook,
    name: str,
    hidden: bool,
    package: Package,
    parts: dict[str, str],
    zeros: Zeros,
    struck: set[int],
) -> Sheet:
    found = _scan(package.read(package.sheet(parts, name)), {*zeros, *struck})
    check_area(package.file, name, found.bottom, found.right)
    rows = cast(Rows, book.get_sheet_by_name(name).to_python(skip_empty_area=False))
    for spot, text in found.errors.items():
        put(rows, spot, CellError(text))
    for (row, column), style in found.styles.items():
        if style in zeros and row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = shown(rows[row - 1][column - 1], zeros[style])
    lines = struck_rows(rows, (spot for spot, style in found.styles.items() if style in struck))
    return Sheet(name, rows, tuple(found.merges), hidden, frozenset(found.hidden_rows), lines)


def _parts(package: Package) -> dict[str, str]:
    """Sheet name → part."""
    related = package.related("xl/workbook.bin")
    parts = {}
    for kind, data in _records(package.read("xl/workbook.bin")):
        if kind == _BUNDLE:
            relation, end = _text(data, 8)
            parts[_text(data, end)[0]] = related.get(relation, ("", ""))[1]
    return parts


def _styles(data: bytes) -> tuple[Zeros, set[int]]:
    """The cell styles that show leading zeros, and those whose font is struck through."""
    fonts: list[bool] = []
    formats: dict[int, str] = {}
    styles: list[tuple[int, int]] = []
    inside = False
    for kind, record in _records(data):
        inside = kind == _STYLES_BEGIN or (inside and kind != _STYLES_END)
        if kind == _FONT:
            fonts.append(bool(record[2] & _STRIKE))
        elif kind == _FORMAT:
            formats[unpack_from("<H", record)[0]] = _text(record, 2)[0]
        elif kind == _STYLE and inside:
            styles.append(unpack_from("<HH", record, 2))
    zeros = {n: zero for n, (f, _) in enumerate(styles) if (zero := zero_format(formats.get(f, "")))}
    return zeros, {n for n, (_, font) in enumerate(styles) if font < len(fonts) and fonts[font]}


def _scan(data: bytes, wanted: set[int]) -> _Found:
    """What one sheet's records tell beyond the values."""
    found, row = _Found(), 0
    for kind, record in _records(data):
        if kind == _ROW:
            row = unpack_from("<I", record)[0] + 1
            if record[11] & _HIDDEN:
                found.hidden_rows.add(row)
        elif kind <= _LAST_CELL:
            column = unpack_from("<I", record)[0] + 1
            if kind > 1:  # not a blank
                found.bottom = max(found.bottom, row)
                found.right = max(found.right, column)
            if kind in (_CELL_ERROR, _FORMULA_ERROR):
                found.errors[row, column] = _ERRORS.get(record[8], "#VALUE!")
            if wanted and (style := record[4] + (record[5] << 8) + (record[6] << 16)) in wanted:
                found.styles[row, column] = style
        elif kind == _MERGE:
            top, bottom, left, right = unpack_from("<IIII", record)
            found.merges.append(Range(top + 1, left + 1, bottom + 1, right + 1))
    return found


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and body of each record; both number and length are stored seven bits a byte."""
    at, end = 0, len(data)
    while at < end:
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | data[at] << 7
            at += 1
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift == 28:
                break
        yield kind, data[at : at + length]
        at += length


def _text(record: bytes, at: int) -> tuple[str, int]:
    """A counted wide string and where it ends; an absent one is empty."""
    count = unpack_from("<I", record, at)[0]
    if count == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * count
    return record[at + 4 : end].decode("utf-16-le", "replace"), end
