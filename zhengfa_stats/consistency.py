"""Whether definitions agree with each other: every name that one of them speaks of must exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from zhengfa_stats.dated import check_dated
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.query import And, Before, Between, Blank, Fact, In, Linked, Not, Or, Query, Where, queries
from zhengfa_stats.schema import FactOf, Field, Ledger, Relation, Schema


def unknown(name: str, known: Iterable[str], where: str) -> DefinitionError:
    known = list(known)
    near = get_close_matches(name, known, n=3, cutoff=0.4) or known
    return DefinitionError(f"不认识“{name}”", where, f"是不是：{'、'.join(near)}")


def check(schema: Schema) -> None:
    """Every name that a definition speaks of must exist."""
    for vocabulary in schema.vocabularies.values():
        check_dated(vocabulary)
    for ledger in schema.ledgers.values():
        _check_ledger(schema, ledger)
    for indicator in schema.indicators.values():
        for query in queries(indicator.of):
            check_query(schema, query, f"指标 {indicator.key}")
        if indicator.otherwise:
            _known(indicator.otherwise, schema.indicators, f"指标 {indicator.key} otherwise")
        for name in indicator.reported_beside:
            _known(name, schema.indicators, f"指标 {indicator.key} reported_beside")
    for relation in schema.relations.values():
        _check_relation(schema, relation)


def _known(name: str, known: Iterable[str], where: str) -> None:
    if name not in (known := set(known)):
        raise unknown(name, sorted(known), where)


def _check_ledger(schema: Schema, ledger: Ledger) -> None:
    where = f"台账 {ledger.id}"
    single = (ledger.date, ledger.handler, ledger.also_known_by)
    shared = (name for s in ledger.shared for name in s.fields)
    for name in (
        *ledger.key,
        *ledger.agree,
        *ledger.compatible,
        *ledger.progress,
        *ledger.origin,
        *filter(None, single),
        *shared,
    ):
        _known(name, ledger.fields, where)
    for each in ledger.each.values():
        for name in (each.identity, each.order, *each.first, *each.heaviest):
            _known(name, (*ledger.fields, *BESIDES), where)
    for f in ledger.fields.values():
        if f.kind in ("term", "unit") or f.vocabulary:
            _known(f.vocabulary, schema.vocabularies, f"{where} 字段 {f.id} vocabulary")
        for name in filter(None, (f.known_from, f.reads, *f.or_by, *(i.by for i in f.implied))):
            _known(name, ledger.fields, f"{where} 字段 {f.id}")
        if f.many and f.vocabulary and schema.vocabularies[f.vocabulary].dated:
            raise DefinitionError(
                f"词表 {f.vocabulary} 有按日期改变的词，不能用于一格多值的字段",
                f"{where} 字段 {f.id}",
                "请另写一张词表，或去掉 many",
            )
        if f.days:
            _check_days(ledger, f, f"{where} 字段 {f.id} days")
        if f.ticked:
            _known(f.ticked, schema.vocabularies[f.vocabulary].by_name, f"{where} 字段 {f.id} ticked")
        if f.prefer:
            _known(f.prefer, schema.options, f"{where} 字段 {f.id} prefer")
        for case in f.when:
            _check_where(schema, ledger.id, case.where, f"{where} 字段 {f.id}")
    for fact in ledger.facts.values():
        _check_declared(ledger, fact, where)
        for w in fact.where:
            _check_where(schema, ledger.id, w, f"{where} 事实 {fact.id}")


def _check_declared(ledger: Ledger, fact: FactOf, where: str) -> None:
    """A field that a fact speaks of has to be declared: the lines that declare it are shown."""
    for leaf in _leaves(fact.where):
        for name in (getattr(leaf, "field", ""), getattr(leaf, "other", "")):
            if name and name not in (*ledger.fields, *BESIDES):
                kind = "date" if name.endswith("_on") else "term" if isinstance(leaf, In) else "text"
                near = get_close_matches(name, ledger.fields, n=3, cutoff=0.6)
                do = f"是不是：{'、'.join(near)}；若不是，" if near else ""
                do += f'请在这个台账里写明：\n[fields.{name}]\nname = "…"\nkind = "{kind}"'
                raise DefinitionError(f"条件里的字段“{name}”没有写明", f"{where} 事实 {fact.id}", do)


def _leaves(wheres: Iterable[Where]) -> Iterator[Where]:
    for w in wheres:
        match w:
            case And(of) | Or(of):
                yield from _leaves(of)
            case Not(of):
                yield from _leaves((of,))
            case _:
                yield w


def _check_days(ledger: Ledger, f: Field, where: str) -> None:
    for name in f.days:
        _known(name, ledger.fields, where)
    if len(f.days) != 2 or f.kind != "number" or any(ledger.fields[name].kind != "date" for name in f.days):
        raise DefinitionError(
            "应写两个日期字段，本字段的 kind 是 number", where, '如：days = ["received_on", "closed_on"]'
        )


def check_query(schema: Schema, query: Query, where: str) -> None:
    _known(query.ledger, schema.ledgers, where)
    ledger = schema.ledgers[query.ledger]
    if query.each:
        _known(query.each, ledger.each, where)
    names = [b.field for b in query.by] + [query.measure.field] * bool(query.measure.field)
    for name in names + ([query.period.field] if query.period else []):
        _known(name, (*ledger.fields, *BESIDES), where)
    for w in query.where + query.having:
        _check_where(schema, query.ledger, w, where)


def _check_relation(schema: Schema, relation: Relation) -> None:
    where = f"勾稽关系 {relation.id}"
    for key in (*relation.total, *(key for side in relation.balance for key in side)):
        _known(key, schema.indicators, where)
    if relation.total or relation.balance:
        return
    _known(relation.ledger, schema.ledgers, where)
    for w in relation.never:
        _check_where(schema, relation.ledger, w, where)
    if relation.matches:
        _known(relation.matches, schema.ledgers, where)
        for name in (relation.on, *relation.fields):
            _known(name, schema.ledgers[relation.matches].fields, where)
            _known(name, schema.ledgers[relation.ledger].fields, where)


BESIDES = ("sender", "region", "data_as_of")  # columns that every stored row carries and a query may speak of


def _check_where(schema: Schema, ledger_id: str, w: Where, where: str) -> None:
    ledger = schema.ledgers[ledger_id]
    match w:
        case And(parts) | Or(parts):
            for part in parts:
                _check_where(schema, ledger_id, part, where)
        case Not(of):
            _check_where(schema, ledger_id, of, where)
        case Fact(name):
            _known(name, ledger.facts, where)
        case Linked():
            _known(w.ledger, schema.ledgers, where)
            _known(w.on, ledger.fields, where)
            _known(w.on, schema.ledgers[w.ledger].fields, where)
            for part in w.where:
                _check_where(schema, w.ledger, part, where)
        case In(name, terms):
            _known(name, (*ledger.fields, *BESIDES), where)
            vocabulary = schema.vocabulary_of(ledger_id, name) if name in ledger.fields else None
            for term in terms if vocabulary else ():
                _known(str(term), vocabulary.by_name if vocabulary else (), where)
        case Before(name, other):
            _known(name, (*ledger.fields, *BESIDES), where)
            _known(other, (*ledger.fields, *BESIDES), where)
        case Between(name) | Blank(name):
            _known(name, (*ledger.fields, *BESIDES), where)
