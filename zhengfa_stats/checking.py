"""`zhengfa check`: inputs, definitions and outputs against the manifest: what is stale and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zhengfa_stats.building import CHANGED, PROCESSED, state
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.files import digest, read_json, write_json

LEDGERS = "台账"  # what stands for everything that a build writes
_MANIFEST = "manifest.json"
_MOST = 5  # files that a reason names


def record_report(root: Path, folder: Path, outputs: list[str], since: str, as_of: str) -> None:
    """Write into a folder the manifest with what a report wrote there, from which ledgers and at which clock."""
    manifest = read_json(root / PROCESSED / _MANIFEST)
    found = digest(folder / name for name in outputs if name != _MANIFEST and name not in manifest["outputs"])
    written = {Path(name).relative_to(folder).as_posix(): sha for name, sha in found.items()}
    manifest["report"] = {"since": since, "as_of": as_of, "built": _built(manifest), "outputs": written}
    write_json(manifest, folder / _MANIFEST)


def check(root: Path, since: str, as_of: str) -> list[dict[str, str]]:
    """What is stale and why, as `zhengfa check --json` gives it; nothing where all stands."""
    manifest = read_json(root / PROCESSED / _MANIFEST)
    if manifest is None:
        raise ProjectError("还没有结果可以核对", str(root), "请先运行 zhengfa report")
    found = [*_inputs(manifest, root), *_outputs(manifest["outputs"], root), *_report(manifest, root, since, as_of)]
    return [{"output": output, "why": why} for output, why in found]


Stale = tuple[str, str]


def _inputs(manifest: Mapping[str, Any], root: Path) -> Iterator[Stale]:
    now, then = state(root), manifest["state"]
    old, new = then["inputs"], now["inputs"]
    for what, names in (
        ("新增了", sorted(new.keys() - old.keys())),
        ("删去了", sorted(old.keys() - new.keys())),
        ("改动了", sorted(n for n in old.keys() & new.keys() if old[n] != new[n])),
    ):
        if names:
            yield LEDGERS, f"data/raw {what}{_named(names)}"
    yield from ((LEDGERS, why) for name, why in CHANGED.items() if now[name] != then[name])


def _outputs(outputs: Mapping[str, str], root: Path) -> Iterator[Stale]:
    for name, sha in sorted(outputs.items()):
        path = root / PROCESSED / name
        if not path.is_file():
            yield name, "文件不见了"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != sha:
            yield name, "写出后被改动过"


def _report(manifest: Mapping[str, Any], root: Path, since: str, as_of: str) -> Iterator[Stale]:
    report = manifest.get("report")
    if report is None:
        yield "报告", "还没有运行过 zhengfa report"
        return
    if report["built"] != _built(manifest):
        yield "报告", "台账重新整理过，报告还是从前的"
    if (report["since"], report["as_of"]) != (since, as_of):
        yield "报告", f"报告的统计期是{report['since']}至{report['as_of']}，现在是{since}至{as_of}"
    yield from _outputs(report["outputs"], root)


def _built(manifest: Mapping[str, Any]) -> str:
    """What tells one build's outputs from another's."""
    return hashlib.sha256(repr(sorted(manifest["outputs"].items())).encode()).hexdigest()


def _named(names: list[str]) -> str:
    shown = "、".join(names[:_MOST])
    return f"{shown}等{len(names)}个文件" if len(names) > _MOST else shown
