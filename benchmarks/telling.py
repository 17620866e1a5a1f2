"""What was measured, as Markdown: a table a comparison, then every bar with what was reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import FIELDS, Run, Runs, median, ratio


@dataclass(frozen=True)
class Group:
    """A comparison: what it is called here, and in the table."""

    id: str
    title: str


@dataclass(frozen=True)
class Bar:
    """A command may take at most so many times what another takes, in one round."""

    group: str
    of: str
    to: str
    field: str  # wall, cpu, peak
    most: float


COLD, CALAMINE, OPENPYXL = "zhengfa build（冷）", "calamine 只读", "pandas + openpyxl 只读"
BARS = (
    Bar("one", COLD, CALAMINE, "wall", 2.5),
    Bar("one", COLD, OPENPYXL, "wall", 0.3),
    Bar("one", COLD, CALAMINE, "peak", 4),
    Bar("many", COLD, CALAMINE, "wall", 2.5),
    Bar("million", "十倍的行，10 个工作簿", "100,000 行", "wall", 11),
    Bar("start", "zhengfa build（未变）", "import pandas", "cpu", 0.4),
    Bar("start", "zhengfa build（改了一个工作簿）", "import pandas", "cpu", 2.5),
    Bar("start", "import zhengfa_stats", "import pandas", "wall", 0.2),
    Bar("start", "zhengfa --help", "python -c pass", "wall", 3),
)
_NAMES = {"wall": "用时", "cpu": "处理器时间", "peak": "峰值内存"}


def page(
    machine: str,
    n_runs: int,
    found: Sequence[tuple[Group, Runs]],
    counted: Sequence[Mapping[str, Any]],
    asked: Sequence[Mapping[str, Any]],
) -> str:
    """RESULTS.md."""
    head = (
        f"# 结果\n\n{machine}。{n_runs}轮轮流跑，取中位数；比值逐轮与同一轮的第一行相比，再取中位数。"
        "秒数随机器忙闲变，比值变得少。内存是整个进程树按比例分摊的占用（PSS）之和的峰值。\n"
    )
    tables = [table(group.title, runs) for group, runs in found]
    parts = [head, *tables, bars(found, counted, asked), *map(_stored, counted), *map(_asked, asked)]
    notes = Path(__file__).with_name("NOTES.md")
    return "\n".join([*parts, *([notes.read_text("utf-8")] if notes.is_file() else [])])


def table(title: str, runs: Mapping[str, Sequence[Run]]) -> str:
    """The medians, with the ratios to the first command."""
    first = next(iter(runs))
    lines = [
        f"## {title}",
        "",
        "| 命令 | 用时（秒） | 处理器（秒） | 忙着的核 | 峰值内存（MiB） | 用时比 | 处理器比 | 内存比 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, done in runs.items():
        wall, cpu, peak = (median(done, field) for field in FIELDS)
        ratios = " | ".join(f"{ratio(runs, name, first, field):.2f}" for field in FIELDS)
        lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {cpu / max(wall, 1e-9):.1f} | {peak:.0f} | {ratios} |")
    return "\n".join(lines) + "\n"


def bars(
    found: Sequence[tuple[Group, Runs]], counted: Sequence[Mapping[str, Any]], asked: Sequence[Mapping[str, Any]]
) -> str:
    """Every bar that this run can tell, and whether it was reached."""
    lines = ["## 目标", "", "| 什么 | 比什么 | 项 | 至多 | 测得 | |", "|---|---|---|---:|---:|---|"]
    by_id = {group.id: (group.title, runs) for group, runs in found}
    for bar in BARS:
        title, runs = by_id.get(bar.group, ("", {}))
        if bar.of in runs and bar.to in runs:
            reached = ratio(runs, bar.of, bar.to, bar.field)
            lines.append(_line(f"{title}：{bar.of}", bar.to, _NAMES[bar.field], bar.most, reached))
    for told in counted:
        if "sql" in told:
            lines.append(_line(f"{told['n']:,} 行筛选计数（DuckDB）", "同样的 SQL", "用时", 1.5, told["ratio"]))
    for told in asked:
        heard = told["heard"]
        lines.append(_line(f"听懂一句问话（{heard['n']:,} 句里的 95%）", "20 毫秒", "用时", 1, heard["p95"] / 0.020))
    return "\n".join(lines) + "\n"


def _line(of: str, to: str, field: str, most: float, found: float) -> str:
    return f"| {of} | {to} | {field} | {most:g} | {found:.2f} | {'达到' if found <= most else '**没有达到**'} |"


def _stored(told: Mapping[str, Any]) -> str:
    if "sql" in told:
        return (
            f"## 已存的 {told['n']:,} 行\n\n筛选计数：手写的 DuckDB SQL {told['sql'] * 1000:.0f} 毫秒，同一问在 DuckDB 上 "
            f"{told['duckdb'] * 1000:.0f} 毫秒，在 pandas 上 {told['pandas'] * 1000:.0f} 毫秒"
            f"（列已读入）。\n\n{_loading(told)}\n"
        )
    return (
        f"## 已存的 {told['rows']:,} 行线索\n\nDuckDB 上算出全部 {told['n']} 个只靠线索台账的指标：共 {told['seconds']:.0f} 秒，"
        f"最慢的是{told['slowest']}（{told['slowest_seconds']:.1f} 秒），进程峰值内存 {told['peak']:,.0f} MiB。\n"
    )


def _loading(told: Mapping[str, Any]) -> str:
    """What it takes to open a ledger and count once, beside loading all of it."""
    (some, whole), start = (told["some"], told["whole"]), told["nothing"]["peak"]
    return (
        f"打开后问一个数，只读它用到的列：{some['seconds']:.2f} 秒，多占内存 {some['peak'] - start:,.0f} MiB；"
        f"整个台账读进 pandas 再问：{whole['seconds']:.2f} 秒，{whole['peak'] - start:,.0f} MiB。"
    )


def _asked(told: Mapping[str, Any]) -> str:
    """How long it takes to understand questions, and to answer some."""
    heard, base = told["heard"], told["bare"]
    lines = [
        f"## 问话，{told['rows']:,} 行线索",
        "",
        f"听懂一句（答得出和答不出的共 {heard['n']:,} 句，各只问一次）：中位数 {heard['median'] * 1000:.1f} 毫秒，"
        f"95% 在 {heard['p95'] * 1000:.1f} 毫秒以内，最久 {heard['most'] * 1000:.0f} 毫秒。"
        f"答出时，与用 pandas 手写的一次筛选计数（{base * 1000:.1f} 毫秒）相比：",
        "",
        "| 问题 | 答出（毫秒） | 与手写之比 |",
        "|---|---:|---:|",
    ]
    lines += [f"| {q} | {t * 1000:.1f} | {t / base:.1f} |" for q, t in told["answered"].items()]
    return "\n".join(lines) + "\n"
