"""How values show themselves in Jupyter: an Answer as its value with what belongs beside it; everything escaped."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from zhengfa_stats.counting.answer import Answer, is_grouped
from zhengfa_stats.exhibits import shapes
from zhengfa_stats.language.asking.restating import restate
from zhengfa_stats.language.periods import say_period
from zhengfa_stats.language.wording import said
from zhengfa_stats.query import At, Clock, queries

Bundle = dict[str, str]

_BOX = "border-left:4px solid #3389AA;padding:.3em 0 .3em 1em;margin:.4em 0;line-height:1.65"
_NAME = "opacity:.75"
_VALUE = "font-size:1.9em;line-height:1.35;font-variant-numeric:tabular-nums"
_FIGURE = "font-size:1.15em;font-variant-numeric:tabular-nums"
_SMALL = "font-size:.88em;opacity:.8"
_WARN = "font-size:.88em;color:#A23B2A"


def register() -> None:
    """Tell a running IPython how an Answer shows itself; elsewhere there is nobody to tell."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None:
        shell.display_formatter.mimebundle_formatter.for_type(Answer, _formatted)


def _formatted(answer: Answer, include: object = None, exclude: object = None) -> Bundle:
    return bundle(answer)


def bundle(answer: Answer, name: str = "") -> Bundle:
    """An Answer as plain text and as HTML: one value as a card, groups as a chart and a table with the same notes."""
    if is_grouped(answer.expr) and not answer.why:
        return grouped(answer, name)
    return {"text/plain": as_text(answer, name), "text/html": card(answer, name)}


def card(answer: Answer, name: str = "") -> str:
    """One value with its definition, remarks, who is missing and how many rows it counts."""
    value = None if is_grouped(answer.expr) else answer.value
    lines = [
        _line(_NAME, name or name_of(answer)),
        _line(_VALUE, said(value, unit_of(answer))),
        *(_line(_SMALL, text) for text in notes(answer)),
        *(_line(_WARN, text) for text in warnings(answer)),
    ]
    return f'<div style="{_BOX}">{"".join(lines)}</div>'


def _line(style: str, text: str) -> str:
    return f'<div style="{style}">{escape(text)}</div>' if text else ""


def as_text(answer: Answer, name: str = "") -> str:
    """The same without HTML."""
    head = f"{name or name_of(answer)}：{said(answer.value, unit_of(answer)) if not is_grouped(answer.expr) else '无法得出'}"
    return "\n".join([head, *notes(answer), *warnings(answer)])


def notes(answer: Answer) -> Iterator[str]:
    """What is counted: the definition, or the expression in words; the period and the rows."""
    if answer.indicator:
        yield f"口径：{answer.indicator.definition}"
    elif answer.schema:
        yield f"统计的是：{restate(answer.expr, answer.schema, answer.clock)}"
    rows = f"　计入{answer.n_rows}行" if not answer.why else ""
    yield f"统计期：{say_period(clock_of(answer))}{rows}"


def warnings(answer: Answer) -> Iterator[str]:
    """Why there is no value, what was left out, what is stood in for, and who has not sent."""
    if answer.why:
        yield answer.why
    yield from answer.remarks
    if not answer.why and answer.n_uncounted:
        yield f"另有{answer.n_uncounted}行缺少所需的内容，未能计入"
    if answer.missing:
        yield f"未报或数据早于截止日：{'、'.join(answer.missing)}"


def clock_of(answer: Answer) -> Clock:
    """The period that the values are of: of the same at another clock, that clock."""
    return answer.parts[0].clock if isinstance(answer.expr, At) else answer.clock


def name_of(answer: Answer) -> str:
    """The indicator's key; else what is counted, in words."""
    if answer.indicator:
        return answer.indicator.key
    schema = answer.schema
    ids = dict.fromkeys(query.ledger for query in queries(answer.expr))
    return "、".join(f"《{schema.ledgers[id_].name}》" if schema else id_ for id_ in ids)


def unit_of(answer: Answer) -> str:
    """The unit of the values: the indicator's, else what is measured says it."""
    if answer.indicator:
        return answer.indicator.unit
    return shapes.unit_of(answer.expr, answer.schema) if answer.schema else ""


def grouped(answer: Answer, name: str) -> Bundle:
    """Groups as the exhibit that fits them."""
    from zhengfa_stats.exhibits import of

    assert answer.schema is not None
    exhibit = of(answer, answer.schema, title=name or name_of(answer), lacking=answer.missing)
    return exhibit._repr_mimebundle_()


@dataclass(frozen=True)
class Overview:
    """Named figures one below the other, each with its definition and what belongs beside it."""

    answers: Sequence[Answer]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        rows = "".join(map(_row, self.answers))
        period = "".join(dict.fromkeys(_line(_SMALL, f"统计期：{say_period(clock_of(a))}") for a in self.answers))
        html = f'{period}<table style="width:100%"><tbody>{rows}</tbody></table>'
        return {"text/plain": "\n\n".join(map(as_text, self.answers)), "text/html": html}


def _row(answer: Answer) -> str:
    definition = _line(_SMALL, answer.indicator.definition) if answer.indicator else ""
    remarks = "".join(_line(_WARN, text) for text in warnings(answer))
    return (
        f'<tr><td style="text-align:left;white-space:nowrap;vertical-align:top">{escape(name_of(answer))}</td>'
        f'<td style="text-align:right;white-space:nowrap;vertical-align:top;{_FIGURE}">'
        f"{escape(said(answer.value, unit_of(answer)))}</td>"
        f'<td style="text-align:left;vertical-align:top">{definition}{remarks}</td></tr>'
    )
