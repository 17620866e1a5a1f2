"""What a project shows in a notebook: declared exhibits, any Answer drawn, a ledger's first rows, figures, a filter panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from zhengfa_stats.config import Config
from zhengfa_stats.counting.answer import Answer, evaluate
from zhengfa_stats.counting.status import Status, lacking
from zhengfa_stats.errors import ProjectError
from zhengfa_stats.exhibits import Exhibit, exhibit, of
from zhengfa_stats.exhibits.display import Overview
from zhengfa_stats.exhibits.frames import Preview, accounting, columns, labelled
from zhengfa_stats.query import Clock, Expr, queries
from zhengfa_stats.schema import Indicator, Ledger, Schema

if TYPE_CHECKING:
    from zhengfa_stats.exhibits.declared import Declared


class Viewer:
    """The part of a project that people look at; it needs what is declared first."""

    root: Path
    config: Config
    schema: Schema
    clock: Clock

    if TYPE_CHECKING:

        @property
        def processed(self) -> Path: ...
        @property
        def manifest(self) -> Mapping[str, Any]: ...
        @property
        def frames(self) -> Mapping[str, pd.DataFrame]: ...
        @property
        def statuses(self) -> list[Status]: ...
        def count(self, expr: Expr) -> Answer: ...
        def figure(self, key: str) -> Answer: ...
        def indicator(self, key: str) -> Indicator: ...

    @property
    def exhibits(self) -> tuple[str, ...]:
        """The ids of the declared charts and tables, in their order."""
        return tuple(self._declared)

    def exhibit(self, id_: str) -> Exhibit:
        """A declared chart with its table; ProjectError names the nearest when there is none of that id."""
        if id_ not in self._declared:
            near = get_close_matches(id_, self._declared, n=3, cutoff=0.2) or self._declared
            raise ProjectError(f"没有图表“{id_}”", do=f"是不是：{'、'.join(near)}")
        declared = self._declared[id_]
        asked = [q.ledger for c in declared.columns for q in queries(c.of)]
        return exhibit(declared, self._count_all, self._schema_all, self.clock, lacking=self._lacking_of(asked))

    def show(self, answer: Answer, title: str = "", form: str = "") -> Exhibit:
        """Any Answer as a chart with its table, totals counted."""
        asked = [q.ledger for q in queries(answer.expr)]

        def count(expr: Expr) -> Answer:
            return self._count_all(expr, answer.clock)

        return of(answer, self._schema_all, title, form, count=count, lacking=self._lacking_of(asked))

    @cached_property
    def _declared(self) -> dict[str, Declared]:
        from zhengfa_stats.exhibits.declared import load_exhibits

        return load_exhibits(self._schema_all, self.root)

    @cached_property
    def _schema_all(self) -> Schema:
        """The schema with the build's own ledgers: problems, 报送情况."""
        from zhengfa_stats.exhibits.books import with_books

        return with_books(self.schema)

    @cached_property
    def _frames_all(self) -> dict[str, pd.DataFrame]:
        from zhengfa_stats.exhibits.books import problem_frame, sending_frame

        problems = pd.read_parquet(self.processed / "problems.parquet") if self.manifest else pd.DataFrame()
        books = {
            "problems": problem_frame(problems, self.schema, self.clock.as_of),
            "sendings": sending_frame(self.statuses, self.schema, self.clock.as_of),
        }
        return {**books, **self.frames}

    def _count_all(self, expr: Expr, clock: Clock | None = None) -> Answer:
        """Evaluate an expression that may speak of the build's own ledgers."""
        return evaluate(expr, self._frames_all, self._schema_all, clock or self.clock, project=self.config.clock)

    def _lacking_of(self, ledgers: Iterable[str]) -> list[str]:
        """Who has not sent these ledgers, and whose data end before the cut-off date."""
        return lacking(self.statuses, ledgers, self.clock.as_of)

    def preview(self, ledger: str) -> Any:
        """The first rows of a ledger under Chinese headers; of one that is absent, that it is."""
        return Preview(self._ledger(ledger), self.frames.get(ledger))

    def labelled(self, ledger: str) -> pd.DataFrame:
        """A ledger's frame under Chinese headers, without pseudonyms."""
        of = self._ledger(ledger)
        if ledger not in self.frames:
            raise ProjectError(f"没有《{of.name}》的数据", do="请把这类台账放进 data/raw")
        return labelled(self.frames[ledger], of)

    def columns(self, ledger: str) -> pd.DataFrame:
        """What each column of a ledger's frame holds."""
        return columns(self._ledger(ledger), self.schema)

    def accounting(self) -> pd.DataFrame:
        """Every table that was read, with where its records went."""
        return accounting(self.manifest["sheets"], self.schema)

    def explore(self, ledger: str, key: str = "") -> Any:
        """A filter panel over a ledger, counting an indicator's rows at first; of a ledger that is absent, that it is."""
        from zhengfa_stats.exhibits.panel import Panel

        of, frame = self._ledger(ledger), self.frames.get(ledger)
        if frame is None:
            return self.preview(ledger)
        return Panel(of, self.schema, frame, self.clock, self.count, self.show, self.indicator(key).key if key else "")

    def overview(self, *subjects: str) -> Any:
        """The figures of a subject (线索, 处理, 轮训 …), of several, or all, each with its definition."""
        known = list(dict.fromkeys(key.split(".")[0] for key in self.schema.indicators))
        if unknown := [name for name in subjects if name not in known]:
            raise ProjectError(f"没有“{'、'.join(unknown)}”的指标", do=f"可用的有：{'、'.join(known)}")
        keys = (key for name in subjects or known for key in self.schema.indicators if key.split(".")[0] == name)
        return Overview([self.figure(key) for key in keys])

    def _ledger(self, name: str) -> Ledger:
        if name not in self.schema.ledgers:
            raise ProjectError(f"没有名为“{name}”的台账", do=f"可用的有：{'、'.join(self.schema.ledgers)}")
        return self.schema.ledgers[name]

    @property
    def month_before(self) -> Clock:
        """The project's period as it stood at the end of the month before its last one; what `compare` may begin from."""
        end = self.clock.as_of.replace(day=1) - timedelta(1)
        return Clock(min(self.clock.since, end.replace(day=1)), end)
