"""A verdict on one number of a document, wherever it stands, and what a comment on it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zhengfa_stats.documents.desk import Desk
from zhengfa_stats.documents.sources import sources_of
from zhengfa_stats.language.tags import spoken
from zhengfa_stats.language.verdicts import Verdict
from zhengfa_stats.language.wording import said
from zhengfa_stats.query import Expr

WRONG = ("differs", "does_not_add_up")
MARKED = (*WRONG, "doubtful")
SAID: Mapping[str, str] = {
    "match": "相符",
    "differs": "与数据不符",
    "does_not_add_up": "前后对不上",
    "doubtful": "存疑，请人工核对",
    "unbound": "没有对应的指标",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One number: where it stands, what it states, and what is right; `at` is its passage and span, or sheet and cell."""

    where: str
    context: str
    stated: str
    key: str | None
    actual: float | int | None
    verdict: str
    why: str
    write_instead: str
    expr: Expr | None
    unit: str
    at: tuple[int, int, int]

    def as_dict(self) -> dict[str, Any]:
        """What `zhengfa verify --json` gives."""
        names = ("where", "context", "stated", "key", "actual", "verdict", "why", "write_instead")
        return {name: getattr(self, name) for name in names}

    def at_place(self, where: str, at: tuple[int, int, int]) -> Judged:
        """The same at another place."""
        return replace(self, where=where, at=at)

    def is_marked(self, everything: bool) -> bool:
        return self.verdict in MARKED or (everything and self.verdict == "match")

    def note(self, desk: Desk | None) -> list[str]:
        """What a comment says: the verdict, the actual value, what to write, the definition and the rows."""
        head = f"{spoken(self.key)}：" if self.key else ""
        lines = [f"【{SAID[self.verdict]}】{head}{self.why or f'文中写{self.stated}'}"]
        if self.write_instead and self.verdict != "match":
            lines.append(f"应写：{self.write_instead}")
        if desk is None or self.expr is None or self.actual is None:
            return lines
        indicator = desk.schema.indicators.get((self.key or "").partition("|")[0])
        lines.append(f"实际：{said(self.actual, indicator.unit if indicator else self.unit)}")
        if indicator:
            lines.append(f"口径：{indicator.definition}")
        return [*lines, f"来源：{'；'.join(sources_of(desk.answer(self.expr)))}"]


def judged(verdict: Verdict) -> Judged:
    """A verdict on a citation in prose."""
    c = verdict.citation
    value = verdict.actual
    actual = int(value) if isinstance(value, float) and value.is_integer() else value
    return Judged(
        where=c.where,
        context=c.context,
        stated=c.stated,
        key=c.key,
        actual=actual,
        verdict=verdict.verdict,
        why=verdict.why,
        write_instead=verdict.write_instead,
        expr=c.expr,
        unit=c.unit,
        at=(c.passage, c.start, c.end),
    )
