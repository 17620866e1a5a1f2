"""A Reply: the answer to a question with all that belongs to it, and the way to ask on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from zhengfa_stats.counting.answer import Answer, is_grouped
from zhengfa_stats.counting.groups import UNFILLED, UNSURE
from zhengfa_stats.language.asking.doubts import Count, Unfilled, ask_back, check_owners, jointly, unfilled
from zhengfa_stats.language.asking.frame import Asked
from zhengfa_stats.language.asking.per_group import average
from zhengfa_stats.language.asking.questions import Asker, Understood
from zhengfa_stats.language.asking.restating import restate
from zhengfa_stats.language.asking.sentence import sentence
from zhengfa_stats.language.asking.showing import as_html, write_reply
from zhengfa_stats.language.asking.units import counts, python_of, unit_of
from zhengfa_stats.language.tags import with_condition
from zhengfa_stats.language.wording import said, whole
from zhengfa_stats.query import OF_ONE, At, Formula, In, Or, Where, queries
from zhengfa_stats.schema import Ledger

Show = Callable[[Answer, str], Any]  # an Answer and its title as a chart with its table
_KINDS = {
    "exists": "yes_no",
    "reaches": "yes_no",
    "all": "yes_no",
    "lacking": "label",
    "those": "label",
    "nth": "label",
    "place": "number",
    "how_many": "number",
    "times": "number",
    "average": "number",
}
_FEW = 0.05  # the share of rows that may leave blank what is asked of them before no number is given
_PLACE = {"source_file": "来源文件", "source_sheet": "工作表", "source_row": "行号"}


@dataclass(frozen=True)
class Reply:
    """The answer to a question; `reply.ask("法院呢？")` asks on: what it does not say is as in this one."""

    understood: Understood
    answer: Answer
    asker: Asker
    count: Count
    answered: Callable[[Understood], Reply]  # how a follow-up is replied to
    show: Show | None = None

    def ask(self, text: str) -> Reply:
        """A follow-up question."""
        return self.answered(self.asker.understand(text, self.understood.frame))

    @property
    def kind(self) -> str:
        """number, table, label, rows or yes_no."""
        return _KINDS.get(self.understood.asked.form, self.understood.asked.form)

    @property
    def restated(self) -> str:
        """What was counted, as one sentence that can be asked again."""
        return self.understood.restated

    @property
    def query(self) -> str:
        """The expression as Python, to keep in a notebook: city.count(…)."""
        return python_of(self.understood.asked.expr)

    @cached_property
    def unit(self) -> str:
        """The unit of the value."""
        own = {"place": "位", "how_many": "家", "times": "倍"}.get(self.understood.asked.form)
        return own or unit_of(self.understood.asked.expr, self.asker.schema, self.asker.words)

    @cached_property
    def definition(self) -> str:
        """The definition of the named figure that this is, else what was counted, in words."""
        expr = self.understood.asked.expr
        named = self.understood.frame.indicator if self.understood.frame else ""
        found = [i for i in self.asker.schema.indicators.values() if i.of == expr or i.key == named]
        return found[0].definition if found else self.restated.rpartition("，")[0] + "。"

    @cached_property
    def table(self) -> tuple[tuple[str, float | None], ...]:
        """The groups that were asked for, with their values; units that were named and have none, with 0."""
        asked = self.understood.asked
        if not is_grouped(asked.expr) or self.why:
            return ()
        if asked.form == "lacking":
            return tuple((unit, 0) for unit in self._lacking)
        if asked.form in ("those", "how_many"):
            found = [(" · ".join(labels), whole(v)) for labels, v in self.answer.values]
            return tuple((label, v) for label, v in (*found, *self._without_any(dict(found))) if _holds(v, asked))
        rows = [(" · ".join(labels), whole(self._spread(value))) for labels, value in self.answer.values]
        rows += [(label, 0) for label in self._named_without_rows({label for label, _ in rows})]
        if not asked.take:
            return tuple(self._as_said(rows))
        known = [r for r in rows if r[1] is not None and r[0] not in (UNFILLED, UNSURE)]
        known.sort(key=lambda r: r[1] or 0, reverse=not asked.is_least)
        if asked.take < 0 or asked.form in ("label", "nth"):
            return tuple(known)
        last = known[asked.take - 1][1] if len(known) >= asked.take else None
        return tuple(r for i, r in enumerate(known) if i < asked.take or r[1] == last)

    def _as_said(self, rows: list[tuple[str, float | None]]) -> list[tuple[str, float | None]]:
        """The groups in the order in which the question lists them, if it does."""
        (query, *_) = queries(self.understood.asked.expr)
        listed = [t for w in (*query.where, *query.having) for t in _terms_of(w, query.by[0].field)]
        if len(query.by) != 1 or not {label for label, _ in rows} <= {*listed}:
            return rows
        return sorted(rows, key=lambda row: listed.index(row[0]))

    def _without_any(self, there: Mapping[str, float | None]) -> Sequence[tuple[str, float | None]]:
        """不到20条的单位: the units of the data that have none are below any number."""
        query = queries(self.understood.asked.expr)[0]
        habits = self.asker.words.habits[query.ledger]
        if self.understood.asked.side not in ("under", "at_most") or query.by[0].field != habits.unit:
            return []
        if not counts(self.understood.asked.expr) or habits.also_unit:
            return []
        listed = [t for w in (*query.where, *query.having) for t in _terms_of(w, habits.unit)]
        return [(unit, 0) for unit in listed or self.asker.units if unit not in there]

    def _named_without_rows(self, there: set[str]) -> list[str]:
        """公安局和法院各多少: one of them without a row has none, and is not left out."""
        query = queries(self.understood.asked.expr)[0]
        if len(query.by) != 1 or isinstance(self.understood.asked.expr, Formula) or query.measure.kind in OF_ONE:
            return []
        return [t for w in (*query.where, *query.having) for t in _terms_of(w, query.by[0].field) if t not in there]

    @property
    def label(self) -> str:
        """The group with the most, or the least; several that are equal, all of them."""
        if self.kind != "label" or not self.table:
            return ""
        if self.understood.asked.form == "lacking":
            return "、".join(self._lacking)
        if self.understood.asked.form == "those":
            return "、".join(label for label, _ in self.table)
        at = self._wanted
        return "、".join(label for label, value in self.table if at is not None and value == at)

    @property
    def _wanted(self) -> float | None:
        """The number of the first group, or of the one that is asked for: 排第二的."""
        n = self.understood.asked.take if self.understood.asked.form == "nth" else 1
        return self.table[n - 1][1] if len(self.table) >= n else None

    @property
    def value(self) -> float | int | bool | None:
        """The number; of a yes or no question True or False; of the most, its number; None where it can't be had."""
        form = self.understood.asked.form
        if form == "average":
            return None if self.why else whole(self._average[0])
        if self.kind == "label":
            return self._wanted
        if form in ("place", "how_many"):
            return self._among
        if self.kind == "table":
            return None
        value = self.answer.value if not is_grouped(self.answer.expr) else None
        if value is None or self.why:
            return None
        if form == "reaches":
            return _holds(value, self.understood.asked)
        if form in ("exists", "all"):
            return bool(value) == (form == "exists")
        return whole(self._spread(value))

    @property
    def _among(self) -> int | None:
        """How many groups are so, or the place of the one that is asked about: 1 where none is before it."""
        asked, values = self.understood.asked, dict(self.table)
        if self.why or asked.form == "how_many":
            return None if self.why else len(values)
        own = values.get(asked.group)
        if own is None:
            return None
        return 1 + sum((v or 0) < own if asked.is_least else (v or 0) > own for v in values.values())

    @cached_property
    def _average(self) -> tuple[float | None, str]:
        """The mean of the groups, and why there is none."""
        groups = [(" · ".join(labels), value) for labels, value in self.answer.values]
        (query, *_) = queries(self.answer.expr)
        listed = [t for w in (*query.where, *query.having) for t in _terms_of(w, query.by[0].field)]
        groups += [(unit, 0) for unit in listed if unit not in dict(groups)]
        return average(groups, [] if listed else self.asker.units, self.unit)

    def _spread(self, value: float | None) -> float | None:
        """The value of a month, where so many a month are asked for; 几倍 of what was counted in per cent."""
        asked = self.understood.asked
        n = 100 if asked.form == "times" else asked.n if asked.per else 1
        return value if value is None or n == 1 else value / n

    @property
    def text(self) -> str:
        """The answer alone: 2条, 公安局（40条）, 有（2人）."""
        if self.why:
            return f"无法得出：{self.why}"
        match self.kind:
            case "label" if self.understood.asked.form in ("lacking", "those"):
                return self.label or "没有这样的单位"
            case "label":
                return f"{self.label}（{said(_number(self.value), self.unit)}）" if self.label else "没有可比的数"
            case "table":
                return "；".join(f"{label}{said(value, self.unit)}" for label, value in self.table) or "没有"
            case "yes_no":
                return self._yes_no()
            case "number" if self.understood.asked.form == "place":
                return f"第{self.value}" if self.value else "没有可比的数"
            case "rows":
                return f"共{said(_number(self.value), self.unit)}"
        return said(_number(self.value), self.unit)

    @cached_property
    def _lacking(self) -> tuple[str, ...]:
        """The units of the data that have nothing of what is counted, alone or with others."""
        expr = self.understood.asked.expr
        (query,) = queries(expr)
        also, bare = self.asker.words.habits[query.ledger].also_unit, replace(query, by=())
        found = []
        for unit in self.asker.units:
            one = In(query.by[0].field, (unit,))
            either = (*bare.where, Or((one, In(also, (unit,)))))
            own = replace(bare, where=either) if also else with_condition(bare, one, self.asker.schema)
            if not self.count(replace(expr, of=own) if isinstance(expr, At) else own).value:
                found.append(unit)
        return tuple(found)

    def _yes_no(self) -> str:
        n = whole(self.answer.value)
        if self.understood.asked.form == "reaches":
            return f"{'是' if self.value else '不是'}，{self._by_how_much(n)}"
        if self.understood.asked.form == "exists":
            return f"有，{said(n, self.unit)}" if n else "没有"
        return "是，一个不差" if not n else f"不是，还有{said(n, self.unit)}"

    def _by_how_much(self, n: float | None) -> str:
        is_difference = isinstance(self.answer.expr, Formula) and self.answer.expr.op == "difference"
        if not is_difference or n is None:
            return f"是{said(n, self.unit)}"
        frame = self.understood.frame
        is_swapped = frame is not None and frame.versus is not None and frame.versus.is_swapped  # 公安局比法院少吗
        return f"{'多' if (n > 0) != is_swapped else '少'}{said(abs(n), self.unit)}" if n else "一样多"

    @property
    def why(self) -> str:
        """Why there is no value: none can be had, or too many rows do not tell what the question asks of them."""
        if self.answer.why or self._jointly:
            return self.answer.why or self._jointly
        if self.understood.asked.form == "average" and self._average[1]:
            return self._average[1]
        grouped = is_grouped(self.answer.expr)
        n = None if grouped else self._spread(self.answer.value or 0)
        if self.understood.asked.form == "exists" and n:
            return ""
        known = "" if n is None else f"能确定的有{said(whole(n), self.unit)}，但"
        few = (text for text, lacking, among in self._unfilled if lacking > _FEW * among)
        return next((f"{known}{text.removesuffix('，未计入')}，得不出准确的数" for text in few), "")

    @property
    def sentence(self) -> str:
        """A sentence ready for a document."""
        return sentence(self)

    @property
    def n_rows(self) -> int:
        return self.answer.n_rows

    @property
    def remarks(self) -> tuple[str, ...]:
        """What belongs beside the answer: doubtful rows, who has not sent, what else it might have meant."""
        missing = (f"未报或数据早于截止日：{'、'.join(self.answer.missing)}",) if self.answer.missing else ()
        n = 0 if self.answer.why else self.answer.n_uncounted
        unclear = (f"另有{n}行缺少所需的内容，未能计入",) if n else ()
        persons = ("姓名不保存；需要时用 zhengfa trace 指标 --names 从原表读出",) if self._asks_names() else ()
        unfilled = tuple(dict.fromkeys(text for text, _, _ in self._unfilled))
        return (*self.answer.remarks, *unclear, *unfilled, *missing, *persons)

    @cached_property
    def _unfilled(self) -> tuple[Unfilled, ...]:
        if self.understood.frame and self.understood.frame.indicator:
            return ()
        asked = self.understood.asked
        ranks = asked.take != 0 or asked.form in ("place", "those", "how_many")
        return unfilled(self.answer, self.asker, self.count, ranks=ranks)

    @cached_property
    def _jointly(self) -> str:
        return "" if self.understood.asked.form == "lacking" else jointly(self.answer.expr, self.asker, self.count)

    def _asks_names(self) -> bool:
        return self.kind == "rows" and any(
            f.kind == "persons"
            for q in queries(self.answer.expr)
            for f in self.asker.schema.ledgers[q.ledger].fields.values()
        )

    def rows(self) -> pd.DataFrame:
        """The counted rows under Chinese headers with file, sheet and row; no person, nothing private."""
        frame = self.answer.rows()
        ledgers = {q.ledger for q in queries(self.answer.expr)}
        if frame is None:
            return pd.DataFrame(columns=list(_PLACE.values()))
        names = _shown(self.asker.schema.ledgers[ledgers.pop()]) if len(ledgers) == 1 else _PLACE
        found = {name: label for name, label in names.items() if name in frame}
        return pd.DataFrame(frame[list(found)]).rename(columns=found)

    def chart(self) -> Any:
        """The breakdown as a chart with its table; the same for a single value as a table of one row."""
        if self.show is None:
            raise LookupError("这里没有画图的方法，请用 city.ask(…)")
        return self.show(self.answer, self.understood.text.rstrip("？?。"))

    def as_json(self) -> dict[str, Any]:
        """As `zhengfa ask --json` gives it."""
        return {
            "understood": True,
            "kind": self.kind,
            "value": self.value,
            "unit": self.unit,
            "label": self.label,
            "table": [{"label": label, "value": value} for label, value in self.table],
            "restated": self.restated,
            "query": self.query,
            "n_rows": self.n_rows,
            "text": self.text,
            "sentence": self.sentence,
            "definition": self.definition,
            "remarks": list(self.remarks),
            **({"why": self.why} if self.why else {}),
        }

    def __str__(self) -> str:
        lines = [self.text, f"统计的是：{self.restated}"]
        if self.kind in ("table", "label"):
            lines[:1] = [self.text] if self.kind == "label" or self.why else []
            lines[-1:-1] = [f"  {label}\t{said(value, self.unit)}" for label, value in self.table]
        definition = [] if self.definition.rstrip("。") in self.restated else [f"口径：{self.definition}"]
        return "\n".join([*lines, *definition, f"可以写：{self.sentence}", *self.remarks])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """The question, the answer, what was counted; of groups, the chart and its table."""
        return {"text/plain": str(self), "text/html": as_html(self)}

    def write(self, path: Path) -> None:
        """The answer and its rows as a workbook."""
        write_reply(self, path)


def reply_to_one(
    understood: Understood,
    asker: Asker,
    count: Count,
    answered: Callable[[Understood], Reply],
    show: Show | None = None,
) -> Reply:
    """Count what was understood; NotUnderstood asks back where a second meaning comes to something else."""
    check_owners(understood.asked.expr, asker)
    answer = count(understood.asked.expr)
    if understood.opposite is not None and not is_grouped(answer.expr) and (answer.value or 0) < 0:
        asked = understood.opposite
        restated = restate(asked, asker.schema, asker.clock)
        larger = replace(understood, asked=asked, restated=restated, opposite=None)
        return reply_to_one(larger, asker, count, answered, show)
    if understood.other is not None and count(understood.other.asked.expr).values != answer.values:
        ask_back(understood, understood.other, asker)
    return Reply(understood, answer, asker, count, answered, show)


def _holds(value: float | None, asked: Asked) -> bool:
    """Whether a value reaches the level that was asked about."""
    if value is None:
        return False
    match asked.side:
        case "over":
            return value > asked.level
        case "under":
            return value < asked.level
        case "at_most":
            return value <= asked.level
    return value >= asked.level


def _number(value: float | bool | None) -> float | None:
    return None if value is None else value


def _shown(ledger: Ledger) -> Mapping[str, str]:
    own = {f.id: f.name for f in ledger.stored if not f.is_secret and not f.reads}
    return own | _PLACE


def _terms_of(where: Where, field: str) -> Sequence[str]:
    match where:
        case In(name, terms) if name == field and len(terms) > 1:
            return [str(t) for t in terms]
        case Or((In(name, terms), *_)) if name == field and len(terms) > 1:
            return [str(t) for t in terms]
    return []
