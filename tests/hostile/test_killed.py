"""kill -9 at any moment of a build: what stands is whole, and the next run gives what a run never killed gives."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.hostile.kills import build, kill_and_mend, leftovers
from tests.hostile.reading import project
from tests.hostile.test_workbooks import TEXT
from zhengfa_stats import store
from zhengfa_stats.cli import main


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_kills_at_random_moments(tmp_path: Path) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT, "公安局.csv": TEXT.replace("X1", "Y1")})
    states = (tmp_path / "a", tmp_path / "b")
    for state in states:
        shutil.copytree(root / "data" / "raw", state)
    (states[1] / "司法局.csv").write_text(TEXT.replace("X1", "Z1"), "utf-8")
    hits, _ = kill_and_mend(root, states, 10, build, random.Random(3))
    assert hits >= 3 and not leftovers(root)


@pytest.mark.parametrize(("number", "says"), [(28, "磁盘已满"), (30, "只读"), (13, "没有权限")])
def test_a_full_disk_leaves_the_last_good_set(
    tmp_path: Path, number: int, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})
    assert main(["build", "--project", str(root), "--json"]) == 0
    before = {p: p.read_bytes() for p in (root / "data" / "processed").rglob("*") if p.is_file()}
    (root / "data" / "raw" / "公安局.csv").write_text(TEXT.replace("X1", "Y1"), "utf-8")

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(number, "No space left on device", "data/processed/changes.parquet")

    monkeypatch.setattr(store.pq, "write_table", full)
    assert main(["build", "--project", str(root)]) == 2
    said = capsys.readouterr().err
    assert says in said and "Traceback" not in said and "No space" not in said
    after = {
        p: p.read_bytes() for p in (root / "data" / "processed").rglob("*") if p.is_file() and "cache" not in p.parts
    }
    assert after == {p: content for p, content in before.items() if "cache" not in p.parts}


def test_a_project_that_may_only_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})

    def refused(self: Path, *args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refused)
    assert main(["build", "--project", str(root)]) == 2
    assert "没有权限" in capsys.readouterr().err
