"""The officers dealt with: acts as decided, and the ledger rows that report them."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tests.city import names as n
from tests.city.clues import Clue
from tests.city.people import Person

# (filed, decided) lie between the same two cut-off dates, so that what is filed by a date is decided by it
WINDOWS = (
    (date(2021, 1, 5), date(2021, 3, 29)),
    (date(2021, 4, 2), date(2021, 5, 28)),
    (date(2021, 6, 1), date(2021, 6, 28)),
)
BEFORE = (date(2020, 9, 1), date(2020, 12, 28))
AFTER = (date(2021, 7, 1), date(2021, 7, 14))

TALKS = ("谈话提醒", "批评教育", "责令检查", "诫勉", "通报批评")
POSTING = ("调整职务", "免职")
LIGHT = ("警告", "严重警告")
HEAVY = ("撤销党内职务", "留党察看", "开除党籍")
MILD = ("警告", "记过", "记大过")
HARD = ("降级", "撤职", "开除")


@dataclass
class Act:
    """One decision about one person; `at` is the department whose ledger reports it."""

    at: str
    person: Person
    rank: str
    decided: date
    party: str = ""
    administrative: str = ""
    measure: str = ""
    form: int = 1
    filed: date | None = None
    detained: bool = False
    justice: bool = False
    cause: str = ""
    case_no: str = ""
    clue_no: str = ""
    with_next: bool = False  # stands in one cell together with the next act
    also_at: str = ""  # reported by a second department as well

    @property
    def disciplined(self) -> bool:
        return bool(self.administrative) or self.party not in ("", "免予处分", "不予处分")


def build_cases(rng: random.Random, size: int, people: list[Person], clues: list[Clue]) -> list[Act]:
    """About `size` persons; each of them decided in 2021's first half but for six."""
    maker = _Maker(rng, people)
    acts = maker.make(size + rng.randint(-2, size // 8))
    _number(acts)
    _link(acts, clues)
    return acts


class _Maker:
    def __init__(self, rng: random.Random, people: list[Person]) -> None:
        self.rng = rng
        names = [p.name for p in people]
        self.plain = {
            u: [p for p in people if p.unit == u and not p.leader and p.on_duty and names.count(p.name) == 1]
            for u in n.UNITS
        }
        self.leaders = {u: [p for p in people if p.unit == u and p.leader] for u in n.UNITS}
        self.namesakes = [p for p in people if p.unit == n.GA and names.count(p.name) > 1]
        for pool in self.plain.values():
            rng.shuffle(pool)
        self.acts: list[Act] = []

    def make(self, size: int) -> list[Act]:
        self._planted()
        while len({a.person.staff_no for a in self.acts}) < size:
            unit = self.rng.choices((n.GA, n.FY, n.JCY, n.SFJ, n.ZFW), (10, 4, 3, 3, 1))[0]
            self._ordinary(self._take(unit), unit)
        return self.acts

    def _take(self, unit: str, *wanted: str) -> Person:
        """The next officer of the unit in one of the rank classes or ranks (by default 科级 or 一般干警)."""
        wanted = wanted or ("科级", "一般干警")
        person = next(p for p in self.plain[unit] if p.rank_class in wanted or p.rank in wanted)
        self.plain[unit].remove(person)
        return person

    def _act(self, at: str, person: Person, window: tuple[date, date], **said: object) -> Act:
        first, last = window
        decided = first + timedelta(days=self.rng.randint((last - first).days // 2, (last - first).days))
        act = Act(at, person, person.rank, decided, cause=self.rng.choice(n.CAUSES))
        act = replace(act, **said)  # type: ignore[arg-type]
        if act.disciplined or act.justice:
            act.filed = first + timedelta(days=self.rng.randint(0, (last - first).days // 2))
        self.acts.append(act)
        return act

    def _ordinary(self, person: Person, unit: str) -> None:
        roll = self.rng.random()
        window = self.rng.choices(WINDOWS, (4, 4, 2))[0]
        own = n.JW if unit == n.ZFW else unit
        if roll < 0.62:
            self._act(own, person, window, measure=self.rng.choice(TALKS), form=1)
        elif roll < 0.68:
            self._act(own, person, window, measure=self.rng.choice(POSTING), form=2)
        elif roll < 0.84 and person.party:
            self._act(n.JW, person, window, party=self.rng.choice(LIGHT), form=2)
        else:
            self._act(n.JW, person, window, administrative=self.rng.choice(MILD), form=2)

    def _planted(self) -> None:
        rng, first, second, third = self.rng, *WINDOWS
        # decided twice: criticised by the bureau, then disciplined by 纪委
        twice = self._take(n.GA)
        self._act(n.GA, twice, first, measure="批评教育")
        self._act(n.JW, twice, second, party="警告", form=2)
        # decided twice, of a lower rank the second time: the first rank counts
        fallen = self._take(n.SFJ, "科级")
        self._act(n.SFJ, fallen, first, measure="诫勉")
        self._act(n.SFJ, fallen, third, administrative="降级", form=3, rank="一级科员")
        # both kinds of discipline at once
        both = self._take(n.GA)
        self._act(n.JW, both, second, party="严重警告", administrative="记大过", form=2)
        self._act(n.GA, self._take(n.GA), third, party="警告", administrative="记过", form=2)
        self._act(n.JW, self._take(n.JCY), second, party=rng.choice(HEAVY[:2]), administrative="撤职", form=3)
        # exempted from discipline: an organisational measure all the same
        self._act(n.SFJ, self._take(n.SFJ), second, party="免予处分", measure="诫勉")
        # two persons in one cell
        for with_next in (True, False):
            self._act(n.GA, self._take(n.GA, "一级警员"), second, measure="谈话提醒", with_next=with_next)
        self.acts[-1].decided, self.acts[-1].cause = self.acts[-2].decided, self.acts[-2].cause
        # handed to justice, without a discipline so far
        self._act(n.JW, self._take(n.GA, "科级"), first, justice=True, detained=True, form=4, cause="职务犯罪")
        self._act(n.JW, self._take(n.FY, "科级"), third, justice=True, form=4, cause="职务犯罪")
        self._act(n.JW, self._take(n.FY, "科级"), third, party="开除党籍", detained=True, form=3, cause="职务违法")
        # the leading group
        self._act(n.JW, self.leaders[n.GA][2], first, party="警告", form=2)
        self._act(n.GA, self.leaders[n.GA][5], second, measure="诫勉")
        self._act(n.FY, self.leaders[n.FY][1], second, measure="批评教育")
        self._act(n.JW, self.leaders[n.SFJ][1], first, measure="诫勉")
        self._act(n.JW, self.leaders[n.FY][0], second, measure="谈话提醒")
        # a deputy by title who is none by the ledger's own column: 挂职
        seconded = replace(self._take(n.JCY, "科级"), post="副检察长")
        self._act(n.JW, seconded, second, measure="批评教育")
        # a judge whose grade maps to no class, two of one name, one who has left the roster
        judge = self._take(n.FY, "员额单列")
        self._act(n.FY, replace(judge, post="审判员"), second, measure="批评教育")
        self._act(n.JW, self.namesakes[0], first, measure="通报批评")
        self._act(n.JW, self.namesakes[1], second, measure="诫勉")
        gone = self._take(n.JCY)
        left = replace(
            gone, name=gone.name[:1] + rng.choice(n.RARE) + "昶", staff_no="", rank="一级科员", post="检察官助理"
        )
        self._act(n.JCY, left, first, measure="批评教育")
        # reported by two departments under one number
        for unit in (n.FY, n.JCY):
            self._act(n.JW, self._take(unit), first, party="警告", form=2, also_at=unit)
        # outside the period
        for window in (BEFORE, BEFORE, BEFORE, AFTER, AFTER, AFTER):
            unit = rng.choice((n.GA, n.FY, n.SFJ))
            self._act(n.JW, self._take(unit), window, measure=rng.choice(TALKS))


def _number(acts: list[Act]) -> None:
    acts.sort(key=lambda a: a.decided)
    # sorting must not part two persons of one cell
    head = next(a for a in acts if a.with_next)
    mate = next(a for a in acts if a is not head and (a.at, a.decided, a.cause) == (head.at, head.decided, head.cause))
    acts.remove(mate)
    acts.insert(acts.index(head) + 1, mate)
    counters: dict[str, int] = {}
    for act in acts:
        counters[act.at] = i = counters.get(act.at, 0) + 1
        prefix = {n.JW: "纪案", n.GA: "公纪", n.FY: "法监", n.JCY: "检督", n.SFJ: "司纪"}[act.at]
        act.case_no = f"{prefix}〔{act.decided.year}〕{i}号"
    mate.case_no = head.case_no


def _link(acts: list[Act], clues: list[Clue]) -> None:
    """Every third act of the period cites a clue that had been received by then."""
    usable = [c.rows[-1] for c in clues if c.received and len(c.rows) == 1 and c.rows[0].no]
    for act in acts[::3]:
        known = [r for r in usable if r.received and r.received.last < act.decided]
        if known:
            act.clue_no = known[len(act.person.name) * 7 % len(known)].no
