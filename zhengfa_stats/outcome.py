"""What came of a build, on a few lines; and text in columns on the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import east_asian_width


def summarise_build(manifest: Mapping[str, Any]) -> str:
    """Sheets read and problems by department."""
    sheets = manifest["sheets"]
    if not sheets and not manifest["refused"]:
        return "data/raw 里没有工作簿。请把各部门报来的台账原样放进去，再运行一次。"
    tables = [t for s in sheets for t in s["tables"] if t["ledger"]]
    idle = sum(not any(t["ledger"] for t in s["tables"]) for s in sheets)
    totals = {name: sum(t[name] for t in tables) for name in ("records", "kept", "merged", "superseded", "set_aside")}
    lines = [
        f"读了{len({s['file'] for s in sheets})}个工作簿、{len(sheets)}张工作表：台账{len(tables)}张；"
        f"{idle}张工作表里没有已知的台账，没有读取。",
        f"台账记录{totals['records']}条：计入{totals['kept']}条，重复并入{totals['merged']}条，"
        f"被后来的文件替代{totals['superseded']}条，未能作为记录{totals['set_aside']}条。",
    ]
    if manifest["refused"]:
        lines.append(f"无法读取的文件{len(manifest['refused'])}个：{'、'.join(manifest['refused'])}")
    lines.append(f"问题{manifest['n_problems']}个{'：' if manifest['n_problems'] else '。'}")
    wide = max((width(s) for s in manifest["problems_by_sender"]), default=0)
    for sender, n in manifest["problems_by_sender"].items():
        lines.append(f"  {padded(sender, wide)}  错误{n['error']:>3}  警告{n['warning']:>3}  提示{n['note']:>3}")
    return "\n".join(lines)


def width(text: str) -> int:
    """The columns that a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, wide: int) -> str:
    """The text with blanks behind it, `wide` columns in all."""
    return text + " " * (wide - width(text))
