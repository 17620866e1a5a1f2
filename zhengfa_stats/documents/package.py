"""A .docx as its parts: opened within limits, XML without entities or network, written back in the same bytes each time."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, TypeVar

from lxml import etree

from zhengfa_stats.errors import DocumentError

MAX_BYTES = 1 << 30
MAX_RATIO = 200
RATIO_FROM = 100 << 20  # a small file may well be highly compressible
_EPOCH = (2000, 1, 1, 0, 0, 0)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_TYPES_PART = "[Content_Types].xml"
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)
_STRICT = (  # ISO 29500 Strict → Transitional: the same elements under other names
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", b"http://schemas.openxmlformats.org/officeDocument/2006/"),
    (b' w:conformance="strict"', b""),
    (b' conformance="strict"', b""),
)

Element = Any  # lxml's own element has no types
T = TypeVar("T")


class Parts:
    """The parts of an Office package by name; what was not changed is written back byte by byte."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self._trees: dict[str, Element] = {}
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self._check(archive, len(data))
                self._blobs = {i.filename: archive.read(i) for i in archive.infolist() if not i.is_dir()}
        except _BROKEN as error:
            raise damaged(file, "压缩包不完整，可能没有下载或拷贝完") from error
        mains = (self._blobs.get(name, b"") for name in ("word/document.xml", "xl/workbook.xml"))
        if any(b"http://purl.oclc.org/ooxml/" in main for main in mains):
            self._relax()

    def _check(self, archive: zipfile.ZipFile, packed: int) -> None:
        total = sum(i.file_size for i in archive.infolist())
        if total > MAX_BYTES or (total > RATIO_FROM and total > packed * MAX_RATIO):
            raise DocumentError(f"文件太大，解压后有{total / 2**20:,.0f} MB", self.file, "请删去图片或拆成几个文件再用")

    def _relax(self) -> None:
        for name, data in self._blobs.items():
            if name.endswith((".xml", ".rels")):
                for strict, usual in _STRICT:
                    data = data.replace(strict, usual)
                self._blobs[name] = data

    def __contains__(self, name: str) -> bool:
        return name in self._blobs

    def names(self) -> tuple[str, ...]:
        return tuple(self._blobs)

    def read(self, name: str) -> bytes:
        """The bytes of a part as they were; empty where there is none."""
        return self._blobs.get(name, b"")

    def replace(self, name: str, data: bytes) -> None:
        """Other bytes for a part."""
        self._blobs[name] = data
        self._trees.pop(name, None)

    def xml(self, name: str) -> Element:
        """The root of a part; what is changed in it is written back."""
        if name not in self._trees:
            if name not in self._blobs:
                raise damaged(self.file, f"缺少{name}")
            self._trees[name] = _parse(self._blobs[name], self.file)
        return self._trees[name]

    def add(self, name: str, root: Element, content_type: str) -> None:
        """A new XML part."""
        self._blobs[name], self._trees[name] = b"", root
        types = self.xml(_TYPES_PART)
        etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)

    def types(self) -> dict[str, str]:
        """The content types of the parts that have their own."""
        overrides = self.xml(_TYPES_PART).iterfind(f"{{{_TYPES}}}Override")
        return {e.get("PartName", "").lstrip("/"): e.get("ContentType", "") for e in overrides}

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """The relations of a part: id → (last word of the type, target part)."""
        name = _relations_of(part)
        if name not in self:
            return {}
        folder = posixpath.dirname(part)
        found = self.xml(name).iterfind(f"{{{_RELATIONS}}}Relationship")
        return {
            e.get("Id", ""): (e.get("Type", "").rpartition("/")[2], _target(folder, e.get("Target", "")))
            for e in found
            if e.get("TargetMode") != "External"
        }

    def relate(self, part: str, kind: str, target: str) -> str:
        """Relate a part to another one in its folder; the relation's id."""
        name = _relations_of(part)
        if name not in self:
            self._blobs[name], self._trees[name] = b"", etree.Element(f"{{{_RELATIONS}}}Relationships")
        root = self.xml(name)
        taken = {e.get("Id") for e in root}
        new = next(f"rId{n}" for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        etree.SubElement(
            root,
            f"{{{_RELATIONS}}}Relationship",
            Id=new,
            Type=kind,
            Target=posixpath.relpath(target, posixpath.dirname(part)),
        )
        return new

    def to_bytes(self) -> bytes:
        """The package; the same parts give the same bytes."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in self._blobs.items():
                info = zipfile.ZipInfo(name, _EPOCH)
                info.create_system, info.compress_type = 0, zipfile.ZIP_DEFLATED
                archive.writestr(info, _serialised(self._trees[name]) if name in self._trees else data)
        return out.getvalue()


def damaged(file: str, why: str) -> DocumentError:
    """The error for a document whose inside is broken."""
    program = "Excel" if file.lower().endswith((".xlsx", ".xlsm")) else "Word"
    return DocumentError(f"文件已损坏或不完整（{why}）", file, f"请用 {program} 或 WPS 打开并另存后再试")


def read_by(load: Callable[[], T], file: str) -> T:
    """What another library makes of a document; DocumentError whatever it stumbles over, since none says what it raises."""
    try:
        return load()
    except Exception as error:
        raise damaged(file, f"{type(error).__name__}，它的结构少见或残缺") from error


def _parse(data: bytes, file: str) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise damaged(file, "内部 XML 有错") from error
    if root.getroottree().docinfo.internalDTD is not None:  # wherever it stands, in whatever encoding
        raise damaged(file, "内部 XML 含有不允许的 DOCTYPE 声明")
    return root


def _serialised(root: Element) -> bytes:
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def _relations_of(part: str) -> str:
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{base}.rels")


def _target(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
