"""What the texts around a table state of all its rows: who sends it, as of when, for which period and region."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from zhengfa_stats.reading.headers import tidy
from zhengfa_stats.reading.sheets import Role, Sheet, Table
from zhengfa_stats.schema import Schema, Vocabulary

Origin = Literal["note", "title", "sheet", "file"]  # in the order of their weight


@dataclass(frozen=True, slots=True)
class Stated:
    """What a note, else the title, else the sheet's name, else the file's name says; texts as written, tidied.

    `period_months` are the first and last month of the period (上半年: 1, 6); `origins` says where each was found;
    `doubts` are sentences about units that contradict each other, of which none was taken.
    """

    unit_text: str = ""
    region_text: str = ""
    as_of_text: str = ""
    filled_text: str = ""  # 填报日期: when the form was filled in, which is no cut-off date
    period_year: int | None = None
    period_months: tuple[int, int] | None = None
    origins: Mapping[str, Origin] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()

    @property
    def period_month(self) -> int | None:
        """The month of a period of one month."""
        return self.period_months[0] if self.period_months and len({*self.period_months}) == 1 else None


def stated(table: Table, sheet: Sheet, file_name: str, schema: Schema) -> Stated:
    """What the texts around a table state; `file_name` may have a folder and an ending."""
    reader = _Reader(schema.vocabularies.get("unit"))
    stem = file_name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    texts: list[tuple[Origin, str]] = [("note", n) for n in _paired(table.notes)]
    texts += [("title", title_over(table, sheet)), ("sheet", sheet.name), ("file", stem)]
    for origin, text in texts:
        reader.read(origin, text)
    return reader.stated()


def title_over(table: Table, sheet: Sheet) -> str:
    """The title cells right over a table; its whole title where none stands there (side by side, each has its own)."""
    rows = table.rows_of(Role.TITLE)
    cells = (c for r in rows for c in sheet.rows[r - 1][table.range.left - 1 : table.range.right])
    return "\n".join(c.strip() for c in cells if isinstance(c, str) and c.strip()) or table.title


def _paired(notes: tuple[str, ...]) -> Iterator[str]:
    """The notes, with a lone label joined to the cell after it: 填报单位： | 市公安局."""
    label = ""
    for note in notes:
        if re.search(r"[:：]\s*$", note) and not label:
            label = note
            continue
        yield label + note
        label = ""
    if label:
        yield label


# ── units ────────────────────────────────────────────────────────────────────────────────────────────────────────
_SENDER = re.compile(
    r"(?:填报|报送|上报|填表|制表|呈报|报告|编报|汇总|主送|申报)(?:单位|部门|机关)(?:名称)?(?:\([^()]*\))?:?([^:,;，；。]+)"
    r"|(?:^|\s)单位名称:([^:,;，；。]+)"
)
_UNIT_COLON = re.compile(r"(?:^|[\s(,;])(?:单位|部门)(?:\([^()]*\))?:([^:\s,;()]+)")
_MEASURE = re.compile(
    r"(?:万|亿|千|百)?[件人条次份篇个项名元分场期起户宗%天辆](?:次|数)?(?:[/、,和](?:万|亿)?[件人条次份篇个项名元分场期起户宗%天](?:次)?)*|人民币.*"
)
_LABEL = re.compile(
    r"\s+(?=\S{2,8}:)|\s{2,}|(?=(?:截[至止]|填[报表](?:日期|时间|人)|统计(?:时间|日期)|单位:|联系人|负责人|审核人|制表人))"
)
_PASSED_ON_BEFORE = re.compile(r"(?:移交|移送|转办|转交|转|交办|报送|报|送|呈|致|发)(?:给|至|到|往)?$")
_PASSED_ON_AFTER = re.compile(r"移交|移送|转办|转来|转交|交办|转")
_PLACE_TAIL = re.compile(r"[\u4e00-\u9fff]{1,8}(?:省|自治区|市|州|盟|县|区|旗)$|[市县区省]$")
_NO_PLACE = re.compile(r".*(?:关于|上报|报送|填报|全国|全省|全市|全县|全区|各|及|和|与|的|年|月|度|日|表|附件\d*)")
_REGION = re.compile(r"[\u4e00-\u9fff]{1,4}(?<!全)(?<!各)[县区旗]")
_NO_REGION = re.compile(r"(?:[全各市城辖地郊社小园校库景片战片军]|县)区$|市县$|[全各]县$")


class _Reader:
    """Takes what each text says in turn; what an earlier text said stands."""

    def __init__(self, units: Vocabulary | None) -> None:
        self.units = units
        self.found: dict[str, object] = {}
        self.origins: dict[str, Origin] = {}
        self.doubts: list[str] = []

    def read(self, origin: Origin, text: str) -> None:
        text = spaced(text)
        if unit := self._unit(origin, text):
            self._take("unit_text", unit, origin)
        if region := region_of(text):
            self._take("region_text", region, origin)
        if as_of := as_of_in(text, bare_days=origin in ("title", "sheet", "file")):
            self._take("as_of_text", as_of, origin)
        if filled := filled_in(text):
            self._take("filled_text", filled, origin)
        year, months = period_in(_FILLED.sub("", text))
        if year:
            self._take("period_year", year, origin)
        if months:
            self._take("period_months", months, origin)

    def _take(self, name: str, value: object, origin: Origin) -> None:
        if name not in self.found:
            self.found[name], self.origins[name] = value, origin

    def stated(self) -> Stated:
        return Stated(**self.found, origins=self.origins, doubts=tuple(self.doubts))  # type: ignore[arg-type]

    def _unit(self, origin: Origin, text: str) -> str:
        if sender := sender_in(text, self.units):
            return sender
        if origin == "note" or self.units is None or "unit_text" in self.found:
            return ""
        mentions = units_in(text, self.units)
        if len({term for _, term in mentions}) > 1:
            names = "”和“".join(dict.fromkeys(written for written, _ in mentions))
            self.doubts.append(f"“{text}”里有“{names}”，看不出哪个是填报单位")
            return ""
        return mentions[0][0] if mentions else ""


def spaced(text: str) -> str:
    """A text in half-width with its spaces kept, line ends as spaces.

    >>> spaced("填报单位：市局　　（截至６月底）")
    '填报单位:市局  (截至6月底)'
    """
    return re.sub(r"[\r\n\t\u3000\xa0]", " ", "".join(tidy(c) or _kept(c) for c in text)).strip()


def _kept(char: str) -> str:
    return {"：": ":", "，": ",", "；": ";"}.get(char, char if char in ":;,，。.、·_" or char.isspace() else "")


def sender_in(text: str, units: Vocabulary | None) -> str:
    """The unit after 填报单位：, 报送单位：, or 单位： where no measure stands there.

    >>> sender_in("填报单位(盖章):市公安局   单位:件", None), sender_in("单位:人", None)
    ('市公安局', '')
    """
    if match := _SENDER.search(text):
        named = _LABEL.split((match[1] or match[2]).strip())[0].strip()
        return re.sub(r"\((?:盖章|公章|章|签章|印章|加盖公章|零报告)\)?$", "", named).strip(" ()")
    if match := _UNIT_COLON.search(text):
        named = match[1].strip()
        if not _MEASURE.fullmatch(named) and (
            re.search(r"[局院委办厅处队所部庭站组会监狱]$", named) or _knows(units, named)
        ):
            return named
    return ""


def _knows(units: Vocabulary | None, text: str) -> bool:
    return units is not None and bool(units_in(text, units))


def units_in(text: str, units: Vocabulary) -> list[tuple[str, str]]:
    """Each unit that a text names, with the place before it, and its term; who is handed something is no sender."""
    return [
        (_with_place(text, start, end), term)
        for start, end, term in _spans(text, units)
        if not _PASSED_ON_BEFORE.search(text[:start]) and not _PASSED_ON_AFTER.match(text[end:])
    ]


def _spans(text: str, units: Vocabulary) -> list[tuple[int, int, str]]:
    """Where units are named; names of one unit that overlap are one (市公安 + 公安局), of two units the longer stands."""
    hits = [
        (m.start(), m.end(), units.written[written])
        for written, form in _forms(tuple(units.written))
        if form in text
        for m in re.finditer(re.escape(form), text)
    ]
    spans: list[tuple[int, int, str]] = []
    for start, end, term in sorted(hits, key=lambda h: (h[0] - h[1], h[0])):
        over = next((s for s in spans if start < s[1] and s[0] < end), None)
        if over is None:
            spans.append((start, end, term))
        elif over[2] == term:
            spans[spans.index(over)] = (min(start, over[0]), max(end, over[1]), term)
    return sorted(spans)


@lru_cache(maxsize=8)
def _forms(written: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Each way of writing a unit as it stands in a tidied text; one character names none."""
    return tuple((w, form) for w in written if len(form := tidy(w)) > 1)


def _with_place(text: str, start: int, end: int) -> str:
    """A unit with the place name right before it: 示例市公安局 in 关于示例市公安局."""
    begin = start + (text[start] in "省市县区旗州")
    before = _NO_PLACE.sub("", re.split(r"[^\u4e00-\u9fff]", text[:begin])[-1])
    match = _PLACE_TAIL.search(before)
    return (match[0] if match else text[start:begin]) + text[begin:end]


def region_of(text: str) -> str:
    """The county or district that a text names, if one.

    >>> region_of("甲县公安局线索台账"), region_of("全县线索台账"), region_of("示例市乙区2021年")
    ('甲县', '', '乙区')
    """
    found = {re.sub(r"^.*[省市州盟年月日度]", "", m[0]) for m in _REGION.finditer(text)}
    found = {region for region in found if len(region) > 1 and not _NO_REGION.search(region)}
    return found.pop() if len(found) == 1 else ""


# ── dates ────────────────────────────────────────────────────────────────────────────────────────────────────────
_YMD = (
    r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}[日号]|底|末|上旬|中旬|下旬)?|\d{4}年(?:底|末)?|"
    r"(?:19|20)\d{6}|\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?"
)
_AS_OF = re.compile(rf"截[至止](?:到|至|日期|时间)?:?\s*(?:目前)?({_YMD}|\d{{1,2}}\.\d{{1,2}}|\d{{4}}(?!\d))")
_CUT_OFF = re.compile(rf"(?:统计截?[至止]?|数据截[至止]?)(?:时间|日期|时点):?\s*(?:截[至止])?({_YMD})(?!\s*[-—~至到])")
_BARE_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?!\d)")
_DAY_IN_BRACKETS = re.compile(r"\((\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?)\)")
_FILLED = re.compile(rf"(?:填[报表]|报送|制表|上报|编制)(?:日期|时间):?\s*({_YMD})")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|[-./]\d|\D?(?:0[1-9]|1[0-2])\D|\D?(?:0[1-9]|1[0-2])$|年?度|$|\D)")
_HALF = {"上": (1, 6), "下": (7, 12)}
_ORDINAL = {c: i for i, c in enumerate("一二三四", 1)} | {str(i): i for i in range(1, 5)}
_CJK_MONTH = {c: i for i, c in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
_MONTH = r"(\d{1,2}|十[一二]|[一二三四五六七八九十])"
_MONTHS = re.compile(rf"(?<!\d){_MONTH}月?[-—~至到]+{_MONTH}月")
_ONE_MONTH = re.compile(rf"(?<![\d十]){_MONTH}月(?:份)?(?![\d十])")
_YEAR_MONTH = re.compile(r"(?<!\d)(?:19|20)\d{2}[-./]?(0[1-9]|1[0-2])(?!\d|[-./]\d)")


def as_of_in(text: str, *, bare_days: bool = False) -> str:
    """The cut-off date as written after 截至; with `bare_days` also 20210630 and （2021.6.30）.

    >>> as_of_in("(截至2021年6月30日)"), as_of_in("截止6月底"), as_of_in("线索台账截至0630"), as_of_in("台账20210630")
    ('2021年6月30日', '6月底', '0630', '')
    >>> as_of_in("台账20210630", bare_days=True)
    '20210630'
    """
    patterns = (_AS_OF, _CUT_OFF, _BARE_DAY, _DAY_IN_BRACKETS) if bare_days else (_AS_OF, _CUT_OFF)
    return next((m[1] for pattern in patterns if (m := pattern.search(text))), "")


def filled_in(text: str) -> str:
    """The date after 填报日期：.

    >>> filled_in("填报日期:2021年7月2日")
    '2021年7月2日'
    """
    match = _FILLED.search(text)
    return match[1] if match else ""


def period_in(text: str) -> tuple[int | None, tuple[int, int] | None]:
    """The year, and the first and last month, that a text names.

    >>> period_in("2021年上半年线索台账"), period_in("第二季度"), period_in("6月份"), period_in("2021年1-6月")
    ((2021, (1, 6)), (None, (4, 6)), (None, (6, 6)), (2021, (1, 6)))
    """
    year = int(m[1]) if (m := _YEAR.search(text)) else None
    return year, _months_in(text)


def _months_in(text: str) -> tuple[int, int] | None:
    if m := re.search(r"([上下])半年", text):
        return _HALF[m[1]]
    if m := re.search(r"第?([一二三四1-4])季度", text):
        last = _ORDINAL[m[1]] * 3
        return last - 2, last
    if m := _MONTHS.search(text):
        return _range(_month(m[1]), _month(m[2]))
    if m := _ONE_MONTH.search(_AS_OF.sub("", text)):
        return _range(_month(m[1]), _month(m[1]))
    if m := _YEAR_MONTH.search(text):
        return int(m[1]), int(m[1])
    return (1, 12) if re.search(r"全年|年度(?!第)", text) else None


def _month(text: str) -> int:
    return _CJK_MONTH[text] if text in _CJK_MONTH else int(text)


def _range(first: int, last: int) -> tuple[int, int] | None:
    return (first, last) if 1 <= first <= last <= 12 else None
