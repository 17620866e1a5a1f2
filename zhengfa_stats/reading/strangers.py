"""Names that other files' columns of persons hold: hidden in this file's texts too, though known only under the project's key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from zhengfa_stats.reading.coded import Coded
from zhengfa_stats.reading.file import FileRead
from zhengfa_stats.reading.names import SOMEBODY
from zhengfa_stats.reading.privacy import elsewhere, mask
from zhengfa_stats.reading.stacking import Lines
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Ledger

_HAN = re.compile("[\u3400-\u9fff·]{2,}")
_QUOTED = re.compile("“[^”]*”")
_LENGTHS = (4, 3, 2)
_SURE = 3  # signs: two may well be a word (文明, 高峰), and so are hidden only where a cell's own text stands


class Strangers:
    """Persons known by their keyed names alone."""

    def __init__(self, keyed: Iterable[str], key: bytes) -> None:
        self.keyed, self.key = frozenset(keyed), key
        self._met: dict[str, bool] = {}

    def hide(self, text: str, least: int = 2) -> str:
        """The text with every known name of so many signs replaced by 某人, the longest first."""
        return _HAN.sub(lambda run: self._hidden(run[0], least), text)

    def _hidden(self, run: str, least: int) -> str:
        at, parts = 0, []
        while at < len(run):
            end = next(
                (at + n for n in _LENGTHS if n >= least and at + n <= len(run) and self._is_known(run[at : at + n])), 0
            )
            parts.append(SOMEBODY if end else run[at])
            at = end or at + 1
        return "".join(parts)

    def _is_known(self, text: str) -> bool:
        if (met := self._met.get(text)) is None:
            met = self._met[text] = elsewhere(self.key, text) in self.keyed
        return met

    def hide_in_message(self, text: str) -> str:
        """A message of ours: short names are hidden only in what it quotes."""
        return _QUOTED.sub(lambda quoted: self.hide(quoted[0]), self.hide(text, _SURE))

    def hide_in_lines(self, lines: Lines, names: Iterable[str]) -> Lines:
        """Lines with the names hidden in the texts of some columns, each distinct text looked at once."""
        told = {name: column for name in names if name in lines and isinstance(column := lines[name], Coded)}
        texts = {value for column in told.values() for value in set(column.values) if isinstance(value, str)}
        changed = {text: hidden for text in texts if (hidden := self.hide(text)) != text}
        return lines.having({name: column.replaced(changed) for name, column in told.items()}) if changed else lines

    def hide_in_problem(self, problem: Problem) -> Problem:
        """A problem whose texts quote no name."""
        what, do, expected = map(self.hide_in_message, (problem.what, problem.do, problem.expected))
        return replace(problem, what=what, do=do, expected=expected)

    def hide_in_ledger(self, lines: Lines, ledger: Ledger) -> Lines:
        """A merged ledger with the names hidden in all its texts, those too that told its records apart."""
        return self.hide_in_lines(lines, [f.id for f in ledger.stored if f.kind == "text" and f.id != "region"])


def strangers_of(files: Sequence[FileRead], key: bytes) -> Strangers:
    """The persons that any file's columns of persons name."""
    return Strangers((name for read in files for name in read.names), key)


def named_in_names(files: Sequence[FileRead], strangers: Strangers) -> list[Problem]:
    """A warning for each file and sheet whose name holds a person's name or number."""
    return [problem for read in files for problem in _told(read, strangers)]


def _told(read: FileRead, strangers: Strangers) -> list[Problem]:
    """Names and numbers of persons in the names of the file and its sheets, which stand wherever a row's place is told."""
    found = []
    for what, name, sheet in (
        ("文件名", str(PurePosixPath(read.file)), ""),
        *(("工作表名", s.name, s.name) for s in read.sheets),
    ):
        if mask(name)[1] or strangers.hide(name, _SURE) != name:
            says = f"{what}里有姓名或个人号码，凡写明出处的地方都会显示它"
            found.append(Problem("warning", "名称含个人信息", Place(read.file, sheet), says, f"请改{what}后重新运行"))
    return found
