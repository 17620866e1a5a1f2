"""Yes and no: 是/否, ticks, 有/无, 已/未, 到/缺; the words are in definitions/vocabularies/flag.csv."""

from __future__ import annotations

import re
from datetime import date

from zhengfa_stats.reading.cleaning.normal import nature, tight, unusable
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault
from zhengfa_stats.reading.cleaning.terms import Terms, lookup, may_show, shown, toml_line
from zhengfa_stats.reading.sheets import Cell

_SAME = frozenset("是否√✓✔☑×✗✘☒有无YNyn10")  # they say yes or no in so many signs: no change to record
_UNKNOWN = frozenset({"不详", "未知", "不清", "待定", "暂无", "暂缺", "待补"})
_TICKS = _SAME | frozenset("■V勾对v□☐/\\-—–")
_REASONED = re.compile(r"([^(（，,；;：:、]+)[(（，,；;：:、](.+?)[)）]?")
_OPEN = re.compile("但|已|后|实际|补|改|除外|部分")  # a reason that takes the no back, or may
_NEGATED = re.compile("(?:未能?|未曾|未被|未予|没有?|没能|不)((?!能|曾|被|予|有).{2,}?)(?:培训|轮训|学习|会议|活动)?")
_BECAUSE = re.compile("因[^未不无非没否]{1,8}")
_EXPECTED = "是或否（√或空白也可）"


def clean(value: Cell, words: Terms, *, tick: bool = False) -> Cleaned[bool]:
    """True or False by the vocabulary of 是 and 否; a blank is None.

    With `tick` the column is one of ticks, where other words (a date, a note) are a fault even if they mean yes elsewhere.
    """
    if isinstance(value, bool):
        return Cleaned(value)
    if (settled := unusable(value, _EXPECTED)) is not None:
        return settled
    if isinstance(value, date):
        return _refused("勾选列里写的是日期" if tick else "这里应填是或否，却是日期", "请打√，并把日期填入日期栏")
    if isinstance(value, float | int):
        return Cleaned(value == 1) if value in (0, 1) else _refused("这里应填是或否，却是数字", "请填是或否")
    if not isinstance(value, str):
        return _refused(f"这里应填是或否，却是{nature(value)}", "请填是或否")
    return _from_text(value, words, tick)


def _from_text(written: str, words: Terms, tick: bool) -> Cleaned[bool]:
    text = tight(written)
    if not text or text in _UNKNOWN:
        return Cleaned(None, "空值：写法表示没有" if text else "")
    if tick and text not in _TICKS:
        return _refused("勾选列里写的不是勾", "请打√或留空；其他内容请填入相应的栏")
    term = lookup(text.upper(), words) or lookup(text, words)
    if term is None and _denies(text, words):
        return Cleaned(False, "是否：按写明的否定记作否")
    if term is None:
        return _refused(f"{shown(text)}看不出是还是否", _advice(text, words))
    return Cleaned(term == "是", "" if text in _SAME else f"是否：按词表记作{term}")


def _denies(text: str, words: Terms) -> bool:
    """The text says no in its main words: 否(产假), 未参加(出差), 因公未到, 没有参加培训.

    A reason that itself says yes (否(预备党员)) and a partial or doubled negation leave it open.
    """
    if match := _REASONED.fullmatch(text):
        reason = match[2]
        return _is_no(match[1], words) and lookup(reason, words) != "是" and not _OPEN.search(reason)
    return _is_no(text, words)


def _is_no(text: str, words: Terms) -> bool:
    if (term := lookup(text, words)) is not None:
        return term == "否"
    if match := _NEGATED.fullmatch(text):
        return match[1] != "迟到" and lookup(match[1], words) == "是"  # 未迟到: he came, and in time
    return any(
        lookup(text[at:], words) == "否" and (_BECAUSE.fullmatch(text[:at]) or lookup(text[:at], words) == "否")
        for at in range(2, len(text) - 1)
        if text[at] in "未没缺请"
    )


def _advice(text: str, words: Terms) -> str:
    """Both lines: which of the two a word means is not ours to guess."""
    if not may_show(text):
        return "请填是或否"
    yes, no = toml_line(words.id, "是", text), toml_line(words.id, "否", text).partition("\n")[2]
    return f"请填是或否；如这种写法表示是，{yes}\n如表示否，改写：\n{no}"


def _refused(what: str, do: str) -> Cleaned[bool]:
    return Cleaned(None, "", Fault("error", "是否无法识别", what, _EXPECTED, do))
