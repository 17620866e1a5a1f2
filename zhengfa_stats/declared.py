"""Loads the definitions — ours, then the project's over them — and checks them against each other."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast, get_args

from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.grammar import Reader
from zhengfa_stats.overlay import check_in_use, check_overlay
from zhengfa_stats.query import And, At, Before, Between, Blank, Fact, In, Linked, Not, Or, Query, Where, queries
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

Tree = dict[str, Any]
OPTIONS: Mapping[str, tuple[str, ...]] = {  # the first choice is the default
    "rank_by": ("就高", "职级", "领导职务"),
    "组织处理": ("宽", "严"),
    "四种形态": ("人", "人次"),
}
_FIELD_KEYS = tuple(Field.__dataclass_fields__)[1:]
_LEDGER_KEYS = tuple(Ledger.__dataclass_fields__)[1:]


def load_schema(project: Path | None = None, config: Mapping[str, Any] | None = None) -> Schema:
    """The schema of a project: `project`/definitions and the definition tables in `config` extend and override ours.

    `config` is the parsed zhengfa.toml; its `options` choose between declared counting rules, its `periods` name dates.
    """
    config = config or {}
    own = files("zhengfa_stats") / "definitions"
    tree = _read_folder(own, "")
    if project is not None and (project / "definitions").is_dir():
        _extend(tree, _read_folder(project / "definitions", "definitions/"), "definitions")
    overlay = {key: value for key, value in config.items() if key in tree}
    check_overlay(tree, overlay)
    _extend(tree, overlay, "zhengfa.toml")
    schema = build_schema(tree, chosen_options(config.get("options", {})), named_periods(config.get("periods", {})))
    check_in_use(schema, overlay.get("vocabularies", {}))
    return schema


def chosen_options(given: Mapping[str, str]) -> dict[str, str]:
    """Every option with its chosen or default value; an unknown option or value is an error."""
    for name, value in given.items():
        if name not in OPTIONS:
            raise _unknown(name, OPTIONS, "zhengfa.toml [options]")
        if value not in OPTIONS[name]:
            raise _unknown(value, OPTIONS[name], f"zhengfa.toml [options] {name}")
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


def _read_folder(folder: Traversable, prefix: str) -> Tree:
    """A definitions folder as one tree: ledgers, vocabularies, indicators, relations."""
    tree: Tree = {"ledgers": {}, "vocabularies": {}, "indicators": {}, "relations": {}}
    for file in _files(folder / "ledgers", ".toml"):
        tree["ledgers"][file.name.removesuffix(".toml")] = _toml(file, prefix + "ledgers/" + file.name)
    for file in _files(folder / "vocabularies", ".csv"):
        tree["vocabularies"][file.name.removesuffix(".csv")] = _vocabulary_rows(file, prefix)
    for name in ("indicators", "relations"):
        if (file := folder / f"{name}.toml").is_file():
            tree[name] = _toml(file, f"{prefix}{name}.toml")
    return tree


def _files(folder: Traversable, ending: str) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted((f for f in folder.iterdir() if f.name.endswith(ending)), key=lambda f: f.name)


def _toml(file: Traversable, where: str) -> Tree:
    try:
        return tomllib.loads(file.read_text("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"不是合法的 TOML：{error}", where, "请按提示的行列改正") from error
    except UnicodeDecodeError as error:
        raise DefinitionError("不是 UTF-8 编码", where, "请用 UTF-8 另存") from error


def _vocabulary_rows(file: Traversable, prefix: str) -> Tree:
    """A vocabulary's CSV as { term: { parent, aliases } }; the row without a term lists what means nothing."""
    where = f"{prefix}vocabularies/{file.name}"
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    if rows and set(rows[0]) - {"sort"} != {"term", "parent", "aliases"}:
        raise DefinitionError("词表的表头应为 term,parent,aliases，需要时再加 sort", where)
    tree: Tree = {}
    for row in rows:
        if row["term"] in tree:
            raise DefinitionError(f"“{row['term']}”出现两次", where, "请合并为一行")
        aliases = [a for a in row["aliases"].split("|") if a]
        tree[row["term"]] = {"parent": row["parent"], "aliases": aliases} | (
            {"sort": row["sort"]} if row.get("sort") else {}
        )
    return tree


def _extend(tree: Tree, more: Mapping[str, Any], where: str) -> None:
    """Lay `more` over `tree`: tables merge, lists of written forms grow, all else is replaced."""
    for key, value in more.items():
        old = tree.get(key)
        if isinstance(value, list) and isinstance(old, dict) and set(old) - {"sort"} == {"parent", "aliases"}:
            value = {"aliases": value}  # [vocabularies.status] "已查结" = ["归档"]
        if isinstance(value, Mapping) and isinstance(old, dict):
            _extend(old, value, where)
        elif (
            isinstance(value, list)
            and isinstance(old, list)
            and key in ("headers", "titles", "aliases", "cited_as", "reported_as")
        ):
            tree[key] = old + [v for v in value if v not in old]
        else:
            tree[key] = value


def build_schema(tree: Tree, options: Mapping[str, str], periods: Mapping[str, Period] | None = None) -> Schema:
    """A checked Schema from a tree of definitions."""
    vocabularies = {id_: _vocabulary(id_, rows) for id_, rows in tree["vocabularies"].items()}
    ledgers = {id_: _ledger(id_, table, options) for id_, table in tree["ledgers"].items()}
    periods = periods or {}
    indicators = {key: _indicator(key, table, options, periods) for key, table in tree["indicators"].items()}
    relations = {id_: _relation(id_, table, options) for id_, table in tree["relations"].items()}
    schema = Schema(ledgers, vocabularies, indicators, relations, options, periods)
    _check(schema)
    return schema


def _vocabulary(id_: str, rows: Tree) -> Vocabulary:
    where = f"词表 {id_}"
    terms = []
    for name, row in rows.items():
        if isinstance(row, list):
            row = {"aliases": row}
        reader = Reader(f"{where}“{name}”", {})
        table = reader.only(row, ("parent", "aliases", "sort"))
        terms.append(Term(name, table.get("parent", ""), reader.texts(table, "aliases"), table.get("sort", "")))
    names = [t.name for t in terms]
    for i, term in enumerate(terms):
        if term.parent and term.parent not in names[:i]:
            raise DefinitionError(f"“{term.name}”的上级“{term.parent}”没有列在它前面", where)
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
    for key in ("key", "agree", "compatible", "progress", "titles"):
        t[key] = reader.texts(t, key)
    return Ledger(id=id_, **t)


def _field(ledger: str, id_: str, table: Tree, options: Mapping[str, str]) -> Field:
    reader = Reader(f"台账 {ledger} 字段 {id_}", options)
    t = dict(reader.only(table, _FIELD_KEYS))
    for key in ("name", "kind"):
        if key not in t:
            raise reader.error(f"字段缺少 {key}")
    if t["kind"] not in get_args(Kind):
        raise _unknown(t["kind"], get_args(Kind), reader.where)
    for key in ("headers", "strip"):
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
            raise _unknown(name, periods, f"{reader.where} period") if periods else _no_periods(name, reader.where)
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
        raise _unknown(given, filter(None, get_args(Stock)), f"{where} stock")
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


def _unknown(name: str, known: Iterable[str], where: str) -> DefinitionError:
    known = list(known)
    near = get_close_matches(name, known, n=3, cutoff=0.4) or known
    return DefinitionError(f"不认识“{name}”", where, f"是不是：{'、'.join(near)}")


def _check(schema: Schema) -> None:
    """Every name that a definition speaks of must exist."""
    for ledger in schema.ledgers.values():
        _check_ledger(schema, ledger)
    for indicator in schema.indicators.values():
        for query in queries(indicator.of):
            _check_query(schema, query, f"指标 {indicator.key}")
        if indicator.otherwise:
            _known(indicator.otherwise, schema.indicators, f"指标 {indicator.key} otherwise")
        for name in indicator.reported_beside:
            _known(name, schema.indicators, f"指标 {indicator.key} reported_beside")
    for relation in schema.relations.values():
        _check_relation(schema, relation)


def _known(name: str, known: Iterable[str], where: str) -> None:
    if name not in (known := set(known)):
        raise _unknown(name, sorted(known), where)


def _check_ledger(schema: Schema, ledger: Ledger) -> None:
    where = f"台账 {ledger.id}"
    single = (ledger.date, ledger.handler, ledger.also_known_by)
    shared = (name for s in ledger.shared for name in s.fields)
    for name in (*ledger.key, *ledger.agree, *ledger.compatible, *ledger.progress, *filter(None, single), *shared):
        _known(name, ledger.fields, where)
    for each in ledger.each.values():
        for name in (each.identity, each.order, *each.first, *each.heaviest):
            _known(name, ledger.fields, where)
    for f in ledger.fields.values():
        if f.kind in ("term", "unit") or f.vocabulary:
            _known(f.vocabulary, schema.vocabularies, f"{where} 字段 {f.id} vocabulary")
        for name in filter(None, (f.known_from, f.reads, *f.or_by, *(i.by for i in f.implied))):
            _known(name, ledger.fields, f"{where} 字段 {f.id}")
        if f.ticked:
            _known(f.ticked, schema.vocabularies[f.vocabulary].by_name, f"{where} 字段 {f.id} ticked")
        if f.prefer:
            _known(f.prefer, OPTIONS, f"{where} 字段 {f.id} prefer")
        for case in f.when:
            _check_where(schema, ledger.id, case.where, f"{where} 字段 {f.id}")
    for fact in ledger.facts.values():
        for w in fact.where:
            _check_where(schema, ledger.id, w, f"{where} 事实 {fact.id}")


def _check_query(schema: Schema, query: Query, where: str) -> None:
    _known(query.ledger, schema.ledgers, where)
    ledger = schema.ledgers[query.ledger]
    if query.each:
        _known(query.each, ledger.each, where)
    names = [b.field for b in query.by] + [query.measure.field] * bool(query.measure.field)
    for name in names + ([query.period.field] if query.period else []):
        _known(name, (*ledger.fields, *BESIDES), where)
    for w in query.where + query.having:
        _check_where(schema, query.ledger, w, where)


def _check_relation(schema: Schema, relation: Relation) -> None:
    where = f"勾稽关系 {relation.id}"
    for key in (*relation.total, *(key for side in relation.balance for key in side)):
        _known(key, schema.indicators, where)
    if relation.total or relation.balance:
        return
    _known(relation.ledger, schema.ledgers, where)
    for w in relation.never:
        _check_where(schema, relation.ledger, w, where)
    if relation.matches:
        _known(relation.matches, schema.ledgers, where)
        for name in (relation.on, *relation.fields):
            _known(name, schema.ledgers[relation.matches].fields, where)
            _known(name, schema.ledgers[relation.ledger].fields, where)


BESIDES = ("sender", "region", "data_as_of")  # columns that every stored row carries and a query may speak of


def _check_where(schema: Schema, ledger_id: str, w: Where, where: str) -> None:
    ledger = schema.ledgers[ledger_id]
    match w:
        case And(parts) | Or(parts):
            for part in parts:
                _check_where(schema, ledger_id, part, where)
        case Not(of):
            _check_where(schema, ledger_id, of, where)
        case Fact(name):
            _known(name, ledger.facts, where)
        case Linked():
            _known(w.ledger, schema.ledgers, where)
            _known(w.on, ledger.fields, where)
            _known(w.on, schema.ledgers[w.ledger].fields, where)
            for part in w.where:
                _check_where(schema, w.ledger, part, where)
        case In(name, terms):
            _known(name, (*ledger.fields, *BESIDES), where)
            vocabulary = schema.vocabulary_of(ledger_id, name) if name in ledger.fields else None
            for term in terms if vocabulary else ():
                _known(str(term), vocabulary.by_name if vocabulary else (), where)
        case Before(name, other):
            _known(name, (*ledger.fields, *BESIDES), where)
            _known(other, (*ledger.fields, *BESIDES), where)
        case Between(name) | Blank(name):
            _known(name, (*ledger.fields, *BESIDES), where)
