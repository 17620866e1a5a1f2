"""What a build records about itself — problems, who has sent what — as ledgers, counted as any other ledger is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from zhengfa_stats.counting.status import Status
from zhengfa_stats.records import LEVELS
from zhengfa_stats.schema import Field, Ledger, Schema, Term, Vocabulary

STATES = ("已报", "零报告", "数据偏早", "未报")
_FIELDS = (
    Field("level", "级别", "term", vocabulary="problem_level"),
    Field("kind", "问题", "text"),
    Field("department", "报送单位", "text"),
    Field("ledger", "台账", "term", vocabulary="ledger_name"),
    Field("field", "字段", "text"),
)
_SENDING = (
    Field("department", "报送单位", "text"),
    Field("ledger", "台账", "term", vocabulary="ledger_name"),
    Field("state", "报送情况", "term", vocabulary="sending_state"),
    Field("stated_as_of", "数据截至", "date"),
)
BOOKS: Mapping[str, Ledger] = {
    "problems": Ledger("problems", "问题清单", {f.id: f for f in _FIELDS}, unit="个"),
    "sendings": Ledger("sendings", "报送情况", {f.id: f for f in _SENDING}, unit="份"),
}
_VOCABULARIES = {
    "problem_level": Vocabulary("problem_level", tuple(Term(name) for name in LEVELS.values())),
    "sending_state": Vocabulary("sending_state", tuple(Term(name) for name in STATES)),
}
_NOBODY, _NOWHERE = "（未写明单位）", "（不属于台账）"


def with_books(schema: Schema) -> Schema:
    """The schema with the build's own ledgers; a ledger of the project with the same id stands before them."""
    names = (*(ledger.name for ledger in schema.ledgers.values()), _NOWHERE)
    vocabularies = {
        **_VOCABULARIES,
        "ledger_name": Vocabulary("ledger_name", tuple(map(Term, names))),
        **schema.vocabularies,
    }
    return replace(schema, ledgers={**BOOKS, **schema.ledgers}, vocabularies=vocabularies)


def problem_frame(problems: pd.DataFrame, schema: Schema, as_of: date) -> pd.DataFrame:
    """Stored problems as a ledger's frame."""
    names = {id_: ledger.name for id_, ledger in schema.ledgers.items()}
    fields = {(id_, f.id): f.name for id_, ledger in schema.ledgers.items() for f in ledger.fields.values()}
    n = len(problems)
    return pd.DataFrame(
        {
            "level": problems["level"].map(LEVELS),
            "kind": problems["kind"],
            "department": problems["sender"].replace("", _NOBODY),
            "ledger": [names.get(ledger, _NOWHERE) for ledger in problems["ledger"]],
            "field": [fields.get(pair) for pair in zip(problems["ledger"], problems["field"], strict=True)],
            **_origin(problems["file"], problems["sheet"], map(_row, problems["cell"]), n, as_of),
        }
    )


def sending_frame(found: Iterable[Status], schema: Schema, as_of: date) -> pd.DataFrame:
    """报送情况 as a ledger's frame: a row a sender and ledger."""
    found = list(found)
    n = len(found)
    return pd.DataFrame(
        {
            "department": [s.unit for s in found],
            "ledger": [schema.ledgers[s.ledger].name for s in found],
            "state": ["数据偏早" if s.is_late(as_of) else s.state for s in found],
            "stated_as_of": pd.to_datetime([s.data_as_of for s in found]),
            "stated_as_of_until": pd.to_datetime([s.data_as_of for s in found]),
            **_origin([""] * n, [""] * n, range(n), n, as_of),
        }
    )


def _origin(files: Any, sheets: Any, rows: Any, n: int, as_of: date) -> dict[str, Any]:
    """The columns that every stored row carries; `source_table` numbers the records, several may speak of one cell."""
    return {
        "source_file": list(files),
        "source_sheet": list(sheets),
        "source_row": list(rows),
        "source_table": range(n),
        "sender": "",
        "region": "",
        "data_as_of": pd.Timestamp(as_of),
        "unread": "",
        "undated": False,
    }


def _row(cell: str) -> int:
    """The row of an address; 0 where a problem is of a whole sheet or file."""
    match = re.search(r"\d+", cell)
    return int(match[0]) if match else 0
