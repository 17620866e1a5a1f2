"""An .xlsx form filled and verified: figures are written into its cells, everything else in the file stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lxml import etree

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.filling import Edit, Left, Plan, plan
from zhengfa_stats.documents.formfill import settle
from zhengfa_stats.documents.package import Element, Parts, damaged
from zhengfa_stats.documents.tabular import Form, Spot, read_form
from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.language.passages import Passage
from zhengfa_stats.language.quantities.finding import find_blanks, find_quantities
from zhengfa_stats.language.wording import said
from zhengfa_stats.reading.formats import xlsx
from zhengfa_stats.reading.formats.cells import tidy
from zhengfa_stats.reading.sheets import Sheet
from zhengfa_stats.records import address, parse_address

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BLANK = re.compile(r"\s*(?:[*＊]+|[×xX]{2,}|_+|\{\{[^{}]*\}\})\s*")
_PERCENT = Decimal("0.01")


@dataclass(slots=True)
class Book:
    """A workbook's cells as the reader has them, beside the parts that they stand in."""

    parts: Parts
    main: str  # the part that lists the sheets
    sheets: list[Sheet]
    files: dict[str, str]  # a sheet's name → its part
    formulas: dict[str, set[Spot]]
    percents: dict[str, set[Spot]]  # cells that show per cents


def open_book(data: bytes, file: str) -> Book:
    """A workbook to be filled; WorkbookError where it can't be read."""
    parts = Parts(data, file)
    sheets, _ = xlsx.read(data, file)
    for sheet in sheets:
        tidy(sheet)
    if not sheets:
        raise WorkbookError("没有工作表", file, "请用 Excel 或 WPS 打开并另存为 .xlsx 后再试")
    main = next((t for kind, t in parts.related("").values() if kind == "officeDocument"), "xl/workbook.xml")
    related = parts.related(main)
    files = {
        e.get("name", ""): related[e.get(f"{_R}id", "")][1]
        for e in parts.xml(main).iterfind(f"{S}sheets/{S}sheet")
        if e.get(f"{_R}id", "") in related
    }
    if any(sheet.name not in files for sheet in sheets):
        raise damaged(file, "工作表在目录里对不上")
    percent_styles = _percent_styles(parts, related)
    formulas, percents = {}, {}
    for name, part in files.items():
        root = parts.xml(part)
        _number(root)
        cells = [(c, parse_address(c.get("r"))) for c in root.iter(f"{S}c")]
        formulas[name] = {spot for c, at in cells for spot in _formula(c, at)}
        percents[name] = {at for c, at in cells if c.get("s") in percent_styles}
    return Book(parts, main, sheets, files, formulas, percents)


def _number(root: Element) -> None:
    """Say of each row and cell where it stands: some programs leave it out where it follows the one before."""
    at = 0
    for row in root.iter(f"{S}row"):
        at = int(row.get("r") or at + 1)
        row.set("r", str(at))
        column = 0
        for cell in row.iterchildren(f"{S}c"):
            column = parse_address(cell.get("r"))[1] if cell.get("r") else column + 1
            cell.set("r", address(at, column))


def _formula(cell: Element, at: Spot) -> Iterator[Spot]:
    """The cells that a formula fills: its own, or those of an array."""
    formula = cell.find(f"{S}f")
    if formula is None:
        return
    yield at
    if ":" in (formula.get("ref") or "") and formula.get("t") == "array":
        first, _, last = formula.get("ref").partition(":")
        (top, left), (bottom, right) = parse_address(first), parse_address(last)
        yield from ((r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))


def _percent_styles(parts: Parts, related: dict[str, tuple[str, str]]) -> set[str]:
    """The styles whose numbers are shown as per cents."""
    styles = next((t for kind, t in related.values() if kind == "styles" and t in parts), "")
    if not styles:
        return set()
    root = parts.xml(styles)
    own = {e.get("numFmtId") for e in root.iterfind(f"{S}numFmts/{S}numFmt") if "%" in (e.get("formatCode") or "")}
    formats = own | {"9", "10"}
    return {str(i) for i, e in enumerate(root.iterfind(f"{S}cellXfs/{S}xf")) if e.get("numFmtId") in formats}


# ── filling ──────────────────────────────────────────────────────────────────────────────────────────────────────


def fill_workbook(data: bytes, file: str, desk: Desk) -> tuple[bytes, Plan]:
    """The filled workbook, and what was done."""
    book = open_book(data, file)
    passages, spots = passages_of(book)
    made = plan(passages, {}, desk)
    _carry_out(book, made, spots)
    taken = {spots[e.passage] for e in made.edits}
    n_before = len(made.left)
    for sheet in book.sheets:
        form = read_form(sheet, file, desk.schema, desk.city, desk, book.formulas.get(sheet.name, ()))
        _fill_form(book, sheet, form, desk, made, {spot for name, spot in taken if name == sheet.name})
    _settle_left(made, n_before)
    if made.edits:
        _recalculate(book)
    return book.parts.to_bytes(), made


def passages_of(book: Book) -> tuple[list[Passage], list[tuple[str, Spot]]]:
    """The cells that hold text with a figure or a place for one; where each stands."""
    passages, spots = [], []
    for sheet in book.sheets:
        for r, row in enumerate(sheet.rows, 1):
            for c, value in enumerate(row, 1):
                if isinstance(value, str) and (r, c) not in book.formulas.get(sheet.name, ()) and _speaks(value):
                    passages.append(Passage(f"{sheet.name}!{address(r, c)}", value))
                    spots.append((sheet.name, (r, c)))
    return passages, spots


def _speaks(text: str) -> bool:
    return "{{" in text or (len(text) > 4 and bool(find_blanks(text) or find_quantities(text)))


def _carry_out(book: Book, made: Plan, spots: Sequence[tuple[str, Spot]]) -> None:
    """Write the edits of text cells; a cell that is nothing but a tag gets a number."""
    texts: dict[int, str] = {}
    for edit in made.from_the_right():
        old = texts.get(edit.passage, made.passages[edit.passage].text)
        texts[edit.passage] = old[: edit.start] + edit.text + old[edit.end :]
    for i, text in texts.items():
        name, spot = spots[i]
        write(book, name, spot, _as_number(text, made.passages[i].text))


def _as_number(text: str, before: str) -> float | str:
    """A number where the whole cell was a place for one."""
    if _BLANK.fullmatch(before) and re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return float(text)
    return text


def _fill_form(book: Book, sheet: Sheet, form: Form, desk: Desk, made: Plan, taken: set[Spot]) -> None:
    for settled in settle([c for c in form.cells if (c.row, c.column) not in taken], desk):
        cell = settled.cell
        where = f"{sheet.name}!{address(cell.row, cell.column)}"
        if settled.value is None:
            is_blank = cell.now is None or isinstance(cell.now, str)
            made.left.append(Left(where, cell.context, settled.why, is_blank, settled.lacking))
            continue
        unit = desk.schema.indicators[cell.key].unit
        is_percent = (cell.row, cell.column) in book.percents.get(sheet.name, ())
        number = shown_number(settled.value, unit, is_percent)
        write(book, sheet.name, (cell.row, cell.column), number)
        was = "" if cell.now is None else f"{cell.now:g}" if isinstance(cell.now, int | float) else str(cell.now)
        text = said(settled.value, unit if unit == "%" else "")
        made.edits.append(Edit(where, -1, 0, 0, text, "", cell.key, was))
    for row, column in form.spare:
        if (row, column) not in taken:
            what = sheet.rows[row - 1][column - 1]
            context = what if isinstance(what, str) else _heads_of(sheet, row)
            why = "这张表的行和列没有看懂：表头或行名里要有已知的指标和单位，或者在格里写标签，如 {{线索.收到}}"
            made.left.append(Left(f"{sheet.name}!{address(row, column)}", context, why, True))
    made.remarks += form.remarks


def _heads_of(sheet: Sheet, row: int) -> str:
    return next((str(v) for v in sheet.rows[row - 1] if isinstance(v, str)), "")


def _settle_left(made: Plan, n_before: int) -> None:
    """Of a cell that the form's heads explain, only what they say: it is filled, or left for their reason."""
    by_form = made.left[n_before:]
    told = {e.where for e in made.edits if e.passage < 0} | {x.where for x in by_form}
    made.left = [*(x for x in made.left[:n_before] if x.where not in told), *by_form]


def shown_number(value: float, unit: str, is_percent: bool) -> float:
    """The number as a cell holds it: a per cent to two places, a hundredth of it where the cell shows per cents."""
    if unit != "%":
        return value
    rounded = Decimal(repr(value)).quantize(_PERCENT, ROUND_HALF_UP)
    return float(rounded / 100) if is_percent else float(rounded)


# ── cells in XML ─────────────────────────────────────────────────────────────────────────────────────────────────


def write(book: Book, name: str, spot: Spot, value: float | str) -> None:
    """Write a value into a cell, in the format that it has."""
    data = book.parts.xml(book.files[name]).find(f"{S}sheetData")
    if data is None:
        raise damaged(book.parts.file, f"工作表“{name}”里没有单元格")
    cell = _cell(data, spot)
    for child in list(cell):
        cell.remove(child)
    if isinstance(value, str):
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, f"{S}is"), f"{S}t")
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    else:
        cell.attrib.pop("t", None)
        number = int(value) if float(value).is_integer() else value
        etree.SubElement(cell, f"{S}v").text = repr(number)


def _cell(data: Element, spot: Spot) -> Element:
    """The cell of an address, made in its place where there is none."""
    row = _found_or_made(data, f"{S}row", spot[0], lambda e: int(e.get("r") or 0), str(spot[0]))
    return _found_or_made(row, f"{S}c", spot[1], lambda e: parse_address(e.get("r") or "A1")[1], address(*spot))


def _found_or_made(parent: Element, tag: str, number: int, number_of: Any, name: str) -> Element:
    after = None
    for child in parent.iterchildren(tag):
        at = number_of(child)
        if at == number:
            return child
        if at > number:
            break
        after = child
    new = etree.Element(tag, r=name)
    if after is None:
        parent.insert(0, new)
    else:
        after.addnext(new)
    return new


def _recalculate(book: Book) -> None:
    """Formulas are worked out again when the workbook is opened: the values kept in it are of before."""
    for name, part in book.files.items():
        if book.formulas[name]:
            for cell in book.parts.xml(part).iter(f"{S}c"):
                kept = cell.find(f"{S}v")
                if cell.find(f"{S}f") is not None and kept is not None:
                    cell.remove(kept)
    root = book.parts.xml(book.main)
    settings = root.find(f"{S}calcPr")
    if settings is None:
        settings = etree.Element(f"{S}calcPr")
        before = [e for e in root if e.tag in {f"{S}{n}" for n in _BEFORE_CALC}]
        before[-1].addnext(settings)
    settings.set("fullCalcOnLoad", "1")


_BEFORE_CALC = ("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets",
                "functionGroups", "externalReferences", "definedNames")  # fmt: skip
