"""Charts and tables: Answers that people look at, declared in exhibits.toml or made from any grouped Answer."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, cast, get_args

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.errors import QueryError
from zhengfa_stats.exhibits.captions import caption_of, notes_of, source_of
from zhengfa_stats.exhibits.counted import Count, Counted, counted
from zhengfa_stats.exhibits.declared import Column, Declared
from zhengfa_stats.exhibits.grid import Grid
from zhengfa_stats.exhibits.laying import grid_of
from zhengfa_stats.exhibits.shapes import Form, form_of, is_unordered, measure_name, misfit, unit_of
from zhengfa_stats.exhibits.tables import Table, table_of, write_tables
from zhengfa_stats.query import Clock, queries
from zhengfa_stats.schema import Schema

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Exhibit", "Table", "exhibit", "of", "write_tables"]


@dataclass(frozen=True)
class Exhibit:
    """A chart and its table, both from the same cells. `why` says why there is nothing to see, where there is nothing."""

    declared: Declared
    grid: Grid
    answers: tuple[Answer, ...]
    caption: str
    notes: tuple[str, ...]
    source: str

    @property
    def id(self) -> str:
        return self.declared.id

    @property
    def title(self) -> str:
        return self.declared.title

    @property
    def note(self) -> str:
        return self.declared.note

    @property
    def why(self) -> str:
        if not self.grid.is_empty:
            return ""
        return "；".join(self.grid.whys) or "统计期内没有符合条件的记录"

    @property
    def has_chart(self) -> bool:
        """Whether it is more than a table."""
        return self.declared.form != "table"

    @cached_property
    def table(self) -> Table:
        notes = (*self.notes, self.source) if self.source else self.notes
        if self.why:
            notes = (f"{self.why}。", *notes)
        return table_of(self.grid, self.title, self.caption, notes, self.declared.unit)

    def figure(self) -> Figure:
        """The chart as a matplotlib Figure, a new one at each call, A4 wide; QueryError where it is a table alone."""
        from zhengfa_stats.exhibits.charts import draw
        from zhengfa_stats.exhibits.marks import Plot

        if not self.has_chart:
            raise QueryError("这是一张表，没有图", f"图表 {self.id}", "请用 .table")
        brief = tuple(filter(None, (self.note, *self.grid.remarks, self.source)))
        roles = tuple(c.role for c in self.declared.columns)
        plot = Plot(self.title, self.caption, brief, self.grid, self.declared.unit, self.declared.target, roles)
        return draw(plot, self.declared.form)

    def png(self, dpi: int = 300) -> bytes:
        """The chart as PNG; the same bytes each time."""
        from zhengfa_stats.exhibits.canvas import png

        return png(self.figure(), dpi)

    def svg(self) -> bytes:
        """The chart as SVG, its text as outlines; the same bytes each time."""
        from zhengfa_stats.exhibits.canvas import svg

        return svg(self.figure())

    def html(self, dpi: int = 144) -> str:
        """Chart and table as HTML that needs nothing from elsewhere."""
        if not self.has_chart:
            return self.table.html()
        picture = b64encode(self.png(dpi)).decode("ascii")
        alt = escape(f"{self.title}（{self.caption}）", quote=True)
        image = f'<img alt="{alt}" src="data:image/png;base64,{picture}" style="width:100%;max-width:760px">'
        return f"{image}{self.table.html(titled=False)}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": f"{self.title}（{self.caption}）"}


def exhibit(declared: Declared, count: Count, schema: Schema, clock: Clock, *, lacking: Sequence[str] = ()) -> Exhibit:
    """A declared exhibit at a clock; `lacking` names who has not sent what it needs."""
    found = tuple(counted(column, count, schema, clock) for column in declared.columns)
    return _made(declared, found, schema, clock, count, lacking)


def of(
    answer: Answer,
    schema: Schema,
    title: str = "",
    form: Form | str = "",
    *,
    count: Count | None = None,
    lacking: Sequence[str] = (),
) -> Exhibit:
    """An exhibit of any Answer, in the form that its groups ask for; with totals where `count` can count them."""
    if form and form not in get_args(Form):
        raise QueryError(f"没有“{form}”这种图", do=f"可用的有：{'、'.join(get_args(Form))}")
    if form and (why := misfit(form, len(queries(answer.expr)[0].by))):
        raise QueryError(why, do="请换一种 form，或改变分组")
    named = answer.indicator
    unit = named.unit if named else unit_of(answer.expr, schema)
    name = title or (named.key if named else "统计结果")
    column = Column(
        measure_name(unit, named.key if named else ""),
        answer.expr,
        unit,
        named.definition if named else "",
        named.key if named else "",
    )
    drawn = cast(Form, form or form_of(answer, schema))
    declared = Declared("", name, drawn, (column,), unit, sort="value" if is_unordered(answer, schema) else "")
    return _made(declared, (Counted(column, answer),), schema, answer.clock, count, lacking)


def _made(
    declared: Declared,
    found: Sequence[Counted],
    schema: Schema,
    clock: Clock,
    count: Count | None,
    lacking: Sequence[str],
) -> Exhibit:
    grid = grid_of(declared, found, schema, clock, count)
    answers = tuple(a for one in found for a in one.answers)
    return Exhibit(
        declared,
        grid,
        answers,
        caption_of(declared, answers, schema, clock),
        notes_of(declared, found, grid, lacking),
        source_of(answers, schema),
    )
