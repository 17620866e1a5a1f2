"""The clues of the invented city: what truly happened, and the rows by which departments registered it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import NamedTuple

from tests.city import names as n
from tests.city.people import Person, new_name, new_phone


class When(NamedTuple):
    """A date as far as it is known: first = last for a day, else the ends of a month."""

    first: date
    last: date


def day(d: date) -> When:
    return When(d, d)


def month(d: date) -> When:
    following = (d.replace(day=28) + timedelta(days=4)).replace(day=1)
    return When(d.replace(day=1), following - timedelta(days=1))


def wide(text: str) -> str:
    """Full-width digits."""
    return text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


@dataclass
class Row:
    """One registration as its department means it; the sheets decide how it is written."""

    at: str  # the department whose ledger holds it
    no: str
    received: When | None
    source: str
    subjects: tuple[str, ...]
    subject_unit: str
    subject_rank: str
    category: str
    handler: str
    status: str  # 已查结, 正在核查, 移送, or a term that nobody knows
    closed: When | None
    disposal: str
    conclusion: str
    informant: str
    phone: str
    address: str
    content: str
    remark: str = ""
    other_nos: str = ""
    repeat: bool = False
    received_as: str = ""  # an unreadable date, as written
    subjects_as: str = ""  # the subjects as written, where that is not their names
    hidden: bool = False
    struck: bool = False


@dataclass
class Clue:
    """One clue by the counting rules, and every row that registers it."""

    received: When | None
    source: str
    closed: When | None
    repeat: bool = False
    rows: list[Row] = field(default_factory=list)


def build_clues(rng: random.Random, size: int, people: list[Person], taken: set[str]) -> list[Clue]:
    """About `size` clues: 2020 to July 2021, most of them closed by the end of June, and every planted oddity."""
    return _Maker(rng, people, taken).make(size + rng.randint(-size // 15, size // 10))


class _Maker:
    def __init__(self, rng: random.Random, people: list[Person], taken: set[str]) -> None:
        self.rng, self.taken = rng, taken
        self.staff = {u: [p for p in people if p.unit == u and not p.leader and p.post != "辅警"] for u in n.UNITS}
        twice = [p.name for p in people]
        self.unique = {p.name for p in people if twice.count(p.name) == 1}
        self.counters = dict.fromkeys(n.UNITS, 0)
        self.clues: list[Clue] = []

    def make(self, size: int) -> list[Clue]:
        n_old, n_late, n_repeat = max(10, size // 11), 5, max(7, size // 20)
        for i in range(n_old):
            self._old(n.ZFW if i < 3 else "")
        for _ in range(max(size - n_old - n_late - n_repeat - 12, 40)):
            self._ordinary()
        for _ in range(n_late):
            self._plain(self._between(date(2021, 7, 2), date(2021, 7, 12)), None)
        for i in range(n_repeat):
            self._repeat(broken=i == 0)
        self._without_numbers()
        self._undatable()
        self._monthly()
        self.clues.sort(key=lambda c: c.received.first if c.received else date(2021, 4, 1))
        self._number_by_date()
        self._register_twice()
        self._transfer()
        self._collide()
        return self.clues

    # ordinary clues

    def _between(self, low: date, high: date) -> date:
        return low + timedelta(days=self.rng.randint(0, (high - low).days))

    def _ordinary(self) -> None:
        received = self._between(date(2021, 1, 4), date(2021, 6, 14))
        closed = received + timedelta(days=self.rng.randint(9, 55))
        if closed > date(2021, 6, 28):
            roll = self.rng.random()
            late = self._between(date(2021, 7, 1), date(2021, 7, 14))
            early = self._between(max(received + timedelta(days=5), date(2021, 6, 10)), date(2021, 6, 30))
            self._plain(received, late if roll < 0.08 else None if roll < 0.14 else early)
        else:
            self._plain(received, closed)

    def _old(self, at: str) -> None:
        received = self._between(date(2020, 7, 1), date(2020, 12, 30))
        roll = self.rng.random()
        if roll < 0.3:
            self._plain(received, min(received + timedelta(days=self.rng.randint(5, 40)), date(2020, 12, 31)), at)
        else:
            self._plain(received, self._between(date(2021, 1, 5), date(2021, 5, 25)) if roll < 0.85 else None, at)

    def _plain(self, received: date | None, closed: date | None, at: str = "") -> Clue:
        rng = self.rng
        at = at or rng.choices(n.UNITS, (14, 36, 16, 14, 12, 8))[0]
        handler = at if at != n.ZFW or rng.random() < 0.4 else rng.choice((n.GA, n.FY, n.JCY, n.SFJ))
        subject, second = rng.sample([p for p in self.staff[handler] if p.name in self.unique], 2)
        subjects = (subject.name, second.name) if rng.random() < 0.08 else (subject.name,)
        source = rng.choice(n.MASS) if rng.random() < 0.72 else rng.choice(n.OTHER_SOURCES)
        done = closed is not None
        row = Row(
            at,
            "",
            day(received) if received else None,
            source,
            subjects,
            handler,
            subject.rank,
            rng.choice(tuple(n.CATEGORIES)),
            handler,
            "已查结" if done else "正在核查",
            day(closed) if closed else None,
            rng.choices(("予以了结", "初步核实", "谈话函询", "立案审查"), (5, 3, 1, 1))[0] if done else "初步核实",
            rng.choices(("不属实", "部分属实", "属实"), (6, 3, 2))[0] if done else "",
            *self._informant(),
        )
        if rng.random() < 0.3:
            row.remark = f"举报人要求保密，第{rng.randint(2, 9)}次联系时间另约{rng.randint(10, 99)}"
        return self._add(row)

    def _add(self, row: Row) -> Clue:
        clue = Clue(row.received, row.source, row.closed, row.repeat, [row])
        self.clues.append(clue)
        return clue

    def _informant(self) -> tuple[str, str, str, str]:
        rng = self.rng
        content = rng.choice(n.CONTENT).format(
            a=f"{rng.randint(2013, 2020)}年{rng.randint(1, 12)}月" + rng.choice(n.CONTENT_A),
            b=rng.choice(n.CONTENT_B),
            c=rng.choice(n.CONTENT_C),
        )
        address = f"柳河街{rng.randint(1, 99)}号{rng.randint(1, 20)}幢{rng.randint(101, 999)}室"
        return new_name(rng, self.taken), new_phone(rng), address, content

    # oddities that must exist before rows are numbered

    def _repeat(self, broken: bool) -> None:
        """A repeat report has its own number; one is closed before it was received, a problem that moves no figure."""
        received = self._between(date(2021, 2, 1), date(2021, 6, 10))
        closed = received + timedelta(days=-6 if broken else 12)
        clue = self._plain(received, closed, self.rng.choice((n.ZFW, n.GA, n.JCY)))
        clue.repeat = clue.rows[0].repeat = True

    def _without_numbers(self) -> None:
        """Four rows bear no number; two of them look alike and are counted until a person decides."""
        for at in (n.GA, n.SFJ):
            clue = self._plain(self._between(date(2021, 2, 1), date(2021, 5, 30)), None, at)
            clue.rows[0].no = "无"
        first = self._plain(date(2021, 4, 20), date(2021, 5, 18), n.SFJ).rows[0]
        first.no = "无"
        other = self.rng.choice([c for c in n.CATEGORIES if c != first.category])
        self._add(replace(first, category=other, remark="与前一封来信内容相近请核对"))

    def _undatable(self) -> None:
        """Received on a day that does not exist, or on none: not counted in any period, and still open."""
        for at, text in ((n.GA, "2021.13.5"), (n.FY, "2021年2月30日"), (n.SFJ, "")):
            clue = self._plain(None, None, at)
            clue.rows[0].received_as = text
        odd = self._plain(date(2021, 5, 11), None, n.GA).rows[0]
        odd.status = "另案处理"
        self._plain(date(2021, 3, 9), date(2021, 4, 8), n.JW).rows[0].category = "其他作风类"
        shelved = self._plain(date(2021, 2, 24), None, n.JCY).rows[0]
        shelved.disposal = "暂存待查"
        several = self._plain(date(2021, 1, 27), date(2021, 2, 22), n.JW).rows[0]
        several.subjects_as = f"{several.subjects[0]}等3人"

    def _monthly(self) -> None:
        for d, closed in ((date(2021, 2, 1), date(2021, 3, 1)), (date(2021, 4, 1), date(2021, 5, 1))):
            clue = self._plain(d, closed, n.JCY)
            row = clue.rows[0]
            row.received, row.closed = month(d), month(closed)
            clue.received, clue.closed = row.received, row.closed

    # numbers, then what needs them

    def _number_by_date(self) -> None:
        for clue in self.clues:
            for row in clue.rows:
                row.no = "" if row.no == "无" else self._next(row.at, row.received)

    def _next(self, at: str, received: When | None) -> str:
        self.counters[at] += 1
        year, i = (received.first.year if received else 2021), self.counters[at]
        return {
            n.ZFW: f"政线{year}-{i:03d}",
            n.GA: f"{year}{3000 + i:06d}",
            n.FY: f"法线〔{year}〕{i}号",
            n.JCY: f"JX-{year}-{i:03d}",
            n.SFJ: f"SF{year}{i:04d}",
            n.JW: f"纪移〔{year}〕{i}号",
        }[at]

    def _candidates(self, at: tuple[str, ...], closed: bool | None = None) -> list[Clue]:
        """Simple clues of the period that no oddity has touched."""
        found = [
            c
            for c in self.clues
            if len(c.rows) == 1
            and c.received
            and c.received.first == c.received.last
            and date(2021, 1, 8) <= c.received.first <= date(2021, 6, 12)
            and 6 <= c.received.first.day <= 22
            and c.rows[0].at in at
            and c.rows[0].handler == c.rows[0].at
            and c.rows[0].no
            and not c.rows[0].subjects_as
            and not c.repeat
            and c.rows[0].status in ("已查结", "正在核查")
            and (closed is None or (c.closed is not None) == closed)
        ]
        self.rng.shuffle(found)
        return found

    def _register_twice(self) -> None:
        """政法委 hands a clue on under its own number; both registered it, by subject or by date alike."""
        departments = (n.GA, n.FY, n.JCY, n.SFJ, n.JW)
        for i, clue in enumerate(self._candidates(departments)[:12]):
            own = clue.rows[0]
            assert own.received
            own.no = self._next(n.ZFW, own.received)
            at = own.received.first
            first = replace(
                own, at=n.ZFW, status="正在核查", closed=None, disposal="初步核实", conclusion="", remark=""
            )
            if i % 3 == 0:
                first.received = day(at - timedelta(days=self.rng.randint(1, 4)))
            elif i % 3 == 1:
                first.subjects_as = "不详"
            else:
                first.status, first.closed = own.status, own.closed
                first.disposal, first.conclusion = own.disposal, own.conclusion
            if i == 4:
                first.category = "违规经商办企业"
            if i == 5:
                first.no = wide(own.no)
            if own.at == n.GA and not any(c.rows[0].struck for c in self.clues):
                first.struck = True
            clue.rows.insert(0, first)

    def _transfer(self) -> None:
        """Moved on: the receiver's row has its own number beside the first one; twice nobody in the city received it."""
        chosen = self._candidates((n.GA, n.FY, n.JCY, n.SFJ))[:9]
        for i, clue in enumerate(chosen):
            own = clue.rows[0]
            assert own.received
            giver = n.ZFW if i % 3 else n.JW
            moved = dict(status="移送", closed=None, disposal="", conclusion="", remark="")
            given = day(own.received.first - timedelta(days=self.rng.randint(1, 5)))
            first = replace(own, at=giver, no=self._next(giver, given), received=given, **moved)  # type: ignore[arg-type]
            own.other_nos = first.no
            clue.rows.insert(0, first)
            if i == 1:
                between = replace(own, at=n.JW, no=self._next(n.JW, own.received), **moved)  # type: ignore[arg-type]
                own.other_nos = f"{first.no}、{between.no}"
                clue.rows.insert(1, between)
            if i == 2:
                own.source = ""
        for at, clue in zip((n.ZFW, n.JW), self._away(), strict=True):
            clue.rows[0].status, clue.rows[0].handler = "移送", at

    def _away(self) -> tuple[Clue, Clue]:
        return self._plain_numbered(n.ZFW, date(2021, 3, 17)), self._plain_numbered(n.JW, date(2021, 4, 14))

    def _plain_numbered(self, at: str, received: date) -> Clue:
        clue = self._plain(received, None, at)
        clue.rows[0].no = self._next(at, day(received))
        return clue

    def _collide(self) -> None:
        """A slip of the pen: two clues of 法院, unlike in subject and date, bear one number."""
        court = [c for c in self._candidates((n.FY,)) if not c.rows[0].other_nos]
        first = court[0]
        for other in court[1:]:
            if other.received != first.received and other.rows[0].subjects != first.rows[0].subjects:
                other.rows[0].no = first.rows[0].no
                return
