"""The manual as pages: chapters that ship as Markdown, and a reference made from the definitions in force."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import mistune
from markupsafe import Markup
from mistune.toc import add_toc_hook

from zhengfa_stats import __version__
from zhengfa_stats.pages import reference
from zhengfa_stats.pages.writing import write_page
from zhengfa_stats.schema import Schema
from zhengfa_stats.shipped import folder_of

_PAGE = re.compile(r'href="([\w-]+)\.md(#[^"]*)?"')
_TITLE = re.compile(r"<h1[^>]*>.*?</h1>\n?", re.DOTALL)
_WHOLE = "all.html"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of the manual: its name as a link, its title, its body as HTML, and its sections (id, title)."""

    name: str
    title: str
    body: Markup
    sections: tuple[tuple[str, str], ...]

    @property
    def href(self) -> str:
        return f"{self.name}.html"


@dataclass(frozen=True, slots=True)
class Part:
    """Chapters under one heading."""

    title: str
    chapters: tuple[Chapter, ...]


def write_manual(folder: Path, schema: Schema, commands: ArgumentParser) -> Path:
    """Write the manual's pages into a folder; its first page. The reference is that of the schema and of the commands."""
    parts = [_part(part, {**_written(), **reference.chapters(schema, commands)}) for part in _contents()]
    chapters = [chapter for part in parts for chapter in part.chapters]
    around = zip([None, *chapters], chapters, [*chapters[1:], None], strict=False)
    for before, chapter, after in around:
        values = {"title": chapter.title, "here": chapter, "before": before, "after": after}
        write_page(folder / chapter.href, "manual.html", {**_head(parts), **values})
    write_page(folder / _WHOLE, "manual_whole.html", {**_head(parts), "title": "使用手册（全书）"})
    if (images := folder_of("manual") / "images").is_dir():
        shutil.copytree(images, folder / "images", dirs_exist_ok=True)
    return folder / chapters[0].href


def place_of(project: Path | None) -> Path:
    """Where the manual is written unless one says: among a project's results, else in a new folder that the system clears."""
    if project is None:
        return Path(tempfile.mkdtemp(prefix="zhengfa-manual-"))
    return project.resolve() / "data" / "processed" / "manual"


def _head(parts: Sequence[Part]) -> dict[str, Any]:
    return {"city": "使用手册", "period": "", "parts": parts, "version": __version__, "whole": _WHOLE}


def _contents() -> list[dict[str, Any]]:
    """The parts of the manual and the names of their chapters, in order."""
    parts: list[dict[str, Any]] = tomllib.loads((folder_of("manual") / "contents.toml").read_text("utf-8"))["parts"]
    return parts


def _written() -> dict[str, str]:
    """The chapters that were written by hand, by name."""
    return {path.stem: path.read_text("utf-8") for path in folder_of("manual").glob("*.md")}


def _part(part: dict[str, Any], sources: dict[str, str]) -> Part:
    return Part(part["title"], tuple(_chapter(name, sources[name]) for name in part["chapters"]))


def _chapter(name: str, source: str) -> Chapter:
    html, state = _markdown().parse(source)
    toc = [(id_, title) for level, id_, title in state.env["toc_items"] if level == 2]
    title = next(line.lstrip("# ").strip() for line in source.splitlines() if line.startswith("# "))
    linked = _PAGE.sub(r'href="\1.html\2"', _TITLE.sub("", str(html), count=1))
    return Chapter(name, title, Markup(linked), tuple(toc))


class _Renderer(mistune.HTMLRenderer):
    """Above a block of code stands the file that it belongs into, which its fence names after the language."""

    def block_code(self, code: str, info: str | None = None) -> str:
        _, _, file = (info or "").partition(" ")
        head = f'<p class="file">{escape(file)}</p>' if file else ""
        return head + super().block_code(code, info)


@cache
def _markdown() -> mistune.Markdown:
    markdown = mistune.create_markdown(renderer=_Renderer(escape=True), plugins=["table"])
    add_toc_hook(markdown, min_level=2, max_level=3, heading_id=lambda token, _: _anchor(token["text"]))
    return markdown


def _anchor(heading: str) -> str:
    """A heading as the end of a link: its words.

    >>> _anchor("一、放台账（`data/raw`）")
    '一放台账dataraw'
    """
    return "".join(re.findall(r"\w+", heading))
