"""The front door: what a file is by its bytes, passwords, refusals, and how every sheet is tidied."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.rc4 import _makekey
from xlwt import CompoundDoc

from tests.makers import cell, ods, row, xlsb, xlsb_cell, xlsb_row, xlsx, zipped
from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading import workbook
from zhengfa_stats.reading.formats import package
from zhengfa_stats.reading.formats.cells import guarded, tidy
from zhengfa_stats.reading.sheets import Sheet
from zhengfa_stats.reading.workbook import open_workbook
from zhengfa_stats.records import Range


def refusal(path: Path, **options: Any) -> str:
    with pytest.raises(WorkbookError) as caught:
        open_workbook(path, **options)
    assert caught.value.where and caught.value.do
    return str(caught.value)


def test_every_format_is_told_by_its_bytes_and_not_its_extension(tmp_path: Path) -> None:
    xlsx(tmp_path / "1.dat", row(1, cell("A1", "甲")))
    xlsb(tmp_path / "2.xlsx", xlsb_row(1, xlsb_cell(1, "甲")))
    table = (
        '<table:table table:name="a"><table:table-row><table:table-cell office:value-type="string"><text:p>甲</text:p>'
    )
    ods(tmp_path / "3.xlsx", table + "</table:table-cell></table:table-row></table:table>")
    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("a").write(0, 0, "甲")
    book.save(str(tmp_path / "4.xlsx"))
    (tmp_path / "5").write_text("甲,乙\n丙,丁", encoding="utf-8")
    books = [open_workbook(p) for p in sorted(tmp_path.iterdir())]
    assert [b.kind for b in books] == ["xlsx", "xlsb", "ods", "xls", "csv"]
    assert [b.sheets[0].rows[0][0] for b in books] == ["甲"] * 5
    assert all("按内容是" in b.remarks[0] for b in books)


@pytest.mark.parametrize("kind", ["xls", "xlsx"])
def test_wps_et_is_either_of_two_formats(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.et"
    if kind == "xls":
        book = xlwt.Workbook(encoding="utf-8")
        book.add_sheet("a").write(0, 0, "甲")
        book.save(str(path))
    else:
        xlsx(path, row(1, cell("A1", "甲")))
    opened = open_workbook(path)
    assert (opened.kind, opened.sheets[0].rows, opened.remarks) == (kind, [["甲"]], ())


def test_the_name_in_messages_is_the_one_given(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"")
    assert refusal(tmp_path / "a.xlsx", file="公安局/6月.xlsx").startswith("公安局/6月.xlsx：文件是空的")


HTML = "<html><body><table><tr><td>编号</td></tr></table></body></html>"
MARKUP_2003 = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "文件是空的"),
        (bytes(600), "文件是空的"),
        (b"%PDF-1.7\n1 0 obj", "PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "PNG"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "JPEG"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"{\\rtf1\\ansi}", "RTF"),
        (b"MZ\x90\x00\x03\x00\x00\x00", "EXE"),
        (HTML.encode(), "网页"),
        (("\ufeff\r\n" + HTML.upper()).encode("utf-8"), "网页"),
        (("\ufeff" + HTML).encode("utf-16-le"), "网页"),
        (MARKUP_2003.encode(), "XML 表格 2003"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related", "MHTML"),
        (b"\x62\x14\x23\x65\x01\x00E-SafeNet\x00LOCK\x00", "透明加密"),
        (b"PK\x05\x06" + bytes(18), "空的压缩包"),
        (b"PK\x03\x04" + bytes(100), "不完整"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "已损坏或不完整"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, data: bytes, says: str) -> None:
    (tmp_path / "a.xls").write_bytes(data)
    assert says in refusal(tmp_path / "a.xls")


@pytest.mark.parametrize(
    ("part", "says"),
    [("word/document.xml", "Word"), ("ppt/presentation.xml", "演示文稿"), ("OFD.xml", "OFD"), ("a.txt", "ZIP")],
)
def test_other_zip_files_are_named(tmp_path: Path, part: str, says: str) -> None:
    assert says in refusal(zipped(tmp_path / "a.xlsx", {"[Content_Types].xml": "<Types/>", part: "x"}))


def test_a_word_document_of_the_old_kind_is_named(tmp_path: Path) -> None:
    CompoundDoc.XlsDoc().save(str(tmp_path / "a.xls"), b"text")
    data = (tmp_path / "a.xls").read_bytes()
    (tmp_path / "b.xls").write_bytes(data.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le")))
    assert "别的程序的文件" in refusal(tmp_path / "b.xls")


@pytest.mark.parametrize("name", ["~$线索.xlsx", ".~线索.xlsx", ".~lock.线索.ods#"])
def test_a_lock_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\x05admin" + bytes(159))
    assert "临时锁文件" in refusal(tmp_path / name)


def test_a_missing_file_and_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    assert "文件打不开" in refusal(tmp_path / "无.xlsx")
    assert "文件打不开" in refusal(tmp_path)


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.99])
def test_a_truncated_xlsx_is_refused(tmp_path: Path, keep: float) -> None:
    data = xlsx(tmp_path / "a.xlsx", row(1, cell("A1", "甲"))).read_bytes()
    (tmp_path / "b.xlsx").write_bytes(data[: int(len(data) * keep)])
    assert "没有下载或拷贝完" in refusal(tmp_path / "b.xlsx")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "RATIO_FROM", 1 << 20)
    path = zipped(tmp_path / "a.xlsx", {"xl/workbook.xml": "<workbook/>", "xl/media/a.bin": bytes(4 << 20)})
    monkeypatch.setattr(package.Package, "read", lambda *_: pytest.fail("unpacked"))
    assert "解压后有" in refusal(path)


def test_a_file_beyond_the_limit_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MAX_FILE", 2 << 20)
    (tmp_path / "a.csv").write_bytes(b"a," * (2 << 20))
    assert "文件太大（超过2 MB）" in refusal(tmp_path / "a.csv")


def encrypted(path: Path, password: str) -> Path:
    plain, out = BytesIO(), BytesIO()
    book = openpyxl.Workbook()
    book.active["A1"] = "甲"  # type: ignore[index]
    book.save(plain)
    OOXMLFile(plain).encrypt(password, out)
    path.write_bytes(out.getvalue())
    return path


def test_an_encrypted_xlsx_opens_with_its_password_only(tmp_path: Path) -> None:
    path = encrypted(tmp_path / "a.xlsx", "正确")
    assert open_workbook(path, password="正确").sheets[0].rows == [["甲"]]
    missing, wrong = refusal(path), refusal(path, password="错误")
    assert "有打开密码" in missing and "不对" in wrong
    for message in (missing, wrong):
        assert "--password" in message and "ZHENGFA_PASSWORD" in message
        assert "错误" not in message


def test_a_workbook_that_excel_opens_without_asking_is_opened(tmp_path: Path) -> None:
    assert open_workbook(encrypted(tmp_path / "a.xlsx", "VelvetSweatshop")).sheets[0].rows == [["甲"]]


def rc4(key: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
    from cryptography.hazmat.primitives.ciphers import Cipher

    return Cipher(ARC4(key), mode=None).encryptor().update(data)


def encrypted_xls(path: Path, password: str) -> Path:
    """An .xls under RC4 (MS-XLS 2.2.10): record heads, BOF and the sheets' places stay plain."""
    from hashlib import md5

    book = xlwt.Workbook(encoding="utf-8")
    book.add_sheet("a").write(0, 0, "甲")
    stream = book.get_biff_data()
    salt, verifier = bytes(range(16)), bytes(range(16, 32))
    proof = rc4(_makekey(password, salt, 0), verifier + md5(verifier).digest())
    lock = struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + salt + proof
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    stream = stream[:first] + lock + stream[first:]
    plain, out, at = bytearray(), bytearray(stream), 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = bytearray(stream[at + 4 : at + 4 + size])
        if kind == 0x85:
            body[:4] = struct.pack("<I", struct.unpack_from("<I", body)[0] + len(lock))
            out[at + 4 : at + 8] = body[:4]
        hide = 0 if kind in (0x809, 0x2F) else 4 if kind == 0x85 else -1
        plain += b"\0" * 4 + (bytes(size) if hide == 0 else bytes(max(hide, 0)) + body[max(hide, 0) :])
        key = b"".join(
            rc4(_makekey(password, salt, b), bytes(1024)) for b in range(at // 1024, (at + size) // 1024 + 2)
        )
        start = at + 4 - at // 1024 * 1024
        for n in range(max(hide, 0), size) if hide else ():
            out[at + 4 + n] = body[n] ^ key[start + n]
        at += 4 + size
    n = -len(out) % 4  # msoffcrypto reads on through the padding, four bytes at a time
    CompoundDoc.XlsDoc().save(str(path), bytes(out) + struct.pack("<HH", 0, n) + bytes(n))
    return path


def test_an_encrypted_xls_opens_with_its_password_only(tmp_path: Path) -> None:
    path = encrypted_xls(tmp_path / "a.xls", "right")
    assert msoffcrypto.OfficeFile(BytesIO(path.read_bytes())).is_encrypted()
    assert open_workbook(path, password="right").sheets[0].rows == [["甲"]]
    assert "不对" in refusal(path, password="wrong")
    assert "--password" in refusal(path)


def test_a_panic_of_the_parser_becomes_a_message() -> None:
    panic = type("PanicException", (BaseException,), {})
    with pytest.raises(WorkbookError, match="已损坏"), guarded("a.xlsx"):
        raise panic
    with pytest.raises(KeyboardInterrupt), guarded("a.xlsx"):
        raise KeyboardInterrupt


def test_unseen_characters_go_with_one_remark_and_text_stays(tmp_path: Path) -> None:
    cells = (
        cell("A1", "\u200b编\u202e号\ufeff"),
        cell("B1", 0, 't="s"'),
        cell("C1", "甲_x000D_\n乙_x0001_"),
        cell("D1", "\u200b"),
    )
    book = open_workbook(
        xlsx(tmp_path / "a.xlsx", row(1, *cells), strings='<si><t xml:space="preserve"> 张　三 </t></si>')
    )
    assert book.sheets[0].rows == [["编号", " 张　三 ", "甲\n乙"]]
    assert book.remarks == ("有3个单元格含看不见的控制字符，已去掉",)


def test_tidy_cuts_the_blank_end_and_all_that_lies_beyond() -> None:
    sheet = Sheet("a", [["甲", None, " "], [], [None, 1.0], ["\u3000"]], (Range(1, 1, 2, 9), Range(9, 1, 9, 2)))
    sheet.hidden_rows, sheet.struck_rows = frozenset({3, 9}), frozenset({1, 7})
    assert tidy(sheet) == 0
    assert sheet.rows == [["甲", None], [None, None], [None, 1.0]]
    assert sheet.merges == (Range(1, 1, 2, 9),)
    assert (set(sheet.hidden_rows), set(sheet.struck_rows)) == ({3}, {1})


@given(
    st.lists(st.lists(st.one_of(st.none(), st.floats(allow_nan=False), st.text(max_size=4)), max_size=5), max_size=6)
)
def test_tidy_moves_no_cell(rows: list[list[Any]]) -> None:
    sheet = Sheet("a", [list(r) for r in rows])
    tidy(sheet)
    assert len({len(r) for r in sheet.rows}) <= 1
    for r, line in enumerate(rows):
        for c, value in enumerate(line):
            inside = r < len(sheet.rows) and c < len(sheet.rows[r])
            kept = sheet.rows[r][c] if inside else None
            if isinstance(value, str):
                assert kept is None or str(kept).strip()
            else:
                assert kept == value
