"""kill -9 at any moment of a build: what stands is whole, and the next run gives what a run never killed gives."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.kills import build, kill_and_mend, kill_once, leftovers, outputs
from tests.hostile.reading import project
from tests.hostile.test_workbooks import TEXT
from zhengfa_stats import build as build_module
from zhengfa_stats import building, store
from zhengfa_stats.cli import main
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.files import sha, write_json
from zhengfa_stats.pages import site
from zhengfa_stats.pages.running import Failure
from zhengfa_stats.project import Project, open_project


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kills_at_random_moments(tmp_path: Path) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT, "公安局.csv": TEXT.replace("X1", "Y1")})
    states = (tmp_path / "a", tmp_path / "b")
    for state in states:
        shutil.copytree(root / "data" / "raw", state)
    (states[1] / "司法局.csv").write_text(TEXT.replace("X1", "Z1"), "utf-8")
    hits, _ = kill_and_mend(root, states, 6, build, random.Random(3))
    assert hits >= 2 and not leftovers(root)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kills_over_what_goes_out(tmp_path: Path) -> None:
    """Returned workbooks, forms and a filled draft are each whole, whatever moment the command died at."""
    late = TEXT.replace("2021-03-01", "2021-13-01")
    root = project(tmp_path / "city", **{"市法院.csv": late, "市公安局.csv": late.replace("X1", "Y1")})
    (root / "稿.txt").write_text("共收到线索***条。", "utf-8")

    def work(root: Path) -> None:
        city = open_project(root)
        city.write_returns()
        city.fill(root / "稿.txt", force=True)
        city.write_forms()

    def written() -> dict[Path, str]:
        found = [
            root / "稿（已填）.txt",
            *(root / "data" / "returns").rglob("*"),
            *(root / "data" / "forms").rglob("*"),
        ]
        return {p: sha(p) for p in found if p.is_file() and p.suffix != ".tmp"}

    work(root)
    start = time.monotonic()  # of the second: the first must import and build everything
    work(root)
    taken, good = time.monotonic() - start, written()
    assert len(good) > 6
    hits = 0
    for part in (0.05, 0.3, 0.5, 0.8):
        hits += kill_once(root, work, part * taken)
        assert written() == good
    work(root)
    assert hits and written() == good


@pytest.mark.parametrize(("number", "says"), [(28, "磁盘已满"), (30, "只读"), (13, "没有权限")])
def test_a_full_disk_leaves_the_last_good_set(
    tmp_path: Path, number: int, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})
    assert main(["build", "--project", str(root), "--json"]) == 0
    before = {p: p.read_bytes() for p in (root / "data" / "processed").rglob("*") if p.is_file()}
    (root / "data" / "raw" / "公安局.csv").write_text(TEXT.replace("X1", "Y1"), "utf-8")

    monkeypatch.setattr(store.pq.ParquetWriter, "write_table", partial(full, number))
    assert main(["build", "--project", str(root)]) == 2
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said and "No space" not in said
    after = {
        p: p.read_bytes() for p in (root / "data" / "processed").rglob("*") if p.is_file() and "cache" not in p.parts
    }
    assert after == {p: content for p, content in before.items() if "cache" not in p.parts}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs limits of a process")
@pytest.mark.parametrize("room", [0, 2_000, 6_000])
def test_files_that_may_not_grow_leave_the_last_good_set(tmp_path: Path, room: int) -> None:
    """Writes that really fail, wherever they are; a whole disk that fills is tried by `python -m tests.hostile.full_disk`."""
    import resource

    root = project(tmp_path / "city", **{"法院.csv": TEXT})
    run = [sys.executable, "-c", "import sys; from zhengfa_stats.cli import main; sys.exit(main(['build']))"]

    def built(most: int) -> subprocess.CompletedProcess[str]:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))

        env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            run, cwd=root, env=env, preexec_fn=limit, capture_output=True, text=True, encoding="utf-8"
        )

    assert built(1 << 30).returncode == 0
    before = outputs(root)
    more = "".join(f"Y{n},2021-03-01,来信,正在核查\n" for n in range(100))
    (root / "data" / "raw" / "公安局.csv").write_text(TEXT + more, "utf-8")
    done = built(room)
    assert done.returncode == 2 and "磁盘不让写这么大的文件" in done.stderr and "Traceback" not in done.stderr
    assert outputs(root) == before and not leftovers(root)
    assert built(1 << 30).returncode == 0 and outputs(root) != before


def test_a_report_that_stops_halfway_leaves_the_last_one_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})
    meanwhile: list[Callable[[], object]] = []

    def write_site(_: Project, figures: object, folder: Path, say: object) -> tuple[list[str], list[Failure]]:
        (folder / "pages").mkdir()
        (folder / "pages" / "index.html").write_text(repr(figures), "utf-8")
        for happens in meanwhile:
            happens()
        return ["pages/index.html"], []

    monkeypatch.setattr(site, "write_site", write_site)
    monkeypatch.setattr(Project, "write_summary", lambda _, folder: write_json({}, folder / "总结.docx"))
    assert main(["report", "--project", str(root), "--json"]) == 0
    before = outputs(root)
    assert before["pages/index.html"] and main(["check", "--project", str(root)]) == 0
    for as_of, happens, says in (
        ("2021-05-31", partial(full, 28), "磁盘已满"),
        (
            "2021-05-31",
            lambda: (root / "data" / "raw" / "b.csv").write_text(TEXT, "utf-8"),
            "运行期间文件有变动：b.csv",
        ),
    ):
        meanwhile[:] = [happens]
        capsys.readouterr()
        assert main(["report", "--project", str(root), "--as-of", as_of, "--json"]) == 2
        assert says in capsys.readouterr().err
        assert outputs(root) == before and not leftovers(root)


def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})
    real = build_module.assemble

    def meanwhile(*args: Any) -> build_module.Built:
        built = real(*args)
        (root / "data" / "raw" / "法院.csv").write_text(TEXT.replace("X1", "X9"), "utf-8")
        return built

    monkeypatch.setattr(build_module, "assemble", meanwhile)
    assert main(["build", "--project", str(root), "--json"]) == 2
    assert "运行期间文件有变动：法院.csv" in capsys.readouterr().err
    assert not outputs(root)
    monkeypatch.undo()
    assert main(["build", "--project", str(root), "--json"]) == 0 and outputs(root)


@pytest.mark.parametrize(
    ("name", "was", "said"),
    [
        ("inputs", {"a.csv": "1", "法院.csv": "2"}, "a.csv、法院.csv"),
        ("settings", "x", "zhengfa.toml、更正或定义改动了"),
        ("version", "x", "程序换了版本"),
        ("key", "x", "人员代号的密钥换了"),
    ],
)
def test_what_changed_meanwhile_is_named(tmp_path: Path, name: str, was: Any, said: str) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})
    now = building.state(root)
    building.refuse_changed(root, now)
    with pytest.raises(ProjectError, match=f"运行期间文件有变动：{said}，结果没有保存"):
        building.refuse_changed(root, {**now, name: was})


def full(number: int, *args: object, **kwargs: object) -> None:
    raise OSError(number, "No space left on device", "data/processed/changes.parquet")


def test_a_project_that_may_only_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})

    def refused(self: Path, *args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    assert main(["build", "--project", str(root)]) == 2
    assert "没有权限" in capsys.readouterr().err
