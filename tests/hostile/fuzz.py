"""A byte mutator over the sample's workbooks: `python -m tests.hostile.fuzz SECONDS [SEED]` says how many cases came to what.

Cases: bytes of the whole file changed, cut, doubled or zeroed; and, for a zip, of one part within a sound zip.
"""

from __future__ import annotations

import io
import random
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.reading import read

RAW = Path(__file__).parents[2] / "data" / "raw"
NAMES = (
    "公安局线索办理台账.xls",
    "法院线索登记（2021年）.ods",
    "市法院政治轮训情况.xlsb",
    "制度建设台账.xlsx",
    "司法局线索台账.csv",
    "纪委监委移交线索清单.xlsx",
)
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


def cases(seed: int) -> Iterator[tuple[str, bytes]]:
    """Names and mutated contents, without end, always the same for a seed."""
    rng = random.Random(seed)
    contents = {name: (RAW / name).read_bytes() for name in NAMES}
    while True:
        name = rng.choice(NAMES)
        data = contents[name]
        yield name, inside(data, rng) if data[:2] == b"PK" and rng.random() < 0.7 else mutated(data, rng)


def try_case(folder: Path, name: str, data: bytes) -> str:
    """Read one case; what came of it. Anything raised here is a defect."""
    path = folder / name
    path.write_bytes(data)
    found = read(path)
    return "refused" if found.refused else "read" if found.frames else "set aside"


def main(seconds: float, seed: int) -> int:
    """Run cases for a while; every defect is kept beside its number."""
    import tempfile
    import traceback

    ends: Counter[str] = Counter()
    slowest, stop = 0.0, time.monotonic() + seconds
    folder = Path(tempfile.mkdtemp(prefix="fuzz"))
    for n, (name, data) in enumerate(cases(seed)):
        if time.monotonic() > stop:
            break
        start = time.process_time()
        try:
            ends[try_case(folder, name, data)] += 1
        except Exception:
            ends["DEFECT"] += 1
            (folder / f"defect-{n}-{name}").write_bytes(data)
            print(n, name, traceback.format_exc(limit=-3), flush=True)
        slowest = max(slowest, time.process_time() - start)
    print(f"seed {seed}: {sum(ends.values())} cases, {dict(ends)}, slowest {slowest:.1f} s of CPU; defects in {folder}")
    return int(ends["DEFECT"] > 0)


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
