"""Work in a process of its own ends as what it gives, as its own refusal, or as one message; forked here, started anew elsewhere."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.hostile.reading import project
from tests.hostile.test_workbooks import TEXT
from zhengfa_stats import apart
from zhengfa_stats.apart import Limits, Lost, _bare, alone
from zhengfa_stats.errors import DocumentError, WorkbookError, ZhengfaError
from zhengfa_stats.project import open_project

FEW = Limits(seconds=2, bytes=400 << 20)


@pytest.fixture(params=["forked", "anew"])
def context(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Linux, and as on Windows and a Mac."""
    if request.param == "anew":
        monkeypatch.setattr(apart, "CONTEXT", apart.Plain())
    elif sys.platform != "linux":
        pytest.skip("forks on Linux only")


def slow(path: Path) -> None:
    time.sleep(60)


def greedy(path: Path) -> None:
    held = bytearray(600 << 20)
    held[:: 1 << 12] = b"x" * len(held[:: 1 << 12])
    time.sleep(60)


def dies(path: Path) -> None:
    ctypes.string_at(0)  # as a reader in C does


def defect(path: Path) -> None:
    raise KeyError("张三")


def no_memory(path: Path) -> None:
    raise MemoryError


def refuses(path: Path) -> None:
    raise DocumentError("文件是空的", path.name, "请选别的文件")


def full(path: Path) -> None:
    raise OSError(28, "No space left on device", str(path))


def size(path: Path, more: int) -> int:
    return path.stat().st_size + more


@pytest.mark.usefixtures("context")
def test_each_end_is_told_and_the_next_work_is_done(tmp_path: Path) -> None:
    path = tmp_path / "甲.xlsx"
    path.write_bytes(b"1234")
    ends: tuple[tuple[Callable[..., None], type[Exception], str], ...] = (
        (slow, Lost, "时间太长"),
        (greedy, Lost, "占用内存太多"),
        (dies, Lost, "程序崩溃"),
        (defect, Lost, "程序出错（KeyError）"),
        (no_memory, Lost, "内存不够"),
        (refuses, DocumentError, "文件是空的"),
        (full, OSError, "No space"),
    )
    patient = Limits(seconds=30, bytes=FEW.bytes)
    with apart.apart(FEW) as hasty, apart.apart(patient) as run:
        for work, kind, says in ends:
            with pytest.raises(kind, match=says) as caught:
                (hasty if work is slow else run)(work, path)
            assert "张三" not in str(caught.value)
            if isinstance(caught.value, Lost):
                assert caught.value.where == "甲.xlsx" and caught.value.do
            assert run(size, path, 1) == 5


@pytest.mark.usefixtures("context")
def test_a_document_that_ends_its_process_is_one_message(tmp_path: Path) -> None:
    path = tmp_path / "稿.docx"
    path.write_bytes(b"PK")
    with pytest.raises(WorkbookError, match=r"稿\.docx：.*程序崩溃.*另存为"):
        alone(dies, path)


SCRIPT = """
import sys
from pathlib import Path
from zhengfa_stats import apart
apart.CONTEXT = apart.Plain()
with Path("runs.txt").open("a") as f:
    f.write("run\\n")
import zhengfa_stats as zs
city = zs.open("city")
print(city.figure("线索.收到").value)
"""


def test_a_script_of_a_few_lines_runs_once_where_processes_start_anew(tmp_path: Path) -> None:
    project(tmp_path / "city", **{"法院.csv": TEXT, "公安局.csv": TEXT.replace("X1", "Y1")})
    (tmp_path / "a.py").write_text(SCRIPT, "utf-8")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "a.py"], cwd=tmp_path, env=env, capture_output=True, timeout=120, text=True)
    assert (done.stdout.strip(), done.returncode) == ("2", 0), done.stderr
    assert (tmp_path / "runs.txt").read_text("utf-8") == "run\n"


def dying(*_: object, **__: object) -> None:
    os._exit(3)


@pytest.mark.skipif(sys.platform != "linux", reason="what is patched here is not patched in a process started anew")
@pytest.mark.parametrize("command", ["fill", "verify", "verify_alone", "returns"])
def test_no_command_dies_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    from zhengfa_stats.documents import fill, returns, verify

    city = open_project(project(tmp_path / "city", **{"市法院.csv": TEXT.replace("2021-03-01", "2021-13-01")}))
    assert city.problems
    draft = tmp_path / "稿.txt"
    draft.write_text("共收到线索***条。", "utf-8")
    for module, name in ((fill, "fill"), (verify, "verify"), (returns, "as_sent")):
        monkeypatch.setattr(module, name, dying)
    if command == "returns":
        ((file, why),) = city.write_returns().left
        assert file == "市法院.csv" and "程序崩溃" in why
        return
    with pytest.raises(ZhengfaError, match="程序崩溃"):
        verify.verify_alone(draft) if command == "verify_alone" else getattr(city, command)(draft)


def test_a_document_is_filled_and_verified_by_a_process_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "CONTEXT", apart.Plain())
    city = open_project(project(tmp_path / "city", **{"市法院.csv": TEXT.replace("2021-03-01", "2021-13-01")}))
    draft = tmp_path / "稿.txt"
    draft.write_text("共收到线索***条。", "utf-8")
    assert [f["key"] for f in city.fill(draft)["filled"]] == ["线索.收到"]
    assert city.verify(tmp_path / "稿（已填）.txt")["citations"][0]["verdict"] == "match"
    assert len(city.write_returns().outputs) == 1


def test_a_refusal_is_sent_without_the_error_behind_it(tmp_path: Path) -> None:
    """Where dask is loaded, causes are sent too, and a parser's error can't be: the refusal would be lost with it."""

    def refuse(path: Path) -> None:
        try:
            etree.fromstring(b"<x")
        except etree.XMLSyntaxError as error:
            raise DocumentError("坏了", path.name) from error

    with pytest.raises(DocumentError, match="坏了") as told:
        _bare(refuse, tmp_path / "a.docx")
    assert told.value.__cause__ is None and told.value.__context__ is None
