"""Terms that count as others on some days (职级序列改革, a city's own mapping): read, checked, said in what they change.

    [vocabularies.rank]
    "四级高级法官" = { dated = [{ as = "科级", from = 2020-01-01 }] }

The day is that of the row: its ledger's date, of a month the first day; where the ledger has none, the file's 截至.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.grammar import Reader
from zhengfa_stats.query import And, Fact, In, Linked, Not, Or, Where, queries
from zhengfa_stats.schema import Dated, Indicator, Ledger, Schema, Vocabulary

_HOW = '如：dated = [{ as = "科级", from = 2020-01-01 }]'


def dated_term(table: object, reader: Reader) -> Dated:
    """One line of a term's `dated`: { as = a term, from = a day, until = a day }, one of the two at least."""
    t = reader.only(table, ("as", "from", "until"))
    days = [t.get("from"), t.get("until")]
    if not isinstance(t.get("as"), str) or days == [None, None]:
        raise reader.error("dated 要写明按哪个词计、从哪天起或到哪天止", _HOW)
    if any(day is not None and type(day) is not date for day in days):
        raise reader.error("dated 的 from、until 应是日期，不加引号", _HOW)
    one = Dated(t["as"], *days)
    if one.since and one.until and one.since > one.until:
        raise reader.error(f"dated 的起始日 {one.since} 晚于终止日 {one.until}", "请改正 from 或 until")
    return one


def check_dated(vocabulary: Vocabulary) -> None:
    """DefinitionError where a term counts as one that is not in the vocabulary, or as two on one day."""
    for term in vocabulary.terms:
        where = f"词表 {vocabulary.id}“{term.name}”dated"
        for one in term.dated:
            if one.term not in vocabulary.by_name or one.term == term.name:
                raise DefinitionError(f"as 要写词表里的另一个词，写的是“{one.term}”", where, "请改正 as")
        for before, after in pairwise(sorted(term.dated, key=lambda d: d.since or date.min)):
            if (before.until or date.max) >= (after.since or date.min):
                raise DefinitionError("几段日期有重叠，同一天只能按一个词计", where, "请改正 from 或 until")


def with_dated_terms_said(schema: Schema) -> Schema:
    """The schema with the days on which terms count as others said in the definitions of the figures that they change."""
    if not any(v.dated for v in schema.vocabularies.values()):
        return schema
    said = {key: replace(i, definition=i.definition + _said(schema, i)) for key, i in schema.indicators.items()}
    return replace(schema, indicators=said)


def _said(schema: Schema, indicator: Indicator) -> str:
    found = (
        sentence
        for query in queries(indicator.of)
        for field_id, terms in (
            *((by.field, None) for by in query.by),
            *(
                (leaf.field, leaf.terms)
                for w in query.where + query.having
                for leaf in _terms_asked(schema, query.ledger, w)
            ),
        )
        for sentence in _sentences(schema, schema.ledgers[query.ledger], field_id, terms)
    )
    return "".join(dict.fromkeys(found))


def _terms_asked(schema: Schema, ledger_id: str, where: Where) -> Iterator[In]:
    """The conditions on terms that a condition rests on: through facts, and derived fields that have no vocabulary."""
    ledger = schema.ledgers[ledger_id]
    match where:
        case And(of) | Or(of):
            inner: tuple[Where, ...] = of
        case Not(of):
            inner = (of,)
        case Fact(name):
            inner = ledger.facts[name].where
        case Linked():
            inner = ()
        case In(name):
            yield where
            f = ledger.fields.get(name)
            inner = tuple(case.where for case in f.when) if f and not f.vocabulary else ()
        case _:
            inner = ()
    for part in inner:
        yield from _terms_asked(schema, ledger_id, part)


def _sentences(schema: Schema, ledger: Ledger, field_id: str, terms: tuple[str | bool, ...] | None) -> Iterator[str]:
    """What is said where rows come into or fall out of the terms asked for (None: of any) by the day."""
    vocabulary = schema.vocabulary_of(ledger.id, field_id) if field_id in ledger.fields else None
    if vocabulary is None:
        return
    within = {name for t in terms or () for name in vocabulary.descendants(str(t))}
    for term, one in vocabulary.dated:
        if terms is None or (term in within) != (one.term in within):
            yield f"{_days(one)}，“{term}”按“{one.term}”计（看{_date_of(ledger)}）。"


def _date_of(ledger: Ledger) -> str:
    return ledger.fields[ledger.date].name if ledger.date else "报表截至日期"


def _days(one: Dated) -> str:
    """The days as a definition says them.

    >>> _days(Dated("科级", date(2020, 1, 1))), _days(Dated("科级", None, date(2019, 5, 31)))
    ('2020年1月1日起', '2019年6月1日以前')
    >>> _days(Dated("科级", date(2020, 1, 1), date(2020, 12, 31)))
    '2020年1月1日至2020年12月31日'
    """
    if one.since is None:
        assert one.until is not None  # checked as it was read
        return f"{_day(one.until + timedelta(1))}以前"
    return f"{_day(one.since)}至{_day(one.until)}" if one.until else f"{_day(one.since)}起"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
