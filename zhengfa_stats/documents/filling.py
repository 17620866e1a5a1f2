"""What a document's figures should read: every place that names one, the text for it, and what is left and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.language import tags as tagging
from zhengfa_stats.language.citing.citations import Citation, cite, context_of
from zhengfa_stats.language.passages import Passage, Tagged
from zhengfa_stats.language.prose import clause_without, left_out, written
from zhengfa_stats.language.quantities.finding import Quantity, find_quantities
from zhengfa_stats.language.wording import said

EMPTY = "***"
ZERO, DROPPED = "零值分句", "删"  # an option of zhengfa.toml: whether a clause that counts nothing is written
OURS = "文稿."  # tags of words that are no figures: 文稿.截至
_WORD_TAG = re.compile(r"\{\{\s*(文稿\.[^{}|｜\s]+)\s*\}\}")
_PLAIN = re.compile(r"[\d０-９.．]+[%％]?")


@dataclass(frozen=True, slots=True)
class Edit:
    """A text to write in a passage (-1: in a form's cell), and the tag that its content control gets ("" for none)."""

    where: str
    passage: int
    start: int
    end: int
    text: str
    tag: str
    key: str
    was: str


@dataclass(frozen=True, slots=True)
class Left:
    """A place that was left as it is, and why; `is_blank`: nothing stands there yet; `lacking`: the figure that can't be had."""

    where: str
    context: str
    why: str
    is_blank: bool
    lacking: str = ""


@dataclass(frozen=True, slots=True)
class Omission:
    """A class that a passage leaves out though it is not empty."""

    where: str
    key: str
    text: str


@dataclass(slots=True)
class Plan:
    """All that a fill does, and does not, to a document."""

    passages: Sequence[Passage]
    edits: list[Edit] = field(default_factory=list)
    pending: list[Edit] = field(default_factory=list)  # tags whose figure can't be had: in Word a marked *** keeps them
    left: list[Left] = field(default_factory=list)
    omitted: list[Omission] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def from_the_right(self, *more: Edit) -> list[Edit]:
        """The edits, and more, in the order in which offsets hold."""
        return sorted([*self.edits, *more], key=lambda e: (e.passage, e.start, e.end), reverse=True)


def plan(passages: Sequence[Passage], tags: Mapping[int, Sequence[Tagged]], desk: Desk) -> Plan:
    """Work out what to write where; nothing is changed."""
    made = Plan(passages)
    made.edits += _word_edits(passages, tags, desk, made.left)
    taken = {(e.passage, e.start) for e in made.edits}
    figures = {i: tuple(t for t in found if not t.tag.startswith(OURS)) for i, found in tags.items()}
    citations = cite(passages, desk.schema, desk.clock, regions=desk.regions, city=desk.city, tags=figures)
    known = {(i, t.start, t.end): t.tag for i, found in figures.items() for t in found}
    for citation in citations:
        place = (citation.passage, citation.start)
        if place in taken or _WORD_TAG.fullmatch(citation.stated):
            continue
        outcome = _outcome(citation, known.get((*place, citation.end), ""), desk)
        if isinstance(outcome, Edit):
            made.edits.append(outcome)
        else:
            made.left.append(outcome)
            made.pending += _pending(citation, desk)
    made.edits, clashing = _apart(made.edits)
    made.left += _left_clashing(clashing, passages)
    if desk.schema.options.get(ZERO) == DROPPED:
        made.edits = list(_without_zeros(made.edits, citations, passages))
    made.omitted += _omissions(citations, passages, desk)
    return made


# ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _word_edits(
    passages: Sequence[Passage], tags: Mapping[int, Sequence[Tagged]], desk: Desk, left: list[Left]
) -> Iterator[Edit]:
    """{{文稿.截至}} and the controls made of it."""
    for i, passage in enumerate(passages):
        named = [(m.start(), m.end(), m[1]) for m in _WORD_TAG.finditer(passage.text)]
        named += [(t.start, t.end, t.tag) for t in tags.get(i, ()) if t.tag.startswith(OURS)]
        for start, end, tag in named:
            word = desk.words.get(tag.removeprefix(OURS))
            was = passage.text[start:end]
            if word is None:
                why = f"没有“{tag}”这个标签，可用的有：{'、'.join(OURS + w for w in desk.words)}"
                left.append(Left(passage.where, was, why, True))
            else:
                yield Edit(passage.where, i, start, end, word, tag, tag, was)


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _outcome(citation: Citation, tag: str, desk: Desk) -> Edit | Left:
    is_blank = citation.quantity is None
    if citation.expr is None:
        why = citation.why or "看不出这里说的是哪个指标"
        return Left(citation.where, citation.context, why, is_blank)
    value, why = desk.value(citation.expr)
    if value is None:
        return Left(citation.where, citation.context, why, is_blank, citation.key or "这个数")
    if (citation.falls and value > 0) or (citation.rises and value < 0):
        said_way, way = ("下降", "上升") if citation.falls else ("上升", "下降")
        why = f"文中说的是{said_way}，按数据是{way}{said(abs(value), citation.unit)}，请改写这句话"
        return Left(citation.where, citation.context, why, is_blank)
    like, stated = _like(citation, tag)
    text = written(abs(value) if citation.falls else value, citation.unit, like, stated, measured=citation.measured)
    sample = _sample(citation, text, tag)
    new_tag = tagging.write(citation.expr, base_key(citation.key), desk.schema, sample, falls=citation.falls) or ""
    place = (citation.where, citation.passage, citation.start, citation.end)
    return Edit(*place, text, new_tag, citation.key or "", citation.stated)


def base_key(key: str | None) -> str:
    """The indicator that a key names, without what narrows it: 线索.收到|承办单位=公安局."""
    return (key or "").partition("|")[0]


def _like(citation: Citation, tag: str) -> tuple[Quantity | None, str]:
    """How the figure is written: as it stands, unless it was written more loosely before (310余) and came out even."""
    before = _remembered(tag)
    quantities = find_quantities(before + (citation.unit or "人")) if before else ()
    if quantities and (citation.quantity is None or _PLAIN.fullmatch(citation.stated)):
        return quantities[0], before
    return citation.quantity, citation.stated


def _remembered(tag: str) -> str:
    """How a tag says that its figure was written: 线索.收到|如310余."""
    return next((p.removeprefix("如") for p in tag.split("|")[1:] if p.startswith("如")), "")


def _sample(citation: Citation, text: str, tag: str) -> str:
    """How the next fill should write it, where that is more than digits."""
    shown = (t for t in (text, citation.stated) if t and not _PLAIN.fullmatch(t) and "{" not in t)
    own = (t for t in shown if find_quantities(t + (citation.unit or "人")))
    return next(own, "") or _remembered(tag)


def _apart(edits: Sequence[Edit]) -> tuple[list[Edit], list[Edit]]:
    """The edits that can be made, and those that clash: two texts for one place, or places that overlap.

    A place that several indicators share (参与率、合格率均为百分之百) gets no tag: its phrases name them all.
    """
    kept: list[Edit] = []
    clashing: list[Edit] = []
    for edit in sorted(edits, key=lambda e: (e.passage, e.start, -e.end)):
        last = kept[-1] if kept else None
        if last is None or last.passage != edit.passage or (edit.start >= last.end and edit.start > last.start):
            kept.append(edit)
        elif (edit.text, edit.start, edit.end) == (last.text, last.start, last.end):
            kept[-1] = last if edit.tag == last.tag else replace(last, tag="", key=f"{last.key}、{edit.key}")
        else:
            clashing.append(edit)
    spots = {(e.passage, e.start) for e in clashing}
    return [e for e in kept if (e.passage, e.start) not in spots], [
        *(e for e in kept if (e.passage, e.start) in spots),
        *clashing,
    ]


def _left_clashing(edits: Sequence[Edit], passages: Sequence[Passage]) -> Iterator[Left]:
    """A place that would have to say several things: a person must rewrite the sentence."""
    places: dict[tuple[int, int], list[Edit]] = {}
    for edit in edits:
        places.setdefault((edit.passage, edit.start), []).append(edit)
    for (passage, start), found in places.items():
        text = passages[passage].text
        told = "、".join(f"{e.key}{e.text}" for e in found)
        why = f"这一处要写成几个不同的数（{told}），请改写这句话"
        yield Left(passages[passage].where, context_of(text, start, max(e.end for e in found)), why, False)


def _pending(citation: Citation, desk: Desk) -> Iterator[Edit]:
    """A tag whose figure can't be had stays bound to its place."""
    if citation.expr is not None and citation.stated.startswith("{{"):
        tag = tagging.write(citation.expr, base_key(citation.key), desk.schema, falls=citation.falls)
        place = (citation.where, citation.passage, citation.start, citation.end)
        yield Edit(*place, EMPTY, tag or "", citation.key or "", citation.stated)


# ── clauses of nothing ───────────────────────────────────────────────────────────────────────────────────────────


def _without_zeros(edits: Sequence[Edit], citations: Sequence[Citation], passages: Sequence[Passage]) -> Iterator[Edit]:
    """The edits, those of clauses that count nothing made to drop the clause."""
    zeros = {(e.passage, e.start) for e in edits if is_zero(e.text)}
    done: set[tuple[int, int]] = set()
    for edit in edits:
        text = passages[edit.passage].text
        span = clause_without(text, edit.start, edit.end) if is_zero(edit.text) else None
        inside = [c for c in citations if span and c.passage == edit.passage and span[0] <= c.start < span[1]]
        if span is None or any((c.passage, c.start) not in zeros for c in inside):
            yield edit
        elif (edit.passage, span[0]) not in done:
            done.add((edit.passage, span[0]))
            yield replace(edit, start=span[0], end=span[1], text="", tag="", was=text[span[0] : span[1]])


# ── what is left out ─────────────────────────────────────────────────────────────────────────────────────────────


def _omissions(citations: Sequence[Citation], passages: Sequence[Passage], desk: Desk) -> Iterator[Omission]:
    """Classes of a whole that a passage names some of, and leaves out others that are not empty (处级2人)."""
    totals = [r.total for r in desk.schema.relations.values() if r.total]
    cited: dict[int, list[str]] = {}
    for c in citations:
        if c.key in desk.schema.indicators and c.key is not None:
            cited.setdefault(c.passage, []).append(c.key)
    for i, keys in cited.items():
        near = {part for total in totals if total[0] in keys for part in total}
        values = {key: desk.value(desk.schema.indicators[key].of)[0] for key in near}
        for key, value in left_out(keys, totals, values):
            yield Omission(passages[i].where, key, said(value, desk.schema.indicators[key].unit))


def is_zero(text: str) -> bool:
    """Whether a written figure is nought.

    >>> is_zero("0"), is_zero("零"), is_zero("10")
    (True, True, False)
    """
    quantities = find_quantities(text + "人")
    return text == "零" or (bool(quantities) and quantities[0].value == Decimal(0))
