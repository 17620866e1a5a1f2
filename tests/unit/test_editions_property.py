"""Splitting any truth into editions, lists and totals in any way, in any order of files, gives the same figures at every cut-off."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.unit.summaries import TOML, clue_list, write
from zhengfa_stats.build import assemble
from zhengfa_stats.config import read_config
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.query import Clock
from zhengfa_stats.reading.file import Context, read_file

SENDERS = ("市公安局", "市法院", "甲县公安局")
SINCE = date(2021, 1, 1)
ENDS = (date(2021, 4, 30), date(2021, 5, 31), date(2021, 6, 30))
FLOW = ("线索.收到", "线索.查结", "线索.在查")
STOCK = ("线索.上期结转", "线索.本期查结", "线索.期末在查")
FORMS = ("list", "cumulative", "incremental", "sheets", "totals")


class Clue(NamedTuple):
    sender: int
    received: int  # days after 2020-12-01
    days: int | None  # to its closing

    def row(self, n: int, known_on: date) -> tuple[Any, ...]:
        closed = self.closed if self.closed and self.closed <= known_on else None
        name = f"{SENDERS[self.sender]}2021-{n:03}"
        return (name, str(self.on), f"张{n}", "来信", "已查结" if closed else "正在核查", closed and str(closed))

    @property
    def on(self) -> date:
        return date.fromordinal(date(2020, 12, 1).toordinal() + self.received)

    @property
    def closed(self) -> date | None:
        return None if self.days is None else date.fromordinal(self.on.toordinal() + self.days)


clues = st.lists(st.builds(Clue, st.integers(0, 2), st.integers(0, 210), st.none() | st.integers(0, 60)), max_size=14)


def flow(found: list[Clue], end: date) -> list[float]:
    within = [c for c in found if SINCE <= c.on <= end]
    closed = sum(c.closed is not None and c.closed <= end for c in within)
    return [len(within), closed, len(within) - closed]


def stock(found: list[Clue], end: date) -> list[float]:
    known = [c for c in found if c.on <= end]
    before = sum(c.on < SINCE and not (c.closed and c.closed < SINCE) for c in known)
    return [
        before,
        sum(bool(c.closed and SINCE <= c.closed <= end) for c in known),
        sum(not (c.closed and c.closed <= end) for c in known),
    ]


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def send(folder: Path, sender: str, found: list[tuple[int, Clue]], form: str) -> None:
    """The sender's truth in one of the ways in which it may come."""
    known = {end: [c.row(n, end) for n, c in found if c.on <= end] for end in ENDS}
    if form == "list":
        clue_list(folder / f"{sender}.xlsx", sender, *known[ENDS[-1]], as_of=chinese(ENDS[-1]))
    elif form == "cumulative":  # each month's file holds all that is known by then
        for end in ENDS:
            clue_list(folder / f"{sender}{end.month}月.xlsx", sender, *known[end], as_of=chinese(end))
    elif form == "incremental":  # each month's file holds what came in that month, as it stands at last
        for first, end in zip((date(2020, 1, 1), *ENDS), ENDS, strict=False):
            rows = [c.row(n, ENDS[-1]) for n, c in found if first < c.on <= end or (first.year == 2020 and c.on <= end)]
            clue_list(folder / f"{sender}{end.month}月新收.xlsx", sender, *rows, as_of=chinese(end))
    elif form == "totals":
        for end in ENDS:
            title = (f"{sender}线索情况汇总表（截至{chinese(end)}）",)
            numbers = flow([c for _, c in found], end)
            write(
                folder / f"{sender}汇总{end.month}月.xlsx",
                [title, ("单位", "收到线索", "查结", "在查"), (sender, *numbers)],
            )
    else:
        _sheets(folder / f"{sender}逐月.xlsx", sender, known)


def _sheets(path: Path, sender: str, known: dict[date, list[tuple[Any, ...]]]) -> None:
    """One workbook with a sheet a month's end, each with all that is known by then."""
    from openpyxl import Workbook

    from tests.unit.summaries import CLUES

    book = Workbook()
    book.remove(book.worksheets[0])
    for end, rows in known.items():
        sheet = book.create_sheet(f"{end.month}月")
        for row in ((f"线索台账（截至{chinese(end)}）",), (f"填报单位：{sender}",), CLUES, *rows):
            sheet.append(list(row))
    book.save(path)


MODE = {"list": "自动", "cumulative": "累计", "sheets": "累计", "incremental": "增量", "totals": "自动"}


@settings(max_examples=10, phases=(Phase.reuse, Phase.generate), suppress_health_check=[HealthCheck.too_slow])
@given(clues, st.tuples(*[st.sampled_from(FORMS)] * 3), st.booleans(), st.randoms(use_true_random=False))
def test_however_it_is_sent_the_figures_are_the_truth(
    found: list[Clue], forms: tuple[str, ...], declared: bool, order: Any
) -> None:
    assume(found)
    stated = [[(n, c) for n, c in enumerate(found) if c.sender == i] for i in range(3)]
    modes = {name.removeprefix("市"): MODE[form] for name, form in zip(SENDERS, forms, strict=True)}
    with tempfile.TemporaryDirectory() as name:
        for sender, own, form in zip(SENDERS, stated, forms, strict=True):
            send(Path(name), sender, own, form)
        config = read_config(TOML | ({"mode": modes} if declared else {}))
        context = Context(config, b"k" * 32)
        files = [read_file(p, p.name, context) for p in sorted(Path(name).iterdir())]
        order.shuffle(files)
        frames = assemble(sorted(files, key=lambda f: f.file) if order.random() < 0.2 else files, context).frames
    for end in ENDS:
        clock = Clock(SINCE, end)

        def ask(key: str, clock: Clock = clock) -> float | None:
            return evaluate(config.schema.indicators[key].of, frames, config.schema, clock, project=config.clock).value

        if "clues" in frames or "totals" in forms:
            assert [ask(k) for k in FLOW] == flow(found, end), (end, forms)
        if "clues" in frames and "totals" not in forms:  # what senders of totals did not report can't be known
            before, closed, still_open = (ask(k) for k in STOCK)
            assert [before, closed, still_open] == stock(found, end), (end, forms)
            assert (before or 0) + (ask("线索.收到") or 0) == (closed or 0) + (still_open or 0)
