"""A .docx is walked whole, and changed without touching what stands around."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tests.unit.documenting import control, desk, docx, p, r, schema, table
from tests.unit.wordschema import misplaced, unpaired
from zhengfa_stats.documents.fill import fill
from zhengfa_stats.documents.verify import verify
from zhengfa_stats.documents.word import W, Word
from zhengfa_stats.documents.wordedit import isolate, replace
from zhengfa_stats.language import tags

BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>{0}</w:txbxContent>"
    "</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{0}</w:txbxContent>"
    "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def walked(body: str, **others: str) -> dict[str, str]:
    return {q.where: q.text for q in Word(docx(body, **others), "稿.docx").passages}


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        (("收到", "3", "1", "1", "条"), "收到311条"),
        (("收到", "<w:r><w:t>3</w:t><w:noBreakHyphen/><w:t>1</w:t></w:r>"), "收到3-1"),
        (("收到", "<w:r><w:tab/><w:t>31</w:t><w:br/><w:t>1条</w:t></w:r>"), "收到\t31\n1条"),
        (("收到", "<w:del><w:r><w:delText>200</w:delText></w:r></w:del>", "<w:ins><w:r><w:t>311</w:t></w:r></w:ins>", "条"), "收到311条"),
        (("收到", "<w:moveFrom><w:r><w:t>200</w:t></w:r></w:moveFrom>", "<w:moveTo><w:r><w:t>311</w:t></w:r></w:moveTo>"), "收到311"),
        (("收到", "<w:hyperlink><w:r><w:t>311</w:t></w:r></w:hyperlink>", "条"), "收到311条"),
        (("收到", control("x", "31", "1"), "条"), "收到311条"),
        (("收到31\u00ad1\u200b条",), "收到311条"),
        (("收到", r("9999", "<w:vanish/>"), "311条"), "收到311条"),
        (("第", "<w:fldSimple w:instr=' PAGE '><w:r><w:t>3</w:t></w:r></w:fldSimple>", "页"), "第页"),
        (("共", "<w:fldSimple w:instr=' =SUM(ABOVE) '><w:r><w:t>311</w:t></w:r></w:fldSimple>", "条"), "共311条"),
        (("<w:r><w:ruby><w:rt><w:r><w:t>shu</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>数</w:t></w:r></w:rubyBase></w:ruby></w:r>",), "数"),
        (("<w:smartTag><w:r><w:t>311</w:t></w:r></w:smartTag>", "条"), "311条"),
    ],
)  # fmt: skip
def test_a_paragraph_reads_as_a_reader_reads_it(runs: tuple[str, ...], text: str) -> None:
    assert list(walked(p(*runs)).values()) == [text]


def test_a_field_over_several_runs_shows_its_result_only() -> None:
    marks = ["begin", "separate", "end"]
    begin, separate, end = (f"<w:r><w:fldChar w:fldCharType='{m}'/></w:r>" for m in marks)
    code = "<w:r><w:instrText> REF 总数 </w:instrText></w:r>"
    word = Word(docx(p("共", begin, code, separate, "311", end, "条")), "稿.docx")
    (paragraph,) = word.paragraphs
    assert paragraph.text == "共311条"
    assert paragraph.is_frozen(1, 4) and not paragraph.is_frozen(4, 5)


def test_every_story_is_walked_with_its_place() -> None:
    found = walked(
        p("正文一") + "<w:p/>" + table(("单位", "收到"), ("公安局", "311")) + p("见注", "<w:r><w:footnoteReference w:id='2'/></w:r>", BOX.format(p("框里40条"))),
        header=p("页眉字"),
        footer=p("页脚字"),
        footnotes=f"<w:footnote w:id='0' w:type='separator'>{p('线')}</w:footnote><w:footnote w:id='2'>{p('注12条')}</w:footnote>",
    )  # fmt: skip
    assert found == {
        "第1段": "正文一",
        "表1第1行第1列": "单位",
        "表1第1行第2列": "收到",
        "表1第2行第1列": "公安局",
        "表1第2行第2列": "311",
        "第2段": "见注",
        "文本框1第1段": "框里40条",
        "页眉第1段": "页眉字",
        "页脚第1段": "页脚字",
        "脚注1第1段": "注12条",
    }


def test_the_cells_of_a_table_have_their_heads() -> None:
    span = "<w:tbl><w:tr><w:tc>{}</w:tc><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{}</w:tc></w:tr>".format(
        p("单位"), p("线索")
    )
    rows = "".join(
        f"<w:tr>{''.join(f'<w:tc>{p(t)}</w:tc>' for t in row)}</w:tr>"
        for row in (("名称", "收到", "查结"), ("法院", "19", "18"))
    )
    word = Word(docx(span + rows + "</w:tbl>"), "稿.docx")
    assert {q.text: q.heads for q in word.passages if q.text in ("19", "18")} == {
        "19": ("法院", "线索", "收到"),
        "18": ("法院", "线索", "查结"),
    }


def test_a_nested_table_says_where_it_lies() -> None:
    inner = table(("甲", "5"))
    found = walked(f"<w:tbl><w:tr><w:tc>{p('外')}{inner}{p('尾')}</w:tc></w:tr></w:tbl>")
    assert found["表1第1行第1列·表1第1行第2列"] == "5"
    assert found["表1第1行第1列第2段"] == "尾"


def test_both_copies_of_a_text_box_are_filled() -> None:
    word = Word(docx(p("见框", BOX.format(p("收到777条")))), "稿.docx")
    replace(word.paragraphs[1], 2, 5, "311")
    xml = Word(word.to_bytes(), "稿.docx").parts.read("word/document.xml").decode()
    assert xml.count("311") == 2 and "777" not in xml


def fonts(paragraph_element: object) -> list[tuple[str, bool]]:
    """Each run's text, and whether it is bold."""
    found = []
    for run in paragraph_element.iter(f"{W}r"):  # type: ignore[attr-defined]
        text = "".join(t.text or "" for t in run.iter(f"{W}t"))
        found.append((text, run.find(f"{W}rPr/{W}b") is not None))
    return [(t, b) for t, b in found if t]


def test_a_replaced_number_keeps_the_font_of_its_first_run() -> None:
    word = Word(docx(p("收到", r("2", "<w:b/>"), "36条，", r("办结", "<w:b/>"))), "稿.docx")
    (paragraph,) = word.paragraphs
    replace(paragraph, 2, 5, "311")
    assert fonts(paragraph.element) == [("收到", False), ("311", True), ("条，", False), ("办结", True)]


TEXTS = st.lists(st.text("收到查结12３条，余", min_size=1, max_size=4), min_size=1, max_size=8)


@settings(max_examples=60)
@given(TEXTS, st.data())
def test_any_stretch_can_be_isolated_and_replaced(runs: list[str], data: st.DataObject) -> None:
    text = "".join(runs)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    word = Word(docx(p(*runs)), "稿.docx")
    alone = isolate(word.paragraphs[0], start, end)
    assert "".join(t.text or "" for run in alone for t in run.iter(f"{W}t")) == text[start:end]
    again = Word(word.to_bytes(), "稿.docx")
    assert again.paragraphs[0].text == text
    replace(again.paragraphs[0], start, end, "XYZ")
    assert Word(again.to_bytes(), "稿.docx").paragraphs[0].text == text[:start] + "XYZ" + text[end:]


def test_a_number_over_a_tracked_insertion_is_replaced_whole() -> None:
    word = Word(docx(p("收到2", "<w:ins w:id='1'><w:r><w:t>36</w:t></w:r></w:ins>", "条")), "稿.docx")
    replace(word.paragraphs[0], 2, 5, "311")
    assert word.parts.xml("word/document.xml").find(f".//{W}ins") is None
    assert Word(word.to_bytes(), "稿.docx").paragraphs[0].text == "收到311条"


def test_unchanged_documents_come_back_alike() -> None:
    data = docx(p("收到", control("线索.收到", "311"), "条"))
    once = Word(data, "稿.docx").to_bytes()
    assert Word(once, "稿.docx").to_bytes() == once
    assert re.search(rb"word/document.xml", once)


def marked(name: str, *runs: str, number: int = 5) -> str:
    inside = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:bookmarkStart w:id='{number}' w:name='{name}'/>{inside}<w:bookmarkEnd w:id='{number}'/>"


def test_a_bookmark_tells_what_a_control_held_whose_tag_is_lost() -> None:
    bare = "<w:sdt><w:sdtPr/><w:sdtContent><w:r><w:t>31</w:t></w:r><w:r><w:t>1</w:t></w:r></w:sdtContent></w:sdt>"
    word = Word(
        docx(p("共", marked("_zf_线索_收到_1", bare), "条，", marked("_zf_线索_查结_1", "236", number=6))), "稿.docx"
    )
    (paragraph,) = word.paragraphs
    assert [(c.start, c.end, c.tag, c.element is not None) for c in paragraph.controls] == [
        (1, 4, "线索.收到", True),
        (6, 9, "线索.查结", False),
    ]


def test_a_control_is_not_told_twice_by_its_bookmark() -> None:
    word = Word(docx(p("共", marked("_zf_线索_收到_1", control("线索.收到|如310余", "310余")), "条")), "稿.docx")
    assert [c.tag for c in word.paragraphs[0].controls] == ["线索.收到|如310余"]


def test_other_peoples_bookmarks_say_nothing() -> None:
    word = Word(docx(p("共", marked("_GoBack", "311"), "条", marked("zf", "1", number=7))), "稿.docx")
    assert not word.paragraphs[0].controls
    assert word.last_bookmark_id == 7


STYLED = '<w:rFonts w:eastAsia="仿宋"/><w:b/><w:sz w:val="32"/><w:u w:val="single"/><w:lang w:eastAsia="zh-CN"/>'
ROUGH = (
    p(
        r("共收到线索", STYLED),
        r("*", STYLED),
        r("**条，其中公安局", STYLED),
        r("***条，占", STYLED),
        r("***%。", STYLED),
    )
    + p("<w:hyperlink><w:r><w:rPr><w:i/></w:rPr><w:t>处理干警***人。</w:t></w:r></w:hyperlink>")
    + p('<w:ins w:id="1" w:author="甲"><w:r><w:t>红色教育9</w:t></w:r></w:ins>', "9次。", control("线索.没有", "5"))
    + table(("指标", "数"), ("收到线索", "300条"))
)


def test_what_is_filled_and_marked_stands_in_the_order_of_the_schema(tmp_path: Path) -> None:
    rough, filled, marked = (tmp_path / f"{name}.docx" for name in ("稿", "填", "注"))
    rough.write_bytes(docx(ROUGH))
    fill(rough, desk(), filled)
    found = verify(filled, desk(), schema(), mark=marked, everything=True)
    assert len(found["citations"]) > 4
    for path in (filled, marked):
        with zipfile.ZipFile(path) as archive:
            for name in [n for n in archive.namelist() if n in ("word/document.xml", "word/comments.xml")]:
                root = etree.fromstring(archive.read(name))
                assert [*misplaced(root), *unpaired(root)] == [], name


def test_a_schema_that_is_broken_is_told() -> None:
    root = etree.fromstring(f'<w:r xmlns:w="{W[1:-1]}"><w:t>1</w:t><w:rPr><w:sz/><w:b/></w:rPr></w:r>')
    assert list(misplaced(root)) == ["rPr: sz b", "r: rPr is not the first"]


SHARE = "占(处理.科级/处理.总人数)"


def formulas(**values: float) -> dict[object, float]:
    named = {"share": SHARE, "change": "差(处理.科级,处理.科级|去年同期)", "sum": "和(红色教育.次数,警示教育.次数)"}
    return {tags.read(named[name], schema()).expr: value for name, value in values.items()}


def test_a_formula_that_was_filled_is_found_again_after_the_sentence_was_reworded(tmp_path: Path) -> None:
    path, out, again = tmp_path / "稿.docx", tmp_path / "填.docx", tmp_path / "再填.docx"
    path.write_bytes(docx(p("共处理干警85人，其中科级干部***人，占***%，同比减少***人；红色教育、警示教育共***次。")))
    fill(path, desk(others=formulas(share=14.118, change=-3, sum=20)), out)
    (paragraph,) = Word(out.read_bytes(), "填.docx").paragraphs
    assert paragraph.text == "共处理干警85人，其中科级干部12人，占14.12%，同比减少3人；红色教育、警示教育共20次。"
    xml = Word(out.read_bytes(), "填.docx").parts.read("word/document.xml").decode()
    for tag in (SHARE, "降差(处理.科级,处理.科级|去年同期)", "和(红色教育.次数,警示教育.次数)"):
        assert f'w:val="{tag}"' in xml
    reworded = (
        xml.replace("同比减少", "比上年少了")
        .replace("，占", "，这一部分干部的份额是")
        .replace("红色教育、警示教育共", "两项加起来")
    )
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(again, "w") as new:
        for name in old.namelist():
            new.writestr(name, reworded if name == "word/document.xml" else old.read(name))
    fill(again, desk(others=formulas(share=20, change=-5, sum=25)), out, force=True)
    (paragraph,) = Word(out.read_bytes(), "填.docx").paragraphs
    assert paragraph.text.endswith("这一部分干部的份额是20.00%，比上年少了5人；两项加起来25次。")


@pytest.mark.parametrize(
    ("text", "change", "filled"),
    [
        ("比去年同期{{差(处理.科级,处理.科级|去年同期)}}人", -3, "比去年同期-3人"),
        ("比去年同期减少{{差(处理.科级,处理.科级|去年同期)}}人", -3, "比去年同期减少3人"),
        ("比去年同期少的人数为{{降差(处理.科级,处理.科级|去年同期)}}", -3, "比去年同期少的人数为3"),
        ("比去年同期增加{{差(处理.科级,处理.科级|去年同期)}}人", -3, None),
        ("比去年同期减少{{差(处理.科级,处理.科级|去年同期)}}人", 3, None),
        ("处理科级干部同比增加***人", -3, None),
        ("处理科级干部同比减少***人", -3, "处理科级干部同比减少3人"),
    ],
)
def test_a_change_is_written_only_the_way_that_the_sentence_says(
    tmp_path: Path, text: str, change: float, filled: str | None
) -> None:
    path, out = tmp_path / "稿.docx", tmp_path / "填.docx"
    path.write_bytes(docx(p(text)))
    found = fill(path, desk(others=formulas(change=change)), out)
    (paragraph,) = Word(out.read_bytes(), "填.docx").paragraphs
    assert paragraph.text == filled if filled else any("请改写这句话" in x["why"] for x in found["left"])


def test_a_bookmark_repeats_the_tag_of_a_narrowed_figure(tmp_path: Path) -> None:
    """LibreOffice drops the tags of controls: what a bookmark says is what the next fill knows."""
    path, out = tmp_path / "稿.docx", tmp_path / "填.docx"
    path.write_bytes(docx(p("公安局收到线索{{线索.收到|承办单位=公安局}}条。")))
    fill(path, desk(others={tags.read("线索.收到|承办单位=公安局", schema()).expr: 100}), out)
    with zipfile.ZipFile(out) as archive:
        text = archive.read("word/document.xml").decode()
    bare = re.sub("</?w:sdt>|<w:sdtPr>.*?</w:sdtPr>|</?w:sdtContent>", "", text)
    (found,) = Word(out.read_bytes(), "填.docx").tags.values()
    body = bare.partition("<w:body>")[2].partition("</w:body>")[0]
    (again,) = Word(docx(body), "填.docx").tags.values()
    assert [t.tag for t in again] == [t.tag for t in found] == ["线索.收到|承办单位=公安局"]
