"""A ledger is stored as a file, or as a folder of parts when large; it is read a column at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.answering import SCHEMA, arrow, as_table, pandas_frame
from zhengfa_stats import open as open_project
from zhengfa_stats import store
from zhengfa_stats.checking import check
from zhengfa_stats.counting.answer import Session
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.query import By, Clock, Query
from zhengfa_stats.store import Stored, ledgers_in, read_ledger, write_ledger, write_parquet

LEDGER = SCHEMA.ledgers["clues"]
ROWS = [
    {"clue_no": f"X{i}", "source": "来信", "status": "已查结" if i % 2 else None, "subjects": [f"p{i}"]}
    for i in range(8)
]
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


def stored(folder: Path) -> Stored:
    write_ledger(as_table(pandas_frame("clues", ROWS), LEDGER), folder, "clues")
    found = read_ledger(folder, LEDGER)
    assert found is not None
    return found


@pytest.fixture
def parted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "ROWS_A_PART", 3)


def test_a_ledger_of_few_rows_is_one_file(tmp_path: Path) -> None:
    stored(tmp_path)
    assert (tmp_path / "ledgers" / "clues.parquet").is_file()


OPENERS: dict[str, Callable[[str], pd.DataFrame]] = {
    "pandas": pd.read_parquet,
    "pyarrow": lambda path: pq.read_table(path).to_pandas(),
    "duckdb": lambda path: duckdb.read_parquet(path).df(),
}


@pytest.mark.parametrize("opener", OPENERS.values(), ids=OPENERS)
def test_what_opens_a_file_opens_the_parts(
    tmp_path: Path, opener: Callable[[str], pd.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored(tmp_path / "one")
    monkeypatch.setattr(store, "ROWS_A_PART", 3)
    stored(tmp_path / "parts")
    assert [p.name for p in ledgers_in(tmp_path / "parts")["clues"]] == [
        "00000.parquet",
        "00001.parquet",
        "00002.parquet",
    ]
    one, parts = (opener(str(tmp_path / name / "ledgers" / "clues.parquet")) for name in ("one", "parts"))
    assert list(parts["clue_no"]) == [row["clue_no"] for row in ROWS]
    pd.testing.assert_frame_equal(one, parts)


def test_the_parts_are_the_same_bytes_each_time(tmp_path: Path, parted: None) -> None:
    def bytes_of(name: str) -> list[str]:
        stored(tmp_path / name)
        return [hashlib.sha256(p.read_bytes()).hexdigest() for p in ledgers_in(tmp_path / name)["clues"]]

    assert bytes_of("a") == bytes_of("b")


def test_a_stored_ledger_is_what_was_written(tmp_path: Path, parted: None) -> None:
    found = stored(tmp_path)
    whole = store.as_frame(pq.read_table(tmp_path / "ledgers" / "clues.parquet"))
    assert len(found) == len(ROWS) and found.columns == tuple(whole.columns) and "source" in found
    pd.testing.assert_frame_equal(found.whole(), whole)
    pd.testing.assert_frame_equal(found.head(4), whole.head(4))
    pd.testing.assert_series_equal(found["subjects"], whole["subjects"])


def test_only_the_columns_that_are_asked_for_are_read_and_each_once(
    tmp_path: Path, parted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, read, real = stored(tmp_path), [], pq.read_table
    monkeypatch.setattr(store, "_FEW", 0)
    monkeypatch.setattr(store.pq, "read_table", lambda *a, **k: read.extend(k["columns"]) or real(*a, **k))
    session = Session({"clues": found}, SCHEMA, CLOCK)
    answer = session.evaluate(Query("clues", by=(By("source"),)), CLOCK)
    assert dict(answer.values) == {} and not answer.why
    assert len(read) == len(set(read)) and set(read) < set(found.columns) - {"closed_on", "status", "cells"}
    assert list(found[["status", "source"]].columns) == ["status", "source"] and read.count("source") == 1


CLOCK = Clock(*(pd.Timestamp(day).date() for day in ("2021-01-01", "2021-06-30")))


def test_columns_of_two_builds_are_not_put_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_FEW", 0)
    found = stored(tmp_path)
    assert len(found["source"]) == len(ROWS)
    pq.write_table(arrow("clues", ROWS[:3]), tmp_path / "ledgers" / "clues.parquet")
    with pytest.raises(ProjectError, match="重新整理"):
        found["status"]


def test_a_column_that_there_is_not_is_no_column(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="nonesuch"):
        stored(tmp_path)["nonesuch"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    write_clues(tmp_path, 8)
    return tmp_path


def write_clues(root: Path, n: int) -> None:
    lines = (f"X{i},2021-03-{i % 28 + 1:02d},来信,正在核查\n" for i in range(n))
    text = "线索编号,收到日期,线索来源,办理状态\n" + "".join(lines)
    (root / "data" / "raw" / "公安局.csv").write_text(text, "utf-8")


def test_a_project_grows_into_parts_and_back(root: Path, parted: None) -> None:
    def kept(n: int) -> None:
        write_clues(root, n)
        city = open_project(root)
        assert city.figure("线索.收到").value == n == len(city.clues)
        assert not [s for s in check(root, "2021-01-01", "2021-06-30") if s["output"] != "报告"]
        assert open_project(root).build() == city.manifest  # it stands: nothing is built anew

    for n in (2, 8, 5, 3):
        kept(n)
    assert (root / "data" / "processed" / "ledgers" / "clues.parquet").is_file()
    changes = [open_project(root).compare(i, 4).as_json()["figures"] for i in (1, 2, 3)]
    received = [next(f for f in found if f["key"] == "线索.收到") for found in changes]
    assert [(f["from"], f["to"]) for f in received] == [(2, 3), (8, 3), (5, 3)]


def test_a_part_that_is_gone_is_told_and_built_again(root: Path, parted: None) -> None:
    open_project(root).build()
    part = root / "data" / "processed" / "ledgers" / "clues.parquet" / "00001.parquet"
    part.unlink()
    assert any(s["output"].endswith("clues.parquet/00001.parquet") for s in check(root, "2021-01-01", "2021-06-30"))
    assert open_project(root).figure("线索.收到").value == 8 and part.is_file()


def test_values_told_by_places_are_stored_as_if_they_stood_in_every_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_ROWS_A_GROUP", 3)
    whole = as_table(pandas_frame("clues", ROWS), LEDGER)
    places = pa.array([i % 3 if i % 4 else None for i in range(len(ROWS))])
    for name, values in (
        ("source", pa.array(["来信", "来访", None])),
        ("subjects", pa.array([["甲"], [], ["乙", "丙"]])),
    ):
        told = pa.DictionaryArray.from_arrays(places, values)
        at = whole.column_names.index(name)
        spread, whole = whole.set_column(at, name, values.take(places)), whole.set_column(at, name, told)
        assert store.plain(whole).column(name).to_pylist() == spread.column(name).to_pylist()
    write_parquet(whole, tmp_path / "told.parquet")
    pq.write_table(store.plain(whole), tmp_path / "spread.parquet", compression="zstd", row_group_size=3)
    assert (tmp_path / "told.parquet").read_bytes() == (tmp_path / "spread.parquet").read_bytes()
    write_parquet(whole.slice(0, 0), tmp_path / "none.parquet")
    pq.write_table(store.plain(whole).slice(0, 0), tmp_path / "spread.parquet", compression="zstd")
    assert (tmp_path / "none.parquet").read_bytes() == (tmp_path / "spread.parquet").read_bytes()
