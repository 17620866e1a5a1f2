"""Changes to a paragraph of a .docx: a stretch of text in runs of its own, replaced, put into a content control, commented.

Offsets of a paragraph hold to the left of a change; so change from right to left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy

from lxml import etree

from zhengfa_stats.documents.bookmarks import name_of
from zhengfa_stats.documents.package import Element
from zhengfa_stats.documents.word import Control, Paragraph, Piece, W, Word

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_COMMENTS = "word/comments.xml"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
_ALIAS = 64
_WRAPPERS = {f"{W}{name}" for name in ("ins", "hyperlink", "smartTag", "moveTo", "sdtContent")}
_MOST_IDS = 1_900_000_000
_AFTER_HIGHLIGHT = ("u", "effect", "bdr", "shd", "fitText", "vertAlign", "rtl", "cs", "em", "lang",
                    "eastAsianLayout", "specVanish", "oMath")  # fmt: skip
_AUTHOR, _INITIALS = "政法统计", "政"


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def replace(paragraph: Paragraph, start: int, end: int, text: str) -> list[Element]:
    """Write a text in place of a stretch that is not empty, in the font of its first run; the runs that hold it."""
    first, *others = isolate(paragraph, start, end)
    _set_text(first, text)
    for run in others:
        _remove(run)
    return [first]


def append(paragraph: Paragraph, text: str) -> Element:
    """A new run at the end of a paragraph, in the font of its mark; the run."""
    run = etree.SubElement(paragraph.element, f"{W}r")
    mark = paragraph.element.find(f"{W}pPr/{W}rPr")
    if mark is not None:
        properties = deepcopy(mark)
        for tracked in [
            c for c in properties if c.tag in {f"{W}{n}" for n in ("ins", "del", "moveFrom", "moveTo", "rPrChange")}
        ]:
            properties.remove(tracked)
        run.append(properties)
    _append_text(run, text)
    return run


def delete(paragraph: Paragraph, start: int, end: int) -> None:
    """Take a stretch of text out."""
    for run in isolate(paragraph, start, end):
        _remove(run)


def set_highlight(run: Element, on: bool) -> None:
    """Mark a run yellow, or take the mark away."""
    properties = run.find(f"{W}rPr")
    if properties is None:
        properties = etree.Element(f"{W}rPr")
        run.insert(0, properties)
    for old in properties.findall(f"{W}highlight"):
        properties.remove(old)
    if on:
        later = [c for c in properties if c.tag in {f"{W}{name}" for name in _AFTER_HIGHLIGHT}]
        mark = etree.Element(f"{W}highlight", {f"{W}val": "yellow"})
        later[0].addprevious(mark) if later else properties.append(mark)
    elif not len(properties):
        run.remove(properties)


def isolate(paragraph: Paragraph, start: int, end: int) -> list[Element]:
    """The runs that hold a stretch of text and nothing else, made where there were none."""
    found = [p for p in paragraph.pieces if p.start < end and start < p.end]
    return [_carve(piece, max(start, piece.start), min(end, piece.end)) for piece in reversed(found)][::-1]


def _carve(piece: Piece, start: int, end: int) -> Element:
    """A run of its own for a part of a piece; what stands left of it stays in the old nodes."""
    run = next(a for a in piece.node.iterancestors() if a.tag == f"{W}r")
    own = _empty_like(run)
    after = _empty_like(run)
    top = next(a for a in (piece.node, *piece.node.iterancestors()) if a.getparent() is run)
    after.extend(top.itersiblings())
    if piece.node.tag == f"{W}t":
        text = piece.node.text or ""
        a, b = piece.at + start - piece.start, piece.at + end - piece.start
        _append_text(own, text[a:b])
        if text[b:]:
            after.insert(_n_properties(after), _text_node(text[b:]))
        _write(piece.node, text[:a])
    else:
        own.append(piece.node)
    run.addnext(own)
    if len(after) > _n_properties(after):
        own.addnext(after)
    if not _holds(run):
        run.getparent().remove(run)
    return own


def _empty_like(run: Element) -> Element:
    new = etree.Element(run.tag)
    properties = run.find(f"{W}rPr")
    if properties is not None:
        new.append(deepcopy(properties))
    return new


def _n_properties(run: Element) -> int:
    return int(len(run) > 0 and run[0].tag == f"{W}rPr")


def _holds(run: Element) -> bool:
    """Whether a run still holds something; an empty text is nothing."""
    return any(c.tag != f"{W}rPr" and not (c.tag == f"{W}t" and not c.text) for c in run)


def _text_node(text: str) -> Element:
    node = etree.Element(f"{W}t")
    _write(node, text)
    return node


def _write(node: Element, text: str) -> None:
    node.text = text
    if text != text.strip() or "  " in text:
        node.set(_SPACE, "preserve")


def _append_text(run: Element, text: str) -> None:
    run.append(_text_node(text))


def _set_text(run: Element, text: str) -> None:
    for child in [c for c in run if c.tag != f"{W}rPr"]:
        run.remove(child)
    _append_text(run, text)


def _remove(run: Element) -> None:
    """Take a run out, and an insertion, a link or a content control that it leaves empty."""
    parent = run.getparent()
    parent.remove(run)
    while not len(parent) and parent.tag in _WRAPPERS:
        empty = parent.getparent() if parent.tag == f"{W}sdtContent" else parent
        parent = empty.getparent()
        parent.remove(empty)


# ── content controls ─────────────────────────────────────────────────────────────────────────────────────────────


def put_control(word: Word, run: Element, tag: str, title: str, *, marked: bool = False) -> None:
    """Wrap a run into a content control, and that into a bookmark that says the same, unless it is `marked` already."""
    control = etree.Element(f"{W}sdt")
    properties = etree.SubElement(control, f"{W}sdtPr")
    etree.SubElement(properties, f"{W}alias", {f"{W}val": title[:_ALIAS]})
    etree.SubElement(properties, f"{W}tag", {f"{W}val": tag})
    etree.SubElement(properties, f"{W}id", {f"{W}val": str(_new_id(word))})
    content = etree.SubElement(control, f"{W}sdtContent")
    run.addprevious(control)
    content.append(run)
    name = None if marked else name_of(tag, word.bookmarks)
    if name is not None:
        word.bookmarks.add(name)
        word.last_bookmark_id += 1
        number = {f"{W}id": str(word.last_bookmark_id)}
        control.addprevious(etree.Element(f"{W}bookmarkStart", {**number, f"{W}name": name}))
        control.addnext(etree.Element(f"{W}bookmarkEnd", number))


def refill_control(paragraph: Paragraph, control: Control, text: str, tag: str) -> Element:
    """Write a text into a content control, in place of what it holds; the run that holds it."""
    assert control.element is not None
    properties = control.element.find(f"{W}sdtPr")
    _set_tag(properties, tag)
    hint = properties.find(f"{W}showingPlcHdr")
    if control.end > control.start:
        run = replace(paragraph, control.start, control.end, text)[0]
    else:
        run = _new_run(control)
        _set_text(run, text)
    if hint is not None:
        properties.remove(hint)
        for style in run.findall(f"{W}rPr/{W}rStyle"):  # the grey of "click here"
            style.getparent().remove(style)
    return run


def _set_tag(properties: Element, tag: str) -> None:
    mark = properties.find(f"{W}tag")
    if mark is None:
        mark = etree.Element(f"{W}tag")
        before = [c for c in properties if c.tag in (f"{W}rPr", f"{W}alias")]
        before[-1].addnext(mark) if before else properties.insert(0, mark)
    mark.set(f"{W}val", tag)


def _new_run(control: Control) -> Element:
    """A run in an empty content control, in the font that the control or its neighbour has."""
    assert control.element is not None
    content = control.element.find(f"{W}sdtContent")
    parent = content.find(f".//{W}p")
    parent = content if parent is None else parent
    run = etree.SubElement(parent, f"{W}r")
    near = control.element.find(f"{W}sdtPr/{W}rPr")
    if near is None:
        before = [s for s in control.element.itersiblings(f"{W}r", preceding=True)]
        near = before[0].find(f"{W}rPr") if before else None
    if near is not None:
        run.append(deepcopy(near))
    return run


def _new_id(word: Word) -> int:
    """A number that no content control has."""
    if word.last_control_id is None:
        found = (int(v) for root in word.roots() for v in _ids(root))
        word.last_control_id = max((i for i in found if 0 < i < _MOST_IDS), default=100_000)
    word.last_control_id += 1
    return word.last_control_id


def _ids(root: Element) -> Iterable[str]:
    return (
        e.get(f"{W}val") for e in root.iterfind(f".//{W}sdtPr/{W}id") if (e.get(f"{W}val") or "").lstrip("-").isdigit()
    )


# ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Comments:
    """The comments of a document; those that are there stay."""

    def __init__(self, word: Word, day: str = "") -> None:
        self.word, self.day = word, day
        related = word.parts.related(word.main).values()
        name = next((target for kind, target in related if kind == "comments"), _COMMENTS)
        if name not in word.parts:
            root = etree.Element(f"{W}comments", nsmap={"w": W[1:-1]})
            word.parts.add(name, root, _COMMENTS_TYPE)
            word.parts.relate(word.main, f"{_R}/comments", name)
        self.root = word.parts.xml(name)
        ids = [int(c.get(f"{W}id")) for c in self.root if (c.get(f"{W}id") or "").isdigit()]
        self.first = self.next = max(ids, default=-1) + 1

    def add(self, paragraph: Paragraph, start: int, end: int, lines: Sequence[str]) -> None:
        """Comment on a stretch of text; where no comment may stand (页眉, 脚注, 文本框) on the nearest run of the body."""
        if paragraph.apart:
            anchor = paragraph.anchor if paragraph.anchor is not None else self._first_run()
            runs = [anchor] if anchor is not None else []
            lines = [f"（{paragraph.where}）{lines[0]}", *lines[1:]]
        else:
            runs = [_outermost(run, paragraph) for run in isolate(paragraph, start, end)]
        if runs:
            self._hang(runs, lines)

    def renumber(self) -> None:
        """Put our comments, which were added from the end of the text, into the order of the text."""
        ours = [c for c in self.root if int(c.get(f"{W}id")) >= self.first]
        for comment in ours:
            self.root.remove(comment)
        self.root.extend(reversed(ours))

    def _first_run(self) -> Element | None:
        return next((r for r in self.word.body.iter(f"{W}r") if r.getparent().tag == f"{W}p"), None)

    def _hang(self, runs: Sequence[Element], lines: Sequence[str]) -> None:
        number = {f"{W}id": str(self.next)}
        self.next += 1
        runs[0].addprevious(etree.Element(f"{W}commentRangeStart", number))
        finish = etree.Element(f"{W}commentRangeEnd", number)
        runs[-1].addnext(finish)
        reference = etree.Element(f"{W}r")
        etree.SubElement(reference, f"{W}commentReference", number)
        finish.addnext(reference)
        dated = {f"{W}date": f"{self.day}T00:00:00Z"} if self.day else {}
        comment = etree.SubElement(
            self.root, f"{W}comment", {**number, f"{W}author": _AUTHOR, **dated, f"{W}initials": _INITIALS}
        )
        for line in lines:
            run = etree.SubElement(etree.SubElement(comment, f"{W}p"), f"{W}r")
            _append_text(run, line)


def _outermost(run: Element, paragraph: Paragraph) -> Element:
    """The run, or what it stands in beneath its paragraph: a comment goes around a whole content control or link."""
    while run.getparent() is not paragraph.element and run.getparent() is not None:
        run = run.getparent()
    return run
