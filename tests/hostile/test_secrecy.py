"""A mark of secrecy stops the build wherever it stands; the words in prose, lists and names of offices do not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import xlwt

from tests.hostile.reading import project, read
from tests.hostile.test_workbooks import CLUE, CLUES, HEADER, TEXT, biff5, lines
from tests.makers import ods, xlsx
from zhengfa_stats.errors import SecretError
from zhengfa_stats.looking import look
from zhengfa_stats.project import open_project

BOX = '<xdr:wsDr xmlns:xdr="x" xmlns:a="y"><a:p><a:r><a:t>机</a:t></a:r><a:r><a:t>密★</a:t></a:r></a:p></xdr:wsDr>'
NOTE = "<comments xmlns='x'><commentList><comment ref='A1'><text><r><t>秘密★10年</t></r></text></comment></commentList></comments>"


def added(path: Path, **parts: str) -> Path:
    with zipfile.ZipFile(path, "a") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def marked(folder: Path, where: str) -> Path:
    """A sound workbook but for the mark in one place."""
    path = folder / "公安局.xlsx"
    many = lines(*((f"X{n}", "2021-03-01", "来信", "正在核查") for n in range(2, 60)), first=3)
    match where:
        case "head":
            return xlsx(
                path,
                CLUES,
                after='<headerFooter><oddHeader>&amp;L内部&amp;R&amp;"黑体"&amp;14机密★1年</oddHeader></headerFooter>',
            )
        case "foot":
            return xlsx(path, CLUES, after="<headerFooter><oddFooter>&amp;C绝密</oddFooter></headerFooter>")
        case "sheet":
            return xlsx(path, CLUES, names=["线索（秘密）"])
        case "hidden sheet":
            return xlsx(path, CLUES, lines(("机密★",)))
        case "far below":
            return xlsx(path, CLUES + many + lines(("机密★长期",), first=80))
        case "box":
            return added(xlsx(path, CLUES), **{"xl/drawings/drawing1.xml": BOX})
        case "comment":
            return added(xlsx(path, CLUES), **{"xl/comments1.xml": NOTE})
        case "file":
            (folder / "线索台账（机密）.csv").write_text(TEXT, "utf-8")
            return folder / "线索台账（机密）.csv"
        case "xls head":
            book = xlwt.Workbook(encoding="utf-8")
            sheet = book.add_sheet("a")
            sheet.write(0, 0, "线索编号")
            sheet._Worksheet__header_str = "&C机密"  # its own setter takes Latin letters only
            book.save(str(folder / "公安局.xls"))
            return folder / "公安局.xls"
        case "xls head of old":
            return biff5(folder / "公安局.xls", (HEADER, CLUE), head="&C机密")
        case "xls box of old":
            return biff5(folder / "公安局.xls", (HEADER, CLUE), more=b"\xec\x00\x06\x00" + "机密★".encode("gbk"))
        case _:
            page = "<style:master-page><style:header><text:p>机密★</text:p></style:header></style:master-page>"
            spaces = 'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
            cell = '<table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell>'
            table = f'<table:table table:name="a"><table:table-row>{cell}</table:table-row></table:table>'
            return added(ods(folder / "公安局.ods", table), **{"styles.xml": f"<r {spaces}>{page}</r>"})


PLACES = (
    "head",
    "foot",
    "sheet",
    "hidden sheet",
    "far below",
    "box",
    "comment",
    "file",
    "xls head",
    "ods head",
    "xls head of old",
    "xls box of old",
)


@pytest.mark.parametrize("where", PLACES)
def test_a_mark_stops_the_build_wherever_it_stands(tmp_path: Path, where: str) -> None:
    root = project(tmp_path / "city", **{"法院.csv": TEXT})
    path = marked(root / "data" / "raw", where)
    with pytest.raises(SecretError, match=path.stem):
        open_project(root).build()
    left = (
        [p.name for p in (root / "data" / "processed").rglob("*") if p.is_file()]
        if (root / "data" / "processed").exists()
        else []
    )
    assert (
        not [name for name in left if "manifest" in name or "parquet" in name] and len(left) <= 1
    )  # the sound file's cache
    with pytest.raises(SecretError):
        look(path)


@pytest.mark.parametrize(
    "text", ["泄露国家秘密", "市国家保密局", "秘密侦查，不公开", "机密文件管理不严", "密切联系群众", "保密教育（全员）"]
)
def test_the_words_alone_are_no_mark(tmp_path: Path, text: str) -> None:
    body = lines(
        (f"{text}线索台账",),
        ("线索编号", "收到日期", "线索来源", "办理状态", "线索类别"),
        ("X1", "2021-03-01", "来信", "正在核查", text),
    )
    path = xlsx(
        tmp_path / f"{text}.xlsx",
        body,
        names=[text],
        after=f"<headerFooter><oddHeader>&amp;C{text}</oddHeader></headerFooter>",
    )
    found = read(path)
    assert not found.refused and len(found.tables) == 1


def test_a_column_of_grades_far_below_is_a_list(tmp_path: Path) -> None:
    rows = [(f"X{n}", "2021-03-01", "来信", "正在核查", "公开") for n in range(20)] + [
        ("X99", "2021-03-01", "来信", "正在核查", "秘密")
    ]
    assert not read(
        xlsx(tmp_path / "a.xlsx", lines(("线索编号", "收到日期", "线索来源", "办理状态", "密级"), *rows))
    ).refused
