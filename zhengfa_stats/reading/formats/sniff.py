"""Which format bytes are, told by the bytes alone; and what a thing that is no workbook looks like, in words."""

from __future__ import annotations

import re
from io import BytesIO

import olefile

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats.cells import damaged
from zhengfa_stats.reading.formats.package import Package
from zhengfa_stats.reading.formats.text import looks_utf16

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = re.compile(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00")  # a workbook stream without its container
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文件"),
    (b"\x89PNG", "图片（PNG）"),
    (b"\xff\xd8\xff", "图片（JPEG）"),
    (b"GIF8", "图片（GIF）"),
    (b"BM", "图片（BMP）"),
    (b"II*\x00", "图片（TIFF）"),
    (b"MM\x00*", "图片（TIFF）"),
    (b"Rar!", "压缩包（RAR）"),
    (b"7z\xbc\xaf", "压缩包（7z）"),
    (b"\x1f\x8b", "压缩包（gzip）"),
    (b"MZ", "程序（EXE）"),
    (b"{\\rtf", "Word 文档（RTF）"),
    (b"SQLite format 3", "数据库文件（SQLite）"),
    (b"ID;PWXL", "SYLK 表格"),
)
_MARKUP: tuple[tuple[bytes, str], ...] = (
    (b"urn:schemas-microsoft-com:office:spreadsheet", "“XML 表格 2003”文件"),
    (b"mime-version:", "网页存档（MHTML）"),
    (b"<html", "网页（HTML）"),
    (b"<table", "网页（HTML）"),
    (b"<!doctype html", "网页（HTML）"),
    (b"<?xml", "XML 文件"),
)
_ZIP_PARTS: tuple[tuple[str, str], ...] = (
    ("word/", "Word 文档（.docx）"),
    ("ppt/", "演示文稿（.pptx）"),
    ("visio/", "Visio 图"),
    ("ofd.xml", "版式文件（OFD）"),
    ("index/document.iwa", "苹果 Numbers 文件"),
    ("index/tables/", "苹果 Numbers 文件"),
    ("meta-inf/container.xml", "电子书（EPUB）"),
)
_STREAMS: tuple[tuple[str, str], ...] = (
    ("WordDocument", "Word 文档（.doc 或 .wps）"),
    ("PowerPoint Document", "演示文稿（.ppt 或 .dps）"),
    ("__properties_version1.0", "Outlook 邮件（.msg）"),
    ("VisioDocument", "Visio 图"),
)
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再放入"
_TAKE_OUT = "请把它移出文件夹，或换成其中表格的 .xlsx"


def sniff(data: bytes, file: str) -> str:
    """One of xlsx, xls, xlsb, ods, csv, or encrypted; WorkbookError that says what else it looks like."""
    if not data.strip(b"\x00"):
        raise WorkbookError("文件是空的，没有任何内容", file, "请报送单位重新发送；确无内容的，请移出文件夹")
    if data.startswith(_OLE):
        return _ole(data, file)
    if data.startswith(_ZIP):
        return _zipped(Package(data, file))
    if _BIFF.match(data):
        return "xls"
    _refuse_others(data, file)
    return "csv"


def _refuse_others(data: bytes, file: str) -> None:
    if b"E-SafeNet" in data[:512]:
        raise WorkbookError("文件被单位的透明加密软件加了密", file, "请在装有该软件的电脑上解密后再放入")
    for mark, name in _OTHERS:
        if data.startswith(mark) and (len(mark) > 2 or min(data[:64]) < 9):  # BM and MZ may open a line of text
            raise not_workbook(name, file)
    encoding = looks_utf16(data[:4096])
    head = data[:4096].decode(encoding, "replace").encode() if encoding else data[:4096]
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, name in _MARKUP:
        if mark in head and head.startswith((b"<", b"mime-version:")):
            raise WorkbookError(f"扩展名像表格，其实是{name}", file, _SAVE_AS)


def not_workbook(name: str, file: str) -> WorkbookError:
    """The error for a thing that is known and no workbook."""
    return WorkbookError(f"不是表格文件，其实是{name}", file, _TAKE_OUT)


def _ole(data: bytes, file: str) -> str:
    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            streams = {"/".join(names).lower() for names in ole.listdir()}
    except (OSError, ValueError, IndexError, TypeError, RecursionError) as e:  # the last: a directory that goes round
        if b"W\x00o\x00r\x00k\x00b\x00o\x00o\x00k\x00" in data or b"B\x00o\x00o\x00k\x00" in data:
            return "xls"  # xlrd forgives more, or says what is wrong
        raise damaged(file, "内部目录读不出") from e
    if not streams:
        raise damaged(file, "里面什么也没有")
    if "encryptedpackage" in streams:
        return "encrypted"
    if streams & {"workbook", "book"}:
        return "xls"
    for stream, name in _STREAMS:
        if any(s.startswith(stream.lower()) for s in streams):
            raise not_workbook(name, file)
    raise not_workbook("别的程序的文件", file)


def _zipped(package: Package) -> str:
    names = package.names
    if "xl/workbook.bin" in package:
        return "xlsb"
    mime = package.read("mimetype")[:200].strip()
    if mime.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if mime.startswith(b"application/vnd.oasis.opendocument"):
        raise not_workbook("别的 OpenDocument 文档", package.file)
    if any(n.startswith("xl/") for n in names):
        return "xlsx"
    for start, name in _ZIP_PARTS:
        if any(n.startswith(start) for n in names):
            raise not_workbook(name, package.file)
    if "[content_types].xml" in package and b"spreadsheetml" in package.read("[Content_Types].xml"):
        return "xlsx"
    if not names:
        raise WorkbookError("文件是空的压缩包，没有任何内容", package.file, "请报送单位重新发送")
    raise not_workbook("压缩包（ZIP）", package.file)
