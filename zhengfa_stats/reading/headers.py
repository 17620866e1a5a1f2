"""One header → the field that it names in a ledger, by declared names; likeness only where a declared rule says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from zhengfa_stats.reading.header_words import (
    GENERIC_WORDS,
    HARMLESS_REMARK,
    KIND_WORDS,
    LEDGER_SUFFIX,
    LIKENESSES,
    NEUTRAL_GROUPS,
    OWN_NOUN_KINDS,
    names_contact,
    names_informant,
)
from zhengfa_stats.schema import Field, Kind, Ledger, Schema

How = Literal[
    "pin", "name", "alias", "remark", "group", "likeness", "place", "shared", "tick", "word", "private", "blank"
]

_BRACKETS = str.maketrans("〔【［{〈«〕】］}〉»", "(((((())))))")
_MARKS = str.maketrans("", "", "“”\"'‘’「」《》*★☆\ufeff\u200b\u200c\u200d")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACE = re.compile(r"\s+")
_NUMBERED = re.compile(r"^(?:\d+[.、](?!\d)|\(\d+\)|[①-⑳])(?=.)")
_REMARK = re.compile(r"\(([^()]*)\)?")
_ONE_OF = re.compile("[/、或]")


@lru_cache(maxsize=20_000)
def tidy(text: str) -> str:
    """A header as it is compared: half-width, no spaces, quotes, required marks, list numbers or trailing colons.

    >>> tidy("*收到 时间\\n（年月日）："), tidy("１.线索　编号")
    ('收到时间(年月日)', '线索编号')
    """
    text = _SPACE.sub("", text).translate(_WIDE).translate(_BRACKETS).translate(_MARKS).casefold()
    return _NUMBERED.sub("", text).strip(":;,。.、·_")


@lru_cache(maxsize=20_000)
def bare(text: str) -> tuple[str, tuple[str, ...]]:
    """A tidied header without its bracketed remarks, and the remarks.

    >>> bare("收到时间(年月日)")
    ('收到时间', ('年月日',))
    """
    return _REMARK.sub("", text) or text, tuple(_REMARK.findall(text))


def is_harmless(remarks: Iterable[str]) -> bool:
    """Whether the remarks only say how to fill the column in."""
    return all(HARMLESS_REMARK.fullmatch(r) for r in remarks if r)


@dataclass(frozen=True, slots=True)
class Claim:
    """The field that a header names, or several where it alone cannot say which; none: private, to be dropped."""

    fields: tuple[str, ...]
    sure: float
    how: How


PRIVATE = Claim((), 1.0, "private")


@dataclass(frozen=True)
class LedgerHeaders:
    """The headers of one ledger, prepared for lookup."""

    ledger: Ledger
    named: Mapping[str, Claim]
    alike: Mapping[Kind, Mapping[str, frozenset[str]]]
    terms: Mapping[str, tuple[tuple[str, str], ...]]  # a written term → the fields and terms it may tick
    written: Mapping[str, frozenset[str]]  # a term field → every way its values are written, tidied
    _claims: dict[tuple[str, ...], Claim | None] = field(default_factory=dict, repr=False, compare=False)
    _ticks: dict[tuple[str, ...], tuple[tuple[str, str], ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def fields(self) -> Mapping[str, Field]:
        return self.ledger.fields

    def knows(self, text: str) -> bool:
        """Whether a cell's text is a header that the ledger declares, remarks aside."""
        form = tidy(text)
        return form in self.named or bare(form)[0] in self.named

    def claim(self, parts: tuple[str, ...]) -> Claim | None:
        """What a header, given as its tidied parts from the group down, names in this ledger; None if nothing."""
        if parts not in self._claims:
            self._claims[parts] = self._guard(parts, self._find(parts))
        return self._claims[parts]

    def lone(self, parts: tuple[str, ...]) -> str:
        """The sub-header without its remarks, where nothing above it adds a meaning; "" where something does."""
        return bare(parts[-1])[0] if all(map(self._is_neutral, parts[:-1])) else ""

    def ticks(self, parts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """The (field, term) pairs that a header may tick; its group chooses where it names a field."""
        if parts not in self._ticks:
            self._ticks[parts] = self._find_ticks(parts)
        return self._ticks[parts]

    def _find_ticks(self, parts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        last = bare(parts[-1])[0]
        found = self.terms.get(parts[-1]) or self.terms.get(last) or self.terms.get(_unasked(last), ())
        for group in reversed(parts[:-1]):  # the nearest group that leaves one field decides
            claim = self.claim((group,))
            chosen = tuple(t for t in found if claim and t[0] in claim.fields)
            if len(chosen) == 1:
                return chosen
        return found

    def refuses(self, parts: tuple[str, ...]) -> bool:
        """Whether a definition gives a stored field a header that may be a reporter's: it is not followed."""
        claim, found = self.claim(parts), self._find(parts)
        return claim is PRIVATE and found is not None and any(self.fields[f].is_stored for f in found.fields)

    def _guard(self, parts: tuple[str, ...], claim: Claim | None) -> Claim | None:
        """The claim, unless the header may be a reporter's or a private number and the field would be stored."""
        whole = "/".join(parts)
        if not (names_informant(whole) or names_contact(whole)):
            return claim
        kept = tuple(f for f in claim.fields if not self.fields[f].is_stored) if claim else ()
        return replace(claim, fields=kept) if claim and kept else PRIVATE

    def _find(self, parts: tuple[str, ...]) -> Claim | None:
        return self._find_grouped(parts) if len(parts) > 1 else self._find_single(parts[0])

    def _find_single(self, text: str) -> Claim | None:
        base, remarks = bare(text)
        if claim := self.named.get(text):
            return claim
        for remark in remarks:
            if claim := self.named.get(remark + base):
                return Claim(claim.fields, 0.95, _weaker(claim.how, "remark"))
        if claim := self.named.get(base):
            alike = all((c := self.named.get(r)) is not None and c.fields == claim.fields for r in remarks)
            sure = 0.97 if alike else _sure_despite(base, remarks)  # 单位（部门）: the remark names the same field
            return Claim(claim.fields, sure, _weaker(claim.how, "remark"))
        return self._find_pieces(text) or self._find_alike(base)

    def _find_pieces(self, text: str) -> Claim | None:
        """姓名/名字, 篇（份）数: several words for one field."""
        pieces = [p for p in _ONE_OF.split(text) if p and not HARMLESS_REMARK.fullmatch(p)]
        claims = [self.named.get(bare(p)[0]) for p in pieces]
        if claims and all(c and len(c.fields) == 1 for c in claims) and len({c.fields for c in claims if c}) == 1:
            return replace(claims[0], sure=0.93, how="alias") if claims[0] else None
        return None

    def _find_alike(self, text: str) -> Claim | None:
        if text in GENERIC_WORDS:
            return None
        fields: set[str] = set()
        for kind, known in self.alike.items():
            fields |= known.get(skeleton(text, kind, own_noun(self.ledger)), frozenset())
        return Claim(tuple(fields), 0.86, "likeness") if len(fields) == 1 else None

    def _find_grouped(self, parts: tuple[str, ...]) -> Claim | None:
        for text in _joined(parts):
            if claim := self.named.get(text):
                return Claim(claim.fields, 0.96, _weaker(claim.how, "group"))
        if claim := self._find_own_field(parts):
            return claim
        for text in _joined(parts):
            if claim := self._find_alike(text):
                return replace(claim, sure=0.88)
        return self._find_last(parts)

    def _find_own_field(self, parts: tuple[str, ...]) -> Claim | None:
        """被举报人/姓名: the group names the field and the sub-header says only of what kind it is."""
        last = bare(parts[-1])[0]
        for group in reversed(parts[:-1]):
            claim = self._find_single(_core(group)) or self._find_single(group)
            if claim and len(claim.fields) == 1 and last in KIND_WORDS[self.fields[claim.fields[0]].kind]:
                return Claim(claim.fields, 0.93, "group")
        return None

    def _find_last(self, parts: tuple[str, ...]) -> Claim | None:
        """The sub-header alone, if it says enough or its groups say nothing."""
        *groups, last = parts
        neutral = all(self._is_neutral(g) for g in groups)
        if not neutral and bare(last)[0] in GENERIC_WORDS:
            return None
        claim = self._find_single(last)
        return (
            replace(claim, sure=claim.sure * (0.97 if neutral else 0.93), how=_weaker(claim.how, "group"))
            if claim
            else None
        )

    def _is_neutral(self, group: str) -> bool:
        return bool(NEUTRAL_GROUPS.fullmatch(bare(group)[0].replace(own_noun(self.ledger), "")))


def _weaker(how: How, other: How) -> How:
    """A shared header stays one, however it was found."""
    return how if how == "shared" else other


def _sure_despite(base: str, remarks: tuple[str, ...]) -> float:
    if is_harmless(remarks):
        return 0.97
    return 0.7 if base in GENERIC_WORDS else 0.9


def _unasked(text: str) -> str:
    return re.sub(r"^(?:是否|有无)(?:已|被|为|属于|属|系)?", "", text)


def _core(group: str) -> str:
    """被反映人基本情况 → 被反映人: a group without the words that say nothing."""
    return re.sub(r"(?:的?(?:基本|简要|主要|个人)?(?:情况|信息|资料))$", "", bare(group)[0])


def _joined(parts: tuple[str, ...]) -> Iterator[str]:
    """The ways in which group and sub-header make one name: a/b, ab, and each pair of a group and the last."""
    yield "/".join(parts)
    bases = [bare(p)[0] for p in parts]
    yield "".join(bases)
    for group in reversed(parts[:-1]):
        yield bare(group)[0] + bases[-1]
        yield _core(group) + bases[-1]


def own_noun(ledger: Ledger) -> str:
    """线索台账 → 线索: what a header of the ledger may leave out or add."""
    return _noun_of(ledger.name)


@lru_cache(maxsize=1024)
def _noun_of(name: str) -> str:
    return LEDGER_SUFFIX.sub("", tidy(name)) or tidy(name)


def skeleton(text: str, kind: Kind, noun: str = "") -> str:
    """A header of a kind with all declared likenesses levelled.

    >>> skeleton("被举报人姓名", "persons"), skeleton("反映对象", "persons"), skeleton("问题线索编码", "code", "线索")
    ('被反映人', '反映对象', '编号')
    """
    text = _levelled(text, kind)
    return text.removeprefix(noun) or text if noun and kind in OWN_NOUN_KINDS else text


@lru_cache(maxsize=65536)
def _levelled(text: str, kind: Kind) -> str:
    """What every ledger makes of a text, found once: a sheet's texts are tried as headers of all ledgers."""
    for likeness in LIKENESSES:
        if not likeness.kinds or kind in likeness.kinds:
            text = likeness.pattern.sub(likeness.replacement, text)
    return text


def _named(ledger: Ledger) -> dict[str, Claim]:
    """Every declared header; a name beats a shared header, which beats an alias; an alias of two fields names both."""
    named: dict[str, Claim] = {}
    for f in _headed(ledger):
        for header in f.headers:
            known = named.get(tidy(header))
            fields = (*known.fields, f.id) if known and f.id not in known.fields else (f.id,)
            named[tidy(header)] = Claim(fields, 0.98, "alias")
    named |= {tidy(h): Claim(s.fields, 0.95, "shared") for s in ledger.shared for h in s.headers}
    return named | {tidy(f.name): Claim((f.id,), 1.0, "name") for f in _headed(ledger)}


def _headed(ledger: Ledger) -> Iterator[Field]:
    """The fields that have a column of their own."""
    return (f for f in ledger.fields.values() if not f.is_derived and not f.reads)


def _alike(ledger: Ledger) -> dict[Kind, dict[str, frozenset[str]]]:
    noun = own_noun(ledger)
    alike: dict[Kind, dict[str, frozenset[str]]] = {}
    for f in _headed(ledger):
        known = alike.setdefault(f.kind, {})
        for header in (f.name, *f.headers):
            form = skeleton(bare(tidy(header))[0], f.kind, noun)
            known[form] = known.get(form, frozenset()) | {f.id}
    return alike


def _terms(ledger: Ledger, schema: Schema) -> dict[str, tuple[tuple[str, str], ...]]:
    terms: dict[str, dict[tuple[str, str], None]] = {}
    for f in _headed(ledger):
        vocabulary = schema.vocabulary_of(ledger.id, f.id)
        if f.kind != "term" or vocabulary is None:
            continue
        for written, term in vocabulary.written.items():
            for form in (written, *(word + written for word in f.strip), *(written + word for word in f.strip)):
                if len(form := tidy(form)) > 1 and not form.isnumeric():  # a column headed 1 is a day, not a 第一种形态
                    terms.setdefault(form, {})[f.id, term] = None
    return {form: tuple(found) for form, found in terms.items()}


def _written(ledger: Ledger, schema: Schema) -> dict[str, frozenset[str]]:
    found = {f.id: schema.vocabulary_of(ledger.id, f.id) for f in _headed(ledger)}
    return {id_: frozenset(map(tidy, (*v.written, *v.nothing))) for id_, v in found.items() if v}


_PREPARED: dict[int, tuple[Schema, Mapping[str, LedgerHeaders], Callable[[str], bool]]] = {}


def headers_of(schema: Schema) -> Mapping[str, LedgerHeaders]:
    """The prepared headers of every ledger, made once for a schema."""
    return _prepared(schema)[1]


def known_headers(schema: Schema) -> Callable[[str], bool]:
    """Whether a text is a header that one of our ledgers declares; what was found out once holds for every sheet."""
    return _prepared(schema)[2]


def _prepared(schema: Schema) -> tuple[Schema, Mapping[str, LedgerHeaders], Callable[[str], bool]]:
    known = _PREPARED.get(id(schema))
    if known is None or known[0] is not schema:
        made = {id_: prepare(ledger, schema) for id_, ledger in schema.ledgers.items() if not ledger.tabulated}
        _PREPARED[id(schema)] = known = (schema, made, _known_to(tuple(made.values())))  # held, so that its id stays
    return known


def _known_to(headers: Sequence[LedgerHeaders]) -> Callable[[str], bool]:
    usual = _of_signs(headers)

    def may_be(form: str) -> bool:
        """A cheap test that nearly every value of a body fails: a name, a number, a remark."""
        pieces = (form, *_ONE_OF.split(form)) if _ONE_OF.search(form) else (form,)
        return any(usual.fullmatch(bare(p)[0]) for p in pieces) or names_informant(form) or names_contact(form)

    @lru_cache(maxsize=65536)
    def known(text: str) -> bool:
        form = tidy(text)
        return may_be(form) and any(h.claim((form,)) is not None for h in headers)

    return known


def _of_signs(headers: Iterable[LedgerHeaders]) -> re.Pattern[str]:
    """Texts of no other signs than declared headers hold, or the likenesses that level headers."""
    signs = set("".join(likeness.pattern.pattern for likeness in LIKENESSES))
    for h in headers:
        signs.update(own_noun(h.ledger), *h.named, *(form for forms in h.alike.values() for form in forms))
    return re.compile(f"[{re.escape(''.join(sorted(signs)))}]*")


def prepare(ledger: Ledger, schema: Schema) -> LedgerHeaders:
    """One ledger's headers, prepared for lookup."""
    return LedgerHeaders(ledger, _named(ledger), _alike(ledger), _terms(ledger, schema), _written(ledger, schema))
