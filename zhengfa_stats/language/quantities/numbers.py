"""A number as prose writes it, and the interval that it leaves open: 1.2万, 十余万, 310余, 近300."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from zhengfa_stats import numerals

_ARABIC = re.compile(
    r"(?P<digits>[\d,\u2009\u202f\u00a0]*\d)(?:\.(?P<fraction>\d+))?\s?(?P<inside>[余多]?)(?P<scale>[十百千万亿]*)"
)
_LONG = re.compile(r"(?P<high>\d+)万(?P<low>\d{4})")
_GAPS = str.maketrans("", "", ",\u2009\u202f\u00a0")
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_BARE = re.compile("[百千万亿]+")
_NEIGHBOURS = re.compile(
    "(?P<lead>[二三四五六七八九]?十)?(?P<low>[一二两三四五六七八九])(?P<high>[二三四五六七八九])(?P<scale>[十百千万亿]*)"
)
_BETWEEN = {("三", "五")}  # 三五个: three to five
INFINITE = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number read: `place` is the worth of its last written digit, `step` of its last digit that is no zero (for 余, 近).

    `places` are its decimals as written. `rounded`: written in 万 or 亿, so that half a step either way is meant. `high` is set where two numbers stand for a range.
    """

    value: Decimal
    step: Decimal
    place: Decimal = Decimal(1)
    places: int = 0
    rounded: bool = False
    bare: bool = False
    high: Decimal | None = None


def read(text: str) -> Reading | None:
    """The number that the text (folded to half width) writes, or None.

    >>> read("1.2万").value, read("1.2万").step, read("10余万").step, read("10万").step
    (Decimal('12000'), Decimal('1000'), Decimal('100000'), Decimal('10000'))
    >>> read("二百三十六").value, read("三百").step, read("一百二"), read("百").bare
    (Decimal('236'), Decimal('100'), None, True)
    >>> read("两三").value, read("两三").high, read("七八十").high, read("12万3456").value
    (Decimal('2'), Decimal('3'), Decimal('80'), Decimal('123456'))
    """
    return _arabic(text) if text[:1].isdigit() else _chinese(text)


def scaled(found: Reading, by: Decimal) -> Reading:
    """The reading of a number of so many per cent each: by a power of ten.

    >>> scaled(read("3.2"), Decimal("0.1")).value, scaled(read("3.2"), Decimal("0.1")).places, scaled(read("四"), Decimal(10)).place
    (Decimal('0.32'), 2, Decimal('10'))
    """
    value, step, place = (n * by for n in (found.value, found.step, found.place))
    return replace(found, value=value, step=step, place=place, places=found.places - by.adjusted())


def interval(found: Reading, sense: str, whole: bool, measured: bool) -> tuple[Decimal, Decimal]:
    """The least and the greatest that the words leave open; `whole` numbers only, or `measured` and so rounded.

    >>> [tuple(map(int, interval(read(t), s, True, False))) for t, s in [("310", "more"), ("1200", "more"), ("300", "under")]]
    [(310, 319), (1200, 1299), (270, 299)]
    >>> tuple(map(int, interval(read("1.2万"), "", True, False))), tuple(map(str, interval(read("38.6"), "", False, True)))
    ((11500, 12499), ('38.55', '38.65'))
    """
    if found.high is not None:
        return found.value, found.high
    low, high = _bounds(found, sense, measured)
    if whole and high.is_finite():
        low, high = low.to_integral_value(ROUND_CEILING), _below(high, sense, found).to_integral_value(ROUND_FLOOR)
        low = min(low, high)
    return low, high


def _bounds(found: Reading, sense: str, measured: bool) -> tuple[Decimal, Decimal]:
    value, step = found.value, found.step
    near = min(step / 2, abs(value) / 10)
    match sense:
        case "more":
            return value, value + (step if step > 1 or measured else Decimal(10))
        case "under":
            return value - near, value
        case "about":
            return value - near, value + near
        case "above":
            return value if measured else value + 1, value + max(step, Decimal(10))
        case "least":
            return value, INFINITE
        case "short":
            return value / 2, value
        case "most":
            return Decimal(0), value
        case _:
            half = found.place / 2 if measured or found.rounded else Decimal(0)
            return value - half, value + half


def _below(high: Decimal, sense: str, found: Reading) -> Decimal:
    """The bound itself is left out where the words say so: 近300 is at most 299, 310余 at most 319, 1.2万 at most 12499."""
    outside = sense in ("more", "under", "above", "short") or (not sense and found.rounded)
    return high - 1 if outside else high


def _arabic(text: str) -> Reading | None:
    if long := _LONG.fullmatch(text):
        return Reading(Decimal(int(long["high"]) * 10**4 + int(long["low"])), Decimal(1))
    match = _ARABIC.fullmatch(text)
    if match is None:
        return _mixed(text)
    digits, fraction, scale = match["digits"].translate(_GAPS), match["fraction"] or "", _product(match["scale"])
    value = Decimal(f"{digits}.{fraction}" if fraction else digits) * scale
    value = value.to_integral_value() if value == value.to_integral_value() and scale > 1 else value
    ends_in_scale = scale > 1 and not match["inside"] and not fraction
    place = Decimal(scale).scaleb(-len(fraction))
    place = place.to_integral_value() if place >= 1 else place
    step = place if fraction or ends_in_scale else scale * _last_place(Decimal(digits))
    return Reading(value, step, place, len(fraction), rounded=scale >= 10**4)


def _chinese(text: str) -> Reading | None:
    plain = re.sub("[余多几]", "", text)
    inside = plain != text
    if _BARE.fullmatch(plain):
        value = Decimal(_product(plain))
        return Reading(value, value, bare=True)
    if match := _NEIGHBOURS.fullmatch(plain):
        return _neighbours(match)
    number = numerals.parse(plain)
    if number is None:
        return None
    scale = Decimal(_SCALES[plain[-1]] if plain[-1] in "万亿" else 1)
    places = len(plain.partition("点")[2].rstrip("万亿"))
    place = scale.scaleb(-places)
    step = place if places or (scale > 1 and not inside) else _last_place(number.value)
    return Reading(number.value, step, place, places, rounded=scale > 1)


def _neighbours(match: re.Match[str]) -> Reading | None:
    """两三, 七八十, 十七八, 三五: the two ends of a range; 一二三 or 二三得六 never come here."""
    low, high = match["low"].replace("两", "二"), match["high"]
    if (low, high) not in _BETWEEN and numerals.DIGITS.index(high) - numerals.DIGITS.index(low) != 1:
        return None
    lead = numerals.parse(match["lead"]).value if match["lead"] else Decimal(0)  # type: ignore[union-attr]
    ends = [lead + numerals.DIGITS.index(digit) * _product(match["scale"]) for digit in (low, high)]
    return Reading(ends[0], Decimal(1), high=ends[1])


def _mixed(text: str) -> Reading | None:
    """3亿2000万, 2万5千: rounded at the last scale written."""
    number = numerals.parse(text)
    if number is None:
        return None
    place = Decimal(_SCALES.get(text[-1], 1))
    return Reading(number.value, place, place, rounded=place >= 10**4)


def _product(scale: str) -> int:
    size = 1
    for unit in scale:
        size *= _SCALES[unit]
    return size


def _last_place(value: Decimal) -> Decimal:
    """The worth of the last digit that is no zero.

    >>> [int(_last_place(Decimal(n))) for n in (310, 1200, 315, 0)]
    [10, 100, 1, 1]
    """
    if value == 0:
        return Decimal(1)
    whole = int(abs(value))
    return Decimal(10 ** (len(str(whole)) - len(str(whole).rstrip("0"))))
