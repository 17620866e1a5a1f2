"""Kills at random moments: `python -m tests.hostile.kills 100 [build|report|small]` says what came of them.

build and report: over the sample city. small: a report of two ledgers, three exhibits and one notebook, a few seconds each.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.hostile.reading import project
from tests.hostile.test_workbooks import TEXT
from zhengfa_stats.project import open_project
from zhengfa_stats.staging import is_unfinished

_PASSING = ("cache", ".next", "snapshots")  # kept for speed, or a history of what was built


def outputs(root: Path) -> dict[str, str]:
    """What the last good run left, by name and digest."""
    processed = root / "data" / "processed"
    found = (p for p in processed.rglob("*") if p.is_file() and p.relative_to(processed).parts[0] not in _PASSING)
    return {p.relative_to(processed).as_posix(): hashlib.sha256(_content(p)).hexdigest() for p in found}


def _content(path: Path) -> bytes:
    """A file's bytes; the manifest without the program's version, which in a working copy changes with every edit."""
    if path.name != "manifest.json":
        return path.read_bytes()
    manifest = json.loads(path.read_text("utf-8"))
    del manifest["state"]["version"]
    return json.dumps(manifest).encode()


def build(root: Path) -> None:
    """Build the ledgers."""
    open_project(root).build()


def report(root: Path) -> None:
    """Write everything."""
    from zhengfa_stats.report import report

    report(open_project(root), speak=False)


def small(root: Path) -> None:
    """Write everything, but few exhibits."""
    from zhengfa_stats.project import Project

    Project.exhibits = ("线索.来源", "线索.单位与状态", "整改.进度")  # type: ignore[method-assign, assignment]
    report(root)


def _alone(work: Callable[[Path], None], root: Path) -> None:
    os.setsid()
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1), os.dup2(silence, 2)
    work(root)


def kill_once(root: Path, work: Callable[[Path], None], seconds: float) -> bool:
    """Start the work and kill it, with its workers, after so long; whether it was still at it."""
    child = multiprocessing.get_context("fork").Process(target=_alone, args=(work, root))
    child.start()
    child.join(seconds)
    was_running = child.is_alive()
    if was_running and child.pid:
        os.kill(child.pid, signal.SIGKILL)  # the workers find their pipe closed, as after any crash
    child.join()
    return was_running


def is_whole(root: Path) -> bool:
    """The set that stands is the one that its manifest tells of, or a whole new one waits to be moved."""
    processed = root / "data" / "processed"
    if is_unfinished(processed) or not (processed / "manifest.json").is_file():
        return True
    manifest = json.loads((processed / "manifest.json").read_text("utf-8"))
    told = {**manifest["outputs"], **manifest.get("report", {}).get("outputs", {})}
    found = outputs(root)
    return all(found.get(name) == digest for name, digest in told.items())


def leftovers(root: Path) -> list[str]:
    """What an interrupted write left behind, after a clean run."""
    return [p.name for p in (root / "data").rglob("*") if p.name.endswith(".tmp") or p.name == ".next"]


def kill_and_mend(
    root: Path, states: tuple[Path, Path], n: int, work: Callable[[Path], None], rng: random.Random
) -> tuple[int, float]:
    """Kill n runs, each of changed inputs; the next run must give what a run never killed gives. How many were hit, and how long a run takes."""
    longest = 0.0
    references: list[dict[str, str]] = [{}, {}]
    for i in (0, 1, 0, 1):  # twice: a manifest also tells who sent in the build before
        _put(states[i], root)
        start = time.monotonic()
        work(root)
        references[i] = outputs(root)
        longest = time.monotonic() - start  # of the last one: the first must import and read everything
    hits = 0
    for i in range(n):
        _put(states[i % 2], root)
        hits += kill_once(root, work, rng.uniform(0.02, longest))
        print(f"kill {i + 1}/{n}, {hits} hit", file=sys.stderr, flush=True)
        assert is_whole(root), f"kill {i}: the set that stands is of two builds"
        work(root)
        differing = {
            k for k in {*references[i % 2], *outputs(root)} if references[i % 2].get(k) != outputs(root).get(k)
        }
        assert not differing, f"kill {i}: {sorted(differing)}"
    return hits, longest


def _put(state: Path, root: Path) -> None:
    shutil.rmtree(root / "data" / "raw", ignore_errors=True)
    shutil.copytree(state, root / "data" / "raw")


def _sample(root: Path) -> str:
    sample = Path(__file__).parents[2]
    shutil.copytree(sample / "data" / "raw", root / "data" / "raw")
    shutil.copy(sample / "zhengfa.toml", root)
    return "司法局线索台账.csv"


def _two_ledgers(root: Path) -> str:
    project(root, **{"法院.csv": TEXT, "公安局.csv": TEXT.replace("X1", "Y1"), "司法局.csv": TEXT.replace("X1", "Z1")})
    (root / "templates").mkdir()
    (root / "templates" / "总结.txt").write_text("共收到线索{{线索.收到}}，已查结{{线索.查结}}。\n", "utf-8")
    cells = [
        new_markdown_cell("# 线索"),
        new_code_cell("import zhengfa_stats as zs\nzs.open().figure('线索.收到').value"),
    ]
    (root / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=cells), root / "notebooks" / "01_线索.ipynb")
    return "司法局.csv"


def main(n: int, what: str) -> None:
    """Kill over a city and a copy of it that lacks a workbook."""
    root = Path(tempfile.mkdtemp(prefix="kills")) / "city"
    dropped = _two_ledgers(root) if what == "small" else _sample(root)
    whole, lacking = root.parent / "whole", root.parent / "lacking"
    shutil.copytree(root / "data" / "raw", whole)
    shutil.copytree(root / "data" / "raw", lacking)
    (lacking / dropped).unlink()
    work = {"build": build, "report": report, "small": small}[what]
    hits, longest = kill_and_mend(root, (whole, lacking), n, work, random.Random(n))
    print(
        f"{n} kills over {what}, {hits} while it ran (up to {longest:.1f} s); each next run gave the same bytes; left behind: {leftovers(root)}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "build")
