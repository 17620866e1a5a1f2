"""What zhengfa.toml may not say of ledgers and vocabularies: fields that do not exist, placeholders left as printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.schema import Schema

TERM, FIELD = "规范词", "字段"  # what printed lines say where the reader must fill in a term or a field
_FILE = "zhengfa.toml"


def check_overlay(tree: Mapping[str, Any], overlay: Mapping[str, Any]) -> None:
    """DefinitionError where the tables of zhengfa.toml name what is not in the definitions, and do not define it."""
    for id_, terms in overlay.get("vocabularies", {}).items():
        if TERM in terms:
            do = f"请把“{TERM}”换成词表里的词，如：{'、'.join(list(_names(tree, id_))[:8])}"
            raise DefinitionError(f"“{TERM}”只是占位，要换成实际的词", f"{_FILE} [vocabularies.{id_}]", do)
    for id_, ledger in overlay.get("ledgers", {}).items():
        known = tree["ledgers"].get(id_)
        if known is None and not {"name", "fields"} <= ledger.keys():
            names = {name: of["name"] for name, of in tree["ledgers"].items()}
            raise _unknown("台账", id_, names, f"{_FILE} [ledgers.{id_}]")
        for name, field in ledger.get("fields", {}).items() if known else ():
            _check_field(id_, name, field, known["fields"])


def check_in_use(schema: Schema, given: Iterable[str]) -> None:
    """DefinitionError for a vocabulary of zhengfa.toml that no field reads by: its terms would do nothing."""
    used = sorted({f.vocabulary for ledger in schema.ledgers.values() for f in ledger.fields.values()} - {""})
    for id_ in given:
        if id_ not in used:
            near = get_close_matches(id_, used, n=3, cutoff=0.4) or used
            raise DefinitionError(
                f"没有字段使用词表“{id_}”", f"{_FILE} [vocabularies.{id_}]", f"是不是：{'、'.join(near)}"
            )


def refuse_placeholders(columns: Mapping[str, str], file: str) -> None:
    """DefinitionError where a pin of [[sheets]] still says “字段” for a column."""
    for header, name in columns.items():
        if name == FIELD:
            where = f'{_FILE} [[sheets]] file = "{file}"'
            do = "请换成字段的名称或标识；不要这一列，就写成空的"
            raise DefinitionError(f"列“{header}”的“{FIELD}”只是占位，要换成实际的字段", where, f'{do} ""')


def _names(tree: Mapping[str, Any], vocabulary: str) -> list[str]:
    return [name for name in tree["vocabularies"].get(vocabulary, {}) if name]


def _check_field(ledger: str, name: str, field: Any, known: Mapping[str, Any]) -> None:
    where = f"{_FILE} [ledgers.{ledger}.fields.{name}]"
    names = {id_: of.get("name", id_) for id_, of in known.items()}
    if name == FIELD:
        listed = "、".join(f"{id_}（{of}）" for id_, of in names.items())
        raise DefinitionError(f"“{FIELD}”只是占位，要换成实际的字段", where, f"可用的字段：{listed}")
    if name not in known and not (isinstance(field, Mapping) and {"name", "kind"} <= field.keys()):
        raise _unknown("字段", name, names, where)


def _unknown(what: str, name: str, names: Mapping[str, str], where: str) -> DefinitionError:
    """No such ledger or field; those alike in id or Chinese name, else all, are shown."""
    ids = {chinese: id_ for id_, chinese in names.items()} | {id_: id_ for id_ in names}
    near = dict.fromkeys(ids[n] for n in get_close_matches(name, ids, n=3, cutoff=0.5)) or names
    listed = "、".join(f"{id_}（{names[id_]}）" for id_ in near)
    return DefinitionError(f"没有这个{what}：{name}", where, f"是不是：{listed}；新增{what}要写明 name 等")
