"""Two Answers of one expression → the change, and the counted identities that it is exactly made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from zhengfa_stats.counting.answer import Answer
from zhengfa_stats.counting.causes import Cause, Causes
from zhengfa_stats.counting.matching import Key, Matched, Row, match, place, values_of
from zhengfa_stats.counting.sides import Side, identity_of
from zhengfa_stats.query import At, Expr, Formula, Query


@dataclass(frozen=True)
class Part:
    """One identity's share of the change: how much, why, and its rows on either side."""

    n: Fraction
    cause: Cause
    before: tuple[Row, ...] = ()
    after: tuple[Row, ...] = ()
    cells: tuple[str, ...] = ()  # of reported totals: where they stand


@dataclass(frozen=True)
class Contribution:
    """What one kind of cause adds to the change, and the identities it comes from."""

    why: str
    n: Fraction
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Change:
    """What an expression comes to on both sides, and what the difference is made of; `why` where it can't be told."""

    before: Answer
    after: Answer
    contributions: tuple[Contribution, ...] = ()
    why: str = ""
    split: str = ""  # how a rate's change is split

    @property
    def change(self) -> Fraction | None:
        """The difference, exact; None where a side has no value."""
        first, last = exact(self.before), exact(self.after)
        return None if first is None or last is None else last - first


RATE = "分子的影响按新分母折算，分母的影响按旧分子折算"
_MIDDLE = {"mean": "平均数", "median": "中位数", "max": "最大值", "min": "最小值"}


@dataclass
class Comparison:
    """Two sides, ready for any expression; rows are matched once a ledger."""

    before: Side
    after: Side
    _matched: dict[str, Matched] = field(default_factory=dict)

    def of(self, expr: Expr, earlier: Expr | None = None) -> Change:
        """The change of an expression; `earlier` is what the same key meant on the first side."""
        first, last = self.before.count(earlier or expr), self.after.count(expr)
        if why := _incomparable(first, last, expr):
            return Change(first, last, why=why)
        redefined = self._redefined(first, expr, earlier) if earlier is not None else ()
        then = first if earlier is None else self.before.count(expr)
        if then.value is None:
            return Change(first, last, why=f"按现在的口径，前一期的数无法得出：{then.why}")
        parts = [*redefined, *self._parts(then, last)]
        whole = (exact(last) or Fraction(0)) - (exact(first) or Fraction(0))
        if missing := whole - sum((p.n for p in parts), Fraction(0)):
            parts.append(Part(missing, Cause("其他", "不能归到具体的行")))
        return Change(first, last, _gathered(parts), split=RATE if _has_rate(expr) else "")

    def _redefined(self, first: Answer, expr: Expr, earlier: Expr) -> tuple[Part, ...]:
        """What the new definition alone changes, on the first side's data."""
        then = replace(self.before, schema=self.after.schema).count(expr)
        amount = (exact(then) or Fraction(0)) - (exact(first) or Fraction(0))
        return (Part(amount, Cause("口径变化", "定义改了，数据没有变")),) if amount else ()

    # -- parts of a change

    def _parts(self, first: Answer, last: Answer) -> list[Part]:
        expr = last.expr
        if isinstance(expr, At):
            return self._parts(first.parts[0], last.parts[0])
        if isinstance(expr, Formula):
            return self._formula(expr, first, last)
        return [*self._counted(expr, first, last), *_reported(first, last)]

    def _formula(self, expr: Formula, first: Answer, last: Answer) -> list[Part]:
        left = self._parts(first.parts[0], last.parts[0])
        right = self._parts(first.parts[1], last.parts[1])
        match expr.op:
            case "sum":
                return left + right
            case "difference":
                return left + _scaled(right, Fraction(-1))
            case "ratio" | "growth":
                n, d = (exact(first.parts[i]) or Fraction(0) for i in (0, 1))
                new = exact(last.parts[1]) or Fraction(0)
                return _scaled(left, 100 / new, "分子：") + _scaled(right, -100 * n / (d * new), "分母：")

    def _counted(self, query: Query, first: Answer, last: Answer) -> list[Part]:
        """One part for each identity that is counted differently."""
        matched = self._match(query.ledger)
        before = self._amounts(query, first, matched.ids_before)
        after = self._amounts(query, last, matched.ids_after)
        changed = [k for k in dict.fromkeys((*before, *after)) if before.get(k, 0) != after.get(k, 0)]
        if not changed:
            return []
        causes = Causes(query, self.before, self.after, matched)
        found = []
        for key in changed:
            rows = causes.rows_of(key)
            n = after.get(key, Fraction(0)) - before.get(key, Fraction(0))
            found.append(Part(n, causes.of(rows), tuple(rows.before.values()), tuple(rows.after.values())))
        return found

    def _match(self, ledger: str) -> Matched:
        if ledger not in self._matched:
            first, last = (side.records.get(ledger, []) for side in (self.before, self.after))
            self._matched[ledger] = match(first, last, self.after.schema.ledgers[ledger])
        return self._matched[ledger]

    def _amounts(self, query: Query, answer: Answer, ids: Mapping[Key, int]) -> dict[Key, Fraction]:
        """How much each identity counts for: 1, or of a sum, its value."""
        rows = answer.rows()
        if rows is None:
            return {}
        ledger = self.after.schema.ledgers[query.ledger]
        found: dict[Key, Fraction] = defaultdict(Fraction)
        name = identity_of(query, ledger.each)
        for row in rows.to_dict("records"):
            if name:
                found.update(dict.fromkeys(values_of(row, name), Fraction(1)))
            else:
                value = row[query.measure.field] if query.measure.kind == "sum" else 1
                found[ids[place(row, ledger)]] += Fraction(value)
        return dict(found)


def exact(answer: Answer) -> Fraction | None:
    """An Answer's value without the rounding of a division; None where it has none."""
    if answer.value is None or not answer.parts:
        return None if answer.value is None else Fraction(answer.value)
    values = [exact(part) or Fraction(0) for part in answer.parts]
    match answer.expr:
        case Formula("ratio"):
            return 100 * values[0] / values[1]
        case Formula("growth"):
            return 100 * (values[0] - values[1]) / values[1]
        case Formula("difference"):
            return values[0] - values[1]
    return sum(values, Fraction(0))  # a sum, or an At, which has one part


def _incomparable(first: Answer, last: Answer, expr: Expr) -> str:
    for side, answer in (("前一期", first), ("后一期", last)):
        if answer.value is None:
            return f"{side}的数无法得出：{answer.why}"
    for leaf in last.leaves():
        assert isinstance(leaf.expr, Query)
        if (kind := leaf.expr.measure.kind) in _MIDDLE:
            return f"{_MIDDLE[kind]}只比较前后两个数，不作逐行分解"
        if leaf.expr.each and leaf.expr.measure.kind == "sum":
            return "按人归并后的合计只比较前后两个数，不作逐行分解"
    return ""


def _has_rate(expr: Expr) -> bool:
    match expr:
        case Formula(op, left, right):
            return op in ("ratio", "growth") or _has_rate(left) or _has_rate(right)
        case At(of):
            return _has_rate(of)
        case Query():
            return False


def _scaled(parts: Iterable[Part], by: Fraction, prefix: str = "") -> list[Part]:
    return [replace(p, n=p.n * by, cause=replace(p.cause, why=prefix + p.cause.why)) for p in parts]


def _reported(first: Answer, last: Answer) -> list[Part]:
    """Reported totals that came, went or changed, by indicator and office."""
    sides = [{(c.indicator, c.office): c for c in answer.reported} for answer in (first, last)]
    totals: list[dict[Any, Fraction]] = [defaultdict(Fraction), defaultdict(Fraction)]
    for answer, total in zip((first, last), totals, strict=True):
        for c in answer.reported:
            total[c.indicator, c.office] += Fraction(c.value)
    found = []
    for key in dict.fromkeys((*totals[0], *totals[1])):
        if n := totals[1].get(key, Fraction(0)) - totals[0].get(key, Fraction(0)):
            cells = tuple(str(side[key]) for side in sides if key in side)
            found.append(Part(n, Cause("报表数变化", key[1].name), cells=cells))
    return found


def _gathered(parts: Iterable[Part]) -> tuple[Contribution, ...]:
    """Parts by the kind of their cause, the heaviest first."""
    by_why: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        by_why[part.cause.why].append(part)
    found = (Contribution(why, sum((p.n for p in same), Fraction(0)), tuple(same)) for why, same in by_why.items())
    return tuple(sorted(found, key=lambda c: (-abs(c.n), c.why)))
