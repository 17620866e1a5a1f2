"""Whether the last build of a project still holds, and a new one if not; the names, read back on request.

To find that nothing has changed imports nothing heavy.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhengfa_stats import __version__
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.files import digest, raw_files, read_json, sha, write_json
from zhengfa_stats.staging import finish, is_unfinished, staged

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from zhengfa_stats.config import Config
    from zhengfa_stats.schema import Schema

REPORTING = "ZHENGFA_REPORTING"  # set for the notebooks of a report: they take the ledgers as they stand
FILE, KEY_FILE = "zhengfa.toml", "zhengfa.key"
RAW, PROCESSED = Path("data") / "raw", Path("data") / "processed"
RETURNED = Path("data") / "returns" / "issued.json"  # what was returned to the departments, and when known
CHANGED = {"settings": "zhengfa.toml、更正或定义改动了", "version": "程序换了版本", "key": "人员代号的密钥换了"}
_BESIDES = ("changes.parquet", "problems.parquet", "problems.xlsx")


def current(root: Path, password: str | None) -> tuple[dict[str, Any], bool]:
    """The last build's manifest, and whether it still holds: nothing that it depends on has changed, its outputs stand."""
    if is_unfinished(root / PROCESSED):
        from zhengfa_stats.locking import one_writer

        with one_writer(root):
            finish(root / PROCESSED)  # nothing, where the writer that was at it has come to its end
    manifest = read_json(root / PROCESSED / "manifest.json")
    return _holding(root, manifest, password, state(root)) if manifest else ({}, False)


def _holding(
    root: Path, manifest: Mapping[str, Any] | None, password: str | None, now: Mapping[str, Any]
) -> tuple[dict[str, Any], bool]:
    """A manifest, and whether it still holds now."""
    if manifest is None or manifest["state"] != now or "sent" not in manifest:
        return {}, False
    may_open_more = bool(password and manifest["refused"])
    return dict(manifest), not may_open_more and _outputs_stand(root / PROCESSED, manifest)


def has_returns(root: Path) -> bool:
    """Whether problems were returned to the departments, so that a build has progress to tell."""
    return (root / RETURNED).is_file()


def rebuilt(
    root: Path, config: Config, password: str | None, jobs: int | None, executor: Executor | None = None
) -> dict[str, Any]:
    """Build the ledgers anew; the manifest. Waits while another process builds, and takes what it built."""
    from zhengfa_stats.locking import one_writer

    if os.environ.get(REPORTING):  # the report that runs us holds the lock
        raise ProjectError("写报告期间文件有变动", str(root / RAW), "请等文件都放好、保存好之后再运行一次")
    with one_writer(root):
        finish(root / PROCESSED)  # nothing, where the last writer came to its end
        now = state(root)
        manifest, stands = _holding(root, read_json(root / PROCESSED / "manifest.json"), password, now)
        with _unswept():
            return manifest if stands else _rebuilt(root, config, password, jobs, executor, now)


@contextmanager
def _unswept() -> Iterator[None]:
    """No looking for circles among objects: a build makes millions that hang together in none, and each look goes through all."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _rebuilt(
    root: Path,
    config: Config,
    password: str | None,
    jobs: int | None,
    executor: Executor | None,
    now: Mapping[str, Any],
) -> dict[str, Any]:
    from zhengfa_stats.gathering import Cache, gather
    from zhengfa_stats.reading.corrections import load_corrections
    from zhengfa_stats.reading.expecting import declared_senders, still_expected
    from zhengfa_stats.reading.file import Context
    from zhengfa_stats.reading.refusals import told_names

    processed = root / PROCESSED
    if told := told_names(now["inputs"]):
        what = f"文件或文件夹的名字里有个人号码或举报人的姓名：{'、'.join(told)}；凡写明出处的地方都会显示，没有读取"
        raise ProjectError(what, str(root / RAW), "请改名后再运行")
    earlier = read_json(processed / "manifest.json")
    senders = declared_senders(config)  # a name that is no unit stops here, not after the reading
    context = Context(config, _key(root), load_corrections(root), password)
    settings = json.dumps([now[name] for name in ("version", "settings", "key")])
    cache = Cache(processed / "cache", context.key, settings, now["inputs"])
    files_read = gather(root / RAW, context, executor, jobs, cache, meanwhile=_load_the_rest)
    from zhengfa_stats import build  # only now: it loads pandas, while the workers read

    built = build.assemble(files_read, context)
    cache.tidy()
    refuse_changed(root, now)
    with staged(processed, "ledgers") as aside:
        build.store(built, aside, config)
        manifest = {
            "version": __version__,
            "state": now,
            "outputs": _digests(aside),
            "sheets": build.describe(built),
            "n_problems": len(built.problems),
            "problems_by_sender": build.count_by_sender(built.problems),
            "refused": [f.file for f in built.files if f.refused],
            "columns": built.columns,
            "sent": built.sent,
            "sent_within": built.sent_within,
            "formerly": still_expected(earlier, built.sent, now["inputs"]),
            "senders": senders,
        }
        if earlier and "report" in earlier:
            manifest["report"] = earlier["report"]  # so that check can say that it is of earlier ledgers
        write_json(manifest, aside / "manifest.json")
    from zhengfa_stats import snapshots

    snapshots.keep(root, processed, now, config.clock)
    return manifest


def _load_the_rest() -> None:
    """Import what comes after the reading, while the workers read."""
    import zhengfa_stats.build
    import zhengfa_stats.snapshots  # noqa: F401


def refuse_changed(root: Path, then: Mapping[str, Any]) -> None:
    """ProjectError where what a build rests on is no longer what it was: the results would be of neither."""
    now = state(root)
    changed = sorted({name for name, _ in now["inputs"].items() ^ then["inputs"].items()})
    changed += [why for name, why in CHANGED.items() if now[name] != then[name]]
    if now != then:
        what = f"运行期间文件有变动：{'、'.join(changed)}，结果没有保存"
        raise ProjectError(what, str(root / RAW), "请等文件都放好、保存好之后再运行一次")


def state(root: Path) -> dict[str, Any]:
    """Everything that the stored ledgers depend on."""
    raw = root / RAW
    if not raw.is_dir():
        raise ProjectError("没有 data/raw 文件夹", str(root), "请建这个文件夹，把各部门的台账放进去")
    own = Path(str(files("zhengfa_stats") / "definitions"))
    settings = [root / FILE, root / "corrections.csv", *_files(root / "definitions"), *_files(own)]
    text = json.dumps([p.name + sha(p) for p in settings if p.is_file()])
    return {
        "version": _program(),
        "inputs": {name: sha(raw / name) for name in raw_files(raw)},
        "settings": hashlib.sha256(text.encode()).hexdigest(),
        "key": hashlib.sha256(b"fingerprint" + _key(root)).hexdigest()[:16],
    }


def _program() -> str:
    """The program's version; in a working copy of its sources, what stands in them."""
    package = Path(str(files("zhengfa_stats")))
    if not (package.parent / ".git").exists():
        return __version__
    sources = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(package.rglob("*.py"))))
    return f"{__version__}+{sources.hexdigest()[:16]}"


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _digests(processed: Path) -> dict[str, str]:
    ledgers = sorted(p for p in (processed / "ledgers").rglob("*.parquet") if p.is_file())  # of a large one, its parts
    found = digest([*ledgers, *(processed / name for name in _BESIDES)])
    return {Path(name).relative_to(processed).as_posix(): value for name, value in found.items()}


def _outputs_stand(processed: Path, manifest: Mapping[str, Any]) -> bool:
    there = all((processed / name).is_file() for name in (*manifest["outputs"], *_BESIDES))
    return there and manifest["outputs"] == _digests(processed)


def _key(root: Path) -> bytes:
    """The key of the pseudonyms; made at the first build, kept beside zhengfa.toml, never shared."""
    path = root / KEY_FILE
    if not path.is_file():
        path.write_text(secrets.token_hex(32) + "\n", "ascii")
        path.chmod(0o600)
    return bytes.fromhex(path.read_text("ascii").strip())


def reveal_names(root: Path, found: dict[str, Any], schema: Schema, password: str | None) -> None:
    """Add to traced rows the names in the raw files, and note in names.log that it was done."""
    from zhengfa_stats.reading.workbook import open_workbook
    from zhengfa_stats.records import parse_address

    books: dict[str, dict[str, Any]] = {}
    for entry in found["rows"]:
        persons = [f.id for f in schema.ledgers[entry["ledger"]].fields.values() if f.kind == "persons"]
        entry["names"] = []
        for cell in (entry["cells"][p] for p in persons if p in entry["cells"]):
            if entry["file"] not in books:
                book = open_workbook(root / RAW / entry["file"], file=entry["file"], password=password)
                books[entry["file"]] = {sheet.name: sheet for sheet in book.sheets}
            row, column = parse_address(cell)
            entry["names"].append(str(books[entry["file"]][entry["sheet"]].rows[row - 1][column - 1]))
    with (root / "names.log").open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} 读出姓名：{found['key']}，{len(found['rows'])}行\n")
