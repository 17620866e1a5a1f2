"""Who sent what: each sender's rows, problems and cut-off date by ledger."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from zhengfa_stats.query import queries
from zhengfa_stats.reading.expecting import Sent
from zhengfa_stats.reading.file import FileRead, TableRead
from zhengfa_stats.reading.stacking import Lines, jointly, shown
from zhengfa_stats.records import Problem, SheetAccount
from zhengfa_stats.schema import Schema


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


def sent_within(ledgers: Mapping[str, Lines], schema: Schema) -> list[Sent]:
    """The units whose rows stand in another sender's file: 市公安局 reports for 甲县公安局, 甲县政法委 for its courts."""
    found: list[Sent] = []
    for id_, lines in ledgers.items():
        fields = schema.ledgers[id_].fields.values()
        name = next((f.id for f in fields if f.kind == "unit" and f.default == "sender"), "")
        counts = _counted(lines, ("region", name, "sender")) if name and len(lines) else {}
        others = Counter[tuple[str, str]]()
        for (region, unit, sender), n in counts.items():
            if unit is not None and sender not in (None, "", (region or "") + unit):
                others[(region or "") + unit, sender] += n
        found += [{"unit": u, "ledger": id_, "sender": s, "n_rows": n} for (u, s), n in sorted(others.items())]
    return found


def _counted(lines: Lines, names: Sequence[str]) -> dict[tuple[Any, ...], int]:
    """How many lines hold each of the values that stand together in some columns."""
    columns = [lines.distinct(name) for name in names]
    _, first, counts = np.unique(jointly([c.index + 1 for c in columns]), return_index=True, return_counts=True)
    return {tuple(c.at(i) for c in columns): int(n) for i, n in zip(first, counts, strict=True)}


def totals_within(ledgers: Mapping[str, Lines], schema: Schema) -> list[Sent]:
    """The units, or whole counties, of which 汇总表 give totals, by the ledger that each figure is counted from."""
    found: list[Sent] = []
    for lines in (lines for id_, lines in ledgers.items() if schema.ledgers[id_].tabulated):
        groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for i in range(len(lines)):
            region, unit, sender, key = (lines.at(i, name) or "" for name in ("region", "unit", "sender", "indicator"))
            groups[region + unit, _counted_from(key, schema), sender].append(i)
        for (unit, ledger, sender), part in sorted(groups.items()):
            as_of = max(filter(None, (lines.at(i, "period_to") for i in part)), default=None)
            found.append(
                {
                    "unit": unit,
                    "ledger": ledger,
                    "sender": sender,
                    "n_rows": len(part),
                    "data_as_of": as_of and shown(as_of),
                    "figures": sorted({lines.at(i, "indicator") for i in part}),
                }
            )
    return found


def _counted_from(key: str, schema: Schema) -> str:
    indicator = schema.indicators.get(key)
    return queries(indicator.of)[0].ledger if indicator else ""
