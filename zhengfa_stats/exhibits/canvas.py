"""The sheet that a chart is drawn on: title, subtitle and notes at fixed places, measured in inches."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from zhengfa_stats.exhibits import style

WIDTH = 6.9  # inches: the text of an A4 page
MARGIN = 0.12
_TITLE, _SUB, _NOTE = 13.5, 9.0, 7.5  # points
_LINE = 1.45  # of the size of the type


class Canvas:
    """A figure whose body, `height` inches high, lies between the title and the notes.

    Places in the body are inches from its left and from its top.
    """

    def __init__(self, title: str, subtitle: str, notes: Sequence[str], height: float) -> None:
        titles = style.wrap(title, _TITLE, WIDTH - 2 * MARGIN, balanced=False)
        lines = [line for note in notes for line in style.wrap(note, _NOTE, WIDTH - 2 * MARGIN, 4, balanced=False)]
        head = MARGIN + len(titles) * _inches(_TITLE) + _inches(_SUB) + 0.1
        foot = 0.1 + len(lines) * _inches(_NOTE) + MARGIN
        self.height, self._head = height, head
        self.total = head + height + foot
        self.figure = Figure(figsize=(WIDTH, self.total))
        FigureCanvasAgg(self.figure)
        y = MARGIN
        for line in titles:
            self._write(MARGIN, y, line, _TITLE, style.ACCENT)
            y += _inches(_TITLE)
        self._write(MARGIN, y + 0.02, subtitle, _SUB, style.MUTED)
        y = head + height + 0.1
        for line in lines:
            self._write(MARGIN, y, line, _NOTE, style.MUTED)
            y += _inches(_NOTE)

    @property
    def width(self) -> float:
        return WIDTH

    def _write(self, x: float, y: float, text: str, size: float, colour: str, **more: Any) -> None:
        """Write at inches from the left and the top of the whole figure."""
        more = {"ha": "left", "va": "top"} | more
        lines = "\n".join(style.drawable(line) for line in text.split("\n"))
        self.figure.text(x / WIDTH, 1 - y / self.total, lines, fontsize=size, color=colour, linespacing=1.25, **more)

    def write(self, x: float, y: float, text: str, size: float = 9, colour: str = style.INK, **more: Any) -> None:
        """Write in the body."""
        self._write(x, self._head + y, text, size, colour, **more)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes in the body."""
        bottom = self.total - self._head - top - height
        return self.figure.add_axes((left / WIDTH, bottom / self.total, width / WIDTH, height / self.total))


def _inches(size: float) -> float:
    return size * _LINE / 72


def png(figure: Figure, dpi: int) -> bytes:
    """The picture as PNG, without the hour or the program's version."""
    buffer = io.BytesIO()
    with style.styled():
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()


def svg(figure: Figure) -> bytes:
    """The picture as SVG, its text as outlines, without date or random ids."""
    buffer = io.BytesIO()
    with style.styled():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()
