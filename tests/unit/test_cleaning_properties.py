"""What must hold of the cleaners for every value there may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhengfa_stats.declared import load_schema
from zhengfa_stats.numerals import to_chinese
from zhengfa_stats.reading.cleaning import codes, dates, flags, numbers, persons, terms, units
from zhengfa_stats.reading.cleaning.normal import skeleton
from zhengfa_stats.reading.cleaning.result import Cleaned, Crew, Span
from zhengfa_stats.reading.privacy import mask
from zhengfa_stats.reading.sheets import CellError, NoValue
from zhengfa_stats.schema import Vocabulary

SCHEMA = load_schema()


def vocabulary(name: str) -> Vocabulary:
    return SCHEMA.vocabularies[name]


CLEANERS: dict[str, Callable[[Any], Cleaned[Any]]] = {
    "dates": lambda v: dates.clean(v, dates.Context(2021, 3, True)),
    "dates without a year": dates.clean,
    "numbers": numbers.clean,
    "codes": codes.clean,
    "many codes": lambda v: codes.clean(v, many=True),
    "flags": lambda v: flags.clean(v, vocabulary("flag")),
    "ticks": lambda v: flags.clean(v, vocabulary("flag"), tick=True),
    "terms": lambda v: terms.clean(v, vocabulary("status"), strip=("给予", "处分")),
    "many terms": lambda v: terms.clean(v, vocabulary("category"), many=True),
    "persons": persons.clean,
    "units": lambda v: units.clean(v, vocabulary("unit"), "示例市"),
    "many units": lambda v: units.clean_many(v, vocabulary("unit"), "示例市"),
}
LIKELY = "0123456789年月日号.-/、，,;：（）() 　等人张三李四王某一二十百千万第半约余分%√×是否市县区局院派出所处分警告和至~\n\"'★·E+"
VALUES = (
    st.text()
    | st.text(alphabet=LIKELY)
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.none()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
    | st.text().map(CellError)
    | st.text().map(NoValue)
)


@pytest.mark.parametrize("kind", CLEANERS)
@given(value=VALUES)
@settings(max_examples=150)
def test_no_cleaner_raises_or_drops_a_value_in_silence(kind: str, value: Any) -> None:
    cleaned = CLEANERS[kind](value)
    blank = value is None or (isinstance(value, str) and not skeleton(value))
    assert blank or cleaned.value is not None or cleaned.rule or cleaned.fault


@pytest.mark.parametrize("kind", CLEANERS)
def test_error_cells_and_formulas_without_result_are_faults(kind: str) -> None:
    error, formula = CLEANERS[kind](CellError("#REF!")), CLEANERS[kind](NoValue("=A1"))
    assert (error.value, error.fault and error.fault.kind) == (None, "错误单元格")
    assert (formula.value, formula.fault and formula.fault.kind) == (None, "公式无结果")
    assert CLEANERS[kind](None) == Cleaned(None)


WRITTEN: list[Callable[[date], str]] = [
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: f"{d:%Y.%m.%d}.",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year} 年 {d.month} 月 {d.day} 号",
    lambda d: f"{d.year}年{d.month}月{d.day}日（补录）",
    lambda d: f"{d.isoformat()} 09:30",
    lambda d: f"{d.isoformat()}T09:30:00",
    lambda d: f"{d.year}年{d.month}月{d.day}日上午9时30分",
    lambda d: (
        "".join("〇一二三四五六七八九"[int(c)] for c in str(d.year)) + f"年{to_chinese(d.month)}月{to_chinese(d.day)}日"
    ),
    lambda d: f"{d.year}．{d.month}．{d.day}".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    lambda d: f"{d.year}年{d.month}月{d.day}日至{d.year + 1}年1月1日",
    lambda d: f"{d.year}.{d.month}.{d.day}-{d.year + 1}.1.1",
]


@given(st.dates(date(1955, 1, 1), date(2064, 1, 1)), st.sampled_from(WRITTEN))
def test_a_date_is_the_same_however_it_is_written(day: date, write: Callable[[date], str]) -> None:
    cleaned = dates.clean(write(day))
    assert cleaned.value == Span(day, day)
    assert cleaned.fault is None
    assert (cleaned.rule == "") == (write(day) == day.isoformat())


@given(st.dates(date(1955, 1, 1), date(2064, 1, 1)))
def test_serials_datetimes_and_short_forms(day: date) -> None:
    span = Span(day, day)
    serial = (day - date(1899, 12, 30)).days
    assert dates.clean(float(serial)).value == span
    assert dates.clean(serial + 0.75).value == span
    assert dates.clean(datetime(day.year, day.month, day.day)) == Cleaned(span)
    inferred = dates.clean(f"{day.month}月{day.day}日", dates.Context(day.year))
    assert (inferred.value, inferred.rule) == (span, dates.INFERRED_PERIOD)
    assert dates.clean(f"{day.month}月{day.day}日").value is None


@given(st.integers(1950, 2099), st.integers(0, 99), st.integers(0, 99), st.sampled_from("./-"))
def test_a_day_that_is_none_is_never_repaired(year: int, month: int, day: int, sign: str) -> None:
    try:
        real: date | None = date(year, month, day)
    except ValueError:
        real = None
    found = dates.clean(f"{year}{sign}{month}{sign}{day}").value
    assert found == (Span(real, real) if real else None)


@given(st.integers(0, 10**8))
def test_quantities(n: int) -> None:
    for written in (n, float(n), str(n), f"{n:,}", f"{n}人", f"共{n}件", to_chinese(n), f"{to_chinese(n)}篇"):
        assert numbers.clean(written).value == n


@given(
    st.lists(
        st.sampled_from(["张三", "李小四", "欧阳修", "阿卜杜拉·买买提", "王五"]), min_size=1, max_size=4, unique=True
    ),
    st.integers(0, 9),
)
def test_persons_with_others(names: list[str], others: int) -> None:
    for sign in "、,；/\n":
        assert persons.clean(sign.join(names)).value == Crew(tuple(names))
    assert persons.clean(f"{'、'.join(names)}等{len(names) + others}人").value == Crew(tuple(names), others)


@given(VALUES)
@settings(deadline=None)
def test_no_message_shows_a_name_or_a_private_number(value: Any) -> None:
    name = "阿卜杜拉热合曼"
    for text in (f"{name}{value}", f"{value}、{name}", f"{name} 13800138000"):
        fault = persons.clean(text).fault
        assert fault is None or name not in fault.what + fault.do + fault.expected
        for clean in CLEANERS.values():
            fault = clean("13800138000" if value is None else f"{text}13800138000").fault
            assert fault is None or not mask(fault.what + fault.do)[1]


@pytest.mark.parametrize("name", sorted(SCHEMA.vocabularies))
def test_every_way_of_writing_a_term_reads_as_that_term(name: str) -> None:
    words = vocabulary(name)
    seen: dict[str, str] = {}
    for term in words.terms:
        for written in (term.name, *term.aliases):
            key = skeleton(written) or written
            assert seen.setdefault(key, term.name) == term.name, f"{written}: {seen[key]}, {term.name}"
            assert terms.lookup(written, words) == term.name
        assert term.parent == "" or term.parent in {t.name for t in words.terms[: words.terms.index(term)]}
        assert terms.clean(term.name, words) == Cleaned(term.name)
    assert not {skeleton(w) for w in words.nothing} & set(seen)


def test_rank_classes_and_the_five_organisational_measures() -> None:
    rank, measures = vocabulary("rank"), vocabulary("organizational_measure")
    tops = [t.name for t in rank.terms if not t.parent]
    assert tops == ["厅局级", "处级", "科级", "一般干警", "员额单列", "其他人员", "未定"]
    assert rank.top("一级高级警长") == rank.top("四级调研员") == "处级"
    assert rank.top("辅警") == rank.top("聘用制书记员") == "其他人员"
    strict = measures.descendants("组织处理") - {"组织处理"}
    assert strict == {"停职检查", "调整职务", "责令辞职", "免职", "降职"}


@pytest.mark.parametrize("grade", ["一", "二", "三"])
@pytest.mark.parametrize("title", ["警监", "警督", "警司", "警员长"])
def test_police_ranks_are_no_rank(grade: str, title: str) -> None:
    assert terms.clean(f"{grade}级{title}", vocabulary("rank")).value is None


def test_an_unknown_term_gets_the_line_to_write() -> None:
    fault = terms.clean("已经办结了", vocabulary("status")).fault
    assert fault is not None
    assert fault.do.endswith('[vocabularies.status]\n"已查结" = ["已经办结了"]')


@pytest.mark.parametrize(
    ("written", "name"), [("办理终结", "status"), ("已经未办结", "status"), ("一级警务督办", "rank")]
)
def test_a_weak_likeness_is_never_proposed(written: str, name: str) -> None:
    fault = terms.clean(written, vocabulary(name)).fault
    assert fault is not None
    assert fault.expected in fault.do and f'"规范词" = ["{written}"]' in fault.do


def test_a_word_that_is_neither_yes_nor_no_prints_both_lines() -> None:
    fault = flags.clean("到岗", vocabulary("flag")).fault
    assert fault is not None
    assert '"是" = ["到岗"]' in fault.do and '"否" = ["到岗"]' in fault.do
