"""The house style: one font that comes with pip, one palette that survives grey printing and colour blindness."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib import font_manager, ft2font

FONT = "Zhengfa Sans"  # a private name: a font that the machine happens to have can't take its place
MINUS = "\u2212"
MISSING = "〓"  # what printers set for a character that they have no type for
INK, MUTED, FAINT, GRID, PAPER = "#1F2933", "#5A6673", "#8A95A1", "#DDE2E8", "#FFFFFF"
ACCENT, WARNING = "#12305A", "#A23B2A"
SERIES = ("#12305A", "#E0A23B", "#3389AA", "#A23B2A", "#C3DBE5")  # lightness 20, 71, 54, 40, 86
VAGUE = "#E9ECEF"  # what is not filled in
_RAMP = ("#EEF4F8", "#12305A")  # from nothing to the most, by lightness alone
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")
_NO_START = frozenset("，。、；：！？）》〉”’」』】…%％·,.;:!?)]}")

RC: Any = {  # matplotlib knows its settings by name
    "font.family": [FONT],
    "font.size": 9.0,
    "text.color": INK,
    "text.parse_math": False,  # a $ in a unit's name is a $
    "axes.unicode_minus": True,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=SERIES),
    "axes.titlelocation": "left",
    "grid.color": GRID,
    "grid.linewidth": 0.5,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "hatch.linewidth": 0.5,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "path",  # no font is needed where the picture is looked at
    "svg.hashsalt": "zhengfa",
    "path.simplify": False,
}


@cache
def font_path() -> Path:
    """The font file, from the package that pip installed."""
    from pylopdf_fonts_zh_cn import sans_path

    return Path(sans_path())


@cache
def _register() -> None:
    entry = font_manager.FontEntry(
        fname=str(font_path()),
        name=FONT,
        style="normal",
        variant="normal",
        weight=400,
        stretch="normal",
        size="scalable",
    )
    font_manager.fontManager.ttflist.append(entry)


def font_name() -> str:
    """The name that the font calls itself."""
    return str(_font().family_name)


@contextmanager
def styled() -> Iterator[None]:
    """The house style while the block runs, over matplotlib's defaults: the user's own settings change no exhibit."""
    _register()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(RC)
        yield


def use() -> None:
    """Make the house style matplotlib's own for the session: one's own charts, seaborn's too, in Chinese."""
    _register()
    matplotlib.rcParams.update(RC)


# ── colours ──────────────────────────────────────────────────────────────────────────────────────────────────────


def series(n: int, *, ordered: bool = False) -> tuple[str, ...]:
    """Colours for n series; ordered ones, and more than there are colours, run from light to dark."""
    if n <= len(SERIES) and not ordered:
        return SERIES[:n]
    return tuple(ramp(0.15 + 0.85 * i / max(n - 1, 1)) for i in range(n))


def ramp(share: float) -> str:
    """A colour between nothing (0) and the most (1).

    >>> ramp(0), ramp(1)
    ('#eef4f8', '#12305a')
    """
    low, high = (_rgb(c) for c in _RAMP)
    mixed = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{v:02x}" for v in mixed)


def ink_on(colour: str) -> str:
    """The colour of text that can be read on a colour.

    >>> ink_on("#12305A"), ink_on("#C3DBE5")
    ('#FFFFFF', '#1F2933')
    """
    return PAPER if lightness(colour) < 60 else INK


def lightness(colour: str) -> float:
    """CIE L* of a colour, what is left of it in a grey print: 0 black, 100 white.

    >>> round(lightness("#000000")), round(lightness("#FFFFFF"))
    (0, 100)
    """
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c / 255 for c in _rgb(colour))]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * float(y ** (1 / 3)) - 16 if y > 0.008856 else 903.3 * y


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def glyphs() -> frozenset[int]:
    """The code points that the font has."""
    return frozenset(_font().get_charmap())


@cache
def _font() -> Any:
    return ft2font.FT2Font(str(font_path()))


def drawable(text: str) -> str:
    """The text as it can be drawn: one line, and 〓 for every character that the font lacks.

    >>> drawable("喆堃祎玥"), drawable("𠮷\\n某")
    ('喆堃祎玥', '〓 某')
    """
    return "".join(c if ord(c) in glyphs() else MISSING for c in _CONTROL.sub(" ", text))


def lacks(text: str) -> int:
    """How many characters of a text the font lacks."""
    return sum(ord(c) not in glyphs() for c in _CONTROL.sub(" ", text))


@cache
def width(text: str, size: float) -> float:
    """The width of a drawn text in inches, with a little to spare for hinting."""
    font = _font()
    font.set_size(size, 72)
    font.set_text(text, 0.0, flags=ft2font.LoadFlags.NO_HINTING)
    return float(font.get_width_height()[0]) / 64 / 72 * 1.03


def wrap(text: str, size: float, room: float, most: int = 2, *, balanced: bool = True) -> list[str]:
    """The text in at most so many lines of `room` inches; what is cut off ends in ….

    Lines break after any character, but none begins with a closing mark; numbers and Latin words stay whole. Balanced lines are as long as one another.
    """
    pieces = _pieces(drawable(text))
    lines = _filled(pieces, size, room)
    if 1 < len(lines) <= most and balanced:
        even = sum(width(line, size) for line in lines) / len(lines)
        return next(
            (
                tried
                for share in (1.0, 1.1, 1.2, 1.35)
                if len(tried := _filled(pieces, size, min(even * share, room))) == len(lines)
            ),
            lines,
        )
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width(last + "…", size) > room:
        last = last[:-1]
    return [*lines[: most - 1], last + "…"]


def _filled(pieces: Sequence[str], size: float, room: float) -> list[str]:
    """The pieces in lines, each as full as it can be."""
    lines, line = [], ""
    for piece in pieces:
        if line and width(line + piece, size) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line]


def _pieces(text: str) -> Sequence[str]:
    """What a line may not break within: a Latin word, a number, a character with the closing marks after it."""
    pieces: list[str] = []
    for piece in re.findall(r"[A-Za-z0-9.+\-]+%?|\s+|.", text):
        if pieces and piece[0] in _NO_START:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
