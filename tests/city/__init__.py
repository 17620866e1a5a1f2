"""The sample city: an invented 示例市 that knows the truth about itself, and the messy workbooks of its departments.

Nothing here imports the program: the figures are counted from what happened, by the rules of DESIGN §4, in plain Python.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.city import names
from tests.city.case_books import case_books
from tests.city.cases import build_cases
from tests.city.clue_books import Desk, clue_books
from tests.city.clues import build_clues
from tests.city.events import build_activities, build_rules, build_tasks, build_training
from tests.city.grid import Book, Laid
from tests.city.other_books import activity_books, roster_books, rule_book, task_book
from tests.city.people import Person, build_roster
from tests.city.training_books import training_books
from tests.city.truth import World, figures
from tests.city.write import write_book

SINCE = date(2021, 1, 1)
CUTOFFS = (date(2021, 3, 31), date(2021, 5, 31), date(2021, 6, 30))


@dataclass(frozen=True)
class Size:
    """How large a city: officers on the roster, clues, persons dealt with, and a multiple of activities and tasks."""

    officers: int
    clues: int
    handled: int
    scale: int = 1


SAMPLE = Size(officers=340, clues=150, handled=44)
LARGE = Size(officers=3400, clues=1500, handled=300, scale=6)
SIZES = {"sample": SAMPLE, "large": LARGE}


@dataclass(frozen=True)
class City:
    """What happened, and the books that tell of it."""

    world: World
    people: Sequence[Person]
    books: Sequence[Book]
    desk: Desk

    def figures(self, since: date, as_of: date) -> dict[str, float | None]:
        """Every indicator key; rates in per cent, unrounded; None: it can't be had."""
        return figures(self.world, since, as_of)

    def write(self, folder: Path) -> list[Path]:
        """Write every workbook; the same city gives the same bytes."""
        return [write_book(book, folder) for book in self.books]

    def layouts(self) -> list[Laid]:
        """The tables as laid out: range, role of each row, headers."""
        return [laid for book in self.books for laid in book.laid()]

    def set_aside(self) -> list[tuple[str, str]]:
        """The sheets that are no ledger, by file and sheet."""
        return [(book.file, page.name) for book in self.books for page in book.pages if not page.tables]

    def private_strings(self) -> set[str]:
        """What must stand in no processed file: names, numbers, phones, addresses, what reports say, free remarks."""
        found = {p.name for p in self.people} | {a.person.name for a in self.world.acts}
        found |= {p.staff_no for p in self.people} | {p.id_card for p in self.people}
        found |= {*self.desk.clerks, *self.desk.phones}
        for clue in self.world.clues:
            for row in clue.rows:
                found |= {row.informant, row.phone, row.address, row.content, row.remark, *row.subjects}
        return found - {""}


def build_city(seed: int, size: Size = SAMPLE) -> City:
    """The whole city from one seed."""
    rng = random.Random(f"示例市{seed}")
    taken: set[str] = set()
    people = build_roster(rng, size.officers, taken)
    clues = build_clues(rng, size.clues, people, taken)
    world = World(
        clues,
        build_cases(rng, size.handled, people, clues),
        build_training(rng, people),
        build_activities(rng, size.scale),
        build_rules(rng),
        build_tasks(rng, size.scale),
        names.UNITS,
    )
    desk = Desk(rng, taken)
    books = [
        *clue_books(desk, world.clues),
        *case_books(desk, world.acts),
        *training_books(desk, world.seats),
        *activity_books(desk, world.activities),
        rule_book(desk, world.rules),
        task_book(desk, world.tasks, world.team),
        *roster_books(desk, people),
    ]
    return City(world, people, books, desk)
