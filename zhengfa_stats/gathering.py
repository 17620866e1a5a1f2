"""Files are read in worker processes, each within limits of time and memory: one that is lost is named, and loses nothing else."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, as_completed, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any, NamedTuple

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pebble import ProcessPool
from tqdm import tqdm

from zhengfa_stats.apart import LIMITS, LOOK, Limits, Lost, children, crashed, end_greedy, keep_silent, outcome, pool_of
from zhengfa_stats.errors import SecretError
from zhengfa_stats.files import raw_files, replacing
from zhengfa_stats.reading.corrections import check_files
from zhengfa_stats.reading.file import Context, FileRead, key_in, read_packed
from zhengfa_stats.records import Place, Problem

_LENGTH, _NONCE = 8, 12  # bytes: of a packed reading's length, of what makes each sealing another


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
            found = _unpacked(_unsealed(self.path_of(name).read_bytes(), self.key))
        except (
            OSError,
            InvalidTag,
            ValueError,  # too short to have been sealed
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
        with suppress(OSError), replacing(kept) as temporary:  # a disk that is full is told where results are written
            temporary.write_bytes(_sealed(given, key_in(packed)))
    return given


def _packed_small(found: FileRead) -> bytes:
    """A file's reading as bytes, a third of what a pickle takes: its length, then lz4, which costs least for a small one."""
    plain = pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
    return len(plain).to_bytes(_LENGTH, "big") + bytes(pa.compress(plain, "lz4", asbytes=True))


def _unpacked(given: bytes) -> Any:
    return pickle.loads(pa.decompress(given[_LENGTH:], int.from_bytes(given[:_LENGTH], "big"), "lz4"))


def _sealed(given: bytes, key: bytes) -> bytes:
    """What is kept can be read with the key alone: a name may stand in a free text of one file that only another shows to be a name."""
    nonce = os.urandom(_NONCE)
    return nonce + _seal(key).encrypt(nonce, given, None)


def _unsealed(kept: bytes, key: bytes) -> bytes:
    return _seal(key).decrypt(kept[:_NONCE], kept[_NONCE:], None)


def _seal(key: bytes) -> AESGCM:
    return AESGCM(hashlib.sha256(b"cache" + key).digest())


def gather(
    raw: Path,
    context: Context,
    executor: Executor | None = None,
    jobs: int | None = None,
    cache: Cache | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[FileRead]:
    """What every file of a folder gave, in the order of names; nothing of them where one bears a mark of secrecy: SecretError names each."""
    names = raw_files(raw)
    check_files(context.corrections, names)
    files = sorted(read_all(raw, names, context, executor, jobs, cache=cache, meanwhile=meanwhile), key=_name)
    if secret := [f.file for f in files if f.is_secret]:
        what = f"标有密级（秘密★、机密★或绝密★），不得在本机处理，没有读取：{'、'.join(secret)}"
        raise SecretError(what, secret[0], "请按保密规定处理，把它移出 data/raw 后再运行；别的结果没有改动")
    return files


def _name(read: FileRead) -> str:
    return read.file


def read_all(
    raw: Path,
    names: Sequence[str],
    context: Context,
    executor: Executor | None = None,
    jobs: int | None = None,
    limits: Limits = LIMITS,
    cache: Cache | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[FileRead]:
    """Read the files, in any order, those that the cache has not; one that loses its worker is read once more, then named.

    On another executor its own limits hold. `meanwhile` is done here while our own workers begin.
    """
    kept = [read for name in names if cache and (read := cache.load(name))]
    known = {read.file for read in kept}
    tasks = [Task(raw / n, n, cache.path_of(n) if cache else None) for n in names if n not in known]
    packed = pickle.dumps(context)
    with tqdm(total=len(names), initial=len(kept), desc="读取工作簿", unit="个", disable=None) as bar:
        if executor is not None:
            return kept + [_counted(read, bar) for read in _on(executor, tasks, packed)]
        workers = max(1, min(jobs or os.cpu_count() or 1, len(tasks)))
        found = [_counted(read, bar) for read in _confined(tasks, packed, workers, limits, meanwhile)]
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


def _confined(
    tasks: Sequence[Task],
    packed: bytes,
    workers: int,
    limits: Limits,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[FileRead]:
    """What each file gives; where the pool itself breaks, what it had not read to the end is lost."""
    if not tasks:
        return
    before, most = children(), limits.memory_for(workers)
    pool, done = pool_of(workers, _prepare, packed), SimpleQueue[str]()
    try:
        waiting, looked = _scheduled(pool, tasks, limits, done), 0.0
        wait(waiting.values(), _busy(tasks), FIRST_COMPLETED)
        meanwhile()
        while waiting and (pool.active or not done.empty()):
            if monotonic() - looked > LOOK:
                looked = monotonic()
                end_greedy(before, most)
            try:
                name = done.get(timeout=LOOK)
            except Empty:
                continue
            yield _read(name, waiting.pop(name))
        yield from (_lost(crashed(name)) for name in sorted(waiting))
    finally:
        pool.stop()
        Thread(target=pool.join).start()  # it looks up every tenth of a second: what was read need not wait for that


def _busy(tasks: Sequence[Task]) -> float:
    """Seconds for which a large file keeps two cores busy, one parsing its cells, one looking through its XML."""
    sizes = [task.path.stat().st_size for task in tasks if task.path.exists()]
    return min(1.0, 0.1 * max(sizes, default=0) / (1 << 20))


def _scheduled(
    pool: ProcessPool, tasks: Sequence[Task], limits: Limits, done: SimpleQueue[str]
) -> dict[str, Future[bytes]]:
    """The files by name as they were handed to the pool, which puts each name into `done` when its file was read.

    Those that it took no more, since a worker died at once and took the pool with it, are never done.
    """
    futures: dict[str, Future[bytes]] = {task.name: Future() for task in tasks}
    for task in tasks:
        try:
            future = pool.schedule(_read_prepared, args=list(task), timeout=limits.time_for(task.path))
        except RuntimeError:  # the pool takes no more
            break
        futures[task.name] = future
        future.add_done_callback(partial(_tell, done, task.name))
    return futures


def _tell(done: SimpleQueue[str], name: str, _: Future[bytes]) -> None:
    done.put(name)


_packed = b""  # in a worker: what reading depends on, sent once and not with every file


def _prepare(packed: bytes) -> None:
    global _packed
    _packed = packed
    keep_silent()


def _read_prepared(path: Path, name: str, kept: Path | None) -> bytes:
    return read_and_keep(path, name, _packed, kept)


def _read(name: str, future: Future[bytes]) -> FileRead:
    """What a file gave, unpacked; one that could not be read to its end gives a problem that says why."""
    try:
        found: FileRead = _unpacked(outcome(name, future))
    except Lost as lost:
        return _lost(lost)
    return found


def _lost(lost: Lost) -> FileRead:
    problem = Problem("error", "文件无法读取", Place(lost.where), lost.what, lost.do)
    return FileRead(lost.where, problems=[problem], refused=True, lost=True)
