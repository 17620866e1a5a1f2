"""The pins of zhengfa.toml ([[sheets]]): which of them speak of a sheet, and which speak of nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import reduce

from zhengfa_stats.config import SheetPin
from zhengfa_stats.reading.sheets import Sheet
from zhengfa_stats.records import Place, Problem

_KIND = "指定无效"


def pin_of(pins: Sequence[SheetPin], file: str, sheet: str) -> SheetPin | None:
    """All that the pins say of a sheet, as one: a later pin has the last word, column by column.

    Files and sheets may hold * and ?; no sheet means every sheet of the file.
    """
    speaking = [p for p in pins if _is_like(file, p.file) and (not p.sheet or _is_like(sheet, p.sheet))]
    return reduce(_both, speaking) if speaking else None


def _both(first: SheetPin, then: SheetPin) -> SheetPin:
    return replace(
        then,
        ledger=then.ledger or first.ledger,
        header_rows=then.header_rows or first.header_rows,
        last_row=first.last_row if then.last_row is None else then.last_row,
        columns={**first.columns, **then.columns},
        skip=then.skip or (first.skip and not then.ledger),
    )


def _is_like(name: str, pattern: str) -> bool:
    return name == pattern or fnmatchcase(name, pattern)


def unmet_pins(pins: Iterable[SheetPin], sheets: Mapping[str, Sequence[str]], unread: Iterable[str]) -> list[Problem]:
    """An error for each pin that speaks of no file or of no sheet; `sheets` are the files' sheets, `unread` unknown."""
    return [problem for pin in pins for problem in _unmet(pin, sheets, set(unread))]


def _unmet(pin: SheetPin, sheets: Mapping[str, Sequence[str]], unread: set[str]) -> Iterator[Problem]:
    files = [f for f in sheets if _is_like(f, pin.file)]
    if not files:
        near = get_close_matches(pin.file, sheets, n=3, cutoff=0.4)
        do = f"是不是：{'、'.join(near)}" if near else "请写 data/raw 下的文件名，连同所在的文件夹"
        yield _bad(f"[[sheets]] 指定的文件“{pin.file}”不存在，这条指定没有用上", do)
        return
    names = list(dict.fromkeys(s for f in files for s in sheets[f]))
    if pin.sheet and not unread & set(files) and not any(_is_like(s, pin.sheet) for s in names):
        what = f"[[sheets]] 指定的工作表“{pin.sheet}”在“{pin.file}”里没有，这条指定没有用上"
        yield _bad(what, f"该文件的工作表：{'、'.join(names[:12])}")


def _bad(what: str, do: str) -> Problem:
    return Problem("error", _KIND, Place("zhengfa.toml"), what, do)


def misplaced(pin: SheetPin | None, sheet: Sheet, file: str) -> Problem | None:
    """The error of a pin whose header rows hold nothing, or whose last row stands above them."""
    if pin is None or pin.skip or not pin.header_rows or not any(any(map(_holds, row)) for row in sheet.rows):
        return None
    rows, height = pin.header_rows, len(sheet.rows)
    listed = "、".join(map(str, rows))
    if not all(1 <= r <= height for r in rows) or not any(_holds(c) for r in rows for c in sheet.rows[r - 1]):
        what = f"zhengfa.toml 的 [[sheets]] 指定表头在第{listed}行，那里没有内容（本表共{height}行），这条指定没有采用"
        return Problem("error", _KIND, Place(file, sheet.name), what, "请改正 header_rows")
    if pin.last_row is not None and pin.last_row <= max(rows):
        what = (
            f"zhengfa.toml 的 [[sheets]] 指定到第{pin.last_row}行为止，却不在表头（第{listed}行）之下，这条指定没有采用"
        )
        return Problem("error", _KIND, Place(file, sheet.name), what, "请改正 last_row")
    return None


def _holds(cell: object) -> bool:
    return cell is not None and cell != ""
