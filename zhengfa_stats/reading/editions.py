"""Editions: a sender's later cumulative file replaces its earlier one; what vanished or was altered on the way is a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from zhengfa_stats.reading.coded import Index
from zhengfa_stats.reading.sameness import keys_of
from zhengfa_stats.reading.stacking import Line, Lines, is_blank, jointly
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Ledger, Schema

SOURCE = ("source_file", "source_sheet", "source_row")
SURELY, HARDLY = 0.6, 0.3  # the share of an earlier file's rows that a later one repeats: an edition, an addition


@dataclass(slots=True)
class Editions:
    """A ledger after the earlier editions have made way."""

    lines: Lines
    superseded: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _File:
    """One sender's rows of a ledger in one file, or in one sheet of a file that keeps a sheet a cut-off date, by identity."""

    place: Place
    as_of: datetime | None
    rows: Mapping[int, int]
    lines: tuple[int, ...]

    @property
    def name(self) -> str:
        return str(self.place)

    def share_in(self, later: _File) -> float:
        """The share of this file's rows that the later file repeats."""
        return len(self.rows.keys() & later.rows.keys()) / len(self.rows)


def supersede(lines: Lines, ledger: Ledger, schema: Schema, mode_of: Callable[[str, str], str]) -> Editions:
    """Drop the rows of a sender's earlier editions, on record.

    `mode_of` (ledger, sender) settles it for files with different cut-off dates; 自动 tells by the rows: a later file
    that repeats the earlier one's rows is an edition of it, one that hardly does adds to it, and in between both
    counts are told and the files add up.
    """
    lines = lines.in_order(*SOURCE)
    result = Editions(lines)
    if ledger.tabulated:  # a total of May stays what May's cut-off needs
        return result
    gone: set[int] = set()
    for sender, files in _by_sender(lines, ledger, mode_of):
        mode = mode_of(ledger.id, sender)
        for i, earlier in enumerate(files):
            later = _successor(earlier, files[i + 1 :], mode)
            if later is None:
                continue
            if _is_edition(earlier, later, mode):
                gone.update(earlier.lines)
                result.problems += _altered(lines, ledger, schema, earlier, later)
            elif mode == "自动" and earlier.share_in(later) > HARDLY:
                result.problems.append(_undecided(lines, ledger, earlier, later))
    result.superseded = [lines.source(i) for i in sorted(gone)]
    result.lines = lines.without(sorted(gone))
    return result


def _by_sender(lines: Lines, ledger: Ledger, mode_of: Callable[[str, str], str]) -> Iterator[tuple[str, list[_File]]]:
    """The files of each sender whose rows stand in more than one sheet and may be editions."""
    senders, *sources = (lines.codes(name) for name in ("sender", *SOURCE[:2]))
    sheets = jointly(sources)
    parts = _runs(np.argsort(senders, kind="stable"), senders)
    named = {lines.at(part[0], "sender"): part for part in parts if senders[part[0]] >= 0 and np.ptp(sheets[part])}
    wanted = [sender for sender in sorted(named) if mode_of(ledger.id, sender) != "增量"]
    identity = _identities(lines, ledger) if wanted else sheets
    for sender in wanted:
        yield sender, _files(lines, named[sender], sources, identity)


def _runs(part: Index, codes: Index) -> list[Index]:
    """Lines parted where their codes change."""
    return np.split(part, np.flatnonzero(np.diff(codes[part])) + 1) if len(part) else []


def _identities(lines: Lines, ledger: Ledger) -> Index:
    """What identifies each row: the ledger's key where none of it is blank, else what the whole row says."""
    keys = keys_of(lines, ledger) if ledger.key else np.full(len(lines), -1)
    if (keys >= 0).all():
        return keys
    alike = jointly([lines.codes("_likeness"), lines.numbers("_nth")])
    return np.where(keys < 0, alike + keys.max(initial=0) + 1, keys)


def _files(lines: Lines, part: Index, sources: Sequence[Index], identity: Index) -> list[_File]:
    """A sender's files from the earliest cut-off date to the latest; without dates the smaller comes first.

    The sheets of one file are apart where they state different cut-off dates: a sheet a month's end.
    """
    files = []
    for rows in _runs(part, sources[0]):
        place = Place(lines.at(rows[0], "source_file"))
        if len(np.unique(lines.numbers("as_of_stated")[rows])) < 2:
            files.append(_file(lines, rows, identity, place))
            continue
        for of in _runs(rows, sources[1]):
            files.append(_file(lines, of, identity, replace(place, sheet=lines.at(of[0], "source_sheet"))))
    return sorted(files, key=lambda f: (f.as_of or datetime.min, len(f.rows), f.place))


def _file(lines: Lines, part: Index, identity: Index, place: Place) -> _File:
    stated = lines.numbers("as_of_stated")[part]
    as_of = max(stated[~np.isnat(stated)].tolist(), default=None)
    rows = part.tolist()
    return _File(place, as_of, dict(zip(identity[part].tolist(), rows, strict=True)), tuple(rows))


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


def _altered(lines: Lines, ledger: Ledger, schema: Schema, earlier: _File, later: _File) -> list[Problem]:
    """Rows of the earlier edition that the later one lacks, or says otherwise what does not change by itself."""
    problems = []
    for key, i in earlier.rows.items():
        if key not in later.rows:
            what = f"这条记录在后来的{later.name}里没有了，按后来的文件不再计入"
            problems.append(_problem(lines, ledger, "消失", what, i, later.place, "请说明是撤销还是漏报；漏报请补上"))
        elif names := [
            *_differing(lines, ledger, i, later.rows[key]),
            *_fallen_back(lines, ledger, schema, i, later.rows[key]),
        ]:
            what = f"{'、'.join(names)}与后来的{later.name}写的不一样，以后来的为准"
            problems.append(
                _problem(lines, ledger, "变更", what, i, lines.place(later.rows[key]), "请核对哪一次写的是对的")
            )
    return problems


def _differing(lines: Lines, ledger: Ledger, i: int, j: int) -> list[str]:
    """Fields that both rows fill and that should not change from one edition to the next."""
    moves = {*ledger.progress, ledger.handler, *(f.id for f in ledger.fields.values() if f.known_from or f.planned)}
    names = []
    for f in ledger.stored:
        if f.id in moves or f.kind == "persons" or f.reads or f.id not in lines:
            continue
        a, b = lines.at(i, f.id), lines.at(j, f.id)
        if not is_blank(a) and not is_blank(b) and a != b:
            names.append(f.name)
    return names


def _fallen_back(lines: Lines, ledger: Ledger, schema: Schema, i: int, j: int) -> list[str]:
    """Fields of progress that went back: 已查结 became 正在核查, a date that was written is another or gone."""
    names = []
    for name in ledger.progress:
        before, after, vocabulary = lines.at(i, name), lines.at(j, name), schema.vocabulary_of(ledger.id, name)
        if is_blank(before) or before == after or f"|{name}|" in lines.at(j, "unread"):
            continue
        if vocabulary and not is_blank(after) and vocabulary.order[after] > vocabulary.order[before]:
            continue
        names.append(ledger.fields[name].name)
    return names


def _undecided(lines: Lines, ledger: Ledger, earlier: _File, later: _File) -> Problem:
    both = len(earlier.rows.keys() | later.rows.keys())
    what = (
        f"与后来的{later.name}有{len(earlier.rows.keys() & later.rows.keys())}条相同，看不出是累计还是增量："
        f"按累计是{len(later.rows)}条，按增量是{both}条；现按增量计"
    )
    return _problem(lines, ledger, "累计或增量不明", what, earlier.lines[0], later.place, _DECIDE)


_DECIDE = '请在 zhengfa.toml 的 [mode] 下写明，如 "公安局" = "累计"'


def _problem(lines: Lines, ledger: Ledger, kind: str, what: str, i: int, other: Place, do: str) -> Problem:
    return Problem(
        level="warning",
        kind=kind,
        place=lines.place(i),
        what=what,
        do=do,
        ledger=ledger.id,
        also=(other,),
        sender=lines.at(i, "sender"),
    )
