"""Files are read in worker processes, each within limits of time and memory: one that is lost is named, and loses nothing else."""

from __future__ import annotations

import base64
import gc
import hashlib
import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, as_completed, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import psutil
import pyarrow as pa
from cryptography.fernet import Fernet, InvalidToken
from pebble import ProcessExpired, ProcessPool
from tqdm import tqdm

from zhengfa_stats.errors import WorkbookError, ZhengfaError
from zhengfa_stats.files import replacing
from zhengfa_stats.reading.file import Context, FileRead, key_in, read_packed
from zhengfa_stats.records import Place, Problem

T = TypeVar("T")

_LOOK = 0.2  # seconds between two looks at how much memory the workers hold
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为 .xlsx 后再放回来；若仍不行，请把其中的台账另存为新的工作簿"


@dataclass(frozen=True, slots=True)
class Cache:
    """What files gave, by their content, name and everything that reading depends on; never of a file that was refused."""

    folder: Path
    key: bytes  # the project's: what is kept can be read with it alone, and nothing else is taken for kept
    settings: str  # whatever a change of makes all that is kept worthless
    digests: Mapping[str, str]  # file → SHA-256

    def path_of(self, name: str) -> Path:
        """Where a file's reading is kept."""
        told = "\n".join((self.settings, name, self.digests[name]))
        return self.folder / f"{hashlib.sha256(told.encode()).hexdigest()}.pickle"

    def load(self, name: str) -> FileRead | None:
        """What a file gave; None where it was not kept, or can't be read back."""
        try:
            found = _unpacked(_seal(self.key).decrypt(self.path_of(name).read_bytes()))
        except (
            OSError,
            InvalidToken,
            pa.ArrowException,
            pickle.UnpicklingError,
            EOFError,
            AttributeError,
            ImportError,
        ):
            return None  # it is read from the workbook again
        return found if isinstance(found, FileRead) else None

    def tidy(self) -> None:
        """Delete all that is of no file that there is now."""
        wanted = {self.path_of(name).name for name in self.digests}
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path.name not in wanted:  # or half of one, left by a process that was killed
                path.unlink()


def read_and_keep(path: Path, name: str, packed: bytes, kept: Path | None) -> bytes:
    """read_packed, what it gave packed once: to be sent, and kept at `kept` for the next build."""
    found = read_packed(path, name, packed)
    given = _packed_small(found)
    if kept is not None and not found.refused:
        with replacing(kept) as temporary:
            temporary.write_bytes(_seal(key_in(packed)).encrypt(given))
    return given


def _packed_small(found: FileRead) -> bytes:
    """A file's reading as bytes: a tenth of what a pickle takes, so that sealing and sending cost less than packing."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(pickle.dumps(found, pickle.HIGHEST_PROTOCOL))
    return bytes(sink.getvalue())


def _unpacked(given: bytes) -> Any:
    with pa.CompressedInputStream(pa.BufferReader(given), "zstd") as stream:
        return pickle.loads(stream.read())


def _seal(key: bytes) -> Fernet:
    """Seals what is kept: a name may stand in a free text of one file that only another file shows to be a name."""
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"cache" + key).digest()))


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one file may take, and how much memory the process that reads it may hold."""

    seconds: float = 300
    seconds_a_megabyte: float = 30
    bytes: int = 0  # 0: three quarters of the machine's memory, shared by the workers

    def time_for(self, path: Path) -> float:
        """Seconds for a file: a large one may take longer."""
        return self.seconds + self.seconds_a_megabyte * path.stat().st_size / (1 << 20)

    def memory_for(self, workers: int) -> int:
        """Bytes for each of several workers."""
        return self.bytes or max(1 << 30, int(0.75 * psutil.virtual_memory().total / workers))


LIMITS = Limits()


def read_all(
    raw: Path,
    names: Sequence[str],
    context: Context,
    executor: Executor | None = None,
    jobs: int | None = None,
    limits: Limits = LIMITS,
    cache: Cache | None = None,
) -> list[FileRead]:
    """Read the files, in any order, those that the cache has not; one that loses its worker is read once more, then named.

    On another executor its own limits hold.
    """
    kept = [read for name in names if cache and (read := cache.load(name))]
    known = {read.file for read in kept}
    tasks = [Task(raw / n, n, cache.path_of(n) if cache else None) for n in names if n not in known]
    packed = pickle.dumps(context)
    with tqdm(total=len(names), initial=len(kept), desc="读取工作簿", unit="个", disable=None) as bar:
        if executor is not None:
            return kept + [_counted(read, bar) for read in _on(executor, tasks, packed)]
        workers = max(1, min(jobs or os.cpu_count() or 1, len(tasks)))
        found = [_counted(read, bar) for read in _confined(tasks, packed, workers, limits)]
        lost = {f.file for f in found if f.lost}
        if again := [task for task in tasks if task.name in lost]:  # alone: what they had beside them no longer matters
            found = [f for f in found if not f.lost]
            found += [read for task in again for read in _confined([task], packed, 1, limits)]
        return kept + found


class Task(NamedTuple):
    """A file to be read, and where what it gives is kept."""

    path: Path
    name: str
    kept: Path | None


def _counted(read: FileRead, bar: Any) -> FileRead:
    bar.update()
    return read


# -- another's executor


def _on(executor: Executor, tasks: Sequence[Task], packed: bytes) -> Iterator[FileRead]:
    def submit(task: Task) -> Future[bytes]:
        return executor.submit(read_and_keep, task.path, task.name, packed, task.kept)

    futures = {submit(task): task for task in tasks}
    for future in as_completed(futures):
        task = futures[future]
        yield _read(task.name, future if future.exception() is None else submit(task))


# -- our own processes


def alone(work: Callable[..., T], path: Path, *args: object, limits: Limits = LIMITS) -> T:
    """What work(path, *args) gives in a process of its own, within the limits; WorkbookError where the process is lost."""
    before = {child.pid for child in psutil.Process().children()}
    pool = ProcessPool(max_workers=1, initializer=_prepare, initargs=[b""])
    try:
        future: Future[Any] = pool.schedule(work, args=[path, *args], timeout=limits.time_for(path))
        while pool.active and not future.done():
            _kill_greedy(before, limits.memory_for(1))
            wait([future], _LOOK)
        found: Any = _result(path.name, future) if future.done() else _crashed(path.name)
    finally:
        pool.stop()
        pool.join()
    if isinstance(found, FileRead):
        raise WorkbookError(found.problems[0].what, path.name, found.problems[0].do)
    return cast(T, found)


def _confined(tasks: Sequence[Task], packed: bytes, workers: int, limits: Limits) -> Iterator[FileRead]:
    """What each file gives; where the pool itself breaks, what it had not read to the end is lost."""
    if not tasks:
        return
    before = {child.pid for child in psutil.Process().children()}
    most = limits.memory_for(workers)
    pool = ProcessPool(max_workers=workers, initializer=_prepare, initargs=[packed])
    try:
        waiting = _scheduled(pool, tasks, limits)
        unread = {task.name for task in tasks}
        while waiting and (pool.active or any(future.done() for future in waiting.values())):
            done = [name for name, future in waiting.items() if future.done()]
            for name in done:
                unread.remove(name)
                yield _read(name, waiting.pop(name))
            if waiting and not done:
                _kill_greedy(before, most)
                wait(waiting.values(), _LOOK, FIRST_COMPLETED)
        yield from (_crashed(name) for name in sorted(unread))
    finally:
        pool.stop()
        pool.join()


def _scheduled(pool: ProcessPool, tasks: Sequence[Task], limits: Limits) -> dict[str, Future[bytes]]:
    """The files by name as they were handed to the pool; fewer where a worker died at once and took the pool with it."""
    futures: dict[str, Future[bytes]] = {}
    for task in tasks:
        try:
            futures[task.name] = pool.schedule(_read_prepared, args=list(task), timeout=limits.time_for(task.path))
        except RuntimeError:  # the pool takes no more
            break
    return futures


_packed = b""  # in a worker: what reading depends on, sent once and not with every file


def _prepare(packed: bytes) -> None:
    """Make a worker ready. It says what it found by what it returns; a parser that panics would print what it read."""
    global _packed
    _packed = packed
    gc.freeze()  # a collection would touch, and so copy, all that is shared with the process that started this one
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)


def _read_prepared(path: Path, name: str, kept: Path | None) -> bytes:
    return read_and_keep(path, name, _packed, kept)


def _kill_greedy(before: set[int], most: int) -> None:
    """End every worker that holds more memory of its own than it may; its file is then lost."""
    for child in psutil.Process().children():
        if child.pid in before:
            continue
        try:
            if child.memory_full_info().uss > most:
                child.kill()
        except psutil.NoSuchProcess:
            continue  # it ended by itself


def _read(name: str, future: Future[bytes]) -> FileRead:
    """What a file gave, unpacked."""
    given = _result(name, future)
    found: FileRead = given if isinstance(given, FileRead) else _unpacked(given)
    return found


def _result(name: str, future: Future[T]) -> T | FileRead:
    """What a file gave; one that could not be read to its end gives a problem that says why."""
    try:
        return future.result()
    except ZhengfaError:
        raise
    except TimeoutError:
        return _lost(name, "读取这个文件用的时间太长，已停止", _SAVE_AS)
    except (ProcessExpired, BrokenExecutor):
        return _crashed(name)
    except MemoryError:
        return _lost(name, "读取这个文件时内存不够", "请关掉别的程序，或把它拆成几个较小的工作簿")
    except Exception as error:  # a defect of ours must not lose the other files
        what = f"读取这个文件时程序出错（{type(error).__name__}）"
        return _lost(name, what, f"这是程序的缺陷，请反馈给开发者；{_SAVE_AS}")


def _crashed(name: str) -> FileRead:
    what = "读取这个文件时读取程序崩溃或占用内存太多，文件可能已损坏或太大"
    return _lost(name, what, _SAVE_AS)


def _lost(name: str, what: str, do: str) -> FileRead:
    return FileRead(name, problems=[Problem("error", "文件无法读取", Place(name), what, do)], refused=True, lost=True)
