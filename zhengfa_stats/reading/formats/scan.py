"""What calamine does not tell of an .xlsx sheet, found by byte search in its XML: cost is by find, not by cell.

Each defect has a needle (an attribute or a tag's end); from each hit the search goes back to the cell that holds
it. A sheet without defects costs little more than unpacking, and both unpacking and calamine release the GIL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from html import unescape
from typing import Literal, NamedTuple

from zhengfa_stats.reading.formats.cells import MAX_ROWS, Spot, Zeros, column_number, parse_ref
from zhengfa_stats.reading.formats.hints import ANYTHING, Hints, hints_of
from zhengfa_stats.records import Range, address

Lack = Literal["error", "formula"]


_MARGIN = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]+)<")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for beyond the defects: styles, struck shared strings, and whether a 0 may be an uncomputed one."""

    zeros: Zeros = field(default_factory=dict)
    struck_styles: frozenset[int] = frozenset()
    struck_strings: frozenset[int] = frozenset()
    doubt_zero: bool = False


@dataclass(slots=True)
class Scan:
    """What was found in one sheet; spots are 1-based."""

    errors: dict[Spot, str] = field(default_factory=dict)
    no_values: dict[Spot, str] = field(default_factory=dict)
    zeros: dict[Spot, int] = field(default_factory=dict)  # spot → style
    struck: set[Spot] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    merges: list[Range] = field(default_factory=list)
    margins: list[str] = field(default_factory=list)  # heads and feet of the printed pages
    bottom: int = 0  # last row with a value
    right: int = 26  # last column with a value, or 26 when that is further


class _Tag(NamedTuple):
    spot: Spot
    kind: bytes
    style: int


def scan_sheet(pieces: Iterable[bytes], wanted: Wanted) -> Scan:
    """Look through a sheet's XML as it is unpacked."""
    scan, search = Scan(), None
    for chunk in _whole_rows(pieces):
        search = search or _Search(chunk, wanted)
        search.into(scan, chunk)
    return scan


def _whole_rows(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut before a row's tag, so that no row is divided."""
    rest = b""
    row: bytes | None = None
    for piece in pieces:
        cut = rest.rfind(row) if row else 0
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
        rest += piece
        row = row or _row_tag(rest)
    if rest:
        yield rest


def _row_tag(head: bytes) -> bytes | None:
    match = re.search(rb"<(?:\w+:)?row\b", head)
    return match[0] if match else None


class _Search:
    """The needles for one sheet, made for the namespace prefix that its writer used."""

    def __init__(self, head: bytes, wanted: Wanted) -> None:
        found = re.search(rb"<(\w+:)?worksheet\b", head)
        self.p = (found[1] or b"") if found else b""
        self.wanted = wanted
        self.renumber: bool | None = None  # whether addresses were left out; told by the first chunk
        self.row = self.column = 0

    def _re(self, pattern: bytes) -> re.Pattern[bytes]:
        """A pattern in which < and </ stand before the prefix."""
        return re.compile(re.sub(rb"<(/?)(?=[a-z])", rb"<\1" + self.p, pattern))

    @cached_property
    def _unnumbered(self) -> re.Pattern[bytes]:
        return re.compile(b"<" + self.p + rb"(?:c|row)(?=[\s/>])(?![^>]*\sr=)[^>]*>")

    @cached_property
    def _empty_formula(self) -> tuple[re.Pattern[bytes], ...]:
        after = rb"\s*(?:<v\s*/>|<v[^>]*>\s*</v>|</c>" + (rb"|<v>0</v>)" if self.wanted.doubt_zero else rb")")
        return self._re(rb"</f>" + after), self._re(rb"<f(?:\s[^>]*)?/>" + after)

    @cached_property
    def _formula(self) -> re.Pattern[bytes]:
        return self._re(rb"<f(?:\s[^>]*)?>([^<]*)</f>")

    @cached_property
    def _value(self) -> re.Pattern[bytes]:
        return self._re(rb"<v[^>]*>([^<]*)</v>")

    @cached_property
    def _merge(self) -> re.Pattern[bytes]:
        return self._re(rb"<mergeCell\s[^>]*ref=[\"']([A-Z0-9:$]+)[\"']")

    @cached_property
    def _wide(self) -> re.Pattern[bytes]:
        return re.compile(rb" r=[\"']([A-Z]{2,3})[0-9]+[\"'](?:[^>]*[^/>])?>")

    @cached_property
    def _impossible(self) -> re.Pattern[bytes]:
        """An address beyond any sheet, which damage makes; calamine would allocate for all that lies before it."""
        return re.compile(rb" r=[\"'](?:([A-Z]{4,})[0-9]*|[A-Z]*([0-9]{7,}))")

    @cached_property
    def _styles(self) -> re.Pattern[bytes] | None:
        numbers = sorted({*self.wanted.zeros, *self.wanted.struck_styles})
        alternatives = b"|".join(b"%d" % n for n in numbers)
        return re.compile(rb" s=[\"'](?:" + alternatives + rb")[\"']") if numbers else None

    @cached_property
    def _strings(self) -> re.Pattern[bytes] | None:
        alternatives = b"|".join(b"%d" % n for n in sorted(self.wanted.struck_strings))
        return self._re(rb" t=[\"']s[\"'][^>]*>\s*<v>(?:" + alternatives + rb")</v>") if alternatives else None

    def into(self, scan: Scan, chunk: bytes) -> None:
        """Add what one chunk holds."""
        hints = ANYTHING if self.p else hints_of(chunk)
        if self.renumber is None:
            self.renumber = hints.unnumbered and bool(self._unnumbered.search(chunk[: 1 << 16]))
        if self.renumber:
            chunk, hints = self._addressed(chunk), ANYTHING
        self._styled(scan, chunk)
        self._bounds(scan, chunk, hints)
        if hints.errors:
            self._errors(scan, chunk)
        if hints.formulas:
            self._no_values(scan, chunk)
        if hints.hidden:
            self._hidden(scan, chunk)
        if hints.margins and b"eaderFooter" in chunk:
            scan.margins += [_text(m[1]) for m in _MARGIN.finditer(chunk)]
        if hints.merges:
            merges = (parse_ref(m[1].decode("ascii")) for m in self._merge.finditer(chunk))
            scan.merges += [m for m in merges if m]

    def _addressed(self, chunk: bytes) -> bytes:
        """The chunk with the addresses that its writer left out, counted on from the row or cell before."""
        return re.sub(b"<" + self.p + rb"(c|row)(?=[\s/>])([^>]*)>", self._number, chunk)

    def _number(self, match: re.Match[bytes]) -> bytes:
        given = re.search(rb"\sr=[\"']([A-Z]*)([0-9]+)", match[2])
        if match[1] == b"row":
            self.row, self.column = (int(given[2]) if given else self.row + 1), 0
            name = b"%d" % self.row
        else:
            self.column = _column(given[1]) if given else self.column + 1
            name = address(self.row, self.column).encode("ascii")
        head = match[0][: match.start(2) - match.start()]
        return match[0] if given else head + b' r="' + name + b'"' + match[0][len(head) :]

    @cached_property
    def _usual(self) -> re.Pattern[bytes]:
        """A cell's tag with its attributes in the order that Excel, WPS and openpyxl write."""
        return re.compile(b"<" + self.p + rb'c r="([A-Z]+)([0-9]+)"(?: s="([0-9]+)")?(?: t="(\w+)")?/?>')

    def _tag(self, chunk: bytes, start: int) -> _Tag | None:
        """The cell's tag that starts at a place; None when another kind of tag does."""
        if usual := self._usual.match(chunk, start):
            return _Tag((int(usual[2]), _column(usual[1])), usual[4] or b"", int(usual[3] or 0))
        if start < 0 or not chunk.startswith(b"<" + self.p + b"c ", start):
            return None
        head = chunk[start : chunk.find(b">", start)]
        kind, style = re.search(rb"\st=[\"'](\w+)", head), re.search(rb"\ss=[\"']([0-9]+)", head)
        spot = re.search(rb"\sr=[\"']([A-Z]+)([0-9]+)", head)
        if not spot:
            return None
        return _Tag((int(spot[2]), _column(spot[1])), kind[1] if kind else b"", int(style[1]) if style else 0)

    def _cell_before(self, chunk: bytes, at: int) -> int:
        """Where the cell starts that holds a place."""
        return chunk.rfind(b"<" + self.p + b"c ", 0, at + 1)

    def _errors(self, scan: Scan, chunk: bytes) -> None:
        for needle in (b' t="e"', b" t='e'"):
            at = chunk.find(needle)
            while at >= 0:
                if tag := self._tag(chunk, chunk.rfind(b"<", 0, at)):
                    value = self._value.search(chunk, at, chunk.find(b"</" + self.p + b"c>", at))
                    scan.errors[tag.spot] = _text(value[1]) if value else "#VALUE!"
                at = chunk.find(needle, at + 1)

    def _no_values(self, scan: Scan, chunk: bytes) -> None:
        for pattern in self._empty_formula:
            for hit in pattern.finditer(chunk):
                start = self._cell_before(chunk, hit.start())
                tag = self._tag(chunk, start)
                # A formula that gives the empty text has t="str" and an empty value: that is a result.
                if tag and not (tag.kind == b"str" and b"<" + self.p + b"v" in hit[0]):
                    formula = self._formula.search(chunk, start, hit.end())
                    scan.no_values[tag.spot] = "=" + (_text(formula[1]) if formula else "")

    def _styled(self, scan: Scan, chunk: bytes) -> None:
        for pattern in filter(None, (self._styles, self._strings)):
            for hit in pattern.finditer(chunk):
                tag = self._tag(chunk, chunk.rfind(b"<", 0, hit.start()))
                if tag and (pattern is self._strings or tag.style in self.wanted.struck_styles):
                    scan.struck.add(tag.spot)
                if tag and tag.style in self.wanted.zeros:
                    scan.zeros[tag.spot] = tag.style

    def _hidden(self, scan: Scan, chunk: bytes) -> None:
        for hit in re.finditer(rb" hidden=[\"'](?:1|true)", chunk):
            start = chunk.rfind(b"<", 0, hit.start())
            head = chunk[start : chunk.find(b">", start)]
            number = re.search(rb"\sr=[\"']([0-9]+)", head)
            if number and head.startswith(b"<" + self.p + b"row"):
                scan.hidden_rows.add(int(number[1]))

    def _bounds(self, scan: Scan, chunk: bytes, hints: Hints) -> None:
        inline = chunk.rfind(b"<" + self.p + b"is>") if hints.inline else -1
        last = max(chunk.rfind(b"<" + self.p + b"v>"), inline)
        tag = self._tag(chunk, self._cell_before(chunk, last)) if last >= 0 else None
        if tag:
            scan.bottom = max(scan.bottom, tag.spot[0])
        if not hints.far:
            return
        for name in set(self._wide.findall(chunk)):
            scan.right = max(scan.right, _column(name))
        for name, number in self._impossible.findall(chunk):
            scan.right = max(scan.right, _column(name[:9]))
            if int(number or 0) > MAX_ROWS:
                scan.bottom = int(number)


@cache
def _column(letters: bytes) -> int:
    return column_number(letters.decode("ascii"))


def _text(xml: bytes) -> str:
    text = xml.decode("utf-8", "replace")
    return unescape(text) if "&" in text else text
