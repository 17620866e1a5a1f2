"""Which table is a 汇总表, and what each of its rows and columns stands for: an office, a figure, a period, a total."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from zhengfa_stats.config import SheetPin
from zhengfa_stats.reading.binding import Bound, parts_of
from zhengfa_stats.reading.cleaning import numbers
from zhengfa_stats.reading.cleaning.normal import is_nothing, tight
from zhengfa_stats.reading.cleaning.result import Office
from zhengfa_stats.reading.header_words import IGNORED, PIVOT, SERIAL
from zhengfa_stats.reading.headers import bare, tidy
from zhengfa_stats.reading.indicator_names import IndicatorNames, names_of, stem
from zhengfa_stats.reading.nesting import Line, Nesting, nest
from zhengfa_stats.reading.offices import is_whole, office_in
from zhengfa_stats.reading.recognise import Recognised
from zhengfa_stats.reading.samples import Samples, counts_up
from zhengfa_stats.reading.sections import unnumbered
from zhengfa_stats.reading.sheets import Cell, Column, Role, Sheet, Table
from zhengfa_stats.reading.stated import title_over
from zhengfa_stats.reading.windows import Window, joined, window_in
from zhengfa_stats.records import address, letters, parse_address
from zhengfa_stats.schema import Schema

NO_WINDOW = Window()
_RATIO = re.compile(r"(?:率|占比|比例|比重|百分比)$|%")
_PART = re.compile(r"^(?:其中|含)[:：]?")
_FEW = 0.5
_MOST = 3000  # rows: a list is longer than any summary


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of figures: what its header says; what it leaves open the rows say."""

    at: int
    header: str
    kind: Literal["value", "ratio", "total"]
    indicator: str = ""
    window: Window = NO_WINDOW
    office: Office | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A body row: what its labels say; `is_part`: it is contained in the office's row above (其中)."""

    at: int
    office: Office | None = None
    indicator: str = ""
    window: Window = NO_WINDOW
    is_part: bool = False
    label: str = ""
    unknown: bool = False


@dataclass(slots=True)
class Summary:
    """A table read as a 汇总表; `table` has its total and group rows told from the others."""

    table: Table
    columns: tuple[ValueColumn, ...]
    rows: tuple[Row, ...]
    labels: tuple[int, ...]  # the columns that name the rows
    unknown: tuple[Column, ...] = ()  # columns of figures that no indicator is known for
    bound: tuple[Bound, ...] = ()  # for `look`
    has_measures: bool = False  # a column 计量单位: its rows can be nothing but figures
    paired: bool = False  # 本期 stands beside 累计: it is no more than a part of what 累计 is about


def summary_of(
    table: Table, sheet: Sheet, file: str, schema: Schema, city: str = "", pin: SheetPin | None = None
) -> Summary | None:
    """The table as a 汇总表; None where its rows and columns do not name offices and indicators."""
    forced = bool(pin and pin.ledger and pin.ledger in schema.ledgers and schema.ledgers[pin.ledger].tabulated)
    if (pin and (pin.skip or (pin.ledger and not forced))) or not 0 < len(table.rows_of(Role.BODY)) <= _MOST:
        return None
    if "unit" not in schema.vocabularies or any(PIVOT.match(p) for c in table.columns for p in parts_of(c)):
        return None
    return _Reader(table, sheet, file, schema, city, pin).summary()


def summary_instead(
    found: Recognised,
    table: Table,
    sheet: Sheet,
    file: str,
    schema: Schema,
    city: str = "",
    pin: SheetPin | None = None,
) -> Summary | None:
    """The 汇总表 that a table is where it is no ledger, or one that lacks what it needs and measures its rows."""
    if found.ledger and (not found.missing or (pin and pin.ledger)):
        return None
    summary = summary_of(table, sheet, file, schema, city, pin)
    return summary if summary and (not found.ledger or summary.has_measures) else None


class _Reader:
    """One table in the making."""

    def __init__(self, table: Table, sheet: Sheet, file: str, schema: Schema, city: str, pin: SheetPin | None) -> None:
        self.table, self.sheet, self.schema, self.city, self.pin = table, sheet, schema, city, pin
        self.names: IndicatorNames = names_of(schema)
        self.samples = Samples(table, sheet)
        stem_of_file = file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
        texts = (title_over(table, sheet), sheet.name, stem_of_file)
        self.topics = next((found for t in texts if (found := self.names.topics_in(t))), ())
        self.units = schema.vocabularies["unit"]
        self._sections = [(row, unnumbered(text)) for row, text in sorted(table.sections.items(), reverse=True)]
        self.measures: int | None = None  # the column 计量单位

    def summary(self) -> Summary | None:
        figures, labels = self._split()
        if not figures:
            return None
        self._learn_topics(figures)
        by_column = self._by_column(figures)
        found = [c for c in by_column if c.indicator and c.kind == "value"]
        rows = list(self._rows(labels, names_indicators=not found))
        if not found:
            by_column = [told for c in figures if (told := self._window_column(c)) is not None]
        named = {r.indicator for r in rows if r.indicator} if not found else {c.indicator for c in found}
        columns = [c for c in by_column if c.kind != "value" or c.indicator or not found]
        known = {c.at for c in columns} | {c.at for c in by_column if c.window.kind == "别期"}
        unknown = tuple(c for c in figures if c.at not in known) if found else ()
        if not named or not self._is_convincing(found, unknown, rows, labels):
            return None
        kept, table = self._settle(rows, [c.at for c in columns if c.kind == "value"])
        paired = any(c.window.kind == "累计" for c in columns) and any(c.window.kind == "期" for c in columns)
        bound = self._bound(columns, labels, "unit" if found else "indicator")
        return Summary(
            table, tuple(columns), tuple(kept), labels, unknown, bound, not found and bool(self.measures), paired
        )

    # ── columns ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _split(self) -> tuple[list[Column], tuple[int, ...]]:
        """The columns of figures, and those before them that name the rows."""
        figures: list[Column] = []
        labels: list[int] = []
        for c in self.table.columns:
            last = bare(parts_of(c)[-1])[0] if parts_of(c) else ""
            values = self.samples.of(c.at)
            if last in SERIAL or (not last and counts_up(values)) or (last in IGNORED and not _are_figures(values)):
                continue
            if parts_of(c) and (_are_figures(values) or (any(map(_is_figure, values)) and self._is_named(c))):
                figures.append(c)
            elif not figures and values and self._are_measures(values):
                self.measures = c.at
            elif not figures and values:
                labels.append(c.at)
        return figures, tuple(labels)

    def _is_named(self, column: Column) -> bool:
        rest = self._bare_parts(column)[1]
        return bool(rest) and len(self.names.find(rest, self.topics)) == 1

    def _are_measures(self, values: Sequence[Cell]) -> bool:
        """计量单位: 件, 人, 件 …"""
        return all(isinstance(v, str) and (stem(f"x({v})").sort or tight(v) in ("%", "％")) for v in values)

    def _by_column(self, figures: Sequence[Column]) -> list[ValueColumn]:
        """The columns with what their headers name; a name that holds only beside another is tried last."""
        first = [self._column(c, before, ()) for c, before in _with_before(figures)]
        beside = {c.indicator for c in first if c.indicator}
        return [self._column(c, before, beside) for c, before in _with_before(figures)]

    def _learn_topics(self, figures: Sequence[Column]) -> None:
        """A header that is clear by itself tells what its neighbours speak of."""
        alone = (self.names.find(parts, ()) for c in figures if (parts := self._bare_parts(c)[1]))
        told = (key.split(".")[0] for found in alone if len(found) == 1 for key in found)
        self.topics = tuple(dict.fromkeys((*self.topics, *told)))

    def _bare_parts(self, column: Column) -> tuple[Window, list[str]]:
        """A header's period, and its parts without the words that say it."""
        window, rest = Window(), []
        for part in parts_of(column):
            said, text = window_in(part)
            window = joined(window, said)
            if text:
                rest.append(text)
        return window, rest

    def _column(self, column: Column, before: Column | None, beside: Collection[str]) -> ValueColumn:
        whole = list(parts_of(column))
        window, rest = self._bare_parts(column)
        kind: Literal["value", "ratio"] = "ratio" if _RATIO.search(whole[-1]) and "率" not in rest[:-1] else "value"
        if pinned := self._pinned(column):
            return ValueColumn(column.at, column.header, "value", pinned, window)
        full = self.names.find(whole, self.topics, beside) if rest != whole else ()
        special = len(full) == 1 and bool(self.schema.indicators[full[0]].stock or self._needs(full[0]))
        found = full if special else self._within(rest, before, beside) if window.kind != "别期" else ()
        if not found and window.kind != "别期":
            found = full
        key = found[0] if len(found) == 1 else ""
        if not key and not any(stem(p).text for p in rest):
            return ValueColumn(column.at, column.header, "total", "", window)
        if special and window.kind != "累计":
            window = window._replace(kind="期")
        return ValueColumn(column.at, column.header, kind, key, window)

    def _needs(self, key: str) -> bool:
        return bool(self.schema.indicators[key].reported_beside)

    def _within(self, rest: list[str], before: Column | None, beside: Collection[str]) -> tuple[str, ...]:
        """The indicators of a header; 其中：X is a part of what the column before it counts."""
        if not rest:
            return ()
        found = self.names.find(rest, self.topics, beside)
        if len(found) != 1 and before is not None and _PART.match(rest[-1]) and len(rest) == 1:
            found = self.names.find([*self._bare_parts(before)[1], *rest], self.topics, beside)
        return found

    def _pinned(self, column: Column) -> str:
        for key, name in (self.pin.columns if self.pin else {}).items():
            if name in self.schema.indicators and (
                tidy(key) == tidy(column.header) or key.upper() == letters(column.at)
            ):
                return name
        return ""

    def _window_column(self, column: Column) -> ValueColumn | None:
        """A column of a table whose rows name the indicators: a period, an office, or nothing but 数量."""
        window, rest = self._bare_parts(column)
        words = [p for p in rest if stem(p).text and not self.names.is_hollow(p)]
        if window.kind == "别期":
            return None
        if not words:
            total = (
                not window.says and stem(rest[-1]).text == "" and is_whole(tidy(rest[-1]), self.city) if rest else None
            )
            return ValueColumn(column.at, column.header, "total" if total else "value", "", window)
        office = self._office(words[-1]) if len(words) == 1 else None
        return ValueColumn(column.at, column.header, "value", "", window, office) if office else None

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _rows(self, labels: Sequence[int], *, names_indicators: bool) -> Iterator[Row]:
        above = ""
        for at, path in self._paths(labels):
            section = next((text for row, text in self._sections if row < at), "")
            if names_indicators:
                measure = self._text(at, self.measures) if self.measures and path else ""
                written = [*path[:-1], f"{path[-1]}({measure})"] if measure else path
                yield self._indicator_row(at, written, above, section)
            else:
                yield self._office_row(at, path, section)
            above = path[-1] if path and not _PART.match(path[-1]) else above

    def _paths(self, labels: Sequence[int]) -> Iterator[tuple[int, list[str]]]:
        """Each body row with its labels from the group down; a group holds until the next one, a name never does."""
        groups: dict[int, str] = {}
        for at in self.table.rows_of(Role.BODY):
            texts = {c: self._text(at, c) for c in labels}
            for c, text in texts.items():
                if text:
                    groups = {k: v for k, v in groups.items() if k < c} | {c: text}
            own = [c for c in labels[-1:] if not texts[c]]
            yield at, [unnumbered(groups[c]) for c in labels if c in groups and c not in own]

    def _text(self, row: int, at: int) -> str:
        """A label's text; under a merge or a ditto mark, that of the cell that it repeats."""
        row, at = parse_address(self.table.fills.get(address(row, at), address(row, at)))
        cell = self.sheet.rows[row - 1][at - 1]
        return tight(cell) if isinstance(cell, str) else ""

    def _indicator_row(self, at: int, path: list[str], above: str, section: str) -> Row:
        offices, rest, window = [], [], Window()
        for text in path:
            said, left = window_in(tidy(text))
            window = joined(window, said)
            office = self._office(text)
            if office is not None:
                offices.append(office)
            elif left:
                rest.append(left)
        topics = (*self.names.topics_in(section), *self.topics)
        found = self.names.find(rest, topics) if rest and window.kind != "别期" else ()
        if len(found) != 1 and rest and _PART.match(rest[-1]) and above:
            found = self.names.find([window_in(tidy(above))[1], *rest[-1:]], topics)
        if len(found) != 1 and section and rest:
            found = self.names.find([section, *rest], topics)
        label = "".join(path)
        office = offices[0] if offices else self._office(section)
        key = found[0] if len(found) == 1 else ""
        return Row(at, office, key, window, label=label, unknown=not key and window.kind != "别期")

    def _office_row(self, at: int, path: list[str], section: str) -> Row:
        """A row of an office, in one column or two (甲县 | 公安局), or of a month."""
        found, window, part = Office(""), Window(), False
        known = False
        for text in path:
            part = part or bool(_PART.match(text))
            office = self._office(_PART.sub("", text))
            if office is not None:
                found, known = _merged(found, office), True
                continue
            said, rest = window_in(tidy(text))
            if said.says and not rest:
                window = joined(window, said)
        if known and not found.unit and section and (over := self._office(section)) and over.unit:
            found = Office(over.unit, found.region)
        label = "".join(path)
        unknown = not known and not window.says and bool(label)
        return Row(at, found if known else None, "", window, part, label, unknown)

    def _office(self, text: str) -> Office | None:
        return office_in(unnumbered(_PART.sub("", tight(text))), self.units, self.city)

    # ── the whole ────────────────────────────────────────────────────────────────────────────────────────────────
    def _is_convincing(
        self, found: Sequence[ValueColumn], unknown: Sequence[Column], rows: Sequence[Row], labels: Sequence[int]
    ) -> bool:
        """Enough rows name offices, months or indicators, and enough columns of figures are known."""
        if self.pin and self.pin.ledger:
            return True
        data = [r for r in rows if not self._is_total(r)]
        told = [r for r in data if r.office or r.window.says or r.indicator]
        if found:
            alone = len(data) == 1 and not data[0].label and len(found) >= 2  # the sender's only line
            enough = 4 * len(found) >= len(unknown) or len(found) >= 3
            return enough and (alone or (bool(told) and len(told) >= _FEW * len(data)))
        keys = {r.indicator for r in data if r.indicator}
        return len(keys) >= 2 and sum(bool(r.indicator) for r in data) >= _FEW * sum(self._has_figures(r) for r in data)

    def _is_total(self, row: Row) -> bool:
        if row.indicator or (row.office and row.label == row.office.region):
            return False
        return is_whole(_PART.sub("", row.label), self.city)

    def _has_figures(self, row: Row) -> bool:
        cells = self.sheet.rows[row.at - 1]
        return any(cells[c.at - 1] is not None and _is_figure(cells[c.at - 1]) for c in self.table.columns)

    def _settle(self, rows: Sequence[Row], values: Sequence[int]) -> tuple[list[Row], Table]:
        """全市 is a total wherever it stands, and so is a bureau's line over its counties'; 一、线索 heads a group."""
        roles = list(self.table.roles)
        kept = []
        for row in rows:
            if self._is_total(row):
                roles[row.at - self.table.range.top] = Role.TOTAL
            elif row.unknown and not self._has_figures(row):
                roles[row.at - self.table.range.top] = Role.SECTION
            else:
                kept.append(row)
        table = replace(self.table, roles=tuple(roles))
        nesting = self._nesting(kept, table, values)
        for at in nesting.totals:
            roles[at - self.table.range.top] = Role.TOTAL
        kept = [
            replace(r, office=nesting.offices.get(r.at, r.office), is_part=r.at in nesting.parts)
            for r in kept
            if r.at not in nesting.totals
        ]
        return kept, replace(self.table, roles=tuple(roles))

    def _nesting(self, rows: Sequence[Row], table: Table, values: Sequence[int]) -> Nesting:
        lines = [Line(r.at, r.office, self._amounts(r.at, values), r.is_part) for r in rows if r.office]
        return nest(lines, [self._amounts(at, values) for at in table.rows_of(Role.TOTAL)])

    def _amounts(self, row: int, values: Sequence[int]) -> dict[int, float]:
        found = {at: amount(self.sheet.rows[row - 1][at - 1]) for at in values}
        return {at: n for at, n in found.items() if n is not None}

    def _bound(self, columns: Sequence[ValueColumn], labels: Sequence[int], labelled: str) -> tuple[Bound, ...]:
        headers = {c.at: c.header for c in self.table.columns}
        found = [Bound(at, headers[at], "field", (labelled,)) for at in labels]
        found += [
            Bound(c.at, c.header, "field", (c.indicator or "value",))
            for c in columns
            if c.kind == "value" or c.indicator
        ]
        return tuple(sorted(found, key=lambda b: b.at))


def _with_before(columns: Sequence[Column]) -> Iterator[tuple[Column, Column | None]]:
    """Each column with the last one before it that is no 其中."""
    before: Column | None = None
    for c in columns:
        yield c, before
        if not _PART.match(parts_of(c)[-1]):
            before = c


def amount(cell: Cell) -> float | None:
    """The number in a cell, 0 where it says that there is none; None where it is blank or no number."""
    cleaned = numbers.clean(cell)
    if cleaned.value is not None:
        return float(cleaned.value)
    return 0.0 if isinstance(cell, str) and cleaned.fault is None and tight(cell) else None


def _merged(one: Office, other: Office) -> Office:
    return Office(other.unit or one.unit, other.region or one.region)


def _is_figure(value: Cell) -> bool:
    if isinstance(value, str):
        text = tight(value)
        return (
            text in ("零",)
            or is_nothing(text)
            or bool(re.fullmatch(r"[约近]?[\d.,]+(?:人次|件次|[条件个起宗项人名位次场期份篇余%])?(?:\(.*\))?", text))
        )
    return isinstance(value, int | float) and not isinstance(value, bool)


def _are_figures(values: Sequence[Cell]) -> bool:
    """Mostly numbers, or nothing but the words for none; a blank column is none."""
    return bool(values) and sum(map(_is_figure, values)) >= 0.7 * len(values)
