"""Notes put on cells of a workbook by its parts: charts, pictures and all else stay byte by byte as they were."""

from __future__ import annotations

from collections.abc import Collection

from lxml import etree

from zhengfa_stats.documents.package import Element, Parts

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BOOK = "xl/workbook.xml"
_KINDS = {  # of relation → where the part goes, and its content type
    "comments": ("xl/comments/{}.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"),
    "vmlDrawing": ("xl/drawings/{}.vml", "application/vnd.openxmlformats-officedocument.vmlDrawing"),
}
_AFTER = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)


def with_notes_of(data: bytes, noted: bytes, sheets: Collection[str], file: str) -> bytes:
    """The workbook `data` with the notes that `noted`, another saving of it, has on these sheets."""
    parts, others = Parts(data, file), Parts(noted, file)
    theirs = _sheets(others)
    for number, (name, part) in enumerate(_sheets(parts).items(), 1):
        if name in sheets:
            _take_notes(parts, part, others, theirs[name], number)
    return parts.to_bytes()


def _sheets(parts: Parts) -> dict[str, str]:
    """The parts of the sheets by name."""
    related = parts.related(_BOOK)
    found = parts.xml(_BOOK).iterfind(f".//{_MAIN}sheet")
    return {e.get("name", ""): related[e.get(f"{{{_R}}}id", "")][1] for e in found}


def _take_notes(parts: Parts, part: str, others: Parts, theirs: str, number: int) -> None:
    """The notes of a sheet and the boxes that they are drawn in, in place of those that it has."""
    had = {kind: target for kind, target in parts.related(part).values() if kind in _KINDS}
    for kind, target in others.related(theirs).values():
        if kind not in _KINDS:
            continue
        if kind in had:
            parts.replace(had[kind], others.read(target))
            continue
        place, content_type = _KINDS[kind]
        own = place.format(f"zfNotes{number}")
        parts.add(own, etree.fromstring(others.read(target)), content_type)
        relation = parts.relate(part, f"{_R}/{kind}", own)
        if kind == "vmlDrawing":
            _point_at(parts.xml(part), relation)


def _point_at(sheet: Element, relation: str) -> None:
    """The mark by which a sheet names the boxes of its notes, where the standard has it."""
    mark = etree.Element(f"{_MAIN}legacyDrawing", {f"{{{_R}}}id": relation})
    later = [c for c in sheet if c.tag in {f"{_MAIN}{name}" for name in _AFTER}]
    later[0].addprevious(mark) if later else sheet.append(mark)
