"""check: what is stale, each with its reason, and nothing where all stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhengfa_stats.checking import check, record_report
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.files import write_json
from zhengfa_stats.project import open_project

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
CLUES = "线索编号,收到日期,线索来源,办理状态\nX1,2021-03-01,来信,正在核查\n"
CLOCK = ("2021-01-01", "2021-06-30")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (tmp_path / "data" / "raw" / "公安局.csv").write_text(CLUES, "utf-8")
    project = open_project(tmp_path)
    project.build()
    write_json({"figures": 1}, project.processed / "figures.json")
    record_report(tmp_path, project.processed, ["manifest.json", "figures.json"], *CLOCK)
    return tmp_path


def whys(root: Path) -> list[tuple[str, str]]:
    return [(s["output"], s["why"]) for s in check(root, *CLOCK)]


def test_nothing_is_stale_where_all_stands(root: Path) -> None:
    assert whys(root) == []


def test_files_that_came_went_or_changed(root: Path) -> None:
    raw = root / "data" / "raw"
    (raw / "法院.csv").write_text(CLUES, "utf-8")
    assert whys(root) == [("台账", "data/raw 新增了法院.csv")]
    (raw / "公安局.csv").write_text(CLUES + "X2,2021-03-02,来信,正在核查\n", "utf-8")
    (raw / "法院.csv").unlink()
    assert whys(root) == [("台账", "data/raw 改动了公安局.csv")]
    (raw / "公安局.csv").unlink()
    assert whys(root) == [("台账", "data/raw 删去了公安局.csv")]


def test_settings_outputs_and_the_report(root: Path) -> None:
    processed = root / "data" / "processed"
    (processed / "figures.json").write_text("{}", "utf-8")
    (processed / "problems.xlsx").unlink()
    assert whys(root) == [("problems.xlsx", "文件不见了"), ("figures.json", "写出后被改动过")]
    (root / "zhengfa.toml").write_text(TOML.replace("06-30", "05-31"), "utf-8")
    found = whys(root)
    assert ("台账", "zhengfa.toml、更正或定义改动了") in found
    assert [why for output, why in check_at(root, "2021-05-31") if output == "报告"] == [
        "报告的统计期是2021-01-01至2021-06-30，现在是2021-01-01至2021-05-31"
    ]


def check_at(root: Path, as_of: str) -> list[tuple[str, str]]:
    return [(s["output"], s["why"]) for s in check(root, CLOCK[0], as_of)]


def test_a_report_of_earlier_ledgers(root: Path) -> None:
    (root / "data" / "raw" / "公安局.csv").write_text(CLUES.replace("来信", "来访"), "utf-8")
    open_project(root).build()
    assert whys(root) == [("报告", "台账重新整理过，报告还是从前的")]


def test_without_results(tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        check(tmp_path, *CLOCK)
