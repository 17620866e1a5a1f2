"""Tags: how `{{线索.收到}}` and a content control name a figure, for people to read and for the next fill to find."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from zhengfa_stats.errors import QueryError
from zhengfa_stats.query import At, Expr, In, Where, narrow, queries
from zhengfa_stats.schema import Ledger, Schema

LONGEST = 64  # characters that Word keeps of a content control's tag
REGION = "区划"
_LIKE = "如"
_LAST_YEAR = "去年同期"
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?")
_MONTHS = re.compile(r"前(\d{1,3})个月")


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag names; `like` is how the figure was written last, so that 余 and 百分之 come back."""

    key: str
    expr: Expr
    like: str = ""


def read(text: str, schema: Schema) -> Tag:
    """The figure that a tag names: `键|字段=值+值|起..止|去年同期|如310余`, all but the key left out at will.

    QueryError says which part has no meaning, and what it may be.
    """
    key, *parts = (p.strip() for p in re.split(r"[|｜]", text.strip()))
    if key not in schema.indicators:
        near = get_close_matches(key, schema.indicators, n=3, cutoff=0.3)
        do = f"是不是：{'、'.join(near)}" if near else "zhengfa figures 列出全部指标"
        raise QueryError(f"标签“{text.strip()}”里没有这个指标：“{key}”", do=do)
    expr, like = schema.indicators[key].of, ""
    for part in parts:
        if part.startswith(_LIKE):
            like = part.removeprefix(_LIKE)
        else:
            expr = _narrowed(expr, part, text, schema)
    return Tag(key, expr, like)


def write(expr: Expr, key: str | None, schema: Schema, like: str = "") -> str | None:
    """The tag of an expression that narrows an indicator; None where no tag of 64 characters says it."""
    if key is None or key not in schema.indicators:
        return None
    parts = _parts(expr, key, schema)
    if parts is None:
        return None
    tag = "|".join((key, *parts, *([_LIKE + like] if like else [])))
    return tag if len(tag) <= LONGEST else None


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
    return narrow(expr, In(_field(name.strip(), expr, tag, schema), tuple(_terms(terms))))


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
    return {f.name: f.id for f in ledger.stored} | {REGION: "region"}


def _parts(expr: Expr, key: str, schema: Schema) -> list[str] | None:
    """What narrows the indicator: its conditions, then its clock; None where that can't be said."""
    if isinstance(expr, At):
        inner = _parts(expr.of, key, schema)
        clock = _clock(expr)
        return None if inner is None or clock is None else [*inner, *clock]
    base = schema.indicators[key].of
    first, own = queries(base)[0], queries(expr)[0]
    more = own.where[len(first.where) :]
    if narrow(base, *more) != expr:
        return None
    names = {id_: name for name, id_ in _names(schema.ledgers[own.ledger]).items()}
    said = [_condition(where, names) for where in more]
    return None if None in said else [s for s in said if s is not None]


def _condition(where: Where, names: Mapping[str, str]) -> str | None:
    if not isinstance(where, In) or where.field not in names:
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
