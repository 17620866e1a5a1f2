"""A file read as a build reads it, and what may come of any file at all."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from zhengfa_stats.config import read_config
from zhengfa_stats.reading.coded import Coded
from zhengfa_stats.reading.file import Context, FileRead, read_file
from zhengfa_stats.records import LEVELS

CITY = {"city": "示例市", "since": date(2021, 1, 1), "as_of": date(2021, 6, 30)}
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
CONTEXT = Context(read_config(CITY), b"key" * 11)


def frames_of(found: FileRead) -> list[tuple[str, pd.DataFrame]]:
    """The tables of a file, each as a frame with its ledger."""
    return [
        (id_, pd.DataFrame({name: c.spread() if isinstance(c, Coded) else c for name, c in columns.items()}))
        for id_, columns in found.tables
    ]


def read(path: Path, file: str = "") -> FileRead:
    """Read a file, and see that it came to one of the ends that a file may come to."""
    found = read_file(path, file or path.name, CONTEXT)
    if found.refused:
        (problem,) = found.problems
        assert not found.tables and problem.what and problem.do
    for problem in found.problems:
        assert problem.level in LEVELS and problem.place.file == found.file and problem.what
    for sheet in found.sheets:  # no row is lost: each is in a table or outside
        assert sheet.used == len(sheet.inside | set(sheet.outside)), sheet.name
        for table in sheet.tables:
            assert sum(table.rows.as_dict().values()) == table.range.bottom - table.range.top + 1
            assert 0 <= table.set_aside <= table.records
    return found


def refusal(path: Path, file: str = "") -> str:
    """The one message of a file that was refused."""
    found = read(path, file)
    assert found.refused, "was read"
    return found.problems[0].what


def project(root: Path, **raw: str | bytes) -> Path:
    """A project whose data/raw holds some files."""
    (root / "data" / "raw").mkdir(parents=True)
    (root / "zhengfa.toml").write_text(TOML, "utf-8")
    for name, content in raw.items():
        (root / "data" / "raw" / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return root
