"""The page of a chart: no text off it or on another, a glyph for every letter, colours that every eye and printer tells apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import matplotlib
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from tests.unit.exhibiting import CLOCK, DECLARED, FRAMES, SCHEMA, asker, frame, made, shown
from zhengfa_stats.exhibits import of, style
from zhengfa_stats.query import By, Clock, Fact, Formula, Query, narrow

CHARTS = [id_ for id_, one in DECLARED.items() if one.form != "table"]
RARE = "\U00020bb7"  # a character that the font lacks


def texts(figure: Figure) -> Iterator[Text]:
    """Every text of a figure that can be seen."""
    FigureCanvasAgg(figure).draw()
    yield from (t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip())  # type: ignore[misc,attr-defined]


def check_page(figure: Figure) -> None:
    """No text leaves the page or lies on another."""
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts(figure)]
    page = figure.bbox
    for text, box in boxes:
        inside = page.x0 - 1 <= box.x0 and box.x1 <= page.x1 + 1 and page.y0 - 1 <= box.y0 and box.y1 <= page.y1 + 1
        assert inside, f"“{text}” leaves the page"
    for i, (a, one) in enumerate(boxes):
        for b, other in boxes[i + 1 :]:
            across = min(one.x1, other.x1) - max(one.x0, other.x0)
            down = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert across <= 2 or down <= 3, f"“{a}” lies on “{b}”"


def check_glyphs(figure: Figure) -> None:
    for text in texts(figure):
        assert text.get_fontname() == style.font_name()
        missing = [c for c in text.get_text() if c != "\n" and ord(c) not in style.glyphs()]
        assert not missing, f"{missing} in “{text.get_text()}”"


@pytest.mark.parametrize("id_", CHARTS)
def test_every_text_is_on_the_page_and_has_glyphs(id_: str) -> None:
    figure = shown()[id_].figure()
    check_page(figure)
    check_glyphs(figure)


# ── names that nobody foresaw ────────────────────────────────────────────────────────────────────────────────────

UNITS = (
    "<script>alert('x')</script>",
    f"A{RARE}局$x$",
    "喆堃祎玥公安局",
    "某某市某某区人民法院执行局第二分局综合审判庭（派驻某某经济技术开发区）",
    "=1+1",
    *(f"第{i}人民检察院派驻检察室" for i in range(24)),
)


def _clue(i: int) -> dict[str, Any]:
    return {
        "clue_no": f"X{i}",
        "received_on": date(2021, 1 + i % 6, 3),
        "source": ("来信", "上级交办", "自查发现")[i % 3],
        "handler": UNITS[i % len(UNITS)],
        "status": ("已查结", "正在核查", "移送")[i % 3],
        "closed_on": date(2021, 6, 30) if i % 3 == 0 else None,
    }


CROWDED = {**FRAMES, "clues": frame("clues", [_clue(i) for i in range(290)])}


def crowd(form: str) -> Any:
    by = (By("handler"),) if form in ("bars", "rates") else (By("handler"), By("status"))
    query = Query("clues", by=by)
    expr = Formula("ratio", narrow(query, Fact("closed")), query) if form == "rates" else query
    count = asker(CROWDED)
    return of(count(expr), SCHEMA, "各单位线索", form, count=count)


@pytest.mark.parametrize("form", ["bars", "rates", "stacked", "shares", "heat"])
def test_long_and_strange_names_fit(form: str) -> None:
    figure = crowd(form).figure()
    check_glyphs(figure)
    check_page(figure)
    written = [t.get_text() for t in figure.texts]
    assert f"A{style.MISSING}局$x$" in written  # no mathematics
    assert any(f"有1个字字体里没有，图上写作“{style.MISSING}”" in t for t in written)
    assert any("另有5项见表" in t for t in written)


@pytest.mark.parametrize("by", [(By("source"), By("handler")), (By("handler"), By("received_on", "month"))])
def test_many_columns_are_cut_to_what_has_room(by: tuple[By, ...]) -> None:
    count = asker(CROWDED, Clock(date(2019, 6, 1), CLOCK.as_of))
    one = of(count(Query("clues", by=by)), SCHEMA, "多列", "heat", count=count)
    figure = one.figure()
    check_page(figure)
    left_out = len(one.grid.columns) - 14
    assert left_out > 0 and any(f"另有{left_out}项见表" in t.get_text() for t in figure.texts)
    assert len(one.table.header) == len(one.grid.columns) + 2


def test_totals_that_nobody_broke_down_are_shown_as_such() -> None:
    one = made("线索.单位与状态")
    assert one.grid.right is not None and not one.grid.remarks
    more = tuple(c._replace(value=(c.value or 0) + 7 * (i == 1)) for i, c in enumerate(one.grid.right))
    other = replace(one, grid=replace(one.grid, right=more))
    figure = other.figure()
    check_page(figure)
    written = [t.get_text() for t in figure.texts]
    assert "只报总数" in written and "7" in written
    assert "合计含只报总数、没有分组的数，大于各组之和。" in written


def test_columns_lie_down_where_names_have_no_room() -> None:
    count = asker(CROWDED)
    one = of(count(Query("clues", by=(By("handler"),))), SCHEMA, "各单位", "columns", count=count)
    check_page(one.figure())


def test_the_table_has_what_the_chart_leaves_out() -> None:
    table = crowd("stacked").table
    assert len(table.rows) == len(UNITS) + 1
    html = table.html()
    assert "<script" not in html and "&lt;script&gt;" in html and f"A{RARE}局$x$" in html


def test_many_lines_and_many_months() -> None:
    clock = Clock(date(2018, 12, 1), CLOCK.as_of)
    check_page(made("线索.逐月收结", clock=clock).figure())
    answer = asker(clock=clock)(Query("clues", by=(By("received_on", "month"), By("source", "term"))))
    one = of(answer, SCHEMA, "来源", "lines", count=asker(clock=clock))
    check_page(one.figure())
    assert len(one.grid.rows) == 31 and len(one.grid.columns) == 6
    assert any("另有1项见表" in t.get_text() for t in one.figure().texts)


def test_minus_signs_are_minus_signs() -> None:
    written = [t.get_text() for ax in made("线索.结转收支").figure().axes for t in ax.texts]
    assert any(t.startswith("\u2212") for t in written)
    difference = Formula("difference", Query("clues", (Fact("open"),)), Query("clues", (Fact("closed"),)))
    one = of(asker()(narrow(difference, by=(By("handler"),))), SCHEMA, "差")
    assert any("\u2212" in t.get_text() for t in texts(one.figure()))
    check_page(one.figure())


# ── colours and letters ──────────────────────────────────────────────────────────────────────────────────────────

_CVD = {  # Machado, Oliveira, Fernandes 2009, severity 1
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritan": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))


def lab(colour: str, seen: Any) -> Any:
    """A colour in CIE Lab as an eye sees it."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array(_XYZ) @ np.clip(np.array(seen) @ linear, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("eye", ["normal", *_CVD])
def test_series_are_told_apart_by_every_eye(eye: str) -> None:
    seen = [lab(c, _CVD.get(eye, np.eye(3))) for c in style.SERIES]
    assert min(np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[i + 1 :]) > 25


def test_series_are_told_apart_in_grey() -> None:
    tones = sorted(style.lightness(c) for c in style.SERIES)
    assert all(b - a > 12 for a, b in pairwise(tones))
    ramp = [style.lightness(style.ramp(i / 10)) for i in range(11)]
    assert all(a > b for a, b in pairwise(ramp))


@pytest.mark.parametrize("colour", [*style.SERIES, *(style.ramp(i / 10) for i in range(11)), style.VAGUE])
def test_text_on_a_colour_can_be_read(colour: str) -> None:
    """The contrast that WCAG asks of larger text, 3 to 1."""
    light, dark = sorted((_luminance(colour), _luminance(style.ink_on(colour))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) > 3


def _luminance(colour: str) -> float:
    lightness = style.lightness(colour)
    return float(((lightness + 16) / 116) ** 3 if lightness > 8 else lightness / 903.3)


def test_the_font_is_the_one_that_pip_brought() -> None:
    assert "pylopdf_fonts_zh_cn" in str(style.font_path())
    assert all(ord(c) in style.glyphs() for c in "喆堃祎玥〓\u2212“”《》％—…·（）：；")
    assert style.drawable("喆堃祎玥") == "喆堃祎玥"
    assert style.drawable(f"{RARE}\u200b\n某") == "〓 某"
    assert style.lacks(f"{RARE}某{RARE}") == 2


def test_the_users_own_settings_change_no_exhibit() -> None:
    before = made("线索.来源").png(50)
    odd = {
        "font.size": 30,
        "axes.facecolor": "red",
        "savefig.dpi": 10,
        "figure.autolayout": True,
        "savefig.bbox": "tight",
    }
    with matplotlib.rc_context(odd):  # type: ignore[arg-type]
        assert made("线索.来源").png(50) == before


def test_lines_break_where_they_may() -> None:
    text = "违规违法减刑、假释、暂予监外执行，共12337件"
    lines = style.wrap(text, 9, 1.2, 4)
    assert "".join(lines) == text and len(lines) > 1
    assert not any(line[0] in "、，" for line in lines)
    assert any("12337" in line for line in lines)
    cut = style.wrap("很长" * 40, 9, 1.0, 2)
    assert len(cut) == 2 and cut[1].endswith("…") and style.width(cut[1], 9) <= 1.0
    assert style.wrap("", 9, 1.0) == [""]


def test_lines_are_as_long_as_one_another() -> None:
    lines = style.wrap("专班成员单位", 9, style.width("专班成员单", 9), 3)
    assert lines == ["专班成", "员单位"]
