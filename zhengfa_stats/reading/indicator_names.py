"""The names that indicators go by in 汇总表: a header's or a row's words → the indicators they may mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from zhengfa_stats.reading.headers import bare, is_harmless, tidy
from zhengfa_stats.schema import Schema

_SORTS: Mapping[str, str] = {  # measure words of one sort count the same thing
    **dict.fromkeys(("条", "件", "个", "起", "宗", "项"), "件"),
    **dict.fromkeys(("人", "名", "位"), "人"),
    **dict.fromkeys(("次", "场", "场次", "期", "期次"), "次"),
    **dict.fromkeys(("人次", "件次", "份", "篇", "%"), ""),
}
_MEASURE = re.compile(r"(?:单位:?)?(人次|件次|场次|期次|[条件个起宗项人名位次场期份篇%])数?")
_TAIL = re.compile(r"(?<=.)(?:总?(?:(人次|件次|场次|[条件个起宗项人次场期份篇])数|数量|总数|数)|(人次|件次))$")
_PERSONS = re.compile(r"(?<!一般)(?<!普通)(?:政法)?(?:干警|干部|人员|民警|人数?$)")
_FILLERS = re.compile(r"^其中:?|^含:?|的|\d+[.、]|[/、,:]")
_SUMS = frozenset(
    [
        "合计",
        "小计",
        "总计",
        "总数",
        "总量",
        "数量",
        "数",
        "计",
        "共计",
        "总体",
        "人数",
        "件数",
        "条数",
        "次数",
        "合计数",
        "数值",
        "数据",
        "值",
        "完成数",
        "完成情况",
        "报送数",
        "实际数",
    ]
)
_HOLLOW = re.compile(
    r"(?:基本|办理|处置|核查|查办|工作|进展|总体|有关|相关|报送|统计|汇总|开展|举办|数据)*(?:情况|数据|信息|内容|项目|指标|统计|汇总)?"
)

_HEADINGS = re.compile(  # the parts of a work plan: they say where a figure stands, not which it is
    r"政法|队伍|教育整顿|政治|学习教育|教育活动|宣传教育|建章立制|制度建设|查纠整改|总结提升|监督执纪|执纪问责|[专主]题|活动|工作"
)


class Stem(NamedTuple):
    """Words without what says nothing, and the sort of thing that they count ("" where they do not say)."""

    text: str
    sort: str = ""


def stem(text: str) -> Stem:
    """A part of a header as it is compared.

    >>> stem("收到的线索数（件）"), stem("其中：科级干部"), stem("处理人次")
    (Stem(text='收到线索', sort='件'), Stem(text='科级', sort=''), Stem(text='处理', sort='人次'))
    >>> stem("合计（人）"), stem("查结（含转办）")
    (Stem(text='', sort='人'), Stem(text='查结(含转办)', sort=''))
    """
    base, remarks = bare(tidy(text))
    sort = next((_sort(m[1]) for r in remarks if (m := _MEASURE.fullmatch(r))), "")
    plain = _FILLERS.sub(
        "",
        (base if is_harmless(r for r in remarks if not _MEASURE.fullmatch(r)) else tidy(text)).replace(
            "问题线索", "线索"
        ),
    )
    if plain in _SUMS:
        return Stem("", sort or _sort(plain[:1]) if plain[1:] == "数" else sort)
    if tail := _TAIL.search(plain):
        sort = sort or _sort(tail[1] or tail[2] or "")
        plain = plain[: tail.start()]
    elif plain.endswith(("人数", "总人数")):
        sort = sort or "人"
    return Stem(_PERSONS.sub("", plain) or plain, sort)


def _sort(measure: str) -> str:
    return _SORTS.get(measure, "") or (measure if measure in _SORTS else "")


@dataclass(frozen=True)
class IndicatorNames:
    """The declared names of all indicators, by their stems."""

    schema: Schema
    _known: dict[str, dict[str, str]] = field(default_factory=dict)  # stem → indicator → the sort its name says
    _written: dict[str, str] = field(default_factory=dict)  # a name as declared → its indicator

    @property
    def topics(self) -> tuple[str, ...]:
        """What indicators are about: 线索, 处理, 轮训 …"""
        return tuple(dict.fromkeys(key.split(".")[0] for key, i in self.schema.indicators.items() if i.reported_as))

    def topics_in(self, text: str) -> tuple[str, ...]:
        return tuple(t for t in self.topics if t in tidy(text))

    def is_hollow(self, part: str) -> bool:
        """Whether a group adds nothing but perhaps its topic: 线索办理情况."""
        text = stem(part).text
        for topic in sorted(self.topics, key=len, reverse=True):
            text = text.replace(topic, "", 1)
        return bool(_HOLLOW.fullmatch(_HEADINGS.sub("", text)))

    def find(self, parts: Sequence[str], topics: Iterable[str], beside: Collection[str] = ()) -> tuple[str, ...]:
        """The indicators that a header means, given as its parts from the group down; one where it is clear.

        All parts that say something must belong to the name. `topics` are what the table speaks of, tried where the
        header alone is no name; `beside` the indicators that the table is known to have.
        """
        groups, last = parts[:-1], parts[-1]
        told = [p for p in groups if not self.is_hollow(p)]
        own = tuple(t for p in groups if p not in told for t in self.topics_in(p))
        sort = next((s for p in reversed(parts) if (s := stem(p).sort)), "")
        texts = [text for p in (*told, last) if (text := stem(p).text)]
        forms = [*_orders(texts)] if texts else []
        if found := self._of(forms if not own else [], sort, beside):
            return found
        if found := self._of([t + form for t in own for form in (forms or [""])], sort, beside):  # 线索/合计
            return found
        if found := self._of([t + form for t in topics for form in forms], sort, beside):
            return found
        return self._of(forms, sort, beside)

    def _of(self, forms: Iterable[str], sort: str, beside: Collection[str]) -> tuple[str, ...]:
        found = {key for form in forms for key, own in self._known.get(form, {}).items() if self._suits(key, own, sort)}
        special = {k for k in found if set(self.schema.indicators[k].reported_beside) & set(beside)}
        plain = {k for k in found if not self.schema.indicators[k].reported_beside}
        return tuple(sorted(special or plain))

    def _suits(self, key: str, own: str, sort: str) -> bool:
        """What the header counts is what the indicator counts; 处理 alone might be persons, acts or clues."""
        if not sort:
            return own not in ("人", "人次", "件次")
        return sort == (own or _sort(self.schema.indicators[key].unit))

    def nearest(self, text: str) -> str:
        """The indicator whose name looks most alike, to propose."""
        from rapidfuzz import fuzz, process  # only when something is unknown

        best = process.extractOne(tidy(text), self._written.keys(), scorer=fuzz.ratio)
        return self._written[best[0]] if best else next(iter(self.schema.indicators), "")


def _orders(texts: Sequence[str]) -> Iterator[str]:
    """线索/收到 is 线索收到 and 收到线索."""
    yield "".join(texts)
    if len(texts) == 2:
        yield texts[1] + texts[0]


_PREPARED: dict[int, IndicatorNames] = {}


def names_of(schema: Schema) -> IndicatorNames:
    """The names that a schema declares, prepared once."""
    known = _PREPARED.get(id(schema))
    if known is None or known.schema is not schema:
        stems: dict[str, dict[str, str]] = defaultdict(dict)
        written = {}
        for key, indicator in schema.indicators.items():
            for name in indicator.reported_as:
                parts = [stem(p) for p in re.split("/", name)]
                form = "".join(s.text for s in parts)
                sort = next((s.sort for s in reversed(parts) if s.sort), "")
                if stems[form].get(key, sort) != sort:
                    sort = ""
                stems[form][key] = sort
                written[tidy(name)] = key
        _PREPARED[id(schema)] = known = IndicatorNames(schema, dict(stems), written)
    return known
