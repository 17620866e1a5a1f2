"""The same raw files give the same bytes, whatever the locale, the time zone, the hash seed, the number of processes, the order of files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.hostile.canary import plant
from tests.hostile.evil import SHOWN, evil_city
from tests.hostile.kills import outputs

ROOT = Path(__file__).parents[2]
RUN = f"""
import sys
from zhengfa_stats.project import Project
Project.exhibits = {SHOWN!r}
from zhengfa_stats.cli import main
sys.exit(main())
"""
WORLDS = (
    ({"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"}, "1"),
    ({"LC_ALL": "C.UTF-8", "TZ": "America/Los_Angeles", "PYTHONHASHSEED": "4242"}, "2"),
)
KINDS = {".docx", ".html", ".json", ".parquet", ".png", ".svg", ".xlsx"}


def test_two_worlds_give_the_same_bytes(tmp_path: Path) -> None:
    """Of a whole report: ledgers, figures, summary, charts, tables, pages, the problems, the manifest."""
    first = _city(tmp_path / "0" / "city")
    other = tmp_path / "1" / "city"
    shutil.copytree(first, other, ignore=shutil.ignore_patterns("raw"))
    (other / "data" / "raw").mkdir(parents=True)
    for path in sorted((first / "data" / "raw").iterdir(), reverse=True):
        shutil.copy(path, other / "data" / "raw")
    told = [_report(root, *world) for root, world in zip((first, other), WORLDS, strict=True)]
    one, two = outputs(first), outputs(other)
    assert {Path(name).suffix for name in one} >= KINDS
    assert {name for name in {*one, *two} if one.get(name) != two.get(name)} == set()
    assert told[0] == told[1]


def _city(root: Path) -> Path:
    evil_city(root)
    plant(root / "data" / "raw")
    for name in ("法院线索登记（2021年）.ods", "公安局处理情况.et", "市法院政治轮训情况.xlsb"):
        shutil.copy(ROOT / "data" / "raw" / name, root / "data" / "raw")
    (root / "zhengfa.key").write_text("0f" * 32, "ascii")
    return root


def _report(root: Path, world: dict[str, str], jobs: str) -> tuple[str, str]:
    """Write the report in a world; what it says, and the figures."""
    env = {**os.environ, **world, "PYTHONPATH": str(ROOT)}
    run = [sys.executable, "-c", RUN]
    done = [
        subprocess.run([*run, *command, "--json"], cwd=root, env=env, check=True, capture_output=True).stdout.decode()
        for command in (("report", "--jobs", jobs), ("figures",))
    ]
    assert json.loads(done[0])["outputs"] and json.loads(done[1])["figures"]
    return done[0], done[1]
