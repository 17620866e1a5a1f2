"""Times whole processes in turn, so that a drifting machine does not favour one of them; writes RESULTS.md and results.json.

python benchmarks/run.py            # 100,000 rows, five runs in turn
python benchmarks/run.py --rows 20000 --runs 3
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

BARE = (
    "import sys; from python_calamine import CalamineWorkbook as W; book = W.from_path(sys.argv[1]); "
    "[book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names]"
)
PANDAS = "import sys, pandas; pandas.read_excel(sys.argv[1], sheet_name=None, header=None, engine=sys.argv[2])"
ZHENGFA = "import sys; from zhengfa_stats.cli import main; sys.exit(main(sys.argv[1:]))"
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


@dataclass(frozen=True)
class Run:
    """One whole process: wall and processor seconds, peak memory of the largest process in MiB."""

    wall: float
    cpu: float
    peak: float


def timed(command: Sequence[str], cwd: Path) -> Run:
    """Run a command to its end; RuntimeError if it fails."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} left with {child.returncode}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def commands(book: Path, project: Path) -> dict[str, Callable[[], Run]]:
    """What is compared, by name; the first is the baseline."""
    python = sys.executable
    processed = project / "data" / "processed"

    def cold() -> Run:
        subprocess.run(["rm", "-rf", str(processed)], check=True)
        return timed([python, "-c", ZHENGFA, "build"], project)

    return {
        "calamine 只读": lambda: timed([python, "-c", BARE, str(book)], project),
        "zhengfa build（冷）": cold,
        "zhengfa build（未变）": lambda: timed([python, "-c", ZHENGFA, "build"], project),
        "pandas + calamine 只读": lambda: timed([python, "-c", PANDAS, str(book), "calamine"], project),
        "pandas + openpyxl 只读": lambda: timed([python, "-c", PANDAS, str(book), "openpyxl"], project),
    }


def compare(n_rows: int, n_runs: int) -> dict[str, list[Run]]:
    """Every command n_runs times, in turn."""
    from tests.city.big import clue_workbook

    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        raw = project / "data" / "raw"
        raw.mkdir(parents=True)
        (project / "zhengfa.toml").write_text(TOML, "utf-8")
        book = raw / "线索台账.xlsx"
        clue_workbook(book, n_rows)
        things = commands(book, project)
        runs: dict[str, list[Run]] = {name: [] for name in things}
        for _ in range(n_runs):
            for name, thing in things.items():
                runs[name].append(thing())
        return runs


def table(runs: Mapping[str, Sequence[Run]], n_rows: int) -> str:
    """The medians as Markdown, with the ratio of processor time and of wall time to the baseline, run by run."""
    baseline = next(iter(runs.values()))
    lines = [
        f"{n_rows:,} 行 × 14 列，一个工作簿；{len(baseline)}轮轮流跑，取中位数。",
        f"{platform.system()} {platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}。",
        "",
        "| 命令 | 用时（秒） | 处理器（秒） | 峰值内存（MiB） | 用时比 | 处理器比 |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, done in runs.items():
        wall, cpu, peak = (statistics.median(getattr(r, f) for r in done) for f in ("wall", "cpu", "peak"))
        walls = statistics.median(r.wall / b.wall for r, b in zip(done, baseline, strict=True))
        cpus = statistics.median(r.cpu / b.cpu for r, b in zip(done, baseline, strict=True))
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {walls:.2f} | {cpus:.2f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    runs = compare(args.rows, args.runs)
    here = Path(__file__).parent
    text = table(runs, args.rows)
    (here / "RESULTS.md").write_text("# 结果\n\n" + text, "utf-8")
    values = {name: [vars(r) for r in done] for name, done in runs.items()}
    (here / "results.json").write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
