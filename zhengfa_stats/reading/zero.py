"""Zero reports: rows and sheets that only say that there is nothing to report, which is a report too."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import chain

import numpy as np

from zhengfa_stats.reading.body import Body
from zhengfa_stats.reading.cleaning.normal import is_nothing, tight
from zhengfa_stats.reading.evidence import Texts, named_by
from zhengfa_stats.reading.headers import tidy
from zhengfa_stats.reading.sheets import Cell, Role, Sheet, Table
from zhengfa_stats.records import Range
from zhengfa_stats.schema import Schema

_LABEL = re.compile(r"^(?:注|备注|说明|附注|情况说明)[:：]?")
_EDGES = re.compile(r"^[(（“\"《【\[]+|[)）”\"》】\]。.!！;；,，]+$")
_HINT = re.compile("[无没未零]")
_LONGEST = 40  # characters of a statement
_LETTER = 8  # texts of a letter
_BARE = r"(?:按|为|实行|报送|作|以)?“?零”?报[告送](?:处理|上报|报送)?"
_WHEN = (
    r"截[至止]|到?目前(?:为止)?|至今|\d{2,4}年度?|\d{1,2}(?:[-—~至到]\d{1,2})?月份?[底末]?|\d{1,2}[日号]|[上下]半年|第?[一二三四1-4]季度|"
    r"统计期内?|期[间内]|[本该当上](?:期|月份?|季度?|年度?|半年|周|旬|次)"
)
_WHO = r"(?:我|本|该|全|辖区|所属|下属)?(?:各?单位|部门|机关|系统|分?局|院|委|办|县|区|市|所|支队|大队|中心|监狱|队伍)|[内均尚暂都也]|暂时"
_DOES = r"新增加?|新收|新的?|增加|发生|收到|接到|接收|发现|开展|出现|涉及|应|须|需要?|有|任何|其他|此|该|这|相关|有关|类|项|上述|以上|符合|受到?|可"
_WHAT = (
    r"线索|举报件?|信访|来信|来访|案件|情况|情形|内容|事项|问题|人员|干警|民警|数据|记录|活动|会议|制度|文件|培训|轮训|教育|任务|整改|工作|处理|处分|"
    r"受理|登记|在办|办理|查处|制[定订]|出台|印发|组织|举办|召开|移送|报送|上报|填报|变化|违纪|违法|违规|信息|材料|报告|政法|[的和及或人件条项次名等]"
)
_NOT = (
    rf"(?:无|没有|零)(?:{_DOES}|{_WHAT})*|未(?:发生|收到|接到|发现|出现|开展)(?:{_DOES}|{_WHAT})*|"
    rf"未(?:{_DOES}|制[定订]|出台|印发|组织|举办|召开|受理|移送)(?:{_DOES}|{_WHAT})+"
)
_SAYS = re.compile(rf"(?:{_WHEN}|{_WHO}|[,，:：])*(?:(?:{_NOT})(?:[,，;；。、]|$))*(?:{_BARE}|特此(?:报告|说明))?")


def says_nothing(text: str) -> bool:
    """Whether a text as a whole says that there is nothing to report; a bare 无 does, a dash does not.

    >>> [says_nothing(t) for t in ("无", "零报告", "本月无新增线索", "本单位无此类情况。", "2021年6月未收到线索，零报告")]
    [True, True, True, True, True]
    >>> [says_nothing(t) for t in ("", "/", "无锡市公安局", "未按规定回避", "无人机巡查制度")]
    [False, False, False, False, False]
    """
    if len(text) > _LONGEST or not _HINT.search(text):
        return False
    plain = _EDGES.sub("", _LABEL.sub("", _EDGES.sub("", tight(text))))
    return bool(_HINT.search(plain) and _SAYS.fullmatch(plain))


def zero_rows(body: Body, columns: Sequence[int], units: Collection[int]) -> dict[int, str]:
    """The body rows that only say that there is nothing, each with the unit of which it says so ("" where none is named).

    `columns` are the table's, `units` those that hold the reporting unit; besides, such a row may be numbered.
    """
    others = [at for at in columns if at not in units]
    found = {}
    for row in _likely(body, others):
        cells = body.rows[row - 1]
        named = [cell for at in units if (cell := cells[at - 1]) is not None]
        told = [cell for cell in named if isinstance(cell, str) and says_nothing(cell)]  # 本单位无此类情况
        if _only_zero(chain(told, (cells[at - 1] for at in others))):
            found[row] = next((str(cell).strip() for cell in named if cell not in told), "")
    return found


def _likely(body: Body, columns: Iterable[int]) -> list[int]:
    """The rows that no cell rules out; columns of few values are asked first: after one or two hardly any row is left."""
    likely = np.ones(len(body.at), dtype=bool)
    for column in sorted((body.column(at) for at in columns), key=lambda column: len(column.values)):
        likely &= np.array([*map(_may_be_zero, column.values), True])[column.index]
        if not likely.any():
            return []
    return [int(row) for row in body.at[likely]]


def _may_be_zero(cell: Cell) -> bool:
    """TRUE may: it stands for 1 where both are in a column."""
    is_serial = cell is True or _is_serial(cell)
    return is_serial or _is_zero(cell) or (isinstance(cell, str) and says_nothing(tight(cell)))


def _tight(cell: Cell) -> str:
    return tight(cell) if isinstance(cell, str) else ""


def _is_zero(cell: Cell) -> bool:
    return cell == 0 or (isinstance(cell, str) and is_nothing(tight(cell)))


def _only_zero(cells: Iterable[Cell]) -> bool:
    """A cell says in words that there is nothing, or 无 stands first; the others are blank, dashes or noughts.

    Stops at the first cell that says anything else, which nearly every row's first cell does.
    """
    is_first, says = True, False
    for cell in cells:
        if cell is None or (is_first and _is_serial(cell)):
            continue
        text = _tight(cell)
        if text and says_nothing(text):
            says = says or is_first or not is_nothing(text)
        elif not _is_zero(cell):
            return False
        is_first = False
    return says


def _is_serial(cell: Cell) -> bool:
    if isinstance(cell, str):
        text = cell.strip()
        return text.isdecimal() and len(text) < 4
    return isinstance(cell, int | float) and not isinstance(cell, bool) and 0 <= cell < 1000 and cell == int(cell)


# ── a letter instead of a form ────────────────────────────────────────────────────────────────────────────────────


def letter_of(sheet: Sheet) -> Table:
    """A sheet without a table, as one whose texts all stand above it: the first is the title, the others are notes."""
    texts = [cell.strip() for row in sheet.rows for cell in row if isinstance(cell, str) and cell.strip()]
    height, width = len(sheet.rows), max(map(len, sheet.rows), default=1)
    roles = (Role.TITLE, *(Role.NOTE,) * (height - 1))
    return Table(Range(1, 1, height, width), roles, (), "".join(texts[:1]), tuple(texts[1:]))


def zero_letter(letter: Table, sheet: Sheet, file: str, schema: Schema) -> str:
    """The one ledger of which a short letter says that there is nothing to report; "" where it says no such thing."""
    texts = [letter.title, *letter.notes]
    sentences = [part for text in texts for part in re.split(r"[。；;:：\n]|台账|[，,](?=零报告)", text)]
    if len(texts) > _LETTER or not any(len(s.strip()) > 1 and says_nothing(s) for s in sentences):
        return ""
    stem = file.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    around = Texts(tidy("".join(texts)), tidy(sheet.name), (), tidy(stem))
    named = [ledger.id for ledger in schema.ledgers.values() if named_by(ledger, around)]
    return named[0] if len(named) == 1 else ""
