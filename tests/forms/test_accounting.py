"""Rows in and rows out: every form adds up, and a row that gets lost on the way stops the build."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.forms.building import KEY, config_of
from tests.forms.drawn import FOLDER, read_form, write_books
from zhengfa_stats.build import assemble, describe
from zhengfa_stats.errors import AccountingError
from zhengfa_stats.reading.coded import selected
from zhengfa_stats.reading.file import Context, FileRead, read_file

CONTEXT = Context(config_of(""), KEY)
FORM = read_form(FOLDER / "layout" / "stacked_with_titles.txt")


@pytest.fixture
def read(tmp_path: Path) -> FileRead:
    write_books(FORM, tmp_path)
    return read_file(tmp_path / "台账.xlsx", "台账.xlsx", CONTEXT)


def test_rows_fill_their_ranges_and_records_go_somewhere(read: FileRead) -> None:
    (sheet,) = describe(assemble([read], CONTEXT))
    assert sheet["used"] == 8 and sheet["outside"] == 0
    for table in sheet["tables"]:
        assert sum(table["rows"].values()) == 4
        assert table["kept"] + table["merged"] + table["superseded"] + table["set_aside"] == table["records"] == 2


def test_a_lost_record_is_caught(read: FileRead) -> None:
    ledger, lines = read.tables[0]
    read.tables[0] = ledger, selected(lines, np.array([0]))
    with pytest.raises(AccountingError, match=r"2条记录.*1条"):
        assemble([read], CONTEXT)


def test_a_lost_row_of_a_table_is_caught(read: FileRead) -> None:
    table = read.sheets[0].tables[0]
    short = replace(table, rows=replace(table.rows, body=table.rows.body - 1))
    read.sheets[0] = replace(read.sheets[0], tables=(short, *read.sheets[0].tables[1:]))
    with pytest.raises(AccountingError, match=r"4行.*3行"):
        assemble([read], CONTEXT)


def test_a_row_in_no_table_and_not_outside_is_caught(read: FileRead) -> None:
    sheet = read.sheets[0]
    read.sheets[0] = replace(sheet, inside=sheet.inside - {3})
    with pytest.raises(AccountingError, match=r"对不上"):
        assemble([read], CONTEXT)
