"""Finding: one number that its own text contradicts, with the working; and the interval arithmetic behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from zhengfa_stats.language.arithmetic.mentions import Mention

WRONG = "does_not_add_up"
DOUBTFUL = "doubtful"
_SHORT, _OVER, _TENTH = Decimal("0.02"), Decimal("0.05"), Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Finding:
    """A number at [start, end) of a passage that does not fit its text; `others` are the numbers it was reckoned from.

    `says` gives the working in Chinese; `kind` is does_not_add_up, or doubtful where a person should look.
    """

    passage: int
    start: int
    end: int
    kind: str
    says: str
    rule: str
    others: tuple[tuple[int, int, int], ...] = ()


def found(mention: Mention, others: Iterable[Mention], kind: str, rule: str, says: str) -> Finding:
    q = mention.quantity
    spans = tuple((m.passage, m.quantity.start, m.quantity.end) for m in others)
    return Finding(mention.passage, q.start, q.end, kind, says, rule, spans)


@dataclass(frozen=True, slots=True)
class Sum:
    """The interval of a sum: each rounded term widens it."""

    low: Decimal
    high: Decimal
    terms: tuple[Mention, ...]

    def meets(self, whole: Mention) -> bool:
        return self.low <= whole.high and whole.low <= self.high

    def exceeds(self, whole: Mention) -> bool:
        return self.low > whole.high

    def is_near(self, whole: Mention) -> bool:
        """A slip rather than parts left out: one out, 2 % short by one figure, 5 % over, or two figures exchanged in one of the numbers."""
        short, over = whole.low - self.high, self.low - whole.high
        value = whole.quantity.value
        if short > 1 and not is_one_figure(short, whole.high - self.low):
            return self._is_swapped(whole)
        return max(short, over) <= 1 or (short <= value * _SHORT and over <= value * _OVER) or self._is_swapped(whole)

    def is_slip(self, whole: Mention) -> bool:
        """A tenth off at most, and by one figure: more than a list of all parts may leave out."""
        gap = max(whole.low - self.high, self.low - whole.high)
        most = max(whole.high - self.low, self.high - whole.low)
        return gap <= whole.quantity.value * _TENTH and is_one_figure(gap, most)

    def _is_swapped(self, whole: Mention) -> bool:
        value, total = sum(m.quantity.value for m in self.terms), whole.quantity.value
        terms = (m.quantity.value for m in self.terms)
        return any(value - v + w == total for v in terms for w in swaps(v)) or any(w == value for w in swaps(total))

    @property
    def working(self) -> str:
        """147＋89＝236; 1.21万＋1.53万＝2.74万; with 余 or 近 the interval."""
        text = "＋".join(m.written for m in self.terms)
        if any(m.quantity.word for m in self.terms):
            return f"{text}应在{plain(self.low)}至{plain(self.high)}之间"
        return f"{text}＝{say(sum((m.quantity.value for m in self.terms), Decimal(0)), self.terms[0])}"

    def against(self, whole: Mention) -> str:
        return f"{self.working}，文中写{whole.written}"

    def beside(self, whole: Mention) -> str:
        """The reason where a person should look: what is too much, or what may be left out."""
        if self.exceeds(whole):
            return f"{self.working}，比{whole.said}多，请核对"
        return f"{self.working}，不到{whole.said}；如有未列出的部分，请写“等”或补上，如没有，请核对"


def add(terms: Sequence[Mention]) -> Sum:
    """The sum of what is stated, as an interval.

    Numbers given to a person as 1.2万 may each miss by half a unit, so the tolerance grows with the number of rounded terms.
    """
    return Sum(sum((m.low for m in terms), Decimal(0)), sum((m.high for m in terms), Decimal(0)), tuple(terms))


def add_finely(terms: Sequence[Mention]) -> Sum:
    """The sum of a list in one scale, each number to the finest place that the list has: 12万 beside 9.5万 is 12.0万."""
    scales = {next((c for c in "亿万" if c in m.written), "") for m in terms}
    if len(scales) > 1 or any(m.quantity.word for m in terms):
        return add(terms)
    value, half = sum(m.quantity.value for m in terms), min(m.high - m.low for m in terms) / 2 * len(terms)
    return Sum(value - half, value + half, tuple(terms))


def swaps(value: Decimal) -> list[Decimal]:
    """The numbers that two neighbouring figures exchanged would make: 98 of 89.

    >>> [int(v) for v in swaps(Decimal(147))]
    [417, 174]
    """
    digits = str(value)
    made = [digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in range(len(digits) - 1)]
    return [Decimal(d) for d in made if d != digits and d.isdigit() and d[0] != "0"]


def is_one_figure(least: Decimal, most: Decimal) -> bool:
    """Whether one figure misread could make a difference that lies in these bounds: 40 or 0.3, but not 43.

    >>> is_one_figure(Decimal(40), Decimal(40)), is_one_figure(Decimal("1.4"), Decimal("1.8")), is_one_figure(Decimal(19), Decimal(21))
    (True, False, True)
    """
    place = Decimal(1).scaleb(most.adjusted())
    return (most / place).to_integral_value(ROUND_FLOOR) * place >= least


def slipped(one: Decimal, other: Decimal) -> bool:
    """Whether one number is another mistyped: two neighbouring figures exchanged, or one figure wrong.

    >>> slipped(Decimal(236), Decimal(263)), slipped(Decimal(236), Decimal(226)), slipped(Decimal(236), Decimal(315))
    (True, True, False)
    """
    first, second = f"{one.normalize():f}", f"{other.normalize():f}"
    differ = sum(a != b for a, b in zip(first, second, strict=False))
    return len(first) == len(second) and (differ == 1 or exchanged(one, other))


def exchanged(one: Decimal, other: Decimal) -> bool:
    """Whether two neighbouring figures of a number are exchanged in the other, both to as many places.

    >>> exchanged(Decimal("12.5"), Decimal("15.2")), exchanged(Decimal(98), Decimal(89)), exchanged(Decimal("12.5"), Decimal("52.1"))
    (True, True, False)
    """
    places = max(-int(n.normalize().as_tuple().exponent) for n in (one, other))
    first, second = (f"{n:.{max(places, 0)}f}".replace(".", "") for n in (one, other))
    at = [i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b]
    return len(first) == len(second) and len(at) == 2 and at[1] - at[0] == 1 and sorted(first) == sorted(second)


def say(value: Decimal, like: Mention) -> str:
    """A number in the scale of the one it is reckoned from: 2.74万 beside 1.21万."""
    scale = next((c for c in "亿万" if c in like.written), "")
    return f"{plain(value.scaleb(-8 if scale == '亿' else -4))}{scale}" if scale else plain(value)


def plain(value: Decimal, places: int = 4) -> str:
    """A number as a reason says it: no exponent, no idle zeros.

    >>> plain(Decimal("12000.0")), plain(Decimal("8.8235294")), plain(Decimal(5) / 3, 2)
    ('12000', '8.8235', '1.67')
    """
    if not value.is_finite():
        return "不限"
    text = f"{round(value, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
