"""What happens in the reporting city: six bureaux, four counties, six months, and who registers what in whose ledger."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from tests.city import names as n
from tests.city.people import new_name

GAJ = "国家安全局"
COUNTIES = C1, C2, C3, C4 = ("东岭县", "西河县", "南坪区", "北湖县")
CITY = "市本级"
SINCE = date(2021, 1, 1)
APRIL, MAY, JUNE = CUTOFFS = (date(2021, 4, 30), date(2021, 5, 31), date(2021, 6, 30))
MARCH = date(2021, 3, 31)
MONTH_ENDS = (date(2021, 1, 31), date(2021, 2, 28), MARCH, *CUTOFFS)


class Office(NamedTuple):
    """A bureau of the city (region "") or of a county; without a line, the whole county."""

    line: str
    region: str = ""

    @property
    def name(self) -> str:
        return self.region + self.line


ZFW, GA, FY, JCY, SFJ, GUOAN, JW = (Office(u) for u in (n.ZFW, n.GA, n.FY, n.JCY, n.SFJ, GAJ, n.JW))


class Told(NamedTuple):
    """A clue as its deciding row tells it."""

    office: Office
    received: date
    closed: date | None
    source: str
    repeat: bool = False
    no: str = ""


@dataclass(frozen=True)
class Row:
    """One registration in one sender's ledger, over all its editions."""

    sender: Office
    no: str
    handler: Office
    received: date
    source: str
    subject: str
    category: str
    closed: date | None = None
    moved: bool = False  # 转办
    repeat: bool = False
    other_nos: str = ""
    undated: bool = False  # closed, without a date
    gone: date | None = None  # editions from this day on lack the row
    changed: date | None = None  # editions before this day say …
    was: tuple[tuple[str, Any], ...] = ()  # … this instead

    def at(self, edition: date) -> Row:
        """The row as an edition has it."""
        return replace(self, **dict(self.was)) if self.changed and edition < self.changed else self

    def is_closed(self, edition: date) -> bool:
        return self.closed is not None and self.closed <= edition


@dataclass
class Clue:
    """One clue and its registrations; the last one that is told decides."""

    rows: list[Row]


@dataclass(frozen=True)
class Channel:
    """How a sender sends a list: its 截至 dates, and whether each file holds all so far or only what is new."""

    sender: Office
    editions: tuple[date, ...]
    cumulative: bool
    by_number: bool = False  # listed by number; else by receipt

    @property
    def last(self) -> date:
        return self.editions[-1]

    def file_of(self, day: date) -> date:
        """The edition in which something that happened on a day is told first."""
        return next(e for e in self.editions if day <= e)

    def rows(self, rows: Sequence[Row], edition: date) -> list[Row]:
        """What the edition lists, in the order of receipt."""
        before = max((e for e in self.editions if e < edition), default=date.min)
        own = [r.at(edition) for r in rows if r.sender == self.sender and not (r.gone and r.gone <= edition)]
        new = [r for r in own if r.received <= edition and (self.cumulative or before < _news(r, edition))]
        return sorted(new, key=lambda r: (r.no, r.received) if self.by_number else (r.received, r.no))


def _news(row: Row, edition: date) -> date:
    """The last day of news that an edition has of a row: its receipt or its closing."""
    return row.closed if row.closed and row.closed <= edition else row.received


OF_COUNTY = {c: tuple(Office(u, c) for u in (n.ZFW, n.GA, n.FY, n.JCY, n.SFJ)) for c in COUNTIES}
CHANNELS: Mapping[Office, Channel] = {
    c.sender: c
    for c in (
        Channel(ZFW, (MARCH, *CUTOFFS), True),
        Channel(GA, CUTOFFS, True),
        Channel(FY, MONTH_ENDS, False),
        Channel(JCY, (MARCH, *CUTOFFS), False),
        Channel(GUOAN, (APRIL, MAY), False),
        Channel(JW, CUTOFFS, True, by_number=True),
        Channel(Office(n.ZFW, C1), CUTOFFS, True),
        Channel(Office(n.ZFW, C2), CUTOFFS, True),  # a sheet each of one file
        Channel(Office(n.FY, C3), (APRIL, MAY), False, by_number=True),
        Channel(Office(n.ZFW, C3), (APRIL, JUNE), False),
    )
}
# offices that send only totals, and in which 汇总表 they stand
BY_TOTALS = (SFJ, *(Office(n.SFJ, c) for c in COUNTIES), Office(n.FY, C2), Office(n.GA, C3))


@dataclass
class World:
    """All clues in ledgers, those of offices that send only totals, and the acts, activities and rules beside them."""

    clues: list[Clue] = field(default_factory=list)
    held: dict[Office, list[Told]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @property
    def rows(self) -> list[Row]:
        return [r for c in self.clues for r in c.rows]

    def told(self) -> list[Told]:
        """Every clue that a standing file tells of, as its deciding row tells it."""
        return [told for clue in self.clues if (told := _told(clue)) is not None]


def _told(clue: Clue) -> Told | None:
    standing = [r for r in clue.rows if r.gone is None and r.received <= CHANNELS[r.sender].last]
    if not standing:
        return None
    decides = standing[-1]
    channel = CHANNELS[decides.sender]
    closed = decides.closed if decides.closed and decides.closed <= channel.last else None
    if closed and decides.undated:
        closed = channel.file_of(closed)
    source = next((r.source for r in reversed(standing) if r.source), "")
    return Told(decides.handler, decides.received, closed, source, decides.repeat, decides.no)


# ── making it happen ─────────────────────────────────────────────────────────────────────────────────────────────


_PREFIX = {
    ZFW: "政线{year}-{i:03d}",
    GA: "3702{year}{i:04d}",
    FY: "法线〔{year}〕{i}号",
    JCY: "JX-{year}-{i:03d}",
    GUOAN: "GA{year}{i:04d}",
    JW: "纪移〔{year}〕{i}号",
}


def build_world(seed: int) -> World:
    """The clues of one seed: the same scenes with other dates, names and sources."""
    return _Maker(random.Random(f"reporting{seed}")).make()


class _Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.world = World()
        self.counters: dict[Office, int] = {}

    def make(self) -> World:
        self._city()
        self._counties()
        self._only_totals()
        self._handed_on()
        self._repeats()
        self._altered()
        return self.world

    # one registration

    def _no(self, office: Office, received: date) -> str:
        self.counters[office] = i = self.counters.get(office, 0) + 1
        form = _PREFIX.get(office, f"{office.region[:1]}{office.line[:1]}字" + "〔{year}〕{i}号")
        return form.format(year=received.year, i=i)

    def _day(self, low: date, high: date) -> date:
        return low + timedelta(self.rng.randint(0, (high - low).days))

    def _closing(self, received: date) -> date | None:
        closed = received + timedelta(self.rng.randint(8, 75))
        return closed if closed <= JUNE and self.rng.random() < 0.85 else None

    def _source(self) -> str:
        return self.rng.choice(n.MASS) if self.rng.random() < 0.65 else self.rng.choice(n.OTHER_SOURCES)

    def row(self, handler: Office, received: date, sender: Office | None = None, **more: Any) -> Row:
        sender = sender or handler
        usual = {
            "no": self._no(more.pop("numbered_by", sender), received),
            "source": self._source(),
            "subject": new_name(self.rng, self.world.taken),
            "category": self.rng.choice(tuple(n.CATEGORIES)),
            "closed": self._closing(received),
        }
        return Row(sender=sender, handler=handler, received=received, **(usual | more))

    def add(self, *rows: Row) -> Clue:
        self.world.clues.append(Clue([*rows]))
        return self.world.clues[-1]

    def _days(self, count: int, last: date = date(2021, 6, 28)) -> Iterator[date]:
        """Days of receipt spread over all months up to `last`."""
        span = (last - SINCE).days + 1
        for i in range(count):
            yield SINCE + timedelta(min(span * i // count + self.rng.randint(0, max(span // count - 1, 0)), span - 1))

    # who has what

    def _city(self) -> None:
        for closed in (date(2020, 12, 18), self._day(date(2021, 2, 1), MARCH), None):  # three of last year
            self.add(self.row(ZFW, self._day(date(2020, 9, 1), date(2020, 11, 30)), closed=closed))
        for office, count in ((ZFW, 8), (GA, 12), (FY, 13), (JCY, 11), (JW, 3)):
            for day in self._days(count):
                self.add(self.row(office, day))
        self.add(self.row(GA, self._day(date(2020, 10, 1), date(2020, 12, 20)), closed=self._day(MARCH, JUNE)))
        for day, closed in ((date(2021, 1, 18), date(2021, 3, 2)), (date(2021, 3, 5), None), (date(2021, 5, 13), None)):
            self.add(self.row(GUOAN, day, closed=closed))
        self.add(self.row(GUOAN, date(2021, 6, 11)))  # after its last file: nobody knows

    def _counties(self) -> None:
        county1 = Office(n.ZFW, C1)
        for office, count in zip(OF_COUNTY[C1], (3, 6, 3, 3, 3), strict=True):
            for day in self._days(count):
                own = self.row(office, day, county1, numbered_by=office)
                twice = [replace(own, sender=GA)] if office.line == n.GA else []  # by line and by area
                self.add(*twice, own)
        late = self.row(Office(n.GA, C1), date(2021, 3, 22), county1, numbered_by=Office(n.GA, C1))
        late = replace(late, closed=date(2021, 6, 17))
        self.add(replace(late, sender=GA, closed=None), late)  # the area's row is further along
        for office in (Office(n.GA, C2), Office(n.GA, C4)):
            for day in self._days(5):
                self.add(self.row(office, day, GA, numbered_by=office))
        for day in self._days(4):
            self.add(self.row(Office(n.ZFW, C2), day))
        court = Office(n.FY, C3)
        for day in self._days(7, date(2021, 6, 20)):  # what came in June nobody knows
            self.add(self.row(court, day))
        self.add(self.row(court, date(2021, 3, 9), closed=date(2021, 5, 12), undated=True))
        self._undecidable(Office(n.ZFW, C3))

    def _undecidable(self, office: Office) -> None:
        """Of five clues of April's file two are closed in June's, which has three new ones: neither all nor only news."""
        for month, closed in ((1, None), (2, None), (2, None), (3, date(2021, 5, 19)), (4, date(2021, 6, 8))):
            self.add(self.row(office, date(2021, month, self.rng.randint(3, 25)), closed=closed))
        for day in (date(2021, 5, 6), date(2021, 5, 27), date(2021, 6, 10)):
            self.add(self.row(office, day, closed=None))

    def _only_totals(self) -> None:
        elsewhere = tuple(o for o in OF_COUNTY[C4] if o.line not in (n.GA, n.SFJ))
        for office in (*BY_TOTALS, *elsewhere):
            if office == Office(n.SFJ, C1):
                continue  # its clues stand in the area's list as well
            for day in self._days(4 if office.region else 8):
                self.hold(office, day)
        self.hold(Office(n.FY, C2), date(2020, 11, 5), date(2021, 4, 14))
        self.hold(Office(n.FY, C2), date(2020, 12, 8))

    def hold(self, office: Office, received: date, closed: date | None = None) -> None:
        closed = closed or (self._closing(received) if received >= SINCE else None)
        self.world.held.setdefault(office, []).append(Told(office, received, closed, self._source()))

    # handed on

    def _handed_on(self) -> None:
        for receiver, day in ((GA, 8), (GA, 19), (FY, 11), (JCY, 15)):  # under 政法委's own number
            own = self.row(receiver, date(2021, self.rng.randint(2, 5), day), numbered_by=ZFW)
            self.add(replace(own, sender=ZFW, closed=None), own)
        self._alike_but_for_the_day()
        self._transfer(JW, GA, date(2021, 2, 3), 4)
        done = date(2021, 3, 26)  # done with, for who handed it on; not for who handles it
        self._transfer(JW, GA, date(2021, 3, 22), 3, done=done)
        self._transfer(JW, GA, date(2021, 4, 12), 10)
        self._transfer(JW, JCY, date(2021, 3, 12), 3, source="")
        self._transfer(JW, Office(n.ZFW, C2), date(2021, 5, 7), 5)
        self._transfer(Office(n.ZFW, C1), Office(n.ZFW, C2), date(2021, 3, 2), 6)
        self._chain()
        self._between_counties()
        self.add(self.row(GUOAN, date(2021, 4, 20), JW, moved=True, closed=None))  # nobody registered it
        handed = self.row(SFJ, date(2021, 3, 3), JW, moved=True, closed=None)
        self.add(handed)  # it is one of those that 司法局's totals count
        self.world.held[SFJ].append(Told(SFJ, handed.received, date(2021, 4, 9), handed.source))

    def _alike_but_for_the_day(self) -> None:
        """Both rows say that it is open: the handler's own file decides on which day it came."""
        own = self.row(JCY, date(2021, 5, 3), numbered_by=ZFW, closed=None)
        self.add(replace(own, sender=ZFW, received=date(2021, 4, 28)), own)

    def _transfer(
        self, giver: Office, receiver: Office, day: date, after: int, done: date | None = None, **more: Any
    ) -> None:
        given = self.row(giver if done else receiver, day, giver, moved=done is None, closed=done)
        received = self._renumbered(given, receiver, receiver, day + timedelta(after), **more)
        self.add(given, replace(received, closed=None) if done else received)

    def _renumbered(self, given: Row, receiver: Office, sender: Office, day: date, **more: Any) -> Row:
        return replace(
            given, sender=sender, handler=receiver, no=self._no(receiver, day), other_nos=given.no, received=day,
            closed=self._closing(day), moved=False, gone=None, **more,
        )  # fmt: skip

    def _chain(self) -> None:
        """纪委监委 → 政法委 → 法院: the last one names both earlier numbers."""
        first = self.row(ZFW, date(2021, 2, 9), JW, moved=True, closed=None)
        day = date(2021, 2, 20)
        second = replace(first, sender=ZFW, handler=FY, no=self._no(ZFW, day), other_nos=first.no, received=day)
        third = self._renumbered(second, FY, FY, date(2021, 3, 4), source="")
        self.add(first, second, replace(third, other_nos=f"{first.no}、{second.no}"))

    def _between_counties(self) -> None:
        """One county's police to another's: registered by line and by area before, by line alone after."""
        before, after = Office(n.GA, C1), Office(n.GA, C2)
        area = self.row(after, date(2021, 2, 24), Office(n.ZFW, C1), numbered_by=before, moved=True, closed=None)
        line = replace(area, sender=GA)
        self.add(area, line, self._renumbered(line, after, GA, date(2021, 3, 8)))

    def _repeats(self) -> None:
        for office, sender in ((GA, GA), (GA, GA), (ZFW, ZFW), (Office(n.FY, C1), Office(n.ZFW, C1))):
            day = self._day(date(2021, 2, 10), date(2021, 6, 10))
            self.add(self.row(office, day, sender, numbered_by=office, repeat=True, closed=None))

    def _altered(self) -> None:
        """In June's editions rows are gone, or say otherwise what does not change by itself."""
        self.add(self.row(GA, date(2021, 4, 13), gone=JUNE, closed=None))
        self.add(self.row(Office(n.ZFW, C2), date(2021, 4, 6), gone=JUNE, closed=None))
        self._gone_by_line_only()
        self._gone_after_transfer()
        for day, now, was in (
            (date(2021, 3, 17), {"source": "督导组交办", "closed": None}, {"source": "来信"}),
            (date(2021, 2, 22), {"closed": None}, {"closed": date(2021, 4, 9)}),  # closed in May's file, open in June's
            (date(2021, 3, 11), {"closed": date(2021, 5, 6)}, {"closed": date(2021, 4, 12)}),
        ):
            self.add(self.row(GA, day, changed=JUNE, was=tuple(was.items()), **now))
        before = (("received", date(2021, 5, 28)),)
        self.add(self.row(ZFW, date(2021, 6, 2), changed=JUNE, was=before, closed=None))

    def _gone_by_line_only(self) -> None:
        """The line's list lost it, the area's has it still: it counts."""
        area = self.row(Office(n.GA, C1), date(2021, 3, 30), Office(n.ZFW, C1), numbered_by=Office(n.GA, C1))
        self.add(replace(area, sender=GA, gone=JUNE), area)

    def _gone_after_transfer(self) -> None:
        """Who handed it on took it off the list; the receiver's row still names the earlier number."""
        given = self.row(FY, date(2021, 1, 12), JW, moved=True, closed=None, gone=JUNE)
        self.add(given, self._renumbered(given, FY, FY, date(2021, 1, 25)))
