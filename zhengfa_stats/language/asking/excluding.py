"""What the conditions that one word negates come to: none of a list, not all at once of what is said of one thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, NotUnderstood
from zhengfa_stats.language.asking.joining import merged, one
from zhengfa_stats.language.asking.negating import Scope, negated_of
from zhengfa_stats.query import And, Not, Or, Where

_NOT_YET = ("没", "未", "还没", "还未", "仍没", "仍未", "尚未")


def excluded(s: Sentence, found: Sequence[Condition], scopes: Sequence[Scope]) -> list[Condition]:
    """The conditions, those of each scope put together as what says the opposite."""
    taken = {i for scope in scopes for i in scope.members}
    done: list[Condition] = []
    for scope in scopes:
        own = [c for c in found if c.at in scope.members]
        s.use(*(j for j in range(own[0].at, own[-1].at) if s.has(j, "and", "or")))
        done += [_either(scope, own)] if scope.is_either else _excluded(s, scope, own)
    return sorted((*done, *(c for c in found if c.at not in taken)), key=lambda c: c.at)


def _excluded(s: Sentence, scope: Scope, own: Sequence[Condition]) -> list[Condition]:
    for c in own:
        if c.said.startswith(_NOT_YET):
            said = f"{s.tokens[scope.head].text}{c.said}"
            raise NotUnderstood([said], f"“{said}”有两重否定，请换一种说法")
    done: list[Condition] = []
    for item in _items(s, own):
        one_more = _together(item, scope, _opposite(s, scope, item), is_negated=True)
        if done and (both := merged(done[-1].where, one_more.where)):
            one_more = _together([done.pop(), one_more], scope, both, is_negated=True)
        done.append(one_more)
    return done


def _opposite(s: Sentence, scope: Scope, item: Sequence[Condition]) -> tuple[Where, ...]:
    """All but those of whom everything holds; 没参加, 不合格 by themselves are what habit says they are."""
    where = tuple(w for c in item for w in c.where)
    if len(where) == 1 or where in (s.habits.open, s.habits.closed):
        return negated_of(s, where)
    if len(item) == 1 and item[0].kind == "condition" and not s.has(scope.head, "except", "removing"):
        return negated_of(s, where)
    return (*s.habits.usual, Not(And(where)))


def _either(scope: Scope, own: Sequence[Condition]) -> Condition:
    a, b = own
    where = merged(a.where, b.where) or (Or((one(a.where), one(b.where))),)
    return _together(own, scope, where, is_negated=False)


def _together(own: Sequence[Condition], scope: Scope, where: tuple[Where, ...], *, is_negated: bool) -> Condition:
    first, said = own[0], "、".join(c.said for c in own)
    slots = tuple(dict.fromkeys(c.slot for c in own))
    kind = first.kind if len(slots) == 1 else "condition"
    return Condition("|".join(slots), where, said, min(scope.head, scope.members[0]), kind, is_negated, own[-1].until)


def _items(s: Sentence, own: Sequence[Condition]) -> list[list[Condition]]:
    """What is excluded one by one, each by all that is said of it: 公安局的科级和法院的班子成员 are two."""
    items: list[list[Condition]] = []
    for n, c in enumerate(own):
        if n and not any(s.has(j, "and", "or") for j in range(own[n - 1].until, c.at)):
            items[-1].append(c)
        else:
            items.append([c])
    items = [part for item in items for part in _apart(item)]
    if all(len(item) == 1 for item in items) or all(len(item) > 1 for item in items):
        return items
    if (all_of_one := _shared(s, items)) is not None:
        return [all_of_one]
    words = [c.said for c in own]
    raise NotUnderstood(words, f"“{'”“'.join(words)}”里，不清楚哪些说的是同一样；请分开说")


def _apart(item: list[Condition]) -> Iterator[list[Condition]]:
    """公安局法院, 来信来电: terms of one field with nothing between them are a list as well."""
    if len({c.slot for c in item}) == 1:
        yield from ([c] for c in item)
    else:
        yield item


def _shared(s: Sentence, items: Sequence[list[Condition]]) -> list[Condition] | None:
    """公安局和法院的科级, 公安局的科级和处级: what is said once of several; None where it may be otherwise."""
    first, *_, last = items
    if len(last) > 1 and all(len(i) == 1 and i[0].slot == last[0].slot for i in items[:-1]):
        if not any(s.tokens[j].text.endswith("的") for i in items[:-1] for j in (i[0].until,)):
            return [_alternatives([*(i[0] for i in items[:-1]), last[0]]), *last[1:]]
    elif len(first) > 1 and all(len(i) == 1 and i[0].slot == first[-1].slot for i in items[1:]):
        return [*first[:-1], _alternatives([first[-1], *(i[0] for i in items[1:])])]
    return None


def _alternatives(these: Sequence[Condition]) -> Condition:
    found = these[0]
    for c in these[1:]:
        found = replace(found, where=merged(found.where, c.where) or (Or((one(found.where), one(c.where))),))
    return found
