"""Which ledger a table is, and what each of its columns is; where that is not clear, who must say it and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from zhengfa_stats.config import SheetPin
from zhengfa_stats.reading.binding import Binding, Bound, bind, parts_of
from zhengfa_stats.reading.evidence import BAR, MARGIN, Score, Texts, at_most, missing_of, named_by, score, shares_of
from zhengfa_stats.reading.header_problems import (
    Spot,
    UnknownHeader,
    column_problems,
    missing_problems,
    refusal,
    tie_problem,
    unknown_headers,
    unknown_table,
)
from zhengfa_stats.reading.header_words import PIVOT, names_contact, names_informant
from zhengfa_stats.reading.headers import LedgerHeaders, headers_of, tidy
from zhengfa_stats.reading.samples import Samples
from zhengfa_stats.reading.sheets import Column, Sheet, Table
from zhengfa_stats.records import Problem, letters
from zhengfa_stats.schema import Schema, Vocabulary


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a table is: its ledger ("" where none), its columns, and what a person must look at.

    `missing` are required fields that nothing gives; `said` are term fields that the title, the sheet's or the
    file's name gives for the whole table (红色教育活动台账); `by_section` are those that the section rows give.
    """

    ledger: str
    sure: float = 0.0
    columns: tuple[Bound, ...] = ()
    unknown: tuple[UnknownHeader, ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)
    by_section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Try:
    """A table tried as one ledger."""

    headers: LedgerHeaders
    binding: Binding
    said: Mapping[str, str]
    by_section: tuple[str, ...]
    score: Score


def recognise(table: Table, sheet: Sheet, file: str, schema: Schema, pin: SheetPin | None = None) -> Recognised:
    """The ledger that a table is, with its columns bound; set aside with a problem where none or several fit."""
    rows = table.first_header()
    spot = Spot(file, sheet.name, rows[-1] if rows else table.range.top, rows)
    if pin and pin.skip:
        return Recognised("", problems=(_skipped(spot),))
    if any(PIVOT.match(part) for c in table.columns for part in parts_of(c)):
        return Recognised("", problems=(_pivot(spot),))
    if pin and pin.ledger in schema.ledgers and schema.ledgers[pin.ledger].tabulated:
        return Recognised("", problems=(_no_summary(spot),))  # it is not known by its fields: summary_of reads it
    reader = _Reader(table, sheet, file, schema, spot, pin)
    return reader.pinned(pin.ledger) if pin and pin.ledger else reader.chosen()


class _Reader:
    """One table against all ledgers."""

    def __init__(self, table: Table, sheet: Sheet, file: str, schema: Schema, spot: Spot, pin: SheetPin | None) -> None:
        self.table, self.schema, self.spot, self.pin = table, schema, spot, pin
        self.samples = Samples(table, sheet)
        self.all = headers_of(schema)
        self.parts = {c.at: parts for c in table.columns if (parts := parts_of(c))}
        self.shares = shares_of(self.parts, self.all.values())
        stem = file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
        sections = tuple(tidy(s) for s in table.sections.values())
        self.texts = Texts(tidy(table.title), tidy(sheet.name), sections, tidy(stem))
        self.problems: list[Problem] = []

    def chosen(self) -> Recognised:
        """The best ledger, if it is above the bar and clearly ahead of the next."""
        tries = self._tried(h for h in self.all.values() if self._may_fit(h))
        fit = [t for t in tries if t.score.enough and t.score.total >= BAR]
        if not fit:
            return self._none(self._tried(self.all.values()))
        if len(fit) > 1 and fit[0].score.total - fit[1].score.total < MARGIN:
            return Recognised("", problems=(tie_problem(fit[0].score, fit[1].score, self.schema, self.spot),))
        behind = fit[0].score.total - (fit[1].score.total if len(fit) > 1 else 0.0)
        return self._recognised(fit[0], min(1.0, 0.6 + (fit[0].score.total - BAR) / 10 + min(behind, 2.0) / 10))

    def _tried(self, ledgers: Iterable[LedgerHeaders]) -> list[_Try]:
        """The table tried as each ledger, the best first."""
        return sorted(map(self._try, ledgers), key=lambda t: (-t.score.total, t.score.ledger))

    def _may_fit(self, headers: LedgerHeaders) -> bool:
        """Whether the ledger could reach the bar; pinned columns may be bound to anything."""
        pinned = self.pin is not None and bool(self.pin.columns)
        return pinned or at_most(headers, self.parts, self.shares, self.texts) >= BAR

    def pinned(self, ledger: str) -> Recognised:
        """The ledger that the user has settled."""
        if ledger not in self.all:
            known = "、".join(f"{id_}（{of.name}）" for id_, of in self.schema.ledgers.items())
            what = f"zhengfa.toml 的 [[sheets]] 指定了不存在的台账“{ledger}”，没有读取"
            return Recognised("", problems=(self._bad_pin(what, f"可用的台账：{known}"),))
        return self._recognised(self._try(self.all[ledger]), 1.0)

    def _try(self, headers: LedgerHeaders) -> _Try:
        pinned = self._pinned_columns(headers) if self.pin and self.pin.columns else {}
        binding = bind(self.table.columns, headers, self.samples, pinned)
        bound = {f for b in binding.bound for f in b.fields}
        vocabularies = _vocabularies(self.schema, headers.ledger.id)
        wanted = {f.id: vocabularies[f.id] for f in headers.ledger.stored if f.id in vocabularies and f.id not in bound}
        wanted = {id_: v for id_, v in wanted.items() if headers.fields[id_].required}
        said = {id_: term for id_, v in wanted.items() if (term := self._said(v))}
        by_section = tuple(id_ for id_, v in wanted.items() if any(_term_in(s, v) for s in self.texts.sections))
        there = (*said, *by_section)
        points = score(binding, headers, self.shares, self.texts, self.samples, there, vocabularies)
        return _Try(headers, binding, said, by_section, points)

    def _said(self, vocabulary: Vocabulary) -> str:
        """The one term that the title, else the sheet's name, else the file's name says."""
        texts = (self.texts.title, self.texts.sheet, self.texts.file)
        return next((term for text in texts if (term := _term_in(text, vocabulary))), "")

    def _recognised(self, chosen: _Try, sure: float) -> Recognised:
        headers, binding = chosen.headers, chosen.binding
        missing = missing_of(headers.ledger, binding, (*chosen.said, *chosen.by_section))
        unknown = unknown_headers(binding, headers, self.samples, self.schema)
        problems = [
            *self._refused_pins(headers),
            *self._refused_aliases(headers),
            *missing_problems(missing, unknown, headers, self.spot),
            *column_problems(unknown, binding, missing, headers, self.spot),
        ]
        return Recognised(
            ledger=headers.ledger.id,
            sure=round(sure, 3),
            columns=binding.bound,
            unknown=unknown,
            missing=missing,
            problems=tuple(problems),
            said=chosen.said,
            by_section=chosen.by_section,
        )

    def _none(self, tries: Sequence[_Try]) -> Recognised:
        """No known ledger: a warning where the title or most columns say that it should have been one."""
        best = tries[0] if tries else None
        known = best is not None and best.score.n_fields >= 3 and best.score.n_fields > len(best.binding.open)
        named = best is not None and best.score.n_fields >= 1 and named_by(best.headers.ledger, self.texts) >= 1.0
        problem = unknown_table(best.score if best else None, self.schema, self.spot, suspected=known or named)
        columns = self._mending(best) if best is not None and (known or named) else []
        return Recognised("", problems=(problem, *columns))

    def _mending(self, best: _Try) -> list[Problem]:
        """The columns of which one may be what the nearest ledger lacks, with the lines that would mend the table."""
        if best.score.n_fields < len(best.binding.open):
            return []
        missing = missing_of(best.headers.ledger, best.binding, (*best.said, *best.by_section))
        unknown = unknown_headers(best.binding, best.headers, self.samples, self.schema)
        wanted = [u for u in unknown if set(u.nearest) & set(missing)]
        return [
            p for p in column_problems(wanted, best.binding, missing, best.headers, self.spot) if p.level == "error"
        ]

    # ── pins ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _pinned_columns(self, headers: LedgerHeaders) -> dict[int, str]:
        assert self.pin is not None
        found: dict[int, str] = {}
        for key, name in self.pin.columns.items():
            column, field_id = _column_at(self.table.columns, key), _field_id(headers, name)
            if column and field_id is not None and not _is_refused(column, field_id, headers):
                found[column.at] = field_id
        return found

    def _refused_pins(self, headers: LedgerHeaders) -> list[Problem]:
        """Pins that name no column or no field, or that would make a reporter public."""
        problems = []
        for key, name in (self.pin.columns if self.pin else {}).items():
            column, field_id = _column_at(self.table.columns, key), _field_id(headers, name)
            if column is None:
                problems.append(self._bad_pin(f"zhengfa.toml 指定的列“{key}”在表里没有", "请写表头原文或列号，如 “C”"))
            elif field_id is None:
                known = "、".join(f"{f.id}（{f.name}）" for f in headers.ledger.fields.values() if not f.is_derived)
                what = f"zhengfa.toml 为“{key}”指定的字段“{name}”不存在"
                problems.append(self._bad_pin(what, f"可用的字段：{known}"))
            elif _is_refused(column, field_id, headers):
                problems.append(refusal(column.header, column.at, headers.ledger.id, self.spot))
        return problems

    def _refused_aliases(self, headers: LedgerHeaders) -> list[Problem]:
        columns = [c for c in self.table.columns if (parts := parts_of(c)) and headers.refuses(parts)]
        return [refusal(c.header, c.at, headers.ledger.id, self.spot) for c in columns]

    def _bad_pin(self, what: str, do: str) -> Problem:
        return Problem("error", "指定无效", self.spot.place, what, do)


def _vocabularies(schema: Schema, ledger: str) -> dict[str, Vocabulary]:
    found = {f: schema.vocabulary_of(ledger, f) for f in schema.ledgers[ledger].fields}
    return {f: v for f, v in found.items() if v}


def _column_at(columns: Sequence[Column], key: str) -> Column | None:
    """The one column whose header is `key`, or whose letters are."""
    wanted = tidy(key)
    same = [c for c in columns if tidy(c.header) == wanted] or [c for c in columns if parts_of(c)[-1:] == (wanted,)]
    if len(same) == 1:
        return same[0]
    return next((c for c in columns if letters(c.at) == key.strip().upper()), None)


def _field_id(headers: LedgerHeaders, name: str) -> str | None:
    """A field by its id or Chinese name; "" for a column to be left out; None if there is no such field."""
    if name in ("", "忽略"):
        return ""
    if name in headers.fields and not headers.fields[name].is_derived:
        return name
    return next((f.id for f in headers.fields.values() if f.name == name and not f.is_derived), None)


def _is_refused(column: Column, name: str, headers: LedgerHeaders) -> bool:
    whole = "/".join(parts_of(column))
    return bool(name) and headers.fields[name].is_stored and (names_informant(whole) or names_contact(whole))


def _term_in(text: str, vocabulary: Vocabulary) -> str:
    """The only term whose name or alias stands in a text, longest first; "" where none or several do."""
    found: set[str] = set()
    for form, written in _longest_first(tuple(vocabulary.written)):
        if form in text:
            found.add(vocabulary.written[written])
            text = text.replace(form, "\n")
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=64)
def _longest_first(written: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    forms = ((tidy(w), w) for w in written)
    return tuple(sorted((f for f in forms if len(f[0]) > 1), key=lambda f: (-len(f[0]), f[0])))


def _skipped(spot: Spot) -> Problem:
    return Problem("note", "按指定跳过", spot.place, "zhengfa.toml 指定跳过这张表，没有读取")


def _no_summary(spot: Spot) -> Problem:
    what = "zhengfa.toml 指定这张表是汇总表，但看不出各行是哪个单位、各列是哪个指标，没有读取"
    return Problem("error", "指定无效", spot.place, what, "请在 columns 里写明各列是哪个指标")


def _pivot(spot: Spot) -> Problem:
    return Problem("note", "数据透视表", spot.place, "这是数据透视表，不是台账，没有读取", "请报送透视表所依据的明细表")
