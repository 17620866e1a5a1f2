"""Exhibits are declared in TOML, ours and the project's over them; what has no meaning is refused in Chinese."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from tests.unit.exhibiting import DECLARED, SCHEMA, asker, made
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.exhibits.declared import load_exhibits
from zhengfa_stats.exhibits.shapes import Form

ONE = 'title = "x"\nform = "bars"\nfigure = "线索.收到"\n'


def declared(folder: Path, text: str) -> Path:
    (folder / "definitions").mkdir()
    (folder / "definitions" / "exhibits.toml").write_text(text, "utf-8")
    return folder


def test_a_user_adds_one_without_python(tmp_path: Path) -> None:
    text = '["线索.查实情况"]\ntitle = "查实情况"\nform = "bars"\nfigure = "线索.查结"\nby = ["conclusion"]\n'
    found = load_exhibits(SCHEMA, declared(tmp_path, text))
    assert list(found) == [*DECLARED, "线索.查实情况"]
    one = made(found["线索.查实情况"])
    assert set(one.grid.rows) == {"属实", "部分属实", "不属实"}
    assert one.declared.unit == "条" and one.grid.columns == ("条数",)


def test_a_project_overrides_ours(tmp_path: Path) -> None:
    found = load_exhibits(SCHEMA, declared(tmp_path, '["轮训.参与率"]\ntitle = "到训率"\ntarget = 95\n'))
    assert (found["轮训.参与率"].title, found["轮训.参与率"].target) == ("到训率", 95)
    assert found["轮训.参与率"].columns == DECLARED["轮训.参与率"].columns


@pytest.mark.parametrize(
    ("text", "says", "offers"),
    [
        (ONE + 'titel = "y"', "不认识“titel”", "title"),
        ('title = "x"\nform = "bar"\nfigure = "线索.收到"', "不认识“bar”", "bars"),
        ('title = "x"\nform = "bars"\nfigure = "线索.受到"', "不认识“线索.受到”", "线索.收到"),
        (ONE + 'by = ["sorce"]', "不认识“sorce”", "source"),
        ('title = "x"\nform = "bars"\nquery = { ledger = "clue" }', "不认识“clue”", "clues"),
        ('title = "x"\nform = "bars"', "应恰好写明 columns 或一个算式", "figure"),
        (ONE + "columns = []", "应恰好写明 columns 或一个算式", "columns"),
        ('title = "x"\nform = "bars"\nfigure = "线索.收到"\nquery = { ledger = "clues" }', "只能写一个算式", "query"),
        ('form = "bars"\nfigure = "线索.收到"', "图表缺少 title", "title ="),
        ('title = "x"\nform = "bars"\ncolumns = [{ figure = "线索.收到" }]', "缺少 name", "name ="),
        ('title = "x"\nform = "bars"\ncolumns = []', "columns 里什么也没有", ""),
        (
            'title = "x"\nform = "flow"\ncolumns = [{ name = "a", figure = "线索.收到", eech = "month" }]',
            "“eech”",
            "each",
        ),
        (ONE + 'by = [{ field = "received_on", edges = ["as-30"] }]', "不认识的界限“as-30”", "as_of-60"),
        (ONE + 'by = [{ field = "received_on", edge = [1] }]', "不认识的键“edge”", "edges"),
        ('title = "x"\nform = "stacked"\nfigure = "线索.收到"\nby = ["source"]', "stacked 要按两项分组", ""),
        (ONE + 'by = ["source", "handler"]', "bars 只能按一项分组", ""),
        ('title = "x"\nform = "states"\nfigure = "线索.收到"\nby = ["source", "handler"]', "states 要按三项分组", ""),
        ('title = "x"\nform = "waterfall"\nfigure = "线索.收到"\nby = ["source"]', "waterfall 不分组", ""),
        (ONE + 'by = ["source"]\ntarget = "95"', "target 应是数", ""),
        (ONE + 'by = ["source"]\ntotal = "no"', "total 应是 true 或 false", ""),
    ],
)
def test_what_has_no_meaning_is_refused(tmp_path: Path, text: str, says: str, offers: str) -> None:
    with pytest.raises(DefinitionError) as error:
        load_exhibits(SCHEMA, declared(tmp_path, f'["我的.图"]\n{text}\n'))
    assert says in str(error.value) and offers in str(error.value)
    assert "我的.图" in error.value.where


def test_bad_toml_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"definitions/exhibits\.toml"):
        load_exhibits(SCHEMA, declared(tmp_path, '["a"\n'))


def test_every_form_but_one_is_declared() -> None:
    used = {one.form for one in DECLARED.values()}
    assert set(get_args(Form)) - used == {"lines"}  # what an Answer of two groupings over time asks for by itself


def test_every_exhibit_defines_its_numbers() -> None:
    for id_, one in DECLARED.items():
        assert all(c.definition for c in one.columns), id_
    assert len({one.title for one in DECLARED.values()}) == len(DECLARED)


def test_ages_are_counted_back_from_the_cut_off_date() -> None:
    grid = made("线索.在查时长").grid
    assert grid.columns == ("30天及以内", "31至60天", "61至90天", "91天及以上")
    assert sum(c.value or 0 for c in grid.bottom or ()) == asker()(SCHEMA.indicators["线索.期末在查"].of).value
