"""A row's likeness: the same for rows that read the same, in every process, and for no others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.reading.coded import distinguish
from zhengfa_stats.reading.typed import hashes, likeness

TEXTS = st.text("abAB张三1 \0", max_size=4)


@given(st.lists(st.tuples(TEXTS, TEXTS, TEXTS), max_size=12))
def test_rows_are_alike_where_all_their_cells_read_the_same(rows: list[tuple[str, str, str]]) -> None:
    columns = [distinguish(column) for column in zip(*rows, strict=True)]
    found = likeness(columns, len(rows)).tolist()
    assert [a == b for a in found for b in found] == [a == b for a in rows for b in rows]


@given(st.lists(st.text(max_size=5), unique=True, max_size=30))
def test_other_texts_have_other_numbers(texts: list[str]) -> None:
    assert len(set(hashes(texts).tolist())) == len(texts)


def test_a_text_has_the_same_number_wherever_and_whenever() -> None:
    assert hashes(["线索", "", "a"]).tolist() == [hashes([text])[0] for text in ("线索", "", "a")]
    assert hashes(["线索"])[0] == 186948913383071259
