"""What every form of chart has in common: the plot to be drawn, names beside rows, numbers beside marks, a key of colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes

from zhengfa_stats.counting.groups import UNFILLED, UNSURE
from zhengfa_stats.exhibits import style
from zhengfa_stats.exhibits.canvas import MARGIN, WIDTH, Canvas
from zhengfa_stats.exhibits.grid import BLANK, Cell, Grid, counts
from zhengfa_stats.language.wording import said

REST = "只报总数"
MOST = 24  # rows that a chart shows; the table has them all


@dataclass(frozen=True)
class Plot:
    """What is to be drawn: a grid, and the words around it."""

    title: str
    subtitle: str
    notes: tuple[str, ...]
    grid: Grid
    unit: str = ""
    target: float | None = None
    roles: tuple[str, ...] = ()  # of the rows of a waterfall: plus, minus, or a total

    def canvas(self, height: float) -> Canvas:
        return Canvas(self.title, self.subtitle, self.notes, height)

    def shortened(self) -> Plot:
        """The same with no more rows than a page holds; a note says how many are left out."""
        n = len(self.grid.rows) - MOST
        if n <= 0 or self.grid.is_time:
            return self
        g = self.grid
        kept = replace(
            g,
            rows=g.rows[:MOST],
            cells=g.cells[:MOST],
            words=g.words[:MOST],
            right=g.right[:MOST] if g.right else None,
            extras=tuple(e._replace(cells=e.cells[:MOST]) for e in g.extras),
        )
        return replace(self, grid=kept, notes=(f"图上列出前{MOST}项，另有{n}项见表。", *self.notes))

    def explained(self) -> Plot:
        """The same with a note on characters that can't be drawn."""
        g = self.grid
        words = (word for row in g.words for word in row)
        n = sum(map(style.lacks, (self.title, self.subtitle, *self.notes, *g.rows, *g.columns, *words)))
        note = f"有{n}个字字体里没有，图上写作“{style.MISSING}”，表里照原样。"
        return replace(self, notes=(*self.notes[:-1], note, *self.notes[-1:])) if n else self


def fewer_columns(plot: Plot, n: int) -> Plot:
    """The plot with no more columns than there is room or colour for: the last months, else those with the most."""
    grid = plot.grid
    left_out = len(grid.columns) - n
    if left_out <= 0:
        return plot
    last = list(range(left_out, len(grid.columns)))
    most = sorted(sorted(range(len(grid.columns)), key=lambda j: -_weight(grid, j))[:n])
    kept = last if grid.is_time_across else most
    shown = replace(
        grid,
        columns=tuple(grid.columns[j] for j in kept),
        units=tuple(grid.units[j] for j in kept),
        adds=tuple(grid.adds[j] for j in kept) if grid.adds else (),
        cells=tuple(tuple(cells[j] for j in kept) for cells in grid.cells),
        words=tuple(tuple(words[j] for j in kept) for words in grid.words),
        bottom=tuple(grid.bottom[j] for j in kept) if grid.bottom else None,
    )
    which = "最后" if grid.is_time_across else "最多的"
    return replace(plot, grid=shown, notes=(f"图上列出{which}{n}项，另有{left_out}项见表。", *plot.notes))


def _weight(grid: Grid, j: int) -> float:
    """How much a column has: its counted total, else its largest cell; of words, how many there are."""
    if grid.words:
        return sum(bool(words[j]) for words in grid.words)
    return height_of(grid.bottom[j]) if grid.bottom else max(map(height_of, grid.column(j)))


@dataclass(frozen=True)
class Names:
    """The names of the rows, wrapped: the room they take and their lines."""

    lines: tuple[list[str], ...]
    room: float
    size: float = 9.0

    def write(self, canvas: Canvas, i: int, y: float) -> None:
        """Write the i-th name beside the middle of its row, against the chart."""
        text = "\n".join(self.lines[i])
        canvas.write(MARGIN + self.room, y, text, self.size, ha="right", va="center")

    @property
    def row_height(self) -> float:
        return 0.30 if all(len(lines) == 1 for lines in self.lines) else 0.40


def names(rows: Sequence[str], most: float = 2.1, size: float = 9.0) -> Names:
    """The names of rows in as much room as they need, at most so many inches."""
    lines = tuple(style.wrap(row, size, most) for row in rows)
    return Names(lines, max((style.width(line, size) for ls in lines for line in ls), default=0.0), size)


def least_of(grid: Grid) -> float:
    """The mark that reaches furthest below 0; 0 where none does."""
    return min(0.0, min((height_of(c) for row in grid.cells for c in row), default=0.0))


def colours_of(grid: Grid) -> tuple[str, ...]:
    """A colour a column; what is not filled in stays pale."""
    plain = [name for name in grid.columns if name not in (UNSURE, UNFILLED, REST)]
    named = dict(zip(plain, style.series(len(plain), ordered=grid.is_ordered), strict=True))
    return tuple(named.get(name, style.VAGUE) for name in grid.columns)


def number(cell: Cell, unit: str = "") -> str:
    """A value as it is written beside a mark; a rate of few as its counts."""
    if cell.is_small:
        return counts(cell)
    if cell.value is None:
        return "—"
    return said(cell.value, unit if unit == "%" else "").replace("-", style.MINUS)


def height_of(cell: Cell) -> float:
    """How long a mark is; what can't be had, and a rate of few, have none."""
    return 0.0 if cell.value is None or cell.is_small else cell.value


def most_of(grid: Grid) -> float:
    """The longest mark; 1 where all are 0."""
    return max((height_of(c) for row in grid.cells for c in row), default=0.0) or 1.0


def key(canvas: Canvas, entries: Sequence[tuple[str, str]], left: float, top: float) -> None:
    """Names with a patch of their colour, in lines from left to right."""
    places = _key_places([name for name, _ in entries], left)
    for (name, colour), (x, line) in zip(entries, places, strict=True):
        y = top + line * _KEY_LINE
        patch(canvas, x, y + 0.035, colour)
        canvas.write(x + 0.16, y + 0.09, name, 8.5, va="center")


def patch(canvas: Canvas, x: float, y: float, colour: str) -> None:
    """A small square of a colour; its upper left corner in the body."""
    ax = canvas.axes(x, y, 0.11, 0.11)
    bare(ax)
    ax.patch.set(visible=True, facecolor=colour)


def key_height(entries: Sequence[str], left: float) -> float:
    """The height that a key takes."""
    return (_key_places(entries, left)[-1][1] + 1) * _KEY_LINE + 0.06 if entries else 0.0


_KEY_LINE = 0.2


def _key_places(entries: Sequence[str], left: float) -> list[tuple[float, int]]:
    """Where each entry of a key stands: its left end and its line."""
    places, x, line = [], left, 0
    for name in entries:
        need = 0.17 + style.width(style.drawable(name), 8.5)
        if x > left and x + need > WIDTH - MARGIN:
            x, line = left, line + 1
        places.append((x, line))
        x += need + 0.18
    return places


def bare(ax: Axes, *, x: bool = False, y: bool = False) -> None:
    """Axes without ticks and frame; with a thin base line at x or y."""
    ax.set(xticks=[], yticks=[])
    for name, side in ax.spines.items():
        side.set_visible((name == "bottom" and x) or (name == "left" and y))
    ax.patch.set_visible(False)


def cell_of(cells: Sequence[Cell] | None, i: int) -> Cell:
    return cells[i] if cells is not None else BLANK
