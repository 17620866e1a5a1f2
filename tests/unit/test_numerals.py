"""Numbers written in Chinese and Arabic: exact, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.numerals import Number, parse, positional, to_chinese


@given(st.integers(min_value=0, max_value=10**16 - 1) | st.integers(min_value=0, max_value=20000))
def test_chinese_reads_back(n: int) -> None:
    assert parse(to_chinese(n)) == Number(Decimal(n))


@given(st.integers(min_value=0, max_value=10**12))
def test_arabic_reads_back(n: int) -> None:
    for written in (str(n), f"{n:,}", str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))):
        assert parse(written) == Number(Decimal(n))


@given(st.integers(min_value=0, max_value=9999), st.integers(min_value=1, max_value=9999))
def test_percentages_are_kept_apart(whole: int, part: int) -> None:
    assert parse(f"{whole}.{part}%") == Number(Decimal(f"{whole}.{part}"), True)
    assert parse(f"百分之{to_chinese(whole)}") == Number(Decimal(whole), True)


@given(st.text(alphabet="零〇一二两三九十百千万亿点分之廿第半几0123456789.,%-"))
def test_chinese_numbers_are_read_only_as_we_would_write_them(text: str) -> None:
    found = parse(text)
    if found and not found.is_percent and set(text) <= set("一二三九十百千万亿零") and set(text) & set("十百千万亿"):
        plain = to_chinese(int(found.value)).replace("一十", "十")
        assert plain.replace("零", "") == text.replace("一十", "十").replace("零", "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("二百三十六", "236"), ("两千", "2000"), ("1.2万", "12000"), ("一点二万", "12000"), ("3,000万", "30000000"),
        ("1亿2000万", "120000000"), ("2万5千", "25000"), ("廿五", "25"), ("壹仟贰佰", "1200"), ("两万亿", "2000000000000"),
        ("二〇二一", "2021"), ("二十万零三千", "203000"), ("一百十", "110"), ("三点一四", "3.14"), ("负三", "-3"), ("〇", "0"), ("0", "0"),
        ("一二三四", "1234"), ("二〇三", "203"),
    ],
)  # fmt: skip
def test_read(text: str, value: str) -> None:
    assert parse(text) == Number(Decimal(value))


@pytest.mark.parametrize(
    "text",
    ["一百二", "一万二", "1万2", "二三", "三五", "第十二", "半", "一个半", "十几", "数十", "310余", "近300", "百万", "3,00", "1,2000", "5.", ".5",
     "二十两", "零五", "一千二十", "三分之一", "一带一路", "", " ", "万", "1.2.3", "1e5", "①", "²"],
)  # fmt: skip
def test_refused(text: str) -> None:
    assert parse(text) is None


def test_per_mille_is_a_tenth_of_per_cent() -> None:
    assert parse("5‰") == Number(Decimal("0.5"), True) == parse("千分之五")


def test_positional_digits() -> None:
    assert (positional("二〇二一"), positional("二零二O"), positional("十二")) == ("2021", "2020", None)


def test_out_of_range() -> None:
    with pytest.raises(ValueError):
        to_chinese(10**16)
    with pytest.raises(ValueError):
        to_chinese(-1)
