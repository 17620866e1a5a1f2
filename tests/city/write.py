"""Pages to bytes in every format that the offices send; the same pages give the same bytes."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import xlwt
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from tests.city.grid import Book, Page
from tests.city.messy import Value, serial

_EPOCH = (2021, 7, 1, 0, 0, 0)


def write_book(book: Book, folder: Path) -> Path:
    """Write one file, in the format its `kind` names."""
    path = folder / book.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_WRITERS[book.kind](book))
    return path


def zipped(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """A zip without clock times; a part named mimetype is stored, as OpenDocument asks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
    return out.getvalue()


def _xlsx(book: Book) -> bytes:
    wb = openpyxl.Workbook()
    wb.remove(wb.worksheets[0])
    for page in book.pages:
        ws = wb.create_sheet(page.name)
        for (r, c), value in page.cells.items():
            cell = ws.cell(r, c, value)
            if isinstance(value, date):
                cell.number_format = "yyyy/m/d"
            if r in page.struck_rows:
                cell.font = Font(strike=True)
        for top, left, bottom, right in page.merges:
            ws.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
            ws.cell(top, left).alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        for r in page.hidden_rows:
            ws.row_dimensions[r].hidden = True
        for c in range(1, page.extent[1] + 1):
            ws.column_dimensions[get_column_letter(c)].width = 14
        if page.hidden:
            ws.sheet_state = "hidden"
    out = io.BytesIO()
    wb.save(out)
    with zipfile.ZipFile(out) as archive:
        return zipped((name, _settled(name, archive.read(name))) for name in archive.namelist())


def _settled(name: str, data: bytes) -> bytes:
    if name != "docProps/core.xml":
        return data
    return re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2021-07-01T00:00:00Z", data)


def _xlsm(book: Book) -> bytes:
    """A workbook that says it may hold macros; it holds none."""
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macro = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    with zipfile.ZipFile(io.BytesIO(_xlsx(book))) as archive:
        return zipped((name, archive.read(name).replace(plain, macro)) for name in archive.namelist())


def _xls(book: Book) -> bytes:
    wb = xlwt.Workbook(encoding="utf-8")
    dates, struck = xlwt.easyxf(num_format_str="yyyy/m/d"), xlwt.easyxf("font: struck_out on")
    plain = xlwt.easyxf()
    for page in book.pages:
        ws = wb.add_sheet(page.name)
        heads = {(top, left) for top, left, _, _ in page.merges}
        for top, left, bottom, right in page.merges:
            ws.write_merge(top - 1, bottom - 1, left - 1, right - 1, page.cells.get((top, left), ""))
        for (r, c), value in page.cells.items():
            style = dates if isinstance(value, date) else struck if r in page.struck_rows else plain
            if (r, c) not in heads:
                ws.write(r - 1, c - 1, value, style)
        for r in page.hidden_rows:
            ws.row(r - 1).hidden = True
        ws.visibility = 1 if page.hidden else 0
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()


_ODS_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2"'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
)
_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2"'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="{0}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def _ods(book: Book) -> bytes:
    tables = "".join(_ods_table(page) for page in book.pages)
    content = f"{_ODS_HEAD}{tables}</office:spreadsheet></office:body></office:document-content>"
    manifest = _ODS_MANIFEST.format(_ODS_TYPE)
    return zipped(
        (
            ("mimetype", _ODS_TYPE.encode()),
            ("content.xml", content.encode()),
            ("META-INF/manifest.xml", manifest.encode()),
        )
    )


def _ods_table(page: Page) -> str:
    height, width = page.extent
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in page.merges}
    covered = {
        (row, col)
        for top, left, bottom, right in page.merges
        for row in range(top, bottom + 1)
        for col in range(left, right + 1)
        if (row, col) != (top, left)
    }
    rows = []
    for r in range(1, height + 1):
        cells = "".join(
            "<table:covered-table-cell/>" if (r, c) in covered else _ods_cell(page.cells.get((r, c)), spans.get((r, c)))
            for c in range(1, width + 1)
        )
        hidden = ' table:visibility="collapse"' if r in page.hidden_rows else ""
        rows.append(f"<table:table-row{hidden}>{cells}</table:table-row>")
    columns = f'<table:table-column table:number-columns-repeated="{width}"/>'
    return f'<table:table table:name="{escape(page.name)}">{columns}{"".join(rows)}</table:table>'


def _ods_cell(value: Value, span: tuple[int, int] | None) -> str:
    spanned = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    if value is None:
        return f"<table:table-cell{spanned}/>"
    if isinstance(value, date):
        typed = f' office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, (int, float)):
        typed = f' office:value-type="float" office:value="{value}"'
    else:
        typed = ' office:value-type="string"'
    return f"<table:table-cell{spanned}{typed}><text:p>{escape(_shown(value))}</text:p></table:table-cell>"


def _shown(value: Value) -> str:
    """A value as a text file or a cell shows it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value.year}/{value.month}/{value.day}"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _text(encoding: str, separator: str) -> Callable[[Book], bytes]:
    def write(book: Book) -> bytes:
        (page,) = book.pages
        height, width = page.extent
        lines = [[_shown(page.cells.get((r, c))) for c in range(1, width + 1)] for r in range(1, height + 1)]
        quoted = [[f'"{v}"' if separator in v or '"' in v or "\n" in v else v for v in line] for line in lines]
        return "".join(separator.join(line) + "\r\n" for line in quoted).encode(encoding)

    return write


# The binary workbook: just the records that a sheet of texts, numbers and dates needs (MS-XLSB 2.3).


def _record(kind: int, data: bytes = b"") -> bytes:
    head = bytes((kind,)) if kind < 128 else bytes((kind & 0x7F | 0x80, kind >> 7))
    size, length = b"", len(data)
    while True:
        size += bytes((length & 0x7F | (0x80 if length > 127 else 0),))
        length >>= 7
        if not length:
            return head + size + data


def _wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def _xlsb_sheet(page: Page) -> bytes:
    height, width = page.extent
    out = [_record(129), _record(148, struct.pack("<4I", 0, height - 1, 0, width - 1)), _record(145)]
    for r in range(1, height + 1):
        row = struct.pack("<IIHBBBI", r - 1, 0, 300, 0, 0, 0, 1) + struct.pack("<II", 0, width - 1)
        out.append(_record(0, row))
        for c in range(1, width + 1):
            value = page.cells.get((r, c))
            at = struct.pack("<II", c - 1, 1 if isinstance(value, date) else 0)
            if isinstance(value, str):
                out.append(_record(6, at + _wide(value)))
            elif value is not None:
                out.append(_record(5, at + struct.pack("<d", serial(value) if isinstance(value, date) else value)))
    out.append(_record(146))
    if page.merges:
        cells = [_record(176, struct.pack("<4I", m[0] - 1, m[2] - 1, m[1] - 1, m[3] - 1)) for m in page.merges]
        out += [_record(177, struct.pack("<I", len(cells))), *cells, _record(178)]
    return b"".join((*out, _record(130)))


def _xlsb_styles() -> bytes:
    """Two cell formats: general, and the built-in date."""

    def xf(parent: int, number: int) -> bytes:
        return _record(47, struct.pack("<HHHHHBBHBB", parent, number, 0, 0, 0, 0, 0, 0, 0, 0))

    font = _record(
        43, struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 2, 134, 0) + b"\x01\x01\0\0\0\0\0\xff\0" + _wide("宋体")
    )
    fill = _record(45, struct.pack("<I", 0) + bytes(64))
    line = bytes(10)
    border = _record(46, b"\0" + line * 5)
    one = struct.pack("<I", 1)
    return b"".join(
        (
            _record(278),
            _record(611, one) + font + _record(612),
            _record(603, one) + fill + _record(604),
            _record(613, one) + border + _record(614),
            _record(626, one) + xf(0xFFFF, 0) + _record(627),
            _record(617, struct.pack("<I", 2)) + xf(0, 0) + xf(0, 14) + _record(618),
            _record(279),
        )
    )


def _xlsb(book: Book) -> bytes:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    kind = "application/vnd.ms-excel"
    sheets = [
        _record(156, struct.pack("<II", 1 if page.hidden else 0, i) + _wide(f"rId{i}") + _wide(page.name))
        for i, page in enumerate(book.pages, 1)
    ]
    workbook = b"".join((_record(131), _record(143), *sheets, _record(144), _record(132)))
    last = len(sheets) + 1
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{office}/worksheet" Target="worksheets/sheet{i}.bin"/>'
        for i in range(1, last)
    )
    links += f'<Relationship Id="rId{last}" Type="{office}/styles" Target="styles.bin"/>'
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.bin" ContentType="{kind}.worksheet"/>' for i in range(1, last)
    )
    types = (
        f'{head}<Types xmlns="{package}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="bin" ContentType="{kind}.sheet.binary.macroEnabled.main"/>{overrides}'
        f'<Override PartName="/xl/styles.bin" ContentType="{kind}.styles"/></Types>'
    )
    root = (
        f'{head}<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{office}/officeDocument"'
        ' Target="xl/workbook.bin"/></Relationships>'
    )
    rels = f'{head}<Relationships xmlns="{package}/relationships">{links}</Relationships>'
    parts = [
        ("[Content_Types].xml", types.encode()),
        ("_rels/.rels", root.encode()),
        ("xl/workbook.bin", workbook),
        ("xl/_rels/workbook.bin.rels", rels.encode()),
        ("xl/styles.bin", _xlsb_styles()),
    ]
    parts += [(f"xl/worksheets/sheet{i}.bin", _xlsb_sheet(page)) for i, page in enumerate(book.pages, 1)]
    return zipped(parts)


_WRITERS: dict[str, Callable[[Book], bytes]] = {
    "xlsx": _xlsx,
    "xlsm": _xlsm,
    "xls": _xls,
    "xlsb": _xlsb,
    "ods": _ods,
    "gb18030": _text("gb18030", ","),
    "utf-8-sig": _text("utf-8-sig", ","),
    "utf-16": _text("utf-16", "\t"),
}
