"""Tiny 汇总表 and ledgers for tests, and the figures that come of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from zhengfa_stats.build import Built, assemble
from zhengfa_stats.config import Config, read_config
from zhengfa_stats.counting.answer import Answer, evaluate
from zhengfa_stats.query import By, Clock, In, narrow
from zhengfa_stats.reading.file import Context, read_file

TOML: dict[str, Any] = {"city": "示例市", "since": date(2021, 1, 1), "as_of": date(2021, 6, 30)}
CLUES = ("线索编号", "收到日期", "被反映人", "线索来源", "办理状态", "查结日期")
Line = tuple[str, str, str, str, str]  # unit, region, indicator, period, value


def write(path: Path, rows: Iterable[Sequence[Any]], merges: Sequence[str] = ()) -> None:
    """A workbook of one sheet."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for merge in merges:
        book.active.merge_cells(merge)
    book.save(path)


def clue_list(path: Path, unit: str, *rows: Sequence[Any], as_of: str = "2021年6月30日") -> None:
    """A clue ledger of one sender."""
    write(path, [(f"线索台账（截至{as_of}）",), (f"填报单位：{unit}",), CLUES, *rows])


class City:
    """A folder of workbooks, read; figures at any cut-off."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.config: Config = read_config(TOML | settings)
        context = Context(self.config, b"k" * 32)
        files = [
            read_file(p, p.relative_to(folder).as_posix(), context) for p in sorted(folder.rglob("*")) if p.is_file()
        ]
        self.built: Built = assemble(files, context)

    def figure(self, key: str, as_of: date | None = None, **narrowed: str) -> Answer:
        """A figure, or the part of it that has these values."""
        clock = self.config.clock
        expr = narrow(self.config.schema.indicators[key].of, *(In(f, (v,)) for f, v in narrowed.items()))
        at = Clock(clock.since, as_of or clock.as_of)
        return evaluate(expr, self.built.frames, self.config.schema, at, project=clock)

    def grouped(self, key: str, field: str) -> dict[str, float | None]:
        clock = self.config.clock
        expr = narrow(self.config.schema.indicators[key].of, by=(By(field),))
        answer = evaluate(expr, self.built.frames, self.config.schema, clock, project=clock)
        return {labels[0]: value for labels, value in answer.values}

    def kinds(self) -> list[str]:
        return [p.kind for p in self.built.problems]

    def lines(self) -> list[str]:
        """What is stored, a text a figure: 甲县公安局 线索.收到 2021-01-01..2021-06-30 累计 3 @B4."""
        frame = self.built.frames.get("reported")
        if frame is None:
            return []
        return [
            f"{r.region}{r.unit if isinstance(r.unit, str) else ''} {r.indicator} {_day(r.period_from)}..{_day(r.period_to)} "
            f"{'累计' if r.is_cumulative else '本期'} {r.value:g} @{r.cells.split(':')[-1]}"
            for r in frame.itertuples()
        ]

    def fates(self) -> list[tuple[str, int, int, int, int]]:
        return [(t.ledger, t.records, t.kept, t.merged, t.set_aside) for s in self.built.sheets for t in s.tables]


def _day(day: Any) -> str:
    return "" if day is None or str(day) == "NaT" else str(day)[:10]
