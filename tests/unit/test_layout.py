"""Layout against drawn sheets: one tiny sheet a form, and workbooks in other trades' manner."""

from __future__ import annotations

import gc
import time
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.foreign import Drawn, draw, drawings, roles_of, write_xlsx
from zhengfa_stats.reading.layout import HeaderPin, lay_out, span_of_data
from zhengfa_stats.reading.sheets import Role, Rows, Sheet
from zhengfa_stats.records import Range

FORMS = drawings()
FOREIGN = drawings("foreign")


@pytest.mark.parametrize("drawn", FORMS + FOREIGN, ids=lambda d: d.name)
def test_rows_have_their_roles(drawn: Drawn) -> None:
    layout = lay_out(drawn.sheet)
    got = roles_of(layout, len(drawn.roles))
    assert list(got) == list(drawn.roles), [str(t.range) for t in layout.tables]
    if drawn.columns:
        assert tuple(tuple(c.header for c in t.columns) for t in layout.tables) == drawn.columns
    if drawn.fills is not None:
        assert {k: v for t in layout.tables for k, v in t.fills.items()} == drawn.fills


def test_enough_foreign_workbooks() -> None:
    assert len(FOREIGN) >= 20


@pytest.mark.parametrize("drawn", FOREIGN[:3], ids=lambda d: d.name)
def test_a_drawing_as_xlsx_reads_alike(drawn: Drawn, tmp_path: Path) -> None:
    page = CalamineWorkbook.from_path(str(write_xlsx(drawn, tmp_path / "a.xlsx"))).get_sheet_by_index(0)
    rows: Rows = [[None if v == "" else v for v in row] for row in page.to_python(skip_empty_area=False)]
    merges = tuple(Range(a[0] + 1, a[1] + 1, b[0] + 1, b[1] + 1) for a, b in page.merged_cell_ranges or ())
    assert roles_of(lay_out(Sheet("a", rows, merges)), len(drawn.roles)) == drawn.roles


def test_title_notes_and_sections_are_told() -> None:
    table = lay_out(
        draw(
            """
t | 某市\\n线索台账 | < | <
n | 填报单位：某局 | | 截至6月30日
h | 序号 | 线索编号 | 状态
s | 一、来信 | |
b | 1 | X1 | 在办
b | 2 | X2 | 办结
f | 注：无。 | |
"""
        ).sheet
    ).tables[0]
    assert table.title == "某市线索台账"
    assert table.notes == ("填报单位：某局", "截至6月30日", "注：无。")
    assert table.sections == {4: "一、来信"}
    assert span_of_data(table) == (4, 6)
    assert table.first_header() == (3,)


def test_a_title_over_two_lists_names_both() -> None:
    drawn = next(d for d in FOREIGN if d.name == "contact_list_side_by_side")
    assert [t.title for t in lay_out(drawn.sheet).tables] == ["通讯录", "通讯录"]


def test_tables_side_by_side_have_their_own_titles() -> None:
    drawn = next(d for d in FORMS if d.name == "side_by_side_titled")
    assert [t.title for t in lay_out(drawn.sheet).tables] == ["收入表", "支出表"]


def test_header_names_keep_their_inner_spaces() -> None:
    drawn = draw("h | '姓__名 | '职_\\n位_ | 金额\nb | 某甲 | 科员 | 3\nb | 某乙 | 科员 | 4")
    assert [c.header for c in lay_out(drawn.sheet).tables[0].columns] == ["姓  名", "职 位", "金额"]


# A header in words of a trade of its own, which only a declaration can tell from the list under it.
STRANGE = "b | 甲子 | 乙丑 | 丁卯\nb | 丙寅 | 丁卯 | 丁卯\nb | 戊辰 | 己巳 | 丁卯\nb | 庚午 | 辛未 | 丁卯"


def test_a_declared_name_is_evidence() -> None:
    sheet = draw(STRANGE).sheet
    assert lay_out(sheet).tables == ()
    table = lay_out(sheet, known={"甲子", "乙丑"}.__contains__).tables[0]
    assert table.first_header() == (1,)


def test_a_pin_says_where_the_header_is() -> None:
    sheet = draw(
        """
b | 某甲 | 某乙 | 3
b | 子 | 丑 | 寅
b | 卯 | 辰 | 巳
b | 1 | 2 | 3
b | 4 | 5 | 6
b | 7 | 8 | 9
"""
    ).sheet
    layout = lay_out(sheet, pin=HeaderPin(header_rows=(2, 3), last_row=5))
    table = layout.tables[0]
    assert table.rows_of(Role.HEADER) == (2, 3)
    assert table.rows_of(Role.BODY) == (4, 5)
    assert [c.header for c in table.columns] == ["子/卯", "丑/辰", "寅/巳"]
    assert layout.outside == (6,)


def test_a_pin_beyond_the_sheet_gives_no_table() -> None:
    sheet = draw("h | 姓名 | 单位\nb | 某甲 | 甲局").sheet
    assert lay_out(sheet, pin=HeaderPin((9,))).outside == (1, 2)


def test_rows_of_different_length_and_hidden_rows_count() -> None:
    sheet = Sheet("表", [["姓名", "单位", "金额"], ["某甲", "甲局", 3.0], ["某乙", "乙局"]], hidden_rows=frozenset({2}))
    assert lay_out(sheet).tables[0].rows_of(Role.BODY) == (2, 3)


HEADER = ["序号", "来源", "单位", "金额", "日期", "备注"]


def test_merges_of_totals_and_sections_fill_nothing() -> None:
    rows: Rows = [["单位", "科室", "人数"], ["甲局", "一科", 3.0], [None, "二科", 4.0], [None, "小计", 7.0]]
    table = lay_out(Sheet("表", rows, (Range(2, 1, 4, 1),))).tables[0]
    assert table.fills == {"A3": "A2"}


@pytest.mark.parametrize("shape", ["long", "merged", "thin"])
def test_what_a_sheet_costs_does_not_grow_with_its_square(shape: str) -> None:
    """Four times the rows may take some four times the processor's time; sixteen would be the square."""
    few, many = (min(cost(large(shape, rows)) for _ in range(3)) for rows in (5000, 20000))
    assert many < 10 * few


def cost(sheet: Sheet) -> float:
    gc.collect()
    gc.disable()  # the tests before have left much that a collection would go through
    start = time.process_time()
    table = lay_out(sheet).tables[0]
    taken = time.process_time() - start
    gc.enable()
    assert len(table.rows_of(Role.BODY, Role.PRENUMBERED)) == len(sheet.rows) - 1
    return taken


def large(shape: str, n: int) -> Sheet:
    day = date(2021, 1, 1)
    rows: Rows = [[float(i), f"来信{i}", "甲局", 3.0, day, f"无{i}"] for i in range(1, n + 1)]
    merges: tuple[Range, ...] = ()
    if shape == "merged":
        rows = [row if i % 2 == 0 else [*row[:2], None, *row[3:]] for i, row in enumerate(rows)]
        merges = tuple(Range(2 + 2 * i, 3, 3 + 2 * i, 3) for i in range(n // 2))
    if shape == "thin":
        rows = [[float(i), *([None] * 5)] for i in range(1, n + 1)]
    return Sheet("表", [list(HEADER), *rows], merges)
