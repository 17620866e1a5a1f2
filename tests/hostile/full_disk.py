"""A disk that fills: `python -m tests.hostile.full_disk FOLDER`, a folder on a small file system of its own.

    mount -t tmpfs -o size=16m tmpfs FOLDER

A report of two ledgers is written with less and less room left: each is written whole, or says that the disk is full
and leaves the last one whole; with room again, the next gives what a disk that was never full gives.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.hostile.canary import run
from tests.hostile.kills import _put, _two_ledgers, is_whole, leftovers, outputs, small

ROOM = (1024, 256, 128, 64, 32, 16, 8, 4, 0)  # kilobytes


def main(folder: Path) -> int:
    """How many reports were written, and how many said that there was no room."""
    root = folder / "city"
    states = [Path(tempfile.mkdtemp(prefix="state")) / name for name in ("whole", "lacking")]
    dropped = _two_ledgers(root)
    for state in states:
        shutil.copytree(root / "data" / "raw", state)
    (states[1] / dropped).unlink()
    references = []
    for i in (0, 1, 0, 1):
        _put(states[i], root)
        small(root)
        references.append(outputs(root))
    ends = []
    for n, room in enumerate(ROOM):
        _put(states[n % 2], root)
        before = _reported(root)
        filler = fill(folder, room << 10)
        code, said = run(["report", "--project", str(root)])
        filler.unlink()
        ends.append(code)
        assert "Traceback" not in said and is_whole(root) and not leftovers(root), said
        assert outputs(root) == references[2 + n % 2] if code == 0 else code == 2 and "磁盘已满" in said, said
        assert code == 0 or _reported(root) == before, (
            room
        )  # the ledgers may be the new ones, whole: then check says so
        small(root)
        assert outputs(root) == references[2 + n % 2], room
        print(f"{room} KB: {code}  {said.strip().splitlines()[-1] if code else ''}", flush=True)
    print(
        f"{len(ends)} reports on a disk that fills: {ends.count(0)} written, {ends.count(2)} refused; each left a whole set"
    )
    return 0


def _reported(root: Path) -> dict[str, str]:
    """What the report wrote, besides the ledgers, which are a set of their own."""
    own = ("ledgers/", "changes.", "problems.", "manifest.")
    return {name: digest for name, digest in outputs(root).items() if not name.startswith(own)}


def fill(folder: Path, room: int) -> Path:
    """A file that leaves so much room and no more."""
    path = folder / "filler"
    left = os.statvfs(folder)
    path.write_bytes(bytes(max(0, left.f_bavail * left.f_frsize - room)))
    return path


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
