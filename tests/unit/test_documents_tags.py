"""Tags read and written: what a person can write in {{ }}, and what a content control carries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.documenting import schema
from zhengfa_stats.errors import QueryError
from zhengfa_stats.language.tags import LONGEST, name, read, write
from zhengfa_stats.query import At, Between, Expr, Formula, In, Query, narrow


def of(key: str) -> Expr:
    return schema().indicators[key].of


@pytest.mark.parametrize(
    ("text", "expr"),
    [
        ("线索.收到", lambda: of("线索.收到")),
        (" 线索.收到 | 承办单位=公安局 ", lambda: narrow(of("线索.收到"), In("handler", ("公安局",)))),
        ("线索.收到｜承办单位=公安局+法院", lambda: narrow(of("线索.收到"), In("handler", ("公安局", "法院")))),
        ("线索.查结|..2021-05-31", lambda: At(of("线索.查结"), as_of=date(2021, 5, 31))),
        ("线索.查结|2021-05-01..2021-05-31", lambda: At(of("线索.查结"), date(2021, 5, 1), date(2021, 5, 31))),
        ("线索.查结率|去年同期", lambda: At(of("线索.查结率"), months=-12)),
        ("线索.收到|区划=甲县", lambda: narrow(of("线索.收到"), In("region", ("甲县",)))),
    ],
)
def test_a_tag_says_an_expression_and_back(text: str, expr: object) -> None:
    meant = expr()  # type: ignore[operator]
    key = text.replace("｜", "|").partition("|")[0].strip()
    assert read(text, schema()).expr == meant
    again = write(meant, key, schema())
    assert again is not None and read(again, schema()).expr == meant


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("线索.手到", "线索.收到"),
        ("线索.收到|承半单位=公安局", "承办单位"),
        ("线索.收到|公安局", "看不懂"),
        ("占(处理.科级/处理.总人)", "处理.总人数"),
        ("占(处理.科级)", "占(甲/乙)"),
        ("差(线索.收到,线索.查结率)", "一个是率"),
        ("线索.收到|2021-02-30..", "不是日期"),
        ("", "没有这个指标"),
    ],
)
def test_a_tag_without_meaning_says_what_it_may_be(text: str, said: str) -> None:
    with pytest.raises(QueryError) as error:
        read(text, schema())
    assert said in str(error.value)


YEAR = "线索.收到|去年同期"
EDUCATION = ("红色教育.次数", "警示教育.次数", "英模教育.次数")


def of_police(key: str) -> Expr:
    whole = of(key)
    assert isinstance(whole, Query)
    return replace(whole, having=(*whole.having, In("unit", ("公安局",))))


def summed(first: str, *others: str) -> Expr:
    total = of(first)
    for key in others:
        total = Formula("sum", total, of(key))
    return total


@pytest.mark.parametrize(
    ("text", "expr", "unit"),
    [
        ("占(处理.科级/处理.总人数)", lambda: Formula("ratio", of("处理.科级"), of("处理.总人数")), "%"),
        (f"增(线索.收到,{YEAR})", lambda: Formula("growth", of("线索.收到"), read(YEAR, schema()).expr), "%"),
        (f"降差(线索.收到,{YEAR})", lambda: Formula("difference", of("线索.收到"), read(YEAR, schema()).expr), "条"),
        ("差(线索.查结率,线索.查结率|去年同期)", lambda: Formula("difference", of("线索.查结率"), At(of("线索.查结率"), months=-12)), "个百分点"),
        ("和(红色教育.次数,警示教育.次数)", lambda: Formula("sum", of("红色教育.次数"), of("警示教育.次数")), "次"),
        ("占(处理.科级|单位=公安局/处理.总人数|单位=公安局)", lambda: Formula("ratio", of_police("处理.科级"), of_police("处理.总人数")), "%"),
        ("和(和(红色教育.次数,警示教育.次数),英模教育.次数)|..2021-05-31", lambda: At(summed(*EDUCATION), as_of=date(2021, 5, 31)), "次"),
    ],
)  # fmt: skip
def test_a_tag_says_a_formula_and_back(text: str, expr: object, unit: str) -> None:
    tag = read(text, schema())
    meant = expr()  # type: ignore[operator]
    assert (tag.expr, tag.unit, tag.falls) == (meant, unit, text.startswith("降"))
    assert write(meant, None, schema(), falls=tag.falls) == text


def test_a_condition_on_what_a_person_comes_to_is_one_on_the_folded_rows() -> None:
    tag = read("处理.组织处理|组织处理=诫勉", schema())
    base = schema().indicators["处理.组织处理"].of
    assert isinstance(tag.expr, Query) and isinstance(base, Query)
    assert tag.expr.where == base.where and tag.expr.having == (*base.having, In("organizational_measure", ("诫勉",)))
    assert write(tag.expr, "处理.组织处理", schema()) == "处理.组织处理|组织处理=诫勉"


def test_a_formula_may_be_written_in_full_width_and_with_spaces() -> None:
    full = read("占（处理.科级｜单位=公安局 / 处理.总人数）｜如约14.1%", schema())
    assert full.expr == read("占(处理.科级|单位=公安局/处理.总人数)", schema()).expr and full.like == "约14.1%"


def test_a_name_has_no_length_that_word_sets_and_a_tag_has() -> None:
    sides = [narrow(of("线索.收到"), In("handler", tuple(f"单位{i}" for i in range(k, k + 9)))) for k in (0, 9)]
    assert write(Formula("sum", *sides), None, schema()) is None
    assert read(name(Formula("sum", *sides), None, schema()) or "", schema()).expr == Formula("sum", *sides)


def test_a_term_that_holds_a_mark_of_the_syntax_is_in_no_tag() -> None:
    assert name(narrow(of("线索.收到"), In("handler", ("甲/乙",))), "线索.收到", schema()) is None


def test_how_it_was_written_comes_with_it() -> None:
    tag = write(schema().indicators["轮训.参训人数"].of, "轮训.参训人数", schema(), "310余")
    assert tag == "轮训.参训人数|如310余" and read(tag, schema()).like == "310余"


@given(st.sampled_from(sorted(schema().indicators)))
def test_every_indicator_has_a_tag(key: str) -> None:
    tag = write(schema().indicators[key].of, key, schema())
    assert tag == key and len(tag) <= LONGEST


def test_what_no_tag_can_say_has_none() -> None:
    base = schema().indicators["线索.收到"].of
    assert write(narrow(base, Between("received_on", date(2021, 1, 1))), "线索.收到", schema()) is None
    assert write(Formula("sum", base, At(base, months=3)), None, schema()) is None
    assert write(base, "线索.收到", schema(), falls=True) is None
    assert write(At(base, months=3), "线索.收到", schema()) is None
    assert write(narrow(base, In("handler", tuple(f"单位{i}" for i in range(30)))), "线索.收到", schema()) is None
