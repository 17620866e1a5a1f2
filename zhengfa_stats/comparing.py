"""Every indicator on two sides: as JSON, as prose, as sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from zhengfa_stats.counting.compare import Change, Comparison, Part
from zhengfa_stats.counting.matching import Row
from zhengfa_stats.counting.sides import Side
from zhengfa_stats.errors import QueryError
from zhengfa_stats.excel import Page
from zhengfa_stats.language.changes import told
from zhengfa_stats.language.wording import whole
from zhengfa_stats.query import queries
from zhengfa_stats.schema import Indicator

if TYPE_CHECKING:
    from zhengfa_stats.exhibits import Exhibit


@dataclass(frozen=True)
class Changes:
    """What every indicator comes to on both sides."""

    before: Side
    after: Side
    found: Mapping[str, Change]
    remarks: tuple[str, ...] = ()

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        return self.after.schema.indicators

    def as_json(self) -> dict[str, Any]:
        """As `zhengfa compare --json` gives it: the contributions sum to the change."""
        return {
            "from": {"since": str(self.before.clock.since), "as_of": str(self.before.clock.as_of)},
            "to": {"since": str(self.after.clock.since), "as_of": str(self.after.clock.as_of)},
            "remarks": list(self.remarks),
            "figures": [_figure(self.indicators[key], change) for key, change in self.found.items()],
        }

    def prose(self) -> list[str]:
        """数据变动说明: a sentence a figure that changed, or can't be compared."""
        changed = {k: c for k, c in self.found.items() if c.change is None or c.change or c.contributions}
        lines = [told(self.indicators[key], change) for key, change in changed.items() if _is_told(change)]
        same = len(self.found) - len(changed)
        head = f"{_sides(self.before, self.after)}，{len(self.found)}项指标中{same}项没有变化。"
        return [head, *self.remarks, *lines]

    def chart(self, key: str) -> Exhibit:
        """How one figure came from what it was to what it is, as a waterfall with its table."""
        from zhengfa_stats.exhibits.changed import change_exhibit

        if key not in self.found:
            raise QueryError(f"没有比较过指标“{key}”", do="zhengfa figures 列出全部指标")
        return change_exhibit(self.indicators[key], self.found[key])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        lines = self.prose()
        items = "".join(f"<li>{escape(line)}</li>" for line in lines[1:])
        html = f'<section style="line-height:1.7"><p>{escape(lines[0])}</p><ul>{items}</ul></section>'  # may run over pages
        return {"text/plain": "\n".join(lines), "text/html": html}

    def pages(self) -> list[Page]:
        """A sheet of figures and a sheet of the rows behind every change."""
        figures = ("指标", "前", "后", "增减", "单位", "说明")
        rows = (
            "指标",
            "原因",
            "计入增减",
            "说明",
            "前：文件",
            "前：工作表",
            "前：行",
            "后：文件",
            "后：工作表",
            "后：行",
        )
        return [
            Page("变动", figures, list(self._lines()), (22, 12, 12, 12, 8, 90)),
            Page("逐条原因", rows, list(self._parts()), (22, 18, 12, 40, 30, 16, 8, 30, 16, 8)),
        ]

    def _lines(self) -> Iterator[tuple[Any, ...]]:
        for key, change in self.found.items():
            indicator = self.indicators[key]
            by = None if change.change is None else number(change.change)
            yield key, change.before.value, change.after.value, by, indicator.unit, told(indicator, change)

    def _parts(self) -> Iterator[tuple[Any, ...]]:
        for key, change in self.found.items():
            for contribution in change.contributions:
                for part in contribution.parts:
                    places = (_address(_one(part.before)), _address(_one(part.after)))
                    yield key, contribution.why, number(part.n), _detail(part), *places[0], *places[1]


def compare(before: Side, after: Side, remarks: tuple[str, ...] = (), *, speak: bool = False) -> Changes:
    """Compare every indicator of the later side; one that the earlier side did not know is compared by today's definition."""
    comparison, found = Comparison(before, after), {}
    for key, indicator in tqdm(after.schema.indicators.items(), "比较指标", unit="项", disable=None if speak else True):
        earlier = before.schema.indicators.get(key)
        found[key] = comparison.of(indicator.of, earlier.of if earlier and _redefined(before, after, key) else None)
    return Changes(before, after, found, remarks)


def _redefined(before: Side, after: Side, key: str) -> bool:
    """Whether a figure's definition differs: its expression, the ledgers that it counts, or their terms."""
    if before.schema is after.schema:
        return False
    old, new = (side.schema.indicators[key].of for side in (before, after))
    ledgers = {q.ledger for q in queries(new)}
    same = all(before.schema.ledgers.get(id_) == after.schema.ledgers[id_] for id_ in ledgers)
    return old != new or not same or before.schema.vocabularies != after.schema.vocabularies


def number(value: Fraction) -> int | float:
    """A whole number as an int, else the nearest float."""
    return int(value) if value.denominator == 1 else float(value)


def _figure(indicator: Indicator, change: Change) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": indicator.key,
        "unit": indicator.unit,
        "from": whole(change.before.value),
        "to": whole(change.after.value),
        "change": None if change.change is None else number(change.change),
        "text": told(indicator, change),
        "contributions": [
            {"why": c.why, "n": number(c.n), "rows": [_entry(p) for p in c.parts]} for c in change.contributions
        ],
    }
    return {**found, **({"why": change.why} if change.why else {}), **({"split": change.split} if change.split else {})}


def _entry(part: Part) -> dict[str, Any]:
    entry: dict[str, Any] = {"n": number(part.n), "detail": _detail(part)}
    for name, rows in (("from", part.before), ("to", part.after)):
        entry[name] = [dict(zip(("file", "sheet", "row"), _address(row), strict=True)) for row in rows]
    return entry


def _detail(part: Part) -> str:
    return "；".join(text for text in (part.cause.detail, *part.cells) if text)


def _one(rows: tuple[Row, ...]) -> Row | None:
    return rows[0] if rows else None


def _address(row: Row | None) -> tuple[str, str, int | str]:
    if row is None:
        return "", "", ""
    return str(row["source_file"]), str(row["source_sheet"]), int(row["source_row"])


def _is_told(change: Change) -> bool:
    """Whether it is worth a sentence: neither side has a value, so nothing is lost by leaving it out."""
    return not (change.before.value is None and change.after.value is None)


def _sides(before: Side, after: Side) -> str:
    if before.clock == after.clock:
        return f"两次构建（统计期{after.clock.since}至{after.clock.as_of}）相比"
    return f"统计期{before.clock.since}至{before.clock.as_of}与{after.clock.since}至{after.clock.as_of}相比"
