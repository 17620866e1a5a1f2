"""zhengfa.toml: the city, its period, and what it declares besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from zhengfa_stats.declared import load_schema
from zhengfa_stats.errors import DefinitionError, ProjectError
from zhengfa_stats.overlay import refuse_placeholders
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Schema
from zhengfa_stats.toml import parse

FILE = "zhengfa.toml"
_OVERLAYS = ("ledgers", "vocabularies", "indicators", "relations", "options", "periods", "citing")
_KEYS = ("city", "since", "as_of", "summary", "sheets", "team", "senders", "mode", *_OVERLAYS)
_MODES = ("累计", "增量", "自动")
_PIN_KEYS = ("file", "sheet", "ledger", "header_rows", "last_row", "columns", "skip")


@dataclass(frozen=True, slots=True)
class SheetPin:
    """What the user has settled about a sheet ("" = every sheet of the file); it overrides what the reader sees."""

    file: str
    sheet: str = ""
    ledger: str = ""
    header_rows: tuple[int, ...] = ()
    last_row: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)  # header text or column letters → field
    skip: bool = False


@dataclass(frozen=True)
class Config:
    """A project's settings and its schema."""

    city: str
    clock: Clock
    schema: Schema
    pins: tuple[SheetPin, ...] = ()
    team: tuple[str, ...] = ()
    senders: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # who should send, by ledger; "": every ledger
    mode: Mapping[str, str] = field(default_factory=dict)  # ledger or sender → 累计 or 增量; "" for all
    summary: str = ""  # the unit's own template of the work summary, within the project folder

    def mode_of(self, ledger: str, sender: str) -> str:
        """Whether a sender's files of a ledger replace each other or add up; 自动 where nothing is declared."""
        return next((self.mode[name] for name in (sender, ledger, "") if name in self.mode), "自动")


def load_config(project: Path) -> Config:
    """The settings of a project folder; an unknown key or a wrong type is an error that names it."""
    path = project / FILE
    if not path.is_file():
        raise ProjectError(
            f"这里没有 {FILE}", str(project), "请在项目文件夹里运行，或用 --project 指明；新建项目用 zhengfa new 文件夹"
        )
    try:
        table = parse(path.read_text("utf-8-sig"), FILE)
    except UnicodeDecodeError as error:
        raise DefinitionError("不是 UTF-8 编码", FILE, "请用 UTF-8 另存") from error
    return read_config(table, project)


def read_config(table: Mapping[str, Any], project: Path | None = None) -> Config:
    """The settings in a parsed zhengfa.toml."""
    for key in table:
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, n=2, cutoff=0.4)
            raise DefinitionError(f"不认识的设置“{key}”", FILE, f"是不是：{'、'.join(near or _KEYS)}")
    city = _text(table, "city")
    since, as_of = _day(table, "since"), _day(table, "as_of")
    if since > as_of:
        raise DefinitionError(f"起始日 {since} 晚于截止日 {as_of}", FILE, "请改正 since 或 as_of")
    schema = load_schema(project, table)
    return Config(
        city=city,
        clock=Clock(since, as_of),
        schema=schema,
        pins=tuple(_pin(p) for p in table.get("sheets", ())),
        team=tuple(table.get("team", ())),
        senders=_senders(table.get("senders", ()), schema),
        mode=_modes(table.get("mode", {})),
        summary=_text(table, "summary") if "summary" in table else "",
    )


def _senders(given: Any, schema: Schema) -> dict[str, tuple[str, ...]]:
    """`senders = ["公安局", "甲县公安局"]` for every ledger, or a table by ledger, named by its id or in Chinese."""
    ids = {ledger.name: id_ for id_, ledger in schema.ledgers.items()} | {id_: id_ for id_ in schema.ledgers}
    senders = {}
    for name, units in (given if isinstance(given, Mapping) else {"": given} if given else {}).items():
        if name and name not in ids:
            near = get_close_matches(name, ids, n=3, cutoff=0.3) or schema.ledgers
            raise DefinitionError(f"[senders] 里没有名为“{name}”的台账", FILE, f"是不是：{'、'.join(near)}")
        if isinstance(units, str) or not all(isinstance(unit, str) for unit in units):
            raise DefinitionError("senders 应写成单位名称的列表", FILE, '写成 senders = ["公安局", "甲县公安局"]')
        senders[ids.get(name, "")] = tuple(units)
    return senders


def _modes(given: Any) -> dict[str, str]:
    """`mode = "累计"` for all, or a table by ledger or sender."""
    modes = {"": given} if isinstance(given, str) else dict(given)
    for name, mode in modes.items():
        if mode not in _MODES:
            raise DefinitionError(
                f"mode{' ' + name if name else ''} 不能是“{mode}”", FILE, f"可写：{'、'.join(_MODES)}"
            )
    return modes


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise DefinitionError(f"没有写明 {key}", FILE, f'请写一行：{key} = "…"')
    return value.strip()


def _day(table: Mapping[str, Any], key: str) -> date:
    value = table.get(key)
    if type(value) is not date:
        raise DefinitionError(f"没有写明 {key}，或者不是日期", FILE, f"请写一行，不加引号：{key} = 2021-06-30")
    return value


def _pin(table: Mapping[str, Any]) -> SheetPin:
    for key in table:
        if key not in _PIN_KEYS:
            raise DefinitionError(f"[[sheets]] 里不认识的键“{key}”", FILE, f"可用的键：{'、'.join(_PIN_KEYS)}")
    if "file" not in table:
        raise DefinitionError("[[sheets]] 没有写明 file", FILE, "请写出 data/raw 下的文件名")
    refuse_placeholders(table.get("columns", {}), table["file"])
    rows = table.get("header_rows", ())
    rows = (rows,) if isinstance(rows, int) else tuple(rows)
    return SheetPin(
        file=table["file"],
        sheet=table.get("sheet", ""),
        ledger=table.get("ledger", ""),
        header_rows=rows,
        last_row=table.get("last_row"),
        columns=dict(table.get("columns", {})),
        skip=table.get("skip", False),
    )
