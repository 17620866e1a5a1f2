"""A Word table as cells with their places and heads, through merges and content controls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from zhengfa_stats.documents.package import Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE = re.compile(
    r"[约近超逾]?[\d０-９,，.．]+(?:[万亿%％多余个条件人名次篇份项场期起]|件次|人次)*|\*+|×+|_+|\{\{.*\}\}|[-—/－]+"
)
_SERIAL = ("序号", "编号", "序")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its place among the table's rows and cells, its grid columns, and what heads its row and its column."""

    element: Element
    row: int
    nth: int  # among the cells of its row
    left: int
    right: int
    text: str
    continues: bool = False  # the lower part of a cell merged downwards
    controls: tuple[Element, ...] = ()  # content controls around the whole cell
    heads: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        return f"第{self.row}行第{self.nth}列"


def cells_of(table: Element) -> list[Cell]:
    """The cells of a table, row by row, with their heads; a nested table's are not among them."""
    cells = list(_cells(table))
    rows: list[list[Cell]] = [[] for _ in range(max((c.row for c in cells), default=0))]
    for cell in cells:
        rows[cell.row - 1].append(cell)
    n_heads = _header_rows(rows)
    return [replace(c, heads=_heads(c, rows, n_heads)) for c in cells]


def _cells(table: Element) -> Iterator[Cell]:
    for row, (line, _) in enumerate(_under(table, "tr"), 1):
        left = _number(line, "trPr/gridBefore", 0)
        for nth, (cell, controls) in enumerate(_under(line, "tc"), 1):
            right = left + _number(cell, "tcPr/gridSpan", 1) - 1
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            continues = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            yield Cell(cell, row, nth, left, right, _text(cell), continues, controls)
            left = right + 1


def _under(
    parent: Element, name: str, controls: tuple[Element, ...] = ()
) -> Iterator[tuple[Element, tuple[Element, ...]]]:
    """The rows of a table or the cells of a row, some of them within content controls."""
    for child in parent:
        if child.tag == f"{_W}{name}":
            yield child, controls
        elif child.tag == f"{_W}sdt":
            content = child.find(f"{_W}sdtContent")
            yield from _under(content, name, (*controls, child)) if content is not None else ()
        elif child.tag in (f"{_W}customXml", f"{_W}ins", f"{_W}smartTag"):
            yield from _under(child, name, controls)


def _number(element: Element, path: str, default: int) -> int:
    found = element.find("/".join(f"{_W}{step}" for step in path.split("/")))
    value = found.get(f"{_W}val", "") if found is not None else ""
    return int(value) if value.isdigit() and int(value) < 1000 else default


def _text(cell: Element) -> str:
    return "".join(t.text or "" for p in cell.iterfind(f".//{_W}p") for t in p.iter(f"{_W}t")).strip()


def is_value(text: str) -> bool:
    """Whether a cell holds a figure or the place of one.

    >>> [is_value(t) for t in ("236", "98.5%", "***", "{{线索.收到}}", "/", "公安局", "2021年", "")]
    [True, True, True, True, True, False, False, False]
    """
    return bool(_VALUE.fullmatch("".join(text.split())))


def _header_rows(rows: Sequence[Sequence[Cell]]) -> int:
    """How many rows at the top are heads: those above the first row with a figure or, in an empty form, with a gap."""
    for n, row in enumerate(rows):
        if any(is_value(c.text) for c in row) or any(not c.text and not c.continues for c in row[1:]):
            return n
    return 0


def _heads(cell: Cell, rows: Sequence[Sequence[Cell]], n_heads: int) -> tuple[str, ...]:
    if cell.row <= n_heads:
        return ()
    return (*_row_heads(cell, rows), *_column_heads(cell, rows[:n_heads]))


def _column_heads(cell: Cell, heads: Sequence[Sequence[Cell]]) -> Iterator[str]:
    for row in heads:
        for above in row:
            if above.left <= cell.left <= above.right and above.text and not above.continues:
                yield above.text


def _row_heads(cell: Cell, rows: Sequence[Sequence[Cell]]) -> Iterator[str]:
    """The labels to the left; a merged one counts for all rows beside it."""
    row = rows[cell.row - 1]
    for label in row:
        if label.left >= cell.left:
            return
        text = _above(label, rows).text if label.continues else label.text
        if text and not is_value(text):
            yield text


def _above(cell: Cell, rows: Sequence[Sequence[Cell]]) -> Cell:
    """The cell that a merged one continues."""
    for row in reversed(rows[: cell.row - 1]):
        for other in row:
            if other.left == cell.left and not other.continues:
                return other
    return cell
