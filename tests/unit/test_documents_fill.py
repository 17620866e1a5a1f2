"""Filling: figures go in where they are named, keep their manner, stay bound, and what is left is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.documenting import CLOCK, FIGURES, control, desk, docx, p, r, schema, table
from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.fill import as_dict, fill_bytes, show_left
from zhengfa_stats.documents.filling import Plan
from zhengfa_stats.documents.word import W, Word
from zhengfa_stats.query import At, Clock, In, narrow

LATER = {**FIGURES, "线索.收到": 402, "线索.查结": 400, "线索.在查": 2, "轮训.参训人数": 1400, "轮训.参与率": 97.1875}


def filled(body: str, of: Desk | None = None) -> tuple[list[str], Plan]:
    data, made = fill_bytes("docx", docx(body), "稿.docx", of or desk())
    return [q.text for q in Word(data, "稿.docx").passages], made


def again(body: str, first: Desk, then: Desk) -> list[str]:
    """The text of a document filled twice."""
    once, _ = fill_bytes("docx", docx(body), "稿.docx", first)
    twice, _ = fill_bytes("docx", once, "稿.docx", then)
    return [q.text for q in Word(twice, "稿.docx").passages]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("收到线索{{线索.收到}}条。", "收到线索311条。"),
        ("收到线索***条，已查结***条。", "收到线索311条，已查结236条。"),
        ("收到线索200条，已查结180条，正在核查20条。", "收到线索311条，已查结236条，正在核查75条。"),
        ("参训干警***余人。", "参训干警1300余人。"),
        ("政法干警参与率为百分之**。", "政法干警参与率为百分之百。"),
        ("截至{{文稿.截至}}，收到线索{{线索.收到}}条。", "截至2021年6月30日，收到线索311条。"),
        ("**市政法委向***同志学习。", "**市政法委向***同志学习。"),
    ],
)
def test_a_place_for_a_figure_is_filled(before: str, after: str) -> None:
    assert filled(p(*before))[0] == [after]  # every character a run of its own


def test_a_figure_stays_bound_wherever_its_sentence_goes() -> None:
    data, _ = fill_bytes("docx", docx(p("收到线索***条。")), "稿.docx", desk())
    word = Word(data, "稿.docx")
    (paragraph,) = word.paragraphs
    for text in [t for t in paragraph.element.iter(f"{W}t") if t.text != "311"]:
        text.text = "件件有着落，共计" if "收到" in (text.text or "") else "。"
    moved, _ = fill_bytes("docx", word.to_bytes(), "稿.docx", desk(LATER))
    assert [q.text for q in Word(moved, "稿.docx").passages] == ["件件有着落，共计402。"]


def test_the_manner_of_writing_comes_back() -> None:
    body = p("参训干警***余人，参与率百分之**。")
    assert again(body, desk(), desk(LATER)) == ["参训干警1400人，参与率百分之九十七。"]
    thrice = {**LATER, "轮训.参训人数": 1433}
    once, _ = fill_bytes("docx", docx(body), "稿.docx", desk())
    for figures in (LATER, thrice):
        once, _ = fill_bytes("docx", once, "稿.docx", desk(figures))
    assert Word(once, "稿.docx").passages[0].text.startswith("参训干警1400余人")


def test_a_figure_that_cannot_be_had_keeps_its_place() -> None:
    body = p("制定制度{{制度.制定数}}项，收到线索{{线索.收到}}条。")
    texts, made = filled(body)
    assert texts == ["制定制度***项，收到线索311条。"]
    assert [(x.where, x.lacking, x.why) for x in made.left] == [("第1段", "制度.制定数", "没有这类台账的数据")]
    data, _ = fill_bytes("docx", docx(body), "稿.docx", desk())
    assert b"w:highlight" in Word(data, "稿.docx").parts.read("word/document.xml")
    assert again(body, desk(), desk({**FIGURES, "制度.制定数": 11})) == ["制定制度11项，收到线索311条。"]


def test_what_is_left_says_why() -> None:
    _, made = filled(p("收到{{线索.收倒}}条，{{文稿.落款}}，共***头牛。"))
    assert {x.context.strip("，。"): x.why for x in made.left} == {
        "{{文稿.落款}}": "没有“文稿.落款”这个标签，可用的有：文稿.城市、文稿.截至、文稿.起始、文稿.统计期、文稿.年份、文稿.年月",
        "收到{{线索.收倒}}条": next(x.why for x in made.left if "收倒" in x.why),
        "共***头牛": next(x.why for x in made.left if "头牛" in x.context),
    }
    assert any("线索.收到" in x.why for x in made.left)  # the nearest key is proposed


def test_a_class_left_out_that_is_not_empty_is_said() -> None:
    _, made = filled(p("共处理干警***人，其中科级干部**人，一般干警**人。"))
    assert [(o.key, o.text) for o in made.omitted] == [("处理.处级", "2人")]


def test_one_place_for_several_values_is_left() -> None:
    values = {**FIGURES, "轮训.参与率": 100.0, "轮训.合格率": 98.0, "轮训.优秀率": 90.0}
    texts, made = filled(p("参与率、合格率、优秀率均为百分之百。"), desk(values))
    assert texts == ["参与率、合格率、优秀率均为百分之百。"]
    assert len(made.left) == 1 and "轮训.优秀率百分之九十" in made.left[0].why


def test_a_clause_of_nothing_is_dropped_where_the_project_says_so() -> None:
    nothing = {**FIGURES, "处理.处级": 0, "处理.总人数": 83}
    body = p("共处理干警***人，其中处级干部***人，", r("科级干部***人", "<w:b/>"), "，一般干警**人。")
    assert filled(body, desk(nothing))[0] == ["共处理干警83人，其中处级干部0人，科级干部12人，一般干警71人。"]
    dropping = replace(desk(nothing), schema=replace(schema(), options={**schema().options, "零值分句": "删"}))
    texts, _ = filled(body, dropping)
    assert "处级干部" not in texts[0] and "科级干部12人，一般干警71人。" in texts[0]


def test_a_narrowed_tag_is_filled_by_what_it_says() -> None:
    of = narrow(schema().indicators["线索.收到"].of, In("handler", ("公安局",)))
    may = At(schema().indicators["线索.查结"].of, as_of=date(2021, 5, 31))
    answers = {of: 40.0, may.of: 91.0}
    texts, _ = filled(p("公安局{{线索.收到|承办单位=公安局}}条，{{线索.查结|..2021-05-31}}条"), desk(others=answers))
    assert texts == ["公安局40条，91条"]
    assert again(p("公安局{{线索.收到|承办单位=公安局}}条"), desk(others=answers), desk(others={of: 41.0})) == [
        "公安局41条"
    ]


def test_a_date_that_the_text_states_holds_at_the_next_fill() -> None:
    """截至5月31日 stays so: only what speaks of the period itself moves with it."""
    may = schema().indicators["线索.收到"].of
    body = p("截至2021年5月31日，收到线索***条。")
    september = Clock(CLOCK.since, date(2021, 9, 30))
    assert again(body, desk(others={may: 122.0}), desk(LATER, september, others={may: 122.0})) == [
        "截至2021年5月31日，收到线索122条。"
    ]


def test_a_field_that_word_works_out_is_left_alone() -> None:
    texts, made = filled(
        p("收到线索", "<w:fldSimple w:instr=' =SUM(A1) '><w:r><w:t>300</w:t></w:r></w:fldSimple>", "条")
    )
    assert texts == ["收到线索300条"] and "域" in made.left[0].why


def test_the_cells_of_a_word_table_are_filled_by_their_heads() -> None:
    rows = table(("指标", "数量"), ("收到线索", ""), ("查结线索", "***"), ("红色教育次数", "9"))
    texts, made = filled(rows)
    assert texts[3::2] == ["311", "236", "15"]
    assert again(rows, desk(), desk(LATER))[3] == "402"
    assert not made.left


def test_a_placeholder_control_is_filled_and_loses_its_hint() -> None:
    hint = (
        '<w:sdt><w:sdtPr><w:tag w:val="线索.收到"/><w:showingPlcHdr/></w:sdtPr><w:sdtContent>'
        '<w:r><w:rPr><w:rStyle w:val="PlaceholderText"/></w:rPr><w:t>单击此处</w:t></w:r></w:sdtContent></w:sdt>'
    )
    data, _ = fill_bytes("docx", docx(p("共", hint, "条，", control("线索.查结"), "条")), "稿.docx", desk())
    assert Word(data, "稿.docx").passages[0].text == "共311条，236条"
    assert b"showingPlcHdr" not in Word(data, "稿.docx").parts.read("word/document.xml")


def test_a_text_keeps_its_encoding_and_its_line_ends() -> None:
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        data = "一、情况\r\n收到线索***条。\r\n".encode(encoding)
        out, made = fill_bytes("txt", data, "稿.txt", desk())
        assert out.decode(encoding) == "一、情况\r\n收到线索311条。\r\n"
        assert as_dict(made)["filled"] == [{"where": "第2段", "key": "线索.收到", "text": "311", "was": "***"}]


def test_the_same_document_gives_the_same_bytes() -> None:
    data = docx(p("收到线索***条，已查结{{线索.查结}}条。"), footer=p("共{{线索.收到}}条"))
    once, _ = fill_bytes("docx", data, "稿.docx", desk())
    assert fill_bytes("docx", data, "稿.docx", desk())[0] == once
    assert fill_bytes("docx", once, "稿.docx", desk())[0] == once


def test_places_that_lack_the_same_ledger_are_told_in_one_line() -> None:
    why = "没有《整改台账》的数据"
    left = [
        {"where": "第1段", "context": "整改任务{{整改.任务数}}项", "why": why, "lacking": "整改.任务数"},
        {"where": "第2段", "context": "共***次", "why": "没有看懂", "lacking": ""},
        {"where": "第3段", "context": "完成{{整改.完成数}}项", "why": why, "lacking": "整改.完成数"},
        {"where": "第3段", "context": "完成率{{整改.完成率}}%", "why": why, "lacking": "整改.完成率"},
    ]
    assert show_left(left) == [
        "  第2段“共***次”：没有看懂",
        "  没有《整改台账》的数据，3处没有填：整改.任务数、整改.完成数、整改.完成率（第1段、第3段）",
    ]
