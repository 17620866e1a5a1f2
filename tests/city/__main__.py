"""python -m tests.city --seed 1 --out data/raw: writes the sample city and prints its figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.city import CUTOFFS, SINCE, SIZES, build_city


def main() -> None:
    """Write the workbooks, then show the truth for each cut-off date."""
    parser = argparse.ArgumentParser(prog="python -m tests.city")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", choices=SIZES, default="sample")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    city = build_city(args.seed, SIZES[args.size])
    for path in city.write(args.out):
        sys.stderr.write(f"{path}\n")
    columns = [city.figures(SINCE, as_of) for as_of in CUTOFFS]
    sys.stdout.write("\t".join(["", *map(str, CUTOFFS)]) + "\n")
    for key in columns[0]:
        shown = ["—" if c[key] is None else f"{c[key]:.10g}" for c in columns]
        sys.stdout.write("\t".join([key, *shown]) + "\n")


if __name__ == "__main__":
    main()
