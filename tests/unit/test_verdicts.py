"""Verdicts: what is filled verifies, and what is changed afterwards is found where it stands."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import pytest

from tests.unit.test_citations import CLOCK, SCHEMA, cited, spec
from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.counting.reported import Office, ReportedCell
from zhengfa_stats.language.citing.citations import cite
from zhengfa_stats.language.passages import Passage
from zhengfa_stats.language.prose import clause_without, left_out, written
from zhengfa_stats.language.quantities.finding import agrees, find_quantities
from zhengfa_stats.language.verdicts import Verdict, verify
from zhengfa_stats.query import At, Expr, Formula, canonical, queries


def value_of(expr: Expr) -> float:
    """A value of its own for every expression; rates lie below 100."""
    seed = zlib.crc32(in_order(canonical(expr)).encode())
    if isinstance(expr, Formula) or (isinstance(expr, At) and isinstance(expr.of, Formula)):
        return 10 + seed % 8000 / 100
    return 113.0 + seed % 8000


def in_order(of: object) -> str:
    """A canonical form as text, the same under every hash seed."""
    if isinstance(of, frozenset):
        return str(sorted(map(repr, of)))
    return str([in_order(part) for part in of]) if isinstance(of, tuple) else repr(of)


SENT = ReportedCell("", Office("", ""), None, None, False, 1.0, "", "", 1, 1, "")  # that there are data of the period


def answer(expr: Expr) -> Answer:
    return Answer(expr, CLOCK, (((), value_of(expr)),), reported=(SENT,))


def verdicts(text: str, ask: Callable[[Expr], Answer] = answer) -> tuple[Verdict, ...]:
    passage = Passage("第1段", text)
    return verify(cite([passage], SCHEMA, CLOCK, regions=("甲县", "乙县"), city="示例市"), [passage], ask)


def filled(text: str) -> str:
    """The text with every bound number at its value, from the end so that places hold."""
    done: set[int] = set()
    for c in reversed(cited(text)):
        if c.expr is not None and c.start not in done:
            new = written(value_of(c.expr), c.unit, c.quantity, c.stated, measured=c.measured)
            text = text[: c.start] + new + text[c.end :]
            done.add(c.start)
    return text


TEXTS = [line.partition("=>")[0].strip() for line in spec()]
FALLS = [t for t in TEXTS if any(c.falls for c in cited(t))]
SHARED = [t for t in TEXTS if len({c.start for c in cited(t)}) < len(cited(t))]
SIZED = (  # read by which of two numbers is the larger
    "科级干部12人，给予纪律处分31人",
    "5月份，收到线索50条，查结30条",
    "我市5月份收到线索50条，较4月份",
    "本月新收线索44条，查结58条",
    "新增线索31条，环比减少；当月共办结40条",
    "去年同期收到线索200条，查结180条",
    "3月收到线索97条，查结60条",
    "乙县94.3%，相差1.8个百分点",
    "立案12人，处理53人",
    "党纪处分8人，共处理53人",
)
PLAIN = [
    t
    for t in TEXTS
    if any(c.expr is not None for c in cited(t))
    and t not in FALLS
    and t not in SHARED
    and not any(s in t for s in SIZED)
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_filled_verifies(text: str) -> None:
    new = filled(text)
    assert [c.expr for c in cited(new)] == [c.expr for c in cited(text)], new
    assert {v.verdict for v in verdicts(new) if v.citation.expr is not None} == {"match"}, new


def changed(number: str) -> list[str]:
    """A number off by one, and with two of its digits exchanged."""
    if not (number.isdigit() and number.isascii()):
        return []
    swapped = [number[:i] + number[i + 1] + number[i] + number[i + 2 :] for i in range(len(number) - 1)]
    return [str(int(number) + 1), *(s for s in swapped if s != number and s[0] != "0")]


@pytest.mark.parametrize("text", PLAIN)
def test_a_changed_number_is_found_where_it_stands(text: str) -> None:
    new = filled(text)
    for i, c in enumerate(cited(new)):
        if c.expr is None:
            continue
        for number in changed(c.stated):
            found = verdicts(new[: c.start] + number + new[c.end :])
            failing = [j for j, v in enumerate(found) if v.verdict != "match" and v.citation.expr is not None]
            assert failing == [i], (new, number)
            assert found[i].citation.expr == c.expr
            earlier = "早于" in found[i].why  # of days before the period the ledgers may hold only part
            assert found[i].verdict == ("doubtful" if earlier else "differs")
            assert found[i].write_instead == ("" if earlier else c.stated)


def test_a_number_shared_by_several_figures_is_judged_for_each() -> None:
    values = iter((100.0, 100.0, 99.99))
    found = verdicts("参训率、合格率、优秀率均为百分之百。", lambda e: Answer(e, CLOCK, (((), next(values)),)))
    assert [v.verdict for v in found] == ["match", "match", "differs"]
    assert found[2].write_instead == "百分之九十九点九九"


def test_a_fall_is_stated_without_its_sign() -> None:
    text = "处理干警85人，较去年同期下降15%。"

    def ask(expr: Expr) -> Answer:
        return Answer(expr, CLOCK, (((), -15.0 if isinstance(expr, Formula) else 85.0),))

    assert [v.verdict for v in verdicts(text, ask)] == ["match", "match"]
    rising = verdicts(text.replace("下降", "增长"), ask)[1]
    assert rising.verdict == "differs" and "方向" in rising.why


@pytest.mark.parametrize(
    ("stated", "actual", "verdict"),
    [
        ("310余", 311, "match"),
        ("310余", 310, "match"),
        ("310余", 320, "differs"),
        ("近300", 291, "match"),
        ("近300", 301, "differs"),
        ("约300", 297, "match"),
        ("311", 310, "differs"),
        ("三百一十一", 311, "match"),
    ],
)
def test_vague_numbers_are_intervals(stated: str, actual: float, verdict: str) -> None:
    (found,) = verdicts(f"收到线索{stated}条。", lambda e: Answer(e, CLOCK, (((), float(actual)),)))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("stated", "actual", "verdict"),
    [
        ("97.19%", 97.1875, "match"),
        ("97.2%", 97.1875, "match"),
        ("97%", 97.1875, "match"),
        ("97.18%", 97.1875, "doubtful"),
        ("97.9%", 97.1875, "differs"),
        ("100%", 99.99, "differs"),
        ("百分之九十七点二", 97.1875, "match"),
    ],
)
def test_rates_are_compared_at_the_precision_stated(stated: str, actual: float, verdict: str) -> None:
    (found,) = verdicts(f"查结率{stated}。", lambda e: Answer(e, CLOCK, (((), actual),)))
    assert found.verdict == verdict


def test_what_cannot_be_had_is_unbound_and_says_why() -> None:
    (found,) = verdicts("收到线索311条。", lambda e: Answer(e, CLOCK, (((), None),), why="没有《线索台账》的数据"))
    assert (found.verdict, found.why, found.actual) == ("unbound", "没有《线索台账》的数据", None)


def test_an_earlier_period_without_rows_is_not_called_wrong() -> None:
    def ask(expr: Expr) -> Answer:
        if isinstance(expr, At):
            return Answer(expr, CLOCK, (((), 0.0),))
        return Answer(expr, CLOCK, (((), 236.0),))

    found = verdicts("收到线索236条，去年同期收到200条。", ask)
    assert [v.verdict for v in found] == ["match", "unbound"]


def test_without_data_the_text_itself_is_checked() -> None:
    passage = Passage("第1段", "共收到线索236条，已查结147条，98条正在核查。")
    found = verify(cite([passage], SCHEMA, CLOCK), [passage], None)
    assert [v.verdict for v in found].count("does_not_add_up") == 1


def test_a_number_that_agrees_with_the_data_stands_whatever_the_others_say() -> None:
    def ask(expr: Expr) -> Answer:
        n = sum(len(q.where) for q in queries(expr))
        return Answer(expr, CLOCK, (((), 236.0 if n == 1 else 147.0),))

    found = verdicts("共收到线索236条，已查结174条。", ask)
    assert [v.verdict for v in found] == ["match", "differs"]
    assert found[1].write_instead == "147"


def test_a_part_that_is_not_known_is_suspected_where_the_total_is_right() -> None:
    def ask(expr: Expr) -> Answer:
        return Answer(expr, CLOCK, (((), 236.0 if len(queries(expr)[0].where) == 1 else 147.0),))

    found = verdicts("共收到线索236条，其中已查结147条、束之高阁98条。", ask)
    assert [v.verdict for v in found] == ["match", "match", "doubtful"]
    assert found[2].why.startswith("147＋98＝245，比236条多，请核对（不认识“束”")
    found = verdicts("共收到线索236条，其中已查结147条、束之高阁***条。", ask)
    assert [v.verdict for v in found] == ["match", "match", "unbound"]  # of a blank there is nothing to doubt
    found = verdicts("共收到线索236条，其中已查结147条、束之高阁89条。", ask)
    assert [v.verdict for v in found] == ["match", "match", "unbound"]


def test_a_blank_says_what_belongs_there() -> None:
    (found,) = verdicts("收到线索***余条。", lambda e: Answer(e, CLOCK, (((), 311.0),)))
    assert (found.verdict, found.write_instead) == ("doubtful", "310余")


# ── what is written ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("value", "unit", "stated", "new"),
    [
        (311, "人", "***余", "310余"),
        (310, "人", "***余", "310"),
        (7, "人", "*余", "7"),
        (1234, "人", "***余", "1200余"),
        (320, "人", "310余", "320"),
        (328, "人", "310余", "320余"),
        (256, "人", "300余", "200余"),
        (291, "人", "近300", "近300"),
        (300, "人", "近280", "300"),
        (302, "人", "约300", "约300"),
        (1311, "人", "1,200", "1,311"),
        (312, "人", "３１１", "３１２"),
        (236, "条", "二百", "二百三十六"),
        (2, "条", "三", "两"),
        (12345, "人", "1.2万", "1.2万"),
        (12345, "人", "1.1万余", "1.2万余"),
        (100, "%", "***", "100"),
        (99.999, "%", "***", "99.999"),
        (97.1875, "%", "***", "97.19"),
        (97.1875, "%", "98.4", "97.2"),
        (97.1875, "%", "百分之九十八", "百分之九十七"),
        (97.1875, "%", "百分之***", "百分之九十七点一九"),
        (100, "%", "百分之百", "百分之百"),
        (97.1875, "%", "百分之98.4", "百分之97.2"),
    ],
)
def test_a_value_is_written_in_the_manner_of_what_stood_there(value: float, unit: str, stated: str, new: str) -> None:
    tail = "%" if unit == "%" and "百分之" not in stated else "" if unit == "%" else unit
    like = next(iter(find_quantities(stated + tail)), None)
    assert written(value, unit, like, stated) == new


MANNERS = {  # a rate as it stands → the same at 52.04, 95.3 and 100
    "九成": "五成 九点五成 十成",
    "9成以上": "5成以上 9成以上 10成以上",
    "超九成": "超五成 超九成 十成",
    "近九成": "五成 近十成 十成",
    "不足一成": "不足六成 不足十成 十成",
    "九成五": "52% 九成五 100%",
    "九成半以上": "52%以上 95%以上 100%以上",
    "百分百": "52% 95% 百分百",
    "百分之九十": "百分之五十二 百分之九十五 百分之百",
    "千分之三": "千分之五百二十 千分之九百五十三 千分之一千",
    "32‰": "520‰ 953‰ 1000‰",
    "３２．１％": "５２．０％ ９５．３％ １００％",
    "超90%": "超50% 超90% 100%",
    "三分之二": "52.04% 95.3% 100%",
}


@pytest.mark.parametrize("stated", MANNERS)
def test_a_rate_stays_true_in_its_manner(stated: str) -> None:
    for value, wanted in zip((52.04, 95.3, 100.0), MANNERS[stated].split(), strict=True):
        (like,) = find_quantities(stated)
        new = stated[: like.start] + written(value, "%", like, like.text) + stated[like.end :]
        assert new == wanted
        (told,) = find_quantities(new)
        assert told.unit == "%" and agrees(told, value)


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ("九成", "九成"),
        ("98%", "98%"),
        ("百分之九十", "百分之九十"),
        ("千分之三", "千分之三"),
        ("3‰", "3‰"),
        ("九成五", "九成五"),
    ],
)
def test_a_reason_says_a_rate_as_it_is_written(stated: str, why: str) -> None:
    (found,) = verdicts(f"查结率{stated}。", lambda e: Answer(e, CLOCK, (((), 52.04),)))
    assert found.verdict == "differs" and found.why == f"按台账是52.04%，文中写“{why}”"


def test_a_rate_without_a_sign_brings_its_own() -> None:
    assert written(97.1875, "%", None, "***", measured=False) == "97.19%"


@pytest.mark.parametrize("word", ["余", "近", "约", "超", "不足"])
@pytest.mark.parametrize("value", [*range(1, 140, 7), 299, 300, 301, 999, 1000, 1001, 12345])
def test_a_vague_word_is_kept_only_where_it_holds(word: str, value: int) -> None:
    stated = f"300{word}" if word == "余" else f"{word}300"
    like = find_quantities(stated + "人")[0]
    new = find_quantities(written(value, "人", like, stated) + "人")[0]
    assert new.low <= value <= new.high


def test_a_class_that_is_left_out_is_told() -> None:
    totals = [r.total for r in SCHEMA.relations.values() if r.total]
    values = {"处理.处级": 2.0, "处理.厅局级": 0.0}
    assert left_out(["处理.总人数", "处理.科级", "处理.一般干警"], totals, values) == [("处理.处级", 2.0)]
    assert left_out(["处理.总人数", "处理.科级"], totals, values) == []


def test_a_clause_of_nothing_can_be_taken_out() -> None:
    text = "共处理干警85人，其中处级干部0人，科级干部12人。"
    at = text.index("0")
    span = clause_without(text, at, at + 1)
    assert span and text[: span[0]] + text[span[1] :] == "共处理干警85人，科级干部12人。"
    assert clause_without("处理干警0人。", 4, 5) is None
