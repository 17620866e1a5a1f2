"""Whatever a sheet is put together from, each of its rows and records is accounted for, and no row counts twice."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from zhengfa_stats.build import assemble
from zhengfa_stats.config import Config, read_config
from zhengfa_stats.reading.file import Context, FileRead, read_sheet
from zhengfa_stats.reading.privacy import Named
from zhengfa_stats.reading.sheets import Cell, Sheet

HEADERS = (
    ("序号", "线索编号", "收到日期", "被反映人", "办理状态", "查结日期"),
    ("编号", "受理时间", "反映对象", "办理情况", "办结时间", "举报人"),
    ("序号", "姓名", "单位", "职级", "处分种类", "处理日期"),
    ("序号", "活动类型", "时间", "地点", "主题", "数量"),
    ("项目", "一月", "二月", "三月", "备注", "其他"),
)
NUMBERS = st.sampled_from(("X1", "X2", "X3", "2021-7", 7.0, None, "/"))
DATES = st.sampled_from(("2021-03-05", "2021年3月", date(2021, 5, 1), "2021.13.5", 44260.0, None, "无", "同上", "〃"))
WORDS = st.sampled_from(
    ("张三", "李四、王五", "公安局", "已查结", "党内警告", "红色教育", "科员", None, "√", "同上", "", 3.0, "甲乙丙丁")
)
CELLS = st.one_of(NUMBERS, DATES, WORDS)
WIDTH = 6


def one_cell(text: str) -> list[Cell]:
    return [text, *[None] * (WIDTH - 1)]


BODY = st.lists(CELLS, min_size=WIDTH, max_size=WIDTH).map(list)
ASIDE = st.sampled_from(
    [
        one_cell("一、公安局"),
        one_cell("（二）法院"),
        ["合计", None, None, "共3条", None, None],
        ["小计", 3.0, None, None, None, None],
        [4.0, *[None] * 5],
        [None] * WIDTH,
        one_cell("填表人：某某　　审核人：某某"),
        one_cell("注：本表由各单位填报"),
    ]
)
TOP = st.lists(
    st.sampled_from(
        [one_cell("公安局线索台账"), one_cell("填报单位：市公安局"), [None] * WIDTH, one_cell("截至2021年6月30日")]
    ),
    max_size=3,
)
TABLE = st.tuples(
    TOP,
    st.sampled_from(HEADERS).map(lambda h: [list(h)]),
    st.lists(st.one_of(BODY, BODY, BODY, ASIDE), max_size=8),
).map(lambda parts: [row for part in parts for row in part])
SHEETS = st.lists(TABLE, min_size=1, max_size=2).map(lambda tables: [row for table in tables for row in table])


@lru_cache
def config() -> Config:
    return read_config({"city": "示例市", "since": date(2021, 1, 1), "as_of": date(2021, 6, 30)})


@settings(max_examples=40)
@given(st.lists(SHEETS, min_size=1, max_size=2))
def test_every_row_and_record_is_accounted_for(sheets: list[list[list[Cell]]]) -> None:
    context = Context(config(), b"k" * 32)
    files = []
    for i, rows in enumerate(sheets):
        read = FileRead(f"{i}.xlsx")
        read_sheet(Sheet("表", [list(row) for row in rows]), read, context, Named(context.key))
        files.append(read)
    built = assemble(files, context)  # raises AccountingError itself where a row is lost
    for sheet, rows in zip(built.sheets, sheets, strict=True):
        filled = {n for n, row in enumerate(rows, start=1) if any(cell not in (None, "") for cell in row)}
        covered = {r for t in sheet.tables for r in range(t.range.top, t.range.bottom + 1)}
        assert filled == (filled & covered) | set(sheet.outside)
        assert not covered & set(sheet.outside)
        for table in sheet.tables:
            assert int(table.rows) == table.range.bottom - table.range.top + 1
            assert table.records == table.rows.body
            assert table.records == table.kept + table.merged + table.superseded + table.set_aside
    stored = sum(len(f.drop_duplicates(["source_file", "source_table", "source_row"])) for f in built.frames.values())
    assert stored == sum(t.kept for s in built.sheets for t in s.tables)
