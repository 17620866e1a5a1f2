"""Loads exhibits.toml — ours, then the project's over it — in the grammar that indicators are written in.

    ["线索.来源"]
    title = "线索来源"                      what stands over it
    form = "bars"                          how it is drawn: FORMS
    figure = "线索.收到"                    an indicator; or query, ratio, … as an indicator has it
    by = ["source"]                        what it is grouped by; two: rows, columns

Several figures side by side are `columns = [{ name = "收到", figure = "线索.收到", by = ["received_on month"] }, …]`;
`each = "month"` takes a figure at the end of every month instead of grouping it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from zhengfa_stats.consistency import check_query, unknown
from zhengfa_stats.exhibits.shapes import Form, measure_name, misfit, unit_of
from zhengfa_stats.grammar import Reader
from zhengfa_stats.layers import extend, read_toml
from zhengfa_stats.query import By, Expr, narrow, queries
from zhengfa_stats.schema import Schema

Role = Literal["", "plus", "minus", "total"]
Each = Literal["", "month", "quarter"]

_EXPRESSIONS = ("figure", "query", "ratio", "difference", "growth", "sum", "at")
_SHOWN = (
    "title",
    "form",
    "unit",
    "note",
    "by",
    "columns",
    "target",
    "all_groups",
    "sort",
    "order",
    "ordered",
    "total",
    "head",
)
_KEYS = (*_SHOWN, *_EXPRESSIONS, "definition")
_COLUMN_KEYS = ("name", "unit", "definition", "by", "each", "role", *_EXPRESSIONS)


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of an exhibit: its expression, grouped; or, with `each`, taken at the end of every month."""

    name: str
    of: Expr
    unit: str = ""
    definition: str = ""
    key: str = ""  # the indicator that it is
    each: Each = ""
    role: Role = ""  # in a waterfall


@dataclass(frozen=True, slots=True)
class Declared:
    """An exhibit before it is counted."""

    id: str
    title: str
    form: Form
    columns: tuple[Column, ...]
    unit: str = ""
    note: str = ""
    head: str = ""  # over the names of the rows
    target: float | None = None
    all_groups: bool = False  # groups without rows stand there as 0
    sort: Literal["", "value"] = ""  # the largest first
    order: tuple[str, ...] = ()  # groups that come first, in this order
    ordered: bool = False  # the columns have an order: from light to dark
    total: bool = True


def load_exhibits(schema: Schema, project: Path | None = None) -> dict[str, Declared]:
    """The declared exhibits by id: ours, extended and overridden by `project`/definitions/exhibits.toml."""
    tree = read_toml(files("zhengfa_stats") / "definitions" / "exhibits.toml", "exhibits.toml")
    own = project / "definitions" / "exhibits.toml" if project else None
    if own is not None and own.is_file():
        more = read_toml(own, "definitions/exhibits.toml")
        _make_way(tree, more)
        extend(tree, more, "definitions/exhibits.toml")
    return {id_: _exhibit(id_, table, schema) for id_, table in tree.items()}


def _make_way(tree: Mapping[str, Any], more: Mapping[str, Any]) -> None:
    """Whoever gives an exhibit of ours other figures replaces all of ours."""
    figures = {*_EXPRESSIONS, "columns"}
    for id_ in tree.keys() & more.keys():
        if isinstance(more[id_], Mapping) and figures & more[id_].keys():
            for name in figures & tree[id_].keys():
                del tree[id_][name]


def _exhibit(id_: str, table: object, schema: Schema) -> Declared:
    reader = Reader(f"图表 {id_}", schema.options)
    t = _only(reader, table, _KEYS)
    for name in ("title", "form"):
        if not isinstance(t.get(name), str):
            raise reader.error(f"图表缺少 {name}", f'请写一行：{name} = "…"')
    _one_of(t["form"], get_args(Form), f"{reader.where} form")
    _one_of(t.get("sort", ""), ("", "value"), f"{reader.where} sort")
    _check_kinds(reader, t)
    by = _bys(reader, t)
    columns = tuple(_column(reader, part, by, schema) for part in _parts(reader, t))
    if why := misfit(t["form"], 1 if columns[0].each else len(queries(columns[0].of)[0].by)):
        raise reader.error(why, "请改 by，或换一种 form")
    unit = t.get("unit", "") or ("" if t["form"] == "states" else _common(c.unit for c in columns))
    kept = {k: t[k] for k in ("note", "target", "all_groups", "sort", "ordered", "total", "head") if k in t}
    return Declared(id_, t["title"], t["form"], columns, unit, order=reader.texts(t, "order"), **kept)


def _parts(reader: Reader, t: Mapping[str, Any]) -> list[Any]:
    """The tables of the columns; one alone is written in the exhibit itself."""
    own = [name for name in _EXPRESSIONS if name in t]
    if ("columns" in t) == bool(own):
        raise reader.error(
            "应恰好写明 columns 或一个算式之一", f"算式可写：{'、'.join(_EXPRESSIONS)}；几个算式并列就写 columns"
        )
    _alone(reader, own)
    if "columns" not in t:
        return [{k: t[k] for k in (*own, "definition", "unit") if k in t} | {"name": ""}]
    if not isinstance(t["columns"], list) or not t["columns"]:
        raise reader.error("columns 里什么也没有", '请写成 columns = [{ name = "…", figure = "…" }]')
    return list(t["columns"])


def _alone(reader: Reader, expressions: Sequence[str]) -> None:
    if len(expressions) != 1 and expressions:
        raise reader.error(f"只能写一个算式，写了{'、'.join(expressions)}", "几个算式并列就写 columns")


def _check_kinds(reader: Reader, t: Mapping[str, Any]) -> None:
    """Numbers are numbers, and yes or no is true or false."""
    if isinstance(t.get("target", 0), bool) or not isinstance(t.get("target", 0), int | float):
        raise reader.error(f"target 应是数，写的是{t['target']!r}", "写成 target = 95")
    for name in ("all_groups", "ordered", "total"):
        if not isinstance(t.get(name, True), bool):
            raise reader.error(f"{name} 应是 true 或 false，写的是{t[name]!r}")
    for name in ("note", "unit", "head"):
        if not isinstance(t.get(name, ""), str):
            raise reader.error(f"{name} 应是文字，写的是{t[name]!r}")


def _column(reader: Reader, table: object, by: tuple[By, ...] | None, schema: Schema) -> Column:
    t = _only(reader, table, _COLUMN_KEYS)
    if not isinstance(t.get("name"), str):
        raise reader.error("columns 里的一项缺少 name", '请写成 { name = "…", figure = "…" }')
    _one_of(t.get("role", ""), get_args(Role), f"{reader.where} role")
    _one_of(t.get("each", ""), get_args(Each), f"{reader.where} each")
    _alone(reader, [name for name in _EXPRESSIONS if name in t])
    column = _figure(reader, t, schema) if "figure" in t else _own(reader, t)
    by = _bys(reader, t) if "by" in t else by
    of = column.of if by is None or column.each else narrow(column.of, by=by)
    for query in queries(of):
        check_query(schema, query, reader.where)
    unit = t.get("unit", "") or column.unit or unit_of(of, schema)
    return replace(column, of=of, unit=unit, name=column.name or measure_name(unit, column.key))


def _figure(reader: Reader, t: Mapping[str, Any], schema: Schema) -> Column:
    """A column that is an indicator."""
    key = t["figure"]
    if key not in schema.indicators:
        raise unknown(key, schema.indicators, f"{reader.where} figure")
    of = schema.indicators[key]
    definition = t.get("definition", of.definition)
    return Column(t["name"], of.of, of.unit, definition, key, t.get("each", ""), t.get("role", ""))


def _own(reader: Reader, t: Mapping[str, Any]) -> Column:
    of = reader.expression({name: t[name] for name in _EXPRESSIONS if name in t})
    return Column(t["name"], of, "", t.get("definition", ""), "", t.get("each", ""), t.get("role", ""))


def _bys(reader: Reader, t: Mapping[str, Any]) -> tuple[By, ...] | None:
    return reader.query({"ledger": "-", "by": t["by"]}).by if "by" in t else None


def _common(units: Any) -> str:
    """The unit that all columns share; rates write their own."""
    found = set(units)
    found = found - {"%"} or found
    return str(found.pop()) if len(found) == 1 else ""


def _only(reader: Reader, table: object, allowed: tuple[str, ...]) -> Mapping[str, Any]:
    """The table; a key that it may not have is an error that names the nearest."""
    if not isinstance(table, Mapping):
        raise reader.error(f"这里应是一张表（…={{…}}），写的是{table!r}")
    for key in table:
        _one_of(key, allowed, reader.where)
    return table


def _one_of(name: str, known: tuple[str, ...], where: str) -> None:
    if name not in known:
        raise unknown(name, [k for k in known if k], where)
