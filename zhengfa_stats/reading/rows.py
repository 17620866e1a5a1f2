"""Tells what each row beneath a header is: body, section, pre-numbered, total, footer, blank, or no part of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.glances import Glance
from zhengfa_stats.reading.grid import Box, Found, Grid, kind_of, text_of
from zhengfa_stats.reading.profiles import Profile, is_number
from zhengfa_stats.reading.sheets import Cell, Role

_CLOSE = 200  # rows that are all looked at closely


# ── one row ───────────────────────────────────────────────────────────────────────────────────────────────────────


def suspects(grid: Grid, profile: Profile, top: int, bottom: int) -> Iterator[int]:
    """Rows that may be anything but body: blank or thin ones, those after such, and those whose first texts tell.

    All other rows are body; they are told by column, not looked at.
    """
    near = top + _CLOSE
    yield from range(top, min(near, bottom + 1))
    if bottom < near:
        return
    rows = slice(near - 1, bottom + 1)
    thin, again, telling = _thin(grid, profile)[rows], _again(grid, profile)[rows], _telling(grid, profile)[rows]
    after = near if thin[0] else -1  # the row after a thin or a telling one
    for i in np.flatnonzero(thin[1:] | again[1:] | telling[1:]).tolist():
        row = near + i
        if 0 <= after < row:
            yield after
        yield row
        after = row + 1 if thin[i + 1] or not (again[i + 1] or after == row) else -1
    if 0 <= after <= bottom:
        yield after


def _thin(grid: Grid, profile: Profile) -> npt.NDArray[np.bool_]:
    """Whether each row of the sheet holds hardly anything within the table's columns."""
    columns = grid.columns[profile.window.left : profile.window.right + 1]
    return sum((column.filled for column in columns), np.zeros(grid.height, dtype=np.int64)) <= profile.thin


def _again(grid: Grid, profile: Profile) -> npt.NDArray[np.bool_]:
    """Whether each row says the first name of the header again."""
    column, name = profile.first_cells[0]
    return grid.columns[column].holds({name})


def _telling(grid: Grid, profile: Profile) -> npt.NDArray[np.bool_]:
    """Whether one of each row's first texts could make it a total or a footer."""
    left = profile.window.left
    found = np.zeros(grid.height, dtype=bool)
    for column in grid.columns[left : min(left + 4, profile.window.right + 1)]:
        if telling := marks.telling([value for value in column.values if isinstance(value, str)]):
            found |= column.holds(telling)
    return found


def is_total(grid: Grid, profile: Profile, cells: list[Found]) -> bool:
    """The row's first or second text says that it sums others up; a long text that merely holds 合计 does not."""
    texts = [f for f in cells if isinstance(f.value, str) and kind_of(f.value) == "text"][:2]
    for i, found in enumerate(texts):
        text = str(found.value)
        if marks.is_total_label(text) and (i == 0 or len(texts[0].value) <= 30):  # type: ignore[arg-type]
            return _stands_first(profile, found, cells) or len(cells) == 1
    return bool(texts) and _stands_first(profile, texts[0], cells) and _sums_its_figures(profile, texts[0], cells)


def _sums_its_figures(profile: Profile, label: Found, cells: list[Found]) -> bool:
    """The label is a total's only beside figures: 公安局小计 | 3, 共 | 2条; with its amount, only beside nothing else."""
    plain = marks.squeeze(str(label.value))
    is_split, group = marks.TOTAL_SPLIT.fullmatch(plain), marks.TOTAL_OF_GROUP.fullmatch(plain)
    if not is_split and (group is None or _has_serial(profile, cells)):
        return False  # as nearly every row: its other cells need no look
    others = [f for f in cells if f.column > label.column]
    figures = [f for f in others if _is_figure(f.value)]
    if is_split or group is None:
        return bool(figures) and len(figures) == len(others)
    if group["amount"]:
        return profile.usual > 1 and len(figures) == len(others) and not any(kind_of(f.value) == "date" for f in others)
    return len(figures) >= max(1, len(others) - 1)


def _is_figure(value: Cell) -> bool:
    """A number, or a text that is nothing but an amount: 1件."""
    return kind_of(value) != "text" or bool(marks.AMOUNT.fullmatch(marks.squeeze(text_of(value))))


def is_statistic(cells: list[Found]) -> bool:
    """The row's first text names a mean or the like: a summary row where only such follow, else data of its own."""
    first = next((f.value for f in cells if isinstance(f.value, str)), "")
    return bool(marks.STATISTIC_LABEL.fullmatch(marks.squeeze(first)))


def _has_serial(profile: Profile, cells: list[Found]) -> bool:
    return profile.numbered and any(f.column == profile.serial and is_number(f.value) for f in cells)


def _stands_first(profile: Profile, label: Found, cells: list[Found]) -> bool:
    """The label stands in one of the first columns, or nothing but a number or one text stands before it."""
    before = [f for f in cells if f.column < label.column]
    place = sum(1 for c in profile.named if c <= label.column)
    return place <= 3 or len(before) == 0 or all(kind_of(f.value) == "number" for f in before)


def is_prenumbered(grid: Grid, profile: Profile, row: int, cells: list[Found]) -> bool:
    """The row holds its serial number and nothing else, not even through a merge; or an example instead of a number."""
    if cells[0].column == profile.serial and marks.EXAMPLE.fullmatch(marks.squeeze(text_of(cells[0].value))):
        return True
    if len(cells) != 1 or cells[0].column != profile.serial or len(profile.named) < 2:
        return False
    text = text_of(cells[0].value)
    return bool(marks.ONLY_NUMBER.fullmatch(text)) and len(grid.fill(row, profile.window)) == 1


def is_section(grid: Grid, profile: Profile, row: int, cells: list[Found]) -> bool:
    """The row only names a group: merged over most columns, enumerated (一、公安局), unnumbered among numbered rows."""
    first = cells[0]
    if any(kind_of(f.value) != "text" and f.box.height == 1 for f in cells[1:]) or not isinstance(first.value, str):
        return False
    spread = sum(first.box.left <= c <= first.box.right for c in profile.named)
    merged = len(cells) == 1 and first.box.height == 1 and spread >= 2
    if merged and (profile.usual >= 3 or spread >= 0.6 * len(profile.named)):
        return True  # also 午休, merged over but some of the columns that an ordinary row fills one by one
    if len(cells) > 2 or profile.usual < 3 or first.column not in profile.named[:2]:
        return len(cells) == 1 and profile.usual == 2 and _enumerated(first) and first.column == profile.named[0]
    text = first.value.strip()
    if _reached_by_merge(grid, profile, row, cells):
        return False
    if _enumerated(first) and (len(cells) == 1 or profile.usual >= 4 or not is_number(first.value)):
        return True
    if len(cells) > 1:
        return False
    if first.column == profile.serial and not marks.ONLY_NUMBER.fullmatch(text):
        return True
    if profile.numbered and first.column != profile.serial:
        return True
    if kind_of(first.value) == "text" and profile.kinds.get(first.column, "text") != "text":
        return True
    return bool(marks.GROUPING.fullmatch(text)) or _children_indented(grid, row, first)


def _enumerated(cell: Found) -> bool:
    return isinstance(cell.value, str) and bool(marks.ENUMERATED.fullmatch(cell.value.strip()))


def _reached_by_merge(grid: Grid, profile: Profile, row: int, cells: list[Found]) -> bool:
    own = {c for f in cells for c in range(f.box.left, f.box.right + 1)}
    half = (profile.window.left + profile.window.right) // 2
    return any(c not in own and c <= half for c in grid.fill(row, profile.window))


def _children_indented(grid: Grid, row: int, cell: Found) -> bool:
    """The next row's label is indented and this one's is not."""
    if row + 1 >= grid.height:
        return False
    below, own = grid.rows[row + 1][cell.column], cell.value
    return (
        isinstance(below, str) and isinstance(own, str) and below[:1] in " \u3000\xa0" and own[:1] not in " \u3000\xa0"
    )


def is_side_note(profile: Profile, cells: list[Found]) -> bool:
    """The row's only cell is a remark merged down beside the rows to come: what it says is of no single row."""
    return (
        len(cells) == 1 and cells[0].box.height > 1 and cells[0].column not in profile.named[: len(profile.named) // 2]
    )


def is_footer(profile: Profile, cells: list[Found]) -> bool:
    """The row is worded like what stands beneath a table: 填表人：…, 注：…, 数据来源：…, 2021年6月30日 alone."""
    texts = [marks.squeeze(f.value) for f in cells if isinstance(f.value, str)]
    if not texts:
        return False
    if sum(bool(marks.SIGNED.fullmatch(t)) for t in texts) >= 2:
        return True
    if marks.SIGNED.fullmatch(texts[0]) and isinstance(cells[0].value, str):
        return len(cells) <= max(2, 0.7 * profile.usual) or (profile.numbered and not _has_serial(profile, cells))
    hits = sum(bool(marks.FOOTER.fullmatch(t)) for t in texts)
    if len(cells) == 1:
        return bool(hits) or bool(marks.NOTE.fullmatch(texts[0]) and "：" in texts[0])
    keyed = sum(t[-1] in ":：" or "：" in t for t in texts)
    if hits and (marks.FOOTER.fullmatch(texts[0]) or keyed >= 0.5 * len(texts)):
        return len(cells) <= max(2, 0.7 * profile.usual) or keyed >= 0.5 * len(texts)
    return keyed >= max(2, 0.7 * len(texts))


def fits(grid: Grid, profile: Profile, row: int) -> bool:
    """The row fills the columns as ordinary rows do, with values of the same kinds."""
    values = grid.fill(row, profile.window)
    return profile.fits({c: kind_of(value) for c, value in values.items()})


def repeats(grid: Grid, profile: Profile, row: int) -> bool:
    """The row and those after it say the header again."""
    head, values = profile.head, grid.rows[row]
    if row + head.bottom - head.top >= grid.height or not any(values[c] == v for c, v in profile.first_cells):
        return False
    return all(_same(grid, profile.window, head.top + i, row + i) for i in range(head.bottom - head.top + 1))


def _same(grid: Grid, window: Box, one: int, other: int) -> bool:
    first = {f.column: marks.squeeze(text_of(f.value)) for f in grid.found(one, window)}
    again = {f.column: marks.squeeze(text_of(f.value)) for f in grid.found(other, window)}
    return len(first) >= 2 and sum(again.get(c) == t for c, t in first.items()) >= 0.8 * max(len(first), len(again))


# ── the rows of one table ─────────────────────────────────────────────────────────────────────────────────────────


def read_roles(
    grid: Grid, profile: Profile, bottom: int, closely: Mapping[int, Glance], pages: Mapping[int, Role]
) -> dict[int, Role]:
    """The role of each row from the header to `bottom`; rows that are no part of the table are left out.

    `pages` are titles and notes said again on a new page; `closely` are the rows that may be anything but body, with
    what a glance at them tells.
    """
    head = profile.head
    roles: dict[int, Role] = {r: Role.HEADER for r in range(head.top, head.bottom + 1)}
    roles |= dict.fromkeys(range(head.bottom + 1, bottom + 1), Role.BODY)
    roles |= pages
    doubtful: list[int] = []
    glanced = {row for row, glance in closely.items() if glance is not Glance.NOTHING}
    for row in sorted(closely.keys() - glanced):
        if roles[row] is not Role.BODY:
            continue
        role = _role(grid, profile, row)
        if role is None:
            doubtful.append(row)
        elif role is Role.HEADER:
            roles |= dict.fromkeys(range(row, row + head.bottom - head.top + 1), Role.HEADER)
        else:
            roles[row] = role
    last = _last_sure(grid, profile, roles, {*doubtful}, glanced, bottom)
    _settle(grid, profile, roles, doubtful, last, bottom)
    return roles


def _role(grid: Grid, profile: Profile, row: int) -> Role | None:
    """The role that a row has by itself; None where it depends on what follows (section, footer, stray cells)."""
    cells = grid.found(row, profile.window)
    if not cells:
        return Role.BLANK
    if repeats(grid, profile, row):
        return Role.HEADER
    if is_prenumbered(grid, profile, row, cells):
        return Role.PRENUMBERED
    if is_total(grid, profile, cells):
        return Role.TOTAL
    if is_side_note(profile, cells):
        return Role.NOTE
    if is_section(grid, profile, row, cells) or is_footer(profile, cells) or is_statistic(cells):
        return None
    return Role.BODY if fits(grid, profile, row) else None


def _last_sure(
    grid: Grid, profile: Profile, roles: dict[int, Role], unsure: set[int], glanced: set[int], bottom: int
) -> int:
    """The last row of which it is sure what it is; one that was glanced at is body among others, and at the end if it fits."""
    for row in range(bottom, profile.head.bottom, -1):
        if roles[row] is Role.BLANK or row in unsure:
            continue
        if row not in glanced or roles[row] is not Role.BODY or fits(grid, profile, row):
            return row
    return profile.head.bottom


def _settle(grid: Grid, profile: Profile, roles: dict[int, Role], doubtful: list[int], last: int, bottom: int) -> None:
    """Decide the doubtful rows: sections have sure rows after them, footers and strays end the table."""
    before = [row for row in doubtful if row < last]
    for row in reversed(before):
        roles[row] = _within(grid, profile, row, roles[row + 1])
    _settle_names_only(grid, profile, roles, before)
    _settle_tail(grid, profile, roles, last, bottom)


def _within(grid: Grid, profile: Profile, row: int, below: Role) -> Role:
    """The role of a doubtful row that has sure rows after it."""
    cells = grid.found(row, profile.window)
    if is_statistic(cells):
        return Role.TOTAL if below is Role.TOTAL else Role.BODY
    if is_footer(profile, cells) and any(marks.FOOTER.fullmatch(marks.squeeze(text_of(f.value))) for f in cells):
        return Role.FOOTER
    if all(str(f.value).strip()[-1:] in ":：" for f in cells):
        return Role.SECTION
    if is_section(grid, profile, row, cells):
        return Role.SECTION
    return Role.BODY


def _settle_names_only(grid: Grid, profile: Profile, roles: dict[int, Role], rows: list[int]) -> None:
    """Where nearly every row holds one text only, those are names yet to be filled in, not sections."""
    plain = [r for r in rows if roles[r] is Role.SECTION and not _surely_section(grid, profile, r)]
    body = [*roles.values()].count(Role.BODY)
    if len(plain) > 0.6 * (len(plain) + body):
        roles |= dict.fromkeys(plain, Role.BODY)


def _surely_section(grid: Grid, profile: Profile, row: int) -> bool:
    first = grid.found(row, profile.window)[0]
    return first.box.width > 1 or _enumerated(first)


def _settle_tail(grid: Grid, profile: Profile, roles: dict[int, Role], last: int, bottom: int) -> None:
    """What follows the last sure row: rows to be filled in, then footers with their later lines, then strays."""
    in_footer, blanks = False, 0
    for row in range(last + 1, bottom + 1):
        cells = grid.found(row, profile.window)
        if not cells:
            roles[row] = Role.BLANK
            blanks += 1
            continue
        role = _tail_role(grid, profile, row, cells, in_footer, blanks, roles.get(last))
        in_footer, blanks = in_footer or role is Role.FOOTER, 0
        if role is None:
            del roles[row]
        else:
            roles[row] = role
    _close(roles)


def _tail_role(
    grid: Grid, profile: Profile, row: int, cells: list[Found], in_footer: bool, blanks: int, before: Role | None
) -> Role | None:
    first = cells[0]
    text = str(first.value).strip()
    if is_statistic(cells) and not in_footer:
        return Role.TOTAL
    if is_footer(profile, cells):
        return Role.FOOTER
    if len(cells) <= 2 and marks.NOTE.fullmatch(marks.squeeze(text_of(first.value))) and blanks < 3:
        return Role.FOOTER
    wide = first.box.width >= max(2, 0.5 * len(profile.named)) or (
        len(text) >= 25 and first.column in profile.named[:2]
    )
    if before is Role.BODY and not in_footer and blanks == 0 and _alike(grid, profile, row, cells):
        return Role.BODY
    if isinstance(first.value, str) and len(cells) <= 2 and blanks < 3:
        if in_footer and (marks.CONTINUED.fullmatch(text) or wide or first.column <= profile.window.left + 1):
            return Role.FOOTER
        if len(cells) == 1 and wide and profile.usual >= 2:
            return Role.FOOTER
    if in_footer or blanks >= 2:
        return None
    if before is Role.TOTAL:
        return None if len(cells) < 0.5 * profile.usual else Role.BODY
    own = [f for f in cells if profile.head.names.get(f.column)]
    return Role.BODY if own else None


def _alike(grid: Grid, profile: Profile, row: int, cells: list[Found]) -> bool:
    """The row fills just the columns that the row above it fills."""
    return [f.column for f in grid.found(row - 1, profile.window)] == [f.column for f in cells]


def _close(roles: dict[int, Role]) -> None:
    """End the table at its last row that holds anything; strays between that and the body stand among the footers."""
    first, end = min(roles), max(roles)
    while roles.get(end, Role.BLANK) is Role.BLANK:
        roles.pop(end, None)
        end -= 1
    for row in set(range(first, end)).difference(roles):
        roles[row] = Role.FOOTER
