"""Lists in a clause: 参与率、合格率均为…, 公安局、法院分别收到…; which word goes with which number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.words import LIST, OWN, REGION, UNIT, Said, Sense
from zhengfa_stats.schema import Schema

_JOINT = re.compile(r"[、/，,和与及以\s“”]*|[^、，]{0,4}[、和与及]")


def runs(said: Sequence[Said], clause: Clause) -> list[list[Said]]:
    """The lists in a clause: neighbours of one facet with different values, joined by 、 or 和."""
    found: list[list[Said]] = []
    for word in said:
        run = found[-1] if found else []
        if run and word.facet == run[-1].facet and _joined(run[-1], word, clause):
            if word.senses != run[-1].senses:
                run.append(word)
        else:
            found.append([word])
    return [run for run in found if len(run) > 1]


def _joined(one: Said, other: Said, clause: Clause) -> bool:
    between = clause.text[one.end - clause.start : other.start - clause.start]
    return (
        one.end <= other.start
        and bool(between)
        and bool(re.fullmatch(r"(?:数|的|线索|干警|人员|活动|教育)?\s*(?:、|和|及|与|以及|/)\s*", between))
    )


def dealt(clause: Clause, n: int, schema: Schema) -> list[tuple[Said, ...]] | None:
    """What is said of each of n numbers that 分别 deals out; None where the list has another length."""
    if whole := next((w for w in clause.said if w.facet == LIST), None):
        terms = _spelt_out(whole, schema)
        rest = tuple(w for w in clause.said if w is not whole)
        return [(*rest, term) for term in terms] if len(terms) == n else None
    fitting = [run for run in runs(clause.said, clause) if len(run) == n]
    if len(fitting) != 1:
        return None
    return _one_each(clause.said, fitting[0])


def _spelt_out(word: Said, schema: Schema) -> list[Said]:
    """The terms that one word stands for, in the order of their vocabulary: 四种形态."""
    ledger, _, field = word.value.partition(".")
    vocabulary = schema.vocabulary_of(ledger, field)
    terms = [t.name for t in vocabulary.terms if not t.parent] if vocabulary else []
    return [replace(word, text=term, senses=(Sense(word.value, term),)) for term in terms]


def listed(clause: Clause) -> list[tuple[Said, ...]]:
    """What is said of each thing that 均为 gives the same number to."""
    found = runs(clause.said, clause)
    return _one_each(clause.said, max(found, key=len)) if found else []


def _one_each(said: Sequence[Said], run: Sequence[Said]) -> list[tuple[Said, ...]]:
    return [tuple(w for w in said if w is one or w not in run) for one in run]


def doubled(said: Sequence[Said], clause: Clause) -> tuple[Said, ...]:
    """Two words on one matter that are no list, and neither goes without saying: 公安局移送法院."""
    in_run = {w for run in runs(said, clause) for w in run}
    for word in said:
        others = [w for w in said if w.facet == word.facet and w.senses != word.senses and w not in in_run]
        narrows = word.facet in (UNIT, REGION) or ("." in word.facet and not word.facet.endswith(".kind"))
        if word not in in_run and others and narrows and word.facet != OWN:
            return (word, others[0])
    return ()
