"""The work summary: the unit's own template, or ours, with its tables, charts and figures."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.filling import Plan
from zhengfa_stats.errors import DocumentError
from zhengfa_stats.language import tags

NAMES = ("总结.docx", "总结.txt")
_OPTIONAL = re.compile(r"\[([^\[\]\n]*\{\{[^\[\]\n]*)\]")
_TAG = re.compile(r"\{\{([^{}]*)\}\}")


def template_of(root: Path, named: str = "") -> Path | None:
    """The project's own template: the one that zhengfa.toml names, else templates/总结.docx or .txt; None for ours."""
    if named:
        path = root / named
        if not path.is_file():
            raise DocumentError("找不到总结的模板", named, "请核对 zhengfa.toml 里的 summary，写项目文件夹里的路径")
        return path
    own = (root / "templates" / name for name in NAMES)
    return next((path for path in own if path.is_file()), None)


def deliver(path: Path, desk: Desk, template: Path | None = None, folder: Path | None = None) -> dict[str, Any]:
    """Write the summary, or into another folder the one that is to take its place; one that a person has changed is kept."""
    from zhengfa_stats.documents.fill import as_dict
    from zhengfa_stats.documents.handmade import copy_aside, stamped
    from zhengfa_stats.files import replacing

    data, made = write_summary(desk, template)
    target = (folder or path.parent) / path.name
    if kept := copy_aside(path, target.parent):
        made.remarks.append(f"原来的{path.name}手工改过，已改名为{kept.name}，没有覆盖")
    with replacing(target) as temporary:
        temporary.write_bytes(stamped(data))
    return {"output": str(path), **as_dict(made)}


def write_summary(desk: Desk, template: Path | None = None) -> tuple[bytes, Plan]:
    """The summary as .docx, and what was filled and left."""
    from zhengfa_stats.documents.fill import fill_bytes

    return fill_bytes("docx", _blank(desk, template), template.name if template else "总结.docx", desk)


def _blank(desk: Desk, template: Path | None) -> bytes:
    """The template as .docx, before it is filled."""
    if template is None or template.suffix.lower() == ".txt":
        from zhengfa_stats.documents.official import official_document, to_bytes
        from zhengfa_stats.documents.text import Text

        text = Text(template.read_bytes(), template.name).text if template else our_template()
        return to_bytes(official_document(chosen(text, desk), f"{desk.city}政法队伍建设工作总结"))
    from zhengfa_stats.documents.opening import open_document

    kind, data = open_document(template)
    if kind != "docx":
        raise DocumentError("总结的模板应是 .docx 或 .txt", template.name, "请在 Word 或 WPS 里另存为 .docx")
    return data


def our_template() -> str:
    return (files("zhengfa_stats") / "templates" / "summary.txt").read_text("utf-8")


def chosen(text: str, desk: Desk) -> str:
    """The text without the clauses in [ ] whose figures are all nought; the others without their brackets."""
    return _OPTIONAL.sub(lambda m: "" if _is_nought(m[1], desk) else m[1], text)


def _is_nought(clause: str, desk: Desk) -> bool:
    return all(desk.value(tags.read(tag, desk.schema).expr)[0] == 0 for tag in _TAG.findall(clause))
