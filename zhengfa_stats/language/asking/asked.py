"""`zhengfa ask`: a question asked on the command line, its answer as JSON and as lines of text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from zhengfa_stats.language.asking.frame import NotUnderstood
from zhengfa_stats.language.asking.replying import Reply
from zhengfa_stats.language.asking.showing import cell_of

_MOST = 50  # rows that a screen shows


def ask_as_asked(
    ask: Callable[[str], Reply], question: str, *, rows: bool, xlsx: Path | None
) -> tuple[dict[str, Any], list[str], int]:
    """What to give as JSON, the lines for people, and the exit code: 2 where the question was not understood."""
    try:
        reply = ask(question)
    except NotUnderstood as error:
        found = {
            "understood": False,
            "unknown": list(error.unknown),
            "hint": error.hint,
            "choices": list(error.choices),
        }
        return found, [f"没有回答：{error.hint}"], 2
    found, lines = reply.as_json(), str(reply).splitlines()
    if rows:
        frame = reply.rows()
        found["rows"] = [{k: _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]
        lines += ["", frame.head(_MOST).to_string(index=False)]
        if len(frame) > _MOST:
            lines.append(f"……共{len(frame)}行，另存用 --xlsx")
    if xlsx is not None:
        reply.write(xlsx)
        lines.append(f"已另存为 {xlsx}")
        found["outputs"] = [str(xlsx)]
    return found, lines, 0


def _plain(value: Any) -> Any:
    cell = cell_of(value)
    return cell.isoformat() if hasattr(cell, "isoformat") else cell
