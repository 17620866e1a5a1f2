"""The canary: private strings planted in every kind of place, every command run, and nothing of them found anywhere."""

from __future__ import annotations

import json
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
from openpyxl.comments import Comment

from tests.hostile.reading import project
from tests.unit.test_privacy import card
from zhengfa_stats.cli import main

CARD, PHONE = card("110101", "19900307", "777"), "13987654321"
NAMES = ("欧阳秘一", "司徒秘二", "令狐秘三", "诸葛秘四", "秘五郎", "秘六郎", "秘七")
TEXTS = ("秘事甲乙", "秘事丙丁", "秘路庚辛", "秘批壬癸", "秘眉子丑", "秘框寅卯", "秘题辰巳")
SECRETS = (*NAMES, *TEXTS, CARD, CARD[:17], PHONE, "SECRET77")


def plant(raw: Path) -> None:
    """Two workbooks of one city, with private strings in columns, titles, remarks, comments, heads, properties and errors."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = "线索"
    page.append(["市公安局线索台账（填表人：秘六郎）"])
    page.append(
        [
            "线索编号",
            "收到日期",
            "线索来源",
            "被反映人",
            "被反映人单位",
            "举报人",
            "联系电话",
            "反映内容",
            "办理状态",
            "备注",
            f"情况（欧阳秘一{PHONE}）",
        ]
    )
    page.append(
        [
            "X1",
            "2021-03-01",
            "群众来信",
            "欧阳秘一",
            "市公安局",
            "司徒秘二",
            PHONE,
            "秘事甲乙",
            "正在核查",
            f"举报人秘五郎，电话{PHONE}",
            "秘事丙丁",
        ]
    )
    page.append(
        [
            "X2",
            "秘事丙丁",
            f"诸葛秘四{CARD}",
            "令狐秘三、秘七",
            "市公安局诸葛秘四",
            "同上",
            CARD,
            "秘事丙丁",
            "欧阳秘一已查结",
            CARD,
            "秘路庚辛",
        ]
    )
    page.append(
        ["X3", "2021-13-45", "来信", "12秘七", CARD, "秘七", "秘路庚辛", "秘路庚辛", PHONE, "合计秘事甲乙", PHONE]
    )
    page["A4"].comment = Comment("秘批壬癸", "秘六郎")
    page.oddHeader.center.text = "秘眉子丑"
    book.properties.title, book.properties.creator = "秘题辰巳", "秘六郎"
    book.create_sheet("说明").append(["联系人：秘六郎", PHONE, "秘框寅卯"])
    book.save(raw / "市公安局线索.xlsx")
    other = openpyxl.Workbook()
    page = other.active
    assert page is not None
    page.append(["姓名", "身份证号", "警号", "单位", "职务", "处理日期", "党纪处分", "主要违纪事实"])
    page.append(["诸葛秘四", CARD, "SECRET77", "市法院", "庭长", "2021-04-01", "党内警告", "秘事甲乙"])
    page.append(
        ["秘五郎", CARD[:17], "SECRET77", "市法院欧阳秘一", "欧阳秘一的司机", "2021-04-99", "欧阳秘一警告", "秘事甲乙"]
    )
    other.save(raw / "市法院处理.xlsx")
    lines = [
        "活动日期,活动类型,主办单位,主题,地点",
        f"2021-03-05,警示教育,市法院,以令狐秘三案为鉴,会议室{PHONE}",
        "2021-03-06,警示教育,市法院,欧阳秘一庭长授课,二楼",
    ]
    (raw / "市法院活动.csv").write_text("\n".join(lines), "utf-8")
    (raw / "坏.xlsx").write_bytes(b"PK\x03\x04" + "秘事甲乙".encode())
    (raw / "半.csv").write_bytes("姓名,单位\n欧阳秘一,市法院\n".encode("utf-16")[:-3])


COMMANDS = (
    ("build",), ("build", "--jobs", "1"), ("figures",), ("figures", "--as-of", "2021-05-31"), ("status",), ("check",), ("trace", "线索.收到"),
    ("trace", "处理.总人数"), ("ask", "收到多少条线索"), ("ask", "收到多少条线索", "--rows"), ("ask", "欧阳秘一收到几条线索"),
    ("ask", "各单位收到多少条线索", "--xlsx", "答.xlsx"), ("compare", "--from", "2021-03-31", "--to", "2021-06-30", "--xlsx", "比.xlsx"),
    ("compare", "--builds"), ("forms",), ("forms", "--dictionary"), ("look", "data/raw/坏.xlsx"), ("fill", "稿.txt", "-o", "稿（已填）.txt", "--force"),
    ("verify", "稿.txt"), ("returns",), ("nonsense",),
)  # fmt: skip
ASKED = ("ask", "欧阳秘一收到几条线索")  # it may say again what it was asked


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = project(tmp_path_factory.mktemp("canary") / "city")
    plant(root / "data" / "raw")
    (root / "稿.txt").write_text("全市共收到线索***条，已查结12条。", "utf-8")
    return root


def test_no_command_tells_a_private_string(
    city: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = city.parent / "tmp"
    temporary.mkdir()
    monkeypatch.chdir(city)
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for n, command in enumerate(COMMANDS):
        more = ("--json",) if n % 2 else ()
        code = main([*command, *more])
        out, err = capfd.readouterr()
        assert code in (0, 1, 2) and "Traceback" not in err and (not more or json.loads(out)), command
        if command != ASKED:
            told = [s for s in SECRETS if s in out + err]
            assert not told, (command, told)
    assert (city / "data" / "processed" / "ledgers" / "cases.parquet").is_file()
    written = [
        p
        for p in [*city.rglob("*"), *temporary.rglob("*")]
        if p.is_file() and not _is_theirs(p.relative_to(city.parent))
    ]
    assert len(written) > 25
    for path in written:
        told = [s for s in SECRETS if any(s.encode(e) in plain(path) for e in ("utf-8", "utf-16-le", "gbk"))]
        assert not told, (path.relative_to(city.parent), told)


def _is_theirs(path: Path) -> bool:
    """What the city gave, and what goes back to the department that wrote it."""
    return path.parts[1:3] in (("data", "raw"), ("data", "returns")) or path.name == "稿.txt"


def plain(path: Path) -> bytes:
    """All that a file says: a zip unpacked, a Parquet file as text with its statistics."""
    raw = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            return raw + b"".join(book.read(name) for name in book.namelist())
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        groups = [str(file.metadata.row_group(i).to_dict()) for i in range(file.metadata.num_row_groups)]
        return raw + "".join([file.read().to_pandas().to_csv(), *groups]).encode()
    return raw


def test_names_of_files_and_sheets_are_told(tmp_path: Path) -> None:
    from zhengfa_stats.project import open_project

    root = project(tmp_path / "city")
    raw = root / "data" / "raw"
    plant(raw)
    (raw / f"线索{PHONE}.csv").write_text("线索编号,收到日期,线索来源,办理状态\nY1,2021-03-01,来信,正在核查\n", "utf-8")
    (raw / "欧阳秘一案线索.csv").write_text(
        "线索编号,收到日期,线索来源,办理状态\nY2,2021-03-01,来信,正在核查\n", "utf-8"
    )
    told = {p.place.file for p in open_project(root).problems if p.kind == "名称含个人信息"}
    assert told == {f"线索{PHONE}.csv", "欧阳秘一案线索.csv"}
