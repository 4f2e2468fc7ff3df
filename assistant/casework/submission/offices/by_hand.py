"""What the routing file says of papers: which items want them, where they go, and whose windows give slots."""

from __future__ import annotations

from assistant.casework.bookings.client import HttpWindows, Windows
from assistant.casework.bookings.model import Handing, Place
from assistant.casework.submission.offices.config import Offices


def windows(offices: Offices) -> dict[str, Windows]:
    """The windows of each office that has some, by its name."""
    held = offices.routing.offices.items()
    return {name: HttpWindows(office.url, offices.keys[name]) for name, office in held if office.kind == "window"}


def handing(offices: Offices, item: str, department: str) -> Handing | None:
    """How the papers of an item of a department get to the office it goes to; None where none are wanted."""
    name = offices.choose(item, department)
    office = offices.routing.offices.get(name)
    if office is None or office.kind not in ("window", "post"):
        return None
    if office.kind == "window":
        return Handing(way="window", office=name, department=department)
    place = Place.model_validate(office.post_to.model_dump()) if office.post_to is not None else None
    return Handing(way="post", office=name, department=department, place=place)
