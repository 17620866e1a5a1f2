"""The numbers of sentences against the data and against one another, whatever the document is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.filling import OURS
from zhengfa_stats.documents.judging import Judged, judged
from zhengfa_stats.language.citing.citations import cite
from zhengfa_stats.language.passages import Passage, Tagged
from zhengfa_stats.language.periods import clock_said, find_periods
from zhengfa_stats.language.verdicts import verify as judge
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Schema

_YEAR = re.compile(r"(?<![\d〔\[（(])(?:19|20)\d\d(?=年|[-./]\d)")
_NO_YEAR = 2999  # of a text that names none: its periods are those of some year


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
    clock = desk.clock if desk else _clock_of(passages, schema)
    regions, city = (desk.regions, desk.city) if desk else ((), "")
    citations = cite(passages, schema, clock, regions=regions, city=city, tags=tags)
    totals = [r.total for r in schema.relations.values() if r.total]
    return [_told(judged(v)) for v in judge(citations, passages, desk.answer if desk else None, totals=totals)]


def _clock_of(passages: Sequence[Passage], schema: Schema) -> Clock:
    """The period that a text without data reports on: of what it names most, the first — 上半年, 截至6月底."""
    years = Counter(int(year[0]) for passage in passages for year in _YEAR.finditer(passage.text))
    year = years.most_common(1)[0][0] if years else _NO_YEAR
    whole = Clock(date(year, 1, 1), date(year, 12, 31))
    said = (clock_said(p, whole) for passage in passages for p in find_periods(passage.text, whole, schema.periods))
    known = Counter(clock for clock in said if clock.since == whole.since and clock.as_of <= whole.as_of)
    return known.most_common(1)[0][0] if known else whole


def _told(found: Judged) -> Judged:
    """A verdict without a key that names a day of a year that the text does not name."""
    return replace(found, key=None) if re.search(f"{_NO_YEAR}|{_NO_YEAR - 1}", found.key or "") else found


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
