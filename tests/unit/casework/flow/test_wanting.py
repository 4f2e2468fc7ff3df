"""What an office wants corrected is asked, with its reasons, and nothing else; the package goes to whoever asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from assistant.casework.flow import acts, materials
from assistant.casework.flow.talk import Attachment, Built, Talk
from assistant.casework.model import Case, CaseStatus, Correction, MaterialState, Wanting
from assistant.casework.submission import parts
from knowledge.replies import Card, Notice
from knowledge.schema import Guide
from tests.unit.casework.flow.support import NOW, Conversation, World
from tests.unit.casework.flow.test_flow import filled, said, take
from tests.unit.casework.flow.test_package_ready import Departments as Once

PHONE = Wanting(kind="field", code="phone", text="联系电话打不通")
LEASE = Wanting(kind="material", code="lease", text="租赁合同看不清")
OTHER = Wanting(kind="other", text="请到窗口核对原件")


class Departments(Once):
    """Departments whose packages are made anew with every version, as the maker does it."""

    def build_package(self, case: Case, guide: Guide, now: datetime) -> Built:
        built = super().build_package(case, guide, now)
        return replace(built, parts=[p.model_copy(update={"version": case.package_version + 1}) for p in built.parts])


def submitted(world: World | None = None) -> Conversation:
    conv = filled(world or World())
    take(conv, "确认无误")
    take(conv, "提交")
    assert held(conv).status is CaseStatus.SUBMITTED
    return conv


def held(conv: Conversation) -> Case:
    assert conv.case is not None
    return conv.case


def corrected(conv: Conversation, *wanting: Wanting, part: str = "", text: str = "请补正", due: date | None = None) -> None:
    correction = Correction(text=text, wanting=list(wanting), due=due, asked_at=NOW)
    parts.move(held(conv), part, CaseStatus.CORRECTION_NEEDED, NOW, correction=correction)


def go_on(conv: Conversation) -> Talk:
    talk = conv.talk("继续", intent="resume")
    acts.perform(talk, "resume")
    return conv.done(talk)


def warned(talk: Talk) -> str:
    return "".join(reply.text for reply in talk.replies if isinstance(reply, Notice))


def test_an_office_that_gives_no_reason_has_the_name_said_once() -> None:
    conv = submitted()
    corrected(conv, Wanting(kind="field", code="phone", text="联系电话"))
    assert warned(go_on(conv)).count("联系电话") == 1


def test_only_what_is_wanting_is_asked_with_the_reason_and_the_day() -> None:
    conv = submitted()
    before = {key: answer.value for key, answer in held(conv).answers.items()}
    corrected(conv, PHONE, OTHER, due=date(2026, 11, 20))
    talk = go_on(conv)
    card = next(reply for reply in talk.replies if isinstance(reply, Card))
    assert [row.value for row in card.rows or []] == ["联系电话打不通", "请到窗口核对原件"]
    assert "11月20日" in (card.text or "")
    assert conv.asking == "phone" and "打不通" in warned(talk)
    assert conv.state.ask is not None and conv.state.ask.error is not None and conv.state.ask.error.code == "correction"
    take(conv, "13900139000")
    assert conv.asking == "review"
    assert {k: a.value for k, a in held(conv).answers.items() if k != "phone"} == {k: v for k, v in before.items() if k != "phone"}
    take(conv, "确认无误")
    assert held(conv).package_version == 2
    talk = take(conv, "提交")
    assert held(conv).timeline[-1].text == "申请人补正后再次提交"
    assert talk.submit and held(conv).status is CaseStatus.SUBMITTED and held(conv).correction is None
    assert parts.to_send(held(conv)) == [("", False)]


def test_it_is_told_once() -> None:
    conv = submitted()
    corrected(conv, PHONE)
    assert any(isinstance(reply, Card) for reply in go_on(conv).replies)
    talk = conv.talk("再说一遍", intent="repeat")
    acts.perform(talk, "repeat")
    assert not any(isinstance(reply, Card) for reply in conv.done(talk).replies)
    assert conv.asking == "phone"


def test_the_same_value_may_be_right_after_all() -> None:
    conv = submitted()
    corrected(conv, PHONE)
    go_on(conv)
    take(conv, str(held(conv).answers["phone"].value))
    assert conv.asking == "review"


def test_a_paper_handed_in_again_takes_the_place_of_the_old_one() -> None:
    conv = submitted()
    held(conv).materials["lease"] = MaterialState(status="uploaded", upload_ids=["old"])
    corrected(conv, LEASE)
    talk = go_on(conv)
    assert conv.asking == "material:lease" and "看不清" in warned(talk)
    talk = conv.talk()
    talk.attachments = [Attachment(upload_id=number, name="合同.pdf", material=None, ok=True) for number in ("n1", "n2")]
    materials.take(talk)
    conv.done(talk)
    assert held(conv).materials["lease"].upload_ids == ["n1", "n2"]
    assert conv.asking == "review"


def test_words_alone_lead_to_the_review_as_before() -> None:
    conv = submitted()
    corrected(conv, text="章程少一页，请补上")
    talk = go_on(conv)
    assert "章程少一页" in said(talk) + "".join(reply.text or "" for reply in talk.replies if isinstance(reply, Card))
    assert conv.asking == "review"


def test_what_the_guide_does_not_know_is_said_and_not_asked() -> None:
    conv = submitted()
    corrected(conv, Wanting(kind="field", code="shoe_size", text="鞋码不对"))
    talk = go_on(conv)
    card = next(reply for reply in talk.replies if isinstance(reply, Card))
    assert [row.value for row in card.rows or []] == ["鞋码不对"]
    assert conv.asking == "review"


def test_one_department_is_answered_and_the_others_go_on() -> None:
    conv = submitted(Departments())
    case = held(conv)
    assert parts.to_send(case) == [("licence", False), ("food", True)]
    corrected(conv, PHONE, part="licence")
    assert case.status is CaseStatus.CORRECTION_NEEDED
    go_on(conv)
    take(conv, "13900139000")
    take(conv, "确认无误")
    take(conv, "提交")
    assert parts.to_send(held(conv)) == [("licence", False), ("food", True)]
    licence = parts.named(held(conv), "licence")
    assert licence is not None and licence.status is CaseStatus.SUBMITTED and licence.correction is None
