"""A byte mutator over the sample's workbooks and documents: `python -m tests.hostile.fuzz CASES [SEED] [workbooks|documents]`.

Cases: bytes of the whole file changed, cut, doubled or zeroed; and, for a zip, of one part within a sound zip. Each is read in a
process that may die: a parser's abort is what the program's own workers are for, and is counted, a hang or an exception is a defect.
"""

from __future__ import annotations

import io
import multiprocessing
import random
import shutil
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import psutil

from tests.hostile.reading import read

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data" / "raw"
_LONGEST = 10.0  # seconds of processor time that a case may take
_CHUNK = 200  # cases a process
_TOKENS = (
    b"\0",
    b"\xff" * 4,
    b"<",
    b">",
    b'"',
    b"&",
    b"-1",
    b"99999999",
    b"1048577",
    b"ZZZ9",
    b"\xd8\x00",
    b"\x7f\xff\xff\xff",
    "密".encode(),
)

Try = Callable[[Path, str, bytes], str]


def mutated(data: bytes, rng: random.Random) -> bytes:
    """The bytes with a few places changed, cut, doubled, zeroed or replaced by what parsers stumble over."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        at, n = rng.randrange(max(1, len(out))), rng.choice((1, 1, 2, 4, 64, 1024))
        match rng.randrange(6):
            case 0 if out:
                out[at % len(out)] = rng.randrange(256)
            case 1:
                del out[at : at + n]
            case 2:
                out[at:at] = out[at : at + n]
            case 3:
                out[at : at + n] = bytes(n)
            case 4:
                token = rng.choice(_TOKENS)
                out[at : at + len(token)] = token
            case _:
                other = rng.randrange(max(1, len(out)))
                out[at : at + n] = out[other : other + n]
    return bytes(out)


def inside(data: bytes, rng: random.Random) -> bytes:
    """A zip of which one part is mutated."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            new.writestr(name, mutated(old.read(name), rng) if name == chosen else old.read(name))
    return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Fuzz:
    """Sound files, and what is tried with a damaged copy: what came of it, or an exception, which is a defect."""

    contents: dict[str, bytes]
    attempt: Try

    def case(self, seed: int, n: int) -> tuple[str, bytes]:
        """The nth case, always the same for a seed."""
        rng = random.Random(f"{seed}/{n}")
        name = rng.choice(sorted(self.contents))
        data = self.contents[name]
        return name, inside(data, rng) if data[:2] == b"PK" and rng.random() < 0.7 else mutated(data, rng)


def of_workbooks() -> Fuzz:
    """Every workbook of the sample, read as a build reads it."""
    return Fuzz({p.name: p.read_bytes() for p in sorted(RAW.iterdir())}, try_reading)


def try_reading(folder: Path, name: str, data: bytes) -> str:
    """Read one damaged workbook."""
    path = folder / name
    path.write_bytes(data)
    found = read(path)
    return "refused" if found.refused else "read" if found.tables else "set aside"


_PROSE = (
    "全市共收到线索{{线索.收到}}，已查结{{线索.查结}}，查结率{{线索.查结率}}。",
    "处理{{处理.总人数}}，其中处级{{处理.处级}}、科级{{处理.科级}}，合计3人，占比50%。",
)


def of_documents(root: Path) -> Fuzz:
    """A filled summary, as Word and as text, and forms: filled, verified, marked, drawn anew for their senders."""
    from zhengfa_stats.documents.fill import fill
    from zhengfa_stats.documents.returned_sheets import as_sent, write_marked
    from zhengfa_stats.documents.verify import verify
    from zhengfa_stats.errors import ZhengfaError
    from zhengfa_stats.project import open_project
    from zhengfa_stats.records import Place, Problem

    city = open_project(_city_of(root))
    city.fill(_word(root / "空.docx"), root / "总结.docx")
    city.write_forms()
    desk = city.desk()  # asked here, not in a process of its own, which would make a defect a refusal
    form = next((root / "data" / "forms").glob("*.xlsx"))
    contents = {p.name: p.read_bytes() for p in (root / "总结.docx", _table(root / "数.xlsx"), form)}
    contents["总结.txt"] = "\n".join((*_PROSE, "收到线索***条，查结12条。")).encode()
    doubt = Problem("warning", "疑问", Place("", "数", "B2"), "请核实", "请改")

    def attempt(folder: Path, name: str, data: bytes) -> str:
        path = folder / name
        path.write_bytes(data)

        def give_back() -> None:
            write_marked(as_sent(path, name, None, None), folder / f"退回-{name}", "市法院", [doubt], city.schema)

        tried = (
            lambda: verify(path, desk, city.schema, mark=folder / f"批注-{name}", force=True),
            lambda: fill(path, desk, folder / f"已填-{name}", force=True),
            *([give_back] if name.endswith(".xlsx") else ()),
        )
        return "/".join("done" if _goes(work, ZhengfaError) else "refused" for work in tried)

    return Fuzz(contents, attempt)


def _city_of(root: Path) -> Path:
    (root / "data" / "raw").mkdir(parents=True)
    shutil.copy(ROOT / "zhengfa.toml", root)
    for name in ("司法局线索台账.csv", "司法局处理人员.tsv"):
        shutil.copy(RAW / name, root / "data" / "raw")
    return root


def _word(path: Path) -> Path:
    from docx import Document

    document = Document()
    document.sections[0].header.paragraphs[0].text = "收到线索{{线索.收到}}"
    for text in _PROSE:
        document.add_paragraph(text)
    cells = document.add_table(1, 2).rows[0].cells
    cells[0].text, cells[1].text = "收到线索", "{{线索.收到}}"
    document.save(str(path))
    return path


def _table(path: Path) -> Path:
    from zhengfa_stats.excel import Page, write_workbook

    rows = [("收到线索", 12, "{{线索.收到}}"), ("查结线索", 5, "***")]
    write_workbook(path, [Page("数", ("指标", "数", "填"), rows, (20, 10, 20))])
    return path


def _goes(work: Callable[[], object], refusal: type[Exception]) -> bool:
    try:
        work()
    except refusal as error:
        assert str(error)
        return False
    return True


@dataclass(slots=True)
class Tally:
    """What came of the cases."""

    ends: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    defects: int = 0

    def note(self, end: str, seconds: float = 0.0) -> None:
        self.ends[end] += 1
        self.slowest = max(self.slowest, seconds)


def run(fuzz: Fuzz, cases: int, seed: int, kept: Path) -> Tally:
    """Run cases in processes that may die; what is a defect is kept by its number."""
    tally, n = Tally(), 0
    while n < cases:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        numbers = range(n, min(cases, n + _CHUNK))
        child = multiprocessing.get_context("fork").Process(target=_chunk, args=(fuzz, numbers, seed, kept, theirs))
        child.start()
        theirs.close()
        n = _listen(ours, child, tally, n)
        if n in numbers:  # it died, or was ended, over this case
            n += 1
        print(f"{n} cases, {dict(tally.ends)}, slowest {tally.slowest:.1f} s of CPU", file=sys.stderr, flush=True)
    return tally


def _listen(ours: Connection, child: multiprocessing.context.ForkProcess, tally: Tally, n: int) -> int:
    """Count what a process says until it ends; the number of the case that it did not come to the end of."""
    worker = psutil.Process(child.pid)
    begun = sum(worker.cpu_times()[:2])
    try:
        while True:
            while not ours.poll(1.0):
                if worker.is_running() and sum(worker.cpu_times()[:2]) - begun > 3 * _LONGEST:
                    print(f"case {n}: DEFECT, hangs", flush=True)
                    tally.note("HANG")
                    tally.defects += 1
                    child.kill()
            end, seconds, told = ours.recv()
            tally.note(end, seconds)
            if told or seconds > _LONGEST:
                tally.defects += 1
                print(f"case {n}: {end}, {seconds:.1f} s of CPU\n{told}", flush=True)
            n, begun = n + 1, sum(worker.cpu_times()[:2]) if worker.is_running() else 0.0
    except (EOFError, psutil.NoSuchProcess):
        child.join()
        if child.exitcode not in (0, -9):
            print(f"case {n}: the process died ({child.exitcode})", flush=True)
            tally.note("lost its process")
        return n


def _chunk(fuzz: Fuzz, numbers: Iterable[int], seed: int, kept: Path, said: Connection) -> None:
    with tempfile.TemporaryDirectory(prefix="fuzz") as folder:
        for n in numbers:
            name, data = fuzz.case(seed, n)
            start, told = time.process_time(), ""
            try:
                end = fuzz.attempt(Path(folder), name, data)
            except BaseException:  # a parser's panic is no Exception
                end, told = "DEFECT", traceback.format_exc(limit=-4)
                (kept / f"{n}-{name}").write_bytes(data)
            said.send((end, time.process_time() - start, told))


def main(cases: int, seed: int = 1, what: str = "workbooks") -> int:
    """Run cases; what came of them."""
    kept = Path(tempfile.mkdtemp(prefix="defects"))
    with tempfile.TemporaryDirectory(prefix="city") as folder:
        fuzz = of_workbooks() if what == "workbooks" else of_documents(Path(folder) / "city")
        tally = run(fuzz, cases, seed, kept)
    n = sum(tally.ends.values())
    print(
        f"{what}, seed {seed}: {n} cases, {dict(tally.ends)}, slowest {tally.slowest:.1f} s of CPU; {tally.defects} defects in {kept}"
    )
    return int(tally.defects > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *(int(a) if a.isdigit() else a for a in sys.argv[2:])))  # type: ignore[arg-type]
