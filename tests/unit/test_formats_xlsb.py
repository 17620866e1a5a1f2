"""What an .xlsb can hold, built record by record."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.makers import xlsb, xlsb_cell, xlsb_row
from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.sheets import CellError, Sheet
from zhengfa_stats.reading.workbook import open_workbook
from zhengfa_stats.records import Range


def only(path: Path) -> Sheet:
    (sheet,) = open_workbook(path).sheets
    return sheet


def test_values_keep_their_addresses(tmp_path: Path) -> None:
    rows = xlsb_row(2, xlsb_cell(2, "甲"), xlsb_cell(3, 7.5)), xlsb_row(4, xlsb_cell(3, 44260.0, style=1))
    sheet = only(xlsb(tmp_path / "a.xlsb", *rows, styles=((0, 0), (14, 0))))
    assert sheet.rows == [[None] * 3, [None, "甲", 7.5], [None] * 3, [None, None, date(2021, 3, 5)]]


def test_error_cells(tmp_path: Path) -> None:
    sheet = only(xlsb(tmp_path / "a.xlsb", xlsb_row(1, xlsb_cell(1, 1.0), xlsb_cell(2, b"\x2a"))))
    assert (sheet.rows, type(sheet.rows[0][1])) == ([[1.0, "#N/A"]], CellError)


def test_hidden_merged_struck_and_zeros(tmp_path: Path) -> None:
    file = xlsb(
        tmp_path / "a.xlsb",
        xlsb_row(1, xlsb_cell(1, "题")),
        xlsb_row(2, xlsb_cell(1, 7.0, style=1), xlsb_cell(2, "甲"), hidden=True),
        xlsb_row(3, xlsb_cell(1, 8.0, style=2), xlsb_cell(2, "乙", style=2)),
        hidden=True,
        merges=[(1, 1, 1, 2)],
        formats=["000"],
        fonts=[False, True],
        styles=[(0, 0), (164, 0), (0, 1)],
    )
    sheet = only(file)
    assert sheet.rows == [["题", None], ["007", "甲"], [8.0, "乙"]]
    assert (sheet.hidden, set(sheet.hidden_rows), set(sheet.struck_rows)) == (True, {2}, {3})
    assert sheet.merges == (Range(1, 1, 1, 2),)


def test_a_stray_cell_in_the_last_corner_is_refused(tmp_path: Path) -> None:
    rows = xlsb_row(1, xlsb_cell(1, 1.0)), xlsb_row(1_048_576, xlsb_cell(16_384, 1.0))
    with pytest.raises(WorkbookError, match="XFD1048576"):
        open_workbook(xlsb(tmp_path / "a.xlsb", *rows))


def test_an_address_that_no_sheet_has_is_damage(tmp_path: Path) -> None:
    rows = xlsb_row(1, xlsb_cell(1, 1.0)), xlsb_row(3_000_000_000, xlsb_cell(1, 1.0)), xlsb_row(3, xlsb_cell(1, 1.0))
    with pytest.raises(WorkbookError, match="超出范围的单元格地址"):
        open_workbook(xlsb(tmp_path / "a.xlsb", *rows))
