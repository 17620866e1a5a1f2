"""Why a number can't be told: words that are not known, that limit it, or that leave open what it is a part of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhengfa_stats.language.citing.clause import Clause
from zhengfa_stats.language.citing.levels import is_condition
from zhengfa_stats.language.citing.lists import doubled
from zhengfa_stats.language.citing.spots import Spot
from zhengfa_stats.language.citing.words import Said, citing

_ALL_OVER = re.compile("各(?:单位|部门|县|区|地|级|家|市直|政法|机关|院|局)")
_BOUNDS = ("以上", "以下", "以内", "超", "超过", "不低于", "高于", "低于", "逾", "不足", "不到")
_BY_THEN = re.compile("[年月底末日旬]之?前")
_WILL = re.compile(r"[将拟](?:于|在).{1,14}前|将(?:全部|全面|陆续|继续|按期|如期)")


def speaks_of_more(clause: Clause, said: Sequence[Said]) -> bool:
    """Whether a clause that names a class of persons says besides what they may be a part of."""
    marked = any(clause.marked(mark) for mark in ("全", "共", "其中", "含"))
    return marked or any(is_condition(w) and w.facet not in citing().classes for w in said)


def awaited(clause: Clause, said: Sequence[Said]) -> str:
    """剩余2项7月底前销号: the rest is not done yet, unless 已 says so."""
    rest = next((m for m in clause.marks if m.text in citing().rest), None)
    done = next((w for w in said if w.facet == "做" and w.value in ("查结", "本期查结", "整改到位", "完成")), None)
    if _WILL.search(clause.text) and "已" not in clause.text:
        return "说的是打算，不是已有的数"
    if rest is not None and _BY_THEN.search(clause.text) and "已" not in clause.text:
        return "说的是打算，不是已有的数"
    if rest is None or done is None or re.search("已|均|全部|都", clause.text):
        return ""
    return f"“{rest.text}”的是已经“{done.text}”的，还是有待“{done.text}”的，没有说清"


def refusal(clause: Clause, spot: Spot, said: Sequence[Said]) -> str:
    """Why a number can't be told, whatever is carried: words that are not known, or that limit it."""
    if spot.kind == "blank":
        return "这里空着的不像统计数：后面没有量词"
    if spot.kind in ("duration", "multiple"):
        return "是时长或倍数，不是台账里的数"
    if limit := next((m for m in clause.marks if m.value == "限"), None):
        return f"“{limit.text}”限定了范围，程序认不准"
    if clause.is_each and _ALL_OVER.search(clause.text) and spot.quantity and spot.quantity.word in _BOUNDS:
        return "说的是各单位的下限或上限，不是全部的数"
    if clause.unknown:
        return f"不认识{''.join(f'“{w.text}”' for w in clause.unknown)}，不敢认定数的是什么"
    if two := doubled(said, clause):
        return f"同时说到{''.join(f'“{w.text}”' for w in two)}，分不清是哪一个"
    return ""
