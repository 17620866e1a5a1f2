"""Texts and questions made of the words that the program knows: `python -m tests.hostile.sentences CASES [SEED]`.

Each is a heap of our own words, numbers and pieces of the specifications' sentences: nothing may fail at it but with a reason.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from zhengfa_stats.errors import ZhengfaError
from zhengfa_stats.language.asking.frame import NotUnderstood

SPEC = Path(__file__).parents[1] / "spec"
DEFINITIONS = Path(__file__).parents[2] / "zhengfa_stats" / "definitions"
_MEASURES = ("人", "名", "条", "件", "次", "个", "篇", "项", "%", "个百分点", "成", "倍", "")
_BETWEEN = ("，", "。", "；", "、", "：", "（", "）", "，其中", "，分别占", "和", "")


def words(name: str) -> list[str]:
    """The Chinese words of a declaration, its keys too."""
    return sorted(set(_within(tomllib.loads((DEFINITIONS / name).read_text("utf-8")))))


def _within(declared: Any) -> Iterator[str]:
    if isinstance(declared, str):
        yield from [] if declared.isascii() or len(declared) > 8 else [declared]
    for inner in declared if isinstance(declared, list) else []:
        yield from _within(inner)
    for key, inner in declared.items() if isinstance(declared, dict) else ():
        yield from (*_within(key), *_within(inner))


def sentences(name: str, mark: str) -> list[str]:
    lines = (SPEC / name).read_text("utf-8").splitlines()
    return [line.partition(mark)[0].strip() for line in lines if line.strip() and line[0] != "#"]


def texts(seed: int) -> Iterator[str]:
    """Passages of a document, without end."""
    rng, known = random.Random(seed), words("citing.toml")
    clauses = [c for s in sentences("citations.txt", "=>") for c in re.split("(?<=[，。；、：])", s) if c]
    while True:
        parts = []
        for _ in range(rng.randint(1, 5)):
            said = [rng.choice(known) for _ in range(rng.randint(0, 3))]
            number = f"{rng.randint(0, 300)}{rng.choice(_MEASURES)}"
            said.insert(rng.randint(0, len(said)), number)
            parts += [rng.choice(clauses) if rng.random() < 0.4 else "".join(said), rng.choice(_BETWEEN)]
        yield "".join(parts)


def questions(seed: int) -> Iterator[str]:
    """Questions, without end."""
    rng, known, asked = random.Random(seed), words("words.toml"), sentences("questions.txt", " | ")
    while True:
        one, other = rng.choice(asked), rng.choice(asked)
        at, after = rng.randrange(len(one) + 1), rng.randrange(len(other) + 1)
        heap = "".join(rng.choice([*known, str(rng.randint(0, 40))]) for _ in range(rng.randint(1, 6)))
        yield rng.choice([one[:at] + rng.choice(known) + one[at:], one[:at] + other[after:], heap])


def tried(work: Callable[[str], object], said: Iterator[str], cases: int) -> tuple[list[str], float]:
    """What failed, with its text, and how long the slowest took; a refusal in Chinese is no failure."""
    failed, slowest = [], 0.0
    for _ in range(cases):
        text, start = next(said), time.process_time()
        try:
            work(text)
        except (ZhengfaError, NotUnderstood):
            pass
        except Exception:
            failed.append(f"{text}\n{traceback.format_exc(limit=-3)}")
        slowest = max(slowest, time.process_time() - start)
    return failed, slowest


def main(cases: int, seed: int = 1) -> int:
    """Verify texts and ask questions over the sample city; what came of them."""
    from tests.hostile.fuzz import _city_of
    from tests.unit.test_verdicts import verdicts
    from zhengfa_stats.project import open_project

    n = 0
    with tempfile.TemporaryDirectory(prefix="city") as folder:
        project = open_project(_city_of(Path(folder) / "city"))
        for what, work, made in (("texts", verdicts, texts), ("questions", lambda q: str(project.ask(q)), questions)):
            failed, slowest = tried(work, made(seed), cases)
            print(
                *failed, f"{what}, seed {seed}: {cases} cases, {len(failed)} failed, slowest {slowest:.1f} s", sep="\n"
            )
            n += len(failed)
    return int(n > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
