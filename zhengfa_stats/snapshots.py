"""What every build found, kept by content: so that any two builds can be compared, and be purged.

data/processed/snapshots/objects holds ledgers (Parquet) and definitions (zip) under their SHA-256, each once;
builds/0001.json … names what one build was made of. No time is kept: the file's own tells when it was written.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Any

from zhengfa_stats.config import FILE
from zhengfa_stats.counting.sides import Side
from zhengfa_stats.declared import load_schema
from zhengfa_stats.errors import DefinitionError, ProjectError
from zhengfa_stats.files import read_json, replacing, write_json
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Schema
from zhengfa_stats.store import Stored, ledgers_in

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept build: its number, when it was kept, and what it was made of."""

    number: int
    when: datetime
    since: date
    as_of: date
    inputs: Mapping[str, str]
    ledgers: Mapping[str, tuple[str, ...]]  # id → SHA-256 of its parts
    definitions: str


def keep(root: Path, processed: Path, state: Mapping[str, Any], clock: Clock) -> None:
    """Keep the build that stands in `processed`, unless the last kept one is the same."""
    folder = processed / "snapshots"
    ledgers = {
        id_: [_store(folder, part.read_bytes(), ".parquet") for part in parts]
        for id_, parts in ledgers_in(processed).items()
    }
    found = {
        "since": clock.since.isoformat(),
        "as_of": clock.as_of.isoformat(),
        "inputs": dict(state["inputs"]),
        "ledgers": ledgers,
        "definitions": _store(folder, _packed(root), ".zip"),
    }
    earlier = kept(processed)
    if earlier and read_json(_file(folder, earlier[-1].number)) == found:
        return
    write_json(found, _file(folder, earlier[-1].number + 1 if earlier else 1))


def kept(processed: Path) -> list[Kept]:
    """The kept builds, the earliest first."""
    return [_read(path) for path in sorted((processed / "snapshots" / "builds").glob("*.json"))]


def side(processed: Path, number: int, clock: Clock | None, otherwise: Schema) -> tuple[Side, str]:
    """A kept build as a side of a comparison, at its own clock or another; and why not under its own definitions, if so."""
    folder = processed / "snapshots"
    if not _file(folder, number).is_file():
        numbers = "、".join(str(k.number) for k in kept(processed)) or "（一次都没有）"
        raise ProjectError(f"没有保存第{number}次构建", do=f"保存着的有：{numbers}；zhengfa compare --builds 可列出")
    build = _read(_file(folder, number))
    frames = {id_: _stored([_object(folder, sha, ".parquet") for sha in parts]) for id_, parts in build.ledgers.items()}
    own = Clock(build.since, build.as_of)
    schema, why = _schema(_object(folder, build.definitions, ".zip"), otherwise)
    frames = {id_: frame for id_, frame in frames.items() if id_ in schema.ledgers}
    return Side(frames, schema, clock or own, own, build.inputs), why


def purge(processed: Path, keep_last: int) -> int:
    """Delete all kept builds but the last ones, and what only they needed; how many were deleted."""
    folder, builds = processed / "snapshots", kept(processed)
    gone = builds[: max(0, len(builds) - keep_last)]
    for build in gone:
        _file(folder, build.number).unlink()
    needed = {sha for b in kept(processed) for sha in (*chain(*b.ledgers.values()), b.definitions)}
    for path in (folder / "objects").glob("*"):
        if path.stem not in needed:
            path.unlink()
    return len(gone)


# -- objects


def _file(folder: Path, number: int) -> Path:
    return folder / "builds" / f"{number:04d}.json"


def _object(folder: Path, sha: str, ending: str) -> Path:
    return folder / "objects" / f"{sha}{ending}"


def _store(folder: Path, content: bytes, ending: str) -> str:
    sha = hashlib.sha256(content).hexdigest()
    if not (path := _object(folder, sha, ending)).is_file():
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    return sha


def _read(path: Path) -> Kept:
    found = read_json(path)
    when = datetime.fromtimestamp(path.stat().st_mtime)
    since, as_of = (date.fromisoformat(found[name]) for name in ("since", "as_of"))
    ledgers = {id_: (of,) if isinstance(of, str) else tuple(of) for id_, of in found["ledgers"].items()}  # str: of old
    return Kept(int(path.stem), when, since, as_of, found["inputs"], ledgers, found["definitions"])


def _stored(parts: list[Path]) -> Stored:
    if lost := [path.name for path in parts if not path.is_file()]:
        raise ProjectError("保存的构建不完整", lost[0], "请用较新的一次比较，或用 zhengfa compare --purge 清理")
    return Stored(parts)


# -- definitions


def _packed(root: Path) -> bytes:
    """Our definitions, the project's, and zhengfa.toml, in one archive that is always the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _definitions(root):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _definitions(root: Path) -> Iterator[tuple[str, bytes]]:
    yield FILE, (root / FILE).read_bytes()
    for prefix, folder in (
        ("own", Path(str(files("zhengfa_stats") / "definitions"))),
        ("definitions", root / "definitions"),
    ):
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            yield f"{prefix}/{path.relative_to(folder).as_posix()}", path.read_bytes()


def _schema(archive: Path, otherwise: Schema) -> tuple[Schema, str]:
    """The definitions of that build; today's, and why, where the program can no longer read them."""
    with tempfile.TemporaryDirectory(prefix="zhengfa-") as name:
        folder = Path(name)
        zipfile.ZipFile(archive).extractall(folder)
        try:
            table = tomllib.loads((folder / FILE).read_text("utf-8-sig"))
            return load_schema(folder, table, folder / "own"), ""
        except DefinitionError as error:
            return otherwise, f"那次构建的定义已不能读取（{error.what}），两边都按现在的口径计算"
