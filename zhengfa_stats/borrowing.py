"""Fields that a ledger's facts speak of and only another ledger declares: taken over from there, as the fact needs them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhengfa_stats.consistency import BESIDES

_WORDS = frozenset({"fact", "any", "not", "linked", "option"})  # of the grammar of conditions; all else is a field
_TAKEN = ("name", "kind", "vocabulary", "many")


def with_borrowed_fields(ledgers: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of the ledgers, each with the fields that its facts need and exactly one other ledger declares.

    What a sheet has no column for is then not known (`needed`); a header that the ledger has itself stays its own.
    """
    return {id_: _with_borrowed(id_, table, ledgers) for id_, table in ledgers.items()}


def _with_borrowed(id_: str, table: Any, ledgers: Mapping[str, Any]) -> Any:
    own = table.get("fields") if isinstance(table, Mapping) else None
    if not isinstance(own, Mapping):
        return table  # refused where it is read
    facts = table.get("facts", {})
    asked = dict.fromkeys(n for fact in facts.values() for n in _fields(fact.get("where")) if n not in (*own, *BESIDES))
    found = {name: field for name in asked if (field := _declared_once(name, id_, ledgers))}
    known = {text for f in own.values() for text in (f.get("name"), *f.get("headers", ()))}
    borrowed = {name: _as_borrowed(field, known) for name, field in found.items()}
    return {**table, "fields": {**own, **borrowed}} if borrowed else table


def _fields(where: Any) -> Iterator[str]:
    """The fields that a condition names."""
    if isinstance(where, list):
        for part in where:
            yield from _fields(part)
    elif isinstance(where, Mapping):
        for key, wanted in where.items():
            if key in ("any", "not"):
                yield from _fields(wanted)
            elif key not in _WORDS:
                yield key


def _declared_once(name: str, id_: str, ledgers: Mapping[str, Any]) -> Mapping[str, Any] | None:
    found = [of["fields"][name] for other, of in ledgers.items() if other != id_ and name in of.get("fields", {})]
    return found[0] if len(found) == 1 else None


def _as_borrowed(field: Mapping[str, Any], known: set[Any]) -> dict[str, Any]:
    headers = [text for text in field.get("headers", ()) if text not in known]
    return {key: field[key] for key in _TAKEN if key in field} | {"headers": headers, "needed": True}
