"""A .docx walked whole: every paragraph with its place, its text, and where in the file each character stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from zhengfa_stats.documents import bookmarks
from zhengfa_stats.documents.package import Element, Parts, damaged
from zhengfa_stats.documents.wordtables import Cell, cells_of
from zhengfa_stats.language.passages import Passage, Tagged

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

_SEEN = re.compile("[^\u00ad\u200b-\u200d\u2060\ufeff]+")  # soft hyphens and zero-width characters are no text
_GIVEN = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_SKIPPED = {"pPr", "rPr", "tblPr", "del", "moveFrom", "sdtPr", "sdtEndPr", "delInstrText", "rt", "rubyPr", "Fallback"}
_UNREAD_FIELDS = {"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF", "TOC"}  # nothing that anybody wrote
_WRITTEN_FIELDS = {"HYPERLINK", "FORMTEXT", ""}  # not worked out again, so what is written in them stays
_LINES = 4  # paragraphs of an exhibit before its table, or of a chart with its caption
EXHIBITS = ("文稿.表 ", "文稿.图 ")  # what the bookmarks around a table or a chart of ours say
_STORIES = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}


@dataclass(slots=True)
class Piece:
    """A stretch of a paragraph's text that stands in one node, from its character `at` on."""

    start: int
    end: int
    node: Element
    at: int = 0
    is_frozen: bool = False  # the result of a field, that Word works out again


@dataclass(slots=True)
class Control:
    """A content control with a tag, and the stretch of the paragraph's text in it; None where a bookmark says the tag."""

    start: int
    end: int
    element: Element | None
    tag: str


@dataclass(slots=True)
class Paragraph:
    """A paragraph: `anchor` is the run in the body to hang a comment on where none may stand in the paragraph."""

    where: str
    element: Element
    text: str = ""
    pieces: list[Piece] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    heads: tuple[str, ...] = ()
    anchor: Element | None = None
    boxes: list[Element] = field(default_factory=list)  # the text boxes that it stands in, the outermost first
    apart: bool = False  # not in the body: a comment on it needs an anchor
    owned: str = ""  # the exhibit that it is a part of, which is made anew as a whole
    cell: tuple[int, int] | None = None  # its row and cell in a table

    def is_frozen(self, start: int, end: int) -> bool:
        return any(p.is_frozen and p.start < end and start < p.end for p in self.pieces)


@dataclass(slots=True)
class Grid:
    """A table of the document: its cells, each with the number of its only paragraph, and the text above it."""

    title: str
    cells: list[tuple[Cell, int | None]]


class Word:
    """A .docx to be read, filled and marked; offsets of a paragraph hold until it is changed to their right."""

    def __init__(self, data: bytes, file: str) -> None:
        self.parts = Parts(data, file)
        self.main = self._main()
        self.paragraphs: list[Paragraph] = []
        self.grids: list[Grid] = []
        self.mirrors: list[tuple[Element, Element]] = []  # a text box, and its copy for older programs
        self.last_control_id: int | None = None  # the highest one taken, once it is needed
        self.bookmarks: set[str] = set()
        self.last_bookmark_id = 0
        walk = _Walk(self)
        self.body = self.parts.xml(self.main).find(f"{W}body")
        if self.body is None:
            raise damaged(file, "没有正文")
        walk.blocks(self.body)
        for name, story in self._stories():
            walk.story(self.parts.xml(name), story)

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What is there to read, one a paragraph; an exhibit of ours is none."""
        return tuple(Passage(p.where, "" if p.owned else p.text, p.heads) for p in self.paragraphs)

    @property
    def tags(self) -> dict[int, tuple[Tagged, ...]]:
        """The content controls by the number of their passage."""
        found = {i: tuple(Tagged(c.start, c.end, c.tag) for c in p.controls) for i, p in enumerate(self.paragraphs)}
        return {i: tags for i, tags in found.items() if tags}

    def roots(self) -> Iterator[Element]:
        """The roots of all parts that hold text."""
        yield self.body
        yield from (self.parts.xml(name) for name, _ in self._stories())

    def to_bytes(self) -> bytes:
        for shown, older in self.mirrors:
            _mirror(shown, older)
        return self.parts.to_bytes()

    def _main(self) -> str:
        found = [target for kind, target in self.parts.related("").values() if kind == "officeDocument"]
        return found[0] if found else "word/document.xml"

    def _stories(self) -> Iterator[tuple[str, str]]:
        """Headers, footers and notes, named as a reader would: several headers are numbered."""
        targets = sorted(
            {(kind, target) for kind, target in self.parts.related(self.main).values() if kind in _STORIES}
        )
        for kind, target in sorted(targets, key=lambda t: (list(_STORIES).index(t[0]), t[1])):
            alike = [t for k, t in targets if k == kind]
            numbered = len(alike) > 1 and kind in ("header", "footer")
            yield target, f"{_STORIES[kind]}{alike.index(target) + 1 if numbered else ''}"


class _Walk:
    """One walk through a document, story by story; fields may run over several paragraphs."""

    def __init__(self, word: Word) -> None:
        self.word = word
        self.fields: list[list[str]] = []  # open fields: [code, "code" or "result"]
        self.notes: dict[tuple[str, str], Element] = {}  # where a note is referred to
        self.n_paragraphs = self.n_tables = self.n_boxes = 0
        self.prefix = ""
        self.apart = False
        self.boxes: tuple[Element, ...] = ()
        self.anchor: Element | None = None
        self.heads: tuple[str, ...] = ()
        self.untagged: list[tuple[int, int, Element]] = []  # the paragraph's content controls without a tag
        self.open_marks: dict[str, tuple[int, str]] = {}  # bookmarks of ours that have begun
        self.marked: list[tuple[int, int, str]] = []
        self.owned = self.owned_mark = ""  # the exhibit that we are in, and the number of its bookmark
        self.owned_lines = 0  # how many paragraphs it may have yet
        self.at: tuple[int, int] | None = None

    # ── blocks ───────────────────────────────────────────────────────────────────────────────────────────────────
    def blocks(self, parent: Element, outer: Sequence[Element] = ()) -> None:
        """Every paragraph and table; `outer` are content controls around the only paragraph to come."""
        for child in parent.iterchildren("*"):
            match _local(child):
                case "p":
                    self._paragraph(child, outer)
                case "tbl":
                    self._table(child)
                case "sdt":
                    self._block_control(child, outer)
                case "bookmarkStart" | "bookmarkEnd":
                    self._exhibit_mark(child)
                case name if name not in _SKIPPED:
                    self.blocks(child, outer)

    def _block_control(self, control: Element, outer: Sequence[Element]) -> None:
        """A content control around paragraphs: around a single one it counts as that one's."""
        content = control.find(f"{W}sdtContent")
        if content is None:
            return
        alone = len(content.findall(f".//{W}p")) == 1
        self.blocks(content, (*outer, control) if alone else ())

    def story(self, root: Element, name: str) -> None:
        """A header or a footer, or all footnotes, each with its number."""
        if name in ("脚注", "尾注"):
            kind = "footnote" if name == "脚注" else "endnote"
            notes = [n for n in root.iterfind(f"{W}{kind}") if n.get(f"{W}type") in (None, "normal")]
            for i, note in enumerate(notes, 1):
                self._apart(f"{name}{i}", note, self.notes.get((kind, note.get(f"{W}id", ""))))
        else:
            self._apart(name, root, None)

    def _apart(self, name: str, root: Element, anchor: Element | None) -> None:
        self.prefix, self.apart, self.anchor = name, True, anchor
        self.n_paragraphs = self.n_tables = 0
        self.fields = []
        self.blocks(root)

    def _table(self, table: Element) -> None:
        self.n_tables += 1
        state = (self.prefix, self.heads, self.n_paragraphs, self.n_tables, self.at)
        grid = Grid(self.word.paragraphs[-1].text if self.word.paragraphs else "", [])
        if not self.owned:
            self.word.grids.append(grid)
        for cell in cells_of(table):
            self.prefix, self.n_paragraphs, self.n_tables = _joined(state[0], f"表{state[3]}{cell.where}"), 0, 0
            self.heads, self.at = cell.heads, (cell.row, cell.nth)
            grid.cells.append((cell, self._cell(cell)))
        self.prefix, self.heads, self.n_paragraphs, self.n_tables, self.at = state
        if self.at is None:
            self.owned = ""  # an exhibit's table is its end

    def _cell(self, cell: Cell) -> int | None:
        """Walk a cell; the number of its paragraph where it has but one."""
        first = len(self.word.paragraphs)
        self.blocks(cell.element, cell.controls)
        own = [p for p in self.word.paragraphs[first:] if p.where.startswith(f"{self.prefix}第")]
        if len(own) == 1:  # the cell's only paragraph needs no number
            own[0].where = self.prefix
        return first if len(own) == len(self.word.paragraphs) - first == 1 else None

    # ── a paragraph ──────────────────────────────────────────────────────────────────────────────────────────────
    def _paragraph(self, element: Element, outer: Sequence[Element]) -> None:
        paragraph = Paragraph("", element, heads=self.heads, boxes=list(self.boxes), apart=self.apart)
        paragraph.anchor, paragraph.cell = self.anchor, self.at
        if self.owned and self.at is None:
            self.owned_lines -= 1
            self.owned = self.owned if self.owned_lines > 0 else ""
        paragraph.owned = self.owned
        boxes: list[tuple[Element, Element]] = []
        self.untagged, self.marked = [], []
        self._inside(element, paragraph, boxes, None)
        for control in outer:
            self._control(control, paragraph, 0)
        self._add_marked(paragraph)
        is_gap = self.at is not None and len(element.getparent().findall(f"{W}p")) == 1  # an empty cell
        if paragraph.text.strip() or paragraph.controls or is_gap:
            self.n_paragraphs += 1
            paragraph.where = f"{self.prefix}第{self.n_paragraphs}段"
            self.word.paragraphs.append(paragraph)
        for box, run in boxes:
            self._box(box, run)

    def _box(self, box: Element, run: Element) -> None:
        """A text box, as a place of its own."""
        self.n_boxes += 1
        state = (self.prefix, self.n_paragraphs, self.n_tables, self.boxes, self.anchor, self.apart)
        self.prefix, self.n_paragraphs, self.n_tables = _joined(state[0], f"文本框{self.n_boxes}"), 0, 0
        self.boxes = (*self.boxes, box)
        self.anchor, self.apart = (self.anchor if self.apart else run), True
        self.blocks(box)
        self.prefix, self.n_paragraphs, self.n_tables, self.boxes, self.anchor, self.apart = state

    def _inside(self, parent: Element, p: Paragraph, boxes: list[tuple[Element, Element]], run: Element | None) -> None:
        """Whatever stands in a paragraph, in order."""
        for child in parent.iterchildren("*"):
            name = _local(child)
            if name in _SKIPPED:
                continue
            match name:
                case "t" if child.tag == f"{W}t":
                    self._add_text(p, child)
                case "fldChar":
                    self._field_mark(child.get(f"{W}fldCharType"))
                case "instrText":
                    if self.fields:
                        self.fields[-1][0] += child.text or ""
                case "footnoteReference" | "endnoteReference":
                    self.notes[name.removesuffix("Reference"), child.get(f"{W}id", "")] = run
                case "fldSimple":
                    self.fields.append([child.get(f"{W}instr", ""), "result"])
                    self._inside(child, p, boxes, run)
                    self.fields.pop()
                case "sdt":
                    start = len(p.text)
                    self._inside(child, p, boxes, run)
                    self._control(child, p, start)
                case "bookmarkStart" | "bookmarkEnd":
                    self._bookmark(child, p)
                case "drawing" | "pict" | "object" | "AlternateContent":
                    boxes += [(box, run) for box in self._boxes_in(child)]
                case _ if name in _GIVEN and child.tag.startswith(W):
                    self._add(p, child, _GIVEN[name], 0)
                case "r" if _is_hidden(child):
                    continue
                case _:
                    self._inside(child, p, boxes, child if name == "r" else run)

    def _add_text(self, p: Paragraph, node: Element) -> None:
        for match in _SEEN.finditer(node.text or ""):
            self._add(p, node, match[0], match.start())

    def _add(self, p: Paragraph, node: Element, text: str, at: int) -> None:
        codes = [code.split()[0].upper() if code.split() else "" for code, _ in self.fields]
        if any(code in _UNREAD_FIELDS for code in codes) or any(state == "code" for _, state in self.fields):
            return
        start = len(p.text)
        p.text += text
        frozen = any(code not in _WRITTEN_FIELDS for code in codes)
        p.pieces.append(Piece(start, len(p.text), node, at, frozen))

    def _field_mark(self, kind: str | None) -> None:
        if kind == "begin":
            self.fields.append(["", "code"])
        elif kind == "separate" and self.fields:
            self.fields[-1][1] = "result"
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _bookmark(self, mark: Element, p: Paragraph) -> None:
        p.owned = self._exhibit_mark(mark) or p.owned
        number = mark.get(f"{W}id", "0")
        if name := mark.get(f"{W}name", ""):
            if (tag := bookmarks.tag_of(name)) and not tag.startswith(EXHIBITS):
                self.open_marks[number] = (len(p.text), tag)
        elif number in self.open_marks:
            start, tag = self.open_marks.pop(number)
            self.marked.append((start, len(p.text), tag))

    def _exhibit_mark(self, mark: Element) -> str:
        """Note where an exhibit of ours begins, and where a chart ends; the one that stands at the mark."""
        number, name = mark.get(f"{W}id", ""), mark.get(f"{W}name", "")
        tag = bookmarks.tag_of(name)
        if name:
            self.word.bookmarks.add(name)
            self.word.last_bookmark_id = max(self.word.last_bookmark_id, int(number) if number.isdigit() else 0)
        if tag.startswith(EXHIBITS):
            self.owned, self.owned_mark, self.owned_lines = tag, number, _LINES
        elif number == self.owned_mark and self.owned.startswith(EXHIBITS[1]) and _local(mark) == "bookmarkEnd":
            ended, self.owned = self.owned, ""
            return ended
        return self.owned

    def _add_marked(self, p: Paragraph) -> None:
        """The bookmarks that stand where no content control says its tag."""
        self.open_marks.clear()  # one that runs on into the next paragraph holds no figure
        for start, end, tag in self.marked:
            if start < end and not any(c.start < end and start < c.end for c in p.controls):
                around = next((e for a, b, e in self.untagged if (a, b) == (start, end)), None)
                p.controls.append(Control(start, end, around, tag))
        p.controls.sort(key=lambda c: (c.start, c.end))

    def _control(self, element: Element, p: Paragraph, start: int) -> None:
        if tag := _tag_of(element):
            p.controls.append(Control(start, len(p.text), element, tag))
        else:
            self.untagged.append((start, len(p.text), element))

    def _boxes_in(self, drawing: Element) -> Iterator[Element]:
        """The outermost text boxes in a drawing; the copies for older programs are remembered."""
        older: list[Element] = []
        shown: list[Element] = []
        for box in drawing.iter(f"{W}txbxContent"):
            above = list(box.iterancestors())
            above = above[: above.index(drawing)] if drawing in above else above
            if any(_local(a) == "txbxContent" for a in above):
                continue
            (older if any(_local(a) == "Fallback" for a in above) else shown).append(box)
        if shown and len(shown) == len(older):
            self.word.mirrors += zip(shown, older, strict=True)
        yield from shown or older


def _tag_of(control: Element) -> str:
    tag = control.find(f"{W}sdtPr/{W}tag")
    return str(tag.get(f"{W}val", "")).strip() if tag is not None else ""


def _joined(prefix: str, name: str) -> str:
    return f"{prefix}·{name}" if prefix else name


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _is_hidden(run: Element) -> bool:
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(f"{W}val", "true") not in ("0", "false", "off")


def _mirror(shown: Element, older: Element) -> None:
    """The older copy says what the text box says."""
    if _said(shown) != _said(older):
        older[:] = [deepcopy(child) for child in shown]


def _said(element: Element) -> str:
    return "".join(t.text or "" for t in element.iter(f"{W}t"))
