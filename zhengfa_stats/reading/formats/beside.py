"""What stands beside the cells of a workbook: text boxes, comments, heads and feet of pages. Only marks of secrecy are looked for in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats.package import Package, parse_xml

_PARTS = re.compile(r"xl/(?:drawings/(?:vml)?drawing[^/]*|(?:threaded)?comments[^/]*(?:/[^/]*)?)\.(?:xml|vml)")
_LARGEST = 16 << 20
_HEAD = re.compile(rb"[\x14\x15]\x00(..)(..)\x01", re.DOTALL)  # BIFF8: record, size, length, two bytes a sign
_OLD_HEAD = re.compile(
    rb"[\x14\x15]\x00(..)(.)", re.DOTALL
)  # BIFF2 to BIFF7: record, size, length, bytes of a code page
_GRADES = ("绝密", "机密", "秘密")


def texts_beside(package: Package) -> Iterator[str]:
    """The paragraphs of an .xlsx package's drawings and comments; a part that can't be read says nothing."""
    for name in package.names:
        if _PARTS.fullmatch(name) and package.size(name) <= _LARGEST:
            try:
                root = parse_xml(package.read(name), package.file)
            except WorkbookError:  # pictures' markup is often no sound XML, and is no part of what is read
                continue
            yield from _paragraphs(root)


def texts_of_pages(package: Package) -> Iterator[str]:
    """The paragraphs of an .ods file's page styles, which hold heads and feet."""
    if 0 < package.size("styles.xml") <= _LARGEST and (root := package.xml("styles.xml")) is not None:
        yield from _paragraphs(root)


def marks_in_stream(stream: bytes) -> Iterator[str]:
    """Heads and feet of an .xls file's pages, and marks of secrecy anywhere in its records, text boxes too."""
    for match in _HEAD.finditer(stream):
        size, length = (int.from_bytes(part, "little") for part in match.groups())
        if size == 3 + 2 * length:
            yield stream[match.end() : match.end() + 2 * length].decode("utf-16-le", "replace")
    for match in _OLD_HEAD.finditer(stream):
        size, length = (int.from_bytes(part, "little") for part in match.groups())
        if length and size == 1 + length:
            yield stream[match.end() : match.end() + length].decode("gb18030", "replace")
    for mark in (f"{grade}{star}" for grade in _GRADES for star in "★☆"):
        if mark.encode("utf-16-le") in stream or mark.encode("gbk") in stream:
            yield mark


def _paragraphs(root: etree._Element) -> Iterator[str]:
    for element in root.iter("{*}p", "{*}text", "{*}textbox"):
        if text := "".join(element.itertext()).strip():
            yield text
