"""Which row of one side is which of the other: by the ledger's key, else by its place, else by what it says; each at most once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.unit.answering import SCHEMA
from zhengfa_stats.counting.matching import Row, differences, match, place, plain, values_of

CLUES, CASES = SCHEMA.ledgers["clues"], SCHEMA.ledgers["cases"]

MATCHES = """
    # number@row source, before → after        : for each row before, which of those after it is
    X1@2 来信                → X1@2 来信         : 1
    X1@2 来信                → X9@2 来信 X1@3 来电 : 2
    X1@2 来信 X2@3 来信       → X2@2 来信 X1@3 来信 : 2 1
    X1@2 来信 X1@3 来电       → X1@3 来电 X1@2 来信 : 1 2
    X1@2 来信 X1@3 来信       → X1@2 来信         : 1 -
    X1@2 来信                → X1@2 来信 X1@3 来信 : 1
    X1@2 来信                → X2@2 来电         : 1
    -@2 来信                 → X1@2 来电         : 1
    -@2 来信                 → -@2 来信          : 1
    -@2 来信 -@3 来电         → -@5 来电 -@6 来信  : 2 1
    -@2 来信 -@3 来信         → -@5 来信 -@6 来信  : 1 2
    -@2 来信                 → -@5 来信 -@6 来信  : 1
    -@2 来信                 → -@5 来电          : -
    X1@2 来信                → X2@3 来信         : -
    -@3 来信 X1@2 来信        → X1@3 来信         : - 1
    X1@2 来信 -@3 来信        → X1@3 来信 -@2 来信 : 1 2
"""


def rows(text: str) -> list[Row]:
    words = text.split()
    found = []
    for at, source in zip(words[::2], words[1::2], strict=True):
        number, row = at.split("@")
        found.append({"clue_no": None if number == "-" else number, "source_row": int(row), "source": source})
    return found


@pytest.mark.parametrize("line", [line for line in MATCHES.strip().splitlines() if "→" in line and ":" in line][1:])
def test_each_row_is_at_most_one_of_the_other_side(line: str) -> None:
    told, which = line.split(" : ")
    before, after = (rows(side) for side in told.split("→"))
    found = match(before, after, CLUES)
    ids = [found.ids_before[place(row, CLUES)] for row in before]
    assert [str(i + 1) if i < len(after) else "-" for i in ids] == which.split()
    assert len(set(ids)) == len(before)
    assert {i: found.before[i] for i in ids} == dict(zip(ids, before, strict=True))
    assert list(found.after.items()) == list(enumerate(after))
    assert found.ids_after == {place(row, CLUES): i for i, row in enumerate(after)}


def test_rows_by_what_they_hold() -> None:
    one, other = {"source": "来信", "subjects": ["甲", "乙"], "source_row": 2}, {"source": "来电", "source_row": 3}
    found = match([one], [one, other], CLUES)
    assert found.by("source") == ({"来信": [(0, one)]}, {"来信": [(0, one)], "来电": [(1, other)]})
    assert (
        found.by("subjects") == ({"甲": [(0, one)], "乙": [(0, one)]},) * 2
    )  # under each of a list; a blank under none
    assert found.by("") == ({0: [(0, one)]}, {0: [(0, one)], 1: [(1, other)]})
    assert found.by("source") is found.by("source")


def test_persons_of_one_cell_stand_apart() -> None:
    assert place({"source_row": 2, "person": "甲"}, CASES) != place({"source_row": 2, "person": "乙"}, CASES)
    assert place({"source_row": 2, "subjects": ["甲"]}, CLUES) == place({"source_row": 2, "subjects": ["乙"]}, CLUES)
    assert place({"source_row": 2, "source_table": 1}, CLUES) != place({"source_row": 2, "source_table": 2}, CLUES)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (None, None),
        (np.nan, None),
        (pd.NaT, None),
        (pd.NA, None),
        (np.array(["甲", "乙"]), ("甲", "乙")),
        (["甲", None], ("甲", None)),
        ([], None),
        (np.array([]), None),
        (np.int64(3), 3),
        (np.float64("nan"), None),
        (0, 0),
        (False, False),
        (pd.Timestamp(2021, 3, 5), date(2021, 3, 5)),
        (datetime(2021, 3, 5, 14, 30), date(2021, 3, 5)),
        (date(2021, 3, 5), date(2021, 3, 5)),
        ("来信", "来信"),
    ],
)
def test_a_cell_as_a_plain_value(cell: Any, value: Any) -> None:
    assert plain(cell) == value and type(plain(cell)) is type(value)
    assert values_of({"a": cell}, "a") == (value if isinstance(value, tuple) else () if value is None else (value,))


def test_fields_that_differ() -> None:
    before = {"clue_no": "X1", "source": "来信", "status": None, "closed_on": pd.Timestamp(2021, 3, 5)}
    after = {"clue_no": "X1", "source": "来电", "status": np.nan, "closed_on": date(2021, 3, 5)}
    fields = [CLUES.fields[f] for f in ("clue_no", "source", "status", "closed_on")]
    assert differences(before, after, fields) == ((CLUES.fields["source"], "来信", "来电"),)
