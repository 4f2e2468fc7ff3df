"""Electronic licences (电子证照) of a subject that a register has confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.casework.prefill.provider import Found, Subject
from assistant.casework.prefill.records import Enterprise, Licence, Person, Register, years
from assistant.foundation.masking import is_identifying


class LicenceStore:
    """Answers ``licence.<kind>.*``; of several licences of a kind the one that holds longest."""

    remote = True

    def __init__(self, register: Register) -> None:
        self._register = register

    def find(self, subject: Subject, today: date, before: Sequence[Found]) -> list[Found]:
        """The licences of the enterprise or person found before; none are asked for of one nobody confirmed."""
        holder = next((h for f in before if (h := holder_of(f)) is not None), None)
        if holder is None:
            return []
        held = [licence for licence in self._register.licences(holder=holder) if licence.holder.upper() == holder.upper()]
        best: dict[str, Licence] = {}
        for licence in sorted(held, key=lambda one: (holds(one, today), one.expires or date.max)):
            best[licence.kind] = licence
        return [Found(f"licence.{kind}", "licence", named(one), _values(one, today), one) for kind, one in best.items()]


def holder_of(found: Found) -> str | None:
    """The number under which a confirmed subject holds its licences."""
    record = found.record
    if isinstance(record, Enterprise):
        return record.uscc
    return record.id_number if isinstance(record, Person) else None


def holds(licence: Licence, today: date) -> bool:
    """Whether a licence may be used today."""
    return licence.status in (None, "valid") and (licence.expires is None or licence.expires >= today)


def named(licence: Licence) -> str:
    """What to call a licence: its number, or its code in the store where that number is a person's own."""
    number = licence.number or ""
    return number if number and not is_identifying(number) else licence.code or licence.kind


#: What is taken of a licence that holds no more: an application may ask for it.
_STILL_TOLD = ("number", "expires", "issued", "issuer", "expired", "lapsed_a_year")


def _values(licence: Licence, today: date) -> dict[str, object]:
    """What may be taken from a licence, and what guides ask that follows: ``expired``, ``lapsed_a_year`` (yes, no)."""
    values = licence.model_dump(mode="json", exclude={"holder"})
    if licence.expires is not None:
        values["expired"] = "yes" if licence.expires < today else "no"
        values["lapsed_a_year"] = "yes" if years(licence.expires, today) >= 1 else "no"
    return values if holds(licence, today) else {name: values.get(name) for name in _STILL_TOLD}
