"""How much cells look like header names by themselves, and how differently the values beneath a header read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.grid import Found, Kind, kind_of, text_of
from zhengfa_stats.reading.sheets import Cell


def reads_as_labels(values: Sequence[Cell]) -> bool:
    """Nearly all of a row's values are worded like header names."""
    labels = len(values)
    for value in values:
        labels -= not (isinstance(value, str) and marks.is_label(value))
        if labels < 0.7 * len(values):
            return False
    return labels >= 2


def labelness(cells: Iterable[Found]) -> list[float]:
    """For each cell, how much it looks like a header name by itself: short text, or one of a run of days or years."""
    cells = list(cells)
    numbers = [f for f in cells if kind_of(f.value) != "text"]
    run = 0.9 if is_run(numbers) else 0.5 if _rises(numbers) else 0.0
    return [_label_weight(f.value, run) for f in cells]


def _label_weight(value: Cell, as_run: float) -> float:
    text = text_of(value)
    if kind_of(value) != "text":
        return 0.9 if marks.is_period(text) and not isinstance(value, date) else as_run
    if marks.FOOTER.fullmatch(marks.squeeze(text)) and text[-1] in ":：":
        return 0.2
    long = 1.0 if len(text) <= 14 else 0.8 if len(text) <= 28 else 0.5 if len(text) <= 80 else 0.1
    return long - 0.4 * any(mark in text for mark in "。；;") * (len(text) > 14)


def is_run(cells: Sequence[Found]) -> bool:
    """Numbers or dates that go on by one step from column to column: days of a month, years."""
    if len(cells) < 3:
        return False
    steps = [_step(a.value, b.value) for a, b in pairwise(cells)]
    return sum(step in (1, -1) for step in steps) >= 0.8 * len(steps)


def _rises(cells: Sequence[Found]) -> bool:
    """Whole numbers that grow from column to column: sizes, steps of a scale."""
    values = [f.value for f in cells]
    whole = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool) and v == int(v)]
    return len(values) >= 3 and len(whole) == len(values) and all(a < b for a, b in pairwise(whole))


def _step(first: Cell, second: Cell) -> int | None:
    if isinstance(first, date) and isinstance(second, date):
        days = (date(second.year, second.month, second.day) - date(first.year, first.month, first.day)).days
        return 1 if 0 < days <= 31 or days in (365, 366) else days
    try:
        return int(float(text_of(second))) - int(float(text_of(first)))
    except (ValueError, OverflowError):
        return None


def contrast_of(header: str, values: Sequence[Cell]) -> float:
    """How differently values read from their header: 1 numbers under a text, -1 the header among the values."""
    kinds = Counter(map(kind_of, values))
    usual, n = kinds.most_common(1)[0]
    texts = [text_of(v) for v in values]
    if header in texts:
        return -1.0
    if usual != "text":
        return 1.0 if _kind_of_text(header) == "text" and n >= 0.6 * len(values) else 0.1
    if len(set(texts)) < 0.7 * len(texts):
        return 0.6
    lengths = sorted(map(len, texts))
    middle = lengths[len(lengths) // 2]
    if middle >= 2 * len(header) + 1 or (
        not _has_digit(header) and [_has_digit(t) for t in texts].count(True) >= 0.6 * len(texts)
    ):
        return 0.6
    return 0.2


def _has_digit(text: str) -> bool:
    return not text.isalpha() and any(map(str.isdigit, text))


def _kind_of_text(text: str) -> Kind:
    return kind_of(text) if text else "text"
