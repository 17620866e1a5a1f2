"""What a question measures, and the numbers that limit its rows: 多少人次, 平均分, 90分以上, 超过60天没办结."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from zhengfa_stats.counting.clocks import shift_month
from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood
from zhengfa_stats.language.asking.handling import use_open
from zhengfa_stats.language.asking.timing import TOTALS
from zhengfa_stats.query import AsOf, Between, Blank, Not, Where

_DAYS = {"天": 1, "日": 1, "周": 7, "个星期": 7}


# ── limits ────────────────────────────────────────────────────────────────────────────────────────────────────────


def thresholds(s: Sentence) -> tuple[Condition, ...]:
    """The conditions that numbers set."""
    return tuple(c for i in range(len(s.tokens)) if (c := _threshold(s, i)) is not None)


def _threshold(s: Sentence, i: int) -> Condition | None:
    if (span := _months(s, i)) is not None:
        return span
    number = s.tokens[i].number
    if number is None or i in s.used or i + 1 >= len(s.tokens):
        return None
    if between := _range(s, i):
        return between
    if bare := _of_named(s, i):
        return bare
    unit = s.tokens[i + 1]
    attending = _attending(s, i)
    if i + 1 in s.used or not (unit.of("number", s.ledger) or "unit_of" in unit.roles or attending):
        return None
    if _is_of_mean(s, i):
        return None
    before = i - 1
    while before >= 0 and s.tokens[before].text in ("了", "的", "在"):
        before -= 1
    side, places = ("over", []) if s.has(i, "over") else side_of(s, before, i + 2)
    if not side and _is_exactly(s, i):
        side = "exactly"
    if not side:
        return None
    below = side == "at_most" and all(s.tokens[j].text in ("以下", "往下") for j in places)
    if below and unit.text in _DAYS and s.habits.open:
        s.is_evident = s.is_doubtful = True
        said = f"{s.tokens[i].text}{unit.text}"
        raise NotUnderstood([f"{said}以下"], f"“{said}以下”含不含{said}？请说“不到{said}”或“{said}及以内”")
    if side == "at_most" and unit.text in _DAYS and any(s.tokens[j].text in _IN for j in places):
        said = f"{s.tokens[i].text}{unit.text}{s.tokens[places[0]].text}"
        if s.habits.open and any(s.has(j, "not") or t.text[0] in "没未" for j, t in enumerate(s.tokens) if j > i):
            s.is_evident |= s.speaks()
            raise NotUnderstood([said], f"“{said}没有办结”是办了更久才办结的也算，还是只问在办的？请说“超过…天没办结”")
    if unit.text in _DAYS and s.habits.open and (days := _open_days(s, i, int(number) * _DAYS[unit.text], side)):
        s.use(i, i + 1, *places)
        return Condition("open_days", days, f"{number}{unit.text}", i, "number", until=i + 2)
    fields = [m.slot for m in unit.of("number", s.ledger)] or ([s.habits.attending] if attending else [])
    if not fields:
        return None
    _check_each(s, i)
    same = (j for j, t in enumerate(s.tokens) if any(m.slot == fields[0] for m in t.of("number", s.ledger)))
    s.use(i, i + 1, *places, *same)
    s.is_evident = True
    s.score += 2
    or_else = _beyond(fields[0], number, "under") if below else ()
    where, said = _beyond(fields[0], number, side), f"{s.tokens[i].text}{unit.text}"
    return Condition(fields[0], where, said, i, "number", until=i + 2, or_else=or_else)


def _check_each(s: Sentence, i: int) -> None:
    """累计学时超过16学时的: of what adds up for each of them no row tells; NotUnderstood."""
    for j in range(max(0, i - 4), i):
        if s.tokens[j].text in TOTALS and s.habits.person:
            said = f"{s.tokens[j].text}{s.tokens[i].text}{s.tokens[i + 1].text}"
            s.is_evident = True
            raise NotUnderstood([said], f"“{said}”要把每个人的几次加起来，不能这样问；可以按一次多少来问")


def _of_named(s: Sentence, i: int) -> Condition | None:
    """参加人数超过100的, 得分高于90的: a number without its unit, of the field that is named before it."""
    number = s.tokens[i].number
    side, places = ("over", []) if s.has(i, "over") else side_of(s, i - 1, i + 1)
    if number is None or not side or s.tokens[i + 1].text not in ("的", "以上", "以上的") or _is_of_mean(s, i):
        return None
    named = [j for j in range(max(0, i - 3), i) if s.tokens[j].of("number", s.ledger) and j not in s.used]
    fields = {m.slot for j in named for m in s.tokens[j].of("number", s.ledger)}
    if len(fields) != 1 or s.habits.days in fields:
        return None
    s.use(i, *named, *places)
    s.is_evident, s.score = True, s.score + 2
    field = fields.pop()
    return Condition(field, _beyond(field, number, side), f"{side}{number}", i, "number", until=i + 1)


def _attending(s: Sentence, i: int) -> bool:
    """参加人数超过100人的: the persons are those who took part, where that number is named before."""
    named = (m.slot for j in range(max(0, i - 3), i) for m in s.tokens[j].of("number", s.ledger))
    return bool(s.habits.attending) and s.has(i + 1, "persons") and s.habits.attending in named


def _is_of_mean(s: Sentence, i: int) -> bool:
    """平均分低于90分的单位: a mean is to reach the number, and no single row."""
    return any(
        s.has(j, "mean", "median") or s.tokens[j].text.startswith(("平均", "均分")) for j in range(max(0, i - 4), i)
    )


def _is_exactly(s: Sentence, i: int) -> bool:
    """考100分的: the number itself, of what is no length of time."""
    fields = {m.slot for m in s.tokens[i + 1].of("number", s.ledger)}
    return bool(fields) and s.habits.days not in fields and i + 2 < len(s.tokens) and s.tokens[i + 2].text == "的"


_IN = ("以内", "之内", "内")
_MONTHS = {"个月": 1, "个整月": 1, "年": 12, "个季度": 3}


def _months(s: Sentence, i: int) -> Condition | None:
    """超过三个月没办结, 半年以上没办结: whole months are counted back from the cut-off date by the calendar."""
    token, n = s.tokens[i], 1
    months = s.words.spans.get(token.text, 0)
    if not months and token.number is not None and i + 1 < len(s.tokens) and s.tokens[i + 1].text in _MONTHS:
        months, n = int(token.number * _MONTHS[s.tokens[i + 1].text]), 2
    if not months or i in s.used or not s.habits.open or s.as_of is None:
        return None
    before = i - 1
    while before >= 0 and s.tokens[before].text in ("了", "的", "在"):
        before -= 1
    side, places = side_of(s, before, i + n)
    days = (s.as_of - shift_month(s.as_of, -months)).days
    if not side or not (found := _open_days(s, i, days, side)):
        return None
    s.use(*range(i, i + n), *places)
    return Condition("open_days", found, f"{months}个月", i, "number", until=i + n)


def unfilled(s: Sentence) -> tuple[Condition, ...]:
    """没有成绩的, 没写明来源的: a field that holds nothing."""
    found = []
    for i, token in enumerate(s.tokens):
        fields = {
            m.slot
            for kind in ("axis", "number")
            for m in token.of(kind, s.ledger)
            if m.slot in s.schema.ledgers[s.ledger].fields
        }
        if i in s.used or not s.has(i - 1, "not") or i - 1 in s.used or len(fields) != 1 or s.choices(i):
            continue
        if s.tokens[i - 1].text[0] in "不非":  # 不是班子成员 says what the field holds, not that it holds nothing
            continue
        s.use(i - 1, i)
        s.is_evident = True
        field = fields.pop()
        found.append(Condition(field, (Blank(field),), f"没有{token.text}", i - 1, until=i + 1))
    return tuple(found)


def _range(s: Sentence, i: int) -> Condition | None:
    """80分到90分, 80到90分之间: from one number to another, both included."""
    j = i + 1
    fields = {m.slot for m in s.tokens[j].of("number", s.ledger)}
    j += bool(fields)
    if j + 2 >= len(s.tokens) or s.tokens[j].text not in ("到", "至"):
        return None
    low, high = s.tokens[i].number, s.tokens[j + 1].number
    fields = {m.slot for m in s.tokens[j + 2].of("number", s.ledger)}
    if low is None or high is None or len(fields) != 1:
        return None
    end = j + 3 if j + 3 < len(s.tokens) and s.tokens[j + 3].text in ("之间", "间") else j + 2
    s.use(*range(i, end + 1))
    s.is_evident, s.score = True, s.score + 2
    field = fields.pop()
    return Condition(field, (Between(field, float(low), float(high)),), f"{low}到{high}", i, "number", until=end + 1)


def side_of(s: Sentence, before: int, behind: int) -> tuple[str, list[int]]:
    """Whether more or less is meant, with or without the number itself, and the tokens that say so."""
    places = [j for j in (before, behind) if 0 <= j < len(s.tokens) and j not in s.used]
    for role in ("over", "under", "at_least", "at_most"):
        if said := [j for j in places if s.has(j, role)]:
            return role, said
    if before in places and s.tokens[before].text in _LASTED:
        return "at_least", [before]
    return "", []


_LASTED = ("办了", "拖了", "压了", "查了", "放了", "搁了", "等了", "挂了", "拖", "压", "放", "搁", "历时")


def _beyond(field_id: str, number: Decimal, side: str) -> tuple[Where, ...]:
    """Above, below, at least, at most, blanks never: 不到60 is what is known and not 60 or more."""
    value = float(number)
    known = Not(Between(field_id, value, None)), Between(field_id)
    match side:
        case "exactly":
            return (Between(field_id, value, value),)
        case "at_least":
            return (Between(field_id, value, None),)
        case "at_most":
            return (Between(field_id, None, value),)
        case "over":
            return (Between(field_id), Not(Between(field_id, None, value)))
    return known[::-1]


def _open_days(s: Sentence, at: int, days: int, side: str) -> tuple[Where, ...] | None:
    """Under way for longer than so many days at the cut-off date; None where nothing says that it is under way."""
    if not use_open(s, at):
        return None
    date = s.schema.ledgers[s.ledger].date
    if not date:
        return None
    match side:
        case "over":
            aged: Where = Between(date, None, AsOf(-days - 1))
        case "at_least":
            aged = Between(date, None, AsOf(-days))
        case "under":
            aged = Between(date, AsOf(-days + 1), None)
        case _:
            aged = Between(date, AsOf(-days), None)
    return (*s.habits.open, aged)


# ── measures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def measured(s: Sentence, frame: Frame) -> Frame:
    """The Frame with what is measured; said once more in the same words (人次走势怎么样，每月多少人次), it is the same."""
    frame = _measured(s, frame)
    for i in list(s.free("rows", "persons", "acts")) if frame.unit else ():
        text = s.tokens[i].text
        if len(text) > 1 and (text == frame.unit or (text[-1] in "数次" and measure_of(s, i) == frame.measure)):
            s.use(i)
    return frame


def _measured(s: Sentence, frame: Frame) -> Frame:
    """The mean, the sum, persons, acts, rows; the words that say so are used."""
    _check_per_head(s)
    for i, token in enumerate(s.tokens):
        if i not in s.used and token.text.startswith(("平均", "均")) and (named := token.of("number", s.ledger)):
            s.use(i, *s.free("mean"))
            _use_around(s, i)
            s.is_evident, s.score = True, s.score + 3
            return replace(frame, measure=f"mean {named[0].slot}", unit=token.text)
    if not frame.by and (ends := _furthest(s)):
        return replace(frame, measure=ends[0], unit=ends[1])
    for role in ("mean", "median"):
        if found := list(s.free(role)):
            return _averaged(s, frame, role, found)
    if frame.measure:
        return frame
    for i in list(s.free("ask")):
        j = i + 1
        while (
            j < len(s.tokens) and s.tokens[j].text in ("个", "的") and j + 1 < len(s.tokens) and _is_measure(s, j + 1)
        ):
            s.use(j)
            j += 1
        if j < len(s.tokens) and j not in s.used and (measure := measure_of(s, j)):
            s.use(i, j)
            s.score += 1
            s.is_evident |= s.is_spoken_of
            return replace(frame, measure=measure, unit=s.tokens[j].text)
        if s.tokens[i].text.endswith("个") and "个" in s.habits.rows:
            s.score += 0.25
    return _without_ask(s, frame)


def _check_per_head(s: Sentence) -> None:
    """人均学时: the sum by the number of persons, and no mean of rows, of which one person may have several."""
    heads = (i for i in range(1, len(s.tokens)) if s.tokens[i].text.startswith("均") and s.tokens[i - 1].text == "人")
    for _ in heads:
        summed = [t for t in s.tokens for m in t.of("number", s.ledger) if m.slot not in s.habits.mean_only]
        if summed and s.habits.person:
            s.is_evident = True
            name = summed[0].text.removeprefix("均")
            hint = f"“人均{name}”要用总数除以人数，这里不算；可以问“{name}合计”和“多少人”，或者“平均{name}”（按人次）"
            raise NotUnderstood([f"人均{name}"], hint)


_LEAST = ("最快", "最短", "最低", "最小", "最少")


def _furthest(s: Sentence) -> tuple[str, str] | None:
    """最高分, 办得最久的用了多少天: the largest or smallest of a number, and the word for it; its words are used."""
    for i in s.free("max", "min", "most", "least"):
        token = s.tokens[i]
        named = [m.slot for m in token.of("number", s.ledger)]
        others = [j for j, t in enumerate(s.tokens) if j not in s.used and j != i and t.of("number", s.ledger)]
        if any(s.has(j, "max", "min") for j in others):
            continue  # 最多 beside 最高分 says something else
        near = [m.slot for j in others for m in s.tokens[j].of("number", s.ledger)]
        slots = set(named or near)
        if len(slots) != 1 or s.has(i, "mean") or any(True for _ in s.free("mean", "median")):
            continue
        slot = slots.pop()
        if slot == s.habits.attending and not named and token.text in ("最多", "最少"):
            continue  # 参加人数最多的活动: which one
        s.use(i, *others, *s.free("ask", "those"))
        for j in range(len(s.tokens) - 1):
            if s.tokens[j].number == 1 and s.tokens[j + 1].text in s.habits.rows:
                s.use(j, j + 1)
        s.is_evident, s.score = True, s.score + 2
        is_least = token.text in _LEAST or s.has(i, "min")
        unit = next((w for w, name in s.habits.numbers.items() if name == slot), "")
        return f"{'min' if is_least else 'max'} {slot}", unit
    return None


def _without_ask(s: Sentence, frame: Frame) -> Frame:
    """人数, 件次, 篇数: the measure is named."""
    for j in list(s.free("rows", "persons", "acts")):
        text = s.tokens[j].text
        named = len(text) > 1 and text.endswith(("数", "次"))
        if named and (measure := measure_of(s, j)):
            again = [k for k in s.free("rows", "persons", "acts") if s.tokens[k].text[-1] in "数次"]
            s.use(j, *(k for k in again if measure_of(s, k) == measure))
            s.score += 1
            return replace(frame, measure=measure, unit=text)
    for j, token in enumerate(s.tokens):
        named_number = [
            m
            for m in token.of("number", s.ledger)
            if m.weight > 1 and m.slot != s.habits.days and m.slot not in s.habits.mean_only
        ]
        if named_number and j not in s.used and not token.roles & {"idle", "unit_of"}:
            s.use(j)
            s.is_evident, s.score = True, s.score + 2
            return replace(frame, measure=f"sum {named_number[0].slot}", unit=token.text)
    for j in list(s.free("rows", "persons")):
        single = j > 0 and (
            s.tokens[j - 1].text in ("一", "哪几", "几") or s.has(j - 1, "which", "which_many", "exists", "who")
        )
        if single and measure_of(s, j):
            s.use(j, *([j - 1] if s.tokens[j - 1].text == "一" else []))
            return replace(frame, unit=s.tokens[j].text)
    return frame


def _is_measure(s: Sentence, j: int) -> bool:
    return s.has(j, "rows", "persons", "acts", "people") or bool(s.tokens[j].of("number", s.ledger))


def measure_of(s: Sentence, j: int) -> str:
    """What a measure word counts in this ledger; "" where it counts nothing there."""
    token, habits = s.tokens[j], s.habits
    if token.text.removesuffix("数") in habits.acts or token.text in habits.acts:
        s.is_evident |= sum(token.text in other.acts for other in s.words.habits.values()) == 1
        return "acts"
    if token.text in habits.sums:
        return f"sum {habits.sums[token.text]}"
    if "acts" in token.roles and habits.attending:
        s.use(*(i for i, t in enumerate(s.tokens) if any(m.slot == habits.attending for m in t.of("number", s.ledger))))
        return f"sum {habits.attending}"
    if "persons" in token.roles or ("people" in token.roles and token.text != "干部"):
        if habits.person:
            if s.ledger == s.words.people_ledger:
                others = (t for i, t in enumerate(s.tokens) if i != j and (t.meanings or "people" in t.roles))
                s.is_evident |= ("people" in token.roles - {"persons"} and token.text != "人") or any(
                    True for _ in others
                )
                s.score += 0.5
            return "persons"
        return f"sum {habits.attending}" if habits.attending else ""
    if token.text in habits.rows or token.text.removesuffix("数") in habits.rows:
        return "rows"
    if numbers := [m for m in token.of("number", s.ledger) if m.slot != habits.days and m.slot not in habits.mean_only]:
        s.is_evident = True
        return f"sum {numbers[0].slot}"
    return ""


def _averaged(s: Sentence, frame: Frame, kind: str, found: list[int]) -> Frame:
    """平均办理天数, 平均分, 平均多少天办结: which number is averaged."""
    s.use(*found)
    for i, token in enumerate(s.tokens[:-1]):
        if token.number == 1 and s.tokens[i + 1].text in s.habits.rows:  # 平均几天办结一条
            s.use(i, i + 1)
    for i, token in enumerate(s.tokens):
        numbers = sorted(token.of("number", s.ledger), key=lambda m: -m.weight)
        if numbers and i not in s.used:
            s.use(i)
            _use_around(s, i)
            s.is_evident = True
            s.score += 2
            return replace(frame, measure=f"{kind} {numbers[0].slot}", unit=token.text)
    attending = [i for i, t in enumerate(s.tokens) if "persons" in t.roles and s.habits.attending]
    if attending:
        s.use(*attending)
        for i in range(len(s.tokens) - 1):
            if s.has(i, "each") and s.tokens[i + 1].text in s.habits.rows:
                s.use(i, i + 1)
        return replace(frame, measure=f"{kind} {s.habits.attending}", unit="人")
    raise NotUnderstood([s.tokens[found[0]].text], "没有听清平均的是什么；可以问平均办理天数、平均成绩这样的数")


def _use_around(s: Sentence, i: int) -> None:
    """多少天, 几天: the ask word before the unit; 办理天数: other words for the same number; 每条线索平均."""
    for j in s.free("each"):
        if j + 1 < len(s.tokens) and s.tokens[j].text == "每" and s.tokens[j + 1].text in s.habits.rows:
            s.use(j, j + 1)
    slots = {m.slot for m in s.tokens[i].of("number", s.ledger)}
    for j, token in enumerate(s.tokens):
        same = slots & {m.slot for m in token.of("number", s.ledger)}
        if j not in s.used and (same or "ask" in token.roles):
            s.use(j)
