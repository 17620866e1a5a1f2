"""Verifying: each number gets its verdict, and a marked copy says what is wrong, why, and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from tests.unit.documenting import control, desk, docx, p, schema
from zhengfa_stats.documents.fill import fill_bytes
from zhengfa_stats.documents.judging import Judged
from zhengfa_stats.documents.prosecheck import check
from zhengfa_stats.documents.verify import differs, show, verify, verify_alone
from zhengfa_stats.documents.word import W, Word
from zhengfa_stats.errors import DocumentError

TRUE = "收到线索311条，已查结236条，正在核查75条。"
BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>{0}</w:txbxContent>"
    "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict/></mc:Fallback></mc:AlternateContent></w:r>"
)


def judged(body: str) -> list[Judged]:
    word = Word(docx(body), "稿.docx")
    return check(word.passages, word.tags, desk(), schema())


def test_a_true_document_has_no_alarm() -> None:
    assert {j.verdict for j in judged(p(*TRUE))} == {"match"}


@pytest.mark.parametrize(("number", "key"), [("311", "线索.收到"), ("236", "线索.查结"), ("75", "线索.在查")])
@pytest.mark.parametrize("tagged", [False, True])
def test_each_changed_number_is_found_at_its_place(number: str, key: str, tagged: bool) -> None:
    wrong = {str(int(number) + 1), number[::-1], str(int(number) - 60)} - {number}
    for other in wrong:
        text = [control(key, other) if tagged and part == number else part for part in _parts(TRUE, number)]
        body = p(*(t if t != number else other for t in text))
        found = [j for j in judged(body) if j.verdict != "match"]
        assert [(j.key, j.stated, j.actual, j.write_instead) for j in found] == [(key, other, int(number), number)]


def _parts(text: str, number: str) -> list[str]:
    before, _, after = text.partition(number)
    return [before, number, after]


def write(folder: Path, body: str, **others: str) -> Path:
    path = folder / "稿.docx"
    path.write_bytes(docx(body, **others))
    return path


def comments(path: Path) -> dict[str, str]:
    """What each comment hangs on, and its text."""
    word = Word(path.read_bytes(), path.name)
    found = {}
    for comment in word.parts.xml("word/comments.xml"):
        number = comment.get(f"{W}id")
        text = "\n".join("".join(t.text or "" for t in q.iter(f"{W}t")) for q in comment)
        found[_between(word, number)] = text
    return found


def _between(word: Word, number: str) -> str:
    """The text between the marks of a comment."""
    inside, text = False, ""
    for element in word.body.iter():
        if element.tag == f"{W}commentRangeStart" and element.get(f"{W}id") == number:
            inside = True
        elif element.tag == f"{W}commentRangeEnd" and element.get(f"{W}id") == number:
            return text
        elif inside and element.tag == f"{W}t":
            text += element.text or ""
    raise AssertionError("no end")


def test_a_marked_copy_comments_on_the_very_number(tmp_path: Path) -> None:
    path = write(tmp_path, p("收到线", "索3", "12", "条，已查结", control("线索.查结", "236"), "条。"))
    before = path.read_bytes()
    found = verify(path, desk(), schema(), mark=tmp_path / "批.docx")
    assert differs(found) and found["marked"] == str(tmp_path / "批.docx")
    told = comments(tmp_path / "批.docx")
    assert list(told) == ["312"]
    lines = told["312"].split("\n")
    assert lines[0].startswith("【与数据不符】线索.收到：") and lines[1] == "应写：311"
    assert any(line.startswith("口径：统计期内收到的线索") for line in lines)
    assert path.read_bytes() == before


def test_all_numbers_are_marked_on_request_and_the_bytes_do_not_vary(tmp_path: Path) -> None:
    path = write(tmp_path, p("收到线索311条，已查结", control("线索.查结", "235"), "条。"))
    for name in ("甲.docx", "乙.docx"):
        verify(path, desk(), schema(), mark=tmp_path / name, everything=True)
    assert (tmp_path / "甲.docx").read_bytes() == (tmp_path / "乙.docx").read_bytes()
    told = comments(tmp_path / "甲.docx")
    assert list(told) == ["311", "235"] and told["311"].startswith("【相符】")


def test_comments_that_are_there_stay(tmp_path: Path) -> None:
    path = write(tmp_path, p("收到线索312条。"))
    verify(path, desk(), schema(), mark=tmp_path / "一.docx")
    verify(tmp_path / "一.docx", desk(), schema(), mark=tmp_path / "二.docx")
    ids = [c.get(f"{W}id") for c in Word((tmp_path / "二.docx").read_bytes(), "二").parts.xml("word/comments.xml")]
    assert ids == ["0", "1"]


def test_where_no_comment_may_stand_it_hangs_on_the_body(tmp_path: Path) -> None:
    note = f"<w:footnote w:id='2'>{p('收到线索399条')}</w:footnote>"
    body = p("见注", "<w:r><w:footnoteReference w:id='2'/></w:r>", "。") + p("框", BOX.format(p("收到线索398条")))
    path = write(tmp_path, body, footnotes=note, footer=p("收到线索397条"))
    verify(path, desk(), schema(), mark=tmp_path / "批.docx")
    word = Word((tmp_path / "批.docx").read_bytes(), "批.docx")
    for name in ("word/footer.xml", "word/footnotes.xml"):
        assert b"comment" not in word.parts.read(name)
    assert not word.body.findall(f".//{W}txbxContent//{W}commentRangeStart")
    texts = [etree.tostring(c, encoding="unicode") for c in word.parts.xml("word/comments.xml")]
    assert sorted(t.partition("（")[2].partition("）")[0] for t in texts) == ["文本框1第1段", "脚注1第1段", "页脚第1段"]


def test_arithmetic_alone_needs_no_project(tmp_path: Path) -> None:
    path = write(tmp_path, p("共处理干警85人，其中科级干部90人。"))
    found = verify_alone(path, mark=tmp_path / "批.docx")
    assert [c["verdict"] for c in found["citations"]].count("does_not_add_up") >= 1
    assert differs(found) and "前后对不上" in show(found)
    true = write(tmp_path, p("共处理干警85人，其中科级干部12人。"))
    assert not differs(verify_alone(true))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("截至6月底，收到线索236条，5月份收到50条。", ["线索.收到", None]),
        ("2021年，收到线索236条，5月份收到50条。", ["线索.收到", "线索.收到|2021-05-01..2021-05-31"]),
        ("2021年上半年，收到线索236条，同比增长3%。", ["线索.收到", "增(线索.收到,线索.收到|去年同期)"]),
        ("今年以来，收到线索236条，截至3月底收到90条。", ["线索.收到", None]),
    ],
)
def test_without_data_the_text_says_its_own_period(tmp_path: Path, text: str, keys: list[str | None]) -> None:
    found = verify_alone(write(tmp_path, p(text)))
    assert [c["key"] for c in found["citations"]] == keys


def test_an_empty_place_is_no_failure(tmp_path: Path) -> None:
    found = verify(write(tmp_path, p("收到线索***条。")), desk(), schema())
    assert not differs(found)
    assert [c["verdict"] for c in found["citations"]] == ["doubtful"]


def test_a_text_cannot_be_marked(tmp_path: Path) -> None:
    (tmp_path / "稿.txt").write_text("收到线索312条。", "utf-8")
    assert differs(verify(tmp_path / "稿.txt", desk(), schema()))
    with pytest.raises(DocumentError, match="不能加批注"):
        verify(tmp_path / "稿.txt", desk(), schema(), mark=tmp_path / "批.txt")


def test_what_was_filled_is_true() -> None:
    data, _ = fill_bytes("docx", docx(p("收到线索***条，已查结***条，查结率{{线索.查结率}}%。")), "稿.docx", desk())
    word = Word(data, "稿.docx")
    assert [j.verdict for j in check(word.passages, word.tags, desk(), schema())] == ["match"] * 3


def test_a_sentence_reworded_around_its_number_is_doubtful() -> None:
    reworded = [j for j in judged(p("已查结线索", control("线索.收到", "311"), "条。"))]
    assert [(j.key, j.verdict) for j in reworded] == [("线索.收到", "doubtful")]
    assert "线索.查结" in reworded[0].why
    assert [j.verdict for j in judged(p("件件有着落，共计", control("线索.收到", "311"), "条。"))] == ["match"]


def test_what_is_understood_but_has_no_data_is_listed_apart(tmp_path: Path) -> None:
    path = tmp_path / "稿.txt"
    path.write_text("2021年上半年，收到线索311条。责任书274人。", "utf-8")
    lines = show(verify(path, None, schema())).splitlines()
    assert "没有数据可以核对1处" in lines[0] and "没有对应的指标1处" in lines[0]
    assert lines.index("没有数据可以核对：") < lines.index("没有对应的指标：")
    assert "线索.收到" in lines[lines.index("没有数据可以核对：") + 1]


def test_a_share_is_named_as_people_say_it() -> None:
    (found,) = [j for j in judged(p("处理干警85人，其中科级干部占30%。")) if (j.key or "").startswith("占")]
    assert found.key == "占(处理.科级/处理.总人数)"
    assert "】处理.科级占处理.总人数的比例：" in found.note(None)[0]
