"""Nothing private, and nothing that was not understood, is stored or said."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from tests.forms.building import build_form, config_of
from tests.forms.drawn import read_form
from zhengfa_stats.build import store

BOOKS = """
[线索.xlsx · Sheet1]
市公安局线索台账 | < | < | < | < | < | < | < | <
线索编号 | 收到日期 | 被反映人 | 举报人 | 联系电话 | 家庭住址 | 反映内容 | 办理经过 | 莫名其妙
X1 | d:2021-03-05 | 欧阳秘一 | 司徒秘二 | 13800138001 | 秘路三号 | 秘事四 | 秘事五 | 秘事六
X2 | 2021.13.5 | 秘七某 | 秘八某 | '13800138002 | 秘路九号 | 秘事十 | 秘事甲 | 秘事乙
X3 | 秘事丙 | 12秘 | 同上 | 同上 | 〃 | 〃 | 〃 | 〃
| 合计：秘事丁 | | | | | | |
填表人：秘事戊 | | 电话：13800138003
[处理.xlsx · Sheet1]
市公安局处理台账 | < | < | < | < | <
姓名 | 身份证号 | 警号 | 处理日期 | 党纪处分 | 主要违纪事实
欧阳秘一 | '110101199003074777 | 'SECRET01 | d:2021-04-01 | 党内警告 | 秘事己
诸葛秘庚、上官秘辛 | '11010119900307477X | 'SECRET02 | d:2021-04-01 | 秘事13800138004 | 秘事壬
[corrections.csv]
file,sheet,cell,was,now,reason,by,on
线索.xlsx,Sheet1,C3,欧阳秘一,欧阳秘癸,核对,某甲,2021-07-01
线索.xlsx,Sheet1,G3,秘事四,秘事子,核对,某甲,2021-07-01
"""
SECRETS = (
    "秘一",
    "秘二",
    "秘七",
    "秘八",
    "秘路",
    "秘事四",
    "秘事五",
    "秘事六",
    "秘事十",
    "秘事甲",
    "秘事乙",
    "秘事戊",
    "秘事己",
    "秘事壬",
    "秘庚",
)
SECRETS += ("秘癸", "秘事子", "13800138", "110101", "SECRET0", "12秘")  # fmt: skip


def test_no_private_value_is_stored_or_said(tmp_path: Path) -> None:
    (tmp_path / "form.txt").write_text(BOOKS, "utf-8")
    built = build_form(read_form(tmp_path / "form.txt"), tmp_path)
    store(built, tmp_path / "out", config_of(""))
    said = [repr(frame.to_dict("records")) for frame in built.frames.values()]
    said += [repr(built.changes.to_pylist()), repr(built.problems), repr(built.columns)]
    for sheet in load_workbook(tmp_path / "out" / "problems.xlsx").worksheets:
        said += [repr(row) for row in sheet.iter_rows(values_only=True)]
    assert len(built.frames["clues"]) == 3 and len(built.frames["cases"]) == 3
    for secret in SECRETS:
        assert not [text for text in said if secret in text], secret


NAMED = """
[线索.xlsx · Sheet1]
市公安局线索台账 | < | < | < | < | <
线索编号 | 收到日期 | 被反映人 | 举报人 | 线索来源 | 被反映人单位
X1 | d:2021-03-05 | 欧阳震华 | 王小丫 | 群众王小丫来信 | 市公安局欧阳震华
[处理.xlsx · Sheet1]
市公安局处理台账 | < | < | <
姓名 | 职务 | 处理日期 | 党纪处分
令狐小冲 | 令狐小冲副所长 | d:2021-04-01 | 给予令狐小冲党内警告处分
"""


def test_names_are_hidden_where_they_do_not_belong(tmp_path: Path) -> None:
    (tmp_path / "form.txt").write_text(NAMED, "utf-8")
    built = build_form(read_form(tmp_path / "form.txt"), tmp_path)
    said = repr([*built.problems, built.changes.to_pylist(), *(f.to_dict("records") for f in built.frames.values())])
    assert not [name for name in ("欧阳震华", "王小丫", "令狐小冲") if name in said]
    assert "群众某人来信" in said and built.frames["cases"]["post"].tolist() == ["某人副所长"]
