"""报送情况: sent, nothing to report, not sent; what figures say of those they lack."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sending import CLUES, clue, opened, sheet
from zhengfa_stats.cli import main
from zhengfa_stats.counting.status import Status, lacking, statuses
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.project import Project
from zhengfa_stats.reading.zero import says_nothing
from zhengfa_stats.report import status_page

MARCH = "2021-03-05"


def states(project: Project) -> dict[tuple[str, str], str]:
    return {(s["unit"], s["ledger"]): s["state"] for s in project.status()["senders"]}


def figure(project: Project, key: str) -> dict[str, Any]:
    (found,) = (f for f in project.figures()["figures"] if f["key"] == key)
    return dict(found)


# ── zero reports ──────────────────────────────────────────────────────────────────────────────────────────────────

ZERO_FORMS: dict[str, list[tuple[Any, ...]]] = {
    "header only": [],
    "无": [("无",)],
    "slashes and 无": [("无", "/", "/", "/", "/", "/")],
    "零报告": [(None, "零报告")],
    "a sentence": [("本月无新增线索",)],
    "a sentence further right": [(None, None, None, "本单位无此类情况")],
    "signed": [("本期无。",), ("填表人：王五", None, None, "审核人：赵六")],
}


@pytest.mark.parametrize("rows", ZERO_FORMS.values(), ids=ZERO_FORMS)
def test_a_form_without_records_is_a_zero_report(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    sheet(tmp_path, "甲县.xlsx", ["甲县公安局线索台账（截至2021年6月30日）"], CLUES, *rows)
    project = opened(tmp_path)
    assert project.status()["senders"] == [
        {
            "unit": "甲县公安局",
            "ledger": "clues",
            "state": "零报告",
            "data_as_of": "2021-06-30",
            "n_rows": 0,
            "n_problems": int(bool(rows)),  # the note that it was taken so
        }
    ]
    assert figure(project, "线索.收到")["value"] == 0
    assert figure(project, "处理.总人数")["value"] is None


def test_numbered_rows_say_nothing_too(tmp_path: Path) -> None:
    sheet(
        tmp_path,
        "甲县.xlsx",
        ["甲县公安局线索台账"],
        ("序号", *CLUES),
        (1, "无", "无", "无", "无", "无", "无"),
        (2,),
        (3,),
    )
    assert states(opened(tmp_path)) == {("甲县公安局", "clues"): "零报告"}


def test_a_letter_without_a_table_is_a_zero_report(tmp_path: Path) -> None:
    sheet(tmp_path, "甲县.xlsx", ["甲县公安局2021年6月线索台账"], ["本月无新增线索，零报告。"])
    project = opened(tmp_path)
    assert states(project) == {("甲县公安局", "clues"): "零报告"}
    assert figure(project, "线索.收到")["value"] == 0


def test_a_letter_about_something_else_is_none(tmp_path: Path) -> None:
    sheet(tmp_path, "甲县.xlsx", ["甲县公安局关于做好线索台账工作的通知"], ["请各单位于月底前报送。"])
    project = opened(tmp_path)
    assert states(project) == {}
    assert figure(project, "线索.收到")["value"] is None


def test_a_zero_row_among_records_is_no_record_but_on_record(tmp_path: Path) -> None:
    rows = (clue("X1", MARCH, "甲县公安局"), (None, None, None, "乙县公安局", "无", None), ("零报告",))
    sheet(tmp_path, "a.xlsx", ["示例市公安局线索台账（截至2021年6月30日）"], CLUES, *rows)
    project = opened(tmp_path)
    assert figure(project, "线索.收到")["value"] == 1
    assert project.manifest["sheets"][0]["tables"][0]["set_aside"] == 2
    assert states(project) == {("公安局", "clues"): "已报", ("乙县公安局", "clues"): "零报告"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("无", True),
        ("（无）", True),
        ("我局上半年没有收到此类线索。", True),
        ("截至6月30日，我院无线索", True),
        ("注：本月零报告", True),
        ("/", False),
        ("未查结", False),
        ("无锡市公安局", False),
        ("未按规定回避", False),
        ("无人机巡查制度", False),
        ("本月未办结", False),
        ("无职级", False),
    ],
)
def test_what_says_nothing(text: str, says: bool) -> None:
    assert says_nothing(text) is says


# ── who is expected ───────────────────────────────────────────────────────────────────────────────────────────────


def two_bureaux(folder: Path) -> None:
    sheet(folder, "a.xlsx", ["公安局线索台账（截至2021年6月30日）"], CLUES, clue("X1", MARCH), clue("X2", MARCH))
    sheet(folder, "b.xlsx", ["法院线索台账（截至2021年5月31日）"], CLUES, clue("F1", MARCH))


def test_without_a_declaration_nobody_is_missing(tmp_path: Path) -> None:
    two_bureaux(tmp_path)
    project = opened(tmp_path)
    assert states(project) == {("公安局", "clues"): "已报", ("法院", "clues"): "已报"}
    assert figure(project, "线索.收到")["missing_from"] == ["法院（截至2021-05-31）"]


def test_declared_senders_are_expected_for_what_anybody_sent(tmp_path: Path) -> None:
    two_bureaux(tmp_path)
    project = opened(tmp_path, 'senders = ["市公安局", "示例市中级人民法院", "甲县公安局"]\n')
    assert states(project) == {
        ("公安局", "clues"): "已报",
        ("法院", "clues"): "已报",
        ("甲县公安局", "clues"): "未报",
    }
    assert figure(project, "线索.收到")["missing_from"] == ["甲县公安局", "法院（截至2021-05-31）"]
    assert figure(project, "处理.总人数")["missing_from"] == []


def test_senders_by_ledger(tmp_path: Path) -> None:
    two_bureaux(tmp_path)
    project = opened(tmp_path, '[senders]\nclues = ["公安局"]\n"处理台账" = ["纪委"]\n')
    assert states(project)["纪委监委", "cases"] == "未报"
    assert figure(project, "处理.总人数")["missing_from"] == ["纪委监委"]
    assert figure(project, "线索.收到")["missing_from"] == ["法院（截至2021-05-31）"]


def test_an_earlier_cut_off_date_lacks_nobody(tmp_path: Path) -> None:
    two_bureaux(tmp_path)
    assert figure(opened(tmp_path, as_of=date(2021, 5, 31)), "线索.收到")["missing_from"] == []


@pytest.mark.parametrize(
    "settings", ['senders = ["某某公司"]\n', '[senders]\nclus = ["公安局"]\n', 'senders = "公安局"\n']
)
def test_senders_that_mean_nothing_are_refused(tmp_path: Path, settings: str) -> None:
    two_bureaux(tmp_path)
    with pytest.raises(DefinitionError):
        opened(tmp_path, settings).status()


def test_who_sent_once_and_has_gone_is_missing(tmp_path: Path) -> None:
    two_bureaux(tmp_path)
    opened(tmp_path).build()
    (tmp_path / "data" / "raw" / "b.xlsx").unlink()
    assert states(opened(tmp_path)) == {("公安局", "clues"): "已报", ("法院", "clues"): "未报"}
    sheet(tmp_path, "c.xlsx", ["法院线索台账（截至2021年6月30日）"], CLUES, clue("F1", MARCH))
    assert states(opened(tmp_path)) == {("公安局", "clues"): "已报", ("法院", "clues"): "已报"}


def test_a_file_that_is_read_otherwise_leaves_no_ghost(tmp_path: Path) -> None:
    two_bureaux(tmp_path)
    opened(tmp_path).build()
    sheet(tmp_path, "b.xlsx", ["检察院线索台账（截至2021年6月30日）"], CLUES, clue("F1", MARCH))
    assert states(opened(tmp_path)) == {("公安局", "clues"): "已报", ("检察院", "clues"): "已报"}


def test_a_line_reports_for_its_counties(tmp_path: Path) -> None:
    rows = (clue("X1", MARCH, "甲县公安局"), clue("X2", MARCH, "市公安局"), clue("X3", MARCH, "乙县法院"))
    sheet(tmp_path, "a.xlsx", ["示例市公安局线索台账（截至2021年6月30日）"], CLUES, *rows)
    project = opened(tmp_path, 'senders = ["公安局", "甲县公安局", "乙县法院"]\n')
    found = {s.unit: s for s in project.statuses}
    assert found["甲县公安局"] == Status("甲县公安局", "clues", "已报", date(2021, 6, 30), 1, 0, "公安局")
    assert found["乙县法院"].state == "未报"  # what 公安局 says of a court is not the court's report


# ── the values alone ──────────────────────────────────────────────────────────────────────────────────────────────


def test_lacking_names_the_missing_before_the_late() -> None:
    found = [
        Status("公安局", "clues", "已报", date(2021, 5, 31), 3),
        Status("司法局", "clues", "零报告", date(2021, 6, 30)),
        Status("法院", "clues", "未报"),
        Status("检察院", "rules", "未报"),
    ]
    assert lacking(found, ["clues"], date(2021, 6, 30)) == ["法院", "公安局（截至2021-05-31）"]


def test_totals_must_give_the_figure_or_its_parts() -> None:
    figures = ("线索.收到", "线索.查结")
    found = [Status("甲县公安局", "clues", "已报", date(2021, 6, 30), 2, figures=figures)]
    assert lacking(found, ["clues"], date(2021, 6, 30), "线索.收到") == []
    assert lacking(found, ["clues"], date(2021, 6, 30), "线索.件次") == ["甲县公安局"]
    assert lacking(found, ["clues"], date(2021, 6, 30), "线索.查结率", figures) == []


def test_a_line_of_totals_speaks_for_its_unit_or_county() -> None:
    sent = [{"unit": "公安局", "ledger": "clues", "data_as_of": None, "n_rows": 1, "n_problems": 0}]
    total = {"ledger": "clues", "sender": "政法委", "n_rows": 1, "data_as_of": "2021-05-31", "figures": ["线索.收到"]}
    within = [{**total, "unit": "甲县"}, {**total, "unit": "乙县公安局"}]
    found = statuses(sent, within, {"clues": ["甲县公安局", "乙县公安局", "丙县公安局"]})
    assert [(s.unit, s.state, s.sent_by) for s in found if s.unit != "公安局"] == [
        ("丙县公安局", "未报", ""),
        ("乙县公安局", "已报", "政法委"),
        ("甲县公安局", "已报", "政法委"),
    ]
    assert "乙县公安局（截至2021-05-31）" in lacking(found, ["clues"], date(2021, 6, 30), "线索.收到")


def test_the_order_of_what_was_sent_never_matters() -> None:
    sent = [
        {"unit": unit, "ledger": ledger, "data_as_of": None, "n_rows": 1, "n_problems": 0}
        for unit in ("公安局", "法院")
        for ledger in ("clues", "cases")
    ]
    assert statuses(sent, [], {}) == statuses(sent[::-1], [], {})


# ── outputs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_command_and_the_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two_bureaux(tmp_path)
    project = opened(tmp_path, 'senders = ["公安局", "法院", "检察院"]\n')
    assert main(["status", "--project", str(tmp_path), "--json"]) == 0
    senders = json.loads(capsys.readouterr().out)["senders"]
    assert [s["unit"] for s in senders if s["state"] == "未报"] == ["检察院"]
    assert set(senders[0]) == {"unit", "ledger", "state", "data_as_of", "n_rows", "n_problems"}
    assert main(["status", "--project", str(tmp_path)]) == 0
    assert "未报的单位：检察院" in capsys.readouterr().out
    page = status_page(project)
    assert page.title == "报送情况" and page.header[0] == "报送单位" and next(iter(page.rows))[0] == "检察院"
