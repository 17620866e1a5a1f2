"""What is stored without a closer look is what the closer look would have stored, with nothing to tell of it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengfa_stats.reading.cleaning import codes, persons
from zhengfa_stats.reading.cleaning.normal import NOTHING
from zhengfa_stats.reading.cleaning.result import Sure
from zhengfa_stats.reading.columns import Clean, cleaned_all
from zhengfa_stats.reading.sheets import Cell, CellError, NoValue

WORDS = [*NOTHING, *persons.UNNAMED, *persons.COMPOUND, *persons.TITLES.split("|"), "派出所", "等3人", "张某", "同上"]
CODES = [*WORDS, "1E10", "2021-001", "示法〔2021〕1号", "13800138000", "110101199003071234", "XS001至003", "0012"]
NAMED = st.text("张三王小明局长等某无〇未不匿待欧阳", min_size=1, max_size=4)
CODED = st.text("0123456789EeXS-_年号〔〕至 /A", max_size=20)
PARTS = [
    "XS",
    "A-",
    "_",
    "号",
    "电话",
    "手机",
    "联系人",
    "：",
    "13800138000",
    "138-0013-8000",
    "110101199003071234",
    "110101",
    "-19900307",
    "1234",
]
PARTS += ["2021", "0305001", "〔2021〕", "1E10", "-", "X", "一", "Ａ", " "]
JOINED = st.lists(st.sampled_from(PARTS), min_size=1, max_size=5).map("".join)
OTHER = st.one_of(
    st.floats(), st.booleans(), st.builds(CellError, CODED), st.builds(NoValue, NAMED), st.text(max_size=4)
)


def the_same(values: list[Cell], clean: Clean, sure: Sure) -> None:
    found, remarked = cleaned_all(values, clean, sure)
    cleaned = [clean(value) for value in values]
    assert found == [c.value for c in cleaned]
    assert remarked == {place: c for place, c in enumerate(cleaned) if c.rule or c.fault}


@pytest.mark.parametrize("clean", [codes.clean, codes.clean_private])
@settings(max_examples=500)
@given(values=st.lists(st.one_of(CODED, JOINED, JOINED, st.sampled_from(CODES), OTHER), max_size=8))
def test_codes(clean: Clean, values: list[Cell]) -> None:
    the_same(values, clean, codes.SURE)


@given(st.lists(st.one_of(NAMED, NAMED, st.sampled_from(WORDS), OTHER), max_size=8))
def test_persons(values: list[Cell]) -> None:
    the_same(values, persons.clean, persons.SURE)


def test_plain_ones_are_sure_and_words_are_not() -> None:
    assert all(map(codes.SURE.pattern.fullmatch, ["XS0000001", "XS20210305001", "0012", "2021-1", "示法〔2021〕1号"]))
    assert not any(
        map(codes.SURE.pattern.fullmatch, ["1E10", "110101199003071234", "A-110101199003071234", "号13800138000"])
    )
    assert all(map(persons.SURE.pattern.fullmatch, ["张三", "王小明"]))
    assert not any(map(codes.SURE.pattern.fullmatch, NOTHING))
    odd: re.Pattern[str] = persons.SURE.pattern
    assert not any(map(odd.fullmatch, {*persons.UNNAMED, *persons.TITLES.split("|"), "张某", "派出所"}))
