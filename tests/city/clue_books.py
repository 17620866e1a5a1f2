"""The clue ledgers of the six departments, each in its own habit."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.city import names as n
from tests.city.clues import Clue, Row
from tests.city.grid import Book, Page, Pen, aside, column
from tests.city.messy import Hand, Value, header
from tests.city.people import new_name, new_phone

AS_OF = "截至2021年7月15日"
TICK = "√"


@dataclass
class Desk:
    """What drawing needs: chance, and the clerks whose names stand in footers."""

    rng: random.Random
    taken: set[str]
    clerks: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)

    def clerk(self) -> str:
        self.clerks.append(new_name(self.rng, self.taken))
        return self.clerks[-1]

    def phone(self) -> str:
        self.phones.append(new_phone(self.rng))
        return self.phones[-1]

    def footer(self) -> tuple[str, ...]:
        return (
            f"填表人：{self.clerk()}",
            f"审核人：{self.clerk()}",
            f"联系电话：{self.phone()}",
            "填报日期：2021年7月15日",
        )


def clue_books(desk: Desk, clues: Sequence[Clue]) -> list[Book]:
    """One file a department."""
    rows = {u: _sorted([r for c in clues for r in c.rows if r.at == u]) for u in n.UNITS}
    return [
        _committee(desk, rows[n.ZFW]),
        _police(desk, rows[n.GA]),
        _court(desk, rows[n.FY]),
        _prosecutors(desk, rows[n.JCY]),
        _justice(desk, rows[n.SFJ]),
        _discipline(desk, rows[n.JW]),
    ]


def _sorted(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda r: (r.received.first if r.received else date(2021, 4, 1), r.no))


def _values(row: Row, hand: Hand) -> dict[str, Value]:
    """What every clue ledger writes alike; a clue ledger takes the keys that it has columns for."""
    status = {"已查结": n.CLOSED_FORMS, "正在核查": n.OPEN_FORMS, "移送": n.MOVED_FORMS}.get(row.status, (row.status,))
    return {
        "clue_no": row.no,
        "other_nos": row.other_nos,
        "received": hand.when(row.received) if row.received else row.received_as,
        "source": hand.source(row.source),
        "subjects": row.subjects_as or hand.persons(row.subjects),
        "subject_unit": hand.unit(row.subject_unit),
        "subject_rank": hand.rank(row.subject_rank),
        "category": hand.category(row.category),
        "handler": hand.unit(row.handler),
        "status": hand.one(status),
        "done": TICK if row.status == "已查结" else None,
        "open": TICK if row.status == "正在核查" else None,
        "moved": TICK if row.status == "移送" else None,
        "closed": hand.when(row.closed),
        "disposal": row.disposal,
        "conclusion": row.conclusion or hand.nothing(),
        "result": _result(row, hand),
        "repeat": "是" if row.repeat else hand.rng.choice(("否", None)),
        "informant": row.informant,
        "phone": row.phone,
        "address": row.address,
        "content": row.content,
        "remark": row.remark,
    }


def _result(row: Row, hand: Hand) -> str:
    """One column for disposal or conclusion, as the clerk likes."""
    conclusion = {"不属实": ("不属实", "查否", "失实")}.get(row.conclusion, (row.conclusion,))
    return hand.rng.choice(conclusion) if row.conclusion and hand.rng.random() < 0.6 else row.disposal


def _committee(desk: Desk, rows: list[Row]) -> Book:
    """A cover, a two-row header with ticks, subtotals, hidden and struck rows, last year's on a hidden sheet, a pivot, notes."""
    rng = desk.rng
    hand = Hand(rng, "real", ("year", "dot", "iso", "hanzi", "slash"))
    h = header
    subject = "被反映人情况"
    columns = [
        column("serial", "序号"),
        column("clue_no", h(rng, "clue_no")),
        column("received", h(rng, "received")),
        column("source", h(rng, "source")),
        column("subjects", subject, h(rng, "subjects")),
        column("subject_unit", subject, h(rng, "subject_unit")),
        column("subject_rank", subject, h(rng, "subject_rank")),
        column("category", h(rng, "category")),
        column("handler", h(rng, "handler")),
        column("done", "办理进度", "已查结"),
        column("open", "办理进度", "正在核查"),
        column("moved", "办理进度", "移送"),
        column("closed", h(rng, "closed")),
        column("disposal", "处置方式"),
        column("conclusion", "查实情况"),
        column("repeat", h(rng, "repeat")),
        column("informant", "举报人情况", "举报人"),
        column("phone", "举报人情况", h(rng, "phone")),
        column("content", h(rng, "content")),
        column("remark", "备注"),
    ]
    old = [r for r in rows if r.received and r.received.first.year == 2020]
    new = [r for r in rows if r not in old]
    plain = [r for r in new if not r.struck and r.received and r.remark == ""]
    for row in rng.sample(plain, 2):
        row.hidden = True
    main, carried = Page("线索总台账"), Page("2020年结转", hidden=True)
    for page, part, title in (
        (main, new, "示例市政法队伍教育整顿线索总台账"),
        (carried, old, "2020年结转线索台账"),
    ):
        pen = Pen(page, "clues", columns)
        pen.title(title)
        pen.note("填报单位：中共示例市委政法委员会", AS_OF, "单位：件")
        pen.header()
        _by_quarter(pen, part, hand)
        pen.footer(*desk.footer())
        pen.done()
    cover = aside("封面", ["示例市政法队伍教育整顿"], [], ["线索办理工作台账"], [], ["市委政法委"], ["2021年7月"])
    counts: list[list[Value]] = [[u, sum(r.handler == u for r in rows)] for u in n.UNITS]
    pivot = aside("数据透视", ["行标签", "计数项:线索编号"], *counts, ["总计", len(rows)])
    notes = aside(
        "填表说明",
        ["填表说明"],
        ["1. 线索编号由市委政法委统一编制，各承办单位沿用。"],
        ["2. 办理进度在相应栏内打“√”。"],
        ["3. 移送其他单位办理的，由接收单位登记办理结果。"],
    )
    return Book("市委政法委线索总台账.xlsx", "xlsx", [cover, main, carried, pivot, notes])


def _by_quarter(pen: Pen, rows: list[Row], hand: Hand) -> None:
    part: list[Row] = []
    for i, row in enumerate(rows):
        at = pen.body(_values(row, hand))
        part.append(row)
        if row.hidden:
            pen.page.hidden_rows.add(at)
        if row.struck:
            pen.page.struck_rows.add(at)
        following = rows[i + 1] if i + 1 < len(rows) else None
        if following and _quarter(following) != _quarter(row):
            pen.total("小计", _ticks(part), at="clue_no")
            part = []
    pen.total("合　计", _ticks(rows))


def _quarter(row: Row) -> tuple[int, int]:
    on = row.received.first if row.received else date(2021, 4, 1)
    return on.year, (on.month - 1) // 3


def _ticks(rows: list[Row]) -> dict[str, Value]:
    marks = {"done": "已查结", "open": "正在核查", "moved": "移送"}
    return {key: sum(r.status == status for r in rows) for key, status in marks.items()}


def _police(desk: Desk, rows: list[Row]) -> Book:
    """Sections by branch, which are the handlers; numbers typed as numbers; an assignment date that is no receipt."""
    rng = desk.rng
    hand = Hand(rng, "real", (*(f for f in ("dot", "compact", "serial", "dot0", "time", "short", "wide", "iso")),), 0.4)
    columns = [
        column("serial", "序号"),
        column("clue_no", header(rng, "clue_no")),
        column("other_nos", header(rng, "other_nos")),
        column("received", header(rng, "received")),
        column("source", header(rng, "source")),
        column("subjects", header(rng, "subjects")),
        column("subject_rank", header(rng, "subject_rank")),
        column("category", header(rng, "category")),
        column("assigned", "交办日期"),
        column("status", header(rng, "status")),
        column("closed", header(rng, "closed")),
        column("result", header(rng, "result")),
        column("repeat", header(rng, "repeat")),
        column("informant", header(rng, "informant")),
        column("phone", header(rng, "phone")),
        column("content", header(rng, "content")),
        column("remark", "备注"),
    ]
    page = Page("线索台账")
    pen = Pen(page, "clues", columns)
    pen.title("示例市公安局队伍教育整顿线索办理台账")
    pen.note("填报单位：示例市公安局", AS_OF, "单位：件")
    pen.header()
    for i, branch in enumerate(n.GA_PARTS):
        part = rows[i :: len(n.GA_PARTS)]
        pen.section(f"{'一二三四'[i]}、{branch}")
        for row in part:
            values = _values(row, hand)
            if row.no.isdigit():
                values["clue_no"] = int(row.no)
            if row.received:
                values["assigned"] = hand.date(row.received.first + timedelta(days=2))
            pen.body(values)
        pen.total(f"小计：{len(part)}件", {})
    pen.total("总计", {"clue_no": f"共{len(rows)}件"})
    pen.footer("注：线索编号为市局督察支队编号，沿用上级编号的照录。")
    pen.footer(*desk.footer())
    pen.done()
    kind, name = rng.choice((("xls", "公安局线索办理台账.xls"), ("xls", "公安局线索办理台账.et")))
    return Book(name, kind, [page])


def _court(desk: Desk, rows: list[Row]) -> Book:
    """A closing date alone tells what is closed; ditto marks; the header again on each printed page."""
    rng = desk.rng
    hand = Hand(rng, rng.choice(("year", "dot")), ("real", "iso", "hanzi", "number", "wide"))
    columns = [
        column("serial", "序号"),
        column("clue_no", header(rng, "clue_no")),
        column("other_nos", header(rng, "other_nos")),
        column("received", header(rng, "received")),
        column("source", header(rng, "source")),
        column("subjects", header(rng, "subjects")),
        column("subject_unit", header(rng, "subject_unit")),
        column("category", header(rng, "category")),
        column("handler", header(rng, "handler")),
        column("result", header(rng, "result")),
        column("closed", header(rng, "closed")),
        column("content", header(rng, "content")),
        column("informant", header(rng, "informant")),
        column("address", header(rng, "address")),
    ]
    page = Page("Sheet1")
    pen = Pen(page, "clues", columns)
    pen.title("示例市人民法院违纪违法线索登记表")
    pen.note("填报单位：示例市人民法院", "2021年7月15日")
    pen.header()
    before: dict[str, Value] = {}
    for i, row in enumerate(rows):
        if i and i % 14 == 0:
            pen.header()
        values = _values(row, hand)
        meant = dict(values, source=row.source, category=row.category, handler=row.handler)
        for key in ("source", "category", "handler") if i % 14 else ():
            if meant[key] == before[key] and meant[key]:
                values[key] = "同上" if key == "category" else "〃" if key == "handler" else '"'
        before = meant
        pen.body(values)
    pen.total("合计", {"clue_no": f"共{len(rows)}件"})
    pen.footer(*desk.footer())
    pen.done()
    return Book("法院线索登记（2021年）.ods", "ods", [page])


def _prosecutors(desk: Desk, rows: list[Row]) -> Book:
    """A sheet a month, dates without a year, pre-numbered empty rows; one total is off by one."""
    rng = desk.rng
    plain = Hand(rng, "year", ("iso", "slash"))
    yearless = Hand(rng, "yearless", ("yearless", "real", "year"))
    columns = [
        column("serial", "序号"),
        column("clue_no", header(rng, "clue_no")),
        column("other_nos", header(rng, "other_nos")),
        column("received", header(rng, "received")),
        column("source", header(rng, "source")),
        column("subjects", header(rng, "subjects")),
        column("category", header(rng, "category")),
        column("status", header(rng, "status")),
        column("disposal", "线索处置方式"),
        column("conclusion", "查实情况"),
        column("closed", header(rng, "closed")),
        column("repeat", header(rng, "repeat")),
        column("content", header(rng, "content")),
        column("remark", "备注"),
    ]
    pages = []
    months = sorted({(r.received.first.year, r.received.first.month) for r in rows if r.received})
    for year, month in [(2020, 0), *(m for m in months if m[0] == 2021)]:
        part = [r for r in rows if _in(r, year, month)]
        if not part:
            continue
        hand = yearless if month else plain
        page = Page(f"{month}月" if month else "2020年")
        pen = Pen(page, "clues", columns)
        # two of the sheets leave the year to the file's name
        pen.title(f"{year}年{month}月线索办理情况表" if month not in (0, 2, 5) else "线索办理情况表")
        pen.note("填报单位：市检察院")
        pen.header()
        for row in part:
            pen.body(_values(row, hand))
        if month % 2:
            pen.prenumbered(3)
        pen.total(f"共{len(part) + (month == 3)}件", {})
        pen.done()
        pages.append(page)
    return Book("市检察院2021年线索台账（分月）.xlsx", "xlsx", pages)


def _in(row: Row, year: int, month: int) -> bool:
    on = row.received.first if row.received else date(2021, 4, 1)
    return on.year == year and month in (0, on.month)


def _justice(desk: Desk, rows: list[Row]) -> Book:
    """A text export in GB18030; some rows have no number."""
    rng = desk.rng
    hand = Hand(rng, "slash", ("iso", "dot", "year", "compact"))
    columns = [
        column("clue_no", header(rng, "clue_no")),
        column("other_nos", header(rng, "other_nos")),
        column("received", header(rng, "received")),
        column("source", header(rng, "source")),
        column("subjects", header(rng, "subjects")),
        column("subject_unit", header(rng, "subject_unit")),
        column("category", header(rng, "category")),
        column("handler", header(rng, "handler")),
        column("status", header(rng, "status")),
        column("closed", header(rng, "closed")),
        column("conclusion", "查实情况"),
        column("informant", header(rng, "informant")),
        column("phone", header(rng, "phone")),
        column("content", header(rng, "content")),
        column("remark", "备注"),
    ]
    page = Page("司法局线索台账")
    pen = Pen(page, "clues", columns)
    pen.header()
    for row in rows:
        pen.body(_values(row, hand))
    pen.done()
    return Book("司法局线索台账.csv", "gb18030", [page])


def _discipline(desk: Desk, rows: list[Row]) -> Book:
    """Begins at C4, with an empty column and an empty row inside; neighbours of one source share a merged cell."""
    rng = desk.rng
    hand = Hand(rng, "dot", ("real", "iso", "year"))
    columns = [
        column("serial", "序号"),
        column("clue_no", header(rng, "clue_no")),
        column("other_nos", header(rng, "other_nos")),
        column("source", header(rng, "source")),
        column("received", header(rng, "received")),
        column("subjects", header(rng, "subjects")),
        column("subject_unit", header(rng, "subject_unit")),
        column("category", header(rng, "category")),
        column("handler", header(rng, "handler")),
        column("due", "办结时限"),
        column("status", header(rng, "status")),
        column("disposal", "处置方式"),
        column("closed", header(rng, "closed")),
        column("content", header(rng, "content")),
    ]
    page = Page("移交线索")
    pen = Pen(page, "clues", columns, top=4, left=3, gaps=("due",))
    pen.title("市纪委监委政法干警问题线索清单")
    pen.note("填报单位：市纪委监委", AS_OF)
    pen.header()
    runs: list[tuple[str, list[int]]] = []
    for i, row in enumerate(rows):
        if i == len(rows) // 2:
            pen.blank()
            runs.append(("", []))
        values = _values(row, hand)
        if row.received:
            values["due"] = hand.date(row.received.first + timedelta(days=60))
        at = pen.body(values)
        if runs and runs[-1][0] == row.source and row.source:
            runs[-1][1].append(at)
        else:
            runs.append((row.source, [at]))
    for _, at_rows in runs:
        if len(at_rows) > 1:
            pen.down("source", at_rows[0], at_rows[-1])
    pen.total("合计", {"clue_no": f"{len(rows)}件"}, at="serial")
    pen.footer(*desk.footer())
    pen.done()
    return Book("纪委监委移交线索清单.xlsx", "xlsx", [page])
