"""Formulas of a BIFF8 stream that were saved without a result, which xlrd gives as empty text.

Excel marks a formula's result as the empty text when that is what it gives; writers that cannot compute (xlwt) put
the same mark on every formula. The two are told apart by what a formula can give: a sum or a difference is never the
empty text. One such formula shows that its workbook was never computed, and then none of the marks is a result.
Layouts: [MS-XLS] 2.4.127 Formula, 2.5.198 Ptg.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from struct import error, unpack_from
from typing import NamedTuple

from zhengfa_stats.reading.formats.cells import Spot

_FORMULA, _EOF, _SHEET, _BOF = 0x0006, 0x000A, 0x0085, 0x0809
_EMPTY = re.compile(rb"\x06\x00.{8}\x03.{5}\xff\xff", re.DOTALL)

# Size in bytes of each token; those of class 0x20 to 0x3f come in three variants that differ by 0x20.
_SIZES = {
    0x01: 5, 0x02: 5, **dict.fromkeys(range(0x03, 0x17), 1), 0x19: 4, 0x1C: 2, 0x1D: 2, 0x1E: 3, 0x1F: 9,
    0x20: 8, 0x21: 3, 0x22: 4, 0x23: 5, 0x24: 5, 0x25: 9, 0x26: 7, 0x27: 7, 0x28: 7, 0x29: 3, 0x2A: 5, 0x2B: 9,
    0x2C: 5, 0x2D: 9, 0x39: 7, 0x3A: 7, 0x3B: 11, 0x3C: 7, 0x3D: 11,
}  # fmt: skip
_STRING, _ATTRIBUTE, _PAREN, _FUNCTION, _FUNCTION_VAR, _SUM = 0x17, 0x19, 0x15, 0x21, 0x22, 0x10
# + - * / ^, comparisons, unary + -, percent: never text (0x08 is &)
_NUMBER_TOKENS = {*range(0x03, 0x08), *range(0x09, 0x0F), 0x12, 0x13, 0x14}
# COUNT SUM AVERAGE MIN MAX ROW STDEV ABS INT ROUND LEN MOD MATCH DATE DAY MONTH YEAR NOW ROWS COLUMNS COUNTA PRODUCT
# ROUNDUP ROUNDDOWN RANK DAYS360 TODAY MEDIAN SUMPRODUCT SUBTOTAL SUMIF COUNTIF COUNTBLANK DATEDIF
_NUMBER_FUNCTIONS = {
    0, 4, 5, 6, 7, 8, 12, 24, 25, 27, 32, 39, 64, 65, 67, 68, 69, 74, 76, 77, 169, 183, 212, 213, 216, 220, 221, 227,
    228, 344, 345, 346, 347, 351,
}  # fmt: skip


class _Mark(NamedTuple):
    sheet: int
    spot: Spot
    is_number: bool


def uncomputed(stream: bytes) -> dict[int, list[Spot]]:
    """Sheet number (from 0) → the cells whose formula has no result; empty where the marks may be results."""
    if not _EMPTY.search(stream):
        return {}
    found: dict[int, list[Spot]] = {}
    marks = list(_marks(stream))
    if any(mark.is_number for mark in marks):
        for mark in marks:
            found.setdefault(mark.sheet, []).append(mark.spot)
    return found


def _marks(stream: bytes) -> Iterator[_Mark]:
    """Every formula whose result is marked as empty text."""
    starts = [unpack_from("<I", stream, at)[0] for kind, at, _ in _records(stream, 0) if kind == _SHEET]
    for number, start in enumerate(starts):
        for kind, at, size in _records(stream, start):
            if kind == _FORMULA and size >= 22 and stream[at + 6] == 3 and stream[at + 12 : at + 14] == b"\xff\xff":
                row, column = unpack_from("<HH", stream, at)
                length = unpack_from("<H", stream, at + 20)[0]
                yield _Mark(number, (row + 1, column + 1), _gives_number(stream[at + 22 : at + 22 + length]))


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Number, place and size of each record from one BOF to its EOF, with what is nested in between."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        yield kind, at + 4, size
        at += 4 + size
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return


def _gives_number(formula: bytes) -> bool:
    """Whether a parsed expression (in postfix order, so its last token is its root) can only be a number or truth."""
    is_number, at = False, 0
    try:
        while at < len(formula):
            token = formula[at] if formula[at] < 0x20 else formula[at] & 0x1F | 0x20
            if token == _ATTRIBUTE:
                is_number = bool(formula[at + 1] & _SUM) or is_number
            elif token != _PAREN:
                is_number = token in _NUMBER_TOKENS or _function(formula, at, token) in _NUMBER_FUNCTIONS
            at += _size(formula, at, token)
    except (IndexError, KeyError, error):  # a token we do not know: nothing can be said
        return False
    return is_number


def _function(formula: bytes, at: int, token: int) -> int:
    if token == _FUNCTION:
        return int(unpack_from("<H", formula, at + 1)[0])
    return int(unpack_from("<H", formula, at + 2)[0]) if token == _FUNCTION_VAR else -1


def _size(formula: bytes, at: int, token: int) -> int:
    if token == _STRING:
        return 3 + formula[at + 1] * (2 if formula[at + 2] & 1 else 1)
    if token == _ATTRIBUTE and formula[at + 1] & 0x04:  # CHOOSE carries a table of jumps
        return 4 + 2 * (int(unpack_from("<H", formula, at + 2)[0]) + 1)
    return _SIZES[token]
