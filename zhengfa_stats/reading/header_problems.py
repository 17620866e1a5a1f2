"""What is said of columns and tables that were not understood: the place, the nearest names, and the lines to write."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhengfa_stats.reading.binding import Binding, Open
from zhengfa_stats.reading.evidence import Score, fits, speaks
from zhengfa_stats.reading.header_words import names_contact, names_informant
from zhengfa_stats.reading.headers import LedgerHeaders, bare, tidy
from zhengfa_stats.reading.samples import Samples
from zhengfa_stats.records import Level, Place, Problem, address, letters
from zhengfa_stats.schema import Field, Kind, Schema

# How a header ends or begins that can only be of these kinds.
_KINDS: tuple[tuple[re.Pattern[str], frozenset[Kind]], ...] = (
    (re.compile("是否|有无|有没有|能否|与否$"), frozenset({"flag", "term"})),
    (re.compile("(?:日期|时间|年月日?|日)$"), frozenset({"date"})),
    (re.compile("(?:人数|件数|次数|个数|数量|天数|分数|金额|学时|课时|比例|率)$"), frozenset({"number"})),
    (re.compile("(?:编号|文号|字号|号码|代码)$"), frozenset({"code", "text"})),
    (re.compile("(?:单位|部门|机关)(?:名称)?$"), frozenset({"unit", "text"})),
    (re.compile("(?:姓名|名单)$"), frozenset({"persons", "text"})),
)
_OTHER_STEPS = frozenset({"立案", "移交", "移送", "交办", "转办", "宣布"})
_STEPS = re.compile(
    "立案|移交|移送|交办|转办|宣布|批示|启动|填报|填表|报送|录入|办结|查结|结案|反馈|到期|截止|整改|送达|生效|解除"
    "|留置|公布|公示|发布|印发|废止|出生|入党|工作|任职"
)
_LONG_NUMBER = re.compile(r"\d{5,}")


@dataclass(frozen=True, slots=True)
class UnknownHeader:
    """A column that is not read: its nearest fields, best first, and the lines for zhengfa.toml that would bind it."""

    at: int
    header: str
    nearest: tuple[str, ...]
    lines: str
    why: str  # Chinese, a sentence
    repeated: bool = False  # another column claims the same field as well


@dataclass(frozen=True, slots=True)
class Spot:
    """A table's place: its file, sheet and the last row of its header."""

    file: str
    sheet: str
    row: int
    header_rows: tuple[int, ...] = ()

    def of(self, at: int) -> Place:
        return Place(self.file, self.sheet, address(self.row, at))

    @property
    def place(self) -> Place:
        return Place(self.file, self.sheet)


def quoted(header: str) -> str:
    """A header as messages show it: short, and without long numbers, which may be somebody's."""
    text = _LONG_NUMBER.sub("…", " ".join(header.split()))
    return f"“{text[:24]}…”" if len(text) > 25 else f"“{text}”"


def unknown_headers(
    binding: Binding, headers: LedgerHeaders, samples: Samples, schema: Schema
) -> tuple[UnknownHeader, ...]:
    """The columns that hold something and are not read, each with its nearest fields."""
    return tuple(
        _unknown(o, binding, headers, samples, schema) for o in binding.open if o.why != "unknown" or samples.of(o.at)
    )


def _unknown(column: Open, binding: Binding, headers: LedgerHeaders, samples: Samples, schema: Schema) -> UnknownHeader:
    near = column.fields or nearest(column, binding, headers, samples, schema)
    lines = alias_lines(headers.ledger.id, near[0], column.header) if near and column.why != "repeated" else ""
    return UnknownHeader(column.at, column.header, near, lines, _why(column, headers), column.why == "repeated")


def nearest(
    column: Open, binding: Binding, headers: LedgerHeaders, samples: Samples, schema: Schema
) -> tuple[str, ...]:
    """Up to three fields whose names look alike and whose kind suits the values; those without a column first."""
    from rapidfuzz import fuzz, process  # only when something is unknown

    text = bare(tidy(column.header))[0]
    taken = {f for b in binding.bound for f in b.fields}
    likeness: dict[str, float] = {}
    for name, alike, _ in process.extract(text, list(headers.named), scorer=fuzz.ratio, limit=None):
        for f in headers.named[name].fields:
            likeness[f] = max(likeness.get(f, 0), alike)
    found = {f: alike + _weight(headers.fields[f], column, headers, samples, schema) for f, alike in likeness.items()}
    found = {f: p - 25 * (f in taken) + 5 * headers.fields[f].required for f, p in found.items()}
    best = sorted((f for f in found if _may_be(headers.fields[f], text, headers)), key=lambda f: (-found[f], f))
    return tuple(f for f in best[:3] if found[f] >= 30)


def _may_be(field: Field, text: str, headers: LedgerHeaders) -> bool:
    """Whether a header may be proposed for a field: not another kind, another event's date, or a private field."""
    if field.private and not (names_informant(text) or names_contact(text)):
        return False
    kinds = next((kinds for pattern, kinds in _KINDS if pattern.search(text)), None)
    if kinds is not None and field.kind not in kinds:
        return False
    return field.kind != "date" or not _is_other_event(field, text, headers)


def _is_other_event(field: Field, text: str, headers: LedgerHeaders) -> bool:
    """The header is the date of a step (立案, 移交) that the field is not about; the main date is about none."""
    steps = set(_STEPS.findall(text))
    if field.id == headers.ledger.date and steps & _OTHER_STEPS:
        return True
    return any(not any(step in name for name in (field.name, *field.headers)) for step in steps)


def _weight(field: Field, column: Open, headers: LedgerHeaders, samples: Samples, schema: Schema) -> float:
    """What the column's values add to, or take from, a field's likeness by name."""
    values, vocabulary = samples.of(column.at), schema.vocabulary_of(headers.ledger.id, field.id)
    if not fits(field, values, vocabulary):
        return -40
    return 30 if speaks(field, values, vocabulary) else 0


def alias_lines(ledger: str, field: str, header: str) -> str:
    """The lines of zhengfa.toml that make a header a field's.

    >>> print(alias_lines("clues", "received_on", "来件 时间"))
    [ledgers.clues.fields.received_on]
    headers = ["来件时间"]
    """
    return f"[ledgers.{ledger}.fields.{field}]\nheaders = [{json.dumps(''.join(header.split()), ensure_ascii=False)}]"


def pin_lines(spot: Spot, ledger: str, columns: Mapping[str, str]) -> str:
    """The lines of zhengfa.toml that settle what a sheet is."""
    written = ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in columns.items())
    lines = ["[[sheets]]", f"file = {_toml(spot.file)}", f"sheet = {_toml(spot.sheet)}", f"ledger = {_toml(ledger)}"]
    lines += [f"header_rows = [{', '.join(map(str, spot.header_rows))}]"] if spot.header_rows else []
    return "\n".join(lines + ([f"columns = {{ {written} }}"] if written else []))


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _why(column: Open, headers: LedgerHeaders) -> str:
    names = _names(column.fields, headers)
    others = "、".join(f"{letters(at)}列" for at in column.others)
    match column.why:
        case "blank":
            return "这一列有内容，但没有表头"
        case "repeated":
            return f"与{others}都像“{names}”，内容又不同，无法取舍"
        case "taken":
            return f"像“{names}”，但{others or '别的列'}更确切，这一列没有采用"
        case "ambiguous":
            return f"可能是“{names}”，从表头和左右各列看不出是哪一个"
        case "unsure":
            return f"像“{names}”，但表头里的附注不明"
        case "not ticks":
            return f"表头是“{names}”的一个选项，但内容不是勾选，没有采用"
        case "unknown":
            return "不认识这个表头"


def _names(fields: Sequence[str], headers: LedgerHeaders) -> str:
    return "、".join(headers.fields[f].name for f in fields)


def column_problems(
    unknown: Sequence[UnknownHeader], binding: Binding, missing: Sequence[str], headers: LedgerHeaders, spot: Spot
) -> list[Problem]:
    """One problem a column that is not read, or that was read by custom only."""
    why = {o.at: o.why for o in binding.open}
    found = [_column_problem(u, why[u.at], missing, headers, spot) for u in unknown]
    for doubt in binding.doubts:
        field = headers.fields[doubt.fields[0]]
        found.append(
            Problem(
                "note",
                "表头含义不确定",
                spot.of(doubt.at),
                f"{quoted(doubt.header)}按“{field.name}”读取",
                f"如果不是，请在 zhengfa.toml 里写明：\n{pin_lines(spot, headers.ledger.id, {doubt.header: '字段'})}",
                ledger=headers.ledger.id,
                field=field.id,
            )
        )
    return found


def _column_problem(u: UnknownHeader, why: str, missing: Sequence[str], headers: LedgerHeaders, spot: Spot) -> Problem:
    needed = bool(set(u.nearest) & set(missing))
    level: Level = "error" if needed else "note" if why in ("blank", "taken") else "warning"
    kind = "表头重复" if why in ("repeated", "taken") else "表头未识别"
    near = _names(u.nearest, headers)
    shown = quoted(u.header) if u.header.strip() else f"{letters(u.at)}列"
    return Problem(
        level,
        kind,
        spot.of(u.at),
        f"{shown}：{u.why}",
        _remedy(u, headers.ledger.id, spot),
        expected=f"最接近的字段：{near}" if near else "",
        ledger=headers.ledger.id,
        field=u.nearest[0] if needed else "",
        also=(),
    )


def _remedy(u: UnknownHeader, ledger: str, spot: Spot) -> str:
    key = u.header.strip() or letters(u.at)
    if u.lines and "没有采用" not in u.why and u.header.strip():
        return f"如果它就是，请在 zhengfa.toml 里加上：\n{u.lines}"
    pin = pin_lines(spot, ledger, {letters(u.at) if "取舍" in u.why else key: u.nearest[0] if u.nearest else "字段"})
    return f'如果要读这一列，请在 zhengfa.toml 里写明它是哪个字段；不要这一列，就把字段写成空的 ""：\n{pin}'


def missing_problems(
    missing: Sequence[str], unknown: Sequence[UnknownHeader], headers: LedgerHeaders, spot: Spot
) -> list[Problem]:
    """One problem a required field without a column: an error, unless it is the date and the table is just undated."""
    return [_missing_problem(headers.fields[name], unknown, headers, spot) for name in missing]


def _missing_problem(field: Field, unknown: Sequence[UnknownHeader], headers: LedgerHeaders, spot: Spot) -> Problem:
    candidates = [u for u in unknown if field.id in u.nearest and u.header.strip()]
    dated = field.id == headers.ledger.date
    what = f"{headers.ledger.name}缺少必需的列“{field.name}”" + (
        "，本表按没有日期处理" if dated and not candidates else ""
    )
    do = f"请补上“{field.name}”一列"
    if rivals := [u for u in candidates if u.repeated]:
        shown = "、".join(f"{letters(u.at)}列{quoted(u.header)}" for u in rivals)
        pin = pin_lines(spot, headers.ledger.id, {letters(u.at): "" for u in rivals[1:]})
        do = f"{shown}都像它，请在 zhengfa.toml 里写明不读哪一列（这里写的是只读{letters(rivals[0].at)}列）：\n{pin}"
    elif candidates:
        lines = "\n或\n".join(alias_lines(headers.ledger.id, field.id, u.header) for u in candidates)
        do = f"如果表里的{'、'.join(quoted(u.header) for u in candidates)}就是它，请在 zhengfa.toml 里加上：\n{lines}"
    level: Level = "warning" if dated and not candidates else "error"
    return Problem(level, "缺少必需列", spot.of(1), what, do, ledger=headers.ledger.id, field=field.id)


def tie_problem(first: Score, second: Score, schema: Schema, spot: Spot) -> Problem:
    """Two ledgers that a table may be equally well."""
    names = "”和“".join(schema.ledgers[s.ledger].name for s in (first, second))
    return Problem(
        "error",
        "台账难以判断",
        spot.place,
        f"这张表既像“{names}”，没有读取",
        f"请在 zhengfa.toml 里写明是哪一个：\n{pin_lines(spot, first.ledger, {})}",
    )


def unknown_table(nearest_score: Score | None, schema: Schema, spot: Spot, *, suspected: bool) -> Problem:
    """A table that is no known ledger; `suspected`: its title or most of its columns say otherwise."""
    what = "不是已知的台账，没有读取"
    do = "如果它是台账，请在 zhengfa.toml 里写明"
    ledger = nearest_score.ledger if nearest_score else ""
    if nearest_score and nearest_score.n_fields:
        of = schema.ledgers[ledger]
        lacks = "、".join(of.fields[f].name for f in nearest_score.missing)
        what += f"；最接近“{of.name}”" + (f"，但缺少{lacks}" if lacks else "，但认得的列太少")
        do += f"：\n{pin_lines(spot, ledger, {})}"
    return Problem("warning" if suspected else "note", "不是已知台账", spot.place, what, do)


def refusal(header: str, at: int, ledger: str, spot: Spot) -> Problem:
    """A pin or a definition that would make a reporter's column public."""
    return Problem(
        "error",
        "隐私列",
        spot.of(at),
        f"{quoted(header)}可能是举报人的信息，不能作为公开字段读取，这一列没有读取",
        "请改正 zhengfa.toml 或定义；确是被举报人的，请把表头改为“被举报人…”",
        ledger=ledger,
    )
