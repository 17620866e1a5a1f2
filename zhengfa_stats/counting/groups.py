"""What rows are grouped by: a key that engines compute, and the label and the order that people see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import narwhals as nw

from zhengfa_stats.counting.compile import Scope, literal
from zhengfa_stats.counting.frames import CITY_LEVEL, type_of
from zhengfa_stats.counting.meaning import resolve
from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import AsOf, By
from zhengfa_stats.schema import Vocabulary

UNFILLED, UNSURE = "未填", "不详"  # nothing is written; what is written does not say which group
_UNSURE_KEY = -1

Order = tuple[int, float | str]  # filled groups before 不详 and 未填
Label = tuple[Order, str]


@dataclass(frozen=True, slots=True)
class Axis:
    """One `by`: the key of a value (a column's expression → the key's expression) and the label of a key."""

    by: By
    is_list: bool
    key: Callable[[nw.Expr, nw.Expr], nw.Expr]  # of the value, or of a date's first and last day
    name: Callable[[Any], Label]

    def of(self, scope: Scope) -> nw.Expr:
        """The key of a row; of a list, the list: its values' keys come after it is exploded."""
        value = scope.read(self.by.field)
        if self.is_list:
            return value
        return self.key(value, scope.last(self.by.field) if scope.is_date(self.by.field) else value)

    def label(self, key: Any) -> Label:
        """The order and the label of a key as the engine gave it."""
        return ((2, 0), UNFILLED) if key is None else self.name(key)


def axis(by: By, scope: Scope) -> Axis:
    """How a field groups rows; QueryError when it can't be grouped so."""
    field, is_list = scope.field(by.field), scope.is_list(by.field)
    if field.kind == "persons":
        raise QueryError(f"不能按“{field.name}”分组：人员不逐一显示", scope.place, "请按单位、职级等分组")
    vocabulary, kind = scope.vocabulary(by.field), type_of(field)
    if by.edges and kind in ("number", "date"):
        return Axis(by, False, *_bins(by, scope, kind == "date"))
    if not by.edges and kind == "date" and by.level in _GRAINS:
        return Axis(by, False, *_GRAINS[by.level])
    if by.edges or kind == "date" or by.level in _GRAINS:
        raise QueryError(f"“{field.name}”不能这样分组", scope.place, "日期按月、季、年或分段，其他字段按取值")
    if kind == "flag":
        return Axis(by, False, _first, _yes_no)
    if kind == "number":
        return Axis(by, False, _first, lambda key: ((0, key), f"{key:g}"))
    if by.field == "region":
        return Axis(by, False, _first, lambda key: ((0, "" if key == CITY_LEVEL else key), key))
    if vocabulary is None:
        order = {c.term: i for i, c in enumerate(field.when)}
        return Axis(by, is_list, _first, lambda key: ((0, order.get(key, len(order)) if order else key), key))
    key = _top(vocabulary) if by.level == "top" else _first
    return Axis(by, is_list, key, lambda key: ((0, vocabulary.order.get(key, len(vocabulary.order))), key))


def _first(value: nw.Expr, _: nw.Expr) -> nw.Expr:
    return value


def _yes_no(key: Any) -> Label:
    return ((0, 0), "是") if key else ((0, 1), "否")


def _top(vocabulary: Vocabulary) -> Callable[[nw.Expr, nw.Expr], nw.Expr]:
    """Only terms below the top are renamed: a value that the vocabulary no longer has stays visible."""
    below = {term: top for term, top in vocabulary.tops.items() if term != top}
    if not below:
        return _first
    return lambda value, _: value.replace_strict(list(below), list(below.values()), default=value)


# -- dates by month, quarter, year


def _month(day: nw.Expr) -> nw.Expr:
    return day.dt.year() * 12 + day.dt.month() - 1


def _quarter(day: nw.Expr) -> nw.Expr:
    return day.dt.year() * 4 + (day.dt.month() - 1) // 3


def _year(day: nw.Expr) -> nw.Expr:
    return day.dt.year()


def _both_ends(of: Callable[[nw.Expr], nw.Expr]) -> Callable[[nw.Expr, nw.Expr], nw.Expr]:
    """The key of a date, 不详 where its first and last possible day fall into different groups."""

    def key(first: nw.Expr, last: nw.Expr) -> nw.Expr:
        return nw.when(of(first) == of(last)).then(of(first)).when(~first.is_null()).then(nw.lit(_UNSURE_KEY))

    return key


def _or_unsure(name: Callable[[Any], Label]) -> Callable[[Any], Label]:
    return lambda key: ((1, 0), UNSURE) if key == _UNSURE_KEY else name(key)


_GRAINS: dict[str, tuple[Callable[[nw.Expr, nw.Expr], nw.Expr], Callable[[Any], Label]]] = {
    "month": (_both_ends(_month), _or_unsure(lambda k: ((0, int(k)), f"{int(k) // 12}年{int(k) % 12 + 1}月"))),
    "quarter": (_both_ends(_quarter), _or_unsure(lambda k: ((0, int(k)), f"{int(k) // 4}年第{int(k) % 4 + 1}季度"))),
    "year": (_both_ends(_year), _or_unsure(lambda k: ((0, int(k)), f"{int(k)}年"))),
}


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def moved(by: By, order: Order, label: str, months: int) -> Label:
    """The group that lies `months` later, of a grouping by month, quarter or year; other groups stay.

    >>> moved(By("received_on", "month"), (0, 2020 * 12 + 4), "2020年5月", 12)
    ((0, 24256), '2021年5月')
    """
    if not months or by.edges or by.level not in _MONTHS or order[0] or months % _MONTHS[by.level]:
        return order, label
    return _GRAINS[by.level][1](int(order[1]) + months // _MONTHS[by.level])


# -- bins


def _bins(by: By, scope: Scope, is_date: bool) -> tuple[Callable[[nw.Expr, nw.Expr], nw.Expr], Callable[[Any], Label]]:
    """Bins that begin at the edges, one below them all; each day or number lies in exactly one."""
    edges = sorted({e for e in (resolve(b, scope.clock) for b in by.edges) if e is not None})
    if not edges or not all(isinstance(e, date if is_date else (int, float)) for e in edges):
        raise QueryError(
            f"“{scope.field(by.field).name}”不能按这样的界限分段",
            scope.place,
            "界限写同一种值：日期栏写日期，数字栏写数",
        )

    def bin_of(value: nw.Expr) -> nw.Expr:
        found: nw.Expr = nw.when(~value.is_null()).then(nw.lit(0))
        for i, edge in enumerate(edges, 1):
            found = nw.when((value >= literal(edge)).fill_null(False)).then(nw.lit(i)).otherwise(found)
        return found

    if not is_date:
        label = _days_bin if scope.field(by.field).days else _number_bin
        return lambda value, _: bin_of(value), lambda k: ((0, int(k)), label(edges, int(k)))
    if all(isinstance(b, AsOf) and b.days <= 0 for b in by.edges):
        cut_off = scope.clock.as_of
        return _both_ends(bin_of), _or_unsure(lambda k: ((0, len(edges) - int(k)), _age_bin(edges, int(k), cut_off)))
    return _both_ends(bin_of), _or_unsure(lambda k: ((0, int(k)), _date_bin(edges, int(k))))


def _number_bin(edges: list[Any], i: int) -> str:
    """The label of a bin of numbers.

    >>> [_number_bin([60, 90], i) for i in range(3)]
    ['不满60', '60至不满90', '90及以上']
    """
    if i == 0:
        return f"不满{edges[0]:g}"
    if i == len(edges):
        return f"{edges[-1]:g}及以上"
    return f"{edges[i - 1]:g}至不满{edges[i]:g}"


def _days_bin(edges: list[Any], i: int) -> str:
    """The label of a bin of whole days.

    >>> [_days_bin([31, 61], i) for i in range(3)]
    ['30天及以内', '31至60天', '61天及以上']
    """
    if i == 0:
        return f"{edges[0] - 1:g}天及以内"
    if i == len(edges):
        return f"{edges[-1]:g}天及以上"
    return f"{edges[i - 1]:g}至{edges[i] - 1:g}天"


def _age_bin(edges: list[Any], i: int, cut_off: date) -> str:
    """The label of a bin of ages in days at the cut-off date; the youngest lie in the last bin.

    >>> day = date(2021, 6, 30)
    >>> [_age_bin([day - timedelta(60), day - timedelta(30)], i, day) for i in (2, 1, 0)]
    ['30天及以内', '31至60天', '61天及以上']
    >>> _age_bin([day - timedelta(31), day - timedelta(30)], 1, day)
    '31天'
    """
    ages = [(cut_off - e).days for e in edges]
    if i == 0:
        return f"{ages[0] + 1}天及以上"
    if i == len(edges):
        return f"{ages[-1]}天及以内"
    return f"{ages[i] + 1}至{ages[i - 1]}天" if ages[i] + 1 < ages[i - 1] else f"{ages[i - 1]}天"


def _date_bin(edges: list[Any], i: int) -> str:
    """The label of a bin of days.

    >>> [_date_bin([date(2021, 3, 1), date(2021, 6, 1)], i) for i in range(3)]
    ['2021年2月28日及以前', '2021年3月1日至2021年5月31日', '2021年6月1日及以后']
    """
    if i == 0:
        return f"{chinese_day(edges[0] - timedelta(1))}及以前"
    if i == len(edges):
        return f"{chinese_day(edges[-1])}及以后"
    first, last = edges[i - 1], edges[i] - timedelta(1)
    return chinese_day(first) if first == last else f"{chinese_day(first)}至{chinese_day(last)}"


def chinese_day(day: date) -> str:
    """A day as documents write it.

    >>> chinese_day(date(2021, 3, 5))
    '2021年3月5日'
    """
    return f"{day.year}年{day.month}月{day.day}日"
