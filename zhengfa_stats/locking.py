"""One writer a project at a time; the lock is the system's own, so that a process that died holds none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from zhengfa_stats.errors import ProjectError

_FILE = Path("data") / ".zhengfa.lock"
_LONGEST = 1800  # seconds: longer than any report that we know of


@contextmanager
def one_writer(root: Path) -> Iterator[None]:
    """Hold the project while writing; wait, and say so, while another process holds it. May be nested."""
    lock = FileLock(root / _FILE, is_singleton=True)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        print("另一个 zhengfa 正在写这个项目的结果，等它写完……", file=sys.stderr, flush=True)
        try:
            lock.acquire(timeout=_LONGEST)
        except Timeout:
            what = f"另一个 zhengfa 已写了{_LONGEST // 60}分钟，还没有写完"
            raise ProjectError(what, str(root), "请等它结束，或结束那个程序后再运行") from None
    try:
        yield
    finally:
        lock.release()
