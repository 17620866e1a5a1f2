"""Which days a figure of a 汇总表 is about: 本期, 本月, 累计, 1—6月, by its header and what stands around the table."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from zhengfa_stats.reading.stated import period_in, spaced

Kind = Literal["", "期", "月", "季", "年", "累计", "别期"]

_OTHER = re.compile(
    r"(?:上年|去年|上期|上月|上季度?|上周)(?:同期)?数?|同期数?|[同环]比.*|比上.*|增减.*|增[长幅减].*|[升降]幅|变化率?|年初目标|目标.*|计划数?"
)
_TOTAL = re.compile(r"(?:本?年(?:度)?|全年)?累[计积](?:数)?|(?:今年|年初)以来|截[至止](?:到|目前)?.*|历年")
_NOW: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("月", re.compile(r"[本当]月(?:份)?数?|该月")),
    ("季", re.compile(r"[本当]季度?数?")),
    ("年", re.compile(r"[本今当]年度?数?(?!计)|全年")),
    ("期", re.compile(r"[本当]期数?|报告期|本次|本周")),
)
_MONTHS = re.compile(
    r"(?:20\d\d年?)?(?:(?:\d{1,2}|十[一二]|[一二三四五六七八九十])月?份?[-—~～至到]+)?(?:\d{1,2}|十[一二]|[一二三四五六七八九十])月份?|"
    r"(?:20\d\d年?)?(?:第?[一二三四1-4]季度|[上下]半年)|20\d\d年"
)


class Window(NamedTuple):
    """What a header says of its period; `year` and `months` where it names them."""

    kind: Kind = ""
    year: int | None = None
    months: tuple[int, int] | None = None
    from_january: bool = False  # 本年累计

    @property
    def says(self) -> bool:
        return bool(self.kind or self.months or self.year)


class Period(NamedTuple):
    """The days that a figure is about; None where they are not stated."""

    first: date | None
    last: date | None
    is_cumulative: bool


@dataclass(frozen=True, slots=True)
class Times:
    """What is stated of a whole table's period; `only_year` is the project's, if it lies within one."""

    as_of: date | None = None
    year: int | None = None
    months: tuple[int, int] | None = None
    only_year: int | None = None
    paired: bool = False  # 本期 stands beside 累计
    span: tuple[date, date] | None = None  # 2021年1月1日—6月30日


def window_in(text: str) -> tuple[Window, str]:
    """What a tidied part of a header says of its period, and the rest of the part.

    >>> window_in("本期收到")
    (Window(kind='期', year=None, months=None, from_january=False), '收到')
    >>> window_in("1-6月累计")
    (Window(kind='累计', year=None, months=(1, 6), from_january=True), '')
    >>> window_in("去年同期")[0].kind, window_in("累计")[0].kind, window_in("收到")[1]
    ('别期', '累计', '收到')
    """
    if match := _OTHER.search(text):
        return Window("别期"), _without(text, match)
    year, months = None, None
    if match := _MONTHS.search(text):
        year, months = period_in(spaced(match[0]))
        text = _without(text, match)
    if match := _TOTAL.search(text):
        january = "年" in match[0] and "历年" not in match[0]
        return Window("累计", year, months, january or (months or (0, 0))[0] == 1), _without(text, match)
    for kind, pattern in _NOW:
        if match := pattern.search(text):
            return Window(kind, year, months), _without(text, match)
    return Window("", year, months), text


def _without(text: str, match: re.Match[str]) -> str:
    rest = text[: match.start()] + text[match.end() :]
    return re.sub(r"\(\)", "", rest).strip("/、,:-·")


_SPAN = re.compile(
    r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})[日号]?[-—–~～至到]+(?:(20\d\d)[年./-])?(\d{1,2})[月./-](\d{1,2})(?!\d)"
)


def span_in(text: str) -> tuple[date, date] | None:
    """The days from and to that a text names in full.

    >>> span_in("（2021年1月1日—6月30日）"), span_in("2021.1.1-2021.6.30"), span_in("2021年1—6月")
    ((datetime.date(2021, 1, 1), datetime.date(2021, 6, 30)), (datetime.date(2021, 1, 1), datetime.date(2021, 6, 30)), None)
    """
    match = _SPAN.search("".join(text.split()))
    if not match:
        return None
    year, *others = (int(g or match[1]) for g in match.groups())
    try:
        first, last = date(year, others[0], others[1]), date(others[2], others[3], others[4])
    except ValueError:
        return None  # no such days: what is stated otherwise decides
    return (first, last) if first <= last else None


def joined(outer: Window, inner: Window) -> Window:
    """Two parts of one header: what the inner one says stands, the outer one completes it."""
    if not outer.says or not inner.says:
        return inner if inner.says else outer
    kind = "别期" if "别期" in (outer.kind, inner.kind) else inner.kind or outer.kind
    return Window(
        kind, inner.year or outer.year, inner.months or outer.months, inner.from_january or outer.from_january
    )


def period_of(window: Window, times: Times) -> Period:
    """The days that a figure under a header is about.

    >>> june = Times(date(2021, 6, 30), 2021)
    >>> period_of(Window("累计"), june)
    Period(first=None, last=datetime.date(2021, 6, 30), is_cumulative=True)
    >>> period_of(Window("月"), june)
    Period(first=datetime.date(2021, 6, 1), last=datetime.date(2021, 6, 30), is_cumulative=False)
    >>> period_of(Window(), Times(None, 2021, (1, 6)))
    Period(first=datetime.date(2021, 1, 1), last=datetime.date(2021, 6, 30), is_cumulative=False)
    >>> period_of(Window(), june).is_cumulative, period_of(Window(), Times())
    (True, Period(first=None, last=None, is_cumulative=True))
    """
    year = window.year or (times.as_of.year if times.as_of else None) or times.year or times.only_year
    months = window.months or (None if window.year else times.months)
    if window.year and not months:
        months = (1, 12)
    stated = _days(year, months) if year and months else None
    if times.span and not (window.months or window.year):
        stated = times.span
    last = times.as_of or (stated[1] if stated else None)
    if window.months and stated:
        last = min(stated[1], times.as_of or stated[1])
    match window.kind:
        case "累计":
            january = last and date(last.year, 1, 1)
            return Period(january if window.from_january else None, last, True)
        case "月" | "季" | "年":
            return _current(window.kind, last)
        case "期":
            whole = times.paired and stated is not None and stated[0].month != stated[1].month
            return Period(stated[0] if stated and not whole else None, last, False)  # which part, nobody says
    if times.as_of and not window.months and not window.year:
        return Period(_opening(stated), times.as_of, True)
    return Period(stated[0], last, False) if stated else Period(None, None, True)


def _opening(stated: tuple[date, date] | None) -> date | None:
    """2021年上半年（截至6月30日） begins in January; 6月（截至6月30日） says nothing of where its totals begin."""
    return stated[0] if stated and stated[0].month != stated[1].month else None


def _current(kind: Kind, last: date | None) -> Period:
    """本月, 本季度, 本年 up to the day of the report."""
    if last is None:
        return Period(None, None, False)
    first = {"月": last.month, "季": (last.month - 1) // 3 * 3 + 1, "年": 1}[kind]
    return Period(date(last.year, first, 1), last, kind == "年")


def _days(year: int, months: tuple[int, int]) -> tuple[date, date]:
    return date(year, months[0], 1), date(year, months[1], monthrange(year, months[1])[1])
