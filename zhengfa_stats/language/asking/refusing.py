"""Why a question is refused: what the data can't answer, what has two meanings, words that no reading uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from zhengfa_stats.language.asking.frame import NotUnderstood
from zhengfa_stats.language.asking.parts import asks_itself
from zhengfa_stats.language.asking.reading import Tokens
from zhengfa_stats.language.asking.tokens import Token
from zhengfa_stats.language.asking.words import Words
from zhengfa_stats.schema import Schema


class Refusing:
    """What is refused over a schema whose data name `units`."""

    def __init__(self, schema: Schema, words: Words, tokens: Tokens, units: frozenset[str]) -> None:
        self._schema, self._words, self._tokens, self._units = schema, words, tokens, units

    def check(self, tokens: Sequence[Token]) -> None:
        """What the data can't answer, each for its own reason."""
        found = [(t.text, t.refused) for t in tokens if t.refused]
        found += [(t.text, why) for t in tokens if (why := self._private(t))]
        found += [(t.text, "数据里没有这个单位，不知道有没有") for t in tokens if self._is_absent(t)]
        found += [
            (f"{a.text}{b.text}", "每一条的当月、当日各不相同，不能这样问")
            for a, b in pairwise(tokens)
            if _is_own_day(a, b)
        ]
        found += [
            (f"{a.text}{b.text}", "大概的时间、大概的数没法统计，请说准")
            for a, b in pairwise(tokens)
            if _is_about(a, b)
        ]
        narrow = [t for t in tokens if t.period is not None and (t.period.since or t.period.as_of or t.period.months)]
        found += [(t.text, "说的是前面的哪个时段，没有听清；请写明哪个月") for t in narrow[1:] if t.text in _THAT]
        texts = {t.text for t in tokens}
        asks = [t.text for t in tokens if "ask" in t.roles or ("growth" in t.roles and asks_itself(t))]
        if len(asks) > 1:
            raise NotUnderstood(asks, "一次只能问一个数，请分开问")
        for case in self._words.ambiguous:
            if case.word in texts and not texts & set(case.unless):
                choices = "”还是“".join(case.choices)
                raise NotUnderstood([case.word], f"“{case.word}”指的是“{choices}”？请说明", case.choices)
        if found:
            found += [(t.text, "不认识") for t in tokens if not t.known]
            reasons = dict.fromkeys(f"“{text}”：{why}" for text, why in found)
            raise NotUnderstood([text for text, _ in found], "；".join(reasons))

    def _is_absent(self, token: Token) -> bool:
        named = {unit for m in token.meanings if m.kind == "unit" for unit in m.value.split("、")}
        return bool(self._units) and bool(named) and not named <= self._units

    def _private(self, token: Token) -> str:
        if token.roles or not token.meanings or any(m.kind != "private" for m in token.meanings):
            return ""
        return "是不保存的内容（姓名、证件、电话、住址、反映内容等），不能查询"

    def left_over(self, left: Sequence[Token], ledger: str) -> NotUnderstood:
        """The words that no reading uses, with the nearest known ones."""
        left = _joined(left)
        words = [t.text for t in left]
        if not words:
            return NotUnderstood([], f"没有听清要统计什么；可以问{self._examples()}")
        parts = []
        for token in left:
            if token.known and token.meanings:
                name = self._schema.ledgers[ledger].name if ledger else ""
                parts.append(f"“{token.text}”在《{name}》里不能这样问")
            elif near := self._near(token.text):
                parts.append(f"不认识“{token.text}”，相近的有：{'、'.join(near)}")
            else:
                parts.append(f"不认识“{token.text}”")
        return NotUnderstood(words, "；".join(parts))

    def _near(self, word: str) -> list[str]:
        from rapidfuzz import fuzz, process

        found = process.extract(word, self._tokens.known, scorer=fuzz.ratio, limit=3, score_cutoff=50)
        return [name for name, _, _ in found]

    def _examples(self) -> str:
        names = [ledger.name for ledger in self._schema.ledgers.values() if not ledger.tabulated]
        return "、".join(f"《{name}》" for name in names)


def _joined(left: Sequence[Token]) -> list[Token]:
    """Unused tokens that stand together as one word, where one of them is unknown: 外 and 星."""
    found: list[Token] = []
    for token in left:
        last = found[-1] if found else None
        if (
            last
            and last.end == token.start
            and not (last.meanings or token.meanings)
            and not (last.known and token.known)
        ):
            found[-1] = replace(last, end=token.end, text=last.text + token.text, known=False)
        else:
            found.append(token)
    return found


_THAT = ("当月", "当日", "当天", "当季", "当季度", "当年", "当周")


def _is_about(before: Token, token: Token) -> bool:
    """3月5日前后, 60天左右."""
    said_before = before.text in _NEARLY and token.period is not None
    return said_before or (token.text in _ABOUT and (before.period is not None or "unit_of" in before.roles))


_NEARLY = ("大约", "大概", "约", "大致", "差不多")
_ABOUT = ("前后", "左右", "上下", "左右的", "上下的", "前前后后")


def _is_own_day(before: Token, token: Token) -> bool:
    """收到当月就查结的: of each record's own month."""
    return token.text.startswith("当") and token.period is not None and any(m.kind == "verb" for m in before.meanings)
