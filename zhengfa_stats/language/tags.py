"""Tags: how `{{线索.收到}}` and a content control name a figure, for people to read and for the next fill to find."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from itertools import pairwise
from typing import Literal

from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import At, Expr, Formula, In, Query, Where, canonical, queries
from zhengfa_stats.schema import Ledger, Schema

LONGEST = 64  # characters that Word keeps of a content control's tag
REGION, REGION_FIELD = "区划", "region"
_LIKE = "如"
_FALLS = "降"
_LAST_YEAR = "去年同期"
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?")
_MONTHS = re.compile(r"前(\d{1,3})个月")
Op = Literal["ratio", "growth", "difference", "sum"]
_OPS: Mapping[str, Op] = {"占": "ratio", "增": "growth", "差": "difference", "和": "sum"}
_FORMULA = re.compile(rf"({_FALLS}?)([{''.join(_OPS)}])[(（](.*)[)）]")
_SPOKEN = {
    "占": "{}占{}的比例",
    "增": "{}比{}的增幅",
    "降增": "{}比{}的降幅",
    "差": "{}与{}之差",
    "降差": "{}比{}减少的数",
    "和": "{}与{}之和",
}
_BETWEEN = {"ratio": "/", "growth": ",", "difference": ",", "sum": ","}
_SYNTAX = re.compile(r"[|｜=+()（）,，/{}]")  # what no term in a tag may hold
_WIDE = str.maketrans("｜（），", "|(),")


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag names; `like` is how the figure was written last, so that 余 and 百分之 come back.

    `key` is the indicator, or of a formula the tag itself; `falls`: what is written is how far the value lies below zero.
    """

    key: str
    expr: Expr
    like: str = ""
    unit: str = ""
    falls: bool = False


def read(text: str, schema: Schema) -> Tag:
    """The figure that a tag names: `键|字段=值+值|起..止|去年同期|如310余`, all but the key left out at will.

    In place of a key may stand `占(甲/乙)`, `增(甲,乙)`, `差(甲,乙)`, `和(甲,乙)` of two such, with 降 before 增 and 差 that
    fall. QueryError says which part has no meaning, and what it may be.
    """
    head, *parts = (p.strip() for p in _split(text.strip(), "|"))
    formula = _FORMULA.fullmatch(head.translate(_WIDE))
    tag = _formula(formula, text, schema) if formula else _indicator(head, text, schema)
    like = next((part.removeprefix(_LIKE) for part in parts if part.startswith(_LIKE)), "")
    expr = tag.expr
    for part in (part for part in parts if not part.startswith(_LIKE)):
        expr = _narrowed(expr, part, text, schema)
    return replace(tag, expr=expr, like=like)


def write(expr: Expr, key: str | None, schema: Schema, like: str = "", *, falls: bool = False) -> str | None:
    """The tag of an expression that narrows an indicator, or is a formula of two such; None where no tag of 64 characters says it."""
    named = name(expr, key, schema, falls=falls)
    tag = "|".join((named, *([_LIKE + like] if like else []))) if named else ""
    return tag if 0 < len(tag) <= LONGEST else None


def name(expr: Expr, key: str | None, schema: Schema, *, falls: bool = False) -> str | None:
    """The same, of any length."""
    named = _name(expr, key, schema)
    of_change = named is not None and named.startswith(("增(", "差("))
    return None if falls and not of_change else _FALLS * falls + named if named else None


def spoken(tag: str) -> str:
    """A tag as people say it.

    >>> spoken("占(处理.科级/处理.总人数)"), spoken("降增(线索.收到,线索.收到|去年同期)"), spoken("线索.收到|区划=甲县")
    ('处理.科级占处理.总人数的比例', '线索.收到比线索.收到（去年同期）的降幅', '线索.收到（区划=甲县）')
    """
    head, *parts = _split(tag, "|")
    formula = _FORMULA.fullmatch(head.translate(_WIDE))
    if formula:
        falls, word, inside = formula.groups()
        sides = [spoken(side.strip()) for side in _split(inside, _BETWEEN[_OPS[word]])]
        head = _SPOKEN[falls + word].format(*sides) if len(sides) == 2 and falls + word in _SPOKEN else head
    return f"{head}（{'，'.join(parts)}）" if parts else head


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _indicator(key: str, tag: str, schema: Schema) -> Tag:
    if key in schema.indicators:
        return Tag(key, schema.indicators[key].of, unit=schema.indicators[key].unit)
    near = get_close_matches(key, schema.indicators, n=3, cutoff=0.3)
    do = f"是不是：{'、'.join(near)}" if near else "zhengfa figures 列出全部指标"
    raise QueryError(f"标签“{tag.strip()}”里没有这个指标：“{key}”", do=do)


def _formula(said: re.Match[str], tag: str, schema: Schema) -> Tag:
    falls, word, inside = said.groups()
    op = _OPS[word]
    sides = _split(inside, _BETWEEN[op])
    if len(sides) != 2:
        two = f"甲{_BETWEEN[op]}乙"
        raise QueryError(f"标签“{tag.strip()}”里的“{word}”要有两个数", do=f"写成 {word}({two})")
    left, right = (read(side, schema) for side in sides)
    if (left.unit == "%") != (right.unit == "%"):
        raise QueryError(f"标签“{tag.strip()}”里的两个数，一个是率，一个不是", do="两个数的单位要一样")
    key = f"{falls}{word}({sides[0].strip()}{_BETWEEN[op]}{sides[1].strip()})"
    return Tag(key, Formula(op, left.expr, right.expr), unit=unit_of(op, left.unit), falls=bool(falls))


def unit_of(op: Op, unit: str) -> str:
    """The unit of a formula of two figures of one unit.

    >>> unit_of("ratio", "人"), unit_of("difference", "%"), unit_of("sum", "次")
    ('%', '个百分点', '次')
    """
    if op in ("ratio", "growth"):
        return "%"
    return "个百分点" if unit == "%" and op == "difference" else unit


def _split(text: str, at: str) -> list[str]:
    """The parts of a text between the marks that stand in no brackets; full-width marks are marks too."""
    even = text.translate(_WIDE)
    depth, cuts = 0, [-1]
    for i, char in enumerate(even):
        depth += (char == "(") - (char == ")")
        if char == at and depth == 0:
            cuts.append(i)
    return [text[a + 1 : b] for a, b in pairwise([*cuts, len(text)])]


def _narrowed(expr: Expr, part: str, tag: str, schema: Schema) -> Expr:
    if part == _LAST_YEAR:
        return At(expr, months=-12)
    if match := _MONTHS.fullmatch(part):
        return At(expr, months=-int(match[1]))
    if match := _DAYS.fullmatch(part):
        since, as_of = (_day(g, tag) for g in match.groups())
        return At(expr, since, as_of)
    name, equals, terms = part.partition("=")
    if not equals:
        do = f"可写：字段=值、2021-01-01..2021-05-31、{_LAST_YEAR}"
        raise QueryError(f"标签“{tag}”里的“{part}”看不懂", do=do)
    return _where(expr, In(_field(name.strip(), expr, tag, schema), tuple(_terms(terms))), schema)


def _where(expr: Expr, more: In, schema: Schema) -> Expr:
    """The expression under one more condition, of folded rows where it is a matter of those."""
    match expr:
        case At():
            return replace(expr, of=_where(expr.of, more, schema))
        case Formula():
            return replace(expr, left=_where(expr.left, more, schema), right=_where(expr.right, more, schema))
        case Query():
            return with_condition(expr, more, schema)


def with_condition(query: Query, more: In, schema: Schema) -> Query:
    """The query under one more condition, of folded rows where it is a matter of those."""
    if folds(query, more.field, schema):
        return replace(query, having=(*query.having, more))
    return replace(query, where=(*query.where, more))


def folds(query: Query, field: str, schema: Schema) -> bool:
    """Whether a condition on a field is one on the folded rows: a person's first unit and rank, the heaviest measure."""
    each = schema.ledgers[query.ledger].each.get(query.each)
    return each is not None and each.settles({field})


def _day(text: str | None, tag: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise QueryError(f"标签“{tag}”里的“{text}”不是日期", do="日期写成 2021-05-31 这样") from None


def _terms(text: str) -> Iterator[str | bool]:
    for term in text.split("+"):
        yield {"是": True, "否": False}.get(term.strip(), term.strip())


def _field(name: str, expr: Expr, tag: str, schema: Schema) -> str:
    known = _names(schema.ledgers[queries(expr)[0].ledger])
    if name in known.values():
        return name
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.3) or known
        raise QueryError(f"标签“{tag}”里没有这个字段：“{name}”", do=f"是不是：{'、'.join(near)}")
    return known[name]


def _names(ledger: Ledger) -> Mapping[str, str]:
    """Chinese names of fields → their ids."""
    return {f.name: f.id for f in ledger.stored} | {REGION: REGION_FIELD}


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _name(expr: Expr, key: str | None, schema: Schema) -> str | None:
    """Of the indicator, else of the one that says it in the fewest parts, else of a formula."""
    if key in schema.indicators and key is not None and (own := _parts(expr, key, schema)) is not None:
        return "|".join((key, *own))
    keys = (k for k, i in schema.indicators.items() if _is_like(i.of, expr))
    said = [(parts, k) for k in keys if (parts := _parts(expr, k, schema)) is not None]
    if said:
        parts, best = min(said, key=lambda found: (len(found[0]), len("|".join(found[0]))))
        return "|".join((best, *parts))
    match expr:
        case Formula(op, left, right):
            sides = [_name(side, None, schema) for side in (left, right)]
            word = next(n for n, o in _OPS.items() if o == op)
            return None if None in sides else f"{word}({_BETWEEN[op].join(s for s in sides if s)})"
        case At(of):
            inner, clock = _name(of, None, schema), _clock(expr)
            return None if inner is None or clock is None else "|".join((inner, *clock))
    return None


def _is_like(base: Expr, expr: Expr) -> bool:
    """Whether an expression may narrow an indicator's: it counts in the same ledgers."""
    return [q.ledger for q in queries(base)] == [q.ledger for q in queries(expr)]


def _parts(expr: Expr, key: str, schema: Schema) -> list[str] | None:
    """What narrows the indicator: its conditions, then its clock; None where that can't be said."""
    base = schema.indicators[key].of
    if canonical(expr) == canonical(base):
        return []
    if isinstance(expr, At):
        inner = _parts(expr.of, key, schema)
        clock = _clock(expr)
        return None if inner is None or clock is None else [*inner, *clock]
    first, own = queries(base)[0], queries(expr)[0]
    more = [*own.where[len(first.where) :]] + [w for w in own.having if w not in first.having]
    rebuilt = base
    for where in more:
        rebuilt = _where(rebuilt, where, schema) if isinstance(where, In) else rebuilt
    if canonical(rebuilt) != canonical(expr):
        return None
    names = {id_: name for name, id_ in _names(schema.ledgers[own.ledger]).items()}
    said = [_condition(where, names) for where in more]
    return None if None in said else [s for s in said if s is not None]


def _condition(where: Where, names: Mapping[str, str]) -> str | None:
    if not isinstance(where, In) or where.field not in names or any(_SYNTAX.search(str(t)) for t in where.terms):
        return None
    return f"{names[where.field]}={'+'.join(map(_said, where.terms))}"


def _said(term: str | bool) -> str:
    return term if isinstance(term, str) else "是" if term else "否"


def _clock(at: At) -> list[str] | None:
    days = [f"{at.since or ''}..{at.as_of or ''}"] if at.since or at.as_of else []
    if at.months > 0:
        return None
    months = [_LAST_YEAR if at.months == -12 else f"前{-at.months}个月"] if at.months else []
    return None if days and months else [*days, *months]
