"""Projects drawn in text: tiny workbooks, and what a build of them must give.

A form is one .txt file named by the one thing that it shows:

    # one sentence of what it shows
    [线索台账.xlsx · 6月]                    a sheet of a workbook; .xls is written by xlwt, .csv as UTF-8 text
    示例市线索台账 | < | <                    a row a line, cells between bars
    线索编号 | 收到日期 | 办理状态
    X1 | d:2021-03-05 | 已查结
    hidden: 3                               row 3 is hidden; struck: 4; hidden sheet
    [clues]                                 the stored ledger, the columns that matter
    clue_no | received_on | status
    X1 | 2021-03-05 | 已查结
    [problems]                              all problems: level, kind, cell (or row or sheet), words of its text
    warning 线索.查结无日期 C3
    [changes]                               all changes: cell, field, before → after, rule
    [rows]                                  the rows of each table by role, and its records by fate
    A1:C3 clues: title 1, header 1, body 1; kept 1
    [zhengfa.toml]                          what the project's settings say besides city and period
    [corrections.csv]                       human corrections

In cells `<` is merged with the cell to the left, `^` with the one above; 12 is a number, d:2021-03-05 a real date,
'12 text, \\n a line break, #REF! an error, =A1 a formula without its result. In a stored table a month is 2021-03,
是 and 否 are flags, and persons are any labels: the same label must be the same person in the whole form, and no other.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlwt
from openpyxl import Workbook
from openpyxl.styles import Font

FOLDER = Path(__file__).parent
_SECTION = re.compile(r"\[([^\[\]]+)\]")
_MARK = re.compile(r"(hidden|struck): ?([\d, ]+)|hidden sheet")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:E\+\d+)?")


@dataclass(slots=True)
class Form:
    """One drawn project."""

    name: str
    says: str = ""
    books: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # file → sheet → lines
    ledgers: dict[str, list[list[str]]] = field(default_factory=dict)  # ledger → header and rows
    told: dict[str, list[str]] = field(default_factory=dict)  # problems, changes, rows, zhengfa.toml, corrections.csv


def forms(group: str) -> list[Form]:
    """The forms of a folder, in the order of their names."""
    return [read_form(path) for path in sorted((FOLDER / group).glob("*.txt"))]


def read_form(path: Path) -> Form:
    """A form as its file draws it."""
    form, lines = Form(path.stem), []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# "):
            form.says += line[2:]
        elif (match := _SECTION.fullmatch(line.strip())) and not line.startswith("[["):
            lines = _begin(form, match[1])
        elif line.strip() or lines:
            lines.append(line.rstrip())
    for id_, drawn in form.ledgers.items():
        form.ledgers[id_] = [_split(line) for line in drawn if str(line).strip()]  # type: ignore[arg-type]
    return form


def _begin(form: Form, title: str) -> list[Any]:
    """The list that takes the lines of a section."""
    if " · " in title:
        file, sheet = title.split(" · ")
        return form.books.setdefault(file, {}).setdefault(sheet, [])
    if title in ("problems", "changes", "rows", "zhengfa.toml", "corrections.csv"):
        return form.told.setdefault(title, [])
    if "." in title:  # a table of zhengfa.toml
        lines = form.told.setdefault("zhengfa.toml", [])
        lines.append(f"[{title}]")
        return lines
    return form.ledgers.setdefault(title, [])


def _split(line: str) -> list[str]:
    return [cell.strip(" ") for cell in line.split("|")]


# ── workbooks ─────────────────────────────────────────────────────────────────────────────────────────────────────


def write_books(form: Form, folder: Path) -> None:
    """Write the form's workbooks into a folder."""
    for file, sheets in form.books.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        {".xls": _write_xls, ".csv": _write_csv}.get(path.suffix, _write_xlsx)(path, sheets)


def _drawn(lines: Sequence[str]) -> tuple[list[list[str]], list[str]]:
    """The cells of a sheet and its marks; blank lines at the end are none of it."""
    marks = [line for line in lines if _MARK.fullmatch(line)]
    rows = [_split(line) for line in lines if not _MARK.fullmatch(line)]
    while rows and rows[-1] == [""]:
        rows.pop()
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows], marks


def _write_xlsx(path: Path, sheets: dict[str, list[str]]) -> None:
    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, lines in sheets.items():
        rows, marks = _drawn(lines)
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, start=1):
            for c, text in enumerate(row, start=1):
                if (value := _value(text)) is not None:
                    sheet.cell(r, c, value)
        for top, left, bottom, right in _merges(rows):
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for kind, row in _marked(marks):
            if kind == "hidden":
                sheet.row_dimensions[row].hidden = True
            else:
                for cell in sheet[row]:
                    cell.font = Font(strike=True)
        if "hidden sheet" in marks:
            sheet.sheet_state = "hidden"
    book.save(path)


def _write_xls(path: Path, sheets: dict[str, list[str]]) -> None:
    book = xlwt.Workbook()
    for name, lines in sheets.items():
        rows, _ = _drawn(lines)
        sheet = book.add_sheet(name)
        dated = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        merged = {(top, left): (bottom, right) for top, left, bottom, right in _merges(rows)}
        for r, row in enumerate(rows, start=1):
            for c, text in enumerate(row, start=1):
                value = _value(text)
                style = dated if isinstance(value, date) else xlwt.Style.default_style
                if (r, c) in merged:
                    bottom, right = merged[r, c]
                    sheet.write_merge(r - 1, bottom - 1, c - 1, right - 1, value, style)
                elif value is not None:
                    sheet.write(r - 1, c - 1, value, style)
    book.save(str(path))


def _write_csv(path: Path, sheets: dict[str, list[str]]) -> None:
    (lines,) = sheets.values()
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([c.removeprefix("'").removeprefix("d:") for c in row] for row in _drawn(lines)[0])


def _value(text: str) -> Any:
    text = text.replace("\\n", "\n")
    if text in ("", "<", "^"):
        return None
    if text.startswith("'"):
        return text[1:]
    if text.startswith("d:"):
        return datetime.fromisoformat(text[2:])
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text or "E" in text else int(text)
    return text


def _merges(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, int, int]]:
    """The merged ranges, 1-based: to the right as far as `<` goes, then down as far as `^` does."""
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text in ("<", "^"):
                continue
            right, bottom = c, r
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            while bottom + 1 < len(rows) and rows[bottom + 1][c] == "^":
                bottom += 1
            if (bottom, right) != (r, c):
                yield r + 1, c + 1, bottom + 1, right + 1


def _marked(marks: Sequence[str]) -> Iterator[tuple[str, int]]:
    for mark in marks:
        if match := re.fullmatch(r"(hidden|struck): ?([\d, ]+)", mark):
            yield from ((match[1], int(row)) for row in match[2].split(","))
