"""The order in which ISO/IEC 29500-1 has the children of WordprocessingML elements: what Word calls damaged otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zhengfa_stats.documents.word import W

_RUN = """rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid vanish webHidden
color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"""
_PARAGRAPH = """pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs suppressAutoHyphens
kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing
mirrorIndents suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"""
_TABLE = """tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd tblBorders shd
tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange"""
_CELL = "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark"
_SECTION = """headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType cols formProt
vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange"""
_CONTROL = """rPr alias tag id lock placeholder temporary showingPlcHdr dataBinding label tabIndex equation comboBox date docPartObj
docPartList dropDownList picture richText text citation group bibliography"""
_STYLE = """name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed qFormat locked personal personalCompose
personalReply rsid pPr rPr tblPr trPr tcPr tblStylePr"""
ORDER = {
    "rPr": _RUN,
    "pPr": _PARAGRAPH,
    "tblPr": _TABLE,
    "tcPr": _CELL,
    "sectPr": _SECTION,
    "sdtPr": _CONTROL,
    "sdt": "sdtPr sdtEndPr sdtContent",
    "style": _STYLE,
}
FIRST = {"r": "rPr", "p": "pPr", "tc": "tcPr", "tbl": "tblPr"}  # what may stand there alone, and before all else


def misplaced(root: Any) -> Iterator[str]:
    """The elements that the standard does not have there, or not in that order."""
    for parent, order in ORDER.items():
        ranks = {f"{W}{child}": i for i, child in enumerate(order.split())}
        for element in root.iter(f"{W}{parent}"):
            found = [ranks.get(c.tag, -1) for c in element if isinstance(c.tag, str) and c.tag.startswith(W)]
            if (
                -1 in found
                or found != sorted(found)
                or (parent not in ("sectPr", "style") and len(set(found)) < len(found))
            ):
                yield f"{parent}: {' '.join(str(c.tag).removeprefix(W) for c in element)}"
    for parent, first in FIRST.items():
        for element in root.iter(f"{W}{parent}"):
            if any(c.tag == f"{W}{first}" for c in element[1:]):
                yield f"{parent}: {first} is not the first"


def unpaired(root: Any) -> Iterator[str]:
    """Ranges of comments and bookmarks that begin without an end, end without a beginning, or share a number."""
    for name in ("commentRange", "bookmark"):
        starts, ends = ([e.get(f"{W}id") for e in root.iter(f"{W}{name}{end}")] for end in ("Start", "End"))
        if sorted(starts) != sorted(ends) or len(set(starts)) < len(starts):
            yield f"{name}: {starts} {ends}"
