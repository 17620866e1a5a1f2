"""A small city in plain rows, counted without a build: what exhibits are tested on, and the digests of all they write."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from tests.unit.answering import as_table
from zhengfa_stats.counting.answer import Answer, evaluate
from zhengfa_stats.counting.status import Status
from zhengfa_stats.declared import load_schema
from zhengfa_stats.exhibits import Exhibit, exhibit, write_tables
from zhengfa_stats.exhibits.books import problem_frame, sending_frame, with_books
from zhengfa_stats.exhibits.declared import Declared, load_exhibits
from zhengfa_stats.exhibits.wordtables import add_table
from zhengfa_stats.query import Clock, Expr
from zhengfa_stats.store import as_frame

GOLDEN = Path(__file__).parents[1] / "golden" / "charts"
CLOCK = Clock(date(2021, 1, 1), date(2021, 6, 30))
SCHEMA = with_books(load_schema())
DECLARED = load_exhibits(SCHEMA)

_UNITS = ("政法委", "公安局", "法院", "检察院", "司法局")
_SOURCES = ("来信", "来电", "上级交办", "网络举报", "自查发现", "来访")
_CATEGORIES = ("违规经商办企业", "违规参股借贷", "法官检察官离任后违规从事律师职业、充当司法掮客")


def day(n: int) -> date:
    return date(2020, 12, 1) + timedelta(n)


def _clue(i: int) -> dict[str, Any]:
    received, closed = day(5 * i), day(5 * i + 8 + 13 * i % 110)
    is_closed = i % 5 != 0 and closed <= CLOCK.as_of
    return {
        "clue_no": f"X{i}",
        "received_on": received,
        "source": _SOURCES[i % len(_SOURCES)],
        "category": _CATEGORIES[i % len(_CATEGORIES)] if i % 11 else None,
        "handler": _UNITS[i * i % 7 % 5],
        "status": "已查结" if is_closed else ("正在核查", "移送", "待办")[i % 3],
        "closed_on": closed if is_closed else None,
        "conclusion": ("属实", "不属实", "部分属实")[i % 3] if is_closed else None,
    }


def _case(i: int) -> dict[str, Any]:
    return {
        "clue_no": f"X{3 * i}",
        "person": f"p{i}",
        "unit": _UNITS[1 + i % 3],
        "rank": ("正科级", "科员", "副处级", "副科级")[i % 4],
        "party_discipline": ("警告", None, "严重警告", None)[i % 4],
        "administrative_discipline": "记过" if i % 5 == 0 else None,
        "organizational_measure": None if i % 2 == 0 else ("诫勉", "批评教育", "谈话提醒")[i % 3],
        "four_forms": ("第二种形态", "第一种形态", "第一种形态")[i % 3],
        "cause": [("违反工作纪律", "违反廉洁纪律", "职务违法")[i % 3]] + ["违反组织纪律"] * (i % 4 == 0),
        "decided_on": day(40 + 9 * i),
    }


def _trainee(i: int) -> dict[str, Any]:
    attended = i % 13 != 0
    return {
        "person": f"p{i}",
        "unit": _UNITS[i % 5] if i % 20 else "国家安全局",
        "is_expected": True,
        "attended": attended,
        "score": float(55 + 7 * i % 46) if attended else None,
        "held_on": day(60 + i),
    }


_KINDS = ("红色教育", "警示教育", "英模教育", "专题辅导")
ROWS: Mapping[str, list[dict[str, Any]]] = {
    "clues": [_clue(i) for i in range(42)],
    "cases": [_case(i) for i in range(17)],
    "training": [_trainee(i) for i in range(60)],
    "activities": [
        {"kind": _KINDS[i % 4], "unit": _UNITS[i % 5], "held_on": day(31 + 11 * i), "theme": f"t{i}"} for i in range(16)
    ],
    "rules": [{"title": f"办法{i}", "unit": _UNITS[i % 3], "issued_on": day(40 + 30 * i)} for i in range(5)],
    "tasks": [
        {
            "problem": f"q{i}",
            "unit": _UNITS[i % 4],
            "status": "正在整改" if i % 6 == 5 else "已完成",
            "done_on": day(90),
        }
        for i in range(14)
    ],
}


def frame(ledger: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a stored ledger's frame."""
    of = SCHEMA.ledgers[ledger]
    for i, row in enumerate(rows):
        row |= {f"{f.id}_until": row.get(f.id) for f in of.stored if f.kind == "date"}
        row |= {"source_file": f"{i % 3}.xlsx", "source_sheet": "表", "source_row": i + 2, "source_table": 1}
        row |= {"sender": "政法委", "region": "", "undated": False, "unread": "", "cells": "", "also": []}
        row["data_as_of"] = CLOCK.as_of
    found = pd.DataFrame(rows)
    for name in (n for n in found if n == "data_as_of" or (n.removesuffix("_until") in of.fields and "_on" in n)):
        found[name] = pd.to_datetime(found[name])
    return as_frame(as_table(found, of))


def _problems() -> pd.DataFrame:
    rows = [
        {"level": ("note", "warning", "error")[i % 3], "kind": ("日期不存在", "编号重复", "合计不符")[i % 4 % 3],
         "sender": _UNITS[i * i % 5], "ledger": "clues", "field": "", "file": "a.xlsx", "sheet": "表", "cell": f"A{i + 2}"}
        for i in range(19)
    ]  # fmt: skip
    return problem_frame(pd.DataFrame(rows), SCHEMA, CLOCK.as_of)


def _sendings() -> pd.DataFrame:
    found = [
        Status(unit, ledger, "未报" if (i + j) % 5 == 4 else "零报告" if (i + j) % 7 == 6 else "已报",
               date(2021, 5, 31) if i == j else CLOCK.as_of)
        for i, unit in enumerate(_UNITS) for j, ledger in enumerate(("clues", "cases", "training")) if i + j != 3
    ]  # fmt: skip
    return sending_frame(found, SCHEMA, CLOCK.as_of)


FRAMES: dict[str, pd.DataFrame] = {
    **{ledger: frame(ledger, rows) for ledger, rows in ROWS.items()},
    "problems": _problems(),
    "sendings": _sendings(),
}


def asker(frames: Mapping[str, Any] = FRAMES, clock: Clock = CLOCK) -> Any:
    """What counts expressions over these frames."""

    def count(expr: Expr) -> Answer:
        return evaluate(expr, frames, SCHEMA, clock, project=CLOCK)

    return count


@cache
def shown() -> dict[str, Exhibit]:
    """Every declared exhibit, counted once a process."""
    return {id_: made(id_) for id_ in DECLARED}


def made(which: str | Declared, frames: Mapping[str, Any] = FRAMES, clock: Clock = CLOCK, **changed: Any) -> Exhibit:
    """An exhibit by its id, or as it is declared."""
    declared = DECLARED[which] if isinstance(which, str) else which
    return exhibit(replace(declared, **changed), asker(frames, clock), SCHEMA, clock)


ONE_A_FORM = {
    "bars": "线索.问题类别",
    "columns": "轮训.成绩分布",
    "flow": "线索.逐月收结",
    "stacked": "线索.单位与状态",
    "shares": "线索.办理天数",
    "heat": "活动.类型与月份",
    "rates": "轮训.参与率",
    "funnel": "线索.去向",
    "waterfall": "线索.结转收支",
    "states": "报送.情况",
}


TWICE = ("flow", "shares", "heat", "rates", "states")  # what is drawn in two processes


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of all that exhibits write: pictures, pages, workbook, Word document."""
    import docx

    found: dict[str, bytes] = {}
    drawn = [made(ONE_A_FORM[form]) for form in TWICE]
    for one in drawn:
        found |= {f"{one.id}.png": one.png(60), f"{one.id}.svg": one.svg(), f"{one.id}.html": one.table.html().encode()}
    found["whole.html"] = drawn[0].html(60).encode()
    write_tables(folder / "tables.xlsx", [one.table for one in drawn])
    found["tables.xlsx"] = (folder / "tables.xlsx").read_bytes()
    document = docx.Document()
    for one in drawn:
        add_table(one.table, document)
    found["body.xml"] = document.element.xml.encode()
    return {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}


def write_golden() -> None:
    """Draw the golden pictures anew; to be looked at before they are kept."""
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for form, id_ in ONE_A_FORM.items():
        (GOLDEN / f"{form}.png").write_bytes(made(id_).png(55))


if __name__ == "__main__":
    if sys.argv[1:] == ["--golden"]:
        write_golden()
    else:
        for name, digest in digests(Path(sys.argv[1])).items():
            print(name, digest)
