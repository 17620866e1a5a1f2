"""What goes back to a department is what it sent, marked; nothing of anybody else; and what it mends is told."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

from tests.conftest import Reported
from zhengfa_stats.documents.returned_sheets import LIST
from zhengfa_stats.documents.returns import progress, safe_name
from zhengfa_stats.project import Project, open_project
from zhengfa_stats.reading.workbook import open_workbook

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


@pytest.fixture(scope="module")
def city(reported: Reported, tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, list[Path]]:
    root = tmp_path_factory.mktemp("returned") / "city"
    shutil.copytree(reported.project, root)
    project = open_project(root)
    return project, project.write_returns().outputs


def test_every_cell_is_as_it_was_sent(city: tuple[Project, list[Path]]) -> None:
    project, outputs = city
    assert len(outputs) > 10
    for path in outputs:
        original = next(p for p in project.raw.rglob("*") if p.stem == path.stem)
        sent = {s.name: s for s in open_workbook(original).sheets}
        back = {s.name: s for s in open_workbook(path).sheets}
        own = [name for name in back if name != LIST]
        assert next(iter(back)) == LIST and own
        for name in own:
            assert [[_plain(c) for c in row] for row in back[name].rows] == [
                [_plain(c) for c in row] for row in sent[name].rows
            ], f"{path.name} · {name}"
            assert set(back[name].merges) == set(sent[name].merges)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value  # an error or a missing result comes back as the same text


def test_what_openpyxl_can_write_keeps_format_and_formulas(city: tuple[Project, list[Path]]) -> None:
    project, outputs = city
    path = next(p for p in outputs if p.name.startswith("市检察院"))
    before, after = openpyxl.load_workbook(project.raw / path.name), openpyxl.load_workbook(path)
    for sheet in before.worksheets:
        other = after[sheet.title]
        assert {k: d.width for k, d in sheet.column_dimensions.items()} == {
            k: d.width for k, d in other.column_dimensions.items()
        }
        for row in sheet.iter_rows():
            for cell in row:
                twin = other[cell.coordinate]
                assert (twin.value, twin.number_format) == (cell.value, cell.number_format)
                assert (twin.font.name, twin.font.size, twin.font.b) == (cell.font.name, cell.font.size, cell.font.b)


def test_every_problem_cell_is_coloured_commented_and_linked(city: tuple[Project, list[Path]]) -> None:
    project, outputs = city
    path = next(p for p in outputs if "公安局线索" in p.name)
    book = openpyxl.load_workbook(path)
    assert "2021.13.5" in str(book["线索台账"]["D13"].value) and "日期不存在" in book["线索台账"]["D13"].comment.text
    assert book["线索台账"]["D13"].fill.fgColor.rgb.endswith("F8CBAD")
    front = book[LIST]
    assert [c.value for c in front[5]][-1] == "核实结果"
    links = [c.hyperlink.location for row in front.iter_rows(min_row=6) for c in row if c.hyperlink]
    assert "'线索台账'!D13" in links or "线索台账!D13" in links
    theirs = [p for p in project.problems if p.place.file.startswith("公安局线索") and (p.do or p.level != "note")]
    assert front.max_row - 5 == len(theirs)


def test_a_department_sees_nothing_of_what_others_sent(city: tuple[Project, list[Path]]) -> None:
    project, outputs = city
    others = {s for s in ("法院", "检察院", "司法局", "政法委", "公安局", "纪委监委")}
    for path in outputs:
        book = openpyxl.load_workbook(path)
        texts = [str(c.value) for row in book[LIST].iter_rows(min_row=6) for c in row if c.value]
        texts += [c.comment.text for s in book.worksheets for row in s.iter_rows() for c in row if c.comment]
        said = "\n".join(texts)
        mine = path.stem
        for name in {p.name for p in project.raw.rglob("*") if p.is_file()}:
            assert Path(name).stem == mine or name not in said, f"{path} names {name}"
        assert "zhengfa.toml" not in said
        if path.stem == "各单位教育活动台账":
            assert set(book.sheetnames) == {LIST, path.parent.name} and not others.isdisjoint({path.parent.name})


def test_the_list_is_no_ledger_when_it_comes_back(city: tuple[Project, list[Path]], tmp_path: Path) -> None:
    from zhengfa_stats.looking import look

    _, outputs = city
    for path in outputs[:4]:
        front = next(s for s in look(path)["sheets"] if s["sheet"] == LIST)
        assert all(t["ledger"] is None for t in front["tables"])


def test_what_is_mended_is_told(tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "线索"
    sheet.append(["公安局线索台账"])
    sheet.append(["线索编号", "收到日期", "线索来源", "办理状态", "查结日期"])
    for line in (["X1", "2021-13-05", "来信", "已查结", "2021-04-01"], ["X2", "2021-03-02", "托梦", "正在核查", None],
                 ["X3", "2021-03-02", "来信", "=cmd()", None]):  # fmt: skip
        sheet.append(line)
    sheet["D5"].data_type = "s"
    sheet["A1"].font = Font(name="黑体", size=20)
    book.save(raw / "公安局线索.xlsx")
    project = open_project(tmp_path)
    (output,) = project.write_returns().outputs
    returned = openpyxl.load_workbook(output)
    assert returned["线索"]["D5"].data_type == "s" and returned["线索"]["A1"].font.size == 20
    returned["线索"]["A3"].value = "X1"
    returned["线索"]["B3"].value = "2021-03-05"
    returned["线索"]["C4"].value = "来信"
    returned["线索"]["D4"].value = "不知道"
    returned.save(raw / "公安局线索.xlsx")
    before = project.figure("线索.收到").value
    again = open_project(tmp_path)
    found = progress(tmp_path, again.problems)
    assert found is not None
    said = {part: [(k["cell"], k["kind"]) for k in keys] for part, keys in found.as_json().items()}
    assert said == {
        "mended": [("B3", "日期不存在"), ("C4", "词语无法识别")],
        "remaining": [("D5", "词语无法识别")],
        "new": [("D4", "词语无法识别")],
    }
    lines = str(again.returned).splitlines()
    assert lines[0] == "退回核实的问题：已改正2个，尚未改正1个；此后新出现1个。"
    assert (
        lines[1] == "  已改正：公安局线索 · 线索 · B3　日期不存在：收到日期：“2021-13-05”不是日历上的日子"
        and len(lines) == 5
    )
    figures = {f["key"]: f["value"] for f in again.figures()["figures"]}
    changes = {f["key"]: f for f in again.compare(1, 2).as_json()["figures"]}
    assert (before, again.figure("线索.收到").value) == (2, 3)
    assert [(c["why"], c["n"]) for c in changes["线索.收到"]["contributions"]] == [("补填", 1)]
    assert {key: f["to"] for key, f in changes.items()} == figures
    changed = {key for key, f in changes.items() if f["change"]}
    assert changed == {key for key, f in changes.items() if f["contributions"] and f["from"] != f["to"]}
    assert changed and all(key.startswith("线索") for key in changed)


@pytest.mark.parametrize("name", ["../../etc", "a/b", "CON", "", "公安局\n"])
def test_a_name_in_the_data_cannot_leave_its_folder(name: str) -> None:
    made = safe_name(name)
    assert made and "/" not in made and ".." not in made and "\n" not in made and made.upper() != "CON"


def test_the_same_twice(city: tuple[Project, list[Path]]) -> None:
    project, outputs = city
    before = [p.read_bytes() for p in outputs]
    again = project.write_returns().outputs
    assert again == outputs and [p.read_bytes() for p in again] == before
    assert json.loads((project.root / "data" / "returns" / "issued.json").read_text("utf-8"))["returned"]
