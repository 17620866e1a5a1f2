"""Where the tables of a sheet are: one after another, side by side, each with the titles and notes above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import dropwhile

from zhengfa_stats.reading import marks
from zhengfa_stats.reading.glances import Glance, glances
from zhengfa_stats.reading.grid import Box, Found, Grid, kind_of, text_of
from zhengfa_stats.reading.headers_of import BAR, Head, Known, head_at, worded
from zhengfa_stats.reading.profiles import Profile, profile_of, stands_on_figures
from zhengfa_stats.reading.rows import fits, is_footer, is_total, read_roles, repeats, suspects
from zhengfa_stats.reading.sheets import Role

_LOOK = 300  # rows in which a first header is looked for
_ABOVE = 12  # non-blank rows above a header that may be its titles and notes
_TAIL = 12
_NEXT = 8  # rows between a break and the header of the table that begins after it


@dataclass(slots=True)
class Region:
    """One table as found: its header, its columns' window, and a role for each of its rows."""

    head: Head
    band: Box  # where it was looked for: its titles and notes may stand outside its columns, not outside its band
    window: Box
    roles: dict[int, Role]
    top: int = 0
    bottom: int = 0
    rows: dict[Role, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.top, self.bottom = min(self.roles), max(self.roles)
        ordered = [self.roles[row] for row in range(self.top, self.bottom + 1)]
        for role in dict.fromkeys(ordered):
            self.rows[role] = [row for row, one in enumerate(ordered, self.top) if one is role]

    def rows_of(self, *roles: Role) -> list[int]:
        """The 0-based rows that have one of these roles, in order."""
        return sorted(row for role in roles for row in self.rows.get(role, ()))


def regions_in(grid: Grid, window: Box, known: Known, split: bool = True) -> Iterator[Region]:
    """Every table within the window, from top to bottom, those side by side from left to right."""
    row, before = window.top, window.top - 1
    while row <= window.bottom:
        head = _first_head(grid, replace_top(window, row), known)
        if head is None:
            return
        bands = _bands(grid, replace_top(window, row), head, known) if split else []
        if bands:
            for band in bands:
                yield from regions_in(grid, band, known, split=False)
            row = before = max(band.bottom for band in bands) + 1
            before -= 1
            continue
        region = region_of(grid, replace_top(window, before + 1), head, known)
        yield region
        before = region.bottom
        row = before + 1


def replace_top(window: Box, top: int) -> Box:
    return Box(top, window.left, window.bottom, window.right)


def region_of(
    grid: Grid, window: Box, head: Head, known: Known, last: int | None = None, alone: bool = False
) -> Region:
    """The table under a header: its titles above, its rows down to `last`, or to where the next table begins."""
    columns = _columns_window(grid, window, head)
    profile = profile_of(grid, columns, head)
    bottom = window.bottom if last is None else last
    found = suspects(grid, profile, head.bottom + 1, bottom)
    seen = glances(grid, profile, found)
    end, pages, closely = (bottom, {}, dict(seen)) if alone else _end_of(grid, window, profile, seen, bottom, known)
    tail = range(max(head.bottom + 1, end - _TAIL), end + 1)  # footers may fill a row
    closely |= glances(grid, profile, [r for r in tail if r not in closely and r not in pages])
    roles = read_roles(grid, profile, end, closely, pages)
    return Region(head, window, columns, _above(grid, window, head) | roles)


# ── where a table begins ──────────────────────────────────────────────────────────────────────────────────────────


def _first_head(grid: Grid, window: Box, known: Known) -> Head | None:
    """The first convincing header; a later row within reach replaces one that names too few columns."""
    best: Head | None = None
    looked = 0
    for row in range(window.top, window.bottom + 1):
        looked += not grid.is_blank(row, window)
        if looked > _LOOK or (best and row > best.bottom + _reach(best)):
            break
        if best and best.top < row <= best.bottom:
            continue
        named = best is not None and best.cover >= 0.5  # only a much better one replaces it
        head = head_at(grid, window, row, known, best.score + 0.6 if best and named else BAR)
        if head and (best is None or head.score >= best.score + 0.6 or (not named and head.cover > best.cover + 0.3)):
            best = head
    return best


def _reach(head: Head) -> int:
    """How far beneath a header a better one is looked for: not far where it names most columns in usual words."""
    return 2 if head.cover >= 0.75 and head.worded >= 0.3 else _NEXT


def _above(grid: Grid, window: Box, head: Head) -> dict[int, Role]:
    """The titles and notes above a header, up to the window's top, a wide gap or too many rows."""
    rows: list[int] = []
    blank = 0
    for row in range(head.top - 1, window.top - 1, -1):
        if grid.is_blank(row, window):
            blank += 1
            if blank >= 3:
                break
            continue
        blank = 0
        rows.append(row)
        if len(rows) >= _ABOVE:
            break
    if not rows:
        return {}
    roles = dict.fromkeys(range(rows[-1], head.top), Role.BLANK)
    return roles | {row: _role_above(grid.found(row, window), head) for row in rows}


def _role_above(cells: list[Found], head: Head) -> Role:
    """Title or note: a key with its value, a date, prose, several short texts, a text at the far right are notes."""
    if not cells:
        return Role.NOTE
    first = text_of(cells[0].value)
    plain = marks.squeeze(first)
    if kind_of(cells[0].value) != "text" or len(plain) > 80 or marks.NOTE.fullmatch(plain):
        return Role.NOTE
    if cells[0].box.width == 1 and cells[0].column >= head.left + max(2, 0.7 * (head.right - head.left)):
        return Role.NOTE
    if len(cells) == 1 or cells[0].box.width > 1 or marks.TITLE_END.fullmatch(plain):
        return Role.TITLE
    return Role.NOTE


def _columns_window(grid: Grid, window: Box, head: Head) -> Box:
    """The table's columns: those that the header names, and unnamed ones at its edges that are as well filled."""
    left, right = head.left, head.right
    sample = [grid.fill(r, window) for r in range(head.bottom + 1, min(window.bottom + 1, head.bottom + 31))]
    sample = [row for row in sample if len(row) >= 2]

    def filled(column: int, share: float) -> bool:
        return bool(sample) and sum(column in row for row in sample) >= share * len(sample)

    while left > window.left and filled(left - 1, 0.5):
        left -= 1
    while right < window.right and filled(right + 1, 0.8):
        right += 1
    return Box(head.top, left, window.bottom, right)


# ── where a table ends ────────────────────────────────────────────────────────────────────────────────────────────


def _end_of(
    grid: Grid, window: Box, profile: Profile, seen: Iterable[tuple[int, Glance]], bottom: int, known: Known
) -> tuple[int, dict[int, Role], dict[int, Glance]]:
    """The last row before the next table begins, the roles of titles said again on a new page, and the rows seen."""
    pages: dict[int, Role] = {}
    closely: dict[int, Glance] = {}
    for row, glance in seen:
        closely[row] = glance
        if glance is Glance.BODY:
            continue
        again = glance is Glance.NOTHING and repeats(grid, profile, row)
        if not again and not (
            stands_on_figures(*_on_figures(grid, profile, row)) and _may_begin(grid, window, row, known)
        ):
            continue
        titles = _titles_before(grid, window, profile, row)
        if again and _same_titles(grid, window, profile, titles):
            pages |= {r: _role_above(grid.found(r, window), profile.head) for r in titles}
        elif again or _begins_table(grid, window, profile, row, titles, known):
            bottom = min(titles, default=row) - 1
            break
    return bottom, pages, {r: glance for r, glance in closely.items() if r <= bottom and r not in pages}


def _on_figures(grid: Grid, profile: Profile, row: int) -> tuple[int, int]:
    """How many texts the row has of its own in named columns of figures, and how many cells."""
    values = grid.rows[row]
    own = [values[c] for c in profile.figures if values[c] is not None and (row, c) not in grid.covered]
    return [kind_of(value) for value in own].count("text"), len(own)


def _may_begin(grid: Grid, window: Box, row: int, known: Known) -> bool:
    """Some texts of the row are worded like header names: a cheap test before the close one."""
    texts = [v for v in grid.rows[row][window.left : window.right + 1] if isinstance(v, str)]
    return len(texts) >= 2 and sum(worded(t, known) for t in texts) >= 0.2 * len(texts)


def _titles_before(grid: Grid, window: Box, profile: Profile, row: int) -> list[int]:
    """The rows right above a header that can be its titles and notes, from the uppermost on."""
    titles: list[int] = []
    for above in range(row - 1, max(profile.head.bottom, row - 1 - _NEXT), -1):
        cells = grid.found(above, window)
        if not cells:
            continue
        own = [f for f in cells if profile.window.left <= f.column <= profile.window.right]
        if len(cells) > 6 or not isinstance(cells[0].value, str) or kind_of(cells[0].value) != "text":
            break
        if fits(grid, profile, above) or is_total(grid, profile, own):
            break
        titles.append(above)
    return [*dropwhile(lambda r: _signs_off(grid, profile, r), titles[::-1])]


def _signs_off(grid: Grid, profile: Profile, row: int) -> bool:
    """The row is the footer of the table above rather than a title of the one below."""
    cells = grid.found(row, profile.window)
    return bool(cells) and is_footer(profile, cells)


def _begins_table(grid: Grid, window: Box, profile: Profile, row: int, titles: list[int], known: Known) -> bool:
    """The row is another table's header: its texts stand where this table has figures, or it is worded as one."""
    cells = grid.found(row, window)
    if len(cells) < 2:
        return False
    head = head_at(grid, window, row, known, BAR + 0.3)
    if head is None or (len(cells) < 3 and not titles):
        return False
    if head.worded >= 0.6:
        return True
    first = min(titles, default=row)
    alone = first == 0 or grid.is_blank(first - 1, window)
    on_figures, _ = _on_figures(grid, profile, row)
    strange = on_figures >= 2 or bool(titles and on_figures)
    titled = alone and any(_is_title(grid.found(r, window)) for r in titles)
    return head.worded >= 0.25 and (strange or titled)


def _is_title(cells: list[Found]) -> bool:
    """The only text of the row ends like a title (…情况表) or begins with a table's number (表二 …)."""
    text = text_of(cells[0].value)
    return len(cells) == 1 and bool(marks.TITLE_END.fullmatch(text) or marks.TABLE_NUMBER.match(text))


def _same_titles(grid: Grid, window: Box, profile: Profile, titles: list[int]) -> bool:
    """Between two like headers stands nothing but the first one's titles again, or a page's mark."""
    if not titles:
        return True
    first = {_bare(grid, window, r) for r in _above(grid, replace_top(window, 0), profile.head)}
    texts = [_bare(grid, window, r) for r in titles if _role_above(grid.found(r, window), profile.head) is Role.TITLE]
    return all(not t or t in first for t in texts)


def _bare(grid: Grid, window: Box, row: int) -> str:
    text = "".join(marks.squeeze(text_of(f.value)) for f in grid.found(row, window))
    return marks.PAGE.sub("", text)


# ── side by side ──────────────────────────────────────────────────────────────────────────────────────────────────


def _bands(grid: Grid, window: Box, head: Head, known: Known) -> list[Box]:
    """The windows of tables that stand side by side from this header on; none where there is but one table."""
    if starts := _repeated_starts(head, known):
        ends = [*(s - 1 for s in starts[1:]), window.right]
        bottom = min(_crossed(grid, window, head, s) for s in starts[1:])
        return [Box(window.top, left, bottom, right) for left, right in zip(starts, ends, strict=True)]
    for gap in _gaps(grid, window, head):
        bottom = _gap_bottom(grid, window, head, gap)
        if bottom <= head.bottom:
            continue
        bands = [Box(window.top, window.left, bottom, gap - 1), Box(window.top, gap + 1, bottom, window.right)]
        heads = [_first_head(grid, band, known) for band in bands]
        if all(heads) and _are_two(grid, bands, [h for h in heads if h]):
            right = _bands(grid, bands[1], heads[1], known) if heads[1] else []
            return [bands[0], *(right or bands[1:])]
    return []


def _repeated_starts(head: Head, known: Known) -> list[int]:
    """Where one list is printed in several columns of pages (姓名 警号 姓名 警号): the first column of each; [] if not so."""
    columns = sorted(c for c, parts in head.names.items() if parts)
    names = [head.names[c] for c in columns]
    if len(names) < 4 or columns[-1] - columns[0] + 1 != len(columns) or sum(known(n[-1]) for n in names) < len(names):
        return []
    for width in range(2, len(names) // 2 + 1):
        if len(names) % width == 0 and names == names[:width] * (len(names) // width):
            return columns[::width] if len(set(names[:width])) == width else []
    return []


def _crossed(grid: Grid, window: Box, head: Head, start: int) -> int:
    """The last row before one in which a cell is merged across the boundary left of a column."""
    for row in range(head.bottom + 1, window.bottom + 1):
        if any(f.box.left < start <= f.box.right for f in grid.found(row, window) if f.box.width > 1):
            return row - 1
    return window.bottom


def _gaps(grid: Grid, window: Box, head: Head) -> list[int]:
    """Columns without header text and cells that have content on both sides, from left to right."""
    named = {c for c, parts in head.names.items() if parts}
    filled = {c for r in range(head.top, min(head.top + 12, window.bottom + 1)) for c in grid.fill(r, window)}
    inner = range(min(filled | named) + 1, max(filled | named))
    return [c for c in inner if c not in named and grid.rows[head.bottom + 1 : head.bottom + 2] and c not in filled]


def _gap_bottom(grid: Grid, window: Box, head: Head, gap: int) -> int:
    """The last row down to which the column stays empty, cut at a blank row where something fills it later."""
    for row in range(head.top, window.bottom + 1):
        if grid.rows[row][gap] is not None or (row, gap) in grid.covered:
            while row > head.top and not grid.is_blank(row, window):
                row -= 1
            return row
    return window.bottom


def _are_two(grid: Grid, bands: list[Box], heads: list[Head]) -> bool:
    """Two headers are of two tables when they name the same things, are numbered each, titled each, or do not align."""
    one, two = heads
    names = [[parts[-1] for _, parts in sorted(h.names.items()) if parts] for h in heads]
    if min(map(len, names)) < 2 and one.top == two.top:
        return False
    if one.top != two.top:
        return min(one.worded, two.worded) >= 0.4
    if len(set(names[0]) & set(names[1])) >= 0.5 * min(map(len, names)):
        return True
    serial = [bool(marks.SERIAL.fullmatch(marks.squeeze(n[0]))) for n in names]
    titles = [_own_title(grid, band, head) for band, head in zip(bands, heads, strict=True)]
    return all(serial) or all(titles) or _last(grid, bands[0], one) != _last(grid, bands[1], two)


def _own_title(grid: Grid, band: Box, head: Head) -> bool:
    return any(grid.found(r, band) for r in range(max(band.top, head.top - 4), head.top))


def _last(grid: Grid, band: Box, head: Head) -> int:
    """The last row of an unbroken list under a header."""
    row = head.bottom
    while row < band.bottom and len(grid.fill(row + 1, band)) >= 0.6 * len(head.names):
        row += 1
    return row
