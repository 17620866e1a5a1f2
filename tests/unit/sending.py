"""Tiny projects of several senders, for tests of what is sent, what is missing and what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from zhengfa_stats.project import Project, open_project

SETTINGS = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
CLUES = ("线索编号", "收到日期", "被反映人", "承办单位", "办理状态", "查结日期")
CASES = ("案件编号", "姓名", "警号", "单位", "职务", "职级", "组织处理", "党纪处分", "四种形态", "处理日期")

Row = Sequence[Any]


def clue(number: str, received: str, unit: str | None = None, closed: str | None = None) -> Row:
    return (number, received, f"张{number[-1]}", unit, "已查结" if closed else "正在核查", closed)


def sheet(folder: Path, name: str, *rows: Row) -> None:
    """A workbook of one sheet in data/raw."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(list(row))
    path = folder / "data" / "raw" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)


def opened(folder: Path, settings: str = "", **clock: Any) -> Project:
    """The project with these settings beside the first three."""
    (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    (folder / "zhengfa.toml").write_text(SETTINGS + settings, "utf-8")
    return open_project(folder, jobs=1, **clock)
