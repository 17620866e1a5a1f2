"""A Reply as people see it: in a notebook, and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from zhengfa_stats.language.asking.replying import Reply

_BOX = "border-left:4px solid #3389AA;padding:.3em 0 .3em 1em;margin:.4em 0;line-height:1.65"


Grid = Sequence[Sequence[str]]  # a header and rows


def as_html(reply: Reply, grid: Grid = ()) -> str:
    """The question, the answer, what was counted; of groups, the chart and its table, or the `grid` of several numbers."""
    charted = reply.kind in ("table", "label") and reply.show is not None and not reply.why
    head = (
        ""
        if grid or (charted and reply.kind == "table")
        else f'<div style="font-size:1.9em">{escape(reply.text)}</div>'
    )
    lines = (line for line in str(reply).splitlines() if line != reply.text and not line.startswith("  "))
    notes = "".join(f'<div style="font-size:.88em;opacity:.8">{escape(line)}</div>' for line in lines)
    html = f'<div style="{_BOX}"><div>{escape(reply.understood.text)}</div>{head}{notes}</div>'
    html += _table(grid) if grid else ""
    return html + (str(reply.chart()._repr_mimebundle_().get("text/html", "")) if charted else "")


def _table(grid: Grid) -> str:
    head, *rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in grid)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{head.replace('td>', 'th>')}</tr></thead><tbody>{body}</tbody></table>"


def write_reply(reply: Reply, path: Path) -> None:
    """The answer and its rows as a workbook."""
    from zhengfa_stats.excel import Page, write_workbook

    answer = [
        ("问题", reply.understood.text),
        ("答案", reply.text),
        ("统计的是", reply.restated),
        ("口径", reply.definition),
    ]
    answer += [("可以写", reply.sentence), *(("说明", r) for r in reply.remarks)]
    pages = [Page("答案", ("项目", "内容"), answer, (14, 100))]
    if reply.table:
        pages.append(Page("分组", ("分组", reply.unit or "数值"), list(reply.table), (40, 14)))
    frame = reply.rows()
    texts = [[cell_of(v) for v in row] for row in frame.itertuples(index=False, name=None)]
    pages.append(Page("数据行", tuple(map(str, frame.columns)), texts, tuple(18.0 for _ in frame.columns)))
    write_workbook(path, pages)


def cell_of(value: Any) -> Any:
    if isinstance(value, list | tuple) or (hasattr(value, "__len__") and not isinstance(value, str)):
        return "、".join(map(str, list(value)))
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "是" if value else "否"
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value
