"""Names in a cell → the persons it names; no message ever shows a name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from zhengfa_stats import numerals
from zhengfa_stats.reading.cleaning.normal import EMPTY_RULE, NOTHING, is_nothing, narrow, nature, unusable
from zhengfa_stats.reading.cleaning.result import Cleaned, Crew, Fault, Sure
from zhengfa_stats.reading.sheets import Cell
from zhengfa_stats.records import Level

_COMPOUND = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于"
    " 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五"
)
COMPOUND = frozenset(_COMPOUND.split())
UNNAMED = frozenset(
    {
        "不详",
        "不清",
        "不清楚",
        "匿名",
        "未知",
        "不明",
        "未具名",
        "未署名",
        "姓名不详",
        "身份不详",
        "身份不明",
        "待查",
        "待核实",
        "未写明",
        "无名氏",
    }
)
TITLES = (
    "党组书记|党委书记|副书记|书记|副局长|局长|副院长|院长|副检察长|检察长|副所长|所长|副庭长|庭长|副支队长|支队长|副大队长|大队长|副中队长|中队长|副科长|科长|副处长|处长"
    "|副主任|主任|政委|教导员|指导员|监狱长|副监狱长|监区长|民警|干警|辅警|协警|法官助理|法官|检察官助理|检察官|法警|狱警|书记员|审判员|科员|调研员|警长"
)
_CJK = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇"
_NAME = re.compile(rf"[{_CJK}]{{2,4}}|[{_CJK}]{{1,12}}(?:·[{_CJK}]{{1,12}})+|[A-Za-z][A-Za-z.'\-]*(?: [A-Za-z.'\-]+)+")
_HIDDEN = re.compile(
    rf"[{_CJK}]{{1,2}}(?:某{{1,3}}[甲乙丙丁]?|[*×xX○〇﹡＊]{{1,3}}|某[{_CJK}])|[{_CJK}][*×xX○＊][{_CJK}]"
)
_DOTS = re.compile(rf"(?<=[{_CJK}])[•・‧∙⋅·﹒．.](?=[{_CJK}])")
_BRACKETS = re.compile(r"[(（\[【〔][^()（）\[\]【】〔〕]*[)）\]】〕]")
_BETWEEN = re.compile(r"[、,，;；/\n\r|&+]+|以及")
_JOINT = re.compile("[和与及]")
_ITEM_MARK = re.compile(r"(?:(?<=\s)|^)(?:[0-9]{1,2}[.、)．]|[①-⑳])\s*")
_DIGITS = re.compile(r"[0-9Xx\-]{5,}")
_N = "([0-9]{1,3}|[一二两三四五六七八九十百]{1,4})"
_AND_OTHERS = re.compile(
    rf"等\s*(?:共|计)?\s*{_N}\s*(?P<more>余|多)?\s*(?:名|位|个)?\s*(?:人|同志|民警|干警|辅警|党员|党员干部|干部)?$"
)
_COUNTED = re.compile(rf"\s*(?:共|共计|计)?\s*{_N}\s*人$")
_ONLY_COUNTED = re.compile(
    rf"(?:[{_CJK}]*?[局院所队部委科处庭狱])?(?:涉案|相关|有关)?{_N}(?:名|位|个)?(?:人|民警|干警|辅警|人员|同志|党员|党员干部|干部|领导干部)"
)
_NO_NAME = (
    "局",
    "法院",
    "检察院",
    "派出所",
    "支队",
    "大队",
    "中队",
    "监狱",
    "委员会",
    "政法委",
    "纪委",
    "公司",
    "人员",
    "民警",
    "干警",
    "领导",
    "群众",
    "单位",
    "部门",
    "科室",
    "机关",
    "班子",
    "工作人员",
    "等人",
    "多人",
    "全体",
    "空缺",
)  # no name ends so
_ENDS = (*_NO_NAME, *TITLES.split("|"))
_LAST = frozenset(end[-1] for end in _ENDS)
_ONLY_TITLE = re.compile(rf"[{_CJK}](?:{TITLES})")  # 王局长: a surname is no name
_ODD = frozenset("某等无〇未")
_HAN = "[\u4e00-\u9fff]{2,3}"
_NOTHING = frozenset(filter(re.compile(_HAN).fullmatch, NOTHING))
SURE = Sure(
    re.compile(
        rf"(?![{''.join(sorted({word[0] for word in (*UNNAMED, *_NOTHING)}))}]|.{{0,2}}[{''.join(sorted(_ODD))}]){_HAN}(?<![{''.join(sorted(_LAST))}])"
    ),
    lambda name: Crew((name,)),
)
_TITLE_BEFORE = re.compile(rf"^(?:原|时任)?(?:{TITLES})(?=[{_CJK}]{{2,3}}$)")
_TITLE_AFTER = re.compile(rf"(?<=^[{_CJK}]{{2}})(?:同志|{TITLES})$|(?<=^[{_CJK}]{{3}})(?:同志|{TITLES})$")
_EXPECTED = "姓名，几个人用顿号隔开"


@dataclass(slots=True)
class _Reading:
    """What has been found so far in one cell."""

    names: list[str] = field(default_factory=list)
    hidden: int = 0  # 王某某, 不详: persons without a usable name
    rules: dict[str, None] = field(default_factory=dict)  # in the order they applied
    faults: list[Fault] = field(default_factory=list)

    def note(self, rule: str, applied: bool) -> None:
        if applied:
            self.rules[rule] = None


def clean(value: Cell) -> Cleaned[Crew]:
    """The persons that a cell names.

    张三等3人 is one name and two others; 王某某, 匿名 and 不详 are persons known by number only; 张 三 is one person, 张三 李四
    are two. A unit or a word like 相关人员 is no name.

    >>> clean("张三等3人").value, clean("张　三").value, clean("张三 李四").value
    (Crew(names=('张三',), others=2), Crew(names=('张三',), others=0), Crew(names=('张三', '李四'), others=0))
    """
    if isinstance(value, str) and len(value) < 5 and _NAME.fullmatch(value) and _is_simple(value):
        return Cleaned(Crew((value,)))
    if (settled := unusable(value, _EXPECTED)) is not None:
        return settled
    if not isinstance(value, str):
        return Cleaned(None, "", _fault("error", "人名无法识别", f"这里应填姓名，却是{nature(value)}", "请填姓名"))
    text = narrow(value).strip()
    bare = re.sub(r"\s+", "", text)
    if is_nothing(bare) and bare not in UNNAMED:
        return Cleaned(None, EMPTY_RULE if bare else "")
    return _crew(value, text)


def _is_simple(text: str) -> bool:
    """Whether a name needs no second look."""
    if len(text) == 4:
        return text[:2] in COMPOUND
    odd = text[-1] in _LAST and text.endswith(_ENDS)
    return not odd and _ODD.isdisjoint(text) and text not in UNNAMED and text not in _NOTHING


def _crew(written: str, text: str) -> Cleaned[Crew]:
    found = _Reading()
    text = _outer(text, found)
    text, stated = _take_count(text, found)
    for part in _BETWEEN.split(text):
        for token in _tokens(part.strip(), found):
            _take(token, found)
    others = found.hidden + _others(stated, found)
    _look_twice(found)
    rule = "人名：" + "、".join(found.rules) if found.rules else ""
    fault = max(found.faults, key=lambda f: f.level == "error", default=None)
    if not found.names and not others:
        return Cleaned(None, "", fault or _fault("error", "人名无法识别", "看不出姓名", "请填姓名"))
    if not rule and (len(found.names) != 1 or found.names[0] != written):
        rule = "人名：分开各人" if len(found.names) > 1 else "人名：整理写法"
    return Cleaned(Crew(tuple(found.names), others), rule, fault)


def _outer(text: str, found: _Reading) -> str:
    """The text without brackets, list marks, dots of other kinds and long numbers."""
    for rule, pattern, by in (
        ("略去括号说明", _BRACKETS, ""),
        ("去序号", _ITEM_MARK, "、"),
        ("统一间隔号", _DOTS, "·"),
        ("略去号码", _DIGITS, ""),
    ):
        shorter = pattern.sub(by, text)
        found.note(rule, shorter != text)
        text = shorter.strip()
    return text.strip("。.、,，;； ")


def _take_count(text: str, found: _Reading) -> tuple[str, int | None]:
    """The names without 等3人 or 共2人, and how many persons that states; 3名民警 is all number."""
    if match := _ONLY_COUNTED.fullmatch(text):
        found.note("按人数计", True)
        return "", _count(match[1])
    if match := _AND_OTHERS.search(text) or _COUNTED.search(text):
        found.note("按人数计", True)
        if match.groupdict().get("more"):
            found.faults.append(_fault("warning", "人数不明", "人数是约数，按写出的数计", "请写明准确人数"))
        return text[: match.start()].strip(), _count(match[1])
    if re.search("等(?:人|同志)?$", text):
        what = "写了“等”而没有人数，只计写出姓名的人"
        found.faults.append(_fault("warning", "人数不明", what, "请写全姓名，或写明“等几人”"))
        return re.sub("等(?:人|同志)?$", "", text), None
    return text, None


def _count(text: str) -> int | None:
    number = numerals.parse(text)
    return int(number.value) if number else None


def _others(stated: int | None, found: _Reading) -> int:
    if stated is None:
        return 0
    named = len(found.names) + found.hidden
    if stated < named:
        what = f"写出了{named}人，人数却写{stated}人，按写出的计"
        found.faults.append(_fault("warning", "人数不符", what, "请核对人数"))
    return max(stated - named, 0)


def _tokens(part: str, found: _Reading) -> list[str]:
    """One part between separators as names: by 和 where both sides are names, by spaces where each side is one."""
    sides = [s.strip() for s in _JOINT.split(part)]
    if len(sides) > 1 and all(_NAME.fullmatch(s) or _HIDDEN.fullmatch(s) or s in UNNAMED for s in sides):
        return sides
    pieces = part.split()
    if len(pieces) < 2 or _NAME.fullmatch(part):  # a Latin name holds its spaces
        return pieces if len(pieces) < 2 else [part]
    return _by_spaces(pieces, found)


def _by_spaces(pieces: list[str], found: _Reading) -> list[str]:
    joined = "".join(pieces)
    single = [len(p) == 1 for p in pieces]
    if not any(single):
        return _with_surnames(pieces)
    if len(joined) <= 3 or (len(joined) == 4 and (joined[:2] in COMPOUND or "·" in joined)):
        found.note("去空格", True)
        return [joined]
    what = "空格的用法看不出是几个人"
    found.faults.append(_fault("error", "人名无法识别", what, "同一人的姓名中间不空格，几个人用顿号隔开"))
    return []


def _with_surnames(pieces: list[str]) -> list[str]:
    """欧阳 娜娜: a compound surname alone belongs to what follows."""
    tokens: list[str] = []
    for piece in pieces:
        if tokens and tokens[-1] in COMPOUND:
            tokens[-1] += piece
        else:
            tokens.append(piece)
    return tokens


def _take(token: str, found: _Reading) -> None:
    if token in UNNAMED or _HIDDEN.fullmatch(token) or _ONLY_TITLE.fullmatch(token):
        found.hidden += 1
        found.note("隐名或未写明的按1人计", True)
        found.faults.append(
            _fault("note", "未写明姓名", "没有写明姓名，按1人计，不与其他记录认作同一人", "能写明的请写明")
        )
        return
    name = _TITLE_BEFORE.sub("", _TITLE_AFTER.sub("", token))
    found.note("略去职务称呼", name != token)
    if name.endswith(_NO_NAME) or name in _NOTHING or not _NAME.fullmatch(name):
        what = "写的是单位或泛称，不是姓名" if name.endswith(_NO_NAME) else "不像一个姓名"
        found.faults.append(_fault("error", "人名无法识别", what, "请填姓名，几个人用顿号隔开"))
        return
    found.names.append(name)


def _look_twice(found: _Reading) -> None:
    if len(set(found.names)) < len(found.names):
        found.faults.append(_fault("warning", "同格重名", "同一格里一个姓名写了两次", "请核对是否同一人"))
    if any(len(n) == 4 and n[:2] not in COMPOUND and n.isalpha() and not n.isascii() for n in found.names):
        found.faults.append(_fault("warning", "四字姓名", "姓名是四个字，可能是两个人连写", "若是两人，请用顿号隔开"))


def _fault(level: Level, kind: str, what: str, do: str) -> Fault:
    return Fault(level, kind, what, _EXPECTED, do)
