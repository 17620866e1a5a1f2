"""One table in three forms: the same numbers in HTML, Word and Excel, from the same Answer."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from tests.unit import exhibiting
from tests.unit.exhibiting import DECLARED, made
from zhengfa_stats.exhibits import Exhibit, Table, write_tables
from zhengfa_stats.exhibits.tables import sheet_name
from zhengfa_stats.exhibits.wordtables import add_table


@pytest.fixture(scope="module")
def shown() -> dict[str, Exhibit]:
    return exhibiting.shown()


@pytest.fixture(scope="module")
def book(shown: dict[str, Exhibit], tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("tables") / "tables.xlsx"
    write_tables(path, [one.table for one in shown.values()])
    return openpyxl.load_workbook(path)


class Rows(HTMLParser):
    """The texts of a table's cells, row by row; every tag and attribute met."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self._open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._open:
            self.rows[-1][-1] += data


def as_shown(value: Any, number_format: str) -> str:
    """What Excel shows in a cell, for the formats that are used here."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    places = number_format.partition(".")[2].count("0")
    return f"{value:.{places}f}{'%' if '%' in number_format else ''}"


@pytest.mark.parametrize("id_", DECLARED)
def test_the_same_numbers_in_html_word_and_excel(id_: str, shown: dict[str, Exhibit], book: Any) -> None:
    table = shown[id_].table
    wanted = [list(table.header), *table.texts()]
    assert Rows(table.html()).rows == wanted
    word = add_table(table, docx.Document())
    assert [[cell.text for cell in row.cells] for row in word.rows] == wanted
    sheet = book[sheet_name(table.title)]
    rows = [row[: len(table.header)] for row in sheet.iter_rows(min_row=4, max_row=3 + len(table.rows))]
    excel = [[as_shown(c.value, c.number_format) for c in row] for row in rows]
    assert [c.value for c in sheet[3]][: len(table.header)] == wanted[0]
    assert [[text or "—" for text in row] for row in wanted[1:]] == excel


@pytest.mark.parametrize("id_", DECLARED)
def test_the_table_has_the_numbers_of_the_chart(id_: str, shown: dict[str, Exhibit]) -> None:
    one = shown[id_]
    if one.grid.words:
        return
    for row, cells in zip(one.table.rows, one.grid.cells, strict=False):
        for value, cell in zip(row[1:], cells, strict=False):
            assert value == (f"{cell.part}/{cell.whole}" if cell.is_small else cell.value)


def test_a_sheet_is_ready_to_print(shown: dict[str, Exhibit], book: Any) -> None:
    table = shown["轮训.各单位情况"].table
    sheet = book[table.title]
    assert (sheet["A1"].value, sheet["A2"].value) == (table.title, table.caption)
    assert "2021年6月30日" in sheet["A2"].value
    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$1:$3"
    assert sheet.page_setup.paperSize == 9 and sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet["C4"].number_format == '0.00"%"'
    assert sheet["B4"].number_format == "0" and isinstance(sheet["B4"].value, int)
    assert all(sheet.column_dimensions[c].width >= 8 for c in "ABC")
    below = "".join(str(row[0].value or "") for row in sheet.iter_rows(min_row=4 + len(table.rows)))
    assert "".join(table.notes) == below and "政治轮训" in below
    assert sheet.cell(3 + len(table.rows), 1).font.bold


def test_the_workbook_opens_with_a_list_of_its_tables(shown: dict[str, Exhibit], book: Any) -> None:
    listed = [row[1] for row in book["目录"].iter_rows(min_row=2)]
    assert [c.value for c in listed] == book.sheetnames[1:]
    assert [c.hyperlink.location for c in listed] == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    assert len(listed) == len(shown)


def test_titles_that_excel_refuses(tmp_path: Path) -> None:
    table = Table("甲/乙：[丙]*？'" + "长" * 40, "截至", ("a", "b"), (("=1+1", 1),), ("文", ""))
    write_tables(tmp_path / "t.xlsx", [table, table])
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert len({n.lower() for n in book.sheetnames}) == 3 and all(len(n) <= 31 for n in book.sheetnames)
    cell = book[book.sheetnames[1]]["A4"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_word_repeats_the_header_and_splits_no_row() -> None:
    document = docx.Document()
    table = made("线索.单位与状态").table
    word = add_table(table, document)
    assert word.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in word.rows)
    said = [p.text for p in document.paragraphs]
    assert said[:2] == [table.title, table.caption] and tuple(said[2:]) == table.notes


def test_a_word_table_goes_where_it_is_asked_to() -> None:
    document = docx.Document()
    first = document.add_paragraph("前")
    document.add_paragraph("后")
    table = made("线索.来源").table
    add_table(table, document, after=first, notes=False)
    tags = [child.tag.rpartition("}")[2] for child in document.element.body][:5]
    assert tags == ["p", "p", "p", "tbl", "p"]
    assert [p.text for p in document.paragraphs] == ["前", table.title, table.caption, "后"]


def test_html_needs_nothing_from_elsewhere(shown: dict[str, Exhibit]) -> None:
    known = {"style", "table", "caption", "span", "thead", "tbody", "tr", "th", "td", "ul", "li", "img"}
    for id_ in ("线索.来源", "报送.情况", "线索.各单位情况"):
        html = shown[id_].html(40)
        parsed = Rows(html)
        assert parsed.tags <= known and "id" not in parsed.names
        assert "://" not in html and "url(" not in html


def test_hundred_per_cent_is_written_where_it_is_exact() -> None:
    rows = (("甲", 99.9999), ("乙", 100), ("丙", 0.0001), ("丁", 0), ("戊", None))
    table = Table("率", "", ("a", "b"), rows, ("文", "%"))
    assert [row[1] for row in table.texts()] == ["99.9999%", "100.0000%", "0.0001%", "0.0000%", "—"]
    assert [as_shown(row[1], table.formats[1]) for row in rows] == [row[1] for row in table.texts()]


def test_html_is_escaped_everywhere() -> None:
    bad = "<b>&\"'</b>"
    html = Table(bad, bad, (bad, bad), ((bad, bad),), ("文", "文"), (bad,)).html()
    assert "<b>" not in html and html.count("&lt;b&gt;") == 7
