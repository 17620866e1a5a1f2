"""A filter panel over a ledger in JupyterLab: what is chosen redraws chart and table, and shows the query to copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets as widgets
import pandas as pd

from zhengfa_stats.counting.answer import Answer, is_grouped
from zhengfa_stats.errors import ZhengfaError
from zhengfa_stats.exhibits import Exhibit, choosing, display
from zhengfa_stats.query import Clock, Expr
from zhengfa_stats.schema import Ledger, Schema

Count = Callable[[Expr], Answer]
Show = Callable[[Answer, str], Exhibit]

_ROWS_SHOWN = 4  # of a list of values
_MEDIUM = widgets.Layout(width="16.5em")
_NAME = {"description_width": "6.8em"}
_CODE = "white-space:pre-wrap;font-size:.85em;padding:.6em;border:1px solid rgba(128,128,128,.4);user-select:all"


class Panel:
    """The panel: `controls` by field, the answer to what is chosen, and the cell that gives the same answer."""

    def __init__(
        self, ledger: Ledger, schema: Schema, frame: pd.DataFrame, clock: Clock, count: Count, show: Show, key: str = ""
    ) -> None:
        self._ledger, self._schema, self._clock, self._count, self._show = ledger, schema, clock, count, show
        self.filters = {f.field: _select(f.name, f.options) for f in choosing.filters(ledger, schema, frame)}
        groupings = choosing.groupings(ledger, schema, frame)
        self.by = _dropdown("分组", groupings, groupings[1 if len(groupings) > 1 else 0][1])
        self.then_by = _dropdown("再分", groupings, "")
        countable = choosing.countable(ledger, schema)
        self.counted = _dropdown("计", countable, dict(countable).get(key, countable[0][1]))
        self.facts = _select("口径", choosing.facts(ledger))
        self.since = widgets.DatePicker(description="起始日", value=clock.since, layout=_MEDIUM, style=_NAME)
        self.as_of = widgets.DatePicker(description="截止日", value=clock.as_of, layout=_MEDIUM, style=_NAME)
        self.shown, self.code = widgets.HTML(), widgets.HTML()
        for control in self._controls():
            control.observe(self._redraw, names="value")
        self._redraw()

    def _controls(self) -> list[Any]:
        return [self.counted, self.by, self.then_by, self.since, self.as_of, self.facts, *self.filters.values()]

    # -- what is chosen

    @property
    def choice(self) -> choosing.Choice:
        """What the controls say."""
        by = tuple(dict.fromkeys(b for b in (self.by.value, self.then_by.value) if b))
        terms = {name: control.value for name, control in self.filters.items()}
        return choosing.Choice(self.counted.value, terms, self.facts.value, by, self.since.value, self.as_of.value)

    @property
    def expr(self) -> Expr:
        """The expression of what is chosen."""
        return choosing.chosen(self.choice, self._clock, self._schema)

    # -- what is shown

    def _redraw(self, _: object = None) -> None:
        self.shown.value = self._html()
        self.code.value = f'<pre style="{_CODE}">{escape(choosing.as_cell(self.expr))}</pre>'

    def _html(self) -> str:
        try:
            answer = self._count(self.expr)
            if is_grouped(answer.expr) and not answer.why:
                return self._show(answer, self.counted.label).html()
            return display.card(answer, self.counted.label)
        except ZhengfaError as error:  # what was chosen makes no query: said where the chart would be
            return f"<div>{escape(str(error))}</div>"

    def widget(self) -> widgets.Widget:
        """The panel as one widget."""
        above = _wrapped([self.counted, self.by, self.then_by, self.since, self.as_of])
        lists = _wrapped([*([self.facts] if self.facts.options else []), *self.filters.values()])
        hint = widgets.HTML("<small>按住 Ctrl 可选几项，再点一次取消；复制下面的代码到格子里，得到同样的结果：</small>")
        return widgets.VBox([above, lists, self.shown, hint, self.code])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Mapping[str, Any]:
        """The widget where there is somebody to click it; on a page, what it shows at first."""
        note = "<div><small>在 JupyterLab 里，这里是一个筛选面板。</small></div>"
        data = dict(self.widget()._repr_mimebundle_())
        return {**data, "text/plain": f"《{self._ledger.name}》筛选面板", "text/html": note + self._html()}


def _dropdown(name: str, options: Any, value: Any) -> widgets.Dropdown:
    return widgets.Dropdown(description=name, options=list(options), value=value, layout=_MEDIUM, style=_NAME)


def _select(name: str, options: Any) -> widgets.SelectMultiple:
    rows = min(max(len(options), 2), _ROWS_SHOWN)
    return widgets.SelectMultiple(
        description=name, options=list(options), value=(), rows=rows, layout=_MEDIUM, style=_NAME
    )


def _wrapped(controls: list[Any]) -> widgets.Box:
    return widgets.Box(controls, layout=widgets.Layout(flex_flow="row wrap"))
