"""Chinese and Arabic numbers, exact: 二百三十六, 1.2万, 百分之百. Whole texts only, never prose."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

DIGITS = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SIMPLE = str.maketrans(
    "〇○壹贰叁肆伍陆柒捌玖拾佰仟萬億貳參叄陸點負０１２３４５６７８９．，％－＋",
    "零零一二三四五六七八九十百千万亿二三三六点负0123456789.,%-+",
)
_POSITIONAL = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_SIGN = r"(?P<sign>[-+负]?)"
_ARABIC = re.compile(
    _SIGN + r"(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<fraction>\.[0-9]+)?(?P<units>[百千]?万?亿?)"
)
_MIXED = re.compile(r"(?:([0-9]+)亿)?(?:([0-9]+)万)?(?:([0-9])千)?(?:([0-9])百)?")
_MIXED_UNITS = (10**8, 10**4, 1000, 100)
_CHINESE = re.compile(
    _SIGN + r"(?P<whole>[零一二三四五六七八九十百千万亿]+)(?:点(?P<fraction>[零一二三四五六七八九]+)(?P<units>万?亿?))?"
)
_PER = re.compile(r"(?P<sign>负?)(?P<per>[百千])分之(?P<of>.+)")
_LIMIT = 10**16


class Number(NamedTuple):
    """An exact number; a percentage holds the figure before the sign: 95% and 百分之九十五 are 95."""

    value: Decimal
    is_percent: bool = False


def parse(text: str) -> Number | None:
    """The number that the whole text writes; None where it writes none, or leaves a doubt.

    Refused: 一百二 (102 or 120?), 二三 (23, or two or three?), 1万2, 第十二, 半, 十几, 310余.

    >>> parse("二百三十六").value, parse("1.2万").value, parse("3,000").value, parse("两千").value
    (Decimal('236'), Decimal('12000'), Decimal('3000'), Decimal('2000'))
    >>> parse("百分之百"), parse("97.5%")
    (Number(value=Decimal('100'), is_percent=True), Number(value=Decimal('97.5'), is_percent=True))
    >>> parse("一百二"), parse("第十二"), parse("半"), parse("3,00")
    (None, None, None, None)
    """
    if text.isascii() and text.isdecimal():
        return Number(Decimal(text))
    plain = text.strip().translate(_SIMPLE)
    if plain in ("百分之百", "百分百"):
        return Number(Decimal(100), True)
    if per := _PER.fullmatch(plain):
        return _percent(_value(per["sign"] + per["of"]), 1 if per["per"] == "百" else 10)
    if plain[-1:] in ("%", "‰"):
        return _percent(_value(plain[:-1].rstrip()), 1 if plain[-1] == "%" else 10)
    value = _value(plain)
    return None if value is None else Number(value)


def positional(text: str) -> str | None:
    """The digits of a number written digit by digit, as years are; None where it isn't.

    >>> positional("二〇二一"), positional("二O二一"), positional("二十一")
    ('2021', '2021', None)
    """
    digits = re.sub("[OoＯ]", "0", text).translate(_POSITIONAL)
    return digits if digits.isascii() and digits.isdecimal() else None


def to_chinese(n: int) -> str:
    """A whole number in Chinese, from 0 to 9999 9999 9999 9999; ValueError beyond.

    >>> to_chinese(236), to_chinese(10), to_chinese(1005), to_chinese(203000)
    ('二百三十六', '十', '一千零五', '二十万三千')
    """
    if not 0 <= n < _LIMIT:
        raise ValueError(n)
    text = _spell(n) if n else "零"
    return text[1:] if text.startswith("一十") else text


def _spell(n: int) -> str:
    for unit in ("亿", "万", "千", "百", "十"):
        size = _UNITS[unit]
        if n >= size:
            high, rest = divmod(n, size)
            gap = "零" if 0 < rest < size // 10 else ""
            return _spell(high) + unit + gap + (_spell(rest) if rest else "")
    return DIGITS[n]


def _value(plain: str) -> Decimal | None:
    return next((value for read in (_arabic, _mixed, _chinese) if (value := read(plain)) is not None), None)


def _percent(value: Decimal | None, per: int) -> Number | None:
    return None if value is None else Number(_tidy(value / per), True)


def _signed(value: Decimal, sign: str) -> Decimal:
    return -value if sign in ("-", "负") else value


def _tidy(value: Decimal) -> Decimal:
    """12000.0 → 12000: the same number without the zeros that multiplying leaves."""
    whole = value.to_integral_value()
    return whole if whole == value else value


def _arabic(plain: str) -> Decimal | None:
    match = _ARABIC.fullmatch(plain)
    if not match:
        return None
    value = Decimal(match["number"].replace(",", "") + (match["fraction"] or ""))
    if match["units"]:
        value = _tidy(value * _product(match["units"]))
    return _signed(value, match["sign"])


def _product(units: str) -> int:
    size = 1
    for unit in units:
        size *= _UNITS[unit]
    return size


def _mixed(plain: str) -> Decimal | None:
    """1亿2000万, 2万5千: each part must fit below the part before it."""
    match = _MIXED.fullmatch(plain)
    if not match or not plain:
        return None
    total, ceiling = 0, _LIMIT
    for digits, unit in zip(match.groups(), _MIXED_UNITS, strict=True):
        if digits is None:
            continue
        part = int(digits) * unit
        if part >= ceiling:
            return None
        total, ceiling = total + part, unit
    return Decimal(total)


def _chinese(plain: str) -> Decimal | None:
    match = _CHINESE.fullmatch(_one_two(plain))
    if not match:
        return None
    whole = _whole(match["whole"])
    if whole is None:
        return None
    value = Decimal(whole)
    if match["fraction"]:
        value = Decimal(f"{whole}.{match['fraction'].translate(_POSITIONAL)}")
        value = _tidy(value * _product(match["units"] or "")) if match["units"] else value
    return _signed(value, match["sign"])


def _one_two(plain: str) -> str:
    """两 as 二 where 两 may stand (两, 两百, 两千, 两万, 两亿), 廿 and 卅 as tens."""
    plain = re.sub("^两$|两(?=[百千万亿])", "二", plain)
    return plain.replace("廿", "二十").replace("卅", "三十")


def _whole(text: str) -> int | None:
    """The whole number, only if we would write it so ourselves: what is written otherwise leaves a doubt."""
    if not set(text) & set(_UNITS):
        return _by_digits(text)
    total = _add_up(text)
    if total is None or not 0 <= total < _LIMIT:
        return None
    return total if _same(text) == _same(to_chinese(total)) else None


def _by_digits(text: str) -> int | None:
    """二〇二一; but 二三 may mean two or three."""
    if len(text) == 1:
        return DIGITS.index(text)
    if text.startswith("零") or (len(text) < 4 and "零" not in text):
        return None
    return int(text.translate(_POSITIONAL))


def _same(text: str) -> str:
    """One form for what is written either way: 一十 and 十, 二十万零三千 and 二十万三千."""
    return re.sub("([万亿])零(?=[一二三四五六七八九]千)", r"\1", text.replace("一十", "十"))


def _add_up(text: str) -> int | None:
    total = section = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS.index(char)
        elif char in "十百千":
            section, digit = section + (digit or 1) * _UNITS[char], 0
        elif char == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    return total + section + digit
