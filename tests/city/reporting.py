"""The reporting city: six bureaux, four counties, six months, and every way in which ledgers arrive.

Cumulative and incremental files, totals only, lists and totals at once, the same rows by line and by area, clues
handed on and renumbered, zero reports, senders that are late or silent. Nothing here imports the program.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from tests.city.grid import Book
from tests.city.reporting_events import Events, build_events
from tests.city.reporting_lists import clue_lists
from tests.city.reporting_papers import paper_books
from tests.city.reporting_totals import total_books
from tests.city.reporting_truth import Options, Truth
from tests.city.reporting_world import World, build_world
from tests.city.write import write_book

SETTINGS = """\
city = "示例市"
since = 2021-01-01
as_of = 2021-06-30
team = ["市委政法委", "市公安局", "市法院", "市检察院", "市司法局", "市国家安全局", "市纪委监委"]

[mode]
"法院" = "增量"
"检察院" = "增量"
"南坪区法院" = "增量"
"东岭县政法委" = "累计"

[senders]
clues = [
  "市委政法委", "市公安局", "市法院", "市检察院", "市司法局", "市国家安全局", "市纪委监委",
  "东岭县政法委", "西河县公安局", "西河县法院", "西河县检察院", "西河县政法委",
  "南坪区公安局", "南坪区法院", "南坪区检察院", "南坪区政法委", "北湖县法院",
]
cases = ["市纪委监委", "市公安局", "市法院", "市检察院", "市国家安全局", "东岭县政法委"]
rules = ["市委政法委", "市公安局", "市国家安全局", "西河县政法委"]

[periods]
"近年来" = { since = 2018-01-01 }
"教育整顿期间" = { since = 2021-02-01, as_of = 2021-04-30 }

[indicators."线索.近年来收到"]
unit = "条"
definition = "收到的线索，重复举报不另计。"
period = "近年来"
query = { ledger = "clues", facts = ["counted_once"] }

[indicators."处理.教育整顿期间"]
unit = "人"
definition = "受到处理的干警，按人去重。"
period = "教育整顿期间"
query = { ledger = "cases", each = "person" }

[vocabularies.rank]
"二级检察官" = { dated = [{ as = "科级", from = 2021-04-01 }] }

[options]
rank_by = "{rank_by}"
"组织处理" = "{handling}"
"四种形态" = "{forms}"
"""


@dataclass(frozen=True)
class Reporting:
    """What happened and the books that tell of it."""

    world: World
    events: Events
    books: tuple[Book, ...]

    def truth(self, options: Options) -> Truth:
        return Truth(self.world, self.events, options)

    def write(self, folder: Path) -> list[Path]:
        """Write every workbook; the same city gives the same bytes."""
        return [write_book(book, folder) for book in self.books]


def build_reporting(seed: int) -> Reporting:
    """The whole city from one seed."""
    world = build_world(seed)
    events = build_events(seed, world.taken)
    rng = random.Random(f"books{seed}")
    truth = Truth(world, events)
    books = (*clue_lists(rng, world.rows), *total_books(truth, rng), *paper_books(events, rng))
    return Reporting(world, events, books)


def settings(options: Options) -> str:
    """zhengfa.toml under a setting."""
    words = {
        "{rank_by}": options.rank_by,
        "{handling}": "宽" if options.wide else "严",
        "{forms}": "人" if options.persons else "人次",
    }
    text = SETTINGS
    for mark, word in words.items():
        text = text.replace(mark, word)
    return text
