"""The sheet that goes on top of papers brought or posted (交件单), made when it is asked for: the slot on it may have changed."""

from __future__ import annotations

from assistant.casework.bookings.counter import local
from assistant.casework.interview import applying_materials
from assistant.casework.model import Case
from assistant.casework.package import book, pages
from assistant.casework.submission import parts
from assistant.foundation.messages import CHINESE, t, use_language
from knowledge.schema import Guide


def sheet(case: Case, guide: Guide, item: str, progress_url: str) -> bytes:
    """The sheet of a part of a case as PDF; ``progress_url`` is where its QR code leads.

    Raises:
        KeyError: nothing of this part is handed in on paper.
        PackageError: the page could not be made.
    """
    part = parts.named(case, item)
    if part is None or part.handing is None or part.handing.way == "originals":
        raise KeyError(item)
    with use_language(CHINESE):
        booking = part.handing.booking
        at = local(booking.slot) if booking is not None else None
        when = f"{pages.day(at)} {at:%H:%M}" if at is not None else t("bookings.sheet_open")
        qr = book.qr_svg(f"{progress_url}?case={case.case_no}")
        name = book.applicant(case, guide)
        materials = applying_materials(guide, case)
        return pages.handing_sheet(case, guide, part, materials, applicant=name, qr=qr, when=when, at=case.updated_at)
