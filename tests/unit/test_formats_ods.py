"""What an .ods can hold, in the XML that LibreOffice and odfpy write."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from tests.makers import ods, zipped
from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.sheets import CellError, NoValue, Sheet
from zhengfa_stats.reading.workbook import open_workbook
from zhengfa_stats.records import Range


def table(*rows: str, attributes: str = "") -> str:
    return f'<table:table table:name="线索" {attributes}>{"".join(rows)}</table:table>'


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def cell(text: str = "", attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{f'<text:p>{text}</text:p>' if text else ''}</table:table-cell>"


def text(content: str, attributes: str = "") -> str:
    return cell(content, f'office:value-type="string" {attributes}')


def only(path: Path) -> Sheet:
    (sheet,) = open_workbook(path).sheets
    return sheet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.ods"


@pytest.mark.parametrize(
    ("attributes", "shown", "expected"),
    [
        ('office:value-type="string"', "007", "007"),
        (
            'office:value-type="string"',
            "甲<text:s text:c='2'/>乙<text:line-break/><text:span>丙</text:span>",
            "甲  乙\n丙",
        ),
        ('office:value-type="float" office:value="7.5"', "7.5", 7.5),
        ('office:value-type="float" office:value="7"', "007", "007"),
        ('office:value-type="percentage" office:value="0.95"', "95%", 0.95),
        ('office:value-type="currency" office:value="9"', "￥9.00", 9.0),
        ('office:value-type="boolean" office:boolean-value="true"', "TRUE", True),
        ('office:value-type="date" office:date-value="2021-03-05"', "2021年3月5日", date(2021, 3, 5)),
        ('office:value-type="date" office:date-value="2021-03-05T14:30:00"', "", datetime(2021, 3, 5, 14, 30)),
        ('office:value-type="date" office:date-value="2021-02-30"', "2月30日", "2月30日"),
        ('office:value-type="time" office:time-value="PT14H30M00S"', "14:30", time(14, 30)),
        ('office:value-type="time" office:time-value="PT36H00M00S"', "36:00", timedelta(hours=36)),
    ],
)
def test_a_cell_is_its_value_and_not_what_is_shown(path: Path, attributes: str, shown: str, expected: object) -> None:
    value = only(ods(path, table(row(cell(shown, attributes))))).rows[0][0]
    assert (value, type(value)) == (expected, type(expected))


@pytest.mark.parametrize(
    "attributes",
    [
        'office:value-type="string" office:string-value="" calcext:value-type="error"',
        'office:value-type="float" office:value="0" table:formula="of:=[.#REF!]"',
    ],
)
def test_error_cells(path: Path, attributes: str) -> None:
    value = only(ods(path, table(row(cell("#REF!", attributes))))).rows[0][0]
    assert (value, type(value)) == ("#REF!", CellError)


def test_a_formula_without_its_result(path: Path) -> None:
    value = only(ods(path, table(row(cell("", 'table:formula="of:=SUM([.B1:.C1])"'))))).rows[0][0]
    assert (value, type(value)) == ("=SUM([.B1:.C1])", NoValue)


def test_a_comment_is_no_part_of_the_cell(path: Path) -> None:
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    xml = f'<table:table-cell office:value-type="string">{note}<text:p>甲</text:p></table:table-cell>'
    assert only(ods(path, table(row(xml)))).rows == [["甲"]]


def test_repeated_rows_and_cells_keep_addresses(path: Path) -> None:
    rows = (
        row(cell(attributes='table:number-columns-repeated="2"'), text("甲", 'table:number-columns-repeated="2"')),
        row(cell(), attributes='table:number-rows-repeated="2"'),
        row(text("乙"), attributes='table:number-rows-repeated="2"'),
        row(
            cell(attributes='table:number-columns-repeated="16384"'), attributes='table:number-rows-repeated="1048571"'
        ),
    )
    blank = [None] * 4
    last = ["乙", None, None, None]
    assert only(ods(path, table(*rows))).rows == [[None, None, "甲", "甲"], blank, blank, last, last]


def test_merges_hidden_and_struck(path: Path) -> None:
    styles = (
        '<style:style style:name="x"><style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    )
    rows = (
        row(text("题", 'table:number-columns-spanned="2"'), "<table:covered-table-cell/>"),
        row(text("甲", 'table:style-name="x"'), text('<text:span text:style-name="x">乙</text:span>')),
        row(text("丙", 'table:style-name="x"'), text("丁"), attributes='table:visibility="collapse"'),
    )
    sheet = only(ods(path, table(*rows, attributes='table:style-name="h"'), styles=styles))
    assert (sheet.merges, sheet.hidden) == ((Range(1, 1, 1, 2),), True)
    assert (set(sheet.hidden_rows), set(sheet.struck_rows)) == ({3}, {2})


def test_what_odfpy_writes(path: Path) -> None:
    document, sheet = OpenDocumentSpreadsheet(), Table(name="表")
    line = TableRow()
    for value in ("编号", "甲"):
        box = TableCell(valuetype="string")
        box.addElement(P(text=value))
        line.addElement(box)
    line.addElement(TableCell(valuetype="float", value="7"))
    sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    document.save(str(path))
    assert only(path).rows == [["编号", "甲", 7.0]]


def test_an_encrypted_ods_is_refused(path: Path) -> None:
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    zipped(path, {"mimetype": mime, "content.xml": b"\x8f\x02", "META-INF/manifest.xml": manifest})
    with pytest.raises(WorkbookError, match="打开密码"):
        open_workbook(path)


def test_an_entity_is_never_resolved(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("泄露", encoding="utf-8")
    ods(path, table(row(text("甲&e;"))))
    from zipfile import ZipFile

    with ZipFile(path) as package:
        content = package.read("content.xml").decode()
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt">]>'
    zipped(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": entity + content})
    with pytest.raises(WorkbookError, match="DOCTYPE"):
        open_workbook(path)
