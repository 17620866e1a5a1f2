"""Files of a project: what there is to read, told apart by content, and JSON replaced whole. Imports nothing heavy."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SKIPPED = ("~$", ".~", ".")  # locks and hidden files of the system


def raw_files(raw: Path) -> list[str]:
    """The files under data/raw, relative and in one order everywhere; locks and hidden files left out."""
    found: list[str] = []
    for folder, folders, names in os.walk(raw):
        folders[:] = [name for name in folders if not name.startswith(_SKIPPED)]
        files = [name for name in names if not name.startswith(_SKIPPED) and os.path.isfile(os.path.join(folder, name))]
        within = Path(folder).relative_to(raw).as_posix()
        found += files if within == "." else [f"{within}/{name}" for name in files]
    return sorted(found)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(value: object, path: Path) -> None:
    """Write a value as JSON, always in the same bytes."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")


def read_json(path: Path) -> Any:
    """A JSON file's value; None if there is no such file."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def sha(path: Path) -> str:
    """The SHA-256 of a file, read in pieces: a large one need not fit into memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(paths: Iterable[Path]) -> dict[str, str]:
    """The SHA-256 of files, by path."""
    return {str(path): sha(path) for path in paths}
