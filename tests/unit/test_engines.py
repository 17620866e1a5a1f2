"""pandas = DuckDB = Spark, each reading the same Parquet: every indicator of the sample city, and 200 generated expressions."""

from __future__ import annotations

import importlib.util
import random
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings

from tests.city import build_city
from tests.unit.answering import SCHEMA, Naive, arrow, stored
from tests.unit.test_answer_property import case_queries, clocks, clue_queries
from zhengfa_stats import build
from zhengfa_stats.config import read_config
from zhengfa_stats.counting.answer import Answer, Session
from zhengfa_stats.counting.trace import trace
from zhengfa_stats.gathering import gather
from zhengfa_stats.query import Clock, Query
from zhengfa_stats.reading.file import Context
from zhengfa_stats.store import as_frame

if importlib.util.find_spec("pyspark") is None:
    pytest.skip("PySpark is not installed", allow_module_level=True)
if shutil.which("java") is None:
    pytest.skip("there is no Java for PySpark to run on", allow_module_level=True)

from pyspark.sql import SparkSession

TABLE = {"city": "示例市", "since": date(2021, 1, 1), "as_of": date(2021, 6, 30)}
WIDE = Clock(date(2021, 4, 1), date(2021, 4, 1))  # so that no period is too narrow for undated rows
PATIENT = pytest.mark.timeout(3600)  # Spark plans each question for a second or more, on a busy machine for ten
MANY = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

SMALL = {  # a few rows and many questions: nothing is worth compiling, splitting or planning twice
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.optimizer.dynamicPartitionPruning.enabled": "false",
    "spark.sql.optimizer.runtime.bloomFilter.enabled": "false",
    "spark.sql.parquet.filterPushdown": "false",
    "spark.default.parallelism": "1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.memory": "1g",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    builder = SparkSession.builder.master("local[1]")
    for name, value in SMALL.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def engines(spark: SparkSession) -> Mapping[str, Callable[[Path], Any]]:
    """How each engine reads a stored ledger."""
    return {
        "pandas": lambda path: as_frame(pq.read_table(path)),
        "duckdb": lambda path: duckdb.read_parquet(str(path)),
        "spark": lambda path: spark.read.parquet(str(path)),
    }


def sessions(spark: SparkSession, paths: Mapping[str, Path], schema: Any, project: Clock) -> dict[str, Session]:
    return {
        name: Session({id_: read(path) for id_, path in paths.items()}, schema, project)
        for name, read in engines(spark).items()
    }


def places(frame: Any) -> list[tuple[Any, ...]]:
    """Where the rows of any engine's frame stand, in their order."""
    ways = (getattr(frame, name, None) for name in ("to_arrow_table", "toArrow"))  # DuckDB's, Spark's
    to_arrow = next((way for way in ways if way), lambda: pa.Table.from_pandas(frame))
    rows = to_arrow().select(["source_file", "source_sheet", "source_row"]).to_pylist()
    return [tuple(row.values()) for row in rows]


def told(answer: Answer) -> Any:
    """All that an answer says; its rows are compared themselves."""
    rounded = {labels: value if value is None else round(value, 9) for labels, value in answer.values}
    return rounded, answer.why, answer.n_uncounted


@PATIENT
def test_every_indicator_of_the_sample_city(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> None:
    raw, out = tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("out")
    build_city(1).write(raw)
    config = read_config(TABLE)
    context = Context(config, b"key" * 11)
    built = build.assemble(gather(raw, context, jobs=2), context)
    build.store(built, out, config)
    paths = {path.stem: path for path in (out / "ledgers").glob("*.parquet")}
    by_engine = sessions(spark, paths, config.schema, config.clock)
    for key, indicator in config.schema.indicators.items():
        answers = {name: one.evaluate(indicator.of, config.clock) for name, one in by_engine.items()}
        said = {name: told(answer) for name, answer in answers.items()}
        assert said["pandas"] == said["duckdb"] == said["spark"], key
        rows = {name: trace(answer, config.schema, built.columns) for name, answer in answers.items()}
        assert rows["pandas"] == rows["duckdb"] == rows["spark"], key


def row_of(rng: random.Random, given: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    """A row in which every field may be blank, and a date may be no more than a month."""
    row: dict[str, Any] = {name: rng.choice([None, *values]) for name, values in given.items()}
    for name in [n for n in row if n.endswith("_on")]:
        day = None if rng.random() < 0.2 else date(2020, 12, 1) + timedelta(rng.randrange(270))
        if day and rng.random() < 0.25:
            day = day.replace(day=1)
            row[f"{name}_until"] = (day + timedelta(31)).replace(day=1) - timedelta(1)
        row[name] = day
    return row | {"unread": rng.choice(["", "", *(f"|{name}|" for name in given)])}


def terms(vocabulary: str) -> tuple[str, ...]:
    return tuple(term.name for term in SCHEMA.vocabularies[vocabulary].terms)


def lists(values: tuple[str, ...]) -> tuple[list[str], ...]:
    return ([], list(values[:1]), list(values[:2]), list(values[1:3]))


_RNG = random.Random(8)
_CLUE = {
    "clue_no": tuple("甲乙丙丁"), "received_on": (), "closed_on": (), "source": terms("source"), "status": terms("status"),
    "conclusion": ("属实", "不属实"), "is_repeat": (True, False), "subjects": lists(("a", "b", "c")),
    "channels": lists(terms("source")), "days": (10.0, 30.5, 80.0),
}  # fmt: skip
_CASE = {
    "case_no": tuple("123"), "clue_no": tuple("甲乙丙丁"), "person": ("p1", "p2", "p3", "p4"), "rank": terms("rank"),
    "decided_on": (), "discipline": terms("discipline"), "measures": lists(terms("measure")), "is_detained": (True, False),
    "months": (3.0, 6.0, 24.0),
}  # fmt: skip
CLUES = [{**row_of(_RNG, _CLUE), "undated": False} for _ in range(60)]
CASES = [row_of(_RNG, _CASE) for _ in range(40)]


@pytest.fixture(scope="module")
def generated(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Session]:
    folder = tmp_path_factory.mktemp("generated")
    paths = {}
    for name, rows in (("clues", CLUES), ("cases", CASES)):
        paths[name] = folder / f"{name}.parquet"
        pq.write_table(arrow(name, rows), paths[name])
    return sessions(spark, paths, SCHEMA, WIDE)


def hold(generated: Mapping[str, Session], query: Query, clock: Clock) -> None:
    answers = {name: session.evaluate(query, clock) for name, session in generated.items()}
    said = {name: told(answer) for name, answer in answers.items()}
    assert said["pandas"] == said["duckdb"] == said["spark"]
    rows = Naive({"clues": stored("clues", CLUES), "cases": stored("cases", CASES)}, clock).places(query)
    for name, answer in answers.items():
        assert [place[-1] for place in places(answer.rows())] == rows, name
    assert answers["pandas"].n_rows == answers["duckdb"].n_rows == len(rows)


@PATIENT
@MANY
@given(query=clue_queries(), clock=clocks)
def test_a_hundred_expressions_over_clues(generated: dict[str, Session], query: Query, clock: Clock) -> None:
    hold(generated, query, clock)


@PATIENT
@MANY
@given(query=case_queries(), clock=clocks)
def test_a_hundred_expressions_over_folded_cases(generated: dict[str, Session], query: Query, clock: Clock) -> None:
    hold(generated, query, clock)
