"""A set of files is replaced whole: stopped at any step, the old set stands, or the new one is finished by the next run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from zhengfa_stats import staging
from zhengfa_stats.staging import finish, is_unfinished, staged

OLD = {"ledgers/a.txt": "old", "ledgers/gone.txt": "old", "manifest.json": "old"}
NEW = {"ledgers/a.txt": "new", "ledgers/b.txt": "new", "manifest.json": "new"}


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def there(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*") if p.is_file()}


def test_the_new_set_takes_the_place_of_the_old(tmp_path: Path) -> None:
    write(tmp_path, {**OLD, "figures.json": "kept"})
    with staged(tmp_path, "ledgers") as aside:
        write(aside, NEW)
    assert there(tmp_path) == {**NEW, "figures.json": "kept"}


def test_a_failure_leaves_the_old_set(tmp_path: Path) -> None:
    write(tmp_path, OLD)
    with pytest.raises(OSError), staged(tmp_path, "ledgers") as aside:
        write(aside, NEW)
        raise OSError(28, "disk full")
    assert there(tmp_path) == OLD and not is_unfinished(tmp_path)


class Killed(BaseException):
    """The process ends here."""


FILE = {"ledgers/a": "old", "ledgers/b": "old", "manifest.json": "old"}
PARTS = {"ledgers/a/0": "new", "ledgers/a/1": "new", "ledgers/b": "new", "manifest.json": "new"}


@pytest.mark.parametrize(("old", "new"), [(OLD, NEW), (FILE, PARTS), (PARTS, FILE)], ids=["files", "grows", "shrinks"])
@pytest.mark.parametrize("step", range(5))
def test_a_move_that_was_stopped_is_finished(
    tmp_path: Path, step: int, old: dict[str, str], new: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, old)
    real, done = os.replace, []

    def replace(a: Path, b: Path) -> None:
        if len(done) > step:
            raise Killed
        done.append(a)
        real(a, b)

    monkeypatch.setattr(staging.os, "replace", replace)
    try:
        with staged(tmp_path, "ledgers") as aside:
            write(aside, new)
    except Killed:
        assert is_unfinished(tmp_path)
    monkeypatch.setattr(staging.os, "replace", real)
    if is_unfinished(tmp_path):
        finish(tmp_path)
    assert there(tmp_path) == new


def test_there_may_be_nothing_to_finish(tmp_path: Path) -> None:
    """Whoever waited for a writer finds that it has come to its end itself."""
    write(tmp_path, OLD)
    finish(tmp_path)
    assert there(tmp_path) == OLD
