"""What zhengfa.toml may not say of ledgers and vocabularies."""

from __future__ import annotations

import tomllib

import pytest

from zhengfa_stats.config import read_config
from zhengfa_stats.errors import DefinitionError

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('[vocabularies.status]\n"规范词" = ["归档"]', ("规范词", "占位", "已查结", "zhengfa.toml")),
        ('[ledgers.clues.fields."字段"]\nheaders = ["来件"]', ("字段", "占位", "received_on", "zhengfa.toml")),
        ('[[sheets]]\nfile = "a.xlsx"\ncolumns = { "来件" = "字段" }', ("来件", "占位", "a.xlsx")),
        ('[vocabularies.nosuch]\n"甲" = ["乙"]', ("没有字段使用词表“nosuch”", "zhengfa.toml")),
        ('[vocabularies.statu]\n"甲" = ["乙"]', ("是不是：status",)),
        ('[ledgers.clues.fields.nosuch]\nheaders = ["来件"]', ("没有这个字段：nosuch", "是不是", "zhengfa.toml")),
        ('[ledgers.clues.fields."收到日期"]\nheaders = ["来件"]', ("received_on（收到日期）",)),
        ('[ledgers.clue.fields.received_on]\nheaders = ["来件"]', ("没有这个台账：clue", "clues（")),
    ],
)
def test_a_slip_of_the_pen_is_refused(lines: str, words: tuple[str, ...]) -> None:
    with pytest.raises(DefinitionError) as raised:
        read_config(tomllib.loads(TOML + lines))
    assert all(word in str(raised.value) for word in words), str(raised.value)


def test_a_new_field_brings_its_vocabulary() -> None:
    lines = """
[vocabularies.district]
"东片" = ["东"]
[ledgers.clues.fields.district]
name = "片区"
kind = "term"
vocabulary = "district"
"""
    schema = read_config(tomllib.loads(TOML + lines)).schema
    assert schema.vocabularies["district"].lookup("东") == "东片"
