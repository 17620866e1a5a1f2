"""A set of files replaced as one: written aside, then moved into place; a move that was interrupted is finished later."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ASIDE, _READY = ".next", "READY.json"  # the mark is set when all is written, and goes when all is moved


@contextmanager
def staged(folder: Path, *owned: str) -> Iterator[Path]:
    """A folder to write the whole set into; it takes its place in `folder` when the block ends well.

    Files of the `owned` sub-folders that the new set lacks are deleted. Until the set is whole, `folder` is left as it is.
    """
    aside = folder / _ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        yield aside
        _mark(aside, owned)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    finish(folder)


def is_unfinished(folder: Path) -> bool:
    """Whether a whole new set stands aside that was not moved to its end."""
    return (folder / _ASIDE / _READY).is_file()


def finish(folder: Path) -> None:
    """Move a whole new set into its place, from wherever the move stopped."""
    if not is_unfinished(folder):
        return
    aside = folder / _ASIDE
    mark = json.loads((aside / _READY).read_text("utf-8"))
    for stale in (folder / name for name in mark["stale"]):
        if stale.is_file():  # else it went before, and a folder may stand there
            stale.unlink()
        if stale.parent.is_dir() and not any(stale.parent.iterdir()):
            stale.parent.rmdir()  # a file may take its place
    for name in mark["files"]:
        if (aside / name).is_file():  # else it was moved before
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(aside / name, folder / name)
    (aside / _READY).unlink()
    shutil.rmtree(aside)


def _mark(aside: Path, owned: tuple[str, ...]) -> None:
    """Say that the set is whole: what it is made of, and what it makes stale."""
    files = _names(aside)
    old = [f"{name}/{inner}" for name in owned for inner in _names(aside.parent / name)]
    mark = {"files": files, "stale": sorted(set(old) - set(files))}
    temporary = aside / f".{_READY}.tmp"
    with temporary.open("w", encoding="utf-8") as f:
        json.dump(mark, f)
        f.flush()
        os.fsync(f.fileno())
    os.replace(temporary, aside / _READY)


def _names(folder: Path) -> list[str]:
    """The files under a folder, the manifest last: it is true only of what stands beside it."""
    found = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return sorted(found, key=lambda name: (name == "manifest.json", name))
