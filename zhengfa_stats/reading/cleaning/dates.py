"""Written dates → spans of days that keep their precision; nothing impossible is ever repaired."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zhengfa_stats import numerals
from zhengfa_stats.reading.cleaning.normal import EMPTY_RULE, is_nothing, narrow, nature, unusable
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault, Span
from zhengfa_stats.reading.sheets import Cell

ABSENT = frozenset({
    "未结", "未办结", "未查结", "在办", "办理中", "核查中", "正在核查", "正在办理", "未完成", "暂未办结", "尚未办结", "待办结", "未了结", "在查", "至今", "空白",
    "尚未查结", "未结案", "未定", "待办", "未立案", "未处理", "不适用", "至今未结", "未到期", "未回复",
})  # fmt: skip
EARLIEST, LATEST = 1949, 2100
_SERIALS = range(20000, 60001)
_EPOCH = date(1899, 12, 30)
_EXPECTED = "日期，如2021-03-05"

INFERRED_STATED = "日期：年份取自标题或表名"
INFERRED_PERIOD = "日期：年份取自统计期间"
REWRITTEN = "日期：统一写法"
TIME_DROPPED = "日期：略去时刻"
FROM_SERIAL = "日期：由Excel序列号换算"
SHORT_YEAR = "日期：两位年份补全"
START_OF_RANGE = "日期：起止日期取开始日"
PART_OF_PERIOD = "日期：旬、季、半年等按所含各日计"
NOTE_DROPPED = "日期：略去前后文字"


@dataclass(frozen=True, slots=True)
class Context:
    """What is known about a column's dates: the year and month of the sheet; `stated`: the sheet itself says the year."""

    year: int | None = None
    month: int | None = None
    stated: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """A date as written: what is None was not written."""

    year: int | None
    month: int | None = None
    day: int | None = None
    rule: str = REWRITTEN


NOWHERE = Context()
_ISO = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]")
_CHINESE_YEAR = re.compile(r"([〇○零一二三四五六七八九OoＯ0-9]{2,4})(?=年)")
_CHINESE_PART = re.compile(r"([〇○零一二三四五六七八九十廿卅]{1,4})(?=[月日号]|个?季度?)")
_TIME = re.compile(
    r"(?:(?<=[0-9日号])[T ]*|[ ]+)(?:上午|下午|早上|晚上|中午|凌晨|早|晚)? ?(?:[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?: ?[AaPp][Mm])?"
    r"|(?<=[日号 午上晨早晚])[0-2]?[0-9][时点](?:[0-5]?[0-9]分?|整|半)?)(?:Z|[+-][0-9]{2}:?[0-9]{2})?$"
)
_HALF_DAY = re.compile(r"(?<=[0-9日号]) ?(?:上午|下午|晚上|早上|中午)$")
_WEEKDAY = re.compile(r"[(（ ]*(?:星期|周|礼拜)[一二三四五六日天][)）]?$")
_BEFORE = re.compile(r"^(?:约|大约|截至|截止到?|截止|于|自|从|到|至|拟于|已于)(?=[0-9])")
_AFTER = re.compile(
    r"(?<=[0-9日号月年底末])(?:左右|前后|以前|之前|前|止|起|开始|办结|查结|完成|收到|立案|印发|召开)$|(?<=[0-9日号月年])[(（][^()（）]*[)）]$"
)
_SHAPED = re.compile(r"[0-9年月日号./\\\-,:~至 ]{3,24}")
_MONTHS = {
    m: i
    for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)
}
_N = "[0-9]{1,2}"
_SEP = r"(?P<sep>[-./\\,、])"


def clean(value: Cell, context: Context = NOWHERE) -> Cleaned[Span]:
    """A date as the span of days that it may mean: a day, a month, a year.

    A missing year comes from the context, and the rule says so. 3.5 is refused unless the sheet states its year; 2021.13.5
    and 2月30日 are errors. Of several dates the first is taken with a warning; of a period its first day.

    >>> clean("2021年3月").value == Span(date(2021, 3, 1), date(2021, 3, 31))
    True
    >>> clean("2021.13.5").fault.kind, clean("3月5日", Context(2021)).rule
    ('日期不存在', '日期：年份取自统计期间')
    """
    if isinstance(value, str):
        if _ISO.fullmatch(value):
            return _iso(value)
        return unusable(value, _EXPECTED) or _from_text(value, context)
    if isinstance(value, datetime):
        return _day(value.date(), TIME_DROPPED if value.hour or value.minute or value.second else "")
    if isinstance(value, date):
        return _day(value, "")
    if isinstance(value, float | int) and not isinstance(value, bool):
        return _from_number(value, context)
    return unusable(value, _EXPECTED) or _refused("日期无法识别", f"这里应填日期，却是{nature(value)}")


def _iso(text: str) -> Cleaned[Span]:
    try:
        return _day(date.fromisoformat(text), "")
    except ValueError:
        return _no_such_day(text)


def _from_number(value: float, context: Context) -> Cleaned[Span]:
    if not math.isfinite(value):
        return _refused("日期无法识别", "不是有效的日期")
    whole = int(value)
    if whole in _SERIALS:
        return _day(_EPOCH + timedelta(whole), FROM_SERIAL)
    if value == whole:
        return _from_text(str(whole), context)
    return _decimal(f"{value:.10g}", context)


def _decimal(text: str, context: Context) -> Cleaned[Span]:
    """2021.3 or 3.5 typed as a number: 2021.1 and 3.1 may have been 2021.10 and 3.10."""
    if len(text.partition(".")[2]) == 1 and int(text[-1]) <= (1 if len(text.partition(".")[0]) == 4 else 3):
        return _refused("日期有歧义", f"“{text}”被存为小数，末尾的0可能已丢失")
    return _from_text(text, context)


def _from_text(written: str, context: Context) -> Cleaned[Span]:
    text = re.sub(r"\s+", " ", narrow(written).strip()).rstrip("。;；,， ")
    bare = text.replace(" ", "")
    if is_nothing(bare) or bare in ABSENT:
        return Cleaned(None, EMPTY_RULE if bare else "")
    plain, rule = _undress(_arabic(text))
    found = _read(plain) or _month_and_day(plain, context)
    if found is not None:
        return _settle(_Found(found.year, found.month, found.day, rule or found.rule), context, plain)
    return _special(plain, context) or _ranged(plain, context) or _listed(text, context) or _unread(plain)


def _arabic(text: str) -> str:
    """Chinese digits before 年, 月, 日 as Arabic ones; dashes and dots of one kind."""
    text = re.sub("[—–―−‐‑～]+|--", lambda m: "~" if m[0][0] in "—～" else "-", text)
    text = re.sub("[。·．]", ".", text)
    text = _CHINESE_YEAR.sub(lambda m: numerals.positional(m[0]) or m[0], text)
    return _CHINESE_PART.sub(lambda m: _part(m[0]), text)


def _part(text: str) -> str:
    number = numerals.parse(text)
    return str(number.value) if number else numerals.positional(text) or text


def _undress(text: str) -> tuple[str, str]:
    """The date without time, weekday and words around it, and the rule for what was left out."""
    rule = ""
    for pattern, why in (
        (_WEEKDAY, NOTE_DROPPED),
        (_TIME, TIME_DROPPED),
        (_HALF_DAY, TIME_DROPPED),
        (_WEEKDAY, NOTE_DROPPED),
    ):
        shorter = pattern.sub("", text)
        text, rule = shorter, rule if shorter == text else rule or why
    text = text.replace(" ", "") if not re.search(r"[0-9] [0-9]", text) else text
    for pattern in (_AFTER, _BEFORE, _AFTER):
        shorter = pattern.sub("", text)
        text, rule = shorter, rule if shorter == text else NOTE_DROPPED
    return text.rstrip(".,、 "), rule


def _number(match: re.Match[str], name: str) -> int | None:
    written = match.groupdict().get(name)
    return int(written) if written else None


def _full(match: re.Match[str]) -> _Found:
    return _Found(_number(match, "y"), _number(match, "m"), _number(match, "d"))


def _short(match: re.Match[str]) -> _Found:
    return _of_short_year(int(match["y"]), _number(match, "m"), _number(match, "d"))


def _of_short_year(year: int, month: int | None, day: int | None) -> _Found:
    """21 is 2021, 99 is 1999."""
    return _Found(year + (2000 if year < 50 else 1900), month, day, SHORT_YEAR)


def _six(match: re.Match[str]) -> _Found | None:
    """202103 or 210305; 201112 may be either and is neither."""
    text = match[0]
    as_month = EARLIEST <= int(text[:4]) <= LATEST and 1 <= int(text[4:]) <= 12
    as_day = 1 <= int(text[2:4]) <= 12 and 1 <= int(text[4:]) <= 31
    if as_month == as_day:
        return None
    if as_month:
        return _Found(int(text[:4]), int(text[4:]))
    return _Found(2000 + int(text[:2]), int(text[2:4]), int(text[4:]), SHORT_YEAR)


def _serial(match: re.Match[str]) -> _Found | None:
    whole = int(float(match[0]))
    day = _EPOCH + timedelta(whole) if whole in _SERIALS else None
    return _Found(day.year, day.month, day.day, FROM_SERIAL) if day else None


def _western(match: re.Match[str]) -> _Found | None:
    """3/25/2021: month or day first is told by the one above 12; 3/5/2021 is not."""
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    if first <= 12 < second or first == second:
        return _Found(year, first, second, "日期：月/日/年写法")
    return _Found(year, second, first, "日期：日/月/年写法") if second <= 12 < first else None


def _named_month(match: re.Match[str]) -> _Found | None:
    month, year, day = _MONTHS.get(match["mon"].lower()[:3]), int(match["y"]), int(match["d"])
    return (_of_short_year if year < 100 else _Found)(year, month, day) if month else None


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], _Found | None]], ...] = tuple(
    (re.compile(pattern, re.ASCII), read)
    for pattern, read in (
        (rf"(?P<y>[0-9]{{4}}){_SEP}(?P<m>{_N})(?P=sep)(?P<d>{_N})[日号]?", _full),
        (rf"(?P<y>[0-9]{{4}})年[-./]?(?P<m>{_N})(?:月[-./]?|[-./])(?P<d>{_N})[日号]?", _full),
        (rf"(?P<y>[0-9]{{4}})(?:年|[-./])(?P<m>{_N})月?份?", _full),
        (r"(?P<y>[0-9]{4})年?度?", _full),
        (r"(?P<y>[12][0-9]{3})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?:[0-9]{6}|[0-9]{4})?", _full),
        (rf"(?P<m>{_N})月(?P<d>{_N})[日号]?", _full),
        (rf"(?P<m>{_N})月份?", _full),
        (rf"(?P<d>{_N})[日号]", _full),
        (rf"(?P<y>[0-9]{{2}})年(?P<m>{_N})(?:月|[-./])(?:(?P<d>{_N})[日号]?)?份?", _short),
        (rf"(?P<y>1[3-9]|[2-9][0-9])(?P<sep>[-./])(?P<m>{_N})(?P=sep)(?P<d>{_N})[日号]?", _short),
        (r"[0-9]{6}", _six),
        (r"[0-9]{5}(?:\.[0-9]+)?", _serial),
        (rf"(?P<a>{_N})(?P<sep>[-./])(?P<b>{_N})(?P=sep)(?P<y>[0-9]{{4}})", _western),
        (r"(?P<d>[0-9]{1,2})[- ]?(?P<mon>[A-Za-z]{3,9})[-, ]*(?P<y>[0-9]{4}|[0-9]{2})", _named_month),
        (r"(?P<mon>[A-Za-z]{3,9})[-. ]?(?P<d>[0-9]{1,2}), ?(?P<y>[0-9]{4})", _named_month),
    )
)
_MONTH_DAY = re.compile(rf"(?P<m>{_N})[-./](?P<d>{_N})", re.ASCII)


def _read(text: str) -> _Found | None:
    for pattern, read in _FORMS:
        if match := pattern.fullmatch(text):
            return read(match)
    return None


def _month_and_day(text: str, context: Context) -> _Found | None:
    """3.5 as a date only where the sheet itself states the year; 5 alone only where it states the month."""
    if context.month is not None and re.fullmatch(_N, text) and 1 <= int(text) <= 31:
        return _Found(None, None, int(text))
    match = _MONTH_DAY.fullmatch(text) if context.stated else None
    return _full(match) if match else None


def _settle(found: _Found, context: Context, written: str = "") -> Cleaned[Span]:
    """The span of what was written, with the year and month that the context lends."""
    year, month, rule = found.year, found.month, found.rule
    if year is None:
        if context.year is None:
            return _refused("日期缺年份", "只写了月日，标题、表名和统计期间都定不出年份", "请把年份补上")
        year, rule = context.year, INFERRED_STATED if context.stated else INFERRED_PERIOD
        if month is None and found.day is not None:
            if context.month is None:
                return _refused("日期缺月份", "只写了日，定不出月份", "请把年月补上")
            month = context.month
    try:
        span = _span(year, month, found.day)
    except ValueError:
        return _no_such_day(written)
    return _within(span, rule)


def _no_such_day(written: str) -> Cleaned[Span]:
    shown = f"“{written}”" if _SHAPED.fullmatch(written) else "所写日期"
    return _refused("日期不存在", f"{shown}不是日历上的日子", "请与原件核对后改正")


def _span(year: int, month: int | None, day: int | None) -> Span:
    if month is None:
        return Span(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return Span(date(year, month, 1), _month_end(year, month))
    return Span(date(year, month, day), date(year, month, day))


def _month_end(year: int, month: int) -> date:
    return (date(year, month, 28) + timedelta(4)).replace(day=1) - timedelta(1)


def _day(day: date, rule: str) -> Cleaned[Span]:
    return _within(Span(day, day), rule)


def _within(span: Span, rule: str) -> Cleaned[Span]:
    if EARLIEST <= span.first.year <= LATEST:
        return Cleaned(span, rule)
    return _refused(
        "日期超出范围", f"年份是{span.first.year}年，不在{EARLIEST}年至{LATEST}年之间", "请与原件核对后改正"
    )


_PERIODS = re.compile(
    rf"(?:(?P<y>[0-9]{{4}})年?度?)?(?:(?P<m>{_N})月份?(?P<decade>[上中下]旬|月?[初中底末])|第?(?P<q>[1-4])季度?|(?P<half>[上下]半年))",
    re.ASCII,
)
_YEAR_PART = re.compile("(?P<y>[0-9]{4})年?年[初中底末]")


def _special(text: str, context: Context) -> Cleaned[Span] | None:
    """上旬 is the first ten days; 月底 and 年初 are vague, so the whole month or year."""
    if vague := _YEAR_PART.fullmatch(text):
        return _settle(_Found(int(vague["y"]), rule=PART_OF_PERIOD), context, text)
    match = _PERIODS.fullmatch(text)
    if not match:
        return None
    year = int(match["y"]) if match["y"] else context.year
    if year is None:
        return _settle(_Found(None), context)
    first, last = _bounds(match)
    try:
        span = Span(date(year, first, 1), _month_end(year, last))
    except ValueError:
        return _refused("日期不存在", f"“{text}”不是日历上的月份", "请与原件核对后改正")
    inferred = "" if match["y"] else INFERRED_STATED if context.stated else INFERRED_PERIOD
    return _within(_decade(span, match["decade"] or ""), inferred or PART_OF_PERIOD)


def _bounds(match: re.Match[str]) -> tuple[int, int]:
    """The first and last month."""
    if match["m"]:
        return int(match["m"]), int(match["m"])
    if match["q"]:
        return int(match["q"]) * 3 - 2, int(match["q"]) * 3
    return (1, 6) if match["half"] == "上半年" else (7, 12)


def _decade(month: Span, name: str) -> Span:
    match name:
        case "上旬":
            return Span(month.first, month.first.replace(day=10))
        case "中旬":
            return Span(month.first.replace(day=11), month.first.replace(day=20))
        case "下旬":
            return Span(month.first.replace(day=21), month.last)
        case _:
            return month


def _ranged(text: str, context: Context) -> Cleaned[Span] | None:
    """2021年3月5日至7日, 2021.3.5-3.7: the first day, if the last makes sense after it."""
    for match in _cuts(text):
        start = _read(match[0])
        start = start or _start_of(match[0], match[1])
        end = _end_of(match[1], start) if start else None
        if start is None or end is None or (start.month is None and start.day is None):
            continue
        opened, closed = _settle(start, context, match[0]), _settle(end, context, match[1])
        if opened.value is None or closed.value is None:
            return opened if opened.value is None else closed
        if closed.value.last < opened.value.first:
            return _refused("起止日期颠倒", "结束日期早于开始日期", "请与原件核对后改正")
        inferred = opened.rule if start.year is None else START_OF_RANGE
        return Cleaned(opened.value, inferred)
    return None


def _cuts(text: str) -> list[tuple[str, str]]:
    """Each way of cutting the text in two at 至, ~ or a dash, unambiguous signs first."""
    marked = [(text[: m.start()], text[m.end() :]) for m in re.finditer("[~至到]", text)]
    dashed = [(text[: m.start()], text[m.end() :]) for m in re.finditer("-", text)]
    return [(a.strip("从自 "), b.strip(" ")) for a, b in (*marked, *reversed(dashed)) if a and b]


def _start_of(text: str, end: str) -> _Found | None:
    """2021年3月5 of 2021年3月5-7日 reads as a date by itself; 5 of 5-7日 as a day."""
    return _Found(None, None, int(text)) if re.fullmatch(_N, text) and end.endswith(("日", "号")) else None


def _end_of(text: str, start: _Found) -> _Found | None:
    end = _read(text)
    if end is not None and end.year is not None:
        return end
    if end is not None:
        return _Found(start.year, end.month or start.month, end.day)
    if match := _MONTH_DAY.fullmatch(text):
        return _Found(start.year, int(match["m"]), int(match["d"])) if start.day else None
    if re.fullmatch(_N, text) and start.day is not None:
        return _Found(start.year, start.month, int(text))
    return None


def _listed(text: str, context: Context) -> Cleaned[Span] | None:
    """Several dates in a cell: the first, with a warning."""
    parts = [p for p in re.split("[、,，;；\n]|[ /](?=[0-9]{4}[-./年])|和|及", text) if p.strip()]
    if len(parts) < 2:
        return None
    first = _from_text(parts[0], context)
    if first.value is None or not all(re.search("[0-9一二三四五六七八九十]", p) and _dated(p) for p in parts[1:]):
        return None
    fault = Fault("warning", "一格多个日期", f"一格里写了{len(parts)}个日期，取第一个", _EXPECTED, "每个日期单独填一行")
    return Cleaned(first.value, "日期：一格多个日期取第一个", fault)


def _dated(text: str) -> bool:
    plain = _undress(_arabic(text.strip()))[0]
    return _read(plain) is not None or bool(_MONTH_DAY.fullmatch(plain))


def _unread(text: str) -> Cleaned[Span]:
    """A month and day without words is only ambiguous; all else can't be read."""
    if _MONTH_DAY.fullmatch(text) or re.fullmatch(r"[0-9]{6}|[0-9]{1,2}([-./])[0-9]{1,2}\1[0-9]{2,4}", text):
        return _refused("日期有歧义", f"“{text}”可有几种理解", "请写全年月日")
    return _refused("日期无法识别", "看不出是哪一天", "请按年月日填写")


def _refused(kind: str, what: str, do: str = "请按年月日填写，如2021-03-05") -> Cleaned[Span]:
    return Cleaned(None, "", Fault("error", kind, what, _EXPECTED, do))
