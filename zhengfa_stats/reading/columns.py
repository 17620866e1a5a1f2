"""One written column → cleaned values, worked out once for each distinct written value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from typing import Any

import numpy as np

from zhengfa_stats.reading.cleaning import codes, dates, flags, numbers, persons, posts, terms, texts, units
from zhengfa_stats.reading.cleaning.normal import EMPTY_RULE
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault, Office, Span, Sure
from zhengfa_stats.reading.coded import Coded, Index, coded
from zhengfa_stats.reading.sheets import Cell
from zhengfa_stats.records import parse_address
from zhengfa_stats.schema import Field, Kind, Ledger, Schema, Vocabulary

Clean = Callable[[Cell], Cleaned[Any]]

_RECURRING: frozenset[Kind] = frozenset({"date", "term", "unit", "flag", "number"})
_LONGEST = 4000  # signs: more than any list of persons


@dataclass(frozen=True, slots=True)
class Reading:
    """A column as read for one field."""

    field: Field
    at: int  # 1-based column on the sheet
    written: Coded
    values: Sequence[Any]  # what becomes of each distinct written value
    remarked: Mapping[int, Cleaned[Any]]  # by place: the values of which more is to be told: a rule, a fault

    @classmethod
    def of(cls, field: Field, at: int, written: Coded, cleaned: Sequence[Cleaned[Any]]) -> Reading:
        """The reading whose every distinct value was cleaned."""
        return cls(field, at, written, *_told(cleaned))

    def stored(self) -> Coded:
        """The stored value of each row."""
        return coded(self.written.index, self.values)

    def rows_of(self, places: Sequence[int]) -> Index:
        """The positions of rows whose distinct value is one of those at some places."""
        if not places:
            return np.empty(0, dtype=np.intp)
        met = np.zeros(len(self.values) + 1, dtype=bool)
        met[places] = True
        return np.flatnonzero(met[self.written.index])


def cleaned_all(written: Sequence[Cell], clean: Clean, sure: Sure | None) -> tuple[list[Any], dict[int, Cleaned[Any]]]:
    """What becomes of distinct values, and by place those of which more is to be told: a rule, a fault.

    What is sure without a closer look is not given to the cleaner.
    """
    if sure is None:
        return _told([clean(value) for value in written])
    match, store = sure.pattern.fullmatch, sure.store
    values = [store(v) if v.__class__ is str and match(v) else None for v in written]
    remarked = {}
    for place in [place for place, value in enumerate(values) if value is None]:
        cleaned = clean(written[place])
        values[place] = cleaned.value
        if cleaned.rule or cleaned.fault:
            remarked[place] = cleaned
    return values, remarked


def _told(cleaned: Sequence[Cleaned[Any]]) -> tuple[list[Any], dict[int, Cleaned[Any]]]:
    return [c.value for c in cleaned], {place: c for place, c in enumerate(cleaned) if c.rule or c.fault}


def by_column(fills: Mapping[str, str]) -> dict[int, dict[int, tuple[int, int]]]:
    """Fills as column → row → the (row, column) that the value stands in."""
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for cell, origin in fills.items():
        row, column = parse_address(cell)
        found.setdefault(column, {})[row] = parse_address(origin)
    return found


@dataclass(frozen=True, slots=True)
class Cleaners:
    """Chooses the cleaner of a field; `context` holds what the sheet says of years and months, `home` of the region."""

    schema: Schema
    city: str
    context: dates.Context
    home: str = ""

    def region(self, value: Cell) -> Cleaned[str]:
        """A text that is nothing but a county, a district or the city's own level."""
        return units.only_region(value, self.city)

    def of(self, ledger: str, field: Field) -> Clean:
        """The cleaner for a field's kind, with its vocabulary and words to strip; an essay is no value of any other kind than text."""
        return _remembering(self, ledger, field) if field.kind in _RECURRING else self._guarded(ledger, field)

    def _guarded(self, ledger: str, field: Field) -> Clean:
        clean = self._of(ledger, field)
        return clean if field.kind == "text" else lambda value: _too_long(value, field) or clean(value)

    def _of(self, ledger: str, field: Field) -> Clean:
        vocabulary = self.schema.vocabulary_of(ledger, field.id)
        match field.kind:
            case "date":
                return lambda value: dates.clean(value, self.context)
            case "number":
                return numbers.clean
            case "flag":
                words = self.schema.vocabularies["flag"]
                return lambda value: flags.clean(value, words)
            case "code" if field.private:
                return codes.clean_private
            case "code":
                return partial(codes.clean, many=True) if field.many else codes.clean
            case "persons":
                return persons.clean
            case "text" if field.id == "region":
                return lambda value: units.clean_region(value, self.city)
            case "text":
                return texts.clean
            case "term":
                return self._term(field, _given(vocabulary, field))
            case "unit":
                known = _given(vocabulary, field)
                clean: Callable[..., Cleaned[Any]] = units.clean_many if field.many else units.clean
                return lambda value: clean(value, known, self.city, self.home)

    def sure(self, field: Field) -> Sure | None:
        """What the cleaner of a field takes as it stands."""
        if field.kind == "code" and not field.many:
            return codes.SURE
        return persons.SURE if field.kind == "persons" else None

    def tick(self, value: Cell) -> Cleaned[Any]:
        """A cell of a tick column: ticked or not."""
        return flags.clean(value, self.schema.vocabularies["flag"], tick=True)

    def _term(self, field: Field, vocabulary: Vocabulary) -> Clean:
        def clean(value: Cell) -> Cleaned[Any]:
            if field.highest:
                found = terms.clean(value, vocabulary, strip=field.strip, many=True)
                return _highest(found, vocabulary, self.schema.options.get(field.prefer, ""))
            if field.heaviest:
                return _heaviest(terms.clean(value, vocabulary, strip=field.strip, many=True), vocabulary)
            return terms.clean(value, vocabulary, strip=field.strip, many=field.many)

        def lenient(value: Cell) -> Cleaned[Any]:
            found = clean(value)
            return Cleaned(found.value) if found.fault is None else Cleaned(None)

        def of_posts(value: Cell) -> Cleaned[Any]:
            if not isinstance(value, str):
                return lenient(value)
            tried = (lenient(form) for form in posts.forms(value, self.schema.vocabularies["unit"], self.city))
            return next((c for c in tried if c.value is not None), Cleaned(None))

        def ticked(value: Cell) -> Cleaned[Any]:
            found = clean(value)
            return found if found.fault is None else _ticked(found, self.tick(value), field.ticked, value)

        if field.reads:
            return of_posts if field.posts else lenient
        return ticked if field.ticked else clean

    def shared(self, ledger: Ledger, fields: Sequence[Field], written: Sequence[Cell]) -> list[dict[str, Cleaned[Any]]]:
        """What each written value of a shared column says of which field: unit and post stand together, terms apart."""
        if any(f.kind == "text" for f in fields):
            unit = self.of(ledger.id, next(f for f in ledger.fields.values() if f.kind == "unit"))
            offices = [self.office(value, unit) for value in written]
            return [{f.id: office[f.kind == "text"] for f in fields} for office in offices]
        vocabularies = {f.id: _given(self.schema.vocabulary_of(ledger.id, f.id), f) for f in fields if f.heaviest}
        column = SharedColumn(fields, [self.of(ledger.id, f) for f in fields], vocabularies)
        return [column.clean(value) for value in written]

    def again(self, ledger: Ledger, lead: Field, cleaned: Sequence[Cleaned[Any]]) -> list[Cleaned[Any]]:
        """What a field that re-reads another makes of that one's values."""
        clean = self.of(ledger.id, lead)
        return [Cleaned(None if c.value is None else clean(c.value).value) for c in cleaned]

    def office(self, value: Cell, unit: Clean) -> tuple[Cleaned[Any], Cleaned[Any]]:
        """The unit and the post of a cell that holds both."""
        if not isinstance(value, str):
            return unit(value), Cleaned(None)
        found = units.split_post(value, self.schema.vocabularies["unit"], self.city)
        office = unit(value)
        if found is None:
            only_post = office.fault is not None and units.is_post(value)
            return (Cleaned(None), texts.clean(value)) if only_post else (office, Cleaned(None))
        return office, Cleaned(texts.clean(found[1]).value, "单位及职务：分开")


@lru_cache(maxsize=1024)
def _remembering(cleaners: Cleaners, ledger: str, field: Field) -> Clean:
    """A cleaner of values that recur from sheet to sheet: 公安局, 已办结, 2021.3.5."""
    return lru_cache(maxsize=4096, typed=True)(cleaners._guarded(ledger, field))


def _too_long(value: Cell, field: Field) -> Cleaned[Any] | None:
    if not isinstance(value, str) or len(value) <= _LONGEST:
        return None
    what = f"一格里写了{len(value)}个字，看不出是哪一个值"
    return Cleaned(
        None, "", None if field.reads else Fault("error", "内容太长", what, "只写一个值", "请只写一个值，说明另列一栏")
    )


def _highest(found: Cleaned[tuple[str, ...]], vocabulary: Vocabulary, sort: str) -> Cleaned[str]:
    """Of several terms in a cell the one that stands first in the vocabulary, among those of the sort where there are any."""
    if not found.value:
        return Cleaned(None, found.rule, found.fault)
    if len(found.value) == 1:
        return Cleaned(found.value[0], found.rule, found.fault)
    preferred = [term for term in found.value if vocabulary.by_name[term].sort == sort]
    highest = min(preferred or found.value, key=lambda term: vocabulary.order[term])
    return Cleaned(highest, f"一格多个职级：{f'取{sort}' if sort and preferred else '就高'}", found.fault)


def _heaviest(found: Cleaned[tuple[str, ...]], vocabulary: Vocabulary) -> Cleaned[str]:
    """Of several terms in a cell the one that stands last in the vocabulary; that of a class and one of it is that one."""
    if not found.value:
        return Cleaned(None, found.rule, found.fault)
    heaviest = max(found.value, key=lambda term: vocabulary.order[term])
    others = [term for term in found.value if heaviest not in vocabulary.descendants(term)]
    if not others:
        return Cleaned(heaviest, found.rule, found.fault)
    fault = Fault(
        "note", "一格多种", f"一格里写了{'、'.join(found.value)}，按最重的“{heaviest}”记", do="请核对是否同时给予"
    )
    return Cleaned(heaviest, "一格多种：就重", found.fault or fault)


def _ticked(found: Cleaned[Any], tick: Cleaned[bool], term: str, value: Cell) -> Cleaned[Any]:
    """A cell of signs in a column of terms: ticked, some term of this kind; crossed out, none."""
    if tick.value is None or not isinstance(value, str) or value.strip().isdigit():
        return found
    if not tick.value:
        return Cleaned(None, EMPTY_RULE)
    fault = Fault("note", "种类不明", "只打了勾，没有写明是哪一种", "写明种类", "请写明种类，如“警告”“诫勉”")
    return Cleaned(term, "勾选：种类不明", fault)


def _given(vocabulary: Vocabulary | None, field: Field) -> Vocabulary:
    assert vocabulary is not None, field.id  # checked when the definitions are loaded
    return vocabulary


_SHOWN: Mapping[type, Callable[[Any], str]] = {
    str: str,
    date: date.isoformat,
    Span: lambda span: span.first.isoformat() if span.first == span.last else f"{span.first}～{span.last}",
    Office: lambda office: office.region + office.unit,
}


def shown(value: object) -> str:
    """A cell as text for the record of changes: dates as ISO, whole numbers without a decimal point."""
    if of := _SHOWN.get(type(value)):  # as nearly all are
        return of(value)
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime() if (value.hour, value.minute, value.second) == (0, 0, 0):
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", "minutes")
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case tuple():
            return "、".join(shown(v) for v in value)
        case _:
            return str(value)


def _is_read(cleaned: Cleaned[Any]) -> bool:
    return cleaned.fault is None or cleaned.fault.level != "error"


class SharedColumn:
    """Tells apart the values of one column that several term fields share: each value goes to the field that knows it."""

    def __init__(
        self, fields: Sequence[Field], cleaners: Sequence[Clean], vocabularies: Mapping[str, Vocabulary]
    ) -> None:
        self.fields = list(zip(fields, cleaners, strict=True))
        self.vocabularies = vocabularies  # of the fields that hold the heaviest of several terms

    def clean(self, value: Cell) -> dict[str, Cleaned[Any]]:
        """The field ids that a written value speaks of, each with its cleaned value; {"": fault} when none or two know it."""
        found = self._whole(value)
        if "" in found and isinstance(value, str) and len(parts := terms.split(value)) > 1:
            return self._parts(parts)
        return found

    def _whole(self, value: Cell) -> dict[str, Cleaned[Any]]:
        tried = [(f, c(value)) for f, c in self.fields]
        known = [(f, c) for f, c in tried if _is_read(c) and c.value is not None and c.value is not False]
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
        said: dict[str, list[Cleaned[Any]]] = {}
        for part in parts:
            for name, cleaned in self._whole(part).items():
                said.setdefault(name, []).append(cleaned)
        found = {name: self._one(name, all_of_it) for name, all_of_it in said.items()}
        if any(one is None for one in found.values()):
            fault = Fault("error", "含义不明", f"同一格里写了两种：{'、'.join(parts)}", "每格每类只写一种")
            return {"": Cleaned(None, "", fault)}
        return {name: one for name, one in found.items() if one is not None}

    def _one(self, name: str, said: Sequence[Cleaned[Any]]) -> Cleaned[Any] | None:
        """What several words of one field come to; None where they differ and none is the heaviest."""
        values: tuple[Any, ...] = tuple(dict.fromkeys(c.value for c in said))
        fault = next((c.fault for c in said if c.fault is not None), None)
        if len(values) == 1:
            return Cleaned(values[0], "一格多值：按词分开", fault)
        return _heaviest(Cleaned(values), self.vocabularies[name]) if name in self.vocabularies else None
