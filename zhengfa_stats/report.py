"""`zhengfa report`: build, count, write, and say on one screen what came of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

from zhengfa_stats.counting.status import Status
from zhengfa_stats.excel import Page, write_workbook
from zhengfa_stats.project import Project
from zhengfa_stats.store import write_json


def report(project: Project, *, speak: bool) -> dict[str, Any]:
    """Write everything there is into data/processed; the names of the outputs."""
    manifest = project.manifest
    figures = project.figures()
    write_json(figures, project.processed / "figures.json")
    write_workbook(project.processed / "figures.xlsx", [_page(figures), status_page(project)])
    outputs = sorted([*manifest["outputs"], "manifest.json", "figures.json", "figures.xlsx"])
    if speak:
        print(show_figures(figures))
        print()
        print(summarise_build(manifest))
        print(status_in_short(project.statuses))
        print(
            f"\n结果在 {project.processed}：figures.xlsx 是全部指标和报送情况，problems.xlsx 是要请各部门核实的问题。"
        )
    return {"outputs": [f"data/processed/{name}" for name in outputs]}


def _page(figures: Mapping[str, Any]) -> Page:
    header = ("指标", "数值", "单位", "口径", "计入行数", "未能计入行数", "未报或数据早于截止日的单位", "说明")
    rows = (
        (
            f["key"],
            f["value"],
            f["unit"],
            f["definition"],
            f["n_rows"],
            f["n_uncounted"],
            "、".join(f["missing_from"]),
            "；".join([*([f["why"]] if "why" in f else []), *f["remarks"]]),
        )
        for f in figures["figures"]
    )
    return Page(f"指标（{figures['since']}至{figures['as_of']}）", header, rows, (22, 12, 8, 60, 10, 12, 30, 40))


def show_figures(figures: Mapping[str, Any]) -> str:
    """The figures as a table on the terminal; those that can't be had come last, by the reason."""
    had = [f for f in figures["figures"] if "why" not in f]
    lines = [f"统计期 {figures['since']} 至 {figures['as_of']}"]
    width = max((_width(f["key"]) for f in had), default=0)
    for f in had:
        note = f"  （另有{f['n_uncounted']}行未能计入）" if f["n_uncounted"] else ""
        lines.append(f"  {_padded(f['key'], width)}  {f['text']}{note}")
    lacking: dict[str, list[str]] = defaultdict(list)
    for f in figures["figures"]:
        if "why" in f:
            lacking[f["why"]].append(f["key"])
    lines += [f"  无法得出（{why}）：{'、'.join(keys)}" for why, keys in lacking.items()]
    return "\n".join(lines)


def summarise_build(manifest: Mapping[str, Any]) -> str:
    """Sheets read and problems by department."""
    sheets = manifest["sheets"]
    if not sheets and not manifest["refused"]:
        return "data/raw 里没有工作簿。请把各部门报来的台账原样放进去，再运行一次。"
    tables = [t for s in sheets for t in s["tables"] if t["ledger"]]
    idle = sum(not any(t["ledger"] for t in s["tables"]) for s in sheets)
    totals = {name: sum(t[name] for t in tables) for name in ("records", "kept", "merged", "superseded", "set_aside")}
    lines = [
        f"读了{len({s['file'] for s in sheets})}个工作簿、{len(sheets)}张工作表：台账{len(tables)}张；"
        f"{idle}张工作表里没有已知的台账，没有读取。",
        f"台账记录{totals['records']}条：计入{totals['kept']}条，重复并入{totals['merged']}条，"
        f"被后来的文件替代{totals['superseded']}条，未能作为记录{totals['set_aside']}条。",
    ]
    if manifest["refused"]:
        lines.append(f"无法读取的文件{len(manifest['refused'])}个：{'、'.join(manifest['refused'])}")
    lines.append(f"问题{manifest['n_problems']}个{'：' if manifest['n_problems'] else '。'}")
    width = max((_width(s) for s in manifest["problems_by_sender"]), default=0)
    for sender, n in manifest["problems_by_sender"].items():
        lines.append(f"  {_padded(sender, width)}  错误{n['error']:>3}  警告{n['warning']:>3}  提示{n['note']:>3}")
    return "\n".join(lines)


_STATUS = ("报送单位", "台账", "状态", "截至", "计入行数", "问题", "由谁报送")


def status_page(project: Project) -> Page:
    """报送情况, a line a sender and ledger; those who have not sent come first."""
    ledgers = project.schema.ledgers
    ordered = sorted(project.statuses, key=lambda s: s.state != "未报")
    rows = (
        (s.unit, ledgers[s.ledger].name, s.state, str(s.data_as_of or ""), s.n_rows, s.n_problems, s.sent_by)
        for s in ordered
    )
    return Page("报送情况", _STATUS, rows, (22, 18, 10, 14, 10, 8, 18))


def show_status(project: Project) -> str:
    """报送情况 as a table on the terminal."""
    lines = [tuple(map(str, line)) for line in (_STATUS, *status_page(project).rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    shown = ["  ".join(map(_padded, line, widths)).rstrip() for line in lines]
    return "\n".join([*shown, "", status_in_short(project.statuses)])


def status_in_short(found: Sequence[Status]) -> str:
    """How many sent, said that there is nothing, or have not sent, the last by name."""
    counts = Counter(s.state for s in found)
    missing = "、".join(dict.fromkeys(s.unit for s in found if s.state == "未报"))
    n = f"已报{counts['已报']}份、零报告{counts['零报告']}份、未报{counts['未报']}份"
    return f"报送情况：{n}{f'（未报的单位：{missing}）' if missing else ''}。"


def show_trace(found: Mapping[str, Any]) -> str:
    """The rows behind a figure, one a line."""
    head = f"{found['key']}：{found['value'] if found['value'] is not None else found['why']}{found['unit'] if found['value'] is not None else ''}"
    lines = [head, f"口径：{found['definition']}", f"共{len(found['rows'])}行："]
    for row in found["rows"]:
        also = f"（并入：{'；'.join(row['also'])}）" if row["also"] else ""
        names = f"  {'、'.join(row['names'])}" if row.get("names") else ""
        cells = " ".join(sorted(set(row["cells"].values())))
        lines.append(f"  {row['file']} · {row['sheet']} · 第{row['row']}行  {cells}{names}{also}")
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
