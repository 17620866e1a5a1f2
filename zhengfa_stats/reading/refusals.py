"""Files that are not read: those marked secret, and those whose names would tell of a person wherever a place is told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from zhengfa_stats.errors import SecretError, WorkbookError
from zhengfa_stats.reading.privacy import has_secrecy_mark, is_named_secret, is_plainly_secret, mask
from zhengfa_stats.reading.sheets import Workbook

_HEAD_ROWS = 15  # where the bare word 秘密 is a mark; in the rows of a list it may be about something else


def refuse_secret_name(file: str) -> None:
    """A file whose own or whose folder's name bears a mark of secrecy is not even opened: SecretError."""
    if any(is_named_secret(Path(part).stem if part == Path(file).name else part) for part in Path(file).parts):
        raise _secret(file, "文件或文件夹的名字")


def refuse_secrets(workbook: Workbook) -> None:
    """A workbook that bears a mark of secrecy may not be processed here: SecretError."""
    for sheet in workbook.sheets:
        if is_named_secret(sheet.name):
            raise _secret(workbook.file, "工作表的名字")
        if any(is_named_secret(text) for text in sheet.beside):
            raise _secret(workbook.file, "页眉页脚、文本框或批注")
        may_be = "密" in "\n".join(sheet.texts)
        likely = frozenset([text for text in sheet.texts if "密" in text] if may_be else ())
        for r, row in enumerate(sheet.rows if likely else ()):
            if likely.isdisjoint(row):
                continue
            marked = has_secrecy_mark if r < _HEAD_ROWS else is_plainly_secret
            if any(cell.__class__ is str and marked(str(cell)) for cell in row):
                raise _secret(workbook.file, f"工作表“{sheet.name}”第{r + 1}行")


def _secret(file: str, where: str) -> SecretError:
    what = f"标有密级（秘密★、机密★或绝密★，在{where}），不得在本机处理，整个文件没有读取"
    return SecretError(what, file, "请按保密规定处理该文件，并把它移出 data/raw")


def told_names(names: Iterable[str]) -> list[str]:
    """The names that hold a personal number or an informant's name, as they may be told."""
    return [masked for masked, found in map(mask, names) if found]


def refuse_private_names(workbook: Workbook) -> None:
    """WorkbookError where the name of a sheet holds a personal number or an informant's name."""
    if told := told_names(sheet.name for sheet in workbook.sheets):
        what = (
            f"工作表的名字里有个人号码或举报人的姓名（{'、'.join(told)}），凡写明出处的地方都会显示，整个文件没有读取"
        )
        raise WorkbookError(what, workbook.file, "请把工作表改名后再放回来")
