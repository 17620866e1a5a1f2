"""Each thing an .xlsx can hold, and each way it can be odd, in a tiny file of its own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.makers import cell, row, xlsx, zipped
from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats import scan
from zhengfa_stats.reading.formats.hints import ANYTHING, hints_of
from zhengfa_stats.reading.formats.scan import Wanted, scan_sheet
from zhengfa_stats.reading.formats.xlsx import _mention
from zhengfa_stats.reading.sheets import CellError, NoValue, Sheet
from zhengfa_stats.reading.workbook import open_workbook
from zhengfa_stats.records import Range


def only(path: Path) -> Sheet:
    (sheet,) = open_workbook(path).sheets
    return sheet


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.xlsx"


def test_cells_keep_their_addresses_when_the_table_starts_elsewhere(path: Path) -> None:
    sheet = only(xlsx(path, row(3, cell("C3", "编号"), cell("D3", 7)) + row(5, cell("C5", "甲"))))
    assert sheet.rows == [[None] * 4, [None] * 4, [None, None, "编号", 7.0], [None] * 4, [None, None, "甲", None]]


def test_types_stay_apart(path: Path) -> None:
    cells = cell("A1", 1, 't="b"'), cell("B1", 0.5, 's="1"'), cell("C1", "007"), cell("D1", 1.5)
    (line,) = only(xlsx(path, row(1, *cells), styles=("<xf/>", '<xf numFmtId="10"/>'))).rows
    assert line == [True, 0.5, "007", 1.5]
    assert [type(v) for v in line] == [bool, float, str, float]


def test_an_error_is_told_from_a_blank_and_from_text_that_looks_alike(path: Path) -> None:
    cells = (
        cell("A1", "#REF!", 't="e"'),
        cell("B1", "#REF!"),
        cell("C1"),
        cell("D1", "#N/A", "t='e'", formula="A2&amp;1"),
    )
    (line,) = only(xlsx(path, row(1, *cells))).rows
    assert line == ["#REF!", "#REF!", None, "#N/A"]
    assert [type(v) for v in line] == [CellError, str, type(None), CellError]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ('<c r="A1"><f>SUM(B1,&quot;&lt;&quot;)</f></c>', '=SUM(B1,"<")'),
        ('<c r="A1"><f>B1</f><v></v></c>', "=B1"),
        ('<c r="A1"><f>B1</f><v/></c>', "=B1"),
        ('<c r="A1">\n <f>B1</f>\n <v />\n</c>', "=B1"),
        ('<c r="A1"><f t="shared" si="0"/></c>', "="),
        ('<c r="A1" t="str"><f>B1</f></c>', "=B1"),
    ],
)
def test_a_formula_without_its_result_is_no_blank(path: Path, xml: str, expected: str) -> None:
    value = only(xlsx(path, row(1, xml))).rows[0][0]
    assert (type(value), value) == (NoValue, expected)


@pytest.mark.parametrize("empty", ["<v></v>", "<v/>"])
def test_a_formula_that_gives_empty_text_is_a_blank(path: Path, empty: str) -> None:
    sheet = only(xlsx(path, row(1, f'<c r="A1" t="str"><f>IF(B1="","",1)</f>{empty}</c>', cell("B1", 1))))
    assert sheet.rows == [[None, 1.0]]


def test_a_formula_with_its_result_is_that_result(path: Path) -> None:
    assert only(xlsx(path, row(1, cell("A1", 0, formula="B1-B1"), cell("B1", 3)))).rows == [[0.0, 3.0]]


def test_zero_of_a_workbook_that_was_never_computed_is_no_result(path: Path) -> None:
    book = open_workbook(
        xlsx(path, row(1, cell("A1", 0, formula="B1"), cell("B1", 0)), workbook='<calcPr fullCalcOnLoad="1"/>')
    )
    assert [type(v) for v in book.sheets[0].rows[0]] == [NoValue, float]
    assert "公式没有计算过" in book.remarks[0]


def test_formulas_that_openpyxl_writes_have_no_result(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([1, 2, "=SUM(A1:B1)"])  # type: ignore[union-attr]
    book.save(path)
    assert only(path).rows == [[1.0, 2.0, "=SUM(A1:B1)"]]
    assert type(only(path).rows[0][2]) is NoValue


DATES = {
    "14": date(2021, 3, 5), "22": date(2021, 3, 5), "27": date(2021, 3, 5), "31": date(2021, 3, 5),
    "36": date(2021, 3, 5), "50": date(2021, 3, 5), "57": date(2021, 3, 5), "58": date(2021, 3, 5),
}  # fmt: skip


@pytest.mark.parametrize("number", DATES)
def test_dates_also_in_the_built_in_formats_of_chinese_excel(path: Path, number: str) -> None:
    file = xlsx(path, row(1, cell("A1", 44260, 's="1"')), styles=("<xf/>", f'<xf numFmtId="{number}"/>'))
    assert only(file).rows == [[DATES[number]]]


@pytest.mark.parametrize(
    ("code", "serial", "expected"),
    [
        ('yyyy"年"m"月"d"日";@', 44260, date(2021, 3, 5)),
        ('[DBNum1][$-804]yyyy"年"m"月"d"日";@', 44260, date(2021, 3, 5)),
        ("yyyy-mm-dd hh:mm", 44260.604166666664, datetime(2021, 3, 5, 14, 30)),
        ("h:mm", 0.5, time(12)),
        ("[h]:mm", 1.5, timedelta(days=1, hours=12)),
        ('#,##0.00"元"', 44260, 44260.0),
        ('General"天"', 44260, 44260.0),
    ],
)
def test_a_number_is_what_its_format_says(path: Path, code: str, serial: float, expected: object) -> None:
    file = xlsx(path, row(1, cell("A1", serial, 's="1"')), formats=(code,), styles=("<xf/>", '<xf numFmtId="164"/>'))
    assert only(file).rows == [[expected]]


def test_dates_of_a_1904_workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904  # type: ignore[attr-defined]
    book.active["A1"] = date(2021, 3, 5)  # type: ignore[index]
    book.save(path)
    assert only(path).rows == [[date(2021, 3, 5)]]


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("000000", 42, "000042"),
        ("000_ ", 7, "007"),
        ('"XS"0000;@', 12, "XS0012"),
        ("000", 7.5, 7.5),
        ("0", 7, 7.0),
        ("0.00", 7, 7.0),
        ("000", "文字", "文字"),
    ],
)
def test_leading_zeros_that_a_format_shows(path: Path, code: str, value: object, expected: object) -> None:
    file = xlsx(path, row(1, cell("A1", value, 's="1"')), formats=(code,), styles=("<xf/>", '<xf numFmtId="164"/>'))
    assert only(file).rows == [[expected]]


def test_hidden_sheets_and_rows(path: Path) -> None:
    book = openpyxl.Workbook()
    shown, hidden = book.active, book.create_sheet("藏")
    assert shown
    for n in range(1, 4):
        shown.append([n])
    shown.row_dimensions[2].hidden = True
    shown.column_dimensions["A"].hidden = True
    hidden.append([1])
    hidden.sheet_state = "hidden"
    book.save(path)
    sheets = open_workbook(path).sheets
    assert [(s.hidden, set(s.hidden_rows)) for s in sheets] == [(False, {2}), (True, set())]


STRUCK = ("<font/>", "<font><strike/></font>", '<font><strike val="0"/></font>')
FONTS = ("<xf/>", '<xf fontId="1"/>', '<xf fontId="2"/>')


def test_a_row_is_struck_when_every_filled_cell_is(path: Path) -> None:
    rows = (
        row(1, cell("A1", 1, 's="1"'), cell("B1", "甲", 's="1"'), cell("C1", None)),
        row(2, cell("A2", 1, 's="1"'), cell("B2", "甲")),
        row(3, cell("A3", 1, 's="2"'), cell("B3", "甲", 's="2"')),
        row(4, cell("A4", None, 's="1"')),
        row(5, cell("A5", "  ", ""), cell("B5", 5, 's="1"')),
    )
    assert only(xlsx(path, "".join(rows), fonts=STRUCK, styles=FONTS)).struck_rows == {1, 5}


def test_rich_text_is_struck_when_every_run_is(path: Path) -> None:
    run, plain = "<r><rPr><strike/></rPr><t>甲</t></r>", "<r><t>乙</t></r>"
    rows = row(1, cell("A1", 0, 't="s"')) + row(2, cell("A2", 1, 't="s"'))
    sheet = only(xlsx(path, rows, strings=f"<si>{run}{run}</si><si>{run}{plain}</si>"))
    assert sheet.rows == [["甲甲"], ["甲乙"]]
    assert sheet.struck_rows == {1}


def test_a_word_is_met_where_one_piece_ends_and_the_next_begins() -> None:
    assert _mention([b"<sst><str", b"ike/></sst>"], b"strike") and _mention([b"<strike/>"], b"strike")
    assert not _mention([b"<sst><str", b"ong/></sst>"], b"strike")


def test_merges(path: Path) -> None:
    merges = '<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="A2:A3"/><mergeCell ref="X90:Y91"/></mergeCells>'
    rows = row(1, cell("A1", "题")) + row(2, cell("A2", "甲"), cell("C2", 1)) + row(3, cell("C3", 2))
    assert only(xlsx(path, rows, after=merges)).merges == (Range(1, 1, 1, 3), Range(2, 1, 3, 1))


def test_cells_whose_writer_left_out_addresses(path: Path) -> None:
    rows = '<row><c><v>1</v></c><c t="e"><v>#REF!</v></c></row><row r="3" hidden="1"><c r="B3"><v>2</v></c><c><f>A1</f></c></row>'
    sheet = only(xlsx(path, rows))
    assert sheet.rows == [[1.0, "#REF!", None], [None] * 3, [None, 2.0, "=A1"]]
    assert isinstance(sheet.rows[0][1], CellError) and isinstance(sheet.rows[2][2], NoValue)
    assert sheet.hidden_rows == {3}


def test_a_namespace_prefix_changes_nothing() -> None:
    xml = (
        b'<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1" hidden="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c>'
        b'<x:c r="B1" s="3"><x:f>1</x:f></x:c></x:row></x:sheetData><x:mergeCell ref="A1:B1"/></x:worksheet>'
    )
    found = scan_sheet([xml], Wanted(struck_styles=frozenset({3})))
    assert (found.errors, found.no_values, found.struck) == ({(1, 1): "#N/A"}, {(1, 2): "=1"}, {(1, 2)})
    assert (found.hidden_rows, found.merges) == ({1}, [Range(1, 1, 1, 2)])


@pytest.mark.parametrize("size", [1, 7, 50, 10_000])
def test_the_scan_finds_the_same_however_the_bytes_arrive(size: int) -> None:
    body = "".join(row(n, cell(f"A{n}", "#REF!", 't="e"'), cell(f"B{n}", None, formula="A1")) for n in range(1, 20))
    xml = f"<worksheet><sheetData>{body}</sheetData></worksheet>".encode()
    found = scan_sheet((xml[at : at + size] for at in range(0, len(xml), size)), Wanted())
    assert list(found.errors) == [(n, 1) for n in range(1, 20)]
    assert list(found.no_values) == [(n, 2) for n in range(1, 20)]


ODDITIES = (  # whatever the scan looks for, each where nothing else would give it away, and what merely looks like it
    '<row r="3"><c r="A3" t="e"><v>#N/A</v></c></row>',
    "<row r='3'><c r='A3' t='e'><v>#N/A</v></c></row>",
    '<row r="3"><c r="A3"><f>B1</f></c></row>',
    '<row r="3"><c r="A3"></f><v></v></c></row>',
    '<row r="3"><c r="A3" t="n"><f si="1"/><v/></c></row>',
    '<row r="3" hidden="1"><c r="A3"/></row>',
    '<row r="3" spans="1:2" hidden="true"><c r="A3"><v>hidden</v></c></row>',
    '<row r="3"><c><v>1</v></c></row>',
    '<row hidden="1"><c r="A3"><v>1</v></c></row>',
    '<row r="3"><c s="1" r="AB3"><v>1</v></c></row>',
    '<row r="3"><c r="AB3"><v>1</v></c></row>',
    '<row r="3"><c r="AB3"/><c r="Z3" t="inlineStr"><is><t>"e" dd r="AB3"</t></is></c></row>',
    '<row r="1048576"><c r="A1048576"><v>1</v></c></row>',
    '<row r="10485760"><c r="A10485760"><v>1</v></c></row>',
    '<row r="10485760"></row>',
    '<row r="3"><c r="9999999"><v>1</v></c></row>',
    '<row r="9"><c r="A9" t="inlineStr"><is><t>甲</t></is></c></row>',
    '<row r="3"><c r="ABCDEF3"><v>1</v></c></row>',
    '<row r="999999"><c r="A999999" s="12"><v>1234567</v></c></row>',
    '<row r="3"><c r="A3" s="3"><v>7</v></c></row>',
    '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
    "<headerFooter><oddHeader>&amp;C秘密</oddHeader></headerFooter>",
    '<cols><col min="1" max="1"/></cols><cellWatches><cellWatch r="AAA1"/></cellWatches>',
)


@given(st.lists(st.sampled_from(ODDITIES), max_size=3).map("".join))
@example("")
def test_hints_hide_nothing_from_the_scan(odd: str) -> None:
    rows = '<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1"><v>44319</v></c></row>'
    xml = f'<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>{rows}{odd}</sheetData></worksheet>'.encode()
    wanted = Wanted(struck_styles=frozenset({3}), doubt_zero=True)
    hinted = scan_sheet([xml], wanted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "hints_of", lambda _: ANYTHING)
        assert scan_sheet([xml], wanted) == hinted
    assert odd or not any(hints_of(xml)), "a plain sheet is looked through no further"


def test_a_strict_workbook_is_read_like_any(path: Path) -> None:
    rows = row(1, cell("A1", "甲"), cell("B1", "2021-03-05", 't="d"'), cell("C1", "#N/A", 't="e"'))
    sheet = only(xlsx(path, rows, strict=True, after='<mergeCells><mergeCell ref="A1:A2"/></mergeCells>'))
    assert (sheet.rows, sheet.merges) == ([["甲", date(2021, 3, 5), "#N/A"]], (Range(1, 1, 2, 1),))


def test_a_million_blank_formatted_rows_leave_nothing(path: Path) -> None:
    blank = "".join(f'<row r="{r}"><c r="A{r}" s="0"/></row>' for r in (*range(2, 3000), 1_048_576))
    assert only(xlsx(path, row(1, cell("A1", "甲"), cell("B1", " ")) + blank)).rows == [["甲"]]


def test_a_stray_cell_in_the_last_corner_is_refused_by_its_address(path: Path) -> None:
    file = xlsx(path, row(1, cell("A1", "甲")) + row(1_048_576, cell("XFD1048576", 1)), names=("线索",))
    with pytest.raises(WorkbookError, match=r"“线索”.*XFD1048576.*Ctrl\+End"):
        open_workbook(file)


@pytest.mark.parametrize("address", ["A99999999", "ABCDEF2", "B1048577"])
def test_an_address_that_no_sheet_has_is_damage(path: Path, address: str) -> None:
    rows = row(1, cell("A1", 1)) + row(2, cell(address, 1)) + row(3, cell("A3", 1))
    with pytest.raises(WorkbookError, match="超出范围的单元格地址"):
        open_workbook(xlsx(path, rows))


def test_an_entity_is_never_resolved(path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("泄露", encoding="utf-8")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret.txt">]>'
    xlsx(path, row(1, cell("A1", 0, 't="s"')), strings="<si><t>甲</t></si>")
    with pytest.raises(WorkbookError, match="DOCTYPE"):
        open_workbook(_with(path, "xl/styles.xml", f"{entity}<styleSheet><numFmts>&e;</numFmts></styleSheet>"))
    strings = f"{entity}<sst><si><r><rPr><strike/></rPr><t>&e;</t></r></si></sst>"
    with pytest.raises(WorkbookError, match="已损坏"):
        open_workbook(_with(xlsx(path, row(1, cell("A1", 0, 't="s"'))), "xl/sharedStrings.xml", strings))


def _with(path: Path, name: str, content: str) -> Path:
    with ZipFile(path) as package:
        parts: dict[str, str | bytes] = {n: package.read(n) for n in package.namelist()}
    return zipped(path, parts | {name: content})


def test_broken_xml_is_said_to_be_damage(path: Path) -> None:
    xlsx(path, row(1, cell("A1", "甲")))
    with pytest.raises(WorkbookError, match="已损坏或不完整"):
        open_workbook(_with(path, "xl/workbook.xml", "<workbook><sheets>"))
    with pytest.raises(WorkbookError, match="已损坏或不完整"):
        open_workbook(
            _with(xlsx(path, row(1, cell("A1", "甲"))), "xl/worksheets/sheet1.xml", "<worksheet><sheetData><row")
        )
