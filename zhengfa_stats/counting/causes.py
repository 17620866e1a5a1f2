"""Why an identity is counted on one side and not on the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from zhengfa_stats.counting.compile import Scope
from zhengfa_stats.counting.frames import PLACE
from zhengfa_stats.counting.matching import Key, Matched, Row, differences, place, plain
from zhengfa_stats.counting.sides import Side, identity_of
from zhengfa_stats.query import Blank, Query, links
from zhengfa_stats.records import Place
from zhengfa_stats.schema import Field, Ledger


@dataclass(frozen=True, slots=True)
class Cause:
    """A kind of cause, and what there is to say of the one case; no value of a private field."""

    why: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class RowsOf:
    """All rows of an identity on either side, by their own identity, counted or not."""

    before: Mapping[int, Row]
    after: Mapping[int, Row]


class Causes:
    """The causes of one query's changes."""

    def __init__(self, query: Query, before: Side, after: Side, matched: Matched) -> None:
        self.query, self.before, self.after, self.matched = query, before, after, matched
        self.ledger: Ledger = after.schema.ledgers[query.ledger]
        self.identity = identity_of(query, self.ledger.each)
        self.fields = self._fields()

    def _fields(self) -> list[Field]:
        """The stored fields that the query rests on."""
        query, each = self.query, self.ledger.each.get(self.query.each)
        named = [
            query.measure.field,
            *(b.field for b in query.by),
            query.period.field if query.period else self.ledger.date,
        ]
        named += [each.identity, each.order] if each else []
        told = (*query.where, *query.having, *(Blank(name) for name in named if name in self.ledger.fields))
        used = Scope(self.ledger.id, self.after.schema, self.after.clock).uses(*told)
        return [self.ledger.fields[name] for name in used if name in self.ledger.fields]

    # -- the rows

    def rows_of(self, key: Key) -> RowsOf:
        """All rows of an identity."""
        before, after = self.matched.by(self.identity)
        return RowsOf(dict(before.get(key, ())), dict(after.get(key, ())))

    # -- the cause

    def of(self, rows: RowsOf) -> Cause:
        """The first that holds: rows came or went, were corrected, entered the period, changed their state."""
        if not rows.before:
            return self._came(rows.after.values())
        if not rows.after:
            return self._went(rows.before.values())
        return self._corrected(rows) or self._more(rows) or self._moved(rows) or self._developed(rows)

    def _came(self, rows: Iterable[Row]) -> Cause:
        split = any(_place_text(row) in self._also_before for row in rows)
        return Cause("重复件拆分", "原来并入别的行") if split else Cause("新报送")

    def _went(self, rows: Iterable[Row]) -> Cause:
        found = list(rows)
        if any(_place_text(row) in self._also_after for row in found):
            return Cause("重复件合并", "现在并入别的行")
        if any(self._stands(row["source_file"]) for row in found):
            return Cause("被后来的版本替代", "文件没有变，这一行已由后来报送的替代")
        return Cause("不再报送", "后一期的文件里没有这一行")

    def _stands(self, file: str) -> bool:
        """Whether a file is there on both sides, and is the same."""
        return file in self.after.files and self.after.files[file] == self.before.files.get(file)

    @cached_property
    def _also_before(self) -> frozenset[str]:
        return _merged_into(self.matched.before)

    @cached_property
    def _also_after(self) -> frozenset[str]:
        return _merged_into(self.matched.after)

    def _corrected(self, rows: RowsOf) -> Cause | None:
        both = rows.before.keys() & rows.after.keys()
        found = [d for i in sorted(both) for d in differences(rows.before[i], rows.after[i], self.fields)]
        if not found:
            return None
        filled = all(before is None for _, before, _ in found)
        return Cause("补填" if filled else "更正", "；".join(map(_told, found)))

    def _more(self, rows: RowsOf) -> Cause | None:
        """Of a person with several rows: one came, or went."""
        if more := [rows.after[i] for i in rows.after.keys() - rows.before.keys()]:
            return self._came(more)
        if fewer := [rows.before[i] for i in rows.before.keys() - rows.after.keys()]:
            return self._went(fewer)
        return None

    def _moved(self, rows: RowsOf) -> Cause | None:
        before = any(place(row, self.ledger) in self.before.cohort(self.query) for row in rows.before.values())
        after = any(place(row, self.ledger) in self.after.cohort(self.query) for row in rows.after.values())
        if before == after:
            return None
        return Cause("进入统计期" if after else "移出统计期")

    def _developed(self, rows: RowsOf) -> Cause:
        """Nothing in the rows differs: a later day saw more of them."""
        low, high = sorted((self.before.clock.as_of, self.after.clock.as_of))
        told = []
        for field in self.fields:
            days = {plain(row.get(field.id)) for row in rows.after.values()} if field.kind == "date" else set()
            told += [f"{field.name} {d}" for d in sorted(d for d in days if isinstance(d, date) and low < d <= high)]
        if not told and links(*self.query.where, *self.query.having):
            return Cause("关联台账变化", "关联的另一本台账有变化")
        return Cause("状态变化", "；".join(told))


def _merged_into(rows: Mapping[int, Row]) -> frozenset[str]:
    return frozenset(str(text) for row in rows.values() for text in plain(row.get("also")) or ())


def _place_text(row: Row) -> str:
    file, sheet, number = (row[name] for name in PLACE)
    return str(Place(file, sheet, str(int(number))))  # as `also` names the rows merged into one


def _told(difference: tuple[Field, object, object]) -> str:
    f, before, after = difference
    if f.is_secret:
        return f"{f.name}已改"
    return f"{f.name}由{_said(before)}改为{_said(after)}"


def _said(value: object) -> str:
    match value:
        case None:
            return "空白"
        case bool():
            return "是" if value else "否"
        case tuple():
            return "、".join(map(str, value))
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
