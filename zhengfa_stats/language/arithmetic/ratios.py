"""A share or a rate against the two numbers that it is of: what fits, what misses, and what was cut off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, Decimal

from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, Finding, exchanged, found, plain
from zhengfa_stats.language.arithmetic.mentions import Mention

HUNDRED = Decimal(100)
_FAR = Decimal("0.1")  # a third may be said of 34 %, not of 38 %


def counted(mentions: Sequence[Mention]) -> list[Mention]:
    """The numbers that a share or a rate may be of: counts with their measure word, as they now are."""
    return [m for m in mentions if m.sense == "level" and m.quantity.kind == "count" and m.quantity.unit and not m.old]


def check_ratio(share: Mention, part: Mention, wholes: Sequence[Mention], kind: str, rule: str) -> Iterator[Finding]:
    """Nothing where any whole makes the share true; otherwise the working with the likeliest.

    Where only rounding makes it true, a share mistyped is one to look at.
    """
    fitting = [whole for whole in wholes if whole.low > 0 and meets(share, part, whole)]
    if fitting and not all(_is_mistyped(share, part, whole) for whole in fitting):
        return
    whole, kind = (fitting[0], DOUBTFUL) if fitting else (wholes[0], kind)
    if whole.low <= 0 or not whole.high.is_finite():
        return
    ratio = part.quantity.value / whole.quantity.value * _per(share)
    working = f"{part.written}÷{whole.written}＝{plain(ratio, max(2, share.quantity.places + 1))}{share.quantity.unit}，文中写{share.said}"
    if _is_cut_off(share, ratio):
        yield found(share, [part, whole], DOUBTFUL, rule, f"{working}：像是截去了尾数，没有四舍五入")
    else:
        yield found(share, [part, whole], kind, rule, working)


def _per(share: Mention) -> Decimal:
    return Decimal(1) if share.quantity.kind == "fraction" else HUNDRED


def meets(share: Mention, part: Mention, whole: Mention) -> bool:
    """Whether the two numbers, each within what its words allow, can make the share."""
    if not part.high.is_finite() or not whole.high.is_finite():
        return True
    low, high = part.low / whole.high * _per(share), part.high / whole.low * _per(share)
    return low <= share.high and share.low <= high


def _is_mistyped(share: Mention, part: Mention, whole: Mention) -> bool:
    """Whether the numbers as written make the share with two figures exchanged, or another fraction (9亿 of 24亿 is no third)."""
    if share.quantity.word or part.quantity.word or whole.quantity.word:
        return False
    ratio = part.quantity.value / whole.quantity.value * _per(share)
    if share.quantity.kind == "fraction":
        return abs(ratio / share.quantity.value - 1) > _FAR
    return exchanged(round(ratio, share.quantity.places), share.quantity.value)


def _is_cut_off(share: Mention, ratio: Decimal) -> bool:
    q = share.quantity
    step = Decimal(1).scaleb(-q.places)
    return not q.word and (ratio / step).to_integral_value(ROUND_DOWN) * step == q.value
