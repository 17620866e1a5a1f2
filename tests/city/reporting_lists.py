"""The clue ledgers of the reporting city as their clerks draw them: one file a sender and edition."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tests.city import names as n
from tests.city.clue_books import TICK
from tests.city.grid import Book, Column, Page, Pen, column
from tests.city.messy import Hand, Value, header
from tests.city.reporting_world import C1, C2, C3, CHANNELS, FY, GA, GUOAN, JCY, JW, ZFW, Channel, Office, Row


def said(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


SAID = (  # how one clerk or another writes the last day of a month
    said,
    lambda day: f"{day.year}年{day.month}月底",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: day.isoformat(),
    lambda day: f"{day.year}年{day.month}月{day.day}日止",
)


@dataclass(frozen=True)
class Style:
    """A sender's habit; {said}, {day}, {month} in its texts are the edition's date, as written in words and as 20210430."""

    file: str
    sheet: str
    title: str
    notes: tuple[str, ...]
    columns: tuple[str, ...]
    kind: str = "xlsx"
    dates: tuple[str, ...] = ("real", "year", "dot", "iso")
    total: str = "合计"
    footer: bool = True


_USUAL = ("serial", "clue_no", "other_nos", "received", "source", "subjects", "category", "handler", "status", "closed")
_TICKED = ("serial", "clue_no", "other_nos", "received", "source", "subjects", "category", "handler")
_TICKS = ("done", "open", "moved", "closed", "repeat", "remark")
STYLES: Mapping[Office, Style] = {
    ZFW: Style(
        "市委政法委线索总台账（{month}月报）.xlsx",
        "总台账",
        "示例市政法干警违纪违法线索总台账（截至{said}）",
        ("填报单位：中共示例市委政法委员会", "单位：件"),
        (*_TICKED, *_TICKS),
        total="合　计",
    ),
    GA: Style(
        "全市公安机关线索台账{month}月.xls",
        "截至{day}",
        "示例市公安机关问题线索办理台账",
        ("填报单位：{own}",),
        (*_USUAL, "repeat", "content"),
        kind="xls",
        dates=("dot", "compact", "real", "year", "time"),
        total="总计",
    ),
    FY: Style(
        "法院线索登记表（2021年{month}月）.ods",
        "Sheet1",
        "示例市人民法院2021年{month}月份新收及办结线索登记表",
        ("填报单位：{own}", "截至{said}"),
        ("serial", "clue_no", "other_nos", "received", "source", "subjects", "category", "closed", "informant"),
        kind="ods",
        dates=("year", "iso", "hanzi", "wide"),
        footer=False,
    ),
    JCY: Style(
        "检察院线索情况{day}.csv",
        "线索",
        "市检察院线索办理情况",
        ("填报单位：{own}", "统计截止时间：{said}"),
        ("clue_no", "other_nos", "received", "source", "subjects", "category", "status", "closed"),
        kind="gb18030",
        dates=("iso", "slash", "dot"),
        total="",
        footer=False,
    ),
    GUOAN: Style(
        "国家安全局线索台账{month}月.xlsx",
        "Sheet1",
        "市国家安全局干警线索台账",
        ("填报单位：市国家安全局", "截至{said}"),
        _USUAL,
    ),
    JW: Style(
        "市纪委监委移交线索清单{day}.xlsx",
        "移交清单",
        "市纪委监委政法干警问题线索清单",
        ("填报单位：{own}",),
        (*_USUAL, "content"),
        dates=("dot", "real", "year"),
    ),
    Office(n.ZFW, C1): Style(
        "东岭县/东岭县政法单位线索台账{month}月底.xlsx",
        "全县",
        "东岭县政法单位违纪违法线索台账",
        ("填报单位：中共东岭县委政法委", "截至{said}", "单位：件"),
        (*_USUAL, "repeat", "remark"),
        dates=("slash", "year", "real"),
        total="全县合计",
    ),
    Office(n.ZFW, C2): Style(
        "西河县/县委政法委线索台账.xlsx",
        "截至{day}",
        "西河县委政法委线索办理台账",
        (),
        _USUAL,
        dates=("year", "dot"),
    ),
    Office(n.FY, C3): Style(
        "南坪区/南坪区法院线索（{month}月报送）.xlsx",
        "{month}月",
        "南坪区人民法院线索台账",
        ("填报单位：南坪区人民法院", "截至{said}"),
        _USUAL,
        dates=("iso", "real"),
    ),
    Office(n.ZFW, C3): Style(
        "南坪区/区委政法委线索{day}.xlsx",
        "Sheet1",
        "区委政法委线索情况表",
        ("截至{said}",),
        _USUAL,
        dates=("year", "real"),
        total="",
    ),
}


def clue_lists(rng: random.Random, rows: Sequence[Row]) -> Iterator[Book]:
    """Every edition of every sender: a file each, or a sheet each of one file."""
    for sender, channel in CHANNELS.items():
        style = STYLES[sender]
        columns = [_column(key, rng) for key in style.columns]  # a sender keeps its headers
        books: dict[str, Book] = {}
        for edition in channel.editions:
            file = file_of(sender, edition)
            book = books.setdefault(file, Book(file, style.kind, []))
            book.pages.append(_page(style, columns, channel, edition, rows, rng))
        yield from books.values()


def _column(key: str, rng: random.Random) -> Column:
    ticks = {"done": "已查结", "open": "正在核查", "moved": "移送"}
    fixed = {"serial": "序号", "remark": "备注"}
    if key in ticks:
        return column(key, "办理进度", ticks[key])
    return column(key, fixed.get(key) or header(rng, key))


def file_of(sender: Office, edition: date) -> str:
    """The file that an edition is."""
    return STYLES[sender].file.format(**_words(sender, edition))


def sheet_of(sender: Office, edition: date) -> str:
    """The sheet that an edition is."""
    return STYLES[sender].sheet.format(**_words(sender, edition))


def _words(sender: Office, edition: date) -> dict[str, str]:
    """What stands in a sender's texts; it does not write its own name alike in each edition."""
    own = n.UNIT_FORMS.get(sender.line, ("", sender.name))[1:]
    own_name = own[edition.month % len(own)]
    return {
        "own": own_name,
        "said": SAID[edition.month % len(SAID)](edition),
        "day": f"{edition:%Y%m%d}",
        "month": str(edition.month),
    }


def _page(
    style: Style, columns: Sequence[Column], channel: Channel, edition: date, rows: Sequence[Row], rng: random.Random
) -> Page:
    words = _words(channel.sender, edition)
    page = Page(sheet_of(channel.sender, edition))
    pen = Pen(page, "clues", columns)
    pen.title(style.title.format(**words))
    if style.notes:
        pen.note(*(note.format(**words) for note in style.notes))
    pen.header()
    hand = Hand(rng, style.dates[0], style.dates[1:])
    listed = channel.rows(rows, edition)
    for row in listed:
        pen.body(_values(row, edition, hand, channel.sender))
    if style.total:
        pen.total(style.total, {"clue_no": f"共{len(listed)}件"})
    if style.footer:
        pen.footer(
            "填表人：" + rng.choice(("王某", "李某")), f"填报日期：{edition.year}年{edition.month % 12 + 1}月2日"
        )
    pen.done()
    if style.kind == "gb18030":
        page.merges.clear()
    return page


def _values(row: Row, edition: date, hand: Hand, sender: Office) -> dict[str, Value]:
    closed = row.is_closed(edition) and not row.moved
    status = n.MOVED_FORMS if row.moved else n.CLOSED_FORMS if closed else n.OPEN_FORMS
    return {
        "clue_no": row.no,
        "other_nos": row.other_nos,
        "received": hand.date(row.received),
        "source": _source(row),
        "subjects": hand.name(row.subject),
        "category": hand.category(row.category),
        "handler": written(row.handler, sender, hand),
        "status": hand.one(status),
        "done": TICK if closed else None,
        "open": TICK if not closed and not row.moved else None,
        "moved": TICK if row.moved else None,
        "closed": hand.date(row.closed) if closed and not row.undated else None,
        "repeat": "是" if row.repeat else hand.rng.choice(("否", None)),
        "informant": "匿名",
        "content": hand.rng.choice(n.CONTENT_B),
        "remark": None,
    }


def _source(row: Row) -> str:
    """The same clue's source is written alike wherever it stands: another child of a term would be another source."""
    forms = n.SOURCE_FORMS.get(row.source, (row.source,))
    return forms[sum(map(ord, row.subject)) % len(forms)]


def written(office: Office, sender: Office, hand: Hand) -> str:
    """An office as a clerk of the sender writes it: a county's own without the county's name."""
    if not office.region:
        return hand.one(n.UNIT_FORMS.get(office.line, ("国家安全局", "市国家安全局"))[1 if sender.region else 0 :])
    full = {n.FY: "人民法院", n.JCY: "人民检察院"}.get(office.line, office.line)
    short = f"县{office.line}" if office.region.endswith("县") else f"区{office.line}"
    own = (short, office.region + office.line) if sender.region == office.region else ()
    return hand.one((*own, office.region + full, office.name))
