"""What conditions on a ledger name and rest on: fields, facts, terms, dates, links; no engine yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from zhengfa_stats.counting.frames import FOLDED, ORIGIN, type_of
from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import (
    And,
    AsOf,
    Between,
    Blank,
    Bound,
    Clock,
    Fact,
    Linked,
    Not,
    Or,
    Since,
    Where,
    fields_named,
)
from zhengfa_stats.schema import Field, Ledger, Schema, Vocabulary


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


class Meaning:
    """One ledger at a clock: what a field, a fact or a term is, and what a condition needs to be judged."""

    def __init__(self, ledger: str, schema: Schema, clock: Clock) -> None:
        if ledger not in schema.ledgers:
            raise QueryError(f"没有名为“{ledger}”的台账", do=f"可用的有：{'、'.join(schema.ledgers)}")
        self.schema, self.clock = schema, clock
        self.ledger: Ledger = schema.ledgers[ledger]

    def field(self, field_id: str) -> Field:
        """A field that can be counted by; QueryError when the ledger has none such, or does not keep it."""
        field = ORIGIN.get(field_id) or self.ledger.fields.get(field_id) or FOLDED.get(field_id)
        if field is None or not (field.is_stored or field.is_derived):
            raise QueryError(
                f"没有可供统计的字段“{field_id}”", self.place, "有哪些栏目，见 zhengfa help 的“台账与栏目”"
            )
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

    def is_date(self, field_id: str) -> bool:
        return type_of(self.field(field_id)) == "date"

    def fact(self, name: str) -> tuple[Where, ...]:
        """The conditions that the ledger's definition gives this name."""
        if name not in self.ledger.facts:
            raise QueryError(f"没有名为“{name}”的事实", self.place, f"可用的有：{'、'.join(self.ledger.facts)}")
        return self.ledger.facts[name].where

    def terms(self, field_id: str, terms: tuple[str | bool, ...]) -> list[str | bool]:
        """The stored values that the terms stand for, descendants with them; QueryError for an unknown one."""
        field, vocabulary = self.field(field_id), self.vocabulary(field_id)
        wanted: type = bool if field.kind == "flag" else str
        if field.kind in ("number", "date") or not all(isinstance(t, wanted) for t in terms):
            raise QueryError(
                f"“{field.name}”不能取这样的值：{'、'.join(map(str, terms))}",
                self.place,
                "词表栏写规范词，是否栏写 true 或 false",
            )
        known = {*(c.term for c in field.when), field.otherwise} if field.is_derived else set[str]()
        known.update(vocabulary.by_name if vocabulary else ())
        if unknown := [str(t) for t in terms if known and t not in known]:
            raise QueryError(
                f"“{field.name}”没有“{'”“'.join(unknown)}”这一项", self.place, "有哪些规范词，见 zhengfa help 的“词表”"
            )
        below = (vocabulary.descendants(str(t)) for t in terms) if vocabulary else ()
        return sorted({*terms}.union(*below))

    def bounds(self, where: Between) -> tuple[date | float | None, date | float | None]:
        """The days or numbers of a condition's two bounds; QueryError when they don't fit the field."""
        low, high = resolve(where.low, self.clock), resolve(where.high, self.clock)
        type_ = type_of(self.field(where.field))
        fits = {"date": date, "number": (int, float)}.get(type_)
        if fits is None or not all(isinstance(b, fits) for b in (low, high) if b is not None):  # type: ignore[arg-type]
            raise QueryError(
                f"“{self.field(where.field).name}”不能与这样的上下限比较", self.place, "日期栏写日期，数字栏写数"
            )
        return low, high

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
                inner = tuple(w for field_id in fields_named(where) for w in self._rests_on(self.field(field_id)))
        for part in inner:
            yield from self.leaves(part)

    def _rests_on(self, field: Field) -> Iterator[Where]:
        yield from (case.where for case in field.when)
        yield from (Blank(name) for name in field.days)
        if field.known_from:
            yield known_by_now(field)

    def uses(self, *wheres: Where) -> tuple[str, ...]:
        """The stored fields that the conditions rest on, each once."""
        found = (f for w in wheres for leaf in self.leaves(w) for f in fields_named(leaf))
        return tuple(dict.fromkeys(f for f in found if not self.field(f).is_derived))

    def needs(self, *wheres: Where) -> tuple[str, ...]:
        """The fields that the conditions name for which a sheet needs a column, lest nothing be known."""
        found = (f for w in wheres for leaf in self._named(w) for f in fields_named(leaf))
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

    def dates(self, *wheres: Where) -> tuple[Between, ...]:
        """The conditions among those they rest on that a month-only date can leave open."""
        found = (leaf for w in wheres for leaf in self.leaves(w))
        return tuple(dict.fromkeys(w for w in found if isinstance(w, Between) and self.is_date(w.field)))

    def ledgers(self, *wheres: Where) -> tuple[str, ...]:
        """The ledgers that the conditions need, this one first."""
        links = [leaf for w in wheres for leaf in self.leaves(w) if isinstance(leaf, Linked)]
        others = (n for link in links for n in Meaning(link.ledger, self.schema, self.clock).ledgers(*link.where))
        return tuple(dict.fromkeys((self.ledger.id, *others)))


def known_by_now(field: Field) -> Between:
    return Between(field.known_from, high=AsOf())
