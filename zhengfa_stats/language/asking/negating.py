"""What negates conditions, and which of them: 没有X和Y, 除X、Y外, 去掉X的Y, X不算, 不是X就是Y."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from zhengfa_stats.language.asking.clause import OF_SORT, Sentence
from zhengfa_stats.language.asking.frame import NotUnderstood
from zhengfa_stats.query import Not, Where

_BARE = ("除外", "以外", "之外", "以外的", "之外的")
_BEHIND = ("后", "以后", "之后", "外", "以外", "之外", "的话")
_REST = ("还", "剩", "剩下", "还剩", "剩余", "余下", "其余", "其他")
_TURNS = ("但", "却", "而", "又", "也", "还", "就", "才", "则", "倒", "但是", "可是", "不过")
_NO = ("没", "未", "不", "非", "无")
_DONE = ("受", "给", "作", "被", "移送")  # a verb that is said once more without its 没
NONE = ("没有", "没", "没有过", "还没有", "并没有", "从来没有", "无", "没有一个", "没有任何", "没有被", "没被")
_MORE = ("还", "又", "也", "更", "还有", "又有", "也有")


@dataclass(frozen=True, slots=True)
class Scope:
    """A word that negates, and the places of the conditions that it negates; `is_either`: 不是X就是Y, one of them."""

    head: int
    members: tuple[int, ...]
    words: tuple[int, ...]
    is_either: bool = False


def scopes(s: Sentence, places: Sequence[int]) -> list[Scope]:
    """What is negated of the conditions at places; NotUnderstood where it can't be told how far a word reaches."""
    s.use(*_not_only(s, places))
    found: list[Scope] = []
    for finder in (_exceptions, _shut_out, _fronted):
        taken = {i for scope in found for i in (*scope.members, *scope.words)}
        found += finder(s, [i for i in places if i not in taken], taken)
    for scope in found:
        s.use(*scope.words)
    return [scope for scope in found if scope.members]


def _not_only(s: Sentence, places: Sequence[int]) -> Iterator[int]:
    """不但受处分还移送司法: both; the word is used where one condition stands behind it, and behind 还 another."""
    for k in s.free("not_only"):
        own = [i for i in places if i > k]
        more = [j for j in range(k + 1, len(s.tokens)) if s.tokens[j].text in _MORE or s.has(j, "both")]
        more += [j for j in s.free("not") if s.tokens[j].text.startswith(_MORE)]  # 也没有
        if any(a < j < b for j in more for a in own for b in own):
            yield k


def _exceptions(s: Sentence, places: Sequence[int], taken: Collection[int]) -> Iterator[Scope]:
    """除X、Y外, and 除了X和Y where a clause ends behind the list and more follows."""
    for k in s.free("except"):
        first = _first(s, k, places, loose=True)
        if first is None:
            continue
        end = _end_of_list(s, first, loose=True)
        members = tuple(i for i in places if first <= i < end)
        if end < len(s.tokens) and s.has(end, "except_end") and _is_next(s, end) and not _is_fronting(s, end, places):
            words: tuple[int, ...] = (k, end)
        elif end < len(s.tokens) and not _is_next(s, end) and not _joins(s, end):
            _check_ended(s, k, members, end, places)
            words = (k,)
        else:
            continue
        yield Scope(k, () if _is_more(s, k, members, end, places) else members, words)


def _is_more(s: Sentence, k: int, members: Sequence[int], end: int, places: Sequence[int]) -> bool:
    """除党纪处分外又受政务处分: there is the one and the other as well."""
    behind = end + 1 if end < len(s.tokens) and s.has(end, "except_end") else end
    said = behind
    while said < len(s.tokens) and s.is_idle(said):
        said += 1
    if said not in places or not any(s.tokens[j].text in _MORE for j in range(behind, said)):
        return False
    slots = {_slot(s, i) for i in members}
    if _slot(s, said) in slots:  # 除来信外又有来访的
        raise _unsure(s, k, (*members, said))
    return {*slots, _slot(s, said)} <= set(s.habits.alike)


def _shut_out(s: Sentence, places: Sequence[int], taken: Collection[int]) -> Iterator[Scope]:
    """X和Y除外, X以外的, （X不算）: what stands before, in the same clause."""
    for end in s.free("except_end"):
        closes = end + 1 == len(s.tokens) or not _is_next(s, end + 1)
        if end in taken or not (s.tokens[end].text in _BARE or (closes and s.has(end, "shut"))):
            continue
        start = end
        while start > 0 and _is_next(s, start) and _is_listed(s, start - 1):
            start -= 1
        members = tuple(i for i in places if start <= i < end)
        if members:
            if not (closes and (start == 0 or not _is_next(s, start))):
                _check_one_sort(s, members, end)
            yield Scope(members[0], members, (end,))


def _fronted(s: Sentence, places: Sequence[int], taken: Collection[int]) -> Iterator[Scope]:
    """没有X和Y, 不是X或Y, 去掉X的Y: what stands behind."""
    for k in s.free("not", "removing"):
        removes = s.has(k, "removing")
        first = None if k in taken else _first(s, k, places, loose=removes)
        if first is None or _is_of_people(s, k, first) or asks_of_none(s, k, first):
            continue
        if removes:
            yield _removed(s, k, first, places)
        else:
            yield _denied(s, k, first, places)


def _removed(s: Sentence, k: int, first: int, places: Sequence[int]) -> Scope:
    end = _end_of_list(s, first)
    members = tuple(_up_to_whole(s, [i for i in places if first <= i < end]))
    behind = (end,) if end < len(s.tokens) and s.tokens[end].text in _BEHIND else ()
    rest = any(s.tokens[j].text in _REST for j in range(members[-1], min(end + 1, len(s.tokens))))
    _check_ended(s, k, members, end, places)
    if not (behind or rest or end == len(s.tokens) or not _is_next(s, end)):
        _check_one_sort(s, members, k)
    return Scope(k, members, (k, *behind))


def _check_ended(s: Sentence, k: int, members: Sequence[int], end: int, places: Sequence[int]) -> None:
    """除了公安局，检察院和法院，处理了几人: whether the list goes on behind the sign."""
    if end in places and not _is_next(s, end) and _slot(s, end) in {_slot(s, i) for i in members}:
        after = _end_of_list(s, end)
        if after < len(s.tokens) and not _is_next(s, after):
            raise _unsure(s, k, (*members, end))


def _up_to_whole(s: Sentence, members: Sequence[int]) -> Iterator[int]:
    """不含来信的群众举报: what the same is said of without being joined to it is not removed."""
    for n, i in enumerate(members):
        between = range(members[n - 1] + 1, i) if n else range(0)
        if between and _slot(s, i) == _slot(s, members[n - 1]) and not any(s.has(j, "and", "or") for j in between):
            return
        yield i


def _denied(s: Sentence, k: int, first: int, places: Sequence[int]) -> Scope:
    """The list behind 没有 or 不是; it ends at 的, and at what says that more holds beside."""
    members = [first]
    while (i := _next_denied(s, k, members, places)) is not None:
        members.append(i)
    other = _other_side(s, k, members, places)
    return Scope(k, (*members, *other), (k,), bool(other))


def _next_denied(s: Sentence, k: int, members: Sequence[int], places: Sequence[int]) -> int | None:
    start = i = members[-1] + 1
    while i < len(s.tokens) and _is_next(s, i) and i not in places and _is_listed(s, i):
        i += 1
    between = range(start, i)
    alike = i in places and {_slot(s, j) for j in (*members, i)} <= set(s.habits.alike)
    is_same = i in places and _slot(s, i) == _slot(s, members[0])
    if i == start and (alike or is_same) and not _is_next(s, i):  # 没有留置，移送司法的
        raise _unsure(s, k, (*members, i))
    if i not in places or not _is_next(s, i) or s.tokens[i].text.startswith(_NO) or any(_turns(s, j) for j in between):
        return None
    joiners = [j for j in between if s.has(j, "and", "or")]
    ends = any(s.tokens[j].text.endswith("的") for j in between)
    if is_same:
        return None if ends and not joiners else i
    by_sign = all(s.tokens[j].text == "、" for j in joiners)
    if not joiners or (by_sign and (ends or _is_state(s, members[-1]))):
        return None
    denies = not s.tokens[k].text.startswith(("没", "未")) and not by_sign
    if ends or any(_is_state(s, j) for j in (*members, i)) or not (alike or denies):
        raise _unsure(s, k, (*members, i))
    return i


def _other_side(s: Sentence, k: int, members: Sequence[int], places: Sequence[int]) -> tuple[int, ...]:
    """不是来信就是来电: the other of two, one of which it is."""
    i = members[-1] + 1
    while i < len(s.tokens) and i not in places and s.is_idle(i):
        i += 1
    said = "".join(s.tokens[j].text for j in range(members[-1] + 1, i)).removeprefix("的")
    if i not in places or not said.startswith(("就是", "就在", "便是", "就属于", "就为")):
        return ()
    if _slot(s, i) != _slot(s, members[0]) or len(members) > 1:
        raise _unsure(s, k, (*members, i))
    return (i,)


def _turns(s: Sentence, j: int) -> bool:
    """没有留置但移送司法, 没有查结且超期, 没给处分、只作了组织处理, 没受党纪处分、受政务处分: what is behind holds."""
    text = s.tokens[j].text
    by_verb = s.tokens[j - 1].text == "、" and text.startswith(_DONE)
    return text in _TURNS or s.has(j, "both", "only") or by_verb


def _is_state(s: Sentence, i: int) -> bool:
    where = s.choices(i)[0].where
    return bool(where) and where in (s.habits.open, s.habits.closed)


def _slot(s: Sentence, i: int) -> str:
    meaning = s.choices(i)[0]
    return meaning.slot if meaning.kind == "condition" else meaning.kind


def _check_one_sort(s: Sentence, members: Sequence[int], k: int) -> None:
    """不含公安局的群众举报有几条: without a sign it can't be told whether the last is what is counted."""
    if len({_slot(s, i) for i in members}) > 1:
        raise _unsure(s, k, members)


def _unsure(s: Sentence, k: int, members: Sequence[int]) -> NotUnderstood:
    words = [s.tokens[i].text for i in members]
    hint = f"不清楚“{s.tokens[k].text}”管的是“{'”“'.join(words)}”里的哪几个；请分开问，或写成“除…外”“既不是…也不是…”"
    return NotUnderstood(words, hint)


def _is_of_people(s: Sentence, k: int, first: int) -> bool:
    """没有人被留置: there is nobody who was; the condition itself is not negated."""
    return s.tokens[k].text.startswith(("没", "无")) and any(s.has(j, "people") for j in range(k + 1, first))


def asks_of_none(s: Sentence, k: int, first: int) -> bool:
    """没有处级干部受处分吧, 是不是没有来信: whether there is none; what stands behind 没有 is not itself denied."""
    if s.tokens[k].text not in NONE or not asks_whether(s) or not s.choices(first) or _is_state(s, first):
        return False
    end = _end_of_list(s, first)
    listed = [i for i in range(first, end) if s.choices(i)]
    joined = any(s.has(j, "and", "or") for j in range(first, end))
    if joined and len({_slot(s, i) for i in listed}) > 1:  # 没有留置和移送司法吗
        raise _unsure(s, k, listed)
    return True


def asks_whether(s: Sentence) -> bool:
    """Whether a sentence asks yes or no, and no number, list or most: …吗, …吧, 是不是…."""
    ends = s.tokens[-1].text.endswith(("吧", "吗", "么", "嘛")) or any(
        s.has(i, "whether") for i in range(len(s.tokens))
    )
    return ends and not any(t.roles & {"ask", "list", "who", "which", "which_many", "most", "least"} for t in s.tokens)


# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _first(s: Sentence, k: int, places: Sequence[int], *, loose: bool) -> int | None:
    """The condition that a list begins with behind k; None where anything else stands between."""
    for i in range(k + 1, len(s.tokens)):
        if s.has(k, "shut") and not _is_next(s, i):
            return None
        if i in places:
            return i
        if s.has(i, "not", "removing") or not (
            s.tokens[i].roles & {"idle", "people", "only"} or (loose and _is_loose(s, i))
        ):
            return None
    return None


def _end_of_list(s: Sentence, i: int, *, loose: bool = False) -> int:
    """The place after a list of terms that begins here, within its clause: 公安局和法院."""
    i += 1
    while i < len(s.tokens) and _is_next(s, i) and (_is_listed(s, i) or (loose and _is_loose(s, i))):
        i += 1
    return i


def _is_listed(s: Sentence, j: int) -> bool:
    if s.has(j, "not", "removing", "except", "except_end") and not s.choices(j):
        return False
    joins = s.has(j, "and", "or", "people", "only") or s.tokens[j].text in (*OF_SORT, "以上", "及以上")
    return bool(s.choices(j) or joins or s.tokens[j].of("noun", s.ledger) or s.is_idle(j))


def _joins(s: Sentence, j: int) -> bool:
    """除了公安局，和法院: the list goes on; 又 and 既 begin what holds beside."""
    return s.has(j, "and", "or") and not s.has(j, "both")


def _is_loose(s: Sentence, j: int) -> bool:
    """除来源为来信的外, 除公安局收到的外: what may stand in a list that has both ends."""
    token = s.tokens[j]
    if s.has(j, "not", "removing", "except", "except_end"):
        return False
    return bool(s.has(j, "by_unit", "about", "axis") or token.of("axis", s.ledger) or token.of("verb", s.ledger))


def _is_next(s: Sentence, i: int) -> bool:
    """Whether no sign stands before a token."""
    return i > 0 and s.tokens[i].start == s.tokens[i - 1].end


def _is_fronting(s: Sentence, end: int, places: Sequence[int]) -> bool:
    """除公安局不含法院: it begins a list of its own."""
    return s.has(end, "not") and end + 1 in places and _is_next(s, end + 1)


def negated_of(s: Sentence, where: tuple[Where, ...]) -> tuple[Where, ...]:
    """The opposite: 没办结 is what is under way, 不合格 is tested and not passed, 没参加 was expected."""
    if where == s.habits.closed and s.habits.open:
        return s.habits.open
    if where == s.habits.open and s.habits.closed:
        return s.habits.closed
    if where == s.habits.usual and s.habits.absent:
        return (*s.habits.absent, Not(where[0]))
    *given, last = where
    return (*given, Not(last))
