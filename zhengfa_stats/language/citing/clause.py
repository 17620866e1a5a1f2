"""A clause: the numbers and blanks in it, the words around them, and the periods that are said."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from zhengfa_stats.counting.clocks import shift_month
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.words import MARK, Said, Sense
from zhengfa_stats.language.periods import PeriodSaid
from zhengfa_stats.query import Clock

_SCOPE = re.compile(r"^\s*(?:在|通过|结合|借助|经过).*(?:中|期间|斗争|行动|专项)\s*$")
_PARTING = re.compile(r"(?:按|按照|从).{1,12}(?:分|看|来看|划分|统计|区分)$")
_RESTATING = re.compile(
    r"\s*(?:为|是|达到?|有|共有?|共计|计|累计|总计|合计|约|近|仅|只|才|就|也|已|即|均|[共仅只]有|高达|多达|[\s\d*])"
)


@dataclass(frozen=True)
class Clause:
    """A stretch of text between two cuts: `sep` is the cut before it, `depth` how many brackets stand open."""

    start: int
    end: int
    sep: str
    depth: int
    spots: tuple[Spot, ...] = ()
    said: tuple[Said, ...] = ()  # words that say what is counted
    marks: tuple[Said, ...] = ()
    relations: tuple[Said, ...] = ()
    unknown: tuple[Said, ...] = ()  # what is not known, and may change what is counted
    unread: tuple[Said, ...] = ()  # all that is not known
    periods: tuple[PeriodSaid, ...] = ()
    text: str = ""
    versus: tuple[PeriodSaid, ...] = ()  # those that a clause before it compares with: 与一季度相比

    def marked(self, mark: str) -> bool:
        return any(m.value == mark for m in self.marks)

    @property
    def is_scope(self) -> bool:
        """Whether a clause without numbers says within what the next one counts, in words that are not known."""
        return not self.spots and bool(self.unread) and bool(_SCOPE.match(self.text))

    def parting(self) -> Clause:
        """The clause, marked as one that begins anew with the whole if it says by what the whole is parted: 按职级分."""
        if not _PARTING.match(self.text.strip()):
            return self
        return replace(self, marks=(*self.marks, Said(self.start, self.end, self.text, (Sense(MARK, "另"),))))

    def is_compared(self, period: PeriodSaid) -> bool:
        """Whether a period is what the number is compared with: 比去年同期, 较5月底."""
        if period in self.versus:
            return True
        before = self.text[: max(period.start - self.start, 0)] if period.start >= self.start else ""
        compared = bool(re.search(r"(?:比|较|(?<!参)与|(?<![连会])同|跟|比起|相较于|对比)\s*$", before))
        return ((compared or period.months < 0) and self.related("升", "降", "同比", "环比")) or compared

    @property
    def base(self) -> PeriodSaid | None:
        """The period whose own number stands right after it: 较去年同期的14件."""
        if not self.spots or self.said:
            return None
        number = self.spots[0].start - self.start
        of = [p for p in self.periods if self.text[p.end - self.start : number] in ("的", "为", "是", "")]
        return next((p for p in of if self.is_compared(p)), None)

    @property
    def is_from(self) -> bool:
        """Whether a clause says from where a number came: 由去年同期的200条, where a period may hold the word."""
        of = any(self.text[p.start - self.start : p.start - self.start + 1] in ("由", "从") for p in self.periods)
        return self.related("自") or of

    @property
    def is_old_value(self) -> bool:
        """Whether the number stands right after 由 or 从."""
        return any(r.value == "自" and r.end == self.spots[0].start for r in self.relations if self.spots)

    def compared_with(self, now: Clock) -> int | None:
        """How many months back lies what 同比 or 环比 compares with; None where the clause says neither."""
        return -12 if self.related("同比") else length(now) if self.related("环比") else None

    @property
    def restates(self) -> bool:
        """Whether a clause only gives the number of what was said just before: 群众举报最多，有121条."""
        return self._adds_nothing and self.sep in ("，", ",", "：", ":") and bool(_RESTATING.match(self.text))

    @property
    def _adds_nothing(self) -> bool:
        said = any(w.facet not in (MARK,) for w in (*self.said, *self.relations))
        return not (said or self.periods or self.unknown)

    def is_bracket_of(self, word: Said, facets: Sequence[str]) -> bool:
        """Whether a bracket gives only the number of the word of such a facet right before it: 最多的是公安局（9次）."""
        return self._adds_nothing and self.sep in ("（", "(") and word.facet in facets and word.end == self.start - 1

    def periods_after(self, at: int) -> list[PeriodSaid]:
        return [p for p in self.periods if p.start >= at]

    def is_of_share(self, period: PeriodSaid) -> bool:
        """Whether a period is of the whole that a share is of: 占上半年收到线索总数的60%."""
        at = next((r.end for r in self.relations if r.value == "占"), None)
        return at is not None and period.start >= at

    def changed_since(self, period: PeriodSaid) -> bool:
        """Whether a period is only what has changed since then: 比去年提高，达到…"""
        return self.related("升", "降") and self.is_compared(period)

    def is_other_side(self, word: Said) -> bool:
        """Whether a word says what the number is compared with: 甲县比乙县多22条."""
        way = next((r for r in self.relations if r.value in ("升", "降")), None)
        if way and way.text.endswith(("于", "出")) and self.spots and way.end <= word.start < self.spots[0].start:
            return True  # 查结率高于法院2个百分点
        than = re.search("[比较]", self.text[: word.start - self.start]) if way and word.end <= way.start else None
        return than is not None

    def led_by(self, word: Said) -> str:
        """What stands before a word but the time: 今年上半年甲县…"""
        text, start = list(self.text), self.start
        for period in self.periods:
            text[max(period.start - start, 0) : max(period.end - start, 0)] = " " * (
                max(period.end - start, 0) - max(period.start - start, 0)
            )
        return re.sub(
            "【[^】]*】|^[一二三四五六七八九十]+是|在|对|就", "", "".join(text[: max(word.start - start, 0)])
        ).strip(" ，,年来以里内")

    @property
    def is_each(self) -> bool:
        """Whether a clause gives one number to each of several: 均, 都."""
        return any(m.value == "均" and re.search("[均都皆双各]", m.text) for m in self.marks)

    def related(self, *relations: str) -> bool:
        return any(r.value in relations for r in self.relations)


def length(clock: Clock) -> int | None:
    """The length of a period of whole months, as a shift back; None for one of odd days."""
    months = (clock.as_of.year - clock.since.year) * 12 + clock.as_of.month - clock.since.month + 1
    whole = clock.since.day == 1 and shift_month(clock.since, months) > clock.as_of
    return (
        -months if whole and months in (1, 3, 6, 12) and shift_month(clock.as_of, 1, keep_end=True).day >= 28 else None
    )
