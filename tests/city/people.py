"""The officers of the invented city."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.city import names as n

SHARES = {n.ZFW: 0.06, n.GA: 0.46, n.FY: 0.18, n.JCY: 0.13, n.SFJ: 0.13, n.JW: 0.04}


@dataclass(frozen=True)
class Person:
    """Somebody with a place on the roster, or (staff_no "") somebody who has left it."""

    name: str
    unit: str
    staff_no: str
    id_card: str
    post: str
    rank: str
    leader: bool
    party: bool = True
    on_duty: bool = True
    part: str = ""

    @property
    def rank_class(self) -> str:
        return n.RANK_CLASS[self.rank]


def new_name(rng: random.Random, taken: set[str]) -> str:
    """A name that nobody in `taken` bears; two-character names use uncommon characters only, so that none is a word."""
    while True:
        roll = rng.random()
        if roll < 0.04:
            name = rng.choice(n.COMPOUND) + rng.choice(n.GIVEN) + (rng.choice(n.GIVEN) if roll < 0.02 else "")
        elif roll < 0.16:
            name = rng.choice(n.SURNAMES) + rng.choice(n.GIVEN)
        elif roll < 0.26:
            name = rng.choice(n.SURNAMES) + rng.choice(n.ORDINARY)
        else:
            name = rng.choice(n.SURNAMES) + rng.choice(n.GIVEN) + rng.choice(n.GIVEN)
        if name not in taken:
            taken.add(name)
            return name


def new_id(rng: random.Random) -> str:
    """A well-formed number of a county that does not exist (139900)."""
    body = f"139900{rng.randint(1964, 1997)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(100, 999)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


def new_phone(rng: random.Random) -> str:
    return f"1990000{rng.randint(0, 9999):04d}"


def build_roster(rng: random.Random, officers: int, taken: set[str]) -> list[Person]:
    """The roster, unit by unit; in 公安局 two officers of one name differ by their numbers alone."""
    people: list[Person] = []
    for unit in n.UNITS:
        size = max(round(officers * SHARES[unit]), len(n.LEADERS[unit]) + 4)
        people += [_officer(rng, unit, i, taken) for i in range(size)]
    _plant(people)
    return people


def _officer(rng: random.Random, unit: str, i: int, taken: set[str]) -> Person:
    leaders = n.LEADERS[unit]
    post, rank = leaders[i] if i < len(leaders) else (rng.choice(n.POSTS[unit]), _rank(rng, unit))
    if i < len(n.RARE) and unit == n.FY:
        name = next(x for s in n.SURNAMES if (x := s + n.RARE[i] + rng.choice(n.GIVEN)) not in taken)
        taken.add(name)
    else:
        name = new_name(rng, taken)
    number = f"{3102000 + i * 7 + 11}" if unit == n.GA else f"{n.STAFF_PREFIX[unit]}{10301 + i * 3}"
    return Person(
        name,
        unit,
        number,
        new_id(rng),
        post,
        rank,
        leader=i < len(leaders),
        party=rng.random() < 0.85,
        on_duty=i < len(leaders) or rng.random() < 0.985,
        part=rng.choice(n.GA_PARTS) if unit == n.GA and i >= len(leaders) else "",
    )


def _rank(rng: random.Random, unit: str) -> str:
    return rng.choice(n.PLAIN_RANKS.get(unit, n.OTHER_RANKS))


def _plant(people: list[Person]) -> None:
    """Two of one name in 公安局, the same name in 法院 as in 检察院, and two auxiliaries."""
    police = [i for i, p in enumerate(people) if p.unit == n.GA]
    a, b = police[-3], police[-9]
    people[b] = replace(people[b], name=people[a].name, on_duty=True)
    people[a] = replace(people[a], on_duty=True)
    court = [i for i, p in enumerate(people) if p.unit == n.FY][-2]
    prosecutor = [i for i, p in enumerate(people) if p.unit == n.JCY][-2]
    people[prosecutor] = replace(people[prosecutor], name=people[court].name)
    for i in police[-2:]:
        people[i] = replace(people[i], post="辅警", rank="辅警", party=False, on_duty=True)
