"""Tables in a .docx read as forms: cells that wait for figures, by their rows and columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.filling import Edit, Left, Plan
from zhengfa_stats.documents.formfill import settle
from zhengfa_stats.documents.judging import Judged
from zhengfa_stats.documents.sheetcheck import judge_cells
from zhengfa_stats.documents.tabular import Form, read_form
from zhengfa_stats.documents.word import Grid, Word
from zhengfa_stats.language import tags
from zhengfa_stats.language.wording import said
from zhengfa_stats.numerals import parse
from zhengfa_stats.reading.sheets import Cell, Sheet
from zhengfa_stats.records import Range
from zhengfa_stats.schema import Schema


@dataclass(slots=True)
class WordForm:
    """A table's form, and which paragraph each of its cells is."""

    form: Form
    paragraphs: dict[tuple[int, int], int] = field(default_factory=dict)


def forms_of(word: Word, schema: Schema, city: str, desk: Desk | None) -> Iterator[WordForm]:
    """The tables that are read as forms, our own exhibits left out."""
    for grid in word.grids:
        sheet, paragraphs = _sheet(grid, word)
        form = read_form(sheet, "", schema, city, desk)
        if form.cells:
            yield WordForm(form, paragraphs)


def _sheet(grid: Grid, word: Word) -> tuple[Sheet, dict[tuple[int, int], int]]:
    """A table as a sheet from A1 on, called by the text above it."""
    height = max((c.row for c, _ in grid.cells), default=0)
    width = max((c.right for c, _ in grid.cells), default=0) + 1
    rows: list[list[Cell]] = [[None] * width for _ in range(height)]
    bottoms: dict[int, tuple[int, int, int]] = {}  # left column → top, right, bottom of the cell that is open there
    merges, paragraphs = [], {}
    for cell, paragraph in grid.cells:
        spot = (cell.row, cell.left + 1)
        if cell.continues and cell.left in bottoms:
            top, right, _ = bottoms[cell.left]
            bottoms[cell.left] = (top, right, cell.row)
            continue
        if cell.left in bottoms:
            merges.append(_merge(cell.left, bottoms[cell.left]))
        bottoms[cell.left] = (cell.row, cell.right, cell.row)
        rows[spot[0] - 1][spot[1] - 1] = _value(cell.text)
        if paragraph is not None:
            paragraphs[spot] = paragraph
    merges += [_merge(left, box) for left, box in bottoms.items()]
    wide = tuple(m for m in merges if (m.bottom, m.right) != (m.top, m.left))
    return Sheet(grid.title, rows, merges=wide), paragraphs


def _merge(left: int, box: tuple[int, int, int]) -> Range:
    top, right, bottom = box
    return Range(top, left + 1, bottom, right + 1)


def _value(text: str) -> Cell:
    number = parse(text) if text else None
    return float(number.value) if number else text or None


# ── filling and checking ─────────────────────────────────────────────────────────────────────────────────────────


def plan_forms(word: Word, plan: Plan, desk: Desk) -> None:
    """Add the cells of the document's tables to a plan; a cell that a tag or its heads explained is done already."""
    done = {e.passage for e in plan.edits}
    for form in forms_of(word, desk.schema, desk.city, desk):
        for settled in settle(form.form.cells, desk):
            number = form.paragraphs.get((settled.cell.row, settled.cell.column))
            if number is None or number in done:
                continue
            paragraph = word.paragraphs[number]
            plan.left = [x for x in plan.left if x.where != paragraph.where]
            if settled.value is None:
                context, is_blank = settled.cell.context, not paragraph.text
                plan.left.append(Left(paragraph.where, context, settled.why, is_blank, settled.lacking))
                continue
            cell = settled.cell
            unit = desk.schema.indicators[cell.key].unit
            text = said(settled.value, unit if unit == "%" else "")
            tag = tags.write(cell.expr, cell.key, desk.schema) if cell.expr else None
            place = (paragraph.where, number, 0, len(paragraph.text))
            plan.edits.append(Edit(*place, text, tag or "", cell.key, paragraph.text))


def check_forms(word: Word, desk: Desk | None, schema: Schema) -> Iterator[Judged]:
    """The verdicts on the cells of the document's tables."""
    for form in forms_of(word, schema, desk.city if desk else "", desk):
        for judged in judge_cells(form.form, desk, schema, "", frozenset()):
            number = form.paragraphs.get(judged.at[1:])
            if number is not None:
                paragraph = word.paragraphs[number]
                yield judged.at_place(paragraph.where, (number, 0, len(paragraph.text)))
