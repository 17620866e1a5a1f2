"""The columns of a table bound to the fields of one ledger: what one header leaves open, the whole table settles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from zhengfa_stats.reading.header_words import IGNORED, PLACED, SERIAL, names_contact
from zhengfa_stats.reading.headers import How, LedgerHeaders, bare, tidy
from zhengfa_stats.reading.samples import Samples, counts_up, look_of_ticks
from zhengfa_stats.reading.sheets import Column
from zhengfa_stats.schema import Field, Kind

BAR = 0.75  # below it a header is reported, not bound
_RANK: Mapping[How, int] = {"pin": 0, "name": 1, "alias": 2, "remark": 3, "group": 4, "likeness": 5, "place": 6}


Why = Literal["unknown", "blank", "repeated", "taken", "ambiguous", "unsure", "not ticks"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A column and what it was bound to.

    kind field: one field; shared: several, told apart by the values; tick: the values tick `term` of the field;
    serial, ignored: no field (`private`: it may hold a private value and must be dropped).
    """

    at: int  # 1-based column
    header: str
    kind: Literal["field", "shared", "tick", "serial", "ignored"]
    fields: tuple[str, ...] = ()
    term: str = ""
    sure: float = 1.0
    how: How = "name"
    private: bool = False

    @property
    def field(self) -> str:
        """The one field of a plain or tick column; "" otherwise."""
        return self.fields[0] if self.kind in ("field", "tick") else ""


@dataclass(frozen=True, slots=True)
class Open:
    """A column that could not be bound: why, and the fields that it may have meant or lost."""

    at: int
    header: str
    why: Why
    fields: tuple[str, ...] = ()
    others: tuple[int, ...] = ()  # the columns that claim the same


@dataclass(frozen=True, slots=True)
class Binding:
    """All columns of a table against one ledger; `doubts` are columns bound by custom that deserve a look."""

    bound: tuple[Bound, ...]
    open: tuple[Open, ...]
    doubts: tuple[Bound, ...] = ()


def parts_of(column: Column) -> tuple[str, ...]:
    """A column's header as tidied parts from the group down; a part that repeats the one above it says nothing."""
    parts = [tidy(p) for p in (column.parts or (column.header,))]
    return tuple(p for i, p in enumerate(parts) if p and p != (parts[i - 1] if i else ""))


def bind(
    columns: Sequence[Column], headers: LedgerHeaders, samples: Samples, pinned: Mapping[int, str] | None = None
) -> Binding:
    """The columns of a table bound to the ledger's fields as well as the headers, and then the values, allow.

    `pinned` says of some columns which field they are ("": none).
    """
    return _Binder(columns, headers, samples, pinned or {}).run()


class _Binder:
    """One binding in the making; each step takes columns out of `left`."""

    def __init__(
        self, columns: Sequence[Column], headers: LedgerHeaders, samples: Samples, pinned: Mapping[int, str]
    ) -> None:
        self.headers, self.samples = headers, samples
        self.columns = {c.at: c for c in columns}
        self.parts = {c.at: parts_of(c) for c in columns}
        self.left = list(self.columns)
        self.claims = {at: headers.claim(parts) for at, parts in self.parts.items() if parts}
        self.pinned = {at: name for at, name in pinned.items() if at in self.columns}
        self.bound: dict[int, Bound] = {}
        self.open: dict[int, Open] = {}
        self.doubts: list[Bound] = []

    def run(self) -> Binding:
        for step in (
            self._pins,
            self._blanks,
            self._serials,
            self._privates,
            self._ticks,
            self._plain,
            self._placed,
            self._shared,
        ):
            step()
            self.left = [at for at in self.left if at not in self.bound and at not in self.open]
        for at in self.left:
            self._rest(at)
        bound = tuple(self.bound[at] for at in sorted(self.bound))
        return Binding(bound, tuple(self.open[at] for at in sorted(self.open)), tuple(self.doubts))

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _pins(self) -> None:
        for at, name in self.pinned.items():
            self._bind(at, "field" if name else "ignored", (name,) if name else (), how="pin")

    def _blanks(self) -> None:
        for at in self.left:
            if self.parts[at]:
                continue
            values = self.samples.of(at)
            if not values or counts_up(values):
                self._bind(at, "serial" if values else "ignored", how="blank")
            else:
                self.open[at] = Open(at, self.columns[at].header, "blank")

    def _serials(self) -> None:
        for at in self.left:
            last = bare(self.parts[at][-1])[0]
            counted = last == "编号" and counts_up(self.samples.of(at))
            claim = self.claims[at]
            declared = claim is not None and claim.how in (
                "name",
                "alias",
            )  # 序号 is like 线索序号, but no number of it
            if (last in SERIAL and not declared) or (counted and not claim):
                self._bind(at, "serial", how="word")

    def _privates(self) -> None:
        for at in self.left:
            claim = self.claims[at]
            if claim and claim.how == "private":
                self._bind(at, "ignored", how="private", private=True)
            elif claim and len(claim.fields) > 1 and claim.how != "shared" and not any(map(self._stored, claim.fields)):
                self._bind(at, "field", claim.fields[:1], claim.sure, claim.how)  # dropped, whichever it is

    def _ticks(self) -> None:
        wanted: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for at in self.left:
            pairs = self.headers.ticks(self.parts[at])
            if len(pairs) == 1 and not self._is_plainly_field(at):
                (name, term), look = pairs[0], look_of_ticks(self.samples.of(at))
                wanted[name].append((at, term, look))
            elif len(pairs) > 1 and not self.claims[at] and look_of_ticks(self.samples.of(at)) == "ticks":
                self.open[at] = self._open(at, "ambiguous", tuple(f for f, _ in pairs))
        for name, columns in wanted.items():
            self._tick_field(name, columns)

    def _tick_field(self, name: str, columns: list[tuple[int, str, str]]) -> None:
        """A count in one column of a field makes all of them counts; an empty column may still be ticked."""
        looks = {look for _, _, look in columns}
        for at, term, look in columns:
            if "counts" not in looks and look in ("ticks", "empty"):
                self._bind(at, "tick", (name,), 0.95, "tick", term=term)
            elif not self.claims[at]:
                self.open[at] = self._open(at, "not ticks", (name,))

    def _is_plainly_field(self, at: int) -> bool:
        """Whether the header's own field explains the values: a flag, or words of its vocabulary."""
        claim = self.claims[at]
        if not claim or claim.how == "shared":
            return False
        if any(self.headers.fields[f].kind == "flag" for f in claim.fields):
            return True
        written = self.headers.written.get(claim.fields[0], frozenset()) if claim.fields else frozenset()
        values = {tidy(str(v)) for v in self.samples.of(at)}
        return not values or values <= written

    def _plain(self) -> None:
        """Headers that name one field; of several for one field the better named stands."""
        rivals: dict[str, list[int]] = defaultdict(list)
        owners = {b.field: b.at for b in self.bound.values() if b.kind == "tick" or b.how == "pin"}
        for at in self.left:
            claim = self.claims[at]
            if claim and len(claim.fields) == 1 and claim.how != "shared" and self._kind_to_place(at) is None:
                rivals[claim.fields[0]].append(at)
        for name, columns in rivals.items():
            if name in owners:
                self._lose(columns, name, (owners[name],))
            else:
                self._settle(name, columns)

    def _settle(self, name: str, columns: list[int]) -> None:
        field = self.headers.fields[name]
        together = not field.is_stored or (field.many and field.kind == "code")
        winners = columns if together else self._best(columns)
        if together or len(winners) == 1:
            for at in winners:
                self._bind_claim(at, name)
        else:
            for at in winners:
                self.open[at] = self._open(at, "repeated", (name,), tuple(o for o in winners if o != at))
        self._lose([at for at in columns if at not in winners], name, tuple(winners))

    def _best(self, columns: list[int]) -> list[int]:
        """The best-named columns; of equals those with values, and the first if all say the same."""
        if len(columns) == 1:
            return columns
        ranks = {at: _RANK.get(claim.how, 9) for at in columns if (claim := self.claims[at])}
        best = [at for at in columns if ranks[at] == min(ranks.values())]
        filled = [at for at in best if self.samples.of(at)] or best[:1]
        same = all(self.samples.same(at, filled[0]) for at in filled[1:])
        return filled[:1] if same else list(filled)

    def _lose(self, columns: Sequence[int], name: str, winners: tuple[int, ...]) -> None:
        for at in columns:
            self.open[at] = self._open(at, "taken", (name,), winners)

    def _placed(self) -> None:
        """Bare words such as 单位, 时间, 姓名: by what stands beside them, or by custom with a doubt, or not at all."""
        for at in self.left:
            if kind := self._kind_to_place(at):
                self._place(at, kind)

    def _place(self, at: int, kind: Kind) -> None:
        claim = self.claims[at]
        rivals = [f for f in self._of_kind(kind) if not self._is_bound(f.id)]
        found = (
            self._person_beside(at) if kind == "persons" and self._has_informant() else self._beside(at, kind, rivals)
        )
        if found == "private":
            self._bind(at, "ignored", how="private", private=True)
        elif found:
            self._bind(at, "field", (found,), 0.8, "place")
        elif claim and claim.fields and claim.fields[0] in {f.id for f in rivals}:
            self._bind(at, "field", claim.fields, BAR, "place")
            self.doubts.append(self.bound[at])
        else:
            taken = not rivals and len(self._of_kind(kind)) > 0
            names = tuple(f.id for f in (rivals or self._of_kind(kind)))
            self.open[at] = self._open(at, "taken" if taken else "ambiguous", names)

    def _kind_to_place(self, at: int) -> Kind | None:
        """The kind of a bare word's field, where no field owns the word or another unit stands beside its owner."""
        word, claim = self.headers.lone(self.parts[at]), self.claims[at]
        kind = next((k for k, words in PLACED.items() if word in words), None)
        if kind is None or not self._of_kind(kind) or (claim and claim.how == "shared"):
            return None
        settled = claim is not None and (kind != "unit" or len(self._of_kind(kind)) == 1)
        return None if settled else kind

    def _of_kind(self, kind: Kind) -> list[Field]:
        """The stored fields of a kind that have a column of their own; a person's own number is no such field."""
        return [f for f in self.headers.ledger.stored if f.kind == kind and not f.reads]

    def _beside(self, at: int, kind: Kind, rivals: list[Field]) -> str:
        """The only field of its kind, or the one whose declared neighbours stand beside the column; "" if not clear."""
        if len(self._of_kind(kind)) == 1:
            return rivals[0].id if rivals else ""
        if kind == "date":
            return self._opening_date(at, rivals)
        order = {name: i for i, name in enumerate(self.headers.fields)}
        left, right = self._neighbour(at, -1), self._neighbour(at, 1)
        scores = sorted(
            (
                sum(w / (abs(order[f.id] - order[n]) or 1) for n, w in ((left, 2), (right, 1)) if n in order),
                f.id,
            )
            for f in rivals
        )
        if not scores or scores[-1][0] < 0.8 or (len(scores) > 1 and scores[-1][0] < 1.5 * scores[-2][0]):
            return ""
        return scores[-1][1]

    def _opening_date(self, at: int, rivals: list[Field]) -> str:
        """The ledger's date, where it opens a record and stands by the number or before the other dates.

        Where the ledger's date also tells progress (a decision), a bare 时间 may be a filing: not clear.
        """
        ledger = self.headers.ledger
        if ledger.date in ledger.progress or ledger.date not in {f.id for f in rivals}:
            return ""
        dates = [o for o, b in self.bound.items() if b.field and self.headers.fields[b.field].kind == "date"]
        beside = self.bound.get(at - 1)
        opens = beside is not None and (beside.kind == "serial" or beside.field in ledger.key)
        return ledger.date if opens or (dates and at < min(dates)) else ""

    def _person_beside(self, at: int) -> str:
        """A bare 姓名 where a reporter may be named too: the subject only beside the subject's own columns."""
        order = {name: i for i, name in enumerate(self.headers.fields)}
        persons = [f.id for f in self._of_kind("persons")]
        subject = persons[0] if len(persons) == 1 else ""
        near = [b for o in (at - 1, at + 1) if (b := self.bound.get(o))]
        contact = any(b.private and names_contact(tidy(b.header)) for b in near)
        own = subject and any(b.field and abs(order[b.field] - order[subject]) <= 2 and not b.private for b in near)
        if subject and self._is_bound(subject):
            return "private"
        return subject if own and not contact else ""

    def _has_informant(self) -> bool:
        return any(f.private and f.kind == "persons" for f in self.headers.fields.values())

    def _neighbour(self, at: int, step: int) -> str:
        """The nearest bound field on one side, at most three columns away."""
        for o in (at + step, at + 2 * step, at + 3 * step):
            if (b := self.bound.get(o)) and b.field:
                return b.field
        return ""

    def _shared(self) -> None:
        """Shared headers hold the values of those of their fields that have no column of their own."""
        for at in self.left:
            claim = self.claims[at]
            if claim is None or claim.how != "shared":
                continue
            free = tuple(f for f in claim.fields if not self._is_bound(f))
            if free:
                self._bind(at, "shared", free, claim.sure, "shared")
            else:
                owners = tuple(o for o, b in self.bound.items() if set(b.fields) & set(claim.fields))
                self.open[at] = self._open(at, "taken", claim.fields, owners)

    def _rest(self, at: int) -> None:
        claim = self.claims[at]
        if claim:
            self.open[at] = self._open(at, "ambiguous", claim.fields)
        elif bare(self.parts[at][-1])[0] in IGNORED:
            self._bind(at, "ignored", how="word")
        else:
            self.open[at] = self._open(at, "unknown")

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _bind_claim(self, at: int, name: str) -> None:
        claim = self.claims[at]
        if claim and claim.sure < BAR:
            self.open[at] = self._open(at, "unsure", claim.fields)
        elif claim:
            self._bind(at, "field", (name,), claim.sure, claim.how)

    def _bind(
        self,
        at: int,
        kind: Literal["field", "shared", "tick", "serial", "ignored"],
        fields: tuple[str, ...] = (),
        sure: float = 1.0,
        how: How = "name",
        *,
        term: str = "",
        private: bool = False,
    ) -> None:
        private = private or (kind == "field" and self.headers.fields[fields[0]].private)
        self.bound[at] = Bound(at, self.columns[at].header, kind, fields, term, round(sure, 3), how, private)

    def _open(self, at: int, why: Why, fields: tuple[str, ...] = (), others: tuple[int, ...] = ()) -> Open:
        return Open(at, self.columns[at].header, why, fields, others)

    def _is_bound(self, name: str) -> bool:
        return any(name in b.fields for b in self.bound.values())

    def _stored(self, name: str) -> bool:
        return self.headers.fields[name].is_stored
