"""Who speaks for a citizen (帮办代办), and how far she agreed to it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OnBehalf:
    """An account, the name citizens read, and the one case she agreed to.

    ``lookup`` says whether she agreed as well to what is known already being looked up.
    """

    staff_id: str
    name: str
    case_no: str
    lookup: bool = False
