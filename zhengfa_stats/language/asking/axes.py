"""By what a question wants its answer broken down: 各单位, 按来源, 每个月, 哪个单位最多, 前三名."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.language.asking.ranking import COUNTED, is_of_whom, ranked
from zhengfa_stats.language.asking.timing import TOTALS
from zhengfa_stats.query import By
from zhengfa_stats.schema import Field

_KINDS = (
    "各类",
    "各种",
    "每类",
    "每种",
    "哪类",
    "哪种",
    "哪一类",
    "哪一种",
    "每一类",
)  # of the things counted: 各类线索
_BETWEEN = ("的", "是", *COUNTED)
_SPLIT = ("分", "分别", "分开", "来分", "分组", "分类", "拆", "拆分", "划分", "分解")


def axes(s: Sentence, frame: Frame) -> Frame:
    """The Frame with what the answer is grouped by, and how many groups of which end are wanted."""
    frame = _distinct(s, frame)
    found: list[By] = []
    i = 0
    while i < len(s.tokens):
        if i not in s.used and _is_whole(s, i) and _take(s, i, found):
            s.use(*(j for j in (i + 1,) if j < len(s.tokens) and s.tokens[j].text in _SPLIT))
        elif i not in s.used and s.has(i, "by", "each", "which", "which_many") and not _is_points(s, i):
            i = _after(s, i, found)
        i += 1
    extremes = list(s.free("most", "least", "top", "bottom", "ordinal", "rank", "which_place"))
    if extremes and not found:
        _behind_extreme(s, extremes, found)
    _before_spread(s, found)
    if not found:
        _before_which(s, found)
    if not found:
        _behind_level(s, found)
    if extremes and not found and s.habits.unit and is_of_whom(s, extremes):
        found += [by] if (by := axis_of(s, s.habits.unit)) else []
    if not found and (trend := list(s.free("trend"))) and (by := _grain(s, "month")):
        s.use(*trend)
        found.append(by)
    if not found:
        _sorted(s, found)
    if any(b.level in ("month", "quarter", "year") for b in found):
        s.use(*s.free("trend"))
    _said_again(s, found)
    found = _of_whom(s, found)
    frame = replace(frame, by=(*frame.by, *dict.fromkeys(_of_one_date(s, found))))
    return ranked(s, frame) if frame.by else frame


def _of_one_date(s: Sentence, found: Sequence[By]) -> Sequence[By]:
    """按查结日期分月统计: the months are of that date."""
    own, fields = s.schema.ledgers[s.ledger].date, s.schema.ledgers[s.ledger].fields
    other = next((b for b in found if b.field != own and b.field in fields and fields[b.field].kind == "date"), None)
    grain = next((b for b in found if b.field == own), None)
    if other is None or grain is None:
        return found
    return [replace(b, level=grain.level) if b is other else b for b in found if b is not grain]


def _of_whom(s: Sentence, found: list[By]) -> list[By]:
    """哪个单位被举报最多, 反映各单位的线索: by whom the records are about, and not by who handles them."""
    about = s.habits.about_unit
    if not about or not any(b.field == s.habits.unit for b in found) or not _says_about(s):
        return found
    return [replace(b, field=about) if b.field == s.habits.unit else b for b in found]


def _says_about(s: Sentence) -> bool:
    for i, token in enumerate(s.tokens):
        behind = s.skip_idle(i + 1)
        if "about" in token.roles and (token.text[0] == "被" or s.has(behind, "axis", "each", "which", "which_many")):
            return True
        if s.has(behind, "most", "least") and token.text.endswith("反映"):  # 老百姓反映最多的单位
            return True
    return False


def _is_points(s: Sentence, i: int) -> bool:
    """95分: 分 is what is counted there, and not 分单位."""
    return s.has(i, "unit_of") and i > 0 and s.tokens[i - 1].number is not None


def _behind_level(s: Sentence, found: list[By]) -> None:
    """查结率低于95%的单位, 线索超过20条的单位有哪些: the axis behind a level that its groups are to reach."""
    for i in s.free("number"):
        j = i + 1 if s.has(i, "rate") else i + 2
        if j + 1 >= len(s.tokens) or s.tokens[j + 1].of("noun", s.ledger):
            continue
        if s.tokens[j].text in ("的", "以上的", "以下的") and _take(s, j + 1, found):
            s.use(*s.free("which", "which_many"))
            return


def _sorted(s: Sentence, found: list[By]) -> None:
    """线索分类统计: by the sort of record, where nothing else is said."""
    kind = s.habits.axes.get("类别") or s.habits.axes.get("类型")
    sorts = [i for i in s.free("sorted") if s.tokens[i].text[:2] in ("分类", "归类")]
    by = axis_of(s, kind) if kind and sorts else None
    if by is not None:
        s.use(*sorts)
        found.append(by)


def _said_again(s: Sentence, found: Sequence[By]) -> None:
    """最多的月份是哪个月, 来源渠道: the same axis in other words."""
    for i, token in enumerate(s.tokens):
        if (
            found
            and i not in s.used
            and not s.choices(i)
            and not token.of("noun", s.ledger)
            and (token.of("axis", s.ledger) or s.has(i, "axis"))
        ):
            named = {m.slot for m in token.of("axis", s.ledger)}
            again = any(b.field in named for b in found) if named else _axis(s, i) in found
            if again:
                s.use(i)


def _after(s: Sentence, i: int, found: list[By]) -> int:
    """按来源和单位, 各类别: the axes that follow a marker; the marker is used only where there is one."""
    j = i + 1
    while j < len(s.tokens) and (
        s.tokens[j].text in ("个", "的", "家", "一个", "种", "类", "按", "照") or s.has(j, "by") or _is_few(s, i, j)
    ):
        j += 1
    kind = s.habits.axes.get("类别") or s.habits.axes.get("类型")
    if kind and j < len(s.tokens) and s.tokens[i].text in _KINDS and s.tokens[j].of("noun", s.ledger):
        if s.tokens[i].text[0] == "各" and _asks_for_total(s, i, j):
            s.use(i)
            return i
        by = axis_of(s, kind)
        if by is not None:
            s.use(i)
            found.append(by)
            return i
    kinds = kind and s.has(i, "which") and any(s.tokens[k].text in ("类", "种") for k in range(i + 1, j))
    if kinds and (j >= len(s.tokens) or _axis(s, j) is None) and (by := axis_of(s, str(kind))) is not None:
        found.append(by)  # 哪三类
        s.use(*(k for k in range(i, j) if s.tokens[k].number is None))
        return j - 1
    if j >= len(s.tokens) or j in s.used or _is_listed(s, i, j) or not _take(s, j, found):
        return i
    s.use(*(k for k in range(i, j) if s.tokens[k].number is None))
    while j + 2 < len(s.tokens) and s.has(j + 1, "and", "by", "each"):
        k = j + 2 if not s.has(j + 2, "by", "each") else j + 3
        if k >= len(s.tokens) or not _take(s, k, found):
            break
        s.use(*range(j + 1, k))
        j = k
    if j + 1 < len(s.tokens) and s.tokens[j + 1].text in _SPLIT:
        s.use(j + 1)
        j += 1
    return j


def _asks_for_total(s: Sentence, i: int, j: int) -> bool:
    """共开展各类活动多少次 asks for all of them; without 共 or 各 before 多少 it is not told, and asked back."""
    asks = [k for k, t in enumerate(s.tokens) if "ask" in t.roles and k > j]
    if not asks or s.has(asks[0] - 1, "apart", "each") or any("apart" in t.roles for t in s.tokens):
        return False
    if any(t.text in TOTALS for t in s.tokens):
        return True
    said = f"{s.tokens[i].text}{s.tokens[j].text}"
    choices = (f"一共开展{said}多少", f"{said}各多少")
    s.is_evident = s.is_doubtful = True
    raise NotUnderstood([said], f"“{said}”问的是一共多少，还是每一类各多少？请说“一共”或“各多少”", choices)


def _is_few(s: Sentence, i: int, j: int) -> bool:
    """哪两个单位: a number of groups behind what asks for them."""
    return s.has(i, "which") and s.tokens[j].number is not None


def _is_listed(s: Sentence, i: int, j: int) -> bool:
    """什么制度, 哪些任务: the records themselves are asked for, though their noun is a field's name as well."""
    return s.has(i, "which", "which_many") and bool(s.tokens[j].of("noun", s.ledger)) and not s.has(j, "axis")


def _take(s: Sentence, i: int, found: list[By]) -> bool:
    """Use the token as an axis, if it is one of this ledger."""
    by = _axis(s, i)
    if by is None:
        return False
    s.use(i)
    s.score += 0.5
    axes_of = [m for m in s.tokens[i].meanings if m.kind == "axis"]
    named = {m.ledger for m in axes_of if m.weight == max(a.weight for a in axes_of)}
    s.is_evident |= named == {s.ledger}
    found.append(by)
    return True


def _axis(s: Sentence, i: int) -> By | None:
    token = s.tokens[i]
    named = [m for m in token.of("axis", s.ledger) if m.slot in s.schema.ledgers[s.ledger].fields]
    if named:
        best = max(m.weight for m in named)
        fields = dict.fromkeys(m.slot for m in named if m.weight == best)
        if len(fields) > 1:
            names = [s.schema.ledgers[s.ledger].fields[f].name for f in fields]
            raise NotUnderstood([token.text], f"“{token.text}”可以指{'、'.join(names)}，请说明是哪一个", names)
        return axis_of(s, next(iter(fields)))
    match s.words.axes.get(token.text):
        case "unit" if s.habits.unit:
            return axis_of(s, s.habits.unit)
        case "region" if "region" in s.schema.ledgers[s.ledger].fields:
            return By("region")
        case ("month" | "quarter" | "year") as grain:
            _check_whose_months(s, i)
            return _grain(s, grain)
    return None


def _check_whose_months(s: Sentence, i: int) -> None:
    """今年收到的线索，逐月查结数: NotUnderstood, since it may be the months of receipt or those of closing."""
    came = any(t.of("verb", s.ledger) for t in s.tokens[:i])
    closed = [m for j in range(i + 1, len(s.tokens)) for m in s.choices(j) if m.where == s.habits.closed]
    if came and closed and s.habits.closed:
        ways = ("每个月收到的线索查结了多少条", "每个月查结多少条线索")
        raise NotUnderstood(
            [s.tokens[i].text], f"按收到的月份分，还是按查结的月份分，没有说清；请说“{'”或“'.join(ways)}”", ways
        )


def _grain(s: Sentence, grain: str) -> By | None:
    """By month of the ledger's date; what was closed, by the month in which it was."""
    date = s.schema.ledgers[s.ledger].date
    return By(date, grain) if date else None  # type: ignore[arg-type]


def axis_of(s: Sentence, field_id: str, terms: tuple[str, ...] = ()) -> By | None:
    """Grouping by a field: at its terms' own level where one of the listed terms stands below the top."""
    field = s.schema.ledgers[s.ledger].fields.get(field_id)
    if field is None or field.is_secret or field.kind == "persons":
        return None
    if field.kind == "date":
        return By(field_id, "month")
    return By(field_id, "term" if _is_low(s, field, terms) else "top")


def _is_low(s: Sentence, field: Field, terms: tuple[str, ...]) -> bool:
    vocabulary = s.schema.vocabularies.get(field.vocabulary)
    return vocabulary is not None and any(t in vocabulary.by_name and vocabulary.top(t) != t for t in terms)


def _is_whole(s: Sentence, i: int) -> bool:
    """各月, 每个月, 各单位: words that hold marker and axis at once."""
    text = s.tokens[i].text
    if text.startswith(("哪", "什么", "从什么", "打哪", "从哪", "怎么来")) and any(
        m.weight > 2 for m in s.tokens[i].of("axis", s.ledger)
    ):
        return True
    return "axis" in s.tokens[i].roles and (text[0] in "各每逐哪历谁几" or (text[0] in "按分" and len(text) > 1))


def _behind_extreme(s: Sentence, extremes: list[int], found: list[By]) -> None:
    """收到最多的单位: the axis stands behind."""
    for i in extremes:
        j = i + 1
        while j < len(s.tokens) and (s.tokens[j].text in _BETWEEN or s.has(j, "number", "which", "which_many")):
            if s.has(j, "which", "which_many") and _take(s, j, found):
                return
            j += 1
        kind = s.habits.axes.get("类别") or s.habits.axes.get("类型")
        if kind and s.tokens[j - 1].text in ("类", "种") and j < len(s.tokens) and s.tokens[j].of("noun", s.ledger):
            found += [by] if (by := axis_of(s, kind)) else []  # 最多的三类活动
            return
        if j < len(s.tokens) and _take(s, j, found):
            s.use(*(k for k in range(i + 1, j) if not s.has(k, "number") and s.tokens[k].text not in COUNTED))
            return


def _before_which(s: Sentence, found: list[By]) -> None:
    """没有印发制度的单位有哪些, 类别里最多的是哪一类: the axis stands before what asks for one of it."""
    asked = list(s.free("which_many")) + [i for i in s.free("which") if s.tokens[i].text in _KINDS]
    for i in asked:
        for j in range(i - 1, -1, -1):
            if j not in s.used and not s.choices(j) and not s.tokens[j].of("noun", s.ledger) and _take(s, j, found):
                s.use(i)
                return


def _before_spread(s: Sentence, found: list[By]) -> None:
    """线索来源分布, 类别构成, 单位排名: an axis with a word for how it spreads behind it."""
    for i in range(len(s.tokens) - 1):
        j = i + 1
        while j < len(s.tokens) and s.tokens[j].text in ("的", "情况"):
            j += 1
        spread = (j == len(s.tokens) and s.tokens[j - 1].text == "情况") or (
            j < len(s.tokens)
            and (
                s.tokens[j].text in ("分布", "构成", "结构", "分布情况", "占比", "占比情况")
                or s.has(j, "rank", "share", "apart")
                or (j == i + 1 and s.has(j, "top", "bottom"))
            )
        )
        listed = (
            j < len(s.tokens) and s.has(j, "apart", "share") and bool(s.choices(i))
        )  # 党纪处分…各多少 is a condition
        if i not in s.used and spread and not listed and not s.tokens[i].of("noun", s.ledger) and _take(s, i, found):
            s.use(*(k for k in range(i + 1, j + 1) if s.has(k, "apart")))
            return


def _distinct(s: Sentence, frame: Frame) -> Frame:
    """多少个单位, 几家单位, 几家: how many different ones."""
    for i in s.free("ask"):
        j = i + 1
        while j < len(s.tokens) and s.tokens[j].text in ("个", "家"):
            j += 1
        if not _is_place(s, j) and s.has(j - 1, "axis") and j - 1 > i:
            j -= 1
        if not _is_place(s, j) or not (by := _axis(s, j)):
            continue
        s.use(i, j, *range(i + 1, j))
        if s.habits.also_unit:
            said = "".join(t.text for t in s.tokens[i : j + 1])
            s.is_evident = True
            raise NotUnderstood([said], f"有的是几家联合开展的，数不清“{said}”；请问“哪些单位没有开展”或逐个单位问")
        return replace(frame, measure=f"distinct {by.field}")
    return frame


def _is_place(s: Sentence, j: int) -> bool:
    plain = j < len(s.tokens) and not s.has(j, "idle") and s.tokens[j].text[0] not in "各每逐哪分按谁"
    return plain and s.words.axes.get(s.tokens[j].text) in ("unit", "region")
