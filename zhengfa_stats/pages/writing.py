"""Executed notebooks and the index as HTML pages that stand alone: no code cells, no scripts, nothing loaded from a host."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import mistune
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup
from nbformat import NotebookNode

from zhengfa_stats.files import replacing

_TEMPLATES = files("zhengfa_stats") / "templates" / "pages"
_SHOWN = ("text/html", "image/svg+xml", "image/png", "image/jpeg", "text/markdown", "text/plain")  # the best first

_REMOVED = "remove_cell"
_TITLE = re.compile(r"<h1>.*?</h1>\n?", re.DOTALL)


def write_page(path: Path, template: str, values: Mapping[str, Any]) -> None:
    """Render a template into a page; the same values give the same bytes."""
    text = _environment().get_template(template).render(values)
    with replacing(path) as temporary:
        temporary.write_text(text, "utf-8", newline="\n")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["style"] = Markup(_source("style.css"))
    return environment


def _source(name: str) -> str:
    return (_TEMPLATES / name).read_text("utf-8")


def body_of(notebook: NotebookNode) -> list[Markup]:
    """What a reader sees of a notebook: its prose and what its cells show, in order; the title stands above the page.

    A cell tagged `remove_cell` is meant for those who work in JupyterLab.
    """
    cells = (cell for cell in notebook.cells if _REMOVED not in cell.metadata.get("tags", ()))
    parts = [part for cell in cells for part in _of_cell(cell)]
    return [Markup(_TITLE.sub("", parts[0], count=1)), *map(Markup, parts[1:])] if parts else []


def _of_cell(cell: NotebookNode) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield f'<div class="prose">{markdown(cell.source)}</div>'
    elif cell.cell_type == "code":
        for output in cell.outputs:
            if shown := _of_output(output):
                yield f'<div class="output">{shown}</div>'


def _of_output(output: NotebookNode) -> str:
    """The best form of an output; what a cell said on standard error is no part of the page."""
    if output.output_type == "stream":
        return f"<pre>{escape(output.text)}</pre>" if output.name == "stdout" else ""
    data = output.get("data", {})
    kind = next((kind for kind in _SHOWN if kind in data), "")
    return _as_html(kind, data[kind]) if kind else ""


def _as_html(kind: str, content: str) -> str:
    match kind:
        case "text/html":
            return content
        case "text/markdown":
            return markdown(content)
        case "text/plain":
            return f"<pre>{escape(content)}</pre>"
        case "image/svg+xml":
            from base64 import b64encode

            return _picture(kind, b64encode(content.encode()).decode())
        case _:
            return _picture(kind, content)


def _picture(kind: str, base64: str) -> str:
    return f'<img alt="图" src="data:{kind};base64,{"".join(base64.split())}">'


def markdown(source: str) -> str:
    """Markdown as HTML; tags in it stay text."""
    return str(_markdown()(source))


@cache
def _markdown() -> Any:
    return mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])
