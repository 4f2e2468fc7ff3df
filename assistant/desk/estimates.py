"""How long somebody has to wait, as honestly as it can be said: from what the last stays took and from who is there now."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, median

ENOUGH = 5
"""Stays that must have been seen before anything is said."""


def waiting_seconds(place: int, free: int, seats: int, waits: Sequence[float], stays: Sequence[float]) -> int | None:
    """Seconds until the turn of ``place`` comes; None where it cannot be known.

    Args:
        place: place in the queue, from 1.
        free: conversations the people there could take at once.
        seats: conversations they have together when nobody is idle.
        waits: seconds the last stays waited before they were claimed.
        stays: seconds they took from claim to end.

    With nobody there, or fewer stays than ``ENOUGH``, nothing is known. Where there is room, it takes what it usually takes
    until somebody is taken (the median: one who waited over night says nothing about the others). Else one of the ``seats``
    becomes free every mean stay / seats.
    """
    if seats < 1 or min(len(waits), len(stays)) < ENOUGH:
        return None
    if place <= free:
        return round(median(waits))
    return round((place - max(0, free)) * fmean(stays) / seats)
