"""Whether a piece of a sheet's XML may hold what the scan looks for, told by its bytes many at a time: most pieces hold nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_BEYOND = 16  # bytes that are looked at after the sign that opens a tag

Signs = NDArray[np.uint8]
Places = NDArray[np.intp]


class Hints(NamedTuple):
    """What a piece of XML may hold; False where it surely holds none."""

    errors: bool = True
    formulas: bool = True
    hidden: bool = True
    inline: bool = True  # texts that stand in the cells themselves
    merges: bool = True
    margins: bool = True
    far: bool = True  # an address beyond column Z or of a row beyond any
    unnumbered: bool = True  # a row or cell that does not begin with its address


ANYTHING = Hints()


def hints_of(chunk: bytes) -> Hints:
    """The hints of a piece in which names have no prefix and values double quotes, as nearly every writer has it."""
    if b"'" in chunk:
        return ANYTHING
    signs = np.frombuffer(chunk + bytes(_BEYOND), np.uint8)
    tags = np.flatnonzero(signs == ord("<"))
    first, second = signs[tags + 1], signs[tags + 2]
    opens = {letter: _holds(first, letter) for letter in "fimh"}
    cells = tags[(first == ord("c")) & (second != ord("o"))] + 2  # not <col
    rows = tags[(first == ord("r")) & (second == ord("o"))] + 4
    unnumbered = not (_are_numbered(signs, cells) and _are_numbered(signs, rows))
    return Hints(
        errors=_holds(signs, '"e"'),
        formulas=opens["f"] or bool(((first == ord("/")) & (second == ord("f"))).any()),
        hidden=_holds(signs, "dd"),
        inline=opens["i"],
        merges=opens["m"],
        margins=opens["h"],
        far=unnumbered or _is_far(signs, cells) or _is_far(signs, rows),
        unnumbered=unnumbered,
    )


def _holds(signs: Signs, needle: str) -> bool:
    """Whether some signs stand one after the other: by arrays, faster than a search where parts of it are met often."""
    found = signs[: len(signs) - len(needle) + 1] == ord(needle[0])
    for i, letter in enumerate(needle[1:], 1):
        found &= signs[i : len(signs) - len(needle) + 1 + i] == ord(letter)
    return bool(found.any())


def _are_numbered(signs: Signs, ends: Places) -> bool:
    """After these tags' names stands r= at once."""
    begin = (signs[ends] == ord(" ")) & (signs[ends + 1] == ord("r")) & (signs[ends + 2] == ord("="))
    return bool(begin.all())


def _is_far(signs: Signs, ends: Places) -> bool:
    """Of the addresses that stand at once after these tags' names one has two letters, or seven digits."""
    signs_at = [signs[ends + at] for at in range(4, 12)]  # A1234567, or 1234567
    two_letters = _is_capital(signs_at[0]) & _is_capital(signs_at[1])
    digits = _is_digit(np.stack(signs_at))
    return bool((two_letters | (digits[1:7].all(axis=0) & (digits[0] | digits[7]))).any())


def _is_capital(signs: Signs) -> NDArray[np.bool_]:
    return signs - ord("A") < 26


def _is_digit(signs: Signs) -> NDArray[np.bool_]:
    return signs - ord("0") < 10
