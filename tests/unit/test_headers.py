"""Headers → fields: the specification table, privacy, and the rules that one header follows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhengfa_stats.declared import load_schema
from zhengfa_stats.reading.binding import Binding, bind
from zhengfa_stats.reading.headers import bare, headers_of, known_headers, tidy
from zhengfa_stats.reading.samples import Samples
from zhengfa_stats.reading.sheets import Column, Role, Sheet, Table
from zhengfa_stats.records import Range

SCHEMA = load_schema()
SPEC = Path(__file__).parent.parent / "spec" / "headers.txt"


def spec_lines() -> list[tuple[str, str, str]]:
    """The (ledger, header, expected) lines of the specification."""
    ledger, lines = "", []
    for line in SPEC.read_text("utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            ledger = match[1]
        elif " → " in line and not line.startswith("#"):
            header, expected = line.rsplit(" → ", 1)
            lines.append((ledger, header.replace("\\n", "\n"), expected))
    return lines


def bind_alone(ledger: str, header: str) -> Binding:
    """One column, without values, bound in a ledger."""
    parts = (header,) if header in ("警号/工号",) or "(年/" in header else tuple(re.split(r"/(?![^（(]*[）)])", header))
    column = Column(3, header, parts)
    table = Table(Range(1, 3, 1, 3), (Role.HEADER,), (column,))
    return bind((column,), headers_of(SCHEMA)[ledger], Samples(table, Sheet("表", [[None, None, header]])))


def in_words(binding: Binding) -> str:
    if binding.open:
        return "?"
    column = binding.bound[0]
    if column.kind == "serial":
        return "序号"
    if column.kind == "ignored":
        return "密" if column.private else "略"
    return " ".join(column.fields) + "?" * bool(binding.doubts)


@pytest.mark.parametrize(("ledger", "header", "expected"), spec_lines())
def test_header_is_bound_as_specified(ledger: str, header: str, expected: str) -> None:
    assert in_words(bind_alone(ledger, header)) == expected


def test_the_specification_is_large_and_names_known_fields() -> None:
    lines = spec_lines()
    assert len(lines) >= 150
    for ledger, _, expected in lines:
        for name in expected.rstrip("?").split():
            assert name in ("序号", "略", "密") or name in SCHEMA.ledgers[ledger].fields


def test_every_declared_name_binds_its_field() -> None:
    for ledger in (one for one in SCHEMA.ledgers.values() if not one.tabulated):
        for field in ledger.fields.values():
            if not field.is_derived and not field.reads:
                bound = bind_alone(ledger.id, field.name).bound
                assert [b.fields for b in bound] == [(field.id,)], (ledger.id, field.name)


INFORMANTS = [
    "举报人",
    "来信人",
    "反映人",
    "检举人",
    "控告人",
    "信访人",
    "投诉人",
    "申诉人",
    "来访人",
    "署名人",
    "提供线索人",
]
PARTS = ["", "姓名", "单位", "职级", "电话", "身份证号", "住址", "工作单位", "情况", "编号", "时间", "人员"]


@pytest.mark.parametrize("who", INFORMANTS)
@pytest.mark.parametrize("part", PARTS)
def test_a_reporter_is_never_bound_to_a_public_field(who: str, part: str) -> None:
    headers = [who + part, f"{who}/{part}", f"{part}（{who}）", f"{who}基本情况/{part}", f"{who}、被{who}{part}"]
    for ledger in (one for one in SCHEMA.ledgers.values() if not one.tabulated):
        for header in headers:
            for column in bind_alone(ledger.id, header).bound:
                assert not any(ledger.fields[f].is_stored for f in column.fields), (ledger.id, header)


@pytest.mark.parametrize("who", ["被举报人", "被反映人", "被检举人", "被控告人", "被投诉人"])
def test_an_accused_person_is_a_subject(who: str) -> None:
    for header in (who, f"{who}姓名", f"{who}/姓名", f"{who}基本情况/姓名"):
        assert [b.field for b in bind_alone("clues", header).bound] == ["subjects"]


@given(st.text(alphabet="举报反映人被姓名单位/（）()时间编号线索 \n*：", max_size=12))
def test_any_header_is_bound_or_open_once(header: str) -> None:
    binding = bind_alone("clues", header)
    assert len(binding.bound) + len(binding.open) == 1
    if re.search(r"(?<!被)(?<!被举报)(?<!被反映)(?:举报|反映)人(?!数)", tidy(header)) and "被" not in header:
        assert not any(SCHEMA.ledgers["clues"].fields[f].is_stored for b in binding.bound for f in b.fields)


@given(st.text(max_size=20))
def test_tidying_twice_changes_nothing_more_in_words(text: str) -> None:
    assert not re.search(r"\s", tidy(text))
    assert bare(bare(tidy(text))[0])[0] == bare(tidy(text))[0] or "(" in tidy(text)


_HEADERS = [header for _, header, _ in spec_lines()]
_WORDS = st.sampled_from(
    [*_HEADERS, "举报", "反映", "张三", "XS001", "2021/3/5", "（必填）", "(年月日)", "/", "或", "的", "具体"]
)
_MIXED = st.lists(_WORDS | st.text("举报人情况类别时间编号、(）/1a", max_size=3), min_size=1, max_size=4).map("".join)


@given(_MIXED | st.sampled_from(_HEADERS))
def test_the_cheap_test_of_headers_rules_out_none_that_a_ledger_knows(text: str) -> None:
    claimed = any(h.claim((tidy(text),)) is not None for h in headers_of(SCHEMA).values())
    assert known_headers(SCHEMA)(text) == claimed
