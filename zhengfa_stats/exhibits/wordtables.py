"""A table as Word has it: native rows and cells, a header that repeats on every page."""

from __future__ import annotations

from typing import Any

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from zhengfa_stats.exhibits.tables import Table, wide

_THICK, _THIN = 12, 4  # eighths of a point
_BODY, _NOTE = Pt(10.5), Pt(9)
_PAGE, _HALF, _PADDING = 15.2, 0.2, 0.9  # cm: the text of a page, half a character, what a cell adds
_TOGETHER = 20  # rows


def add_table(table: Table, document: Any, *, after: Any = None, notes: bool = True) -> Any:
    """Title, caption, table and notes at the end of a python-docx document (or cell), or behind a paragraph; the table."""
    parts = [_paragraph(document, table.title, Pt(12), WD_ALIGN_PARAGRAPH.CENTER, keep=True)]
    beside = WD_ALIGN_PARAGRAPH.RIGHT if sum(_widths(table)) > Cm(_PAGE * 0.7) else WD_ALIGN_PARAGRAPH.CENTER
    parts.append(_paragraph(document, table.caption, _NOTE, beside, keep=True))
    grid = _table(table, document)
    parts.append(grid)
    parts += [_paragraph(document, note, _NOTE, WD_ALIGN_PARAGRAPH.LEFT) for note in table.notes if notes]
    if after is not None:
        place = after._p
        for part in parts:
            place.addnext(part._element)
            place = part._element
    return grid


def _paragraph(document: Any, text: str, size: Any, align: Any, *, keep: bool = False) -> Any:
    """A line of its own without the indent of the body text."""
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.first_line_indent = Pt(0)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.keep_with_next = keep
    run = paragraph.add_run(text)
    run.font.size = size
    if size == _NOTE:
        run.font.color.rgb = RGBColor(0x5A, 0x66, 0x73)
    return paragraph


def _table(table: Table, document: Any) -> Any:
    """Rules above, below and under the header; numbers to the right, words in the middle."""
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.header))
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for column, width in zip(grid.columns, _widths(table), strict=True):
        for cell in (column, *column.cells):
            cell.width = width
    _fill(grid.rows[0], table.header, table.units, is_header=True)
    for row, texts in zip(list(grid.rows)[1:], table.texts(), strict=True):
        _fill(row, texts, table.units)
    _repeat(grid.rows[0])
    last = len(grid.rows) - 1
    if last <= _TOGETHER:
        _keep_together(grid)
    for i, row in enumerate(grid.rows):
        _unsplit(row)
        is_sum = table.n_totals and i == last + 1 - table.n_totals
        top = _THICK if i == 0 else _THIN if i == 1 or is_sum else 0
        for cell in row.cells:
            _rules(cell, top, _THICK if i == last else 0)
    return grid


def _widths(table: Table) -> list[Any]:
    """As wide as what stands in the columns, together no wider than the page."""
    columns = zip(table.header, *table.texts(), strict=True)
    asked = [min(max(map(wide, column)), 30) * _HALF + _PADDING for column in columns]
    asked = [min(width, 6 * _HALF * 2 + _PADDING) if i else width for i, width in enumerate(asked)]
    return [Cm(width * min(1.0, _PAGE / sum(asked))) for width in asked]


def _keep_together(grid: Any) -> None:
    """A short table stands on one page, with its title."""
    for row in list(grid.rows)[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _fill(row: Any, texts: Any, units: Any, *, is_header: bool = False) -> None:
    for i, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.first_line_indent = Pt(0)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
        middle = is_header or units[i] == "文"
        paragraph.alignment = (
            WD_ALIGN_PARAGRAPH.LEFT if i == 0 else WD_ALIGN_PARAGRAPH.CENTER if middle else WD_ALIGN_PARAGRAPH.RIGHT
        )
        run = paragraph.add_run(text)
        run.font.size = _BODY
        run.font.bold = True if is_header else None


def _rules(cell: Any, top: int, bottom: int) -> None:
    borders = OxmlElement("w:tcBorders")
    for name, size in (("top", top), ("bottom", bottom)):
        if size:
            rule = OxmlElement(f"w:{name}")
            for key, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", "12305A")):
                rule.set(qn(f"w:{key}"), value)
            borders.append(rule)
    cell._tc.get_or_add_tcPr().append(borders)


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _unsplit(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
