"""Posts: the unit's name before one taken off, several in one text told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhengfa_stats.reading.cleaning.terms import Terms
from zhengfa_stats.reading.cleaning.units import split_post

_BETWEEN = re.compile(r"[、,，;；/\s]+|兼任?")
_NOT_IN_OFFICE = re.compile("原|前|曾|挂|退|拟")
_INNER = re.compile("支队|大队|中队|总队|分局|派出所|看守所")


def forms(text: str, units: Terms, city: str) -> Iterator[str]:
    """The ways in which a post may stand in a vocabulary: as written, without its unit, then each of several posts.

    A second post of who leads an inner part may be of that part (刑侦支队支队长兼政委), and one of several may be
    a former one: then only the whole counts.
    """
    yield from _without_unit(text, units, city)
    parts = [part for part in _BETWEEN.split(text) if part]
    if len(parts) > 1 and not _NOT_IN_OFFICE.search(text):
        for part in parts[:1] if _INNER.search(parts[0]) else parts:
            yield from _without_unit(part, units, city)


def _without_unit(text: str, units: Terms, city: str) -> Iterator[str]:
    yield text
    if found := split_post(text, units, city):
        office, post = found
        yield post
        yield office.unit + post  # 政法委书记
