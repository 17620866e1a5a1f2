"""An upper office's form: filled by row and column, everything else in the file as it was; what nobody can say is left."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import canonicalize

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.formula import ArrayFormula

from tests.unit.documenting import FIGURES, desk, schema
from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.filling import Plan
from zhengfa_stats.documents.judging import Judged
from zhengfa_stats.documents.sheetcheck import check_workbook, mark_workbook
from zhengfa_stats.documents.sheets import fill_workbook
from zhengfa_stats.errors import DocumentError
from zhengfa_stats.query import Clock, Expr, In, queries

UNITS = {"公安局": 40.0, "法院": 19.0, "检察院": 28.0}


def by_unit(expr: Expr) -> Answer:
    """Forty of the police, whatever is counted."""
    units = [
        t for q in queries(expr) for w in (*q.where, *q.having) if isinstance(w, In) for t in w.terms if t in UNITS
    ]
    return Answer(expr, Clock(*_days()), (((), UNITS.get(str(units[0]) if units else "", 0.0)),))


def _days() -> tuple[Any, Any]:
    clock = desk().clock
    return clock.since, clock.as_of


def counting(whole: float | None = None) -> Desk:
    figures = {**FIGURES, **({"线索.收到": whole, "处理.总人数": whole} if whole else {})}
    return Desk(**{**vars(desk(figures)), "count": by_unit, "_known": {}})


def book(rows: Sequence[Sequence[Any]], merges: Sequence[str] = (), name: str = "汇总") -> Workbook:
    made = Workbook()
    made.active.title = name
    for row in rows:
        made.active.append(list(row))
    for merge in merges:
        made.active.merge_cells(merge)
    return made


def filled(made: Workbook, of: Desk | None = None) -> tuple[Any, Plan]:
    out = io.BytesIO()
    made.save(out)
    data, plan = fill_workbook(out.getvalue(), "表.xlsx", of or counting())
    return load_workbook(io.BytesIO(data)).active, plan


def judged(made: Workbook, of: Desk | None = None) -> list[Judged]:
    out = io.BytesIO()
    made.save(out)
    return check_workbook(out.getvalue(), "表.xlsx", of or counting(), schema())


UNIT_FORM = [
    ["政法队伍建设情况统计表"],
    ["填报单位：市委政法委", None, None, None, "单位：件、人"],
    ["单位", "线索", None, "处理", "备注"],
    [None, "收到", "查结", "人数"],
    ["公安局"],
    ["法院", None, "***"],
    ["检察院"],
    ["填表人：", None, "审核人："],
]
MERGES = ("A1:E1", "A3:A4", "B3:C3", "E3:E4")


def test_rows_of_units_under_a_header_of_two_rows() -> None:
    sheet, plan = filled(book(UNIT_FORM, MERGES))
    assert [[c.value for c in row] for row in sheet["A5:E7"]] == [
        ["公安局", 40, 40, 40, None],
        ["法院", 19, 19, 19, None],
        ["检察院", 28, 28, 28, None],
    ]
    assert sheet["B8"].value is None and not plan.left
    assert {e.where: e.key for e in plan.edits}["汇总!C6"] == "线索.查结"


def test_rows_of_indicators_and_a_column_of_months() -> None:
    made = book([["指标", "数量"], ["收到线索"], ["其中：群众举报"], ["查结线索"], ["慰问困难群众"], ["处理人数"]])
    sheet, plan = filled(made, desk({**FIGURES, "线索.群众举报.收到": 87}))
    assert [row[1].value for row in sheet["A2:B6"]] == [311, 87, 236, None, 85]
    assert [(x.where, "慰问困难群众" in x.why) for x in plan.left] == [("汇总!B5", True)]


def test_this_period_beside_the_total_needs_its_first_day() -> None:
    made = [["指标", "本期", "累计"], ["收到线索"], ["查结线索"]]
    sheet, plan = filled(book(made), desk())
    assert [row[2].value for row in sheet["A2:C3"]] == [311, 236]
    assert [x.where for x in plan.left] == ["汇总!B2", "汇总!B3"] and "--since" in plan.left[0].why


def test_formulas_formats_and_merges_stay() -> None:
    made = book([*UNIT_FORM[:7], ["合计", "=SUM(B5:B7)", None, "=SUM(D5:D7)"]], MERGES)
    sheet = made.active
    sheet["B5"].font, sheet["B5"].alignment = Font(name="仿宋", size=14, bold=True), Alignment("center")
    sheet["B5"].number_format = "#,##0"
    sheet.column_dimensions["A"].width = 31
    out, plan = filled(made, counting(87))
    assert out["B8"].value == "=SUM(B5:B7)" and out["D8"].value == "=SUM(D5:D7)"
    assert (out["B5"].value, out["B5"].font.name, out["B5"].font.b, out["B5"].number_format) == (
        40,
        "仿宋",
        True,
        "#,##0",
    )
    assert out.column_dimensions["A"].width == 31
    assert sorted(map(str, out.merged_cells.ranges)) == sorted(MERGES)
    assert not any(e.where in ("汇总!B8", "汇总!D8") for e in plan.edits)


@pytest.mark.parametrize(("whole", "total"), [(87, 87), (128, None)])
def test_a_total_is_filled_only_where_it_is_the_sum(whole: int, total: int | None) -> None:
    sheet, plan = filled(book([["单位", "收到线索数"], ["公安局"], ["法院"], ["检察院"], ["合计"]]), counting(whole))
    assert sheet["B5"].value == total
    assert [x.why for x in plan.left] == ([] if total else ["各行之和是87，全部单位是128，看不出合计要哪一个"])


def test_a_region_that_sent_nothing_is_not_nought() -> None:
    of = Desk(**{**vars(counting()), "regions_of": {"clues": frozenset({"甲县"})}, "_known": {}})
    sheet, plan = filled(book([["县区", "收到线索数"], ["甲县"], ["乙县"]]), of)
    assert [sheet["B2"].value, sheet["B3"].value] == [0, None]
    assert plan.left[0].why == "乙县没有报送这类台账，不能当作0"


def test_a_rate_goes_into_a_cell_as_the_cell_shows_it() -> None:
    made = book([["指标", "数值"], ["收到线索"], ["线索查结率"], ["查结线索"]])
    made.active["B3"].number_format = "0.00%"
    sheet, _ = filled(made, desk())
    assert sheet["B3"].value == pytest.approx(0.7588)


def test_tags_and_sentences_in_cells() -> None:
    sheet, plan = filled(book([["{{线索.收到}}", "说明：共收到线索***条，其中{{没有}}条"]]), desk())
    assert sheet["A1"].value == 311
    assert sheet["B1"].value == "说明：共收到线索311条，其中{{没有}}条"
    assert any("没有" in x.why for x in plan.left)


def test_the_bytes_do_not_vary() -> None:
    out = io.BytesIO()
    book(UNIT_FORM, MERGES).save(out)
    runs = {fill_workbook(out.getvalue(), "表.xlsx", counting())[0] for _ in range(2)}
    assert len(runs) == 1


def test_each_cell_is_verified_and_each_total() -> None:
    rows = [["单位", "收到线索数"], ["公安局", 40], ["法院", 18], ["检察院", 28], ["合计", 87]]
    found = {j.where: (j.verdict, j.write_instead) for j in judged(book(rows), counting(87))}
    assert found == {
        "汇总!B2": ("match", "40"),
        "汇总!B3": ("differs", "19"),
        "汇总!B4": ("match", "28"),
        "汇总!B5": ("match", "87"),
    }
    (wrong,) = [j for j in judged(book([*rows[:4], ["合计", 88]]), counting(87)) if j.where == "汇总!B5"]
    assert (wrong.verdict, wrong.why) == ("differs", "表中88，按数据是87；合计写的是88，各行之和是86")


def test_totals_are_checked_without_data() -> None:
    out = io.BytesIO()
    book([["单位", "收到线索数"], ["公安局", 40], ["法院", 19], ["检察院", 28], ["合计", 88]]).save(out)
    found = [j for j in check_workbook(out.getvalue(), "表.xlsx", None, schema()) if j.verdict == "does_not_add_up"]
    assert [(j.where, j.why) for j in found] == [("汇总!B5", "合计写的是88，各行之和是87")]


def test_a_marked_workbook_has_notes_on_its_cells() -> None:
    made = book([["单位", "收到线索数"], ["公安局", 41], ["法院", 19], ["检察院", 28]])
    out = io.BytesIO()
    made.save(out)
    found = judged(made)
    marked = [mark_workbook(out.getvalue(), "表.xlsx", found, counting(), False) for _ in range(2)]
    assert marked[0] == marked[1]
    sheet = load_workbook(io.BytesIO(marked[0])).active
    assert "应写：40" in sheet["B2"].comment.text and sheet["B3"].comment is None


def _alike(one: bytes, other: bytes) -> bool:
    return one == other or canonicalize(one.decode()) == canonicalize(other.decode())


@pytest.mark.parametrize("has_note", [False, True])
def test_a_marked_workbook_keeps_its_charts(has_note: bool) -> None:
    """All parts but the notes and what names them are those of the original."""
    made = book([["单位", "收到线索数"], ["公安局", 41], ["法院", 19], ["检察院", 28]])
    chart = BarChart()
    chart.add_data(Reference(made.active, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    made.active.add_chart(chart, "D2")
    if has_note:
        made.active["A1"].comment = Comment("原有的批注", "甲")
    out = io.BytesIO()
    made.save(out)
    marked = mark_workbook(out.getvalue(), "表.xlsx", judged(made), counting(), False)
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as old, zipfile.ZipFile(io.BytesIO(marked)) as new:
        changed = {n for n in new.namelist() if n not in old.namelist() or not _alike(new.read(n), old.read(n))}
        assert set(old.namelist()) <= set(new.namelist()) and "xl/charts/chart1.xml" in new.namelist()
        named = ("comment", "vml", "sheet1.xml", "[Content_Types].xml", "Notes")
        assert all(any(word in name for word in named) for name in changed), changed
    sheet = load_workbook(io.BytesIO(marked)).active
    assert "应写：40" in sheet["B2"].comment.text and len(sheet._charts) == 1
    assert not has_note or sheet["A1"].comment.text == "原有的批注"


def test_another_cut_off_date_on_the_form_is_said() -> None:
    form = [["情况统计表"], ["填报单位：政法委", "截至2021年5月31日"], ["指标", "数量"], ["收到线索"], ["查结线索"]]
    _, plan = filled(book(form, ["A1:B1"]), desk())
    assert plan.remarks == [
        "汇总：表上写的是截至2021年5月31日，填的数截至2021年6月30日；请核对，或加 --as-of 2021-05-31"
    ]
    form[1][1] = "截至2021年6月30日"
    assert filled(book(form, ["A1:B1"]), desk())[1].remarks == []


def rewritten(part: str, old: bytes, new: bytes) -> bytes:
    """A form of two figures, with the parts of a name changed within."""
    out, other = io.BytesIO(), io.BytesIO()
    book([["指标", "数量"], ["收到线索", None], ["查结线索", 7]]).save(out)
    with zipfile.ZipFile(out) as source, zipfile.ZipFile(other, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, re.sub(old, new, data) if name.startswith(part) else data)
    return other.getvalue()


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/", rb'(<(?:c|row)) r="[A-Z0-9]+"', rb"\1"),  # cells do not say where they stand
        ("_rels/", rb"package/2006", b"pacage/2006"),  # nothing says which part is the workbook: it has its usual name
    ],
)
def test_cells_of_an_untidy_workbook_are_found(part: str, old: bytes, new: bytes) -> None:
    data, _ = fill_workbook(rewritten(part, old, new), "表.xlsx", desk())
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"<v>(.*?)</v>", sheet) == ["311", "236"]


def test_a_sheet_whose_cells_are_under_another_name_is_refused() -> None:
    data = rewritten("xl/worksheets/", rb"spreadsheetml/2006", b"spreadsheet/2006")
    with pytest.raises(DocumentError, match="没有单元格"):
        fill_workbook(data, "表.xlsx", desk())


def test_the_cells_of_an_array_formula_stay() -> None:
    made = book([["指标", "数量", "去年"], ["收到线索", None, 5], ["查结线索", None, 6]])
    made.active["B2"] = ArrayFormula("B2:B3", "=C2:C3*2")
    _, plan = filled(made, desk())
    assert not any(e.where in ("汇总!B2", "汇总!B3") for e in plan.edits)
