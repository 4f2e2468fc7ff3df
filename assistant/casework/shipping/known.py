"""What the case knows of where a parcel could go: to be shown, changed and agreed to by the citizen, never used unasked."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.casework.model import Case
from knowledge.schema import Guide

_TYPES = ("person_name", "phone", "address")


@dataclass(frozen=True)
class Suggestion:
    """Name, phone and address as far as the case has them."""

    name: str | None
    phone: str | None
    address: str | None


def suggestion(guide: Guide, case: Case) -> Suggestion:
    """The first name, phone and address she answered with, in the order of the guide."""
    found = {
        kind: next((case.answers[f.key].display for f in guide.fields if f.type == kind and f.key in case.answers), None)
        for kind in _TYPES
    }
    return Suggestion(found["person_name"], found["phone"], found["address"])
