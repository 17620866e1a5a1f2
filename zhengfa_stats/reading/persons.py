"""Persons joined across ledgers: by card, number, or the roster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from zhengfa_stats.reading.privacy import pseudonym
from zhengfa_stats.reading.veiling import at_place
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Field, Ledger

Frame: TypeAlias = pd.DataFrame


def _hashed(column: pd.Series, kind: str, key: bytes) -> Any:
    index, distinct = pd.factorize(column.to_numpy(dtype=object))
    hashes = [pseudonym(key, kind, str(d)) for d in distinct]
    return np.fromiter([*hashes, None], dtype=object, count=len(hashes) + 1)[index]


def _at_place(frame: Frame, i: int, key: bytes) -> str:
    file, sheet, row, nth = (frame[name].iat[i] for name in ("source_file", "source_sheet", "source_row", "_nth"))
    return at_place(file, sheet, row, nth, key)


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
            who[i] = _at_place(frame, i, key)
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
    units = _or_none(frame[unit]) if unit in frame else np.full(len(frame), None, dtype=object)
    roster = _Roster(listed)
    known: dict[tuple[object, object], str] = {}

    def one(name: str, at: object) -> str:
        if (name, at) not in known:
            matches, found = roster.find(name, at, "")
            known[name, at] = pseudonym(key, "person", found if matches == 1 else f"{name}|{at or ''}|")
        return known[name, at]

    column = [tuple(one(n, at) for n in names) for names, at in zip(frame[f.id], units, strict=True)]
    return np.fromiter(column, dtype=object, count=len(column))


def _or_none(column: pd.Series) -> Any:
    """A column's values, None where there is none."""
    return column.astype(object).where(column.notna(), None).to_numpy(dtype=object)
