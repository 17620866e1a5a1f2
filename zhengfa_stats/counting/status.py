"""报送情况: who has sent which ledger, who said that there is nothing, who has not sent, and whose data are old."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

State = Literal["已报", "零报告", "未报"]
UNNAMED = "（未写明单位）"


@dataclass(frozen=True, slots=True)
class Status:
    """One sender and one ledger; `data_as_of` None where its files do not say, `sent_by` who reported for it."""

    unit: str
    ledger: str
    state: State
    data_as_of: date | None = None
    n_rows: int = 0
    n_problems: int = 0
    sent_by: str = ""
    figures: tuple[str, ...] = ()  # the indicators it gave as totals, where that is all it gave

    def is_late(self, as_of: date) -> bool:
        """Whether what was sent is known to end before a day."""
        return self.state != "未报" and self.data_as_of is not None and self.data_as_of < as_of


def statuses(
    sent: Iterable[Mapping[str, Any]],
    within: Iterable[Mapping[str, Any]],
    declared: Mapping[str, Sequence[str]],
    formerly: Iterable[Mapping[str, Any]] = (),
    apart: Collection[str] = (),
) -> list[Status]:
    """Every sender by every ledger it sent or is expected to send, by unit, then by ledger.

    Declared senders ("": for all ledgers) are expected for each ledger that anybody sent, but those `apart` (专班,
    汇总报表). Without a declaration for a ledger, only those are expected who sent it in an earlier build (`formerly`).
    Who has no file of its own, but rows in a file of its line or its region, or totals in a 汇总表 (`within`), has been
    reported for.
    """
    found = {(s["unit"], s["ledger"]): _sent(s) for s in sent}
    proxies = list(within)
    present = {ledger for _, ledger in found} | {w["ledger"] for w in proxies if "figures" in w}
    for unit, ledger in _expected(present - {*apart}, declared, formerly):
        if (unit, ledger) not in found:
            found[unit, ledger] = (
                _by_proxy(unit, ledger, proxies, found)
                or _by_totals(unit, ledger, proxies)
                or Status(unit, ledger, "未报")
            )
    return [found[key] for key in sorted(found)]


def _sent(one: Mapping[str, Any]) -> Status:
    as_of = date.fromisoformat(one["data_as_of"]) if one["data_as_of"] else None
    state: State = "已报" if one["n_rows"] else "零报告"
    return Status(one["unit"] or UNNAMED, one["ledger"], state, as_of, one["n_rows"], one["n_problems"])


def _expected(
    present: set[str], declared: Mapping[str, Sequence[str]], formerly: Iterable[Mapping[str, Any]]
) -> Iterable[tuple[str, str]]:
    for ledger in sorted(present | {*declared} - {""}):
        for unit in declared.get(ledger, declared.get("", ())):
            yield unit, ledger
    for one in formerly:
        if one["ledger"] not in declared and "" not in declared:
            yield one["unit"], one["ledger"]


def _by_proxy(
    unit: str, ledger: str, within: Sequence[Mapping[str, Any]], found: Mapping[tuple[str, str], Status]
) -> Status | None:
    """What a file of the same line (公安局 for 甲县公安局) or of the same region (甲县政法委) holds of a unit."""
    own = [w for w in within if (w["unit"], w["ledger"]) == (unit, ledger) and "figures" not in w]
    rows = [w for w in own if speaks_for(w["sender"], unit)]
    senders = [found[w["sender"], ledger] for w in rows if (w["sender"], ledger) in found]
    if not senders:
        return None
    stated = [s.data_as_of for s in senders if s.data_as_of]
    by = "、".join(s.unit for s in senders)
    return Status(unit, ledger, "已报", max(stated, default=None), sum(w["n_rows"] for w in rows), 0, by)


def _by_totals(unit: str, ledger: str, within: Sequence[Mapping[str, Any]]) -> Status | None:
    """What 汇总表 give of a unit, or of its whole region."""
    rows = [w for w in within if w["ledger"] == ledger and "figures" in w and _covers(w["unit"], unit)]
    if not rows:
        return None
    stated = [date.fromisoformat(w["data_as_of"]) for w in rows if w["data_as_of"]]
    figures = tuple(sorted({key for w in rows for key in w["figures"]}))
    by = "、".join(dict.fromkeys(w["sender"] for w in rows if w["sender"]))
    return Status(unit, ledger, "已报", max(stated, default=None), sum(w["n_rows"] for w in rows), 0, by, figures)


def _covers(reported: str, unit: str) -> bool:
    """Whether a line of a 汇总表 is of a unit: its own, or its whole region's.

    >>> _covers("甲县公安局", "甲县公安局"), _covers("甲县", "甲县公安局"), _covers("公安局", "甲县公安局")
    (True, True, False)
    """
    return reported in (unit, _region(unit))


def speaks_for(sender: str, unit: str) -> bool:
    """Whether a sender is of the unit's line at the city, or of its region.

    >>> speaks_for("公安局", "甲县公安局"), speaks_for("甲县政法委", "甲县公安局"), speaks_for("纪委监委", "甲县公安局")
    (True, True, False)
    """
    return unit.endswith(sender) or bool(_region(unit) and _region(unit) == _region(sender))


def _region(unit: str) -> str:
    """The region that a stored name begins with.

    >>> _region("甲县公安局"), _region("市中区法院"), _region("公安局")
    ('甲县', '市中区', '')
    """
    ends = [unit.find(end, 1) for end in "县区旗市州"]
    return unit[: min((e for e in ends if e > 0), default=-1) + 1]


def lacking(
    found: Iterable[Status], ledgers: Iterable[str], as_of: date, key: str = "", parts: Iterable[str] = ()
) -> list[str]:
    """Who has not sent what a figure needs, then whose data end before its cut-off date, with that date.

    Who gave only totals has to have given the figure, `key`, or all the figures that it is worked out from, `parts`.
    """
    needed, parts = set(ledgers), set(parts)
    own = [s for s in found if s.ledger in needed]
    missing = [s.unit for s in own if s.state == "未报" or (s.figures and not _gives(s.figures, key, parts))]
    late = [f"{s.unit}（截至{s.data_as_of}）" for s in own if s.is_late(as_of)]
    return list(dict.fromkeys(missing + late))


def _gives(figures: Sequence[str], key: str, parts: set[str]) -> bool:
    return key in figures or (bool(parts) and parts <= {*figures})


def as_rows(found: Iterable[Status]) -> list[dict[str, Any]]:
    """The statuses as `zhengfa status --json` gives them."""
    return [
        {
            "unit": s.unit,
            "ledger": s.ledger,
            "state": s.state,
            "data_as_of": s.data_as_of.isoformat() if s.data_as_of else None,
            "n_rows": s.n_rows,
            "n_problems": s.n_problems,
        }
        for s in found
    ]
