"""Zip containers (xlsx, xlsb, ods): opened within limits, parts by name, XML without entities or network."""

from __future__ import annotations

import posixpath
import re
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from lxml import etree

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats.cells import damaged, too_large

MAX_BYTES = 2 << 30
MAX_RATIO = 200
RATIO_FROM = 100 << 20  # a small file may well be highly compressible
_PIECE = 512 << 10  # what a processor keeps at hand: a scan of larger pieces waits for memory
_LINE = re.compile(r"[\t\n\r]")
_BROKEN = (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


class Package:
    """A zip file whose parts are named as the standard has it, whatever case or slash the writer used."""

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        try:
            self._zip = ZipFile(BytesIO(data))
        except _BROKEN as e:
            raise damaged(file, "压缩包不完整，可能没有下载或拷贝完") from e
        self._infos = {_plain(i.filename): i for i in self._zip.infolist()}
        self._check(len(data))
        if len(self._infos) < len(self._zip.infolist()):  # which of two is read would be each reader's own guess
            raise damaged(file, "压缩包内有两个部分同名")

    def _check(self, packed: int) -> None:
        total = sum(i.file_size for i in self._zip.infolist())
        if total > MAX_BYTES or (total > RATIO_FROM and total > packed * MAX_RATIO):
            raise too_large(self.file, f"解压后有{total / 2**20:,.0f} MB，是原文件的{total // max(packed, 1)}倍")
        if any(i.flag_bits & 1 for i in self._zip.infolist()):
            raise WorkbookError("文件是带密码的压缩包，不是表格", self.file, "请先解压，再放入其中的表格")

    @property
    def names(self) -> tuple[str, ...]:
        """The parts' names in lower case with forward slashes."""
        return tuple(self._infos)

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._infos

    def size(self, name: str) -> int:
        """The unpacked size of a part; 0 when there is none."""
        info = self._infos.get(_plain(name))
        return info.file_size if info else 0

    def sheet(self, parts: Mapping[str, str], name: str) -> str:
        """The part that holds a sheet; WorkbookError where another reader finds one and we would look through none."""
        part = parts.get(name) or parts.get(_LINE.sub(" ", name), "")  # in an attribute XML makes a line's end a space
        if part not in self:
            raise damaged(self.file, f"工作表“{name}”在目录里对不上")
        return part

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a part in pieces of half a megabyte; nothing when there is no such part."""
        info = self._infos.get(_plain(name))
        if info is None:
            return
        try:
            with self._zip.open(info) as part:
                while piece := part.read(_PIECE):
                    yield piece
        except _BROKEN as e:
            raise damaged(self.file, f"压缩包内的{info.filename}读不出") from e

    def read(self, name: str) -> bytes:
        """The bytes of a part; empty when there is none."""
        return b"".join(self.pieces(name))

    def xml(self, name: str) -> etree._Element | None:
        """The root of an XML part; None when there is none. Entities stay unresolved, nothing is fetched."""
        data = self.read(name)
        return parse_xml(data, self.file) if data else None

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """The relations of a part ("" for the package): id → (last word of the type, target part)."""
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        if root is None:
            return {}
        return {
            e.get("Id", ""): (e.get("Type", "").rpartition("/")[2], _target(folder, e.get("Target", "")))
            for e in root.iterfind("{*}Relationship")
            if e.get("TargetMode") != "External"
        }


def parse_xml(data: bytes, file: str) -> etree._Element:
    """The root of an XML document; WorkbookError when it is broken."""
    forbid_doctype(data, file)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as e:
        raise damaged(file, "内部 XML 有错") from e


def forbid_doctype(data: bytes, file: str) -> None:
    """Refuse XML that declares entities: no writer of workbooks does, an attacker may."""
    if b"<!DOCTYPE" in data[:4096]:
        raise damaged(file, "内部 XML 含有不允许的 DOCTYPE 声明")


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _target(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
