"""What can't be both: of one who has several kinds of handling the heaviest is told, and no lighter one beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zhengfa_stats.language.asking.frame import Condition, NotUnderstood, terms_of
from zhengfa_stats.query import And, Blank, In, Not, Or, Where
from zhengfa_stats.schema import Ledger


def check_outranked(conditions: Sequence[Condition], ledger: Ledger) -> None:
    """既受党纪处分又受组织处理: who has both is told by the heavier alone; NotUnderstood."""
    stated = [c for c in conditions if not c.is_negated]
    for lighter in stated:
        heavier = set(_before(lighter, ledger))
        for other in stated:
            if other is not lighter and heavier & set(_implied(other.where)):
                both = f"“{other.said}”和“{lighter.said}”"
                hint = f"{both}都有的人，“{ledger.fields[lighter.slot].name}”按重的一种归，不算“{lighter.said}”"
                raise NotUnderstood([other.said, lighter.said], f"{hint}；请按具体的处分、措施问")


def _before(condition: Condition, ledger: Ledger) -> Iterator[Where]:
    """What the cases that stand before a derived field's term ask for."""
    field, terms = ledger.fields.get(condition.slot), terms_of(condition.where)
    if field is None or len(terms) != 1:
        return
    for case in field.when:
        if case.term == terms[0]:
            return
        yield from _alternatives(case.where)


def _alternatives(where: Where) -> Iterator[Where]:
    match where:
        case Or(of):
            for one in of:
                yield from _alternatives(one)
        case And((one,)):
            yield from _alternatives(one)
        case _:
            yield where


def _implied(wheres: Sequence[Where]) -> Iterator[Where]:
    for where in wheres:
        yield where
        if isinstance(where, In):
            yield Not(Blank(where.field))
