"""Periods said in Chinese → dates relative to a clock: 上半年, 5月底, 2月1日至4月30日, 近三个月, 去年同期."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from zhengfa_stats.counting.clocks import shift_month
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.numerals import parse, positional
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Period


@dataclass(frozen=True, slots=True)
class PeriodSaid:
    """A period as said in text[start:end]; an end that is None is the clock's own; `months` moves the whole clock.

    It is what was said, not what the data hold: a month that is not over, or lies ahead, keeps its last day.
    """

    start: int
    end: int
    since: date | None = None
    as_of: date | None = None
    months: int = 0
    is_before: bool = False  # 4月以前: what lies before, not how things stood then


@dataclass(frozen=True, slots=True)
class _Point:
    """A calendar unit in the text: its first and last day; `at_end` says only its end was meant (5月底)."""

    start: int
    end: int
    first: date
    last: date
    at_end: bool = False
    is_dated: bool = True  # its year was said with it


_WIDTHS = {ord(a): b for a, b in zip("０１２３４５６７８９－—–～〜~．／　", "0123456789------./ ", strict=True)}
_CN = "零〇一二三四五六七八九十两"
_N = rf"(?:\d{{1,2}}|[{_CN}]{{1,3}})"
_YEAR = (
    r"(?:(?P<year>(?<!\d)\d{4}|(?<![零〇一二三四五六七八九])[零〇一二三四五六七八九]{4}|(?<!\d)\d{2}(?=年\s?(?:\d|[上下]半|第|[一二三四]季)))\s?年度?"
    r"|(?P<word>今年|本年度?|当年|去年度?|上一?年度?|前年|明年|全年))"
)
_UNIT = re.compile(
    rf"""(?P<iso>(?<!\d)\d{{4}}[-./]\d{{1,2}}(?:[-./]\d{{1,2}})?(?!\d))
    |(?P<eight>(?<!\d)20\d{{6}}(?!\d))
    |(?:{_YEAR}的?)?\s?(?:
        (?:(?P<q>第?[一二三四1-4](?:个)?季度|首季度?|头一季度|[一二三四]季(?!度)|[Qq][1-4])
        |(?P<half>上半年|下半年|前半年|后半年)
        |(?P<firstn>(?:前|头|首){_N}个?(?P<firstunit>月|季度)|前三季)
        |(?<![个几近\d第{_CN}])(?:(?P<m0>{_N})(?P<sep>至|到|-+|、|和))?(?P<m>{_N})\s?月份?(?:\s?(?P<d>{_N})\s?[日号])?(?P<decade>上旬|中旬|下旬)?
        |(?P<begin>年?初(?=以来|至今|到现在|到目前|起|开始)))
        |(?P<yearend>年底|年末)
    )
    |(?P<alone>{_YEAR.replace("?P<year>", "?P<year2>").replace("?P<word>", "?P<word2>")})
    |(?P<now>本月|当月|这个月|上上个?月|上个?月|下个?月|本季度|这个季度|当季|上个?季度|本周|这周|这个?星期|上周|上个?星期|今天|今日|昨天|昨日)""",
    re.VERBOSE,
)
_TRAILING = re.compile(
    rf"(?:最近|过去|近)(?:的)?(?P<n>{_N}|半|几)?个?(?P<unit>半年|月|天|日|周|星期|季度|年)(?:以来|之内|以内|内|里|来|间)?"
)
_OWN = re.compile(
    r"(?:截至|截止|截止到|截至到|到|直到|至)?(?:目前|现在|当前|眼下|如今|此刻|今日|今天)(?:为止)?|迄今(?:为止)?|至今(?:为止)?"
)
_SAME = re.compile(r"(?:(?P<which>去年|上年|上一年|前年|上个?月|同比|(?P<y>\d{4})年)的?)?同期")
_TO = re.compile(r"\s*(?:至|到|直至|直到|-+|～)\s*")
_BEFORE = re.compile(
    r"(?:截至|截止到|截至到|截止|直到|(?<![收接受得达拿遇看碰送转交办查签报])到|至|截)(?:了)?\s*$"
)  # 到5月底; 收到5月的线索 is of May alone
_FROM = re.compile(r"(?:自从|自|从|打|由)\s*$")
_AFTER = re.compile(
    "(?:份)?(?:(?P<since>以来|至今|到目前(?:为止)?|到现在(?:为止)?|迄今|起|开始|到今天)"
    r"|(?P<later>以后|之后|过后|后)|(?P<earlier>以前|之前|前(?!后|[一二三四五六七八九十\d])))"
)
_WITHIN = re.compile(r"(?:这段时间|期间|期内|之内|以内|之间|那会儿|当天|当日|这天|当月|全月|整月|一个月)")
_BOUNDARY = re.compile(r"[。；;！!？?\n]")


def find_periods(text: str, clock: Clock, named: Mapping[str, Period]) -> tuple[PeriodSaid, ...]:
    """Every period in the text, from left to right, none overlapping; `named` are those that zhengfa.toml names.

    A month without a year is of the year said before it in the sentence, else of the latest such month that the
    clock knows, else of the year of the cut-off date.
    """
    plain = text.translate(_WIDTHS)
    found = [*_named(plain, named), *_trailing(plain, clock), *_same(plain, clock)]
    taken = [(p.start, p.end) for p in found]
    found += _combined(plain, _points(plain, clock, taken), taken)
    taken = [(p.start, p.end) for p in found]
    found += [PeriodSaid(*m.span()) for m in _OWN.finditer(plain) if _is_free(m.span(), taken)]
    return tuple(sorted(found, key=lambda p: p.start))


def say_period(clock: Clock) -> str:
    """The clock's period as documents write it.

    >>> say_period(Clock(date(2021, 1, 1), date(2021, 6, 30))), say_period(Clock(date(2021, 5, 1), date(2021, 5, 1)))
    ('2021年1月1日至6月30日', '2021年5月1日')
    """
    if clock.since == clock.as_of:
        return chinese_day(clock.as_of)
    last = chinese_day(clock.as_of)
    if clock.since.year == clock.as_of.year:
        last = last.partition("年")[2]
    return f"{chinese_day(clock.since)}至{last}"


def clock_said(period: PeriodSaid, clock: Clock) -> Clock:
    """The clock that a period means, beside the clock that it was said at."""
    since = period.since or shift_month(clock.since, period.months)
    return Clock(since, period.as_of or shift_month(clock.as_of, period.months, keep_end=True))


def months_of(period: PeriodSaid) -> Iterator[PeriodSaid]:
    """The months of a period of whole months, each where the period stands; none of one of odd days.

    >>> [p.as_of.month for p in months_of(PeriodSaid(0, 5, date(2021, 1, 1), date(2021, 3, 31))) if p.as_of]
    [1, 2, 3]
    """
    since, as_of = period.since, period.as_of
    if since is None or as_of is None or since.day != 1 or (as_of + timedelta(1)).day != 1:
        return
    while since < as_of:
        following = shift_month(since, 1)
        yield replace(period, since=since, as_of=following - timedelta(1))
        since = following


def _is_free(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return all(span[1] <= a or b <= span[0] for a, b in taken)


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    number = parse(text.replace("两", "二"))
    return int(number.value) if number else 0


# ── what stands for itself ────────────────────────────────────────────────────────────────────────────────────────


def _named(text: str, named: Mapping[str, Period]) -> Iterator[PeriodSaid]:
    taken: list[tuple[int, int]] = []
    for name in sorted(named, key=len, reverse=True):
        for match in re.finditer(re.escape(name) + "(?:期间|以来|中)?", text):
            if _is_free(match.span(), taken):
                taken.append(match.span())
                yield PeriodSaid(*match.span(), named[name].since, named[name].as_of)


def _trailing(text: str, clock: Clock) -> Iterator[PeriodSaid]:
    """近三个月: back from the cut-off date, which is the last day of the period."""
    for match in _TRAILING.finditer(text):
        n, unit = match["n"], match["unit"]
        if n == "几" or (n is None and unit in ("年", "月", "日", "天")):
            continue
        if n == "半" and unit not in ("年", "月"):
            continue
        n_units = 1 if n in (None, "半") else _number(n)
        end = clock.as_of + timedelta(1)
        if n == "半" and unit == "月":
            since = end - timedelta(15)
        elif unit in ("天", "日", "周", "星期"):
            since = end - timedelta(n_units * (1 if unit in ("天", "日") else 7))
        else:
            months = {"月": 1, "季度": 3, "年": 12, "半年": 6}[unit] * n_units
            since = shift_month(end, -6 if n == "半" and unit == "年" else -months)
        yield PeriodSaid(*match.span(), since, clock.as_of)


def _same(text: str, clock: Clock) -> Iterator[PeriodSaid]:
    """去年同期: the clock moved by whole months."""
    for match in _SAME.finditer(text):
        which = match["which"] or ""
        months = -1 if "月" in which else -24 if which == "前年" else -12
        if match["y"]:
            months = -12 * (clock.as_of.year - int(match["y"]))
        yield PeriodSaid(*match.span(), months=months)


# ── calendar units ────────────────────────────────────────────────────────────────────────────────────────────────


def _points(text: str, clock: Clock, taken: Sequence[tuple[int, int]]) -> list[_Point]:
    points: list[_Point] = []
    year: tuple[int, int] | None = None  # the last year said, and where
    for match in _UNIT.finditer(text):
        if not match[0].strip() or not _is_free(match.span(), taken):
            continue
        said = _said_year(match, clock)
        told = said
        if said is None and year and not _BOUNDARY.search(text, year[1], match.start()):
            told = year[0]
        ends = _ends(match, told, clock)
        if ends is None:
            continue
        if said is not None:
            year = said, match.end()
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        point = _Point(start, match.end(), *ends, match["yearend"] is not None, said is not None)
        points.append(_with_end(point, text))
    return points


def _with_end(point: _Point, text: str) -> _Point:
    """5月底, 季度末: only the end of the unit is meant."""
    if match := re.compile("[底末]").match(text, point.end):
        return replace(point, end=match.end(), at_end=True)
    return point


def _said_year(match: re.Match[str], clock: Clock) -> int | None:
    number, word = match["year"] or match["year2"], match["word"] or match["word2"]
    if match["iso"] or match["eight"]:
        return int(match[0][:4])
    if number:
        digits = positional(number) or number
        return int(digits) + (2000 if len(digits) == 2 else 0)
    if word is None:
        return None
    back = {"今": 0, "本": 0, "当": 0, "全": 0, "去": 1, "上": 1, "前": 2, "明": -1}[word[0]]
    return clock.as_of.year - back


def _ends(match: re.Match[str], year: int | None, clock: Clock) -> tuple[date, date] | None:
    """The first and last day of a unit; None for a day that does not exist."""
    try:
        if match["iso"]:
            return _iso([int(p) for p in re.split("[-./]", match["iso"])])
        if match["eight"]:
            return (day := date.fromisoformat(match["eight"])), day
        if match["now"]:
            return _now(match["now"], clock.as_of)
        if match["m"]:
            return _of_month(match, year, clock)
    except ValueError:
        return None
    of_year = clock.as_of.year if year is None else year
    if match["q"]:
        return _months(of_year, 3 * _quarter(match["q"]) - 2, 3)
    if match["half"]:
        return _months(of_year, 1 if match["half"][0] in "上前" else 7, 6)
    if match["firstn"]:
        n = 3 if match["firstn"] == "前三季" else _number(match["firstn"].strip("前头首个月季度"))
        n *= 3 if "季" in match["firstn"] else 1
        return _months(of_year, 1, n) if 1 <= n <= 12 else None
    first, last = _months(of_year, 1, 12)
    return first, clock.as_of if (match["word2"] or "")[:1] in ("今", "本", "当") else last


def _iso(parts: Sequence[int]) -> tuple[date, date]:
    if len(parts) == 2:
        return _months(parts[0], parts[1], 1)
    return (day := date(*parts)), day


def _of_month(match: re.Match[str], year: int | None, clock: Clock) -> tuple[date, date]:
    month = _number(match["m"])
    if year is None:
        year = _year_of(month, clock)
    if match["d"]:
        return (day := date(year, month, _number(match["d"]))), day
    first, last = _months(year, month, 1)
    if match["m0"]:
        begin = _number(match["m0"])
        if begin > month or (match["sep"] in "、和" and begin + 1 < month):
            raise ValueError(match["m0"])
        return _months(year, begin, 1)[0], last
    match match["decade"]:
        case "上旬":
            return first, first.replace(day=10)
        case "中旬":
            return first.replace(day=11), first.replace(day=20)
        case "下旬":
            return first.replace(day=21), last
    return first, last


def _year_of(month: int, clock: Clock) -> int:
    """The year of a month said without one: the latest that has begun and that the clock knows."""
    this = clock.as_of.year
    if date(this, month, 1) <= clock.as_of:
        return this
    return this - 1 if date(this - 1, month, 1) >= clock.since.replace(day=1) else this


def _quarter(text: str) -> int:
    return next((i for i, chars in enumerate(("一1首", "二2", "三3", "四4"), 1) if set(chars) & set(text)), 1)


def _months(year: int, month: int, n: int) -> tuple[date, date]:
    first = date(year, month, 1)
    return first, shift_month(first, n) - timedelta(1)


def _now(word: str, today: date) -> tuple[date, date]:
    """上个月, 本季度, 上周: counted from the cut-off date."""
    if word in ("今天", "今日", "昨天", "昨日"):
        return (day := today - timedelta(word[0] == "昨")), day
    back = word.count("上") - word.count("下")
    if "周" in word or "星期" in word:
        monday = today - timedelta(today.weekday() + 7 * back)
        return monday, monday + timedelta(6)
    if "季" in word:
        first = shift_month(date(today.year, 3 * ((today.month - 1) // 3) + 1, 1), -3 * back)
        return _months(first.year, first.month, 3)
    first = shift_month(today.replace(day=1), -back)
    return _months(first.year, first.month, 1)


# ── units put together ────────────────────────────────────────────────────────────────────────────────────────────


def _combined(text: str, points: list[_Point], taken: Sequence[tuple[int, int]]) -> Iterator[PeriodSaid]:
    """Ranges, and units with 截至 before or 以来 after them."""
    i, edge = 0, 0
    while i < len(points):
        point, following = points[i], points[i + 1] if i + 1 < len(points) else None
        joint = _TO.match(text, point.end)
        if following and joint and joint.end() == following.start:
            said = PeriodSaid(point.start, following.end, *_in_order(point, following))
            i += 2
        else:
            said = _day_range(text, point) or _alone(text, point, edge)
            i += 1
        said = _opened(text, said, edge)
        edge = said.end
        if _is_free((said.start, said.end), taken):
            yield said
        while i < len(points) and points[i].start < edge:
            i += 1


def _in_order(a: _Point, b: _Point) -> tuple[date, date]:
    """11月至2月 passes into the next year: into the one after that of 11月 where that was said, else from the one before."""
    first, last = a.last if a.at_end else a.first, b.last
    if first <= last:
        return first, last
    if a.is_dated and not b.is_dated:
        return first, shift_month(last, 12, keep_end=True)
    return shift_month(first, -12), last


def _day_range(text: str, point: _Point) -> PeriodSaid | None:
    """2月1日至15日: the second day stands without its month."""
    match = re.compile(rf"\s*(?:至|到|-+)\s*(?P<d>{_N})[日号]").match(text, point.end)
    if not match or point.first != point.last:
        return None
    try:
        last = point.first.replace(day=_number(match["d"]))
    except ValueError:
        return None
    return PeriodSaid(point.start, match.end(), point.first, last) if last >= point.first else None


def _alone(text: str, point: _Point, edge: int) -> PeriodSaid:
    """One unit: its days, or what lies before, after, up to it."""
    said = PeriodSaid(point.start, point.end, point.first, point.last)
    if after := _AFTER.match(text, point.end):
        said = replace(said, end=after.end())
        if after["since"]:
            return replace(said, as_of=None)
        if after["later"]:
            return replace(said, since=point.last + timedelta(1), as_of=None)
        said = replace(said, is_before=True)
        return replace(said, since=None, as_of=point.last if point.at_end else point.first - timedelta(1))
    if before := _BEFORE.search(text, edge, point.start):
        stop = re.compile("为止|止").match(text, point.end)
        return PeriodSaid(before.start(), stop.end() if stop else point.end, None, point.last)
    if stop := re.compile("为止|止").match(text, point.end):
        return replace(said, end=stop.end(), since=None)
    return replace(said, since=None) if point.at_end else said


def _opened(text: str, said: PeriodSaid, edge: int) -> PeriodSaid:
    """The span with the words around it that only say that it is a period: 自…, …期间."""
    if before := _FROM.search(text, edge, said.start):
        said = replace(said, start=before.start())
    if after := _WITHIN.match(text, said.end):
        said = replace(said, end=after.end())
    return said
