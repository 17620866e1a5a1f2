"""The notebooks that ship: thin, clean, full of prose; copies follow ours until somebody edits them."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbstripout import strip_output

from zhengfa_stats.errors import ProjectError
from zhengfa_stats.pages import notebooks

ROOT = Path(__file__).parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MANUAL = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "images").glob("*.png")]
FORBIDDEN = (
    ast.For, ast.While, ast.AsyncFor, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef, ast.If,
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Try, ast.With,
)  # fmt: skip

every = pytest.mark.parametrize("path", PATHS, ids=lambda p: p.stem)


def code_of(path: Path) -> list[str]:
    return [cell.source for cell in notebooks.read(path).cells if cell.cell_type == "code"]


def test_there_are_the_notebooks_that_the_issue_names() -> None:
    assert [p.stem[:2] for p in PATHS] == [f"0{n}" for n in range(1, len(PATHS) + 1)]
    words = "".join(p.stem for p in PATHS)
    assert all(word in words for word in ("数据质量", "线索", "处理", "轮训", "活动", "总结", "提问", "比较"))


@every
def test_cells_load_call_and_show(path: Path) -> None:
    for source in code_of(path):
        for node in ast.walk(ast.parse(source)):
            assert not isinstance(node, FORBIDDEN), f"{path.name}: {source}"
            typed = isinstance(node, ast.Constant) and isinstance(node.value, int | float)
            assert not typed or isinstance(node.value, bool), f"{path.name}: a typed-in number in {source}"


@every
def test_a_cell_is_one_line_but_for_the_opening(path: Path) -> None:
    assert all(len(source.splitlines()) <= 2 for source in code_of(path)[2:])


@every
def test_every_code_cell_has_chinese_prose_before_it(path: Path) -> None:
    kinds = [cell.cell_type for cell in notebooks.read(path).cells]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") * 2 >= kinds.count("code")
    assert len(notebooks.abstract_of(notebooks.read(path))) > 20


@every
def test_outputs_are_not_committed(path: Path) -> None:
    for cell in notebooks.read(path).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None
    kept = json.loads(path.read_bytes())
    stripped = strip_output(notebooks.read(path), keep_output=False, keep_count=False, keep_id=False)
    assert json.loads(nbformat.writes(stripped)) == kept


@every
def test_the_parameters_are_the_period(path: Path) -> None:
    tagged = [c for c in notebooks.read(path).cells if "parameters" in c.metadata.get("tags", ())]
    assert [c.source for c in tagged] == ["since = None\nas_of = None"]
    assert "city = zs.open(since=since, as_of=as_of)" in code_of(path)[1]


# -- parameters


def notebook(*sources: str, tags: tuple[str, ...] = ("parameters",)) -> nbformat.NotebookNode:
    first, *rest = (nbformat.v4.new_code_cell(source) for source in sources)
    first.metadata["tags"] = list(tags)
    return nbformat.v4.new_notebook(cells=[first, *rest])


DAYS = {"since": "2021-01-01", "as_of": "2021-05-31"}


def test_parameters_are_set_behind_what_the_cell_says() -> None:
    made = notebooks.with_parameters(notebook('as_of = "2020-01-01"', "as_of"), DAYS, "一.ipynb")
    assert made.cells[0].source == "as_of = \"2020-01-01\"\nas_of = '2021-05-31'"
    assert made.cells[1].source == "as_of"


def test_a_mistyped_parameter_is_an_error_that_names_it() -> None:
    with pytest.raises(ProjectError, match=r"as_off.*可用的参数是 since、as_of"):
        notebooks.with_parameters(notebook("as_off = None"), DAYS, "一.ipynb")


def test_a_broken_parameters_cell_is_an_error() -> None:
    with pytest.raises(ProjectError, match="不是合法的 Python"):
        notebooks.with_parameters(notebook("as_of ="), DAYS, "一.ipynb")


def test_a_notebook_without_parameters_is_left_as_it_is() -> None:
    assert notebooks.with_parameters(notebook("x = None", tags=()), DAYS, "一.ipynb").cells[0].source == "x = None"


# -- copies


def test_a_project_gets_its_copies_once(tmp_path: Path) -> None:
    copied = notebooks.copy_into(tmp_path)
    assert [p.name for p in copied] == [p.name for p in PATHS]
    assert notebooks.copy_into(tmp_path) == []
    assert notebooks.of_project(tmp_path) == copied


def test_an_edited_copy_is_never_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, city = tmp_path / "ours.ipynb", tmp_path / "city"
    monkeypatch.setattr(notebooks, "shipped", lambda: [ours])
    nbformat.write(notebook("1"), ours)
    (copy,) = notebooks.copy_into(city)

    nbformat.write(notebook("2"), ours)
    assert notebooks.copy_into(city) == [copy], "an unedited copy follows ours"
    assert notebooks.read(copy).cells[0].source == "2"

    edited = notebooks.read(copy)
    edited.cells[0].source = "my own"
    nbformat.write(edited, copy)
    nbformat.write(notebook("3"), ours)
    assert notebooks.copy_into(city) == []
    assert notebooks.read(copy).cells[0].source == "my own"


def test_running_a_copy_is_no_edit(tmp_path: Path) -> None:
    (copy, *_) = notebooks.copy_into(tmp_path)
    run = notebooks.read(copy)
    before = notebooks.fingerprint(run)
    run.cells[-1].metadata["collapsed"] = True
    for cell in run.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
    assert notebooks.fingerprint(run) == before


def test_without_copies_a_project_runs_those_that_ship(tmp_path: Path) -> None:
    assert notebooks.of_project(tmp_path) == notebooks.shipped() == PATHS


def test_a_file_that_is_no_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "坏.ipynb").write_text("not json", "utf-8")
    with pytest.raises(ProjectError, match=r"坏\.ipynb：不是能读的笔记本"):
        notebooks.read(tmp_path / "坏.ipynb")


# -- the wheel


def test_the_wheel_holds_notebooks_and_templates(tmp_path: Path) -> None:
    pytest.importorskip("setuptools", minversion="77", reason="setuptools 太旧，打不了包；装了 test 一组依赖就有")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for name in ("notebooks", "docs", "data"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "zhengfa_stats").symlink_to(ROOT / "zhengfa_stats")
    subprocess.run(
        [sys.executable, "-c", "from setuptools.build_meta import build_wheel; print(build_wheel('dist'))"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {f"zhengfa_stats/notebooks/{p.name}" for p in PATHS} <= {*names}
    assert {f"zhengfa_stats/sample/{p.name}" for p in (ROOT / "data" / "raw").iterdir()} <= {*names}
    assert {f"zhengfa_stats/manual/{p.relative_to(ROOT / 'docs').as_posix()}" for p in MANUAL} <= {*names}
    for page in ("page.html", "index.html", "notebook.html", "style.css"):
        assert f"zhengfa_stats/templates/pages/{page}" in names
