"""A city whose units and sources have names that a spreadsheet, a page or a document might run."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.hostile.reading import TOML, project

EVIL = (
    "=HYPERLINK(A1)",
    "+cmd|calc!A0",
    "@SUM(1)",
    "-2+3",
    "=cmd|'/C calc'!A0",
    "<script>x()</script>",
    "<img src=x onerror=y()>",
    "&lt;script&gt;x()&lt;/script&gt;",
    '"><svg onload=y()>',
    "DDEAUTO c:\\\\cmd.exe /k calc",
    "{ INCLUDETEXT \\\\10.0.0.1\\a }",
    "[点这里](javascript:y())",
    "../../出去",
    "$(rm -rf x)",
    "$\\href{javascript:y()}{x}$",
    "|x",
    "{{7*7}}",
)
SHOWN = ("线索.来源", "线索.单位与状态", "线索.各单位情况")  # the exhibits that tell such names
_CELLS = (
    "import zhengfa_stats as zs\ncity = zs.open()\ncity.exhibit('线索.来源')",
    "city.exhibit('线索.各单位情况').table",
    "city.ask('各单位收到多少条线索')",
    "city.show(city.figure('线索.收到'))",
    "city.clues",
)


def evil_city(root: Path) -> Path:
    """The project: ledgers, a template and a notebook that show its names wherever a name is shown."""
    project(root)
    terms = "\n".join(f"{json.dumps(name)} = [{json.dumps(f'别名{n}')}]" for n, name in enumerate(EVIL))
    (root / "zhengfa.toml").write_text(f"{TOML}[vocabularies.source]\n{terms}\n[vocabularies.unit]\n{terms}\n", "utf-8")
    clues = [["线索编号", "收到日期", "线索来源", "被反映人单位", "承办单位", "办理状态", "线索类别"]]
    clues += [[f"X{n}", f"2021-03-{n + 1:02d}", *[name] * 3, "正在核查", name] for n, name in enumerate(EVIL)]
    clues += [[f"Y{n}", "2021-03-09", "群众来信", "公安局", "公安局", "正在核查", "违法"] for n in range(20)]
    raw = root / "data" / "raw"
    (raw / "=1+1<script>.csv").write_text(_csv(clues), "utf-8")
    for n in range(len(EVIL)):  # sent by the unit that the first line names, with something to give back
        sent = [
            [f"填报单位：别名{n}"],
            clues[0],
            [f"Z{n}", "2021-13-45", "来信", "公安局", "公安局", "正在核查", "违法"],
        ]
        (raw / f"线索台账{n}.csv").write_text(_csv(sent), "utf-8")
    acts = [
        ["活动日期", "活动类型", "主办单位", "主题"],
        *(["2021-03-05", "警示教育", "市法院", name] for name in EVIL),
    ]
    (raw / "市法院活动.csv").write_text(_csv(acts), "utf-8")
    (root / "templates").mkdir()
    lines = ["共收到线索{{线索.收到}}。", *(f"{{{{表 {id_}}}}}" for id_ in SHOWN), "{{图 线索.来源}}"]
    (root / "templates" / "总结.txt").write_text("\n".join(lines), "utf-8")
    (root / "notebooks").mkdir()
    cells = [new_markdown_cell("# 线索"), *map(new_code_cell, _CELLS)]
    nbformat.write(new_notebook(cells=cells), root / "notebooks" / "01_线索.ipynb")
    return root


def _csv(rows: list[list[str]]) -> str:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()
