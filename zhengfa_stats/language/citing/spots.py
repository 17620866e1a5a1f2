"""The places of a text where a number stands or belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from zhengfa_stats.language.quantities.finding import Blank, Quantity, find_blanks, find_quantities

_RATE = re.compile(r"(?:率|占比)(?:也|均|都|已)?(?:为|达到|达|是|约)?\s*$")
_POINTS_BACK = re.compile(  # 两项数据, 两家相差: those said before
    "数据|数字|指标|比率|(?<=[两二三])者|(?:单位|部门|县区|县|区|地)?(?=之间|相差|差距|合计|共|相加|加起来|之和)"
)
_FEW = ("两", "二", "三", "四", "2", "3", "4")
_JOINT = re.compile(r"\s*(?:[、和及与]|以及)\s*")
_PER_CENT = re.compile(r"百分之\s*$")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where a number stands or belongs: [start, end) is what is replaced; the measure word ends at `until`."""

    start: int
    end: int
    until: int
    measure: str | None  # None where no measure word stands; "%" for rates
    kind: str  # as of a quantity; "blank" for a blank without a measure word, which is no figure; "back" for one that only counts others
    quantity: Quantity | None = None
    blank: Blank | None = None


def spots_of(text: str) -> list[Spot]:
    """Every number, blank and tag of a text, from left to right."""
    blanks = [_of_blank(text, b) for b in find_blanks(text)]
    taken = [(s.start, s.until) for s in blanks]
    quantities = [_of_quantity(text, q) for q in find_quantities(text) if not q.indefinite]
    free = [s for s in quantities if all(s.until <= a or b <= s.start for a, b in taken)]
    return _of_points(sorted([*blanks, *free], key=lambda s: s.start), text)


def _of_points(spots: list[Spot], text: str) -> list[Spot]:
    """分别提高0.7个、1.1个百分点: of percentage points all."""
    for i in range(len(spots) - 2, -1, -1):
        one, then = spots[i], spots[i + 1]
        if then.kind == "points" and one.measure in ("个", None) and _JOINT.fullmatch(text, one.until, then.start):
            spots[i] = replace(one, measure=then.measure, kind=then.kind)
    return spots


def _of_quantity(text: str, q: Quantity) -> Spot:
    back = _POINTS_BACK.match(text, max(q.unit_end, q.end)) if q.text in _FEW else None
    if back is not None:
        return Spot(q.start, q.end, back.end(), None, "back", quantity=q)
    measure = "%" if q.kind in ("percent", "fraction") else q.unit or None
    return Spot(q.start, q.end, max(q.unit_end, q.until, q.end), measure, q.kind, quantity=q)


def _of_blank(text: str, b: Blank) -> Spot:
    start, end = b.start, b.end + len(b.word)
    if before := _PER_CENT.search(text, 0, start):
        return Spot(before.start(), end, end, "%", "percent", blank=b)
    if not b.unit and _RATE.search(text, 0, start):
        return Spot(start, end, end, "%", "percent", blank=b)
    if text[start - 1 : start] == "第":
        return Spot(start, end, end, None, "blank", blank=b)
    kind = (
        "percent"
        if b.unit == "%"
        else "points"
        if b.unit == "个百分点"
        else "count"
        if b.unit or b.kind == "tag"
        else "blank"
    )
    return Spot(start, end, max(b.unit_end, end), b.unit or None, kind, blank=b)
