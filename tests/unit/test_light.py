"""What must be quick imports nothing heavy: help, the package itself, and a build where nothing has changed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("pandas", "pyarrow", "narwhals", "openpyxl", "duckdb", "numpy", "python_calamine", "matplotlib", "lxml")
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
CLUES = "线索编号,收到日期,线索来源,办理状态\nX1,2021-03-01,来信,正在核查\n"
RUN = "import sys; from zhengfa_stats.cli import main; code = main(sys.argv[1:])"
TELL = f"import sys; print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"


def heavy_after(code: str, *args: str) -> tuple[str, str]:
    """What a fresh process printed, and which heavy modules it had imported."""
    done = subprocess.run([sys.executable, "-c", f"{code}\n{TELL}", *args], capture_output=True, text=True, check=True)
    return done.stdout, done.stderr.splitlines()[-1]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (tmp_path / "data" / "raw" / "公安局.csv").write_text(CLUES, "utf-8")
    return tmp_path


def test_the_package_and_the_modules_behind_help_are_light() -> None:
    assert heavy_after("import zhengfa_stats, zhengfa_stats.cli, zhengfa_stats.building")[1] == "[]"


def test_a_build_where_nothing_has_changed_is_light_and_says_the_same(root: Path) -> None:
    command = ("build", "--json", "--project", str(root))
    first, then = heavy_after(RUN, *command), heavy_after(RUN, *command)
    assert "pandas" in first[1] and then[1] == "[]"
    assert json.loads(first[0]) == json.loads(then[0])
    raw = root / "data" / "raw" / "公安局.csv"
    raw.write_text(CLUES + "X2,2021-03-02,来信,正在核查\n", "utf-8")
    changed = heavy_after(RUN, *command)
    assert "pandas" in changed[1] and changed[0] != then[0]


def test_what_reads_a_workbook_does_without_pandas() -> None:
    """The processes that read begin before it is imported."""
    assert "pandas" not in heavy_after("import zhengfa_stats.gathering, zhengfa_stats.reading.expecting")[1]
