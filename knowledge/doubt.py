"""Which part of a statement nobody has checked, so that only that part is marked, beside it.

In this order: the sentences the guide quotes as ``doubtful``; nothing more where the text says itself that something was not
checked; the statement as a whole where none of its sources was checked; else that some of it was not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from assistant.foundation.messages import t
from knowledge.schema import Guide

Doubt = Literal["whole", "partly"]
_SAYS_SO = re.compile(
    r"(?:没有?|尚未|未经?)(?:能)?(?:核实|核对|对过)|\bnot (?:yet )?(?:been )?(?:verified|checked|confirmed)\b|\bunverified\b",
    re.I,
)
_ENDS = "。！？；….!?;"


def parts(guide: Guide, text: str, keys: Sequence[str], doubtful: Sequence[str] = ()) -> list[tuple[str, Doubt | None]]:
    """The text in pieces, each with the doubt that is to be marked behind it.

    Args:
        keys: those of the statement's evidence.
        doubtful: the sentences quoted as not checked; one that is not in the text (a translation) counts for all of it.
    """
    quoted = [sentence for sentence in doubtful if sentence in text]
    if quoted:
        pieces = re.split("(" + "|".join(map(re.escape, quoted)) + ")", text)
        return [(piece, "whole" if piece in quoted else None) for piece in pieces if piece]
    checked = [guide.evidence[key].verified for key in keys if key in guide.evidence]
    if (all(checked) and not doubtful) or _SAYS_SO.search(text):
        return [(text, None)]
    return [(text, "partly" if any(checked) else "whole")]


def marked(guide: Guide, text: str, keys: Sequence[str], doubtful: Sequence[str] = ()) -> str:
    """The same as one text, the marks before the full stops."""
    return "".join(_with_mark(piece, doubt) for piece, doubt in parts(guide, text, keys, doubtful))


def _with_mark(piece: str, doubt: Doubt | None) -> str:
    if doubt is None:
        return piece
    bare = piece.rstrip(_ENDS)
    return bare + t(f"knowledge.mark_{doubt}") + piece[len(bare):]
