"""What a number in a text is bound to: one sentence a line in tests/spec/citations.txt."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from zhengfa_stats.declared import load_schema
from zhengfa_stats.errors import DefinitionError
from zhengfa_stats.language import tags
from zhengfa_stats.language.citing.citations import Citation, cite
from zhengfa_stats.language.passages import Passage, Tagged
from zhengfa_stats.query import Clock, Expr, Formula, canonical

SPEC = Path(__file__).parents[1] / "spec" / "citations.txt"
SCHEMA = load_schema()
CLOCK = Clock(date(2021, 1, 1), date(2021, 6, 30))
REGIONS = ("甲县", "乙县")
KEYS = {canonical(i.of): i.key for i in reversed(tuple(SCHEMA.indicators.values()))}


def spec() -> list[str]:
    lines = SPEC.read_text("utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def cited(text: str) -> tuple[Citation, ...]:
    return cite([Passage("第1段", text)], SCHEMA, CLOCK, regions=REGIONS, city="示例市")


def say(expr: Expr) -> str:
    """An expression as the specification writes it."""
    if key := KEYS.get(canonical(expr)):
        return key
    return tags.name(expr, None, SCHEMA) or repr(expr)


def told(text: str) -> list[str]:
    return [f"{c.stated}:{'降' * c.falls}{_alone(c.expr) if c.expr is not None else '-'}" for c in cited(text)]


def _alone(expr: Expr) -> str:
    """A figure by itself: its days, where it is of 去年同期."""
    year = "" if isinstance(expr, Formula) else "2020-01-01..2020-06-30"
    return say(expr).replace("去年同期", year) if year else say(expr)


@pytest.mark.parametrize("line", spec())
def test_every_number_of_the_specification_is_bound_as_it_says(line: str) -> None:
    text, _, wanted = line.partition("=>")
    assert told(text.strip()) == wanted.split()


@pytest.mark.parametrize("line", spec())
def test_what_is_not_bound_says_why(line: str) -> None:
    for c in cited(line.partition("=>")[0].strip()):
        assert (c.expr is None) == bool(c.why), c
        assert re.search("[一-鿿]", c.why or "无")


@pytest.mark.parametrize(
    ("text", "key", "unit"), [("收到线索128人。", "线索.收到", "条"), ("签订责任书274人。", "责任书.份数", "份")]
)
def test_a_measure_word_that_does_not_fit_is_said_so(text: str, key: str, unit: str) -> None:
    (found,) = cited(text)
    assert found.expr is None and key in found.why and f"“{unit}”" in found.why and "“人”不合" in found.why


def test_the_same_time_last_year_is_said_so_in_a_tag_that_the_next_fill_reads() -> None:
    keys = [c.key for c in cited("收到线索236条，去年同期200条，增长18%。")]
    assert keys == ["线索.收到", "线索.收到|去年同期", "增(线索.收到,线索.收到|去年同期)"]


@pytest.mark.parametrize(
    ("city", "wanted"), [("某县", "线索.收到"), ("某区", "线索.收到"), ("", "线索.收到"), ("某市", None)]
)
def test_all_of_the_county_is_all_in_the_project_of_one(city: str, wanted: str | None) -> None:
    (found,) = cite([Passage("第1段", "全县收到线索30条。")], SCHEMA, CLOCK, regions=REGIONS, city=city)
    assert found.key == wanted


# ── documents ─────────────────────────────────────────────────────────────────────────────────────────────────────
BLANKED = """\
**市政法系统半年工作情况
一、主要工作
上半年，**市各级政法机关坚持从严管党治警。全市***余名干警在“学习平台”上参加政治轮训，参训率百分之***，合格率、优秀率均为百分之***。
组织干警到**革命旧址、**烈士陵园等红色教育基地开展红色教育**场；***同志作先进事迹报告。
出台《干警考核办法》等**项制度。抽调*家成员单位的骨干组成工作专班，接收群众举报线索***条，办结***条，尚有*条在办。
处理干警***人，其中科级干部**人（含班子成员*人），一般干警**人；给予纪律处分**人、组织处理**人。
二、下步打算
开展警示教育**次，确保查结率达到**%。"""


def test_the_blanks_of_a_summary_are_told_from_those_of_names() -> None:
    passages = [Passage(f"第{i}段", t) for i, t in enumerate(BLANKED.splitlines(), 1)]
    found = cite(passages, SCHEMA, CLOCK, city="示例市")
    assert [c.key for c in found if c.expr is not None] == [
        *("轮训.参训人数", "轮训.参与率", "轮训.合格率", "轮训.优秀率", "红色教育.次数", "制度.制定数", "专班.部门数"),
        *("线索.群众举报.收到", "线索.群众举报.查结", "线索.群众举报.在查"),
        *("处理.总人数", "处理.科级", "处理.科级.班子成员", "处理.一般干警", "处理.纪律处分", "处理.组织处理"),
    ]
    names = [c for c in found if not c.figure]
    assert len(names) == 5 and all(c.why for c in names)
    assert [c.where for c in found if c.figure and c.expr is None] == ["第8段", "第8段"]


def test_what_is_replaced_takes_in_the_words_that_belong_to_the_number() -> None:
    text = "全市***余名干警参加政治轮训，参训率为百分之***。"
    assert [text[c.start : c.end] for c in cited(text)] == ["***余", "百分之***"]


def test_a_tag_binds_whatever_stands_around_it() -> None:
    (found,) = cited("本市上半年的情况：{{线索.收到|承办单位=公安局}}。")
    assert say(found.expr) == "线索.收到|承办单位=公安局" if found.expr else False


def test_an_unknown_tag_names_the_nearest() -> None:
    (found,) = cited("收到线索{{线索.收倒}}条。")
    assert found.expr is None and "线索.收到" in found.why


def test_a_content_control_is_one_citation_by_its_tag() -> None:
    text = "收到线索236条，查结147条。"
    controls = {0: [Tagged(4, 7, "线索.查结"), Tagged(16, 16, "线索.在查")]}
    found = cite([Passage("第1段", text)], SCHEMA, CLOCK, tags=controls)
    assert [(c.start, c.end, c.key) for c in found] == [
        (4, 7, "线索.查结"),
        (11, 14, "线索.查结"),
        (16, 16, "线索.在查"),
    ]
    assert found[0].quantity is not None and found[2].quantity is None


@pytest.mark.parametrize(
    ("heads", "wanted"),
    [
        (("公安局", "收到线索（条）"), "线索.收到|承办单位=公安局"),
        (("甲县", "线索", "查结"), "线索.查结|区划=甲县"),
        (("合计", "处理人数"), "处理.总人数"),
        (("科级干部", "处理（人）"), "处理.科级"),
        (("红色教育", "次数"), "红色教育.次数"),
        (("收到线索", "5月份"), "线索.收到|2021-05-01..2021-05-31"),
        (("法院", "参训率（%）"), "轮训.参与率|单位=法院"),
        (("公安局", "已整改"), "整改.完成数|责任单位=公安局"),
        (("公安局", "本期", "收到线索"), "-"),
        (("收到线索", "同比"), "-"),
        (("项目甲", "收到线索"), "-"),
        (("公安局", "数量"), "-"),
    ],
)
def test_a_cell_is_bound_by_its_heads(heads: tuple[str, ...], wanted: str) -> None:
    (found,) = cite([Passage("表1", "236", heads)], SCHEMA, CLOCK, regions=REGIONS)
    assert (say(found.expr) if found.expr is not None else "-") == wanted
    assert bool(found.why) == (wanted == "-")


@pytest.mark.parametrize(
    ("heads", "why"),
    [
        (("除公安局外", "收到线索（条）"), "表头“除公安局外/收到线索（条）”限定了范围，程序认不准"),
        (("公安局", "拟处理人数"), "表头“公安局/拟处理人数”限定了范围，程序认不准"),
        (("项目甲", "收到线索"), "表头“项目甲/收到线索”里的“甲”不认识"),
        (("公安局", "数量"), "没有与表头“公安局/数量”相符的指标"),
    ],
)
def test_a_cell_that_is_not_bound_says_what_of_its_heads_is_in_the_way(heads: tuple[str, ...], why: str) -> None:
    (found,) = cite([Passage("表1", "236", heads)], SCHEMA, CLOCK, regions=REGIONS)
    assert found.why == why


LETTERS = {
    "ledgers": {
        "letters": {
            "name": "信访台账",
            "date": "received_on",
            "fields": {"received_on": {"name": "来信日期", "kind": "date"}},
        }
    },
    "indicators": {
        "信访.收到": {
            "unit": "件",
            "definition": "统计期内收到的来信。",
            "cited_as": ["接待来访{}批次", "收到群众来信{}件"],
            "query": {"ledger": "letters"},
        }
    },
}


def test_a_phrase_of_the_users_own_binds_with_other_words_between() -> None:
    schema = load_schema(None, LETTERS)
    (found,) = cite([Passage("", "全市共收到各类群众来信300余件。")], schema, CLOCK)
    assert found.key == "信访.收到"
    (other,) = cite([Passage("", "收到群众来信20篇。")], schema, CLOCK)
    assert other.expr is None


def test_a_named_period_is_not_put_upon_an_indicator_that_has_it() -> None:
    config = {
        "periods": {"近年来": {"since": date(2018, 1, 1), "as_of": date(2021, 6, 30)}},
        "indicators": {"制度.制定数": {"period": "近年来"}},
    }
    schema = load_schema(None, config)
    (found,) = cite([Passage("", "近年来，共出台制度16项。")], schema, CLOCK)
    assert found.key == "制度.制定数" and found.expr == schema.indicators["制度.制定数"].of


def test_many_passages_are_read_quickly() -> None:
    line = "共收到线索236条，其中群众举报180条，已查结147条；处理干警85人，科级干部12人。" * 3
    passages = [Passage(f"第{i}段", line) for i in range(200)]
    assert len(cite(passages, SCHEMA, CLOCK)) == 200 * 15


def test_a_heading_says_what_the_paragraph_under_it_is_about() -> None:
    passages = [Passage("第1段", "（二）线索核查办理"), Passage("第2段", "共收到236条，已查结147条，查结率62.3%。")]
    assert [c.key for c in cite(passages, SCHEMA, CLOCK)] == ["线索.收到", "线索.查结", "线索.查结率"]
    passages = [Passage("第1段", "（三）案件办理"), Passage("第2段", "共受理236件，办结147件，办结率62.3%。")]
    assert [c.key for c in cite(passages, SCHEMA, CLOCK)] == [None, None, None]


def test_a_projects_own_words_are_read_besides_ours() -> None:
    config = {"citing": {"plain": ["云端"], "said": {"物": {"线索": ["举报单子"]}}}}
    schema = load_schema(None, config)
    (found,) = cite([Passage("", "共收到云端举报单子12条。")], schema, CLOCK)
    assert found.key == "线索.收到"
    assert cited("共收到云端举报单子12条。")[0].expr is None


def test_own_words_may_stand_in_the_projects_definitions(tmp_path: Path) -> None:
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "citing.toml").write_text('plain = ["云端"]\n', "utf-8")
    (found,) = cite([Passage("", "共收到云端线索12条。")], load_schema(tmp_path), CLOCK)
    assert found.key == "线索.收到"


@pytest.mark.parametrize(
    ("table", "said"), [({"words": ["云端"]}, "words"), ({"said": {"东西": {}}}, "东西"), ({"plain": "云端"}, "plain")]
)
def test_what_own_words_may_not_say_is_refused(table: dict[str, object], said: str) -> None:
    with pytest.raises(DefinitionError, match=said):
        load_schema(None, {"citing": table})
