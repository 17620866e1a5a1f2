"""`zhengfa verify`: every number of a document against the data and against the other numbers, and a copy with comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from zhengfa_stats.apart import alone
from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.fill import check_output
from zhengfa_stats.documents.judging import MARKED, SAID, WRONG, Judged
from zhengfa_stats.documents.opening import open_document
from zhengfa_stats.documents.prosecheck import check
from zhengfa_stats.documents.sheetcheck import check_workbook, mark_workbook
from zhengfa_stats.documents.text import Text
from zhengfa_stats.documents.word import EXHIBITS, Paragraph, Word
from zhengfa_stats.documents.wordforms import check_forms
from zhengfa_stats.errors import DocumentError, ZhengfaError
from zhengfa_stats.files import replacing
from zhengfa_stats.language.tags import spoken
from zhengfa_stats.language.verdicts import NO_DATA
from zhengfa_stats.schema import Schema


def verify(
    path: Path,
    desk: Desk | None,
    schema: Schema,
    *,
    mark: Path | None = None,
    everything: bool = False,
    force: bool = False,
    password: str | None = None,
) -> dict[str, Any]:
    """Check a document; without a desk the arithmetic alone. `mark` gets a copy with a comment on each doubt.

    `everything`: on each number that was understood, right ones too.
    """
    kind, data = open_document(path, password)
    if mark is not None:
        _check_mark(mark, path, kind, force=force)
    found, marked = _checked(kind, data, path.name, desk, schema, everything=everything, marks=mark is not None)
    result: dict[str, Any] = {"citations": [j.as_dict() for j in found]}
    if mark is not None:
        with replacing(mark) as temporary:
            temporary.write_bytes(marked)
        result["marked"] = str(mark)
    return result


def verify_alone(
    path: Path, *, mark: Path | None = None, force: bool = False, password: str | None = None
) -> dict[str, Any]:
    """Check the arithmetic of a document outside any project, by the definitions that we ship, in a process of its own."""
    return alone(_verified_alone, path, mark, force, password)


def _verified_alone(path: Path, mark: Path | None, force: bool, password: str | None) -> dict[str, Any]:
    from zhengfa_stats.declared import load_schema

    return verify(path, None, load_schema(), mark=mark, force=force, password=password)


def _checked(
    kind: str, data: bytes, file: str, desk: Desk | None, schema: Schema, *, everything: bool, marks: bool
) -> tuple[list[Judged], bytes]:
    """The verdicts, and the document with comments where they are wanted."""
    if kind == "xlsx":
        found = check_workbook(data, file, desk, schema)
        return found, mark_workbook(data, file, found, desk, everything) if marks else b""
    if kind == "txt":
        text = Text(data, file)
        return check(text.passages, text.tags, desk, schema), b""
    word = Word(data, file)
    found = _with_tables(check(word.passages, word.tags, desk, schema), list(check_forms(word, desk, schema)))
    found += check_exhibits(word, desk)
    found.sort(key=lambda j: j.at)
    return found, _marked(word, found, desk, everything) if marks else b""


def _with_tables(prose: Sequence[Judged], cells: Sequence[Judged]) -> list[Judged]:
    """The verdicts on sentences and those on tables' cells; of two on one cell, the one that is bound."""
    bound = {j.at[0] for j in prose if j.verdict != "unbound"}
    by_form = {j.at[0] for j in cells}
    return [
        *(j for j in prose if j.at[0] in bound or j.at[0] not in by_form),
        *(j for j in cells if j.at[0] not in bound),
    ]


def check_exhibits(word: Word, desk: Desk | None) -> Iterator[Judged]:
    """The tables that we placed, cell by cell against the same tables made anew."""
    if desk is None or desk.exhibit is None:
        return
    known: dict[str, list[list[str]] | None] = {}
    for n, paragraph in enumerate(word.paragraphs):
        if not paragraph.owned.startswith(EXHIBITS[0]) or paragraph.cell is None:
            continue
        id_ = paragraph.owned.removeprefix(EXHIBITS[0])
        if id_ not in known:
            known[id_] = _texts_of(id_, desk)
        row, column = paragraph.cell
        if row > 1 and column > 1:
            yield _cell_of_exhibit(paragraph, n, id_, known[id_])


def _texts_of(id_: str, desk: Desk) -> list[list[str]] | None:
    """What a table's rows say; None where it can't be had."""
    assert desk.exhibit is not None
    try:
        return list(desk.exhibit(id_).table.texts())
    except ZhengfaError:
        return None


def _cell_of_exhibit(paragraph: Paragraph, n: int, id_: str, texts: list[list[str]] | None) -> Judged:
    assert paragraph.cell is not None
    row, column = paragraph.cell[0] - 2, paragraph.cell[1] - 1
    stated = paragraph.text.strip()
    right = texts[row][column] if texts and row < len(texts) and column < len(texts[row]) else None
    verdict = "unbound" if right is None else "match" if right == stated else "differs"
    why = {
        "match": "",
        "differs": f"重新生成的表里是{right}，文中写{stated}",
        "unbound": "重新生成的表里没有这一格；请用 zhengfa fill 更新这张表",
    }[verdict]
    context = " · ".join(paragraph.heads)
    return Judged(
        paragraph.where,
        context,
        stated,
        f"表 {id_}",
        None,
        verdict,
        why,
        right or "",
        None,
        "",
        (n, 0, len(paragraph.text)),
    )


def differs(found: Mapping[str, Any]) -> bool:
    """Whether something is wrong: exit code 1."""
    return any(c["verdict"] in WRONG for c in found["citations"])


# ── marking ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_mark(mark: Path, path: Path, kind: str, *, force: bool) -> None:
    if kind == "txt":
        do = "请把文稿存成 .docx 再标注；不加 --mark 也能核对"
        raise DocumentError("文本文件不能加批注", path.name, do)
    check_output(mark, path, kind, force=force)


def _marked(word: Word, found: Sequence[Judged], desk: Desk | None, everything: bool) -> bytes:
    """The document with a comment on each number that is wrong or doubtful, from the end so that offsets hold."""
    from zhengfa_stats.documents.wordedit import Comments

    spots: dict[tuple[int, int, int], list[Judged]] = {}
    for j in found:
        if j.is_marked(everything):
            spots.setdefault(j.at, []).append(j)
    if spots:
        comments = Comments(word, desk.clock.as_of.isoformat() if desk else "")
        for (passage, start, end), here in sorted(spots.items(), reverse=True):
            comments.add(word.paragraphs[passage], start, end, [line for j in here for line in j.note(desk)])
        comments.renumber()
    return word.to_bytes()


# ── on the terminal ──────────────────────────────────────────────────────────────────────────────────────────────


def show(found: Mapping[str, Any]) -> str:
    """The verdicts on one screen: what is wrong first, what could not be bound last."""
    citations = found["citations"]
    groups = Counter(map(_heading, citations))
    said_counts = "，".join(f"{heading}{groups[heading]}处" for heading in (*SAID.values(), NO_DATA) if groups[heading])
    lines = [f"找到{len(citations)}处数字{f'：{said_counts}' if said_counts else ''}。"]
    for heading in (*(SAID[v] for v in MARKED), NO_DATA, SAID["unbound"]):
        lines += _listed(heading, [c for c in citations if _heading(c) == heading])
    if "marked" in found:
        lines.append(f"批注稿：{found['marked']}")
    return "\n".join(lines)


def _heading(citation: Mapping[str, Any]) -> str:
    """Under what a number is listed; one that is understood, but has no data, apart from what is not."""
    understood = citation["verdict"] == "unbound" and (citation["key"] or citation["why"] == NO_DATA)
    return NO_DATA if understood else SAID[citation["verdict"]]


def _listed(heading: str, citations: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if citations:
        yield f"{heading}："
    for c in citations:
        instead = f"；应写 {c['write_instead']}" if c["write_instead"] and c["verdict"] != "unbound" else ""
        why = c["stated"] if c["why"] == heading else c["why"] or c["stated"]
        yield f"  {c['where']}  {spoken(c['key'] or '')}“{c['context']}”：{why}{instead}"
