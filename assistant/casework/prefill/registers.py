"""The enterprise register and the register of persons, asked over the network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from assistant.casework.prefill.provider import Found, Subject, same_name
from assistant.casework.prefill.records import Enterprise, FarSideUnavailable, Person, Register, years
from knowledge.derivations import same_region

ENTERPRISES = "enterprise_register"
PERSONS = "person_register"
_LOCAL, _ELSEWHERE = "本地户口", "外地户口"


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
        return [Found("enterprise", "register", ENTERPRISES, _enterprise(record, today), record)]


class PersonRegister:
    """Answers ``person.*``; number and name must both be right."""

    remote = True

    def __init__(self, register: Register, region: str | None = None) -> None:
        self._register, self._region = register, region

    def find(self, subject: Subject, today: date, before: Sequence[Found]) -> list[Found]:
        """The person of this number and name."""
        if subject.kind != "person" or not subject.number or not subject.name:
            return []
        record = self._register.person(id_number=subject.number, name=subject.name)
        if record is None:
            return []
        if record.id_number.upper() != subject.number.upper() or not same_name(record.name, subject.name):
            raise FarSideUnavailable("wrong-record")
        return [Found("person", "register", PERSONS, _person(record, self._region), record)]


def _enterprise(record: Enterprise, today: date) -> dict[str, Any]:
    """The record's members, and what guides ask that follows from them: ``form`` (limited, sole, joint_stock) and
    ``over_a_year`` (yes, no), whether it was established a year ago or more.
    """
    values = record.model_dump(mode="json", exclude={"fields"})
    kind = record.kind or ""
    if "股份有限公司" in kind:
        values["form"] = "joint_stock"
    elif "有限责任公司" in kind:
        values["form"] = "sole" if "独资" in kind else "limited"
    if record.established is not None:
        values["over_a_year"] = "yes" if years(record.established, today) >= 1 else "no"
    return values


def _person(record: Person, region: str | None) -> dict[str, Any]:
    """The record's members, and what guides ask that follows from them: ``married`` (yes, no), ``history`` (never, divorced,
    widowed), ``household`` (in words: whether it is in the city the case is done in); also where the person lives, which
    registers keep among their further ``fields``.
    """
    values = record.model_dump(mode="json", exclude={"fields"})
    values["residence_address"] = record.fields.get("residence_address")
    local = same_region(record.household_region, region, "city")
    values["household"] = None if local is None else _LOCAL if local else _ELSEWHERE
    if record.marital_status is not None:
        values["married"] = "yes" if record.marital_status == "married" else "no"
        values["history"] = {"unmarried": "never", "divorced": "divorced", "widowed": "widowed"}.get(record.marital_status)
    return values
