"""One workbook read whole: opened, corrected, laid out, recognised, cleaned — in a worker, apart from the other files."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from zhengfa_stats.config import Config
from zhengfa_stats.errors import SecretError, WorkbookError
from zhengfa_stats.reading.body import Body
from zhengfa_stats.reading.cleaning import dates
from zhengfa_stats.reading.cleaning.result import Cleaned, Office
from zhengfa_stats.reading.coded import Columns
from zhengfa_stats.reading.columns import Cleaners, shown
from zhengfa_stats.reading.corrections import Correction, correct
from zhengfa_stats.reading.header_words import PIVOT
from zhengfa_stats.reading.headers import known_headers, tidy
from zhengfa_stats.reading.layout import HeaderPin, Layout, lay_out
from zhengfa_stats.reading.ledger import Harvest, Reaper
from zhengfa_stats.reading.names import Names, names_in, texts_of, with_texts
from zhengfa_stats.reading.pins import misplaced, pin_of
from zhengfa_stats.reading.plan import Source, has_open_dates, plan_of
from zhengfa_stats.reading.privacy import Named, mask
from zhengfa_stats.reading.recognise import Recognised, recognise
from zhengfa_stats.reading.recording import as_changes
from zhengfa_stats.reading.refusals import refuse_private_names, refuse_secret_name, refuse_secrets
from zhengfa_stats.reading.reported import glean
from zhengfa_stats.reading.sheets import Role, Sheet, Table
from zhengfa_stats.reading.summary import Summary, summary_instead
from zhengfa_stats.reading.surroundings import Surroundings, surroundings
from zhengfa_stats.reading.totals import check_totals
from zhengfa_stats.reading.veiling import veil
from zhengfa_stats.reading.windows import Times, span_in
from zhengfa_stats.reading.workbook import open_workbook
from zhengfa_stats.reading.zero import letter_of, zero_letter
from zhengfa_stats.records import Place, Problem, Range, RowCount, parse_address
from zhengfa_stats.schema import Ledger

_QUOTING = ("before", "after")  # of a change: what stood in its cell


@dataclass(frozen=True, slots=True)
class Context:
    """What a worker needs to read any file of a project."""

    config: Config
    key: bytes
    corrections: tuple[Correction, ...] = ()
    password: str | None = None


@dataclass(frozen=True, slots=True)
class TableRead:
    """One table of a sheet, known ledger or not ("")."""

    range: Range
    ledger: str
    rows: RowCount
    records: int
    set_aside: int
    columns: Mapping[str, str] = field(default_factory=dict)
    sender: str = ""
    data_as_of: date | None = None  # 截至, where it is said
    zero_units: tuple[str, ...] = ()  # units of which a row only says that they have nothing to report


@dataclass(frozen=True, slots=True)
class SheetRead:
    """One sheet: its non-empty rows, in tables or outside, and its tables."""

    name: str
    used: int
    inside: frozenset[int]
    outside: tuple[int, ...]
    tables: tuple[TableRead, ...]
    said_zero: tuple[TableRead, ...] = ()  # a sheet without a table that only says that there is nothing to report


@dataclass(slots=True)
class FileRead:
    """What one file gave."""

    file: str
    sheets: list[SheetRead] = field(default_factory=list)
    tables: list[tuple[str, Columns]] = field(default_factory=list)  # the lines of each, with its ledger
    changes: list[Columns] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    refused: bool = False
    lost: bool = False  # the process that read it did not come to its end
    is_secret: bool = False  # it bears a mark of secrecy
    names: set[str] = field(default_factory=set)  # of persons; under the project's key when the file has been read


def read_packed(path: Path, file: str, packed: bytes) -> FileRead:
    """read_file with a pickled Context, which a worker unpacks once for all its files."""
    return read_file(path, file, _unpacked(packed))


def key_in(packed: bytes) -> bytes:
    """The key in a pickled Context."""
    return _unpacked(packed).key


@lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Context:
    context = pickle.loads(packed)
    assert isinstance(context, Context)
    return context


def read_file(path: Path, file: str, context: Context) -> FileRead:
    """Read a workbook for a project; a file that can't be read gives one problem and nothing else."""
    result = FileRead(file)
    try:
        refuse_secret_name(file)
        workbook = open_workbook(path, file=file, password=context.password)
        refuse_secrets(workbook)
        refuse_private_names(workbook)
    except WorkbookError as error:
        result.refused, result.is_secret = True, isinstance(error, SecretError)
        result.problems.append(Problem("error", "文件无法读取", Place(file), error.what, error.do))
        return result
    corrected = correct(workbook, [c for c in context.corrections if c.file == workbook.file])
    result.problems += [Problem("note", "读取说明", Place(file), remark) for remark in workbook.remarks]
    named = Named(context.key)
    for sheet in workbook.sheets:
        read_sheet(sheet, result, context, named, [c for c in corrected if c.sheet == sheet.name])
    _hide_names(result, context, named)
    return result


def _hide_names(result: FileRead, context: Context, named: Named) -> None:
    """What the columns of persons hold is shown nowhere else in what the file gave; of the names only keyed ones are left."""
    schema = context.config.schema
    names = Names(result.names, schema)
    result.names = names.keyed(named)

    def safe(text: str) -> str:
        """A text that quotes no personal number and no name: whatever cell it speaks of."""
        return names.hide(mask(text)[0])

    result.problems = [replace(p, what=safe(p.what), do=safe(p.do), expected=safe(p.expected)) for p in result.problems]
    result.changes = [with_texts(c, _QUOTING, safe) for c in result.changes]
    if names:
        result.tables = [(id_, with_texts(c, texts_of(schema.ledgers[id_]), names.hide)) for id_, c in result.tables]


def read_sheet(
    sheet: Sheet, result: FileRead, context: Context, named: Named, corrected: Sequence[Correction] = ()
) -> None:
    """Read the tables of one sheet into what its file gives; `corrected` are the corrections made to it."""
    _SheetReader(sheet, result.file, context, result, named, corrected).read()


class _SheetReader:
    """Reads the tables of one sheet into a FileRead."""

    def __init__(
        self,
        sheet: Sheet,
        file: str,
        context: Context,
        result: FileRead,
        named: Named,
        corrected: Sequence[Correction] = (),
    ) -> None:
        self.named = named
        self.corrected = {parse_address(c.cell): c for c in corrected}
        self.sheet, self.file, self.context, self.result = sheet, file, context, result
        self.config = context.config
        self.schema = context.config.schema
        self.pin = pin_of(self.config.pins, file, sheet.name)

    def read(self) -> None:
        sheet = self.sheet
        used = sheet.used()
        if sheet.is_ours:
            self.result.sheets.append(SheetRead(sheet.name, len(used), frozenset(), tuple(sorted(used)), ()))
            return
        layout = self._lay_out()
        for row_problem in self._hidden(used):
            self.result.problems.append(row_problem)
        tables = tuple(self._table(t, i) for i, t in enumerate(layout.tables, start=1))
        self._note_corrections(self.corrected.values())
        covered = chain.from_iterable(range(t.range.top, t.range.bottom + 1) for t in layout.tables)
        said_zero = () if tables or not used else self._said_zero()
        self.result.sheets.append(
            SheetRead(sheet.name, len(used), used.intersection(covered), layout.outside, tables, said_zero)
        )
        if used and not tables and not said_zero:
            self.result.problems.append(self._no_table())

    def _no_table(self) -> Problem:
        place = Place(self.file, self.sheet.name)
        if any(isinstance(cell, str) and PIVOT.match(tidy(cell)) for row in self.sheet.rows[:20] for cell in row):
            what = "这是数据透视表，不是台账，没有读取"
            return Problem("note", "数据透视表", place, what, "请报送透视表所依据的明细表")
        return Problem("note", "没有表格", place, "没有找到表格，整张工作表没有读取", "若其中有台账，请检查表头")

    def _said_zero(self) -> tuple[TableRead, ...]:
        """A letter instead of a form: 甲县公安局6月线索台账：本月无新增线索, of one known ledger and one known unit."""
        table = letter_of(self.sheet)
        ledger = zero_letter(table, self.sheet, self.file, self.schema)
        says = surroundings(table, self.sheet, self.file, self.config)
        if not ledger or says.sender is None:
            return ()
        what = f"没有表格，只写明《{self.schema.ledgers[ledger].name}》没有要报的内容，按零报告处理"
        self._report([Problem("note", "零报告", Place(self.file, self.sheet.name), what, ledger=ledger)], says.sender)
        return (TableRead(table.range, ledger, RowCount(), 0, 0, {}, _named(says.sender), says.as_of),)

    def _lay_out(self) -> Layout:
        pin = None
        wrong = misplaced(self.pin, self.sheet, self.file)
        self.result.problems += [wrong] if wrong else []
        if self.pin and self.pin.header_rows and not wrong:
            pin = HeaderPin(header_rows=self.pin.header_rows, last_row=self.pin.last_row)
        return lay_out(self.sheet, known_headers(self.schema), pin=pin)

    def _hidden(self, used: frozenset[int]) -> Iterable[Problem]:
        sheet = self.sheet
        place = Place(self.file, sheet.name)
        if sheet.hidden:
            yield Problem("note", "隐藏工作表", place, "这张工作表是隐藏的，照常读取", "若不该报送，请删去")
        for rows, kind, word in (
            (sheet.hidden_rows, "隐藏行", "是隐藏的"),
            (sheet.struck_rows, "划线行", "划了删除线"),
        ):
            met = sorted(rows & used)
            if met:
                listed = "、".join(map(str, met[:20])) + ("…" if len(met) > 20 else "")
                what = f"第{listed}行{word}，照常读取和计数"
                yield Problem("warning" if kind == "划线行" else "note", kind, place, what, "若不该计入，请从表中删去")

    def _table(self, table: Table, ordinal: int) -> TableRead:
        found = recognise(table, self.sheet, self.file, self.schema, self.pin)
        says = surroundings(table, self.sheet, self.file, self.config)
        sender = says.sender
        n_body = table.count().body
        if summary := self._summary(found, table):
            return self._gleaned(summary, ordinal, says)
        if not found.ledger:
            self._report((*found.problems, *says.problems), sender)
            return TableRead(table.range, "", table.count(), n_body, n_body)
        ledger = self.schema.ledgers[found.ledger]
        body = Body(table, self.sheet)
        self.result.names.update(names_in(body, found, ledger))
        harvest = self._reap(ledger, table, body, ordinal, found, says)
        totals = check_totals(table, self.sheet, self.file, ledger, plan_of(found, ledger))
        about = self._dated(found.problems, ledger, harvest, self._said(ledger, found, says))
        self._report((*about, *says.problems, *harvest.problems, *totals), sender)
        self._corrected_in(table, found, ledger)
        self.result.changes.append(harvest.changes)
        self.result.tables.append((ledger.id, veil(harvest.lines, ledger, self.named)))
        counted = table.count(), harvest.records, harvest.set_aside
        return TableRead(
            table.range,
            ledger.id,
            *counted,
            harvest.columns,
            _named(sender),
            says.as_of,
            self._zero_units(ledger, harvest, says.region),
        )

    def _summary(self, found: Recognised, table: Table) -> Summary | None:
        return summary_instead(found, table, self.sheet, self.file, self.schema, self.config.city, self.pin)

    def _gleaned(self, summary: Summary, ordinal: int, says: Surroundings) -> TableRead:
        """A 汇总表: one line a figure."""
        ledger = next(of for of in self.schema.ledgers.values() if of.tabulated)
        source = Source(self.file, self.sheet.name, ordinal, says.sender, says.as_of)
        clock, table = self.config.clock, summary.table
        only_year = clock.as_of.year if clock.since.year == clock.as_of.year else None
        times = Times(
            says.as_of,
            says.year,
            says.months,
            only_year,
            summary.paired,
            span_in(f"{table.title} {' '.join(table.notes)}"),
        )
        gleaning = glean(summary, self.sheet, source, times, self.schema, ledger, self.config.city)
        self._report((*says.problems, *gleaning.problems), says.sender)
        self.result.changes.append(gleaning.changes)
        self.result.tables.append((ledger.id, gleaning.lines))
        named = _named(says.sender)
        counted = table.count(), gleaning.records, gleaning.set_aside
        return TableRead(table.range, ledger.id, *counted, gleaning.columns, named, says.as_of)

    def _zero_units(self, ledger: Ledger, harvest: Harvest, home: str) -> tuple[str, ...]:
        """The known ones of the units of which a row says that they have nothing."""
        units = next((f for f in ledger.fields.values() if f.kind == "unit" and f.default == "sender"), None)
        if units is None:
            return ()
        clean = Cleaners(self.schema, self.config.city, dates.Context(), home).of(ledger.id, units)
        return tuple(_named(office) for unit in harvest.zero_units if (office := clean(unit).value))

    def _report(self, problems: Iterable[Problem], sender: Office | None) -> None:
        self.result.problems += [replace(p, sender=p.sender or _named(sender)) for p in problems]

    def _dated(
        self, problems: Iterable[Problem], ledger: Ledger, harvest: Harvest, said: Mapping[str, Cleaned[Any]]
    ) -> Iterable[Problem]:
        """The problems of recognition; a date that a title or sections give is not missing, but worth a note."""
        given = ledger.date in said or ledger.date in harvest.sectioned
        for p in problems:
            if not (given and p.kind == "缺少必需列" and p.field == ledger.date):
                yield p
        if ledger.date in said and harvest.records:
            name = ledger.fields[ledger.date].name
            what = f"表里没有“{name}”一列，各行都按标题或表名所说的 {shown(said[ledger.date].value)} 计"
            place = Place(self.file, self.sheet.name)
            yield Problem("note", "日期取自标题", place, what, f"若不是，请加一列“{name}”", "", ledger.id, ledger.date)

    def _reap(
        self, ledger: Ledger, table: Table, body: Body, ordinal: int, found: Recognised, says: Surroundings
    ) -> Harvest:
        said = self._said(ledger, found, says)
        reported_on = says.as_of or says.filled_on
        source = Source(self.file, self.sheet.name, ordinal, says.sender, says.as_of, reported_on, said, says.region)
        cleaners = Cleaners(self.schema, self.config.city, self._dates(says), says.region)
        reaper = Reaper(ledger, table, body, source, cleaners)
        open_dates = has_open_dates(found, table, self.sheet.rows)
        return reaper.reap(replace(plan_of(found, ledger), open_dates=open_dates))

    def _dates(self, says: Surroundings) -> dates.Context:
        """The year and month that the sheet says; else the project's year if its period lies within one."""
        clock = self.config.clock
        year = says.year or (clock.as_of.year if clock.since.year == clock.as_of.year else None)
        return dates.Context(year=year, month=says.month, stated=bool(says.year))

    def _corrected_in(self, table: Table, found: Recognised, ledger: Ledger) -> None:
        """Note the corrections in a table's body by their fields, with the values where they are not private."""
        public = {b.at: b.fields[0] for b in found.columns if b.fields and not b.private}
        body = set(table.rows_of(Role.BODY) if self.corrected else ())
        for (row, at), c in list(self.corrected.items()):
            name = public.get(at, "")
            if row in body and name and not ledger.fields[name].is_secret:
                self._note_corrections([self.corrected.pop((row, at))], name, (c.was, c.now))

    def _note_corrections(
        self, corrections: Iterable[Correction], field: str = "", values: tuple[str, str] = ("", "")
    ) -> None:
        rows = [(c.file, c.sheet, c.cell, field, *values, c.rule) for c in corrections]
        if rows:
            self.result.changes.append(as_changes(rows))

    def _said(self, ledger: Ledger, found: Recognised, says: Surroundings) -> dict[str, Cleaned[Any]]:
        """Fields without a column that title, sheet name or file name give for the whole table."""
        said: dict[str, Cleaned[Any]] = {name: Cleaned(term) for name, term in found.said.items()}
        read = {name for bound in found.columns for name in bound.fields}
        if ledger.date and ledger.date not in read and says.held is not None:
            said[ledger.date] = Cleaned(says.held, "日期取自标题或表名")
        return said


def _named(sender: Office | None) -> str:
    return sender.region + sender.unit if sender else ""
