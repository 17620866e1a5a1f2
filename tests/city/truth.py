"""Every figure of the invented city, counted from what happened and not from any workbook: the rules of DESIGN §4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.city import names as n
from tests.city.cases import Act
from tests.city.clues import Clue, When
from tests.city.events import Activity, Rule, Seat, Task


@dataclass(frozen=True)
class World:
    """What happened."""

    clues: Sequence[Clue]
    acts: Sequence[Act]
    seats: Sequence[Seat]
    activities: Sequence[Activity]
    rules: Sequence[Rule]
    tasks: Sequence[Task]
    team: Sequence[str]


def figures(world: World, since: date, as_of: date) -> dict[str, float | None]:
    """Every indicator key for the period; rates in per cent, unrounded; None where the denominator is nothing."""
    return {
        **_clues(world.clues, since, as_of),
        **_handled(world.acts, since, as_of),
        **_training(world.seats, since, as_of),
        **_activities(world.activities, since, as_of),
        "制度.制定数": float(len({(r.title, r.doc_no) for r in world.rules if since <= r.issued <= as_of})),
        "专班.部门数": float(len(set(world.team))),
        **_tasks(world.tasks, since, as_of),
    }


def _rate(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None


def _within(when: When | None, since: date, as_of: date) -> bool:
    return when is not None and since <= when.first and when.last <= as_of


def _closed_by(clue: Clue, as_of: date) -> bool:
    return clue.closed is not None and clue.closed.last <= as_of


def _clues(clues: Iterable[Clue], since: date, as_of: date) -> dict[str, float | None]:
    registered = [c for c in clues if _within(c.received, since, as_of)]
    received = [c for c in registered if not c.repeat]
    closed = [c for c in received if _closed_by(c, as_of)]
    mass = [c for c in received if c.source in n.MASS]
    mass_closed = [c for c in mass if _closed_by(c, as_of)]
    before = since - timedelta(days=1)
    known = [c for c in clues if not c.repeat and c.received and c.received.last <= as_of]
    carried = [c for c in known if c.received and c.received.last <= before and not _closed_by(c, before)]
    closed_now = [c for c in known if _within(c.closed, since, as_of)]
    return {
        "线索.收到": float(len(received)),
        "线索.查结": float(len(closed)),
        "线索.在查": float(len(received) - len(closed)),
        "线索.查结率": _rate(len(closed), len(received)),
        "线索.件次": float(len(registered)),
        "线索.上期结转": float(len(carried)),
        "线索.本期查结": float(len(closed_now)),
        "线索.期末在查": float(len([c for c in known if not _closed_by(c, as_of)])),
        "线索.群众举报.收到": float(len(mass)),
        "线索.群众举报.查结": float(len(mass_closed)),
        "线索.群众举报.在查": float(len(mass) - len(mass_closed)),
    }


@dataclass(frozen=True)
class _Handled:
    """One person's acts of the period folded: the first rank, the heaviest measure, the highest form."""

    rank_class: str
    leader: bool
    disciplined: bool
    measured: bool
    form: int


def _fold(acts: Sequence[Act]) -> _Handled:
    first = min(acts, key=lambda a: a.decided)
    disciplined = any(a.disciplined for a in acts)
    return _Handled(
        n.RANK_CLASS[first.rank],
        first.person.leader,
        disciplined,
        not disciplined and any(a.measure for a in acts),
        max(a.form for a in acts),
    )


def _handled(acts: Sequence[Act], since: date, as_of: date) -> dict[str, float | None]:
    decided = [a for a in acts if since <= a.decided <= as_of]
    by_person: dict[str, list[Act]] = {}
    for act in decided:
        by_person.setdefault(act.person.id_card, []).append(act)
    people = [_fold(of) for of in by_person.values()]
    filed = {a.person.id_card for a in acts if a.filed and since <= a.filed <= as_of}

    def count(which: Iterable[bool]) -> float:
        return float(sum(which))

    return {
        "处理.总人数": float(len(people)),
        "处理.人次": float(len(decided)),
        "处理.处级": count(p.rank_class == "处级" for p in people),
        "处理.科级": count(p.rank_class == "科级" for p in people),
        "处理.班子成员": count(p.leader for p in people),
        "处理.科级.班子成员": count(p.leader and p.rank_class == "科级" for p in people),
        "处理.一般干警": count(p.rank_class == "一般干警" for p in people),
        "处理.纪律处分": count(p.disciplined for p in people),
        "处理.组织处理": count(p.measured for p in people),
        "处理.立案": float(len(filed)),
        "处理.留置": float(len({a.person.id_card for a in decided if a.detained})),
        "处理.移送司法": float(len({a.person.id_card for a in decided if a.justice})),
        **{f"处理.第{'一二三四'[i - 1]}种形态": count(p.form == i for p in people) for i in (1, 2, 3, 4)},
    }


def _training(seats: Sequence[Seat], since: date, as_of: date) -> dict[str, float | None]:
    held = [s for s in seats if since <= s.held <= as_of]
    attended = [s for s in held if s.attended]
    expected = [s for s in held if s.expected]
    tested = [s for s in attended if s.score is not None]

    def persons(seats: Iterable[Seat]) -> int:
        return len({s.person.id_card for s in seats})

    return {
        "轮训.参训人数": float(persons(attended)),
        "轮训.参与率": _rate(persons(s for s in expected if s.attended), persons(expected)),
        "轮训.合格率": _rate(persons(s for s in tested if s.passed), persons(tested)),
        "轮训.优秀率": _rate(persons(s for s in tested if s.excellent), persons(tested)),
    }


def _activities(activities: Sequence[Activity], since: date, as_of: date) -> dict[str, float | None]:
    held = [a for a in activities if since <= a.held <= as_of]

    def times(kind: str) -> float:
        return float(len([a for a in held if a.kind == kind]))

    def items(kind: str) -> float:
        return float(sum(a.items or 0 for a in held if a.kind == kind))

    counted = (
        "红色教育",
        "警示教育",
        "英模教育",
        "专题辅导",
        "党纪党规学习",
        "线索调度会",
        "请示报告",
        "开放日",
        "法治进校园",
    )
    return {
        **{f"{kind}.次数": times(kind) for kind in counted},
        "征文.篇数": items("征文"),
        "责任书.份数": items("签订责任书"),
        "信息发布.篇数": items("信息发布"),
    }


def _tasks(tasks: Sequence[Task], since: date, as_of: date) -> dict[str, float | None]:
    due = [t for t in tasks if since <= t.due <= as_of]
    return {"整改.完成率": _rate(sum(t.done is not None and t.done <= as_of for t in due), len(due))}
