"""Splitting any truth into lists for some senders and totals for the others gives the same figures."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.summaries import City, clue_list, write

SENDERS = ("市公安局", "市法院", "甲县公安局", "乙县法院")
SINCE, AS_OF = date(2021, 1, 1), date(2021, 6, 30)
KEYS = ("线索.收到", "线索.查结", "线索.在查")


class Clue(NamedTuple):
    sender: int
    received: date
    days: int | None  # to its closing

    @property
    def closed(self) -> date | None:
        return None if self.days is None else self.received + timedelta(self.days)


days = st.integers(-40, 200).map(lambda n: SINCE + timedelta(n))
clues = st.lists(st.builds(Clue, st.integers(0, 3), days, st.none() | st.integers(0, 90)), max_size=12)


def truth(found: list[Clue], first: date, last: date) -> tuple[int, int, int]:
    """Received, closed and open of a period."""
    within = [c for c in found if first <= c.received <= last]
    closed = sum(c.closed is not None and c.closed <= last for c in within)
    return len(within), closed, len(within) - closed


def give_list(folder: Path, sender: str, found: list[Clue]) -> None:
    rows = [
        (
            f"{sender}{i}",
            str(c.received),
            f"张{i}",
            "来信",
            "已查结" if c.closed else "正在核查",
            c.closed and str(c.closed),
        )
        for i, c in enumerate(found)
    ]
    clue_list(folder / f"{sender}线索.xlsx", sender, *rows, as_of="2021年12月31日")


def give_total(folder: Path, sender: str, found: list[Clue], form: str) -> None:
    """The sender's figures in one of the forms that clerks use."""
    whole, june = truth(found, SINCE, AS_OF), truth(found, date(2021, 6, 1), AS_OF)
    title, by = (f"{sender}线索情况汇总表（截至2021年6月30日）",), ("单位", "收到线索", "查结", "在查")
    rows: list[tuple[object, ...]] = [title, by, (sender, *whole)]
    if form == "pairs":
        header = [
            ("单位", "线索", *(None,) * 5),
            (None, "收到", None, "查结", None, "在查", None),
            (None, *("本月", "累计") * 3),
        ]
        rows = [title, *header, (sender, *(n for pair in zip(june, whole, strict=True) for n in pair))]
        write(folder / f"{sender}汇总.xlsx", rows, ("A2:A4", "B2:G2", "B3:C3", "D3:E3", "F3:G3"))
        return
    if form == "rows":
        rows = [
            title,
            ("指标", "计量单位", "累计"),
            *((k, "件", n) for k, n in zip(("收到", "查结", "在查"), whole, strict=True)),
        ]
    elif form == "total":
        rows.append(("合计", *whole))
    write(folder / f"{sender}汇总.xlsx", rows)


@settings(max_examples=12, phases=(Phase.reuse, Phase.generate), suppress_health_check=[HealthCheck.too_slow])
@given(clues, st.tuples(*[st.sampled_from(("list", "plain", "total", "pairs", "rows"))] * 4))
def test_lists_and_totals_give_the_same_figures(found: list[Clue], forms: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as name:
        for n, (sender, form) in enumerate(zip(SENDERS, forms, strict=True)):
            own = [c for c in found if c.sender == n]
            if form == "list":
                give_list(Path(name), sender, own)
            else:
                give_total(Path(name), sender, own, form)
        city = City(Path(name))
        if forms == ("list",) * 4 and not found:
            return
        expected = truth(found, SINCE, AS_OF)
        assert tuple(city.figure(k).value for k in KEYS) == expected
        rate = city.figure("线索.查结率").value
        assert rate is None if not expected[0] else abs((rate or 0) - 100 * expected[1] / expected[0]) < 1e-9
        assert not {"合计不符", "报表与明细不符", "表头未识别"} & set(city.kinds())
