"""The data dictionary: every ledger, field, term and indicator as one readable workbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from zhengfa_stats.excel import Page, write_workbook
from zhengfa_stats.records import LEVELS
from zhengfa_stats.schema import Field, Schema

_KINDS = {
    "code": "编号",
    "text": "文字",
    "date": "日期",
    "number": "数字",
    "flag": "是否",
    "term": "词表",
    "persons": "人员",
    "unit": "单位",
}


def write_dictionary(path: Path, schema: Schema) -> None:
    """Write the dictionary; the same definitions give the same bytes."""
    write_workbook(
        path,
        [
            Page(
                "台账",
                ("台账", "标识", "识别一条记录", "统计所依据的日期", "栏目数"),
                _ledgers(schema),
                (20, 14, 40, 20, 10),
            ),
            Page(
                "栏目",
                ("台账", "栏目", "标识", "类型", "词表", "必填", "处理", "认得的其他表头"),
                _fields(schema),
                (18, 20, 24, 8, 22, 8, 30, 80),
            ),
            Page("词表", ("词表", "规范词", "上级", "认得的其他写法"), _terms(schema), (22, 30, 24, 90)),
            Page(
                "指标",
                ("指标", "单位", "口径", "文稿里的说法", "汇总表里的名称"),
                _indicators(schema),
                (24, 8, 70, 50, 60),
            ),
            Page("勾稽关系", ("标识", "级别", "关系", "怎么办"), _relations(schema), (28, 8, 60, 50)),
        ],
    )


def _ledgers(schema: Schema) -> Iterator[tuple[object, ...]]:
    for ledger in schema.ledgers.values():
        key = "、".join(ledger.fields[name].name for name in ledger.key)
        dated = ledger.fields[ledger.date].name if ledger.date else "（不分时期）"
        yield ledger.name, ledger.id, key or "（不合并重复）", dated, len(ledger.fields)


def _fields(schema: Schema) -> Iterator[tuple[object, ...]]:
    for ledger in schema.ledgers.values():
        for f in ledger.fields.values():
            required = "必填" if f.required else ""
            yield ledger.name, f.name, f.id, kind_in_words(f), f.vocabulary, required, handling(f), "、".join(f.headers)


def kind_in_words(f: Field) -> str:
    """What kind of value the field holds."""
    return _KINDS[f.kind]


def handling(f: Field) -> str:
    """What becomes of the field's values."""
    if f.identifies:
        return "只用来认出同一个人，换成代号"
    if f.private:
        return "读表时丢弃，不保存"
    if f.is_derived:
        return "由其他栏目推出"
    return "一格可有几项" if f.many else ""


def _terms(schema: Schema) -> Iterator[tuple[object, ...]]:
    for vocabulary in schema.vocabularies.values():
        for term in vocabulary.terms:
            yield vocabulary.id, term.name, term.parent, "、".join(term.aliases)
        if vocabulary.nothing:
            yield vocabulary.id, "（等于没有）", "", "、".join(sorted(vocabulary.nothing))


def _indicators(schema: Schema) -> Iterator[tuple[object, ...]]:
    for i in schema.indicators.values():
        yield i.key, i.unit, i.definition, "、".join(i.cited_as), "、".join(i.reported_as)


def _relations(schema: Schema) -> Iterator[tuple[object, ...]]:
    for r in schema.relations.values():
        yield r.id, LEVELS[r.level], r.says, r.do
