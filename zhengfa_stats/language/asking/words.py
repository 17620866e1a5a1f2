"""The words of asking: roles, measure words, habits of speech about each ledger, and what can't be answered, as words.toml says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.grammar import Reader
from zhengfa_stats.query import And, Not, Where
from zhengfa_stats.schema import Ledger, Schema

FILE = "words.toml"


@dataclass(frozen=True)
class Habits:
    """How people speak about one ledger."""

    called: str = ""  # what its records are called in a sentence
    nouns: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    always: tuple[Where, ...] = ()
    absent: tuple[Where, ...] = ()  # what goes with the negation of that: not attended, though expected
    usual: tuple[Where, ...] = ()  # what is meant where nothing else is said: who was trained, attended
    rows: tuple[str, ...] = ()  # measure words of its records
    acts: tuple[str, ...] = ()
    person: str = ""
    each: str = ""
    count_by: str = "rows"
    unit: str = ""
    about_unit: str = ""
    also_unit: str = ""
    attending: str = ""
    mean_only: tuple[str, ...] = ()  # numbers that are averaged and never added up
    days: str = ""
    due: str = ""
    open: tuple[Where, ...] = ()
    closed: tuple[Where, ...] = ()
    prefer: tuple[str, ...] = ()
    verbs_tell: bool = True  # a verb with a fitting measure word is enough: 收到几条
    borrowed: tuple[str, ...] = ()  # words that are at home in another ledger: no evidence that this one is meant
    overview: tuple[str, ...] = ()  # the figures that tell how things stand: 线索情况怎么样
    alike: tuple[str, ...] = ()  # fields that are asked about side by side: 留置, 移送司法
    weak: tuple[str, ...] = ()  # fields that say who somebody is: no evidence that this ledger is meant
    means: Mapping[str, tuple[Where, ...]] = field(default_factory=dict)
    instead: Mapping[str, tuple[Where, ...]] = field(default_factory=dict)
    axes: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    sums: Mapping[str, str] = field(default_factory=dict)
    of_items: Mapping[str, str] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)  # what happens → its date: 从立案到处理


@dataclass(frozen=True)
class Ambiguous:
    """A word with two meanings: what to choose from, unless another word settles it."""

    word: str
    choices: tuple[str, ...]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """words.toml, checked."""

    roles: Mapping[str, frozenset[str]]  # word → roles
    measures: Mapping[str, frozenset[str]]  # measure word → rows, persons, acts, percent, unit_of
    axes: Mapping[str, str]  # 月份 → month, 单位 → unit
    refused: Mapping[str, str]  # word → why
    ambiguous: tuple[Ambiguous, ...]
    habits: Mapping[str, Habits]
    told: frozenset[str]  # the ledgers that words.toml speaks of; of others, the titles of their sheets are words too
    people: frozenset[str]
    people_ledger: str
    barred: Mapping[str, frozenset[str]]  # vocabulary → ways of writing that are no words when asked
    also: Mapping[str, Mapping[str, tuple[str, ...]]]
    narrower: Mapping[str, frozenset[str]]  # vocabulary → ways of writing that say more than their term does
    spans: Mapping[str, int]  # 半年 → 6 months
    together: Mapping[str, tuple[str, ...]]  # 法检两院 → 法院, 检察院
    figures: Mapping[str, str]  # 结转过来 → 线索.上期结转


def load_words(schema: Schema, project: Path | None = None) -> Words:
    """Our words and, over them, those of `project`/definitions/words.toml; every ledger of the schema has habits."""
    tree = tomllib.loads((files("zhengfa_stats") / "definitions" / FILE).read_text("utf-8"))
    if project is not None and (own := project / "definitions" / FILE).is_file():
        try:
            _extend(tree, tomllib.loads(own.read_text("utf-8-sig")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise DefinitionError(f"不是合法的 TOML：{error}", f"definitions/{FILE}", "请按提示改正") from error
    return _words(tree, schema)


def narrower_words() -> dict[str, dict[str, list[str]]]:
    """Vocabulary → "-" → the ways of writing that say more than their term, as Lexicon leaves them out."""
    tree = tomllib.loads((files("zhengfa_stats") / "definitions" / FILE).read_text("utf-8"))
    return {name: {"-": list(words)} for name, words in tree.get("narrower", {}).items()}


def _extend(tree: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        old = tree.get(key)
        if isinstance(value, Mapping) and isinstance(old, dict):
            _extend(old, value)
        elif isinstance(value, list) and isinstance(old, list):
            tree[key] = [*old, *value]
        else:
            tree[key] = value


def _words(tree: Mapping[str, Any], schema: Schema) -> Words:
    top = Reader(FILE, schema.options)
    top.only(tree, _TOP)
    told = tree.get("ledgers", {})
    for name in told:
        if name not in schema.ledgers:
            raise DefinitionError(f"没有台账“{name}”", FILE, f"可用的有：{'、'.join(schema.ledgers)}")
    people = tree.get("people", {})
    return Words(
        roles=_turned(tree.get("roles", {})),
        measures=_turned(tree.get("measures", {})),
        axes={word: axis for axis, words in tree.get("axes", {}).items() for word in words},
        refused={word: why for why, words in tree.get("refused", {}).items() for word in words},
        ambiguous=tuple(
            Ambiguous(a["word"], tuple(a["choices"]), tuple(a.get("unless", ()))) for a in tree.get("ambiguous", ())
        ),
        habits={id_: _habits(ledger, told.get(id_), schema) for id_, ledger in schema.ledgers.items()},
        told=frozenset(told),
        people=frozenset(people.get("words", ())),
        people_ledger=people.get("ledger", ""),
        barred={name: frozenset(words) for name, words in tree.get("barred", {}).items()},
        also={
            name: {term: tuple(words) for term, words in terms.items()} for name, terms in tree.get("also", {}).items()
        },
        narrower={name: frozenset(words) for name, words in tree.get("narrower", {}).items()},
        spans=dict(tree.get("spans", {})),
        together={word: tuple(units) for word, units in tree.get("together", {}).items()},
        figures=_figures(tree.get("figures", {}), schema),
    )


def _figures(table: Mapping[str, Iterable[str]], schema: Schema) -> dict[str, str]:
    """What is said → the key of the figure that is meant."""
    for key in table:
        if key not in schema.indicators:
            raise DefinitionError(f"没有指标“{key}”", FILE, "请照 indicators.toml 里的名称写")
    return {word: key for key, words in table.items() for word in words}


def _turned(table: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Word → all headings that it stands under."""
    found: dict[str, set[str]] = {}
    for heading, words in table.items():
        for word in words:
            found.setdefault(word, set()).add(heading)
    return {word: frozenset(headings) for word, headings in found.items()}


def _conditions(reader: Reader, table: object) -> tuple[Where, ...]:
    """The conditions of a table; the negation of a single one is not wrapped."""
    return tuple(_bare(w) for w in reader.conditions(table))


def _bare(where: Where) -> Where:
    match where:
        case Not(And((one,))):
            return Not(one)
    return where


_TOP = (
    *("roles", "measures", "axes", "refused", "ambiguous", "ledgers", "people", "barred", "also"),
    *("narrower", "spans", "figures", "together"),
)
_VERBS = ("收到", "接到", "登记", "收", "接收", "受理")  # of a ledger that words.toml does not speak of
_LISTS = ("nouns", "verbs", "rows", "acts", "prefer", "weak", "mean_only", "borrowed", "overview", "alike")
_TABLES = ("axes", "numbers", "sums", "of_items", "dates", "events")
_CONDITIONS = ("always", "usual", "absent", "open", "closed")


def _habits(ledger: Ledger, table: Mapping[str, Any] | None, schema: Schema) -> Habits:
    """What words.toml says of a ledger; of one that it does not know, what its definition tells."""
    reader = Reader(f"{FILE} ledgers.{ledger.id}", schema.options)
    t = dict(reader.only(table or {}, tuple(Habits.__dataclass_fields__)))
    for key in "received":
        t.pop(key, None)
    for key in _LISTS:
        t[key] = reader.texts(t, key)
    for key in _CONDITIONS:
        t[key] = _conditions(reader, t.get(key, {}))
    for key in ("means", "instead"):
        t[key] = {word: _conditions(reader, where) for word, where in t.get(key, {}).items()}
    fields = [f for f in ledger.fields.values() if f.is_stored]
    t.setdefault("unit", next((f.id for f in fields if f.kind == "unit"), ""))
    t.setdefault("person", next((f.id for f in fields if f.kind == "persons" and not f.private), ""))
    t.setdefault("each", next((n for n, e in ledger.each.items() if e.identity == t["person"]), ""))
    t.setdefault("count_by", "persons" if ledger.unit == "人" and t["person"] else "rows")
    if table is None:
        t["verbs"] = _VERBS
        t["numbers"] = {f.name.removesuffix("数"): f.id for f in fields if f.kind == "number"}
    t["rows"] = t["rows"] or tuple(dict.fromkeys((ledger.unit or "条", "条", "件", "个", "项", "起", "次")))
    return Habits(**t)
