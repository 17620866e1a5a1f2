"""The figures for a form's cells: what each cell should read, and which are left because nobody can say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.tabular import FormCell
from zhengfa_stats.query import At, Expr, In, queries
from zhengfa_stats.reading.cleaning.normal import tight
from zhengfa_stats.reading.offices import is_whole
from zhengfa_stats.reading.summary import amount

_WHOLE_CITY = "全"  # 全市, 全县: everybody, whatever rows there are


@dataclass(frozen=True, slots=True)
class Settled:
    """A cell with its figure, or why it is left; `lacking`: the figure that can't be had."""

    cell: FormCell
    value: float | None
    why: str = ""
    lacking: str = ""


def settle(cells: Sequence[FormCell], desk: Desk) -> list[Settled]:
    """Count every cell; totals last, since they must be the sum of their rows."""
    found = [_counted(c, desk) for c in cells]
    return [_total(s, found, desk) if s.cell.is_total and s.value is not None else s for s in found]


def _counted(cell: FormCell, desk: Desk) -> Settled:
    if cell.expr is None:
        return Settled(cell, None, cell.why)
    value, why = desk.value(cell.expr)
    if value is None:
        return Settled(cell, None, why, cell.key)
    if not value and (absent := _absent(cell.expr, desk)):
        return Settled(cell, None, f"{absent}没有报送这类台账，不能当作0")
    return Settled(cell, value)


def _absent(expr: Expr, desk: Desk) -> str:
    """The unit or region that a cell is about, where it has sent nothing of the ledger."""
    inner = expr.of if isinstance(expr, At) else expr
    narrowed = [w for q in queries(inner) for w in (*q.where, *q.having) if isinstance(w, In) and w.terms]
    regions = {t for w in narrowed if w.field == "region" for t in w.terms}
    for ledger in {q.ledger for q in queries(inner)}:
        if regions and not regions & desk.regions_in(ledger):
            return "、".join(map(str, sorted(regions, key=str)))
    units = {str(t) for w in narrowed if w.field != "region" for t in w.terms}
    missing = desk.answer(expr).missing
    return next((u for u in sorted(units) for m in missing if m.partition("（")[0].endswith(u)), "")


def _total(settled: Settled, found: Sequence[Settled], desk: Desk) -> Settled:
    """A total is filled where it is the sum of its rows, or says 全市; else a person must say which is meant."""
    cell = settled.cell
    label = tight(cell.heads[0]) if cell.heads else ""
    if label.startswith(_WHOLE_CITY) or label == desk.city:
        return settled
    if not is_whole(label, desk.city):
        return Settled(cell, None, f"看不出“{label}”这一行是哪些行的合计")
    rows = [s for s in found if s.cell.column == cell.column and not s.cell.is_total]
    if desk.schema.indicators[cell.key].unit == "%":
        return settled if _agree(cell, found, desk) else Settled(cell, None, "表里的行不是全部单位，合计的比率没有填")
    if any(s.value is None for s in rows):
        return Settled(cell, None, "有的行没有数，合计没有填")
    total = sum(s.value or 0 for s in rows)
    if total == settled.value:
        return settled
    why = f"各行之和是{total:g}，全部单位是{settled.value:g}，看不出合计要哪一个"
    return Settled(cell, None, why)


def _agree(cell: FormCell, found: Sequence[Settled], desk: Desk) -> bool:
    """Whether the other totals of the row are the sums of their rows."""
    others = [s for s in found if s.cell.row == cell.row and desk.schema.indicators.get(s.cell.key)]
    counts = [s for s in others if s.value is not None and desk.schema.indicators[s.cell.key].unit != "%"]
    return bool(counts) and all(
        sum(r.value or 0 for r in found if r.cell.column == s.cell.column and not r.cell.is_total) == s.value
        for s in counts
    )


def stated(cell: FormCell) -> float | None:
    """The number that stands in a cell."""
    return amount(cell.now)
