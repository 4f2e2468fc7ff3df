"""A part of a case that was sent later than the first, and whose papers its office wants: what to do is at hand in one tap.

For the parts sent with her submission that is asked in the same turn. A part that waited for others is sent when an office has
decided, and nobody is talking then.
"""

from __future__ import annotations

from assistant.casework.flow.handing import PDF
from assistant.casework.model import Case, CasePart
from assistant.foundation.messages import t
from knowledge.replies import Action, Card, File, Row


def replies(case: Case, part: CasePart) -> list[Card | File]:
    """The card that leads to a slot, or says where to post to, with the sheet that goes on top.

    Nothing for a part that waited for none, or whose slot is booked.
    """
    held = part.handing
    if held is None or held.received_at is not None or not part.after or held.booking is not None:
        return []
    name = part.name or case.guide_name
    if held.way != "post":
        book = Action(label=t("bookings.book"), message=t("bookings.book_message"))
        text = t(f"bookings.released_{held.way}", name=name)
        return [Card(title=t(f"bookings.card_{held.way}", item=name), text=text, rows=[], actions=[book])]
    told = [("row_case", case.case_no)]
    if (place := held.place) is not None:
        address = f"{place.address} {place.postcode}".strip()
        told = [("row_place_post", place.name), ("row_address", address), ("row_phone", place.phone), *told]
    rows = [Row(label=t(f"bookings.{key}"), value=value) for key, value in told if value]
    sheet = File(
        name=t("bookings.sheet_file", case_no=case.case_no), media_type=PDF, text=t("bookings.sheet_link"),
        url=f"/api/v1/cases/{case.case_no}/handing-sheet" + (f"?part={part.item}" if part.item else ""),
    )  # fmt: skip
    return [Card(title=t("bookings.card_post", item=name), text=t("bookings.card_text_post"), rows=rows, actions=[]), sheet]
