"""Persons become pseudonyms: hashed where the sheet is read, joined across ledgers by card, number, or the roster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from zhengfa_stats.reading.cleaning.result import Crew
from zhengfa_stats.reading.privacy import pseudonym
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Field, Ledger

Frame: TypeAlias = pd.DataFrame
_NUMBERS = ("_id_card", "_staff_no")


def veil(frame: Frame, ledger: Ledger, key: bytes) -> Frame:
    """Replace names and numbers by keyed hashes; a cell that names several persons gives a line to each.

    The hashes stand in `_name`, `_id_card`, `_staff_no` and `_nth` (which person of the cell), for many-valued
    fields in `_names` of the field's own column. Nothing of the written names remains.
    """
    for f in ledger.fields.values():
        if f.kind == "persons" and f.id in frame:
            frame = _veil_many(frame, f, key) if f.many else _veil_one(frame, f, key)
    for name in _NUMBERS:
        if name in frame:
            frame[name] = _hashed(frame[name].map(_unpadded), name, key)
    return frame


def _unpadded(number: Any) -> Any:
    """A number without leading zeros: Excel drops those of 000101 where the cell is a number."""
    return number.lstrip("0") or number if isinstance(number, str) and number.isdecimal() else number


def _veil_many(frame: Frame, f: Field, key: bytes) -> Frame:
    crews = frame[f.id]
    index, distinct = pd.factorize(crews.to_numpy(dtype=object))
    names = [tuple(pseudonym(key, "name", n) for n in crew.names) for crew in distinct]
    others = np.array([*(crew.others for crew in distinct), 0])[index]
    column = np.fromiter([*names, ()], dtype=object, count=len(names) + 1)[index]
    for i in np.flatnonzero(others):
        column[i] = (*column[i], *(_anonymous(frame, i, k, key) for k in range(others[i])))
    frame[f.id] = column
    return frame


def _veil_one(frame: Frame, f: Field, key: bytes) -> Frame:
    index, distinct = pd.factorize(frame[f.id].to_numpy(dtype=object))
    people = [_people(crew, key) for crew in distinct]
    counts = np.array([*(len(p) for p in people), 1])[index]
    lines = np.repeat(np.arange(len(frame)), counts)
    nth = np.arange(len(lines)) - np.repeat(np.cumsum(counts) - counts, counts)
    flat = (
        [name for i in index for name in (people[i] if i >= 0 else (None,))]
        if counts.max(initial=0) > 1
        else [people[i][0] if i >= 0 else None for i in index]
    )
    spread = frame.iloc[lines].reset_index(drop=True) if len(lines) != len(frame) else frame
    spread["_nth"] = nth
    spread["_name"] = np.fromiter(flat, dtype=object, count=len(flat))
    unknown = spread["_name"].eq("")
    spread["_cell"] = None
    for i in np.flatnonzero(unknown.to_numpy(dtype=bool)):
        spread.loc[i, "_cell"] = _anonymous(spread, i, nth[i], key)
    spread.loc[unknown, "_name"] = None
    if len(lines) != len(frame):
        _part_numbers(spread, np.repeat(counts, counts))
    return spread.drop(columns=f.id)


def _people(crew: Crew, key: bytes) -> tuple[str, ...]:
    """One entry a person: the hashed name, "" for a person known only by number."""
    return tuple(pseudonym(key, "name", n) for n in crew.names) + ("",) * crew.others or ("",)


def _part_numbers(frame: Frame, counts: Any) -> None:
    """Several persons in a cell: each takes the number in his place, or none has one."""
    for name in _NUMBERS:
        if name not in frame:
            continue
        for i in np.flatnonzero(counts > 1):
            parts = _parts(frame.at[i, name])
            frame.at[i, name] = parts[frame.at[i, "_nth"]] if len(parts) == counts[i] else None


def _parts(written: object) -> list[str]:
    if not isinstance(written, str):
        return []
    for mark in "，,；;/ \n":
        written = written.replace(mark, "、")
    return [p for p in written.split("、") if p]


def _anonymous(frame: Frame, i: Any, nth: Any, key: bytes) -> str:
    row = frame.iloc[i]
    return pseudonym(key, "cell", f"{row['source_file']}|{row['source_sheet']}|{row['source_row']}|{nth}")


def _hashed(column: pd.Series, kind: str, key: bytes) -> Any:
    index, distinct = pd.factorize(column.to_numpy(dtype=object))
    hashes = [pseudonym(key, kind, str(d)) for d in distinct]
    return np.fromiter([*hashes, None], dtype=object, count=len(hashes) + 1)[index]


def resolve(
    frames: Mapping[str, Frame], ledgers: Mapping[str, Ledger], key: bytes
) -> tuple[dict[str, Frame], list[Problem], frozenset[str]]:
    """Give every person one pseudonym across the ledgers; what had to be guessed by name and unit is a problem.

    By the ID card; else by the staff number (joined to the card where any row has both); else by a single match
    on the roster by name and unit; else by name and unit. Two of one name in one unit are never merged; the
    pseudonyms of those who may be either come third.
    """
    people = _gather(frames)
    roster = _settle(people, key)
    done, problems = {}, []
    unsure: frozenset[str] = frozenset()
    for id_, frame in frames.items():
        ledger = ledgers[id_]
        if "_name" in frame:
            frame, found, ambiguous = _resolve_one(frame, ledger, people[people["ledger"] == id_], roster, key)
            problems += found
            unsure |= ambiguous
        for f in ledger.fields.values():
            if f.kind == "persons" and f.many and f.id in frame:
                frame = frame.copy()
                frame[f"_{f.id}"] = frame[f.id]
                frame[f.id] = _resolve_many(frame, f, ledger, roster, key)
        done[id_] = frame
    return done, problems, unsure


def _gather(frames: Mapping[str, Frame]) -> Frame:
    """All lines with a person, with what identifies him."""
    parts = []
    for id_, frame in frames.items():
        if "_name" not in frame:
            continue
        part = frame.reindex(columns=["_id_card", "_staff_no", "_name", "_cell", "unit", "region"]).copy()
        part["ledger"], part["line"] = id_, np.arange(len(frame))
        parts.append(part)
    columns = ["_id_card", "_staff_no", "_name", "_cell", "unit", "region", "ledger", "line"]
    people = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return people.astype({c: object for c in columns[:6]}).where(people.notna(), None)


def _settle(people: Frame, key: bytes) -> Frame:
    """Add `who` to people that a card or number identifies; return the roster by name and unit."""
    number = people["_staff_no"]
    numbered = people[number.notna()]
    names = numbered.groupby("_staff_no")["_name"].nunique()
    units = numbered.groupby("_staff_no")["unit"].nunique()
    shared = set(names.index[(names > 1) & (units > 1)])  # two bureaux gave out one number
    within = np.where(number.isin(shared), number.fillna("") + "|" + people["unit"].fillna("").astype(str), number)
    people["number"] = pd.Series(within, index=people.index, dtype=object)
    both = people[people["_id_card"].notna() & people["number"].notna()]
    cards = both.groupby("number")["_id_card"].agg(["nunique", "first"])
    card_of = cards.loc[cards["nunique"] == 1, "first"]
    card = people["_id_card"].where(people["_id_card"].notna(), people["number"].map(card_of))
    who = card.where(card.notna(), people["number"])
    people["who"] = who.where(who.notna(), people["_cell"])
    listed = people[people["ledger"] == "roster"].copy()
    bare = listed["who"].isna()
    twice = listed.duplicated(["_name", "unit", "region"], keep=False)
    line = listed["line"].map(lambda n: pseudonym(key, "roster", str(n)))
    listed.loc[bare, "who"] = np.where(twice[bare], line[bare], _by_name(listed[bare]))
    people.loc[listed.index, "who"] = listed["who"]
    return listed


def _by_name(frame: Frame) -> Any:
    """Name, unit and region as one text; the name is a hash already."""
    texts = frame["_name"] + "|" + frame["unit"].fillna("").astype(str) + "|" + frame["region"].fillna("").astype(str)
    return texts.where(frame["_name"].notna(), None)


class _Roster:
    """Whom a name in a unit may mean, by the roster."""

    def __init__(self, listed: Frame) -> None:
        full = listed.groupby(["_name", "unit", "region"], dropna=False)["who"].agg(["nunique", "first"])
        line = listed.groupby(["_name", "unit"], dropna=False)["who"].agg(["nunique", "first"])
        self.full: dict[Any, tuple[int, str]] = dict(
            zip(full.index, full.itertuples(index=False, name=None), strict=True)
        )
        self.line: dict[Any, tuple[int, str]] = dict(
            zip(line.index, line.itertuples(index=False, name=None), strict=True)
        )

    def find(self, name: object, unit: object, region: object) -> tuple[int, str]:
        """How many persons match, and the first; a row that says no region may mean any."""
        exact = self.full.get((name, unit, region))
        if exact or region:
            return exact or (0, "")
        return self.line.get((name, unit), (0, ""))


def _resolve_one(
    frame: Frame, ledger: Ledger, people: Frame, listed: Frame, key: bytes
) -> tuple[Frame, list[Problem], frozenset[str]]:
    f = next(f for f in ledger.fields.values() if f.kind == "persons" and not f.many and not f.private)
    who = people["who"].to_numpy(dtype=object).copy()
    names = people["_name"].to_numpy(dtype=object)
    roster = _Roster(listed)
    by_name, ambiguous = [], []
    pending = np.flatnonzero(pd.isna(who) & pd.notna(names))
    guesses = _by_name(people).to_numpy(dtype=object) if len(pending) else who
    for i in map(int, pending):
        matches, found = roster.find(names[i], people["unit"].iat[i], people["region"].iat[i] or "")
        if matches == 1:
            who[i] = found
        elif matches == 0:
            who[i] = guesses[i]
            by_name.append(i)
        else:
            who[i] = _anonymous(frame, i, frame["_nth"].iat[i], key)
            ambiguous.append(i)
    frame = frame.copy()
    frame[f.id] = _hashed(pd.Series(who, dtype=object), "person", key)
    problems = _told(frame, ledger, f, by_name, _BY_NAME) + _told(frame, ledger, f, ambiguous, _AMBIGUOUS)
    return frame, problems, frozenset(frame[f.id].iloc[ambiguous])


_BY_NAME = (
    "note",
    "按姓名识别",
    "有{n}处没有身份证号和警号，花名册上也对不上，按姓名和单位识别（行：{rows}）",
    "请补填警号，或补报花名册",
)
_AMBIGUOUS = (
    "warning",
    "同名难辨",
    "有{n}处所写姓名在该单位不止一人，又没有警号，各按不同的人计（行：{rows}）",
    "请补填警号",
)


def _told(frame: Frame, ledger: Ledger, f: Field, lines: list[int], form: tuple[Any, str, str, str]) -> list[Problem]:
    """One problem a sheet for the lines of one kind."""
    if not lines:
        return []
    level, kind, what, do = form
    problems = []
    for (file, sheet, sender), part in frame.iloc[lines].groupby(["source_file", "source_sheet", "sender"], sort=True):
        rows = sorted(set(part["source_row"]))
        said = "、".join(map(str, rows[:10])) + ("…" if len(rows) > 10 else "")
        text = what.format(n=len(part), rows=said)
        problems.append(Problem(level, kind, Place(file, sheet), text, do, "", ledger.id, f.id, (), sender))
    return problems


def _resolve_many(frame: Frame, f: Field, ledger: Ledger, listed: Frame, key: bytes) -> Any:
    """Each name of a many-valued field by the roster within the subject's unit, else by name and unit."""
    unit = next((u.id for u in ledger.fields.values() if u.kind == "unit" and u.id.startswith(f.id.rstrip("s"))), "")
    units = frame[unit].to_numpy(dtype=object) if unit in frame else np.full(len(frame), None, dtype=object)
    roster = _Roster(listed)
    known: dict[tuple[object, object], str] = {}

    def one(name: str, at: object) -> str:
        if (name, at) not in known:
            matches, found = roster.find(name, at, "")
            known[name, at] = pseudonym(key, "person", found if matches == 1 else f"{name}|{at or ''}|")
        return known[name, at]

    column = [tuple(one(n, at) for n in names) for names, at in zip(frame[f.id], units, strict=True)]
    return np.fromiter(column, dtype=object, count=len(column))
