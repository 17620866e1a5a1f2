"""Shares: 占比, 占全市的几成, 来信在群众举报里占多少; what the part is, and of what whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.fields import fields_of
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood
from zhengfa_stats.query import Blank, Not

_AMOUNTS = (
    "几成",
    "有几成",
    "几成的",
    "百分之几",
    "百分之多少",
)  # these ask themselves: what is said behind is the part


def find_share(s: Sentence, *, is_rate: bool = False) -> int | None:
    """Where 占 or 占比 stands; the ask words that go with it are used."""
    found = list(s.free("share"))
    if is_rate and found and all(s.tokens[i].text in _AMOUNTS for i in found):
        s.use(*found)
        return None
    if not found:
        return None
    if any(s.has(i, "ask") for i in range(found[0])):
        s.is_evident = s.is_doubtful = any(t.of("noun", s.ledger) or t.of("condition", s.ledger) for t in s.tokens)
        raise NotUnderstood([s.tokens[found[0]].text], "一次只能问一个数，请把多少和占比分开问")
    _check_ratio(s, found[0])
    _check_once(s, found)
    if any(s.has(i, "which_place") for i in range(found[0])):
        raise NotUnderstood([s.tokens[found[0]].text], "一次只能问一个数，请把排第几和占多少分开问")
    s.use(*found)
    for i in range(found[0], len(s.tokens)):
        if s.has(i, "ask", "percent") or "百分" in s.tokens[i].text or "growth" in s.tokens[i].roles:
            s.use(i)
    return found[0]


def _check_once(s: Sentence, found: Sequence[int]) -> None:
    """公安局任务占全部的比例，完成的占比: two shares are asked for, each in a clause of its own."""
    clauses = [[i for i in found if s.clause_of(i) == n] for n in {s.clause_of(i) for i in found}]
    if len([c for c in clauses if any(s.tokens[i].text not in _AMOUNTS for i in c)]) > 1:
        words = [s.tokens[i].text for i in (found[0], found[-1])]
        s.is_evident = True
        raise NotUnderstood(words, "一次只能问一个占比，请分开问")


def _check_ratio(s: Sentence, at: int) -> None:
    """公安占几个 asks how many, 占百分之几 what part; NotUnderstood where 占 stands beside a number of things."""
    behind = s.tokens[at + 1 : at + 3]
    counts = [t for t in behind[1:] if t.roles & {"rows", "persons", "acts"}] or [
        t for t in behind[:1] if "ask" in t.roles and t.text[0] == "几" and t.text != "几"
    ]
    if behind and "ask" in behind[0].roles and counts:
        said = f"{s.tokens[at].text}{behind[0].text}"
        s.is_evident = True
        raise NotUnderstood([said], f"“{said}”问的是个数还是比例？请说“有几个”或“占百分之几”", ("有几个", "占百分之几"))


def shared(frame: Frame, at: int, s: Sentence) -> Frame:
    """The share that the conditions make of a whole: what 占 or 中 says, else all but the one thing asked about."""
    before = tuple(c for c in frame.conditions if c.at < at)
    if not before and s.is_share_of_before and s.carried:
        before = s.carried
        frame = replace(frame, of_all=True)  # the whole is put together here, and takes nothing over
    elif before and s.is_share_of_before and s.carried and not {c.slot for c in before} & {c.slot for c in s.carried}:
        return replace(frame, share_of=s.carried, of_all=True)  # 征文交了多少篇，公安局占多少
    behind = tuple(c for c in frame.conditions if c.at > at)
    _check_people(s, behind, at)
    if frame.share_period is not None and not behind:
        if any(c.where in (s.habits.open, s.habits.closed) for c in before):
            words = [c.said for c in before]
            raise NotUnderstood(words, "没有听清后一个时段里是什么；两个时段的比例请只问同一样东西")
        return replace(frame, share_of=tuple(c for c in before if c.kind != "unit" or not _is_of_city(s, at)))
    if behind and s.tokens[at].text in _AMOUNTS:
        if any(s.has(i, "within_part") for i in range(at, len(s.tokens))):
            raise NotUnderstood([s.tokens[at].text], "没有听清是谁占谁的比例；请说成“群众举报占全部线索的比例”这样")
        return replace(frame, conditions=(*before, *behind), share_of=before)  # 办结的有几成是群众举报的
    if behind or _says_all(s, at):
        whole = behind or _alike_in_city(s, before, at)
        is_of_unit = all(c.kind == "unit" for c in before)  # 公安局占全市没办结的多少
        of_city = any(t.text == "全市" for t in s.tokens[at + 1 :])
        if behind and not any(c.kind == "unit" for c in behind) and not (is_of_unit or of_city):
            whole = (*(c for c in before if c.kind == "unit"), *behind)
        part = (*before, *(c for c in behind if c.slot not in {b.slot for b in before}))
        if _is_of_city(s, at) or {c.where for c in whole} == {c.where for c in part}:
            whole = behind or whole  # 公安局没办结的占全市没办结的, 占没办结的
        return replace(frame, conditions=part, share_of=whole, of_all=not behind)
    if part_in_whole := _part_in_whole(s, before):
        part, whole = part_in_whole
        units = tuple(c for c in part if c.kind == "unit")
        return replace(frame, conditions=(*whole, *part), share_of=(*units, *whole))
    if (filled := _filled(s, before, at)) is not None:
        by = tuple(b for b in frame.by if b.field != filled.slot)
        return replace(frame, by=by, share_of=(*(c for c in before if c.slot != filled.slot), filled))
    if (cut := _within(s, before)) is not None:
        return replace(frame, share_of=tuple(c for c in before if c.at < cut))
    if frame.by and not before:
        return replace(frame, share_of=())
    inside = [i for i in s.free("within_part") if before and max(c.until for c in before) <= i < at]
    if frame.by and inside:
        s.use(*inside)
        return replace(frame, share_of=before)  # 群众举报中占比最大的渠道
    if s.tokens[at].text in _AMOUNTS and before and before[-1].where == s.habits.closed:
        return _of_given(s, frame, before[-1], before[:-1])  # 来电的线索办结了几成
    narrow = [_narrow(s, before, at)]
    _check_whole(s, narrow[0], at)
    if frame.by and all(b.field != narrow[0].slot for b in frame.by):
        said = narrow[0].said
        choices = (f"各占{said}总数的多少", f"各自里面{said}占多少")
        raise NotUnderstood([said], f"“{said}”的占比，是说{choices[0]}，还是{choices[1]}？请逐个单位问", choices)
    return _of_given(s, frame, narrow[0], tuple(c for c in before if c is not narrow[0]))


_PERSONS = ("人", "个人", "人员", "人数", "人头")


def _check_people(s: Sentence, behind: Sequence[Condition], at: int) -> None:
    """处理人数占干警总数的多少, 占全部科级干部的: who there is at all stands in the roster, not among those dealt with."""
    places = range(at + 1, len(s.tokens))
    if (
        s.ledger == s.words.people_ledger
        or not s.habits.person
        or any(s.tokens[j].of("noun", s.ledger) for j in places)
    ):
        return
    whose = [c.said for c in behind if c.kind != "unit" and c.slot in s.habits.weak]
    people = [s.tokens[j].text for j in places if s.has(j, "people") and s.tokens[j].text not in _PERSONS]
    people += [t.text for t in s.tokens[at + 1 :] if t.text.endswith(("干警", "民警")) and t.of("unit", s.ledger)]
    if (whose or people) and all(c.kind == "unit" or c.slot in s.habits.weak for c in behind):
        said = "".join((*whose[:1], *people[:1]))
        name = s.schema.ledgers[s.words.people_ledger].name
        own = s.schema.ledgers[s.ledger].name
        raise NotUnderstood([said], f"“{said}”一共有多少记在《{name}》里，《{own}》里的数不能占它的比例；请分开问")


def _narrow(s: Sentence, found: Sequence[Condition], at: int) -> Condition:
    """The one condition that is asked to be a share; NotUnderstood where there are several."""
    narrow = [c for c in found if c.kind in ("condition", "number")] or [c for c in found if c.kind == "unit"]
    narrow = [c for c in narrow if not any(_is_given(s, c, d) for d in narrow)]
    last = max(found, key=lambda c: c.at, default=None)
    if last is not None and last.kind == "unit" and s.skip_idle(last.until) == at and s.tokens[at].text[0] == "占":
        narrow = [last]  # 群众举报的线索公安局占多少
    if len(narrow) != 1:
        words = [c.said for c in narrow] or [s.tokens[at].text]
        raise NotUnderstood(words, "没有听清是谁占谁的比例；请说成“群众举报占全部线索的比例”这样")
    return narrow[0]


def _check_whole(s: Sentence, part: Condition, at: int) -> None:
    """公安局干警被处理的比例: of its own people, or of all that were dealt with."""
    people = [t.text for t in s.tokens[part.at : at] if "people" in t.roles and t.text != "人"]
    if part.kind == "unit" and s.habits.each and people and not s.tokens[at].text.startswith("占"):
        choices = (f"{part.said}占全部的比例", f"占{part.said}{people[0]}总数的比例")
        raise NotUnderstood([s.tokens[at].text], f"是问“{'”还是“'.join(choices)}”？后一种要用花名册，请分开问", choices)


def _is_given(s: Sentence, c: Condition, d: Condition) -> bool:
    """考试优秀的, 考试90分以上的: what the other one takes for granted, or what lets its number be known."""
    if set(c.where) < set(d.where):
        return True
    ledger = s.schema.ledgers[s.ledger]
    return d.kind == "number" and c.kind == "condition" and any(d.slot in fields_of(w, ledger) for w in c.where)


def _part_in_whole(
    s: Sentence, found: Sequence[Condition]
) -> tuple[tuple[Condition, ...], tuple[Condition, ...]] | None:
    """来信在群众举报里占几成: the whole stands between 在 and 里."""
    for i, token in enumerate(s.tokens):
        inside = tuple(c for c in found if c.at > i)
        end = next((j for j in range(i + 1, len(s.tokens)) if "within_part" in s.tokens[j].roles), None)
        if (
            token.text == "在"
            and inside
            and end is not None
            and all(c.at < end for c in inside)
            and len(inside) < len(found)
        ):
            s.use(end)
            return tuple(c for c in found if c.at < i), inside
    return None


def _filled(s: Sentence, before: Sequence[Condition], at: int) -> Condition | None:
    """第一种形态占四种形态的比例: of those that fill in the field that the part is told by."""
    for i, token in enumerate(s.tokens):
        is_whole = i == at + 1 or s.has(i + 1, "within_part")
        named = {m.slot for m in token.of("axis", s.ledger)} & {c.slot for c in before}
        if is_whole and len(named) == 1 and not s.choices(i) and token.text[0] not in "各每":
            s.use(i)
            field = named.pop()
            return Condition(field, (Not(Blank(field)),), token.text, i, until=i + 1)
    return None


def _of_given(s: Sentence, frame: Frame, part: Condition, others: tuple[Condition, ...]) -> Frame:
    """来了几成 is of those expected, 合格占几成 of those tested: what the part takes for granted limits the whole."""
    given = part.where[:-1] if part.kind == "condition" else ()
    if part.where == s.habits.usual and s.habits.absent:
        given = s.habits.absent
        part_too = replace(part, where=(*given, *part.where))
        rest = tuple(c for c in frame.conditions if c is not part)
        frame = replace(frame, conditions=(*rest, part_too))
        _check_attending(s, part, others)
    whole = (*others, replace(part, where=given)) if given else others
    return replace(frame, share_of=whole)


def _check_attending(s: Sentence, part: Condition, others: Sequence[Condition]) -> None:
    """法院参训几人，占多少: of its own that were expected, or of all who attended."""
    if s.is_share_of_before and (units := [c.said for c in others if c.kind == "unit"]):
        s.is_evident = True
        choices = (f"占{units[0]}应训人数的多少", f"占全市{part.said}人数的多少")
        raise NotUnderstood(["占"], f"是问“{'”还是“'.join(choices)}”？请说明", choices)


def _says_all(s: Sentence, at: int) -> bool:
    words = ("全市", "全部", "所有", "总数", "总量", "全", "总", "整个", "一共", "全体")
    return any(t.text in words for t in s.tokens[at + 1 :]) or s.tokens[at].text in ("占全部", "占总数")


def _is_of_city(s: Sentence, at: int) -> bool:
    return any(t.text == "全市" for t in s.tokens[at + 1 :])


def _alike_in_city(s: Sentence, before: tuple[Condition, ...], at: int) -> tuple[Condition, ...]:
    """公安局没办结的线索占全市多少: of the same in the whole city, unless 占全市线索的 says of all."""
    of_city = _is_of_city(s, at) and not any(t.of("noun", s.ledger) for t in s.tokens[at + 1 :])
    if not of_city or not any(c.kind == "unit" for c in before):
        return ()
    return tuple(c for c in before if c.kind != "unit")


def _within(s: Sentence, found: Sequence[Condition]) -> int | None:
    """Where 中 or 里 parts the whole from the part of it, or the end of a clause: 已经查结的线索，不属实的占多少."""
    for i, token in enumerate(s.tokens):
        is_whole = bool(token.of("noun", s.ledger)) and i + 1 < len(s.tokens) and s.tokens[i + 1].start > token.end
        if is_whole and any(c.at < i for c in found) and any(c.at > i for c in found):
            return i
        if "within_part" in token.roles and any(c.at > i for c in found):
            s.use(i)
            return i
    return None


def is_within_groups(frame: Frame) -> bool:
    """检察院和司法局的在岗人员中，党员各占多少: of each group's own, where the part is more than the group."""
    grouped = {b.field for b in frame.by}
    more = [c for c in frame.conditions if c not in (frame.share_of or ()) and c.slot not in grouped]
    return frame.form == "those" or (bool(more) and not frame.of_all)


def whole_beside(frame: Frame, given: Sequence[Condition]) -> tuple[Condition, ...] | None:
    """What a share is of where `given` stands instead: of its own (公安局党员占比比法院高多少), unless the part alone is told apart."""
    if frame.share_of is None:
        return None
    wholes = [c.where for c in frame.share_of]
    parts = {c.slot for c in frame.conditions if c.where not in wholes}
    held = {c.slot for c in frame.share_of}
    own = tuple(c for c in given if c.slot not in parts and (c.slot in held or c.kind in ("unit", "region")))
    return (*(c for c in frame.share_of if c.slot not in {o.slot for o in own}), *own)
