"""What we write is valid as Office reads it, part by part: summaries, marked drafts, returned workbooks, blank forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook

from tests.unit.sending import CASES, CLUES, clue, opened, sheet
from zhengfa_stats.documents.verify import verify_alone
from zhengfa_stats.project import Project

audit = pytest.importorskip("openxml_audit", reason="openxml-audit 没有安装；装了 test 一组依赖就有")
SUMMARY = "全市共收到线索3条，已查结1条，正在核查3条。"


def faults(path: Path) -> Iterator[str]:
    """What the validator calls an error; the children of a font may stand in any order, says the standard (CT_Font is a choice)."""
    for error in audit.OpenXmlValidator().validate(str(path)).errors:
        of_font = error.part_uri == "/xl/styles.xml" and "/font[" in str(error.path)
        if str(error.severity).endswith("ERROR") and not of_font:
            yield f"{error.part_uri} {error.path}: {error.description}"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("valid")
    rows = [
        clue("XS001", "2021-03-05", "市公安局", "2021-04-01"),
        clue("XS002", "2021-13-05", "市公安局"),
        clue("XS003", "2021-05-05", "市法院"),
    ]
    sheet(folder, "公安局/线索台账.xlsx", CLUES, *rows)
    sheet(
        folder,
        "公安局/处理台账.xlsx",
        CASES,
        ("AJ001", "张一", "010001", "市公安局", "民警", "科员", "诫勉", None, "第一种形态", "2021-05-06"),
    )
    return opened(folder)


def test_the_validator_notices(tmp_path: Path) -> None:
    document = Document()
    run = document.add_paragraph("收到线索3条").runs[0]
    run.bold, run.font.name = True, "宋体"
    run._r.rPr.append(run._r.rPr.rFonts)  # the font behind the weight: not in this order
    document.save(str(tmp_path / "错.docx"))
    assert [f for f in faults(tmp_path / "错.docx") if "/word/document.xml" in f]


def test_summary_forms_and_returns(project: Project, tmp_path: Path) -> None:
    project.write_summary(tmp_path)
    written = [*tmp_path.rglob("*.docx"), *project.write_forms(), *project.write_returns().outputs]
    assert {p.suffix for p in written} == {".docx", ".xlsx"} and len(written) > 5
    assert {p.name: list(faults(p)) for p in written} == {p.name: [] for p in written}


def test_marked_documents(project: Project, tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph(SUMMARY)
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("单位", "收到线索（条）", "公安局", "12"), strict=True):
        cell.text = text
    document.save(str(tmp_path / "总结.docx"))
    book = Workbook()
    for row in (("单位", "收到线索（条）", "查结（条）"), ("公安局", 12, 3), ("合计", 15, 3)):
        book.active.append(row)
    book.save(tmp_path / "汇总.xlsx")
    plain = {str(f) for f in faults(tmp_path / "总结.docx")}
    project.verify(tmp_path / "总结.docx", mark=tmp_path / "批注.docx")
    project.verify(tmp_path / "汇总.xlsx", mark=tmp_path / "批注.xlsx")
    verify_alone(tmp_path / "总结.docx", mark=tmp_path / "只看文字.docx")
    for name in ("批注.docx", "批注.xlsx", "只看文字.docx"):
        assert set(faults(tmp_path / name)) <= plain, name
        assert b"".join(_comments(tmp_path / name)), name


def _comments(path: Path) -> Iterator[bytes]:
    import zipfile

    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if "comments" in name:
                yield package.read(name)
