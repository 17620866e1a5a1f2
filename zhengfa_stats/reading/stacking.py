"""The tables of one ledger, one beneath another, as a frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from zhengfa_stats.reading.coded import Coded, Columns, constant, height


def framed(tables: Sequence[Columns]) -> pd.DataFrame:
    """Tables of one ledger, one beneath another, as a frame; what a table has no column for is blank in its lines."""
    names = dict.fromkeys(name for table in tables for name in table)
    return pd.DataFrame({name: _whole([(table.get(name), height(table)) for table in tables]) for name in names})


def _whole(parts: Iterable[tuple[Coded | npt.NDArray[Any] | None, int]]) -> npt.NDArray[Any]:
    spread = [constant(n, None).spread() if c is None else c.spread() if isinstance(c, Coded) else c for c, n in parts]
    return np.concatenate(spread) if len(spread) > 1 else spread[0]
