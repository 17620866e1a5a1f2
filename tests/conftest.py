"""What several tests look at is made once in a run, whichever worker asks first."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

settings.register_profile("patient", deadline=None)  # how long an example takes is the machine's doing
settings.load_profile("patient")
ROOT = Path(__file__).parents[1]
RUN = [sys.executable, "-c", "import sys; from zhengfa_stats.cli import main; sys.exit(main())"]

settings.register_profile("patient", deadline=None)  # nothing here is a timed test: a busy machine is slow
settings.load_profile("patient")


@dataclass(frozen=True)
class Reported:
    """The sample city after `zhengfa report`, to be looked at and not changed; what the command said stands beside it."""

    project: Path

    @property
    def processed(self) -> Path:
        return self.project / "data" / "processed"

    @property
    def said(self) -> dict[str, bytes]:
        return {name: (self.project.parent / name).read_bytes() for name in ("stdout", "stderr")}


@pytest.fixture(scope="session")
def reported(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Reported:
    """The committed sample city, reported on by the command line."""
    base = tmp_path_factory.getbasetemp()
    place = (base if worker_id == "master" else base.parent) / "reported"
    with FileLock(f"{place}.lock"):
        if not (place / "done").exists():
            _report(place)
    return Reported(place / "city")


def _report(place: Path) -> None:
    project = place / "city"
    shutil.copytree(ROOT / "data" / "raw", project / "data" / "raw")
    shutil.copy(ROOT / "zhengfa.toml", project)
    done = subprocess.run([*RUN, "report"], cwd=project, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    (place / "stdout").write_bytes(done.stdout)
    (place / "stderr").write_bytes(done.stderr)
    (place / "done").touch()
