"""Text tables: every encoding and delimiter met, and quotes that do not pair."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats import text as reader
from zhengfa_stats.reading.sheets import Workbook
from zhengfa_stats.reading.workbook import open_workbook

TABLE = [["编号", "姓名", "日期"], ["007", "张三", "2021-03-05"], ["008", "李四", "3月5日"]]


def opened(path: Path, data: bytes) -> Workbook:
    path.write_bytes(data)
    return open_workbook(path)


@pytest.mark.parametrize(
    ("encoding", "mark", "n_remarks"),
    [
        ("utf-8", b"", 0),
        ("utf-8", codecs.BOM_UTF8, 0),
        ("gb18030", b"", 1),
        ("utf-16-le", codecs.BOM_UTF16_LE, 0),
        ("utf-16-be", codecs.BOM_UTF16_BE, 0),
        ("utf-16-le", b"", 1),
        ("utf-16-be", b"", 1),
    ],
)
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_encodings(tmp_path: Path, encoding: str, mark: bytes, n_remarks: int, delimiter: str) -> None:
    data = mark + "\r\n".join(delimiter.join(line) for line in TABLE).encode(encoding)
    book = opened(tmp_path / "线索.csv", data)
    assert (book.kind, book.sheets[0].name, book.sheets[0].rows) == ("csv", "线索", TABLE)
    assert len(book.remarks) == n_remarks
    assert all("编码" in r for r in book.remarks)


def test_utf16_without_a_mark_is_told_also_beside_misleading_characters(tmp_path: Path) -> None:
    rows = [["一", "刀", "最", "N"], ["一", "一", "\u3000一", "0"]]
    for encoding in ("utf-16-le", "utf-16-be"):
        data = "\r\n".join(",".join(r) for r in rows).encode(encoding)
        assert opened(tmp_path / "a.csv", data).sheets[0].rows == rows


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_delimiters_also_under_a_title_and_beside_other_marks(tmp_path: Path, delimiter: str) -> None:
    lines = ["线索台账", *(delimiter.join(line) for line in TABLE), delimiter.join(["009", "王五、赵六", "注：甲。乙"])]
    book = opened(tmp_path / "a.csv", "\n".join(lines).encode())
    assert book.sheets[0].rows[0] == ["线索台账", None, None]
    assert book.sheets[0].rows[1:] == [*TABLE, ["009", "王五、赵六", "注：甲。乙"]]


def test_a_declared_delimiter_keeps_its_row(tmp_path: Path) -> None:
    book = opened(tmp_path / "a.csv", b"sep=;\r\na;b,c\r\n1;2\r\n")
    assert book.sheets[0].rows == [[None, None], ["a", "b,c"], ["1", "2"]]


def test_a_line_break_inside_quotes_is_part_of_the_cell(tmp_path: Path) -> None:
    book = opened(tmp_path / "a.csv", '编号,备注\r\n1,"第一行\r\n第二行, ""引"""\r\n2,无\r\n'.encode())
    assert book.sheets[0].rows == [["编号", "备注"], ["1", '第一行\n第二行, "引"'], ["2", "无"]]
    assert book.remarks == ()


def test_a_quote_that_is_never_closed_swallows_no_lines(tmp_path: Path) -> None:
    book = opened(tmp_path / "a.csv", '编号,问题\n1,"三个规定\n2,经商\n3,借贷\n'.encode())
    assert book.sheets[0].rows == [["编号", "问题"], ["1", '"三个规定'], ["2", "经商"], ["3", "借贷"]]
    assert any("引号不成对" in r for r in book.remarks)


def test_a_stray_pair_of_quotes_swallows_no_lines(tmp_path: Path) -> None:
    data = '编号,问题,人\n1,"三个规定,甲\n2,经商,乙\n3,"借贷,丙\n4,违规,丁\n'
    rows = opened(tmp_path / "a.csv", data.encode()).sheets[0].rows
    assert [r[0] for r in rows] == ["编号", "1", "2", "3", "4"]


def test_blank_lines_keep_their_rows(tmp_path: Path) -> None:
    assert opened(tmp_path / "a.csv", b"a,b\n\n , \n1,2\n\n").sheets[0].rows == [
        ["a", "b"], [None, None], [None, None], ["1", "2"],
    ]  # fmt: skip


def test_text_kept_from_excel_by_an_equals_sign(tmp_path: Path) -> None:
    assert opened(tmp_path / "a.csv", b'no,n\n="007",=1+1\n').sheets[0].rows == [["no", "n"], ["007", "=1+1"]]


def test_a_table_in_text_named_xls_is_read_with_a_remark(tmp_path: Path) -> None:
    book = opened(tmp_path / "a.xls", "\n".join("\t".join(line) for line in TABLE).encode("gb18030"))
    assert book.sheets[0].rows == TABLE
    assert "扩展名是 .xls，按内容是 csv 格式" in book.remarks[0]


@pytest.mark.parametrize(
    "data", ["关于报送线索的通知\n各单位：请于月底前报送。\n".encode(), b"\x01\x02,\x03\n\x04,\x05"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(WorkbookError, match="不是表格文件"):
        opened(tmp_path / "a.xlsx", data)


def test_utf8_cut_in_the_middle_of_a_character_is_not_read_as_gbk(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="读不通"):
        opened(tmp_path / "a.csv", codecs.BOM_UTF8 + "编号,姓名".encode()[:-1])


cells = st.text(
    st.characters(codec="gb18030", exclude_categories=["C", "Z"], exclude_characters='="'), min_size=1, max_size=6
)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=3, max_size=8), st.sampled_from(",\t"))
def test_what_a_csv_writer_writes_comes_back(rows: list[list[str]], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    ((sheet,), _) = reader.read(codecs.BOM_UTF8 + out.getvalue().encode(), "a.csv")
    assert sheet.rows == rows
