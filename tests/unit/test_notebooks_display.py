"""How values show themselves in a notebook: whole, escaped, without private data; the panel and the query it writes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

import zhengfa_stats as zs
from zhengfa_stats import query as q
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.exhibits import choosing, display, frames
from zhengfa_stats.project import Project

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\nsenders = ["公安局", "法院"]\n'
EVIL = "<script>alert(1)</script>县"
CLUES = (
    ("线索编号", "县区", "收到日期", "被反映人", "举报人", "线索来源", "承办单位", "办理状态", "查结日期", "反映内容"),
    ("X1", EVIL, "2021-03-01", "赵一一", "钱二二", "来信", "公安局", "已查结", "2021-04-01", "孙三三收钱"),
    ("X2", EVIL, "2021-03-02", "李四四", "周五五", "上级交办", "公安局", "正在核查", None, "吴六六喝酒"),
    ("X3", "乙县", None, "郑七七", "王八八", "来访", "公安局", "正在核查", None, "冯九九打牌"),
)
PRIVATE = ("赵一一", "钱二二", "孙三三", "李四四", "周五五", "吴六六", "郑七七")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("city")
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "zhengfa.toml").write_text(TOML, "utf-8")
    book = Workbook()
    book.active.title = "线索台账"
    for row in CLUES:
        book.active.append(row)
    book.save(folder / "data" / "raw" / "公安局线索台账.xlsx")
    return zs.open(folder)


def html(shown: Any) -> str:
    return str(
        display.bundle(shown)["text/html"]
        if not hasattr(shown, "_repr_mimebundle_")
        else shown._repr_mimebundle_()["text/html"]
    )


def test_a_figure_shows_value_unit_definition_rows_remarks_and_who_is_missing(city: Project) -> None:
    said = html(city.figure("线索.收到"))
    for part in ("线索.收到", "2条", "口径：", "按编号去重", "2021年1月1日至6月30日", "计入2行", "另有1行", "法院"):
        assert part in said, part


def test_a_figure_that_cannot_be_had_says_why_and_not_nought(city: Project) -> None:
    said = html(city.figure("制度.制定数"))
    assert "无法得出" in said and "没有《制度台账》的数据" in said
    assert ">0" not in said


def test_a_grouped_answer_shows_a_chart_and_a_table(city: Project) -> None:
    said = html(city.count(q.Query("clues", by=(q.By("source"),))))
    assert said.count('src="data:image/png;base64,') == 1
    assert "群众举报" in said and "<table" in said


def test_a_grouped_answer_that_cannot_be_had_says_why(city: Project) -> None:
    assert "没有《制度台账》的数据" in html(city.count(q.Query("rules", by=(q.By("unit"),))))


def test_the_same_at_another_clock_shows_that_clock(city: Project) -> None:
    assert "2021年1月1日至5月31日" in html(city.count(q.At(q.Query("clues"), as_of=date(2021, 5, 31))))


def test_an_expression_of_ones_own_is_said_in_words(city: Project) -> None:
    said = html(city.count(q.Query("clues", (q.In("source", ("群众举报",)),))))
    assert "《线索台账》" in said and "1条" in said
    assert "统计的是：" in said and "「线索来源」是「群众举报」" in said


def test_what_comes_from_a_workbook_stays_text(city: Project) -> None:
    answer = city.count(q.Query("clues", by=(q.By("region"),)))
    assert EVIL in {label for (label,), _ in answer.values}
    for said in (html(answer), html(city.explore("clues")), html(city.preview("clues"))):
        assert "<script" not in said
    assert "&lt;script&gt;" in html(answer)


def test_nothing_that_is_shown_names_a_person(city: Project) -> None:
    shown = [city.preview("clues"), city.explore("clues"), city.overview("线索"), city.figure("线索.收到")]
    everything = "".join(map(html, shown)) + city.labelled("clues").to_csv()
    assert not any(name in everything for name in PRIVATE)
    assert "subjects" not in city.labelled("clues").columns and "被反映人" not in city.labelled("clues").columns


def test_the_same_answer_shows_itself_in_the_same_bytes(city: Project) -> None:
    answers = [city.count(q.Query("clues", by=(q.By("source"),))) for _ in range(2)]
    assert html(answers[0]) == html(answers[1])
    assert not re.search(r"\bid=", html(answers[0]))


def test_jupyter_is_told_how_an_answer_shows_itself(city: Project) -> None:
    pytest.importorskip("IPython")
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    display.register()
    data, _ = shell.display_formatter.format(city.figure("线索.收到"))
    InteractiveShell.clear_instance()
    assert data["text/html"] == display.card(city.figure("线索.收到"))


# -- ledgers


def test_an_absent_ledger_says_so_wherever_it_is_asked_for(city: Project) -> None:
    for shown in (city.preview("rules"), city.explore("rules")):
        assert "没有《制度台账》的数据" in html(shown)
    with pytest.raises(ProjectError, match="没有《制度台账》的数据"):
        city.labelled("rules")


def test_an_unknown_ledger_or_subject_is_an_error_that_lists_the_known(city: Project) -> None:
    with pytest.raises(ProjectError, match=r"没有名为“clue”的台账。可用的有：.*clues"):
        city.preview("clue")
    with pytest.raises(ProjectError, match=r"没有“线锁”的指标。可用的有：.*线索"):
        city.overview("线锁")


def test_labelled_has_the_frames_values_under_chinese_headers(city: Project) -> None:
    labelled = city.labelled("clues")
    assert list(labelled["线索编号"]) == list(city.clues["clue_no"])
    assert set(labelled.columns) <= set(city.columns("clues")["中文名"])


def test_every_column_of_a_frame_that_is_shown_is_documented(city: Project) -> None:
    documented = city.columns("clues")
    assert {f.id for f in city.schema.ledgers["clues"].stored} <= set(documented.index)
    assert "群众举报" in documented.loc["source", "取值"]


def test_the_accounting_adds_up(city: Project) -> None:
    found = city.accounting()
    assert (found[["计入", "重复并入", "被新版替代", "没有作为记录"]].sum(axis=1) == found["记录"]).all()
    assert found["记录"].sum() == 3


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (pd.NA, ""), (pd.NaT, ""), (float("nan"), ""), (True, "是"), (False, "否"), (3.0, "3"), (2.5, "2.5")],
)
def test_stored_values_are_written_as_people_write_them(value: object, text: str) -> None:
    assert frames.said(value) == text


def test_the_month_before_ends_with_the_month_before() -> None:
    clock = q.Clock(date(2021, 1, 1), date(2021, 6, 30))
    assert month_before(clock) == q.Clock(date(2021, 1, 1), date(2021, 5, 31))
    assert month_before(q.Clock(date(2021, 3, 1), date(2021, 3, 20))) == q.Clock(date(2021, 2, 1), date(2021, 2, 28))


def month_before(clock: q.Clock) -> q.Clock:
    project = Project.__new__(Project)
    project.clock = clock
    return project.month_before


# -- the panel


def test_the_panel_begins_at_the_indicator_and_redraws_at_a_choice(city: Project) -> None:
    panel = city.explore("clues", "线索.收到")
    before = panel.shown.value
    assert panel.expr == q.narrow(city.indicator("线索.收到").of, by=(q.By("received_on", "month"),))
    panel.filters["source"].value = ("群众举报",)
    assert panel.shown.value != before
    assert "In(&#x27;source&#x27;, (&#x27;群众举报&#x27;,))" in panel.code.value


def test_what_the_panel_shows_is_what_its_cell_gives(city: Project) -> None:
    panel = city.explore("clues", "线索.收到")
    panel.filters["source"].value = ("群众举报",)
    panel.by.value = ""
    assert panel.expr == q.narrow(city.indicator("线索.收到").of, q.In("source", ("群众举报",)), by=())
    assert "1条" in panel.shown.value
    panel.as_of.value = date(2021, 2, 28)
    assert panel.expr.as_of == date(2021, 2, 28)
    assert "0条" in panel.shown.value


def test_a_choice_that_makes_no_query_is_said_in_the_panel(city: Project) -> None:
    panel = city.explore("clues")
    panel.since.value = date(2021, 12, 31)
    assert "起始日2021-12-31晚于截止日2021-06-30" in panel.shown.value


def test_only_terms_that_occur_can_be_chosen_with_those_above_them(city: Project) -> None:
    options = [label for label, _ in city.explore("clues").filters["source"].options]
    assert options == ["群众举报", "　来信", "　来访", "上级交办"]


def test_on_a_page_the_panel_shows_its_chart(city: Project) -> None:
    data = city.explore("clues")._repr_mimebundle_()
    assert "筛选面板" in data["text/html"] and "<img" in data["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in data


# -- queries as Python

fields = st.sampled_from(("source", "handler", "status"))
words = st.text("群众举报'\"\\", min_size=1, max_size=4)
days = st.dates(date(2020, 1, 1), date(2022, 1, 1))
simple = st.one_of(
    st.builds(q.In, fields, st.lists(words, min_size=1, max_size=2).map(tuple)),
    st.builds(q.Between, fields, days, days),
    st.builds(q.Between, fields, high=st.builds(q.AsOf, st.integers(-90, 0))),
    st.builds(q.Blank, fields),
    st.builds(q.Fact, words),
)
wheres = st.recursive(
    simple, lambda inner: st.one_of(st.builds(q.Not, inner), st.builds(q.Or, st.tuples(inner, inner)))
)
grouped = st.lists(st.builds(q.By, fields, st.sampled_from(("top", "month"))), max_size=2).map(tuple)
plain = st.builds(
    q.Query,
    ledger=st.just("clues"),
    where=st.lists(wheres, max_size=2).map(tuple),
    measure=st.sampled_from((q.Measure(), q.Measure("distinct", "person"))),
    by=grouped,
    each=st.sampled_from(("", "person")),
)
exprs = st.one_of(plain, st.builds(q.At, plain, as_of=days), st.builds(q.Formula, st.just("ratio"), plain, plain))


@settings(deadline=None)
@given(exprs)
def test_the_python_of_an_expression_makes_it_again(expr: q.Expr) -> None:
    assert eval(choosing.as_python(expr), {**vars(q), "date": date}) == expr


@settings(deadline=None)
@given(exprs)
def test_the_cell_imports_what_it_names(expr: q.Expr) -> None:
    class City:
        def count(self, given: q.Expr) -> q.Expr:
            return given

    *imports, call = choosing.as_cell(expr).split("\n")
    scope: dict[str, Any] = {"city": City()}
    exec("\n".join(imports), scope)
    assert eval(call, scope) == expr


# -- opening


def test_a_notebook_finds_its_project_above_it(city: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = city.root / "notebooks"
    inner.mkdir(exist_ok=True)
    monkeypatch.chdir(inner)
    assert zs.open().root == city.root
    monkeypatch.setenv("ZHENGFA_AS_OF", "2021-05-31")
    assert zs.open().clock.as_of == date(2021, 5, 31)
    assert zs.open(as_of="2021-04-30").clock.as_of == date(2021, 4, 30)
    assert zs.open(city.root).clock.as_of == date(2021, 6, 30), "a folder that is named is opened as it is"


def test_a_day_that_is_none_is_refused(city: Project) -> None:
    with pytest.raises(ProjectError, match="“2021-6-31”不是日期"):
        zs.open(city.root, as_of="2021-6-31")


def test_a_parameter_that_is_not_known_is_refused(city: Path) -> None:
    with pytest.raises(TypeError, match="as_off"):
        zs.open(city, as_off="2021-05-31")  # type: ignore[call-arg]
