"""What is wrong with zhengfa.toml is said in Chinese, with the line and what to write."""

from __future__ import annotations

import tomllib

import pytest

from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.toml import parse

HEAD = 'city = "示例市"\nsince = 2021-01-01\n'


def fault(text: str) -> DefinitionError:
    with pytest.raises(DefinitionError) as raised:
        parse(text, "zhengfa.toml")
    return raised.value


def test_a_table_pasted_twice_is_shown_as_one() -> None:
    text = (
        HEAD
        + '[ledgers.clues.fields.received_on]\nheaders = ["信件收悉日"]\n\n[vocabularies.status]\n"已查结" = ["归档"]\n'
        + '[ledgers.clues.fields."received_on"]\nheaders = ["来函日", "信件收悉日"]\n'
    )
    error = fault(text)
    assert "第8行" in error.what and "第3行" in error.what
    _, _, lines = error.do.partition("\n")
    assert tomllib.loads(lines)["ledgers"]["clues"]["fields"]["received_on"] == {"headers": ["信件收悉日", "来函日"]}


def test_tables_that_disagree_are_only_named() -> None:
    error = fault('[mode]\n"公安局" = "累计"\n[mode]\n"公安局" = "增量"\n')
    assert error.do == "请把第1行、第3行的同名表合并成一张"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("as_of = 2021年6月30日", "日期写成"),
        ("city = “示例市”", "半角"),
        ('team = ["公安局", "法院"', "方括号"),
        ('as_of = 2021-06-30 mode = "累计"', "一行只写一项"),
        ('city = "示例市', "引号"),
        ("since = 2021-01-01", "前面已经写过"),
        ("截至 = 2021-06-30", "英文引号"),
    ],
)
def test_the_reason_is_chinese(line: str, says: str) -> None:
    error = fault(f"{HEAD}{line}\n")
    assert error.what.startswith("第3行") or "方括号" in error.what
    assert says in error.what + error.do
    assert not any(word in str(error) for word in ("line", "column", "Invalid", "Cannot"))
