"""Transferred clues: one clue, its state from the unit that handles it now, its first receipt from whoever had it first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.unit.summaries import City, write

HEADER = ("线索编号", "原编号", "收到日期", "被反映人", "线索来源", "办理状态", "查结日期")


def book(folder: Path, unit: str, *rows: tuple[str | None, ...]) -> None:
    write(folder / f"{unit}线索.xlsx", [(f"{unit}线索台账（截至2021年6月30日）",), HEADER, *rows])


def handed_on(folder: Path, *, first: str = "2021-05-20", subject: str = "张三") -> City:
    book(folder, "市纪委监委", ("J1", None, first, "张三", "来信", "移送", None))
    book(folder, "市公安局", ("G1", "J1", "2021-06-05", subject, "部门移送", "已查结", "2021-06-20"))
    return City(folder)


def test_a_later_transfer_takes_no_clue_from_an_earlier_cut_off(tmp_path: Path) -> None:
    city = handed_on(tmp_path)
    keys = ("线索.收到", "线索.查结", "线索.在查", "线索.群众举报.收到")
    assert [city.figure(k, date(2021, 5, 31)).value for k in keys] == [1, 0, 1, 1]
    assert [city.figure(k).value for k in keys] == [1, 1, 0, 1]


def test_first_received_before_the_period_it_is_carried_over(tmp_path: Path) -> None:
    city = handed_on(tmp_path, first="2020-12-20")
    keys = ("线索.收到", "线索.上期结转", "线索.本期查结", "线索.期末在查")
    assert [city.figure(k).value for k in keys] == [0, 1, 1, 0]


def test_the_handler_answers_for_it(tmp_path: Path) -> None:
    assert handed_on(tmp_path).grouped("线索.收到", "handler") == {"公安局": 1}


def test_what_the_first_row_gives_is_on_record(tmp_path: Path) -> None:
    changes = handed_on(tmp_path).built.changes.to_pylist()
    of_origin = [(c["field"], c["before"], c["after"]) for c in changes if c["rule"].startswith("移送的记录")]
    assert of_origin == [("received_on", "2021-06-05", "2021-05-20"), ("source", "部门移送", "来信")]


def test_a_transfer_is_no_disagreement(tmp_path: Path) -> None:
    assert "重复记录不一致" not in handed_on(tmp_path).kinds()


def test_the_number_alone_joins_where_the_receiver_names_nobody(tmp_path: Path) -> None:
    city = handed_on(tmp_path, subject="")
    assert city.figure("线索.收到").value == 1


def test_an_earlier_number_of_somebody_else_joins_nothing(tmp_path: Path) -> None:
    city = handed_on(tmp_path, subject="李四")
    assert city.figure("线索.收到").value == 2
    assert "编号重复" in city.kinds()


def test_an_unreadable_first_date_leaves_the_handlers_own(tmp_path: Path) -> None:
    city = handed_on(tmp_path, first="五月某日")
    assert city.figure("线索.收到", date(2021, 5, 31)).value == 0
    assert city.figure("线索.收到").value == 1


@pytest.mark.parametrize("order", [("甲", "乙", "丙"), ("丙", "乙", "甲"), ("乙", "丙", "甲")])
def test_a_row_that_agrees_with_two_others_joins_them_whatever_the_order(
    tmp_path: Path, order: tuple[str, ...]
) -> None:
    rows = (  # the first two agree in nobody and no day; the third in the one's subject and the other's day
        ("县X-2021-7", None, "2021-03-01", "张三", "来信", "正在核查", None),
        ("县X-2021-7", None, "2021-03-09", "李四", "来信", "正在核查", None),
        ("县X-2021-7", None, "2021-03-09", "张三", "来信", "正在核查", None),
    )
    for name, row in zip(order, rows, strict=True):
        write(tmp_path / f"{name}.xlsx", [("线索台账（截至2021年6月30日）",), ("填报单位：市公安局",), HEADER, row])
    assert City(tmp_path, mode="增量").figure("线索.收到").value == 1
