"""Definitions as trees: read from a folder's TOML and CSV files, and laid one over another."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.grammar import Reader
from zhengfa_stats.toml import parse

Tree = dict[str, Any]
_WORDS = ("said", "plain", "of", "measures", "narrows", "units")  # what [citing] may say


def read_folder(folder: Traversable, prefix: str) -> Tree:
    """A definitions folder as one tree: ledgers, vocabularies, indicators, relations."""
    tree: Tree = {"ledgers": {}, "vocabularies": {}, "indicators": {}, "relations": {}}
    for file in _files(folder / "ledgers", ".toml"):
        tree["ledgers"][file.name.removesuffix(".toml")] = read_toml(file, prefix + "ledgers/" + file.name)
    for file in _files(folder / "vocabularies", ".csv"):
        tree["vocabularies"][file.name.removesuffix(".csv")] = _vocabulary_rows(file, prefix)
    for name in ("indicators", "relations"):
        if (file := folder / f"{name}.toml").is_file():
            tree[name] = read_toml(file, f"{prefix}{name}.toml")
    return tree


def _files(folder: Traversable, ending: str) -> list[Traversable]:
    if not folder.is_dir():
        return []
    return sorted((f for f in folder.iterdir() if f.name.endswith(ending)), key=lambda f: f.name)


def read_toml(file: Traversable, where: str) -> Tree:
    """The tables of a TOML file; DefinitionError says in Chinese what is wrong with it."""
    try:
        return parse(file.read_text("utf-8-sig"), where)
    except UnicodeDecodeError as error:
        raise DefinitionError("不是 UTF-8 编码", where, "请用 UTF-8 另存") from error


def _vocabulary_rows(file: Traversable, prefix: str) -> Tree:
    """A vocabulary's CSV as { term: { parent, aliases } }; the row without a term lists what means nothing."""
    where = f"{prefix}vocabularies/{file.name}"
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    if rows and set(rows[0]) - {"sort"} != {"term", "parent", "aliases"}:
        raise DefinitionError("词表的表头应为 term,parent,aliases，需要时再加 sort", where, "请改正第一行")
    tree: Tree = {}
    for row in rows:
        if row["term"] in tree:
            raise DefinitionError(f"“{row['term']}”出现两次", where, "请合并为一行")
        aliases = [a for a in row["aliases"].split("|") if a]
        tree[row["term"]] = {"parent": row["parent"], "aliases": aliases} | (
            {"sort": row["sort"]} if row.get("sort") else {}
        )
    return tree


def extend(tree: Tree, more: Mapping[str, Any], where: str) -> None:
    """Lay `more` over `tree`: tables merge, lists of written forms grow, all else is replaced."""
    for key, value in more.items():
        old = tree.get(key)
        if isinstance(value, list) and isinstance(old, dict) and set(old) - {"sort"} == {"parent", "aliases"}:
            value = {"aliases": value}  # [vocabularies.status] "已查结" = ["归档"]
        if isinstance(value, Mapping) and isinstance(old, dict):
            extend(old, value, where)
        elif (
            isinstance(value, list)
            and isinstance(old, list)
            and key in ("headers", "titles", "aliases", "cited_as", "reported_as")
        ):
            tree[key] = old + [v for v in value if v not in old]
        else:
            tree[key] = value


def own_words(project: Path | None, given: object) -> Tree:
    """The project's own words for reading prose: definitions/citing.toml, and [citing] of zhengfa.toml over it."""
    tree: Tree = {}
    file = project / "definitions" / "citing.toml" if project is not None else None
    if file is not None and file.is_file():
        _add_words(tree, read_toml(file, "definitions/citing.toml"), "definitions/citing.toml")
    _add_words(tree, given, "zhengfa.toml [citing]")
    return tree


def _add_words(tree: Tree, given: object, where: str) -> None:
    """The words of one file with those known before; an unknown key or a facet that there is not is an error."""
    ours = read_toml(files("zhengfa_stats") / "definitions" / "citing.toml", "citing.toml")
    top = Reader(where, {})
    for key, value in top.only(given, _WORDS).items():
        if key == "plain":
            tree[key] = [*tree.get(key, ()), *top.texts({key: value}, key)]
            continue
        inner = Reader(f"{where} {key}", {})
        for name, words in inner.only(value, tuple(ours["said"]) if key == "said" else tuple(value)).items():
            _add_listed(tree.setdefault(key, {}), name, words, inner)


def _add_listed(tree: Tree, name: str, words: object, reader: Reader) -> None:
    if isinstance(words, Mapping):  # [citing.said."物"] "线索" = […]
        for value in words:
            _add_listed(tree.setdefault(name, {}), value, words[value], Reader(f"{reader.where} {name}", {}))
    elif isinstance(words, str):  # units: 台账 → 字段
        tree[name] = words
    else:
        tree[name] = [*tree.get(name, ()), *reader.texts({name: words}, name)]
