"""The manual's chapters as a reader follows them: files that are written, commands that are run, what they are said to print."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from openpyxl import Workbook

DOCS = Path(__file__).parents[1] / "docs"
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FENCE = re.compile(r"^```(\w+)[ ]?(.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the file that it is written to ("" for none), its text, the line where it stands."""

    chapter: str
    line: int
    language: str
    file: str
    text: str

    def __str__(self) -> str:
        return f"docs/{self.chapter}.md:{self.line}"


def blocks(chapter: str) -> list[Block]:
    """The fenced blocks of a chapter, in order."""
    source = (DOCS / f"{chapter}.md").read_text("utf-8")
    return [
        Block(chapter, source.count("\n", 0, m.start()) + 1, m[1], m[2].strip(), m[3]) for m in _FENCE.finditer(source)
    ]


def put(block: Block, folder: Path) -> None:
    """Write the block's file; what belongs into zhengfa.toml is added to it."""
    path = folder / block.file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if block.file == "zhengfa.toml" else "w", encoding="utf-8") as file:
        file.write(block.text)


def lacking(block: Block, printed: str) -> list[str]:
    """The lines of a block that the command before it did not print."""
    return [line for line in block.text.splitlines() if line.strip() and line.strip() not in printed]


# -- what a reader makes by hand, in Excel or Word


def hand_made(command: str, folder: Path) -> None:
    """Make the files that a command needs and a reader would have made with an office program."""
    for name, make in _BY_HAND.items():
        if name in command and not (folder / name).exists():
            make(folder / name)


def _upper_form(path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("上半年线索情况统计表",), ("单位", "收到线索", "查结线索"), ("公安局",)):
        sheet.append(row)
    book.save(path)


def _edited_summary(path: Path) -> None:
    """The summary of the report, with its first 128 altered, as a colleague might."""
    document = Document(str(path.parent / "data" / "processed" / "总结.docx"))
    runs = (run for p in document.paragraphs for run in p._p.iter(f"{_WORD}t") if run.text == "128")
    next(runs).text = "138"
    document.save(str(path))


_BY_HAND: dict[str, Callable[[Path], None]] = {"上级报表.xlsx": _upper_form, "讨论稿.docx": _edited_summary}


def commands(block: Block) -> Iterator[str]:
    """The command lines of a block."""
    return (line.strip() for line in block.text.splitlines() if line.strip())
