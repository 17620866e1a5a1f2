"""The number of a table's cell, by what its row's and column's heads say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zhengfa_stats.language.citing.binding import Binder
from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.discourse import Discourse
from zhengfa_stats.language.citing.levels import Found
from zhengfa_stats.language.citing.lists import doubled
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.words import MARK, RELATION, Said
from zhengfa_stats.language.passages import Passage
from zhengfa_stats.language.periods import find_periods
from zhengfa_stats.query import Clock, canonical
from zhengfa_stats.reading.indicator_names import names_of

_MEASURE = re.compile(r"[（(]\s*(?:单位\s*[:：]\s*)?(人次|件次|场次|[条件个起宗项人名位次场期份篇家%％])\s*[)）]")
_IDLE = re.compile(
    r"序号|指标名称|指标|项目|名称|合计|小计|总计|共计|累计|数值|单位[:：]|其中[:：]?|[一二三四五六七八九十\d]+[.、．]|数$|人数$|数量$"
)
_THIS_TIME = re.compile(r"本期(?!新?收|查结|办结)|当期(?!查结|办结)")


def in_cell(passage: Passage, spots: Sequence[Spot], binder: Binder, clock: Clock) -> list[Found]:
    """The figure of a cell that holds one number and nothing else; nothing for a cell of prose."""
    rest = passage.text[: spots[0].start] + passage.text[spots[0].until :]
    if not passage.heads or len(spots) > 1 or rest.strip():
        return []
    return [by_heads(spots[0], passage.heads, binder, clock)]


def by_heads(spot: Spot, heads: Sequence[str], binder: Binder, clock: Clock) -> Found:
    """The figure that heads name, for the place where it goes."""
    text = "，".join(heads)
    if _THIS_TIME.search(text):
        return Found(spot, why="表头写的“本期”从哪天起，表上没有写明")
    found = _MEASURE.search(text)
    measure = found[1].replace("％", "%") if found else spot.measure
    plain = _IDLE.sub(lambda m: "，" * len(m[0]), _MEASURE.sub(lambda m: "，" * len(m[0]), text))
    periods = find_periods(plain, clock, binder.schema.periods)
    words = binder.words.read(plain, skip=[(p.start, p.end) for p in periods])
    said = tuple(w for w in words if w.senses and w.facet not in (MARK, RELATION))
    clause = Clause(0, len(plain), "。", 0, (spot,), said, periods=tuple(periods), text=plain)
    told = Discourse(binder, clock)
    told.enter(clause)
    limits = any(w.facet == RELATION or w.value in ("打算", "外", "限") for w in words if w.facet in (MARK, RELATION))
    if told.barred or limits:
        return Found(spot, why=f"表头“{'/'.join(heads)}”限定了范围，程序认不准")
    if two := doubled(said, clause):
        return Found(spot, why=f"表头同时说到{''.join(f'“{w.text}”' for w in two)}")
    unknown = [w for w in words if w.senses is None]
    bounds = [] if unknown else binder.fits(said, measure)
    if len(bounds) == 1:
        b = bounds[0]
        return told.timed(Found(spot, b.expr, b.key, b.indicator.unit, bare=b.expr, base=b.indicator.key))
    return _by_name(spot, heads, said, binder, told) or Found(spot, why=_why(heads, unknown, len(bounds)))


def _by_name(spot: Spot, heads: Sequence[str], said: Sequence[Said], binder: Binder, told: Discourse) -> Found | None:
    """The figure whose name in 汇总表 the heads are, narrowed by the unit or region that one of them is."""
    offices = [w for w in said if w.facet in ("单位", "区划")]
    parts = [h for h in heads if not any(w.text in h and len(w.text) >= len(h.strip()) for w in offices)]
    parts = [p for p in parts if _IDLE.sub("", p).strip()]
    names = names_of(binder.schema)
    keys = {key for order in _orders(parts) for key in names.find(order, ())} if parts else set()
    if len(keys) != 1:
        return None
    indicator = binder.schema.indicators[keys.pop()]
    expr = binder.narrowed(indicator.of, {("", w.facet): [w.value] for w in offices})
    if expr is None:
        return None
    return told.timed(
        Found(spot, expr, binder.keys.get(canonical(expr)), indicator.unit, bare=expr, base=indicator.key)
    )


def _orders(parts: Sequence[str]) -> Iterator[Sequence[str]]:
    yield parts
    if len(parts) > 1:
        yield parts[::-1]


def _why(heads: Sequence[str], unknown: Sequence[Said], n: int) -> str:
    text = "/".join(heads)
    if n > 1:
        return f"表头“{text}”可以是几个指标，分不清是哪一个"
    if unknown:
        return f"表头“{text}”里的{''.join(f'“{w.text}”' for w in unknown)}不认识"
    return f"没有与表头“{text}”相符的指标"
