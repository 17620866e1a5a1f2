"""Sixty damaged copies of the sample's workbooks: no crash, no hang, no lost row. More by `python -m tests.hostile.fuzz 20000`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Reported
from tests.hostile.fuzz import of_workbooks
from tests.hostile.reading import read
from tests.hostile.sentences import questions, texts, tried
from tests.unit.test_verdicts import verdicts
from zhengfa_stats.project import open_project


def test_damaged_copies_of_the_sample(tmp_path: Path) -> None:
    fuzz = of_workbooks()
    ends = Counter(fuzz.attempt(tmp_path, *fuzz.case(7, n)) for n in range(60))
    assert ends["refused"] and ends["read"], ends


def test_heaps_of_our_own_words(reported: Reported) -> None:
    project = open_project(reported.project)
    assert tried(verdicts, texts(7), 150)[0] == []
    assert tried(lambda q: str(project.ask(q)), questions(7), 100)[0] == []


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
FORMS = st.sampled_from(
    (
        "线索编号",
        "收到日期",
        "办理状态",
        "姓名",
        "处理日期",
        "合计",
        "2021.3.5",
        "正在核查",
        "=1+1",
        "截至",
        "\n",
        ",",
        '"',
        ";",
    )
)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(st.one_of(FORMS, TEXTS), max_size=6), max_size=8), st.sampled_from(("utf-8", "gbk", "utf-16")))
def test_any_text_table(tmp_path_factory: object, rows: list[list[str]], encoding: str) -> None:
    path = tmp_path_factory.mktemp("t") / "a.csv"  # type: ignore[attr-defined]
    path.write_bytes("\n".join(",".join(row) for row in rows).encode(encoding, "replace"))
    read(path)
