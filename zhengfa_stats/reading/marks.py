"""What the rows around a body say in words: totals, notes, footers, sections, header names. Declarations only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, filterfalse, pairwise

SPACES = re.compile(r"[\s\u3000\u200b\ufeff]+")


def squeeze(text: str) -> str:
    """The text without any white space.

    >>> squeeze("合　 计")
    '合计'
    """
    return text if text.isalnum() else SPACES.sub("", text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _any_of(words: str) -> str:
    return "|".join(re.escape(w) for w in sorted(words.split(), key=len, reverse=True))


# ── totals ────────────────────────────────────────────────────────────────────────────────────────────────────────
_SUM = "(?:小计|合计|总计|共计|累计|总合计|总共计|总和|总共|汇总|小结|合共|总合|计)"
_OF_PAGE = (
    "(?:本页|本月|本年|本季|本期|本周|当月|当年|全年|全市|全县|全区|全省|全校|全国"
    "|上半年|下半年|以上|各项|费用|金额|人数)*"
)
_UNIT = "[件人条次项个名户元份起例宗篇场期台套辆吨万亿千百%％]"
_AMOUNT = rf"[:：为是]?[约共计]*[¥￥]?[\d０-９][\d０-９.,，．]*{_UNIT}*"
_AFTER = "(?:[,，。；;、（(其].{0,40})?"
_NOUN = "(?:数|金额|人数|分数|得分|总分|分|件数|数量|天数|次数|面积|工资|费用)?"
# The whole label is a total: 合 计, 本页小计, 小计：12人, 合计（元）, 共12件, 合计人民币（大写）：…
TOTAL_LABEL = re.compile(
    rf"(?:其中[:：]?)?[一二三四五六七八九十\d]{{0,2}}[、.．]?{_OF_PAGE}{_SUM}"
    rf"(?:人民币)?{_NOUN}(?:[（(【\[].*[)）】\]])?{_NOUN}(?:{_AMOUNT}{_AFTER}|[:：].{{0,40}})?[:：]?"
    rf"|[总一]?共有?[计]?{_AMOUNT}[一-龥]{{0,4}}{_AFTER}"
    r"|(?:grand|sub|sub-)?total(?:s|amount)?[:：]?|sum[:：]?",
    re.IGNORECASE,
)
# A group's own total: 公安局小计, 一季度合计, 2月小计1件. Only where the rest of the row holds nothing but figures.
TOTAL_OF_GROUP = re.compile(
    rf"[^，。；,;]{{1,16}}(?:小计|合计|总计|共计|汇总)(?:[（(].*[)）])?(?P<amount>{_AMOUNT})?[:：]?|.*(?:\s|[a-z])(?:sub)?total",
    re.I,
)
# The row's figures follow in cells of their own: 共 | 2条.
TOTAL_SPLIT = re.compile("[总一]?共有?[计]?[:：]?")
AMOUNT = re.compile(_AMOUNT)
# Summary rows beneath marks and measurements.
STATISTIC_LABEL = re.compile(
    "(?:班级|年级|全班|全校|各科|单科)?(?:平均|平均分|平均值|平均数|均值|均分|人均|最高|最低|最高分|最低分|最大值|最小值|标准差|方差|中位数|"
    "及格率|合格率|优秀率|良好率|低分率|及格人数|合格人数|优秀人数|参考人数|总分|总得分|总成绩|总金额|总人数|总件数|总数|average|mean|max|min)[:：]?",
    re.IGNORECASE,
)

# ── notes above, footers below ────────────────────────────────────────────────────────────────────────────────────
_NOTE_KEY = _any_of(
    "填报单位 报送单位 填表单位 编制单位 制表单位 主管单位 申报单位 发放单位 上报单位 报表单位 汇总单位 "
    "建设单位 施工单位 单位名称 单位 部门 科室 班级 学校 计量单位 金额单位 货币单位 数量单位 填报日期 "
    "填表日期 制表日期 报告日期 统计日期 编制日期 日期 时间 统计时间 填报时间 制表时间 统计时段 报告期 "
    "统计周期 会计期间 所属月份 所属期 月份 年度 期间 截至 截止 表号 制定机关 批准机关 批准文号 文号 备案文号 "
    "有效期至 有效期 填报人 填表人 制表人 制表 联系人 联系电话 电话 审核人 审核 负责人 数据来源 资料来源 来源 "
    "数据库 指标 地区 范围 项目名称 工程名称 合同编号 编号 密级 页码 说明 备注 注 填表说明 注意 提示 会议名称 "
    "会议时间 会议地点 地点 主持人 记录人 班主任 任课教师 教师 学期 课程 科目 考试时间"
)
_YEAR = r"(?:二[〇○零Ｏ]|[12１２]\d|\d\d)?[\d〇○零一二三四五六七八九十Ｏ]{0,4}年?(?:度)?"
_NUMERAL = "[\\d一二三四五六七八九十]{1,3}"
_DAY = rf"{_YEAR}(?:{_NUMERAL}月份?|第?[一二三四1-4]季度|[上下]半年)?(?:{_NUMERAL}[日号])?"
_DATED = (
    rf"(?=.*[年月日季]){_DAY}(?:[-—~～至到]+{_DAY})?|\d{{4}}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?(?:[-—~～至到]+[\d/.-]+)?"
)
NOTE = re.compile(
    rf"[（(【\[]?(?:{_NOTE_KEY})(?:[（(][^）)]{{1,8}}[)）])?[:：].*"
    rf"|(?!附件|附表|表|第)[^，。：:]{{1,8}}[:：](?!.*表$).*"
    rf"|[（(]?(?:{_DATED})[)）]?|[（(]?截[至止].*|[（(]?单位[/／]?[^表]{{0,8}}[)）]?$"
    r"|附[件表]\s*[\d一二三四五六七八九十]*[:：]?|第?\d+[页/]共?\d*页?|[（(].{0,20}[)）]|续表.*|[*※].*|.*（盖章）.*|.*\(盖章\).*"
)
_FOOTER_KEY = _any_of(
    "填表人 填报人 填表 填报 制表人 制表 制单 制作 编制人 编制 审核人 审核 复核人 复核 审批人 审批 审批意见 "
    "批准人 批准 审定 核准 核定 负责人 单位负责人 部门负责人 主管 主管领导 分管领导 领导签字 领导 局长 院长 "
    "校长 处长 科长 主任 经理 总经理 经办人 经办 承办人 联系人 联系电话 电话 手机 传真 邮箱 填报日期 填表日期 "
    "制表日期 制表时间 报送日期 报送人 日期 时间 打印时间 打印日期 导出时间 签字 签名 签章 盖章 单位盖章 "
    "单位公章 公章 统计人 统计员 统计负责人 校对 校核 财务 财务主管 会计 会计主管 出纳 记账 记录人 记录 "
    "保管员 保管 仓管 仓管员 验收人 验收 领料 发料 领用人 监督 监督人 监盘人 盘点人 班主任 任课教师 教务 "
    "考评人 评委 评委签字 裁判 采购 采购员 库管 收款人 付款人 交接人 移交人 接收人 监交人 意见 数据来源 "
    "资料来源 来源 备注 注 注释 附注 说明 填表说明 填报说明 编制说明 填写说明 注意事项 注意 提示 特别说明 "
    "温馨提示 备 其他说明 填表要求"
)
FOOTER = re.compile(
    rf"[（(【\[]?(?:{_FOOTER_KEY})(?:[（(][^）)]{{1,12}}[)）])?[\])）】]?[:：].*"
    rf"|[^，。：:\d]{{0,8}}(?:签字|签名|签章|盖章|负责人|填表人|审核人|制表人)(?:[（(].{{1,8}}[)）])?[:：].*"
    r"|(?:注|备注|说明|附注|注释)[\d一二三四①②③]*(?:[:：、.．].*)?|[*※★☆△▲#◆●]+.{4,}|注[\d一二三①②③].*|以上.{2,}|本表.{2,}|此表.{2,}"
    r"|第?\d+页[,，/]?共?\d*页?|(?:note|source)s?[:：.].*|数据来源.*|资料来源.*|来源于.*|——?资料.*|打印(?:时间|日期).*",
    re.IGNORECASE | re.DOTALL,
)
# Without a colon only words of signing count, and only in a thin row: 制表人 | 某甲 | 审核人 | 某乙.
SIGNED = re.compile(
    ".{0,6}(?:负责人|填表人|填报人|制表人|制表|审核人|审核|复核人|审批人|经办人|签字|签名|签章|盖章|联系电话|填表日期|制表日期)"
)
# How such texts end, were it with a colon or white space: few texts of a body do.
_SIGNED_ENDS = frozenset("人表核字名章话期:\u200b\ufeff")
CONTINUED = re.compile(r"[（(]?[\d一二三四五六七八九十①-⑩]{1,3}[)）]?[、.．,，)）\s].*|[①-⑳].*", re.DOTALL)

# ── sections ──────────────────────────────────────────────────────────────────────────────────────────────────────
ENUMERATED = re.compile(
    r"[（(]?[一二三四五六七八九十百]{1,4}[)）、.．：:].*|[（(]\d{1,2}[)）].*|第[一二三四五六七八九十\d]{1,3}[部章节类项组季单编篇批期].*"
    r"|\d{1,2}[、．](?!\d).*|[IVXⅠ-Ⅻ]{1,4}[、.．].*|[A-Z甲乙丙丁戊己庚][、．.](?!\d).*|[一二三四五六七八九十]{1,3}",
    re.DOTALL,
)
GROUPING = re.compile(r".*[:：]|按.+分(?:组|类)?|其中|.*(?:部分|类别)|[【\[〔].+[】\]〕]")

# ── titles and header names ───────────────────────────────────────────────────────────────────────────────────────
TITLE_END = re.compile(
    r".*(?:表|台账|名单|清单|花名册|名册|登记簿|登记册|目录|一览|统计|汇总|明细|报告|记录|计划|安排|方案|通讯录|账单|日报|周报|月报|季报|年报|数据|情况|指标|信息)"
    r"(?:[（(].*[)）])?(?:[一二三四五六七八九十\d]{0,3})",
    re.DOTALL,
)
TABLE_NUMBER = re.compile(r"附?表\s*[一二三四五六七八九十\d]")
PAGE = re.compile(
    r"[（(]?续[表页]?[\d一二三四五六七八九十]*[)）]?|[（(]?第[\d一二三四五六七八九十]+页(?:[,，]?共\d+页)?[)）]?"
)
SERIAL = re.compile(
    r"序号?|编号|序列号?|顺序号?|行次|行号|项次|项目编号|№|no\.?|#|id|号|编码|座号|座位号|考号|学号|index",
    re.IGNORECASE,
)
EXAMPLE = re.compile(r"[（(【]?(?:填写|填报|填表)?(?:示例|样例|范例|举例|例)[)）】]?")  # in the place of a row's number
ONLY_NUMBER = re.compile(r"[（(]?\d{1,6}[)）]?[、.．]?(?:0+)?")
_LABEL_ENDS = _words(
    "号 号码 编码 代码 名 名称 姓名 日期 时间 年月 金额 数量 单价 总价 价格 价 费 费用 款 额 备注 说明 单位 "
    "部门 科室 班级 年级 学校 院系 类别 类型 种类 性质 等级 级别 职务 职称 职级 职位 岗位 电话 手机 地址 住址 "
    "邮箱 情况 结果 状态 原因 内容 事项 措施 方式 方法 方案 来源 人数 次数 天数 户数 件数 个数 总数 数 数据 "
    "率 比例 占比 比重 得分 分数 成绩 分值 评分 总分 学分 排名 名次 签字 签名 签收 签到 确认 人员 对象 地点 "
    "位置 区域 地区 省份 城市 规格 型号 品牌 材质 合计 小计 总计 面积 重量 长度 期限 年限 学历 学位 专业 民族 "
    "籍贯 年龄 性别 政治面貌 条件 要求 标准 指标 项目 目标 进度 时限 本期 上期 本月 本年 累计 同比 环比 增减 "
    "增长 余额 收入 支出 工资 奖金 补贴 津贴 扣款 税 保险 公积金 基金 处理 处置 办理 结论 意见 建议 主题 标题 "
    "题目 职责 能力 关系 程度 范围 工时 课程 科目 学时 工期 产量 销量 销售额 库存 结存 入库 出库 领用 用途 "
    "附件 链接 网址 版本 作者 出版社 发件 收件 去向 厂家 供应商 客户 经办 负责人 联系人 责任人 承办人 举报人 "
    "申请人 当事人 经办人 领用人 填报人 审核人 使用人 保管人"
)
_LAST_OF_LABELS = frozenset(word[-1] for word in _LABEL_ENDS)
_OTHER_LABEL = re.compile(
    r"序|序号|编号|№|no\.?|id|name|date|[上下]午|星期.|周.|[一二三四五六七八九十]{1,2}月份?|第?[一二三四1-4]季度"
    r"|(?:名|编|序|型|代|单|日|时|数|金|备|姓|性|年|电|地|总)\s*(?:称|号|码|位|期|间|量|额|注|名|别|龄|话|址|分|计)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[（(【\[].*?[)）】\]]|[/／%％*＊]+$")
PERIOD = re.compile(
    r"(?:19|20)\d\d年?(?:度|末|初|底)?(?:(?:0[1-9]|1[0-2]|[1-9])月?(?:份|末|底)?)?(?:[1-3]?\d[日号])?|(?:1[0-2]|[1-9])月份?(?:[1-3]?\d[日号])?"
    r"|(?:19|20)\d\d[-/.](?:1[0-2]|0?[1-9])(?:[-/.][0-3]?\d)?|[1-3]?\d[日号]|(?:19|20)\d\d年?(?:第?[一二三四1-4]季度|[上下]半年|1[-—~]\d+月)"
)
WEEKDAY = re.compile(r"(?:星期|周|礼拜)?[一二三四五六日天]|mon|tue|wed|thu|fri|sat|sun", re.IGNORECASE)
CODE = re.compile(r"栏次|行次|代码|序号|[甲乙丙丁戊己庚辛]|[A-Z]|[（(]?\d{1,3}[)）]?(?:[=＝].*)?|[①-⑳]|—+|-+")
UNIT_CELL = re.compile(r"[（(][^（）()]{1,8}[)）]|[%％元人件个次]|万元|亿元|千元|公里|平方米|公顷|万人")

# A character that any total or footer holds: a cheap search before the close look.
HINT = re.compile("[计共汇总均最率数差注:：*※★☆△▲#◆●备说以表源料页印签章核]")
# … or a signature, an example, a total in Latin letters: without one of these a text is plain.
ODD = re.compile(f"{HINT.pattern[:-1]}结例负填审经联批制A-Za-z]")
VOWEL = re.compile("[aeiouAEIOU]")  # which no total in Latin letters is without, and most codes are
LATIN_HINT = re.compile("otal|sum|mean|average|^min|^max|note|source", re.IGNORECASE)
LATIN = re.compile(r"[A-Za-z][A-Za-z\s_.,()/%&'-]*[\d]{0,2}")

DITTO = frozenset(
    {"同上", "同前", "〃", '"', "″", "”", "“", "＂", "''", "〞", "々", "同上。", "(同上)", "（同上）", '""', "″″"}
)
DITTO_LEFT = frozenset({"同左", "（同左）"})


def is_telling(text: str) -> bool:
    """The text, standing first in a row, could make the row a total or a footer.

    >>> is_telling("本页小计"), is_telling("填表人：某甲"), is_telling("来信：统计局"), is_telling("公安局")
    (True, True, False, False)
    """
    hint = VOWEL if text.isascii() else HINT
    return bool(hint.search(text)) and _tells(text)


def telling(texts: Iterable[str]) -> frozenset[str]:
    """Those of many texts that are telling; all at once they show whether any may be.

    >>> sorted(telling(["公安局", "合计", "XS001", "Total"])), telling(["XS001", "公安局"])
    (['Total', '合计'], frozenset())
    """
    texts = list(texts)
    kinds = ((VOWEL, [*filter(str.isascii, texts)]), (HINT, [*filterfalse(str.isascii, texts)]))
    hinted = (some for hint, some in kinds if hint.search("\n".join(some)))
    return frozenset(filter(is_telling, chain.from_iterable(hinted)))


@lru_cache(maxsize=65536)
def _tells(text: str) -> bool:
    if text.isascii() and not LATIN_HINT.search(text):
        return False
    plain = squeeze(text)
    patterns = (TOTAL_LABEL, TOTAL_OF_GROUP, STATISTIC_LABEL, FOOTER, SIGNED)
    return len(plain) <= 200 and any(pattern.fullmatch(plain) for pattern in patterns)


ODD_TEXTS = (TOTAL_LABEL, TOTAL_SPLIT, TOTAL_OF_GROUP, STATISTIC_LABEL, FOOTER, SIGNED, EXAMPLE)


def is_plain(text: str) -> bool:
    """The text makes its row no total, footer or example, wherever in the row it stands.

    >>> is_plain("公安局"), is_plain("经办人"), is_plain("小结"), is_plain("备注：无")
    (True, False, False, False)
    """
    if text.isascii() and text.isalnum() and not VOWEL.search(text):
        return True
    return not ODD.search(text) or _stays_plain(text)


@lru_cache(maxsize=65536)
def _stays_plain(text: str) -> bool:
    plain = squeeze(text)
    return not (":" in plain or "：" in plain or any(pattern.fullmatch(plain) for pattern in ODD_TEXTS))


def signing(texts: Iterable[str]) -> set[str]:
    """The texts that, wherever in a row they stand, may make it a footer: with a colon, or ending as signatures do.

    >>> sorted(signing(["某甲：", "制 表 人", "经办人", "公安局"]))
    ['制 表 人', '某甲：', '经办人']
    """
    return {text for text in texts if text.rstrip()[-1:] in _SIGNED_ENDS or "：" in text}


def is_total_label(text: str) -> bool:
    """The text by itself marks a total.

    >>> [is_total_label(t) for t in ("合 计", "小计：12人", "共12件", "本页小计", "合计（元）", "共青团")]
    [True, True, True, True, True, False]
    >>> is_total_label("合计5处需整改的问题由局里汇总")
    False
    """
    return bool(TOTAL_LABEL.fullmatch(squeeze(text)))


@lru_cache(maxsize=65536)
def is_label(text: str) -> bool:
    """The text is worded like a header name in any trade.

    >>> [is_label(t) for t in ("姓  名", "金额（元）", "领用人签字", "张三", "K129+400")]
    [True, True, True, False, False]
    """
    plain = _BRACKETED.sub("", squeeze(text)) or squeeze(text)
    if len(plain) > 24:
        return False
    ends = plain[-1:] in _LAST_OF_LABELS and plain.endswith(_LABEL_ENDS)  # the first is false of most, and told at once
    return ends or bool(_OTHER_LABEL.fullmatch(plain))


@lru_cache(maxsize=65536)
def is_period(text: str) -> bool:
    """The text names a year, a month or a day, as the headers of returns do.

    >>> [is_period(t) for t in ("2014年", "201802", "12月", "31日", "12")]
    [True, True, True, True, False]
    """
    return bool(PERIOD.fullmatch(squeeze(text)))


def is_code_row(texts: Iterable[str]) -> bool:
    """The texts number the columns of a return: 甲 乙 1 2 3, or 栏次 1 2 3.

    >>> is_code_row(["甲", "乙", "1", "2", "3"]), is_code_row(["3", "1", "7"])
    (True, False)
    """
    plain = [squeeze(t) for t in texts]
    if len(plain) < 3 or not all(CODE.fullmatch(t) for t in plain):
        return False
    numbers = [int(m[0]) for t in plain if (m := re.search(r"\d+", t))]
    letters = [t for t in plain if not re.search(r"\d", t)]
    rising = all(b - a == 1 for a, b in pairwise(numbers))
    if numbers and numbers[0] == 1 and len(numbers) >= 2:
        return rising and (len(letters) <= 4)
    return not numbers and letters[:3] in (["甲", "乙", "丙"], ["A", "B", "C"])
