"""Tables and charts put where a document asks for them: a paragraph `{{表 线索.来源}}` or `{{图 线索.逐月收结}}` of its own.

Each lies within a bookmark that says the same, so that the next fill puts the new one in its place.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from zhengfa_stats.documents.bookmarks import name_of, tag_of
from zhengfa_stats.documents.package import read_by
from zhengfa_stats.errors import DocumentError, ZhengfaError
from zhengfa_stats.exhibits.wordtables import add_table

OWNED = re.compile(r"文稿\.(?P<kind>[表图]) (?P<id>.+)")
_MARK = re.compile(r"\s*\{\{\s*(?P<kind>[表图])\s+(?P<id>[^{}]+?)\s*\}\}\s*")
_WIDTH = Mm(150)
_AIR = Pt(2.5)  # above and below a table's line, so that tall Chinese fonts keep off the rules
_LINES = 4  # paragraphs that an exhibit has at most before its table, or for its chart

ExhibitOf = Callable[[str], Any]


def asks(texts: Iterable[str]) -> bool:
    """Whether a paragraph is nothing but a mark."""
    return any(_MARK.fullmatch(text) for text in texts)


def place_in(data: bytes, exhibit: ExhibitOf) -> tuple[bytes, list[str]]:
    """A .docx with its tables and charts; what could not be had, and why."""
    try:
        document = read_by(lambda: Document(io.BytesIO(data)), "")
    except DocumentError as error:  # python-docx wants more of a package than Word does
        return data, [f"图表没有放进文稿：{error.what}；{error.do}"]
    remarks = place(document, exhibit)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), remarks


def place(document: Any, exhibit: ExhibitOf) -> list[str]:
    """Put each exhibit in the place of its mark or of its predecessor, numbered in order; what could not be had."""
    for elements, tag in list(_placed(document)):
        _drop_pictures(document, elements)
        _back_to_mark(elements, tag)
    counts = {"表": 0, "图": 0}
    remarks = []
    for paragraph, mark in list(_marks(document)):
        kind, id_ = mark["kind"], mark["id"]
        try:
            parts = _PARTS[kind](document, exhibit(id_), f"{kind}{counts[kind] + 1}")
        except ZhengfaError as error:
            remarks.append(f"{kind}“{id_}”没有放进文稿：{error}")
            continue
        counts[kind] += 1
        for part in reversed(parts):
            paragraph._p.addnext(part)
        _bookmark(document, parts, f"文稿.{kind} {id_}")
        paragraph._p.getparent().remove(paragraph._p)
    return remarks


def _marks(document: Any) -> Iterator[tuple[Any, re.Match[str]]]:
    for element in document.element.body.iterchildren(qn("w:p")):
        text = "".join(t.text or "" for t in element.iter(qn("w:t")))
        if mark := _MARK.fullmatch(text):
            yield Paragraph(element, document._body), mark


def _placed(document: Any) -> Iterator[tuple[list[Any], re.Match[str]]]:
    """The exhibits that are there: a table with the lines above it, a chart with its caption."""
    body = list(document.element.body)
    for first, element in enumerate(body):
        for mark in element.iterchildren(qn("w:bookmarkStart")):
            owned = OWNED.fullmatch(tag_of(mark.get(qn("w:name"), "")))
            if owned and (n := _length(body[first:], owned["kind"], mark.get(qn("w:id")))):
                yield body[first : first + n], owned


def _length(elements: list[Any], kind: str, number: str) -> int:
    """How many elements an exhibit is, from its bookmark on; 0 where a person has taken it to pieces."""
    if kind == "图":
        ends = ({m.get(qn("w:id")) for m in e.iter(qn("w:bookmarkEnd"))} for e in elements[:_LINES])
        return next((i for i, found in enumerate(ends, 1) if number in found), 0)
    tables = [i for i, e in enumerate(elements[:_LINES], 1) if e.tag == qn("w:tbl")]
    if not tables:
        return 0
    after = elements[tables[0]] if tables[0] < len(elements) else None
    is_space = after is not None and after.tag == qn("w:p") and not list(after.iter(qn("w:t"), qn("w:drawing")))
    return tables[0] + int(is_space)


def _drop_pictures(document: Any, elements: list[Any]) -> None:
    """The pictures of an exhibit leave the file with it."""
    for picture in [b for e in elements for b in e.iter(qn("a:blip"))]:
        document.part.drop_rel(picture.get(qn("r:embed")))


def _back_to_mark(elements: list[Any], owned: re.Match[str]) -> None:
    """The mark that an exhibit was made of, in place of it."""
    paragraph, run, text = OxmlElement("w:p"), OxmlElement("w:r"), OxmlElement("w:t")
    text.text = f"{{{{{owned['kind']} {owned['id']}}}}}"
    run.append(text)
    paragraph.append(run)
    elements[0].addprevious(paragraph)
    for element in elements:
        element.getparent().remove(element)


def _bookmark(document: Any, parts: list[Any], tag: str) -> None:
    """A bookmark over a chart and its caption; over a table's title alone, since LibreOffice breaks one over a table."""
    there = list(document.element.body.iter(qn("w:bookmarkStart")))
    name = name_of(tag, {m.get(qn("w:name")) for m in there})
    if name is None:
        return
    number = str(max((int(m.get(qn("w:id"))) for m in there if m.get(qn("w:id"), "").isdigit()), default=0) + 1)
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), number)
    start.set(qn("w:name"), name)
    parts[0].insert(int(len(parts[0]) > 0 and parts[0][0].tag == qn("w:pPr")), start)
    has_table = any(part.tag == qn("w:tbl") for part in parts)
    parts[0 if has_table else -1].append(end)


def _table(document: Any, shown: Any, number: str) -> list[Any]:
    """Title, caption and table, and a line of space."""
    table = shown.table
    if not table.rows:
        raise ZhengfaError("没有数据", do="请把这类台账放进 data/raw")
    body = document.element.body
    before = set(body)
    grid = add_table(replace(table, title=f"{number}　{table.title}"), document, notes=False)
    for line in [q for row in grid.rows for cell in row.cells for q in cell.paragraphs]:
        line.paragraph_format.space_before = line.paragraph_format.space_after = _AIR
    space = document.add_paragraph()
    space.paragraph_format.line_spacing = Pt(10)
    return [element for element in body if element not in before and element.tag != qn("w:sectPr")]


def _chart(document: Any, shown: Any, number: str) -> list[Any]:
    """The picture, and beneath it its number and title."""
    picture = document.add_paragraph()
    picture.alignment = WD_ALIGN_PARAGRAPH.CENTER
    picture.paragraph_format.keep_with_next = True
    inline = picture.add_run().add_picture(io.BytesIO(shown.png()), width=_WIDTH)._inline
    inline.docPr.set("descr", f"{shown.title}：{shown.caption}")
    inline.docPr.set("name", number)
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.space_after = Pt(8)
    caption.add_run(f"{number}　{shown.title}").font.size = Pt(12)
    return [picture._p, caption._p]


_PARTS: dict[str, Callable[[Any, Any, str], list[Any]]] = {"表": _table, "图": _chart}
