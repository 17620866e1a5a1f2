"""The ledgers of officers dealt with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from tests.city import names as n
from tests.city.cases import HARD, HEAVY, LIGHT, MILD, Act
from tests.city.clue_books import AS_OF, TICK, Desk
from tests.city.grid import Book, Column, Page, Pen, column
from tests.city.messy import Hand, Value, header

PARTY, STATE = (*LIGHT, *HEAVY), (*MILD, *HARD)


def case_books(desk: Desk, acts: Sequence[Act]) -> list[Book]:
    """纪委监委's own ledger, and what bureaus report of themselves."""
    by = {u: [a for a in acts if a.at == u] for u in n.UNITS}
    court = by[n.FY] + [a for a in acts if a.also_at == n.FY]
    prosecutors = by[n.JCY] + [a for a in acts if a.also_at == n.JCY]
    return [
        _discipline(desk, by[n.JW]),
        _police(desk, by[n.GA]),
        _side_by_side(desk, court, prosecutors),
        _justice(desk, by[n.SFJ]),
    ]


def _common(act: Act, hand: Hand) -> dict[str, Value]:
    form = f"第{'一二三四'[act.form - 1]}种"
    return {
        "case_no": act.case_no,
        "clue_no": act.clue_no,
        "person": hand.name(act.person.name),
        "post": act.person.post,
        "rank": hand.rank(act.rank),
        "cause": act.cause,
        "party": ("党内" if act.party in LIGHT else "") + act.party,
        "administrative": act.administrative and ("政务" if hand.rng.random() < 0.6 else "") + act.administrative,
        "measure": "诫勉谈话" if act.measure == "诫勉" and hand.rng.random() < 0.5 else act.measure,
        "form": hand.one((f"{form}形态", form)),
        "filed": hand.date(act.filed),
        "decided": hand.date(act.decided),
    }


def _discipline(desk: Desk, acts: Sequence[Act]) -> Book:
    """A three-row header whose disciplines are ticked; units merged down; dates of filing and announcement beside."""
    rng = desk.rng
    hand = Hand(rng, "real", ("dot", "year", "iso"))
    what, party, state = "处理情况", "党纪处分", "政务处分"
    columns: list[Column] = [
        column("serial", "序号"),
        column("unit", "单位"),
        column("case_no", "案件编号"),
        column("clue_no", "线索编号"),
        column("person", "姓名"),
        column("staff_no", header(rng, "staff_no")),
        column("id_card", header(rng, "id_card")),
        column("post", "职务"),
        column("rank", "职级"),
        column("leader", "是否班子成员"),
        column("cause", "违纪类型"),
        *(column(f"党{kind}", what, party, kind) for kind in PARTY),
        *(column(f"政{kind}", what, state, kind) for kind in STATE),
        column("measure", what, "组织处理"),
        column("form", "四种形态"),
        column("filed", "立案时间"),
        column("decided", "处分决定时间"),
        column("announced", "宣布时间"),
        column("detained", "是否留置"),
        column("justice", "是否移送司法"),
    ]
    page = Page("处理人员台账")
    pen = Pen(page, "cases", columns)
    pen.title("示例市政法干警违纪违法处理情况台账")
    pen.note("填报单位：示例市纪委监委", AS_OF, "单位：人")
    pen.header()
    for unit in n.UNITS:
        part = [a for a in acts if a.person.unit == unit]
        rows = [pen.body(_ticked(act, hand)) for act in part]
        if rows:
            pen.down("unit", rows[0], rows[-1])
            pen.total(f"小计：{len(rows)}人", {}, at="unit")
    pen.total("合 计", {"person": f"{len(acts)}人"})
    pen.footer(*desk.footer())
    pen.done()
    return Book("纪委监委处理人员台账.xlsx", "xlsx", [page])


def _ticked(act: Act, hand: Hand) -> dict[str, Value]:
    values = _common(act, hand)
    number = act.person.staff_no
    values |= {
        "unit": hand.unit(act.person.unit),
        "staff_no": int(number) if number.isdigit() else number,
        "id_card": act.person.id_card if hand.rng.random() < 0.7 else None,
        "leader": TICK if act.person.leader else "否" if act.person.post == "副检察长" else None,
        "announced": hand.date(act.decided + timedelta(days=4)),
        "detained": "是" if act.detained else None,
        "justice": "是" if act.justice else None,
    }
    if act.party:
        values[f"党{act.party}"] = TICK
    if act.administrative:
        values[f"政{act.administrative}"] = TICK
    return values


def _police(desk: Desk, acts: Sequence[Act]) -> Book:
    """Two quarters stacked on one sheet; all disciplines in one column; once two persons in one cell."""
    rng = desk.rng
    hand = Hand(rng, "dot", ("year", "real", "slash"))
    columns = [
        column("serial", "序号"),
        column("case_no", "处理编号"),
        column("person", "姓名"),
        column("unit", "所在单位"),
        column("post", "职务"),
        column("rank", "职级"),
        column("cause", "违纪违法类型"),
        column("kinds", "处分种类"),
        column("measure", "组织处理"),
        column("form", "四种形态"),
        column("filed", "立案时间"),
        column("decided", "处理时间"),
    ]
    page = Page("处理情况")
    top = 1
    for title, last in (("一季度", date(2021, 3, 31)), ("二季度", date(2021, 7, 31))):
        part = [a for a in acts if a.decided <= last and (title == "一季度" or a.decided > date(2021, 3, 31))]
        pen = Pen(page, "cases", columns, top=top)
        pen.title(f"示例市公安局2021年{title}处理民警情况表")
        pen.note("填报单位：市公安局", "单位：人")
        pen.header()
        people = 0
        for act in part:
            if people and part[people - 1].with_next:
                people += 1
                continue
            mate = part[people + 1].person.name if act.with_next else ""
            pen.body(_combined(act, mate, hand))
            people += 1
        pen.total("合计", {"person": f"共{len(part)}人"})
        pen.footer(*desk.footer()[:2])
        pen.done()
        top = pen.row + 2
    return Book("公安局处理情况.et", "xls", [page])


def _combined(act: Act, mate: str, hand: Hand) -> dict[str, Value]:
    values = _common(act, hand)
    party = f"党内{act.party}" if act.party in LIGHT else act.party
    kinds = [k for k in (party, act.administrative and f"政务{act.administrative}") if k]
    values |= {"unit": act.person.part or hand.unit(n.GA), "kinds": "、".join(kinds) or hand.nothing()}
    if mate:
        values |= {"person": f"{act.person.name}、{mate}", "post": "民警", "unit": hand.unit(n.GA)}
    return values


def _side_by_side(desk: Desk, court: Sequence[Act], prosecutors: Sequence[Act]) -> Book:
    """Two tables stand side by side, each with the unit in its title alone."""
    hand = Hand(desk.rng, "year", ("dot", "real", "hanzi"))
    page = Page("法检两院")
    columns = [
        column("serial", "序号"),
        column("case_no", "案件编号"),
        column("person", "姓名"),
        column("post", "职务"),
        column("rank", "职级"),
        column("cause", "违纪类型"),
        column("party", "党纪处分"),
        column("measure", "组织处理"),
        column("form", "四种形态"),
        column("decided", "处理日期"),
    ]
    for unit, acts, left in ((n.FY, court, 1), (n.JCY, prosecutors, len(columns) + 2)):
        pen = Pen(page, "cases", columns, left=left)
        pen.title(f"示例市人民{unit}处理干警名单")
        pen.header()
        for act in sorted(acts, key=lambda a: a.decided):
            pen.body(_common(act, hand))
        pen.done()
    return Book("法检两院处理干警名单.xlsx", "xlsx", [page])


def _justice(desk: Desk, acts: Sequence[Act]) -> Book:
    """A tab-separated export in UTF-16."""
    rng = desk.rng
    hand = Hand(rng, "iso", ("slash", "dot"))
    columns = [
        column("case_no", "案件编号"),
        column("person", "姓名"),
        column("staff_no", header(rng, "staff_no")),
        column("unit", "单位"),
        column("post", "职务"),
        column("rank", "职级"),
        column("leader", "班子成员"),
        column("cause", "违纪类型"),
        column("party", "党纪处分"),
        column("administrative", "政务处分"),
        column("measure", "组织处理"),
        column("form", "四种形态"),
        column("filed", "立案日期"),
        column("decided", "处理日期"),
    ]
    page = Page("司法局处理人员")
    pen = Pen(page, "cases", columns)
    pen.header()
    for act in acts:
        values = _common(act, hand)
        values |= {
            "unit": hand.unit(n.SFJ),
            "staff_no": act.person.staff_no,
            "leader": "是" if act.person.leader else "否",
        }
        pen.body({k: v or hand.rng.choice((None, "无", "/")) for k, v in values.items()})
    pen.done()
    return Book("司法局处理人员.tsv", "utf-16", [page])
