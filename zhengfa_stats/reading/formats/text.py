"""Text tables (.csv, .tsv, .txt): encoding and delimiter told from the content.

Every cell is text as written: 007 stays 007, and a date is text. A record with line breaks inside quotes is one row,
as Excel shows it. Not had, since text has none: types, errors, merges, hidden or struck-through rows.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.sheets import Rows, Sheet

SUFFIXES = {".csv", ".tsv", ".tab", ".txt"}

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE", "gb18030": "GB18030（GBK）"}
_DELIMITERS = {",": "逗号", "\t": "制表符", ";": "分号", "|": "竖线", "，": "中文逗号"}
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_PROTECTED = re.compile(r'="([^"]*)"')  # ="007" is how systems keep Excel from making it 7
_UTF16_SIGNS = b",;|\t\r\n<>"
_END = "\ue000"
_SAMPLE = 200_000

csv.field_size_limit(sys.maxsize >> 32 if sys.maxsize > 2**32 else sys.maxsize)


class _Form(NamedTuple):
    delimiter: str
    quoted: bool
    is_sound: bool = True  # quotes are used as the CSV rules have it


def read(data: bytes, file: str) -> tuple[list[Sheet], list[str]]:
    """The one sheet of a text table, and remarks on its encoding and delimiter."""
    text, remarks = _decode(data, file)
    if _BINARY.search(text):
        raise WorkbookError("不是表格文件，内容是无法识别的二进制数据", file, "请确认文件没有损坏，并另存为 .xlsx")
    form, declared = _form(text)
    records = _records(text, form)
    if Path(file).suffix.lower() not in SUFFIXES and _fit(records[:500])[0] < 2:
        raise WorkbookError("不是表格文件，内容像是一段普通文字", file, "请用 Excel 或 WPS 另存为 .xlsx 后再放入")
    if declared:
        records[0] = []
    remarks += [] if form.delimiter in ",\t" else [f"各列以{_DELIMITERS[form.delimiter]}分隔"]
    if not form.is_sound:
        how = "按引号" if form.quoted else "当作普通字符"
        remarks.append(f"引号不成对或用法不规范，已{how}读出，请核对含引号的行")
    return [Sheet(Path(file).stem, _protected(records))], remarks


def looks_utf16(head: bytes) -> str:
    """The byte order of UTF-16 text without a mark, or "": its delimiters and line ends have a zero beside them.

    Letters and digits prove nothing: 一 (4E00) read the wrong way round is N.

    >>> looks_utf16("编号,姓名\\n".encode("utf-16-le")), looks_utf16(b"a,b")
    ('utf-16-le', '')
    """
    even, odd = head[0::2], head[1::2]
    n_little = sum(high == 0 and low in _UTF16_SIGNS for low, high in zip(even, odd, strict=False))
    n_big = sum(high == 0 and low in _UTF16_SIGNS for high, low in zip(even, odd, strict=False))
    if n_little == n_big:
        return ""
    return "utf-16-le" if n_little > n_big else "utf-16-be"


def _decode(data: bytes, file: str) -> tuple[str, list[str]]:
    """The text and a remark where its encoding had to be inferred: mark, UTF-16, UTF-8, GB18030, then likeness."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, file), []
    encodings = [e for e in (looks_utf16(data[:8192]),) if e] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, [] if encoding == "utf-8" else [f"文件没有写明编码，按{_NAMES[encoding]}读出，请核对汉字"]
    from charset_normalizer import from_bytes  # only when nothing else tells

    best = from_bytes(data).best()
    if best is None:
        raise WorkbookError("文字编码无法识别，内容可能已损坏", file, "请用 Excel 或 WPS 打开，另存为 .xlsx")
    return str(best), [f"文字编码是推断的（{best.encoding}），请核对汉字"]


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as e:
        raise WorkbookError(
            f"文字编码标明是{_NAMES[encoding]}，但第{e.start + 1}个字节起读不通，文件可能不完整",
            file,
            "请报送单位重新发送，或另存为 .xlsx",
        ) from e


def _form(text: str) -> tuple[_Form, bool]:
    """The delimiter and whether quotes mean anything; True when the file itself declares them (sep=;)."""
    declared = re.match(r'"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    delimiters = [declared[1]] if declared else list(_DELIMITERS)
    head = text if len(text) <= _SAMPLE else text[: text.rfind("\n", 0, _SAMPLE) + 1 or _SAMPLE]
    best = max(delimiters, key=lambda d: _fit(_records(head, _Form(d, True))))
    return _quoting(text, best), bool(declared)


def _fit(records: list[list[str]]) -> tuple[int, float]:
    """How well records make a table: its width (0 if under half of them share one), and how many share it."""
    widths = Counter(len(r) for r in records if any(r))
    multi = Counter({w: n for w, n in widths.items() if w > 1})
    if not multi:
        return 0, 0.0
    width, n = multi.most_common(1)[0]
    share = n / sum(widths.values())
    return (width, share) if share >= 0.5 or n >= 3 else (0, share)


def _records(text: str, form: _Form) -> list[list[str]]:
    lines = io.StringIO(text, newline="")
    if form.quoted:
        return list(csv.reader(lines, delimiter=form.delimiter))
    return list(csv.reader(lines, delimiter=form.delimiter, quoting=csv.QUOTE_NONE))


def _quoting(text: str, delimiter: str) -> _Form:
    """Whether quotes enclose fields or are mere characters; a stray one would swallow the lines after it."""
    enclosing, plain = _Form(delimiter, True), _Form(delimiter, False, is_sound=False)
    if '"' not in text:
        return enclosing
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        holds = _closes(text, delimiter) and _fit(_records(text, enclosing))[1] > _fit(_records(text, plain))[1]
        return enclosing._replace(is_sound=False) if holds else plain
    return enclosing


def _closes(text: str, delimiter: str) -> bool:
    """Whether the last quote is closed: a line added at the end stays a line of its own."""
    records = _records(f"{text.rstrip()}\n{_END}", _Form(delimiter, True))
    return records[-1] == [_END]


def _protected(records: list[list[str]]) -> Rows:
    rows: Rows = []
    for record in records:
        rows.append([(m[1] if (m := _PROTECTED.fullmatch(v)) else v) if v.startswith("=") else v for v in record])
    return rows
