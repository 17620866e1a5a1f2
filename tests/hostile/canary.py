"""The canary whole: `python -m tests.hostile.canary` plants private strings everywhere, runs every command with every option, and looks.

What a command may say: what it was itself asked, the names that `--names` is for, and, in data/returns, a department's own sheets.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from tests.hostile.reading import project
from tests.unit.test_privacy import card
from zhengfa_stats.cli import main as zhengfa

ROOT = Path(__file__).parents[2]
CARD, PHONE = card("110101", "19900307", "777"), "13987654321"
NAMES = ("欧阳秘一", "司徒秘二", "令狐秘三", "诸葛秘四", "秘五郎", "秘六郎", "秘七", "柳秘八", "秘九郎")
TEXTS = (
    "秘事甲乙",
    "秘事丙丁",
    "秘路庚辛",
    "秘批壬癸",
    "秘眉子丑",
    "秘框寅卯",
    "秘题辰巳",
    "秘链午未",
    "秘选申酉",
    "秘注戌亥",
)
WIDE = PHONE.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
SECRETS = (*NAMES, *TEXTS, CARD, CARD[:17], PHONE, WIDE, f"{PHONE[:3]}-{PHONE[3:7]}-{PHONE[7:]}", "SECRET77")


def plant(raw: Path) -> None:
    """The workbooks of one city, with private strings in columns, titles, remarks, comments, heads, properties and errors."""
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
    page["A5"].hyperlink = Hyperlink(ref="A5", target="http://127.0.0.1/秘链午未", tooltip="秘链午未")
    page.add_data_validation(rule := DataValidation("list", formula1='"秘选申酉,欧阳秘一"', prompt="秘选申酉"))
    rule.add("I3:I9")
    book.defined_names["秘选申酉"] = DefinedName("秘选申酉", attr_text="线索!$A$1", comment="秘注戌亥")
    book.create_sheet("说明").append(["联系人：秘六郎", PHONE, "秘框寅卯"])
    book.create_sheet("下拉").append(["欧阳秘一", "秘事甲乙", int(PHONE)])
    book["下拉"].sheet_state = "veryHidden"
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
    _more(raw)
    lines = [
        "活动日期,活动类型,主办单位,主题,地点",
        f"2021-03-05,警示教育,市法院,以令狐秘三案为鉴,会议室{PHONE}",
        "2021-03-06,警示教育,市法院,欧阳秘一庭长授课,二楼",
    ]
    (raw / "市法院活动.csv").write_text("\n".join(lines), "utf-8")
    (raw / "坏.xlsx").write_bytes(b"PK\x03\x04" + "秘事甲乙".encode())
    (raw / "半.csv").write_bytes("姓名,单位\n欧阳秘一,市法院\n".encode("utf-16")[:-3])


def _more(raw: Path) -> None:
    """The other ledgers, with persons, numbers and informants where texts, terms, units, dates and numbers stand."""
    told = f"举报人柳秘八反映，电话{WIDE}、{CARD}"
    sheets = {
        "花名册": (
            ("姓名", "警号", "身份证号", "单位", "职务", "职级", "家庭住址"),
            ("秘九郎", "SECRET77", CARD, "市法院", f"庭长（{PHONE}）", "秘九郎", "秘路庚辛"),
            ("诸葛秘四", "SECRET77", int(CARD[:15]), "市法院", "秘九郎的副手", "一级法官", "秘路庚辛"),
        ),
        "政治轮训": (
            ("姓名", "警号", "单位", "班次", "培训日期", "成绩", "考核结果", "备注"),
            ("秘九郎", "SECRET77", "市法院", told, "2021-04-01", 95, "优秀", "秘事甲乙"),
            ("秘七", PHONE, "市法院", "第一期", told, int(PHONE), told, told),
        ),
        "整改台账": (
            ("存在问题", "整改措施", "责任单位", "整改时限", "完成时间", "整改状态"),
            (told, f"由秘九郎负责，{PHONE[:3]}-{PHONE[3:7]}-{PHONE[7:]}", "市法院", told, told, told),
            (int(PHONE), CARD, f"市法院（联系人秘九郎{PHONE}）", "2021-05-01", "2021-05-02", "已完成"),
        ),
        "制度": (
            ("制度名称", "文号", "制定单位", "印发日期"),
            (f"关于秘九郎案件（{CARD}）的整改办法", f"示法〔2021〕1号 {PHONE}", "市法院", "2021-04-01"),
        ),
    }
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.save(raw / "市法院综合.xlsx")


CHEAP = (
    ("build",), ("build", "--jobs", "1"), ("figures",), ("status",), ("check",), ("trace", "线索.收到"), ("trace", "处理.总人数"),
    ("ask", "收到多少条线索", "--rows"), ("ask", "欧阳秘一收到几条线索"), ("ask", "各单位收到多少条线索", "--xlsx", "答.xlsx"),
    ("compare", "--from", "2021-03-31", "--to", "2021-06-30", "--xlsx", "比.xlsx"), ("compare", "--builds"), ("forms", "--dictionary"),
    ("look", "data/raw/坏.xlsx"), ("look", "data/raw/市公安局线索.xlsx"),
    ("fill", "稿.txt", "-o", "稿（已填）.txt", "--force"), ("verify", "稿.txt"), ("returns",), ("nonsense",),
)  # fmt: skip
COMMANDS = (
    *CHEAP, ("report",), ("report", "--jobs", "1", "--as-of", "2021-05-31"), ("check",), ("build", "--since", "2021-02-01"), ("forms",),
    ("figures", "--as-of", "2021-05-31", "--since", "2021-02-01"), ("status", "--as-of", "2021-05-31"), 
    ("trace", "轮训.参训人数"),
    ("trace", "整改.完成率"), ("trace", "制度.制定数"), ("trace", "警示教育.次数"), ("trace", "没有"), ("ask", "处理了多少人", "--rows"),
    ("ask", "哪些单位没有报"), ("ask", "哪些单位没有收到线索"), ("ask", "各来源的线索各有多少条", "--xlsx", "答二.xlsx", "--rows"), ("compare", "--by", "同比"), 
    ("compare", "--by", "环比", "--xlsx", "比二.xlsx"),
    ("compare", "--from-build", "1"), ("compare", "--from-build", "1", "--to-build", "1"),
    ("compare", "--purge", "1"), ("look", "data/raw/市法院综合.xlsx", "--password", "x"),
    ("look", "data/raw"), ("fill", "稿.docx", "--force"), ("verify", "稿.docx", "--mark", "批.docx", "--mark-all", "--force"), ("verify", "稿.docx", "--no-data"),
    ("verify", "数.xlsx", "--mark", "批.xlsx", "--force"), ("verify", "稿.txt", "--mark", "批.txt"), ("new", "新城"), ("trace", "处理.总人数", "--names"),
    ("--help",), ("report", "--help"), ("build", "--project", "没有"),
)  # fmt: skip
EVERYWHERE = ("--project", ".", "--as-of", "2021-05-31", "--since", "2021-02-01", "--jobs", "1", "--password", "x")
OPTIONS = tuple(
    (*command, *EVERYWHERE)
    for command in (
        ("report", "--open"), ("build",), ("figures",), ("status",), ("trace", "线索.收到", "--names"), ("ask", "收到多少条线索", "--rows"),
        ("compare", "--by", "同比"), ("fill", "稿.docx", "--force"), ("verify", "稿.docx", "--mark", "批三.docx", "--mark-all", "--force"),
        ("returns",), ("forms", "--dictionary"), ("check",),
    )
)  # fmt: skip
WITHOUT = (
    ("help", "-o", "手册", "--no-browser", "--project", ".", "--password", "x"),
    ("new", "新城二", "--sample", "--password", "x"), ("look", "data/raw/市公安局线索.xlsx", "--password", "x"),
)  # fmt: skip
LAB = ("lab", "--no-browser", *EVERYWHERE)
ASKED = ("ask", "欧阳秘一收到几条线索")  # it may say again what it was asked


def city(folder: Path) -> Path:
    """A project with the strings planted, and documents to fill and verify."""
    root = project(folder / "city")
    plant(root / "data" / "raw")
    (root / "稿.txt").write_text("全市共收到线索***条，已查结12条。", "utf-8")
    return root


def run(command: Sequence[str], answer: str = "") -> tuple[int, str]:
    """One command in this process; its exit code and all that it said."""
    out, err, given = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(answer)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = zhengfa(list(command))
    except SystemExit as left:  # --help
        code = int(left.code or 0)
    finally:
        sys.stdin = given
    return code, out.getvalue() + err.getvalue()


def told_in(text: str) -> list[str]:
    """The planted strings that a text tells."""
    return [s for s in SECRETS if s in text]


def leaks(places: Sequence[Path], theirs: Sequence[Path]) -> Iterator[tuple[Path, list[str]]]:
    """The files that tell a planted string, outside those that hold them by right."""
    for path in (p for place in places for p in sorted(place.rglob("*")) if p.is_file()):
        if not any(path.is_relative_to(own) for own in theirs):
            content = plain(path)
            if told := [s for s in SECRETS if any(s.encode(e) in content for e in ("utf-8", "utf-16-le", "gbk"))]:
                yield path, told


def plain(path: Path) -> bytes:
    """All that a file says: a zip unpacked, a Parquet file as text with its statistics."""
    raw = path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as book:
            parts = b"".join(book.read(name) for name in book.namelist())
            return raw + parts + re.sub(rb"<[^>]*>", b"", parts)  # a text may be split by tags
    if path.suffix == ".parquet":
        file = pq.ParquetFile(path)
        groups = [str(file.metadata.row_group(i).to_dict()) for i in range(file.metadata.num_row_groups)]
        return raw + "".join([file.read().to_pandas().to_csv(), *groups]).encode()
    return raw


def main() -> int:
    """Run everything; what was looked at, and what told."""
    from tests.hostile.fuzz import _table, _word

    folder = Path(tempfile.mkdtemp(prefix="canary"))
    home, temporary, root = folder / "home", folder / "tmp", city(folder)
    for path in (home, temporary):
        path.mkdir()
    os.environ.update(
        BROWSER="true", HOME=str(home), TMPDIR=str(temporary), XDG_CACHE_HOME=str(home / "c"), PYTHONPATH=str(ROOT)
    )
    tempfile.tempdir = str(temporary)
    os.chdir(root)
    _word(root / "稿.docx"), _table(root / "数.xlsx")
    found, n = [], 0
    for command in (*COMMANDS, *OPTIONS, *WITHOUT):
        for more in ((), ("--json",)):
            start = time.monotonic()
            code, said = run([*command, *more], answer="是\n")
            n += 1
            may_tell = "--names" in command or command == ASKED
            told = [] if may_tell else told_in(said)
            found += [(" ".join(command), told)] if told or "Traceback" in said else []
            why = said.strip().splitlines()[-1:] if code == 2 else []
            print(
                f"{code} {time.monotonic() - start:5.1f} s  {' '.join([*command, *more])}  {told} {''.join(why)}",
                flush=True,
            )
    found += [("lab", told)] if (told := told_in(_lab(root))) else []
    theirs = [root / "data" / "raw", root / "data" / "returns"]
    found += [(str(path.relative_to(folder)), told) for path, told in leaks([folder], theirs)]
    files = sum(p.is_file() for p in folder.rglob("*"))
    print(
        f"{n} commands and lab, {len(SECRETS)} strings, {files} files looked through: {found or 'nothing told'}; in {folder}"
    )
    return int(bool(found))


def _lab(root: Path) -> str:
    """What lab says while it starts; it would not end by itself."""
    run_lab = [
        sys.executable,
        "-c",
        "import sys; from zhengfa_stats.cli import main; sys.exit(main())",
        *LAB,
    ]
    lab = subprocess.Popen(run_lab, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    with contextlib.suppress(subprocess.TimeoutExpired):
        lab.wait(20)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(lab.pid, signal.SIGTERM)
    return lab.communicate()[0].decode("utf-8", "replace")


if __name__ == "__main__":
    sys.exit(main())
