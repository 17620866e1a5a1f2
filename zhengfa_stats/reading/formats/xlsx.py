"""Office Open XML workbooks (.xlsx, .xlsm, zipped .et; also Strict): values by calamine, the rest by a side scan.

Had: values, dates (1900 and 1904), error cells, formulas without a result, hidden sheets and rows, struck-through
rows (also by rich text in shared strings), merges, shown leading zeros (formats such as 000). Not had: comments,
colours, conditional formats, hidden columns, the precision that a date format shows. Macros are never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from io import BytesIO
from typing import Any, NamedTuple, cast

from lxml import etree
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from zhengfa_stats.reading.formats.beside import texts_beside
from zhengfa_stats.reading.formats.cells import (
    Zeros,
    check_area,
    damaged,
    guarded,
    put,
    shown,
    struck_rows,
    zero_format,
)
from zhengfa_stats.reading.formats.package import Package
from zhengfa_stats.reading.formats.scan import Scan, Wanted, scan_sheet
from zhengfa_stats.reading.sheets import CellError, NoValue, Rows, Sheet

_SCAN_FIRST = 16 << 20  # below this the scan is a moment, and tells a stray far cell before calamine allocates for it
_SMALL = 256 << 10  # bytes of a workbook for which a thread costs more than it saves


class _AtOnce(Executor):
    """Does what it is given in this thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as e:  # told where the result is asked for
            done.set_exception(e)
        return done


class _Outline(NamedTuple):
    """What the workbook part says: sheet name → part, and whether results were left for Excel to compute."""

    parts: dict[str, str]
    strings: str
    styles: str
    uncomputed: bool


def read(data: bytes, file: str) -> tuple[list[Sheet], list[str]]:
    """The worksheets of an xlsx file, and remarks on them."""
    package = Package(data, file)
    outline = _outline(package)
    with guarded(file):
        book = CalamineWorkbook.from_filelike(BytesIO(data))
    sheets: list[Sheet] = []
    with ThreadPoolExecutor(1) if len(data) > _SMALL else _AtOnce() as pool:
        wanted = pool.submit(_wanted, package, outline)
        for meta in book.sheets_metadata:
            if meta.typ == SheetTypeEnum.WorkSheet:
                hidden = meta.visible != SheetVisibleEnum.Visible
                sheets.append(_sheet(book, meta.name, hidden, package, outline, wanted, pool))
    if sheets:
        sheets[0].beside += tuple(texts_beside(package))
    return sheets, _remarks(outline, sheets)


def _remarks(outline: _Outline, sheets: list[Sheet]) -> list[str]:
    if outline.uncomputed and any(type(v) is NoValue for s in sheets for row in s.rows for v in row):
        return ["文件由程序生成，公式没有计算过（结果为空或为 0）；请用 Excel 或 WPS 打开并保存一次"]
    return []


def _outline(package: Package) -> _Outline:
    part = next((p for kind, p in package.related("").values() if kind == "officeDocument"), "xl/workbook.xml")
    root = package.xml(part)
    if root is None:
        raise damaged(package.file, "缺少工作簿目录")
    related = package.related(part)
    sheets = root.iterfind("{*}sheets/{*}sheet")
    calc = root.find("{*}calcPr")
    return _Outline(
        {s.get("name", ""): related.get(_rid(s), ("", ""))[1] for s in sheets},
        _of_kind(related, "sharedStrings"),
        _of_kind(related, "styles"),
        calc is not None and calc.get("fullCalcOnLoad") in {"1", "true"},
    )


def _rid(sheet: etree._Element) -> str:
    return next((str(v) for k, v in sheet.attrib.items() if str(k).endswith("}id")), "")


def _of_kind(related: dict[str, tuple[str, str]], kind: str) -> str:
    return next((part for k, part in related.values() if k == kind), "")


def _sheet(
    book: CalamineWorkbook,
    name: str,
    hidden: bool,
    package: Package,
    outline: _Outline,
    wanted: Future[Wanted],
    pool: Executor,
) -> Sheet:
    part = package.sheet(outline.parts, name)
    scanning = pool.submit(lambda: scan_sheet(package.pieces(part), wanted.result()))
    if package.size(part) < _SCAN_FIRST:
        check_area(package.file, name, scanning.result().bottom, scanning.result().right)
    with guarded(package.file):
        cells: CalamineSheet = book.get_sheet_by_name(name)
        check_area(package.file, name, cells.total_height, cells.total_width)
        rows = cast(Rows, cells.to_python(skip_empty_area=False))
    return _apply(name, hidden, rows, scanning.result(), wanted.result())


def _apply(name: str, hidden: bool, rows: Rows, scan: Scan, wanted: Wanted) -> Sheet:
    for spot, formula in scan.no_values.items():
        put(rows, spot, NoValue(formula))
    for spot, text in scan.errors.items():
        put(rows, spot, CellError(text))
    for (row, column), style in scan.zeros.items():
        if row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = shown(rows[row - 1][column - 1], wanted.zeros[style])
    struck = struck_rows(rows, scan.struck)
    return Sheet(name, rows, tuple(scan.merges), hidden, frozenset(scan.hidden_rows), struck, tuple(scan.margins))


def _wanted(package: Package, outline: _Outline) -> Wanted:
    styles = package.xml(outline.styles) if outline.styles else None
    zeros, struck = _styles(styles) if styles is not None else ({}, frozenset())
    return Wanted(zeros, struck, _struck_strings(package, outline.strings), outline.uncomputed)


def _styles(root: etree._Element) -> tuple[Zeros, frozenset[int]]:
    """The cell styles that show leading zeros, and those whose font is struck through."""
    formats = {f.get("numFmtId"): zero_format(f.get("formatCode", "")) for f in root.iterfind("{*}numFmts/{*}numFmt")}
    fonts = [_is_struck(f) for f in root.iterfind("{*}fonts/{*}font")]
    zeros, struck = {}, set()
    for number, style in enumerate(root.iterfind("{*}cellXfs/{*}xf")):
        if zero := formats.get(style.get("numFmtId")):
            zeros[number] = zero
        font = int(style.get("fontId", "0"))
        if font < len(fonts) and fonts[font]:
            struck.add(number)
    return zeros, frozenset(struck)


def _is_struck(font: etree._Element) -> bool:
    strike = font.find("{*}strike")
    return strike is not None and strike.get("val", "1") not in {"0", "false"}


def _struck_strings(package: Package, part: str) -> frozenset[int]:
    """The shared strings whose every run of rich text is struck through."""
    if not part or not _mention(package.pieces(part), b"strike"):
        return frozenset()
    root = package.xml(part)
    items = () if root is None else root.iterfind("{*}si")
    return frozenset(number for number, item in enumerate(items) if _is_struck_text(item))


def _mention(pieces: Iterable[bytes], word: bytes) -> bool:
    """Whether a word stands in some bytes, be it where one piece ends and the next begins."""
    last = b""
    for piece in pieces:
        if word in piece or word in last + piece[: len(word)]:
            return True
        last = piece[-len(word) :]
    return False


def _is_struck_text(item: etree._Element) -> bool:
    runs = [run for run in item.iterfind("{*}r") if "".join(t.text or "" for t in run.iterfind("{*}t")).strip()]
    formats = [run.find("{*}rPr") for run in runs]
    return bool(runs) and all(f is not None and _is_struck(f) for f in formats)
