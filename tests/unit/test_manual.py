"""The manual says what is so: its chapters are followed block by block, its links lead somewhere, its reference is complete."""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Collection
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.manual import DOCS, Block, blocks, commands, hand_made, lacking, put
from zhengfa_stats.cli import main
from zhengfa_stats.declared import load_schema

SETTINGS = 'city = "某市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
PARTS = tomllib.loads((DOCS / "contents.toml").read_text("utf-8"))["parts"]
CHAPTERS = [name for part in PARTS for name in part["chapters"]]
HOW_TO = next(part["chapters"] for part in PARTS if part["title"] == "怎样办")
DIFFERS = {"verify", "check"}  # the commands that leave with 1 where something differs
ELSEWHERE = {  # waiting for a person, or too slow for here; tests/follow_tutorial.py runs these in the tutorial, too
    "report": "tests/unit/test_cli.py",
    "forms": "tests/unit/test_cli.py",
    "lab": "tests/browser/test_browser.py",
}
SLOW_IN_A_WHOLE_CITY = {"compare", "verify"}  # the how-tos run them on a few rows


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project, as `zhengfa new` makes it but for the notebooks, at the period that the chapters name."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(SETTINGS, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def follow(chapter: str, capsys: pytest.CaptureFixture[str], left_out: Collection[str] = ELSEWHERE) -> None:
    """Do what a chapter says, in the current folder, but for the commands that are left out."""
    printed = ""
    for block in blocks(chapter):
        if block.file:
            put(block, Path.cwd())
        elif block.language == "bash":
            done = [shlex.split(line) for line in commands(block)]
            printed = "".join(_run(words, block, capsys) for words in done if words[1] not in left_out)
        elif block.language == "python":
            exec(compile(block.text, str(block), "exec"), {})
        elif printed:
            assert block.language == "text", block
            assert lacking(block, printed) == [], f"{block} is not what was printed:\n{printed}"


def _run(line: list[str], block: Block, capsys: pytest.CaptureFixture[str]) -> str:
    program, *words = line
    if program == "cd":
        os.chdir(words[0])
        return ""
    assert program == "zhengfa", block
    hand_made(shlex.join(line), Path.cwd())
    code = main(words)
    printed = "".join(capsys.readouterr())
    assert code in ((0, 1) if words[0] in DIFFERS else (0,)), f"{block}: {line}\n{printed}"
    written = (Path(word) for word in words if word.endswith(".txt") and Path(word).exists())
    return printed + "".join(path.read_text("utf-8") for path in written)


@pytest.mark.parametrize("chapter", HOW_TO)
def test_a_how_to_does_what_it_says(chapter: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    follow(chapter, capsys)


@pytest.mark.parametrize("chapter", ["install", "tutorial"])
def test_the_way_in_does_what_it_says(
    chapter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    follow(chapter, capsys, {*ELSEWHERE, *SLOW_IN_A_WHOLE_CITY})


def test_the_commands_that_are_left_out_are_run_elsewhere() -> None:
    for command, test in ELSEWHERE.items():
        assert f'"{command}"' in (DOCS.parent / test).read_text("utf-8")


def test_every_block_is_followed_somewhere() -> None:
    followed = {*HOW_TO, "install", "tutorial"}
    for path in DOCS.glob("*.md"):
        others = [
            b for b in blocks(path.stem) if path.stem not in followed and b.language in ("bash", "python", "text")
        ]
        assert others == [], "a chapter with commands must be followed"


def test_settings_that_are_shown_are_valid(project: Path) -> None:
    """The chapter of settings: all its blocks together are a zhengfa.toml that loads."""
    from zhengfa_stats.config import load_config

    (project / "zhengfa.toml").write_text("", "utf-8")
    shown = blocks("settings")
    assert {block.file for block in shown} == {"zhengfa.toml"}
    for block in shown:
        put(block, project)
    assert load_config(project).city


# -- the pages


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("manual")
    assert main(["help", "--no-browser", "-o", str(folder)]) == 0
    return folder


def test_every_chapter_is_in_the_contents(pages: Path) -> None:
    assert {path.stem for path in DOCS.glob("*.md")} <= {*CHAPTERS}
    assert {path.stem for path in pages.glob("*.html")} == {*CHAPTERS, "all"}


def test_every_link_and_picture_is_there_and_no_host_is_asked(pages: Path) -> None:
    for page in pages.glob("*.html"):
        text = page.read_text("utf-8")
        assert "http:" not in text and "https:" not in text and "<script" not in text
        for target in map(unescape, re.findall(r'(?:href|src)="([^"]*)"', text)):
            name, _, anchor = unquote(target).partition("#")
            there = pages / name if name else page
            assert there.exists(), f"{page.name} → {target}"
            assert not anchor or f'id="{anchor}"' in there.read_text("utf-8"), f"{page.name} → {target}"


def test_the_reference_holds_every_definition(pages: Path) -> None:
    schema = load_schema()
    text = {name: unescape((pages / f"{name}.html").read_text("utf-8")) for name in CHAPTERS}
    assert all(i.key in text["indicators"] and i.definition in text["indicators"] for i in schema.indicators.values())
    for ledger in schema.ledgers.values():
        assert ledger.name in text["ledgers"]
        assert all(
            f"<code>{f.id}</code>" in text["ledgers"] and f.name in text["ledgers"] for f in ledger.fields.values()
        )
    assert all(term.name in text["terms"] for v in schema.vocabularies.values() for term in v.terms)
    assert all(relation.says in text["checks"] for relation in schema.relations.values())
    assert all(f"zhengfa {name}" in text["commands"] for name in ("report", "verify", "help", "new"))


def test_in_a_project_the_reference_is_the_projects(project: Path) -> None:
    for block in (b for b in blocks("adding") if b.file.startswith("definitions/")):
        put(block, project)
    assert main(["help", "--no-browser"]) == 0
    manual = project / "data" / "processed" / "manual"
    assert "信访.办结率" in (manual / "indicators.html").read_text("utf-8")
    assert "信访台账" in (manual / "ledgers.html").read_text("utf-8")
