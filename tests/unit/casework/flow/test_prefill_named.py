"""Others than the subject are looked up by the number and name she tells, and signing in answers for what she is in the case."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.casework.prefill.records import Enterprise, Licence, Person
from assistant.casework.prefill.state import VerifiedIdentity
from knowledge.schema import Guide
from tests.unit.casework.flow.prefill_support import USCC, ZHANG, FakeRegister, begin, notices, register, take, values
from tests.unit.casework.flow.support import NOW, Conversation, World, small_guide

LI, WU = "440106199801020017", "310101198512120024"
HIS = "(his_id,his_name)"


def question(key: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label, "type": kind, "question": f"{label}？", "why": "要核对", **more}


def guide(*fields: dict[str, Any]) -> Guide:
    held = small_guide().model_dump(by_alias=True, exclude_unset=True)
    held["fields"] = list(fields)
    held["materials"], held["documents"] = held["materials"][:1], held["documents"]
    return Guide.model_validate(held)


def couple() -> Guide:
    return guide(
        question("his_name", "person_name", "男方姓名", subject="person"),
        question("his_id", "id_number", "男方身份证号码", subject="person"),
        question("his_phone", "phone", "男方电话", prefill=["person.phone"]),
        question("her_name", "person_name", "女方姓名"),
        question("her_id", "id_number", "女方身份证号码"),
        question("her_history", "choice", "女方婚姻状况", prefill=["person(her_id,her_name).history"],
                 options=[{"value": "never", "label": "未婚"}, {"value": "divorced", "label": "离婚"}]),
        question("her_address", "address", "女方住址", prefill=["person(her_id,her_name).address"]),
        question("home", "address", "房屋坐落", prefill=["licence(her_id,her_name).property_certificate.address"]),
        question("note", "text", "备注"),
    )


def people() -> FakeRegister:
    known = register()
    known.persons[LI] = Person(id_number=LI, name="李四", marital_status="divorced", address="广东省广州市示例区样板路12号")
    known.persons[WU] = Person(id_number=WU, name="吴十", marital_status="unmarried", address="上海市静安区样板路8号2室")
    known.held.append(Licence(code="P1", kind="property_certificate", holder=LI, number="示例2020字第1号",
                              address="上海市浦东新区样板路66弄5号301室"))  # fmt: skip
    return known


def wed(known: FakeRegister | None = None) -> Conversation:
    conv = Conversation(World(guides={"address": couple()}, register=known or people()))
    begin(conv)
    take(conv, tapped=["yes"])
    for text in (ZHANG, "张三"):
        take(conv, text)
    assert conv.asking == "her_name" and values(conv)["his_phone"] == "13900139000"
    return conv


def test_the_second_person_is_looked_up_by_her_number_and_name() -> None:
    conv = wed()
    take(conv, "李四")
    assert "her_address" not in values(conv), "nobody's data by a name alone"
    take(conv, LI)
    held = values(conv)
    assert (held["her_history"], held["her_address"]) == ("divorced", "广东省广州市示例区样板路12号")
    assert held["home"] == "上海市浦东新区样板路66弄5号301室" and conv.asking == "note"
    assert conv.case is not None
    answer = conv.case.answers["her_history"]
    assert (answer.source.kind, answer.source.ref, answer.looked_up_on) == ("register", "person_register", NOW.date())
    assert conv.case.answers["home"].source.kind == "licence"


def test_another_one_named_instead_drops_what_was_known_of_the_first() -> None:
    conv = wed()
    for text in ("李四", LI):
        take(conv, text)
    take(conv, "修改女方身份证号码")
    talk = take(conv, WU)
    assert "her_history" not in values(conv) and "home" not in values(conv) and "没有查到" in notices(talk)
    take(conv, "修改女方姓名")
    take(conv, "吴十")
    assert (values(conv)["her_history"], values(conv)["her_address"]) == ("never", "上海市静安区样板路8号2室")
    assert conv.asking == "home"


def test_what_she_changed_herself_stays_with_another() -> None:
    conv = wed()
    for text in ("李四", LI, "修改女方住址", "上海市徐汇区样板路9号601室", "修改女方姓名", "王五"):
        take(conv, text)
    assert values(conv)["her_address"] == "上海市徐汇区样板路9号601室" and "her_history" not in values(conv)


def test_a_register_that_fails_by_then_is_asked_no_more_and_she_is() -> None:
    known = people()
    conv = wed(known)
    known.down = True
    take(conv, "李四")
    talk = take(conv, LI)
    assert conv.asking == "her_history" and "查不了" in notices(talk)
    asked = len(known.asked)
    take(conv, "未婚")
    assert len(known.asked) == asked


def test_an_enterprise_besides_is_found_by_its_code() -> None:
    made = guide(
        question("buyer_uscc", "uscc", "买方代码"),
        question("buyer", "company_name", "买方名称", prefill=["enterprise(buyer_uscc).name"]),
        question("note", "text", "备注"),
    )
    known = FakeRegister(enterprises={USCC: Enterprise(uscc=USCC, name="示例商贸有限公司")})
    conv = Conversation(World(guides={"address": made}, register=known))
    begin(conv)
    take(conv, USCC)
    assert conv.asking == "consent"
    take(conv, tapped=["yes"])
    assert values(conv)["buyer"] == "示例商贸有限公司" and conv.asking == "note"


def firm() -> Guide:
    mine = {"when": {"field": "filer", "is": "agent"}}
    return guide(
        question("filer", "choice", "谁来办", situation=True, herself=["boss"],
                 options=[{"value": "boss", "label": "法定代表人"}, {"value": "agent", "label": "代办人"}]),
        question("uscc", "uscc", "统一社会信用代码", subject="enterprise"),
        question("boss", "person_name", "法定代表人姓名", prefill=["enterprise.legal_representative"]),
        question("boss_id", "id_number", "法定代表人身份证号码", prefill=["identity.id_number"], not_barred="boss"),
        question("phone", "phone", "法定代表人电话", prefill=["identity.phone"]),
        question("agent", "person_name", "代办人姓名", prefill=["filer.name"], **mine),
        question("agent_id", "id_number", "代办人身份证号码", prefill=["filer.id_number"], **mine),
        question("note", "text", "备注"),
    )


@pytest.mark.parametrize(("who", "number", "filer", "filled"), [
    ("张三", ZHANG, "boss", {"boss_id": ZHANG, "phone": "13600136000"}),
    ("李四", LI, "boss", {}),  # the register has another one: she may be it, and is asked
    ("李四", LI, "agent", {"agent": "李四", "agent_id": LI}),
    ("张三", ZHANG, "agent", {"agent": "张三", "agent_id": ZHANG}),
])  # fmt: skip
def test_signing_in_answers_for_what_she_is_in_the_case(who: str, number: str, filer: str, filled: dict[str, str]) -> None:
    conv = Conversation(World(guides={"address": firm()}, register=people()))
    conv.state.identity = VerifiedIdentity(id_number=number, name=who, phone="13600136000", verified_at=NOW)
    begin(conv)
    take(conv, tapped=[filer])
    take(conv, tapped=["yes"])
    take(conv, USCC)
    held = values(conv)
    assert {key: value for key, value in held.items() if key not in ("filer", "uscc", "boss")} == filled and held["boss"] == "张三"


def test_who_files_is_asked_before_anything_of_hers_is_taken() -> None:
    fields = [{**field, "prefill": [*field.get("prefill", []), "previous.x"]} if field["key"] == "filer" else field
              for field in firm().model_dump(by_alias=True, exclude_unset=True)["fields"]]  # fmt: skip
    made = guide(fields[1], *fields[2:], {**fields[0], "situation": False})
    conv = Conversation(World(guides={"address": made}, register=people()))
    conv.state.identity = VerifiedIdentity(id_number=ZHANG, name="张三", verified_at=NOW)
    begin(conv)
    assert conv.asking == "consent"
    take(conv, tapped=["yes"])
    assert conv.asking == "filer" and "boss_id" not in values(conv)


def test_one_of_two_persons_signs_in_and_the_number_tells_which() -> None:
    held = couple().model_dump(by_alias=True, exclude_unset=True)
    by_key = {field["key"]: field for field in held["fields"]}
    for side, sex in (("his", "male"), ("her", "female")):
        by_key[f"{side}_name"]["prefill"] = ["identity.name"]
        by_key[f"{side}_id"] |= {"prefill": ["identity.id_number"], "not_barred": f"{side}_name",
                                 "rules": [{"kind": "sex_is", "value": sex, "message": "请核对。"}]}  # fmt: skip
    conv = Conversation(World(guides={"address": Guide.model_validate(held)}, register=people()))
    conv.state.identity = VerifiedIdentity(id_number=WU, name="吴十", phone="13600136000", verified_at=NOW)
    begin(conv)
    take(conv, tapped=["yes"])
    filled = values(conv)
    assert (filled["her_name"], filled["her_id"], filled["her_history"]) == ("吴十", WU, "never")
    assert "his_name" not in filled and "his_id" not in filled
