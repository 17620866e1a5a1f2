"""`zhengfa report`: build, count, write, and say on one screen what came of it."""

from __future__ import annotations

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from zhengfa_stats.building import refuse_changed
from zhengfa_stats.checking import record_report
from zhengfa_stats.counting.status import Status
from zhengfa_stats.documents.fill import show_left
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.excel import Page, write_workbook
from zhengfa_stats.files import raw_files, write_json
from zhengfa_stats.language.wording import said
from zhengfa_stats.locking import one_writer
from zhengfa_stats.outcome import padded, summarise_build, width
from zhengfa_stats.project import Project
from zhengfa_stats.staging import staged

if TYPE_CHECKING:
    from zhengfa_stats.pages.running import Failure

T = TypeVar("T")


def report(project: Project, *, speak: bool) -> dict[str, Any]:
    """Write everything there is into data/processed, replaced as one set; the names of the outputs.

    ProjectError once all is written, if a notebook failed; before, if what it rests on was changed meanwhile.
    """
    from zhengfa_stats.pages.site import FOLDERS

    _refuse_nothing(project)
    with one_writer(project.root):
        manifest = _timed("读台账", lambda: project.manifest)
        with staged(project.processed, *FOLDERS) as aside:
            figures, summary, pages, failures = _written(project, aside)
            outputs = sorted(
                [*manifest["outputs"], "manifest.json", "figures.json", "figures.xlsx", "总结.docx", *pages]
            )
            record_report(project.root, aside, outputs, figures["since"], figures["as_of"])
            refuse_changed(project.root, manifest["state"])
    if speak:
        print(show_figures(figures))
        print()
        print(summarise_build(manifest))
        print(status_in_short(project.statuses))
        if project.returned:
            print(project.returned)
        print(show_summary(summary))
        print(_absent(project) or "", end="")
        print(
            f"\n结果在 {project.processed}：pages/index.html 是目录，总结.docx 是填好的工作总结，figures.xlsx 是全部指标和报送情况，"
            "tables.xlsx 是全部表格，problems.xlsx 是要请各部门核实的问题。"
        )
    if failures:
        raise ProjectError(
            f"有{len(failures)}本笔记本没有运行完：{'；'.join(map(str, failures))}",
            do="其余结果都已写好，这几页仍是上一次的；请改好笔记本后重新运行",
        )
    return {"outputs": [f"data/processed/{name}" for name in outputs]}


def _refuse_nothing(project: Project) -> None:
    """ProjectError where there is no workbook to make a report of; it names the ledgers that there could be."""
    if not raw_files(project.raw):
        names = "、".join(f"《{of.name}》" for of in project.schema.ledgers.values() if not of.tabulated)
        raise ProjectError(
            "里面还没有工作簿，没有可出的结果",
            str(project.raw),
            f"请把各部门报来的表原样放进去，有几类放几类：{names}，或只有总数的汇总表；"
            "还没有表的，运行 zhengfa forms 写出空白表，发给各单位填报",
        )


def _written(project: Project, aside: Path) -> tuple[dict[str, Any], dict[str, Any], list[str], list[Failure]]:
    """Figures, summary, charts, tables and pages; the figures, what became of the summary, the site's files and failures."""
    from zhengfa_stats.pages.site import write_site

    figures = _timed("算指标", project.figures)
    write_json(figures, aside / "figures.json")
    write_workbook(aside / "figures.xlsx", [_page(figures), status_page(project)])
    summary = _timed("写总结", lambda: project.write_summary(aside))
    return figures, summary, *write_site(project, figures, aside, _say)


def _timed(what: str, run: Callable[[], T]) -> T:
    start = time.monotonic()
    result = run()
    _say(f"{what}（{time.monotonic() - start:.1f}秒）")
    return result


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def show_summary(summary: Mapping[str, Any]) -> str:
    """What the work summary could not be given."""
    lines = [f"工作总结已写好：填了{len(summary['filled'])}处。"]
    if summary["left"]:
        lines.append(f"没有填的{len(summary['left'])}处：")
        lines += show_left(summary["left"])
    lines += [f"  文中没有写的类别：{o['key']}{o['text']}（{o['where']}）" for o in summary["omitted"]]
    return "\n".join([*lines, *(f"  {remark}" for remark in summary["remarks"])])


def _absent(project: Project) -> str:
    """Which ledgers no workbook brought, and where blank ones come from."""
    absent = [of.name for id_, of in project.schema.ledgers.items() if id_ not in project.frames and not of.tabulated]
    return f"还没有的台账：{'、'.join(absent)}。空白表用 zhengfa forms 写出。\n" if absent else ""


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
    wide = max((width(f["key"]) for f in had), default=0)
    for f in had:
        note = f"  （另有{f['n_uncounted']}行未能计入）" if f["n_uncounted"] else ""
        lines.append(f"  {padded(f['key'], wide)}  {f['text']}{note}")
    lacking: dict[str, list[str]] = defaultdict(list)
    for f in figures["figures"]:
        if "why" in f:
            lacking[f["why"]].append(f["key"])
    lines += [f"  无法得出（{why}）：{'、'.join(keys)}" for why, keys in lacking.items()]
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
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    shown = ["  ".join(map(padded, line, widths)).rstrip() for line in lines]
    return "\n".join([*shown, "", status_in_short(project.statuses)])


def status_in_short(found: Sequence[Status]) -> str:
    """How many sent, said that there is nothing, or have not sent, the last by name."""
    counts = Counter(s.state for s in found)
    missing = "、".join(dict.fromkeys(s.unit for s in found if s.state == "未报"))
    n = f"已报{counts['已报']}份、零报告{counts['零报告']}份、未报{counts['未报']}份"
    return f"报送情况：{n}{f'（未报的单位：{missing}）' if missing else ''}。"


def show_trace(found: Mapping[str, Any]) -> str:
    """The rows behind a figure, one a line."""
    head = f"{found['key']}：{found['why'] if found['value'] is None else said(found['value'], found['unit'])}"
    lines = [head, f"口径：{found['definition']}", f"共{len(found['rows'])}行："]
    for row in found["rows"]:
        also = f"（并入：{'；'.join(row['also'])}）" if row["also"] else ""
        names = f"  {'、'.join(row['names'])}" if row.get("names") else ""
        cells = " ".join(sorted(set(row["cells"].values())))
        lines.append(f"  {row['file']} · {row['sheet']} · 第{row['row']}行  {cells}{names}{also}")
    return "\n".join(lines)
