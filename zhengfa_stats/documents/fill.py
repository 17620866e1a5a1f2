"""`zhengfa fill`: a copy of a document with every figure that it names; the original is never touched."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.filling import Plan, plan
from zhengfa_stats.documents.opening import open_document
from zhengfa_stats.documents.text import Text
from zhengfa_stats.errors import DocumentError
from zhengfa_stats.files import replacing

_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "docx": (".docx", ".docm", ".dotx"),
    "xlsx": (".xlsx", ".xlsm"),
    "txt": (".txt",),
}


def fill(
    path: Path, desk: Desk, out: Path | None = None, *, force: bool = False, password: str | None = None
) -> dict[str, Any]:
    """Fill a document into `out` (default: beside it, named …（已填）); what was filled, left and left out.

    An existing file is replaced only by `force`, the document itself never.
    """
    kind, data = open_document(path, password)
    out = out or path.with_name(f"{path.stem}（已填）{path.suffix}")
    check_output(out, path, kind, force=force)
    filled, made = fill_bytes(kind, data, path.name, desk)
    with replacing(out) as temporary:
        temporary.write_bytes(filled)
    return {"output": str(out), **as_dict(made)}


def fill_bytes(kind: str, data: bytes, file: str, desk: Desk) -> tuple[bytes, Plan]:
    """The filled document, and all that was done."""
    if kind == "docx":
        return _fill_word(data, file, desk)
    if kind == "xlsx":
        from zhengfa_stats.documents.sheets import fill_workbook

        return fill_workbook(data, file, desk)
    text = Text(data, file)
    made = plan(text.passages, text.tags, desk)
    for edit in made.from_the_right():
        text.replace(edit.passage, edit.start, edit.end, edit.text)
    return text.to_bytes(), made


def _fill_word(data: bytes, file: str, desk: Desk) -> tuple[bytes, Plan]:
    """Tables and charts first, then sentences, then the cells of forms."""
    from zhengfa_stats.documents.placing import asks, place_in
    from zhengfa_stats.documents.word import Word
    from zhengfa_stats.documents.wordfill import carry_out
    from zhengfa_stats.documents.wordforms import plan_forms

    word = Word(data, file)
    remarks: list[str] = []
    wanted = any(q.owned for q in word.paragraphs) or asks(q.text for q in word.paragraphs)
    if wanted and desk.exhibit is not None:
        data, remarks = place_in(data, desk.exhibit)
        word = Word(data, file)
    made = plan(word.passages, word.tags, desk)
    plan_forms(word, made, desk)
    carry_out(word, made)
    made.left = [x for x in made.left if not (remarks and asks([x.context]))]  # the remarks say why
    made.remarks += remarks
    return word.to_bytes(), made


def check_output(out: Path, source: Path, kind: str, *, force: bool) -> None:
    """Refuse to write over the original, over another file unasked, or under a wrong extension."""
    if out.exists() and os.path.samefile(out, source):
        raise DocumentError("输出文件就是原文件，没有改动", out.name, "请用 -o 写另一个文件名")
    if out.is_dir():
        raise DocumentError("输出位置是一个文件夹", str(out), "请写出文件名")
    if out.exists() and not force:
        raise DocumentError("已有这个文件，没有覆盖", str(out), "请用 -o 另写一个文件名；确要覆盖，加 --force")
    if out.suffix.lower() not in (*_SUFFIXES[kind], source.suffix.lower()):
        raise DocumentError(
            f"输出文件的扩展名应是 {_SUFFIXES[kind][0]}", out.name, "填好的文件与原文件格式相同，请改文件名"
        )


def as_dict(made: Plan) -> dict[str, Any]:
    """What `zhengfa fill --json` gives."""
    return {
        "filled": [{"where": e.where, "key": e.key, "text": e.text, "was": e.was} for e in made.edits],
        "left": [{"where": x.where, "context": x.context, "why": x.why, "lacking": x.lacking} for x in made.left],
        "omitted": [{"where": o.where, "key": o.key, "text": o.text} for o in made.omitted],
        "remarks": made.remarks,
    }


def show(found: Mapping[str, Any]) -> str:
    """What came of a fill, on one screen."""
    lines = [f"填了{len(found['filled'])}处，已写入 {found['output']}。"]
    changed = [f for f in found["filled"] if f["was"] != f["text"]]
    lines += [f"  {f['where']}  {f['key']}：{f['was'] or '（空）'} → {f['text']}" for f in changed]
    if same := len(found["filled"]) - len(changed):
        lines.append(f"  另有{same}处原来就是对的。")
    if found["omitted"]:
        lines.append("有的类别不是零，文中没有写：")
        lines += [f"  {o['where']}  {o['key']}：{o['text']}" for o in found["omitted"]]
    if found["left"]:
        lines.append(f"没有填的{len(found['left'])}处：")
        lines += show_left(found["left"])
    return "\n".join([*lines, *found["remarks"]])


def show_left(left: Iterable[Mapping[str, str]]) -> list[str]:
    """The places that were left, a line each; the figures that lack the same ledger share one."""
    by_cause: dict[str, list[tuple[str, str]]] = {}
    lines = []
    for x in left:
        if x["lacking"]:
            by_cause.setdefault(x["why"], []).append((x["where"], x["lacking"]))
        else:
            lines.append(f"  {x['where']}“{x['context']}”：{x['why']}")
    for cause, places in by_cause.items():
        where, keys = (dict.fromkeys(of) for of in zip(*places, strict=True))
        lines.append(f"  {cause}，{len(places)}处没有填：{'、'.join(keys)}（{'、'.join(where)}）")
    return lines
