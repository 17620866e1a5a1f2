"""A document of ours that a person has changed since is kept under another name, never written over."""

from __future__ import annotations

import hashlib
import io
import shutil
import zipfile
from pathlib import Path

_MARK = b"zhengfa "


def stamped(data: bytes) -> bytes:
    """The same .docx with a fingerprint of its parts in the zip's comment, which every other program drops."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = _MARK + _fingerprint(archive)
    return buffer.getvalue()


def is_untouched(path: Path) -> bool:
    """Whether a file is just as we wrote it."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment == _MARK + _fingerprint(archive)
    except (zipfile.BadZipFile, OSError):
        return False


def copy_aside(path: Path, folder: Path) -> Path | None:
    """Copy a file that a person has changed into a folder, under a name that is free beside it; None where there is nothing to keep."""
    if not path.is_file() or is_untouched(path):
        return None
    names = (path.with_name(f"{path.stem}（手工改过{n}）{path.suffix}") for n in ("", *map(str, range(2, 1000))))
    kept = next(name for name in names if not name.exists())
    return Path(shutil.copy2(path, folder / kept.name))


def _fingerprint(archive: zipfile.ZipFile) -> bytes:
    parts = "\n".join(f"{i.filename} {i.CRC:08x} {i.file_size}" for i in archive.infolist())
    return hashlib.sha256(parts.encode()).hexdigest().encode()
