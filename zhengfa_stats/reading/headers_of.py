"""Finds the header of a table: which rows it takes, how convincing it is, and what it calls each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.grid import Box, Found, Grid, kind_of, text_of
from zhengfa_stats.reading.labelness import contrast_of, is_run, labelness, reads_as_labels
from zhengfa_stats.reading.sheets import Cell

Known = Callable[[str], bool]
BAR = 2.0  # a header row of plain short texts over filled columns reaches 2.2 without any known word
_SAMPLE = 12  # body rows looked at beneath a candidate
_TALLEST = 5
_LABELLED, _TITLED = 3.0, 0.3  # what a header's own cells score at most, and what a title above it adds
_BENEATH = 2.5  # more than the rows beneath a header can add to it


@dataclass(frozen=True, slots=True)
class Head:
    """A header: its rows, its columns' names from group to leaf, and how convincing it is."""

    top: int
    bottom: int
    left: int
    right: int
    names: dict[int, tuple[str, ...]]
    score: float = 0.0
    worded: float = 0.0  # share of its cells that are worded like header names, or declared
    cover: float = 1.0  # share of the columns filled beneath it that it names


def worded(text: str, known: Known) -> bool:
    """The text is a declared header name, or worded like one."""
    return marks.is_label(text) or marks.is_period(text) or known(text)


def head_at(grid: Grid, window: Box, row: int, known: Known, least: float = 0.0) -> Head | None:
    """The header that begins at a row, be it doubtful; None when the row can begin none, or none that scores `least`."""
    cells = grid.found(row, window)
    if (
        len(cells) < 2
        or _is_note_row(cells)
        or _LABELLED + _TITLED * _under_title(grid, window, row) + _BENEATH < least
    ):
        return None
    bottom = _bottom(grid, window, row)
    head = header_of_rows(grid, window, range(row, bottom + 1))
    head = head and _scored(grid, window, head, known, least)
    return head if head and head.score >= least else None


def header_of_rows(grid: Grid, window: Box, rows: Sequence[int]) -> Head | None:
    """The header that stands in these rows, its columns named; None when they are blank."""
    rows = [*dropwhile(lambda r: not grid.found(r, window), rows)]
    spans = {
        c for r in rows for f in grid.found(r, window) for c in range(f.box.left, min(f.box.right, window.right) + 1)
    }
    if not spans:
        return None
    naming = [r for r in rows if not _numbers_columns(grid, window, r, len(spans))] or list(rows)
    names = {c: _parts(grid, window, naming, c) for c in sorted(spans)}
    return Head(rows[0], rows[-1], min(spans), max(spans), names)


# ── height ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _bottom(grid: Grid, window: Box, top: int) -> int:
    """The last row of the header that begins at `top`."""
    bottom = top
    while bottom + 1 < grid.height and bottom - top + 1 < _TALLEST:
        reach = max((f.box.bottom for f in grid.found(bottom, window)), default=bottom)
        if bottom < reach < top + _TALLEST and _may_reach(grid, window, range(top, reach + 1)):
            bottom = reach
        elif _continues(grid, window, top, bottom):
            bottom += 1
        else:
            break
    return bottom


def _may_reach(grid: Grid, window: Box, rows: range) -> bool:
    """Merged-down cells belong to a header when the rows beside them are texts too, or there is nothing beside."""
    beside = [f for r in rows[1:] for f in grid.found(r, window)]
    numbers = [f for f in beside if kind_of(f.value) == "number" and not marks.is_period(text_of(f.value))]
    return not beside or len(numbers) <= len(beside) / 2 or is_run(numbers)


def _continues(grid: Grid, window: Box, top: int, bottom: int) -> bool:
    """The next row goes on with the header: it numbers the columns, or it names the parts of groups."""
    below = grid.found(bottom + 1, window)
    above = grid.found(bottom, window)
    if not below:
        return False
    texts = [text_of(f.value) for f in below]
    if len(below) >= 0.6 * len(above) and marks.is_code_row(texts):
        return True
    if len(below) >= 3 and all(marks.UNIT_CELL.fullmatch(marks.squeeze(t)) for t in texts if t) and bottom - top < 3:
        return not _recurs(grid, window, bottom + 1, below)
    if _translates(grid, window, above, below):
        return True
    weekdays = sum(bool(marks.WEEKDAY.fullmatch(t)) for t in texts)
    if weekdays >= 5 and weekdays >= 0.7 * len(texts):
        return True
    return _names_parts(grid, window, top, above, below)


def _translates(grid: Grid, window: Box, above: list[Found], below: list[Found]) -> bool:
    """The row says the names again in Latin letters (地区 over Region, 姓名 over name), and the next row does not."""
    if len(below) < 2 or abs(len(below) - len(above)) > 1 or _share_latin(above) > 0.3 or _share_latin(below) < 0.8:
        return False
    after = next(_rows_below(grid, window, below[0].box.top, 4), None)
    return after is None or _share_latin(grid.found(after, window)) < 0.5


def _share_latin(cells: Sequence[Found]) -> float:
    return sum(bool(marks.LATIN.fullmatch(text_of(f.value))) for f in cells) / max(len(cells), 1)


def _names_parts(grid: Grid, window: Box, top: int, above: list[Found], below: list[Found]) -> bool:
    row = below[0].box.top
    if len(_titles(above)) == 1 and len(above) <= 2 and not _are_two_groups(above):
        return False
    groups = _groups(grid, window, row - 1, above)
    under = [f for f in below if any(left <= f.column <= right for left, right in groups)]
    closed = {f.column for f in above} - {c for left, right in groups for c in range(left, right + 1)}
    open_before = [f for f in below if f.column in closed and text_of(f.value) != text_of(grid.rows[row - 1][f.column])]
    largest = max((sum(left <= f.column <= right for f in below) for left, right in groups), default=0)
    if largest < 2 or open_before or not _reads_as_header(below):
        return False
    merged = any(f.box.width > 1 for f in above)
    return (merged or len(below) > 1) and not _recurs(grid, window, row, under)


def _are_two_groups(cells: list[Found]) -> bool:
    """Two merged cells that are no title with its note: 被处理人基本情况 | 处理情况."""
    notes = any(marks.NOTE.fullmatch(marks.squeeze(text_of(f.value))) for f in cells)
    return len(cells) == 2 and all(f.box.width > 1 for f in cells) and not notes


def _groups(grid: Grid, window: Box, row: int, above: list[Found]) -> list[tuple[int, int]]:
    """The spans of columns that cells of a header row stand over: by merges, else up to the next cell."""
    merged = [(f.box.left, f.box.right) for f in above if f.box.width > 1 and f.box.bottom == row]
    if any(f.box.width > 1 for f in above):
        return merged
    spans = []
    for i, cell in enumerate(above):
        end = above[i + 1].column - 1 if i + 1 < len(above) else window.right
        while end > cell.column and (
            (row, end) in grid.covered or row + 1 >= grid.height or grid.rows[row + 1][end] is None
        ):
            end -= 1
        if end > cell.column and cell.box.bottom == row and grid.rows[row + 1][cell.column] is not None:
            spans.append((cell.column, end))
    return spans


def _reads_as_header(cells: list[Found]) -> bool:
    weights = labelness(cells)
    return sum(weights) >= 0.7 * len(weights)


def _recurs(grid: Grid, window: Box, row: int, cells: list[Found]) -> bool:
    """Texts of the row come again beneath, as they do in a body of few different values."""
    seen = 0
    for below in _rows_below(grid, window, row, 6):
        values = grid.rows[below]
        seen += sum(isinstance(f.value, str) and values[f.column] == f.value for f in cells)
    return seen >= max(2, len(cells))


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(grid: Grid, window: Box, rows: Sequence[int], column: int) -> tuple[str, ...]:
    """A column's names from the uppermost row down; a merge that reaches over several rows names once."""
    parts: list[str] = []
    last_box: Box | None = None
    for i in range(len(rows)):
        cell = _over(grid, window, rows[i:], column)
        if cell is None or cell[1] == last_box:
            continue
        text, last_box = cell
        if text and (not parts or parts[-1] != text):
            parts.append(text)
    return tuple(parts)


def _over(grid: Grid, window: Box, rows: Sequence[int], column: int) -> tuple[str, Box] | None:
    """What stands over a column in the first of these rows: its cell, its merge, or an unmerged group to the left."""
    row = rows[0]
    box = grid.covered.get((row, column)) or grid.anchors.get((row, column)) or Box(row, column, row, column)
    value = grid.rows[box.top][box.left]
    if value is not None:
        return text_of(value), box
    if len(rows) == 1:
        return None
    above = grid.found(row, window)
    for left, right in _groups(grid, window, row, above):
        if left < column <= right and not any(f.box.width > 1 for f in above):
            return text_of(grid.rows[row][left]), Box(row, left, row, right)
    return None


# ── how convincing ────────────────────────────────────────────────────────────────────────────────────────────────


def _scored(grid: Grid, window: Box, head: Head, known: Known, least: float) -> Head | None:
    cells = _leaf_cells(grid, window, head)
    leaves = {f.column: head.names[f.column][-1] for f in cells if head.names.get(f.column)}
    label = _mean(labelness(cells)) + _TITLED * _under_title(grid, window, head.top)
    if label + 2.0 + _BENEATH < least:  # were all its texts known
        return None
    texts = set(leaves.values()) | {p for parts in head.names.values() for p in parts}
    share = sum(worded(t, known) for t in texts) / max(len(texts), 1)
    declared = sum(map(known, texts)) / max(len(texts), 1)
    if label + share + declared + _BENEATH < least:
        return None
    sample = [grid.fill(r, window) for r in _body_sample(grid, window, head)]
    if not sample:
        sure = label + share + declared + (0.6 if _serial_beneath(grid, head) or len(texts) >= 3 else 0.0)
        return replace(head, score=sure, worded=share)
    columns = Counter(c for row in sample for c in row)
    filled = {c for c, n in columns.items() if n >= 0.3 * len(sample)}
    cover = len(filled & leaves.keys()) / max(len(filled), 1)
    contrast = _mean([contrast_of(leaves[c], [row[c] for row in sample if c in row]) for c in leaves if c in filled])
    unique = len(set(leaves.values())) / max(len(leaves), 1)
    score = label + cover + contrast + share + declared + (0.4 if _serial_beneath(grid, head) else 0.0)
    plain = all(kind_of(f.value) == "text" for f in cells)
    score -= 0.6 * (plain and share < 0.1 and contrast < 0.25)  # neither words nor values speak for it
    score -= 0.8 * _alternates(list(leaves.values()), known)
    score -= 1.0 * all(kind_of(f.value) != "text" for f in cells)
    score -= 0.5 * (unique < 0.4) + 1.5 * _is_form(sample, known) + 0.6 * (len(leaves) < 2)
    return replace(head, score=score, worded=share, cover=cover)


def _under_title(grid: Grid, window: Box, row: int) -> bool:
    """The row above is a single text that is no note."""
    cells = grid.found(row - 1, window) if row > window.top else []
    return len(cells) == 1 and kind_of(cells[0].value) == "text" and not _is_note_row(cells)


def _leaf_cells(grid: Grid, window: Box, head: Head) -> list[Found]:
    lowest: dict[int, Found] = {}
    for row in range(head.top, head.bottom + 1):
        if row == head.top or not _numbers_columns(grid, window, row, head.right - head.left + 1):
            lowest |= {f.column: f for f in grid.found(row, window)}
    return [lowest[c] for c in sorted(lowest)]


def _alternates(texts: Sequence[str], known: Known) -> bool:
    """A label, its value, a label, its value: 姓名 某甲 职务 经理."""
    named = [known(t) or marks.is_label(t) for t in texts]
    return len(named) >= 4 and all(named[::2]) and not any(named[1::2])


def _is_form(sample: Sequence[dict[int, Cell]], known: Known) -> bool:
    """Labels stand in most rows beneath, each beside its value: a form of keys and values, no table."""
    others = 0
    for row in sample:
        others += not _is_labelled(row, known)
        if len(sample) - others < 0.7 * len(sample):
            return False
    return True


def _is_labelled(row: dict[int, Cell], known: Known) -> bool:
    texts = [text_of(v) for v in row.values() if kind_of(v) == "text"]
    names = [t for t in texts if t.endswith(("：", ":")) or (len(t) >= 2 and (marks.is_label(t) or known(t)))]
    return len(names) >= max(1, 0.34 * len(row))


def _serial_beneath(grid: Grid, head: Head) -> bool:
    """A column called 序号 (or the like) counts from 1, or goes on counting, beneath."""
    for column, parts in head.names.items():
        if parts and marks.SERIAL.fullmatch(marks.squeeze(parts[-1])):
            below = [grid.rows[r][column] for r in range(head.bottom + 1, min(head.bottom + 5, grid.height))]
            numbers = [int(v) for v in below if isinstance(v, (int, float)) and not isinstance(v, bool)]
            return bool(numbers) and (numbers[0] == 1 or (len(numbers) >= 2 and numbers[1] == numbers[0] + 1))
    return False


def _body_sample(grid: Grid, window: Box, head: Head) -> list[int]:
    """The first rows beneath a header that hold more than one value; rows with one are sections or numbers."""
    rows: list[int] = []
    own = [f.value for f in grid.found(head.top, window)]
    for row in _rows_below(grid, window, head.bottom, 4 * _SAMPLE):
        values = list(grid.fill(row, window).values())
        if values == own:
            break  # the header again
        if len(rows) >= 2 and reads_as_labels(values):
            break  # the header of a next table
        if len(values) >= 2:
            rows.append(row)
            if len(rows) == _SAMPLE:
                break
    return rows


def _rows_below(grid: Grid, window: Box, row: int, most: int) -> Iterator[int]:
    """The next non-blank rows, until three blank ones stand together."""
    blank = 0
    for below in range(row + 1, min(window.bottom + 1, row + 1 + most)):
        if grid.is_blank(below, window):
            blank += 1
            if blank >= 3:
                return
        else:
            blank = 0
            yield below


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _titles(cells: Iterable[Found]) -> list[Found]:
    return [
        f
        for f in cells
        if isinstance(f.value, str) and marks.TITLE_END.fullmatch(f.value.strip()) and len(f.value) >= 6
    ]


def _is_note_row(cells: list[Found]) -> bool:
    """Most texts of the row are notes (填报单位：…) and none of a header's names could be."""
    texts = [marks.squeeze(f.value) for f in cells if isinstance(f.value, str)]
    noted = sum("：" in t or ":" in t for t in texts)
    return bool(texts) and noted >= max(1, 0.5 * len(texts))


def _numbers_columns(grid: Grid, window: Box, row: int, width: int) -> bool:
    """The row numbers nearly all columns (甲 乙 1 2 3); days under a group number only the group's."""
    texts = [text_of(f.value) for f in grid.found(row, window)]
    return len(texts) >= 0.75 * width and marks.is_code_row(texts)
