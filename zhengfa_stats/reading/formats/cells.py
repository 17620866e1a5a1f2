"""What all formats share: tidy rows, shown leading zeros, struck rows, and the guard around foreign parsers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from itertools import filterfalse

import numpy as np

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.coded import Coded, distinguish
from zhengfa_stats.reading.sheets import Cell, Rows, Sheet
from zhengfa_stats.records import Range, address

Spot = tuple[int, int]  # 1-based row and column

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_AREA = (
    32_000_000  # cells from A1 to the last one with content; a stray cell at XFD1048576 makes 17 thousand million
)

# Invisible characters that make equal-looking texts differ, or turn their direction.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_LONE = re.compile("[\ud800-\udfff]")
_BREAK = re.compile("\r\n?")


@contextmanager
def guarded(file: str) -> Iterator[None]:
    """Turn whatever a foreign parser raises on damaged bytes into a WorkbookError.

    PyO3's PanicException derives from BaseException, so it is told by its name; interrupts pass.
    """
    try:
        yield
    except WorkbookError:
        raise
    except MemoryError as e:
        raise too_large(file) from e
    except BaseException as e:
        if isinstance(e, Exception) or type(e).__name__ == "PanicException":
            raise damaged(file) from e
        raise


def damaged(file: str, why: str = "内部结构读不通") -> WorkbookError:
    """The error for a file whose inside is broken."""
    return WorkbookError(
        f"文件已损坏或不完整（{why}）", file, "请用 Excel 或 WPS 打开并另存为 .xlsx；打不开的，请报送单位重新发送"
    )


def too_large(file: str, why: str = "内存不够") -> WorkbookError:
    """The error for a file that cannot be held in memory."""
    return WorkbookError(f"文件太大（{why}）", file, "请删去无用的行列和工作表，或拆成几个文件再用")


def check_area(file: str, sheet: str, bottom: int, right: int) -> None:
    """Refuse a sheet with an address that no sheet has, or whose rectangle of cells would not fit in memory."""
    if bottom > MAX_ROWS or right > MAX_COLUMNS:
        raise damaged(file, f"工作表“{sheet}”有超出范围的单元格地址")
    if bottom * right > MAX_AREA:
        raise WorkbookError(
            f"工作表“{sheet}”的内容一直延伸到{address(bottom, right)}，范围太大",
            file,
            "请用 Ctrl+End 找到远处的多余内容，删去这些行列后保存",
        )


def put(rows: Rows, spot: Spot, value: Cell) -> None:
    """Set a cell, growing the rows where it lies outside."""
    row, column = spot
    rows.extend([] for _ in range(row - len(rows)))
    line = rows[row - 1]
    line.extend([None] * (column - len(line)))
    line[column - 1] = value


def is_blank(value: Cell) -> bool:
    """None, or text of nothing but white space (an error or a missing value is none)."""
    return value is None or (type(value) is str and not value.strip())


def struck_rows(rows: Rows, struck: Iterable[Spot]) -> frozenset[int]:
    """The 1-based rows that have content and whose every non-blank cell is among `struck`."""
    by_row: dict[int, set[int]] = {}
    for row, column in struck:
        by_row.setdefault(row, set()).add(column)
    return frozenset(r for r, columns in by_row.items() if r <= len(rows) and _all_struck(rows[r - 1], columns))


def _all_struck(line: list[Cell], columns: Collection[int]) -> bool:
    filled = [c for c, value in enumerate(line, 1) if not is_blank(value)]
    return bool(filled) and all(c in columns for c in filled)


_SECTION = re.compile(r'((?:"[^"]*"|\\.|[^;"\\])*)')
_NO_SHOW = re.compile(r"\[[^\]]*\]|_.|\*.")
_ZEROS = re.compile(r'((?:"[^"]*"|\\.)*)(0{2,})((?:"[^"]*"|\\.)*)')


def zero_format(code: str) -> tuple[str, int, str] | None:
    """Prefix, digits and suffix of a number format that shows leading zeros; None for any other format.

    >>> zero_format("000000"), zero_format('"XS"0000_ ;@'), zero_format("0.00"), zero_format("0")
    (('', 6, ''), ('XS', 4, ''), None, None)
    """
    section = _SECTION.match(code)
    match = _ZEROS.fullmatch(_NO_SHOW.sub("", section[1]).strip()) if section else None
    return (_literal(match[1]), len(match[2]), _literal(match[3])) if match else None


def _literal(code: str) -> str:
    return re.sub(r'"([^"]*)"|\\(.)', lambda m: m[1] or m[2] or "", code)


def shown(value: Cell, zeros: tuple[str, int, str]) -> Cell:
    """A whole number as the text that its format shows; anything else as it is.

    >>> shown(7.0, ("", 3, "")), shown(7.5, ("", 3, ""))
    ('007', 7.5)
    """
    if type(value) is not float or value < 0 or not value.is_integer():
        return value
    prefix, digits, suffix = zeros
    return f"{prefix}{int(value):0{digits}}{suffix}"


def from_serial(serial: float, is_1904: bool, elapsed: bool = False) -> Cell:
    """A date serial as date, datetime, time (below one day) or, for an elapsed format, timedelta.

    A serial that no date has stays a number, for the cleaner to report.

    >>> from_serial(44260.0, False), from_serial(0.5, False), from_serial(1.5, False, elapsed=True)
    (datetime.date(2021, 3, 5), datetime.time(12, 0), datetime.timedelta(days=1, seconds=43200))
    """
    if not 0 <= serial < 2958466:
        return serial
    span = timedelta(milliseconds=round(serial * 86_400_000))
    if elapsed:
        return span
    if span < timedelta(days=1):
        return (datetime.min + span).time()
    # Excel's 1900 is a leap year, so serials up to 60 lie a day later.
    start = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 31 if span < timedelta(days=61) else 30)
    moment = start + span
    return moment.date() if moment.time() == time() else moment


def tidy(sheet: Sheet) -> int:
    """Blank → None, unseen characters dropped, one length of rows, no blank end; how many cells lost characters."""
    _level(sheet.rows)
    n_cleaned = _clean(sheet)
    height, width = _trim(sheet)
    sheet.hidden_rows = frozenset(r for r in sheet.hidden_rows if r <= height)
    sheet.struck_rows = frozenset(r for r in sheet.struck_rows if r <= height)
    sheet.merges = tuple(m for m in sheet.merges if m.top <= height and m.left <= width)
    return n_cleaned


def _level(rows: Rows) -> None:
    sizes = set(map(len, rows))
    for row in rows if len(sizes) > 1 else ():
        row.extend([None] * (max(sizes) - len(row)))


def _clean(sheet: Sheet) -> int:
    # All that may need a change is not printable, or sorts before "!": the empty text and leading space.
    odd = {*filterfalse(str.isprintable, sheet.texts), *filter("!".__gt__, sheet.texts)}
    if not odd:
        return 0
    seen = {text: _seen(text) for text in odd}
    lost = {text for text, rest in seen.items() if rest != _BREAK.sub("\n", text)}
    cells: dict[Cell, Cell] = {text: rest if rest.strip() else None for text, rest in seen.items()}
    columns, n_cleaned = list(sheet.columns), 0
    for at, column in enumerate(columns):
        if odd.isdisjoint(column.values):
            continue
        met = [sheet.rows[r] for r in column.lines_of(odd).tolist()]
        hit = [row for row in met if type(row[at]) is str]  # a formula without its result stays as it is
        n_cleaned += sum(row[at] in lost for row in hit) if lost else 0
        for row in hit:
            row[at] = cells[row[at]]
        is_whole = len(hit) == len(met)
        columns[at] = column.replaced(cells) if is_whole else distinguish([row[at] for row in sheet.rows])
    sheet.changed(columns)
    return n_cleaned


def _seen(text: str) -> str:
    """The text without characters that no reader sees, its lines ending one way."""
    return _UNSEEN.sub("", _LONE.sub("\ufffd", _BREAK.sub("\n", text)))


def _trim(sheet: Sheet) -> tuple[int, int]:
    """Cut the blank rows and columns at the end: the height and width that are left."""
    ends = [int(np.flatnonzero(column.filled).max(initial=-1)) + 1 for column in sheet.columns]
    height, width = max(ends, default=0), max((at for at, end in enumerate(ends, 1) if end), default=0)
    if (height, width) != (len(sheet.rows), len(ends)):
        del sheet.rows[height:]
        for row in sheet.rows:
            del row[width:]
        sheet.changed([Coded(column.index[:height], column.values) for column in sheet.columns[:width]])
    return height, width


def parse_ref(ref: str) -> Range | None:
    """A range such as A1:C2 as numbers; None when it is none or is a single cell.

    >>> parse_ref("A1:C2")
    Range(top=1, left=1, bottom=2, right=3)
    """
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})", ref.replace("$", ""))
    if not match:
        return None
    return Range(int(match[2]), column_number(match[1]), int(match[4]), column_number(match[3]))


def column_number(name: str) -> int:
    """The 1-based number of a column's letters.

    >>> column_number("AB")
    28
    """
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


Zeros = Mapping[int, tuple[str, int, str]]  # style → zero_format of its number format
