"""Looking up what is known: consent first, what was said stays, and whatever goes wrong is asked instead."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.casework.flow import correcting
from assistant.casework.flow.summary import case_view, review_card
from assistant.casework.model import CaseStatus
from assistant.casework.prefill.state import VerifiedIdentity
from knowledge.schema import Guide
from tests.unit.casework.flow.prefill_support import (
    OTHER,
    USCC,
    ZHANG,
    FakeRegister,
    agreed,
    begin,
    begun,
    company,
    guide,
    notices,
    register,
    take,
    values,
)
from tests.unit.casework.flow.support import NOW, Conversation, World


def test_consent_is_asked_when_the_next_thing_may_be_known() -> None:
    conv = begun(register())
    assert conv.asking == "source"
    talk = take(conv, "自有")
    pending = conv.state.ask
    assert conv.asking == "consent" and pending is not None and pending.kind == "confirm" and pending.why
    assert [o.value for o in pending.options or []] == ["yes", "no"]
    assert any("只用来办这一件事" in getattr(r, "text", "") for r in talk.replies)


def test_without_anybody_to_ask_there_is_no_consent() -> None:
    conv = begun(None)
    take(conv, "自有")
    assert conv.asking == "uscc"


def test_yes_looks_up_and_says_what_was_filled_and_from_where() -> None:
    known = register()
    conv = agreed(known)
    assert conv.asking == "uscc" and known.asked == []
    talk = take(conv, USCC)
    assert known.asked[:2] == [f"enterprise {USCC}", f"licences {USCC}"]
    assert values(conv) | {"boss": "张三"} == values(conv)
    assert conv.case is not None
    assert {key: conv.case.answers[key].source.kind for key in ("company", "boss", "place", "phone")} == dict.fromkeys(
        ("company", "boss", "place", "phone"), "register"
    )
    card = next(r for r in talk.replies if r.kind == "card")
    assert "4" in card.title and all("企业登记信息" in str(row.source) and "11月10日" in str(row.source) for row in card.rows)
    assert conv.asking == "boss_id"
    assert [n.action for n in talk.audit if n.action.startswith("case.pre")] == ["case.prefilled"]
    assert "示例" not in str([n.detail for n in talk.audit])


def test_replies_of_what_was_filled_are_masked() -> None:
    talk = take(agreed(register()), USCC)
    assert "13800138000" not in str([r.model_dump() for r in talk.replies])


def test_no_asks_everything() -> None:
    known = register()
    conv = begun(known)
    take(conv, "自有")
    take(conv, "不同意")
    assert conv.asking == "uscc"
    take(conv, USCC)
    assert conv.asking == "company" and known.asked == []


def test_anything_else_keeps_the_question_and_the_information() -> None:
    conv = begun(register())
    take(conv, "自有")
    take(conv, f"统一社会信用代码是{USCC}")
    assert conv.asking == "consent" and values(conv)["uscc"] == USCC
    take(conv, "同意")
    assert values(conv)["company"] == "示例商贸有限公司"


def test_words_that_tell_nothing_are_answered_with_what_may_be_said() -> None:
    conv = begun(register())
    take(conv, "自有")
    talk = take(conv, "呃那个")
    assert talk.status == "rejected_answer" and conv.asking == "consent"


def test_what_she_said_is_kept_and_the_difference_asked_once() -> None:
    conv = begun(register(), "我要办示例变更登记")
    take(conv, "自有")
    take(conv, "法人叫李四，公司名称是示例商贸有限公司")
    assert values(conv)["boss"] == "李四"
    talk = take(conv, tapped=["yes"])
    assert conv.asking == "boss" and values(conv)["boss"] == "李四" and "张" in notices(talk)
    assert conv.state.ask is not None and conv.state.ask.error is not None and conv.state.ask.error.code == "differs"
    take(conv, "李四")
    assert conv.asking == "boss_id"
    assert conv.case is not None
    assert "登记信息里" in review_card(guide(), conv.case).text
    assert values(conv)["uscc"] == USCC  # found by the name she gave


@pytest.mark.parametrize("when", ["first", "later"])
def test_a_register_that_fails_is_said_and_not_asked_again(when: str) -> None:
    known = register()
    conv = agreed(known)
    known.down = True
    talk = take(conv, USCC)
    assert "查不了" in notices(talk) and conv.asking == "company" and values(conv)["uscc"] == USCC
    asked = len(known.asked)
    if when == "later":
        known.down = False
    for text in ("示例商贸有限公司", "张三", ZHANG):
        assert "查不了" not in notices(take(conv, text))
    assert len(known.asked) == asked and conv.asking == "place"


def test_an_enterprise_nobody_knows_is_asked_for_everything() -> None:
    conv = agreed(FakeRegister())
    talk = take(conv, USCC)
    assert "没有查到" in notices(talk) and conv.asking == "company"


def test_a_value_that_does_not_pass_is_not_taken() -> None:
    conv = agreed(register(phone="12", address="某处"))
    take(conv, USCC)
    assert "phone" not in values(conv) and "place" not in values(conv) and values(conv)["company"] == "示例商贸有限公司"


def test_another_enterprise_drops_what_was_known_of_the_first() -> None:
    conv = agreed(register())
    take(conv, USCC)
    talk = conv.talk("修改统一社会信用代码")
    correcting.correct(talk)
    conv.done(talk)
    take(conv, OTHER)
    assert values(conv)["company"] == "样品贸易有限公司" and values(conv)["boss"] == "李四"


def test_a_filled_value_that_is_changed_is_hers() -> None:
    conv = agreed(register())
    take(conv, USCC)
    talk = conv.talk("修改联系电话")
    correcting.correct(talk)
    conv.done(talk)
    take(conv, "13700137000")
    assert conv.case is not None and conv.case.answers["phone"].source.kind == "said" and values(conv)["phone"] == "13700137000"


def test_nobodys_identity_number_comes_from_a_register() -> None:
    conv = agreed(register())
    take(conv, USCC)
    assert "boss_id" not in values(conv) and conv.asking == "boss_id"


def test_licences_meet_materials_only_where_they_hold() -> None:
    conv = agreed(register())
    take(conv, USCC)
    take(conv, ZHANG)
    assert conv.case is not None
    assert {code: state.status for code, state in conv.case.materials.items()} == {
        "form": "generated", "licence": "licence", "card": "licence",
    }  # fmt: skip
    assert conv.case.materials["licence"].ref == USCC and conv.case.materials["card"].ref == "L2"


def test_a_number_with_another_name_gets_nothing() -> None:
    known = register(legal_representative="王五")
    conv = agreed(known)
    take(conv, USCC)
    talk = take(conv, ZHANG)
    assert conv.case is not None and conv.case.materials["card"].status == "missing"
    assert f"licences {ZHANG}" not in known.asked and "对得上" in notices(talk)


def test_an_expired_licence_is_told_and_blocks_nothing() -> None:
    known = register()
    known.held[1] = known.held[1].model_copy(update={"expires": date(2026, 1, 1)})
    conv = agreed(known)
    take(conv, USCC)
    take(conv, ZHANG)
    talk = take(conv, "跳过")
    assert conv.asking == "review" and conv.case is not None
    card = next(r for r in talk.replies if r.kind == "card")
    assert "2026年1月1日已经到期" in card.text and "可以上传" in card.text
    rows = {m["code"]: m for m in case_view(guide(), conv.case)["materials"]}
    assert rows["card"]["status"] == "missing" and rows["card"]["required"] is False
    assert rows["licence"]["status"] == "licence" and rows["licence"]["required"] is True


def test_refusing_leaves_licences_open_and_blocks_nothing() -> None:
    conv = begun(register())
    take(conv, "自有")
    take(conv, tapped=["no"])
    for text in (USCC, "示例商贸有限公司", "张三", ZHANG, "上海市浦东新区示例路100号2幢301室", "13800138000", "跳过"):
        take(conv, text)
    assert conv.asking == "review" and conv.case is not None and conv.case.materials["licence"].status == "missing"


def test_taking_consent_back_removes_what_was_looked_up_and_asks_for_it() -> None:
    conv = agreed(register())
    take(conv, USCC)
    talk = conv.talk("不要用登记系统的信息")
    assert correcting.noticed(talk)
    correcting.correct(talk)
    conv.done(talk)
    assert values(conv) == {"source": "own", "uscc": USCC} and conv.asking == "company"
    assert conv.case is not None and conv.case.consent is not None and not conv.case.consent.offers
    assert conv.case.materials["licence"].status == "missing"
    assert any(n.action == "case.consent" and n.detail["withdrawn"] for n in talk.audit)


def test_somebody_barred_may_not_be_named() -> None:
    known = register()
    known.persons[ZHANG] = known.persons[ZHANG].model_copy(update={"barred": True, "barred_reason": "示例原因"})
    conv = agreed(known)
    take(conv, USCC)
    take(conv, ZHANG)
    talk = take(conv, "跳过")
    assert conv.asking == "boss" and "示例原因" in notices(talk) and "换一个人" in notices(talk)


def test_an_earlier_case_of_the_same_enterprise_is_used_and_of_no_other() -> None:
    conv = agreed(register())
    take(conv, USCC)
    for text in (ZHANG, "跳过"):
        take(conv, text)
    talk = conv.talk("修改联系电话")
    correcting.correct(talk)
    conv.done(talk)
    take(conv, "13700137000")
    first = conv.case
    assert first is not None
    conv.others, conv.case = [first], None
    conv.state.ask = None
    conv.world.guides["again"] = guide().model_copy(update={"code": "again", "name": "另一件登记"})
    begin(conv, "我要办另一件登记")
    take(conv, "自有")
    talk = take(conv, tapped=["yes"])
    assert conv.case is not None and values(conv)["uscc"] == USCC and values(conv)["phone"] == "13700137000"
    assert conv.case.answers["uscc"].source.model_dump(exclude={"turn"}) == {"kind": "previous_case", "ref": first.case_no}
    assert values(conv)["boss_id"] == ZHANG
    talk = conv.talk("修改统一社会信用代码")
    correcting.correct(talk)
    conv.done(talk)
    take(conv, OTHER)
    assert values(conv)["phone"] == "13800138000" and "boss_id" not in values(conv)


def test_the_identity_signed_in_with_answers_for_its_owner_only() -> None:
    held = guide().model_dump(by_alias=True, exclude_unset=True)
    held["fields"] = [
        {"key": "name", "label": "姓名", "type": "person_name", "question": "姓名？", "why": "要核对", "subject": "person",
         "prefill": ["identity.name"]},
        {"key": "number", "label": "身份证号码", "type": "id_number", "question": "号码？", "why": "要核对", "subject": "person",
         "prefill": ["identity.id_number"]},
        {"key": "home", "label": "住址", "type": "address", "question": "住哪？", "why": "要核对", "prefill": ["person.address"]},
        {"key": "tel", "label": "电话", "type": "phone", "question": "电话？", "why": "要联系", "prefill": ["identity.phone", "person.phone"]},
    ]  # fmt: skip
    held["materials"] = held["materials"][:1]
    conv = Conversation(World(guides={"address": Guide.model_validate(held)}, register=register()))
    conv.state.identity = VerifiedIdentity(id_number=ZHANG, name="张三", phone="13600136000", verified_at=NOW)
    begin(conv)
    assert conv.asking == "consent"
    take(conv, tapped=["yes"])
    assert values(conv) == {"name": "张三", "number": ZHANG, "home": "北京市朝阳区示例街1号2室", "tel": "13600136000"}
    assert conv.asking == "review"


def test_where_the_name_follows_from_another_answer_that_one_is_asked_again() -> None:
    held = guide().model_dump(by_alias=True, exclude_unset=True)
    held["fields"] = [
        {"key": "who", "label": "谁当法定代表人", "type": "choice", "question": "谁？", "why": "要登记", "options": [
            {"value": "me", "label": "我"}, {"value": "other", "label": "别人"}]},
        {"key": "me", "label": "股东姓名", "type": "person_name", "question": "姓名？", "why": "要登记"},
        {"key": "me_id", "label": "股东身份证号码", "type": "id_number", "question": "号码？", "why": "要登记"},
        *[field for field in held["fields"] if field["key"] in ("boss", "boss_id")],
    ]  # fmt: skip
    held["settled"] = [
        {"field": "boss", "from": "me", "when": {"field": "who", "is": "me"}},
        {"field": "boss_id", "from": "me_id", "when": {"field": "who", "is": "me"}},
    ]
    held["materials"] = held["materials"][:1]
    known = register()
    known.persons[ZHANG] = known.persons[ZHANG].model_copy(update={"barred": True})
    conv = begin(Conversation(World(guides={"address": Guide.model_validate(held)}, register=known)))
    for text in ("我", "张三"):
        take(conv, text)
    take(conv, ZHANG)
    assert conv.asking == "consent"
    talk = take(conv, tapped=["yes"])
    assert conv.asking == "who" and "换一个人" in notices(talk)


def test_consent_to_what_was_sent_already_is_not_taken_back() -> None:
    conv = agreed(register())
    take(conv, USCC)
    assert conv.case is not None
    conv.case.status = CaseStatus.SUBMITTED
    assert not correcting.noticed(conv.talk("撤回授权"))
    assert values(conv)["company"] == "示例商贸有限公司"


@pytest.mark.parametrize("words", ["示例商贸有限公司", "代码记不得了，公司叫示例商贸有限公司"])
def test_the_name_given_instead_of_the_code_finds_the_enterprise_too(words: str) -> None:
    conv = agreed(register())
    take(conv, words)
    assert values(conv)["uscc"] == USCC and values(conv)["boss"] == "张三" and conv.asking == "boss_id"


def test_what_finds_the_subject_may_be_put_off() -> None:
    conv = agreed(register())
    take(conv, "等下再说")
    assert conv.asking == "company"
    take(conv, "示例商贸有限公司")
    assert values(conv)["uscc"] == USCC


def test_who_changes_what_was_filled_in_is_not_asked_again_and_the_review_says_so() -> None:
    conv = agreed(register())
    take(conv, USCC)
    talk = conv.talk("修改住所")
    correcting.correct(talk)
    conv.done(talk)
    take(conv, "上海市浦东新区示例路102号2幢301室")
    assert conv.asking == "boss_id"
    assert conv.case is not None and "不完全一样" in review_card(guide(), conv.case).text


def test_an_earlier_case_says_who_it_is_and_the_register_what_is_so_today() -> None:
    known = register()
    conv = agreed(known)
    take(conv, USCC)
    first = conv.case
    assert first is not None
    conv.others, conv.case, conv.state.ask = [first], None, None
    known.enterprises[USCC] = company(legal_representative="王五")
    conv.world.guides["again"] = guide().model_copy(update={"code": "again", "name": "另一件登记"})
    begin(conv, "我要办另一件登记")
    take(conv, "自有")
    take(conv, tapped=["yes"])
    assert conv.case is not None
    sources = {key: answer.source.kind for key, answer in conv.case.answers.items()}
    assert sources["uscc"] == "previous_case" and sources["boss"] == "register" and values(conv)["boss"] == "王五"
