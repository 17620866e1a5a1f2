"""What a clause brings before its numbers are told: subjects, topics, places, times, and what bars them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from zhengfa_stats.language.citing.carrying import Carried
from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.clauses import joined
from zhengfa_stats.language.citing.levels import PLACES, Frame, is_condition, same, without_places
from zhengfa_stats.language.citing.times import moved
from zhengfa_stats.language.citing.words import MARK, REGION, Said, Sense, citing

_ENDS = "。！!？?\n"
_DONE = re.compile("已|实际|目前")
RANKED = re.compile("(?:其次|再次|次之|最多|最少|最高|最低|居首|末位|排名?第[一二三])的?(?:则|就)?(?:是|为)")
_WAYS = re.compile(
    r"等[^，。；]{0,4}(?:渠道|方式|途径|平台|形式|手段)|(?:公布|畅通|开通|设立|拓宽|设置|公开|打开|拓展)[^，。；]*(?:渠道|平台|信箱|电话|热线|途径|邮箱|窗口)"
)


@dataclass
class Entering(Carried):
    """Takes in the clauses of one passage in order, and remembers what those without numbers say of those that have some."""

    subject: tuple[Said, ...] = ()  # the unit that a clause without numbers begins with
    vague: tuple[Said, ...] = ()  # places that such a clause says otherwise: whether the next is of them is not clear
    foremost: bool = False  # whether that clause said what the next is of: 群众举报最多
    terms: tuple[Said, ...] = ()  # conditions that a clause without numbers speaks of
    group: tuple[Said, ...] = ()  # the units that a clause without numbers lists
    before: Clause | None = None  # the clause just before, if it has no number
    beside: frozenset[str] = frozenset()  # what was done, as said in the sentence
    doubted: bool = False  # whether persons were counted that are none of ours
    ahead: Clause | None = None  # the clause after this one
    parted: bool = False  # whether the passage said by what the whole is parted: 从线索来源看
    planned: bool = False  # whether only a plan bars
    region: Said | None = None  # the county that was named last
    _pending: Clause | None = None
    _opened: list[tuple[Frame, ...]] = field(default_factory=list)  # what stood before each open bracket

    def enter(self, clause: Clause) -> Clause | None:
        """Take in a clause; with what leads to it if it has numbers, else None: it is kept for the next."""
        while len(self._opened) > clause.depth:
            self.frames = self._opened.pop() or self.frames  # 最高的是检察院（100%），最低的是…
        while len(self._opened) < clause.depth:
            self._opened.append(self.frames)
        if any(c in _ENDS for c in clause.sep):
            self._begin_sentence()
        clause = self._with_county(clause)
        self._bar(clause)
        self.places |= {(w.facet, w.value) for w in clause.said if w.facet in PLACES and not clause.is_other_side(w)}
        clause = self._as_carried(clause)
        others = [w for w in clause.said if not self._is_ours(w) and w.text not in citing().passing]
        self.doubted = self.doubted or bool(others)
        if not clause.spots:
            self.before = clause
            self._pending = joined(self._pending, clause.parting())
            self.parted = self.parted or self._pending.marked("另")
            self._turn(clause)
            self._lead(clause)
            if clause.is_scope:
                self.barred = f"分不清是不是只说“{clause.text.strip()}”的"
            return None
        clause = self._restated(clause)
        if self.new_sentence:
            self.opening = _one_of_each(w for w in clause.said if w.facet in PLACES) or self.subject
        self.before = None
        clause, self._pending = joined(self._pending, clause), None
        self.time(clause, told_before=not self.new_sentence)
        self._time_of_old(clause)
        if head := _head(clause):
            self.head = head
        return clause

    def _with_county(self, clause: Clause) -> Clause:
        """The clause, where 全县 is the county that was named last; of none it limits, and in a county's own project it is all."""
        named = [w for w in clause.said if w.facet == REGION]
        mark = next((m for m in clause.marks if m.value == "县"), None)
        if mark is not None:
            rest = tuple(m for m in clause.marks if m is not mark)
            if self.binder.words.is_county:
                clause = replace(clause, marks=(*rest, replace(mark, senses=(Sense(MARK, "全"),))))
            elif self.region is not None and not named:
                of = replace(mark, senses=self.region.senses)
                clause = replace(clause, marks=rest, said=tuple(sorted((*clause.said, of), key=lambda w: w.start)))
            elif not named:
                clause = replace(clause, marks=(*rest, replace(mark, senses=(Sense(MARK, "限"),))))
        self.region = named[-1] if named else self.region
        return clause

    def _time_of_old(self, clause: Clause) -> None:
        """由108人增至126人: the number right after 由 is of the time that is compared with."""
        old = clause.is_old_value and self.ahead is not None and self.ahead.related("至")
        if not old or any(not clause.is_compared(p) for p in clause.periods):
            return
        now = self.period or self.clock
        before = clause.compared_with(now) or (self.ahead.compared_with(now) if self.ahead else None)
        if before is None:
            self.unsure = "是由哪一时期的数变来的，没有说清"
        else:
            self._passing, self.against, self.timed_here = (self.period,), before, True
            self.period = moved(self.period or self.clock, before)

    def _as_carried(self, clause: Clause) -> Clause:
        """The clause, with what its words mean beside others in the sentence: after 上期结转, 查结 is of whatever age."""
        means = {old: new for said in self.beside for old, new in citing().beside.get(said, {}).items()}
        self.beside |= {w.value for w in clause.said if w.facet == "做"}
        said = tuple(
            replace(w, senses=(Sense("做", means[w.value]),)) if w.facet == "做" and w.value in means else w
            for w in clause.said
        )
        return replace(clause, said=said)

    def _restated(self, clause: Clause) -> Clause:
        """A clause that only gives the number of what the one before it said, with that."""
        before = self.before
        if before is None or not before.said or before.unread:
            return clause
        if not clause.restates and not clause.is_bracket_of(before.said[-1], PLACES):
            return clause
        self.subject, self.terms = (), ()
        return replace(clause, said=before.said, marks=(*clause.marks, *before.marks))

    def _begin_sentence(self) -> None:
        if self.is_of_several:  # of which of them the next sentence is, nothing says
            self.frames = tuple(replace(f, said=without_places(f.said)) for f in self.frames)
        self.sentence += 1
        self.new_sentence, self._pending, self.barred, self.planned, self.against = True, None, "", False, None
        self.vague = self.subject  # a unit of which no number was told yet: the next sentence may be of it, or of all
        self.places, self.subject, self.terms, self.aside = frozenset(), (), (), ()
        self.head, self.group, self.before, self.beside, self.kinds = (), (), None, frozenset(), ()

    def _lead(self, clause: Clause) -> None:
        """What a clause without numbers begins with, or is about, holds for the number after it."""
        places = tuple(w for w in clause.said if w.facet in PLACES)
        self.vague = _one_of_each(places)
        if head := _head(clause):
            self.subject = self.head = head
            self.vague = ()
        elif clause.marked("全"):
            self.subject = self.head = ()
        self.group = places if len({w.value for w in places}) > 1 else ()
        terms = () if _WAYS.search(clause.text) else tuple(w for w in clause.said if is_condition(w))
        if terms or any(w.facet in ("物", "activities.kind") for w in clause.said):
            self.terms = terms
            self.foremost = any(word in clause.text for word in citing().foremost)

    def _bar(self, clause: Clause) -> None:
        if clause.marked("全"):
            self.barred = ""
            self.frames = tuple(replace(f, known=True, abroad=False) if f.abroad else f for f in self.frames)
        plans = any(m.value == "打算" and (clause.spots or m.text[0] != "每") for m in clause.marks)
        if self.planned and not plans and clause.spots and _DONE.search(clause.text):
            self.barred, self.planned = "", False  # 计划举办20次，上半年已举办14次
        if plans:
            self.barred, self.planned = "说的是打算、要求或平均数，不是已有的数", True
        elif clause.marked("外"):
            self.barred, self.planned = "说的是本市以外的数，或名次，台账里没有", False
        elif clause.spots and (stranger := _stranger(clause)):
            self.barred, self.planned = f"“{stranger}”不是已知的单位或县区，它的数台账里没有", False

    def _turn(self, clause: Clause) -> None:
        """A clause without numbers may turn to another subject: then nothing is carried over it."""
        topics = [w for w in clause.said if w.facet in ("物", "activities.kind") and w.text not in citing().passing]
        if not topics and self.ahead is not None and self.ahead.sep in ("：", ":"):
            topics = [w for w in clause.said if w.facet in ("率", "做")]  # 线索办结率：公安局90.9%，…
        if not topics and clause.text.rstrip().endswith("中") and any(w.facet == "做" for w in clause.said):
            topics = [w for w in clause.said if w.facet in ("人", "做")]  # 被处理人员中，处理人数中，…
        if not topics:
            return
        known = [w for w in topics if self._is_ours(w)]
        if len(known) < len(topics):
            self.frames = (Frame(tuple(topics), known=False),)
        elif not self.frames or not same(known, self.frames[0].said):
            told = tuple(w for w in clause.said if w.facet in ("物", "activities.kind", "人", "做", "率"))
            self.frames, self.aside = (Frame(told),), () if self.new_sentence else self.frames

    def _is_ours(self, word: Said) -> bool:
        return not any(s in self.binder.words.foreign for s in word.senses or ())


def _one_of_each(places: Iterable[Said]) -> tuple[Said, ...]:
    """The units and regions, where there is one of each kind."""
    found = tuple(places)
    return found if len({w.facet for w in found}) == len(found) else ()


def _stranger(clause: Clause) -> str:
    """A place or an office that is not known, before the first number of a clause."""
    before = (w.text for w in clause.unknown if w.start < clause.spots[0].start)
    return next((text for text in before if text.endswith(citing().strangers)), "")


def _head(clause: Clause) -> tuple[Said, ...]:
    """The units or regions that a clause begins with, one of each kind."""
    places = tuple(w for w in clause.said if w.facet in PLACES and not clause.is_other_side(w))
    begins = bool(places) and places[0] is clause.said[0]
    led = clause.led_by(places[0]) if places else ""
    begins = begins and (not led or bool(RANKED.fullmatch(led)))
    return _one_of_each(places) if begins else ()
