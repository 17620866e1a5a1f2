"""Times whole processes in turn, so that a drifting machine does not favour one of them; writes RESULTS.md and results.json.

python benchmarks/run.py                        # 100,000 rows; 500 workbooks of 200 rows; five runs in turn
python benchmarks/run.py --rows 20000 --files 50 --runs 3
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

BARE = (
    "import sys; from pathlib import Path; from python_calamine import CalamineWorkbook as W\n"
    "for path in sorted(Path(sys.argv[1]).rglob('*.xlsx')):\n"
    "    book = W.from_path(str(path))\n"
    "    [book.get_sheet_by_name(n).to_python(skip_empty_area=False) for n in book.sheet_names]"
)
PANDAS = (
    "import sys, pandas; from pathlib import Path\n"
    "for path in sorted(Path(sys.argv[1]).rglob('*.xlsx')):\n"
    "    pandas.read_excel(path, sheet_name=None, header=None, engine=sys.argv[2])"
)
MAKE = (  # in a process of its own: a child's peak memory is never less than what its parent held
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pathlib import Path; from tests.city import big\n"
    "getattr(big, sys.argv[1])(Path(sys.argv[2]), *map(int, sys.argv[3:]))"
)
ZHENGFA = "import sys; from zhengfa_stats.cli import main; sys.exit(main(sys.argv[1:]))"
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


@dataclass(frozen=True)
class Run:
    """One whole process: wall and processor seconds with its workers', peak memory of the largest process in MiB."""

    wall: float
    cpu: float
    peak: float


Things = Mapping[str, Callable[[], Run]]  # what is compared, by name; the first is the baseline
Runs = dict[str, list[Run]]


def timed(command: Sequence[str], cwd: Path) -> Run:
    """Run a command to its end; RuntimeError if it fails."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{command} left with {child.returncode}")
    return Run(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def python(code: str, *args: object, cwd: Path) -> Run:
    return timed([sys.executable, "-c", code, *map(str, args)], cwd)


def starting(folder: Path, built: Path) -> Things:
    """What must be quick, beside what its users would wait for anyway."""
    return {
        "import pandas": lambda: python("import pandas", cwd=folder),
        "python -c pass": lambda: python("pass", cwd=folder),
        "import zhengfa_stats": lambda: python("import zhengfa_stats", cwd=folder),
        "zhengfa --help": lambda: python("from zhengfa_stats.cli import _parser; _parser().format_help()", cwd=folder),
        "zhengfa build（未变）": lambda: python(ZHENGFA, "build", cwd=built),
    }


def building(project: Path, change: Callable[[int], object] | None = None) -> Things:
    """A cold build beside bare reads of the same files; with `change`, also one after one file of many changed."""
    processed, raw = project / "data" / "processed", project / "data" / "raw"
    rounds = iter(range(1, 10**6))

    def cold() -> Run:
        shutil.rmtree(processed, ignore_errors=True)
        return python(ZHENGFA, "build", cwd=project)

    def changed() -> Run:
        assert change is not None
        change(next(rounds))
        return python(ZHENGFA, "build", cwd=project)

    return {
        "calamine 只读": lambda: python(BARE, raw, cwd=project),
        "zhengfa build（冷）": cold,
        **({"zhengfa build（改了一个工作簿）": changed} if change else {}),
        "pandas + calamine 只读": lambda: python(PANDAS, raw, "calamine", cwd=project),
        "pandas + openpyxl 只读": lambda: python(PANDAS, raw, "openpyxl", cwd=project),
    }


def in_turn(things: Things, n_runs: int) -> Runs:
    """Every command n_runs times, in turn."""
    runs: Runs = {name: [] for name in things}
    for _ in range(n_runs):
        for name, thing in things.items():
            runs[name].append(thing())
    return runs


def project_in(folder: Path) -> Path:
    """An empty project; the path of its data/raw."""
    raw = folder / "data" / "raw"
    raw.mkdir(parents=True)
    (folder / "zhengfa.toml").write_text(TOML, "utf-8")
    return raw


def compare(n_rows: int, n_files: int, n_runs: int) -> dict[str, Runs]:
    """Every comparison, by its title."""
    with tempfile.TemporaryDirectory() as name:
        one, many = Path(name) / "one", Path(name) / "many"
        python(MAKE, "clue_workbook", project_in(one) / "线索台账.xlsx", n_rows, cwd=ROOT)
        python(MAKE, "clue_folder", raw := project_in(many), n_files, cwd=ROOT)
        first = min(raw.iterdir())
        found = {
            f"一个工作簿，{n_rows:,} 行 × 14 列": in_turn(building(one), n_runs),
            f"{n_files} 个工作簿，各 200 行 × 14 列": in_turn(
                building(many, lambda seed: python(MAKE, "clue_workbook", first, 200, seed, cwd=ROOT)), n_runs
            ),
        }
        python(ZHENGFA, "build", cwd=many)
        return found | {f"起动；未变的项目有 {n_files} 个工作簿": in_turn(starting(Path(name), many), n_runs)}


def table(title: str, runs: Mapping[str, Sequence[Run]]) -> str:
    """The medians as Markdown, with the ratios of wall and processor time and of memory to the baseline, run by run."""
    baseline = next(iter(runs.values()))
    lines = [
        f"## {title}",
        "",
        "| 命令 | 用时（秒） | 处理器（秒） | 峰值内存（MiB） | 用时比 | 处理器比 | 内存比 |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, done in runs.items():
        fields = ("wall", "cpu", "peak")
        wall, cpu, peak = (statistics.median(getattr(r, f) for r in done) for f in fields)
        ratios = (
            statistics.median(getattr(r, f) / getattr(b, f) for r, b in zip(done, baseline, strict=True))
            for f in fields
        )
        told = " | ".join(f"{ratio:.2f}" for ratio in ratios)
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {told} |")
    return "\n".join(lines) + "\n"


def questions(n_rows: int) -> str:
    """The table of benchmarks/ask.py."""
    command = [sys.executable, str(Path(__file__).with_name("ask.py")), "--rows", str(n_rows)]
    return "## 提问\n\n" + subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    found = compare(args.rows, args.files, args.runs)
    machine = f"{platform.system()} {platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}。"
    head = f"# 结果\n\n{machine}{args.runs}轮轮流跑，取中位数；比值逐轮与同一轮的第一行相比，再取中位数。\n"
    text = "\n".join([head, *(table(title, runs) for title, runs in found.items()), questions(args.rows)])
    here = Path(__file__).parent
    (here / "RESULTS.md").write_text(text, "utf-8")
    values = {title: {name: [vars(r) for r in done] for name, done in runs.items()} for title, runs in found.items()}
    (here / "results.json").write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(text)


if __name__ == "__main__":
    main()
