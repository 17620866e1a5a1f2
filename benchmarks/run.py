"""Times whole processes in turn and writes RESULTS.md and RESULTS.json; see README.md.

python benchmarks/run.py                                   # the sample city, 500 small workbooks, 100,000 rows, starting
python benchmarks/run.py --large                           # also 1,000,000 rows in 10 workbooks, and 10,000,000 stored
python benchmarks/run.py --rows 5000 --files 20 --runs 1   # does it run at all
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from making import Project, many, one, sample, write_workbook
from measuring import Run, Runs, Things, in_turn, python
from telling import Group, page

HERE = Path(__file__).parent
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
BY_HAND = f"import sys; sys.path.insert(0, {str(HERE)!r}); import by_hand; by_hand.main(*sys.argv[1:])"
ZHENGFA = "import sys; from zhengfa_stats.cli import main; sys.exit(main(sys.argv[1:]))"


def build(project: Project) -> Run:
    return python(ZHENGFA, "build", cwd=project.folder)


def cold(project: Project) -> Run:
    """A build with nothing kept from an earlier one."""
    shutil.rmtree(project.processed, ignore_errors=True)
    return build(project)


def reading(project: Project, *, by_hand: bool = True, openpyxl: bool = True) -> dict[str, Callable[[], Run]]:
    """A cold build, beside others that only read the same files, or clean them by hand."""
    raw, cwd = project.raw, project.folder
    things = {
        "calamine 只读": lambda: python(BARE, raw, cwd=cwd),
        "zhengfa build（冷）": lambda: cold(project),
        "pandas + calamine 只读": lambda: python(PANDAS, raw, "calamine", cwd=cwd),
    }
    if openpyxl:
        things["pandas + openpyxl 只读"] = lambda: python(PANDAS, raw, "openpyxl", cwd=cwd)
    if by_hand:
        things["手写 pandas + openpyxl + pyjanitor"] = lambda: python(BY_HAND, raw, cwd / "clues.parquet", cwd=cwd)
    return things


def starting(project: Project) -> Things:
    """What must be quick, beside what its users would wait for anyway; and a build after one workbook of many changed."""
    changed = min(project.raw.iterdir())
    rounds = iter(range(2, 10**6))

    def after_a_change() -> Run:
        write_workbook(changed, 200, next(rounds))
        return build(project)

    cwd = project.folder
    return {
        "import pandas": lambda: python("import pandas", cwd=cwd),
        "python -c pass": lambda: python("pass", cwd=cwd),
        "import zhengfa_stats": lambda: python("import zhengfa_stats", cwd=cwd),
        "zhengfa --help": lambda: python("from zhengfa_stats.cli import _parser; _parser().format_help()", cwd=cwd),
        "zhengfa build（改了一个工作簿）": after_a_change,
        "zhengfa build（未变）": lambda: build(project),
    }


def stages(project: Project) -> Things:
    """Each command on what the last build stored."""
    cwd = project.folder
    return {
        "zhengfa build（冷）": lambda: cold(project),
        "zhengfa figures": lambda: python(ZHENGFA, "figures", "--json", cwd=cwd),
        "zhengfa status": lambda: python(ZHENGFA, "status", "--json", cwd=cwd),
        "zhengfa trace": lambda: python(ZHENGFA, "trace", "线索.收到", "--json", cwd=cwd),
    }


def groups(where: Path, args: argparse.Namespace, done: Callable[[Group, Runs], None]) -> None:
    """Run every comparison; `done` takes each as it ends, so that an interrupted run has what was measured."""
    small = many(where / "many", args.files)
    build(small)
    done(Group("start", f"起动；项目有 {args.files} 个工作簿"), in_turn(starting(small), args.runs))
    done(Group("many", f"{args.files} 个工作簿，各 200 行 × 14 列"), in_turn(reading(small), args.runs))
    single = one(where / "one", args.rows)
    done(Group("one", f"一个工作簿，{args.rows:,} 行 × 14 列"), in_turn(reading(single), args.runs))
    done(Group("stages", f"各个命令，{args.rows:,} 行"), in_turn(stages(single), args.runs))
    city = sample(where / "sample")
    done(Group("sample", "示例市的 xlsx 台账"), in_turn(reading(city, by_hand=False), args.runs))
    if args.large:
        ten = many(where / "ten", 10, args.rows)
        both = {
            f"{args.rows:,} 行": lambda: cold(single),
            "十倍的行，10 个工作簿": lambda: cold(ten),
            "calamine 只读十倍": lambda: python(BARE, ten.raw, cwd=ten.folder),
        }
        done(Group("million", f"{10 * args.rows:,} 行，10 个工作簿"), in_turn(both, min(args.runs, 2)))


def stored(what: str, n: int) -> dict[str, Any]:
    """What benchmarks/stored.py finds."""
    found = told_by("stored.py", what, n)
    return {"n": n, **found} if what == "count" else {"rows": n, **found}


def told_by(script: str, *args: object) -> dict[str, Any]:
    """The JSON that one of our scripts prints."""
    command = [sys.executable, str(HERE / script), *map(str, args)]
    found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--large", action="store_true", help="also 10 times the rows in 10 workbooks, and 100 times stored"
    )
    args = parser.parse_args(argv)
    if not find_spec("janitor"):
        parser.error("没有装 pyjanitor：先运行 pip install -c constraints.txt -e '.[test,bench]'")
    machine = f"{platform.system()} {platform.machine()}，{os.cpu_count()} 核，Python {platform.python_version()}"
    found: list[tuple[Group, Runs]] = []
    counted: list[dict[str, Any]] = []
    asked: list[dict[str, Any]] = []

    def write() -> None:
        (HERE / "RESULTS.md").write_text(page(machine, args.runs, found, counted, asked), "utf-8")
        values = [
            {"id": g.id, "title": g.title, "runs": {n: [asdict(r) for r in rs] for n, rs in runs.items()}}
            for g, runs in found
        ]
        told = {"machine": machine, "runs": args.runs, "groups": values, "stored": counted, "asked": asked}
        (HERE / "RESULTS.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")

    def done(group: Group, runs: Runs) -> None:
        found.append((group, runs))
        write()

    with tempfile.TemporaryDirectory() as name:
        groups(Path(name), args, done)
    asked.append(told_by("ask.py", args.rows))
    counted.append(stored("count", 10 * args.rows))
    if args.large:
        counted.append(stored("figures", 100 * args.rows))
    write()
    print((HERE / "RESULTS.md").read_text("utf-8"))


if __name__ == "__main__":
    main()
