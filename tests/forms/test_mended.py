"""What is not understood prints the lines for zhengfa.toml, and with these lines the sheet is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.forms.building import build_folder, build_form
from tests.forms.drawn import Form, read_form
from zhengfa_stats.build import Built
from zhengfa_stats.errors import CorrectionError
from zhengfa_stats.records import Problem


def form(text: str, tmp_path: Path) -> Form:
    path = tmp_path / "form.txt"
    path.write_text(text, "utf-8")
    return read_form(path)


def the(built: Built, kind: str) -> Problem:
    (problem,) = [p for p in built.problems if p.kind == kind]
    return problem


def toml_in(problem: Problem) -> str:
    """The lines that a problem's remedy prints, from the first table header on."""
    lines = problem.do.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("["))
    return "\n".join(lines[first:])


def test_unknown_header_of_a_required_column(tmp_path: Path) -> None:
    built = build_form(
        form(
            """
[线索.xlsx · Sheet1]
市公安局线索台账 | <
线索编号 | 信件收悉日
X1 | d:2021-03-05
X2 | d:2021-03-06
""",
            tmp_path,
        ),
        tmp_path,
    )
    problem = the(built, "表头未识别")
    assert problem.place.cell == "B2" and "收到日期" in problem.expected
    mended = build_folder(tmp_path, toml_in(problem))
    assert [str(d.date()) for d in mended.frames["clues"]["received_on"]] == ["2021-03-05", "2021-03-06"]
    assert not mended.problems, mended.problems


def test_unknown_term(tmp_path: Path) -> None:
    built = build_form(
        form(
            """
[线索.xlsx · Sheet1]
市公安局线索台账 | < | <
线索编号 | 收到日期 | 办理状态
X1 | d:2021-03-05 | 归档封存
X2 | d:2021-03-06 | 正在核查
""",
            tmp_path,
        ),
        tmp_path,
    )
    problem = the(built, "词语无法识别")
    assert problem.place.cell == "C3" and "归档封存" in problem.do
    assert built.frames["clues"]["status"].isna().tolist() == [True, False]
    lines = toml_in(problem).replace("规范词", "已查结")
    mended = build_folder(tmp_path, lines)
    assert mended.frames["clues"]["status"].tolist() == ["已查结", "正在核查"]
    assert {p.kind for p in mended.problems} == {"线索.查结无日期"}


def test_unknown_unit(tmp_path: Path) -> None:
    built = build_form(
        form(
            """
[线索.xlsx · Sheet1]
线索台账 | < | <
线索编号 | 收到日期 | 承办单位
X1 | d:2021-03-05 | 综治中心
X2 | d:2021-03-06 | 市公安局
""",
            tmp_path,
        ),
        tmp_path,
    )
    (problem,) = built.problems
    lines = toml_in(problem)
    term = lines.splitlines()[1].split("=")[0].strip()
    mended = build_folder(tmp_path, lines.replace(term, '"政法委"', 1))
    assert mended.frames["clues"]["handler"].tolist() == ["政法委", "公安局"] and not mended.problems


PINNED = """
[杂项.xlsx · 第一批]
说不清的标题 | < | <
甲 | 乙 | 丙
X1 | d:2021-03-05 | 市公安局
X2 | d:2021-03-06 | 市法院
[杂项.xlsx · 草稿]
市公安局线索台账 | <
线索编号 | 收到日期
X8 | d:2021-03-05
X9 | d:2021-03-06
"""
PINS = """
[[sheets]]
file = "杂项.xlsx"
sheet = "第一批"
ledger = "clues"
header_rows = [2]
columns = { "甲" = "clue_no", "乙" = "收到日期", "C" = "handler" }
[[sheets]]
file = "杂项.xlsx"
sheet = "草稿"
skip = true
"""


def test_pinned_sheets(tmp_path: Path) -> None:
    before = build_form(form(PINNED, tmp_path), tmp_path)
    assert before.frames["clues"]["clue_no"].tolist() == ["X8", "X9"]
    after = build_folder(tmp_path, PINS)
    assert after.frames["clues"]["clue_no"].tolist() == ["X1", "X2"]
    assert after.frames["clues"]["handler"].tolist() == ["公安局", "法院"]
    assert [(p.kind, p.place.sheet) for p in after.problems] == [("按指定跳过", "草稿")]


def test_pinned_rows(tmp_path: Path) -> None:
    """A table between other things: the pin says where its header is and where it ends."""
    text = """
[线索.xlsx · Sheet1]
线索编号 | 收到日期 | 承办单位
旧1 | d:2021-01-05 | 市公安局
线索编号 | 收到日期 | 承办单位
X1 | d:2021-03-05 | 市公安局
X2 | d:2021-03-06 | 市公安局
旧2 | d:2021-01-05 | 市公安局
"""
    pin = '[[sheets]]\nfile = "*.xlsx"\nledger = "clues"\nheader_rows = [3]\nlast_row = 5\n'
    build_form(form(text, tmp_path), tmp_path)
    built = build_folder(tmp_path, pin)
    assert built.frames["clues"]["clue_no"].tolist() == ["X1", "X2"]
    (sheet,) = built.sheets
    assert sheet.outside == (6,)  # what stands above a pinned header is its title


REPEATED = """
[线索.xlsx · Sheet1]
市公安局线索台账 | < | < | < | <
线索编号 | 收到时间 | 收到时间 | 线索来源 | 承办单位
X1 | d:2021-03-05 | d:2021-04-05 | 来信 | 市公安局
X2 | d:2021-03-06 | d:2021-04-06 | 来访 | 市公安局
"""


def test_of_two_columns_for_one_field_the_printed_pin_keeps_the_first(tmp_path: Path) -> None:
    problem = the(build_form(form(REPEATED, tmp_path), tmp_path), "缺少必需列")
    assert 'columns = { "C" = "" }' in problem.do
    mended = build_folder(tmp_path, toml_in(problem))
    assert [str(d.date()) for d in mended.frames["clues"]["received_on"]] == ["2021-03-05", "2021-03-06"]
    assert not mended.problems, mended.problems


def test_two_pins_of_one_sheet_both_count(tmp_path: Path) -> None:
    build_form(form(PINNED, tmp_path), tmp_path)
    one, more = PINS.split('"乙" = "收到日期", ')
    again = '[[sheets]]\nfile = "杂项.xlsx"\nsheet = "第一批"\ncolumns = { "乙" = "收到日期" }\n'
    built = build_folder(tmp_path, one + more + again)
    assert built.frames["clues"]["clue_no"].tolist() == ["X1", "X2"]
    assert [str(d.date()) for d in built.frames["clues"]["received_on"]] == ["2021-03-05", "2021-03-06"]


@pytest.mark.parametrize(
    ("pin", "words"),
    [
        ('file = "杂项1.xlsx"\nskip = true', ("杂项1.xlsx", "是不是：杂项.xlsx")),
        ('file = "杂项.xlsx"\nsheet = "第二批"\nskip = true', ("第二批", "第一批、草稿")),
        ('file = "杂项.xlsx"\nsheet = "草稿"\nheader_rows = 9', ("第9行", "header_rows")),
        ('file = "杂项.xlsx"\nsheet = "草稿"\nheader_rows = 2\nlast_row = 2', ("第2行", "last_row")),
    ],
)
def test_a_pin_that_speaks_of_nothing_is_an_error(pin: str, words: tuple[str, ...], tmp_path: Path) -> None:
    build_form(form(PINNED, tmp_path), tmp_path)
    built = build_folder(tmp_path, f"[[sheets]]\n{pin}\n")
    problem = the(built, "指定无效")
    assert problem.level == "error" and all(word in f"{problem.what} {problem.do}" for word in words), problem
    assert built.frames["clues"]["clue_no"].tolist() == ["X8", "X9"]


CORRECTED = """
[线索.xlsx · Sheet1]
市公安局线索台账 | <
线索编号 | 收到日期
X1 | d:2021-03-05
[corrections.csv]
file,sheet,cell,was,now,reason,by,on
线索.xlsx,Sheet1,A3,X1,X9,核对,某甲,2021-07-01
{line}
"""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("线索.xlsx,Sheet1,B3,2021-03-04,2021-03-06,核对,某甲,2021-07-01", "B3"),
        ("线索.xlsx,Sheet2,B3,2021-03-05,2021-03-06,核对,某甲,2021-07-01", "Sheet2"),
        ("无此.xlsx,Sheet1,B3,2021-03-05,2021-03-06,核对,某甲,2021-07-01", "无此.xlsx"),
        ("线索.xlsx,Sheet1,B3,2021-03-05,2021-03-06,,某甲,2021-07-01", "理由"),
        ("线索.xlsx,Sheet1,第三行,2021-03-05,2021-03-06,核对,某甲,2021-07-01", "第三行"),
    ],
)
def test_correction_that_no_longer_stands_stops_the_build(line: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(CorrectionError) as raised:
        build_form(form(CORRECTED.format(line=line), tmp_path), tmp_path)
    assert "corrections.csv 第3行" in str(raised.value) and words in str(raised.value)
