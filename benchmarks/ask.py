"""Times questions: understanding them, and answering on 100,000 rows beside a bare pandas filter and count; JSON.

python benchmarks/ask.py 100000
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from zhengfa_stats.counting.answer import evaluate  # noqa: E402
from zhengfa_stats.declared import load_schema  # noqa: E402
from zhengfa_stats.language.asking.frame import NotUnderstood  # noqa: E402
from zhengfa_stats.language.asking.questions import Asker  # noqa: E402
from zhengfa_stats.query import Clock  # noqa: E402

CLOCK = Clock(date(2021, 1, 1), date(2021, 6, 30))
QUESTIONS = (
    "公安局有多少条线索没办结？",
    "今年以来一共收到多少条群众举报线索",
    "各单位的查结率",
    "哪个单位收到的线索最多",
    "5月比4月多收到多少条线索",
    "除公安局和法院外超过60天还没办结的线索有几条",
)


def clues(n: int) -> pd.DataFrame:
    """A stored ledger of n rows, as the build writes it."""
    i = pd.Series(range(n))
    received = pd.Timestamp("2021-01-01") + pd.to_timedelta(i * 7 % 181, unit="D")
    closed = received + pd.to_timedelta(i % 90, unit="D")
    done = closed <= pd.Timestamp("2021-06-30")
    units, sources = ("公安局", "法院", "检察院", "司法局", "政法委"), ("来信", "来访", "上级交办", "自查发现")
    return pd.DataFrame(
        {
            "clue_no": "X" + i.astype(str),
            "received_on": received,
            "received_on_until": received,
            "source": [sources[k % 4] for k in i],
            "handler": [units[k % 5] for k in i],
            "status": done.map({True: "已查结", False: "正在核查"}),
            "closed_on": closed.where(done),
            "closed_on_until": closed.where(done),
            "disposal": None,
            "shelved": None,
            "is_repeat": False,
            "region": "",
            "source_file": "a.xlsx",
            "source_sheet": "Sheet1",
            "source_row": i + 2,
            "source_table": 1,
            "sender": "公安局",
            "data_as_of": pd.Timestamp("2021-06-30"),
            "undated": False,
            "unread": "",
        }
    )


def bare(frame: pd.DataFrame) -> int:
    """What one would write by hand for the first question."""
    received = frame["received_on"].between("2021-01-01", "2021-06-30")
    closed = (frame["status"] == "已查结") & (frame["closed_on"] <= "2021-06-30")
    return int((received & (frame["handler"] == "公安局") & ~frame["is_repeat"] & ~closed).sum())


def seconds(thing: Callable[[], object], runs: int = 7) -> float:
    """The median of several runs, after one to warm up."""
    thing()
    found = []
    for _ in range(runs):
        start = time.perf_counter()
        thing()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def once(asker: Asker, question: str) -> float:
    """How long a question takes that was not heard before, answerable or not."""
    asker.tokens.forget()
    start = time.perf_counter()
    with suppress(NotUnderstood):  # to refuse takes its time too
        asker.understand(question)
    return time.perf_counter() - start


def hearing(asker: Asker) -> dict[str, Any]:
    """Over all questions of the specification, in seconds."""
    lines = (ROOT / "tests" / "spec" / "questions.txt").read_text("utf-8").splitlines()
    questions = [line.split(" | ")[0].strip() for line in lines if " | " in line and not line.startswith("#")]
    once(asker, questions[0])
    taken = sorted(once(asker, question) for question in questions)
    return {
        "n": len(taken),
        "median": statistics.median(taken),
        "p95": taken[len(taken) * 95 // 100],
        "most": taken[-1],
    }


def measure(n_rows: int) -> dict[str, Any]:
    schema, frame = load_schema(), clues(n_rows)
    asker = Asker(schema, CLOCK, city="示例市")
    base = seconds(lambda: bare(frame))
    first = asker.understand(QUESTIONS[0]).asked.expr
    assert evaluate(first, {"clues": frame}, schema, CLOCK).value == bare(frame)
    answered = {}
    for question in QUESTIONS:
        expr = asker.understand(question).asked.expr
        answered[question] = seconds(lambda e=expr: evaluate(e, {"clues": frame}, schema, CLOCK).values)  # type: ignore[misc]
    return {"rows": n_rows, "bare": base, "answered": answered, "heard": hearing(asker)}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1])), ensure_ascii=False))
