"""A form of rows and columns (上报表): which figure belongs into each of its cells, read by the reader's own header machinery.

An empty form has no figures to tell a table by. So it is read with a one in every cell that waits for a figure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

from zhengfa_stats.counting.frames import CITY_LEVEL
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.counting.reported import unit_field
from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.language.periods import find_periods
from zhengfa_stats.language.tags import with_condition
from zhengfa_stats.query import At, Clock, Expr, Formula, In, Query
from zhengfa_stats.reading.cleaning import units
from zhengfa_stats.reading.cleaning.normal import tight
from zhengfa_stats.reading.cleaning.result import Office
from zhengfa_stats.reading.header_words import IGNORED, SERIAL
from zhengfa_stats.reading.headers import bare, known_headers, tidy
from zhengfa_stats.reading.layout import lay_out
from zhengfa_stats.reading.offices import CITY
from zhengfa_stats.reading.sheets import Cell, Role, Sheet
from zhengfa_stats.reading.stated import stated, title_over
from zhengfa_stats.reading.summary import Row, Summary, ValueColumn, summary_of
from zhengfa_stats.reading.windows import Times, Window, joined, period_of, span_in
from zhengfa_stats.schema import Indicator, Schema

Spot = tuple[int, int]  # 1-based row and column

_BLANK = re.compile(r"\s*(?:[*＊]+|[×xX]{2,}|_+|\{\{[^{}]*\}\})\s*")
_FOOT = re.compile(r".*[:：]$|(?:填[表报]|审[核批]|制表|负责|分管|联系|经办|注[:：1１]|说明|备注).*")
_LAST_YEAR = re.compile(r"(?:去|上)年(?:同期)?")
_ONE = 1.0


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell for a figure: what it names, or why it is not known; `now` is what stands there."""

    row: int
    column: int
    heads: tuple[str, ...]
    now: Cell
    expr: Expr | None = None
    key: str = ""
    why: str = ""
    is_total: bool = False

    @property
    def context(self) -> str:
        return " · ".join(h for h in self.heads if h)


@dataclass(slots=True)
class Form:
    """The cells of a sheet's tables that hold figures or wait for them."""

    cells: list[FormCell] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    spare: tuple[Spot, ...] = ()  # cells that look like waiting for a figure, in no table that was understood


def read_form(
    sheet: Sheet, file: str, schema: Schema, city: str, desk: Desk | None, formulas: Collection[Spot] = ()
) -> Form:
    """Every cell of a sheet that a figure belongs into; formulas are never among them."""
    waiting = set(_waiting(sheet))
    probe = replace(sheet, rows=[list(row) for row in sheet.rows])
    for row, column in (*waiting, *formulas):
        if row <= len(probe.rows) and column <= len(probe.rows[row - 1]):
            probe.rows[row - 1][column - 1] = _ONE
    form = Form()
    for table in lay_out(probe, known_headers(schema)).tables:
        summary = summary_of(table, probe, file, schema, city)
        if summary is not None:
            form.remarks += _other_days(summary, sheet, file, schema, desk)
            form.cells += _Reader(summary, sheet, schema, city, desk).cells(waiting, set(formulas))
    read = {(c.row, c.column) for c in form.cells}
    form.spare = tuple(sorted(waiting - read - set(formulas)))
    return form


def _other_days(summary: Summary, sheet: Sheet, file: str, schema: Schema, desk: Desk | None) -> Iterator[str]:
    """A remark where the form states another cut-off date than its figures are of."""
    if desk is None:
        return
    text = stated(summary.table, sheet, file, schema).as_of_text
    said = [p.as_of for p in find_periods(f"截至{text}", desk.clock, {}) if p.as_of] if text else []
    if said and said[-1] != desk.clock.as_of:
        ours, theirs = chinese_day(desk.clock.as_of), chinese_day(said[-1])
        yield f"{sheet.name}：表上写的是截至{theirs}，填的数截至{ours}；请核对，或加 --as-of {said[-1]}"


def _waiting(sheet: Sheet) -> Iterator[Spot]:
    """Cells that wait for a figure: blanks and stars, and empty cells with a label to the left and a head above."""
    covered = {
        (r, c)
        for m in sheet.merges
        for r in range(m.top, m.bottom + 1)
        for c in range(m.left, m.right + 1)
        if (r, c) != (m.top, m.left)
    }
    wide = {m.top: m for m in sheet.merges if m.right - m.left + 1 > _width(sheet) // 2}
    heads: dict[int, str] = {}
    for r, row in enumerate(sheet.rows, 1):
        label = ""
        for c, value in enumerate(row, 1):
            is_text = isinstance(value, str) and not _BLANK.fullmatch(value)
            is_gap = value is None and (r, c) not in covered and label and _asks(heads.get(c, ""))
            if (isinstance(value, str) and not is_text) or (is_gap and not _FOOT.fullmatch(label)):
                yield r, c
            elif is_text and r not in wide:
                label = label or tight(str(value))
                heads[c] = tight(str(value))
                _spread(sheet, r, c, heads)


def _width(sheet: Sheet) -> int:
    return max((len(row) for row in sheet.rows), default=0)


def _spread(sheet: Sheet, row: int, column: int, heads: dict[int, str]) -> None:
    """A merged head stands over all its columns."""
    for m in sheet.merges:
        if (m.top, m.left) == (row, column):
            heads.update({c: heads[column] for c in range(m.left, m.right + 1)})


def _asks(head: str) -> bool:
    """Whether a column's head may ask for figures: not a serial number, not remarks."""
    name = bare(head)[0] if head else ""
    return bool(name) and name not in SERIAL and name not in IGNORED


class _Reader:
    """One table of a form."""

    def __init__(self, summary: Summary, sheet: Sheet, schema: Schema, city: str, desk: Desk | None) -> None:
        self.summary, self.sheet, self.schema, self.city, self.desk = summary, sheet, schema, city, desk
        self.by_area = any(
            r.office and r.office.region and not r.office.unit and r.office != CITY for r in summary.rows
        )
        self.span = span_in(title_over(summary.table, sheet))

    def cells(self, waiting: Collection[Spot], formulas: Collection[Spot]) -> Iterator[FormCell]:
        table = self.summary.table
        by_column = {c.at: c for c in self.summary.columns}
        rows = {r.at: r for r in self.summary.rows}
        for at in table.rows_of(Role.BODY, Role.TOTAL):
            for column in table.columns:
                spot = (at, column.at)
                now = self._at(spot)
                if spot in formulas or not (spot in waiting or isinstance(now, int | float)) or isinstance(now, bool):
                    continue
                heads = (self._label(at), column.header)
                if column.at in by_column:
                    yield self._cell(spot, heads, rows.get(at), by_column[column.at], at in table.rows_of(Role.TOTAL))
                elif column in self.summary.unknown:
                    yield FormCell(*spot, heads, now, why=f"不认识“{column.header}”这一列是什么指标")

    def _at(self, spot: Spot) -> Cell:
        row = self.sheet.rows[spot[0] - 1]
        return row[spot[1] - 1] if spot[1] <= len(row) else None

    def _label(self, at: int) -> str:
        said = (self._at((at, c)) for c in self.summary.labels)
        return "".join(tight(s) for s in said if isinstance(s, str))

    def _cell(
        self, spot: Spot, heads: tuple[str, ...], row: Row | None, column: ValueColumn, is_total: bool
    ) -> FormCell:
        cell = FormCell(*spot, heads, self._at(spot), is_total=is_total)
        key = column.indicator or (row.indicator if row else "") or _cited(heads, self.schema)
        if not key:
            return replace(cell, why=f"不认识“{heads[0]}”这一行是什么指标" if row else "看不出这一格是什么指标")
        if row is None and not is_total:
            return replace(cell, why="看不出这一行说的是哪个单位或时段")
        if row is not None and row.unknown:
            return replace(cell, why=f"“{row.label}”不是已知的单位、县区或指标")
        office = column.office or (row.office if row else None)
        window = joined(row.window, column.window) if row and row.window.says else column.window
        expr = self._for_office(self.schema.indicators[key].of, office, heads)
        if isinstance(expr, str):
            return replace(cell, key=key, why=expr)
        timed = self._at_window(expr, window, heads)
        return replace(cell, key=key, why=timed) if isinstance(timed, str) else replace(cell, key=key, expr=timed)

    # ── whose ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _for_office(self, expr: Expr, office: Office | None, heads: tuple[str, ...]) -> Expr | str:
        """The figure of one office; why not, where a row may mean two things."""
        if office is None:
            return expr
        region = office.region
        if office.unit and not region and self.by_area:
            if not any(units.names_city(h, self.city) for h in heads):
                return f"表里既有县区又有单位，看不出“{office.unit}”是市本级的还是全市的；请写成“市{office.unit}”"
            region = CITY_LEVEL
        return of_office(expr, Office(office.unit, region), self.schema)

    # ── when ─────────────────────────────────────────────────────────────────────────────────────────────────────
    def _at_window(self, expr: Expr, window: Window, heads: tuple[str, ...]) -> Expr | str:
        if self.desk is None:
            return expr
        if window.kind == "别期":
            return (
                At(expr, months=-12) if any(_LAST_YEAR.search(h) for h in heads) else "同比、环比、增减一类的列没有填"
            )
        clock = self.desk.clock
        if window.kind == "累计":
            since = clock.as_of.replace(month=1, day=1) if window.from_january else self.desk.whole.since
            return _at(expr, Clock(since, clock.as_of), clock)
        if window.kind == "期" and self.summary.paired and clock.since == self.desk.whole.since and not self.span:
            return "“本期”从哪天起没有写明；请用 --since 指明，如 --since 2021-06-01"
        if window.months or window.kind in ("月", "季", "年"):
            period = period_of(window, Times(clock.as_of, clock.as_of.year))
            if not (period.first and period.last):
                return "看不出这一列是什么时段"
            if period.first > clock.as_of:
                return "这个时段在截止日之后"
            return _at(expr, Clock(period.first, min(period.last, clock.as_of)), clock)
        return expr


def _cited(heads: Sequence[str], schema: Schema) -> str:
    """The only indicator whose own name, or phrase in documents without its figure, a head is: 参与率."""
    names = {tidy(part) for head in heads for part in (head, head.rpartition("/")[2]) if part}
    found = {
        key
        for key, indicator in schema.indicators.items()
        if names & {tidy(p) for p in (key, key.replace(".", ""), key.rpartition(".")[2], *_phrases(indicator))}
    }
    return found.pop() if len(found) == 1 else ""


def _phrases(indicator: Indicator) -> Iterator[str]:
    """What a document says before the figure: 参与率{} is 参与率."""
    return (phrase.partition("{}")[0] for phrase in indicator.cited_as if phrase.partition("{}")[0])


def _at(expr: Expr, meant: Clock, clock: Clock) -> Expr:
    return expr if meant == clock else At(expr, meant.since, meant.as_of)


def of_office(expr: Expr, office: Office, schema: Schema) -> Expr:
    """An expression narrowed to an office, each query by its own ledger's fields."""
    match expr:
        case Query():
            unit = unit_field(schema.ledgers[expr.ledger])
            more = [In(unit, (office.unit,))] if office.unit and unit else []
            more += [In("region", (office.region,))] if office.region else []
            return reduce(lambda query, one: with_condition(query, one, schema), more, expr)
        case At():
            return replace(expr, of=of_office(expr.of, office, schema))
        case Formula():
            left, right = (of_office(side, office, schema) for side in (expr.left, expr.right))
            return replace(expr, left=left, right=right)
