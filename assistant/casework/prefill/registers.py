"""The enterprise register and the register of persons, asked over the network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from assistant.casework.prefill.provider import Found, Subject, same_name
from assistant.casework.prefill.records import FarSideUnavailable, Register

ENTERPRISES = "enterprise_register"
PERSONS = "person_register"


class EnterpriseRegister:
    """Answers ``enterprise.*``."""

    remote = True

    def __init__(self, register: Register) -> None:
        self._register = register

    def find(self, subject: Subject, today: date, before: Sequence[Found]) -> list[Found]:
        """The enterprise with this credit code; where no code was given, the one of exactly this name."""
        if subject.kind != "enterprise" or not subject.complete:
            return []
        if subject.number:
            record = self._register.enterprise(uscc=subject.number)
        else:
            record = self._register.enterprise(name=subject.name)
        if record is None:
            return []
        fits = record.uscc.upper() == subject.number.upper() if subject.number else same_name(record.name, subject.name)
        if not fits:
            raise FarSideUnavailable("wrong-record")
        return [Found("enterprise", "register", ENTERPRISES, record.model_dump(mode="json", exclude={"fields"}), record)]


class PersonRegister:
    """Answers ``person.*``; number and name must both be right."""

    remote = True

    def __init__(self, register: Register) -> None:
        self._register = register

    def find(self, subject: Subject, today: date, before: Sequence[Found]) -> list[Found]:
        """The person of this number and name."""
        if subject.kind != "person" or not subject.number or not subject.name:
            return []
        record = self._register.person(id_number=subject.number, name=subject.name)
        if record is None:
            return []
        if record.id_number.upper() != subject.number.upper() or not same_name(record.name, subject.name):
            raise FarSideUnavailable("wrong-record")
        return [Found("person", "register", PERSONS, record.model_dump(mode="json", exclude={"fields"}), record)]
