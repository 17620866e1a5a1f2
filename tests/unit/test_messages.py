"""Every message that the program can say, read from its sources: in Chinese, with the cause and the remedy, blaming nobody.

Collected are the errors (what, where, do), the problems with ledgers (what, do) and the help of the command line. A place is
where an error or a problem always has one: its own field, filled at run time; the tests of each reading check it.
"""

from __future__ import annotations

import ast
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zhengfa_stats import errors
from zhengfa_stats.cli import _parser
from zhengfa_stats.declared import load_schema
from zhengfa_stats.pages.reference import commands_of

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "zhengfa_stats").rglob("*.py"))
ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{3,}")
BLAMES = ("你", "粗心", "马虎", "乱填", "乱写", "糊涂", "居然", "竟然", "怎么能", "低级", "非法", "！")
NAMES = {  # of files and programs, of the commands, of what one writes in a definition: written as they are
    name
    for names in (
        "zhengfa stats toml csv xlsx xls xlsb xlsm ods docx doc wps txt tsv json data raw processed returns templates",
        "Excel Word WPS Office OpenDocument LibreOffice JupyterLab Python pip TOML JSON UTF CSV HTML XML PNG PDF Ctrl End",
        "zhengfa help new look trace report build check verify fill forms status compare names figures indicators",
        "city since file senders mode kind number from until form table summary name columns term parent aliases sort",
        "having each many true false days",
    )
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Message:
    """One place in the sources that says something: the texts of its parts, "…" where a value is filled in."""

    at: str
    kind: str
    what: str
    do: str | None  # None: worked out at run time


def text_of(node: ast.AST) -> str | None:
    """A literal's text with … for what is filled in; None where it isn't a literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
        return "".join(map(str, parts))
    if isinstance(node, ast.IfExp):
        texts = [text_of(node.body), text_of(node.orelse)]
        return None if None in texts else "／".join(map(str, texts))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return "".join(text_of(side) or "…" for side in (node.left, node.right))
    return None


def messages() -> Iterator[Message]:
    """The errors and problems that any module makes."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if isinstance(node, ast.Call) and (name in ERRORS or name == "Problem"):
                yield _message(node, name, f"{path.relative_to(ROOT)}:{node.lineno}")


def _message(call: ast.Call, name: str, at: str) -> Message:
    order = ("level", "kind", "place", "what", "do") if name == "Problem" else ("what", "where", "do")
    given = dict(zip(order, call.args, strict=False)) | {k.arg: k.value for k in call.keywords if k.arg}
    spread = any(isinstance(arg, ast.Starred) for arg in call.args) or any(k.arg is None for k in call.keywords)
    what = text_of(given["what"]) if "what" in given else None
    level = text_of(given["level"]) if "level" in given else None
    do = text_of(given["do"]) if "do" in given else ("" if not spread and level != "note" else None)
    return Message(at, name, what or "", do)


MESSAGES = list(messages())


def helps(parser: ArgumentParser) -> Iterator[str]:
    for _, command in [("", parser), *commands_of(parser)]:
        yield command.description or ""
        yield from (action.help or "" for action in command._actions if action.option_strings[:1] != ["-h"])


def declared() -> Iterator[str]:
    """What the definitions say to a reader."""
    schema = load_schema()
    for relation in schema.relations.values():
        yield relation.says
        yield relation.do
    yield from (indicator.definition for indicator in schema.indicators.values())


def strangers(text: str) -> list[str]:
    """English words that are no names."""
    shown = re.sub(r"[\[<`].*?[\]>`]|--[\w-]+|[\w./\\-]*[=_][\w\".-]*", " ", text)
    return [word for word in ENGLISH.findall(shown) if word not in NAMES]


def test_there_are_messages_to_read() -> None:
    kinds = {message.kind for message in MESSAGES}
    assert len(MESSAGES) > 150 and {"Problem", "ProjectError", "DefinitionError", "DocumentError"} <= kinds


def faults(text: str) -> Iterator[str]:
    """What a reader would stumble over in a text."""
    if text.strip('…： "') and not CHINESE.search(text):
        yield f"no Chinese: {text}"
    yield from (f"English: {word} in {text}" for word in strangers(text))
    yield from (f"blame: {word} in {text}" for word in BLAMES if word in text)


def test_a_message_is_chinese_and_says_what_to_do() -> None:
    silent = [message.at for message in MESSAGES if message.do == ""]
    assert silent == [], "no remedy"
    assert [(m.at, fault) for m in MESSAGES for text in (m.what, m.do or "") for fault in faults(text)] == []


def test_help_and_definitions_are_chinese() -> None:
    texts = [*helps(_parser()), *declared()]
    assert all(texts), "an argument without help, or a relation without a remedy"
    assert [fault for text in texts for fault in faults(text)] == []


def test_english_and_blame_are_found() -> None:
    assert strangers("cannot open file：请检查") == ["cannot", "open"]
    assert [*faults("你填错了")] == ["blame: 你 in 你填错了"]
    assert next(faults("not found")) == "no Chinese: not found"
    assert strangers("请改 zhengfa.toml 里的 as_of，或用 --as-of") == []
