"""Tables that are looked at: shaded numbers, and words that say a state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from zhengfa_stats.exhibits import style
from zhengfa_stats.exhibits.canvas import MARGIN, WIDTH, Canvas
from zhengfa_stats.exhibits.grid import TOTAL, Cell, Grid
from zhengfa_stats.exhibits.marks import Names, Plot, bare, fewer_columns, height_of, most_of, names, number

_ROW = 0.29
_COLUMNS = 14  # that have room for a number
_DARK = 5.0  # what is shaded darkest is no less: where nothing is more than 1, nothing stands out
_STATES: Mapping[str, str] = {"已报": "#C3DBE5", "零报告": "#E4EDF2", "数据偏早": "#E0A23B", "未报": "#A23B2A"}


def heat(plot: Plot) -> Figure:
    """Numbers in cells, the darker the more; totals beside and below them."""
    plot = fewer_columns(plot, _COLUMNS)
    grid, most = plot.grid, max(most_of(plot.grid), _DARK)
    texts = [[number(c, u) for c, u in zip(cells, grid.units, strict=True)] for cells in grid.cells]
    shades = [
        [style.ramp(0.1 + 0.9 * max(height_of(c), 0) / most) if c.value else "" for c in cells] for cells in grid.cells
    ]
    return _matrix(plot, texts, shades)


def states(plot: Plot) -> Figure:
    """Words in cells, each state in its colour."""
    plot = fewer_columns(plot, _COLUMNS)
    shades = [[_STATES.get(word, "#E4EDF2") if word else "" for word in words] for words in plot.grid.words]
    return _matrix(plot, [[word or "—" for word in words] for words in plot.grid.words], shades)


def _matrix(plot: Plot, texts: Sequence[Sequence[str]], shades: Sequence[Sequence[str]]) -> Figure:
    """Cells with a text and a shade; the heads of the columns above, wrapped."""
    grid = plot.grid
    called = names(grid.rows, 1.8)
    left = MARGIN + called.room + 0.12
    extra = _extra(grid)
    side = [max(style.width(t, 9) for t in (head, *(number(c, u) for c in cells))) + 0.2 for head, u, cells, _ in extra]
    width = min((WIDTH - MARGIN - left - sum(side)) / len(grid.columns), 1.25)
    heads = [style.wrap(name, 8.5, width - 0.06, 4) for name in (*grid.columns,)]
    sides = [style.wrap(head, 8.5, w - 0.04, 3) for (head, *_), w in zip(extra, side, strict=True)]
    top = 0.17 * max(len(lines) for lines in (*heads, *sides)) + 0.08
    row = _ROW if called.row_height < 0.4 else 0.38
    n = len(grid.rows)
    canvas = plot.canvas(top + row * (n + bool(grid.bottom)) + 0.06)
    ax = canvas.axes(left, top, width * len(grid.columns), row * n)
    bare(ax)
    ax.set(xlim=(0, len(grid.columns)), ylim=(n, 0))
    for i, cells in enumerate(texts):
        called.write(canvas, i, top + (i + 0.5) * row)
        for j, text in enumerate(cells):
            shade = shades[i][j]
            if shade:
                ax.add_patch(Rectangle((j + 0.02, i + 0.04), 0.96, 0.92, facecolor=shade, linewidth=0))
            colour = style.ink_on(shade) if shade else style.FAINT
            place = left + (j + 0.5) * width, top + (i + 0.5) * row
            canvas.write(*place, style.wrap(text, 8.5, width, 1)[0], 8.5, colour, ha="center", va="center")
    for j, lines in enumerate(heads):
        canvas.write(left + (j + 0.5) * width, top - 0.06, "\n".join(lines), 8.5, style.MUTED, ha="center", va="bottom")
    x = left + width * len(grid.columns)
    for (_, unit, side_cells, last), w, lines in zip(extra, side, sides, strict=True):
        x += w
        canvas.write(x, top - 0.06, "\n".join(lines), 8.5, style.MUTED, ha="right", va="bottom")
        for i, side_cell in enumerate((*side_cells, last) if grid.bottom else side_cells):
            canvas.write(x, top + (i + 0.5) * row, number(side_cell, unit), 9, ha="right", va="center")
    _bottom(canvas, grid, called, left, width, top + row * n, row)
    return canvas.figure


def _bottom(canvas: Canvas, grid: Grid, called: Names, left: float, width: float, y: float, row: float) -> None:
    """The totals under a thin rule."""
    if not grid.bottom:
        return
    canvas.write(MARGIN + called.room, y + row / 2, TOTAL, 9, ha="right", va="center")
    for j, cell in enumerate(grid.bottom):
        text = number(cell, grid.units[j])
        canvas.write(left + (j + 0.5) * width, y + row / 2, text, 9, ha="center", va="center")
    rule = canvas.axes(MARGIN, y, WIDTH - 2 * MARGIN, 0.02)
    bare(rule)
    rule.axhline(0.5, color=style.FAINT, linewidth=0.6)


def _extra(grid: Grid) -> list[tuple[str, str, Sequence[Cell], Cell]]:
    """The columns right of the shaded ones: head, unit, cells, total."""
    found: list[tuple[str, str, Sequence[Cell], Cell]] = []
    if grid.right is not None:
        found.append((TOTAL, grid.units[0], grid.right, grid.corner))
    return found + [(e.name, e.unit, e.cells, e.bottom) for e in grid.extras]
