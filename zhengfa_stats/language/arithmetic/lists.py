"""Lists: 甲、乙、丙均为12件; the number of items that a list is said to have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from zhengfa_stats.language.arithmetic import words as words
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding, found
from zhengfa_stats.language.arithmetic.mentions import Mention, Sentence

_EACH, _TOTAL_SAID = re.compile(words.EACH), re.compile(words.TOTAL_SAID)
_LIST = re.compile(words.LIST_BEFORE)
_TITLES = re.compile("《[^《》]*(?:《[^》]*》[^《》]*)*》")
_COUNTED = (*words.ITEMS_OF, "县", "市", "区", "县区")


def check_lists(sentence: Sentence) -> Iterator[Finding]:
    """What a sentence's lists contradict: each times so many, and how many the list has."""
    yield from _check_each(sentence)
    yield from _check_items(sentence)


def _check_each(sentence: Sentence) -> Iterator[Finding]:
    """甲、乙、丙三家均为12件，共36件: each of the list, so many times."""
    for each, whole in zip(sentence.mentions, sentence.mentions[1:], strict=False):
        times = _times(sentence, each)
        if not (times and _EACH.search(each.clause) and _TOTAL_SAID.search(whole.clause) and each.kind == whole.kind):
            continue
        low, high = each.low * times, each.high * times
        if low > whole.high or whole.low > high:
            says = f"{times}个均为{each.said}，{each.written}×{times}＝{each.quantity.value * times}，文中写{whole.written}"
            yield found(whole, [each], WRONG if _is_counted(sentence, each) else DOUBTFUL, "均为", says)


def _is_counted(sentence: Sentence, each: Mention) -> bool:
    i = sentence.mentions.index(each)
    return i > 0 and sentence.mentions[i - 1].quantity.unit in _COUNTED


def _times(sentence: Sentence, each: Mention) -> int:
    """How many the list has: the number said (三家), else its items by 、."""
    if _is_counted(sentence, each):
        return int(sentence.mentions[sentence.mentions.index(each) - 1].quantity.value)
    names = re.split("[，,；;：:]", each.lead)[-1]
    return names.count("、") + 1 if "、" in names and "等" not in names else 0


def _check_items(sentence: Sentence) -> Iterator[Finding]:
    """由政法委、纪委、公安局5个部门组成: as many as are named; before 等 at most so many."""
    for m in sentence.mentions:
        q = m.quantity
        match = _LIST.search(m.lead)
        if match is None or q.unit not in words.ITEMS_OF or not m.tail or not q.exact or "、" not in match["items"]:
            continue
        least, most = _items(match["items"])
        said = int(q.value)
        if least > said or (most < said and not match["etc"] and most >= 3 and said - most <= 2):
            says = f"前面列出{least if least > said else most}个，文中写{m.said}，请核对"
            if least - said <= 2:
                yield found(m, [], DOUBTFUL, "列出的个数", says)


def _items(text: str) -> tuple[int, int]:
    """The least and the most items that a list may have: 和 and 及 may join two items or stand inside one."""
    plain = _TITLES.sub("书", text)
    least = plain.count("、") + 1
    return least, least + len(re.findall("和|及|与|暨", plain))
