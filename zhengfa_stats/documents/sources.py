"""Where a figure came from, in a line or two: workbook, sheet, the first rows and how many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from zhengfa_stats.counting.answer import Answer

_PLACES, _ROWS = 3, 5


def sources_of(answer: Answer) -> list[str]:
    """The first sheets that an answer counts rows of, each with its first rows; then the totals that were reported.

    A group with no rows says nothing; a figure of none is said to have none.
    """
    lines = list(_sheets(answer))
    more = [f"另有{len(lines) - _PLACES}张工作表"] if len(lines) > _PLACES else []
    cells = [f"报表数：{cell}" for cell in answer.reported[:_PLACES]]
    rest = [f"另有{len(answer.reported) - _PLACES}个报表数"] if len(answer.reported) > _PLACES else []
    return [*lines[:_PLACES], *more, *cells, *rest] or ["没有符合条件的行"]


def _sheets(answer: Answer) -> Iterator[str]:
    rows: Any = answer.rows()
    if rows is None:
        return
    frame = rows if isinstance(rows, pd.DataFrame) else rows.df()
    for (file, sheet), group in frame.groupby(["source_file", "source_sheet"], sort=True):
        numbers = sorted({int(n) for n in group["source_row"]})
        first = "、".join(map(str, numbers[:_ROWS]))
        yield f"{file} · {sheet} 第{first}行{f'等{len(numbers)}行' if len(numbers) > _ROWS else ''}"
