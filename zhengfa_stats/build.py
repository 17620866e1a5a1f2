"""The order of the stages after the reading: persons → duplicates → relations → the store, every row accounted for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhengfa_stats.config import Config
from zhengfa_stats.counting.relations import check_relations
from zhengfa_stats.counting.reported_checks import check_reported
from zhengfa_stats.excel import Page, write_workbook
from zhengfa_stats.reading.accounts import account
from zhengfa_stats.reading.coded import Coded, Columns, constant, height
from zhengfa_stats.reading.editions import supersede
from zhengfa_stats.reading.expecting import Sent
from zhengfa_stats.reading.file import Context, FileRead
from zhengfa_stats.reading.merging import merge
from zhengfa_stats.reading.persons import resolve
from zhengfa_stats.reading.pins import unmet_pins
from zhengfa_stats.reading.recording import as_changes
from zhengfa_stats.reading.remedies import together
from zhengfa_stats.reading.sending import sent, sent_within, totals_within
from zhengfa_stats.reading.stacking import Line, Lines, stacked
from zhengfa_stats.reading.strangers import Strangers, named_in_names, strangers_of
from zhengfa_stats.reading.typed import days
from zhengfa_stats.reading.zero_lists import silence
from zhengfa_stats.records import LEVELS, Place, Problem, SheetAccount
from zhengfa_stats.schema import Schema
from zhengfa_stats.store import Held, as_frame, columns_of, plain, write_ledger, write_parquet

_TOLD = ("field", "before", "after", "rule")  # of a change
_PROBLEM = ("level", "kind", "sender", "ledger", "field", "what", "expected", "do")
_BESIDE = "|"


@dataclass(slots=True)
class Built:
    """All that a build found out, before it is stored."""

    tables: dict[str, pa.Table]  # the ledgers
    changes: pa.Table
    problems: list[Problem]
    sheets: list[SheetAccount]
    columns: dict[str, dict[str, str]]  # `file|sheet|table` → field → letters
    files: list[FileRead] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)  # what each sender sent of each ledger
    sent_within: list[Sent] = field(default_factory=list)  # units whose rows stand in another sender's file

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The ledgers as they are counted."""
        return {id_: as_frame(table) for id_, table in self.tables.items()}


@dataclass(slots=True)
class _Ledgers:
    """The ledgers with persons joined and each record once, and what is remembered of how they came about."""

    lines: dict[str, Lines]
    problems: list[Problem]
    unsure: frozenset[str]  # persons of whom it can't be told who they are
    changes: list[tuple[str, ...]] = field(default_factory=list)
    superseded: list[Line] = field(default_factory=list)
    merged: list[Line] = field(default_factory=list)


def assemble(files: Sequence[FileRead], context: Context) -> Built:
    """Ledgers from what the files gave, which are left without their tables: persons joined, duplicates merged,
    relations checked, rows accounted for.
    """
    config, schema = context.config, context.config.schema
    by_file = {f.file: [sheet.name for sheet in f.sheets] for f in files}
    found = _of_each_record(files, context)
    problems = [problem for read in files for problem in read.problems] + found.problems
    problems += unmet_pins(config.pins, by_file, [f.file for f in files if f.refused])
    sheets = account(files, found.lines, {"superseded": found.superseded, "merged": found.merged})
    columns = {
        f"{f.file}|{s.name}|{i}": dict(t.columns) for f in files for s in f.sheets for i, t in enumerate(s.tables, 1)
    }
    within = sent_within(found.lines, schema) + totals_within(found.lines, schema)
    found.lines |= {id_: Lines({}) for id_ in _said_zero(files) if id_ not in found.lines}
    strangers = strangers_of(files, context.key)
    written, hidden = _tables(found.lines, strangers, schema)
    problems += _check(written, config, columns, found.unsure)
    problems = [strangers.hide_in_problem(p) for p in problems] + named_in_names(files, strangers)
    return Built(
        hidden,
        _changes(files, found.changes, strangers),
        sorted(together(problems), key=_order),
        sheets,
        columns,
        list(files),
        sent(files, sheets, problems),
        within,
    )


def _of_each_record(files: Sequence[FileRead], context: Context) -> _Ledgers:
    """Join persons, let earlier editions make way, merge duplicates; of many rows no more is held than one step needs."""
    config, schema = context.config, context.config.schema
    stacks = _joined(files, config)
    problems, unsure = resolve(stacks, schema.ledgers, context.key)
    made = _Ledgers({}, problems, unsure)
    for id_ in list(stacks):
        edition = supersede(stacks.pop(id_), schema.ledgers[id_], schema, config.mode_of)
        one = merge(edition.lines, schema.ledgers[id_], schema)
        made.lines[id_] = one.lines
        made.problems += edition.problems + one.problems
        made.superseded += edition.superseded
        made.merged += one.gone
        made.changes += one.changes
    silenced = silence(made.lines, files, schema)
    made.lines = silenced.ledgers
    made.problems += silenced.problems
    made.superseded += silenced.superseded
    return made


def _tables(
    ledgers: dict[str, Lines], strangers: Strangers, schema: Schema
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """Ledgers as they were written, and with the names hidden that only other files show to be names; their lines are given up."""
    written, hidden = dict[str, pa.Table](), dict[str, pa.Table]()
    for id_ in list(ledgers):
        lines, types = ledgers.pop(id_), columns_of(schema.ledgers[id_])
        without = strangers.hide_in_ledger(lines, schema.ledgers[id_])
        written[id_] = hidden[id_] = lines.as_table(types)
        if without is not lines:
            hidden[id_] = without.as_table(types)
    return written, hidden


def _check(
    tables: Mapping[str, pa.Table], config: Config, columns: Mapping[str, Mapping[str, str]], unsure: Set[str]
) -> list[Problem]:
    """What is broken between rows, ledgers and figures."""
    frames = {id_: Held(table) for id_, table in tables.items()}
    broken = check_relations(frames, config.schema, config.clock, columns, unsure)
    return broken + check_reported(frames, config.schema, config.clock)


def _said_zero(files: Iterable[FileRead]) -> Iterator[str]:
    """The ledgers of which a letter says that there is nothing: they are there, and hold nothing."""
    return (letter.ledger for read in files for sheet in read.sheets for letter in sheet.said_zero)


def _order(problem: Problem) -> tuple[Any, ...]:
    return (problem.place, list(LEVELS).index(problem.level), problem.kind, problem.field, problem.what)


def _joined(files: Sequence[FileRead], config: Config) -> dict[str, Lines]:
    """The tables of each ledger one beneath another, in the order of files; 专班 from zhengfa.toml where no sheet gives it."""
    parts: dict[str, list[Columns]] = defaultdict(list)
    for read in files:
        for id_, columns in read.tables:
            parts[id_].append(columns)
        read.tables = []  # of many rows there need not be two copies
    if config.team and "team" not in parts:
        parts["team"].append(_team(config))
    return {id_: _dated(stacked(parts[id_]), config.clock.as_of) for id_ in config.schema.ledgers if id_ in parts}


def _dated(lines: Lines, as_of: date) -> Lines:
    """With the day that each line's data are of: as its sheet states, else the project's own."""
    stated = lines["data_as_of"]
    assert isinstance(stated, Coded)
    lines["as_of_stated"] = day = days([*stated.values, None])[stated.index]
    lines["data_as_of"] = np.where(np.isnat(day), np.datetime64(as_of, "s"), day)
    return lines


def _team(config: Config) -> Columns:
    """The team that zhengfa.toml lists, as a ledger like any other."""
    n = len(config.team)
    alike = {
        "region": "",
        "source_file": "zhengfa.toml",
        "source_sheet": "team",
        "sender": "",
        "unread": "",
        "cells": "",
    }
    return {
        "unit": Coded(np.arange(n), config.team),
        **{name: constant(n, value) for name, value in alike.items()},
        "source_row": np.arange(1, n + 1),
        "source_table": np.ones(n, dtype=np.int64),
        "data_as_of": constant(n, None),
        "undated": np.zeros(n, dtype=bool),
        "_likeness": np.arange(n),
    }


def _changes(files: Sequence[FileRead], merged: Sequence[tuple[str, ...]], strangers: Strangers) -> pa.Table:
    """Every changed cell, in the order of file, sheet and cell; then what merging changed."""
    told = [columns for read in files for columns in read.changes if height(columns)]
    told += [as_changes(merged)] if merged else []
    lines = strangers.hide_in_lines(stacked(told), ("before", "after"))
    table = lines.as_table(dict.fromkeys(("file", "sheet", "column", *_TOLD), pa.string()))
    rows = pa.array(lines.numbers("row"))
    numbers = pc.if_else(pc.less(rows, 0), "", pc.cast(rows, pa.string()))
    cells = pc.binary_join_element_wise(plain(table.select(["column"]))["column"], numbers, "")
    return table.set_column(2, "cell", cells)


def store(built: Built, folder: Path, config: Config) -> None:
    """Write ledgers, changes and problems into data/processed; Arrow's files side by side, for which it needs no Python."""
    with ThreadPoolExecutor() as pool:
        writing = [pool.submit(write_ledger, table, folder, id_) for id_, table in built.tables.items()]
        writing.append(pool.submit(write_parquet, built.changes, folder / "changes.parquet"))
        write_parquet(problem_table(built.problems), folder / "problems.parquet")
        write_workbook(folder / "problems.xlsx", _problem_pages(built.problems, config))
    for one in writing:
        one.result()


def problem_table(problems: Sequence[Problem]) -> pa.Table:
    """The problems as a table, one a row: what exhibits count and what is returned to the departments."""
    columns = {
        name: pa.array([getattr(p.place, name) for p in problems], pa.string()) for name in ("file", "sheet", "cell")
    }
    for name in _PROBLEM:
        columns[name] = pa.array([getattr(p, name) for p in problems], pa.string())
    columns["also"] = pa.array([[_BESIDE.join(astuple(o)) for o in p.also] for p in problems], pa.list_(pa.string()))
    return pa.table(columns)


def read_problems(folder: Path) -> list[Problem]:
    """The stored problems of the last build."""
    rows = pq.read_table(folder / "problems.parquet").to_pylist()
    return [
        Problem(
            **{name: row[name] for name in _PROBLEM},
            place=Place(row["file"], row["sheet"], row["cell"]),
            also=tuple(Place(*text.split(_BESIDE)) for text in row["also"]),
        )
        for row in rows
    ]


def _problem_pages(problems: Sequence[Problem], config: Config) -> list[Page]:
    header = (
        "级别",
        "报送单位",
        "文件",
        "工作表",
        "位置",
        "台账",
        "字段",
        "问题",
        "说明",
        "应为",
        "怎么办",
        "相关位置",
    )
    widths = (8, 14, 30, 16, 10, 14, 14, 16, 50, 24, 40, 36)
    return [
        Page("按单位汇总", ("报送单位", *LEVELS.values(), "合计"), _by_sender(problems), (20, 10, 10, 10, 10)),
        Page("问题清单", header, (_line(p, config) for p in problems), widths),
    ]


def count_by_sender(problems: Sequence[Problem]) -> dict[str, dict[str, int]]:
    """How many problems of each level each sender has."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for p in problems:
        counts[p.sender or "（未写明单位）"][p.level] += 1
    return {sender: {level: counts[sender][level] for level in LEVELS} for sender in sorted(counts)}


def _by_sender(problems: Sequence[Problem]) -> Iterator[tuple[Any, ...]]:
    for sender, counts in count_by_sender(problems).items():
        yield (sender, *counts.values(), sum(counts.values()))


def _line(p: Problem, config: Config) -> tuple[str, ...]:
    ledger = config.schema.ledgers.get(p.ledger)
    name = ledger.fields[p.field].name if ledger and p.field in ledger.fields else ""
    also = "；".join(map(str, p.also))
    place = p.place
    return (
        LEVELS[p.level], p.sender, place.file, place.sheet, place.cell, ledger.name if ledger else "",
        name, p.kind, p.what, p.expected, p.do, also,
    )  # fmt: skip


def describe(built: Built) -> list[dict[str, Any]]:
    """The accounting of every sheet, as `zhengfa build --json` gives it."""
    return [
        {
            "file": s.file,
            "sheet": s.sheet,
            "used": s.used,
            "outside": len(s.outside),
            "outside_rows": list(s.outside),
            "tables": [
                {
                    "range": str(t.range),
                    "ledger": t.ledger or None,
                    "rows": t.rows.as_dict(),
                    "records": t.records,
                    "kept": t.kept,
                    "merged": t.merged,
                    "superseded": t.superseded,
                    "set_aside": t.set_aside,
                }
                for t in s.tables
            ],
        }
        for s in built.sheets
    ]
