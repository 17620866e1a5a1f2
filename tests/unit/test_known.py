"""What is known of a frame is found once, and anew where the frame is no longer what it was."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from tests.unit.answering import ENGINES, HALF_YEAR, SCHEMA, pandas_frame
from zhengfa_stats.counting import known
from zhengfa_stats.counting.known import known_of
from zhengfa_stats.query import Clock
from zhengfa_stats.schema import Schema

ROWS: list[Mapping[str, Any]] = [
    {"unread": "|status|~days|"},
    {"unread": "|status|"},
    {"unread": "|status|"},
    {"unread": None},
    {},
]
OTHER_SCHEMA = Schema(SCHEMA.ledgers, SCHEMA.vocabularies, {}, {})


@pytest.mark.parametrize("engine", ENGINES)
def test_how_many_rows_there_are_and_what_they_could_not_say(engine: str) -> None:
    frame = ENGINES[engine]("clues", ROWS)
    found = known_of(frame, SCHEMA)  # which keeps no frame alive
    assert found.n == 5 and dict(found.unread) == {"status": 3, "~days": 1}


def test_a_frame_is_known_while_it_is_what_it_was() -> None:
    frame = pandas_frame("clues", ROWS)
    found = known_of(frame, SCHEMA)
    assert known_of(frame, SCHEMA) is found
    assert known_of(frame, OTHER_SCHEMA) is not found and known_of(frame.copy(), SCHEMA) is not found
    assert found.unread
    frame["unread"], frame["more"] = "", 1
    assert known_of(frame, SCHEMA) is not found and not known_of(frame, SCHEMA).unread


def test_a_frame_that_is_gone_is_forgotten() -> None:
    frame = pandas_frame("clues", ROWS)
    found, key = known_of(frame, SCHEMA), (id(frame), id(SCHEMA))
    assert found.n == 5 and key in known._KNOWN
    del frame
    gc.collect()
    assert key not in known._KNOWN


def test_a_frame_that_cannot_be_watched_is_counted_each_time() -> None:
    frame = Unwatched(pandas_frame("clues", ROWS))
    found = known_of(frame, SCHEMA)
    assert found.native() is frame and known_of(frame, SCHEMA) is not found


class Unwatched:
    """A frame of an engine whose objects can't be weakly referred to."""

    __slots__ = ("frame",)

    def __init__(self, frame: Any) -> None:
        self.frame = frame


def test_only_what_is_not_known_yet_is_counted() -> None:
    found, asked = known_of(pandas_frame("clues", ROWS), SCHEMA), []

    def count(names: list[str]) -> dict[str, int]:
        asked.append(names)
        return dict.fromkeys(names, len(asked))

    later = Clock(date(2021, 1, 1), date(2021, 7, 31))
    assert found.counted({"a": 0, "b": 0}, HALF_YEAR, count) == {"a": 1, "b": 1}
    assert found.counted({"b": 0, "c": 0}, HALF_YEAR, count) == {"b": 1, "c": 2}
    assert found.counted({"a": 0}, HALF_YEAR, count) == {"a": 1}
    assert found.counted({"a": 0}, later, count) == {"a": 3}
    assert asked == [["a", "b"], ["c"], ["a"]]
