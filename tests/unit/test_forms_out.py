"""A form that is handed out reads back without a problem or a change; its rules refuse what the reader would not understand."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from zhengfa_stats.project import Project, open_project

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    return open_project(tmp_path)


def sheet_of(path: Path) -> tuple[openpyxl.Workbook, Worksheet]:
    book = openpyxl.load_workbook(path)
    return book, book.worksheets[0]


def offered(book: openpyxl.Workbook, sheet: Worksheet, column: str) -> list[str]:
    """What the drop-down of a column offers."""
    rule = next(r for r in sheet.data_validations.dataValidation if r.type == "list" and f"{column}6" in r.sqref)
    if rule.formula1.startswith('"'):
        return str(rule.formula1).strip('"').split(",")
    name, _, cells = rule.formula1.rpartition("!")
    return [row[0].value for row in book[name.strip("'")][cells.replace("$", "")]]


def fill(path: Path, target: Path, n: int = 3) -> None:
    """Fill in some lines as a clerk would, by the header and the drop-downs alone."""
    book, sheet = sheet_of(path)
    sheet["A2"].value, sheet["A3"].value = "填报单位：公安局", "截至：2021年6月30日"
    for cell in sheet[4][1:]:
        for i in range(n):
            sheet.cell(6 + i, cell.column).value = typed(book, sheet, cell.column_letter, str(cell.value), i)
    book.save(target)


def typed(book: openpyxl.Workbook, sheet: Worksheet, column: str, name: str, i: int) -> object:
    rules = [r for r in sheet.data_validations.dataValidation if f"{column}6" in r.sqref]
    if rules and rules[0].type == "list":
        terms = offered(book, sheet, column)
        return "公安局" if "公安局" in terms else terms[i % len(terms)]
    if rules and rules[0].type == "date":
        return datetime(2021, 3 if name not in ("查结日期", "完成日期", "处理日期") else 5, 5 + i)
    if rules and rules[0].type == "decimal":
        return 80 + i
    if name == "身份证号":
        return ["11010119900307803X", "110101199003070353", "110101199003071532"][i]
    return {
        "姓名": f"王{'甲乙丙'[i]}一",
        "被反映人": f"李{'甲乙丙'[i]}一",
        "警号": f"01234{i}",
        "文号": f"示公发〔2021〕{i + 1}号",
    }.get(name, f"{name}{'甲乙丙'[i]}")


def test_a_blank_form_is_a_zero_report_or_nothing_and_no_problem(project: Project) -> None:
    paths = project.write_forms()
    assert len(paths) == 8
    for path in paths:
        (project.raw / path.name).write_bytes(path.read_bytes())
    built = open_project(project.root)
    assert all(t["records"] == 0 for s in built.manifest["sheets"] for t in s["tables"])
    assert all(len(frame) == 0 for frame in built.frames.values())


@pytest.mark.parametrize("ledger", ["clues", "activities", "rules", "roster", "tasks", "training"])
def test_a_filled_form_reads_with_no_problem_and_no_change(project: Project, ledger: str) -> None:
    name = project.schema.ledgers[ledger].name
    path = next(p for p in project.write_forms() if p.name.startswith(name))
    fill(path, project.raw / path.name)
    built = open_project(project.root)
    (table,) = [t for s in built.manifest["sheets"] for t in s["tables"]]
    assert (table["ledger"], table["records"], table["kept"], table["set_aside"]) == (ledger, 3, 3, 0)
    assert [str(p) for p in built.problems if not _is_about_the_invention(p.kind)] == []
    changes = pq.read_table(built.processed / "changes.parquet").to_pylist()
    assert changes == []


def _is_about_the_invention(kind: str) -> bool:
    """Relations between our invented values, not about how the form was read."""
    return "." in kind or kind == "按姓名识别"


def test_the_rules_refuse_what_the_reader_would_not_know(project: Project) -> None:
    path = next(p for p in project.write_forms() if p.name.startswith("线索台账"))
    book, sheet = sheet_of(path)
    heads = {str(c.value): c.column_letter for c in sheet[4]}
    assert "举报人" not in heads and "收到日期" in heads
    assert set(offered(book, sheet, heads["办理状态"])) >= {"已查结", "正在核查"}
    kinds = {r.type: r for r in sheet.data_validations.dataValidation}
    assert all(r.showErrorMessage for r in kinds.values())
    status = next(r for r in sheet.data_validations.dataValidation if f"{heads['办理状态']}6" in r.sqref)
    assert status.errorStyle in (None, "stop") and "办理状态" in status.error
    assert sheet.protection.sheet and sheet["B4"].protection.locked and not sheet["B6"].protection.locked
    assert sheet.print_title_rows == "$4:$4" and sheet.page_setup.orientation == "landscape"


def test_the_same_twice(project: Project) -> None:
    first = {p.name: p.read_bytes() for p in project.write_forms()}
    assert {p.name: p.read_bytes() for p in project.write_forms()} == first


def test_the_dictionary_has_every_field_term_and_indicator(project: Project) -> None:
    (path,) = project.write_forms(dictionary=True)
    book = openpyxl.load_workbook(path)
    schema = project.schema
    assert [s.title for s in book.worksheets] == ["台账", "栏目", "词表", "指标", "勾稽关系"]
    assert book["栏目"].max_row - 1 == sum(len(x.fields) for x in schema.ledgers.values())
    keys = {row[0] for row in book["指标"].iter_rows(min_row=2, values_only=True)}
    assert keys == set(schema.indicators)
    assert book["指标"].freeze_panes == "A2"
