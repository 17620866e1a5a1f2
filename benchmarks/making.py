"""The workbooks that are read: made anew in a folder of their own, by a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from measuring import python

ROOT = Path(__file__).parents[1]
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
_BIG = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from pathlib import Path; from tests.city import big\n"


@dataclass(frozen=True)
class Project:
    """A project folder with its workbooks."""

    folder: Path

    @property
    def raw(self) -> Path:
        return self.folder / "data" / "raw"

    @property
    def processed(self) -> Path:
        return self.folder / "data" / "processed"


def project(folder: Path) -> Project:
    """A project without workbooks."""
    made = Project(folder)
    made.raw.mkdir(parents=True)
    (folder / "zhengfa.toml").write_text(TOML, "utf-8")
    return made


def sample(folder: Path) -> Project:
    """The workbooks of the sample city that are .xlsx: the bare reader's loop takes no others."""
    made = project(folder)
    for path in sorted((ROOT / "data" / "raw").glob("*.xlsx")):
        (made.raw / path.name).write_bytes(path.read_bytes())
    return made


def one(folder: Path, n_rows: int) -> Project:
    """One clue workbook of 14 columns."""
    made = project(folder)
    write_workbook(made.raw / "线索台账.xlsx", n_rows)
    return made


def many(folder: Path, n_files: int, n_rows: int = 200) -> Project:
    """Clue workbooks that share no number."""
    made = project(folder)
    code = _BIG + "big.clue_folder(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))"
    python(code, made.raw, n_files, n_rows, cwd=folder)
    return made


def write_workbook(path: Path, n_rows: int, seed: int = 1) -> None:
    python(_BIG + "big.clue_workbook(Path(sys.argv[1]), *map(int, sys.argv[2:]))", path, n_rows, seed, cwd=ROOT)
