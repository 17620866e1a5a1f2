"""How conditions go together: alternatives, such as all hold, those that ask back, and 两家 said of them once more."""

from __future__ import annotations

from collections.abc import Iterator

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, NotUnderstood, listed, terms_of
from zhengfa_stats.query import And, Blank, In, Not, Or, Where


def coordinated(s: Sentence, found: list[Condition]) -> Iterator[Condition]:
    """Terms of one field side by side are alternatives; of different fields, conditions that all hold."""
    if (k := _second_side(s, found)) is not None:
        yield _either_side(s, [*coordinated(s, found[:k])], [*coordinated(s, found[k:])])
        return
    done: list[Condition] = []
    for condition in found:
        last = done[-1] if done else None
        joint = _joint(s, last, condition) if last else ""
        if last and joint and (both := _both(s, last, condition, joint)):
            done[-1] = both
        else:
            done.append(condition)
    for condition in done:
        _counted_again(s, condition)
    _check_slots(s, done)
    _attributes(s)
    yield from done


def _second_side(s: Sentence, found: list[Condition]) -> int | None:
    """公安局的科级或者法院的一般干警: where 或 begins anew with what the first side began with."""
    for k in range(2, len(found)):
        a, b = found[k - 1], found[k]
        is_or = any(s.has(j, "or") for j in range(a.until, b.at))
        if is_or and a.slot != b.slot and any(c.slot == b.slot for c in found[: k - 1]):
            return k
    return None


def _either_side(s: Sentence, left: list[Condition], right: list[Condition]) -> Condition:
    """Either all that one side says or all that the other does; NotUnderstood where a word may be said of both."""
    slots = {c.slot for c in left}
    if left[0].slot != right[0].slot or any(c.slot not in slots for c in right):
        words = [c.said for c in (*left, *right)]
        said = f"“{''.join(words)}”里的“或”"
        raise NotUnderstood(words, f"{said}，不清楚前后各管到哪里；请分开问")
    s.use(*(j for j in range(left[-1].until, right[0].at) if s.has(j, "or")))
    sides = tuple(one(tuple(w for c in side for w in c.where)) for side in (left, right))
    said = "".join(c.said for c in left) + "或" + "".join(c.said for c in right)
    slot = "|".join(dict.fromkeys(c.slot for c in (*left, *right)))
    return Condition(slot, (Or(sides),), said, left[0].at, "condition", False, right[-1].until)


_COUNTERS = ("家单位", "个单位", "个部门", "家", "个", "种", "类", "项", "样", "大类", "者", "条")


def _counted_again(s: Sentence, condition: Condition) -> None:
    """公安局和法院两家, 来信来访两种方式: as many as are listed, said of them once more."""
    n = len(listed(condition) or terms_of(condition.where))
    i = condition.until
    if i < len(s.tokens) and s.tokens[i].text in ("这", "那") and i not in s.used:
        i += 1  # 公安、法院这两家, 违规参股借贷这一类
    if not n or i >= len(s.tokens) or s.tokens[i].number != n or i in s.used:
        return
    behind = i + 1 if i + 1 < len(s.tokens) and s.tokens[i + 1].text in _COUNTERS else i
    is_sort = behind + 1 < len(s.tokens) and s.has(behind + 1, "sort_word") and not s.choices(behind + 1)
    if behind > i or is_sort:
        s.use(i, *range(i, behind + 1 + is_sort))


def _attributes(s: Sentence) -> None:
    """公安局承办的、反映经商办企业的线索: 的、 only parts what all is said of the same."""
    s.use(*(j for j in s.free("and") if s.tokens[j].text == "、" and j and s.tokens[j - 1].text.endswith("的")))


def _joint(s: Sentence, a: Condition, b: Condition) -> str:
    """How two conditions are joined: or, and, side (nothing between), "" (apart, or negated by one word)."""
    if a.at == b.at:
        return ""
    between = range(a.until, b.at if b.at >= a.until else b.until - 1)
    kinds = {r for j in between for r in s.tokens[j].roles & {"or", "and", "both"}}
    if any(j in s.used and not s.tokens[j].roles & {"or", "and", "both", "idle"} for j in between):
        return ""
    if _of_someone(s, a) and _of_someone(s, b):
        s.is_evident = True
        raise NotUnderstood(["有人"], f"“有人{a.said}”和“有人{b.said}”说的不一定是同一个人；请分开问")
    said_both = _said_both(s, a)
    joiners = [j for j in between if s.tokens[j].roles & {"or", "and", "both"}]
    others = [j for j in between if j not in joiners and not s.tokens[j].roles & {"idle", "people", "only"}]
    others = [
        j
        for j in others
        if not (s.tokens[j].of("noun", s.ledger) or s.tokens[j].text in ("人数", "数", "件数", "条数"))
    ]
    if others:
        return ""
    s.use(*joiners)
    if "or" in kinds:
        return "or"
    if any(s.tokens[j].text in _TOO for j in between) or (a.slot != b.slot and _all_of_them(s, b)):
        return "both"
    if joiners and all(s.tokens[j].text == "、" for j in joiners) and _holds_beside(s, a, b):
        return "both"
    if "both" in kinds or said_both:
        return "both"
    return "and" if kinds else "side" if not len(between) else ""


_TOO = ("也", "又", "还", "却", "而", "但", "结果也")


_AT_ONCE = ("一起", "一块", "一块儿", "一并", "同时")


def _all_of_them(s: Sentence, last: Condition) -> bool:
    """党纪处分、政务处分两样都挨了, 都有: the words are used."""
    i = last.until
    if i + 1 < len(s.tokens) and s.tokens[i].number == 2 and s.tokens[i + 1].text in _COUNTERS:
        behind = i + 2 + (i + 2 < len(s.tokens) and s.tokens[i + 2].text == "处分")
        if s.has(behind, "all") or (behind < len(s.tokens) and s.tokens[behind].text in _AT_ONCE):
            s.use(*range(i, behind + (not s.has(behind, "all"))))
            return True
    return s.has(i, "all") and s.tokens[i].text in ("都", "全都", "均") and not s.has(i - 1, "not")


def _holds_beside(s: Sentence, a: Condition, b: Condition) -> bool:
    """来源为群众举报、尚未查结的: a state, or what its field is named with, is no alternative to something else."""
    states = {s.habits.open, s.habits.closed} - {()}
    named = any(
        c.at and s.tokens[j].of("axis", s.ledger)
        for c in (a, b)
        for j in range(max(0, c.at - 2), c.at)
        if not s.choices(j)
    )
    return a.slot != b.slot and bool(named or {a.where, b.where} & states)


def _of_someone(s: Sentence, c: Condition) -> bool:
    """有人被留置: it is said of somebody, who need not be the one of whom something else is said."""
    j = c.at - 1
    while j > 0 and s.is_idle(j) and not s.has(j, "people"):
        j -= 1
    return j > 0 and s.has(j, "people") and s.tokens[j - 1].text in ("有", "有个", "还有")


def _said_both(s: Sentence, a: Condition) -> bool:
    before = [j for j in range(max(0, a.at - 2), a.at) if s.has(j, "both")]
    s.use(*before)
    return bool(before)


def _both(s: Sentence, a: Condition, b: Condition, joint: str) -> Condition | None:
    if a.slot == b.slot and a.is_negated == b.is_negated and joint != "both" and (where := merged(a.where, b.where)):
        return Condition(a.slot, where, f"{a.said}、{b.said}", a.at, a.kind, a.is_negated, b.until)
    if joint == "or":
        either = Or((one(a.where), one(b.where)))
        return Condition(f"{a.slot}|{b.slot}", (either,), f"{a.said}或{b.said}", a.at, "condition", False, b.until)
    if joint == "and" and a.kind == b.kind == "condition" and any(True for _ in s.free("apart")):
        s.apart += [c for c in (a, b) if c not in s.apart]
        return None
    if joint == "and" and a.kind == b.kind == "condition" and (a.is_negated == b.is_negated or _is_word(s, a, b)):
        one_said, other_said = _words(s, a), _words(s, b)
        said = f"{one_said}和{other_said}"
        choices = (f"{one_said}或者{other_said}", f"既{one_said}又{other_said}")
        raise NotUnderstood([said], f"“{said}”是两样都有，还是有一样就算？请说“{'”或“'.join(choices)}”", choices)
    return None


def _words(s: Sentence, c: Condition) -> str:
    """What was said, with what negates it."""
    return "".join(t.text for t in s.tokens[c.at : c.until]) if c.is_negated else c.said


def _is_word(s: Sentence, a: Condition, b: Condition) -> bool:
    return any(s.has(j, "and") and s.tokens[j].text != "、" for j in range(a.until, b.at))


def _check_slots(s: Sentence, found: list[Condition]) -> None:
    """Two conditions about one thing that are not joined can't both be meant, unless one is a part of the other."""
    for i, a in enumerate(found):
        for b in found[i + 1 :]:
            within = set(a.where) <= set(b.where) or set(b.where) <= set(a.where)
            within |= a.is_negated and b.is_negated  # 既不是群众举报也不是上级交办
            if a.slot == b.slot and not within and a.kind != "number" and not _is_part(s, a, b):
                said = f"{a.said}、{b.said}"
                raise NotUnderstood([said], f"“{said}”同时出现，不清楚是什么关系；请一次只问一个")


def _is_part(s: Sentence, a: Condition, b: Condition) -> bool:
    if a.is_negated != b.is_negated or any(_is_filled(c) for c in (a, b)):
        return True
    terms = [terms_of(c.where) for c in (a, b)]
    if set(terms[0]) < set(terms[1]) or set(terms[1]) < set(terms[0]):
        return False  # 查实为属实或者部分属实: the one says more than the other, and is no part of it
    vocabulary = None
    if a.slot in s.schema.ledgers[s.ledger].fields:
        vocabulary = s.schema.vocabulary_of(s.ledger, a.slot)
    if vocabulary is None or not terms[0] or not terms[1]:
        return False
    below = [{d for t in ts for d in vocabulary.descendants(t)} for ts in terms]
    return set(terms[1]) <= below[0] or set(terms[0]) <= below[1]


def _is_filled(c: Condition) -> bool:
    """政务处分 itself: whichever it is."""
    match c.where:
        case (Not(Blank(_)),):
            return True
    return False


def one(where: tuple[Where, ...]) -> Where:
    return where[0] if len(where) == 1 else And(where)


def merged(a: tuple[Where, ...], b: tuple[Where, ...]) -> tuple[Where, ...] | None:
    """Both terms in one condition: 公安局 and 法院 → either; 除公安局、法院外 → neither."""
    match a, b:
        case (In(f, xs),), (In(g, ys),) if f == g:
            return (In(f, (*xs, *ys)),)
        case (Not(In(f, xs)),), (Not(In(g, ys)),) if f == g:
            return (Not(In(f, (*xs, *ys))),)
        case (Or((In(f, xs), In(f2, xs2))),), (Or((In(g, ys), In(g2, ys2))),) if (f, f2) == (g, g2):
            return (Or((In(f, (*xs, *ys)), In(f2, (*xs2, *ys2)))),)
        case (Not(Or((In(f, xs), In(f2, xs2)))),), (Not(Or((In(g, ys), In(g2, ys2)))),) if (f, f2) == (g, g2):
            return (Not(Or((In(f, (*xs, *ys)), In(f2, (*xs2, *ys2))))),)
    return None
