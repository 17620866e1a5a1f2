"""The Reply to a sentence that asks several things: one line each, every one with its own restatement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from zhengfa_stats.language.asking.doubts import Count
from zhengfa_stats.language.asking.questions import Asker, Understood
from zhengfa_stats.language.asking.replying import Reply, Show, reply_to_one
from zhengfa_stats.language.asking.showing import as_html
from zhengfa_stats.language.asking.units import counts
from zhengfa_stats.language.wording import said


@dataclass(frozen=True)
class Several(Reply):
    """The answers of several questions together; a follow-up asks on from the last."""

    parts: tuple[Reply, ...] = ()

    @property
    def kind(self) -> str:
        return "table"

    @property
    def restated(self) -> str:
        return "".join(p.restated for p in self.parts)

    @property
    def query(self) -> str:
        return "\n".join(p.query for p in self.parts)

    @property
    def unit(self) -> str:
        """The unit that all answers have; "" where they differ."""
        units = {p.unit for p in self.parts}
        return units.pop() if len(units) == 1 else ""

    @property
    def definition(self) -> str:
        named = zip(self._names, self.parts, strict=True)
        return "".join(f"{name}：{p.definition.rstrip('。')}。" for name, p in named)

    @property
    def _names(self) -> list[str]:
        return [p.understood.text.strip("，,；;。？?！! \n") for p in self.parts]

    @cached_property
    def table(self) -> tuple[tuple[str, float | None], ...]:
        """Each question in its own words, and its number; of breakdowns, group by group."""
        named = tuple(zip(self._names, self.parts, strict=True))
        if not all(p.kind == "table" for p in self.parts):
            return tuple(row for name, p in named for row in _rows_of(name, p))
        labels = dict.fromkeys(label for p in self.parts for label, _ in p.table)
        columns = [(name, dict(p.table), 0 if counts(p.answer.expr) else None) for name, p in named]
        return tuple(
            (f"{label} · {name}", values.get(label, none)) for label in labels for name, values, none in columns
        )

    @property
    def why(self) -> str:
        return "；".join(f"{name}：{p.why}" for name, p in zip(self._names, self.parts, strict=True) if p.why)

    @property
    def text(self) -> str:
        return "；".join(f"{name}：{p.text}" for name, p in zip(self._names, self.parts, strict=True))

    @property
    def sentence(self) -> str:
        return "".join(p.sentence for p in self.parts)

    @property
    def n_rows(self) -> int:
        return sum(p.n_rows for p in self.parts)

    @property
    def remarks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(r for p in self.parts for r in p.remarks))

    @property
    def _grid(self) -> list[list[str]]:
        """Of breakdowns, a row a group and a column a question."""
        if not self.parts or not all(p.kind == "table" for p in self.parts):
            return []
        n, units = len(self.parts), [p.unit for p in self.parts]
        cells = [said(value, units[i % n]) for i, (_, value) in enumerate(self.table)]
        labels = [label.rpartition(" · ")[0] for label, _ in self.table[::n]]
        return [["", *self._names], *([label, *cells[i * n : i * n + n]] for i, label in enumerate(labels))]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The questions and their numbers; of breakdowns, a table with a column a question."""
        return {"text/plain": str(self), "text/html": as_html(self, self._grid)}

    def rows(self) -> pd.DataFrame:
        """The rows of every question under one another."""
        frames = [p.rows().assign(问=name) for name, p in zip(self._names, self.parts, strict=True)]
        found = pd.concat(frames, ignore_index=True)
        return found[["问", *(c for c in found.columns if c != "问")]]

    def __str__(self) -> str:
        return "\n".join(f"{name}：{p}" for name, p in zip(self._names, self.parts, strict=True))


def _rows_of(name: str, p: Reply) -> Sequence[tuple[str, float | None]]:
    if p.kind == "table":
        return [(f"{label} · {name}", value) for label, value in p.table]
    return [(f"{name}：{p.text}" if p.kind in ("label", "yes_no") else name, _number(p))]


def _number(one: Reply) -> float | int | None:
    value = one.answer.value if one.kind == "yes_no" and not one.why else one.value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def reply(understood: Understood, asker: Asker, count: Count, show: Show | None = None) -> Reply:
    """Count what was understood, each thing that was asked."""

    def answered(more: Understood) -> Reply:
        return reply(more, asker, count, show)

    if not understood.parts:
        return reply_to_one(understood, asker, count, answered, show)
    parts = tuple(reply_to_one(replace(p, parts=()), asker, count, answered, show) for p in understood.parts)
    return Several(understood, parts[-1].answer, asker, count, answered, None, parts)
