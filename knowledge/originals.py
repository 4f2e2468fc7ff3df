"""Whether the original of a document has to be shown at the window, and whether somebody has to appear there in person. Pure."""

from __future__ import annotations

import re
from typing import Literal

from knowledge.schema import Guide, Material

_BRING = re.compile(r"带上|带[^，。；不]{0,6}(?:原件|去)|原件还是要带|(?:要|请|得)带|\bbring\b", re.I)
_NEEDLESS = re.compile(r"不用(?:您|再)?带|不必带|no need to bring|建议带上", re.I)

_SAYS = re.compile(r"数据共享|联网|能?共享查|不用[^，。；]{0,6}交|\bshared\b|no cop(?:y|ies)|checked online", re.I)

_IN_PERSON = re.compile(r"照相|拍照|照片采集|指纹|一起到场|双方[^，。；]{0,8}到|当面|面签|评定")

Original = Literal["none", "maybe", "show"]


def original(material: Material, guide: Guide) -> Original:
    """What becomes of the paper: it stays at home (``none``), the window may ask for it (``maybe``), or it is shown (``show``).

    The guide says so in the material's note; where the item takes no visit nothing is shown.
    """
    if guide.visits is not None and guide.visits.count == 0:
        return "none"
    note = material.note or ""
    if material.form == "original" or (_BRING.search(note) and not _NEEDLESS.search(note)):
        return "show"
    return "maybe" if guide.visits is not None else "none"


def in_person(guide: Guide) -> bool:
    """Whether somebody has to appear for something no paper can do: is photographed, gives fingerprints, signs before staff,
    is examined. Papers sent ahead save her no visit then.

    The guide, in Chinese, says so where it says what the visits are for.
    """
    return guide.visits is not None and guide.visits.count > 0 and bool(_IN_PERSON.search(guide.visits.reason or ""))


def says_so(material: Material) -> bool:
    """Whether the note tells already that the document is looked up and not handed in, so that it need not be told twice."""
    return material.met_by[0] == "licence" and bool(_SAYS.search(material.note or ""))
