"""A text with light marks as an official document by GB/T 9704: paper, margins, fonts, 22 lines of 28 characters, page numbers.

`# ` is the title, `## ` a line beneath it, 一、 and （一） are headings by their numbers, all else is body text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

_TITLE, _SONG, _FANG, _HEI, _KAI, _LATIN = (
    "方正小标宋简体",
    "宋体",
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
    "Times New Roman",
)
_INSTEAD: Mapping[str, str] = {_TITLE: "华文中宋", _FANG: "仿宋", _KAI: "楷体", _HEI: "SimHei", _SONG: "SimSun"}
_LINE = Pt(28.95)
_BODY = "公文正文"
_CHAPTER = re.compile(r"[一二三四五六七八九十]+、")
_SECTION = re.compile(r"（[一二三四五六七八九十]+）[^。]{1,30}。?")
_EXHIBIT = re.compile(r"\{\{\s*[表图]\s")
_GRID_LINE = "579"  # twips: 22 lines in 225 mm
_TIGHTER = "-5"  # twips a character: 28 of 16 pt in 156 mm. A grid of characters would do in Word, not in LibreOffice
_FIXED = datetime(2000, 1, 1)


def official_document(text: str, title: str) -> Any:
    """A python-docx document of a marked-up text."""
    document = Document()
    _set_page(document)
    _set_styles(document)
    for line in text.splitlines():
        if line.strip():
            _add_line(document, line.strip())
    _number_pages(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "政法统计", title, ""
    properties.created = properties.modified = _FIXED
    _name_fonts(document)
    _drop_old_styles(document)
    return document


def to_bytes(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# ── lines ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_line(document: Any, line: str) -> None:
    if line.startswith("## "):
        document.add_paragraph(line[3:], style="Subtitle")
    elif line.startswith("# "):
        document.add_paragraph(line[2:], style="Title")
    elif _EXHIBIT.match(line):
        document.add_paragraph(line, style="Normal")
    elif _CHAPTER.match(line):
        document.add_paragraph(line, style="Heading 1")
    else:
        _add_body(document, line)


def _add_body(document: Any, line: str) -> None:
    """A paragraph; （一） and its words up to the full stop are set in 楷体."""
    head = _SECTION.match(line)
    if head and head.end() == len(line):
        document.add_paragraph(line, style="Heading 2")
        return
    paragraph = document.add_paragraph(style=_BODY)
    if head:
        _set_fonts(paragraph.add_run(head[0]), _KAI)
        line = line[head.end() :]
    paragraph.add_run(line)


# ── page ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.start_type = WD_SECTION.NEW_PAGE
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance, section.header_distance = Mm(24), Mm(15)
    properties = section._sectPr
    grid = properties.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        properties.append(grid)
    for name, value in (("type", "lines"), ("linePitch", _GRID_LINE)):
        grid.set(qn(f"w:{name}"), value)


def _number_pages(document: Any) -> None:
    """— 1 — at the outer side of each page."""
    section = document.sections[0]
    document.settings.odd_and_even_pages_header_footer = True
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles["Normal"]
        paragraph.alignment = align
        indent = paragraph.paragraph_format
        indent.left_indent = indent.right_indent = Pt(14)
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text or "")
            run.font.size = Pt(14)
            _set_fonts(run, _SONG, _SONG)
            if text is None:
                _add_page_field(run)


def _add_page_field(run: Any) -> None:
    for kind in ("begin", "code", "separate", "result", "end"):
        if kind == "code":
            element = OxmlElement("w:instrText")
            element.text = "PAGE"
        elif kind == "result":
            element = OxmlElement("w:t")
            element.text = "1"
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)


# ── styles ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _set_styles(document: Any) -> None:
    """Normal stays single-spaced, so that tables and pictures are not clipped; the text has lines of 28.95 points."""
    styles = document.styles
    normal = styles["Normal"]
    _set_fonts(normal, _FANG)
    normal.font.size = Pt(16)
    _snap(normal, False)
    body = styles.add_style(_BODY, WD_STYLE_TYPE.PARAGRAPH)
    body.base_style = normal
    _space(body)
    _indent(body)
    body.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    for name, font in (("Heading 1", _HEI), ("Heading 2", _KAI)):
        _reset(styles[name], font, Pt(16))
        _space(styles[name])
        _indent(styles[name])
        styles[name].paragraph_format.keep_with_next = True
    _reset(styles["Title"], _TITLE, Pt(22))
    _space(styles["Title"], Pt(35))
    _reset(styles["Subtitle"], _KAI, Pt(16))
    _space(styles["Subtitle"])
    styles["Subtitle"].paragraph_format.space_after = _LINE
    for name in ("Title", "Subtitle"):
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _reset(style: Any, font: str, size: Any) -> None:
    """A built-in style without its colours, rules and theme."""
    for properties in (style.element.find(qn("w:rPr")), style.element.find(qn("w:pPr"))):
        for child in list(properties) if properties is not None else []:
            if child.tag not in (qn("w:outlineLvl"), qn("w:keepNext"), qn("w:keepLines")):
                properties.remove(child)
    _set_fonts(style, font)
    style.font.size, style.font.bold = size, False


def _space(style: Any, line: Any = _LINE) -> None:
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line
    form.space_before = form.space_after = Pt(0)
    _snap(style, True)


def _indent(style: Any) -> None:
    """Two characters, as Word counts them; the length is for programs that do not."""
    style.paragraph_format.first_line_indent = Pt(31.5)
    style.element.pPr.find(qn("w:ind")).set(qn("w:firstLineChars"), "200")
    tighter = OxmlElement("w:spacing")
    tighter.set(qn("w:val"), _TIGHTER)
    properties = style.element.get_or_add_rPr()
    later = [c for c in properties if c.tag in {qn(f"w:{name}") for name in _AFTER_SPACING}]
    later[0].addprevious(tighter) if later else properties.append(tighter)


def _snap(style: Any, on: bool) -> None:
    properties = style.element.get_or_add_pPr()
    mark = OxmlElement("w:snapToGrid")
    mark.set(qn("w:val"), "1" if on else "0")
    _in_order(properties, mark)


_AFTER_SNAP = ("spacing", "ind", "contextualSpacing", "mirrorIndents", "suppressOverlap", "jc", "textDirection",
               "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange")  # fmt: skip
_AFTER_SPACING = ("w", "kern", "position", "sz", "szCs", "highlight", "u", "effect", "bdr", "shd", "fitText",
                  "vertAlign", "rtl", "cs", "em", "lang", "eastAsianLayout", "specVanish", "oMath")  # fmt: skip


def _in_order(properties: Any, mark: Any) -> None:
    """Put snapToGrid where the schema has it."""
    later = [c for c in properties if c.tag in {qn(f"w:{name}") for name in _AFTER_SNAP}]
    later[0].addprevious(mark) if later else properties.append(mark)


def _set_fonts(of: Any, east: str, latin: str = _LATIN) -> None:
    """Name the fonts of a run or a style, and none of the theme's."""
    fonts = of.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name, value in (("ascii", latin), ("hAnsi", latin), ("eastAsia", east), ("cs", latin)):
        fonts.set(qn(f"w:{name}"), value)


def _name_fonts(document: Any) -> None:
    """The font table says which font to use instead where a reader's machine lacks one."""
    part = next(r.target_part for r in document.part.rels.values() if r.reltype.endswith("/fontTable"))
    part._blob = _font_table().encode()


def _drop_old_styles(document: Any) -> None:
    """The template's second copy of its styles, for Word 2010 alone, would contradict ours."""
    for id_, relation in list(document.part.rels.items()):
        if relation.reltype.endswith("/stylesWithEffects"):
            del document.part.rels[id_]


def _font_table() -> str:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
        '<w:pitch w:val="variable"/></w:font>'
        for name, instead in _INSTEAD.items()
    )
    latin = f'<w:font w:name="{_LATIN}"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"{latin}{fonts}</w:fonts>"
    )
