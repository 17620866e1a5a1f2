"""A sentence that asks twice, taken apart: the questions in it, and what the later ones take over from the first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from zhengfa_stats.language.asking.following import opened, says_city
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood, listed, terms_of
from zhengfa_stats.language.asking.tokens import Token
from zhengfa_stats.language.asking.words import Habits
from zhengfa_stats.schema import Schema

_END = re.compile(r"[，,；;。？?！!\n]+")
_NOT = ("没有", "没")  # at the end of a clause: 办完了没有
_STRESS = re.compile("^(?:实际|真正|最后|最终|其实|已经|已|还|又|也|那|那么|而)+(?:上|的)?")
_SIGNS = "，,；;。？?！! \n"
_ASKING = {"ask", "exists", "whether", "most", "least", "which", "which_many", "who", "list"}
_BARE = {"ask", "rows", "persons", "acts", "change", "more", "less", "unit_of", "and", "apart", "each"}
_PLACES = ("unit", "region")
_SORTS = ("number", "label", "exists", "all")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions of a sentence; `is_within`: it asks of those of the question before (其中, 里头)."""

    text: str
    is_within: bool = False
    before: str = ""  # the question before it
    is_share: bool = False  # 占比多少: the share of what was counted before
    is_compared: bool = False  # 比法院高还是低: the same number beside another
    names_ledger: bool = False  # it says itself what is counted, and is more than 公安局几次
    is_again: bool = False  # 公安局的呢: the question before, asked of something else


def parts_of(text: str, tokens: Sequence[Token]) -> tuple[Part, ...]:
    """The questions of a sentence; what asks nothing of its own goes with the one behind it, or else before it.

    有没有重复举报，有几件 is one question: how many.
    """
    found: list[tuple[int, int]] = []
    begin, start = 0, 0
    even, seconds = text, set(_second_asks(tokens))
    for end in sorted({*(m.end() for m in _END.finditer(text)), *seconds, len(text)}):
        own = [t for t in tokens if start <= t.start < end]
        if (
            end not in seconds
            and start not in seconds
            and own
            and not _is_again(own)
            and all(not t.text or "idle" in t.roles or t.roles & _BARE or _is_said_again(t, tokens, own) for t in own)
            and found
            and not _says_more(tokens, begin, start)
        ):
            even = _without_doubt(even, tokens, found[-1]) if any("ask" in t.roles for t in own) else even
            found[-1] = (found[-1][0], end)
            begin = end
        elif (
            any(_asks(t) for t in own)
            or end in seconds
            or begin in seconds
            or (own and own[-1].text in _NOT)
            or (found and (_is_compared(own) or _is_again(own)))
        ):
            found.append((begin, end))
            begin = end
        start = end
    if found and begin < len(text):
        found[-1] = (found[-1][0], len(text))
    for end in seconds:
        start = max(t.start for t in tokens if t.end == end)
        even = even[:start] + " " * (end - start) + even[end:]
    befores = ["", *(even[a:b] for a, b in found)]
    return tuple(
        Part(
            even[a:b],
            _is_within(tokens, a, b),
            before,
            is_share([t for t in tokens if a <= t.start < b]),
            _is_compared([t for t in tokens if a <= t.start < b]),
            _names_ledger([t for t in tokens if a <= t.start < b], before),
            bool(before) and _continues([t for t in tokens if a <= t.start < b]),
        )
        for (a, b), before in zip(found, befores, strict=False)
    )


def _is_said_again(token: Token, tokens: Sequence[Token], own: Sequence[Token]) -> bool:
    """收到线索最多的三家是谁，各收了多少条: the verb of the question before, where each of its groups is asked for."""
    verbs = [t for t in tokens if t.start < own[0].start and any(m.kind == "verb" for m in t.meanings)]
    plain = bool(token.meanings) and all(m.kind == "verb" for m in token.meanings)
    return plain and own[0].roles >= {"apart"} and any(t.text[0] == token.text[0] for t in verbs)


def _names_ledger(tokens: Sequence[Token], before: str) -> bool:
    """Whether it says itself what is counted; 签了 said again (签了多少份，公安局签了几份) says nothing new."""
    told = {k for t in tokens if t.text not in before for m in t.meanings for k in (m.kind,)}
    return bool(told & {"noun", "verb", "condition"})


def _says_more(tokens: Sequence[Token], begin: int, start: int) -> bool:
    """留置了几个？移送司法的呢，几个？: something new is said before the number is asked for."""
    return any(m.kind in ("condition", "unit", "noun") for t in tokens if begin <= t.start < start for m in t.meanings)


def _second_asks(tokens: Sequence[Token]) -> Iterator[int]:
    """Where a second number is asked for in one clause: 多少人、多少人次; 线索数和查结数."""
    asked = 0
    for i, token in enumerate(tokens):
        if i and token.start > tokens[i - 1].end:  # a sign stands between: another clause
            asked = 0
        if token.roles & {"ask"}:
            asked += 1
        elif asked and token.text == "、" and _asks_again(tokens, i + 1):
            asked = 0
            yield token.end
        elif "and" in token.roles and 0 < i < len(tokens) - 1:
            behind = next((t for t in tokens[i + 1 :] if not t.roles & {"idle"} or t.roles & {"ask"}), None)
            if (asked and behind is not None and "ask" in behind.roles) or (
                _is_figure(tokens[i - 1]) and _is_figure(tokens[-1]) and not _groups(tokens)
            ):
                yield token.end


def _asks_again(tokens: Sequence[Token], start: int) -> bool:
    """4月收了多少条、5月收了多少条: whether one more number is asked for in the same clause."""
    for a, b in pairwise(tokens[start:]):
        if _asks_number(a):
            return True
        if b.start > a.end:
            return False
    return start < len(tokens) and _asks_number(tokens[-1])


def _asks_number(token: Token) -> bool:
    return "ask" in token.roles or ("share" in token.roles and asks_itself(token))


def _is_figure(token: Token) -> bool:
    return token.text.endswith(("数", "率")) or any(m.kind == "indicator" for m in token.meanings)


def _groups(tokens: Sequence[Token]) -> bool:
    return any(t.roles & {"by", "each", "which", "which_many", "most", "least", "share", "than"} for t in tokens)


def _asks(token: Token) -> bool:
    """Whether a word asks: 占几成 does, 占 alone does not."""
    return bool(token.roles & _ASKING) or ("share" in token.roles and asks_itself(token))


def asks_itself(token: Token) -> bool:
    """Whether a word holds what it asks: 增长百分之几, 占几成."""
    return bool(set("几多") & set(token.text))


def _without_doubt(text: str, tokens: Sequence[Token], place: tuple[int, int]) -> str:
    """有没有 left out where the number is asked for behind it."""
    for t in tokens:
        if place[0] <= t.start < place[1] and t.roles & {"exists", "whether"}:
            text = text[: t.start] + " " * (t.end - t.start) + text[t.end :]
    return text


def _is_compared(tokens: Sequence[Token]) -> bool:
    first = next((t for t in tokens if t.roles), None)
    return first is not None and "than" in first.roles and any(t.roles & {"change", "more", "less"} for t in tokens)


def _is_again(tokens: Sequence[Token]) -> bool:
    """公安局的呢: asks nothing by itself; what it names takes the place of what the question before asked of."""
    told = says_city(tokens) or any(t.meanings or t.period for t in tokens)
    return told and tokens[-1].text in ("呢", "的话呢") and not any(_asks(t) for t in tokens)


def _asks_same(tokens: Sequence[Token]) -> bool:
    """公安局多少: of whom or when it is asked, and nothing of what."""
    asks = [t for t in tokens if _asks(t)]
    others = [t for t in tokens if t not in asks and not t.roles & {"idle", "and", "space"}]
    plain = all(t.period or (t.meanings and all(m.kind in _PLACES for m in t.meanings)) for t in others)
    return bool(others) and plain and len(asks) == 1 and asks[0].text in ("多少", "是多少", "有多少", "多高")


def _continues(tokens: Sequence[Token]) -> bool:
    return bool(tokens) and (_is_again(tokens) or _asks_same(tokens))


def is_share(tokens: Sequence[Token]) -> bool:
    """Whether 占 or 占比 comes before all else but whose it is: of what the question before counted."""
    telling = (t for t in tokens if not (t.roles and t.roles <= {"idle", "and", "lone"}))
    first = next((t for t in telling if not any(m.kind == "unit" for m in t.meanings)), None)
    return first is not None and "share" in first.roles


def _is_within(tokens: Sequence[Token], start: int, end: int) -> bool:
    own = [t for t in tokens if start <= t.start < end]
    return bool(own) and ("within_part" in own[0].roles or any("those" in t.roles for t in own))


def check_those(tokens: Sequence[Token]) -> None:
    """去年结转的有几条，这几条到6月底查结了几条: a period would take the place of the one that says which these are."""
    those = [t.text for t in tokens if "those" in t.roles]
    if those and any("period" in t.roles for t in tokens):
        raise NotUnderstood(those, f"“{those[0]}”后面又有时段，不清楚说的是哪些；请把前面的条件再说一遍，分开问")


def context(first: Frame, part: Part) -> Frame:
    """What a later question takes over before it has been read: whose, when, and of which ledger."""
    if part.is_compared:
        return replace(first, form="number")
    if part.is_again:
        return first
    plain = replace(first, form="number", by=(), take=0, is_least=False, versus=None, share_of=None, indicator="")
    if part.is_within or part.is_share:
        return replace(plain, conditions=first.conditions)
    return replace(plain, conditions=_whose(first), measure="", unit="")


def _whose(frame: Frame) -> tuple[Condition, ...]:
    return tuple(c for c in frame.conditions if c.kind in ("unit", "region"))


def joined(first: Frame, later: Frame, part: Part, base: Frame, habits: Habits, schema: Schema) -> Frame:
    """The later question with what it takes over; NotUnderstood where that can't be told."""
    first = opened(first, later)
    if later.form not in _SORTS and not (first.form == later.form == "table" and not later.take):
        raise NotUnderstood([part.text], "前后两问里有要分组或列出的，请分开问")
    own = tuple(c for c in later.conditions if c not in base.conditions)
    if part.is_again:
        return _again(first, later, part, own, habits)
    if part.is_compared:
        if own or later.ledger != first.ledger or later.versus is None:
            raise NotUnderstood([part.text], "没有听清后一问比的是什么，请分开问")
        return later
    of_first = _whose(later) and all(b.field == habits.unit for b in first.by)
    if first.form in ("label", "nth") and later.form == "number" and not of_first and not part.is_share:
        raise NotUnderstood([part.text], "先问哪个最多，再问它的别的数，请分开问")
    if later.ledger != first.ledger:
        return _elsewhere(first, later, part, habits)
    if part.is_within:
        for c in own:
            _check_part(c, first, later, schema)
        return replace(later, conditions=tuple(dict.fromkeys((*first.conditions, *own))), is_receipt_carried=False)
    if part.is_share:
        return replace(later, measure=first.measure, unit=first.unit)
    others = [c for c in first.conditions if c.kind not in ("unit", "region")]
    if not own and not later.indicator:
        if not later.measure:
            later = _of_same(first, later)
        return replace(later, conditions=tuple(dict.fromkeys((*later.conditions, *others))))
    slots = {c.slot for c in own}
    states = {habits.open, habits.closed}
    left = [c for c in others if c.slot not in slots]
    side_by_side = bool(own) and "呢" in part.text and all(c.slot in habits.alike for c in (*own, *left))
    if not left or side_by_side or _is_alike(part, own, left):
        return later
    fields = schema.ledgers[first.ledger].fields
    if own and all(c.where in states or (c.slot in fields and fields[c.slot].known_from) for c in own):
        whole = (*later.share_of, *left) if later.share_of is not None and not later.of_all else later.share_of
        return replace(later, conditions=(*later.conditions, *left), share_of=whole)
    if (
        own
        and all(c.kind in ("unit", "region") for c in own)
        and not part.names_ledger
        and later.measure in ("", first.measure)
    ):
        return replace(later, conditions=(*later.conditions, *left), measure=first.measure, unit=first.unit)
    asked = part.text.strip("，,。？? ")
    raise NotUnderstood([asked], _within_or_not(asked, left))


def _of_same(first: Frame, later: Frame) -> Frame:
    """各单位优秀率是多少，哪家最高: what it says no name of is the number of the question before."""
    later = replace(later, measure=first.measure, unit=first.unit, indicator=first.indicator)
    return later if later.share_of is not None else replace(later, share_of=first.share_of, of_all=first.of_all)


def _again(first: Frame, later: Frame, part: Part, own: Sequence[Condition], habits: Habits) -> Frame:
    """The question before of something else: what it says stands instead, or narrows; NotUnderstood where it may do either."""
    asked = part.text.strip(_SIGNS)
    if later.ledger != first.ledger or later == first:
        raise NotUnderstood([asked], f"没有听清“{asked}”接着问的是什么，请分开问")
    if lists := [c for c in own if len(listed(c)) > 1]:
        raise NotUnderstood([c.said for c in lists], f"“{asked}”是合起来问，还是一个一个问？请分开问")
    new = [c for c in own if c.kind not in _PLACES and all(c.slot != f.slot for f in first.conditions)]
    states = (habits.open, habits.closed)
    left = [c for c in first.conditions if c.kind not in _PLACES and c in later.conditions and c.where not in states]
    if not new or not left:
        return later
    if all(c.slot in habits.alike for c in (*new, *left)):
        return replace(later, conditions=tuple(c for c in later.conditions if c not in left))
    raise NotUnderstood([asked], _within_or_not(asked, left))


def _within_or_not(asked: str, left: Sequence[Condition]) -> str:
    said = "、".join(c.said for c in left)
    return f"不清楚“{asked}”是不是只问“{said}”里的；是的请说“其中…”，不是的请分开问"


def _elsewhere(first: Frame, later: Frame, part: Part, habits: Habits) -> Frame:
    """A question about another ledger: the unit can't be carried over as it is called there."""
    weak = [c for c in first.conditions if c.kind not in ("unit", "region") and c.slot in habits.weak]
    if part.is_within or weak or (_whose(first) and not _whose(later)) or first.period != later.period:
        raise NotUnderstood([part.text], "前后两问说的不是同一类台账，请分开问")
    return later


def _is_alike(part: Part, own: Sequence[Condition], left: Sequence[Condition]) -> bool:
    """留置的几个，移送司法的几个; 应到几人，实到几人: said alike, and neither is said to be of the other."""
    if not len(own) == len(left) == 1 or own[0].is_negated or left[0].is_negated:
        return False
    if own[0].kind in _PLACES:  # 公安局党员几人，法院几人: of what is so in the first
        return False
    said = _STRESS.sub("", part.text.strip(_SIGNS))
    rest = said.removeprefix(own[0].said)
    return rest != said and _even(part.before).endswith(_even(left[0].said + rest))


def _even(text: str) -> str:
    return re.sub("[有了是的]", "", text.strip(_SIGNS))


def _check_part(c: Condition, first: Frame, later: Frame, schema: Schema) -> None:
    """其中 has to name a part: another unit, or another source, is none."""
    for other in first.conditions:
        a, b = terms_of(other.where), terms_of(c.where)
        if other.slot != c.slot or other.where == c.where or not (a and b) or other.is_negated or c.is_negated:
            continue
        vocabulary = schema.vocabulary_of(later.ledger, c.slot)
        below = {d for t in a for d in vocabulary.descendants(t)} if vocabulary else set(a)
        if not set(b) <= below:
            raise NotUnderstood([c.said], f"“{c.said}”不是“{other.said}”的一部分，不能说“其中”；请分开问")
