"""How the papers get to the office: settled when she submits, said as it is, with a sheet that goes on top of them."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.casework.bookings.model import Booking, Handing, Slot
from assistant.casework.bookings.words import when
from assistant.casework.flow.talk import SlotWish, Talk
from assistant.casework.model import Case, CasePart, CaseStatus
from assistant.foundation.messages import t
from knowledge.replies import Action, Ask, Card, File, Option, Row

FIELD = "slot"
OTHER, DAY, LATER = "other_time", "other_day", "later"
PDF = "application/pdf"


_AT_OFFICE = frozenset({CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.CORRECTION_NEEDED, CaseStatus.IN_REVIEW})
"""While any of these, the office may still want to see originals."""


def settle(talk: Talk, case: Case) -> list[CasePart]:
    """Note for each part just sent how its papers get there; those whose papers are wanted."""
    version = case.package.version if case.package else 0
    for part in case.parts:
        if part.handing is None and part.package is not None and part.package.version == version and part.office_ref is None:
            official = talk.official
            department = part.department or (official.department if official else None) or ""
            found = talk.services.handing_of(part.item or case.guide_code, department)
            part.handing = found if found is not None and _wanted(talk, case, part, found) else None
    return [part for part in case.parts if awaited(part) and part.package is not None and part.package.version == version]


def _wanted(talk: Talk, case: Case, part: CasePart, found: Handing) -> bool:
    """Whether anything of a part is to be brought. Originals for two parts at one office are one visit."""
    if found.way != "originals":
        return True
    visited = any(other.handing is not None and other.handing.office == found.office for other in case.parts if other is not part)
    return not visited and bool(originals(talk, case, part.item))


def awaited(part: CasePart) -> bool:
    """Whether the office has the application only once it has the papers, and has not got them yet."""
    return part.handing is not None and part.handing.awaited and part.status is CaseStatus.SUBMITTED and not part.withdrawing


def by_slot(part: CasePart) -> bool:
    """Whether a slot may be booked for a part, or is."""
    if part.handing is None:
        return False
    if part.handing.way == "originals":
        return part.status in _AT_OFFICE and not part.withdrawing
    return awaited(part) and part.handing.way == "window"


def wants_slot(part: CasePart) -> bool:
    """Whether a slot is still to be booked."""
    return by_slot(part) and part.handing is not None and part.handing.booking is None


def slot_ask(offered: Sequence[Slot], booking: Booking | None, bring: Sequence[str] = ()) -> Ask:
    """Which slot: those on offer, others, or none for now. With nothing on offer the office is to be asked again.

    ``bring``: the originals, where nothing else is brought.
    """
    choices = [Option(value=slot.code, label=when(slot)) for slot in offered]
    if offered:
        choices += [Option(value=OTHER, label=t("bookings.other_time")), Option(value=DAY, label=t("bookings.other_day"))]
    else:
        choices = [Option(value=DAY, label=t("bookings.try_again"))]
    choices.append(Option(value=LATER, label=t("bookings.later")))
    if booking is not None:
        label = t("bookings.question_move", time=when(booking.slot))
    elif bring:
        label = t("bookings.question_originals", names=t("fields.list_separator").join(bring))
    else:
        label = t("bookings.question")
    return Ask(field=FIELD, label=label, kind="choice", options=choices, why=t("bookings.why"))


def reworded(talk: Talk, wish: SlotWish) -> Ask:
    """The question as it stands, in the language now spoken."""
    parts = talk.case.parts if talk.case is not None and talk.case.case_no == wish.case_no else []
    part = next((part for part in parts if part.item == wish.part), None)
    booking = part.handing.booking if part is not None and part.handing is not None else None
    return slot_ask(wish.offered, booking, brought(talk, part))


def say(talk: Talk, case: Case, wanted: list[CasePart]) -> None:
    """That nothing counts before the papers are there; where to post them, on the receipt, which says the same."""
    for part in wanted:
        assert part.handing is not None
        if part.handing.way == "post":
            tell(talk, case, part)
        else:
            named = t("bookings.of_part", name=part.name) if part.name else ""
            talk.notice("warning", named + t("bookings.not_handed_in_window"))


def tell(talk: Talk, case: Case, part: CasePart) -> None:
    """The receipt: not handed in yet; what to bring where and when, or what to post, and the sheet that goes on top."""
    held = part.handing
    assert held is not None
    place = held.booking.place if held.booking is not None else held.place
    rows = []
    if held.booking is not None:
        rows.append(Row(label=t("bookings.row_time"), value=when(held.booking.slot)))
        rows.append(Row(label=t("bookings.row_number"), value=held.booking.booking_no))
    if place is not None:
        rows.append(Row(label=t(f"bookings.row_place_{'post' if held.way == 'post' else 'window'}"), value=place.name))
        rows.append(Row(label=t("bookings.row_address"), value=f"{place.address} {place.postcode}".strip()))
        rows += [Row(label=t("bookings.row_phone"), value=place.phone)] if place.phone else []
    rows.append(Row(label=t("bookings.row_case"), value=case.case_no))
    names = brought(talk, part) or originals(talk, case)
    rows += [Row(label=t("bookings.row_bring"), value=name) for name in names]
    actions = []
    if held.booking is not None:
        actions = [Action(label=t(key), message=t(key)) for key in ("bookings.move", "bookings.cancel")]
    talk.replies.append(
        Card(
            title=t(f"bookings.card_{held.way}", item=part.name or talk.name_of(case)), text=t(f"bookings.card_text_{held.way}"),
            rows=rows, actions=actions,
        )
    )  # fmt: skip
    if held.way == "originals":
        return  # nothing is printed: the package is at the office
    talk.replies.append(
        File(
            name=t("bookings.sheet_file", case_no=case.case_no), media_type=PDF, text=t("bookings.sheet_link"),
            url=f"/api/v1/cases/{case.case_no}/handing-sheet" + (f"?part={part.item}" if part.item else ""),
        )
    )  # fmt: skip


def brought(talk: Talk, part: CasePart | None) -> list[str]:
    """What is brought for a part of which only originals are; nothing where all papers are."""
    if talk.case is None or part is None or part.handing is None or part.handing.way != "originals":
        return []
    return originals(talk, talk.case)  # one visit for all


def originals(talk: Talk, case: Case, item: str = "") -> list[str]:
    """The papers of which the originals are wanted, as the citizen reads them; with ``item`` those of one part."""
    guide = talk.guide
    share = next((part.share for part in guide.parts if part.item == item), None) if guide is not None and item else None
    held = [material for material in guide.materials if material.code in case.materials] if guide is not None else []
    held = [material for material in held if share is None or material.code in share.materials]
    return [one.name for one in held if case.materials[one.code].status == "bring"]
