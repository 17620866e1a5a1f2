"""Who sent what: each sender's rows, problems and cut-off date by ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from zhengfa_stats.query import queries
from zhengfa_stats.reading.expecting import Sent
from zhengfa_stats.reading.file import FileRead, TableRead
from zhengfa_stats.records import Problem, SheetAccount
from zhengfa_stats.schema import Ledger, Schema


def sent(files: Sequence[FileRead], accounts: Sequence[SheetAccount], problems: Iterable[Problem]) -> list[Sent]:
    """What each sender sent of each ledger, by unit and ledger; no rows at all: a zero report.

    Rows count where they stand or were merged into others, not where a later edition superseded them.
    """
    faults = Counter((p.sender, p.ledger) for p in problems if p.ledger)
    found: dict[tuple[str, str], Sent] = {}
    for unit, table, file, n in _tables(files, accounts):
        as_of = table.data_as_of.isoformat() if table.data_as_of else None
        new: Sent = {"unit": unit, "ledger": table.ledger, "data_as_of": as_of, "n_rows": 0, "files": []}
        one = found.setdefault((unit, table.ledger), new)
        one["n_rows"] += n
        one["n_problems"] = faults[unit, table.ledger]
        one["data_as_of"] = max(filter(None, (one["data_as_of"], as_of)), default=None)
        one["files"] = sorted({*one["files"], file})
    return [found[key] for key in sorted(found)]


def _tables(files: Sequence[FileRead], accounts: Sequence[SheetAccount]) -> Iterator[tuple[str, TableRead, str, int]]:
    """Every ledger table and zero report: its sender, the table, its file, the rows that count."""
    fates = {(a.file, a.sheet): a.tables for a in accounts}
    for read in files:
        for sheet in read.sheets:
            for table, fate in zip(sheet.tables, fates[read.file, sheet.name], strict=True):
                if table.ledger:
                    yield table.sender, table, read.file, fate.kept + fate.merged
                    yield from ((unit, table, read.file, 0) for unit in table.zero_units)
            yield from ((letter.sender, letter, read.file, 0) for letter in sheet.said_zero)


def sent_within(frames: Mapping[str, pd.DataFrame], ledgers: Mapping[str, Ledger]) -> list[Sent]:
    """The units whose rows stand in another sender's file: 市公安局 reports for 甲县公安局, 甲县政法委 for its courts."""
    found: list[Sent] = []
    for id_, frame in frames.items():
        name = next((f.id for f in ledgers[id_].fields.values() if f.kind == "unit" and f.default == "sender"), "")
        if not name or frame.empty:
            continue
        unit = frame["region"].fillna("") + frame[name].fillna("")
        others = pd.DataFrame({"unit": unit, "sender": frame["sender"].fillna("")})
        others = others[frame[name].notna() & others["sender"].ne("") & others["sender"].ne(unit)]
        counts = others.groupby(["unit", "sender"], sort=True).size()
        found += [{"unit": u, "ledger": id_, "sender": s, "n_rows": int(n)} for (u, s), n in counts.items()]
    return found


def totals_within(frames: Mapping[str, pd.DataFrame], schema: Schema) -> list[Sent]:
    """The units, or whole counties, of which 汇总表 give totals, by the ledger that each figure is counted from."""
    found: list[Sent] = []
    for frame in (frame for id_, frame in frames.items() if schema.ledgers[id_].tabulated and not frame.empty):
        lines = frame.assign(
            unit=frame["region"].fillna("") + frame["unit"].fillna(""), sender=frame["sender"].fillna("")
        )
        lines["ledger"] = [_counted_from(key, schema) for key in lines["indicator"]]
        for (unit, ledger, sender), part in lines.groupby(["unit", "ledger", "sender"], sort=True):
            as_of = part["period_to"].max()
            found.append(
                {
                    "unit": unit,
                    "ledger": ledger,
                    "sender": sender,
                    "n_rows": len(part),
                    "data_as_of": None if pd.isna(as_of) else as_of.date().isoformat(),
                    "figures": sorted(set(part["indicator"])),
                }
            )
    return found


def _counted_from(key: str, schema: Schema) -> str:
    indicator = schema.indicators.get(key)
    return queries(indicator.of)[0].ledger if indicator else ""
