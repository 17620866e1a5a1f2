"""The main job on the sample city and on a second one: every figure equal to the truth, through the command line."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.city import CUTOFFS, SINCE, City, build_city
from tests.conftest import RUN, Reported

ROOT = Path(__file__).parents[2]
TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'


def zhengfa(project: Path, *args: str, code: int = 0, stdin: str = "") -> Any:
    """Run the command line as a user does; its JSON."""
    done = subprocess.run(
        [*RUN, *args, "--json"], cwd=project, capture_output=True, text=True, input=stdin, encoding="utf-8"
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


SEEDS = [pytest.param(1, id="sample"), pytest.param(2021, id="second seed")]


@pytest.fixture(scope="module", params=SEEDS)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, Path]]:
    city = build_city(request.param)
    project = tmp_path_factory.mktemp(f"city{request.param}")
    (project / "data" / "raw").mkdir(parents=True)
    (project / "zhengfa.toml").write_text(TOML, "utf-8")
    city.write(project / "data" / "raw")
    zhengfa(project, "build")
    yield city, project


@pytest.mark.parametrize("as_of", CUTOFFS, ids=str)
def test_every_figure_is_the_truth(place: tuple[City, Path], as_of: date) -> None:
    city, project = place
    said = zhengfa(project, "figures", "--as-of", as_of.isoformat())
    found = {f["key"]: f["value"] for f in said["figures"]}
    truth = city.figures(SINCE, as_of)
    assert len(truth) > 40
    wrong = {k: (v, found[k]) for k, v in truth.items() if found[k] != pytest.approx(v)}
    assert not wrong, f"key: (truth, figure) {wrong}"


def test_nothing_private_is_written_by_a_build(place: tuple[City, Path]) -> None:
    city, project = place
    _search(city, project / "data" / "processed", {})


def test_nothing_private_is_written_by_a_report(reported: Reported) -> None:
    """The canary: no name, number or private text of the city stands in any processed file."""
    pages = list((reported.processed / "pages").glob("*.html"))
    assert len(pages) == 8
    assert [p.name for p in pages if "<pre>" in p.read_text("utf-8")] == [], "a cell shows a bare Python value"
    _search(build_city(1), reported.processed, reported.said)


def _search(city: City, processed: Path, said: dict[str, bytes]) -> None:
    secrets = sorted(city.private_strings())
    assert len(secrets) > 500
    texts = said | {p.name: _plain(p) for p in processed.rglob("*") if p.is_file()}
    assert "manifest.json" in texts
    for name, text in texts.items():
        leaked = [s for s in secrets if s.encode() in text]
        assert not leaked, f"{name}: {leaked[:5]}"


def _plain(path: Path) -> bytes:
    """A file's content unpacked: the texts of a workbook, the columns of a Parquet file with their statistics."""
    import zipfile

    import pyarrow.parquet as pq

    raw = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return raw + b"".join(book.read(n) for n in book.namelist())
    if path.suffix == ".parquet":
        return raw + pq.read_table(path).to_pandas().to_csv().encode()
    return raw


def test_each_row_is_accounted_for(place: tuple[City, Path]) -> None:
    _, project = place
    built = zhengfa(project, "build")
    tables = [t for s in built["sheets"] for t in s["tables"]]
    assert len(tables) > 30
    for t in tables:
        first, last = (int("".join(c for c in end if c.isdigit())) for end in t["range"].split(":"))
        assert sum(t["rows"].values()) == last - first + 1
        assert t["records"] == t["kept"] + t["merged"] + t["superseded"] + t["set_aside"]


@pytest.mark.parametrize("key", ["线索.收到", "线索.查结", "处理.总人数", "红色教育.次数", "制度.制定数"])
def test_trace_gives_the_rows(place: tuple[City, Path], key: str) -> None:
    city, project = place
    found = zhengfa(project, "trace", key)
    truth = city.figures(SINCE, CUTOFFS[-1])[key]
    assert found["value"] == truth
    if key == "处理.总人数":
        assert len(found["rows"]) >= truth
    else:
        assert len(found["rows"]) == truth
    assert all(row["cells"] for row in found["rows"])
    assert not any({"post_leads", "post_rank", "shelved"} & row["cells"].keys() for row in found["rows"])


def test_names_come_only_after_a_yes(place: tuple[City, Path]) -> None:
    _, project = place
    refused = zhengfa(project, "trace", "处理.总人数", "--names", code=2, stdin="\n")
    assert "没有确认" in refused["error"]["what"]
    found = zhengfa(project, "trace", "处理.总人数", "--names", stdin="是\n")
    assert all(row["names"] for row in found["rows"])
    assert "处理.总人数" in (project / "names.log").read_text("utf-8")


def test_an_unknown_key_names_the_nearest(place: tuple[City, Path]) -> None:
    _, project = place
    said = zhengfa(project, "trace", "线索.受到", code=2)
    assert "线索.收到" in said["error"]["do"]


def test_the_committed_sample_is_the_sample(reported: Reported) -> None:
    said = json.loads((reported.processed / "figures.json").read_text("utf-8"))
    found = {f["key"]: f["value"] for f in said["figures"]}
    truth = build_city(1).figures(SINCE, CUTOFFS[-1])
    assert {key: found[key] for key in truth} == pytest.approx(truth)
