"""An Answer in words: a value with its unit, rounded only here."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def whole(value: float | None) -> float | int | None:
    """A whole number as an int."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def said(value: float | None, unit: str) -> str:
    """A value with its unit, per cents to two places; 100% and 0% are said only where they are exact.

    >>> said(236, "条"), said(97.1875, "%"), said(99.999, "%"), said(None, "条")
    ('236条', '97.19%', '99.99%', '无法得出')
    """
    if value is None:
        return "无法得出"
    return f"{_percent(value) if unit == '%' else _plain(value)}{unit}"


def _percent(value: float) -> str:
    rounded = Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    if rounded == 100 and value < 100:
        rounded = Decimal("99.99")
    if rounded == 0 and value > 0:
        rounded = Decimal("0.01")
    return _trimmed(rounded)


def _plain(value: float) -> str:
    return _trimmed(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _trimmed(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
