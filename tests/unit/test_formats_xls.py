"""What an .xls can hold, written by xlwt; and damage, which must end in a message."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlwt

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.sheets import CellError, NoValue, Workbook
from zhengfa_stats.reading.workbook import open_workbook
from zhengfa_stats.records import Range


@pytest.fixture
def book() -> Any:
    return xlwt.Workbook(encoding="utf-8")


def opened(book: Any, tmp_path: Path) -> Workbook:
    book.save(str(tmp_path / "a.xls"))
    return open_workbook(tmp_path / "a.xls")


def style(code: str) -> Any:
    return xlwt.easyxf(num_format_str=code)


def test_values_dates_and_blanks_keep_their_addresses(book: Any, tmp_path: Path) -> None:
    sheet = book.add_sheet("线索")
    values = ["甲", 7, 0.5, True, "007", "  ", None]
    for column, value in enumerate(values):
        sheet.write(2, column + 1, value)
    sheet.write(3, 1, datetime(2021, 3, 5), style("yyyy年m月d日"))
    sheet.write(3, 2, datetime(2021, 3, 5, 14, 30), style("yyyy-mm-dd hh:mm"))
    sheet.write(3, 3, 0.5, style("h:mm"))
    sheet.write(3, 4, 1.5, style("[h]:mm"))
    (read,) = opened(book, tmp_path).sheets
    assert read.rows == [
        [None] * 6,
        [None] * 6,
        [None, "甲", 7.0, 0.5, True, "007"],
        [None, date(2021, 3, 5), datetime(2021, 3, 5, 14, 30), time(12), timedelta(days=1, hours=12), None],
    ]
    assert type(read.rows[2][4]) is bool


def test_dates_of_a_1904_workbook(book: Any, tmp_path: Path) -> None:
    book.dates_1904 = True
    book.add_sheet("a").write(0, 0, datetime(2021, 3, 5), style("yyyy-mm-dd"))
    assert opened(book, tmp_path).sheets[0].rows == [[date(2021, 3, 5)]]


def test_leading_zeros_that_a_format_shows(book: Any, tmp_path: Path) -> None:
    sheet = book.add_sheet("a")
    sheet.write(0, 0, 42, style("000000"))
    sheet.write(0, 1, 42, style("0.00"))
    assert opened(book, tmp_path).sheets[0].rows == [["000042", 42.0]]


def test_error_cells(book: Any, tmp_path: Path) -> None:
    book.add_sheet("a").row(0).set_cell_error(0, "#REF!")
    value = opened(book, tmp_path).sheets[0].rows[0][0]
    assert (type(value), value) == (CellError, "#REF!")


@pytest.mark.parametrize("formula", ["SUM(B1:C1)", "B1+C1", "-B1", "COUNTIF(B1:C1,1)", "AVERAGE(B1:C1)"])
def test_a_formula_for_a_number_that_was_saved_without_one(book: Any, tmp_path: Path, formula: str) -> None:
    book.add_sheet("a").write(0, 0, xlwt.Formula(formula))
    (line,) = opened(book, tmp_path).sheets[0].rows
    assert type(line[0]) is NoValue


@pytest.mark.parametrize("formula", ['IF(B1=1,"","是")', "B1", 'B1&""'])
def test_a_formula_that_may_give_empty_text_is_a_blank(book: Any, tmp_path: Path, formula: str) -> None:
    sheet = book.add_sheet("a")
    sheet.write(0, 0, xlwt.Formula(formula))
    sheet.write(0, 1, 1)
    assert opened(book, tmp_path).sheets[0].rows == [[None, 1.0]]


def test_hidden_merged_and_struck(book: Any, tmp_path: Path) -> None:
    sheet, hidden = book.add_sheet("a"), book.add_sheet("藏")
    hidden.visibility = 1
    struck = xlwt.easyxf("font: struck_out on")
    sheet.write_merge(0, 0, 0, 2, "题")
    sheet.write(1, 0, "甲", struck)
    sheet.write(1, 1, 3, struck)
    sheet.write(2, 0, "乙", struck)
    sheet.write(2, 1, 3)
    sheet.write_rich_text(3, 0, [("丙", struck.font), ("丁", struck.font)])
    sheet.row(2).hidden = True
    read, other = opened(book, tmp_path).sheets
    assert (read.merges, set(read.hidden_rows), set(read.struck_rows)) == ((Range(1, 1, 1, 3),), {3}, {2, 4})
    assert (read.hidden, other.hidden, other.rows) == (False, True, [])


def test_damage_anywhere_ends_in_a_message_or_in_cells(book: Any, tmp_path: Path) -> None:
    sheet = book.add_sheet("a")
    for r in range(50):
        sheet.write(r, 0, f"第{r}行")
    book.save(str(tmp_path / "a.xls"))
    whole, broken = (tmp_path / "a.xls").read_bytes(), tmp_path / "b.xls"
    n_refused = 0
    for at in range(0, len(whole), 97):
        broken.write_bytes(whole[:at] + b"\xff" * 16 + whole[at + 16 :])
        try:
            open_workbook(broken)
        except WorkbookError:
            n_refused += 1
    assert n_refused > 5


def test_a_truncated_file_is_refused(book: Any, tmp_path: Path) -> None:
    book.add_sheet("a").write(0, 0, "甲")
    book.save(str(tmp_path / "a.xls"))
    (tmp_path / "b.xls").write_bytes((tmp_path / "a.xls").read_bytes()[:1500])
    with pytest.raises(WorkbookError, match=r"b\.xls：文件已损坏或不完整"):
        open_workbook(tmp_path / "b.xls")
