"""What title, notes, sheet and file name say of a whole table, as values: the sender, the cut-off, the year, the dates held."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zhengfa_stats.config import Config
from zhengfa_stats.reading.cleaning import dates, units
from zhengfa_stats.reading.cleaning.result import Office, Span
from zhengfa_stats.reading.sheets import Sheet, Table
from zhengfa_stats.reading.stated import Stated, region_of, stated, title_over
from zhengfa_stats.records import Place, Problem

_HELD = re.compile(
    r"(?<!填报)(?<!填表)(?<!统计)(?<!制表)(?<!报送)(?:培训|轮训|学习|活动|开展|举办|会议|考试)?(?:起止)?(?:时间|日期)\s*[:：]\s*(.+)"
)
_RANGE = re.compile(
    r"(?<!\d)(?:(20\d\d)[年./-])?(\d{1,2})[月./-](\d{1,2})[日号]?[-—–~～至到]+(?:(20\d\d)[年./-])?(?:(\d{1,2})[月./-])?"
    r"(\d{1,2})[日号]?(?![\d年月./-])"
)
_DAY = re.compile(r"[（(](20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})[日号]?[）)]")
_REPORTING = re.compile(r"(?:截[至止]|填[报表]|制表|报送|上报|统计|打印|导出)[^()（）]{0,6}$")
_EVENT = re.compile(r"培训|轮训|学习|开班|期班|集训|活动|会议|大会|座谈|讲座|党课|考试|测试|签到")
_COLLECTED = re.compile(r"台账|汇总|统计|一览|情况表")  # of many events: a day in its title is when it was drawn up
_SOME_COUNTY = re.compile("[县区旗]")  # 县公安局: of a county that is not named, never the city's
_LONGEST = 31  # days that one course may last; more is a period of reporting
_MMDD = re.compile(r"(0[1-9]|1[0-2])([0-2]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the surroundings say; None and () where they say nothing or could not be understood."""

    sender: Office | None = None
    as_of: date | None = None
    filled_on: date | None = None
    year: int | None = None
    month: int | None = None
    held: Span | None = None
    problems: tuple[Problem, ...] = ()
    months: tuple[int, int] | None = None  # the first and last month of the period
    region: str = ""  # the county or district that the table as a whole is about


def surroundings(table: Table, sheet: Sheet, file: str, config: Config) -> Surroundings:
    """The surroundings of a table, cleaned; what contradicts itself or is not understood is a problem."""
    says = stated(table, sheet, file, config.schema)
    year = says.period_year or _only_year(config)
    problems = [
        Problem("warning", "填报单位不明", Place(file, sheet.name), doubt, "请在表头上方写明填报单位")
        for doubt in says.doubts
    ]
    region = says.region_text or _region_of_folder(says, file, config)
    sender, found = _sender(says, region, file, sheet, config)
    problems += found
    as_of, found = _as_of(says, year, file, sheet)
    problems += found
    filled = dates.clean(says.filled_text or None, dates.Context(year=year)).value
    return Surroundings(
        sender,
        as_of,
        filled and filled.last,
        says.period_year,
        says.period_month,
        _held(table, sheet, says, year),
        tuple(problems),
        says.period_months,
        (sender.region if sender else "") or region,
    )


def _only_year(config: Config) -> int | None:
    """The project's year, if its period lies within one."""
    clock = config.clock
    return clock.as_of.year if clock.since.year == clock.as_of.year else None


def _region_of_folder(says: Stated, file: str, config: Config) -> str:
    """The county whose folder the file lies in; nothing where the city's own unit sends it."""
    if units.names_city(says.unit_text, config.city):
        return ""
    folders = file.replace("\\", "/").split("/")[:-1]
    return next((region for name in reversed(folders) if (region := region_of(name)) and region != config.city), "")


def _sender(says: Stated, region: str, file: str, sheet: Sheet, config: Config) -> tuple[Office | None, list[Problem]]:
    if not says.unit_text:
        return None, []
    cleaned = units.clean(says.unit_text, config.schema.vocabularies["unit"], config.city)
    if cleaned.value is None:
        what = f"填报单位“{says.unit_text}”不是已知的单位"
        do = f'请改正，或在 zhengfa.toml 写：[vocabularies.unit] 下 "公安局" = ["{says.unit_text}"]（换成对应的单位）'
        return None, [Problem("warning", "填报单位不明", Place(file, sheet.name), what, do)]
    office = cleaned.value
    if office.region or units.names_city(says.unit_text, config.city):  # 市公安局's sheet about 甲县 is the city's
        return office, []
    if not region and (some := _SOME_COUNTY.match(says.unit_text)):
        what = f"填报单位写的是“{says.unit_text}”，看不出是哪个{some[0]}，区划暂记“某{some[0]}”"
        do = "请在标题或填报单位里写明县区，如 甲县公安局；或把文件放进以县区命名的文件夹"
        problem = Problem("warning", "区划不明", Place(file, sheet.name), what, do)
        return Office(office.unit, f"某{some[0]}"), [problem]
    return Office(office.unit, region), []


def _as_of(says: Stated, year: int | None, file: str, sheet: Sheet) -> tuple[date | None, list[Problem]]:
    text = says.as_of_text
    if not text:
        return None, []
    if (match := _MMDD.fullmatch(text)) and year:
        text = f"{year}年{int(match[1])}月{int(match[2])}日"
    if (match := re.fullmatch(r"((?:\d{4}年)?\d{1,2}月)[底末]", text)) or (
        match := re.fullmatch(r"(\d{4}年)[底末]?", text)
    ):
        text = match[1]
    cleaned = dates.clean(text, dates.Context(year=year))
    if cleaned.value is None:
        return None, [
            Problem(
                "warning",
                "截至日期不明",
                Place(file, sheet.name),
                f"看不懂截至日期“{says.as_of_text}”",
                "请写成 截至2021年6月30日",
            )
        ]
    return cleaned.value.last, []


def _held(table: Table, sheet: Sheet, says: Stated, year: int | None) -> Span | None:
    """When the whole table's events were held: a note 培训时间：…, days in title or sheet's name, else the one month."""
    for note in (*table.notes, table.title):
        if match := _HELD.search(note):
            cleaned = dates.clean(match[1].strip(), dates.Context(year=year))
            if cleaned.value is not None:
                return cleaned.value
    texts = (title_over(table, sheet), sheet.name, *(n for n in table.notes if _RANGE.fullmatch(n.strip(" （()）"))))
    for text in texts:
        if span := held_in("".join(text.split()), year):
            return span
    if says.period_month and year:
        first = date(year, says.period_month, 1)
        return Span(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    return None


def held_in(text: str, year: int | None = None) -> Span | None:
    """The first day that a title or a sheet's name gives to one event, as for a cell; `year` is for what writes none.

    >>> held_in("政治轮训第一期学员名单（2021年3月8日至12日）")
    Span(first=datetime.date(2021, 3, 8), last=datetime.date(2021, 3, 8))
    >>> held_in("政治轮训签到表（2021年3月8日）").first, held_in("轮训3月8日-12日", 2021).first
    (datetime.date(2021, 3, 8), datetime.date(2021, 3, 8))
    >>> held_in("培训台账（截至2021年3月8日）"), held_in("线索台账（2021年1月1日至6月30日）"), held_in("培训台账（2021年3月8日）")
    (None, None, None)
    """
    if (match := _RANGE.search(text)) and not _REPORTING.search(text[: match.start()]):
        y, m, d, y2, m2, d2 = match.groups()
        begun = y or year
        span = _span((begun, m, d), (y2 or begun, m2 or m, d2)) if begun else None
        return Span(span.first, span.first) if span and (span.last - span.first).days < _LONGEST else None
    if (match := _DAY.search(text)) and _EVENT.search(text) and not _COLLECTED.search(text):
        return _span(match.groups(), match.groups())
    return None


def _span(first: tuple[Any, ...], last: tuple[Any, ...]) -> Span | None:
    try:
        span = Span(date(*map(int, first)), date(*map(int, last)))
    except ValueError:
        return None  # no such days
    return span if span.first <= span.last else None
