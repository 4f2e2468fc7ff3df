"""Windows, slots and bookings over HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from sandbox.config import SandboxConfig
from sandbox.office import windows
from sandbox.office.bookings import Booking, Bookings


def add(router: APIRouter, config: SandboxConfig, bookings: Bookings) -> None:
    """Add the routes to the office's API, whose key they ask for."""

    @router.get("/windows")
    def list_windows(department: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
        return {"items": [window.as_json() for window in windows.windows_of(department)]}

    @router.get("/slots")
    def slots(
        department: Annotated[str, Query(max_length=100)] = "",
        window: Annotated[str, Query(max_length=40)] = "",
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
    ) -> dict[str, Any]:
        start = first or config.now().date()
        return {"items": bookings.free(department, window, start, last or start + timedelta(days=13))}

    @router.post("/bookings", status_code=201)
    def book(wish: Booking, response: Response) -> dict[str, Any]:
        held, new = bookings.book(wish)
        response.status_code = 201 if new else 200
        return held

    @router.get("/bookings")
    def of_case(case_no: Annotated[str, Query(min_length=1, max_length=64)]) -> dict[str, Any]:
        return {"items": bookings.of_case(case_no)}

    @router.get("/bookings/{booking_no}")
    def get(booking_no: str) -> dict[str, Any]:
        return bookings.get(booking_no)

    @router.post("/bookings/{booking_no}/cancel")
    def cancel(booking_no: str) -> dict[str, Any]:
        return bookings.cancel(booking_no)
