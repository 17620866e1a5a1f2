"""Two runs at once: the second waits and says so; a process that was killed holds nothing."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

HOLD = """
import sys, time
from pathlib import Path
from zhengfa_stats.locking import one_writer
with one_writer(Path(sys.argv[1])):
    with one_writer(Path(sys.argv[1])):
        print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(root: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(root), str(seconds)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8",
    )  # fmt: skip
    return process


def test_the_second_waits_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    first = hold(tmp_path, 1.5)
    assert first.stdout is not None and first.stdout.readline() == "held\n"
    start = time.monotonic()
    second = hold(tmp_path, 0)
    out, err = second.communicate(timeout=30)
    assert out == "held\n" and "等它写完" in err and second.returncode == 0
    assert time.monotonic() - start > 0.5 and first.wait() == 0


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    first = hold(tmp_path, 60)
    assert first.stdout is not None and first.stdout.readline() == "held\n"
    first.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    first.wait()
    out, err = hold(tmp_path, 0).communicate(timeout=30)
    assert out == "held\n" and not err
