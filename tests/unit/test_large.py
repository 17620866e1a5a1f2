"""At size: 40,000-name realism scaled down, one large workbook and many small ones, equal to their truth."""

from __future__ import annotations

from pathlib import Path

import pytest

import zhengfa_stats as zs
from tests.city import LARGE, SINCE, build_city
from tests.city.big import clue_folder, clue_workbook

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    folder = tmp_path / "data" / "raw"
    folder.mkdir(parents=True)
    return folder


def test_one_large_workbook(raw: Path) -> None:
    truth = clue_workbook(raw / "线索台账.xlsx", n_rows=8_000, n_names=3_000)
    city = zs.open(raw.parents[1])
    assert {key: city.figure(key).value for key in truth} == truth
    assert len(city.clues) == 8_000


def test_many_small_workbooks(raw: Path) -> None:
    truth = clue_folder(raw, n_files=30, n_rows=40)
    city = zs.open(raw.parents[1])
    assert {key: city.figure(key).value for key in truth} == truth


def test_a_large_city(raw: Path) -> None:
    city = build_city(3, LARGE)
    city.write(raw)
    project = zs.open(raw.parents[1])
    truth = city.figures(SINCE, project.clock.as_of)
    found = {f["key"]: f["value"] for f in project.figures()["figures"]}
    assert {k: (v, found[k]) for k, v in truth.items() if found[k] != pytest.approx(v)} == {}
