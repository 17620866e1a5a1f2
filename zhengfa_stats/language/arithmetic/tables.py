"""Tables inside a document: their own totals against their rows and columns, and the text against them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, found, plain
from zhengfa_stats.language.arithmetic.mentions import Mention
from zhengfa_stats.language.passages import Passage
from zhengfa_stats.language.quantities.finding import find_quantities

_TOTAL, _SUBTOTAL = re.compile(words.TOTAL_HEADS), re.compile(words.SUBTOTAL)
_NO_SUM, _WITHIN = re.compile(words.NO_SUM), re.compile(words.WITHIN_ROW)
_SCOPES, _FILLERS = re.compile(words.SCOPES), re.compile(words.FILLERS)
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_NOTHING = ("", "-", "—", "——", "/", "无", "－")
_NOT_TOGETHER = re.compile(words.PERIODS + "|本期|本月|本季|累计|上期")
_ALIKE = Decimal("0.2")


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell that holds a number, or nothing (0)."""

    passage: int
    row: str
    column: str
    start: int
    end: int
    low: Decimal
    high: Decimal
    written: str


Table = dict[tuple[str, str], Cell | None]  # (row, column) → the number there; None where it can't be read


def check_tables(passages: Sequence[Passage]) -> Iterator[Finding]:
    """A 合计 row or column against what it totals; rates, ranks and means are never added."""
    for table in tables(passages):
        for column, cells in _lines(table, by_row=False):
            if not _NO_SUM.search(column):
                yield from _check_line(cells, "行", f"“{column}”一列")
        for row, cells in _lines(table, by_row=True):
            if not _NO_SUM.search(row):
                yield from _check_line(cells, "列", f"“{row}”一行")


def tables(passages: Sequence[Passage]) -> list[Table]:
    """The tables of a document: runs of passages with heads, row by row; the first place met again starts the next table."""
    made: list[Table] = []
    for run in _runs(passages):
        table: Table = {}
        for place, indices in _cells(passages, run):
            if table and place == next(iter(table)):
                made.append(table)
                table = {}
            while place in table:  # a second row of the same name (其他)
                place = (place[0] + " ", place[1])
            table[place] = _cell(passages, indices, *place)
        made.append(table)
    return made


def _cells(passages: Sequence[Passage], run: Sequence[int]) -> Iterator[tuple[tuple[str, str], list[int]]]:
    """Each cell's place with its paragraphs."""
    places = _places([passages[i].heads for i in run])
    for place, paragraphs in groupby(zip(places, run, strict=True), key=lambda pair: pair[0]):
        yield place, [i for _, i in paragraphs]


def _runs(passages: Sequence[Passage]) -> Iterator[list[int]]:
    """The indices of what stands between two passages without heads; a row's label itself has its column's head alone."""
    run: list[int] = []
    for i, passage in enumerate([*passages, Passage("", "")]):
        if passage.heads:
            run += [i] if len(passage.heads) > 1 else []
        elif run:
            yield run
            run = []


def _places(heads: Sequence[tuple[str, ...]]) -> list[tuple[str, str]]:
    """Each cell's row and column: the heads of a column are the longest end that stands under the most rows."""
    rows_of: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    for names in heads:
        for k in range(1, len(names)):
            rows_of[names[k:]].add(names[:k])
    cuts = [max(range(1, len(names)), key=lambda k: (len(rows_of[names[k:]]), -k)) for names in heads]
    return [
        ("/".join(h.strip() for h in names[:k]), "/".join(h.strip() for h in names[k:]))
        for names, k in zip(heads, cuts, strict=True)
    ]


def _cell(passages: Sequence[Passage], indices: Sequence[int], row: str, column: str) -> Cell | None:
    """The number of a cell, 0 where it is empty or says none; None where it can't be read: then its line isn't added up."""
    written = [i for i in indices if passages[i].text.strip() not in _NOTHING]
    if not written:
        return Cell(indices[0], row, column, 0, len(passages[indices[0]].text), Decimal(0), Decimal(0), "0")
    text = passages[written[0]].text
    found_in = find_quantities(text)
    if len(written) > 1 or len(found_in) != 1 or found_in[0].kind != "count":
        return None
    q = found_in[0]
    if text[: q.start].strip() or text[q.unit_end :].strip():
        return None
    half = Decimal(1).scaleb(-q.places) / 2 if q.places else Decimal(0)
    low, high = (q.value - half, q.value + half) if q.exact else (q.low, q.high)
    return Cell(written[0], row, column, q.start, q.end, low, high, q.text)


def _lines(table: Table, by_row: bool) -> list[tuple[str, list[tuple[str, Cell]]]]:
    """Columns with their cells by row, or rows with their cells by column; none with a cell that can't be read."""
    lines: dict[str, list[tuple[str, Cell | None]]] = defaultdict(list)
    for (row, column), cell in table.items():
        key, other = (row, column) if by_row else (column, row)
        if not _NO_SUM.search(other):
            lines[key].append((other, cell))
    whole = {key: [(head, cell) for head, cell in line if cell is not None] for key, line in lines.items()}
    return [(key, line) for key, line in whole.items() if len(line) == len(lines[key])]


def _check_line(cells: list[tuple[str, Cell]], name: str, where: str) -> Iterator[Finding]:
    totals = [cell for head, cell in cells if _TOTAL.search(_last(head)) and not _SUBTOTAL.search(head)]
    parts = [(head, cell) for head, cell in cells if not _TOTAL.search(_last(head)) and not _WITHIN.search(head)]
    subtotals = [cell for head, cell in cells if _SUBTOTAL.search(head)]
    units = {unit for head, _ in cells for unit in _BRACKETS.findall(head) if unit in _UNITS}
    if len(totals) != 1 or len(parts) < 2 or len(units) > 1:
        return
    whole, terms = totals[0], [cell for _, cell in parts]
    options = [terms, _without_details(terms), *([subtotals] if subtotals else [])]
    if any(_adds_up(option, whole) for option in options):
        return
    low, high = sum((c.low for c in terms), Decimal(0)), sum((c.high for c in terms), Decimal(0))
    gap = max(low - whole.high, whole.low - high)
    kind = DOUBTFUL if subtotals or gap > max(whole.high, Decimal(1)) * _ALIKE else WRONG
    says = f"表中{where}各{name}相加为{plain((low + high) / 2)}，合计写{whole.written}"
    others = tuple((c.passage, c.start, c.end) for c in terms)
    yield Finding(whole.passage, whole.start, whole.end, kind, says, "表内合计", others)


def _last(head: str) -> str:
    return head.rsplit("/", 1)[-1].strip()


def _adds_up(cells: Sequence[Cell], whole: Cell) -> bool:
    return sum(c.low for c in cells) <= whole.high and whole.low <= sum(c.high for c in cells)


def _without_details(cells: list[Cell]) -> list[Cell]:
    """A cell that the next two or more add up to is their heading: they are its details, and not added again."""
    kept: list[Cell] = []
    i = 0
    while i < len(cells):
        kept.append(cells[i])
        i += 1 + _details(cells[i], cells[i + 1 :])
    return kept


def _details(head: Cell, after: Sequence[Cell]) -> int:
    if head.high == 0:
        return 0
    low = high = Decimal(0)
    for n, cell in enumerate(after, 1):
        low, high = low + cell.low, high + cell.high
        if n > 1 and low <= head.high and head.low <= high:
            return n
        if low > head.high:
            break
    return 0


def check_text(passages: Sequence[Passage], said: Sequence[Mention]) -> Iterator[Finding]:
    """What the text says of the whole, or of a row by its name, against the table's cell of that very name."""
    cells = [cell for table in tables(passages) for cell in table.values() if cell]
    cells = [cell for cell in cells if not _NOT_TOGETHER.search(cell.column)]
    if not cells:
        return
    for m in said:
        if m.sense == "level" and not m.old and not m.opener and m.quantity.unit and m.quantity.kind == "count":
            meant = [cell for cell in cells if _names(m, cell)]
            if meant and all(c.low > m.high or m.low > c.high for c in meant):
                says = f"表中“{meant[0].row}”的“{meant[0].column}”是{meant[0].written}，文中写{m.said}"
                cell = meant[0]
                finding = found(m, [], DOUBTFUL, "文与表", says)
                yield replace(finding, others=((cell.passage, cell.start, cell.end),))


def _names(m: Mention, cell: Cell) -> bool:
    """Whether the clause is the row's and the column's name and nothing else: 公安局共接收线索 for 公安局 × 接收线索(条)."""
    units = _BRACKETS.findall(cell.column)
    if any(
        u and u in _UNITS and words.SAME_KIND.get(u, u) != words.SAME_KIND.get(m.quantity.unit, m.quantity.unit)
        for u in units
    ):
        return False
    column = re.sub("数量?$", "", _BRACKETS.sub("", cell.column).replace("/", ""))
    clause = m.clause
    if _TOTAL.search(_last(cell.row)):
        if not _SCOPES.search(clause) and not re.match("共|累计|总", clause):
            return False
    elif len(cell.row) > 1 and cell.row in clause:
        clause = clause.replace(cell.row, "")
    else:
        return False
    return len(column) > 3 and _FILLERS.sub("", clause) == _FILLERS.sub("", column)


_UNITS = frozenset({"条", "件", "人", "名", "次", "场", "篇", "项", "份", "个", "起", "人次", "件次", "万元", "元"})
