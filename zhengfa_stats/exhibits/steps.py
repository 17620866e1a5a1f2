"""Charts of steps: what is left of a whole, and how a stock comes about."""

from __future__ import annotations

from matplotlib.figure import Figure

from zhengfa_stats.exhibits import style
from zhengfa_stats.exhibits.canvas import MARGIN, WIDTH
from zhengfa_stats.exhibits.grid import Cell
from zhengfa_stats.exhibits.marks import Plot, bare, height_of, most_of, names, number

_HEIGHT = 2.3


def funnel(plot: Plot) -> Figure:
    """A bar a step from the same line; its number, and its share of the first where that is counted."""
    grid = plot.grid
    called, row = names(grid.rows), 0.42
    colours = style.series(len(grid.rows), ordered=True)[::-1]
    texts = [_step(cells, plot.unit) for cells in grid.cells]
    left, room = MARGIN + called.room + 0.1, max(style.width(t, 9) for t in texts) + 0.1
    canvas = plot.canvas(row * len(grid.rows) + 0.08)
    width = WIDTH - MARGIN - left - room
    ax = canvas.axes(left, 0.02, width, row * len(grid.rows))
    bare(ax, y=True)
    longest = most_of_first(plot)
    ax.set(xlim=(0, longest), ylim=(len(grid.rows) - 0.5, -0.5))
    ax.barh(range(len(grid.rows)), [height_of(c[0]) for c in grid.cells], 0.72, color=colours, label=grid.columns[0])
    for i, cells in enumerate(grid.cells):
        y = 0.02 + (i + 0.5) * row
        called.write(canvas, i, y)
        canvas.write(left + width * height_of(cells[0]) / longest + 0.06, y, texts[i], 9, va="center")
    return canvas.figure


def most_of_first(plot: Plot) -> float:
    return max((height_of(cells[0]) for cells in plot.grid.cells), default=0.0) or 1.0


def _step(cells: tuple[Cell, ...], unit: str) -> str:
    """236条（占收到的15.3%）: the share where there is one and it is not the whole."""
    text = number(cells[0]) + (unit if cells[0].value is not None else "")
    if len(cells) > 1 and cells[1].value is not None and not cells[1].is_small and cells[1].value != 100:
        text += f"（{number(cells[1], '%')}）"
    return text


def waterfall(plot: Plot) -> Figure:
    """Totals from the base line, what comes in and goes out between them, each from where the last one ended."""
    grid = plot.grid
    ends = _ends(plot)
    canvas = plot.canvas(_HEIGHT + 0.26)
    ax = canvas.axes(MARGIN, 0.1, WIDTH - 2 * MARGIN, _HEIGHT - 0.1)
    bare(ax, x=True)
    most = max(high for _, high in ends) or most_of(grid)
    ax.set(xlim=(-0.5, len(ends) - 0.5), ylim=(0, most * 1.12))
    colours = [{"plus": style.SERIES[2], "minus": style.SERIES[3]}.get(role, style.ACCENT) for role in plot.roles]
    ax.bar(range(len(ends)), [h - low for low, h in ends], 0.56, bottom=[low for low, _ in ends], color=colours)
    for i, (low, high) in enumerate(ends):
        level = low if plot.roles[i] == "minus" else high
        if i + 1 < len(ends):
            ax.plot([i + 0.28, i + 0.72], [level, level], color=style.FAINT, linewidth=0.8)
        sign = {"plus": "+", "minus": style.MINUS}.get(plot.roles[i], "")
        text = f"{sign}{number(grid.cells[i][0])}"
        ax.annotate(text, (i, high), (0, 3), textcoords="offset points", ha="center", fontsize=10)
        x = MARGIN + (i + 0.5) * (WIDTH - 2 * MARGIN) / len(ends)
        canvas.write(x, _HEIGHT + 0.06, grid.rows[i], 9, ha="center")
    return canvas.figure


def _ends(plot: Plot) -> list[tuple[float, float]]:
    """Where each column begins and ends."""
    ends, level = [], 0.0
    for role, cells in zip(plot.roles, plot.grid.cells, strict=True):
        height = height_of(cells[0])
        if role == "plus":
            ends.append((level, level + height))
            level += height
        elif role == "minus":
            ends.append((level - height, level))
            level -= height
        else:
            ends.append((0.0, height))
            level = height
    return ends
