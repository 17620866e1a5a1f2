"""Changes are made of identities that sum to them exactly, between any two clocks and any two states of the data."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.city import build_city
from zhengfa_stats.counting.compare import Comparison, exact
from zhengfa_stats.counting.sides import Side
from zhengfa_stats.language.changes import told
from zhengfa_stats.project import Project, open_project
from zhengfa_stats.query import Clock

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
SINCE, JUNE, MAY = date(2021, 1, 1), date(2021, 6, 30), date(2021, 5, 31)
CHANGEABLE = (
    "received_on",
    "closed_on",
    "decided_on",
    "held_on",
    "status",
    "source",
    "party_discipline",
    "person",
    "items",
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = tmp_path_factory.mktemp("compared")
    (project / "data" / "raw").mkdir(parents=True)
    (project / "zhengfa.toml").write_text(TOML, "utf-8")
    build_city(3).write(project / "data" / "raw")
    opened = open_project(project)
    assert opened.frames
    return opened


def side(city: Project, as_of: date = JUNE, frames: dict[str, pd.DataFrame] | None = None, since: date = SINCE) -> Side:
    files = city.manifest["state"]["inputs"]
    return Side(city.frames if frames is None else frames, city.schema, Clock(since, as_of), city.config.clock, files)


def sums_up(before: Side, after: Side, keys: list[str]) -> set[str]:
    """Check every change of these indicators; the kinds of causes that were met."""
    comparison, whys = Comparison(before, after), set()
    for key in keys:
        change = comparison.of(after.schema.indicators[key].of)
        if change.change is None:
            assert change.why
            continue
        assert sum((c.n for c in change.contributions), Fraction(0)) == change.change, key
        for c in change.contributions:
            assert c.n == sum((p.n for p in c.parts), Fraction(0))
            assert all(p.n for p in c.parts), key
        whys |= {c.why.split("：")[-1] for c in change.contributions}
        assert told(after.schema.indicators[key], change).endswith("。")
    assert "其他" not in whys
    return whys


def test_between_two_cut_off_dates(city: Project) -> None:
    whys = sums_up(side(city, MAY), side(city), list(city.schema.indicators))
    assert whys == {"进入统计期", "状态变化"}
    back = sums_up(side(city), side(city, MAY), list(city.schema.indicators))
    assert back == {"移出统计期", "状态变化"}


def test_nothing_changed_has_no_contributions(city: Project) -> None:
    comparison = Comparison(side(city), side(city))
    for indicator in city.schema.indicators.values():
        change = comparison.of(indicator.of)
        assert not change.change and not change.contributions


KEYS = ["线索.收到", "线索.查结", "线索.在查", "线索.查结率", "线索.期末在查", "处理.总人数", "处理.人次", "处理.纪律处分",
        "轮训.参训人数", "轮训.合格率", "责任书.份数", "整改.完成率"]  # fmt: skip


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_between_two_states_of_the_data(city: Project, data: st.DataObject) -> None:
    frames = {id_: _mended(frame.whole(), data) for id_, frame in city.frames.items()}
    as_of = data.draw(st.sampled_from([MAY, JUNE]))
    sums_up(side(city), side(city, as_of, frames), KEYS)


def _mended(frame: pd.DataFrame, data: st.DataObject) -> pd.DataFrame:
    """Some rows gone, some cells as in another row, blank, or moved by some days."""
    if len(frame) < 3:
        return frame
    rows = st.integers(0, len(frame) - 1)
    found = frame.copy()
    for name in data.draw(st.lists(st.sampled_from([c for c in CHANGEABLE if c in frame] or ["sender"]), max_size=3)):
        to, source = data.draw(rows), data.draw(rows)
        for column in [c for c in (name, f"{name}_until") if c in found]:
            found.loc[to, column] = frame.loc[source, column]
    gone = data.draw(st.lists(rows, max_size=3, unique=True))
    return found.drop(index=gone).reset_index(drop=True)


def test_between_two_cities(city: Project, tmp_path: Path) -> None:
    """Whatever became of the data: another city altogether sums up as well."""
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    build_city(11).write(tmp_path / "data" / "raw")
    whys = sums_up(side(city), side(city, frames=open_project(tmp_path).frames), list(city.schema.indicators))
    assert {"新报送", "更正"} <= whys


def test_the_cause_is_told(city: Project) -> None:
    clues = city.clues
    counted = (
        (clues["status"] == "已查结") & (clues["received_on"] >= "2021-01-01") & (clues["closed_on"] <= "2021-06-30")
    )
    closed = clues[counted & ~clues["is_repeat"].fillna(False)].index
    changed = clues.copy()
    changed.loc[closed[0], ["status", "closed_on", "closed_on_until"]] = ["正在核查", None, None]
    changed = changed.drop(index=closed[1]).reset_index(drop=True)
    change = Comparison(side(city), side(city, frames={**city.frames, "clues": changed})).of(
        city.schema.indicators["线索.查结"].of
    )
    found = {c.why: c for c in change.contributions}
    assert {why: c.n for why, c in found.items()} == {"更正": -1, "被后来的版本替代": -1}
    assert "办理状态由已查结改为正在核查" in found["更正"].parts[0].cause.detail
    assert found["更正"].parts[0].after[0]["source_row"] == clues.loc[closed[0], "source_row"]


HEAD = "线索编号,收到日期,线索来源,被反映人,办理状态\n"
ONE, OTHER = "X1,2021-03-01,来信,张一,正在核查\n", "X2,2021-03-01,来信,张一,正在核查\n"


def test_duplicates_that_merge_and_split_are_told(tmp_path: Path) -> None:
    """A second bureau's row becomes the same clue by a mended number, and another again."""
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (raw / "公安局线索台账.csv").write_text(HEAD + ONE, "utf-8")
    for second in (OTHER, ONE, OTHER):
        (raw / "法院线索台账.csv").write_text(HEAD + second, "utf-8")
        open_project(tmp_path).build()
    project = open_project(tmp_path)
    for builds, expected in (((1, 2), ("重复件合并", -1)), ((2, 3), ("重复件拆分", 1))):
        found = {f["key"]: f for f in project.compare(*builds).as_json()["figures"]}
        assert [(c["why"], c["n"]) for c in found["线索.收到"]["contributions"]] == [expected]


def test_what_was_superseded_is_told_from_what_was_withdrawn(tmp_path: Path) -> None:
    raw = tmp_path / "data" / "raw"
    raw.mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML + 'mode = "累计"\n', "utf-8")
    (raw / "公安局线索台账（截至2021年5月31日）.csv").write_text(HEAD + ONE + OTHER, "utf-8")
    open_project(tmp_path).build()
    later = raw / "公安局线索台账（截至2021年6月30日）.csv"
    later.write_text(HEAD + ONE + OTHER.replace("X2", "X3").replace("张一", "李一"), "utf-8")
    open_project(tmp_path).build()
    later.write_text(HEAD + ONE, "utf-8")
    project = open_project(tmp_path)
    project.build()
    for builds, expected in (((1, 2), {"被后来的版本替代": -1, "新报送": 1}), ((2, 3), {"不再报送": -1})):
        found = {f["key"]: f for f in project.compare(*builds).as_json()["figures"]}
        assert {c["why"]: c["n"] for c in found["线索.收到"]["contributions"]} == expected


def test_a_rate_splits_exactly(city: Project) -> None:
    before, after = side(city, MAY), side(city)
    change = Comparison(before, after).of(city.schema.indicators["线索.查结率"].of)
    closed, received = (city.schema.indicators[k].of for k in ("线索.查结", "线索.收到"))
    n0, d0, n1, d1 = (Fraction(int(s.count(e).value or 0)) for s in (before, after) for e in (closed, received))
    sides = {s: sum((c.n for c in change.contributions if c.why.startswith(s)), Fraction(0)) for s in ("分子", "分母")}
    assert sides == {"分子": 100 * (n1 - n0) / d1, "分母": 100 * n0 / d1 - 100 * n0 / d0}
    assert exact(change.after) == 100 * n1 / d1 and change.split


def test_builds_are_kept_compared_and_purged(tmp_path: Path) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    file = tmp_path / "data" / "raw" / "公安局.csv"
    head = "线索编号,收到日期,线索来源,办理状态,查结日期\n"
    file.write_text(head + "X1,2021-03-01,来信,已查结,2021-04-01\nX2,2021-03-02,来信,正在核查,\n", "utf-8")
    open_project(tmp_path).build()
    file.write_text(
        head
        + "X1,2021-03-01,来信,已查结,2021-04-01\nX2,2021-03-02,来信,已查结,2021-06-01\nX3,2021-05-01,来信,正在核查,\n",
        "utf-8",
    )
    open_project(tmp_path).build()
    open_project(tmp_path).build()  # unchanged: not kept again
    (tmp_path / "zhengfa.toml").write_text(
        TOML + '[indicators."线索.在查"]\nquery = { ledger = "clues", facts = ["counted_once"] }\n', "utf-8"
    )
    project = open_project(tmp_path)
    project.build()
    from zhengfa_stats import snapshots

    assert [k.number for k in snapshots.kept(project.processed)] == [1, 2, 3]
    found = {f["key"]: f for f in project.compare(1, 2).as_json()["figures"]}
    assert [(c["why"], c["n"]) for c in found["线索.收到"]["contributions"]] == [("新报送", 1)]
    assert [(c["why"], c["n"]) for c in found["线索.查结"]["contributions"]] == [("更正", 1)]
    redefined = {f["key"]: f for f in project.compare(2, 3).as_json()["figures"]}
    assert [(c["why"], c["n"]) for c in redefined["线索.在查"]["contributions"]] == [("口径变化", 2)]
    assert redefined["线索.收到"]["contributions"] == []
    assert snapshots.purge(project.processed, 1) == 2
    assert [k.number for k in snapshots.kept(project.processed)] == [3]
    assert not project.compare(3).as_json()["figures"][0]["contributions"]


def test_a_change_is_drawn_as_a_waterfall(city: Project) -> None:
    changes = city.compare(Clock(SINCE, MAY))
    drawn = changes.chart("线索.在查")
    assert drawn.grid.rows[0] == "前" and drawn.grid.rows[-1] == "后" and "状态变化（减）" in drawn.grid.rows
    signs = {"minus": -1, "plus": 1}
    steps = [
        signs[c.role] * (row[0].value or 0)
        for c, row in zip(drawn.declared.columns, drawn.grid.cells, strict=True)
        if c.role in signs
    ]
    first, last = drawn.grid.cells[0][0].value or 0, drawn.grid.cells[-1][0].value or 0
    assert first + sum(steps) == last and drawn.png(60).startswith(b"\x89PNG")
    assert "<li>" in changes._repr_mimebundle_()["text/html"]
