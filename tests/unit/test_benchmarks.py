"""The script that one would write by hand is a fair rival: it yields the same clean clue ledger."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.city.big import clue_folder
from zhengfa_stats import open as open_project

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "by_hand.py"
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
PLACE = ["source_file", "source_row"]


@pytest.mark.filterwarnings("ignore")
def test_by_hand_comes_to_the_same_ledger(tmp_path: Path) -> None:
    pytest.importorskip("janitor", reason="pyjanitor is not installed")
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    clue_folder(raw, n_files=6, n_rows=150)
    subprocess.run([sys.executable, SCRIPT, raw, tmp_path / "clues.parquet"], check=True, capture_output=True)
    theirs = pd.read_parquet(tmp_path / "clues.parquet").sort_values(PLACE, ignore_index=True)
    ours = open_project(tmp_path).clues.sort_values(PLACE, ignore_index=True)
    assert len(theirs) == len(ours) == 900
    for name in theirs.columns.drop("subjects"):
        mine, other = (frame[name].astype(object).where(frame[name].notna(), None) for frame in (ours, theirs))
        assert mine.tolist() == other.tolist(), name
    people = set(zip(theirs["subjects"], map(tuple, ours["subjects"]), strict=True))  # under another key
    assert len(people) == theirs["subjects"].nunique() == len({one for _, one in people})
