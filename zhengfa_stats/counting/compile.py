"""Fields and conditions of one ledger at one clock → narwhals expressions, alike on every engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import reduce
from operator import and_, or_

import narwhals as nw

from zhengfa_stats.counting.frames import (
    CITY_LEVEL,
    FOLDED,
    ORIGIN,
    PLACE,
    UNREAD,
    Frame,
    N,
    Native,
    Type,
    day_number,
    is_pandas,
    last_day,
    type_of,
    typed,
    with_columns,
)
from zhengfa_stats.counting.frames import whole as every
from zhengfa_stats.counting.known import known_of
from zhengfa_stats.counting.meaning import Meaning, known_by_now
from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import (
    And,
    Before,
    Between,
    Blank,
    Clock,
    Fact,
    In,
    Linked,
    Not,
    Or,
    Where,
)
from zhengfa_stats.schema import Field, Schema

TRUE = "__true"


def held(field_id: str) -> str:
    """The column that holds a field's value as the clock sees it."""
    return f"__{field_id}"


def literal(bound: date | float) -> datetime | float:
    """What a column is compared with: pandas compares its dates with datetimes only."""
    return datetime.combine(bound, time.min) if isinstance(bound, date) else bound


class Scope(Meaning):
    """One ledger as it was at a clock: hands out expressions, and remembers the columns and links they need."""

    def __init__(self, ledger: str, schema: Schema, clock: Clock) -> None:
        super().__init__(ledger, schema, clock)
        self.columns: dict[str, Type] = {}
        self.links: dict[Linked, str] = {}
        self.made: dict[str, nw.Expr] = {}  # facts and derived fields: columns that are worked out once
        self._says_true = False

    @property
    def true(self) -> nw.Expr:
        """What holds for every row: a column, for engines refuse to filter by a literal."""
        self._says_true = True
        return nw.col(TRUE)

    # -- fields

    def column(self, name: str, type_: Type) -> nw.Expr:
        """A stored column, remembered as needed."""
        self.columns[name] = type_
        return nw.col(name)

    def read(self, field_id: str) -> nw.Expr:
        """A field's value; of a date, the first day that it may mean."""
        field = self.field(field_id)
        if field_id in FOLDED and field_id not in self.ledger.fields:
            raise QueryError(f"“{field.name}”只能在 each 归并后的 having 里使用", self.place, "请加上 each")
        value = self._value(field)
        if field_id == "region":
            return nw.when(~value.is_null() & (value != "")).then(value).otherwise(nw.lit(CITY_LEVEL))
        return self._known(field, value)

    def _value(self, field: Field) -> nw.Expr:
        if field.is_derived:
            return self._once(f"__is_{field.id}", lambda: self._derived(field))
        if field.vocabulary and self.schema.vocabularies[field.vocabulary].dated:
            return self._once(f"__is_{field.id}", lambda: self._dated(field, self.column(field.id, type_of(field))))
        return self.column(field.id, type_of(field))

    def _once(self, name: str, make: Callable[[], nw.Expr]) -> nw.Expr:
        """A column that is worked out with the frame; what rests on another ledger is not kept for later."""
        if name not in self.made:
            n = len(self.links)
            value = make()
            if len(self.links) > n:
                return value
            self.made[name] = value  # after what it rests on
        return nw.col(name)

    def last(self, field_id: str) -> nw.Expr:
        """The last day that a date may mean."""
        if field_id in ORIGIN:
            return self.read(field_id)
        return self._known(self.field(field_id), self.column(last_day(field_id), "date"))

    def _known(self, field: Field, value: nw.Expr) -> nw.Expr:
        if not field.known_from:
            return value
        return nw.when(self.between(known_by_now(field))).then(value)

    def _dated(self, field: Field, value: nw.Expr) -> nw.Expr:
        """The terms that rows count as by their day, where the vocabulary declares such."""
        day, counted = self.read(self.ledger.date or "data_as_of"), value
        for term, one in self.schema.vocabularies[field.vocabulary].dated:
            ends = [day >= literal(one.since)] if one.since else []
            ends += [day <= literal(one.until)] if one.until else []
            holds = reduce(and_, [end.fill_null(False) for end in ends], (value == term).fill_null(False))
            counted = nw.when(holds).then(nw.lit(one.term)).otherwise(counted)
        return counted

    def _derived(self, field: Field) -> nw.Expr:
        if field.days:
            return self._days_between(*field.days)
        value: nw.Expr = nw.lit(field.otherwise or None, dtype=nw.String)
        for case in reversed(field.when):  # the first case that holds is the outermost
            value = nw.when(self.holds(case.where)).then(nw.lit(case.term)).otherwise(value)
        return value

    def _days_between(self, start: str, end: str) -> nw.Expr:
        """Whole days from one date to the other; blank where a day is not known, or the end lies before the start."""
        known = ~self.is_vague(start) & ~self.is_vague(end) & (self.read(start) <= self.read(end)).fill_null(False)
        days = day_number(self.read(end)) - day_number(self.read(start))
        return nw.when(known).then(days.cast(nw.Float64))

    # -- conditions

    def holds(self, where: Where) -> nw.Expr:
        """Whether a condition is known to hold: true or false, never null."""
        return self.meets(where).fill_null(False)

    def meets(self, where: Where) -> nw.Expr:
        """What rows are filtered by: true just where a condition is known to hold, elsewhere false or null.

        Without a Not, blanks need no filling before the end; and engines skip what they need not read by bare comparisons only.
        """
        match where:
            case In(field_id, terms):
                return self._is_in(field_id, terms)
            case Between():
                return self._lies_between(where)
            case Blank(field_id):
                return self.is_blank(field_id)
            case Before(field_id, other):
                self._demand_date(field_id, other)
                return self.last(field_id) < self.read(other)
            case Fact(name):
                return self._once(f"__fact_{name}", lambda: self.all_of(*self.fact(name)))
            case Linked():
                return ~nw.col(self._link(where)).is_null()
            case Not(of):
                return ~self.holds(of)
            case Or(of):
                return self.any_of(*of)
            case And(of):
                return self.all_of(*of)

    def all_of(self, *wheres: Where) -> nw.Expr:
        """`meets` of all conditions."""
        return reduce(and_, [self.meets(w) for w in wheres]) if wheres else self.true

    def any_of(self, *wheres: Where) -> nw.Expr:
        """`meets` of any of the conditions."""
        return reduce(or_, [self.meets(w) for w in wheres]) if wheres else ~self.true

    def is_blank(self, field_id: str) -> nw.Expr:
        value = self.read(field_id)
        if self.is_list(field_id):
            return value.is_null() | (value.list.len() == 0).fill_null(False)
        return value.is_null()

    def between(self, where: Between) -> nw.Expr:
        """Whether the field certainly lies between the bounds: the whole month, where only a month is known."""
        return self._lies_between(where).fill_null(False)

    def _lies_between(self, where: Between) -> nw.Expr:
        first, last = self._ends(where.field)
        low, high = self.bounds(where)
        parts = [] if low is None else [first >= literal(low)]
        parts += [] if high is None else [last <= literal(high)]
        return reduce(and_, parts) if parts else ~first.is_null()

    def is_cut(self, where: Between) -> nw.Expr:
        """Whether a date may or may not lie between the bounds: its month is cut by one."""
        first, last = self._ends(where.field)
        low, high = self.bounds(where)
        expr = self.is_vague(where.field) & ~self.between(where)
        if low is not None:
            expr &= (last >= literal(low)).fill_null(True)
        if high is not None:
            expr &= (first <= literal(high)).fill_null(True)
        return expr

    def is_vague(self, field_id: str) -> nw.Expr:
        """Whether no more than the month or the year of a date is known."""
        first, last = self._ends(field_id)
        return ~(first == last).fill_null(False) & ~first.is_null()

    def _ends(self, field_id: str) -> tuple[nw.Expr, nw.Expr]:
        first = self.read(field_id)
        return first, self.last(field_id) if self.is_date(field_id) else first

    def _demand_date(self, *field_ids: str) -> None:
        for field_id in field_ids:
            if not self.is_date(field_id):
                raise QueryError(f"“{self.field(field_id).name}”不是日期，不能比较先后", self.place, "请换一个日期栏目")

    def _is_in(self, field_id: str, terms: tuple[str | bool, ...]) -> nw.Expr:
        values = self.terms(field_id, terms)
        value = self.read(field_id)
        if not values:
            return ~self.true
        if self.is_list(field_id):
            return reduce(
                or_, [value.list.contains(v).fill_null(False) for v in values]
            )  # pandas mixes no Arrow blanks
        if type_of(self.field(field_id)) == "flag":
            return reduce(or_, [value == v for v in values])
        return value.is_in(values)

    def _link(self, where: Linked) -> str:
        if self.is_list(where.on):
            raise QueryError(
                f"“{self.field(where.on).name}”一格多值，不能用来关联台账", self.place, "请换一个每格只有一个值的栏目"
            )
        self.read(where.on)
        return self.links.setdefault(where, f"__link{len(self.links)}")

    def is_without_column(self, *field_ids: str) -> nw.Expr:
        """Whether the row's sheet has no column that tells one of the fields."""
        pattern = rf"\|~(?:{'|'.join(map(re.escape, field_ids))})\|"
        return self.column(UNREAD, "text").str.contains(pattern).fill_null(False)

    def is_unread(self, *field_ids: str) -> nw.Expr:
        """Whether one of the fields was written in this row and could not be read."""
        pattern = rf"\|(?:{'|'.join(map(re.escape, field_ids))})\|"
        return self.column(UNREAD, "text").str.contains(pattern).fill_null(False)

    # -- frames

    def frame(self, frames: Mapping[str, Native], *, whole: bool = False) -> Frame:
        """The ledger's rows with the columns that were asked for (`whole`: all of them) and its links joined."""
        if not self.columns:
            self.column(PLACE[-1], "number")  # rows are counted even where nothing is asked of them
        others = {f.id: type_of(f) for f in self.ledger.stored} if whole else {}  # alike, whatever was asked for
        native = frames[self.ledger.id]
        read = every(native) if whole else with_columns(native, self.columns)
        frame = typed(read, self.columns, self.ledger.name, others)
        if not whole and is_pandas(native):  # other engines read no more than is asked of them in the end
            frame = frame.select(*self.columns)
        return self._with_made(self.joined(frame, frames), native)

    def _with_made(self, frame: Frame, native: Native) -> Frame:
        """The frame with the facts and derived fields that were asked for; in pandas each is worked out once a clock."""
        if not self.made:
            return frame
        if not is_pandas(native):
            for name, value in self.made.items():
                frame = frame.with_columns(value.alias(name))
            return frame
        kept = known_of(native, self.schema).columns
        found = {name: kept[name, self.clock] for name in self.made if (name, self.clock) in kept}
        frame = nw.from_native(nw.to_native(frame).assign(**found)).lazy() if found else frame
        if new := [name for name in self.made if name not in found]:
            for name in new:
                frame = frame.with_columns(self.made[name].alias(name))
            whole = nw.to_native(frame)
            kept |= {(name, self.clock): whole[name].array for name in new}
        return frame

    def joined(self, frame: Frame, frames: Mapping[str, Native], key: str = "{}") -> Frame:
        """The frame with one column a link, null where the other ledger has no row to link to."""
        if self._says_true:
            frame = frame.with_columns(nw.lit(True).alias(TRUE))
        for link, column in self.links.items():
            other = Scope(link.ledger, self.schema, self.clock)
            keys = other.matching(link, frames).select(
                nw.col(link.on).alias(f"{column}_key"), nw.col(link.on).alias(column)
            )
            frame = frame.join(keys, left_on=key.format(link.on), right_on=f"{column}_key", how="left")
        return frame

    def matching(self, link: Linked, frames: Mapping[str, Native]) -> Frame:
        """The keys of the rows that a link may meet, each once."""
        if self.is_list(link.on):
            raise QueryError(
                f"“{self.field(link.on).name}”一格多值，不能用来关联台账", self.place, "请换一个每格只有一个值的栏目"
            )
        value, condition = self.read(link.on), self.all_of(*link.where)
        kept = self.frame(frames).filter(condition).select(value.alias(link.on))
        return kept.filter(~nw.col(link.on).is_null()).unique(subset=[link.on])


class Folded(Scope):
    """The same ledger after its rows were folded into one an identity: every field is a column of its own."""

    def __init__(self, scope: Scope, weighed: tuple[str, ...]) -> None:
        super().__init__(scope.ledger.id, scope.schema, scope.clock)
        self.weighed = weighed
        self.fields: dict[str, None] = {}

    def _once(self, name: str, make: Callable[[], nw.Expr]) -> nw.Expr:
        return make()  # the folded rows have no columns but those that they were folded with

    def is_list(self, field_id: str) -> bool:
        return field_id not in self.weighed and super().is_list(field_id)

    def read(self, field_id: str) -> nw.Expr:
        if field_id in FOLDED:
            return nw.col(N)
        self.fields[field_id] = None
        return nw.col(held(field_id))

    def last(self, field_id: str) -> nw.Expr:
        self.fields[field_id] = None
        return nw.col(held(last_day(field_id)))
