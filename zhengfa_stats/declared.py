"""Loads the definitions — ours, then the project's over them — and checks them against each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast, get_args

from zhengfa_stats.borrowing import with_borrowed_fields
from zhengfa_stats.consistency import check, unknown
from zhengfa_stats.dated import dated_term, with_dated_terms_said
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.grammar import Reader
from zhengfa_stats.layers import Tree, extend, own_words, read_folder
from zhengfa_stats.overlay import check_in_use, check_overlay
from zhengfa_stats.query import And, At
from zhengfa_stats.schema import (
    Case,
    Each,
    FactOf,
    Field,
    Implied,
    Indicator,
    Kind,
    Ledger,
    Period,
    Relation,
    Schema,
    Shared,
    Stock,
    Term,
    Vocabulary,
)

OPTIONS: Mapping[str, tuple[str, ...]] = {  # the first choice is the default
    "rank_by": ("就高", "职级", "领导职务"),
    "组织处理": ("宽", "严"),
    "四种形态": ("人", "人次"),
    "零值分句": ("写", "删"),
}
_FIELD_KEYS = tuple(Field.__dataclass_fields__)[1:]
_LEDGER_KEYS = tuple(Ledger.__dataclass_fields__)[1:]


def load_schema(
    project: Path | None = None, config: Mapping[str, Any] | None = None, own: Traversable | None = None
) -> Schema:
    """The schema of a project: `project`/definitions and the definition tables in `config` extend and override ours.

    `config` is the parsed zhengfa.toml; its `options` choose between declared counting rules, its `periods` name dates.
    `own` stands in for our definitions: those that an earlier build was made with.
    """
    config = config or {}
    tree = read_folder(own or files("zhengfa_stats") / "definitions", "")
    if project is not None and (project / "definitions").is_dir():
        extend(tree, read_folder(project / "definitions", "definitions/"), "definitions")
    overlay = {key: value for key, value in config.items() if key in tree}
    check_overlay(tree, overlay)
    extend(tree, overlay, "zhengfa.toml")
    schema = build_schema(tree, chosen_options(config.get("options", {})), named_periods(config.get("periods", {})))
    check_in_use(schema, overlay.get("vocabularies", {}))
    return replace(schema, citing=own_words(project, config.get("citing", {})))


def chosen_options(given: Mapping[str, str]) -> dict[str, str]:
    """Every option with its chosen or default value; an unknown option or value is an error."""
    for name, value in given.items():
        if name not in OPTIONS:
            raise unknown(name, OPTIONS, "zhengfa.toml [options]")
        if value not in OPTIONS[name]:
            raise unknown(value, OPTIONS[name], f"zhengfa.toml [options] {name}")
    return {name: given.get(name, values[0]) for name, values in OPTIONS.items()}


def named_periods(given: Mapping[str, Any]) -> dict[str, Period]:
    """The periods of zhengfa.toml by name; one without dates, or that ends before it begins, is an error."""
    periods = {}
    for name, table in given.items():
        where = f"zhengfa.toml [periods] {name}"
        t = Reader(where, {}).only(table, ("since", "as_of"))
        if not t or any(type(day) is not date for day in t.values()):
            raise DefinitionError(
                "时段要写明起止日期", where, f'请写："{name}" = {{ since = 2018-01-01, as_of = 2021-06-30 }}'
            )
        period = Period(t.get("since"), t.get("as_of"))
        if period.since and period.as_of and period.since > period.as_of:
            raise DefinitionError(f"起始日 {period.since} 晚于截止日 {period.as_of}", where, "请改正 since 或 as_of")
        periods[name] = period
    return periods


def build_schema(tree: Tree, options: Mapping[str, str], periods: Mapping[str, Period] | None = None) -> Schema:
    """A checked Schema from a tree of definitions."""
    vocabularies = {id_: _vocabulary(id_, rows) for id_, rows in tree["vocabularies"].items()}
    tables = with_borrowed_fields(tree["ledgers"])
    ledgers = {id_: _ledger(id_, table, options) for id_, table in tables.items()}
    periods = periods or {}
    indicators = {key: _indicator(key, table, options, periods) for key, table in tree["indicators"].items()}
    relations = {id_: _relation(id_, table, options) for id_, table in tree["relations"].items()}
    schema = Schema(ledgers, vocabularies, indicators, relations, options, periods)
    check(schema)
    return with_dated_terms_said(schema)


def _vocabulary(id_: str, rows: Tree) -> Vocabulary:
    where = f"词表 {id_}"
    terms = []
    for name, row in rows.items():
        if isinstance(row, list):
            row = {"aliases": row}
        reader = Reader(f"{where}“{name}”", {})
        table = reader.only(row, ("parent", "aliases", "sort", "dated"))
        dated = tuple(dated_term(one, reader) for one in table.get("dated", ()))
        aliases = reader.texts(table, "aliases")
        terms.append(Term(name, table.get("parent", ""), aliases, table.get("sort", ""), dated))
    names = [t.name for t in terms]
    for i, term in enumerate(terms):
        if term.parent and term.parent not in names[:i]:
            raise DefinitionError(f"“{term.name}”的上级“{term.parent}”没有列在它前面", where, "请把上级写在前面的一行")
    nothing = frozenset(alias for t in terms if not t.name for alias in t.aliases)
    return Vocabulary(id_, tuple(t for t in terms if t.name), nothing)


def _ledger(id_: str, table: Tree, options: Mapping[str, str]) -> Ledger:
    reader = Reader(f"台账 {id_}", options)
    t = dict(reader.only(table, _LEDGER_KEYS))
    if "fields" not in t or "name" not in t:
        raise reader.error("台账要有 name 和 fields")
    t["fields"] = {name: _field(id_, name, f, options) for name, f in t["fields"].items()}
    t["facts"] = {name: _fact(id_, name, f, options) for name, f in t.get("facts", {}).items()}
    t["shared"] = tuple(_made(Shared, s, reader) for s in t.get("shared", ()))
    t["each"] = {name: _made(Each, e, reader) for name, e in t.get("each", {}).items()}
    for key in ("key", "agree", "compatible", "progress", "origin", "titles"):
        t[key] = reader.texts(t, key)
    return Ledger(id=id_, **t)


def _field(ledger: str, id_: str, table: Tree, options: Mapping[str, str]) -> Field:
    reader = Reader(f"台账 {ledger} 字段 {id_}", options)
    t = dict(reader.only(table, _FIELD_KEYS))
    for key in ("name", "kind"):
        if key not in t:
            raise reader.error(f"字段缺少 {key}")
    if t["kind"] not in get_args(Kind):
        raise unknown(t["kind"], get_args(Kind), reader.where)
    for key in ("headers", "strip", "days"):
        t[key] = reader.texts(t, key)
    t["implied"] = tuple(_made(Implied, i, reader) for i in t.get("implied", ()))
    t["or_by"] = reader.texts(t, "or_by")
    cases = (reader.only(c, ("term", "where")) for c in t.get("when", ()))
    t["when"] = tuple(Case(c["term"], And(reader.conditions(c["where"]))) for c in cases)
    return Field(id=id_, **t)


def _fact(ledger: str, id_: str, table: Tree, options: Mapping[str, str]) -> FactOf:
    reader = Reader(f"台账 {ledger} 事实 {id_}", options)
    t = reader.only(table, ("name", "where"))
    return FactOf(id_, t.get("name", id_), reader.conditions(t.get("where", {})))


def _made(cls: Callable[..., Any], table: object, reader: Reader) -> Any:
    keys = tuple(cls.__dataclass_fields__)  # type: ignore[attr-defined]
    t = reader.only(table, keys)
    return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in t.items()})


_FORMS = ("query", "ratio", "difference", "growth", "sum", "at")
_INDICATOR_KEYS = (
    "unit",
    "definition",
    "cited_as",
    "otherwise",
    "reported_as",
    "reported_beside",
    "stock",
    "period",
    *_FORMS,
)


def _indicator(key: str, table: Tree, options: Mapping[str, str], periods: Mapping[str, Period]) -> Indicator:
    reader = Reader(f"指标 {key}", options)
    t = _chosen(reader.only(table, (*_INDICATOR_KEYS, "instead")), reader)
    for name in ("unit", "definition"):
        if name not in t:
            raise reader.error(f"指标缺少 {name}")
    definition = t["definition"]
    for name, value in options.items():
        definition = definition.replace(f"{{{name}}}", value)
    of = reader.expression({f: t[f] for f in _FORMS if f in t})
    if name := t.get("period", ""):
        if name not in periods:
            raise unknown(name, periods, f"{reader.where} period") if periods else _no_periods(name, reader.where)
        of = At(of, periods[name].since, periods[name].as_of)
        definition += _dates_of(name, periods[name])
    return Indicator(
        key=key,
        unit=t["unit"],
        definition=definition,
        of=of,
        cited_as=reader.texts(t, "cited_as"),
        otherwise=t.get("otherwise", ""),
        reported_as=reader.texts(t, "reported_as"),
        reported_beside=reader.texts(t, "reported_beside"),
        stock=_stock(t.get("stock", ""), reader.where),
    )


def _stock(given: str, where: str) -> Stock:
    if given not in get_args(Stock):
        raise unknown(given, filter(None, get_args(Stock)), f"{where} stock")
    return cast(Stock, given)


def _chosen(table: Mapping[str, Any], reader: Reader) -> Tree:
    """The table with what its `instead` says under the options that zhengfa.toml chose."""
    t = dict(table)
    for case in t.pop("instead", ()):
        one = dict(reader.only(case, (*_INDICATOR_KEYS, "option")))
        if reader.chose(one.pop("option", {})):
            t = {name: value for name, value in t.items() if name not in _FORMS or not one.keys() & {*_FORMS}} | one
    return t


def _no_periods(name: str, where: str) -> DefinitionError:
    do = f'请在 zhengfa.toml 写：[periods] 下 "{name}" = {{ since = 2018-01-01, as_of = 2021-06-30 }}'
    return DefinitionError(f"没有名为“{name}”的时段", where, do)


def _dates_of(name: str, period: Period) -> str:
    """What a definition says of its own period."""
    since, as_of = (f"{d.year}年{d.month}月{d.day}日" if d else "" for d in (period.since, period.as_of))
    return f"统计期是{name}（{since or '统计期起始日'}至{as_of or '统计截止日'}）。"


def _relation(id_: str, table: Tree, options: Mapping[str, str]) -> Relation:
    reader = Reader(f"勾稽关系 {id_}", options)
    t = dict(reader.only(table, tuple(Relation.__dataclass_fields__)[1:]))
    t["never"] = reader.conditions(t.get("never", {}))
    for key in ("fields", "total"):
        t[key] = reader.texts(t, key)
    t["balance"] = tuple(map(tuple, t.get("balance", ())))
    forms = [name for name in ("never", "matches", "total", "balance") if t.get(name)]
    if len(forms) != 1:
        raise reader.error("应恰好写明 never、matches、total、balance 之一")
    if t["balance"] and (len(t["balance"]) != 2 or not all(t["balance"])):
        raise reader.error("balance 应写两边：balance = [[…], […]]")
    return Relation(id=id_, **t)
