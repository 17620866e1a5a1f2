"""What no column tells is not counted as no: null where no sheet has the column, uncounted where some lack it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from zhengfa_stats.build import assemble
from zhengfa_stats.config import read_config
from zhengfa_stats.counting.answer import Answer, evaluate
from zhengfa_stats.reading.file import Context, read_file

CONFIG = read_config({"city": "示例市", "since": date(2021, 1, 1), "as_of": date(2021, 6, 30)})
DAY = date(2021, 2, 2)
Row = tuple[Any, ...]


def figures(folder: Path, **sheets: tuple[Row, ...]) -> Any:
    """A function from an indicator's key to its Answer, over one workbook a sheet."""
    for name, rows in sheets.items():
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(folder / f"{name}.xlsx")
    context = Context(CONFIG, b"k" * 32)
    frames = assemble([read_file(p, p.name, context) for p in sorted(folder.iterdir())], context).frames

    def figure(key: str) -> Answer:
        return evaluate(CONFIG.schema.indicators[key].of, frames, CONFIG.schema, CONFIG.clock, project=CONFIG.clock)

    return figure


BARE: tuple[Row, ...] = (
    ("市公安局线索台账",),
    ("线索编号", "收到日期", "被反映人"),
    ("G1", DAY, "张三"),
    ("G2", DAY, "李四"),
)
FULL: tuple[Row, ...] = (
    ("市检察院线索台账",),
    ("线索编号", "收到日期", "来源", "被反映人", "办理状态", "查结日期"),
    ("J1", DAY, "来信", "王五", "已查结", date(2021, 3, 1)),
)
CASES: tuple[Row, ...] = (
    ("市公安局处理台账",),
    ("姓名", "警号", "单位", "党纪处分", "处理日期"),
    ("张三", "1", "市公安局", "党内警告", DAY),
)


@pytest.mark.parametrize("key", ["线索.查结", "线索.在查", "线索.查结率", "线索.群众举报.收到"])
def test_a_column_that_no_sheet_has_leaves_the_figure_unknown(tmp_path: Path, key: str) -> None:
    answer = figures(tmp_path, a=BARE)(key)
    assert answer.value is None
    assert "一列" in answer.why


def test_what_needs_no_such_column_is_counted(tmp_path: Path) -> None:
    assert figures(tmp_path, a=BARE)("线索.收到").value == 2


@pytest.mark.parametrize(
    "key", ["处理.处级", "处理.班子成员", "处理.第一种形态", "处理.留置", "处理.立案", "处理.移送司法"]
)
def test_cases_without_the_column(tmp_path: Path, key: str) -> None:
    figure = figures(tmp_path, a=CASES)
    assert figure(key).value is None
    assert figure("处理.纪律处分").value == 1
    assert figure("处理.总人数").value == 1


def test_where_some_sheets_lack_the_column_their_rows_are_uncounted(tmp_path: Path) -> None:
    figure = figures(tmp_path, a=BARE, b=FULL)
    assert (figure("线索.查结").value, figure("线索.查结").n_uncounted) == (1, 2)
    assert (figure("线索.群众举报.收到").value, figure("线索.群众举报.收到").n_uncounted) == (1, 2)
    assert figure("线索.收到").n_uncounted == 0


def test_a_closing_date_alone_tells_the_status(tmp_path: Path) -> None:
    rows = (
        ("市公安局线索台账",),
        ("线索编号", "收到日期", "查结日期"),
        ("G1", DAY, date(2021, 3, 1)),
        ("G2", DAY, None),
    )
    figure = figures(tmp_path, a=rows)
    assert (figure("线索.查结").value, figure("线索.在查").value) == (1, 1)
    assert figure("线索.查结").n_uncounted == 0


def test_a_list_of_scores_tells_who_attended(tmp_path: Path) -> None:
    header = ("姓名", "警号", "单位", "成绩", "培训日期")
    rows = (("市公安局政治轮训成绩",), header, ("张三", "1", "市公安局", 95, DAY), ("李四", "2", "市公安局", 50, DAY))
    figure = figures(tmp_path, a=rows)
    assert [figure(f"轮训.{k}").value for k in ("参训人数", "合格率", "优秀率")] == [2, 50, 50]


def test_a_list_without_attendance_says_so(tmp_path: Path) -> None:
    rows = (
        ("市公安局政治轮训台账",),
        ("姓名", "警号", "单位", "课程", "培训日期"),
        ("张三", "1", "市公安局", "一期", DAY),
    )
    answer = figures(tmp_path, a=rows)("轮训.参训人数")
    assert answer.value is None
    assert "参训" in answer.why


def test_tasks_without_a_status(tmp_path: Path) -> None:
    rows = (("市公安局整改台账",), ("存在问题", "整改措施", "整改期限"), ("问题一", "措施一", DAY))
    assert figures(tmp_path, a=rows)("整改.完成率").value is None


def test_a_sheet_with_a_date_column_that_cannot_be_read_is_not_undated(tmp_path: Path) -> None:
    header = ("线索编号", "来件日子", "被反映人", "办理情况")
    rows = (
        ("市公安局线索台账",),
        header,
        ("J1", date(2020, 6, 1), "张三", "正在核查"),
        ("J2", DAY, "李四", "正在核查"),
    )
    answer = figures(tmp_path, a=rows)("线索.收到")
    assert answer.value is None
    assert "收到日期" in answer.why
    other = figures(tmp_path, b=FULL)("线索.收到")
    assert (other.value, other.n_uncounted) == (1, 2)


def test_a_bare_serial_is_each_senders_own(tmp_path: Path) -> None:
    header = ("编号", "收到日期", "被反映人", "办理状态")
    police = (("市公安局线索台账",), header, ("001", DAY, "张三", "在办"))
    court = (("市法院线索台账",), header, ("001", DAY, "王五", "在办"))
    assert figures(tmp_path, a=police, b=court)("线索.收到").value == 2


def test_a_number_that_names_its_issuer_is_one_clue(tmp_path: Path) -> None:
    header = ("编号", "收到日期", "被反映人", "办理状态")
    police = (("市公安局线索台账",), header, ("政线2021-001", DAY, "张三", "在办"))
    court = (("市法院线索台账",), header, ("政线2021-001", DAY, "张叁", "在办"))
    assert figures(tmp_path, a=police, b=court)("线索.收到").value == 1
