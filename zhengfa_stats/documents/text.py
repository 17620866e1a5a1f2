"""A .txt to be read and filled: its encoding, its line ends and its last line stay as they were."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence

from zhengfa_stats.errors import DocumentError
from zhengfa_stats.language.passages import Passage, Tagged

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ENCODINGS = ("utf-8", "gb18030")
_BINARY = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_LINE = re.compile(r"[^\r\n]+")


class Text:
    """A text file: a passage a line that is not blank."""

    def __init__(self, data: bytes, file: str) -> None:
        self.mark, self.encoding, self.text = _decoded(data, file)
        if _BINARY.search(self.text):
            raise DocumentError(
                "不是文本文件，内容是无法识别的二进制数据", file, "请选 Word 文档（.docx）、表格（.xlsx）或文本"
            )
        self.spans = [m.span() for m in _LINE.finditer(self.text) if m[0].strip()]

    @property
    def passages(self) -> tuple[Passage, ...]:
        return tuple(Passage(f"第{i}段", self.text[a:b]) for i, (a, b) in enumerate(self.spans, 1))

    @property
    def tags(self) -> Mapping[int, Sequence[Tagged]]:
        """A text has no content controls."""
        return {}

    def replace(self, passage: int, start: int, end: int, text: str) -> None:
        """Write a text in place of a stretch; offsets to its left hold, so change from right to left."""
        offset = self.spans[passage][0]
        self.text = self.text[: offset + start] + text + self.text[offset + end :]

    def to_bytes(self) -> bytes:
        return self.mark + self.text.encode(self.encoding)


def _decoded(data: bytes, file: str) -> tuple[bytes, str, str]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return mark, encoding, _strictly(data[len(mark) :], encoding, file)
    for encoding in _ENCODINGS[:-1]:
        try:
            return b"", encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return b"", _ENCODINGS[-1], _strictly(data, _ENCODINGS[-1], file)


def _strictly(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        do = "请在记事本里打开，另存为 UTF-8 后再试"
        raise DocumentError("文字编码无法识别，内容可能已损坏", file, do) from error
