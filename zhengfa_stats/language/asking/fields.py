"""Which fields of a ledger conditions speak of, through its facts."""

from __future__ import annotations

from collections.abc import Iterable

from zhengfa_stats.query import Between, Blank, Fact, In, Where, fields_named, leaves
from zhengfa_stats.schema import Ledger


def fields_of(where: Where, ledger: Ledger) -> set[str]:
    """The fields that a condition names, through facts."""
    found: set[str] = set()
    for leaf in leaves(where):
        found |= set(fields_named(leaf))
        if isinstance(leaf, Fact):
            found |= fact_fields(ledger, ledger.facts[leaf.name].where)
    return found


def fact_fields(ledger: Ledger, wheres: Iterable[Where]) -> set[str]:
    return {f for w in wheres for f in fields_of(w, ledger)}


def speaks_of(where: Where, fields: set[str]) -> bool:
    return any(isinstance(leaf, In | Between | Blank) and leaf.field in fields for leaf in leaves(where))
