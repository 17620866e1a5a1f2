"""The canary: private strings planted in every kind of place, commands run, and nothing of them found anywhere.

The whole of it, every command with every option, is `python -m tests.hostile.canary`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import pytest

from tests.hostile.canary import ASKED, CHEAP, COMMANDS, LAB, OPTIONS, PHONE, WITHOUT, city, leaks, plant, run, told_in
from tests.hostile.reading import project, refusal
from tests.hostile.test_workbooks import CLUES, TEXT
from tests.makers import xlsx
from zhengfa_stats.cli import _parser, main
from zhengfa_stats.project import open_project


def test_no_command_tells_a_private_string(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, temporary = city(tmp_path), tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.chdir(root)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for n, command in enumerate(CHEAP):
        more = ("--json",) if n % 2 else ()
        code, said = run([*command, *more])
        assert code in (0, 1, 2) and "Traceback" not in said, command
        assert command == ASKED or not told_in(said), (command, told_in(said))
    assert (root / "data" / "processed" / "ledgers" / "cases.parquet").is_file()
    assert sum(p.is_file() for p in tmp_path.rglob("*")) > 25
    assert list(leaks([tmp_path], [root / "data" / "raw", root / "data" / "returns"])) == []


def test_the_whole_canary_tries_every_option_of_every_command() -> None:
    commands = next(a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction))
    tried = (*COMMANDS, *OPTIONS, *WITHOUT, LAB)
    for name, parser in commands.choices.items():
        options = {max(a.option_strings, key=len) for a in parser._actions if a.option_strings}
        given = {word for command in tried if command[0] == name for word in command}
        assert options - given <= {"--help", "--json"}, name  # these two are tried with each, or with one for all


def test_json_is_all_there_is_on_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})
    assert main(["build", "--json", "--project", str(root)]) == 0
    assert json.loads(capsys.readouterr().out)["problems"] >= 0


def test_a_person_in_the_name_of_a_file_is_told(tmp_path: Path) -> None:
    root = project(tmp_path / "city")
    plant(root / "data" / "raw")
    (root / "data" / "raw" / "欧阳秘一案线索.csv").write_text(TEXT, "utf-8")
    told = {p.place.file for p in open_project(root).problems if p.kind == "名称含个人信息"}
    assert told == {"欧阳秘一案线索.csv"}


@pytest.mark.parametrize("name", [f"线索{PHONE}.csv", f"{PHONE}/线索.csv", "举报人柳秘八.csv"])
def test_a_number_in_the_name_of_a_file_stops_the_build(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "city")
    path = root / "data" / "raw" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(TEXT, "utf-8")
    assert main(["build", "--project", str(root), "--json"]) == 2
    said = "".join(capsys.readouterr())
    assert "请改名后再运行" in said and not told_in(said)
    assert list(leaks([root], [root / "data" / "raw"])) == [] and not (root / "data" / "processed").exists()


def test_a_number_in_the_name_of_a_sheet_refuses_the_file(tmp_path: Path) -> None:
    says = refusal(xlsx(tmp_path / "a.xlsx", CLUES, names=[f"线索{PHONE}"]))
    assert "工作表的名字里有个人号码" in says and PHONE not in says
