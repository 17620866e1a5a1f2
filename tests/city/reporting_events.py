"""Officers dealt with, activities, rules, training and tasks of the reporting city."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tests.city import names as n
from tests.city.people import new_name
from tests.city.reporting_world import C1, C2, COUNTIES, FY, GA, JCY, JUNE, MARCH, SFJ, ZFW, Office

# rank as written → its class where the higher counts, where the grade counts, where the post counts
RANKS: dict[str, tuple[str, str, str]] = {
    "正科级、四级调研员": ("处级", "处级", "科级"),
    "副处级、一级主任科员": ("处级", "科级", "处级"),
    "副科级、一级科员": ("科级", "一般干警", "科级"),
    "正科级": ("科级", "科级", "科级"),
    "四级主任科员": ("科级", "科级", "科级"),
    "二级警长": ("科级", "科级", "科级"),
    "三级高级警长": ("处级", "处级", "处级"),
    "二级警员": ("一般干警", "一般干警", "一般干警"),
    "一级科员": ("一般干警", "一般干警", "一般干警"),
    "二级检察官": ("员额单列", "员额单列", "员额单列"),
    "辅警": ("其他人员", "其他人员", "其他人员"),
    "": ("未定", "未定", "未定"),
}
RANK_BY = ("就高", "职级", "领导职务")
DATED = ("二级检察官", date(2021, 4, 1), "科级")  # from a day on the city counts this grade so
TALKS = ("谈话提醒", "批评教育", "诫勉", "责令检查")  # counted as 组织处理 in the wide sense alone
POSTING = ("免职", "调整职务", "降职")


@dataclass(frozen=True)
class Officer:
    """Somebody dealt with."""

    name: str
    office: Office
    staff_no: str
    rank: str
    leader: bool


@dataclass(frozen=True)
class Act:
    """One decision; `lists` are the ledgers that report it."""

    person: Officer
    decided: date
    case_no: str
    party: str = ""
    administrative: str = ""
    measure: str = ""
    form: int = 1
    filed: date | None = None
    detained: bool = False
    justice: bool = False
    lists: tuple[str, ...] = ("纪委监委",)
    gone: date | None = None  # 纪委监委's editions from this day on lack it

    @property
    def handling(self) -> int:
        """3 a discipline, 2 one of the five measures of the 2021 rules, 1 a lesser one, 0 none."""
        return 3 if self.party or self.administrative else 2 if self.measure in POSTING else bool(self.measure)


@dataclass(frozen=True)
class Joint:
    """An activity held once by the offices that report it."""

    kind: str
    offices: tuple[Office, ...]
    held: date
    theme: str
    place: str
    items: int | None = None


@dataclass(frozen=True)
class JointRule:
    """A rule issued once by the offices that list it."""

    title: str
    doc_no: str
    offices: tuple[Office, ...]
    issued: date


@dataclass(frozen=True)
class Seat:
    """A place on a course."""

    name: str
    staff_no: str
    office: Office
    held: date
    expected: bool
    attended: bool
    score: int | None


@dataclass(frozen=True)
class Task:
    """A task of the rectification, due in the first quarter."""

    problem: str
    office: Office
    due: date
    done: date | None


@dataclass
class Events:
    """All of it; `court_acts` stand in 法院's totals alone, `work` in 西河县's work report alone."""

    acts: list[Act] = field(default_factory=list)
    court_acts: list[Act] = field(default_factory=list)
    activities: list[Joint] = field(default_factory=list)
    rules: list[JointRule] = field(default_factory=list)
    work_activities: list[Joint] = field(default_factory=list)
    work_rules: list[JointRule] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)


WORK = Office(n.ZFW, C2)  # sends a work report, a row a figure


def build_events(seed: int, taken: set[str]) -> Events:
    """The events of one seed."""
    return _Maker(random.Random(f"events{seed}"), taken).make()


class _Maker:
    def __init__(self, rng: random.Random, taken: set[str]) -> None:
        self.rng, self.taken, self.events = rng, taken, Events()
        self.n = 0

    def make(self) -> Events:
        self._acts()
        self._activities()
        self._rules()
        self._training()
        self._tasks()
        return self.events

    def _day(self, low: date, high: date) -> date:
        return low + timedelta(self.rng.randint(0, (high - low).days))

    # ── officers dealt with ──────────────────────────────────────────────────────────────────────────────────────

    def _person(self, office: Office, rank: str) -> Officer:
        self.n += 1
        leader = rank[:2] in ("正科", "副处") and self.rng.random() < 0.6
        return Officer(new_name(self.rng, self.taken), office, f"{410000 + self.n * 7}", rank, leader)

    def _act(self, person: Officer, kind: str, decided: date) -> Act:
        """kind: 谈 a talk, 组 a posting, 纪 party discipline, 政 administrative, 双 both, 司 handed to justice alone."""
        self.n += 1
        measure = self.rng.choice(TALKS if kind == "谈" else POSTING) if kind in "谈组" else ""
        filed = decided - timedelta(self.rng.randint(1, decided.day - 1)) if kind in "纪政双司" else None
        return Act(
            person,
            decided,
            f"处〔2021〕{self.n}号",
            party=self.rng.choice(("警告", "严重警告")) if kind in "纪双" else "",
            administrative=self.rng.choice(("警告", "记过", "降级")) if kind in "政双" else "",
            measure=measure,
            form={"谈": 1, "组": 2, "纪": 2, "政": 2, "双": 3, "司": 4}[kind],
            filed=filed,
            detained=kind == "司",
            justice=kind == "司",
            lists=self._lists(person.office),
        )

    def _lists(self, office: Office) -> tuple[str, ...]:
        """By line, by area, and by 纪委监委: the same act up to three times."""
        by = ["纪委监委"]
        by += [n.GA] if office.line == n.GA else []
        return (*by, C1) if office.region == C1 else tuple(by)

    def _acts(self) -> None:
        counties = [Office(n.GA, c) for c in COUNTIES]
        offices = [GA, GA, SFJ, JCY, ZFW, *counties, Office(n.JCY, C1), Office(n.SFJ, C2), Office(n.FY, C1)]
        ranks = self.rng.sample([*RANKS] * 3, 3 * len(RANKS))
        kinds = self.rng.sample("谈纪组双谈政谈纪司组谈谈" * 3, len(ranks))
        for i, (rank, kind) in enumerate(zip(ranks, kinds, strict=True)):
            person = self._person(offices[i % len(offices)], rank)
            decided = self.rng.choice(SINCE_DAYS) + timedelta(self.rng.randint(0, 20))
            self.events.acts.append(self._act(person, kind, decided))
            if i % 7 == 3:  # decided on once more, later
                again = "组" if kind == "谈" else "谈"
                later = (decided.replace(day=1) + timedelta(35)).replace(day=self.rng.randint(4, 25))
                if later <= JUNE:
                    risen = replace(person, rank="三级高级警长")  # the rank of the first decision is what counts
                    self.events.acts.append(self._act(risen, again, later))
        person = self._person(JCY, "四级主任科员")
        withdrawn = self._act(person, "谈", date(2021, 5, 11))
        self.events.acts.append(replace(withdrawn, gone=JUNE))
        for i, kind in enumerate("谈纪谈组双谈"):
            person = self._person(FY, "一级科员")
            decided = SINCE_DAYS[i] + timedelta(self.rng.randint(0, 20))
            self.events.court_acts.append(self._act(person, kind, decided))
            if i == 1:
                self.events.court_acts.append(self._act(person, "谈", date(2021, 5, 18)))

    # ── activities and rules ─────────────────────────────────────────────────────────────────────────────────────

    def _joint(self, kind: str, offices: tuple[Office, ...], held: date, items: int | None = None) -> Joint:
        theme = f"{self.rng.choice(n.THEMES[kind])}（第{len(self.events.activities) + 1}期）"
        return Joint(kind, offices, held, theme, self.rng.choice(n.PLACES[kind]), items)

    def _activities(self) -> None:
        county = Office(n.ZFW, C1)
        several = [(ZFW, GA), (GA, FY), (ZFW, FY, GA), (ZFW, county)]
        alone = [(ZFW,), (GA,), (FY,), (county,)]
        kinds = [k for k in n.THEMES if k not in ("征文", "签订责任书", "信息发布")]
        for i, kind in enumerate(kinds * 3):
            who = several[i // 3 % 4] if i % 3 == 0 else alone[i % 4]
            held = self._day(SINCE_DAYS[i % 6], SINCE_DAYS[i % 6] + timedelta(26))
            self.events.activities.append(self._joint(kind, who, held))
        for i, kind in enumerate(("征文", "签订责任书", "信息发布") * 3):
            held = self._day(SINCE_DAYS[i % 6], SINCE_DAYS[i % 6] + timedelta(26))
            self.events.activities.append(self._joint(kind, alone[i % 4], held, self.rng.randint(3, 60)))
        for i, kind in enumerate(("红色教育", "警示教育", "红色教育", "警示教育", "红色教育", "红色教育")):
            held = SINCE_DAYS[i] + timedelta(self.rng.randint(0, 20))
            self.events.work_activities.append(self._joint(kind, (WORK,), held))

    def _rules(self) -> None:
        issuers = [(ZFW,), (GA,), (ZFW, GA), (FY,), (ZFW, FY, JCY), (GA,), (SFJ,), (ZFW, GA), (JCY,), (ZFW,)]
        for i, (title, offices) in enumerate(zip(n.RULE_TITLES, issuers, strict=False)):
            issued = SINCE_DAYS[i % 6] + timedelta(self.rng.randint(0, 24))
            self.events.rules.append(JointRule(title, f"示政法〔2021〕{i + 3}号", offices, issued))
        for i in range(3):
            issued = SINCE_DAYS[i * 2 + 1] + timedelta(3)
            self.events.work_rules.append(JointRule(f"县级制度{i}", f"西政〔2021〕{i}号", (WORK,), issued))

    # ── training and tasks ───────────────────────────────────────────────────────────────────────────────────────

    def _training(self) -> None:
        for office, held, size in (
            (ZFW, date(2021, 3, 16), 9), (GA, date(2021, 4, 20), 16), (Office(n.ZFW, C1), date(2021, 5, 25), 8),
        ):  # fmt: skip
            for i in range(size):
                attended = self.rng.random() < 0.88
                score = self.rng.choice((52, 68, 77, 83, 90, 94, 98)) if attended else None
                name = new_name(self.rng, self.taken)
                no = f"{520000 + held.month * 1000 + i * 3}"
                self.events.seats.append(Seat(name, no, office, held, i % 6 != 5, attended, score))

    def _tasks(self) -> None:
        offices: Sequence[Office] = (ZFW, GA, FY, JCY, SFJ)
        ends = (date(2021, 3, 20), date(2021, 4, 27), date(2021, 5, 24), date(2021, 6, 22), None)
        for i, problem in enumerate(n.TASK_PROBLEMS):
            due = self._day(date(2021, 2, 5), MARCH)
            self.events.tasks.append(Task(problem, offices[i % 5], due, ends[(i * 3) % 5]))


SINCE_DAYS = tuple(date(2021, m, 3) for m in range(1, 7))
