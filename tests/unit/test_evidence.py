"""What speaks for a ledger at most is never less than what does: a ledger that is ruled out early could not have won."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.test_headers_recognise import OURS, SCHEMA, table_of
from zhengfa_stats.reading.evidence import at_most
from zhengfa_stats.reading.header_problems import Spot
from zhengfa_stats.reading.header_words import IGNORED, PLACED_WORDS
from zhengfa_stats.reading.recognise import _Reader
from zhengfa_stats.reading.sheets import Cell

FIELDS = [f for of in SCHEMA.ledgers.values() for f in of.fields.values()]
HEADERS = sorted({"".join(h.split()) for f in FIELDS for h in (f.name, *f.headers)})
TERMS = sorted({w for v in SCHEMA.vocabularies.values() for w in v.written if len(w) > 1 and not set(w) & set(" /\n")})
WORDS = st.sampled_from(HEADERS) | st.sampled_from([*PLACED_WORDS, *IGNORED, "栏目甲"]) | st.sampled_from(TERMS)
CELLS: st.SearchStrategy[Cell] = st.sampled_from(
    ["√", "某甲", "市公安局", "处级", 3.0, date(2021, 3, 5), "2021年3月", None]
)
TITLES = st.sampled_from(["", "工资表", "一览表", *(of.name for of in SCHEMA.ledgers.values())])


@st.composite
def sheets(draw: st.DrawFn) -> _Reader:
    """A table under headers of all ledgers, of one that is known with some beside, or of none."""
    headers = draw(st.lists(WORDS | st.tuples(WORDS, WORDS).map("/".join), min_size=1, max_size=8))
    if draw(st.booleans()):
        headers = [*draw(st.sampled_from(OURS))[1].split(), *headers[: draw(st.integers(0, 2))]]
    row = draw(st.lists(draw(st.sampled_from([CELLS, st.none()])), min_size=len(headers), max_size=len(headers)))
    table, sheet = table_of(" ".join(headers), row, row, row, title=draw(TITLES), name=draw(TITLES) or "表")
    return _Reader(table, sheet, f"{draw(TITLES)}.xlsx", SCHEMA, Spot("", "", 1), None)


@settings(max_examples=200)
@given(sheets())
def test_no_score_is_above_what_it_is_at_most(reader: _Reader) -> None:
    for headers in reader.all.values():
        most = at_most(headers, reader.parts, reader.shares, reader.texts)
        assert reader._try(headers).score.total <= most


@settings(max_examples=200)
@given(sheets())
def test_the_ledgers_ruled_out_change_nothing(reader: _Reader) -> None:
    chosen = reader.chosen()
    reader._may_fit = lambda headers: True  # type: ignore[method-assign]
    assert chosen == reader.chosen()
