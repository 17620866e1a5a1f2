"""Sheets drawn in text, with the role that each row is expected to have; and the same as .xlsx files.

A drawing has a row a line: its role, then its cells between bars.

    one sentence of what it shows          (lines before the first row, starting with #)
    t | 工资表 | < | <                      t title  n note  h header  b body  s section  p prenumbered
    h | 序号 | 姓名 | 实发                   = total  f footer  . blank  o outside
    b | 1 | 某甲 | 3000                     side by side: h+h, one letter a table, - where a table has no such row
    columns: 序号 ; 姓名 ; 实发              one such line a table, in order
    fills: B4=B3                           body cells and where their value stands, for all tables

`<` is merged with the cell to the left, `^` with the one above; a number is a number, 2021-03-05 a date, '1 the text
1, \\n a line break. Rows before a table's first and after its last are written as outside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook as Book

from zhengfa_stats.reading.layout import Layout
from zhengfa_stats.reading.sheets import Cell, Role, Rows, Sheet
from zhengfa_stats.records import Range

SPEC = Path(__file__).parent / "spec" / "layout"
LETTERS = {
    Role.TITLE: "t",
    Role.NOTE: "n",
    Role.HEADER: "h",
    Role.BODY: "b",
    Role.SECTION: "s",
    Role.PRENUMBERED: "p",
    Role.TOTAL: "=",
    Role.FOOTER: "f",
    Role.BLANK: ".",
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn sheet and what is expected of it."""

    name: str
    sheet: Sheet
    roles: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    fills: dict[str, str] | None


def draw(text: str, name: str = "表") -> Drawn:
    """The sheet that a text draws."""
    roles: list[str] = []
    lines: list[list[str]] = []
    columns: list[tuple[str, ...]] = []
    fills: dict[str, str] | None = None
    for line in text.splitlines():
        if line.startswith("columns:"):
            columns.append(tuple(c.strip() if c.strip() != "-" else "" for c in line[8:].split(";")))
        elif line.startswith("fills:"):
            fills = dict(pair.split("=") for pair in line[6:].split()) | (fills or {})
        elif line.strip() and not line.startswith("#"):
            role, *cells = line.split("|")
            roles.append(role.strip())
            lines.append([c.strip(" ") for c in cells])
    width = max(map(len, lines), default=0)
    marked = [row + [""] * (width - len(row)) for row in lines]
    rows: Rows = [[_cell(c) for c in row] for row in marked]
    return Drawn(name, Sheet(name, rows, tuple(_merges(marked))), tuple(roles), tuple(columns), fills)


def _cell(text: str) -> Cell:
    text = text.replace("\\n", "\n")
    if text in ("", "<", "^"):
        return None
    if text.startswith("'"):
        return text[1:].replace("_", " ")
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return datetime.strptime(text, "%Y-%m-%d").date()
    return text


def _merges(rows: list[list[str]]) -> Iterator[Range]:
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            right, bottom = c, r
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while bottom + 1 < len(rows) and rows[bottom + 1][c] == "^":
                bottom += 1
            if (right, bottom) != (c, r):
                yield Range(r + 1, c + 1, bottom + 1, right + 1)


def roles_of(layout: Layout, height: int) -> tuple[str, ...]:
    """Each row's role letters, one a table that has the row in its range; `o` outside all of them."""
    letters = []
    for row in range(1, height + 1):
        here = [
            LETTERS[t.roles[row - t.range.top]] if t.range.top <= row <= t.range.bottom else "-" for t in layout.tables
        ]
        side = [t for t in layout.tables if any(_beside(t.range, u.range) for u in layout.tables if u is not t)]
        if side and any(x != "-" for t, x in zip(layout.tables, here, strict=True) if t in side):
            letters.append("+".join(x for t, x in zip(layout.tables, here, strict=True) if t in side))
        else:
            letters.append(next((x for x in here if x != "-"), "o" if row in layout.outside else "."))
    return tuple(letters)


def _beside(one: Range, other: Range) -> bool:
    return one.top <= other.bottom and other.top <= one.bottom


def drawings(folder: str = "") -> list[Drawn]:
    """Every drawing under tests/spec/layout (or a folder of it), by name."""
    return [draw(p.read_text(encoding="utf-8"), p.stem) for p in sorted((SPEC / folder).glob("*.txt"))]


def write_xlsx(drawn: Drawn, path: Path) -> Path:
    """The drawn sheet as an .xlsx file, for tests that read files."""
    book = Book()
    page = book.active
    assert page is not None
    page.title = re.sub(r"[\\/*?:\[\]]", "", drawn.name)[:31]
    for r, row in enumerate(drawn.sheet.rows, 1):
        for c, value in enumerate(row, 1):
            if value is not None:
                page.cell(r, c, value if not isinstance(value, date) else datetime(value.year, value.month, value.day))
    for merge in drawn.sheet.merges:
        page.merge_cells(str(merge))
    book.save(path)
    return path
