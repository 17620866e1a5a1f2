"""Activities, rules, tasks, the task force and the roster."""

from __future__ import annotations

from collections.abc import Sequence

from tests.city import names as n
from tests.city.clue_books import Desk
from tests.city.events import COURSES, Activity, Rule, Task
from tests.city.grid import Book, Page, Pen, column
from tests.city.messy import Hand, Value, header, yes
from tests.city.people import Person

MEASURE_WORDS = {"征文": "篇", "签订责任书": "份", "信息发布": "篇"}


# activities


def activity_books(desk: Desk, activities: Sequence[Activity]) -> list[Book]:
    """政法委 gathers three units on a sheet each; 公安局 and 法院 send their own; co-organisers report alike."""
    by = {u: [a for a in activities if u in a.units] for u in COURSES}
    return [_gathered(desk, by), _police_activities(desk, by[n.GA]), _court_activities(desk, by[n.FY])]


def _activity(activity: Activity, unit: str, hand: Hand) -> dict[str, Value]:
    others = [hand.unit(u) for u in activity.units if u != unit]
    word = MEASURE_WORDS.get(activity.kind, "")
    return {
        "kind": hand.one(n.ACTIVITY_FORMS.get(activity.kind, (activity.kind,))),
        "unit": hand.unit(unit),
        "co_units": "、".join(others),
        "held": hand.date(activity.held),
        "theme": activity.theme,
        "place": activity.place,
        "attendees": hand.amount(activity.attendees, "人"),
        "items": hand.amount(activity.items, word),
    }


def _gathered(desk: Desk, by: dict[str, list[Activity]]) -> Book:
    """The unit is the sheet's name; a number that is an error, and one that is a formula saved without its result."""
    rng = desk.rng
    hand = Hand(rng, "year", ("real", "dot", "hanzi", "iso", "wide"))
    columns = [
        column("serial", "序号"),
        column("kind", header(rng, "kind")),
        column("held", header(rng, "held")),
        column("theme", header(rng, "theme")),
        column("place", header(rng, "place")),
        column("co_units", "联合开展单位"),
        column("attendees", header(rng, "attendees")),
        column("items", "数量"),
        column("remark", "备注"),
    ]
    pages = []
    for unit in (n.ZFW, n.SFJ, n.JCY):
        page = Page(unit)
        pen = Pen(page, "activities", columns)
        pen.title("2021年教育整顿活动开展情况台账")
        pen.note("单位：次、人、篇（份）")
        pen.header()
        for i, activity in enumerate(by[unit]):
            values = _activity(activity, unit, hand)
            if unit == n.ZFW and i in (3, 6):
                values["attendees"] = "#REF!" if i == 3 else "=35+28"
            pen.body(values)
        pen.total("合计", {"kind": f"共{len(by[unit])}次"})
        pen.done()
        pages.append(page)
    return Book("各单位教育活动台账.xlsx", "xlsx", pages)


def _police_activities(desk: Desk, activities: Sequence[Activity]) -> Book:
    """A kind is written once for its run of rows, in a merged cell."""
    rng = desk.rng
    hand = Hand(rng, "dot", ("real", "slash", "compact"))
    columns = [
        column("serial", "序号"),
        column("kind", header(rng, "kind")),
        column("unit", "主办单位"),
        column("co_units", "协办单位"),
        column("held", header(rng, "held")),
        column("place", header(rng, "place")),
        column("theme", header(rng, "theme")),
        column("attendees", header(rng, "attendees")),
        column("items", "篇（份）数"),
    ]
    page = Page("活动统计")
    pen = Pen(page, "activities", columns)
    pen.title("示例市公安局教育整顿活动统计表")
    pen.note("填报单位：示例市公安局", "截至2021年7月15日")
    pen.header()
    runs: dict[str, list[int]] = {}
    for activity in sorted(activities, key=lambda a: (a.kind, a.held)):
        runs.setdefault(activity.kind, []).append(pen.body(_activity(activity, n.GA, hand)))
    for rows in runs.values():
        pen.down("kind", rows[0], rows[-1])
    pen.total("总计", {"kind": f"共{len(activities)}次"})
    pen.footer(*desk.footer())
    pen.done()
    return Book("公安局教育活动统计表.ods", "ods", [page])


def _court_activities(desk: Desk, activities: Sequence[Activity]) -> Book:
    """No kind column: a section names it."""
    rng = desk.rng
    hand = Hand(rng, "iso", ("year", "real"))
    columns = [
        column("serial", "序号"),
        column("held", header(rng, "held")),
        column("theme", header(rng, "theme")),
        column("place", header(rng, "place")),
        column("co_units", "联合单位"),
        column("attendees", header(rng, "attendees")),
        column("items", "篇数（份数）"),
    ]
    page = Page("活动")
    pen = Pen(page, "activities", columns)
    pen.title("市法院教育整顿活动情况")
    pen.header()
    kinds = sorted({a.kind for a in activities})
    for i, kind in enumerate(kinds):
        part = [a for a in activities if a.kind == kind]
        pen.section(f"{'一二三四五六七八九'[i] if i < 9 else '十' + '一二三'[i - 10] if i > 9 else '十'}、{kind}")
        for activity in part:
            pen.body(_activity(activity, n.FY, hand))
    pen.total("合计", {"theme": f"共{len(activities)}次"})
    pen.done()
    return Book("法院教育整顿活动.xls", "xls", [page])


# rules, tasks, the task force


def rule_book(desk: Desk, rules: Sequence[Rule]) -> Book:
    """Sections by unit; a rule that two units list stands in both, once with 《》 and once without."""
    hand = Hand(desk.rng, "year", ("real", "dot", "iso"))
    columns = [
        column("serial", "序号"),
        column("title", "制度名称"),
        column("doc_no", "文号"),
        column("issued", "印发时间"),
        column("kind", "制度类别"),
    ]
    page = Page("制度台账")
    pen = Pen(page, "rules", columns, top=2, left=2)
    pen.title("政法系统建章立制情况台账")
    pen.header()
    for i, unit in enumerate(COURSES):
        pen.section(f"（{'一二三四五'[i]}）{n.UNIT_FORMS[unit][1]}")
        for rule in (r for r in rules if unit in (r.unit, r.also)):
            title = rule.title if rule.also == unit else f"《{rule.title}》"
            values = {"title": title, "doc_no": rule.doc_no, "issued": hand.date(rule.issued), "kind": rule.kind}
            pen.body(values)
    pen.total("合计", {"title": f"{pen.n}项"})
    pen.done()
    return Book("制度建设台账.xlsx", "xlsx", [page])


def task_book(desk: Desk, tasks: Sequence[Task], team: Sequence[str]) -> Book:
    """Tasks, and on a second sheet the units of the task force with their contacts."""
    rng = desk.rng
    hand = Hand(rng, "real", ("year", "dot"))
    columns = [
        column("serial", "序号"),
        column("problem", "存在问题"),
        column("measure", "整改措施"),
        column("unit", "责任单位"),
        column("due", "整改时限"),
        column("done", "完成时间"),
        column("status", "整改状态"),
    ]
    page = Page("整改任务")
    pen = Pen(page, "tasks", columns)
    pen.title("示例市政法队伍教育整顿问题整改台账")
    pen.note("填报单位：市委政法委", "截至2021年7月15日")
    pen.header()
    for task in tasks:
        pen.body(
            {
                "problem": task.problem,
                "measure": task.measure,
                "unit": hand.unit(task.unit),
                "due": hand.date(task.due),
                "done": hand.date(task.done),
                "status": hand.one(("已完成", "完成")) if task.done else "整改中",
            }
        )
    pen.done()
    second = Page("工作专班")
    pen = Pen(
        second,
        "team",
        [
            column("serial", "序号"),
            column("unit", "成员单位"),
            column("contact", "联络员"),
            column("phone", "联系电话"),
        ],
    )
    pen.title("线索办理工作专班成员单位名单")
    pen.header()
    for unit in team:
        pen.body({"unit": n.UNIT_FORMS[unit][1], "contact": desk.clerk(), "phone": desk.phone()})
    pen.done()
    return Book("教育整顿整改台账.xls", "xls", [page, second])


# roster


def roster_books(desk: Desk, people: Sequence[Person]) -> list[Book]:
    """A sheet a unit; 司法局 sends a text export in which a few long numbers have lost their ends."""
    hand = Hand(desk.rng)
    number = header(desk.rng, "staff_no")
    columns = [
        column("serial", "序号"),
        column("person", "姓名"),
        column("staff_no", number),
        column("id_card", header(desk.rng, "id_card")),
        column("unit", "单位"),
        column("post", "职务"),
        column("rank", "职级"),
        column("leader", "是否班子成员"),
        column("party", "是否党员"),
        column("on_duty", "是否在岗"),
    ]
    pages = []
    for unit in (u for u in n.UNITS if u != n.SFJ):
        page = Page(unit)
        pen = Pen(page, "roster", columns)
        pen.title(f"{n.UNIT_FORMS[unit][2]}干警花名册")
        pen.header()
        for person in (p for p in people if p.unit == unit):
            staff: Value = int(person.staff_no) if person.staff_no.isdigit() else person.staff_no
            pen.body({**_entry(person, hand), "staff_no": staff, "id_card": person.id_card})
        pen.total("合计", {"person": f"{pen.n}人"})
        pen.done()
        pages.append(page)
    page = Page("司法局干警花名册")
    pen = Pen(page, "roster", columns)
    pen.header()
    for i, person in enumerate(p for p in people if p.unit == n.SFJ):
        kept = person.id_card if i % 15 != 7 else f"{int(person.id_card[:17] + '0'):.5E}"
        pen.body({**_entry(person, hand), "staff_no": person.staff_no, "id_card": kept})
    pen.done()
    return [Book("政法干警花名册.xlsx", "xlsx", pages), Book("司法局干警花名册.csv", "utf-8-sig", [page])]


def _entry(person: Person, hand: Hand) -> dict[str, Value]:
    return {
        "person": hand.name(person.name),
        "unit": hand.unit(person.unit),
        "post": person.post,
        "rank": person.rank,
        "leader": yes(person.leader),
        "party": yes(person.party),
        "on_duty": yes(person.on_duty),
    }
