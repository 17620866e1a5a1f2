"""汇总表: each form that clerks write, read into `reported`, a line a figure; totals are checked, never added."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.summaries import City, write
from zhengfa_stats.looking import look
from zhengfa_stats.reading.windows import Window, window_in

PLAIN = [
    ("线索情况汇总表（截至2021年6月30日）",),
    ("填报单位：市委政法委", None, None, "单位：件"),
    ("单位", "收到线索", "查结", "在查", "查结率"),
    ("公安局", 30, 20, 10, "66.7%"),
    ("法院", 12, "无", 12, None),
    ("合 计", 42, 20, 22, None),
    ("填表人：某甲",),
]


def read(tmp_path: Path, rows: list[Any], merges: tuple[str, ...] = (), **settings: Any) -> City:
    write(tmp_path / "表.xlsx", rows, merges)
    return City(tmp_path, **settings)


def test_a_row_a_unit_and_a_column_a_figure(tmp_path: Path) -> None:
    city = read(tmp_path, PLAIN)
    assert city.lines() == [
        "公安局 线索.收到 ..2021-06-30 累计 30 @B4",
        "公安局 线索.查结 ..2021-06-30 累计 20 @C4",
        "公安局 线索.在查 ..2021-06-30 累计 10 @D4",
        "法院 线索.收到 ..2021-06-30 累计 12 @B5",
        "法院 线索.查结 ..2021-06-30 累计 0 @C5",
        "法院 线索.在查 ..2021-06-30 累计 12 @D5",
    ]
    assert city.fates() == [("reported", 2, 2, 0, 0)]
    assert city.kinds() == []


def test_look_says_what_each_column_is(tmp_path: Path) -> None:
    write(tmp_path / "表.xlsx", PLAIN)
    (table,) = look(tmp_path / "表.xlsx")["sheets"][0]["tables"]
    assert (table["ledger"], table["total_rows"], table["footer_rows"], table["n_rows"]) == ("reported", [6], [7], 2)
    assert [c["field"] for c in table["columns"]] == ["unit", "线索.收到", "线索.查结", "线索.在查", "线索.查结率"]


def test_a_total_that_does_not_add_up(tmp_path: Path) -> None:
    rows = [*PLAIN]
    rows[5] = ("合计", 43, 20, 22, None)
    city = read(tmp_path, rows)
    (problem,) = (p for p in city.built.problems if p.kind == "合计不符")
    assert problem.place.cell == "B6"
    assert "43" in problem.what
    assert "42" in problem.what


def test_a_rate_that_is_not_that_of_its_parts(tmp_path: Path) -> None:
    rows = [*PLAIN]
    rows[3] = ("公安局", 30, 20, 10, "76.7%")
    city = read(tmp_path, rows)
    assert [(p.kind, p.place.cell) for p in city.built.problems] == [("比率不符", "E4")]


def test_three_header_rows_with_pairs_of_periods(tmp_path: Path) -> None:
    rows = [
        ("2021年6月线索办理情况汇总表",),
        ("填报单位：市公安局", None, None, "截至2021年6月30日"),
        ("县区", "线索", None, None, None, "处理人数", None),
        (None, "收到（件）", None, "查结（件）", None, "合计", "其中：科级"),
        (None, "本期", "累计", "本期", "累计", None, None),
        ("甲县", 3, 10, 2, 8, 4, 1),
        ("市本级", 1, 5, 0, 4, 0, 0),
        ("全市", 4, 15, 2, 12, 4, 1),
    ]
    city = read(tmp_path, rows, ("A3:A5", "B3:E3", "F3:G3", "B4:C4", "D4:E4", "F4:F5", "G4:G5"))
    assert city.lines()[:7] == [
        "甲县公安局 线索.收到 2021-06-01..2021-06-30 本期 3 @B6",
        "甲县公安局 线索.收到 ..2021-06-30 累计 10 @C6",
        "甲县公安局 线索.查结 2021-06-01..2021-06-30 本期 2 @D6",
        "甲县公安局 线索.查结 ..2021-06-30 累计 8 @E6",
        "甲县公安局 处理.总人数 ..2021-06-30 累计 4 @F6",
        "甲县公安局 处理.科级 ..2021-06-30 累计 1 @G6",
        "公安局 线索.收到 2021-06-01..2021-06-30 本期 1 @B7",
    ]
    assert city.fates() == [("reported", 2, 2, 0, 0)]
    assert city.kinds() == []
    assert city.figure("线索.收到").value == 15


def test_the_political_legal_committee_reports_by_area(tmp_path: Path) -> None:
    rows = [
        ("线索汇总表（截至2021年6月30日）",),
        ("填报单位：市委政法委",),
        ("县区", "收到线索", "查结"),
        ("甲县", 3, 1),
        ("市本级", 5, 2),
    ]
    assert [line.split()[0] for line in read(tmp_path, rows).lines()] == ["甲县", "甲县", "线索.收到", "线索.查结"]


def test_a_countys_bureaux_are_the_countys(tmp_path: Path) -> None:
    rows = [
        ("线索汇总表（截至2021年6月30日）",),
        ("填报单位：甲县政法委",),
        ("单位", "收到线索"),
        ("公安局", 3),
        ("市公安局", 5),
    ]
    assert [line.split()[0] for line in read(tmp_path, rows).lines()] == ["甲县公安局", "公安局"]


@pytest.mark.parametrize("sender", ["乙县法院", "市中级人民法院"])
def test_rows_name_the_indicators(tmp_path: Path, sender: str) -> None:
    rows = [
        ("线索处理情况统计表（截至2021年6月30日）",),
        (f"填报单位：{sender}",),
        ("序号", "指标名称", "计量单位", "本月", "累计", "去年同期"),
        (1, "收到线索", "件", 4, 14, 9),
        (2, "其中：群众举报", "件", 2, 7, 1),
        (3, "查结", "件", 3, 12, 2),
        (4, "处理干警", "人", 1, 2, 0),
        (5, "处理干警", "人次", 1, 3, 0),
    ]
    city = read(tmp_path, rows)
    who = "乙县法院" if sender == "乙县法院" else "法院"
    assert city.lines()[:4] == [
        f"{who} 线索.收到 2021-06-01..2021-06-30 本期 4 @D4",
        f"{who} 线索.收到 ..2021-06-30 累计 14 @E4",
        f"{who} 线索.群众举报.收到 2021-06-01..2021-06-30 本期 2 @D5",
        f"{who} 线索.群众举报.收到 ..2021-06-30 累计 7 @E5",
    ]
    assert [city.figure(k).value for k in ("线索.收到", "处理.总人数", "处理.人次")] == [14, 2, 3]


def test_rows_name_the_indicators_and_columns_the_units(tmp_path: Path) -> None:
    rows = [
        ("政法机关线索统计表（2021年1—6月）",),
        ("指标", "公安局", "法院", "合计"),
        ("一、线索", None, None, None),
        ("收到", 30, 10, 40),
        ("查结", 20, 5, 25),
    ]
    city = read(tmp_path, rows)
    assert city.lines()[0] == "公安局 线索.收到 2021-01-01..2021-06-30 本期 30 @B4"
    assert (city.figure("线索.收到").value, city.figure("线索.查结").value) == (40, 25)


def test_rows_name_the_months(tmp_path: Path) -> None:
    rows = [("甲县公安局2021年线索办理情况",), ("月份", "收到线索", "查结线索")]
    rows += [(f"{m}月", m, 1) for m in range(1, 7)] + [("合计", 21, 6)]
    city = read(tmp_path, rows)
    assert city.lines()[0] == "甲县公安局 线索.收到 2021-01-01..2021-01-31 本期 1 @B3"
    assert (city.figure("线索.收到").value, city.figure("线索.查结").value) == (21, 6)
    assert len(city.figure("线索.收到").reported) == 6


def test_the_senders_only_line(tmp_path: Path) -> None:
    rows = [("甲县公安局线索情况汇总表",), ("截至2021年6月30日",), ("收到", "查结", "在查"), (12, 8, 4)]
    assert read(tmp_path, rows).lines()[0] == "甲县公安局 线索.收到 ..2021-06-30 累计 12 @A4"


def test_no_sender_is_told(tmp_path: Path) -> None:
    rows = [("线索情况汇总表（截至2021年6月30日）",), ("收到", "查结", "在查"), (12, 8, 4)]
    city = read(tmp_path, rows)
    assert city.lines() == []
    assert set(city.kinds()) == {"填报单位不明"}
    assert city.fates() == [("reported", 1, 0, 0, 1)]


def test_stock_and_flow(tmp_path: Path) -> None:
    rows = [
        ("公安局2021年1—6月线索汇总表",),
        ("单位", "上期结转", "本期新收", "本期查结", "期末在查"),
        ("公安局", 10, 30, 20, 20),
    ]
    city = read(tmp_path, rows)
    keys = ("线索.上期结转", "线索.收到", "线索.本期查结", "线索.期末在查")
    assert [city.figure(k).value for k in keys] == [10, 30, 20, 20]
    assert city.figure("线索.查结").value is None


# ── rows that contain others ──────────────────────────────────────────────────────────────────────────────────────

NESTED = [("公安局线索汇总表（截至2021年6月30日）",), ("单位", "收到线索", "查结")]


def nested(*rows: tuple[Any, ...]) -> list[Any]:
    return [*NESTED, *rows]


@pytest.mark.parametrize(
    ("rows", "received", "why"),
    [
        ((("市公安局", 18, 9), ("其中：甲县", 10, 4), ("乙县", 8, 5)), 18, "其中 that makes it up"),
        ((("市公安局", 20, 9), ("其中：甲县", 10, 4), ("乙县", 8, 5)), 20, "其中 that leaves some"),
        ((("市公安局", 18, 9), ("甲县公安局", 10, 4), ("乙县公安局", 8, 5)), 18, "a sum without a word"),
        ((("市公安局", 7, 2), ("甲县公安局", 10, 4), ("乙县公安局", 8, 5)), 25, "offices of their own"),
        ((("市公安局", 20, 9), ("甲县", 10, 4), ("乙县", 8, 5), ("合计", 20, 9)), 20, "the total leaves them out"),
        (
            (("市公安局", 18, 9), ("甲县公安局", 10, 4), ("乙县公安局", 8, 5), ("合计", 36, 18)),
            36,
            "the total adds all",
        ),
        ((("甲县公安局", 10, 4), ("乙县公安局", 8, 5), ("公安局小计", 18, 9)), 18, "the total beneath"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_line_over_its_parts_is_never_added_to_them(
    tmp_path: Path, rows: tuple[Any, ...], received: float, why: str
) -> None:
    city = read(tmp_path, nested(*rows))
    assert city.figure("线索.收到").value == received, why
    assert "合计不符" not in city.kinds()


# ── what is not understood ────────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_column_is_told_with_the_line_to_add(tmp_path: Path) -> None:
    rows = [("线索汇总表（截至2021年6月30日）",), ("单位", "收到线索", "立功线索"), ("公安局", 3, 1)]
    city = read(tmp_path, rows)
    (problem,) = (p for p in city.built.problems if p.kind == "表头未识别")
    assert problem.place.cell == "C2"
    assert 'reported_as = ["立功线索"]' in problem.do
    named = City(tmp_path, indicators={"线索.查结": {"reported_as": ["立功线索"]}})
    assert "表头未识别" not in named.kinds()
    assert named.figure("线索.查结").value == 1


def test_a_group_that_says_more_is_no_name(tmp_path: Path) -> None:
    rows = [
        ("线索汇总表（截至2021年6月30日）",),
        ("单位", "收到线索", "涉黑线索", None),
        (None, None, "收到", "查结"),
        ("公安局", 9, 3, 1),
    ]
    city = read(tmp_path, rows, ("A2:A3", "B2:B3", "C2:D2"))
    assert [line.split()[1] for line in city.lines()] == ["线索.收到"]
    assert city.kinds().count("表头未识别") == 2


def test_an_unknown_row_is_set_aside_and_told(tmp_path: Path) -> None:
    rows = [("线索汇总表（截至2021年6月30日）",), ("单位", "收到线索"), ("公安局", 3), ("法院", 2), ("某某中心", 1)]
    city = read(tmp_path, rows)
    assert city.fates() == [("reported", 3, 2, 0, 1)]
    assert "单位无法识别" in city.kinds()


@pytest.mark.parametrize(
    ("written", "value", "kind"),
    [("零", 0, None), ("0", 0, None), ("—", 0, None), ("无", 0, None), ("12件", 12, None), (-1, None, "数字无法识别"),
     (2.5, None, "数字无法识别"), ("若干", None, "数字无法识别"), (None, None, None)],
)  # fmt: skip
def test_what_a_cell_says(tmp_path: Path, written: Any, value: float | None, kind: str | None) -> None:
    rows = [
        ("线索汇总表（截至2021年6月30日）",),
        ("单位", "收到线索", "查结"),
        ("公安局", 9, written),
        ("法院", 5, 4),
        ("检察院", 5, 4),
    ]
    city = read(tmp_path, rows)
    found = [line for line in city.lines() if line.startswith("公安局 线索.查结")]
    assert found == ([] if value is None else [f"公安局 线索.查结 ..2021-06-30 累计 {value:g} @C3"])
    assert ([kind] if kind else []) == [k for k in city.kinds() if k != "合计不符"]


def test_a_table_of_another_trade_stays_unknown(tmp_path: Path) -> None:
    rows = [
        ("各单位报刊征订情况汇总表",),
        ("单位", "应订", "已订", "完成率"),
        ("公安局", 30, 20, "66.7%"),
        ("法院", 12, 12, 1),
    ]
    assert read(tmp_path, rows).fates() == [("", 2, 0, 0, 2)]


def test_a_clue_ledger_stays_one(tmp_path: Path) -> None:
    rows = [
        ("线索情况汇总表",),
        ("线索编号", "收到日期", "被反映人", "承办单位", "办理状态"),
        ("X1", "2021-03-01", "张一", "公安局", "在查"),
    ]
    assert read(tmp_path, rows).fates() == [("clues", 1, 1, 0, 0)]


def test_a_pin_settles_it(tmp_path: Path) -> None:
    rows = [("情况表（截至2021年6月30日）",), ("单位", "甲项", "乙项"), ("公安局", 3, 1), ("法院", 2, 2)]
    pin = {"file": "表.xlsx", "ledger": "reported", "columns": {"甲项": "线索.收到", "C": "线索.查结"}}
    city = read(tmp_path, rows, sheets=[pin])
    assert (city.figure("线索.收到").value, city.figure("线索.查结").value) == (5, 3)


def test_the_same_table_twice_is_merged(tmp_path: Path) -> None:
    write(tmp_path / "副本.xlsx", PLAIN)
    city = read(tmp_path, PLAIN)
    assert city.fates() == [("reported", 2, 2, 0, 0), ("reported", 2, 0, 2, 0)]
    assert city.figure("线索.收到").value == 42


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [("本期收到", "期", "收到"), ("本月数", "月", ""), ("累计数", "累计", ""), ("上年同期", "别期", ""), ("同比增减", "别期", ""),
     ("1-6月", "", ""), ("收到", "", "收到"), ("本季度", "季", ""), ("今年以来", "累计", "")],
)  # fmt: skip
def test_what_a_header_says_of_its_period(text: str, kind: str, rest: str) -> None:
    window, left = window_in(text)
    assert (window.kind, left) == (kind, rest)
    assert window_in("1-6月")[0] == Window("", None, (1, 6))


# ── as clerks write it ────────────────────────────────────────────────────────────────────────────────────────────


def test_counties_and_their_units_in_two_columns(tmp_path: Path) -> None:
    rows = [
        ("附件2",),
        ("示例市线索核查办理情况统计表",),
        ("填报单位（盖章）：示例市委政法委　　填报日期：2021年7月2日　　统计截止时间：2021年6月30日",),
        ("县（市、区）", "单位", "线索总数", "正在办理", "办结率（%）"),
        ("甲县", "公安局", 12, 4, 66.67),
        (None, "法院", 4, 2, 50),
        (None, "小计", 16, 6, 62.5),
        ("乙区", "公安局", 6, 2, "/"),
        ("总计", None, 22, 8, 63.64),
        ("注：线索总数含上级交办。",),
    ]
    city = read(tmp_path, rows, ("A5:A7",))
    assert [line.split()[0] for line in city.lines()] == ["甲县公安局"] * 2 + ["甲县法院"] * 2 + ["乙区公安局"] * 2
    assert (city.figure("线索.收到").value, city.kinds()) == (22, [])


def test_a_range_of_days_under_the_title(tmp_path: Path) -> None:
    rows = [
        ("全市政法干警处理处分情况汇总表",),
        ("（2021年1月1日—2021年6月30日）", None, None, None, "单位：人"),
        ("序号", "单位", "处理总人数", "其中：处级", "科级", "党纪处分"),
        (1, "市公安局", 23, 1, 8, 5),
        (2, "市中级人民法院", 5, "-", 2, 1),
        (None, "合计", 28, 1, 10, 6),
    ]
    city = read(tmp_path, rows)
    assert city.lines()[0] == "公安局 处理.总人数 2021-01-01..2021-06-30 本期 23 @C4"
    assert [city.figure(k).value for k in ("处理.总人数", "处理.处级", "处理.党纪处分")] == [28, 1, 6]


def test_a_work_report_of_one_sender(tmp_path: Path) -> None:
    rows = [
        ("教育整顿工作开展情况统计表",),
        ("填报单位：甲县政法委", None, None, "截至6月底"),
        ("项目", "内容", "单位", "数量"),
        ("学习教育", "开展红色教育", "次", 5),
        (None, "开展警示教育", "次", 4),
        ("建章立制", "制定制度", "项", 7),
        ("政治轮训", "参训人数", "人", 120),
        (None, "参训人次", "人次", 180),
    ]
    city = read(tmp_path, rows, ("A4:A5", "A7:A8"))
    keys = ("红色教育.次数", "警示教育.次数", "制度.制定数", "轮训.参训人数")
    assert [city.figure(k).value for k in keys] == [5, 4, 7, 120]
    assert city.kinds() == ["指标未识别"]


def test_months_across(tmp_path: Path) -> None:
    rows = [("市公安局2021年线索收结情况统计表",), ("项目", *(f"{m}月" for m in range(1, 7)), "合计")]
    rows += [("收到线索数", 1, 2, 3, 4, 5, 6, 21), ("查结数", 0, 1, 2, 3, 4, 5, 15)]
    city = read(tmp_path, rows)
    assert (city.figure("线索.收到").value, city.figure("线索.查结").value) == (21, 15)


def test_branches_and_the_total_above(tmp_path: Path) -> None:
    rows = [
        ("2021年6月份政法干警违纪违法线索统计报表",),
        ("报送单位：市公安局",),
        ("地区", "接收线索数（件）", None, "办结数（件）", None, "在办数"),
        (None, "本月", "年累计", "本月", "年累计", None),
        ("全市合计", 7, 30, 5, 22, 8),
        ("市局机关", 2, 10, 1, 8, 2),
        ("甲县分局", 3, 12, 2, 8, 4),
        ("乙区分局", 2, 8, 2, 6, 2),
    ]
    city = read(tmp_path, rows, ("A3:A4", "B3:C3", "D3:E3", "F3:F4"))
    assert [city.figure(k).value for k in ("线索.收到", "线索.查结", "线索.在查")] == [30, 22, 8]
    assert city.kinds() == []
