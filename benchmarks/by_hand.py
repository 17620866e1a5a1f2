"""What one would write by hand: the clean clue ledger with pandas, openpyxl and pyjanitor, without records and checks.

python benchmarks/by_hand.py data/raw clues.parquet
"""

from __future__ import annotations

import hmac
import re
import sys
from pathlib import Path

import janitor  # noqa: F401  (gives frames remove_empty and the like)
import pandas as pd

NAMES = {
    "线索编号": "clue_no",
    "收到时间": "received_on",
    "线索来源": "source",
    "被反映人": "subjects",
    "被反映人单位": "subject_unit",
    "职级": "subject_rank",
    "问题类别": "category",
    "承办单位": "handler",
    "办理状态": "status",
    "办结时间": "closed_on",
    "处置方式": "disposal",
    "查实情况": "conclusion",
}
UNITS = {"政法委": "政法委", "纪委": "纪委监委", "公安": "公安局", "法院": "法院", "检": "检察院", "司法局": "司法局"}
CLOSED = re.compile("办结|查结|了结|完成")
KEY = b"key" * 11


def day(value: object) -> pd.Timestamp | None:
    """A real date, or one of the ways in which clerks write one."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, str):
        parts = re.findall(r"\d+", value)
        parts = [value[:4], value[4:6], value[6:8]] if len(parts) == 1 and len(parts[0]) == 8 else parts
        return pd.Timestamp(*map(int, parts[:3]))
    return pd.Timestamp(value)


def unit(value: object) -> object:
    return next((name for word, name in UNITS.items() if word in str(value)), value)


def pseudonym(name_and_unit: object) -> str:
    return hmac.digest(KEY, str(name_and_unit).encode(), "sha256").hex()[:20]


def mapped(column: pd.Series, clean: object) -> pd.Series:
    """Each distinct value cleaned once."""
    return column.map({value: clean(value) for value in column.dropna().unique()})  # type: ignore[operator]


def clean(path: Path) -> pd.DataFrame:
    frame = pd.read_excel(path, engine="openpyxl", dtype=object)
    frame = frame.remove_empty().rename(columns=NAMES)[list(NAMES.values())]
    for name in ("received_on", "closed_on"):
        frame[name] = pd.to_datetime(mapped(frame[name], day))
    for name in ("subject_unit", "handler"):
        frame[name] = mapped(frame[name], unit)
    frame["status"] = mapped(frame["status"], lambda v: "已查结" if CLOSED.search(str(v)) else "正在核查")
    frame["subjects"] = mapped(frame["subjects"] + "|" + frame["subject_unit"], pseudonym)
    return frame.assign(source_file=path.name, source_row=range(2, len(frame) + 2))


def main(raw: str, out: str) -> None:
    frame = pd.concat([clean(path) for path in sorted(Path(raw).rglob("*.xlsx"))], ignore_index=True)
    frame = frame.drop_duplicates(["clue_no", "subjects"])
    frame.astype({name: str for name in ("clue_no",)}).to_parquet(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
