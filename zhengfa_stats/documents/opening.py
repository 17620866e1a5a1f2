"""What a file handed to fill or verify is, told by its first bytes; what can't be read is said with its remedy."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Literal

import msoffcrypto
import olefile
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

from zhengfa_stats.errors import DocumentError

DocumentKind = Literal["docx", "xlsx", "txt"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PASSWORD = "请用 --password 给出密码，或在 Word、WPS 里去掉密码后再试"
_OLD = "请用 Word 或 WPS 打开，另存为 .docx 后再试"
_OLD_SHEET = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再试"
_MARKS = (
    (b"%PDF", "PDF 文件", "请用原来的 Word 文件"),
    (b"{\\rtf", "RTF 文档", _OLD),
    (b"\x89PNG", "图片", "请用原来的 Word 文件"),
    (b"\xff\xd8\xff", "图片", "请用原来的 Word 文件"),
    (b"Rar!", "压缩包", "请先解压"),
    (b"7z\xbc\xaf", "压缩包", "请先解压"),
)
_MAX_FILE = 512 << 20


def open_document(path: Path, password: str | None = None) -> tuple[DocumentKind, bytes]:
    """The kind and the bytes of a document, decrypted where a password opens it."""
    data = _bytes(path)
    if data.startswith(_OLE):
        data = _from_ole(data, path.name, password)
    if data.startswith(b"PK"):
        return _zipped(data, path.name), data
    for mark, name, do in _MARKS:
        if data.startswith(mark):
            raise DocumentError(f"这是{name}，不能填写或核对", path.name, do)
    if path.suffix.lower() in (".docx", ".docm", ".xlsx", ".xlsm"):
        raise DocumentError("文件已损坏，开头就不是 Office 文件", path.name, "请用 Word 或 WPS 打开并另存后再试")
    return "txt", data


def _bytes(path: Path) -> bytes:
    if path.name.startswith(("~$", ".~")):
        raise DocumentError("这是打开文件时生成的临时锁文件", path.name, "请关闭 Word 或 WPS，选原来的文件")
    if path.is_dir():
        raise DocumentError("这是文件夹，不是文件", str(path), "请写出文件名")
    data = path.read_bytes() if path.stat().st_size <= _MAX_FILE else None
    if data is None:
        raise DocumentError(f"文件超过{_MAX_FILE >> 20} MB", path.name, "请删去图片或拆成几个文件再用")
    if not data.strip(b"\x00 \r\n\t"):
        raise DocumentError("文件是空的，没有任何内容", path.name, "请选有内容的文件")
    return data


def _from_ole(data: bytes, file: str, password: str | None) -> bytes:
    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            streams = {"/".join(names).lower() for names in ole.listdir()}
    except (OSError, ValueError, IndexError, TypeError) as error:
        raise DocumentError("文件已损坏，内部目录读不出", file, _OLD) from error
    if "encryptedpackage" in streams:
        return _decrypted(data, file, password)
    if streams & {"workbook", "book"}:
        raise DocumentError("这是旧格式的表格（.xls 或 .et），不能直接填写", file, _OLD_SHEET)
    raise DocumentError("这是旧格式的文档（.doc 或 .wps），不能直接填写或核对", file, _OLD)


def _decrypted(data: bytes, file: str, password: str | None) -> bytes:
    if not password:
        raise DocumentError("文件有打开密码", file, _PASSWORD)
    out = BytesIO()
    try:
        office = msoffcrypto.OfficeFile(BytesIO(data))
        office.load_key(password=password, verify_password=True)
        office.decrypt(out)
    except (InvalidKeyError, DecryptionError) as error:
        raise DocumentError("文件有打开密码，给出的密码不对", file, _PASSWORD) from error
    except FileFormatError as error:
        raise DocumentError("文件的加密方式不支持", file, _PASSWORD) from error
    except ValueError as error:  # the cipher finds half a block
        raise DocumentError("加密的文件已损坏或不完整", file, "请重新拷贝或请对方重新发送") from error
    return out.getvalue()


def _zipped(data: bytes, file: str) -> DocumentKind:
    from zhengfa_stats.documents.package import Parts

    names = Parts(data, file).names()
    if any(n.startswith("word/") for n in names):
        return "docx"
    if any(n.startswith("xl/") for n in names):
        return "xlsx"
    if "content.xml" in names:
        raise DocumentError("这是 OpenDocument 文件", file, "请在 LibreOffice 或 WPS 里另存为 .docx 或 .xlsx 后再试")
    raise DocumentError("这不是 .docx、.xlsx 或 .txt", file, "请选 Word 文档、Excel 表格或文本文件")
