"""A share of what another ledger counts: 受处理人数占全市干警总数的百分之几 → the two questions that it is put together of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhengfa_stats.language.asking.frame import NotUnderstood
from zhengfa_stats.language.asking.tokens import Token
from zhengfa_stats.language.asking.words import Words

_AMOUNTS = {"ask", "percent", "growth", "share"}
_OWN = re.compile("(?:本|各自|自己|该|所在|其所在|各|自身)(?:的)?(?:单位|部门|机关)(?:的)?|各自的?")
_NUMBER = re.compile("(?:总)?(?:人数|数)$")


def part_and_whole(text: str, tokens: Sequence[Token], words: Words) -> tuple[str, str] | None:
    """The question of the part and that of the whole, where the whole is people of the ledger of all people; else None."""
    at = next((i for i, t in enumerate(tokens) if _is_share_of(t) or "equals" in t.roles), None)
    if not at:
        return None
    end = next((i for i in range(at + 1, len(tokens)) if tokens[i].roles & _AMOUNTS), len(tokens))
    part, whole = tokens[:at], tokens[at + 1 : end]
    people = words.people_ledger
    if any(not t.roles & {*_AMOUNTS, "idle"} for t in tokens[end:]):
        return None
    if not any(_is_noun(t, people) or _is_people(t, people, words) for t in whole) or any(
        _is_of_another(t, people) for t in whole
    ):
        return None
    if not any(_is_of_another(t, people) for t in part) or any("ask" in t.roles for t in part):
        return None
    if any("within_part" in t.roles for t in part) and not any(_is_noun(t, people) and not t.roles for t in whole):
        said = "".join(t.text for t in whole)
        raise NotUnderstood([said], f"“{said}”是指前面说的这些人，还是花名册上的全部干警？请说明")
    of = text[tokens[at].end : tokens[end].start if end < len(tokens) else len(text)].rstrip("的 ")
    said = text[: tokens[at].start]
    return _how_many(said), _how_many(_OWN.sub(_axis(said, part), of))


def _is_share_of(token: Token) -> bool:
    return "share" in token.roles and token.text.startswith("占")


def _how_many(said: str) -> str:
    return f"{_NUMBER.sub('', said.rstrip('的 '))}有多少人"


def _axis(text: str, tokens: Sequence[Token]) -> str:
    """What the part is broken down by, which its whole is as well: 各单位 … 占本单位."""
    return next((t.text for t in tokens if "axis" in t.roles and t.text[0] in "各每逐"), "")


def _is_noun(token: Token, ledger: str) -> bool:
    return any(m.kind == "noun" and m.ledger == ledger for m in token.meanings)


def _is_people(token: Token, ledger: str, words: Words) -> bool:
    """科级干部: people of a sort that the ledger of all people tells."""
    told = any(m.kind == "condition" and m.ledger == ledger for m in token.meanings)
    return told and token.text.endswith(tuple(words.people))


def _is_of_another(token: Token, ledger: str) -> bool:
    """A word that speaks of another ledger alone: 受处理, 留置, 参训; 科级 is told of all officers as well."""
    telling = {m.ledger for m in token.meanings if m.kind in ("noun", "condition")}
    return bool(telling) and ledger not in telling and not token.roles & {"idle"}
