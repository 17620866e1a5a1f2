"""How clerks write one value: the same date, person, number or unit in the forms met in real ledgers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import date

from tests.city import names as n
from tests.city.clues import When, wide

Value = str | int | float | date | None

_CHINESE = "〇一二三四五六七八九十"


def chinese(number: int) -> str:
    """A numeral below 100: 二十, 十五, 九十六.

    >>> chinese(20), chinese(15), chinese(7), chinese(96)
    ('二十', '十五', '七', '九十六')
    """
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else _CHINESE[tens] + "十"
    return head + (_CHINESE[ones] if ones or not tens else "")


def serial(d: date) -> int:
    return (d - date(1899, 12, 30)).days


DATE_FORMS: dict[str, Callable[[date], Value]] = {
    "real": lambda d: d,
    "iso": lambda d: d.isoformat(),
    "slash": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dot": lambda d: f"{d.year}.{d.month}.{d.day}",
    "dot0": lambda d: f"{d:%Y.%m.%d}.",
    "compact": lambda d: f"{d:%Y%m%d}",
    "year": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "number": lambda d: f"{d.year}年{d.month}月{d.day}号",
    "hanzi": lambda d: "".join(_CHINESE[int(c)] for c in str(d.year)) + f"年{chinese(d.month)}月{chinese(d.day)}日",
    "short": lambda d: f"{d.year % 100}.{d.month}.{d.day}",
    "wide": lambda d: wide(f"{d.year}年{d.month}月{d.day}日"),
    "serial": serial,
    "time": lambda d: f"{d.isoformat()} {9 + d.day % 8:02d}:{d.day % 6}0",
    "yearless": lambda d: f"{d.month}月{d.day}日",
}
EVERY = ("iso", "slash", "dot", "dot0", "compact", "year", "number", "hanzi", "wide", "serial", "time")


class Hand:
    """A clerk: one main way of writing dates, now and then another."""

    def __init__(
        self, rng: random.Random, main: str = "real", others: Sequence[str] = EVERY, slips: float = 0.3
    ) -> None:
        self.rng, self.main, self.others, self.slips = rng, main, list(others), slips
        self.turn = 0

    def date(self, d: date | None) -> Value:
        if d is None:
            return None
        if self.rng.random() >= self.slips:
            return DATE_FORMS[self.main](d)
        self.turn += 1
        return DATE_FORMS[self.others[self.turn % len(self.others)]](d)

    def when(self, when: When | None) -> Value:
        """A whole month is written as 2021年3月."""
        if when is None or when.first == when.last:
            return self.date(when.first if when else None)
        return f"{when.first.year}年{when.first.month}月"

    def one(self, forms: Sequence[str]) -> str:
        """Mostly the canonical form, else an alias."""
        return forms[0] if self.rng.random() < 0.5 else self.rng.choice(forms)

    def unit(self, unit: str) -> str:
        return self.one(n.UNIT_FORMS[unit]) if unit in n.UNIT_FORMS else unit

    def source(self, source: str) -> str | None:
        return self.one(n.SOURCE_FORMS.get(source, (source,))) if source else None

    def category(self, category: str) -> str:
        return self.one(n.CATEGORIES.get(category, (category,)))

    def rank(self, rank: str) -> str:
        return self.one(n.RANK_FORMS.get(rank, (rank,)))

    def name(self, name: str) -> str:
        """Two characters are often spread to the width of three."""
        return f"{name[0]}　{name[1]}" if len(name) == 2 and self.rng.random() < 0.6 else name

    def persons(self, names: Sequence[str]) -> str:
        return self.rng.choice("、,，").join(names) if len(names) > 1 else self.name(names[0])

    def nothing(self) -> str | None:
        return self.rng.choice((None, None, "无", "/", "—", "-"))

    def score(self, score: float | None) -> Value:
        if score is None:
            return None
        whole = score == int(score)
        roll = self.rng.random()
        if roll < 0.75 or not whole:
            return score
        if roll < 0.87:
            return f"{int(score)}分"
        return wide(str(int(score))) if roll < 0.97 else chinese(int(score)) if score < 100 else score

    def amount(self, number: int | None, measure: str) -> Value:
        """A count as a bare number, with its measure word, or full-width."""
        if number is None:
            return None
        roll = self.rng.random()
        return number if roll < 0.6 else f"{number}{measure}" if roll < 0.9 else wide(str(number))


SYNONYMS: dict[str, tuple[str, ...]] = {
    "clue_no": ("线索编号", "编号", "线索号"),
    "other_nos": ("原编号", "移送编号"),
    "received": ("收到时间", "受理日期", "接收日期", "收到日期"),
    "source": ("线索来源", "来源"),
    "subjects": ("被反映人", "被举报人", "反映对象"),
    "subject_unit": ("被反映人单位", "工作单位"),
    "subject_rank": ("职级", "职务层次"),
    "category": ("问题类别", "问题类型", "线索类别"),
    "handler": ("承办单位", "办理单位", "责任单位"),
    "status": ("办理状态", "核查情况", "办理情况"),
    "closed": ("办结时间", "查结日期", "办结日期", "查结时间"),
    "result": ("处理结果", "办理结果"),
    "repeat": ("是否重复举报", "重复举报"),
    "informant": ("举报人", "举报人姓名"),
    "phone": ("联系电话", "举报人电话", "电话"),
    "address": ("举报人住址", "住址"),
    "content": ("反映内容", "主要内容", "反映的主要问题"),
    "staff_no": ("警号", "工号", "人员编号"),
    "id_card": ("身份证号", "身份证号码", "公民身份号码"),
    "course": ("培训班次", "培训班名称", "课程"),
    "expected": ("是否应训", "应训"),
    "attended": ("是否参训", "参训情况"),
    "score": ("考试成绩", "成绩", "分数"),
    "held": ("活动时间", "开展时间", "时间"),
    "kind": ("活动类别", "活动类型", "类别"),
    "theme": ("活动主题", "主题"),
    "place": ("活动地点", "地点"),
    "attendees": ("参加人数", "人数"),
}


def header(rng: random.Random, field: str) -> str:
    """A name that a department gives the column."""
    return rng.choice(SYNONYMS[field])


def yes(flag: bool, said: str = "是", denied: str | None = "否") -> str | None:
    """A flag in the words, the tick or the blank of a column."""
    return said if flag else denied
