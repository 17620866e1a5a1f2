"""Texts that hold some words: 制度名称里带“廉政”字样的, 主题含“党史”的; all that stand in the column and hold them."""

from __future__ import annotations

from zhengfa_stats.language.asking.clause import Sentence
from zhengfa_stats.language.asking.frame import Condition, NotUnderstood
from zhengfa_stats.query import In

_IN = ("里", "中", "上", "内", "里面", "当中", "里头")


def containing(s: Sentence) -> tuple[Condition, ...]:
    """What a text column is said to hold, as the texts of it that do; the words are used."""
    found = []
    for i, token in enumerate(s.tokens):
        words = next((m.value for m in token.meanings if m.kind == "holds"), "")
        j = i - 1
        while j >= 0 and s.tokens[j].text in _IN:
            j -= 1
        fields = {m.slot for m in s.tokens[j].of("axis", s.ledger)} if words and j >= 0 else set()
        fields = {f for f in fields if (s.ledger, f) in s.texts}
        if len(fields) != 1:
            continue
        field = fields.pop()
        texts = tuple(sorted(t for t in s.texts[s.ledger, field] if words in t))
        if any(set("「」〔〕") & set(t) for t in texts):
            raise NotUnderstood([words], f"含“{words}”的里面有特殊的符号，不能这样问")
        s.use(*range(j, i + 1))
        s.is_evident, s.score = True, s.score + 2
        found.append(Condition(field, (In(field, texts),), f"含“{words}”", j, until=i + 1))
    return tuple(found)
