"""What the words of a clause are beside each other: those that only seem to narrow left out, others changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.words import MARK, RELATION, UNIT, Citing, Said, Sense, citing
from zhengfa_stats.language.periods import PeriodSaid

_TO = re.compile(r"(?:(?:市|县|区)?[委府][、和及与])+$")
_THINGS = ("物", "稿", "activities.kind")
_OF = ("的", "之")
_EVERY = re.compile("等(?:各类|各种|多种|各个?渠道|多个?渠道)[^，。；]{0,6}线索")
_ACTS = re.compile(r"[人件]次[，、（(]$")
_SO_MANY = re.compile(r"\s*(?:有|剩下?|为|占|达|用)?\s*")


def without_idle(found: Sequence[Said], spots: Sequence[Spot], text: str) -> list[Said]:
    """The words without those that only seem to narrow: who leads, who receives, 只有 before a number, examples before 等."""
    idle = [w for w in found if _leads(w, found) or _receives(w, text) or _only_so_many(w, spots, text)]
    idle += [*_examples(found, text), *_copulas(found)]
    return [w for w in found if w not in idle]


def with_attributes(found: Sequence[Said], spots: Sequence[Spot], declared: Citing) -> list[Said]:
    """The words with those made unknown that stand right before a thing, and may say which: 新线索, 督办的56条线索."""
    things = [(found[:i], w.start, False) for i, w in enumerate(found) if _is_thing(w)]
    numbers = [([w for w in found if w.end <= s.start], s.start, True) for s in spots]
    which = {
        w for before, start, is_number in (*things, *numbers) if (w := _attribute(before, start, is_number, declared))
    }
    return [replace(w, senses=None) if w in which else w for w in found]


def with_handlers(found: Sequence[Said], text: str) -> list[Said]:
    """公安局办理的线索 are those that it has; 其余4条由纪委监委核查 only says who has them."""
    words = list(found)
    for unit, act in pairwise([w for w in found if w.senses != ()]):
        if unit.facet != UNIT or not act.has("做", "核查"):
            continue
        if text[unit.start - 1 : unit.start] == "由":
            words.remove(act)
        elif unit.end == act.start and re.match("的[^，。；、]{0,9}线索", text[act.end :]):
            words[words.index(act)] = replace(act, senses=(Sense("做", "收到"),))
    return words


def _is_thing(word: Said) -> bool:
    return word.facet in _THINGS or word.facet in citing().classes or word.has("人", "干警")


def _is_other(word: Said) -> bool:
    """党员干警: whoever is none of ours by that word alone."""
    return word.facet == "人" and word.value != "干警"


def _attribute(before: Sequence[Said], start: int, is_number: bool, declared: Citing) -> Said | None:
    """The word before a thing, or with 的 before a number, that may say which of them."""
    word = before[-1] if before and before[-1].end == start else None
    is_of = word is not None and word.text in _OF
    if word is not None and is_of:
        word = before[-2] if len(before) > 1 and before[-2].end == word.start else None
    if word is None or (is_number and not is_of):
        return None
    if word.senses == ():
        return None if word.text in (declared.before_of if is_of else declared.before) else word
    return word if (is_of and word.has("做", "核查")) or _is_other(word) else None


def _leads(word: Said, found: Sequence[Said]) -> bool:
    """市委政法委牵头…: of all who take part."""
    if word.facet != UNIT or word.value not in citing().organisers:
        return False
    following = next((w for w in found if w.start >= word.end and w.value != word.value), None)
    return following is not None and following.text in citing().organising


def _receives(word: Said, text: str) -> bool:
    """向市委、市委政法委请示报告…: to whom, not whose."""
    before = _TO.sub("", text[: word.start])
    return word.facet == UNIT and before.endswith(citing().receivers)


def _only_so_many(word: Said, spots: Sequence[Spot], text: str) -> bool:
    """只有5条, 涉及66人次: before the number itself it limits nothing."""
    spot = next((s for s in spots if s.start >= word.end), None)
    if word.facet != MARK or word.value != "限" or spot is None:
        return False
    if word.text in ("仅", "只", "仅仅"):
        return bool(_SO_MANY.fullmatch(text, word.end, spot.start))
    if word.text in ("来自", "来源于", "涉及", "涉"):
        again = spot.measure == "人次" or bool(_ACTS.search(text, 0, word.start))
        return again if word.text in ("涉及", "涉") else spot.measure in ("家", "部门", "单位")
    return False


def _examples(found: Sequence[Said], text: str) -> list[Said]:
    """批评教育、诫勉等组织处理: what stands before 等 only says what there is of it."""
    whole = [
        w for w in found if "." in w.facet and not w.facet.endswith(".kind") and text[w.start - 1 : w.start] == "等"
    ]
    ledgers = [(w.start, w.facet.partition(".")[0]) for w in whole]
    listed = [w for w in found for at, ledger in ledgers if w.end < at and w.facet.startswith(f"{ledger}.")]
    every = _EVERY.search(text[found[0].start : found[-1].end]) if found else None  # 群众举报、上级交办等各类线索
    end = found[0].start + every.start() if every else 0
    return [*listed, *(w for w in found if w.end <= end and w.facet.startswith("clues."))]


def _copulas(found: Sequence[Said]) -> list[Said]:
    """属于群众举报的58条, 涉及违规参股借贷的38条: what follows says which they are."""
    return [w for w, then in pairwise(found) if w.value == "限" and w.text in citing().copulas and _is_condition(then)]


def _is_condition(word: Said) -> bool:
    return word.facet.startswith("clues.") or word.facet in citing().classes


def with_rate(found: list[Said], spots: Sequence[Spot]) -> list[Said]:
    """成绩优秀的占65%: the share of those is a rate by itself."""
    done = [w for w in found if w.facet == "做"]
    only = len(done) == 1 and done[0].value in citing().shares and not any(w.facet == "率" for w in found)
    if not only or len(spots) != 1 or spots[0].measure != "%" or done[0].start > spots[0].start:
        return found
    if any(w.start >= spots[0].until and w.senses for w in found):
        return found
    rate = replace(done[0], senses=(Sense("率", citing().shares[done[0].value]),))
    return [rate if w is done[0] else w for w in found if w.value != "占"]


def with_predicates(found: list[Said], spots: Sequence[Spot]) -> list[Said]:
    """上期结转22条已全部办完: what was done with all of them does not say which they are; those of a source were received."""
    all_at = next((w.start for w in found if spots and w.value == "均" and w.start >= spots[-1].until), 0)
    before = [w for w in found if spots and (w.end <= spots[0].start or (w.facet == "做" and w.end <= all_at))]
    counted, of_kind = any(w.facet == "做" for w in before), any(w.facet.startswith("clues.") for w in before)
    all_of = next((w for w in found if w.value == "均" and w.start >= spots[-1].until), None) if before else None
    if all_of is None or not (counted or of_kind):
        return found
    kept = [w for w in found if w.start < all_of.start]
    return kept if counted else [*kept, replace(all_of, senses=(Sense("做", "收到"),))]


def with_goals(found: list[Said], periods: Sequence[PeriodSaid], text: str) -> list[Said]:
    """提高到6月底的96.2%: 到 before a period makes it the number arrived at."""
    goals = {p.start for p in periods if text[p.start] in "到至"}
    return [
        replace(w, senses=(Sense(RELATION, "至"),)) if w.value in ("升", "降") and w.end in goals else w for w in found
    ]


def as_part(word: Said, meaning: Sequence[Said]) -> Said:
    """涉及科级干部12人 opens a part, as 其中 does; 涉及 before anything else limits."""
    rest = next((w for w in meaning if w.start >= word.end), None)
    if word.text in ("涉及", "涉") and rest and rest.facet in ("cases.rank_class", "cases.leader"):
        return replace(word, senses=(Sense(MARK, "其中"),))
    return word


def of_which(text: str, spots: Sequence[Spot]) -> list[Said]:
    """参训率为98%的单位: the rate only says which units."""
    after = [s for s in spots if s.measure == "%" and re.match(r"的(?![^，。；]{0,6}(?:率|水平))", text[s.until :])]
    return [Said(s.until, s.until + 1, f"{text[s.start : s.until]}的", (Sense(MARK, "限"),)) for s in after]
