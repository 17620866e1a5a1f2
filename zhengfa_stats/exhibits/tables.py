"""One table, from the cells of an exhibit: as HTML, as a native Word table, as a formatted sheet; the same numbers in all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from zhengfa_stats.exhibits.grid import BLANK, TOTAL, Cell, Grid, counts
from zhengfa_stats.language.wording import said

if TYPE_CHECKING:
    from zhengfa_stats.excel import Page

_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
_STYLE = (
    ".zf-t{border-collapse:collapse;font:13px/1.5 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif;"
    "margin:.4em 0;border-top:2px solid #12305A;"
    "border-bottom:2px solid #12305A;break-inside:auto}"
    ".zf-t caption{caption-side:top;text-align:left;color:#12305A;font-size:15px;padding-bottom:4px;white-space:nowrap}"
    ".zf-t caption span{display:block;color:#5A6673;font-size:12px}"
    ".zf-t th,.zf-t td{padding:3px 10px;text-align:right;font-weight:400;border-bottom:1px solid #E6EAEF;"
    "font-variant-numeric:tabular-nums}"
    ".zf-t thead{display:table-header-group}.zf-t tr{break-inside:avoid}"
    ".zf-t thead th{border-bottom:1px solid #12305A;color:#12305A;vertical-align:bottom}"
    ".zf-t th:first-child{text-align:left}.zf-t .zf-w{text-align:center}"
    ".zf-t .zf-sum th,.zf-t .zf-sum td{border-top:1px solid #12305A}"
    ".zf-n{color:#5A6673;font:12px/1.6 'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif;"
    "margin:.2em 0 1em;padding:0;list-style:none}"
)


@dataclass(frozen=True, slots=True)
class Table:
    """Title, header and rows; a cell is a number, None where it can't be had, or a text.

    `units` says of each column what its numbers are: "%" for per cent, "" for plain numbers, "文" for words.
    The last `n_totals` rows are totals.
    """

    title: str
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    units: tuple[str, ...]
    notes: tuple[str, ...] = ()
    n_totals: int = 0

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": f"{self.title}（{self.caption}）"}

    # ── what stands in a cell ────────────────────────────────────────────────────────────────────────────────────

    @property
    def formats(self) -> tuple[str, ...]:
        """The number format of each column: whole numbers, or as many places as its numbers need, two at most."""
        return tuple(_format(self._column(i), unit) for i, unit in enumerate(self.units))

    def texts(self) -> list[list[str]]:
        """The cells as they are read: what Excel shows, as text."""
        places = [f.partition(".")[2].count("0") for f in self.formats]
        return [[_text(v, unit, n) for v, unit, n in zip(row, self.units, places, strict=True)] for row in self.rows]

    def _column(self, i: int) -> list[float]:
        return [v for v in (row[i] for row in self.rows) if isinstance(v, int | float)]

    # ── as HTML ──────────────────────────────────────────────────────────────────────────────────────────────────

    def html(self, *, titled: bool = True) -> str:
        """The table as HTML that can stand anywhere: no scripts, no ids, every text escaped."""
        title = f"<caption>{escape(self.title)}<span>{escape(self.caption)}</span></caption>" if titled else ""
        head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in self.header)
        texts = self.texts()
        body = "".join(self._row(row, i >= len(texts) - self.n_totals) for i, row in enumerate(texts))
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        return (
            f"<style>{_STYLE}</style><table class='zf-t'>{title}"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
            + (f"<ul class='zf-n'>{notes}</ul>" if notes else "")
        )

    def _row(self, texts: Sequence[str], is_total: bool) -> str:
        first = f"<th scope='row'>{escape(texts[0])}</th>"
        cells = (
            f"<td{' class=zf-w' if unit == '文' else ''}>{escape(text)}</td>"
            for text, unit in zip(texts[1:], self.units[1:], strict=True)
        )
        return f"<tr{' class=zf-sum' if is_total else ''}>{first}{''.join(cells)}</tr>"

    # ── as a sheet ───────────────────────────────────────────────────────────────────────────────────────────────

    def page(self, name: str = "") -> Page:
        """The table as a sheet of a workbook, with the caption above and the notes below."""
        from zhengfa_stats.excel import Page

        texts = self.texts()
        body = [max((wide(row[i]) for row in texts), default=0) for i in range(len(self.header))]
        heads = [min(wide(name), 18) for name in self.header]
        widths = [min(max(b, h, 7) + 3, 46) for b, h in zip(body, heads, strict=True)]
        return Page(
            sheet_name(name or self.title),
            self.header,
            self.rows,
            widths,
            above=(self.title, self.caption),
            notes=self.notes,
            formats=self.formats,
            n_totals=self.n_totals,
        )

    # ── in Word ──────────────────────────────────────────────────────────────────────────────────────────────────


def table_of(grid: Grid, title: str, caption: str, notes: Sequence[str], unit: str = "") -> Table:
    """The table that shows all the cells of a grid, totals last; heads name units other than `unit`."""
    header = [grid.head, *grid.columns]
    units = ["文", *("文" if grid.words else unit for unit in grid.units)]
    rows = [[name, *_values(grid, i)] for i, name in enumerate(grid.rows)]
    if grid.right is not None:
        header.append(TOTAL)
        units.append(grid.units[0])
    header += [e.name for e in grid.extras]
    units += [e.unit for e in grid.extras]
    if grid.bottom is not None:
        right = [_value(grid.corner)] if grid.right is not None else []
        rows.append([TOTAL, *map(_total, grid.bottom), *right, *(_value(e.bottom) for e in grid.extras)])
    shown = tuple("%" if u == "%" else "文" if u == "文" else "" for u in units)
    named = tuple(_with_unit(h, u, unit) for h, u in zip(header, units, strict=True))
    return Table(title, caption, named, tuple(map(tuple, rows)), shown, tuple(notes), int(grid.bottom is not None))


def _with_unit(head: str, unit: str, common: str) -> str:
    """A head with the unit of its column, where the caption does not say it, nor the head itself.

    >>> _with_unit("中位数", "天", "条"), _with_unit("参训人数", "人", ""), _with_unit("查结率", "%", "条")
    ('中位数（天）', '参训人数', '查结率')
    """
    told = unit in ("文", "", "%", common) or f"{unit}数" in head or f"（{unit}）" in head
    return head if told else f"{head}（{unit}）"


def _values(grid: Grid, i: int) -> list[str | float | None]:
    if grid.words:
        return list(grid.words[i])
    right = [_value(grid.right[i])] if grid.right is not None else []
    return [*map(_value, grid.cells[i]), *right, *(_value(e.cells[i]) for e in grid.extras)]


def _value(cell: Cell) -> str | float | None:
    """What stands in a table's cell: a whole number as such, a rate of few as its counts."""
    if cell.is_small:
        return counts(cell)
    if isinstance(cell.value, float) and cell.value.is_integer():
        return int(cell.value)
    return cell.value


def _total(cell: Cell) -> str | float | None:
    """A total; nothing where a column has none: the stocks of months do not add up."""
    return "" if cell == BLANK else _value(cell)


def _format(values: Sequence[float], unit: str) -> str:
    """Whole numbers, or as many places as they are said with; more where rounding would make a value 100 % or 0."""
    if unit == "文":
        return ""
    places = max((len(said(v, unit).rstrip("%").partition(".")[2]) for v in values), default=0)
    while unit == "%" and places < 8 and any(_rounded(v, places) in (0, 100) and v not in (0, 100) for v in values):
        places += 1
    digits = "0." + "0" * places if places else "0"
    return f'{digits}"%"' if unit == "%" else digits


def _rounded(value: float, places: int) -> Decimal:
    """A number as Excel rounds it for show."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _text(value: str | float | None, unit: str, places: int) -> str:
    """A cell as it is shown."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    return f"{_rounded(value, places):f}{'%' if unit == '%' else ''}"


# ── several tables ───────────────────────────────────────────────────────────────────────────────────────────────


def sheet_name(title: str) -> str:
    """A title as the name of a sheet: what Excel forbids left out, 31 characters at most.

    >>> sheet_name("处理/单位：职级")
    '处理 单位：职级'
    """
    return _NO_SHEET_NAME.sub(" ", title).strip()[:31] or "表"


def write_tables(path: Path, tables: Sequence[Table]) -> None:
    """All tables as one workbook, a sheet each, behind a list of them."""
    from zhengfa_stats.excel import Page, write_workbook

    names: list[str] = []
    for table in tables:
        names.append(_unlike(sheet_name(table.title), names))
    listed = [(i, name, table.caption) for i, (name, table) in enumerate(zip(names, tables, strict=True), 1)]
    contents = Page("目录", ("序号", "表", "说明"), listed, (8, 40, 60), links={1: names})
    write_workbook(path, [contents, *(table.page(name) for table, name in zip(tables, names, strict=True))])


def _unlike(name: str, others: Sequence[str]) -> str:
    """A name that no other sheet has; Excel does not tell case apart."""
    taken, n, new = {o.lower() for o in others} | {"目录"}, 1, name
    while new.lower() in taken:
        n += 1
        new = f"{name[: 30 - len(str(n))]}_{n}"
    return new


def wide(text: str) -> int:
    """The width of a text in half-width characters."""
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)
