"""Partitions that the definitions declare (relations.toml), where a passage cites the whole and all parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from zhengfa_stats.language.arithmetic.findings import WRONG, Finding, add, found
from zhengfa_stats.language.arithmetic.mentions import Mention

Keys = Mapping[tuple[int, int], str]  # (passage, start of a number) → the indicator that it cites


def check_declared(said: Sequence[Mention], keys: Keys, totals: Sequence[Sequence[str]]) -> Iterator[Finding]:
    """A whole against its declared parts, in each passage: more than the whole is wrong, less only where all parts are cited."""
    for cited in _by_passage(said, keys):
        for whole_key, *part_keys in totals:
            parts = [cited[key] for key in part_keys if key in cited]
            if whole_key not in cited or len(parts) < 2:
                continue
            whole, total = cited[whole_key], add(parts)
            if total.exceeds(whole) or (len(parts) == len(part_keys) and not total.meets(whole)):
                yield found(whole, parts, WRONG, "勾稽关系", total.against(whole))


def _by_passage(said: Sequence[Mention], keys: Keys) -> list[dict[str, Mention]]:
    """What each passage cites, by key; a key cited twice with two numbers in one passage is left out: which one is meant?"""
    cited: dict[int, dict[str, Mention]] = defaultdict(dict)
    twice: set[tuple[int, str]] = set()
    for m in said:
        key = keys.get((m.passage, m.quantity.start))
        if key is None:
            continue
        if key in cited[m.passage] and cited[m.passage][key].quantity.value != m.quantity.value:
            twice.add((m.passage, key))
        cited[m.passage].setdefault(key, m)
    return [{k: m for k, m in of.items() if (p, k) not in twice} for p, of in cited.items()]
