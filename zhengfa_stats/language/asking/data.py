"""What questions have to know of the data: its first and last days, its units, what stands in its text columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from zhengfa_stats.records import Problem
from zhengfa_stats.schema import Schema

Known = Callable[[str, str], tuple[date, date] | None]  # ledger, date field → the first and last day that the data hold


def spans_of(frames: Mapping[str, Any]) -> Known:
    """The first and last day of a date in the ledgers' frames; None where there is none."""

    @cache
    def known(ledger: str, field: str) -> tuple[date, date] | None:
        frame = frames.get(ledger)
        if frame is None or field not in frame:
            return None
        days = frame[field].dropna()
        return (_day(days.min()), _day(days.max())) if len(days) else None

    return known


def units_of(frames: Mapping[str, Any], schema: Schema) -> frozenset[str]:
    """Every unit that some row names."""
    found: set[str] = set()
    for id_, frame in frames.items():
        for field in schema.ledgers[id_].fields.values():
            if field.kind == "unit" and field.id in frame:
                values = frame[field.id].dropna()
                found.update(map(str, (values.explode() if field.many else values).dropna().unique()))
    return frozenset(found)


def disputed_of(problems: Iterable[Problem], schema: Schema) -> dict[str, list[frozenset[str]]]:
    """Ledger → of each record that two units have in their lists, and nothing says whose it is, the two: of 制度, not of clues."""
    found: dict[str, list[frozenset[str]]] = {}
    for problem in problems:
        ledger = schema.ledgers.get(problem.ledger)
        if ledger is None or problem.kind != "重复记录不一致" or ledger.handler:
            continue
        names = "|".join(re.escape(f.name) for f in ledger.fields.values() if f.kind == "unit" and not f.many)
        for match in re.finditer(f"(?:{names})（(?P<two>[^）]*)）", problem.what) if names else ():
            found.setdefault(ledger.id, []).append(frozenset(match["two"].split("、")))
    return found


def _day(moment: Any) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def is_value(text: str) -> bool:
    """Whether what stands in a text column can be told in a question: 柳河革命烈士陵园; no digit, no tick."""
    return 1 < len(text) <= 30 and re.search(r"[一-鿿]", text) is not None and not re.search(r"[\s，,。；;、]", text)


def texts_of(frames: Mapping[str, Any], schema: Schema) -> dict[tuple[str, str], tuple[str, ...]]:
    """(ledger, field) → all that stands in a text column."""
    found = {}
    for id_, frame in frames.items():
        for field in schema.ledgers[id_].fields.values():
            told = field.kind == "text" and field.is_stored and not field.is_secret and field.id != "region"
            if told and field.id in frame:
                found[id_, field.id] = tuple(map(str, frame[field.id].dropna().unique()))
    return found


def values_of(frames: Mapping[str, Any], schema: Schema) -> dict[tuple[str, str], frozenset[str]]:
    """(ledger, field) → what stands in a text column and can be told in a question."""
    return {place: frozenset(filter(is_value, texts)) for place, texts in texts_of(frames, schema).items()}
