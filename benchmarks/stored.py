"""Stored clues by the million: a filtered count beside the same SQL, and every figure on DuckDB. Prints JSON.

python benchmarks/stored.py count 1000000
python benchmarks/stored.py figures 10000000
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from zhengfa_stats.counting.answer import Session, evaluate  # noqa: E402
from zhengfa_stats.declared import load_schema  # noqa: E402
from zhengfa_stats.query import Clock, In, Query  # noqa: E402
from zhengfa_stats.store import columns_of, read_ledger  # noqa: E402

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


def write(path: Path, n: int) -> None:
    """A stored clue ledger of n rows, with every column that a build writes."""
    columns = []
    for name, type_ in columns_of(SCHEMA.ledgers["clues"]).items():
        told = str(type_)
        sql = f"{_TYPES['string']}[]" if told.startswith("list") else _TYPES[told]
        columns.append(f"CAST({SPREAD.get(name, 'NULL')} AS {sql}) AS {name}")
    duckdb.sql(f"COPY (SELECT {', '.join(columns)} FROM range({n}) t(i)) TO '{path}' (FORMAT parquet)")


def seconds(thing: Callable[[], object], runs: int) -> float:
    """The median of several runs, after one to warm up."""
    thing()
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        thing()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def count(folder: Path) -> dict[str, Any]:
    """A filtered count on DuckDB and on pandas beside the same SQL, and how long the columns of a question take to load."""
    path = folder / "ledgers" / "clues.parquet"
    frames = {"clues": duckdb.read_parquet(str(path))}
    base = duckdb.sql(SQL.replace("FROM clues", f"FROM '{path}'")).fetchall()[0]
    assert evaluate(QUERY, frames, SCHEMA, CLOCK).value == base[0]
    sql = seconds(lambda: duckdb.sql(SQL.replace("FROM clues", f"FROM '{path}'")).fetchall()[0], 7)
    ours = seconds(lambda: evaluate(QUERY, frames, SCHEMA, CLOCK).value, 7)
    start = time.perf_counter()
    frame = read_ledger(folder, SCHEMA.ledgers["clues"])
    loaded = time.perf_counter() - start
    pandas = seconds(lambda: evaluate(QUERY, {"clues": frame}, SCHEMA, CLOCK).value, 5)
    return {"sql": sql, "duckdb": ours, "pandas": pandas, "load": loaded}


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


def main(what: str, n: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "ledgers").mkdir()
        write(folder / "ledgers" / "clues.parquet", int(n))
        print(json.dumps({"count": count, "figures": figures}[what](folder), ensure_ascii=False))


if __name__ == "__main__":
    main(*sys.argv[1:])
