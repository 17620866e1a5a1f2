"""What ships beside the modules: inside the installed package, or in the folders of a clone."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_IN_A_CLONE = {"notebooks": Path("notebooks"), "manual": Path("docs"), "sample": Path("data") / "raw"}


def folder_of(name: str) -> Path:
    """The folder of the notebooks, of the manual's chapters, or of the sample city's workbooks."""
    installed = _PACKAGE / name
    return installed if installed.is_dir() else _PACKAGE.parent / _IN_A_CLONE[name]
