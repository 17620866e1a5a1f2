"""Editions: cumulative files replace, incremental ones add up; what vanished or changed is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from zhengfa_stats.build import Built, assemble
from zhengfa_stats.config import read_config
from zhengfa_stats.counting.answer import evaluate
from zhengfa_stats.reading.file import Context, read_file

TOML: dict[str, Any] = {"city": "示例市", "since": date(2021, 1, 1), "as_of": date(2021, 6, 30)}
HEADER = ("线索编号", "收到日期", "被反映人", "办理状态", "查结日期")


def book(folder: Path, name: str, title: str, *rows: tuple[Any, ...]) -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet.append([title])
    sheet.append(["填报单位：市公安局"])
    sheet.append(HEADER)
    for row in rows:
        sheet.append(row)
    workbook.save(folder / name)


def built(folder: Path, **settings: Any) -> tuple[Built, float | None]:
    config = read_config(TOML | settings)
    context = Context(config, b"k" * 32)
    files = [read_file(path, path.name, context) for path in sorted(folder.iterdir())]
    result = assemble(files, context)
    indicator = config.schema.indicators["线索.收到"]
    return result, evaluate(indicator.of, result.frames, config.schema, config.clock, project=config.clock).value


ONE = ("X1", "2021-03-01", "张一", "正在核查", None)
ONE_CLOSED = ("X1", "2021-03-01", "张一", "已查结", "2021-06-01")
TWO = ("X2", "2021-03-02", "张二", "正在核查", None)
THREE = ("X3", "2021-06-03", "张三", "正在核查", None)


def fates(result: Built) -> list[tuple[str, int, int, int]]:
    return [(s.file, t.kept, t.merged, t.superseded) for s in result.sheets for t in s.tables]


def kinds(result: Built) -> list[str]:
    return [p.kind for p in result.problems if p.kind in ("消失", "变更", "累计或增量不明")]


def test_a_later_cumulative_file_replaces_the_earlier(tmp_path: Path) -> None:
    book(tmp_path, "五月.xlsx", "线索台账（截至2021年5月31日）", ONE, TWO)
    book(tmp_path, "六月.xlsx", "线索台账（截至2021年6月30日）", ONE_CLOSED, TWO, THREE)
    result, received = built(tmp_path)
    assert received == 3
    assert fates(result) == [("五月.xlsx", 0, 0, 2), ("六月.xlsx", 3, 0, 0)]
    assert kinds(result) == []


def test_a_vanished_row_is_told_and_not_counted(tmp_path: Path) -> None:
    more = tuple((f"X{i}", "2021-03-05", f"李{i}", "正在核查", None) for i in range(4, 9))
    book(tmp_path, "a.xlsx", "线索台账（截至2021年5月31日）", ONE, TWO, *more)
    book(tmp_path, "b.xlsx", "线索台账（截至2021年6月30日）", ONE, *more)
    result, received = built(tmp_path)
    assert received == 6
    assert kinds(result) == ["消失"]


def test_a_changed_row_is_told(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", "线索台账（截至2021年5月31日）", ONE, TWO)
    book(tmp_path, "b.xlsx", "线索台账（截至2021年6月30日）", ONE, ("X2", "2021-03-12", "张二", "正在核查", None))
    result, received = built(tmp_path)
    assert received == 2
    assert kinds(result) == ["变更"]
    (problem,) = (p for p in result.problems if p.kind == "变更")
    assert (problem.place.file, problem.also[0].file) == ("a.xlsx", "b.xlsx")


def test_files_that_share_nothing_add_up(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", "线索台账（截至2021年5月31日）", ONE, TWO)
    book(tmp_path, "b.xlsx", "线索台账（截至2021年6月30日）", THREE)
    result, received = built(tmp_path)
    assert received == 3
    assert kinds(result) == []


@pytest.mark.parametrize(("mode", "received", "superseded"), [("累计", 1, 2), ("增量", 3, 0)])
def test_a_declared_mode_decides(tmp_path: Path, mode: str, received: int, superseded: int) -> None:
    book(tmp_path, "a.xlsx", "线索台账（截至2021年5月31日）", ONE, TWO)
    book(tmp_path, "b.xlsx", "线索台账（截至2021年6月30日）", THREE)
    result, value = built(tmp_path, mode={"公安局": mode})
    assert value == received
    assert sum(t[3] for t in fates(result)) == superseded


def test_what_cannot_be_decided_shows_both_counts(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", "线索台账（截至2021年5月31日）", ONE, TWO)
    book(tmp_path, "b.xlsx", "线索台账（截至2021年6月30日）", ONE, THREE)
    result, received = built(tmp_path)
    assert received == 3
    (problem,) = (p for p in result.problems if p.kind == "累计或增量不明")
    assert "按累计是2条，按增量是3条" in problem.what


def test_without_dates_the_file_that_holds_all_is_the_later(tmp_path: Path) -> None:
    book(tmp_path, "z.xlsx", "线索台账", ONE, TWO)
    book(tmp_path, "a.xlsx", "线索台账", ONE, TWO, THREE)
    result, received = built(tmp_path)
    assert received == 3
    assert fates(result) == [("a.xlsx", 3, 0, 0), ("z.xlsx", 0, 0, 2)]


def test_files_of_different_senders_are_no_editions(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", "线索台账（截至2021年5月31日）", ONE, TWO)
    workbook = Workbook()
    for row in (["检察院线索台账（截至2021年6月30日）"], HEADER, ONE, TWO, THREE):
        workbook.active.append(list(row))
    workbook.save(tmp_path / "b.xlsx")
    result, received = built(tmp_path)
    assert received == 3
    assert sum(t[3] for t in fates(result)) == 0


SETTLED = ("X4", "2021-03-04", "张四", "已查结", "2021-04-09")
MORE = tuple((f"X{i}", "2021-03-05", f"李{i}", "正在核查", None) for i in range(5, 9))


@pytest.mark.parametrize(
    ("later", "says"),
    [
        (("X4", "2021-03-04", "张四", "正在核查", None), "办理状态、查结日期"),
        (("X4", "2021-03-04", "张四", "已查结", "2021-05-06"), "查结日期"),
    ],
)
def test_a_state_that_goes_back_is_a_change(tmp_path: Path, later: tuple[Any, ...], says: str) -> None:
    book(tmp_path, "a.xlsx", "线索台账（截至2021年4月30日）", SETTLED, *MORE)
    book(tmp_path, "b.xlsx", "线索台账（截至2021年5月31日）", later, *MORE)
    result, _ = built(tmp_path)
    (problem,) = (p for p in result.problems if p.kind == "变更")
    assert problem.what.startswith(f"{says}与后来的")


def test_a_state_that_goes_on_is_none(tmp_path: Path) -> None:
    book(tmp_path, "a.xlsx", "线索台账（截至2021年4月30日）", ONE, *MORE)
    book(tmp_path, "b.xlsx", "线索台账（截至2021年5月31日）", ONE_CLOSED, *MORE)
    assert kinds(built(tmp_path)[0]) == []


def sheets(folder: Path, **tables: list[tuple[Any, ...]]) -> None:
    """One workbook with a sheet a cut-off date."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for title, rows in tables.items():
        sheet = workbook.create_sheet(title)
        for row in ([f"线索台账（截至2021年{title}）"], ["填报单位：市公安局"], HEADER, *rows):
            sheet.append(row)
    workbook.save(folder / "线索.xlsx")


def test_sheets_of_one_file_are_editions_by_their_dates(tmp_path: Path) -> None:
    sheets(tmp_path, **{"4月30日": [ONE, TWO, *MORE], "5月31日": [ONE, *MORE, THREE]})
    result, received = built(tmp_path)
    assert received == 6
    (problem,) = (p for p in result.problems if p.kind == "消失")
    assert (problem.place.sheet, problem.also[0].sheet) == ("4月30日", "5月31日")


def test_sheets_that_share_nothing_add_up(tmp_path: Path) -> None:
    sheets(tmp_path, **{"4月30日": [ONE, TWO], "5月31日": [*MORE, THREE]})
    result, received = built(tmp_path)
    assert (received, kinds(result)) == (7, [])
