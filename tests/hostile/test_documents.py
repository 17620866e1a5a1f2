"""Damaged and hostile documents and forms: each is done, or refused with its reason; never a library's own error."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from tests.hostile.fuzz import of_documents
from tests.hostile.test_workbooks import LAUGHS, OUTSIDE, replaced
from zhengfa_stats.documents.placing import place_in
from zhengfa_stats.documents.returned_sheets import as_sent
from zhengfa_stats.documents.verify import verify_alone
from zhengfa_stats.errors import DocumentError


def word(path: Path, *texts: str) -> Path:
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    document.save(str(path))
    return path


@pytest.mark.parametrize("entities", [LAUGHS, OUTSIDE], ids=["laughs", "external"])
@pytest.mark.parametrize("how", ["plain", "late", "utf-16"])
def test_entities_in_a_document_are_refused_wherever_they_are_declared(tmp_path: Path, entities: str, how: str) -> None:
    def declare(xml: bytes) -> bytes:
        text = xml.decode().partition("?>")[2].replace("收到", "&l8;")
        before = f"<!--{'x' * 5000}-->" if how == "late" else ""
        whole = f"{before}<!DOCTYPE r [{entities}]>{text}"
        return f'<?xml version="1.0" encoding="UTF-16"?>{whole}'.encode("utf-16") if how == "utf-16" else whole.encode()

    path = word(tmp_path / "a.docx", "收到线索12条，其中来信12条。")
    with pytest.raises(DocumentError, match=r"DOCTYPE|XML 有错"):  # libxml2 stops the laughs by itself
        verify_alone(replaced(path, tmp_path / "b.docx", document=declare))


def test_what_only_openpyxl_stumbles_over_is_refused_or_drawn_anew(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["收到线索", 12])  # type: ignore[union-attr]
    book.save(tmp_path / "a.xlsx")
    broken = replaced(tmp_path / "a.xlsx", tmp_path / "b.xlsx", core=b"<x")
    # notes go into the parts that hold the cells; the others stay as sent
    verify_alone(broken, mark=tmp_path / "c.xlsx")
    with zipfile.ZipFile(tmp_path / "c.xlsx") as parts:
        assert parts.read("docProps/core.xml") == b"<x"
    given_back = as_sent(broken, "b.xlsx", None, None)
    assert as_sent(tmp_path / "a.xlsx", "a.xlsx", None, None).kept_format
    assert not given_back.kept_format and given_back.book.active["A1"].value == "收到线索"  # type: ignore[index]


def test_what_only_python_docx_stumbles_over_gets_no_exhibits_and_says_so(tmp_path: Path) -> None:
    path = word(tmp_path / "a.docx", "{{表 线索.来源}}")
    data = replaced(path, tmp_path / "b.docx", styles=b"<x").read_bytes()
    same, (remark,) = place_in(data, lambda _: pytest.fail("nothing to place"))
    assert same == data and "图表没有放进文稿" in remark
    assert Document(io.BytesIO(path.read_bytes()))


def test_damaged_copies_of_documents(tmp_path: Path) -> None:
    fuzz = of_documents(tmp_path / "city")
    ends = {fuzz.attempt(tmp_path, *fuzz.case(5, n)) for n in range(12)}
    assert any("refused" in end for end in ends) and any("done" in end for end in ends)
