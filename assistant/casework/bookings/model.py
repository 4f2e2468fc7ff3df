"""How the papers of an application are handed in, and the slot that was booked for it. Plain values, kept with the case."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel

Way = Literal["window", "post", "originals"]
"""``window``: brought to a window, with a slot booked for it; ``post``: printed and posted; ``originals``: handed in online, and
only the originals are brought to a window, with a slot."""


class Place(BaseModel):
    """Where papers are brought or posted to. ``postcode`` only where they are posted."""

    name: str
    address: str
    phone: str = ""
    postcode: str = ""


class Slot(BaseModel):
    """One stretch of a window's day; ``code`` is the office's name for it, ``free`` the places left when it was asked."""

    code: str
    window: str
    starts: AwareDatetime
    ends: AwareDatetime
    free: int = 0


class Booking(BaseModel):
    """A slot the office holds for a case, under its own number ``booking_no``."""

    booking_no: str
    slot: Slot
    place: Place


class Handing(BaseModel):
    """How one part of a case is handed in, where that is not online alone.

    The package goes ahead, so that the office knows what comes; the application counts as handed in at ``received_at``,
    when the office has the papers. Where only ``originals`` are brought, it counts from the package like any other.
    ``office`` is its name in the routing file, ``department`` whose windows are asked for slots, ``place`` where papers are
    posted to, ``booked`` how many slots were booked so far: the next one's key is made of it.
    """

    way: Way
    office: str = ""
    department: str = ""
    place: Place | None = None
    booking: Booking | None = None
    booked: int = 0
    received_at: datetime | None = None

    @property
    def awaited(self) -> bool:
        """Whether the office still waits for the papers."""
        return self.way != "originals" and self.received_at is None
