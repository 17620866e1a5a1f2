"""What goes back to each department: its own sheets as it sent them, the doubtful cells coloured and commented, and a list.

The one output that repeats what a department itself sent. A department sees only what it sent; what is said of a
comparison with somebody else's rows is said without them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path, PurePosixPath

import pandas as pd

from zhengfa_stats.apart import apart
from zhengfa_stats.building import RETURNED
from zhengfa_stats.documents.returned_sheets import LIST, Marked, as_sent, write_marked
from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.files import read_json, write_json
from zhengfa_stats.records import Problem
from zhengfa_stats.schema import Schema

FOLDER = RETURNED.parent
_UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
_MOST = 10  # problems of a kind that are listed on the terminal
_OTHERS = "与别处报送的记录对不上"  # whatever the problem says, when the other side is somebody else's
_CHECK = "请核对本单位的记录；确认无误的，在“核实结果”里写明"
_NEUTRAL: Mapping[str, str] = {  # problems that were found with the help of the roster, whoever sent that
    "按姓名识别": "没有身份证号和警号，只能按姓名和单位识别",
    "同名难辨": "没有身份证号和警号，本单位可能有同名的人，各按不同的人计",
}

Key = tuple[str, ...]
Senders = Mapping[str, Mapping[str, frozenset[str]]]  # file → sheet → who sent the rows in it


@dataclass(slots=True)
class Returned:
    """The workbooks written, and the files that could not be returned with the reason."""

    outputs: list[Path] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def write_returns(
    root: Path, problems: Sequence[Problem], senders: Senders, schema: Schema, password: str | None = None
) -> Returned:
    """Write a workbook for every department and file that has problems, under data/returns/<department>/."""
    result = Returned()
    issued: list[Problem] = []
    owners = {file: frozenset(s for found in sheets.values() for s in found) for file, sheets in senders.items()}
    with apart() as run:
        for file, found in sorted(_by_file(problems).items()):
            for sender, sheets in _shares(file, senders.get(file, {}), result):
                mine = [_seen_by(p, sender, owners) for p in found if _is_theirs(p, sender, sheets)]
                if not mine:
                    continue
                raw, folder = root / "data" / "raw" / file, root / FOLDER / safe_name(sender)
                try:
                    target = run(_give_back, raw, file, sheets, password, folder, sender, mine, schema)
                except WorkbookError as error:
                    result.left.append((file, error.what))
                    break
                result.outputs.append(target)
                issued += [p for p in found if _is_theirs(p, sender, sheets)]
    if result.outputs:
        write_json({"returned": [_key(p) for p in issued], "known": [_key(p) for p in problems]}, root / RETURNED)
    return result


def _give_back(
    raw: Path,
    file: str,
    sheets: frozenset[str] | None,
    password: str | None,
    folder: Path,
    sender: str,
    problems: Sequence[Problem],
    schema: Schema,
) -> Path:
    """Write one department's sheets of a file with the problems marked; where."""
    book = as_sent(raw, file, sheets, password)
    target = folder / _target(file, book)
    write_marked(book, target, sender, problems, schema)
    return target


def senders_of(frames: Mapping[str, pd.DataFrame], problems: Iterable[Problem]) -> Senders:
    """Who sent the rows of each sheet, by what was stored of it and what was found wrong in it."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for frame in frames.values():
        if {"source_file", "source_sheet", "sender"} <= set(frame.columns):
            places = frame[["source_file", "source_sheet", "sender"]].dropna().drop_duplicates()
            for file, sheet, sender in places.itertuples(index=False):
                found[file][sheet].add(sender)
    for p in problems:
        if p.sender and p.place.file and p.place.sheet:
            found[p.place.file][p.place.sheet].add(p.sender)
    return {
        file: {sheet: frozenset(senders - {""}) for sheet, senders in sheets.items()} for file, sheets in found.items()
    }


def _by_file(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = defaultdict(list)
    for p in problems:
        if p.place.file:
            found[p.place.file].append(p)
    return found


def _shares(
    file: str, sheets: Mapping[str, frozenset[str]], result: Returned
) -> Iterator[tuple[str, frozenset[str] | None]]:
    """Who gets which sheets of a file back; None is all of them. Rows of two departments in one sheet go to neither."""
    everyone = frozenset(s for found in sheets.values() for s in found)
    if len(everyone) == 1:
        yield next(iter(everyone)), None
        return
    if not everyone:
        result.left.append((file, "看不出是哪个单位报送的"))
        return
    if mixed := sorted(name for name, found in sheets.items() if len(found) > 1):
        result.left.append((file, f"工作表“{'、'.join(mixed)}”里混有{'、'.join(sorted(everyone))}的行，分不开"))
    for sender in sorted(everyone):
        own = frozenset(name for name, found in sheets.items() if found == {sender})
        if own:
            yield sender, own


def _is_theirs(p: Problem, sender: str, sheets: frozenset[str] | None) -> bool:
    """Whether a problem is about this department's sheets, and asks anything of it."""
    if p.level == "note" and not p.do:
        return False
    return sheets is None or (p.place.sheet in sheets and p.sender in ("", sender))


def _seen_by(p: Problem, sender: str, owners: Mapping[str, frozenset[str]]) -> Problem:
    """The problem as its sender may see it: nothing of what others sent."""
    p = replace(p, do=_asked(p.do))
    if p.kind in _NEUTRAL:
        return replace(p, what=_NEUTRAL[p.kind], also=(), expected="")
    foreign = [
        place
        for place in p.also
        if place.file != p.place.file and owners.get(place.file, frozenset()) != frozenset((sender,))
    ]
    if not foreign and (p.also or not _tells_others(p)):
        return p
    return replace(p, what=f"{p.kind}：{_OTHERS}", do=_CHECK, expected="", also=())


def _asked(do: str) -> str:
    """What a department can do: nothing that is written in our settings."""
    parts = re.split(r"(?<=[；。\n])", do)
    own = takewhile(lambda part: "zhengfa.toml" not in part, parts)
    return "".join(own).rstrip("；\n") or "请在表里写清楚，或在“核实结果”里说明"


def _tells_others(p: Problem) -> bool:
    """Whether the text may speak of others though no place does."""
    return "花名册" in p.what or "别的文件" in p.what


def _target(file: str, book: Marked) -> str:
    name = safe_name(Path(file).name)
    return name if book.kept_format else f"{Path(name).stem}.xlsx"


def safe_name(name: str) -> str:
    """A file or folder name made of a name in the data: it can't leave its folder.

    >>> safe_name("../公安局"), safe_name(""), safe_name("CON")
    ('_公安局', '未写明单位', 'CON_')
    """
    text = re.sub(r"\.{2,}", "", _UNSAFE.sub("_", name)).strip(" .")
    reserved = re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)", text)
    return f"{text}_" if reserved else text or "未写明单位"


# -- what became of what was returned


@dataclass(frozen=True, slots=True)
class Progress:
    """Of the problems that were returned: which are mended, which remain, and which are new since."""

    mended: tuple[Key, ...]
    remaining: tuple[Key, ...]
    new: tuple[Key, ...]

    def __str__(self) -> str:
        counts = f"已改正{len(self.mended)}个，尚未改正{len(self.remaining)}个；此后新出现{len(self.new)}个。"
        parts = (("已改正", self.mended), ("尚未改正", self.remaining), ("新出现", self.new))
        return "\n".join([f"退回核实的问题：{counts}", *(line for name, keys in parts for line in _listed(name, keys))])

    def as_json(self) -> dict[str, list[dict[str, str]]]:
        """The problems of each kind by place."""
        names = ("file", "sheet", "cell", "kind", "field", "what")
        parts = {"mended": self.mended, "remaining": self.remaining, "new": self.new}
        return {part: [dict(zip(names, key, strict=True)) for key in keys] for part, keys in parts.items()}


def _listed(name: str, keys: Sequence[Key]) -> Iterator[str]:
    for file, sheet, cell, kind, _, what in keys[:_MOST]:
        yield f"  {name}：{' · '.join(filter(None, (file, sheet, cell)))}　{kind}：{what}"
    if len(keys) > _MOST:
        yield f"  {name}的还有{len(keys) - _MOST}个，全部见 --json"


def progress(root: Path, problems: Sequence[Problem]) -> Progress | None:
    """What became of the problems that were last returned; None if none were."""
    found = read_json(root / RETURNED)
    if found is None:
        return None
    returned, known = (Counter(map(tuple, found[name])) for name in ("returned", "known"))
    now = Counter(_key(p) for p in problems if not p.place.sheet.startswith(LIST))
    gone, fresh = list((returned - now).elements()), list((now - known).elements())
    moved = [pair for key in gone if (pair := _moved(key, fresh))]
    mended = Counter(gone) - Counter(old for old, _ in moved)
    remaining = (returned & now) + Counter(new for _, new in moved)
    return Progress(*(tuple(sorted(c.elements())) for c in (mended, remaining, Counter(fresh))))


def _moved(key: Key, fresh: list[Key]) -> tuple[Key, Key] | None:
    """A problem and the fresh one that it now is, taken from the fresh: it only stands in another row."""
    found = next((f for f in fresh if f[:2] + f[3:] == key[:2] + key[3:]), None)
    if found is None:
        return None
    fresh.remove(found)
    return key, found


def _key(p: Problem) -> Key:
    """A problem as it is known again, in a file that may come back as another kind of workbook."""
    return (str(PurePosixPath(p.place.file).with_suffix("")), p.place.sheet, p.place.cell, p.kind, p.field, p.what)
