"""A chart from a grid: which form is drawn by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matplotlib.figure import Figure

from zhengfa_stats.exhibits import barcharts, matrices, steps, style, timecharts
from zhengfa_stats.exhibits.canvas import MARGIN, WIDTH
from zhengfa_stats.exhibits.marks import Plot

FORMS: Mapping[str, Callable[[Plot], Figure]] = {
    "bars": barcharts.bars,
    "rates": barcharts.rates,
    "stacked": barcharts.stacked,
    "shares": barcharts.shares,
    "columns": timecharts.columns,
    "lines": timecharts.lines,
    "flow": timecharts.flow,
    "heat": matrices.heat,
    "states": matrices.states,
    "funnel": steps.funnel,
    "waterfall": steps.waterfall,
}


def draw(plot: Plot, form: str) -> Figure:
    """The chart; words in its place where there is nothing to draw."""
    with style.styled():
        if plot.grid.is_empty:
            return nothing(plot)
        return FORMS[form](plot.shortened().explained())


def nothing(plot: Plot) -> Figure:
    """A sheet that says why there is no chart."""
    why = "；".join(plot.grid.whys) or "统计期内没有符合条件的记录"
    canvas = plot.canvas(1.0)
    canvas.axes(MARGIN, 0.1, WIDTH - 2 * MARGIN, 0.8).set(facecolor="#F4F6F8", xticks=[], yticks=[])
    for side in canvas.figure.axes[0].spines.values():
        side.set_visible(False)
    lines = style.wrap(why, 11, WIDTH - 1, 3)
    for i, line in enumerate(lines):
        canvas.write(
            WIDTH / 2, 0.5 + (i - (len(lines) - 1) / 2) * 0.24, line, 11, style.MUTED, ha="center", va="center"
        )
    return canvas.figure
