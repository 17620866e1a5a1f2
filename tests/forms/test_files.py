"""Files that cannot be read: one clear message each, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import msoffcrypto.format.ooxml as ooxml
import pytest
from openpyxl import Workbook

from tests.forms.building import KEY, build_folder, config_of
from zhengfa_stats.build import Built
from zhengfa_stats.reading.file import Context, read_file


def good(path: Path, number: str = "X1") -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("市公安局线索台账",), ("线索编号", "收到日期"), (number, "2021-03-05")):
        sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def encrypted(path: Path, password: str) -> Path:
    plain = good(path.with_suffix(".plain"))
    with plain.open("rb") as source, path.open("wb") as target:
        ooxml.OOXMLFile(source).encrypt(password, target)
    plain.unlink()
    return path


def truncated(path: Path) -> Path:
    data = good(path).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    return path


def bytes_of(content: bytes):  # type: ignore[no-untyped-def]
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


BAD = {
    "encrypted": (lambda path: encrypted(path, "1234"), "密码"),
    "truncated": (truncated, "损坏"),
    "empty": (bytes_of(b""), "空"),
    "not a workbook": (bytes_of(b"%PDF-1.4 anything"), "PDF"),
    "noise": (bytes_of(bytes(range(256)) * 8), ""),
}


def built_with(tmp_path: Path, write) -> Built:  # type: ignore[no-untyped-def]
    good(tmp_path / "raw" / "好.xlsx")
    write(tmp_path / "raw" / "坏.xlsx")
    return build_folder(tmp_path)


@pytest.mark.parametrize("name", BAD)
def test_one_message_and_the_rest_goes_on(name: str, tmp_path: Path) -> None:
    write, word = BAD[name]
    built = built_with(tmp_path, write)
    assert list(built.frames["clues"]["clue_no"]) == ["X1"]
    assert [f.file for f in built.files if f.refused] == ["坏.xlsx"]
    (problem,) = built.problems
    assert (problem.level, problem.kind, problem.place.file) == ("error", "文件无法读取", "坏.xlsx")
    assert word in problem.what and problem.do


def test_password_opens_the_encrypted(tmp_path: Path) -> None:
    path = encrypted(tmp_path / "密.xlsx", "1234")
    read = read_file(path, "密.xlsx", Context(config_of(""), KEY, password="1234"))
    assert not read.refused and [id_ for id_, _ in read.tables] == ["clues"]
    wrong = read_file(path, "密.xlsx", Context(config_of(""), KEY, password="0000"))
    assert wrong.refused and "不对" in wrong.problems[0].what


def test_marked_secret_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "线索.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("秘密★1年",), ("市公安局线索台账",), ("线索编号", "收到日期"), ("X1", "2021-03-05")):
        sheet.append(row)
    path.parent.mkdir()
    book.save(path)
    built = build_folder(tmp_path)
    assert not built.frames and built.files[0].refused
    assert "秘密★" in built.problems[0].what


def test_lock_files_are_passed_over(tmp_path: Path) -> None:
    good(tmp_path / "raw" / "好.xlsx")
    (tmp_path / "raw" / "~$好.xlsx").write_bytes(b"lock")
    built = build_folder(tmp_path)
    assert not built.problems and len(built.files) == 1
