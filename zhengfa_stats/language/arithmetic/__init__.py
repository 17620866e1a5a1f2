"""Arithmetic of prose alone: which numbers of a text its own other numbers contradict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from zhengfa_stats.language.arithmetic.across import check_across
from zhengfa_stats.language.arithmetic.balances import check_balances
from zhengfa_stats.language.arithmetic.changes import check_changes
from zhengfa_stats.language.arithmetic.declared import Keys, check_declared
from zhengfa_stats.language.arithmetic.differences import check_differences
from zhengfa_stats.language.arithmetic.exclusive import check_exclusive
from zhengfa_stats.language.arithmetic.findings import DOUBTFUL, WRONG, Finding
from zhengfa_stats.language.arithmetic.lists import check_lists
from zhengfa_stats.language.arithmetic.means import check_means
from zhengfa_stats.language.arithmetic.mentions import sentences
from zhengfa_stats.language.arithmetic.multiples import check_multiples
from zhengfa_stats.language.arithmetic.parts import check_parts
from zhengfa_stats.language.arithmetic.periods import check_periods
from zhengfa_stats.language.arithmetic.rates import check_rates
from zhengfa_stats.language.arithmetic.repeats import check_repeats
from zhengfa_stats.language.arithmetic.restated import check_restated
from zhengfa_stats.language.arithmetic.shares import check_shares
from zhengfa_stats.language.arithmetic.tables import check_tables, check_text
from zhengfa_stats.language.arithmetic.totals import check_totals
from zhengfa_stats.language.passages import Passage

__all__ = ["DOUBTFUL", "WRONG", "Finding", "Keys", "check"]


def check(
    passages: Sequence[Passage], keys: Keys | None = None, totals: Sequence[Sequence[str]] = ()
) -> tuple[Finding, ...]:
    """The numbers that contradict the text around them, in order; one finding a number, the graver first.

    `keys` says which indicator a number cites, `totals` lists declared partitions (the whole's key, then the parts').

    >>> [f.says for f in check([Passage("", "共收到线索236条，已查结147条，98条正在核查。")])]
    ['147＋98＝245，文中写236']
    """
    findings: list[Finding] = []
    said = list(sentences(passages))
    for sentence in said:
        findings += [
            *check_parts(sentence),
            *check_totals(sentence),
            *check_balances(sentence),
            *check_periods(sentence),
            *check_shares(sentence),
            *check_exclusive(sentence),
            *check_restated(sentence),
            *check_rates(sentence),
            *check_means(sentence),
            *check_changes(sentence),
            *check_differences(sentence),
            *check_multiples(sentence),
            *check_lists(sentence),
        ]
    mentions = [m for sentence in said for m in sentence.mentions]
    findings += [*check_repeats(said), *check_across(said), *check_tables(passages), *check_text(passages, mentions)]
    findings += check_declared(mentions, keys or {}, totals)
    return _one_each(findings)


def _one_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    kept: dict[tuple[int, int], Finding] = {}
    for f in sorted(findings, key=lambda f: (f.kind != WRONG, f.passage, f.start)):
        kept.setdefault((f.passage, f.start), f)
    return tuple(sorted(kept.values(), key=lambda f: (f.passage, f.start)))
