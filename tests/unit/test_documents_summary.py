"""Our own summary, on the sample city: every key figure, true; set as an official document; bound for the next time."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Mm, Pt
from lxml import etree

from tests.conftest import Reported
from tests.unit.wordschema import misplaced, unpaired
from zhengfa_stats.cli import main
from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.fill import fill_bytes
from zhengfa_stats.documents.judging import Judged
from zhengfa_stats.documents.prosecheck import check
from zhengfa_stats.documents.summary import chosen, deliver, our_template, write_summary
from zhengfa_stats.documents.verify import check_exhibits
from zhengfa_stats.documents.word import W, Word
from zhengfa_stats.documents.wordedit import replace as rewrite
from zhengfa_stats.errors import ZhengfaError
from zhengfa_stats.language.passages import Passage, Tagged
from zhengfa_stats.language.prose import written
from zhengfa_stats.language.tags import read
from zhengfa_stats.project import Project, open_project

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden" / "documents" / "总结.txt"
_KEYS = """
制度.制定数 轮训.参训人数 轮训.参与率 轮训.合格率 轮训.优秀率 征文.篇数 红色教育.次数 警示教育.次数 英模教育.次数 专题辅导.次数
党纪党规学习.次数 专班.部门数 线索.收到 线索.查结 线索.在查 线索.查结率 线索.件次 线索.上期结转 线索.本期查结 线索.期末在查
线索.群众举报.收到 线索.群众举报.查结 线索.群众举报.在查 线索调度会.次数 处理.总人数 处理.人次 处理.处级 处理.科级 处理.班子成员
处理.科级.班子成员 处理.一般干警 处理.纪律处分 处理.组织处理 处理.立案 处理.留置 处理.移送司法 处理.第一种形态 处理.第二种形态
处理.第三种形态 处理.第四种形态 责任书.份数 请示报告.次数 信息发布.篇数 开放日.次数 法治进校园.次数 整改.完成率
"""


@pytest.fixture(scope="module")
def city(reported: Reported) -> Path:
    return reported.project


@pytest.fixture(scope="module")
def project(city: Path) -> Project:
    return open_project(city)


@pytest.fixture(scope="module")
def desk(project: Project) -> Desk:
    return project.desk()


@pytest.fixture(scope="module")
def summary(desk: Desk) -> bytes:
    return write_summary(desk)[0]


def judged(data: bytes, desk: Desk) -> list[Judged]:
    word = Word(data, "总结.docx")
    return [*check(word.passages, word.tags, desk, desk.schema), *check_exhibits(word, desk)]


def test_our_template_cites_every_key_figure() -> None:
    cited = set(re.findall(r"\{\{([^{} ]+)\}\}", our_template()))
    assert set(_KEYS.split()) <= cited


def test_every_figure_is_filled_and_true(summary: bytes, desk: Desk) -> None:
    _, made = write_summary(desk)
    assert (made.left, made.omitted, made.remarks) == ([], [], [])
    found = judged(summary, desk)
    assert len(found) > 80 and {j.verdict for j in found} == {"match"}


def test_the_words_are_those_of_the_golden_text(summary: bytes) -> None:
    """With the figures' keys in their places; ZHENGFA_GOLDEN=1 writes it anew."""
    lines = []
    for paragraph in Word(summary, "总结.docx").paragraphs:
        text = paragraph.text
        for c in sorted(paragraph.controls, key=lambda c: -c.start):
            text = f"{text[: c.start]}{{{c.tag}}}{text[c.end :]}"
        if not paragraph.owned and "页脚" not in paragraph.where:
            lines.append(text)
    said = "\n".join(lines) + "\n"
    if os.environ.get("ZHENGFA_GOLDEN"):
        GOLDEN.write_text(said, "utf-8")
    assert said == GOLDEN.read_text("utf-8")


def test_the_bytes_do_not_vary(summary: bytes, desk: Desk) -> None:
    assert write_summary(desk)[0] == summary


def test_it_is_set_as_an_official_document(summary: bytes) -> None:
    document = Document(io.BytesIO(summary))
    section = document.sections[0]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(m.mm) for m in margins] == [37, 35, 28, 26]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    styles = {name: document.styles[name] for name in ("公文正文", "Title", "Heading 1", "Heading 2")}
    east = {n: s.element.find(f"{W}rPr/{W}rFonts").get(f"{W}eastAsia") for n, s in styles.items() if n != "公文正文"}
    assert east == {"Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体_GB2312"}
    assert styles["Title"].font.size == Pt(22)
    assert styles["公文正文"].paragraph_format.line_spacing == Pt(28.95)
    assert Mm(225) // Pt(28.95) == 22  # lines a page
    for table in document.tables:
        spacing = [q.paragraph_format.line_spacing for row in table.rows for c in row.cells for q in c.paragraphs]
        assert not any(isinstance(s, int) for s in spacing), "an exact line spacing would clip the rows"
    assert len(document.tables) == 3 and len(document.inline_shapes) == 2
    captions = re.findall(r"[表图]\d　", "\n".join(q.text for q in document.paragraphs))
    assert captions == ["表1　", "表2　", "图1　", "表3　", "图2　"]


def test_the_elements_stand_in_the_order_of_the_schema(summary: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(summary)) as archive:
        for name in ("word/document.xml", "word/styles.xml", "word/footer1.xml"):
            root = etree.fromstring(archive.read(name))
            assert [*misplaced(root), *unpaired(root)] == []
        ids = [e.get(f"{W}val") for e in etree.fromstring(archive.read("word/document.xml")).iter(f"{W}id")]
    assert len(ids) == len(set(ids))


def variants(number: str, before: str) -> Iterator[str]:
    """A number changed by one, with two digits swapped, and as it was a month before."""
    yield f"{float(number) + 1:.2f}" if "." in number else str(int(number) + 1)
    for i in range(len(number) - 1):
        pair = number[i : i + 2]
        if pair.isdigit() and pair[0] != pair[1] and not (i == 0 and pair[1] == "0"):
            yield number[:i] + pair[::-1] + number[i + 2 :]
            break
    if before != number:
        yield before


def test_every_changed_figure_is_found(summary: bytes, desk: Desk, city: Path) -> None:
    may = open_project(city, as_of=date(2021, 5, 31)).desk()
    word = Word(summary, "总结.docx")
    n = 0
    for j in check(word.passages, word.tags, desk, desk.schema):
        assert j.key is not None
        indicator = desk.schema.indicators[j.key]
        value = may.value(indicator.of)[0]
        assert value is not None
        for other in variants(j.stated, written(value, indicator.unit)):
            passage, tags = changed(word, j.at, other)
            found = check([passage], {0: tags}, desk, desk.schema)
            wrong = [(w.at[1], w.key) for w in found if w.verdict in ("differs", "does_not_add_up")]
            assert wrong == [(j.at[1], j.key)], (j.key, j.stated, other)
            n += 1
    assert n > 100


def changed(word: Word, at: tuple[int, int, int], text: str) -> tuple[Passage, list[Tagged]]:
    """A passage with another number in a place, its controls where they then stand."""
    i, start, end = at
    by = len(text) - (end - start)
    old = word.passages[i]
    tags = [Tagged(t.start + by * (t.start >= end), t.end + by * (t.end >= end), t.tag) for t in word.tags.get(i, ())]
    return Passage(old.where, old.text[:start] + text + old.text[end:]), tags


def test_a_changed_cell_of_a_table_of_ours_is_found(summary: bytes, desk: Desk) -> None:
    word = Word(summary, "总结.docx")
    cell = next(q for q in word.paragraphs if q.owned.startswith("文稿.表") and q.text == "128")
    rewrite(cell, 0, 3, "182")
    wrong = [j for j in judged(word.to_bytes(), desk) if j.verdict != "match"]
    assert [(j.where, j.stated, j.write_instead) for j in wrong] == [(cell.where, "182", "128")]


def test_the_next_fill_updates_everything(summary: bytes, city: Path) -> None:
    may = open_project(city, as_of=date(2021, 5, 31)).desk()
    later, made = fill_bytes("docx", summary, "总结.docx", may)
    assert not made.left
    found = judged(later, may)
    assert len(found) > 80 and {j.verdict for j in found} == {"match"}
    assert "截至2021年5月31日" in Word(later, "总结.docx").paragraphs[1].text
    with zipfile.ZipFile(io.BytesIO(later)) as archive:
        assert sum(n.startswith("word/media/") for n in archive.namelist()) == 2, "old charts left the file"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_person_edits_it_in_libreoffice(summary: bytes, desk: Desk, city: Path, tmp_path: Path) -> None:
    """A paragraph moved, a sentence reworded, a number changed by hand, saved by LibreOffice: one number is wrong."""
    word = Word(summary, "总结.docx")
    (meeting,) = [q for q in word.paragraphs if "召开线索调度会" in q.text]
    meeting.element.getparent().insert(4, meeting.element)
    (clues,) = [q for q in word.paragraphs if q.text.startswith("（二）线索核查办理")]
    start = clues.text.index("正在核查")
    rewrite(clues, start, start + 4, "手头上还有")
    at = next(c for c in clues.controls if c.tag == "线索.查结")
    rewrite(clues, at.start, at.end, "121")
    (tmp_path / "总结.docx").write_bytes(word.to_bytes())
    (tmp_path / "saved").mkdir()
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "docx:MS Word 2007 XML",
        "--outdir",
        "saved",
        "总结.docx",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    saved = (tmp_path / "saved" / "总结.docx").read_bytes()
    wrong = [j for j in judged(saved, desk) if j.verdict != "match"]
    assert [(j.key, j.stated, j.write_instead) for j in wrong] == [("线索.查结", "121", "122")]
    may = open_project(city, as_of=date(2021, 5, 31)).desk()
    later, made = fill_bytes("docx", saved, "总结.docx", may)
    assert not made.left and {j.verdict for j in judged(later, may)} == {"match"}


def test_the_units_own_template_stands_in(project: Project, tmp_path: Path) -> None:
    own = Document()
    own.add_paragraph("本单位共收到线索{{线索.收到}}条。")
    own.add_paragraph("{{表 没有这张}}")
    own.save(str(tmp_path / "模板.docx"))
    data, made = write_summary(project.desk(), tmp_path / "模板.docx")
    texts = [q.text for q in Word(data, "总结.docx").paragraphs]
    assert texts[0] == "本单位共收到线索128条。"
    assert made.remarks and "没有图表" in made.remarks[0]
    (tmp_path / "模板.txt").write_text(
        "# 总结\n\n共处理干警{{处理.总人数}}人[，其中厅局级{{处理.厅局级}}人]。\n", "utf-8"
    )
    data, _ = write_summary(project.desk(), tmp_path / "模板.txt")
    assert [q.text for q in Word(data, "总结.docx").paragraphs][1] == "共处理干警41人。"


def test_a_ledger_that_is_absent_leaves_a_marked_gap(desk: Desk) -> None:
    absent = replace(
        desk,
        figure=lambda key: replace(desk.figure(key), values=(((), None),), why="没有《制度台账》的数据"),
        _known={},
    )
    data, made = write_summary(absent)
    text = "\n".join(q.text for q in Word(data, "总结.docx").paragraphs)
    assert "制定制度***项" in text and "收到线索***条" in text
    assert any(x.why.endswith("没有《制度台账》的数据") for x in made.left)


def test_a_clause_of_nothing_is_left_out_of_our_template(desk: Desk) -> None:
    nothing = replace(desk, figure=lambda key: replace(desk.figure(key), values=(((), 0.0),)), _known={})
    assert chosen("共{{处理.总人数}}人[，其中厅局级{{处理.厅局级}}人]。", nothing) == "共{{处理.总人数}}人。"
    assert read("处理.厅局级", desk.schema).key == "处理.厅局级"


def test_a_summary_that_a_person_changed_is_kept(desk: Desk, tmp_path: Path) -> None:
    path, plain = tmp_path / "总结.docx", replace(desk, exhibit=None)
    deliver(path, plain)
    first = path.read_bytes()
    deliver(path, plain)
    assert path.read_bytes() == first and not list(tmp_path.glob("总结（*"))
    word = Word(first, "总结.docx")
    rewrite(word.paragraphs[0], 0, 1, "新")
    path.write_bytes(word.to_bytes())
    told = deliver(path, plain)
    assert path.read_bytes() == first
    assert [q.name for q in tmp_path.glob("总结（*")] == ["总结（手工改过）.docx"]
    assert any("手工改过" in r for r in told["remarks"])


def test_a_template_that_is_not_there_is_an_error(project: Project) -> None:
    from zhengfa_stats.documents.summary import template_of

    with pytest.raises(ZhengfaError, match="找不到总结的模板"):
        template_of(project.root, "模板/没有.docx")


def run(*args: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(list(args))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command_line_fills_and_verifies(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft, out = tmp_path / "稿.txt", tmp_path / "填好.txt"
    draft.write_text("共收到线索***条，已查结***条。", "utf-8")
    where = ("--project", str(city))
    code, said, _ = run("fill", str(draft), "-o", str(out), *where, "--json", capsys=capsys)
    assert code == 0 and [f["text"] for f in json.loads(said)["filled"]] == ["128", "122"]
    assert run("verify", str(out), *where, capsys=capsys)[0] == 0
    out.write_text(out.read_text("utf-8").replace("122", "212"), "utf-8")
    code, said, _ = run("verify", str(out), *where, "--json", capsys=capsys)
    (wrong,) = [c for c in json.loads(said)["citations"] if c["verdict"] == "differs"]
    assert code == 1 and (wrong["key"], wrong["stated"], wrong["actual"]) == ("线索.查结", "212", 122)
    assert {"where", "context", "stated", "key", "actual", "verdict"} <= set(wrong)
    code, said, _ = run("verify", str(out), *where, capsys=capsys)
    assert code == 1 and "与数据不符1处" in said and "应写 122" in said
    code, _, told = run("fill", str(draft), "-o", str(out), *where, capsys=capsys)
    assert code == 2 and "没有覆盖" in told
    assert run("verify", str(draft), "--mark", str(tmp_path / "批.txt"), *where, capsys=capsys)[0] == 2
