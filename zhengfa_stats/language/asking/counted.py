"""What a Frame counts, before it is said when: a Query, a share of two, an indicator narrowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from zhengfa_stats.language.asking.fields import fact_fields, fields_of, speaks_of
from zhengfa_stats.language.asking.frame import Condition, Frame, NotUnderstood
from zhengfa_stats.language.asking.shares import is_within_groups
from zhengfa_stats.language.asking.words import Habits, Words
from zhengfa_stats.query import (
    OF_ONE,
    And,
    At,
    Blank,
    By,
    Expr,
    Fact,
    Formula,
    In,
    Measure,
    Not,
    Or,
    Query,
    Where,
    leaves,
)
from zhengfa_stats.schema import Ledger, Schema


@dataclass(frozen=True)
class Counted:
    """The expression of a Frame at the clock that it is evaluated at."""

    schema: Schema
    words: Words

    def of(self, frame: Frame) -> Expr:
        if frame.indicator:
            return self._of_indicator(frame)
        whole = self._query(frame)
        if frame.share_of is None:
            return whole
        base = self._base(frame, whole)
        base = base if is_within_groups(frame) else replace(base, by=())
        if base == whole:
            raise NotUnderstood(["占"], "占的和被占的是同一个数，没有听清是谁占谁的比例")
        return Formula("ratio", whole, base)

    def _base(self, frame: Frame, part: Query) -> Query:
        """What a share is of: it leaves out no more than the part does."""
        habits, of = self.words.habits[frame.ledger], frame.share_of or ()
        base = self._query(replace(frame, conditions=of))
        own = {w for c in of for w in c.where}
        left_out = [w for w in base.where if w not in part.where and w not in own]
        if any(w in habits.usual for w in left_out):
            words = [c.said for c in frame.conditions if c not in of]
            raise NotUnderstood(words, f"没有听清“{'、'.join(words)}”占的是哪些人的比例；请说成“占应训的多少”这样")
        return replace(base, where=tuple(w for w in base.where if w not in left_out or w not in habits.always))

    def _query(self, frame: Frame) -> Query:
        """The Query of the conditions and the measure; persons are folded where the ledger declares how."""
        ledger, habits = self.schema.ledgers[frame.ledger], self.words.habits[frame.ledger]
        measure = frame.measure or ("rows" if frame.form == "rows" and not habits.each else habits.count_by)
        wheres = [w for c in frame.conditions for w in c.where]
        always = () if measure == "acts" else habits.always
        if any(speaks_of(w, fact_fields(ledger, habits.always)) for w in wheres):
            always = ()
        wheres = [*always, *wheres]
        kind, _, name = measure.partition(" ")
        self._check_items(frame, kind, name, wheres)
        if kind in OF_ONE and name != habits.days:  # of those to whom both happened
            wheres.extend(Not(Blank(d)) for d in ledger.fields[name].days if d != ledger.date)
        if kind in (*OF_ONE, "sum") and name == habits.days and _has(wheres, habits.open):
            raise NotUnderstood([frame.unit], "没有办结的，还没有办理天数；可以问“超过60天没办结的有几条”")
        if kind in (*OF_ONE, "sum") and name == habits.days and not _has(wheres, habits.closed):
            wheres.extend(w for w in habits.closed if w not in wheres)
        if habits.usual and not self._says_presence(wheres, ledger, habits):
            wheres = [*habits.usual, *wheres]
        wheres = list(dict.fromkeys(wheres))
        if kind == "persons" and habits.each:
            each = ledger.each[habits.each]
            having = tuple(w for w in wheres if each.settles(fields_of(w, ledger)))
            rest = tuple(w for w in wheres if w not in having)
            _check_denied(frame, rest)
            return Query(frame.ledger, rest, by=frame.by, each=habits.each, having=having)
        found = {
            "persons": Measure("distinct", habits.person),
            "rows": Measure(),
            "acts": Measure(),
        }.get(kind) or Measure(kind, name)  # type: ignore[arg-type]
        if kind == "persons" and ledger.key == (habits.person,):
            found = Measure()  # a row a person
        return Query(frame.ledger, tuple(wheres), found, frame.by)

    def _check_items(self, frame: Frame, kind: str, name: str, wheres: Sequence[Where]) -> None:
        """篇 and 份 add up within one sort of activity that is counted so, never across sorts."""
        habits = self.words.habits[frame.ledger]
        if kind != "sum" or name not in habits.sums.values():
            return
        sorts = [str(t) for w in wheres if isinstance(w, In) for t in w.terms]
        units = {habits.of_items.get(sort, "") for sort in sorts}
        if len(units) != 1 or frame.unit.removesuffix("数") not in units:
            names = "、".join(f"{sort}（{unit}）" for sort, unit in habits.of_items.items())
            raise NotUnderstood([frame.unit], f"“{frame.unit}”要说明是哪一种：{names}")

    def _says_presence(self, wheres: Iterable[Where], ledger: Ledger, habits: Habits) -> bool:
        """Whether a condition already says who is meant: those expected, tested, absent."""
        fields = {f for w in (*habits.usual, *habits.absent) for f in fields_of(w, ledger)}
        fields |= {f.id for f in ledger.fields.values() if f.reads in fields}  # 请假的: read from the same cells
        return any(speaks_of(w, fields) or isinstance(w, Fact) for x in wheres for w in leaves(x)) or any(
            fields & fields_of(w, ledger) for w in wheres
        )

    def _of_indicator(self, frame: Frame) -> Expr:
        """The indicator's own expression with the conditions on every query in it."""
        expr = self.schema.indicators[frame.indicator].of
        counted = ("", "rows", "persons") if isinstance(expr, Query) else ("",)
        if frame.measure not in counted or frame.share_of is not None:
            raise NotUnderstood([frame.indicator], f"“{frame.indicator}”是一个指标，不能这样问")
        return self._narrowed(expr, frame)

    def _narrowed(self, expr: Expr, frame: Frame) -> Expr:
        match expr:
            case At():
                return replace(expr, of=self._narrowed(expr.of, frame))
            case Formula():
                left, right = self._narrowed(expr.left, frame), self._narrowed(expr.right, frame)
                return replace(expr, left=left, right=right)
        more = tuple(w for c in frame.conditions for w in self._there(c, frame.ledger, expr.ledger))
        by = tuple(self._axis_there(b, frame.ledger, expr.ledger) for b in frame.by)
        if not expr.each:
            return replace(expr, where=tuple(dict.fromkeys((*expr.where, *more))), by=by)
        each = self.schema.ledgers[expr.ledger].each[expr.each]
        ledger = self.schema.ledgers[expr.ledger]
        having = tuple(w for w in more if each.settles(fields_of(w, ledger)))
        return replace(
            expr, where=(*expr.where, *(w for w in more if w not in having)), having=(*expr.having, *having), by=by
        )

    def _there(self, condition: Condition, here: str, there: str) -> tuple[Where, ...]:
        """A condition on another ledger of the same figure; only units and regions mean the same there."""
        if here == there:
            return condition.where
        if condition.kind == "region":
            return condition.where
        ours, theirs = self.words.habits[here].unit, self.words.habits[there].unit
        if condition.kind == "unit" and condition.slot == ours and theirs:
            return tuple(_renamed(w, ours, theirs) for w in condition.where)
        name = self.schema.ledgers[there].name
        raise NotUnderstood([condition.said], f"这个数还要用到《{name}》，那里没有“{condition.said}”，不能这样细分")

    def _axis_there(self, by: By, here: str, there: str) -> By:
        if here == there:
            return by
        ours, theirs = self.words.habits[here].unit, self.words.habits[there].unit
        if by.field == ours and theirs:
            return replace(by, field=theirs)
        name = self.schema.ledgers[there].name
        raise NotUnderstood([by.field], f"这个数还要用到《{name}》，不能这样分组")


def _has(wheres: Sequence[Where], wanted: tuple[Where, ...]) -> bool:
    return all(w in wheres for w in wanted)


def _renamed(where: Where, old: str, new: str) -> Where:
    match where:
        case In(field, terms) if field == old:
            return In(new, terms)
        case Not(of):
            return Not(_renamed(of, old, new))
        case Or(of):
            return Or(tuple(_renamed(w, old, new) for w in of))
        case And(of):
            return And(tuple(_renamed(w, old, new) for w in of))
    return where


def _check_denied(frame: Frame, of_acts: Sequence[Where]) -> None:
    """没有立案的有几人: who was dealt with twice may have been once so and once not."""
    if words := [c.said for c in frame.conditions if any(w in of_acts and _is_denied(w) for w in c.where)]:
        hint = f"有人处理过不止一次，“{words[0]}”有的是有的不是，不好说算不算他；可以改问多少人次"
        raise NotUnderstood(words, hint, ("多少人次",))


def _is_denied(where: Where) -> bool:
    match where:
        case Not(Blank()):
            return False
        case Not() | Blank():
            return True
    return False
