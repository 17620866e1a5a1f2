"""The rows of one Query at one clock: chosen, folded, grouped, measured."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, reduce
from operator import and_
from typing import Any, NamedTuple

import narwhals as nw

from zhengfa_stats.counting.compile import Folded, Scope, held
from zhengfa_stats.counting.folding import columns, fold
from zhengfa_stats.counting.frames import (
    PLACE,
    TABLE,
    UNDATED,
    Frame,
    N,
    Native,
    bare,
    collect,
    height,
    is_pandas,
    type_of,
)
from zhengfa_stats.counting.groups import Axis, Order, axis
from zhengfa_stats.counting.known import Known, known_of
from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import AsOf, Between, Blank, Clock, Query, Since
from zhengfa_stats.schema import Each, Schema

LACKING = "__lacking"
_MEASURE, _ROW = "__measure", "__row"
_NO_SPAN = -2  # of a row without a date

Labels = tuple[str, ...]


class Group(NamedTuple):
    """One group: where it stands among the others, its labels, its value."""

    order: tuple[Order, ...]
    labels: Labels
    value: float | None


class Tally:
    """A Query over its ledger's frame; nothing is collected before it is asked for."""

    def __init__(self, query: Query, frames: Mapping[str, Native], schema: Schema, clock: Clock) -> None:
        self.query, self.frames = query, frames
        self.scope = Scope(query.ledger, schema, clock)
        self.each = self._each()
        self.measured: list[str] = [] if query.measure.kind == "rows" else [query.measure.field]
        self.unit: Scope = Folded(self.scope, self.each.heaviest) if self.each else self.scope
        self.n_uncounted: int | None = None  # found when it is asked for
        self._check()

    def name(self, field_id: str) -> str:
        """A field's name in Chinese."""
        return self.scope.field(field_id).name

    # -- what the query means

    @cached_property
    def period(self) -> Between | None:
        """The query's own period, else the ledger's date within the clock; None for a ledger without a date."""
        main = self.scope.ledger.date
        return self.query.period or (Between(main, Since(), AsOf()) if main else None)

    @property
    def is_dated(self) -> bool:
        """Whether the period is one of the ledger's own date, which an undated sheet lacks as a whole."""
        return self.period is not None and self.period.field == self.scope.ledger.date

    def covers(self, project: Clock) -> bool:
        """Whether the period holds the project's whole period."""
        if self.period is None or not self.is_dated:
            return True
        low, high = self.scope.bounds(self.period)
        return (low is None or low <= project.since) and (high is None or high >= project.as_of)  # type: ignore[operator]

    def is_within(self, other: Tally) -> bool:
        """Whether the other is known to count every row that this one counts: the parts of a rate."""
        mine, theirs = self.query, other.query
        alike = (mine.ledger, mine.period, self.scope.clock) == (theirs.ledger, theirs.period, other.scope.clock)
        return alike and not other.each and not other.measured and set(mine.where) >= set(theirs.where)

    @cached_property
    def ledgers(self) -> tuple[str, ...]:
        """The ledgers that the query needs, its own first."""
        fields = (*self.measured, *(by.field for by in self.query.by))
        return self.scope.ledgers(*self.query.where, *self.query.having, *(Blank(f) for f in fields))

    def _each(self) -> Each | None:
        ledger, name = self.scope.ledger, self.query.each
        if name and name not in ledger.each:
            raise QueryError(f"没有名为“{name}”的归并规则", self.scope.place, f"可用的有：{'、'.join(ledger.each)}")
        return ledger.each[name] if name else None

    def _check(self) -> None:
        if self.query.having and not self.each:
            raise QueryError("having 只能与 each 一起使用", self.scope.place, "请加上 each，或去掉 having")
        if self.each and self.scope.is_list(self.each.identity):
            raise QueryError(
                f"“{self.name(self.each.identity)}”一格多值，不能按它归并",
                self.scope.place,
                "请换一个每格只有一个值的栏目",
            )
        for field_id in self.measured:
            numeric = type_of(self.scope.field(field_id)) == "number"
            if self.query.measure.kind != "distinct" and not numeric:
                raise QueryError(
                    f"“{self.name(field_id)}”不是数字，不能求和或平均", self.scope.place, "请换一个数字栏目，或改为计数"
                )

    # -- the chosen rows

    @cached_property
    def in_period(self) -> nw.Expr:
        """Whether a row counts in the period; one of an undated sheet counts in every period."""
        return self._meets_period.fill_null(False)

    @property
    def _meets_period(self) -> nw.Expr:
        if self.period is None:
            return self.scope.true
        within = self.scope.meets(self.period)
        return within | self._undated if self._may_be_undated else within

    @property
    def _undated(self) -> nw.Expr:
        return self.scope.column(UNDATED, "flag").fill_null(False)

    @cached_property
    def _chosen(self) -> nw.Expr:
        """Whether a row meets period and `where`, and has what the fold, or the measure, needs."""
        needed = [self.each.identity] if self.each else self.measured
        parts = [self.scope.meets(w) for w in self.query.where] + [~self.scope.is_blank(f) for f in needed]
        return reduce(and_, parts, self._meets_period)

    @property
    def then_by(self) -> tuple[str, ...]:
        """What tells the rows of one cell apart: the person."""
        return tuple(f.id for f in self.scope.ledger.stored if f.kind == "persons" and not f.many)

    @property
    def place(self) -> tuple[str, ...]:
        """The columns that tell rows apart."""
        return (*PLACE, TABLE, *self.then_by)

    def need_place(self) -> None:
        """Ask for the columns that tell rows apart."""
        for name in self.place:
            self.scope.column(name, "number" if name in (PLACE[-1], TABLE) else "text")

    def rows(self, *, whole: bool = True) -> Frame:
        """The counted rows with all their columns, or those that tell them apart; unfolded and unsorted."""
        chosen = self._chosen
        self.need_place()
        kept = self._kept() if self.each else None
        frame = self.scope.frame(self.frames, whole=whole).filter(chosen)
        if kept is not None:
            frame = self._with_identity(frame).join(kept.select(*self._fold_keys), self._fold_keys, how="semi")
        return bare(frame) if whole else frame.select(*self.place)

    # -- folded rows

    @property
    def _identity(self) -> str:
        assert self.each
        return held(self.each.identity)

    def _with_identity(self, frame: Frame) -> Frame:
        assert self.each
        identity = self.scope.read(self.each.identity).alias(self._identity)
        return frame.with_columns(identity, *(value.alias(name) for name, value in self._spans.items()))

    @cached_property
    def _spans(self) -> dict[str, nw.Expr]:
        """The months, quarters or years that the rows are grouped by: who comes in two is folded in each."""
        assert self.each
        ordered = [by for by in self.query.by if by.field == self.each.order]
        keys = (axis(by, self.scope).of(self.scope).fill_null(_NO_SPAN) for by in ordered)
        return {f"__span{i}": key for i, key in enumerate(keys)}

    @property
    def _fold_keys(self) -> list[str]:
        return [self._identity, *self._spans]

    def _folded(self) -> Frame:
        """The chosen rows folded, those that `having` leaves."""
        assert self.each and isinstance(self.unit, Folded)
        having = self.unit.all_of(*self.query.having)
        for field_id in (*self.measured, *(by.field for by in self.query.by)):
            self.unit.read(field_id)
        needed, chosen = columns(self.scope, self.unit, self.each), self._chosen
        self.need_place()
        frame = self.scope.frame(self.frames).filter(chosen)
        frame = frame.with_columns(*(value.alias(name) for name, value in (needed | self._spans).items()))
        frame = fold(frame, self.scope, self.unit, self.each, list(self._spans))
        return self.unit.joined(frame, self.frames, held("{}")).filter(having)

    def _kept(self) -> Frame:
        """The folded rows that have what the measure needs."""
        blank = [self.unit.is_blank(f) for f in self.measured]
        folded = self._folded()
        return folded.filter(~blank[0]) if blank else folded

    def with_lacking(self, frame: Frame) -> Frame:
        """The frame with a column that is filled where a row's identity folds into one without a measure."""
        if not (self.each and self.measured):
            return frame
        lacking = self._folded().filter(self.unit.is_blank(self.measured[0]))
        names = {key: f"{LACKING}{key}" for key in self._fold_keys}
        lacking = lacking.select(*(nw.col(k).alias(n) for k, n in names.items()), nw.col(self._identity).alias(LACKING))
        return self._with_identity(frame).join(lacking, left_on=[*names], right_on=[*names.values()], how="left")

    # -- groups

    @cached_property
    def _axes(self) -> tuple[Axis, ...]:
        return tuple(axis(by, self.unit) for by in self.query.by)

    @property
    def _keys(self) -> list[str]:
        return [f"__group{i}" for i in range(len(self._axes))]

    def _measurable(self) -> Frame:
        """The rows to be measured, with one column a group key; a row of a list stands in each group once."""
        measure = self.unit.read(self.measured[0]) if self.measured else nw.lit(0)
        keys = [a.of(self.unit).alias(k) for k, a in zip(self._keys, self._axes, strict=True)]
        chosen, explodes = self._chosen, any(a.is_list for a in self._axes)
        if explodes:
            self.need_place()
        frame = self._kept() if self.each else self.scope.frame(self.frames).filter(chosen)
        frame = frame.with_columns(measure.alias(_MEASURE), *keys)
        return self._exploded(frame) if explodes else frame

    def _exploded(self, frame: Frame) -> Frame:
        order = self._fold_keys if self.each else self.place
        frame = frame.with_row_index(_ROW, order_by=order).select(_ROW, _MEASURE, *self._keys)
        for key, one in zip(self._keys, self._axes, strict=True):
            if one.is_list:
                frame = frame.explode(key).with_columns(one.key(nw.col(key), nw.col(key)).alias(key))
        return frame.unique(subset=[_ROW, *self._keys])

    def _one_measure_a_row(self) -> Frame:
        """The rows to be measured; those whose measure is a list, once for each value in it."""
        frame = self._measurable()
        if not (self.measured and self.unit.is_list(self.measured[0])):
            return frame
        return frame.explode(_MEASURE).filter(~nw.col(_MEASURE).is_null())

    # -- numbers

    def total(self) -> float | None:
        """The ungrouped value."""
        if self.query.measure.kind == "rows" and not self.each:
            return self.n_rows
        if self.measured and self.unit.is_list(self.measured[0]):
            return self._plain(collect(self._one_measure_a_row().select(self._measure().alias("v")))[0]["v"])
        n = nw.col(N).sum() if self.each else nw.len()
        row = collect(self._measurable().select(self._measure().alias("v"), n.alias("n")))[0]
        self.n_rows = int(row["n"] or 0)
        return self._plain(row["v"])

    def groups(self) -> tuple[Group, ...]:
        """The value of every group that has rows, in the order that people expect."""
        found = self._one_measure_a_row().group_by(*self._keys).agg(self._measure().alias("v"))
        groups = (self._group([row[k] for k in self._keys], row["v"]) for row in collect(found))
        return tuple(sorted(groups, key=lambda g: g[:2]))

    def _group(self, keys: list[Any], value: Any) -> Group:
        labels = [a.label(key) for a, key in zip(self._axes, keys, strict=True)]
        return Group(tuple(o for o, _ in labels), tuple(text for _, text in labels), self._plain(value))

    def _measure(self) -> nw.Expr:
        column = nw.col(_MEASURE)
        match self.query.measure.kind:
            case "rows":
                return nw.len()
            case "distinct":
                return column.n_unique()
            case "sum":
                return column.sum()
            case "mean":
                return column.mean()
            case "median":
                return column.median()
            case "max":
                return column.max()
            case "min":
                return column.min()

    def _plain(self, value: Any) -> float | None:
        match self.query.measure.kind:
            case "rows" | "distinct":
                return int(value or 0)
            case "sum":
                return float(value or 0)
            case "mean" | "median" | "max" | "min":
                return None if value is None else float(value)

    @cached_property
    def n_rows(self) -> int:
        """How many rows are counted; folded ones, as many as they were."""
        if self.each:
            return int(collect(self._kept().select(nw.col(N).sum().alias("n")))[0]["n"] or 0)
        return self._chosen_and_undated[0]

    @cached_property
    def n_undated(self) -> int:
        """How many rows of undated sheets are counted, or fold."""
        return self._chosen_and_undated[1] if self._may_be_undated else 0

    @property
    def _may_be_undated(self) -> bool:
        return self.is_dated and bool(self.known({UNDATED: lambda: self._undated})[UNDATED])

    @cached_property
    def _chosen_and_undated(self) -> tuple[int, int]:
        chosen = self._chosen
        if not self._may_be_undated:
            frame = self.scope.frame(self.frames)
            if is_pandas(self.frames[self.query.ledger]):  # sums a column where others filter as they read
                return int(collect(frame.select(chosen.sum().alias("c")))[0]["c"] or 0), 0
            return height(frame.filter(chosen)), 0
        undated = self._undated
        both = self.scope.frame(self.frames).select(chosen.alias("c"), undated.alias("u"))
        counts = both.select(_n_true(nw.col("c")).alias("c"), _n_true(nw.col("c") & nw.col("u")).alias("u"))
        row = collect(counts)[0]
        return int(row["c"] or 0), int(row["u"] or 0)

    @property
    def of_ledger(self) -> Known:
        """What is known of the ledger's rows, whatever the query."""
        return known_of(self.frames[self.query.ledger], self.scope.schema)

    def known(self, conditions: Mapping[str, Callable[[], nw.Expr]]) -> dict[str, int]:
        """How many rows of the ledger each condition holds for; a name means one condition in every query of a clock."""
        return self.of_ledger.counted(
            conditions, self.scope.clock, lambda new: self.counts({name: conditions[name]() for name in new})
        )

    def counts(self, conditions: Mapping[str, nw.Expr]) -> dict[str, int]:
        """How many rows of the ledger each condition holds for."""
        sums = [_n_true(condition).alias(name) for name, condition in conditions.items()]
        return {name: int(n or 0) for name, n in collect(self.scope.frame(self.frames).select(*sums))[0].items()}


def _n_true(condition: nw.Expr) -> nw.Expr:
    """How often a condition holds; Spark sums no booleans."""
    return condition.cast(nw.Int64).sum()
