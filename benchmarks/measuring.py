"""Whole processes, measured from outside: seconds, processor seconds, and the peak memory of a process with its children."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOOK = 0.05  # seconds between two looks at the processes
# As on a user's machine: what Python has compiled it keeps. Told not to, it would compile our sources at every start.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True, slots=True)
class Run:
    """One whole process with its workers: wall and processor seconds, peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


FIELDS = ("wall", "cpu", "peak")
Things = Mapping[str, Callable[[], Run]]  # what is compared, by name; the first is what the others are compared with
Runs = dict[str, list[Run]]


def timed(command: Sequence[str], cwd: Path) -> Run:
    """Run a command to its end; RuntimeError if it fails.

    Memory is the greatest sum of the processes' proportional set sizes: a page that workers share counts once. (The
    maximum that the kernel keeps for a child begins with what its parent held, and says nothing of several.)
    """
    before, start, peak = _spent(), time.perf_counter(), 0
    with tempfile.TemporaryFile() as said:
        child = psutil.Popen(command, cwd=cwd, env=_ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=said)
        while child.poll() is None:
            peak = max(peak, _held(child))
            time.sleep(_LOOK)
        wall = time.perf_counter() - start
        if child.returncode:
            said.seek(0)
            raise RuntimeError(f"{command} left with {child.returncode}: {said.read().decode()[-2000:]}")
    return Run(wall, _spent() - before, peak / (1 << 20))


def _spent() -> float:
    """Processor seconds of all children that have ended, and of theirs."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _held(child: psutil.Process) -> int:
    """Bytes that a process and its children hold just now."""
    held = 0
    try:
        for process in (child, *child.children(recursive=True)):
            memory = process.memory_full_info()
            held += getattr(memory, "pss", memory.uss)
    except psutil.Error:
        pass  # one ended between two looks: what the others hold is seen again at the next
    return held


def python(code: str, *args: object, cwd: Path) -> Run:
    """A Python process that runs a text."""
    return timed([sys.executable, "-c", code, *map(str, args)], cwd)


def in_turn(things: Things, n_runs: int) -> Runs:
    """Every command n_runs times, in turn, so that a drifting machine favours none of them."""
    runs: Runs = {name: [] for name in things}
    for _ in range(n_runs):
        for name, thing in things.items():
            runs[name].append(thing())
    return runs


def ratio(runs: Mapping[str, Sequence[Run]], of: str, to: str, field: str) -> float:
    """The median of the ratios of two commands, each within one round."""
    pairs = zip(runs[of], runs[to], strict=True)
    return statistics.median(getattr(a, field) / max(getattr(b, field), 1e-9) for a, b in pairs)


def median(runs: Sequence[Run], field: str) -> float:
    return statistics.median(getattr(run, field) for run in runs)
