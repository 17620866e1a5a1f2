"""The words around an exhibit: its unit and period, what its numbers mean, where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import narwhals as nw
import pandas as pd

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.counting.frames import PLACE, TABLE
from zhengfa_stats.counting.groups import chinese_day
from zhengfa_stats.exhibits.books import BOOKS
from zhengfa_stats.exhibits.counted import Counted
from zhengfa_stats.exhibits.declared import Declared
from zhengfa_stats.exhibits.grid import Grid
from zhengfa_stats.query import Clock, Query, queries
from zhengfa_stats.schema import Schema


def caption_of(declared: Declared, answers: Iterable[Answer], schema: Schema, clock: Clock) -> str:
    """单位：条　统计期：2021年1月1日至2021年6月30日; 截至 where all that is counted is a state."""
    asked = [q for a in answers for q in queries(a.expr)]
    end, is_state = chinese_day(clock.as_of), all(_is_state(q, schema) for q in asked)
    when = f"截至{end}" if is_state else f"统计期：{chinese_day(clock.since)}至{end}"
    return f"单位：{declared.unit}　{when}" if declared.unit else when


def _is_state(query: Query, schema: Schema) -> bool:
    """Whether a query asks how things stand at the cut-off date, whenever they began."""
    ledger = schema.ledgers[query.ledger]
    return query.period.low is None if query.period else not ledger.date


def notes_of(declared: Declared, found: Sequence[Counted], grid: Grid, lacking: Sequence[str]) -> tuple[str, ...]:
    """What a reader must know: definitions, rows that could not be counted, who has not sent, what was left out."""
    remarks = [r for one in found for a in one.answers for r in a.remarks]
    uncounted = max((one.answer.n_uncounted for one in found), default=0)
    notes = [
        declared.note,
        *(f"{_called(one, found)}：{one.column.definition}" for one in found if one.column.definition),
        *(r if r.endswith("。") else f"{r}。" for r in remarks),
        *([] if grid.is_empty else [f"{why}。" for why in grid.whys]),
        f"另有{uncounted}行缺少所需内容，未能计入。" if uncounted else "",
        f"未报或数据偏早的单位：{'、'.join(lacking)}。" if lacking else "",
        *grid.remarks,
    ]
    return tuple(dict.fromkeys(filter(None, notes)))


def _called(one: Counted, found: Sequence[Counted]) -> str:
    return one.column.name if len(found) > 1 else "口径"


def source_of(answers: Iterable[Answer], schema: Schema) -> str:
    """来源：《线索台账》128行（5个工作簿）; a row that several figures count is one."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for leaf in (leaf for a in answers for leaf in a.leaves()):
        query = queries(leaf.expr)[0]
        if (rows := leaf.rows()) is not None:
            parts.setdefault(query.ledger, []).append(_places(rows))
    said = []
    for ledger, frames in parts.items():
        if ledger in BOOKS:
            continue
        rows = pd.concat(frames, ignore_index=True).drop_duplicates()
        books = rows[PLACE[0]].nunique()
        said.append(f"《{schema.ledgers[ledger].name}》{len(rows)}行（{books}个工作簿）" if len(rows) else "")
    return f"来源：{'、'.join(filter(None, said))}" if any(said) else ""


def _places(rows: object) -> pd.DataFrame:
    """Where rows stand, as a pandas frame of any engine's."""
    frame = nw.from_native(rows).lazy().select(*PLACE, TABLE).collect("pandas").to_native()  # type: ignore[call-overload]
    return pd.DataFrame(frame)
