"""Texts from workbooks stay texts: no formula runs, no markup runs, no path leaves the project's folder."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.hostile.reading import project
from zhengfa_stats.cli import main
from zhengfa_stats.pages.writing import markdown
from zhengfa_stats.project import open_project

EVIL = (
    "=HYPERLINK(A1)",
    "+cmd|calc!A0",
    "@SUM(1)",
    "-2+3",
    "<script>x()</script>",
    "<img src=x onerror=y()>",
    "../../出去",
    "$(rm -rf x)",
    "|x",
    "{{7*7}}",
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = project(tmp_path_factory.mktemp("evil") / "city")
    rows = ["线索编号,收到日期,线索来源,被反映人单位,承办单位,办理状态"]
    rows += [f'"{text}",2021-03-0{n % 9 + 1},"{text}","{text}","{text}","{text}"' for n, text in enumerate(EVIL)]
    (root / "data" / "raw" / "=1+1<script>.csv").write_text("\n".join(rows), "utf-8")
    acts = ["活动日期,活动类型,主办单位,主题"] + [f'2021-03-05,警示教育,市法院,"{text}"' for text in EVIL]
    (root / "data" / "raw" / "市法院活动.csv").write_text("\n".join(acts), "utf-8")
    return root


def test_no_cell_that_we_write_is_a_formula(city: Path) -> None:
    for command in (
        ("build",),
        ("returns",),
        ("forms",),
        ("ask", "各单位收到多少条线索", "--xlsx", str(city / "答.xlsx")),
    ):
        main([*command, "--project", str(city)])
    books = [p for p in city.rglob("*.xlsx") if "forms" not in p.parts]
    assert len(books) >= 2
    seen = 0
    for path in books:
        for sheet in openpyxl.load_workbook(path).worksheets:
            for cell in (c for row in sheet.iter_rows() for c in row):
                assert cell.data_type != "f", (path.name, cell.coordinate)
                seen += isinstance(cell.value, str) and cell.value.startswith(("=", "+", "@", "-"))
    assert seen


def test_markup_is_shown_as_text(city: Path) -> None:
    opened = open_project(city)
    shown = [opened.exhibit(id_).table.html() for id_ in opened.exhibits]
    shown += [html for key in ("线索.收到", "警示教育.次数") if (html := repr(opened.show(opened.figure(key)).html()))]
    assert len(shown) > 20
    assert not [html for html in shown if "<script>x" in html or "<img src=x" in html]


def test_markdown_and_replies_keep_it_text(city: Path) -> None:
    reply = open_project(city).ask("各单位收到多少条线索")
    shown = [getattr(reply, name)() for name in ("_repr_html_", "_repr_markdown_") if hasattr(reply, name)]
    shown += [str(reply._repr_mimebundle_().get("text/html", "")) for _ in "1" if hasattr(reply, "_repr_mimebundle_")]
    shown += [markdown(text) for text in EVIL]
    assert len(shown) > len(EVIL)
    assert not [html for html in shown if "<script>x" in html or "<img src=x" in html]


def test_no_path_leaves_the_project(city: Path) -> None:
    beside = {p for p in city.parent.iterdir()}
    main(["returns", "--project", str(city)])
    assert {p for p in city.parent.iterdir()} == beside == {city}
