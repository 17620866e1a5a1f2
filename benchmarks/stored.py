"""Stored clues by the million: a filtered count beside the same SQL, and every figure on DuckDB. Prints JSON.

python benchmarks/stored.py count 1000000
python benchmarks/stored.py figures 10000000
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from zhengfa_stats.counting.answer import Session, evaluate  # noqa: E402
from zhengfa_stats.declared import load_schema  # noqa: E402
from zhengfa_stats.query import Clock, In, Query  # noqa: E402
from zhengfa_stats.store import ROWS_A_PART, columns_of, read_ledger, write_parquet  # noqa: E402

CLOCK = Clock(date(2021, 1, 1), date(2021, 6, 30))
SCHEMA = load_schema()
DAYS = "TIMESTAMP '2020-12-01' + to_days(CAST(i * 7 % 240 AS INTEGER))"
SPREAD = {  # what stands in a row, by its number
    "clue_no": "'X' || i",
    "received_on": DAYS,
    "received_on_until": DAYS,
    "source": "['来信', '来访', '上级交办', '自查发现'][i % 4 + 1]",
    "subjects": "['p' || (i % 900000)]",
    "subject_unit": "['公安局', '法院', '检察院', '司法局', '政法委'][i % 5 + 1]",
    "handler": "['公安局', '法院', '检察院', '司法局', '政法委'][i * 3 % 5 + 1]",
    "status": "CASE WHEN i % 10 < 9 THEN '已查结' ELSE '正在核查' END",
    "closed_on": f"CASE WHEN i % 10 < 9 THEN {DAYS} + to_days(CAST(5 + i % 65 AS INTEGER)) END",
    "closed_on_until": f"CASE WHEN i % 10 < 9 THEN {DAYS} + to_days(CAST(5 + i % 65 AS INTEGER)) END",
    "conclusion": "CASE WHEN i % 10 < 9 THEN ['属实', '部分属实', '不属实'][i % 3 + 1] END",
    "is_repeat": "i % 97 = 0",
    "source_file": "'f' || (i % 10) || '.xlsx'",
    "source_sheet": "'Sheet1'",
    "source_row": "i // 10 + 2",
    "source_table": "1",
    "sender": "['公安局', '法院', '检察院', '司法局', '政法委'][i % 5 + 1]",
    "region": "''",
    "data_as_of": "TIMESTAMP '2021-06-30'",
    "undated": "false",
    "unread": "''",
    "cells": "''",
}
_TYPES = {"string": "VARCHAR", "double": "DOUBLE", "bool": "BOOLEAN", "timestamp[s]": "TIMESTAMP_S", "int64": "BIGINT"}
QUERY = Query("clues", (In("handler", ("公安局",)), In("status", ("已查结",))))
SQL = (
    "SELECT count(*) FROM clues WHERE handler = '公安局' AND status = '已查结' "
    "AND received_on >= TIMESTAMP '2021-01-01' AND received_on_until <= TIMESTAMP '2021-06-30'"
)


def write(folder: Path, n: int) -> Path:
    """A stored clue ledger of n rows as a build leaves it: every column, and parts when it is large."""
    types, path = columns_of(SCHEMA.ledgers["clues"]), folder / "ledgers" / "clues.parquet"
    columns = []
    for name, type_ in types.items():
        told = str(type_)
        sql = f"{_TYPES['string']}[]" if told.startswith("list") else _TYPES[told]
        columns.append(f"CAST({SPREAD.get(name, 'NULL')} AS {sql}) AS {name}")
    for i, start in enumerate(range(0, n, ROWS_A_PART)):
        rows = f"range({start}, {min(n, start + ROWS_A_PART)}) t(i)"
        table = duckdb.sql(f"SELECT {', '.join(columns)} FROM {rows}").to_arrow_table()
        write_parquet(table.cast(pa.schema(types.items())), path / f"{i:05d}.parquet" if n > ROWS_A_PART else path)
    return path


def count(folder: Path) -> dict[str, Any]:
    """A filtered count on DuckDB and on pandas beside the same SQL, and what it takes to load its columns, or all."""
    path = folder / "ledgers" / "clues.parquet"
    frames = {"clues": duckdb.read_parquet(str(path))}
    by_hand = SQL.replace("FROM clues", f"FROM '{path}'")
    stored = read_ledger(folder, SCHEMA.ledgers["clues"])
    found = {evaluate(QUERY, of, SCHEMA, CLOCK).value for of in (frames, {"clues": stored})}
    assert found == {duckdb.sql(by_hand).fetchall()[0][0]}
    things = {
        "sql": lambda: duckdb.sql(by_hand).fetchall()[0],
        "duckdb": lambda: evaluate(QUERY, frames, SCHEMA, CLOCK).value,
        "pandas": lambda: evaluate(QUERY, {"clues": stored}, SCHEMA, CLOCK).value,
    }
    took: dict[str, list[float]] = {name: [] for name in things}
    for _ in range(15):  # in turn, so that a drifting machine favours none
        for name, thing in things.items():
            start = time.perf_counter()
            thing()
            took[name].append(time.perf_counter() - start)
    told: dict[str, Any] = {name: statistics.median(of) for name, of in took.items()}
    told["ratio"] = statistics.median(a / b for a, b in zip(took["duckdb"], took["sql"], strict=True))
    return {**told, **{way: _alone(way, folder) for way in ("nothing", "some", "whole")}}


def _alone(way: str, folder: Path) -> dict[str, Any]:
    """What a process of its own says of what it took: it holds nothing of what was written."""
    done = subprocess.run([sys.executable, __file__, way, str(folder)], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def opened(way: str, folder: Path) -> dict[str, Any]:
    """What a process takes to load the columns that one count asks for, or all, and to count once."""
    start = time.perf_counter()
    if way != "nothing":
        stored = read_ledger(folder, SCHEMA.ledgers["clues"])
        assert stored is not None
        evaluate(QUERY, {"clues": stored.whole() if way == "whole" else stored}, SCHEMA, CLOCK)
    return {"seconds": time.perf_counter() - start, "peak": _peak()}


def figures(folder: Path) -> dict[str, Any]:
    """Every figure that stands on clues alone, on DuckDB: seconds in all, the slowest, the peak of memory."""
    duckdb.sql("SET memory_limit = '8GB'")
    frames = {"clues": duckdb.read_parquet(str(folder / "ledgers" / "clues.parquet"))}
    session = Session(frames, SCHEMA, CLOCK)
    took: dict[str, float] = {}
    for key, indicator in SCHEMA.indicators.items():
        start = time.perf_counter()
        if session.evaluate(indicator.of, CLOCK).value is not None:
            took[key] = time.perf_counter() - start
    slowest = max(took, key=lambda key: took[key])
    return {
        "n": len(took),
        "seconds": sum(took.values()),
        "slowest": slowest,
        "slowest_seconds": took[slowest],
        "peak": _peak(),
    }


def _peak() -> float:
    """The most that this process ever held, in MiB; what getrusage says begins with what its parent held."""
    told = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(told.split()[1]) / 1024


def main(what: str, given: str) -> None:
    alone = {"figures": figures, **{way: partial(opened, way) for way in ("nothing", "some", "whole")}}
    if Path(given).is_dir():
        print(json.dumps(alone[what](Path(given)), ensure_ascii=False))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, int(given))
        print(json.dumps(count(folder) if what == "count" else _alone(what, folder), ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
