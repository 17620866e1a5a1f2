"""The cleaners against their text tables in tests/spec: written | context | expected | rule !level kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from zhengfa_stats.declared import load_schema
from zhengfa_stats.reading.cleaning import codes, dates, flags, numbers, persons, posts, terms, units
from zhengfa_stats.reading.cleaning.result import Cleaned, Crew, Office, Span
from zhengfa_stats.reading.sheets import Cell, CellError, NoValue
from zhengfa_stats.schema import Vocabulary

SPEC = Path(__file__).parent.parent / "spec"
SCHEMA = load_schema()
TYPES: dict[str, Callable[[str], Cell]] = {
    "数": float,
    "日": date.fromisoformat,
    "时": datetime.fromisoformat,
    "真": lambda text: text == "是",
    "错": CellError,
    "公式": NoValue,
}


def vocabulary(name: str) -> Vocabulary:
    return SCHEMA.vocabularies[name]


def written(text: str) -> Cell:
    """`<数>3.5` is a number cell, `<日>2021-03-05` a real date; \\n and \\u3000 stand for themselves."""
    if text.startswith("<"):
        kind, _, rest = text[1:].partition(">")
        return TYPES[kind](rest)
    return text.replace("\\n", "\n").replace("\\u3000", "\u3000").removeprefix("␣").removesuffix("␣")


def date_context(text: str) -> dates.Context:
    """`2021` the period's year; `表2021` the sheet's; `表2021.3` its year and month."""
    digits = text.removeprefix("表")
    year, _, month = digits.partition(".")
    return dates.Context(int(year) if year else None, int(month) if month else None, text.startswith("表"))


def read_term(value: Cell, context: str) -> Cleaned[Any]:
    name, _, rest = context.partition(" ")
    words = tuple(w for w in rest.split() if w != "多")
    return terms.clean(value, vocabulary(name), strip=words, many="多" in rest.split())


def read_unit(value: Cell, context: str) -> Cleaned[Any]:
    clean = units.clean_many if context == "多" else units.clean
    return clean(value, vocabulary("unit"), "示例市")


CLEANERS: dict[str, Callable[[Cell, str], Cleaned[Any]]] = {
    "dates": lambda value, context: dates.clean(value, date_context(context)),
    "numbers": lambda value, context: numbers.clean(value),
    "codes": lambda value, context: codes.clean(value, many=context == "多"),
    "flags": lambda value, context: flags.clean(value, vocabulary("flag"), tick=context == "勾"),
    "persons": lambda value, context: persons.clean(value),
    "terms": read_term,
    "units": read_unit,
}


def shown(value: Any) -> str:
    match value:
        case None:
            return "空"
        case bool():
            return "是" if value else "否"
        case Span(first, last):
            return str(first) if first == last else f"{first}~{last}"
        case Crew(names, others):
            return "、".join(names) + (f" +{others}" if others else "")
        case Office(unit, region):
            return f"{region}/{unit}"
        case tuple():
            return " ; ".join(map(shown, value))
        case _:
            return str(value)


def outcome(cleaned: Cleaned[Any]) -> tuple[str, str]:
    fault = f"!{cleaned.fault.level} {cleaned.fault.kind}" if cleaned.fault else ""
    return shown(cleaned.value).strip(), " ".join(part for part in (cleaned.rule, fault) if part)


def lines(kind: str) -> Iterator[tuple[str, str, str, str]]:
    for line in (SPEC / f"{kind}.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            cells = [cell.strip() for cell in line.split(" | ")]
            assert len(cells) == 4, line
            yield cells[0], cells[1], cells[2], "" if cells[3] == "-" else cells[3]


CASES = [(kind, *line) for kind in CLEANERS for line in lines(kind)]


@pytest.mark.parametrize(("kind", "text", "context", "value", "why"), CASES, ids=[f"{c[0]}:{c[1]}" for c in CASES])
def test_as_specified(kind: str, text: str, context: str, value: str, why: str) -> None:
    cleaned = CLEANERS[kind](written(text), "" if context == "-" else context)
    assert outcome(cleaned) == (value, why)


@pytest.mark.parametrize(
    ("post", "alone"),
    [("副局长、三级警长", True), ("原副局长、三级警长", False), ("刑侦支队支队长兼政委", False)],
)
def test_each_of_several_posts_counts_unless_one_is_left(post: str, alone: bool) -> None:
    last = post.replace("兼", "、").rpartition("、")[2]
    assert (last in posts.forms(post, vocabulary("unit"), "示例市")) == alone
