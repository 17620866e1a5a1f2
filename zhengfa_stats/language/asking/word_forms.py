"""Other forms of a known word: 收 → 收了, 收过, 收没收; 没办结 → 还没办结."""

from __future__ import annotations

from collections.abc import Iterator

_STILL = ("还", "仍", "尚", "一直", "到现在还", "现在还", "至今")
_NOT = ("没", "未")
_EITHER = ("没", "没有", "未")


def forms_of_verb(verb: str) -> Iterator[str]:
    """Done, and done before.

    >>> list(forms_of_verb("收"))
    ['收了', '收过']
    """
    if not verb.endswith(("了", "过", "的", "到")):
        yield from (f"{verb}了", f"{verb}过")


def either_of_verb(verb: str) -> Iterator[str]:
    """Whether it was done at all, as one word in the middle of a clause: 开没开过 asks 有没有.

    >>> list(either_of_verb("开"))[:3]
    ['开没开', '开没开过', '开没开了']
    """
    if len(verb) == 1:
        yield from (f"{verb}{no}{verb}{end}" for no in _EITHER for end in ("", "过", "了"))


def forms_of_not(text: str) -> Iterator[str]:
    """没办结 → 还没办结: what is not done is not done yet."""
    if text.startswith(_NOT):
        yield from (f"{still}{text}" for still in _STILL)
