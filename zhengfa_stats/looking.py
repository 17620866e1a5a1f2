"""`zhengfa look`: what the reader sees in any workbook, before anything is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zhengfa_stats.apart import alone
from zhengfa_stats.config import FILE, load_config
from zhengfa_stats.declared import load_schema
from zhengfa_stats.errors import WorkbookError
from zhengfa_stats.reading.body import Body
from zhengfa_stats.reading.headers import known_headers
from zhengfa_stats.reading.layout import lay_out, span_of_data
from zhengfa_stats.reading.names import Names, names_in
from zhengfa_stats.reading.privacy import mask
from zhengfa_stats.reading.recognise import Recognised, recognise
from zhengfa_stats.reading.refusals import refuse_private_names, refuse_secret_name, refuse_secrets
from zhengfa_stats.reading.sheets import Role, Sheet, Table
from zhengfa_stats.reading.summary import summary_instead
from zhengfa_stats.reading.workbook import open_workbook
from zhengfa_stats.schema import Schema


def look(path: Path, *, password: str | None = None) -> dict[str, Any]:
    """The sheets and tables of a workbook, as `zhengfa look --json` gives them; rows as Excel numbers them."""
    if path.is_dir():
        raise WorkbookError("这是文件夹，不是工作簿", str(path), "请写出其中一个文件的名字")
    if not path.is_file():
        raise WorkbookError("找不到这个文件", str(path), "请检查文件名和路径")
    refuse_secret_name(path.name)
    return alone(_looked, path, password)


def _looked(path: Path, password: str | None) -> dict[str, Any]:
    here = Path.cwd()
    schema = load_config(here).schema if (here / FILE).is_file() else load_schema()
    workbook = open_workbook(path, password=password)
    refuse_secrets(workbook)
    refuse_private_names(workbook)
    layouts = [(s, lay_out(s, known_headers(schema))) for s in workbook.sheets]
    seen = [(s, layout, [_seen(t, s, path.name, schema) for t in layout.tables]) for s, layout in layouts]
    names = Names((n for s, _, tables in seen for t, found in tables for n in _persons(t, s, found, schema)), schema)
    return {
        "file": path.name,
        "kind": workbook.kind,
        "remarks": list(workbook.remarks),
        "sheets": [
            {
                "sheet": s.name,
                "hidden": s.hidden,
                "outside_rows": list(layout.outside),
                "tables": [_table(t, found, names) for t, found in tables],
            }
            for s, layout, tables in seen
        ],
    }


def _persons(table: Table, sheet: Sheet, found: Recognised, schema: Schema) -> Iterator[str]:
    """The names in the columns of persons of a known ledger; totals name nobody."""
    ledger = schema.ledgers.get(found.ledger)
    if ledger and not ledger.tabulated:
        yield from names_in(Body(table, sheet), found, ledger)


def _seen(table: Table, sheet: Sheet, file: str, schema: Schema) -> tuple[Table, Recognised]:
    """The table and its ledger; a 汇总表 has its own totals told from its rows."""
    found = recognise(table, sheet, file, schema)
    if (summary := summary_instead(found, table, sheet, file, schema)) is None:
        return table, found
    ledger = next(of.id for of in schema.ledgers.values() if of.tabulated)
    return summary.table, Recognised(ledger, 1.0, summary.bound)


def _table(table: Table, found: Recognised, names: Names) -> dict[str, Any]:
    """What is told of a table; a header may hold somebody's name or number, too."""
    body = table.rows_of(Role.BODY)
    span, header = span_of_data(table), table.first_header()
    fields = {b.at: ("/".join(b.fields), b.sure) for b in found.columns if b.fields}
    return {
        "range": str(table.range),
        "title_rows": [r for r in table.rows_of(Role.TITLE) if not header or r < header[0]],
        "note_rows": list(table.rows_of(Role.NOTE)),
        "header_rows": list(header),
        "columns": [
            {
                "header": names.hide(mask(c.header)[0]),
                "field": fields.get(c.at, (None, 0.0))[0],
                "sure": fields.get(c.at, (None, 0.0))[1],
                "at": c.at,
            }
            for c in table.columns
            if c.header
        ],
        "first_row": span[0] if span else None,
        "last_row": span[1] if span else None,
        "n_rows": len(body),
        "section_rows": list(table.rows_of(Role.SECTION)),
        "total_rows": list(table.rows_of(Role.TOTAL)),
        "footer_rows": list(table.rows_of(Role.FOOTER)),
        "ledger": found.ledger or None,
        "why": [names.hide(mask(p.what)[0]) for p in found.problems],
    }


def show(seen: Mapping[str, Any]) -> str:
    """What was seen, for a person."""
    lines = [f"{seen['file']}（{seen['kind']}）", *seen["remarks"]]
    for sheet in seen["sheets"]:
        lines.append(f"工作表“{sheet['sheet']}”{'（隐藏）' if sheet['hidden'] else ''}：{len(sheet['tables'])}个表格")
        for table in sheet["tables"]:
            lines += _shown_table(table)
        if sheet["outside_rows"]:
            lines.append(f"  表外的行：{_rows(sheet['outside_rows'])}")
    return "\n".join(lines)


def _shown_table(table: Mapping[str, Any]) -> list[str]:
    lines = [
        f"  {table['range']}  台账：{table['ledger'] or '不是已知的台账'}  数据{table['n_rows']}行（第{table['first_row'] or '—'}至{table['last_row'] or '—'}行）"
    ]
    names = {
        "title_rows": "标题",
        "note_rows": "附注",
        "header_rows": "表头",
        "section_rows": "分节",
        "total_rows": "合计",
        "footer_rows": "表尾",
    }
    lines += [f"    {name}：第{_rows(table[key])}行" for key, name in names.items() if table[key]]
    for column in table["columns"]:
        field = f"{column['field']}（把握{column['sure']:.0%}）" if column["field"] else "未识别"
        lines.append(f"    {column['header'] or '（无表头）'} → {field}")
    return lines + [f"    {why}" for why in table["why"]]


def _rows(rows: list[int]) -> str:
    return "、".join(map(str, rows[:20])) + ("…" if len(rows) > 20 else "")
