"""What a guide says of how its result comes to the citizen, in her situation."""

from __future__ import annotations

from assistant.casework.interview import applying_materials
from assistant.casework.model import Case, CaseStatus
from assistant.casework.shipping.address import Way
from knowledge.conditions import holds
from knowledge.facts import Receiving
from knowledge.schema import Guide

#: While any of these, something may still come to her.
WAITING = frozenset({
    CaseStatus.SUBMITTED, CaseStatus.ACCEPTED, CaseStatus.CORRECTION_NEEDED, CaseStatus.IN_REVIEW, CaseStatus.APPROVED,
    CaseStatus.DELIVERED, CaseStatus.CLOSED,
})  # fmt: skip
#: While any of these, the office may want papers.
AT_OFFICE = WAITING - {CaseStatus.DELIVERED, CaseStatus.CLOSED}


def ways(guide: Guide, case: Case) -> list[Receiving]:
    """The ways that hold for her answers, as the guide has them; empty where it says nothing."""
    return [way for way in (guide.result.receiving if guide.result else []) if holds(way.when, case.values())]


def way_of(guide: Guide, case: Case, way: Way) -> Receiving | None:
    """What the guide says of one way."""
    return next((one for one in ways(guide, case) if one.way == way), None)


def nothing_to_send(guide: Guide) -> bool:
    """Whether the result is nothing that could be sent: money, which goes to an account."""
    return guide.result is None or guide.result.kind == "payment"


def originals(guide: Guide, case: Case) -> list[str]:
    """The papers the office wants in her hand's original: brought to the window, or to be had as originals only."""
    found = []
    for material in applying_materials(guide, case):
        state = case.materials.get(material.code)
        status = state.status if state else "missing"
        if status == "bring" or (material.form == "original" and status == "uploaded"):
            found.append(material.name)
    return found
