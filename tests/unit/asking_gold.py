"""Gold answers to questions about an invented city, counted from what happened in plain Python: no Query, no workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import mean as average
from statistics import median as middle
from typing import Any

from tests.city import City
from tests.city import names as n
from tests.city.cases import Act
from tests.city.clues import Clue, When
from tests.city.events import Activity, Seat
from tests.city.people import Person

ZFW, GA, FY, JCY, SFJ, JW = n.UNITS
SINCE, AS_OF = date(2021, 1, 1), date(2021, 6, 30)
MASS = n.MASS
Span = tuple[date, date]
YEAR: Span = (SINCE, AS_OF)
Q1: Span = (SINCE, date(2021, 3, 31))
Q2: Span = (date(2021, 4, 1), AS_OF)


def month(m: int) -> Span:
    """One month of 2021, both ends within."""
    first = date(2021, m, 1)
    return first, (first.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)


def upto(m: int, d: int) -> Span:
    """From the beginning of the year to a day."""
    return SINCE, date(2021, m, d)


@dataclass(frozen=True)
class Refused:
    """No answer, and this among the words that are named."""

    word: str


@dataclass(frozen=True)
class Rows:
    """So many rows."""

    n: int


@dataclass(frozen=True)
class Both:
    """The numbers of a sentence that asks several things, in its order."""

    numbers: tuple[float, ...]


def both(*numbers: float) -> Both:
    return Both(numbers)


def beside(groups: Iterable[Any], *of: Callable[[Any], float]) -> Both:
    """Several numbers of every group, group by group."""
    return Both(tuple(one(group) for group in groups for one in of))


refused = Refused


@dataclass(frozen=True)
class Gold:
    """Small counters over one city's truth."""

    city: City

    # ── clues ────────────────────────────────────────────────────────────────────────────────────────────────────
    def of_clues(
        self,
        span: Span = YEAR,
        unit: Iterable[str] | str = (),
        source: Iterable[str] | str = (),
        closed: bool | None = None,
        by: date | None = None,
        conclusion: Iterable[str] | str = (),
        category: str = "",
        repeat: bool = False,
    ) -> list[Clue]:
        """The clues received within, by who handles them, where they came from, whether they were closed by a day."""
        found = []
        until = by or AS_OF
        for c in self.city.world.clues:
            received = _received(c)
            if c.repeat != repeat or received is None or not (span[0] <= received.first and received.last <= span[1]):
                continue
            last, done = c.rows[-1], c.closed is not None and c.closed.last <= until
            if unit and last.handler not in _several(unit):
                continue
            if source and c.source not in _several(source):
                continue
            if closed is not None and done != closed:
                continue
            if conclusion and not (done and last.conclusion in _several(conclusion)):
                continue
            if category and last.category != category:
                continue
            found.append(c)
        return found

    def clues(self, *args: Any, **said: Any) -> int:
        return len(self.of_clues(*args, **said))

    def of_closed(self, span: Span, unit: str = "", source: Iterable[str] | str = ()) -> list[Clue]:
        """Closed within, whenever received by the cut-off date."""
        return [
            c
            for c in self.city.world.clues
            if c.closed is not None
            and c.received is not None
            and not c.repeat
            and c.received.last <= AS_OF
            and span[0] <= c.closed.first
            and c.closed.last <= span[1]
            and unit in ("", c.rows[-1].handler)
            and (not source or c.source in _several(source))
        ]

    def closed_within(self, *args: Any, **said: Any) -> int:
        return len(self.of_closed(*args, **said))

    def closing_rate(self, **said: Any) -> float:
        return 100 * self.clues(closed=True, **said) / self.clues(**said)

    def days(self, of: Callable[[list[int]], float], unit: str = "", clues: Iterable[Clue] | None = None) -> float:
        """Days from receipt to closing, of those closed whose dates are known to the day."""
        found = [
            (c.closed.first - received.first).days
            for c in (self.of_clues(unit=unit, closed=True) if clues is None else clues)
            if c.closed
            and (received := _received(c))
            and c.closed.first == c.closed.last
            and received.first == received.last
        ]
        return of([d for d in found if d >= 0])

    def open_longer(self, days: int, unit: str = "") -> int:
        return sum(
            c.received is not None and (AS_OF - c.received.last).days > days
            for c in self.of_clues(unit=unit, closed=False)
        )

    def clues_by_unit(self, **said: Any) -> dict[str, int]:
        return dict(Counter(c.rows[-1].handler for c in self.of_clues(**said)))

    def clues_by_source(self, **said: Any) -> dict[str, int]:
        return dict(Counter("群众举报" if c.source in MASS else c.source for c in self.of_clues(**said)))

    def clues_by_month(self, **said: Any) -> dict[str, int]:
        return dict(Counter(f"2021年{c.received.first.month}月" for c in self.of_clues(**said) if c.received))

    def registered(self) -> int:
        """Repeat reports with all others."""
        return self.clues() + self.clues(repeat=True)

    # ── persons dealt with ───────────────────────────────────────────────────────────────────────────────────────
    def acts(self, span: Span = YEAR) -> list[Act]:
        return [a for a in self.city.world.acts if span[0] <= a.decided <= span[1]]

    def folded(self, span: Span = YEAR) -> list[list[Act]]:
        """The acts of each person, in the order of their dates."""
        by_person: dict[str, list[Act]] = {}
        for act in sorted(self.acts(span), key=lambda a: a.decided):
            by_person.setdefault(act.person.id_card, []).append(act)
        return list(by_person.values())

    def handled(
        self,
        span: Span = YEAR,
        unit: Iterable[str] | str = (),
        rank: str = "",
        leader: bool | None = None,
        kind: str = "",
        form: int = 0,
        having: Callable[[Act], Any] | None = None,
    ) -> int:
        """Persons by first rank, heaviest kind, highest form, or who had an act of some sort."""
        found = 0
        for acts in self.folded(span):
            first = acts[0]
            found += (
                (not unit or first.person.unit in _several(unit))
                and (not rank or n.RANK_CLASS[first.rank] == rank)
                and (leader is None or first.person.leader == leader)
                and (not kind or _kind(acts) == kind)
                and (not form or max(a.form for a in acts) == form)
                and (having is None or any(having(a) for a in acts))
            )
        return found

    def spared(self, *which: Callable[[Act], Any], unit: str = "") -> int:
        """Persons (of a unit) of whom no act is any of these."""
        own = [acts for acts in self.folded() if unit in ("", acts[0].person.unit)]
        return sum(not any(is_so(act) for is_so in which for act in acts) for acts in own)

    def filed_within(self, span: Span, rank: str = "") -> int:
        """Persons of whom an act was filed within, by the rank in the first of those acts."""
        acts = [a for a in self.city.world.acts if a.filed and span[0] <= a.filed <= span[1] and a.decided <= AS_OF]
        first = {a.person.id_card: a for a in sorted(acts, key=lambda a: a.decided, reverse=True)}
        return sum(not rank or n.RANK_CLASS[a.rank] == rank for a in first.values())

    def filed_to_decided(self, of: Callable[[list[int]], float], unit: str = "") -> float:
        """Days from filing to decision, of every act that was filed."""
        acts = [a for a in self.acts() if a.filed is not None and unit in ("", a.person.unit)]
        return of([(a.decided - a.filed).days for a in acts if a.filed])

    def handled_by(self, key: Callable[[list[Act]], str], span: Span = YEAR) -> dict[str, int]:
        return dict(Counter(key(acts) for acts in self.folded(span)))

    def filed(self, span: Span = YEAR) -> int:
        """Persons of whom a case was opened within, whenever decided by the cut-off date."""
        return len({a.person.id_card for a in self.city.world.acts if a.filed and span[0] <= a.filed <= span[1]})

    # ── training ─────────────────────────────────────────────────────────────────────────────────────────────────
    def seats(self, span: Span = YEAR, unit: str = "") -> list[Seat]:
        return [s for s in self.city.world.seats if span[0] <= s.held <= span[1] and unit in ("", s.person.unit)]

    def trained(self, which: Callable[[Seat], Any], **said: Any) -> int:
        return len({s.person.id_card for s in self.seats(**said) if which(s)})

    def rate(self, part: Callable[[Seat], Any], whole: Callable[[Seat], Any], **said: Any) -> float:
        return 100 * self.trained(lambda s: part(s) and whole(s), **said) / self.trained(whole, **said)

    # ── activities, rules, tasks, roster ─────────────────────────────────────────────────────────────────────────
    def activities(self, kind: str = "", span: Span = YEAR, unit: str = "") -> list[Activity]:
        return [
            a
            for a in self.city.world.activities
            if span[0] <= a.held <= span[1] and kind in ("", a.kind) and (not unit or unit in a.units)
        ]

    def times(self, *args: Any, **said: Any) -> int:
        return len(self.activities(*args, **said))

    def items(self, *args: Any, **said: Any) -> int:
        return sum(a.items or 0 for a in self.activities(*args, **said))

    def rules(self, span: Span = YEAR, unit: str = "") -> int:
        return len(
            {
                (r.title, r.doc_no)
                for r in self.city.world.rules
                if span[0] <= r.issued <= span[1] and unit in ("", r.unit)
            }
        )

    def sent_before(self, day: date) -> int:
        """Clues under way that came in before a day."""
        return sum(c.received is not None and c.received.last < day for c in self.of_clues(closed=False))

    def tasks(self, done: bool | None = None, by: date = AS_OF, unit: str = "") -> int:
        return sum(
            (done is None or (t.done is not None and t.done <= by) == done) and unit in ("", t.unit)
            for t in self.city.world.tasks
        )

    def people(self, which: Callable[[Person], Any] = lambda p: True) -> int:
        return sum(bool(which(p)) for p in self.city.people)


def _received(clue: Clue) -> When | None:
    """When it first came in: a clue that was handed on, when its first unit received it."""
    return clue.rows[0].received if clue.rows[-1].other_nos else clue.received


def _several(said: Iterable[str] | str) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _kind(acts: list[Act]) -> str:
    """The heaviest kind of one person's acts."""
    if any(a.disciplined for a in acts):
        return "纪律处分"
    return "组织处理" if any(a.measure for a in acts) else "移送司法"


def most(groups: dict[str, float]) -> str:
    """The group with the most; several, joined in the order of the units."""
    return "、".join(k for k in groups if groups[k] == max(groups.values()))


def least(groups: dict[str, float]) -> str:
    return "、".join(k for k in groups if groups[k] == min(groups.values()))


def attended(s: Seat) -> bool:
    return s.attended


def expected(s: Seat) -> bool:
    return s.expected


def detained(a: Act) -> bool:
    return a.detained


def sent_to_court(a: Act) -> bool:
    return a.justice


def of_party(a: Act) -> bool:
    return a.party not in ("", "免予处分", "不予处分")


def administrative(a: Act) -> bool:
    return bool(a.administrative)


def tested(s: Seat) -> bool:
    return s.attended and s.score is not None


def passed(s: Seat) -> bool:
    return s.attended and s.passed


def excellent(s: Seat) -> bool:
    return s.attended and s.excellent


def gold(city: City, text: str) -> Any:
    """The value of a gold expression: `clues(unit=GA)`, `most(clues_by_unit())`, `Refused("女")`."""
    own = Gold(city)
    names = {name: getattr(own, name) for name in dir(own) if not name.startswith("_")}
    words = {"mean": average, "median": middle, "Both": both, "Lacking": "、".join}
    return eval(text, {**globals(), **words, **names})
