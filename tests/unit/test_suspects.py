"""Rows that may be anything but body are told by column as they would be one after another."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.reading import marks, rows
from zhengfa_stats.reading.grid import Box, Grid
from zhengfa_stats.reading.sheets import Cell

CELLS: st.SearchStrategy[Cell] = st.sampled_from(
    [None, None, "序号", "合计", "Total", "公安局", "注：无", 1.0, True, 2.5]
)


def one_after_another(grid: Grid, profile: SimpleNamespace, top: int, bottom: int) -> Iterator[int]:
    """The rule as it is said: a row that is thin, after such, says the header again, or begins with a telling text."""
    left, right = profile.window.left, profile.window.right + 1
    mark, marked = profile.first_cells[0]
    after = True
    for r in range(top, bottom + 1):
        row = grid.rows[r]
        is_thin = right - left - row[left:right].count(None) <= profile.thin
        if after or is_thin or r - top < rows._CLOSE or row[mark] == marked:
            after = is_thin
            yield r
        elif any(isinstance(v, str) and marks.is_telling(v) for v in row[left : min(left + 4, right)]):
            after = True
            yield r


@given(
    st.integers(1, 6).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1)),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 3),
)
def test_suspects(cells: list[list[Cell]], top: int, left: int, thin: int, near: int) -> None:
    width, height = len(cells[0]), len(cells)
    left = min(left, width - 1)
    profile = SimpleNamespace(window=Box(0, left, height - 1, width - 1), thin=thin, first_cells=((left, "序号"),))
    grid = Grid(cells, width)
    with patch.object(rows, "_CLOSE", near + 1):
        found = list(rows.suspects(grid, profile, top, height - 1))  # type: ignore[arg-type]
        assert found == list(one_after_another(grid, profile, top, height - 1))
