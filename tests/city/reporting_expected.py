"""What the program must say of the reporting city beside its figures: who is missing, what is wrong, where each row went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from tests.city import names as n
from tests.city.grid import Book
from tests.city.reporting import Reporting
from tests.city.reporting_lists import file_of, sheet_of
from tests.city.reporting_truth import CASE_TOTALS, CLUE_KEYS, CLUE_TOTALS, HELD_KEYS, NORTH, RATES, WORK_TOTALS
from tests.city.reporting_world import (
    C1,
    C2,
    C3,
    C4,
    CHANNELS,
    FY,
    GA,
    GUOAN,
    JCY,
    JUNE,
    JW,
    MAY,
    SFJ,
    ZFW,
    Office,
    Row,
)

SILENT = Office(n.JCY, C3)


class Fault(NamedTuple):
    """A problem: its kind, its place, and the other place it names."""

    kind: str
    file: str
    cell: str
    other: str = ""


class Fate(NamedTuple):
    """What became of the records of a file, or of a ledger."""

    records: int
    superseded: int


# ── who is missing ───────────────────────────────────────────────────────────────────────────────────────────────


def missing(key: str, as_of: date) -> set[str]:
    """Who has not sent what a figure needs; those whose last file is earlier, with its date."""
    if key in CLUE_KEYS:
        return _missing_clues(key, as_of)
    if key.startswith("处理."):
        return {JCY.name} | ({FY.name} if not CASE_TOTALS.gives(key, as_of) else set())
    silent = {GUOAN.name} if key == "制度.制定数" else set()
    late = not WORK_TOTALS.gives(key, as_of) and key in HELD_KEYS
    return silent | ({WORK_TOTALS.office.name} if late else set())


def _missing_clues(key: str, as_of: date) -> set[str]:
    needed = RATES.get(key, (key,))
    late = {f"{c.sender.name}（截至{c.last}）" for c in CHANNELS.values() if c.last < as_of}
    lacking = {t.office.name for t in CLUE_TOTALS if not t.gives_all(needed, as_of)}
    if NORTH.gives_all(needed, as_of):
        lacking = {name for name in lacking if not name.startswith(C4)}
    else:
        lacking.add(C4)
    return {SILENT.name} | late | lacking


def may_be_missing(key: str, as_of: date) -> set[str]:
    """Units of a county that is missing may be named beside it."""
    return {Office(u, C4).name for u in (n.FY, n.SFJ)} if C4 in missing(key, as_of) else set()


def statuses(city: Reporting) -> dict[tuple[str, str], tuple[str, str | None]]:
    """(unit, ledger) → 已报, 零报告 or 未报, and the 截至."""
    june, may = JUNE.isoformat(), MAY.isoformat()
    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    for office in CHANNELS:
        found[office.name, "clues"] = "已报", CHANNELS[office].last.isoformat()
    for office in (SFJ, Office(n.GA, C2), Office(n.FY, C2), Office(n.GA, C3), Office(n.FY, C4)):
        found[office.name, "clues"] = "已报", june
    found[Office(n.JCY, C2).name, "clues"] = "零报告", june
    found[SILENT.name, "clues"] = "未报", None
    for office in (JW, GA, FY, Office(n.ZFW, C1)):
        found[office.name, "cases"] = "已报", june
    found[GUOAN.name, "cases"] = "零报告", june
    found[JCY.name, "cases"] = "未报", None
    for office in (ZFW, GA, Office(n.ZFW, C2)):
        found[office.name, "rules"] = "已报", june
    found[GUOAN.name, "rules"] = "未报", None
    assert found[GUOAN.name, "clues"][1] == may
    return found


def rows_sent(city: Reporting) -> dict[str, int]:
    """How many rows of each sender's clue lists count: those of the last edition, or of all that add up."""
    rows = city.world.rows
    return {
        c.sender.name: sum(len(c.rows(rows, e)) for e in (c.editions[-1:] if c.cumulative else c.editions))
        for c in CHANNELS.values()
    }


# ── what is wrong ────────────────────────────────────────────────────────────────────────────────────────────────


def faults(city: Reporting) -> set[Fault]:
    """Every warning and error, and the zero reports."""
    books = {book.file: book for book in city.books}
    return {
        *_altered(city, books),
        *_undated(city, books),
        *_withdrawn(city, books),
        *_totals(books),
        Fault("零报告", "西河县/县检察院零报告.xlsx", ""),
        Fault("零报告", "国家安全局处理台账.xlsx", ""),
        Fault("累计或增量不明", *_undecided(city, books)),
    }


class Line(NamedTuple):
    """Where a row stands."""

    file: str
    sheet: str
    row: str

    def named(self, column: str = "") -> str:
        return f"{self.file} · {self.sheet} · {column}{self.row}"


def _line(books: Mapping[str, Book], city: Reporting, row: Row, edition: date) -> Line:
    """Where a row stands in an edition."""
    channel = CHANNELS[row.sender]
    at = [r.no for r in channel.rows(city.world.rows, edition)].index(row.no)
    file, sheet = file_of(row.sender, edition), sheet_of(row.sender, edition)
    (laid,) = (t for t in books[file].laid() if t.sheet == sheet)
    return Line(file, sheet, str(laid.rows_of("body")[at]))


def _altered(city: Reporting, books: Mapping[str, Book]) -> Iterator[Fault]:
    """Between the last two editions: gone, or said otherwise."""
    for row in city.world.rows:
        if row.gone:
            before = _line(books, city, row, MAY)
            yield Fault("消失", before.file, before.row, file_of(row.sender, JUNE))
        if row.changed:
            before, after = (_line(books, city, row, edition) for edition in (MAY, JUNE))
            yield Fault("变更", before.file, before.row, after.named())


def _undated(city: Reporting, books: Mapping[str, Book]) -> Iterator[Fault]:
    """Closed without a date: the cell of its status."""
    for row in (r for r in city.world.rows if r.undated):
        assert row.closed is not None
        line = _line(books, city, row, CHANNELS[row.sender].file_of(row.closed))
        yield Fault("线索.查结无日期", line.file, f"I{line.row}", line.named("J"))


def _withdrawn(city: Reporting, books: Mapping[str, Book]) -> Iterator[Fault]:
    acts = sorted((a for a in city.events.acts if a.decided <= MAY), key=lambda a: a.decided)
    may, june = (f"市纪委监委处理干警台账（{month}月）.xlsx" for month in (5, 6))
    for at, act in enumerate(acts):
        if act.gone:
            yield Fault("消失", may, str(books[may].laid()[0].rows_of("body")[at]), june)


def _undecided(city: Reporting, books: Mapping[str, Book]) -> tuple[str, str, str]:
    sender = Office(n.ZFW, C3)
    channel = CHANNELS[sender]
    first = min(channel.rows(city.world.rows, channel.editions[0]), key=lambda r: r.received)
    line = _line(books, city, first, channel.editions[0])
    return line.file, line.row, file_of(sender, JUNE)


def _totals(books: Mapping[str, Book]) -> Iterator[Fault]:
    """The total that is one too many, and the totals that differ from the sender's own list."""
    line = books["司法局汇总表5月.xls"].laid()[0]
    yield Fault("合计不符", line.file, f"D{line.rows_of('total')[0]}")
    beside = books["检察院汇总表.xlsx"].laid()[0]
    for letter in "CD":
        yield Fault("报表与明细不符", beside.file, f"{letter}{beside.rows_of('body')[0]}", "检察院线索情况")


# ── where each row went ──────────────────────────────────────────────────────────────────────────────────────────


def fates(city: Reporting) -> dict[str, Fate]:
    """The records of each file that is a list, and how many of them a later edition supersedes."""
    whole = {f"市纪委监委处理干警台账（{month}月）.xlsx" for month in (4, 5)} | {"市委政法委活动台账4月.xlsx"}
    earlier: Counter[str] = Counter()
    for c in (c for c in CHANNELS.values() if c.cumulative):
        for edition in c.editions[:-1]:
            earlier[file_of(c.sender, edition)] += len(c.rows(city.world.rows, edition))
    found = {}
    for book in city.books:
        records = sum(t.records for t in book.laid() if t.ledger != "reported")
        if records:
            found[book.file] = Fate(records, records if book.file in whole else earlier[book.file])
    return found


def kept(city: Reporting) -> dict[str, int]:
    """How many records each ledger comes to: every thing told is one."""
    events = city.events
    return {
        "clues": len(city.world.told()),
        "cases": sum(a.gone is None for a in events.acts),
        "activities": len(events.activities),
        "rules": len(events.rules),
        "training": len(events.seats),
        "tasks": len(events.tasks),
    }
