"""A canonical sentence read back to the expression that it says: the other half of restating."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from zhengfa_stats.language.asking.frame import Asked
from zhengfa_stats.language.asking.per_span import SPANS
from zhengfa_stats.language.asking.restating import BEHIND, BETWEEN, FORMS, LEVELS, MEASURES, SIDES, Names
from zhengfa_stats.query import (
    And,
    AsOf,
    At,
    Before,
    Between,
    Blank,
    Bound,
    By,
    Expr,
    Fact,
    Formula,
    In,
    Linked,
    Measure,
    Not,
    Or,
    Query,
    Since,
    Where,
)
from zhengfa_stats.schema import Schema

T = TypeVar("T")


def read(text: str, schema: Schema) -> Asked | None:
    """What a canonical sentence asks; None for any other text."""
    reader = _Reader(text.strip(), schema)
    try:
        asked = reader.asked()
    except _NotCanonicalError:
        return None
    return asked


class _NotCanonicalError(Exception):
    """The text is not of the controlled language."""


_DAY = r"(\d{1,4})年(\d{1,2})月(\d{1,2})日"


class _Reader:
    """Reads the sentence from left to right; what does not fit is no canonical sentence."""

    def __init__(self, text: str, schema: Schema) -> None:
        self.text, self.i, self.schema = text, 0, schema
        self.ledgers = {ledger.name: id_ for id_, ledger in schema.ledgers.items()}

    def take(self, pattern: str) -> re.Match[str] | None:
        """Match here and move on, if it matches."""
        if match := re.compile(pattern).match(self.text, self.i):
            self.i = match.end()
        return match

    def need(self, pattern: str) -> re.Match[str]:
        if match := self.take(pattern):
            return match
        raise _NotCanonicalError(self.text[self.i :])

    def asked(self) -> Asked:
        expr = self.expression()
        self.need("，")
        take, least = 0, False
        if match := self.take(r"取最([多少])的(\d+)组，"):
            take, least = int(match[2]), match[1] == "少"
        elif match := self.take("从最([多少])的排起，"):
            take, least = -1, match[1] == "少"
        elif self.take("从少看起，"):
            least = True
        side, level = "", 0.0
        if match := self.take(rf"以({'|'.join(SIDES.values())})(-?[\d.]+(?:e[-+]?\d+)?)为线，"):
            side = next(side for side, word in SIDES.items() if word == match[1])
            level = float(match[2])
        per, n = "", 0.0
        if match := self.take(rf"平摊到([\d.]+(?:e[-+]?\d+)?)个({'|'.join(SPANS.values())})，"):
            n, per = float(match[1]), next(per for per, word in SPANS.items() if word == match[2])
        group = match[1] if (match := self.take("看「([^」]*)」，")) else ""
        for form, text in FORMS.items():
            if self.text[self.i :] == text:
                return Asked(expr, form, take, least, side, level, per, n, group)  # type: ignore[arg-type]
        raise _NotCanonicalError(self.text[self.i :])

    def expression(self) -> Expr:
        if self.take("〔"):
            left = self.expression()
            self.need("〕")
            op = next((op for op, word in BETWEEN.items() if self.take(word)), None)
            self.need("〔")
            right = self.expression()
            self.need("〕")
            if op is None:
                raise _NotCanonicalError(self.text)
            self.need(BEHIND[op])
            return Formula(op, left, right)  # type: ignore[arg-type]
        if self.take("统计期（[^）]*）内，"):
            return self.query()
        at = self._moved()
        self.need("（[^）]*），")
        if not self.take("〔"):
            return At(self.query(), at.since, at.as_of, at.months)
        inner = self.expression()
        self.need("〕")
        return At(inner, at.since, at.as_of, at.months)

    def _moved(self) -> At:
        nothing = Query("")
        if self.take("原时段"):
            return At(nothing)
        months, since, as_of, found = 0, None, None, False
        if match := self.take(r"([早晚])(\d+)个月、?"):
            months, found = int(match[2]) * (-1 if match[1] == "早" else 1), True
        if match := self.take(f"自{_DAY}起"):
            since = _day(match)
        elif match := self.take(f"截至{_DAY}"):
            as_of = _day(match)
        elif match := self.take(f"{_DAY}至"):
            since, as_of = _day(match), _day(self.need(_DAY))
        elif not found:
            raise _NotCanonicalError(self.text[self.i :])
        return At(nothing, since, as_of, months)

    def query(self) -> Query:
        name = self.need("《([^》]*)》中")[1]
        if name not in self.ledgers:
            raise _NotCanonicalError(name)
        names = Names(self.schema, self.schema.ledgers[self.ledgers[name]])
        where: tuple[Where, ...] = ()
        if not self.take("的"):
            where = self._all(names)
            self.need("的")
        period = None
        if self.take("，看"):
            period = self._range(self._name(names.field))
            self.need("期间")
        each, having = "", tuple[Where, ...]()
        if self.take("，每个"):
            each = self._name(names.each)
            self.need("归并为一行")
            if self.take("，其中"):
                having = self._all(names)
                self.need("的")
        self.need("，")
        measure = self._measure(names, bool(each))
        by = self._bys(names) if self.take("，按") else ()
        return Query(names.ledger.id, where, measure, by, period, each, having)

    def _measure(self, names: Names, is_folded: bool) -> Measure:
        if self.take("人数" if is_folded else re.escape(f"{names.ledger.unit or '行'}数")):
            return Measure()
        field = self._name(names.field)
        for kind, word in MEASURES.items():
            if self.take(word):
                return Measure(kind, field)  # type: ignore[arg-type]
        raise _NotCanonicalError(self.text[self.i :])

    def _bys(self, names: Names) -> tuple[By, ...]:
        found = [self._by(names)]
        while self.take("、"):
            found.append(self._by(names))
        self.need("分组")
        return tuple(found)

    def _by(self, names: Names) -> By:
        field = self._name(names.field)
        level = next((level for level, word in LEVELS.items() if word and self.take(word)), "top")
        edges: tuple[Bound, ...] = ()
        if self.take("以"):
            edges = self._several(self._bound, "、")
            self.need("分段")
        return By(field, level, edges)  # type: ignore[arg-type]

    def _several(self, one: Callable[[], T], joint: str) -> tuple[T, ...]:
        found = [one()]
        while self.take(joint):
            found.append(one())
        return tuple(found)

    def _all(self, names: Names) -> tuple[Where, ...]:
        return self._several(lambda: self.where(names), "、")

    def _name(self, names: dict[str, str]) -> str:
        text = self.need("「([^」]*)」")[1]
        for id_, name in names.items():
            if name == text:
                return id_
        raise _NotCanonicalError(text)

    def where(self, names: Names) -> Where:
        if self.take("不〔"):
            inner = self.where(names)
            self.need("〕")
            return Not(inner)
        if match := self.take("(任一|全是)〔"):
            parts: tuple[Where, ...] = ()
            if not self.take("〕"):
                parts = self._several(lambda: self.where(names), "；")
                self.need("〕")
            return Or(parts) if match[1] == "任一" else And(parts)
        if match := self.take("(不?)属"):
            fact = Fact(self._name(names.fact))
            return Not(fact) if match[1] else fact
        if match := self.take("《([^》]*)》里有同一"):
            return self._linked(match[1], names)
        return self._of_field(self._name(names.field), names)

    def _linked(self, name: str, names: Names) -> Linked:
        if name not in self.ledgers:
            raise _NotCanonicalError(name)
        on = self._name(names.field)
        self.need("〔")
        inner: tuple[Where, ...] = ()
        if self.take("且"):
            inner = self._all(Names(self.schema, self.schema.ledgers[self.ledgers[name]]))
        self.need("〕")
        return Linked(self.ledgers[name], on, inner)

    def _of_field(self, field: str, names: Names) -> Where:
        if self.take("空着"):
            return Blank(field)
        if self.take("不空"):
            return Not(Blank(field))
        if self.take("早于"):
            return Before(field, self._name(names.field))
        if match := self.take("(不?)[是为]"):
            terms: tuple[str | bool, ...] = () if self.take("无") else self._several(self._term, "或")
            return Not(In(field, terms)) if match[1] else In(field, terms)
        return self._range(field)

    def _term(self) -> str | bool:
        if match := self.take("[是否]"):
            return match[0] == "是"
        return self.need("「([^」]*)」")[1]

    def _range(self, field: str) -> Between:
        if self.take("有值"):
            return Between(field)
        if self.take("到"):
            high = self._bound()
            self.need("为止")
            return Between(field, None, high)
        self.need("从")
        low = self._bound()
        if self.take("起"):
            return Between(field, low, None)
        self.need("到")
        return Between(field, low, self._bound())

    def _bound(self) -> Bound:
        if match := self.take(_DAY):
            return _day(match)
        if match := self.take(r"(起始日|截止日)(?:([前后])(\d+)天)?"):
            days = int(match[3] or 0) * (-1 if match[2] == "前" else 1)
            return Since(days) if match[1] == "起始日" else AsOf(days)
        return float(self.need(r"-?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|inf)")[0])


def _day(match: re.Match[str]) -> date:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError as error:
        raise _NotCanonicalError(match[0]) from error
