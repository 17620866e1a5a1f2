"""Finds and masks private values before anything else sees them; pseudonyms; marks of secrecy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from zhengfa_stats.reading.cleaning.normal import tight

MASKED_CARD = "〔证件号码已隐去〕"
MASKED_PHONE = "〔电话号码已隐去〕"
MASKED_ACCOUNT = "〔银行账号已隐去〕"
MASKED_INFORMANT = "〔姓名已隐去〕"

_HAN = re.compile("[\u4e00-\u9fff]*")  # neither spaces nor cases nor widths
_HALF = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")  # one sign for one: places stay
_ENOUGH = re.compile(r"[0-9０-９](?:[-－ 　]?[0-9０-９]){6}")
_FREE, _END = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
_CARD = re.compile(_FREE + r"[1-9]\d{5}[- ]?\d{8}[- ]?\d{3}[0-9Xx]" + _END, re.ASCII)
_OLD_CARD = re.compile(_FREE + r"[1-9]\d{14}" + _END, re.ASCII)
_ACCOUNT = re.compile(_FREE + r"62\d{2}(?:[- ]?\d{4}){3}(?:[- ]?\d{1,3})?" + _END, re.ASCII)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)", re.ASCII)
_BESIDE = re.compile(r"(?:[\s:：,，、;；()（）]|号|电话|手机|联系人?)(1[3-9]\d(?:[- ]?\d{4}){2})(?!\d)", re.ASCII)
_LEAST = 11  # characters of the shortest private number
SHORTEST = 12  # characters of a code that holds a number of somebody's: a sign and a mobile phone's
_LANDLINE = re.compile(r"(?<!\d)(?:\(0\d{2,3}\) ?|0\d{2,3}[- ])[2-9]\d{6,7}(?!\d)", re.ASCII)
_PROVINCES = frozenset(map(str, [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83]))  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

# Who reported something, where prose says it: 举报人：王某某, 举报人王小明反映…, 来信人（李四）. 被举报人 is somebody else.
_INFORMANT = r"(?<!被)(?:举报|检举|控告|投诉|反映|来信|来访|信访|上访)(?:人|者|群众)(?:姓名|名字)?"
_NOBODY = r"(?!匿名|实名|不详|不明|未|无|保密|同上|要求|群众|网民|市民|村民|居民|某|多|〔)"
_NAME = r"[\u3400-\u9fff·]"
_SURNAMES = (
    "(?:欧阳|司马|上官|诸葛|司徒|令狐|皇甫|尉迟|公孙|慕容|夏侯|东方|长孙|宇文|"
    "[王李张刘陈杨赵黄周吴徐孙胡朱林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "石姚谭廖邹熊陆郝孔崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易武贺赖龚樊兰殷施陶洪翟颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦柳邢岳"
    "齐梅庄辛管祝左涂谷祁舒耿牟卜詹蓝关苗凌费纪靳盛童欧甄项曲成游裴席卫查屈鲍覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边])"
)
_AFTER = (  # what goes on after a name, not before one
    r"(?=$|[^\u3400-\u9fff·]|反映|举报|检举|控告|投诉|信访|来信|来访|来电|称|说|电话|手机|联系|身份证|证件|住|家住|现住|系|表示|提供|"
    r"要求|认为|多次|已|曾|向|于|在|对|的|等|先生|女士|同志|某)"
)
_TOLD = re.compile(
    rf"(?P<who>{_INFORMANT}(?:[:：]\s*|[(（]\s*)){_NOBODY}(?P<name>{_NAME}{{2,20}})"
    rf"|(?P<whom>{_INFORMANT}\s?(?:是|为|叫|系)?){_NOBODY}(?P<called>{_SURNAMES}{_NAME}{{1,2}}?){_AFTER}"
)

_GRADE = "(?:绝密|机密|秘密)"
_TERM = r"(?:长期|[0-9一二三四五六七八九十]+(?:年|个?月|天))"
_SECRET = re.compile(
    rf"{_GRADE}[★☆✩✭*]|[★☆]{_GRADE}|(?:密级|保密等级)[:：]?[(（【]?{_GRADE}|^[(（【\[]?{_GRADE}(?:[:：]?{_TERM})?[)）】\]]?$"
)

_NAMED_SO = re.compile(rf"[(（【\[〔]{_GRADE}(?:[:：]?{_TERM})?[)）】\]〕]")
_PLAIN_SO = re.compile(rf"{_GRADE}[★☆✩✭]|[★☆]{_GRADE}|^(?:密级|保密等级)[:：][(（【]?{_GRADE}")
_CODES = re.compile(
    r'&"[^"]*"|&\d{1,3}|&[A-Z]|&K[0-9A-F]{6}', re.IGNORECASE
)  # fonts, sizes, fields in heads and feet of pages


def mask(text: str) -> tuple[str, bool]:
    """The text with ID cards, phone numbers, bank accounts and informants' names hidden, and whether any was found.

    A card whose check digit is wrong is hidden too if its region and birthday are plausible: a typing slip is still
    somebody's number.

    >>> mask("联系13800138000")
    ('联系〔电话号码已隐去〕', True)
    >>> mask("线索编号2021030500010001")
    ('线索编号2021030500010001', False)
    >>> mask("举报人王小明反映被举报人李四")
    ('举报人〔姓名已隐去〕反映被举报人李四', True)
    """
    text, told = _without_informant(text)
    text, found = _without_numbers(text)
    return text, told or found


def mask_code(text: str) -> str | None:
    """A code without the phone number that stands beside it; None where it is nothing but somebody's card number.

    A code may itself be eleven digits or eighteen: only a card with a birthday before 2011 and its right check digit is sure.

    >>> mask_code("示法〔2021〕1号 13800138000"), mask_code("14010000001"), mask_code("330100202103050012")
    ('示法〔2021〕1号 〔电话号码已隐去〕', '14010000001', '330100202103050012')
    """
    if len(text) < SHORTEST or not _ENOUGH.search(text):
        return text
    half = text.translate(_HALF)
    if any(_is_born(re.sub("[- ]", "", match[0])) for match in _CARD.finditer(half)):
        return None
    for match in reversed(list(_BESIDE.finditer(half))):
        text = text[: match.start(1)] + MASKED_PHONE + text[match.end(1) :]
    return text


def _without_informant(text: str) -> tuple[str, bool]:
    """The text without the names of those who reported; what stands with a colon is one, else a surname begins it."""
    if "人" not in text and "者" not in text and "群众" not in text:
        return text, False
    hidden = _TOLD.sub(lambda m: f"{m['who'] or m['whom']}{MASKED_INFORMANT}", text)
    return hidden, hidden != text


def _without_numbers(text: str) -> tuple[str, bool]:
    if len(text) < _LEAST or not _ENOUGH.search(text):
        return text, False
    found = _private_spans(text.translate(_HALF))
    for start, end, word in sorted(found, reverse=True):
        text = text[:start] + word + text[end:]
    return text, bool(found)


def has_secrecy_mark(text: str) -> bool:
    """Whether a cell bears a mark of secrecy: 机密★1年, 秘密★, 密级：秘密, or the bare word alone; never 秘密 within prose.

    >>> has_secrecy_mark("机 密★1年"), has_secrecy_mark("工作秘密不得外泄"), has_secrecy_mark("绝密")
    (True, False, True)
    """
    return ("密" in text) and bool(_SECRET.search(tight(text)))


def is_plainly_secret(text: str) -> bool:
    """Whether a cell anywhere bears a mark that prose and lists never hold: 机密★1年, 密级：秘密.

    >>> is_plainly_secret("机密★1年"), is_plainly_secret("密级：秘密"), is_plainly_secret("秘密"), is_plainly_secret("泄露秘密")
    (True, True, False, False)
    """
    return "密" in text and bool(_PLAIN_SO.search(tight(text)))


def is_named_secret(name: str) -> bool:
    """Whether a file, a folder, a sheet, the head or foot of a page or a text box says that it is secret.

    >>> is_named_secret("线索台账（机密）"), is_named_secret("&C&14机密★1年"), is_named_secret("机密"), is_named_secret("保密工作台账")
    (True, True, True, False)
    """
    if "密" not in name:
        return False
    parts = (part for part in re.split(r"[\n\r]|&[LCR]", name))
    plain = [tight(_CODES.sub("", part)) for part in parts]
    return any(_NAMED_SO.search(part) or _SECRET.search(part) for part in plain)


def pseudonym(key: bytes, kind: str, text: str) -> str:
    """A keyed name for a private value, 20 hex digits; the same however the value is spaced, cased or typed in width.

    >>> pseudonym(b"k", "name", "张　三") == pseudonym(b"k", "name", "张三") != pseudonym(b"k", "staff", "张三")
    True
    >>> import hmac
    >>> pseudonym(b"k", "name", "张三") == hmac.digest(b"k", "name\\0张三".encode(), "sha256").hex()[:20]
    True
    """
    return _hashed(key, kind, text)[:20]


def elsewhere(key: bytes, name: str) -> str:
    """What other files know a name by: the next 20 hex digits of its hash, which the first do not tell without the key."""
    return _hashed(key, "name", name)[20:40]


class Named(dict[str, str]):
    """The hashes of a file's names, each worked out once for all that is made of it."""

    def __init__(self, key: bytes) -> None:
        super().__init__()
        self.key, self._pads = key, _pads(key, "name")

    def __missing__(self, name: str) -> str:
        hashed = self[name] = _keyed(self._pads, tidied(name))
        return hashed

    def pseudonyms(self, names: Iterable[str]) -> tuple[str, ...]:
        """`pseudonym` of each name."""
        return tuple([self[name][:20] for name in names])

    def elsewhere(self, names: Iterable[str]) -> set[str]:
        """`elsewhere` of each name."""
        return {self[name][20:40] for name in names}


def _hashed(key: bytes, kind: str, text: str) -> str:
    return _keyed(_pads(key, kind), tidied(text))


def tidied(text: str) -> str:
    """A private value as it is hashed: of texts put together it is theirs put together."""
    return text if _HAN.fullmatch(text) else tight(text).upper()


def keyed(key: bytes, kind: str, texts: Iterable[str]) -> list[str]:
    """`pseudonym` of each of many texts that are tidied."""
    pads = _pads(key, kind)
    return [_keyed(pads, text)[:20] for text in texts]


def _keyed(pads: tuple[Any, Any], text: str) -> str:
    inner, outer = pads[0].copy(), pads[1].copy()
    inner.update(text.encode())
    outer.update(inner.digest())
    return str(outer.hexdigest())


@lru_cache(maxsize=32)
def _pads(key: bytes, kind: str) -> tuple[Any, Any]:
    """HMAC-SHA-256 as far as key and kind take it, once for all names: hmac.digest goes through it for each, at twice the cost."""
    block = (key if len(key) <= 64 else sha256(key).digest()).ljust(64, b"\0")
    return sha256(bytes(b ^ 0x36 for b in block) + f"{kind}\0".encode()), sha256(bytes(b ^ 0x5C for b in block))


def _private_spans(text: str) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for pattern, test, word in _KINDS:
        for match in pattern.finditer(text):
            start, end = match.span()
            free = all(end <= s or e <= start for s, e, _ in found)
            if free and test(re.sub(r"[^0-9Xx]", "", match[0])):
                found.append((start, end, word))
    return found


def _is_card(digits: str) -> bool:
    if digits[:2] not in _PROVINCES or not _is_day(digits[6:14]):
        return False
    return _checks(digits) or 1920 <= int(digits[6:10]) <= 2010  # a clue number holds the year of the clue, no birthday


def _is_born(digits: str) -> bool:
    return digits[:2] in _PROVINCES and _is_day(digits[6:14]) and digits[6:10] <= "2010" and _checks(digits)


def _checks(digits: str) -> bool:
    """Whether the check digit is right."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11] == digits[17].upper()


def _is_old_card(digits: str) -> bool:
    return digits[:2] in _PROVINCES and _is_day("19" + digits[6:12])


def _is_day(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return 1900 <= day.year <= 2100


def _is_account(digits: str) -> bool:
    """Luhn's check."""
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return len(digits) >= 16 and sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _always(digits: str) -> bool:
    return bool(digits)


_KINDS = (
    (_CARD, _is_card, MASKED_CARD),
    (_OLD_CARD, _is_old_card, MASKED_CARD),
    (_ACCOUNT, _is_account, MASKED_ACCOUNT),
    (_MOBILE, _always, MASKED_PHONE),
    (_LANDLINE, _always, MASKED_PHONE),
)
