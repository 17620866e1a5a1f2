"""Exhibits: the cells are the Answers', the marks are the cells', nothing to see is said, the same bytes each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

from tests.unit import exhibiting
from tests.unit.exhibiting import CLOCK, DECLARED, FRAMES, GOLDEN, ONE_A_FORM, SCHEMA, asker, frame, made
from zhengfa_stats.errors import QueryError
from zhengfa_stats.exhibits import Exhibit, of
from zhengfa_stats.exhibits.declared import Column
from zhengfa_stats.exhibits.grid import FEWEST, Grid
from zhengfa_stats.query import At, By, Clock, Expr, Fact, Formula, Measure, Query, narrow, queries

CHARTS = [id_ for id_, one in DECLARED.items() if one.form != "table"]


@pytest.fixture(scope="module")
def shown() -> dict[str, Exhibit]:
    return exhibiting.shown()


# ── the cells are the Answers' ───────────────────────────────────────────────────────────────────────────────────


def column(grid: Grid, i: int) -> dict[tuple[str, ...], float | None]:
    return {(row,): cells[i].value for row, cells in zip(grid.rows, grid.cells, strict=True)}


def laid_out(grid: Grid, i: int, n_by: int) -> dict[tuple[str, ...], float | None]:
    """The cells of the i-th figure of a grid, by the labels that its Answer has."""
    if n_by == 2:
        return {
            (r, c): cell.value
            for r, cells in zip(grid.rows, grid.cells, strict=True)
            for c, cell in zip(grid.columns, cells, strict=True)
        }
    if grid.extras and i:
        return {(r,): c.value for r, c in zip(grid.rows, grid.extras[i - 1].cells, strict=True)}
    return column(grid, i)


def asked(of_: Column) -> Expr:
    """What a column counts: the rate of those who should attend is the one that stands in without a roster."""
    if of_.key != "轮训.参与率":
        return of_.of
    return narrow(SCHEMA.indicators["轮训.应训参与率"].of, by=queries(of_.of)[0].by)


@pytest.mark.parametrize("id_", [i for i in DECLARED if DECLARED[i].form != "states"])
def test_cells_are_what_the_answers_say(id_: str, shown: dict[str, Exhibit]) -> None:
    """All of the Answers' values stand in the cells, and nothing else: what is not theirs is 0 or blank."""
    one = shown[id_]
    for i, of_ in enumerate(one.declared.columns):
        n_by = len(queries(of_.of)[0].by)
        if of_.each:
            continue  # its own test, below
        found = dict(asker()(asked(of_)).values)
        if not n_by:
            assert column(one.grid, 0)[of_.name,] == found[()]
            continue
        cells = laid_out(one.grid, i, n_by)
        assert found.items() <= cells.items()
        assert not any(value for labels, value in cells.items() if labels not in found)


def test_words_are_what_the_answer_says(shown: dict[str, Exhibit]) -> None:
    one = shown["报送.情况"]
    said = {
        (row, name, word)
        for row, words in zip(one.grid.rows, one.grid.words, strict=True)
        for name, word in zip(one.grid.columns, words, strict=True)
        if word
    }
    assert said == set(dict(one.answers[0].values))
    missing = [words.count("未报") for words in one.grid.words]
    assert missing == sorted(missing, reverse=True) and missing[0]


@pytest.mark.parametrize("id_", DECLARED)
def test_totals_are_counted_as_such(id_: str, shown: dict[str, Exhibit]) -> None:
    one, count = shown[id_], asker()
    first = one.declared.columns[0].of
    by = queries(first)[0].by
    if one.grid.right is not None:
        rows = dict(count(narrow(first, by=by[:1])).values)
        assert [c.value for c in one.grid.right] == [rows.get((r,), 0) for r in one.grid.rows]
        assert one.grid.corner.value == count(narrow(first, by=())).value
    if one.grid.bottom is not None and len(by) == 1:
        wholes = [None if c.each else count(narrow(asked(c), by=())).value for c in one.declared.columns]
        assert [c.value for c in one.grid.bottom] == wholes


def test_the_stock_of_each_month_is_the_figure_at_its_end(shown: dict[str, Exhibit]) -> None:
    grid = shown["线索.逐月收结"].grid
    of_ = SCHEMA.indicators["线索.期末在查"].of
    ends = [date(2021, m, d) for m, d in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 31), (6, 30))]
    assert [c.value for c in grid.column(2)] == [asker()(At(of_, as_of=day)).value for day in ends]
    assert list(grid.rows) == [f"2021年{m}月" for m in range(1, 7)]


def test_stock_and_flow_balance_month_by_month(shown: dict[str, Exhibit]) -> None:
    """上月在查 + 收到 − 查结 = 本月在查: three figures, counted apart."""
    cells = [[c.value or 0 for c in row] for row in shown["线索.逐月收结"].grid.cells]
    carried = asker()(SCHEMA.indicators["线索.上期结转"].of).value
    for received, closed, left in cells:
        assert carried is not None
        assert carried + received - closed == left
        carried = left


def test_months_without_rows_stand_there_as_zero() -> None:
    rows = [{"title": m, "unit": "法院", "issued_on": date(2021, int(m), 3)} for m in "25"]
    grid = made("制度.逐月", {**FRAMES, "rules": frame("rules", rows)}).grid
    assert [c.value for c in grid.column(0)] == [0, 1, 0, 0, 1, 0]


def test_a_rate_of_few_shows_its_counts(shown: dict[str, Exhibit]) -> None:
    one = shown["轮训.参与率"]
    small = {r: c[0] for r, c in zip(one.grid.rows, one.grid.cells, strict=True) if c[0].is_small}
    assert list(small) == ["国家安全局"]
    assert small["国家安全局"].whole is not None and small["国家安全局"].whole < FEWEST
    assert {row[0]: row[1] for row in one.table.texts()}["国家安全局"] == "2/3"
    assert "2/3" in [t.get_text() for t in one.figure().texts]
    assert any("不足5" in note for note in one.table.notes)


def test_numbers_that_do_not_add_up_are_not_added() -> None:
    """A median over all is no sum, and neither more nor less than its groups together."""
    query = Query("clues", by=(By("handler"),), measure=Measure("median", "days_to_close"))
    one = of(asker()(query), SCHEMA, "天数", count=asker())
    assert one.grid.bottom is not None and one.grid.bottom[0].value is not None
    assert not one.grid.remarks


def test_what_stands_in_is_told(shown: dict[str, Exhibit]) -> None:
    assert any("改用“轮训.应训参与率”" in note for note in shown["轮训.参与率"].notes)


def test_several_groups_a_row_are_told() -> None:
    one = made("处理.违纪类型")
    assert one.grid.overlaps
    assert "一人可以计入几组，各组之和大于合计。" in one.notes


def test_an_earlier_cut_off_date_is_obeyed() -> None:
    clock = Clock(CLOCK.since, date(2021, 3, 31))
    grid = made("线索.逐月收结", clock=clock).grid
    assert list(grid.rows) == ["2021年1月", "2021年2月", "2021年3月"]
    assert "2021年3月31日" in made("线索.来源", clock=clock).caption


def test_the_source_counts_a_row_once(shown: dict[str, Exhibit]) -> None:
    assert shown["线索.去向"].source == shown["线索.来源"].source  # the later steps count rows of the first
    n = asker()(SCHEMA.indicators["线索.收到"].of).n_rows
    assert shown["线索.来源"].source == f"来源：《线索台账》{n}行（3个工作簿）"


# ── the marks are the cells' ─────────────────────────────────────────────────────────────────────────────────────


def lengths(figure: Figure) -> list[list[float]]:
    """The lengths of the bars, a list a series."""
    bars = [c for ax in figure.axes for c in ax.containers]
    return [
        [float(abs(p.get_width() if c.orientation == "horizontal" else p.get_height())) for p in c.patches]  # type: ignore[attr-defined]
        for c in bars
    ]


BARS = ("bars", "columns", "stacked", "rates", "funnel", "waterfall")


@pytest.mark.parametrize("id_", [i for i in CHARTS if DECLARED[i].form in BARS])
def test_bars_are_as_long_as_the_cells(id_: str, shown: dict[str, Exhibit]) -> None:
    one = shown[id_]
    total = [one.grid.bottom[0]] if one.declared.form == "rates" and one.grid.bottom else []
    n = 1 if one.declared.form == "funnel" else len(one.grid.columns)
    cells = [[*one.grid.column(j), *total] for j in range(n)]
    assert lengths(one.figure()) == [[0.0 if c.is_small else float(c.value or 0) for c in cs] for cs in cells]


def test_shares_are_of_the_counted_total(shown: dict[str, Exhibit]) -> None:
    one = shown["线索.办理天数"]
    drawn = np.array(lengths(one.figure())).T
    assert one.grid.right
    for bar, cells, total in zip(drawn, one.grid.cells, one.grid.right, strict=True):
        assert total.value is not None
        wanted = [0.0 if total.value < FEWEST else 100 * (c.value or 0) / total.value for c in cells]
        assert bar == pytest.approx(wanted)
    assert any("：1条" in t.get_text() for t in one.figure().texts)  # fewer than five: counts in words


def test_flow_draws_columns_and_a_line(shown: dict[str, Exhibit]) -> None:
    one = shown["线索.逐月收结"]
    figure = one.figure()
    assert lengths(figure) == [[c.value for c in one.grid.column(j)] for j in (0, 1)]
    line = next(line for ax in figure.axes for line in ax.lines)
    assert list(np.asarray(line.get_ydata())) == [c.value for c in one.grid.column(2)]


@pytest.mark.parametrize("id_", [i for i in CHARTS if DECLARED[i].form in ("heat", "states")])
def test_a_table_of_shades_writes_every_cell(id_: str, shown: dict[str, Exhibit]) -> None:
    one = shown[id_]
    written = [t.get_text() for t in one.figure().texts]
    for row in one.table.texts():
        assert all((text or "—") in written for text in row[1:])


# ── nothing to see ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("gone", ["clues", "cases", "training", "activities", "rules", "tasks"])
def test_a_missing_ledger_says_why(gone: str) -> None:
    frames = {name: f for name, f in FRAMES.items() if name != gone}
    about = [i for i, d in DECLARED.items() if any(q.ledger == gone for c in d.columns for q in queries(c.of))]
    assert about
    for id_ in about:
        one = made(id_, frames)
        assert any(f"《{SCHEMA.ledgers[gone].name}》" in told for told in (one.why, *one.table.notes)), id_
        if one.has_chart and one.why:
            assert one.why in [t.get_text() for t in one.figure().texts]
            assert f"{one.why}。" in one.table.html()


def test_an_empty_ledger_says_so() -> None:
    frames = {name: f.iloc[:0] for name, f in FRAMES.items()}
    for id_ in ONE_A_FORM.values():
        one = made(id_, frames)
        assert one.why == "统计期内没有符合条件的记录", id_
        assert one.why in [t.get_text() for t in one.figure().texts]


# ── forms ────────────────────────────────────────────────────────────────────────────────────────────────────────

_CLOSED = Query("clues", (Fact("closed"),), by=(By("handler"),))


@pytest.mark.parametrize(
    ("expr", "form"),
    [
        (Query("clues", by=(By("received_on", "month"),)), "columns"),
        (Query("clues", by=(By("handler"),)), "bars"),
        (Query("clues", by=(By("handler"), By("status"))), "stacked"),
        (Query("clues", by=(By("handler"), By("received_on", "month"))), "heat"),
        (Query("clues", by=(By("received_on", "month"), By("source"))), "lines"),
        (Query("training", by=(By("score", edges=(60, 90)),)), "columns"),
        (Formula("ratio", _CLOSED, Query("clues", by=(By("handler"),))), "rates"),
        (Query("clues", by=(By("handler"),), measure=Measure("median", "days_to_close")), "bars"),
        (Query("clues"), "table"),
    ],
)
def test_an_answer_is_drawn_in_the_form_that_its_groups_ask_for(expr: Any, form: str) -> None:
    one = of(asker()(expr), SCHEMA)
    assert one.declared.form == form
    assert one.grid.bottom is None and one.grid.right is None  # no totals where nobody can count them
    if form != "table":
        assert one.figure().texts


def test_a_table_alone_has_no_picture(shown: dict[str, Exhibit]) -> None:
    with pytest.raises(QueryError, match="这是一张表"):
        shown["线索.各单位情况"].figure()
    with pytest.raises(QueryError, match="没有“pie”这种图"):
        of(asker()(Query("clues", by=(By("source"),))), SCHEMA, form="pie")


def test_the_forms_of_two_groupings_refuse_one() -> None:
    answer = asker()(Query("clues", by=(By("source"),)))
    with pytest.raises(QueryError, match="stacked 要按两项分组"):
        of(answer, SCHEMA, form="stacked")


# ── the same each time ───────────────────────────────────────────────────────────────────────────────────────────


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    runs = []
    for i, (seed, zone) in enumerate((("1", "Asia/Shanghai"), ("4242", "America/New_York"))):
        (folder := tmp_path / str(i)).mkdir()
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-m", "tests.unit.exhibiting", str(folder)]
        runs.append(
            subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
        )
    said = [run.communicate()[0] for run in runs]
    assert all(run.returncode == 0 for run in runs)
    assert len(said[0].splitlines()) == 3 * len(exhibiting.TWICE) + 3
    assert said[0] == said[1]


@pytest.mark.parametrize("form", ONE_A_FORM)
def test_pictures_look_as_the_golden_ones(form: str, shown: dict[str, Exhibit], tmp_path: Path) -> None:
    """Within a tolerance for other versions of the drawing library; python -m tests.unit.exhibiting --golden draws anew."""
    path = tmp_path / f"{form}.png"
    path.write_bytes(shown[ONE_A_FORM[form]].png(55))
    drawn, golden = (imread(p)[..., :3] for p in (path, GOLDEN / f"{form}.png"))
    assert drawn.shape == golden.shape
    off = np.abs(drawn - golden).max(axis=2)
    assert off.mean() < 0.01 and (off > 0.3).mean() < 0.01


def test_the_golden_pictures_would_notice(shown: dict[str, Exhibit], tmp_path: Path) -> None:
    """A column of another height is no tolerance."""
    path = tmp_path / "other.png"
    rows = [
        {"person": f"p{i}", "unit": "法院", "attended": True, "score": 95.0, "held_on": date(2021, 3, 1)}
        for i in range(9)
    ]
    path.write_bytes(made("轮训.成绩分布", {**FRAMES, "training": frame("training", rows)}).png(55))
    drawn, golden = (imread(p)[..., :3] for p in (path, GOLDEN / "columns.png"))
    assert drawn.shape == golden.shape and np.abs(drawn - golden).max(axis=2).mean() > 0.05


def test_svg_has_no_date_and_no_font(shown: dict[str, Exhibit]) -> None:
    text = shown["线索.来源"].svg().decode()
    assert "<dc:date>" not in text and "font-family" not in text and "Matplotlib" not in text


def test_a_notebook_shows_picture_and_table(shown: dict[str, Exhibit]) -> None:
    bundle = shown["线索.来源"]._repr_mimebundle_()
    assert bundle["text/html"].count("data:image/png;base64,") == 1
    assert "<table" in bundle["text/html"] and json.dumps(bundle)
