"""Makes small documents for tests: a .docx from the XML of its body, and a desk that knows its figures by heart."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.declared import load_schema
from zhengfa_stats.documents.desk import Desk, words_of
from zhengfa_stats.query import At, Clock, Expr
from zhengfa_stats.schema import Schema

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
CLOCK = Clock(date(2021, 1, 1), date(2021, 6, 30))
FIGURES: Mapping[str, float | None] = {
    "线索.收到": 311,
    "线索.查结": 236,
    "线索.在查": 75,
    "线索.查结率": 100 * 236 / 311,
    "处理.总人数": 85,
    "处理.处级": 2,
    "处理.科级": 12,
    "处理.一般干警": 71,
    "轮训.参训人数": 1311,
    "轮训.参与率": 100.0,
    "红色教育.次数": 15,
}


def docx(body: str, **others: str) -> bytes:
    """A .docx; `others` are its header, footer, footnotes as XML of their insides."""
    kinds = {"header": "hdr", "footer": "ftr", "footnotes": "footnotes", "endnotes": "endnotes"}
    out = io.BytesIO()
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WORD}.{name}+xml"/>' for name in ("document", *others)
    ).replace("wordprocessingml.document+xml", "wordprocessingml.document.main+xml")
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>' for i, name in enumerate(others, 1)
    )
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>',
        )
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{_OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels", f'<Relationships xmlns="{package}">{relations}</Relationships>'
        )
        archive.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for name, inside in others.items():
            archive.writestr(f"word/{name}.xml", f"<w:{kinds[name]} {NAMESPACES}>{inside}</w:{kinds[name]}>")
    return out.getvalue()


def p(*runs: str) -> str:
    """A paragraph of runs, each a text or XML."""
    return "<w:p>" + "".join(run if run.startswith("<") else r(run) for run in runs) + "</w:p>"


def r(text: str, properties: str = "") -> str:
    marks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{marks}<w:t xml:space="preserve">{text}</w:t></w:r>'


def control(tag: str, *runs: str) -> str:
    content = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>'


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<w:tc>{p(text) if text else '<w:p/>'}</w:tc>" for text in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


@lru_cache
def schema() -> Schema:
    return load_schema()


def desk(figures: Mapping[str, float | None] = FIGURES, clock: Clock = CLOCK, **settings: Any) -> Desk:
    """A desk whose figures are given; what is not given can't be had."""

    def answer(expr: Expr, value: float | None) -> Answer:
        return Answer(expr, clock, (((), value),), why="" if value is not None else "没有这类台账的数据")

    def figure(key: str) -> Answer:
        return answer(schema().indicators[key].of, figures.get(key))

    def count(expr: Expr) -> Answer:
        inner = expr.of if isinstance(expr, At) else expr
        return answer(expr, settings.get("others", {}).get(inner))

    return Desk(schema(), clock, CLOCK, "示例市", count, figure, words=words_of("示例市", clock))
