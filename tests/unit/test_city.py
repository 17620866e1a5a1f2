"""The sample city keeps its own promises: the same seed the same bytes, truth that adds up, rows that stand in the files."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import python_calamine

from tests.city import CUTOFFS, SINCE, City, build_city, names
from tests.city.big import clue_folder, clue_workbook
from tests.city.events import Activity
from tests.city.people import new_id

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", params=SEEDS)
def city(request: pytest.FixtureRequest) -> City:
    return build_city(request.param)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[City, Path]:
    folder = tmp_path_factory.mktemp("raw")
    city = build_city(1)
    city.write(folder)
    return city, folder


def _sheets(path: Path, kind: str) -> dict[str, list[list[str]]]:
    """Every cell as text, by a reader that is not ours."""
    if kind in ("utf-8-sig", "utf-16", "gb18030"):
        text = path.read_bytes().decode(kind)
        separator = "\t" if kind == "utf-16" else ","
        return {path.stem: list(csv.reader(io.StringIO(text), delimiter=separator))}
    with path.open("rb") as stream:
        book = python_calamine.CalamineWorkbook.from_filelike(stream)
        return {
            name: [[str(v) for v in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
            for name in book.sheet_names
        }


def test_same_seed_same_bytes(written: tuple[City, Path], tmp_path: Path) -> None:
    _, folder = written
    for path in build_city(1).write(tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_committed_workbooks_are_those_of_seed_1(written: tuple[City, Path]) -> None:
    _, folder = written
    raw = Path(__file__).parents[2] / "data" / "raw"
    assert sorted(p.name for p in raw.iterdir()) == sorted(p.name for p in folder.iterdir())
    for path in folder.iterdir():
        assert _same(path, raw / path.name), path.name


def _same(a: Path, b: Path) -> bool:
    """Equal bytes, or equal cells where another zlib packed them."""
    if a.read_bytes() == b.read_bytes():
        return True
    return a.read_bytes()[:2] == b"PK" and _sheets(a, "") == _sheets(b, "")


def test_another_seed_is_another_city() -> None:
    a, b = build_city(1), build_city(2)
    assert a.figures(SINCE, CUTOFFS[-1]) != b.figures(SINCE, CUTOFFS[-1])
    assert a.figures(SINCE, CUTOFFS[-1]).keys() == b.figures(SINCE, CUTOFFS[-1]).keys()


@pytest.mark.parametrize("as_of", CUTOFFS)
def test_figures_add_up(city: City, as_of: date) -> None:
    f = {key: value for key, value in city.figures(SINCE, as_of).items() if value is not None}
    assert f["线索.收到"] == f["线索.查结"] + f["线索.在查"]
    assert f["线索.上期结转"] + f["线索.收到"] == f["线索.本期查结"] + f["线索.期末在查"]
    assert f["线索.群众举报.收到"] == f["线索.群众举报.查结"] + f["线索.群众举报.在查"]
    assert f["处理.总人数"] == f["处理.纪律处分"] + f["处理.组织处理"] + f["处理.移送司法"]
    assert f["处理.总人数"] == sum(f[f"处理.第{form}种形态"] for form in "一二三四")
    assert f["处理.科级.班子成员"] <= min(f["处理.科级"], f["处理.班子成员"])
    assert f["轮训.优秀率"] <= f["轮训.合格率"] <= 100
    if as_of == CUTOFFS[-1]:
        assert f["处理.人次"] > f["处理.总人数"] and f["线索.件次"] > f["线索.收到"]
        assert (
            f["处理.总人数"] == f["处理.处级"] + f["处理.科级"] + f["处理.一般干警"] + 1
        )  # one judge maps to no class
        assert f["线索.收到"] > 100 and f["线索.查结率"] > 85


def test_a_month_later_nothing_is_forgotten(city: City) -> None:
    early, late = (city.figures(SINCE, d) for d in (CUTOFFS[0], CUTOFFS[-1]))
    rates = {"线索.查结率", "轮训.参与率", "轮训.合格率", "轮训.优秀率", "整改.完成率"}
    shrinking = {"线索.在查", "线索.期末在查", "线索.群众举报.在查", "处理.组织处理", "处理.第一种形态"}
    for key in early.keys() - rates - shrinking:
        assert (early[key] or 0) <= (late[key] or 0), key


def test_no_date_is_cut_by_a_cutoff(city: City) -> None:
    for clue in city.world.clues:
        for when in (clue.received, clue.closed):
            for cut in (SINCE - timedelta(days=1), *CUTOFFS):
                assert when is None or not when.first <= cut < when.last


def test_rows_of_one_clue_lie_in_one_period(city: City) -> None:
    for clue in city.world.clues:
        months = {(w.first.year, w.first.month) for r in clue.rows if (w := r.received)}
        assert len(months) <= 1
        assert len({r.closed for r in clue.rows if r.closed}) <= 1


def test_number_with_subject_or_date_tells_clues_apart(city: City) -> None:
    """The identities of DESIGN §4, worked out from the rows alone, are the clues as they happened."""
    rows = [(r, i) for i, c in enumerate(city.world.clues) for r in c.rows]
    narrow = str.maketrans("０１２３４５６７８９", "0123456789")
    for a, i in rows:
        for b, j in rows:
            if a is b or not a.no:
                continue
            cited = b.other_nos.split("、")
            alike = (
                set(a.subjects) & set(b.subjects) and not (a.subjects_as or b.subjects_as)
            ) or a.received == b.received
            same = a.no in cited or (a.no.translate(narrow) == b.no.translate(narrow) and alike)
            assert not same or i == j, (a.no, b.no)
    assert any(n > 1 for n in Counter(r.no for r, _ in rows if r.no and r.at == names.FY).values()), "no collision"


def test_planted_oddities_are_there(city: City) -> None:
    rows = [r for c in city.world.clues for r in c.rows]
    assert sum(not r.no for r in rows) == 4
    assert sum(r.received is None for r in rows) == 3
    assert sum(len(c.rows) > 2 for c in city.world.clues) == 1
    assert sum(r.struck for r in rows) == 1 and sum(r.hidden for r in rows) == 2
    assert any(r.received and r.closed and r.closed.first < r.received.first for r in rows)
    people = [(p.name, p.unit) for p in city.people]
    assert [n for n in Counter(people).values() if n > 1] == [2]


def test_activities_are_told_apart_by_date_place_and_theme(city: City) -> None:
    def key(a: Activity) -> tuple[date, str, str]:
        return a.held, a.place, a.theme

    assert max(Counter(key(a) for a in city.world.activities).values()) == 1
    assert any(len(a.units) > 1 for a in city.world.activities)


def test_what_is_filed_is_decided_by_the_next_cutoff(city: City) -> None:
    for act in city.world.acts:
        assert act.filed is None or all((act.filed <= cut) == (act.decided <= cut) for cut in CUTOFFS)


def test_every_record_stands_in_its_file(written: tuple[City, Path]) -> None:
    """Each cell that was laid is read back by calamine at its place, in every format."""
    city, folder = written
    for book in city.books:
        read = _sheets(folder / book.file, book.kind)
        for page in book.pages:
            rows = read[folder.joinpath(book.file).stem if len(read) == 1 and page.name not in read else page.name]
            for (r, c), value in page.cells.items():
                if isinstance(value, str) and not value.startswith(("=", "#")):
                    assert rows[r - 1][c - 1].strip() == value.strip(), (book.file, page.name, r, c)
                elif isinstance(value, int):
                    assert float(rows[r - 1][c - 1]) == value, (book.file, page.name, r, c)


def test_layout_rows_divide_the_range(city: City) -> None:
    for laid in city.layouts():
        top, _, bottom, _ = laid.range
        assert len(laid.roles) == bottom - top + 1
        assert laid.roles.count("header") >= 1 and laid.records > 0, laid.file
    assert len(city.set_aside()) == 3


def test_private_strings_are_in_no_public_word(city: City) -> None:
    private = city.private_strings()
    words = [
        v
        for table in (names.THEMES, names.PLACES, names.UNIT_FORMS, names.CATEGORIES)
        for vs in table.values()
        for v in vs
    ]
    words += [p.post for p in city.people] + [laid.file for laid in city.layouts()] + list(names.RULE_TITLES)
    assert not [(p, w) for p in private for w in words if p in w]
    assert all(len(p) >= 2 for p in private)


def test_ids_belong_to_no_county() -> None:
    assert all(new_id(random.Random(i)).startswith("139900") for i in range(20))


def test_big_workbook_and_many_files(tmp_path: Path) -> None:
    truth = clue_workbook(tmp_path / "big.xlsx", n_rows=300, seed=1)
    (rows,) = _sheets(tmp_path / "big.xlsx", "").values()
    assert len(rows) == 301 and {len(r) for r in rows} == {14}
    assert 0 < truth["线索.查结"] < truth["线索.收到"] < 300
    many = clue_folder(tmp_path / "many", n_files=3, n_rows=20)
    assert len(list((tmp_path / "many").iterdir())) == 3 and 0 < many["线索.收到"] <= 60
