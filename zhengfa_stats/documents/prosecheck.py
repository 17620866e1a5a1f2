"""The numbers of sentences against the data and against one another, whatever the document is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.filling import OURS
from zhengfa_stats.documents.judging import Judged, judged
from zhengfa_stats.language.citing.citations import cite
from zhengfa_stats.language.passages import Passage, Tagged
from zhengfa_stats.language.verdicts import verify as judge
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Schema

_SOME_DAY = Clock(date(1900, 1, 1), date(2999, 12, 31))  # without data no figure is asked for


def check(
    passages: Sequence[Passage], tags: Mapping[int, Sequence[Tagged]], desk: Desk | None, schema: Schema
) -> list[Judged]:
    """The verdicts on passages in the order of the text; controls that hold words are no figures."""
    figures = {i: tuple(t for t in found if not t.tag.startswith(OURS)) for i, found in tags.items()}
    found = _judged(passages, figures, desk, schema)
    if desk is not None and any(figures.values()):
        found = _against_words(found, _judged(passages, {}, desk, schema), figures)
    return sorted(found, key=lambda j: j.at)


def _judged(
    passages: Sequence[Passage], tags: Mapping[int, Sequence[Tagged]], desk: Desk | None, schema: Schema
) -> list[Judged]:
    clock = desk.clock if desk else _SOME_DAY
    regions, city = (desk.regions, desk.city) if desk else ((), "")
    citations = cite(passages, schema, clock, regions=regions, city=city, tags=tags)
    totals = [r.total for r in schema.relations.values() if r.total]
    return [judged(v) for v in judge(citations, passages, desk.answer if desk else None, totals=totals)]


def _against_words(
    by_tag: Sequence[Judged], by_words: Sequence[Judged], tags: Mapping[int, Sequence[Tagged]]
) -> list[Judged]:
    """A number that is right by its tag, but not by what is said around it now, is for a person to look at."""
    tagged = {(i, t.start) for i, found in tags.items() for t in found}
    other = {j.at[:2]: j for j in by_words if j.verdict == "differs" and j.key}
    return [
        _doubted(j, other[j.at[:2]]) if j.verdict == "match" and j.at[:2] in tagged and j.at[:2] in other else j
        for j in by_tag
    ]


def _doubted(by_tag: Judged, by_words: Judged) -> Judged:
    why = f"控件的标签是{by_tag.key}，数也相符；但文字说的像是{by_words.key}（{by_words.why}），请核对这句话"
    return replace(by_tag, verdict="doubtful", why=why)
