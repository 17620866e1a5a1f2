"""The other lists of the reporting city: officers dealt with, activities, rules, training, tasks."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date

from tests.city import names as n
from tests.city.grid import Book, Page, Pen, column
from tests.city.messy import Hand, Value, yes
from tests.city.reporting_events import Act, Events, Joint, Seat
from tests.city.reporting_lists import said, written
from tests.city.reporting_world import APRIL, C1, CUTOFFS, FY, GA, JUNE, JW, MARCH, ZFW, Office

COUNTY = Office(n.ZFW, C1)


def paper_books(events: Events, rng: random.Random) -> Iterator[Book]:
    """Every other list."""
    for as_of in CUTOFFS:
        yield _cases(_by_discipline(events, as_of), JW, as_of, rng)
    for after, as_of in ((date.min, MARCH), (MARCH, JUNE)):
        own = [a for a in events.acts if n.GA in a.lists and after < a.decided <= as_of]
        yield _cases(own, GA, as_of, rng)
    yield _cases([a for a in events.acts if C1 in a.lists], COUNTY, JUNE, rng)
    yield from _activities(events, rng)
    yield from _rules(events, rng)
    yield from _training(events, rng)
    yield _tasks(events, rng)


def _by_discipline(events: Events, as_of: date) -> list[Act]:
    return [a for a in events.acts if a.decided <= as_of and not (a.gone and a.gone <= as_of)]


# ── officers dealt with ──────────────────────────────────────────────────────────────────────────────────────────

_TITLES = {
    JW: ("市纪委监委处理干警台账（{month}月）.xlsx", "示例市政法干警违纪违法处理情况台账", "real"),
    GA: ("公安局处理民警情况{month}月.xls", "示例市公安机关处理民警情况表", "dot"),
    COUNTY: ("东岭县/东岭县处理干警情况.xlsx", "东岭县政法干警处理情况台账", "year"),
}


def _cases(acts: Sequence[Act], sender: Office, as_of: date, rng: random.Random) -> Book:
    file, title, dates = _TITLES[sender]
    hand = Hand(rng, dates, ("iso", "slash", "year"))
    kinds, group = ("party", "administrative", "measure"), "处理情况"
    names = ("党纪处分", "政务处分", "组织处理")
    columns = [
        column("serial", "序号"),
        column("case_no", "案件编号" if sender != GA else "处理编号"),
        column("person", "姓名"),
        column("staff_no", "警号" if sender == GA else "人员编号"),
        column("unit", "单位" if sender != JW else "工作单位"),
        column("rank", "职务职级" if sender == COUNTY else "职级"),
        column("leader", "是否班子成员"),
        *(column(key, group, name) for key, name in zip(kinds, names, strict=True)),
        column("form", "四种形态"),
        column("filed", "立案时间"),
        column("decided", "处理时间" if sender == GA else "处分决定时间"),
        column("detained", "是否留置"),
        column("justice", "是否移送司法"),
    ]
    page = Page("处理台账")
    pen = Pen(page, "cases", columns)
    pen.title(title)
    unit = {JW: "市纪委监委", GA: "示例市公安局", COUNTY: "中共东岭县委政法委"}[sender]
    pen.note(f"填报单位：{unit}", f"截至{said(as_of)}", "单位：人")
    pen.header()
    for act in sorted(acts, key=lambda a: a.decided):
        pen.body(_act(act, sender, hand))
    pen.total("合计", {"person": f"共{len(acts)}人次"})
    pen.footer("填表人：吴某")
    pen.done()
    return Book(file.format(month=as_of.month), "xls" if file.endswith("xls") else "xlsx", [page])


def _act(act: Act, sender: Office, hand: Hand) -> dict[str, Value]:
    person = act.person
    return {
        "case_no": act.case_no,
        "person": hand.name(person.name),
        "staff_no": int(person.staff_no) if sender == GA else person.staff_no,
        "unit": written(person.office, sender, hand),
        "rank": person.rank,
        "leader": yes(person.leader),
        "party": act.party and f"党内{act.party}",
        "administrative": act.administrative and f"政务{act.administrative}",
        "measure": act.measure,
        "form": f"第{'一二三四'[act.form - 1]}种形态",
        "filed": hand.date(act.filed),
        "decided": hand.date(act.decided),
        "detained": yes(act.detained),
        "justice": yes(act.justice),
    }


# ── activities and rules ─────────────────────────────────────────────────────────────────────────────────────────


def _activities(events: Events, rng: random.Random) -> Iterator[Book]:
    """政法委 sends all so far twice, 公安局 a file a quarter, the others one file; who organised together reports alike."""
    plan = (
        (ZFW, date.min, APRIL), (ZFW, date.min, JUNE), (GA, date.min, MARCH), (GA, MARCH, JUNE),
        (FY, date.min, JUNE), (COUNTY, date.min, JUNE),
    )  # fmt: skip
    for office, after, as_of in plan:
        held = [a for a in events.activities if office in a.offices and after < a.held <= as_of]
        yield _activity_book(office, sorted(held, key=lambda a: a.held), as_of, rng)


def _activity_book(office: Office, held: Sequence[Joint], as_of: date, rng: random.Random) -> Book:
    hand = Hand(rng, rng.choice(("year", "dot", "real")), ("iso", "slash"))
    names = {
        "kind": "活动类别",
        "held": "活动时间",
        "theme": "活动主题",
        "place": "地点",
        "with": "联合开展单位",
        "items": "数量",
    }
    page = Page("活动台账")
    pen = Pen(page, "activities", [column("serial", "序号"), *(column(k, v) for k, v in names.items())])
    name = {ZFW: "市委政法委", GA: "市公安局", FY: "市法院", COUNTY: "东岭县委政法委"}[office]
    pen.title(f"{name}教育整顿活动开展情况台账")
    pen.note(f"填报单位：{name}", f"截至{said(as_of)}")
    pen.header()
    for one in held:
        others = "、".join(written(o, office, hand) for o in one.offices if o != office)
        pen.body(
            {
                "kind": hand.one(n.ACTIVITY_FORMS.get(one.kind, (one.kind,))),
                "held": hand.date(one.held),
                "theme": one.theme,
                "place": one.place,
                "with": others,
                "items": one.items,
            }
        )
    pen.total("合计", {"kind": f"共{len(held)}次"})
    pen.done()
    folder = f"{office.region}/" if office.region else ""
    return Book(f"{folder}{name}活动台账{as_of.month}月.xlsx", "xlsx", [page])


def _rules(events: Events, rng: random.Random) -> Iterator[Book]:
    """政法委 lists all issuers' rules by section; 公安局 lists its own, those issued together as well."""
    hand = Hand(rng, "year", ("real", "dot"))
    columns = [
        column("serial", "序号"),
        column("title", "制度名称"),
        column("doc_no", "文号"),
        column("issued", "印发时间"),
    ]
    page = Page("制度台账")
    pen = Pen(page, "rules", columns)
    pen.title("示例市政法系统制度建设台账")
    pen.note("填报单位：市委政法委", f"截至{said(JUNE)}")
    pen.header()
    for i, unit in enumerate((n.ZFW, n.GA, n.FY, n.JCY, n.SFJ)):
        pen.section(f"{'一二三四五'[i]}、{n.UNIT_FORMS[unit][1]}")
        for rule in (r for r in events.rules if Office(unit) in r.offices):
            pen.body({"title": f"《{rule.title}》", "doc_no": rule.doc_no, "issued": hand.date(rule.issued)})
    pen.done()
    yield Book("制度建设台账.xlsx", "xlsx", [page])
    page = Page("制度")
    pen = Pen(page, "rules", columns)
    pen.title(f"示例市公安局建章立制台账（截至{said(JUNE)}）")
    pen.header()
    for rule in (r for r in events.rules if GA in r.offices):
        pen.body({"title": rule.title, "doc_no": rule.doc_no, "issued": hand.date(rule.issued)})
    pen.done()
    yield Book("公安局制度台账.xlsx", "xlsx", [page])


# ── training and tasks ───────────────────────────────────────────────────────────────────────────────────────────


def _training(events: Events, rng: random.Random) -> Iterator[Book]:
    columns = [column("serial", "序号"), column("name", "姓名"), column("no", "人员编号"), column("held", "培训时间")]
    columns += [column("expected", "是否应训"), column("attended", "是否参训"), column("score", "考试成绩")]
    for office, name in ((ZFW, "市委政法委"), (GA, "市公安局"), (COUNTY, "东岭县委政法委")):
        page = Page("轮训")
        pen = Pen(page, "training", columns)
        pen.title(f"{name}政治轮训成绩册（截至{said(JUNE)}）")
        pen.header()
        hand = Hand(rng, "year", ("real", "dot"))
        for seat in (s for s in events.seats if s.office == office):
            pen.body(_seat(seat, hand))
        pen.done()
        folder = f"{office.region}/" if office.region else ""
        yield Book(f"{folder}{name}政治轮训.xlsx", "xlsx", [page])


def _seat(seat: Seat, hand: Hand) -> dict[str, Value]:
    return {
        "name": hand.name(seat.name),
        "no": seat.staff_no,
        "held": hand.date(seat.held),
        "expected": yes(seat.expected),
        "attended": yes(seat.attended),
        "score": seat.score,
    }


def _tasks(events: Events, rng: random.Random) -> Book:
    hand = Hand(rng, "real", ("year", "dot"))
    names = {"problem": "存在问题", "unit": "责任单位", "due": "整改时限", "done": "完成时间", "status": "整改状态"}
    page = Page("整改台账")
    pen = Pen(page, "tasks", [column("serial", "序号"), *(column(k, v) for k, v in names.items())])
    pen.title("示例市政法队伍教育整顿问题整改台账")
    pen.note("填报单位：市委政法委", f"截至{said(JUNE)}")
    pen.header()
    for task in events.tasks:
        pen.body(
            {
                "problem": task.problem,
                "unit": hand.unit(task.office.line),
                "due": hand.date(task.due),
                "done": hand.date(task.done),
                "status": "已完成" if task.done else "整改中",
            }
        )
    pen.done()
    return Book("问题整改台账.xlsx", "xlsx", [page])
