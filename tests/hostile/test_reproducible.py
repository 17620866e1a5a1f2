"""The same raw files give the same bytes, whatever the locale, the time zone, the hash seed, the number of processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.hostile.canary import plant
from tests.hostile.kills import outputs
from tests.hostile.reading import project

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, "-c", "import sys; from zhengfa_stats.cli import main; sys.exit(main())"]
WORLDS = (
    ({"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"}, "1"),
    ({"LC_ALL": "C.UTF-8", "TZ": "America/Los_Angeles", "PYTHONHASHSEED": "4242"}, "2"),
)


def test_two_worlds_give_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for n, (world, jobs) in enumerate(WORLDS):
        root = project(tmp_path / f"{n}" / "city")
        plant(root / "data" / "raw")
        shutil.copy(ROOT / "data" / "raw" / "法院线索登记（2021年）.ods", root / "data" / "raw")
        for path in (tmp_path / "0" / "city" / "data" / "raw").iterdir():  # openpyxl writes the hour into a workbook
            shutil.copy(path, root / "data" / "raw") if n else None
        (root / "zhengfa.key").write_text("0f" * 32, "ascii")
        env = {**os.environ, **world, "PYTHONPATH": str(ROOT)}
        subprocess.run([*RUN, "build", "--jobs", jobs, "--json"], cwd=root, env=env, check=True, capture_output=True)
        figures = subprocess.run([*RUN, "figures", "--json"], cwd=root, env=env, check=True, capture_output=True).stdout
        manifest = json.loads((root / "data" / "processed" / "manifest.json").read_text("utf-8"))
        del manifest["state"]["version"]  # in a working copy the sources, which somebody may be editing
        found.append(({**outputs(root), "manifest.json": json.dumps(manifest)}, figures))
    (one, figures), (other, same_figures) = found
    assert len(one) > 6 and {name for name in {*one, *other} if one.get(name) != other.get(name)} == set()
    assert figures == same_figures
