"""Hostile and odd workbooks: each ends as tables, as a sheet set aside, or as one message that says why."""

from __future__ import annotations

import os
import shutil
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlrd
import xlwt
from xlwt.CompoundDoc import XlsDoc

from tests.hostile.reading import frames_of, read, refusal
from tests.makers import MAIN, cell, ods, row, xlsb, xlsb_cell, xlsb_row, xlsx, zipped
from zhengfa_stats import looking
from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.formats.package import Package
from zhengfa_stats.reading.sheets import CellError
from zhengfa_stats.reading.workbook import open_workbook

HEADER = ("线索编号", "收到日期", "线索来源", "办理状态")
CLUE = ("X1", "2021-03-01", "来信", "正在核查")


def lines(*rows: tuple[str, ...], first: int = 1) -> str:
    """Rows of text as sheet XML."""
    return "".join(
        row(r, *(cell(f"{'ABCDEFGH'[c]}{r}", v) for c, v in enumerate(line))) for r, line in enumerate(rows, first)
    )


CLUES = lines(HEADER, CLUE)


def replaced(source: Path, target: Path, **parts: bytes | Callable[[bytes], bytes]) -> Path:
    """A copy of a zip with some parts (named by their last word) replaced or changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content, change = old.read(name), parts.get(Path(name).stem)
            new.writestr(name, content if change is None else change(content) if callable(change) else change)
    return target


def n_clues(path: Path) -> int:
    """How many clues a file gave."""
    return sum(len(frame) for id_, frame in frames_of(read(path)) if id_ == "clues")


# ── bombs ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def bomb(path: Path, megabytes: int) -> Path:
    """A sheet of zeros that is packed a thousand to one."""
    xlsx(path, CLUES)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as book, book.open("xl/media/image1.png", "w") as part:
        for _ in range(megabytes):
            part.write(bytes(1 << 20))
    return path


def test_a_bomb_is_refused_by_its_ratio_before_it_fills_memory(tmp_path: Path) -> None:
    path = bomb(tmp_path / "a.xlsx", 128)
    assert path.stat().st_size < 1 << 20
    tracemalloc.start()
    says = refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "解压后有128 MB" in says and peak < 8 << 20


def patched(path: Path, sizes: dict[str, int]) -> Path:
    """A zip whose directory and heads tell other unpacked sizes than there are."""
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as book:
        infos = book.infolist()
    for name, size in sizes.items():
        info = next(i for i in infos if i.filename == name)
        struct.pack_into("<I", data, info.header_offset + 22, size)
        at = data.rfind(name.encode()) - 46
        struct.pack_into("<I", data, at + 24, size)
    path.write_bytes(data)
    return path


def test_a_bomb_is_refused_by_its_size(tmp_path: Path) -> None:
    assert "文件太大" in refusal(patched(bomb(tmp_path / "a.xlsx", 1), {"xl/media/image1.png": 3 << 30}))


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path, part: str) -> None:
    path = xlsx(tmp_path / "a.xlsx", CLUES)
    with zipfile.ZipFile(path) as book:
        parts: dict[str, str | bytes] = {name: book.read(name) for name in book.namelist()}
    end = bytes(parts[part]).rfind(b"</")
    parts[part] = bytes(parts[part])[:end] + b" " * (150 << 20) + bytes(parts[part])[end:]
    lying = patched(zipped(tmp_path / "b.xlsx", parts), {part: end + 100})
    assert lying.stat().st_size < 1 << 20
    tracemalloc.start()
    says = refusal(lying)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert ("损坏" in says or "太大" in says) and peak < 32 << 20


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "哈"}">' for n in range(9))
OUTSIDE = '<!ENTITY l8 SYSTEM "file:///etc/hostname">'


@pytest.mark.parametrize("entities", [LAUGHS, OUTSIDE], ids=["laughs", "external"])
@pytest.mark.parametrize("part", ["sheet1", "workbook", "sharedStrings", "styles"])
@pytest.mark.parametrize("how", ["plain", "late", "utf-16"])
def test_xml_entities_are_never_expanded(tmp_path: Path, entities: str, part: str, how: str) -> None:
    def declare(xml: bytes) -> bytes:
        text = (
            xml.decode()
            .replace("来信", "&l8;")
            .replace("<sst ", "<sst x='&l7;' ")
            .replace('name="Sheet1"', 'name="&l8;"')
        )
        start = f"<!--{'x' * 5000}-->" if how == "late" else ""
        whole = f"{start}<!DOCTYPE r [{entities}]>{text}"
        return f'<?xml version="1.0" encoding="UTF-16"?>{whole}'.encode("utf-16") if how == "utf-16" else whole.encode()

    shared = row(3, cell("A3", "X2"), cell("B3", "2021-03-02"), cell("C3", 0, 't="s"'))
    plain = xlsx(tmp_path / "a.xlsx", CLUES + shared, strings="<si><t>来信</t></si>")
    path = replaced(plain, tmp_path / "b.xlsx", **{part: declare})
    found = read(path)
    assert found.refused or part in ("sharedStrings", "styles")  # as if it were nothing
    said = repr([found.problems, *(f.to_dict("records") for _, f in frames_of(found))])
    assert "哈哈" not in said and Path("/etc/hostname").read_text("utf-8").strip() not in said


@pytest.mark.parametrize("entities", [LAUGHS, OUTSIDE], ids=["laughs", "external"])
def test_entities_in_an_ods_are_never_expanded(tmp_path: Path, entities: str) -> None:
    table = (
        '<table:table table:name="&l8;"><table:table-row><table:table-cell office:value-type="string"><text:p>&l8;</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    )
    whole = ods(tmp_path / "a.ods", table)
    declared = replaced(
        whole, tmp_path / "b.ods", content=lambda x: f"<!--{'x' * 5000}--><!DOCTYPE r [{entities}]>".encode() + x
    )
    assert read(declared).refused


# ── size and shape ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_million_blank_formatted_rows_cost_nothing(tmp_path: Path) -> None:
    blank = "".join(f'<row r="{r}" s="0" customFormat="1"><c r="A{r}" s="0"/></row>' for r in range(3, 1_048_577))
    assert n_clues(xlsx(tmp_path / "a.xlsx", CLUES + blank)) == 1


def test_all_the_columns_there_are(tmp_path: Path) -> None:
    names = [openpyxl.utils.get_column_letter(c) for c in range(1, 16_385)]
    blank = row(3, *(cell(f"{n}3", None, 's="0"') for n in names))
    assert n_clues(xlsx(tmp_path / "c.xlsx", CLUES + blank)) == 1
    names = names[:600]
    wide = row(
        1, *(cell(f"{n}1", HEADER[c] if c < 4 else None if c < 599 else "备注", 's="0"') for c, n in enumerate(names))
    )
    assert n_clues(xlsx(tmp_path / "a.xlsx", wide + lines(CLUE, first=2))) == 1
    strange = row(1, *(cell(f"{n}1", f"列{c}") for c, n in enumerate(names)))
    found = read(xlsx(tmp_path / "b.xlsx", strange + lines(CLUE, first=2)))
    assert not found.tables and found.problems  # set aside, said so


def test_ten_thousand_merges(tmp_path: Path) -> None:
    rows = lines(HEADER, *((f"X{n}", "2021-03-01", "来信", "正在核查") for n in range(5000)))
    merges = "".join(f'<mergeCell ref="F{r}:G{r}"/><mergeCell ref="H{r}:I{r}"/>' for r in range(1, 5001))
    path = xlsx(tmp_path / "a.xlsx", rows, after=f"<mergeCells>{merges}</mergeCells>")
    assert n_clues(path) == 5000


def test_overlapping_and_impossible_merges(tmp_path: Path) -> None:
    merges = "".join(
        f'<mergeCell ref="{ref}"/>' for ref in ("A1:D1", "A1:XFD1048576", "B2:A1", "C1:C2", "ZZZ9:ZZZ99", "A0:B0")
    )
    read(xlsx(tmp_path / "a.xlsx", CLUES, after=f"<mergeCells>{merges}</mergeCells>"))


def test_a_stray_cell_at_the_end_of_the_sheet(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", CLUES + row(1_048_576, cell("XFD1048576", "x")))
    assert "XFD1048576" in refusal(path)


def test_the_longest_text_a_cell_holds(tmp_path: Path) -> None:
    long = "情" * 32_767
    assert n_clues(xlsx(tmp_path / "a.xlsx", lines((*HEADER, "反映内容", "备注"), (*CLUE, long, long)))) == 1
    assert n_clues(xlsx(tmp_path / "b.xlsx", lines(HEADER, CLUE, (long,), (long, long, long, long)))) >= 1


# ── formulas, macros, strings ─────────────────────────────────────────────────────────────────────────────────────


def test_a_formula_into_another_file_is_its_last_value_and_nothing_is_fetched(tmp_path: Path) -> None:
    linked = cell("C2", "来信", 't="str"', "[1]Sheet1!A1").replace("来信", "<v>来信</v>")
    path = xlsx(
        tmp_path / "a.xlsx",
        lines(HEADER) + row(2, cell("A2", "X1"), cell("B2", "2021-03-01"), linked, cell("D2", "在查")),
    )
    link = f'<externalLink xmlns="{MAIN}"><externalBook/></externalLink>'
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/externalLinks/externalLink1.xml", link)
        book.writestr(
            "xl/externalLinks/_rels/externalLink1.xml.rels",
            '<Relationships><Relationship Id="r" Type="x" Target="file://10.0.0.1/a.xlsx" TargetMode="External"/></Relationships>',
        )
    assert n_clues(path) == 1


def test_macros_are_not_even_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhengfa_stats.reading.formats import package

    path = xlsx(tmp_path / "a.xlsm", CLUES)
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0Auto_Open Shell")
    opened: list[str] = []
    pieces = package.Package.pieces
    monkeypatch.setattr(package.Package, "pieces", lambda self, name: (opened.append(name), pieces(self, name))[1])
    assert n_clues(path) == 1 and opened and not any("vba" in name.lower() for name in opened)


@pytest.mark.parametrize("index", ["-1", "7", "99999999999999999999", "x", "", "1e3"])
def test_a_shared_string_that_there_is_not(tmp_path: Path, index: str) -> None:
    read(xlsx(tmp_path / "a.xlsx", CLUES + row(3, cell("A3", index, 't="s"')), strings="<si><t>甲</t></si>"))


def test_a_formula_that_needs_itself_has_no_value(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path / "a.xlsx",
        CLUES + row(3, cell("A3", None, "", "A3+1"), cell("B3", None, "", "C3"), cell("C3", None, "", "B3")),
    )
    assert n_clues(path) >= 1


# ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────────

DATED = ('<xf numFmtId="0"/>', '<xf numFmtId="14" applyNumberFormat="1"/>')


def test_dates_of_1904(tmp_path: Path) -> None:
    body = lines(HEADER) + row(
        2, cell("A2", "X1"), cell("B2", 42794, 's="1"'), cell("C2", "来信"), cell("D2", "正在核查")
    )
    path = xlsx(tmp_path / "a.xlsx", body, styles=DATED)
    dated = replaced(
        path, tmp_path / "b.xlsx", workbook=lambda x: x.replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
    )
    value = open_workbook(dated).sheets[0].rows[1][1]
    assert (value.date() if isinstance(value, datetime) else value) == date(2021, 3, 1)


@pytest.mark.parametrize(
    "serial", ["-1", "-999999", "2958466", "1e300", "1e-300", "NaN", "INF", "0", "60", "99999999999"]
)
def test_serials_that_no_date_has(tmp_path: Path, serial: str) -> None:
    body = lines(HEADER, CLUE) + row(
        3, cell("A3", "X2"), cell("B3", serial, 's="1"'), cell("C3", "来信"), cell("D3", "正在核查")
    )
    found = read(xlsx(tmp_path / "a.xlsx", body, styles=DATED))
    if not found.refused:
        (frame,) = (f for id_, f in frames_of(found) if id_ == "clues")
        assert len(frame) == 2 and frame["received_on"].notna().sum() <= (2 if serial in ("60",) else 1)
        assert any("B3" in str(p.place) for p in found.problems)


# ── kinds ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_strict_ooxml(tmp_path: Path) -> None:
    assert n_clues(xlsx(tmp_path / "a.xlsx", CLUES, strict=True)) == 1


def biff(version: int, rows: tuple[tuple[str, ...], ...]) -> bytes:
    """A worksheet stream of BIFF2 to BIFF4, of text cells."""
    bof, label, head = {2: (0x009, 0x004, 7), 3: (0x209, 0x204, 6), 4: (0x409, 0x204, 6)}[version]
    out = struct.pack("<HHHH", bof, 4 if version == 2 else 6, version, 0x10) + (b"" if version == 2 else b"\0\0")
    out += struct.pack("<HHH", 0x42, 2, 936)
    for r, line in enumerate(rows):
        for c, text in enumerate(line):
            data = text.encode("gbk")
            body = struct.pack("<HH", r, c) + (b"\0\0\0" if head == 7 else b"\0\0")
            body += bytes([len(data)]) + data if version == 2 else struct.pack("<H", len(data)) + data
            out += struct.pack("<HH", label, len(body)) + body
    return out + struct.pack("<HH", 0x0A, 0)


@pytest.mark.parametrize("version", [2, 3, 4])
def test_the_oldest_excels(tmp_path: Path, version: int) -> None:
    (tmp_path / "a.xls").write_bytes(biff(version, (HEADER, CLUE)))
    assert n_clues(tmp_path / "a.xls") == 1


YEARS = {5: (0, 1993), 7: (4000, 1995)}  # the build and the year by which Excel 5 and Excel 95 are told apart


def biff5(path: Path, rows: tuple[tuple[str, ...], ...], version: int = 5, head: str = "", more: bytes = b"") -> Path:
    """A workbook of Excel 5 or 95: its one sheet of text cells in the stream Book of a container."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def begin(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHH", 0x500, kind, *YEARS[version]))

    end, name = record(0x0A, b""), "线索".encode("gbk")
    before = begin(5) + more + record(0x42, struct.pack("<H", 936))
    sheet = begin(0x10) + (record(0x14, bytes([len(head.encode("gbk"))]) + head.encode("gbk")) if head else b"")
    for r, line in enumerate(rows):
        for c, text in enumerate(line):
            data = text.encode("gbk")
            sheet += record(0x204, struct.pack("<HHHH", r, c, 0, len(data)) + data)
    at = len(before) + 4 + 7 + len(name) + len(end)
    stream = before + record(0x85, struct.pack("<IHB", at, 0, len(name)) + name) + end + sheet + end
    XlsDoc().save(str(path), stream)
    entry, old = "Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")
    data = bytearray(path.read_bytes())
    at = data.find(entry)
    data[at : at + len(entry)] = old.ljust(len(entry), b"\0")
    struct.pack_into("<H", data, at + 64, len(old) + 2)  # the name's length, in a directory's entry
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("version", YEARS)
def test_excel_5_and_95(tmp_path: Path, version: int) -> None:
    path = biff5(tmp_path / "a.xls", (HEADER, CLUE, ("X2", *CLUE[1:])), version)
    assert n_clues(path) == 2
    assert xlrd.open_workbook(path).biff_version == 10 * version
    assert "打开密码" in refusal(
        biff5(tmp_path / "b.xls", (HEADER, CLUE), version, more=bytes([0x2F, 0, 4, 0, 1, 2, 3, 4]))
    )


def test_an_extension_that_is_wrong(tmp_path: Path) -> None:
    for n, name in enumerate(("a.xls", "a.csv", "a.ods", "a.docx", "a", "a.pdf")):
        shutil.copy(xlsx(tmp_path / f"{n}.xlsx", CLUES), tmp_path / name)
        found = read(tmp_path / name)
        assert len(found.tables) == 1 and any("按内容是 xlsx 格式" in p.what for p in found.problems)


@pytest.mark.parametrize(
    "head",
    [
        "",
        "<?xml version='1.0'?>",
        "<!DOCTYPE html>\n",
        "\ufeff",
        "\n\n <!-- x -->\n",
        "<meta charset=gbk>",
        "<style>td{}</style>",
    ],
)
def test_a_web_page_that_poses_as_a_workbook(tmp_path: Path, head: str) -> None:
    page = f"{head}<html><body><table><tr><td>{'</td><td>'.join(HEADER)}</td></tr></table></body></html>"
    (tmp_path / "a.xls").write_text(page, "utf-8")
    assert "网页" in refusal(tmp_path / "a.xls")


TEXT = "\n".join(",".join(line) for line in (HEADER, CLUE)) + "\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"]
)
def test_encodings_of_text(tmp_path: Path, encoding: str) -> None:
    text = (
        TEXT
        if encoding != "big5"
        else TEXT.replace("线索编号", "線索編號").replace("线索来源", "線索來源").replace("办理状态", "辦理狀態")
    )
    (tmp_path / "a.csv").write_bytes(text.encode(encoding, "replace"))
    assert n_clues(tmp_path / "a.csv") == 1 or encoding == "big5"


def test_an_encoding_that_is_declared_falsely(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbf" + TEXT.encode("gbk"))
    assert "文字编码标明是UTF-8" in refusal(tmp_path / "a.csv")
    path = xlsx(tmp_path / "a.xlsx", CLUES)
    for declared in ("gbk", "utf-16", "nonsense", "ascii"):
        head = f'<?xml version="1.0" encoding="{declared}"?>'.encode()
        for part in ("sheet1", "workbook", "sharedStrings"):
            read(replaced(path, tmp_path / "b.xlsx", **{part: lambda x, head=head: head + x}))  # type: ignore[misc]


def test_an_xls_without_its_code_page(tmp_path: Path) -> None:
    data = biff(2, (HEADER, CLUE))
    (tmp_path / "a.xls").write_bytes(
        data.replace(struct.pack("<HHH", 0x42, 2, 936), struct.pack("<HHH", 0x42, 2, 9999))
    )
    read(tmp_path / "a.xls")


# ── characters ────────────────────────────────────────────────────────────────────────────────────────────────────

UNSEEN = "\u202e\u202d\u2066\u2069\u200b\u200e\ufeff\x07"


def test_marks_of_direction_and_control_characters_change_no_value(tmp_path: Path) -> None:
    odd = tuple(f"{UNSEEN[:-1]}{text[:2]}\u200f{text[2:]}" for text in HEADER)
    body = lines(odd, tuple(f"\u202e{text}_x0007_\u202c" for text in CLUE))
    found = read(xlsx(tmp_path / "a.xlsx", body))
    ((_, frame),) = frames_of(found)
    assert frame["clue_no"].tolist() == ["X1"] and frame["status"].tolist() == ["正在核查"]
    assert not any(c in repr(found.problems) for c in UNSEEN)


def test_lone_surrogates_are_no_crash(tmp_path: Path) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("a")
    for r, line in enumerate((HEADER, CLUE, ("X2", "2021-03-02", "来AA信", "正在核查"))):
        for c, text in enumerate(line):
            sheet.write(r, c, text)
    book.save(str(tmp_path / "a.xls"))
    data = (tmp_path / "a.xls").read_bytes().replace("AA".encode("utf-16-le"), b"\x00\xd8\x41\x00")
    (tmp_path / "a.xls").write_bytes(data)
    assert "已损坏" in refusal(tmp_path / "a.xls")
    for text in ("来_xD800_信", "来&#xD800;信", "_xDFFF_"):
        read(xlsx(tmp_path / "b.xlsx", lines(HEADER, CLUE, ("X2", "2021-03-02", text, "正在核查"))))
    (tmp_path / "c.csv").write_bytes(TEXT.encode() + b"X2,2021-03-02,\xed\xa0\x80,\n")
    read(tmp_path / "c.csv")
    (tmp_path / "d.xlsb").write_bytes(
        xlsb(
            tmp_path / "e.xlsb",
            *(
                xlsb_row(r, *(xlsb_cell(c, t) for c, t in enumerate(line, 1)))
                for r, line in enumerate((HEADER, CLUE), 1)
            ),
        ).read_bytes()
    )
    assert n_clues(tmp_path / "d.xlsb") == 1


NAMES = [
    "A" * 31,
    "线索 '2021'",
    "../../线索",
    "CON",
    "线索🙂台账",
    "&lt;b&gt;线索&lt;/b&gt;",
    "=1+1",
    "线索|1",
    "",
    " ",
    "线\u202e索",
    "a\nb",
    "A" * 300,
]


@pytest.mark.parametrize("name", NAMES)
def test_sheet_names_of_any_kind(tmp_path: Path, name: str) -> None:
    assert n_clues(xlsx(tmp_path / "a.xlsx", CLUES, names=[name])) == 1


def test_sheets_of_one_name(tmp_path: Path) -> None:
    assert "同名" in refusal(xlsx(tmp_path / "a.xlsx", CLUES, lines(HEADER, ("Y1", *CLUE[1:])), names=["甲", "甲"]))


# ── damage ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_zip_without_its_directory_or_with_a_broken_part(tmp_path: Path) -> None:
    data = xlsx(tmp_path / "a.xlsx", CLUES).read_bytes()
    for cut in (data[:-22], data[: len(data) // 2], data[10:], data.replace(b"PK\x01\x02", b"PK\x01\x03")):
        (tmp_path / "b.xlsx").write_bytes(cut)
        assert refusal(tmp_path / "b.xlsx")
    middle = bytearray(data)
    middle[60:80] = bytes(20)
    (tmp_path / "c.xlsx").write_bytes(middle)
    read(tmp_path / "c.xlsx")


def test_parts_that_are_missing_or_point_elsewhere(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", CLUES)
    for target in (b"../../../../etc/hostname", b"file:///etc/hostname", b"worksheets/none.xml", b"workbook.xml", b""):
        changed = replaced(
            path, tmp_path / "b.xlsx", **{"workbook.xml": lambda x, t=target: x.replace(b"worksheets/sheet1.xml", t)}
        )  # type: ignore[misc]
        assert read(changed).tables == []


def test_an_error_cell_is_told_from_text(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", CLUES + row(3, cell("A3", "#REF!", 't="e"'), cell("B3", "#REF!")))
    assert isinstance(open_workbook(path).sheets[0].rows[2][0], CellError)


# ── paths ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_paths_of_any_kind(tmp_path: Path) -> None:
    folder = tmp_path / "2021年 上半年（报送）" / ("很长的文件夹名" * 10) / "a b'c & d%20#"
    folder.mkdir(parents=True)
    path = xlsx(folder / f"{'台账' * 30} [终稿] (2)..xlsx", CLUES)
    assert n_clues(path) == 1


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx(tmp_path / "a.xlsx", CLUES)

    def locked(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", locked)
    with pytest.raises(WorkbookError, match="打不开") as caught:
        open_workbook(path)
    assert "Permission" not in str(caught.value)


def test_a_sheet_that_only_one_reader_finds_is_not_half_read(tmp_path: Path) -> None:
    """calamine would give its cells, and the look for error cells and hidden rows would find none."""
    package = Package(xlsx(tmp_path / "a.xlsx", CLUES).read_bytes(), "a.xlsx")
    assert package.sheet({"a b": "xl/worksheets/sheet1.xml"}, "a\nb") == "xl/worksheets/sheet1.xml"
    for parts in ({}, {"a": ""}, {"a": "xl/none.xml"}):
        with pytest.raises(WorkbookError, match="目录里对不上"):
            package.sheet(parts, "a")


def test_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", CLUES)
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("XL/Worksheets/sheet1.xml", b"<worksheet/>")
    assert "同名" in refusal(path)


def test_looking_survives_a_reader_that_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "open_workbook", lambda *_, **__: os._exit(3))
    with pytest.raises(WorkbookError, match="崩溃"):
        looking.look(xlsx(tmp_path / "a.xlsx", CLUES))
