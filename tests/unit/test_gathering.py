"""A file that takes too long, holds too much, kills its worker or meets a defect is named; all others are read."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
import shutil
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pebble.pool.process import PoolManager

from zhengfa_stats import build, gathering
from zhengfa_stats.config import read_config
from zhengfa_stats.errors import SecretError
from zhengfa_stats.gathering import Limits, read_all, read_and_keep
from zhengfa_stats.project import open_project
from zhengfa_stats.reading.file import Context, FileRead

TABLE = {"city": "示例市", "since": date(2021, 1, 1), "as_of": date(2021, 6, 30)}
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
CLUES = "线索编号,收到日期,线索来源,办理状态\nX1,2021-03-01,来信,正在核查\n"


def behaves(path: Path, name: str, packed: bytes, kept: Path | None) -> bytes:
    """Read a file, or do what its name says."""
    match path.stem:
        case "slow":
            time.sleep(60)
        case "greedy":
            held = bytearray(600 << 20)
            held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])
            time.sleep(60)
        case "dies":
            ctypes.string_at(0)  # as a reader in C does
        case "dies once" if not (flag := path.with_suffix(".tried")).exists():
            flag.touch()
            os._exit(9)
        case "defect":
            raise KeyError("张三")
    return read_and_keep(path, name, packed, kept)


@pytest.fixture
def context() -> Context:
    return Context(read_config(TABLE), b"key" * 11, ())


def read(
    tmp_path: Path, context: Context, names: list[str], monkeypatch: pytest.MonkeyPatch, **given: object
) -> dict[str, FileRead]:
    monkeypatch.setattr(gathering, "read_and_keep", behaves)
    for name in names:  # a larger file may take longer: all but the slow one have a minute
        (tmp_path / name).write_text(CLUES + "\n" * (0 if name.startswith("slow") else 1 << 16), "utf-8")
    found = read_all(tmp_path, names, context, limits=Limits(2, 960, 500 << 20), jobs=2, **given)  # type: ignore[arg-type]
    assert sorted(f.file for f in found) == sorted(names)
    return {f.file: f for f in found}


@pytest.mark.parametrize(
    ("name", "says"),
    [("slow", "时间太长"), ("greedy", "占用内存太多"), ("dies", "读取程序崩溃"), ("defect", "程序出错（KeyError）")],
)
def test_one_file_is_lost_and_no_other(
    tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    found = read(tmp_path, context, ["a.csv", f"{name}.csv", "b.csv", "c.csv"], monkeypatch)
    for good in ("a.csv", "b.csv", "c.csv"):
        assert not found[good].refused and len(found[good].tables) == 1
    lost = found[f"{name}.csv"]
    (problem,) = lost.problems
    assert lost.refused and says in problem.what and problem.do and "张三" not in str(problem)


def test_a_pool_that_breaks_loses_no_other_file(
    tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies before it says what it took breaks the whole pool, and futures that nobody will end."""

    def broken(*_: object) -> object:
        raise BrokenProcessPool("All workers expired")

    monkeypatch.setattr(PoolManager, "find_expired_task", broken)
    names = ["dies.csv", *(f"{i}.csv" for i in range(12))]
    found = read(tmp_path, context, names, monkeypatch)
    assert [name for name in names if found[name].refused] == ["dies.csv"]
    assert "读取程序崩溃" in found["dies.csv"].problems[0].what


def test_what_the_program_holds_itself_is_no_memory_of_a_worker(
    tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = bytearray(600 << 20)
    held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])
    monkeypatch.setattr(gathering, "LOOK", 0.01)
    found = read(tmp_path, context, [f"{i}.csv" for i in range(6)], monkeypatch)
    assert held and not any(f.refused for f in found.values())


def test_a_worker_that_dies_is_tried_again(tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(tmp_path, context, ["a.csv", "dies once.csv"], monkeypatch)
    assert not found["dies once.csv"].refused


def test_another_executor_gives_the_same(tmp_path: Path, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(2) as executor:
        found = read(tmp_path, context, ["a.csv", "defect.csv", "b.csv"], monkeypatch, executor=executor)
    assert found["defect.csv"].refused and not found["a.csv"].refused
    ours = read(tmp_path, context, ["a.csv", "b.csv"], monkeypatch)
    assert pickle.dumps(found["a.csv"].problems) == pickle.dumps(ours["a.csv"].problems)


def stored(tmp_path: Path, context: Context, where: str, **how: Any) -> dict[str, bytes]:
    """What a build of four small files writes, the files read in some way."""
    raw, folder = tmp_path / "raw", tmp_path / where
    raw.mkdir(exist_ok=True)
    for i, name in enumerate(("法院", "公安局", "检察院", "司法局")):
        (raw / f"{name}.csv").write_text(CLUES.replace("X1", f"X{i}"), "utf-8")
    build.store(build.assemble(gathering.gather(raw, context, **how), context), folder, context.config)
    return {p.name: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_every_executor_gives_the_same_bytes(tmp_path: Path, context: Context) -> None:
    alone = stored(tmp_path, context, "alone", jobs=1)
    assert stored(tmp_path, context, "two", jobs=2) == alone
    with ThreadPoolExecutor(3) as threads:
        assert stored(tmp_path, context, "threads", executor=threads) == alone
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as processes:
        assert stored(tmp_path, context, "processes", executor=processes) == alone


def test_a_cluster_gives_the_same_bytes(tmp_path: Path, context: Context) -> None:
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    with distributed.LocalCluster(2, threads_per_worker=1) as cluster, distributed.Client(cluster) as client:
        alone = stored(tmp_path, context, "alone", jobs=1)
        assert stored(tmp_path, context, "cluster", executor=client.get_executor()) == alone


def test_a_project_is_built_by_the_executor_that_it_is_given(tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (raw / "法院.csv").write_text(CLUES, "utf-8")
    (raw / "公安局.csv").write_text(CLUES.replace("X1", "X2"), "utf-8")
    read = []

    class Counting(ThreadPoolExecutor):
        def submit(self, work: Any, *args: Any) -> Any:  # type: ignore[override]
            read.append(args[1])
            return super().submit(work, *args)

    with Counting(2) as executor:
        by_it = open_project(tmp_path).build(executor)
    assert sorted(read) == ["公安局.csv", "法院.csv"]
    shutil.rmtree(tmp_path / "data" / "processed")
    assert open_project(tmp_path).build()["outputs"] == by_it["outputs"]


def test_nothing_is_kept_of_a_build_that_met_a_secret(tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (raw / "法院.csv").write_text(CLUES, "utf-8")
    open_project(tmp_path).build()
    before = {p: p.read_bytes() for p in (tmp_path / "data" / "processed").rglob("*") if p.is_file()}
    (raw / "公安局.csv").write_text(f"机密★5年,,,\n{CLUES}", "utf-8")
    with pytest.raises(SecretError, match="公安局"):
        open_project(tmp_path).build()
    assert {p: p.read_bytes() for p in (tmp_path / "data" / "processed").rglob("*") if p.is_file()} == before


def test_a_file_that_changes_while_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhengfa_stats.errors import ProjectError

    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (raw / "法院.csv").write_text(CLUES, "utf-8")
    real = build.assemble

    def meanwhile(*args: object, **kwargs: object) -> object:
        found = real(*args, **kwargs)  # type: ignore[arg-type]
        (raw / "法院.csv").write_text(CLUES + "X2,2021-03-02,来信,正在核查\n", "utf-8")
        return found

    monkeypatch.setattr(build, "assemble", meanwhile)
    with pytest.raises(ProjectError, match=r"法院\.csv"):
        open_project(tmp_path).build()
    assert not (tmp_path / "data" / "processed" / "manifest.json").exists()


def test_what_files_gave_is_kept_and_dropped_with_what_it_depends_on(tmp_path: Path) -> None:
    raw, processed = tmp_path / "data" / "raw", tmp_path / "data" / "processed"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    for name in ("法院.csv", "公安局.csv"):
        (raw / name).write_text(CLUES.replace("X1", name[0]), "utf-8")

    def outputs() -> dict[str, bytes]:
        names = ("changes.parquet", "problems.parquet", "problems.xlsx", "ledgers/clues.parquet")
        return {name: (processed / name).read_bytes() for name in names}

    def kept() -> set[str]:
        return {p.name for p in (processed / "cache").iterdir()}

    open_project(tmp_path).build()
    cold, first = outputs(), kept()
    (processed / "manifest.json").unlink()
    open_project(tmp_path).build()
    assert outputs() == cold and kept() == first and len(first) == 2
    (raw / "法院.csv").write_text(CLUES + "X2,2021-03-02,来信,正在核查\n", "utf-8")
    open_project(tmp_path).build()
    assert len(kept()) == 2 and len(kept() & first) == 1
    (tmp_path / "zhengfa.toml").write_text(TOML + '[vocabularies.source]\n"来信" = ["邮局"]\n', "utf-8")
    warm = open_project(tmp_path)
    warm.build()
    assert not kept() & first
    (next((processed / "cache").iterdir())).write_bytes(b"broken")
    (processed / "manifest.json").unlink()
    before = outputs()
    open_project(tmp_path).build()
    assert outputs() == before


@pytest.mark.parametrize("on", [True, False])
def test_a_build_leaves_the_collection_of_garbage_as_it_was(tmp_path: Path, on: bool) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (tmp_path / "data" / "raw" / "法院.csv").write_text(CLUES, "utf-8")
    try:
        (gc.enable if on else gc.disable)()
        open_project(tmp_path).build()
        assert gc.isenabled() == on
    finally:
        gc.enable()
