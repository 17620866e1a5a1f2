"""What is compared: ledgers under definitions at a clock, and what of their rows is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from zhengfa_stats.counting.answer import Answer, Session
from zhengfa_stats.counting.frames import Native, collect, whole
from zhengfa_stats.counting.matching import Key, Row, place
from zhengfa_stats.counting.tally import Tally
from zhengfa_stats.query import Clock, Expr, Query
from zhengfa_stats.schema import Each, Schema


@dataclass(frozen=True)
class Side:
    """One side of a comparison; `files` are the raw files that its ledgers were read from, by name, with their SHA-256."""

    frames: Mapping[str, Native]
    schema: Schema
    clock: Clock
    project: Clock
    files: Mapping[str, str] = field(default_factory=dict)

    def count(self, expr: Expr) -> Answer:
        """The expression's Answer on this side."""
        return self._session.evaluate(expr, self.clock)

    @cached_property
    def _session(self) -> Session:
        return Session(self.frames, self.schema, self.project)

    def cohort(self, query: Query) -> frozenset[Key]:
        """Where the rows stand that a query's period holds, whatever else it asks."""
        bare = Query(query.ledger, period=query.period)
        if bare not in self._cohorts:
            tally = Tally(bare, self.frames, self.schema, self.clock)
            rows = collect(tally.rows(whole=False))
            self._cohorts[bare] = frozenset(place(row, self.schema.ledgers[query.ledger]) for row in rows)
        return self._cohorts[bare]

    @cached_property
    def _cohorts(self) -> dict[Query, frozenset[Key]]:
        return {}

    @cached_property
    def records(self) -> dict[str, list[Row]]:
        """Every ledger's rows as plain mappings."""
        return {id_: whole(frame).to_dict("records") for id_, frame in self.frames.items()}


def identity_of(query: Query, each: Mapping[str, Each]) -> str:
    """The field whose distinct values are counted; "" where rows are."""
    if query.measure.kind == "distinct":
        return query.measure.field
    return each[query.each].identity if query.each else ""
