"""The notebooks of a project: those that ship, the project's own copies, and the parameters they take."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from zhengfa_stats.errors import ProjectError
from zhengfa_stats.files import replacing
from zhengfa_stats.shipped import folder_of

FOLDER = "notebooks"
PARAMETERS = ("since", "as_of")
_TAG = "parameters"
_MARK = "zhengfa"  # the notebook's metadata of ours: what it held when it was copied


def shipped() -> list[Path]:
    """The notebooks that ship."""
    return sorted(folder_of(FOLDER).glob("[0-9]*.ipynb"))


def of_project(root: Path) -> list[Path]:
    """The notebooks that a report runs: the project's own, else those that ship."""
    return sorted((root / FOLDER).glob("[!.]*.ipynb")) or shipped()


def read(path: Path) -> NotebookNode:
    """A notebook in the current format; ProjectError where the file is none."""
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)
    except (ValueError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise ProjectError(f"不是能读的笔记本（{type(error).__name__}）", path.name, "请换回原来的文件") from error
    return notebook


def blank() -> NotebookNode:
    """A notebook without cells."""
    return NotebookNode(cells=[], metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def title_of(notebook: NotebookNode, fallback: str) -> str:
    """The first heading."""
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), fallback)


def abstract_of(notebook: NotebookNode) -> str:
    """The first paragraph below the first heading."""
    first = next((cell.source for cell in notebook.cells if cell.cell_type == "markdown"), "")
    parts = [part.strip() for part in first.split("\n\n")]
    return next((part for part in parts if part and not part.startswith("#")), "")


# -- copies


def copy_into(root: Path) -> list[Path]:
    """Give a project its notebooks: what is missing is copied, an edited one is never touched, an unedited one follows ours."""
    copied = []
    for source in shipped():
        target = root / FOLDER / source.name
        if source == target or (target.exists() and not _follows(target, source)):
            continue
        _write(_marked(read(source)), target)
        copied.append(target)
    return copied


def _follows(copy: Path, source: Path) -> bool:
    """Whether a copy is as it was copied, and ours has changed since."""
    copied = read(copy)
    was = copied.metadata.get(_MARK, {}).get("copied")
    return bool(was == fingerprint(copied) and was != fingerprint(read(source)))


def _marked(notebook: NotebookNode) -> NotebookNode:
    notebook.metadata[_MARK] = {"copied": fingerprint(notebook)}
    return notebook


def fingerprint(notebook: NotebookNode) -> str:
    """What an analyst can edit: cells and their sources; running a notebook leaves it alone."""
    cells = [(cell.cell_type, cell.source) for cell in notebook.cells]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()


def _write(notebook: NotebookNode, path: Path) -> None:
    with replacing(path) as temporary:
        nbformat.write(notebook, temporary)


# -- parameters


def with_parameters(notebook: NotebookNode, values: Mapping[str, Any], name: str) -> NotebookNode:
    """The notebook with its parameters set: the cell tagged `parameters` may name only those that there are."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and _TAG in cell.metadata.get("tags", ()):
            given = _assigned(cell.source, name)
            if unknown := [word for word in given if word not in PARAMETERS]:
                raise ProjectError(
                    f"参数格里有不认识的参数“{'、'.join(unknown)}”", name, f"可用的参数是 {'、'.join(PARAMETERS)}"
                )
            cell.source = "\n".join([cell.source, *(f"{word} = {values[word]!r}" for word in given)])
    return notebook


def _assigned(source: str, name: str) -> list[str]:
    """The names that a cell assigns, in order."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise ProjectError("参数格不是合法的 Python", name, '参数写成 as_of = "2021-06-30" 这样') from error
    return list(dict.fromkeys(_names(node for node in tree.body if isinstance(node, ast.Assign))))


def _names(assigns: Iterable[ast.Assign]) -> Iterable[str]:
    return (target.id for node in assigns for target in node.targets if isinstance(target, ast.Name))
