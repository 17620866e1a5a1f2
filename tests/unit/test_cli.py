"""The command line as a user runs it: contracts, exit codes, messages in Chinese, a ledger added by TOML alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

RUN = [sys.executable, "-c", "import sys; from zhengfa_stats.cli import main; sys.exit(main())"]
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*RUN, *args], cwd=folder, capture_output=True, text=True, encoding="utf-8")
    assert "Traceback" not in done.stdout + done.stderr
    return done


def said(folder: Path, *args: str, code: int = 0) -> Any:
    done = run(folder, *args, "--json")
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    return tmp_path


def write(path: Path, *rows: tuple[Any, ...], sheet: str = "Sheet1") -> None:
    workbook = Workbook()
    workbook.active.title = sheet
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)


CLUES = (
    ("公安局线索台账",),
    ("线索编号", "收到日期", "被反映人", "办理状态", "查结日期"),
    ("X1", "2021-03-01", "张一", "已查结", "2021-04-01"),
    ("X2", "2021-03-02", "张二", "正在核查", None),
)

LETTERS = """
name = "信访台账"
key  = ["letter_no"]
date = "received_on"
[fields.letter_no]
name = "信访编号"
kind = "code"
headers = ["编号", "来信编号"]
[fields.received_on]
name = "来信日期"
kind = "date"
required = true
[fields.status]
name = "办理状态"
kind = "term"
vocabulary = "status"
[fields.closed_on]
name = "办结日期"
kind = "date"
[fields.sender_phone]
name = "联系电话"
kind = "code"
private = true
[facts.closed]
where = { status = "已查结", closed_on = "..as_of" }
"""
LETTER_FIGURES = """
["信访.收到"]
unit = "件"
definition = "统计期内收到的来信，按编号去重。"
cited_as = ["收到来信{}件", "接收信访{}件"]
query = { ledger = "letters" }
["信访.办结率"]
unit = "%"
definition = "统计期内收到的来信中，至截止日已办结的比例。"
ratio = [{ ledger = "letters", facts = ["closed"] }, { ledger = "letters" }]
"""


def test_a_ledger_is_added_by_toml_alone(project: Path) -> None:
    definitions = project / "definitions"
    (definitions / "ledgers").mkdir(parents=True)
    (definitions / "ledgers" / "letters.toml").write_text(LETTERS, "utf-8")
    (definitions / "indicators.toml").write_text(LETTER_FIGURES, "utf-8")
    write(
        project / "data" / "raw" / "信访.xlsx",
        ("信访台账",),
        ("来信编号", "来信日期", "办理状态", "办结日期", "联系电话"),
        ("L1", "2021年3月5日", "办结", "2021-04-01", "13812345678"),
        ("L2", "2021.4.6", "在办", None, "13912345678"),
        ("L3", "20210507", "已办结", "2021-08-01", "/"),
        ("L3", "2021-05-07", "已办结", "2021-08-01", "/"),
    )
    (sheet,) = said(project, "build")["sheets"]
    assert (sheet["tables"][0]["ledger"], sheet["tables"][0]["kept"], sheet["tables"][0]["merged"]) == ("letters", 3, 1)
    figures = {f["key"]: f for f in said(project, "figures")["figures"]}
    assert figures["信访.收到"]["value"] == 3
    assert figures["信访.办结率"]["value"] == pytest.approx(100 / 3)
    assert figures["线索.收到"]["value"] is None
    assert "线索台账" in figures["线索.收到"]["why"]
    traced = said(project, "trace", "信访.收到")
    assert [row["cells"]["letter_no"] for row in traced["rows"]] == ["A3", "A4", "A5"]
    assert traced["rows"][2]["also"] == ["信访.xlsx · Sheet1 · 6"]
    assert b"13812345678" not in b"".join(p.read_bytes() for p in project.glob("data/processed/**/*") if p.is_file())


def test_a_figure_over_an_absent_ledger_is_null_never_zero(project: Path) -> None:
    write(project / "data" / "raw" / "公安局.xlsx", *CLUES)
    figures = {f["key"]: f for f in said(project, "figures")["figures"]}
    assert figures["线索.收到"]["value"] == 2
    for key in ("处理.总人数", "轮训.参与率", "制度.制定数", "征文.篇数", "整改.完成率", "专班.部门数"):
        assert figures[key]["value"] is None
        assert re.search(r"没有《.+》的数据", figures[key]["why"])


def test_the_team_may_stand_in_the_settings(project: Path) -> None:
    (project / "zhengfa.toml").write_text(TOML + 'team = ["政法委", "公安局", "法院"]\n', "utf-8")
    figures = {f["key"]: f["value"] for f in said(project, "figures")["figures"]}
    assert figures["专班.部门数"] == 3


def test_an_unchanged_project_is_not_built_again(project: Path) -> None:
    write(project / "data" / "raw" / "公安局.xlsx", *CLUES)
    first = said(project, "build")
    stamps = {p: p.stat().st_mtime_ns for p in project.glob("data/processed/**/*") if p.is_file()}
    assert said(project, "build") == first
    assert stamps == {p: p.stat().st_mtime_ns for p in project.glob("data/processed/**/*") if p.is_file()}
    write(project / "data" / "raw" / "公安局.xlsx", *CLUES[:3])
    assert said(project, "build") != first


def one_notebook(project: Path) -> None:
    """A notebook of the project's own, so that a report runs it instead of the seven that ship (test_notebooks)."""
    source = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [],
              "source": "import zhengfa_stats as zs\n\nzs.open().figure('线索.收到')"}  # fmt: skip
    heading = {"cell_type": "markdown", "id": "b", "metadata": {}, "source": "# 一个数"}
    notebook = {"cells": [heading, source], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (project / "notebooks").mkdir(exist_ok=True)
    for path in (project / "notebooks").glob("*.ipynb"):
        path.unlink()
    (project / "notebooks" / "我的.ipynb").write_text(json.dumps(notebook), "utf-8")


def test_check_names_an_output_that_was_changed(project: Path) -> None:
    write(project / "data" / "raw" / "公安局.xlsx", *CLUES)
    one_notebook(project)
    said(project, "report")
    assert said(project, "check")["stale"] == []
    (project / "data" / "processed" / "figures.json").write_text("{}", "utf-8")
    assert said(project, "check", code=1)["stale"] == [{"output": "figures.json", "why": "写出后被改动过"}]


REFUSALS: list[tuple[tuple[str, ...], str]] = [
    (("figures", "--as-of", "2021-13-01"), "不是日期"),
    (("figures", "--as-of", "2020-01-01"), "晚于截止日"),
    (("figures", "--jobs", "0"), "不是个数"),
    (("figures", "--no-such-option"), "不认识的参数"),
    (("trace", "没有的指标"), "没有指标"),
    (("look", "没有的文件.xlsx"), "找不到"),
    (("new", "."), "已经有一个项目"),
]


@pytest.mark.parametrize(("args", "what"), REFUSALS, ids=lambda v: " ".join(v) if isinstance(v, tuple) else v)
def test_what_cannot_be_done_says_why(project: Path, args: tuple[str, ...], what: str) -> None:
    error = said(project, *args, code=2)["error"]
    assert what in error["what"] + error["do"]
    assert error["do"]


BROKEN: list[tuple[str, str]] = [
    ("", "没有写明 city"),
    ('city = "示例市"\n', "没有写明 since"),
    (TOML.replace("2021-01-01", '"2021-01-01"'), "不是日期"),
    (TOML + "cty = 1\n", "是不是：city"),
    (TOML + "[options]\nrank_by = '低'\n", "就高"),
    (TOML + "[ledgers.clues.fields.received_on]\nheader = ['来']\n", "headers"),
    (TOML + "[vocabularies.status]\n'已查结' = 1\n", "已查结"),
    (TOML + "[indicators.'我的']\nunit = '条'\ndefinition = '。'\nquery = { ledger = 'clue' }\n", "clues"),
    (
        TOML
        + "[indicators.'我的']\nunit = '条'\ndefinition = '。'\nquery = { ledger = 'clues', where = { status = '归档' } }\n",
        "归档",
    ),
    ("city = \n", "zhengfa.toml"),
]


@pytest.mark.parametrize(("toml", "hint"), BROKEN, ids=lambda v: v[-30:])
def test_broken_settings_are_named(project: Path, toml: str, hint: str) -> None:
    (project / "zhengfa.toml").write_text(toml, "utf-8")
    error = said(project, "figures", code=2)["error"]
    assert hint in error["what"] + error["do"] + error["where"]


def test_outside_a_project_it_says_so(tmp_path: Path) -> None:
    assert "zhengfa.toml" in said(tmp_path, "figures", code=2)["error"]["what"]


def test_a_new_project_explains_itself(tmp_path: Path) -> None:
    outputs = said(tmp_path, "new", "某市")["outputs"]
    assert all((tmp_path / name).exists() for name in outputs)
    assert "zhengfa.key" in (tmp_path / "某市" / ".gitignore").read_text("utf-8")
    assert len(list((tmp_path / "某市" / "notebooks").glob("*.ipynb"))) == 7
    readme = (tmp_path / "某市" / "README.txt").read_bytes()
    assert readme.startswith("\ufeff某市政法".encode())
    assert readme.count(b"\r\n") == readme.count(b"\n") > 20


def test_a_report_of_nothing_says_what_is_missing_and_offers_the_forms(tmp_path: Path) -> None:
    said(tmp_path, "new", "某市")
    error = said(tmp_path / "某市", "report", code=2)["error"]
    assert "还没有工作簿" in error["what"] and error["where"].endswith("raw")
    assert "zhengfa forms" in error["do"]
    for name in ("线索台账", "处理台账", "政治轮训台账", "教育活动台账", "制度台账", "干警花名册", "整改台账"):
        assert name in error["do"]
    assert said(tmp_path / "某市", "forms")["outputs"]
    assert "没有工作簿" in run(tmp_path / "某市", "build").stdout


def test_a_sample_project_holds_the_sample_city(tmp_path: Path) -> None:
    said(tmp_path, "new", "示例市", "--sample")
    assert (tmp_path / "示例市" / "zhengfa.toml").read_text("utf-8").count("2021-0") == 3
    ours, theirs = (folder / "data" / "raw" for folder in (Path(__file__).parents[2], tmp_path / "示例市"))
    assert {p.name: p.read_bytes() for p in ours.iterdir()} == {p.name: p.read_bytes() for p in theirs.iterdir()}


@pytest.mark.parametrize("name", ["出结果", "打开笔记本", "看说明", "命令行"])
def test_launchers_are_as_their_systems_read_them(tmp_path: Path, name: str) -> None:
    from zhengfa_stats.launchers import write_launchers

    write_launchers(tmp_path)
    bat = (tmp_path / "启动" / f"{name}.bat").read_bytes()
    assert not bat.startswith(b"\xef\xbb\xbf"), "cmd would take the mark for a command"
    assert bat.count(b"\r\n") == bat.count(b"\n")
    assert bat.splitlines()[1] == b"chcp 65001 >nul", "all before it is ASCII"
    script = tmp_path / "启动" / f"{name}.sh"
    assert script.stat().st_mode & 0o111 and b"\r" not in script.read_bytes()
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0


def test_a_launcher_runs_its_command_in_its_project_wherever_that_was_moved(tmp_path: Path) -> None:
    """In a terminal, as a desktop gives it one; the program is found where it was installed."""
    pty = pytest.importorskip("pty", reason="这个系统没有伪终端")
    from zhengfa_stats.launchers import write_launchers

    programs, there = tmp_path / "程序's bin", tmp_path / "搬过来的 项目"
    programs.mkdir()
    (programs / "zhengfa").write_text('#!/bin/sh\necho "$PWD: $*"\n')
    (programs / "zhengfa").chmod(0o755)
    there.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("zhengfa_stats.launchers._programs", lambda: str(programs))
        write_launchers(there)
    there = there.rename(tmp_path / "又搬了")
    primary, secondary = pty.openpty()
    done = subprocess.run(
        [there / "启动" / "出结果.sh"], stdin=subprocess.DEVNULL, stdout=secondary, stderr=secondary, timeout=20
    )
    os.close(secondary)
    shown = os.read(primary, 4000).decode()
    os.close(primary)
    assert f"{there}: report --open" in shown and "找不到" not in shown and done.returncode in (0, 1)


def test_help_is_chinese(tmp_path: Path) -> None:
    for args in (["--help"], *([c, "--help"] for c in ("report", "build", "look", "figures", "trace", "new"))):
        text = run(tmp_path, *args).stdout
        assert "用法：" in text
        assert not re.search(r"\b(usage|options|show|message|positional)\b", text)


def test_look_needs_no_project(tmp_path: Path) -> None:
    write(
        tmp_path / "工资表.xlsx",
        ("某某公司2021年6月工资表",),
        ("序号", "姓名", "基本工资", "奖金", "实发金额"),
        (1, "甲", 3000, 500, 3500),
        (2, "乙", 3200, 400, 3600),
        ("合计", None, 6200, 900, 7100),
        ("制表人：丙",),
    )
    ((table,),) = (s["tables"] for s in said(tmp_path, "look", "工资表.xlsx")["sheets"])
    assert table["title_rows"] == [1]
    assert table["header_rows"] == [2]
    assert [c["header"] for c in table["columns"]] == ["序号", "姓名", "基本工资", "奖金", "实发金额"]
    assert (table["first_row"], table["last_row"], table["n_rows"]) == (3, 4, 2)
    assert (table["total_rows"], table["footer_rows"], table["ledger"]) == ([5], [6], None)


def test_figures_do_not_depend_on_the_order_or_number_of_jobs(project: Path) -> None:
    raw = project / "data" / "raw"
    write(raw / "a.xlsx", *CLUES)
    write(raw / "b.xlsx", ("检察院线索台账",), CLUES[1], ("J1", "2021-05-01", "张三", "办结", "2021-05-20"))
    one = said(project, "figures", "--jobs", "1")
    (project / "data" / "processed" / "manifest.json").unlink()
    assert said(project, "figures", "--jobs", "2") == one
