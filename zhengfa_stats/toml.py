"""TOML as people write it: parsed, and what is wrong with it said in Chinese, with the line and the remedy."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from zhengfa_stats.errors import DefinitionError

_AT = re.compile(r"\(at line (\d+), column \d+\)")
_TABLE = re.compile(r"\s*\[[^\[].*\]\s*(?:#.*)?")
_FULL_WIDTH = re.compile("[“”‘’＝［］｛｝，＂]")
_REASONS = {  # how the parser's words begin → what is wrong
    "Cannot declare": "这张表前面已经写过一次，同一张表只能写一处",
    "Cannot overwrite": "这个键前面已经写过一次",
    "Cannot mutate": "这个键前面已经写过一次",
    "Expected '=' after": "键的后面缺少等号",
    "Invalid value": "等号后面的值写得不对；文字要加英文引号，是否写 true 或 false",
    "Unterminated string": "引号没有成对",
    "Illegal character": "引号没有成对，或者有不能用的字符",
    "Unclosed array": "方括号没有成对",
    "Unclosed inline table": "花括号没有成对",
    "Expected newline": "值的后面有多余的内容；一行只写一项，日期写成 2021-06-30，文字加英文引号",
    "Expected ']'": "表名的方括号没有成对",
    "Expected ']]'": "表名的方括号没有成对",
    "Invalid initial character": "键写得不对；中文的键要加英文引号",
    "Invalid statement": "这一行既不是“键 = 值”，也不是“[表名]”；中文的键要加英文引号",
}


def parse(text: str, where: str) -> dict[str, Any]:
    """The tables of a TOML text; DefinitionError names the line, what is wrong with it and what to write."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fault(error, text, where) from error


def _fault(error: tomllib.TOMLDecodeError, text: str, where: str) -> DefinitionError:
    said, lines = str(error), text.splitlines()
    match = _AT.search(said)
    n = int(match[1]) if match else len(lines)
    line = lines[n - 1] if 0 < n <= len(lines) else ""
    reason = next(
        (chinese for english, chinese in _REASONS.items() if said.startswith(english)), "写法不合 TOML 的规则"
    )
    do = "请改正这一行"
    if said.startswith("Cannot declare") and (blocks := _same_table(text, n)):
        (first, _), *_ = blocks
        reason, do = f"{reason}（第{first}行）", _merged(blocks)
    elif _FULL_WIDTH.search(re.sub(r'"[^"]*"', "", line)):
        do = "这一行用了全角的引号或符号，请改为英文半角"
    return DefinitionError(f"第{n}行“{line.strip()}”：{reason}", where, do)


def _same_table(text: str, n: int) -> list[tuple[int, str]]:
    """The table on line n and those of its name before it, each with its first line."""
    blocks = [*_blocks(text)]
    names = {first: _name(block) for first, block in blocks}
    return [(first, block) for first, block in blocks if first <= n and names[first] == names.get(n)]


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """Each [table] of a text with its lines, and the number of the first."""
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if line.lstrip().startswith("[") and line.rstrip().endswith("]")]
    for start, end in pairwise([*starts, len(lines)]):
        if _TABLE.fullmatch(lines[start]):
            yield start + 1, "\n".join(lines[start:end])


def _name(block: str) -> tuple[str, ...]:
    """The keys that a table's header names."""
    try:
        tree: Any = tomllib.loads(block.split("\n")[0])
    except tomllib.TOMLDecodeError:
        return ()
    keys = []
    while isinstance(tree, dict) and tree:
        key, tree = next(iter(tree.items()))
        keys.append(key)
    return tuple(keys)


def _merged(blocks: list[tuple[int, str]]) -> str:
    """What to write instead of several tables of one name: their lists joined; without it where it can't be told."""
    places = "、".join(f"第{first}行" for first, _ in blocks)
    try:
        tables = [_inner(tomllib.loads(block), _name(block)) for _, block in blocks]
        together = joined(tables)
    except (tomllib.TOMLDecodeError, ValueError):
        return f"请把{places}的同名表合并成一张"
    header = blocks[0][1].split("\n")[0].strip()
    return f"请删去{places}的同名表，合并成一张：\n{dump(header, together)}"


def _inner(tree: Any, name: tuple[str, ...]) -> Mapping[str, Any]:
    for key in name:
        tree = tree[key]
    return dict(tree)


def joined(tables: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Several tables as one: lists grow; ValueError where two say one thing differently."""
    together: dict[str, Any] = {}
    for table in tables:
        for key, value in table.items():
            old = together.setdefault(key, value)
            if isinstance(old, list) and isinstance(value, list):
                together[key] = old + [v for v in value if v not in old]
            elif old != value:
                raise ValueError(key)
    return together


def dump(header: str, table: Mapping[str, Any]) -> str:
    """A table of texts, flags, numbers and lists of them, as TOML; ValueError for anything else.

    >>> print(dump("[vocabularies.status]", {"已查结": ["归档", "销号"]}))
    [vocabularies.status]
    "已查结" = ["归档", "销号"]
    """
    return "\n".join([header, *(f"{_key(key)} = {_value(value)}" for key, value in table.items())])


def _key(key: str) -> str:
    return key if re.fullmatch("[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    raise ValueError(value)
