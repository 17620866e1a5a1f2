"""Stock and flow: what was carried over and came in is what was closed and is still open, at every date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.answering import as_table
from zhengfa_stats.config import read_config
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.counting.relations import check_relations
from zhengfa_stats.declared import load_schema
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.query import Clock
from zhengfa_stats.store import as_frame

SCHEMA = load_schema()
BALANCE = "线索.结转收支平衡"
days = st.integers(0, 500).map(lambda n: date(2020, 6, 1) + timedelta(n))
KEYS = ("线索.上期结转", "线索.收到", "线索.本期查结", "线索.期末在查")


@st.composite
def clues(draw: st.DrawFn) -> dict[str, Any]:
    """A clue as it may be stored, contradictions included: closed before it came, closed without a date, shelved."""
    received, closed = draw(days), draw(st.none() | days)
    disposal = draw(st.sampled_from([None, "初步核实", "暂存待查"]))
    return {
        "received_on": received,
        "received_on_until": received,
        "closed_on": closed,
        "closed_on_until": closed,
        "status": draw(st.sampled_from([None, "已查结", "正在核查", "移送"])),
        "disposal": disposal,
        "shelved": disposal,
        "is_repeat": draw(st.sampled_from([None, True, False])),
        "data_as_of": draw(days),
        "undated": False,
        "unread": "",
        "cells": "",
    }


def frames(rows: list[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    table = pd.DataFrame(
        [
            {**row, "source_file": "a", "source_sheet": "b", "source_row": i, "source_table": 1}
            for i, row in enumerate(rows)
        ]
    )
    for name in ("received_on", "received_on_until", "closed_on", "closed_on_until", "data_as_of"):
        table[name] = pd.to_datetime(table[name] if name in table else pd.Series(dtype="datetime64[s]"))
    return {"clues": as_frame(as_table(table, SCHEMA.ledgers["clues"]))}


@settings(max_examples=25, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(clues(), max_size=25), since=days, length=st.integers(0, 300))
def test_stock_and_flow_balance_at_every_date(rows: list[dict[str, Any]], since: date, length: int) -> None:
    clock = Clock(since, since + timedelta(length))
    ledgers = frames(rows)
    carried, came, closed, still = (
        evaluate(SCHEMA.indicators[key].of, ledgers, SCHEMA, clock, project=clock).value or 0 for key in KEYS
    )
    assert carried + came == closed + still
    assert BALANCE not in [p.kind for p in check_relations(ledgers, SCHEMA, clock, {})]


def config(balance: str) -> dict[str, Any]:
    return {
        "city": "示例市",
        "since": date(2021, 1, 1),
        "as_of": date(2021, 6, 30),
        "relations": {"r": _relation(balance)},
    }


def _relation(balance: str) -> dict[str, Any]:
    sides = [[key for key in side.split("+") if key] for side in balance.split("=")]
    return {"says": "两边相等", "balance": sides}


def test_a_balance_that_fails_says_both_sides() -> None:
    row = {
        "received_on": date(2021, 3, 1),
        "received_on_until": date(2021, 3, 1),
        "status": "正在核查",
        "undated": False,
    }
    read = read_config(config("线索.收到+线索.在查=线索.查结"))
    ledgers = frames([{**row, "unread": "", "cells": ""}])
    (problem,) = (p for p in check_relations(ledgers, read.schema, read.clock, {}) if p.kind == "r")
    assert "1＋1 ≠ 0" in problem.what


def test_a_balance_has_two_sides_of_known_figures() -> None:
    for wrong in ("线索.收到", "线索.收到=线索.无此", "线索.收到="):
        try:
            read_config(config(wrong))
        except DefinitionError:
            continue
        raise AssertionError(wrong)
