"""Fields and conditions of one ledger at one clock → narwhals expressions, alike on every engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_

import narwhals as nw

from zhengfa_stats.counting.frames import (
    CITY_LEVEL,
    ORIGIN,
    PLACE,
    UNREAD,
    Frame,
    Native,
    Type,
    last_day,
    type_of,
    typed,
)
from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import (
    And,
    AsOf,
    Before,
    Between,
    Blank,
    Bound,
    Clock,
    Fact,
    In,
    Linked,
    Not,
    Or,
    Since,
    Where,
)
from zhengfa_stats.schema import Field, Ledger, Schema, Vocabulary

TRUE = "__true"


def held(field_id: str) -> str:
    """The column that holds a field's value as the clock sees it."""
    return f"__{field_id}"


def resolve(bound: Bound, clock: Clock) -> date | float | None:
    """The day or number that a bound means.

    >>> resolve(AsOf(-61), Clock(date(2021, 1, 1), date(2021, 6, 30)))
    datetime.date(2021, 4, 30)
    """
    match bound:
        case Since(days):
            return clock.since + timedelta(days)
        case AsOf(days):
            return clock.as_of + timedelta(days)
        case _:
            return bound


def literal(bound: date | float) -> datetime | float:
    """What a column is compared with: pandas compares its dates with datetimes only."""
    return datetime.combine(bound, time.min) if isinstance(bound, date) else bound


class Scope:
    """One ledger as it was at a clock: hands out expressions, and remembers the columns and links they need."""

    def __init__(self, ledger: str, schema: Schema, clock: Clock) -> None:
        if ledger not in schema.ledgers:
            raise QueryError(f"没有名为“{ledger}”的台账", do=f"可用的有：{'、'.join(schema.ledgers)}")
        self.schema, self.clock = schema, clock
        self.ledger: Ledger = schema.ledgers[ledger]
        self.columns: dict[str, Type] = {}
        self.links: dict[Linked, str] = {}
        self._says_true = False

    @property
    def true(self) -> nw.Expr:
        """What holds for every row: a column, for engines refuse to filter by a literal."""
        self._says_true = True
        return nw.col(TRUE)

    # -- fields

    def field(self, field_id: str) -> Field:
        """A field that can be counted by; QueryError when the ledger has none such, or does not keep it."""
        field = ORIGIN.get(field_id) or self.ledger.fields.get(field_id)
        if field is None or not (field.is_stored or field.is_derived):
            raise QueryError(f"没有可供统计的字段“{field_id}”", self.place)
        return field

    def vocabulary(self, field_id: str) -> Vocabulary | None:
        name = self.field(field_id).vocabulary
        return self.schema.vocabularies[name] if name else None

    def is_list(self, field_id: str) -> bool:
        """Whether the field holds several values a row."""
        return type_of(self.field(field_id)) == "list"

    @property
    def place(self) -> str:
        return f"《{self.ledger.name}》"

    def column(self, name: str, type_: Type) -> nw.Expr:
        """A stored column, remembered as needed."""
        self.columns[name] = type_
        return nw.col(name)

    def read(self, field_id: str) -> nw.Expr:
        """A field's value; of a date, the first day that it may mean."""
        field = self.field(field_id)
        value = self._derived(field) if field.is_derived else self.column(field_id, type_of(field))
        if field_id == "region":
            return nw.when(~value.is_null() & (value != "")).then(value).otherwise(nw.lit(CITY_LEVEL))
        return self._known(field, value)

    def last(self, field_id: str) -> nw.Expr:
        """The last day that a date may mean."""
        if field_id in ORIGIN:
            return self.read(field_id)
        return self._known(self.field(field_id), self.column(last_day(field_id), "date"))

    def _known(self, field: Field, value: nw.Expr) -> nw.Expr:
        if not field.known_from:
            return value
        return nw.when(self.between(_known_by_now(field))).then(value)

    def _derived(self, field: Field) -> nw.Expr:
        value: nw.Expr = nw.lit(field.otherwise or None, dtype=nw.String)
        for case in reversed(field.when):  # the first case that holds is the outermost
            value = nw.when(self.holds(case.where)).then(nw.lit(case.term)).otherwise(value)
        return value

    # -- conditions

    def holds(self, where: Where) -> nw.Expr:
        """Whether a condition is known to hold: true or false, never null."""
        match where:
            case In(field_id, terms):
                return self._is_in(field_id, terms)
            case Between():
                return self.between(where)
            case Blank(field_id):
                return self.is_blank(field_id)
            case Before(field_id, other):
                self._demand_date(field_id, other)
                return (self.last(field_id) < self.read(other)).fill_null(False)
            case Fact(name):
                return self.all_of(*self.fact(name))
            case Linked():
                return ~nw.col(self._link(where)).is_null()
            case Not(of):
                return ~self.holds(of)
            case Or(of):
                return self.any_of(*of)
            case And(of):
                return self.all_of(*of)

    def all_of(self, *wheres: Where) -> nw.Expr:
        return reduce(and_, [self.holds(w) for w in wheres]) if wheres else self.true

    def any_of(self, *wheres: Where) -> nw.Expr:
        return reduce(or_, [self.holds(w) for w in wheres]) if wheres else ~self.true

    def fact(self, name: str) -> tuple[Where, ...]:
        """The conditions that the ledger's definition gives this name."""
        if name not in self.ledger.facts:
            raise QueryError(f"没有名为“{name}”的事实", self.place, f"可用的有：{'、'.join(self.ledger.facts)}")
        return self.ledger.facts[name].where

    def is_blank(self, field_id: str) -> nw.Expr:
        value = self.read(field_id)
        if self.is_list(field_id):
            return value.is_null() | (value.list.len() == 0).fill_null(False)
        return value.is_null()

    def between(self, where: Between) -> nw.Expr:
        """Whether the field certainly lies between the bounds: the whole month, where only a month is known."""
        first, last = self._ends(where.field)
        low, high = self.bounds(where)
        parts = [] if low is None else [first >= literal(low)]
        parts += [] if high is None else [last <= literal(high)]
        return reduce(and_, [p.fill_null(False) for p in parts]) if parts else ~first.is_null()

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

    def bounds(self, where: Between) -> tuple[date | float | None, date | float | None]:
        """The days or numbers of a condition's two bounds; QueryError when they don't fit the field."""
        low, high = resolve(where.low, self.clock), resolve(where.high, self.clock)
        type_ = type_of(self.field(where.field))
        fits = {"date": date, "number": (int, float)}.get(type_)
        if fits is None or not all(isinstance(b, fits) for b in (low, high) if b is not None):  # type: ignore[arg-type]
            raise QueryError(f"“{self.field(where.field).name}”不能与这样的上下限比较", self.place)
        return low, high

    def is_date(self, field_id: str) -> bool:
        return type_of(self.field(field_id)) == "date"

    def _ends(self, field_id: str) -> tuple[nw.Expr, nw.Expr]:
        first = self.read(field_id)
        return first, self.last(field_id) if self.is_date(field_id) else first

    def _demand_date(self, *field_ids: str) -> None:
        for field_id in field_ids:
            if not self.is_date(field_id):
                raise QueryError(f"“{self.field(field_id).name}”不是日期，不能比较先后", self.place)

    def _is_in(self, field_id: str, terms: tuple[str | bool, ...]) -> nw.Expr:
        values = self.terms(field_id, terms)
        value = self.read(field_id)
        if not values:
            return ~self.true
        if self.is_list(field_id):
            return reduce(or_, [value.list.contains(v).fill_null(False) for v in values])
        if type_of(self.field(field_id)) == "flag":
            return reduce(or_, [(value == v).fill_null(False) for v in values])
        return value.is_in(values).fill_null(False)

    def terms(self, field_id: str, terms: tuple[str | bool, ...]) -> list[str | bool]:
        """The stored values that the terms stand for, descendants with them; QueryError for an unknown one."""
        field, vocabulary = self.field(field_id), self.vocabulary(field_id)
        wanted: type = bool if field.kind == "flag" else str
        if field.kind in ("number", "date") or not all(isinstance(t, wanted) for t in terms):
            raise QueryError(f"“{field.name}”不能取这样的值：{'、'.join(map(str, terms))}", self.place)
        known = {*(c.term for c in field.when), field.otherwise} if field.is_derived else set[str]()
        known.update(vocabulary.by_name if vocabulary else ())
        if unknown := [str(t) for t in terms if known and t not in known]:
            raise QueryError(f"“{field.name}”没有“{'”“'.join(unknown)}”这一项", self.place)
        below = (vocabulary.descendants(str(t)) for t in terms) if vocabulary else ()
        return sorted({*terms}.union(*below))

    def _link(self, where: Linked) -> str:
        if self.is_list(where.on):
            raise QueryError(f"“{self.field(where.on).name}”一格多值，不能用来关联台账", self.place)
        self.read(where.on)
        return self.links.setdefault(where, f"__link{len(self.links)}")

    # -- what a condition needs to know

    def leaves(self, where: Where) -> Iterator[Where]:
        """The simple conditions that one rests on: through facts, derived fields and known-from dates."""
        match where:
            case Fact(name):
                inner: tuple[Where, ...] = self.fact(name)
            case Not(of):
                inner = (of,)
            case Or(of) | And(of):
                inner = of
            case _:
                yield where
                inner = tuple(w for field_id in _fields(where) for w in self._rests_on(self.field(field_id)))
        for part in inner:
            yield from self.leaves(part)

    def _rests_on(self, field: Field) -> Iterator[Where]:
        yield from (case.where for case in field.when)
        if field.known_from:
            yield _known_by_now(field)

    def uses(self, *wheres: Where) -> tuple[str, ...]:
        """The stored fields that the conditions rest on, each once."""
        found = (f for w in wheres for leaf in self.leaves(w) for f in _fields(leaf))
        return tuple(dict.fromkeys(f for f in found if not self.field(f).is_derived))

    def needs(self, *wheres: Where) -> tuple[str, ...]:
        """The fields that the conditions name for which a sheet needs a column, lest nothing be known."""
        found = (f for w in wheres for leaf in self._named(w) for f in _fields(leaf))
        return tuple(dict.fromkeys(f for f in found if self.field(f).needed))

    def _named(self, where: Where) -> Iterator[Where]:
        match where:
            case Fact(name):
                parts: tuple[Where, ...] = self.fact(name)
            case Not(of):
                parts = (of,)
            case Or(of) | And(of):
                parts = of
            case _:
                yield where
                parts = ()
        for part in parts:
            yield from self._named(part)

    def is_without_column(self, *field_ids: str) -> nw.Expr:
        """Whether the row's sheet has no column that tells one of the fields."""
        pattern = rf"\|~(?:{'|'.join(map(re.escape, field_ids))})\|"
        return self.column(UNREAD, "text").str.contains(pattern).fill_null(False)

    def dates(self, *wheres: Where) -> tuple[Between, ...]:
        """The conditions among those they rest on that a month-only date can leave open."""
        found = (leaf for w in wheres for leaf in self.leaves(w))
        return tuple(dict.fromkeys(w for w in found if isinstance(w, Between) and self.is_date(w.field)))

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
        frame = typed(frames[self.ledger.id], self.columns, self.ledger.name, others)
        if not whole:
            frame = frame.select(*self.columns)
        return self.joined(frame, frames)

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
            raise QueryError(f"“{self.field(link.on).name}”一格多值，不能用来关联台账", self.place)
        value, condition = self.read(link.on), self.all_of(*link.where)
        kept = self.frame(frames).filter(condition).select(value.alias(link.on))
        return kept.filter(~nw.col(link.on).is_null()).unique(subset=[link.on])

    def ledgers(self, *wheres: Where) -> tuple[str, ...]:
        """The ledgers that the conditions need, this one first."""
        links = [leaf for w in wheres for leaf in self.leaves(w) if isinstance(leaf, Linked)]
        others = (n for link in links for n in Scope(link.ledger, self.schema, self.clock).ledgers(*link.where))
        return tuple(dict.fromkeys((self.ledger.id, *others)))


class Folded(Scope):
    """The same ledger after its rows were folded into one an identity: every field is a column of its own."""

    def __init__(self, scope: Scope, weighed: tuple[str, ...]) -> None:
        super().__init__(scope.ledger.id, scope.schema, scope.clock)
        self.weighed = weighed
        self.fields: dict[str, None] = {}

    def is_list(self, field_id: str) -> bool:
        return field_id not in self.weighed and super().is_list(field_id)

    def read(self, field_id: str) -> nw.Expr:
        self.fields[field_id] = None
        return nw.col(held(field_id))

    def last(self, field_id: str) -> nw.Expr:
        self.fields[field_id] = None
        return nw.col(held(last_day(field_id)))


def _known_by_now(field: Field) -> Between:
    return Between(field.known_from, high=AsOf())


def _fields(leaf: Where) -> tuple[str, ...]:
    match leaf:
        case In(field_id) | Between(field_id) | Blank(field_id):
            return (field_id,)
        case Before(field_id, other):
            return (field_id, other)
        case Linked(_, on):
            return (on,)
        case _:
            return ()
