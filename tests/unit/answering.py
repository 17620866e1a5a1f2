"""A small schema, stored frames from rows in plain Python, and a second, naive evaluator to hold the first one to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa

from zhengfa_stats.counting.frames import last_day, type_of
from zhengfa_stats.query import (
    And,
    AsOf,
    Before,
    Between,
    Blank,
    Clock,
    Fact,
    In,
    Linked,
    Measure,
    Not,
    Or,
    Query,
    Since,
    Where,
)
from zhengfa_stats.schema import Case, Each, FactOf, Field, Ledger, Schema, Term, Vocabulary
from zhengfa_stats.store import columns_of

Row = Mapping[str, Any]

SOURCE = Vocabulary(
    "source",
    (Term("群众举报"), Term("来信", "群众举报"), Term("网络举报", "群众举报"), Term("上级交办"), Term("自查发现")),
)
STATUS = Vocabulary("status", (Term("已查结"), Term("正在核查"), Term("移送")))
RANK = Vocabulary("rank", (Term("处级"), Term("一级调研员", "处级"), Term("科级"), Term("正科", "科级"), Term("未定")))
DISCIPLINE = Vocabulary("discipline", (Term("警告"), Term("严重警告"), Term("开除党籍")))
MEASURE = Vocabulary("measure", (Term("谈话提醒"), Term("诫勉"), Term("免职")))
HANDLING = Vocabulary("handling", (Term("未写明"), Term("组织处理"), Term("纪律处分")))


def _fields(*fields: Field) -> dict[str, Field]:
    return {f.id: f for f in fields}


CLUES = Ledger(
    "clues",
    "线索台账",
    _fields(
        Field("clue_no", "线索编号", "code"),
        Field("received_on", "收到日期", "date"),
        Field("source", "线索来源", "term", vocabulary="source"),
        Field("status", "办理状态", "term", vocabulary="status"),
        Field("closed_on", "查结日期", "date"),
        Field("conclusion", "查实情况", "text", known_from="closed_on"),
        Field("is_repeat", "重复举报", "flag"),
        Field("subjects", "被反映人", "persons", many=True),
        Field("channels", "反映渠道", "term", vocabulary="source", many=True),
        Field("days", "用时", "number"),
        Field("content", "反映内容", "text", private=True),
        Field(
            "outcome",
            "结果",
            "text",
            when=(
                Case("查实", And((Fact("closed"), In("conclusion", ("属实",))))),
                Case("办结", Fact("closed")),
            ),
            otherwise="未结",
        ),
    ),
    key=("clue_no",),
    date="received_on",
    facts={
        "closed": FactOf("closed", "已查结", (In("status", ("已查结",)), Between("closed_on", high=AsOf()))),
        "open": FactOf("open", "在查", (Not(Fact("closed")),)),
    },
)
CASES = Ledger(
    "cases",
    "处理台账",
    _fields(
        Field("case_no", "案件编号", "code"),
        Field("clue_no", "线索编号", "code"),
        Field("person", "姓名", "persons", identifies="name"),
        Field("rank", "职级", "term", vocabulary="rank"),
        Field("decided_on", "处理日期", "date"),
        Field("discipline", "党纪处分", "term", vocabulary="discipline"),
        Field("measures", "组织处理", "term", vocabulary="measure", many=True),
        Field("is_detained", "留置", "flag"),
        Field("months", "处分期", "number"),
        Field(
            "handling",
            "处理类别",
            "term",
            vocabulary="handling",
            when=(
                Case("纪律处分", Not(Blank("discipline"))),
                Case("组织处理", Not(Blank("measures"))),
            ),
            otherwise="未写明",
        ),
    ),
    date="decided_on",
    each={
        "person": Each(
            "person", "decided_on", ("rank",), ("handling", "discipline", "measures", "is_detained", "months")
        )
    },
)
TEAM = Ledger("team", "工作专班", _fields(Field("unit", "单位", "unit")), key=("unit",))
SCHEMA = Schema(
    {ledger.id: ledger for ledger in (CLUES, CASES, TEAM)},
    {v.id: v for v in (SOURCE, STATUS, RANK, DISCIPLINE, MEASURE, HANDLING)},
    {},
    {},
)
HALF_YEAR = Clock(date(2021, 1, 1), date(2021, 6, 30))


# -- frames

_ORIGIN = {
    "source_file": pa.string(),
    "source_sheet": pa.string(),
    "source_row": pa.int64(),
    "source_table": pa.int64(),
    "sender": pa.string(),
    "region": pa.string(),
    "data_as_of": pa.timestamp("s"),
    "unread": pa.string(),
    "undated": pa.bool_(),
    "also": pa.list_(pa.string()),
}
_TYPES = {
    "text": pa.string(),
    "number": pa.float64(),
    "date": pa.timestamp("s"),
    "flag": pa.bool_(),
    "list": pa.list_(pa.string()),
}


def stored(ledger: str, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Rows as the store has them: every column there, a date with its last day, one place a row."""
    full = []
    for i, row in enumerate(rows, 3):
        origin = {"source_file": "a.xlsx", "source_sheet": "表1", "source_row": i, "source_table": 1, "sender": "法院"}
        one = {"unread": "", "undated": False, "also": [], **origin, **row}
        for f in SCHEMA.ledgers[ledger].stored:
            one.setdefault(f.id, None)
            if f.kind == "date":
                one.setdefault(last_day(f.id), one[f.id])
        full.append(one)
    return full


def arrow(ledger: str, rows: Iterable[Row]) -> pa.Table:
    types = {}
    for f in SCHEMA.ledgers[ledger].stored:
        types[f.id] = _TYPES[type_of(f)]
        if f.kind == "date":
            types[last_day(f.id)] = _TYPES["date"]
    types |= _ORIGIN
    full = stored(ledger, rows)
    return pa.table({name: pa.array([_moment(r.get(name), t) for r in full], t) for name, t in types.items()})


def _moment(value: Any, type_: pa.DataType) -> Any:
    return datetime.combine(value, time.min) if isinstance(value, date) and type_ == _TYPES["date"] else value


def pandas_frame(ledger: str, rows: Iterable[Row]) -> pd.DataFrame:
    """As pandas reads Parquet: lists as objects, flags with blanks as objects, too."""
    return arrow(ledger, rows).to_pandas()


def as_table(frame: pd.DataFrame, ledger: Ledger) -> pa.Table:
    """A frame with exactly the columns and types of a stored ledger."""
    given = {name: list(frame[name]) if name in frame else [None] * len(frame) for name in columns_of(ledger)}
    arrays = {name: pa.array(given[name], type_, from_pandas=True) for name, type_ in columns_of(ledger).items()}
    return pa.table(arrays)


def duckdb_frame(ledger: str, rows: Iterable[Row]) -> Any:
    return duckdb.from_arrow(arrow(ledger, rows))


ENGINES: dict[str, Callable[[str, Iterable[Row]], Any]] = {"pandas": pandas_frame, "duckdb": duckdb_frame}


def listed(frame: Any) -> list[dict[str, Any]]:
    """A native frame's rows in plain Python."""
    table = (
        pa.Table.from_pandas(frame, preserve_index=False) if isinstance(frame, pd.DataFrame) else frame.to_arrow_table()
    )
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def month(year: int, number: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    after = date(year + number // 12, number % 12 + 1, 1)
    return date(year, number, 1), after - timedelta(1)


# -- the naive evaluator: rows are dicts, rules are loops


class Naive:
    """The counting rules once more, straight from their text, with nothing in common with the compiler."""

    def __init__(self, rows: Mapping[str, Sequence[Row]], clock: Clock) -> None:
        self.rows, self.clock = rows, clock

    def day(self, bound: Any) -> Any:
        if isinstance(bound, Since):
            return self.clock.since + timedelta(days=bound.days)
        if isinstance(bound, AsOf):
            return self.clock.as_of + timedelta(days=bound.days)
        return bound

    def get(self, ledger: Ledger, row: Row, name: str) -> Any:
        f = ledger.fields[name]
        if f.when:
            for case in f.when:
                if self.meets(ledger, row, case.where):
                    return case.term
            return f.otherwise
        if f.known_from:
            known = row[f.known_from]
            if known is None or row[f.known_from + "_until"] > self.clock.as_of:
                return None
        value = row[name]
        return None if value == [] else value

    def meets(self, ledger: Ledger, row: Row, w: Where) -> bool:
        if isinstance(w, Fact):
            return all(self.meets(ledger, row, x) for x in ledger.facts[w.name].where)
        if isinstance(w, Not):
            return not self.meets(ledger, row, w.of)
        if isinstance(w, Or):
            return any(self.meets(ledger, row, x) for x in w.of)
        if isinstance(w, And):
            return all(self.meets(ledger, row, x) for x in w.of)
        if isinstance(w, Linked):
            mine = self.get(ledger, row, w.on)
            other = SCHEMA.ledgers[w.ledger]
            return mine is not None and any(
                r[w.on] == mine and all(self.meets(other, r, x) for x in w.where) for r in self.rows[w.ledger]
            )
        if isinstance(w, Blank):
            return self.get(ledger, row, w.field) is None
        if isinstance(w, Before):
            a, b = row.get(w.field + "_until"), row.get(w.other)
            return a is not None and b is not None and a < b
        value = self.get(ledger, row, w.field)
        if value is None:
            return False
        if isinstance(w, In):
            name = ledger.fields[w.field].vocabulary
            held = set(value) if isinstance(value, list) else {value}
            return any(_is_or_below(name, v, t) for v in held for t in w.terms)
        low, high = self.day(w.low), self.day(w.high)
        until = row[w.field + "_until"] if isinstance(value, date) else value
        return (low is None or value >= low) and (high is None or until <= high)

    def in_period(self, ledger: Ledger, row: Row, period: Between | None) -> bool:
        if period is None:
            if not ledger.date:
                return True
            period = Between(ledger.date, Since(), AsOf())
        if period.field == ledger.date and row["undated"]:
            return True
        return self.meets(ledger, row, period)

    def kept(self, q: Query) -> list[dict[str, Any]]:
        """The rows that are measured: with all fields read at the clock, folded where the query says so."""
        ledger = SCHEMA.ledgers[q.ledger]
        chosen = [
            r
            for r in self.rows[q.ledger]
            if self.in_period(ledger, r, q.period) and all(self.meets(ledger, r, w) for w in q.where)
        ]
        read = [
            {**r, **{f: self.get(ledger, r, f) for f in ledger.fields if not ledger.fields[f].private}} for r in chosen
        ]
        if q.each:
            read = self.fold(ledger, ledger.each[q.each], read, q)
            read = [r for r in read if all(Naive.meets(_Folded(self), ledger, r, w) for w in q.having)]
        return [r for r in read if q.measure.kind == "rows" or r[q.measure.field] is not None]

    def fold(self, ledger: Ledger, each: Each, rows: list[dict[str, Any]], q: Query) -> list[dict[str, Any]]:
        groups: dict[Any, list[dict[str, Any]]] = {}
        for r in rows:
            if r[each.identity] is not None:
                groups.setdefault(self.fold_key(each, q, r), []).append(r)
        folded = []
        for group in groups.values():
            group.sort(key=lambda r: (r[each.order] or date.max, r["source_file"], r["source_sheet"], r["source_row"]))
            one = dict(group[0])
            for name in each.heaviest:
                values = [v for r in group for v in (r[name] if isinstance(r[name], list) else [r[name]])]
                values = [v for v in values if v is not None]
                vocabulary = ledger.fields[name].vocabulary
                if vocabulary:
                    values.sort(key=[t.name for t in SCHEMA.vocabularies[vocabulary].terms].index)
                one[name] = (values[-1] if vocabulary else max(values)) if values else None
            one["rows"] = group
            folded.append(one)
        return folded

    def fold_key(self, each: Each, q: Query, row: Row) -> tuple[Any, ...]:
        """Who, and in which of the months that are asked for."""
        spans = (self.labels(q, row, i) for i, by in enumerate(q.by) if by.field == each.order)
        return (row[each.identity], *(tuple(sorted(s)) for s in spans))

    def measure(self, q: Query, rows: list[dict[str, Any]]) -> Any:
        if q.measure.kind == "rows":
            return len(rows)
        cells = [r[q.measure.field] for r in rows]
        values = [v for cell in cells for v in (cell if isinstance(cell, list) else [cell])]
        if q.measure.kind == "distinct":
            return len(set(values))
        if q.measure.kind == "sum":
            return sum(values)
        if not values:
            return None
        if q.measure.kind == "mean":
            return sum(values) / len(values)
        values.sort()
        middle = len(values) // 2
        return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2

    def value(self, q: Query) -> Any:
        return self.measure(q, self.kept(q))

    def places(self, q: Query) -> list[int]:
        """The numbers of the counted rows, unfolded."""
        return sorted(s["source_row"] for r in self.kept(q) for s in r.get("rows", [r]))

    def table(self, q: Query) -> dict[tuple[str, ...], Any]:
        groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for r in self.kept(q):
            for labels in _product([self.labels(q, r, i) for i in range(len(q.by))]):
                groups.setdefault(labels, []).append(r)
        return {labels: self.measure(q, rows) for labels, rows in groups.items()}

    def labels(self, q: Query, row: Row, i: int) -> set[str]:
        by, f = q.by[i], SCHEMA.ledgers[q.ledger].fields[q.by[i].field]
        value = row[by.field]
        if value is None:
            return {"未填"}
        if isinstance(value, bool):
            return {"是" if value else "否"}
        if isinstance(value, date):
            ends = {_grain(value, by.level), _grain(row[by.field + "_until"], by.level)}
            return ends if len(ends) == 1 else {"不详"}
        held = value if isinstance(value, list) else [value]
        return {_top(f.vocabulary, v) if by.level == "top" and f.vocabulary else v for v in held}

    # -- rows that could not be judged

    def needs(self, ledger: Ledger, w: Where | str) -> tuple[set[str], list[Between]]:
        """The written fields and the date ranges that a condition, or a field, rests on."""
        inner: list[Where | str]
        fields: set[str] = set()
        ranges: list[Between] = []
        if isinstance(w, str):
            f = ledger.fields[w]
            inner = [case.where for case in f.when]
            fields = set() if f.when else {w}
            if f.known_from:
                inner.append(Between(f.known_from, None, AsOf()))
        elif isinstance(w, Fact | Not | Or | And):
            inner = list(ledger.facts[w.name].where if isinstance(w, Fact) else [w.of] if isinstance(w, Not) else w.of)
        else:
            inner = [w.on] if isinstance(w, Linked) else [w.field, w.other] if isinstance(w, Before) else [w.field]
            if isinstance(w, Between) and ledger.fields[w.field].kind == "date":
                ranges = [w]
        for part in inner:
            more = self.needs(ledger, part)
            fields, ranges = fields | more[0], ranges + more[1]
        return fields, ranges

    def unsure(self, ledger: Ledger, row: Row, w: Where | str) -> bool:
        fields, ranges = self.needs(ledger, w)
        return any(f"|{f}|" in row["unread"] for f in fields) or any(self.cut(row, b) for b in ranges)

    def cut(self, row: Row, w: Between) -> bool:
        first, last, low, high = row[w.field], row[w.field + "_until"], self.day(w.low), self.day(w.high)
        if first is None:
            return False
        inside = [(low is None or low <= d) and (high is None or d <= high) for d in _days(first, last)]
        return any(inside) and not all(inside)

    def uncounted(self, q: Query) -> list[int]:
        """The numbers of the rows that could not be judged."""
        ledger = SCHEMA.ledgers[q.ledger]
        each = ledger.each[q.each] if q.each else None
        measured = [q.measure.field] if q.measure.kind != "rows" else []
        lacking = self.lacking(q) if each and measured else set()
        period = q.period or Between(ledger.date, Since(), AsOf())
        found = []
        for r in self.rows[q.ledger]:
            unsure = [self.unsure(ledger, r, w) for w in q.where]
            if not all(u or self.meets(ledger, r, w) for u, w in zip(unsure, q.where, strict=True)):
                continue
            if self.in_period(ledger, r, period):
                rests = [*q.having, *measured, *([each.identity, each.order] if each else [])]
                blank = (
                    self.get(ledger, r, each.identity if each else measured[0]) is None if each or measured else False
                )
                doubtful = any(unsure) or any(self.unsure(ledger, r, w) for w in rests) or blank
                doubtful = doubtful or (each is not None and self.fold_key(each, q, r) in lacking)
            else:
                doubtful = self.unsure(ledger, r, period) or (period.field == ledger.date and r[ledger.date] is None)
            if doubtful:
                found.append(r["source_row"])
        return found

    def lacking(self, q: Query) -> set[tuple[Any, ...]]:
        """Who folds into a row without what is measured."""
        folded = self.kept(replace(q, measure=Measure()))
        each = SCHEMA.ledgers[q.ledger].each[q.each]
        return {self.fold_key(each, q, r) for r in folded if r[q.measure.field] is None}


class _Folded(Naive):
    """Folded rows hold every field's value already, derived ones too."""

    def __init__(self, of: Naive) -> None:
        super().__init__(of.rows, of.clock)

    def get(self, ledger: Ledger, row: Row, name: str) -> Any:
        return row[name]


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def _grain(day: date, level: str) -> str:
    quarter = (day.month + 2) // 3
    return {"month": f"{day.year}年{day.month}月", "quarter": f"{day.year}年第{quarter}季度", "year": f"{day.year}年"}[
        level
    ]


def _parent(vocabulary: str, term: str) -> str:
    return next((t.parent for t in SCHEMA.vocabularies[vocabulary].terms if t.name == term), "")


def _top(vocabulary: str, term: str) -> str:
    parent = _parent(vocabulary, term)
    return _top(vocabulary, parent) if parent else term


def _is_or_below(vocabulary: str, term: Any, wanted: Any) -> bool:
    if term == wanted:
        return True
    parent = _parent(vocabulary, term) if vocabulary else ""
    return bool(parent) and _is_or_below(vocabulary, parent, wanted)


def _product(sets: list[set[str]]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for labels in sets:
        found = [(*f, x) for f in found for x in labels]
    return found
