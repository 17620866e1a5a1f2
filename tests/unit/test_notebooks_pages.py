"""Notebooks become pages: with the period asked for, alike each time, alone; a failing one names its cell and harms nothing."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import zhengfa_stats as zs
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.pages import site
from zhengfa_stats.pages.running import Failure
from zhengfa_stats.pages.writing import body_of
from zhengfa_stats.project import Project
from zhengfa_stats.report import report
from zhengfa_stats.staging import staged

ROOT = Path(__file__).parents[2]
SHOWN = ("线索.来源", "整改.进度")
GOOD = ("# 好的\n\n摘要。", "city.figure('线索.收到')", "city.exhibit('线索.来源')", "city.explore('clues')")
HOST = re.compile(r"""(?:src|href|@import|url\()\s*[=("']*\s*(?:https?:)?//""")


@pytest.fixture(scope="module", autouse=True)
def the_kernel_finds_the_package() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        yield patch


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A city with one ledger, two exhibits, one notebook."""
    root = tmp_path_factory.mktemp("city")
    (root / "data" / "raw").mkdir(parents=True)
    (root / "zhengfa.toml").write_bytes((ROOT / "zhengfa.toml").read_bytes())
    name = "司法局线索台账.csv"
    (root / "data" / "raw" / name).write_bytes((ROOT / "data" / "raw" / name).read_bytes())
    put(root, "01_好的", *GOOD)
    return zs.open(root)


def put(root: Path, name: str, prose: str, *sources: str) -> Path:
    first = new_code_cell("since = None\nas_of = None", metadata={"tags": ["parameters"]})
    opening = new_code_cell("import zhengfa_stats as zs\ncity = zs.open(since=since, as_of=as_of)")
    cells = [new_markdown_cell(prose), first, opening, *map(new_code_cell, sources)]
    path = root / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)
    return path


def write(project: Project) -> tuple[list[str], list[Failure], list[str]]:
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Project, "exhibits", SHOWN)
        with staged(project.processed, *site.FOLDERS) as aside:
            outputs, failures = site.write_site(project, project.figures(), aside, said.append)
    return outputs, failures, said


def digests(project: Project) -> dict[str, str]:
    folders = ("pages", "charts")
    files = [p for f in folders for p in (project.processed / f).iterdir()] + [project.processed / "tables.xlsx"]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def outputs(project: Project) -> list[str]:
    written, failures, said = write(project)
    assert failures == []
    assert any("01_好的" in line and "1/1" in line for line in said), "progress tells each notebook"
    return written


def page(project: Project, name: str = "01_好的") -> str:
    return (project.processed / "pages" / f"{name}.html").read_text("utf-8")


def test_everything_that_is_named_is_there(project: Project, outputs: list[str]) -> None:
    assert set(outputs) == {
        "tables.xlsx", "pages/01_好的.html", "pages/index.html",
        *(f"charts/{name}.{kind}" for name in SHOWN for kind in ("png", "svg")),
    }  # fmt: skip
    assert all((project.processed / name).is_file() for name in outputs)


def test_a_second_run_gives_the_same_bytes(project: Project, outputs: list[str]) -> None:
    before = digests(project)
    write(project)
    assert digests(project) == before


def test_no_page_loads_anything_or_runs_a_script(project: Project, outputs: list[str]) -> None:
    for name in ("01_好的", "index"):
        text = page(project, name)
        assert not HOST.search(text)
        assert "<script" not in text and "<link" not in text
        assert "default-src 'none'" in text


def test_a_page_shows_results_and_no_code(project: Project, outputs: list[str]) -> None:
    text = page(project)
    assert "摘要。" in text and f">{said(project)}<" in text and text.count("data:image/png;base64,") == 2
    assert "city.figure" not in text and "import zhengfa_stats" not in text
    assert text.count("<h1>") == 1, "the title stands above the page, once"


def test_the_index_leads_to_pages_charts_and_files(project: Project, outputs: list[str]) -> None:
    text = page(project, "index")
    assert "好的" in text and "示例市政法队伍建设台账统计" in text and "2021年1月1日至6月30日" in text
    assert "无法得出" in text and "没有《处理台账》的数据" in text
    assert text.count('<img src="../charts/') == len(SHOWN)


def test_a_failing_notebook_names_its_cell_and_leaves_the_last_page(project: Project, outputs: list[str]) -> None:
    good, before = project.root / "notebooks" / "01_好的.ipynb", page(project)
    put(project.root, "01_好的", *GOOD[:2], "city.figure('线锁.收到')")
    put(project.root, "02_别的", "# 别的\n\n也好。", "city.preview('rules')")
    try:
        written, (failure,), _ = write(project)
        assert str(failure).startswith("01_好的.ipynb第5格（city.figure('线锁.收到')）：没有指标“线锁.收到”。是不是：")
        assert page(project) == before
        assert "没有《制度台账》的数据" in page(project, "02_别的"), "the others are written"
        assert "01_好的.ipynb第5格" in page(project, "index")
        assert "pages/01_好的.html" in written
    finally:
        put(project.root, "01_好的", *GOOD)
        (project.root / "notebooks" / "02_别的.ipynb").unlink()
        assert good.exists()


def test_other_failures_tell_their_kind(project: Project) -> None:
    (run,) = run_one(project, put(project.root, "x", "# x", "city.clues['没有的列']"))
    assert run.failure is not None and str(run.failure).startswith("x.ipynb第4格（city.clues['没有的列']）：KeyError")
    (run,) = run_one(project, put(project.root, "x", "# x", "import os; os._exit(1)"))
    assert run.failure is not None and "内核意外退出" in str(run.failure) and run.failure.cell == 4
    (project.root / "notebooks" / "x.ipynb").write_text("{}", "utf-8")
    (run,) = run_one(project, project.root / "notebooks" / "x.ipynb")
    assert run.failure is not None and "不是能读的笔记本" in run.failure.why
    (project.root / "notebooks" / "x.ipynb").unlink()


def test_the_program_that_runs_is_what_a_notebook_imports(project: Project) -> None:
    """A clone holds the sources beside the notebooks; an installed program must not be mixed with them."""
    where = "import os, sys\nassert not {'', os.getcwd()} & set(sys.path), sys.path"
    (run,) = run_one(project, put(project.root, "x", "# x", where))
    (project.root / "notebooks" / "x.ipynb").unlink()
    assert run.failure is None, str(run.failure)


def run_one(project: Project, path: Path) -> list[site.Run]:
    days = {"since": "2021-01-01", "as_of": "2021-06-30"}
    return site.run_all([path], project.root, days, lambda _: None)


def test_a_report_with_a_failing_notebook_is_not_done(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    failure = Failure("01.ipynb", "坏了", 3, "city.x()")
    summary = {"filled": [], "left": [], "omitted": [], "remarks": []}

    def write_site(_: Project, __: object, folder: Path, ___: object) -> tuple[list[str], list[Failure]]:
        (folder / "pages").mkdir()
        (folder / "pages" / "index.html").touch()
        return ["pages/index.html"], [failure]

    def write_summary(_: Project, folder: Path) -> dict[str, list[str]]:
        (folder / "总结.docx").touch()
        return summary

    monkeypatch.setattr(site, "write_site", write_site)
    monkeypatch.setattr(Project, "write_summary", write_summary)
    with pytest.raises(
        ProjectError, match=r"有1本笔记本没有运行完：01.ipynb第3格（city.x\(\)）：坏了。其余结果都已写好"
    ):
        report(project, speak=False)


def test_the_period_asked_for_is_that_of_the_pages(project: Project, outputs: list[str]) -> None:
    earlier = zs.open(project.root, as_of="2021-03-31")
    write(earlier)
    assert "2021年1月1日至3月31日" in page(project) and f">{said(earlier)}<" in page(project)
    assert said(project) != said(earlier)


def said(project: Project) -> str:
    return f"{project.figure('线索.收到').value:g}条"


# -- what a reader sees of a notebook


def seen(*cells: nbformat.NotebookNode) -> str:
    return "".join(body_of(new_notebook(cells=list(cells))))


def showing(**data: str) -> nbformat.NotebookNode:
    bundle = {name.replace("_", "/"): content for name, content in data.items()}
    return new_code_cell("x", outputs=[new_output("display_data", data=bundle)])


def test_the_best_form_of_an_output_is_shown_once() -> None:
    assert seen(showing(text_html="<b>好</b>", text_plain="差")) == '<div class="output"><b>好</b></div>'
    assert "data:image/png;base64,QUJD" in seen(showing(image_png="QU\nJD", text_plain="差"))
    assert seen(showing(text_plain="<b>")) == '<div class="output"><pre>&lt;b&gt;</pre></div>'


def test_warnings_are_no_part_of_a_page() -> None:
    streams = [new_output("stream", name=name, text=name) for name in ("stdout", "stderr")]
    assert seen(new_code_cell("x", outputs=streams)) == '<div class="output"><pre>stdout</pre></div>'


def test_tags_in_prose_stay_text() -> None:
    assert "<script" not in seen(new_markdown_cell("文字 <script>alert(1)</script>"))


def test_cells_for_those_who_work_in_jupyterlab_are_left_out() -> None:
    assert seen(new_markdown_cell("复制代码", metadata={"tags": ["remove_cell"]})) == ""
