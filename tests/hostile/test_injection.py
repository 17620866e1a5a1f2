"""Texts from workbooks stay texts: no formula runs, no markup runs, no field runs, no path leaves the project's folder."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree, html

from tests.hostile.evil import EVIL, SHOWN, evil_city
from zhengfa_stats.cli import main
from zhengfa_stats.pages.writing import markdown
from zhengfa_stats.project import Project, open_project

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
COMMANDS = (
    ("report",),
    ("returns",),
    ("forms",),
    ("forms", "--dictionary"),
    ("compare", "--from", "2021-03-31", "--to", "2021-06-30", "--xlsx", "比.xlsx"),
    ("ask", "各单位收到多少条线索", "--rows", "--xlsx", "答.xlsx"),
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project once all is written that can be."""
    root = evil_city(tmp_path_factory.mktemp("evil") / "city")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setattr(Project, "exhibits", SHOWN)
        for command in COMMANDS:
            assert main([*command, "--json"]) == 0, command
    return root


def test_no_cell_that_we_write_is_a_formula_of_theirs(city: Path) -> None:
    books = list(city.rglob("*.xlsx"))
    assert len(books) > 8
    seen = set()
    for path in books:
        for sheet in openpyxl.load_workbook(path).worksheets:
            for cell in (c for row in sheet.iter_rows() for c in row):
                ours = "forms" in path.parts  # a form adds up its own columns
                assert cell.data_type != "f" or (ours and not _tells(str(cell.value))), (path.name, cell.coordinate)
                seen |= {name for name in EVIL if isinstance(cell.value, str) and cell.value.startswith(name)}
    assert seen == set(EVIL)


def _tells(text: str) -> bool:
    return any(name in text for name in EVIL)


def test_in_word_they_are_text_and_no_field(city: Path) -> None:
    with zipfile.ZipFile(city / "data" / "processed" / "总结.docx") as document:
        parts = {name: document.read(name) for name in document.namelist() if name.endswith((".xml", ".rels"))}
    body = etree.fromstring(parts["word/document.xml"])
    texts = {text for p in body.iter(f"{W}p") if (text := "".join(t.text or "" for t in p.iter(f"{W}t")))}
    assert set(EVIL) - {"{{7*7}}"} <= texts and any("{{7*7}}" in text for text in texts)
    for name, part in parts.items():
        root = etree.fromstring(part)
        orders = [e.text or "" for e in root.iter(f"{W}instrText", f"{W}delInstrText")]
        orders += [e.get(f"{W}instr", "") for e in root.iter(f"{W}fldSimple")]
        assert not [
            order for order in orders if not re.fullmatch(r"\s*(?:PAGE|NUMPAGES)\b[^\\]*(?:\\\* \w+)?\s*", order)
        ]
        assert not any(e.get("TargetMode") == "External" for e in root.iter()), name


def _pages(city: Path) -> list[Path]:
    return [p for p in (city / "data" / "processed").rglob("*") if p.suffix in (".html", ".svg")]


def test_in_pages_and_charts_they_are_text(city: Path) -> None:
    pages = _pages(city)
    assert {p.suffix for p in pages} == {".html", ".svg"}
    shown = "".join(_harmless(path.read_text("utf-8"), path.name) for path in pages)
    assert all(name in shown for name in EVIL if name != "../../出去")
    assert "../../出去" in shown


def _harmless(page: str, name: str) -> str:
    """The text of a page, in which nothing of theirs is more than text."""
    root = html.fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8"))
    for element in root.iter(etree.Element):
        assert not {"onerror", "onload"} & set(element.attrib), name
        assert not any("javascript:" in v and k in ("href", "src", "xlink:href") for k, v in element.items()), name
        if element.tag in ("script", "style"):
            assert not re.search(r"(?<![\w.])[xy]\(\)", element.text or ""), name
    return str(root.text_content())


def test_exhibits_figures_and_replies_show_them_as_text(city: Path) -> None:
    opened = open_project(city)
    reply = opened.ask("各单位收到多少条线索")
    shown = [opened.exhibit(id_).table.html() for id_ in SHOWN]
    shown += [str(of._repr_mimebundle_().get("text/html")) for of in (reply, opened.show(opened.figure("线索.收到")))]
    assert sum("onerror=y()" in _harmless(page, "") for page in shown) >= 4


@pytest.mark.parametrize("text", EVIL)
def test_markup_in_a_notebook_is_harmless(text: str) -> None:
    assert _harmless(markdown(text), text).strip()


def test_no_path_leaves_the_project(city: Path) -> None:
    assert list(city.parent.iterdir()) == [city]
    returned = {p.name for p in (city / "data" / "returns").iterdir()}
    assert ".._出去" not in returned and len(returned) > 3
