"""Periods with names: an indicator of its own period, whatever the project's is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.unit.sending import CLUES, clue, opened, sheet
from zhengfa_stats.errors import DefinitionError

PERIODS = """
[periods]
"近年来" = { since = 2018-01-01 }
"教育整顿期间" = { since = 2021-02-01, as_of = 2021-04-30 }
"""
OWN = """
[indicators."线索.%s"]
unit = "条"
definition = "收到的线索。"
period = "%s"
query = { ledger = "clues" }
"""


def book(folder: Path) -> None:
    days = (
        "2017-12-31",
        "2018-01-01",
        "2021-01-31",
        "2021-02-01",
        "2021-04-30",
        "2021-05-01",
        "2021-06-30",
        "2021-07-01",
    )
    sheet(folder, "a.xlsx", ["公安局线索台账"], CLUES, *(clue(f"X{i}", day) for i, day in enumerate(days)))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("近年来", 6, "收到的线索。统计期是近年来（2018年1月1日至统计截止日）。"),
        ("教育整顿期间", 2, "收到的线索。统计期是教育整顿期间（2021年2月1日至2021年4月30日）。"),
    ],
)
def test_an_indicator_of_its_own_period(tmp_path: Path, name: str, value: int, said: str) -> None:
    book(tmp_path)
    project = opened(tmp_path, PERIODS + OWN % (name, name))
    assert project.figure(f"线索.{name}").value == value
    assert project.indicator(f"线索.{name}").definition == said
    assert project.figure("线索.收到").value == 5


def test_an_open_end_is_the_cut_off_date(tmp_path: Path) -> None:
    book(tmp_path)
    project = opened(tmp_path, PERIODS + OWN % ("近年来", "近年来"), as_of=date(2021, 2, 28))
    assert project.figure("线索.近年来").value == 3


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (PERIODS + OWN % ("x", "教育整顿期"), "是不是：教育整顿期间"),
        (OWN % ("x", "近年来"), "[periods]"),
        ('[periods]\n"近年来" = { since = "2018" }\n', "起止日期"),
        ('[periods]\n"近年来" = {}\n', "起止日期"),
        ('[periods]\n"近年来" = { from = 2018-01-01 }\n', "不认识的键“from”"),
        ('[periods]\n"近年来" = { since = 2021-02-01, as_of = 2021-01-01 }\n', "晚于"),
    ],
)
def test_what_is_no_period_is_refused(tmp_path: Path, settings: str, says: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        opened(tmp_path, settings)
    assert says in str(refused.value)
