"""What the routing file says of papers: which items want them, where they go, and whose windows give slots."""

from __future__ import annotations

from assistant.casework.bookings.client import HttpWindows, Windows
from assistant.casework.bookings.model import Handing, Place
from assistant.casework.submission.offices.config import Offices


def windows(offices: Offices) -> dict[str, Windows]:
    """The windows of each office that has some, by its name."""
    found: dict[str, Windows] = {}
    for name, office in offices.routing.offices.items():
        if office.kind == "window":
            found[name] = HttpWindows(office.url, offices.keys[name])
        elif office.slots is not None:
            found[name] = HttpWindows(office.slots.url, offices.slot_keys[name])
    return found


def handing(offices: Offices, item: str, department: str) -> Handing | None:
    """How the papers of an item of a department get to the office it goes to; None where none are wanted.

    ``originals`` says only that slots are to be had: whether there are originals to bring is the case's to say.
    """
    name = offices.choose(item, department)
    office = offices.routing.offices.get(name)
    if office is not None and office.slots is not None:
        return Handing(way="originals", office=name, department=department)
    if office is None or office.kind not in ("window", "post"):
        return None
    if office.kind == "window":
        return Handing(way="window", office=name, department=department)
    place = Place.model_validate(office.post_to.model_dump()) if office.post_to is not None else None
    return Handing(way="post", office=name, department=department, place=place)
