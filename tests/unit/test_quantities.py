"""The finder of quantities against its table (tests/spec/quantities.txt), and against any number in any form."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.language.quantities.finding import Quantity, agrees, find_blanks, find_quantities, truncated
from zhengfa_stats.numerals import to_chinese

SPEC = Path(__file__).parent.parent / "spec" / "quantities.txt"
ROWS = [line.split(" | ") for line in SPEC.read_text("utf-8").splitlines() if line and not line.startswith("#")]
FULL = str.maketrans("0123456789.", "０１２３４５６７８９．")


def shown(q: Quantity) -> str:
    low, high = (f"{v.normalize() if v.is_finite() and v != v.to_integral_value() else v:f}" for v in (q.low, q.high))
    low, high = (v.rstrip("0").rstrip(".") if "." in v else v for v in (low, high))
    return f"{q.text}/{q.unit}={low if low == high else low + '..' + high}{'?' if q.indefinite else ''}"


@pytest.mark.parametrize(("text", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_as_specified(text: str, expected: str) -> None:
    assert " ".join(shown(q) for q in find_quantities(text)) == expected.replace("-", "", expected == "-")


# Surroundings that a number may stand in without changing what it is.
BEFORES = st.sampled_from(
    [
        "",
        "全市共收到线索",
        "截至2021年6月30日，已办结",
        "其中，",
        "（一）公安局处理",
        "“四个意识”强，共",
        "依据第十二条查处",
        "；",
        "一是",
    ]
)
AFTERS = st.sampled_from(["", "，同比上升。", "。二是加强监督", "；", "（含上年）", "，均已办结", "、群众满意", "\n"])
UNITS = st.sampled_from(["条", "件", "人", "名", "人次", "件次", "场", "起", "篇", "项", "份", "个", "次"])
WHOLES = st.integers(min_value=0, max_value=9_999_999)


@st.composite
def written_whole(draw: st.DrawFn) -> tuple[int, str]:
    value = draw(WHOLES)
    forms = [
        str(value),
        str(value).translate(FULL),
        f"{value:,}",
        f"{value:,}".replace(",", "\u2009"),
        f"{value:,}".replace(",", "，"),
    ]
    if value > 1 and not (value > 20 and value % 10**4 == 0):
        forms.append(to_chinese(value))
    return value, draw(st.sampled_from(forms))


@given(BEFORES, written_whole(), UNITS, AFTERS)
def test_any_whole_number_in_any_form_is_found_where_it_stands(
    before: str, number: tuple[int, str], unit: str, after: str
) -> None:
    value, written = number
    text = f"{before}{written}{unit}{after}"
    (q,) = find_quantities(text)
    assert (q.value, q.text, q.unit, q.exact) == (value, written, unit, True)
    assert (q.start, q.unit_end) == (len(before), len(before) + len(written) + len(unit))
    assert agrees(q, value) and not agrees(q, value + 1)


@given(
    BEFORES,
    st.decimals(min_value=0, max_value=100, places=2),
    st.sampled_from(["{}%", "{}％", "百分之{}"]),
    AFTERS,
    st.booleans(),
)
def test_any_percentage_in_any_form_is_found(before: str, value: Decimal, form: str, after: str, full: bool) -> None:
    digits = str(value).translate(FULL) if full else str(value)
    (q,) = find_quantities(before + form.format(digits) + after)
    assert (q.kind, q.unit, q.value, q.places, q.start) == ("percent", "%", value, 2, len(before))
    assert agrees(q, float(value)) and not agrees(q, float(value) + 0.02)


@given(st.integers(min_value=1, max_value=999), st.integers(min_value=1, max_value=4))
def test_余_leaves_open_the_last_digit_that_is_no_zero(lead: int, zeros: int) -> None:
    lead = lead + 1 if lead % 10 == 0 else lead
    value = lead * 10**zeros
    (q,) = find_quantities(f"组织{value}余人")
    assert (q.low, q.high, q.word) == (value, value + 10**zeros - 1, "余")


@given(
    st.text(
        alphabet="0123456789一二三十百千万亿年月日第号件人%．.，,、“”（）-至共余近约个次百分之点*×X{} \n", max_size=40
    )
)
def test_any_text_is_read_without_overlap_and_spans_are_true(text: str) -> None:
    last = 0
    for q in find_quantities(text):
        assert last <= q.start < q.end <= q.unit_end <= q.until
        assert text[q.start : q.end] == q.text and q.low <= q.high
        last = q.end
    for b in find_blanks(text):
        assert text[b.start : b.end] == b.text


BLANKS = [
    ("接收线索***条，已查结**条", "***条 **条"),
    ("*个部门", "*个"),
    ("组织***余名干警", "***余名"),
    ("收到×条、××件", "×条 ××件"),
    ("X人，XX人", "X人 XX人"),
    ("共____件，另＿＿人", "____件 ＿＿人"),
    ("○○市××县", "○○ ××"),
    ("{{线索.收到}}条", "{{线索.收到}}条"),
    ("参训率***%", "***%"),
    ("3×4矩阵，COVID，TXT文件", ""),
    ("**市公安局", "**"),
]


@pytest.mark.parametrize(("text", "expected"), BLANKS)
def test_blanks(text: str, expected: str) -> None:
    assert " ".join(b.text + b.word + b.unit for b in find_blanks(text)) == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("千分之五", "0.45", "0.55"), ("千分之二十余", "2", "3"), ("近千分之二十", "1.8", "2"), ("5‰", "0.45", "0.55")],
)
def test_per_mille_is_as_exact_as_it_is_written(text: str, low: str, high: str) -> None:
    (found,) = find_quantities(text)
    assert (found.low, found.high) == (Decimal(low), Decimal(high))


def test_a_cut_off_percentage_is_told_from_a_rounded_one() -> None:
    (q,) = find_quantities("97.18%")
    assert truncated(q, 97.1875) and not agrees(q, 97.1875)
    assert not truncated(q, 97.25)
