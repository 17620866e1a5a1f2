"""What we read and count, as the definitions say it: fields, ledgers, vocabularies, indicators, relations."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from zhengfa_stats.query import TIMES, Expr, Where
from zhengfa_stats.records import Level

BY_AREA = "按区划"  # the sort of units that report by area: a county's line in their 汇总表 is all its units together
Stock = Literal["", "期末", "期初"]
Kind = Literal["code", "text", "date", "number", "flag", "term", "persons", "unit"]


@dataclass(frozen=True, slots=True)
class Dated:
    """Days on which a term counts as another of its vocabulary: the scale of ranks changed, a city maps a grade anew."""

    term: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Term:
    """A canonical term, the term it belongs to ("" at the top), other ways it is written, and its sort, if it has one."""

    name: str
    parent: str = ""
    aliases: tuple[str, ...] = ()
    sort: str = ""  # which of several scales the term is of: 领导职务, 职级
    dated: tuple[Dated, ...] = ()  # what it counts as on some days of the row's date


@dataclass(frozen=True)
class Vocabulary:
    """Terms in their order (of display, and of weight: lightest first), with what means nothing."""

    id: str
    terms: tuple[Term, ...]
    nothing: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> Mapping[str, Term]:
        return {term.name: term for term in self.terms}

    @cached_property
    def written(self) -> Mapping[str, str]:
        """Every way of writing a term → the term; a term's own name beats another's alias."""
        aliases = {alias: term.name for term in self.terms for alias in term.aliases}
        return aliases | {term.name: term.name for term in self.terms}

    @cached_property
    def order(self) -> Mapping[str, int]:
        return {term.name: i for i, term in enumerate(self.terms)}

    def of_sort(self, sort: str) -> frozenset[str]:
        """The terms of one sort."""
        return frozenset(term.name for term in self.terms if term.sort == sort)

    @cached_property
    def dated(self) -> tuple[tuple[str, Dated], ...]:
        """Every term that counts as another on some days, with what it counts as."""
        return tuple((term.name, one) for term in self.terms for one in term.dated)

    @cached_property
    def tops(self) -> Mapping[str, str]:
        """Each term → its ancestor at the top level."""
        return {term.name: self._top(term.name) for term in self.terms}

    def _top(self, name: str) -> str:
        while parent := self.by_name[name].parent:
            name = parent
        return name

    def lookup(self, written: str) -> str | None:
        """The term that is written so; None if it is not known."""
        return self.written.get(written)

    def top(self, name: str) -> str:
        """The ancestor of a term at the top level."""
        return self.tops[name]

    def descendants(self, name: str) -> frozenset[str]:
        """A term and all terms below it."""
        found = {name}
        for term in self.terms:  # a child stands below its parent in the file, checked at loading
            if term.parent in found:
                found.add(term.name)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a derived field: the term it takes where the condition holds and none before it did."""

    term: str
    where: Where


@dataclass(frozen=True, slots=True)
class Implied:
    """The term that a blank field takes where another field is written: closed on a day, so closed."""

    by: str
    term: str | bool


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a ledger: what it holds, the headers it is met under, and how it is kept."""

    id: str
    name: str
    kind: Kind
    headers: tuple[str, ...] = ()
    required: bool = False
    private: bool = False  # dropped as the sheet is read
    vocabulary: str = ""
    many: bool = False  # a cell may hold several values
    default: str | bool | float | None = None  # where the column is absent; "sender": the unit that sent the file
    known_from: str = ""  # the date field before which this one reads as blank
    highest: bool = False  # a cell with several terms holds the one that stands first in the vocabulary (就高) …
    prefer: str = ""  # … among those of the sort that this option of zhengfa.toml names, where there are such: rank_by
    heaviest: bool = False  # a cell with several terms holds the one that stands last in the vocabulary (就重)
    ticked: str = ""  # the term that a tick in the column stands for: some term of this kind
    posts: bool = False  # a unit may stand before a term (市公安局副局长), and 兼 between two
    planned: bool = False  # a date that may lie ahead of the day of the report: 办理期限
    strip: tuple[str, ...] = ()  # words that may stand before or after a term: 给予, 党内, 处分
    identifies: str = ""  # id_card | staff_no | name: kept only as a pseudonym of the person
    reads: str = ""  # another field whose column this one reads too; what it does not know it leaves blank
    implied: tuple[Implied, ...] = ()  # what it holds where it is blank and another field is written
    needed: bool = False  # where the sheet has no column for it, nothing is known: neither yes nor no
    or_by: tuple[str, ...] = ()  # columns that tell as much as its own
    when: tuple[Case, ...] = ()  # a derived field: the first case that holds
    otherwise: str = ""  # a derived field's term where no case holds
    days: tuple[str, ...] = ()  # a derived number: whole days from the first date field to the second

    @property
    def is_derived(self) -> bool:
        return bool(self.when or self.days)

    @property
    def is_secret(self) -> bool:
        """Whether no value of the field may be shown: private, or a person."""
        return self.private or self.kind == "persons" or bool(self.identifies)

    @property
    def is_stored(self) -> bool:
        """Whether the field is a column of the stored ledger."""
        return not (self.private or self.is_derived or self.identifies in ("id_card", "staff_no"))


@dataclass(frozen=True, slots=True)
class FactOf:
    """A condition with a name."""

    id: str
    name: str
    where: tuple[Where, ...]


@dataclass(frozen=True, slots=True)
class Shared:
    """A header whose column holds values of several fields, told apart by the values."""

    headers: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """How the rows of one identity fold into one: some fields as in the first row by date, some at their heaviest."""

    identity: str
    order: str
    first: tuple[str, ...] = ()
    heaviest: tuple[str, ...] = ()

    def settles(self, fields: Set[str]) -> bool:
        """Whether a condition on these fields is one on the folded rows; so that figures by group add up to the whole."""
        return bool(fields) and fields <= {*self.first, *self.heaviest, TIMES}


@dataclass(frozen=True)
class Ledger:
    """A ledger: its fields, what identifies a record, and which date a period applies to."""

    id: str
    name: str
    fields: Mapping[str, Field]
    key: tuple[str, ...] = ()  # two records with these fields alike, none blank, are the same …
    agree: tuple[str, ...] = ()  # … if one of these is alike too, where any is named …
    compatible: tuple[str, ...] = ()  # … and none of these differs; a blank differs from nothing
    also_known_by: str = ""  # a field of other numbers that join a record to an earlier one
    handler: str = ""  # the unit field whose own file decides between duplicates
    progress: tuple[
        str, ...
    ] = ()  # fields that say which of two duplicates is further along: a later term, a later date
    origin: tuple[str, ...] = ()  # fields of a record that was handed on that its earliest row by date decides
    date: str = ""
    titles: tuple[str, ...] = ()  # words in a title, sheet or file name that speak for this ledger
    unit: str = ""  # measure word of a record: 条, 人次
    facts: Mapping[str, FactOf] = field(default_factory=dict)
    shared: tuple[Shared, ...] = ()
    each: Mapping[str, Each] = field(default_factory=dict)
    tabulated: bool = False  # filled from 汇总表, a line a figure: no table is recognised by its fields

    @property
    def has_senders(self) -> bool:
        """Whether each unit sends its own part; a list that is drawn up once (专班) has neither date nor reporting unit."""
        return bool(self.date) or any(f.default == "sender" for f in self.fields.values())

    @cached_property
    def stored(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.is_stored)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A named figure: its expression, unit, definition in Chinese, and the phrases by which documents cite it."""

    key: str
    unit: str
    definition: str
    of: Expr
    cited_as: tuple[str, ...] = ()
    otherwise: str = ""  # the indicator to use, and to name, where a ledger of this one is absent
    reported_as: tuple[str, ...] = ()  # its names in the columns and rows of a 汇总表
    reported_beside: tuple[str, ...] = ()  # the names hold only in a table that has one of these indicators too
    stock: Stock = ""  # a state at the end (期末) or the start (期初) of a period: states of periods do not add up


@dataclass(frozen=True, slots=True)
class Period:
    """A period with a name (近年来); an end that is not given is the project's own."""

    since: date | None = None
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A check (勾稽关系) between fields of a row, ledgers, or indicators.

    Exactly one of four forms: `never` — rows of `ledger` that meet it are broken; `matches` — `fields` of a
    linked row in another ledger must agree; `total` — the first indicator is the sum of the others; `balance` — the
    indicators of both sides come to the same (上期结转＋本期新收＝本期查结＋期末在查).
    """

    id: str
    says: str
    level: Level = "warning"
    ledger: str = ""
    never: tuple[Where, ...] = ()
    matches: str = ""  # the other ledger
    on: str = ""
    fields: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    balance: tuple[tuple[str, ...], ...] = ()
    do: str = ""


@dataclass(frozen=True, eq=False)  # itself alone: what was worked out for one schema is found by it
class Schema:
    """All definitions, ours and the project's, checked against each other."""

    ledgers: Mapping[str, Ledger]
    vocabularies: Mapping[str, Vocabulary]
    indicators: Mapping[str, Indicator]
    relations: Mapping[str, Relation]
    options: Mapping[str, str] = field(default_factory=dict)
    periods: Mapping[str, Period] = field(default_factory=dict)
    citing: Mapping[str, Any] = field(default_factory=dict)  # the project's own words for reading prose

    def vocabulary_of(self, ledger: str, field_id: str) -> Vocabulary | None:
        """The vocabulary of a ledger's field, if it has one."""
        name = self.ledgers[ledger].fields[field_id].vocabulary
        return self.vocabularies[name] if name else None
