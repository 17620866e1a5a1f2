"""Bookmarks that repeat the tag of a content control: LibreOffice up to 7.4 keeps them where it drops tags."""

from __future__ import annotations

import re
from collections.abc import Collection

_PREFIX = "_zf_"  # Word hides bookmarks that begin with an underscore
_LONGEST = 40
_NAME = re.compile(r"_zf_(?P<tag>.+)_\d+")
# A name holds letters, digits and underscores alone: the signs of a tag are written as letters that no tag has.
_SIGNS = {
    "..": "τ", "|": "λ", "=": "ε", "+": "π", "-": "μ", "(": "κ", ")": "ρ", "/": "δ", ",": "σ", " ": "__", ".": "_"
}  # fmt: skip
_TAKEN = re.compile("[τλεπμκρδσ_]")


def name_of(tag: str, taken: Collection[str]) -> str | None:
    """A name that no bookmark has, for a tag; None where no name can say it. How it was written (如310余) is left out.

    >>> name_of("线索.收到|如310余", {"_zf_线索_收到_1"}), name_of("文稿.表 线索.来源", ())
    ('_zf_线索_收到_2', '_zf_文稿_表__线索_来源_1')
    >>> name_of("线索.收到|承办单位=公安局|2021-05-01..", ())
    '_zf_线索_收到λ承办单位ε公安局λ2021μ05μ01τ_1'
    >>> name_of("占(处理.科级/处理.总人数)", ()), tag_of("_zf_降增κ线索_收到σ线索_收到λ去年同期ρ_1")
    ('_zf_占κ处理_科级δ处理_总人数ρ_1', '降增(线索.收到,线索.收到|去年同期)')
    >>> name_of("线索.收到|问题类别=违反防止干预司法“三个规定”", ())
    """
    said = "|".join(part for part in tag.split("|") if not part.startswith("如"))
    stem = _PREFIX + _written(said)
    if _TAKEN.search(said) or not re.fullmatch(r"\w+", stem):
        return None
    name = next(f"{stem}_{n}" for n in range(1, len(taken) + 2) if f"{stem}_{n}" not in taken)
    return name if len(name) <= _LONGEST else None


def _written(tag: str) -> str:
    for sign, letter in _SIGNS.items():
        tag = tag.replace(sign, letter)
    return tag


def tag_of(name: str) -> str:
    """The tag that a bookmark repeats; "" where it is none of ours.

    >>> tag_of("_zf_线索_群众举报_收到_3"), tag_of("_zf_文稿_表__线索_来源_1"), tag_of("_Toc123")
    ('线索.群众举报.收到', '文稿.表 线索.来源', '')
    >>> tag_of("_zf_线索_收到λ承办单位ε公安局λ2021μ05μ01τ_1")
    '线索.收到|承办单位=公安局|2021-05-01..'
    """
    match = _NAME.fullmatch(name)
    tag = match["tag"] if match else ""
    for sign, letter in _SIGNS.items():
        tag = tag.replace(letter, sign)
    return tag
