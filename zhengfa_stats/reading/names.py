"""Names that a file's columns of persons hold, hidden wherever else in the file they stand: terms, units, free text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from zhengfa_stats.reading.body import Body
from zhengfa_stats.reading.cleaning import persons
from zhengfa_stats.reading.cleaning.result import Crew, Sure
from zhengfa_stats.reading.coded import Coded, Columns
from zhengfa_stats.reading.columns import cleaned_all
from zhengfa_stats.reading.privacy import Named
from zhengfa_stats.reading.recognise import Recognised
from zhengfa_stats.schema import Ledger, Schema

SOMEBODY = "某人"
_LONGEST = 4
_ITSELF = Sure(persons.SURE.pattern)  # a text that is plainly one name stands for itself
_NAMES_PERSONS = re.compile("(?:人|人员|领导|姓名|对象)$")


def names_in(body: Body, found: Recognised, ledger: Ledger) -> set[str]:
    """The names in a table's columns of persons, those that are dropped too."""
    names: set[str] = set()
    for b in found.columns:
        field = ledger.fields[b.fields[0]] if b.kind == "field" else None
        stated = field is not None and field.kind == "persons"
        if not stated and not (b.private and _NAMES_PERSONS.search(b.header.strip())):
            continue
        texts = [cell for cell in body.column(b.at).values if isinstance(cell, str)]
        found_in, remarked = cleaned_all(texts, persons.clean, _ITSELF)
        names.update([one for one in found_in if isinstance(one, str)])
        doubtful = {} if stated else {place for place, c in remarked.items() if c.fault}
        crews = [one for place, one in enumerate(found_in) if isinstance(one, Crew) and place not in doubtful]
        names.update(name for crew in crews for name in crew.names)
    return names


class Names:
    """The names of a file, to be hidden in its texts."""

    def __init__(self, names: Iterable[str], schema: Schema) -> None:
        known = set(names) - _words(schema)
        self.short = frozenset([n for n in known if 1 < len(n) <= _LONGEST])
        self.starts = frozenset([n[0] for n in self.short])
        longer = sorted([n for n in known if len(n) > _LONGEST], key=len, reverse=True)
        self.longer = re.compile("|".join(map(re.escape, longer))) if longer else None

    def __bool__(self) -> bool:
        return bool(self.short) or self.longer is not None

    def keyed(self, named: Named) -> set[str]:
        """The names under the project's key: what may be kept of them, and lets them be known again."""
        longer = self.longer.pattern.replace("\\", "").split("|") if self.longer else ()
        return named.elsewhere((*self.short, *longer))

    def hide(self, text: str) -> str:
        """The text with every name replaced by 某人, the longest first."""
        if self.longer is not None:
            text = self.longer.sub(SOMEBODY, text)
        if self.starts.isdisjoint(text):
            return text
        at, parts = 0, []
        while at < len(text):
            end = 0
            if text[at] in self.starts:
                end = next((e for n in range(_LONGEST, 1, -1) if text[at : (e := at + n)] in self.short), 0)
            parts.append(SOMEBODY if end else text[at])
            at = end or at + 1
        return "".join(parts)


def with_texts(columns: Columns, wanted: Iterable[str], of: Callable[[str], str]) -> Columns:
    """Columns with some of them changed by what a function makes of a text, each distinct one looked at once."""
    found = ((name, columns.get(name)) for name in wanted)
    hidden = {n: c.map(lambda v: of(v) if isinstance(v, str) else v) for n, c in found if isinstance(c, Coded)}
    return {**columns, **hidden}


def texts_of(ledger: Ledger) -> list[str]:
    """The fields of free text; what identifies a record and the name of a region stay as they are."""
    fixed = {*ledger.key, *ledger.agree, *ledger.compatible, "region"}
    return [f.id for f in ledger.stored if f.kind == "text" and f.id not in fixed]


@lru_cache(maxsize=4)
def _words(schema: Schema) -> frozenset[str]:
    """What vocabularies write, which names nobody; put together once for all files."""
    return frozenset(w for v in schema.vocabularies.values() for w in (*v.written, *v.nothing))
