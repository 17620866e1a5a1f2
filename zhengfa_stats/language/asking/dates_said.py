"""Conditions on a date that is not the ledger's own: 整改期限在6月底以前的, 下个月到期的, 办结日期在5月的."""

from __future__ import annotations

from collections.abc import Iterator

from zhengfa_stats.language.asking.clause import IS, Sentence
from zhengfa_stats.language.asking.frame import Condition, NotUnderstood
from zhengfa_stats.language.asking.handling import use_open
from zhengfa_stats.language.asking.tokens import Token
from zhengfa_stats.query import And, AsOf, Before, Between, Blank, Not, Or, Where

_ALREADY = ("已", "已经", "都已", "现已", "目前已", "今已")


def dates_said(s: Sentence) -> tuple[Condition, ...]:
    """The conditions that a date field's name, or a word for being due, sets with the period beside it."""
    return (*_before(s), *_of_fields(s), *_overdue(s), *_due(s))


def _before(s: Sentence) -> Iterator[Condition]:
    """完成日期晚于整改期限的: one date of a record before or after another."""
    for i in list(s.free("later", "earlier")):
        sides = [_date_field(s, i - 1), _date_field(s, i + 1)]
        if all(sides):
            s.use(i - 1, i, i + 1)
            s.is_evident = True
            first, then = sides if s.has(i, "earlier") else sides[::-1]
            said = "".join(t.text for t in s.tokens[i - 1 : i + 2])
            yield Condition(f"on {first}", (Before(first, then),), said, i - 1, until=i + 2)


def _date_field(s: Sentence, i: int) -> str:
    fields = s.schema.ledgers[s.ledger].fields
    named = s.tokens[i].of("axis", s.ledger) if 0 <= i < len(s.tokens) else ()
    found = {m.slot for m in named if fields[m.slot].kind == "date"}
    return found.pop() if len(found) == 1 else ""


def _of_fields(s: Sentence) -> Iterator[Condition]:
    """办结日期在5月的: the field's name with the period behind it."""
    ledger = s.schema.ledgers[s.ledger]
    for i, token in enumerate(s.tokens):
        fields = {m.slot for m in token.of("axis", s.ledger) if ledger.fields[m.slot].kind == "date"}
        j = i + 1
        while j < len(s.tokens) and s.tokens[j].text in IS:
            j += 1
        if i in s.used or not fields or j >= len(s.tokens) or s.tokens[j].period is None or j in s.used:
            continue
        if len(fields) > 1:
            names = [ledger.fields[f].name for f in fields]
            raise NotUnderstood([token.text], f"“{token.text}”可以指{'、'.join(names)}，请说明是哪一个", names)
        s.use(i, *range(i + 1, j))
        s.is_evident, s.score = True, s.score + 2
        if (field := fields.pop()) != ledger.date:
            yield _within(s, field, i, j)
        else:
            s.counted_by = field


_BY = ("按", "按照", "以", "依", "依照", "照")
_COUNTED = ("算", "来算", "计算", "来计算", "计", "为准", "口径", "算的话", "为口径")
_SHOWN = ("统计", "来统计", "看", "来看", "说")


def counted_by(s: Sentence) -> str:
    """按查结日期算, 以立案时间为准: the date that the period is of; grouped by it are only 按…分, 按…统计 of no period."""
    ledger = s.schema.ledgers[s.ledger]
    for i, token in enumerate(s.tokens[:-2]):
        fields = {m.slot for m in s.tokens[i + 1].of("axis", s.ledger) if ledger.fields[m.slot].kind == "date"}
        if token.text not in _BY or len(fields) != 1 or i + 1 in s.used:
            continue
        starts = not i or token.start > s.tokens[i - 1].end
        ends = i + 3 == len(s.tokens) or s.tokens[i + 3].start > s.tokens[i + 2].end
        alone = s.tokens[i + 2].text in _SHOWN and starts and ends and len(s.tokens) > 3
        if s.tokens[i + 2].text in _COUNTED or alone:
            s.use(i, i + 1, i + 2)
            s.is_evident = True
            return fields.pop()
    return ""


def by_own_date(s: Sentence, found: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """按查结日期算 counts what is closed, whether or not it is said."""
    is_closing = bool(s.counted_by) and s.counted_by == s.habits.dates.get("closed")
    if not is_closing or any(set(s.habits.closed) <= set(c.where) for c in found):
        return found
    return (*found, Condition("fact", s.habits.closed, "查结", len(s.tokens)))


def _due(s: Sentence) -> Iterator[Condition]:
    """下个月到期的, 6月底前该完成的, 已经到期的: what is due within a period, or by now."""
    for i in list(s.free("due")):
        if not s.habits.due:
            return
        behind = i + 1
        while behind < len(s.tokens) and s.tokens[behind].text in IS:
            behind += 1
        for j in (_back(s, i), behind):
            if 0 <= j < len(s.tokens) and s.tokens[j].period is not None and j not in s.used:
                s.use(i)
                yield _within(s, s.habits.due, i, j)
                return
        if s.tokens[i - 1].text in _ALREADY or s.tokens[i].text.startswith("已"):
            s.use(i)
            s.is_evident = True
            yield Condition(
                f"on {s.habits.due}", (Between(s.habits.due, None, AsOf()),), s.tokens[i].text, i, until=i + 1
            )


def _overdue(s: Sentence) -> tuple[Condition, ...]:
    """逾期没完成的, 超期才办结的, 按期完成的, 提前完成的: what was or was not closed by the day on which it was due."""
    due, date = s.habits.due, s.habits.dates.get("closed", "")
    said = list(s.free("overdue", "on_time", "early")) if due else []
    if not said:
        return ()
    i, first = said[0], s.tokens[said[0]]
    closed = next((j for j in range(i, len(s.tokens)) if any(m.where == s.habits.closed for m in s.choices(j))), None)
    done = closed is not None and bool(date) and not any(s.has(j, "not") for j in range(said[-1], closed))
    is_late = "overdue" in first.roles
    if len({r for j in said for r in s.tokens[j].roles & {"overdue", "on_time", "early"}}) > 1:
        return ()  # 超期又按期: left over, and so refused
    if not is_late and (not done or len(said) > 1):
        return ()
    if any(s.has(j, "share", "within_part") for j in range(i, said[-1])):  # 逾期的占未按期完成的
        words = [s.tokens[j].text for j in said]
        raise NotUnderstood(words, f"“{'”和“'.join(words)}”是两样，谁占谁的比例说不清，请分开问")
    s.use(*said, *(j for j, t in enumerate(s.tokens) if any(m.slot == due for m in t.of("axis", s.ledger))))
    if done and closed is not None:
        s.use(closed, *s.free("late"))
        s.is_evident = True
        return (Condition("late", _closed_when(s, first, due, date), first.text, i, "number", until=closed + 1),)
    use_open(s, i)
    return (Condition("overdue", _past_due(s, due), first.text, i, "number", until=said[-1] + 1),)


def _closed_when(s: Sentence, said: Token, due: str, date: str) -> tuple[Where, ...]:
    """Closed late, in time or early; 到期没完成 is not closed by now, 没有按期完成 either of late and not by now."""
    late: Where = Before(due, date)
    if said.text.endswith(("没", "未")):
        return _past_due(s, due, by=0 if said.text.startswith("到期") else -1)
    if said.text[0] in "没未" and "overdue" in said.roles:
        return (Or((And((*s.habits.closed, late)), And(_past_due(s, due)))),)
    if "overdue" in said.roles:
        return (*s.habits.closed, late)
    if "early" in said.roles:
        return (*s.habits.closed, Before(date, due))
    return (*s.habits.closed, Not(Blank(due)), Not(Blank(date)), Not(late))


def _past_due(s: Sentence, due: str, *, by: int = -1) -> tuple[Where, ...]:
    return (Between(due, None, AsOf(by)), *s.habits.open)


def _back(s: Sentence, i: int) -> int:
    j = i - 1
    while j >= 0 and s.is_idle(j):
        j -= 1
    return j


def _within(s: Sentence, field: str, i: int, j: int) -> Condition:
    """The field's date within the period at j; both words are used."""
    period = s.tokens[j].period
    assert period is not None
    if period.months or (period.since is None and period.as_of is None):
        raise NotUnderstood([s.tokens[j].text], f"“{s.tokens[i].text}”后面请写明哪天或哪个月")
    s.use(j)
    s.is_evident = True
    where: tuple[Where, ...] = (Between(field, period.since, period.as_of),)
    if field == s.habits.dates.get("closed", ""):
        where = (*s.habits.closed, *where)
    if negated := s.has(min(i, j) - 1, "not") and min(i, j) - 1 not in s.used:
        s.use(min(i, j) - 1)
        where = (*where[:-1], Not(where[-1]))
    return Condition(
        field, where, f"{s.tokens[i].text}{s.tokens[j].text}", min(i, j), is_negated=negated, until=max(i, j) + 1
    )
