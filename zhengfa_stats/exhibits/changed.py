"""How a figure came from what it was to what it is: a waterfall of the causes."""

from __future__ import annotations

from fractions import Fraction

from zhengfa_stats.counting.compare import Change, Contribution
from zhengfa_stats.exhibits import Exhibit
from zhengfa_stats.exhibits.declared import Column, Declared, Role
from zhengfa_stats.exhibits.grid import Cell, Grid
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.schema import Indicator

_MOST = 7  # steps; the smallest are drawn as one

Step = tuple[str, float, Role]


def change_exhibit(indicator: Indicator, change: Change) -> Exhibit:
    """The change of an indicator as a waterfall, with its table."""
    steps = _steps(change)
    columns = tuple(Column(name, indicator.of, indicator.unit, role=role) for name, _, role in steps)
    grid = Grid(
        head="原因",
        rows=tuple(name for name, _, _ in steps),
        columns=("数量",),
        cells=tuple((Cell(abs(value)),) for _, value, _ in steps),
        units=(indicator.unit,),
        is_ordered=True,
    )
    declared = Declared("", f"{indicator.key}为什么变了", "waterfall", columns, indicator.unit)
    clocks = "与".join(dict.fromkeys(say_period(a.clock) for a in (change.before, change.after)))
    notes = tuple(filter(None, (indicator.definition, change.split, change.why)))
    return Exhibit(declared, grid, (change.before, change.after), f"{clocks}，单位：{indicator.unit}", notes, "")


def _steps(change: Change) -> list[Step]:
    first, last = change.before.value or 0, change.after.value or 0
    main, rest = change.contributions[:_MOST], change.contributions[_MOST:]
    found: list[Step] = [("前", first, "total"), *map(_step, main)]
    if rest:
        n = sum((c.n for c in rest), Fraction(0))
        found.append(_step(Contribution("其余", n, ())))
    return [*found, ("后", last, "total")]


def _step(contribution: Contribution) -> Step:
    role: Role = "plus" if contribution.n >= 0 else "minus"
    name = contribution.why if role == "plus" else f"{contribution.why}（减）"  # the table has no colours to say it
    return name, float(contribution.n), role
