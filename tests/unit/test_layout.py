"""Layout against drawn sheets: one tiny sheet a form, and workbooks in other trades' manner."""

from __future__ import annotations

import pytest

from tests.foreign import Drawn, drawings, roles_of
from zhengfa_stats.reading.layout import HeaderPin, lay_out

FORMS = drawings()
FOREIGN = drawings("foreign")


@pytest.mark.parametrize("drawn", FORMS + FOREIGN, ids=lambda d: d.name)
def test_rows_have_their_roles(drawn: Drawn) -> None:
    layout = lay_out(drawn.sheet)
    got = roles_of(layout, len(drawn.roles))
    assert list(got) == [r for r in drawn.roles], [str(t.range) for t in layout.tables]
    if drawn.columns:
        assert tuple(tuple(c.header for c in t.columns) for t in layout.tables) == drawn.columns
    if drawn.fills is not None:
        assert {k: v for t in layout.tables for k, v in t.fills.items()} == drawn.fills


def test_enough_foreign_workbooks() -> None:
    assert len(FOREIGN) >= 20


__all__ = ["HeaderPin"]
