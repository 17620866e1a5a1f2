"""How much a table's headers, values and titles speak for a ledger."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Literal

from zhengfa_stats.reading.binding import Binding, Bound
from zhengfa_stats.reading.header_words import IGNORED, OTHER_TRADES, PLACED_WORDS, SERIAL
from zhengfa_stats.reading.headers import LedgerHeaders, bare, tidy
from zhengfa_stats.reading.samples import Samples, look_of_ticks
from zhengfa_stats.reading.sheets import Cell
from zhengfa_stats.schema import Field, Kind, Ledger, Vocabulary

Shares = Mapping[int, Mapping[str, float]]  # column → ledger → share

BAR, MARGIN = 1.75, 0.6
_UNKNOWN_COST, _LOST_COST, _MISSING_COST = 0.4, 0.15, 0.8
_OTHER_TRADE_COST, _OTHER_TITLE_COST = 3.0, 1.2
_CORE_WEIGHT = 1.5  # of a column that a record cannot do without
_MISFIT_COST = 0.5  # a column whose values cannot be the field's
_LEAST_SHARE = 0.75  # known fields for each unknown column: less is another trade's table
_ROUNDED = 1e-6  # more than sums of shares differ by the order in which they are summed
_UNNAMED = 1.5  # what a table that no title names must have more, if it lacks something required

_UNCOUNTED = SERIAL | IGNORED | {"编号"}  # columns that may be bound to no field, whatever their ledger

_DATE_TEXT = re.compile(r"\d{1,4}\D{1,3}\d{1,2}|(?:19|20)\d{6}|(?:19|20)?\d\d年|[〇零一二三四五六七八九十]+[年月]")
_DIGIT = re.compile(r"[\d０-９〇零一二三四五六七八九十百千万半]")
_NAME_TEXT = re.compile(r"[^\d０-９,.，。；;]{1,40}(?:等\d+人)?")
_UNIT_END = re.compile(
    r"(?:局|院|委|办|厅|处|科|室|队|所|部|庭|站|组|监狱|中心|支队|大队|公司|政府|机关|[市县区旗镇乡]|街道)(?:[（(].*)?$"
)


@dataclass(frozen=True)
class Texts:
    """What stands around a table: its title, the sheet's name, its sections, the file's name, each tidied."""

    title: str
    sheet: str
    sections: tuple[str, ...]
    file: str

    def weighted(self) -> Iterable[tuple[str, float]]:
        yield self.title, 1.0
        yield self.sheet, 0.9
        yield from ((s, 0.8) for s in self.sections)
        yield self.file, 0.7

    @cached_property
    def other_trade(self) -> Literal["", "title", "beside"]:
        """Where another trade is named, looked for once for all ledgers."""
        if any(word in self.title for word in OTHER_TRADES):
            return "title"
        return "beside" if any(word in text for text in (self.sheet, self.file) for word in OTHER_TRADES) else ""


@dataclass(frozen=True, slots=True)
class Score:
    """How much speaks for one ledger, and whether its least is there."""

    ledger: str
    total: float
    enough: bool  # fields that a record cannot do without, or that only such a table has
    missing: tuple[str, ...]
    n_fields: int


def score(
    binding: Binding,
    headers: LedgerHeaders,
    shares: Shares,
    texts: Texts,
    samples: Samples,
    said: Iterable[str],
    vocabulary_of: Mapping[str, Vocabulary],
) -> Score:
    """The score of one ledger.

    A column speaks for the ledgers that know its header, each its share (`shares`), a field once; columns
    that the ledger does not know and required fields that it lacks speak against it.
    """
    ledger = headers.ledger
    votes: dict[str, float] = {}
    for column in binding.bound:
        vote = _vote(column, headers, shares, samples, vocabulary_of)
        for name in column.fields[:1]:
            votes[name] = max(votes.get(name, vote), vote)
    missing = missing_of(ledger, binding, said)
    named = named_by(ledger, texts)
    total = sum(votes.values()) + named - _cost(binding, missing) - otherwise_titled(named, texts)
    known = {f for b in binding.bound for f in b.fields} - {"remark"}
    enough = (
        _has_core(ledger, known, missing, named)
        and len(known) >= _LEAST_SHARE * sum(o.why in ("unknown", "not ticks") for o in binding.open)
        and (named > 0 or total >= BAR + _UNNAMED or not set(missing) - {ledger.date})
    )
    return Score(ledger.id, total, enough, missing, len(known))


def at_most(headers: LedgerHeaders, parts: Mapping[int, tuple[str, ...]], shares: Shares, texts: Texts) -> float:
    """What no score of the ledger is above, whatever its columns (place → tidied parts) are bound to."""
    votes = sum(_voice(headers, of, shares[at].get(headers.ledger.id)) for at, of in parts.items())
    named = named_by(headers.ledger, texts)
    return votes + named - otherwise_titled(named, texts) + _ROUNDED


def _voice(headers: LedgerHeaders, parts: tuple[str, ...], share: float | None) -> float:
    """What a column adds at most; what neither its header nor its place can bind speaks against the ledger."""
    if share is not None:
        return _CORE_WEIGHT * share
    word = bare(parts[-1])[0]
    if word in PLACED_WORDS:
        return _CORE_WEIGHT
    return -_UNKNOWN_COST if headers.claim(parts) is None and word not in _UNCOUNTED else 0.0


def _has_core(ledger: Ledger, known: set[str], missing: Sequence[str], named: float) -> bool:
    """Two stored fields, one of them a key or required; or all that is required, and a title that says so."""
    stored = {f for f in known if ledger.fields[f].is_stored}
    core = {f.id for f in ledger.fields.values() if f.required} | set(ledger.key)
    least = len(stored) >= 2 or (bool(stored) and not missing and named >= 1.0)
    return least and bool(not core or stored & core)


def _vote(
    column: Bound,
    headers: LedgerHeaders,
    shares: Shares,
    samples: Samples,
    vocabulary_of: Mapping[str, Vocabulary],
) -> float:
    if not column.fields:
        return 0.0
    field = headers.fields[column.fields[0]]
    if field.id == "remark":
        return 0.0
    vote = column.sure * shares.get(column.at, {}).get(headers.ledger.id, 1.0)
    if field.required or field.id in headers.ledger.key:
        vote *= _CORE_WEIGHT
    if (
        column.kind == "field"
        and not field.private
        and not _fits(field, column.at, samples, vocabulary_of.get(field.id))
    ):
        return -_MISFIT_COST
    return vote


def _cost(binding: Binding, missing: Sequence[str]) -> float:
    lost = sum(o.why in ("taken", "repeated", "blank") for o in binding.open)
    return _UNKNOWN_COST * (len(binding.open) - lost) + _LOST_COST * lost + _MISSING_COST * len(missing)


def missing_of(ledger: Ledger, binding: Binding, said: Iterable[str]) -> tuple[str, ...]:
    """The required fields that no column, default or title gives."""
    there = {f for b in binding.bound for f in b.fields} | set(said)
    return tuple(f.id for f in ledger.fields.values() if f.required and f.default is None and f.id not in there)


def shares_of(parts: Mapping[int, tuple[str, ...]], all_headers: Iterable[LedgerHeaders]) -> Shares:
    """How a column's voice divides among the ledgers that know its header: a field's own name counts as two aliases."""
    every = tuple(all_headers)
    shares = {}
    for at, of in parts.items():
        weights = {h.ledger.id: weight for h in every if (weight := _weight(h, of))}
        shares[at] = {id_: weight / sum(weights.values()) for id_, weight in weights.items()}
    return shares


def _weight(headers: LedgerHeaders, parts: tuple[str, ...]) -> int:
    claim = headers.claim(parts)
    if claim and set(claim.fields) - {"remark"}:
        return 2 if claim.how == "name" else 1
    return 1 if headers.ticks(parts) else 0


def named_by(ledger: Ledger, texts: Texts) -> float:
    """How much the texts around a table name the ledger: more where the word heads the text (…线索台账)."""
    return max((weight * _named_in(ledger, text) for text, weight in texts.weighted()), default=0.0)


def _named_in(ledger: Ledger, text: str) -> float:
    words = [w for w in map(tidy, (ledger.name, *ledger.titles)) if w in text]
    if not words:
        return 0.0
    return 1.5 if any(_heads(w).search(text) for w in words) else 0.8


@lru_cache(maxsize=512)
def _heads(word: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(word)}[^,，。()]{{0,6}}(?:台账|名册|表|清单|名单|册|$)|{re.escape(word)}$")


def otherwise_titled(named: float, texts: Texts) -> float:
    """What a title that names another trade (工资表), or something else than the ledger, costs it."""
    match texts.other_trade:
        case "title":
            return _OTHER_TRADE_COST / (1.5 if named else 1)
        case "beside":
            return _OTHER_TRADE_COST / (3 if named else 1.5)
    return _OTHER_TITLE_COST if texts.title and not named else 0.0


def fits(field: Field, values: Sequence[Cell], vocabulary: Vocabulary | None) -> bool:
    """Whether a column's values can be the field's at all; a column without values can."""
    if not values:
        return True
    if field.kind == "unit" and vocabulary:
        return _share(values, lambda v: _is_unit(v, vocabulary)) >= 0.3
    if field.kind == "term" and vocabulary and len(values) >= 3:
        ticked = bool(field.ticked) and look_of_ticks(values) == "ticks"
        words = (*vocabulary.written, *vocabulary.nothing)
        return ticked or any(w in text for text in set(map(str, values)) for w in words)
    test = _TESTS.get(field.kind, _is_no_day)
    return _share(values, test) >= 0.3


def _fits(field: Field, at: int, samples: Samples, vocabulary: Vocabulary | None) -> bool:
    """`fits`, asked once of a column for all ledgers that have such a field."""
    asked = at, field.kind, field.ticked, id(vocabulary)
    if asked not in samples.judged:
        samples.judged[asked] = fits(field, samples.of(at), vocabulary)
    return samples.judged[asked]


def speaks(field: Field, values: Sequence[Cell], vocabulary: Vocabulary | None) -> bool:
    """Whether a column's values, whatever its header, are plainly of the field's kind: dates, units, its own terms."""
    if not values or not field.is_stored:
        return False
    if field.kind == "term" and vocabulary:
        return _share([*map(str, values)], lambda v: str(v).strip() in vocabulary.written) >= 0.8
    if field.kind == "unit" and vocabulary:
        return _share(values, lambda v: isinstance(v, str) and any(w in v for w in vocabulary.written)) >= 0.8
    return field.kind == "date" and _share(values, _is_date) >= 0.8


def _share(values: Sequence[Cell], test: Callable[[Cell], bool]) -> float:
    """How many of the values pass a test; equal ones pass alike, and are asked once."""
    return sum(n for value, n in Counter(values).items() if test(value)) / len(values)


def _is_date(value: Cell) -> bool:
    if isinstance(value, date | datetime):
        return True
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 20000 < value < 60000 or 19000101 <= value <= 21001231
    return isinstance(value, str) and bool(_DATE_TEXT.search(value))


def _is_no_day(value: Cell) -> bool:
    return not isinstance(value, date | datetime)


def _is_number(value: Cell) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and bool(_DIGIT.search(value)))


def _is_name(value: Cell) -> bool:
    return isinstance(value, str) and bool(_NAME_TEXT.fullmatch(value.strip()))


def _is_unit(value: Cell, vocabulary: Vocabulary) -> bool:
    if not isinstance(value, str):
        return False
    return bool(_UNIT_END.search(value.strip())) or any(w in value for w in vocabulary.written)


_TESTS: Mapping[Kind, Callable[[Cell], bool]] = {"date": _is_date, "number": _is_number, "persons": _is_name}
