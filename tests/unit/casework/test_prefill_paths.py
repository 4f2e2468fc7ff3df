"""What a guide may name in ``prefill`` is what the registers' records have."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import BaseModel

from assistant.casework.prefill.provider import Subject
from assistant.casework.prefill.records import Enterprise, Licence, Person
from assistant.casework.prefill.registers import EnterpriseRegister, PersonRegister
from assistant.casework.prefill.state import VerifiedIdentity
from knowledge.prefill_paths import NAMES, known_path

#: Members that answer no question of a form.
UNASKED = {"barred", "barred_reason", "fields", "verified_at"}


@pytest.mark.parametrize(
    ("source", "record"), [("enterprise", Enterprise), ("person", Person), ("licence", Licence), ("identity", VerifiedIdentity)]
)
def test_every_member_of_a_record_may_be_named(source: str, record: type[BaseModel]) -> None:
    missing = set(record.model_fields) - NAMES[source] - UNASKED
    assert missing == ({"holder"} if source == "licence" else set())


def test_every_name_leads_to_a_value() -> None:
    class Known:
        def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None:
            return Enterprise(uscc=uscc or "", kind="有限责任公司（自然人独资）", established=date(2025, 11, 11))

        def person(self, *, id_number: str, name: str) -> Person | None:
            return Person(id_number=id_number, name=name, marital_status="divorced", household_region="310106", fields={"residence_address": "示例路1号"})

        def licences(self, *, holder: str) -> list[Licence]:
            return []

    today = date(2026, 11, 10)
    enterprise = EnterpriseRegister(Known()).find(Subject("enterprise", "91310115MA1K3TL06A"), today, [])[0]
    person = PersonRegister(Known(), "310115").find(Subject("person", "11010519491231002X", "张三"), today, [])[0]
    assert set(enterprise.values) - UNASKED == NAMES["enterprise"] and set(person.values) - UNASKED == NAMES["person"]
    assert (enterprise.value("enterprise.form"), enterprise.value("enterprise.over_a_year")) == ("sole", "no")
    assert (person.value("person.history"), person.value("person.married")) == ("divorced", "no")
    assert (person.value("person.residence_address"), person.value("person.household")) == ("示例路1号", "本地户口")


@pytest.mark.parametrize(
    ("path", "known"),
    [("enterprise.address", True), ("enterprise.adress", False), ("licence.food_permit.fields.premises_area", True),
     ("licence.food_permit.holder", False), ("previous.phone", True), ("previous.fax", False), ("weather.today", False),
     ("person(buyer,phone).phone", False), ("person(phone,phone).phone", True), ("person(phone).phone", False),
     ("enterprise(phone).name", True), ("enterprise(phone,phone).name", False), ("licence(phone).property_certificate.address", True),
     ("filer.phone", True), ("filer.address", False)],
)  # fmt: skip
def test_a_slip_of_the_pen_is_seen(path: str, known: bool) -> None:
    assert known_path(path, {"phone"}) is known
