"""The 汇总表 and zero reports of the reporting city: a row an office or a month, and a column a figure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date

from tests.city import names as n
from tests.city.grid import Book, Column, Page, Pen, column
from tests.city.messy import Value
from tests.city.reporting_events import Joint, JointRule
from tests.city.reporting_lists import said
from tests.city.reporting_truth import CASES, CLUES, COURT, FLOW, NORTH, WORK_TOTALS, WORKED, Options, Truth, count_held
from tests.city.reporting_world import C1, C2, C3, C4, CITY, CUTOFFS, JCY, JUNE, MAY, SINCE, Office, Told

SLIP = 1  # what a clerk adds by mistake


def total_books(truth: Truth, rng: random.Random) -> Iterator[Book]:
    """Every 汇总表 and zero report."""
    for as_of in CUTOFFS:
        yield _line(truth, as_of)
        yield _flow(truth, as_of)
        yield _court(truth, as_of)
        yield _work(truth, as_of)
    for as_of in NORTH.editions:
        yield _areas(truth, as_of)
    yield _months(truth)
    yield _own_units(truth)
    yield _beside_a_list(truth)
    yield _zero_letter()
    yield _zero_form(rng)


def _of(truth: Truth, office: Office) -> list[Told]:
    return truth.world.held.get(office, []) + [t for t in truth.told if t.office == office]


def _counts(clues: Sequence[Told], keys: Sequence[str], as_of: date, since: date = SINCE) -> list[int]:
    return [int(CLUES[key](clues, since, as_of)) for key in keys]


def _line(truth: Truth, as_of: date) -> Book:
    """司法局 for its line: three header rows, 本月 beside 累计; May's total is one too many."""
    page = Page("汇总表")
    group = "线索办理情况（件）"
    columns = [
        column("serial", "序号"),
        column("area", "县区"),
        *(
            column(f"{key}{when}", group, key, when)
            for key in ("收到", "查结")
            for when in ("本月", "累计")
        ),
        column("在查", group, "在查"),
    ]  # fmt: skip
    pen = Pen(page, "reported", columns)
    pen.title(f"示例市司法行政系统线索办理情况汇总表（{as_of.month}月）")
    pen.note("填报单位：示例市司法局", f"截至{said(as_of)}")
    pen.header()
    sums: dict[str, int] = {}
    for region in ("", C1, C2, C3, C4):
        clues = truth.world.held.get(Office(n.SFJ, region)) or _of(truth, Office(n.SFJ, region))
        values = _pairs(clues, as_of)
        for key, value in values.items():
            sums[key] = sums.get(key, 0) + value
        pen.body({"area": region or CITY, **values})
    sums["收到累计"] += SLIP * (as_of == MAY)
    pen.total("合　计", sums, at="area")
    pen.footer("填表人：赵某", "审核人：钱某")
    pen.done()
    return Book(f"司法局汇总表{as_of.month}月.xls", "xls", [page])


def _pairs(clues: Sequence[Told], as_of: date) -> dict[str, int]:
    first = as_of.replace(day=1)
    received, closed, still = _counts(clues, ("线索.收到", "线索.查结", "线索.在查"), as_of)
    return {
        "收到本月": _counts(clues, ("线索.收到",), as_of, first)[0],
        "收到累计": received,
        "查结本月": _counts(clues, ("线索.本期查结",), as_of, first)[0],
        "查结累计": closed,
        "在查": still,
    }


def _flow(truth: Truth, as_of: date) -> Book:
    """西河县法院: stock and flow, the unit in the row."""
    office = Office(n.FY, C2)
    page = Page("Sheet1")
    names = ("上期结转", "本期新收", "本期查结", "期末在查")
    pen = Pen(page, "reported", [column("unit", "单位"), *(column(k, k) for k in names), column("remark", "备注")])
    pen.title(f"西河县人民法院2021年1—{as_of.month}月线索收结情况统计表")
    pen.note("单位：件", f"填报日期：2021年{as_of.month % 12 + 1}月3日")
    pen.header()
    pen.body({"unit": "西河县人民法院", **dict(zip(names, _counts(_of(truth, office), FLOW, as_of), strict=True))})
    pen.done()
    return Book(f"西河县/西河县法院线索收结{as_of.month}月.xlsx", "xlsx", [page])


def _months(truth: Truth) -> Book:
    """南坪区公安局: a row a month, never a running total."""
    clues = _of(truth, Office(n.GA, C3))
    page = Page("收结情况")
    columns = [column("month", "月份"), column("in", "收到线索"), column("out", "查结线索"), column("remark", "备注")]
    pen = Pen(page, "reported", columns)
    pen.title("南坪区公安局2021年线索收结情况统计表")
    pen.note("单位：件")
    pen.header()
    sums = [0, 0]
    for month in range(1, 7):
        last = (date(2021, month, 28) + (date(2021, 2, 1) - date(2021, 1, 28))).replace(day=1)
        last = date.fromordinal(last.toordinal() - 1)
        counts = _counts(clues, ("线索.收到", "线索.本期查结"), last, date(2021, month, 1))
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        pen.body({"month": f"{month}月", "in": counts[0], "out": counts[1]})
    pen.total("合计", {"in": sums[0], "out": sums[1]})
    pen.done()
    return Book("南坪区/南坪区公安局线索收结情况.xlsx", "xlsx", [page])


def _areas(truth: Truth, as_of: date) -> Book:
    """市委政法委 for two counties: one of them has sent its ledger as well, the other sends nothing else."""
    page = Page("代报县区")
    columns = [
        column("area", "县（市、区）"),
        *(column(key, "线索", key) for key in ("收到", "查结", "在查")),
        column("群众举报", "群众举报", "收到"),
        column("查结率", "线索查结率（%）"),
    ]
    pen = Pen(page, "reported", columns)
    pen.title("市委政法委代报县区线索办理情况汇总表")
    pen.note("填报单位：市委政法委", f"统计截止时间：{said(as_of)}", "单位：件")
    pen.header()
    sums = [0, 0, 0, 0]
    for county in (C1, C4):
        counts = _counts(truth.of_county(county), NORTH.keys, as_of)
        sums = [a + b for a, b in zip(sums, counts, strict=True)]
        pen.body({"area": county, **_with_rate(counts)})
    pen.total("合计", _with_rate(sums))
    pen.done()
    return Book(f"市委政法委代报县区汇总表{as_of:%Y%m%d}.xlsx", "xlsx", [page])


def _with_rate(counts: Sequence[int]) -> dict[str, Value]:
    rate = f"{100 * counts[1] / counts[0]:.1f}%" if counts[0] else "/"
    return dict(zip(("收到", "查结", "在查", "群众举报"), counts, strict=True)) | {"查结率": rate}


def _own_units(truth: Truth) -> Book:
    """西河县's office gives totals of units whose ledgers have come: they agree, and nothing is added."""
    page = Page("汇总")
    pen = Pen(page, "reported", [column("serial", "序号"), column("unit", "单位"), *_cohort()])
    pen.title(f"西河县政法单位线索情况汇总表（截至{said(JUNE)}）")
    pen.note("填报单位：中共西河县委政法委", "单位：件")
    pen.header()
    for line, name in ((n.GA, "县公安局"), (n.ZFW, "县委政法委")):
        pen.body({"unit": name, **_cohort_of(_of(truth, Office(line, C2)), JUNE)})
    pen.done()
    return Book("西河县/西河县政法委汇总表.xlsx", "xlsx", [page])


def _beside_a_list(truth: Truth) -> Book:
    """检察院 sends a list and totals that differ from it."""
    page = Page("Sheet1")
    pen = Pen(page, "reported", [column("unit", "单位"), *_cohort()])
    pen.title("市检察院线索办理情况汇总表")
    pen.note("填报单位：市检察院", f"截至{said(JUNE)}")
    pen.header()
    values = _cohort_of(_of(truth, JCY), JUNE)
    pen.body({"unit": "市检察院", **values, "查结": values["查结"] + SLIP, "在查": values["在查"] - SLIP})
    pen.done()
    return Book("检察院汇总表.xlsx", "xlsx", [page])


def _cohort() -> list[Column]:
    return [column("收到", "收到线索"), column("查结", "查结线索"), column("在查", "在查线索")]


def _cohort_of(clues: Sequence[Told], as_of: date) -> dict[str, int]:
    counts = _counts(clues, ("线索.收到", "线索.查结", "线索.在查"), as_of)
    return dict(zip(("收到", "查结", "在查"), counts, strict=True))


def _court(truth: Truth, as_of: date) -> Book:
    """法院's own officers dealt with, in totals."""
    page = Page("处理情况")
    names = ("处理人数", "处理人次", "党纪处分人数")
    pen = Pen(page, "reported", [column("unit", "单位"), *(column(k, k) for k in names)])
    pen.title(f"示例市法院处理干警情况汇总表（截至{said(as_of)}）")
    pen.note("填报单位：示例市人民法院")
    pen.header()
    counts = [int(CASES[key](truth.events.court_acts, SINCE, as_of, Options())) for key in COURT]
    pen.body({"unit": "市法院", **dict(zip(names, counts, strict=True))})
    pen.footer("填表人：孙某")
    pen.done()
    return Book(f"法院处理情况汇总{as_of.month}月.xlsx", "xlsx", [page])


def _work(truth: Truth, as_of: date) -> Book:
    """西河县's work report: a row a figure."""
    page = Page("工作情况")
    columns = [column("serial", "序号"), column("what", "指标"), column("unit", "计量单位"), column("n", "累计")]
    pen = Pen(page, "reported", columns)
    pen.title("西河县政法队伍教育整顿工作情况统计表")
    pen.note("填报单位：中共西河县委政法委", f"截至{said(as_of)}")
    pen.header()
    said_as = {
        "红色教育.次数": ("开展红色教育", "次"),
        "警示教育.次数": ("开展警示教育", "次"),
        "制度.制定数": ("制定制度", "项"),
    }
    things: list[Joint | JointRule] = [*truth.events.work_activities, *truth.events.work_rules]
    for key in WORKED:
        pen.body({"what": said_as[key][0], "unit": said_as[key][1], "n": int(count_held(key, things, as_of))})
    pen.done()
    assert as_of in WORK_TOTALS.editions
    return Book(f"西河县/西河县工作情况统计表{as_of.month}月.xlsx", "xlsx", [page])


# ── nothing to report ────────────────────────────────────────────────────────────────────────────────────────────


def _zero_letter() -> Book:
    page = Page("Sheet1")
    page.put(1, 1, "县人民检察院线索台账")  # which county, the folder tells
    page.put(3, 1, "截至2021年6月30日，我院未收到线索，零报告。")
    page.put(5, 1, "2021年7月1日")
    return Book("西河县/县检察院零报告.xlsx", "xlsx", [page])


def _zero_form(rng: random.Random) -> Book:
    page = Page("处理台账")
    names = ("案件编号", "姓名", "警号", "单位", "职级", "党纪处分", "政务处分", "组织处理", "四种形态", "处理日期")
    pen = Pen(page, "cases", [column("serial", "序号"), *(column(k, k) for k in names)])
    pen.title("市国家安全局处理干警台账（零报告）")
    pen.note("填报单位：市国家安全局", f"截至{said(JUNE)}")
    pen.header()
    pen.body({"serial": None, "案件编号": "无", **{k: rng.choice(("/", "无")) for k in names[1:4]}})
    pen.footer("填表人：周某")
    pen.done()
    return Book("国家安全局处理台账.xlsx", "xlsx", [page])
