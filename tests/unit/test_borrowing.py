"""A ledger's fact may speak of a field that another ledger declares: it is taken over; else the lines to write are shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.summaries import City, write
from zhengfa_stats.declared import load_schema
from zhengfa_stats.errors import DefinitionError

LETTERS: dict[str, Any] = {  # DESIGN §3, word for word
    "name": "信访台账",
    "key": ["letter_no"],
    "date": "received_on",
    "fields": {
        "letter_no": {"name": "信访编号", "kind": "code", "headers": ["编号", "来信编号"]},
        "received_on": {"name": "来信日期", "kind": "date", "required": True},
        "status": {"name": "办理状态", "kind": "term", "vocabulary": "status"},
        "sender_phone": {"name": "联系电话", "kind": "code", "private": True},
    },
    "facts": {"closed": {"where": {"status": "已查结", "closed_on": "..as_of"}}},
}
FIGURES: dict[str, Any] = {
    "信访.收到": {"unit": "件", "definition": "统计期内收到的来信，按编号去重。", "query": {"ledger": "letters"}},
    "信访.办结率": {
        "unit": "%",
        "definition": "统计期内收到的来信中，至截止日已办结的比例。",
        "ratio": [{"ledger": "letters", "facts": ["closed"]}, {"ledger": "letters"}],
    },
}
DECLARED: dict[str, Any] = {"ledgers": {"letters": LETTERS}, "indicators": FIGURES}


def letters(folder: Path, header: tuple[str, ...], *rows: tuple[str | None, ...]) -> City:
    write(folder / "信访.xlsx", [("信访台账（截至2021年6月30日）",), header, *rows])
    return City(folder, **DECLARED)


def test_the_example_of_the_design_works_as_it_stands(tmp_path: Path) -> None:
    header = ("来信编号", "来信日期", "办理状态", "办结日期", "联系电话")
    city = letters(
        tmp_path,
        header,
        ("L1", "2021-03-05", "办结", "2021-04-01", "13812345678"),
        ("L2", "2021-04-06", "在办", None, "/"),
    )
    assert (city.figure("信访.收到").value, city.figure("信访.办结率").value) == (2, 50)


def test_without_a_column_for_it_the_figure_is_unknown_and_never_0(tmp_path: Path) -> None:
    city = letters(
        tmp_path, ("来信编号", "来信日期", "办理状态"), ("L1", "2021-03-05", "办结"), ("L2", "2021-04-06", "在办")
    )
    rate = city.figure("信访.办结率")
    assert city.figure("信访.收到").value == 2
    assert (rate.value, rate.why) == (None, "《信访台账》没有“查结日期”一列，无从统计")


def test_a_field_that_no_ledger_declares_is_named_with_its_remedy() -> None:
    facts = {"answered": {"where": {"answered_on": "..as_of"}}}
    with pytest.raises(DefinitionError) as raised:
        load_schema(config={"ledgers": {"letters": LETTERS | {"facts": facts}}})
    assert "answered_on" in raised.value.what
    assert '[fields.answered_on]\nname = "…"\nkind = "date"' in raised.value.do


def test_a_field_that_several_ledgers_declare_is_not_guessed() -> None:
    with pytest.raises(DefinitionError, match="unit"):
        load_schema(config={"ledgers": {"letters": LETTERS | {"facts": {"own": {"where": {"unit": "公安局"}}}}}})
