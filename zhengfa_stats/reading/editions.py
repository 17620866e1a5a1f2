"""Editions: a sender's later cumulative file replaces its earlier one; what vanished or was altered on the way is a problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pandas as pd

from zhengfa_stats.reading.merging import Lines, line_of
from zhengfa_stats.reading.sameness import comparable, is_blank, place_of, without
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Ledger, Schema

Frame: TypeAlias = pd.DataFrame
SOURCE = ["source_file", "source_sheet", "source_row"]
SURELY, HARDLY = 0.6, 0.3  # the share of an earlier file's rows that a later one repeats: an edition, an addition


@dataclass(slots=True)
class Editions:
    """A ledger after the earlier editions have made way."""

    frame: Frame
    superseded: list[Lines] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    """One sender's rows of a ledger in one file, or in one sheet of a file that keeps a sheet a cut-off date, by identity."""

    place: Place
    as_of: pd.Timestamp | None
    rows: dict[Any, int]
    lines: tuple[int, ...]

    @property
    def name(self) -> str:
        return str(self.place)

    def share_in(self, later: _File) -> float:
        """The share of this file's rows that the later file repeats."""
        return len(self.rows.keys() & later.rows.keys()) / len(self.rows)


def supersede(frame: Frame, ledger: Ledger, schema: Schema, mode_of: Callable[[str, str], str]) -> Editions:
    """Drop the rows of a sender's earlier editions, on record.

    `mode_of` (ledger, sender) settles it for files with different cut-off dates; 自动 tells by the rows: a later file
    that repeats the earlier one's rows is an edition of it, one that hardly does adds to it, and in between both
    counts are told and the files add up.
    """
    frame = frame.sort_values(SOURCE, kind="stable", ignore_index=True)
    result = Editions(frame)
    if ledger.tabulated:  # a total of May stays what May's cut-off needs
        return result
    gone: set[int] = set()
    for sender, part in frame[frame["sender"].ne("")].groupby("sender", sort=True):
        if (mode := mode_of(ledger.id, str(sender))) == "增量" or _is_one(part):
            continue
        files = _files(part, dict(zip(part.index, _identities(part, ledger), strict=True)))
        for i, earlier in enumerate(files):
            later = _successor(earlier, files[i + 1 :], mode)
            if later is None:
                continue
            if _is_edition(earlier, later, mode):
                gone.update(earlier.lines)
                result.problems += _altered(frame, ledger, schema, earlier, later)
            elif mode == "自动" and earlier.share_in(later) > HARDLY:
                result.problems.append(_undecided(frame, ledger, earlier, later))
    result.superseded = [line_of(frame, i) for i in sorted(gone)]
    result.frame = without(frame, sorted(gone))
    return result


def _is_one(part: Frame) -> bool:
    """All of a sender's rows stand in one sheet of one file."""
    return bool(part["source_file"].nunique() == 1 and part["source_sheet"].nunique() == 1)


def _identities(frame: Frame, ledger: Ledger) -> list[Any]:
    """What identifies each row: the ledger's key where none of it is blank, else what the whole row says."""
    keys = (
        list(zip(*(comparable(frame[name]) for name in ledger.key), strict=True)) if ledger.key else [()] * len(frame)
    )
    nth = frame["_nth"] if "_nth" in frame else [0] * len(frame)
    likeness = zip(frame["_likeness"], nth, strict=True)
    return [k if k and None not in k else alike for k, alike in zip(keys, likeness, strict=True)]


def _files(part: Frame, identity: Mapping[Any, Any]) -> list[_File]:
    """A sender's files from the earliest cut-off date to the latest; without dates the smaller comes first.

    The sheets of one file are apart where they state different cut-off dates: a sheet a month's end.
    """
    files = []
    for name, rows in part[["source_file", "source_sheet", "as_of_stated"]].groupby("source_file", sort=True):
        if rows["as_of_stated"].nunique(dropna=False) < 2:
            files.append(_file(Place(str(name)), rows, identity))
            continue
        files += [
            _file(Place(str(name), str(sheet)), of, identity) for sheet, of in rows.groupby("source_sheet", sort=True)
        ]
    return sorted(files, key=lambda f: (f.as_of or pd.Timestamp.min, len(f.rows), f.place))


def _file(place: Place, rows: Frame, identity: Mapping[Any, Any]) -> _File:
    stated = rows["as_of_stated"].max()
    at = {identity[i]: int(i) for i in rows.index}
    return _File(place, None if pd.isna(stated) else stated, at, tuple(map(int, rows.index)))


def _successor(earlier: _File, later: Sequence[_File], mode: str) -> _File | None:
    """The next file that may be a later edition; with the same or no cut-off date it must hold every row."""
    for file in later:
        if earlier.as_of is not None and file.as_of is not None and earlier.as_of < file.as_of:
            return file
        if earlier.place.file == file.place.file:  # sheets are editions only by the dates that they state
            continue
        if mode != "累计" and len(file.rows) > len(earlier.rows) and earlier.share_in(file) == 1:
            return file
    return None


def _is_edition(earlier: _File, later: _File, mode: str) -> bool:
    return mode == "累计" or earlier.share_in(later) >= SURELY


def _altered(frame: Frame, ledger: Ledger, schema: Schema, earlier: _File, later: _File) -> list[Problem]:
    """Rows of the earlier edition that the later one lacks, or says otherwise what does not change by itself."""
    problems = []
    for key, i in earlier.rows.items():
        if key not in later.rows:
            what = f"这条记录在后来的{later.name}里没有了，按后来的文件不再计入"
            problems.append(_problem(frame, ledger, "消失", what, i, later.place, "请说明是撤销还是漏报；漏报请补上"))
        elif names := [
            *_differing(frame, ledger, i, later.rows[key]),
            *_fallen_back(frame, ledger, schema, i, later.rows[key]),
        ]:
            what = f"{'、'.join(names)}与后来的{later.name}写的不一样，以后来的为准"
            problems.append(
                _problem(frame, ledger, "变更", what, i, place_of(frame, later.rows[key]), "请核对哪一次写的是对的")
            )
    return problems


def _differing(frame: Frame, ledger: Ledger, i: int, j: int) -> list[str]:
    """Fields that both rows fill and that should not change from one edition to the next."""
    moves = {*ledger.progress, ledger.handler, *(f.id for f in ledger.fields.values() if f.known_from or f.planned)}
    names = []
    for f in ledger.stored:
        if f.id in moves or f.kind == "persons" or f.reads or f.id not in frame:
            continue
        a, b = frame.at[i, f.id], frame.at[j, f.id]
        if not is_blank(a) and not is_blank(b) and a != b:
            names.append(f.name)
    return names


def _fallen_back(frame: Frame, ledger: Ledger, schema: Schema, i: int, j: int) -> list[str]:
    """Fields of progress that went back: 已查结 became 正在核查, a date that was written is another or gone."""
    names = []
    for name in ledger.progress:
        before, after, vocabulary = frame.at[i, name], frame.at[j, name], schema.vocabulary_of(ledger.id, name)
        if is_blank(before) or before == after or f"|{name}|" in frame.at[j, "unread"]:
            continue
        if vocabulary and not is_blank(after) and vocabulary.order[after] > vocabulary.order[before]:
            continue
        names.append(ledger.fields[name].name)
    return names


def _undecided(frame: Frame, ledger: Ledger, earlier: _File, later: _File) -> Problem:
    both = len(earlier.rows.keys() | later.rows.keys())
    what = (
        f"与后来的{later.name}有{len(earlier.rows.keys() & later.rows.keys())}条相同，看不出是累计还是增量："
        f"按累计是{len(later.rows)}条，按增量是{both}条；现按增量计"
    )
    return _problem(frame, ledger, "累计或增量不明", what, earlier.lines[0], later.place, _DECIDE)


_DECIDE = '请在 zhengfa.toml 的 [mode] 下写明，如 "公安局" = "累计"'


def _problem(frame: Frame, ledger: Ledger, kind: str, what: str, i: int, other: Place, do: str) -> Problem:
    return Problem(
        level="warning",
        kind=kind,
        place=place_of(frame, i),
        what=what,
        do=do,
        ledger=ledger.id,
        also=(other,),
        sender=frame["sender"].iat[i],
    )
