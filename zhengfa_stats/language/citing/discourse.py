"""What is carried from clause to clause: subjects, parts and periods; each number with the figure that it means there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from zhengfa_stats.language.citing.binding import Bound
from zhengfa_stats.language.citing.carrying import PAUSES
from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.entering import Entering
from zhengfa_stats.language.citing.levels import (
    PLACES,
    Context,
    Found,
    Frame,
    is_condition,
    narrows,
    same,
)
from zhengfa_stats.language.citing.refusing import awaited, refusal, speaks_of_more
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.times import moved
from zhengfa_stats.language.citing.words import REGION, UNIT, Said, Sense, citing
from zhengfa_stats.query import Clock, Expr, canonical

_ENDS = "。！!？?\n"
_AGAIN = re.compile("^\\s*同期")
_STAGES = ("查结", "在查", "本期查结", "期末在查")
_RECEIVED = Sense("做", "收到")
_MANY = 3  # candidates that a message names


@dataclass
class Discourse(Entering):
    """Reads the clauses of one passage in order, and remembers what is carried from one to the next."""

    last: Found | None = None
    run: tuple[Found, ...] = ()  # the figures that were given side by side, up to the last
    stated: tuple[Found, ...] = ()  # all figures of the sentence, told or not, since the last that were compared
    following: tuple[Said, ...] = ()  # what the clause after the number says, if it has none of its own
    whole: tuple[str, Expr, int] | None = None  # of the last share: its indicator, its whole, its sentence
    remark: str = ""  # what a bracket behind the number says of it
    given: dict[tuple[str, Clock | None], Found] = field(default_factory=dict)  # by indicator and period
    changed: Found | None = None  # the figure of which only the change was said
    total: Found | None = None  # the sum of the figures that 两县合计 points back to
    _depth: int = 0

    def state(self, found: Sequence[Found], *, compared: bool) -> None:
        """Remember the figures of a clause, of which 分别 may speak later in the sentence; what was compared is done with."""
        before = () if self.new_sentence or compared else self.stated
        figures = [f for f in found if f.spot.kind != "back"]
        self.stated = () if compared else (*before, *figures)

    # ── one number ───────────────────────────────────────────────────────────────────────────────────────────────
    def tell(self, clause: Clause, spot: Spot, said: tuple[Said, ...]) -> Found:
        """The figure that a number means where this is said of it; what is carried on changes with it."""
        if spot.kind == "back":
            return Found(spot, why="只是指前后的几个数")
        said, why = self._led(clause, spot, self._as_sibling(said))
        why = why or awaited(clause, said)
        said = self._with_receipt(clause, spot, said)
        why = self.barred or self.unsure or refusal(clause, spot, said) or why or self._nothing(clause, spot, said)
        why = why or (self.remark and f"后面括号里的“{self.remark}”程序认不准")
        readings = [] if why else self._readings(clause, spot, said) or self._received(clause, spot, said)
        readings = readings if len(readings) < 2 else _possible(readings, spot)
        if len(readings) != 1:
            if len(readings) < 2:
                self._lose(clause, said)
            elif self.new_sentence:
                self.frames = (Frame(said, known=False),)
            self.last, self.run = None, ()
            return Found(spot, why=why or self._doubt(clause, spot, said, [b for b, _ in readings]))
        bound, context = readings[0]
        if why := self._either(bound, spot) or self._whose_time(clause, spot, said):
            self._lose(clause, said)
            self.last, self.run = None, ()
            return Found(spot, why=why)
        if (
            clause.marked("其中")
            and self.last
            and self.last.bare
            and canonical(bound.expr) == canonical(self.last.bare)
            and self.period == self.last.clock
        ):
            self.last, self.run = None, ()
            return Found(spot, why="说的是其中的一部分，是哪一部分没有说清")
        found = self.timed(
            Found(
                spot,
                bound.expr,
                bound.key,
                bound.indicator.unit,
                bare=bound.expr,
                measures=bound.signature.measures,
                base=bound.indicator.key,
                said=context.said,
                clock=self.period,
            )
        )
        if self.contrast and found.expr is not None:
            self.against = self.period  # 去年同期为95人: what stood before is still spoken of
            return found
        if self.last and self.last.bare and canonical(self.last.bare) == canonical(bound.expr):
            self.against = self.last.clock or self.clock
        if (found.base, found.clock) in self.given and _AGAIN.search(clause.text) and not clause.periods:
            before = self.given[found.base, found.clock]
            if before.bare is not None and canonical(before.bare) == canonical(bound.expr):
                return Found(spot, why="“同期”说的是哪一时期没有说清")
        if self._adds_nothing(said, found):
            self.frames, self.last, self.run, self.doubted = (Frame(said, known=False),), None, (), True
            return Found(spot, why="与前面的数是不是一回事，没有说清")
        self.given[found.base, found.clock] = found
        self.kinds = (*self.kinds, *(w.facet for w in found.said if is_condition(w) and w.facet not in PLACES))
        top = context.frames[-1]
        top = replace(top, first=top.first or found, last=found, sentence=top.sentence or self.sentence)
        self.frames = (*context.frames[:-1], top)
        self.of_all = self.of_all or not any(narrows(w) for w in context.frames[0].said)
        on = (len(self.frames) == self._depth and top.first is not found) or self._goes_on(found)
        self.run = (*self.run, found) if on else (found,)
        self.last, self._depth = (found if found.expr else None), len(self.frames)
        return found

    def _as_sibling(self, said: tuple[Said, ...]) -> tuple[Said, ...]:
        """谈话函询52条，予以了结63条: a word that is also one of the kinds that are dealt out is that kind."""
        return tuple(
            next((of for f in self.kinds if (of := self._of_kind(w, f))), w) if w.facet == "做" else w for w in said
        )

    def _of_kind(self, word: Said, facet: str) -> Said | None:
        ledger, _, name = facet.partition(".")
        field = self.binder.schema.ledgers[ledger].fields.get(name)  # 立案 and 留置 are told by no one field
        vocabulary = self.binder.schema.vocabularies.get(field.vocabulary) if field else None
        term = vocabulary.written.get(word.text) if vocabulary else None
        return replace(word, senses=(Sense(facet, term),)) if term else None

    def _goes_on(self, found: Found) -> bool:
        """甲县在查线索13条，乙县在查线索14条: the same of another place, all said anew."""
        last = self.run[-1] if self.run else None
        if last is None or self.new_sentence or last.unit != found.unit:
            return False
        return {w.facet for w in last.said} == {w.facet for w in found.said} and not same(found.said, last.said)

    def _whose_time(self, clause: Clause, spot: Spot, said: Sequence[Said]) -> str:
        """Why a figure that is said whole can't be told in a sentence after one of another time."""
        carried = self.new_sentence and self.period is not None and not self.timed_here
        if not carried or not self.binder.fits(said, spot.measure):
            return ""
        self.barred = "前一句说的是另一时段，这里说的是不是也是那一时段的，没有说清"
        return self.barred

    def _either(self, bound: Bound, spot: Spot) -> str:
        """Why 6月份查结58条 can't be told where nothing says that they were received in June."""
        flow, cohort = citing().either.get(bound.indicator.key, ("", ""))
        if not flow or self.period is None or self.period.since == self.clock.since:
            return ""
        if self.period == moved(self.clock, -12):
            return ""  # as the whole of this year is told
        of = self.given.get((cohort, self.period))
        if of is None:
            return f"这一时段查结的，是这一时段收到的，还是不论何时收到的（{flow}），没有说清"
        if of.spot.quantity and spot.quantity and of.spot.quantity.value < spot.quantity.value:
            return f"查结的比收到的多，说的应是不论何时收到的（{flow}）"
        return ""

    def _adds_nothing(self, said: Sequence[Said], found: Found) -> bool:
        """Whether a new sentence gives another number to a figure that was told, and only names persons or units."""
        before = self.given.get((found.base, found.clock))
        if before is None or not self.new_sentence or any(w.facet not in ("人", "成员") for w in said):
            return False
        stated = [f.spot.quantity.value for f in (before, found) if f.spot.quantity is not None]
        same_figure = bool(before.bare and found.bare) and canonical(before.bare) == canonical(found.bare)  # type: ignore[arg-type]
        return same_figure and len(set(stated)) > 1

    def tell_without_number(self, clause: Clause, spot: Spot, said: tuple[Said, ...], end: int) -> Found:
        """The figure that is spoken of before `end`, where only its difference has a number."""
        marks = tuple(m for m in clause.marks if m.end <= end)
        return self.tell(replace(clause, relations=(), marks=marks), replace(spot, measure=None, kind="count"), said)

    def _nothing(self, clause: Clause, spot: Spot, said: Sequence[Said]) -> str:
        """Why a number can't be told beside which nothing is said; a topic that has no figure yet may be its own."""
        awaited = self.frames and self.frames[-1].first is None and self.frames[-1].known and self.frames[-1].said
        acts = ("人次", "件次")
        again = self.last and (spot.measure in acts or self.last.spot.measure in acts)  # 处理干警41人、43人次
        of_all = self.last and clause.marked("全") and spot.measure == "%"  # 均高于全市90.7%的平均水平
        if said or clause.periods or clause.related("至") or awaited or again or of_all:
            return ""
        return "旁边没有说明数的是什么"

    def _led(self, clause: Clause, spot: Spot, said: tuple[Said, ...]) -> tuple[tuple[Said, ...], str]:
        """What is said with the subject and the conditions of the clause before; or why it can't be told whether they hold."""
        said = self._with_rest(clause, said)
        subject, terms = self.subject, tuple(w for w in self.terms if not any(o.facet == w.facet for o in said))
        self.subject, self.terms, foremost = (), (), self.foremost
        self.foremost = False
        if any(w.facet == REGION for w in said) or clause.marked("全"):
            subject = ()
        elif any(w.facet == UNIT for w in said):
            subject = tuple(w for w in subject if w.facet == REGION)  # 在甲县，公安局收到…
        vague, self.vague = self.vague, ()
        anywhere = vague and self.new_sentence and not clause.marked("全") and not any(w.facet in PLACES for w in said)
        if anywhere and self.binder.fits((*vague, *said), spot.measure):
            self.barred = f"分不清说的是“{vague[0].text}”的数还是全部的数"
            return said, self.barred
        if subject and clause.marked("共"):
            return said, f"分不清说的是“{subject[0].text}”的数还是全部的数"
        thing = any(w.facet in ("物", "activities.kind") for w in said)
        if (
            terms
            and (not thing or foremost)
            and (said or self.frames)
            and self.new_sentence
            and not clause.marked("共")
            and not clause.marked("全")
        ):
            said = (*said, *terms)
        elif terms and self.binder.fits((*said, *terms), spot.measure):
            return said, f"分不清是不是只说“{terms[0].text}”的"
        return (*subject, *said), ""

    def _with_rest(self, clause: Clause, said: tuple[Said, ...]) -> tuple[Said, ...]:
        """其余8条 after what was closed: those that are not."""
        rest = next((m for m in clause.marks if m.text in citing().rest), None)
        if rest is None or any(w.facet != "物" for w in said) or not self.frames:
            return said
        closed = any(w.value.startswith(("查结", "本期查结")) for w in self.frames[-1].said)
        value = citing().remaining["clues"] if closed else "余下"
        value = next((m[value] for b, m in citing().beside.items() if b in self.beside and value in m), value)
        return (*said, replace(rest, senses=(Sense("做", value),)))

    def _readings(self, clause: Clause, spot: Spot, said: tuple[Said, ...]) -> list[tuple[Bound, Context]]:
        alone = self.binder.fits(said, spot.measure)
        contexts = self._contexts(clause, said)
        if any(b.signature.stands_alone for b in alone):
            return self._distinct(self._complete(clause, said, contexts), spot)
        free = not self.frames or (self.new_sentence and all(f.known for f in self.frames))
        bare = any(b.signature.is_bare for b in alone)
        if bare and (self.frames or self.doubted or speaks_of_more(clause, said)):
            free = False
        if any(b.measured_otherwise for b in alone) and any(w.facet in PLACES for w in said):
            free = False
        if bare and self.doubted and not any(w.facet == "做" for f in self.frames for w in f.said):
            return []
        alone_too = [Context(said, (Frame(said),))] if free else []
        contexts = contexts if free or self.frames else []
        if self.new_sentence and alone and alone_too and not clause.marked("全"):
            contexts = [*contexts, *alone_too]  # of the unit that the sentence before is of, or of all
        tries = (
            contexts,
            self._of_sibling(said),
            self._of_topic(clause, said),
            self._of_aside(clause, said),
            alone_too,
        )
        return next((found for some in tries if (found := self._distinct(some, spot))), self._ahead(spot, said))

    def _with_receipt(self, clause: Clause, spot: Spot, said: tuple[Said, ...]) -> tuple[Said, ...]:
        """418条线索查结379条: those of which it is then said how far they are were received."""
        then, plainly = self.ahead, all(w.facet in PLACES or w.has("物", "线索") or is_condition(w) for w in said)
        thing = next((w for w in said if w.has("物", "线索")), None)
        if then is None or thing is None or not plainly or thing.start != spot.until or clause.relations:
            return said
        parts = any((w.facet == "做" and w.value in (*_STAGES, "收到")) or _is_kind(w) for w in then.said)
        stages = parts and bool(then.spots)
        if not stages or not (clause.end == then.start or clause.text.rstrip().endswith(("中", "里"))):
            return said
        return (*said, replace(thing, senses=(_RECEIVED,)))

    def _received(self, clause: Clause, spot: Spot, said: tuple[Said, ...]) -> list[tuple[Bound, Context]]:
        """上级交办67条, where nothing says what was done with clues of a source or a category: they were received."""
        anew = any(w.has("物", "线索") for w in said) and any(c in PAUSES + _ENDS for c in clause.sep)
        carried = [] if anew else [w for f in self.frames for w in f.said]
        which = any(_is_kind(w) for w in said)
        done = [w for w in (*said, *carried) if w.facet in ("做", "率") and w.text not in citing().origins]
        if not which or done or clause.marked("限"):
            return []
        return self._readings(clause, spot, (*said, replace(said[0], senses=(_RECEIVED,))))

    def _ahead(self, spot: Spot, said: tuple[Said, ...]) -> list[tuple[Bound, Context]]:
        """抽调6家单位，组建工作专班: what the number is of stands in the clause after it."""
        whole = (*said, *self.following)
        found = self.binder.fits(whole, spot.measure) if self.following else []
        return [(b, Context(whole, (Frame(whole),))) for b in found if b.ledger in citing().ahead][:1]

    # ── what is lost ──
    def _lose(self, clause: Clause, said: tuple[Said, ...]) -> None:
        """After a number that was not told: nothing that rests on it is told either."""
        self.doubted = self.doubted or any(s.measure in ("人", "名", "位") for s in clause.spots)
        if not said and not clause.unknown and not self.barred:
            return
        known = (not self.barred or self.planned) and not clause.unknown and not clause.marked("限")
        topic = any(not is_condition(w) and w.facet not in PLACES for w in said)
        heads = any(w.facet in ("物", "activities.kind") for w in said)
        known = known and topic and (heads or all(f.known for f in self.frames))
        ours = all(self._is_ours(w) for w in said)
        abroad = bool(said) and ours and clause.marked("外") and not (clause.unknown or clause.marked("限"))
        lost = Frame(said, known=known and ours, abroad=abroad)
        is_part = clause.marked("其中") or clause.marked("含") or "（" in clause.sep
        if not self.frames or (not is_part and (self.new_sentence or heads)):
            self.frames = (lost,)
        else:
            self.frames = (*(self.frames if is_part else self.frames[: max(1, len(self.frames) - 1)]), lost)

    def _doubt(self, clause: Clause, spot: Spot, said: Sequence[Said], bound: Sequence[Bound]) -> str:
        if bound:
            names = "、".join(dict.fromkeys(b.key or f"{b.indicator.key}（另有限定）" for b in bound[:_MANY]))
            return f"可以是几个数，分不清是哪一个：{names}"
        if not said:
            return "旁边没有说明数的是什么"
        words = "".join(f"“{w.text}”" for w in said)
        of = f"、量词“{spot.measure}”" if spot.measure and spot.measure != "%" else ""
        others = {b.indicator.key: b.indicator.unit for b in self.binder.fits(said, None)}
        if of and len(others) == 1:
            ((key, unit),) = others.items()
            return f"{words}说的像是“{key}”，它的单位是“{unit}”，与量词“{spot.measure}”不合"
        return f"没有与{words}{of}相符的指标"


def _is_kind(word: Said) -> bool:
    return word.facet in ("clues.source", "clues.category")


def _possible(readings: Sequence[tuple[Bound, Context]], spot: Spot) -> list[tuple[Bound, Context]]:
    """The readings by which a number is no part of a smaller one: 科级干部7人，纪律处分11人."""
    if spot.quantity is None or spot.kind != "count":
        return list(readings)
    return [(b, c) for b, c in readings if not _is_part_of_less(c, spot.quantity.value)]


def _is_part_of_less(context: Context, value: Decimal) -> bool:
    last = context.frames[-2].last if len(context.frames) > 1 else None
    whole = last.spot.quantity if last and last.bare is not None else None
    return whole is not None and whole.value < value
