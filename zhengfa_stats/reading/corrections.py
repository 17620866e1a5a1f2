"""Human corrections: what a person has decided a cell should say, applied before anything is read from it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhengfa_stats.errors import CorrectionError
from zhengfa_stats.reading.columns import shown
from zhengfa_stats.reading.sheets import Cell, Workbook
from zhengfa_stats.records import parse_address

FILE = "corrections.csv"
_COLUMNS: Mapping[str, str] = {
    "file": "文件",
    "sheet": "工作表",
    "cell": "单元格",
    "was": "原值",
    "now": "改为",
    "reason": "理由",
    "by": "更正人",
    "on": "日期",
}


@dataclass(frozen=True, slots=True)
class Correction:
    """One line of corrections.csv."""

    line: int
    file: str
    sheet: str
    cell: str
    was: str
    now: str
    reason: str
    by: str
    on: str

    @property
    def rule(self) -> str:
        return f"人工更正：{self.reason}（{self.by}，{self.on}）"

    def error(self, what: str, do: str) -> CorrectionError:
        return CorrectionError(what, f"{FILE} 第{self.line}行（{self.file} · {self.sheet} · {self.cell}）", do)


def load_corrections(project: Path) -> tuple[Correction, ...]:
    """The corrections of a project, none if it has no such file; a line that lacks something stops the build."""
    path = project / FILE
    if not path.is_file():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        _check_header(reader.fieldnames or ())
        return tuple(_correction(reader.line_num, row) for row in reader if any(row.values()))


def _check_header(names: Iterable[str]) -> None:
    names = set(names)
    missing = [f"{k}（{v}）" for k, v in _COLUMNS.items() if k not in names and v not in names]
    if missing:
        raise CorrectionError(f"缺少列：{'、'.join(missing)}", FILE, f"表头应为：{','.join(_COLUMNS)}")


def _correction(line: int, row: Mapping[str, str | None]) -> Correction:
    texts = {key: (row.get(key) or row.get(name) or "").strip() for key, name in _COLUMNS.items()}
    correction = Correction(line, **texts)
    for key in ("file", "sheet", "cell", "reason", "by", "on"):
        if not texts[key]:
            raise correction.error(f"没有填“{_COLUMNS[key]}”", "每条更正都要写明位置、理由、更正人和日期")
    try:
        parse_address(correction.cell)
    except ValueError:
        raise correction.error(f"“{correction.cell}”不是单元格地址", "单元格写成 B12 这样") from None
    return correction


def check_files(corrections: Sequence[Correction], files: Iterable[str]) -> None:
    """A correction for a file that is not there stops the build."""
    known = set(files)
    for correction in corrections:
        if correction.file not in known:
            raise correction.error("data/raw 里没有这个文件", "请改正文件名，或删去这一行")


def correct(workbook: Workbook, corrections: Sequence[Correction]) -> Sequence[Correction]:
    """Write the corrections into a workbook's cells; CorrectionError where a cell no longer says what it was."""
    sheets = {sheet.name: sheet for sheet in workbook.sheets}
    for c in corrections:
        if c.sheet not in sheets:
            raise c.error("文件里没有这张工作表", "请改正工作表名，或删去这一行")
        rows = sheets[c.sheet].rows
        row, column = parse_address(c.cell)
        _grow(rows, row, column)
        found = shown(rows[row - 1][column - 1])
        if found.strip() != c.was:
            raise c.error("这一格现在的内容已经不是“原值”一栏所写的", "请重新核对，改写或删去这条更正")
        rows[row - 1][column - 1] = c.now or None
        sheets[c.sheet].changed()
    return corrections


def _grow(rows: list[list[Cell]], row: int, column: int) -> None:
    """Make room for a cell outside the sheet's used range."""
    width = max(column, len(rows[0]) if rows else 0)
    for line in rows:
        line.extend([None] * (width - len(line)))
    while len(rows) < row:
        rows.append([None] * width)
