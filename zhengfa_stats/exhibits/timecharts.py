"""Charts over time, and of bins in their order: upright columns, lines, stock and flow by month."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from zhengfa_stats.exhibits import style
from zhengfa_stats.exhibits.barcharts import bars
from zhengfa_stats.exhibits.canvas import MARGIN, WIDTH, Canvas
from zhengfa_stats.exhibits.grid import Cell, Grid
from zhengfa_stats.exhibits.marks import (
    Plot,
    bare,
    colours_of,
    fewer_columns,
    height_of,
    key,
    key_height,
    least_of,
    most_of,
    number,
    patch,
)

_HEIGHT = 2.2  # inches of a panel
_UPRIGHT = 9  # groups with names
_FOOT = 0.42  # for the names under it


def columns(plot: Plot) -> Figure:
    """Upright columns, those of one group side by side; lying ones where there is no room for the names."""
    grid = plot.grid
    if not grid.is_time and len(grid.rows) > _UPRIGHT:
        return bars(plot)
    top = key_height(grid.columns, MARGIN) if len(grid.columns) > 1 else 0.0
    foot = _FOOT if grid.is_time else 0.3 if max(map(len, grid.rows)) < 9 else _FOOT
    canvas = plot.canvas(top + _HEIGHT + foot)
    colours = style.series(len(grid.columns), ordered=grid.is_ordered) if len(grid.columns) > 1 else (style.ACCENT,)
    if top:
        key(canvas, list(zip(grid.columns, colours, strict=True)), MARGIN, 0.0)
    _upright(canvas, grid, range(len(grid.columns)), colours, top, _HEIGHT)
    return canvas.figure


def lines(plot: Plot) -> Figure:
    """A line a group, its name at its end; no more than colours can tell apart, the highest ones."""
    plot = fewer_columns(plot, len(style.SERIES))
    grid = plot.grid
    room = max(style.width(style.drawable(name), 8.5) for name in grid.columns) + 0.55
    canvas = plot.canvas(_HEIGHT + _FOOT)
    ax = canvas.axes(MARGIN + 0.3, 0.1, WIDTH - 2 * MARGIN - 0.3 - room, _HEIGHT - 0.1)
    _scaled(ax, least_of(grid), most_of(grid))
    ends: list[tuple[float, int]] = []
    colours = colours_of(grid)
    for j, (name, colour) in enumerate(zip(grid.columns, colours, strict=True)):
        values = [c.value if c.value is not None and not c.is_small else float("nan") for c in grid.column(j)]
        ax.plot(range(len(values)), values, color=colour, label=name, marker="o", markersize=3)
        ends.append((next((v for v in reversed(values) if v == v), 0.0), j))
    low, high = ax.get_ylim()
    at = [0.1 + (_HEIGHT - 0.1) * (high - value) / (high - low) for value, _ in sorted(ends, reverse=True)]
    for y, (_, j) in zip(_apart(at, 0.19, _HEIGHT - 0.05), sorted(ends, reverse=True), strict=True):
        cell = next((c for c in reversed(grid.column(j)) if c.value is not None), Cell(None))
        text = f"{grid.columns[j]} {number(cell, grid.units[j])}"
        patch(canvas, WIDTH - MARGIN - room + 0.08, y - 0.055, colours[j])
        canvas.write(WIDTH - MARGIN - room + 0.23, y, text, 8.5, va="center")
    _name_groups(canvas, ax, grid, MARGIN + 0.3, WIDTH - 2 * MARGIN - 0.3 - room, _HEIGHT)
    return canvas.figure


def flow(plot: Plot) -> Figure:
    """What comes in and goes out, side by side; below, on its own scale, the stock at the end of every month."""
    grid, last = plot.grid, len(plot.grid.columns) - 1
    colours = style.series(last)
    low = 1.05
    canvas = plot.canvas(0.26 + _HEIGHT - 0.4 + 0.3 + low + _FOOT)
    key(canvas, list(zip(grid.columns[:last], colours, strict=True)), MARGIN, 0.0)
    _upright(canvas, grid, range(last), colours, 0.26, _HEIGHT - 0.4, named=False)
    top = 0.26 + _HEIGHT - 0.4 + 0.08
    canvas.write(MARGIN, top, grid.columns[last], 8.5, style.MUTED)
    ax = canvas.axes(MARGIN, top + 0.26, WIDTH - 2 * MARGIN, low - 0.04)
    bare(ax, x=True)
    values = [height_of(c) for c in grid.column(last)]
    ax.set(xlim=(-0.5, len(values) - 0.5), ylim=(0, (max(values) or 1) * 1.35))
    ax.fill_between(range(len(values)), values, color=style.SERIES[4], linewidth=0)
    ax.plot(range(len(values)), values, color=style.ACCENT, marker="o", markersize=3.5, label=grid.columns[last])
    for i in _shown(len(values)):
        ax.annotate(
            number(grid.cells[i][last]), (i, values[i]), (0, 5), textcoords="offset points", ha="center", fontsize=8.5
        )
    _name_groups(canvas, ax, grid, MARGIN, WIDTH - 2 * MARGIN, top + 0.26 + low - 0.04)
    return canvas.figure


def _upright(
    canvas: Canvas,
    grid: Grid,
    which: Sequence[int],
    colours: Sequence[str],
    top: float,
    height: float,
    named: bool = True,
) -> None:
    """Columns with their values on top; on a scale where there are too many to write values."""
    n, k = len(grid.rows), len(which)
    heights = [height_of(grid.cells[i][j]) for i in range(n) for j in which]
    low, most = min(0.0, *heights), max(heights) if max(heights) > 0 else 1.0
    widest = max(style.width(number(grid.cells[i][j], grid.units[j]), 8.5) for i in range(n) for j in which)
    written = widest + 0.04 <= (WIDTH - 2 * MARGIN) / n * 0.84 / k
    left = MARGIN if written else MARGIN + 0.3
    ax = canvas.axes(left, top, WIDTH - MARGIN - left, height)
    if written:
        bare(ax, x=True)
    else:
        _scaled(ax, low, most)
    ax.set(xlim=(-0.5, n - 0.5), ylim=(low * 1.12, most * 1.12))
    ax.spines["bottom"].set_position(("data", 0))
    thick = min(0.84 / k, 0.55)
    for place, (j, colour) in enumerate(zip(which, colours, strict=True)):
        xs = [i + (place - (k - 1) / 2) * thick for i in range(n)]
        ax.bar(xs, [height_of(c) for c in grid.column(j)], thick * 0.92, color=colour, label=grid.columns[j])
        for x, cell in zip(xs, grid.column(j), strict=True) if written else ():
            y = height_of(cell)
            text, up = number(cell, grid.units[j]), y >= 0
            at: dict[str, Any] = {"ha": "center", "va": "bottom" if up else "top", "fontsize": 8.5}
            ax.annotate(text, (x, y), (0, 2 if up else -2), textcoords="offset points", **at)
    if named:
        _name_groups(canvas, ax, grid, left, WIDTH - MARGIN - left, top + height)


def _scaled(ax: Axes, low: float, most: float) -> None:
    """Axes with a thin grid and whole numbers at the left."""
    found = MaxNLocator(5, integer=True, min_n_ticks=2).tick_values(low, most)
    ticks = [int(t) for t in found if low * 1.08 <= t <= most * 1.08]
    ax.set_yticks(ticks, [str(t).replace("-", style.MINUS) for t in ticks], fontsize=8)
    ax.yaxis.grid(True)
    ax.spines["left"].set_visible(False)
    ax.set(ylim=(low * 1.08, most * 1.08), xticks=[])


def _name_groups(canvas: Canvas, ax: Axes, grid: Grid, left: float, width: float, y: float) -> None:
    """The names of the groups under the axes: months with their year beneath, others wrapped."""
    low, high = ax.get_xlim()
    step = width / (high - low)

    def x(i: float) -> float:
        return left + (i - low) * step

    if not grid.is_time:
        for i, name in enumerate(grid.rows):
            canvas.write(x(i), y + 0.06, "\n".join(style.wrap(name, 8.5, step - 0.05)), 8.5, ha="center")
        return
    split = [re.fullmatch(r"(\d+年)(.+)", name) for name in grid.rows]
    texts = [m[2] if m else name for m, name in zip(split, grid.rows, strict=True)]
    for i in _shown(len(texts), max(style.width(t, 8.5) for t in texts) + 0.06, step):
        canvas.write(x(i), y + 0.06, texts[i], 8.5, ha="center")
    years = [m[1] if m else "" for m in split]
    firsts = [i for i, year in enumerate(years) if year and (i == 0 or years[i - 1] != year)]
    places = [max(x(i), MARGIN + style.width(years[i], 8) / 2) for i in firsts]
    for i, place, following in zip(firsts, places, [*places[1:], WIDTH + 1], strict=True):
        if following - place > style.width(years[i], 8):  # a short first year has no room
            canvas.write(place, y + 0.23, years[i], 8, style.MUTED, ha="center")


def _shown(n: int, need: float = 0.3, step: float = 0.0) -> range:
    """Which of n places in a row have room for a text: all, or each third, sixth, twelfth.

    >>> list(_shown(4, 0.3, 0.5)), list(_shown(7, 0.3, 0.1))
    ([0, 1, 2, 3], [0, 3, 6])
    """
    step = step or (WIDTH - 2 * MARGIN) / n
    return range(0, n, next((every for every in (1, 2, 3, 6, 12) if every * step >= need), 24))


def _apart(places: Sequence[float], least: float, low: float) -> list[float]:
    """Places from top to bottom moved until they lie so far apart, the lowest not below `low`.

    >>> _apart([1.0, 1.25, 3.0], 0.5, 9.0), _apart([2.5, 2.75, 3.0], 0.5, 3.0)
    ([1.0, 1.5, 3.0], [2.0, 2.5, 3.0])
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + least) if moved else place)
    for i in reversed(range(len(moved))):
        moved[i] = min(moved[i], low - least * (len(moved) - 1 - i))
    return moved
