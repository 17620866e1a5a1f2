"""Arithmetic of prose against its tables (tests/spec/arithmetic.txt, reasons.txt), and against sentences made true and then tampered with."""

from __future__ import annotations

import itertools
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhengfa_stats.language.arithmetic import DOUBTFUL, WRONG, check
from zhengfa_stats.language.passages import Passage

SPEC = Path(__file__).parent.parent / "spec"


def rows(name: str) -> list[list[str]]:
    return [line.split(" | ") for line in (SPEC / name).read_text("utf-8").splitlines() if line and line[0] != "#"]


ROWS = rows("arithmetic.txt")
VERDICTS = {"对": "", "错": WRONG, "疑": DOUBTFUL}


def marked(passages: list[Passage]) -> tuple[str, str]:
    """The text with every finding's number in ⟦ ⟧, and the verdicts."""
    texts, kinds = [p.text for p in passages], []
    for f in reversed(check(passages)):
        text = texts[f.passage]
        texts[f.passage] = f"{text[: f.start]}⟦{text[f.start : f.end]}⟧{text[f.end :]}"
        kinds.append(f.kind)
    return "¶".join(texts), " ".join(kinds)


@pytest.mark.parametrize(("verdict", "text"), ROWS, ids=[f"{verdict}-{text}" for verdict, text in ROWS])
def test_as_specified(verdict: str, text: str) -> None:
    passages = [Passage("", t) for t in re.sub("[⟦⟧]", "", text).split("¶")]
    assert marked(passages) == (text, VERDICTS[verdict])


@pytest.mark.parametrize(("text", "says"), rows("reasons.txt"))
def test_the_reason_shows_the_working(text: str, says: str) -> None:
    assert [f.says for f in check([Passage("", t) for t in text.split("¶")])] == [says]


WHOLE = st.integers(min_value=20, max_value=99_999)
SHARES = st.lists(st.integers(min_value=1, max_value=50), min_size=2, max_size=5)


def split(total: int, weights: list[int]) -> list[int]:
    parts = [total * w // sum(weights) for w in weights[:-1]]
    return [*parts, total - sum(parts)]


def names(n: int) -> list[str]:
    return ["群众举报", "上级交办", "部门移送", "自查发现", "媒体反映"][:n]


FORMS = [
    "共收到线索{total}条，分为{parts}。",
    "共收到线索{total}条，其中{parts}。",
    "共收到线索{total}条：{parts}。",
    "今年以来收到线索{total}条（{parts}），均已登记。",
    "{parts}，合计{total}条。",
]


@given(st.sampled_from(FORMS), WHOLE, SHARES)
def test_a_whole_made_of_its_parts_is_never_an_alarm(form: str, total: int, weights: list[int]) -> None:
    parts = "、".join(f"{name}{n}条" for name, n in zip(names(len(weights)), split(total, weights), strict=True))
    assert check([Passage("", form.format(total=total, parts=parts))]) == ()


@given(st.sampled_from(FORMS), WHOLE, SHARES, st.integers(min_value=0, max_value=4), st.sampled_from([1, -1]))
def test_a_part_that_is_one_out_is_found(form: str, total: int, weights: list[int], at: int, by: int) -> None:
    numbers = split(total, weights)
    numbers[at % len(numbers)] += by
    assume(min(numbers) > 0)
    # the whole may be met by leaving the last parts out: then the words do not tell
    assume(total not in itertools.accumulate(numbers) and total not in itertools.accumulate(reversed(numbers)))
    parts = "、".join(f"{name}{n}条" for name, n in zip(names(len(weights)), numbers, strict=True))
    text = form.format(total=total, parts=parts)
    assert [text[f.start : f.end] for f in check([Passage("", text)])] == [str(total)]


@given(WHOLE, st.integers(min_value=1, max_value=99_999), st.integers(min_value=0, max_value=2))
def test_a_growth_rounded_at_any_place_is_never_an_alarm(new: int, old: int, places: int) -> None:
    growth = round((Decimal(new) - old) / old * 100, places)
    assume(abs(growth) not in (0, 100))  # 0% and 100% are said only where they are exact
    verb, rate = ("增长", growth) if new >= old else ("下降", -growth)
    delta = f"增加{new - old}" if new >= old else f"减少{old - new}"
    for text in (
        f"受理案件{new}件，上年同期{old}件，同比{verb}{rate}%。",
        f"受理案件由{old}件变为{new}件，{verb}{rate}%。",
        f"受理案件{new}件，同比{delta}件，{verb}{rate}%。",
    ):
        assert check([Passage("", text)]) == (), text


@given(WHOLE, st.integers(min_value=1, max_value=99_999), st.integers(min_value=0, max_value=2))
def test_a_share_rounded_at_any_place_is_never_an_alarm(total: int, part: int, places: int) -> None:
    part = part % total + 1
    share = round(Decimal(part) / total * 100, places)
    assume(share not in (0, 100))
    assert check([Passage("", f"收到线索{total}条，其中群众举报{part}条，占{share}%。")]) == ()
    wrong = share + 2 if share < 50 else share - 2
    assert len(check([Passage("", f"收到线索{total}条，其中群众举报{part}条，占{wrong}%。")])) == 1


@given(
    st.integers(min_value=1, max_value=900),
    st.integers(min_value=2, max_value=90),
    st.integers(min_value=2, max_value=9),
)
def test_a_mean_is_known_by_its_total_and_its_count(mean: int, count: int, by: int) -> None:
    for text in (
        f"举办培训{count}场，培训干警{mean * count}人次，场均{{}}人次。",
        f"{count}名法官共审结案件{mean * count}件，人均结案{{}}件。",
    ):
        assert check([Passage("", text.format(mean))]) == ()
        wrong = mean + by
        assert [f.kind for f in check([Passage("", text.format(wrong))])] == [WRONG], text.format(wrong)


@given(WHOLE, st.integers(min_value=1, max_value=99_999), st.integers(min_value=1, max_value=500))
def test_a_comparison_with_a_stated_number_is_checked(one: int, other: int, by: int) -> None:
    assume(one != other)
    way = "多" if one > other else "少"
    for measure in ("件", "起"):
        text = f"城东法庭审结案件{one}{measure}，比城西法庭的{other}{measure}{way}{{}}{measure}。"
        assert check([Passage("", text.format(abs(one - other)))]) == ()
        assert [f.kind for f in check([Passage("", text.format(abs(one - other) + by))])] == [WRONG]


@given(st.lists(st.integers(min_value=1, max_value=400), min_size=4, max_size=4))
def test_a_balance_is_checked_to_the_last_case(numbers: list[int]) -> None:
    old, new, done, _ = numbers
    assume(old + new > done)
    left = old + new - done
    text = f"旧存案件{old}件，新收{new}件，审结{done}件，未结{{}}件。"
    assert check([Passage("", text.format(left))]) == ()
    assert [f.kind for f in check([Passage("", text.format(left + 1))])] == [WRONG]


@pytest.mark.parametrize("month", range(1, 12))
def test_the_days_from_month_to_month_are_those_of_the_calendar(month: int) -> None:
    first, last = date(2020, month, 20), date(2020, month + 1, 10)
    days = (last - first).days
    text = f"{month}月20日至{month + 1}月10日，集中开展整治，为期{{}}天。"
    least = days - (month == 2)  # February may have 28 days
    for said in (least - 1, least, days, days + 1, days + 2):
        wrong = [f"{month}月20日至{month + 1}月10日是{days + 1}天，文中写{said}天"]
        assert [f.says for f in check([Passage("", text.format(said))])] == (
            wrong if not least <= said <= days + 1 else []
        )


@given(
    st.text(
        alphabet="0123456789十百万条件人名%，。；、（）：其中含分为共占同比增加下降到由率余近个百分点上年均为",
        max_size=60,
    )
)
def test_any_text_is_checked_without_failing(text: str) -> None:
    for f in check([Passage("", text)]):
        assert 0 <= f.start < f.end <= len(text) and f.says


def test_a_summary_with_its_figures_left_open_has_nothing_to_check() -> None:
    text = "全市共接收群众举报线索***条，已查结***条，*条正在核查中。共处理干警***人，其中科级干部**人，含班子成员*人。"
    assert check([Passage("", text)]) == ()
