"""A 汇总表 → lines of the ledger `reported`, one a figure; what it states twice is checked, what is unknown is told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from zhengfa_stats.query import Formula
from zhengfa_stats.reading.binding import parts_of
from zhengfa_stats.reading.cleaning import numbers, units
from zhengfa_stats.reading.cleaning.normal import tight
from zhengfa_stats.reading.cleaning.result import Fault, Office
from zhengfa_stats.reading.coded import Coded, Columns, coded, constant
from zhengfa_stats.reading.header_problems import quoted
from zhengfa_stats.reading.indicator_names import names_of
from zhengfa_stats.reading.offices import CITY
from zhengfa_stats.reading.plan import Plan, Source
from zhengfa_stats.reading.recording import as_changes
from zhengfa_stats.reading.sheets import Cell, Column, Role, Sheet, Table
from zhengfa_stats.reading.summary import Row, Summary, ValueColumn, amount
from zhengfa_stats.reading.totals import check_totals
from zhengfa_stats.reading.typed import days, hashes, source_columns
from zhengfa_stats.reading.windows import Period, Times, Window, joined, period_of
from zhengfa_stats.records import Place, Problem, address, letters
from zhengfa_stats.schema import BY_AREA, Field, Indicator, Ledger, Schema


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure as it stands in a cell."""

    row: int
    at: int
    office: Office
    indicator: str
    period: Period
    value: float
    kind: str = "value"


@dataclass(slots=True)
class Gleaning:
    """What a 汇总表 gave: one line a figure in `lines`; a record is a row of the table."""

    lines: Columns
    records: int
    set_aside: int
    changes: Columns
    problems: list[Problem] = field(default_factory=list)
    columns: Mapping[str, str] = field(default_factory=dict)


def glean(
    summary: Summary, sheet: Sheet, source: Source, times: Times, schema: Schema, ledger: Ledger, city: str = ""
) -> Gleaning:
    """Read every figure of a 汇总表."""
    return _Gleaner(summary, sheet, source, times, schema, ledger, city).glean()


class _Gleaner:
    def __init__(
        self, summary: Summary, sheet: Sheet, source: Source, times: Times, schema: Schema, ledger: Ledger, city: str
    ) -> None:
        self.summary, self.sheet, self.source, self.times = summary, sheet, source, times
        self.schema, self.ledger, self.city = schema, ledger, city
        self.problems: list[Problem] = []
        self.changes: list[tuple[str, ...]] = []

    def glean(self) -> Gleaning:
        figures = [f for row in self.summary.rows for f in self._row(row)]
        values = [f for f in figures if f.kind == "value"]
        self._check_ratios(figures)
        self._report_columns()
        self._report_period(values)
        body = self.summary.table.rows_of(Role.BODY)
        self.problems += check_totals(
            self._addable(), self.sheet, self.source.file, self.ledger, Plan(dict(self._addends()))
        )
        return Gleaning(
            lines=self._lines(values),
            records=len(body),
            set_aside=len(set(body) - {f.row for f in values}),
            changes=as_changes(self.changes),
            problems=self.problems,
            columns={"unit": letters(self.summary.labels[0])} if self.summary.labels else {},
        )

    # ── rows and cells ───────────────────────────────────────────────────────────────────────────────────────────
    def _row(self, row: Row) -> Iterator[Figure]:
        if row.is_part:
            self._problem("note", "其中数", str(row.at), "是上面一行的其中数，已含在上面一行里，不另计", "")
            return
        if row.unknown:
            self._unknown_row(row)
            return
        found = [f for c in self.summary.columns if (f := self._figure(row, c))]
        cells = self.sheet.rows[row.at - 1]
        if row.window.kind != "别期" and all(cells[c.at - 1] is None for c in self.summary.columns):
            self._problem("note", "空记录", str(row.at), "这一行没有填数，没有作为记录", "没有的请填 0")
        yield from found

    def _unknown_row(self, row: Row) -> None:
        if any(c.indicator for c in self.summary.columns):
            what, kind = f"{quoted(row.label)}不是已知的单位或县区，这一行没有读取", "单位无法识别"
            do = f'请改为规范的单位名称，或在 zhengfa.toml 写：[vocabularies.unit] 下 "公安局" = ["{row.label}"]（换成对应的单位）'
        else:
            what, kind = f"{quoted(row.label)}不是已知的指标，这一行没有读取", "指标未识别"
            do = self._remedy(row.label)
        self._problem("warning", kind, address(row.at, (self.summary.labels or (1,))[-1]), what, do)

    def _figure(self, row: Row, column: ValueColumn) -> Figure | None:
        key = column.indicator or row.indicator
        window = joined(row.window, column.window) if row.window.says else column.window
        if column.kind == "total" or window.kind == "别期" or not key:
            return None
        place = address(row.at, column.at)
        cell = self.sheet.rows[row.at - 1][column.at - 1]
        if column.kind == "ratio":
            stated = amount(cell)
            return Figure(row.at, column.at, CITY, key, self._period(window), stated, "ratio") if stated else None
        value = self._value(cell, place, self.schema.indicators[key])
        if value is None:
            return None
        office = self._office(row, column)
        if office is None:
            what = "看不出是哪个单位报的数，没有读取"
            self._problem("error", "填报单位不明", place, what, "请在表头上方写明填报单位，或加一列“单位”")
            return None
        return Figure(row.at, column.at, office, key, self._period(window), value)

    def _office(self, row: Row, column: ValueColumn) -> Office | None:
        """The office of a figure: its row's, its column's, else the sender's.

        A bureau's county is the county's bureau; a county's bureau is the county's, unless it is said to be the city's.
        """
        office, sender = column.office or row.office, self.source.sender
        if office is None or sender is None:
            return office or sender
        if office.unit:
            written = column.header if column.office else row.label
            is_citys = office.region or units.names_city(written, self.city)
            return office if is_citys else Office(office.unit, sender.region)
        by_area = self.schema.vocabularies["unit"].of_sort(BY_AREA)
        return office if sender.unit in by_area else Office(sender.unit, "" if office == CITY else office.region)

    def _value(self, cell: Cell, place: str, indicator: Indicator) -> float | None:
        """The number of a filled cell: 无 and a dash say nought; a blank says nothing."""
        cleaned = numbers.clean(cell)
        if cleaned.fault is not None:
            f = cleaned.fault
            self._fault(replace(f, what=f"{indicator.key}：{f.what}"), place)
        if cleaned.value is None:
            if cleaned.fault is not None or not isinstance(cell, str) or not tight(cell):
                return None
            self._change(place, cell, "0", "零报告：没有的记 0")
            return 0.0
        if cleaned.rule:
            self._change(place, str(cell), f"{cleaned.value}", cleaned.rule)
        value = float(cleaned.value)
        if value < 0 or not value.is_integer():
            what = f"{indicator.key}：写的是{value:g}，不是个数"
            self._problem("error", "数字无法识别", place, what, "请填写不小于 0 的整数")
            return None
        return value

    def _period(self, window: Window) -> Period:
        return period_of(window, self.times)

    # ── what is checked ──────────────────────────────────────────────────────────────────────────────────────────
    def _addends(self) -> Iterator[tuple[int, Field]]:
        for c in self.summary.columns:
            if c.kind == "value":
                yield c.at, Field("value", c.header or "数值", "number")

    def _addable(self) -> Table:
        """The table as its totals add it up: without the lines that others contain, and nothing where rows are figures."""
        table = self.summary.table
        by_office = all(c.indicator for c in self.summary.columns if c.kind == "value")
        left_out = {r.at for r in self.summary.rows if r.is_part}
        roles = [
            Role.BLANK if table.range.top + i in left_out or (role is Role.TOTAL and not by_office) else role
            for i, role in enumerate(table.roles)
        ]
        return replace(table, roles=tuple(roles))

    def _check_ratios(self, figures: Sequence[Figure]) -> None:
        """A stated rate must be that of its parts in the same row."""
        known = {(f.row, f.indicator, f.period): f for f in figures if f.kind == "value"}
        keys = {i.of: i.key for i in self.schema.indicators.values()}
        for f in figures:
            rate = self.schema.indicators[f.indicator].of
            if f.kind != "ratio" or not isinstance(rate, Formula):
                continue
            part, whole = (known.get((f.row, keys.get(side, ""), f.period)) for side in (rate.left, rate.right))
            if part is None or whole is None or not whole.value:
                continue
            true = 100 * part.value / whole.value
            if min(abs(true - f.value), abs(true - 100 * f.value)) > 0.51:
                what = f"{f.indicator}写的是{f.value:g}，按{part.value:g}÷{whole.value:g}算是{true:.1f}%"
                self._problem(
                    "warning", "比率不符", address(f.row, f.at), what, "比率由程序按分子分母计算；请核对哪个数写错了"
                )

    def _report_columns(self) -> None:
        row = max(self.summary.table.first_header(), default=self.summary.table.range.top)
        for c in self.summary.unknown:
            place = address(row, c.at)
            if whole := self._whole_of(c):
                self._report_part(c, whole, place)
                continue
            what = f"{quoted(c.header)}：不认识这个指标，这一列没有读取"
            self._problem("warning", "表头未识别", place, what, self._remedy(c.header))

    def _whole_of(self, column: Column) -> str:
        """The indicator that a column's group names by itself: 已办结 over 属实, 部分属实, 不属实."""
        topics = tuple({c.indicator.split(".")[0] for c in self.summary.columns if c.indicator})
        groups = parts_of(column)[:-1]
        found = names_of(self.schema).find(groups, topics) if groups else ()
        return found[0] if len(found) == 1 else ""

    def _report_part(self, column: Column, whole: str, place: str) -> None:
        if any(c.indicator == whole for c in self.summary.columns):
            what = f"{quoted(column.header)}是“{whole}”的分项，已含在里面，不另计"
            self._problem("note", "分项数", place, what, "")
            return
        what = f"{quoted(column.header)}是“{whole}”的分项；表里没有它的合计，分项是否齐全看不出来，没有相加"
        self._problem("warning", "分项没有合计", place, what, f"请在“{parts_of(column)[0]}”下加一列“合计”")

    def _remedy(self, written: str) -> str:
        near = names_of(self.schema).nearest(written)
        name = json.dumps("".join(written.split()), ensure_ascii=False)
        return f"如果它是某个指标，请在 zhengfa.toml 里加上（换成对应的指标）：\n[indicators.{json.dumps(near, ensure_ascii=False)}]\nreported_as = [{name}]"

    def _report_period(self, figures: Sequence[Figure]) -> None:
        if any(f.period.last is None for f in figures):
            what = "汇总表没有写明截至日期，按项目的整个统计期计"
            self._problem("note", "截至日期不明", "", what, "请在标题里写明，如 截至2021年6月30日")
        vague = [f for f in figures if f.period.last and not f.period.first and not f.period.is_cumulative]
        if vague and not self.summary.paired:
            what = "没有写明“本期”从哪天起，这些数不能计入统计期"
            place = address(vague[0].row, vague[0].at)
            self._problem("warning", "统计期不明", place, what, "请在标题里写明，如 2021年1—6月，或加一列“累计”")

    # ── what is stored ───────────────────────────────────────────────────────────────────────────────────────────
    def _lines(self, figures: Sequence[Figure]) -> Columns:
        first, last = (days(d) for d in ([f.period.first for f in figures], [f.period.last for f in figures]))
        said = [repr((f.office, f.indicator, f.period, f.value)) for f in figures]
        return {
            "unit": _texts(f.office.unit or None for f in figures),
            "indicator": _texts(f.indicator for f in figures),
            "period_from": first,
            "period_from_until": first,
            "period_to": last,
            "period_to_until": last,
            "is_cumulative": np.array([f.period.is_cumulative for f in figures], dtype=bool),
            "value": np.array([f.value for f in figures], dtype=float),
            "region": _texts("" if f.office == CITY else f.office.region for f in figures),
            **source_columns(self.source, [f.row for f in figures], undated=False),
            "undated": np.isnat(last),
            "unread": constant(len(figures), ""),
            "cells": _texts(f"value:{address(f.row, f.at)}" for f in figures),
            "_likeness": hashes(said),
        }

    def _change(self, place: str, before: str, after: str, rule: str) -> None:
        self.changes.append((self.source.file, self.source.sheet, place, "value", before, after, rule))

    def _fault(self, fault: Fault, place: str) -> None:
        self._problem(fault.level, fault.kind, place, fault.what, fault.do, fault.expected)

    def _problem(self, level: Any, kind: str, cell: str, what: str, do: str, expected: str = "") -> None:
        place = Place(self.source.file, self.source.sheet, cell)
        self.problems.append(Problem(level, kind, place, what, do, expected, self.ledger.id, "value"))


def _texts(texts: Iterable[str | None]) -> Coded:
    found = list(texts)
    return coded(np.arange(len(found)), found)
