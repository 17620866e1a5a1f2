"""Training, activities, rules and rectification tasks of the invented city."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from tests.city import names as n
from tests.city.people import Person


@dataclass(frozen=True)
class Seat:
    """One person's place on a course."""

    person: Person
    course: str
    held: date
    expected: bool
    attended: bool
    score: float | None

    @property
    def passed(self) -> bool:
        return self.score is not None and self.score >= 60

    @property
    def excellent(self) -> bool:
        return self.score is not None and self.score >= 90


@dataclass(frozen=True)
class Activity:
    """Something held once, by however many units together."""

    kind: str
    units: tuple[str, ...]
    held: date
    theme: str
    place: str
    attendees: int
    items: int | None = None


@dataclass(frozen=True)
class Rule:
    """A rule issued; `also` a second department that lists it too."""

    title: str
    doc_no: str
    unit: str
    issued: date
    kind: str
    also: str = ""


@dataclass(frozen=True)
class Task:
    """A rectification task, due within the first quarter."""

    problem: str
    measure: str
    unit: str
    due: date
    done: date | None


COURSES: dict[str, tuple[date, ...]] = {
    n.ZFW: (date(2021, 3, 15),),
    n.GA: (date(2021, 3, 10), date(2021, 4, 14), date(2021, 6, 9)),
    n.FY: (date(2021, 4, 12),),
    n.JCY: (date(2021, 3, 22),),
    n.SFJ: (date(2021, 5, 18),),
}
LAST_WINTER = date(2020, 12, 8)
MAKE_UP = date(2021, 7, 8)


def build_training(rng: random.Random, people: list[Person]) -> list[Seat]:
    """Each officer on duty has one seat in the period; last winter's and July's seats lie outside of it."""
    seats: list[Seat] = []
    for unit, days in COURSES.items():
        staff = [p for p in people if p.unit == unit and p.on_duty and p.rank != "辅警"]
        for i, person in enumerate(staff):
            held = days[i * len(days) // len(staff)]
            expected = i % 53 != 31
            attended = not expected or rng.random() > 0.02
            seats.append(Seat(person, _course(unit, days.index(held)), held, expected, attended, _score(rng, attended)))
        if unit == n.ZFW:
            seats += [Seat(p, "2020年政法干警冬训班", LAST_WINTER, True, True, 92.0) for p in staff[:8]]
        if unit == n.FY:
            missed = [s.person for s in seats if s.person.unit == unit and not s.attended]
            seats += [Seat(p, "“筑牢政治忠诚”补训班", MAKE_UP, True, True, 88.0) for p in missed or staff[:2]]
    return seats


def _course(unit: str, i: int) -> str:
    return "“筑牢政治忠诚”政治轮训专题班" + (f"（第{'一二三'[i]}期）" if unit == n.GA else "")


def _score(rng: random.Random, attended: bool) -> float | None:
    if not attended:
        return None
    roll = rng.random()
    if roll < 0.006:
        return float(rng.randint(48, 59))
    if roll < 0.04:
        return rng.choice((60.0, 76.0, 85.0, 89.5))
    return rng.choice((90.0, 91.0, 92.5, 94.0, 95.0, 96.0, 97.0, 98.0, 99.0, 100.0))


# how many of each kind are held in the period, and the range of items
KINDS: dict[str, tuple[int, tuple[int, int] | None]] = {
    "红色教育": (12, None),
    "警示教育": (10, None),
    "英模教育": (6, None),
    "专题辅导": (5, None),
    "党纪党规学习": (14, None),
    "征文": (6, (18, 60)),
    "线索调度会": (6, None),
    "请示报告": (9, None),
    "签订责任书": (5, (20, 140)),
    "信息发布": (8, (3, 22)),
    "开放日": (4, None),
    "法治进校园": (6, None),
}
FIVE = (n.ZFW, n.GA, n.FY, n.JCY, n.SFJ)
TOGETHER = ("红色教育", "警示教育", "英模教育", "专题辅导", "开放日", "法治进校园")


def build_activities(rng: random.Random, scale: int) -> list[Activity]:
    """No two alike in date, place and theme; about one in six of the common kinds is held by several units together."""
    found: list[Activity] = []
    seen: set[tuple[date, str, str]] = set()
    for kind, (count, items) in KINDS.items():
        count = count * scale + rng.randint(-(count // 4), count // 4)
        for i in range(count + 2):
            unit = n.ZFW if kind == "线索调度会" else FIVE[i % 5] if items else rng.choice(FIVE)
            units: tuple[str, ...] = (unit,)
            if kind in TOGETHER and i in (0, 3):
                units += tuple(rng.sample([u for u in FIVE if u != unit], 2 if i == 0 and kind == "警示教育" else 1))
            activity = _activity(rng, kind, units, _held(rng, i, count), items)
            key = (activity.held, activity.place, activity.theme)
            while key in seen:
                activity = _activity(rng, kind, units, _held(rng, i, count), items)
                key = (activity.held, activity.place, activity.theme)
            seen.add(key)
            found.append(activity)
    return sorted(found, key=lambda a: (a.held, a.kind))


def _held(rng: random.Random, i: int, count: int) -> date:
    """The last two of a kind lie before and after the period."""
    if i == count:
        return date(2020, 11, 2) + timedelta(days=rng.randint(0, 55))
    if i == count + 1:
        return date(2021, 7, 1) + timedelta(days=rng.randint(0, 12))
    while True:
        held = date(2021, 1, 6) + timedelta(days=rng.randint(0, 174))
        if held.weekday() < 5:
            return held


def _activity(
    rng: random.Random, kind: str, units: tuple[str, ...], held: date, items: tuple[int, int] | None
) -> Activity:
    place = rng.choice(n.PLACES[kind])
    if place in ("机关", "政法网") or place.startswith("机关"):
        place = units[0] + place
    theme = rng.choice(n.THEMES[kind])
    attendees = rng.randint(12, 160)
    return Activity(kind, units, held, theme, place, attendees, rng.randint(*items) if items else None)


def build_rules(rng: random.Random) -> list[Rule]:
    """A dozen rules or more, two of them listed by a second department; one was issued in 2020 and one in July 2021."""
    titles = list(n.RULE_TITLES)
    rng.shuffle(titles)
    signs = {n.ZFW: "示政法", n.GA: "示公发", n.FY: "示法发", n.JCY: "示检发", n.SFJ: "示司发"}
    rules = []
    for i, title in enumerate(titles[: rng.randint(12, len(titles))]):
        unit = FIVE[i % 5]
        issued = date(2021, 1, 12) + timedelta(days=rng.randint(0, 165))
        issued = date(2020, 12, 15) if i == 7 else date(2021, 7, 6) if i == 8 else issued
        doc_no = "" if i == 4 else f"{signs[unit]}〔{issued.year}〕{3 + i}号"
        also = (n.GA if unit != n.GA else n.ZFW) if i in (0, 3) else ""
        rules.append(Rule(title, doc_no, unit, issued, rng.choice(n.RULE_KINDS), also))
    return sorted(rules, key=lambda r: (r.issued, r.title))


def build_tasks(rng: random.Random, scale: int) -> list[Task]:
    """Tasks that all fall due by 31 March: most were done in time, a few later, one not yet."""
    tasks = []
    for i in range(rng.randint(21, 28) * scale):
        due = rng.choice((date(2021, 2, 26), date(2021, 3, 15), date(2021, 3, 31)))
        done: date | None = due - timedelta(days=rng.randint(1, 14))
        if i % 8 == 5:
            done = date(2021, 4, 6) + timedelta(days=rng.randint(0, 40))
        if i == 9:
            done = None
        problem = f"{rng.choice(n.TASK_PROBLEMS)}（第{i + 1}项）"
        tasks.append(Task(problem, rng.choice(n.TASK_MEASURES), FIVE[i % 5], due, done))
    return tasks
