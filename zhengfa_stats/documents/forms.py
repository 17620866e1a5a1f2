"""Blank workbooks to hand out, one a ledger: headers as declared, drop-downs from the vocabularies, hints, an example line."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from zhengfa_stats.excel import settled, width_of
from zhengfa_stats.files import replacing
from zhengfa_stats.query import Clock
from zhengfa_stats.reading.sheets import OURS
from zhengfa_stats.schema import Field, Ledger, Schema

FOLDER = Path("data") / "forms"
GUIDE = "填写说明"
_ROWS = 300  # lines to be filled in
_LINE = Side(style="thin", color="808080")
_EDGE = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD_FILL, _NEEDED_FILL, _EXAMPLE_FILL = (PatternFill("solid", fgColor=c) for c in ("D9E2F3", "FCE4D6", "EDEDED"))
_FIRST = 5  # the row of the example: title, notes and header stand above it
_INLINE = 255  # characters of a list that Excel takes within a rule
_DAY = "yyyy-mm-dd"


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a form: its header, what it takes, and its example."""

    field: Field
    terms: tuple[str, ...]  # what the drop-down offers
    hint: str
    example: Any


def write_forms(folder: Path, schema: Schema, city: str, clock: Clock) -> list[Path]:
    """Write a blank form for every ledger that departments fill in; the same definitions give the same bytes."""
    paths = []
    for ledger in schema.ledgers.values():
        if ledger.tabulated:
            continue
        path = folder / f"{ledger.name}（空白表）.xlsx"
        buffer = io.BytesIO()
        _form(ledger, schema, city, clock).save(buffer)
        with replacing(path) as temporary:
            temporary.write_bytes(settled(buffer.getvalue()))
        paths.append(path)
    return paths


def columns_of_form(ledger: Ledger) -> list[Field]:
    """The fields that a department fills in: no derived ones, nothing private but what tells persons apart."""
    return [f for f in ledger.fields.values() if _is_asked(f)]


def _is_asked(f: Field) -> bool:
    if f.is_derived or f.reads or f.id in ("remark", "region"):
        return False
    return not f.private or f.identifies == "id_card"


# -- one form


def _form(ledger: Ledger, schema: Schema, city: str, clock: Clock) -> Workbook:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = ledger.name
    columns = [_column(f, ledger, schema, clock) for f in columns_of_form(ledger)]
    _head(sheet, ledger, columns, city)
    _body(sheet, columns)
    ranges = _guide(book.create_sheet(GUIDE), ledger, columns)
    for i, column in enumerate(columns, start=2):
        if rule := _rule(column, ranges.get(column.field.id, "")):
            sheet.add_data_validation(rule)
            rule.add(f"{get_column_letter(i)}{_FIRST}:{get_column_letter(i)}{_FIRST + _ROWS}")
    _settings(sheet, len(columns) + 1)
    return book


def _column(f: Field, ledger: Ledger, schema: Schema, clock: Clock) -> _Column:
    terms = _terms(f, schema)
    return _Column(f, terms, _hint(f, terms), _example(f, terms, clock))


def _terms(f: Field, schema: Schema) -> tuple[str, ...]:
    if f.kind == "flag":
        return ("是", "否")
    if not f.vocabulary:
        return ()
    return tuple(t.name for t in schema.vocabularies[f.vocabulary].terms if t.name != f.ticked)


def _hint(f: Field, terms: Sequence[str]) -> str:
    """What the cell takes, in a line."""
    kinds = {
        "date": "填年月日，如 2021-03-05",
        "number": "只填数字，不写单位",
        "flag": "填 是 或 否",
        "persons": "填姓名；几个人的用顿号隔开" if f.many else "填一个人的姓名",
        "unit": "填单位名称，县区的写全，如 甲县公安局",
        "code": "照原件填写，按文本保存",
        "text": "如实填写",
        "term": "从下拉列表里选" if not f.many else "从下拉列表里选；几项的用顿号隔开",
    }
    return f"{'必填。' if f.required else ''}{kinds[f.kind]}"


def _example(f: Field, terms: Sequence[str], clock: Clock) -> Any:
    if f.kind == "date":
        return clock.since if not f.planned else clock.as_of
    if f.kind == "number":
        return 1
    if f.kind == "persons":
        return "张某某"
    if f.identifies == "id_card":
        return "（18位号码）"
    if terms:
        return terms[0]
    return f"（{f.name}）"


def _head(sheet: Worksheet, ledger: Ledger, columns: Sequence[_Column], city: str) -> None:
    width = len(columns) + 1
    _put(sheet, 1, 1, f"{city}{ledger.name}", Font(name="黑体", size=18)).alignment = Alignment(horizontal="center")
    _put(sheet, 2, 1, "填报单位：", Font(name="等线", size=11))
    _put(sheet, 3, 1, "截至：    年  月  日", Font(name="等线", size=11))
    for row in (1, 2, 3):
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
    for row in (2, 3):
        sheet.cell(row, 1).protection = Protection(locked=False)
    sheet.row_dimensions[1].height = 32
    for i, name in enumerate(("序号", *(c.field.name for c in columns)), start=1):
        cell = _put(sheet, _FIRST - 1, i, name, Font(name="等线", bold=True))
        needed = i > 1 and columns[i - 2].field.required
        cell.fill = _NEEDED_FILL if needed else _HEAD_FILL
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        cell.border = _EDGE
    sheet.row_dimensions[_FIRST - 1].height = 32


def _body(sheet: Worksheet, columns: Sequence[_Column]) -> None:
    formats = [_format(c.field) for c in columns]
    for i, column in enumerate(columns, start=2):
        sheet.column_dimensions[get_column_letter(i)].width = _width(column)
    sheet.column_dimensions["A"].width = 7
    for n in range(_ROWS + 1):
        row = _FIRST + n
        sheet.row_dimensions[row].height = 21
        values = ("示例", *(c.example for c in columns)) if n == 0 else (n, *(None for _ in columns))
        for i, value in enumerate(values, start=1):
            cell = _put(sheet, row, i, value, Font(name="等线", italic=n == 0, color="7F7F7F" if n == 0 else "000000"))
            cell.border, cell.alignment = _EDGE, Alignment(vertical="center", wrap_text=True)
            cell.number_format = "General" if i == 1 else formats[i - 2]
            cell.protection = Protection(locked=i == 1)
            if n == 0:
                cell.fill = _EXAMPLE_FILL


def _format(f: Field) -> str:
    return _DAY if f.kind == "date" else "0" if f.kind == "number" else "@"


def _width(column: _Column) -> float:
    longest = max(map(width_of, (column.field.name, str(column.example), *column.terms[:20])))
    return min(30, max(12, longest + 3))


def _put(sheet: Worksheet, row: int, column: int, value: Any, font: Font) -> Any:
    cell = sheet.cell(row, column)
    cell.value, cell.font = value, font
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


# -- rules


def _rule(column: _Column, listed: str) -> DataValidation | None:
    """What Excel and WPS refuse, or only warn of, as the cell is typed."""
    f = column.field
    rule = _of_kind(f, column.terms, listed)
    if rule is None:
        return None
    rule.promptTitle, rule.prompt, rule.showInputMessage = f.name[:32], column.hint[:255], True
    rule.errorTitle, rule.error, rule.showErrorMessage = "填写有误", f"{f.name}：{column.hint}"[:255], True
    rule.allow_blank = True
    if f.kind == "unit" or f.many:
        rule.errorStyle = "warning"  # 甲县公安局, or several values, may be typed
    return rule


def _of_kind(f: Field, terms: Sequence[str], listed: str) -> DataValidation | None:
    if f.kind == "date":
        return DataValidation(type="date", operator="between", formula1="DATE(1990,1,1)", formula2="DATE(2099,12,31)")
    if f.kind == "number":
        return DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0")
    if terms:
        inline = ",".join(terms)
        fits = len(inline) <= _INLINE and not any("," in t for t in terms)
        return DataValidation(type="list", formula1=f'"{inline}"' if fits else listed)
    if f.identifies == "id_card":
        return DataValidation(type="textLength", operator="equal", formula1="18")
    return DataValidation(type="textLength", operator="lessThanOrEqual", formula1="2000")


def _guide(sheet: Worksheet, ledger: Ledger, columns: Sequence[_Column]) -> dict[str, str]:
    """How to fill in the form, and the lists that its drop-downs offer; where each list stands, by field."""
    _put(sheet, 1, 1, OURS, Font(name="等线", size=9, color="808080"))
    _put(sheet, 2, 1, f"《{ledger.name}》填写说明", Font(name="黑体", size=16))
    row = 3
    for line in _advice():
        _put(sheet, row, 1, line, Font(name="等线"))
        row += 1
    row += 1
    for i, name in enumerate(("栏目", "要求", "怎样填"), start=1):
        cell = _put(sheet, row, i, name, Font(name="等线", bold=True))
        cell.fill, cell.border = _HEAD_FILL, _EDGE
    for column in columns:
        row += 1
        for i, text in enumerate((column.field.name, "必填" if column.field.required else "", column.hint), start=1):
            cell = _put(sheet, row, i, text, Font(name="等线"))
            cell.border, cell.alignment = _EDGE, Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABC", (28, 10, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    return dict(_lists(sheet, columns))


def _advice() -> tuple[str, ...]:
    return (
        "1. 先在表头上方写明填报单位和数据截至的日期。",
        "2. 一行一条，不要合并单元格，不要插入小计、合计行。没有可报的，在第一行的任一栏写“无”。",
        "3. 底色为橙色的栏目必填；有下拉列表的从列表里选。",
        "4. 灰色的示例行不计数，可以留着，也可以删去。",
        "5. 表头已锁定，不要改动；行不够时，在最后一行上方插入新行。",
    )


def _lists(sheet: Worksheet, columns: Sequence[_Column]) -> Iterator[tuple[str, str]]:
    """Each list in a column of its own, right of the explanations."""
    at = 5
    for column in columns:
        if not column.terms:
            continue
        letter = get_column_letter(at)
        _put(sheet, 2, at, f"{column.field.name}可填", Font(name="等线", bold=True)).fill = _HEAD_FILL
        for row, term in enumerate(column.terms, start=3):
            _put(sheet, row, at, term, Font(name="等线"))
        sheet.column_dimensions[letter].width = min(40, max(map(width_of, column.terms)) + 3)
        yield column.field.id, f"{quote_sheetname(GUIDE)}!${letter}$3:${letter}${2 + len(column.terms)}"
        at += 1


def _settings(sheet: Worksheet, width: int) -> None:
    sheet.freeze_panes = f"B{_FIRST}"
    sheet.print_title_rows = f"{_FIRST - 1}:{_FIRST - 1}"
    sheet.print_area = f"A1:{get_column_letter(width)}{_FIRST + 30}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    assert sheet.oddFooter is not None
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    guarded = sheet.protection
    guarded.sheet = True
    guarded.formatCells = guarded.formatColumns = guarded.formatRows = False  # False: allowed
    guarded.insertRows = guarded.deleteRows = guarded.sort = guarded.autoFilter = False
