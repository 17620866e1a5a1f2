"""Layout on sheets nobody wrote: the accounting holds on any soup of cells, and composed sheets come apart again."""

from __future__ import annotations

from datetime import date
from itertools import combinations, product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.foreign import roles_of
from zhengfa_stats.reading import marks, rows
from zhengfa_stats.reading.glances import Glance, glances
from zhengfa_stats.reading.grid import _kind_of_text, grid_of, kind_of, text_of
from zhengfa_stats.reading.headers_of import head_at, header_of_rows
from zhengfa_stats.reading.layout import HeaderPin, Layout, lay_out
from zhengfa_stats.reading.profiles import profile_of, stands_on_figures
from zhengfa_stats.reading.regions import _on_figures
from zhengfa_stats.reading.sheets import Cell, Role, Rows, Sheet
from zhengfa_stats.records import Range, parse_address

CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(),
    st.sampled_from(
        [
            " ",
            "序号",
            "姓名",
            "日期",
            "金额（元）",
            "合计",
            "小计：3",
            "一、公安局",
            "注：无",
            "同上",
            "〃",
            "填表人：某甲",
            "线索台账",
            "√",
            "续表",
        ]
    ),
    st.text("甲乙丙，。：:/1２ \n", max_size=8),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.integers(0, 40).map(float),
    st.dates(date(2019, 1, 1), date(2022, 1, 1)),
    st.booleans(),
)
MERGES = st.lists(
    st.tuples(st.integers(1, 9), st.integers(1, 6), st.integers(0, 3), st.integers(0, 6)).map(
        lambda m: Range(m[0], m[1], m[0] + m[2], m[1] + m[3])
    ),
    max_size=5,
)
PINS = st.one_of(
    st.none(),
    st.builds(
        HeaderPin, st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple), st.none() | st.integers(1, 14)
    ),
)


@st.composite
def soups(draw: st.DrawFn) -> Sheet:
    width = draw(st.integers(0, 7))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=14))
    return Sheet("表", rows, tuple(draw(MERGES)))


@settings(max_examples=100)
@given(soups(), PINS)
def test_every_row_is_accounted_for(sheet: Sheet, pin: HeaderPin | None) -> None:
    layout = lay_out(sheet, pin=pin)
    check_accounting(sheet, layout)
    assert layout == lay_out(sheet, pin=pin)


def check_accounting(sheet: Sheet, layout: Layout) -> None:
    inside: set[int] = set()
    for table in layout.tables:
        assert len(table.roles) == table.range.bottom - table.range.top + 1 == int(table.count())
        inside |= set(range(table.range.top, table.range.bottom + 1))
        assert all(table.range.left <= c.at <= table.range.right for c in table.columns)
        for cell, source in table.fills.items():
            assert cell != source and parse_address(cell)[0] in table.rows_of(*table.roles)
    used = {r for r, row in enumerate(sheet.rows, 1) if any(v is not None and str(v).strip() for v in row)}
    assert used - inside == set(layout.outside)


# ── composed sheets ───────────────────────────────────────────────────────────────────────────────────────────────

COLUMNS = ["姓名", "单位", "职务", "受理日期", "金额", "人数", "备注说明", "联系电话"]


def value(name: str, n: int) -> Cell:
    match name:
        case "受理日期":
            return date(2021, 1 + n % 12, 1 + n % 28)
        case "金额":
            return 100.0 + n * 7
        case "人数":
            return float(1 + n % 9)
        case "联系电话":
            return f"199{n:08d}"
        case _:
            return f"某{'甲乙丙丁戊己庚辛'[n % 8]}{'一二三四五六七'[n % 7]}"


class Page:
    """A sheet being composed: rows with the letters expected of them."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.rows: Rows = []
        self.letters: list[str] = []
        self.merges: list[Range] = []

    def add(self, letter: str, *cells: Cell) -> None:
        self.rows.append([*([None] * self.left), *cells])
        self.letters.append(letter)

    def merge(self, top: int, left: int, bottom: int, right: int) -> None:
        self.merges.append(Range(top, self.left + left, bottom, self.left + right))

    def sheet(self) -> Sheet:
        width = max(map(len, self.rows))
        return Sheet("表", [row + [None] * (width - len(row)) for row in self.rows], tuple(self.merges))


@st.composite
def composed(draw: st.DrawFn) -> tuple[Sheet, list[str]]:
    page = Page(draw(st.integers(0, 3)))
    for _ in range(draw(st.integers(0, 3))):
        page.add(".")
    for i in range(draw(st.integers(1, 2))):
        if i:
            page.add(".")
        one_table(draw, page, i)
    return page.sheet(), page.letters


def one_table(draw: st.DrawFn, page: Page, number: int) -> None:
    names = draw(st.permutations(COLUMNS))[: draw(st.integers(3, 6))]
    width = len(names) + 1
    if number or draw(st.booleans()):
        page.add("t", f"第{'一二三'[number]}类事项统计表")
        page.merge(len(page.rows), 1, len(page.rows), width)
    if draw(st.booleans()):
        page.add("n", "填报单位：某局", None, "单位：元")
    header(page, names, draw(st.booleans()))
    body(draw, page, names)
    if draw(st.booleans()):
        page.add("f", "填表人：某甲", None, "审核人：某乙")
        if draw(st.booleans()):
            page.add("f", "注：本表按月填报。")


def header(page: Page, names: list[str], grouped: bool) -> None:
    if not grouped:
        page.add("h", "序号", *names)
        return
    page.add("h", "序号", *names[:-2], "有关情况")
    page.add("h", None, *([None] * (len(names) - 2)), *names[-2:])
    row = len(page.rows)
    for column in range(1, len(names)):
        page.merge(row - 1, column, row, column)
    page.merge(row - 1, len(names), row - 1, len(names) + 1)


def body(draw: st.DrawFn, page: Page, names: list[str]) -> None:
    n = 0
    for group in range(draw(st.integers(1, 3))):
        if group or draw(st.booleans()):
            page.add("s", f"{'一二三'[group]}、{'甲乙丙'[group]}单位")
        for _ in range(draw(st.integers(2, 4))):
            n += 1
            page.add("b", float(n), *(value(name, n) for name in names))
        if draw(st.booleans()):
            page.add("=", "小计", *(n * 3.0 if name in ("金额", "人数") else None for name in names))
    for extra in range(draw(st.integers(0, 2))):
        page.add("p", float(n + 1 + extra))
    if draw(st.booleans()):
        page.add("=", "合 计", *(n * 5.0 if name in ("金额", "人数") else None for name in names))


@settings(max_examples=100)
@given(composed())
def test_composed_sheets_come_apart_again(drawn: tuple[Sheet, list[str]]) -> None:
    sheet, letters = drawn
    layout = lay_out(sheet)
    check_accounting(sheet, layout)
    assert list(roles_of(layout, len(letters))) == letters


@settings(max_examples=300)
@given(st.sampled_from(marks.ODD_TEXTS).flatmap(lambda pattern: st.from_regex(pattern, fullmatch=True)))
def test_no_odd_text_passes_for_plain(text: str) -> None:
    told = marks.squeeze(text)
    assert marks.is_plain(text) <= (not any(pattern.fullmatch(told) for pattern in marks.ODD_TEXTS))


@settings(max_examples=300)
@given(
    st.from_regex(marks.SIGNED, fullmatch=True),
    st.sampled_from(["", " ", "\u3000", "\u200b", "\ufeff \xa0", "：", ":"]),
)
def test_no_signature_is_missed(text: str, end: str) -> None:
    assert marks.signing([text + end]) == {text + end}


TELLING: list[Cell] = [
    "审核人",
    "制表人：",
    "某局：某乙",
    "合计",
    "小计3件",
    "平均",
    "示例",
    "一、某组",
    "某局",
    "序号",
    "3",
    7.0,
    None,
]


def body_of_tellers() -> Sheet:
    """Ordinary rows, and rows in every two of whose cells stands what tells of something beside the body; the rest blank, too."""
    usual: list[Cell] = [1.0, *(value(name, 1) for name in COLUMNS)]
    rows: Rows = [["序号", *COLUMNS], *([*usual] for _ in range(40))]
    for one, other in product(TELLING, TELLING):
        for at, there in combinations(range(len(usual)), 2):
            for rest in usual, [None] * len(usual):
                rows.append([one if c == at else other if c == there else v for c, v in enumerate(rest)])
    return Sheet("表", rows, (Range(50, 1, 60, 2),))


@settings(max_examples=300)
@example(body_of_tellers())
@given(soups())
def test_what_a_glance_tells_a_close_look_tells_too(sheet: Sheet) -> None:
    grid = grid_of(sheet)
    head = header_of_rows(grid, grid.whole, range(1)) if grid.rows else None
    if head is None:
        return
    profile = profile_of(grid, grid.whole, head)
    for row, glance in glances(grid, profile, range(head.bottom + 1, grid.height)):
        if glance is Glance.NOTHING:
            continue
        assert not rows.repeats(grid, profile, row)
        assert rows._role(grid, profile, row) is (Role.BODY if rows.fits(grid, profile, row) else None)
        assert rows._within(grid, profile, row, Role.BODY) is Role.BODY
        assert stands_on_figures(*_on_figures(grid, profile, row)) is (glance is Glance.OPENING)


@settings(max_examples=100)
@given(soups() | composed().map(lambda drawn: drawn[0]))
def test_a_header_given_up_early_would_not_have_been_good_enough(sheet: Sheet) -> None:
    grid = grid_of(sheet)
    for row in range(grid.height):
        head = head_at(grid, grid.whole, row, str.isalpha, -10.0)
        for least in (head.score - 0.1, head.score, head.score + 0.1) if head else ():
            found = head_at(grid, grid.whole, row, str.isalpha, least)
            assert found == (head if head and head.score >= least else None)


@settings(max_examples=500)
@given(st.text("xX× 甲Ⅷe3３٣年月.-,％%√/\u200b\n", min_size=1, max_size=6))
def test_short_cuts_tell_the_same_of_a_text(text: str) -> None:
    assert kind_of(text) == _kind_of_text(text)
    assert marks.squeeze(text) == marks.SPACES.sub("", text)
    assert text_of(text) == text.replace("\r", "").replace("\n", "").strip(" \t\u3000\xa0")
