"""Writers of tiny odd workbooks, for tests: what ordinary libraries cannot or will not write.

xlsx and xlsb are put together from their parts, ods from the XML of its tables, so that a test shows the very
bytes that it is about. For ordinary workbooks use openpyxl, xlwt and odfpy.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def zipped(path: Path, parts: dict[str, str | bytes]) -> Path:
    """A zip file of named parts."""
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def xlsx(
    path: Path,
    *sheets: str,
    names: Sequence[str] = (),
    formats: Sequence[str] = (),
    fonts: Sequence[str] = ("<font/>",),
    styles: Sequence[str] = ("<xf/>",),
    strings: str = "",
    workbook: str = "",
    after: str = "",
    strict: bool = False,
) -> Path:
    """An .xlsx whose sheets are given as the XML inside <sheetData>.

    `formats` are number formats with ids from 164 on, `styles` the <xf> of cellXfs, `strings` the <si> items,
    `workbook` further XML in the workbook (calcPr goes there), `after` XML after each sheetData (mergeCells).
    """
    names = names or [f"Sheet{n}" for n, _ in enumerate(sheets, 1)]
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="s{n}"/>' for n, name in enumerate(names, 1))
    targets = {f"s{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)}
    targets |= {"st": ("styles", "styles.xml"), "ss": ("sharedStrings", "sharedStrings.xml")}
    codes = "".join(f"<numFmt numFmtId='{n}' formatCode='{code}'/>" for n, code in enumerate(formats, 164))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _types("xml", "application/xml"),
        "_rels/.rels": _relations({"r": ("officeDocument", "xl/workbook.xml")}),
        "xl/_rels/workbook.xml.rels": _relations(targets),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets>{workbook}</workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><numFmts>{codes}</numFmts><fonts>{"".join(fonts)}</fonts>'
        f"<cellXfs>{''.join(styles)}</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }
    for n, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData>{after}</worksheet>'
        )
    return zipped(path, {name: _strictly(str(part)) if strict else part for name, part in parts.items()})


def _strictly(part: str) -> str:
    return part.replace(RELATIONS, f"{STRICT}/officeDocument/relationships").replace(
        MAIN, f"{STRICT}/spreadsheetml/main"
    )


def _types(extension: str, kind: str) -> str:
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Default Extension="{extension}" ContentType="{kind}"/></Types>'
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="{i}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for i, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def row(number: int, *cells: str, attributes: str = "") -> str:
    """A <row> of an .xlsx sheet."""
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def cell(address: str, value: object = None, attributes: str = "", formula: str = "") -> str:
    """A <c> of an .xlsx sheet: text goes inline, None gives no value."""
    inside = f"<f>{formula}</f>" if formula else ""
    if isinstance(value, str) and "t=" not in attributes:
        return f'<c r="{address}" {attributes} t="inlineStr">{inside}<is><t>{value}</t></is></c>'
    return f'<c r="{address}" {attributes}>{inside}{"" if value is None else f"<v>{value}</v>"}</c>'


def ods(path: Path, *tables: str, styles: str = "") -> Path:
    """An .ods of whole <table:table> elements and automatic styles."""
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text", "style")
    )
    calcext = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f"<office:document-content {spaces} {calcext}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def record(number: int, body: bytes = b"") -> bytes:
    """A BIFF12 record; number and length are written seven bits a byte."""
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    size, length = len(body), b""
    while True:
        length += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
        size >>= 7
        if not size:
            return head + length + body


def wide(text: str) -> bytes:
    """A BIFF12 string."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
    """A row header and its cells."""
    return record(0, struct.pack("<IIHBBBI", number - 1, 0, 300, 0, 0x10 if hidden else 0, 0, 0)) + b"".join(cells)


def xlsb_cell(column: int, value: str | float | bytes, style: int = 0) -> bytes:
    """A cell: text, a number, or an error as its one-byte code."""
    head = struct.pack("<II", column - 1, style)
    if isinstance(value, bytes):
        return record(3, head + value)
    return record(6, head + wide(value)) if isinstance(value, str) else record(5, head + struct.pack("<d", value))


def xlsb(
    path: Path,
    *rows: bytes,
    name: str = "Sheet1",
    hidden: bool = False,
    merges: Sequence[tuple[int, int, int, int]] = (),
    formats: Sequence[str] = (),
    fonts: Sequence[bool] = (False,),
    styles: Sequence[tuple[int, int]] = ((0, 0),),
) -> Path:
    """An .xlsb of one sheet; merges are 1-based (top, left, bottom, right), fonts whether struck, styles (format, font)."""
    spans = b"".join(record(176, struct.pack("<IIII", t - 1, b - 1, n - 1, r - 1)) for t, n, b, r in merges)
    sheet = record(129) + record(148, bytes(16)) + record(145) + b"".join(rows) + record(146) + spans + record(130)
    bundle = struct.pack("<II", 1 if hidden else 0, 1) + wide("s1") + wide(name)
    book = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
    look = b"".join(record(44, struct.pack("<H", n) + wide(code)) for n, code in enumerate(formats, 164))
    look += b"".join(record(43, struct.pack("<HH", 220, 8 if struck else 0) + bytes(20)) for struck in fonts)
    look += record(617, struct.pack("<I", len(styles)))
    look += b"".join(record(47, struct.pack("<HHH", 0, number, font) + bytes(10)) for number, font in styles)
    return zipped(
        path,
        {
            "[Content_Types].xml": _types("bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main"),
            "_rels/.rels": _relations({"r": ("officeDocument", "xl/workbook.bin")}),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": _relations(
                {"s1": ("worksheet", "worksheets/sheet1.bin"), "st": ("styles", "styles.bin")}
            ),
            "xl/worksheets/sheet1.bin": sheet,
            "xl/styles.bin": record(278) + look + record(618) + record(279),
        },
    )
