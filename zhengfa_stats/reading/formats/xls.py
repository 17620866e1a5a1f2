"""BIFF workbooks (.xls of Excel 2 to 2003, WPS .et): by xlrd, since calamine can abort the process on damaged ones.

Had: values, dates, error cells, hidden sheets and rows, struck-through rows (also by rich text), merges, shown
leading zeros; formulas that can only give a number but were saved with none (as xlwt does) where the file is BIFF8.
Not had: the text of formulas, comments, hidden columns.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, cast

import olefile
import xlrd
from xlrd.compdoc import CompDocError

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats.beside import marks_in_stream
from zhengfa_stats.reading.formats.biff_formulas import uncomputed
from zhengfa_stats.reading.formats.cells import Spot, from_serial, guarded, put, shown, struck_rows, zero_format
from zhengfa_stats.reading.sheets import Cell, CellError, NoValue, Rows, Sheet
from zhengfa_stats.records import Range

_UNCOMPUTED = "文件由程序生成，公式没有计算过；请用 Excel 或 WPS 打开并保存一次"
_SALVAGED = "文件结构有损坏痕迹，已尽量读出，请与原件核对"
_UNLOCK = "请用 Excel 或 WPS 打开，去掉密码后另存为 .xlsx 再放入"
_CODEPAGE = "文件没有写明编码，按 GB18030 读出，请核对汉字"


def read(data: bytes, file: str) -> tuple[list[Sheet], list[str]]:
    """The worksheets of an xls file, and remarks on them."""
    with guarded(file):
        book, remarks = _open(data, file)
        missing = uncomputed(_stream(data)) if book.biff_version >= 80 else {}
        sheets = [_sheet(book, sheet, missing.get(sheet.number, [])) for sheet in book.sheets()]
        if sheets:
            sheets[0].beside = tuple(marks_in_stream(_stream(data)))
        return sheets, remarks + ([_UNCOMPUTED] if missing else [])


def _open(data: bytes, file: str) -> tuple[Any, list[str]]:
    """The workbook; a broken container or a missing code page is tried again and said in a remark."""
    try:
        return _load(data), []
    except CompDocError:
        return _load(data, ignore_workbook_corruption=True), [_SALVAGED]
    except UnicodeDecodeError:
        return _load(data, encoding_override="gb18030"), [_CODEPAGE]
    except xlrd.XLRDError as error:
        if "encrypted" not in str(error):
            raise
        raise WorkbookError("文件有打开密码，这种旧格式的密码程序解不开", file, _UNLOCK) from None


def _load(data: bytes, **options: Any) -> Any:
    with open(os.devnull, "w", encoding="utf-8") as silence:  # xlrd prints its warnings
        return xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=silence, **options
        )


def _stream(data: bytes) -> bytes:
    """The workbook's records: a stream in the container, or the file itself."""
    if not data.startswith(olefile.MAGIC):  # isOleFile takes a short content for a file's name
        return data
    with olefile.OleFileIO(BytesIO(data)) as container:
        name = next((name for name in ("Workbook", "Book") if container.exists(name)), "")  # Book: Excel 5 and 95
        return bytes(container.openstream(name).read()) if name else b""


def _sheet(book: Any, sheet: Any, missing: list[Spot]) -> Sheet:
    rows = _rows(book, sheet)
    for spot in missing:
        put(rows, spot, NoValue("="))
    hidden = frozenset(r + 1 for r, info in sheet.rowinfo_map.items() if info.hidden)
    merges = tuple(Range(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells)
    return Sheet(sheet.name, rows, merges, bool(sheet.visibility), hidden, struck_rows(rows, _struck(book, sheet)))


def _rows(book: Any, sheet: Any) -> Rows:
    convert = _converters(book, sheet)
    rows: Rows = []
    for r in range(sheet.nrows):
        pairs = zip(sheet.row_types(r), sheet.row_values(r), strict=True)
        rows.append([convert[kind](value, r, c) for c, (kind, value) in enumerate(pairs)])
    return rows


def _converters(book: Any, sheet: Any) -> dict[int, Callable[[Any, int, int], Cell]]:
    """How a value of each of xlrd's kinds becomes a cell."""
    codes = [
        book.format_map[xf.format_key].format_str if xf.format_key in book.format_map else "" for xf in book.xf_list
    ]
    zeros = {n: zero for n, code in enumerate(codes) if (zero := zero_format(code))}
    elapsed = {n for n, code in enumerate(codes) if code.lstrip().lower().startswith(("[h", "[m", "[s"))}

    def number(value: float, r: int, c: int) -> Cell:
        style = sheet.cell_xf_index(r, c) if zeros else -1
        return shown(value, zeros[style]) if style in zeros else value

    def moment(value: float, r: int, c: int) -> Cell:
        return from_serial(value, bool(book.datemode), elapsed=sheet.cell_xf_index(r, c) in elapsed)

    return {
        xlrd.XL_CELL_EMPTY: lambda value, r, c: None,
        xlrd.XL_CELL_BLANK: lambda value, r, c: None,
        xlrd.XL_CELL_TEXT: lambda value, r, c: cast(str, value),
        xlrd.XL_CELL_NUMBER: number,
        xlrd.XL_CELL_DATE: moment,
        xlrd.XL_CELL_BOOLEAN: lambda value, r, c: bool(value),
        xlrd.XL_CELL_ERROR: lambda value, r, c: CellError(xlrd.error_text_from_code.get(value, "#VALUE!")),
    }


def _struck(book: Any, sheet: Any) -> Iterator[Spot]:
    """The cells whose font, or every run of rich text, is struck through."""
    fonts = [bool(font.struck_out) for font in book.font_list]
    styles = {n for n, xf in enumerate(book.xf_list) if xf.font_index < len(fonts) and fonts[xf.font_index]}
    if styles:
        for r in range(sheet.nrows):
            for c in range(sheet.row_len(r)):
                if sheet.cell_xf_index(r, c) in styles:
                    yield r + 1, c + 1
    for (r, c), runs in sheet.rich_text_runlist_map.items():
        starts_struck = runs[0][0] == 0 or sheet.cell_xf_index(r, c) in styles
        if starts_struck and all(font < len(fonts) and fonts[font] for _, font in runs):
            yield r + 1, c + 1
