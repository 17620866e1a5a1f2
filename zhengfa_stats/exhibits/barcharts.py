"""Horizontal bars: one figure a group, rates beside a target, bars in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.figure import Figure

from zhengfa_stats.exhibits import style
from zhengfa_stats.exhibits.canvas import MARGIN, WIDTH, Canvas
from zhengfa_stats.exhibits.grid import FEWEST, TOTAL, Cell, counts
from zhengfa_stats.exhibits.marks import (
    REST,
    Plot,
    bare,
    cell_of,
    colours_of,
    height_of,
    key,
    key_height,
    least_of,
    most_of,
    names,
    number,
)
from zhengfa_stats.language.wording import said

_GAP = 0.1


def bars(plot: Plot) -> Figure:
    """A bar a group; of several figures, a bar each."""
    grid = plot.grid
    called, n = names(grid.rows), len(grid.columns)
    row = called.row_height if n == 1 else max(called.row_height, 0.17 * n + 0.12)
    colours = (style.ACCENT,) if n == 1 else style.series(n)
    labels = [[number(c, u) for c, u in zip(cells, grid.units, strict=True)] for cells in grid.cells]
    room = max(style.width(t, 9) for ts in labels for t in ts) + _GAP
    left = MARGIN + called.room + _GAP
    top = key_height(grid.columns, left) if n > 1 else 0.02
    canvas = plot.canvas(top + row * len(grid.rows) + 0.05)
    if n > 1:
        key(canvas, list(zip(grid.columns, colours, strict=True)), left, 0.0)
    width = WIDTH - MARGIN - left - room
    ax = canvas.axes(left, top, width, row * len(grid.rows))
    bare(ax)
    thick = 0.62 if n == 1 else 0.76 / n
    lowest, highest = least_of(grid), most_of(grid)
    ax.set(xlim=(lowest, highest), ylim=(len(grid.rows) - 0.5, -0.5))
    ax.axvline(0, color=style.FAINT, linewidth=0.8)
    for j in range(n):
        ys = [i + (j - (n - 1) / 2) * thick for i in range(len(grid.rows))]
        ax.barh(ys, [height_of(c) for c in grid.column(j)], thick * 0.94, color=colours[j], label=grid.columns[j])
        for i, y in enumerate(ys):
            x = left + width * (max(height_of(grid.cells[i][j]), 0) - lowest) / (highest - lowest) + 0.05
            canvas.write(x, top + (y + 0.5) * row, labels[i][j], 9 if n == 1 else 8, va="center")
    for i in range(len(grid.rows)):
        called.write(canvas, i, top + (i + 0.5) * row)
    return canvas.figure


def rates(plot: Plot) -> Figure:
    """A bar a group on a scale to 100 %, its counts beside it; below the target in the colour of a warning."""
    grid = plot.grid
    groups = [(name, cells[0]) for name, cells in zip(grid.rows, grid.cells, strict=True)]
    if grid.bottom:
        groups.append((TOTAL, grid.bottom[0]))
    called = names([name for name, _ in groups])
    texts = [_rate(cell) for _, cell in groups]
    room = max(style.width(t, 9) for t in texts) + _GAP
    row, left = called.row_height, MARGIN + called.room + _GAP
    top = 0.24 if plot.target is not None else 0.02
    canvas = plot.canvas(top + row * len(groups) + 0.05)
    width = WIDTH - MARGIN - left - room
    ax = canvas.axes(left, top, width, row * len(groups))
    bare(ax, y=True)
    longest = max(100.0, max(height_of(c) for _, c in groups))
    ax.set(xlim=(0, longest), ylim=(len(groups) - 0.5, -0.5))
    ax.barh(
        range(len(groups)),
        [height_of(c) for _, c in groups],
        0.6,
        color=[_colour(name, c, plot.target) for name, c in groups],
        label=grid.columns[0],
    )
    if plot.target is not None:
        ax.axvline(plot.target, color=style.INK, linewidth=1, linestyle=(0, (3, 2)), clip_on=False)
        x = left + width * plot.target / longest
        canvas.write(x, 0.02, f"目标{said(plot.target, '%')}", 8.5, style.INK, ha="center")
    for i, (_, cell) in enumerate(groups):
        called.write(canvas, i, top + (i + 0.5) * row)
        x = left + width * max(height_of(cell), plot.target or 0) / longest + 0.06 if height_of(cell) else left + 0.06
        canvas.write(x, top + (i + 0.5) * row, texts[i], 9, va="center")
    return canvas.figure


def _rate(cell: Cell) -> str:
    if cell.is_small or cell.part is None or cell.value is None:
        return number(cell, "%")
    return f"{number(cell, '%')}（{counts(cell)}）"


def _colour(name: str, cell: Cell, target: float | None) -> str:
    if name == TOTAL:
        return style.MUTED
    return style.WARNING if target is not None and cell.value is not None and cell.value < target else style.ACCENT


@dataclass(frozen=True)
class Parts:
    """A bar in parts: their lengths and labels; or words in place of a bar."""

    lengths: tuple[float, ...]
    labels: tuple[str, ...]
    words: str = ""


def stacked(plot: Plot) -> Figure:
    """A bar a group, in parts; its total beside it. What is in the total and in no part, as a pale part."""
    plot = _with_rest(plot)
    parts = [Parts(tuple(map(height_of, cells)), tuple(map(number, cells))) for cells in plot.grid.cells]
    return _in_parts(plot, parts)


def _with_rest(plot: Plot) -> Plot:
    """The plot with a column of what was reported as totals alone, where there is such."""
    grid = plot.grid
    if grid.right is None or not all(grid.adds):
        return plot
    parts = [sum(c.value or 0 for c in cells) for cells in grid.cells]
    rest = [Cell(max((total.value or 0) - n, 0)) for total, n in zip(grid.right, parts, strict=True)]
    if not any(c.value for c in rest):
        return plot
    cells = tuple((*row, c) for row, c in zip(grid.cells, rest, strict=True))
    shown = replace(grid, columns=(*grid.columns, REST), units=(*grid.units, grid.units[0]), cells=cells)
    return replace(plot, grid=shown)


def shares(plot: Plot) -> Figure:
    """A bar a group, in parts of 100 %; where the whole is less than five, its counts in words."""
    grid = plot.grid
    parts = [_shares(plot, cells, cell_of(grid.right, i)) for i, cells in enumerate(grid.cells)]
    return _in_parts(plot, parts, 100.0)


def _shares(plot: Plot, cells: Sequence[Cell], total: Cell) -> Parts:
    """The parts of one bar; their whole is the total as it was counted."""
    whole = total.value if total.value is not None else sum(map(height_of, cells))
    none = (0.0,) * len(cells)
    if whole < FEWEST:
        said_of = [
            f"{name}：{number(c)}{plot.unit}" for name, c in zip(plot.grid.columns, cells, strict=True) if c.value
        ]
        return Parts(none, ("",) * len(cells), "，".join(said_of) or f"0{plot.unit}")
    lengths = tuple(100 * height_of(c) / whole for c in cells)
    return Parts(lengths, tuple(f"{length:.0f}%" if length else "" for length in lengths))


def _in_parts(plot: Plot, parts: Sequence[Parts], to: float = 0.0) -> Figure:
    """Bars in parts as long as they say, `to` their common length if they have one."""
    grid = plot.grid
    called, beside = names(grid.rows), _beside(plot)
    colours = colours_of(grid)
    row, left = called.row_height + 0.02, MARGIN + called.room + _GAP
    top = key_height(grid.columns, left) + (0.16 if any(head for head, _, _ in beside) else 0)
    canvas = plot.canvas(top + row * len(grid.rows) + 0.05)
    key(canvas, list(zip(grid.columns, colours, strict=True)), left, 0.0)
    width = WIDTH - MARGIN - left - sum(room for _, _, room in beside)
    ax = canvas.axes(left, top, width, row * len(grid.rows))
    bare(ax, y=True)
    longest = to or max(sum(p.lengths) for p in parts) or 1.0
    ax.set(xlim=(0, longest), ylim=(len(grid.rows) - 0.5, -0.5))
    starts = [0.0] * len(grid.rows)
    for j, colour in enumerate(colours):
        lengths = [p.lengths[j] for p in parts]
        ax.barh(range(len(parts)), lengths, 0.66, left=starts, color=colour, label=grid.columns[j], **_EDGE)
        for i, p in enumerate(parts):
            if style.width(p.labels[j], 8) + 0.06 <= width * p.lengths[j] / longest:
                x = left + width * (starts[i] + p.lengths[j] / 2) / longest
                canvas.write(x, top + (i + 0.5) * row, p.labels[j], 8, style.ink_on(colour), ha="center", va="center")
        starts = [start + length for start, length in zip(starts, lengths, strict=True)]
    for i, p in enumerate(parts):
        called.write(canvas, i, top + (i + 0.5) * row)
        canvas.write(left + 0.06, top + (i + 0.5) * row, p.words, 8, style.MUTED, va="center")
    tips = [left + width * (to or start) / longest for start in starts]
    _write_beside(canvas, beside, tips, left + width, top, row)
    return canvas.figure


_EDGE: Mapping[str, Any] = {"edgecolor": style.PAPER, "linewidth": 0.6}


def _beside(plot: Plot) -> list[tuple[str, list[str], float]]:
    """What stands right of the bars: head, texts, room."""
    grid = plot.grid
    found: list[tuple[str, list[str]]] = []
    if grid.right is not None:
        found.append((TOTAL if grid.extras else "", [number(c, plot.unit) for c in grid.right]))
    found += [(e.name, [number(c, e.unit) for c in e.cells]) for e in grid.extras]
    return [(head, texts, max(style.width(t, 9) for t in (head, *texts)) + 0.14) for head, texts in found]


def _write_beside(
    canvas: Canvas,
    beside: Sequence[tuple[str, list[str], float]],
    tips: Sequence[float],
    x: float,
    top: float,
    row: float,
) -> None:
    """One text a row stands at the tip of its bar; several, in columns with heads."""
    for head, texts, room in beside:
        x += room
        canvas.write(x, top - 0.02, head, 8.5, style.MUTED, ha="right", va="bottom")
        for i, text in enumerate(texts):
            y = top + (i + 0.5) * row
            if len(beside) > 1:
                canvas.write(x, y, text, 9, ha="right", va="center")
            else:
                canvas.write(tips[i] + 0.06, y, text, 9, va="center")
