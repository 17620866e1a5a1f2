"""Clue workbooks at size: 100,000 rows in one file, or many small files."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from tests.city import names as n
from tests.city.messy import DATE_FORMS, Value, serial
from tests.city.people import new_name
from tests.city.write import zipped

HEADERS = (
    "序号",
    "线索编号",
    "收到时间",
    "线索来源",
    "被反映人",
    "被反映人单位",
    "职级",
    "问题类别",
    "承办单位",
    "办理状态",
    "办结时间",
    "处置方式",
    "查实情况",
    "备注",
)
_TEXT_FORMS = ("iso", "slash", "dot", "year", "compact")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def clue_workbook(
    path: Path, n_rows: int = 100_000, seed: int = 1, n_names: int = 40_000, first: int = 1
) -> dict[str, float]:
    """Write one clue workbook of 14 columns and return its truth for 2021-01-01 … 2021-06-30.

    Names repeat (40,000 of them), remarks hardly ever; the column of receipt mixes real dates and text. Every row is
    a clue of its own, numbered from `first`.
    """
    rng = random.Random(f"{seed}/{first}")
    taken: set[str] = set()
    people = [new_name(rng, taken) for _ in range(min(n_names, n_rows))]
    truth = {"线索.收到": 0.0, "线索.查结": 0.0}
    path.write_bytes(_workbook(_rows(rng, people, n_rows, first, truth)))
    return truth


def clue_folder(folder: Path, n_files: int = 500, n_rows: int = 200, seed: int = 1) -> dict[str, float]:
    """Many small clue workbooks that share no number; returns the truth of them together."""
    folder.mkdir(parents=True, exist_ok=True)
    total = {"线索.收到": 0.0, "线索.查结": 0.0}
    for i in range(n_files):
        unit = n.UNITS[i % len(n.UNITS)]
        truth = clue_workbook(folder / f"{unit}线索台账{i + 1:03d}.xlsx", n_rows, seed, first=i * n_rows + 1)
        total = {key: total[key] + truth[key] for key in total}
    return total


def _rows(
    rng: random.Random, people: list[str], n_rows: int, first: int, truth: dict[str, float]
) -> Iterator[tuple[Value, ...]]:
    yield HEADERS
    categories, ranks = tuple(n.CATEGORIES), tuple(n.RANK_CLASS)[:11]
    start, end = date(2021, 1, 1), date(2021, 6, 30)
    for i in range(n_rows):
        received = start + timedelta(days=rng.randrange(-20, 195))
        closed = received + timedelta(days=rng.randrange(5, 70)) if rng.random() < 0.9 else None
        unit = rng.choice(n.UNITS)
        if start <= received <= end:
            truth["线索.收到"] += 1
            truth["线索.查结"] += closed is not None and closed <= end
        yield (
            i + 1,
            f"XS{first + i:07d}",
            received if rng.random() < 0.6 else DATE_FORMS[rng.choice(_TEXT_FORMS)](received),
            rng.choice(n.MASS) if rng.random() < 0.7 else rng.choice(n.OTHER_SOURCES),
            people[i] if i < len(people) else rng.choice(people),
            rng.choice(n.UNIT_FORMS[unit]),
            rng.choice(ranks),
            rng.choice(categories),
            rng.choice(n.UNIT_FORMS[unit]),
            rng.choice(n.CLOSED_FORMS) if closed else rng.choice(n.OPEN_FORMS),
            closed,
            "予以了结" if closed else "初步核实",
            rng.choice(("不属实", "部分属实", "属实")) if closed else None,
            f"第{rng.randrange(10**7)}号卷，{rng.choice(n.CONTENT_A)}，{rng.choice(n.CONTENT_B)}，经办{rng.randrange(9999)}",
        )


def _workbook(rows: Iterator[tuple[Value, ...]]) -> bytes:
    """One sheet with shared strings, as Excel saves it; written by hand because openpyxl takes a minute."""
    shared: dict[str, int] = {}
    lines = []
    for r, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{chr(65 + c)}{r}", value, shared) for c, value in enumerate(row))
        lines.append(f'<row r="{r}">{cells}</row>')
    sheet = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    strings = f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(shared)}">{texts}</sst>'
    return zipped((*_FRAME, ("xl/sharedStrings.xml", strings.encode()), ("xl/worksheets/sheet1.xml", sheet.encode())))


def _cell(at: str, value: Value, shared: dict[str, int]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{at}" t="s"><v>{shared.setdefault(value, len(shared))}</v></c>'
    if isinstance(value, date):
        return f'<c r="{at}" s="1"><v>{serial(value)}</v></c>'
    return f'<c r="{at}"><v>{value}</v></c>'


def _part(kind: str) -> str:
    return f"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"


_FRAME: tuple[tuple[str, bytes], ...] = tuple(
    (name, (_HEAD + text).encode())
    for name, text in (
        (
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_part("sheet.main")}"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_part("worksheet")}"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_part("styles")}"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_part("sharedStrings")}"/></Types>',
        ),
        (
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        ),
        (
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            '<sheet name="线索台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
        ),
        (
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>'
            f'<Relationship Id="rId3" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        ),
        (
            "xl/styles.xml",
            f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
            '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
            '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>',
        ),
    )
)
