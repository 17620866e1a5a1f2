"""Every figure of the reporting city, counted from what happened and from who told it: the rules of DESIGN §4."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.city import names as n
from tests.city.reporting_events import DATED, RANK_BY, RANKS, Act, Events, Joint, JointRule, Seat
from tests.city.reporting_world import (
    C2,
    C3,
    C4,
    CITY,
    COUNTIES,
    CUTOFFS,
    FY,
    JUNE,
    MAY,
    SINCE,
    Office,
    Told,
    World,
)

Value = float | None
Where = Callable[[Office], bool]


@dataclass(frozen=True)
class Options:
    """The settings of zhengfa.toml that a figure depends on."""

    rank_by: str = "就高"
    wide: bool = True  # 组织处理 = 宽
    persons: bool = True  # 四种形态 in persons


@dataclass(frozen=True)
class Totals:
    """What an office, or a whole county, gives as totals only: the figures, and the cut-off dates of its tables."""

    office: Office
    keys: tuple[str, ...]
    editions: tuple[date, ...]

    def gives(self, key: str, as_of: date) -> bool:
        return key in self.keys and as_of in self.editions

    def gives_all(self, keys: Sequence[str], as_of: date) -> bool:
        return all(self.gives(key, as_of) for key in keys)


COHORT = ("线索.收到", "线索.查结", "线索.在查")
FLOW = ("线索.上期结转", "线索.收到", "线索.本期查结", "线索.期末在查")
COURT = ("处理.总人数", "处理.人次", "处理.党纪处分")
WORKED = ("红色教育.次数", "警示教育.次数", "制度.制定数")
NORTH = Totals(Office("", C4), (*COHORT, "线索.群众举报.收到"), (MAY, JUNE))
CLUE_TOTALS = (
    *(Totals(Office(n.SFJ, c), COHORT, CUTOFFS) for c in ("", C2, C3, C4)),
    Totals(Office(n.FY, C2), FLOW, CUTOFFS),
    Totals(Office(n.GA, C3), COHORT[:2], CUTOFFS),
)
CASE_TOTALS = Totals(FY, COURT, CUTOFFS)
WORK_TOTALS = Totals(Office(n.ZFW, C2), WORKED, CUTOFFS)
RATES = {"线索.查结率": ("线索.查结", "线索.收到")}


def region_of(office: Office) -> str:
    return office.region or CITY


class Truth:
    """The figures of a world under one setting."""

    def __init__(self, world: World, events: Events, options: Options = Options()) -> None:
        self.world, self.events, self.options = world, events, options
        self.told = world.told()

    def figures(self, as_of: date) -> dict[str, Value]:
        """Every figure at a cut-off date."""
        keys = (*CLUES, *RATES, *CASES, "制度.制定数", *_TIMES, *_SUMS)
        return {key: self.figure(key, as_of) for key in keys} | _training(self.events.seats, as_of) | self._plain(as_of)

    def by_region(self, key: str, as_of: date) -> dict[str, Value]:
        return {c: self.figure(key, as_of, lambda o, c=c: region_of(o) == c) for c in (CITY, *COUNTIES)}  # type: ignore[misc]

    def by_line(self, key: str, as_of: date) -> dict[str, Value]:
        """Totals of a whole county can't be split into lines: they are lacking there."""
        lines = (*n.UNITS, "国家安全局")
        return {u: self.figure(key, as_of, lambda o, u=u: o.line == u, whole=False) for u in lines}  # type: ignore[misc]

    def figure(self, key: str, as_of: date, where: Where = lambda o: True, whole: bool = True) -> Value:
        """One figure of the offices that `where` names; `whole`: totals of whole counties may stand for their offices."""
        if key in RATES:  # of those who give both
            part, base = (self._clues(k, as_of, where, whole, RATES[key]) for k in RATES[key])
            return 100 * part / base if base else None
        if key in CLUES:
            return self._clues(key, as_of, where, whole, (key,))
        if key in CASES:
            return self._handled(key, as_of, where)
        return self._held(key, as_of, where)

    def alone(self, key: str, as_of: date, field: str, name: str) -> float:
        """What those of a region or a line held or issued without others."""

        def outside(office: Office) -> bool:
            return (region_of(office) if field == "region" else office.line) != name

        every = self.figure(key, as_of) or 0
        return every - (self.figure(key, as_of, outside) or 0)

    def own_period(self, since: date, as_of: date) -> dict[str, Value]:
        """Clues and persons of a period of their own: no total says where it begins, so that only rows count."""
        acts = [a for a in self.events.acts if a.gone is None]
        return {
            "线索.收到": CLUES["线索.收到"](self.told, since, as_of),
            "处理.总人数": CASES["处理.总人数"](acts, since, as_of, self.options),
        }

    # ── clues ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _clues(self, key: str, as_of: date, where: Where, whole: bool, needed: Sequence[str]) -> float:
        totals, rows = self._parts(as_of, where, whole, needed)
        return sum(CLUES[key](clues, SINCE, as_of) for clues in (*totals, rows))

    def _parts(
        self, as_of: date, where: Where, whole: bool, needed: Sequence[str]
    ) -> tuple[list[list[Told]], list[Told]]:
        """The clues of each who gives totals of all that is needed, and the rows, but those that such totals hold."""
        taken: set[Office] = set()
        totals: list[list[Told]] = []
        if whole and NORTH.gives_all(needed, as_of) and where(NORTH.office):
            totals.append(self.of_county(C4))
            taken |= {Office(u, C4) for u in (*n.UNITS, "国家安全局")}
        for one in CLUE_TOTALS:
            if one.gives_all(needed, as_of) and one.office not in taken and where(one.office):
                totals.append(self.world.held[one.office])
                taken.add(one.office)
        return totals, [t for t in self.told if where(t.office) and t.office not in taken]

    def behind(self, key: str, as_of: date) -> tuple[list[float], set[str]]:
        """What stands behind a figure of clues: the totals, and the numbers of the rows."""
        totals, rows = self._parts(as_of, lambda o: True, True, (key,))
        counted = {t.no for t in rows if CLUES[key]([t], SINCE, as_of)}
        return sorted(CLUES[key](clues, SINCE, as_of) for clues in totals), counted

    def of_county(self, county: str) -> list[Told]:
        """All that the offices of a county have, in ledgers or not."""
        held = [t for office, some in self.world.held.items() if office.region == county for t in some]
        return held + [t for t in self.told if t.office.region == county]

    # ── officers dealt with, activities, rules ───────────────────────────────────────────────────────────────────

    def _handled(self, key: str, as_of: date, where: Where) -> float:
        count = CASES[key]
        acts = [a for a in self.events.acts if a.gone is None and where(a.person.office)]
        value = count(acts, SINCE, as_of, self.options)
        if where(FY) and CASE_TOTALS.gives(key, as_of):
            value += count(self.events.court_acts, SINCE, as_of, self.options)
        return value

    def _held(self, key: str, as_of: date, where: Where) -> float:
        """Activities and rules of offices; what several of them held or issued, they all did."""

        def of(things: Sequence[Joint] | Sequence[JointRule]) -> list[Joint | JointRule]:
            return [t for t in things if any(map(where, t.offices))]

        value = count_held(key, [*of(self.events.activities), *of(self.events.rules)], as_of)
        if WORK_TOTALS.gives(key, as_of) and where(WORK_TOTALS.office):
            value += count_held(key, [*of(self.events.work_activities), *of(self.events.work_rules)], as_of)
        return value

    def _plain(self, as_of: date) -> dict[str, Value]:
        tasks = self.events.tasks
        done = sum(t.done is not None and t.done <= as_of for t in tasks)
        return {"整改.完成率": 100 * done / len(tasks), "专班.部门数": 7.0}


# ── clues ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _received(clues: Iterable[Told], since: date, as_of: date) -> list[Told]:
    return [c for c in clues if since <= c.received <= as_of and not c.repeat]


def _is_closed(clue: Told, day: date) -> bool:
    return clue.closed is not None and clue.closed <= day


def _mass(clues: Iterable[Told], since: date, as_of: date) -> list[Told]:
    return [c for c in _received(clues, since, as_of) if c.source in n.MASS]


def _cohort(pick: Callable[[Iterable[Told], date, date], list[Told]], closed: bool | None) -> Callable[..., float]:
    """Those received in the period: all, the closed ones, the open ones."""

    def count(clues: Iterable[Told], since: date, as_of: date) -> float:
        return float(sum(closed is None or _is_closed(c, as_of) == closed for c in pick(clues, since, as_of)))

    return count


def _carried(clues: Iterable[Told], since: date, as_of: date) -> float:
    before = since - timedelta(1)
    return float(sum(not c.repeat and c.received < since and not _is_closed(c, before) for c in clues))


def _closed_now(clues: Iterable[Told], since: date, as_of: date) -> float:
    return float(sum(not c.repeat and c.closed is not None and since <= c.closed <= as_of for c in clues))


def _still_open(clues: Iterable[Told], since: date, as_of: date) -> float:
    return float(sum(not c.repeat and c.received <= as_of and not _is_closed(c, as_of) for c in clues))


def _registered(clues: Iterable[Told], since: date, as_of: date) -> float:
    return float(sum(since <= c.received <= as_of for c in clues))


CLUES: Mapping[str, Callable[[Iterable[Told], date, date], float]] = {
    "线索.收到": _cohort(_received, None),
    "线索.查结": _cohort(_received, True),
    "线索.在查": _cohort(_received, False),
    "线索.件次": _registered,
    "线索.上期结转": _carried,
    "线索.本期查结": _closed_now,
    "线索.期末在查": _still_open,
    "线索.群众举报.收到": _cohort(_mass, None),
    "线索.群众举报.查结": _cohort(_mass, True),
    "线索.群众举报.在查": _cohort(_mass, False),
}


# ── officers dealt with ──────────────────────────────────────────────────────────────────────────────────────────

Persons = Sequence[Sequence[Act]]  # the acts of each person in the period, from the first on
Counted = Callable[[Sequence[Act], date, date, Options], float]


def _persons(acts: Iterable[Act], since: date, as_of: date) -> Persons:
    by: dict[str, list[Act]] = {}
    for act in sorted(acts, key=lambda a: a.decided):
        if since <= act.decided <= as_of:
            by.setdefault(act.person.staff_no, []).append(act)
    return list(by.values())


def _of_persons(is_one: Callable[[Sequence[Act], Options], bool]) -> Counted:
    def count(acts: Sequence[Act], since: date, as_of: date, options: Options) -> float:
        return float(sum(is_one(of, options) for of in _persons(acts, since, as_of)))

    return count


def _rank(of: Sequence[Act], options: Options) -> str:
    """The class of the first decision's rank, on the day of that decision."""
    grade, since, counts_as = DATED
    if of[0].person.rank == grade and of[0].decided >= since:
        return counts_as
    return RANKS[of[0].person.rank][RANK_BY.index(options.rank_by)]


def _handling(of: Sequence[Act], options: Options) -> str:
    """The heaviest of a person's acts."""
    weight = max(a.handling for a in of)
    lesser = "组织处理" if options.wide else "批评教育帮助"
    return ("仅移送司法", lesser, "组织处理", "纪律处分")[weight]


def _acts(acts: Sequence[Act], since: date, as_of: date, options: Options) -> float:
    return float(sum(since <= a.decided <= as_of for a in acts))


def _form(number: int) -> Counted:
    def count(acts: Sequence[Act], since: date, as_of: date, options: Options) -> float:
        people = _persons(acts, since, as_of)
        if options.persons:
            return float(sum(max(a.form for a in of) == number for of in people))
        return float(sum(a.form == number for of in people for a in of))

    return count


CASES: Mapping[str, Counted] = {
    "处理.总人数": _of_persons(lambda of, options: True),
    "处理.人次": _acts,
    **{
        f"处理.{key}": _of_persons(lambda of, options, c=c: _rank(of, options) == c)  # type: ignore[misc]
        for key, c in (
            *((c, c) for c in ("厅局级", "处级", "科级", "一般干警", "员额单列", "其他人员")),
            ("职级未定", "未定"),
        )
    },
    "处理.班子成员": _of_persons(lambda of, options: of[0].person.leader),
    "处理.科级.班子成员": _of_persons(lambda of, options: of[0].person.leader and _rank(of, options) == "科级"),
    **{
        f"处理.{key}": _of_persons(lambda of, options, key=key: _handling(of, options) == key)  # type: ignore[misc]
        for key in ("纪律处分", "组织处理", "批评教育帮助", "仅移送司法")
    },
    "处理.党纪处分": _of_persons(lambda of, options: any(a.party for a in of)),
    "处理.政务处分": _of_persons(lambda of, options: any(a.administrative for a in of)),
    "处理.立案": _of_persons(lambda of, options: any(a.filed for a in of)),
    "处理.留置": _of_persons(lambda of, options: any(a.detained for a in of)),
    "处理.移送司法": _of_persons(lambda of, options: any(a.justice for a in of)),
    **{f"处理.第{'一二三四'[i - 1]}种形态": _form(i) for i in (1, 2, 3, 4)},
}


# ── activities, rules, training ──────────────────────────────────────────────────────────────────────────────────

_SUMS = {"征文.篇数": "征文", "责任书.份数": "签订责任书", "信息发布.篇数": "信息发布"}
_TIMES = tuple(f"{kind}.次数" for kind in n.THEMES if kind not in _SUMS.values())


def count_held(key: str, things: Iterable[Joint | JointRule], as_of: date) -> float:
    rules = [t for t in things if isinstance(t, JointRule) and SINCE <= t.issued <= as_of]
    held = [t for t in things if isinstance(t, Joint) and SINCE <= t.held <= as_of]
    if key == "制度.制定数":
        return float(len(rules))
    if key in _SUMS:
        return float(sum(t.items or 0 for t in held if t.kind == _SUMS[key]))
    return float(sum(f"{t.kind}.次数" == key for t in held))


def _training(seats: Sequence[Seat], as_of: date) -> dict[str, Value]:
    held = [s for s in seats if s.held <= as_of]
    tested = [s.score for s in held if s.score is not None]
    expected = [s for s in held if s.expected]

    def rate(part: int, whole: int) -> Value:
        return 100 * part / whole if whole else None

    return {
        "轮训.参训人数": float(sum(s.attended for s in held)),
        "轮训.参与率": rate(sum(s.attended for s in expected), len(expected)),
        "轮训.合格率": rate(sum(s >= 60 for s in tested), len(tested)),
        "轮训.优秀率": rate(sum(s >= 90 for s in tested), len(tested)),
    }


CLUE_KEYS, CASE_KEYS = (*CLUES, *RATES), tuple(CASES)
HELD_KEYS = ("制度.制定数", *_TIMES, *_SUMS)
