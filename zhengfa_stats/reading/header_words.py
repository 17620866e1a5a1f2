"""What clerks' headers have in common: marks, remarks, bare words, private persons, other trades. Declarations only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from zhengfa_stats.schema import Kind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SERIAL = _words("序号 序 顺序 顺序号 项次 行号 行次 no no. № 流水号 排序")

# Ordinary columns that say nothing we count; a ledger that declares one of them keeps it.
IGNORED = _words("""
    备注 说明 备考 附件 附注 签名 签字 签收 盖章 性别 民族 籍贯 年龄 出生年月 出生日期 出生时间 学历 学位 专业 毕业院校
    文化程度 入党时间 参加工作时间 政治面貌 填表人 填报人 审核人 经办人 承办人 办理人 责任人 负责人 录入人 录入时间
    填报时间 填报日期 填表时间 填表日期 责任领导 分管领导 包案领导 联络员 档案号 卷号 页码 职务 警衔
    交办日期 交办时间 转办日期 转办时间 批示日期 批示时间 启动时间 启动日期
""")

# Groups that add nothing to the headers below them.
NEUTRAL_GROUPS = re.compile(r"(基本|简要|人员|个人|登记|主要|有关|相关)*(情况|信息|内容|资料|项目|登记|要素|栏)*")

# Remarks in brackets that say how to fill a column in, not what it holds.
HARMLESS_REMARK = re.compile(
    r"年[、/.-]?月[、/.-]?日|年[、/.-]?月|y{2,4}.*|格式.*|[如例].*|举例.*|必填项?|选填|可?多选|单选|是/?或?否|是、否|"
    r"有/?无|[打画划]?[√✓勾].*|勾选|[人件条次份篇个项名元分岁场期]|人次|件次|人数|万元|学时|小时|课时|天|全称|简称|公章|"
    r"盖章|签[字名章]|单位:?.*|填.*|请.*|下拉.*|选择.*|数字|[01]/[01]|百分制|\d+分制?|以.+为准|[a-z]|[一二三四五六七八九十\d]+"
)

# Bare words that say of what kind a value is, but not which.
GENERIC: Mapping[Kind, frozenset[str]] = {
    "date": _words("时间 日期 年月日 年月"),
    "unit": _words("单位 部门 单位名称 部门名称 所在单位 工作单位"),
    "persons": _words("姓名 名字 人员 人员姓名 名单 干警姓名"),
    "code": _words("编号 编码 号码 代码 文号"),
    "number": _words("数量 人数 数 个数"),
    "term": _words("类型 类别 种类 分类 情况 结果 方式 等次 名称 级别"),
    "text": _words("内容 名称 情况 题目 标题 说明"),
}
GENERIC_WORDS = frozenset().union(*GENERIC.values()) | _words("项目 事项 地址 电话 形式 性质 来源 状态")

# Bare words that the neighbouring columns must explain.
PLACED: Mapping[Kind, frozenset[str]] = {
    "unit": _words("单位 部门 单位名称 部门名称"),
    "date": GENERIC["date"],
    "persons": GENERIC["persons"],
    "code": GENERIC["code"],
}
PLACED_WORDS = frozenset().union(*PLACED.values())

# Sub-headers that only say of what kind their group's own field is: 被举报人/姓名.
KIND_WORDS: Mapping[Kind, frozenset[str]] = {
    "persons": GENERIC["persons"],
    "unit": GENERIC["unit"] | {"名称"},
    "date": GENERIC["date"],
    "code": GENERIC["code"] | {"号"},
    "number": GENERIC["number"] | {"分数", "成绩"},
    "term": GENERIC["term"] | {"具体种类", "处分种类"},
    "text": GENERIC["text"],
    "flag": _words("是否 是/否 情况"),
}

_ACCUSED = re.compile(
    r"被(?:举报|反映|检举|控告|投诉|申诉|信访|核查|调查|审查|处理|处分|问责|查|[()、/或和及])+"
    r"(?:的?人员?|者|对象|干警|单位|同志)"
)
_INFORMANT = re.compile(
    r"(?:举报|检举|控告|反映|投诉|申诉|信访|来信|来访|来电|上访|写信|报案|报料|爆料|提供|揭发|告发|求助)"
    r"[)）]?(?:人(?!数|次|均)|者|群众(?=姓名|电话|信息|联系|$))|署名人|提供线索(?:的)?人"
)
_CONTACT = re.compile(
    r"(?:联系|联络|办公|移动|固定|家庭|本人|手机|座机)(?:电话|号码|方式)|电话(?:号码?)?$|手机号|手机$|联系人|"
    r"微信号?$|qq号?$|邮箱|住址|(?:家庭|通讯|通信|联系|邮寄|户籍|居住)地址|户籍|身份证|公民身份|证件号"
)


def names_informant(text: str) -> bool:
    """Whether a tidied header may speak of somebody who reported: 举报人, 来信人; not 被举报人, 举报人数.

    >>> [names_informant(t) for t in ("举报人", "反映(举报)人", "被反映人/举报人")]
    [True, True, True]
    >>> [names_informant(t) for t in ("被举报人", "被举报(反映)人", "举报人数")]
    [False, False, False]
    """
    return bool(_INFORMANT.search(_ACCUSED.sub("", text)))


def names_contact(text: str) -> bool:
    """Whether a tidied header is a private number or address: 联系电话, 身份证号, 住址.

    >>> [names_contact(t) for t in ("联系电话", "身份证号码", "手机", "电视电话会议", "活动地点")]
    [True, True, True, False, False]
    """
    return bool(_CONTACT.search(text))


class Likeness(NamedTuple):
    """A written form that means the same as another in headers of these kinds (none: all kinds)."""

    pattern: re.Pattern[str]
    replacement: str
    kinds: frozenset[Kind] = frozenset()


def _likeness(pattern: str, replacement: str, *kinds: Kind) -> Likeness:
    return Likeness(re.compile(pattern), replacement, frozenset(kinds))


LIKENESSES: tuple[Likeness, ...] = (
    _likeness(r"的", ""),
    _likeness(r"问题线索", "线索"),
    _likeness(r"^具体", ""),
    _likeness(r"被(?:举报|反映|检举|控告|投诉|核查|调查|查)[(、]?(?:举报|反映)?\)?(?:人员?|对象|干警|者)", "被反映人"),
    _likeness(r"[被受](?:处理|处分|问责|处理处分|处分处理)(?:人员?|对象|干警|者)", "被处理人"),
    _likeness(r"(?:时间|日期|年月日|年月)$", "日期", "date"),
    _likeness(r"(?:编号|编码|号码|代码|号)$", "编号", "code"),
    _likeness(r"^(?:是否|有无)(?:为|属于|属|系|已|被)?", "", "flag"),
    _likeness(r"(?:总人数|人员总数|人员数量|人员数)$", "人数", "number"),
    _likeness(r"(?:姓名|名字|名单|人员)$", "人", "persons"),
    _likeness(r"人人$", "人", "persons"),
    _likeness(r"(?:所在|工作|所属|任职|现)?(?:单位|部门|机关)(?:名称)?$", "单位", "unit"),
    _likeness(r"(?:类别|类型|种类|分类)$", "类别", "term"),
    _likeness(r"情况$", "", "term", "flag"),
    _likeness(r"(?:名称|题目|标题)$", "名称", "text"),
)
OWN_NOUN_KINDS: frozenset[Kind] = frozenset({"code", "date", "text"})  # 线索编号 ↔ 编号; but 处理单位 is not 单位
LEDGER_SUFFIX = re.compile(r"(?:台账|花名册|名册|汇总表|登记表|统计表|情况表|报表|清单|表)$")

TICKS = _words("√ ✓ ✔ ☑ ✅ ■ ● ○ ◎ 〇 ★ ▲ 1 1.0 v y yes 是 有 对 true 勾")
UNTICKED = _words(r"× ✗ ✘ ☒ x ☐ □ 0 0.0 n no 否 无 false - -- — —— ― / \ 空")

# In a title that no ledger claims, they say that the sheet is another trade's.
OTHER_TRADES = _words("""
    工资 薪资 薪酬 津贴 奖金 考勤 值班 排班 资产 设备 采购 报销 库存 入库 出库 领用 费用 预算 决算 合同 通讯录
    联系方式 电话簿 课程表 发票 社保 公积金 车辆 座位 订餐 体检 收支 销售 客户 订单 学生 班级 年级 学校 小学 中学 期末 期中
    幼儿园 物业 业主 低保 户籍 体温 快递 库房 党员 村民 居民 农民工 发文 收文 公文 民事 刑事 审判 诉讼
    执行案 行政案 12345 热线 工单
""")
PIVOT = re.compile(r"^(?:行标签|列标签|计数项|求和项|平均值项|最大值项|最小值项|乘积项|(?:count|sum|average)of)")
