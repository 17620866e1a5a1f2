"""What changed, in words: one sentence a figure (数据变动说明)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from zhengfa_stats.counting.compare import Change, Contribution
from zhengfa_stats.language.wording import said
from zhengfa_stats.schema import Indicator

_MOST = 5  # causes that a sentence names
_POINTS = "个百分点"


def told(indicator: Indicator, change: Change) -> str:
    """A figure's change and what it is made of, as one Chinese sentence."""
    name = indicator.key.replace(".", "·")
    before, after = (said(answer.value, indicator.unit) for answer in (change.before, change.after))
    if change.change is None:
        return f"{name}：前为{before}，后为{after}，不能比较：{change.why}。"
    if not change.change:
        inner = f"（{_causes(change, indicator)}，互相抵消）" if change.contributions else ""
        return f"{name}没有变化，仍为{after}{inner}。"
    text = f"{name}由{before}变为{after}，{moved(change.change, indicator.unit)}"
    if change.contributions:
        text += f"：{_causes(change, indicator)}"
    return f"{text}{f'（{change.why}）' if change.why else ''}。"


def moved(by: Fraction, unit: str) -> str:
    """How far and which way: 增加6条, 下降3.5个百分点.

    >>> moved(Fraction(6), "条"), moved(Fraction(-7, 2), "%")
    ('增加6条', '下降3.5个百分点')
    """
    if unit == "%":
        return f"{'上升' if by > 0 else '下降'}{said(float(abs(by)), _POINTS)}"
    return f"{'增加' if by > 0 else '减少'}{said(float(abs(by)), unit)}"


def _causes(change: Change, indicator: Indicator) -> str:
    """The causes in words; of a rate, those of the numerator apart from those of the denominator."""
    sides = [(s, [c for c in change.contributions if c.why.startswith(f"{s}：")]) for s in ("分子", "分母")]
    if change.split and any(found for _, found in sides):
        return "，".join(_side(name, found, indicator.unit) for name, found in sides if found)
    named = [_cause(c.why, c.n, indicator.unit) for c in change.contributions[:_MOST]]
    if rest := change.contributions[_MOST:]:
        named.append(f"其余各项合计{moved(_sum(rest), indicator.unit)}")
    return "，".join(named)


def _side(name: str, found: list[Contribution], unit: str) -> str:
    whys = "、".join(c.why.split("：", 1)[1] for c in found[:_MOST])
    return f"{name}变化（{whys}）使其{_cause('', _sum(found), unit)}"


def _cause(why: str, n: Fraction, unit: str) -> str:
    return f"{why}{moved(n, unit)}" if n else f"{why}增减相抵"


def _sum(found: Sequence[Contribution]) -> Fraction:
    return sum((c.n for c in found), Fraction(0))
