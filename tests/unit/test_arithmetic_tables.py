"""Tables in documents: totals against rows and columns, text against cells; and partitions that the definitions declare."""

from __future__ import annotations

from collections.abc import Sequence

from zhengfa_stats.language.arithmetic import DOUBTFUL, WRONG, check
from zhengfa_stats.language.passages import Passage
from zhengfa_stats.language.quantities.finding import find_quantities

Rows = Sequence[tuple[str, Sequence[str]]]


def table(columns: Sequence[str], rows: Rows) -> list[Passage]:
    return [
        Passage(f"表1 {row} {column}", text, (row, column))
        for row, texts in rows
        for column, text in zip(columns, texts, strict=True)
    ]


def found(passages: Sequence[Passage]) -> list[tuple[str, str, str]]:
    texts = [p.text for p in passages]
    return [(texts[f.passage][f.start : f.end], f.kind, f.says) for f in check(passages)]


COLUMNS = ("接收线索（条）", "已查结", "查结率", "合计")
GOOD: Rows = [
    ("公安局", ("120", "80", "66.7%", "200")),
    ("法院", ("60", "40", "66.7%", "100")),
    ("检察院", ("—", "27", "", "27")),
    ("合计", ("180", "147", "81.7%", "327")),
]


def test_a_table_that_adds_up_is_left_alone() -> None:
    assert found(table(COLUMNS, GOOD)) == []


def test_a_total_that_its_rows_do_not_make_is_found() -> None:
    rows = [*GOOD[:3], ("合计", ("180", "174", "81.7%", "354"))]
    assert found(table(COLUMNS, rows)) == [
        ("174", WRONG, "表中“已查结”一列各行相加为147，合计写174"),
        ("354", WRONG, "表中“合计”一列各行相加为327，合计写354"),
    ]


def test_a_total_column_is_checked_along_its_rows() -> None:
    rows = [("公安局", ("120", "80", "66.7%", "210")), *GOOD[1:3], ("合计", ("180", "147", "81.7%", "337"))]
    assert [text for text, _, _ in found(table(COLUMNS, rows))] == ["210", "337"]


def test_details_under_a_heading_and_其中_are_not_added_twice() -> None:
    rows = [
        ("公安系统", ["50"]),
        ("派出所", ["30"]),
        ("交警", ["20"]),
        ("法院系统", ["20"]),
        ("其中：基层法院", ["15"]),
        ("合计", ["70"]),
    ]
    assert found(table(["处理人数"], rows)) == []


def test_subtotals_make_the_total() -> None:
    rows = [("甲县", ["5"]), ("乙县", ["7"]), ("小计", ["12"]), ("丙区", ["8"]), ("小计", ["8"]), ("合计", ["20"])]
    assert found(table(["件数"], rows[:3] + rows[3:4] + rows[5:])) == []


def test_rates_ranks_and_last_year_are_never_added() -> None:
    columns = ("满意度", "排名", "上年同期", "人均办案")
    rows = [("甲县", ("98", "1", "5", "30")), ("乙县", ("96", "2", "6", "40")), ("合计", ("97", "1", "11", "35"))]
    assert found(table(columns, rows)) == []


def test_two_tables_one_after_the_other_are_kept_apart() -> None:
    one = table(["件数"], [("甲", ["1"]), ("乙", ["2"]), ("合计", ["3"])])
    two = table(["件数"], [("甲", ["4"]), ("乙", ["5"]), ("合计", ["10"])])
    assert found(one + two) == [("10", WRONG, "表中“件数”一列各行相加为9，合计写10")]


def test_the_text_is_held_against_the_table() -> None:
    cells = table(COLUMNS, GOOD)
    assert found([Passage("", "全市共接收线索180条，公安局接收线索120条。"), *cells]) == []
    assert found([Passage("", "全市共接收线索108条，公安局接收线索120条。"), *cells]) == [
        ("108", DOUBTFUL, "表中“合计”的“接收线索（条）”是180，文中写108条")
    ]
    assert found([Passage("", "公安局接收线索12条。"), *cells])[0][:2] == ("12", DOUBTFUL)


def test_other_units_and_other_words_are_not_held_against_the_table() -> None:
    cells = table(COLUMNS, GOOD)
    assert found([Passage("", "全市共接收线索108人次，公安局接收群众举报线索12条。"), *cells]) == []


TOTALS = [("总", "处级", "科级", "一般")]


def keyed(text: str, *keys: str) -> dict[tuple[int, int], str]:
    return {(0, q.start): key for q, key in zip(find_quantities(text), keys, strict=True) if key}


def test_a_declared_partition_fully_cited_must_add_up() -> None:
    text = "共处理干警53人，处级3人，科级12人，一般干警41人。"
    (finding,) = check([Passage("", text)], keyed(text, "总", "处级", "科级", "一般"), TOTALS)
    assert (text[finding.start : finding.end], finding.kind) == ("53", WRONG)
    assert finding.says == "3＋12＋41＝56，文中写53"
    assert [text[start:end] for _, start, end in finding.others] == ["3", "12", "41"]


def test_a_declared_partition_partly_cited_may_fall_short_but_not_exceed() -> None:
    text = "共处理干警53人，科级12人，一般干警30人。"
    assert check([Passage("", text)], keyed(text, "总", "科级", "一般"), TOTALS) == ()
    text = "共处理干警53人，科级32人，一般干警30人。"
    assert [f.kind for f in check([Passage("", text)], keyed(text, "总", "科级", "一般"), TOTALS)] == [WRONG]


def test_a_key_cited_with_two_numbers_is_left_out() -> None:
    text = "共处理干警53人，科级12人，上月科级9人，一般干警41人，处级3人。"
    assert check([Passage("", text)], keyed(text, "总", "科级", "科级", "一般", "处级"), TOTALS) == ()


def test_merged_row_labels_and_two_rows_of_heads() -> None:
    rows = [("政法", "公安局", ("12", "3")), ("政法", "法院", ("5", "2")), ("其他", "司法局", ("3", "1"))]
    cells = [
        Passage("", text, (group, row, "线索", column))
        for group, row, texts in rows
        for column, text in zip(("收到", "查结"), texts, strict=True)
    ]
    good = [
        Passage("", text, ("合计", "线索", column)) for column, text in zip(("收到", "查结"), ("20", "6"), strict=True)
    ]
    assert found([*cells, *good]) == []
    bad = [
        Passage("", text, ("合计", "线索", column)) for column, text in zip(("收到", "查结"), ("20", "9"), strict=True)
    ]
    assert [text for text, _, _ in found([*cells, *bad])] == ["9"]


def test_a_row_s_own_label_and_empty_paragraphs_do_not_part_a_table() -> None:
    cells: list[Passage] = []
    for row, text in (("甲县", "5"), ("乙县", "7"), ("合计", "13")):
        cells += [Passage("", row, ("单位",)), Passage("", "", (row, "件数")), Passage("", text, (row, "件数"))]
    assert [text for text, _, _ in found(cells)] == ["13"]


def test_a_line_with_a_cell_that_cannot_be_read_is_not_added_up() -> None:
    assert found(table(["件数"], [("甲县", ["5（含旧存2）"]), ("乙县", ["7"]), ("合计", ["13"])])) == []
    assert found(table(["件数"], [("甲县", ["***"]), ("乙县", ["7"]), ("合计", ["13"])])) == []


def test_two_rows_of_one_name_are_two_rows() -> None:
    rows = [("甲县", ["5"]), ("其他", ["1"]), ("乙县", ["7"]), ("其他", ["2"]), ("合计", ["15"])]
    assert found(table(["件数"], rows)) == []
