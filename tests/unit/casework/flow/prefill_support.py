"""A register in memory, a guide with hints, and turns on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from assistant.casework.flow import answering, choosing
from assistant.casework.flow.talk import Talk
from assistant.casework.prefill.records import Enterprise, FarSideUnavailable, Licence, Person
from knowledge.schema import Guide
from tests.unit.casework.flow.support import Conversation, World, small_guide

USCC = "91310115MA1K3TL06A"
OTHER = "91310106MA1FY0TL4L"
ZHANG = "11010519491231002X"


@dataclass
class FakeRegister:
    """A register in memory that counts what it is asked, and fails on demand."""

    enterprises: dict[str, Enterprise] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    held: list[Licence] = field(default_factory=list)
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def enterprise(self, *, uscc: str | None = None, name: str | None = None) -> Enterprise | None:
        self._ask(f"enterprise {uscc or name}")
        return self.enterprises.get(uscc or "") or next((e for e in self.enterprises.values() if name and e.name == name), None)

    def person(self, *, id_number: str, name: str) -> Person | None:
        self._ask(f"person {id_number} {name}")
        held = self.persons.get(id_number)
        return held if held is not None and held.name == name else None

    def licences(self, *, holder: str) -> list[Licence]:
        self._ask(f"licences {holder}")
        return [licence for licence in self.held if licence.holder == holder]

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.down:
            raise FarSideUnavailable("timeout")


def company(**changed: Any) -> Enterprise:
    known = {
        "uscc": USCC, "name": "示例商贸有限公司", "legal_representative": "张三", "address": "上海市浦东新区示例路100号2幢301室",
        "phone": "13800138000", "status": "active",
    }  # fmt: skip
    return Enterprise.model_validate({**known, **changed})


def register(**changed: Any) -> FakeRegister:
    return FakeRegister(
        enterprises={USCC: company(**changed), OTHER: company(uscc=OTHER, name="样品贸易有限公司", legal_representative="李四")},
        persons={ZHANG: Person(id_number=ZHANG, name="张三", phone="13900139000", address="北京市朝阳区示例街1号2室")},
        held=[
            Licence(code="L1", kind="business_licence", number=USCC, holder=USCC, holder_name="示例商贸有限公司"),
            Licence(code="L2", kind="identity_card", number=ZHANG, holder=ZHANG, holder_name="张三", expires=date(2040, 1, 1)),
        ],
    )  # fmt: skip


def guide() -> Guide:
    """The small guide with a subject, hints, and materials that licences meet."""
    held = small_guide().model_dump(by_alias=True, exclude_unset=True)
    _, source, landlord, phone, note = held["fields"]
    phone = {**phone, "prefill": ["previous.phone", "enterprise.phone"]}
    person = {"type": "person_name", "question": "叫什么？", "why": "要核对"}
    held["fields"] = [
        source,
        {"key": "uscc", "label": "统一社会信用代码", "type": "uscc", "question": "代码？", "why": "要核对", "subject": "enterprise",
         "prefill": ["enterprise.uscc", "previous.uscc"]},
        {"key": "company", "label": "公司名称", "type": "company_name", "question": "公司叫什么？", "why": "要核对", "names": ["名称"],
         "subject": "enterprise", "prefill": ["enterprise.name", "previous.company"]},
        {**person, "key": "boss", "label": "法定代表人姓名", "names": ["法人"], "prefill": ["enterprise.legal_representative"]},
        {"key": "boss_id", "label": "法定代表人身份证号码", "type": "id_number", "question": "号码？", "why": "要核对",
         "prefill": ["person.id_number", "previous.boss_id"], "not_barred": "boss"},
        {"key": "place", "label": "住所", "type": "address", "question": "住所？", "why": "要核对", "prefill": ["enterprise.address"]},
        landlord, phone, note,
    ]  # fmt: skip
    held["materials"] = [
        held["materials"][0],
        {**held["materials"][1], "met_by": ["licence", "upload"], "licence": "business_licence", "holder": ["uscc"]},
        {"code": "card", "name": "法定代表人身份证", "form": "copy", "met_by": ["licence", "upload"], "licence": "identity_card",
         "holder": ["boss_id", "boss"], "evidence": ["law"]},
    ]  # fmt: skip
    return Guide.model_validate(held)


def world(known: FakeRegister | None) -> World:
    return World(guides={"address": guide()}, register=known)


def begun(known: FakeRegister | None, said: str = "我要办示例变更登记") -> Conversation:
    conv = Conversation(world(known))
    return begin(conv, said)


def begin(conv: Conversation, said: str = "我要办示例变更登记") -> Conversation:
    talk = conv.talk(said, intent="apply")
    choosing.apply(talk)
    conv.done(talk)
    return conv


def take(conv: Conversation, text: str = "", tapped: list[str] | None = None, intent: str = "provide") -> Talk:
    talk = conv.talk(text, tapped, intent)
    answering.take(talk)
    return conv.done(talk)


def agreed(known: FakeRegister) -> Conversation:
    """The situation answered, consent given, the code asked."""
    conv = begun(known)
    take(conv, "自有")
    assert conv.asking == "consent"
    take(conv, tapped=["yes"])
    return conv


def notices(talk: Talk) -> str:
    return "\n".join(r.text for r in talk.replies if r.kind == "notice")


def values(conv: Conversation) -> dict[str, Any]:
    assert conv.case is not None
    return conv.case.values()
