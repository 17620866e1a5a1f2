"""Reporting as it really happens: every figure of the reporting city is the truth, by region and by line, at three dates."""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils.cell import coordinate_to_tuple
from python_calamine import CalamineWorkbook

from tests.city.reporting import Reporting, build_reporting, settings
from tests.city.reporting_expected import Fault, fates, faults, kept, may_be_missing, missing, rows_sent, statuses
from tests.city.reporting_truth import CASE_KEYS, CLUE_KEYS, HELD_KEYS, Options, Truth
from tests.city.reporting_world import CUTOFFS, JUNE
from zhengfa_stats.project import Project, open_project
from zhengfa_stats.query import By, narrow

SEED = 1
USUAL, OTHER = Options(), Options("领导职务", wide=False, persons=False)
BY_RANK = Options("职级", wide=False)
AXES = {"线索": "handler", "处理": "unit", "制度": "unit"}
Groups = dict[str, float | None]


@dataclass(frozen=True)
class Place:
    """A project folder with the city's workbooks, built under one setting."""

    city: Reporting
    root: Path
    options: Options

    def at(self, as_of: date) -> Project:
        return open_project(self.root, as_of=as_of)

    @property
    def truth(self) -> Truth:
        return self.city.truth(self.options)


def set_up(root: Path, options: Options, keep: Callable[[str], bool] = lambda file: True) -> Place:
    city = build_reporting(SEED)
    for path in city.write(root / "data" / "raw"):
        if not keep(path.name):
            path.unlink()
    (root / "zhengfa.toml").write_text(settings(options), "utf-8")
    return Place(city, root, options)


def shuffle(raw: Path) -> None:
    """Other folders, so another order of files, and other times of writing."""
    rng = random.Random(7)
    for path in sorted(p for p in raw.rglob("*") if p.is_file()):
        target = raw / f"收文{rng.randint(10, 99)}" / path.relative_to(raw)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
        os.utime(target, (1_600_000_000 + rng.randint(0, 10**7),) * 2)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return set_up(tmp_path_factory.mktemp("usual"), USUAL)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The other setting, with the files in another order."""
    place = set_up(tmp_path_factory.mktemp("other"), OTHER)
    shuffle(place.root / "data" / "raw")
    return place


# ── figures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def differences(found: Groups, truth: Groups) -> dict[str, tuple[float | None, float | None]]:
    """What differs: the truth, and what was found; a group that nothing falls into counts nothing."""
    return {
        k: (truth.get(k), found.get(k))
        for k in {*truth, *found}
        if (found.get(k) or 0) != pytest.approx(truth.get(k) or 0)
    }


def grouped(project: Project, key: str, field: str) -> Groups:
    answer = project.count(narrow(project.indicator(key).of, by=(By(field),)))
    return {labels[0]: value for labels, value in answer.values}


@pytest.mark.parametrize("as_of", CUTOFFS, ids=str)
def test_every_figure_and_whom_it_lacks(usual: Place, as_of: date) -> None:
    found = {f["key"]: f for f in usual.at(as_of).figures()["figures"]}
    truth = usual.truth.figures(as_of)
    assert len(truth) > 50
    assert differences({k: found[k]["value"] for k in truth}, truth) == {}
    for key in (*CLUE_KEYS, *CASE_KEYS, *HELD_KEYS):
        said = {
            name if "截至" in name and name.split("（")[0] in LATE else name.split("（")[0]
            for name in found[key]["missing_from"]
        }
        assert missing(key, as_of) <= said <= missing(key, as_of) | may_be_missing(key, as_of), key


LATE = ("国家安全局", "南坪区法院")


@pytest.mark.parametrize("as_of", CUTOFFS, ids=str)
def test_by_region_and_by_line(usual: Place, as_of: date) -> None:
    project, truth = usual.at(as_of), usual.truth
    wrong = {}
    for key in (*CLUE_KEYS, *GROUPED_CASES):
        line = AXES[key.split(".")[0]]
        if by_region := differences(grouped(project, key, "region"), truth.by_region(key, as_of)):
            wrong[key, "区划"] = by_region
        if by_line := differences(grouped(project, key, line), truth.by_line(key, as_of)):
            wrong[key, "条线"] = by_line
    assert wrong == {}


GROUPED_CASES = ("处理.总人数", "处理.人次", "处理.科级", "处理.纪律处分", "处理.组织处理", "处理.第一种形态")


@pytest.mark.parametrize("as_of", CUTOFFS, ids=str)
def test_every_figure_under_the_other_setting_in_another_order(other: Place, as_of: date) -> None:
    project, truth = other.at(as_of), other.truth.figures(as_of)
    keys = truth if as_of == JUNE else CASE_KEYS
    assert differences({k: project.figure(k).value for k in keys}, {k: truth[k] for k in keys}) == {}


def test_by_region_and_by_line_under_the_other_setting(other: Place) -> None:
    project, truth = other.at(JUNE), other.truth
    for key in ("线索.查结", *GROUPED_CASES):
        line = AXES[key.split(".")[0]]
        assert differences(grouped(project, key, "region"), truth.by_region(key, JUNE)) == {}, key
        assert differences(grouped(project, key, line), truth.by_line(key, JUNE)) == {}, key


def test_the_settings_matter(usual: Place) -> None:
    """The truth itself differs under each setting, so that the tests above can fail."""
    values = [
        [
            usual.city.truth(options).figure(key, JUNE)
            for key in ("处理.处级", "处理.科级", "处理.组织处理", "处理.第一种形态")
        ]
        for options in (USUAL, OTHER, BY_RANK)
    ]
    for a, b in ((0, 1), (1, 2), (0, 2)):
        assert sum(x != y for x, y in zip(values[a], values[b], strict=True)) >= 2


def test_ranks_by_grade(tmp_path: Path) -> None:
    place = set_up(tmp_path, BY_RANK, lambda file: "处理" in file)
    project, truth = place.at(JUNE), place.truth
    assert (
        differences({k: project.figure(k).value for k in CASE_KEYS}, {k: truth.figure(k, JUNE) for k in CASE_KEYS})
        == {}
    )


@pytest.mark.parametrize("key", ["红色教育.次数", "征文.篇数", "制度.制定数"])
def test_what_several_did_together_counts_in_one_place(usual: Place, key: str) -> None:
    """By region and by line a thing counts with one of those who did it: no more than theirs, no less than what they did alone."""
    project, truth = usual.at(JUNE), usual.truth
    for field, at_most in (("region", truth.by_region(key, JUNE)), ("unit", truth.by_line(key, JUNE))):
        found = grouped(project, key, field)
        assert sum(v or 0 for v in found.values()) == truth.figure(key, JUNE)
        assert all((found.get(k) or 0) <= (most or 0) for k, most in at_most.items())
        assert all((found.get(k) or 0) >= truth.alone(key, JUNE, field, k) for k in at_most)


@pytest.mark.parametrize("as_of", CUTOFFS, ids=str)
def test_periods_of_their_own(usual: Place, as_of: date) -> None:
    """A total that does not say where it begins is of no other period than the project's."""
    project, truth = usual.at(as_of), usual.truth
    assert project.figure("线索.近年来收到").value == truth.own_period(date(2018, 1, 1), as_of)["线索.收到"]
    own = truth.own_period(date(2021, 2, 1), date(2021, 4, 30))["处理.总人数"]
    answer = project.figure("处理.教育整顿期间")
    assert answer.value == own
    assert "法院" in {lacking.office.name for lacking in answer.lacking}


@pytest.mark.parametrize("key", ["线索.收到", "线索.本期查结"])
@pytest.mark.parametrize("as_of", CUTOFFS, ids=str)
def test_a_figure_traces_to_rows_and_to_reported_cells(usual: Place, as_of: date, key: str) -> None:
    """Each cell, opened again in the file that was sent, holds the clue's number or the total that was added."""
    project = usual.at(as_of)
    totals, numbers = usual.truth.behind(key, as_of)
    rows = project.trace(key)["rows"]
    opened = Opened(usual.root / "data" / "raw")
    found = [opened.at(row["file"], row["sheet"], row["cells"]["clue_no"]) for row in rows if row["ledger"] == "clues"]
    assert sorted(found) == sorted(numbers)
    reported = [row for row in rows if row["ledger"] == "reported"]
    cells = [float(opened.at(row["file"], row["sheet"], row["cells"]["value"])) for row in reported]
    assert cells == [row["value"] for row in reported]
    assert sum(cells) == sum(totals)
    said = [remark for remark in project.figure(key).remarks if "为报表数" in remark]
    assert len(said) == 1
    assert f"其中{sum(totals):g}条" in said[0]


class Opened:
    """The workbooks as sent, opened once each."""

    def __init__(self, raw: Path) -> None:
        self.raw = raw
        self.sheets: dict[tuple[str, str], list[list[object]]] = {}

    def at(self, file: str, sheet: str, cell: str) -> str:
        rows = self.sheets.setdefault((file, sheet), [])
        if not rows:
            rows += self._read(file, sheet)
        row, column = coordinate_to_tuple(cell)
        value = rows[row - 1][column - 1]
        return f"{value:g}" if isinstance(value, float) else str(value)

    def _read(self, file: str, sheet: str) -> list[list[object]]:
        path = self.raw / file
        if path.suffix == ".csv":
            return [[*row] for row in csv.reader(path.read_text("gb18030").splitlines())]
        book = CalamineWorkbook.from_path(path)
        return [[*row] for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]


# ── beside the figures ───────────────────────────────────────────────────────────────────────────────────────────


def test_who_has_sent(usual: Place) -> None:
    found = {(s["unit"], s["ledger"]): s for s in usual.at(JUNE).status()["senders"]}
    expected = statuses(usual.city)
    assert {k: (found[k]["state"], found[k]["data_as_of"]) for k in expected} == expected
    assert {unit for unit, ledger in found if ledger in ("clues", "cases", "rules")} == {unit for unit, _ in expected}
    sent = rows_sent(usual.city)
    assert {unit: found[unit, "clues"]["n_rows"] for unit in sent} == sent


def test_every_problem_and_no_other(usual: Place) -> None:
    expected = faults(usual.city)
    found = problems(usual)
    assert {f[:3] for f in found} == {f[:3] for f in expected}
    for kind, file, cell, other in expected:
        assert any(f[:3] == (kind, file, cell) and other in f.other for f in found), (kind, file, cell, other)


def problems(place: Place) -> list[Fault]:
    """The warnings, errors and zero reports of problems.xlsx, as the office opens it."""
    place.at(JUNE).build()
    rows = load_workbook(place.root / "data" / "processed" / "problems.xlsx")["问题清单"].iter_rows(values_only=True)
    header = next(rows)
    lines = [dict(zip(header, map(str, ("" if v is None else v for v in row)), strict=True)) for row in rows]
    return [
        Fault(p["问题"], p["文件"], p["位置"], p["相关位置"])
        for p in lines
        if p["级别"] != "提示" or p["问题"] == "零报告"
    ]


def test_what_cannot_be_decided_shows_both_counts(usual: Place) -> None:
    usual.at(JUNE).build()
    rows = load_workbook(usual.root / "data" / "processed" / "problems.xlsx")["问题清单"].iter_rows(values_only=True)
    (said,) = (row for row in rows if "累计或增量不明" in row)
    assert "按累计是5条" in " ".join(map(str, said))
    assert "按增量是8条" in " ".join(map(str, said))


def test_each_row_is_accounted_for(usual: Place) -> None:
    tables = [
        (s["file"], t) for s in usual.at(JUNE).build()["sheets"] for t in s["tables"] if t["ledger"] != "reported"
    ]
    expected = fates(usual.city)
    assert {file for file, t in tables if t["records"]} == {*expected}
    for file, fate in expected.items():
        own = [t for name, t in tables if name == file]
        assert (sum(t["records"] for t in own), sum(t["superseded"] for t in own)) == fate, file
    for _, t in tables:
        assert t["records"] == t["kept"] + t["merged"] + t["superseded"] + t["set_aside"]
    counts = kept(usual.city)
    assert {ledger: sum(t["kept"] for _, t in tables if t["ledger"] == ledger) for ledger in counts} == counts


def test_the_order_of_files_changes_nothing(usual: Place, other: Place) -> None:
    """The same rows stand, and the same things are wrong, whatever the files' order."""

    def plain(place: Place) -> set[Fault]:
        return {
            f._replace(file=f.file.split("/", 1)[1] if f.file.startswith("收文") else f.file, other="")
            for f in problems(place)
        }

    assert plain(usual) == plain(other)
    one, two = (
        sorted(
            place.at(JUNE)
            .clues[["clue_no", "received_on", "handler", "region", "status"]]
            .astype(str)
            .itertuples(index=False, name=None)
        )
        for place in (usual, other)
    )
    assert one == two
