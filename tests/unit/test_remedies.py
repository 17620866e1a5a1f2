"""The printed lines of several problems can be pasted: those for one table stand together."""

from __future__ import annotations

import tomllib

from tests.forms.building import build_folder, build_form
from tests.forms.drawn import read_form
from zhengfa_stats.reading.remedies import together
from zhengfa_stats.records import Place, Problem

from pathlib import Path  # isort: skip


def problem(file: str, lines: str, cell: str = "B2") -> Problem:
    return Problem(
        "warning", "表头未识别", Place(file, "Sheet1", cell), "不认识", f"请在 zhengfa.toml 里加上：\n{lines}"
    )


def lines_of(problem: Problem) -> str:
    return problem.do[problem.do.index("\n[") :]


ONE = '[ledgers.clues.fields.received_on]\nheaders = ["信件收悉日"]'
TWO = '[ledgers.clues.fields.received_on]\nheaders = ["来函日"]'


def test_two_files_lines_for_one_field_stand_together() -> None:
    found = together([problem("a.xlsx", ONE), problem("b.xlsx", TWO)])
    assert lines_of(found[0]) == lines_of(found[1])
    assert tomllib.loads(lines_of(found[0]))["ledgers"]["clues"]["fields"]["received_on"]["headers"] == [
        "信件收悉日",
        "来函日",
    ]


def test_two_columns_of_one_sheet_are_alternatives() -> None:
    both = [problem("a.xlsx", ONE), problem("a.xlsx", TWO, "C2")]
    assert together(both) == both


def test_a_word_to_be_filled_in_stays_alone() -> None:
    both = [problem("a.xlsx", f'[vocabularies.status]\n"{word}" = ["甲"]') for word in ("规范词", "已查结")]
    assert together(both) == both


def test_pasted_once_they_mend_every_file(tmp_path: Path) -> None:
    text = """
[甲.xlsx · Sheet1]
市公安局线索台账 | < | <
线索编号 | 信件收悉日 | 办理状态
X1 | d:2021-03-05 | 正在核查
X2 | d:2021-03-06 | 正在核查
[乙.xlsx · Sheet1]
市法院线索台账 | < | <
线索编号 | 收悉信件日 | 办理状态
Y1 | d:2021-03-07 | 正在核查
Y2 | d:2021-03-08 | 正在核查
"""
    path = tmp_path / "form.txt"
    path.write_text(text, "utf-8")
    built = build_form(read_form(path), tmp_path)
    (lines,) = {lines_of(p) for p in built.problems if p.kind == "表头未识别"}
    mended = build_folder(tmp_path, lines)
    assert mended.frames["clues"]["received_on"].notna().sum() == 4
    assert not mended.problems
