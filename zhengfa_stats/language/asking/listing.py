"""Several figures that one sentence lists: 各单位收到线索数、查结数和查结率, 收到和查结的线索各多少条 → a question each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NoReturn

from zhengfa_stats.language.asking.frame import Frame, NotUnderstood
from zhengfa_stats.language.asking.parts import Part
from zhengfa_stats.language.asking.tokens import Token
from zhengfa_stats.language.asking.words import Words
from zhengfa_stats.query import Fact, leaves
from zhengfa_stats.schema import Schema

_ENDS = ("数", "率", "次", "量", "占比", "比例")
_LINKS = ("的", "了", "数")
_APART = {"apart", "each"}
_BREAKS = {
    "ask",
    "by",
    "each",
    "which",
    "which_many",
    "than",
    "most",
    "least",
    "except",
    "removing",
    "axis",
    "or",
    "and",
}


def listed_figures(
    text: str, tokens: Sequence[Token], schema: Schema, words: Words, *, bare: bool
) -> tuple[tuple[str, str], ...]:
    """Each figure of a list in its own words, and the question that asks for it alone; () where nothing is listed.

    `bare`: 收到和查结的线索各多少条; else 收到数和查结数.
    """
    spans = _Listing(tokens, schema, words).spans(bare=bare)
    if len(spans) < 2:
        return ()
    head, tail = text[: tokens[spans[0][0]].start], _without_each(text, tokens, spans[-1][1])
    said = [text[tokens[a].start : tokens[b].end] for a, b in spans]
    nouns = [next((t.text for t in tokens[a : b + 1] if _is_noun(t)), "") for a, b in spans]
    of = [nouns[0] if i and not noun and not bare else "" for i, noun in enumerate(nouns)]  # 任务数和完成数
    return tuple((one, head + noun + one + tail) for noun, one in zip(of, said, strict=True))


def _is_noun(token: Token) -> bool:
    return any(m.kind == "noun" for m in token.meanings)


def _without_each(text: str, tokens: Sequence[Token], last: int) -> str:
    """What stands behind the list, without the 分别 or 各 that parts its figures."""
    for token in tokens[last + 1 :]:
        if "ask" in token.roles:
            break
        if token.text in ("分别", "各自", "各", "各有", "各是"):
            return text[tokens[last].end : token.start] + text[token.end :]
    return text[tokens[last].end :]


_ALL = ("全市", "全部", "一共", "总共", "共", "共计", "合计", "总计", "总的", "总数", "累计", "整体", "总体")


class Groups:
    """By what the first question of a sentence is broken down, which those behind it are too: 各单位收到多少条，查结多少条."""

    def __init__(self, part: Part, tokens: Sequence[Token]) -> None:
        self.said = next(self._said(part.text, tokens), "")
        if not self.said:
            raise NotUnderstood([part.text], "前后两问里有要分组或列出的，请分开问")

    def _said(self, text: str, tokens: Sequence[Token]) -> Iterator[str]:
        for i, token in enumerate(tokens):
            behind = tokens[i + 1] if i + 1 < len(tokens) else None
            if "axis" in token.roles and token.text[0] in "各每逐分按":
                yield token.text
            elif token.roles & {"by", "each"} and behind and _is_axis(behind):
                yield text[token.start : behind.end]

    def without(self, text: str) -> str:
        """The question without what it is broken down by: what its numbers are called."""
        return text.replace(self.said, "", 1)

    def asked(self, before: Part, part: Part, tokens: Sequence[Token]) -> str:
        """A later question with what it is broken down by; NotUnderstood where it says that it is of something else."""
        is_apart = before.text.rstrip()[-1:] in "？?。！!；;"
        own = any(t.period or t.text in _ALL or any(m.kind == "unit" for m in t.meanings) for t in tokens)
        which = any(t.roles & {"which", "which_many"} or t.text[0] in "哪谁" for t in tokens)
        if is_apart or own or (not which and any("axis" in t.roles for t in tokens)):
            self._refuse(part.text)
        return part.text if which else self.said + part.text

    def check(self, first: Frame, later: Frame | None) -> None:
        """NotUnderstood where a later question came to be broken down by something else."""
        if later is None or [b.level for b in later.by] != [b.level for b in first.by]:
            self._refuse(self.said)
        if later.ledger == first.ledger and later.by != first.by and not _in_time(first):
            self._refuse(self.said)

    def _refuse(self, text: str) -> NoReturn:
        raise NotUnderstood([text.strip("，,、；;。？?！! ")], "前一问要分组，不清楚后一问分不分；请分开问")


def _in_time(frame: Frame) -> bool:
    return all(b.level in ("month", "quarter", "year") for b in frame.by)


def _is_axis(token: Token) -> bool:
    return "axis" in token.roles or any(m.kind == "axis" for m in token.meanings)


class _Listing:
    """A list of figures among the tokens of a question."""

    def __init__(self, tokens: Sequence[Token], schema: Schema, words: Words) -> None:
        self.tokens, self.schema, self.words = tokens, schema, words

    def spans(self, *, bare: bool) -> list[tuple[int, int]]:
        """The first and the last token of every figure that is listed."""
        find = self._bare_from if bare else self._named_from
        for at, token in enumerate(self.tokens):
            if "and" in token.roles and at and len(found := find(at)) > 1:
                return found
        return []

    # ── 收到线索数、查结数和查结率 ──────────────────────────────────────────────────────────────────────────────
    def _named_from(self, at: int) -> list[tuple[int, int]]:
        """The list whose first joint stands here, of figures that are named as numbers or rates."""
        if not self._ends(at - 1):
            return []
        first = self._begin(at - 1)
        found = [(first, at - 1)]
        while (joint := found[-1][1] + 1) < len(self.tokens) and "and" in self.tokens[joint].roles:
            end = self._end(joint + 1)
            if end is None:
                return []
            found.append((joint + 1, end))
        return found if self._is_told_of_all(found) else []

    def _ends(self, i: int) -> bool:
        token = self.tokens[i]
        return (token.text.endswith(_ENDS) and not token.period) or any(m.kind == "indicator" for m in token.meanings)

    def _begin(self, end: int) -> int:
        """Where the first figure begins: 收到 in 各单位收到线索数, 收到 in 线索的收到数."""
        i = end
        while i and self.tokens[i - 1].end == self.tokens[i].start and self._is_part(i - 1):
            if self.tokens[i - 1].text == "的" and any(self._tells(j) for j in range(i, end + 1)):
                break
            i -= 1
        while self.tokens[i].text in _LINKS and i < end:
            i += 1
        return i

    def _end(self, start: int) -> int | None:
        """Where a figure that begins here ends: before the next joint, or where no figure goes on."""
        for i in range(start, len(self.tokens)):
            if i > start and self.tokens[i].start > self.tokens[i - 1].end:
                return None
            if not self._is_part(i) and not self._ends(i):
                return None
            following = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
            if self._ends(i) and not (following and following.start == self.tokens[i].end and self._ends(i + 1)):
                return i
        return None

    def _is_part(self, i: int) -> bool:
        """Whether a word may be part of a figure's name: what is done, what is so, what is counted."""
        token = self.tokens[i]
        if token.period or token.number is not None or token.roles & _BREAKS or not token.known:
            return False
        counted = token.text in _LINKS or bool(token.roles & {"persons", "rows", "acts", "not", "mean"})
        return counted or self._tells(i) or any(m.kind in ("noun", "number") for m in token.meanings)

    def _tells(self, i: int) -> bool:
        """Whether a word says by itself which figure is meant: 收到, 查结, 党纪处分, 参与率; not 公安局, 群众举报."""
        return any(m.kind in ("verb", "indicator") for m in self.tokens[i].meanings) or self._is_state(i, alike=True)

    def _is_state(self, i: int, *, alike: bool = False) -> bool:
        """A condition that is a state, or (`alike`) one of those that are asked for side by side."""
        for m in self.tokens[i].meanings:
            if m.kind != "condition":
                continue
            field = self.schema.ledgers[m.ledger].fields.get(m.slot)
            if any(isinstance(leaf, Fact) for leaf in leaves(*m.where)) or (field and field.known_from):
                return True
            if alike and (m.slot in self.words.habits[m.ledger].alike or (field and field.kind == "flag")):
                return True
        return False

    def _is_told_of_all(self, found: Sequence[tuple[int, int]]) -> bool:
        """Whether what stands before the list is said of every figure: 群众举报线索数和查结数, not 科级人数和留置人数."""
        first, *others = found
        before = self.tokens[first[0] - 1] if first[0] else None
        is_bare = not any(self._tells(i) for i in range(first[0], first[1] + 1))
        limited = before is not None and any(m.kind == "condition" for m in before.meanings)
        own = [i for a, b in others for i in range(a, b + 1) if self._is_condition(i)]
        return not (is_bare and limited and any(not self._is_state(i) for i in own))

    def _is_condition(self, i: int) -> bool:
        return any(m.kind == "condition" for m in self.tokens[i].meanings)

    # ── 收到和查结的线索各多少条 ──────────────────────────────────────────────────────────────────────────────────
    def _bare_from(self, at: int) -> list[tuple[int, int]]:
        """What is done or so, one word each, joined from here on, where 各 or 分别 asks for each."""
        places = [at - 1]
        while at < len(self.tokens) - 1 and "and" in self.tokens[at].roles and self._tells(at + 1):
            places.append(at + 1)
            at += 2
        told = len(places) > 1 and all(map(self._tells, places)) and self._is_done(places)
        apart = any(t.roles & _APART or t.text[:1] == "各" for t in self.tokens[places[-1] + 1 :])
        close = all(self.tokens[a].end == self.tokens[a + 1].start for a, b in pairwise(places))
        return [(i, i) for i in places] if told and apart and close else []

    def _is_done(self, places: Sequence[int]) -> bool:
        """Whether one of them is a verb: two states are alternatives, or asked for as conditions."""
        return any(m.kind == "verb" for i in places for m in self.tokens[i].meanings)
