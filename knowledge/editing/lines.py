"""Two texts side by side, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

AROUND = 3
"""Unchanged lines shown before and after a change."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison; ``old`` and ``new`` number it (from 1) in the two texts. A ``gap`` stands for lines left out."""

    kind: Literal["same", "gone", "come", "gap"]
    old: int | None
    new: int | None
    text: str


def compared(before: str, after: str) -> list[Line]:
    """What changed, each change with a few lines around it; nothing for two equal texts."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    for group in SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(AROUND):
        if found or group[0][1] > 0:
            found.append(Line("gap", None, None, ""))
        for kind, start, end, at, until in group:
            if kind == "equal":
                found += [Line("same", start + n + 1, at + n + 1, old[start + n]) for n in range(end - start)]
                continue
            found += [Line("gone", n + 1, None, old[n]) for n in range(start, end)]
            found += [Line("come", None, n + 1, new[n]) for n in range(at, until)]
    return found
