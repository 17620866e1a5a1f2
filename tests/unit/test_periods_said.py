"""Periods said in Chinese, and the words of the definitions found in a text."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.declared import load_schema
from zhengfa_stats.language.lexicon import Lexicon
from zhengfa_stats.language.periods import clock_said, find_periods, say_period
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Period

CLOCK = Clock(date(2021, 1, 1), date(2021, 6, 30))
NAMED = {"教育整顿": Period(date(2021, 2, 1), date(2021, 6, 30))}
SPEC = Path(__file__).parents[1] / "spec" / "periods_said.txt"
LINES = [
    [part.strip() for part in line.split("|")]
    for line in SPEC.read_text("utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]
SCHEMA = load_schema()
LEXICON = Lexicon(SCHEMA, ("甲县",), "示例市")


def day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
@pytest.mark.parametrize("around", ["{}", "公安局{}收到多少条线索", "请问，{}的情况"])
def test_period(line: list[str], around: str) -> None:
    said, *wanted = line
    text = around.format(said)
    found = find_periods(text, CLOCK, NAMED)
    if wanted == [""]:
        assert found == ()
        return
    assert [text[p.start : p.end] for p in found] == [said]
    assert (found[0].since, found[0].as_of, found[0].months) == (day(wanted[0]), day(wanted[1]), int(wanted[2]))


DAYS = st.dates(date(2019, 1, 1), date(2022, 12, 31))


@given(a=DAYS, b=DAYS)
def test_what_is_said_of_a_clock_is_found_again(a: date, b: date) -> None:
    clock = Clock(min(a, b), max(a, b))
    (found,) = find_periods(say_period(clock), CLOCK, {})
    assert clock_said(found, CLOCK) == clock


@given(text=st.text("今去年上下半1２三月日号季度至到截以来前后底同期近个天周、，。年", max_size=14))
def test_any_text_is_read_without_overlap(text: str) -> None:
    found = find_periods(text, CLOCK, NAMED)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert all(0 <= p.start < p.end <= len(text) for p in found)


def test_two_periods_share_the_year_said_first() -> None:
    found = find_periods("去年5月比4月多多少", CLOCK, {})
    assert [(p.since, p.as_of) for p in found] == [
        (date(2020, 5, 1), date(2020, 5, 31)),
        (date(2020, 4, 1), date(2020, 4, 30)),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("市中级人民法院和甲县公安局", ["市中级人民法院", "甲县", "公安局"]),
        ("违反防止干预司法“三个规定”的线索", ["违反防止干预司法“三个规定”", "线索"]),
        ("１２３３７平台收到的", ["１２３３７平台", "收到"]),
        ("党内严重警告", ["党内严重警告"]),
        ("是不是没有", []),
    ],
)
def test_the_longest_words_are_found(text: str, words: list[str]) -> None:
    assert [w.text for w in LEXICON.find(text)] == words


def test_a_word_holds_all_that_it_may_mean() -> None:
    (word,) = LEXICON.find("警告")
    assert {s.field for s in word.of("term", ledger="cases")} == {"party_discipline", "administrative_discipline"}
    assert not word.of("term", ledger="clues")
    (phone,) = LEXICON.find("举报人电话")
    assert phone.kind == "private"
