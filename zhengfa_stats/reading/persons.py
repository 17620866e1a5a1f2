"""Persons joined across ledgers: by card, number, or the roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from zhengfa_stats.reading.coded import Coded, Objects
from zhengfa_stats.reading.privacy import pseudonym
from zhengfa_stats.reading.stacking import Lines
from zhengfa_stats.reading.veiling import at_place, unit_beside
from zhengfa_stats.records import Place, Problem
from zhengfa_stats.schema import Field, Ledger

Frame: TypeAlias = pd.DataFrame
_TELLS = ("_id_card", "_staff_no", "_name", "_cell", "unit", "region")  # of a person


def _at_place(lines: Lines, i: int, key: bytes) -> str:
    file, sheet, row, nth = (lines.at(i, name) for name in ("source_file", "source_sheet", "source_row", "_nth"))
    return at_place(file, sheet, row, nth, key)


def resolve(
    stacks: Mapping[str, Lines], ledgers: Mapping[str, Ledger], key: bytes
) -> tuple[list[Problem], frozenset[str]]:
    """Give every person one pseudonym across the ledgers; what had to be guessed by name and unit is a problem.

    By the ID card; else by the staff number (joined to the card where any row has both); else by a single match
    on the roster by name and unit; else by name and unit. Two of one name in one unit are never merged; the
    pseudonyms of those who may be either come second.
    """
    if not any("_name" in lines for lines in stacks.values()):
        return [], frozenset()  # all that is known of the names in cells is known already
    people = _gather(stacks)
    roster = _Roster(_settle(people, key))
    problems: list[Problem] = []
    unsure: frozenset[str] = frozenset()
    for id_, lines in stacks.items():
        ledger = ledgers[id_]
        if "_name" in lines:
            found, ambiguous = _resolve_one(lines, ledger, people[people["ledger"] == id_], roster, key)
            problems += found
            unsure |= ambiguous
        for f in ledger.fields.values():
            if f.kind == "persons" and f.many and f.id in lines and roster.names:
                _resolve_many(lines, f, ledger, roster, key)
    return problems, unsure


def _gather(stacks: Mapping[str, Lines]) -> Frame:
    """All lines with a person, with what identifies him."""
    return pd.concat([_people(*stack) for stack in stacks.items() if "_name" in stack[1]], ignore_index=True)


def _people(id_: str, lines: Lines) -> Frame:
    told = {name: pd.Series(lines.distinct(name).spread(), dtype=object) for name in _TELLS}
    return pd.DataFrame({**told, "ledger": id_, "line": np.arange(len(lines))})


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
        self.names = {name for name, _ in self.line}

    def find(self, name: object, unit: object, region: object) -> tuple[int, str]:
        """How many persons match, and the first; a row that says no region may mean any."""
        exact = self.full.get((name, unit, region))
        if exact or region:
            return exact or (0, "")
        return self.line.get((name, unit), (0, ""))


def _resolve_one(
    lines: Lines, ledger: Ledger, people: Frame, roster: _Roster, key: bytes
) -> tuple[list[Problem], frozenset[str]]:
    f = next(f for f in ledger.fields.values() if f.kind == "persons" and not f.many and not f.private)
    who = people["who"].to_numpy(dtype=object).copy()
    names = people["_name"].to_numpy(dtype=object)
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
            who[i] = _at_place(lines, i, key)
            ambiguous.append(i)
    lines[f.id] = persons = _hashed(who, "person", key)
    problems = _told(lines, ledger, f, by_name, _BY_NAME) + _told(lines, ledger, f, ambiguous, _AMBIGUOUS)
    return problems, frozenset(persons.at(i) for i in ambiguous)


def _hashed(values: Objects, kind: str, key: bytes) -> Coded:
    index, distinct = pd.factorize(values)
    return Coded(index, [pseudonym(key, kind, str(d)) for d in distinct])


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


def _told(
    lines: Lines, ledger: Ledger, f: Field, which: Sequence[int], form: tuple[Any, str, str, str]
) -> list[Problem]:
    """One problem a sheet for the lines of one kind."""
    level, kind, what, do = form
    sheets: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for i in which:
        file, sheet, sender, row = (
            lines.at(i, name) for name in ("source_file", "source_sheet", "sender", "source_row")
        )
        sheets[file, sheet, sender].append(row)
    problems = []
    for (file, sheet, sender), found in sorted(sheets.items()):
        rows = sorted(set(found))
        said = "、".join(map(str, rows[:10])) + ("…" if len(rows) > 10 else "")
        text = what.format(n=len(found), rows=said)
        problems.append(Problem(level, kind, Place(file, sheet), text, do, "", ledger.id, f.id, (), sender))
    return problems


def _resolve_many(lines: Lines, f: Field, ledger: Ledger, roster: _Roster, key: bytes) -> None:
    """Each name of a many-valued field by the roster within the subject's unit, where it says who that is."""
    crews, unit = lines.distinct(f"_{f.id}"), unit_beside(f, ledger)
    listed = [not roster.names.isdisjoint(names) for names in crews.values]
    for i in np.flatnonzero(np.array([*listed, False])[crews.index]).tolist():
        at = lines.at(i, unit) if unit in lines else None
        found = [roster.find(name, at, "") for name in crews.at(i)]
        known = [pseudonym(key, "person", who) if n == 1 else "" for n, who in found]
        lines.put(i, f.id, tuple(a or b for a, b in zip(known, lines.at(i, f.id), strict=True)))
