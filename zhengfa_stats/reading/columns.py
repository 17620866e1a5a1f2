"""One written column → cleaned values, worked out once for each distinct written value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from zhengfa_stats.reading.cleaning import codes, dates, flags, numbers, persons, terms, texts, units
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault, Office, Span
from zhengfa_stats.reading.sheets import Cell
from zhengfa_stats.schema import Field, Schema, Vocabulary

Objects = npt.NDArray[np.object_]
Index = npt.NDArray[np.intp]
Clean = Callable[[Cell], Cleaned[Any]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A column as read for one field: `index` leads each row to its distinct written value, -1 where it is blank."""

    field: Field
    at: int  # 1-based column on the sheet
    index: Index
    written: Sequence[Cell]
    cleaned: Sequence[Cleaned[Any]]

    def values(self) -> Objects:
        """The stored value of each row, None where there is none."""
        return spread([c.value for c in self.cleaned], self.index)

    def rows_where(self, test: Callable[[Cleaned[Any]], bool]) -> Index:
        """The positions of rows whose cleaned value meets the test."""
        met = np.array([test(c) for c in self.cleaned] + [False], dtype=bool)
        return np.flatnonzero(met[self.index])


def spread(distinct: Iterable[Any], index: Index) -> Objects:
    """Distinct values laid out over the rows; index -1 gives None."""
    table = [*distinct, None]
    return np.fromiter(table, dtype=object, count=len(table))[index]


def distinguish(cells: Sequence[Cell]) -> tuple[Index, list[Cell]]:
    """The distinct written values of a column, and each row's place among them (-1: blank)."""
    index, distinct = pd.factorize(np.fromiter(cells, dtype=object, count=len(cells)))
    return index, list(distinct)


def read_column(cells: Sequence[Cell], at: int, field: Field, clean: Clean) -> Reading:
    """Clean a column for a field."""
    index, written = distinguish(cells)
    return Reading(field, at, index, written, [clean(value) for value in written])


@dataclass(frozen=True, slots=True)
class Cleaners:
    """Chooses the cleaner of a field; `context` holds what the sheet says about years and months."""

    schema: Schema
    city: str
    context: dates.Context

    def of(self, ledger: str, field: Field) -> Clean:
        """The cleaner for a field's kind, with its vocabulary and words to strip."""
        vocabulary = self.schema.vocabulary_of(ledger, field.id)
        match field.kind:
            case "date":
                return lambda value: dates.clean(value, self.context)
            case "number":
                return numbers.clean
            case "flag":
                words = self.schema.vocabularies["flag"]
                return lambda value: flags.clean(value, words)
            case "code":
                return lambda value: codes.clean(value, many=field.many)
            case "persons":
                return persons.clean
            case "text":
                return texts.clean
            case "term":
                return self._term(field, _given(vocabulary, field))
            case "unit":
                known = _given(vocabulary, field)
                clean: Callable[..., Cleaned[Any]] = units.clean_many if field.many else units.clean
                return lambda value: clean(value, known, self.city)

    def tick(self, value: Cell) -> Cleaned[Any]:
        """A cell of a tick column: ticked or not."""
        return flags.clean(value, self.schema.vocabularies["flag"], tick=True)

    def _term(self, field: Field, vocabulary: Vocabulary) -> Clean:
        def clean(value: Cell) -> Cleaned[Any]:
            if field.highest:
                return _highest(terms.clean(value, vocabulary, strip=field.strip, many=True), vocabulary)
            return terms.clean(value, vocabulary, strip=field.strip, many=field.many)

        def lenient(value: Cell) -> Cleaned[Any]:
            found = clean(value)
            return Cleaned(found.value) if found.fault is None else Cleaned(None)

        return lenient if field.reads else clean


def _highest(found: Cleaned[tuple[str, ...]], vocabulary: Vocabulary) -> Cleaned[str]:
    """Of several terms in a cell the one that stands first in the vocabulary."""
    if not found.value:
        return Cleaned(None, found.rule, found.fault)
    highest = min(found.value, key=lambda term: vocabulary.order[term])
    return Cleaned(highest, "一格多个职级：就高" if len(found.value) > 1 else found.rule, found.fault)


def _given(vocabulary: Vocabulary | None, field: Field) -> Vocabulary:
    assert vocabulary is not None, field.id  # checked when the definitions are loaded
    return vocabulary


def shown(value: object) -> str:
    """A cell as text for the record of changes: dates as ISO, whole numbers without a decimal point."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case Span(first, last):
            return first.isoformat() if first == last else f"{first}～{last}"
        case Office(unit, region):
            return region + unit
        case tuple():
            return "、".join(shown(v) for v in value)
        case _:
            return str(value)


class SharedColumn:
    """Tells apart the values of one column that several term fields share: each value goes to the field that knows it."""

    def __init__(self, fields: Sequence[Field], cleaners: Sequence[Clean]) -> None:
        self.fields = list(zip(fields, cleaners, strict=True))

    def clean(self, value: Cell) -> dict[str, Cleaned[Any]]:
        """The field ids that a written value speaks of, each with its cleaned value; {"": fault} when none or two know it."""
        found = self._whole(value)
        if "" in found and isinstance(value, str) and len(parts := terms.split(value)) > 1:
            return self._parts(parts)
        return found

    def _whole(self, value: Cell) -> dict[str, Cleaned[Any]]:
        tried = [(f, c(value)) for f, c in self.fields]
        known = [(f, c) for f, c in tried if c.fault is None and c.value is not None and c.value is not False]
        exact = [(f, c) for f, c in known if not c.rule]
        known = exact if len(exact) == 1 else known  # a term's own name beats another field's alias
        if len(known) == 1:
            return {known[0][0].id: known[0][1]}
        if len(known) > 1:
            names = "、".join(f.name for f, _ in known)
            fault = Fault(
                "error", "含义不明", f"“{shown(value)}”可能是{names}，无法判定", "写全称，如“党内警告”“政务警告”"
            )
            return {"": Cleaned(None, "", fault)}
        if any(c.fault is None for _, c in tried):  # some field takes it for a nothing-value
            return {}
        return {"": next(c for _, c in tried)}

    def _parts(self, parts: Sequence[str]) -> dict[str, Cleaned[Any]]:
        found: dict[str, Cleaned[Any]] = {}
        for part in parts:
            for name, cleaned in self._whole(part).items():
                if name in found and found[name].value != cleaned.value:
                    fault = Fault("error", "含义不明", f"同一格里写了两种：{'、'.join(parts)}", "每格每类只写一种")
                    return {"": Cleaned(None, "", fault)}
                found[name] = Cleaned(cleaned.value, "一格多值：按词分开", cleaned.fault)
        return found
