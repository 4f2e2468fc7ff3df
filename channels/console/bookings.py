"""Who comes to a window and when: the slots booked for papers, and whether the papers are there already."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel

from assistant.casework import repository
from assistant.casework.bookings import store
from assistant.casework.submission import parts
from channels.console.access import AtDesk
from channels.parts import Parts, parts_of

router = APIRouter(prefix="/console/api/bookings", include_in_schema=False)
MOST = 200


class BookingOut(BaseModel):
    """One slot. ``starts`` and ``ends``: ISO 8601; ``place``: the window and its address; ``came``: the office has the papers."""

    case_no: str
    part: str
    item: str
    booking_no: str
    starts: str
    ends: str
    place: str
    came: bool


@router.get("")
async def bookings(_who: AtDesk, request: Request) -> list[BookingOut]:
    """The slots that are not over, the earliest first."""
    return await asyncio.to_thread(_bookings, parts_of(request))


def _bookings(app: Parts) -> list[BookingOut]:
    with app.db.read() as conn:
        rows = store.upcoming(conn, app.clock.now(), MOST)
        cases = {row.case_no: found[0] for row in rows if (found := repository.find(conn, row.case_no))}
    made = []
    for row in rows:
        case = cases.get(row.case_no)
        part = parts.named(case, row.part) if case else None
        item = (part.name if part else "") or (case.guide_name if case else "")
        came = part is not None and part.handing is not None and part.handing.received_at is not None
        made.append(
            BookingOut(
                case_no=row.case_no, part=row.part, item=item, booking_no=row.booking_no, starts=row.starts.isoformat(),
                ends=row.ends.isoformat(), place=row.place, came=came,
            )
        )  # fmt: skip
    return made
