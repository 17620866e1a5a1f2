"""Stored ledgers as people look at them: Chinese labels on request, what each column holds, the first rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from zhengfa_stats.schema import Field, Ledger, Schema

_HEAD, _WIDE = 5, 9  # rows and columns
_ORIGIN: Mapping[str, str] = {
    "sender": "报送单位",
    "region": "区划",
    "source_file": "文件",
    "source_sheet": "工作表",
    "source_row": "行",
    "data_as_of": "截至",
}
_PLACE = ("报送单位", "文件", "工作表", "行", "截至")
_KINDS: Mapping[str, str] = {
    "code": "编号", "text": "文字", "date": "日期", "number": "数", "flag": "是否", "term": "规范用词",
    "persons": "人员代号", "unit": "单位",
}  # fmt: skip
_SMALL = "font-size:.88em;opacity:.8;margin:.2em 0"
_WARN = "color:#A23B2A;margin:.2em 0"


def labelled(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The frame under Chinese headers, values as they are; pseudonyms and what the program notes for itself are left out."""
    names = _labels(ledger)
    return frame[[name for name in names if name in frame]].rename(columns=names)


def _labels(ledger: Ledger) -> dict[str, str]:
    fields = {f.id: f.name for f in ledger.stored if not f.is_secret}
    return {**fields, **{name: label for name, label in _ORIGIN.items() if name not in fields}}


def columns(ledger: Ledger, schema: Schema) -> pd.DataFrame:
    """What each column of a ledger's frame holds."""
    rows = [(f.id, f.name, _KINDS[f.kind], _holds(f, schema)) for f in ledger.stored]
    rows += [(name, label, "来源", "") for name, label in _ORIGIN.items() if name not in ledger.fields]
    return pd.DataFrame(rows, columns=["列名", "中文名", "类型", "取值"]).set_index("列名")


def _holds(f: Field, schema: Schema) -> str:
    """The terms of a field's vocabulary at its top level; that a cell holds several."""
    terms = schema.vocabularies[f.vocabulary].terms if f.vocabulary else ()
    tops = [term.name for term in terms if not term.parent]
    shown = "、".join(tops[:8]) + ("……" if len(tops) > 8 else "")
    return f"{shown}{'（一格可有几个）' if f.many else ''}"


@dataclass(frozen=True)
class Preview:
    """The first rows of a ledger under Chinese headers; of a ledger that is not there, that it is not."""

    ledger: Ledger
    frame: pd.DataFrame | None

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        if self.frame is None:
            said = f"没有《{self.ledger.name}》的数据，依靠它的数、图和表无法得出；收到后放进 data/raw，重新运行即可。"
            return {"text/plain": said, "text/html": f'<div style="{_WARN}">{escape(said)}</div>'}
        head = _telling(labelled(self.frame.head(_HEAD), self.ledger))
        said = f"《{self.ledger.name}》共{len(self.frame)}行，来自{self.frame['sender'].nunique()}个报送单位；前{len(head)}行："
        more = f"全部各列：city.labelled({self.ledger.id!r})；各列的含义：city.columns({self.ledger.id!r})"
        html = f'<div style="{_SMALL}">{escape(said)}</div>{table_html(head)}<div style="{_SMALL}">{escape(more)}</div>'
        return {"text/plain": f"{said}\n{head.to_string(index=False)}", "text/html": html}


def _telling(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns that hold anything, so many as fit a page."""
    held = [name for name in frame.columns if name not in _PLACE and any(map(said, frame[name]))]
    return frame[held[:_WIDE]]


def table_html(frame: pd.DataFrame) -> str:
    """A frame as a plain table: everything escaped, blanks empty, no index, no style of its own."""
    head = "".join(f"<th>{escape(str(name))}</th>" for name in frame.columns)
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in frame.itertuples(index=False, name=None))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cells(row: Sequence[Any]) -> Iterator[str]:
    for value in row:
        text = said(value)
        align = (
            ' style="text-align:right"'
            if text and isinstance(value, int | float) and not isinstance(value, bool)
            else ""
        )
        yield f"<td{align}>{escape(text)}</td>"


def said(value: Any) -> str:
    """A stored value as a person writes it.

    >>> said(pd.Timestamp("2021-03-05")), said(True), said(3.0), said(None), said(["甲", "乙"])
    ('2021-03-05', '是', '3', '', '甲、乙')
    """
    if hasattr(value, "tolist"):  # numpy's own, one value or several
        value = value.tolist()
    if isinstance(value, list):
        return "、".join(map(said, value))
    if pd.isna(value):
        return ""
    match value:
        case bool():
            return "是" if value else "否"
        case pd.Timestamp():
            return f"{value:%Y-%m-%d}"
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def accounting(sheets: Sequence[Mapping[str, Any]], schema: Schema) -> pd.DataFrame:
    """Every table that was read, with where its records went; they add up."""
    rows = [
        (s["file"], s["sheet"], schema.ledgers[t["ledger"]].name, *(t[name] for name in _WENT))
        for s in sheets
        for t in s["tables"]
        if t["ledger"]
    ]
    places = ["文件", "工作表", "台账"]
    return pd.DataFrame(rows, columns=[*places, *_WENT.values()]).set_index(places)


_WENT: Mapping[str, str] = {
    "records": "记录",
    "kept": "计入",
    "merged": "重复并入",
    "superseded": "被新版替代",
    "set_aside": "没有作为记录",
}
