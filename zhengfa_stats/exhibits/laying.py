"""Answers laid out as rows and columns; totals are counted as such, nothing is added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from zhengfa_stats.exhibits.counted import Count, Counted, cells_of
from zhengfa_stats.exhibits.declared import Declared
from zhengfa_stats.exhibits.grid import BLANK, Cell, Extra, Grid
from zhengfa_stats.exhibits.labels import by_value, head_of, labels_of
from zhengfa_stats.exhibits.shapes import is_time
from zhengfa_stats.query import At, Clock, Expr, Formula, Query, narrow
from zhengfa_stats.schema import Schema


def grid_of(of: Declared, found: Sequence[Counted], schema: Schema, clock: Clock, count: Count | None) -> Grid:
    """The cells of an exhibit, its totals counted where `count` is given."""
    if len(found[0].by) >= 2:
        return _crossed(of, found[0], found[1:], schema, clock, count)
    if not any(c.by or c.points for c in found):
        return _listed(of, found, count)
    return _side_by_side(of, found, schema, clock, count)


def _listed(of: Declared, found: Sequence[Counted], count: Count | None) -> Grid:
    """Single values, one below the other; in a funnel with their share of the first."""
    cells = [[c.cells().get((), BLANK)] for c in found]
    names, units = ["数量"], [of.unit]
    if of.form == "funnel" and count:
        names, units = [*names, f"占“{found[0].column.name}”的比例"], [*units, "%"]
        for one, row in zip(found, cells, strict=True):
            row.append(cells_of(count(Formula("ratio", one.answer.expr, found[0].answer.expr))).get((), BLANK))
    whys = tuple(dict.fromkeys(c.why for c in found if c.why))
    rows = tuple(c.column.name for c in found)
    return Grid(
        of.head or "项目",
        rows,
        tuple(names),
        tuple(map(tuple, cells)),
        tuple(units),
        whys=whys,
        is_funnel=len(names) > 1,
    )


def _side_by_side(of: Declared, found: Sequence[Counted], schema: Schema, clock: Clock, count: Count | None) -> Grid:
    """Several figures by the same groups, a column each."""
    by_labels = [c.cells() for c in found]
    labels = labels_of(of, found, 0, schema, clock)
    labels = by_value(labels, by_labels[0]) if of.sort == "value" else labels
    cells = tuple(
        tuple(cells.get((label,), _of_no_rows(c)) for c, cells in zip(found, by_labels, strict=True))
        for label in labels
    )
    first = next(c for c in found if c.by or c.points)
    bottom = tuple(BLANK if c.points else _total(c, count) for c in found) if of.total and count else None
    return Grid(
        head=of.head or head_of(first, 0, schema),
        rows=tuple(labels),
        columns=tuple(c.column.name for c in found),
        cells=cells,
        units=tuple(c.column.unit or of.unit for c in found),
        adds=tuple(_counts(c.answer.expr) and not c.points for c in found),
        bottom=bottom if bottom and any(c != BLANK for c in bottom) else None,
        whys=tuple(dict.fromkeys(c.why for c in found if c.why)),
        is_time=bool(first.points) or is_time(first.by[0]),
        is_ordered=of.ordered,
    )


def _crossed(
    of: Declared, one: Counted, others: Sequence[Counted], schema: Schema, clock: Clock, count: Count | None
) -> Grid:
    """One figure by two groupings, others by the first alone beside it; a third grouping gives the words of the cells."""
    values = one.cells()
    rows, columns = (labels_of(of, [one], i, schema, clock) for i in (0, 1))
    if len(one.by) > 2 and of.sort:
        rows = _last_terms_first(rows, values, labels_of(of, [one], 2, schema, clock))
    words = _words(values, rows, columns) if len(one.by) > 2 else ()
    right = bottom = None
    corner = BLANK
    if of.total and count and columns and not words:
        right_of, bottom_of = (cells_of(count(narrow(one.answer.expr, by=(by,)))) for by in one.by[:2])
        right = {label: right_of.get((label,), _of_no_rows(one)) for label in rows}
        bottom = {label: bottom_of.get((label,), _of_no_rows(one)) for label in columns}
        corner = _total(one, count)
        rows = by_value(rows, {(label,): cell for label, cell in right.items()}) if of.sort else rows
    empty = _of_no_rows(one)
    return Grid(
        head=of.head or head_of(one, 0, schema),
        rows=tuple(rows),
        columns=tuple(columns),
        cells=tuple(tuple(values.get((r, c), empty) for c in columns) for r in rows),
        units=(of.unit,) * len(columns),
        adds=(_counts(one.answer.expr),) * len(columns),
        bottom=tuple(bottom[c] for c in columns) if bottom is not None else None,
        right=tuple(right[r] for r in rows) if right is not None else None,
        corner=corner,
        extras=tuple(_extra(other, rows, count if of.total else None) for other in others),
        whys=tuple(dict.fromkeys(c.why for c in (one, *others) if c.why)),
        words=words,
        across=head_of(one, 1, schema),
        is_time=is_time(one.by[0]),
        is_time_across=is_time(one.by[1]),
        is_ordered=of.ordered or bool(one.by[1].edges),
    )


def _extra(one: Counted, rows: Iterable[str], count: Count | None) -> Extra:
    cells = one.cells()
    values = tuple(cells.get((label,), _of_no_rows(one)) for label in rows)
    return Extra(one.column.name, one.column.unit, values, _total(one, count))


def _last_terms_first(rows: Sequence[str], values: Mapping[tuple[str, ...], Cell], terms: Sequence[str]) -> list[str]:
    """Rows with the most of the last term (未报) first, then of the one before it."""
    met = Counter((labels[0], labels[2]) for labels in values)
    return sorted(rows, key=lambda row: tuple(-met[row, term] for term in reversed(terms[1:])))


def _words(
    values: Mapping[tuple[str, ...], Cell], rows: Iterable[str], columns: Iterable[str]
) -> tuple[tuple[str, ...], ...]:
    """The third label of every cell."""
    said: dict[tuple[str, str], list[str]] = {}
    for labels in values:
        said.setdefault(labels[:2], []).append(labels[2])  # type: ignore[arg-type]
    columns = tuple(columns)
    return tuple(tuple("、".join(said.get((r, c), ())) for c in columns) for r in rows)


def _total(one: Counted, count: Count | None) -> Cell:
    """The same figure ungrouped."""
    if count is None or one.why:
        return BLANK
    return cells_of(count(narrow(one.answer.expr, by=()))).get((), BLANK)


def _of_no_rows(one: Counted) -> Cell:
    """What a group without rows comes to: a count 0, a mean or a rate nothing; nothing too where a ledger is absent."""
    if one.why or one.points or not _counts(one.answer.expr):
        return BLANK
    return Cell(0)


def _counts(expr: Expr) -> bool:
    match expr:
        case Query():
            return expr.measure.kind in ("rows", "distinct", "sum")
        case At(of):
            return _counts(of)
        case Formula(op, left, right):
            return op in ("sum", "difference") and _counts(left) and _counts(right)
