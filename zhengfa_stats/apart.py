"""Work on a file in a process of its own, within limits of time and memory: one that is lost is named, and loses nothing else."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import BaseContext, SpawnContext, SpawnProcess
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import psutil
from pebble import ProcessExpired, ProcessPool

from zhengfa_stats.errors import WorkbookError, ZhengfaError

T = TypeVar("T")
Run = Callable[..., Any]  # work, path, *args → what work(path, *args) gives

LOOK = 0.2  # seconds between two looks at how much memory the workers hold
_ANEW = "请用 Office 或 WPS 打开，另存为 .xlsx（文稿存为 .docx）后再用；若仍不行，请把其中的内容复制到一个新建的文件里"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long one file may take, and how much memory the process that reads it may hold."""

    seconds: float = 300
    seconds_a_megabyte: float = 30
    bytes: int = 0  # 0: three quarters of the machine's memory, shared by the workers

    def time_for(self, path: Path) -> float:
        """Seconds for a file: a large one may take longer."""
        return self.seconds + self.seconds_a_megabyte * (path.stat().st_size if path.exists() else 0) / (1 << 20)

    def memory_for(self, workers: int) -> int:
        """Bytes for each of several workers."""
        return self.bytes or max(1 << 30, int(0.75 * psutil.virtual_memory().total / workers))


LIMITS = Limits()


class Lost(WorkbookError):
    """The process that worked on a file did not come to its end."""


class _Plain(SpawnProcess):
    """A process that is not shown the program which starts it: a script of a few lines would run once more in every worker."""

    def start(self) -> None:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = program


class Plain(SpawnContext):
    """Starts plain processes."""

    Process = _Plain


# Where a process can be forked, what was imported is had for nothing; the first workers are forked before the pool has
# threads, and one that a thread's lock held up would be ended by its limit of time, and its file read again.
CONTEXT: BaseContext = multiprocessing.get_context("fork") if sys.platform == "linux" else Plain()


def pool_of(workers: int, initializer: Callable[..., None], *given: object) -> ProcessPool:
    """Workers that are made ready by an initializer."""
    return ProcessPool(max_workers=workers, initializer=initializer, initargs=given, context=CONTEXT)


def keep_silent() -> None:
    """Make a worker ready. It says what it found by what it returns; a parser that panics would print what it read."""
    gc.disable()  # what reading makes hangs together in no circles: to look for them takes a third of its time
    gc.freeze()  # a collection would touch, and so copy, all that is shared with the process that started this one
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)


def alone(work: Callable[..., T], path: Path, *args: object, limits: Limits = LIMITS) -> T:
    """What work(path, *args) gives in a process of its own, within the limits; Lost where the process is."""
    with apart(limits) as run:
        found: T = run(work, path, *args)
    return found


@contextmanager
def apart(limits: Limits = LIMITS) -> Iterator[Run]:
    """Runs one work after another in a process of their own; where it is lost, the next gets another."""
    before = children()
    pools = [pool_of(1, keep_silent)]

    def run(work: Callable[..., T], path: Path, *args: object) -> T:
        if not pools[-1].active:
            pools.append(pool_of(1, keep_silent))
        pool = pools[-1]
        future: Future[T] = pool.schedule(_bare, args=[work, path, *args], timeout=limits.time_for(path))
        while pool.active and not future.done():
            end_greedy(before, limits.memory_for(1))
            wait([future], LOOK)
        return outcome(path.name, future)

    try:
        yield run
    finally:
        for pool in pools:
            pool.stop()
            pool.join()


def _bare(work: Callable[..., T], path: Path, *args: object) -> T:
    """work(path, *args); its refusal without the error behind it, which can't always be sent from process to process."""
    try:
        return work(path, *args)
    except ZhengfaError as error:
        error.__cause__ = error.__context__ = None
        raise


def children() -> set[int]:
    """The processes that this one has started."""
    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def end_greedy(before: set[int], most: int) -> None:
    """End every worker that holds more memory of its own than it may; its file is then lost."""
    for pid in children() - before:
        try:
            child = psutil.Process(pid)
            if (
                child.memory_info().rss > most and child.memory_full_info().uss > most
            ):  # its own are some of all it holds
                child.kill()
        except psutil.NoSuchProcess:
            continue  # it ended by itself


def outcome(name: str, future: Future[T]) -> T:
    """What came of a work; its own refusal, a disk that is full, or Lost, which says why."""
    if not future.done():  # the pool broke
        raise crashed(name)
    try:
        return future.result()
    except ZhengfaError:
        raise
    except TimeoutError:
        raise Lost("读取这个文件用的时间太长，已停止", name, _ANEW) from None
    except (ProcessExpired, BrokenExecutor):
        raise crashed(name) from None
    except MemoryError:
        do = "请关掉别的程序，或把它拆成几个较小的文件"
        raise Lost("读取这个文件时内存不够", name, do) from None
    except OSError as error:
        if error.errno:
            raise
        raise crashed(name) from None
    except Exception as error:  # a defect of ours must not lose the other files; its text may quote a cell
        what = f"读取这个文件时程序出错（{type(error).__name__}）"
        raise Lost(what, name, f"这是程序的缺陷，请反馈给开发者；{_ANEW}") from None


def crashed(name: str) -> Lost:
    """A file whose process died."""
    return Lost("读取这个文件时读取程序崩溃或占用内存太多，文件可能已损坏或太大", name, _ANEW)
