"""Which ledger a table is: our ledgers in many shapes, other trades set aside, conflicts, ticks, pins and messages."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

import pytest

from zhengfa_stats.config import SheetPin
from zhengfa_stats.declared import load_schema
from zhengfa_stats.reading.pins import pin_of
from zhengfa_stats.reading.recognise import Recognised, recognise
from zhengfa_stats.reading.sheets import Cell, Column, Role, Rows, Sheet, Table
from zhengfa_stats.records import Range

SCHEMA = load_schema()


def table_of(
    headers: str, *body: Sequence[Cell], title: str = "", name: str = "Sheet1", sections: dict[int, str] | None = None
) -> tuple[Table, Sheet]:
    """A table as the layout would make it: a title row, one header row (组/列 for two), body rows."""
    columns = tuple(Column(i, h, tuple(h.split("/"))) for i, h in enumerate(headers.split(), 1))
    width = len(columns)
    first: list[Cell] = [title or None, *[None] * (width - 1)]
    rows: Rows = [first, [c.header for c in columns], *map(list, body)]
    assert all(len(r) == width for r in rows)
    roles = (Role.TITLE, Role.HEADER, *(Role.BODY for _ in body))
    return Table(Range(1, 1, len(rows), width), roles, columns, title, sections=sections or {}), Sheet(name, rows)


def read(
    headers: str, *body: Sequence[Cell], file: str = "表.xlsx", pin: SheetPin | None = None, **more: str
) -> Recognised:
    table, sheet = table_of(headers, *body, **more)  # type: ignore[arg-type]
    return recognise(table, sheet, file, SCHEMA, pin)


def fields(found: Recognised) -> dict[str, str]:
    return {b.header: " ".join(b.fields) for b in found.columns if b.fields}


OURS = [
    ("clues", "序号 线索编号 收到日期 线索来源 被反映人 单位 问题类别 承办单位 办理状态 查结日期", ""),
    ("clues", "编号 来件时间 来源 被举报人 被举报人单位 问题类型 核查单位 是否办结 办结时间 备注", ""),
    ("clues", "序号 编号 时间 反映对象 反映问题 承办单位 进展情况", "问题线索台账"),
    ("clues", "编号 收到时间 举报人 联系电话 被举报人 举报内容 处置方式 查实情况", "线索登记表"),
    ("cases", "序号 姓名 单位 职务 职级 党纪处分 政务处分 组织处理 处理时间", ""),
    ("cases", "序号 姓名 工作单位 职务 违纪违法类型 处分种类 处分时间", "受处分人员情况表"),
    ("cases", "案件编号 线索编号 姓名 职级 立案时间 处分决定时间 四种形态 是否留置 移送司法", ""),
    ("training", "序号 姓名 单位 是否参训 成绩 考核结果", ""),
    ("training", "序号 姓名 单位 培训班次 培训时间 学时", "政治轮训参训人员名册"),
    ("training", "姓名 警号 单位 应训 参训 考试成绩", "政治轮训考试成绩表"),
    ("activities", "序号 活动类型 活动主题 时间 地点 参加人数 主办单位", ""),
    ("activities", "序号 时间 地点 主题 参加人数", "红色教育活动台账"),
    ("rules", "序号 制度名称 文号 印发时间 制定单位", ""),
    ("rules", "序号 名称 文号 时间", "建章立制台账"),
    ("roster", "序号 姓名 警号 单位 职务 职级 政治面貌 是否在岗", ""),
    ("roster", "序号 姓名 性别 出生年月 单位 职务 职级", "干警花名册"),
    ("roster", "姓名 警号 身份证号 单位 职务 职级 性别 民族 学历", "市公安局人员花名册"),
    ("tasks", "序号 存在问题 整改措施 责任单位 责任人 整改期限 整改情况", ""),
    ("tasks", "序号 问题 整改措施 责任单位 完成时限 完成情况", "整改任务清单"),
    ("team", "序号 成员单位 职责分工 联系人", "专班成员单位名单"),
]


@pytest.mark.parametrize(("ledger", "headers", "title"), OURS)
def test_our_ledgers_are_recognised(ledger: str, headers: str, title: str) -> None:
    found = read(headers, title=title)
    assert found.ledger == ledger, found.problems
    assert not found.missing
    assert 0.5 < found.sure <= 1


OTHERS = [
    ("序号 姓名 部门 职务 基本工资 岗位津贴 奖金 应发 扣款 实发 签名", "2021年6月工资表"),
    ("序号 姓名 职务 实发金额 签名", "津贴发放表"),
    ("姓名 单位 警号 职务 实发工资", ""),
    ("序号 姓名 单位 " + " ".join(map(str, range(1, 32))) + " 出勤天数", "6月考勤表"),
    ("姓名 单位 " + " ".join(f"{d}日" for d in range(1, 8)), "签到表"),
    ("序号 姓名 单位 职务 办公电话 手机", "通讯录"),
    ("姓名 单位 职务 电话 邮箱", ""),
    ("学号 姓名 班级 语文 数学 英语 总分 名次", "三年级成绩表"),
    ("学号 姓名 性别 班级 家庭住址 家长电话", "学生花名册"),
    ("序号 资产名称 规格型号 数量 单位 购置日期 存放地点 使用人", "固定资产台账"),
    ("名称 数量 单位 单价 金额 日期 备注", ""),
    ("单位 收到 查结 在查 查结率", "线索情况汇总表"),
    ("指标名称 计量单位 本期 上年同期 增减", "统计报表"),
    ("合同编号 合同名称 签订日期 金额 对方单位", "合同台账"),
    ("日期 姓名 值班领导 电话", "值班表"),
    ("序号 产品名称 领用日期 领用数量 领用人", "领用登记表"),
    ("编号 客户 订单日期 金额 状态", ""),
    ("会议 时间 地点 参会人员", ""),
    ("序号 姓名 单位 考核结果 备注", "2021年度考核优秀人员名单"),
    ("序号 文件名称 文号 发布日期 发文单位", "2021年发文登记表"),
    ("案号 当事人 案由 立案时间 结案时间 承办人", "执行案件台账"),
    ("姓名 性别 出生年月 民族 政治面貌 学历 入党时间 所在支部", "党员花名册"),
    ("工单编号 来电时间 来电人 诉求内容 承办单位 办理状态 办结时间 满意度", "12345热线工单"),
    ("准考证号 姓名 报考单位 职位 笔试成绩 面试成绩 总成绩", "招录公务员成绩"),
    ("序号 隐患名称 隐患部位 排查时间 整改措施 整改时限 责任人", ""),
    ("序号 姓名 性别 年龄 工种 班组 进场时间", "农民工花名册"),
]


@pytest.mark.parametrize(("headers", "title"), OTHERS)
def test_other_trades_are_set_aside_by_name(headers: str, title: str) -> None:
    found = read(headers, title=title)
    assert found.ledger == "", (found.columns, found.sure)
    assert [p.kind for p in found.problems] == ["不是已知台账"]
    assert "没有读取" in found.problems[0].what


def test_units_of_measure_speak_against_a_ledger() -> None:
    found = read("名称 地点 时间 数量 单位", *(("电脑", "二楼", 45000, 3, "台") for _ in range(5)), title="登记表")
    assert found.ledger == ""


def test_a_pivot_is_set_aside() -> None:
    found = read("行标签 计数项:线索编号 总计", title="线索台账")
    assert found.ledger == "" and found.problems[0].kind == "数据透视表"


def test_the_title_decides_where_the_columns_do_not() -> None:
    assert read("序号 姓名 单位 职务 职级 警号").ledger in ("", "roster")
    assert read("序号 姓名 单位 职务 职级 警号", file="市公安局/干警花名册.xlsx").ledger == "roster"


def test_a_tie_names_both_and_how_to_pin() -> None:
    letters = SCHEMA.ledgers["rules"]
    twin = type(letters)(
        **{**{k: getattr(letters, k) for k in letters.__dataclass_fields__}, "id": "twin", "name": "另一台账"}
    )
    schema = type(SCHEMA)({"rules": letters, "twin": twin}, SCHEMA.vocabularies, {}, {})
    table, sheet = table_of("序号 制度名称 文号 印发时间 制定单位")
    found = recognise(table, sheet, "表.xlsx", schema)
    assert found.ledger == "" and found.problems[0].kind == "台账难以判断"
    assert "制度台账" in found.problems[0].what and "另一台账" in found.problems[0].what
    pinned = tomllib.loads(found.problems[0].do.split("\n", 1)[1])["sheets"][0]
    assert pinned["file"] == "表.xlsx" and pinned["ledger"] in ("rules", "twin")
    assert recognise(table, sheet, "表.xlsx", schema, SheetPin("表.xlsx", ledger="twin")).ledger == "twin"


LETTERS = {
    "name": "信访台账",
    "key": ["letter_no"],
    "date": "received_on",
    "fields": {
        "letter_no": {"name": "信访编号", "kind": "code", "headers": ["编号", "来信编号"]},
        "received_on": {"name": "来信日期", "kind": "date", "required": True},
        "status": {"name": "办理状态", "kind": "term", "vocabulary": "status"},
        "sender_phone": {"name": "联系电话", "kind": "code", "private": True},
    },
}


@pytest.mark.parametrize(
    ("headers", "title", "ledger"),
    [
        ("序号 信访编号 来信日期 办理状态 联系电话", "2021年信访台账", "letters"),
        ("信访编号 来信日期 办理状态 联系电话", "", "letters"),
        ("编号 来信日期 办理状态 联系电话", "信访台账", "letters"),
        ("线索编号 收到日期 来源 被反映人 办理状态 联系电话", "", "clues"),
    ],
)
def test_a_users_own_ledger_is_told_from_ours(headers: str, title: str, ledger: str) -> None:
    table, sheet = table_of(headers, title=title)
    found = recognise(table, sheet, "表.xlsx", load_schema(config={"ledgers": {"letters": LETTERS}}))
    assert found.ledger == ledger and not found.problems


CLUES = "线索编号 收到日期 来源 被反映人 承办单位 办理状态"


def test_an_unknown_column_is_a_warning_with_the_lines_to_write() -> None:
    found = read(CLUES + " 满意程度", ["1", "2021-3-5", "来信", "王某", "公安局", "办结", "满意"])
    (problem,) = found.problems
    assert found.ledger == "clues" and problem.level == "warning" and problem.kind == "表头未识别"
    assert str(problem.place) == "表.xlsx · Sheet1 · G2" and "“满意程度”" in problem.what


def test_a_required_column_under_an_unknown_header_is_an_error_and_its_lines_mend_it() -> None:
    row = ["1", "2021-3-5", "来信", "王某", "公安局", "办结"]
    found = read(CLUES.replace("收到日期", "收悉之日期"), row)
    assert found.ledger == "clues" and found.missing == ("received_on",)
    assert {p.level for p in found.problems} == {"error"}
    lines = found.unknown[0].lines
    assert tomllib.loads(lines) == {"ledgers": {"clues": {"fields": {"received_on": {"headers": ["收悉之日期"]}}}}}
    mended = load_schema(config=tomllib.loads(lines))
    table, sheet = table_of(CLUES.replace("收到日期", "收悉之日期"), row)
    assert not recognise(table, sheet, "表.xlsx", mended).problems


def test_a_sheet_without_its_date_is_undated_and_says_so() -> None:
    found = read("线索编号 来源 被反映人 承办单位 办理状态 问题类别", ["1", "来信", "王某", "公安局", "办结", "其他"])
    assert found.ledger == "clues" and found.missing == ("received_on",)
    assert [p.level for p in found.problems] == ["warning"] and "没有日期" in found.problems[0].what


def test_an_empty_unknown_column_is_no_problem() -> None:
    assert not read(CLUES + " 满意程度", ["1", "2021-3-5", "来信", "王某", "公安局", "办结", None]).problems


def test_an_unnamed_column_is_serial_if_it_counts_and_reported_if_it_says_something() -> None:
    table, sheet = table_of(
        "甲 " + CLUES, *[[i, str(i), "2021-3-5", "来信", "王某", "公安局", "办结"] for i in (1, 2, 3)]
    )
    table.columns = (Column(1, "", ()), *table.columns[1:])
    assert recognise(table, sheet, "表.xlsx", SCHEMA).columns[0].kind == "serial"
    for row in sheet.rows[2:]:
        row[0] = "甲类"
    problems = recognise(table, sheet, "表.xlsx", SCHEMA).problems
    assert [p.level for p in problems] == ["note"] and "没有表头" in problems[0].what


def test_the_better_name_wins_and_the_other_column_is_named() -> None:
    found = read("线索编号 编号 收到日期 来源 被反映人 办理状态", ["a", "b", "2021-3-5", "来信", "王某", "办结"])
    assert fields(found)["线索编号"] == "clue_no" and "编号" not in fields(found)
    assert [p.kind for p in found.problems] == ["表头重复"] and "A列" in found.problems[0].what


def test_two_equal_claims_are_both_named() -> None:
    row = ["1", "2021-3-5", "2021-3-6", "来信", "王某", "办结"]
    found = read("线索编号 受理时间 登记时间 来源 被反映人 办理状态", row)
    assert found.missing == ("received_on",) and sum(p.kind == "表头重复" for p in found.problems) == 2
    same = read("线索编号 受理时间 登记时间 来源 被反映人 办理状态", [*row[:2], row[1], *row[3:]])
    assert fields(same)["受理时间"] == "received_on" and not same.missing


def test_several_other_numbers_are_all_kept() -> None:
    found = read("线索编号 原编号 移送编号 收到日期 来源 被反映人", ["1", "2", "3", "2021-3-5", "来信", "王某"])
    assert fields(found)["原编号"] == fields(found)["移送编号"] == "other_nos" and not found.problems


def test_a_shared_header_leaves_out_fields_with_their_own_column() -> None:
    found = read(CLUES + " 处置方式 处理结果", ["1", "2021-3-5", "来信", "王某", "公安局", "办结", "初核", "属实"])
    assert fields(found)["处理结果"] == "conclusion"


# ── ticks ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_tick_columns_are_one_field() -> None:
    found = read("线索编号 收到日期 来源 被反映人 已查结 正在核查", ["1", "2021-3-5", "来信", "王某", "√", None])
    ticks = {b.header: (b.field, b.term) for b in found.columns if b.kind == "tick"}
    assert ticks == {"已查结": ("status", "已查结"), "正在核查": ("status", "正在核查")} and not found.problems


def test_the_group_tells_whose_warning_is_ticked() -> None:
    headers = "姓名 单位 处理时间 党纪处分/警告 党纪处分/严重警告 政务处分/警告 政务处分/记过 组织处理/诫勉"
    found = read(headers, ["王某", "公安局", "2021-3-5", "√", None, None, "√", None])
    ticks = [(b.field, b.term) for b in found.columns if b.kind == "tick"]
    assert ticks == [
        ("party_discipline", "警告"),
        ("party_discipline", "严重警告"),
        ("administrative_discipline", "警告"),
        ("administrative_discipline", "记过"),
        ("organizational_measure", "诫勉"),
    ]


def test_a_warning_without_group_is_not_guessed() -> None:
    found = read(
        "姓名 单位 职务 职级 处理时间 违纪类型 警告", ["王某", "公安局", "科长", "正科", "2021-3-5", "工作纪律", "√"]
    )
    assert found.ledger == "cases" and [u.header for u in found.unknown] == ["警告"]
    assert "党纪处分" in found.unknown[0].why and "政务处分" in found.unknown[0].why


def test_counts_under_terms_are_no_ticks() -> None:
    found = read("线索编号 收到日期 来源 被反映人 已查结 正在核查", ["1", "2021-3-5", "来信", "王某", 3, 1])
    assert not any(b.kind == "tick" for b in found.columns)
    assert [u.header for u in found.unknown] == ["已查结", "正在核查"]


def test_an_inner_group_decides_before_an_outer_one() -> None:
    headers = "姓名 单位 处理时间 处理情况/党纪处分/警告 处理情况/党纪处分/严重警告 处理情况/政务处分/警告"
    found = read(headers, ["王某", "公安局", "2021-3-5", "√", None, None])
    terms = {b.header: b.field for b in found.columns if b.kind == "tick"}
    assert terms["处理情况/党纪处分/警告"] == "party_discipline" and not found.problems


def test_a_stray_value_among_ticks_is_left_to_the_cleaner() -> None:
    rows = [[str(i), "2021-3-5", "来信", "王某", "√" if i < 9 else "5月办结"] for i in range(10)]
    found = read("线索编号 收到日期 来源 被反映人 已查结", *rows)
    assert [b.header for b in found.columns if b.kind == "tick"] == ["已查结"]


def test_dates_under_a_term_are_no_ticks() -> None:
    found = read("线索编号 收到日期 来源 被反映人 已查结", ["1", "2021-3-5", "来信", "王某", "2021-4-5"])
    assert [u.header for u in found.unknown] == ["已查结"] and "不是勾选" in found.unknown[0].why


def test_days_of_a_month_are_no_terms() -> None:
    found = read("姓名 单位 1 2 3 4", ["王某", "公安局", "√", "√", "√", "√"])
    assert found.ledger == "" and not found.columns


# ── bare words ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("线索编号 收到日期 来源 被反映人 单位 职级 问题类别 办理状态", "subject_unit"),
        ("线索编号 收到日期 来源 被反映人 单位 问题类别 承办单位 办理状态", "subject_unit"),
        ("线索编号 收到日期 来源 被反映人 被反映人单位 问题类别 单位 办理状态", "handler"),
        ("线索编号 收到日期 来源 问题类别 单位 办理状态", "handler"),
    ],
)
def test_a_bare_unit_is_explained_by_its_neighbours(headers: str, expected: str) -> None:
    assert fields(read(headers))["单位"] == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("线索编号 时间 来源 被反映人 办理状态", "received_on"),
        ("来源 线索编号 被反映人 时间 问题类别 办结时间", "received_on"),
        ("线索编号 来源 被反映人 问题类别 办理状态 时间", None),
        ("姓名 单位 职务 职级 违纪类型 党纪处分 政务处分 时间", None),
        ("活动类型 主题 地点 日期", "held_on"),
    ],
)
def test_a_bare_date_is_bound_only_where_it_is_clear(headers: str, expected: str | None) -> None:
    found = read(headers)
    assert found.ledger
    assert {h: f for h, f in fields(found).items() if h in ("时间", "日期")} == (
        {("日期" if "日期" in headers else "时间"): expected} if expected else {}
    )


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ("线索编号 收到日期 来源 姓名 被反映人单位 问题类别 办理状态", "subjects"),
        ("线索编号 收到日期 来源 姓名 联系电话 问题类别 办理状态", "?"),
        ("线索编号 收到日期 来源 姓名 联系电话 被反映人 问题类别 办理状态", "private"),
        ("线索编号 收到日期 来源 问题类别 姓名 办理状态", "?"),
    ],
)
def test_a_bare_name_is_a_subject_only_beside_the_subjects_columns(headers: str, expected: str) -> None:
    found = read(headers, ["1"] * len(headers.split()))
    bound = next((b for b in found.columns if b.header == "姓名"), None)
    seen = "?" if bound is None else "private" if bound.private else bound.field
    assert seen == expected


# ── what titles and sections say ─────────────────────────────────────────────────────────────────────────────────
def test_the_kind_of_activity_may_stand_in_the_title_the_sheet_or_the_sections() -> None:
    headers = "序号 时间 地点 主题 参加人数"
    assert read(headers, title="2021年红色教育活动台账").said == {"kind": "红色教育"}
    assert read(headers, name="警示教育", file="教育活动台账.xlsx").said == {"kind": "警示教育"}
    table, sheet = table_of(headers, title="教育活动台账", sections={3: "一、红色教育", 9: "二、警示教育"})
    found = recognise(table, sheet, "表.xlsx", SCHEMA)
    assert found.by_section == ("kind",) and not found.missing
    assert "kind" in read(headers, title="教育活动台账").missing


# ── pins ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_pin_overrides() -> None:
    pin = SheetPin("*.xlsx", "Sheet1", "clues", columns={"甲": "clue_no", "C": "收到日期", "丙": ""})
    assert pin_of([SheetPin("别的.xls"), pin], "表.xlsx", "Sheet1") is pin and pin_of([pin], "表.xlsx", "乙") is None
    found = read("甲 丙 乙", ["1", "x", "2021-3-5"], pin=pin)
    assert found.ledger == "clues" and fields(found) == {"甲": "clue_no", "乙": "received_on"} and not found.problems


def test_a_skipped_sheet_is_not_read() -> None:
    found = read(CLUES, pin=SheetPin("表.xlsx", skip=True))
    assert found.ledger == "" and found.problems[0].kind == "按指定跳过"


@pytest.mark.parametrize(
    ("columns", "ledger", "words"),
    [({"没有": "clue_no"}, "clues", "没有"), ({"来源": "sorce"}, "clues", "sorce"), ({}, "clue", "clue")],
)
def test_a_pin_that_names_nothing_is_an_error(columns: dict[str, str], ledger: str, words: str) -> None:
    found = read(CLUES, pin=SheetPin("表.xlsx", ledger=ledger, columns=columns))
    assert [(p.level, p.kind) for p in found.problems] == [("error", "指定无效")] and words in found.problems[0].what


def test_neither_pin_nor_definition_makes_a_reporter_public() -> None:
    pinned = read(CLUES + " 举报人", pin=SheetPin("表.xlsx", ledger="clues", columns={"举报人": "subjects"}))
    assert fields(pinned)["举报人"] == "informant" and [p.kind for p in pinned.problems] == ["隐私列"]
    schema = load_schema(config={"ledgers": {"clues": {"fields": {"subjects": {"headers": ["来信反映人"]}}}}})
    table, sheet = table_of(CLUES.replace("被反映人", "来信反映人"))
    found = recognise(table, sheet, "表.xlsx", schema)
    assert "subjects" not in fields(found).values() and "隐私列" in [p.kind for p in found.problems]


def test_messages_do_not_repeat_long_numbers() -> None:
    found = read(CLUES + " 13800000000王某", ["1", "2021-3-5", "来信", "王某", "公安局", "办结", "满意"])
    assert all("13800000000" not in p.what for p in found.problems)


@pytest.mark.parametrize(
    ("header", "never"),
    [
        ("立案登记的日期", {"received_on"}),
        ("宣布决定时间", {"received_on", "closed_on"}),
        ("本月移交的时间", {"received_on"}),
        ("反映的内情", {"content", "informant", "informant_phone"}),
        ("是否收到材料", {"received_on", "clue_no", "subjects"}),
        ("收到件数", {"received_on", "clue_no"}),
    ],
)
def test_no_remedy_proposes_what_a_header_cannot_be(header: str, never: set[str]) -> None:
    found = read(f"线索编号 收到日期 来源 {header} 问题类别 办理状态", ["X1", "2021-3-5", "来信", "x", "", ""])
    (unknown,) = found.unknown
    assert unknown.header == header and not never & set(unknown.nearest), unknown
    assert not any(f"fields.{name}]" in unknown.lines for name in never)
