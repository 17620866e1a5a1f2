"""The order of the stages after the reading: persons → duplicates → relations → the store, every row accounted for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from zhengfa_stats.config import Config
from zhengfa_stats.counting.relations import check_relations
from zhengfa_stats.counting.reported_checks import check_reported
from zhengfa_stats.excel import Page, write_workbook
from zhengfa_stats.reading.accounts import account
from zhengfa_stats.reading.coded import Columns, height
from zhengfa_stats.reading.editions import Editions, supersede
from zhengfa_stats.reading.expecting import Sent
from zhengfa_stats.reading.file import Context, FileRead
from zhengfa_stats.reading.merging import Lines, Merged, merge
from zhengfa_stats.reading.persons import resolve
from zhengfa_stats.reading.pins import unmet_pins
from zhengfa_stats.reading.remedies import together
from zhengfa_stats.reading.sending import sent, sent_within, totals_within
from zhengfa_stats.reading.stacking import framed
from zhengfa_stats.reading.strangers import Strangers, named_in_names, strangers_of
from zhengfa_stats.reading.zero_lists import Silenced, silence
from zhengfa_stats.records import LEVELS, Place, Problem, SheetAccount
from zhengfa_stats.store import as_frame, as_table, write_ledger, write_parquet

CHANGES = ("file", "sheet", "cell", "field", "before", "after", "rule")
_PROBLEM = ("level", "kind", "sender", "ledger", "field", "what", "expected", "do")
_BESIDE = "|"


@dataclass(slots=True)
class Built:
    """All that a build found out, before it is stored."""

    frames: dict[str, pd.DataFrame]
    changes: pa.Table
    problems: list[Problem]
    sheets: list[SheetAccount]
    columns: dict[str, dict[str, str]]  # `file|sheet|table` → field → letters
    files: list[FileRead] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)  # what each sender sent of each ledger
    sent_within: list[Sent] = field(default_factory=list)  # units whose rows stand in another sender's file


def assemble(files: Sequence[FileRead], context: Context) -> Built:
    """Ledgers from what the files gave: persons joined, duplicates merged, relations checked, rows accounted for."""
    config = context.config
    frames, problems = _joined(files, config)
    by_file = {f.file: [sheet.name for sheet in f.sheets] for f in files}
    problems += unmet_pins(config.pins, by_file, [f.file for f in files if f.refused])
    frames, found, unsure = resolve(frames, config.schema.ledgers, context.key)
    problems += found
    editions = {
        id_: supersede(f, config.schema.ledgers[id_], config.schema, config.mode_of) for id_, f in frames.items()
    }
    merged = {id_: merge(e.frame, config.schema.ledgers[id_], config.schema) for id_, e in editions.items()}
    problems += [p for one in editions.values() for p in one.problems]
    problems += [p for one in merged.values() for p in one.problems]
    silenced = silence({id_: one.frame for id_, one in merged.items()}, files, config.schema)
    frames, problems = silenced.frames, problems + silenced.problems
    sheets = account(files, frames, _fallen(editions, merged, silenced))
    columns = {
        f"{f.file}|{s.name}|{i}": dict(t.columns) for f in files for s in f.sheets for i, t in enumerate(s.tables, 1)
    }
    frames |= {id_: pd.DataFrame() for id_ in _said_zero(files) if id_ not in frames}
    stored = {id_: as_frame(as_table(frame, config.schema.ledgers[id_])) for id_, frame in frames.items()}
    problems += check_relations(stored, config.schema, config.clock, columns, unsure)
    problems += check_reported(stored, config.schema, config.clock)
    strangers = strangers_of(files, context.key)
    stored = {id_: strangers.hide_in_ledger(frame, config.schema.ledgers[id_]) for id_, frame in stored.items()}
    problems = [strangers.hide_in_problem(p) for p in problems] + named_in_names(files, strangers)
    within = sent_within(stored, config.schema.ledgers) + totals_within(stored, config.schema)
    senders = sent(files, sheets, problems)
    return Built(
        stored,
        _changes(files, merged, strangers),
        sorted(together(problems), key=_order),
        sheets,
        columns,
        list(files),
        senders,
        within,
    )


def _said_zero(files: Iterable[FileRead]) -> Iterator[str]:
    """The ledgers of which a letter says that there is nothing: they are there, and hold nothing."""
    return (letter.ledger for read in files for sheet in read.sheets for letter in sheet.said_zero)


def _fallen(
    editions: Mapping[str, Editions], merged: Mapping[str, Merged], silenced: Silenced
) -> dict[str, list[Lines]]:
    """The lines that were superseded and those that were merged into others."""
    return {
        "superseded": [line for one in editions.values() for line in one.superseded] + silenced.superseded,
        "merged": [line for one in merged.values() for line in one.gone],
    }


def _order(problem: Problem) -> tuple[Any, ...]:
    return (problem.place, list(LEVELS).index(problem.level), problem.kind, problem.field, problem.what)


def _joined(files: Sequence[FileRead], config: Config) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """The tables of each ledger as one frame, in the order of files; 专班 from zhengfa.toml where no sheet gives it."""
    parts: dict[str, list[Columns]] = defaultdict(list)
    problems: list[Problem] = []
    for read in files:
        problems += read.problems
        for id_, lines in read.tables:
            parts[id_].append(lines)
    as_of = pd.Timestamp(config.clock.as_of)
    frames = {}
    for id_ in config.schema.ledgers:
        if id_ in parts or (id_ == "team" and config.team):
            frame = framed(parts[id_]) if id_ in parts else _team(config)
            frame["as_of_stated"] = pd.to_datetime(frame["data_as_of"]).astype("datetime64[s]")
            frame["data_as_of"] = frame["as_of_stated"].fillna(as_of)
            frames[id_] = frame
    return frames, problems


def _team(config: Config) -> pd.DataFrame:
    """The team that zhengfa.toml lists, as a ledger like any other."""
    n = len(config.team)
    return pd.DataFrame(
        {
            "unit": list(config.team),
            "region": "",
            "source_file": "zhengfa.toml",
            "source_sheet": "team",
            "source_row": range(1, n + 1),
            "source_table": 1,
            "sender": "",
            "data_as_of": None,
            "undated": False,
            "unread": "",
            "cells": "",
            "_likeness": range(n),
        }
    )


def _changes(files: Sequence[FileRead], merged: Mapping[str, Merged], strangers: Strangers) -> pa.Table:
    """Every changed cell, in the order of file, sheet and cell."""
    told = [columns for read in files for columns in read.changes if height(columns)]
    parts = [framed(told)] if told else []
    parts += [pd.DataFrame(one.changes) for one in merged.values() if one.changes]
    schema = pa.schema([(name, pa.string()) for name in CHANGES])
    if not parts:
        return schema.empty_table()
    frame = strangers.hide_in_columns(pd.concat(parts, ignore_index=True), ("before", "after"))
    return pa.Table.from_pandas(frame[list(CHANGES)], schema, preserve_index=False).replace_schema_metadata()


def store(built: Built, folder: Path, config: Config) -> None:
    """Write ledgers, changes and problems into data/processed."""
    for id_, frame in built.frames.items():
        write_ledger(as_table(frame, config.schema.ledgers[id_]), folder, id_)
    write_parquet(built.changes, folder / "changes.parquet")
    write_parquet(problem_table(built.problems), folder / "problems.parquet")
    write_workbook(folder / "problems.xlsx", _problem_pages(built.problems, config))


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
