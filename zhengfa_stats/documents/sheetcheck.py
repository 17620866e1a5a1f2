"""An .xlsx form verified: each cell against the data, each total against its rows; and a copy with notes on the cells."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.formfill import Settled, settle, stated
from zhengfa_stats.documents.judging import Judged
from zhengfa_stats.documents.package import read_by
from zhengfa_stats.documents.prosecheck import check
from zhengfa_stats.documents.sheetnotes import with_notes_of
from zhengfa_stats.documents.sheets import open_book, passages_of
from zhengfa_stats.documents.tabular import Form, FormCell, Spot, read_form
from zhengfa_stats.language.quantities.finding import agrees, find_quantities
from zhengfa_stats.language.wording import said
from zhengfa_stats.reading.cleaning.normal import tight
from zhengfa_stats.reading.offices import is_whole
from zhengfa_stats.records import address
from zhengfa_stats.schema import Schema

_AUTHOR = "政法统计"


def check_workbook(data: bytes, file: str, desk: Desk | None, schema: Schema) -> list[Judged]:
    """The verdicts on all figures of a workbook, those in sentences first."""
    book = open_book(data, file)
    passages, _ = passages_of(book)
    found = check(passages, {}, desk, schema)
    city = desk.city if desk else ""
    for n, sheet in enumerate(book.sheets):
        form = read_form(sheet, file, schema, city, desk, book.formulas.get(sheet.name, ()))
        percents = book.percents.get(sheet.name, set())
        found += [j.at_place(j.where, (n, *j.at[1:])) for j in judge_cells(form, desk, schema, sheet.name, percents)]
    return found


def judge_cells(
    form: Form, desk: Desk | None, schema: Schema, name: str, percents: Collection[Spot]
) -> Iterator[Judged]:
    """The verdicts on the cells of a form that hold a number."""
    settled = settle(form.cells, desk) if desk else [Settled(c, None, c.why) for c in form.cells]
    for s in settled:
        now = stated(s.cell)
        if now is None or s.cell.now is None:
            continue
        unit = schema.indicators[s.cell.key].unit if s.cell.key else ""
        shown = 100 * now if unit == "%" and (s.cell.row, s.cell.column) in percents else now
        verdict, why, instead = _verdict(s, shown, unit, form)
        yield Judged(
            where=f"{name}!{address(s.cell.row, s.cell.column)}",
            context=s.cell.context,
            stated=said(shown, unit if unit == "%" else ""),
            key=s.cell.key or None,
            actual=s.value,
            verdict=verdict,
            why=why,
            write_instead=instead,
            expr=s.cell.expr,
            unit=unit,
            at=(0, s.cell.row, s.cell.column),
        )


def _verdict(s: Settled, now: float, unit: str, form: Form) -> tuple[str, str, str]:
    """The verdict on a cell, why, and what to write instead; a total that agrees with the data stands."""
    sums = _does_not_add_up(s.cell, now, form)
    if s.value is None:
        return ("does_not_add_up", sums, "") if sums else ("unbound", s.why or "没有数据可比", "")
    right = said(s.value, unit if unit == "%" else "")
    if _agrees(now, s.value, unit):
        return "match", "", right
    why = f"表中{said(now, unit if unit == '%' else '')}，按数据是{right}"
    return "differs", f"{why}；{sums}" if sums else why, right


def _agrees(now: float, value: float, unit: str) -> bool:
    """The same number; a rate at the precision stated."""
    if unit != "%":
        return abs(now - value) < 1e-6
    quantities = find_quantities(f"{now:.10g}%")
    return bool(quantities) and agrees(quantities[0], value)


def _does_not_add_up(cell: FormCell, now: float, form: Form) -> str:
    """A total that is not the sum of the rows above it or below it."""
    label = tight(cell.heads[0]) if cell.heads else ""
    if not cell.is_total or not is_whole(label, "") or label.startswith("全") or "率" in cell.context:
        return ""
    rows = [stated(c) for c in form.cells if c.column == cell.column and not c.is_total]
    addends = [v for v in rows if v is not None]
    if len(addends) < 2 or len(addends) < len(rows) or abs(sum(addends) - now) < 1e-6:
        return ""
    return f"合计写的是{now:g}，各行之和是{sum(addends):g}"


def mark_workbook(data: bytes, file: str, found: Sequence[Judged], desk: Desk | None, everything: bool) -> bytes:
    """A copy with a note on each cell that is wrong or doubtful."""
    notes: dict[str, list[str]] = {}
    for j in found:
        if j.is_marked(everything):
            notes.setdefault(j.where, []).extend(j.note(desk))
    if not notes:
        return data
    noted = read_by(lambda: _noted(data, notes, keep_vba=file.lower().endswith(".xlsm")), file)
    return with_notes_of(data, noted, {where.rpartition("!")[0] for where in notes}, file)


def _noted(data: bytes, notes: Mapping[str, Sequence[str]], *, keep_vba: bool) -> bytes:
    from openpyxl import load_workbook
    from openpyxl.comments import Comment

    book = load_workbook(io.BytesIO(data), keep_vba=keep_vba)
    for where, lines in notes.items():
        name, _, spot = where.rpartition("!")
        comment = Comment("\n".join(lines), _AUTHOR, height=180, width=360)
        book[name][spot].comment = comment
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
