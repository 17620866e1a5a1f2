"""Builds drawn projects in this process, and says what came out in the words of the drawing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from tests.forms.drawn import Form, write_books
from zhengfa_stats.build import Built, assemble
from zhengfa_stats.config import Config, read_config
from zhengfa_stats.files import raw_files
from zhengfa_stats.reading.corrections import check_files, load_corrections
from zhengfa_stats.reading.file import Context, read_file
from zhengfa_stats.records import Problem, RowCount, TableAccount

SETTINGS = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
KEY = b"key of the forms"


@lru_cache
def config_of(more: str) -> Config:
    """The settings of a form: the three lines, then its own; since and as_of may be its own too."""
    return read_config({**tomllib.loads(SETTINGS), **tomllib.loads(more)})


def build_form(form: Form, folder: Path) -> Built:
    """Write a form's workbooks and build them."""
    write_books(form, folder / "raw")
    if "corrections.csv" in form.told:
        (folder / "corrections.csv").write_text("\n".join(form.told["corrections.csv"]), "utf-8")
    return build_folder(folder, "\n".join(form.told.get("zhengfa.toml", ())))


def build_folder(folder: Path, more: str = "") -> Built:
    """Build what stands in folder/raw, file after file."""
    raw = folder / "raw"
    context = Context(config_of(more), KEY, load_corrections(folder))
    names = raw_files(raw)
    check_files(context.corrections, names)
    return assemble([read_file(raw / name, name, context) for name in names], context)


# ── what came out, in the words of the drawing ────────────────────────────────────────────────────────────────────


def table_of(frame: pd.DataFrame, columns: Sequence[str], labels: Labels) -> list[list[str]]:
    """The chosen columns of a stored ledger as text; persons by the labels of the drawing."""
    return [
        [labels.of(row[c]) if c in ("person", "subjects") else _text(row, c) for c in columns]
        for row in frame.to_dict("records")
    ]


def _text(row: dict[str, Any], column: str) -> str:
    value = row[column]
    if isinstance(value, pd.Timestamp):
        return _span(value, row.get(f"{column}_until", value))
    if value is None or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str | int) and not isinstance(value, int) else _joined(value)


def _joined(value: Any) -> str:
    return str(value) if isinstance(value, int) else "、".join(map(str, value))


def _span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    if first == last:
        return str(first.date())
    if first.day == 1 and last == first + pd.offsets.MonthEnd():
        return f"{first:%Y-%m}"
    return f"{first.date()}~{last.date()}"


class Labels:
    """The labels of a drawing and the pseudonyms that they stand for: one to one."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def learn(self, expected: str, value: object) -> None:
        """Take the persons of one expected cell as those of the stored one, where none of them is known yet."""
        stored = _persons(value)
        labels = [label for label in expected.split("、") if label]
        if len(labels) == len(stored):
            for label, one in zip(labels, stored, strict=True):
                if label not in self.known.values():
                    self.known.setdefault(one, label)

    def of(self, value: object) -> str:
        return "、".join(self.known.get(one, "?") for one in _persons(value))


def _persons(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [] if value is None or isinstance(value, float) else list(value)


def said(problem: Problem) -> str:
    """A problem in one line."""
    return f"{problem.level} {problem.kind} {problem.place.cell or problem.place.sheet or problem.place.file}"


def changes_of(built: Built) -> list[str]:
    """Every change in one line."""
    return [f"{c['cell']} {c['field']}: {c['before']} → {c['after']} ({c['rule']})" for c in built.changes.to_pylist()]


def rows_of(built: Built) -> Iterator[str]:
    """Every table's rows and records in one line."""
    for sheet in built.sheets:
        for table in sheet.tables:
            yield _accounted(table)
        if sheet.outside:
            yield f"outside {', '.join(map(str, sheet.outside))}"


def _accounted(table: TableAccount) -> str:
    roles = [f"{f.name} {n}" for f in fields(RowCount) if (n := getattr(table.rows, f.name))]
    fates = [f"{name} {n}" for name in ("kept", "merged", "set_aside") if (n := getattr(table, name))]
    return f"{table.range} {table.ledger or 'none'}: {', '.join(roles)}; {', '.join(fates)}".rstrip("; ")
