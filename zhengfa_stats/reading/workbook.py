"""The front door to any workbook: first bytes tell the format, a reader gives the cells, and every file gets tidied.

Nothing here judges what cells mean. Whatever cannot be read raises WorkbookError with the file, the cause and the
remedy in Chinese; how a file was read beyond the plain (encoding inferred, wrong extension) is in its remarks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from io import BytesIO
from pathlib import Path

import msoffcrypto
from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats import text, xlsx
from zhengfa_stats.reading.formats.cells import damaged, guarded, tidy, too_large
from zhengfa_stats.reading.formats.sniff import sniff
from zhengfa_stats.reading.sheets import Sheet, Workbook

MAX_FILE = 512 << 20

Reader = Callable[[bytes, str], tuple[list[Sheet], list[str]]]
_READERS: Mapping[str, Reader] = {"xlsx": xlsx.read, "csv": text.read}
_SUFFIXES: Mapping[str, set[str]] = {
    "xlsx": {".xlsx", ".xlsm", ".xltx", ".xltm", ".et", ".ett"},
    "xls": {".xls", ".xlt", ".et", ".ett"},
    "xlsb": {".xlsb"},
    "ods": {".ods", ".ots"},
    "csv": text.SUFFIXES,
}
_LOCKS = ("~$", ".~lock.", ".~")
_EVERYONES = "VelvetSweatshop"  # Excel's own password for files that are only protected against change
_CAUSES = {2: "找不到", 5: "磁盘读不出", 13: "没有权限，或正被别的程序独占", 21: "这是文件夹", 36: "路径太长"}
_PASSWORD = "请用 --password 给出密码，或设环境变量 ZHENGFA_PASSWORD"


def open_workbook(path: Path, *, file: str = "", password: str | None = None) -> Workbook:
    """Every sheet of a workbook as cells from A1 on; WorkbookError when it cannot be read.

    `file` is the name used in messages, relative to data/raw. Cells: text as written (only blank text becomes None
    and unseen characters go), float, bool, date, datetime, time, timedelta, CellError, NoValue. Rows have one
    length, blank rows and columns at the end are cut, and addresses never shift.
    """
    file = file or path.name
    data = _bytes(path, file)
    kind = sniff(data, file)
    if kind == "encrypted" or (kind == "xls" and _is_encrypted(data)):
        data = _decrypted(data, file, password)
        kind = sniff(data, file)
    sheets, remarks = _reader(kind)(data, file)
    if not sheets:
        raise damaged(file, "没有工作表")
    if len({sheet.name.casefold() for sheet in sheets}) < len(sheets):
        raise damaged(file, "有两张工作表同名，一个单元格的位置就说不清")
    n_cleaned = sum(tidy(sheet) for sheet in sheets)
    return Workbook(file, kind, tuple(sheets), (*_extension(path, kind), *remarks, *_cleaned(n_cleaned)))


def _reader(kind: str) -> Reader:
    """The reader of a format; that of a rare one is loaded with the first file of it."""
    rare = kind not in _READERS
    reader: Reader = import_module(f"zhengfa_stats.reading.formats.{kind}").read if rare else _READERS[kind]
    return reader


def _bytes(path: Path, file: str) -> bytes:
    if path.name.startswith(_LOCKS):
        raise WorkbookError("这是打开表格时生成的临时锁文件，不是表格", file, "请关闭 Excel 或 WPS 后删去它")
    try:
        if path.stat().st_size > MAX_FILE:
            raise too_large(file, f"超过{MAX_FILE >> 20} MB")
        return path.read_bytes()
    except OSError as e:
        cause = _CAUSES.get(e.errno or 0, "系统不让读")
        raise WorkbookError(f"文件打不开（{cause}）", file, "请确认文件还在、有权读取，并关闭正打开它的程序") from e


def _extension(path: Path, kind: str) -> list[str]:
    suffix = path.suffix.lower()
    if suffix in _SUFFIXES[kind]:
        return []
    said = f"扩展名是 {suffix}" if suffix else "文件没有扩展名"
    return [f"{said}，按内容是 {kind} 格式，已照内容读出"]


def _cleaned(n: int) -> list[str]:
    return [f"有{n}个单元格含看不见的控制字符，已去掉"] if n else []


def _is_encrypted(data: bytes) -> bool:
    """Whether an xls asks for a password; damaged ones are left to the reader, which says what is wrong."""
    try:
        return bool(msoffcrypto.OfficeFile(BytesIO(data)).is_encrypted())
    except Exception:  # msoffcrypto raises a dozen kinds on broken bytes
        return False


def _decrypted(data: bytes, file: str, password: str | None) -> bytes:
    for key in filter(None, (_EVERYONES, password)):
        plain = _try(data, file, key)
        if plain is not None:
            return plain
    if password:
        raise WorkbookError("文件有打开密码，给出的密码不对", file, f"请核对密码；{_PASSWORD}")
    raise WorkbookError("文件有打开密码", file, _PASSWORD)


def _try(data: bytes, file: str, key: str) -> bytes | None:
    """The decrypted bytes; None when the key is wrong."""
    out = BytesIO()
    with guarded(file):
        try:
            office = msoffcrypto.OfficeFile(BytesIO(data))
            office.load_key(password=key, verify_password=True) if office.format == "ooxml" else office.load_key(key)
            office.decrypt(out)
        except (InvalidKeyError, DecryptionError):
            return None
        except FileFormatError as e:
            raise WorkbookError("文件的加密方式不支持", file, "请在 Excel 或 WPS 中去掉密码后另存为 .xlsx") from e
    return out.getvalue()
