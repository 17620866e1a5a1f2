"""Other forms of a known word: 收 → 收了, 收过, 收没收; 没办结 → 还没办结; what is told of a text column as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from zhengfa_stats.schema import Schema

_STILL = ("还", "仍", "尚", "一直", "到现在还", "现在还", "至今")
_NOT = ("没", "未")
_EITHER = ("没", "没有", "未")


def forms_of_verb(verb: str) -> Iterator[str]:
    """Done, and done before.

    >>> list(forms_of_verb("收"))
    ['收了', '收过']
    """
    if not verb.endswith(("了", "过", "的", "到")):
        yield from (f"{verb}了", f"{verb}过")


def either_of_verb(verb: str) -> Iterator[str]:
    """Whether it was done at all, as one word in the middle of a clause: 开没开过 asks 有没有.

    >>> list(either_of_verb("开"))[:3]
    ['开没开', '开没开过', '开没开了']
    """
    if len(verb) == 1:
        yield from (f"{verb}{no}{verb}{end}" for no in _EITHER for end in ("", "过", "了"))


def forms_of_not(text: str) -> Iterator[str]:
    """没办结 → 还没办结: what is not done is not done yet."""
    if text.startswith(_NOT):
        yield from (f"{still}{text}" for still in _STILL)


def is_value(text: str) -> bool:
    """Whether what stands in a text column can be told in a question: 柳河革命烈士陵园; no digit, no tick."""
    return 1 < len(text) <= 30 and re.search(r"[一-鿿]", text) is not None and not re.search(r"[\s，,。；;、]", text)


def values_of(frames: Mapping[str, Any], schema: Schema) -> dict[tuple[str, str], frozenset[str]]:
    """(ledger, field) → what stands in a text column; not of one that other fields are read from, as 职务 is."""
    found = {}
    for id_, frame in frames.items():
        fields = schema.ledgers[id_].fields
        read = {f.reads for f in fields.values()}
        for field in fields.values():
            told = field.kind == "text" and field.is_stored and not field.is_secret and field.id not in read
            if told and field.id != "region" and field.id in frame:
                texts = map(str, frame[field.id].dropna().unique())
                found[id_, field.id] = frozenset(t for t in texts if is_value(t))
    return found
