"""Draw docs/images/architecture.png from the code: its storeys, the size of their rooms, and who imports whom.

python docs/draw_architecture.py
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.patches import FancyArrowPatch, Rectangle

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.unit.test_architecture import MODULES, PACKAGE, STOREYS, imports, storey  # noqa: E402
from zhengfa_stats.exhibits.style import styled  # noqa: E402

INK, PALE, DEEP = "#1f2933", "#f4f7fa", "#12305a"


def main() -> None:
    lines: Counter[str] = Counter()
    arrows: Counter[tuple[int, int]] = Counter()
    for path in MODULES:
        here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if here == "__init__":
            continue
        lines[here] += len(path.read_text("utf-8").splitlines())
        arrows.update((storey(here), storey(there)) for there in imports(path) if storey(there) != storey(here))
    with styled():
        draw(lines, arrows)


def draw(lines: Counter[str], arrows: Counter[tuple[int, int]]) -> None:
    """Storeys from the ground up; a room is as wide as its lines, an arrow as thick as its imports are many."""
    figure, axes = plt.subplots(figsize=(10, 8.2))
    longest = max(sum(lines[room] for room in rooms) for rooms in STOREYS)
    for level, rooms in enumerate(STOREYS):
        axes.add_patch(Rectangle((0, level), 1, 0.72, facecolor=PALE, edgecolor="none"))
        left, gap = 0.0, 0.004
        for room in rooms:
            width = max(0.022 + 0.0138 * len(room), 0.62 * lines[room] / longest)
            axes.add_patch(
                Rectangle((left, level + 0.06), width, 0.6, facecolor="white", edgecolor=DEEP, linewidth=0.8)
            )
            axes.text(left + width / 2, level + 0.42, room, ha="center", va="center", fontsize=8.5, color=DEEP)
            axes.text(
                left + width / 2, level + 0.2, f"{lines[room]}", ha="center", va="center", fontsize=6.5, color=INK
            )
            left += width + gap
    for (above, below), n in arrows.items():
        axes.add_patch(
            FancyArrowPatch(
                (1.005, above + 0.36),
                (1.005, below + 0.36),
                connectionstyle=f"arc3,rad={-0.28 - 0.012 * (above - below)}",
                arrowstyle="-|>",
                mutation_scale=7,
                linewidth=0.3 + n**0.5 / 5,
                color=DEEP,
                alpha=0.45,
            )
        )
    axes.set(xlim=(-0.01, 1.42), ylim=(-0.2, len(STOREYS)))
    axes.set_axis_off()
    axes.set_title(
        "自下而上：上面的用下面的，下面的不认识上面的。框里是模块或文件夹和行数，箭头粗细是引用多少",
        fontsize=9,
        color=INK,
    )
    figure.savefig(
        ROOT / "docs" / "images" / "architecture.png", dpi=110, bbox_inches="tight", metadata={"Software": None}
    )


if __name__ == "__main__":
    main()
