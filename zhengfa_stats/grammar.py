"""The grammar of conditions and expressions in TOML → query values; what has no meaning is an error that names its place.

A condition is a table of field → wanted:

    status = "已查结"                    the term or one below it; a list: any of them
    is_leader = true                     a flag
    closed_on = "..as_of"                from..to, both included; ends are dates, numbers, since, as_of, as_of-61
    closed_on = { blank = true }         nothing stands there; false: something does
    closed_on = { before = "received_on" }
    fact = "closed"                      a condition the ledger names; a list: all of them
    any = [{…}, {…}]  not = {…}          at least one; none
    linked = { ledger = "cases", on = "clue_no", where = {…} }
    option = { "组织处理" = "宽" }        holds if zhengfa.toml chose so

A grouping is a text, "字段" or "received_on month", or a table of bins that begin at edges:
{ field = "received_on", edges = ["as_of-90", "as_of-30"] }.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhengfa_stats.errors import DefinitionError
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

Toml = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads conditions and expressions; `where` names the place in a definition for messages."""

    where: str
    options: Mapping[str, str]

    def error(self, what: str, do: str = "") -> DefinitionError:
        return DefinitionError(what, self.where, do)

    def only(self, table: object, allowed: tuple[str, ...]) -> Toml:
        """The table, after checking that it is one and has no unknown key."""
        if not isinstance(table, Mapping):
            raise self.error(f"这里应是一张表（…={{…}}），写的是{table!r}")
        for key in table:
            if key not in allowed:
                raise self.error(f"不认识的键“{key}”", f"可用的键：{'、'.join(allowed)}")
        return table

    def texts(self, table: Toml, key: str) -> tuple[str, ...]:
        """A list of texts under a key; a single text in its place is an error, not a list of its characters."""
        value = table.get(key, [])
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.error(f"{key} 应写成列表，写的是{value!r}", f'写成 {key} = ["…", "…"]')
        return tuple(value)

    def conditions(self, table: object) -> tuple[Where, ...]:
        """All conditions of a table, in its order."""
        if not isinstance(table, Mapping):
            raise self.error(f"条件应写成表，写的是{table!r}")
        return tuple(part for key, wanted in table.items() for part in self._condition(key, wanted))

    def _condition(self, key: str, wanted: Any) -> tuple[Where, ...]:
        match key:
            case "fact":
                return tuple(Fact(name) for name in _listed(wanted))
            case "any":
                return (Or(tuple(And(self.conditions(w)) for w in wanted)),)
            case "not":
                return (Not(And(self.conditions(wanted))),)
            case "linked":
                table = self.only(wanted, ("ledger", "on", "where"))
                return (Linked(table["ledger"], table["on"], self.conditions(table.get("where", {}))),)
            case "option":
                return (And(()) if self.chose(wanted) else Or(()),)
            case _:
                return (self._of_field(key, wanted),)

    def chose(self, wanted: Toml) -> bool:
        """Whether zhengfa.toml chose one of the wanted values of every option."""
        return all(self._option(name) in _listed(value) for name, value in wanted.items())

    def _option(self, name: str) -> str:
        if name not in self.options:
            raise self.error(f"不认识的选项“{name}”", f"可用的选项：{'、'.join(self.options)}")
        return self.options[name]

    def _of_field(self, name: str, wanted: Any) -> Where:
        match wanted:
            case bool():
                return In(name, (wanted,))
            case str() if ".." in wanted:
                return self.between(name, wanted)
            case str():
                return In(name, (wanted,))
            case list():
                return In(name, tuple(wanted))
            case int() | float() | date():
                return Between(name, wanted, wanted)
            case {"blank": True}:
                return Blank(name)
            case {"blank": False}:
                return Not(Blank(name))
            case {"before": str(other)}:
                return Before(name, other)
        raise self.error(f"字段“{name}”的条件没有意义：{wanted!r}")

    def between(self, name: str, text: str) -> Between:
        """A range `low..high`; either end may be missing."""
        low, _, high = text.partition("..")
        return Between(name, self._bound(low.strip()), self._bound(high.strip()))

    def _bound(self, text: str) -> Bound:
        if not text:
            return None
        if match := re.fullmatch(r"(since|as_of)([+-]\d+)?", text):
            return (Since if match[1] == "since" else AsOf)(int(match[2] or 0))
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return date.fromisoformat(text)
        try:
            return float(text)
        except ValueError:
            raise self.error(f"不认识的界限“{text}”", "界限可写日期、数、since、as_of、as_of-60") from None

    def query(self, table: object) -> Query:
        """A query: { ledger, where, facts, measure, by, period, each, having }."""
        t = self.only(table, ("ledger", "where", "facts", "measure", "by", "period", "each", "having"))
        if "ledger" not in t:
            raise self.error("查询没有写明台账", '请写 ledger = "…"')
        facts = tuple(Fact(name) for name in t.get("facts", ()))
        return Query(
            ledger=t["ledger"],
            where=facts + self.conditions(t.get("where", {})),
            measure=self._measure(t.get("measure", "rows")),
            by=tuple(self._by(b) for b in _listed(t.get("by", []))),
            period=self._period(t.get("period")),
            each=t.get("each", ""),
            having=self.conditions(t.get("having", {})),
        )

    def _measure(self, text: str) -> Measure:
        kind, _, name = text.partition(" ")
        match kind:
            case "rows" if not name:
                return Measure()
            case "distinct" | "sum" | "mean" | "median" | "max" | "min" if name:
                return Measure(kind, name)
        raise self.error(
            f"不认识的度量“{text}”",
            '可写 "rows"、"distinct 字段"、"sum 字段"、"mean 字段"、"median 字段"、"max 字段"、"min 字段"',
        )

    def _by(self, text: object) -> By:
        if isinstance(text, Mapping):
            t = self.only(text, ("field", "edges"))
            return By(str(t.get("field", "")), edges=tuple(self._edge(e) for e in _listed(t.get("edges", []))))
        if not isinstance(text, str):
            raise self.error(f"不认识的分组“{text}”", '可写 "字段"，或 { field = "字段", edges = [60, 90] }')
        name, _, level = text.partition(" ")
        match level or "top":
            case "top" | "term" | "month" | "quarter" | "year" as known:
                return By(name, known)
        raise self.error(f"不认识的分组“{text}”", '可写 "字段"、"字段 term"、"字段 month"、"字段 quarter"、"字段 year"')

    def _edge(self, edge: object) -> Bound:
        """Where a bin begins: a number, a date, or a day counted from the clock: as_of-30."""
        return edge if isinstance(edge, int | float | date) else self._bound(str(edge))

    def _period(self, table: object) -> Between | None:
        if table is None:
            return None
        if not isinstance(table, Mapping) or len(table) != 1:
            raise self.error('period 应写成 { 日期字段 = "起..止" }')
        ((name, text),) = table.items()
        return self.between(name, str(text))

    def expression(self, table: Toml) -> Expr:
        """Exactly one of query, ratio, difference, growth, sum, at."""
        forms = [f for f in ("query", "ratio", "difference", "growth", "sum", "at") if f in table]
        if len(forms) != 1:
            raise self.error(
                "应恰好写明 query、ratio、difference、growth、sum、at 之一", f"现有：{'、'.join(forms) or '无'}"
            )
        match form := forms[0]:
            case "query":
                return self.query(table["query"])
            case "at":
                return self._at(table["at"])
            case "ratio" | "difference" | "growth" | "sum":
                pair = table[form]
                if not isinstance(pair, list) or len(pair) != 2:
                    raise self.error(f"{form} 应写两个查询：{form} = [{{…}}, {{…}}]")
                return Formula(form, self._operand(pair[0]), self._operand(pair[1]))
        raise AssertionError(form)

    def _operand(self, table: object) -> Expr:
        if isinstance(table, Mapping) and "ledger" not in table:
            return self.expression(table)
        return self.query(table)

    def _at(self, table: object) -> At:
        t = self.only(table, ("of", "since", "as_of", "months"))
        return At(self._operand(t["of"]), t.get("since"), t.get("as_of"), t.get("months", 0))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
