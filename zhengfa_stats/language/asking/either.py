"""来信多还是来电多 asks which of two there is more of: said again as 来信和来电哪个多."""

from __future__ import annotations

from collections.abc import Sequence

from zhengfa_stats.language.asking.tokens import Token

_ENDS = {"more", "less"}


def which_of_two(text: str, tokens: Sequence[Token]) -> str:
    """The question in other words; "" where it does not set one against the other so.

    All that stands beside the second has to stand beside the first as well, so that no word is lost.
    """
    joint = next((i for i, t in enumerate(tokens) if t.text == "还是" and i and tokens[i - 1].roles & _ENDS), None)
    if joint is None:
        return ""
    end = next((i for i in range(joint + 1, len(tokens)) if tokens[i].text == tokens[joint - 1].text), None)
    if end is None or any("idle" not in t.roles for t in tokens[end + 1 :]):
        return ""
    left, right = tokens[: joint - 1], tokens[joint + 1 : end]
    pairs = [(a, b) for a in left for b in right if a.text != b.text and _kind(a) and _kind(a) & _kind(b)]
    others = {t.text for t in left}
    if len(pairs) != 1 or any(t.text not in others and t is not pairs[0][1] for t in right if "idle" not in t.roles):
        return ""
    a, b = pairs[0]
    behind = text[a.end : left[-1].end].rstrip("得")
    return f"{text[: a.start]}{a.text}和{b.text}{behind}哪个{tokens[end].text}"


def _kind(token: Token) -> set[tuple[str, str]]:
    """What a word is a term of, as one of two can be chosen by: units, months, the terms of a field."""
    if token.period is not None:
        return {("period", "")}
    return {(m.kind, m.slot) for m in token.meanings if m.kind in ("condition", "unit", "region")}
