"""Questions of a leader about the sample city: every answer equal to gold counted from the truth, every refusal named."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path
from typing import Any

import pytest

import zhengfa_stats as zs
from tests.city import City, build_city
from tests.conftest import Reported
from tests.unit.asking_gold import Both, Refused, Rows, gold
from zhengfa_stats.cli import main
from zhengfa_stats.language.asking.frame import NotUnderstood
from zhengfa_stats.language.asking.questions import Asker
from zhengfa_stats.language.asking.reading import without_asides
from zhengfa_stats.language.asking.restating_reading import read
from zhengfa_stats.language.asking.several import Several
from zhengfa_stats.project import Project

TOML = 'city = "示例市"\nsince = 2021-01-01\nas_of = 2021-06-30\n'
SPEC = Path(__file__).parents[1] / "spec"


def table_of(name: str) -> list[tuple[str, ...]]:
    """The lines of a specification: what is asked, and the gold expression."""
    lines = (SPEC / name).read_text("utf-8").splitlines()
    return [tuple(p.strip() for p in line.split(" | ", 1)) for line in lines if line.strip() and line[0] != "#"]


LINES = table_of("questions.txt")
FOLLOWED = table_of("follow_ups.txt")


@pytest.fixture(scope="module")
def place(reported: Reported) -> tuple[City, Project]:
    """The truth that the committed sample was made from, and the project."""
    project = zs.open(reported.project)
    assert project.frames
    return build_city(1), project


def answer(project: Project, *questions: str) -> Any:
    """What a question and those that follow it come to, in the form that gold has; a refusal as the words that it names."""
    try:
        reply = project.ask(questions[0])
        for follow_up in questions[1:]:
            reply = reply.ask(follow_up)
    except NotUnderstood as error:
        return error
    match reply.kind:
        case "table" if isinstance(reply, Several):
            return Both(tuple(value or 0 for _, value in reply.table))
        case "table":
            return dict(reply.table)
        case "label":
            return reply.label
        case "rows":
            return Rows(int(reply.answer.value or 0))
    return reply.value


def test_the_table_is_large_enough() -> None:
    assert len(LINES) >= 150
    assert len({q for q, _ in LINES}) == len(LINES)


@pytest.mark.parametrize(("question", "wanted"), LINES, ids=[q for q, _ in LINES])
def test_question(place: tuple[City, Project], question: str, wanted: str) -> None:
    city, project = place
    check(gold(city, wanted), answer(project, question))


@pytest.mark.parametrize(("questions", "wanted"), FOLLOWED, ids=[q for q, _ in FOLLOWED])
def test_follow_up(place: tuple[City, Project], questions: str, wanted: str) -> None:
    city, project = place
    check(gold(city, wanted), answer(project, *questions.split(" > ")))


def check(expected: Any, found: Any) -> None:
    if isinstance(expected, Refused):
        assert isinstance(found, NotUnderstood), f"answered {found}"
        assert not expected.word or any(expected.word in word for word in found.unknown), found.unknown
        assert found.hint
        return
    assert not isinstance(found, NotUnderstood), f"refused: {found.hint}"
    assert type(found) is type(expected) or not isinstance(expected, dict | str | bool | Rows | Both)
    if isinstance(expected, Both):
        assert found.numbers == pytest.approx(expected.numbers)
        return
    if isinstance(expected, str):  # several that are equal stand in any order
        assert set(str(found).split("、")) == set(expected.split("、"))
        return
    assert found == (expected if isinstance(expected, bool | Rows) else pytest.approx(expected))


# ── no word is passed over ────────────────────────────────────────────────────────────────────────────────────────

ANSWERED = [q for q, wanted in LINES if not wanted.startswith("refused")]
STRANGE = ("外星", "火箭军", "蓝色", "量子", "鲸鱼")
TELLING = (
    "检察院",
    "科级",
    "留置",
    "来信",
    "属实",
    "红色教育",
    "党员",
    "优秀",
    "第二种形态",
    "3月",
    "没",
    "除",
    "最多",
    "占",
    "平均",
)


def understood(project: Project, question: str) -> Any:
    try:
        return project._asker.understand(question)
    except NotUnderstood:
        return None


def all_asked(said: Any) -> list[Any]:
    """What is asked, in each of the questions of a sentence."""
    return [part.asked for part in said.parts or (said,)]


def test_a_strange_word_anywhere_is_refused_and_named(place: tuple[City, Project]) -> None:
    _, project = place
    rng = random.Random(6)
    # what stands in quotes is looked for as it is; what is said to be of no matter may be anything
    plain = [q for q in ANSWERED[::3] if "“" not in q and without_asides(q) == q]
    for question, word in zip(plain, itertools.cycle(STRANGE), strict=False):
        i = rng.randrange(len(question))
        asked = question[:i] + word + question[i:]
        with pytest.raises(NotUnderstood) as error:
            project._asker.understand(asked)
        assert error.value.hint, asked


UNTOLD = (
    *("女", "35岁以下", "外地", "自首", "退休", "党龄", "经费", "邻市", "保定", "石家庄", "教师", "律师", "司机"),
    *(
        "离异",
        "重大",
        "疑难",
        "保密",
        "境外",
        "主动",
        "二次",
        "农村",
        "实名",
        "领导",
        "主要领导",
        "新任",
        "借调",
        "挂职",
    ),
    *("立功", "夜间", "未成年", "首次", "再次", "多次", "典型", "乡镇", "社区", "民营", "跨省", "涉企", "线上"),
)


def test_what_the_data_cannot_tell_is_never_passed_over(place: tuple[City, Project]) -> None:
    """Between any two words of a question, and in the place of any: the question is refused."""
    _, project = place
    words, passed = itertools.cycle(UNTOLD), []
    for question in ANSWERED[::4]:
        for token in project._asker.tokens.read(question, project.clock):
            for end, word in ((token.start, next(words)), (token.end, next(words))):
                asked = question[: token.start] + word + question[end:]
                is_asking = (
                    "领导问" in asked or "“" in question
                )  # who asks; what stands in quotes is looked for as it is
                if _is_new(word, question) and not is_asking and understood(project, asked) is not None:
                    passed.append(asked)
    assert passed == []


def _is_new(word: str, question: str) -> bool:
    """几多次 is a way of asking; 自首5月 the first five months, 自首二季度 the first two quarters."""
    return not (word in ("多次", "自首", "首次") and any(c in question for c in "几月季"))


def test_a_telling_word_changes_the_question_or_is_refused(place: tuple[City, Project]) -> None:
    """Put in front of any question, a word that means something is either used or the question is refused."""
    _, project = place
    for question in ANSWERED[::12]:
        before = understood(project, question)
        assert before is not None
        for word in TELLING:
            is_said = word in question or (word == "除" and "以外" in question)
            after = None if is_said else understood(project, word + question)
            assert after is None or all_asked(after) != all_asked(before) or _says_already(before, word), (
                f"“{word}” is passed over in {word + question}"
            )


def _says_already(before: Any, word: str) -> bool:
    """参加 is said of those who are 优秀; a period may be the narrower of two."""
    return (word == "3月" and before.frame.period is not None) or (word == "最多" and before.asked.take > 0)


def test_words_thrown_together_never_crash(place: tuple[City, Project]) -> None:
    _, project = place
    rng = random.Random(2021)
    words = sorted({t.text for q in ANSWERED for t in project._asker.tokens.read(q, project.clock) if t.text})
    n_understood = 0
    for _ in range(300):
        question = "".join(rng.choices(words, k=rng.randint(1, 7)))
        found = understood(project, question)
        if found is None:
            continue
        n_understood += 1
        for part in found.parts or (found,):
            assert read(part.restated, project.schema) == part.asked
        said = {
            unit
            for t in project._asker.tokens.read(question, project.clock)
            for m in t.meanings
            if m.kind == "unit"
            for unit in m.value.split("、")  # 法检两院
        }
        for unit in project.schema.vocabularies["unit"].by_name:
            assert (f"「{unit}」" in "".join(p.restated for p in found.parts or (found,))) == (unit in said), question
    assert n_understood > 10


# ── replies ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", ANSWERED[::12])
def test_a_restatement_asks_the_same_again(place: tuple[City, Project], question: str) -> None:
    _, project = place
    first = project.ask(question)
    again = project.ask(first.restated)
    assert again.understood.asked == first.understood.asked
    assert again.value == first.value and [v for _, v in again.table] == [v for _, v in first.table]


def test_follow_ups_carry_over_what_they_do_not_say(place: tuple[City, Project]) -> None:
    city, project = place
    first = project.ask("公安局有多少条线索没办结？")
    assert first.value == gold(city, "clues(unit=GA, closed=False)")
    court = first.ask("法院呢？")
    assert court.value == gold(city, "clues(unit=FY, closed=False)")
    assert "法院" in court.restated and "在查" in court.restated and "公安局" not in court.restated
    by_category = first.ask("按类别分")
    assert sum(v or 0 for _, v in by_category.table) == first.value
    assert "公安局" in by_category.restated and "在查" in by_category.restated
    assert first.ask("截至5月底呢？").value == gold(
        city, "clues(upto(5, 31), unit=GA, closed=False, by=date(2021, 5, 31))"
    )
    rows = first.ask("有哪些？")
    assert rows.kind == "rows" and len(rows.rows()) == first.value


def test_a_reply_holds_all_that_belongs_to_it(place: tuple[City, Project], tmp_path: Path) -> None:
    city, project = place
    found = project.ask("公安局有多少条线索没办结？")
    assert found.text == f"{found.value}条" and found.unit == "条"
    assert found.sentence == f"2021年1月1日至6月30日，公安局在查的线索共{found.value}条。"
    frame = found.rows()
    assert len(frame) == found.n_rows == found.value
    shown = "\n".join(
        [
            frame.to_csv(),
            str(found),
            json.dumps(found.as_json(), ensure_ascii=False),
            found._repr_mimebundle_()["text/html"],
        ]
    )
    assert not [s for s in city.private_strings() if s in shown]
    assert "被反映人" not in frame.columns and {"来源文件", "工作表", "行号"} <= set(frame.columns)
    found.write(tmp_path / "答案.xlsx")
    assert (tmp_path / "答案.xlsx").stat().st_size > 2000


def test_a_breakdown_shows_itself_as_a_chart(place: tuple[City, Project]) -> None:
    _, project = place
    bundle = project.ask("各单位收到多少条线索")._repr_mimebundle_()
    assert "公安局" in bundle["text/plain"] and len(bundle) >= 2


def test_what_rows_do_not_tell_is_said_beside_the_answer(place: tuple[City, Project]) -> None:
    _, project = place
    told = project.ask("属实的线索有多少条")
    assert any("没有填写“查实情况”" in r for r in told.remarks)
    assert told.value is None and "得不出准确的数" in told.why  # one in three does not say
    assert project.ask("检察院属实的线索有多少条").why == ""


@pytest.mark.parametrize("question", ["公安局被举报的线索有几条", "哪个单位被举报最多", "反映各单位的线索各有多少"])
def test_whom_clues_are_about_is_not_who_handles_them(place: tuple[City, Project], question: str) -> None:
    assert "被反映人单位" in place[1].ask(question).restated


def test_what_several_units_held_together_is_not_split(place: tuple[City, Project]) -> None:
    _, project = place
    told = project.ask("哪个单位开展红色教育最多")
    assert told.value is None and not told.table and "联合" in told.why


def test_a_bureau_of_the_city_a_county_or_all_of_them(place: tuple[City, Project]) -> None:
    _, project = place
    asker = Asker(project.schema, project.clock, regions=("甲县", "市本级"), city="示例市")
    found = {w: asker.understand(f"{w}有多少条线索").restated for w in ("公安局", "市局", "示例市公安局", "甲县公安局")}
    assert "区划" not in found["公安局"]
    assert all("「区划」是「市本级」" in found[w] for w in ("市局", "示例市公安局"))
    assert "「区划」是「甲县」" in found["甲县公安局"]
    assert "区划" not in project._asker.understand("市局有多少条线索").restated  # no county in the data


# ── the command line ──────────────────────────────────────────────────────────────────────────────────────────────


def ask(project: Project, capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["ask", *args, "--project", str(project.root), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_command_line_answers(
    place: tuple[City, Project], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    city, project = place
    code, found = ask(project, capsys, "哪些线索没办结", "--rows", "--xlsx", str(tmp_path / "a.xlsx"))
    assert code == 0 and found["understood"] is True and found["kind"] == "rows"
    assert len(found["rows"]) == found["value"] == gold(city, "clues(closed=False)")
    assert (tmp_path / "a.xlsx").is_file()
    code, found = ask(project, capsys, "哪个单位收到的线索最多")
    assert (code, found["kind"], found["label"]) == (0, "label", gold(city, "most(clues_by_unit())"))
    assert found["table"][0] == {"label": found["label"], "value": found["value"]}


def test_the_command_line_refuses_with_the_word(
    place: tuple[City, Project], capsys: pytest.CaptureFixture[str]
) -> None:
    _, project = place
    code, found = ask(project, capsys, "公安局有多少外星线索没办结")
    assert code == 2
    assert found["understood"] is False and found["unknown"] == ["外星"] and "外星" in found["hint"]


# ── a ledger that the user added ──────────────────────────────────────────────────────────────────────────────────

LETTERS = """
name = "信访台账"
unit = "件"
key  = ["letter_no"]
date = "received_on"
[fields.letter_no]
name = "信访编号"
kind = "code"
[fields.received_on]
name = "来信日期"
kind = "date"
required = true
[fields.matter]
name = "信访事项"
kind = "term"
vocabulary = "matter"
[fields.unit]
name = "责任单位"
kind = "unit"
vocabulary = "unit"
[fields.is_joint]
name = "联名信"
kind = "flag"
[fields.pages]
name = "页数"
kind = "number"
[facts.long]
name = "长信"
where = { pages = "10.." }
"""
MATTERS = "term,parent,aliases\n涉法涉诉,,涉诉信访\n征地拆迁,,拆迁\n劳动保障,,欠薪|讨薪\n"


def test_an_added_ledger_can_be_asked_about_at_once(tmp_path: Path) -> None:
    import pandas as pd

    (tmp_path / "definitions" / "ledgers").mkdir(parents=True)
    (tmp_path / "definitions" / "vocabularies").mkdir()
    (tmp_path / "definitions" / "ledgers" / "letters.toml").write_text(LETTERS, "utf-8")
    (tmp_path / "definitions" / "vocabularies" / "matter.csv").write_text(MATTERS, "utf-8")
    (tmp_path / "zhengfa.toml").write_text(TOML, "utf-8")
    (tmp_path / "data" / "raw").mkdir(parents=True)
    rows = [
        ("X1", "2021-02-03", "涉法涉诉", "市公安局", "是", 3),
        ("X2", "2021-02-20", "征地拆迁", "市公安局", "否", 12),
        ("X3", "2021-03-01", "欠薪", "市司法局", "否", 2),
        ("X4", "2021-05-09", "征地拆迁", "市法院", "是", 20),
    ]
    header = ["信访编号", "来信日期", "信访事项", "责任单位", "联名信", "页数"]
    pd.DataFrame(rows, columns=header).to_excel(tmp_path / "data" / "raw" / "信访台账.xlsx", index=False)
    project = zs.open(tmp_path)
    wanted = {
        "收到多少件信访": 4,
        "信访一共多少件": 4,
        "公安局信访多少件": 2,
        "征地拆迁的信访有几件": 2,
        "讨薪的信访有几件": 1,
        "2月份信访多少件": 2,
        "联名信有几件": 2,
        "长信有多少件": 2,
        "信访平均页数是多少": 9.25,
        "10页以上的信访有几件": 2,
    }
    found = {q: answer(project, q) for q in wanted}
    assert {q: getattr(v, "hint", v) for q, v in found.items()} == wanted
    assert answer(project, "各责任单位信访多少件") == {"公安局": 2, "法院": 1, "司法局": 1}
    assert answer(project, "信访事项分布") == {"涉法涉诉": 1, "征地拆迁": 2, "劳动保障": 1}
    assert answer(project, "哪个单位信访最多") == "公安局"
    assert isinstance(answer(project, "科幻的信访有几件"), NotUnderstood)
    assert isinstance(answer(project, "劳您大驾拆迁的信件有几封"), NotUnderstood)
    own = '[roles]\nidle = ["劳您大驾"]\n[ledgers.letters]\nnouns = ["信件"]\nrows = ["封"]\nunit = "unit"\n'
    (tmp_path / "definitions" / "words.toml").write_text(own, "utf-8")
    assert answer(zs.open(tmp_path), "劳您大驾拆迁的信件有几封") == 2


@pytest.mark.parametrize("question", ["公安局属实的线索有几条", "公安局属实的线索按问题类别分", "列出公安局属实的线索"])
def test_too_many_blanks_leave_no_number_no_groups_and_no_list(place: tuple[City, Project], question: str) -> None:
    """Many of the bureau's clues do not say what was found."""
    reply = place[1].ask(question)
    assert reply.value is None and reply.table == ()
    assert str(reply).startswith("无法得出：") and "没有填写“查实情况”" in reply.why
