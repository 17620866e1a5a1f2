"""The manual's reference, made from the definitions and the commands themselves: Markdown, a chapter each."""

from __future__ import annotations

from argparse import Action, ArgumentParser, _HelpAction, _SubParsersAction
from collections.abc import Iterable, Iterator, Mapping

from zhengfa_stats.documents.dictionary import handling, kind_in_words
from zhengfa_stats.records import LEVELS
from zhengfa_stats.schema import Field, Indicator, Ledger, Relation, Schema

_MADE = "这一章由程序里的定义生成；在项目里运行 `zhengfa help`，也包括项目自己加的。"


def chapters(schema: Schema, commands: ArgumentParser) -> dict[str, str]:
    """The generated chapters by name."""
    return {
        "commands": _text("命令", _commands(commands)),
        "indicators": _text("指标与口径", _indicators(schema.indicators)),
        "ledgers": _text("台账与栏目", _ledgers(schema)),
        "terms": _text("词表", _vocabularies(schema)),
        "checks": _text("勾稽关系", _checks(schema.relations)),
    }


def _text(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", _MADE, "", *lines]) + "\n"


def _row(*cells: str) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ") or " "


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(*header)
    yield _row(*("---" for _ in header))
    yield from (_row(*cells) for cells in rows)
    yield ""


# -- indicators


def _indicators(indicators: Mapping[str, Indicator]) -> Iterator[str]:
    yield "口径就是算法：改口径，改的是同一处定义。文稿里的说法中，`{}` 是数。"
    yield ""
    for subject in dict.fromkeys(key.split(".")[0] for key in indicators):
        yield f"## {subject}"
        yield ""
        own = [i for key, i in indicators.items() if key.split(".")[0] == subject]
        yield from _table(
            ("指标", "单位", "口径", "文稿里的说法"),
            ((f"`{i.key}`", i.unit, _defined(i), "；".join(_code(c) for c in i.cited_as[:4])) for i in own),
        )


def _defined(indicator: Indicator) -> str:
    instead = f"没有所需台账时，改用“{indicator.otherwise}”，并写明。" if indicator.otherwise else ""
    return indicator.definition + instead


def _code(text: str) -> str:
    return f"`{text}`"


# -- ledgers


def _ledgers(schema: Schema) -> Iterator[str]:
    for ledger in schema.ledgers.values():
        yield f"## {ledger.name}"
        yield ""
        yield f"程序里的名字是 `{ledger.id}`。{_identity(ledger)}{_period(ledger)}"
        yield ""
        yield from _table(
            ("栏目", "程序里的名字", "内容", "认得的其他表头"),
            ((f.name, f"`{f.id}`", _content(f, schema), "、".join(f.headers[:8])) for f in ledger.fields.values()),
        )
        if ledger.facts:
            yield f"可以直接引用的条件（`facts`）：{'；'.join(f'`{fact.id}` {fact.name}' for fact in ledger.facts.values())}。"
            yield ""


def _identity(ledger: Ledger) -> str:
    names = "、".join(ledger.fields[name].name for name in ledger.key)
    return f"用{names}识别同一条记录。" if names else "不合并相同的记录。"


def _period(ledger: Ledger) -> str:
    return f"统计期按{ledger.fields[ledger.date].name}。" if ledger.date else "不分时期。"


def _content(f: Field, schema: Schema) -> str:
    kind = f"词表 `{f.vocabulary}`" if f.vocabulary in schema.vocabularies else kind_in_words(f)
    return "，".join(part for part in (kind, "必填" if f.required else "", handling(f)) if part)


# -- vocabularies, checks


def _vocabularies(schema: Schema) -> Iterator[str]:
    for vocabulary in schema.vocabularies.values():
        fields = (f.name for of in schema.ledgers.values() for f in of.fields.values() if f.vocabulary == vocabulary.id)
        names = "、".join(dict.fromkeys(fields))
        yield f"## {names or '通用'}（{vocabulary.id}）"
        yield ""
        yield from _table(
            ("规范词", "上级", "认得的其他写法"),
            ((t.name, t.parent, "、".join(t.aliases[:12])) for t in vocabulary.terms),
        )


def _checks(relations: Mapping[str, Relation]) -> Iterator[str]:
    yield "对不上的列进 `problems.xlsx`，也标在退给各单位的表上。"
    yield ""
    yield from _table(
        ("关系", "级别", "对不上时", "怎么办"), ((r.id, LEVELS[r.level], r.says, r.do) for r in relations.values())
    )


# -- commands


def _commands(parser: ArgumentParser) -> Iterator[str]:
    yield "每条命令都可以加 `--help` 看说明。退出码：0 完成；1 只用于 `verify`、`check`，表示有不符或过时的；2 没有完成，并说明原因。"
    yield ""
    for name, command in commands_of(parser):
        yield f"## zhengfa {name}"
        yield ""
        yield f"{command.description}。"
        yield ""
        yield from _table(("写法", "作用"), ((f"`{_written(a)}`", a.help or "") for a in _arguments(command)))


def commands_of(parser: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    """Each command and its own parser."""
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            yield from action.choices.items()


def _arguments(command: ArgumentParser) -> Iterator[Action]:
    return (action for action in command._actions if not isinstance(action, _HelpAction))


def _written(action: Action) -> str:
    """An argument as one types it."""
    value = str(action.metavar) if action.metavar else "／".join(action.choices or ())
    return " ".join(part for part in (", ".join(action.option_strings), value) if part)
