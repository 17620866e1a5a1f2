"""The ways to read a clause after what stands before it: levels, topics and subjects that are carried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zhengfa_stats.language.citing.binding import Bound
from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.levels import (
    PLACES,
    Context,
    Frame,
    conflict,
    is_condition,
    level,
    merged,
    narrows,
    narrows_more,
    part_of,
    same,
)
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.times import Times
from zhengfa_stats.language.citing.words import OWN, Said, citing
from zhengfa_stats.query import canonical

PAUSES = "；;"
THINGS = ("物", "人", "activities.kind", OWN)


@dataclass
class Carried(Times):
    """What has been said so far, by levels, and the ways in which a clause may stand after it."""

    frames: tuple[Frame, ...] = ()
    new_sentence: bool = True
    places: frozenset[tuple[str, str]] = frozenset()  # units and regions said in the sentence
    opening: tuple[Said, ...] = ()  # the places that the first number of the sentence is of
    head: tuple[Said, ...] = ()  # the unit that the sentence is of, whatever it counts
    of_all: bool = False  # whether a figure of the whole, under no condition, stands before in the passage
    aside: tuple[Frame, ...] = ()  # what stood before such a clause turned to another subject
    kinds: tuple[str, ...] = ()  # the fields by whose terms the figures of the sentence are parted
    sentence: int = 0

    @property
    def is_of_several(self) -> bool:
        """Whether the sentence speaks of several units, or of several regions."""
        return len({facet for facet, _ in self.places}) < len(self.places)

    def _of_topic(self, clause: Clause, said: tuple[Said, ...]) -> list[Context]:
        """After a clause that only named a topic: what it said was done is not what the number counts."""
        if len(self.frames) != 1 or self.frames[0].first is not None:
            return []
        topic = tuple(w for w in self.frames[0].said if w.facet != "做")
        return self._contexts(clause, said, (replace(self.frames[0], said=topic),))

    def _of_sibling(self, said: tuple[Said, ...]) -> list[Context]:
        """巡察移交88条；自查发现60条: the part that it takes the place of was the first that said what is counted."""
        k = conflict(self.frames, said)
        return [level(self.frames, len(self.frames), said)] if k is not None and k > 0 else []

    def _of_aside(self, clause: Clause, said: tuple[Said, ...]) -> list[Context]:
        return self._contexts(clause, said, self.aside) if self.aside else []

    def _complete(self, clause: Clause, said: tuple[Said, ...], contexts: Sequence[Context]) -> list[Context]:
        """The ways to read a clause that says by itself what is counted: the subject may still be carried."""
        own = Context(said, (Frame(said),))
        carried = tuple(w for f in self.frames[:1] for w in f.said if w.facet in PLACES)
        if clause.marked("全") or any(w.facet in PLACES for w in said):
            carried = ()
        elif self.head and not carried:
            carried = self.head
        if clause.sep == "、":
            carried = self.head or carried  # 乙县收到线索108条、处理干警31人
        elif self.is_of_several and not self.new_sentence:
            carried = ()
            if self.opening and not clause.marked("全") and not any(w.facet in PLACES for w in said):
                return [own, Context(said + self.opening, (Frame(said + self.opening),))]
        full = Context(said + carried, (Frame(said + carried),))
        if self.new_sentence:
            return [own] if clause.marked("共") else [full, own]
        closed = clause.marked("全") or any(c in PAUSES for c in clause.sep)
        return [full] if closed else [full, *(c for c in contexts if narrows_more(c.said, full.said))]

    def _distinct(self, contexts: Iterable[Context], spot: Spot) -> list[tuple[Bound, Context]]:
        found: dict[object, tuple[Bound, Context]] = {}
        for context in contexts:
            if all(f.known for f in context.frames):
                for bound in self.binder.fits(self._with_thing(context.said), spot.measure):
                    found.setdefault(canonical(bound.expr), (bound, context))
        return list(found.values())

    def _with_thing(self, said: tuple[Said, ...]) -> tuple[Said, ...]:
        """去年结转20条，今年新收418条: of the thing that the figure before it is of, where none is named."""
        first = self.frames[0].first if self.frames else None
        if first is None or not said or any(w.facet in THINGS for w in said):
            return said
        things = self.binder.things_of(first.base)
        return (*said, *(replace(said[0], senses=(thing,)) for thing in things))

    def _contexts(
        self, clause: Clause, said: tuple[Said, ...], frames: tuple[Frame, ...] | None = None
    ) -> list[Context]:
        """The ways to read a clause after what stands before it."""
        frames = self.frames if frames is None else frames
        if clause.marked("全"):
            frames = tuple(replace(f, said=tuple(w for w in f.said if w.facet not in PLACES)) for f in frames[:1])
        if not frames:
            return [Context(said, (Frame(said),))]
        frames = self._without_done(clause, said, frames)
        n, fresh = len(frames), self.new_sentence or any(c in PAUSES for c in clause.sep)
        if clause.marked("含") or any(c in "（(" for c in clause.sep):
            return [part_of(frames, said)]
        if clause.marked("其中"):
            inner = part_of(frames[:1] if fresh else frames, said)
            return [inner, part_of(frames[:1], said)] if frames[-1].n_siblings > 1 and not fresh else [inner]
        k = conflict(frames, said)
        if k is not None and k > 0 and not fresh:
            plainer = _without_others(frames[k], said)
            return [level((*frames[:k], f), n, said) for f in {frames[k], plainer}]
        whole = level(frames, 1, said)
        paused = fresh and not self.new_sentence
        if (n == 1 or paused) and _is_parallel(frames[0], said):
            again = _of_whole(frames[0], said)
            return [again] if paused or clause.marked("共") or clause.marked("另") else [whole, again]
        if _may_be_all(frames[0], said):
            return [whole, _of_whole(frames[0], said)]
        narrowed = any(is_condition(w) or (w.facet in PLACES and self.of_all) for w in frames[0].said)
        if self.new_sentence and narrowed and (k is None or self.of_all) and not clause.marked("共"):
            free = replace(frames[0], said=tuple(w for w in frames[0].said if not narrows(w)))
            return [whole, level((free,), 1, said)]
        anew = clause.marked("共") or clause.marked("另")
        if self.new_sentence and n == 2 and self._is_subject(frames[-1]) and not anew:
            return [whole, Context(merged(frames, said), (*frames, Frame(said)))]
        closed = fresh or frames[-1].n_siblings > 1 or anew or n == 1
        return [whole] if closed else [whole, Context(merged(frames, said), (*frames, Frame(said)))]

    def _without_done(self, clause: Clause, said: Sequence[Said], frames: tuple[Frame, ...]) -> tuple[Frame, ...]:
        """After 收到38条，查结36条；… a clause that names its thing, and not what was done, may mean either."""
        fresh = self.new_sentence or any(c in PAUSES for c in clause.sep)
        first = frames[0].first
        if not fresh or first is None or not any(w.facet == "物" for w in said) or any(w.facet == "做" for w in said):
            return frames
        done = [w for w in frames[0].said if w.facet == "做"]
        if same(done, first.said):
            return frames
        return (replace(frames[0], said=tuple(w for w in frames[0].said if w.facet != "做")), *frames[1:])

    def _is_subject(self, part: Frame) -> bool:
        """Whether a part was the only matter of the sentence before: then the next may still speak of it."""
        return part.n_siblings == 1 and self.frames[0].sentence < part.sentence == self.sentence - 1


def _is_parallel(frame: Frame, said: Sequence[Said]) -> bool:
    """Whether two clauses name parts of one whole, by different fields: 处理班子成员9人；移送司法机关3人."""
    before, now = ({w.facet for w in words if is_condition(w)} for words in (frame.said, said))
    ledgers = {f.partition(".")[0] for f in before} & {f.partition(".")[0] for f in now}
    return bool(ledgers) and not before & now


def _may_be_all(frame: Frame, said: Sequence[Said]) -> bool:
    """立案12人，处理53人: of those, or of all; what stood before was told by an act, and this is every act's."""
    before, now = ([w for w in words if _is_act(w)] for words in (frame.said, said))
    return bool(before) and not now and any(w.has("做", "处理") for w in said)


def _is_act(word: Said) -> bool:
    """立案, 留置, 党纪处分: what was done to a person, where 科级 says who it is."""
    return word.facet.startswith("cases.") and word.facet not in citing().classes


def _of_whole(frame: Frame, said: tuple[Said, ...]) -> Context:
    """A clause read as a part of the whole of which the level before was another; with its thing it is a level itself."""
    all_ = replace(frame, said=tuple(w for w in frame.said if not is_condition(w)), first=None, last=None)
    again = level((all_,), 1, said)
    return Context(again.said, (Frame(again.said),)) if any(w.facet == "物" for w in said) else again


def _without_others(frame: Frame, said: Sequence[Said]) -> Frame:
    """A part that was said by two classes, without the one on which nothing is said now: 科级班子成员3名，县处级2名."""
    facets = {w.facet for w in said}
    own = [w for w in frame.said if w.facet in citing().classes]
    if len(own) < 2 or not facets & {w.facet for w in own}:
        return frame
    return replace(frame, said=tuple(w for w in frame.said if w not in own or w.facet in facets))
