"""Whether the original of a document that data sharing provides has to be shown at the window all the same. Pure."""

from __future__ import annotations

import re
from typing import Literal

from knowledge.schema import Guide, Material

_BRING = re.compile(r"带上|带[^，。；不]{0,6}(?:原件|去)|原件还是要带|(?:要|请|得)带|\bbring\b", re.I)
_NEEDLESS = re.compile(r"不用(?:您|再)?带|不必带|no need to bring|建议带上", re.I)

_SAYS = re.compile(r"数据共享|联网|能?共享查|不用[^，。；]{0,6}交|\bshared\b|no cop(?:y|ies)|checked online", re.I)

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


def says_so(material: Material) -> bool:
    """Whether the note tells already that the document is looked up and not handed in, so that it need not be told twice."""
    return material.met_by[0] == "licence" and bool(_SAYS.search(material.note or ""))
