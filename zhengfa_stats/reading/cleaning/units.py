"""Units: their line (公安局) and their region (甲县), out of names that carry city, 市/县/区, 中共 and sub-units."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zhengfa_stats.reading.cleaning.normal import EMPTY_RULE, is_nothing, nature, tight, unusable
from zhengfa_stats.reading.cleaning.result import Cleaned, Fault, Office
from zhengfa_stats.reading.cleaning.terms import Terms, lookup, propose, shown
from zhengfa_stats.reading.sheets import Cell

# A name that ends so belongs to the line, whatever stands before it: 法院路派出所 is police.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    "公安局": (
        "派出所", "看守所", "拘留所", "拘役所", "收容教育所", "交警支队", "交警大队", "交警中队", "交巡警支队", "交巡警大队", "交巡警中队",
        "交通警察支队", "交通警察大队", "刑侦支队", "刑侦大队", "刑警支队", "刑警大队", "经侦支队", "经侦大队", "治安支队", "治安大队",
        "治安管理支队", "治安管理大队", "禁毒支队", "禁毒大队", "特警支队", "特警大队", "巡特警支队", "巡特警大队", "巡警支队", "巡警大队",
        "网安支队", "网安大队", "网络安全保卫支队", "网络安全保卫大队", "国保支队", "国保大队", "法制支队", "反恐支队", "反恐大队", "警务站",
        "出入境管理支队", "出入境管理大队", "情报指挥中心", "经济犯罪侦查支队", "经济犯罪侦查大队", "刑事侦查支队", "刑事侦查大队", "警犬基地",
    ),
    "法院": ("人民法庭", "法庭", "法院执行局"),
    "检察院": ("检察室",),
    "司法局": ("监狱", "司法所", "强戒所", "强制隔离戒毒所", "戒毒所", "未成年犯管教所", "未管所", "社区矫正中心", "公证处", "法律援助中心"),
}  # fmt: skip

# Whole cells only: within a title they are no unit (干预司法, 检察官), so they are not in the vocabulary.
SHORT: Mapping[str, str] = {"司法": "司法局", "检察": "检察院"}

_INNER = re.compile(
    r".*(?:支队|大队|中队|总队|派出所|科|处|室|队|所|庭|部|局|中心|分局|组|站|委|办|办公室|委员会|监狱|机关|党委|党组|支部|干警|民警)"
)
_PARTY = re.compile(r"^(?:中国共产党|中共)")
_PROVINCE = re.compile(r"^(?:[^省市县区旗]{2,8}省|[^省市县区旗]{2,6}自治区)")
_OWNED = re.compile("^(?:省属|市属|市直|县直|区直|部属)(?=.)")
_REGION = re.compile(
    r"^(?P<region>市[中北南]区|[^省市县区旗州局院委所]{1,10}?(?:自治县|自治旗|自治州|县|区|旗|市|州|林区|特区))(?=.)"
)
_BARE = re.compile(r"^(?:市|县|区|旗|州|本市|我市|全市)(?=.)")
_BRANCH = re.compile(r"公安局(?P<region>[^省市县区旗]{1,6}[县区])(?:公安)?分局")
_BRACKET = re.compile(r"[(（\[【]([^)）\]】]*)[)）\]】]")
_POST = re.compile(
    r"(?:长|书记|主任|政委|委员|组员|成员|民警|干警|警员|辅警|协警|法官|检察官|助理|书记员|审判员|科员|办事员|巡视员|调研员|专员|干部|教导员|指导员)"
    r"(?:[（(][^（）()]*[)）])?$"
)
_EXPECTED_PLACE = "单位名称，如市公安局、甲县法院"
_NOT_OURS = re.compile("^(?:省|国家(?!安全局)|中央|最高|公安部|司法部|.{2,8}省|.{2,6}自治区|.*(?:公安|司法|安全)厅)")
_BETWEEN = re.compile(r"[、，,；;/\n\r+＋&|]+|以及")
_SPACES = re.compile(r"\s+")
_CITYS_OWN = re.compile("^(?:市|本市|我市|全市|市属|市直|中院|中级)")
_CITY_LEVEL = re.compile("(?:市|本)?(?:本级|直|直属|直机关|级|直单位|局|属)|本市|全市|市")
_JOINT = re.compile("[和与及]")


def clean(value: Cell, vocabulary: Terms, city: str = "", home: str = "") -> Cleaned[Office]:
    """The line and region of a unit; the region is "" for the city's own units and where none is said.

    `city` is the city's full name (示例市). A unit of the province or the state is unknown here, never the city's.
    `home` is the region that a sheet as a whole is about: there 公安局 is that county's, and only 市公安局 the city's.
    """
    if (settled := unusable(value, _EXPECTED_PLACE)) is not None:
        return settled
    if not isinstance(value, str):
        return _not_text(value)
    text = tight(value)
    if is_nothing(text):
        return Cleaned(None, EMPTY_RULE if text else "")
    office = _before_post(value, vocabulary, city) if is_post(text) and read(text, vocabulary, city) is None else None
    if office is None and (parts := _several(value, vocabulary, city)):
        what = f"一格里写了{len(parts)}个单位"
        return Cleaned(
            None, "", Fault("error", "一格多单位", what, _EXPECTED_PLACE, "请只写一个单位，其余写入协办单位")
        )
    office = office or read(text, vocabulary, city)
    if office is None:
        return _unknown(value, vocabulary)
    if home and not office.region and not names_city(text, city):
        office = Office(office.unit, home)
    return Cleaned(office, _rule(office, text))


def split_post(written: str, vocabulary: Terms, city: str = "") -> tuple[Office, str] | None:
    """The unit that a post begins with, and the rest; None where it begins with none or the rest is no post.

    Only a unit's whole name is taken from the post: what stands in an inner part (刑侦支队政委) leads no unit.
    """
    text = tight(written)
    past = "原" if text.startswith("原") else ""
    text = text.removeprefix(past)
    for find in (_whole, read):
        for end in range(len(text) - 1, 1, -1):
            if not _POST.search(text[end:]) or (office := find(text[:end], vocabulary, city)) is None:
                continue
            if find is read:
                return office, past + text
            if text[end] == "长" and text[end - 1] in "局院":  # 市公安局长
                end -= 1
            return office, past + text[end:].lstrip("、,，")
    return None


def is_post(written: str) -> bool:
    """Whether a text ends as posts do: 副局长, 民警."""
    return bool(_POST.search(tight(written)))


def _whole(text: str, vocabulary: Terms, city: str) -> Office | None:
    """The office whose whole name a text is; an inner part or a branch is none."""
    region, rest = _peel(text, city)
    known = None if text.endswith("分局") else lookup(text, vocabulary) or lookup(rest, vocabulary)
    return Office(known, region) if known else None


def _before_post(text: str, vocabulary: Terms, city: str) -> Office | None:
    """The unit of a unit with a post: 市公安局党委委员、副局长; None where the posts are of two units."""
    found = split_post(text, vocabulary, city)
    if found is None or any(split_post(part, vocabulary, city) for part in _BETWEEN.split(text)[1:]):
        return None
    return found[0]


def names_city(text: str, city: str) -> bool:
    """Whether a unit is said to be the city's own: 市公安局, 示例市公安局, 中级人民法院.

    >>> names_city("市公安局", "示例市"), names_city("公安局", "示例市"), names_city("市中区公安局", "示例市")
    (True, False, False)
    """
    tidy = _PARTY.sub("", tight(text))
    own = tuple(name for name in (city, city.removesuffix("市")) if len(name) > 1)
    rest = tidy.removeprefix(city) if city else tidy
    return bool(_CITYS_OWN.match(tidy) or tidy.startswith(own)) and not _REGION.match(rest if rest else tidy)


def only_region(value: Cell, city: str = "") -> Cleaned[str]:
    """A county or district, "" for the city's own level; nothing for a text that says anything else.

    >>> [only_region(t, "示例市").value for t in ("甲县", "示例市乙区", "市本级", "甲县公安局", "全县", "来信", "各县区")]
    ['甲县', '乙区', '', None, None, None, None]
    """
    text = tight(value).removeprefix(city) if isinstance(value, str) else ""
    if _CITY_LEVEL.fullmatch(text) and text not in ("本市", "全市", "市"):
        return Cleaned("")
    match = _REGION.match(text + "局")
    is_one = match is not None and match["region"] == text and text[-1:] in "县区旗" and "县区" not in text
    return Cleaned(text if is_one and not _is_word(text) else None)


def clean_region(value: Cell, city: str = "") -> Cleaned[str]:
    """A county or district, "" for the city's own level; what is neither stays as it is written.

    >>> [clean_region(t, "示例市").value for t in ("甲县", "示例市甲县", "市本级", "市直", "甲县公安局", "高新区")]
    ['甲县', '甲县', '', '', '甲县', '高新区']
    """
    if (settled := unusable(value, "县区名称，如甲县、市本级")) is not None:
        return settled
    text = tight(str(value))
    if is_nothing(text):
        return Cleaned(None, EMPTY_RULE if text else "")
    rest = _drop_city(_drop_province(text, city), city)
    if text == city or _CITY_LEVEL.fullmatch(rest):
        return Cleaned("", "区划：市本级")
    match = _REGION.match(rest + "局")
    region = match["region"] if match and not _is_word(match["region"]) else rest
    return Cleaned(region, "" if region == value else "区划：统一名称")


def clean_many(value: Cell, vocabulary: Terms, city: str = "", home: str = "") -> Cleaned[tuple[Office, ...]]:
    """All units of a cell: 政法委、公安局. One that is unknown is a fault, and those known stay."""
    parts = _several(value, vocabulary, city) if isinstance(value, str) else []
    if not parts:
        one = clean(value, vocabulary, city, home)
        return Cleaned(None if one.value is None else (one.value,), one.rule, one.fault)
    found = [clean_many(part, vocabulary, city, home) for part in parts]
    offices = tuple(dict.fromkeys(office for c in found for office in c.value or ()))
    return Cleaned(offices or None, "单位：一格多单位分开", next((c.fault for c in found if c.fault), None))


def _several(value: str, vocabulary: Terms, city: str) -> list[str]:
    """The parts of a cell that names several units; [] where it names one. 和平派出所 and 公安局 刑侦支队 are one."""
    if lookup(value, vocabulary) is not None:
        return []
    parts = [p for p in _BETWEEN.split(value.strip()) if p.strip()]
    if len(parts) > 1:
        return parts
    for separator in (_SPACES, _JOINT):
        parts = separator.split(value.strip())
        offices = {read(tight(p), vocabulary, city) for p in parts}
        if len(offices) > 1 and None not in offices:
            return parts
    return []


def read(text: str, vocabulary: Terms, city: str = "") -> Office | None:
    """The office that a tight text names as a whole; None if it is unknown."""
    for form, hint in _without_brackets(text, city):
        region, rest = _peel(form, city)
        unit = _line(form, rest, vocabulary)
        if unit is not None:
            return Office(unit, _branch(form) or region or hint)
    return None


def _without_brackets(text: str, city: str) -> list[tuple[str, str]]:
    """The text with its brackets opened, then with them dropped; a region in brackets is kept: 公安局（甲县）."""
    if not (bracket := _BRACKET.search(text)):
        return [(text, "")]
    inside = bracket[1]
    hint = inside if _REGION.match(inside + "局") and inside[-1] in "县区旗市州" and inside != city else ""
    return [(_BRACKET.sub(r"\1", text), ""), (_BRACKET.sub("", text), hint)]


def _peel(text: str, city: str) -> tuple[str, str]:
    """The region, and what is left of a name without 中共, province, city, 县/区 and the 委 of 市委."""
    rest = _PARTY.sub("", text)
    rest = _drop_city(_drop_province(_OWNED.sub("", rest), city), city)
    region = ""
    if (match := _REGION.match(rest)) and not _is_word(match["region"]):
        region = match["region"]
        rest = rest[match.end() :]
    rest = _BARE.sub("", rest)
    if rest.startswith("委") and rest[1:3] in ("政法", "市政"):
        rest = rest[1:]
    return ("" if region == city else region), _BARE.sub("", rest)


def _drop_province(text: str, city: str) -> str:
    """Only before a city or county: a unit of the province itself is not ours."""
    rest = _PROVINCE.sub("", text)
    return rest if rest.startswith(city or "\0") or _REGION.match(rest) else text


def _drop_city(text: str, city: str) -> str:
    for name in (city, city.removesuffix("市")):
        if len(name) > 1 and text.startswith(name) and len(text) > len(name):
            return text[len(name) :]
    return text


def _is_word(region: str) -> bool:
    """Whether what looks like a region is part of a unit's own name: 社区(矫正中心), 全市, 辖区."""
    return region in (
        "社区",
        "本市",
        "全市",
        "我市",
        "该市",
        "本县",
        "全县",
        "我县",
        "本区",
        "我区",
        "辖区",
        "各县",
        "各区",
        "地区",
        "军区",
    )


def _line(whole: str, rest: str, vocabulary: Terms) -> str | None:
    if (known := lookup(whole, vocabulary) or lookup(rest, vocabulary)) is not None:
        return known
    if (unit := _by_ending(rest)) is not None:
        return lookup(unit, vocabulary)
    return None if _NOT_OURS.match(rest) else _by_beginning(rest, vocabulary)


def _by_ending(rest: str) -> str | None:
    if rest in SHORT:
        return SHORT[rest]
    for unit, endings in ENDINGS.items():
        if rest.endswith(endings):
            return unit
    return None


def _by_beginning(rest: str, vocabulary: Terms) -> str | None:
    """公安局办公室, 法院执行局: a known name, then one of its inner parts."""
    for end in range(len(rest) - 1, 1, -1):
        known = lookup(rest[:end], vocabulary)
        if known is not None:
            whole_name = rest[:end][-1] in "局院委会关"
            return known if whole_name and _is_inner(rest[end:], known, vocabulary) else None
    return None


def _is_inner(tail: str, known: str, vocabulary: Terms) -> bool:
    """Whether what follows a unit's name is a part of that unit, and not a second unit: 政法委公安局."""
    ends = (tail[i:] for i in range(len(tail) - 1))
    return bool(_INNER.fullmatch(tail)) and all(lookup(end, vocabulary) in (None, known) for end in ends)


def _branch(text: str) -> str:
    match = _BRANCH.search(text)
    return match["region"] if match else ""


def _rule(office: Office, written: str) -> str:
    return "" if written == office.region + office.unit else "单位：统一名称"


def _unknown(written: str, vocabulary: Terms) -> Cleaned[Office]:
    do, expected = propose(vocabulary, written)
    return Cleaned(
        None, "", Fault("error", "单位无法识别", f"{shown(written, vocabulary)}不是已知的单位", expected, do)
    )


def _not_text(value: Cell) -> Cleaned[Office]:
    what = f"这里应填单位，却是{nature(value)}"
    return Cleaned(None, "", Fault("error", "单位无法识别", what, _EXPECTED_PLACE, "请填单位名称"))
