"""Persons become pseudonyms where the sheet is read: of the written names and numbers nothing remains."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np

from zhengfa_stats.reading.cleaning.result import Crew
from zhengfa_stats.reading.coded import Coded, Column, Columns, Index, coded, constant, distinct, selected
from zhengfa_stats.reading.privacy import Named, keyed, pseudonym, tidied
from zhengfa_stats.schema import Field, Ledger

_NUMBERS = ("_id_card", "_staff_no")


def veil(lines: Columns, ledger: Ledger, named: Named) -> Columns:
    """Replace names and numbers by keyed hashes; a cell that names several persons gives a line to each.

    The hashes stand in `_name`, `_id_card`, `_staff_no` and `_nth` (which person of the cell), for many-valued
    fields in `_{field}`, and in the field's own column who each is by name and unit, where no roster says more.
    Nothing of the written names remains.
    """
    for f in ledger.fields.values():
        if f.kind != "persons" or not isinstance(crews := lines.get(f.id), Coded):
            continue
        if f.many:
            names, units = _veil_many(lines, crews, named), lines.get(unit_beside(f, ledger))
            lines = {**lines, f"_{f.id}": names, f.id: by_name(names, units, named.key)}
        else:
            lines = _veil_one(lines, f.id, crews, named)
    return {**lines, **{name: _hashed(column, name, named.key) for name, column in _numbers(lines).items()}}


def _numbers(lines: Columns) -> dict[str, Coded]:
    return {name: column for name in _NUMBERS if isinstance(column := lines.get(name), Coded)}


def _hashed(numbers: Coded, kind: str, key: bytes) -> Coded:
    return numbers.map(lambda number: pseudonym(key, kind, _unpadded(str(number))))


def _unpadded(number: str) -> str:
    """A number without leading zeros: Excel drops those of 000101 where the cell is a number."""
    return number.lstrip("0") or number if number.isdecimal() else number


def unit_beside(f: Field, ledger: Ledger) -> str:
    """The field that says which unit the persons of another field are of; "" where none does."""
    units = (u.id for u in ledger.fields.values() if u.kind == "unit")
    return next((id_ for id_ in units if id_.startswith(f.id.rstrip("s"))), "")


def by_name(crews: Coded, units: Column | None, key: bytes) -> Coded:
    """Who the persons of a cell are, by their names under the key and the unit beside them."""
    crews, units = distinct(crews), distinct(units) if isinstance(units, Coded) else constant(len(crews), None)
    places = [*units.values, None]
    pairs, index = np.unique(crews.index * len(places) + units.index % len(places), return_inverse=True)
    ends = [tidied(f"|{unit or ''}|") for unit in places]
    told = [(crews.values[pair // len(places)], ends[pair % len(places)]) for pair in pairs.tolist()]
    texts = [name.upper() + end for names, end in told for name in names]  # a name is a hash already
    persons = iter(keyed(key, "person", texts))
    return Coded(index, [tuple(islice(persons, len(names))) for names, _ in told])


def _veil_many(lines: Columns, crews: Coded, named: Named) -> Coded:
    names = crews.map(lambda crew: named.pseudonyms(crew.names))
    names = names.or_else(constant(len(crews), ()))
    others = np.array([*(crew.others if crew else 0 for crew in crews.values), 0])[crews.index]
    return names.patched(
        {
            i: (*names.at(i), *(anonymous(lines, i, k, named.key) for k in range(others[i])))
            for i in np.flatnonzero(others)
        }
    )


def _veil_one(lines: Columns, name: str, crews: Coded, named: Named) -> Columns:
    people = [_people(crew, named) if crew else ("",) for crew in crews.values] + [("",)]
    sizes = np.array([len(names) for names in people])
    counts = sizes[crews.index]
    of = np.repeat(np.arange(len(crews)), counts)  # the line that each person stands in
    nth = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = (np.cumsum(sizes) - sizes)[crews.index[of]] + nth
    names = coded(place, [n or None for names in people for n in names])
    nameless = np.flatnonzero(crews.filled[of] & ~names.filled)
    lines = {id_: column for id_, column in lines.items() if id_ != name}
    if len(of) > len(crews):
        lines = _with_own_numbers(selected(lines, of), counts[of], nth)
    cells = constant(len(of), None).patched({i: anonymous(lines, i, nth[i], named.key) for i in nameless})
    return {**lines, "_nth": nth, "_name": names, "_cell": cells}


def _people(crew: Crew, named: Named) -> tuple[str, ...]:
    """One entry a person: the hashed name, "" for a person known only by number."""
    return named.pseudonyms(crew.names) + ("",) * crew.others or ("",)


def _with_own_numbers(lines: Columns, counts: Index, nth: Index) -> Columns:
    """Several persons in a cell: each takes the number in his place, or none has one."""
    several = np.flatnonzero(counts > 1)
    own = {
        name: column.patched({i: _part(column.at(i), nth[i], counts[i]) for i in several})
        for name, column in _numbers(lines).items()
    }
    return {**lines, **own}


def _part(written: object, nth: int, n: int) -> str | None:
    if not isinstance(written, str):
        return None
    for mark in "，,；;/ \n":
        written = written.replace(mark, "、")
    parts = [p for p in written.split("、") if p]
    return parts[nth] if len(parts) == n else None


def anonymous(lines: Columns, line: Any, nth: Any, key: bytes) -> str:
    """A pseudonym for somebody of whom only the place is known."""
    file, sheet, rows = (lines[name] for name in ("source_file", "source_sheet", "source_row"))
    assert isinstance(file, Coded) and isinstance(sheet, Coded) and not isinstance(rows, Coded)
    return at_place(file.at(line), sheet.at(line), rows[line], nth, key)


def at_place(file: Any, sheet: Any, row: Any, nth: Any, key: bytes) -> str:
    """The pseudonym of the nth person in a cell who is not named."""
    return pseudonym(key, "cell", f"{file}|{sheet}|{row}|{nth}")
