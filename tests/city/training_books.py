"""The training ledgers: one file a unit, each with its own columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.city import names as n
from tests.city.clue_books import TICK, Desk
from tests.city.events import COURSES, Seat
from tests.city.grid import Book, Page, Pen, column
from tests.city.messy import Hand, header, yes


def training_books(desk: Desk, seats: Sequence[Seat]) -> list[Book]:
    """One file a unit; which of them is binary, text, or misnamed is left to chance."""
    by = {u: [s for s in seats if s.person.unit == u] for u in COURSES}
    kinds = [("utf-8-sig", ".csv"), ("xlsb", ".xlsb"), ("xlsx", ".xls"), ("ods", ".ods")]
    desk.rng.shuffle(kinds)
    drawn: list[tuple[str, Callable[[Desk, Sequence[Seat], str], Page], str]] = [
        (n.ZFW, _scores_of_committee, "政法委政治轮训成绩"),
        (n.FY, _scores_of_court, "市法院政治轮训情况"),
        (n.JCY, _results_of_prosecutors, "检察院轮训考核结果"),
        (n.SFJ, _scores_of_justice, "司法局政治轮训登记表"),
    ]
    books = [_police_training(desk, by[n.GA])]
    for (unit, draw, stem), (kind, ending) in zip(drawn, kinds, strict=True):
        page = draw(desk, by[unit], stem)
        if kind in ("utf-8-sig",):
            page.merges.clear()
        books.append(Book(stem + ending, kind, [page]))
    return books


def _scores_of_committee(desk: Desk, seats: Sequence[Seat], stem: str) -> Page:
    """Last winter's course stands on the same sheet; only the date tells."""
    hand = Hand(desk.rng, "real", ("year", "dot"))
    rng = desk.rng
    columns = [
        column("serial", "序号"),
        column("person", "姓名"),
        column("staff_no", header(rng, "staff_no")),
        column("course", header(rng, "course")),
        column("held", "培训时间"),
        column("expected", header(rng, "expected")),
        column("attended", header(rng, "attended")),
        column("score", header(rng, "score")),
    ]
    page = Page(stem)
    pen = Pen(page, "training", columns)
    pen.title("市委政法委干部政治轮训成绩册")
    pen.note("填报单位：市委政法委")
    pen.header()
    for seat in sorted(seats, key=lambda s: s.held):
        pen.body(
            {
                "person": hand.name(seat.person.name),
                "staff_no": seat.person.staff_no,
                "course": seat.course,
                "held": hand.date(seat.held),
                "expected": yes(seat.expected),
                "attended": yes(seat.attended),
                "score": hand.score(seat.score),
            }
        )
    pen.total("合计", {"person": f"{len(seats)}人次"})
    pen.done()
    return page


def _scores_of_court(desk: Desk, seats: Sequence[Seat], stem: str) -> Page:
    """The unit is said by the file's name alone; score and result both."""
    hand = Hand(desk.rng, "year", ("real", "iso", "hanzi"))
    columns = [
        column("serial", "序号"),
        column("person", "姓名"),
        column("course", "课程"),
        column("expected", "应训"),
        column("attended", "是否参加"),
        column("score", "考试成绩"),
        column("result", "考核结果"),
        column("held", "培训日期"),
    ]
    page = Page(stem)
    pen = Pen(page, "training", columns)
    pen.title("干警政治轮训情况统计表")
    pen.header()
    for seat in seats:
        pen.body(
            {
                "person": hand.name(seat.person.name),
                "course": seat.course,
                "expected": yes(seat.expected, TICK, None),
                "attended": yes(seat.attended, "参加", "未参加"),
                "score": hand.score(seat.score),
                "result": _result(seat),
                "held": hand.date(seat.held),
            }
        )
    pen.footer(*desk.footer()[:2])
    pen.done()
    return page


def _result(seat: Seat) -> str | None:
    if not seat.attended:
        return None
    return "优秀" if seat.excellent else "合格" if seat.passed else "不合格"


def _results_of_prosecutors(desk: Desk, seats: Sequence[Seat], stem: str) -> Page:
    """No score, a result only; begins without a title."""
    hand = Hand(desk.rng, "iso", ("slash", "year"))
    columns = [
        column("person", "姓名"),
        column("unit", "单位"),
        column("course", "培训班名称"),
        column("held", "培训时间"),
        column("expected", "是否应训"),
        column("attended", "是否参训"),
        column("result", "考核结果"),
    ]
    page = Page(stem)
    pen = Pen(page, "training", columns)
    pen.header()
    for seat in seats:
        pen.body(
            {
                "person": hand.name(seat.person.name),
                "unit": hand.unit(n.JCY),
                "course": seat.course,
                "held": hand.date(seat.held),
                "expected": yes(seat.expected),
                "attended": yes(seat.attended),
                "result": _result(seat),
            }
        )
    pen.done()
    return page


def _scores_of_justice(desk: Desk, seats: Sequence[Seat], stem: str) -> Page:
    """The date stands in a note above the table, for every row."""
    hand = Hand(desk.rng)
    columns = [
        column("serial", "序号"),
        column("person", "姓名"),
        column("staff_no", header(desk.rng, "staff_no")),
        column("post", "职务"),
        column("expected", "是否应训"),
        column("attended", "是否参训"),
        column("hours", "学时"),
        column("score", "成绩"),
    ]
    page = Page(stem)
    pen = Pen(page, "training", columns)
    pen.title("市司法局“筑牢政治忠诚”政治轮训专题班登记表")
    held = seats[0].held
    pen.note(f"培训时间：{held.year}年{held.month}月{held.day}日—{held.month}月{held.day + 3}日", "填报单位：市司法局")
    pen.header()
    for seat in seats:
        pen.body(
            {
                "person": hand.name(seat.person.name),
                "staff_no": seat.person.staff_no,
                "post": seat.person.post,
                "expected": yes(seat.expected, TICK, None),
                "attended": yes(seat.attended, TICK, None),
                "hours": "24学时" if seat.attended else None,
                "score": hand.score(seat.score),
            }
        )
    pen.total("合计", {"attended": sum(s.attended for s in seats)})
    pen.done()
    return page


def _police_training(desk: Desk, seats: Sequence[Seat]) -> Book:
    """A sheet a course; numbers typed as numbers; one officer printed twice; one total is off by one."""
    rng = desk.rng
    hand = Hand(rng, "serial", ("real", "dot", "year"), 0.5)
    columns = [
        column("serial", "序号"),
        column("person", "姓名"),
        column("staff_no", "警号"),
        column("unit", "单位"),
        column("course", header(rng, "course")),
        column("expected", "参训情况", "应训"),
        column("attended", "参训情况", "实训"),
        column("score", header(rng, "score")),
        column("held", "培训日期"),
    ]
    pages = []
    for i, held in enumerate(COURSES[n.GA]):
        part = [s for s in seats if s.held == held]
        if i == 1:
            part.append(next(s for s in part if s.attended))
        page = Page(f"第{'一二三'[i]}期")
        pen = Pen(page, "training", columns)
        pen.title(f"示例市公安局政治轮训签到及成绩表（第{'一二三'[i]}期）")
        pen.header()
        for j, seat in enumerate(part):
            if j and j % 30 == 0:
                pen.header()
            pen.body(
                {
                    "person": hand.name(seat.person.name),
                    "staff_no": int(seat.person.staff_no),
                    "unit": seat.person.part or "市公安局",
                    "course": seat.course,
                    "expected": yes(seat.expected, TICK, None),
                    "attended": yes(seat.attended, TICK, None),
                    "score": hand.score(seat.score),
                    "held": hand.date(seat.held),
                }
            )
        pen.total("共计", {"attended": sum(s.attended for s in part) + (i == 2)})
        pen.done()
        pages.append(page)
    return Book("公安局政治轮训签到及成绩.xlsm", "xlsm", pages)
