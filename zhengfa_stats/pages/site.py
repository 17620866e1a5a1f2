"""All of data/processed that one looks at: charts, tables, a page a notebook, and the index."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import quote

from zhengfa_stats.excel import write_workbook
from zhengfa_stats.files import replacing
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.pages import notebooks
from zhengfa_stats.pages.running import Failure, Run, run_all
from zhengfa_stats.pages.writing import body_of, write_page
from zhengfa_stats.project import Project

Say = Callable[[str], None]

_HEADLINES = (  # the figures at the head of the index, so far as they can be had
    "线索.收到", "线索.查结", "线索.在查", "线索.查结率", "处理.总人数", "轮训.参与率", "制度.制定数", "整改.完成率",
)  # fmt: skip
_FILES = (  # what a reader is led to, so far as it is there
    ("总结.docx", "工作总结，数字已按台账填好"),
    ("figures.xlsx", "全部指标和报送情况"),
    ("tables.xlsx", "全部表格，一表一页"),
    ("problems.xlsx", "要请各部门核实的问题"),
)


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart in both its forms, as links from the pages' folder."""

    subject: str
    title: str
    png: str
    svg: str


@dataclass(frozen=True, slots=True)
class Link:
    """A page or a file that the index leads to."""

    title: str
    href: str
    abstract: str = ""


FOLDERS = ("charts", "pages")  # what stands in them of an earlier report goes with it


def write_site(project: Project, figures: Mapping[str, Any], folder: Path, say: Say) -> tuple[list[str], list[Failure]]:
    """Write charts, tables and pages into a folder; the names of what was written, and the notebooks that failed."""
    pictures, outputs = write_exhibits(project, folder, say)
    runs = _run(project, say)
    failures = [run.failure for run in runs if run.failure]
    pages = _write_pages(project, folder, runs)
    index = _write_index(project, folder, figures, runs, pictures, failures)
    return [*outputs, *(f"pages/{name}" for name in (*pages, index))], failures


# -- charts and tables


def write_exhibits(project: Project, folder: Path, say: Say) -> tuple[list[Picture], list[str]]:
    """Every declared exhibit: its chart as PNG and SVG, its table as a sheet of tables.xlsx."""
    start = time.monotonic()
    pictures: list[Picture] = []
    names: list[str] = []
    sheets = []
    for id_ in project.exhibits:
        exhibit = project.exhibit(id_)
        sheets.append(exhibit.table.page())
        if exhibit.has_chart:
            drawn = {f"charts/{id_}.png": exhibit.png(), f"charts/{id_}.svg": exhibit.svg()}
            for name, content in drawn.items():
                _write_bytes(folder / name, content)
            names += drawn
            pictures.append(Picture(id_.split(".")[0], exhibit.title, *(quote(f"../{name}") for name in drawn)))
    write_workbook(folder / "tables.xlsx", sheets)
    say(f"图{len(pictures)}幅、表{len(sheets)}张（{time.monotonic() - start:.1f}秒）")
    return pictures, [*names, "tables.xlsx"]


def _write_bytes(path: Path, content: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(content)


# -- pages


def _run(project: Project, say: Say) -> list[Run]:
    paths = notebooks.of_project(project.root)
    days = {"since": project.clock.since.isoformat(), "as_of": project.clock.as_of.isoformat()}
    n = iter(range(1, len(paths) + 1))

    def done(run: Run) -> None:
        say(
            f"笔记本 {next(n)}/{len(paths)} {run.path.stem}（{run.seconds:.1f}秒）{'：没有运行完' if run.failure else ''}"
        )

    return run_all(paths, project.root, days, done, project.jobs)


def _write_pages(project: Project, folder: Path, runs: Sequence[Run]) -> list[str]:
    """A page a notebook; that of a failed one stays as it was."""
    names = []
    links = [_link(run) for run in runs]
    around = zip([None, *links], runs, [*links[1:], None], strict=False)
    for before, run, after in around:
        page, last = (of / "pages" / f"{run.path.stem}.html" for of in (folder, project.processed))
        if not run.failure:
            values = {
                **_head(project, notebooks.title_of(run.notebook, run.path.stem)),
                "body": body_of(run.notebook),
                "before": before,
                "after": after,
            }
            write_page(page, "notebook.html", values)
        elif last.is_file():
            _write_bytes(page, last.read_bytes())
        names += [page.name] if page.is_file() else []
    return names


def _link(run: Run) -> Link:
    title = notebooks.title_of(run.notebook, run.path.stem)
    return Link(title, quote(f"{run.path.stem}.html"), notebooks.abstract_of(run.notebook))


def _head(project: Project, title: str) -> dict[str, Any]:
    return {"title": title, "city": project.config.city, "period": say_period(project.clock)}


# -- the index


def _write_index(
    project: Project,
    folder: Path,
    figures: Mapping[str, Any],
    runs: Sequence[Run],
    pictures: Sequence[Picture],
    failures: Sequence[Failure],
) -> str:
    values = {
        **_head(project, f"{project.config.city}政法队伍建设台账统计"),
        "failures": failures,
        "cards": list(_cards(figures)),
        "chapters": [_link(run) for run in runs if (folder / "pages" / f"{run.path.stem}.html").exists()],
        "outputs": [
            Link(name, quote(f"../{name}"), what)
            for name, what in _FILES
            if any((of / name).exists() for of in (folder, project.processed))
        ],
        "pictures": [(name, list(shown)) for name, shown in groupby(pictures, attrgetter("subject"))],
        "figures": list(_lines(figures)),
    }
    write_page(folder / "pages" / "index.html", "index.html", values)
    return "index.html"


def _cards(figures: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    by_key = {f["key"]: f for f in figures["figures"]}
    for key in _HEADLINES:
        if key in by_key and by_key[key]["value"] is not None:
            f = by_key[key]
            yield {"name": key.replace(".", " · "), "number": f["text"].removesuffix(f["unit"]), "unit": f["unit"]}


def _lines(figures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every figure; what belongs beside it stands with its definition."""
    for f in figures["figures"]:
        remarks = [*([f["why"]] if "why" in f else []), *f["remarks"]]
        if f["n_uncounted"] and "why" not in f:
            remarks.append(f"另有{f['n_uncounted']}行缺少所需的内容，未能计入")
        if f["missing_from"]:
            remarks.append(f"未报或数据早于截止日：{'、'.join(f['missing_from'])}")
        yield {"key": f["key"], "text": f["text"], "definition": f["definition"], "remarks": remarks}
